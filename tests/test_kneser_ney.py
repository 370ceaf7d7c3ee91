"""Kneser-Ney: sums to one, equals a slow model of dictionaries, beats Witten-Bell on words."""

from collections import Counter

import numpy as np
import pytest

from rnnbook.language.kneser_ney import KneserNey, discounts
from rnnbook.language.ngram import WittenBell

TEXT = np.random.default_rng(0).zipf(1.5, 900) % 12


def slow(text, size, order, context, word):
    """The same model, written with tuples and dictionaries."""
    grams = [Counter(tuple(text[i:i + n]) for i in range(len(text) - n + 1))
             for n in range(1, order + 1)]
    counts = [Counter(longer[1:] for longer in grams[n]) for n in range(1, order)] + [grams[-1]]

    def p(c):
        level = counts[len(c)]
        lower = p(c[1:]) if c else 1 / size
        here = {g: n for g, n in level.items() if g[:-1] == c}
        if not here:
            return lower
        d = discounts(np.array(list(level.values())))
        total, given = sum(here.values()), sum(d[min(n, 3)] for n in here.values())
        own = here.get((*c, word), 0)
        return (own - d[min(own, 3)] + given * lower) / total

    return p(tuple(context))


@pytest.mark.parametrize("order", [2, 3, 4])
def test_it_equals_a_slow_model(order):
    model = KneserNey(order).fit(TEXT, 13)
    new = [1, 1, 2, 5, 12, 1, 1, 7, 2]
    nats = model.token_nll(new)
    for i, word in enumerate(new):
        context = new[max(0, i - order + 1):i]
        assert nats[i] == pytest.approx(-np.log(slow(TEXT.tolist(), 13, order, context, word)))


@pytest.mark.parametrize("discount", [None, 0.7])
@pytest.mark.parametrize("context", [(1,), (1, 1), (12, 3), (5, 12)])
def test_all_words_sum_to_one(context, discount):
    model = KneserNey(3, discount).fit(TEXT, 13)
    p = [np.exp(-model.token_nll([*context, word])[-1]) for word in range(13)]
    assert sum(p) == pytest.approx(1)
    assert min(p) > 0


def test_a_word_after_one_word_only_is_not_expected_elsewhere():
    words = np.random.default_rng(1).integers(0, 11, 3000)
    ids = [i for word in words for i in ([10, 11] if word == 10 else [word])]
    unseen = [12, 11]  # nothing ever followed 12: the lower order decides
    counted = WittenBell(2).fit(ids, 13).token_nll(unseen)[1, 1]
    assert KneserNey(2).fit(ids, 13).token_nll(unseen)[1] > counted + 1


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="at least 2"):
        KneserNey(1)
    with pytest.raises(ValueError, match="discount must be between 0 and 1"):
        KneserNey(2, 1.5)
    with pytest.raises(ValueError, match="too few for order 3"):
        KneserNey(3).fit([0, 1], 2)
    with pytest.raises(RuntimeError, match="fit the model first"):
        KneserNey(2).token_nll([0])
    with pytest.raises(ValueError, match=r"0 \.\.\. 1"):
        KneserNey(2).fit([0, 1, 2], 2)
    with pytest.raises(ValueError, match="integers, not float64"):
        KneserNey(2).fit([0.5, 1.0], 2)
    with pytest.raises(ValueError, match="no tokens"):
        KneserNey(2).fit(TEXT, 13).token_nll([])
    with pytest.raises(ValueError, match=r"0 \.\.\. 12"):
        KneserNey(2).fit(TEXT, 13).token_nll([13])
