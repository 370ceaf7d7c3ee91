"""Relatives of the LSTM as cells for `keras.layers.RNN`: peepholes, layer norm, parts removed."""

import keras
from keras import layers, ops

from rnnbook.cells.layer_norm import standardise

PARTS = ("input_gate", "forget_gate", "output_gate", "input_tanh", "output_tanh")


class LSTMLikeCell(layers.Layer):
    """Hold what all these cells share: the weights of `keras.layers.LSTMCell` and its states.

    They start as there, with a bias of 1 in the forget gate.

    A subclass writes `advance(x, h, c)`.

    Args:
        units: size H of the state.
        options: as `keras.layers.Layer`.
    """

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
        self.state_size, self.output_size = [units, units], units

    def build(self, input_shape):
        """Create kernel (D, 4H), recurrent_kernel (H, 4H) and bias (4H,), gates i, f, g, o."""
        wide = 4 * self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], wide), initializer="glorot_uniform")
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel", shape=(self.units, wide), initializer="orthogonal")
        self.bias = self.add_weight(name="bias", shape=(wide,), initializer=self._first_bias)

    def _first_bias(self, shape, dtype=None):
        gate = ops.arange(shape[0]) // self.units  # 0 0 … 1 1 … 2 2 … 3 3 …
        return ops.cast(gate == 1, dtype)

    def call(self, inputs, states):
        """Advance one step: inputs (B, D), states [h, c] -> h (B, H), [h, c]."""
        h, c = self.advance(inputs, *states)
        return h, [h, c]

    def advance(self, x, h, c):
        """Compute the new h and c, (B, H) each, from x (B, D) and the old ones."""
        raise NotImplementedError

    def sums(self, x, h):
        """Compute x W + h U + b, split into i, f, g, o, (B, H) each."""
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        return ops.split(z, 4, axis=-1)

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {"units": self.units}


@keras.saving.register_keras_serializable(package="rnnbook")
class PeepholeLSTMCell(LSTMLikeCell):
    """An LSTM cell whose gates also see the cell state, each unit only its own.

    The three peephole weights of a unit start at zero, where the cell is a plain LSTM.

    Source: Gers, Schmidhuber 2000, doi:10.1109/IJCNN.2000.861302; Graves 2013,
        arXiv:1308.0850, equations 7 to 11.
    """

    def build(self, input_shape):
        """Add the peepholes (3, H) of the gates i, f and o."""
        super().build(input_shape)
        self.peepholes = self.add_weight(
            name="peepholes", shape=(3, self.units), initializer="zeros")

    def advance(self, x, h, c):
        """Compute the new h and c from x and the old ones."""
        i, f, g, o = self.sums(x, h)
        p = self.peepholes
        i, f = ops.sigmoid(i + p[0] * c), ops.sigmoid(f + p[1] * c)  # see the old cell
        c = f * c + i * ops.tanh(g)
        return ops.sigmoid(o + p[2] * c) * ops.tanh(c), c  # sees the new cell


@keras.saving.register_keras_serializable(package="rnnbook")
class LayerNormLSTMCell(LSTMLikeCell):
    """An LSTM cell that normalises its sums and its cell state over the units, step by step.

    The input's and the state's contribution are normalised apart, each over all 4H numbers;
    the bias serves as the shift of both.

    Args:
        units, options: as the base class.
        epsilon: added to the variance.
    Source: Ba, Kiros, Hinton 2016, arXiv:1607.06450, supplementary equations 20 to 22.
    """

    def __init__(self, units, epsilon=1e-5, **options):
        super().__init__(units, **options)
        self.epsilon = epsilon

    def build(self, input_shape):
        """Add the gains (4H,) of the two sums, the gain (H,) and shift (H,) of the cell."""
        super().build(input_shape)
        for name, size, first in (("input_gain", 4 * self.units, "ones"),
                                  ("state_gain", 4 * self.units, "ones"),
                                  ("cell_gain", self.units, "ones"),
                                  ("cell_shift", self.units, "zeros")):
            setattr(self, name, self.add_weight(name=name, shape=(size,), initializer=first))

    def advance(self, x, h, c):
        """Compute the new h and c from x and the old ones."""
        from_input = standardise(ops.matmul(x, self.kernel), self.epsilon)
        from_state = standardise(ops.matmul(h, self.recurrent_kernel), self.epsilon)
        z = self.input_gain * from_input + self.state_gain * from_state + self.bias
        i, f, g, o = ops.split(z, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        seen = self.cell_gain * standardise(c, self.epsilon) + self.cell_shift
        return ops.sigmoid(o) * ops.tanh(seen), c

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {"epsilon": self.epsilon}


@keras.saving.register_keras_serializable(package="rnnbook")
class AblatedLSTMCell(LSTMLikeCell):
    """An LSTM cell with one part taken out: a gate held open at 1, or a tanh left away.

    The columns of a gate that is held open stay among the weights and have no effect.

    Args:
        units, options: as the base class.
        without: one of `PARTS`, "coupled" (i = 1 - f), or None for the whole LSTM.
    Raises:
        ValueError: no such part.
    Source: Greff et al. 2017, arXiv:1503.04069, section III.
    """

    def __init__(self, units, without=None, **options):
        super().__init__(units, **options)
        if without not in (None, "coupled", *PARTS):
            raise ValueError(f"without must be None, 'coupled' or one of {PARTS}, got {without!r}")
        self.without = without

    def advance(self, x, h, c):
        """Compute the new h and c from x and the old ones."""
        i, f, g, o = self.sums(x, h)
        f = ops.ones_like(f) if self.without == "forget_gate" else ops.sigmoid(f)
        i = ops.ones_like(i) if self.without == "input_gate" else ops.sigmoid(i)
        i = 1 - f if self.without == "coupled" else i
        o = ops.ones_like(o) if self.without == "output_gate" else ops.sigmoid(o)
        c = f * c + i * (g if self.without == "input_tanh" else ops.tanh(g))
        return o * (c if self.without == "output_tanh" else ops.tanh(c)), c

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {"without": self.without}
