"""Learning rates of the translators: both ways, both kinds, three epochs, by validation loss.

Run: python -m rnnbook.recipes run tatoeba_rates
It chooses the rates that tatoeba_both_ways begins with. The highest was added when 8e-3 turned
out to be better than 4e-3.
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {"seed": 100, "choose_epochs": 3, "choose": [
    ["english", [2e-3, 4e-3, 8e-3, 16e-3]], ["chinese", [2e-3, 4e-3, 8e-3, 16e-3]]]} \
    | tatoeba_trials.SETTINGS
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
