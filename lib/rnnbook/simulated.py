"""Simulated seasonal series: as many as a network needs to learn what season and trend are."""

import numpy as np


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
