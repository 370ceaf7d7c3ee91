"""House style of every figure in the book."""

import matplotlib
import matplotlib.pyplot as plt

# Okabe-Ito palette: distinct for colour-blind readers; ordered dark to light
# so that neighbouring curves also differ when printed grey.
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
BLUE, VERMILION, GREEN, _, ORANGE, _, BLACK = PALETTE
GREY = "#8C8C8C"
SEQUENTIAL, DIVERGING = "viridis", "RdBu_r"

STYLE = {
    "figure.figsize": (7.2, 3.6),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 150,
    "savefig.facecolor": "white",
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 6,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "image.cmap": SEQUENTIAL,
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
}


def use_style():
    """Switch matplotlib to the house style; sharp PNG output inside notebooks."""
    plt.rcParams.update(STYLE)
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    set_matplotlib_formats("png", dpi=150, bbox_inches="tight")
