"""Jacobians of the state equal central differences; norms equal what is known exactly."""

import keras
import numpy as np
import pytest

from rnnbook.gradients.backprop import CELLS
from rnnbook.gradients.gradcheck import central_differences
from rnnbook.gradients.probes import jacobian_products, spectral_norm, step_jacobian, weights_of
from test_backprop import LAYERS, case


@pytest.mark.parametrize("name", CELLS)
def test_jacobian_equals_central_differences(name):
    xs, state, weights, _ = case(name, 5)
    x, state = xs[:1, 0], tuple(part[:1] for part in state)
    ours = step_jacobian(name, x, state, weights)

    def entry(flat, i):
        parts = np.split(flat, len(state))
        new = CELLS[name].step(x, tuple(p[None] for p in parts), weights)
        return np.concatenate(new, axis=1)[0, i]

    flat = np.concatenate(state, axis=1)[0]
    for i in range(len(flat)):
        numeric = central_differences(lambda f, i=i: entry(f, i), flat)
        np.testing.assert_allclose(ours[i], numeric, atol=1e-8)


@pytest.mark.parametrize("name", CELLS)
def test_products_are_the_jacobian_of_the_whole_way(name):
    xs, state, weights, _ = case(name, 4)
    xs, state = xs[:1], tuple(part[:1] for part in state)
    products = jacobian_products(name, xs, state, weights)

    def last(flat, i):
        now = tuple(p[None] for p in np.split(flat, len(state)))
        for t in range(xs.shape[1]):
            now = CELLS[name].step(xs[:, t], now, weights)
        return np.concatenate(now, axis=1)[0, i]

    flat = np.concatenate(state, axis=1)[0]
    numeric = [central_differences(lambda f, i=i: last(f, i), flat) for i in range(len(flat))]
    assert len(products) == xs.shape[1]
    np.testing.assert_allclose(products[-1], numeric, atol=1e-8)


def test_spectral_norm():
    stack = np.stack([np.eye(3), 2 * np.eye(3), np.diag([1.0, 5.0, 3.0])])
    np.testing.assert_allclose(spectral_norm(stack), [1, 2, 5])


def test_one_sequence_only():
    xs, state, weights, _ = case("rnn", 0)
    with pytest.raises(ValueError, match="one sequence"):
        step_jacobian("rnn", np.zeros((2, xs.shape[2])), state, weights)


@pytest.mark.backends
@pytest.mark.parametrize("name", CELLS)
def test_weights_of_a_layer(name):
    layer = LAYERS[name](4)
    with pytest.raises(ValueError, match="build it"):
        weights_of(layer)
    layer.build((None, None, 3))
    found, weights = weights_of(layer)
    assert found == name
    xs = np.random.default_rng(0).normal(size=(2, 1, 3)).astype("float32")
    zero = tuple(np.zeros((2, 4)) for _ in range(CELLS[name].states))
    ours = CELLS[name].step(xs[:, 0], zero, weights)[0]
    assert np.abs(ours - keras.ops.convert_to_numpy(layer(xs))).max() <= 1e-6


def test_weights_of_refuses_what_the_cells_do_not_know():
    relu = keras.layers.SimpleRNN(4, activation="relu")
    relu.build((None, None, 3))
    with pytest.raises(ValueError, match="tanh"):
        weights_of(relu)
    with pytest.raises(ValueError, match="Dense"):
        weights_of(keras.layers.Dense(3))
