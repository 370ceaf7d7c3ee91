"""Train on a file of your own and compare the network with its cheap rival.

example:
  python -m rnnbook.own classify reviews.csv --text review --label stars --save build/mine
  python -m rnnbook.own classify --save build/mine --predict "a fine day"

It prints the report: what is in the file, scores on its test part (a tenth of the file, chosen at
random; what is equal stays together), and whether the network is better than the rival. With
--save the network is kept; --predict then answers without training. Progress goes to standard
error.
"""

import argparse
import importlib
import sys
from pathlib import Path

from rnnbook.data.errors import DataError
from rnnbook.notebook import quiet


def name_or_number(text):
    """Read the name of a column, or its number from 1."""
    return int(text) if text.isdecimal() else text


TASKS = {  # name of a module here and of its function -> what is read, options of its own
    "classify": ("texts with labels, in a CSV or TSV file", {
        "text": {"default": "text", "help": "column of the texts (default: text)"},
        "label": {"default": "label", "help": "column of the labels (default: label)"},
        "sep": {"help": "the character between two columns (default: by the name)"}}),
    "tag": ("sentences with a tag per word, in columns: entities, or parts of speech", {
        "form": {"choices": ("conllu", "spans", "tags"), "help": "default: what the file is like"},
        "word": {"type": int, "help": "column of the words, from 1 (default: by the file)"},
        "label": {"type": int, "help": "column of the tags, from 1 (default: by the file)"}}),
    "language": ("any text, in running order", {
        "level": {"choices": ("characters", "words"), "default": "characters",
                  "help": "what is guessed next (default: characters)"}}),
    "translate": ("pairs of texts, in a CSV or TSV file, or between tabs without a header", {
        "source": {"default": "source", "type": name_or_number,
                   "help": "column to read: its name, or its number without a header"},
        "target": {"default": "target", "type": name_or_number, "help": "column to write"},
        "sep": {"help": "the character between two columns (default: by the name)"},
        "attention": {"default": True, "action": argparse.BooleanOptionalAction,
                      "help": "look back at the source, or remember it as one vector"},
        "score": {"choices": ["exact", "bleu"], "help": "(default: by the texts)"}}),
}


def parser_of_tasks():
    """Build the parser: a subcommand per task; the options that all have stand here once."""
    parser = argparse.ArgumentParser(prog="python -m rnnbook.own", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    for name, (told, options) in TASKS.items():
        one = tasks.add_parser(name, help=told, description=told)
        one.add_argument("path", type=Path, nargs="?", help="the file")
        for option, settings in options.items():
            one.add_argument(f"--{option}", **settings)
        one.add_argument("--encoding", default="utf-8", help="such as gb18030 (Chinese Windows)")
        one.add_argument("--seed", type=int, default=0, help="of the parts and of the training")
        one.add_argument("--epochs", type=int, help="passes over the file (default: by its size)")
        one.add_argument("--report", type=Path, help="write the report as a page to this file")
        one.add_argument("--save", type=Path, metavar="FOLDER", help="keep the network there")
        one.add_argument("--predict", nargs="+", metavar="TEXT",
                         help="answer these; without a file, by the network in --save")
    return parser


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = parser_of_tasks()
    given = vars(parser.parse_args(arguments))
    task, path, page, folder, texts = (
        given.pop(name) for name in ("task", "path", "report", "save", "predict"))
    if path is None and not (texts and folder):
        parser.error("name a file, or a folder (--save) and texts (--predict)")
    try:
        print("starting Keras …", file=sys.stderr, flush=True)
        quiet.start_backend()
        module = importlib.import_module(f"rnnbook.own.{task}")
        if path is None:
            found = module.load(folder)
        else:
            found = getattr(module, task)(path, **given)
            if page:
                found.report.save(page)
            if folder:
                found.save(folder)
        answers = found.predict(texts) if texts else []
        for text, answer in zip(texts or [], answers):
            print(" / ".join(str(answer).split("\n")), text, sep="\t")
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print(error or "stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
