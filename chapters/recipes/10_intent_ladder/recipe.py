"""Sixty intents of Chinese requests: from a plain RNN, step by step, over three seeds.

Run: python -m rnnbook.recipes run intent_ladder
Every network has 128 numbers per step and layer, of both directions together, and the same
budget. The learning rate of each kind of cell is the best of those tried in the stage "choose",
with half the epochs and the arm "…, last", by the accuracy on the validation part. Accuracies: on
the validation part, on the test part, and on its texts that do not stand in train.
"""

import jieba
import keras
import numpy as np

from rnnbook.labelling.classifier import Features, build_classifier, logits_of, train_classifier
from rnnbook.data.intents import load_massive
from rnnbook.language.word_vectors import embedding_matrix, train_vectors

SETTINGS = {"seed": 0, "seeds": 3, "epochs": 10, "batch": 128, "units": 128, "width": 64,
            "choose_epochs": 5, "choose_seed": 100,
            "rates": {"SimpleRNN": [2e-3, 4e-3, 8e-3],
                      "LSTM": [1.2e-2, 2.4e-2, 4.8e-2]}}
ARMS = {  # name: cell, directions, pooling, tokens, layers
    "SimpleRNN, last": ("SimpleRNN", 1, "last", "characters", 1),
    "LSTM, last": ("LSTM", 1, "last", "characters", 1),
    "LSTM, mean": ("LSTM", 1, "mean", "characters", 1),
    "LSTM, max": ("LSTM", 1, "max", "characters", 1),
    "BiLSTM, last": ("LSTM", 2, "last", "characters", 1),
    "BiLSTM, max": ("LSTM", 2, "max", "characters", 1),
    "BiLSTM, max, 2 layers": ("LSTM", 2, "max", "characters", 2),
    "BiLSTM, words": ("LSTM", 2, "max", "words", 1),
    "BiLSTM, own vectors": ("LSTM", 2, "max", "vectors", 1),
    "BiLSTM, vectors scaled": ("LSTM", 2, "max", "scaled", 1),
}
LOADED = {}


def massive():
    """Load the requests once."""
    if not LOADED:
        LOADED["data"] = load_massive()
    return LOADED["data"]


def features(tokens):
    """Make the features of one kind of tokens, and its vectors or None, once.

    "scaled" divides the vectors so that their deviation is that of a new Embedding.
    """
    if tokens == "scaled":
        found, vectors = features("vectors")
        return found, vectors * (0.05 / 3 ** 0.5 / vectors.std())
    if tokens not in LOADED:
        jieba.setLogLevel(60)
        texts = [text for text, _ in massive().train]
        split = list if tokens == "characters" else jieba.lcut
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
    """List the choice of the rates, then the networks, seed by seed."""
    choose = {"stage": "choose", "seed": settings["choose_seed"]}
    return [choose | {"network": f"{cell}, last"} for cell in settings["rates"]] + [
        {"stage": "test", "seed": seed, "network": name}
        for seed in range(settings["seeds"]) for name in ARMS]


def run_trial(settings, trial):
    """Train one network, or one for each rate; measure the share of right intents."""
    cell = ARMS[trial["network"]][0]
    if trial["stage"] == "choose":
        return tried(settings, cell)
    rows = tried(settings, cell)
    rate = max(rows, key=lambda row: row["validation"])["rate"]
    return [trained(settings, trial["network"], rate, settings["epochs"], trial["seed"],
                    ("validation", "test"))]


def tried(settings, cell):
    """Train a network of one kind of cell with each rate, once; a resumed run repeats it."""
    if ("rates", cell) not in LOADED:
        LOADED["rates", cell] = [
            trained(settings, f"{cell}, last", rate, settings["choose_epochs"],
                    settings["choose_seed"], ("validation",))
            for rate in settings["rates"][cell]]
    return LOADED["rates", cell]


def trained(settings, name, rate, epochs, seed, parts):
    """Train one network; measure it on some parts."""
    found, (cell, directions, pooling, tokens, depth) = massive(), ARMS[name]
    made, vectors = features(tokens)

    def encoded(rows):
        return [made.encode(text) for text, _ in rows], \
            np.array([found.labels.index(label) for _, label in rows])

    keras.utils.set_random_seed(seed)
    model = build_classifier(made.sizes, len(found.labels), cell, settings["units"], directions,
                             pooling, widths=(settings["width"],), vectors=vectors, depth=depth)
    history = train_classifier(model, *encoded(found.train), epochs, settings["batch"], rate,
                               seed=seed)
    row = {"rate": rate, "parameters": model.count_params(), "train_loss": history["loss"][-1]}
    for part in parts:
        x, y = encoded(getattr(found, part))
        right = logits_of(model, x, batch=500).argmax(axis=1) == y
        row[part] = float(right.mean())
    if "test" in parts:
        seen = {text for text, _ in found.train}
        row["clean_test"] = float(right[[text not in seen for text, _ in found.test]].mean())
    return row


def finish(log, settings):
    """Mean and deviation over the seeds, without the leaked texts."""
    clean = log[log.stage == "test"].groupby("network").clean_test
    return {"mean": clean.mean().to_dict(), "sd": clean.std().to_dict()}
