"""Dates of a reader's file: read in one way only, their step, and the dates that come next."""

import re

import pandas as pd

from rnnbook.data.sources import DataError

STEPS = {"year": ("Y", "365.25 days", 1), "quarter": ("Q", "91.3 days", 4),
         "month": ("M", "30.4 days", 12), "week": ("W", "7 days", 52), "day": ("D", "1 day", 7),
         "hour": ("h", "1 h", 24), "minute": ("min", "1 min", 60)}  # pandas period, size, season
MONTHS = {"year": 12, "quarter": 3, "month": 1}
DIGITS = {6: ["%Y%m", "%m%Y", "%y%m%d", "%d%m%y", "%m%d%y"], 8: ["%Y%m%d"]}
DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%Y-%m", "%m-%Y",
        "%b-%y", "%b-%Y", "%B-%y", "%B-%Y", "%d-%b-%y", "%d-%b-%Y", "%d-%B-%Y", "%b-%d,-%Y",
        "%B-%d,-%Y", "%Y年%m月", "%Y年%m月%d日")
ZONE = r"(?<=:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)$"
TIMES = ("", " %H", " %H %M", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


class SeriesError(DataError):
    """The file is not a series that can be forecast; the message says what to do."""


def line(position):
    """Name the line of a row of the table; the header is line 1."""
    return f"line {position + 2}"


def read_dates(text, name, columns, date_format=None):
    """Read a column of dates.

    Args:
        text: pandas Series of str.
        name: of the column.
        columns: what to say of the other columns.
        date_format: as `datetime.strptime`; by default every usual way to write dates is tried.
    Returns:
        DatetimeIndex without time zone: the times as they stand there.
    Raises:
        SeriesError: not dates, or dates that can be read in two ways.
    """
    if date_format:
        formats = [date_format]
    elif text.iloc[0].isdigit():
        formats = DIGITS.get(len(text.iloc[0]), ["%Y"])
    else:
        if re.search(ZONE, text.iloc[0]):
            text = text.str.replace(ZONE, "", regex=True)
        mark = (re.search("[-/. ]", text.iloc[0]) or "-")[0]
        usual = (day.replace("-", mark) + time for day in DAYS
                 for time in (TIMES if "%d" in day else TIMES[:1]))
        formats = [one for one in ("ISO8601", *usual) if not _parse(text[:1], one).hasnans]
    readings = {one: _parse(text, one) for one in formats}
    ways = []
    for one, index in readings.items():
        if not index.hasnans and not any(index.equals(other) for _, other in ways):
            ways.append((one, index))
    if not ways:
        at = max((int(index.isna().argmax()) for index in readings.values()), default=0)
        raise SeriesError(
            f"{name!r}, {line(at)}: {text.iloc[at]!r} is not a date like the others (write "
            "2024-03-05, or say date_format='%d/%m/%Y' or the like); if the dates are in another "
            "column, say date=...; if in several, date=['year', 'month', 'day']; " + columns)
    if len(ways) > 1:
        raise SeriesError(f"{name!r} can be read in {len(ways)} ways: say "
                          + " or ".join(_describe(*way) for way in ways))
    return ways[0][1]


def _parse(text, date_format):
    try:
        dates = pd.to_datetime(text, format=date_format, errors="coerce")
    except ValueError as error:
        raise SeriesError(f"date_format {date_format!r}: {error}") from None
    return pd.DatetimeIndex(dates).tz_localize(None).as_unit("us")


def _describe(date_format, index):
    even = ", evenly spaced" if _even_step(index) else ""
    return f"date_format={date_format!r} ({_some(index)}{even})"


def _some(dates):
    return ", ".join(str(date).removesuffix(" 00:00:00") for date in dates[:3]) + " …"


def _even_step(index):
    """Give the offset that leads from each date to the next, or None."""
    step = pd.DatetimeIndex(index, freq="infer").freq  # can be a step that leaves some out
    whole = step and pd.date_range(index[0], periods=len(index), freq=step)
    return step if step and (whole == index).all() else None


def find_step(index, gaps):
    """Find the step of dates that rise.

    Args:
        index: DatetimeIndex of at least 3 dates.
        gaps: "refuse" missing dates, or "ignore" them: rows count as equal steps.
    Returns:
        name of the step, steps of its season, and what leads from a date to the next. Rows that
        follow no calendar have the name "row", the season 1 and their usual distance.
    Raises:
        SeriesError: gaps.
    """
    usual = pd.Series(index).diff().median()
    name = next((name for name, (_, size, _) in STEPS.items()
                 if abs(usual / pd.Timedelta(size) - 1) < 0.05), None)
    advice = "or say gaps='ignore' to count rows as equal steps"
    if name is None:
        even = _even_step(index)
        if gaps == "refuse" and not even:
            raise SeriesError(f"the dates are not evenly spaced, their usual distance is {usual}: "
                              f"bring the rows to equal steps, {advice}")
        return "row", 1, even or usual
    period, size, season = STEPS[name]
    ahead = pd.Timedelta(size)
    if name == "day" and (index.day_of_week < 5).all():
        name, ahead, season = "business day", "B", 5
        rows, every = index.normalize(), pd.bdate_range(index[0], index[-1])
    else:
        rows = index.to_period(period)
        every = pd.period_range(rows[0], rows[-1], freq=rows.freq)
    missing = every.difference(rows)
    many = len(missing) > len(rows) / 10
    if gaps == "ignore":
        return ("row", 1, usual) if many or rows.has_duplicates else (
            name, season, ahead)
    if rows.has_duplicates:
        at = int(rows.duplicated().argmax())
        raise SeriesError(f"{line(at)}: a second row in the {name} {rows[at]}: bring the rows to "
                          f"one per {name}, {advice}")
    if len(missing):
        check = (f"so many: are the dates {_some(index)} as you mean them? If not, say "
                 "date_format='%d/%m/%Y' or the like; if so, ") if many else ""
        raise SeriesError(f"{len(missing)} {name}(s) are missing: {_some(missing)}; {check}add "
                          f"those rows (and say how you filled them), {advice}, as for trading "
                          "days")
    return name, season, ahead


def coming(series, horizon):
    """List the next dates of a series that `rnnbook.time_series.own_series.read_series` gave."""
    last, step = series.index[-1], series.attrs["step"]
    if step not in MONTHS:
        return pd.date_range(last, periods=horizon + 1, freq=series.attrs["every"])[1:]
    dates = pd.DatetimeIndex([last + pd.DateOffset(months=MONTHS[step] * k)
                              for k in range(1, horizon + 1)])
    return dates + pd.offsets.MonthEnd(0) if series.index.is_month_end.all() else dates
