"""Chinese named entities, a CRF: the grid that `ner_softmax_choose` tries for the softmax.

Run: python -m rnnbook.recipes run ner_crf_choose
The entity F1 on the validation part, decoded with the CRF's own moves, chooses.
"""

from rnnbook.labelling import tagging_trials

SETTINGS = {"model": "CRF", "seed": 100, "epochs": [12],
            "learning_rates": [5e-3, 1e-2, 2e-2], "batch": 32}
trials, run_trial, finish = tagging_trials.grid, tagging_trials.try_entities, tagging_trials.best


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary("entities")
