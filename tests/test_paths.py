"""The triangle of contributions sums to the gradient and has the shape its window gives it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnbook.gradients.backprop import bptt
from rnnbook.gradients.paths import contributions, immediate_and_total, segments


@pytest.mark.parametrize("window", [None, 1, 3])
def test_contributions_sum_to_the_gradient(window):
    rng = np.random.default_rng(0)
    xs, h0, d_hs = (rng.standard_normal(s) for s in ((2, 7, 3), (2, 4), (2, 7, 4)))
    weights = tuple(rng.standard_normal(s) for s in ((3, 4), (4, 4), (4,)))
    parts = contributions("rnn", xs, (h0,), weights, d_hs, window)
    full = bptt("rnn", xs, (h0,), weights, d_hs, window).weights[1]
    np.testing.assert_allclose(parts.sum((0, 1)), full, atol=1e-12)
    t, s = np.indices((7, 7))
    reached = (s <= t) & (t // (window or 7) == s // (window or 7))
    np.testing.assert_array_equal(np.abs(parts).max((2, 3)) > 0, reached)


def test_pictures_are_drawn():
    left, right = immediate_and_total()
    assert len(left.texts) == len(right.texts) == 8
    assert len(segments(6, 3).lines) == 1
    plt.close("all")
