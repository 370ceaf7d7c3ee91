"""Networks trained side by side are the networks that they would be alone."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnnbook.cells import lstm_scan
from rnnbook.data.tasks import adding_problem
from rnnbook.training.side_by_side import SideBySideCell, build, race

pytestmark = pytest.mark.backends

B, T, K, D, H = 4, 6, 3, 2, 5


def inputs():
    return np.random.default_rng(0).standard_normal((B, T, K, D)).astype("float32")


def test_every_member_is_an_lstm_of_its_own():
    layer = layers.RNN(SideBySideCell(H, K), return_sequences=True)
    layer.build((B, T, K, D))
    hs = ops.convert_to_numpy(layer(inputs())).reshape(B, T, K, H)
    zero = np.zeros((B, H))
    for k in range(K):
        W, U, b = (w[k] for w in layer.get_weights())
        alone, _ = lstm_scan(inputs()[:, :, k], zero, zero, W, U, b)
        np.testing.assert_allclose(hs[:, :, k], alone, atol=2e-6)


def test_members_start_from_different_weights_and_the_seed_decides_which():
    first, again, other = (SideBySideCell(H, K, seed) for seed in (1, 1, 2))
    for cell in (first, again, other):
        cell.build((B, K, D))
    a, b, c = (cell.get_weights() for cell in (first, again, other))
    for x, y, z in zip(a[:2], b, c):
        assert np.array_equal(x, y)
        assert not np.allclose(x, z)
        assert not np.allclose(x[0], x[1])
        assert len(x) == K
    np.testing.assert_array_equal(a[2][:, H:2 * H], 1)  # forget gates open
    np.testing.assert_allclose(a[1][0] @ a[1][0].T, np.eye(H), atol=1e-5)  # orthogonal


@pytest.mark.parametrize("every_step", [False, True])
def test_a_model_gives_one_number_for_each_member(every_step):
    model = build(SideBySideCell(H, K), T, D, every_step=every_step)
    shape = (B, T, K, 1) if every_step else (B, K, 1)
    assert model(inputs()).shape == shape


def test_config_builds_the_same_cell():
    cell = SideBySideCell(H, K, seed=4, without="coupled")
    assert SideBySideCell.from_config(cell.get_config()).get_config() == cell.get_config()


@pytest.mark.trains
def test_a_race_ends_for_each_member_at_its_goal():
    keras.utils.set_random_seed(0)
    data = [adding_problem(64, T, k) for k in range(K)]
    model = build(SideBySideCell(H, K), T, D)
    assert [r["member"] for r in race(model, data, data, 1e9, 8, look=4, batch=8)] == [0, 1, 2]
    rows = race(model, data, data, 0.0, 8, look=4, batch=8)
    assert [(r["member"], r["updates"]) for r in rows] == [
        (0, 4), (1, 4), (2, 4), (0, 8), (1, 8), (2, 8)]
    x = np.stack([d[0] for d in data], axis=-2)
    y = np.stack([d[1] for d in data], axis=-2)
    errors = np.square(ops.convert_to_numpy(model(x)) - y).mean(axis=(0, 2))
    np.testing.assert_allclose([r["mse"] for r in rows[3:]], errors, rtol=1e-4)
