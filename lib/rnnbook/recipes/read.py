"""Recorded trainings: what a recipe is, and what it left.

A recipe is a program chapters/recipes/NN_NAME/recipe.py, NN being the first chapter that uses
it, with SETTINGS (a dict with "seed" and "epochs") and

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

Each trial starts with its own "seed", each epoch with one made from "seed" and its number, so
that a resumed run draws what an undisturbed one draws. Results stand beside the program.
Run: python -m rnnbook.recipes --help
"""

import dataclasses
import difflib
import importlib.util
import json
from pathlib import Path

from rnnbook.notebook import clone

FILES = ("settings.json", "log.csv", "weights.npz", "vocab.json")
LFS_POINTER = b"version https://git-lfs"


class RecipeError(RuntimeError):
    """A recipe or a file of its results is missing, damaged or does not fit."""


@dataclasses.dataclass
class Recipe:
    """What a recipe left: settings (dict, with the final figures), log (DataFrame), weights
    (dict of float32 arrays, stored as float16) and vocab (Vocabulary).

    A sweep leaves no vocab (None), and the weights of one trial or None.
    """

    settings: dict
    log: object
    weights: dict | None
    vocab: object


def recipe_folder(root=None):
    """Find the folder of the recipes in a clone of the book."""
    folder = Path(root) if root is not None else clone.ROOT / "chapters" / "recipes"
    if not folder.is_dir():
        raise RecipeError(f"no recipes at {folder}: rnnbook must be installed from a clone of "
                          "the book with `pip install -e .`")
    return folder


def folders(root=None):
    """Find all recipes: dict of name -> Path of NN_NAME, in the order of the chapters.

    Raises:
        RecipeError: two folders bear the same name.
    """
    found = {}
    for program in sorted(recipe_folder(root).glob("[0-9][0-9]_*/recipe.py")):
        folder = program.parent
        name = folder.name[3:]
        if name in found:
            raise RecipeError(f"two recipes are called {name!r}: {found[name].name} and "
                              f"{folder.name} in {folder.parent}; rename one")
        found[name] = folder
    return found


def names(root=None):
    """List the recipes by name, in the order of the chapters."""
    return list(folders(root))


def find(name, root=None):
    """Find the folder of a recipe; its name stands without the number of the chapter.

    Raises:
        RecipeError: no such recipe; names that look like it are told.
    """
    found = folders(root)
    if name not in found:
        close = difflib.get_close_matches(name, found)
        raise RecipeError(f"no recipe {name!r}" + (
            f": did you mean {' or '.join(close)}?" if close
            else "; `python -m rnnbook.recipes list` shows all"))
    return found[name]


def import_recipe(name, root=None):
    """Import the program of a recipe."""
    path = find(name, root) / "recipe.py"
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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

    from rnnbook.data.vocab import Vocabulary

    folder = find(name, root)
    settings, log = (_read(folder / file, reader, name) for file, reader in (
        ("settings.json", _settings), ("log.csv", pd.read_csv)))
    weights = vocab = None
    sweep = "trials" in settings
    if not sweep or settings.get("weights_of") is not None:
        weights = _read(folder / "weights.npz", load_weights, name)
    if not sweep:
        vocab = _read(folder / "vocab.json", Vocabulary.from_json, name)
    return Recipe(settings, log, weights, vocab)


def _read(path, reader, name):
    """Read one file of the results; what is wrong with it is said with the remedy."""
    again = f"restore it with `git checkout`, or run `python -m rnnbook.recipes run {name}`"
    if not path.is_file():
        raise RecipeError(f"{path.parent} lacks {path.name}: {again}")
    if other := foreign(path):
        raise RecipeError(f"{path} {other}; or {again}")
    try:
        return reader(path)
    except Exception as error:  # NumPy and zipfile raise eight kinds for damaged archives
        raise RecipeError(f"{path} is a damaged file ({error}): {again}") from error


def foreign(path):
    """Say what another tool left in the place of a file, and what helps, or None."""
    with open(path, "rb") as file:
        head = file.read(200).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(LFS_POINTER):
        return "holds a pointer of Git LFS: run `git lfs pull`"
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "holds a web page: download the file itself (on its page: raw)"
    return None


def _settings(path):
    settings = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(settings, dict) or not isinstance(settings.get("settings"), dict):
        raise ValueError("no settings of a recipe")
    return settings


def load_arrays(path):
    """Read an .npz file without pickle: dict of arrays.

    Raises:
        ValueError: it holds something else; others where it is damaged.
    """
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except ValueError:  # NumPy's message advises to load it unsafely
        raise ValueError("no archive of plain arrays") from None


def load_weights(path):
    """Read named arrays from an .npz file as float32, without pickle.

    Raises:
        ValueError: it holds something else than finite floats; others where it is damaged.
    """
    import numpy as np

    weights = load_arrays(path)
    for key, value in weights.items():
        if not np.issubdtype(value.dtype, np.floating) or not np.isfinite(value).all():
            raise ValueError(f"{key} is not an array of finite floats")
    return {key: value.astype("float32") for key, value in weights.items()}
