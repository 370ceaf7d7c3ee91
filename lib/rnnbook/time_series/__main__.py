"""Forecast a column of your own CSV file, beside the baselines and with two controls.

example:
  python -m rnnbook.time_series my.csv --target sales --out next.csv

It prints a table of errors on the last fifth of the rows, says whether the GRU only repeats
yesterday or last year, runs the same program on random walks, where nothing can win, and lists
the coming steps with a range. A file that cannot be forecast is refused at once, with what to
do. The training takes about a minute; its progress goes to standard error.
"""

import argparse
import sys
import warnings
from pathlib import Path

from tqdm import tqdm

from rnnbook.data.files import write_text
from rnnbook.data.sources import DataError
from rnnbook.notebook import quiet
from rnnbook.time_series.own_series import SeriesError, plan, read_series


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rnnbook.time_series", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="CSV file, one row per date, oldest first")
    parser.add_argument("--target", required=True, help="column to forecast")
    parser.add_argument("--date", nargs="+", metavar="COLUMN",
                        help="column with the dates (default: the first), or several that hold "
                        "their parts: --date year month day")
    parser.add_argument("--date-format", metavar="FORMAT",
                        help="where dates can be read in two ways: %%d/%%m/%%Y is day first")
    parser.add_argument("--season", type=int, metavar="STEPS",
                        help="of a season, 1: none (default: from the dates)")
    parser.add_argument("--horizon", type=int, metavar="STEPS",
                        help="ahead (default: as many as are allowed, up to 12)")
    parser.add_argument("--seeds", type=int, default=3, choices=range(1, 33), metavar="K",
                        help="number of GRUs (default 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the first, and of the walks")
    parser.add_argument("--encoding", default="utf-8", help="such as gb18030 (Chinese Windows)")
    parser.add_argument("--sep", default=",", help="the character between the columns")
    parser.add_argument("--gaps", choices=("refuse", "ignore"), default="refuse",
                        help="ignore: count rows as equal steps (trading days)")
    parser.add_argument("--out", type=Path, help="write the coming steps to this CSV file")
    options = parser.parse_args(arguments)
    try:
        with warnings.catch_warnings(record=True, action="always") as remarks:
            series = read_series(options.path, options.target, options.date, options.date_format,
                                 options.encoding, options.sep, options.gaps)
        for remark in remarks:
            print(f"warning: {remark.message}", file=sys.stderr)
        steps = plan(series, options.season, options.horizon)
        if (out := options.out) and (out.is_dir() or not out.parent.is_dir()
                                     or out.resolve() == options.path.resolve()):
            raise SeriesError(f"--out {out}: name a new file in a folder that is there")
        print("starting Keras …", file=sys.stderr, flush=True)
        quiet.start_backend()
        from rnnbook.time_series.forecast import PIECES, forecast_series

        with tqdm(total=PIECES, desc="training, compiled first", unit="piece") as bar:
            found = forecast_series(series, *steps, options.seeds, options.seed, bar.update)
        print(found)
        if out:
            write_text(out, found.future.rename_axis("date").to_csv())
            print(f"the coming steps stand in {out}", file=sys.stderr)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
