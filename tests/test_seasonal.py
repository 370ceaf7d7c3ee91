"""Seasonal differences, their inverse, windows over them, and simulated series."""

import numpy as np
import pytest

from rnnbook.data.series import load_series
from rnnbook.time_series.seasonal import (
    back_to_levels,
    growth_path,
    make_task,
    seasonal_growth,
    simulate,
)


def airline():
    return np.log(load_series("airline").data.to_numpy())


def test_seasonal_growth_by_hand():
    y = np.array([1.0, 2, 4, 7, 6, 5, 9])
    w = seasonal_growth(y, season=3)
    assert np.isnan(w[:4]).all()
    # growth: 1 2 3 -1 -1 4; less the growth three steps ago
    np.testing.assert_allclose(w[4:], [-1 - 1, -1 - 2, 4 - 3])
    both = seasonal_growth(np.stack([y, 2 * y]), season=3)
    np.testing.assert_allclose(both[1, 4:], 2 * w[4:])


def test_too_few_values_are_refused():
    with pytest.raises(ValueError, match="too few"):
        seasonal_growth(np.arange(13.0))
    with pytest.raises(ValueError, match="do not fit"):
        growth_path(np.arange(12.0))
    with pytest.raises(ValueError, match="do not fit"):
        growth_path(np.arange(40.0), horizon=13)


def test_growth_path_is_where_the_seasonal_growth_stays_zero():
    known = airline()[:100]
    path = growth_path(known, horizon=12)
    w = seasonal_growth(np.concatenate([known, path]))
    np.testing.assert_allclose(w[100:], 0, atol=1e-12)
    y = np.exp(known)
    np.testing.assert_allclose(np.exp(path[0]), y[99] * y[88] / y[87])


def test_the_transform_can_be_undone():
    log_y = airline()
    for t in (30, 80, 143):
        task = make_task(log_y[:t], steps=24, lags=(1, 2))
        answer = (log_y[t] - task.base) / task.scale
        np.testing.assert_allclose(back_to_levels(task, answer), np.exp(log_y[t]))


def test_features_are_what_happened_in_past_seasons():
    log_y = airline()
    t = 90
    task = make_task(log_y[:t], steps=24, lags=(1, 2))
    w = seasonal_growth(log_y)
    assert task.x.shape == (24, 3)
    np.testing.assert_allclose(task.x[-1] * task.scale, [w[t - 1], w[t - 12], w[t - 24]])
    np.testing.assert_allclose(task.x[0, 0] * task.scale, w[t - 24])
    early = make_task(log_y[:20], steps=24, lags=(1, 2))
    assert (early.x[:15, 0] == 0).all()  # before the series
    assert np.isfinite(early.x).all()


def test_a_task_does_not_see_the_future():
    log_y = airline()
    edited = log_y.copy()
    edited[90:] += 1
    for steps in (12, 36):
        one, other = (make_task(v[:90], steps, (1,), horizon=12) for v in (log_y, edited))
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.base, other.base)


def test_simulated_series_have_the_season_that_was_asked_for():
    series = simulate(200, 150, np.random.default_rng(0))
    assert series.shape == (200, 150)
    growth = np.diff(series, axis=1)
    growth -= growth.mean(axis=1, keepdims=True)
    at = [np.mean((growth[:, k:] * growth[:, :-k]).mean(1) / growth.var(1)) for k in (12, 7)]
    assert at[0] > 0.3 > 0.1 > at[1]
    again = simulate(200, 150, np.random.default_rng(0))
    np.testing.assert_array_equal(series, again)
    other = simulate(5, 60, np.random.default_rng(0), season=4)
    assert np.isfinite(other).all()
