"""How far ahead each build looks, and that delays and chunks compute what they should."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.cells import causality, directions, lstm_scan

X = np.random.default_rng(0).standard_normal((2, 6, 3)).astype("float32")


def model(build, *more):
    x = keras.Input((6, 3))
    return keras.Model(x, build(x, 4, *more))


@pytest.mark.backends
@pytest.mark.parametrize(("build", "more", "steps"), [
    (directions.one_way, (), 0), (directions.delayed, (0,), 0), (directions.delayed, (2,), 2),
    (directions.chunked, (3,), 2), (directions.chunked, (1,), 0), (directions.two_ways, (), 5)])
def test_steps_ahead(build, more, steps):
    assert causality.look_ahead(model(build, *more), X) == steps


@pytest.mark.backends
def test_one_chunk_is_bidirectional():
    chunked, both = model(directions.chunked, 6), model(directions.two_ways)
    lstms = {layer.go_backwards: layer for layer in chunked.layers if hasattr(layer, "cell")}
    both.set_weights([*lstms[False].get_weights(), *lstms[True].get_weights()])
    assert np.allclose(ops.convert_to_numpy(chunked(X)), ops.convert_to_numpy(both(X)), atol=1e-6)


@pytest.mark.backends
def test_a_delay_shifts_the_answers():
    late = model(directions.delayed, 2)
    padded = np.pad(X, [(0, 0), (0, 2), (0, 0)])
    zero = np.zeros((2, 4), "float32")
    hs, _ = lstm_scan(padded, zero, zero, *late.get_weights())
    assert np.allclose(ops.convert_to_numpy(late(X)), hs[:, 2:], atol=1e-6)
