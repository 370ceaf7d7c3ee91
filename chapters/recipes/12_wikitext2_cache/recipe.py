"""Caches beside Kneser-Ney and beside the stored LSTM of wikitext2_lstm: nothing is trained.

Run: python -m rnnbook.recipes run wikitext2_cache
A trial is a model with a cache. Kneser-Ney is counted on the training part. "plain" is the cache
without states (theta 0), "neural" the one with the LSTM's. Rows "choose": each window and theta
with its best share, on the first `chosen_on` validation words. Row "test": the best of these
settings on the whole test part, read once; every cache starts empty.
"""

import functools

import numpy as np

from rnnbook import recipes
from rnnbook.language import word_lm
from rnnbook.language.cache import cache_probs, mixed_nats
from rnnbook.language.kneser_ney import KneserNey

MAIN = recipes.import_recipe("wikitext2_lstm")
SETTINGS = {
    "order": 5, "chosen_on": 40_000,
    "windows": {"plain": [125, 250, 500, 1000, 2000, 4000],
                "neural": [500, 1000, 2000, 4000, 8000, 16_000]},
    "thetas": {"plain": [0.0], "neural": [0.25, 0.5, 0.75, 1.0, 1.5, 2.0]},
    "shares": [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4],
}


@functools.cache
def prepared():
    """Read and encode the text, and load the network's weights, once."""
    return MAIN.prepare(MAIN.SETTINGS) | {"weights": recipes.load("wikitext2_lstm").weights}


def data(settings):
    """Say what the figures were measured on."""
    return prepared()["data"]


def trials(settings):
    """List the models and their caches."""
    return [{"model": "kneser ney", "cache": "plain"}, {"model": "lstm", "cache": "plain"},
            {"model": "lstm", "cache": "neural"}]


def run_trial(settings, trial):
    """Choose on validation words, then measure the test part."""
    cache, rows = trial["cache"], []
    ids, nats, states = material(settings, trial, "validation")
    for window in settings["windows"][cache]:
        for theta in settings["thetas"][cache]:
            probs = cache_probs(states, ids, window, theta)
            found = {share: mixed_nats(nats, probs, share).mean() for share in settings["shares"]}
            share = min(found, key=found.get)
            rows.append({"stage": "choose", "window": window, "theta": theta, "share": share,
                         "alone_nats": float(nats.mean()), "nats": float(found[share])})
    best = min(rows, key=lambda row: row["nats"])
    ids, nats, states = material(settings, trial, "test")
    probs = cache_probs(states, ids, best["window"], best["theta"])
    return [*rows, best | {"stage": "test", "alone_nats": float(nats.mean()),
                           "nats": float(mixed_nats(nats, probs, best["share"]).mean())}]


def material(settings, trial, part):
    """Give the words of a part, the model's loss of each, and the states (or zeros)."""
    end = settings["chosen_on"] + 1 if part == "validation" else None
    ids = prepared()[part][:end]
    nats = alone(trial["model"], part, end, settings["order"])
    if trial["cache"] == "plain":
        return ids, nats, np.zeros((len(ids) - 1, 1), "float32")
    return ids, nats, word_lm.states(prepared()["weights"], ids)


@functools.cache
def alone(model, part, end, order):
    """Measure a model without a cache, once: nats of each word of a part but the first."""
    ids = prepared()[part][:end]
    if model == "lstm":
        return word_lm.token_nats(prepared()["weights"], ids)
    counted = KneserNey(order).fit(prepared()["train"], len(prepared()["vocab"]))
    return counted.token_nll(ids)[1:]


def finish(log, settings):
    """Test perplexity of each model alone and with its cache."""
    test = log[log.stage == "test"].set_index(["model", "cache"])
    return {f"{model}, {cache}": {"alone": float(np.exp(row.alone_nats)),
                                  "with_cache": float(np.exp(row.nats))}
            for (model, cache), row in test.iterrows()}
