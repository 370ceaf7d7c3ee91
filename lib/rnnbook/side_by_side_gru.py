"""Train several small GRUs at once: members share the loop over time and nothing else."""

import keras
from keras import layers, ops

from rnnbook.members import add_member_weights
from rnnbook.training import compile_fast


@keras.saving.register_keras_serializable(package="rnnbook")
class SideBySideGRUCell(layers.Layer):
    """K independent `keras.layers.GRUCell`s as one: inputs (B, K, D), state (B, K * H).

    Args:
        units: size H of each member's state.
        members: number K.
        seed: of the weights; every member draws its own.
        options: as `keras.layers.Layer`.
    """

    def __init__(self, units, members, seed=0, **options):
        super().__init__(**options)
        self.units, self.members, self.seed = units, members, seed
        self.state_size = self.output_size = members * units

    def build(self, input_shape):
        """Create kernel (K, D, 3H), recurrent_kernel (K, H, 3H) and bias (K, 2, 3H)."""
        wide = 3 * self.units
        add_member_weights(self, input_shape[-1], self.units, gates=3)
        self.bias = self.add_weight(name="bias", shape=(self.members, 2, wide),
                                    initializer="zeros")

    def call(self, inputs, states):
        """Advance one step: inputs (B, K, D), states [h] -> h (B, K * H), [h]."""
        h = ops.reshape(states[0], (-1, self.members, self.units))
        x = ops.einsum("bkd,kdn->bkn", inputs, self.kernel) + self.bias[:, 0]
        u = ops.einsum("bkh,khn->bkn", h, self.recurrent_kernel) + self.bias[:, 1]
        (xz, xr, xg), (uz, ur, ug) = ops.split(x, 3, axis=-1), ops.split(u, 3, axis=-1)
        z, r = ops.sigmoid(xz + uz), ops.sigmoid(xr + ur)
        h = z * h + (1 - z) * ops.tanh(xg + r * ug)
        h = ops.reshape(h, (-1, self.output_size))
        return h, [h]

    def get_config(self):
        """Give the arguments to build the cell again."""
        return super().get_config() | {
            "units": self.units, "members": self.members, "seed": self.seed}


def build_grus(cell, steps, features, outputs=1, loss="mae", optimizer=None, head="zeros",
               jit_compile=True):
    """Build and compile K networks, each a GRU and a linear output.

    Args:
        cell: a `SideBySideGRUCell`.
        steps, features: shape (T, D) of one member's input.
        outputs: numbers that each network gives.
        loss: of Keras, or a function.
        optimizer: of Keras, by default Adam at 0.01.
        head: initialiser of the output; "zeros" makes an untrained network say 0.
        jit_compile: as `compile_fast`; XLA takes seconds, and pays from some 300 updates on.
    Returns:
        keras.Sequential: (B, T, K, D) -> (B, K, outputs).
    """
    model = keras.Sequential([
        keras.Input((steps, cell.members, features)),
        layers.RNN(cell),
        layers.Reshape((cell.members, cell.units)),
        layers.EinsumDense("bkh,kho->bko", output_shape=(cell.members, outputs),
                           bias_axes="ko", kernel_initializer=head),
    ])
    # Adam does not mind that the mean over members makes each member's gradient K times smaller
    return compile_fast(model, optimizer or keras.optimizers.Adam(1e-2, epsilon=1e-9), loss,
                        jit_compile=jit_compile)


def member_weights(model, k):
    """Take one member out: the weights of a plain `GRU` layer and of its `Dense` layer.

    Args:
        model: made by `build_grus`.
        k: which member.
    Returns:
        [kernel (D, 3H), recurrent_kernel (H, 3H), bias (2, 3H)], [kernel (H, O), bias (O,)].
    """
    *gru, head, bias = [weight[k] for weight in model.get_weights()]
    return gru, [head, bias]


def same_for_all(x, members):
    """Give every member the same input: (B, T, D) -> (B, T, K, D), float32."""
    return ops.convert_to_numpy(ops.repeat(ops.cast(x, "float32")[:, :, None], members, axis=2))
