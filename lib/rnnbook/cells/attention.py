"""Attention from its parts: scores, weights over the unmasked positions, weighted mean."""

from keras import ops


def dot_scores(queries, keys):
    """Score each key for each query by their inner product.

    With queries multiplied by a matrix beforehand this is Luong's "general" form.

    Shape: queries (B, T, U), keys (B, S, U) -> (B, T, S)

    Args:
        queries: (B, T, U) float, what is looked for at each output step.
        keys: (B, S, U) float, what each input position offers.
    Returns:
        (B, T, S) scores, any real number.
    Source: Luong, Pham, Manning 2015 (arXiv:1508.04025), section 3.1.
    """
    return ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))


def additive_scores(queries, keys, v):
    """Score each key for each query by a layer with one tanh: v . tanh(query + key).

    Queries and keys come multiplied by their matrices.

    Shape: queries (B, T, U), keys (B, S, U), v (U,) -> (B, T, S)

    Args:
        queries: (B, T, U) float.
        keys: (B, S, U) float.
        v: (U,) float.
    Returns:
        (B, T, S) scores.
    Source: Bahdanau, Cho, Bengio 2015 (arXiv:1409.0473), appendix A.1.2.
    """
    queries, keys, v = map(ops.convert_to_tensor, (queries, keys, v))
    return ops.sum(v * ops.tanh(queries[:, :, None, :] + keys[:, None, :, :]), axis=-1)


def masked_softmax(scores, mask):
    """Turn scores into weights that sum to 1 over the unmasked positions and are 0 elsewhere.

    A row whose positions are all masked gets the weight 0 everywhere.

    Args:
        scores: (B, T, S) float.
        mask: (B, S) bool, true where a position counts; None counts all.
    Returns:
        (B, T, S) weights.
    """
    scores = ops.convert_to_tensor(scores)
    if mask is None:
        return ops.softmax(scores, axis=-1)
    mask = ops.cast(mask, scores.dtype)[:, None, :]
    scores = scores - 1e9 * (1 - mask)
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True)) * mask
    return weights / ops.maximum(ops.sum(weights, axis=-1, keepdims=True), 1e-9)


def attend(scores, values, mask=None):
    """Mix the values of the input positions by the softmax of their scores.

    Shape: scores (B, T, S), values (B, S, D) -> (B, T, D), (B, T, S)

    Args:
        scores: (B, T, S) float.
        values: (B, S, D) float.
        mask: (B, S) bool, true where a position counts; None counts all.
    Returns:
        contexts (B, T, D) and weights (B, T, S).
    """
    weights = masked_softmax(scores, mask)
    return ops.matmul(weights, values), weights
