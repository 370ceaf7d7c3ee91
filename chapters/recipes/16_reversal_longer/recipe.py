"""Strings backwards, with other numbers of updates: does one vector only learn more slowly?

Run: python -m rnnbook.recipes run reversal_longer
The sizes, the strings and the schedule are those of the recipe `reversal`. Each kind has its
own learning rate for each number of updates: the first seed tries `start`, its half and its
double, and goes on from the best until both neighbours of the best are tried, by the right
letters on validation strings. The other seeds get that rate; the test strings decide nothing.
"""

import keras

from rnnbook import recipes
from rnnbook.translation import reversal

FIXED = recipes.import_recipe("reversal")
SETTINGS = {key: FIXED.SETTINGS[key] for key in (
    "seed", "seeds", "longest", "units", "embedding", "batch", "lengths", "strings",
    "validation")} | {
    "start": 0.02, "runs": [["one vector", 2000], ["attention", 250], ["attention", 100]]}


def trials(settings):
    """List the kinds and numbers of updates; each trial tunes itself and runs all seeds."""
    return [{"kind": kind, "updates": updates} for kind, updates in settings["runs"]]


def run_trial(settings, trial):
    """Choose the learning rate with the first seed, then measure every seed with it."""
    first, rows, best = {}, [], settings["start"]

    def run(rate, seed):
        keras.utils.set_random_seed(seed)
        model = FIXED.fresh_model(settings, trial["kind"])
        reversal.train(model, settings["longest"], trial["updates"], rate, seed,
                       settings["batch"])
        found = {"rate": rate, "seed": seed, "validation": FIXED.validate(model, settings),
                 "parameters": model.count_params()}
        rows.extend(found | row for row in FIXED.measure(model, settings))
        return found["validation"]

    while not {best / 2, best, 2 * best} <= set(first):
        for rate in (best / 2, best, 2 * best):
            if rate not in first:
                first[rate] = run(rate, 0)
        best = max(first, key=first.get)
    for seed in range(1, settings["seeds"]):
        run(best, seed)
    return [row | {"chosen": row["rate"] == best} for row in rows]


def finish(log, settings):
    """Right letters on test strings of 30 letters, and spread, with the chosen rates."""
    rows = log[log.chosen & (log.length == settings["longest"])]
    found = rows.groupby(["kind", "updates"]).letters.agg(["mean", "std"])
    return {f"{kind} {updates} {name}": value for (kind, updates), row in found.iterrows()
            for name, value in row.items()}
