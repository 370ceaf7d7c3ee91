"""A time series of the reader's own: one CSV file in, or a refusal that says what to do."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

STEPS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D",
         "business day": None, "hour": "h", "minute": "min"}  # name: pandas period
SEASONS = {"year": 1, "quarter": 4, "month": 12, "week": 52, "day": 7, "business day": 5,
           "hour": 24, "minute": 60}
LEAST = 40  # rows, and three seasons


class SeriesError(ValueError):
    """The file is not a series that can be forecast; the message says what to do."""


def read_series(path, target, date=None, encoding="utf-8-sig", sep=",", gaps="refuse"):
    """Read one column of a CSV file, indexed by its dates.

    Args:
        path: the file.
        target: name of the column with the numbers.
        date: name of the column with the dates; by default the first column.
        encoding, sep: of the file.
        gaps: "refuse" missing dates, or "ignore" them: rows count as equal steps.
    Returns:
        pandas Series of float64, named as the target, on a DatetimeIndex; attrs["step"] is
        a name of STEPS.
    Raises:
        SeriesError: anything that would make a forecast nonsense.
    """
    table = _table(Path(path), encoding, sep)
    columns = ", ".join(map(repr, table.columns))
    date = table.columns[0] if date is None else date
    for name, role in ((target, "target"), (date, "date")):
        if name not in table.columns:
            raise SeriesError(f"no column {name!r} for the {role}; the columns are: {columns}")
    if target == date:
        raise SeriesError(f"{target!r} holds the dates: choose another column to forecast; the "
                          f"columns are: {columns}")
    index, values = _dates(table[date], columns), _numbers(table[target])
    _check_order(index, table[date])
    _check_values(values, index)
    step = _step(index, gaps)
    least = max(LEAST, 3 * SEASONS[step])
    if len(values) < least:
        raise SeriesError(f"only {len(values)} rows of {step}s: a forecast that can be tested "
                          f"needs at least {least}")
    series = pd.Series(values, index=index, name=target)
    series.attrs["step"] = step
    return series


def _table(path, encoding, sep):
    if path.is_dir() or not path.exists():
        folder = path if path.is_dir() else path.parent
        near = sorted(p.name for p in folder.glob("*.csv"))[:8] if folder.is_dir() else []
        raise SeriesError(f"no file {path}; CSV files there: {', '.join(near) or 'none'}")
    start = path.read_bytes()[:4]
    if not start:
        raise SeriesError(f"{path} is empty")
    if start[:2] == b"PK" or start == b"\xd0\xcf\x11\xe0":
        raise SeriesError(f"{path} is an Excel workbook: save it as 'CSV UTF-8' first")
    try:
        table = pd.read_csv(path, dtype=str, encoding=encoding, sep=sep, keep_default_na=False,
                            skipinitialspace=True)
    except UnicodeError as error:
        raise SeriesError(f"{path} is not {encoding} text ({error}): save it as 'CSV UTF-8', or "
                          "say encoding='gb18030' (Chinese Windows) or 'utf-16'") from None
    except LookupError:
        raise SeriesError(f"no encoding {encoding!r}: try 'utf-8', 'gb18030', 'utf-16'") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SeriesError(f"{path} is not a table: {str(error).strip()}; check that every line "
                          f"has as many {sep!r} as the first") from None
    if len(table.columns) < 2:
        other = next((s for s in (";", "\t", ",", "|") if s in table.columns[0]), None)
        help_ = f"say sep={other!r}" if other else "a date column and a number column are needed"
        raise SeriesError(f"{path} has one column only, {table.columns[0]!r}: {help_}")
    if table.empty:
        raise SeriesError(f"{path} has a header and no rows")
    return table.rename(columns=str.strip)


def _line(position):
    return f"line {position + 2}"  # the header is line 1


def _dates(column, columns):
    text = column.str.strip()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a format that pandas must guess
        parsed = pd.to_datetime(text, errors="coerce")
    if parsed.isna().any() and text.str.fullmatch(r"\d{4}年\d{1,2}月(\d{1,2}日)?").any():
        parsed = pd.to_datetime(text.str.replace("[年月]", "-", regex=True).str.strip("日-"),
                                errors="coerce")
    if parsed.isna().any() or (text.str.fullmatch(r"[+-]?\d+(\.\d+)?").mean() > 0.5 and not \
            text.str.fullmatch(r"\d{4}|\d{6}|\d{8}").all()):
        at = int(parsed.isna().to_numpy().argmax())
        raise SeriesError(f"{column.name!r}, {_line(at)}: {text.iloc[at]!r} is not a date like "
                          f"the others (write 2024-03-05); if the dates are in another column, "
                          f"say date=...; the columns are: {columns}")
    if getattr(parsed.dt, "tz", None) is not None:
        parsed = parsed.dt.tz_localize(None)
    return pd.DatetimeIndex(parsed)


def _numbers(column):
    text = column.str.strip()
    blank = text.str.lower().isin(["", "nan", "na", "null", "none", "n/a", "-", "--"])
    if blank.any():
        where = ", ".join(_line(i) for i in np.flatnonzero(blank)[:3])
        raise SeriesError(f"{column.name!r} has {int(blank.sum())} missing value(s): {where} …; "
                          "fill them yourself (and say how), or drop the column: a guess here "
                          "would be forecast as if it were data")
    values = pd.to_numeric(text, errors="coerce")
    if values.isna().any():
        at = int(values.isna().to_numpy().argmax())
        bad = text.iloc[at]
        advice = ("remove the thousands separators" if "," in bad and bad.replace(",", "").strip(
            ".0123456789-") == "" else "remove the sign %" if bad.endswith("%") else
            "text and units do not belong in a column of numbers")
        raise SeriesError(f"{column.name!r}, {_line(at)}: {bad!r} is not a number: {advice}")
    return values.to_numpy("float64")


def _check_order(index, column):
    if index.has_duplicates:
        at = int(index.duplicated().argmax())
        raise SeriesError(f"{_line(at)}: the date {column.iloc[at]} stands there for the second "
                          f"time ({int(index.duplicated().sum())} repeated in all): keep one row "
                          "per date, for example one shop or one share, or add the rows up")
    if not index.is_monotonic_increasing:
        at = int((np.diff(index.asi8) < 0).argmax()) + 1
        raise SeriesError(f"{_line(at)}: the date {column.iloc[at]} comes after a later one: sort "
                          "the rows by date, oldest first (or write dates as 2024-03-05 if day "
                          "and month were taken for each other)")


def _check_values(values, index):
    if not np.isfinite(values).all():
        at = int((~np.isfinite(values)).argmax())
        raise SeriesError(f"{_line(at)} ({index[at]:%Y-%m-%d}): {values[at]} is not a finite "
                          "number")
    if np.ptp(values) == 0:
        raise SeriesError(f"all {len(values)} values are {values[0]:g}: nothing to forecast")


def _step(index, gaps):
    if gaps not in ("refuse", "ignore"):
        raise SeriesError(f"gaps must be 'refuse' or 'ignore', got {gaps!r}")
    days = (index[1:] - index[:-1]) / pd.Timedelta(days=1)
    common = float(np.median(days)) if len(days) else 0.0
    near = {"year": 365.25, "quarter": 91.3, "month": 30.4, "week": 7, "day": 1,
            "hour": 1 / 24, "minute": 1 / 1440}
    step = next((name for name, size in near.items() if abs(common / size - 1) < 0.05), None)
    if step is None:
        if gaps == "ignore":
            return "day"
        raise SeriesError(f"the usual distance of two dates is {common:g} days, none of "
                          f"{', '.join(near)}: bring the rows to one of these steps, or say "
                          "gaps='ignore' to count rows as equal steps")
    if step == "day" and (index.day_of_week < 5).all() and len(index) > 10:
        step = "business day"
    if step == "business day":
        periods, every = index.normalize(), pd.bdate_range(index[0], index[-1])
    else:
        periods = index.to_period(STEPS[step])
        every = pd.period_range(periods[0], periods[-1], freq=periods.freq)
    if periods.has_duplicates:
        at = int(periods.duplicated().argmax())
        raise SeriesError(f"{_line(at)}: a second row in the {step} {periods[at]}: bring the rows "
                          f"to one per {step}")
    missing = every.difference(periods)
    if len(missing) and gaps == "refuse":
        some = ", ".join(str(day)[:10] if step == "business day" else str(day)
                         for day in missing[:3])
        raise SeriesError(f"{len(missing)} {step}(s) are missing: {some} …; add those rows (and "
                          "say how you filled them), or say gaps='ignore' to count rows as equal "
                          "steps, as for trading days")
    return step
