"""Strings backwards with additive scores: 500 updates, as the kinds of the recipe `reversal`.

Run: python -m rnnbook.recipes run reversal_additive
The learning rate is chosen as in the recipe `reversal_longer`; all else is as in `reversal`.
"""

from rnnbook.translation import reversal_trials

SETTINGS = {"seed": 0, "seeds": 3, "longest": 30, "units": 64, "embedding": 32, "batch": 64,
            "lengths": [10, 30, 40], "strings": 100, "validation": 208,
            "start": 0.02, "runs": [["additive", 500]]}
trials, run_trial = reversal_trials.runs, reversal_trials.tune_and_run
finish = reversal_trials.chosen_letters
