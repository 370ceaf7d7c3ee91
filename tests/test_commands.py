"""Every make target is a command of lib/bookbuild, and runs where there is no make."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bookbuild import __main__, bootstrap, checks, chores, lab, run

ROOT = Path(run.ROOT)
FOLDER = ROOT / "lib" / "bookbuild"


def front_door(*arguments, **env):
    """Run the folder, as the Makefile and a reader without make do."""
    return subprocess.run([sys.executable, str(FOLDER), *arguments], capture_output=True,
                          text=True, encoding="utf-8", env={**os.environ, **env})


@pytest.fixture
def calls(monkeypatch):
    """Record (command, variables) of what would be run; each ends with the status in `ends`."""
    made, ends = [], {}

    def call(command, **variables):
        made.append((command, variables))
        return next((status for part, status in ends.items() if part in command), 0)

    monkeypatch.setattr(run, "call", call)
    monkeypatch.setattr(bootstrap, "main", lambda arguments: made.append((arguments, {})) or 0)
    made_and_ends = made, ends
    return made_and_ends


def test_the_makefile_calls_every_command_and_no_other():
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    targets = re.search(r"^TARGETS := (.*)$", text, re.M).group(1).split()
    assert sorted(targets) == sorted([*__main__.COMMANDS, "help"])


def test_every_command_has_a_parser():
    import argparse
    import importlib

    for name, (module, said) in __main__.COMMANDS.items():
        subparsers = argparse.ArgumentParser().add_subparsers()
        importlib.import_module(f"bookbuild.{module}").add_parser(subparsers)
        assert callable(subparsers.choices[name].get_default("run")), name
        assert re.search("[一-龥]", said)


def test_without_a_command_they_are_listed_and_nothing_is_installed(tmp_path):
    result = subprocess.run([sys.executable, "-I", "-S", str(FOLDER)], capture_output=True,
                            text=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"})
    assert result.returncode == 0, result.stderr
    for name in __main__.COMMANDS:
        assert f"\n  {name} " in result.stdout


def test_an_unknown_command_is_refused():
    result = front_door("tset")
    assert result.returncode == 2
    assert "没有 'tset' 这个命令" in result.stderr


def test_a_missing_package_is_one_line(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    monkeypatch.delitem(sys.modules, "bookbuild.notebooks", raising=False)
    assert __main__.main(["notebooks"]) == 1
    assert "make venv" in capsys.readouterr().err


def test_ctrl_c_is_no_traceback(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "call", interrupted)
    assert __main__.main(["data"]) == 130
    assert "停下了" in capsys.readouterr().err


def test_an_unknown_option_is_refused():
    with pytest.raises(SystemExit):
        __main__.main(["clean", "--all"])


@pytest.mark.parametrize("name", ["__main__.py", "run.py"])
def test_an_old_interpreter_can_read_the_front_door(name):
    ast.parse((FOLDER / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_front_door_uses_the_environment(monkeypatch, calls):
    monkeypatch.setattr(sys, "argv", ["bookbuild", "test", "-x"])
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert __main__.front_door() == 0
    python = bootstrap.python_of(os.path.join(run.ROOT, ".venv"))
    assert calls[0] == [([], {}), ([python, "-m", "bookbuild", "test", "-x"], {})]


def test_ctrl_c_is_left_to_the_command():
    code = ("import os, signal, time\n"
            "signal.signal(signal.SIGINT, lambda *a: (time.sleep(0.5), os._exit(7)))\n"
            "os.kill(os.getppid(), signal.SIGINT)\n"
            "os.kill(os.getpid(), signal.SIGINT)\n"
            "time.sleep(20)")
    assert run.call([sys.executable, "-c", code]) == 7


def test_test_runs_everything_and_takes_options(calls):
    made, ends = calls
    ends["pytest"] = 3
    assert __main__.main(["test", "-k", "word"]) == 3
    assert made[0][0][-4:] == ["tests", "chapters", "-k", "word"]
    __main__.main(["test", "--only", "chapters"])
    assert made[1][0][-1] == "chapters"
    assert "tests" not in made[1][0]


def test_backends_run_one_after_another_until_one_fails(calls):
    made, ends = calls
    assert __main__.main(["test-backends"]) == 0
    assert [variables["KERAS_BACKEND"] for _, variables in made[1:]] == [
        "tensorflow", "jax", "torch"]
    ends["pytest"] = 1
    made.clear()
    assert __main__.main(["test-backends"]) == 1
    assert len(made) == 2


def test_oldest_is_installed_once_and_comes_first_on_the_path(calls, monkeypatch, tmp_path):
    made, ends = calls
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["keras>=3.8", "a>=1"]')
    ends["pip"] = 1
    assert __main__.main(["test-oldest"]) == 1
    assert len(made) == 1
    ends.clear()
    (tmp_path / ".venv-oldest" / "part").mkdir(parents=True)
    (tmp_path / ".venv-oldest" / "3.8").mkdir()
    made.clear()
    assert __main__.main(["test-oldest"]) == 0
    folder = str(tmp_path / ".venv-oldest" / "3.8")
    assert [variables["PYTHONPATH"].split(os.pathsep)[0] for _, variables in made] == [folder] * 2
    made.clear()
    assert __main__.main(["test-oldest", "--only", "chapters"]) == 0
    assert [command[-1] for command, _ in made] == ["chapters"]


def test_data_takes_names_or_all(calls):
    __main__.main(["data"])
    __main__.main(["data", "co2", "sunspots"])
    assert [command[-2:] for command, _ in calls[0]] == [["fetch", "--all"], ["co2", "sunspots"]]


def test_clean_leaves_data_and_the_readers_work(tmp_path):
    for name in ("build/slides/a", "work/02.ipynb", "lib/rnnbook/__pycache__/a", ".venv/bin/x",
                 ".venv.lock/x", "lib/rnnbook.egg-info/a", "datasets/a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert chores.clean(None, tmp_path) == 0
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == ["datasets/a", "work/02.ipynb"]


def test_lab_gets_its_options_and_settings(calls, monkeypatch):
    monkeypatch.setattr(lab, "announce", lambda root, before: None)
    monkeypatch.setattr(lab, "running", lambda root: [])
    assert lab.start(ROOT, ["--port", "9999"]) == 0
    command, variables = calls[0][0]
    assert command[-2:] == ["--port", "9999"]
    assert variables["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(FOLDER / "jupyter")
    assert variables["JUPYTER_TOKEN"] not in " ".join(command)


def test_lab_says_where_it_is(monkeypatch, capsys):
    servers = [{"pid": 1, "url": "http://localhost:1/", "token": "a"},
               {"pid": 2, "url": "http://localhost:2/", "token": "b"}]
    monkeypatch.setattr(lab, "running", lambda root: servers)
    lab.announce(ROOT, [1])
    assert "http://localhost:2/?token=b" in capsys.readouterr().out


def test_lab_shows_the_settings_of_the_book():
    """The labels of the plugins are those of the JupyterLab that is installed."""
    import json

    given = json.loads((FOLDER / "jupyter" / "labconfig" /
                        "default_setting_overrides.json").read_text(encoding="utf-8"))
    schemas = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
    for plugin, settings in given.items():
        package, name = plugin.split(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))
        assert set(settings) <= set(schema["properties"])


def test_a_chapter_that_is_not_there_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(lab, "start", lambda *a: pytest.fail("started"))
    assert __main__.main(["lab", "--fresh", "77"]) == 2
    assert "没有第 77 章" in capsys.readouterr().err


def test_the_readme_names_only_commands_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:make|lib\\bookbuild) ([a-z][a-z-]+)", text))
    assert {"lab", "test", "update"} <= named <= set(__main__.COMMANDS) | {"help"}
