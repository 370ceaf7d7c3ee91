"""Choose on the fifth before the last, score on the last fifth: one series, one step by step."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rnnbook.time_series.backtest import scores
from rnnbook.time_series.corrector import Corrector, futures, make_corrector, paths
from rnnbook.time_series.lag_detector import LagReport, detect_lag

STAGES = (0, 40, 80, 160, 320)  # updates after which the validation part is asked


@dataclass(frozen=True)
class HeldOut:
    """What `hold_out` found on the last fifth of a series."""

    best: str               # the baseline that was least wrong on the validation part
    updates: int            # after which the validation part was best
    rows: np.ndarray        # the steps whose forecasts were scored
    table: pd.DataFrame     # one step ahead, a row for each method; last column: all steps
    spread: float           # standard deviation of the GRU's MASE over the seeds
    lag: LagReport
    errors: np.ndarray      # (rows, horizon): truth less forecast, of logarithms where `logs`
    logs: bool
    work: Corrector         # trained on all that comes before the last fifth


def hold_out(y, season, horizon, seeds=3, seed=0, like=None):
    """Choose a baseline and a length of training, then forecast the last fifth of a series.

    Args:
        y: series, array of shape (T,).
        season, horizon: steps.
        seeds: number of GRUs.
        seed: of the first.
        like: an earlier `HeldOut` of the same sizes, to use its compiled model again.
    Returns:
        HeldOut. Nothing in the last fifth chose anything.
    """
    n = len(y)
    test, validation = n - n // 5, n - 2 * (n // 5)
    answers, baselines = futures(y, horizon), paths(y, horizon, season)
    asked = np.arange(validation, test - horizon + 1)

    def mae(made):
        return np.abs(made - answers[asked]).mean()

    errors = {name: mae(path[asked]) for name, path in baselines.items()}
    best = min(errors, key=errors.get)
    logs = best.endswith("%")
    space, back = (np.log, np.exp) if logs else (np.asarray, np.asarray)
    work = make_corrector(space(y), space(baselines[best]), max(12, min(2 * season, 24)), season,
                          seeds, seed, like and like.work)
    found = work.fit(validation, STAGES, lambda _: mae(back(work.correct(asked, validation))))
    updates = STAGES[int(np.argmin(found))]

    rows = np.arange(test, n - horizon + 1)
    work.fit(test, [updates])
    corrected = back(work.correct(rows, test))  # (K, rows, horizon)
    made = {name: path[rows] for name, path in baselines.items()}
    made["linear window"] = back(work.linear(rows, test))
    table, spread = _table(y, rows, made, corrected, season, answers[rows])
    known = season + 1 if season > 1 else 1
    lag = detect_lag(y[test - known : n - horizon + 1], corrected.mean(axis=0)[:, 0],
                     season=season)
    errors = space(answers[rows]) - space(corrected.mean(axis=0))
    return HeldOut(best, updates, rows, table, spread, lag, errors, logs, work)


def _table(y, rows, made, corrected, season, answers):
    """Score every method on the test rows; the GRU's row is the mean over its seeds."""
    table = scores(y[rows], {name: path[:, 0] for name, path in made.items()}, y[:rows[0]], season)
    each = [scores(y[rows], {"GRU": path[:, 0]}, y[:rows[0]], season).loc["GRU"]
            for path in corrected]
    table.loc["GRU"] = pd.concat(each, axis=1).mean(axis=1)
    unit = table.loc["persistence", "MAE"] / table.loc["persistence", "MASE"]
    for name, path in [*made.items(), ("GRU", corrected)]:
        table.loc[name, f"MASE 1-{answers.shape[1]}"] = np.abs(path - answers).mean() / unit
    spread = np.std([row["MASE"] for row in each], ddof=1) if len(each) > 1 else 0.0
    return table, float(spread)


@dataclass(frozen=True)
class WalkControl:
    """What the same program found on walks that nobody can forecast."""

    ratios: tuple   # MAE of the GRU / MAE of persistence, for each walk
    gains: tuple    # paired gain over persistence, in standard errors
    beaten: int     # walks on which the lag detector calls the forecast "ahead"

    @property
    def verdict(self):
        """Give "clean", "repeat" (one walk, which chance can do) or "leak"."""
        if not self.beaten:
            return "clean"
        return "repeat" if self.beaten == 1 else "leak"

    def __str__(self):
        said = {"clean": "as it must be: the program sees no future",
                "repeat": "chance does that now and then: run it again with another seed",
                "leak": "IMPOSSIBLE without a look at the future: something leaks, "
                        "trust none of these numbers"}[self.verdict]
        each = [f"  MAE / MAE of persistence {ratio:6.3f}  (gain: {gain:.1f} standard errors)"
                for ratio, gain in zip(self.ratios, self.gains)]
        count = len(self.ratios)
        return "\n".join([
            f"random-walk control: the same choices, the same GRU, {count} random walks of this "
            "file's length,", "made of its own changes in random order and direction", *each,
            f"  persistence clearly beaten on {self.beaten} of {count}: {said}",
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


def control(y, season, horizon, seeds, seed, like, walks=3):
    """Run the whole program on random walks with the steps of a series.

    Args:
        y: series, array of shape (T,).
        season, horizon, seeds, seed: as `rnnbook.time_series.held_out.hold_out`.
        like: what `hold_out` found on the series: its model is used again, and its logarithms.
        walks: how many.
    Returns:
        WalkControl. A walk counts as beaten by the rule of `detect_lag`, about 1 in 50 by
        chance.
    """
    rng, ratios, gains, beaten = np.random.default_rng(seed), [], [], 0
    for _ in range(walks):
        walk = shuffled_walk(y, rng, like.logs)
        found = hold_out(walk, season, horizon, seeds, seed, like)
        lag = found.lag
        ratios.append(lag.mae_ratio)
        gains.append(lag.gain)
        beaten += lag.gain > 2 and lag.change_correlation > lag.chance
    return WalkControl(tuple(ratios), tuple(gains), int(beaten))
