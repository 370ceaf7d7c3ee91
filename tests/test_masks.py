"""Masks: made from lengths, obeyed by a scan as by Keras, measured; rows reversed within them."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnnbook.cells import gru_step, lstm_step, rnn_step
from rnnbook.cells.masks import (
    length_mask,
    mask_effect,
    mask_of,
    masked_scan,
    reverse_within,
    with_mask,
)

B, T, D, H = 4, 7, 3, 5
LENGTHS = np.array([7, 4, 1, 0])
MASK = length_mask(LENGTHS)
CELLS = {
    "SimpleRNN": (1, lambda x, s, w: (rnn_step(x, s[0], *w),)),
    "LSTM": (2, lambda x, s, w: lstm_step(x, *s, *w)),
    "GRU": (1, lambda x, s, w: (gru_step(x, s[0], *w),)),
}


@pytest.fixture
def xs():
    return np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")


def made(name, **options):
    keras.utils.set_random_seed(1)
    layer = getattr(layers, name)(H, bias_initializer="random_normal", **options)
    layer.build((None, None, D))
    return layer


def scanned(layer, name, xs, mask, start=0.0):
    count, step = CELLS[name]
    state = (np.full((B, H), start, "float32"),) * count
    return masked_scan(lambda x, s: step(x, s, layer.get_weights()), xs, state, mask)


def test_lengths_become_a_mask():
    assert length_mask([2, 0, 3]).astype(int).tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert length_mask([1], steps=3).tolist() == [[True, False, False]]
    assert length_mask(np.zeros(0, int)).shape == (0, 0)


@pytest.mark.parametrize(("lengths", "steps", "message"), [
    ([1.5], None, "integers"), ([[1]], None, "shape"), ([-1], None, "from -1"),
    ([4], 3, "padded length is 3")])
def test_lengths_that_cannot_be(lengths, steps, message):
    with pytest.raises(ValueError, match=message):
        length_mask(lengths, steps)


@pytest.mark.backends
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("kind", ["right", "left", "holes"])
@pytest.mark.parametrize("start", [0.0, 0.5])
def test_masked_scan_equals_keras(name, kind, start, xs):
    mask = {"right": MASK, "left": MASK[:, ::-1],
            "holes": np.random.default_rng(3).random((B, T)) < 0.5}[kind]
    layer = made(name, return_sequences=True, return_state=True)
    state = [keras.ops.full((B, H), start) for _ in range(CELLS[name][0])]
    result = layer(xs, initial_state=state,
                   mask=keras.ops.convert_to_tensor(np.ascontiguousarray(mask)))
    theirs, *their_state = [keras.ops.convert_to_numpy(r) for r in result]
    outputs, state = scanned(layer, name, xs, mask, start)
    assert np.abs(state[0] - their_state[0]).max() <= 1e-6
    assert np.abs(state[-1] - their_state[-1]).max() <= 1e-6
    begun = np.logical_or.accumulate(mask, axis=1)
    assert np.abs(outputs - theirs)[begun].max() <= 1e-6
    before = start if keras.backend.backend() == "jax" else 0.0
    assert np.all(theirs[~begun] == before)
    assert np.all(outputs[~begun] == 0)


def test_padded_content_does_not_matter(xs):
    layer = made("LSTM")
    other = np.where(MASK[..., None], xs, 100.0)
    for a, b in zip(scanned(layer, "LSTM", xs, MASK), scanned(layer, "LSTM", other, MASK)):
        assert np.array_equal(a, b)


def test_an_empty_row_keeps_the_initial_state(xs):
    outputs, (h,) = scanned(made("GRU"), "GRU", xs, MASK)
    assert np.array_equal(h[3], np.zeros(H))
    assert np.array_equal(outputs[3], np.zeros((T, H)))


@pytest.mark.backends
def test_a_mask_travels_with_a_tensor(xs):
    assert mask_of(with_mask(xs, None)) is None
    assert np.array_equal(mask_of(with_mask(xs, MASK)), MASK)
    assert np.array_equal(mask_of(layers.Dense(2)(with_mask(xs, MASK))), MASK)


X = np.random.default_rng(2).standard_normal((2, 5, 4)).astype("float32")
M = length_mask([3, 5])


@pytest.mark.backends
@pytest.mark.parametrize(("layer", "inputs", "reads", "passes", "warns", "leaks"), [
    (layers.LSTM(3), 1, True, False, False, False),
    (layers.GRU(3, return_sequences=True), 1, True, True, False, False),
    (layers.Dense(3), 1, False, True, False, False),
    (layers.GlobalAveragePooling1D(), 1, True, False, False, False),
    (layers.GlobalMaxPooling1D(), 1, False, False, True, True),
    (layers.Conv1D(3, 3, padding="same"), 1, False, False, True, True),
    (layers.Concatenate(), 2, False, True, False, False),
    (lambda x: 2 * x, 1, False, False, False, False),
])
def test_what_layers_do_is_measured(layer, inputs, reads, passes, warns, leaks):
    effect = mask_effect(layer, X, M, inputs)
    assert (effect.reads, effect.passes, effect.warns) == (reads, passes, warns)
    assert (effect.leak > 1e-6) == leaks
    assert effect.error == ""


def test_a_layer_that_fails_is_reported():
    assert mask_effect(lambda x: x.nothing, X, M).error == "AttributeError"


@pytest.mark.backends
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_reversed_within_the_length(dtype):
    x = np.arange(20).reshape(2, 5, 2).astype(dtype)
    back = ops.convert_to_numpy(reverse_within(x, np.array([5, 3])))
    assert back.dtype == x.dtype
    assert (back[..., 0] // 2).tolist() == [[4, 3, 2, 1, 0], [7, 6, 5, 8, 9]]
    assert (back[..., 1] == back[..., 0] + 1).all()


@pytest.mark.backends
def test_short_rows():
    x = np.arange(6.0).reshape(3, 2, 1)
    assert ops.convert_to_numpy(reverse_within(x, [0, 1, 2]))[..., 0].tolist() == \
        [[0, 1], [2, 3], [5, 4]]


@pytest.mark.backends
def test_twice_gives_the_same():
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    lengths = np.array([6, 2, 0])
    np.testing.assert_array_equal(
        ops.convert_to_numpy(reverse_within(reverse_within(x, lengths), lengths)), x)
