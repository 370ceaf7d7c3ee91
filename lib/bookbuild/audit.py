"""What every chapter must satisfy; each check returns a list of problems, best empty."""

import ast
import re

import jupytext

from bookbuild import reading
from bookbuild.chapter import CHAPTERS, ROOT
from bookbuild.definitions import parse
from bookbuild.marks import check_marks

TAGS = {"setup", "data", "training", "timing", "raises-exception", reading.TAG}
HEADINGS = ("先想一想", "小结", "常见误解", "练习", "延伸阅读")
TERM = re.compile(r"\*\*([\u4e00-\u9fff][^*()]*?) \(([A-Za-z][^()*]*)\)\*\*")
MAX_CELL_LINES, MAX_BYTES, MAX_COLUMNS = 40, 500_000, 79


def pair_in_sync(chapter):
    """The .py and the .ipynb hold the same cells, and jupytext round-trips the .py."""
    def cells(notebook):
        return [(c.cell_type, c.source.strip(), sorted(c.metadata.get("tags", ())),
                 c.metadata.get("name")) for c in notebook.cells]

    problems = []
    for left, right in zip(cells(chapter.source), cells(chapter.notebook)):
        if left != right:
            problems.append(f"cell differs from the .py: {right[1][:60]!r}")
    if len(chapter.source.cells) != len(chapter.notebook.cells):
        problems.append(f"{len(chapter.source.cells)} cells in .py, "
                        f"{len(chapter.notebook.cells)} in .ipynb")
    if jupytext.writes(chapter.source, fmt="py:percent") != chapter.script.read_text("utf-8"):
        problems.append("the .py changes in a jupytext round trip")
    return [f"{p} (run `make notebooks`)" for p in problems]


def executed_in_order(chapter):
    """Every code cell has been executed, in order, from a fresh kernel."""
    counts = [cell.execution_count for cell in chapter.code_cells()]
    if counts != list(range(1, len(counts) + 1)):
        return [f"execution counts are {counts}"]
    return []


def clean_outputs(chapter):
    """No stderr, missing glyph, unexpected exception or path of a machine in stored outputs."""
    problems = []
    for cell in chapter.code_cells():
        for output in cell.outputs:
            where = cell.source[:40]
            if output.output_type == "stream" and output.name == "stderr":
                kind = "missing glyph" if "Glyph" in output.text else "stderr"
                problems.append(f"{kind} after {where!r}: {output.text[:120]!r}")
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                problems.append(f"{output.ename} after {where!r}: {output.evalue[:120]}")
            if re.search(r"/[\w/.-]+/\.venv/", "".join(output.get("traceback", ()))):
                problems.append(f"a folder of the machine that ran it after {where!r}")
    return problems


def known_tags(chapter):
    """Only tags that say why; nbval's own would hide the reason."""
    return [f"unknown tag {tag!r} on {cell.source[:40]!r}"
            for cell in chapter.notebook.cells for tag in tags(cell) - TAGS]


def within_caps(chapter):
    """The hard caps on cells, columns and file size."""
    problems = []
    for cell in chapter.code_cells():
        lines = cell.source.splitlines()
        if len(lines) > MAX_CELL_LINES:
            problems.append(f"a cell of {len(lines)} lines: {lines[0]!r}")
        problems += [f"{len(line)} columns: {line!r}" for line in lines if len(line) > MAX_COLUMNS]
    if (size := chapter.path.stat().st_size) > MAX_BYTES:
        problems.append(f"the notebook has {size} bytes, more than {MAX_BYTES}")
    return problems


def main_path(chapter):
    """The main path is an hour at most; what is optional says so in its heading, and only that."""
    cells = reading.main_path(chapter.notebook)
    count, minutes = sum(c.cell_type == "code" for c in cells), reading.minutes(cells)
    problems = [f"the tag {reading.TAG!r} stands on no heading: {cell.source[:40]!r}"
                for cell in chapter.notebook.cells if reading.TAG in tags(cell)
                and not (cell.cell_type == "markdown" and reading.HEADING.search(cell.source))]
    for section in reading.sections(chapter.notebook):
        if section.optional != (reading.WORD in section.title):
            problems.append(f"{section.title!r}: {reading.WORD} and the tag {reading.TAG!r} go "
                            "together")
    problems += [f"{name} stands in the optional {title!r} and is needed in {cell.source[:40]!r}"
                 for name, title, cell in reading.borrowed(chapter.notebook)]
    if count > reading.MOST_CELLS or minutes > reading.MOST_MINUTES:
        problems.append(f"the main path has {count} code cells and takes {minutes} minutes; at "
                        f"most {reading.MOST_CELLS} and {reading.MOST_MINUTES}: tag a section")
    return problems


def frame(chapter):
    """The fixed sections of a chapter or an appendix, in order, with the table at its head."""
    number, text = chapter.number, chapter.text
    name = f"附录 {number}" if chapter.is_appendix else f"第 {number} 章"
    headings = HEADINGS[-1:] if chapter.is_appendix else HEADINGS
    problems = []
    if not re.match(rf"# {name} \S", text):
        problems.append(f"does not start with '# {name} …'")
    for word in ("你将会", "你需要", "时间", "<!-- seconds -->", "<!-- minutes -->"):
        if word not in text.split("\n## ")[0]:
            problems.append(f"the head lacks {word}")
    places = [text.find(f"\n## {heading}") for heading in headings]
    if -1 in places:
        missing = [h for h, p in zip(headings, places) if p < 0]
        problems.append(f"missing sections: {missing}")
    elif places != sorted(places):
        problems.append(f"sections not in the order {headings}")
    shown = number if chapter.is_appendix else int(number)
    sections = re.findall(rf"^## {shown}\.(\d+) ", text, re.M)
    if sections != [str(i + 1) for i in range(len(sections))] or not sections:
        problems.append(f"sections are numbered {sections}")
    return problems


def exercises(chapter):
    """Four to six exercises, each with stars; the solutions answer the same ones."""
    pattern = r"^### (练习 \d+ ☆+ .+)$"
    titles = re.findall(pattern, chapter.text, re.M)
    problems = [] if 4 <= len(titles) <= 6 else [f"{len(titles)} exercises, not 4 to 6"]
    solution = type(chapter)(chapter.script.parent / "solutions" / chapter.script.name)
    if re.findall(pattern, solution.text, re.M) != titles:
        problems.append("the solutions' headings differ from the exercises'")
    asked, answered = checked_names(chapter), checked_names(solution)
    if asked != answered or not asked:
        problems.append(f"checked here {sorted(asked)}, solved {sorted(answered)}")
    for cell in chapter.code_cells():
        if "check(" in cell.source and "○ 未作答" not in printed(cell):
            problems.append(f"stub is not 未作答: {cell.source[:60]!r}")
    for cell in solution.code_cells():
        if "check(" in cell.source and printed(cell).count("✔") < cell.source.count("check("):
            problems.append(f"solution is not ✔: {cell.source[:60]!r}")
    return problems


def marks(chapter):
    """Every quoted number is the stored value of its claim."""
    return check_marks(chapter.text, chapter.measured, reading.clock(chapter.notebook))


def claims_unique(chapter):
    """No claim name is used twice in a chapter, and every claim call has stored its value."""
    called = []
    for cell in chapter.code_cells():
        for node in ast.walk(parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    called.append(first.value)
    problems = [f"claim {n!r} is made twice" for n in sorted(set(called)) if called.count(n) > 1]
    problems += [f"claim {n!r} has no stored value" for n in called if n not in chapter.claims()]
    if not called and not chapter.is_solution:
        problems.append("the chapter claims nothing")
    return problems


def terms_in_glossary(chapter, glossary=None):
    """Every term marked as introduced, **Chinese (English)**, has a row in the glossary."""
    glossary = glossary or (CHAPTERS / "C_glossary.md").read_text("utf-8")
    rows = {tuple(cell.strip() for cell in line.strip("|").split("|")[:2])
            for line in glossary.splitlines() if line.startswith("|")}
    return [f"{zh} ({en}) is not in the glossary"
            for zh, en in TERM.findall(chapter.text) if (zh, en) not in rows]


def one_name(text, glossary=None):
    """A concept has one Chinese name: the glossary's table says which others are not written."""
    glossary = glossary or (CHAPTERS / "C_glossary.md").read_text("utf-8")
    table = glossary.partition("| 写 | 不写 |")[2].partition("\n\n")[0]
    pairs = [(kept, other) for kept, others in re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.M)
             for other in others.split("、")]
    return [f"写“{kept}”，不写“{other}”：…{text[max(0, m.start() - 12):m.end() + 12]}…"
            for kept, other in pairs for m in re.finditer(re.escape(other), text)]


def links_resolve(path, text=None):
    """Every relative link of a Markdown text points to a file that exists."""
    text = text if text is not None else path.read_text("utf-8")
    problems = []
    for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text):
        target = (target[0] or target[1]).partition("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        if not (path.parent / target).exists():
            problems.append(f"{path.relative_to(ROOT)}: broken link {target}")
    return problems


def tags(cell):
    """Return a cell's tags as a set."""
    return set(cell.metadata.get("tags", ()))


def printed(cell):
    """Return what a cell printed."""
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def checked_names(chapter):
    """Return the names of the exercises that a notebook checks."""
    code = "\n".join(cell.source for cell in chapter.code_cells())
    return set(re.findall(r"\bcheck\(\s*\"([\w.]+)\"", code))
