"""Train a language model on a text in running order, keep its best epoch, and read with it."""

import keras
import numpy as np

from rnnbook.language import char_lm, word_lm
from rnnbook.training.batching import streams
from rnnbook.training.fitting import adam_cosine, fit, without_xla

UNITS, WIDTH = 128, 64
RATE = {"characters": 0.02, "words": 0.016}
DROPOUT = {"characters": {"input_dropout": 0.2, "dropout": 0.4},
           "words": {"input_dropout": 0.3, "dropout": 0.4}}
PATIENCE = 5  # epochs without gain


def streams_of(tokens, batch=32, steps=32):
    """Choose rows and steps of the streams, fewer where the shortest part is short.

    Args:
        tokens: in the shortest part.
        batch, steps: the largest.
    Returns:
        batch, steps.
    """
    while batch * steps >= tokens:
        batch, steps = (batch // 2, steps) if batch >= steps else (batch, steps // 2)
    return batch, steps


def network(level, ids, size, cut, epochs):
    """Build the network of chapter 11 or 12 and compile it; its bias knows the frequencies.

    Args:
        level: "characters" or "words".
        ids: int (N,), the training part.
        size: number of kinds of token, V.
        cut: batch, steps of the streams.
        epochs: passes over the training part.
    Returns:
        stateful Keras model, ids (batch, steps) int -> logits or, by words, features.
    """
    if level == "characters":
        model = char_lm.build_lm(size, UNITS, WIDTH, batch=cut[0], steps=cut[1],
                                 **DROPOUT[level], stateful=True)
        bias, loss = model.get_layer("logits").bias, char_lm.lm_loss()
    else:
        model = word_lm.WordLM(size, UNITS, WIDTH, stateful=True, **DROPOUT[level])
        model(np.zeros(cut, "int32"))
        bias, loss = model.output_layer.bias, None
    counts = np.bincount(ids, minlength=size) + 1.0
    bias.assign(np.log(counts / counts.sum()).astype("float32"))
    updates = epochs * max(1, (len(ids) - 1) // cut[0] // cut[1])
    model.compile(adam_cosine(updates, RATE[level], warmup=min(50, updates // 10), decay=0.01,
                              beta_2=0.99), loss, jit_compile=without_xla())
    return model


class FreshState(keras.callbacks.Callback):
    """Set the state to zero before every reading of a part."""

    def on_epoch_begin(self, epoch, logs=None):
        """Before the training part."""
        self.model.get_layer("lstm").reset_state()

    def on_test_begin(self, logs=None):
        """Before the validation part."""
        self.model.get_layer("lstm").reset_state()


def train_in_order(model, train, validation, cut, epochs):
    """Train a network; in the end it has the weights of its best validation epoch.

    Args:
        model: as `network` gives it.
        train, validation: int (N,), tokens.
        cut: batch, steps of the streams.
        epochs: passes at most.
    Returns:
        list of the validation losses, nats per token.
    """
    parts = [tuple(part.reshape(-1, cut[1]) for part in streams(ids, *cut))
             for ids in (train, validation)]
    best = keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
    return fit(model, *parts[0], epochs=epochs, batch_size=cut[0], shuffle=False,
               validation_data=parts[1], validation_batch_size=cut[0],
               callbacks=[FreshState(), best])["val_loss"]


def reader(level, weights, **options):
    """Build the chain ids -> logits around weights; options as `word_lm.reader`."""
    return (char_lm.from_weights if level == "characters" else word_lm.reader)(weights, **options)


def without_token(weights, token):
    """Copy weights such that a token is never written: its bias is far below all others."""
    name = "logits.bias" if "logits.bias" in weights else "output.bias"
    return weights | {name: weights[name] - 1e9 * (np.arange(len(weights[name])) == token)}
