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


def sigmoid(a):
    """Squash to (0, 1), the share that a gate lets through.

    Shape: a (B, H) -> (B, H)
    """
    return 0.5 * (1 + np.tanh(0.5 * a))  # the same number, and no overflow


def lstm_step(x, h, c, W, U, b):
    """Advance an LSTM by one time step.

    Shape: x (B, D), h (B, H), c (B, H), W (D, 4H), U (H, 4H), b (4H,) -> (B, H), (B, H)

    Args:
        x: input of this step, float (B, D).
        h, c: output and cell state after the previous step, float (B, H).
        W, U, b: weights as ``keras.layers.LSTM`` stores them, gates in the order i, f, g, o.

    Returns:
        The new output and the new cell state, float (B, H) each.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Gers, Schmidhuber, Cummins 2000, doi:10.1162/089976600300015015, no peepholes.
    """
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    # c_t = f_t * c_{t-1} + i_t * g_t
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    # h_t = o_t * tanh(c_t)
    h = sigmoid(o) * np.tanh(c)
    return h, c


def lstm_scan(xs, h0, c0, W, U, b):
    """Run an LSTM over a whole sequence.

    Shape: xs (B, T, D), h0 (B, H), c0 (B, H), W (D, 4H), U (H, 4H), b (4H,) -> (B, T, H), (2, B, H)

    Args:
        xs: inputs, float (B, T, D) with T >= 1.
        h0, c0: initial output and cell state, float (B, H).
        W, U, b: weights as in `lstm_step`, shared by all steps.

    Returns:
        The outputs of all steps, float (B, T, H), and the last (h, c).

    Raises:
        ValueError: the shapes do not fit together, or the sequence is empty.
    """
    h, c, outputs = h0, c0, []
    for t in range(xs.shape[1]):
        h, c = lstm_step(xs[:, t], h, c, W, U, b)
        outputs.append(h)
    return np.stack(outputs, axis=1), (h, c)


def gru_step(x, h, W, U, b):
    """Advance a GRU by one time step, resetting after the product (the default of Keras).

    Shape: x (B, D), h (B, H), W (D, 3H), U (H, 3H), b (2, 3H) -> (B, H)

    Args:
        x: input of this step, float (B, D).
        h: state after the previous step, float (B, H).
        W, U, b: weights as ``keras.layers.GRU`` stores them, in the order z, r, candidate;
            b has a row for the input and a row for the recurrent product.

    Returns:
        The new state, float (B, H): z of the old state and 1 - z of the candidate.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Cho et al. 2014, arXiv:1406.1078; reset after the product as in cuDNN.
    """
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b[1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    # g_t = tanh(x_t W_g + b_g + r_t * (h_{t-1} U_g + b'_g))
    g = np.tanh(xg + r * hg)
    # h_t = z_t * h_{t-1} + (1 - z_t) * g_t
    return z * h + (1 - z) * g


def gru_step_reset_before(x, h, W, U, b):
    """Advance a GRU by one time step, resetting before the product (``reset_after=False``).

    Shape: x (B, D), h (B, H), W (D, 3H), U (H, 3H), b (3H,) -> (B, H)

    Args:
        x: input of this step, float (B, D).
        h: state after the previous step, float (B, H).
        W, U, b: weights as ``keras.layers.GRU(reset_after=False)`` stores them, in the order
            z, r, candidate; one bias.

    Returns:
        The new state, float (B, H).

    Raises:
        ValueError: the shapes do not fit together.

    Source: Cho et al. 2014, arXiv:1406.1078, equations 5 to 8.
    """
    xz, xr, xg = np.split(x @ W + b, 3, axis=-1)
    Uz, Ur, Ug = np.split(U, 3, axis=-1)
    z, r = sigmoid(xz + h @ Uz), sigmoid(xr + h @ Ur)
    # g_t = tanh(x_t W_g + (r_t * h_{t-1}) U_g + b_g)
    g = np.tanh(xg + (r * h) @ Ug)
    return z * h + (1 - z) * g


def gru_scan(xs, h0, W, U, b, reset_after=True):
    """Run a GRU over a whole sequence.

    Shape: xs (B, T, D), h0 (B, H), W (D, 3H), U (H, 3H), b (2, 3H) -> (B, T, H), (B, H)

    Args:
        xs: inputs, float (B, T, D) with T >= 1.
        h0: initial state, float (B, H).
        W, U, b: weights as in `gru_step`, or as in `gru_step_reset_before`.
        reset_after: which of the two steps, as in ``keras.layers.GRU``.

    Returns:
        The states of all steps, float (B, T, H), and the last state, float (B, H).

    Raises:
        ValueError: the shapes do not fit together, or the sequence is empty.
    """
    step = gru_step if reset_after else gru_step_reset_before
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = step(xs[:, t], h, W, U, b)
        states.append(h)
    return np.stack(states, axis=1), h
