"""Parts of speech of Chinese: a softmax per word, with and without a convolution over characters.

Run: python -m rnnbook.recipes run pos_softmax
Everything else is as for the CRF in `tagging_tasks`, whose seeds these are; nothing was chosen.
"""

from rnnbook.labelling import tagging_trials

TASK = "parts of speech"
SETTINGS = {"seed": 14, "seeds": 3, "batch": 32, "learning_rate": 3e-3, "epochs": 8,
            "filters": [64, 0]}


def data(settings):
    """Say what the figures were measured on."""
    return tagging_trials.summary(TASK)


def trials(settings):
    """List the networks with and without a convolution over characters, seed by seed."""
    return [{"filters": filters, "seed": seed} for seed in range(settings["seeds"])
            for filters in settings["filters"]]


def run_trial(settings, trial):
    """Train one tagger; score it on the test part."""
    model, coder, loss = tagging_trials.train(TASK, "softmax", trial["seed"], settings,
                                              filters=trial["filters"])
    return [{"parameters": model.count_params(), "train_loss": loss}
            | tagging_trials.tag_and_measure(TASK, model, coder, tagging_trials.parts(TASK)[2])]


def finish(log, settings):
    """Mean and spread of the accuracy, with and without the convolution."""
    scores = log.groupby("filters").score
    return {"mean": scores.mean().to_dict(), "sd": scores.std().to_dict()}
