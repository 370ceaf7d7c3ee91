"""What must be true of a built deck; every check returns messages, none means good."""

import base64
import io
import re
import zlib
from pathlib import Path

from bookbuild import browser
from bookbuild.chapter import ROOT
from bookbuild.deck import Deck

MEASURE = (Path(__file__).with_name("measure.js")).read_text(encoding="utf-8")
EXTERNAL = re.compile(
    r"""(?:<(?:img|script|iframe|source|video|audio|embed|input)\b[^>]*?\bsrc(?:set)?\s*=\s*["']?
        |<(?:link|image|use)\b[^>]*?\b(?:xlink:)?href\s*=\s*["']?
        |@import\s+(?:url\()?["']?
        |\burl\(\s*["']?(?:&quot;)?)\s*((?:https?:)?//[^\s"'()<>&]+)""",
    re.VERBOSE | re.IGNORECASE)
DATA_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def inspect(paths, out, pdf=True, chapters=ROOT / "chapters"):
    """Run every check on built decks.

    Args:
        paths: slides/NN_slug.md files.
        out: folder with NN_slug.html (and .pdf).
        pdf: True, False, or the names of the decks whose PDF is checked, too.
        chapters: folder of the chapters.
    Returns: {deck name: {check: list of messages}}.
    Raises: BrowserError when there is no browser.
    """
    decks = [Deck(path, chapters) for path in paths]
    pages = [Path(out) / f"{deck.name}.html" for deck in decks]
    found = {}
    for deck, page, measured in zip(decks, pages, browser.measure(pages, MEASURE), strict=True):
        html = page.read_text(encoding="utf-8")
        found[deck.name] = {
            "edge": over_the_edge(measured),
            "network": external(html, measured),
            "markup": markup(measured),
            "pictures": pictures(html, measured),
            "notes": notes(measured),
            "code": deck.unknown_code(),
        }
        if pdf is True or (pdf and deck.name in pdf):
            found[deck.name]["fonts"] = fonts(page.with_suffix(".pdf").read_bytes())
    return found


CHECKS = ("edge", "network", "markup", "pictures", "notes", "code", "fonts")


def over_the_edge(measured):
    """Report content outside its slide, inside the footer's line, or cut off."""
    return [f"slide {slide['number']}: {item}"
            for slide in measured["slides"] for item in slide["overflow"]]


def external(html, measured=None):
    """Report everything that the page would load from the network."""
    found = set(EXTERNAL.findall(html))
    if measured:
        found.update(url for url in measured["requests"] if re.match(r"https?:|//", url))
    return [f"loads from the network: {url}" for url in sorted(found)]


def markup(measured):
    """Report formulas that MathJax could not read, TeX and ** left as text, a lost theme."""
    return [f"slide {slide['number']}: {error}"
            for slide in measured["slides"] for error in slide["markup"]]


def pictures(html, measured):
    """Report pictures that are missing, invisible or blank."""
    found = [f"slide {slide['number']}: picture {image['which']} {image['problem']}"
             for slide in measured["slides"] for image in slide["images"] if image["problem"]]
    return found + [f"picture {index} is blank"
                    for index, data in enumerate(DATA_PNG.findall(html), start=1)
                    if is_blank(base64.b64decode(data))]


def is_blank(png):
    """Say whether a picture cannot be read or has (nearly) one colour only.

    Args:
        png: bytes of a picture file.
    """
    from PIL import Image
    try:
        picture = Image.open(io.BytesIO(png)).convert("RGBA")
    except OSError:  # not a picture at all
        return True
    white = Image.new("RGBA", picture.size, "white")
    low, high = Image.alpha_composite(white, picture).convert("L").getextrema()
    return high - low < 16


def notes(measured):
    """Report slides without speaker notes."""
    return [f"slide {slide['number']}: no speaker notes"
            for slide in measured["slides"] if not slide["notes"].strip()]


def fonts(pdf):
    """Report fonts that a PDF does not embed, and characters that it shows as an empty box.

    Args:
        pdf: bytes of the file.
    """
    objects = _pdf_objects(pdf)
    found, width = [], {}  # width: font object -> hexadecimal digits of one glyph number
    for number, body in objects.items():
        if not re.search(rb"/Type\s*/Font\b(?!Desc)", body):
            continue
        kind = re.search(rb"/Subtype\s*/(\w+)", body)
        kind = kind[1].decode() if kind else "?"
        name = re.search(rb"/BaseFont\s*/([^\s/<>\[\]()]+)", body)
        name = name[1].decode("latin-1") if name else "unnamed"
        if kind in ("Type0", "Type3"):  # the latter holds its glyphs itself
            width[number] = 4 if kind == "Type0" else 2
        else:
            link = re.search(rb"/FontDescriptor\s+(\d+)\s", body)
            descriptor = objects.get(int(link[1]), b"") if link else b""
            if not re.search(rb"/FontFile[23]?\b", descriptor):
                found.append(f"PDF: font {name} is not embedded")
    return sorted(set(found)) + _missing_glyphs(objects, width)


def _pdf_objects(pdf):
    """Return {number: bytes} of a PDF's objects, streams unpacked, object streams opened."""
    objects = {}
    for match in re.finditer(rb"(?:^|[\r\n ])(\d+) 0 obj\b(.*?)\bendobj", pdf, re.DOTALL):
        number, body = int(match[1]), match[2]
        head, has_stream, rest = body.partition(b"stream")
        if has_stream and b"FlateDecode" in head and b"/Subtype /Image" not in head:
            try:
                data = zlib.decompressobj().decompress(rest.lstrip(b"\r\n"))
            except zlib.error:
                data = b""
            body = head + b"stream\n" + data
            if re.search(rb"/Type\s*/ObjStm", head):
                first = int(re.search(rb"/First\s+(\d+)", head)[1])
                index = [int(word) for word in data[:first].split()]
                starts = index[1::2] + [len(data) - first]
                for position, inner in enumerate(index[::2]):
                    objects[inner] = data[first + starts[position]:first + starts[position + 1]]
                continue
        objects[number] = body
    return objects


def _missing_glyphs(objects, width):
    """Find text drawn with glyph 0, the empty box; so Chromium writes what no font has."""
    digits = {}  # resource name -> digits (Chromium's names mean one font in the whole file)
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+)\s+(\d+) 0 R", body):
            digits[name] = width.get(int(number))
    pages = [int(found[1]) for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)
             and (found := re.search(rb"/Contents\s+(\d+) 0 R", body))]
    found = []
    for page, number in enumerate(pages, start=1):
        each = None
        for token in re.finditer(rb"/ActualText\s*<[^>]*>|/(F\d+)\s+[\d.]+\s+Tf|<([0-9A-F]+)>",
                                 objects.get(number, b"")):
            if token[1]:
                each = digits.get(token[1])
            elif each and token[2] and any(set(token[2][i:i + each]) == {48}
                              for i in range(0, len(token[2]), each)):
                found.append(f"PDF page {page}: a character has no glyph in any font (empty box)")
                break
    return found
