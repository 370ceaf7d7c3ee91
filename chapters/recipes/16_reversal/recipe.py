"""Strings backwards, with one vector for the input and with attention: accuracy and length.

Run: python -m rnnbook.recipes run reversal
Both kinds get the same sizes, the same updates and the same four learning rates, tried with
the first seed. For each kind the rate with the most right letters on validation strings is
`chosen` and trained with all seeds; the test strings decide nothing. Training strings have 5
to 30 letters; test strings up to 40. The weights kept are of one trial with attention.
"""

from keras import ops

from rnnbook.translation import reversal
from rnnbook.training.weights import get_weights

SETTINGS = {"seed": 0, "seeds": 3, "longest": 30, "units": 64, "embedding": 32, "batch": 64,
            "updates": 500, "rates": [0.01, 0.003, 0.03, 0.06],
            "chosen": {"one vector": 0.03, "attention": 0.01}, "kept": [0.01, 0],
            "lengths": [5, 10, 15, 20, 25, 30, 35, 40], "strings": 100, "validation": 208}
KINDS = ("one vector", "attention")
SCORES = {"one vector": None, "attention": "multiplicative", "additive": "additive"}
MODELS = {}


def trials(settings):
    """List all seeds with the first rate, the other rates, and what those call for."""
    first, *others = settings["rates"]
    seeds, chosen = range(settings["seeds"]), settings["chosen"]
    rows = [(kind, first, seed) for kind in KINDS for seed in seeds]
    rows += [(kind, rate, 0) for rate in others for kind in KINDS]
    rows += [(kind, chosen[kind], seed) for kind in KINDS for seed in seeds
             if seed and chosen[kind] != first]
    return [{"kind": kind, "rate": rate, "seed": seed} for kind, rate, seed in rows]


def fresh_model(settings, kind):
    """Give a model with new weights; one compiled model of each kind serves all trainings."""
    new = reversal.make_model(SCORES[kind], settings["longest"], settings["units"],
                              settings["embedding"])
    model = MODELS.setdefault(kind, new)
    if model is not new:
        model.set_weights(new.get_weights())
        for variable in model.optimizer.variables:
            variable.assign(ops.zeros_like(variable))
    return model


def validate(model, settings):
    """Right letters on validation strings of all lengths of the training."""
    longest = settings["longest"]
    mixed = [5 + i % (longest - 4) for i in range(settings["validation"])]
    source, _, target = reversal.reversed_strings(mixed, longest, 2 * 10**6)
    return float(reversal.score(model, source, target)[0].mean())


def measure(model, settings):
    """Right letters and right strings for each length of the test strings."""
    rows = []
    for length in settings["lengths"]:
        source, _, target = reversal.reversed_strings(
            [length] * settings["strings"], max(length, settings["longest"]), (10**6, length))
        right, whole = reversal.score(model, source, target)
        rows.append({"length": length, "letters": float(right.mean()),
                     "whole": float(whole.mean())})
    return rows


def run_trial(settings, trial):
    """Train one model; measure right letters and right strings for each length."""
    model = fresh_model(settings, trial["kind"])
    nats = reversal.train(model, settings["longest"], settings["updates"], trial["rate"],
                          trial["seed"], settings["batch"])
    found = {"validation": validate(model, settings), "train_nats": nats,
             "parameters": model.count_params()}
    kept = trial["kind"] == "attention" and [trial["rate"], trial["seed"]] == settings["kept"]
    return [row | found for row in measure(model, settings)], get_weights(model) if kept else None


def finish(log, settings):
    """Right letters on test strings by kind and length, with the chosen rates."""
    chosen = log[log.rate == log.kind.map(settings["chosen"])]
    means = chosen.groupby(["kind", "length"]).letters.mean()
    return {f"{kind} {length}": value for (kind, length), value in means.items()}
