"""Padded sequences: masks made, obeyed and measured; reversed and pooled by their real steps."""

import warnings
from typing import NamedTuple

import keras
import numpy as np
from keras import ops


def length_mask(lengths, steps=None):
    """Mark the real steps of sequences that are padded on the right.

    Args:
        lengths: int (N,), real steps of each sequence, 0 or more.
        steps: padded length T; by default the longest sequence.
    Returns:
        bool (N, T): True where a step is real.
    Raises:
        ValueError: lengths that are no row of integers from 0 to `steps`.
    """
    lengths = np.asarray(lengths)
    if lengths.ndim != 1 or not np.issubdtype(lengths.dtype, np.integer):
        raise ValueError(f"lengths must be integers of shape (N,), got {lengths.dtype} "
                         f"{lengths.shape}")
    steps = int(lengths.max(initial=0)) if steps is None else steps
    if len(lengths) and not 0 <= lengths.min() <= lengths.max() <= steps:
        raise ValueError(f"lengths go from {lengths.min()} to {lengths.max()}, "
                         f"the padded length is {steps}")
    return np.arange(steps) < lengths[:, None]


def masked_scan(step, xs, state, mask):
    """Run a recurrent step over padded sequences; padded steps leave the state alone.

    Args:
        step: function (x (B, D), state) -> new state; a state is a tuple of arrays (B, H).
        xs: inputs, float (B, T, D).
        state: initial state, tuple of arrays (B, H); its first array is the output.
        mask: bool (B, T), True where a step is real.
    Returns:
        outputs, float (B, T, H), a padded step repeating the output before it, zero where there
        is none (as Keras on TensorFlow and PyTorch; on JAX it is the initial state); and the
        last state.
    """
    output, outputs = np.zeros_like(state[0]), []
    for t in range(xs.shape[1]):
        real = mask[:, t, None]  # (B, 1)
        # s_t = m_t * step(x_t, s_{t-1}) + (1 - m_t) * s_{t-1}
        new = step(xs[:, t], state)
        state = tuple(np.where(real, n, s) for n, s in zip(new, state))
        output = np.where(real, new[0], output)  # padding repeats it
        outputs.append(output)
    return np.stack(outputs, axis=1), state


def with_mask(x, mask):
    """Attach a mask to an array, as a Keras layer attaches one to what it returns.

    Args:
        x: array (B, T, …).
        mask: bool (B, T), or None.
    Returns:
        a tensor of the backend that the next layer takes for masked.
    """
    x = ops.convert_to_tensor(np.asarray(x))
    if mask is not None:
        keras.src.backend.set_keras_mask(x, ops.convert_to_tensor(np.asarray(mask)))
    return x


def mask_of(x):
    """Return the mask that a layer has attached to its output, bool (B, T), or None."""
    mask = keras.src.backend.get_keras_mask(x)
    return None if mask is None else ops.convert_to_numpy(mask)


class Effect(NamedTuple):
    """What a layer does with a mask: reads it, passes it on, warns, lets padding leak."""

    reads: bool
    passes: bool
    warns: bool
    leak: float
    error: str


def mask_effect(layer, x, mask, inputs=1, **call):
    """Measure what a layer does with a mask.

    Reads: the output differs from that without a mask. Passes: the output carries a mask.
    Leak: the largest change of the output, at real steps, when the content of the padded
    steps changes (at all places where the output has no time axis any more).

    Args:
        layer: Keras layer, or a function of tensors.
        x: float (B, T, D).
        mask: bool (B, T).
        inputs: number of masked inputs that the layer wants; more than one go in as a list.
        call: more arguments of the call, such as training.
    Returns:
        Effect; with an error's type as `error` if the call fails.
    """
    def run(values, mask):
        tensors = [with_mask(values, mask) for _ in range(inputs)]
        result = layer(tensors if inputs > 1 else tensors[0], **call)
        return result, ops.convert_to_numpy(result)

    other = np.where(mask[..., None], x, x + 5).astype(x.dtype)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result, output = run(x, mask)
            _, unmasked = run(x, None)
            _, changed = run(other, mask)
        except Exception as error:
            return Effect(False, False, False, np.nan, type(error).__name__)
    difference = np.abs(changed - output)
    if output.shape[:2] == mask.shape and output.ndim > 2:
        difference = difference[mask]
    return Effect(
        reads=bool(np.abs(output - unmasked).max() > 1e-6),
        passes=mask_of(result) is not None,
        warns=any("destroy the mask" in str(w.message) for w in caught),
        leak=float(difference.max()),
        error="",
    )


def reverse_within(x, lengths):
    """Reverse the first `length` steps of each row; the padding stays on the right.

    The number of steps may differ from batch to batch.

    Shape: x (B, T, D), lengths (B,) int -> (B, T, D)

    Args:
        x: (B, T, D) int or float.
        lengths: (B,) int, real steps of each row, from 0 to T.
    """
    x = ops.convert_to_tensor(x)
    step = ops.cumsum(ops.ones_like(x[:, :, 0], dtype="int32"), axis=1) - 1  # 0, 1, 2, …
    other = ops.cast(lengths, "int32")[:, None] - 1 - step
    source = ops.where(other >= 0, other, step)
    return ops.take_along_axis(x, ops.expand_dims(source, -1), axis=1)


def pool(h, mask, kind="max"):
    """Sum up the real steps of padded sequences.

    Shape: h (B, T, H), mask (B, T) -> (B, H)

    Args:
        h: (B, T, H) float, one vector per step.
        mask: (B, T) bool or 0 and 1, true where a step is real; padding is on the right.
        kind: "last" (real step), "mean" or "max" (over the real steps, for each unit apart).
    Raises:
        ValueError: another kind.
    """
    m = ops.expand_dims(ops.cast(ops.cast(mask, "bool"), h.dtype), -1)  # (B, T, 1)
    if kind == "last":
        following = ops.concatenate([m[:, 1:], ops.zeros_like(m[:, :1])], axis=1)
        return ops.sum(h * (m - following), axis=1)
    if kind == "mean":
        return ops.sum(h * m, axis=1) / ops.sum(m, axis=1)
    if kind == "max":
        return ops.max(ops.where(m > 0, h, -1e9), axis=1)
    raise ValueError(f'kind must be "last", "mean" or "max", got {kind!r}')
