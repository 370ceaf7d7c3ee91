"""A band is as tight as its sentence: tests/seeds holds what five other seeds measured.

`make seeds CHAPTERS=NN` writes the tables. Where a bound lies further from the fresh values
than three of their standard deviations, tests/seeds/reasons.csv says which difference the
sentence names, and the bound must lie within it.
"""

import csv
import re

import numpy as np
import pytest

from bookbuild import seeds
from bookbuild.chapter import CHAPTERS, SEEDS, Chapter

EQUAL = 1e-4  # a bound as small as this says that two things are equal: no trained quantity
TABLES = sorted(p for p in SEEDS.glob("[0-9]*.csv"))


def rows(path):
    """Return the rows of a table as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured(path):
    """Return [(claim, band in words, values)] of a chapter's table; the band as it stands there."""
    chapter = Chapter(CHAPTERS / f"{path.stem}.py")
    text = "\n".join(o.get("data", {}).get("text/plain", "")
                     for cell in chapter.code_cells() for o in cell.outputs)
    bands = dict(re.findall(r"^claim (\w+) = \S+  \((.+)\)$", text, re.M))
    return [(row["claim"], bands.get(row["claim"]),
             [float(row[c]) if row[c] else None for c in seeds.COLUMNS[1:]]) for row in rows(path)]


def bounds(band):
    """Return the lower and the upper bound of a band in words."""
    if "±" in band:
        middle, tol = map(float, band.split("±"))
        return middle - tol, middle + tol
    found = {word: float(number) for word, number in re.findall(r"at (\w+) (\S+?)(?:,|$)", band)}
    return found.get("least", -np.inf), found.get("most", np.inf)


def slack(band, values):
    """Return how far a band reaches beyond the values, and their standard deviation."""
    low, high = bounds(band)
    values = np.array([v for v in values if v is not None])
    sd = values.std(ddof=1)
    if high <= EQUAL:
        return 0, sd
    if np.isfinite(low) and np.isfinite(high):
        return (high - low) / 2, sd
    return (values.min() - low if np.isfinite(low) else high - values.max()), sd


def reasons():
    """Return {(chapter, claim): difference that the sentence names}."""
    return {(row["chapter"], row["claim"]): float(row["difference"])
            for row in rows(SEEDS / "reasons.csv")}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_every_row_is_a_claim(path):
    """The chapter still makes every claim of its table."""
    gone = [name for name, band, _ in measured(path) if band is None]
    assert not gone, f"run `make seeds CHAPTERS={path.stem[:2]}`: {gone}"


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_fresh_seeds_keep_every_claim(path):
    """Every value that five other seeds gave lies in the band."""
    missed = []
    for name, band, values in measured(path):
        low, high = bounds(band)
        missed += [f"{name}: {v} ({band})" for v in values if v is None or not low <= v <= high]
    assert not missed, missed


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_bands_are_as_tight_as_their_sentences(path):
    """A bound is within three standard deviations of the values, or within what is named."""
    named, loose = reasons(), []
    for name, band, values in measured(path):
        width, sd = slack(band, values)
        if width > max(3 * sd, named.get((path.stem, name), 0)) * 1.001:
            loose.append(f"{name}: {width:.3g} wide, {width / sd if sd else 0:.1f} sd of {sd:.2g}")
    assert not loose, "\n".join(["tighten the band, or name the difference:", *loose])


def test_reasons_are_needed():
    """No reason stands for a claim that is gone or tight."""
    loose = set()
    for path in TABLES:
        for name, band, values in measured(path):
            width, sd = slack(band, values)
            if width > 3 * sd:
                loose.add((path.stem, name))
    assert set(reasons()) <= loose


@pytest.mark.parametrize(("band", "expected"), [
    ("0.5 ± 0.1", (0.4, 0.6)), ("at least 0.5", (0.5, np.inf)), ("at most 1e-07", (-np.inf, 1e-7)),
    ("at least -1, at most 2.5", (-1, 2.5))])
def test_bounds_are_read_from_words(band, expected):
    """The words of a published claim give its bounds back."""
    assert bounds(band) == pytest.approx(expected)
