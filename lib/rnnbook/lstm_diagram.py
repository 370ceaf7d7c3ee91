"""An LSTM's memory cell as it was invented: a memory, a loop of weight one, and valves."""

import matplotlib.pyplot as plt
from matplotlib.patches import Circle

from rnnbook.diagrams import arrow, canvas, cell
from rnnbook.figures import BLACK, BLUE, GREEN, GREY, VERMILION

WIDTH, HEIGHT, MIDDLE, CORE = 10.6, 9.6, 4.9, 4.9
STAGES = {
    "carousel": "carousel: keeps everything",
    "1997": "1997: input and output gates",
    "2000": "2000: and a forget gate",
    "peephole": "with peepholes",
}


def valve(ax, x, y, colour=VERMILION):
    """Draw a product as a small ring with a cross and return its centre."""
    ax.add_patch(Circle((x, y), 0.3, facecolor="white", edgecolor=colour, linewidth=1.8))
    ax.text(x, y - 0.02, r"$\times$", ha="center", va="center", fontsize=15, color=colour)
    return x, y


def gate(ax, x, y, letter, name, target, peephole=None):
    """Draw a gate as a box beside the valve that it turns."""
    here = cell(ax, x, y, f"${letter}_t$", VERMILION, width=1.3)
    ax.text(x, y + 0.62, name, ha="center", va="center", fontsize=10, color=VERMILION)
    arrow(ax, here, target, colour=VERMILION, gap=(0.68, 0.32))
    feed = x, y - 1.15
    ax.text(*feed, "$x_t,\\;h_{t-1}$", ha="center", va="center", fontsize=10, color=GREY)
    arrow(ax, feed, here, colour=GREY, gap=(0.22, 0.4))
    if peephole:
        arrow(ax, peephole, here, colour=GREEN, gap=(0.62, 0.7), dashed=True)


def memory_cell(stage="2000", ax=None):
    """Draw one unit of an LSTM at a stage of its history.

    Values rise from the bottom to the top, gates stand beside the path, the memory's loop is
    on the right.

    Args:
        stage: "carousel" (no gates), "1997", "2000" or "peephole".
        ax: draw into these axes instead of a new figure.
    Returns:
        The axes.
    """
    ax = canvas(WIDTH, HEIGHT, ax, scale=0.58)
    gated, seen = stage != "carousel", stage == "peephole"
    x, core = MIDDLE, (MIDDLE, CORE)
    ax.text(x, 0.35, "$x_t,\\;h_{t-1}$", ha="center", va="center", fontsize=12, color=GREY)
    new = cell(ax, x, 1.7, r"$g_t=\tanh(\cdot)$", BLUE, width=2.7)
    arrow(ax, (x, 0.35), new, colour=GREY, gap=(0.25, 0.4))
    squash = cell(ax, x, 6.6, r"$\tanh$", BLUE, width=1.3)
    out = cell(ax, x, 9.1, "$h_t$", BLUE, width=1.1)
    if gated:
        enter, leave = valve(ax, x, 3.2), valve(ax, x, 7.85)
        arrow(ax, new, enter, colour=BLUE, gap=(0.4, 0.34))
        arrow(ax, enter, core, colour=BLUE, gap=(0.34, 0.66))
        arrow(ax, squash, leave, colour=BLUE, gap=(0.4, 0.34))
        arrow(ax, leave, out, colour=BLUE, gap=(0.34, 0.4))
        gate(ax, 1.5, 3.2, "i", "input gate", enter, core if seen else None)
        gate(ax, 1.5, 7.85, "o", "output gate", leave, core if seen else None)
    else:
        arrow(ax, new, core, colour=BLUE, gap=(0.4, 0.66))
        arrow(ax, squash, out, colour=BLUE, gap=0.4)
    arrow(ax, core, squash, colour=BLUE, gap=(0.66, 0.4))
    _loop(ax, core, stage)
    ax.add_patch(Circle(core, 0.62, facecolor="#D5EFE6", edgecolor=GREEN, linewidth=2.4))
    ax.text(*core, "$c_t$", ha="center", va="center", fontsize=16)
    return ax


def _loop(ax, core, stage):
    """Draw the way of the memory into its own next step."""
    x, y = core
    if stage in ("2000", "peephole"):
        turn = valve(ax, x + 2.3, y)
        gate(ax, x + 4.5, y, "f", "forget gate", turn, None)
        if stage == "peephole":
            arrow(ax, (x, y - 0.2), (x + 4.4, y - 0.2), colour=GREEN, gap=(0.62, 0.62),
                  dashed=True, bend=0.28)
    else:
        turn = x + 2.3, y
        ax.text(x + 2.55, y, r"$\times\,1$", ha="center", va="center", fontsize=14, color=GREEN)
    arrow(ax, core, turn, colour=GREEN, gap=(0.6, 0.36), bend=-0.75)
    arrow(ax, turn, core, colour=GREEN, gap=(0.36, 0.6), bend=-0.75)
    ax.text(x + 2.75, y + 1.15, "one step later", ha="center", va="center", fontsize=10,
            color=GREEN)
    ax.text(x - 0.8, y, "memory", ha="right", va="center", fontsize=10, color=GREEN)


def history():
    """Draw the carousel, the cell of 1997 and the cell of 2000 side by side.

    Returns:
        The three axes.
    """
    figure, axes = plt.subplots(1, 3, figsize=(11.4, 4.3))
    for ax, stage in zip(axes, ("carousel", "1997", "2000")):
        memory_cell(stage, ax)
        ax.set_title(STAGES[stage], loc="center", color=BLACK)
    figure.set_layout_engine("constrained")
    return axes
