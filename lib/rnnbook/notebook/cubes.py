"""Pictures of three-dimensional tensors as a row of sheets, one sheet per sample."""

from matplotlib.patches import Rectangle

from rnnbook.notebook.figures import BLACK, GREY, ORANGE

SHIFT = 0.55  # how far each sheet stands behind the one before it, in cells


def draw_cube(ax, shape, chosen, title=""):
    """Draw a tensor (batch, time, feature) and colour the entries that an index picks.

    Time runs down, features run to the right, samples stand one behind the other.

    Args:
        ax: matplotlib axes.
        shape: (B, T, D), three small integers.
        chosen: function (sample, step, feature) -> whether that entry is coloured.
        title: the index that is shown, e.g. "x[0]".
    """
    batch, steps, features = shape
    for sample in reversed(range(batch)):
        for step in range(steps):
            for feature in range(features):
                hit = chosen(sample, step, feature)
                corner = feature + SHIFT * sample, -step - 1 + SHIFT * sample
                ax.add_patch(Rectangle(corner, 1, 1, linewidth=0.9, edgecolor="#555555",
                                       facecolor=ORANGE if hit else "white",
                                       zorder=10 * (batch - sample)))
    far = SHIFT * (batch - 1)
    ax.text(-0.35, -steps / 2, f"time ({steps})", rotation=90, ha="right", va="center",
            color=BLACK)
    ax.text(features / 2, -steps - 0.25, f"feature ({features})", ha="center", va="top",
            color=BLACK)
    ax.annotate("", (far - 0.15, 0.2 + far), (-0.15, 0.2),
                arrowprops={"arrowstyle": "->", "color": GREY, "linewidth": 1.5})
    ax.text(far / 2 - 0.45, 0.35 + far / 2, f"batch ({batch})", ha="right", va="bottom",
            color=BLACK)
    ax.set(xlim=(-2.6, features + far + 0.3), ylim=(-steps - 1.3, far + 0.9), aspect="equal")
    ax.set_title(title, family="monospace", loc="center")
    ax.axis("off")
