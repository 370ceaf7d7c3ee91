"""Sixty intents of Chinese requests: from a plain RNN, step by step, over three seeds.

Run: python -m rnnbook.recipes run intent_ladder
Every network has 128 numbers per step, of both directions together, and the same budget; the
learning rates were set beforehand, without a search. Accuracies: on the validation part, on the
test part, and on its texts that do not stand in train.
"""

import jieba
import numpy as np

from rnnbook.classifier import Features, build_classifier, logits_of, train_classifier
from rnnbook.intents import load_massive
from rnnbook.word_vectors import embedding_matrix, train_vectors

SETTINGS = {"seed": 0, "seeds": 3, "epochs": 4, "units": 128, "width": 64,
            "rate": {"SimpleRNN": 1e-3, "LSTM": 3e-3}}
ARMS = {  # name: cell, directions, pooling, tokens
    "SimpleRNN, last": ("SimpleRNN", 1, "last", "characters"),
    "LSTM, last": ("LSTM", 1, "last", "characters"),
    "LSTM, max": ("LSTM", 1, "max", "characters"),
    "BiLSTM, max": ("LSTM", 2, "max", "characters"),
    "BiLSTM, words": ("LSTM", 2, "max", "words"),
    "BiLSTM, own vectors": ("LSTM", 2, "max", "vectors"),
}
LOADED = {}


def massive():
    """Load the requests once."""
    if not LOADED:
        LOADED["data"] = load_massive()
    return LOADED["data"]


def features(tokens):
    """Make the features of one kind of tokens, and its vectors or None, once."""
    if tokens not in LOADED:
        jieba.setLogLevel(60)
        texts = [text for text, _ in massive().train]
        split = jieba.lcut if tokens in ("words", "vectors") else list
        found, vectors = Features(texts, split), None
        if tokens == "vectors":
            own = train_vectors([split(text) for text in texts], SETTINGS["width"], epochs=15)
            vectors, _ = embedding_matrix(own, found.vocabs[0])
        LOADED[tokens] = found, vectors
    return LOADED[tokens]


def data(settings):
    """Say what the figures were measured on."""
    found = massive()
    return {"name": found.source.name, "kind": found.source.kind,
            "texts": {part: len(getattr(found, part)) for part in
                      ("train", "validation", "test", "clean_test")}}


def trials(settings):
    """List the networks, seed by seed."""
    return [{"network": name, "rate": settings["rate"][cell], "seed": seed}
            for seed in range(settings["seeds"]) for name, (cell, *_) in ARMS.items()]


def run_trial(settings, trial):
    """Train one network; measure the share of right intents."""
    found, (cell, directions, pooling, tokens) = massive(), ARMS[trial["network"]]
    made, vectors = features(tokens)

    def encoded(rows):
        return [made.encode(text) for text, _ in rows], \
            np.array([found.labels.index(label) for _, label in rows])

    model = build_classifier(made.sizes, len(found.labels), cell, settings["units"], directions,
                             pooling, widths=(settings["width"],), vectors=vectors)
    history = train_classifier(model, *encoded(found.train), settings["epochs"],
                               rate=trial["rate"], seed=trial["seed"])
    row = {"parameters": model.count_params(), "train_loss": history["loss"][-1]}
    seen = {text for text, _ in found.train}
    for part in ("validation", "test"):
        x, y = encoded(getattr(found, part))
        right = logits_of(model, x, batch=500).argmax(axis=1) == y
        row[part] = float(right.mean())
    row["clean_test"] = float(right[[text not in seen for text, _ in found.test]].mean())
    return [row]


def finish(log, settings):
    """Mean and deviation over the seeds, without the leaked texts."""
    clean = log.groupby("network").clean_test
    return {"mean": clean.mean().to_dict(), "sd": clean.std().to_dict()}
