"""The first thing a reader runs: what goes wrong is said in one line, and mended."""

import ast
import os
import re
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
@pytest.mark.parametrize("found", ["", "python3.13"])
def test_wrong_python_is_one_line(version, found, tmp_path):
    if found:
        (tmp_path / found).symlink_to(sys.executable)
    result = run(pretend(version, "--venv", str(tmp_path / "venv")), PATH=str(tmp_path))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "需要 Python 3.11–3.13，现在的是 {}.{}".format(*version) in result.stderr
    assert f"make lab PYTHON={found or 'python3.12'}" in result.stderr
    assert ("这台机器上有" in result.stderr) == bool(found)


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
    monkeypatch.setattr(bootstrap, "run", lambda *a: pytest.fail("installed again"))
    bootstrap.make(str(complete[0]), str(complete[1]))


@pytest.fixture
def made(complete, monkeypatch):
    """Collect the commands that are run; an environment is made as a quick copy."""
    commands = []

    def pretend_run(command, show):
        commands.append(command[2])
        if command[2] == "venv":
            shutil.copytree(complete[0], command[3], symlinks=True)
        return 0, ""

    monkeypatch.setattr(bootstrap, "run", pretend_run)
    return commands


def unfinished(folder):
    (folder / bootstrap.STAMP).write_text(bootstrap.UNFINISHED)


def without_python(folder):
    os.remove(bootstrap.python_of(str(folder)))


def half_made(folder):  # venv was stopped before it had installed pip
    shutil.rmtree(next(folder.glob("[lL]ib*/**/site-packages/pip")))


@pytest.mark.parametrize("spoil", [unfinished, without_python, half_made])
def test_spoilt_environment_is_made_anew(spoil, environment, made):
    folder, requirements = environment
    (folder / "half-written").touch()
    spoil(folder)
    requirements.write_text("# something else\n")
    bootstrap.make(str(folder), str(requirements), space=0)
    assert made == ["venv", "pip"]
    assert not (folder / "half-written").exists()
    bootstrap.make(str(folder), str(requirements), space=0)
    assert made == ["venv", "pip"]


def test_interruption_while_pip_writes_is_seen_by_the_next_run(environment, monkeypatch):
    folder, requirements = environment
    requirements.write_text("# something else\n")

    def interrupted(command, show):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.make(str(folder), str(requirements), space=0)
    commands = []
    monkeypatch.setattr(bootstrap, "run", lambda command, show: commands.append(command) or (1, ""))
    with pytest.raises(bootstrap.Obstacle):
        bootstrap.make(str(folder), str(requirements), space=0)
    assert commands[0][1:3] == ["-m", "venv"]


@pytest.mark.skipif(os.name == "nt", reason="no flock on Windows")
def test_second_terminal_waits_for_the_first(environment, monkeypatch):
    import fcntl

    folder, requirements = environment
    stamp = (folder / bootstrap.STAMP).read_text()
    (folder / bootstrap.STAMP).unlink()
    monkeypatch.setattr(bootstrap, "run", lambda *a: pytest.fail("installed twice"))
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


def test_changed_requirements_install_into_what_is_there(environment, made):
    folder, requirements = environment
    requirements.write_text("# something\n")
    (folder / "mine").touch()
    bootstrap.make(str(folder), str(requirements), space=0)
    assert made == ["pip"]
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


BUILD = """\
Collecting seqeval
  Preparing metadata (setup.py): finished with status 'error'
  error: subprocess-exited-with-error
  × python setup.py egg_info did not run successfully.
  ╰─> [9 lines of output]
      Traceback (most recent call last):
      ModuleNotFoundError: No module named 'pkg_resources'
      [end of output]
error: metadata-generation-failed
note: This is an issue with the package mentioned above, not pip.
"""


@pytest.mark.parametrize(("says", "line"), [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
     "磁盘满了，清出约 4 GB"),
    ("WARNING: Retrying after connection broken by 'NewConnectionError(…)'\nERROR: No matching …",
     "连不上软件源"),
    ("noise\nERROR: No matching distribution found for x==9\nnotice: a new release of pip",
     "No matching distribution found for x==9"),
    (BUILD, "metadata-generation-failed；ModuleNotFoundError: No module named 'pkg_resources'"),
    ("ERROR: Exception:\nTraceback (most recent call last):\n  x\nzipfile.BadZipFile: bad",
     "zipfile.BadZipFile: bad"),
    ("WARNING: Retrying after connection broken by 'ReadTimeoutError(…)'\n" + BUILD,
     "metadata-generation-failed"),
    ("", "没有说明")])
def test_reason_is_one_telling_line(says, line):
    assert line in bootstrap.reason(says)
    assert "\n" not in bootstrap.reason(says)


def test_failed_pip_is_one_line_with_a_log(environment, capsys):
    folder, requirements = environment
    requirements.write_text("no-such-file.whl\n")
    assert bootstrap.main(["--venv", str(folder), "-r", str(requirements)]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("✘ 没有装成：")
    assert "no-such-file.whl" in last
    assert "no-such-file.whl" in (folder / "install.log").read_text()


def test_a_long_wait_shows_that_it_lives(monkeypatch):
    monkeypatch.setattr(bootstrap, "PULSE", 0.1)
    shown = []
    code = ("import time; print('  Downloading big-1.0-cp311-x86.whl (600 MB)', flush=True);"
            "time.sleep(1); print('Installing collected packages: big', flush=True);"
            "time.sleep(0.5); exit(3)")
    status, output = bootstrap.run([sys.executable, "-c", code], shown.append)
    assert status == 3
    assert output.endswith("packages: big")
    assert any("下载 big-1.0 (600 MB)" in line for line in shown)
    assert "安装 big" in shown[-1]
    assert len(shown) <= 30  # one a pulse, no more


def test_interruption_ends_the_command_that_runs():
    def interrupt(line):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "PULSE", 0.1)
        started = []
        popen = subprocess.Popen
        patch.setattr(bootstrap.subprocess, "Popen",
                      lambda *a, **k: started.append(popen(*a, **k)) or started[0])
        with pytest.raises(KeyboardInterrupt):
            bootstrap.run([sys.executable, "-c", "import time; time.sleep(60)"], interrupt)
    assert started[0].poll() is not None


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
        assert "==" in package or package.strip() in ("-e .", "-c requirements.lock"), line
        assert reason.strip(), line


def test_the_lock_pins_all_that_requirements_pin_and_names_no_host():
    pins = re.compile(r"^([\w.-]+==[\w.+!-]+)", re.MULTILINE)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    asked = set(pins.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    assert asked <= set(pins.findall(lock))
    assert len(pins.findall(lock)) > 2 * len(asked)  # and what they need in turn
    assert "://" not in lock


def test_installing_the_library_never_replaces_tensorflow():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        assert not requirement.startswith("tensorflow"), "Keras needs a backend, not this one"
        assert "==" not in requirement, f"{requirement}: lower bounds only"
        assert "<" not in requirement, f"{requirement}: lower bounds only"
