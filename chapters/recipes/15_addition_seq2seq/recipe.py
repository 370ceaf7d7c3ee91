"""Sums of two numbers up to 999: the question read as it stands, or reversed; three seeds.

Run: python -m rnnbook.recipes run addition_seq2seq
The encoder reads in one direction, so that the order of the question matters. The settings
come from one probe of the reversed order (four epochs, training loss) and serve both orders.
The pairs are drawn without repetition: no test pair stands in the training pairs. "three
digits" are the test pairs whose numbers both have three; the longer sums are new lengths.
"""

from rnnbook.translation import string_pairs
from rnnbook.training.weights import get_weights
from rnnbook.translation.seq2seq import Seq2Seq
from rnnbook.data.tasks import addition

SETTINGS = {"seed": 15, "seeds": 3, "pairs": 40_000, "test": 2000, "units": 96, "embedding": 32,
            "epochs": 10, "learning_rate": 0.01, "batch": 64, "longer": 500}
STEPS = (11, 7)  # 99999+99999 and 199998 with the end token


def trials(settings):
    """List the seeds and orders."""
    return [{"seed": seed, "reversed": reverse} for seed in range(1, settings["seeds"] + 1)
            for reverse in (True, False)]


def ask(pairs, reverse):
    """Turn the questions round, or not."""
    return [(text[::-1] if reverse else text, answer) for text, answer in pairs]


def run_trial(settings, trial):
    """Train one model; count exact matches for each length."""
    parts = addition(settings["pairs"], trial["seed"], settings["test"])
    train, validation, test = (ask(part, trial["reversed"]) for part in parts)
    coder = string_pairs.Coder(train)
    model = Seq2Seq(len(coder.source), len(coder.target), settings["units"],
                    settings["embedding"], dropout=0.0, directions=1)
    history = string_pairs.train_pairs(model, coder.encode(train), settings["epochs"],
                                       settings["learning_rate"], settings["batch"])
    coder.steps = STEPS
    exact = {"validation": validation, "exact": test,
             "three digits": [pair for pair in test if len(pair[0]) == 7]}
    for digits in (4, 5):
        longer, _, _ = addition(settings["longer"], trial["seed"], 0, 10 ** (digits - 1),
                                10 ** digits)
        exact[f"{digits} digits"] = ask(longer, trial["reversed"])
    row = {"parameters": model.count_params(), "train_loss": history["loss"][-1]}
    row |= measure(model, coder, exact)
    keep = trial == {"seed": 1, "reversed": True}
    return [row], get_weights(model) if keep else None


def measure(model, coder, sets):
    """Count exact matches in each set; all are answered together."""
    texts = [text for pairs in sets.values() for text, _ in pairs]
    found = iter(string_pairs.answers(model, coder, texts, compile=False))
    return {name: sum(next(found) == answer for _, answer in pairs) / len(pairs)
            for name, pairs in sets.items()}


def finish(log, settings):
    """Mean and spread for each order."""
    by_order = log.groupby("reversed")["three digits"]
    return {f"{'reversed' if reverse else 'as it stands'} {name}": value
            for name, values in (("mean", by_order.mean()), ("sd", by_order.std()))
            for reverse, value in values.items()}
