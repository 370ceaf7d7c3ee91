"""Chinese named entities: a CRF against a softmax per word, each with the rate chosen for it.

Run: python -m rnnbook.recipes run ner_crf_or_softmax
Both are trained with the same seeds for the same number of epochs; the rates are those of
`ner_crf_choose` and `ner_softmax_choose`. Every way of decoding is scored on the test part.
"gain_error" is the standard deviation of what the CRF adds to a softmax with rules over test
sets drawn from the 500 sentences, the same for both (paired bootstrap).
"""

import keras

from rnnbook import recipes
from rnnbook.labelling import bilstm_crf, entity_scores, tagging_trials

SETTINGS = {"seed": 14, "seeds": [0, 1, 2, 3, 4], "batch": 32,
            "chosen_by": {"CRF": "ner_crf_choose", "softmax": "ner_softmax_choose"}}
trials = tagging_trials.seeds


def data(settings):
    """Say what the figures were measured on, and with which settings."""
    chosen = {kind: tagging_trials.best(recipes.load(name).log)
              for kind, name in settings["chosen_by"].items()}
    return tagging_trials.summary("entities") | {"chosen": chosen}


def run_trial(settings, trial):
    """Train both taggers with one seed; score them, and their difference, on the test part."""
    rows, counts = [], []
    test = tagging_trials.parts("entities")[2]
    for kind, chosen in data(settings)["chosen"].items():
        keras.utils.set_random_seed(trial["seed"])
        model, coder, loss = tagging_trials.train("entities", kind, trial["seed"],
                                                  settings | chosen)
        found = tagging_trials.score_test_part("entities", model, coder, loss)
        rows += [{"model": kind, "decoding": way} | row for way, row in found.items()]
        counts.append(entity_scores.sentence_counts(
            entity_scores.tags_of(test), bilstm_crf.predict(model, coder, test)))
    with_moves, with_rules = entity_scores.resampled_f1(*counts)
    return [row | {"gain_error": (with_moves - with_rules).std()} for row in rows]


def finish(log, settings):
    """Mean and spread of entity F1 for each tagger and way of decoding, and of the gain."""
    scores = log.pivot(index="seed", columns=["model", "decoding"], values="entity_f1")
    gain = scores["CRF", "moves"] - scores["softmax", "rules"]
    return {f"{model}, {way}": {"mean": column.mean(), "sd": column.std()}
            for (model, way), column in scores.items()} | {
        "gain": {"mean": gain.mean(), "sd": gain.std(), "error": log.gain_error.mean()}}
