"""Tell a forecast from a copy of yesterday."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LagReport:
    """What `detect_lag` found; `verdict` is "late", "no better" or "ahead"."""

    n: int
    level_correlation: float   # of forecast and truth: high for every slow series
    change_correlation: float  # of forecast and true change since the last known value
    chance: float              # a change correlation within ± this is no evidence
    best_shift: int            # the forecast is nearest to the truth this many steps earlier
    mae_ratio: float           # to persistence; below 1 is better than persistence
    gain: float                # paired: mean gain over persistence, in standard errors
    verdict: str

    def __str__(self):
        said = {"late": "the forecast is yesterday's value, one step late",
                "no better": "no better than persistence",
                "ahead": "the forecast knows something about the change"}[self.verdict]
        return (f"lag detector, {self.n} points: {said}\n"
                f"  correlation of levels  {self.level_correlation:6.3f}\n"
                f"  correlation of changes {self.change_correlation:6.3f}"
                f"  (chance: within ± {self.chance:.2f})\n"
                f"  nearest to the truth {self.best_shift} step(s) earlier\n"
                f"  MAE / MAE of persistence {self.mae_ratio:6.3f}"
                f"  (gain: {self.gain:.1f} standard errors)")


def _correlation(a, b):
    if np.std(a) < 1e-12 or np.std(b) < 1e-12:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def detect_lag(y, forecast, most=3):
    """Ask whether one-step forecasts foresee changes or repeat the last value.

    Correlation of levels says nothing: for a slow series a copy of yesterday has it too. The
    question is whether the forecast *change* goes with the true change.

    Args:
        y: the values from the one before the first forecast on, array of shape (N + 1,).
        forecast: of y[1] … y[N], array of shape (N,).
        most: largest shift that is tried.
    Returns:
        LagReport. "ahead": better than persistence by more than 2 standard errors, point by
        point, and the changes correlate by more than 2 / sqrt(N); "late": not ahead, and
        nearest to an earlier value; else "no better".
    Raises:
        ValueError: shapes that do not fit, or fewer than 10 points.
    """
    y, forecast = (np.asarray(v, dtype="float64") for v in (y, forecast))
    n = len(forecast)
    if y.shape != (n + 1,) or forecast.ndim != 1 or n < 10:
        raise ValueError(f"need y (N + 1,) and forecast (N,) with N >= 10, got {y.shape} and "
                         f"{forecast.shape}: y starts one value before the first forecast")
    before, truth = y[:-1], y[1:]
    changes = _correlation(forecast - before, truth - before)
    gains = np.abs(truth - before) - np.abs(truth - forecast)
    gain = float(gains.mean() / max(gains.std(ddof=1) / np.sqrt(n), 1e-12))
    stay = np.abs(truth - before).mean()
    ratio = float(np.abs(forecast - truth).mean() / stay) if stay else np.inf
    most = min(most, n // 4)
    distances = [np.abs(forecast[most:] - y[1 + most - k : n + 1 - k]).mean()
                 for k in range(most + 1)]
    shift, chance = int(np.argmin(distances)), 2 / np.sqrt(n)
    if gain > 2 and changes > chance:
        verdict = "ahead"
    else:
        verdict = "late" if shift else "no better"
    return LagReport(n, _correlation(forecast, truth), changes, float(chance), shift, ratio,
                     gain, verdict)
