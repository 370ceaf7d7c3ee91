"""Recall after a delay, taught by truncated BPTT: accuracy for windows, delays and seeds.

Run: python -m rnnbook.recipes run truncated_bptt
"""

from rnnbook.gradients.recall import recall_accuracy, train_recall

SETTINGS = {
    "seed": 3, "units": 24, "streams": 32, "updates": 2000, "rate": 5e-3,
    "delays": [1, 2, 3, 4, 5, 7, 8, 10, 12, 14], "windows": [2, 4, 8, 16], "seeds": 5,
    "frozen_window": 4, "test_steps": 500,
}


def trials(settings):
    """Every window at every delay with every seed; window 0 has frozen recurrent weights."""
    return [{"window": window, "delay": delay, "seed": seed}
            for seed in range(settings["seeds"])
            for window in (0, *settings["windows"])
            for delay in settings["delays"]]


def run_trial(settings, trial):
    """Train one network and measure its recall on new streams, the state carried."""
    window, delay, seed = trial["window"], trial["delay"], trial["seed"]
    options = {key: settings[key] for key in ("updates", "units", "streams", "rate")}
    network, _ = train_recall(window or settings["frozen_window"], delay, seed,
                              frozen=window == 0, **options)
    accuracy = recall_accuracy(network, delay, seed, steps=settings["test_steps"])
    return [{"accuracy": round(accuracy, 4)}]


def finish(log, settings):
    """The medians over the seeds: lowest inside the window, highest beyond it."""
    medians = log.groupby(["window", "delay"])["accuracy"].median().reset_index()
    taught = medians[medians["window"] > 0]
    inside = taught["delay"] < taught["window"]
    return {"lowest_inside": float(taught[inside]["accuracy"].min()),
            "highest_beyond": float(taught[~inside]["accuracy"].max())}
