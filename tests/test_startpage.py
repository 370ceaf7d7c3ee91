"""The start page's table is the README's, with links from its own place and run times."""

from types import SimpleNamespace

import pytest

from bookbuild import startpage
from bookbuild.chapter import BuildError

README = """| 章 | 内容 | 解答 |
|---|---|---|
| [02 网络](chapters/02_rnn.ipynb) | 手算 → `SimpleRNN` | [解答](chapters/solutions/02_rnn.ipynb) |
| [C 术语](chapters/C_glossary.md) | 一张表 | |
| `RNNBOOK_DATA` | 别的表 |
"""
PAGE = "前\n<!-- chapters -->\n旧\n<!-- /chapters -->\n后\n"


def book(*stems):
    notebook = SimpleNamespace(metadata={"rnnbook": {"seconds": 7}})
    return SimpleNamespace(chapters=[SimpleNamespace(stem=s, notebook=notebook) for s in stems])


def test_table_comes_from_the_readme():
    filled = startpage.filled(PAGE, book("02_rnn"), README)
    assert filled == """前
<!-- chapters -->
| 章 | 内容 | 解答 | 运行 |
|---|---|---|---|
| [02 网络](02_rnn.ipynb) | 手算 → `SimpleRNN` | [解答](solutions/02_rnn.ipynb) | 约 7 s |
| [C 术语](C_glossary.md) | 一张表 | | |
<!-- /chapters -->
后
"""
    assert startpage.filled(filled, book("02_rnn"), README) == filled


def test_chapter_that_the_readme_forgot_is_named():
    with pytest.raises(BuildError, match="no row for 03_bptt"):
        startpage.filled(PAGE, book("02_rnn", "03_bptt"), README)


def test_other_pages_stay():
    assert startpage.filled("第 02 章\n", book("02_rnn"), README) == "第 02 章\n"
