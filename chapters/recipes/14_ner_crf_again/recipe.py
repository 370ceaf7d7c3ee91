"""Chinese named entities: the CRF of `ner_crf_choose` on the test part, seed by seed.

Run: python -m rnnbook.recipes run ner_crf_again
As `ner_softmax`; the trained CRF is also decoded without its moves, by the rules and freely.
"""

from rnnbook import recipes

SOFTMAX = recipes.import_recipe("ner_softmax")
SETTINGS = SOFTMAX.SETTINGS | {"model": "CRF", "chosen_by": "ner_crf_choose"}
data, trials, run_trial, finish = (getattr(SOFTMAX, name) for name in
                                   ("data", "trials", "run_trial", "finish"))
