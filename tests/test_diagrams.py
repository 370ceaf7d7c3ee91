"""Diagrams stay inside their axes, and their states run from left to right."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnbook.notebook import diagrams


@pytest.mark.parametrize("name", ["unrolled", "variants", "feedback", "misdrawn",
                                  "architectures", "depths"])
def test_diagrams_stay_inside_their_axes(name):
    axes = np.atleast_1d(getattr(diagrams, name)())
    plt.gcf().canvas.draw()
    for ax in axes:
        box = ax.get_window_extent()
        assert len(ax.patches) >= 4
        for patch in ax.patches:
            inner = patch.get_window_extent()
            assert inner.x0 >= box.x0 - 3
            assert inner.x1 <= box.x1 + 3
            assert inner.y0 >= box.y0 - 3
            assert inner.y1 <= box.y1 + 3
    plt.close()


def test_targets_are_the_inputs_one_step_later():
    ax = diagrams.next_word(["one", "two", "three"])
    words = [(text.get_text(), text.get_position()) for text in ax.texts]
    low = [word for word, (_, y) in words if y < 1]
    high = [word for word, (_, y) in words if y > 3]
    assert (low, high) == (["one", "two"], ["two", "three"])
    plt.close()


def test_states_are_connected_from_left_to_right():
    ax = diagrams.unrolled()
    arrows = [p for p in ax.patches if type(p).__name__ == "FancyArrowPatch"]
    ends = [p._posA_posB for p in arrows if p._posA_posB]
    flat = [(start, end) for start, end in ends if start[1] == end[1]]
    assert len(flat) == 5  # h_0 -> h_1 -> h_2 -> h_3 -> ... -> h_T
    assert all(start[0] < end[0] for start, end in flat)
    plt.close()
