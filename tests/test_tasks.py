"""The generated tasks are what they say, and guessing scores what it must."""

import numpy as np
import pytest

from rnnbook.data.tasks import adding_problem, addition, delayed_recall, look_ahead, running_totals


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


def test_addition():
    train, validation, test = addition(300, seed=2, test=50)
    pairs = [*train, *validation, *test]
    assert (len(train), len(validation), len(test)) == (300, 50, 50)
    assert len(set(pairs)) == 400  # no pair stands in two parts
    for question, answer in pairs:
        a, b = map(int, question.split("+"))
        assert (a + b, max(a, b) < 1000) == (int(answer), True)
    long, *_ = addition(20, seed=2, test=0, low=10_000, below=100_000)
    assert {len(question) for question, _ in long} == {11}
    with pytest.raises(ValueError, match="there are 100 pairs from 0 to 9, not 300"):
        addition(100, seed=0, test=100, below=10)


def test_running_totals():
    pairs = running_totals(50, 6, seed=3)
    assert pairs == running_totals(50, 6, seed=3)
    for digits, totals in pairs:
        assert totals == "".join(str(sum(map(int, digits[:t + 1])) % 10) for t in range(6))
