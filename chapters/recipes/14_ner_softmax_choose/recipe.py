"""Chinese named entities, a softmax per word: which learning rate.

Run: python -m rnnbook.recipes run ner_softmax_choose
Every setting is trained once and scored on the validation part, decoded by the rules of the
tags and freely; the entity F1 with rules chooses. The test part is not read: the recipe
`ner_softmax` tests what is chosen here.
"""

from rnnbook.labelling import tagging_trials

SETTINGS = {"model": "softmax", "seed": 100, "epochs": [12],
            "learning_rates": [5e-3, 1e-2, 2e-2], "batch": 32}
trials, run_trial, finish = tagging_trials.grid, tagging_trials.try_entities, tagging_trials.best


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary("entities")
