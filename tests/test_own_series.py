"""Series of the reader's own: every kind of nonsense is refused with what to do about it."""

import numpy as np
import pandas as pd
import pytest

from rnnbook.time_series.__main__ import main
from rnnbook.time_series.forecast import forecast
from rnnbook.time_series.own_series import SeriesError, read_series


def table(n=60, start="2019-01-01", freq="MS", **columns):
    dates = pd.date_range(start, periods=n, freq=freq).strftime("%Y-%m-%d")
    values = 100 + 10 * np.sin(np.arange(n)) + np.arange(n)
    return pd.DataFrame({"date": dates, "sales": values.round(2)} | columns)


def write(folder, frame, encoding="utf-8", **options):
    path = folder / "my.csv"
    frame.to_csv(path, index=False, encoding=encoding, **options)
    return path


def edited(rows, column="sales", value="", **options):
    frame = table(**options).astype(str)
    frame.loc[rows, column] = value
    return frame


def test_a_good_file_is_read(tmp_path):
    series = read_series(write(tmp_path, table()), "sales")
    assert series.name == "sales"
    assert series.attrs["step"] == "month"
    assert len(series) == 60
    assert series.index[0] == pd.Timestamp("2019-01-01")


@pytest.mark.parametrize(("freq", "n", "step"), [
    ("YS", 60, "year"), ("QS", 60, "quarter"), ("ME", 60, "month"), ("W", 160, "week"),
    ("D", 60, "day"), ("B", 60, "business day"), ("h", 80, "hour"), ("min", 200, "minute")])
def test_steps_are_recognised(tmp_path, freq, n, step):
    dates = pd.date_range("1990-01-01", periods=n, freq=freq)
    frame = pd.DataFrame({"date": dates, "y": np.arange(n) % 7})
    assert read_series(write(tmp_path, frame), "y").attrs["step"] == step


@pytest.mark.parametrize("dates", [
    [f"{1950 + k // 12}-{k % 12 + 1:02d}" for k in range(60)],
    [f"{1950 + k // 12}年{k % 12 + 1}月" for k in range(60)],
    [f"{1950 + k // 12}{k % 12 + 1:02d}01" for k in range(60)],
    [f"{1950 + k // 12}/{k % 12 + 1}/1" for k in range(60)]])
def test_dates_in_many_hands(tmp_path, dates):
    frame = pd.DataFrame({"时间": dates, "y": np.arange(60)})
    series = read_series(write(tmp_path, frame), "y")
    assert series.index[-1] == pd.Timestamp("1954-12-01")


@pytest.mark.parametrize(("options", "frame"), [
    ({"encoding": "gb18030"}, {"encoding": "gb18030"}), ({"sep": ";"}, {"sep": ";"}),
    ({"date": "date"}, {})])
def test_encodings_and_separators(tmp_path, options, frame):
    data = table(note="销量")
    if "date" in options:
        data = data[["note", "sales", "date"]]
    path = write(tmp_path, data, **frame)
    assert len(read_series(path, "sales", **options)) == 60


def test_byte_order_mark_of_excel(tmp_path):
    path = write(tmp_path, table(), encoding="utf-8-sig")
    assert len(read_series(path, "sales", date="date")) == 60


REFUSALS = {
    "a missing column lists the columns": (
        table(), {"target": "profit"}, "no column 'profit'.*columns are: 'date', 'sales'"),
    "a missing date column": (table(), {"date": "day"}, "no column 'day' for the date"),
    "the dates as target": (table(), {"target": "date"}, "holds the dates.*'sales'"),
    "numbers as dates": (table()[["sales", "date"]], {"target": "sales", "date": "sales"},
                         "holds the dates"),
    "no dates in the first column": (table().assign(a="x")[["a", "sales", "date"]], {},
                                     "'a', line 2: 'x' is not a date.*say date="),
    "plain numbers in the first column": (
        table().assign(i=range(60))[["i", "sales", "date"]], {}, "'0' is not a date"),
    "a broken date": (edited(7, "date", "someday"), {}, "line 9: 'someday' is not a date"),
    "unsorted": (table().iloc[::-1], {}, "comes after a later one: sort the rows"),
    "two rows swapped": (table().iloc[[0, 2, 1, *range(3, 60)]], {}, "line 4.*sort the rows"),
    "duplicate dates": (pd.concat([table(), table()]), {}, "second time.*60 repeated.*one row"),
    "a duplicate beside its twin": (table().iloc[[0, 0, *range(1, 60)]], {}, "line 3.*second time"),
    "a gap": (table().drop(index=[20, 21]), {}, r"2 month\(s\) are missing: 2020-09, 2020-10"),
    "a gap of a day": (table(freq="D").drop(index=9), {}, "1 day.*2019-01-10.*gaps='ignore'"),
    "a holiday": (table(freq="B").drop(index=9), {}, "1 business day.*2019-01-14.*trading days"),
    "strange steps": (table(freq="17D"), {}, "usual distance of two dates is 17 days"),
    "two rows in a month": (pd.concat([table(), pd.DataFrame(
        {"date": ["2023-12-15"], "sales": [1.0]})]), {}, "second row in the month 2023-12"),
    "text in numbers": (edited(4, value="about 5"), {}, "line 6: 'about 5' is not a number"),
    "thousands separators": (edited(4, value="1,234"), {}, "'1,234'.*thousands"),
    "percent signs": (edited(4, value="12%"), {}, "'12%'.*remove the sign %"),
    "blank cells": (edited([4, 9]), {}, "2 missing value.*line 6, line 11.*fill them yourself"),
    "NaN": (edited(4, value="NaN"), {}, "1 missing value.*line 6"),
    "null": (edited(4, value="null"), {}, "1 missing value"),
    "infinity": (edited(4, value="inf"), {}, "line 6.*not a finite number"),
    "constant": (table().assign(sales=3), {}, "all 60 values are 3"),
    "too short": (table(30), {}, "only 30 rows of months.*at least 40"),
    "shorter than three seasons": (table(100, freq="W"), {}, "only 100 rows of weeks.*156"),
    "unknown encoding": (table(), {"encoding": "utf-9"}, "no encoding 'utf-9'"),
    "wrong gaps": (table(), {"gaps": "fill"}, "gaps must be"),
    "no rows": (table(0), {}, "header and no rows"),
    "one column": (table()[["sales"]], {}, "one column only, 'sales'"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(tmp_path, name):
    frame, options, message = REFUSALS[name]
    options = {"target": "sales"} | options
    with pytest.raises(SeriesError, match=f"(?s){message}"):
        read_series(write(tmp_path, frame), **options)


def test_trading_days_when_gaps_are_ignored(tmp_path):
    path = write(tmp_path, table(freq="B").drop(index=9))
    assert len(read_series(path, "sales", gaps="ignore")) == 59


BYTES = {
    "empty": (b"", "is empty"),
    "Excel": (b"PK\x03\x04rest", "Excel workbook"),
    "gb18030": ("date,销量\n2020-01-01,3\n".encode("gb18030"), "not utf-8-sig text.*gb18030"),
    "semicolons": (b"date;y\n2020-01-01;3\n", "say sep=';'"),
    "ragged": (b"date,y\n2020-01-01,3\n2020-02-01,3,4,5\n", "not a table"),
    "blank lines": (b"\n\n\n", "not a table"),
}


@pytest.mark.parametrize("name", BYTES)
def test_files_that_are_no_tables(tmp_path, name):
    content, message = BYTES[name]
    path = tmp_path / "my.csv"
    path.write_bytes(content)
    with pytest.raises(SeriesError, match=message):
        read_series(path, "y")


def test_a_missing_file_lists_its_neighbours(tmp_path):
    write(tmp_path, table())
    for path in (tmp_path / "your.csv", tmp_path):
        with pytest.raises(SeriesError, match=r"CSV files there: my\.csv"):
            read_series(path, "sales")
    with pytest.raises(SeriesError, match="none"):
        read_series(tmp_path / "no" / "x.csv", "sales")


@pytest.mark.parametrize(("options", "message"), [
    ({"season": 0}, "a season of 0"), ({"season": 30}, "at least 110 rows"),
    ({"horizon": 0}, "horizon must be 1"), ({"horizon": 13}, r"horizon must be 1 … 6"),
    ({"horizon": 6}, "too few tests 6 steps ahead")])
def test_options_that_do_not_fit(tmp_path, options, message):
    with pytest.raises(SeriesError, match=message):
        forecast(write(tmp_path, table()), "sales", **options)


def test_the_command_refuses_and_explains(tmp_path, capsys):
    path = write(tmp_path, table())
    assert main([str(path), "--target", "profit"]) == 2
    assert "error: no column 'profit'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "--gaps" in capsys.readouterr().out
