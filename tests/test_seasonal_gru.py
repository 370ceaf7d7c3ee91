"""GRUs side by side: each is the Keras GRU that it would be alone; none sees the future."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from rnnbook.data.series import load_series
from rnnbook.time_series.intervals import Pinball
from rnnbook.time_series.seasonal import back_to_levels, make_task, seasonal_growth
from rnnbook.time_series.seasonal_gru import (
    ask,
    learn_from_past,
    pretrain,
    simulated_windows,
    step_by_step,
    year_by_year,
)
from rnnbook.training.side_by_side import (
    SideBySideGRUCell,
    build_grus,
    member_weights,
    same_for_all,
)

pytestmark = pytest.mark.backends

B, T, K, D, H = 4, 6, 3, 2, 4  # one size of state: JAX compiles its first weights once


def inputs():
    return np.random.default_rng(0).standard_normal((B, T, K, D)).astype("float32")


def test_every_member_is_a_keras_gru_and_a_dense():
    model = build_grus(SideBySideGRUCell(H, K), T, D, outputs=2, head="glorot_uniform")
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape, scale=0.5) for w in model.get_weights()])
    together = ops.convert_to_numpy(model(inputs()))
    assert together.shape == (B, K, 2)
    for k in range(K):
        gru, head = member_weights(model, k)
        alone = keras.Sequential([keras.Input((T, D)), layers.GRU(H), layers.Dense(2)])
        alone.set_weights([*gru, *head])
        np.testing.assert_allclose(
            ops.convert_to_numpy(alone(inputs()[:, :, k])), together[:, k], atol=2e-6)


def test_members_start_from_different_weights_and_the_seed_decides_which():
    first, again, other = (SideBySideGRUCell(H, K, seed) for seed in (1, 1, 2))
    for cell in (first, again, other):
        cell.build((B, K, D))
    a, b, c = (cell.get_weights() for cell in (first, again, other))
    for x, y, z in zip(a[:2], b, c):
        assert np.array_equal(x, y)
        assert not np.allclose(x, z)
        assert not np.allclose(x[0], x[1])
    assert SideBySideGRUCell.from_config(first.get_config()).get_config() == first.get_config()


def test_an_untrained_network_says_zero():
    model = build_grus(SideBySideGRUCell(H, K), T, D)
    assert not ops.convert_to_numpy(model(inputs())).any()
    x = inputs()[:, :, 0]
    np.testing.assert_array_equal(same_for_all(x, 2)[:, :, 1], x)


def test_simulated_windows_are_in_units_of_their_own_series():
    x, y = simulated_windows(500, 24, (1, 2), 3, np.random.default_rng(0))
    assert x.shape == (500, 24, 3)
    assert y.shape == (500, 3)
    assert x.dtype == y.dtype == "float32"
    assert 0.7 < x[:, -1, 0].std() < 1.3
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_pretraining_learns_and_forecasts_positive_levels():
    model, losses = pretrain(2, steps=13, lags=(1,), units=4, updates=40, batch=64, rounds=4)
    assert losses[-1] < losses[0]
    y = load_series("airline").data.to_numpy()
    forecast = ask(model, y[:100], lags=(1,))
    assert forecast.shape == (2, 1)
    np.testing.assert_allclose(forecast[:, 0], y[100], rtol=0.2)
    table = year_by_year(model, y, [96, 108], seeds=2, lags=(1,))
    assert table.shape == (24, 2)
    edited = y.copy()
    edited[100:] *= 2  # the future, seen from month 100
    np.testing.assert_array_equal(year_by_year(model, edited, [96, 108], 2, lags=(1,))[:5],
                                  table[:5])


def test_each_origin_learns_from_its_own_past_alone():
    y = load_series("airline").data.to_numpy()
    options = {"seeds": 2, "steps": 13, "lags": (), "units": 4, "updates": 10}
    model = learn_from_past(y, [60, 72], **options)
    assert model.input_shape == (None, 13, 4, 1)
    table = year_by_year(model, y, [60, 72], 2, lags=())
    edited = y.copy()
    edited[72:] *= 3
    other = year_by_year(learn_from_past(edited, [60, 72], **options), edited, [60, 72], 2, lags=())
    np.testing.assert_allclose(other[:12], table[:12], rtol=1e-6)
    assert not np.allclose(other[13:], 3 * table[13:])


def test_refitting_starts_where_pretraining_ended():
    y = load_series("airline").data.to_numpy()
    first, _ = pretrain(2, steps=13, lags=(), units=4, updates=16, batch=32, rounds=2)
    again = learn_from_past(y, [60, 72], 2, 13, (), 4, updates=10, learning_rate=0.0, decay=0.0,
                            start=first.get_weights())
    np.testing.assert_allclose(year_by_year(again, y, [60, 72], 2, lags=()),
                               year_by_year(first, y, [60, 72], 2, lags=()), rtol=1e-5)


def test_many_steps_recursively_and_at_once():
    y = load_series("airline").data.to_numpy()
    one, _ = pretrain(2, steps=13, lags=(1,), units=4, updates=16, batch=32, rounds=2)
    path = step_by_step(one, y[:100], 3, lags=(1,))
    first = ask(one, y[:100], lags=(1,))
    np.testing.assert_allclose(path[:, 0], first[:, 0], rtol=1e-6)
    for k in range(2):
        longer = np.append(y[:100], path[k, 0])
        task = np.nanstd(seasonal_growth(np.log(y[:100])), keepdims=True)
        np.testing.assert_allclose(ask(one, longer, (1,), scale=task)[k, 0], path[k, 1], rtol=1e-5)
    levels = (0.1, 0.5, 0.9)
    all_, _ = pretrain(2, steps=13, lags=(1,), units=4, updates=16, batch=32, horizon=4,
                       outputs=12, loss=Pinball(levels), rounds=2)
    assert ask(all_, y[:100], (1,), horizon=4).shape == (2, 4, 3)


def test_the_middle_quantile_is_taken_for_data():
    y = load_series("airline").data.to_numpy()
    model = build_grus(SideBySideGRUCell(H, 2), 13, 2, outputs=3, head="glorot_uniform")
    path = step_by_step(model, y[:100], 2, lags=(1,))
    task = make_task(np.log(y[:100]), 13, (1,))
    said = ops.convert_to_numpy(model(same_for_all(task.x[None], 2)))[0]
    np.testing.assert_allclose(path[:, :1], back_to_levels(task, said[:, 1:2]), rtol=1e-5)
