"""Generated tasks whose best possible score is known."""

import numpy as np


def adding_problem(count, steps, seed):
    """Make the adding problem: read T numbers, report the sum of the two that are marked.

    One mark stands in each half of the sequence. Always answering 1 (the mean) costs the
    variance of the sum of two uniform numbers: a mean squared error of 1/6.

    Args:
        count: number of sequences N.
        steps: length T >= 2.
        seed: of the random numbers; anything `np.random.default_rng` takes.
    Returns:
        x float32 (N, T, 2), the number in [0, 1) and the mark 0 or 1, and y float32 (N, 1).
    Raises:
        ValueError: steps < 2.
    Source: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, experiment 4, in the
        form of Arjovsky, Shah, Bengio 2016, arXiv:1511.06464 (their adding_problem.py).
    """
    if steps < 2:
        raise ValueError(f"the adding problem needs at least 2 steps, got {steps}")
    rng = np.random.default_rng(seed)
    numbers = rng.random((count, steps), dtype="float32")
    marks = np.zeros_like(numbers)
    rows = np.arange(count)
    marks[rows, rng.integers(0, steps // 2, count)] = 1
    marks[rows, rng.integers(steps // 2, steps, count)] = 1
    total = (numbers * marks).sum(axis=1, keepdims=True)
    return np.stack([numbers, marks], axis=-1), total


def delayed_recall(count, steps, delay, seed, symbols=2):
    """Make streams of random symbols; at every step the one from `delay` steps ago is wanted.

    Guessing is right once in `symbols` times, and nothing but memory does better.

    Args:
        count: number of streams N.
        steps: length T.
        delay: how far back, 0 <= delay < steps.
        seed: of the random numbers.
        symbols: number of kinds, at least 2.
    Returns:
        ids int32 (N, T) and targets int32 (N, T), -1 in the first `delay` steps.
    Raises:
        ValueError: no such delay, or fewer than two symbols.
    """
    if not 0 <= delay < steps:
        raise ValueError(f"delay must be at least 0 and below steps = {steps}, got {delay}")
    if symbols < 2:
        raise ValueError(f"recall needs at least 2 symbols, got {symbols}")
    ids = np.random.default_rng(seed).integers(0, symbols, (count, steps), dtype="int32")
    targets = np.full_like(ids, -1)
    targets[:, delay:] = ids[:, :steps - delay]
    return ids, targets


def look_ahead(count, steps, shift, seed):
    """Make random bits; at every step the bit `shift` steps later is wanted.

    A reader that has not seen the future is right half of the time. Negative shifts look back.

    Args:
        count: number of sequences N.
        steps: length T.
        shift: how far ahead, |shift| < steps.
        seed: of the random numbers.
    Returns:
        x float32 (N, T, 1) of 0 and 1, and y int32 (N, T), -1 where the wanted bit is outside.
    Raises:
        ValueError: no such shift.
    """
    if not abs(shift) < steps:
        raise ValueError(f"shift must be smaller than steps = {steps}, got {shift}")
    bits = np.random.default_rng(seed).integers(0, 2, (count, steps), dtype="int32")
    y = np.full_like(bits, -1)
    if shift >= 0:
        y[:, :steps - shift] = bits[:, shift:]
    else:
        y[:, -shift:] = bits[:, :shift]
    return bits[..., None].astype("float32"), y


def addition(count, seed, test=1000, low=0, below=1000):
    """Write sums of two whole numbers as text, such as ("7+856", "863"); no pair comes twice.

    Args:
        count: pairs for training.
        seed: of the draw.
        test: pairs for validation, and as many for testing.
        low, below: the numbers are low, …, below - 1.
    Returns:
        three lists (train, validation, test) of (question, answer).
    Raises:
        ValueError: more pairs than there are.
    """
    numbers, total = below - low, count + 2 * test
    if not 0 < total <= numbers ** 2:
        raise ValueError(f"there are {max(numbers, 0) ** 2:,} pairs from {low} to {below - 1}, "
                         f"not {total:,}")
    drawn = np.random.default_rng(seed).choice(numbers ** 2, total, replace=False)
    pairs = [(f"{a}+{b}", str(a + b)) for a, b in
             ((low + int(n) // numbers, low + int(n) % numbers) for n in drawn)]
    return pairs[:count], pairs[count:count + test], pairs[count + test:]


def running_totals(count, digits, seed):
    """Write random digits and their running totals modulo 10: ("2914", "2126").

    Each total is one addition away from the total before it: whoever answers with the help of
    a wrong total goes wrong from there on.

    Args:
        count: number of pairs N.
        digits: length of both texts.
        seed: of the random numbers.
    Returns:
        list of (digits, totals).
    """
    drawn = np.random.default_rng(seed).integers(0, 10, (count, digits))
    totals = drawn.cumsum(axis=1) % 10
    return [("".join(map(str, x)), "".join(map(str, y))) for x, y in zip(drawn, totals)]
