"""An LSTM layer that trains faster on a CPU and can drop recurrent weights."""

import keras
from keras import layers, ops


def lstm_scan(z, u, h, c):
    """Run an LSTM over inputs that are already multiplied by W, with b added.

    The gradient is written by hand: the gradient of U is one large product over all steps
    and not a sum that grows step by step, which takes most of the time on a CPU. The loop
    is unrolled, so T must be fixed, and compiling it with XLA takes minutes: leave that off.

    Shape: z (T, B, 4H), u (H, 4H), h (B, H), c (B, H) -> (T, B, H), (B, H)

    Args:
        z: (T, B, 4H) float, gates in Keras order i, f, g, o.
        u: (H, 4H) float, the recurrent kernel.
        h, c: (B, H) float, the states before the first step.
    Returns:
        hs (T, B, H), all outputs, and the last cell state (B, H).
    Source: Graves 2013 (arXiv:1308.0850), section 2.1; without peepholes.
    """
    both = _lstm_scan(z, u, h, c)
    return both[:-1], both[-1]


@ops.custom_gradient
def _lstm_scan(z, u, h, c):
    first, units, steps = (h, c), h.shape[-1], z.shape[0]
    hs, cs, gates = [], [], []
    for z_t in ops.unstack(z, steps):
        z_t = z_t + ops.matmul(h, u)
        i_f = ops.sigmoid(z_t[:, : 2 * units])
        g = ops.tanh(z_t[:, 2 * units : 3 * units])
        o = ops.sigmoid(z_t[:, 3 * units :])
        i, f = i_f[:, :units], i_f[:, units:]
        c = f * c + i * g
        tanh_c = ops.tanh(c)
        h = o * tanh_c
        hs.append(h)
        cs.append(c)
        gates.append((i, f, g, o, tanh_c))

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)  # torch gives it by name
        *d_hs, dc = ops.unstack(upstream, steps + 1)
        u_t = ops.transpose(u)
        h_before, c_before = [first[0], *hs[:-1]], [first[1], *cs[:-1]]
        dh, dzs = ops.zeros_like(dc), []
        for t in reversed(range(steps)):
            i, f, g, o, tanh_c = gates[t]
            dh = dh + d_hs[t]
            dc = dc + dh * o * (1 - tanh_c * tanh_c)
            dz = ops.concatenate([dc * g * i * (1 - i), dc * c_before[t] * f * (1 - f),
                                  dc * i * (1 - g * g), dh * tanh_c * o * (1 - o)], axis=-1)
            dzs.append(dz)
            dh, dc = ops.matmul(dz, u_t), dc * f
        dz = ops.stack(dzs[::-1])
        rows = ops.reshape(ops.stack(h_before), (-1, units))
        du = ops.matmul(ops.transpose(rows), ops.reshape(dz, (-1, 4 * units)))
        return dz, du, dh, dc

    return ops.stack([*hs, c]), gradient  # one tensor: torch takes no more


@keras.saving.register_keras_serializable(package="rnnbook")
class FastLSTM(layers.LSTM):
    """`keras.layers.LSTM` (tanh, sigmoid, no mask) with a faster gradient and weight dropout.

    Args:
        units: size of the state.
        weight_dropout: share of recurrent weights dropped in training, one mask per batch
            (Merity et al. 2017, arXiv:1708.02182, section 2).
        options: as `keras.layers.LSTM`.
    """

    def __init__(self, units, weight_dropout=0.0, **options):
        super().__init__(units, **options)
        self.weight_dropout = weight_dropout
        self.weight_seeds = keras.random.SeedGenerator(self.cell.seed)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Replace the loop of `keras.layers.LSTM` by `lstm_scan`."""
        if mask is not None:
            raise ValueError("FastLSTM takes no mask")
        u = ops.copy(self.cell.recurrent_kernel)  # a tensor, not a variable
        if training and self.weight_dropout:
            u = keras.random.dropout(u, self.weight_dropout, seed=self.weight_seeds)
        z = ops.matmul(sequences, self.cell.kernel) + self.cell.bias
        h, c = (ops.copy(state) for state in initial_state)  # a stateful layer overwrites its own
        hs, c = lstm_scan(ops.transpose(z, (1, 0, 2)), u, h, c)
        return hs[-1], ops.transpose(hs, (1, 0, 2)), [hs[-1], c]

    def get_config(self):
        """Give the arguments to build the layer again."""
        return super().get_config() | {"weight_dropout": self.weight_dropout}
