"""Read padded sequences backwards: each from its own last step, the padding left in place."""

from keras import ops


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
