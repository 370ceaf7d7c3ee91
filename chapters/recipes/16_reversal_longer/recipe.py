"""Strings backwards, with other numbers of updates: does one vector only learn more slowly?

Run: python -m rnnbook.recipes run reversal_longer
The sizes, the strings and the schedule are those of the recipe `reversal`. Each kind has its
own learning rate for each number of updates: the first seed tries `start`, its half and its
double, and goes on from the best until both neighbours of the best are tried, by the right
letters on validation strings. The other seeds get that rate; the test strings decide nothing.
"""

from rnnbook.translation import reversal_trials

SETTINGS = {"seed": 0, "seeds": 3, "longest": 30, "units": 64, "embedding": 32, "batch": 64,
            "lengths": [5, 10, 15, 20, 25, 30, 35, 40], "strings": 100, "validation": 208,
            "start": 0.02, "runs": [["one vector", 2000], ["attention", 250], ["attention", 100]]}
trials, run_trial = reversal_trials.runs, reversal_trials.tune_and_run
finish = reversal_trials.chosen_letters
