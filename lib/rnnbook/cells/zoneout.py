"""Zoneout: now and then a unit keeps the state that it had."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="rnnbook")
class ZoneoutCell(layers.Layer):
    """Let each unit of a cell keep its old state with some probability, drawn at every step.

    In training the last columns of the input are one uniform number in [0, 1) for each entry
    of the state (`ZoneoutRNN` appends them: drawn outside the loop over time, they cost one
    call and work on every backend). Otherwise the new state is the mean over the draws.

    Args:
        cell: a cell of a recurrent layer, such as `keras.layers.LSTMCell`.
        zoneout: probability in [0, 1] that an entry keeps its old value.
        options: as `keras.layers.Layer`.
    Raises:
        ValueError: zoneout is no probability.
    """

    def __init__(self, cell, zoneout=0.1, **options):
        super().__init__(**options)
        if not 0 <= zoneout <= 1:
            raise ValueError(f"zoneout must be a probability in [0, 1], got {zoneout!r}")
        self.cell, self.zoneout = cell, zoneout
        self.state_size = cell.state_size
        self.sizes = [self.state_size] if isinstance(self.state_size, int) else [*self.state_size]
        self.output_size = self.sizes[0]

    def build(self, input_shape):
        """Build the cell inside for inputs (B, D), without the random numbers."""
        if not self.cell.built:  # a cell that was loaded comes with its weights
            self.cell.build(input_shape)

    def call(self, inputs, states, training=False):
        """Advance one step: inputs (B, D), in training (B, D + S), states -> output, states."""
        noise = [None] * len(self.sizes)
        if training:
            features = inputs.shape[-1] - sum(self.sizes)
            cuts = [features + sum(self.sizes[:i]) for i in range(len(self.sizes))]
            inputs, *noise = ops.split(inputs, cuts, axis=-1)
        _, new = self.cell(inputs, states)
        new = new if isinstance(new, list | tuple) else [new]
        states = [self._keep(old, fresh, u) for old, fresh, u in zip(states, new, noise)]
        return states[0], states

    def _keep(self, old, new, uniform):
        # h_t = k * h_{t-1} + (1 - k) * new, k a coin of probability p, on average p itself
        k = self.zoneout if uniform is None else ops.cast(uniform < self.zoneout, new.dtype)
        return k * old + (1 - k) * new

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {
            "cell": keras.saving.serialize_keras_object(self.cell), "zoneout": self.zoneout}

    @classmethod
    def from_config(cls, config):
        """Build the cell from its arguments."""
        cell = keras.saving.deserialize_keras_object(config["cell"])
        return cls(**config | {"cell": cell})


@keras.saving.register_keras_serializable(package="rnnbook")
class ZoneoutRNN(layers.RNN):
    """A recurrent layer whose units now and then keep their old state in training.

    Args:
        cell: a cell whose output is its first state, such as SimpleRNNCell, LSTMCell, GRUCell,
            without dropout of its own.
        zoneout: probability that an entry of the state keeps its old value.
        seed: integer for the draws, or None.
        options: as `keras.layers.RNN`.
    Source: Krueger et al. 2016, arXiv:1606.01305, equations 3 and 4; one probability for all
        states.
    """

    def __init__(self, cell, zoneout=0.1, seed=None, **options):
        super().__init__(ZoneoutCell(cell, zoneout), **options)
        self.seed, self.seeds = seed, keras.random.SeedGenerator(seed)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Append the random numbers of all steps to the inputs, then run over time."""
        if training:
            shape = (*ops.shape(sequences)[:2], sum(self.cell.sizes))
            noise = keras.random.uniform(shape, dtype=sequences.dtype, seed=self.seeds)
            sequences = ops.concatenate([sequences, noise], axis=-1)
        return super().inner_loop(sequences, initial_state, mask, training=training)

    def get_config(self):
        """Give the arguments to build the layer again."""
        config = super().get_config()
        config["cell"] = keras.saving.serialize_keras_object(self.cell.cell)
        return config | {"zoneout": self.cell.zoneout, "seed": self.seed}
