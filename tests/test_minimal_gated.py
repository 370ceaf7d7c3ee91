"""The minimal gated unit in Keras is the one in NumPy, on every backend."""

import keras
import numpy as np
import pytest

from rnnbook.cells.minimal_gated import MinimalGatedCell, mgu_step

B, T, D, H = 3, 6, 4, 5


def layer_of(**options):
    keras.utils.set_random_seed(0)
    layer = keras.layers.RNN(MinimalGatedCell(H, **options), return_sequences=True)
    layer.build((None, None, D))
    return layer


def inputs():
    return np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")


@pytest.mark.backends
def test_cell_equals_numpy():
    layer, xs = layer_of(gate_bias=-1.0), inputs()
    h = np.zeros((B, H))
    states = []
    for t in range(T):
        h = mgu_step(xs[:, t], h, *layer.get_weights())
        states.append(h)
    theirs = keras.ops.convert_to_numpy(layer(xs))
    assert np.abs(np.stack(states, axis=1) - theirs).max() <= 1e-6


@pytest.mark.backends
def test_it_trains():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((T, D)), keras.layers.RNN(MinimalGatedCell(H)),
                              keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.03), "mse")
    xs = inputs()
    ys = xs[:, 0, :1]
    before = model.evaluate(xs, ys, verbose=0)
    model.fit(xs, ys, epochs=20, verbose=0)
    assert model.evaluate(xs, ys, verbose=0) < 0.5 * before


@pytest.mark.backends
def test_it_can_be_saved(tmp_path):
    model = keras.Sequential([keras.Input((None, D)), layer_of(gate_bias=-2.0)])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    xs = inputs()
    assert np.array_equal(keras.ops.convert_to_numpy(model(xs)),
                          keras.ops.convert_to_numpy(again(xs)))
    assert again.layers[0].cell.gate_bias == -2.0


def test_sizes_and_bias():
    cell = layer_of(gate_bias=-3.0).cell
    assert cell.count_params() == 2 * H * (D + H + 1)
    assert np.allclose(cell.bias[:H], -3)
    assert np.allclose(cell.bias[H:], 0)


def test_closed_gate_keeps_the_state_and_open_gate_replaces_it():
    rng = np.random.default_rng(1)
    x, h = rng.standard_normal((B, D)), rng.standard_normal((B, H))
    W, U = np.zeros((D, 2 * H)), np.zeros((H, 2 * H))
    assert np.allclose(mgu_step(x, h, W, U, np.repeat([-40.0, 0.5], H)), h)
    assert np.allclose(mgu_step(x, h, W, U, np.repeat([40.0, 0.5], H)), np.tanh(0.5))
