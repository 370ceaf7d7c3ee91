"""The source of a deck: its slides, and what its placeholders stand for."""

import hashlib
import re
from functools import cached_property, lru_cache
from pathlib import Path

from bookbuild.chapter import ROOT, BuildError, Chapter

IMAGE = re.compile(r"!\[([^\]\n]*)\]\(([^)\n]*)\)")
NUMBER = re.compile(r"\{\{\s*([\w/]+)\s*(?::([^{}]*))?\}\}")
TEXT = re.compile(r"\{\{\s*text:([\w/]+)\s*(?::(\d*)-(\d+))?\s*\}\}")  # :2-5, or :-3 the last
STRONG = re.compile(r"(`[^`\n]*`|\$[^$\n]*\$)|"
                    r"\*\*(?=\S)((?:`[^`\n]*`|\$[^$\n]*\$|[^*\n`$])+?)(?<=\S)\*\*")
FENCE = re.compile(r"^\s{0,3}(```+|~~~+)\s*(\w*)")


class DeckError(BuildError):
    """A deck asks for something that its chapter does not hold."""


class Outputs:
    """Stored outputs of one executed chapter, by name.

    Args:
        path: the chapter's .ipynb file.
    """

    def __init__(self, path):
        self.chapter = Chapter(Path(path).with_suffix(".py"))

    @cached_property
    def claims(self):
        """Every claim of the chapter: {name: value}."""
        return self.chapter.claims()

    @cached_property
    def texts(self):
        """What each named cell printed: {cell name: text}."""
        texts = {}
        for cell in self.chapter.code_cells():
            printed = "".join(output.get("text", "") for output in cell.outputs
                              if output.get("name") == "stdout")
            if printed and "name" in cell.metadata:
                texts[cell.metadata["name"]] = printed.rstrip("\n")
        return texts

    def figure(self, name):
        """Return a data URI of the picture that the cell `name` drew."""
        return "data:image/png;base64," + "".join(self.chapter.figure(name).split())

    def number(self, name, spec):
        """Return the value of the claim `name`, formatted."""
        value = self._get(self.claims, "claim", name)
        try:
            return format(value, spec or "")
        except ValueError as error:
            raise DeckError(f"claim {name!r}: cannot format with {spec!r} ({error})") from error

    def text(self, name):
        """Return what the cell `name` printed."""
        return self._get(self.texts, "text output", name)

    def _get(self, known, kind, name):
        if name not in known:
            raise DeckError(f"{self.chapter.stem} has no stored {kind} {name!r}; "
                            f"it has: {', '.join(sorted(known)) or 'none'}")
        return known[name]


def _strong(match):
    """CommonMark does not close `**…)**` before a Chinese character; HTML always does."""
    return match[1] or f"<strong>{match[2]}</strong>"


def _short(path):
    path = Path(path).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


class Deck:
    """One deck's Markdown source.

    Args:
        path: slides/NN_slug.md.
        chapters: folder that holds NN_slug.ipynb and NN_slug.py.
    """

    def __init__(self, path, chapters=ROOT / "chapters"):
        self.path, self.chapters = Path(path), Path(chapters)
        self.name = self.path.stem
        self.source = self.path.read_text(encoding="utf-8").replace("\r\n", "\n")

    def _outputs(self, chapter, cache):
        if chapter not in cache:
            cache[chapter] = Outputs(self.chapters / f"{chapter}.ipynb")
        return cache[chapter]

    def _lookup(self, reference, cache):
        chapter, _, name = reference.rpartition("/")
        return self._outputs(chapter or self.name, cache), name

    def resolved(self):
        """Return the Markdown with every figure and number filled in from stored outputs.

        Raises: DeckError that lists every placeholder that cannot be filled.
        """
        cache, problems, lines = {}, [], []

        def image(match):
            alt, target = match.groups()
            kind, _, reference = target.strip().partition(":")
            if kind != "figure":
                raise DeckError(f"picture {target!r}: pictures come from the chapter, "
                                "write ![w:900](figure:CELLNAME)")
            outputs, name = self._lookup(reference, cache)
            return f"![{alt}]({outputs.figure(name)})"

        def number(match):
            outputs, name = self._lookup(match[1], cache)
            return outputs.number(name, match[2])

        def text(match):
            outputs, name = self._lookup(match[1], cache)
            rows = outputs.text(name).split("\n")
            if match[2]:
                rows = rows[int(match[2]) - 1:int(match[3])]
            elif match[3]:
                rows = rows[-int(match[3]):]
            return "\n".join(rows)

        for number_of_line, (line, language) in enumerate(self._lines(), start=1):
            try:
                if language not in ("python", "py"):
                    line = TEXT.sub(text, line)
                    line = NUMBER.sub(number, line)
                if language is None:
                    line = IMAGE.sub(image, STRONG.sub(_strong, line))
            except BuildError as error:
                problem = f"{_short(self.path)}:{number_of_line}: {error}"
                if problem not in problems:
                    problems.append(problem)
            lines.append(line)
        if problems:
            raise DeckError("\n".join(problems))
        return self._front_matter("\n".join(lines))

    def _lines(self):
        """Yield (line, language of the fence it stands in; None outside, '' unnamed)."""
        fence, language = None, None
        for line in self.source.split("\n"):
            match = FENCE.match(line)
            if fence is None and match:
                fence, language = match[1], match[2].lower()
                yield line, None
            elif fence and match and match[1].startswith(fence) and not match[2]:
                fence = language = None
                yield line, None
            else:
                yield line, language

    def _front_matter(self, text):
        """Give the deck a footer (its title) and a language where it names none."""
        match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        if not match:
            raise DeckError(f"{_short(self.path)}:1: the front matter is missing "
                            "(marp: true, theme: rnnbook, …)")
        head = match[1]
        title = re.search(r"^title:\s*(.+)$", head, re.MULTILINE)
        if title and not re.search(r"^footer:", head, re.MULTILINE):
            head += f"\nfooter: {title[1]}"
        if not re.search(r"^lang:", head, re.MULTILINE):
            head += "\nlang: zh-CN"
        return f"---\n{head}\n---\n{text[match.end():]}"

    def slides(self):
        """Return the slides as lists of (line number, line, language of the fence)."""
        slides, current, rules = [], [], 0
        for number, (line, language) in enumerate(self._lines(), start=1):
            if language is None and re.fullmatch(r"---+\s*", line):
                rules += 1
                if rules > 2:
                    slides.append(current)
                    current = []
            elif rules >= 2:
                current.append((number, line, language))
        return [*slides, current]

    def unknown_code(self):
        """Return a message for each Python line that stands neither in the chapter nor in lib/.

        White space at the ends is ignored.
        """
        chapter = self.chapters / f"{self.name}.py"
        known = _lines_of(chapter) | library_lines()
        return [f"{_short(self.path)}:{number}: stands neither in {chapter.name} nor in lib/: "
                f"{line.strip()}"
                for slide in self.slides() for number, line, language in slide
                if language in ("python", "py") and line.strip() and line.strip() not in known]

    def long_slides(self):
        """Return (slide number, lines) of slides with more than seven lines of text.

        A line: a paragraph, an item, a table row, a line of code, a displayed formula. The
        heading, the notes and pictures do not count; a code slide is counted by its prose.
        """
        found = []
        for index, slide in enumerate(self.slides(), start=1):
            body = "\n".join(line for _, line, language in slide if language is None)
            body = re.sub(r"<!--.*?-->|\$\$.*?\$\$", lambda m: "$" if m[0][0] == "$" else "",
                          body, flags=re.DOTALL)
            rows = [row for row in body.split("\n") if row.strip()
                    and not re.match(r"\s*(#|!\[|```|~~~|</?\w|\|?[\s:|-]+\|?$)", row)]
            if len(rows) > 7:
                found.append((index, len(rows)))
        return found

    def digest(self, *extra):
        """Return a hash of the resolved deck and of `extra` (what else decides the output)."""
        whole = "\0".join([self.resolved(), *extra])
        return hashlib.sha256(whole.encode()).hexdigest()


def _lines_of(path):
    if not Path(path).exists():
        return set()
    return {line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()}


@lru_cache(maxsize=1)
def library_lines():
    """Return every line of lib/**/*.py, stripped."""
    return set().union(*(_lines_of(path) for path in (ROOT / "lib").rglob("*.py")))
