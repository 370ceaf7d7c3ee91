"""Strings backwards with additive scores: 500 updates, as the kinds of the recipe `reversal`.

Run: python -m rnnbook.recipes run reversal_additive
The learning rate is chosen as in the recipe `reversal_longer`; all else is as in `reversal`.
"""

from rnnbook import recipes

LONGER = recipes.import_recipe("reversal_longer")
SETTINGS = LONGER.SETTINGS | {"runs": [["additive", 500]], "lengths": [10, 30, 40]}
trials, run_trial, finish = LONGER.trials, LONGER.run_trial, LONGER.finish
