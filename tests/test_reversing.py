"""Reversing within the length: the padding stays where it is."""

import numpy as np
import pytest
from keras import ops

from rnnbook.cells.masks import reverse_within

pytestmark = pytest.mark.backends


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_reversed_within_the_length(dtype):
    x = np.arange(20).reshape(2, 5, 2).astype(dtype)
    back = ops.convert_to_numpy(reverse_within(x, np.array([5, 3])))
    assert back.dtype == x.dtype
    assert (back[..., 0] // 2).tolist() == [[4, 3, 2, 1, 0], [7, 6, 5, 8, 9]]
    assert (back[..., 1] == back[..., 0] + 1).all()


def test_short_rows():
    x = np.arange(6.0).reshape(3, 2, 1)
    assert ops.convert_to_numpy(reverse_within(x, [0, 1, 2]))[..., 0].tolist() == \
        [[0, 1], [2, 3], [5, 4]]


def test_twice_gives_the_same():
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    lengths = np.array([6, 2, 0])
    np.testing.assert_array_equal(
        ops.convert_to_numpy(reverse_within(reverse_within(x, lengths), lengths)), x)
