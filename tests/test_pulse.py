"""A long cell shows that it lives; a notebook run by a test or a build stores nothing of it."""

import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from rnnbook.notebook import pulse


@pytest.fixture
def shown(monkeypatch):
    """The lines that would appear."""
    lines = []
    monkeypatch.setattr(pulse, "moving_line", lambda: lines.append)
    return lines


class Clock:
    """Seconds that a test sets; each look at it is counted."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def beat(pulse_, seconds):
    """Let the thread look once at a clock that shows so many seconds more."""
    pulse_.clock.now += seconds

    class Once:
        looked = False

        def wait(self, tick):
            self.looked, before = True, self.looked
            return before

    pulse_._beat(Once())


def test_silence_of_five_seconds_is_broken(shown, monkeypatch):
    monkeypatch.setattr(pulse.threading.Thread, "start", lambda self: None)
    counter = pulse.Pulse(Clock())
    counter.begin()
    beat(counter, 4)
    assert shown == []
    beat(counter, 2)
    counter.touch()
    beat(counter, 4)
    assert shown == ["… 6 s"]
    beat(counter, 2)
    counter.clock.now += 1
    counter.end()
    assert shown == ["… 6 s", "… 12 s", "13 s"]
    counter.begin()
    counter.end()
    assert shown[3:] == []


def test_continuous_integration_is_nobody(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert not pulse.is_watched()


@pytest.mark.parametrize("watched", [True, False])
def test_in_a_kernel(watched, monkeypatch):
    """The line appears under the cell that runs, and only where someone watches."""
    code = ("import sys, time, types, importlib.util\n"
            f"spec = importlib.util.spec_from_file_location('pulse', {pulse.__file__!r})\n"
            "pulse = importlib.util.module_from_spec(spec); spec.loader.exec_module(pulse)\n"
            "pulse.PATIENCE = 0.4; pulse.TICK = 0.2; pulse.start()")
    sources = [code, "time.sleep(1.5); print('end')", "1"]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    for name in ("CI", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    if watched:
        monkeypatch.setitem(os.environ, "JPY_SESSION_NAME", "x.ipynb")
    NotebookClient(notebook, kernel_name="python3", timeout=60,
                   extra_arguments=["--log-level=40"]).execute()
    first, second, third = (cell.outputs for cell in notebook.cells)
    texts = [o["data"]["text/plain"] for o in second if o.output_type == "display_data"]
    assert len(texts) == watched
    assert all(re.fullmatch(r"\d s", text) for text in texts)
    assert first == []
    assert len(third) == 1
