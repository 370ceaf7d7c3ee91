"""Gates drawn: the memory cell of an LSTM with its loop and valves, and one step of a GRU."""

from matplotlib.patches import Circle

from rnnbook.notebook.diagrams import arrow, canvas, cell, node
from rnnbook.notebook.figures import BLACK, BLUE, GREEN, GREY, VERMILION

WIDTH, HEIGHT, MIDDLE, CORE = 10.6, 9.6, 4.9, 4.9


def valve(ax, x, y):
    """Draw a product as a small ring with a cross and return its centre."""
    ax.add_patch(Circle((x, y), 0.3, facecolor="white", edgecolor=VERMILION, linewidth=1.8))
    ax.text(x, y - 0.02, r"$\times$", ha="center", va="center", fontsize=15, color=VERMILION)
    return x, y


def gate(ax, x, y, letter, name, target):
    """Draw a gate as a box beside the valve that it turns."""
    here = cell(ax, x, y, f"${letter}_t$", VERMILION, width=1.3)
    ax.text(x, y + 0.62, name, ha="center", va="center", fontsize=10, color=VERMILION)
    arrow(ax, here, target, colour=VERMILION, gap=(0.68, 0.32))
    feed = x, y - 1.15
    ax.text(*feed, "$x_t,\\;h_{t-1}$", ha="center", va="center", fontsize=10, color=GREY)
    arrow(ax, feed, here, colour=GREY, gap=(0.22, 0.4))


def memory_cell(forget_gate=True):
    """Draw one unit of an LSTM, of 1997 or of 2000.

    Values rise from the bottom to the top, gates stand beside the path, the memory's loop is
    on the right.

    Args:
        forget_gate: with the forget gate (2000), else with a loop of weight one (1997).
    Returns:
        The axes.
    """
    ax = canvas(WIDTH, HEIGHT)
    x, core = MIDDLE, (MIDDLE, CORE)
    ax.text(x, 0.35, "$x_t,\\;h_{t-1}$", ha="center", va="center", fontsize=12, color=GREY)
    new = cell(ax, x, 1.7, r"$g_t=\tanh(\cdot)$", width=2.7)
    squash, out = cell(ax, x, 6.6, r"$\tanh$", width=1.3), cell(ax, x, 9.1, "$h_t$", width=1.1)
    enter, leave = valve(ax, x, 3.2), valve(ax, x, 7.85)
    arrow(ax, (x, 0.35), new, colour=GREY, gap=(0.25, 0.4))
    for start, end, gap in ((new, enter, (0.4, 0.34)), (enter, core, (0.34, 0.66)),
                            (core, squash, (0.66, 0.4)), (squash, leave, (0.4, 0.34)),
                            (leave, out, (0.34, 0.4))):
        arrow(ax, start, end, colour=BLUE, gap=gap)
    gate(ax, 1.5, 3.2, "i", "input gate", enter)
    gate(ax, 1.5, 7.85, "o", "output gate", leave)
    _loop(ax, core, forget_gate)
    ax.add_patch(Circle(core, 0.62, facecolor="#D5EFE6", edgecolor=GREEN, linewidth=2.4))
    ax.text(*core, "$c_t$", ha="center", va="center", fontsize=16)
    ax.text(x - 0.8, CORE, "memory", ha="right", va="center", fontsize=10, color=GREEN)
    return ax


def _loop(ax, core, forget_gate):
    """Draw the way of the memory into its own next step."""
    x, y = core
    turn = x + 2.3, y
    if forget_gate:
        gate(ax, x + 4.5, y, "f", "forget gate", valve(ax, *turn))
    else:
        ax.text(x + 2.55, y, r"$\times\,1$", ha="center", va="center", fontsize=14, color=GREEN)
    arrow(ax, core, turn, colour=GREEN, gap=(0.6, 0.36), bend=-0.75)
    arrow(ax, turn, core, colour=GREEN, gap=(0.36, 0.6), bend=-0.75)
    ax.text(x + 2.75, y + 1.15, "one step later", ha="center", va="center", fontsize=10,
            color=GREEN)


def gru():
    """Draw one step of a GRU in Keras' convention: z keeps the old state, r resets after U.

    Returns:
        The axes.
    """
    ax = canvas(12.4, 5.4, scale=0.62)
    line, low = 4.6, 1.9
    for x, text in ((0.55, "$h_{t-1}$"), (11.85, "$h_t$")):
        ax.text(x, line, text, ha="center", va="center", fontsize=13)
    keep, plus = (6.3, line), (9.6, line)
    write, reset = (9.6, 3.25), (4.4, low)
    for (x, y), sign in ((keep, r"$\times$"), (plus, "$+$"), (write, r"$\times$"),
                         (reset, r"$\times$")):
        ax.add_patch(Circle((x, y), 0.26, facecolor="white", edgecolor=BLACK, linewidth=1.5))
        ax.text(x, y, sign, ha="center", va="center", fontsize=13)
    # the state's own line: kept by z, then the new part is added
    arrow(ax, (0.55, line), keep, colour=VERMILION, gap=(0.5, 0.28))
    arrow(ax, keep, plus, colour=VERMILION, gap=0.28)
    arrow(ax, plus, (11.85, line), colour=VERMILION, gap=(0.28, 0.35))
    # the gates and the candidate, each reading x_t; z and r also read the old state
    r = cell(ax, 2.3, low, r"$r=\sigma$", BLUE, width=1.3)
    z = cell(ax, 6.3, 3.25, r"$z=\sigma$", BLUE, width=1.3)
    g = cell(ax, 9.6, low, r"$g=\tanh$", GREEN, width=1.6)
    x_t = node(ax, 6.3, 0.5, "$x_t$", GREY)
    arrow(ax, x_t, r, gap=(0.38, 0.7))
    arrow(ax, x_t, z, gap=(0.38, 0.38))
    arrow(ax, x_t, g, gap=(0.38, 0.75))
    arrow(ax, (2.3, line), r, colour=VERMILION, gap=(0.0, 0.38))
    arrow(ax, (5.0, line), z, colour=VERMILION, gap=(0.0, 0.5))
    # reset: r times the product of the old state and U
    arrow(ax, (4.4, line), reset, "$U_g$", VERMILION, side=(0.33, 0.0), gap=(0.0, 0.28))
    arrow(ax, r, reset, gap=(0.67, 0.28))
    arrow(ax, reset, g, gap=(0.28, 0.82))
    # mix: z of the old, 1 - z of the new
    arrow(ax, z, keep, "$z$", side=(0.22, 0.0), gap=(0.38, 0.28))
    arrow(ax, z, write, "$1-z$", side=(0.0, 0.25), gap=(0.67, 0.28))
    arrow(ax, g, write, gap=(0.38, 0.28))
    arrow(ax, write, plus, gap=0.28)
    return ax
