"""Sentences with parts of speech: the CoNLL-U format, and the Chinese treebanks of UD.

Only two of the ten columns are kept. Packages that read all ten (conllu 6.0, pyconll 3.3) take
rows with missing columns and unknown tags without a word, and name no line in their errors.
"""

from rnnbook.data.iob2 import is_next, sentence_rows
from rnnbook.data.sources import DataError, fetch
from rnnbook.data.splits import Parts

# The universal parts of speech, https://universaldependencies.org/u/pos/
TAGS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART",
        "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X")


def read_conllu(path, encoding="utf-8"):
    """Read the words and universal parts of speech of a CoNLL-U file.

    Lines of several words at once (1-2) and of words left out (1.1) are skipped: the plain
    numbers are the words.

    Args:
        path: str or Path of a file with ten columns; an empty line ends a sentence.
        encoding: of the file, such as "gb18030".

    Returns:
        list of sentences, each a list of (word, tag).

    Raises:
        DataError: the file is empty or malformed; the message names the line.
    """
    sentences = []
    for rows in sentence_rows(path, encoding):
        words = []
        for number, columns in rows:
            place = f"{path}, line {number}"
            if len(columns) != 10:
                raise DataError(f"{place}: {len(columns)} columns, not 10")
            name, word, _, tag = columns[:4]
            if is_next(name, len(words) + 1, place):
                if not word or tag not in TAGS:
                    raise DataError(f"{place}: {tag!r} of {word!r} is no universal part of speech "
                                    f"of a word: {' '.join(TAGS)}")
                words.append((word, tag))
        sentences.append(words)
    return sentences


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
        ``Parts`` with ``train``, ``validation``, ``test`` and ``source``.

    Raises:
        DataError: a file is malformed, or the training part cannot be had.
    """
    source = fetch("ud_chinese")
    dev, test = (read_conllu(source.path / f"zh_gsdsimp-ud-{part}.conllu")
                 for part in ("dev", "test"))
    if full_train:
        folder = fetch("ud_chinese_train").path
        return Parts(read_conllu(folder / "zh_gsdsimp-ud-train.conllu"), dev, test, source)
    both = dev + simplify(read_conllu(source.path / "zh_pud-ud-test.conllu"))
    train = [sentence for i, sentence in enumerate(both) if i % 10]
    return Parts(train, both[::10], test, source)
