"""The control: the same program on random walks, where nothing can beat persistence."""

from dataclasses import dataclass

import numpy as np

from rnnbook.held_out import hold_out


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
        season, horizon, seeds, seed: as `rnnbook.held_out.hold_out`.
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
