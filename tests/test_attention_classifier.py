"""The classifier whose attention can be replaced."""

import keras
import numpy as np
import pytest

from rnnbook.labelling import attention_classifier as ac

pytestmark = pytest.mark.backends


def test_the_sign_of_the_marked_number_is_the_class():
    x, y, marked = ac.marked_sign(50, 7, seed=0)
    assert x.shape == (50, 7, 2)
    assert (x[..., 1].sum(axis=1) == 1).all()
    np.testing.assert_array_equal(x[..., 1].argmax(axis=1), marked)
    np.testing.assert_array_equal(x[np.arange(50), marked, 0] > 0, y == 1)


@pytest.mark.parametrize("encoder", ac.ENCODERS)
def test_with_its_own_weights_it_answers_as_the_model(encoder):
    keras.utils.set_random_seed(1)
    reader = ac.Classifier(encoder, 6, units=4)
    x, _, _ = ac.marked_sign(5, 6, seed=2)
    weights = reader.weights(x)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(reader.answers(x, weights),
                               keras.ops.convert_to_numpy(reader.model(x)), atol=1e-6)


@pytest.mark.parametrize(("encoder", "mixed"), [("two ways", True), ("each alone", False)])
def test_only_one_encoder_mixes_positions(encoder, mixed):
    keras.utils.set_random_seed(1)
    reader = ac.Classifier(encoder, 6, units=4)
    x, _, _ = ac.marked_sign(3, 6, seed=2)
    edited = x.copy()
    edited[:, 2] += 1
    moved = np.abs(np.asarray(keras.ops.convert_to_numpy(reader.encode(edited)))
                   - keras.ops.convert_to_numpy(reader.encode(x))).max(axis=(0, 2))
    assert (np.delete(moved, 2) > 0).all() == mixed


def test_an_input_that_is_replaced_by_itself_has_no_influence():
    keras.utils.set_random_seed(1)
    reader = ac.Classifier("each alone", 6, units=4)
    x = np.zeros((2, 6, 2), "float32")
    x[:, 3] = 1
    moved = reader.influence(x)
    assert (np.delete(moved, 3, axis=1) == 0).all()
    assert (moved[:, 3] > 0).all()


def test_other_weights_sum_to_one():
    weights = np.array([[0.7, 0.2, 0.1], [0.0, 0.5, 0.5]], "float32")
    others = ac.other_weights(weights, seed=0)
    for other in others.values():
        np.testing.assert_allclose(other.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(np.sort(others["shuffled"], axis=1), np.sort(weights, axis=1))
    np.testing.assert_array_equal(others["least"], [[0, 0, 1], [1, 0, 0]])


def test_an_unknown_encoder_is_refused():
    with pytest.raises(ValueError, match="two ways"):
        ac.Classifier("lstm", 6)
