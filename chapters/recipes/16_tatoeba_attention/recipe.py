"""English to Chinese on Tatoeba with attention: tatoeba_plain with one other setting.

Run: python -m rnnbook.recipes run tatoeba_attention
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {"attention": "multiplicative"} | tatoeba_trials.SETTINGS
data, trials = tatoeba_trials.data, tatoeba_trials.choose_then_test
run_trial, finish = tatoeba_trials.keep_first, tatoeba_trials.mean_bleu
