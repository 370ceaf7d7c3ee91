"""The NumPy cells give Keras' numbers, and say so when shapes do not fit."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnbook import diagrams
from rnnbook.cells import NumpyRNN, rnn_scan, rnn_step

B, T, D, H = 3, 9, 4, 5


@pytest.fixture(scope="module")
def layer():
    """A Keras layer with a bias that is not zero."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.SimpleRNN(H, return_sequences=True, return_state=True,
                                   bias_initializer="random_normal")
    layer.build((None, None, D))
    return layer


@pytest.fixture
def xs():
    return np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")


def numbers(tensors):
    return [keras.ops.convert_to_numpy(tensor) for tensor in tensors]


@pytest.mark.backends
@pytest.mark.parametrize("started", [False, True], ids=["from zero", "from a state"])
def test_scan_equals_keras(layer, xs, started):
    h0 = 0.5 * started * np.ones((B, H), "float32")
    states, last = numbers(layer(xs, initial_state=keras.ops.convert_to_tensor(h0)))
    own_states, own_last = rnn_scan(xs, h0, *layer.get_weights())
    assert np.abs(own_states - states).max() <= 1e-6
    assert np.abs(own_last - last).max() <= 1e-6


@pytest.mark.backends
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("state", [False, True])
def test_class_returns_what_keras_returns(layer, xs, sequences, state):
    theirs = keras.layers.SimpleRNN(H, return_sequences=sequences, return_state=state)
    theirs.build((None, None, D))
    theirs.set_weights(layer.get_weights())
    expected = numbers(theirs(xs)) if state else numbers([theirs(xs)])
    got = NumpyRNN(*layer.get_weights(), return_sequences=sequences, return_state=state)(xs)
    got = got if state else (got,)
    assert len(got) == len(expected)
    for mine, keras_result in zip(got, expected):
        assert mine.shape == keras_result.shape
        assert np.abs(mine - keras_result).max() <= 1e-6


def test_scan_resumes_where_it_stopped(layer, xs):
    weights = layer.get_weights()
    states, last = rnn_scan(xs, np.zeros((B, H)), *weights)
    _, middle = rnn_scan(xs[:, :4], np.zeros((B, H)), *weights)
    rest, end = rnn_scan(xs[:, 4:], middle, *weights)
    assert np.allclose(rest, states[:, 4:], atol=1e-12)
    assert np.allclose(end, last, atol=1e-12)
    assert np.array_equal(states[:, -1], last)


def test_samples_and_times_are_kept_apart(layer, xs):
    weights, h0 = layer.get_weights(), np.zeros((B, H))
    states, _ = rnn_scan(xs, h0, *weights)
    edited = xs.copy()
    edited[1, 5] += 1
    change = np.abs(rnn_scan(edited, h0, *weights)[0] - states).max(axis=2)
    assert change[[0, 2]].max() == 0
    assert change[1, :5].max() == 0
    assert change[1, 5:].min() > 0


def test_step_by_hand():
    h = rnn_step(np.array([[1.0]]), np.array([[0.5]]), np.array([[2.0]]), np.array([[-2.0]]),
                 np.array([0.25]))
    assert np.isclose(h, np.tanh(1.25))


@pytest.mark.parametrize("broken", ["x", "h", "empty"])
def test_shapes_that_do_not_fit(layer, xs, broken):
    h0 = np.zeros((B, H + 1 if broken == "h" else H))
    inputs = {"x": xs[:, :, 1:], "h": xs, "empty": xs[:, :0]}[broken]
    with pytest.raises(ValueError):  # noqa: PT011 - NumPy's own message
        rnn_scan(inputs, h0, *layer.get_weights())


@pytest.mark.parametrize("name", ["unrolled", "variants", "feedback", "misdrawn",
                                  "architectures"])
def test_diagrams_stay_inside_their_axes(name):
    axes = np.atleast_1d(getattr(diagrams, name)())
    plt.gcf().canvas.draw()
    for ax in axes:
        box = ax.get_window_extent()
        assert len(ax.patches) >= 4
        for patch in ax.patches:
            inner = patch.get_window_extent()
            assert inner.x0 >= box.x0 - 3
            assert inner.x1 <= box.x1 + 3
            assert inner.y0 >= box.y0 - 3
            assert inner.y1 <= box.y1 + 3
    plt.close()


def test_targets_are_the_inputs_one_step_later():
    ax = diagrams.next_word(["one", "two", "three"])
    words = [(text.get_text(), text.get_position()) for text in ax.texts]
    low = [word for word, (_, y) in words if y < 1]
    high = [word for word, (_, y) in words if y > 3]
    assert (low, high) == (["one", "two"], ["two", "three"])
    plt.close()


def test_states_are_connected_from_left_to_right():
    ax = diagrams.unrolled()
    arrows = [p for p in ax.patches if type(p).__name__ == "FancyArrowPatch"]
    ends = [p._posA_posB for p in arrows if p._posA_posB]
    flat = [(start, end) for start, end in ends if start[1] == end[1]]
    assert len(flat) == 5  # h_0 -> h_1 -> h_2 -> h_3 -> ... -> h_T
    assert all(start[0] < end[0] for start, end in flat)
    plt.close()
