"""Divide the rows of a file into parts that share nothing, a text in running order."""

from itertools import pairwise

import numpy as np

from rnnbook.data.errors import DataError

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
LEAST = 10  # examples in the validation part and in the test part
LEAST_TOKENS = 1000  # of a text


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


def is_sorted(rows):
    """Tell whether rows are a sorted list, such as a dictionary: nine in ten do not fall."""
    rises = [a <= b for a, b in pairwise(rows)]
    return len(set(rows)) >= round(LEAST / SHARES["test"]) and np.mean(rises) > 0.9


def in_order(tokens, end):
    """Divide a text in running order; a part ends with a line where one ends nearby.

    Args:
        tokens: list, N of anything.
        end: the token that ends a line.
    Returns:
        dict "train", "validation", "test" -> list of tokens.
    Raises:
        DataError: too few tokens.
    """
    if len(tokens) < LEAST_TOKENS:
        raise DataError(f"{len(tokens)} tokens are too few: {LEAST_TOKENS} or more are needed to "
                        "train, choose and test")
    cuts = [0]
    for share in np.cumsum(list(SHARES.values()))[:-1]:
        cut = round(share * len(tokens))
        near = tokens[cut - 1:cut + len(tokens) // 50]
        cuts.append(cut + near.index(end) if end in near else cut)
    return {name: tokens[start:stop]
            for name, start, stop in zip(SHARES, cuts, [*cuts[1:], len(tokens)])}
