"""How long a chapter is to read: its main path, without what is optional and the exercises.

A section is optional where the cell of its heading has the tag `optional`; the heading then says
so (`WORD`), and Lab shows it folded. The rates are set so that three chapters take the minutes
which their authors wrote down before there was a count (tests/test_reading.py): an estimate, not a
measurement of readers.
"""

import ast
import re
from dataclasses import dataclass

from bookbuild.definitions import parse

TAG, WORD, EXERCISES = "optional", "选读", "练习"
FOLD = "jp-MarkdownHeadingCollapsed"  # of the heading's cell: how Lab folds a section
MOST_CELLS, MOST_MINUTES = 45, 60     # of a main path
SECONDS = {"characters": 0.26, "words": 0.4, "formulas": 4, "lines": 3.5, "figures": 30}
HEADING = re.compile(r"^(#{1,3}) (.+)$", re.M)


@dataclass
class Section:
    """A part of a chapter: its heading, the level of that, whether it is optional, its cells."""

    title: str
    level: int
    optional: bool
    cells: list


def sections(notebook):
    """Divide a notebook at its headings, into a list of `Section`.

    A heading of the third level divides only where it begins or ends what is optional; that goes
    on until a heading of its own level or above.
    """
    found = [Section("", 1, False, [])]
    for cell in notebook.cells:
        heading = cell.cell_type == "markdown" and HEADING.search(cell.source)
        if heading:
            now, level, tagged = found[-1], len(heading[1]), TAG in cell.metadata.get("tags", ())
            if tagged or level <= (now.level if now.optional else 2):
                found.append(Section(heading[2], level, tagged, []))
        found[-1].cells.append(cell)
    return found


def main_path(notebook):
    """List the cells that a reader goes through before the exercises."""
    return [cell for section in sections(notebook) for cell in section.cells
            if not section.optional and section.title != EXERCISES]


def counts(cells):
    """Count what takes time in cells: characters, words, formulas, lines of code, figures."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    text = re.sub(r"<!--.*?-->|\]\([^)]*\)|<a [^>]*>", " ", text, flags=re.S)
    prose, formulas = re.subn(r"\$\$.+?\$\$|\$[^$\n]+\$", " ", text, flags=re.S)
    code = [cell for cell in cells if cell.cell_type == "code"
            and "setup" not in cell.metadata.get("tags", ())]
    return {"characters": len(re.findall(r"[\u4e00-\u9fff]", prose)),
            "words": len(re.findall(r"[A-Za-z_][\w.]*|\d[\d.,]*", prose)),
            "formulas": formulas,
            "lines": sum(len(cell.source.splitlines()) for cell in code),
            "figures": sum("image/png" in output.get("data", {}) for cell in code
                           for output in cell.get("outputs", ()))}


def minutes(cells):
    """Estimate the minutes that cells take to read, in fives."""
    seconds = sum(SECONDS[kind] * n for kind, n in counts(cells).items())
    return max(5, 5 * round(seconds / 300))


def borrowed(notebook):
    """List (name, optional section, cell) where a cell of the main path needs that section.

    A name counts as defined by whatever cell assigns, imports or defines it first.
    """
    known, optional, found = set(), {}, []
    for section in sections(notebook):
        for cell in section.cells:
            if cell.cell_type != "code":
                continue
            defined, used = _names(cell.source)
            if section.optional:
                optional |= {name: section.title for name in defined - known - set(optional)}
                continue
            found += [(name, optional[name], cell) for name in sorted(used - defined - known)
                      if name in optional]
            known |= defined
    return found


def _names(source):
    defined, used = set(), set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
        elif isinstance(node, ast.alias):
            defined.add((node.asname or node.name).partition(".")[0])
    return defined, used


def clock(notebook):
    """Tell the seconds that a notebook ran, where that is stored, and the minutes to read it."""
    stored = notebook.metadata.get("rnnbook", {})
    return {"minutes": minutes(main_path(notebook))} | {
        name: stored[name] for name in ("seconds",) if name in stored}


def fold(notebook):
    """Let Lab show the optional sections folded."""
    for section in sections(notebook):
        if section.optional:
            section.cells[0].metadata[FOLD] = True
