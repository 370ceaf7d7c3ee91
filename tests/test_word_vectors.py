"""Word vectors: both text formats, what is said about malformed files, the embedding."""

import subprocess
import sys

import numpy as np
import pytest

from rnnbook.data import DataError
from rnnbook.data.vocab import Vocabulary
from rnnbook.language import word_vectors

GLOVE = ["好 0.5 -1", "天 气 2 3e-1", "1999 0 1"]


def write(folder, lines):
    path = folder / "vectors.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_glove_and_word2vec(tmp_path):
    for lines, width in ((GLOVE, None), (GLOVE, 2), (["3 2", *GLOVE], None), (["3 2", *GLOVE], 2)):
        vectors = word_vectors.read_vectors(write(tmp_path, lines), width)
        assert vectors.index_to_key == ["好", "天 气", "1999"]
        np.testing.assert_allclose(vectors["天 气"], [2, 0.3])


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u3000", "\x85"])
def test_only_spaces_and_tabs_divide_a_line(tmp_path, space):
    lines = [f"a{space}b 1 2", f"c{space}\t3 4 ", f"{space} 5 6"]
    for order in (lines, lines[::-1]):
        vectors = word_vectors.read_vectors(str(write(tmp_path, order)))
        assert sorted(vectors.index_to_key) == sorted([f"a{space}b", f"c{space}", space])
        np.testing.assert_array_equal(vectors[f"a{space}b"], [1, 2])


def test_words_with_spaces_in_the_first_line(tmp_path):
    vectors = word_vectors.read_vectors(write(tmp_path, [". . . 1 2", "a 3 4"]), width=2)
    assert vectors.index_to_key == [". . .", "a"]
    path = write(tmp_path, ["1 2 3 0.1 0.2", "a 3 4", "b 5 6"])
    said = r"line 2: .*the first line has 4 \(malformed itself\? say skip=True\): 'a 3 4'"
    with pytest.raises(DataError, match=said):
        word_vectors.read_vectors(path)
    with pytest.warns(UserWarning, match="1 malformed lines left out, first line 1"):
        assert word_vectors.read_vectors(path, skip=True).index_to_key == ["a", "b"]


@pytest.mark.parametrize("first", [
    b"\xffone 1 2\xff", b"a title", b"Vectors", b"", b"x 1", b"x 1 2 3", b"x nan 1", b"\xffx 1 2"])
def test_a_broken_first_line_can_be_skipped(tmp_path, first):
    path = tmp_path / "vectors.txt"
    path.write_bytes(first + b"\na 1 2\n. . 3 4\nb 5 6\n")
    with pytest.warns(UserWarning, match="1 malformed lines left out, first line 1"):
        vectors = word_vectors.read_vectors(path, skip=True)
    assert vectors.index_to_key == ["a", ". .", "b"]
    np.testing.assert_array_equal(vectors[". ."], [3, 4])


def test_nothing_to_skip_to(tmp_path):
    with pytest.raises(DataError, match="no word with numbers in the first 2 lines"):
        word_vectors.read_vectors(write(tmp_path, ["a b", "c d"]), skip=True)


def test_broken_bytes(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes("of 1 2\nsto\ufffdne 3 4\nst".encode() + b"\xffone 5 6\r\nat 7 8 9\nin 3 4")
    with pytest.raises(DataError, match=r"line 3: bytes of another encoding; skip=True"):
        word_vectors.read_vectors(path)
    with pytest.warns(UserWarning, match=r"2 malformed lines left out, first line 3: bytes"):
        vectors = word_vectors.read_vectors(path, skip=True)
    assert vectors.index_to_key == ["of", "sto\ufffdne", "in"]
    np.testing.assert_array_equal(vectors["in"], [3, 4])
    with pytest.warns(UserWarning, match="1 malformed lines left out, first line 2: 'a' stands"):
        word_vectors.read_vectors(write(tmp_path, ["a 1 2", "a 3 4"]), skip=True)
    with (pytest.raises(DataError, match="holds no word with 3 numbers"),
          pytest.warns(UserWarning, match="1 malformed")):
        word_vectors.read_vectors(write(tmp_path, ["a 1 2"]), 3, skip=True)


def test_other_encodings(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes("天气 1 2\n雨 3 4\n".encode("gb18030"))
    with pytest.raises(DataError, match=r"line 1: bytes of another encoding.*gb18030"):
        word_vectors.read_vectors(path)
    assert word_vectors.read_vectors(path, encoding="gb18030").index_to_key == ["天气", "雨"]


@pytest.mark.parametrize("width", [0, -1, 2.0, "2"])
def test_a_width_that_is_none(tmp_path, width):
    with pytest.raises(ValueError, match="width must be an integer"):
        word_vectors.read_vectors(write(tmp_path, GLOVE), width)


def test_gensim_reads_the_same(tmp_path):
    from gensim.models import KeyedVectors

    path = write(tmp_path, ["2 3", "a 1 2 3", "b 4 5 6"])
    theirs = KeyedVectors.load_word2vec_format(str(path))
    np.testing.assert_array_equal(word_vectors.read_vectors(path).vectors, theirs.vectors)


@pytest.mark.parametrize(("lines", "width", "message"), [
    (GLOVE, 3, "line 1: 2 numbers, asked for 3"),
    (["a 1 2 3", "b 1 2"], None, "line 2: 2 numbers, the first line has 3"),
    (["a 1 2", "b 1 2 3"], None, "line 2: 3 numbers, the first line has 2"),
    (["a 1 2 3"], 2, "line 1: 3 numbers, asked for 2"),
    (["2 3", "a 1 2 3", "b 1 2"], None, "line 3: 2 numbers, line 1 says 3"),
    (["a\u00a0b 1 2", "c 1 2 3"], None, "line 2: 3 numbers, the first line has 2"),
    (["a 1 2", "", "b 1 2"], None, "line 2: 0 numbers, the first line has 2"),
    ([". . . 1 2", "a 1 2"], None, r"line 1: '\.' is no finite number; .* say width="),
    (["a 1 1e50"], None, "line 1: '1e50' is no finite number"),
    (["a 1 2", "b 1 x"], None, "line 2: 'x' is no finite number"),
    (["1 3", "a 1 2 3"], 5, "line 1: the file says width 3, you asked for 5"),
    (["3 2", "a 1 2"], None, "promises 3 words, 1 follow"),
    (["a 1 2", "a 3 4"], None, "line 2: 'a' stands in line 1 already"),
    (["a 1 two"], 2, "line 1: 'two' is no finite number"),
    (["a 1 nan"], 2, "line 1: 'nan' is no finite number"),
    (["word"], None, "no numbers behind the word"),
])
def test_malformed_files_are_named_with_the_line(tmp_path, lines, width, message):
    with pytest.raises(DataError, match=message):
        word_vectors.read_vectors(write(tmp_path, lines), width)


def test_the_embedding_follows_the_vocabulary():
    vectors = {"b": np.array([1.0, 2.0]), "c": np.array([3.0, 4.0])}
    vocab = Vocabulary(["<pad>", "c", "b", "x"])
    matrix, covered = word_vectors.embedding_matrix(vectors, vocab, seed=3)
    assert matrix.shape == (4, 2)
    assert matrix.dtype == np.float32
    assert covered == 0.5
    np.testing.assert_array_equal(matrix[1:3], [[3, 4], [1, 2]])
    again, _ = word_vectors.embedding_matrix(vectors, vocab.itos, seed=3)
    np.testing.assert_array_equal(matrix, again)
    with pytest.raises(DataError, match="none of the 4 words"):
        word_vectors.embedding_matrix({"z": np.ones(2)}, vocab)


def test_words_used_alike_become_alike_and_every_process_agrees():
    code = """
import random
from rnnbook.language.word_vectors import train_vectors
rng = random.Random(0)
s = [[rng.choice("AB"), rng.choice("xyz"), rng.choice("xyz")] if i % 2 else
     [rng.choice("CD"), rng.choice("uvw"), rng.choice("uvw")] for i in range(2000)]
v = train_vectors(s, width=8, window=2, seed=1, sample=0)
assert v.similarity("A", "B") > v.similarity("A", "C") + 0.2
print(v["A"].round(5).tolist())
"""
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                           check=True, env=None).stdout for _ in range(2)}
    assert len(runs) == 1
