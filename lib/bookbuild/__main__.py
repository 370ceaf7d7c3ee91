"""Command line of the build: python -m bookbuild notebooks|slides|preflight|stamp."""

import argparse
import importlib
import importlib.util
import sys

COMMANDS = ("notebooks", "slides", "preflight", "stamp")


def main(argv=None):
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="bookbuild", description="Build and check the book.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        if importlib.util.find_spec(f"bookbuild.{name}"):
            module = importlib.import_module(f"bookbuild.{name}")
            if hasattr(module, "add_parser"):
                module.add_parser(subparsers)
                subparsers.choices[name].set_defaults(run=module.main)
    args = parser.parse_args(argv)
    return args.run(args) or 0


if __name__ == "__main__":
    sys.exit(main())
