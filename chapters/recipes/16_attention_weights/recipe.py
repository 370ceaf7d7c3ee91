"""Do attention weights say what decided? A task where the position that decides is known.

Run: python -m rnnbook.recipes run attention_weights
Numbers, one of them marked: its sign is the class. Two encoders: one whose states have read
every input, one whose states know one input each. Fresh sequences for the test.
"""

from rnnbook.labelling.attention_classifier import ENCODERS, experiment

SETTINGS = {"seed": 0, "seeds": 10, "steps": 15, "count": 1024, "epochs": 10}


def trials(settings):
    """List both encoders, one seed after the other."""
    return [{"encoder": encoder, "seed": seed}
            for seed in range(settings["seeds"]) for encoder in ENCODERS]


def run_trial(settings, trial):
    """Train one classifier; replace its weights, and compare them with the influence."""
    return [experiment(trial["encoder"], settings["steps"], settings["count"],
                       settings["epochs"], trial["seed"])[1]]


def finish(log, settings):
    """Means over the seeds for each encoder."""
    means = log.drop(columns="seed").groupby("encoder").mean()
    return {f"{encoder}: {name}": value for encoder, row in means.iterrows()
            for name, value in row.items()}
