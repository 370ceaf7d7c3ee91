"""English to Chinese on Tatoeba with attention: tatoeba_plain with one other setting.

Run: python -m rnnbook.recipes run tatoeba_attention
"""

from rnnbook.training.weights import get_weights
from rnnbook.translation import tatoeba_trials

SETTINGS = {"attention": "multiplicative", "seed": 0, "seeds": 3, "units": 224, "embedding": 96,
            "dropout": 0.3, "epochs": 10, "batch": 128, "learning_rate": 4e-3,
            "choose": [2e-3, 4e-3], "choose_epochs": 3, "beam": 5, "penalty": 1.0,
            "longest": [5, 8, 12]}
data, trials = tatoeba_trials.data, tatoeba_trials.choose_then_test
finish = tatoeba_trials.mean_bleu


def run_trial(settings, trial):
    """Train one translator and measure it; the weights of the first seed are kept."""
    rows, model = tatoeba_trials.train_and_score(settings, trial, "attention")
    keep = trial["stage"] == "test" and trial["seed"] == settings["seed"]
    return (rows, get_weights(model)) if keep else rows
