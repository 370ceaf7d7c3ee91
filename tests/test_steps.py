"""The NumPy cells give Keras' numbers, and say so when shapes do not fit."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.cells import NumpyRNN, gru_scan, lstm_scan, rnn_scan, rnn_step, sigmoid

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


@pytest.mark.backends
@pytest.mark.parametrize("options", [{}, {"unit_forget_bias": False}])
def test_lstm_scan_equals_keras(xs, options):
    lstm = keras.layers.LSTM(H, return_sequences=True, return_state=True,
                             bias_initializer="random_normal", **options)
    lstm.build((None, None, D))
    h0, c0 = np.random.default_rng(1).standard_normal((2, B, H)).astype("float32")
    outputs, h, c = numbers(lstm(xs, initial_state=[ops.convert_to_tensor(a) for a in (h0, c0)]))
    hs, (own_h, own_c) = lstm_scan(xs, h0, c0, *lstm.get_weights())
    for ours, theirs in ((hs, outputs), (own_h, h), (own_c, c)):
        assert np.abs(ours - theirs).max() <= 1e-6


@pytest.mark.backends
@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_scan_equals_keras(xs, reset_after):
    gru = keras.layers.GRU(H, return_sequences=True, return_state=True, reset_after=reset_after,
                           bias_initializer="random_normal")
    gru.build((None, None, D))
    h0 = np.random.default_rng(1).standard_normal((B, H)).astype("float32")
    outputs, last = numbers(gru(xs, initial_state=ops.convert_to_tensor(h0)))
    hs, own_last = gru_scan(xs, h0, *gru.get_weights(), reset_after=reset_after)
    assert np.abs(hs - outputs).max() <= 1e-6
    assert np.abs(own_last - last).max() <= 1e-6


def test_sigmoid_of_large_numbers():
    np.testing.assert_allclose(sigmoid(np.array([-1e4, 0.0, 1e4])), [0, 0.5, 1])


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
