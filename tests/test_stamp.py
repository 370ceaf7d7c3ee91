"""One address, in one place: links and setup cells follow it, stored outputs stay."""

import errno

import jupytext
import nbformat
import pytest

from bookbuild import stamp
from bookbuild.chapter import CHAPTERS, Chapter, chapters
from bookbuild.links import Book
from rnnbook.data import files

SOURCE = '''\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # 第 99 章 样章
# <!-- badges -->
#
# 一句话。

# %% tags=["setup"]
import rnnbook

# %% name="sum"
print(1 + 1)
'''


@pytest.fixture
def chapter(tmp_path):
    """A small chapter with stored outputs."""
    (tmp_path / "99_small.py").write_text(SOURCE, encoding="utf-8")
    notebook = jupytext.reads(SOURCE, fmt="py:percent")
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="2\n")]
    notebook.cells[2].execution_count = 2
    nbformat.write(notebook, tmp_path / "99_small.ipynb")
    return Chapter(tmp_path / "99_small.py")


def restamp(chapter, repo):
    return stamp.stamp(chapter, repo, Book(chapter.script.parent))


def test_both_files_get_the_same_cells_and_outputs_stay(chapter):
    assert restamp(chapter, "https://github.com/someone/book")
    script = jupytext.read(chapter.script)
    notebook = nbformat.read(chapter.path, as_version=4)
    assert [c.source for c in script.cells] == [c.source for c in notebook.cells]
    assert notebook.cells[1].source == stamp.setup_cell("https://github.com/someone/book")
    for cells in (script.cells, notebook.cells):
        assert cells[1].metadata.jupyter == {"source_hidden": True}  # JupyterLab folds it
    assert notebook.cells[2].outputs[0].text == "2\n"
    assert notebook.cells[2].execution_count == 2
    title = notebook.cells[0].source.split("\n")
    assert title[0] == "# 第 99 章 样章"
    assert title[1].startswith("[在 Colab 打开](https://colab.research.google.com/github/someone/"
                               "book/blob/main/chapters/99_small.ipynb)")
    assert title[1].endswith(stamp.MARK)
    assert title[3].endswith("<!-- nav -->")
    assert title[5] == "一句话。"


def test_second_stamp_changes_nothing_and_a_fork_changes_all(chapter):
    restamp(chapter, "https://github.com/someone/book")
    assert not restamp(chapter, "https://github.com/someone/book")
    assert restamp(chapter, "https://github.com/other/fork")
    for file in (chapter.script, chapter.path):
        text = file.read_text(encoding="utf-8")
        assert "someone" not in text
        assert text.count("other/fork") >= 4


def test_other_hosts_get_no_colab_link():
    line = stamp.badges("https://example.org/team/book", "chapters/99_small.ipynb")
    assert "colab" not in line
    assert "https://example.org/team/book/raw/main/chapters/99_small.ipynb" in line


def test_move_changes_the_one_place_and_the_pages(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[project.urls]\nRepository = "https://github.com/a/b"\n'
        '# https://github.com/a/b-other stays\n')
    (tmp_path / "README.md").write_text("git clone https://github.com/a/b.git\n")
    stamp.move("https://github.com/x/y/", root=tmp_path)
    assert stamp.repository(tmp_path) == "https://github.com/x/y"
    assert "a/b-other" in (tmp_path / "pyproject.toml").read_text()
    assert (tmp_path / "README.md").read_text() == "git clone https://github.com/x/y.git\n"


@pytest.mark.parametrize(("address", "hint"), [
    ("github.com/x/y", "https://github.com/x/y$"), ('https://x/y"; import os', "https://"), ("", "https://"),
    ("git@github.com:you/book.git", "https://github.com/you/book$"),
    ("ssh://git@example.org/you/book", "https://example.org/you/book$"),
    ("ssh://example.org:2222/you/book.git", "https://example.org/you/book$"),
    ("ssh://git@localhost:22/book", "https://localhost/book$"),
    ("git://example.org/book", "https://example.org/book$"),
    ("me@example.org:you/book", "https://example.org/you/book$"),
    ("../book", "https://…"), ("you/book", "https://…"), ("/home/you/book", "https://…"),
    ("https://example.org/book?x={repo}", r"without \? # { }"),
    ("https://example.org/book#top", r"without \? # { }"),
    ("https://example.org/a(b)", "https://"), ("https://you:secret@example.org/book",
                                                 "https://example.org/book$")])
def test_move_refuses_what_is_no_address(address, hint, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nRepository = "https://a/b"\n')
    with pytest.raises(SystemExit, match=f"not an address.*{hint}"):
        stamp.move(address, root=tmp_path)


def test_full_disk_leaves_every_file_whole(chapter, monkeypatch):
    """As on a full disk: the file system takes some bytes and no more."""
    before = {p: p.read_bytes() for p in chapter.script.parent.iterdir()}

    def full(path, write):
        def half(file):
            write(file)
            file.truncate(100)
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, half)

    whole = files.write_whole
    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(SystemExit, match=r"_small.py \(No space left on device\): it is as it was"):
        restamp(chapter, "https://github.com/someone/book")
    assert {p: p.read_bytes() for p in chapter.script.parent.iterdir()} == before


@pytest.fixture(scope="module")
def book():
    return Book()


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.label)
def test_every_chapter_is_stamped(chapter, book):
    code = [cell for cell in chapter.source.cells if cell.cell_type == "code"]
    setups = ["setup" in cell.metadata.get("tags", ()) for cell in code]
    assert setups == [True] + [False] * (len(code) - 1), "one setup cell, the first"
    assert sum(cell.source.count(stamp.MARK) for cell in chapter.source.cells) == 1
    for file in (chapter.script, chapter.path):
        same = stamp.stamped(chapter, file, stamp.repository(), book) == file.read_text("utf-8")
        assert same, "run `make stamp`"


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.name)
def test_every_page_is_stamped(path, book):
    assert stamp.stamped_page(path, book) == path.read_text("utf-8"), "run `make stamp`"
