"""Put the repository's address into every chapter: its links and its setup cell.

The address stands in one place, `[project.urls] Repository` of pyproject.toml.
"""

import re
import tomllib
from pathlib import Path

import jupytext
import nbformat

from bookbuild.chapter import ROOT, chapters

BRANCH = "main"
MARK = "<!-- badges -->"
SETUP = '''\
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

if not find_spec("rnnbook"):  # Colab, Kaggle: fetch the book
    if Path("../lib/rnnbook").exists():
        sys.exit("这个内核里没有本书：用 make lab 打开，或选 .venv 的内核。")
    repo, book = "{repo}", Path("rnn-book")
    clone = ["git", "clone", "-q", "--depth=1", repo, book]
    if not book.exists() and run(clone).returncode:
        sys.exit("取不到本书：检查网络（Kaggle 要打开 Internet），再运行这一格。")
    sys.path.insert(0, str(book.resolve() / "lib"))
    from bookbuild.hosted import install

    install()

import rnnbook'''


def add_parser(commands):
    """Add `stamp` to the command line."""
    parser = commands.add_parser(
        "stamp", help="rewrite every chapter's links and setup cell for the repository's address")
    parser.add_argument("--repo", help="first set a new address, e.g. that of a fork")
    parser.set_defaults(run=main)


def main(args):
    """Restamp all chapters; print those that changed."""
    if args.repo:
        move(args.repo)
    repo = repository()
    for chapter in chapters():
        if stamp(chapter, repo):
            print(f"{chapter.label}: stamped")
    print(f"repository: {repo}")


def repository(root=ROOT):
    """Return the public address of the book, without a slash or .git at its end."""
    text = (Path(root) / "pyproject.toml").read_text(encoding="utf-8")
    return _clean(tomllib.loads(text)["project"]["urls"]["Repository"])


def move(new, root=ROOT):
    """Change the address in pyproject.toml and in the pages that give it to readers."""
    old, new = repository(root), _clean(new)
    if not re.fullmatch(r"(https?|file)://[^\s\"']+", new):
        raise SystemExit(f"not an address of a repository: {new!r}")
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        path = Path(root) / name
        if path.exists():
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(re.escape(old) + r"(?![\w-])", new, text), encoding="utf-8")


def setup_cell(repo):
    """Return the source of the setup cell, the same in every chapter."""
    return SETUP.replace("{repo}", repo)


def badges(repo, path):
    """Return the line of links under a chapter's title.

    Args:
        repo: address of the repository.
        path: path of the notebook in it, e.g. "chapters/02_rnn_forward.ipynb".
    """
    page = f"{repo}/blob/{BRANCH}/{path}"
    links = []
    if repo.startswith("https://github.com/"):  # the only host that both can open
        place = page.removeprefix("https://github.com/")
        links += [f"[在 Colab 打开](https://colab.research.google.com/github/{place})",
                  f"[在 Kaggle 打开](https://kaggle.com/kernels/welcome?src={page})"]
    links.append(f"[下载]({repo}/raw/{BRANCH}/{path})")
    # The mark stands last: a line that begins with a comment is not read as Markdown.
    return " · ".join(links) + MARK


def stamp(chapter, repo):
    """Rewrite links and setup cell in the .py and the .ipynb; keep stored outputs.

    Args:
        chapter: a bookbuild.chapter.Chapter.
        repo: address of the repository.
    Returns: whether a file changed.
    """
    changed = False
    path = f"{'chapters/solutions' if chapter.is_solution else 'chapters'}/{chapter.path.name}"
    for file in (chapter.script, chapter.path):
        if not file.exists():
            continue
        before = file.read_text(encoding="utf-8")
        if file == chapter.script:
            notebook = jupytext.reads(before, fmt="py:percent")
        else:
            notebook = nbformat.reads(before, as_version=4)
        if not _stamp_cells(notebook, repo, path):
            continue
        if file == chapter.script:
            after = jupytext.writes(notebook, fmt="py:percent")
        else:
            after = nbformat.writes(notebook) + "\n"
        file.write_text(after, encoding="utf-8")
        changed = True
    return changed


def _stamp_cells(notebook, repo, path):
    changed = False
    for cell in notebook.cells:
        source = cell.source
        if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", ()):
            source = setup_cell(repo)
        elif cell.cell_type == "markdown" and MARK in source:
            lines = source.split("\n")
            source = "\n".join(badges(repo, path) if MARK in line else line for line in lines)
        if source != cell.source:
            cell.source = source
            changed = True
    return changed


def _clean(address):
    return address.strip().rstrip("/").removesuffix(".git")
