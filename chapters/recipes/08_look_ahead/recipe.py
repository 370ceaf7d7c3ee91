"""The bit that comes next: who can tell it, over five seeds.

Run: python -m rnnbook.recipes run look_ahead
Four readers of random bits are asked for the bit one step ahead: one that reads from left to
right, one that reads both ways, one that answers a step later, and one that reads both ways
inside chunks. Fresh bits for the test.
"""

import keras
from keras import layers

from rnnbook.cells import directions
from rnnbook.data.tasks import look_ahead

SETTINGS = {"seed": 0, "seeds": 5, "units": 16, "steps": 20, "chunk": 5, "sequences": 512,
            "batch": 32, "epochs": 12, "rate": 0.02}
READERS = ("one way", "two ways", "delayed", "chunked")


def trials(settings):
    """List the readers, all of one seed first."""
    return [{"reader": reader, "seed": seed}
            for seed in range(settings["seeds"]) for reader in READERS]


def build(settings, reader):
    """Build and compile a reader with one output in (0, 1) per step."""
    x, units = keras.Input((settings["steps"], 1)), settings["units"]
    h = {"one way": lambda: directions.one_way(x, units),
         "two ways": lambda: directions.two_ways(x, units),
         "delayed": lambda: directions.delayed(x, units, 1),
         "chunked": lambda: directions.chunked(x, units, settings["chunk"])}[reader]()
    model = keras.Model(x, layers.Dense(1, activation="sigmoid")(h))
    model.compile(keras.optimizers.Adam(settings["rate"]), "binary_crossentropy",
                  jit_compile=False)
    return model


def run_trial(settings, trial):
    """Train one reader; measure right answers on new bits, where the wanted bit exists."""
    model = build(settings, trial["reader"])
    x, y = look_ahead(settings["sequences"], settings["steps"] + 1, 1, seed=trial["seed"])
    new, wanted = look_ahead(1000, settings["steps"] + 1, 1, seed=10**6)
    x, y, new, wanted = (a[:, :settings["steps"]] for a in (x, y, new, wanted))
    model.fit(x, y[..., None], batch_size=settings["batch"], epochs=settings["epochs"],
              verbose=0)
    right = (model.predict(new, batch_size=1000, verbose=0)[..., 0] > 0.5) == wanted
    return [{"accuracy": float(right[:, :-1].mean())}]


def finish(log, settings):
    """Mean accuracy of each reader."""
    return log.groupby("reader").accuracy.mean().to_dict()
