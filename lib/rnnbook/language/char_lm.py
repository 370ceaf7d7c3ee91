"""Character language model: Embedding -> dropout -> LSTM -> dropout -> Dense."""

import functools

import keras
import numpy as np
from keras import layers, ops

from rnnbook.cells.weight_drop import WeightDropLSTM
from rnnbook.training.weights import get_weights, set_weights


def build_lm(vocab_size, units=256, embedding=64, dropout=0.0, input_dropout=0.0,
             weight_dropout=0.0, batch=None, steps=None, stateful=False, name="lm"):
    """Build an LSTM language model that maps token ids to logits of the next token.

    Args:
        vocab_size: number of tokens V.
        units: size of the LSTM's state.
        embedding: size of a token's vector.
        dropout: share of LSTM outputs dropped in training.
        input_dropout: share of embedding entries dropped in training.
        weight_dropout: share of recurrent weights dropped in training (`WeightDropLSTM`).
        batch, steps: fixed input shape; a stateful model needs `batch`.
        stateful: carry the state from batch to batch (until the LSTM's `reset_state`).
    Returns:
        keras.Sequential: ids (batch, steps) int -> logits (batch, steps, V) float32.
    Raises:
        ValueError: stateful without a fixed batch.
    """
    if stateful and batch is None:
        raise ValueError("a stateful model needs a fixed batch: build_lm(batch=...)")
    options = {"return_sequences": True, "stateful": stateful, "name": "lstm"}
    return keras.Sequential([
        keras.Input(batch_shape=(batch, steps), dtype="int32"),
        layers.Embedding(vocab_size, embedding, name="embedding"),
        layers.Dropout(input_dropout, name="input_dropout"),
        WeightDropLSTM(units, weight_dropout, **options),
        layers.Dropout(dropout, name="output_dropout"),
        layers.Dense(vocab_size, name="logits"),
    ], name=name)


def lm_loss():
    """Give the loss of a language model: mean negative log-likelihood in nats per token."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def from_weights(weights, **options):
    """Build a language model around stored arrays.

    Args:
        weights: dict as `get_weights` returns.
        options: more arguments for `build_lm`, such as batch and stateful.
    Returns:
        keras.Sequential with the weights in place.
    """
    vocab_size, embedding = weights["embedding.embeddings"].shape
    units = weights["lstm.recurrent_kernel"].shape[0]
    model = build_lm(vocab_size, units, embedding, **options)
    set_weights(model, weights)
    return model


def carried_nats(weights, ids, steps=1000):
    """Measure the mean loss over a whole text in one pass, with the state carried.

    The first token is given, every later one is predicted once from all that precede it.

    Args:
        weights: dict as `get_weights` returns, or a model made by `build_lm`.
        ids: int (N,), N >= 2.
        steps: tokens per call (does not change the result).
    Returns:
        float: mean negative log-likelihood in nats over the N - 1 predictions.
    Raises:
        ValueError: fewer than two tokens.
    """
    if isinstance(weights, keras.Model):
        weights = get_weights(weights)
    return float(token_nats(functools.partial(from_weights, weights), ids, steps).mean())


def token_nats(build, ids, steps, carry=True):
    """Measure each token's loss by the full softmax in one pass.

    Args:
        build: function of batch, steps and stateful that gives a chain ids (B, T) -> logits.
        ids: int (N,), N >= 2; the first is given, all later ones are predicted.
        steps: tokens per call.
        carry: keep the state from call to call; else each call starts from zero.
    Returns:
        (N - 1,) float64, nats.
    Raises:
        ValueError: fewer than two tokens.
    """
    ids = np.asarray(ids, "int32")
    if len(ids) < 2:
        raise ValueError("a loss needs at least two tokens")
    steps = min(steps, len(ids) - 1)
    *body, last = build(batch=1, steps=steps, stateful=carry).layers
    targets = np.split(ids[1:], range(steps, len(ids) - 1, steps))
    found = [ops.convert_to_numpy(keras.losses.sparse_categorical_crossentropy(
        y, last(features), from_logits=True))
        for features, y in zip(run_over(body, ids[:-1], steps), targets)]
    return np.concatenate(found).astype("float64")


def run_over(body, ids, steps):
    """Run layers over a text, `steps` tokens a call; what they carry goes on from call to call.

    Args:
        body: layers of a chain that begins with ids (1, steps).
        ids: int (N,).
        steps: tokens per call.
    Yields:
        (steps, F) float, the last one shorter: what the layers give for each token.
    """
    model = keras.Sequential([keras.Input(batch_shape=(1, steps), dtype="int32"), *body])
    model.compile(jit_compile=keras.backend.backend() != "torch")  # 2.5 times faster with XLA
    for x in np.split(ids, range(steps, len(ids), steps)):
        yield model.predict_on_batch(np.pad(x, (0, steps - len(x)))[None])[0, :len(x)]
