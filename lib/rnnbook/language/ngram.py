"""An n-gram language model with interpolated Witten-Bell smoothing, in NumPy."""

from typing import NamedTuple

import numpy as np


class Level(NamedTuple):
    """The counts for one context length, as sorted arrays.

    ``contexts`` (C,) holds the keys of the contexts that were seen; a context
    is known by its row, so no key exceeds C * V whatever the order.
    ``total`` (C,) and ``kinds`` (C,) say how many tokens followed it and how
    many different ones. ``grams`` (G,) are the keys row * V + token, sorted,
    and ``counts`` (G,) how often each occurred.
    """

    contexts: np.ndarray
    total: np.ndarray
    kinds: np.ndarray
    grams: np.ndarray
    counts: np.ndarray


def find(keys, sorted_keys):
    """Return where keys stand in sorted_keys, -1 for those that do not.

    Args:
        keys: (N,) int, what is looked for.
        sorted_keys: (K,) int, ascending, without repetition.

    Returns:
        (N,) int rows of sorted_keys, -1 where a key is missing.

    Shape: keys (N,) int, sorted_keys (K,) int -> (N,)
    """
    rows = np.searchsorted(sorted_keys, keys)
    rows = np.minimum(rows, len(sorted_keys) - 1)
    return np.where(sorted_keys[rows] == keys, rows, -1)


def check_ids(ids, vocab_size, order=0):
    """Return token numbers as int64, or say what is wrong with them.

    Args:
        ids: (N,) int, tokens; N may be 0.
        vocab_size: number of kinds of token, V; None before a model was fitted.
        order: tokens that there must be at least.

    Returns:
        (N,) int64.

    Raises:
        RuntimeError: the model was not fitted; ValueError: another shape or type, or a token
            outside 0 ... V - 1, or too few.
    """
    if vocab_size is None:
        raise RuntimeError("fit the model first")
    ids = np.asarray(ids)
    if ids.ndim != 1:
        raise ValueError(f"ids must have shape (N,), not {ids.shape}")
    if ids.size and not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids must be integers, not {ids.dtype}")
    ids = ids.astype(np.int64)
    if len(ids) and not (0 <= ids.min() and ids.max() < vocab_size):
        raise ValueError(f"ids must lie in 0 ... {vocab_size - 1}")
    if len(ids) < order:
        raise ValueError(f"{len(ids)} tokens are too few for order {order}")
    return ids


class WittenBell:
    """Predict the next token from the order - 1 tokens before it.

    Each order leans on the next lower one, the lowest on 1 / V:
    P(w | c) = (count(c w) + kinds(c) P(w | c without its oldest token))
    / (total(c) + kinds(c)); a context never seen passes the question down.

    Args:
        order: length of the longest n-gram: 1 unigram, 2 bigram, ...

    Raises:
        ValueError: order is less than 1.

    Source: Witten & Bell, IEEE Trans. Information Theory 37(4), 1991,
    doi:10.1109/18.87000, method C; interpolated as in Chen & Goodman,
    TR-10-98, Harvard, 1998, section 2.4.
    """

    def __init__(self, order):
        if order < 1:
            raise ValueError(f"order must be at least 1, not {order}")
        self.order = order
        self.vocab_size = None
        self.levels = []

    def fit(self, ids, vocab_size):
        """Count every n-gram up to the model's order.

        Args:
            ids: (N,) int, the training tokens, each in 0 ... vocab_size - 1.
            vocab_size: number of kinds of token, V.

        Returns:
            The model itself.

        Raises:
            ValueError: ids is not one-dimensional, holds a token outside the
                vocabulary, or is shorter than the order.
        """
        ids = check_ids(ids, int(vocab_size), self.order)
        self.vocab_size, self.levels = int(vocab_size), []
        rows = np.zeros(len(ids), np.int64)  # row of the context of each token
        for k in range(self.order):  # k is the length of the context
            if k:  # lengthen each context by the token before it
                rows = rows[1:] * self.vocab_size + ids[:-k]
            contexts, rows = np.unique(rows, return_inverse=True)
            grams, counts = np.unique(rows * self.vocab_size + ids[k:], return_counts=True)
            owner = grams // self.vocab_size
            total = np.bincount(rows, minlength=len(contexts))
            kinds = np.bincount(owner, minlength=len(contexts))
            self.levels.append(Level(contexts, total, kinds, grams, counts))
        return self

    def token_nll(self, ids):
        """Return the cost of every token under every order up to the model's.

        Args:
            ids: (N,) int, the tokens; the first ones have a shorter context.

        Returns:
            (order, N) float64, in nats: row n - 1 is the n-gram model's cost.

        Raises:
            ValueError: ids is empty, not one-dimensional, or holds a token
                outside the vocabulary; RuntimeError before `fit`.
        """
        ids = check_ids(ids, self.vocab_size)
        if not len(ids):
            raise ValueError("no tokens to score")
        p = np.full(len(ids), 1 / self.vocab_size)
        rows = np.zeros(len(ids), np.int64)
        costs = np.empty((self.order, len(ids)))
        for k, level in enumerate(self.levels):
            if k:  # lengthen each context; row -1 makes a negative key, so stays -1
                keys = rows[k:] * self.vocab_size + ids[: len(rows[k:])]
                rows[:k] = -1
                rows[k:] = find(keys, level.contexts)
            gram = find(rows * self.vocab_size + ids, level.grams)
            count = np.where(gram >= 0, level.counts[gram], 0)
            mixed = (count + level.kinds[rows] * p) / (level.total[rows] + level.kinds[rows])
            p = np.where(rows >= 0, mixed, p)
            costs[k] = -np.log(p)
        return costs

    def nll(self, ids, order=None):
        """Return the mean cost of a token in nats.

        Args:
            ids: (N,) int, the tokens, scored one after the other.
            order: use only n-grams up to this order (all of them by default).

        Returns:
            Mean negative log-likelihood, float, nats per token.

        Raises:
            ValueError: as `token_nll`, or order is not in 1 ... self.order.
        """
        order = self.order if order is None else order
        if not 1 <= order <= self.order:
            raise ValueError(f"order must be 1 to {self.order}, not {order}")
        return float(self.token_nll(ids)[order - 1].mean())

    def probs(self, context=()):
        """Return the distribution of the token that follows a context.

        Args:
            context: (N,) int, the tokens so far; only the last order - 1 count.

        Returns:
            (V,) float64, positive, sum 1.

        Raises:
            ValueError: the context holds a token outside the vocabulary.
        """
        context = check_ids(context, self.vocab_size)
        p = np.full(self.vocab_size, 1 / self.vocab_size)
        row = 0
        for k, level in enumerate(self.levels[: len(context) + 1]):
            if k:
                key = row * self.vocab_size + context[-k]
                row = find(np.array([key]), level.contexts)[0]
                if row < 0:
                    break
            first, last = np.searchsorted(
                level.grams, [row * self.vocab_size, (row + 1) * self.vocab_size]
            )
            p = level.kinds[row] * p
            p[level.grams[first:last] % self.vocab_size] += level.counts[first:last]
            p /= level.total[row] + level.kinds[row]
        return p

    def generate(self, steps, prompt=(), seed=0):
        """Draw tokens one after the other, each from `probs`.

        Args:
            steps: number of tokens to draw.
            prompt: (N,) int, the tokens that stand before the first one.
            seed: of NumPy's random generator.

        Returns:
            (steps,) int64, without the prompt.
        """
        rng = np.random.default_rng(seed)
        ids = list(check_ids(prompt, self.vocab_size))
        for _ in range(steps):
            p = self.probs(ids[len(ids) - min(len(ids), self.order - 1) :])
            ids.append(rng.choice(self.vocab_size, p=p))
        return np.array(ids[len(ids) - steps :], np.int64)
