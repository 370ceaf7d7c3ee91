"""The LSTM layer that drops recurrent weights."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.cells.weight_drop import WeightDropLSTM

pytestmark = pytest.mark.backends


def pair(share, **options):
    """A Keras LSTM and one that drops weights, with equal weights, and their input."""
    x = np.random.default_rng(1).normal(size=(3, 6, 4)).astype("float32")
    plain = keras.layers.LSTM(5, return_sequences=True, return_state=True, **options)
    drop = WeightDropLSTM(5, share, return_sequences=True, return_state=True, seed=1, **options)
    plain(x), drop(x)
    for target, source in zip(drop.trainable_weights, plain.trainable_weights):
        target.assign(source)
    return plain, drop, x


def assert_equal(some, others):
    for a, b in zip(some, others):
        np.testing.assert_allclose(ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=1e-6)


def test_training_equals_a_plain_lstm_with_the_dropped_kernel():
    plain, drop, x = pair(share=0.5)
    mask = keras.random.dropout(ops.ones((5, 20)), 0.5, seed=keras.random.SeedGenerator(1))
    kernel = plain.cell.recurrent_kernel
    kernel.assign(kernel * mask)
    assert 0 < ops.sum(mask == 0) < 100
    assert_equal(drop(x, training=True), plain(x))


def test_weights_are_dropped_in_training_only_and_anew_for_every_batch():
    plain, drop, x = pair(share=0.5)
    assert_equal(drop(x, training=False), plain(x))
    one, two = (ops.convert_to_numpy(drop(x, training=True)[0]) for _ in range(2))
    assert np.abs(one - two)[:, 0].max() < 1e-6  # the first step starts from 0: U plays no part
    assert np.abs(one - two)[:, 1:].max() > 1e-3


def test_nothing_is_dropped_at_a_share_of_0():
    plain, drop, x = pair(share=0.0)
    assert_equal(drop(x, training=True), plain(x))


def test_the_state_is_carried_in_training():
    _, drop, x = pair(share=0.5, stateful=True)
    drop.weight_seeds.state.assign(drop.weight_seeds.state * 0 + 1)
    before = [ops.convert_to_numpy(s) for s in drop.states]
    _, h, c = drop(x, training=True)
    assert_equal(drop.states, [h, c])
    assert np.abs(before[0] - ops.convert_to_numpy(h)).max() > 1e-3


@pytest.mark.trains
def test_the_kernel_learns():
    _, drop, x = pair(share=0.5)
    given = keras.Input(x.shape[1:])
    model = keras.Model(given, drop(given)[0])
    model.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=False)
    before = ops.convert_to_numpy(drop.cell.recurrent_kernel)
    model.train_on_batch(x, np.ones((3, 6, 5), "float32"))
    moved = ops.convert_to_numpy(drop.cell.recurrent_kernel) != before
    assert 0.2 < moved.mean() < 0.8  # the dropped weights stay


def test_no_mask_in_training():
    layer = WeightDropLSTM(2, 0.5)
    with pytest.raises(ValueError, match="no mask"):
        layer(np.ones((1, 3, 2), "float32"), mask=np.ones((1, 3), bool), training=True)
