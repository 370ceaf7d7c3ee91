"""Write into the chapters what a command can write: setup cell, addresses, links.

The address of the repository stands in one place, `[project.urls] Repository` of pyproject.toml.
Nothing is executed, and stored outputs stay.
"""

import re
import tomllib
from pathlib import Path

import jupytext
import nbformat

from bookbuild import links, startpage
from bookbuild.chapter import CHAPTERS, ROOT, chapters
from rnnbook.data.files import write_text

ADDRESS = re.compile(r"(https?|file)://[\w.~:/%+-]+", re.ASCII)
OTHER = re.compile(r"(?:\w+://(?:[^@/]+@)?|[^@/]+@|(?=[\w-]+\.))"  # ssh, or no scheme
                   r"(\w[\w.-]*)(?::\d+/|[:/])(\w[\w./-]*)", re.ASCII)
BRANCH = "main"
MARK = "<!-- badges -->"
SETUP = '''\
# Where the book is not installed (Colab, Kaggle): fetch it.
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

if not find_spec("rnnbook"):
    if any(Path(up, "lib/rnnbook").exists() for up in ("..", "../..")):
        sys.exit("这个内核里没有本书：用 make lab 打开，或选 .venv 的内核。")
    print("正在准备本书，第一次要一两分钟……", flush=True)
    repo, book = "{repo}", Path("rnn-book")
    clone = ["git", "clone", "--progress", "--depth=1", repo, book]
    if not book.exists() and run(clone).returncode:
        sys.exit("取不到本书：检查网络（Kaggle 要打开 Internet），再运行这一格。")
    sys.path.insert(0, str(book.resolve() / "lib"))
    from bookbuild.hosted import install
    install()

import rnnbook'''


def add_parser(commands):
    """Add `stamp` to the command line."""
    parser = commands.add_parser(
        "stamp", help="rewrite the links and the setup cell of every chapter, and the start page")
    parser.add_argument("--repo", help="first set a new address, e.g. that of a fork")
    parser.set_defaults(run=main)


def main(args):
    """Restamp all chapters and pages; print those that changed."""
    if args.repo:
        move(args.repo)
    repo, book = repository(), links.Book()
    for chapter in chapters():
        if stamp(chapter, repo, book):
            print(f"{chapter.label}: stamped")
    for path in sorted(CHAPTERS.glob("*.md")):
        if save(path, stamped_page(path, book)):
            print(f"{path.name}: stamped")
    print(f"repository: {repo}")


def repository(root=ROOT):
    """Return the public address of the book, without a slash or .git at its end."""
    text = (Path(root) / "pyproject.toml").read_text(encoding="utf-8")
    return _clean(tomllib.loads(text)["project"]["urls"]["Repository"])


def move(new, root=ROOT):
    """Change the address in pyproject.toml and in the pages that give it to readers.

    Raises: SystemExit for what is no address that a browser could open.
    """
    root, old, new = Path(root), repository(root), _clean(new)
    if not ADDRESS.fullmatch(new):
        other = OTHER.fullmatch(new)
        hint = f"https://{other[1]}/{other[2]}" if other else "https://…, without ? # { }"
        raise SystemExit(f"not an address of a repository: {new!r}; write it as {hint}")
    pages = [*root.glob("*.md"), *root.glob("chapters/*.md"), *root.glob("CITATION.cff")]
    for path in [*sorted(pages), root / "pyproject.toml"]:  # the source last: a rerun repeats all
        text = path.read_text(encoding="utf-8")
        save(path, re.sub(re.escape(old) + r"(?![\w-])", new, text))


def save(path, text):
    """Write a file whole or not at all; nothing where it holds the text already.

    Returns: whether it was written.
    Raises: SystemExit with one line where it cannot be written.
    """
    if path.read_text(encoding="utf-8") == text:
        return False
    try:
        write_text(path, text)
    except OSError as error:
        raise SystemExit(f"cannot write {path} ({error.strerror}): it is as it was. Make room, or "
                         "get the right to write, then run `make stamp` again.") from error
    return True


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


def stamp(chapter, repo, book):
    """Rewrite the .py and the .ipynb of a chapter, each whole or not at all.

    Args:
        chapter: a bookbuild.chapter.Chapter.
        repo: address of the repository.
        book: a bookbuild.links.Book.
    Returns: whether a file changed.
    """
    files = [file for file in (chapter.script, chapter.path) if file.exists()]
    return any([save(file, stamped(chapter, file, repo, book)) for file in files])


def stamped(chapter, file, repo, book):
    """Return what one of a chapter's two files holds once it is stamped.

    Args:
        chapter: a bookbuild.chapter.Chapter.
        file: its .py or its .ipynb.
        repo: address of the repository.
        book: a bookbuild.links.Book.
    """
    text = file.read_text(encoding="utf-8")
    if file == chapter.script:
        return jupytext.writes(_stamp(jupytext.reads(text, fmt="py:percent"), chapter, repo, book),
                               fmt="py:percent")
    return nbformat.writes(_stamp(nbformat.reads(text, as_version=4), chapter, repo, book)) + "\n"


def stamped_page(path, book):
    """Return what a page of the book's own holds once it is stamped: links, table of contents."""
    text = startpage.filled(path.read_text(encoding="utf-8"), book)
    return links.linked(text, path.name, book)


def _stamp(notebook, chapter, repo, book):
    page = links.page_of(chapter)
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", ()):
            cell.source = setup_cell(repo)
            cell.metadata["jupyter"] = {"source_hidden": True}
        if cell.cell_type == "markdown":
            lines = links.renewed(cell.source, page, book).split("\n")
            for place, line in enumerate(lines):
                if line.endswith(MARK):
                    lines[place] = f"{badges(repo, f'chapters/{page}')}\n\n{links.nav(page, book)}"
            if index and cell is notebook.cells[-1]:
                lines += ["", links.nav(page, book)]
            cell.source = "\n".join(lines)
    links.name_cells(notebook, chapter.number)
    return notebook


def _clean(address):
    return address.strip().rstrip("/").removesuffix(".git")
