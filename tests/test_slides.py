"""The decks: complete, on the slide, offline, and true to their chapters.

A reader without Node.js or a browser sees the tests that need them skipped, with the reason;
where CI=true they fail.
"""

import errno
import json
import os
import re
import shutil
import sys
import warnings
import zipfile
from argparse import Namespace
from pathlib import Path

import pytest

from bookbuild import browser, deckcheck, slides
from bookbuild.chapter import BuildError
from bookbuild.deck import Deck, DeckError

TESTS = Path(__file__).parent
DECKS = slides.find_decks()
DEMO = TESTS / "fixtures" / "slides" / "90_demo.md"
CHAPTERS = TESTS / "fixtures" / "slides" / "chapters"
BROKEN = sorted((TESTS / "broken" / "slides").glob("*.md"))
BROKEN_OUT = slides.OUT.with_name("slides_tests")

needs_decks = pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)


def missing(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI needs it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def tools():
    """Node.js with marp-cli, and a browser."""
    if browser.find() is None:
        missing(browser.INSTALL)
    try:
        slides.marp()
    except DeckError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def inspected(tools):
    """What the checks say of the book's decks: {deck: {check: messages}}."""
    good = []
    for path in DECKS:
        try:
            Deck(path).resolved()
            good.append(path)
        except BuildError:  # test_placeholders says why
            pass
    slides.build(good, ("html", "pdf"))
    return deckcheck.inspect(good, slides.OUT)


def unresolvable(path):
    try:
        Deck(path, CHAPTERS).resolved()
    except BuildError as error:
        return str(error)
    return None


@pytest.fixture(scope="session")
def broken(tools):
    """What the checks say of the demo deck and of the broken decks."""
    decks = [DEMO, *(path for path in BROKEN if not unresolvable(path))]
    slides.build(decks, ("html",), BROKEN_OUT, CHAPTERS)
    printed = [DEMO, *(path for path in BROKEN if path.stem == "glyph")]
    slides.build(printed, ("pdf",), BROKEN_OUT, CHAPTERS)
    return deckcheck.inspect(decks, BROKEN_OUT, [path.stem for path in printed], CHAPTERS)


# ---- the book's decks ----

@needs_decks
def test_placeholders(path):
    Deck(path).resolved()


@needs_decks
def test_code_stands_in_the_chapter_or_the_library(path):
    assert not Deck(path).unknown_code()


@needs_decks
def test_belongs_to_a_chapter_and_names_its_plan(path):
    deck = Deck(path)
    assert (deck.chapters / f"{deck.name}.py").exists()
    first = "\n".join(line for _, line, _ in deck.slides()[0])
    assert "50 分钟" in first, "the first slide gives the time plan"
    assert "100 分钟" in first, "the first slide gives the time plan"
    for slide, lines in deck.long_slides():
        warnings.warn(f"{path.name}: slide {slide} has {lines} lines (guide: 7)", stacklevel=1)


@pytest.mark.parametrize("check", [c for c in deckcheck.CHECKS if c != "code"])
@needs_decks
def test_built_deck(path, check, inspected):
    if path.stem not in inspected:
        pytest.fail("not built, see test_placeholders")
    assert not inspected[path.stem][check]


# ---- the checks themselves ----

@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_deck_is_flagged(path, request):
    expected = json.loads(re.search(r"^expect: (.*)$", path.read_text("utf-8"), re.MULTILINE)[1])
    messages = unresolvable(path)
    if messages is None:
        checks = request.getfixturevalue("broken")[path.stem]
        messages = "\n".join(message for found in checks.values() for message in found)
    assert expected in messages


def test_good_deck_is_not_flagged(broken):
    assert broken["90_demo"] == {check: [] for check in deckcheck.CHECKS}


def test_presentation_has_every_slide_with_its_notes(tools):
    slides.build([DEMO], ("pptx",), BROKEN_OUT, CHAPTERS)
    names = zipfile.ZipFile(BROKEN_OUT / "90_demo.pptx").namelist()
    count = len(Deck(DEMO, CHAPTERS).slides())
    assert sum(bool(re.match(r"ppt/slides/slide\d+\.xml", name)) for name in names) == count
    assert sum(bool(re.match(r"ppt/notesSlides/n\w+\d+\.xml", name)) for name in names) == count


def test_font_that_is_not_embedded_is_flagged():
    pdf = (b"%PDF-1.4\n1 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
           b"2 0 obj\n<< /Type /Font /Subtype /TrueType /BaseFont /AA+Good /FontDescriptor 3 0 R >>"
           b"\nendobj\n3 0 obj\n<< /Type /FontDescriptor /FontFile2 4 0 R >>\nendobj\n")
    assert deckcheck.fonts(pdf) == ["PDF: font Helvetica is not embedded"]


@pytest.mark.parametrize("html", [
    '<img alt="" src="https://a.org/x.png">', "<script src='//a.org/x.js'></script>",
    '<link rel="stylesheet" href="http://a.org/x.css">', '@import "https://a.org/x.css";',
    "div{background:url(https://a.org/x.png)}",
    'style="background-image:url(&quot;https://a.org/x.png&quot;)"',
])
def test_external_address_is_flagged(html):
    assert len(deckcheck.external(html)) == 1


def test_links_to_read_are_no_requests():
    html = '<a href="https://arxiv.org/abs/1308.0850">G</a><svg xmlns="http://www.w3.org/2000/svg">'
    assert deckcheck.external(html) == []


def write(folder, body, name="90_demo.md"):
    path = folder / name
    path.write_text("---\nmarp: true\ntheme: rnnbook\ntitle: T\n---\n\n" + body, "utf-8")
    return path


def test_numbers_texts_and_figures_are_filled_in(tmp_path):
    body = ("{{decay_after_10:.1%}} {{ parameters }} $0.8^{10}={{90_demo/decay_after_10:.3f}}$\n"
            "```text\n{{text:two_steps:2-2}}\n```\n```text\n{{text:two_steps:-1}}\n```\n"
            "```python\nprint(f\"{{parameters}}\")\n![no](figure:no)\n```\n![w:9](figure:decay)\n")
    text = Deck(write(tmp_path, body), CHAPTERS).resolved()
    assert "10.7% 18 $0.8^{10}=0.107$" in text
    assert text.count("```text\n[[0.881 0.881 0.881]]\n```") == 2  # both are the last line
    assert 'print(f"{{parameters}}")\n![no](figure:no)' in text
    assert "![w:9](data:image/png;base64,iVBOR" in text
    assert "\nfooter: T\nlang: zh-CN\n---\n" in text


def test_every_bad_placeholder_is_listed_once(tmp_path):
    deck = Deck(write(tmp_path, "{{a}} {{parameters:.q}}\n\n![](figure:b)\n\n{{text:c}}"), CHAPTERS)
    with pytest.raises(DeckError) as caught:
        deck.resolved()
    lines = str(caught.value).splitlines()
    assert len(lines) == 3  # one for each line of the deck
    assert "decay_after_10, parameters" in lines[0]
    assert "two_steps" in lines[2]


def test_emphasis_before_a_chinese_character_is_made_strong(tmp_path):
    text = Deck(write(tmp_path, "**状态 (state)**是，`a**2 + b**2`，**$W$ (D, H)**和 $a**b$"),
                CHAPTERS).resolved()
    assert ("<strong>状态 (state)</strong>是，`a**2 + b**2`，"
            "<strong>$W$ (D, H)</strong>和 $a**b$") in text


def test_deck_without_front_matter_says_so(tmp_path):
    path = tmp_path / "x.md"
    path.write_text("# 没有", "utf-8")
    with pytest.raises(DeckError, match="front matter"):
        Deck(path, CHAPTERS).resolved()


def test_long_slides_are_counted(tmp_path):
    body = "## T\n\n" + "- x\n" * 8 + "\n<!-- a\n\nb -->\n\n---\n\n" + "- x\n" * 7 + "\n$$\na\n$$\n"
    assert Deck(write(tmp_path, body), CHAPTERS).long_slides() == [(1, 8), (2, 8)]


def test_only_what_changed_is_built(tmp_path, monkeypatch):
    calls = []

    def convert(sources, kind, out, report):
        calls.append((kind, sorted(sources)))
        for name in sources:
            (out / f"{name}.{kind}").write_text("built")

    monkeypatch.setattr(slides, "_convert", convert)
    one, two = write(tmp_path, "{{90_demo/parameters}}", "1_a.md"), write(tmp_path, "b", "2_b.md")

    def build(**more):
        return slides.build([one, two], ("html",), tmp_path / "out", CHAPTERS, **more)

    assert not slides.up_to_date(one, "html", tmp_path / "out", CHAPTERS)
    assert (build(), build()) == (2, 0)
    assert slides.up_to_date(one, "html", tmp_path / "out", CHAPTERS)
    write(tmp_path, "c", "2_b.md")
    assert build() == 1
    assert calls[-1] == ("html", ["2_b"])
    (tmp_path / "out" / "1_a.html").unlink()
    assert build() == 1
    assert build(force=True) == 2
    chapters = shutil.copytree(CHAPTERS, tmp_path / "chapters")
    notebook = chapters / "90_demo.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace('"parameters": 18', '"parameters": 19'))
    assert slides.build([one, two], ("html",), tmp_path / "out", chapters) == 1


MARP = """\
#!{python}
import pathlib, sys
todo, made = (pathlib.Path(sys.argv[sys.argv.index(flag) + 1]) for flag in ("-I", "-o"))
for path in sorted(todo.iterdir()):
    (made / (path.stem + ".html")).write_text("half")
    if path.stem == "2_b":
        sys.exit("ENOSPC: no space left on device")
    print(f".todo/{{path.name}} => .made/{{path.stem}}.html", file=sys.stderr)
"""


@pytest.mark.skipif(os.name == "nt", reason="starts a script by its first line")
def test_stopped_build_leaves_the_old_deck_and_is_done_again(tmp_path, monkeypatch):
    one, two = write(tmp_path, "a", "1_a.md"), write(tmp_path, "b", "2_b.md")
    (tmp_path / "marp").write_text(MARP.format(python=sys.executable))
    (tmp_path / "marp").chmod(0o755)
    monkeypatch.setattr(slides, "marp", lambda: str(tmp_path / "marp"))
    out, reported = tmp_path / "out", []
    out.mkdir()
    (out / "2_b.html").write_text("old")
    (out / slides.RECORD).write_text('{"2_b.html": "half a rec')  # nothing is known then
    with pytest.raises(DeckError, match=r"没有写成：2_b[\s\S]*no space left"):
        slides.build([one, two], ("html",), out, CHAPTERS,
                     report=lambda name, kind: reported.append(name))
    assert reported == ["1_a"]
    assert (out / "2_b.html").read_text() == "old"
    assert not slides.up_to_date(two, "html", out, CHAPTERS)


def test_what_cannot_be_written_is_a_sentence(monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(slides, "build", full)
    args = Namespace(names=["02"], html_only=True, force=False, check=False)
    assert slides.main(args) == 1
    assert "不能写入 build/slides（No space left on device）" in capsys.readouterr().err


def test_what_is_not_installed_is_said_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(slides.shutil, "which", lambda *_, **__: None)
    with pytest.raises(DeckError, match=r"Node\.js") as caught:
        slides.marp()
    assert "\n" not in str(caught.value)
    monkeypatch.setattr(slides.browser, "find", lambda: None)
    with pytest.raises(DeckError, match="Chromium 或 Chrome") as caught:
        slides.build([DEMO], ("pdf",), tmp_path, CHAPTERS)
    assert "\n" not in str(caught.value)
    with pytest.raises(browser.BrowserError, match="Chromium"):
        browser.measure([DEMO], "return 1")


def test_unknown_deck_is_named():
    with pytest.raises(DeckError, match="没有 '77' 这份幻灯片"):
        slides.find_decks(["77"])
