"""The n-gram model against a slow oracle that follows the formula word for word."""

import time
from collections import Counter

import numpy as np
import pytest

from rnnbook.language.ngram import WittenBell, find

TEXT = "abracadabra abracadabra cadabra"
SYMBOLS = sorted(set(TEXT) | set("xyz"))  # x, y, z never occur
IDS = np.array([SYMBOLS.index(c) for c in TEXT])
SIZE = len(SYMBOLS)


def oracle(text, order, size, context, token):
    """P(token | context) by recursion over dictionaries."""
    if order == 0:
        return 1 / size
    context = tuple(context[len(context) - order + 1 :]) if order > 1 else ()
    followers = Counter(
        text[i + order - 1] for i in range(len(text) - order + 1)
        if tuple(text[i : i + order - 1]) == context
    )
    lower = oracle(text, order - 1, size, context[1:], token)
    total, kinds = sum(followers.values()), len(followers)
    if not total or len(context) < order - 1:
        return lower
    return (followers[token] + kinds * lower) / (total + kinds)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_probs_equal_the_oracle_for_seen_and_unseen_contexts(order):
    model = WittenBell(order).fit(IDS, SIZE)
    contexts = [IDS[4:14], IDS[:3], IDS[:1], IDS[-5:], [SIZE - 1] * 4, [0, SIZE - 1, 1], []]
    for context in contexts:
        wanted = [oracle(list(IDS), min(order, len(context) + 1), SIZE, list(context), w)
                  for w in range(SIZE)]
        np.testing.assert_allclose(model.probs(context), wanted, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_probs_are_a_distribution(order):
    model = WittenBell(order).fit(IDS, SIZE)
    for context in ([], IDS[:2], IDS[5:11], [SIZE - 1], [SIZE - 1, 0, 0]):
        p = model.probs(context)
        assert p.shape == (SIZE,)
        assert p.dtype == np.float64
        assert p.min() > 0
        assert p.sum() == pytest.approx(1, abs=1e-12)


def test_token_nll_is_minus_log_probs_for_every_order():
    model = WittenBell(4).fit(IDS, SIZE)
    new = np.random.default_rng(0).integers(0, SIZE, 60)
    costs = model.token_nll(new)
    assert costs.shape == (4, 60)
    for n in range(1, 5):
        lower = WittenBell(n).fit(IDS, SIZE)
        wanted = [-np.log(lower.probs(new[:t])[new[t]]) for t in range(len(new))]
        np.testing.assert_allclose(costs[n - 1], wanted, rtol=1e-12)
        assert model.nll(new, order=n) == pytest.approx(np.mean(wanted), rel=1e-12)
        assert lower.nll(new) == pytest.approx(np.mean(wanted), rel=1e-12)


def test_hand_counted_example():
    text = "abracadabra"
    symbols = sorted(set(text))
    ids = np.array([symbols.index(c) for c in text])
    p = WittenBell(2).fit(ids, 5).probs([symbols.index("a")])
    unigram_b = (2 + 5 / 5) / (11 + 5)
    assert p[symbols.index("b")] == pytest.approx((2 + 3 * unigram_b) / (4 + 3))
    assert p[symbols.index("a")] == pytest.approx(3 * (5 + 5 / 5) / 16 / 7)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_texts_shorter_than_the_order_can_be_scored(length):
    model = WittenBell(5).fit(IDS, SIZE)
    costs = model.token_nll(IDS[:length])
    assert costs.shape == (5, length)
    assert np.isfinite(costs).all()
    np.testing.assert_allclose(costs[length:], costs[[length - 1]].repeat(5 - length, 0))


def test_a_large_vocabulary_does_not_overflow():
    size = 2_000_000
    ids = np.random.default_rng(1).integers(0, size, 3000)
    model = WittenBell(6).fit(ids, size)
    assert np.isfinite(model.nll(ids))
    assert model.probs(ids[:9]).sum() == pytest.approx(1)


def test_small_integer_types_do_not_overflow():
    narrow = WittenBell(4).fit(IDS.astype("uint8"), SIZE)
    assert narrow.nll(IDS.astype("uint8")) == WittenBell(4).fit(IDS, SIZE).nll(IDS)


def test_generate_is_repeatable_and_stays_in_the_vocabulary():
    model = WittenBell(3).fit(IDS, SIZE)
    first = model.generate(200, IDS[:2], seed=3)
    assert first.shape == (200,)
    assert np.array_equal(first, model.generate(200, IDS[:2], seed=3))
    assert not np.array_equal(first, model.generate(200, IDS[:2], seed=4))
    assert first.min() >= 0
    assert first.max() < SIZE
    assert model.generate(0).shape == (0,)


def test_sampled_frequencies_follow_probs():
    model = WittenBell(1).fit(IDS, SIZE)
    drawn = np.bincount(model.generate(20_000), minlength=SIZE) / 20_000
    np.testing.assert_allclose(drawn, model.probs(), atol=0.015)


def test_find():
    assert find(np.array([5, 0, 9, -3]), np.array([0, 2, 5])).tolist() == [2, 0, -1, -1]


@pytest.mark.parametrize(
    ("ids", "message"),
    [([], "too few"), ([1, 2], "too few"), ([[1, 2, 3]], "shape"), ([1, 2, SIZE, 0], "lie in"),
     ([0, 1, -1, 2], "lie in"), ([0.5, 1.5, 2.5], "integers"), ("abc", "shape")],
)
def test_fit_refuses_bad_input(ids, message):
    with pytest.raises(ValueError, match=message):
        WittenBell(3).fit(ids, SIZE)


def test_other_errors():
    with pytest.raises(ValueError, match="order"):
        WittenBell(0)
    with pytest.raises(RuntimeError, match="fit"):
        WittenBell(2).nll([1, 2])
    model = WittenBell(2).fit(IDS, SIZE)
    with pytest.raises(ValueError, match="no tokens"):
        model.nll([])
    with pytest.raises(ValueError, match="order"):
        model.nll(IDS, order=3)
    with pytest.raises(ValueError, match="lie in"):
        model.probs([SIZE])


def test_a_million_characters_take_seconds():
    ids = np.random.default_rng(0).integers(0, 65, 1_000_000)
    start = time.perf_counter()
    WittenBell(5).fit(ids, 65).nll(ids[:100_000])
    assert time.perf_counter() - start < 20
