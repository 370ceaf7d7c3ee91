"""AirPassengers a year ahead, compared fairly: direct and recursive with equal training.

Run: python -m rnnbook.recipes run airline_direct_recursive
Both ways learn on simulated series with the same number of updates and the same loss, once the
absolute error and once the pinball loss of three quantiles (then the median is scored); windows
and units are those that the recipe airline_gru chose. Every row is a month h steps after one of
the origins 1958-12 … 1959-12; s0 … s9 are the forecasts of the seeds, in thousands. Nothing is
chosen here.
"""

from rnnbook.time_series.intervals import Pinball
from rnnbook.time_series.seasonal_gru import ask, pretrain, step_by_step
from rnnbook.data.series import load_series

SETTINGS = {"seed": 0, "seeds": 10, "steps": 24, "lags": [1, 2], "units": 16, "horizon": 12,
            "levels": [0.1, 0.5, 0.9], "updates": 1200}


def data(settings):
    """Name the series."""
    return {"name": "airline", "kind": load_series("airline").source.kind}


def trials(settings):
    """List both ways with both losses."""
    return [{"model": name, "loss": loss, "seed": 0}
            for loss in ("absolute", "pinball") for name in ("direct", "recursive")]


def train(settings, trial):
    """Train the networks of one way on simulated series."""
    steps = settings["horizon"] if trial["model"] == "direct" else 1
    options = {"horizon": steps}
    if trial["loss"] == "pinball":
        options |= {"loss": Pinball(settings["levels"]),
                    "outputs": steps * len(settings["levels"])}
    model, _ = pretrain(settings["seeds"], settings["steps"], tuple(settings["lags"]),
                        settings["units"], settings["updates"], seed=trial["seed"], **options)
    return model


def run_trial(settings, trial):
    """Forecast the twelve months after each origin."""
    series = load_series("airline").data
    y, horizon, lags = series.to_numpy(), settings["horizon"], tuple(settings["lags"])
    model, rows = train(settings, trial), []
    for t in range(120, 133):
        if trial["model"] == "recursive":
            path = step_by_step(model, y[:t], horizon, lags)
        else:
            path = ask(model, y[:t], lags, horizon)
            path = path[..., 1] if trial["loss"] == "pinball" else path
        rows += [{"origin": f"{series.index[t - 1]:%Y-%m}", "h": h + 1, "truth": float(y[t + h])}
                 | {f"s{k}": float(value) for k, value in enumerate(path[:, h])}
                 for h in range(horizon)]
    return rows


def finish(log, settings):
    """Give the mean absolute error over the year: mean over the seeds, and its spread."""
    seeds = [f"s{k}" for k in range(settings["seeds"])]
    error = log[seeds].sub(log.truth, axis=0).abs().groupby([log.loss, log.model]).mean()
    return {name: {" ".join(key): round(value, 2) for key, value in values.items()}
            for name, values in (("MAE", error.mean(axis=1)), ("sd", error.std(axis=1)))}
