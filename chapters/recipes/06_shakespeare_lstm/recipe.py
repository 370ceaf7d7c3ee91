"""LSTM-512 on tinyshakespeare: stateful truncated BPTT, weight dropout, cosine decay.

Run: python -m rnnbook.recipes run shakespeare_lstm
The settings were not searched systematically. For the first `watched_epochs` the last
`slice` characters of the training text are held out, to watch the loss on unseen text. Then
they are trained on as well: they belong to the play in which the validation text begins, and
its speakers' names are worth much (the 5-gram baseline loses 0.115 nats without them; that
difference is all that this decision saw of the validation text). The network's own loss on
that text decided nothing; the figure reported is of the stored weights of the last epoch.
"""

import hashlib

import keras
import numpy as np

from rnnbook.data import shakespeare
from rnnbook.language import char_lm
from rnnbook.training.batching import streams
from rnnbook.data.vocab import Vocabulary

SETTINGS = {
    "seed": 11, "epochs": 36, "batch": 128, "steps": 64,
    "units": 512, "embedding": 64,
    "input_dropout": 0.2, "weight_dropout": 0.3, "dropout": 0.4,
    "learning_rate": 3e-3, "warmup_steps": 150, "beta_2": 0.99, "clip_norm": 1.0,
    "slice": 20_000, "watched_epochs": 16,
}


def prepare(settings):
    """Encode the text; the tail of the training part becomes the slice."""
    text = shakespeare.load_shakespeare()
    whole = text.train + text.validation
    vocab = Vocabulary.from_text(whole)
    ids = vocab.encode(text.train)
    held_out = min(settings["slice"], len(ids) // 10)
    return {"vocab": vocab, "whole": ids, "train": ids[:-held_out], "slice": ids[-held_out:],
            "validation": vocab.encode(text.validation),
            "data": {"name": text.source.name, "kind": text.source.kind,
                     "sha256": hashlib.sha256(whole.encode()).hexdigest(),
                     "train": len(ids), "validation": len(text.validation)}}


def build(settings, prepared):
    """Build and compile the model with a fixed batch and a carried state."""
    model = char_lm.build_lm(
        len(prepared["vocab"]), settings["units"], settings["embedding"],
        settings["dropout"], settings["input_dropout"], settings["weight_dropout"],
        settings["batch"], settings["steps"], stateful=True)
    per_epoch = len(streams(prepared["train"], settings["batch"], settings["steps"])[0])
    warmup = min(settings["warmup_steps"], per_epoch)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, per_epoch * settings["epochs"] - warmup,
        warmup_target=settings["learning_rate"], warmup_steps=warmup)
    optimizer = keras.optimizers.Adam(
        schedule, beta_2=settings["beta_2"], global_clipnorm=settings["clip_norm"])
    model.compile(optimizer, char_lm.lm_loss(), jit_compile=False)
    return model


def train_epoch(model, settings, prepared, epoch):
    """Read the text once, cut at another place than in the last epoch."""
    watched = epoch < settings["watched_epochs"]
    ids = prepared["train" if watched else "whole"]
    shift = np.random.default_rng([settings["seed"], epoch]).integers(len(ids))
    x, y = streams(np.roll(ids, -shift), settings["batch"], settings["steps"])
    model.get_layer("lstm").reset_state()
    flat = (-1, settings["steps"])
    history = model.fit(x.reshape(flat), y.reshape(flat), batch_size=settings["batch"],
                        shuffle=False, verbose=0)
    unseen = char_lm.carried_nats(model, prepared["slice"]) if watched else np.nan
    return {"train_nats": history.history["loss"][-1], "slice_nats": unseen}


def finish(weights, settings, prepared):
    """Measure the stored weights on the whole validation text, in one pass."""
    return {"validation_nats": char_lm.carried_nats(weights, prepared["validation"])}
