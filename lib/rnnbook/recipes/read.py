"""Recorded trainings: what a recipe is, and what it left.

A recipe is a file chapters/recipes/NAME.py with SETTINGS (a dict with "seed" and "epochs") and

    prepare(settings) -> dict with "vocab" (a Vocabulary) and "data" (a dict with "kind")
    build(settings, prepared) -> compiled keras model
    train_epoch(model, settings, prepared, epoch) -> dict: this epoch's row of log.csv
    finish(weights, settings, prepared) -> dict: the final figures of the stored weights

A sweep, many short trainings that leave one log, has SETTINGS (with "seed") and

    trials(settings) -> list of dicts, such as {"cell": "gru", "seed": 1}
    run_trial(settings, trial) -> list of dicts: the rows that log.csv gets for this trial.
        One trial may give (rows, dict of arrays): its weights are kept
    finish(log, settings) -> dict: the final figures, from all rows (a DataFrame)
    data(settings) -> dict with "kind", where the data are not generated

Each trial starts with its own "seed". Results stand in chapters/recipes/NAME/.
Run: python -m rnnbook.recipes --help
"""

import dataclasses
import importlib.util
import json
import zipfile
import zlib
from pathlib import Path

import numpy as np

from rnnbook.data.vocab import Vocabulary
from rnnbook.notebook import clone


class RecipeError(RuntimeError):
    """A recipe or a file of its results is missing, damaged or does not fit."""


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


SWEEP_FILES = ("settings.json", "log.csv")
FILES = (*SWEEP_FILES, "weights.npz", "vocab.json")


@dataclasses.dataclass
class Recipe:
    """What a recipe left: settings (dict), log (DataFrame), weights (dict of float32
    arrays, stored as float16) and vocab (Vocabulary)."""

    settings: dict
    log: object
    weights: dict
    vocab: Vocabulary


@dataclasses.dataclass
class Sweep:
    """What a sweep left: settings (dict, with the final figures), log (DataFrame) and the
    weights of one trial (dict of float32 arrays, stored as float16) or None."""

    settings: dict
    log: object
    weights: dict | None


def recipe_folder(root=None):
    """Find the folder of the recipes in a clone of the book."""
    folder = Path(root) if root is not None else clone.ROOT / "chapters" / "recipes"
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
    folder = _results(name, FILES, root)
    try:
        vocab = Vocabulary.from_json(folder / "vocab.json")
    except ValueError as error:
        raise RecipeError(f"{folder}: a damaged file ({error})") from error
    return Recipe(*_record(folder), load_weights(folder / "weights.npz"), vocab)


def load_sweep(name, root=None):
    """Load the stored results of a sweep.

    Args:
        name: such as "adding_problem".
        root: folder of recipes, by default chapters/recipes of the clone.
    Returns:
        Sweep.
    Raises:
        RecipeError: no such sweep, or a file of it is missing or damaged.
    """
    folder = _results(name, SWEEP_FILES, root)
    settings, log = _record(folder)
    kept = settings.get("weights_of") is not None
    return Sweep(settings, log, load_weights(folder / "weights.npz") if kept else None)


def _results(name, files, root):
    folder = recipe_folder(root) / name
    if not folder.is_dir():
        raise RecipeError(f"no results of a recipe {name!r} in {folder.parent}: run "
                          f"`python -m rnnbook.recipes run {name}`; recipes: {names(root)}")
    missing = [file for file in files if not (folder / file).is_file()]
    if missing:
        raise RecipeError(f"{folder} lacks {', '.join(missing)}: restore it with `git checkout`, "
                          f"or run `python -m rnnbook.recipes run {name}`")
    return folder


def _record(folder):
    import pandas as pd

    try:
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        return settings, pd.read_csv(folder / "log.csv")
    except ValueError as error:
        raise RecipeError(f"{folder}: a damaged file ({error})") from error


def import_recipe(name, root=None):
    """Import the file of a recipe."""
    path = recipe_folder(root) / f"{name}.py"
    if not path.is_file():
        raise RecipeError(f"no recipe {name!r}; recipes: {', '.join(names(root)) or 'none'}")
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
