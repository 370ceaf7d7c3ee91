"""Train an encoder-decoder on sentence pairs of many lengths, with teacher forcing."""

import numpy as np
from keras import ops

from rnnbook.bucketing import batch_indices, pad_right
from rnnbook.training import adam_cosine
from rnnbook.translator import BOUNDARIES


def batches(examples, batch, seed):
    """Make batches of similar length, padded to one of `BOUNDARIES`.

    Args:
        examples: of `Languages.examples`.
        batch: pairs per batch.
        seed: integer or sequence of integers.
    Returns:
        list of (source (B, T), target_in (B, T), target_out (B, T)), int32.
    """
    lengths = np.array([max(map(len, row)) for row in examples])
    found = []
    for members in batch_indices(lengths, batch, BOUNDARIES, seed):
        steps = next(b for b in BOUNDARIES if b >= lengths[members].max())
        found.append(tuple(pad_right([examples[i][part] for i in members], steps)
                           for part in range(3)))
    return found


def train(model, examples, validation, epochs, learning_rate, batch=128, seed=0, smoothing=0.1,
          say=None):
    """Train with teacher forcing: AdamW, warm-up over 200 batches, then a cosine to zero.

    Only on TensorFlow: each shape of a batch is traced on its own.

    Args:
        model: Seq2Seq.
        examples, validation: of `Languages.examples`.
        epochs: passes over the examples.
        learning_rate: of AdamW at its highest.
        batch: pairs per batch.
        seed: of the order of the batches.
        smoothing: share of each target that is spread over all tokens.
        say: receives a line after each epoch (None: silence).
    Returns:
        list of dicts, one per epoch: train_nats and validation_nats, per target token, without
        smoothing.
    """
    import tensorflow as tf

    per_epoch = len(batches(examples, batch, seed))
    optimizer = adam_cosine(epochs * per_epoch, learning_rate, min(200, per_epoch), decay=1e-4)
    model([part[:2] for part in batches(examples, batch, seed)[0][:2]])
    optimizer.build(model.trainable_variables)

    def update(source, target_in, target_out):
        with tf.GradientTape() as tape:
            nats, spread, count = sums(model((source, target_in), training=True), target_out)
            loss = ((1 - smoothing) * nats + smoothing * spread) / count
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return nats, count

    def measure(source, target_in, target_out):
        nats, _, count = sums(model((source, target_in)), target_out)
        return nats, count

    traced = {}

    def mean(function, data):
        totals = 0
        for rows in data:
            key = function, rows[0].shape[1]
            if key not in traced:
                shape = tf.TensorSpec([None, key[1]], "int32")
                traced[key] = tf.function(function, input_signature=[shape] * 3)
            totals = totals + np.array(traced[key](*rows))
        return float(totals[0] / totals[1])

    rows = []
    for epoch in range(epochs):
        row = {"epoch": epoch + 1,
               "train_nats": mean(update, batches(examples, batch, (seed, epoch))),
               "validation_nats": mean(measure, batches(validation, batch, 0))}
        rows.append(row)
        if say:
            say("  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    return rows


def sums(logits, targets):
    """Add up over the real targets (not 0): nats, nats of a uniform target, their number."""
    real = ops.cast(targets != 0, logits.dtype)
    log_p = ops.log_softmax(logits, axis=-1)
    picked = ops.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return (-ops.sum(real * picked), -ops.sum(real * ops.mean(log_p, axis=-1)), ops.sum(real))
