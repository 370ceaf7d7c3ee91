"""Chinese named entities found in characters, without knowing where words begin.

Run: python -m rnnbook.recipes run ner_characters
Settings and seeds are those of `ner_crf`, whose tokens are words cut by hand. Both stand compared
on the validation part; the test part is not read.
"""

from rnnbook.labelling import tagging_trials

TASK = "entities of characters"
SETTINGS = {"seed": 14, "seeds": 3, "epochs": 6, "batch": 32, "learning_rate": 3e-3}
trials = tagging_trials.seeds


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary(TASK)


def run_trial(settings, trial):
    """Train one CRF; score it on the validation part."""
    model, coder, loss = tagging_trials.train(TASK, "CRF", trial["seed"], settings)
    return [{"parameters": model.count_params(), "train_loss": loss}
            | tagging_trials.tag_and_measure(TASK, model, coder, tagging_trials.parts(TASK)[1])]


def finish(log, settings):
    """Mean and spread of entity F1 on the validation part."""
    return {"mean": log.entity_f1.mean(), "sd": log.entity_f1.std()}
