"""Time series: the four tables, windows and baselines."""

import numpy as np
import pandas as pd
import pytest

from rnnbook import data
from rnnbook.data import series
from rnnbook.time_series import windows

SHAPES = {"airline": (144,), "sunspots": (2820,), "co2": (741,), "weather": (1461, 5)}


def check(name, table):
    assert table.shape == SHAPES[name]
    assert isinstance(table.index, pd.DatetimeIndex)
    assert table.index.is_monotonic_increasing
    assert table.index.is_unique
    assert not table.isna().to_numpy().any()
    if name == "weather":
        assert list(table) == ["precipitation", "temp_max", "temp_min", "wind", "weather"]
        assert set(table["weather"]) == {"sun", "rain", "fog", "drizzle", "snow"}
        assert (table["temp_max"] > table["temp_min"]).mean() > 0.99
    else:
        assert table.dtype == "float64"


@pytest.mark.parametrize("name", SHAPES)
def test_built_in(name, sample_only):
    loaded = series.load_series(name)
    check(name, loaded.data)
    assert loaded.source.kind == ("full" if name in ("airline", "sunspots") else "sample")


@pytest.mark.parametrize("name", SHAPES)
def test_full(name, need_full):
    need_full(name)
    loaded = series.load_series(name)
    check(name, loaded.data)
    first = {"airline": 112.0, "sunspots": 58.0, "co2": 315.70}
    if name in first:
        assert loaded.data.iloc[0] == first[name]


def test_unknown_name_lists_the_names():
    with pytest.raises(data.DataError, match="airline, sunspots, co2, weather"):
        series.load_series("stocks")


@pytest.mark.parametrize("body", ["", "<html></html>", "Month,Passengers\n", "a,b\nx,y\n"])
def test_bad_table_is_named(body, monkeypatch, tmp_path):
    (tmp_path / "airline-passengers.csv").write_text(body)
    source = data.Source("airline", tmp_path, "full")
    monkeypatch.setattr(series, "fetch", lambda name: source)
    with pytest.raises(data.DataError, match=r"airline-passengers\.csv is not the expected"):
        series.load_series("airline")


def test_windows_by_hand():
    X, y = windows.windows(np.arange(6.0), 3)
    assert X.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert y.tolist() == [3, 4, 5]
    X, y = windows.windows(np.arange(6), 2, horizon=3)
    assert X.tolist() == [[0, 1], [1, 2]]
    assert y.tolist() == [4, 5]
    X[0, 0] = 9  # a copy: the next window is not touched
    assert X[1].tolist() == [1, 2]


def test_windows_of_a_pandas_series():
    X, y = windows.windows(pd.Series([1.0, 2.0, 3.0]), 2)
    assert (X.tolist(), y.tolist()) == ([[1, 2]], [3])


@pytest.mark.parametrize(
    ("x", "width", "horizon"),
    [(np.ones(3), 3, 1), (np.ones(3), 0, 1), (np.ones(3), 1, 0), (np.ones((5, 2)), 2, 1)],
)
def test_windows_that_cannot_be_cut(x, width, horizon):
    with pytest.raises(ValueError, match="cannot cut windows"):
        windows.windows(x, width, horizon)


def test_baselines():
    X = np.array([[1.0, 2.0, 6.0], [2.0, 6.0, 1.0]])
    assert windows.persistence(X).tolist() == [6, 1]
    assert windows.moving_average(X).tolist() == [3, 3]


def test_noisy_sine():
    x = windows.noisy_sine(20_000, period=20, noise=0.2, seed=1)
    assert x.shape == (20_000,)
    assert np.array_equal(x, windows.noisy_sine(20_000, period=20, noise=0.2, seed=1))
    assert not np.array_equal(x, windows.noisy_sine(20_000, period=20, noise=0.2, seed=2))
    residual = x - windows.noisy_sine(20_000, period=20, noise=0, seed=1)
    assert residual.std() == pytest.approx(0.2, rel=0.05)
    clean = windows.noisy_sine(40, period=20, noise=0)
    assert clean[5] == pytest.approx(1)
    assert clean[20:] == pytest.approx(clean[:20], abs=1e-12)


def test_mase():
    train = np.array([1.0, 3.0, 2.0, 4.0])  # mean step (2 + 1 + 2) / 3
    assert windows.mase([5.0, 5.0], [4.0, 7.0], train) == pytest.approx(1.5 / (5 / 3))
    assert windows.mase([5.0], [4.0], train, season=2) == pytest.approx(1.0)
    walk = np.cumsum(np.random.default_rng(0).standard_normal(2000))
    error = windows.mase(walk[1:], walk[:-1], walk)
    assert error == pytest.approx(1)


def test_published_airline_errors():
    """One-step persistence on the last 24 months, known figures: MAE 44.2, RMSE 51.78."""
    y = series.load_series("airline").data.to_numpy()
    error = y[-24:] - y[-25:-1]
    assert np.abs(error).mean() == pytest.approx(44.2, abs=0.05)
    assert np.sqrt((error**2).mean()) == pytest.approx(51.78, abs=0.005)
