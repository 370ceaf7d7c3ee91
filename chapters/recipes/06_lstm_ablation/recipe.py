"""An LSTM with one part taken out: how soon each learns two small tasks.

Run: python -m rnnbook.recipes run lstm_ablation
"adding" asks for one sum at the end of 50 steps, "resets" at every step for the sum of the
numbers since the last reset mark. A network is done when its validation error reaches the goal
of its task, or after `longest` updates. Every part gets the same search: of the learning rates
the one whose first `searched` networks are done soonest in the mean; the others judge it.
"""

import numpy as np
import pandas as pd

from rnnbook.training import side_by_side
from rnnbook.cells.lstm_variants import PARTS
from rnnbook.data.tasks import adding_problem

SETTINGS = {
    "seed": 6, "without": ["nothing", *PARTS, "coupled"], "networks": 8, "searched": 3,
    "longest": 1000, "goal": {"adding": 0.01, "resets": 0.05}, "reset_share": 0.1,
    "steps": 50, "units": 16, "batch": 64, "learning_rates": [0.003, 0.01, 0.03, 0.1, 0.3],
    "sequences": 6400, "validation": 1000, "updates_per_look": 50,
}


def running_sum(count, steps, seed, share):
    """Make streams of numbers and reset marks; wanted: the sum since the last mark.

    Args:
        count, steps: number N and length T of the streams.
        seed: of the random numbers.
        share: probability of a mark at a step.
    Returns:
        x float32 (N, T, 2), numbers in [-1, 1) and marks, and y float32 (N, T, 1).
    """
    rng = np.random.default_rng(seed)
    numbers, marks = rng.uniform(-1, 1, (count, steps)), rng.random((count, steps)) < share
    total, wanted = np.zeros(count), np.empty((count, steps))
    for t in range(steps):
        total = np.where(marks[:, t], 0, total) + numbers[:, t]
        wanted[:, t] = total
    x = np.stack([numbers, marks], axis=-1)
    return x.astype("float32"), wanted[..., None].astype("float32")


def trials(settings):
    """List every task and part; the networks of a trial are trained side by side."""
    return [{"task": task, "without": part}
            for task in settings["goal"] for part in settings["without"]]


def data_of(settings, task, size, part):
    """Make the sequences of each network: training (part 0) or validation (part 1)."""
    seeds = [(settings["seed"], k, part) for k in range(settings["networks"])]
    if task == "adding":
        return [adding_problem(size, settings["steps"], seed) for seed in seeds]
    return [running_sum(size, settings["steps"], seed, settings["reset_share"])
            for seed in seeds]


def run_trial(settings, trial):
    """Train the networks of a trial from the same start at every rate; a row for every look."""
    task, without = trial["task"], trial["without"]
    cell = side_by_side.SideBySideCell(settings["units"], settings["networks"], settings["seed"],
                                       without=None if without == "nothing" else without)
    model = side_by_side.build(cell, settings["steps"], 2, every_step=task == "resets")
    start, rows = model.get_weights(), []
    train, unseen = (data_of(settings, task, settings[size], part)
                     for part, size in enumerate(("sequences", "validation")))
    for rate in settings["learning_rates"]:
        model.set_weights(start)
        for variable in model.optimizer.variables:
            variable.assign(variable * 0)
        model.optimizer.learning_rate = rate
        rows += [{"rate": rate} | row for row in side_by_side.race(
            model, train, unseen, settings["goal"][task], settings["longest"],
            settings["updates_per_look"], settings["batch"])]
    return rows


def chosen(log, settings):
    """Choose each part's learning rate by its first networks and judge it by the others.

    Returns:
        Series of rates and Series of updates to the goal, by (task, without) and by
        (task, without, member).
    """
    done = log.groupby(["task", "without", "rate", "member"])["updates"].last()
    first = done.index.get_level_values("member") < settings["searched"]
    mean = done[first].groupby(["task", "without", "rate"]).mean().unstack()
    rates = mean.idxmin(axis=1)
    return rates, pd.concat({(*key, rate): done[~first][(*key, rate)]
                             for key, rate in rates.items()},
                            names=["task", "without", "rate"]).droplevel("rate")


def finish(log, settings):
    """Give for each task and part the chosen rate and the median number of updates."""
    rates, updates = chosen(log, settings)
    median = updates.groupby(["task", "without"]).median()
    return {f"{what}_{task}_without_{part}": float(value)
            for what, values in (("rate", rates), ("updates", median))
            for (task, part), value in values.items()}
