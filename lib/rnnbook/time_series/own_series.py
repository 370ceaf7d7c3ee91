"""A time series of the reader's own: one CSV file in, or a refusal that says what to do."""

import io
import re
import warnings
from itertools import product
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd

from rnnbook.data.files import read_text
from rnnbook.time_series.own_dates import SeriesError, find_step, line, read_dates

LEAST = 50  # rows: ten of the last fifth can be scored
BLANK = ["", "nan", "na", "null", "none", "n/a", "-", "--"]


def read_series(path, target, date=None, date_format=None, encoding="utf-8", sep=",",
                gaps="refuse"):
    """Read one column of a CSV file, indexed by its dates.

    Args:
        path: the file, str or Path.
        target: name of the column with the numbers.
        date: name of the column with the dates, or a list of names where the date stands in
            parts, such as ["year", "month", "day"]; by default the first column.
        date_format: of the dates, such as "%d/%m/%Y"; needed where two would fit.
        encoding, sep: of the file.
        gaps: "refuse" missing dates, or "ignore" them: rows count as equal steps.
    Returns:
        pandas Series of float64, named as the target, on a DatetimeIndex; attrs: "step" (a name
        of `own_dates.STEPS`, "business day", or "row"), its "season", and "every" (from one
        date to the next). Warns of values far outside the others.
    Raises:
        SeriesError: anything that would make a forecast nonsense.
        DataError: the file is empty, or not text in this encoding.
    """
    if gaps not in ("refuse", "ignore"):
        raise SeriesError(f"gaps must be 'refuse' or 'ignore', got {gaps!r}")
    table = _table(Path(path), encoding, sep)
    parts = [table.columns[0]] if date is None else [date] if isinstance(date, str) else list(date)
    columns = f"the columns are: {', '.join(map(repr, table.columns))}"
    if not parts or len(set(parts)) < len(parts):
        raise SeriesError(f"date must name different columns, got {date!r}; {columns}")
    for name, role in ((target, "target"), *((part, "date") for part in parts)):
        if (count := list(table.columns).count(name)) != 1:
            below = np.flatnonzero((table == name).any(axis=1))[:1]
            advice = "".join(f"; {line(at)} holds {name!r}: if it is the header, delete what "
                             "stands above it" for at in below)
            raise SeriesError(f"{'more than one' if count else 'no'} column {name!r} for the "
                              f"{role}; {columns}{advice}")
    if target in parts:
        raise SeriesError(f"{target!r} holds the dates: choose another column to forecast; "
                          f"{columns}")
    table = table[[*parts, target]].apply(lambda column: column.str.strip())
    written = table[parts[0]].str.cat(table[parts[1:]], sep=" ")
    index = read_dates(written, " ".join(parts), columns, date_format)
    values = _numbers(table[target])
    _check_order(index, written)
    step, season, every = find_step(index, gaps)
    if len(values) < LEAST:
        raise SeriesError(f"only {len(values)} rows of {step}s: a forecast that can be tested "
                          f"needs at least {LEAST}")
    series = pd.Series(values, index=index, name=target)
    series.attrs = {"step": step, "season": season, "every": every}
    return series


def _table(path, encoding, sep):
    if not path.is_file():
        folder = path if path.is_dir() else path.parent
        near = sorted(p.name for p in folder.glob("*.csv"))[:8]
        raise SeriesError(f"no file {path}; CSV files there: {', '.join(near) or 'none'}")
    if path.read_bytes()[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise SeriesError(f"{path} is an Excel workbook: save it as 'CSV UTF-8' first")
    if not isinstance(sep, str) or len(sep) != 1 or sep in "\r\n":
        raise SeriesError(f"sep must be the one character between the columns, got {sep!r}")
    text = read_text(path, encoding)
    try:
        table = pd.read_csv(io.StringIO(text), header=None, dtype=str, sep=sep,
                            engine="c" if sep.isascii() else "python",
                            keep_default_na=False, skipinitialspace=True).fillna("")
    except ValueError as error:
        first = text.split("\n", 1)[0]
        other = next((repr(mark) for mark in ";\t,|" if mark in first), "...")
        advice = (f"line 1, {first[:40]!r}, has no {sep!r}: if it is the header, say sep={other}; "
                  "if not, delete what stands above the header" if sep not in first else
                  "if line 1 is a remark, delete it; if it is the header, delete its # only"
                  if text[0] == "#" else
                  f"every line needs as many fields as the header, and no {sep!r} at its end")
        said = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise SeriesError(f"{path} is not a table ({said}): {advice}") from None
    if len(table.columns) < 2:
        other = next((mark for cell in table.iloc[:3, 0] for mark in ";\t,|" if mark in cell), None)
        advice = f"say sep={other!r}" if other else "a date column and a number column are needed"
        raise SeriesError(f"{path} has one column only, {table.iloc[0, 0]!r}: {advice}")
    if len(table) < 4:
        raise SeriesError(f"{path} has {len(table) - 1} rows under its header: a forecast that "
                          f"can be tested needs at least {LEAST}")
    return table[1:].set_axis(table.iloc[0].str.strip(), axis=1)


def _numbers(column):
    blank = np.flatnonzero(column.str.lower().isin(BLANK))
    if len(blank):
        raise SeriesError(f"{column.name!r} has {len(blank)} missing value(s): "
                          f"{', '.join(map(line, blank[:3]))} …; fill them yourself (and say "
                          "how), or drop the column: a guess here would be forecast as if it "
                          "were data")
    values = pd.to_numeric(column, errors="coerce").to_numpy("float64")
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        bad = column.iloc[wrong[0]]
        thousands = re.fullmatch(r"[-+]?\d+(,\d{3})+(\.\d*)?", bad)
        advice = ("remove the thousands separators" if thousands else
                  "remove the sign %" if bad.endswith("%") else
                  "write a decimal point" if re.fullmatch(r"[-+]?\d+,\d+", bad) else
                  "text and units do not belong in a column of numbers")
        raise SeriesError(f"{column.name!r}, {line(wrong[0])}: {bad!r} is not a number: {advice}")
    found = np.unique(values)
    if len(found) == 1:
        raise SeriesError(f"all {len(values)} values are {found[0]:g}: nothing to forecast")
    strange, rest = _outliers(found)
    for value in strange:
        warnings.warn(f"{column.name!r}: {value:g} lies far outside the other values "
                      f"({rest[0]:g} … {rest[-1]:g}), {line(int((values == value).argmax()))}: "
                      "if it stands for a missing value, fill it yourself", stacklevel=3)
    return values


def _outliers(found):
    """Divide values, which rise, into those that may stand for missing ones, and the rest.

    -99, -999 … where nothing else is negative; and up to three at each end that lie farther
    from the rest than three times its range: several of them, such as -999 and 999, count as one.
    """
    below = int((found < 0).sum())
    if below > 3 or not all(re.fullmatch("-99+", f"{value:.15g}") for value in found[:below]):
        below = 0
    for low, high in sorted(product(range(below, below + 4), range(4)), key=sum, reverse=True):
        end = len(found) - high
        rest, strange = found[low:end], np.r_[found[:low], found[end:]]
        if len(rest) > 2 * len(strange):
            far = 3 * np.ptp(rest)
            if ((low == below or rest[0] - found[low - 1] > far)
                    and (not high or found[end] - rest[-1] > far)):
                return strange, rest
    return found[:0], found


def _check_order(index, written):
    if index.has_duplicates:
        at = int(index.duplicated().argmax())
        raise SeriesError(f"{line(at)}: the date {written.iloc[at]} stands there for the second "
                          f"time ({int(index.duplicated().sum())} repeated in all): keep one row "
                          "per date, for example one shop or one share, or add the rows up")
    if not index.is_monotonic_increasing:
        at = int((np.diff(index.asi8) < 0).argmax()) + 1
        raise SeriesError(f"{line(at)}: the date {written.iloc[at]} comes after a later one: sort "
                          "the rows by date, oldest first")


def plan(series, season=None, horizon=None):
    """Choose the steps of a season and the steps ahead, or check those asked for.

    Args:
        series: what `read_series` gave.
        season: 1 means none; by default that of the dates, where the series is long enough.
        horizon: at most a season; by default as many as are allowed, up to 12.
    Returns:
        season and horizon.
    Raises:
        SeriesError: no whole numbers, or the series is too short for them.
    """
    count, own = len(series), series.attrs["season"]
    longest = (count - 20) // 3
    season = (own if own <= longest else 1) if season is None else season
    check_whole("season", season, f"1 (none) … {longest}", longest)
    most = min(count // 10, count // 5 - 9, season if season > 1 else count)
    horizon = min(12, most) if horizon is None else horizon
    check_whole("horizon", horizon, f"1 … {most}", most)
    return season, horizon


def check_whole(name, value, wanted, most):
    """Refuse what is no whole number from 1 to the most, in the words of what is wanted."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not 1 <= value <= most:
        raise SeriesError(f"{name} must be a whole number, {wanted} here, got {value!r}")
