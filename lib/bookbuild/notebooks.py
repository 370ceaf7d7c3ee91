"""Execute the chapters and store their outputs."""

import base64
import contextlib
import functools
import io
import sys
import time

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from bookbuild import links, reading
from bookbuild.chapter import ROOT, BuildError, chapters, collect
from bookbuild.marks import refresh_marks
from rnnbook.data.files import write_text

CELL_TIMEOUT = 300  # seconds
MAX_OUTPUT = 20_000  # characters that a cell may print: joining its streams takes quadratic time


def add_parser(commands):
    """Add `notebooks` to the command line."""
    parser = commands.add_parser("notebooks", help="execute the chapters and store their outputs")
    parser.add_argument("names", nargs="*", metavar="NN", help="chapter numbers (default: all)")
    parser.add_argument("--all", action="store_true", help="also those whose code is unchanged")
    parser.add_argument("--samples", action="store_true",
                        help="allow outputs from sample data to replace outputs from full data")
    parser.set_defaults(run=main)


def main(args):
    """Build the asked-for notebooks; return an exit status."""
    failed = 0
    for chapter in chapters(args.names):
        print(f"{chapter.label}: ", end="", flush=True)
        try:
            print(build(chapter, args.all, args.samples), flush=True)
        except BuildError as error:
            failed += 1
            print(f"FAILED\n{error}", file=sys.stderr, flush=True)
        except OSError as error:  # the disk is full or may not be written: so it is for the rest
            print(f"FAILED\n{error}: no file is lost; mend that and run again", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped: no file is lost", file=sys.stderr)
            return 130
    return 1 if failed else 0


def build(chapter, always=False, samples=False):
    """Execute a chapter if need be, store it, and return what was done.

    Args:
        always: execute it even when its code is unchanged.
        samples: whether outputs from sample data may be stored.

    Raises:
        BuildError: a cell fails, or the outputs may not be stored.
    """
    if not always and is_current(chapter):
        return "prose updated" if store(chapter, merge_outputs(chapter)) else "unchanged"
    print("running ...", end=" ", flush=True)
    before = chapter.script.read_text(encoding="utf-8")
    notebook = execute(chapter)
    refuse_samples(chapter, notebook, samples)
    if chapter.script.read_text(encoding="utf-8") != before:
        raise BuildError(f"{chapter.script.name} changed while it ran: run again")
    store(chapter, notebook)
    size = chapter.path.stat().st_size / 1000
    return f"{notebook.metadata.rnnbook['seconds']} s, {size:.0f} kB"


def is_current(chapter):
    """Tell whether the stored outputs belong to the code as it stands."""
    with contextlib.suppress(BuildError):
        code = [c.source for c in chapter.source.cells if c.cell_type == "code"]
        cells = chapter.code_cells()
        return code == [c.source for c in cells] and all(c.execution_count for c in cells)
    return False


def merge_outputs(chapter):
    """Return the source notebook with the stored outputs of its (equal) code cells."""
    notebook = _fresh(chapter)
    stored = iter(chapter.code_cells())
    for cell in notebook.cells:
        if cell.cell_type == "code":
            old = next(stored)
            cell.outputs, cell.execution_count = old.outputs, old.execution_count
    notebook.metadata["rnnbook"] = chapter.notebook.metadata.get("rnnbook", {})
    return notebook


def execute(chapter, first=None, go_on=False):
    """Run a chapter in a fresh kernel and return the notebook with its outputs.

    Args:
        first: code that the kernel runs before the first cell.
        go_on: whether cells after one that fails are run, too.

    Raises:
        BuildError: a cell fails, does not end, kills its kernel or prints too much.
    """
    notebook = _fresh(chapter)
    if first:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first))
    running = []

    def printed(cell, cell_index, execute_reply):
        length = sum(len(o.text) for o in cell.outputs if o.output_type == "stream")
        if length > MAX_OUTPUT:
            raise BuildError(f"printed {length} characters, more than {MAX_OUTPUT}")

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        allow_errors=go_on,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=50"],  # the sentence, not the kernel's traceback
        resources={"metadata": {"path": str(chapter.script.parent)}},
        on_cell_execute=lambda cell, cell_index: running.append(cell.source),
        on_cell_executed=printed,
    )
    start = time.perf_counter()
    try:
        client.execute()
    except Exception as error:
        # nbclient's own handler of Ctrl-C shuts the kernel down, and whatever then fails is raised.
        if hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt from error
        what = {CellTimeoutError: f"took longer than {CELL_TIMEOUT} s",
                DeadKernelError: "the kernel died"}.get(type(error), error)
        where = f" in the cell that begins with {running[-1][:60]!r}" if running else ""
        raise BuildError(f"{chapter.label}{where}: {what}") from error
    seconds = time.perf_counter() - start
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":  # the book names no folder of this machine
                output.traceback = [line.replace(f"{ROOT}/", "") for line in output.traceback]
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = compress_png(output.data["image/png"])
    notebook.metadata["rnnbook"] = {"seconds": round(seconds), "data": collect(notebook, "data")}
    notebook.metadata.pop("language_info", None)
    return notebook


def refuse_samples(chapter, notebook, allowed):
    """Raise BuildError where sample outputs would replace outputs from the full data."""
    samples = [name for name, kind in notebook.metadata.rnnbook["data"].items() if kind != "full"]
    if samples and not allowed:
        raise BuildError(
            f"{chapter.label} ran on samples of {', '.join(samples)}; stored outputs come from "
            "the full data: run `make data` or set RNNBOOK_DATA first"
        )


def store(chapter, notebook):
    """Write the notebook (and refreshed numbers back into the .py); return whether it changed.

    Each file is written whole or not at all, and only where its text changes.
    """
    lookup = functools.partial(chapter.measured, own=collect(notebook, "claims"))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = refresh_marks(cell.source, lookup, reading.clock(notebook))
    script = jupytext.writes(notebook, fmt="py:percent")
    reading.fold(notebook)
    nbformat.validate(notebook)
    before = chapter.path.read_text(encoding="utf-8") if chapter.path.exists() else None
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        write_text(chapter.path, after)
    if script != chapter.script.read_text(encoding="utf-8"):
        write_text(chapter.script, script)
    vars(chapter).pop("notebook", None)
    return after != before


def compress_png(text):
    """Return a PNG (base64 text) reduced to a palette, if that is smaller.

    16 to 64 colours where nobody can see it (line drawings: the mean error is under 0.3 of 255),
    else 256 (heat maps).
    """
    from PIL import Image, ImageChops, ImageStat

    raw = base64.b64decode(text)
    image = Image.open(io.BytesIO(raw)).convert("RGB")
    for colours in (16, 32, 64, 256):
        reduced = image.quantize(colours, dither=Image.Dither.NONE)
        error = ImageStat.Stat(ImageChops.difference(image, reduced.convert("RGB"))).mean
        if max(error) < 0.3:
            break
    small = io.BytesIO()
    reduced.save(small, "PNG", optimize=True)
    if small.tell() >= len(raw):
        return text
    return base64.b64encode(small.getvalue()).decode("ascii")


def _fresh(chapter):
    notebook = jupytext.read(chapter.script)
    notebook.metadata["jupytext"] = {"formats": "ipynb,py:percent"}
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3",
    }
    links.name_cells(notebook, chapter.number)
    return notebook
