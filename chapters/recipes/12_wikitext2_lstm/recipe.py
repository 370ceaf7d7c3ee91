"""LSTM on WikiText-2's 33,278 words: tied table, sampled softmax, AdamW with cosine decay.

Run: OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 python -m rnnbook.recipes run wikitext2_lstm
Five trials of a sixth of an epoch, measured on validation words, decided the batch and the first
bias (logarithms of the words' frequencies); the learning rate is the lower of two that did about
equally well there. The sizes are what 11 MB and half an hour of one core allow. The test part
is read once, by `finish`.
"""

import hashlib

import keras
import numpy as np

from rnnbook.language import word_lm
from rnnbook.training.batching import streams
from rnnbook.data.wikitext import by_frequency, load_wikitext2

SETTINGS = {
    "seed": 12, "epochs": 7, "batch": 40, "steps": 50, "units": 400, "embedding": 144,
    "negatives": 3000, "input_dropout": 0.2, "weight_dropout": 0.25, "dropout": 0.3,
    "learning_rate": 3e-3, "warmup_steps": 300, "beta_2": 0.99, "weight_decay": 0.01,
    "clip_norm": 1.0, "watched": 26_000,
}


def prepare(settings):
    """Encode the three parts; words are numbered from the most frequent to the rarest."""
    text = load_wikitext2()
    vocab = by_frequency(text.train)
    train, validation, test = text.ids(vocab)
    joined = "\n".join(text.train + text.validation + text.test)
    return {"vocab": vocab, "train": train, "validation": validation, "test": test,
            "data": {"name": text.source.name, "kind": text.source.kind,
                     "sha256": hashlib.sha256(joined.encode()).hexdigest(), "V": len(vocab),
                     "train": len(train), "validation": len(validation), "test": len(test)}}


def build(settings, prepared):
    """Build and compile the model with a fixed batch and a carried state."""
    train, size = prepared["train"], len(prepared["vocab"])
    model = word_lm.WordLM(
        size, settings["units"], settings["embedding"], True,
        min(settings["negatives"], size // 2), settings["input_dropout"],
        settings["weight_dropout"], settings["dropout"], stateful=True)
    x, _ = streams(train, settings["batch"], settings["steps"])
    model(x[0])
    word_lm.start_from_counts(model, train)
    warmup = min(settings["warmup_steps"], len(x))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, len(x) * settings["epochs"] - warmup,
        warmup_target=settings["learning_rate"], warmup_steps=warmup)
    model.compile(keras.optimizers.AdamW(
        schedule, weight_decay=settings["weight_decay"], beta_2=settings["beta_2"],
        global_clipnorm=settings["clip_norm"]), jit_compile=False)
    return model


def train_epoch(model, settings, prepared, epoch):
    """Read the text once, cut at another place than in the last epoch."""
    ids = prepared["train"]
    shift = np.random.default_rng([settings["seed"], epoch]).integers(len(ids))
    flat = (-1, settings["steps"])
    cut = (settings["batch"], settings["steps"])
    x, y = streams(np.roll(ids, -shift), *cut)
    model.lstm.reset_state()
    history = model.fit(x.reshape(flat), y.reshape(flat), batch_size=settings["batch"],
                        shuffle=False, verbose=0)
    model.lstm.reset_state()
    x, y = streams(prepared["validation"][:settings["watched"] + 1], *cut)
    nats = model.evaluate(x.reshape(flat), y.reshape(flat), batch_size=settings["batch"],
                          verbose=0)
    return {"train_nats": history.history["loss"][-1], "slice_nats": nats}


def finish(weights, settings, prepared):
    """Measure the stored weights by the full softmax, each part in one pass."""
    nats = {part: word_lm.token_nats(weights, prepared[part]).mean()
            for part in ("validation", "test")}
    return {f"{part}_{name}": float(value) for part, n in nats.items()
            for name, value in (("nats", n), ("perplexity", np.exp(n)))}
