"""What a run keeps: where, in which form, how long it took, with which software."""

import csv
import importlib
import io
import json
import math
import os
import platform
import time
from pathlib import Path

import numpy as np

from rnnbook.data.files import write_whole
from rnnbook.notebook import clone
from rnnbook.recipes.read import find


def save_weights(path, weights):
    """Write named arrays as float16 to an .npz file, whole or not at all."""
    write_whole(path, lambda file: np.savez_compressed(
        file, **{key: value.astype("float16") for key, value in weights.items()}))


def table(rows):
    """Write rows (dicts) as CSV; what a row lacks, or a number that is NaN, is left blank."""
    text = io.StringIO()
    columns = dict.fromkeys(key for row in rows for key in row)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value):
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.6g}"


def cache_folder(name, cache=None):
    """Choose where a run keeps what it needs to resume: build/recipes/NAME of the clone."""
    return Path(cache) if cache else clone.ROOT / "build" / "recipes" / name


def clear_scratch(folder):
    """Remove the files .NAME.PID that killed runs were writing; those of living ones stay."""
    for path in folder.glob(".*.*"):
        pid = path.suffix[1:]
        if pid.isdigit() and not _runs(int(pid)):
            path.unlink(missing_ok=True)


def _runs(pid):
    if pid == os.getpid():  # the number of a killed run, come round again
        return False
    if os.name == "nt":  # os.kill would end it there
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def results_folder(name, kind, root, cache, say):
    """Choose where results go: never from sample data over those of the full data.

    Args:
        name, root: as `load`.
        kind: of the data now: "full", "sample" or "generated".
        cache: folder for results that may not go to the recipes.
        say: is told so.
    """
    target = find(name, root)
    try:
        record = json.loads((target / "settings.json").read_text(encoding="utf-8"))
        full = record["data"]["kind"] == "full"
    except (OSError, ValueError, KeyError, TypeError):
        full = False
    if full and kind != "full":
        say(f"trained on sample data: {target} keeps the results of the full data")
        return cache / "sample_results"
    return target


def versions():
    """Name the software that a run uses."""
    import keras

    found = {"python": platform.python_version(), "keras": keras.__version__,
             "numpy": np.__version__, "backend": keras.backend.backend()}
    backend = importlib.import_module(found["backend"])
    return found | {found["backend"]: backend.__version__}


def stopwatch():
    """Start counting; the returned function gives (seconds, CPU seconds) since then."""
    wall, cpu = time.perf_counter(), time.process_time()
    return lambda: (time.perf_counter() - wall, time.process_time() - cpu)
