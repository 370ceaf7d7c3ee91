"""Batches of a language model: streams that go on from batch to batch."""

import numpy as np
import pytest

from rnnbook.training.batching import streams


def test_rows_continue_from_batch_to_batch():
    ids = np.arange(1003)
    x, y = streams(ids, batch=4, steps=10)
    assert x.shape == y.shape == (25, 4, 10)
    assert x.dtype == np.int32
    for k in range(len(x) - 1):
        np.testing.assert_array_equal(x[k + 1, :, 0], x[k, :, -1] + 1)
    for row in range(4):
        whole = x[:, row].reshape(-1)
        np.testing.assert_array_equal(whole, np.arange(whole[0], whole[0] + 250))


def test_streams_targets_are_the_next_tokens():
    x, y = streams(np.arange(100), batch=3, steps=5)
    np.testing.assert_array_equal(y, x + 1)


def test_streams_share_no_token_and_waste_little():
    ids = np.arange(1003)
    x, _ = streams(ids, batch=4, steps=10)
    used = x.reshape(-1)
    assert len(set(used.tolist())) == used.size
    assert len(ids) - used.size < 4 * 10 + 4


def test_smallest_text_that_fits():
    x, y = streams(np.arange(7), batch=2, steps=3)
    assert x.tolist() == [[[0, 1, 2], [3, 4, 5]]]
    assert y.tolist() == [[[1, 2, 3], [4, 5, 6]]]
    with pytest.raises(ValueError, match="6 tokens are too few: 2 x 3 needs 7"):
        streams(np.arange(6), batch=2, steps=3)


@pytest.mark.parametrize("ids", [np.zeros((3, 40), int), np.zeros(40)])
def test_ids_are_a_row_of_integers(ids):
    with pytest.raises(ValueError, match="integers of shape"):
        streams(ids, 2, 3)


@pytest.mark.parametrize(("batch", "steps"), [(0, 3), (2, 0), (-1, 3), (2.0, 3)])
def test_sizes_are_positive_integers(batch, steps):
    with pytest.raises(ValueError, match="positive integer"):
        streams(np.arange(100), batch, steps)
