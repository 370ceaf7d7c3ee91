"""Chinese named entities, a CRF: the grid that `ner_softmax_choose` tries for the softmax.

Run: python -m rnnbook.recipes run ner_crf_choose
The entity F1 on the validation part, decoded with the CRF's own moves, chooses.
"""

from rnnbook import recipes

SOFTMAX = recipes.import_recipe("ner_softmax_choose")
SETTINGS = SOFTMAX.SETTINGS | {"model": "CRF"}
data, trials, run_trial, finish = (getattr(SOFTMAX, name) for name in
                                   ("data", "trials", "run_trial", "finish"))
