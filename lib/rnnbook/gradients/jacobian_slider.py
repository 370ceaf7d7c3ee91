"""The Jacobian map with sliders: one picture, redrawn by moving its artists.

A frame computes only what has changed, draws over a kept background and encodes the pixels
itself, so that a drag looks smooth (`make bench` measures it).
"""

import io
import os

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from rnnbook.gradients.jacobian_map import ACTIVATIONS, LIMIT, border, draw, log_norms
from rnnbook.notebook.figures import BLACK, BLUE, ORANGE
from rnnbook.notebook.pulse import in_notebook, is_watched

GAINS = np.arange(2, 31) / 10
SCALES = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10]


class View:
    """A map and a cut through it, redrawn by moving artists over a kept background."""

    def __init__(self, steps=100, units=24):
        """Draw everything that never changes, once."""
        self.steps, self.units = steps, units
        self.settings = self.logs = None
        self.figure = Figure(figsize=(9.6, 3.9), dpi=110, layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        self.map, self.cut = self.figure.subplots(1, 2, width_ratios=(1.25, 1))
        start = np.zeros((len(GAINS), steps))
        self.image, self.line, radius = draw(self.map, GAINS, start)
        bar = self.figure.colorbar(self.image, ax=self.map, extend="both")
        bar.ax.set_title(r"$\log_{10}$ norm", fontsize="medium")
        self.map.set(xlabel="steps T", ylabel="gain = spectral radius of U")
        self.cut.set(xlabel="steps T", xlim=(1, steps), ylim=(-2 * LIMIT, 2 * LIMIT),
                     ylabel=r"$\log_{10}\|\partial h_T/\partial h_0\|$ at this gain")
        self.cut.axhline(0, color=BLACK, lw=1)
        self.row = self.map.axhline(1, color=ORANGE, lw=2)
        self.dot, = self.map.plot([1], [1], "o", color=ORANGE, mec=BLACK, ms=9)
        self.curve, = self.cut.plot([], [], color=BLUE)
        self.end, = self.cut.plot([1], [0], "o", color=ORANGE, mec=BLACK, ms=9)
        self.text = self.cut.text(0.03, 0.95, "", transform=self.cut.transAxes, va="top",
                                  fontsize=11, weight="bold")
        self.moving = [(self.map, (self.image, radius, self.line, self.row, self.dot)),
                       (self.cut, (self.curve, self.end, self.text))]
        for artist in (a for _, artists in self.moving for a in artists):
            artist.set_animated(True)
        self.canvas.draw()
        self.figure.set_layout_engine("none")
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def frame(self, gain=1.5, input_scale=1.0, activation="tanh", T=None):
        """Compute what has changed and redraw.

        Args:
            gain, input_scale, activation: as in `log_norms`; the gain is rounded
                to one of `GAINS`.
            T: the step that is marked, 1 to `steps`; None for the last.
        Returns:
            bytes: the picture as JPEG.
        """
        if self.settings != (input_scale, activation):
            self.settings = (input_scale, activation)
            self.logs = log_norms(GAINS, self.steps, input_scale, activation,
                                  units=self.units)
            self.image.set_data(np.clip(self.logs, -LIMIT, LIMIT))
            self.line.set_data(*border(GAINS, self.logs))
        row, T = np.abs(GAINS - gain).argmin(), T or self.steps
        gain, curve = GAINS[row], self.logs[row]
        self.row.set_ydata([gain, gain])
        self.dot.set_data([T], [gain])
        self.curve.set_data(np.arange(1, self.steps + 1), curve)
        self.end.set_data([T], [np.clip(curve[T - 1], -2 * LIMIT, 2 * LIMIT)])
        self.text.set_text(f"gain {gain:.1f}, T = {T}: norm {10 ** curve[T - 1]:.1e}")
        self.canvas.restore_region(self.background)
        for axes, artists in self.moving:
            for artist in artists:
                axes.draw_artist(artist)
        return self.encoded("JPEG", quality=92, subsampling=0)  # a fifth of the time of PNG

    def encoded(self, format, **options):
        """Return the picture as bytes of an image format that Pillow knows."""
        file = io.BytesIO()
        pixels = np.asarray(self.canvas.buffer_rgba())[..., :3]
        Image.fromarray(pixels).save(file, format, **options)
        return file.getvalue()


def slider(watched=None):
    """Show the map with sliders; say so where nobody can move them.

    Without ipywidgets one frame is shown instead.

    Args:
        watched: whether sliders can be moved; None finds out (JupyterLab, VS Code, Colab,
            Kaggle).
    """
    if watched is None:
        watched = is_watched() or os.environ.get("KAGGLE_KERNEL_RUN_TYPE") == "Interactive"
    if not watched:
        print("滑块要有人操作才出现：在 JupyterLab 或 Colab 里运行这一格。")
        return
    view = View()
    try:
        import ipywidgets
    except ImportError:
        print("这里没有 ipywidgets（pip install ipywidgets），没有滑块，只画一帧。")
        view.frame()
        _show(view.encoded("PNG"))
        return
    from IPython.display import display

    display(_widget(ipywidgets, view))


def _show(png):
    """Show a picture where a notebook can."""
    if in_notebook():
        from IPython.display import Image as Picture
        from IPython.display import display

        display(Picture(png))


def _widget(ipywidgets, view):
    """Put three sliders and a row of buttons over a picture that follows them."""
    wide = {"layout": ipywidgets.Layout(width="46%"), "style": {"description_width": "6em"}}
    tight = {"layout": ipywidgets.Layout(width="34em", flex_flow="row nowrap"),
             "style": {"description_width": "6em", "button_width": "6em"}}
    controls = {
        "gain": ipywidgets.FloatSlider(1.5, min=GAINS[0], max=GAINS[-1], step=0.1,
                                       description="gain", **wide),
        "input_scale": ipywidgets.SelectionSlider(options=SCALES, value=1, **wide,
                                                  description="input scale"),
        "T": ipywidgets.IntSlider(view.steps, min=1, max=view.steps, description="T", **wide),
        "activation": ipywidgets.ToggleButtons(options=list(ACTIVATIONS), **tight,
                                               description="activation"),
    }
    picture = ipywidgets.Image(format="jpeg", layout=ipywidgets.Layout(max_width="100%"))

    def redraw(_=None):
        picture.value = view.frame(**{name: c.value for name, c in controls.items()})

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    row = ipywidgets.HBox(list(controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
    return ipywidgets.VBox([row, picture])
