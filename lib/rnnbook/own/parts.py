"""Divide the rows of a file into parts that share nothing."""

import numpy as np

from rnnbook.data.errors import DataError

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
LEAST = 10  # examples in the validation part and in the test part


def divide(rows, key, seed=0):
    """Divide rows at random; rows of one key stay in one part.

    Args:
        rows: list of anything.
        key: function row -> what must not stand in two parts, such as the text.
        seed: of the division.
    Returns:
        dict "train", "validation", "test" -> list of rows, and the number of rows whose key
        stands in a row before them.
    Raises:
        DataError: too few rows.
    """
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    needed = round(LEAST / SHARES["test"])
    if len(groups) < needed:
        raise DataError(f"{len(groups)} different examples are too few: {needed} or more are "
                        "needed to train, choose and test")
    order = np.random.default_rng(seed).permutation(len(groups))
    listed = list(groups.values())
    ends = np.round(np.cumsum(list(SHARES.values())) * len(groups)).astype(int)
    parts = {name: [row for i in order[start:end] for row in listed[i]]
             for name, start, end in zip(SHARES, [0, *ends], ends)}
    return parts, len(rows) - len(groups)
