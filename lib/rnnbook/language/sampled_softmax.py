"""Sampled softmax: train against a few thousand words drawn anew for every batch."""

import keras
import numpy as np
from keras import ops


def log_uniform(vocab_size):
    """Give Zipf's law as probabilities: rank r gets ln((r + 2) / (r + 1)) / ln(V + 1).

    Args:
        vocab_size: V; the ids must be ranks, the most frequent word 0.

    Returns:
        (V,) float32, falling, sum 1.
    """
    ranks = np.arange(vocab_size)
    return (np.log1p(1 / (ranks + 1)) / np.log1p(vocab_size)).astype("float32")


def draw(q, size, seed=None):
    """Draw different words, and how probable it was that each is among the drawn.

    Every word gets an arrival time, exponential with rate q; the first `size` are taken. Given
    the time t of the next one, word w had the chance 1 - exp(-q t) to come before it.

    Args:
        q: (V,) float, rates, not all equal to be sure: probabilities will do.
        size: number of words, less than V.
        seed: `keras.random.SeedGenerator` or int.

    Returns:
        ids (size,) int32, and the logarithm of each word's chance (size,).

    Source: Duffield, Lund, Thorup 2007 (doi:10.1145/1314690.1314696), bottom-k samples.
    """
    q = ops.convert_to_tensor(q)
    u = keras.random.uniform(ops.shape(q), minval=1e-7, maxval=1.0, seed=seed)
    late, ids = ops.top_k(ops.log(u) / q, size + 1)  # minus the arrival times
    chance = -ops.expm1(ops.take(q, ids[:-1]) * late[-1])
    return ids[:-1], ops.log(chance)


def sampled_nats(features, targets, table, bias, ids, log_chance):
    """Estimate each token's loss from the drawn words instead of the whole vocabulary.

    The sum over all words becomes the target's own term plus, for each drawn word, its
    term divided by the chance that it was drawn; a target that was drawn counts once.

    Args:
        features: (N, E) float; targets: (N,) int.
        table: (V, E), bias: (V,): the logits are features @ table.T + bias.
        ids, log_chance: (S,) each, from `draw`.

    Returns:
        (N,) float, nats.

    Source: Jean et al. 2015 (arXiv:1412.2007), section 3; the correction as in Bengio and
    Senecal 2008 (doi:10.1109/TNN.2007.912312).
    """
    features, targets, table, bias, ids, log_chance = map(
        ops.convert_to_tensor, (features, targets, table, bias, ids, log_chance))
    right = ops.sum(features * ops.take(table, targets, axis=0), axis=-1)
    right = right + ops.take(bias, targets)
    others = ops.matmul(features, ops.transpose(ops.take(table, ids, axis=0)))
    others = others + (ops.take(bias, ids) - log_chance)
    others = ops.where(ops.equal(targets[:, None], ids[None]), -1e9, others)
    return ops.logaddexp(ops.logsumexp(others, axis=-1), right) - right
