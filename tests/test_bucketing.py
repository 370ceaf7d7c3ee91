"""Buckets lose no sequence, pad little, repeat with their seed and train a model."""

import keras
import numpy as np
import pytest
from keras import layers

from rnnbook.training.bucketing import (
    Buckets,
    batch_indices,
    bucket_of,
    by_length,
    computed_steps,
    pad_right,
    quantile_boundaries,
)

RNG = np.random.default_rng(0)
LENGTHS = np.clip(RNG.lognormal(3, 0.6, 500).astype(int), 1, 100)
TEXTS = [RNG.integers(1, 9, n) for n in LENGTHS]


def test_padding_goes_to_the_right():
    padded = pad_right([[1, 2, 3], [4]])
    assert padded.tolist() == [[1, 2, 3], [4, 0, 0]]
    assert padded.dtype == np.int32
    assert pad_right([[1]], steps=3, value=7).tolist() == [[1, 7, 7]]
    features = pad_right([np.ones((2, 4)), np.ones((1, 4))])
    assert features.shape == (2, 2, 4)
    assert features.dtype == np.float32
    assert features[1, 1].tolist() == [0, 0, 0, 0]


def test_nothing_is_cut_silently():
    with pytest.raises(ValueError, match="has 3 steps, more than 2"):
        pad_right([[1, 2, 3]], steps=2)


def test_boundaries_divide_evenly():
    boundaries = quantile_boundaries(LENGTHS, 5)
    assert boundaries[-1] == LENGTHS.max()
    counts = np.bincount(bucket_of(LENGTHS, boundaries))
    assert len(counts) == 5
    assert counts.min() > 70
    assert quantile_boundaries([4, 4, 4], 3) == [4]


@pytest.mark.parametrize(("lengths", "buckets"), [([], 2), ([1, 2], 0)])
def test_boundaries_need_lengths(lengths, buckets):
    with pytest.raises(ValueError, match="at least one bucket"):
        quantile_boundaries(lengths, buckets)


def test_a_boundary_belongs_to_its_bucket():
    assert bucket_of([1, 3, 4, 6], [3, 6]).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("boundaries", "message"), [
    ([5, 5], "increase"), ([9, 5], "increase"), ([], "increase"), ([3], "last boundary is 3")])
def test_wrong_boundaries_are_named(boundaries, message):
    with pytest.raises(ValueError, match=message):
        bucket_of([4], boundaries)


@pytest.mark.parametrize("boundaries", [None, [10, 20, 40, 100]])
def test_every_sequence_comes_once(boundaries):
    batches = batch_indices(LENGTHS, 32, boundaries, seed=1)
    assert sorted(np.concatenate(batches).tolist()) == list(range(500))
    assert max(len(b) for b in batches) == 32
    if boundaries:
        for batch in batches:
            assert len(set(bucket_of(LENGTHS[batch], boundaries))) == 1


def test_the_seed_decides():
    same = [np.concatenate(batch_indices(LENGTHS, 32, [20, 100], seed)) for seed in (3, 3, 4)]
    assert np.array_equal(same[0], same[1])
    assert not np.array_equal(same[0], same[2])


def test_batch_size_is_checked():
    with pytest.raises(ValueError, match="at least 1"):
        batch_indices(LENGTHS, 0)


def test_steps_are_counted():
    lengths, batches = np.array([1, 2, 3, 4]), [np.array([0, 3]), np.array([1, 2])]
    assert computed_steps(lengths, batches) == 2 * 4 + 2 * 3
    assert computed_steps(lengths, batches, steps=5) == 20


def test_buckets_compute_less():
    plain = Buckets(TEXTS, batch=32)
    boundaries = quantile_boundaries(LENGTHS, 8)
    bucketed = Buckets(TEXTS, batch=32, boundaries=boundaries)
    bounded = Buckets(TEXTS, batch=32, boundaries=boundaries, pad_to="boundary")
    assert plain.computed_share() < 0.6
    assert bucketed.computed_share() > 0.7
    assert bounded.computed_share() <= bucketed.computed_share()
    assert {bounded[k][0].shape[1] for k in range(len(bounded))} == set(boundaries)
    computed = sum(bucketed[k][0].size for k in range(len(bucketed)))
    assert bucketed.computed_share() == pytest.approx(LENGTHS.sum() / computed)
    assert computed == computed_steps(LENGTHS, bucketed.batches)


def test_inputs_and_targets_stay_together():
    data = Buckets(TEXTS, LENGTHS, batch=16, boundaries=[20, 100])
    for k in range(len(data)):
        x, y = data[k]
        assert np.array_equal((x > 0).sum(axis=1), y)


def test_targets_per_step_are_padded_too():
    data = Buckets(TEXTS, [t + 1 for t in TEXTS], batch=16, value=0)
    x, y = data[0]
    assert x.shape == y.shape
    assert np.array_equal(y, np.where(x > 0, x + 1, 0))


def test_epochs_differ_and_repeat():
    one, two = (Buckets(TEXTS, batch=32, seed=5) for _ in range(2))
    first = np.concatenate(one.batches)
    one.on_epoch_end()
    two.on_epoch_end()
    assert not np.array_equal(first, np.concatenate(one.batches))
    assert np.array_equal(np.concatenate(one.batches), np.concatenate(two.batches))


@pytest.mark.parametrize(("sequences", "targets", "options", "message"), [
    ([[1], [2]], [0], {}, "2 sequences but 1 targets"),
    ([[1], []], None, {}, "needs a step"),
    ([], None, {}, "needs a step"),
    ([[1, 2]], [[1]], {}, "as long as"),
    ([[1]], None, {"pad_to": "max"}, "pad_to"),
])
def test_wrong_data_are_named(sequences, targets, options, message):
    with pytest.raises(ValueError, match=message):
        Buckets(sequences, targets, batch=2, **options)


def test_the_first_two_batches_differ_in_every_epoch():
    """A second `fit` begins in a later epoch, and learns from two batches which axes vary."""
    sequences = [np.ones(n) for n in [3] * 12 + [5] * 3]
    data = Buckets(sequences, batch=3, boundaries=[3, 5])
    for _ in range(20):
        assert data.steps(0) != data.steps(1)
        data.on_epoch_end()


@pytest.mark.trains
@pytest.mark.backends
@pytest.mark.parametrize("pad_to", ["longest", "boundary"])
def test_a_model_trains_on_buckets(pad_to):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Embedding(9, 4, mask_zero=True), layers.GRU(8),
                              layers.Dense(1)])
    model.compile("adam", "mse")
    data = Buckets(TEXTS[:64], LENGTHS[:64] / 100, batch=16, boundaries=[20, 100], pad_to=pad_to)
    history = model.fit(data, epochs=3, verbose=0)
    assert data.epoch in (3, 4)  # some backends end an epoch before the first
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_by_length_goes_from_short_to_long_and_keeps_each_once():
    rows = ["abc", "a", "ab", "b", "abcd"]
    assert [part.tolist() for part in by_length(rows, 2)] == [[1, 3], [2, 0], [4]]
    assert by_length([], 3) == []
