"""Translators trained on a reader's own pairs, their rivals, and the files that are read."""

import numpy as np
import pytest

from rnnbook.data.errors import DataError
from rnnbook.data.table import read_table
from rnnbook.own import __main__ as command
from rnnbook.own import translate as own_translate
from rnnbook.own.answers import COUNTS, counted
from rnnbook.own.sides import Sides, kinds_of, words_of
from rnnbook.own.translate import batch_for, load, readable, together, translate
from rnnbook.translation.memory import change_endings

SENTENCES = [(f"{who} {what} {n}.", f"{wer}{was}{n}。")
             for who, wer in (("I", "我"), ("he", "他"), ("she", "她"), ("we", "我们"),
                              ("you", "你"))
             for what, was in (("sing", "唱歌"), ("swim", "游泳"), ("read books", "看书"),
                               ("write", "写字")) for n in "abcdef"]


def codes(count):
    """Strings of three letters, to be written in capitals."""
    rng = np.random.default_rng(0)
    texts = {"".join(rng.choice(list("abcdef"), 3)) for _ in range(3 * count)}
    return [(text, text.upper()) for text in sorted(texts)[:count]]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("source,target\n" + "\n".join(map(",".join, codes(160))), encoding="utf-8")
    return path


@pytest.fixture
def untrained(monkeypatch):
    """Leave the training out: what surrounds it is seen in a moment."""
    asked = []
    for settings in own_translate.SETTINGS.values():
        monkeypatch.setitem(settings, "units", 8)
    monkeypatch.setattr(own_translate.translator, "train", lambda *given, **_: asked.append(given))
    return asked


def test_a_translator_learns_predicts_and_is_kept(table, tmp_path, monkeypatch):
    for name, value in (("units", 32), ("embedding", 16), ("dropout", 0.0), ("rate", 0.03)):
        monkeypatch.setitem(own_translate.SETTINGS[True], name, value)
    said, told = [], []
    found = translate(table, epochs=20, say=said.append)
    assert said == [str(found)]
    assert found.report.measure == "exact match"
    assert found.report.scores.score["network"] >= 0.5
    assert set(found.report.scores.index) == {"network", "translation memory", "copy of the source",
                                              "usual change of ending"}
    assert found.predict([" abc "], told.append) == found.predict(["abc"], told.append)
    assert told == []
    assert len(found.predict(["a字b"], told.append)) == 1
    assert told == ["'a字b': unknown to the network: '字'"]
    with pytest.raises(DataError, match="holds nothing to translate"):
        found.predict(["  "])
    found.save(tmp_path / "mine")
    texts = [text for text, _ in codes(20)]
    assert load(tmp_path / "mine").predict(texts) == found.predict(texts)


def test_sentences_are_scored_by_bleu_and_the_memory_is_named(tmp_path, untrained):
    path = tmp_path / "anki.txt"
    path.write_text("".join(f'{a}\t{b}\t"credit\n' for a, b in SENTENCES), encoding="utf-8")
    found = translate(path, 1, 2, attention=False, epochs=1, say=None)
    report = found.report
    assert found.sides.kinds == ("words", "characters")
    assert report.measure == "BLEU"
    assert report.scores.score["translation memory"] > report.scores.score["network"]
    assert "WORSE than the translation memory" in report.verdict
    assert "without attention" in report.facts["network"]
    assert report.facts["train, validation, test"] == "96 12 12"
    assert {"length", "right as a whole"} <= set(report.facts)
    examples, batch = untrained[0][1], untrained[0][5]
    assert (len(examples), batch) == (96, 16)
    assert translate(path, 2, 1, score="exact", epochs=1, say=None).report.measure == "exact match"
    with pytest.raises(ValueError, match="score must be one of"):
        translate(path, 1, 2, score="best")


def test_tokens_are_letters_words_or_characters():
    assert kinds_of([("5 March 2024", "2024-03-05")]) == ("letters", "letters")
    assert kinds_of([("I sing", "je chante"), ("he sings", "il chante")]) == ("words", "words")
    assert kinds_of(SENTENCES) == ("words", "characters")
    assert kinds_of([("春眠不觉晓", "处处闻啼鸟")]) == ("characters", "characters")
    assert words_of("L’été n'est-il pas « beau » ?") == [
        "l'été", "n'est", "-", "il", "pas", "«", "beau", "»", "?"]
    assert words_of("मैं 25 ठीक हूँ।")[:2] == ["मैं", "2"]


def test_an_answer_is_compared_without_capitals_where_words_are_read():
    sides = Sides.learn([("oui , oui", "Yes , yes"), ("non , oui", "No , yes")])
    assert sides.plain("Yes, YES") == "yes, yes"
    assert counted(sides, ["yes,  yes"], {"oui, oui": ["Yes, yes", "Aye"]},
                   "exact").tolist() == [[1, 1]]
    letters = Sides.learn([("a b", "A-B")])
    assert letters.plain("A  b") == "A  b"


def test_pairs_that_share_a_text_stay_together():
    key, apart = together([("a", "x"), ("a", "y"), ("b", "y"), *[(f"c{n}", f"z{n}")
                                                                  for n in range(99)]])
    assert apart
    assert key(("a", "x")) == key(("b", "y")) != key(("c1", "z1"))
    sums = [(f"{a}+{b}", str(a + b)) for a in range(9) for b in range(9)]
    key, apart = together(sums)
    assert not apart
    assert key(sums[0]) == "0+0"


def test_no_target_stands_in_two_parts(tmp_path, untrained):
    path = tmp_path / "twice.csv"
    path.write_text("source,target\n" + "".join(
        f"{form}{n},{n}\n" for n in range(200) for form in ("no ", "number ", "no ")))
    facts = translate(path, epochs=1, say=None).report.facts
    assert facts["pairs"] == "400; 200 more stand twice and count once"
    assert facts["share a text"] == "200 with a pair before (kept in one part)"


def test_what_takes_too_long_is_cut_and_said():
    train = [("x" * (1 + n % 9), "y") for n in range(100)] + [("x" * 60, "y"), ("x" * 99, "y")]
    sides = Sides.learn(train)
    examples, boundaries, facts = readable(sides, train, None)
    assert (len(examples), boundaries, facts["epochs"]) == (100, [9], 40)
    assert facts["too long"] == "2 training pairs of over 8 tokens: left out"
    assert readable(sides, train, 1)[2].keys() == {"too long"}
    many, _, facts = readable(sides, [("x" * 60, "y")] * 20_000, None)
    assert len(many) == 16_666
    assert facts == {"epochs": 3, "cut": "the network reads 16,666 training pairs only, to be "
                                         "done in time"}
    with pytest.raises(DataError, match="longer than 64 tokens"):
        readable(sides, train[-1:], None)
    assert [batch_for(range(n)) for n in (100, 1000, 9000)] == [16, 31, 128]


def test_bleu_of_nothing_is_zero():
    score = COUNTS["bleu"][1]
    assert score(np.zeros((2, 10))).tolist() == [0, 0]
    assert score(np.array([3, 2, 1, 0, 3, 2, 1, 1, 3, 3.0])) == 0


def test_the_usual_change_of_ending():
    pairs = [("walk", "walked"), ("talk", "talked"), ("try", "tried"), ("bake", "baked")]
    assert change_endings(pairs, ["cry", "balk", "rake", "ab"]) == ["cried", "balked", "raked",
                                                                   "abed"]
    assert change_endings([("aa", "b")], ["xyz", "aaa"]) == ["xyz", "ab"]


def test_a_table_without_a_header_is_read_by_numbers(tmp_path):
    path = tmp_path / "cmn.txt"
    path.write_text('"Go," he said.\t他说“走”。\tcc\nHi.\t嗨。\tcc\n', encoding="gb18030")
    assert read_table(path, (2, 1), "gb18030") == [("他说“走”。", '"Go," he said.'),
                                                   ("嗨。", "Hi.")]
    with pytest.raises(DataError, match=r"line 1: no column 4; there are \[1, 2, 3\]"):
        read_table(path, (1, 4), "gb18030")
    path.write_text("a\tb\na\n")
    with pytest.raises(DataError, match="line 2: not 2 fields"):
        translate(path, 1, 2)
    path = tmp_path / "bare.csv"
    path.write_text('"a, b",c\n')
    assert read_table(path, (1, 2)) == [("a, b", "c")]


def test_the_command_names_columns_by_numbers(tmp_path, untrained, capsys):
    path = tmp_path / "cmn.txt"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in SENTENCES), encoding="utf-8")
    kept = str(tmp_path / "mine")
    assert command.main(["translate", str(path), "--source", "1", "--target", "2", "--save", kept,
                         "--no-attention", "--epochs", "1"]) == 0
    assert "translation of cmn.txt: 2 from 1" in capsys.readouterr().out
    assert command.main(["translate", "--save", kept, "--predict", "he swims"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\the swims\n")
    assert "unknown to the network: 'swims'" in err
    assert command.main(["translate", str(path), "--target", "2"]) == 2
    assert "no column 'source'" in capsys.readouterr().err
