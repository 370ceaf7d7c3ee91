"""A simple recurrent cell whose sums are normalised over the units, step by step."""

import keras
from keras import layers, ops


def standardise(a, epsilon=1e-5):
    """Shift and scale every row to mean 0 and variance 1.

    Shape: a (B, H) -> (B, H)

    Args:
        a: float (..., H).
        epsilon: added to the variance, so that equal entries give 0 and not 0/0.
    Source: Ba, Kiros, Hinton 2016, arXiv:1607.06450, equation 3.
    """
    a = ops.convert_to_tensor(a)
    # (a - mu) / sqrt(sigma^2 + epsilon), mu and sigma^2 over the units of one sample
    centred = a - ops.mean(a, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(variance + epsilon)


@keras.saving.register_keras_serializable(package="rnnbook")
class LayerNormRNNCell(layers.Layer):
    """A tanh cell with layer normalisation, for `keras.layers.RNN`.

    Every sample is normalised at every step over its own H sums: no batch, no statistics
    kept, the same computation in training and after it, at any length.

    Args:
        units: size H of the state.
        epsilon: added to the variance.
        options: as `keras.layers.Layer`.
    Source: Ba, Kiros, Hinton 2016, arXiv:1607.06450, equation 4.
    """

    def __init__(self, units, epsilon=1e-5, **options):
        super().__init__(**options)
        self.units, self.epsilon = units, epsilon
        self.state_size = self.output_size = units

    def build(self, input_shape):
        """Create kernel (D, H), recurrent_kernel (H, H), gain (H,) and bias (H,)."""
        for name, shape, first in (
                ("kernel", (input_shape[-1], self.units), "glorot_uniform"),
                ("recurrent_kernel", (self.units, self.units), "orthogonal"),
                ("gain", (self.units,), "ones"), ("bias", (self.units,), "zeros")):
            setattr(self, name, self.add_weight(name=name, shape=shape, initializer=first))

    def call(self, inputs, states):
        """Advance one step: inputs (B, D), states [h] -> h (B, H), [h]."""
        # a_t = x_t W + h_{t-1} U;  h_t = tanh(g * LN(a_t) + b)
        a = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel)
        h = ops.tanh(self.gain * standardise(a, self.epsilon) + self.bias)
        return h, [h]

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {"units": self.units, "epsilon": self.epsilon}
