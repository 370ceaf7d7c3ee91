"""BPTT by hand gives the gradients of central differences and of every backend."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.gradients.backprop import CELLS, bptt
from rnnbook.gradients.gradcheck import autodiff, central_differences, relative_error

LAYERS = {
    "rnn": keras.layers.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "gru_reset_before": lambda *args, **kwargs: keras.layers.GRU(*args, reset_after=False,
                                                                 **kwargs),
}


def case(name, seed, dtype="float64"):
    """Draw a shape, a length, inputs, states, weights and the derivative of a loss."""
    rng = np.random.default_rng([seed, len(name)])
    batch, steps, width, units = rng.integers(1, 6, 4)
    gates = {"rnn": 1, "lstm": 4}.get(name, 3)

    def draw(*shape):
        return rng.normal(0, 0.7, shape).astype(dtype)

    bias = (2, gates * units) if name == "gru" else (gates * units,)
    weights = draw(width, gates * units), draw(units, gates * units), draw(*bias)
    state = tuple(draw(batch, units) for _ in range(CELLS[name].states))
    return draw(batch, steps, width), state, weights, draw(batch, steps, units)


def loss(name, xs, state, weights, d_hs):
    """A loss that is linear in every step's output, so that d_hs is its derivative."""
    total = 0.0
    for t in range(xs.shape[1]):
        state = CELLS[name].step(xs[:, t], state, weights)
        total += float((state[0] * d_hs[:, t]).sum())
    return total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", CELLS)
def test_bptt_equals_central_differences(name, seed):
    xs, state, weights, d_hs = case(name, seed)
    found = bptt(name, xs, state, weights, d_hs)
    arrays = [xs, *state, *weights]
    ours = [found.xs, *found.states[0], *found.weights]
    states = len(state)
    for k, (array, gradient) in enumerate(zip(arrays, ours)):
        def f(changed, k=k):
            new = [*arrays[:k], changed, *arrays[k + 1:]]
            return loss(name, new[0], tuple(new[1:1 + states]), tuple(new[1 + states:]), d_hs)

        numeric = central_differences(f, array)
        scale = max(np.linalg.norm(numeric), 1e-2)  # a tiny gradient is all rounding
        assert gradient.shape == array.shape
        assert np.linalg.norm(gradient - numeric) <= 1e-7 * scale


@pytest.mark.backends
@pytest.mark.parametrize("name", CELLS)
def test_bptt_equals_the_backends_gradient(name):
    backend = keras.backend.backend()
    dtype = "float32" if backend == "jax" else "float64"  # JAX computes in float32
    # Keras' SimpleRNN on PyTorch rounds to float32 somewhere, whatever its dtype
    tolerance = {"tensorflow": 1e-7, "torch": 1e-6, "jax": 1e-4}[backend]
    xs, state, weights, d_hs = case(name, 7)
    layer = LAYERS[name](state[0].shape[1], return_sequences=True, dtype=dtype)
    layer.build(xs.shape)

    def f(xs, *rest):
        state, weights = rest[:CELLS[name].states], rest[CELLS[name].states:]
        trainable = [variable.path for variable in layer.trainable_variables]
        assert len(trainable) == len(weights)
        with keras.StatelessScope(state_mapping=list(zip(layer.trainable_variables, weights))):
            outputs = layer(xs, initial_state=list(state))
        return ops.sum(outputs * ops.convert_to_tensor(d_hs, dtype=dtype))

    arrays = [a.astype(dtype) for a in (xs, *state, *weights)]
    theirs = autodiff(f, arrays)
    found = bptt(name, xs, state, weights, d_hs)
    for ours, other in zip([found.xs, *found.states[0], *found.weights], theirs):
        assert relative_error(ours, other) <= tolerance


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("window", [1, 2, 3])
def test_a_window_is_the_sum_of_separate_pieces(name, window):
    rng = np.random.default_rng(3)
    _, state, weights, _ = case(name, 3)
    batch, units = state[0].shape
    xs = rng.normal(size=(batch, 7, weights[0].shape[0]))
    d_hs = rng.normal(size=(batch, 7, units))
    whole = bptt(name, xs, state, weights, d_hs, window=window)
    total, here = [np.zeros_like(w) for w in weights], state
    for start in range(0, 7, window):
        piece = slice(start, start + window)
        part = bptt(name, xs[:, piece], here, weights, d_hs[:, piece])
        total = [a + b for a, b in zip(total, part.weights)]
        for t in range(start, min(start + window, 7)):
            here = CELLS[name].step(xs[:, t], here, weights)
    for a, b in zip(whole.weights, total):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


def test_a_window_as_long_as_the_sequence_cuts_nothing():
    xs, state, weights, d_hs = case("lstm", 1)
    full = bptt("lstm", xs, state, weights, d_hs)
    cut = bptt("lstm", xs, state, weights, d_hs, window=xs.shape[1])
    assert all((a == b).all() for a, b in zip(full.weights, cut.weights))


def test_states_hold_the_total_derivative():
    xs, state, weights, d_hs = case("rnn", 2)
    found = bptt("rnn", xs, state, weights, d_hs)
    assert len(found.states) == xs.shape[1] + 1
    np.testing.assert_array_equal(found.states[-1][0], d_hs[:, -1])  # nothing comes after


@pytest.mark.parametrize("window", [0, -1, 1.5])
def test_bad_window(window):
    xs, state, weights, d_hs = case("rnn", 0)
    with pytest.raises(ValueError, match="window"):
        bptt("rnn", xs, state, weights, d_hs, window=window)


def test_a_step_without_its_derivative():
    xs, state, weights, d_hs = case("rnn", 0)
    with pytest.raises(ValueError, match="every step"):
        bptt("rnn", xs, state, weights, np.repeat(d_hs, 2, axis=1))


def test_central_differences_of_a_parabola():
    point = np.array([[1.0, -2.0, 0.0]])
    assert relative_error(central_differences(lambda a: (a**2).sum(), point), 2 * point) < 1e-9
    np.testing.assert_array_equal(point, [[1.0, -2.0, 0.0]])
    with pytest.raises(ValueError, match="NaN"):
        central_differences(lambda a: float("nan"), point)
    with pytest.raises(ValueError, match="positive"):
        central_differences(lambda a: 0.0, point, step=0)


def test_relative_error():
    assert relative_error([3.0, 4.0], [3.0, 4.0]) == 0
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([0.0, 0.0], [3.0, 4.0]) == 1
    with pytest.raises(ValueError, match="shapes"):
        relative_error([1.0], [1.0, 2.0])
