"""Links between the pages of the book, made out of its own words.

A chapter or a section that the prose names by its number becomes a link; each exercise leads to
its solution and back; a line under the title leads to the neighbours. All of it is written by
`make stamp` and can be written again: what is there already is renewed.

JupyterLab looks for the target of a link by the id of a cell (`#cell-id=6-2`), which it may find in
a notebook that it has yet to open; the anchor of a heading it finds only in an open one, and a
Chinese one not even there.
An element of the same name before the heading serves all other readers of the page.
"""

import os
import re
from functools import cached_property
from pathlib import PurePosixPath

from bookbuild.chapter import CHAPTERS, chapters

NAV, TWIN = "<!-- nav -->", "<!-- twin -->"
TITLE = re.compile(r"^# (?:第 (\d\d) 章|附录 ([A-Z])) (.+)$", re.M)
TARGET = re.compile(r"^(?:## (?P<section>(?:\d+|[A-Z])\.\d+) |### 练习 (?P<exercise>\d+) )", re.M)
ANCHOR = re.compile(r'^<a id="cell-id=[^"]*"></a>\n', re.M)
JOIN = r"(?:、|–| 和 | 到 )"
# What is left alone comes first: code, mathematics, comments, tags, links, headings.
MENTION = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<!--.*?-->|</?[a-zA-Z][^>\n]*>|<https?:[^>\n]*>"
    r"|!?\[[^\]\n]*\]\([^)\n]*\)|^\#{1,6} [^\n]*"
    rf"|附录 (?P<appendix>[A-Z])(?![A-Za-z])|第 (?P<chapters>\d\d(?:{JOIN}\d\d)*) 章"
    rf"|(?<![\d.第])(?<!第 )(?P<sections>\d+\.\d+(?:{JOIN}\d+\.\d+)*) 节"
    r"|(?<=\| )(?P<first>\d\d)(?= \|$)", re.S | re.M)  # the last column of the glossary
# A link of ours is known by its words and its relative target.
OURS = re.compile(
    r"\[(第 \d\d 章|附录 [A-Z]|\d+\.\d+(?: 节)?|\d\d)\]\((?:[\w./]*\.ipynb)?(?:#cell-id=[\w-]+)?\)")
LINK = re.compile(r"\]\(([\w./-]*)#([^)\s]*)\)")


class Book:
    """What a link can lead to.

    Args:
        folder: where the chapters are.
    """

    def __init__(self, folder=CHAPTERS):
        self.chapters = chapters(solutions=False, folder=folder)
        self.pages = {page_of(c): c for c in chapters(folder=folder)}

    @cached_property
    def titles(self):
        """{number or letter: (page, title)} of every chapter and appendix."""
        found = {}
        for chapter in self.chapters:
            for number, letter, title in TITLE.findall(chapter.source.cells[0].source):
                found[number or letter] = (page_of(chapter), title)
        return found

    @cached_property
    def targets(self):
        """{page: ids of its sections and exercises}."""
        return {page: {cell_id(cell.source) for cell in chapter.source.cells
                       if cell.cell_type == "markdown"} - {None}
                for page, chapter in self.pages.items()}

    def link(self, words, page, number, section=None):
        """Return the words as a link from a page to a chapter or its section, if there is one."""
        target = self.titles.get(number, [None])[0]
        name = section and section.replace(".", "-")
        if target is None or (name and name not in self.targets[target]) or (
                target == page and not name):
            return words
        return f"[{words}]({way(page, target, name)})"


def page_of(chapter):
    """Return the path of a chapter's notebook in the folder of the chapters."""
    return f"solutions/{chapter.path.name}" if chapter.is_solution else chapter.path.name


def way(page, target, name=None):
    """Return the relative address of a page or of a named cell in it, as seen from a page."""
    path = os.path.relpath(target, PurePosixPath(page).parent).replace(os.sep, "/")
    return ("" if name and target == page else path) + (f"#cell-id={name}" if name else "")


def cell_id(source):
    """Return the id of a cell that a link can lead to, from its heading; None for any other."""
    if match := TARGET.search(source):
        exercise, section = match["exercise"], match["section"]
        return f"ex-{exercise}" if exercise else section.replace(".", "-")
    return None


def name_cells(notebook, prefix):
    """Give every cell its id: by its heading, or by its place.

    Args:
        notebook: changed in place.
        prefix: the chapter's number, begins an id by place.
    """
    for index, cell in enumerate(notebook.cells):
        name = cell_id(cell.source) if cell.cell_type == "markdown" else None
        cell["id"] = name or f"{prefix}-{index:03d}"


def linked(text, page, book):
    """Return Markdown with each mention of a chapter or section as a link; code is left alone.

    Args:
        text: Markdown.
        page: where it stands, relative to the chapters, e.g. "solutions/02_rnn_forward.ipynb".
        book: a Book.
    """
    def link(match):
        words = match[0]
        if match["first"] and page.endswith(".md"):
            return book.link(words, page, words)
        if match["appendix"]:
            return book.link(words, page, match["appendix"])
        if match["chapters"] and len(match["chapters"]) == 2:
            return book.link(words, page, match["chapters"])
        if match["chapters"]:
            return re.sub(r"\d\d", lambda number: book.link(number[0], page, number[0]), words)
        if match["sections"]:
            return re.sub(r"(\d+)\.\d+(?: 节)?", lambda section: book.link(
                section[0], page, f"{int(section[1]):02d}", section[0].removesuffix(" 节")), words)
        return words

    return MENTION.sub(link, OURS.sub(r"\1", text))


def anchored(text):
    """Return Markdown with an anchor before the heading that links lead to."""
    text = ANCHOR.sub("", text)
    if name := cell_id(text):
        place = TARGET.search(text).start()
        text = f'{text[:place]}<a id="cell-id={name}"></a>\n{text[place:]}'
    return text


def twin(text, page):
    """Return an exercise with a link to its solution as its last line, and the other way round."""
    lines = [line for line in text.split("\n") if not line.endswith(TWIN)]
    text = "\n".join(lines).rstrip("\n") if TWIN in text else text
    name = cell_id(text)
    if not (name or "").startswith("ex-"):
        return text
    solved = page.startswith("solutions/")
    target = page.removeprefix("solutions/") if solved else f"solutions/{page}"
    return f"{text}\n\n[{'题目' if solved else '解答'}]({way(page, target, name)}){TWIN}"


def nav(page, book):
    """Return the line that leads to the neighbours of a chapter or of its solutions."""
    solved = page.startswith("solutions/")
    plain = page.removeprefix("solutions/")
    order = [(target, f"{number} {title}")
             for number, (target, title) in sorted(book.titles.items())]
    here = [target for target, _ in order].index(plain)

    def link(words, target):
        return f"[{words}]({way(page, target)})"

    def neighbours(start, stop, words):
        return [link(words.format(title), f"solutions/{target}" if solved else target)
                for target, title in order[start:stop]
                if not solved or f"solutions/{target}" in book.pages]

    other = plain if solved else f"solutions/{plain}"
    twin_link = [link("正文" if solved else "解答", other)] if other in book.pages else []
    return " · ".join([*neighbours(max(here - 1, 0), here, "← {}"), link("目录", "index.md"),
                       *twin_link, *neighbours(here + 1, here + 2, "{} →")]) + NAV


def renewed(text, page, book):
    """Return a Markdown cell with its links and its anchor, without a line to the neighbours."""
    text = re.sub(rf"\n*^.*{NAV}$", "", text, flags=re.M)
    return twin(anchored(linked(text, page, book)), page)


def problems(text, page, book):
    """Return what is wrong with a text's links, and with the headings that they go by.

    A heading is plain text: tables of contents show TeX as it is typed. A section of another book
    has the ordinal before its number; without it, it is one of ours and must exist.
    """
    found = [f"TeX in a heading: {heading}"
             for heading in re.findall(r"^#{1,6} .*[$\\].*$", text, re.M)]
    for match in MENTION.finditer(OURS.sub(r"\1", text)):
        for section in re.findall(r"\d+\.\d+", match["sections"] or ""):
            chapter = f"{int(section.partition('.')[0]):02d}"
            known = book.targets.get(book.titles.get(chapter, [""])[0])
            if known is not None and section.replace(".", "-") not in known:
                found.append(f"there is no section {section}")
    for path, fragment in LINK.findall(text):
        target = os.path.normpath(PurePosixPath(page).parent / path) if path else page
        if fragment.removeprefix("cell-id=") not in book.targets.get(target, ()):
            found.append(f"{path}#{fragment} leads nowhere")
    return found
