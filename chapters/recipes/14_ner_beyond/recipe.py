"""Chinese named entities: one step outside the grid of `ner_softmax_choose` and `ner_crf_choose`.

Run: python -m rnnbook.recipes run ner_beyond
The best setting of each grid stood at its edge. Here the learning rate of each is doubled, and
the rest is as in the grid, its seed included. Scored on the validation part; nothing is chosen.
"""

from rnnbook.labelling import tagging_trials

SETTINGS = {"seed": 100, "batch": 32}


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary("entities")


def trials(settings):
    """List both kinds of tagger, each with the epochs that its grid chose."""
    return [{"model": "softmax", "epochs": 12, "learning_rate": 1e-2},
            {"model": "CRF", "epochs": 6, "learning_rate": 1e-2}]


def run_trial(settings, trial):
    """Train one tagger; score it on the validation part in every way of decoding."""
    return tagging_trials.try_entities(settings | trial, trial)


def finish(log, settings):
    """Entity F1 of each tagger, a softmax decoded by the rules, a CRF by its moves."""
    first = log.groupby("model").first()
    return first.entity_f1.to_dict()
