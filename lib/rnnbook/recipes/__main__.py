"""Command line of the recipes: list and run."""

import argparse
import sys

from rnnbook.notebook import quiet
from rnnbook.recipes import read
from rnnbook.recipes.read import RecipeError
from rnnbook.recipes.run import run


def main(arguments=None):
    """The command line: list and run."""
    parser = argparse.ArgumentParser(
        prog="python -m rnnbook.recipes",
        description="Recorded trainings of the book. Results stand in chapters/recipes/NAME/.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the recipes and what is stored of each")
    one = commands.add_parser("run", help="train one again; an interrupted run resumes")
    one.add_argument("name")
    one.add_argument("--restart", action="store_true", help="forget the last checkpoint")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            for name in read.names():
                folder = read.recipe_folder() / name
                stored = [f for f in read.FILES if (folder / f).is_file()]
                print(f"{name}: {', '.join(stored) or 'not run yet'}")
        else:
            quiet.start_backend()
            run(options.name, restart=options.restart, say=lambda text: print(text, flush=True))
    except RecipeError as error:
        parser.exit(2, f"error: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
