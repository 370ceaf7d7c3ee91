"""Dates to ISO, one vector against attention, multiplicative and additive: three seeds each.

Run: python -m rnnbook.recipes run dates_attention
Sizes, budget and learning rate are those of `dates_seq2seq`, which were chosen for one vector;
nothing was tuned anew. A row is an epoch: exact matches on validation pairs, and in the last
epoch on test pairs.
"""

from functools import partial

import keras

from rnnbook.data import dates
from rnnbook.translation import string_pairs
from rnnbook.translation.seq2seq import Seq2Seq

SETTINGS = {
    "seed": 15, "seeds": 3, "pairs": 16_000, "test": 1000, "units": 96, "embedding": 32,
    "epochs": 8, "learning_rate": 0.01, "batch": 64,
    "kinds": {"one vector": None, "multiplicative": "multiplicative", "additive": "additive"}}
exact = partial(string_pairs.exact_match, compile=False)


def trials(settings):
    """List the seeds and kinds."""
    return [{"seed": seed, "kind": kind} for seed in range(1, settings["seeds"] + 1)
            for kind in settings["kinds"]]


def run_trial(settings, trial):
    """Train one model; count exact matches after every epoch."""
    train, validation, test = dates.date_pairs(settings["pairs"], trial["seed"], settings["test"])
    coder = string_pairs.Coder(train)
    model = Seq2Seq(len(coder.source), len(coder.target), settings["units"],
                    settings["embedding"], settings["kinds"][trial["kind"]], dropout=0.0)
    rows = []

    def look(epoch, logs):
        rows.append({"epoch": epoch + 1, "train_loss": logs["loss"],
                     "validation": exact(model, coder, validation)})

    string_pairs.train_pairs(
        model, coder.encode(train), settings["epochs"], settings["learning_rate"],
        settings["batch"], callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=look)])
    found = {"parameters": model.count_params(),
             "exact": exact(model, coder, test)}
    return [*rows[:-1], rows[-1] | found]


def finish(log, settings):
    """Mean and spread of exact matches on the test pairs, by kind."""
    last = log[log.epoch == settings["epochs"]].groupby("kind").exact
    return {"mean": last.mean().to_dict(), "sd": last.std().to_dict()}
