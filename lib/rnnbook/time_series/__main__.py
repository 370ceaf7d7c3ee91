"""Command line: forecast the reader's own CSV file."""

import argparse
import sys

from rnnbook.notebook import quiet
from rnnbook.time_series.forecast import forecast
from rnnbook.time_series.own_series import SeriesError


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rnnbook.time_series", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="CSV file, one row per date, oldest first")
    parser.add_argument("--target", required=True, help="column to forecast")
    parser.add_argument("--date", help="column with the dates (default: the first)")
    parser.add_argument("--season", type=int, help="steps of a season (1: none)")
    parser.add_argument("--horizon", type=int, help="steps ahead")
    parser.add_argument("--seeds", type=int, default=3, help="number of GRUs (default 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the first, and of the walks")
    parser.add_argument("--encoding", default="utf-8-sig", help="such as gb18030")
    parser.add_argument("--sep", default=",", help="separator of the columns")
    parser.add_argument("--gaps", choices=("refuse", "ignore"), default="refuse",
                        help="ignore: count rows as equal steps (trading days)")
    parser.add_argument("--out", help="write the coming steps to this CSV file")
    options = vars(parser.parse_args(arguments))
    out = options.pop("out")
    try:
        quiet.start_backend()
        found = forecast(**options)
        if out:
            found.future.rename_axis("date").to_csv(out)
    except (SeriesError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
