"""The same network learns the last symbol of sequences padded on either side, masked or not.

Run: python -m rnnbook.recipes run padding_sides
"""

import keras
import numpy as np

from rnnbook.training.bucketing import pad_right

SETTINGS = {
    "seed": 0, "seeds": 5, "train": 800, "test": 400, "longest": 20, "median": 8, "sigma": 0.5,
    "symbols": 8, "embedding": 16, "units": 24, "batch": 50, "epochs": 20,
    "learning_rate": 0.01, "extra": 100,
}
ARMS = {"right": ("right", False), "left": ("left", False), "right, masked": ("right", True)}


def trials(settings):
    return [{"padding": arm, "seed": seed}
            for seed in range(settings["seeds"]) for arm in ARMS]


def sequences(settings, count, seed):
    """Draw sequences of symbols 1 to `symbols`, lengths log-normal, and their last symbol."""
    rng = np.random.default_rng(seed)
    lengths = rng.lognormal(np.log(settings["median"]), settings["sigma"], count).round()
    lengths = np.clip(lengths, 2, settings["longest"]).astype(int)
    texts = [rng.integers(1, settings["symbols"] + 1, n) for n in lengths]
    return texts, np.array([text[-1] - 1 for text in texts])


def padded(texts, steps, side):
    """Pad on one side to a length, int32 (N, steps)."""
    if side == "right":
        return pad_right(texts, steps)
    return keras.utils.pad_sequences(texts, steps, padding="pre")


def build(settings, mask):
    """Build the classifier; only mask_zero differs between the arms."""
    model = keras.Sequential([
        keras.layers.Embedding(settings["symbols"] + 1, settings["embedding"], mask_zero=mask),
        keras.layers.LSTM(settings["units"]),
        keras.layers.Dense(settings["symbols"]),
    ])
    model.compile(keras.optimizers.Adam(settings["learning_rate"]),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=["accuracy"])
    return model


def accuracy(model, x, y):
    return float((model.predict(x, verbose=0, batch_size=len(y)).argmax(axis=-1) == y).mean())


def run_trial(settings, trial):
    side, mask = ARMS[trial["padding"]]
    texts, y = sequences(settings, settings["train"], seed=1000 + trial["seed"])
    unseen, labels = sequences(settings, settings["test"], seed=2000 + trial["seed"])
    model, steps = build(settings, mask), settings["longest"]
    x, rows = padded(texts, steps, side), []
    x_test = padded(unseen, steps, side)
    x_more = padded(unseen, steps + settings["extra"], side)
    for epoch in range(1, settings["epochs"] + 1):
        model.fit(x, y, batch_size=settings["batch"], verbose=0)
        rows.append({"epoch": epoch, "accuracy": accuracy(model, x_test, labels),
                     "more_padding": accuracy(model, x_more, labels)})
    return rows


def finish(log, settings):
    last = log[log.epoch == settings["epochs"]].groupby("padding")
    return {name: last[name].median().to_dict() for name in ("accuracy", "more_padding")}
