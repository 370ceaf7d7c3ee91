"""Windows over a series, the simplest forecasts, and the error scale MASE."""

import numpy as np


def noisy_sine(n, period=20.0, noise=0.2, seed=0):
    """Make a sine of amplitude 1 with Gaussian noise.

    Args:
        n: number of points.
        period: steps of one period.
        noise: standard deviation of the noise.
        seed: of the random generator.

    Returns:
        float64 array of shape (n,).
    """
    clean = np.sin(2 * np.pi * np.arange(n) / period)
    return clean + noise * np.random.default_rng(seed).standard_normal(n)


def windows(x, width, horizon=1):
    """Cut a series into inputs of equal width and the value ``horizon`` steps later.

    Row i holds x[i] ... x[i + width - 1]; its target is x[i + width - 1 + horizon].

    Args:
        x: series, array of shape (T,).
        width: number of values in an input.
        horizon: how many steps ahead the target is; 1 is the next value.

    Returns:
        X of shape (N, width) and y of shape (N,), N = T - width - horizon + 1.

    Raises:
        ValueError: the series is too short, or width or horizon is below 1.
    """
    x = np.asarray(x)
    count = len(x) - width - horizon + 1
    if x.ndim != 1 or width < 1 or horizon < 1 or count < 1:
        raise ValueError(f"cannot cut windows: x {x.shape}, width {width}, horizon {horizon}")
    rows = np.lib.stride_tricks.sliding_window_view(x, width)[:count]
    return rows.copy(), x[width + horizon - 1 :].copy()


def persistence(X):
    """Forecast that nothing changes: the last value of each window.

    Args:
        X: windows, array of shape (N, width).

    Returns:
        array of shape (N,).

    Shape: X (N, T) -> (N,)
    """
    return X[:, -1]


def moving_average(X):
    """Forecast the mean of each window.

    Args:
        X: windows, array of shape (N, width).

    Returns:
        array of shape (N,).

    Shape: X (N, T) -> (N,)
    """
    return X.mean(axis=1)


def mase(y, forecast, train, season=1):
    """Mean absolute scaled error: 1 is as good as (seasonal) persistence on the training part.

    Args:
        y: what came, array of shape (N,).
        forecast: what was forecast, array of shape (N,).
        train: the training part, array of shape (T,); its scale is the unit.
        season: 1 for persistence, 12 for monthly data with a yearly season.

    Returns:
        float without unit.

    Source: Hyndman & Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001
    """
    train = np.asarray(train, dtype="float64")
    scale = np.abs(train[season:] - train[:-season]).mean()
    return float(np.abs(np.asarray(y) - np.asarray(forecast)).mean() / scale)
