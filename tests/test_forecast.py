"""Forecasts of any series: beside the baselines and two controls, blind to the test."""

import numpy as np
import pandas as pd
import pytest

from rnnbook.data.series import FILES, load_series
from rnnbook.time_series import corrector, held_out
from rnnbook.time_series.__main__ import main
from rnnbook.time_series.backtest import scores
from rnnbook.time_series.corrector import Corrector, futures, inputs, paths
from rnnbook.time_series.forecast import Forecast, forecast, forecast_series
from rnnbook.time_series.held_out import WalkControl, control, hold_out, shuffled_walk
from rnnbook.time_series.own_dates import SeriesError

pytestmark = pytest.mark.backends


def test_paths_by_hand():
    y = np.array([1.0, 2, 4, 8, 16, 32])
    made = paths(y, 2, season=2)
    assert np.isnan(made["persistence"][:3]).all()
    np.testing.assert_allclose(made["persistence"][4], [8, 8])
    np.testing.assert_allclose(made["seasonal naive"][4], [4, 8])
    np.testing.assert_allclose(made["same growth"][4], [8 + 4 - 2, 8 + 8 - 2])
    np.testing.assert_allclose(made["same growth in %"][4], [16, 32])
    assert set(paths(-y, 1, 2)) == {"persistence", "seasonal naive", "same growth"}
    assert set(paths(y, 3, 1)) == {"persistence"}
    np.testing.assert_allclose(futures(y, 2)[4], [16, 32])
    assert np.isnan(futures(y, 2)[6]).all()


def test_inputs_are_the_past_changes():
    y = np.arange(10.0) ** 2
    x = inputs(y, steps=3, season=4)
    assert x.shape == (11, 3, 2)
    change = np.diff(y, prepend=0)
    np.testing.assert_allclose(x[8, :, 0], change[5:8])
    np.testing.assert_allclose(x[8, :, 1], change[2:5])  # of step 8, four steps ago: change[4]
    assert inputs(y, 3, 1).shape == (11, 3, 1)
    edited = y.copy()
    edited[8:] = 0
    np.testing.assert_array_equal(inputs(edited, 3, 4)[:9], x[:9])


def test_untrained_corrector_is_its_baseline_and_training_never_sees_the_end():
    y = np.random.default_rng(0).standard_normal(80).cumsum()
    base = paths(y, 3, 1)["persistence"]
    work = Corrector(y, base, 6, 1, seeds=2)
    rows = np.arange(60, 70)
    work.restart(60)
    np.testing.assert_allclose(work.correct(rows), np.stack([base[rows]] * 2), atol=1e-5)
    assert work.known.max() == 57  # its third answer is y[59]
    edited = y.copy()
    edited[60:] += 100
    other = Corrector(edited, paths(edited, 3, 1)["persistence"], 6, 1, seeds=2, like=work)
    said = []
    for one in (work, other):
        one.restart(60)
        one.train(20)
        said.append(one.correct(rows[:1]))
    np.testing.assert_allclose(*said, atol=1e-5)
    np.testing.assert_allclose(work.linear(rows[:1]), other.linear(rows[:1]))


@pytest.mark.trains
def test_passengers_beat_the_baselines_that_everybody_knows(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(held_out, "STAGES", (0, 40, 80, 120, 160))  # as many, half as long
    path = load_series("airline").source.path / FILES["airline"]
    out = tmp_path / "next.csv"
    assert main([str(path), "--target", "Passengers", "--out", str(out), "--seeds", "2"]) == 0
    said, progress = capsys.readouterr()
    assert "25/25" in progress
    for word in ("persistence", "seasonal naive", "linear window", "GRU", "MASE", "lag detector",
                 "seasonal naive has", "random-walk control"):
        assert word in said
    future = pd.read_csv(out)
    assert list(future) == ["date", "forecast", "low", "high"]
    assert future.date[0] == "1961-01-01"
    assert (future.low < future.high).all()


@pytest.mark.parametrize(("low", "words"), [(-1.0, "no MAPE"), (1.0, "MAPE")])
def test_a_percentage_of_zero_is_no_column_but_a_line(low, words):
    y = np.array([low, 2.0, 3.0])
    series = pd.Series(y, pd.date_range("2020-01-01", periods=3), name="y")
    series.attrs["step"] = "day"
    table = scores(y, {"persistence": y + 1}, y)
    said = str(Forecast("persistence", 0, np.arange(3), table, 0.0, None, None, None, series, 1,
                        None, table))
    assert words in said
    assert "NaN" not in said.split("Next steps")[0]
    assert ("MAPE" in said.split("MASE:")[0]) == (low > 0)


@pytest.mark.trains
def test_the_test_part_decides_nothing():
    y = load_series("airline").data.to_numpy()
    edited = y.copy()
    edited[-28:] *= np.linspace(1, 3, 28)
    one = hold_out(y, 12, 1, seeds=2)
    other = hold_out(edited, 12, 1, seeds=2, like=one)
    assert (one.updates, one.best) == (other.updates, other.best)
    assert one.table.loc["GRU", "MASE"] < 0.6 < one.table.loc["persistence", "MASE"]
    assert one.lag.gain > 2
    assert one.lag.verdict in ("seasonal", "ahead")


@pytest.mark.trains
def test_a_random_walk_is_not_forecast(tmp_path):
    walk = 100 + np.random.default_rng(5).standard_normal(400).cumsum()
    dates = pd.bdate_range("2020-01-01", periods=400)
    path = tmp_path / "walk.csv"
    pd.DataFrame({"date": dates, "price": walk}).to_csv(path, index=False)
    found = forecast(path, "price", season=1, horizon=1, seeds=2, say=None)
    table = found.table.MASE
    assert table["GRU"] > 0.95 * table["persistence"]
    assert found.lag.level_correlation > 0.8
    assert found.lag.verdict in ("late", "no better")
    assert found.walks.beaten == 0
    assert min(found.walks.ratios) > 0.95
    assert str(found.walks) in str(found)


def test_a_walk_keeps_the_changes_and_loses_their_order():
    y = np.array([5.0, 6, 8, 12, 11])
    walk = shuffled_walk(y, np.random.default_rng(0))
    assert walk[0] == 0
    np.testing.assert_allclose(sorted(abs(np.diff(walk))), [1, 1, 2, 4])
    walk = shuffled_walk(y, np.random.default_rng(0), logs=True)
    assert (walk > 0).all()
    np.testing.assert_allclose(sorted(abs(np.diff(np.log(walk)))),
                               sorted(abs(np.diff(np.log(y)))))
    many = np.stack([shuffled_walk(y, np.random.default_rng(k)) for k in range(4000)])
    assert abs(np.diff(many, axis=1).mean()) < 0.06  # the drift is gone: 5 standard errors


@pytest.mark.trains
def test_a_program_that_sees_the_next_step_is_caught_by_its_walks(monkeypatch):
    honest = corrector.inputs

    def leaking(y, steps, season):
        return np.concatenate([honest(y, steps, season)[1:], honest(y, steps, season)[-1:]])

    y = np.random.default_rng(2).standard_normal(150).cumsum()
    monkeypatch.setattr(corrector, "inputs", leaking)
    monkeypatch.setattr(held_out, "STAGES", (0, 160))
    found = hold_out(y, 1, 1, seeds=2)
    walks = control(y, 1, 1, 2, 0, found)
    assert walks.beaten > 1
    assert "something leaks" in str(walks)
    assert max(walks.ratios) < 0.8


@pytest.mark.parametrize(("beaten", "words"), [(0, "as it must be"), (1, "another seed"),
                                               (2, "something leaks")])
def test_one_walk_is_chance_and_two_are_not(beaten, words):
    assert words in str(WalkControl((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), beaten))


@pytest.mark.parametrize("seeds", [0, 2.5, True, "3", 33])
def test_a_number_of_seeds_that_is_none(seeds):
    with pytest.raises(SeriesError, match=rf"^seeds must be a whole number, 1 … 32 .* {seeds!r}$"):
        forecast_series(pd.Series(range(60)), 1, 1, seeds)
