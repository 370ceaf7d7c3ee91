"""Strings backwards, with other numbers of updates: does one vector only learn more slowly?

Run: python -m rnnbook.recipes run reversal_longer
The sizes, the strings and the schedule are those of the recipe `reversal`. Each kind has its
own learning rate for each number of updates: the first seed tries `start`, its half and its
double, and goes on from the best until both neighbours of the best are tried, by the right
letters on validation strings. The other seeds get that rate; the test strings decide nothing.
"""

import keras
from keras import ops

from rnnbook import reversal

SETTINGS = {"seed": 0, "seeds": 3, "longest": 30, "units": 64, "embedding": 32, "batch": 64,
            "start": 0.02, "lengths": [5, 10, 15, 20, 25, 30, 35, 40], "strings": 100,
            "validation": 208,
            "runs": [["one vector", 2000], ["attention", 250], ["attention", 100]]}
SCORES = {"one vector": None, "attention": "multiplicative", "additive": "additive"}


def trials(settings):
    """List the kinds and numbers of updates; each trial tunes itself and runs all seeds."""
    return [{"kind": kind, "updates": updates} for kind, updates in settings["runs"]]


def run_trial(settings, trial):
    """Choose the learning rate with the first seed, then measure every seed with it."""
    model = reversal.make_model(SCORES[trial["kind"]], settings["longest"], settings["units"],
                                settings["embedding"])
    first, rows, best = {}, [], settings["start"]

    def run(rate, seed):
        train(model, settings, trial["updates"], rate, seed)
        found = {"rate": rate, "seed": seed, "validation": validate(model, settings)}
        rows.extend(found | row for row in by_length(model, settings))
        return found["validation"]

    while not {best / 2, best, 2 * best} <= set(first):
        for rate in (best / 2, best, 2 * best):
            if rate not in first:
                first[rate] = run(rate, 0)
        best = max(first, key=first.get)
    for seed in range(1, settings["seeds"]):
        run(best, seed)
    return [row | {"chosen": row["rate"] == best, "parameters": model.count_params()}
            for row in rows]


def train(model, settings, updates, rate, seed):
    """Train the model from fresh weights; the compiled update serves all runs of a trial."""
    keras.utils.set_random_seed(seed)
    new = reversal.make_model(model.attention, settings["longest"], settings["units"],
                              settings["embedding"])
    for old, fresh in zip(model.variables, new.variables, strict=True):
        old.assign(fresh)
    for variable in model.optimizer.variables:
        variable.assign(ops.zeros_like(variable))
    reversal.train(model, settings["longest"], updates, rate, seed, settings["batch"])


def validate(model, settings):
    """Right letters on validation strings of all lengths of the training."""
    longest = settings["longest"]
    mixed = [5 + i % (longest - 4) for i in range(settings["validation"])]
    source, _, target = reversal.reversed_strings(mixed, longest, 2 * 10**6)
    return float(reversal.score(model, source, target)[0].mean())


def by_length(model, settings):
    """Right letters and right strings for each length of the test strings."""
    rows = []
    for length in settings["lengths"]:
        source, _, target = reversal.reversed_strings(
            [length] * settings["strings"], max(length, settings["longest"]), (10**6, length))
        right, whole = reversal.score(model, source, target)
        rows.append({"length": length, "letters": float(right.mean()),
                     "whole": float(whole.mean())})
    return rows


def finish(log, settings):
    """Right letters on test strings of 30 letters, and spread, with the chosen rates."""
    rows = log[log.chosen & (log.length == settings["longest"])]
    found = rows.groupby(["kind", "updates"]).letters.agg(["mean", "std"])
    return {f"{kind} {updates} {name}": value for (kind, updates), row in found.iterrows()
            for name, value in row.items()}
