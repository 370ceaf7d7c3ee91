"""Choices of a word language model on 100,000 words of WikiText-2, 2,000 kinds: three seeds each.

Run: OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 python -m rnnbook.recipes run word_lm_choices
Stage "choose": learning rates, and the scale of pretrained vectors, by what a seed that is not
among the reported ones gives on validation words; scales 0.3 and 1.0 are within .001 nats there,
the smaller is taken. Stage "test": each choice apart, by the first 20,000 test words. A trial of
SGD is measured twice, at its end and averaged over its second half.
"""

import keras
import numpy as np

from rnnbook.language import word_lm
from rnnbook.training.weights import get_weights
from rnnbook.language.ngram import WittenBell
from rnnbook.data.wikitext import EOS, by_frequency, load_wikitext2
from rnnbook.language.word_vectors import embedding_matrix, train_vectors

SETTINGS = {
    "seed": 12, "seeds": 3, "words": 100_000, "scored": 20_000, "vocabulary": 2000,
    "units": 96, "embedding": 64, "batch": 20, "steps": 35, "epochs": 4, "long": 6,
    "dropout": 0.2, "negatives": 200, "weight_dropout": 0.4, "weight_decay": 0.01,
    "clip_norm": {"adamw": 1.0, "sgd": 0.25}, "warmup_steps": 50,
    "rates": {"adamw": [0.004, 0.008, 0.016, 0.03],
              "sgd": [2.5, 5.0, 10.0, 20.0]},
    "scales": [0.1, 0.3, 1.0],
}
PLAIN = {"tied": True, "negatives": 0, "weight_dropout": 0.0, "dropout": SETTINGS["dropout"],
         "pretrained": 0.0, "optimizer": "adamw", "epochs": SETTINGS["epochs"]}
ADAMW, SGD, SCALE = 0.016, 5.0, 0.3  # chosen in the stage "choose"
READ = {}


def corpus(settings):
    """Load the text once; the words beyond the first `words` serve the word vectors alone."""
    if not READ:
        text = load_wikitext2()
        train = text.train[:settings["words"]]
        vocab = by_frequency(train, size=settings["vocabulary"])
        parts = [vocab.encode(part) for part in (
            train, text.validation[:settings["scored"]], text.test[:settings["scored"]])]
        READ.update(text=text, vocab=vocab, ids=dict(zip(("train", "choose", "test"), parts)))
    return READ


def vectors(settings):
    """Train word vectors on the whole training text, once."""
    if "vectors" not in READ:
        words = corpus(settings)["text"].train
        READ["vectors"] = train_vectors(lines(words), settings["embedding"], epochs=3)
    return READ["vectors"]


def lines(words):
    """Cut words into lines, each with its <eos>."""
    ends = [i + 1 for i, word in enumerate(words) if word == EOS]
    return [words[a:b] for a, b in zip([0, *ends], ends)]


def data(settings):
    """Say what the figures were measured on, and what counting reaches there."""
    read = corpus(settings)
    ids, size = read["ids"], len(read["vocab"])
    counted = WittenBell(2).fit(ids["train"], size).token_nll(ids["test"])[:, 1:].mean(1)
    source = read["text"].source
    return {"name": source.name, "kind": source.kind, "V": size,
            **{part: len(i) for part, i in ids.items()},
            "unigram": float(np.exp(counted[0])), "bigram": float(np.exp(counted[1]))}


def trials(settings):
    """List the choices of rates and scale, then what is compared."""
    rows = [{"stage": "choose", "choice": name, "seed": 100, "rate": rate, **PLAIN,
             "optimizer": name} for name in ("adamw", "sgd")
            for rate in settings["rates"][name]]
    rows += [{"stage": "choose", "choice": "pretrained", "seed": 100, "rate": 0.008, **PLAIN,
              "pretrained": scale} for scale in settings["scales"]]
    bare = {"dropout": 0.0, "epochs": settings["long"]}
    compared = {
        "plain": {}, "untied": {"tied": False}, "sampled": {"negatives": settings["negatives"]},
        "sgd": {"optimizer": "sgd", "rate": SGD}, "pretrained": {"pretrained": SCALE},
        "no dropout": bare,
        "weight dropout": bare | {"weight_dropout": settings["weight_dropout"]},
    }
    return rows + [{"stage": "test", "choice": name, "seed": seed, "rate": ADAMW, **PLAIN, **change}
                   for seed in range(settings["seeds"]) for name, change in compared.items()]


def run_trial(settings, trial):
    """Train one network; measure it on validation words (stage "choose") or test words."""
    read, table, sgd = corpus(settings), None, trial["optimizer"] == "sgd"
    if trial["pretrained"]:
        table, _ = embedding_matrix(vectors(settings), read["vocab"], seed=trial["seed"])
        table = table * trial["pretrained"] / table.std()
    rate = trial["rate"] if sgd else warmed_up(settings, trial["rate"], trial["epochs"])
    row, *weights = fit(settings, trial, rate, table, averaged=sgd)
    scored = read["ids"]["choose" if trial["stage"] == "choose" else "test"]
    return [{"name": name} | row | {"nats": float(word_lm.token_nats(found, scored).mean())}
            for name, found in zip((trial["choice"], "averaged sgd"), weights)]


def updates_of(settings, epochs):
    """Count the updates of a training."""
    return len(READ["ids"]["train"]) // settings["batch"] // settings["steps"] * epochs


def warmed_up(settings, rate, epochs, end=0.0):
    """Let the rate rise from 0, then fall to a share of itself by a cosine (1: stay)."""
    warmup = settings["warmup_steps"]
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, updates_of(settings, epochs) - warmup), end, warmup_target=rate,
        warmup_steps=warmup)


def fit(settings, trial, rate, table=None, averaged=False):
    """Train one network, by AdamW or SGD, both clipped.

    Args:
        trial: dict of "tied", "negatives", "dropout", "weight_dropout", "optimizer", "epochs".
        rate: number or schedule.
        table: first word vectors (V, E), or None.
        averaged: also give the mean of the weights over the second half.
    Returns:
        dict of "parameters" and "train_nats", the weights, and their mean where it is asked for.
    """
    ids, size = READ["ids"]["train"], len(READ["vocab"])
    share, cut = trial["dropout"], (settings["batch"], settings["steps"])
    model = word_lm.WordLM(
        size, settings["units"], settings["embedding"], trial["tied"],
        min(trial["negatives"], size // 2) or None, share, trial["weight_dropout"], share,
        stateful=True)
    model(np.zeros(cut, "int32"))
    word_lm.start_from_counts(model, ids)
    if table is not None:
        model.embedding.embeddings.assign(table)
    clip = settings["clip_norm"][trial["optimizer"]]
    model.compile(
        keras.optimizers.SGD(rate, global_clipnorm=clip) if trial["optimizer"] == "sgd" else
        keras.optimizers.AdamW(rate, weight_decay=settings["weight_decay"], beta_2=0.99,
                               global_clipnorm=clip), jit_compile=False)
    average = word_lm.Average(skip=updates_of(settings, trial["epochs"]) // 2)
    losses = word_lm.train(model, ids, *cut, trial["epochs"], [average] if averaged else [])
    row = {"parameters": model.count_params(), "train_nats": losses[-1]}
    return row, get_weights(model), *([average.mean] if averaged else [])


def finish(log, settings):
    """Mean test perplexity of each choice, and the paired difference of tied and untied."""
    test = log[log.stage == "test"]
    wide = np.exp(test.pivot(index="seed", columns="name", values="nats"))
    gain = wide["untied"] - wide["plain"]
    return {"tying_gain": gain.mean(), "tying_gain_sd": gain.std(),
            **{name: wide[name].mean() for name in sorted(wide)}}
