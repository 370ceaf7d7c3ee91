"""A tagger trained on a reader's own file, and how the file is read."""

import numpy as np
import pytest

from rnnbook.data import iob2
from rnnbook.data.errors import DataError
from rnnbook.data.tagged import read_tagged
from rnnbook.labelling.clues import (
    ClueCoder,
    alone,
    clues,
    linear_tagger,
    outline,
    spelled,
    spelled_alone,
)
from rnnbook.own import __main__ as command
from rnnbook.own import tag as own_tag
from rnnbook.own.tag import load, tag


def sentences(count, seed=0):
    """Chinese sentences with a person and a place; each has a number of its own."""
    rng = np.random.default_rng(seed)
    tags = ["B-PER", "I-PER", "O", "B-LOC", "O"]
    return [list(zip([*(str(rng.choice(list(kind))) for kind in ("王李张陈", "明红强丽", "去到离",
                                                                 "京沪津渝")), str(i)], tags))
            for i in range(count)]


def english(count):
    """English sentences in which the ends of words that stand once tell their tag."""
    return [[("The", "DET"), (f"n{i}er", "NOUN"), (f"v{i}ed", "VERB"), ("it", "PRON")]
            for i in range(count)]


def write(path, rows, end="\n"):
    path.write_text("\n\n".join("\n".join(f"{w}\t{t}" for w, t in row) for row in rows) + end,
                    encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "form", "found"), [
    ("a O\nb B-X\n", "spans", [("a", "O"), ("b", "B-X")]),
    ("a NN x I-X\nb NN y O\n", "spans", [("a", "B-X"), ("b", "O")]),
    ("a S-X\nb O\n", "spans", [("a", "B-X"), ("b", "O")]),
    ("# sent_id = 1\n1\ta\tB-X\t-\n2\tb\tO\t-\n", "spans", [("a", "B-X"), ("b", "O")]),
    ("a\tNN\n#\t#\n#\tNN\n", "tags", [("a", "NN"), ("#", "NN")]),
    ("我\tB\n们\tE\n", "tags", [("我", "B"), ("们", "E")]),
    ("1\ta\t_\tNOUN" + "\t_" * 6 + "\n", "conllu", [("a", "NOUN")])])
def test_a_file_tells_its_form(tmp_path, text, form, found):
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    rows, seen, notes = read_tagged(path)
    assert (rows, seen) == ([found], form)
    assert bool(notes) == ("I-X" in text or "S-X" in text)


def test_columns_and_forms_can_be_named(tmp_path):
    path = tmp_path / "own.conllu"
    path.write_text("1\ta\tl\tNOUN\tNN" + "\t_" * 5 + "\n", encoding="utf-8")
    assert read_tagged(path, label=4)[:2] == ([[("a", "NN")]], "tags")
    assert read_tagged(path, word=2, label=3)[0] == [[("l", "NOUN")]]
    path.write_text("x O\ny O\n", encoding="utf-8")
    assert read_tagged(path, "spans")[1] == "spans"
    with pytest.raises(DataError, match="form must be one of conllu, spans, tags"):
        read_tagged(path, "pos")


@pytest.mark.parametrize(("text", "told"), [
    ("a O\nb B-X\n" * 9 + "c PER\n", "line 19: 'PER' is no tag of the form"),
    ("a\tN\nb\t\n", "line 2: the tag is empty"), ("a\tN\n\tN\n", "line 2: the word is empty"),
    ("a N\nb\n", "line 2: 1 columns, the first row has 2"),
    ("1\ta\t_\tNOUN" + "\t_" * 6 + "\n2\tb\t_\tnn" + "\t_" * 6, "line 2: 'nn' of 'b'"),
    ("1\ta\tN\n3\tb\tN\n", "line 2: word 3 where word 2"),
    ("a N\nb V\n" * 501, "a sentence of 1002 words.* does an empty line stand"),
    ("a N\n", "all words have the tag 'N'"), ("a N\nb V\n", "1 different examples are too few")])
def test_bad_files_are_named_with_their_line(tmp_path, text, told):
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        tag(path)


def test_another_encoding(tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes("王 B-PER\n".encode("gb18030"))
    with pytest.raises(DataError, match="gb18030"):
        tag(path)
    assert read_tagged(path, encoding="gb18030", form="spans")[0] == [[("王", "B-PER")]]


def test_clues_of_words():
    assert [outline(word) for word in ("Paris", "USA", "B2-rated", "北京", "1,000")] \
        == ["Xx", "X", "X0-x", "x", "0,0"]
    rows = spelled(["The", "running"])
    assert rows[1][:9] == ["small running", "outline x", "head1 r", "head2 ru", "head3 run",
                           "tail1 g", "tail2 ng", "tail3 ing", "tail4 ning"]
    assert [row[9:] for row in rows] == clues(["The", "running"])
    assert spelled_alone(["a"])[0][9:] == alone(["a"])[0] == clues(["a", "b"])[0][:6]
    assert {len(row) for row in spelled(["a", "bcdef", "1"])} == {26}


def test_what_stands_once_is_unknown():
    coder = ClueCoder([[("北京", "O"), ("北京", "O"), ("上海", "O")]], alone)
    rows = coder.encode([("北京", None), ("上海", None)])
    assert rows.shape == (2, 6)
    assert rows[0].min() > 1
    assert rows[1, 0] == 1


def test_a_linear_tagger_reads_the_ends_of_words():
    rows = english(60)
    tagged = linear_tagger(rows[:50], spelled)(rows[50:])
    assert tagged == [["DET", "NOUN", "VERB", "PRON"]] * 10


@pytest.mark.trains
def test_a_tagger_of_entities_learns_predicts_and_is_kept(tmp_path):
    said = []
    found = tag(write(tmp_path / "own.iob2", sentences(150)), epochs=6, say=said.append)
    assert set(found.report.scores.index) == {"network", "clue CRF", "most frequent tag"}
    assert found.report.scores.score["network"] >= 0.9
    assert found.report.measure == "entity F1"
    assert said == [str(found)]
    assert "PER 120, LOC 120" in said[0]
    asked = ["王 红 去 津 7"]
    assert found.predict(asked) == ["王/B-PER 红/I-PER 去/O 津/B-LOC 7/O"]
    found.save(tmp_path / "mine")
    assert load(tmp_path / "mine").predict(asked) == found.predict(asked)
    with pytest.raises(DataError, match="holds no word"):
        found.predict([" "])


@pytest.mark.trains
def test_a_tagger_of_plain_tags_reads_unknown_words(tmp_path, capsys):
    path = write(tmp_path / "own.txt", english(120))
    asked = ["tag", str(path), "--epochs", "12", "--save", str(tmp_path / "mine"),
             "--report", str(tmp_path / "page.html"), "--predict", "The xer yed it"]
    assert command.main(asked) == 0
    told = capsys.readouterr().out
    assert "tagging of own.txt" in told
    assert "linear model" in told
    assert "tags                        4; most frequent DET, 25% of train" in told
    assert told.endswith("The/DET xer/NOUN yed/VERB it/PRON\tThe xer yed it\n")
    assert (tmp_path / "page.html").exists()
    assert command.main(["tag", "--save", str(tmp_path / "mine"), "--predict", "it"]) == 0
    assert capsys.readouterr().out.startswith("it/")


def test_a_long_file_is_cut(monkeypatch):
    monkeypatch.setattr(own_tag, "MOST", 12)
    rows = english(5)
    assert own_tag.cut(rows) == rows[:3]


def test_a_word_like_a_comment_is_known_by_its_tag(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("# newdoc\na\tNN\n#\tNN\n# text = a\n", encoding="utf-8")
    rows = iob2.sentence_rows(path)
    assert [columns[0] for _, columns in rows[0]] == ["a", "#"]
