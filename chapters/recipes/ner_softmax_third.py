"""Chinese named entities: the softmax of `ner_softmax` with the third seed of `ner_crf`.

Run: python -m rnnbook.recipes run ner_softmax_third
"""

from rnnbook import recipes

FIRST = recipes.import_recipe("ner_softmax")
SETTINGS = FIRST.SETTINGS | {"seeds": [2]}
data, trials, run_trial, finish = (getattr(FIRST, name) for name in
                                   ("data", "trials", "run_trial", "finish"))
