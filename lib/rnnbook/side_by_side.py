"""Train several small LSTMs at once: the same loop over time serves them all.

A small LSTM on a CPU spends its time on starting operations, not on arithmetic. Members that
share nothing but the loop cost little more than one, and still differ in weights and data.
"""

import keras
import numpy as np
from keras import layers, ops

from rnnbook.lstm_variants import AblatedLSTMCell
from rnnbook.members import add_member_weights
from rnnbook.training import compile_fast


@keras.saving.register_keras_serializable(package="rnnbook")
class SideBySideCell(AblatedLSTMCell):
    """K independent LSTM cells as one: inputs (B, K, D), states (B, K * H) each.

    Args:
        units: size H of each member's state.
        members: number K.
        seed: of the weights; every member draws its own.
        options: as `AblatedLSTMCell`.
    """

    def __init__(self, units, members, seed=0, **options):
        super().__init__(units, **options)
        self.members, self.seed = members, seed
        self.state_size, self.output_size = [members * units] * 2, members * units

    def build(self, input_shape):
        """Create kernel (K, D, 4H), recurrent_kernel (K, H, 4H) and bias (K, 4H)."""
        wide = 4 * self.units
        add_member_weights(self, input_shape[-1], self.units, gates=4)
        self.bias = self.add_weight(name="bias", shape=(self.members, wide), initializer="zeros")
        self.bias.assign(ops.broadcast_to(self._first_bias((wide,), "float32"), self.bias.shape))

    def call(self, inputs, states):
        """Advance one step: inputs (B, K, D), states [h, c] -> h (B, K * H), [h, c]."""
        shape = (-1, self.members, self.units)
        new = self.advance(inputs, *(ops.reshape(state, shape) for state in states))
        h, c = (ops.reshape(state, (-1, self.output_size)) for state in new)
        return h, [h, c]

    def sums(self, x, h):
        """Compute x W + h U + b of every member, split into i, f, g, o."""
        z = ops.einsum("bkd,kdn->bkn", x, self.kernel) + self.bias
        return ops.split(z + ops.einsum("bkh,khn->bkn", h, self.recurrent_kernel), 4, axis=-1)

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {"members": self.members, "seed": self.seed}


def build(cell, steps, features, every_step=False, learning_rate=1e-2):
    """Build and compile K networks, each an LSTM and a linear output, trained by Adam on MSE.

    Args:
        cell: a `SideBySideCell`.
        steps, features: shape (T, D) of one member's input.
        every_step: an output at every step instead of one at the end.
    Returns:
        keras.Sequential: (B, T, K, D) -> (B, K, 1), or (B, T, K, 1).
    """
    axes = "btkh,kho->btko" if every_step else "bkh,kho->bko"
    first = (steps,) if every_step else ()
    model = keras.Sequential([
        keras.Input((steps, cell.members, features)),
        layers.RNN(cell, return_sequences=every_step),
        layers.Reshape((*first, cell.members, cell.units)),
        layers.EinsumDense(axes, output_shape=(*first, cell.members, 1), bias_axes="ko"),
    ])
    # Adam does not mind that the mean over members makes each member's gradient K times smaller
    return compile_fast(model, keras.optimizers.Adam(learning_rate, epsilon=1e-9), "mse")


def race(model, train, unseen, goal, longest, look=50, batch=64, seed=0):
    """Train until every member has reached the goal on its unseen data, looking now and then.

    Args:
        model: made by `build`.
        train, unseen: lists of (x, y), one for each member.
        goal: mean squared error to reach.
        longest: updates at most.
        look: updates between two looks.
        batch: sequences per update.
        seed: of the order of the sequences.
    Returns:
        list of {"member", "updates", "mse"}, a member's rows until it reached the goal.
    """
    (x, y), (x_new, y_new) = ([np.stack(part, axis=-2) for part in zip(*data)]
                              for data in (train, unseen))
    rng, running, rows, updates = np.random.default_rng(seed), set(range(x.shape[-2])), [], 0
    while running and updates < longest:
        chosen = rng.permutation(len(x))[:look * batch]
        model.fit(x[chosen], y[chosen], batch_size=batch, verbose=0)
        updates += look
        errors = np.square(model.predict(x_new, batch_size=len(x_new), verbose=0) - y_new)
        for member in sorted(running):
            mse = float(errors[..., member, 0].mean())
            rows.append({"member": member, "updates": updates, "mse": mse})
            if mse <= goal:
                running.remove(member)
    return rows
