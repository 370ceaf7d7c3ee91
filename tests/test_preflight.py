"""The table before class: what is ready, what is not, and the verdict that follows."""

import jupytext
import nbformat
import pytest

from bookbuild import __main__, preflight
from bookbuild.chapter import BuildError, Chapter, chapters
from bookbuild.preflight import CARE, READY, STOP, Row
from rnnbook import data


@pytest.fixture
def make_chapter(tmp_path):
    """Write a chapter of some code cells, as if stored with the dataset sunspots."""
    def make(stem, *sources, datasets=("sunspots",)):
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in sources])
        notebook.metadata["rnnbook"] = {"seconds": 1, "data": dict.fromkeys(datasets, "full")}
        jupytext.write(notebook, tmp_path / f"{stem}.py", fmt="py:percent")
        nbformat.write(notebook, tmp_path / f"{stem}.ipynb")
        return Chapter(tmp_path / f"{stem}.py")
    return make


def test_notebook_that_runs_offline_is_ready(make_chapter):
    row = preflight.check_notebook(make_chapter(
        "98_good", "import os\nassert os.environ['RNNBOOK_OFFLINE'] == '1'\nprint('anything')"))
    assert row.level == READY, row
    assert row.found.endswith(" s")


def test_notebook_that_fails_is_a_stop_with_its_reason(make_chapter):
    row = preflight.check_notebook(
        make_chapter("97_bad", "1", "raise ValueError('too few poems')", "2"))
    assert row.level == STOP
    assert "第 2 个代码单元（raise ValueError('too few poems')）" in row.found
    assert "ValueError: too few poems" in row.found


def test_endless_cell_is_a_stop_with_its_name(make_chapter, monkeypatch):
    chapter = make_chapter("96_slow", "1", "while True:\n    pass", "2")
    monkeypatch.setattr(preflight, "NOTEBOOK_SECONDS", 5)
    row = preflight.check_notebook(chapter)
    assert row.level == STOP
    assert "5 s 还没有跑完，停在第" in row.found
    report = b"96_slow.ipynb::Cell 0 PASSED [ 33%]\n96_slow.ipynb::Cell 1 "  # as it is cut off
    assert preflight.last_cell(chapter, report) == "第 2 个代码单元（while True:）"


def test_notebook_that_is_not_built(make_chapter):
    chapter = make_chapter("95_absent", "1")
    chapter.path.unlink()
    assert preflight.check_notebook(chapter).level == STOP
    assert preflight.datasets([chapter]) == []


def test_datasets_come_from_what_the_notebooks_stored(make_chapter):
    selected = [make_chapter("93_a", "1", datasets=["sunspots", "co2"]),
                make_chapter("94_b", "1", datasets=["co2"])]
    assert preflight.datasets(selected) == ["co2", "sunspots"]


@pytest.mark.parametrize(("status", "level"), [
    ("full", READY), ("sample", CARE), ("missing", STOP)])
def test_data_full_sample_or_none(status, level, monkeypatch):
    monkeypatch.setattr(data, "status", lambda name: status)
    row = preflight.check_data("sunspots")
    assert row.level == level
    assert (level == READY) != ("rnnbook.data fetch sunspots" in row.advice)


def test_wrong_data_folder_is_a_stop(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "none"))
    row = preflight.check_data("sunspots")
    assert row.level == STOP
    assert row.found.endswith("none 不是文件夹：改正它，或者不设它")


@pytest.mark.parametrize(("version", "level"), [
    ((3, 10, 9), STOP), ((3, 11, 0), READY), ((3, 13, 2), READY), ((3, 14, 0), STOP)])
def test_python(version, level):
    assert preflight.check_python(version).level == level


@pytest.mark.parametrize(("lines", "level"), [
    ("no-such-package==1.0", STOP), ("pytest==0.1", CARE), ("# nothing", READY)])
def test_packages(lines, level, tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text(lines + "\n-e .\n")
    assert preflight.check_packages(path).level == level


@pytest.mark.parametrize("check", [preflight.check_disk, preflight.check_memory])
def test_disk_and_memory(check):
    assert [check(free).level for free in (50e9, 0.9e9 if check is preflight.check_disk else 2e9,
                                           0.1e9)] == [READY, CARE, STOP]
    assert check().item in ("磁盘", "内存")


def test_deck_without_built_output_is_a_stop(make_chapter, tmp_path, monkeypatch):
    chapter = make_chapter("92_deck", "1")
    assert preflight.check_deck(chapter, tmp_path).level == CARE  # no deck was written
    (tmp_path / "92_deck.md").touch()
    ready = set()
    monkeypatch.setattr("bookbuild.slides.up_to_date", lambda path, kind: kind in ready)
    assert "make slides" in preflight.check_deck(chapter, tmp_path).advice
    ready.add("html")
    assert preflight.check_deck(chapter, tmp_path).level == CARE
    ready.update(("pdf", "pptx"))
    assert preflight.check_deck(chapter, tmp_path) == Row(
        "幻灯片 92_deck", READY, "HTML、PDF、PPTX")


def test_deck_that_cannot_be_filled_is_a_stop(make_chapter, tmp_path, monkeypatch):
    def fail(path, kind):
        raise BuildError("no claim 'loss'")
    (tmp_path / "92_deck.md").touch()
    monkeypatch.setattr("bookbuild.slides.up_to_date", fail)
    row = preflight.check_deck(make_chapter("92_deck", "1"), tmp_path)
    assert (row.level, row.found) == (STOP, "不能生成：no claim 'loss'")


def test_class_without_slides(monkeypatch, capsys):
    for name in ("check_deck", "check_notebook"):
        monkeypatch.setattr(preflight, name, lambda chapter, name=name: Row(
            *(("幻灯片 x", STOP) if name == "check_deck" else ("章 x", READY)), "还没有生成"))
    monkeypatch.setattr(preflight, "check_data", lambda name: Row("数据 x", CARE, "样例"))
    for name in ("check_disk", "check_memory", "check_packages"):
        monkeypatch.setattr(preflight, name, lambda: Row("x", READY, ""))
    assert __main__.main(["preflight", "02"]) == 1
    out = capsys.readouterr().out
    assert "结论：notebook 已经就绪，只差幻灯片" in out
    assert "不可以上课" not in out
    assert "--no-slides" in out
    assert __main__.main(["preflight", "02", "--no-slides"]) == 0
    out = capsys.readouterr().out
    assert "结论：可以上课" in out
    assert "幻灯片" not in out


@pytest.mark.parametrize(("levels", "says", "status"), [
    ([READY, READY], "结论：可以上课\n", 0),
    ([READY, CARE], "结论：可以上课（1 项留意）\n", 0),
    ([STOP, CARE], "结论：不可以上课（1 项必须解决，1 项留意）\n", 1)])
def test_verdict_and_exit_status(levels, says, status, monkeypatch, capsys):
    rows = [Row(f"item{i}", level, "found", "advice") for i, level in enumerate(levels)]
    monkeypatch.setattr(preflight, "report", lambda selected, slides: rows)
    assert __main__.main(["preflight"]) == status
    out = capsys.readouterr().out
    assert says in out
    for row in rows:
        assert (f"{row.level} {row.item}：found。advice" in out) == (row.level != READY)


def test_unknown_chapter_is_named(capsys):
    assert __main__.main(["preflight", chapters()[0].stem, "77"]) == 2
    error = capsys.readouterr().err
    assert "没有 '77' 这一章" in error
    assert chapters()[0].stem in error
    assert len(error.splitlines()) == 1
