"""How far an LSTM and a GRU, trained on short a^n b^n, count right.

Run: python -m rnnbook.recipes run anbn
Both cells get the same strings, updates and learning rate; nothing was tuned for one alone. The
learning rate falls to zero by a cosine over the updates; each look asks how far it counts then.
"""

import keras
import numpy as np
from keras import layers

from rnnbook.language.counting import anbn, counts_right, furthest
from rnnbook.training.fitting import compile_fast

SETTINGS = {
    "seed": 7, "seeds": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "cells": ["lstm", "gru"], "units": 8,
    "longest": 32, "updates": 8000, "every": 2000, "learning_rate": 0.01, "clip_norm": 1.0,
    "limit": 256,
}


def trials(settings):
    """List the trials, both cells of a seed side by side."""
    return [{"cell": cell, "seed": seed}
            for seed in settings["seeds"] for cell in settings["cells"]]


def build(settings, cell):
    """Build and compile the model of a trial: one logit after every symbol."""
    layer = {"lstm": layers.LSTM, "gru": layers.GRU}[cell]
    model = keras.Sequential([keras.Input((2 * settings["longest"], 2)),
                              layer(settings["units"], return_sequences=True), layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], settings["updates"])
    adam = keras.optimizers.Adam(rate, global_clipnorm=settings["clip_norm"])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compile_fast(model, adam, loss, steps_per_execution=100)


def train(model, settings):
    """Train on all the strings at every update; yield the loss after each stretch."""
    copies = 100  # of the same batch in an epoch: an epoch has a fixed cost
    strings = anbn(range(1, settings["longest"] + 1))
    x, y, weights = (np.concatenate([part] * copies) for part in strings)
    for _ in range(settings["updates"] // settings["every"]):
        history = model.fit(x, y, sample_weight=weights, batch_size=settings["longest"],
                            shuffle=False, epochs=settings["every"] // copies, verbose=0)
        yield float(history.history["loss"][-1])


def judge(model, cell, limit):
    """Tell for n = 1 to limit whether the model counts right, bool (limit,)."""
    *weights, V, c = (np.asarray(w, "float64") for w in model.get_weights())
    return counts_right(cell, tuple(weights), V, c, limit)


def run_trial(settings, trial):
    """Train one network; a row for every look."""
    model = build(settings, trial["cell"])
    return [{"updates": settings["every"] * (i + 1), "loss": loss,
             "furthest": furthest(judge(model, trial["cell"], settings["limit"]))}
            for i, loss in enumerate(train(model, settings))]


def finish(log, settings):
    """Give the median reach of each cell at the end, and how many seeds learnt all lengths."""
    last = log[log.updates == settings["updates"]].groupby("cell").furthest
    learnt = last.apply(lambda reach: int((reach >= settings["longest"]).sum()))
    return {f"{what}_{cell}": float(value) for what, values in
            (("furthest", last.median()), ("learnt", learnt)) for cell, value in values.items()}
