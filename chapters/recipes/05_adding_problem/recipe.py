"""The adding problem over its length, for four recurrent layers.

Run: python -m rnnbook.recipes run adding_problem
Fresh sequences at every update, so that nothing can be learnt by heart. A trial ends when the
test error is below `solved`, when it is no longer a number, or after `updates`. The learning
rate of each layer is the better of 0.001 and 0.003 at T = 50 with a seed (101) that is not
among the trials (fewest updates, then the smaller rate). The IRNN runs with more seeds at the
greatest length, where some of its trials end in NaN.
"""

import keras
import numpy as np
from keras import layers

from rnnbook.data.tasks import adding_problem
from rnnbook.training.fitting import compile_fast

SETTINGS = {
    "seed": 0, "seeds": [0, 1, 2],
    "more_irnn_seeds": [3, 4, 5, 6, 7, 8, 9],
    "steps": [20, 50, 100, 200],
    "learning_rates": {"tanh": 0.001, "irnn": 0.001, "lstm": 0.003, "gru": 0.003},
    "units": 64, "batch": 32, "updates": 4000, "every": 250, "clipnorm": 1.0, "test": 1000,
    "solved": 0.01,
}


def trials(settings):
    """List the trials, all cells of one seed first."""
    every = [{"cell": cell, "steps": steps, "seed": seed} for seed in settings["seeds"]
             for steps in settings["steps"] for cell in settings["learning_rates"]]
    return every + [{"cell": "irnn", "steps": max(settings["steps"]), "seed": seed}
                    for seed in settings["more_irnn_seeds"]]


def recurrent_layer(cell, units):
    """Build the recurrent layer of a trial."""
    if cell == "irnn":
        return layers.SimpleRNN(
            units, activation="relu", recurrent_initializer="identity",
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.05))
    return {"tanh": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[cell](units)


def build(settings, cell):
    """Build and compile the model of a trial: two numbers a step in, one number out."""
    model = keras.Sequential([keras.Input((None, 2)), recurrent_layer(cell, settings["units"]),
                              layers.Dense(1)])
    adam = keras.optimizers.Adam(settings["learning_rates"][cell],
                                 global_clipnorm=settings["clipnorm"])
    return compile_fast(model, adam, "mse", steps_per_execution=25)


def run_trial(settings, trial):
    """Train one layer on one length and measure the test error every so many updates."""
    return rows_of(build(settings, trial["cell"]), settings, trial["steps"], trial["seed"])


def rows_of(model, settings, steps, seed):
    """Train a model until it is solved, NaN or out of updates: the rows of its log."""
    x_test, y_test = adding_problem(settings["test"], steps, seed=10**6)
    rows = []
    for k in range(settings["updates"] // settings["every"]):
        x, y = adding_problem(settings["batch"] * settings["every"], steps, seed=[seed, k])
        model.fit(x, y, batch_size=settings["batch"], shuffle=False, verbose=0)
        error = model.predict(x_test, batch_size=settings["test"], verbose=0) - y_test
        mse = float(np.mean(np.square(error)))
        rows.append({"updates": (k + 1) * settings["every"], "mse": mse})
        if not mse >= settings["solved"]:  # solved, or NaN
            break
    return rows


def finish(log, settings):
    """Count the trials that were solved and those that ended in NaN."""
    last = log.groupby(["cell", "steps", "seed"]).mse.agg(
        lambda mse: mse.iloc[-1]).reset_index()
    outcome = last.assign(solved=last.mse < settings["solved"], nan=last.mse.isna())
    return {"trials": len(last), "solved": int(outcome.solved.sum()),
            "nan": int(outcome.nan.sum())}
