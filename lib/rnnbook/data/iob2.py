"""Sentences with tags in columns: CoNLL and IOB2 files, and the Chinese entities of UNER."""

import re
import warnings

from rnnbook.data.files import read_text
from rnnbook.data.sources import DataError, fetch
from rnnbook.data.splits import Parts

SCHEMES = {"IOB2": "BI", "BIOES": "BIES", "BMES": "BMES", "BILOU": "BILU"}
INSIDE, CLOSING = "IMEL", "ESLU"  # letters that go on with an entity, and that end one
TAG = re.compile(r"O|[BIMESLU]-\S+")
IOB2 = re.compile(r"O|[BI]-\S+")
NUMBER = re.compile(r"[0-9]+([-.][0-9]+)?")
DOCUMENT = "-DOCSTART-"


def read_iob2(path, word=None, tag=None, repair=False, encoding="utf-8"):
    """Read words and tags of a CoNLL file: a word per line, an empty line after a sentence.

    Columns are separated by tabs, or else by spaces. A mark -DOCSTART- ends a sentence; lines of
    comments (#) are skipped. Where the first row begins with the number 1, the word and the tag
    follow it (UNER); else the word comes first and the tag last (CoNLL-2003). Tags of the
    schemes BIOES, BMES and BILOU become IOB2, with one warning for the file.

    Args:
        path: str or Path.
        word, tag: the columns, counted from 0; by default as said above.
        repair: turn an I-X that continues no entity of type X into B-X, as files in the older
            IOB1 scheme need, with one warning for the file.
        encoding: of the file, such as "gb18030".

    Returns:
        list of sentences, each a list of (word, tag).

    Raises:
        DataError: the file is empty, malformed or of another encoding; the message names the line.
    """
    rows = sentence_rows(path, encoding, -1 if tag is None else tag)
    word, tag, numbered = columns_of(path, rows, word, tag)
    letters, repaired, sentences = {}, [], []
    for sentence in rows:
        found, before = [], ""
        for number, columns in sentence:
            place = f"{path}, line {number}"
            if numbered and not is_next(columns[0], len(found) + 1, place, "word=0"):
                continue
            letter, _, kind = _checked(columns[word], columns[tag], place).partition("-")
            letters.setdefault(letter, number)
            inside = letter in INSIDE and kind == before
            if letter in INSIDE and not inside:
                if not repair:
                    raise DataError(f"{place}: {columns[tag]} continues no {kind}: in IOB2 each "
                                    "entity begins with B-; repair=True makes it so")
                repaired.append(number)
            found.append((columns[word], (kind and f"{'I' if inside else 'B'}-{kind}") or "O"))
            before = "" if letter in CLOSING else kind
        sentences.append(found)
    if repaired:
        warnings.warn(f"{path}: {len(repaired)} entities began with I-, first in line "
                      f"{repaired[0]}; now they begin with B-", stacklevel=2)
    if scheme := _other_scheme(letters, path):
        warnings.warn(f"{path}: the tags are {scheme}; they are read as IOB2 (B- first, then I-)",
                      stacklevel=2)
    return [sentence for sentence in sentences if sentence]


def columns_of(path, rows, word=None, tag=None):
    """Tell where the words and tags of a file stand.

    Args:
        path: for messages.
        rows: of `sentence_rows`.
        word, tag: columns that are known.
    Returns:
        the columns of word and tag, counted from 0, and whether the rows are numbered.
    Raises:
        DataError: there are no such columns.
    """
    number, first = rows[0][0]
    numbered = first[0] == "1" and len(first) > 2 and word != 0
    word = (1 if numbered else 0) if word is None else word
    tag = (2 if numbered else len(first) - 1) if tag is None else tag
    if word == tag or not {word, tag} <= set(range(len(first))):
        raise DataError(f"{path}, line {number}: columns {word} and {tag} wanted of {len(first)}: "
                        f"{first}")
    return word, tag, numbered


def sentence_rows(path, encoding="utf-8", tag=-1):
    """Read the rows of a file in columns, by sentence, without comments.

    Args:
        path, encoding: as `read_iob2`.
        tag: the column of the tag, by which a row of the word # is known from a comment.

    Returns:
        list of sentences, each a list of (number of the line, list of its columns).

    Raises:
        DataError: the file cannot be read, holds no sentence, or a row is of another width.
    """
    lines = read_text(path, encoding).split("\n")
    table = [_columns(line) for line in lines]
    own = [columns for columns in table if columns and columns[0] != DOCUMENT]
    plain = [columns for columns in own if not columns[0].startswith("#")]
    width = len((plain or own or [[]])[0])
    known = {columns[tag] for columns in plain
             if tag in range(-width, width) and len(columns) == width}
    sentences = [[]]
    for number, columns in enumerate(table, 1):
        if not columns or columns[0] == DOCUMENT:
            sentences.append([])
        elif not _is_comment(columns, width, tag, known):
            if len(columns) != width:
                raise DataError(f"{path}, line {number}: {len(columns)} columns, the first row has "
                                f"{width}: {lines[number - 1][:40]!r}; where a word holds spaces, "
                                "divide the columns by tabs")
            sentences[-1].append((number, columns))
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise DataError(f"{path} holds no sentence")
    return sentences


def _columns(line):
    """Divide a line at its tabs, or else at its spaces; an empty line has no columns."""
    if not line.strip():
        return []
    if "\t" in line:
        return [column.strip(" ") for column in line.split("\t")]
    return [column for column in line.split(" ") if column]


def _is_comment(columns, width, tag, known):
    """Whether a line is a comment; a word may begin with # too, then its row is like the others."""
    return columns[0].startswith("#") and (
        len(columns) != width or "=" in columns[1:3]
        or not (columns[tag] in known or TAG.fullmatch(columns[tag])))


def is_next(name, wanted, place, option=None):
    """Whether a number is that of the next word; ranges (1-2) are passed over.

    Raises:
        DataError: it is no number, or another one; ``option`` is offered as a remedy.
    """
    if not NUMBER.fullmatch(name):
        remedy = f"; if the words stand there, say {option}" if option else ""
        raise DataError(f"{place}: the first column must be a number, not {name!r}{remedy}")
    if not name.isdecimal():
        return False
    if int(name) != wanted:
        raise DataError(f"{place}: word {name} where word {wanted} should be; is an empty line "
                        "between two sentences missing?")
    return True


def _checked(word, tag, place):
    """Give a tag; refuse an empty word and what is no tag."""
    if not word:
        raise DataError(f"{place}: the word is empty")
    if not TAG.fullmatch(tag):
        remedy = ("; B, M, E, S alone divide characters into words: `sentence_rows` reads them, "
                  "`rnnbook.labelling.segmentation.to_words(text, tags)` joins the characters"
                  if tag in tuple("BMESI") else "; is the tag in another column?")
        raise DataError(f"{place}: {tag!r} is no tag of the form O, B-X or I-X{remedy}")
    return tag


def _other_scheme(letters, path):
    """Name the scheme of a file's tags unless it is IOB2; letters maps each to its first line."""
    used = {letter: line for letter, line in letters.items() if letter != "O"}
    for scheme, own in SCHEMES.items():
        if used.keys() <= set(own):
            return None if scheme == "IOB2" else scheme
    seen = ", ".join(f"{letter}- (line {line})" for letter, line in used.items())
    raise DataError(f"{path}: {seen} belong to no one scheme; known are {', '.join(SCHEMES)}")


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
    Raises:
        ValueError: a tag of another scheme.
    """
    strange = [tag for tag in tags if not IOB2.fullmatch(tag)]
    if strange:
        raise ValueError(f"{strange[0]!r} is no IOB2 tag: O, B-X or I-X")
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
        ``Parts`` with ``train``, ``validation``, ``test`` and ``source``; the words are
        segmented by hand, in simplified characters.

    Raises:
        DataError: a file is malformed.
    """
    source = fetch("uner_zh_gsdsimp")
    parts = (read_iob2(source.path / f"zh_gsdsimp-ud-{part}.iob2")
             for part in ("train", "dev", "test"))
    return Parts(*parts, source)
