"""Recorded trainings: rerun one with a command, resume it, load what it left.

A recipe is a file chapters/recipes/NAME.py with SETTINGS (a dict with "seed" and "epochs") and

    prepare(settings) -> dict with "vocab" (a Vocabulary) and "data" (a dict with "kind")
    build(settings, prepared) -> compiled keras model
    train_epoch(model, settings, prepared, epoch) -> dict: this epoch's row of log.csv
    finish(weights, settings, prepared) -> dict: the final figures of the stored weights

Its results stand in chapters/recipes/NAME/. Run: python -m rnnbook.recipes --help
"""

import dataclasses
import importlib.util
import json
import os
import platform
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np

from rnnbook.vocab import Vocabulary

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = ("settings.json", "log.csv", "weights.npz", "vocab.json")


class RecipeError(RuntimeError):
    """A recipe or a file of its results is missing, damaged or does not fit."""


@dataclasses.dataclass
class Recipe:
    """What a recipe left: settings (dict), log (DataFrame), weights (dict of float32
    arrays, stored as float16) and vocab (Vocabulary)."""

    settings: dict
    log: object
    weights: dict
    vocab: Vocabulary


def recipe_folder(root=None):
    """Find the folder of the recipes in a clone of the book."""
    folder = Path(root) if root is not None else REPOSITORY / "chapters" / "recipes"
    if not folder.is_dir():
        raise RecipeError(f"no recipes at {folder}: rnnbook must be installed from a clone of "
                          "the book with `pip install -e .`")
    return folder


def names(root=None):
    """List the recipes by name."""
    return sorted(p.stem for p in recipe_folder(root).glob("*.py") if p.stem != "conftest")


def load(name, root=None):
    """Load the stored results of a recipe.

    Args:
        name: such as "shakespeare_lstm".
        root: folder of recipes, by default chapters/recipes of the clone.
    Returns:
        Recipe.
    Raises:
        RecipeError: no such recipe, or a file of it is missing or damaged.
    """
    import pandas as pd

    folder = recipe_folder(root) / name
    if not folder.is_dir():
        raise RecipeError(f"no results of a recipe {name!r} in {folder.parent}: run "
                          f"`python -m rnnbook.recipes run {name}`; recipes: {names(root)}")
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise RecipeError(f"{folder} lacks {', '.join(missing)}: restore it with `git checkout`, "
                          f"or run `python -m rnnbook.recipes run {name}`")
    try:
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        log = pd.read_csv(folder / "log.csv")
        vocab = Vocabulary.from_json(folder / "vocab.json")
    except ValueError as error:
        raise RecipeError(f"{folder}: a damaged file ({error})") from error
    return Recipe(settings, log, load_weights(folder / "weights.npz"), vocab)


def load_weights(path):
    """Read named arrays from an .npz file as float32, without pickle.

    Raises:
        RecipeError: the file is missing or damaged, or holds something else than floats.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            weights = {key: archive[key] for key in archive.files}
    except FileNotFoundError as error:
        raise RecipeError(f"no weights file {path}") from error
    except (ValueError, TypeError, OSError, EOFError, KeyError, AttributeError,
            zipfile.BadZipFile, zlib.error) as error:
        raise RecipeError(f"weights file {path} is damaged or no .npz ({error}): restore it "
                          "with `git checkout`, or run its recipe again") from error
    for key, value in weights.items():
        if not np.issubdtype(value.dtype, np.floating) or not np.isfinite(value).all():
            raise RecipeError(f"weights file {path}: {key} is not an array of finite floats")
    return {key: value.astype("float32") for key, value in weights.items()}


def save_weights(path, weights):
    """Write named arrays as float16 to an .npz file, whole or not at all."""
    write_whole(path, lambda file: np.savez_compressed(
        file, **{key: value.astype("float16") for key, value in weights.items()}))


def write_whole(path, write):
    """Write a file under another name, then put it in place, so that no half file stays."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            write(file)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text file whole or not at all."""
    write_whole(path, lambda file: file.write(text.encode("utf-8")))


def write_json(path, value):
    """Write a value as readable JSON, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def import_recipe(name, root=None):
    """Import the file of a recipe."""
    path = recipe_folder(root) / f"{name}.py"
    if not path.is_file():
        raise RecipeError(f"no recipe {name!r}; recipes: {', '.join(names(root)) or 'none'}")
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


if __name__ == "__main__":
    from rnnbook.recipe_runner import main

    raise SystemExit(main())
