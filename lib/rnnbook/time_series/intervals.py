"""Prediction intervals: the loss that trains them and the share of points they catch."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops


def pinball(y, q, level):
    """Pinball loss: a miss below costs `level`, a miss above 1 - level, per unit.

    Args:
        y: what came, array of shape (N,).
        q: the forecast quantile, array of shape (N,).
        level: probability of the quantile, in (0, 1).
    Returns:
        array of shape (N,).

    Shape: y (N,), q (N,), level () -> (N,)
    Source: Koenker & Bassett 1978, doi:10.2307/1913643
    """
    return np.maximum(level * (y - q), (level - 1) * (y - q))


@keras.saving.register_keras_serializable(package="rnnbook")
class Pinball(keras.losses.Loss):
    """Pinball loss of several quantiles at once.

    Targets (..., h), outputs (..., h * Q): the Q quantiles of the first step ahead, of the
    second …; every one is compared with the target of its step.

    Args:
        levels: probabilities of the quantiles, each in (0, 1).
        options: as `keras.losses.Loss`.
    """

    def __init__(self, levels, **options):
        super().__init__(**options)
        self.levels = tuple(levels)

    def call(self, y_true, y_pred):
        """Give the mean over steps and quantiles, shape (...)."""
        width = len(self.levels)
        shape = (*ops.shape(y_pred)[:-1], ops.shape(y_pred)[-1] // width, width)
        miss = ops.expand_dims(y_true, -1) - ops.reshape(y_pred, shape)
        levels = ops.cast(ops.array(self.levels), miss.dtype)
        return ops.mean(ops.maximum(levels * miss, (levels - 1) * miss), axis=(-2, -1))

    def get_config(self):
        """Give the arguments to build the loss again."""
        return super().get_config() | {"levels": self.levels}


@dataclass(frozen=True)
class Coverage:
    """How many of n points fell inside, and the 95 % interval of the share they stand for."""

    inside: int
    n: int
    low: float
    high: float

    @property
    def share(self):
        """The share of points inside."""
        return self.inside / self.n

    def __str__(self):
        return (f"{self.inside} of {self.n} inside ({self.share:.0%}; "
                f"95% interval of the share {self.low:.0%} to {self.high:.0%})")


def coverage(y, low, high):
    """Count the points between the two quantiles.

    The interval is that of Clopper and Pearson; it takes the points for independent, so for
    overlapping horizons it is too narrow.

    Args:
        y, low, high: arrays of shape (N,).
    Returns:
        Coverage.
    Raises:
        ValueError: no points, or shapes that differ.
    """
    from statsmodels.stats.proportion import proportion_confint

    y, low, high = map(np.asarray, (y, low, high))
    if not y.size or not y.shape == low.shape == high.shape:
        raise ValueError(f"y {y.shape}, low {low.shape} and high {high.shape} must have one "
                         "shape and at least one point")
    k, n = int(((low <= y) & (y <= high)).sum()), y.size
    low, high = proportion_confint(k, n, alpha=0.05, method="beta")
    return Coverage(k, n, float(low), float(high))
