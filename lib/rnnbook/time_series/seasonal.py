"""Seasonal series made learnable: their growth as windows, the way back, and simulated ones."""

from dataclasses import dataclass

import numpy as np


def seasonal_growth(log_y, season=12):
    """Growth of each step, less the growth of the same step one season ago.

    w[t] = (log y[t] - log y[t-1]) - (log y[t-s] - log y[t-s-1]); nan where t <= s.

    Args:
        log_y: logarithms (or levels, for additive series), array of shape (..., T).
        season: steps of a season s.
    Returns:
        array of shape (..., T).
    Raises:
        ValueError: no more than season + 1 values.

    Source: Box & Jenkins 1976, chapter 9.
    """
    log_y = np.asarray(log_y, dtype="float64")
    if log_y.shape[-1] <= season + 1:
        raise ValueError(f"{log_y.shape[-1]} values are too few for a season of {season}")
    w = np.full(log_y.shape, np.nan)
    growth = np.diff(log_y)
    w[..., season + 1 :] = growth[..., season:] - growth[..., :-season]
    return w


def growth_path(log_y, horizon=1, season=12):
    """Forecast that the next steps grow as the same steps did one season ago.

    This is where `seasonal_growth` stays 0: log y[t-1+h] = log y[t-1] + log y[t-1+h-s]
    - log y[t-1-s].

    Args:
        log_y: what is known, array of shape (..., T).
        horizon: number of steps, at most a season.
        season: steps of a season s.
    Returns:
        logarithms of the forecasts, array of shape (..., horizon).
    Raises:
        ValueError: horizon beyond one season, or too few values.
    """
    log_y = np.asarray(log_y, dtype="float64")
    count = log_y.shape[-1]
    if not 1 <= horizon <= season or count <= season:
        raise ValueError(f"horizon {horizon} and {count} values do not fit a season of {season}")
    year_ago = log_y[..., count - season : count - season + horizon]
    return log_y[..., -1:] + year_ago - log_y[..., -1 - season, None]


@dataclass(frozen=True)
class Task:
    """What a network sees and is asked, in units of `scale`."""

    x: np.ndarray      # (..., steps, D): windows of seasonal growth and its past seasons
    base: np.ndarray   # (..., horizon): logarithm of the forecast if the network says 0
    scale: np.ndarray  # (..., 1): typical size of the seasonal growth in the known past


def make_task(log_y, steps, lags, horizon=1, season=12, scale=None):
    """Turn the known past of series into one input of a network, using nothing else.

    The features of step u are w[u] and, for each lag k, w[u + 1 - k * season]: what happened
    k seasons before the step that follows u. Values from before the series are 0.

    Args:
        log_y: logarithms of the known past, array of shape (..., T).
        steps: length of the window.
        lags: seasons to look back, such as (1, 2), or ().
        horizon, season: as `growth_path`.
        scale: array of shape (..., 1); by default the standard deviation of w so far.
    Returns:
        Task.
    """
    w = seasonal_growth(log_y, season)
    if scale is None:
        scale = np.nanstd(w, axis=-1, keepdims=True)
    known = np.nan_to_num(w / np.maximum(scale, 1e-12))
    room = steps + season * max(lags, default=0)
    known = np.concatenate([np.zeros((*known.shape[:-1], room)), known], axis=-1)
    last = known.shape[-1]  # the step to be forecast stands here
    columns = [known[..., last - steps : last]]
    for k in lags:
        end = last + 1 - k * season
        columns.append(known[..., end - steps : end])
    return Task(np.stack(columns, axis=-1), growth_path(log_y, horizon, season), scale)


def back_to_levels(task, output):
    """Undo the transform: forecasts in the unit of the series.

    Args:
        task: the Task that the network was given.
        output: what it said, array of shape (..., horizon).
    Returns:
        array of shape (..., horizon).
    """
    return np.exp(task.base + task.scale * np.asarray(output, dtype="float64"))


def simulate(count, length, rng, season=12):
    """Draw logarithms of seasonal series, each with a character of its own.

    log y = level + season + noise. The level walks with a drift, the seasonal pattern walks
    slowly, the noise is white; the size of each of the three is drawn for each series over
    a range of more than ten to one, the strength of the season over six to one.

    Args:
        count: number of series.
        length: number of steps T.
        rng: numpy Generator.
        season: steps of a season.
    Returns:
        array of shape (count, length).

    Source: the basic structural model, Harvey 1989, doi:10.1017/CBO9781107049994, chapter 4.
    """

    def size(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), (count, 1)))

    def draw(*shape):
        return rng.standard_normal((count, *shape))

    drift = 0.008 + 0.008 * draw(1)
    level = np.cumsum(drift + size(0.003, 0.06) * draw(length), axis=1)
    pattern = draw(season)
    pattern -= pattern.mean(axis=1, keepdims=True)
    pattern *= rng.uniform(0.05, 0.3, (count, 1)) / pattern.std(axis=1, keepdims=True)
    moves = size(0.0005, 0.03) * draw(length)
    phase = np.arange(length) % season
    for k in range(season):  # the pattern of month k moves once a season
        moves[:, phase == k] = np.cumsum(moves[:, phase == k], axis=1) + pattern[:, k, None]
    return level + moves + size(0.001, 0.05) * draw(length)
