"""Files of recorded trainings: written whole or not at all, read with clear errors."""

import csv
import io
import json
import math
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np


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
