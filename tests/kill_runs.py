"""Run tiny recipes, kill -9 them at chosen points, let them finish; print what was left (JSON).

One process imports Keras and forks a child for each run. The points, counted in each run, are
every file half written, then before and after it takes its place, and every batch and trial.
"""

import hashlib
import json
import os
import random
import signal
import sys
import traceback
from io import FileIO
from pathlib import Path

from rnnbook.data import files
from rnnbook.recipes import run, store

TRAINING = '''
import random
import sys
import keras
import numpy as np
from rnnbook.data.vocab import Vocabulary

SETTINGS = {"seed": 4, "epochs": 3}

def prepare(settings):
    return {"vocab": Vocabulary("abcd"), "data": {"kind": "generated"}}

def build(settings, prepared):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dropout(0.5),
                              keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=False)
    return model

def train_epoch(model, settings, prepared, epoch):
    point = getattr(sys.modules["__main__"], "point", int)  # of `kill_runs`, where that runs
    batch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: point())
    x = np.random.normal(size=(12, 3)) + random.random()
    y = keras.ops.convert_to_numpy(keras.random.normal((12, 1)))
    history = model.fit(x, y, batch_size=4, shuffle=True, verbose=0, callbacks=[batch])
    return {"loss": history.history["loss"][0]}

def finish(weights, settings, prepared):
    return {"sum": float(sum(w.sum() for w in weights.values())), "draw": np.random.normal()}
'''
SWEEP = '''
import sys
import keras
import numpy as np

SETTINGS = {"seed": 3}

def trials(settings):
    return [{"seed": seed} for seed in (1, 2, 3)]

def run_trial(settings, trial):
    draw = keras.ops.convert_to_numpy(keras.random.normal((20,)))
    sys.modules["__main__"].point()
    rows = [{"value": float(draw[0]), "nan": float("nan"), "draw": np.random.normal()}]
    return (rows, {"w": draw}) if trial["seed"] == 2 else rows

def finish(log, settings):
    return {"sum": float(log.value.sum())}
'''
KILLS, SEED = 5, 54
reached, last = 0, 0


def point():
    """Count a point; die there if it is the chosen one."""
    global reached
    reached += 1
    if reached == last:
        os.kill(os.getpid(), signal.SIGKILL)


class Watched(FileIO):
    """A file that is begun, up to the middle of its first piece, at one point."""

    def write(self, data):
        """Write a piece; the first one in halves."""
        data, half = bytes(data), 0
        if self.tell() == 0:
            half = super().write(data[:len(data) // 2])
            point()
        return half + super().write(data[half:])


def replace(source, target, move=os.replace):
    """Put a file in place between two points."""
    point()
    move(source, target)
    point()


def child(root, cache, kill_at=0):
    """Run in a process of its own; return how it ended and the points that it reached."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        global last
        last = kill_at
        files.open, files.os.replace = Watched, replace
        store.stopwatch = lambda: lambda: (0.0, 0.0)
        try:
            run.run("tiny", root, cache, say=lambda text: None)
            os.write(theirs, str(reached).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(theirs)
    with open(ours, "rb") as pipe:
        points = int(pipe.read() or 0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), points


def folders(work, program):
    """Make a folder of recipes with one recipe, and name a cache."""
    folder = work / "recipes" / "01_tiny"
    folder.mkdir(parents=True)
    (folder / "recipe.py").write_text(program)
    return folder.parent, work / "cache"


def left(root, cache):
    """Tell what a run left: the hash of each result, and all names."""
    results = sorted(path for path in (root / "01_tiny").iterdir() if path.suffix != ".py"
                     and path.is_file())
    return {"results": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                        for path in results},
            "cache": sorted(path.name for path in cache.iterdir())}


def main(work):
    """Kill both kinds of runs."""
    found = {}
    for kind, program in (("training", TRAINING), ("sweep", SWEEP)):
        root, cache = folders(work / kind, program)
        code, points = child(root, cache)
        whole, rows = left(root, cache), []
        for kill_at in sorted(random.Random(SEED).sample(range(1, points + 1), KILLS)):
            root, cache = folders(work / f"{kind}{kill_at}", program)
            killed, _ = child(root, cache, kill_at)
            rows.append({"at": kill_at, "killed": killed, "ended": child(root, cache)[0],
                         "left": left(root, cache)})
        found[kind] = {"ended": code, "points": points, "left": whole, "kills": rows}
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
