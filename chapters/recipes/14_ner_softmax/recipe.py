"""Chinese named entities: the softmax of `ner_softmax_choose` on the test part, seed by seed.

Run: python -m rnnbook.recipes run ner_softmax
The first three seeds are those of `ner_crf`, all five those of `ner_crf_again`, so that they can
be compared in pairs.
"""

from rnnbook import recipes
from rnnbook.labelling import tagging_trials

CHOOSE = recipes.import_recipe("ner_softmax_choose")
SETTINGS = {"seed": 14, "seeds": [0, 1, 2, 3, 4], "model": "softmax", "batch": 32,
            "chosen_by": "ner_softmax_choose"}


def data(settings):
    """Say what the figures were measured on, and by which setting."""
    chosen = CHOOSE.finish(recipes.load(settings["chosen_by"]).log, settings)
    return CHOOSE.data(settings) | {"chosen": chosen}


def trials(settings):
    """List the seeds."""
    return [{"seed": seed} for seed in settings["seeds"]]


def run_trial(settings, trial):
    """Train one tagger; score it on the validation part and on the test part."""
    chosen = data(settings)["chosen"]
    model, coder, loss = tagging_trials.train(
        CHOOSE.TASK, settings["model"] == "CRF", trial["seed"], chosen["epochs"],
        settings["batch"], chosen["learning_rate"])
    _, validation, test = tagging_trials.parts(CHOOSE.TASK)
    rows = []
    for name, scores in tagging_trials.decodings(model, coder.tags).items():
        checked = tagging_trials.tag_and_measure(
            CHOOSE.TASK, model, coder, validation, scores)["score"]
        rows.append({"decoding": name, "train_loss": loss, "validation_score": checked}
                    | tagging_trials.tag_and_measure(CHOOSE.TASK, model, coder, test, scores))
    return rows


def finish(log, settings):
    """Mean and spread of entity F1 for each way of decoding."""
    scores = log.groupby("decoding").entity_f1
    return {"mean": scores.mean().to_dict(), "sd": scores.std().to_dict()}
