"""The first cell of a chapter on a hosted machine: simulated, without any network.

A fresh environment sees TensorFlow and Keras but neither the book nor all that it needs; the
repository is served as a local git address, and pip may only use a folder of made-up wheels.
"""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from bookbuild import stamp

ROOT = Path(__file__).parents[1]
LACKING = ("opencc", "jieba")  # the environment does not have them
SHOW = """
import keras, tensorflow
print("VERSIONS", tensorflow.__version__, keras.__version__)
print("LIBRARY", rnnbook.__file__)
"""

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """The book's library as a git repository."""
    place = tmp_path_factory.mktemp("origin")
    for name in ("lib", "datasets"):
        shutil.copytree(ROOT / name, place / name,
                        ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, place)
    git = ["git", "-C", str(place), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "book"], check=True)
    return place


@pytest.fixture
def hosted(tmp_path):
    """A fresh environment, as (python, working folder)."""
    packages = Path(sysconfig.get_path("purelib"))
    seen = tmp_path / "preinstalled"
    seen.mkdir()
    for entry in packages.iterdir():
        if not entry.name.lower().startswith(
                ("rnnbook", "__editable__", "_distutils", *LACKING)):
            (seen / entry.name).symlink_to(entry)
    colab = tmp_path / "stub" / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").touch()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    own = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()
    Path(own, "hosted.pth").write_text(f"{seen}\n{tmp_path / 'stub'}\n")
    content = tmp_path / "content"
    content.mkdir()
    return python, content


def wheel(folder, name, number, requires=()):
    """Write an empty wheel for pip to find."""
    folder.mkdir(exist_ok=True)
    stem = f"{name.replace('-', '_')}-{number}"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as file:
        file.writestr(f"{info}/METADATA", "\n".join([
            "Metadata-Version: 2.1", f"Name: {name}", f"Version: {number}",
            *(f"Requires-Dist: {r}" for r in requires)]) + "\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\n"
                                       "Root-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def unbuildable(folder, name, number):
    """Write a source distribution whose build fails."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / f"{name}-{number}.tar.gz", "w:gz") as file:
        for path, text in {"back.py": "raise RuntimeError('no compiler here')\n",
                           "pyproject.toml": "[build-system]\nrequires = []\n"
                                             "build-backend = 'back'\nbackend-path = ['.']\n",
                           "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\n"
                                       f"Version: {number}\n"}.items():
            entry = tarfile.TarInfo(f"{name}-{number}/{path}")
            entry.size = len(text)
            file.addfile(entry, io.BytesIO(text.encode()))


def run_cell(hosted, repo, wheels, then=""):
    """Run the setup cell as the hosted notebook would."""
    python, content = hosted
    environment = {k: v for k, v in os.environ.items()
                   if not k.startswith(("PIP_", "PYTHONPATH", "COV"))}
    environment.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels), PIP_CONFIG_FILE=os.devnull,
                       PYTHONIOENCODING="utf-8")
    return subprocess.run([python, "-c", stamp.setup_cell(repo) + "\n" + then], cwd=content,
                          env=environment, capture_output=True, text=True, encoding="utf-8")


def test_cell_fetches_the_book_and_keeps_tensorflow_and_keras(hosted, origin, tmp_path):
    wheels = tmp_path / "wheels"
    for name in LACKING:
        wheel(wheels, name, "99.1")
    wheel(wheels, "keras", "99.0")  # newer ones on offer must not be taken
    wheel(wheels, "tensorflow", "99.0")
    result = run_cell(hosted, f"file://{origin}", wheels, SHOW)
    assert result.returncode == 0, result.stderr
    assert "安装 2 个缺的包" in result.stdout
    assert result.stdout.startswith("正在准备本书")
    assert "Receiving objects: 100%" in result.stderr  # git's own progress, for whoever waits
    assert f"VERSIONS {version('tensorflow')} {version('keras')}" in result.stdout
    assert f"LIBRARY {hosted[1] / 'rnn-book' / 'lib' / 'rnnbook'}" in result.stdout
    assert [version_there(hosted, name) for name in LACKING] == ["99.1", "99.1"]

    # After a restart of the kernel nothing is fetched again.
    again = run_cell(hosted, "file:///no/such/place", tmp_path / "none")
    assert again.returncode == 0, again.stderr
    assert again.stdout == "正在准备本书，第一次要一两分钟……\n"


def version_there(hosted, name):
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run([hosted[0], "-c", code], capture_output=True, text=True).stdout.strip()


def wants_another_keras(wheels):
    wheel(wheels, "opencc", "99.1", requires=["keras>=99"])
    wheel(wheels, "keras", "99.0")


def cannot_be_built(wheels):
    unbuildable(wheels, "opencc", "99.1")


@pytest.mark.parametrize(("make", "why"), [
    (wants_another_keras, "conflicting dependencies"),
    (cannot_be_built, "RuntimeError: no compiler here")], ids=["conflict", "build"])
def test_one_bad_package_is_named_and_takes_no_other_along(make, why, hosted, origin, tmp_path):
    wheels = tmp_path / "wheels"
    wheel(wheels, "jieba", "99.1")
    make(wheels)
    result = run_cell(hosted, f"file://{origin}", wheels)
    assert result.returncode == 0, result.stderr
    assert "⚠ 没有装成 opencc（rnnbook.data: traditional to simplified" in result.stdout
    assert why in result.stdout
    assert "检查网络" not in result.stdout + result.stderr
    assert version_there(hosted, "jieba") == "99.1"
    assert version_there(hosted, "keras") == version("keras")


def test_no_network_while_installing_stops_the_cell_and_it_can_be_run_again(
        hosted, origin, tmp_path):
    script = tmp_path / "twice.py"
    script.write_text(f"cell = {stamp.setup_cell(f'file://{origin}')!r}\n"
                      "for _ in range(2):\n    try:\n        exec(cell, {})\n"
                      "    except SystemExit as error:\n        print('STOPPED', error)\n",
                      encoding="utf-8")
    environment = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1",
                   "PIP_CONFIG_FILE": os.devnull, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": "",
                   "NO_PROXY": "127.0.0.1", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}
    result = subprocess.run([hosted[0], script], cwd=hosted[1], env=environment,
                            capture_output=True, text=True, encoding="utf-8")
    assert result.stdout.count("STOPPED 没有装成 jieba、opencc：检查网络") == 2, result.stderr


def test_no_network_is_one_clear_line(hosted, tmp_path):
    result = run_cell(hosted, "file:///no/such/place", tmp_path)
    assert result.returncode
    assert "取不到本书：检查网络" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("place", ["chapters", "chapters/solutions", "work/solutions"])
def test_own_clone_with_the_wrong_kernel_is_told_so(hosted, tmp_path, place):
    python, _ = hosted
    (tmp_path / "lib" / "rnnbook").mkdir(parents=True)
    here = tmp_path / place
    here.mkdir(parents=True)
    result = run_cell((python, here), "file:///no/such/place", tmp_path)
    assert result.returncode
    assert "make lab" in result.stderr
    assert list(here.iterdir()) == []


def test_cell_is_short_and_quiet_at_home():
    cell = stamp.setup_cell(stamp.repository())
    assert len(cell.splitlines()) <= 19
    assert cell.endswith("\nimport rnnbook")
    result = subprocess.run([sys.executable, "-c", cell], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
