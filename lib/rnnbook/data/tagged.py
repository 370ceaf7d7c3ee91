"""Sentences with tags from a file of your own: entities or plain tags, decided by the file."""

import warnings
from collections import Counter

from rnnbook.data.conllu import read_conllu
from rnnbook.data.errors import DataError
from rnnbook.data.iob2 import TAG, columns_of, is_next, read_iob2, sentence_rows

FORMS = ("conllu", "spans", "tags")
WIDTH = 10     # columns of CoNLL-U
LONGEST = 1000  # words of a sentence
MOST = 0.9     # share of the tags that look like O, B-X, I-X in a file of entities


def read_tagged(path, form=None, word=None, label=None, encoding="utf-8"):
    """Read a file with a word per line and an empty line after each sentence.

    Args:
        path: str or Path.
        form: "conllu" (universal parts of speech), "spans" (tags O, B-X, I-X, and the schemes
            that `read_iob2` knows) or "tags" (any); by default what the file looks like.
        word, label: columns, counted from 0; by default as `read_iob2`, and those of CoNLL-U.
        encoding: of the file, such as "gb18030".
    Returns:
        list of sentences, each a list of (word, tag); the form; list of str, the warnings.
    Raises:
        DataError: the file is malformed, a sentence has more than 1,000 words, or there is no
            such form; the message names the line.
    """
    if form is not None and form not in FORMS:
        raise DataError(f"form must be one of {', '.join(FORMS)}, not {form!r}")
    form = form or _form_of(path, word, label, encoding)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if form == "conllu":
            sentences = read_conllu(path, encoding)
        elif form == "spans":
            sentences = read_iob2(path, word, label, repair=True, encoding=encoding)
        else:
            sentences = read_tags(path, word, label, encoding)
    longest = max(map(len, sentences))
    if longest > LONGEST:
        raise DataError(f"{path}: a sentence of {longest} words, more than {LONGEST}; does an "
                        "empty line stand after each sentence?")
    return sentences, form, [str(warning.message) for warning in caught]


def read_tags(path, word=None, label=None, encoding="utf-8"):
    """Read words and plain tags, whatever these are called; arguments as `read_tagged`.

    Returns:
        list of sentences, each a list of (word, tag).
    Raises:
        DataError: a row is malformed; the message names the line.
    """
    rows = sentence_rows(path, encoding, -1 if label is None else label)
    word, label, numbered = columns_of(path, rows, word, label)
    sentences = []
    for sentence in rows:
        found = []
        for number, columns in sentence:
            place = f"{path}, line {number}"
            if numbered and not is_next(columns[0], len(found) + 1, place, "word=0"):
                continue
            if not columns[word] or not columns[label]:
                raise DataError(f"{place}: the {'tag' if columns[word] else 'word'} is empty")
            found.append((columns[word], columns[label]))
        sentences.append(found)
    return [sentence for sentence in sentences if sentence]


def _form_of(path, word, label, encoding):
    """Name the form of a file by its columns and by most of its tags."""
    rows = sentence_rows(path, encoding, -1 if label is None else label)
    first = rows[0][0][1]
    if len(first) == WIDTH and first[0][:1] == "1" and word is None and label is None:
        return "conllu"
    label = columns_of(path, rows, word, label)[1]
    tags = Counter(columns[label] for sentence in rows for _, columns in sentence)
    spans = sum(count for tag, count in tags.items() if TAG.fullmatch(tag))
    return "spans" if spans >= MOST * tags.total() and len(tags) > 1 else "tags"
