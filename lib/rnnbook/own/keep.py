"""Keep what was learned from a file in a folder, and take it out again."""

import json
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.files import write_json, write_whole
from rnnbook.recipes.read import load_arrays

ARRAYS, FACTS = "weights.npz", "learned.json"


def save(folder, kind, arrays, facts):
    """Write arrays and facts into a folder, each file whole or not at all, the facts last.

    Args:
        folder: str or Path; made where it is missing.
        kind: what was learned, such as "classifier".
        arrays: list of arrays, a model's weights in order.
        facts: dict that JSON can hold: what builds the model and reads its input.
    """
    folder = Path(folder)
    write_whole(folder / ARRAYS, lambda file: np.savez(file, *arrays))
    write_json(folder / FACTS, {"kind": kind} | facts)


def load(folder, kind):
    """Read what `save` wrote: list of arrays, dict of facts.

    Raises:
        DataError: no such folder, another kind, or damaged files.
    """
    folder = Path(folder)
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        arrays = list(load_arrays(folder / ARRAYS).values())
    except FileNotFoundError as error:
        raise DataError(f"{error.filename} is missing: nothing was saved in {folder}") from None
    except Exception as error:  # whatever a damaged archive or text makes of it
        raise DataError(f"{folder} is damaged ({error}): train again and save") from None
    if facts.get("kind") != kind:
        raise DataError(f"{folder} holds a {facts.get('kind')}, not a {kind}")
    return arrays, facts
