"""A cache beside a language model: what came a moment ago is likely to come again."""

import numpy as np


def cache_probs(states, ids, window, theta, chunk=256):
    """Give the probability of each token after the first under a cache of those before it.

    Each of the last `window` tokens has a weight, exp(theta h_t . h_i): h_t is the state now,
    h_i was the state before that token came. A word's probability is its share of all weights;
    with theta 0 it is its share of the window, whatever the states. An empty cache gives 0.

    Args:
        states: (N - 1, H) float, the state after each token but the last.
        ids: (N,) int.
        window: number of tokens that are remembered.
        theta: how much the likeness of two states counts, >= 0.
        chunk: states per matrix product (does not change the result).

    Returns:
        (N - 1,) float64.

    Source: Grave, Joulin, Usunier 2017 (arXiv:1612.04426); without states, Kuhn & De Mori 1990
    (doi:10.1109/34.56193).
    """
    found = np.zeros(len(states))
    for start in range(0, len(states), chunk):
        t = np.arange(start, min(start + chunk, len(states)))
        i = np.arange(max(0, start - window), t[-1])
        scores = theta * (states[t] @ states[i].T)
        back = t[:, None] - i
        scores[(back < 1) | (back > window)] = -np.inf
        top = scores.max(axis=1, initial=-1e9, keepdims=True)
        weights = np.exp(scores - top)
        same = ids[t + 1][:, None] == ids[i + 1]
        found[t] = (weights * same).sum(1) / np.maximum(weights.sum(1), 1)
    return found


def mixed_nats(nats, probs, share):
    """Give each token's loss when a second model's probabilities get a share of the guess.

    Args:
        nats: (N,) float, the losses of the first model.
        probs: (N,) float, the second model's probabilities of the same tokens.
        share: what the second model gets, from 0 to 1.

    Returns:
        (N,) float64, nats.
    """
    return -np.log((1 - share) * np.exp(-nats) + share * probs)
