"""The cache against a slow one of loops; what it may not see."""

import numpy as np
import pytest

from rnnbook.language.cache import cache_probs, mixed_nats

RNG = np.random.default_rng(0)
IDS = RNG.integers(0, 6, 60)
STATES = RNG.normal(size=(59, 4)).astype("float32")


def slow(states, ids, window, theta, word, t):
    """Probability of a word after ids[:t + 1], by loops."""
    weight = np.zeros(6)
    for i in range(max(0, t - window), t):
        weight[ids[i + 1]] += np.exp(theta * float(states[t] @ states[i]))
    return weight[word] / (weight.sum() or 1)


@pytest.mark.parametrize("window", [1, 7, 100])
@pytest.mark.parametrize("theta", [0.0, 0.8])
def test_it_equals_a_slow_cache_however_it_is_cut(window, theta):
    want = [slow(STATES, IDS, window, theta, IDS[t + 1], t) for t in range(59)]
    for chunk in (1, 5, 64):
        np.testing.assert_allclose(cache_probs(STATES, IDS, window, theta, chunk), want,
                                   rtol=1e-5, atol=1e-9)


def test_the_probabilities_of_all_words_sum_to_one():
    t = 40
    found = [cache_probs(STATES[:t + 1], np.append(IDS[:t + 1], word), 9, 0.5)[t]
             for word in range(6)]
    assert sum(found) == pytest.approx(1)


def test_what_comes_later_is_not_seen():
    later, other = IDS.copy(), STATES.copy()
    later[31:], other[31:] = 5 - later[31:], -other[31:]
    np.testing.assert_array_equal(cache_probs(STATES, IDS, 20, 0.5)[:30],
                                  cache_probs(other, later, 20, 0.5)[:30])


def test_large_scores_do_not_overflow():
    found = cache_probs(100 * STATES, IDS, 20, 1.0)
    assert np.isfinite(found).all()


def test_without_theta_it_is_the_share_of_the_window():
    ids = np.array([0, 1, 1, 2, 1])
    assert cache_probs(STATES[:4], ids, 2, 0.0).tolist() == [0, 1, 0, 0.5]


def test_the_empty_cache_only_costs_its_share():
    nats = mixed_nats(np.log([2.0, 4.0]), np.array([0.0, 0.5]), 0.2)
    np.testing.assert_allclose(np.exp(-nats), [0.4, 0.3])
