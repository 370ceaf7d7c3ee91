"""Backpropagation through time in NumPy: a cell is a step and its backward step.

Every backward step takes the state *before* the step and the total derivative of the loss
with respect to the state *after* it, and goes back by one. `bptt` is the loop over time, the
same for every cell. Row vectors and Keras' weights, as in `rnnbook.cells`.
"""

from typing import NamedTuple

import numpy as np

from rnnbook.cells.steps import gru_step, gru_step_reset_before, lstm_step, rnn_step, sigmoid


def rnn_backward(x, h, W, U, b, dh):
    """Go back over one step of a simple recurrent network.

    Args:
        x, h, W, U, b: the arguments of `rnnbook.cells.rnn_step`, h from before the step.
        dh: total derivative of the loss with respect to the new state, float (B, H).

    Returns:
        dx (B, D), the derivative for the old state (B, H), and (dW, dU, db) of this step.
    """
    # d tanh(a) / da = 1 - tanh(a)^2
    da = dh * (1 - rnn_step(x, h, W, U, b) ** 2)
    return da @ W.T, da @ U.T, (x.T @ da, h.T @ da, da.sum(0))


def lstm_backward(x, h, c, W, U, b, dh, dc):
    """Go back over one step of an LSTM.

    Args:
        x, h, c, W, U, b: the arguments of `rnnbook.cells.lstm_step`, states from before it.
        dh, dc: total derivatives with respect to the new output and cell state, (B, H) each;
            dc without the part that reaches the loss through the new output.

    Returns:
        dx (B, D), (dh, dc) for the old states (B, H) each, and (dW, dU, db) of this step.
    """
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    s = np.tanh(f * c + i * g)
    # h_t = o_t * tanh(c_t): the cell state is also reached through h_t
    dc = dc + dh * o * (1 - s**2)
    # sigmoid'(a) = s (1 - s), tanh'(a) = 1 - tanh(a)^2
    da = np.concatenate([dc * g * i * (1 - i), dc * c * f * (1 - f),
                         dc * i * (1 - g**2), dh * s * o * (1 - o)], axis=-1)
    # c_t = f_t * c_{t-1} + i_t * g_t: the direct way back is a product with f_t
    return da @ W.T, (da @ U.T, dc * f), (x.T @ da, h.T @ da, da.sum(0))


def gru_backward(x, h, W, U, b, dh):
    """Go back over one step of a GRU that resets after the product.

    Args:
        x, h, W, U, b: the arguments of `rnnbook.cells.gru_step`, h from before the step.
        dh: total derivative of the loss with respect to the new state, float (B, H).

    Returns:
        dx (B, D), the derivative for the old state (B, H), and (dW, dU, db) of this step.
    """
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b[1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    g = np.tanh(xg + r * hg)
    dz, dg = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g**2)
    dr = dg * hg * r * (1 - r)
    dx_side = np.concatenate([dz, dr, dg], axis=-1)
    dh_side = np.concatenate([dz, dr, dg * r], axis=-1)
    db = np.stack([dx_side.sum(0), dh_side.sum(0)])
    return dx_side @ W.T, dh * z + dh_side @ U.T, (x.T @ dx_side, h.T @ dh_side, db)


def gru_reset_before_backward(x, h, W, U, b, dh):
    """Go back over one step of a GRU that resets before the product.

    Args:
        x, h, W, U, b: the arguments of `rnnbook.cells.gru_step_reset_before`.
        dh: total derivative of the loss with respect to the new state, float (B, H).

    Returns:
        dx (B, D), the derivative for the old state (B, H), and (dW, dU, db) of this step.
    """
    xz, xr, xg = np.split(x @ W + b, 3, axis=-1)
    Uz, Ur, Ug = np.split(U, 3, axis=-1)
    z, r = sigmoid(xz + h @ Uz), sigmoid(xr + h @ Ur)
    g = np.tanh(xg + (r * h) @ Ug)
    dz, dg = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g**2)
    reset = dg @ Ug.T  # for the product r * h
    dr = reset * h * r * (1 - r)
    da = np.concatenate([dz, dr, dg], axis=-1)
    dU = np.concatenate([h.T @ dz, h.T @ dr, (r * h).T @ dg], axis=-1)
    before = dh * z + reset * r + dz @ Uz.T + dr @ Ur.T
    return da @ W.T, before, (x.T @ da, dU, da.sum(0))


class Cell(NamedTuple):
    """A recurrent cell: its step, its backward step, and how many arrays its state has."""

    forward: object
    back: object
    states: int = 1

    def step(self, x, state, weights):
        """Advance a state, a tuple of (B, H) arrays, by one input (B, D)."""
        new = self.forward(x, *state, *weights)
        return new if self.states > 1 else (new,)

    def backward(self, x, state, weights, d_state):
        """Go back by one step: (dx, derivative for the state before, derivatives of weights).

        Args:
            x, state: input (B, D) and state, a tuple of (B, H) arrays, before the step.
            weights: (W, U, b).
            d_state: derivative of the loss for each array of the state after the step.
        """
        dx, before, d_weights = self.back(x, *state, *weights, *d_state)
        return dx, before if self.states > 1 else (before,), d_weights


CELLS = {
    "rnn": Cell(rnn_step, rnn_backward),
    "lstm": Cell(lstm_step, lstm_backward, states=2),
    "gru": Cell(gru_step, gru_backward),
    "gru_reset_before": Cell(gru_step_reset_before, gru_reset_before_backward),
}


class Gradients(NamedTuple):
    """What BPTT gives: derivatives for xs (B, T, D), for the states after steps 0..T (a list
    of tuples of (B, H), total derivatives), and for the weights (W, U, b)."""

    xs: np.ndarray
    states: list
    weights: tuple


def bptt(cell, xs, state, weights, d_hs, window=None):
    """Backpropagate through time.

    Args:
        cell: one of `CELLS`, by name or itself.
        xs: inputs, float (B, T, D).
        state: initial state, a tuple of float (B, H): (h,), or (h, c) for an LSTM.
        weights: (W, U, b) as Keras stores them.
        d_hs: float (B, T, H), the immediate derivative of each step's loss with respect to
            that step's output; zero where a step has no loss.
        window: None for the whole sequence; k cuts the gradient (not the state) after every
            k steps: truncated BPTT.

    Returns:
        Gradients.

    Raises:
        ValueError: d_hs does not have a row for every step, or window is no integer >= 1.

    Source: Werbos 1990, doi:10.1109/5.58337.
    """
    cell = CELLS[cell] if isinstance(cell, str) else cell
    steps = xs.shape[1]
    if d_hs.shape[:2] != xs.shape[:2]:
        raise ValueError(f"d_hs {d_hs.shape} needs a row for every step of xs {xs.shape}")
    if window is not None and (not isinstance(window, int) or window < 1):
        raise ValueError(f"window must be an integer >= 1 or None, got {window!r}")
    states = [tuple(state)]
    for t in range(steps):
        states.append(cell.step(xs[:, t], states[-1], weights))
    d_state = tuple(np.zeros_like(part) for part in states[-1])
    d_states, d_xs = [d_state] * (steps + 1), [None] * steps
    d_weights = tuple(np.zeros_like(w) for w in weights)
    for t in reversed(range(steps)):
        if window and (t + 1) % window == 0:  # no gradient from beyond this boundary
            d_state = tuple(np.zeros_like(part) for part in d_state)
        # dL/dh_t = what the later steps send back + the immediate derivative of L_t
        d_state = (d_state[0] + d_hs[:, t], *d_state[1:])
        d_states[t + 1] = d_state
        d_xs[t], d_state, d_w = cell.backward(xs[:, t], states[t], weights, d_state)
        d_weights = tuple(total + part for total, part in zip(d_weights, d_w))
    d_states[0] = d_state
    return Gradients(np.stack(d_xs, axis=1), d_states, d_weights)
