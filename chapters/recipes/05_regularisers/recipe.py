"""Dropout, recurrent dropout and zoneout on a text that is too small.

Run: python -m rnnbook.recipes run regularisers
An LSTM learns the first `train` characters of Shakespeare by heart if nothing stops it. The
log has the mean negative log-likelihood per character of the training text (without any
dropping) and of the validation text, every so many epochs.
"""

import keras
import numpy as np
from keras import layers

from rnnbook.data.shakespeare import load_shakespeare
from rnnbook.training.fitting import compile_fast
from rnnbook.data.vocab import Vocabulary
from rnnbook.cells.zoneout import ZoneoutRNN

SETTINGS = {
    "seed": 0, "seeds": [0, 1, 2],
    "rates": {"none": 0.0, "dropout": 0.3, "recurrent_dropout": 0.3, "zoneout": 0.15},
    "train": 10000, "validation": 10000, "window": 40, "embedding": 32, "units": 64, "batch": 25,
    "learning_rate": 0.01, "epochs": 50, "every": 5,
}


def trials(settings):
    """List the trials, all kinds of one seed first."""
    return [{"kind": kind, "seed": seed} for seed in settings["seeds"]
            for kind in settings["rates"]]


def data(settings):
    """Name the text."""
    return {"name": "tinyshakespeare", "kind": load_shakespeare().source.kind}


def windows(settings):
    """Cut both texts into windows: (ids, next ids) of shape (N, T) each, and the vocabulary."""
    plays = load_shakespeare()
    vocab = Vocabulary.from_text(plays.train + plays.validation)
    pairs = []
    for text, size in ((plays.train, settings["train"]),
                       (plays.validation, settings["validation"])):
        ids = vocab.encode(text[:size + 1])
        count = (len(ids) - 1) // settings["window"]
        cut = count * settings["window"]
        pairs.append((ids[:cut].reshape(count, -1), ids[1:cut + 1].reshape(count, -1)))
    return *pairs, vocab


def build(settings, vocab_size, kind):
    """Build and compile the language model with one kind of regulariser."""
    units, rate = settings["units"], settings["rates"][kind]
    if kind == "zoneout":
        lstm = ZoneoutRNN(layers.LSTMCell(units), rate, seed=0, return_sequences=True)
    else:
        lstm = layers.LSTM(units, return_sequences=True,
                           recurrent_dropout=rate if kind == "recurrent_dropout" else 0.0)
    drop = rate if kind == "dropout" else 0.0
    model = keras.Sequential([
        keras.Input((settings["window"],), dtype="int32"),
        layers.Embedding(vocab_size, settings["embedding"]), layers.Dropout(drop),
        lstm, layers.Dropout(drop), layers.Dense(vocab_size)])
    adam = keras.optimizers.Adam(settings["learning_rate"], global_clipnorm=1.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compile_fast(model, adam, loss)


def run_trial(settings, trial):
    """Train one model; measure both texts every so many epochs."""
    train, validation, vocab = windows(settings)
    model = build(settings, len(vocab), trial["kind"])
    rows = []
    for epoch in range(settings["every"], settings["epochs"] + 1, settings["every"]):
        model.fit(*train, batch_size=settings["batch"], epochs=settings["every"], verbose=0)
        nats = [float(model.evaluate(*pair, batch_size=100, verbose=0))
                for pair in (train, validation)]
        rows.append({"epoch": epoch, "train": nats[0], "validation": nats[1]})
    return rows


def finish(log, settings):
    """Give the lowest validation loss of each kind, averaged over the seeds."""
    best = log.groupby(["kind", "seed"]).validation.min().groupby(level="kind").mean()
    return {kind: round(float(best[kind]), 4) for kind in settings["rates"]}
