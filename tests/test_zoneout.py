"""Zoneout and the layer-normalised cell compute what their formulas say, on every backend."""

import keras
import numpy as np
import pytest
from keras import layers

from rnnbook.cells import lstm_step
from rnnbook.cells.layer_norm import LayerNormRNNCell, standardise
from rnnbook.cells.zoneout import ZoneoutCell, ZoneoutRNN

B, T, D, H = 3, 5, 2, 4
CELLS = [layers.SimpleRNNCell, layers.GRUCell, layers.LSTMCell]


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


@pytest.fixture
def xs():
    return np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")


def both(kind, xs, zoneout):
    """Build a zoneout layer and the plain layer with its weights."""
    zoned = ZoneoutRNN(kind(H), zoneout, seed=1, return_sequences=True)
    plain = layers.RNN(kind(H), return_sequences=True)
    zoned(xs), plain(xs)
    plain.set_weights(zoned.cell.cell.get_weights())
    return zoned, plain


@pytest.mark.backends
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("training", [False, True])
def test_without_zoneout_it_is_the_plain_layer(kind, training, xs):
    zoned, plain = both(kind, xs, 0.0)
    assert np.abs(numbers(zoned(xs, training=training)) - numbers(plain(xs))).max() <= 1e-6


@pytest.mark.backends
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("training", [False, True])
def test_full_zoneout_never_leaves_the_initial_state(kind, training, xs):
    zoned, _ = both(kind, xs, 1.0)
    assert not numbers(zoned(xs, training=training)).any()


@pytest.mark.backends
def test_entries_keep_or_change_and_as_often_as_they_should():
    xs = np.random.default_rng(1).standard_normal((200, 20, D)).astype("float32")
    zoned, _ = both(layers.SimpleRNNCell, xs, 0.3)
    h = numbers(zoned(xs, training=True))
    kept = h[:, 1:] == h[:, :-1]
    assert abs(kept.mean() - 0.3) < 0.01  # 15,200 draws: sd 0.004
    assert np.any(kept[0, 0] != kept[0, 1])  # a new draw at every step
    again = numbers(zoned(xs, training=True))
    assert np.abs(again - h).max() > 0


@pytest.mark.backends
def test_inference_takes_the_mean_of_both_states_of_an_lstm(xs):
    zoned = ZoneoutRNN(layers.LSTMCell(H), 0.25, return_sequences=True, return_state=True)
    outputs, h, c = (numbers(r) for r in zoned(xs))
    weights = [np.asarray(w, "float64") for w in zoned.cell.cell.get_weights()]
    state = (np.zeros((B, H)), np.zeros((B, H)))
    for t in range(T):
        new = lstm_step(xs[:, t], *state, *weights)
        state = tuple(0.25 * old + 0.75 * fresh for old, fresh in zip(state, new))
        assert np.abs(outputs[:, t] - state[0]).max() <= 1e-6
    assert np.abs(h - state[0]).max() <= 1e-6
    assert np.abs(c - state[1]).max() <= 1e-6


@pytest.mark.backends
def test_zoneout_trains():
    model = keras.Sequential([keras.Input((None, D)), ZoneoutRNN(layers.GRUCell(H), 0.2),
                              layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(np.ones((8, T, D)), np.ones((8, 1)), epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_zoneout_survives_its_config(xs):
    zoned, _ = both(layers.LSTMCell, xs, 0.2)
    copy = ZoneoutRNN.from_config(zoned.get_config())
    copy(xs)
    copy.set_weights(zoned.get_weights()[:len(copy.get_weights())])
    assert copy.cell.zoneout == 0.2
    assert np.abs(numbers(copy(xs)) - numbers(zoned(xs))).max() <= 1e-6


@pytest.mark.parametrize("zoneout", [-0.1, 1.5, float("nan")])
def test_zoneout_is_a_probability(zoneout):
    with pytest.raises(ValueError, match="probability"):
        ZoneoutCell(layers.GRUCell(H), zoneout)


@pytest.mark.backends
def test_standardise_equals_keras_layer_normalisation(xs):
    theirs = layers.LayerNormalization(epsilon=1e-5)(xs)
    assert np.abs(numbers(standardise(xs)) - numbers(theirs)).max() <= 1e-5


@pytest.mark.backends
def test_layer_norm_cell_is_its_formula(xs):
    layer = layers.RNN(LayerNormRNNCell(H), return_sequences=True)
    states = numbers(layer(xs))
    W, U, gain, bias = layer.get_weights()
    h = np.zeros((B, H))
    for t in range(T):
        a = xs[:, t] @ W + h @ U
        a = (a - a.mean(1, keepdims=True)) / np.sqrt(a.var(1, keepdims=True) + 1e-5)
        h = np.tanh(gain * a + bias)
        assert np.abs(states[:, t] - h).max() <= 1e-5
    copy = LayerNormRNNCell.from_config(layer.cell.get_config())
    assert (copy.units, copy.epsilon) == (H, 1e-5)


@pytest.mark.backends
def test_layer_norm_does_not_see_the_batch(xs):
    layer = layers.RNN(LayerNormRNNCell(H), return_sequences=True)
    whole = numbers(layer(xs))
    single = np.concatenate([numbers(layer(xs[i:i + 1])) for i in range(B)])
    assert np.abs(whole - single).max() <= 1e-6
