"""Series of the reader's own: every kind of nonsense is refused with what to do about it."""

import numpy as np
import pandas as pd
import pytest

from rnnbook.data.sources import DataError
from rnnbook.time_series.__main__ import main
from rnnbook.time_series.own_dates import coming
from rnnbook.time_series.own_series import SeriesError, plan, read_series


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
    [f"{1950 + k // 12}/{k % 12 + 1}/1" for k in range(60)],
    [f"{1950 + k // 12}{k % 12 + 1:02d}" for k in range(60)],
    [f"{1950 + k // 12}-{k % 12 + 1:02d}-01T00:00:00+0{k % 2}:00" for k in range(60)],
    [f"{k % 12 + 1}/{1950 + k // 12}" for k in range(60)]])
def test_dates_in_many_hands(tmp_path, dates):
    frame = pd.DataFrame({"时间": dates, "y": np.arange(60)})
    series = read_series(write(tmp_path, frame), "y")
    assert series.index[-1] == pd.Timestamp("1954-12-01")
    assert series.attrs["step"] == "month"


@pytest.mark.parametrize("form", ["%b-%y", "%b %Y", "%b %d, %Y", "%d-%b-%y", "%B %Y"])
def test_months_as_spreadsheets_write_them(tmp_path, form):
    frame = table(144, "2001-01-01")
    series = read_series(write(tmp_path, frame.assign(
        date=pd.to_datetime(frame.date).dt.strftime(form))), "sales")
    assert list(series.index) == list(pd.date_range("2001-01-01", periods=144, freq="MS"))


def test_afternoons_and_days_past_the_twelfth(tmp_path):
    dates = pd.date_range("2024-01-30 20:00", periods=80, freq="h")
    path = write(tmp_path, table(80).assign(date=dates.strftime("%d/%m/%Y %I:%M %p")))
    assert list(read_series(path, "sales").index) == list(dates)


@pytest.mark.parametrize(("form", "other"), [("%d/%m/%Y", "%m/%d/%Y"), ("%d.%m.%Y", "%m.%d.%Y"),
                                             ("%m-%d-%y", "%d-%m-%y")])
@pytest.mark.parametrize("freq", ["MS", "QS"])
def test_dates_that_can_be_read_in_two_ways(tmp_path, form, other, freq):
    frame = table(freq=freq)
    frame["date"] = pd.to_datetime(frame.date).dt.strftime(form)
    path = write(tmp_path, frame)
    for gaps in ("refuse", "ignore"):
        with pytest.raises(SeriesError, match="can be read in") as refusal:
            read_series(path, "sales", gaps=gaps)
    assert f"date_format={form!r} (2019-01-01, 2019-" in str(refusal.value)
    assert f"date_format={other!r} (2019-01-01, 2019-01-0" in str(refusal.value)
    assert str(refusal.value).count("evenly spaced") == 1
    assert read_series(path, "sales", date_format=form).index[-1].day == 1


@pytest.mark.parametrize(("form", "start", "freq"), [
    ("%Y%m", "1950-01-01", "MS"), ("%Y%m", "2013-01-01", "MS"), ("%y%m%d", "1974-01-15", "D"),
    ("%d%m%y", "1996-03-01", "W")])
def test_six_digits_that_are_one_date(tmp_path, form, start, freq):
    frame = table(120, start, freq)
    dates = pd.to_datetime(frame.date)
    series = read_series(write(tmp_path, frame.assign(date=dates.dt.strftime(form))), "sales")
    assert list(series.index) == list(dates)


@pytest.mark.parametrize(("form", "other", "start", "freq"), [
    ("%Y%m", "%y%m%d", "2001-01-01", "MS"), ("%y%m%d", "%d%m%y", "2024-01-01", "D"),
    ("%y%m%d", "%Y%m", "2015-01-01", "MS"), ("%m%Y", "%m%d%y", "2015-01-01", "MS"),
    ("%d%m%y", "%y%m%d", "2024-01-01", "D"), ("%m%d%y", "%m%Y", "2015-01-12", "D")])
def test_six_digits_that_can_be_read_in_two_ways(tmp_path, form, other, start, freq):
    frame = table(start=start, freq=freq)
    dates = pd.to_datetime(frame.date)
    path = write(tmp_path, frame.assign(date=dates.dt.strftime(form)))
    with pytest.raises(SeriesError, match=r"can be read in \d ways: say") as refusal:
        read_series(path, "sales")
    for one in (form, other):
        assert f"date_format={one!r} (" in str(refusal.value)
    assert list(read_series(path, "sales", date_format=form).index) == list(dates)


def test_a_date_in_parts(tmp_path):
    hours = pd.date_range("2024-01-01", periods=80, freq="h")
    frame = pd.DataFrame({"row": range(80), "year": hours.year, "month": hours.month,
                          "day": hours.day, "hour": hours.hour, "y": np.arange(80) % 7})
    path = write(tmp_path, frame)
    with pytest.raises(SeriesError, match="several, date=\\['year', 'month', 'day'\\]"):
        read_series(path, "y")
    series = read_series(path, "y", date=["year", "month", "day", "hour"])
    assert list(series.index) == list(hours)
    assert series.attrs["step"] == "hour"


@pytest.mark.parametrize(("freq", "future"), [
    ("10min", ["2024-01-01 10:00", "2024-01-01 10:10"]), ("4h", ["2024-01-11", "2024-01-11 04:00"]),
    ("14D", ["2026-04-20", "2026-05-04"]), ("2MS", ["2034-01-01", "2034-03-01"]),
    ("ME", ["2029-01-31", "2029-02-28"]), ("QS", ["2039-01-01", "2039-04-01"]),
    ("YS", ["2084-01-01", "2085-01-01"]), ("B", ["2024-03-25", "2024-03-26"]),
    ("D", ["2024-03-01", "2024-03-02"]), ("W", ["2025-03-02", "2025-03-09"]),
    ("h", ["2024-01-03 12:00", "2024-01-03 13:00"]),
    ("min", ["2024-01-01 01:00", "2024-01-01 01:01"])])
def test_any_even_step_is_continued(tmp_path, freq, future):
    dates = pd.date_range("2024-01-01", periods=60, freq=freq)
    path = write(tmp_path, table().assign(date=dates))
    for gaps in ("refuse", "ignore"):
        assert list(coming(read_series(path, "sales", gaps=gaps), 2)) == [
            pd.Timestamp(date) for date in future]


def test_fewer_than_three_seasons_are_forecast_without_one(tmp_path):
    series = read_series(write(tmp_path, table(100, freq="W")), "sales")
    assert plan(series)[0] == 1
    assert plan(series, season=1)[0] == 1


def test_missing_days_that_are_ignored_leave_a_step(tmp_path):
    dates = pd.date_range("2024-01-01", periods=80, freq="D").delete([3, 8])
    series = read_series(write(tmp_path, table(78).assign(date=dates)), "sales", gaps="ignore")
    assert list(coming(series, 1)) == [pd.Timestamp("2024-03-21")]


def test_rows_that_follow_no_calendar_are_counted(tmp_path):
    uneven = pd.date_range("2024-01-01", periods=70, freq="10min").delete([3, 8, 9])
    opened = pd.date_range("2024-01-01", periods=400, freq="h")
    opened = opened[(opened.hour > 8) & (opened.hour < 18)]
    for dates, last in ((uneven, "2024-01-01 11:40"), (opened, "2024-01-17 16:00")):
        path = write(tmp_path, table(len(dates)).assign(date=dates))
        with pytest.raises(SeriesError, match="gaps='ignore' to count rows as equal steps"):
            read_series(path, "sales")
        series = read_series(path, "sales", gaps="ignore")
        assert (series.attrs["step"], series.attrs["season"]) == ("row", 1)
        assert coming(series, 1)[0] == pd.Timestamp(last)


def test_a_value_far_outside_is_pointed_out(tmp_path, recwarn):
    read_series(write(tmp_path, table()), "sales")
    assert not recwarn
    with pytest.warns(UserWarning, match=r"-9999 lies far outside.*\(9.*\), line 9: if it stands"):
        read_series(write(tmp_path, edited([7, 20], value="-9999")), "sales")


@pytest.mark.parametrize(("codes", "scale"), [
    (["-99", "-999"], 1), (["-99"], 10), (["-99", "-999"], 10), (["-999", "9999"], 1),
    (["99999", "999999"], 10), (["-9999", "-99999", "99999"], 1)])
def test_codes_of_missing_values_do_not_hide_one_another(tmp_path, codes, scale):
    frame = table()
    frame["sales"] = (scale * frame.sales).astype(str)
    for place, code in enumerate(codes):
        frame.loc[[10 + place, 30 + place], "sales"] = code
    with pytest.warns(UserWarning, match="lies far outside the other values") as seen:
        read_series(write(tmp_path, frame), "sales")
    said = [str(warning.message) for warning in seen]
    assert len(said) == len(codes)
    for place, code in enumerate(codes):
        assert any(f"{float(code):g} lies far outside" in text and f"line {12 + place}:" in text
                   for text in said)


@pytest.mark.parametrize("values", [
    [20, 21, 22, 40, 41, 42], [-99, -50, 0, 3, 20], [0, 1], [-99, -98, -97, -96], range(-130, -90)])
def test_levels_and_negative_values_are_no_codes(tmp_path, values, recwarn):
    read_series(write(tmp_path, table().assign(sales=np.resize(values, 60))), "sales")
    assert not recwarn


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
    "years that are months": (table().assign(date=pd.date_range(
        "2015-01-01", periods=60, freq="MS").strftime("%y%m%d")), {"date_format": "%Y%m"},
        "352 year.*are the dates 1501-01-01, 1502-01-01, 1503-01-01 … as you mean them.*gaps="),
    "a title line": (pd.concat([table()[:0].T.reset_index().T, table().set_axis([0, 1], axis=1)])
                     .set_axis(["Sales, all of", "2019"], axis=1), {},
                     "no column 'sales'.*line 2 holds 'sales'.*delete what stands above"),
    "a holiday": (table(freq="B").drop(index=9), {}, "1 business day.*2019-01-14.*trading days"),
    "uneven steps": (table(freq="17D").drop(index=9), {}, "not evenly spaced.* 17 days"),
    "first Wednesdays of some months": (table(freq="WOM-1WED").iloc[np.arange(60) % 3 > 0], {},
                                        "not evenly spaced"),
    "months by number": (table().assign(
        date=[f"{k // 12 + 1}-{k % 12 + 1:02d}" for k in range(60)]),
                         {}, "'1-01' is not a date"),
    "a spreadsheet's own numbers": (table().assign(date=range(44197, 44257)), {}, "'44197' is not"),
    "a format that does not fit": (table(), {"date_format": "%d/%m"}, "'2019-01-01' is not a date"),
    "a format that is none": (table(), {"date_format": "%Q"}, "date_format '%Q': 'Q' is a bad"),
    "a part that is missing": (table(), {"date": ["date", "hour"]}, "no column 'hour' for the d"),
    "no separator": (table(), {"sep": ""}, "sep must be the one character"),
    "two columns of one name": (table(b=1).set_axis(["date", "sales", "sales"], axis=1), {},
                                "more than one column 'sales' for the target"),
    "two rows in a month": (pd.concat([table(), pd.DataFrame(
        {"date": ["2023-12-15"], "sales": [1.0]})]), {}, "second row in the month 2023-12"),
    "text in numbers": (edited(4, value="about 5"), {}, "line 6: 'about 5' is not a number"),
    "thousands separators": (edited(4, value="1,234"), {}, "'1,234'.*thousands"),
    "percent signs": (edited(4, value="12%"), {}, "'12%'.*remove the sign %"),
    "blank cells": (edited([4, 9]), {}, "2 missing value.*line 6, line 11.*fill them yourself"),
    "NaN": (edited(4, value="NaN"), {}, "1 missing value.*line 6"),
    "null": (edited(4, value="null"), {}, "1 missing value"),
    "infinity": (edited(4, value="inf"), {}, "line 6.*'inf' is not a number"),
    "constant": (table().assign(sales=3), {}, "all 60 values are 3"),
    "too short": (table(30), {}, "only 30 rows of months.*at least 50"),
    "no date column": (table(), {"date": []}, "date must name different columns"),
    "a date column twice": (table(), {"date": ["date", "date"]}, "date must name different"),
    "a separator that is none": (table(), {"sep": None}, "sep must be the one character"),
    "wrong gaps": (table(), {"gaps": "fill"}, "gaps must be"),
    "no rows": (table(0), {}, "0 rows under its header"),
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
    "blank lines": (b"\n\n\n", "is empty"),
    "Excel": (b"PK\x03\x04rest", "Excel workbook"),
    "gb18030": ("date,销量\n2020-01-01,3\n".encode("gb18030"), "no utf-8 text.*gb18030"),
    "semicolons": (b"date;y\n2020-01-01;3\n", "say sep=';'"),
    "ragged": (b"date,y\n2020-01-01,3\n2020-02-01,3,4,5\n", "not a table.*line 3, saw 4.*as many"),
    "commas at the end": (b"date,y\n2020-01-01,3,\n2020-02-01,3,\n",
                          "2 fields in line 2, saw 3.*as many fields as the header, and no ','"),
    "notes before the header": (b"# mm\n# daily\ndate,y\n2020-01-01,3\n",
                                "line 1, '# mm', has no ','.*if not, delete what stands above"),
    "a title": (b"Sales\n\ndate,y\n2020-01-01,3\n", "line 1, 'Sales', has no ','.*if not, delete"),
    "a title and semicolons": (b"Sales\ndate;y\n2020-01-01;3\n", "say sep=';'"),
    "semicolons and decimal commas": (b"date;y\n2020-01-01;3,5\n", "the header, say sep=';'; if"),
    "a remark with a comma": (b"# daily, mm\ndate,y\n2020-01-01,3\n2020-01-02,3\n2020-01-03,3\n",
                              "line 2 holds 'y': if it is the header, delete what stands above"),
    "a header with #": (b"# date,y\n2020-01-01,3,4\n", "if it is the header, delete its # only"),
    "a short row": (b"date,y\n2020-01-01,3\n2020-02-01\n2020-03-01,3\n", "missing.*line 3"),
}


@pytest.mark.parametrize("name", BYTES)
def test_files_that_are_no_tables(tmp_path, name):
    content, message = BYTES[name]
    path = tmp_path / "my.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_series(path, "y")


def test_encodings_that_are_none_and_line_ends_of_old(tmp_path):
    path = write(tmp_path, table())
    with pytest.raises(DataError, match="no encoding 'utf-9'"):
        read_series(path, "sales", encoding="utf-9")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    assert len(read_series(str(path), "sales")) == 60


def test_a_missing_file_lists_its_neighbours(tmp_path):
    write(tmp_path, table())
    for path in (tmp_path / "your.csv", tmp_path):
        with pytest.raises(SeriesError, match=r"CSV files there: my\.csv"):
            read_series(path, "sales")
    with pytest.raises(SeriesError, match="none"):
        read_series(tmp_path / "no" / "x.csv", "sales")


@pytest.mark.parametrize(("options", "message"), [
    ({"season": 0}, r"1 \(none\) … 13 here, got 0"), ({"season": 30}, "… 13 here, got 30"),
    ({"horizon": 0}, "1 … 3 here, got 0"), ({"horizon": 4}, "1 … 3 here, got 4"),
    *(({name: value}, f"{name} must be a whole number, 1 .* here, got {value!r}$")
      for name in ("season", "horizon") for value in (2.5, 2.0, True, "2", float("nan")))])
def test_options_that_do_not_fit(tmp_path, options, message):
    with pytest.raises(SeriesError, match=message):
        plan(read_series(write(tmp_path, table()), "sales"), **options)


@pytest.mark.parametrize(("freq", "n", "steps"), [
    ("MS", 60, (12, 3)), ("MS", 69, (12, 4)), ("MS", 119, (12, 11)), ("MS", 120, (12, 12)),
    ("MS", 50, (1, 1)), ("D", 60, (7, 3)), ("h", 119, (24, 11)), ("B", 55, (5, 2)),
    ("YS", 60, (1, 3)), ("10min", 400, (1, 12))])
def test_by_default_every_series_has_a_horizon(tmp_path, freq, n, steps):
    dates = pd.date_range("1990-01-01", periods=n, freq=freq)
    assert plan(read_series(write(tmp_path, table(n).assign(date=dates)), "sales")) == steps


def test_the_command_refuses_and_explains(tmp_path, capsys):
    path = str(write(tmp_path, table()))
    steps = ["--target", "sales", "--horizon", "9"]
    for options, said in (
            (["--target", "profit"], "error: no column 'profit'"),
            (steps, "error: horizon must be a whole number, 1 … 3"),
            (["--target", "sales", "--date", "date", "hour"], "error: no column 'hour'"),
            (["--target", "sales", "--date-format", "%d/%m"], "error: 'date', line 2"),
            (["--target", "sales", "--out", str(tmp_path / "no" / "x.csv")], "--out"),
            (["--target", "sales", "--out", path], "name a new file"),
            (["--target", "sales", "--out", str(tmp_path)], "name a new file in a folder")):
        assert main([path, *options]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert "Keras" not in err  # refused before anything is started
    main([str(write(tmp_path, edited(7, value="-9999"))), *steps])
    assert "warning: 'sales': -9999 lies far outside" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    for words in ("--gaps", "example:", "python -m rnnbook.time_series my.csv --target sales"):
        assert words in said
