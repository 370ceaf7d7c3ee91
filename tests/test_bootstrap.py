"""The first thing a reader runs: what goes wrong is said in one line, and mended."""

import ast
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from bookbuild import bootstrap

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "lib" / "bookbuild" / "bootstrap.py"


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """A finished environment without packages, as (folder, requirements)."""
    place = tmp_path_factory.mktemp("bootstrap")
    requirements = place / "requirements.txt"
    requirements.write_text("# nothing\n")
    bootstrap.make(str(place / "venv"), str(requirements), space=0)
    return place / "venv", requirements


@pytest.fixture
def environment(complete, tmp_path):
    """A copy to spoil: `complete` itself stays as it is."""
    shutil.copytree(complete[0], tmp_path / "venv", symlinks=True)
    shutil.copy(complete[1], tmp_path / "requirements.txt")
    return tmp_path / "venv", tmp_path / "requirements.txt"


def run(arguments, **env):
    result = subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8",
                            env={**os.environ, "PYTHONIOENCODING": "utf-8", **env})
    assert "Traceback" not in result.stderr
    return result


def pretend(version, *arguments):
    """Command that runs the script as if by a Python of another version."""
    code = (f"import sys, runpy; sys.version_info = {version!r};"
            f"sys.argv = {[str(SCRIPT), *arguments]!r};"
            f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')")
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("version", [(3, 6, 9), (3, 10, 4), (3, 14, 0)])
def test_wrong_python_is_one_line(version, tmp_path):
    result = run(pretend(version), PATH=str(tmp_path))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "需要 Python 3.11–3.13" in result.stderr
    assert "{}.{}".format(*version) in result.stderr


def test_a_supported_python_on_the_path_steps_in(tmp_path, complete):
    name = f"python3.{sys.version_info.minor}"
    (tmp_path / name).symlink_to(sys.executable)
    folder, requirements = complete
    result = run(pretend((3, 9, 1), "--venv", str(folder), "-r", str(requirements)),
                 PATH=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert f"改用 {tmp_path / name}" in result.stderr


def test_source_is_readable_for_an_old_interpreter():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_no_python_at_all():
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    result = run(["make", "-C", str(ROOT), "venv", "PYTHON=no-such-python"])
    assert result.returncode
    assert "找不到 no-such-python" in result.stderr


def test_little_disk_space(monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**11, 10**11 - 10**9, 10**9))
    with pytest.raises(bootstrap.Obstacle, match=r"磁盘空间不足：安装需要约 4 GB，.* 只剩 1.0 GB"):
        bootstrap.make(str(tmp_path / "venv"), str(ROOT / "requirements.txt"))
    assert not (tmp_path / "venv").exists()


def test_python_without_venv_module(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # as Debian without python3-venv
    with pytest.raises(bootstrap.Obstacle, match=r"sudo apt install python3\.\d+-venv"):
        bootstrap.make(str(tmp_path / "venv"), str(ROOT / "requirements.txt"))


def test_second_run_does_nothing(complete, monkeypatch):
    monkeypatch.setattr(bootstrap, "_install", lambda *a: pytest.fail("installed again"))
    bootstrap.make(str(complete[0]), str(complete[1]))


@pytest.fixture
def made(complete, monkeypatch):
    """Count the environments that are made, each a quick copy."""
    folders = []

    def create(target, over):
        folders.append(target)
        shutil.copytree(complete[0], target, symlinks=True)

    monkeypatch.setattr(bootstrap, "_create", create)
    return folders


def test_interrupted_install_is_made_anew(environment, made):
    folder, requirements = environment
    (folder / bootstrap.MARKER).touch()
    (folder / "half-written").touch()
    bootstrap.make(str(folder), str(requirements), space=0)
    assert made == [str(folder)]
    assert not (folder / "half-written").exists()
    assert not (folder / bootstrap.MARKER).exists()
    assert (folder / bootstrap.STAMP).exists()


def test_environment_without_its_python_is_made_anew(environment, made):
    folder, requirements = environment
    os.remove(bootstrap.python_of(str(folder)))
    bootstrap.make(str(folder), str(requirements), space=0)
    assert made == [str(folder)]


@pytest.mark.skipif(os.name == "nt", reason="no flock on Windows")
def test_second_terminal_waits_for_the_first(environment, monkeypatch):
    import fcntl

    folder, requirements = environment
    stamp = (folder / bootstrap.STAMP).read_text()
    (folder / bootstrap.STAMP).unlink()
    monkeypatch.setattr(bootstrap, "_install", lambda *a: pytest.fail("installed twice"))
    waited = []

    def first_one_finishes(line):
        waited.append(line)
        (folder / bootstrap.STAMP).write_text(stamp)
        fcntl.flock(first, fcntl.LOCK_UN)

    monkeypatch.setattr(bootstrap, "say", first_one_finishes)
    with open(f"{folder}.lock", "w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        bootstrap.make(str(folder), str(requirements), space=0)
    assert waited == ["另一个终端正在安装，等它做完……"]


def test_changed_requirements_install_into_what_is_there(environment, monkeypatch):
    folder, requirements = environment
    requirements.write_text("# something\n")
    (folder / "mine").touch()
    installed = []
    monkeypatch.setattr(bootstrap, "_install", lambda python, path: installed.append(path))
    bootstrap.make(str(folder), str(requirements), space=0)
    assert installed == [str(requirements)]
    assert (folder / "mine").exists()


def test_no_network_is_one_line_and_leaves_the_old_environment(environment):
    folder, requirements = environment
    before = (folder / bootstrap.STAMP).read_text()
    requirements.write_text("rnnbook-no-such-package==1.0\n")
    result = run([sys.executable, str(SCRIPT), "--venv", str(folder), "-r", str(requirements)],
                 PIP_INDEX_URL="http://127.0.0.1:9/simple", NO_PROXY="127.0.0.1",
                 PIP_EXTRA_INDEX_URL="", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull,
                 PIP_RETRIES="1", PIP_NO_CACHE_DIR="1")
    assert result.returncode == 1
    assert [line for line in result.stderr.splitlines() if line.startswith("✘")] == [
        result.stderr.splitlines()[-1]]
    assert "连不上软件源" in result.stderr
    assert (folder / bootstrap.STAMP).read_text() == before
    assert not (folder / bootstrap.MARKER).exists()


@pytest.mark.parametrize(("says", "line"), [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
     "安装到一半磁盘满了"),
    ("noise\nERROR: No matching distribution found for x==9", "No matching distribution found"),
])
def test_failed_pip_is_one_line(says, line, monkeypatch, tmp_path):
    fake = tmp_path / "bin" / "python"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\nprintf '%s\\n' {says!r} >&2\nexit 1\n".replace("\\n", "\n", 1))
    fake.chmod(0o755)
    with pytest.raises(bootstrap.Obstacle, match=line) as caught:
        bootstrap._install(str(fake), str(ROOT / "requirements.txt"))
    assert "\n" not in str(caught.value)


def test_second_environment_sees_the_first(tmp_path):
    requirements = tmp_path / "more.txt"
    requirements.write_text("# nothing more\n")
    bootstrap.make(str(tmp_path / "venv"), str(requirements), over=sys.prefix, space=0)
    code = "import numpy, importlib.util as util; assert util.find_spec('rnnbook')"
    result = run([bootstrap.python_of(str(tmp_path / "venv")), "-c", code])
    assert result.returncode == 0, result.stderr


def test_requirements_name_what_needs_them():
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[1:]:
        package, _, reason = line.partition("#")
        assert "==" in package or package.strip() == "-e .", line
        assert reason.strip(), line


def test_installing_the_library_never_replaces_tensorflow():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        assert not requirement.startswith("tensorflow"), "Keras needs a backend, not this one"
        assert "==" not in requirement, f"{requirement}: lower bounds only"
        assert "<" not in requirement, f"{requirement}: lower bounds only"
