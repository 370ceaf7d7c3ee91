"""What must be true of a built deck; every check returns messages, none means good."""

import base64
import io
import re
import urllib.parse
import zlib
from pathlib import Path

from bookbuild import browser
from bookbuild.deck import Deck

MEASURE = (Path(__file__).with_name("measure.js")).read_text(encoding="utf-8")
EXTERNAL = re.compile(
    r"""(?:<(?:img|script|iframe|source|video|audio|embed|input)\b[^>]*?\bsrc(?:set)?\s*=\s*["']?
        |<(?:link|image|use)\b[^>]*?\b(?:xlink:)?href\s*=\s*["']?
        |@import\s+(?:url\()?["']?
        |\burl\(\s*["']?(?:&quot;)?)\s*((?:https?:)?//[^\s"'()<>&]+)""",
    re.VERBOSE | re.IGNORECASE)
DATA_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def problems(path, out, pdf=True, chapters=None):
    """Run every check on one deck.

    Args:
        path: slides/NN_slug.md.
        out: folder with NN_slug.html (and .pdf).
        pdf: whether to check the PDF, too.
        chapters: folder of the chapters, or None for the book's.
    Returns: list of messages.
    Raises: BrowserError when there is no browser.
    """
    deck = Deck(path, chapters) if chapters else Deck(path)
    page = Path(out) / f"{deck.name}.html"
    html = page.read_text(encoding="utf-8")
    measured = browser.measure(page, MEASURE)
    found = (over_the_edge(measured) + external(html, measured) + mathematics(measured)
             + pictures(html, measured) + notes(measured) + deck.unknown_code())
    return found + (fonts((page.with_suffix(".pdf")).read_bytes()) if pdf else [])


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


def mathematics(measured):
    """Report formulas that MathJax could not read, and TeX that was left as text."""
    return [f"slide {slide['number']}: mathematics: {error}"
            for slide in measured["slides"] for error in slide["math"]]


def pictures(html, measured):
    """Report pictures that are missing, invisible or blank."""
    found = [f"slide {slide['number']}: picture {image['which']} {image['problem']}"
             for slide in measured["slides"] for image in slide["images"] if image["problem"]]
    return found + [f"picture {index} is blank (one colour)"
                    for index, data in enumerate(DATA_PNG.findall(html), start=1)
                    if is_blank(base64.b64decode(data))]


def is_blank(png):
    """Say whether a picture has (nearly) one colour only.

    Args:
        png: bytes of a picture file.
    """
    from PIL import Image
    grey = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", grey.size, "white")
    low, high = Image.alpha_composite(white, grey).convert("L").getextrema()
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
    found, composite = [], set()
    for number, body in objects.items():
        if not re.search(rb"/Type\s*/Font\b(?!Desc)", body):
            continue
        kind = re.search(rb"/Subtype\s*/(\w+)", body)
        kind = kind[1].decode() if kind else "?"
        name = re.search(rb"/BaseFont\s*/([^\s/<>\[\]()]+)", body)
        name = name[1].decode("latin-1") if name else "unnamed"
        if kind == "Type0":
            composite.add(number)
        elif kind != "Type3":  # a Type 3 font holds its glyphs itself
            link = re.search(rb"/FontDescriptor\s+(\d+)\s", body)
            descriptor = objects.get(int(link[1]), b"") if link else b""
            if not re.search(rb"/FontFile[23]?\b", descriptor):
                found.append(f"PDF: font {name} is not embedded")
    if composite or objects:
        found += _missing_glyphs(objects, composite)
    return sorted(set(found))


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


def _missing_glyphs(objects, composite):
    """Find text drawn with glyph 0, the empty box of a font with two-byte glyph numbers."""
    names = {}  # resource name -> is it a composite font (Chromium's names are unique in a file)
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+)\s+(\d+) 0 R", body):
            names[name] = int(number) in composite
    found = []
    for body in objects.values():
        if b"stream\n" not in body[:4000] or b" Tf" not in body:
            continue
        font = None
        for token in re.finditer(rb"/(F\d+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f]+)>", body):
            if token[1]:
                font = token[1]
            elif names.get(font) and len(token[2]) % 4 == 0:
                glyphs = [token[2][i:i + 4] for i in range(0, len(token[2]), 4)]
                if b"0000" in glyphs:
                    found.append("PDF: a character has no glyph in any font (empty box)")
    return found


def uncovered(text, coverage):
    """Return the characters of a text that no installed font has.

    Args:
        text: what the slides show.
        coverage: output of `fc-list --format '%{charset}\\n'`: ranges in hexadecimal.
    """
    known = set()
    for part in set(coverage.split()):
        first, _, last = part.partition("-")
        known.update(range(int(first, 16), int(last or first, 16) + 1))
    return sorted({c for c in text if ord(c) not in known and c.isprintable() and c != " "})


def shown_text(html):
    """Return what a built page shows as text (tags and scripts removed)."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return urllib.parse.unquote(re.sub(r"<[^>]+>", "", html))
