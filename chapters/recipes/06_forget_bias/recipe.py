"""The forget gate's first bias: how soon an LSTM learns the adding problem from each.

Run: python -m rnnbook.recipes run forget_bias
The settings were fixed after one look at one seed of each bias; nothing was tuned per bias.
A network is done when its validation error reaches the goal, or after `longest` updates.
"""

import keras
import numpy as np

from rnnbook.training import side_by_side
from rnnbook.data.tasks import adding_problem

SETTINGS = {
    "seed": 6, "biases": ["0", "1", "2", "5", "chrono"], "networks": {"50": 7, "100": 5},
    "longest": {"50": 1500, "100": 2000}, "goal": 0.01, "units": 16, "batch": 64,
    "learning_rate": 1e-2, "sequences": 6400, "validation": 1000, "updates_per_look": 50,
}


def trials(settings):
    """List every length and bias; the networks of a trial are trained side by side."""
    return [{"steps": int(steps), "bias": bias}
            for steps in settings["networks"] for bias in settings["biases"]]


def gate_biases(bias, steps, units, seed):
    """Give the bias of an LSTM (4H,): the forget gate's as named, or chrono initialisation.

    Chrono (Tallec & Ollivier 2018, arXiv:1804.11188): b_f = log(U(1, T - 1)), b_i = -b_f.
    """
    b = np.zeros(4 * units, "float32")
    if bias == "chrono":
        b[units:2 * units] = np.log(np.random.default_rng(seed).uniform(1, steps - 1, units))
        b[:units] = -b[units:2 * units]
    else:
        b[units:2 * units] = float(bias)
    return b


def run_trial(settings, trial):
    """Train the networks of a trial; a row for every look at each one's validation error."""
    steps, units = trial["steps"], settings["units"]
    count, length = settings["networks"][str(steps)], settings["longest"][str(steps)]
    cell = side_by_side.SideBySideCell(units, count, settings["seed"])
    model = side_by_side.build(
        cell, steps, 2, optimizer=keras.optimizers.Adam(settings["learning_rate"], epsilon=1e-9))
    cell.bias.assign([gate_biases(trial["bias"], steps, units, k) for k in range(count)])
    train, unseen = ([adding_problem(settings[size], steps, (settings["seed"], k, part))
                      for k in range(count)]
                     for part, size in enumerate(("sequences", "validation")))
    return side_by_side.race(model, train, unseen, settings["goal"], length,
                             settings["updates_per_look"], settings["batch"])


def finish(log, settings):
    """Give for each length and bias the median number of updates to the goal."""
    last = log.groupby(["steps", "bias", "member"])["updates"].last()
    median = last.groupby(["steps", "bias"]).median()
    return {f"updates_{bias}_at_{steps}": float(value)
            for (steps, bias), value in median.items()}
