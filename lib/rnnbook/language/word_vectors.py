"""Word vectors: read GloVe and word2vec text files, train own ones, fill an embedding."""

import re
import warnings
from collections import Counter
from numbers import Integral

import numpy as np

from rnnbook.data.files import ENCODINGS, read_text
from rnnbook.data.sources import DataError

HEADER = re.compile(r"([0-9]+)[ \t]([0-9]+)[ \t]*")  # how many words, how wide
BROKEN = re.compile("[\udc80-\udcff]")  # a byte that the encoding does not know


def read_vectors(path, width=None, encoding="utf-8", skip=False):
    """Read a text file of word vectors: GloVe, or word2vec with its line of counts.

    A word may hold spaces (GloVe 840B has such words): the last `width` columns are numbers.

    Args:
        path: str or Path; per line a word and its numbers, separated by spaces or tabs;
            word2vec's first line gives the number of words and the width instead.
        width: numbers per word; by default what the first line says or shows (with ``skip``,
            what most of the first hundred lines show).
        encoding: of the file, such as "gb18030".
        skip: leave malformed lines out, with one warning, instead of refusing the file.

    Returns:
        gensim KeyedVectors: `vectors[word]` float32 (E,), `vectors.most_similar(word)`.

    Raises:
        DataError: a line with too few or too many numbers, a word that stands twice, a number
            that is none, bytes of another encoding, or another number of words than the first
            line promises; the line is named.
        ValueError: width is no integer >= 1.
    """
    from gensim.models import KeyedVectors

    if width is not None and (not isinstance(width, Integral) or width < 1):
        raise ValueError(f"width must be an integer >= 1, got {width!r}")
    lines = read_text(path, encoding, "surrogateescape").rstrip("\n").split("\n")
    source = "asked for {}"
    if promised := HEADER.fullmatch(lines[0]):
        count, given = map(int, promised.groups())
        if width not in (None, given):
            raise DataError(f"{path}, line 1: the file says width {given}, you asked for {width}")
        if len(lines) - 1 != count:
            raise DataError(f"{path}, line 1 promises {count} words, {len(lines) - 1} follow; "
                            "is the file cut off?")
        width, source = given, "line 1 says {}"
    start = 1 if promised else 0
    if width is None:
        width, source = _width_shown(lines[:100 if skip else 1], path, skip)
    words, rows, left_out = {}, np.empty((len(lines) - start, width), "float32"), []
    for number, line in enumerate(lines[start:], start + 1):
        try:
            word, row = _word_and_row(line, width, source)
            if word in words:
                raise DataError(f"{word!r} stands in line {words[word]} already")
        except DataError as error:
            if not skip:
                raise DataError(f"{path}, line {number}: {error}") from None
            left_out.append(f"line {number}: {error}")
            continue
        rows[len(words)] = row
        words[word] = number
    if left_out:
        warnings.warn(f"{path}: {len(left_out)} malformed lines left out, first {left_out[0]}",
                      stacklevel=2)
    if not words:
        raise DataError(f"{path} holds no word with {width} numbers")
    vectors = KeyedVectors(width)
    vectors.add_vectors(list(words), rows[:len(words)])
    return vectors


def _fields(line):
    return [field for field in line.replace("\t", " ").split(" ") if field]


def _width_shown(lines, path, skip):
    """The number of numbers of most lines that hold a word without spaces, and where it is from."""
    counts = Counter()
    for line in lines:
        numbers = _fields(line)[1:]
        wrong = [field for field in numbers if not _is_number(field)]
        if numbers and not wrong:
            counts[len(numbers)] += 1
        elif not skip:
            raise DataError(f"{path}, line 1: " + (
                f"{wrong[0]!r} is no finite number; if the word holds spaces, say width="
                if wrong else "no numbers behind the word"))
    if not counts:
        raise DataError(f"{path}: no word with numbers in the first {len(lines)} lines; if all "
                        "words hold spaces, say width=")
    return counts.most_common(1)[0][0], (
        "most lines have {}" if skip else "the first line has {} (malformed itself? say skip=True)")


def _word_and_row(line, width, source):
    """The word and the numbers of a line."""
    if BROKEN.search(line):
        raise DataError("bytes of another encoding; skip=True leaves malformed lines out; if all "
                        f"lines are like this, say {ENCODINGS}")
    fields = _fields(line)
    word, numbers = fields[:-width], fields[-width:]
    if not word or (len(word) > 1 and _is_number(word[-1])):
        count = sum(map(_is_number, fields[1:])) if word else max(len(fields) - 1, 0)
        raise DataError(f"{count} numbers, {source.format(width)}: {line[:40]!r}")
    try:
        row = np.array(numbers, "float32")
    except ValueError:
        row = np.array([np.nan])
    if not np.isfinite(row).all():
        wrong = next(field for field in numbers if not _is_number(field))
        raise DataError(f"{wrong!r} is no finite number")
    return " ".join(word), row


def _is_number(field):
    try:
        return bool(np.isfinite(np.array([field], "float32")).all())
    except ValueError:
        return False


def train_vectors(sentences, width=64, window=3, epochs=10, seed=0, min_count=2,
                  sample=1e-3):
    """Train word vectors with gensim's Word2Vec: skip-gram, negative sampling.

    One thread, so that the same seed gives the same vectors (Python's hash seed does not
    matter: the words are numbered by their frequency).

    Args:
        sentences: list of lists of words.
        width: numbers per word.
        window: words to the left and to the right that count as context.
        epochs: passes over the sentences.
        seed: of the random numbers.
        min_count: words seen less often are left out.
        sample: words with a greater share of the text are skipped at times (0: none).

    Returns:
        gensim KeyedVectors.

    Source: Mikolov et al. 2013 (arXiv:1310.4546).
    """
    from gensim.models import Word2Vec

    model = Word2Vec(sentences, vector_size=width, window=window, min_count=min_count, sg=1,
                     negative=5, epochs=epochs, sample=sample, seed=seed, workers=1,
                     hashfxn=_stable_hash)
    return model.wv


def _stable_hash(text):
    """A hash that is the same in every process, for gensim's initial vectors."""
    import zlib

    return zlib.crc32(str(text).encode())


def embedding_matrix(vectors, vocab, seed=0):
    """Lay word vectors out in the order of a vocabulary; draw those that are missing.

    Args:
        vectors: gensim KeyedVectors, or a dict word -> array (E,).
        vocab: Vocabulary (or list of words), V entries.
        seed: of the missing rows, drawn with the mean and deviation of the found ones.

    Returns:
        float32 (V, E), and the share of the vocabulary that was found.

    Raises:
        DataError: not one word of the vocabulary has a vector.
    """
    words = getattr(vocab, "itos", vocab)
    found = [i for i, word in enumerate(words) if word in vectors]
    if not found:
        raise DataError(f"none of the {len(words)} words of the vocabulary has a vector: are "
                        "these vectors of another language, or of words where yours are "
                        "characters?")
    rows = np.stack([np.asarray(vectors[words[i]], "float32") for i in found])
    rng = np.random.default_rng(seed)
    matrix = rng.normal(rows.mean(), rows.std(), (len(words), rows.shape[1])).astype("float32")
    matrix[found] = rows
    return matrix, len(found) / len(words)
