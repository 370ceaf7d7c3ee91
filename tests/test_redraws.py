"""Test sets drawn anew: their sizes, their error, and that equal seeds keep pairs together."""

import numpy as np
import pytest

from rnnbook.data.redraws import redrawn


def test_every_set_has_as_many_examples():
    often = redrawn(7, draws=50)
    assert often.shape == (50, 7)
    assert (often.sum(axis=1) == 7).all()


def test_the_spread_is_the_error_of_a_share():
    right = np.random.default_rng(3).random(400) < 0.7
    drawn, share = redrawn(400, 2000) @ right / 400, right.mean()
    assert drawn.mean() == pytest.approx(share, abs=0.003)
    assert drawn.std() == pytest.approx((share * (1 - share) / 400) ** 0.5, rel=0.06)


def test_equal_seeds_draw_equal_sets():
    np.testing.assert_array_equal(redrawn(30, 20, seed=1), redrawn(30, 20, seed=1))
    assert (redrawn(30, 20, seed=1) != redrawn(30, 20, seed=2)).any()
