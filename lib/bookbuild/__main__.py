"""Command line of the build: python -m bookbuild notebooks|slides|preflight|stamp."""

import argparse
import importlib
import sys

COMMANDS = ("notebooks", "slides", "preflight", "stamp")


def main(argv=None):
    """Run one command; return its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="bookbuild", description="Build and check the book.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    # A command's module is imported only when it is asked for: preflight must run where
    # what another command needs is missing.
    for name in COMMANDS if argv[:1] in ([], ["-h"], ["--help"]) else argv[:1]:
        if name not in COMMANDS:
            parser.error(f"no command {name!r}; there are: {', '.join(COMMANDS)}")
        module = importlib.import_module(f"bookbuild.{name}")
        module.add_parser(subparsers)
        subparsers.choices[name].set_defaults(run=module.main)
    args = parser.parse_args(argv)
    return args.run(args) or 0


if __name__ == "__main__":
    sys.exit(main())
