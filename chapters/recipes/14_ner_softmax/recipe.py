"""Chinese named entities: the softmax of `ner_softmax_choose` on the test part, seed by seed.

Run: python -m rnnbook.recipes run ner_softmax
The first three seeds are those of `ner_crf`, all five those of `ner_crf_again`, so that they can
be compared in pairs.
"""

from rnnbook import recipes
from rnnbook.labelling import tagging_trials

SETTINGS = {"seed": 14, "seeds": [0, 1, 2, 3, 4], "model": "softmax", "batch": 32,
            "chosen_by": "ner_softmax_choose"}
trials, finish = tagging_trials.seeds, tagging_trials.entity_f1


def data(settings):
    """Say what the figures were measured on, and with which setting."""
    chosen = tagging_trials.best(recipes.load(settings["chosen_by"]).log)
    return tagging_trials.summary("entities") | {"chosen": chosen}


def run_trial(settings, trial):
    """Train one tagger; score it on the validation part and on the test part."""
    return tagging_trials.train_chosen(settings, data(settings)["chosen"], trial["seed"])
