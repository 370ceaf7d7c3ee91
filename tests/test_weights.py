"""The weights of a model by name: nothing is lost, nothing is overwritten."""

import keras
import numpy as np
import pytest
from keras import layers

from rnnbook.language.char_lm import build_lm
from rnnbook.training.weights import get_weights, set_weights

pytestmark = pytest.mark.backends
IDS = np.ones((1, 3), "int32")


class Scaled(keras.Model):
    """A model with a weight of its own, which belongs to none of its layers."""

    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(2, name="inner")
        self.scale = self.add_weight(shape=(2,), name="scale")

    def call(self, x):
        return self.scale * self.inner(x)


def test_weights_move_from_model_to_model():
    keras.utils.set_random_seed(0)
    first, second = (build_lm(5, units=4, embedding=3) for _ in range(2))
    stored = get_weights(first)
    assert len(stored) == len(first.trainable_weights) == 6
    set_weights(second, stored)
    np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(model(IDS))
                                    for model in (first, second)))


def test_a_weight_of_no_layer_is_not_lost_in_silence():
    model = Scaled()
    model(np.ones((1, 3), "float32"))
    with pytest.raises(ValueError, match=r"no layer of the model holds .*scale"):
        get_weights(model)
    with pytest.raises(ValueError, match=r"no layer of the model holds .*scale"):
        set_weights(model, {"inner.kernel": np.zeros((3, 2)), "inner.bias": np.zeros(2)})


def test_two_weights_of_one_name_do_not_overwrite_each_other():
    model = keras.Sequential([keras.Input((3, 2)), layers.Bidirectional(
        layers.LSTM(2), name="both")])
    with pytest.raises(ValueError, match=r"two weights are called both\.kernel"):
        get_weights(model)
