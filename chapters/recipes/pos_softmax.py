"""Parts of speech of Chinese: a softmax per word, with and without a convolution over characters.

Run: python -m rnnbook.recipes run pos_softmax
The setting is that of the CRF in `tagging_tasks`, whose seeds these are; nothing was chosen.
"""

from rnnbook import recipes, tagging_tasks

CRF, TASK = recipes.import_recipe("tagging_tasks").SETTINGS, "parts of speech"
SETTINGS = {"seed": 14, "seeds": CRF["seeds"], "batch": CRF["batch"],
            "learning_rate": CRF["learning_rate"], "epochs": CRF["epochs"][TASK],
            "filters": [64, 0]}


def data(settings):
    """Say what the figures were measured on."""
    source = tagging_tasks.bank(TASK).source
    return {"name": source.name, "kind": source.kind,
            "sentences": [len(part) for part in tagging_tasks.parts(TASK)]}


def trials(settings):
    """List the networks with and without a convolution over characters, seed by seed."""
    return [{"filters": filters, "seed": seed} for filters in settings["filters"]
            for seed in range(settings["seeds"])]


def run_trial(settings, trial):
    """Train one tagger; score it on the validation part and on the test part."""
    model, coder, loss = tagging_tasks.train(
        TASK, False, trial["seed"], settings["epochs"], settings["batch"],
        settings["learning_rate"], filters=trial["filters"])
    _, validation, test = tagging_tasks.parts(TASK)
    checked = tagging_tasks.tag_and_measure(TASK, model, coder, validation)["score"]
    return [{"train_loss": loss, "validation_score": checked}
            | tagging_tasks.tag_and_measure(TASK, model, coder, test)]


def finish(log, settings):
    """Mean and spread of the accuracy."""
    scores = log.groupby("filters").score
    return {"mean": scores.mean().to_dict(), "sd": scores.std().to_dict()}
