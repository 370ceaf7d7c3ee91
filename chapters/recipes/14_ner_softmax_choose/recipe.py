"""Chinese named entities, a softmax per word: how many epochs, which learning rate.

Run: python -m rnnbook.recipes run ner_softmax_choose
Every setting is trained once and scored on the validation part, decoded by the rules of the
tags and freely; the entity F1 with rules chooses. The test part is not read: the recipe
`ner_softmax` tests what is chosen here.
"""

from rnnbook.labelling import tagging_trials

TASK = "entities"
SETTINGS = {"model": "softmax", "seed": 100, "epochs": [6, 12], "learning_rates": [2e-3, 5e-3],
            "batch": 32}


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary(TASK)


def trials(settings):
    """List the settings."""
    return [{"epochs": epochs, "learning_rate": rate} for epochs in settings["epochs"]
            for rate in settings["learning_rates"]]


def run_trial(settings, trial):
    """Train one tagger; score it on the validation part."""
    validation = tagging_trials.parts(TASK)[1]
    model, coder, loss = tagging_trials.train(
        TASK, settings["model"] == "CRF", settings["seed"], trial["epochs"], settings["batch"],
        trial["learning_rate"])
    return [{"decoding": name, "train_loss": loss}
            | tagging_trials.tag_and_measure(TASK, model, coder, validation, scores)
            for name, scores in tagging_trials.decodings(model, coder.tags).items()]


def finish(log, settings):
    """Name the best setting, by the first way of decoding."""
    first = log[log.decoding == log.decoding.iloc[0]]
    best = first.loc[first.entity_f1.idxmax()]
    return {"epochs": int(best.epochs), "learning_rate": float(best.learning_rate),
            "entity F1": best.entity_f1}
