"""English to Chinese on Tatoeba with attention: tatoeba_plain with one other setting.

Run: python -m rnnbook.recipes run tatoeba_attention
"""

from rnnbook import recipes

PLAIN = recipes.import_recipe("tatoeba_plain")
SETTINGS = PLAIN.SETTINGS | {"attention": "multiplicative"}
data, trials, run_trial, finish = PLAIN.data, PLAIN.trials, PLAIN.run_trial, PLAIN.finish
