"""Walking forward, its measures, prediction intervals and the lag detector."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.data.series import load_series
from rnnbook.time_series import backtest
from rnnbook.time_series.intervals import Pinball, coverage, pinball
from rnnbook.time_series.lag_detector import detect_lag


def airline():
    return load_series("airline").data.to_numpy()


FITS = {"persistence": backtest.persistence, "seasonal naive": backtest.seasonal_naive(),
        "same growth": backtest.same_growth(), "SARIMA": backtest.sarima(),
        "ETS": backtest.ets(), "theta": backtest.theta(), "SARIMA band": backtest.sarima(band=0.8),
        "ETS band": backtest.ets(band=0.8)}


@pytest.mark.parametrize("name", FITS)
def test_no_forecast_sees_the_future(name):
    y = airline()
    table = backtest.walk_forward(y[:123], 120, FITS[name])
    edited = y[:123].copy()
    edited[121:] *= 2
    np.testing.assert_array_equal(backtest.walk_forward(edited, 120, FITS[name])[:2], table[:2])


def test_baselines_by_hand():
    y = np.arange(1.0, 21)
    last = {name: backtest.walk_forward(y, 19, FITS[name])[0] for name in list(FITS)[:3]}
    assert last == {"persistence": 19, "seasonal naive": 8, "same growth": 19 * 8 / 7}


def test_fits_are_as_rare_as_asked():
    fitted = []

    def fit(past):
        fitted.append(len(past))
        return lambda past: np.array([past[-1], 0])

    assert backtest.walk_forward(airline(), 120, fit).shape == (24, 2)
    assert fitted == [120, 132]
    fitted.clear()
    backtest.walk_forward(airline(), 120, fit, every=None)
    assert fitted == [120]
    with pytest.raises(ValueError, match="first must be in"):
        backtest.walk_forward(airline(), 144, fit)


def test_a_forecaster_cannot_spoil_the_series():
    def spoil(past):
        past[:] = 0
        return spoil_again

    def spoil_again(past):
        past[:] = 0
        return 1.0

    y = airline()
    backtest.walk_forward(y, 140, spoil)
    assert (y == airline()).all()


def test_figures_of_the_literature():
    y = airline()
    forecasts = {name: backtest.walk_forward(y, 120, fit) for name, fit in FITS.items()
                 if "band" not in name}
    table = backtest.scores(y[120:], forecasts, y[:120], season=12)
    assert table.loc["persistence", "RMSE"] == pytest.approx(51.78, abs=0.01)
    assert table.loc["seasonal naive", "MAPE"] == pytest.approx(10.52, abs=0.01)
    assert table.loc["same growth", "MAE"] == pytest.approx(15.04, abs=0.01)
    assert table.loc["SARIMA", "MAPE"] == pytest.approx(2.55, abs=0.05)
    assert table.loc["ETS", "MAPE"] == pytest.approx(2.5, abs=0.15)
    assert table.loc["same growth", "MASE"] < 0.6 < table.loc["seasonal naive", "MASE"]


@pytest.mark.parametrize("make", [backtest.sarima, backtest.ets])
def test_bands_lie_around_the_forecast_and_widen_with_the_probability(make):
    past = airline()[:120]
    middle = make()(past)(past)
    narrow, wide = (make(band=p)(past)(past) for p in (0.5, 0.8))
    assert wide[0] < narrow[0] < middle < narrow[1] < wide[1]
    assert np.log(wide[1] / wide[0]) / np.log(narrow[1] / narrow[0]) == pytest.approx(1.9, abs=0.01)


@pytest.mark.parametrize("make", [backtest.sarima, backtest.ets, backtest.theta])
def test_a_path_starts_with_the_next_value(make):
    past = airline()[:120]
    forecaster = make()(past)
    path = forecaster(past, 12)
    assert path.shape == (12,)
    assert path[0] == pytest.approx(forecaster(past), rel=1e-9)


def test_no_percentage_of_zero():
    table = backtest.scores([0.0, 1], {"a": [1.0, 1]}, [1.0, 2, 4])
    assert np.isnan(table.loc["a", "MAPE"])
    assert table.loc["a", "MASE"] == pytest.approx(0.5 / 1.5)


def test_pinball_is_least_at_the_quantile():
    y = np.random.default_rng(0).exponential(size=4001)
    candidates = np.linspace(0, 5, 501)
    for level in (0.1, 0.5, 0.9):
        costs = [pinball(y, q, level).mean() for q in candidates]
        assert candidates[np.argmin(costs)] == pytest.approx(np.quantile(y, level), abs=0.02)
    assert pinball(np.array([3.0]), np.array([1.0]), 0.9)[0] == pytest.approx(1.8)
    assert pinball(np.array([1.0]), np.array([3.0]), 0.9)[0] == pytest.approx(0.2)


@pytest.mark.backends
def test_the_loss_is_the_mean_pinball_of_each_step_and_quantile():
    rng = np.random.default_rng(0)
    y, q = rng.normal(size=(4, 2)), rng.normal(size=(4, 6))
    levels = (0.1, 0.5, 0.9)
    own = np.mean([pinball(y[:, h], q[:, 3 * h + k], level)
                   for h in range(2) for k, level in enumerate(levels)])
    loss = Pinball(levels)
    got = ops.convert_to_numpy(loss(y.astype("float32"), q.astype("float32")))
    assert float(got) == pytest.approx(own, abs=1e-6)
    assert Pinball.from_config(loss.get_config()).levels == levels
    assert keras.saving.get_registered_object("rnnbook>Pinball") is Pinball


def test_coverage_counts_and_says_how_sure():
    y = np.arange(20.0)
    found = coverage(y, y - 1, np.where(y < 18, y + 1, y - 0.5))
    assert (found.inside, found.n, found.share) == (18, 20, 0.9)
    assert found.low == pytest.approx(0.683, abs=0.001)  # Clopper-Pearson tables
    assert found.high == pytest.approx(0.988, abs=0.001)
    assert "18 of 20" in str(found)
    assert coverage(y, y + 1, y + 2).low == 0
    assert coverage(y, y, y).high == 1
    with pytest.raises(ValueError, match="one shape"):
        coverage(y, y[:3], y)
    with pytest.raises(ValueError, match="at least one point"):
        coverage([], [], [])


def walk(n=400, seed=0):
    return np.random.default_rng(seed).standard_normal(n + 1).cumsum()


def test_a_copy_of_yesterday_is_caught():
    y = walk()
    rng = np.random.default_rng(1)
    report = detect_lag(y, y[:-1] + 0.1 * rng.standard_normal(400))
    assert report.verdict == "late"
    assert report.best_shift == 1
    assert report.level_correlation > 0.95
    assert abs(report.change_correlation) < report.chance == pytest.approx(0.1)
    assert "an earlier value, 1 step(s) late" in str(report)


def test_a_real_forecast_is_let_through():
    y = walk()
    report = detect_lag(y, y[:-1] + 0.5 * np.diff(y))
    assert report.verdict == "ahead"
    assert report.change_correlation == pytest.approx(1)
    assert report.mae_ratio == pytest.approx(0.5)


def test_nonsense_is_no_better_than_persistence():
    y = np.random.default_rng(3).standard_normal(201)
    assert detect_lag(y, np.zeros(200) + 3).verdict != "ahead"
    stay = detect_lag(y, y[:-1])
    assert stay.verdict == "late"
    assert stay.change_correlation == 0


def test_an_older_copy_is_dated():
    y = walk(seed=5)
    assert detect_lag(y, np.concatenate([y[:1], y[:-2]])).best_shift == 2


def seasons(n=120, seed=7):
    rng = np.random.default_rng(seed)
    return 10 * np.sin(np.arange(n) * np.pi / 6) + rng.standard_normal(n).cumsum() * 0.3


def test_a_copy_of_last_season_is_not_let_through():
    y = seasons()
    truth, before = y[13:], y[12:-1]
    naive, growth = y[1:-12], before + y[1:-12] - y[:-13]
    alone = detect_lag(y[12:], growth)
    assert alone.verdict == "ahead"  # it does know more than yesterday …
    asked = detect_lag(y, growth, season=12)
    assert asked.verdict == "seasonal"  # … and no more than last year
    assert asked.change_correlation == pytest.approx(asked.season[1][1])
    assert asked.season[1][2] == pytest.approx(1)
    name, changes, ratio, _ = asked.season[0]
    assert name == "seasonal naive"
    assert changes == pytest.approx(np.corrcoef(naive - before, truth - before)[0, 1])
    assert ratio == pytest.approx(np.abs(growth - truth).mean() / np.abs(naive - truth).mean())
    assert "same growth has" in str(asked)
    better = detect_lag(y, growth + 0.7 * (truth - growth), season=12)
    assert better.verdict == "ahead"
    with pytest.raises(ValueError, match="season \\+ 1 = 13 values before"):
        detect_lag(y[1:], growth, season=12)


@pytest.mark.parametrize("shape", [(11, 11), (10, 9), (5, 4)])
def test_shapes_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match="one value before"):
        detect_lag(np.arange(float(shape[0])), np.arange(float(shape[1])))
