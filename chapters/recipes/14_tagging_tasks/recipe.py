"""Words and parts of speech of Chinese by the tagger of entities.

Run: python -m rnnbook.recipes run tagging_tasks
Everything but the epochs is as in the recipe ner_crf; nothing was chosen for these tasks.
"""

from rnnbook.labelling import tagging_trials

SETTINGS = {"seed": 14, "seeds": 3, "epochs": {"parts of speech": 8, "words": 2}, "batch": 32,
            "models": {"parts of speech": ["CRF"], "words": ["CRF", "softmax"]},
            "learning_rate": 3e-3}


def data(settings):
    """Say what the figures were measured on."""
    sources = [tagging_trials.bank(task).source for task in settings["epochs"]]
    kinds = {source.kind for source in sources}
    return {"name": ", ".join(source.name for source in sources),
            "kind": "full" if kinds == {"full"} else "sample",
            "sentences": {task: [len(part) for part in tagging_trials.parts(task)]
                          for task in settings["epochs"]}}


def trials(settings):
    """List the trials of both tasks."""
    return [{"task": task, "model": model, "seed": seed} for task in settings["epochs"]
            for seed in range(settings["seeds"]) for model in settings["models"][task]]


def run_trial(settings, trial):
    """Train and measure one tagger."""
    task, kind = trial["task"], trial["model"]
    model, coder, loss = tagging_trials.train(
        task, kind, trial["seed"], settings | {"epochs": settings["epochs"][task]})
    rows = tagging_trials.score_test_part(task, model, coder, loss)
    return tagging_trials.rules_or_not(kind, rows, model.count_params())


def finish(log, settings):
    """Mean and spread of the score of every task and model."""
    figures = {}
    for (task, model, rules), rows in log.groupby(["task", "model", "rules"]):
        name = f"{task}, {model}" + ("" if rules else " without rules")
        figures |= {name: rows.score.mean(), f"{name}, sd": rows.score.std()}
    return figures
