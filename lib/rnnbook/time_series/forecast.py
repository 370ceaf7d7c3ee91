"""Forecast a series of your own: baselines, a GRU that corrects the best one, two controls.

    python -m rnnbook.time_series my.csv --target sales

The last fifth of the rows is the test part; the fifth before it chose the baseline to
correct and how long to train. Nothing in the test part chose anything. The lag detector asks
whether the GRU repeats yesterday or last year; the random-walk control runs the same program on
walks made of the file's own changes, where it must not win.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnbook.time_series.held_out import WalkControl
from rnnbook.time_series.lag_detector import LagReport
from rnnbook.time_series.own_series import SEASONS, SeriesError, read_series


@dataclass(frozen=True)
class Forecast:
    """What `forecast` found."""

    series: pd.Series
    season: int
    best_baseline: str
    updates: int            # after which the validation part was best; 0: nothing was learnt
    table: pd.DataFrame     # one step ahead, a row for each method; last column: all steps
    spread: float           # standard deviation of the GRU's MASE over the seeds
    lag: LagReport
    walks: WalkControl      # the same program on random walks
    future: pd.DataFrame    # forecast, low, high for the dates to come
    tested: pd.Index        # the dates whose one-step forecasts the table scores

    def __str__(self):
        s, dates = self.series, self.tested
        learnt = (f"{self.updates} updates" if self.updates else
                  "0 updates: the GRU found nothing to add, it IS the baseline")
        return "\n".join([
            f"{s.name}: {len(s)} {s.attrs['step']}s, {s.index[0]:%Y-%m-%d} to "
            f"{s.index[-1]:%Y-%m-%d}; season {self.season}; one step scored at {len(dates)} "
            f"dates, {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}",
            f"GRU corrects: {self.best_baseline} ({learnt})", "",
            self.table.round(3).to_string(), "",
            f"MASE: 1 is (seasonal) persistence on the training part, season {self.season}; "
            f"GRU ± {self.spread:.3f} over its seeds", "",
            str(self.lag), "", str(self.walks), "",
            "Next steps, with the range that held 80% of past errors:",
            self.future.round(3).to_string()])


def forecast(path, target, date=None, season=None, horizon=None, seeds=3, encoding="utf-8-sig",
             sep=",", gaps="refuse", seed=0, say=print):
    """Forecast a column of any CSV file, beside the baselines and with two controls.

    Args:
        path, target, date, encoding, sep, gaps: as `rnnbook.time_series.own_series.read_series`.
        season: steps of a season; by default from the dates (12 for months, 7 for days …);
            1 means none.
        horizon: steps ahead, at most a season; by default up to 12.
        seeds: number of GRUs.
        seed: of the first.
        say: receives the report; None keeps quiet.
    Returns:
        Forecast.
    Raises:
        SeriesError: the file or the options do not allow a forecast.
    """
    series = read_series(path, target, date, encoding, sep, gaps)
    found = forecast_series(series, season, horizon, seeds, seed)
    if say:
        say(str(found))
    return found


def forecast_series(series, season=None, horizon=None, seeds=3, seed=0):
    """Forecast a series that `read_series` accepted (as `forecast`)."""
    from rnnbook.time_series.held_out import control, hold_out

    season, horizon = _steps(series, season, horizon)
    y, n = series.to_numpy(), len(series)
    found = hold_out(y, season, horizon, seeds, seed)
    space, back = (np.log, np.exp) if found.logs else (np.asarray, np.asarray)
    work = found.work
    work.fit(n, [found.updates])
    centre = space(back(work.correct(np.array([n]), n)).mean(axis=0)[0])
    low, high = np.quantile(found.errors, [0.1, 0.9], axis=0)
    future = pd.DataFrame({"forecast": back(centre), "low": back(centre + low),
                           "high": back(centre + high)}, index=_dates(series, horizon))
    walks = control(y, season, horizon, seeds, seed, found)
    return Forecast(series, season, found.best, found.updates, found.table, found.spread,
                    found.lag, walks, future, series.index[found.rows])


def _steps(series, season, horizon):
    step = series.attrs.get("step", "day")
    season = SEASONS[step] if season is None else season
    if season < 1 or 3 * season + 20 > len(series):
        if season != SEASONS[step] or season < 1:
            raise SeriesError(f"a season of {season} steps needs at least {3 * season + 20} rows, "
                              f"there are {len(series)}: choose a season from 1 (none) on")
        season = 1
    horizon = min(12, max(season, 1)) if horizon is None else horizon
    most = min(season, len(series) // 10) if season > 1 else len(series) // 10
    if not 1 <= horizon <= most:
        raise SeriesError(f"horizon must be 1 … {most} here, got {horizon}")
    if len(series) // 5 - horizon + 1 < 10:
        raise SeriesError(f"{len(series)} rows leave too few tests {horizon} steps ahead: bring "
                          f"at least {5 * (horizon + 9)} rows or a shorter horizon")
    return season, horizon


def _dates(series, horizon):
    step, last = series.attrs.get("step", "day"), series.index[-1]
    jump = {"year": {"years": 1}, "quarter": {"months": 3}, "month": {"months": 1},
            "week": {"weeks": 1}, "hour": {"hours": 1}, "minute": {"minutes": 1}}
    if step == "business day":
        return pd.bdate_range(last, periods=horizon + 1)[1:]
    one = jump.get(step, {"days": 1})
    dates = [last + pd.DateOffset(**{key: value * k for key, value in one.items()})
             for k in range(1, horizon + 1)]
    return pd.DatetimeIndex(dates) + pd.offsets.MonthEnd(0) if (
        step in ("month", "quarter") and last.is_month_end and last.day > 27) \
        else pd.DatetimeIndex(dates)
