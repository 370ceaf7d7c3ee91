"""Run chapters with other seeds, and write down what their claims measure then."""

import csv
import functools
import io
import sys

from bookbuild.chapter import SEEDS, BuildError, chapters, collect
from bookbuild.notebooks import execute

SHIFTS = (1000, 2000, 3000, 4000, 5000)  # added to every seed of a chapter
COLUMNS = ["claim", *(f"seeds+{shift}" for shift in SHIFTS)]


def add_parser(commands):
    """Add `seeds` to the command line."""
    parser = commands.add_parser("seeds", help=__doc__)
    parser.add_argument("names", nargs="*", metavar="NN", help="chapter numbers (default: all)")
    parser.set_defaults(run=main)


def main(args):
    """Write tests/seeds/NN_slug.csv of each asked-for chapter; return an exit status."""
    failed = 0
    for chapter in chapters(args.names, solutions=False):
        try:
            runs = []
            for shift in SHIFTS:
                print(f"{chapter.label}, seeds + {shift} ...", end=" ", flush=True)
                runs.append(measure(chapter, shift))
                print(f"{sum(not c['holds'] for c in runs[-1].values())} claims fail", flush=True)
            write(chapter, runs)
        except BuildError as error:
            failed += 1
            print(f"FAILED\n{error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def measure(chapter, shift):
    """Execute a chapter with shifted seeds: {claim: {"value", "holds"}}."""
    first = f"from bookbuild import seeds\nseeds.shift_all({shift})"
    return collect(execute(chapter, first=first, go_on=True), "shifted")


def write(chapter, runs):
    """Write the table of those claims whose value depends on the seeds."""
    from rnnbook.data.files import write_text

    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for name, stored in chapter.claims().items():
        values = [run.get(name, {}).get("value") for run in runs]
        if len({stored, *values}) > 1:
            table.writerow([name, *("" if v is None else f"{v:.6g}" for v in values)])
    SEEDS.mkdir(exist_ok=True)
    write_text(SEEDS / f"{chapter.stem}.csv", text.getvalue())


def shift_all(shift):
    """In a chapter's kernel, before its first cell: add a number to the seeds of NumPy and Keras.

    That is, to those of `default_rng` and `set_random_seed`; a layer's own seed stays. A claim
    that misses its band is written down like any other, and the chapter goes on.
    """
    import keras
    import numpy as np

    from rnnbook.notebook import claims
    from rnnbook.notebook.publish import publish

    def shifted(function):
        @functools.wraps(function)
        def call(seed=None, *args, **kwargs):
            if isinstance(seed, int | np.integer):
                seed = int(seed) + shift
            elif isinstance(seed, tuple | list):
                seed = (*seed, shift)
            return function(seed, *args, **kwargs)

        return call

    np.random.default_rng = shifted(np.random.default_rng)
    keras.utils.set_random_seed = shifted(keras.utils.set_random_seed)

    def claim(name, value, scope="any", full=True, **bounds):
        if scope == "any" or full:
            value, holds, band = claims.measured_against(value, **bounds)
            publish(f"{name} = {value:.6g} ({band})",
                    shifted={name: {"value": float(value), "holds": bool(holds)}})

    claims.claim = claim
