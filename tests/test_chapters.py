"""Every chapter and every solution passes every check of bookbuild.audit."""

import re

import pytest

from bookbuild import audit, definitions
from bookbuild.chapter import ROOT, chapters
from bookbuild.source import chinese_in_code

ALL = chapters()
CHAPTERS = chapters(solutions=False)  # and appendices

ON_EVERY_NOTEBOOK = [
    audit.pair_in_sync,
    audit.executed_in_order,
    audit.clean_outputs,
    audit.known_tags,
    audit.within_caps,
    audit.marks,
    audit.terms_in_glossary,
    definitions.definitions_match,
]
ON_EVERY_CHAPTER = [audit.frame, audit.main_path, audit.exercises, audit.claims_unique]


@pytest.mark.parametrize("check", ON_EVERY_NOTEBOOK, ids=lambda f: f.__name__)
@pytest.mark.parametrize("chapter", ALL, ids=lambda c: c.label)
def test_notebook(chapter, check):
    assert check(chapter) == []


@pytest.mark.parametrize("check", ON_EVERY_CHAPTER, ids=lambda f: f.__name__)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.label)
def test_chapter(chapter, check):
    if not (chapter.is_appendix and check is audit.exercises):
        assert check(chapter) == []


@pytest.mark.parametrize("chapter", ALL, ids=lambda c: c.label)
def test_code_is_english(chapter):
    code = [c.source for c in chapter.code_cells() if "raises-exception" not in audit.tags(c)]
    assert [p for source in code for p in chinese_in_code(source)] == []


def test_every_chapter_has_solutions_and_a_deck():
    for chapter in CHAPTERS:
        if chapter.is_appendix:
            continue
        assert (ROOT / "chapters" / "solutions" / chapter.script.name).exists(), chapter.stem
        assert (ROOT / "slides" / f"{chapter.stem}.md").exists(), chapter.stem


def test_no_misconception_has_two_owners():
    owners = {}
    for chapter in CHAPTERS:
        for row in re.findall(r"^### (E\d\d)\b", chapter.text, re.M):
            owners.setdefault(row, []).append(chapter.stem)
    assert {row: stems for row, stems in owners.items() if len(stems) > 1} == {}


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "chapters").glob("*.md")),
         *sorted((ROOT / "datasets").rglob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_of_pages(path):
    assert audit.links_resolve(path) == []


@pytest.mark.parametrize("chapter", ALL, ids=lambda c: c.label)
def test_one_name_in_chapters(chapter):
    assert audit.one_name(chapter.script.read_text("utf-8")) == []


@pytest.mark.parametrize("path", [*(p for p in PAGES if p.name != "C_glossary.md"),
                                  *sorted((ROOT / "slides").glob("*.md")),
                                  *sorted((ROOT / "chapters" / "checkers").glob("*.py"))],
                         ids=lambda p: p.name)
def test_one_name_elsewhere(path):
    assert audit.one_name(path.read_text("utf-8")) == []


@pytest.mark.parametrize("chapter", ALL, ids=lambda c: c.label)
def test_links_of_chapters(chapter):
    assert audit.links_resolve(chapter.path, chapter.text) == []
