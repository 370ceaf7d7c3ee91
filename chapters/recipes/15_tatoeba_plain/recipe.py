"""English to Chinese on Tatoeba without attention; tatoeba_attention differs in one setting.

Run: python -m rnnbook.recipes run tatoeba_plain
The learning rate is the best of those tried in the stage "choose" by the loss on the
validation part. The test part decided nothing. The weights kept are those of the first seed.
"""

from rnnbook.translation import tatoeba_trials

SETTINGS = {"attention": None} | tatoeba_trials.SETTINGS
data, trials = tatoeba_trials.data, tatoeba_trials.choose_then_test
run_trial, finish = tatoeba_trials.keep_first, tatoeba_trials.mean_bleu
