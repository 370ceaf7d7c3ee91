"""Cut a long sequence of integers into batches for a language model."""

import numpy as np


def _checked(ids, batch, steps):
    ids = np.asarray(ids)
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids must be integers of shape (N,), got {ids.dtype} {ids.shape}")
    for name, value in (("batch", batch), ("steps", steps)):
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} must be a positive integer, got {value!r}")
    return ids


def streams(ids, batch, steps):
    """Cut a text into contiguous streams for stateful truncated BPTT.

    The text is divided into `batch` parts that are read side by side: row i of batch k + 1
    continues row i of batch k, so a state may be carried from batch to batch. Targets are
    the inputs shifted by one. What does not fill a whole batch at the end is left out.

    Args:
        ids: int (N,).
        batch: rows side by side.
        steps: time steps per batch.
    Returns:
        x, y: int32 arrays (batches, batch, steps); y[..., t] is the token after x[..., t].
    Raises:
        ValueError: the text is too short for one batch, or ids are not a row of integers.
    Source: Mikolov et al. 2010; Zaremba et al. 2014 (arXiv:1409.2329), section 4.1.
    """
    ids = _checked(ids, batch, steps)
    batches = (len(ids) - 1) // batch // steps
    if batches < 1:
        need = batch * steps + 1
        raise ValueError(f"{len(ids)} tokens are too few: {batch} x {steps} needs {need}")
    length = batches * steps

    def cut(part):
        rows = part[: batch * length].reshape(batch, batches, steps)
        return np.ascontiguousarray(rows.swapaxes(0, 1), dtype="int32")

    return cut(ids[:-1]), cut(ids[1:])
