"""The book's four time series, on the dates they were measured."""

from dataclasses import dataclass

import pandas as pd

from rnnbook.data.sources import DataError, Source, fetch

FILES = {
    "airline": "airline-passengers.csv",
    "sunspots": "monthly-sunspots.csv",
    "co2": "co2-concentration.csv",
    "weather": "seattle-weather.csv",
}


@dataclass(frozen=True)
class Series:
    """A time series: a pandas Series (weather: a DataFrame) and where it came from."""

    data: pd.Series | pd.DataFrame
    source: Source


def load_series(name):
    """Load one of the book's time series.

    Args:
        name: "airline" (thousand passengers a month), "sunspots" (monthly number), "co2"
            (monthly, ppm) or "weather" (daily, Seattle: mm, degrees Celsius, m/s).

    Returns:
        ``Series``; its data are float64 with a ``DatetimeIndex``.

    Raises:
        DataError: the name is unknown, or the file is not in the expected form.
    """
    if name not in FILES:
        raise DataError(f"no series {name!r}; there are: {', '.join(FILES)}")
    source = fetch(name)
    path = source.path / FILES[name]
    try:
        table = pd.read_csv(path, index_col=0, parse_dates=[0])
        data = table if name == "weather" else table.iloc[:, 0].astype("float64")
        if data.empty or not isinstance(data.index, pd.DatetimeIndex):
            raise ValueError("no rows with dates")
    except (ValueError, IndexError) as error:
        raise DataError(f"{path} is not the expected table: {error}") from None
    return Series(data, source)


