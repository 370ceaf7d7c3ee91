"""Tell a forecast from a copy of yesterday, or of last year."""

from dataclasses import dataclass

import numpy as np

SAID = {"late": "the forecast is an earlier value, {shift} step(s) late",
        "no better": "not clearly better than persistence",
        "seasonal": "better than persistence, not clearly better than the last season repeated",
        "ahead": "the forecast knows something about the change"}


@dataclass(frozen=True)
class LagReport:
    """What `detect_lag` found; `verdict` is "late", "no better", "seasonal" or "ahead"."""

    n: int
    level_correlation: float   # of forecast and truth: high for every slow series
    change_correlation: float  # of forecast and true change since the last known value
    chance: float              # a change correlation within ± this is no evidence
    best_shift: int            # the forecast is nearest to the truth this many steps earlier
    mae_ratio: float           # to persistence; below 1 is better than persistence
    gain: float                # paired: mean gain over persistence, in standard errors
    verdict: str
    season: tuple = ()         # a row for each seasonal baseline: name, change correlation,
    #                            MAE of the forecast / its MAE, paired gain over it

    def __str__(self):
        return "\n".join([
            f"lag detector, {self.n} points: {SAID[self.verdict].format(shift=self.best_shift)}",
            f"  correlation of levels  {self.level_correlation:6.3f}",
            f"  correlation of changes {self.change_correlation:6.3f}"
            f"  (chance: within ± {self.chance:.2f})",
            *(f"    {name + ' has':21s}{changes:6.3f}" for name, changes, *_ in self.season),
            f"  nearest to the truth {self.best_shift} step(s) earlier",
            f"  MAE / MAE of persistence {self.mae_ratio:6.3f}"
            f"  (gain: {self.gain:.1f} standard errors)",
            *(f"    / MAE of {name:15s}{ratio:6.3f}  (gain: {gain:.1f} standard errors)"
              for name, _, ratio, gain in self.season)])


def _correlation(a, b):
    if np.std(a) < 1e-12 or np.std(b) < 1e-12:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _against(truth, forecast, rival):
    """Compare with a rival: ratio of the mean errors, and the paired gain in standard errors."""
    own, other = np.abs(truth - forecast), np.abs(truth - rival)
    gains = other - own
    error = max(gains.std(ddof=1) / np.sqrt(len(gains)), 1e-12)
    ratio = own.mean() / other.mean() if other.any() else np.inf
    return float(ratio), float(gains.mean() / error)


def detect_lag(y, forecast, season=1):
    """Ask whether one-step forecasts foresee changes, or repeat the last value or season.

    Correlation of levels says nothing: for a slow series a copy of yesterday has it too. The
    question is whether the forecast *change* goes with the true change. Where there is a
    season, a copy of last year passes that question too: so it is asked beside the forecast.

    Args:
        y: the values from the one before the first forecast on, array of shape (N + 1,); with
            a season, from season + 1 values before it on, array of shape (N + 1 + season,).
        forecast: of the last N values of y, array of shape (N,).
        season: steps of a season; 1 means none.
    Returns:
        LagReport. "ahead": better than persistence, and than both seasonal baselines, by more
        than 2 standard errors, point by point, and the changes correlate by more than
        2 / sqrt(N); "seasonal": so much better than persistence alone; "late": neither, and
        nearest to an earlier value; else "no better".
    Raises:
        ValueError: shapes that do not fit, or fewer than 10 points.
    """
    y, forecast = (np.asarray(v, dtype="float64") for v in (y, forecast))
    n, known = len(forecast), season + 1 if season > 1 else 1
    if y.shape != (n + known,) or forecast.ndim != 1 or n < 10:
        start = f"season + 1 = {known} values" if known > 1 else "one value"
        raise ValueError(f"need y (N + {known},) and forecast (N,) with N >= 10, got {y.shape} "
                         f"and {forecast.shape}: y starts {start} before the first forecast")
    before, truth = y[-n - 1 : -1], y[-n:]
    changes = _correlation(forecast - before, truth - before)
    ratio, gain = _against(truth, forecast, before)
    rivals = {"seasonal naive": y[1 : n + 1], "same growth": before + y[1 : n + 1] - y[:n]
              } if known > 1 else {}
    rows = tuple((name, _correlation(rival - before, truth - before),
                  *_against(truth, forecast, rival)) for name, rival in rivals.items())
    most = min(3, n // 4)  # the largest shift that is tried
    distances = [np.abs(forecast[most:] - y[known + most - k : len(y) - k]).mean()
                 for k in range(most + 1)]
    shift, chance = int(np.argmin(distances)), 2 / np.sqrt(n)
    if gain > 2 and changes > chance:
        verdict = "ahead" if all(row[-1] > 2 for row in rows) else "seasonal"
    else:
        verdict = "late" if shift else "no better"
    return LagReport(n, _correlation(forecast, truth), changes, float(chance), shift, ratio,
                     gain, verdict, rows)
