"""Commands that test the book: each calls pytest or a script, some in an environment apart."""

import os
import shutil
import sys
import tomllib
from pathlib import Path

from bookbuild import bootstrap, run, warm

ROOT = Path(run.ROOT)
WORKERS = min(os.cpu_count() or 1, 4)  # one more than cores gains nothing
PARALLEL = ["-n", str(WORKERS), "--dist", "loadscope"]
NBVAL = ["--nbval", "--nbval-sanitize-with", "chapters/sanitize.cfg", "--nbval-cell-timeout", "300"]
# Two notebooks at once on two cores: more threads than one each cost time and gain nothing.
ONE_THREAD = {name: "1" for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
                                     "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
FOLDERS = ["tests", "chapters"]
BACKENDS = ("tensorflow", "jax", "torch")
ARITHMETIC = "backends and not trains"


def add_parser(commands):
    """Add `test`, `test-backends`, `test-oldest` and `bench` to the command line."""
    for name, job in (("test", test), ("test-oldest", oldest)):
        parser = commands.add_parser(name, help=job.__doc__.split(";")[0])
        parser.add_argument("--only", choices=FOLDERS, help="one of the two")
        parser.set_defaults(run=job, more=[])
    parser = commands.add_parser("test-backends", help=backends.__doc__.split(";")[0])
    parser.add_argument("names", nargs="*", metavar="BACKEND", help=f"of {', '.join(BACKENDS)}")
    parser.set_defaults(run=backends, more=[])
    parser = commands.add_parser("bench", help=bench.__doc__.split(";")[0])
    parser.set_defaults(run=bench, more=[])


def test(args):
    """Run the unit tests, and every notebook against its stored outputs; return a status."""
    folders = [args.only] if args.only else FOLDERS
    return _parallel(sys.executable, *NBVAL, *folders, *args.more)


def backends(args):
    """Run the unit tests on TensorFlow, JAX and PyTorch; return the first status that is not 0."""
    folder = ROOT / ".venv-backends"
    status = bootstrap.main(["--venv", str(folder), "--over", sys.prefix,
                             "-r", str(ROOT / "tests" / "requirements-backends.txt")])
    for backend in args.names or BACKENDS:
        if not status:
            print(f"== KERAS_BACKEND={backend}", flush=True)
            marked = "backends" if backend == "tensorflow" else ARITHMETIC
            status = _parallel(bootstrap.python_of(str(folder)), "-q", "-m", marked,
                               "tests", *args.more, KERAS_BACKEND=backend)
    return status


def oldest(args):
    """Run unit tests and chapters on the oldest supported Keras; return a status."""
    version = oldest_keras()
    folder = ROOT / ".venv-oldest" / version
    if not folder.exists():
        part = folder.with_name("part")
        shutil.rmtree(part, ignore_errors=True)
        status = run.call([sys.executable, "-m", "pip", "install", "-q", "--no-deps",
                           "--target", str(part), f"keras=={version}"])
        if status:
            return status
        part.rename(folder)
    print(f"== Keras {version}", flush=True)
    first = {"PYTHONPATH": os.pathsep.join(
        filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}
    wanted = {"tests": ["-m", ARITHMETIC, "tests"],
              "chapters": ["--nbval-lax", "chapters"]}
    for only in [args.only] if args.only else FOLDERS:
        status = _parallel(sys.executable, "-q", *wanted[only], *args.more, **first)
        if status:
            return status
    return 0


def oldest_keras():
    """Return the oldest version of Keras that the book supports: the bound in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = [d.removeprefix("keras>=") for d in project["dependencies"] if d.startswith("keras>")]
    return bounds[0]


def bench(args):
    """Measure the speeds that the book promises; return the first status that is not 0."""
    for script in sorted(ROOT.glob("tests/bench_*.py")):
        status = run.call([sys.executable, str(script), *args.more])
        if status:
            return status
    return 0


def _parallel(python, *arguments, **variables):
    """Run pytest with a worker a core, one thread each; notebooks get warm kernels."""
    variables = {**ONE_THREAD, **variables}
    if not any(argument.startswith("--nbval") for argument in arguments):
        return run.call([python, "-m", "pytest", *PARALLEL, *arguments], **variables)
    with warm.kernels(python, variables) as (options, own):
        return run.call([python, "-m", "pytest", *PARALLEL, *options, *arguments],
                        **variables, **own)
