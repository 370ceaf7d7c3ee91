"""The reader's working copy: folder `work/`, made from `chapters/`, ignored by git.

`work/.base/` keeps each page as the reader was given it, so that a new version can be merged with
what the reader made of it; `work/.backup/` keeps whole files from before that.
"""

import shutil
import time
from dataclasses import dataclass, field

import nbformat
from ipykernel.ipkernel import IPythonKernel
from nbformat.v4 import new_notebook

from bookbuild.merge import merge

# With what JupyterLab writes into a notebook that it opens, opening changes nothing.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = IPythonKernel.language_info


@dataclass
class Report:
    """What a refresh did, by the names of pages such as `solutions/02_rnn_forward.ipynb`."""

    added: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    merged: dict = field(default_factory=dict)  # name: cells that both sides had changed
    replaced: list = field(default_factory=list)  # the reader's version lies in the backup only
    damaged: list = field(default_factory=list)
    backup: object = None  # path of the folder with the files from before, if there are any

    def __str__(self):
        """Say it to the reader, a line a matter; an empty text where nothing was done."""
        both = {name: count for name, count in self.merged.items() if count}
        matters = [
            (self.added, "work/ 放进了 {} 份新的。"),
            (self.updated, "work/ 更新了 {} 份。"),
            (self.merged, "其中 {} 份有你写的东西，都留着：{names}。"),
            (both, "有的单元格你和书都改过：新的在前，你的跟在后面，有标记：{names}。"),
            (self.replaced, "{names} 换成了新的。"),
            (self.damaged, "{names} 打不开（文件坏了），换成了新的一份。"),
            (self.removed, "书里不再有 {names}，已从 work/ 拿走。"),
        ]
        lines = [text.format(len(names), names="、".join(names))
                 for names, text in matters if names]
        if self.backup:
            lines.append(f"原来的文件存在 {self.backup}。")
        return "\n".join(lines)


class WorkingCopy:
    """The folder `work/` of one book."""

    def __init__(self, root):
        """Take the book's folder, a pathlib.Path."""
        self.root = root
        self.source, self.folder = root / "chapters", root / "work"
        self.base = self.folder / ".base"
        self.backup = self.folder / ".backup" / time.strftime("%Y%m%d-%H%M%S")

    def refresh(self, fresh=()):
        """Bring every page to the version of `chapters/`, with the reader's own work in it.

        Args:
            fresh: names of pages to give out anew, as `pages` returns them.
        Returns:
            Report.
        """
        report = Report()
        for name in self.pages():
            self._refresh(name, name in fresh, report)
        for path in sorted([*self.base.glob("*.*"), *self.base.glob("solutions/*.*")]):
            name = path.relative_to(self.base).as_posix()
            if name not in self.pages():
                self._remove(name, report)
        return report

    def pages(self):
        """Return the names of what a reader reads: chapters, solutions, pages of text."""
        found = [path for pattern in ("*.ipynb", "*.md", "solutions/*.ipynb")
                 for path in self.source.glob(pattern)]
        return sorted(path.relative_to(self.source).as_posix() for path in found)

    def _refresh(self, name, fresh, report):
        own = self.folder / name
        new, given, mine = as_given(self.source / name), _read(self.base / name), _read(own)
        result = new
        if mine is None:
            report.added.append(name)
        elif fresh:
            report.replaced.append(name)
        elif own.suffix == ".ipynb" and mine != given and _parse(mine) is None:
            report.damaged.append(name)
        elif given == new:
            return
        else:
            report.updated.append(name)
            if mine != given and own.suffix == ".ipynb":
                base = _parse(given) or new_notebook()  # a lost base: all cells are the reader's
                merged = merge(base, _parse(mine), _parse(new))
                result, report.merged[name] = _bytes(merged.notebook), merged.conflicts
            elif mine != given:
                report.replaced.append(name)
        if mine not in (None, given, new):
            self.backup.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(own, self.backup / name)
            report.backup = self.backup.relative_to(self.root)
        _write(own, result)
        _write(self.base / name, new)

    def _remove(self, name, report):
        if _read(self.folder / name) == _read(self.base / name):
            (self.folder / name).unlink()
            report.removed.append(name)
        (self.base / name).unlink()


def as_given(path):
    """Return a page of the book as a reader gets it, in bytes: it is paired with no .py."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("jupytext", None)
    notebook.metadata["kernelspec"], notebook.metadata["language_info"] = KERNEL, LANGUAGE
    return _bytes(notebook)


def _bytes(notebook):
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def _parse(content):
    """Return the notebook, or None where the bytes are none."""
    if content is None:
        return None
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
    except Exception:  # whatever a damaged file makes a JSON reader or a validator raise
        return None
    return notebook


def _read(path):
    return path.read_bytes() if path.exists() else None


def _write(path, content):
    from rnnbook.data.files import write_whole

    write_whole(path, lambda file: file.write(content))
