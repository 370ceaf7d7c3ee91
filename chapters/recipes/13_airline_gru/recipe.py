"""AirPassengers one month ahead: GRUs that learn from its own past, or from simulated series.

Run: python -m rnnbook.recipes run airline_gru
Every row is a month; s0 … s9 are the forecasts of up to ten random seeds, in thousands. The
stage "choose" looks at 1954–1958 alone, with other seeds; the best mean absolute percentage
error there decided `chosen`; of windows that differ by less than the spread over seeds, the one
with the least spread. The stage "test" forecasts 1954–1960; 1959–1960 decided nothing.
"""

import numpy as np

from rnnbook.time_series.seasonal_gru import pretrain
from rnnbook.data.series import load_series
from rnnbook.time_series.seasonal_gru import learn_from_past, year_by_year

SETTINGS = {
    "seed": 0, "seeds": 10, "choose_seeds": 3, "units": 16, "updates": 800,
    "windows": [[24, []], [24, [1]], [24, [1, 2]], [36, []], [36, [1]], [36, [1, 2]]],
    "own": [50, 150, 400], "refit": [50, 200],
    "chosen": {"steps": 24, "lags": [1, 2], "own": 50, "refit": 50},
}
PRETRAINED = {}


def data(settings):
    """Name the series."""
    return {"name": "airline", "kind": load_series("airline").source.kind}


def written(lags):
    """Write a list of lags for the log: "1 2", or "no" where there are none."""
    return " ".join(map(str, lags)) or "no"


def trials(settings):
    """List the choices, then what is tested."""
    chosen = settings["chosen"]
    best = {"steps": chosen["steps"], "lags": written(chosen["lags"])}
    choose, test = ({"stage": stage, "seed": seed}
                    for stage, seed in (("choose", 100), ("test", 0)))
    rows = [choose | {"model": "simulated", "steps": steps, "lags": written(lags),
                      "updates": settings["updates"]} for steps, lags in settings["windows"]]
    rows += [choose | best | {"model": "own", "updates": n} for n in settings["own"]]
    rows += [choose | best | {"model": "refit", "updates": n} for n in settings["refit"]]
    rows += [test | best | {"model": "own", "updates": chosen["own"]},
             test | best | {"model": "simulated", "updates": settings["updates"]},
             test | best | {"model": "refit", "updates": chosen["refit"]}]
    return rows


def pretrained(settings, steps, lags, seeds, seed):
    """Train on simulated series once for each choice."""
    key = (steps, lags, seeds, seed)
    if key not in PRETRAINED:
        PRETRAINED[key], _ = pretrain(seeds, steps, lags, settings["units"],
                                      settings["updates"], seed=seed)
    return PRETRAINED[key]


def run_trial(settings, trial):
    """Forecast every month of the years of this stage."""
    series = load_series("airline").data
    y, steps = series.to_numpy(), trial["steps"]
    lags = tuple(map(int, trial["lags"].replace("no", "").split()))
    testing = trial["stage"] == "test"
    seeds = settings["seeds" if testing else "choose_seeds"]
    origins = range(60, 144 if testing else 120, 12)  # every January from 1954 on
    if trial["model"] == "own":
        model = learn_from_past(y, origins, seeds, steps, lags, settings["units"],
                                trial["updates"], seed=trial["seed"])
    else:
        model = pretrained(settings, steps, lags, seeds, trial["seed"])
    if trial["model"] == "refit":
        model = learn_from_past(y, origins, seeds, steps, lags, settings["units"],
                                trial["updates"], learning_rate=1e-3, decay=0.0,
                                seed=trial["seed"], start=model.get_weights())
    forecasts = np.full((12 * len(origins), settings["seeds"]), np.nan)
    forecasts[:, :seeds] = year_by_year(model, y, origins, seeds, lags)
    months = series.index[60:60 + len(forecasts)].strftime("%Y-%m")
    return [{"month": month, "truth": float(truth)}
            | {f"s{k}": float(value) for k, value in enumerate(row)}
            for month, truth, row in zip(months, y[60:], forecasts)]


def finish(log, settings):
    """Give the mean absolute percentage error over the seeds: choices, and the last two years."""
    seeds = [f"s{k}" for k in range(settings["seeds"])]
    error = 100 * (log[seeds].div(log.truth, axis=0) - 1).abs()
    log = log.assign(error=error.mean(axis=1))
    by = ["model", "steps", "lags", "updates"]
    chosen = log[log.stage == "choose"].groupby(by).error.mean()
    last = log[(log.stage == "test") & (log.month >= "1959")]
    spread = error.loc[last.index].groupby(last.model).mean().std(axis=1)
    return {"choose": {" ".join(map(str, key)): round(value, 3) for key, value in chosen.items()},
            "test": last.groupby("model").error.mean().round(3).to_dict(),
            "sd over seeds": spread.round(3).to_dict()}
