"""Pictures of the gradient's way back through time."""

import matplotlib.pyplot as plt
import numpy as np

from rnnbook.gradients.backprop import CELLS, bptt
from rnnbook.notebook.diagrams import RISE, STEP, arrow, canvas, cell, node
from rnnbook.notebook.figures import BLUE, GREEN, GREY, VERMILION


def immediate_and_total():
    """Draw which losses reach h_2: only its own step's, or all from there on.

    Returns:
        The two axes.
    """
    _, axes = plt.subplots(1, 2, figsize=(9.2, 2.9))
    titles = "immediate: only this step's loss", "total: every loss from here on"
    for ax, title, first in zip(axes, titles, (2, 4)):
        canvas(9.6, 3.6, ax)
        ax.set_title(title, loc="center")
        for t in range(1, 5):
            here = cell(ax, 1.1 + STEP * (t - 1), 0.9, f"$h_{t}$",
                        VERMILION if t == 2 else BLUE)
            loss = node(ax, here[0], 0.9 + RISE, f"$L_{t}$", GREEN)
            sends = 2 <= t <= first
            arrow(ax, loss, here, colour=VERMILION if sends else GREY, dashed=not sends)
            if t > 1:
                sends = 2 < t <= first
                arrow(ax, here, (here[0] - STEP, 0.9), gap=0.52,
                      colour=VERMILION if sends else GREY, dashed=not sends)
    return axes


def segments(steps=8, window=4):
    """Draw truncated BPTT: the state goes on over the boundary, the gradient does not.

    Args:
        steps: number of time steps drawn.
        window: steps per segment.

    Returns:
        The axes.
    """
    ax = canvas(STEP * steps + 0.6, 4.6, scale=0.5)
    for t in range(1, steps + 1):
        x, starts = 1.2 + STEP * (t - 1), (t - 1) % window == 0
        here = cell(ax, x, 1.7, f"$h_{{{t}}}$")
        arrow(ax, node(ax, x, 3.3, f"$L_{{{t}}}$", GREEN), here, colour=VERMILION, dashed=True)
        if t > 1:
            arrow(ax, (x - STEP, 1.7), here, gap=0.52)
            if not starts:
                arrow(ax, (x, 1.45), (x - STEP, 1.45), colour=VERMILION, dashed=True,
                      gap=0.45, bend=-0.35)
        if starts and t > 1:
            ax.plot([x - STEP / 2] * 2, [0.1, 4.0], color=GREY, linewidth=1.4, linestyle=":")
            ax.text(x - STEP / 2, 4.3, "boundary", ha="center", va="center", color=GREY)
    ax.text(0.3, 0.35, "solid: state forward    dashed: gradient back", fontsize=11)
    return ax


def contributions(cell, xs, state, weights, d_hs, window=None):
    """Split the gradient of U by the loss's step and the step at which U was used.

    Args:
        cell: one of `rnnbook.gradients.backprop.CELLS`, by name or itself.
        xs, state, weights, d_hs, window: as in `rnnbook.gradients.backprop.bptt`.

    Returns:
        float (T, T, H, H'): entry [t, s] is what the loss of step t sends to the use of U at
        step s (both from 0); it is zero for s > t. The sum over both is dL/dU.
    """
    cell = CELLS[cell] if isinstance(cell, str) else cell
    steps = xs.shape[1]
    before = [tuple(state)]
    for t in range(steps):
        before.append(cell.step(xs[:, t], before[-1], weights))
    parts = np.zeros((steps, steps, *weights[1].shape))
    for t in range(steps):
        only = np.zeros_like(d_hs)
        only[:, t] = d_hs[:, t]
        d_states = bptt(cell, xs, state, weights, only, window).states
        for s in range(steps):
            parts[t, s] = cell.backward(xs[:, s], before[s], weights, d_states[s + 1])[2][1]
    return parts
