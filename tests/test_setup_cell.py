"""The first cell of a chapter on a hosted machine: simulated, without any network.

A fresh environment sees TensorFlow and Keras but neither the book nor all that it needs; the
repository is served as a local git address, and pip may only use a folder of made-up wheels.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from bookbuild import stamp

ROOT = Path(__file__).parents[1]
LACKING = "opencc"  # the environment does not have it
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
    shutil.copy(ROOT / "pyproject.toml", place)
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
        if not entry.name.lower().startswith(("rnnbook", "__editable__", "opencc", "_distutils")):
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
    wheel(wheels, LACKING, "99.1")
    wheel(wheels, "keras", "99.0")  # newer ones on offer must not be taken
    wheel(wheels, "tensorflow", "99.0")
    result = run_cell(hosted, f"file://{origin}", wheels, SHOW)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("正在准备本书")
    assert "Receiving objects: 100%" in result.stderr  # git's own progress, for whoever waits
    assert f"VERSIONS {version('tensorflow')} {version('keras')}" in result.stdout
    assert f"LIBRARY {hosted[1] / 'rnn-book' / 'lib' / 'rnnbook'}" in result.stdout
    code = f"from importlib.metadata import version; print(version({LACKING!r}))"
    assert subprocess.check_output([hosted[0], "-c", code], text=True) == "99.1\n"

    # After a restart of the kernel nothing is fetched again.
    again = run_cell(hosted, "file:///no/such/place", tmp_path / "none")
    assert again.returncode == 0, again.stderr


def test_package_that_wants_another_keras_is_refused(hosted, origin, tmp_path):
    wheels = tmp_path / "wheels"
    wheel(wheels, LACKING, "99.1", requires=["keras>=99"])
    wheel(wheels, "keras", "99.0")
    result = run_cell(hosted, f"file://{origin}", wheels)
    assert result.returncode
    assert "没有装成 opencc" in result.stderr
    assert "Traceback" not in result.stderr
    code = "from importlib.metadata import version; print(version('keras'))"
    assert subprocess.check_output([hosted[0], "-c", code], text=True).strip() == version("keras")


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
