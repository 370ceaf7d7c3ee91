"""Weights of K small recurrent networks side by side: each member draws its own."""

from keras import initializers, ops


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
