"""Sentences with parts of speech: the CoNLL-U format, and the Chinese treebanks of UD.

Only two of the ten columns are kept. Packages that read all ten (conllu 6.0, pyconll 3.3) take
rows with missing columns and unknown tags without a word, and name no line in their errors.
"""

from dataclasses import dataclass

from rnnbook.data.files import read_text
from rnnbook.data.sources import DataError, Source, fetch

# The universal parts of speech, https://universaldependencies.org/u/pos/
TAGS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART",
        "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X")


@dataclass(frozen=True)
class Treebank:
    """Tagged sentences in three parts; a sentence is a list of (word, tag)."""

    train: list
    validation: list
    test: list
    source: Source


def read_conllu(path):
    """Read the words and universal parts of speech of a CoNLL-U file.

    Lines of several words at once (1-2) and of words left out (1.1) are skipped: the plain
    numbers are the words.

    Args:
        path: a UTF-8 file with ten columns, separated by tabs; an empty line ends a sentence.

    Returns:
        list of sentences, each a list of (word, tag).

    Raises:
        DataError: the file is empty or malformed; the message names the line.
    """
    sentences, words = [], []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        line = line.rstrip("\r")
        if not line:
            if words:
                sentences.append(words)
            words = []
        elif not line.startswith("#"):
            place = f"{path}, line {number}"
            name, word, tag = _columns(line, place)
            if not name.isdecimal():
                continue
            if int(name) != len(words) + 1:
                raise DataError(f"{place}: word {name} where word {len(words) + 1} should be; "
                                "is an empty line between two sentences missing?")
            words.append((word, tag))
    if words:
        raise DataError(f"{path}: the last sentence does not end in an empty line; "
                        "is the file cut off?")
    if not sentences:
        raise DataError(f"{path} holds no sentence")
    return sentences


def _columns(line, place):
    """The number, the word and the tag of a line."""
    columns = line.split("\t")
    if len(columns) != 10:
        raise DataError(f"{place}: {len(columns)} columns separated by tabs, not 10: {line[:40]!r}")
    name, word, _, tag = columns[:4]
    if not name.replace("-", "", 1).replace(".", "", 1).isdecimal():
        raise DataError(f"{place}: the first column must be a number, not {name!r}")
    if not word.strip():
        raise DataError(f"{place}: the word is empty")
    if name.isdecimal() and tag not in TAGS:
        raise DataError(f"{place}: {tag!r} is no universal part of speech: {' '.join(TAGS)}")
    return name, word, tag


def simplify(sentences):
    """Write the words of tagged sentences in simplified characters."""
    from opencc import OpenCC

    words = "\n".join(word for sentence in sentences for word, _ in sentence)
    simple = iter(OpenCC("t2s").convert(words).split("\n"))
    return [[(next(simple), tag) for _, tag in sentence] for sentence in sentences]


def load_ud_chinese(full_train=False):
    """Load tagged Chinese sentences; the test part is always the test part of GSDSimp.

    GSDSimp's own training part cannot stand in a small download. Without it, its development
    part and the simplified PUD train, and every tenth sentence of both is held out.

    Args:
        full_train: train on GSDSimp's training part (downloaded), validate on its development
            part.

    Returns:
        ``Treebank`` with ``train``, ``validation``, ``test`` and ``source``.

    Raises:
        DataError: a file is malformed, or the training part cannot be had.
    """
    source = fetch("ud_chinese")
    dev, test = (read_conllu(source.path / f"zh_gsdsimp-ud-{part}.conllu")
                 for part in ("dev", "test"))
    if full_train:
        folder = fetch("ud_chinese_train").path
        return Treebank(read_conllu(folder / "zh_gsdsimp-ud-train.conllu"), dev, test, source)
    both = dev + simplify(read_conllu(source.path / "zh_pud-ud-test.conllu"))
    train = [sentence for i, sentence in enumerate(both) if i % 10]
    return Treebank(train, both[::10], test, source)
