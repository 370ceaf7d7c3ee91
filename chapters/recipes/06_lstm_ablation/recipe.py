"""An LSTM with one part taken out: how soon each learns two small tasks.

Run: python -m rnnbook.recipes run lstm_ablation
"adding" asks for one sum at the end of 50 steps, "resets" at every step for the sum of the
numbers since the last reset mark. The settings were fixed after one look at one seed. A
network is done when its validation error reaches the goal of its task, or after `longest`.
"""

import keras
import numpy as np

from rnnbook.training import side_by_side
from rnnbook.cells.lstm_variants import PARTS
from rnnbook.data.tasks import adding_problem

SETTINGS = {
    "seed": 6, "without": ["nothing", *PARTS, "coupled"], "networks": 5,
    "longest": 1500, "goal": {"adding": 0.01, "resets": 0.05}, "reset_share": 0.1,
    "steps": 50, "units": 16, "batch": 64, "learning_rate": 1e-2,
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
    """Train the networks of a trial; a row for every look at each one's validation error."""
    task, without = trial["task"], trial["without"]
    cell = side_by_side.SideBySideCell(settings["units"], settings["networks"], settings["seed"],
                                       without=None if without == "nothing" else without)
    model = side_by_side.build(
        cell, settings["steps"], 2, every_step=task == "resets",
        optimizer=keras.optimizers.Adam(settings["learning_rate"], epsilon=1e-9))
    return side_by_side.race(
        model, data_of(settings, task, settings["sequences"], 0),
        data_of(settings, task, settings["validation"], 1), settings["goal"][task],
        settings["longest"], settings["updates_per_look"], settings["batch"])


def finish(log, settings):
    """Give for each task and part the median number of updates to the goal."""
    last = log.groupby(["task", "without", "member"])["updates"].last()
    median = last.groupby(["task", "without"]).median()
    return {f"updates_{task}_without_{part}": float(value)
            for (task, part), value in median.items()}
