"""Sentences with tags in columns: CoNLL and IOB2 files, and the Chinese entities of UNER."""

import re
import warnings
from dataclasses import dataclass

from rnnbook.data.files import read_text
from rnnbook.data.sources import DataError, Source, fetch

TAG = re.compile(r"O|[BI]-\S+")
NUMBER = re.compile(r"[0-9]+([-.][0-9]+)?")


@dataclass(frozen=True)
class Tagged:
    """Tagged sentences in three parts; a sentence is a list of (word, tag)."""

    train: list
    validation: list
    test: list
    source: Source


def read_iob2(path, word=None, tag=None, repair=False, encoding="utf-8"):
    """Read words and IOB2 tags of a CoNLL file: a word per line, an empty line after a sentence.

    Columns are separated by tabs or spaces. Lines of comments (#) and -DOCSTART- are skipped.
    Where the first row begins with the number 1, the word and the tag follow it (UNER); else
    the word comes first and the tag last (CoNLL-2003).

    Args:
        path: a file.
        word, tag: the columns, counted from 0; by default as said above.
        repair: turn an I-X that continues no entity of type X into B-X, as files in the older
            IOB1 scheme need, with one warning for the file.
        encoding: of the file, such as "gb18030".

    Returns:
        list of sentences, each a list of (word, tag).

    Raises:
        DataError: the file is empty, malformed or of another encoding; the message names the line.
    """
    sentences, sentence, width, repaired = [], [], None, []
    for number, line in enumerate(read_text(path, encoding).split("\n"), 1):
        columns = _columns(line)
        if not columns:
            sentences.append(sentence)
            sentence = []
            continue
        if _skipped(columns):
            continue
        place = f"{path}, line {number}"
        if width is None:
            numbered = columns[0] == "1" and len(columns) > 2 and word != 0
            word = (1 if numbered else 0) if word is None else word
            tag = (2 if numbered else len(columns) - 1) if tag is None else tag
            width = len(columns)
            if max(word, tag) >= width or word == tag:
                raise DataError(f"{place}: columns {word} and {tag} wanted of {width}: {line!r}")
        if len(columns) != width:
            raise DataError(f"{place}: {len(columns)} columns, the first row has {width}: "
                            f"{line[:40]!r}")
        if numbered and not _is_next(columns[0], len(sentence) + 1, place):
            continue
        token, label = columns[word], columns[tag]
        _check_tag(token, label, place)
        if not continues(sentence[-1][1] if sentence else "O", label):
            if not repair:
                raise DataError(f"{place}: {label} continues no {label[2:]}: in IOB2 each entity "
                                "begins with B-; repair=True makes it so")
            label = "B" + label[1:]
            repaired.append(number)
        sentence.append((token, label))
    sentences = [s for s in [*sentences, sentence] if s]
    if not sentences:
        raise DataError(f"{path} holds no sentence")
    if repaired:
        warnings.warn(f"{path}: {len(repaired)} entities began with I-, first in line "
                      f"{repaired[0]}; now they begin with B-", stacklevel=2)
    return sentences


def _columns(line):
    """Divide a line at its tabs, or else at its spaces; an empty line has no columns."""
    if not line.strip():
        return []
    return line.rstrip("\r").split("\t") if "\t" in line else line.split()


def _skipped(columns):
    """Whether a line is a comment or a mark of a document; a word # has a tag in the end."""
    if columns[0].startswith("#"):
        return len(columns) == 1 or not TAG.fullmatch(columns[-1])
    return columns[0] == "-DOCSTART-"


def _is_next(name, wanted, place):
    """Whether a number is that of the next word; ranges (1-2) are passed over."""
    if not NUMBER.fullmatch(name):
        raise DataError(f"{place}: the first column must be a number, not {name!r}; if the words "
                        "stand there, say word=0")
    if not name.isdecimal():
        return False
    if int(name) != wanted:
        raise DataError(f"{place}: word {name} where word {wanted} should be; is an empty line "
                        "between two sentences missing?")
    return True


def _check_tag(token, label, place):
    """Refuse an empty word and a tag that is not O, B-X or I-X."""
    if not token.strip():
        raise DataError(f"{place}: the word is empty")
    if not TAG.fullmatch(label):
        scheme = " (BIOES: write S- as B- and E- as I-)" if label[:2] in ("S-", "E-") else ""
        raise DataError(f"{place}: {label!r} is no tag of the form O, B-X or I-X{scheme}; "
                        "is the tag in another column?")


def continues(before, after):
    """Whether a tag may follow another: I-X only after B-X or I-X, all others after any.

    Args:
        before: the tag of the word before, "O" at the start of a sentence.
        after: the tag.
    Returns:
        bool.
    """
    return after[0] != "I" or before[1:] == after[1:]


def spans(tags):
    """Find the entities in tags of the IOB2 scheme.

    An I-X that continues nothing begins an entity, as in the script `conlleval`.

    Args:
        tags: list of str, one per word.
    Returns:
        list of (type, first word, word after the last).
    """
    found, start = [], None
    for i, tag in enumerate([*tags, "O"]):
        before = tags[i - 1] if i else "O"
        inside = tag[0] == "I" and continues(before, tag)
        if start is not None and not inside:
            found.append((before[2:], start, i))
            start = None
        if tag != "O" and not inside:
            start = i
    return found


def load_uner():
    """Load the Chinese sentences of Universal NER: persons, places, organisations.

    Returns:
        ``Tagged`` with ``train``, ``validation``, ``test`` and ``source``; the words are
        segmented by hand, in simplified characters.

    Raises:
        DataError: a file is malformed.
    """
    source = fetch("uner_zh_gsdsimp")
    parts = (read_iob2(source.path / f"zh_gsdsimp-ud-{part}.iob2")
             for part in ("train", "dev", "test"))
    return Tagged(*parts, source)
