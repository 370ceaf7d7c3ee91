"""Command line of the recipes: list and run."""

import argparse
import ast
import json
import shutil
import sys
import textwrap

from rnnbook.recipes import read
from rnnbook.recipes.read import RecipeError


def main(arguments=None):
    """The command line: list and run; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m rnnbook.recipes",
        description="Recorded trainings of the book: programs and results in "
                    "chapters/recipes/NN_NAME/, NN being the first chapter that uses one.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="chapter, name, CPU minutes, and what it measures")
    about = ("Train one again and write its results over the stored ones. A checkpoint is kept in "
             "build/recipes/NAME/ after every epoch or trial: stopped by Ctrl-C or otherwise, the "
             "same command goes on from there, and the results are those of an undisturbed run.")
    one = commands.add_parser("run", help="train one again; a stopped run goes on",
                              description=about)
    one.add_argument("name", metavar="NAME", help="as in `list`, such as forget_bias")
    one.add_argument("--restart", action="store_true",
                     help="forget the checkpoint, begin with the first epoch or trial")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            table(shutil.get_terminal_size().columns)
        else:
            train(options.name, options.restart)
    except RecipeError as error:
        parser.exit(2, f"error: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"\nstopped: `python -m rnnbook.recipes run {options.name}` goes on after "
                         "the last finished epoch or trial\n")
    return 0


def train(name, restart):
    """Run a recipe; an unknown name is told before the backend starts."""
    read.find(name)
    from rnnbook.notebook import quiet

    quiet.start_backend()
    from rnnbook.recipes.run import run

    run(name, restart=restart, say=lambda text: print(text, flush=True))


def table(columns):
    """Print what there is: chapter, name, CPU minutes of the stored run, what it measures."""
    found = read.folders()
    name_width = max(map(len, found))
    head = f"ch  {'name':<{name_width}}  {'CPU min':>7}  "
    print(f"{head}measures")
    for name, folder in found.items():
        text = ast.get_docstring(ast.parse((folder / "recipe.py").read_text("utf-8")))
        first = f"{folder.name[:2]}  {name:<{name_width}}  {minutes(folder):>7}  "
        print(textwrap.fill(text.splitlines()[0], max(columns - 1, len(head) + 24),
                            initial_indent=first, subsequent_indent=" " * len(head)))


def minutes(folder):
    """Give the CPU minutes of the stored run as text."""
    try:
        record = json.loads((folder / "settings.json").read_text("utf-8"))
        return f"{max(1, round(record['cpu_seconds'] / 60))}"
    except FileNotFoundError:
        return "not run"
    except (OSError, ValueError, TypeError, KeyError):
        return "damaged"


if __name__ == "__main__":
    sys.exit(main())
