"""Beam search: exact when the beam is wide enough, else at least its own log-probabilities."""

import itertools

import keras
import numpy as np
import pytest

from rnnbook.translation.beam import beam_search

pytestmark = pytest.mark.backends
END, SIZE, STEPS = 0, 3, 4
TABLE = np.random.default_rng(5).normal(size=(2, SIZE + 1, SIZE)).astype("float32") * 2
LOG_P = np.log(np.exp(TABLE) / np.exp(TABLE).sum(-1, keepdims=True))
START = np.array([SIZE, SIZE])  # the token after the last


def step(tokens, state):
    """A Markov chain; the state says which of two tables a row uses."""
    return keras.ops.take(keras.ops.reshape(TABLE, (-1, SIZE)),
                          keras.ops.cast(state[0], "int32") * (SIZE + 1) + tokens, axis=0), state


def search(width, penalty=0.0):
    state = [np.repeat(np.array([0, 1], "int32"), width)]
    found = beam_search(step, state, START, END, STEPS, width, penalty)
    return [keras.ops.convert_to_numpy(part) for part in found]


def every_sequence(row):
    """All outputs of at most STEPS tokens with their log-probabilities."""
    for tokens in itertools.product(range(SIZE), repeat=STEPS):
        length = tokens.index(END) + 1 if END in tokens else STEPS
        if any(tokens[length:]):
            continue
        before = (SIZE, *tokens)
        yield tokens, length, sum(LOG_P[row, before[t], tokens[t]] for t in range(length))


@pytest.mark.parametrize("penalty", [0.0, 0.6, 2.0])
def test_a_wide_beam_finds_the_best_sequence(penalty):
    tokens, scores, lengths = search(SIZE ** STEPS, penalty)
    for row in range(2):
        best = max(every_sequence(row), key=lambda s: s[2] / ((5 + s[1]) / 6) ** penalty)
        assert tuple(tokens[row, 0]) == best[0]
        assert lengths[row, 0] == best[1]
        assert scores[row, 0] == pytest.approx(best[2], abs=1e-5)


def test_scores_are_the_log_probabilities_of_the_sequences():
    tokens, scores, lengths = search(3)
    for row in range(2):
        known = {s[0]: s[1:] for s in every_sequence(row)}
        for k in range(3):
            length, score = known[tuple(tokens[row, k])]
            assert (lengths[row, k], scores[row, k]) == (length, pytest.approx(score, abs=1e-5))
        assert (np.diff(scores[row]) <= 0).all()


def test_width_one_is_greedy():
    tokens, _, _ = search(1)
    for row in range(2):
        last, expected = SIZE, []
        for _ in range(STEPS):
            last = END if expected and last == END else int(LOG_P[row, last].argmax())
            expected.append(last)
        assert tokens[row, 0].tolist() == expected


@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_penalty_orders_the_beam_and_prunes_nothing(width):
    plain, favoured = search(width), search(width, penalty=3.0)
    for row in range(2):
        kept, ordered = (sorted(zip(found[0][row].tolist(), found[1][row].tolist()))
                         for found in (plain, favoured))
        assert kept == ordered
        ranks = favoured[1][row] / ((5 + favoured[2][row]) / 6) ** 3.0
        assert (np.diff(ranks) <= 0).all()


@pytest.mark.parametrize("width", [1, 3])
def test_rows_that_ended_leave_and_come_back_in_their_places(width):
    longest, sizes = np.array([1, 6, 1, 2, 6, 1, 1, 2, 3]), []

    def step(tokens, state):
        (left,) = state  # tokens until a row must end
        sizes.append(len(tokens) // width)
        logits = keras.ops.take(keras.ops.convert_to_tensor(TABLE[0]), tokens, axis=0)
        must = keras.ops.cast(left <= 0, "float32")[:, None]
        return logits + must * np.array([100, 0, 0], "float32"), [left - 1]

    def search(longest):
        state = [keras.ops.convert_to_tensor(np.repeat(longest, width).astype("int32"))]
        return beam_search(step, state, np.ones(len(longest), int), END, 8, width)

    found, seen = search(longest), list(sizes)
    assert seen[0] == len(longest)
    assert seen[-1] < len(longest)
    for k in range(len(longest)):
        for whole, single in zip(found, search(longest[k:k + 1])):
            np.testing.assert_allclose(keras.ops.convert_to_numpy(whole)[k],
                                       keras.ops.convert_to_numpy(single)[0], rtol=1e-5)


@pytest.mark.parametrize("options", [{"steps": 3, "width": 0}, {"steps": 0}])
def test_a_beam_needs_width_and_steps(options):
    with pytest.raises(ValueError, match="at least 1"):
        beam_search(None, [], np.array([0]), 1, **options)
