"""One address, in one place: links and setup cells follow it, stored outputs stay."""

import re

import jupytext
import nbformat
import pytest

from bookbuild import stamp
from bookbuild.chapter import Chapter, chapters

SOURCE = '''\
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


def test_both_files_get_the_same_cells_and_outputs_stay(chapter):
    assert stamp.stamp(chapter, "https://github.com/someone/book")
    script = jupytext.read(chapter.script)
    notebook = nbformat.read(chapter.path, as_version=4)
    assert [c.source for c in script.cells] == [c.source for c in notebook.cells]
    assert notebook.cells[1].source == stamp.setup_cell("https://github.com/someone/book")
    assert notebook.cells[2].outputs[0].text == "2\n"
    assert notebook.cells[2].execution_count == 2
    title = notebook.cells[0].source.split("\n")
    assert title[0] == "# 第 99 章 样章"
    assert title[1].startswith("[在 Colab 打开](https://colab.research.google.com/github/someone/"
                               "book/blob/main/chapters/99_small.ipynb)")
    assert title[1].endswith(stamp.MARK)
    assert title[3] == "一句话。"


def test_second_stamp_changes_nothing_and_a_fork_changes_all(chapter):
    stamp.stamp(chapter, "https://github.com/someone/book")
    assert not stamp.stamp(chapter, "https://github.com/someone/book")
    assert stamp.stamp(chapter, "https://github.com/other/fork")
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


@pytest.mark.parametrize("address", ["github.com/x/y", 'https://x/y"; import os', ""])
def test_move_refuses_what_is_no_address(address, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nRepository = "https://a/b"\n')
    with pytest.raises(SystemExit, match="not an address"):
        stamp.move(address, root=tmp_path)


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.label)
def test_every_chapter_is_stamped(chapter):
    notebook = jupytext.read(chapter.script)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    setups = [c.source for c in code if "setup" in c.metadata.get("tags", ())]
    lines = re.findall(f"^.*{stamp.MARK}$", notebook.cells[0].source, re.M)
    if chapter.is_solution and not setups:
        return
    repo = stamp.repository()
    folder = "chapters/solutions" if chapter.is_solution else "chapters"
    assert setups == [code[0].source], "one setup cell, the first"
    assert setups == [stamp.setup_cell(repo)], "run `make stamp`"
    assert lines == [stamp.badges(repo, f"{folder}/{chapter.path.name}")], "run `make stamp`"
