"""Tang quatrains: found in the corpus, split, encoded for training, tested for their form."""

import json
import re
from itertools import chain

import numpy as np

from rnnbook.data.files import read_text
from rnnbook.data.sources import DataError, fetch
from rnnbook.data.splits import Parts, part_by_hash
from rnnbook.data.vocab import UNKNOWN, Vocabulary

NOISE = re.compile(r"[□{}（）〖〗\[\]]")  # missing or composed glyphs, editors' notes
STOP = re.compile("[，。？！]+")
HAN = re.compile("[\u4e00-\u9fff]+")
START, END = "^", "$"
CHARACTER = "[\u3400-\u9fff\U00020000-\U0003ffff]"  # with the rare characters of later blocks
FORM = re.compile("|".join(f"(?:{CHARACTER}{{{n}}}，{CHARACTER}{{{n}}}。\n?){{2}}" for n in (5, 7)))


def load_quatrains():
    """Load the regular Tang quatrains, simplified, without doubles, split by first line.

    A quatrain has 2 x (5, 5) or 2 x (7, 7) characters; one string with a newline between
    its two lines. A first line decides by its SHA-256 where its poems go: about 90 % to
    train, 5 % to validation, 5 % to test, the same on every machine.

    Returns:
        ``Parts`` with three lists of str and ``source``; they share neither a poem nor a first
        line.

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
    return Parts(**parts, source=source)


def read_poems(path, encoding="utf-8"):
    """Read one file of chinese-poetry.

    Args:
        path: str or Path of a JSON file, a list of objects with ``paragraphs`` (list of str).
        encoding: of the file, such as "gb18030".

    Returns:
        list of str, each a poem in one line.

    Raises:
        DataError: the file does not have this form; the message names it.
    """
    try:
        poems = json.loads(read_text(path, encoding))
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


def poem_vocabulary(poems):
    """Collect the characters of poems; END is number 0, then START and "<unk>".

    Args:
        poems: list of str.
    Returns:
        Vocabulary.
    """
    return Vocabulary.from_text("".join(poems), specials=(END, START, UNKNOWN))


def encode_poems(poems, vocab):
    """Turn poems into padded rows for training: START first, END last, END as padding.

    Args:
        poems: list of N str.
        vocab: Vocabulary with START and END.
    Returns:
        x, y: int32 (N, T); weight: float32 (N, T), 0 where y is padding or unknown.
    """
    rows = [vocab.encode(START + poem + END) for poem in poems]
    table = np.full((len(rows), max(map(len, rows))), vocab.stoi[END], dtype="int32")
    weight = np.zeros(table.shape, dtype="float32")
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
        weight[i, : len(row)] = row != vocab.stoi[UNKNOWN]
    return table[:, :-1], table[:, 1:], weight[:, 1:]


def keeps_form(poem):
    """Tell whether a poem has 2 x (5, 5) or 2 x (7, 7) characters, with the marks in place.

    Args:
        poem: str, two lines.
    Returns:
        bool.
    """
    return FORM.fullmatch(poem) is not None and poem.count("\n") == 1 and poem[-1] != "\n"
