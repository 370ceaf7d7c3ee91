"""The picture of a tensor colours exactly the entries that an index picks."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from rnnbook.notebook.cubes import draw_cube
from rnnbook.notebook.figures import ORANGE


@pytest.mark.parametrize(("index", "chosen"), [
    (np.s_[0], lambda b, t, d: b == 0),
    (np.s_[:, 2], lambda b, t, d: t == 2),
    (np.s_[:, :, 1], lambda b, t, d: d == 1)])
def test_as_many_cells_are_coloured_as_the_index_picks(index, chosen):
    fig, ax = plt.subplots()
    draw_cube(ax, (4, 5, 3), chosen, "title")
    coloured = [p for p in ax.patches if p.get_facecolor() == to_rgba(ORANGE)]
    plt.close(fig)
    assert len(ax.patches) == 4 * 5 * 3
    assert len(coloured) == np.zeros((4, 5, 3))[index].size


def test_the_axes_are_named():
    fig, ax = plt.subplots()
    draw_cube(ax, (4, 5, 3), lambda b, t, d: False)
    plt.close(fig)
    assert {text.get_text() for text in ax.texts} >= {"batch (4)", "time (5)", "feature (3)"}
