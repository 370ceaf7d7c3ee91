"""Columns of a table, by the names in its header or by their numbers."""

import csv
import io
from pathlib import Path

from rnnbook.data.errors import DataError
from rnnbook.data.files import read_text


def read_table(path, columns, encoding="utf-8", sep=None):
    """Read some columns of a CSV or TSV file.

    Args:
        path: str or Path; fields in quotes may hold commas and line ends.
        columns: names of a header's columns, each of which every row must fill; or numbers from
            1, where the file has no header: its tabs then separate, and its quotes are text.
        encoding: of the file, such as "gb18030".
        sep: what stands between two fields; by default a comma, but a tab where the name ends in
            .tsv or .tab, or where columns are numbers and it does not end in .csv.

    Returns:
        list of tuples of str, in the order of `columns`.

    Raises:
        DataError: a column is missing or stands twice, a row has too few or too many fields or
            an empty one, a quote is not closed, there is no row; the message names the line.
    """
    bare, kind = all(isinstance(name, int) for name in columns), Path(path).suffix
    sep = sep or ("\t" if kind in (".tsv", ".tab") or (bare and kind != ".csv") else ",")
    reader = csv.reader(io.StringIO(read_text(path, encoding), newline=""), strict=True,
                        delimiter=sep,
                        quoting=csv.QUOTE_NONE if bare and sep == "\t" else csv.QUOTE_MINIMAL)
    header, rows, place = None, [], f"{path}, line 1"
    try:
        for row in reader:
            if header is None:
                header = list(range(1, len(row) + 1)) if bare else row
                for name in columns:
                    if header.count(name) != 1:
                        raise DataError(f"{place}: {header.count(name) or 'no'} column {name!r}; "
                                        f"there are {header}")
            if row and row is not header:
                if len(row) != len(header):
                    raise DataError(f"{place}: not {len(header)} fields; does a text with "
                                    f"{'a tab' if sep == chr(9) else repr(sep)} stand without "
                                    "quotes?")
                wanted = [row[header.index(name)] for name in columns]
                empty = [name for name, field in zip(columns, wanted) if not field.strip()]
                if empty:
                    raise DataError(f"{place}: {empty[0]!r} is empty")
                rows.append(tuple(wanted))
            place = f"{path}, line {reader.line_num + 1}"
    except csv.Error as error:
        raise DataError(f"{place}: {error}; is a quote not closed?") from None
    if not rows:
        raise DataError(f"{path} holds no row{'' if bare else ' below its header'}")
    return rows
