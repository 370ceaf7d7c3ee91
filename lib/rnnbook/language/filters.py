"""Filters on next-token logits, and how to draw a token from what they leave.

Logits are unnormalised log-probabilities; a filter sets them to -inf where it forbids a token.
The filters that rank tokens (top_k, top_p) sort the vocabulary at every step: cheap for an
alphabet, the slowest part of generation for thousands of tokens.
"""

import numpy as np
from keras import ops


def greedy(logits):
    """Pick the most probable token of every row.

    Shape: logits (B, V) -> (B,) int32 token ids; the first of equals
    """
    return ops.cast(ops.argmax(logits, axis=-1), "int32")


def temperature(logits, t=1.0):
    """Divide the logits by t: below 1 sharpens the distribution, above 1 flattens it.

    Shape: logits (B, V) -> (B, V)

    Args:
        t: scalar > 0.
    """
    return logits / t


def top_k(logits, k=5):
    """Forbid all tokens but the k most probable ones (ties with the k-th stay).

    Shape: logits (B, V) -> (B, V)

    Args:
        k: int, at least 1; more than V keeps everything.

    Source: Fan et al. 2018, arXiv 1805.04833, section 5.4.
    """
    last = ops.minimum(k, logits.shape[-1]) - 1
    edge = ops.take(_descending(logits), last, axis=-1)[..., None]
    return _keep(logits, edge)


def top_p(logits, p=0.9):
    """Forbid all tokens outside the smallest set whose probabilities sum to p or more (and ties).

    Shape: logits (B, V) -> (B, V)

    Args:
        p: scalar in (0, 1].

    Source: Holtzman et al. 2020, arXiv 1904.09751, section 3.1 (nucleus sampling).
    """
    ranked = _descending(logits)
    probs = ops.softmax(ranked, axis=-1)
    before = ops.cumsum(probs, axis=-1) - probs  # mass of all more probable tokens
    edge = ops.min(ops.where(before < p, ranked, np.inf), axis=-1, keepdims=True)
    return _keep(logits, edge)


def min_p(logits, p=0.05):
    """Forbid all tokens less probable than p times the most probable one.

    Shape: logits (B, V) -> (B, V)

    Args:
        p: scalar in (0, 1].

    Source: Nguyen et al. 2024, arXiv 2407.01082.
    """
    edge = ops.max(logits, axis=-1, keepdims=True) + ops.log(p)
    return _keep(logits, edge)


def sample(logits, u):
    """Draw one token per row by inverting the cumulative distribution at u.

    Shape: logits (B, V), u (B,) -> (B,) int32 token ids

    Args:
        logits: tokens at -inf are never drawn.
        u: uniform numbers in [0, 1).
    """
    cdf = ops.cumsum(ops.softmax(logits, axis=-1), axis=-1)
    total = cdf[..., -1:]  # 1 but for rounding
    u = ops.cast(u, cdf.dtype)
    below = ops.logical_and(cdf <= u[..., None] * total, cdf < total)
    return ops.sum(ops.cast(below, "int32"), axis=-1)


def _descending(logits):
    return ops.flip(ops.sort(logits, axis=-1), axis=-1)


def _keep(logits, edge):
    return ops.where(ops.greater_equal(logits, edge), logits, ops.cast(-np.inf, logits.dtype))
