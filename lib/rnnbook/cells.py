"""Recurrent cells in NumPy, with Keras' weights and row-vector convention."""

import numpy as np


def rnn_step(x, h, W, U, b):
    """Advance a simple recurrent network by one time step.

    Shape: x (B, D), h (B, H), W (D, H), U (H, H), b (H,) -> (B, H)

    Args:
        x: input of this step, float (B, D).
        h: state after the previous step, float (B, H).
        W, U, b: kernel, recurrent kernel and bias, as ``keras.layers.SimpleRNN`` stores them.

    Returns:
        The new state, float (B, H), every entry in (-1, 1).

    Raises:
        ValueError: the shapes do not fit together.

    Source: Elman 1990, doi:10.1207/s15516709cog1402_1; tanh as in Keras.
    """
    # h_t = tanh(x_t W + h_{t-1} U + b)
    return np.tanh(x @ W + h @ U + b)


def rnn_scan(xs, h0, W, U, b):
    """Run a simple recurrent network over a whole sequence.

    Shape: xs (B, T, D), h0 (B, H), W (D, H), U (H, H), b (H,) -> (B, T, H), (B, H)

    Args:
        xs: inputs, float (B, T, D) with T >= 1.
        h0: initial state, float (B, H).
        W, U, b: kernel, recurrent kernel and bias, shared by all steps.

    Returns:
        The states of all steps, float (B, T, H), and the last state, float (B, H).

    Raises:
        ValueError: the shapes do not fit together, or the sequence is empty.
    """
    h, states = h0, []
    for t in range(xs.shape[1]):  # the only loop: over time
        h = rnn_step(xs[:, t], h, W, U, b)
        states.append(h)
    return np.stack(states, axis=1), h


class NumpyRNN:
    """A simple recurrent layer with the interface of ``keras.layers.SimpleRNN``.

    Args:
        W, U, b: weights, float (D, H), (H, H) and (H,).
        return_sequences: return the states of all steps instead of the last one.
        return_state: return the last state as a second result.
    """

    def __init__(self, W, U, b, return_sequences=False, return_state=False):
        self.W, self.U, self.b = W, U, b
        self.return_sequences = return_sequences
        self.return_state = return_state

    def __call__(self, xs, initial_state=None):
        """Run over xs (B, T, D) from a state (B, H), by default zero."""
        h0 = initial_state
        if h0 is None:
            h0 = np.zeros((len(xs), len(self.b)))
        states, last = rnn_scan(xs, h0, self.W, self.U, self.b)
        result = states if self.return_sequences else last
        return (result, last) if self.return_state else result
