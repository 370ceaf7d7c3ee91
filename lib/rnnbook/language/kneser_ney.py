"""An n-gram language model with modified Kneser-Ney smoothing, in NumPy: a stronger rival."""

from typing import NamedTuple

import numpy as np

from rnnbook.language.ngram import check_ids, find


class Level(NamedTuple):
    """What is known of the n-grams of one length; a context is known by its n-gram's row.

    ``keys`` (G,) are context * V + token, sorted. ``kept`` (G,) is each n-gram's count less its
    discount. ``total`` and ``given`` say, by context, the sum of counts and of discounts.
    """

    keys: np.ndarray
    kept: np.ndarray
    total: np.ndarray
    given: np.ndarray


class KneserNey:
    """Predict the next token from the order - 1 tokens before it.

    P(w | c) = (count(c w) - d) / total(c) + given(c) / total(c) P(w | c without its oldest
    token), where given(c) sums the discounts d, and the lowest order leans on 1 / V. Orders
    below the highest count in how many different ways an n-gram is continued to the left, not
    how often it stands: "Francisco" is frequent, but follows one word only.

    Args:
        order: length of the longest n-gram, 2 or more.
        discount: what every count gives up, between 0 and 1; by default three discounts by
            count, from the counts themselves (`discounts`).

    Raises:
        ValueError: order is less than 2, or discount is not between 0 and 1.

    Source: Kneser & Ney 1995 (doi:10.1109/ICASSP.1995.479394); interpolated, with discounts for
    counts 1, 2 and 3 or more: Chen & Goodman 1999 (doi:10.1006/csla.1999.0128).
    """

    def __init__(self, order, discount=None):
        if order < 2:
            raise ValueError(f"order must be at least 2, not {order}")
        if discount is not None and not 0 < discount < 1:
            raise ValueError(f"discount must be between 0 and 1, not {discount}")
        self.order, self.discount = order, discount
        self.vocab_size, self.levels = None, []

    def fit(self, ids, vocab_size):
        """Count every n-gram up to the model's order.

        Args:
            ids: (N,) int, the training tokens, each in 0 ... vocab_size - 1.
            vocab_size: number of kinds of token, V.

        Returns:
            The model itself.

        Raises:
            ValueError: ids is not one-dimensional, holds a token outside the vocabulary, or
                is shorter than the order.
        """
        ids = check_ids(ids, int(vocab_size), self.order)
        self.vocab_size, self.levels = int(vocab_size), []
        contexts, rows, counted = 1, np.zeros(len(ids) + 1, np.int64), []
        for k in range(self.order):
            keys, first, longer, counts = np.unique(
                rows[:-1] * self.vocab_size + ids[k:], return_index=True, return_inverse=True,
                return_counts=True)
            if k:  # different tokens to the left of each shorter n-gram
                shorter = counted[-1]
                counted[-1] = (*shorter[:2], np.bincount(rows[1:][first], minlength=contexts))
            counted.append((keys, contexts, counts))
            contexts, rows = len(keys), longer
        self.levels = [self._level(*found) for found in counted]
        return self

    def _level(self, keys, contexts, counts):
        """Take the discount from each count, and sum both by context."""
        discount = (discounts(counts)[np.minimum(counts, 3)] if self.discount is None
                    else np.full(len(counts), self.discount))
        owner = keys // self.vocab_size
        total, given = (np.bincount(owner, amount, contexts) for amount in (counts, discount))
        return Level(keys, counts - discount, total, given)

    def token_nll(self, ids):
        """Return the cost of every token; the first ones have a shorter context.

        Args:
            ids: (N,) int, the tokens, N >= 1.

        Returns:
            (N,) float64, in nats.

        Raises:
            RuntimeError: before `fit`; ValueError: as there, or no tokens.
        """
        ids = check_ids(ids, self.vocab_size)
        if not len(ids):
            raise ValueError("no tokens to score")
        p = np.full(len(ids), 1 / self.vocab_size)
        rows = np.zeros(len(ids), np.int64)  # of each token's context
        for level in self.levels:
            grams = find(rows * self.vocab_size + ids, level.keys)
            known = (rows >= 0) & (level.total[rows] > 0)
            kept = np.where(grams >= 0, level.kept[grams], 0)
            mixed = (kept + level.given[rows] * p) / np.where(known, level.total[rows], 1)
            p = np.where(known, mixed, p)
            rows = np.append(-1, grams[:-1])
        return -np.log(p)


def discounts(counts):
    """Estimate what to take from counts 0, 1, 2 and 3 or more, from how many counts are small.

    Args:
        counts: (G,) int, 1 or more.

    Returns:
        (4,) float; a discount stays between 0.05 and the count.

    Source: as `KneserNey`, modified Kneser-Ney.
    """
    n1, n2, n3, n4 = (max(1, np.sum(counts == i)) for i in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    found = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
    return np.array([0.0, *np.clip(found, 0.05, (1, 2, 3))])
