"""The main path of a chapter, and the minutes it takes."""

import nbformat
import pytest

from bookbuild import reading
from bookbuild.chapter import chapters

CALIBRATED = {"02_rnn_forward": 60, "05_training_rnns": 60, "09_masking": 60}  # as authors wrote


def md(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source):
    return nbformat.v4.new_code_cell(source)


@pytest.fixture
def notebook():
    return nbformat.v4.new_notebook(cells=[
        md("# 题目"), code("1"), md("## 1.1 甲"), code("2"),
        md("### 选读：乙", "optional"), code("3"), md("#### 小题"), code("4"),
        md("### 丙"), code("5"),
        md("## 1.2 选读：丁", "optional"), md("### 戊"), code("6"),
        md("## 小结"), md("## 练习"), md("### 练习 1 ☆ 题"), code("7"), md("## 延伸阅读")])


def test_optional_goes_on_until_a_heading_of_its_level(notebook):
    kept = [cell.source for cell in reading.main_path(notebook) if cell.cell_type == "code"]
    assert kept == ["1", "2", "5"]
    assert [(s.title, s.optional) for s in reading.sections(notebook)] == [
        ("", False), ("题目", False), ("1.1 甲", False), ("选读：乙", True), ("丙", False),
        ("1.2 选读：丁", True), ("小结", False), ("练习", False), ("延伸阅读", False)]


def test_a_main_path_that_needs_what_is_optional_is_found(notebook):
    assert reading.borrowed(notebook) == []
    notebook.cells[5].source = "import numpy as np\ndef f(x):\n    y = x\n    return y\nz = 2"
    notebook.cells[7].source = "f(z)"            # optional, too
    notebook.cells[9].source = "y = z\nnp.ones(y)"
    assert [(name, title) for name, title, _ in reading.borrowed(notebook)] == [
        ("np", "选读：乙"), ("z", "选读：乙")]
    notebook.cells[3].source = "import numpy as np\nz = 1"
    assert reading.borrowed(notebook) == []


def test_lab_folds_what_is_optional_and_nothing_else(notebook):
    reading.fold(notebook)
    assert [cell.source for cell in notebook.cells if reading.FOLD in cell.metadata] == [
        "### 选读：乙", "## 1.2 选读：丁"]


def test_what_takes_time_is_counted():
    shown = nbformat.v4.new_output("display_data", data={"image/png": ""})
    cells = [md("误差 0.05<!-- claim mse -->，见[第 02 章](02_x.ipynb)，$a+b$ 与\n$$c$$\n是 RNN"),
             code("a = 1\nb = 2"), code("plot()")]
    cells[2].outputs = [shown]
    assert reading.counts(cells) == {"characters": 7, "words": 3, "formulas": 2, "lines": 3,
                                     "figures": 1}
    assert reading.minutes(cells) == 5
    assert reading.minutes([md("字" * 3000)]) == 15


def test_the_rates_give_the_minutes_that_authors_wrote():
    whole = {c.stem: reading.minutes([cell for s in reading.sections(c.notebook)
                                      if s.title != reading.EXERCISES for cell in s.cells])
             for c in chapters(solutions=False) if c.stem in CALIBRATED}
    assert sum(whole.values()) == pytest.approx(sum(CALIBRATED.values()), abs=15)
