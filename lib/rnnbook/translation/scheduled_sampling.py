"""Train a decoder on its own outputs now and then, and see what a wrong one does."""

import keras
import numpy as np
from keras import ops

from rnnbook.translation.seq2seq import Seq2Seq


@keras.saving.register_keras_serializable(package="rnnbook")
class ScheduledSeq2Seq(Seq2Seq):
    """`Seq2Seq` that is fed, in training, a share of tokens drawn from its own distribution.

    `share` is a variable: 0 is teacher forcing; `Ramp` raises it during training. No gradient
    goes through the draw.
    Source: Bengio, Vinyals, Jaitly, Shazeer 2015 (arXiv:1506.03099), section 2.4.
    """

    def __init__(self, *sizes, **options):
        """Make the layers: arguments as `Seq2Seq`."""
        super().__init__(*sizes, **options)
        self.share = self.add_weight(shape=(), initializer="zeros", trainable=False, name="share")
        self.seeds = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        """Teacher forcing, or in training the mixture: (B, S), (B, T) -> (B, T, V)."""
        if not training:
            return super().call(inputs)
        source, target = inputs
        state, memory = self.encode(source, training)
        state, fed, found = [*state, *memory], target[:, 0], []
        for t in range(target.shape[1]):
            logits, state = self.step(fed, state)
            found.append(logits)
            if t + 1 < target.shape[1]:
                own = keras.random.categorical(ops.stop_gradient(logits), 1, seed=self.seeds)
                coin = keras.random.uniform(ops.shape(fed), seed=self.seeds)
                fed = ops.where(coin < self.share, ops.cast(own[:, 0], fed.dtype),
                                target[:, t + 1])
        return ops.stack(found, axis=1)


class Ramp(keras.callbacks.Callback):
    """Raise a model's `share` from 0 to `top` in equal steps, one per epoch."""

    def __init__(self, top, epochs):
        """Take the last share and the number of epochs."""
        super().__init__()
        self.top, self.epochs = top, epochs

    def on_epoch_begin(self, epoch, logs=None):
        """Set this epoch's share."""
        self.model.share.assign(self.top * epoch / max(self.epochs - 1, 1))


def run_on(model, source, inputs, given):
    """Feed the first `given` inputs of the decoder, then its own likeliest tokens.

    Args:
        model: `Seq2Seq`.
        source: (B, S) int.
        inputs: (B, T) int, START first.
        given: 1 leaves the model to itself (greedy), T is teacher forcing.
    Returns:
        tokens (B, T), the likeliest one at each position.
    """
    state, memory = model.encode(source)
    state, fed, found = [*state, *memory], inputs[:, 0], []
    for t in range(inputs.shape[1]):
        logits, state = model.step(fed, state)
        found.append(ops.cast(ops.argmax(logits, axis=-1), inputs.dtype))
        fed = inputs[:, t + 1] if t + 1 < given else found[-1]
    return ops.stack(found, axis=1)


def accuracy_by_position(tokens, wanted):
    """Give the share of right tokens at each output position.

    Args:
        tokens, wanted: (N, T) int; 0 in `wanted` does not count.
    Returns:
        (T,) float; nan where no row has that position.
    """
    counts = wanted != 0
    with np.errstate(invalid="ignore"):
        return ((tokens == wanted) & counts).sum(axis=0) / counts.sum(axis=0)


def accuracy_after_mistake(own, tokens, wanted):
    """Give the share of right tokens 1, 2, … positions after a row's first own mistake.

    Args:
        own: (N, T) int, what the model wrote fed its own outputs: it tells the first mistake.
        tokens: (N, T) int, what is scored: `own`, or what it wrote fed something else.
        wanted: (N, T) int; 0 does not count.
    Returns:
        (T - 1,) float; nan where no row goes on that long after a mistake.
    """
    wrong = own != wanted
    first = np.where(wrong.any(axis=1), wrong.argmax(axis=1), own.shape[1])
    since = np.arange(own.shape[1]) - first[:, None]
    shares = []
    for k in range(1, own.shape[1]):
        hits = (tokens == wanted)[(since == k) & (wanted != 0)]
        shares.append(hits.mean() if len(hits) else np.nan)
    return np.array(shares)


def plant(inputs, position, tokens, seed):
    """Replace the decoder's input at one position by another token, drawn at random.

    Args:
        inputs: (N, T) int, START first.
        position: of the input that is replaced, at least 1.
        tokens: list of int to draw from; the right one is never drawn.
        seed: of the draw.
    Returns:
        a changed copy (N, T).
    Raises:
        ValueError: the position is that of START, or beyond the end.
    """
    if not 1 <= position < inputs.shape[1]:
        raise ValueError(f"position must lie in 1 … {inputs.shape[1] - 1}, got {position}")
    planted, tokens = inputs.copy(), np.asarray(tokens)
    here = np.array([int(np.flatnonzero(tokens == old)[0]) for old in inputs[:, position]])
    shift = np.random.default_rng(seed).integers(1, len(tokens), len(inputs))
    planted[:, position] = tokens[(here + shift) % len(tokens)]
    return planted
