"""Mentions become links, links can be renewed, and every one of them leads somewhere."""

import jupytext
import pytest

from bookbuild import links
from bookbuild.chapter import CHAPTERS, chapters

SMALL = """# %% [markdown]
# # 第 {number} 章 {title}
# 一句话。

# %% [markdown]
# ## {section}.1 第一节

# %% [markdown]
# ### 练习 1 ☆ 数一数
#
# 数到十。
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Two chapters, 02 with solutions."""
    folder = tmp_path_factory.mktemp("chapters")
    (folder / "solutions").mkdir()
    for stem, title in (("02_rnn", "网络"), ("11_lm", "模型")):
        text = SMALL.format(number=stem[:2], title=title, section=int(stem[:2]))
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
        if stem == "02_rnn":
            (folder / "solutions" / f"{stem}.py").write_text(text.replace("## 2.1", "## "), "utf-8")
    return links.Book(folder)


CASES = [
    ("见第 11 章。", "见[第 11 章](11_lm.ipynb)。"),
    ("见第 02、11 章", "见第 02、[11](11_lm.ipynb) 章"),
    ("第 19 章还没有写", "第 19 章还没有写"),
    ("用 2.1 节的数", "用 [2.1 节](#cell-id=2-1)的数"),
    ("2.1 和 11.1 节", "[2.1](#cell-id=2-1) 和 [11.1 节](11_lm.ipynb#cell-id=11-1)"),
    ("S0 第 2.1 节、§2.1、v3.2.1 节", "S0 第 2.1 节、§2.1、v3.2.1 节"),
    ("0.5<!-- claim 11_lm/x -->，11.1 节",
     "0.5<!-- claim 11_lm/x -->，[11.1 节](11_lm.ipynb#cell-id=11-1)"),
    ("| 11 |", "| 11 |"),
    ("[旧的 2.1 节](https://example.org)", "[旧的 2.1 节](https://example.org)"),
    ("[2.1 节](old.ipynb#cell-id=2-9)", "[2.1 节](#cell-id=2-1)"),
    *[(same, same) for same in (
        "`第 11 章`", "$第 11 章$", "$$\n第 11 章\n$$", "## 回顾第 11 章", "```\n第 11 章\n```")],
]


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[text for text, _ in CASES])
def test_mentions_become_links_once(book, text, wanted):
    page = "02_rnn.ipynb"
    assert links.linked(text, page, book) == wanted
    assert links.linked(wanted, page, book) == wanted


def test_links_are_as_seen_from_the_page(book):
    text = "第 02 章的 2.1 节"
    assert links.linked(text, "solutions/02_rnn.ipynb", book) == (
        "[第 02 章](../02_rnn.ipynb)的 [2.1 节](../02_rnn.ipynb#cell-id=2-1)")
    assert links.linked("| 词 | word | 11 |", "C_glossary.md", book) == (
        "| 词 | word | [11](11_lm.ipynb) |")


def test_exercise_and_solution_lead_to_each_other(book):
    text = "### 练习 1 ☆ 数一数\n\n数到十。"
    asked = links.renewed(text, "02_rnn.ipynb", book)
    assert asked == (f'<a id="cell-id=ex-1"></a>\n{text}\n\n'
                     "[解答](solutions/02_rnn.ipynb#cell-id=ex-1)<!-- twin -->")
    assert links.renewed(asked, "02_rnn.ipynb", book) == asked
    solved = links.renewed(text, "solutions/02_rnn.ipynb", book)
    assert solved.endswith("\n\n[题目](../02_rnn.ipynb#cell-id=ex-1)<!-- twin -->")


def test_neighbours(book):
    assert links.nav("02_rnn.ipynb", book) == (
        "[目录](index.md) · [解答](solutions/02_rnn.ipynb) · [11 模型 →](11_lm.ipynb)<!-- nav -->")
    assert links.nav("solutions/11_lm.ipynb", book) == (
        "[← 02 网络](02_rnn.ipynb) · [目录](../index.md) · [正文](../11_lm.ipynb)<!-- nav -->")


def test_cells_are_named_by_their_headings(book):
    notebook = jupytext.reads(SMALL.format(number="02", title="x", section=2), "py:percent")
    links.name_cells(notebook, "02")
    assert [cell.id for cell in notebook.cells] == ["02-000", "2-1", "ex-1"]


@pytest.mark.parametrize(("text", "problem"), [
    ("见 2.7 节", "there is no section 2.7"),
    ("[2.1 节](#cell-id=2-1) [11](11_lm.ipynb#cell-id=11-1) 19.2 节 S0 第 2.7 节", None),
    ("[看](11_lm.ipynb#cell-id=11-9)", "11_lm.ipynb#cell-id=11-9 leads nowhere"),
    ("[看](#2.1)", "#2.1 leads nowhere"),
    ("## 2.1 状态 $h_t$", "TeX in a heading: ## 2.1 状态 $h_t$"),
    (r"### E52 “写 `\softmax`”", r"TeX in a heading: ### E52 “写 `\softmax`”"),
    ("# 状态 hₜ\n\n$h_t$ 与 `\\t`", None)])
def test_what_leads_nowhere_or_reads_badly_is_found(book, text, problem):
    assert links.problems(text, "02_rnn.ipynb", book) == ([problem] if problem else [])


ALL = links.Book()


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.label)
def test_links_of_chapters_lead_somewhere(chapter):
    page = links.page_of(chapter)
    assert links.problems(chapter.text, page, ALL) == []
    ids = [cell.id for cell in chapter.notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(len(links.TARGET.findall(cell.source)) <= 1 for cell in chapter.notebook.cells
               if cell.cell_type == "markdown"), "a cell can carry one anchor"


@pytest.mark.parametrize("path", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.name)
def test_links_of_pages_lead_somewhere(path):
    assert links.problems(path.read_text("utf-8"), path.name, ALL) == []
