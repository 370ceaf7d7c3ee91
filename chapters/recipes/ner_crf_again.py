"""Chinese named entities: a CRF with the setting that was chosen for the softmax, seed by seed.

Run: python -m rnnbook.recipes run ner_crf_again
As `ner_softmax`; the trained CRF is also decoded without its moves, by the rules and freely.
The validation scores, here and in `ner_crf`, choose between the two settings of a CRF.
"""

from rnnbook import recipes

SOFTMAX = recipes.import_recipe("ner_softmax")
SETTINGS = SOFTMAX.SETTINGS | {"model": "CRF", "seeds": [0, 1, 2]}
data, trials, run_trial, finish = (getattr(SOFTMAX, name) for name in
                                   ("data", "trials", "run_trial", "finish"))
