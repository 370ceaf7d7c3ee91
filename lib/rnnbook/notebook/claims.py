"""Claims: what a chapter proves, with the number that proves it."""

import math
import re

from rnnbook.notebook.publish import publish


class ClaimError(AssertionError):
    """A measured value lies outside the band that the chapter promises."""


def claim(name, value, *, at_most=None, at_least=None, close_to=None, tol=None, scope="any",
          full=True):
    """Assert that a measured value lies in its band, print it and store it.

    Args:
        name: snake_case name, unique in its chapter; prose and slides quote the value by it.
        value: the measured number (int, float or a 0-d array).
        at_most, at_least: inclusive bounds; one or both.
        close_to, tol: instead of bounds, |value - close_to| <= tol.
        scope: "any", or "full" for a claim that makes sense only on the full data.
        full: with scope="full", whether the full data were loaded (``source.full``).

    Raises:
        ClaimError: the value misses its band, or is no finite number (NaN, infinity).
        ValueError: no band, two kinds of band, or a name that is not snake_case.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"claim name {name!r}: use snake_case")
    if scope not in ("any", "full"):
        raise ValueError(f"claim {name}: scope must be 'any' or 'full', not {scope!r}")
    bounded = at_most is not None or at_least is not None
    if bounded == (close_to is not None) or (close_to is None) != (tol is None):
        raise ValueError(f"claim {name}: give at_most and/or at_least, or close_to with tol")

    if scope == "full" and not full:
        publish(f"claim {name}: 未检验（样例数据）")
        return

    value, holds, band = measured_against(
        value, at_most=at_most, at_least=at_least, close_to=close_to, tol=tol
    )
    if not holds:
        raise ClaimError(f"claim {name} does not hold: {value:.6g} ({band})")
    publish(f"claim {name} = {value:.6g}  ({band})", claims={name: value})


def measured_against(value, *, at_most=None, at_least=None, close_to=None, tol=None):
    """Return the value as a number, whether it lies in the band, and the band in words."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        value = int(value)
    if close_to is not None:
        holds = abs(value - close_to) <= tol
        band = f"{close_to:g} ± {tol:g}"
    else:
        holds = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
        parts = [] if at_least is None else [f"at least {at_least:g}"]
        parts += [] if at_most is None else [f"at most {at_most:g}"]
        band = ", ".join(parts)
    return value, holds and math.isfinite(value), band
