"""The field's sums and its best path against brute force over every sequence of tags."""

from itertools import pairwise, product

import numpy as np
import pytest
from keras import ops

from rnnbook.labelling import crf

LENGTHS = (5, 1, 4, 2)
K = 3


def example(seed=0, scale=2.0):
    rng = np.random.default_rng(seed)
    shapes = (len(LENGTHS), max(LENGTHS), K), (K, K), (K,), (K,)
    e, a, start, end = (scale * rng.standard_normal(s).astype("float32") for s in shapes)
    mask = np.arange(max(LENGTHS)) < np.array(LENGTHS)[:, None]
    return [ops.convert_to_tensor(v) for v in (e, mask, a, start, end)]


def brute(e, a, start, end):
    """Every sequence of tags of one sentence and its score, term by term."""
    found = {}
    for tags in product(range(K), repeat=len(e)):
        score = start[tags[0]] + end[tags[-1]] + sum(e[t, k] for t, k in enumerate(tags))
        found[tags] = score + sum(a[i, j] for i, j in pairwise(tags))
    return found


def all_paths(arguments):
    e, _, a, start, end = (np.asarray(ops.convert_to_numpy(v), "float64") for v in arguments)
    return [brute(e[b, :n], a, start, end) for b, n in enumerate(LENGTHS)]


@pytest.mark.backends
def test_partition_score_and_marginals_equal_brute_force():
    arguments = example()
    e, mask, a, start, end = arguments
    found = all_paths(arguments)
    log_z = ops.convert_to_numpy(crf.log_partition(*arguments))
    exact = [np.log(np.exp(list(paths.values())).sum()) for paths in found]
    assert np.abs(log_z - exact).max() < 1e-5
    tags = np.random.default_rng(1).integers(0, K, mask.shape).astype("int32")
    score = ops.convert_to_numpy(crf.path_score(e, tags, mask, a, start, end))
    own = [paths[tuple(tags[b, :n])] for b, (n, paths) in enumerate(zip(LENGTHS, found))]
    assert np.abs(score - own).max() < 1e-5
    nll = ops.convert_to_numpy(crf.negative_log_likelihood(e, tags, mask, a, start, end))
    assert np.abs(nll - np.subtract(exact, own)).max() < 1e-5
    p = ops.convert_to_numpy(crf.marginals(*arguments))
    for b, (n, paths) in enumerate(zip(LENGTHS, found)):
        share = np.zeros((n, K))
        for path, value in paths.items():
            share[range(n), path] += np.exp(value - exact[b])
        assert np.abs(p[b, :n] - share).max() < 1e-5


@pytest.mark.backends
def test_viterbi_equals_brute_force():
    for seed in range(5):
        arguments = example(seed)
        tags, score = (ops.convert_to_numpy(v) for v in crf.viterbi(*arguments))
        for b, (n, paths) in enumerate(zip(LENGTHS, all_paths(arguments))):
            best = max(paths, key=paths.get)
            assert tuple(tags[b, :n]) == best
            assert abs(score[b] - paths[best]) < 1e-5
            assert not tags[b, n:].any()


@pytest.mark.backends
def test_a_single_word():
    e, mask, a, start, end = example()
    alone = e[:, :1], mask[:, :1], a, start, end
    values = ops.convert_to_numpy(start + e[:, 0] + end)
    assert np.abs(ops.convert_to_numpy(crf.log_partition(*alone))
                  - np.log(np.exp(values).sum(1))).max() < 1e-5
    tags, _ = crf.viterbi(*alone)
    assert (ops.convert_to_numpy(tags)[:, 0] == values.argmax(1)).all()
    assert crf.marginals(*alone).shape == (4, 1, K)


def test_what_may_follow_what():
    moves, first, last = crf.allowed(["O", "B-X", "I-X", "I-Y"])
    assert first == [True, True, False, False]
    assert all(last)
    assert moves == [[True, True, False, False], [True, True, True, False],
                     [True, True, True, False], [True, True, False, True]]
    moves, first, last = crf.allowed(list("BMES"))
    assert moves == [[False, True, True, False], [False, True, True, False],
                     [True, False, False, True], [True, False, False, True]]
    assert (first, last) == ([True, False, False, True], [False, False, True, True])
    assert all(map(all, crf.allowed(["NOUN", "VERB"])[0]))


@pytest.mark.parametrize(("mask", "transitions"), [
    ((2, 4), (3, 3)), ((2, 5), (3, 4)), ((5,), (3, 3))])
def test_shapes_that_do_not_fit_are_named(mask, transitions):
    e, A, b = np.zeros((2, 5, 3), "float32"), np.zeros(transitions), np.zeros(3)
    with pytest.raises(ValueError, match=r"emissions \(B, T, K\).*got \(2, 5, 3\)"):
        crf.log_partition(e, np.ones(mask, bool), A, b, b)
    with pytest.raises(ValueError, match="transitions"):
        crf.path_score(e, np.zeros((2, 5), int), np.ones(mask, bool), A, b, b)
