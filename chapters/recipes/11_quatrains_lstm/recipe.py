"""LSTM on Tang quatrains: one poem a row, the state starts from zero, cosine decay.

Run: python -m rnnbook.recipes run quatrains_lstm
The validation poems are measured after every epoch, the test poems once, at the end.
"""

import hashlib

import keras
import numpy as np

from rnnbook.data import quatrains
from rnnbook.language import char_lm
from rnnbook.language.decoding import write
from rnnbook.data.quatrains import END, START, encode_poems, keeps_form, poem_vocabulary

SETTINGS = {
    "seed": 11, "epochs": 12, "batch": 64,
    "units": 320, "embedding": 96,
    "input_dropout": 0.2, "weight_dropout": 0.2, "dropout": 0.4,
    "learning_rate": 4e-3, "warmup_steps": 100, "beta_2": 0.99, "clip_norm": 1.0,
    "samples": 200, "temperature": 0.9, "sample_seed": 7,
}


def prepare(settings):
    """Encode the poems of the three parts."""
    poems = quatrains.load_quatrains()
    vocab = poem_vocabulary(poems.train)
    parts = {part: encode_poems(getattr(poems, part), vocab)
             for part in ("train", "validation", "test")}
    sizes = {part: len(parts[part][0]) for part in parts}
    text = "\n\n".join(poems.train + poems.validation + poems.test)
    data = {"name": poems.source.name, "kind": poems.source.kind,
            "sha256": hashlib.sha256(text.encode()).hexdigest()} | sizes
    return {"vocab": vocab, "data": data} | parts


def build(settings, prepared):
    """Build and compile the model."""
    rows, steps = prepared["train"][0].shape
    model = char_lm.build_lm(
        len(prepared["vocab"]), settings["units"], settings["embedding"],
        settings["dropout"], settings["input_dropout"], settings["weight_dropout"],
        steps=steps)
    updates = settings["epochs"] * (rows // settings["batch"])
    warmup = min(settings["warmup_steps"], updates // 2)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, updates - warmup, warmup_target=settings["learning_rate"], warmup_steps=warmup)
    optimizer = keras.optimizers.Adam(
        schedule, beta_2=settings["beta_2"], global_clipnorm=settings["clip_norm"])
    model.compile(optimizer, char_lm.lm_loss(), jit_compile=False,
                  weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy(
                      from_logits=True, name="nats")])
    return model


def train_epoch(model, settings, prepared, epoch):
    """Read all poems once, in a new order."""
    x, y, weight = prepared["train"]
    order = np.random.default_rng([settings["seed"], epoch]).permutation(len(x))
    order = order[: len(x) // settings["batch"] * settings["batch"]]
    history = model.fit(x[order], y[order], sample_weight=weight[order],
                        batch_size=settings["batch"], shuffle=False, verbose=0)
    return {"train_nats": history.history["nats"][-1],
            "validation_nats": mean_nats(model, *prepared["validation"])}


def mean_nats(model, x, y, weight):
    """Measure the loss per character, punctuation and END included, unknown left out."""
    total = 0.0
    for start in range(0, len(x), 64):
        part = slice(start, start + 64)
        logits = keras.ops.convert_to_tensor(model.predict_on_batch(x[part]))
        loss = keras.losses.sparse_categorical_crossentropy(y[part], logits, from_logits=True)
        total += float((keras.ops.convert_to_numpy(loss) * weight[part]).sum())
    return total / float(weight.sum())


def finish(weights, settings, prepared):
    """Measure the stored weights: loss on both held-out parts, form of free samples."""
    model = char_lm.from_weights(weights)
    poems = write(model, prepared["vocab"], [START] * settings["samples"], 40, stop=END,
                  temperature=settings["temperature"], seed=settings["sample_seed"])
    kept = sum(map(keeps_form, poems))
    return {"validation_nats": mean_nats(model, *prepared["validation"]),
            "test_nats": mean_nats(model, *prepared["test"]),
            "form_kept": kept / len(poems)}
