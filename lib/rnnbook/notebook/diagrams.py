"""Recurrent networks drawn right: time runs to the right, states flow h to h."""

from itertools import pairwise

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from rnnbook.notebook.figures import BLACK, BLUE, GREEN, GREY, VERMILION

FILL = {BLUE: "#D9EAF5", VERMILION: "#FBE3D4", GREEN: "#D5EFE6", GREY: "#F0F0F0"}
STEP, RISE, RADIUS = 2.2, 1.55, 0.36


def canvas(width, height, ax=None, scale=0.5):
    """Return axes for a diagram, one unit wide and high per grid unit, no frame.

    Args:
        width, height: size of the drawing in grid units.
        ax: draw into these axes instead of a new figure.
        scale: inches per grid unit of a new figure.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(width * scale, height * scale))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return ax


def node(ax, x, y, text, colour):
    """Draw an input or output as a circle and return its centre."""
    ax.add_patch(Circle((x, y), RADIUS, facecolor=FILL[colour], edgecolor=colour, linewidth=1.8))
    size = 8 if text == "BOS" else 12
    ax.text(x, y, text, ha="center", va="center", fontsize=size)
    return x, y


def cell(ax, x, y, text, colour=BLUE, width=1.0):
    """Draw a state (one step of a recurrent layer) as a box and return its centre."""
    ax.add_patch(FancyBboxPatch(
        (x - width / 2, y - 0.36), width, 0.72, boxstyle="round,pad=0,rounding_size=0.12",
        facecolor=FILL[colour], edgecolor=colour, linewidth=1.8))
    ax.text(x, y, text, ha="center", va="center", fontsize=12)
    return x, y


def arrow(ax, start, end, label="", colour=BLACK, side=(0.0, 0.2), bend=0.0, gap=0.4, dashed=False):
    """Draw an arrow between two centres, leaving a gap at both for their outlines.

    Args:
        label: text next to the middle of the arrow, shifted by ``side``.
        bend: curvature; 0 is straight.
        gap: how far from each centre the arrow stops; a pair for two lengths.
    """
    first, last = gap if isinstance(gap, tuple) else (gap, gap)
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    tail = start[0] + dx / length * first, start[1] + dy / length * first
    head = end[0] - dx / length * last, end[1] - dy / length * last
    ax.add_patch(FancyArrowPatch(
        tail, head, arrowstyle="-|>", mutation_scale=14, connectionstyle=f"arc3,rad={bend}",
        color=colour, linewidth=1.6, linestyle="--" if dashed else "-", shrinkA=0, shrinkB=0))
    if label:
        x, y = (tail[0] + head[0]) / 2 + side[0], (tail[1] + head[1]) / 2 + side[1]
        ax.text(x, y, label, ha="center", va="center", fontsize=11, color=colour)


def chain(ax, left, middle, steps, inputs, outputs, *, weights=True, start="h_0", name="h"):
    """Draw a layer unrolled over time: states left to right, x below, y above.

    Args:
        left, middle: where the first state stands.
        steps: labels of the steps, e.g. (1, 2, 3); "..." leaves one out.
        inputs, outputs: the labels that get an x and a y.
        weights: write W, U and V next to the arrows.
        start: label of the initial state, or None for none.
        name: the letter of the states.
    """
    before = None
    if start:
        before = left - STEP * 0.8, middle
        ax.text(*before, f"${start}$", ha="center", va="center", fontsize=12)
    for i, t in enumerate(steps):
        here = left + STEP * i, middle
        if t == "...":
            ax.text(*here, r"$\cdots$", ha="center", va="center", fontsize=15)
        else:
            cell(ax, *here, f"${name}_{{{t}}}$")
        if before:
            gaps = (0.25 if i == 0 else 0.52, 0.52)
            arrow(ax, before, here, "$U$" if weights else "", VERMILION, gap=gaps)
        if t in inputs:
            x = node(ax, here[0], middle - RISE, f"$x_{{{t}}}$", GREY)
            arrow(ax, x, here, "$W$" if weights else "", side=(0.28, 0.0))
        if t in outputs:
            y = node(ax, here[0], middle + RISE, f"$y_{{{t}}}$", GREEN)
            arrow(ax, here, y, "$V$" if weights else "", side=(0.28, 0.0))
        before = here


def folded(ax, x, y):
    """Draw the folded view: one state with a loop that takes one time step."""
    here = cell(ax, x, y, "$h_t$")
    below, above = node(ax, x, y - RISE, "$x_t$", GREY), node(ax, x, y + RISE, "$y_t$", GREEN)
    arrow(ax, below, here, "$W$", side=(0.28, 0))
    arrow(ax, here, above, "$V$", side=(0.28, 0))
    points = [(x + 0.5, y + 0.2), (x + 1.5, y + 0.75), (x + 1.5, y - 0.75), (x + 0.52, y - 0.2)]
    loop = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    ax.add_patch(FancyArrowPatch(path=loop, arrowstyle="-|>", mutation_scale=14,
                                 color=VERMILION, linewidth=1.6))
    ax.text(x + 1.5, y, "$U$", ha="center", va="center", fontsize=11, color=VERMILION)


def unrolled():
    """Draw the same network folded and unrolled, as the book's equation has it.

    Returns:
        The axes.
    """
    ax = canvas(15.6, 4.5)
    folded(ax, 1.1, 2.25)
    ax.text(3.5, 2.25, "$=$", ha="center", va="center", fontsize=20)
    steps = (1, 2, 3, "...", "T")
    chain(ax, 6.2, 2.25, steps, (1, 2, 3, "T"), (1, 2, 3, "T"))
    return ax


def variants():
    """Draw one-to-one, one-to-many, many-to-one and many-to-many side by side.

    Returns:
        The four axes.
    """
    panels = [
        ("one to one", (1,), (1,), (1,)),
        ("one to many", (1, 2, 3), (1,), (1, 2, 3)),
        ("many to one", (1, 2, 3), (1, 2, 3), (3,)),
        ("many to many", (1, 2, 3), (1, 2, 3), (1, 2, 3)),
    ]
    ratios = [3.4, 7.6, 7.6, 7.6]
    figure, axes = plt.subplots(1, 4, figsize=(9.0, 2.25), width_ratios=ratios)
    for ax, width, (title, steps, inputs, outputs) in zip(axes, ratios, panels):
        canvas(width, 4.4, ax)
        chain(ax, 2.5, 2.2, steps, inputs, outputs, weights=False)
        ax.set_title(title, loc="center")
    figure.set_layout_engine("constrained")
    return axes


def feedback():
    """Draw what is fed back: the state (Elman) or the output (Jordan).

    Returns:
        The two axes.
    """
    _, axes = plt.subplots(1, 2, figsize=(8.6, 2.6))
    for ax, title in zip(axes, ("Elman: the state comes back", "Jordan: the output comes back")):
        canvas(8.2, 4.5, ax)
        ax.set_title(title, loc="center")
    chain(axes[0], 2.6, 2.25, (1, 2, 3), (1, 2, 3), (1, 2, 3))
    ax = axes[1]
    before = 0.75, 3.8
    ax.text(*before, "$y_0$", ha="center", va="center", fontsize=12)
    for t in (1, 2, 3):
        x = 2.6 + STEP * (t - 1)
        below = node(ax, x, 0.7, f"$x_{t}$", GREY)
        here = cell(ax, x, 2.25, f"$h_{t}$")
        above = node(ax, x, 3.8, f"$y_{t}$", GREEN)
        arrow(ax, below, here, "$W$", side=(0.28, 0))
        arrow(ax, here, above, "$V$", side=(0.28, 0))
        arrow(ax, before, here, "$U$", VERMILION, side=(0.2, 0.18), gap=(0.36, 0.62))
        before = above
    return axes


def misdrawn():
    """Draw two wrong pictures of an unrolled network beside the right one.

    Returns:
        The three axes.
    """
    panels = [
        ("wrong: states not linked", None, VERMILION),
        ("wrong: time runs backwards", -1, VERMILION),
        ("right", 1, GREEN),
    ]
    _, axes = plt.subplots(1, 3, figsize=(9.2, 2.5))
    for ax, (title, direction, colour) in zip(axes, panels):
        canvas(6.8, 4.4, ax)
        ax.set_title(title, loc="center", color=colour)
        for t in (1, 2, 3):
            here = cell(ax, 1.2 + STEP * (t - 1), 2.2, f"$h_{t}$")
            arrow(ax, node(ax, here[0], 0.65, f"$x_{t}$", GREY), here)
            arrow(ax, here, node(ax, here[0], 3.75, f"$y_{t}$", GREEN))
            if t > 1 and direction:
                ends = [(here[0] - STEP, 2.2), here][::direction]
                arrow(ax, *ends, colour=VERMILION, gap=0.52)
    return axes


def next_word(words):
    """Draw a language model: every word goes in, the word after it is the target.

    Args:
        words: two or more words of at most ten letters.

    Returns:
        The axes.
    """
    step = 2.6
    ax = canvas(step * len(words) - 0.6, 4.5)
    before = 0.4, 2.25
    ax.text(*before, "$h_0$", ha="center", va="center", fontsize=12)
    for i, (word, following) in enumerate(pairwise(words)):
        x = 2.2 + step * i
        below = cell(ax, x, 0.7, word, GREY, width=2.2)
        here = cell(ax, x, 2.25, f"$h_{i + 1}$")
        above = cell(ax, x, 3.8, following, GREEN, width=2.2)
        arrow(ax, below, here)
        arrow(ax, here, above)
        arrow(ax, before, here, colour=VERMILION, gap=(0.3 if i == 0 else 0.52, 0.52))
        before = here
    return ax


def architectures():
    """Draw stacked, bidirectional and encoder-decoder networks from the same block.

    Returns:
        The three axes.
    """
    ratios = [6.2, 7.0, 10.6]
    _, axes = plt.subplots(1, 3, figsize=(9.2, 2.65), width_ratios=ratios)
    titles = ("stacked", "bidirectional", "encoder - decoder")
    for ax, width, title in zip(axes, ratios, titles):
        canvas(width, 5.6, ax)
        ax.set_title(title, loc="center")
    _two_high(axes[0], (1, 2, 3), ("h^1", "h^2"), [(0, 0), (1, 1)])
    _bidirectional(axes[1])
    _encoder_decoder(axes[2])
    return axes


def depths():
    """Draw where a recurrent network is made deeper, and the roads past a layer.

    Returns:
        The four axes.
    Source: Pascanu et al. 2014, arXiv:1312.6026, figure 2; Srivastava et al. 2015,
        arXiv:1505.00387, for the highway.
    """
    _, axes = plt.subplots(1, 4, figsize=(9.2, 2.9))
    for ax, title in zip(axes, ("stacked", "deep transition", "residual", "highway")):
        canvas(4.6, 5.8, ax)
        ax.set_title(title, loc="center")
    _two_high(axes[0], (1, 2), ("h^1", "h^2"), [(0, 0), (1, 1)])
    _two_high(axes[1], (1, 2), ("s", "h"), [(1, 0)])
    _road(axes[2])
    _road(axes[3], "$1-g$", "$g$")
    return axes


def _road(ax, past="", through=""):
    low, layer = cell(ax, 2.0, 0.5, "$h_t$", GREY), cell(ax, 2.0, 2.4, "$f$")
    add, out = node(ax, 2.0, 4.0, "$+$", GREY), (2.0, 5.5)
    arrow(ax, low, layer)
    arrow(ax, layer, add, through, side=(-0.35, 0))
    arrow(ax, add, out, gap=(0.4, 0.25))
    ax.text(*out, "$y_t$", ha="center", va="center", fontsize=12)
    arrow(ax, (2.5, 0.5), (2.38, 4.0), past, BLUE, side=(1.6, 0.9), bend=0.6, gap=0)
    arrow(ax, (0.1, 2.4), layer, colour=VERMILION, gap=(0.2, 0.52))
    arrow(ax, layer, (4.5, 2.4), colour=VERMILION, gap=(0.52, 0.2))


def _two_high(ax, steps, names, carried):
    """Draw two states above each other per step; pairs (from, to) of rows are carried on."""
    for t in steps:
        x = 0.9 + STEP * (t - 1)
        low = node(ax, x, 0.5, f"$x_{t}$", GREY)
        rows = [cell(ax, x, y, f"${name}_{t}$") for y, name in zip((2.0, 3.5), names)]
        out = node(ax, x, 5.0, f"$y_{t}$", GREEN)
        for a, b in pairwise((low, *rows, out)):
            arrow(ax, a, b)
        for before, now in carried if t > 1 else ():
            arrow(ax, (x - STEP, rows[before][1]), rows[now], colour=VERMILION, gap=0.52)


def _bidirectional(ax):
    right, left = r"$\overrightarrow{h}_%d$", r"$\overleftarrow{h}_%d$"
    for t in (1, 2, 3):
        x = 0.8 + 2.4 * (t - 1)
        low = node(ax, x + 0.2, 0.5, f"$x_{t}$", GREY)
        out = node(ax, x + 0.2, 5.0, f"$y_{t}$", GREEN)
        forth, back = (x - 0.22, 2.0), (x + 0.62, 3.5)
        cell(ax, *forth, right % t, width=0.8)
        cell(ax, *back, left % t, width=0.8)
        arrow(ax, low, forth, gap=(0.38, 0.42))
        arrow(ax, low, back, gap=(0.38, 0.42))
        arrow(ax, forth, out, gap=(0.42, 0.38))
        arrow(ax, back, out, gap=(0.42, 0.38))
        if t > 1:
            arrow(ax, (forth[0] - 2.4, 2.0), forth, colour=VERMILION, gap=0.42)
            arrow(ax, back, (back[0] - 2.4, 3.5), colour=VERMILION, gap=0.42)


def _encoder_decoder(ax):
    before = None
    for i in range(5):
        x, encoding = 0.8 + STEP * i, i < 3
        here = cell(ax, x, 2.7, f"$h_{i + 1}$" if encoding else f"$s_{i - 2}$")
        label = f"$x_{i + 1}$" if encoding else ("BOS" if i == 3 else f"$y_{i - 3}$")
        arrow(ax, node(ax, x, 1.0, label, GREY), here)
        if not encoding:
            arrow(ax, here, node(ax, x, 4.4, f"$y_{i - 2}$", GREEN))
        if before:
            arrow(ax, before, here, colour=VERMILION, gap=0.52)
        before = here
    ax.text(6.3, 3.15, "context", ha="center", fontsize=10, color=VERMILION)
    ax.text(3.0, 3.6, "encoder", ha="center", fontsize=12, color=BLUE)
    ax.text(8.5, 5.2, "decoder", ha="center", fontsize=12, color=BLUE)
