"""Claims hold their band, print one line and leave their value; the kernel stays quiet."""

import os
import subprocess
import sys

import IPython
import IPython.display
import numpy as np
import pytest

from rnnbook import ClaimError, claim
from rnnbook.notebook.publish import publish
from rnnbook.notebook.quiet import muted_stderr


@pytest.fixture
def shown(monkeypatch):
    """What a notebook kernel would have stored: a list of (data, metadata)."""
    stored = []

    class Shell:
        kernel = object()

    monkeypatch.setattr(IPython, "get_ipython", Shell)
    monkeypatch.setattr(IPython.display, "publish_display_data",
                        lambda data, metadata=None: stored.append((data, metadata)))
    return stored


@pytest.mark.parametrize("band", [{"at_most": 1}, {"at_least": 1}, {"at_least": 1, "at_most": 1},
                                  {"close_to": 1, "tol": 0}, {"close_to": 1.1, "tol": 0.2}])
def test_bounds_are_inclusive(band, capsys):
    claim("one", 1.0, **band)
    assert capsys.readouterr().out.startswith("claim one = 1 ")


@pytest.mark.parametrize("band", [{"at_most": 0.99}, {"at_least": 1.01},
                                  {"at_least": 0, "at_most": 0.5}, {"at_least": 2, "at_most": 3},
                                  {"close_to": 1.1, "tol": 0.05}])
def test_a_missed_band_raises_and_stores_nothing(band, shown):
    with pytest.raises(ClaimError, match="claim one does not hold: 1 "):
        claim("one", 1.0, **band)
    assert shown == []


@pytest.mark.parametrize("band", [{"at_most": 1e300}, {"at_least": -1e300},
                                  {"close_to": 0, "tol": 1e300}])
@pytest.mark.parametrize("value", [float("nan"), np.float32("nan"), float("inf"), -np.inf])
def test_what_is_no_finite_number_never_passes(value, band):
    with pytest.raises(ClaimError):
        claim("broken", value, **band)


@pytest.mark.parametrize("band", [{}, {"at_most": 1, "close_to": 1, "tol": 1}, {"close_to": 1},
                                  {"tol": 1}, {"at_most": 1, "tol": 1}])
def test_a_claim_needs_one_kind_of_band(band):
    with pytest.raises(ValueError, match="claim one: give at_most"):
        claim("one", 1, **band)


@pytest.mark.parametrize("name", ["One", "1one", "one two", "", "öne", "one-two"])
def test_names_are_snake_case(name):
    with pytest.raises(ValueError, match="snake_case"):
        claim(name, 1, at_most=2)


def test_scope_is_known():
    with pytest.raises(ValueError, match="scope"):
        claim("one", 1, at_most=2, scope="sample")


def test_full_claims_wait_for_the_full_data(shown):
    claim("loss", 9.0, at_most=1, scope="full", full=False)
    assert shown == [({"text/plain": "claim loss: 未检验（样例数据）"}, {"rnnbook": {}})]
    with pytest.raises(ClaimError):
        claim("loss", 9.0, at_most=1, scope="full", full=True)
    with pytest.raises(ClaimError):
        claim("loss", 9.0, at_most=1, scope="any", full=False)


@pytest.mark.parametrize(("value", "stored"), [
    (np.float32(0.5), 0.5), (np.array(3), 3), (np.bool_(True), 1), (True, 1), (2, 2)])
def test_the_stored_value_is_plain(value, stored, shown):
    claim("value", value, at_least=0)
    (data, metadata), = shown
    assert metadata == {"rnnbook": {"claims": {"value": stored}}}
    assert type(metadata["rnnbook"]["claims"]["value"]) in (int, float)
    assert data["text/plain"] == f"claim value = {stored:g}  (at least 0)"


def test_tensors_are_numbers_too(shown):
    keras = pytest.importorskip("keras")
    claim("tensor", keras.ops.convert_to_numpy(keras.ops.ones(())), close_to=1, tol=0)
    assert shown[0][1]["rnnbook"]["claims"] == {"tensor": 1.0}


def test_arrays_are_refused():
    with pytest.raises(ValueError, match="size 1"):
        claim("array", np.zeros(2), at_most=1)


def test_the_line_names_the_band(capsys):
    claim("error", 3.2e-8, at_most=1e-6)
    claim("share", 0.5, at_least=0.25, at_most=0.75)
    claim("half", 0.5, close_to=0.5, tol=1e-3)
    assert capsys.readouterr().out.splitlines() == [
        "claim error = 3.2e-08  (at most 1e-06)",
        "claim share = 0.5  (at least 0.25, at most 0.75)",
        "claim half = 0.5  (0.5 ± 0.001)"]


def test_publish_prints_outside_a_notebook(capsys):
    publish("data: sunspots full", data={"sunspots": "full"})
    assert capsys.readouterr().out == "data: sunspots full\n"


def test_publish_leaves_metadata_in_a_notebook(shown, capsys):
    publish("data: sunspots full", data={"sunspots": "full"})
    assert shown == [({"text/plain": "data: sunspots full"},
                      {"rnnbook": {"data": {"sunspots": "full"}}})]
    assert capsys.readouterr().out == ""


def test_publish_prints_in_a_terminal_ipython(monkeypatch, capsys):
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    publish("line")
    assert capsys.readouterr().out == "line\n"


def test_muted_stderr_hides_what_c_code_writes(capfd):
    with muted_stderr():
        os.write(2, b"from C++\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_muted_stderr_shows_everything_when_it_fails(capfd):
    def fail():
        with muted_stderr():
            os.write(2, b"the reason\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert "the reason" in capfd.readouterr().err


KERNEL = """
import sys, types
shell = types.SimpleNamespace(kernel=object())
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
"""


def test_importing_the_library_in_a_kernel_is_silent():
    env = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    code = KERNEL + "import rnnbook, keras; print(keras.ops.sum(keras.ops.ones(3)) == 3)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert result.stderr == ""
    assert "True" in result.stdout


def test_importing_the_library_outside_a_kernel_loads_no_backend():
    code = ("import rnnbook, sys; rnnbook.check, rnnbook.claim;"
            "print({'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules))")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "set()\n"
