"""The Jacobian map shows exact norms, and its slider moves artists instead of remaking them."""

import io
import json
import sys

import numpy as np
import pytest
from PIL import Image

from bookbuild.chapter import chapters
from rnnbook.gradients import jacobian_map, jacobian_slider
from rnnbook.gradients.probes import jacobian_products, spectral_norm

GAINS = np.array([0.5, 1.0, 1.5, 2.5])


def exact(gain, steps, scale, units):
    """The same network through the book's other way to a Jacobian."""
    Q, xs = jacobian_map._draws(units, steps, 0)
    weights = scale * np.eye(units), gain * Q, np.zeros(units)
    return np.log10(spectral_norm(jacobian_products(
        "rnn", xs[None], (np.zeros((1, units)),), weights)))


@pytest.mark.parametrize("scale", [0, 0.1, 1, 3])
def test_tanh_equals_exact_jacobians(scale):
    logs = jacobian_map.log_norms(GAINS, 30, scale, units=12)
    for gain, row in zip(GAINS, logs):
        expected = exact(gain, 30, scale, 12)
        assert (row <= expected + 1e-9).all()
        assert np.abs(row - expected).max() <= 0.35
        assert np.abs(row - expected).mean() <= 0.05


@pytest.mark.parametrize("scale", [0, 1])
def test_linear_is_the_gain_to_the_power_of_t(scale):
    logs = jacobian_map.log_norms(GAINS, 40, scale, "linear", units=8)
    assert np.allclose(logs, np.outer(np.log10(GAINS), np.arange(1, 41)), atol=1e-9)


def test_bound_holds_and_sigmoid_is_a_quarter_lower():
    steps = np.arange(1, 41)
    for name, slope in (("tanh", 1), ("relu", 1), ("sigmoid", 0.25)):
        logs = jacobian_map.log_norms(GAINS, 40, 1.0, name, units=8)
        assert (logs <= np.outer(np.log10(slope * GAINS), steps) + 1e-9).all(), name


def test_a_dead_relu_is_very_low_and_never_nan():
    logs = jacobian_map.log_norms([1e-3], 60, 50.0, "relu", units=2)
    assert np.isfinite(logs).all()
    assert logs[0, -1] < -100


@pytest.mark.parametrize(("arguments", "word"), [
    (([1.0], 5, 1.0, "softplus"), "activation"), (([0.0], 5), "gains"), ((1.0, 5), "gains")])
def test_wrong_arguments(arguments, word):
    with pytest.raises(ValueError, match=word):
        jacobian_map.log_norms(*arguments)


def test_border_runs_where_the_norm_is_one():
    logs = np.outer(np.log10(GAINS), np.arange(1, 11))  # linear: norm 1 at gain 1
    _, gains = jacobian_map.border(GAINS, logs)
    assert np.nanmax(np.abs(gains - 1)) <= 1e-9
    assert np.isnan(jacobian_map.border(GAINS, logs + 99)[1]).all()


@pytest.fixture(scope="module")
def view():
    return jacobian_slider.View(steps=30, units=6)


def test_frames_move_the_same_artists(view):
    artists = [a for axes in view.figure.axes for a in axes.get_children()]
    pictures = [view.frame(), view.frame(gain=2.0), view.frame(input_scale=3),
                view.frame(activation="linear"), view.frame(T=5)]
    assert [a for axes in view.figure.axes for a in axes.get_children()] == artists
    assert len(set(pictures)) == len(pictures)
    assert Image.open(io.BytesIO(pictures[0])).size == (1056, 429)


def test_a_frame_says_the_norm(view):
    view.frame(gain=0.5, activation="linear", T=20)
    assert view.text.get_text() == f"gain 0.5, T = 20: norm {0.5 ** 20:.1e}"
    assert np.isclose(view.end.get_ydata()[0], 20 * np.log10(0.5))


def test_sliders_change_the_picture(view):
    widgets = pytest.importorskip("ipywidgets")
    box = jacobian_slider._widget(widgets, view)
    (first, second, *_), picture = box.children[0].children, box.children[1]
    seen = [picture.value]
    for control, value in ((first, 2.0), (second, 3)):
        control.value = value
        seen.append(picture.value)
    assert len(set(seen)) == 3


def test_the_chapter_counts_the_controls_right(view):
    widgets = pytest.importorskip("ipywidgets")
    controls = jacobian_slider._widget(widgets, view).children[0].children
    buttons = [c for c in controls if isinstance(c, widgets.ToggleButtons)]
    assert (len(controls) - len(buttons), len(buttons)) == (3, 1)
    assert "三个滑块和一排按钮" in chapters(["04"], solutions=False)[0].text


def test_the_formula_of_the_norm_labels_one_axis(view):
    labels = [axes.get_ylabel() for axes in view.figure.axes]
    assert sum(r"\partial h_T" in label for label in labels) == 1


@pytest.mark.parametrize(("installed", "word"), [(True, "JupyterLab"),
                                                 (False, "pip install ipywidgets")])
def test_where_nothing_can_be_moved_it_says_so(monkeypatch, capsys, installed, word):
    if not installed:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    jacobian_slider.slider(watched=not installed)
    assert word in capsys.readouterr().out


def test_the_stored_chapter_holds_no_widget():
    from bookbuild.chapter import ROOT

    path = ROOT / "chapters" / "04_vanishing_gradients.ipynb"
    if not path.exists():
        pytest.skip("not built yet")
    stored = json.loads(path.read_text("utf-8"))
    assert "widgets" not in stored["metadata"]
    assert "widget-view" not in json.dumps(stored["cells"])
