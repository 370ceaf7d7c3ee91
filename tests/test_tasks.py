"""The generated tasks are what they say, and guessing scores what it must."""

import numpy as np
import pytest

from rnnbook.tasks import adding_problem, delayed_recall, look_ahead


def test_adding_problem():
    x, y = adding_problem(4000, 9, seed=0)
    assert x.shape == (4000, 9, 2)
    assert y.shape == (4000, 1)
    marks = x[..., 1]
    assert set(np.unique(marks)) == {0.0, 1.0}
    np.testing.assert_array_equal(marks[:, :4].sum(1), 1)  # one in each half
    np.testing.assert_array_equal(marks[:, 4:].sum(1), 1)
    np.testing.assert_allclose((x[..., 0] * marks).sum(1), y[:, 0], atol=1e-7)
    assert abs(y.var() - 1 / 6) < 0.01
    again, _ = adding_problem(4000, 9, seed=0)
    other, _ = adding_problem(4000, 9, seed=1)
    assert (again == x).all()
    assert not (other == x).all()
    with pytest.raises(ValueError, match="at least 2 steps"):
        adding_problem(1, 1, seed=0)


@pytest.mark.parametrize("delay", [0, 1, 4])
def test_delayed_recall(delay):
    ids, targets = delayed_recall(5, 12, delay, seed=1, symbols=3)
    assert (targets[:, :delay] == -1).all()
    np.testing.assert_array_equal(targets[:, delay:], ids[:, :12 - delay])
    assert set(np.unique(ids)) == {0, 1, 2}


def test_delayed_recall_refuses():
    with pytest.raises(ValueError, match="delay"):
        delayed_recall(1, 5, 5, seed=0)
    with pytest.raises(ValueError, match="2 symbols"):
        delayed_recall(1, 5, 1, seed=0, symbols=1)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 3])
def test_look_ahead(shift):
    x, y = look_ahead(6, 10, shift, seed=2)
    bits = x[..., 0].astype(int)
    for t in range(10):
        wanted = bits[:, t + shift] if 0 <= t + shift < 10 else np.full(6, -1)
        np.testing.assert_array_equal(y[:, t], wanted)
    with pytest.raises(ValueError, match="shift"):
        look_ahead(1, 3, 3, seed=0)
