"""Word vectors: read GloVe and word2vec text files, train own ones, fill an embedding."""

from pathlib import Path

import numpy as np

from rnnbook.data.files import read_text
from rnnbook.data.sources import DataError


def read_vectors(path, width=None):
    """Read a text file of word vectors: GloVe, or word2vec with its line of counts.

    A word may hold spaces (GloVe 840B has such words): the last `width` columns are numbers.

    Args:
        path: UTF-8 file, per line a word and its numbers, separated by spaces; word2vec's first
            line gives the number of words and the width instead.
        width: numbers per word; by default what the first line says or shows.

    Returns:
        gensim KeyedVectors: `vectors[word]` float32 (E,), `vectors.most_similar(word)`.

    Raises:
        DataError: a line with too few or too many numbers, a word that stands twice, a number
            that is none, or fewer words than the first line promises; the line is named.
    """
    from gensim.models import KeyedVectors

    lines = read_text(Path(path)).rstrip("\n").split("\n")
    promised, start = _header(lines[0]), 0
    if promised:
        (count, given), start = promised, 1
        if width not in (None, given):
            raise DataError(f"{path}, line 1: the file says width {given}, you asked for {width}")
        width = given
        if len(lines) - 1 != count:
            raise DataError(f"{path}, line 1 promises {count} words, {len(lines) - 1} follow; "
                            "is the file cut off?")
    shown = len(lines[start].split()) - 1 if len(lines) > start else 0
    width, first = width or shown, width is None
    if width < 1:
        raise DataError(f"{path}, line {start + 1}: no numbers behind the word")
    words, rows = {}, np.empty((len(lines) - start, width), "float32")
    for i, line in enumerate(lines[start:]):
        place = f"{path}, line {i + start + 1}"
        word, rows[i] = _columns(line, width, place, first and i)
        if word in words:
            raise DataError(f"{place}: {word!r} stands in line {words[word]} already")
        words[word] = i + start + 1
    vectors = KeyedVectors(width)
    vectors.add_vectors(list(words), rows)
    return vectors


def _header(line):
    """The two counts of word2vec's first line, or None."""
    fields = line.split()
    if len(fields) == 2 and all(field.isdecimal() for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def _columns(line, width, place, by_first):
    """The word and the numbers of a line."""
    fields = line.rstrip(" \r").split(" ")
    word, numbers = " ".join(fields[:-width]), fields[-width:]
    source = "the first line has" if by_first else "asked for"
    if len(fields) < width + 1 or not word:
        raise DataError(f"{place}: {len(fields) - 1} numbers, {source} {width}: {line[:40]!r}")
    if len(fields) > width + 1 and _is_number(fields[-width - 1]):
        count = sum(map(_is_number, fields[1:]))
        raise DataError(f"{place}: {count} numbers, {source} {width}: {line[:40]!r}")
    wrong = [field for field in numbers if not _is_number(field)]
    if wrong:
        raise DataError(f"{place}: {wrong[0]!r} is no finite number")
    return word, np.array(numbers, "float32")


def _is_number(field):
    try:
        return bool(np.isfinite(float(field)))
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
