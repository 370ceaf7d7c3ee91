"""Recall after a delay by truncated BPTT, the learning rate searched for every window and start.

Run: python -m rnnbook.recipes run truncated_bptt
"""

from statistics import median

from rnnbook.gradients.recall import recall_accuracy, train_recall

SETTINGS = {
    "seed": 3, "units": 24, "streams": 32, "updates": 2000, "long_updates": 20000,
    "gains": [1.0, 0.1], "windows": [4, 8, 0], "delays": [5, 3, 10], "frozen_window": 4,
    "rates": [3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1],
    "fixed_rate": 5e-3, "low_rate": 1e-4,
    "choose_seeds": [100, 101], "seeds": [0, 1, 2, 3, 4], "test_steps": 500,
}


def trials(settings):
    """Every start (gain of U), window and delay; window 0 has frozen recurrent weights."""
    short = [{"gain": gain, "window": window, "delay": delay, "updates": settings["updates"]}
             for gain in settings["gains"]
             for window in settings["windows"]
             for delay in settings["delays"]]
    return [*short, {"gain": 1.0, "window": 4, "delay": 5, "updates": settings["long_updates"]}]


def run_trial(settings, trial):
    """Choose the rate with seeds of its own, then measure it, and a fixed one, with others."""
    if trial["updates"] != settings["updates"]:
        return rows(settings, trial, "long", settings["low_rate"], settings["seeds"])
    searched = [rows(settings, trial, "choose", rate, settings["choose_seeds"])
                for rate in settings["rates"]]
    score = [median(row["accuracy"] for row in found) for found in searched]
    best = [k for k, value in enumerate(score) if value == max(score)]
    chosen = settings["rates"][best[(len(best) - 1) // 2]]  # of equally good ones the middle
    found = [row for some in searched for row in some]
    found += rows(settings, trial, "chosen", chosen, settings["seeds"])
    if trial["gain"] == 1 and trial["window"]:
        found += rows(settings, trial, "fixed", settings["fixed_rate"], settings["seeds"])
    return found


def rows(settings, trial, role, rate, seeds):
    """Train a network for each seed; measure its recall on new streams, the state carried."""
    found = []
    for seed in seeds:
        network, _ = train_recall(
            trial["window"] or settings["frozen_window"], trial["delay"], seed,
            updates=trial["updates"], units=settings["units"], streams=settings["streams"],
            rate=rate, gain=trial["gain"], frozen=trial["window"] == 0)
        accuracy = recall_accuracy(network, trial["delay"], seed, steps=settings["test_steps"])
        found.append({"role": role, "rate": rate, "seed": seed, "accuracy": round(accuracy, 4)})
    return found


def finish(log, settings):
    """The medians over the seeds at the chosen rate: `inside` the window and beyond it."""
    medians = (log[log["role"] == "chosen"].groupby(["gain", "window", "delay"])["accuracy"]
               .median().reset_index())
    taught = medians[medians["window"] > 0]
    inside, weak = taught["delay"] < taught["window"], taught["gain"] < 1
    return {"lowest_inside": float(taught[inside]["accuracy"].min()),
            "highest_beyond_weak_start": float(taught[~inside & weak]["accuracy"].max()),
            "lowest_beyond": float(taught[~inside & ~weak]["accuracy"].min())}
