"""Learning rates of the translators: both ways, both kinds, three epochs, by validation loss.

Run: python -m rnnbook.recipes run tatoeba_rates
It chooses the rates of tatoeba_both_ways, and asks of tatoeba_plain and tatoeba_attention, which
tried 2e-3 and 4e-3 under the same settings, whether a higher rate would have been better.
16e-3 was added when 8e-3 turned out to be better than 4e-3.
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {
    "seed": 100, "seeds": 3, "units": 224, "embedding": 96, "dropout": 0.3, "epochs": 10,
    "batch": 128, "choose_epochs": 3, "beam": 5, "penalty": 1.0, "longest": [5, 8, 12],
    "choose": [["chinese", [2e-3, 4e-3, 8e-3]], ["english", [8e-3]],
                            ["chinese", [16e-3]], ["english", [16e-3]]]}
data = tatoeba_trials.data


def trials(settings):
    """List the rates for each way and kind."""
    return [{"stage": "choose", "epochs": settings["choose_epochs"], "source": source,
             "kind": kind, "rate": rate, "seed": settings["seed"]}
            for source, rates in settings["choose"] for rate in rates
            for kind in tatoeba_trials.KINDS]


def run_trial(settings, trial):
    """Train one translator for a few epochs; keep the losses."""
    rows, _ = tatoeba_trials.train_and_score(settings, trial, trial["kind"], trial["source"])
    return [{key: row[key] for key in ("epoch", "train_nats", "validation_nats")} for row in rows]


def finish(log, settings):
    """The last validation loss of each trial."""
    last = log[log.epoch == settings["choose_epochs"]]
    return {f"{row.source} {row.kind} {row.rate:g}": row.validation_nats
            for row in last.itertuples()}
