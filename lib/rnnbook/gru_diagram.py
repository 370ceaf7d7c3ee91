"""One step of a GRU, drawn: what is kept, what is reset, what is written."""

from matplotlib.patches import Circle

from rnnbook.diagrams import arrow, canvas, cell, node
from rnnbook.figures import BLACK, BLUE, GREEN, GREY, VERMILION


def gru(ax=None):
    """Draw one step of a GRU in Keras' convention: z keeps the old state, r resets after U.

    Returns:
        The axes.
    """
    ax = canvas(12.4, 5.4, ax, scale=0.62)
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
