"""Sixty intents of Chinese requests: several recurrent networks answer together.

Run: python -m rnnbook.recipes run intent_ensemble
Three ensembles that share no network. An answer is the intent with the greatest mean of the
networks' log-probabilities; nothing but recurrent networks takes part. Each network is a BiLSTM
with half of intent_best's units, batches of twice its size, and the last step beside the maximum;
one of the four reads words. "combined" adds the log-probabilities of the linear model on n-grams
to the mean of the networks': half of the vote, however many networks there are. "tried" holds the
share of right intents on the validation part of single networks with seed 100, seen before the
kinds were chosen (not the best: one with twice the units); how many stand together was set
beforehand. The test part decided nothing.
"""

import jieba
import keras
import numpy as np

from rnnbook import recipes
from rnnbook.labelling.classifier import Features, build_classifier, logits_of, train_classifier

BEST = recipes.import_recipe("intent_best")
SETTINGS = {"ensembles": 3, "members": ["characters", "characters", "words", "characters"],
            "epochs": 6, "units": 128, "hidden": 0.4, "pooling": "last+max", "batch": 128,
            "rate": 4e-3, "tried": {
                "characters, max, 256 units, batch 64 (as intent_best)": 0.8490,
                "characters, last+max, 256 units, batch 64": 0.8505,
                "characters, max, 128 units": 0.8441,
                "characters, last+max, 128 units": 0.8490,
                "words, last+max, 128 units": 0.8323}}
PARTS = ("validation", "test", "clean_test")
FEATURES = {}
massive, data = BEST.massive, BEST.data


def encoded(rows, split):
    """Requests as integers, and their intents as numbers."""
    found, _, _ = massive()
    if split not in FEATURES:
        jieba.setLogLevel(60)  # of errors only: it tells of its dictionary otherwise
        FEATURES[split] = Features([text for text, _ in found.train],
                                   jieba.lcut if split == "words" else list, pairs=True)
    return [FEATURES[split].encode(text) for text, _ in rows], \
        np.array([found.labels.index(label) for _, label in rows])


def train(settings, split, seed):
    """Train a network that reads characters or words: the model, and its training loss."""
    found, more, _ = massive()
    keras.utils.set_random_seed(seed)
    x, y = encoded(found.train + more, split)
    model = build_classifier(FEATURES[split].sizes, len(found.labels), units=settings["units"],
                             hidden=settings["hidden"], pooling=settings["pooling"])
    history = train_classifier(model, x, y, settings["epochs"], settings["batch"],
                               settings["rate"], seed=seed)
    return model, history["loss"][-1]


def trials(settings):
    """List the ensembles."""
    return [{"ensemble": k, "seed": 10 * k} for k in range(settings["ensembles"])]


def run_trial(settings, trial):
    """Train the networks of one ensemble; measure each, and those trained so far together."""
    found, _, linear = massive()
    other = {part: np.log(linear.predict_proba([text for text, _ in getattr(found, part)]) + 1e-9)
             for part in PARTS}
    rows, together = [], dict.fromkeys(PARTS, 0.0)
    for k, split in enumerate(settings["members"]):
        model, loss = train(settings, split, trial["seed"] + k)
        row = {"networks": k + 1, "reads": split, "parameters": model.count_params(),
               "train_loss": loss}
        for part in PARTS:
            x, y = encoded(getattr(found, part), split)
            alone = np.asarray(keras.ops.log_softmax(logits_of(model, x)))
            together[part] = together[part] + alone
            for name, scores in (("alone", alone), ("together", together[part]),
                                 ("combined", together[part] / (k + 1) + other[part])):
                row[f"{part}_{name}"] = float((scores.argmax(axis=1) == y).mean())
        rows.append(row)
        print(row, flush=True)
    return rows


def finish(log, settings):
    """Mean and deviation over the ensembles by their size, without the leaked texts."""
    names = ["clean_test_alone", "clean_test_together", "clean_test_combined"]
    groups = log.groupby("networks")[names]
    return {"mean": groups.mean().to_dict(), "sd": groups.std().to_dict()}
