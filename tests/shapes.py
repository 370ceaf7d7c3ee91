"""Docstrings whose shapes are executed."""

import inspect
import re

import numpy as np

SHAPE_LINE = re.compile(r"^\s*Shape: (?P<inputs>.+?) -> (?P<outputs>.+?)\s*$", re.M)
ARGUMENT = re.compile(r"(?P<name>\w+) \((?P<dims>[^)]*)\)(?: (?P<kind>int))?")
SIZES = {"B": 2, "T": 5, "D": 3, "H": 4, "N": 7, "V": 6, "K": 3, "E": 4, "S": 8, "U": 9}


def check_shape_line(function):
    """Run a function on random arrays of the shapes its docstring names.

    The line reads ``Shape: x (B, D), ids (N,) int -> (B, H), (N,)``; a letter stands for
    the same size everywhere, a digit for itself.

    Args:
        function: the documented function; arguments not named keep their defaults.

    Returns:
        A list of problems; empty if there is no such line.
    """
    match = SHAPE_LINE.search(inspect.getdoc(function) or "")
    if match is None:
        return []
    rng = np.random.default_rng(0)
    arguments = {}
    for item in ARGUMENT.finditer(match["inputs"]):
        shape = sizes(item["dims"])
        if item["kind"]:
            arguments[item["name"]] = rng.integers(0, 3, shape)
        else:
            arguments[item["name"]] = rng.uniform(0.1, 0.9, shape).astype("float32")
    unknown = set(arguments) - set(inspect.signature(function).parameters)
    if unknown:
        return [f"the Shape line names unknown arguments: {sorted(unknown)}"]
    try:
        results = function(**arguments)
    except Exception as error:
        return [f"fails on the shapes it documents: {type(error).__name__}: {error}"]
    wanted = [sizes(dims) for dims in re.findall(r"\(([^)]*)\)", match["outputs"])]
    results = results if isinstance(results, tuple | list) and len(wanted) > 1 else [results]
    got = [tuple(np.shape(r)) for r in results]
    return [] if got == wanted else [f"documents {wanted}, returns {got}"]


def sizes(dims):
    """Turn "B, T, 2, 4H" into (2, 5, 2, 16).

    Raises:
        ValueError: a letter without a size in SIZES.
    """
    result = []
    for name in filter(None, (d.strip() for d in dims.split(","))):
        factor, letter = re.fullmatch(r"(\d*)(\w*)", name).groups()
        if letter and letter not in SIZES:
            raise ValueError(f"no size is set for dimension {name!r}")
        result.append(int(factor or 1) * SIZES.get(letter, 1))
    return tuple(result)
