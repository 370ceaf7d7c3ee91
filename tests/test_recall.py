"""Truncated BPTT teaches recall; its gradients are those of the loss that it names."""

import numpy as np
import pytest

from rnnbook.cells import rnn_scan, sigmoid
from rnnbook.gradients.gradcheck import central_differences, relative_error
from rnnbook.gradients.recall import (
    Adam,
    new_network,
    recall_accuracy,
    recall_gradients,
    train_recall,
)


def test_gradients_of_a_segment_match_central_differences():
    rng = np.random.default_rng(0)
    ids, targets = rng.integers(0, 2, (2, 3, 5))
    targets[0, :2] = -1  # no answer is wanted there
    h, network = rng.standard_normal((3, 4)), new_network(4, 1)

    def loss(network):
        *weights, V, c = network
        p = sigmoid(rnn_scan(2.0 * ids[..., None] - 1, h, *weights)[0] @ V + c)[..., 0]
        cross_entropy = -np.log(np.where(targets == 1, p, 1 - p))
        return cross_entropy[targets >= 0].sum() / targets.size

    _, gradients, _ = recall_gradients(ids, targets, h, *network)
    for i, gradient in enumerate(gradients):
        numeric = central_differences(
            lambda value, i=i: loss([*network[:i], value, *network[i + 1:]]), network[i])
        assert relative_error(gradient, numeric) < 1e-7


def test_adam_equals_the_optimizer_of_keras():
    import keras

    rng = np.random.default_rng(2)
    start, gradients = rng.standard_normal(5), rng.standard_normal((20, 5))
    own, theirs = start.copy(), keras.Variable(start, dtype="float32")
    adam, optimizer = Adam([own], 0.01), keras.optimizers.Adam(0.01)
    for gradient in gradients:
        adam.update([gradient])
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [theirs])
    np.testing.assert_allclose(own, keras.ops.convert_to_numpy(theirs), atol=1e-5)


@pytest.mark.parametrize(("options", "low", "high"), [
    ({"window": 4}, 0.95, 1.0), ({"window": 1, "frozen": True}, 0.9, 1.0)])
def test_recall_inside_the_window_is_learned(options, low, high):
    network, shares = train_recall(delay=2, seed=0, updates=600, units=12, **options)
    assert len(shares) == 600
    assert low <= recall_accuracy(network, 2, 0) <= high


def test_the_gain_scales_the_recurrent_weights_alone():
    plain, weak = new_network(12, 0), new_network(12, 0, gain=0.1)
    for i, (one, other) in enumerate(zip(plain, weak)):
        np.testing.assert_allclose(other, one * (0.1 if i == 1 else 1), rtol=1e-12)
    untrained, _ = train_recall(4, 2, 0, updates=1, units=12, gain=0.1, frozen=True)
    np.testing.assert_array_equal(untrained[1], weak[1])


def test_frozen_weights_stay_and_a_reset_forgets():
    network, _ = train_recall(4, 2, 0, updates=300, units=12, frozen=True)
    for trained, fresh in zip(network[:3], new_network(12, 0)[:3]):
        np.testing.assert_array_equal(trained, fresh)
    assert recall_accuracy(network, 2, 0, reset=2) < 0.6
