"""Text corpora as they enter a language model: Shakespeare's plays and Tang quatrains."""

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import chain

from rnnbook.data import DataError, Source, fetch

NOISE = re.compile(r"[□{}（）〖〗\[\]]")  # missing or composed glyphs, editors' notes
STOP = re.compile("[，。？！]+")
HAN = re.compile("[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Text:
    """A text in two parts: the first 90 % of the characters and the rest."""

    train: str
    validation: str
    source: Source


@dataclass(frozen=True)
class Quatrains:
    """Quatrains in three parts that share neither a poem nor a first line."""

    train: list
    validation: list
    test: list
    source: Source


def load_shakespeare():
    """Load tinyshakespeare with nanoGPT's split: the last 10 % are for validation.

    Returns:
        ``Text`` with ``train``, ``validation`` (str) and ``source``.

    Raises:
        DataError: the file is empty or no UTF-8 text.
    """
    source = fetch("tinyshakespeare")
    text = read_text(source.path / "input.txt")
    cut = int(len(text) * 0.9)
    return Text(text[:cut], text[cut:], source)


def load_quatrains():
    """Load the regular Tang quatrains, simplified, without doubles, split by first line.

    A quatrain has 2 x (5, 5) or 2 x (7, 7) characters; one string with a newline between
    its two lines. A first line decides by its SHA-256 where its poems go: about 90 % to
    train, 5 % to validation, 5 % to test, the same on every machine.

    Returns:
        ``Quatrains`` with three lists of str and ``source``.

    Raises:
        DataError: a file is empty, or is not JSON in the schema of chinese-poetry.
    """
    source = fetch("chinese_poetry")
    files = sorted(source.path.glob("poet.tang.*.json"), key=lambda p: int(p.name.split(".")[2]))
    poems = chain.from_iterable(map(read_poems, files))
    parts = {"train": [], "validation": [], "test": []}
    for poem in regular_quatrains(poems):
        parts[part_of(poem)].append(poem)
    if not parts["train"]:
        raise DataError(f"{source.path} holds no regular quatrain in poet.tang.*.json")
    return Quatrains(**parts, source=source)


def read_text(path):
    """Read a UTF-8 text file; an empty or broken one gives an error with its name."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text: {error}") from None
    if not text.strip():
        raise DataError(f"{path} is empty")
    return text


def read_poems(path):
    """Read one file of chinese-poetry.

    Args:
        path: a JSON file, a list of objects with the key ``paragraphs`` (list of str).

    Returns:
        list of str, each a poem in one line.

    Raises:
        DataError: the file does not have this form; the message names it.
    """
    try:
        poems = json.loads(read_text(path))
        return ["".join(poem["paragraphs"]) for poem in poems]
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is not JSON: {error}") from None
    except (TypeError, KeyError):
        raise DataError(f"{path} is not a list of poems with 'paragraphs'") from None


def regular_quatrains(poems):
    """Keep the regular quatrains, simplify them, drop doubles.

    Args:
        poems: iterable of str, traditional characters, a poem in one line.

    Returns:
        list of str in the same order; each has two lines, and a line has two halves that end
        in a full-width comma and an ideographic full stop.
    """
    from opencc import OpenCC

    kept = []
    for poem in poems:
        lines = STOP.split(poem)
        if len(lines) != 5 or lines[4] or NOISE.search(poem):
            continue
        if {len(line) for line in lines[:4]} in ({5}, {7}) and HAN.fullmatch("".join(lines)):
            kept.append("{}，{}。\t{}，{}。".format(*lines[:4]))
    simplified = OpenCC("t2s").convert("\n".join(kept)).split("\n")
    return [poem.replace("\t", "\n") for poem in dict.fromkeys(simplified) if poem]


def part_of(poem):
    """The part that a poem's first line belongs to: "train", "validation" or "test"."""
    return part_by_hash(poem.split("，")[0])


def part_by_hash(text):
    """Choose "train" (90 %), "validation" or "test" (5 % each) by the SHA-256 of a text."""
    share = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 100
    return "test" if share < 5 else "validation" if share < 10 else "train"
