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

from rnnbook.time_series.held_out import STAGES, WALKS, HeldOut, WalkControl, control, hold_out
from rnnbook.time_series.own_dates import coming
from rnnbook.time_series.own_series import check_whole, plan, read_series

PIECES = (1 + WALKS) * (len(STAGES) + 1) + 1  # of training


@dataclass(frozen=True)
class Forecast(HeldOut):
    """What `forecast` found."""

    series: pd.Series
    season: int
    walks: WalkControl      # the same program on random walks
    future: pd.DataFrame    # forecast, low, high for the dates to come

    def __str__(self):
        s, dates = self.series, self.series.index[self.rows]
        learnt = (f"{self.updates} updates" if self.updates else
                  "0 updates: the GRU found nothing to add, it IS the baseline")
        table, remark = self.table, []
        if table.MAPE.isna().any():
            table = table.drop(columns="MAPE")
            remark = ["no MAPE: the series holds values of 0 or less"]
        return "\n".join([
            f"{s.name}: {len(s)} {s.attrs['step']}s, {s.index[0]:%Y-%m-%d} to "
            f"{s.index[-1]:%Y-%m-%d}; season {self.season}; one step scored at {len(dates)} "
            f"dates, {dates[0]:%Y-%m-%d} to {dates[-1]:%Y-%m-%d}",
            f"GRU corrects: {self.best} ({learnt})", "",
            table.round(3).to_string(), "",
            f"MASE: 1 is (seasonal) persistence on the training part, season {self.season}; "
            f"GRU ± {self.spread:.3f} over its seeds", *remark, "",
            str(self.lag), "", str(self.walks), "",
            "Next steps, with the range that held 80% of past errors:",
            self.future.round(3).to_string()])


def forecast(path, target, season=None, horizon=None, seeds=3, seed=0, say=print, **reading):
    """Forecast a column of any CSV file, beside the baselines and with two controls.

    Args:
        path, target, reading: as `rnnbook.time_series.own_series.read_series`.
        season: steps of a season; by default from the dates (12 for months, 7 for days …);
            1 means none.
        horizon: steps ahead, at most a season; by default up to 12.
        seeds: number of GRUs, at most 32.
        seed: of the first.
        say: receives the report; None keeps quiet.
    Returns:
        Forecast.
    Raises:
        DataError: the file or the options do not allow a forecast.
    """
    series = read_series(path, target, **reading)
    found = forecast_series(series, *plan(series, season, horizon), seeds, seed)
    if say:
        say(str(found))
    return found


def forecast_series(series, season, horizon, seeds=3, seed=0, tick=lambda: None):
    """Forecast a series that `read_series` accepted (as `forecast`); tick PIECES times."""
    check_whole("seeds", seeds, "1 … 32", 32)
    y, n = series.to_numpy(), len(series)
    found = hold_out(y, season, horizon, seeds, seed, tick=tick)
    work = found.work
    work.restart(n)
    work.train(found.updates)
    tick()
    centre = work.space(work.correct(np.array([n])).mean(axis=0)[0])
    low, high = np.quantile(found.errors, [0.1, 0.9], axis=0)
    future = pd.DataFrame({"forecast": work.back(centre), "low": work.back(centre + low),
                           "high": work.back(centre + high)}, index=coming(series, horizon))
    walks = control(y, season, horizon, seeds, seed, found, tick)
    return Forecast(**vars(found), series=series, season=season, walks=walks, future=future)
