"""Choose on the fifth before the last, score on the last: a series, and walks nobody can."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnbook.time_series.backtest import scores
from rnnbook.time_series.corrector import Corrector, futures, paths
from rnnbook.time_series.lag_detector import LagReport, detect_lag

STAGES = (0, 40, 80, 160, 320)  # updates after which the validation part is asked
WALKS = 3
SAID = ("as it must be: the program sees no future",
        "chance does that now and then: run it again with another seed",
        "hardly possible by chance: something leaks, trust none of these numbers")


@dataclass(frozen=True)
class HeldOut:
    """What `hold_out` found on the last fifth of a series."""

    best: str               # the baseline that was least wrong on the validation part
    updates: int            # after which the validation part was best; 0: nothing was learnt
    rows: np.ndarray        # the steps whose forecasts were scored
    table: pd.DataFrame     # one step ahead, a row for each method; last column: all steps
    spread: float           # standard deviation of the GRU's MASE over the seeds
    lag: LagReport
    errors: np.ndarray      # (rows, horizon): truth less forecast, in the space of `work`
    work: Corrector         # trained on all that comes before the last fifth


def hold_out(y, season, horizon, seeds=3, seed=0, like=None, tick=lambda: None):
    """Choose a baseline and a length of training, then forecast the last fifth of a series.

    Args:
        y: series, array of shape (T,).
        season, horizon: steps.
        seeds: number of GRUs.
        seed: of the first.
        like: an earlier `HeldOut` of the same sizes, to use its compiled model again.
        tick: called len(STAGES) + 1 times, after each piece of training.
    Returns:
        HeldOut. Nothing in the last fifth chose anything.
    """
    n = len(y)
    test, validation = n - n // 5, n - 2 * (n // 5)
    answers, baselines = futures(y, horizon), paths(y, horizon, season)
    asked, rows = np.arange(validation, test - horizon + 1), np.arange(test, n - horizon + 1)

    def mae(made):
        return np.abs(made - answers[asked]).mean()

    best = min(baselines, key=lambda name: mae(baselines[name][asked]))
    work = Corrector(y, baselines[best], max(12, min(2 * season, 24)), season, seeds, seed,
                     best.endswith("%"), like and like.work)

    work.restart(validation)
    found = {}
    for done, updates in zip((0, *STAGES), STAGES):
        work.train(updates - done)
        found[updates] = mae(work.correct(asked))
        tick()
    updates = min(found, key=found.get)
    work.restart(test)
    work.train(updates)
    tick()
    corrected = work.correct(rows)  # (K, rows, horizon)
    made = {name: path[rows] for name, path in baselines.items()}
    made["linear window"] = work.linear(rows)
    table, spread = _table(y, rows, made, corrected, season, answers[rows])
    known = season + 1 if season > 1 else 1
    lag = detect_lag(y[test - known : n - horizon + 1], corrected.mean(axis=0)[:, 0],
                     season=season)
    errors = work.space(answers[rows]) - work.space(corrected.mean(axis=0))
    return HeldOut(best, updates, rows, table, spread, lag, errors, work)


def _table(y, rows, made, corrected, season, answers):
    """Score every method on the test rows; the GRU's row is the mean over its seeds."""
    one_step = {name: path[:, 0] for name, path in made.items()}
    table = scores(y[rows], one_step, y[:rows[0]], season)
    each = scores(y[rows], dict(enumerate(corrected[:, :, 0])), y[:rows[0]], season)
    table.loc["GRU"] = each.mean()
    unit = table.loc["persistence", "MAE"] / table.loc["persistence", "MASE"]
    for name, path in [*made.items(), ("GRU", corrected)]:
        table.loc[name, f"MASE 1-{answers.shape[1]}"] = np.abs(path - answers).mean() / unit
    return table, float(each.MASE.std()) if len(each) > 1 else 0.0


@dataclass(frozen=True)
class WalkControl:
    """What the same program found on walks that nobody can forecast."""

    ratios: tuple   # MAE of the GRU / MAE of persistence, for each walk
    gains: tuple    # paired gain over persistence, in standard errors
    beaten: int     # walks whose GRU clearly beats persistence: 1 may be chance, 2 are a leak

    def __str__(self):
        count = len(self.ratios)
        return "\n".join([
            f"random-walk control: the same choices, the same GRU, {count} random walks of this "
            "file's length,", "made of its own changes in random order and direction",
            *(f"  MAE / MAE of persistence {ratio:6.3f}  (gain: {gain:.1f} standard errors)"
              for ratio, gain in zip(self.ratios, self.gains)),
            f"  persistence clearly beaten on {self.beaten} of {count}: "
            + SAID[min(self.beaten, 2)],
            "  (this tests the program; how the column was made, it cannot see)"])


def shuffled_walk(y, rng, logs=False):
    """Make a random walk with a series' own changes, in random order and direction.

    Given its past, the next change is as likely up as down: its median is 0, so persistence is
    the forecast with the least mean absolute error.

    Args:
        y: series, array of shape (T,).
        rng: numpy Generator.
        logs: shuffle the changes of the logarithms, so that the walk stays positive.
    Returns:
        array of shape (T,), from y[0] on with logs, else from 0.
    """
    changes = np.diff(np.log(y) if logs else y)
    changes = rng.permutation(changes) * rng.choice([-1.0, 1.0], len(changes))
    walk = np.concatenate([[0.0], changes]).cumsum()
    return y[0] * np.exp(walk) if logs else walk


def control(y, season, horizon, seeds, seed, like, tick=lambda: None):
    """Run the whole program on random walks with the steps of a series.

    Args:
        y: series, array of shape (T,).
        season, horizon, seeds, seed, tick: as `hold_out`.
        like: what `hold_out` found on the series: its model is used again, and its logarithms.
    Returns:
        WalkControl. A walk counts as beaten by the rule of `detect_lag`, about 1 in 50 by
        chance.
    """
    rng = np.random.default_rng(seed)
    lags = [hold_out(shuffled_walk(y, rng, like.work.logs), season, horizon, seeds, seed, like,
                     tick).lag for _ in range(WALKS)]
    return WalkControl(tuple(lag.mae_ratio for lag in lags), tuple(lag.gain for lag in lags),
                       sum(lag.verdict in ("ahead", "seasonal") for lag in lags))
