"""An LSTM layer that can drop recurrent weights."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="rnnbook")
class WeightDropLSTM(layers.LSTM):
    """`keras.layers.LSTM` whose recurrent weights are dropped in training, one mask per batch.

    Source: Merity et al. 2017 (arXiv:1708.02182), section 2.

    Args:
        units: size of the state.
        weight_dropout: share of the recurrent weights that are dropped.
        options: as `keras.layers.LSTM`; the activations must be its own, tanh and sigmoid.
    """

    def __init__(self, units, weight_dropout=0.0, **options):
        super().__init__(units, **options)
        self.weight_dropout = weight_dropout
        self.weight_seeds = keras.random.SeedGenerator(self.cell.seed)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Run the steps: those of Keras, or in training the same with one dropped kernel."""
        if not (training and self.weight_dropout):
            return super().inner_loop(sequences, initial_state, mask, training)
        if mask is not None:
            raise ValueError("WeightDropLSTM takes no mask in training")
        u = keras.random.dropout(self.cell.recurrent_kernel, self.weight_dropout,
                                 seed=self.weight_seeds)

        def step(state, z):
            h, c = ops.split(state, 2, axis=-1)
            i, f, g, o = ops.split(z + ops.matmul(h, u), 4, axis=-1)
            c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
            state = ops.concatenate([ops.sigmoid(o) * ops.tanh(c), c], axis=-1)
            return state, state

        z = ops.matmul(sequences, self.cell.kernel) + self.cell.bias  # of all steps at once
        first = ops.concatenate(list(initial_state), axis=-1)  # one array: TensorFlow scans no two
        last, states = ops.scan(step, first, ops.transpose(z, (1, 0, 2)))
        h, c = ops.split(last, 2, axis=-1)
        return h, ops.transpose(states[:, :, :self.units], (1, 0, 2)), [h, c]

    def get_config(self):
        """Give the arguments to build the layer again."""
        return super().get_config() | {"weight_dropout": self.weight_dropout}
