"""The causality test tells models that look ahead from those that do not."""

import keras
import numpy as np
import pytest
from keras import layers

from rnnbook.cells import causality
from rnnbook.cells.causality import CausalityError

X = np.random.default_rng(0).standard_normal((2, 8, 3)).astype("float32")
IDS = np.random.default_rng(0).integers(0, 5, (2, 8))


def past(x):
    return np.cumsum(x, axis=1)


def shifted(by):
    """Make a model whose output t is the input t + by."""
    def model(x):
        y = np.zeros(x.shape, float)
        steps = np.arange(x.shape[1])
        inside = (steps + by >= 0) & (steps + by < x.shape[1])
        y[:, inside] = x[:, steps[inside] + by]
        return y
    return model


def test_a_causal_function_changes_nowhere_before_the_edit():
    change = causality.future_edit(past, X, 5)
    assert (change[:5] == 0).all()
    assert (change[5:] > 0).all()


@pytest.mark.parametrize("by", [-3, -1, 0, 1, 4])
@pytest.mark.parametrize("x", [X, IDS], ids=["floats", "ids"])
def test_look_ahead_is_measured(by, x):
    assert causality.look_ahead(shifted(by), x) == by
    assert np.array_equal(causality.dependence(shifted(by), x) > 0, np.eye(8, k=by) > 0)


def test_assert_causal_names_the_leak():
    causality.assert_causal(past, X)
    causality.assert_causal(shifted(2), X, allowed=2)
    with pytest.raises(CausalityError, match="looks 2 steps ahead, 1 allowed: editing input"):
        causality.assert_causal(shifted(2), X, allowed=1)


@pytest.mark.backends
@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
def test_keras_layers(cell):
    keras.utils.set_random_seed(0)
    layer = getattr(layers, cell)(4, return_sequences=True)
    both = layers.Bidirectional(getattr(layers, cell)(4, return_sequences=True))
    change = causality.future_edit(layer, X, 5)
    assert (change[:5] == 0).all()
    assert change[5:].min() > 1e-3
    assert causality.future_edit(both, X, 5).min() > 1e-4
    assert causality.look_ahead(layer, X) == 0
    assert causality.look_ahead(both, X) == 7


@pytest.mark.backends
def test_ids_and_an_own_edit():
    model = keras.Sequential([layers.Embedding(5, 3), layers.GRU(4, return_sequences=True)])
    assert causality.look_ahead(model, IDS) == 0
    change = causality.future_edit(model, IDS, 3, edit=lambda part: 4 - part)
    assert (change[:3] == 0).all()


def test_what_cannot_be_tested_is_said():
    with pytest.raises(CausalityError, match="return_sequences=True"):
        causality.future_edit(lambda x: x[:, -1], X, 5)
    with pytest.raises(CausalityError, match="another output for the same input"):
        causality.future_edit(lambda x: x + np.random.default_rng().random(), X, 5)
    with pytest.raises(CausalityError, match="NaN"):
        causality.future_edit(lambda x: x * float("nan"), X, 5)
    with pytest.raises(CausalityError, match="changed nothing"):
        causality.future_edit(past, X, 5, edit=lambda part: part)
    with pytest.raises(CausalityError, match="turned"):
        causality.future_edit(past, X, 5, edit=lambda part: part[:, 1:])
    with pytest.raises(CausalityError, match="give an edit"):
        causality.future_edit(past, np.ones((1, 4), int), 2)
    with pytest.raises(CausalityError, match="ignores x"):
        causality.look_ahead(np.zeros_like, X)
    with pytest.raises(ValueError, match="from 0 to 7"):
        causality.future_edit(past, X, 8)
    with pytest.raises(ValueError, match="time"):
        causality.future_edit(past, np.ones(3), 1)
