"""The language a^n b^n: strings for training, and how far a trained network counts right."""

import numpy as np

from rnnbook.cells.steps import gru_step, gru_step_reset_before, lstm_step, rnn_step

STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step,
         "gru_reset_before": gru_step_reset_before}


def anbn(lengths):
    """Write a^n b^n for each n, with the question "is the string complete here?".

    Args:
        lengths: the numbers n, all at least 1.
    Returns:
        x float32 (N, T, 2), one-hot (a, b), T twice the largest n, zeros after the end;
        y float32 (N, T, 1), 1 at the last b;
        weights float32 (N, T): 1 at every b, 5 at the last, 0 elsewhere (no question there).
    Raises:
        ValueError: no length, or one below 1.
    """
    lengths = list(lengths)
    if not lengths or min(lengths) < 1:
        raise ValueError(f"lengths must be numbers n >= 1, got {lengths}")
    shape = len(lengths), 2 * max(lengths)
    x, y = np.zeros((*shape, 2), "float32"), np.zeros((*shape, 1), "float32")
    weights = np.zeros(shape, "float32")
    for i, n in enumerate(lengths):
        x[i, :n, 0] = x[i, n:2 * n, 1] = 1
        y[i, 2 * n - 1] = 1
        weights[i, n:2 * n] = 1
        weights[i, 2 * n - 1] = 5
    return x, y, weights


def counts_right(kind, weights, V, c, limit, noise=0.0, seed=0):
    """Tell for n = 1 to limit whether a network answers right at every b of a^n b^n.

    Args:
        kind: name of the cell in `STEPS`.
        weights: (W, U, b) of the cell; the states have their dtype.
        V, c: readout, (H, 1) and (1,); above zero means "complete".
        limit: the largest n.
        noise: standard deviation of what is added to every number of the state at every step.
        seed: of the noise.
    Returns:
        bool (limit,).
    """
    H, dtype = len(weights[1]), weights[1].dtype
    (a, b), rng = np.eye(2, dtype=dtype)[:, None], np.random.default_rng(seed)

    def step(x, state):
        new = STEPS[kind](x, *state, *weights)
        new = new if kind == "lstm" else (new,)
        if noise:
            new = [h + noise * rng.standard_normal(h.shape, dtype) for h in new]
        return new

    state, after_as = (np.zeros((1, H), dtype),) * (1 + (kind == "lstm")), []
    for _ in range(limit):
        state = step(a, state)
        after_as.append(state)
    state = tuple(np.concatenate(part) for part in zip(*after_as))  # row i: n = i + 1
    n, right = np.arange(1, limit + 1), np.ones(limit, bool)
    for k in range(1, limit + 1):
        state = step(np.repeat(b, limit, axis=0), state)
        complete = (state[0] @ V + c)[:, 0] > 0
        right &= (complete == (n == k)) | (k > n)
    return right


def furthest(right):
    """Give the largest n such that all numbers up to n are counted right.

    Args:
        right: bool (N,), entry i for n = i + 1.
    """
    return len(right) if np.all(right) else int(np.argmin(right))
