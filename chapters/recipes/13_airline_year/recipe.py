"""AirPassengers a whole year ahead: all twelve months at once, or month by month.

Run: python -m rnnbook.recipes run airline_year
Both kinds of GRU learn on simulated series with the settings that the recipe airline_gru
chose. "direct" gives three quantiles of each of twelve months; "recursive" takes its own
forecasts for data. Every row is a month h steps after one of the origins 1958-12 … 1959-12;
s0 … s4 are the forecasts (medians) of the seeds, in thousands. The weights are of "direct".
"""

import numpy as np

from rnnbook.time_series.intervals import Pinball
from rnnbook.time_series.seasonal_gru import ask, pretrain, step_by_step
from rnnbook.data.series import load_series

SETTINGS = {"seed": 0, "seeds": 5, "steps": 24, "lags": [1, 2], "units": 16, "horizon": 12,
            "levels": [0.1, 0.5, 0.9], "updates": {"direct": 1200, "recursive": 800}}


def data(settings):
    """Name the series."""
    return {"name": "airline", "kind": load_series("airline").source.kind}


def trials(settings):
    """List both ways."""
    return [{"model": name, "seed": 0} for name in settings["updates"]]


def train(settings, name):
    """Train the networks of one way on simulated series."""
    options = {}
    if name == "direct":
        options = {"horizon": settings["horizon"], "loss": Pinball(settings["levels"]),
                   "outputs": settings["horizon"] * len(settings["levels"])}
    model, _ = pretrain(settings["seeds"], settings["steps"], tuple(settings["lags"]),
                        settings["units"], settings["updates"][name], **options)
    return model


def run_trial(settings, trial):
    """Forecast the twelve months after each origin."""
    series = load_series("airline").data
    y, horizon, lags = series.to_numpy(), settings["horizon"], tuple(settings["lags"])
    model, direct, rows = train(settings, trial["model"]), trial["model"] == "direct", []
    for t in range(120, 133):
        path = (ask(model, y[:t], lags, horizon)[..., 1] if direct else
                step_by_step(model, y[:t], horizon, lags))
        rows += [{"origin": f"{series.index[t - 1]:%Y-%m}", "h": h + 1, "truth": float(y[t + h])}
                 | {f"s{k}": float(value) for k, value in enumerate(path[:, h])}
                 for h in range(horizon)]
    weights = {str(i): np.asarray(w) for i, w in enumerate(model.get_weights())}
    return (rows, weights) if direct else rows


def finish(log, settings):
    """Give the mean absolute error over the year, mean and spread over the seeds."""
    seeds = [f"s{k}" for k in range(settings["seeds"])]
    error = log[seeds].sub(log.truth, axis=0).abs().groupby(log.model).mean()
    return {"MAE": error.mean(axis=1).round(2).to_dict(), "sd": error.std(axis=1).round(2).to_dict()}
