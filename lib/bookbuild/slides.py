"""Build the decks: Marp Markdown + stored outputs of the chapters -> HTML, PDF, PPTX."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bookbuild import bootstrap, browser
from bookbuild.chapter import ROOT, BuildError
from bookbuild.deck import Deck, DeckError
from rnnbook.data.files import write_text

SLIDES = ROOT / "slides"
OUT = ROOT / "build" / "slides"
FORMATS = ("html", "pdf", "pptx")
RECORD = ".built.json"
NODE = ("生成幻灯片需要 Node.js 18 或更新的版本（Debian/Ubuntu：sudo apt install nodejs npm；"
        "macOS：brew install node；Windows：winget install OpenJS.NodeJS.LTS）")


def marp():
    """Return the command of marp-cli; install the pinned version into slides/ if need be.

    Order: slides/node_modules, `marp` on PATH, `npm install`.
    Raises: DeckError with one line that says what to install.
    """
    local = shutil.which("marp", path=SLIDES / "node_modules" / ".bin")
    if command := local or shutil.which("marp"):
        return command
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise DeckError(NODE)
    print("安装 marp-cli 到 slides/node_modules（只有这一次）……", flush=True)
    status, output = bootstrap.run(
        [npm, "install", "--prefix", str(SLIDES), "--no-package-lock", "--no-audit", "--no-fund",
         "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000"], bootstrap.pulse)
    local = shutil.which("marp", path=SLIDES / "node_modules" / ".bin")
    if status or not local:
        raise DeckError(f"npm 没有装成 marp-cli（检查网络后再运行）：{bootstrap.reason(output)}")
    return local


def find_decks(names=()):
    """Return the decks in order.

    Args:
        names: chapter numbers or stems ("02", "02_rnn_forward"); empty: all.
    Raises: DeckError when a name fits no deck.
    """
    every = {path.stem: path for path in sorted(SLIDES.glob("[0-9A-Z]*_*.md"))}
    for name in names:
        if not any(name in (stem, stem.partition("_")[0]) for stem in every):
            raise DeckError(f"没有 {name!r} 这份幻灯片；有：{'、'.join(every) or '一份也没有'}")
    return [path for stem, path in every.items()
            if not names or stem in names or stem.partition("_")[0] in names]


def up_to_date(path, kind, out=OUT, chapters=ROOT / "chapters"):
    """Say whether a deck stands built with its present text, figures and numbers.

    Args:
        path: slides/NN_slug.md.
        kind: "html", "pdf" or "pptx".
    Raises: BuildError when a placeholder cannot be filled.
    """
    deck = Deck(path, chapters)
    return _built(out).get(f"{deck.name}.{kind}") == _digest(deck, kind)


def _built(out):
    """Return {file name: digest} of the files that stand in a folder."""
    try:
        entries = json.loads((Path(out) / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # nothing is known: build all
        return {}
    return {name: digest for name, digest in entries.items() if (Path(out) / name).exists()}


def _digest(deck, kind):
    look = [(SLIDES / name).read_text(encoding="utf-8") for name in ("theme.css", "package.json")]
    return deck.digest(kind, *look)


@contextlib.contextmanager
def _locked(folder):
    """Let one process at a time build into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        if os.name == "posix":
            import fcntl
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _convert(sources, kind, out, report):
    """Run marp-cli once over several resolved decks; put each in place when it is whole."""
    todo, made = out / ".todo", out / ".made"
    for folder in (todo, made):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for name, text in sources.items():
        (todo / f"{name}.md").write_text(text, encoding="utf-8")
    command = [marp(), "--config-file", str(SLIDES / "package.json"), f"--{kind}",
               "--no-stdin", "-I", str(todo), "-o", str(made)]
    if kind != "html":
        # marp's five browser pages at once starve each other on two cores until one times out
        pages = max(1, (os.cpu_count() or 2) // 2)
        command += ["--browser", "chrome", "--browser-timeout", "300", "--parallel", str(pages)]
    if kind == "pdf":
        command += ["--pdf-outlines", "--pdf-outlines.pages=false"]
    tail, missing = [], set(sources)
    process = subprocess.Popen(command, env=browser.environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               encoding="utf-8", errors="replace")
    for line in process.stderr:
        tail.append(line.rstrip())
        if match := re.search(r"\.todo[\\/](\w+)\.md => ", line):  # said when it is written
            os.replace(made / f"{match[1]}.{kind}", out / f"{match[1]}.{kind}")
            missing.discard(match[1])
            report(match[1], kind)
    if process.wait() or missing:
        what = f"（没有写成：{'、'.join(sorted(missing))}）" if missing else ""
        raise DeckError(f"marp-cli 没有做成 {kind.upper()}{what}：\n" + "\n".join(tail[-8:]))
    for folder in (todo, made):
        shutil.rmtree(folder, ignore_errors=True)


def build(paths, formats=FORMATS, out=OUT, chapters=ROOT / "chapters", *, force=False,
          report=lambda name, kind: None):
    """Build decks; what is unchanged since the last build is left alone.

    Args:
        paths: Markdown files.
        formats: some of "html", "pdf", "pptx"; the last two need a browser.
        out: folder for the results.
        chapters: folder of the notebooks whose outputs the decks quote.
        force: build what is up to date, too.
        report: called with (deck, format) for every file written.
    Returns: number of files written.
    Raises: DeckError with every unresolved placeholder, or what to install.
    """
    out = Path(out)
    decks, problems = {}, []
    for path in paths:
        try:
            decks[Path(path).stem] = Deck(path, chapters)
            decks[Path(path).stem].resolved()
        except BuildError as error:
            problems.append(str(error))
    if problems:
        raise DeckError("\n".join(problems))
    if set(formats) - {"html"} and browser.find() is None:
        raise DeckError(f"PDF 和 PPTX 需要浏览器（只要 HTML：make slides ARGS=--html-only）。"
                        f"{browser.INSTALL}")
    written = 0
    with _locked(out):
        built = _built(out)
        for kind in formats:
            digests = {name: _digest(deck, kind) for name, deck in decks.items()}
            stale = {name: deck.resolved() for name, deck in decks.items()
                     if force or built.get(f"{name}.{kind}") != digests[name]}
            if stale:
                _convert(stale, kind, out, report)
                built.update({f"{name}.{kind}": digests[name] for name in stale})
                write_text(out / RECORD, json.dumps(built, indent=1, sort_keys=True))
                written += len(stale)
    return written


def add_parser(subparsers):
    """Add `slides` to the command line of `python -m bookbuild`."""
    parser = subparsers.add_parser(
        "slides", help="build the decks to HTML, PDF and PPTX",
        description="Build the Marp decks in slides/ from the chapters' stored outputs into "
                    "build/slides/. Only what changed is built. HTML needs Node.js, PDF and PPTX "
                    "need Chromium or Chrome, too.")
    parser.add_argument("names", nargs="*", metavar="NN", help="chapter numbers (default: all)")
    parser.add_argument("--html-only", action="store_true", help="no PDF, no PPTX, no browser")
    parser.add_argument("--formats", metavar="LIST", default=",".join(FORMATS),
                        help="some of html,pdf,pptx (default: all)")
    parser.add_argument("--force", action="store_true", help="build what is up to date, too")
    parser.add_argument("--check", action="store_true",
                        help="then measure every slide in the browser, as the tests do")
    parser.set_defaults(run=main)


def main(args):
    """Build the decks asked for; return the exit status."""
    formats = ("html",) if args.html_only else tuple(args.formats.split(","))
    if unknown := set(formats) - set(FORMATS):
        print(f"✘ 没有 {'、'.join(sorted(unknown))} 这种格式；有：{'、'.join(FORMATS)}",
              file=sys.stderr)
        return 2
    start = time.perf_counter()

    def report(name, kind):
        size = (OUT / f"{name}.{kind}").stat().st_size / 1e3
        print(f"{name}.{kind:<5} {size:7.0f} kB  {time.perf_counter() - start:5.1f} s", flush=True)

    try:
        paths = find_decks(args.names)
        written = build(paths, formats, force=args.force, report=report)
    except BuildError as error:
        print(f"✘ {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"✘ 不能写入 build/slides（{error.strerror or error}）：原有的幻灯片没有动，"
              "解决后再运行一次", file=sys.stderr)
        return 1
    for path in paths:
        for slide, lines in Deck(path).long_slides():
            print(f"留意：{path.name} 第 {slide} 页有 {lines} 行字（最好不超过 7 行）")
    print(f"build/slides/ 里有 {len(paths)} 份幻灯片：新写 {written} 个文件，"
          f"{len(paths) * len(formats) - written} 个没有变")
    try:
        return _check(paths, formats) if args.check else 0
    except browser.BrowserError as error:
        print(f"✘ 没有检查：{error}", file=sys.stderr)
        return 1


def _check(paths, formats):
    from bookbuild import deckcheck
    bad = False
    for name, checks in deckcheck.inspect(paths, OUT, pdf="pdf" in formats).items():
        messages = [message for found in checks.values() for message in found]
        print(f"{name}：{len(messages)} 个问题" if messages else f"{name}：没有发现问题")
        print("".join(f"  {message}\n" for message in messages), end="")
        bad = bad or bool(messages)
    return int(bad)
