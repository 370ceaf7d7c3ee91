"""Test sets drawn anew: how sure is a score of these examples?"""

import numpy as np


def redrawn(count, draws=1000, seed=0):
    """Draw test sets from the same examples, with replacement (the bootstrap).

    Equal arguments draw equal sets: the differences of two models' scores on them are paired.

    Args:
        count: number N of examples; each test set has as many.
        draws: number of test sets.
        seed: of the drawing.
    Returns:
        int (draws, N), how often each example is in each test set.
    Source: Efron 1979 (doi:10.1214/aos/1176344552).
    """
    return np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), draws)
