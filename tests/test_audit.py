"""Each check of bookbuild.audit finds the one thing that is broken."""

import jupytext
import nbformat
import pytest

from bookbuild import audit, definitions
from bookbuild.chapter import BuildError, Chapter

HEAD = "# 第 42 章 样章\n\n你将会 · 你需要 · 时间 5 分钟<!-- minutes -->，3 s<!-- seconds -->"
REST = "\n\n".join(f"## {h}" for h in audit.HEADINGS[1:])
EXERCISES = "\n\n".join(f"### 练习 {i} ☆ 题" for i in range(1, 5))
GLOSSARY = "| 中文 | English | 符号 | 首次出现 |\n| 困惑度 | perplexity | PPL | 42 |\n"


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def claim_output(**values):
    return nbformat.v4.new_output("display_data", data={"text/plain": "claim"},
                                  metadata={"rnnbook": {"claims": values}})


def make(folder, *extra, cells=None):
    """Write a small correct chapter with its solutions; extra cells go to its end."""
    md, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = cells or [
        md(HEAD), md("## 先想一想"), md("## 42.1 节"),
        code('claim("loss", 0.25, at_most=1)', outputs=[claim_output(loss=0.25)]),
        md("误差是 0.25<!-- claim loss -->。**困惑度 (perplexity)** 见下。"),
        md(REST.replace("## 延伸阅读", f"{EXERCISES}\n\n## 延伸阅读")),
        code('check("sample.one", ...)', outputs=[stream("○ 未作答\n")]),
    ]
    answer = [md(EXERCISES), code('check("sample.one", 1)', outputs=[stream("✔ 正确\n")])]
    (folder / "solutions").mkdir(parents=True)
    for path, content in [(folder / "42_sample.py", [*cells, *extra]),
                          (folder / "solutions" / "42_sample.py", answer)]:
        write(path, content)
    return Chapter(folder / "42_sample.py")


def write(path, cells):
    notebook = nbformat.v4.new_notebook(cells=cells)
    for i, cell in enumerate(c for c in cells if c.cell_type == "code"):
        cell.execution_count = i + 1
    notebook.metadata.update({
        "jupytext": {"formats": "ipynb,py:percent"}, "rnnbook": {"seconds": 3, "data": {}},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}})
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    path.write_text(jupytext.writes(notebook, fmt="py:percent"), encoding="utf-8")
    path.write_text(jupytext.writes(jupytext.read(path), fmt="py:percent"), encoding="utf-8")


def code(source, *outputs, **metadata):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def md(source):
    return nbformat.v4.new_markdown_cell(source)


GOOD = [audit.pair_in_sync, audit.executed_in_order, audit.clean_outputs, audit.known_tags,
        audit.within_caps, audit.frame, audit.main_path, audit.exercises,
        audit.marks, audit.claims_unique]


@pytest.mark.parametrize("check", GOOD, ids=lambda f: f.__name__)
def test_a_correct_chapter_passes(tmp_path, check):
    assert check(make(tmp_path)) == []


GLYPH = "UserWarning: Glyph 26799 missing from font(s) DejaVu Sans."
ERROR = nbformat.v4.new_output("error", ename="ValueError", evalue="x", traceback=[])
BROKEN = [
    (audit.clean_outputs, code("plot()", stream(GLYPH, "stderr")), "missing glyph"),
    (audit.clean_outputs, code("f()", stream("warning", "stderr")), "stderr"),
    (audit.clean_outputs, code("f()", ERROR), "ValueError"),
    (audit.known_tags, code("1", tags=["nbval-skip"]), "nbval-skip"),
    (audit.within_caps, code("x = 1\n" * 41), "41 lines"),
    (audit.within_caps, code("x = '" + "a" * 90 + "'"), "columns"),
    (audit.frame, md("## 42.3 跳号"), "numbered"),
    (audit.main_path, md("## 42.2 选读：多出来"), "go together"),
    (audit.main_path, code("1", tags=["optional"]), "stands on no heading"),
    (audit.main_path, md("字" * 20_000), "takes 85 minutes"),
    (audit.exercises, md("### 练习 5 ☆ 多出一题"), "headings differ"),
    (audit.exercises, code('check("sample.two", 3)', stream("✘ 错\n")), "sample.two"),
    (audit.marks, md("误差是 0.26<!-- claim loss -->"), "prose says 0.26"),
    (audit.marks, md("误差是 0.25<!-- claim gone -->"), "no claim 'gone'"),
    (audit.marks, md("误差很小<!-- claim loss -->"), "no number"),
    (audit.claims_unique, code('claim("loss", 1)'), "twice"),
    (audit.claims_unique, code('claim("other", 1)'), "no stored value"),
]


@pytest.mark.parametrize(("check", "cell", "word"), BROKEN,
                         ids=[f"{c.__name__}-{w}" for c, _, w in BROKEN])
def test_a_broken_cell_is_found(tmp_path, check, cell, word):
    problems = check(make(tmp_path, cell))
    assert any(word in p for p in problems), problems


def test_stale_pair_is_found(tmp_path):
    chapter = make(tmp_path)
    chapter.script.write_text(chapter.script.read_text("utf-8").replace("at_most=1", "at_most=2"))
    assert "differs" in audit.pair_in_sync(Chapter(chapter.script))[0]


def test_unexecuted_cell_is_found(tmp_path):
    chapter = make(tmp_path)
    chapter.code_cells()[0]["execution_count"] = None
    assert audit.executed_in_order(chapter)


def test_missing_section_and_title_are_found(tmp_path):
    chapter = make(tmp_path, cells=[md("# 样章"), md("## 小结")])
    problems = "\n".join(audit.frame(chapter))
    for word in ("第 42 章", "missing sections", "<!-- seconds -->"):
        assert word in problems


def test_unanswered_solution_is_found(tmp_path):
    chapter = make(tmp_path)
    write(chapter.script.parent / "solutions" / "42_sample.py",
          [md(EXERCISES), code('check("sample.one", ...)', stream("○ 未作答\n"))])
    assert any("not ✔" in p for p in audit.exercises(chapter))


def test_term_without_a_glossary_row_is_found(tmp_path):
    chapter = make(tmp_path, md("**遗忘门 (forget gate)**"))
    assert audit.terms_in_glossary(chapter, GLOSSARY) == [
        "遗忘门 (forget gate) is not in the glossary"]


def test_a_second_name_of_a_concept_is_found():
    table = "| 写 | 不写 |\n|---|---|\n| 隐藏状态 | 隐状态、隐层状态 |\n\n| 贪心 | 贪婪 |\n"
    assert audit.one_name("隐藏状态是一个向量，贪婪也好。", table) == []
    assert len(audit.one_name("隐状态和隐层状态，又是隐状态", table)) == 3


@pytest.fixture
def library(tmp_path):
    """A package with a sub-package; `f` is defined in both, `deep` in a room only."""
    for name, text in {
        "flat.py": 'def f(x):\n    """Add one."""\n    return x + 1\n\ndef _inside(): pass\n',
        "room/steps.py": "def f(x):\n    return 3 * x\n\nclass Deep:\n    size = 1\n",
    }.items():
        (tmp_path / "lib" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lib" / name).write_text(text)
    return definitions.library_definitions(tmp_path / "lib")


@pytest.mark.parametrize(("shown", "problem"), [
    ("def f(x):\n    return x + 1", None),  # a docstring more or less is no difference
    ("def f(x):\n    return 3 * x", None),
    ("def f(x):\n    return x + 2", "f differs from lib.flat, lib.room.steps;"),
    ("class Deep:\n    size = 2", "Deep differs from lib.room.steps;"),  # nothing is imported
    ("def new(): pass\n\ndef _inside(): return 1", None),
])
def test_definition_that_differs_from_the_whole_library_is_found(tmp_path, library, shown, problem):
    found = definitions.definitions_match(make(tmp_path, code(shown)), library, {})
    assert [p[:len(problem or "")] for p in found] == [problem] * bool(problem)


def test_another_thing_of_the_same_name_is_listed_and_nothing_more(tmp_path, library):
    chapter = make(tmp_path, code("def f(x):\n    return x + 2"))
    assert definitions.definitions_match(chapter, library, {"42_sample": {"f"}}) == []
    assert definitions.definitions_match(chapter, library, {"42_sample": {"f", "Deep"}}) == [
        "definitions.HOMONYMS lists Deep without need"]


def test_the_library_is_found_with_its_rooms(tmp_path):
    for name in ("rnn_step", "rnn_scan", "NumpyRNN", "reverse_within", "masked_softmax"):
        assert name in definitions.library_definitions()
    with pytest.raises(BuildError, match="no definition under"):
        definitions.library_definitions(tmp_path)


def test_broken_link_is_found():
    text = "[x](nowhere.md) [y](https://example.org) [z](pyproject.toml)"
    assert audit.links_resolve(audit.ROOT / "README.md", text) == [
        "README.md: broken link nowhere.md"]
