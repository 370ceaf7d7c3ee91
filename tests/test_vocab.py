"""Vocabulary: look-up in both directions, unknown tokens, JSON."""

import numpy as np
import pytest

from rnnbook.data.vocab import Vocabulary


def test_characters_are_numbered_by_code_point():
    vocab = Vocabulary.from_text("banana 春")
    assert vocab.itos == [" ", "a", "b", "n", "春"]
    assert len(vocab) == 5
    assert vocab.stoi["春"] == 4
    assert "b" in vocab
    assert "z" not in vocab


def test_encode_and_decode_are_inverse():
    vocab = Vocabulary.from_text("To be, or not to be\n")
    ids = vocab.encode("not to be\n")
    assert ids.dtype == np.int32
    assert ids.shape == (10,)
    assert vocab.decode(ids) == "not to be\n"


def test_empty_text_gives_no_ids():
    vocab = Vocabulary.from_text("ab")
    assert vocab.encode("").shape == (0,)
    assert vocab.decode([]) == ""


def test_words_are_tokens_too():
    vocab = Vocabulary.from_text("the cat the dog".split(), specials=["<unk>", "<eos>"])
    assert vocab.itos == ["<unk>", "<eos>", "cat", "dog", "the"]
    assert vocab.encode("the bird".split()).tolist() == [4, 0]
    assert vocab.decode([4, 2], separator=" ") == "the cat"


def test_unknown_characters_are_named():
    vocab = Vocabulary.from_text("abc")
    with pytest.raises(KeyError, match="'é', '春'"):
        vocab.encode("a春bécé")


def test_many_unknown_characters_are_counted():
    with pytest.raises(KeyError, match="and 16 more"):
        Vocabulary.from_text("0").encode("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("wrong", [-1, 3])
def test_decode_refuses_numbers_outside(wrong):
    with pytest.raises(IndexError, match=f"no token {wrong} in a vocabulary of 3"):
        Vocabulary.from_text("abc").decode([0, wrong])


def test_a_token_stands_once():
    with pytest.raises(ValueError, match=r"stand twice: \['b'\]"):
        Vocabulary(["a", "b", "b"])
    with pytest.raises(ValueError, match="non-empty string"):
        Vocabulary(["a", ""])


def test_json_gives_the_same_vocabulary(tmp_path):
    vocab = Vocabulary.from_text("白日依山尽，\n\"\\", specials=["<unk>"])
    path = tmp_path / "vocab.json"
    path.write_text(vocab.to_json(), encoding="utf-8")
    assert "白" in vocab.to_json()
    assert Vocabulary.from_json(path).itos == vocab.itos


@pytest.mark.parametrize("text", ["", "[1]", '{"words": []}', "{", '{"tokens": 3}',
                                  '{"tokens": "abc"}'])
def test_json_that_is_no_vocabulary(tmp_path, text):
    path = tmp_path / "vocab.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="is no vocabulary"):
        Vocabulary.from_json(path)
