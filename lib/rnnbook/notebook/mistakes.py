"""Comparing an answer with the right one, and with what every known mistake results in."""

import numpy as np

from rnnbook.notebook.answers import Wrong, number

TOLERANCE = 1e-5  # of the largest number: float32 reaches it, and every known mistake exceeds it


def near(answer, right, tolerance=TOLERANCE, places=None):
    """Tell whether two arrays are equal as far as float32 can tell.

    Args:
        answer, right: numbers or arrays.
        tolerance: largest difference, as a share of the largest number of right.
        places: decimals that a student was asked for: rounded (with a little room for rounding
            on the way) or cut off, both count.
    """
    answer, right = np.asarray(answer, float), np.asarray(right, float)
    if answer.shape != right.shape or not np.isfinite(right).all():
        return False
    largest = np.abs(right).max(initial=0) or 1
    if not places:
        return bool((np.abs(answer - right) <= tolerance * largest).all())
    unit = 10.0**-places
    cut_off = np.abs(answer - np.trunc(right / unit) * unit) <= TOLERANCE * largest
    return bool((cut_off | (np.abs(answer - right) <= 0.6 * unit)).all())


def compare(answer, right, mistakes, otherwise, **how):
    """Accept an answer that is near the right one, else name the mistake that it is near.

    Args:
        answer, right: numbers, or arrays of one shape.
        mistakes: list of (what that mistake results in, message).
        otherwise: message for an answer that is near none of them.
        how: tolerance or places, for `near`.

    Raises:
        Wrong: the answer is not the right one.
    """
    if not near(answer, right, **how):
        blame(mistakes, lambda result: near(answer, result, **how))
        raise Wrong(otherwise)


def blame(mistakes, made=bool):
    """Name the first mistake that was made; where none was, go on.

    Args:
        mistakes: list of (what that mistake results in, message).
        made: tells from such a result whether the mistake was made; by default it is the answer
            itself, True or False.

    Raises:
        Wrong: a mistake was made.
    """
    for result, message in mistakes:
        if made(result):
            raise Wrong(message)


def flat(arrays):
    """Return several arrays as one row of numbers."""
    return np.concatenate([np.ravel(a) for a in arrays])


def on_cases(call, cases, right, mistakes, otherwise, tolerance=TOLERANCE):
    """Run a function on cases; accept what the right rule gives, else name the mistake.

    Args:
        call: the student's function, from `function`; it returns a number.
        cases: list of tuples of arguments.
        right: the right function of the same arguments.
        mistakes: list of (function with that mistake, message).
        otherwise: message for the first case that is wrong, with {} for each argument,
            {right} and {given}.
        tolerance: largest relative difference in each case; 0 for whole numbers.

    Raises:
        Wrong: a result is not the right one.
    """
    given = np.array([number(call(*case)) for case in cases])

    def agrees(rule):
        wanted = np.array([rule(*case) for case in cases], float)
        return np.abs(given - wanted) <= tolerance * np.abs(wanted)

    fine = agrees(right)
    if fine.all():
        return
    blame(mistakes, lambda rule: agrees(rule).all())
    k = int(np.argmin(fine))
    raise Wrong(otherwise.format(*cases[k], right=right(*cases[k]), given=given[k]))
