"""The strings a^n b^n, and the judge of how far a network counts."""

import keras
import numpy as np
import pytest

from rnnbook.language.counting import anbn, counts_right, furthest


def test_strings_and_questions():
    x, y, weights = anbn([1, 3])
    symbols = np.where(x.sum(axis=2) > 0, x.argmax(axis=2), -1)
    assert symbols.tolist() == [[0, 1, -1, -1, -1, -1], [0, 0, 0, 1, 1, 1]]
    assert y[..., 0].tolist() == [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]]
    assert weights.tolist() == [[0, 5, 0, 0, 0, 0], [0, 0, 0, 1, 1, 5]]


@pytest.mark.parametrize("lengths", [[], [0, 1]])
def test_lengths_must_be_positive(lengths):
    with pytest.raises(ValueError, match="n >= 1"):
        anbn(lengths)


def counter(step=1.0):
    """A hand-set LSTM of one unit: plus 1 for a, minus `step` for b."""
    W = np.array([[0, 0, 20, 0], [0, 0, -20 if step == 1 else -np.arctanh(step), 0.0]])
    return W, np.zeros((1, 4)), np.array([40.0, 40, 0, 40])


def test_a_counter_is_right_everywhere_and_a_leaky_one_is_not():
    V, c = np.array([[-1.0]]), np.array([0.5])  # complete: h = tanh(count) below a half
    assert counts_right("lstm", counter(), V, c, 40).all()
    right = counts_right("lstm", counter(0.9), V, c, 40)
    assert right[0]
    assert not right[20:].any()


def test_one_error_is_enough():
    always = counts_right("lstm", counter(), np.array([[0.0]]), np.array([0.5]), 4)
    assert always.tolist() == [True, False, False, False]  # right at the last b, too early before
    never = counts_right("lstm", counter(), np.array([[0.0]]), np.array([-0.5]), 4)
    assert not never.any()


def additive_gru(step, dtype="float32"):
    """A hand-set GRU of one unit: z = 1/2, r = 1; a moves it up by `step`, b down."""
    W, U = np.array([[0, 0, 2 * step], [0, 0, -2 * step]], dtype), np.array([[0, 0, 1]], dtype)
    b = np.zeros((2, 3), dtype)
    b[0, 1] = 40
    return (W, U, b), np.array([[-1 / step]])


@pytest.mark.parametrize(("dtype", "reach"), [("float32", 1), ("float64", 20)])
def test_it_counts_in_the_precision_of_the_weights(dtype, reach):
    """Half of 2^-149, the smallest number of float32, is none."""
    weights, V = additive_gru(2.0**-150, dtype)
    assert furthest(counts_right("gru", weights, V, 0.5, 20)) == reach


def test_the_bend_of_tanh_ends_the_count():
    weights, V = additive_gru(2.0**-8)
    assert furthest(counts_right("gru", weights, V, 0.5, 60)) == 25  # (6 / step^2)^(1/4)


def test_noise_drowns_small_steps_only():
    for step, all_right in ((2.0**-8, True), (2.0**-20, False)):
        weights, V = additive_gru(step)
        assert counts_right("gru", weights, V, 0.5, 20).all()
        assert counts_right("gru", weights, V, 0.5, 20, noise=1e-6).all() == all_right
    noisy = [counts_right("gru", *additive_gru(2.0**-16), 0.5, 40, noise=1e-6, seed=seed)
             for seed in (1, 1, 2)]
    assert (noisy[0] == noisy[1]).all()
    assert (noisy[0] != noisy[2]).any()


def test_furthest():
    assert furthest(np.array([True, True, False, True])) == 2
    assert furthest(np.array([False, True])) == 0
    assert furthest(np.ones(7, bool)) == 7


@pytest.mark.backends
def test_a_hand_set_keras_lstm_counts_to_a_thousand():
    symbols = keras.Input((None, 2))
    model = keras.Model(symbols, keras.layers.LSTM(1, return_state=True)(symbols))
    model.set_weights(counter())
    string = np.eye(2, dtype="float32")[[[0] * 1000 + [1] * 1000]]
    for steps, count in ((1000, 1000), (2000, 0)):
        assert abs(model.predict(string[:, :steps], verbose=0)[2].item() - count) <= 1e-3
