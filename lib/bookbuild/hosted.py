"""Complete a hosted notebook's environment (Colab, Kaggle, …) and change nothing in it.

Called by the setup cell of a chapter after it has fetched the book.
"""

import os
import re
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from bookbuild import bootstrap

ROOT = Path(bootstrap.ROOT).resolve()


def install():
    """Install what the library needs and the environment lacks; keep every installed version.

    A package that cannot be installed is named and does not take the others along.

    Raises: SystemExit with one line for the reader when there is no network.
    """
    lib = str(ROOT / "lib")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [lib, *filter(None, [os.environ.get("PYTHONPATH")])])  # for `!python -m rnnbook.data`
    lacking = missing(ROOT / "pyproject.toml")
    if not lacking:
        return
    print(f"安装 {len(lacking)} 个缺的包，要一两分钟：{'、'.join(map(_name, lacking))}")
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(installed()), encoding="utf-8")
        failed = _failures(lacking, constraints)
    print(_line("有的包没有装成：" if failed else "安装完成。"))
    if any(map(bootstrap.offline, failed.values())):
        sys.path[:] = [path for path in sys.path if path != lib]  # so that the cell tries again
        raise SystemExit(f"没有装成 {'、'.join(failed)}：检查网络（Kaggle 要打开 Internet），"
                         "再运行这一格。")
    for name, output in failed.items():
        print(f"⚠ 没有装成 {name}（{needed_by(name, ROOT / 'requirements.txt')}）："
              f"{bootstrap.reason(output)}。不用它的部分照常运行。")


def _failures(lacking, constraints):
    """Install together, else one by one; return {package: what pip printed} of those that fail."""
    def pip(*texts):
        return bootstrap.run([sys.executable, "-m", "pip", "install", "--disable-pip-version-check",
                              "--progress-bar", "off", "-c", str(constraints), *texts],
                             lambda line: print(_line(line), end="", flush=True))

    status, output = pip(*lacking)
    if not status:
        return {}
    if len(lacking) == 1 or bootstrap.offline(output):
        return dict.fromkeys(map(_name, lacking), output)
    results = {_name(text): pip(text) for text in lacking}
    return {name: output for name, (status, output) in results.items() if status}


def _line(text):
    return "\r" + text.ljust(80)  # over the line before it


def _name(text):
    return Requirement(text).name


def needed_by(name, requirements):
    """Return what needs a package, from its comment in requirements.txt."""
    found = re.search(rf"^{name}==.*# (.+)$", requirements.read_text(encoding="utf-8"), re.M)
    return found[1] if found else "本书"


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
