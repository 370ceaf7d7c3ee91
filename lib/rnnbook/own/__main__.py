"""Train on a file of your own and compare the network with its cheap rival.

example:
  python -m rnnbook.own classify reviews.csv --text review --label stars --save build/mine

It prints the report: what is in the file, scores on its test part (a tenth of the rows, chosen at
random; equal texts stay together), and whether the network is better than the rival. With --save
the network is kept; --predict then labels texts without training. Progress goes to standard
error.
"""

import argparse
import sys
from pathlib import Path

from rnnbook.data.errors import DataError
from rnnbook.notebook import quiet


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rnnbook.own", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    one = tasks.add_parser("classify", help="texts with labels, in a CSV or TSV file")
    one.add_argument("path", type=Path, nargs="?", help="file with a header")
    one.add_argument("--text", default="text", help="column of the texts (default: text)")
    one.add_argument("--label", default="label", help="column of the labels (default: label)")
    one.add_argument("--sep", help="the character between two columns (default: by the name)")
    one.add_argument("--encoding", default="utf-8", help="such as gb18030 (Chinese Windows)")
    one.add_argument("--seed", type=int, default=0, help="of the parts and of the training")
    one.add_argument("--epochs", type=int, help="passes over the texts (default: by their number)")
    one.add_argument("--report", type=Path, help="write the report as a page to this HTML file")
    one.add_argument("--save", type=Path, metavar="FOLDER", help="keep the network there")
    one.add_argument("--predict", nargs="+", metavar="TEXT",
                     help="label texts; without a file, by the network in --save")
    options = parser.parse_args(arguments)
    if options.path is None and not (options.predict and options.save):
        one.error("name a file, or a folder (--save) and texts (--predict)")
    try:
        print("starting Keras …", file=sys.stderr, flush=True)
        quiet.start_backend()
        from rnnbook.own.classify import classify, load

        if options.path is None:
            found = load(options.save)
        else:
            found = classify(options.path, options.text, options.label, sep=options.sep,
                             encoding=options.encoding, seed=options.seed, epochs=options.epochs)
            if options.report:
                found.report.save(options.report)
            if options.save:
                found.save(options.save)
        if options.predict:
            for text, label in zip(options.predict, found.predict(options.predict)):
                print(f"{label}\t{text}")
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print(error or "stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
