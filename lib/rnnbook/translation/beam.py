"""Search for a likely output sequence: greedy, and beams with a length penalty."""

import keras
import numpy as np
from keras import ops

IMPOSSIBLE = -1e9


def is_traced(x):
    """Tell whether a tensor belongs to a function that is being compiled: it has no value yet."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return not tf.executing_eagerly()
    if keras.backend.backend() == "jax":
        import jax

        return isinstance(x, jax.core.Tracer)
    return False


def beam_search(step, state, start, end, steps, width=1, penalty=0.0):
    """Keep the `width` likeliest beginnings at every step; width 1 is greedy search.

    Finished sequences stay in the beam and compete by their log-probability. Who stays is
    decided by it alone; only at the end is the beam ordered by log-probability /
    ((5 + length) / 6) ** penalty, so that a longer output may be gone before it is favoured.

    Args:
        step: function of tokens (B * width,) int and the state, giving logits
            (B * width, V) and the next state.
        state: list of tensors (B * width, …): every row of the batch `width` times in a row.
        start: int (B,), the token before the first one.
        end: int, the token that ends a sequence; it fills what follows.
        steps: longest output, the end token included.
        width: sequences kept per row of the batch.
        penalty: 0 orders by log-probability, larger values favour longer sequences.
    Returns:
        tokens (B, width, steps) int32, best first; log-probabilities (B, width), not
        normalised; lengths (B, width) int32, the end token counted.
    Raises:
        ValueError: a width or a number of steps below 1.
    Source: Wu et al. 2016 (arXiv:1609.08144), equation 14 without its coverage term.
    """
    if width < 1 or steps < 1:
        raise ValueError(f"width and steps must be at least 1, got {width} and {steps}")
    batch = len(start)
    tokens = ops.full((batch, width, steps), end, "int32")
    scores = ops.tile(ops.convert_to_tensor([[0.0] + [IMPOSSIBLE] * (width - 1)]), (batch, 1))
    last = ops.repeat(ops.convert_to_tensor(start, "int32")[:, None], width, axis=1)
    done = ops.zeros((batch, width), "bool")
    lengths = ops.zeros((batch, width), "int32")
    here, ended = np.arange(batch), []
    for t in range(steps):
        logits, state = step(ops.reshape(last, (-1,)), state)
        size = logits.shape[-1]
        gains = ops.reshape(ops.log_softmax(logits, axis=-1), (len(here), width, size))
        only_end = IMPOSSIBLE * (1 - ops.one_hot(end, size))
        totals = scores[:, :, None] + ops.where(done[:, :, None], only_end, gains)
        scores, best = ops.top_k(ops.reshape(totals, (len(here), width * size)), width)
        parent, last = ops.cast(best // size, "int32"), ops.cast(best % size, "int32")
        if width > 1:
            state = pick(state, parent + width * np.arange(len(here), dtype="int32")[:, None])
            tokens = ops.take_along_axis(tokens, parent[:, :, None], axis=1)
            done, lengths = (ops.take_along_axis(part, parent, axis=1) for part in (done, lengths))
        tokens = ops.where(ops.arange(steps) == t, last[:, :, None], tokens)
        lengths = lengths + ops.cast(ops.logical_not(done), "int32")
        done = ops.logical_or(done, last == end)
        if is_traced(done):
            continue
        left = np.flatnonzero(~ops.convert_to_numpy(done).all(axis=1))
        if 2 * len(left) <= len(here):  # in the others nothing can change any more
            ended.append((here, tokens, scores, lengths))
            if not len(left):
                break
            here, state = here[left], pick(state, left[:, None] * width + np.arange(width))
            tokens, scores, lengths, last, done = pick(
                (tokens, scores, lengths, last, done), left)
    if ended:
        tokens, scores, lengths = merge([*ended, (here, tokens, scores, lengths)], batch)
    ranks = scores / ((5.0 + ops.cast(lengths, scores.dtype)) / 6.0) ** penalty
    order = ops.argsort(-ranks, axis=1)
    return (ops.take_along_axis(tokens, order[:, :, None], axis=1),
            ops.take_along_axis(scores, order, axis=1),
            ops.take_along_axis(lengths, order, axis=1))


def pick(parts, rows):
    """Take rows (integers of any shape) of each tensor (R, …): a list of tensors."""
    return [ops.take(part, ops.reshape(rows, (-1,)), axis=0) for part in parts]


def merge(pieces, batch):
    """Put pieces (rows, *tensors) together, the later ones last: a list of tensors (batch, …)."""
    whole = [np.zeros((batch, *part.shape[1:]), keras.backend.standardize_dtype(part.dtype))
             for part in pieces[0][1:]]
    for rows, *parts in pieces:
        for array, part in zip(whole, parts):
            array[rows] = ops.convert_to_numpy(part)
    return [ops.convert_to_tensor(array) for array in whole]
