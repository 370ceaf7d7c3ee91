"""Complete a hosted notebook's environment (Colab, Kaggle, …) and change nothing in it.

Called by the setup cell of a chapter after it has fetched the book.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[2]


def install(root=ROOT):
    """Install what the library needs and the environment lacks; keep every installed version.

    Args:
        root: folder of the book.
    Raises: SystemExit with one line for the reader.
    """
    lib = str(Path(root) / "lib")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [lib, *filter(None, [os.environ.get("PYTHONPATH")])])  # for `!python -m rnnbook.data`
    lacking = missing(Path(root) / "pyproject.toml")
    if not lacking:
        return
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(installed()), encoding="utf-8")
        result = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
             "-c", str(constraints), *lacking], capture_output=True, text=True)
    if result.returncode:
        reasons = [line for line in result.stderr.splitlines() if line.startswith("ERROR:")]
        raise SystemExit(f"没有装成 {'、'.join(lacking)}：检查网络后再运行这一格。"
                         f"（{reasons[0] if reasons else 'pip'}）")


def missing(pyproject):
    """Return the requirements of the library that no installed version fulfils.

    Args:
        pyproject: path of the book's pyproject.toml.
    """
    project = tomllib.loads(Path(pyproject).read_text(encoding="utf-8"))["project"]
    lacking = []
    for text in project["dependencies"]:
        requirement = Requirement(text)
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            lacking.append(text)
        else:
            if not requirement.specifier.contains(version, prereleases=True):
                lacking.append(text)
    return lacking


def installed():
    """Return a sorted list of `name==version` for everything that is installed."""
    lines = set()
    for distribution in metadata.distributions():
        name, version = distribution.metadata["Name"], distribution.version
        try:
            lines.add(f"{name}=={Version(version)}")
        except (InvalidVersion, TypeError):
            continue  # a damaged or foreign entry: pip ignores it, too
    return sorted(lines)
