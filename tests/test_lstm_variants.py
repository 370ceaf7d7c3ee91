"""The LSTM's relatives against keras.layers.LSTM and against NumPy, on every backend."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnnbook.cells import lstm_scan, sigmoid
from rnnbook.cells.lstm_variants import (
    PARTS,
    AblatedLSTMCell,
    LayerNormLSTMCell,
    LSTMLikeCell,
    PeepholeLSTMCell,
)

pytestmark = pytest.mark.backends

B, T, D, H = 3, 7, 4, 5
CELLS = [PeepholeLSTMCell, LayerNormLSTMCell, AblatedLSTMCell]


def inputs(seed=0):
    return np.random.default_rng(seed).standard_normal((B, T, D)).astype("float32")


def random_weights(cell, seed=1):
    rng = np.random.default_rng(seed)
    weights = [0.5 * rng.standard_normal(w.shape).astype("float32") for w in cell.get_weights()]
    cell.set_weights(weights)
    return dict(zip((w.name for w in cell.weights), weights))


def run(cell, xs, state=None):
    layer = layers.RNN(cell, return_sequences=True, return_state=True)
    layer.build(xs.shape)
    weights = random_weights(cell)
    hs, h, c = layer(xs, initial_state=state)
    return [ops.convert_to_numpy(a) for a in (hs, h, c)], weights


def reference(step, xs, w, state=None):
    h, c = np.zeros((2, B, H)) if state is None else state
    hs = []
    for t in range(T):
        h, c = step(xs[:, t], h, c, w)
        hs.append(h)
    return np.stack(hs, axis=1), h, c


def sums(x, h, w):
    return np.split(x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"], 4, axis=-1)


def peephole_step(x, h, c, w):
    i, f, g, o = sums(x, h, w)
    p_i, p_f, p_o = w["peepholes"]
    new = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * new) * np.tanh(new), new


def normalised(a):
    return (a - a.mean(-1, keepdims=True)) / np.sqrt(a.var(-1, keepdims=True) + 1e-5)


def layer_norm_step(x, h, c, w):
    z = (w["input_gain"] * normalised(x @ w["kernel"])
         + w["state_gain"] * normalised(h @ w["recurrent_kernel"]) + w["bias"])
    i, f, g, o = np.split(z, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(w["cell_gain"] * normalised(c) + w["cell_shift"]), c


def ablated_step(without):
    def step(x, h, c, w):
        i, f, g, o = sums(x, h, w)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        if without == "input_gate":
            i = np.ones_like(i)
        if without == "forget_gate":
            f = np.ones_like(f)
        if without == "coupled":
            i = 1 - f
        if without == "output_gate":
            o = np.ones_like(o)
        if without == "input_tanh":
            g = sums(x, h, w)[2]
        c = f * c + i * g
        return o * (c if without == "output_tanh" else np.tanh(c)), c

    return step


def close(ours, theirs):
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, atol=2e-6)


@pytest.mark.parametrize("make", [
    lambda: PeepholeLSTMCell(H), lambda: AblatedLSTMCell(H)], ids=["peephole", "whole"])
def test_without_the_extra_it_is_the_lstm_of_keras(make):
    xs, plain, layer = inputs(), layers.LSTM(H, return_sequences=True), layers.RNN(
        make(), return_sequences=True)
    plain.build(xs.shape)
    layer.build(xs.shape)
    layer.set_weights(plain.get_weights() + layer.get_weights()[3:])  # peepholes stay zero
    close([ops.convert_to_numpy(layer(xs))], [ops.convert_to_numpy(plain(xs))])


def test_peepholes_equal_numpy():
    state = np.random.default_rng(3).standard_normal((2, B, H)).astype("float32")
    results, w = run(PeepholeLSTMCell(H), inputs(), list(state))
    close(results, reference(peephole_step, inputs(), w, state))


def test_layer_norm_equals_numpy():
    results, w = run(LayerNormLSTMCell(H), inputs())
    close(results, reference(layer_norm_step, inputs(), w))


@pytest.mark.parametrize("without", [None, *PARTS, "coupled"])
def test_ablation_equals_numpy(without):
    results, w = run(AblatedLSTMCell(H, without=without), inputs())
    close(results, reference(ablated_step(without), inputs(), w))
    if without is None:
        weights = [w[name] for name in ("kernel", "recurrent_kernel", "bias")]
        hs, (h, c) = lstm_scan(inputs(), np.zeros((B, H)), np.zeros((B, H)), *weights)
        close(results, (hs, h, c))


def test_layer_norm_does_not_see_the_scale_of_its_weights():
    cell = LayerNormLSTMCell(H)
    (hs, _, _), _ = run(cell, inputs())
    first = cell.get_weights()
    cell.set_weights([10 * first[0], 10 * first[1], *first[2:]])
    again = layers.RNN(cell, return_sequences=True)(inputs())
    np.testing.assert_allclose(hs, ops.convert_to_numpy(again), atol=1e-3)


@pytest.mark.parametrize("make", CELLS)
def test_bias_starts_with_an_open_forget_gate(make):
    cell = make(2)
    cell.build((None, 3))
    np.testing.assert_array_equal(ops.convert_to_numpy(cell.bias), [0, 0, 1, 1, 0, 0, 0, 0])


@pytest.mark.parametrize("make", CELLS)
def test_it_trains_and_every_weight_gets_a_gradient(make):
    keras.utils.set_random_seed(0)
    cell = make(H)
    model = keras.Sequential([keras.Input((T, D)), layers.RNN(cell), layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    before = [w.copy() for w in cell.get_weights()]
    model.fit(inputs(), np.ones((B, 1)), epochs=2, verbose=0)
    for old, new, weight in zip(before, cell.get_weights(), cell.weights):
        assert np.abs(new - old).max() > 0, weight.name


@pytest.mark.parametrize("cell", [
    PeepholeLSTMCell(H), LayerNormLSTMCell(H, epsilon=0.1),
    AblatedLSTMCell(H, without="coupled")], ids=lambda c: type(c).__name__)
def test_config_builds_the_same_cell(cell):
    layer = layers.RNN(cell)
    again = layers.RNN.from_config(layer.get_config())
    layer.build((B, T, D))
    again.build((B, T, D))
    again.set_weights(layer.get_weights())
    close([ops.convert_to_numpy(layer(inputs()))], [ops.convert_to_numpy(again(inputs()))])
    assert again.cell.get_config() == cell.get_config()


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match="forget_gate"):
        AblatedLSTMCell(H, without="forget gate")


def test_the_base_class_has_no_step():
    with pytest.raises(NotImplementedError):
        LSTMLikeCell(H).advance(None, None, None)
