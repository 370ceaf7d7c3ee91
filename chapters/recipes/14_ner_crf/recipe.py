"""Chinese named entities: a CRF against a softmax per word, seed by seed.

Run: python -m rnnbook.recipes run ner_crf
A softmax is decoded twice, freely and by the rules of the tags. The weights of the first CRF
are kept. Chosen on the validation part with another seed: `bilstm_crf.CRF`'s scale 10
(entity F1 .691 after 8 epochs; scale 1: .682). The test part decided nothing.
"""

from rnnbook.labelling import bilstm_crf, tagging_trials

TASK = "entities"
SETTINGS = {"seed": 14, "seeds": 3, "epochs": 6, "batch": 32, "learning_rate": 3e-3}


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary(TASK)


def trials(settings):
    """List the trials, a CRF and a softmax for every seed."""
    return [{"model": model, "seed": seed} for seed in range(settings["seeds"])
            for model in ("CRF", "softmax")]


def run_trial(settings, trial):
    """Train and measure one tagger; keep the weights of the first."""
    model, coder, loss = tagging_trials.train(TASK, trial["model"], trial["seed"], settings)
    rows = tagging_trials.score_test_part(TASK, model, coder, loss)
    keep = trial == {"model": "CRF", "seed": 0}
    return (tagging_trials.rules_or_not(trial["model"], rows, model.count_params()),
            bilstm_crf.get_weights(model) if keep else None)


def finish(log, settings):
    """Mean and spread of entity F1, and what the CRF adds to a softmax with rules."""
    figures = {}
    for (model, rules), rows in log.groupby(["model", "rules"]):
        name = model + ("" if rules else " without rules")
        figures |= {name: rows.entity_f1.mean(), f"{name}, sd": rows.entity_f1.std()}
    by_seed = log[log.rules].pivot(index="seed", columns="model", values="entity_f1")
    gain = by_seed["CRF"] - by_seed["softmax"]
    return figures | {"gain": gain.mean(), "gain, sd": gain.std()}
