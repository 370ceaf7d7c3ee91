"""From one vector per step to one vector per text: the last step, the mean, the maximum."""

from keras import ops


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
