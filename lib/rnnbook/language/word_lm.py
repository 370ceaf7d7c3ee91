"""Word language model: table -> LSTM -> projection -> the same table (weight tying)."""

import functools

import keras
import numpy as np
from keras import layers, ops

from rnnbook.cells.weight_drop import WeightDropLSTM
from rnnbook.language import char_lm
from rnnbook.language.sampled_softmax import draw, log_uniform, sampled_nats
from rnnbook.training import weights
from rnnbook.training.batching import streams
from rnnbook.training.fitting import fit


class Output(layers.Layer):
    """What the softmax needs: a bias (V,), and a table (V, E) of its own unless it is tied."""

    def __init__(self, vocab_size, width, tied, **options):
        super().__init__(**options)
        self.bias = self.add_weight(name="bias", shape=(vocab_size,), initializer="zeros")
        self.table = None if tied else self.add_weight(
            name="table", shape=(vocab_size, width), initializer="uniform")


class WordLM(keras.Model):
    """Maps ids (B, T) to features (B, T, E); the logits are features @ table.T + bias.

    The loss is made from the features, so that training needs not compute every logit: with
    `negatives` it takes that many words drawn anew for every batch.

    Args:
        vocab_size: V; the ids are ranks, the most frequent word 0.
        units: size of the LSTM's state.
        embedding: size E of a word's vector.
        tied: one table for reading and writing words (Press & Wolf 2017, arXiv:1608.05859).
        negatives: number of words in a sampled softmax, None for all V.
        input_dropout, dropout: share of a word's vector, of the LSTM's output, dropped.
        weight_dropout: share of recurrent weights dropped (Merity et al. 2017, 1708.02182).
        stateful: carry the state from batch to batch.
    """

    def __init__(self, vocab_size, units=128, embedding=64, tied=True, negatives=None,
                 input_dropout=0.0, weight_dropout=0.0, dropout=0.0, stateful=False, **options):
        super().__init__(**options)
        self.vocab_size, self.negatives = vocab_size, negatives
        self.embedding = layers.Embedding(vocab_size, embedding, name="embedding")
        self.input_dropout = layers.Dropout(input_dropout)
        self.lstm = WeightDropLSTM(units, weight_dropout, return_sequences=True,
                                   stateful=stateful, name="lstm")
        self.dropout = layers.Dropout(dropout)
        self.projection = layers.Dense(embedding, name="projection")
        self.output_layer = Output(vocab_size, embedding, tied, name="output")
        self.q = log_uniform(vocab_size)
        self.seeds = keras.random.SeedGenerator(0)

    def build(self, input_shape):
        """Create the weights for ids (B, T)."""
        self.embedding.build(input_shape)
        self.lstm.build((*input_shape, self.embedding.output_dim))
        self.projection.build((*input_shape, self.lstm.units))
        self.built = True

    def call(self, ids, training=False):
        """Compute the features (B, T, E)."""
        x = self.input_dropout(self.embedding(ids), training=training)
        x = self.dropout(self.lstm(x, training=training), training=training)
        return self.projection(x)

    @property
    def table(self):
        """The table (V, E) of the softmax."""
        own = self.output_layer.table
        return self.embedding.embeddings if own is None else own

    def logits(self, features):
        """Multiply features (..., E) by every word's row: (..., V)."""
        return ops.matmul(features, ops.transpose(self.table)) + self.output_layer.bias

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean loss in nats per word: sampled in training where so asked, else full."""
        targets = ops.reshape(y, (-1,))
        features = ops.reshape(y_pred, (-1, y_pred.shape[-1]))
        if self.negatives is None or not training:
            return ops.mean(keras.losses.sparse_categorical_crossentropy(
                targets, self.logits(features), from_logits=True))
        ids, log_chance = draw(self.q, self.negatives, self.seeds)
        return ops.mean(sampled_nats(features, targets, self.table, self.output_layer.bias,
                                     ids, log_chance))


def start_from_counts(model, ids):
    """Set the bias to the logarithms of the words' frequencies (each counted once more)."""
    counts = np.bincount(ids, minlength=model.vocab_size) + 1.0
    model.output_layer.bias.assign(np.log(counts / counts.sum()).astype("float32"))
    return model


class Average(keras.callbacks.Callback):
    """Keep the mean of a model's weights over all updates after the first `skip`.

    Source: Polyak & Juditsky 1992 (doi:10.1137/0330046).
    """

    def __init__(self, skip=0):
        super().__init__()
        self.skip, self.seen, self.mean = skip, 0, {}

    def on_train_batch_end(self, batch, logs=None):
        """Add the weights of this moment."""
        self.seen += 1
        count = self.seen - self.skip
        if count > 0:
            for name, now in weights.get_weights(self.model).items():
                mean = self.mean.setdefault(name, np.zeros(now.shape))
                mean += (now - mean) / count


def train(model, ids, batch=20, steps=35, epochs=1, callbacks=()):
    """Read a text again and again, with the state carried; a compiled, stateful model.

    Returns:
        list of the mean training loss of each epoch, nats per word.
    """
    x, y = (part.reshape(-1, steps) for part in streams(ids, batch, steps))
    losses = []
    for _ in range(epochs):
        model.lstm.reset_state()
        losses += fit(model, x, y, batch_size=batch, shuffle=False, verbose=False,
                      callbacks=callbacks)["loss"]
    return losses


def reader(weights, batch=None, steps=None, stateful=False):
    """Build the chain ids (B, T) -> logits (B, T, V) for measuring and writing.

    Args:
        weights: dict of arrays by name, as `weights.get_weights` gives them.
        batch, steps, stateful: as `keras.Input` and `keras.layers.LSTM`.

    Returns:
        keras.Sequential; `decoding.write` takes it.
    """
    units, (size, width) = len(weights["lstm.recurrent_kernel"]), _table(weights).shape
    model = keras.Sequential([
        keras.Input(batch_shape=(batch, steps), dtype="int32"),
        layers.Embedding(size, width),
        layers.LSTM(units, return_sequences=True, stateful=stateful),
        layers.Dense(width),
        layers.Dense(size),
    ])
    names = ("embedding.embeddings", "lstm.kernel", "lstm.recurrent_kernel", "lstm.bias",
             "projection.kernel", "projection.bias")
    model.set_weights([*(weights[name] for name in names), _table(weights).T,
                       weights["output.bias"]])
    return model


def _table(weights):
    return weights.get("output.table", weights["embedding.embeddings"])


def token_nats(weights, ids, steps=256, carry=True):
    """Measure each word's loss by the full softmax; arguments and result as `char_lm.token_nats`.

    Args:
        weights: as `reader` takes them.
    """
    return char_lm.token_nats(functools.partial(reader, weights), ids, steps, carry)


def states(weights, ids, steps=256):
    """Read a text in one pass and keep the LSTM's state after each word but the last.

    Args:
        weights: as `reader` takes them.
        ids: int (N,), N >= 2.
        steps: words per call (does not change the result).

    Returns:
        (N - 1, H) float32.
    """
    embedding, lstm, *_ = reader(weights, 1, steps, stateful=True).layers
    return np.concatenate(list(char_lm.run_over([embedding, lstm], np.asarray(ids[:-1]), steps)))
