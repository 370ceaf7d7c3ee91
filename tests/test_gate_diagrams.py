"""The drawing of a GRU stays inside its axes, and its state line runs from left to right."""

import matplotlib.pyplot as plt

from rnnbook.notebook.gate_diagrams import gru


def test_drawing_stays_inside_its_axes():
    ax = gru()
    plt.gcf().canvas.draw()
    box = ax.get_window_extent()
    for patch in ax.patches:
        inner = patch.get_window_extent()
        assert box.x0 - 3 <= inner.x0
        assert inner.x1 <= box.x1 + 3
        assert box.y0 - 3 <= inner.y0
        assert inner.y1 <= box.y1 + 3
    plt.close()


def test_state_line_runs_to_the_right_through_keep_and_add():
    ax = gru()
    ends = [patch._posA_posB for patch in ax.patches if hasattr(patch, "_posA_posB")]
    top = sorted((start[0], end[0]) for start, end in ends if start[1] == end[1] == 4.6)
    assert len(top) == 3
    assert all(start < end for start, end in top)
    plt.close()
