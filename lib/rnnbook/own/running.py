"""Train a language model on a text in running order and keep its best epoch."""

import keras
import numpy as np

from rnnbook.training.batching import streams
from rnnbook.training.fitting import fit


def streams_of(tokens, batch=32, steps=32):
    """Choose rows and steps of the streams, fewer where the shortest part is short.

    Args:
        tokens: in the shortest part, 50 or more.
        batch, steps: the largest.
    Returns:
        batch, steps.
    """
    while batch * steps >= tokens:
        batch, steps = (batch // 2, steps) if batch >= steps else (batch, steps // 2)
    return batch, steps


class FreshState(keras.callbacks.Callback):
    """Set a layer's state to zero before every reading of a part."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def on_epoch_begin(self, epoch, logs=None):
        """Before the training part."""
        self.layer.reset_state()

    def on_test_begin(self, logs=None):
        """Before the validation part."""
        self.layer.reset_state()


def train_in_order(model, train, validation, batch, steps, epochs):
    """Train a stateful model; in the end it has the weights of its best validation epoch.

    Args:
        model: compiled Keras model ids (batch, steps) -> logits, with a stateful layer "lstm".
        train, validation: int (N,), tokens.
        batch, steps: of the streams.
        epochs: passes at most; after five without gain it stops.
    Returns:
        list of the validation losses, nats per token.
    """
    parts = [tuple(part.reshape(-1, steps) for part in streams(ids, batch, steps))
             for ids in (train, validation)]
    best = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    history = fit(model, *parts[0], epochs=epochs, batch_size=batch, shuffle=False,
                  validation_data=parts[1], validation_batch_size=batch,
                  callbacks=[FreshState(model.get_layer("lstm")), best])
    return history["val_loss"]
