"""The minimal gated unit: one gate, which both forgets and resets."""

import keras
import numpy as np
from keras import ops

from rnnbook.cells.steps import sigmoid


def mgu_step(x, h, W, U, b):
    """Advance a minimal gated unit by one time step.

    Shape: x (B, D), h (B, H), W (D, 2H), U (H, 2H), b (2H,) -> (B, H)

    Args:
        x: input of this step, float (B, D).
        h: state after the previous step, float (B, H).
        W, U, b: weights side by side in the order f, candidate, as `MinimalGatedCell` has them.

    Returns:
        The new state, float (B, H): f of the candidate and 1 - f of the old state.

    Raises:
        ValueError: the shapes do not fit together.

    Source: Zhou, Wu, Zhang, Zhou 2016, arXiv:1603.09420.
    """
    xf, xg = np.split(x @ W + b, 2, axis=-1)
    Uf, Ug = np.split(U, 2, axis=-1)
    f = sigmoid(xf + h @ Uf)
    # g_t = tanh(x_t W_g + (f_t * h_{t-1}) U_g + b_g)
    g = np.tanh(xg + (f * h) @ Ug)
    # h_t = (1 - f_t) * h_{t-1} + f_t * g_t
    return (1 - f) * h + f * g


@keras.saving.register_keras_serializable("rnnbook")
class MinimalGatedCell(keras.layers.Layer):
    """A minimal gated unit for ``keras.layers.RNN``.

    Args:
        units: H, the size of the state.
        gate_bias: initial value of the gate's bias; negative: the old state is kept at first.

    Source: Zhou, Wu, Zhang, Zhou 2016, arXiv:1603.09420.
    """

    def __init__(self, units, gate_bias=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.gate_bias = units, gate_bias
        self.state_size = self.output_size = units

    def build(self, input_shape):
        """Make the weights for inputs (B, D)."""
        H = self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 2 * H), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(H, 2 * H), initializer="orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight(shape=(2 * H,), initializer="zeros", name="bias")
        if self.gate_bias:
            self.bias.assign(np.repeat([self.gate_bias, 0.0], H))
        self.built = True

    def call(self, inputs, states, training=False):
        """Return the output and the new states after inputs (B, D) and states [(B, H)]."""
        h, H = states[0], self.units
        x = ops.matmul(inputs, self.kernel) + self.bias
        f = ops.sigmoid(x[:, :H] + ops.matmul(h, self.recurrent_kernel[:, :H]))
        g = ops.tanh(x[:, H:] + ops.matmul(f * h, self.recurrent_kernel[:, H:]))
        h = (1 - f) * h + f * g
        return h, [h]

    def get_config(self):
        """Return the arguments, so that a saved model can be loaded."""
        return super().get_config() | {"units": self.units, "gate_bias": self.gate_bias}
