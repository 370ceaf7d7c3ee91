"""An encoder-decoder: one vector for the whole input, or attention over all its steps."""

import keras
import numpy as np
from keras import layers, ops

from rnnbook.cells.attention import additive_scores, attend, dot_scores
from rnnbook.cells.masks import pool, reverse_within
from rnnbook.data.vocab import PAD, UNKNOWN
from rnnbook.language.filters import sample
from rnnbook.training.weights import set_weights
from rnnbook.translation.beam import beam_search

START, END = "<s>", "</s>"
SPECIALS = (PAD, START, END, UNKNOWN)  # numbers 0, 1, 2 and 3 of both vocabularies
ATTENTIONS = (None, "multiplicative", "additive")


def shifted(target):
    """Make what teacher forcing needs of an output: what goes in, and what is to come out.

    Args:
        target: int (T,), numbers of the tokens.
    Returns:
        (START + target, target + END), two int32 arrays (T + 1,).
    """
    first, last = ([SPECIALS.index(token)] for token in (START, END))
    return np.r_[first, target].astype("int32"), np.r_[target, last].astype("int32")


def before_end(row):
    """Cut an output at its first END: int (T,) -> list of int."""
    row, end = np.asarray(row).tolist(), SPECIALS.index(END)
    return row[:row.index(end)] if end in row else row


@keras.saving.register_keras_serializable(package="rnnbook")
class Seq2Seq(keras.Model):
    """Encode a sequence with an LSTM of two directions (or one), decode another with an LSTM.

    Both kinds differ in one thing. Without attention every output step sees the same context,
    the encoder's last states; with attention each step mixes the encoder's outputs anew
    (Luong, Pham, Manning 2015, arXiv:1508.04025, global attention, no input feeding).
    """

    def __init__(self, source_size, target_size, units=256, embedding=128, attention=None,
                 dropout=0.2, directions=2, **options):
        """Make the layers.

        Args:
            source_size, target_size: sizes of the two vocabularies, both with `SPECIALS`.
            units: of the decoder and, both directions together, of the encoder; even.
            embedding: numbers per token.
            attention: None, "multiplicative" (Luong's general form) or "additive".
            dropout: share dropped of embeddings and of what goes into the last layer.
            directions: 2, or 1 for an encoder that reads from the first to the last only.
        Raises:
            ValueError: another attention or number of directions, or odd units.
        """
        super().__init__(**options)
        if attention not in ATTENTIONS:
            raise ValueError(f"attention must be one of {ATTENTIONS}, got {attention!r}")
        if directions not in (1, 2):
            raise ValueError(f"directions must be 1 or 2, got {directions!r}")
        if units % 2:
            raise ValueError(f"units must be even (two directions), got {units}")
        self.attention = attention
        self.embed_source = layers.Embedding(source_size, embedding, name="embed_source")
        self.embed_target = layers.Embedding(target_size, embedding, name="embed_target")
        part = {"units": units // directions, "return_sequences": True}
        self.forwards = layers.LSTM(**part, name="forwards")
        self.backwards = layers.LSTM(**part, name="backwards") if directions == 2 else None
        self.bridge = layers.Dense(2 * units, activation="tanh", name="bridge")
        self.decoder = layers.LSTM(units, return_sequences=True, name="decoder")
        self.combine = layers.Dense(units, activation="tanh", name="combine")
        self.out = layers.Dense(target_size, name="out")
        self.dropout = layers.Dropout(dropout)
        if attention:
            self.keys = layers.Dense(units, use_bias=False, name="keys")
        if attention == "additive":
            self.queries = layers.Dense(units, use_bias=False, name="queries")
            self.v = layers.Dense(1, use_bias=False, name="v")  # only its kernel is used
            self.v.build((None, units))

    def encode(self, source, training=False):
        """Read the inputs.

        Args:
            source: (B, S) int, padded on the right with 0.
        Returns:
            state [h, c] (B, units) each, and the memory, a list of tensors: the context
            (B, units), or with attention the values (B, S, units), keys and mask (B, S).
        """
        mask = ops.not_equal(source, 0)
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
        x = self.dropout(self.embed_source(source), training=training)
        read = [self.forwards(x, training=training)]
        if self.backwards:
            read.append(self.backwards(reverse_within(x, lengths), training=training))
        last = ops.concatenate([pool(h, mask, "last") for h in read], axis=-1)
        state = ops.split(self.bridge(last), 2, axis=-1)
        if not self.attention:
            return state, [last]
        read[1:] = [reverse_within(back, lengths) for back in read[1:]]
        values = ops.concatenate(read, axis=-1)
        return state, [values, self.keys(values), mask]

    def logits(self, h, memory, training=False):
        """Turn decoder outputs h (B, T, units) into logits (B, T, V) and weights (B, T, S).

        The weights are None without attention.
        """
        if not self.attention:
            context, weights = ops.repeat(memory[0][:, None], h.shape[1], axis=1), None
        else:
            values, keys, mask = memory
            scores = (dot_scores(h, keys) if self.attention == "multiplicative"
                      else additive_scores(self.queries(h), keys, self.v.kernel[:, 0]))
            context, weights = attend(scores, values, mask)
        mixed = self.combine(ops.concatenate([h, context], axis=-1))
        return self.out(self.dropout(mixed, training=training)), weights

    def call(self, inputs, training=False):
        """Teacher forcing: (source (B, S), target with START first (B, T)) -> (B, T, V)."""
        source, target = inputs
        state, memory = self.encode(source, training)
        x = self.dropout(self.embed_target(target), training=training)
        h = self.decoder(x, initial_state=state, training=training)
        return self.logits(h, memory, training)[0]

    def step(self, tokens, state):
        """Feed one token to each row: tokens (B,), state [h, c, *memory] -> logits, state."""
        h, c, *memory = state
        h, (h, c) = self.decoder.cell(self.embed_target(tokens), [h, c], training=False)
        logits, _ = self.logits(h[:, None], memory)
        return logits[:, 0], [h, c, *memory]

    def search(self, source, steps, width=1, penalty=0.0):
        """Decode by beam search; width 1 is greedy.

        Args:
            source: (B, S) int, padded on the right with 0.
            steps: longest output, the end token included.
            width, penalty: as `beam_search`.
        Returns:
            tokens (B, width, steps), log-probabilities and lengths (B, width): best first.
        """
        state, memory = self.encode(source)
        state = [ops.repeat(part, width, axis=0) for part in (*state, *memory)]
        start = np.full(source.shape[0], SPECIALS.index(START), "int32")
        return beam_search(self.step, state, start, SPECIALS.index(END), steps, width, penalty)

    def sample(self, source, uniforms, temperature=1.0):
        """Draw an output token by token.

        Args:
            source: (B, S) int, padded on the right with 0.
            uniforms: (B, T) uniform numbers in [0, 1): they fix the draw.
            temperature: the logits are divided by it.
        Returns:
            tokens (B, T), the end token from the first one on.
        """
        end = SPECIALS.index(END)
        state, memory = self.encode(source)
        fed = ops.full(source.shape[:1], SPECIALS.index(START), "int32")
        state, found = [*state, *memory], []
        for t in range(uniforms.shape[1]):
            logits, state = self.step(fed, state)
            drawn = sample(logits / temperature, uniforms[:, t])
            fed = ops.where(fed == end, end, drawn)
            found.append(fed)
        return ops.stack(found, axis=1)


def from_weights(weights):
    """Build a model around stored arrays; their names tell which attention it has.

    Args:
        weights: dict as `weights.get_weights` returns.
    Returns:
        Seq2Seq with the weights in place.
    Raises:
        ValueError: arrays that fit no such model.
    """
    try:
        source_size, embedding = weights["embed_source.embeddings"].shape
        target_size, units = weights["out.bias"].shape[0], weights["combine.bias"].shape[0]
    except KeyError as error:
        raise ValueError(f"no weights of an encoder-decoder: {error} is missing") from None
    attention = ("additive" if "v.kernel" in weights else
                 "multiplicative" if "keys.kernel" in weights else None)
    model = Seq2Seq(source_size, target_size, units, embedding, attention, dropout=0.0,
                    directions=2 if "backwards.kernel" in weights else 1)
    model((np.ones((1, 2), "int32"), np.ones((1, 2), "int32")))
    set_weights(model, weights)
    return model
