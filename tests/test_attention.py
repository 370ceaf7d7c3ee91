"""Attention: equal to Keras' layers where the forms agree; masks count exactly."""

import keras
import numpy as np
import pytest

from rnnbook.cells import attention

pytestmark = pytest.mark.backends
RNG = np.random.default_rng(4)
QUERIES = RNG.normal(size=(2, 3, 5)).astype("float32")
KEYS = RNG.normal(size=(2, 4, 5)).astype("float32")
VALUES = RNG.normal(size=(2, 4, 6)).astype("float32")
MASK = np.array([[True, True, False, False], [True, True, True, True]])


def to_numpy(*tensors):
    return [keras.ops.convert_to_numpy(t) for t in tensors]


def per_query(mask):
    """Shape a mask of keys as (B, 1, S), which Keras 3.8 needs and later ones take."""
    return None if mask is None else mask[:, None]


@pytest.mark.parametrize("mask", [None, MASK])
def test_dot_attention_is_keras_attention(mask):
    context, weights = attention.attend(attention.dot_scores(QUERIES, KEYS), VALUES, mask)
    layer = keras.layers.Attention()
    theirs, their_weights = layer([QUERIES, VALUES, KEYS], mask=[None, per_query(mask)],
                                  return_attention_scores=True)
    for a, b in zip(to_numpy(context, weights), to_numpy(theirs, their_weights)):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("mask", [None, MASK])
def test_additive_attention_is_keras_additive_attention(mask):
    layer = keras.layers.AdditiveAttention()
    layer.build([QUERIES.shape, VALUES.shape, KEYS.shape])
    v = RNG.normal(size=5).astype("float32")
    layer.set_weights([v])
    context, weights = attention.attend(
        attention.additive_scores(QUERIES, KEYS, v), VALUES, mask)
    theirs, their_weights = layer([QUERIES, VALUES, KEYS], mask=[None, per_query(mask)],
                                  return_attention_scores=True)
    for a, b in zip(to_numpy(context, weights), to_numpy(theirs, their_weights)):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("size", [1, 1e4])
def test_masked_positions_weigh_exactly_nothing(size):
    scores = size * RNG.normal(size=(2, 3, 4)).astype("float32")
    (weights,) = to_numpy(attention.masked_softmax(scores, MASK))
    assert (weights[0, :, 2:] == 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)


def test_a_row_that_is_all_masked_gives_zeros_not_nan():
    scores = np.ones((2, 3, 4), "float32")
    (weights,) = to_numpy(attention.masked_softmax(scores, np.zeros((2, 4), bool)))
    assert (weights == 0).all()
