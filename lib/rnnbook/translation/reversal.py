"""Write random strings backwards: an output that needs the whole input, at any length."""

import keras
import numpy as np
from keras import ops

from rnnbook.training.fitting import fit, without_xla
from rnnbook.translation.seq2seq import END, SPECIALS, START, Seq2Seq

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIZE = len(SPECIALS) + len(LETTERS)


def reversed_strings(lengths, longest, seed):
    """Draw strings of random letters, each with the same letters backwards.

    Args:
        lengths: int (N,), letters of each string, from 1 to `longest`.
        longest: padded length S.
        seed: of the letters.
    Returns:
        int32 source (N, S), START + target and target + END (N, S + 1), padded with 0.
    Raises:
        ValueError: a length outside 1, …, longest.
    """
    lengths = np.asarray(lengths)[:, None]
    if lengths.size and not 1 <= lengths.min() <= lengths.max() <= longest:
        raise ValueError(f"lengths must be 1 to {longest}, they go from {lengths.min()} to "
                         f"{lengths.max()}")
    steps = np.arange(longest)
    drawn = np.random.default_rng(seed).integers(len(SPECIALS), SIZE, (len(lengths), longest))
    source = np.where(steps < lengths, drawn, 0).astype("int32")
    order = np.where(steps < lengths, lengths - 1 - steps, steps)
    backwards = np.take_along_axis(source, order, axis=1)
    target_in = np.pad(backwards, ((0, 0), (1, 0)), constant_values=SPECIALS.index(START))
    target_out = np.pad(backwards, ((0, 0), (0, 1)))
    np.put_along_axis(target_out, lengths, SPECIALS.index(END), axis=1)
    return source, target_in, target_out


def letters(ids):
    """Write numbers as letters, without the special tokens."""
    return "".join(LETTERS[i - len(SPECIALS)] for i in ids if i >= len(SPECIALS))


def make_model(attention, longest, units=64, embedding=32):
    """Build and compile a Seq2Seq for the task, without dropout.

    Args:
        attention: as `Seq2Seq`.
        longest: padded length S.
        units, embedding: as `Seq2Seq`.
    """
    model = Seq2Seq(SIZE, SIZE, units, embedding, attention, dropout=0.0)
    model(reversed_strings([1], longest, 0)[:2])
    model.compile(
        keras.optimizers.Adam(global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0),
        jit_compile=without_xla())
    return model


def train(model, longest, updates, learning_rate, seed, batch=64, shortest=5, stages=10,
          after=None):
    """Train on strings of uniformly random length; every update draws its own.

    Args:
        model: of `make_model`.
        longest, shortest: letters of the strings.
        updates: in all, divisible by `stages`.
        learning_rate: of the first stage; it falls to 0 as a cosine, stage by stage.
        seed: of the strings.
        batch: strings per update.
        after: called after each stage with the number of updates done.
    Returns:
        float: mean loss of the last stage, nats per letter.
    """
    each = updates // stages * batch
    for stage in range(stages):
        lengths = np.random.default_rng((seed, stage)).integers(shortest, longest + 1, each)
        source, target_in, target_out = reversed_strings(lengths, longest, (seed, stage, 1))
        model.optimizer.learning_rate = learning_rate * (1 + np.cos(np.pi * stage / stages)) / 2
        losses = fit(model, [source, target_in], target_out, batch_size=batch, shuffle=False,
                     verbose=False)["loss"]
        if after:
            after(updates // stages * (stage + 1))
    return losses[-1]


def score(model, source, target_out):
    """Decode greedily and compare.

    Returns:
        right letters, share of each string's places (N,); whole string right, bool (N,).
    """
    tokens, _, _ = model.search(source, target_out.shape[1])
    equal = ops.convert_to_numpy(tokens)[:, 0] == target_out
    places = target_out >= len(SPECIALS)
    right = (equal & places).sum(axis=1) / places.sum(axis=1)
    return right, (equal | (target_out == 0)).all(axis=1)
