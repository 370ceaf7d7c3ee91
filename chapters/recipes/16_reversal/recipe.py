"""Strings backwards, with one vector for the input and with attention: accuracy and length.

Run: python -m rnnbook.recipes run reversal
Both kinds get the same sizes, the same updates and the same four learning rates, tried with
the first seed. For each kind the rate with the most right letters on validation strings is
`chosen` and trained with all seeds; the test strings decide nothing. Training strings have 5
to 30 letters; test strings up to 40. The weights kept are of one trial with attention.
"""

from rnnbook.training.weights import get_weights
from rnnbook.translation import reversal, reversal_trials

SETTINGS = {"seed": 0, "seeds": 3, "longest": 30, "units": 64, "embedding": 32, "batch": 64,
            "updates": 500, "rates": [0.01, 0.003, 0.03, 0.06],
            "chosen": {"one vector": 0.03, "attention": 0.01}, "kept": [0.01, 0],
            "lengths": [5, 10, 15, 20, 25, 30, 35, 40], "strings": 100, "validation": 208}
KINDS = ("one vector", "attention")


def trials(settings):
    """List all seeds with the first rate, the other rates, and what those call for."""
    first, *others = settings["rates"]
    seeds, chosen = range(settings["seeds"]), settings["chosen"]
    rows = [(kind, first, seed) for kind in KINDS for seed in seeds]
    rows += [(kind, rate, 0) for rate in others for kind in KINDS]
    rows += [(kind, chosen[kind], seed) for kind in KINDS for seed in seeds
             if seed and chosen[kind] != first]
    return [{"kind": kind, "rate": rate, "seed": seed} for kind, rate, seed in rows]


def run_trial(settings, trial):
    """Train one model; measure right letters and right strings for each length."""
    model = reversal_trials.fresh_model(settings, trial["kind"])
    nats = reversal.train(model, settings["longest"], settings["updates"], trial["rate"],
                          trial["seed"], settings["batch"])
    found = {"validation": reversal_trials.validate(model, settings), "train_nats": nats,
             "parameters": model.count_params()}
    kept = trial["kind"] == "attention" and [trial["rate"], trial["seed"]] == settings["kept"]
    rows = [row | found for row in reversal_trials.measure(model, settings)]
    return rows, get_weights(model) if kept else None


def finish(log, settings):
    """Right letters on test strings by kind and length, with the chosen rates."""
    chosen = log[log.rate == log.kind.map(settings["chosen"])]
    means = chosen.groupby(["kind", "length"]).letters.mean()
    return {f"{kind} {length}": value for (kind, length), value in means.items()}
