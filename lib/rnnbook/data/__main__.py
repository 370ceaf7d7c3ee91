"""Command line of the data: ``python -m rnnbook.data fetch | list | where | serve``."""

import argparse
import functools
import http.server
import os
import sys
from pathlib import Path

from rnnbook.data import registry, sources

EPILOG = """\
In a classroom: fetch the data once, then `python -m rnnbook.data serve` on the lecturer's
computer; students set RNNBOOK_MIRROR=http://<lecturer's address>:8765 before `make data`.
Variables: RNNBOOK_DATA (a folder with the data), RNNBOOK_CACHE (where downloads go),
RNNBOOK_MIRROR (address asked first), RNNBOOK_OFFLINE=1 (never use the network)."""


def _amount(size):
    if size < 1e6:
        return f"{size / 1e3:.0f} kB" if size else "?"
    return f"{size / 1e6:.1f} MB"


def fetch(names):
    """Bring datasets onto this machine; return the number that could not be had."""
    failed = 0
    for name in names:
        try:
            print(f"{name}: {sources.require(name)}", flush=True)
        except sources.DataError as error:
            failed += 1
            print(f"error: {error}", file=sys.stderr)
    return failed


def table():
    """Print name, size, status and licence of every dataset."""
    wrong = 0
    print(f"{'name':<17} {'files':>5} {'size':>8}  {'status':<7}  licence")
    for name, entry in registry.load().items():
        try:
            status = sources.status(name)
        except sources.DataError as error:
            status, wrong = "wrong", wrong + 1
            print(f"error: {error}", file=sys.stderr)
        row = f"{name:<17} {len(entry.files):>5} {_amount(entry.size):>8}  {status:<7}"
        print(f"{row}  {' / '.join(entry.licences)}")
    return wrong


def serve(port):
    """Serve ``RNNBOOK_DATA`` or the cache to a classroom until interrupted."""
    folder = Path(os.environ.get("RNNBOOK_DATA") or sources.cache_folder())
    if not folder.is_dir():
        print(f"error: nothing to serve, no data in {folder}: fetch first", file=sys.stderr)
        return 1
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("", port), handler) as server:
        print(f"serving {folder} on port {server.server_port}; stop with Ctrl-C", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("stopped")
    return 0


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m rnnbook.data",
        description="Datasets of the book.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("fetch", help="download datasets, verified, with progress")
    one.add_argument("names", nargs="*", metavar="NAME")
    one.add_argument("--all", action="store_true", help="every dataset")
    commands.add_parser("list", help="name, size, status and licence of every dataset")
    commands.add_parser("where", help="print the folder of the cache")
    two = commands.add_parser("serve", help="serve the data on the classroom's network")
    two.add_argument("--port", type=int, default=8765)
    given = parser.parse_args(arguments)
    if given.command == "list":
        return int(table() > 0)
    if given.command == "where":
        print(sources.cache_folder())
        return 0
    if given.command == "serve":
        return serve(given.port)
    if not given.names and not given.all:
        one.error("name the datasets, or --all")
    names = list(registry.load()) if given.all else given.names
    try:
        return int(fetch(names) > 0)
    except KeyboardInterrupt:
        print("stopped; what has arrived is kept", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
