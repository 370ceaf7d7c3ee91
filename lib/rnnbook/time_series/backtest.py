"""Walk forward through a series: every forecast is made from the past alone."""

import functools
import warnings
from statistics import NormalDist

import numpy as np
import pandas as pd

from rnnbook.time_series.windows import mase


def walk_forward(y, first, fit, every=12):
    """Forecast y[first], y[first + 1] … one step ahead, each from what came before it.

    Args:
        y: series, array of shape (T,).
        first: index of the first value to forecast.
        fit: function of the past (n,) that gives a forecaster: a function of the past (n,)
            that gives the next value (a number, or an array with one per random seed).
        every: steps between two fits; None fits once.
    Returns:
        array of shape (T - first,), or (T - first, K).
    Raises:
        ValueError: first outside the series.
    """
    y = np.asarray(y, dtype="float64")
    if not 0 < first < len(y):
        raise ValueError(f"first must be in 1 … {len(y) - 1}, got {first}")
    forecasts = []
    for t in range(first, len(y)):
        if t == first or (every and (t - first) % every == 0):
            forecaster = fit(y[:t].copy())
        forecasts.append(forecaster(y[:t].copy()))
    return np.array(forecasts)


def persistence(past):
    """Fit nothing: the next value is the last one."""
    return lambda past: past[-1]


def seasonal_naive(season=12):
    """Give a fit: the next value is that of one season ago."""
    return lambda past: lambda past: past[-season]


def same_growth(season=12):
    """Give a fit: the next step grows as it did one season ago."""
    return lambda past: lambda past: past[-1] * past[-season] / past[-season - 1]


def theta(season=12):
    """Give a fit of the theta method, by statsmodels; it is fitted anew at every forecast.

    Source: Assimakopoulos & Nikolopoulos 2000, doi:10.1016/S0169-2070(00)00066-2
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel

    def forecaster(past, steps=1):
        path = np.asarray(ThetaModel(past, period=season).fit().forecast(steps))
        return path[0] if steps == 1 else path

    return lambda past: forecaster


def sarima(order=(0, 1, 1), seasonal_order=(0, 1, 1, 12), band=None):
    """Give a fit of SARIMA to the logarithms, by statsmodels.

    With `band`, a probability, the forecaster gives instead the two ends of the interval that
    holds the next value with it, array of shape (2,).

    Source: Box & Jenkins 1976, chapter 9 (the "airline model").
    """
    def fit(past):
        params = _sarima_fitted(tuple(past), tuple(order), tuple(seasonal_order))

        def ahead(past, steps):
            model = _sarima_model(past, order, seasonal_order)
            return model.filter(params, cov_type="none").get_forecast(steps)

        def forecaster(past, steps=1):
            path = np.exp(ahead(past, steps).predicted_mean)
            return path[0] if steps == 1 else path

        def interval(past):
            return np.exp(ahead(past, 1).conf_int(alpha=1 - band)[0])

        return interval if band else forecaster

    return fit


def ets(season=12, band=None):
    """Give a fit of exponential smoothing, additive trend and multiplicative season.

    With `band`, a probability, the forecaster gives instead the two ends of an interval, array
    of shape (2,): relative errors are taken for normal, with the spread that they had in the fit.

    Source: Holt 1957, Winters 1960; statsmodels `ExponentialSmoothing`.
    """
    def fit(past):
        start, smooth, spread = _ets_fitted(tuple(past), season)

        def forecaster(past, steps=1):
            model = _ets_model(past, season, initialization_method="known", **start)
            path = model.fit(**smooth, optimized=False).forecast(steps)
            return path[0] if steps == 1 else path

        def interval(past):
            far = spread * NormalDist().inv_cdf((1 + band) / 2)
            return forecaster(past) * np.array([1 - far, 1 + far])

        return interval if band else forecaster

    return fit


def _sarima_model(past, order, seasonal_order):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX(np.log(past), order=order, seasonal_order=seasonal_order)


@functools.lru_cache  # a chapter asks one fit for forecasts, paths and intervals
def _sarima_fitted(past, order, seasonal_order):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _sarima_model(past, order, seasonal_order).fit(disp=False, cov_type="none").params


def _ets_model(past, season, **options):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    return ExponentialSmoothing(np.asarray(past), trend="add", seasonal="mul",
                                seasonal_periods=season, **options)


@functools.lru_cache
def _ets_fitted(past, season):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = _ets_model(past, season).fit()
    p, spread = fitted.params, np.sqrt(np.square(past / fitted.fittedvalues - 1).mean())
    start = {"initial_level": p["initial_level"], "initial_trend": p["initial_trend"],
             "initial_seasonal": p["initial_seasons"]}
    return start, {name: p[name] for name in (
        "smoothing_level", "smoothing_trend", "smoothing_seasonal")}, spread


def scores(y, forecasts, train, season=1):
    """Measure forecasts in four ways.

    Args:
        y: what came, array of shape (N,).
        forecasts: dict of name -> array of shape (N,).
        train: the values before, array of shape (T,), which give MASE its unit.
        season: of MASE's unit: 1 for persistence, 12 for the year before.
    Returns:
        DataFrame, a row for each name: MAE and RMSE in the unit of y, MAPE in percent (nan
        where a value of y is 0 or less), MASE.
    """
    y, rows = np.asarray(y, dtype="float64"), {}
    for name, forecast in forecasts.items():
        error = np.asarray(forecast) - y
        with np.errstate(divide="ignore"):
            mape = 100 * np.abs(error / y).mean() if (y > 0).all() else np.nan
        rows[name] = {"MAE": np.abs(error).mean(), "RMSE": np.sqrt(np.square(error).mean()),
                      "MAPE": mape, "MASE": mase(y, forecast, train, season)}
    return pd.DataFrame(rows).T
