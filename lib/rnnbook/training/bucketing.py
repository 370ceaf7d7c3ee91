"""Batches of sequences of similar length, padded on the right, and how much they compute."""

import keras
import numpy as np


def pad_right(sequences, steps=None, value=0):
    """Pad sequences on the right to one length.

    Args:
        sequences: list of arrays (T_i,) or (T_i, D), all of one kind.
        steps: padded length T; by default the longest sequence.
        value: what fills the padded steps.
    Returns:
        array (N, T) or (N, T, D): float32 if any sequence is of floats, else int32.
    Raises:
        ValueError: a sequence is longer than `steps` (nothing is cut silently).
    """
    arrays = [np.asarray(s) for s in sequences]
    longest = max((len(a) for a in arrays), default=0)
    if steps is not None and longest > steps:
        raise ValueError(f"a sequence has {longest} steps, more than {steps}: cut it first")
    kind = "float32" if any(np.issubdtype(a.dtype, np.floating) for a in arrays) else "int32"
    return keras.utils.pad_sequences(arrays, maxlen=steps or longest, dtype=kind,
                                     padding="post", truncating="post", value=value)


def quantile_boundaries(lengths, buckets):
    """Choose bucket boundaries so that the buckets hold about as many sequences each.

    Args:
        lengths: int (N,).
        buckets: how many, 1 or more; equal quantiles are merged, so there may be fewer.
    Returns:
        list of int, increasing: the longest length that each bucket takes.
    Raises:
        ValueError: no lengths, or fewer than one bucket.
    """
    if len(lengths) == 0 or buckets < 1:
        raise ValueError(f"need lengths and at least one bucket, got {len(lengths)} and {buckets}")
    shares = np.arange(1, buckets + 1) / buckets
    return np.unique(np.quantile(lengths, shares, method="higher").astype(int)).tolist()


def bucket_of(lengths, boundaries):
    """Tell in which bucket each length falls.

    Args:
        lengths: int (N,).
        boundaries: increasing list of int: the longest length that each bucket takes.
    Returns:
        int (N,).
    Raises:
        ValueError: boundaries that do not increase, or a length above the last one.
    """
    lengths, boundaries = np.asarray(lengths), np.asarray(boundaries)
    if boundaries.ndim != 1 or len(boundaries) == 0 or (np.diff(boundaries) <= 0).any():
        raise ValueError(f"boundaries must increase, got {boundaries.tolist()}")
    if len(lengths) and lengths.max() > boundaries[-1]:
        raise ValueError(f"a sequence has {lengths.max()} steps, the last boundary is "
                         f"{boundaries[-1]}")
    return np.searchsorted(boundaries, lengths)


def batch_indices(lengths, batch, boundaries=None, seed=0):
    """Divide sequences into batches at random, each from one bucket.

    Args:
        lengths: int (N,).
        batch: sequences per batch; the last batch of a bucket may be smaller.
        boundaries: increasing list of int; None puts all into one bucket (plain batches).
        seed: integer or sequence of integers: the same seed gives the same batches.
    Returns:
        list of int arrays that together hold each index once, in random order.
    Raises:
        ValueError: batch below 1, or as `bucket_of`.
    """
    if batch < 1:
        raise ValueError(f"batch must be at least 1, got {batch}")
    lengths = np.asarray(lengths)
    boundaries = [lengths.max(initial=1)] if boundaries is None else boundaries
    buckets, rng, batches = bucket_of(lengths, boundaries), np.random.default_rng(seed), []
    for bucket in np.unique(buckets):
        members = rng.permutation(np.flatnonzero(buckets == bucket))
        batches += [members[i:i + batch] for i in range(0, len(members), batch)]
    return [batches[i] for i in rng.permutation(len(batches))]


def by_length(sequences, batch):
    """Divide sequences into batches of similar length, from the shortest to the longest.

    Args:
        sequences: list of anything with a length.
        batch: sequences per batch; the last may be smaller.
    Returns:
        list of int arrays that together hold each index once; equal lengths keep their order.
    """
    order = np.argsort([len(row) for row in sequences], kind="stable")
    return [order[i:i + batch] for i in range(0, len(order), batch)]


def computed_steps(lengths, batches, steps=None):
    """Count the time steps that padded batches compute, padding included.

    Args:
        lengths: int (N,).
        batches: list of index arrays; each is padded to its longest sequence.
        steps: pad every batch to this length instead.
    Returns:
        int: the sum over batches of size times padded length.
    """
    lengths = np.asarray(lengths)
    return int(sum(len(b) * (steps or lengths[b].max()) for b in batches))


class Buckets(keras.utils.PyDataset):
    """Batches of similar length for `model.fit`, padded right, shuffled anew every epoch.

    The seed decides which sequences share a batch; `fit` shuffles the order of the batches once
    more unless shuffle=False (`keras.utils.set_random_seed` repeats that, too).

    Args:
        sequences: list of int or float arrays (T_i,) or (T_i, D), each with a step at least.
        targets: array (N,) or (N, …), one per sequence; or list of arrays (T_i,), one per step,
            which are padded, too; None gives batches without targets.
        batch, boundaries, seed: as `batch_indices`; epoch e uses the seed (seed, e).
        pad_to: "longest" pads to the longest of the batch; "boundary" to the bucket's boundary,
            so that there are only as many shapes as buckets (each new shape is compiled anew
            by XLA and JAX).
        value: what fills the padded steps of the sequences; targets are filled with 0.
    Raises:
        ValueError: counts that differ, an empty sequence, or as `batch_indices`.
    """

    def __init__(self, sequences, targets=None, *, batch, boundaries=None, seed=0,
                 pad_to="longest", value=0, **options):
        super().__init__(**options)
        self.lengths = np.array([len(s) for s in sequences])
        if targets is not None and len(targets) != len(sequences):
            raise ValueError(f"{len(sequences)} sequences but {len(targets)} targets")
        if len(sequences) == 0 or self.lengths.min() == 0:
            raise ValueError("every sequence needs a step: an empty row is all padding")
        if pad_to not in ("longest", "boundary"):
            raise ValueError(f'pad_to must be "longest" or "boundary", got {pad_to!r}')
        self.sequences, self.targets, self.value = sequences, targets, value
        self.batch, self.seed, self.pad_to, self.epoch = batch, seed, pad_to, 0
        self.boundaries = [int(self.lengths.max())] if boundaries is None else list(boundaries)
        self.stepwise = isinstance(targets, list) and np.ndim(targets[0]) > 0
        if self.stepwise and [len(t) for t in targets] != self.lengths.tolist():
            raise ValueError("targets per step must be as long as their sequences")
        self._divide()

    def _divide(self):
        self.batches = batch_indices(self.lengths, self.batch, self.boundaries,
                                     (self.seed, self.epoch))
        other = [k for k in range(1, len(self)) if self.steps(k) != self.steps(0)]
        if other:  # each `fit` learns from the first two batches which axes vary
            self.batches[1], self.batches[other[0]] = self.batches[other[0]], self.batches[1]

    def __len__(self):
        return len(self.batches)

    def steps(self, k):
        """Return the padded length of batch k."""
        longest = int(self.lengths[self.batches[k]].max())
        if self.pad_to == "longest":
            return longest
        return self.boundaries[int(bucket_of([longest], self.boundaries)[0])]

    def __getitem__(self, k):
        members, steps = self.batches[k], self.steps(k)
        x = pad_right([self.sequences[i] for i in members], steps, self.value)
        if self.targets is None:
            return (x,)
        if self.stepwise:
            return x, pad_right([self.targets[i] for i in members], steps)
        return x, np.asarray([self.targets[i] for i in members])

    def on_epoch_end(self):
        """Divide anew for the next epoch."""
        self.epoch += 1
        self._divide()

    def computed_share(self):
        """Return the share of real steps in what is computed: 1 means no padding."""
        computed = sum(len(b) * self.steps(k) for k, b in enumerate(self.batches))
        return float(self.lengths.sum() / computed)
