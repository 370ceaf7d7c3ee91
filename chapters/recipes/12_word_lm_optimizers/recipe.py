"""Optimizer and schedule apart, and controls of word_lm_choices: each arm with its own choice.

Run: OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 python -m rnnbook.recipes run word_lm_optimizers
Sizes, text and epochs are those of word_lm_choices. A trial is an arm: its learning rate (or the
deviation of its first word vectors) is chosen on validation words with a seed that is not among
the reported ones, then three seeds are trained. Rows "choose" are measured on validation words,
rows "test" on both parts. "same words" are word2vec vectors of exactly what the network reads,
100,000 words with rare ones as <unk>, often enough to equal the reading that word_lm_choices
spends on all two million; "random" draws vectors of the same deviations.
"""

import keras
import numpy as np

from rnnbook import recipes
from rnnbook.language import word_lm
from rnnbook.language.word_vectors import embedding_matrix, train_vectors

CHOICES = recipes.import_recipe("word_lm_choices")
ADAMW = {"optimizer": "adamw", "decays": True, "tied": True, "vectors": "", "scale": 0.0,
         "rate": 0.016}
ARMS = {
    "adamw cosine": {"rate": [0.008, 0.016, 0.03]},
    "adamw constant": {"decays": False, "rate": [0.002, 0.004, 0.008]},
    "sgd cosine": {"optimizer": "sgd", "rate": [5.0, 10.0, 20.0, 40.0]},
    "sgd constant": {"optimizer": "sgd", "decays": False, "rate": [2.5, 5.0, 10.0]},
    "untied": {"tied": False, "rate": [0.008, 0.016, 0.03]},
    "random": {"vectors": "random", "scale": [0.1, 0.3]},
    "same words": {"vectors": "same words", "scale": [0.1, 0.3, 1.0]},
}
SETTINGS = {
    "seeds": 3, "choosing_seed": 100, "word2vec_epochs": 60, "arms": ARMS, "words": 100_000,
    "scored": 20_000, "vocabulary": 2000, "units": 96, "embedding": 64, "batch": 20, "steps": 35,
    "epochs": 4, "dropout": 0.2, "weight_decay": 0.01, "clip_norm": {"adamw": 1.0, "sgd": 0.25},
    "warmup_steps": 50}
KEPT = {}


def data(settings):
    """Say what the figures were measured on, and what counting reaches there."""
    return CHOICES.data(settings)


def trials(settings):
    """List the arms."""
    return [{"arm": arm} for arm in settings["arms"]]


def run_trial(settings, trial):
    """Choose by validation words, then train the seeds; averages of SGD choose for themselves."""
    change = settings["arms"][trial["arm"]]
    key = next(k for k, v in change.items() if isinstance(v, list))
    rows = []
    for value in change[key]:
        rows += train(settings, ADAMW | change | {key: value}, settings["choosing_seed"], "choose")
    best = {name: min((row for row in rows if row["averaged"] == name),
                      key=lambda row: row["validation_nats"])[key] for name in (False, True)
            if any(row["averaged"] == name for row in rows)}
    for seed in range(settings["seeds"]):
        for value in sorted(set(best.values())):
            rows += [row for row in train(settings, ADAMW | change | {key: value}, seed, "test")
                     if best[row["averaged"]] == value]
    return rows


def train(settings, arm, seed, stage):
    """Train one network; measure it, and where it is SGD's at a constant rate its average too."""
    read, table, epochs = CHOICES.corpus(settings), None, settings["epochs"]
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    if arm["vectors"]:
        table = first_vectors(settings, arm["vectors"], seed)
        table = table * arm["scale"] / table.std()
    trial = arm | {"negatives": 0, "weight_dropout": 0.0, "dropout": settings["dropout"],
                   "epochs": epochs}
    rate = CHOICES.warmed_up(settings, arm["rate"], epochs, 0.0 if arm["decays"] else 1.0)
    row, *found = CHOICES.fit(settings, trial, rate, table,
                              averaged=arm["optimizer"] == "sgd" and not arm["decays"])
    parts = {"validation": "choose"} | ({"test": "test"} if stage == "test" else {})
    return [{"stage": stage, "seed": seed, **arm, "averaged": averaged, **row,
             **{f"{part}_nats": float(word_lm.token_nats(weights, read["ids"][name]).mean())
                for part, name in parts.items()}} for averaged, weights in
            zip((False, True), found)]


def first_vectors(settings, kind, seed):
    """Give a table (V, E): drawn, or learned from the words that the network reads."""
    vocab, ids = (CHOICES.READ[key] for key in ("vocab", "ids"))
    if kind == "random":
        shape = (len(vocab), settings["embedding"])
        return np.random.default_rng(seed).standard_normal(shape).astype("float32")
    if not KEPT:
        lines = CHOICES.lines([vocab.itos[i] for i in ids["train"]])
        KEPT["vectors"] = train_vectors(lines, settings["embedding"],
                                        epochs=settings["word2vec_epochs"])
    return embedding_matrix(KEPT["vectors"], vocab, seed=seed)[0]


def finish(log, settings):
    """Test perplexity of each arm, mean and sd, and paired differences from AdamW's cosine."""
    test = log[log.stage == "test"]
    name = test.arm.where(~test.averaged, "averaged sgd")
    wide = np.exp(test.assign(name=name).pivot(index="seed", columns="name", values="test_nats"))
    differences = wide.sub(wide["adamw cosine"], axis=0)
    return {arm: {"mean": wide[arm].mean(), "sd": wide[arm].std(),
                  "minus_adamw_cosine": differences[arm].mean(),
                  "difference_sd": differences[arm].std()} for arm in sorted(wide)}
