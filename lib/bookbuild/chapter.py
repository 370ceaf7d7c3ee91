"""A chapter as the build sees it: a paired notebook and what its outputs hold."""

import csv
import functools
import re
from pathlib import Path

import jupytext
import nbformat

from bookbuild import bootstrap

ROOT = Path(bootstrap.ROOT).resolve()
CHAPTERS = ROOT / "chapters"
SEEDS = ROOT / "tests" / "seeds"


class BuildError(Exception):
    """The book cannot be built; the message says what to do."""


class Chapter:
    """A notebook in py:percent form (the source) with its .ipynb (the stored outputs)."""

    def __init__(self, script):
        self.script = Path(script)
        self.path = self.script.with_suffix(".ipynb")
        self.stem = self.script.stem

    @property
    def slug(self):
        """The name without its number: `rnn_forward` for `02_rnn_forward`."""
        return self.stem.partition("_")[2]

    @property
    def number(self):
        """The number of a chapter or the letter of an appendix: `02`, `A`."""
        return self.stem.partition("_")[0]

    @property
    def is_solution(self):
        """Whether this notebook holds the solutions of a chapter."""
        return self.script.parent.name == "solutions"

    @property
    def is_appendix(self):
        """Whether this is an appendix: it has a letter, and no exercises, solutions or deck."""
        return self.stem[0].isalpha()

    @property
    def label(self):
        """Short name for messages, e.g. `solutions/02_rnn_forward`."""
        return f"solutions/{self.stem}" if self.is_solution else self.stem

    @functools.cached_property
    def source(self):
        """The notebook read from the .py file, without outputs."""
        return jupytext.read(self.script)

    @functools.cached_property
    def notebook(self):
        """The stored notebook.

        Raises:
            BuildError: it has not been built yet, or is no notebook.
        """
        if not self.path.exists():
            raise BuildError(f"{self.path} is missing: run `make notebooks`")
        try:
            return nbformat.read(self.path, as_version=4)
        except Exception as error:
            raise BuildError(f"{self.path} is not a readable notebook: {error}") from error

    def code_cells(self):
        """Return the stored code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def claims(self):
        """Return the stored values: {claim name: value}."""
        return collect(self.notebook, "claims")

    def other_seeds(self, claim):
        """Return what a claim measured with other seeds (`make seeds`): list of float.

        Raises:
            KeyError: the table has no such claim.
        """
        with (SEEDS / f"{self.stem}.csv").open(encoding="utf-8", newline="") as file:
            rows = {name: values for name, *values in csv.reader(file)}
        return [float(value) for value in rows[claim] if value]

    def measured(self, name, own=None):
        """Return the number that a mark in the prose names.

        Args:
            name: a claim of this chapter; NN_slug/CLAIM, one of another chapter; least/CLAIM or
                most/CLAIM, an end of what other seeds gave here.
            own: claims of this chapter that are not stored yet.
        Raises:
            KeyError: there is no such number.
        """
        where, _, claim = name.rpartition("/")
        if where in ("least", "most"):
            return {"least": min, "most": max}[where](self.other_seeds(claim))
        if where:
            return type(self)(CHAPTERS / f"{where}.py").claims()[claim]
        return (self.claims() if own is None else own)[claim]

    def figure(self, name):
        """Return the last PNG (base64 text) of the cell of that name.

        Raises:
            BuildError: no such cell, or the cell has no picture; the message lists what there is.
        """
        pictures = {}
        for cell in self.code_cells():
            for output in cell.outputs:
                if "image/png" in output.get("data", {}) and "name" in cell.metadata:
                    pictures[cell.metadata["name"]] = output.data["image/png"]
        if name not in pictures:
            known = ", ".join(sorted(pictures)) or "none"
            raise BuildError(f"{self.stem} has no figure {name!r}; it has: {known}")
        return pictures[name]

    @property
    def text(self):
        """All prose of the stored notebook."""
        return "\n\n".join(c.source for c in self.notebook.cells if c.cell_type == "markdown")


def collect(notebook, key):
    """Merge the dictionaries that a notebook's outputs carry in their metadata under a key."""
    merged = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            merged.update(output.get("metadata", {}).get("rnnbook", {}).get(key, {}))
    return merged


def chapters(names=(), *, solutions=True, folder=CHAPTERS):
    """Return the chapters, in order, each followed by its solutions.

    Args:
        names: chapter numbers or stems ("02", "02_rnn_forward"); empty for all.
        solutions: whether to include the solution notebooks.
        folder: where the chapters are.

    Raises:
        BuildError: a name matches no chapter.
    """
    folder = Path(folder)
    scripts = sorted(folder.glob("[0-9A-Z]*_*.py"))
    if solutions:
        scripts += sorted((folder / "solutions").glob("[0-9A-Z]*_*.py"))
    scripts.sort(key=lambda p: (p.stem, p.parent.name))
    found = [Chapter(script) for script in scripts]
    for name in names:
        if not any(_matches(c, name) for c in found):
            known = ", ".join(sorted({c.stem for c in found}))
            raise BuildError(f"no chapter {name!r}; there are: {known}")
    return [c for c in found if not names or any(_matches(c, name) for name in names)]


def _matches(chapter, name):
    number = re.match(r"[0-9A-Z]+", chapter.stem).group()
    return name in (number, chapter.stem, chapter.slug)
