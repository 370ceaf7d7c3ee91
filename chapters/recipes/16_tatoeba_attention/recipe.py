"""English to Chinese on Tatoeba with attention, the network that chapters translate with.

Run: python -m rnnbook.recipes run tatoeba_attention
Settings and rate are those of tatoeba_both_ways, which measured other seeds; this one is new, and
its weights are kept. Nothing was chosen by its scores.
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {"source": "english", "kind": "attention", "seed": 3, "rate": 8e-3} \
    | tatoeba_trials.SETTINGS
data, trials = tatoeba_trials.data, tatoeba_trials.one_seed
run_trial, finish = tatoeba_trials.keep, tatoeba_trials.last_bleu
