"""Probes of the gradient's way through time: Jacobians of the state, exact, in NumPy."""

import keras
import numpy as np

from rnnbook.gradients.backprop import CELLS


def step_jacobian(cell, x, state, weights):
    """Differentiate the state after one step with respect to the state before it.

    Row i is what the backward step returns for the i-th unit vector.

    Args:
        cell: one of `rnnbook.gradients.backprop.CELLS`, by name or itself.
        x: one input, float (1, D).
        state: one state before the step, a tuple of float (1, H).
        weights: (W, U, b) as Keras stores them.
    Returns:
        float (S, S), rows: entries after, columns: entries before; S is H, for an LSTM 2H
        with h first, then c.
    Raises:
        ValueError: more than one sequence.
    """
    cell = CELLS[cell] if isinstance(cell, str) else cell
    if len(x) != 1:
        raise ValueError(f"a Jacobian is of one sequence: x must be (1, D), got {x.shape}")
    widths = [part.shape[1] for part in state]
    size = sum(widths)
    rows = np.split(np.eye(size), np.cumsum(widths)[:-1], axis=1)
    copies = tuple(np.repeat(part, size, axis=0) for part in state)
    _, before, _ = cell.backward(np.repeat(x, size, axis=0), copies, weights, tuple(rows))
    return np.concatenate(before, axis=1)


def jacobian_products(cell, xs, state, weights):
    """Differentiate every later state with respect to the initial one.

    Args:
        cell: one of `rnnbook.gradients.backprop.CELLS`, by name or itself.
        xs: one sequence, float (1, T, D).
        state: initial state, a tuple of float (1, H).
        weights: (W, U, b) as Keras stores them.
    Returns:
        float (T, S, S): entry t is d state_{t+1} / d state_0, the product of t + 1 Jacobians;
        blocks as in `step_jacobian`.
    """
    cell = CELLS[cell] if isinstance(cell, str) else cell
    product, products = np.eye(sum(part.shape[1] for part in state)), []
    for t in range(xs.shape[1]):
        product = step_jacobian(cell, xs[:, t], state, weights) @ product
        products.append(product)
        state = cell.step(xs[:, t], state, weights)
    return np.stack(products)


def spectral_norm(matrices):
    """Give the largest singular value: how much a matrix can stretch a vector.

    Shape: matrices (T, H, H) -> (T,)

    Args:
        matrices: one matrix, or a stack of them in the last two axes.
    """
    return np.linalg.norm(matrices, ord=2, axis=(-2, -1))


def weights_of(layer):
    """Take the weights of a built Keras layer as float64, with the name of its cell.

    Args:
        layer: keras SimpleRNN (tanh), LSTM or GRU layer or cell, built, with its bias.
    Returns:
        the name in `rnnbook.gradients.backprop.CELLS`, and (W, U, b).
    Raises:
        ValueError: another layer, not built, without bias, or with other activations.
    """
    cell = getattr(layer, "cell", layer)
    kinds = {keras.layers.SimpleRNNCell: "rnn", keras.layers.LSTMCell: "lstm",
             keras.layers.GRUCell: "gru"}
    name = next((name for kind, name in kinds.items() if isinstance(cell, kind)), None)
    if name is None:
        raise ValueError(f"expected a SimpleRNN, LSTM or GRU layer, got {type(layer).__name__}")
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)
    if cell.activation is not keras.activations.tanh or gates is not keras.activations.sigmoid:
        raise ValueError(f"{layer.name}: the NumPy cells know tanh and sigmoid only")
    weights = tuple(np.asarray(w, "float64") for w in cell.get_weights())
    if len(weights) != 3:
        raise ValueError(f"{layer.name} needs three weights (build it, with use_bias=True), "
                         f"it has {len(weights)}")
    if name == "gru" and not cell.reset_after:
        name = "gru_reset_before"
    return name, weights
