"""Small commands: make .venv, download the data, delete what was made."""

import shutil
import sys
from pathlib import Path

from bookbuild import bootstrap, run

GENERATED = ("build", ".venv*", "slides/node_modules", ".pytest_cache", ".ruff_cache",
             "lib/*.egg-info", "*/**/__pycache__")


def add_parser(commands):
    """Add `venv`, `data` and `clean` to the command line."""
    commands.add_parser("venv", help="make or mend .venv").set_defaults(run=venv)
    commands.add_parser("data", help="download the data").set_defaults(run=data, more=[])
    commands.add_parser("clean", help="delete what was made").set_defaults(run=clean)


def venv(args):
    """Make or mend .venv; return the exit status."""
    return bootstrap.main([])


def data(args):
    """Download all data, or those named; return the exit status."""
    return run.call([sys.executable, "-m", "rnnbook.data", "fetch", *(args.more or ["--all"])])


def clean(args, root=run.ROOT):
    """Delete what was made, never data or the reader's work; return the exit status."""
    try:
        for pattern in GENERATED:
            for path in sorted(Path(root).glob(pattern)):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    except OSError as error:
        print(f"✘ 删不掉 {error.filename}：关掉正在用它的程序，再运行一次。", file=sys.stderr)
        return 1
    return 0
