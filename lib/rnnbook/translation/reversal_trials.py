"""Trials of models that write strings backwards: measured by length, tuned by validation."""

import keras
from keras import ops

from rnnbook.translation import reversal

SCORES = {"one vector": None, "attention": "multiplicative", "additive": "additive"}
MODELS = {}


def fresh_model(settings, kind):
    """Give a model with new weights; one compiled model of each kind serves all trainings."""
    new = reversal.make_model(SCORES[kind], settings["longest"], settings["units"],
                              settings["embedding"])
    model = MODELS.setdefault(kind, new)
    if model is not new:
        model.set_weights(new.get_weights())
        for variable in model.optimizer.variables:
            variable.assign(ops.zeros_like(variable))
    return model


def validate(model, settings):
    """Right letters on validation strings of all lengths of the training."""
    longest = settings["longest"]
    mixed = [5 + i % (longest - 4) for i in range(settings["validation"])]
    source, _, target = reversal.reversed_strings(mixed, longest, 2 * 10**6)
    return float(reversal.score(model, source, target)[0].mean())


def measure(model, settings):
    """Right letters and right strings for each length of the test strings."""
    rows = []
    for length in settings["lengths"]:
        source, _, target = reversal.reversed_strings(
            [length] * settings["strings"], max(length, settings["longest"]), (10**6, length))
        right, whole = reversal.score(model, source, target)
        rows.append({"length": length, "letters": float(right.mean()),
                     "whole": float(whole.mean())})
    return rows


def runs(settings):
    """List the kinds and numbers of updates; each trial tunes itself and runs all seeds."""
    return [{"kind": kind, "updates": updates} for kind, updates in settings["runs"]]


def tune_and_run(settings, trial):
    """Choose the learning rate with the first seed, then measure every seed with it."""
    first, rows, best = {}, [], settings["start"]

    def run(rate, seed):
        keras.utils.set_random_seed(seed)
        model = fresh_model(settings, trial["kind"])
        reversal.train(model, settings["longest"], trial["updates"], rate, seed,
                       settings["batch"])
        found = {"rate": rate, "seed": seed, "validation": validate(model, settings),
                 "parameters": model.count_params()}
        rows.extend(found | row for row in measure(model, settings))
        return found["validation"]

    while not {best / 2, best, 2 * best} <= set(first):
        for rate in (best / 2, best, 2 * best):
            if rate not in first:
                first[rate] = run(rate, 0)
        best = max(first, key=first.get)
    for seed in range(1, settings["seeds"]):
        run(best, seed)
    return [row | {"chosen": row["rate"] == best} for row in rows]


def chosen_letters(log, settings):
    """Right letters on test strings of 30 letters, and spread, with the chosen rates."""
    rows = log[log.chosen & (log.length == settings["longest"])]
    found = rows.groupby(["kind", "updates"]).letters.agg(["mean", "std"])
    return {f"{kind} {updates} {name}": value for (kind, updates), row in found.iterrows()
            for name, value in row.items()}
