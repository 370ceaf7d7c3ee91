"""Dates in thirteen notations, English and Chinese, to ISO: an encoder-decoder, three seeds.

Run: python -m rnnbook.recipes run dates_seq2seq
The settings come from one probe with another seed, looked at on validation pairs. Every seed
draws its own dates; no date of the test pairs stands in the training pairs.
"""

from collections import defaultdict

from rnnbook.data import dates
from rnnbook.translation import string_pairs
from rnnbook.training.weights import get_weights
from rnnbook.translation.seq2seq import Seq2Seq

SETTINGS = {"seed": 15, "seeds": 3, "pairs": 16_000, "test": 1000, "units": 96, "embedding": 32,
            "epochs": 8, "learning_rate": 0.01, "batch": 64, "weights_of": 1}


def trials(settings):
    """List the seeds."""
    return [{"seed": seed} for seed in range(1, settings["seeds"] + 1)]


def run_trial(settings, trial):
    """Train one model; count exact matches, in all and for each notation."""
    train, validation, test = dates.date_pairs(settings["pairs"], trial["seed"], settings["test"])
    coder = string_pairs.Coder(train)
    model = Seq2Seq(len(coder.source), len(coder.target), settings["units"],
                    settings["embedding"], dropout=0.0)
    history = string_pairs.train_pairs(model, coder.encode(train), settings["epochs"],
                                       settings["learning_rate"], settings["batch"])
    texts, wanted = zip(*validation, *test)
    right = [a == b for a, b in zip(string_pairs.answers(model, coder, texts), wanted)]
    half = len(validation)
    row = {"parameters": model.count_params(), "train_loss": history["loss"][-1],
           "validation": sum(right[:half]) / half, "exact": sum(right[half:]) / len(test)}
    by_style = defaultdict(list)
    for (text, iso), hit in zip(test, right[half:]):
        by_style[dates.style_of(text, iso)].append(hit)
    row |= {style: sum(hits) / len(hits) for style, hits in sorted(by_style.items())}
    return [row], get_weights(model) if trial["seed"] == settings["weights_of"] else None


def finish(log, settings):
    """Mean and spread of the exact matches."""
    return {"exact": log.exact.mean(), "exact_sd": log.exact.std(), "worst": log.exact.min()}
