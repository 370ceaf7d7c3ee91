"""Strings backwards: what is drawn, and how answers are counted."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnnbook.translation import reversal
from rnnbook.translation.seq2seq import SPECIALS


def test_the_target_is_the_source_backwards():
    source, target_in, target_out = reversal.reversed_strings([3, 5, 1], 5, seed=0)
    for row, length in enumerate((3, 5, 1)):
        text = reversal.letters(source[row])
        assert len(text) == length
        assert reversal.letters(target_out[row]) == text[::-1]
        assert target_out[row, length] == SPECIALS.index("</s>")
        assert not target_out[row, length + 1:].any()
        np.testing.assert_array_equal(target_in[row, 1:length + 1], target_out[row, :length])
    assert (target_in[:, 0] == SPECIALS.index("<s>")).all()


def test_the_same_seed_draws_the_same_strings():
    first, again, other = (reversal.reversed_strings([9] * 4, 9, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("length", [0, 6])
def test_a_length_that_does_not_fit_is_refused(length):
    with pytest.raises(ValueError, match="1 to 5"):
        reversal.reversed_strings([3, length], 5, seed=0)


def test_right_letters_and_right_strings_are_counted():
    source, _, target = reversal.reversed_strings([2, 3], 3, seed=0)

    class Answers:
        def search(self, source, steps):
            tokens = target.copy()
            tokens[1, 0] = 4 + (target[1, 0] == 4)  # one letter of three is wrong
            tokens[0, 3] = 9  # after the end: not counted
            return tokens[:, None], None, None

    right, whole = reversal.score(Answers(), source, target)
    np.testing.assert_allclose(right, [1, 2 / 3])
    assert whole.tolist() == [True, False]


def test_training_goes_down_in_stages_and_says_where_it_stands():
    class Model:
        compiled, optimizer, seen = False, SimpleNamespace(learning_rate=None), []

        def fit(self, inputs, target_out, batch_size, **_):
            self.seen.append((len(target_out) // batch_size, self.optimizer.learning_rate))
            return SimpleNamespace(history={"loss": [len(self.seen)]})

    model, done = Model(), []
    last = reversal.train(model, 7, 6, 0.1, seed=0, batch=4, stages=2, after=done.append)
    assert last == 2
    assert done == [3, 6]
    np.testing.assert_allclose(model.seen, [(3, 0.1), (3, 0.05)])
