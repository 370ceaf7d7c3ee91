"""CO2 with and without its trend, and tomorrow's temperature from one variable or six.

Run: python -m rnnbook.recipes run trend_and_variables
CO2: monthly from 1965, learnt until 2009, one step ahead on the 124 months after. Weather: the
highest temperature of the next day in Seattle, learnt on 2012–2013; 2014 chose the updates of
the GRUs and the ridge of the linear formulas, each from its own grid; 2015 is scored. Every row
is a method and a random seed: its mean absolute scaled error, and what 2014 chose.
"""

import keras
import numpy as np
from sklearn.linear_model import Ridge

from rnnbook.data.series import load_series
from rnnbook.time_series import backtest
from rnnbook.time_series.seasonal import seasonal_growth
from rnnbook.time_series.windows import mase, windows
from rnnbook.training.side_by_side import SideBySideGRUCell, build_grus, teach

SETTINGS = {"seed": 0, "seeds": 5, "units": 16, "batch": 32, "cut": 540, "co2_updates": 200,
            "weather_updates": [20, 40, 80, 160, 320, 640, 1280], "ridges": [1, 10, 100, 1000, 10000],
            "window": {"co2": 24, "weather": 14}}


def data(settings):
    """Name both series."""
    kinds = {load_series(name).source.kind for name in ("co2", "weather")}
    return {"name": "co2, weather", "kind": "full" if kinds == {"full"} else "sample"}


def trials(settings):
    """List both series."""
    return [{"series": "co2", "seed": 0}, {"series": "weather", "seed": 0}]


def grus(settings, steps, features):
    """Build the networks of a series: `seeds` of each of two kinds."""
    keras.utils.set_random_seed(settings["seed"])
    cell = SideBySideGRUCell(settings["units"], 2 * settings["seeds"], settings["seed"])
    return build_grus(cell, steps, features, head="glorot_uniform", jit_compile=False)


def said(model, x):
    """Give what every network says: (N, K)."""
    return np.asarray(model(x.astype("float32")))[..., 0]


def co2(settings):
    """Score the GRUs on levels and on seasonal growth beside growth and smoothing."""
    c, cut, seeds = load_series("co2").data["1965":].to_numpy(), settings["cut"], settings["seeds"]
    w = seasonal_growth(c)[13:]
    centre, spread, unit = c[:cut].mean(), c[:cut].std(), w[:cut - 13].std()
    parts = [windows(v, settings["window"]["co2"]) for v in ((c[13:] - centre) / spread, w / unit)]
    x, y = (np.stack([parts[k // seeds][i] for k in range(2 * seeds)], axis=i_axis)[..., None]
            for i, i_axis in ((0, 2), (1, 1)))
    first = cut - 13 - settings["window"]["co2"]
    model = grus(settings, *x.shape[1::2])
    teach(model, x[:first], y[:first], settings["co2_updates"], settings["seed"], settings["batch"])
    outputs = said(model, x[first:])
    growth = c[cut - 1:-1] + c[cut - 12:-12] - c[cut - 13:-13]
    made = [("same growth", 0, growth),
            ("ETS", 0, backtest.walk_forward(c, cut, backtest.ets(), every=None))]
    for k in range(seeds):
        made.append(("GRU on levels", k, outputs[:, k] * spread + centre))
        made.append(("GRU on w", k, growth + outputs[:, seeds + k] * unit))
    return [{"model": name, "member": k, "chosen": "",
             "mase": mase(c[cut:], forecast, c[:cut], 12)} for name, k, forecast in made]


def weather_windows(steps):
    """Give windows (N, T, 6), the changes to come (N,), the last temperatures and the years."""
    d = load_series("weather").data
    top, year = d.temp_max.to_numpy(), d.index.year.to_numpy()
    angle = 2 * np.pi * d.index.day_of_year.to_numpy() / 365.25
    waves = np.stack([np.ones(len(d)), np.cos(angle), np.sin(angle)], axis=1)
    train = np.flatnonzero(year <= 2013)
    normal = waves @ np.linalg.lstsq(waves[train], top[train], rcond=None)[0]
    seen = np.stack([top - normal, d.temp_min - normal, d.wind, np.log1p(d.precipitation),
                     *waves.T[1:]], axis=1)
    seen = (seen - seen[train].mean(0)) / seen[train].std(0)
    view = np.lib.stride_tricks.sliding_window_view(seen[:-1], steps, axis=0).swapaxes(1, 2)
    return view, np.diff(top)[steps - 1:], top[steps - 1:-1], year[steps:], top[train]


def weather(settings):
    """Score the GRUs and the linear formulas that see one variable or six."""
    days, rise, base, year, train = weather_windows(settings["window"]["weather"])
    learn, choose, test = year <= 2013, year == 2014, year == 2015
    seeds, unit = settings["seeds"], rise[learn].std()
    x = np.repeat(days[:, :, None], 2 * seeds, axis=2)
    x[:, :, :seeds, 1:] = 0  # these see one variable
    y = np.repeat(rise[:, None, None] / unit, 2 * seeds, axis=1)
    model, tried, done = grus(settings, *x.shape[1::2]), {}, 0
    for updates in settings["weather_updates"]:
        teach(model, x[learn], y[learn], updates - done, updates, settings["batch"])
        done, outputs = updates, said(model, x) * unit
        tried[1, "GRU", updates], tried[6, "GRU", updates] = outputs.T[:seeds], outputs.T[seeds:]
    for variables in (1, 6):
        flat = days[..., :variables].reshape(len(days), -1)
        for ridge in settings["ridges"]:
            line = Ridge(ridge, fit_intercept=False).fit(flat[learn], rise[learn])
            tried[variables, "linear", ridge] = line.predict(flat)[None]
    rows = [{"model": "persistence", "member": 0, "chosen": "",
             "mase": mase((base + rise)[test], base[test], train)}]
    for variables in (1, 6):
        for kind in ("linear", "GRU"):
            options = {key[2]: made for key, made in tried.items() if key[:2] == (variables, kind)}
            best = min(options, key=lambda n: np.abs(options[n] - rise)[:, choose].mean())
            rows += [{"model": f"{kind}, {variables}", "member": k, "chosen": best,
                      "mase": mase((base + rise)[test], base[test] + made[test], train)}
                     for k, made in enumerate(options[best])]
    return rows


def run_trial(settings, trial):
    """Score all methods of one series."""
    return {"co2": co2, "weather": weather}[trial["series"]](settings)


def finish(log, settings):
    """Give the mean error of every method over the seeds, and its spread."""
    groups = log.groupby(["series", "model"]).mase
    return {name: {" ".join(key): round(value, 3) for key, value in values.dropna().items()}
            for name, values in (("MASE", groups.mean()), ("sd", groups.std()))}
