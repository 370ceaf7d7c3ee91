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
from bookbuild.chapter import CHAPTERS, Chapter

EQUAL = 1e-4  # a bound as small as this says that two things are equal: no trained quantity
TABLES = sorted(p for p in seeds.FOLDER.glob("[0-9]*.csv"))


def rows(path):
    """Return the rows of a table as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bounds(band):
    """Return the lower and the upper bound of a band in words."""
    if "±" in band:
        middle, tol = map(float, band.split("±"))
        return middle - tol, middle + tol
    found = {word: float(number) for word, number in re.findall(r"at (\w+) (\S+?)(?:,|$)", band)}
    return found.get("least", -np.inf), found.get("most", np.inf)


def slack(row):
    """Return by how much a band is wider than three standard deviations, and that deviation."""
    low, high = bounds(row["band"])
    values = np.array([float(row[c]) for c in seeds.COLUMNS[3:] if row[c]])
    sd = values.std(ddof=1)
    if high <= EQUAL:
        return 0, sd
    if np.isfinite(low) and np.isfinite(high):
        return (high - low) / 2, sd
    return (values.min() - low if np.isfinite(low) else high - values.max()), sd


def reasons():
    """Return {(chapter, claim): difference that the sentence names}."""
    return {(row["chapter"], row["claim"]): float(row["difference"])
            for row in rows(seeds.FOLDER / "reasons.csv")}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_fresh_seeds_keep_every_claim(path):
    """Every value that five other seeds gave lies in the band."""
    missed = []
    for row in rows(path):
        low, high = bounds(row["band"])
        values = [row[c] for c in seeds.COLUMNS[3:]]
        missed += [f"{row['claim']}: {v or 'not reached'} ({row['band']})" for v in values
                   if not v or not low <= float(v) <= high]
    assert not missed, missed


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_table_is_of_this_chapter(path):
    """Every claim of the table stands in the chapter with the same band."""
    chapter = Chapter(CHAPTERS / f"{path.stem}.py")
    text = "".join(str(o.get("data", {}).get("text/plain", "")) + "\n"
                   for cell in chapter.code_cells() for o in cell.outputs)
    behind = [row["claim"] for row in rows(path) if not re.search(
        rf"^claim {row['claim']} = \S+  \({re.escape(row['band'])}\)$", text, re.M)]
    assert not behind, f"run `make seeds CHAPTERS={path.stem[:2]}`: {behind}"


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_bands_are_as_tight_as_their_sentences(path):
    """A bound is within three standard deviations of the values, or within what is named."""
    named, loose = reasons(), []
    for row in rows(path):
        width, sd = slack(row)
        if width > max(3 * sd, named.get((path.stem, row["claim"]), 0)) * 1.001:
            loose.append(f"{row['claim']}: {width:.3g} wide, {width / sd if sd else 0:.1f} sd "
                         f"of {sd:.2g}")
    assert not loose, "\n".join(["tighten the band, or name the difference:", *loose])


def test_reasons_are_needed():
    """No reason stands for a claim that is gone or tight."""
    tight = {(p.stem, row["claim"]) for p in TABLES for row in rows(p)
             if slack(row)[0] > 3 * slack(row)[1]}
    assert not [key for key in reasons() if key not in tight]


@pytest.mark.parametrize(("band", "expected"), [
    ("0.5 ± 0.1", (0.4, 0.6)), ("at least 0.5", (0.5, np.inf)), ("at most 1e-07", (-np.inf, 1e-7)),
    ("at least -1, at most 2.5", (-1, 2.5))])
def test_bounds_are_read_from_words(band, expected):
    """The words of a published claim give its bounds back."""
    assert bounds(band) == pytest.approx(expected)
