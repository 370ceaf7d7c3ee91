"""Train several small LSTMs or GRUs at once: the same loop over time serves them all.

A small network on a CPU spends its time on starting operations, not on arithmetic. Members that
share nothing but the loop cost little more than one, and still differ in weights and data.
"""

import functools

import keras
import numpy as np
from keras import initializers, layers, ops

from rnnbook.cells.lstm_variants import AblatedLSTMCell
from rnnbook.training.fitting import compile_fast, fit


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


def build(cell, steps, features, outputs=1, loss="mse", optimizer=None, head="glorot_uniform",
          every_step=False, jit_compile=True):
    """Build and compile K networks, each a recurrent layer and a linear output.

    Args:
        cell: a `SideBySideCell` or `SideBySideGRUCell`.
        steps, features: shape (T, D) of one member's input.
        outputs: numbers O that each network gives.
        loss: of Keras, or a function.
        optimizer: of Keras, by default Adam at 0.01.
        head: initialiser of the output; "zeros" makes an untrained network say 0.
        every_step: an output at every step instead of one at the end.
        jit_compile: as `compile_fast`; XLA takes seconds, and pays from some 300 updates on.
    Returns:
        keras.Sequential: (B, T, K, D) -> (B, K, O), or (B, T, K, O).
    """
    axes = "btkh,kho->btko" if every_step else "bkh,kho->bko"
    first = (steps,) if every_step else ()
    model = keras.Sequential([
        keras.Input((steps, cell.members, features)),
        layers.RNN(cell, return_sequences=every_step),
        layers.Reshape((*first, cell.members, cell.units)),
        layers.EinsumDense(axes, output_shape=(*first, cell.members, outputs), bias_axes="ko",
                           kernel_initializer=head),
    ])
    # Adam does not mind that the mean over members makes each member's gradient K times smaller
    return compile_fast(model, optimizer or keras.optimizers.Adam(1e-2, epsilon=1e-9), loss,
                        jit_compile=jit_compile)


# Forecasters: all errors count alike, and an untrained network says 0.
build_grus = functools.partial(build, loss="mae", head="zeros")


def teach(model, x, y, updates=200, seed=0, batch=32):
    """Update networks on rows drawn at random, with replacement.

    Args:
        model: made by `build` or `build_grus`, with K members.
        x, y: arrays (N, T, K, D) and (N, K, O), each member's own data.
        updates: how many.
        seed: of the drawing.
        batch: rows per update.
    Returns:
        the model.
    """
    order = np.random.default_rng(seed).integers(0, len(x), updates * batch)
    fit(model, x[order].astype("float32"), y[order].astype("float32"), batch_size=batch,
        shuffle=False, verbose=False)
    return model


def race(model, train, unseen, goal, longest, look=50, batch=64):
    """Train until every member has reached the goal on its unseen data, looking now and then.

    Args:
        model: made by `build`.
        train, unseen: lists of (x, y), one for each member.
        goal: mean squared error to reach.
        longest: updates at most.
        look: updates between two looks.
        batch: sequences per update.
    Returns:
        list of {"member", "updates", "mse"}, a member's rows until it reached the goal.
    """
    (x, y), (x_new, y_new) = ([np.stack(part, axis=-2) for part in zip(*data)]
                              for data in (train, unseen))
    rng, running, rows, updates = np.random.default_rng(0), set(range(x.shape[-2])), [], 0
    while running and updates < longest:
        chosen = rng.permutation(len(x))[:look * batch]
        fit(model, x[chosen], y[chosen], batch_size=batch, verbose=False)
        updates += look
        errors = np.square(model.predict(x_new, batch_size=len(x_new), verbose=0) - y_new)
        for member in sorted(running):
            mse = float(errors[..., member, 0].mean())
            rows.append({"member": member, "updates": updates, "mse": mse})
            if mse <= goal:
                running.remove(member)
    return rows


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


def add_member_weights(layer, features, units, gates):
    """Give a layer the kernels of K recurrent cells, each as Keras would start it alone.

    Sets layer.kernel (K, D, G * H), Glorot uniform, and layer.recurrent_kernel (K, H, G * H),
    orthogonal.

    Args:
        layer: Keras layer with the attributes members (K) and seed.
        features: size D of one member's input.
        units: size H of one member's state.
        gates: number G of sums that a cell computes.
    """
    wide = gates * units
    for name, rows, first in (("kernel", features, initializers.GlorotUniform),
                              ("recurrent_kernel", units, initializers.Orthogonal)):
        drawn = [first(seed=1000 * layer.seed + k)((rows, wide)) for k in range(layer.members)]
        weight = layer.add_weight(name=name, shape=(layer.members, rows, wide))
        weight.assign(ops.stack(drawn))
        setattr(layer, name, weight)
