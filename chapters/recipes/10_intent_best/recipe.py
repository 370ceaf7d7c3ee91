"""Sixty intents of Chinese requests: the best network, and its product with the linear model.

Run: python -m rnnbook.recipes run intent_best
A BiLSTM over characters and pairs of characters, trained on both Chinese wordings of the training
requests. Settings come from six tries on the validation part; the test part decided nothing.
"combined" multiplies its probabilities by those of the linear model on n-grams, trained on the
same texts. The weights of seed 0 are kept.
"""

import keras
import numpy as np

from rnnbook.labelling.classifier import bag_classifier
from rnnbook.labelling.classifier import Features, build_classifier, logits_of, train_classifier
from rnnbook.data.intents import load_massive, load_paraphrases

SETTINGS = {"seed": 0, "seeds": 3, "epochs": 6, "hidden": 0.4, "units": 256}
LOADED = {}


def massive():
    """Load the requests, their second wording, and fit the linear model, once."""
    if not LOADED:
        found = load_massive()
        more = load_paraphrases(found)
        LOADED.update(data=found, more=more, linear=bag_classifier(found.train + more))
    return LOADED["data"], LOADED["more"], LOADED["linear"]


def data(settings):
    """Say what the figures were measured on."""
    found, more, _ = massive()
    return {"name": found.source.name, "kind": found.source.kind, "paraphrases": len(more),
            "texts": {part: len(getattr(found, part)) for part in
                      ("train", "validation", "test", "clean_test")}}


def trials(settings):
    """List the seeds."""
    return [{"seed": seed} for seed in range(settings["seeds"])]


def run_trial(settings, trial):
    """Train one network; measure the share of right intents, alone and combined."""
    found, more, linear = massive()
    features = Features([text for text, _ in found.train], pairs=True)

    def encoded(rows):
        return [features.encode(text) for text, _ in rows], \
            np.array([found.labels.index(label) for _, label in rows])

    model = build_classifier(features.sizes, len(found.labels), units=settings["units"],
                             hidden=settings["hidden"])
    history = train_classifier(model, *encoded(found.train + more), settings["epochs"],
                               seed=trial["seed"])
    row = {"parameters": model.count_params(), "train_loss": history["loss"][-1]}
    for part in ("validation", "test", "clean_test"):
        rows = getattr(found, part)
        x, y = encoded(rows)
        logits = logits_of(model, x)
        both = np.asarray(keras.ops.log_softmax(logits)) + np.log(
            linear.predict_proba([text for text, _ in rows]) + 1e-9)
        row[part] = float((logits.argmax(axis=1) == y).mean())
        row[f"{part}_combined"] = float((both.argmax(axis=1) == y).mean())
    weights = {f"{i:02d} {w.path}": np.asarray(w) for i, w in enumerate(model.weights)}
    return [row], weights if trial["seed"] == 0 else None


def finish(log, settings):
    """Mean and deviation over the seeds, without the leaked texts."""
    return {name: {"mean": log[name].mean(), "sd": log[name].std()}
            for name in ("clean_test", "clean_test_combined")}
