"""The self-test says what is wrong and what to do about it."""

import os
import subprocess
import sys
import tempfile

import keras
import pytest

from bookbuild.chapter import ROOT
from rnnbook.notebook import environment
from rnnbook.notebook.environment import Finding, judge_version


@pytest.mark.parametrize(("found", "oldest", "ok"), [
    ("3.11", "3.11", True), ("3.11.7", "3.11", True), ("3.9", "3.11", False),
    ("3.10.0", "3.10", True), ("2.15.0", "3.10", False), ("3.15.1rc0", "3.10", True),
    ("3.9.0.dev2025", "3.10", False), ("4", "3.10", True), ("3.10.0rc1", "3.10", True),
    ("garbage", "3.10", False), (None, "3.10", False)])
def test_versions_are_compared_by_number(found, oldest, ok):
    assert judge_version("keras", found, oldest).ok is ok


def test_an_old_version_is_named_with_advice():
    text = str(judge_version("keras", "2.15.0", "3.10"))
    assert text.startswith("✘ keras ≥ 3.10：现在是 2.15.0")
    assert "pip install -r requirements.txt" in text


def test_a_missing_package_is_named():
    assert "没有安装" in str(judge_version("opencc", None, "1.1.9"))


def test_an_old_python_asks_for_a_new_environment():
    assert "虚拟环境" in str(judge_version("Python", "3.8.20", "3.11"))


def test_this_environment_is_ready(capsys):
    assert environment.self_test()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "✔ Python ≥ 3.11"
    assert any(line.startswith("✔ keras ≥ 3.") for line in lines)
    assert lines[-1] == "环境就绪。"
    assert not any(line.startswith("✘") for line in lines)


def test_a_failure_is_counted(monkeypatch, capsys):
    monkeypatch.setattr(environment, "computing",
                        lambda: [Finding("keras", False, "重新安装"), Finding("numpy", True)])
    assert not environment.self_test()
    out = capsys.readouterr().out
    assert "✘ keras\n  怎么办：重新安装" in out
    assert out.splitlines()[-1].startswith("有 1 项要处理")


def test_a_changed_float_type_is_found():
    keras.config.set_floatx("float64")
    try:
        bad = [finding for finding in environment.computing() if not finding.ok]
    finally:
        keras.config.set_floatx("float32")
    assert len(bad) == 1
    assert "keras.json" in bad[0].advice


def test_a_full_disk_is_found(monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    (finding,) = environment.storing()
    assert not finding.ok
    assert "No space left" in str(finding)


def test_without_an_installed_library_the_minimum_is_checked(monkeypatch):
    def missing(name):
        raise environment.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment.metadata, "requires", missing)
    assert [str(finding) for finding in environment.versions()][1].startswith("✔ keras")


def test_the_report_names_versions(capsys):
    environment.report()
    out = capsys.readouterr().out
    assert f"keras {keras.__version__}" in out
    assert f"backend {keras.backend.backend()}" in out


def test_the_report_comes_where_keras_and_numpy_are_missing():
    """With -S no installed package is seen, as on a Python where the installation failed."""
    result = subprocess.run([sys.executable, "-S", "-m", "rnnbook.notebook.environment"],
                            env={**os.environ, "PYTHONPATH": str(ROOT / "lib")},
                            capture_output=True, text=True)
    assert result.returncode == 1, result.stderr
    assert result.stderr == ""
    assert "✘ Keras 能够启动" in result.stdout
    assert "keras ≥ 3.8：没有安装" in result.stdout
    assert "项要处理" in result.stdout.splitlines()[-1]
