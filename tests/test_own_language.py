"""A language model of a reader's own text, and its n-grams."""

import numpy as np
import pytest

from rnnbook.data.errors import DataError
from rnnbook.own import __main__ as command
from rnnbook.own import language as own_language
from rnnbook.own.language import about, language, load, parts_of, vocabulary
from rnnbook.own.ngrams import best_kneser_ney
from rnnbook.own.parts import in_order, is_sorted
from rnnbook.own.report import Report, compare, in_blocks
from rnnbook.own.running import streams_of, without_token
from rnnbook.own.tokens import lines_of, text_of, tokens_of, way_of

POEM = "春眠不觉晓\n处处闻啼鸟\n夜来风雨声\n花落知多少\n"


@pytest.fixture(scope="module")
def poem(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "poem.txt"
    path.write_text(POEM * 80 + "龘", encoding="gb18030")
    return path


@pytest.fixture(scope="module")
def learned(poem):
    said = []
    found = language(poem, encoding="gb18030", epochs=12, say=said.append)
    return found, said


def test_a_text_is_divided_in_running_order_at_the_ends_of_lines():
    tokens = list("abcdefghijklm\n" * 100)
    parts = in_order(tokens, "\n")
    assert [token for part in parts.values() for token in part] == tokens
    assert [len(part) for part in parts.values()] == [1120, 140, 140]
    assert [part[-1] for part in parts.values()] == ["\n"] * 3
    parts = in_order(list(range(2000)), "\n")
    assert [len(part) for part in parts.values()] == [1600, 200, 200]
    with pytest.raises(DataError, match="999 tokens are too few: 1000"):
        in_order([0] * 999, 1)


@pytest.mark.parametrize(("text", "level", "way", "tokens"), [
    ("Oh, no!\n\n<unk>", "words", "words",
     ["oh", ",", "no", "!", "<eos>", "<eos>", "<unk>", "<eos>"]),
    ("我爱北京", "words", "jieba", ["我", "爱", "北京", "<eos>"]),
    ("我 爱 北京\n", "words", "spaces", ["我", "爱", "北京", "<eos>"]),
    ("天 地", "characters", "characters", ["天", " ", "地", "\n"])])
def test_a_text_is_cut_as_its_language_asks(text, level, way, tokens):
    assert way_of(text, level) == way
    assert tokens_of(text, way) == tokens
    assert tokens_of(text, way, most=2) == tokens[:2]


def test_tokens_become_a_text_again():
    assert text_of(["oh", ",", "no", "<eos>", "!"], "words") == "oh, no\n!"
    assert text_of(["我", "爱", "<eos>", "北京"], "jieba") == "我爱\n北京"
    assert text_of(["天", "\n", "地"], "characters") == "天\n地"
    with pytest.raises(ValueError, match="'letters'"):
        way_of("", "letters")


def test_streams_fit_into_the_shortest_part():
    assert streams_of(10_000) == (32, 32)
    assert streams_of(101) == (8, 8)
    for tokens in range(50, 2000):
        batch, steps = streams_of(tokens)
        assert tokens / 4 <= batch * steps < tokens or (batch, steps) == (32, 32)


def test_unknown_is_what_stands_once_and_can_never_be_written():
    assert vocabulary("aabbbc").itos == ["b", "a", "<unk>"]
    assert vocabulary("aabbb").itos == ["b", "a", "<unk>"]
    weights = {"logits.bias": np.zeros(3), "other": np.ones(2)}
    assert without_token(weights, 2)["logits.bias"].tolist() == [0, 0, -1e9]
    assert weights["logits.bias"].tolist() == [0, 0, 0]


def test_the_order_and_the_discount_are_those_of_the_validation_part():
    rng = np.random.default_rng(0)
    ids = rng.integers(0, 5, 4000)
    for i in range(2, 4000):
        if rng.random() < 0.9:  # the sum of the last two tokens
            ids[i] = (ids[i - 1] + ids[i - 2]) % 5
    train, validation = ids[:3000], ids[3000:]
    best = best_kneser_ney(train, validation, 5, longest=6)
    assert best.order == 3


def test_a_lower_score_wins_where_lower_is_better():
    for lead, verdict in [(-0.5, "is better than the near"), (0.5, "is WORSE than the near"),
                          (0, "cannot be told from the near")]:
        rows = {name: np.random.default_rng(1).normal(mean, 0.1, 400)
                for name, mean in (("network", 2 + lead), ("near", 2), ("far", 4))}
        scores, gain = compare({name: in_blocks(row, 10) for name, row in rows.items()},
                               lambda sums: sums[..., 0] / sums[..., 1], lower=True)
        report = Report("a text", {"tokens": 400}, "nats", scores, gain, 1.0, lower=True,
                        drawn="blocks of 10")
        assert verdict in report.verdict
        assert gain[0] == pytest.approx(lead)
        assert "nats, lower is better, paired over the test blocks of 10" in report.verdict


def test_blocks_hold_every_value_once():
    assert in_blocks(np.arange(5.0), 2).tolist() == [[1, 2], [5, 2], [4, 1]]


def test_a_report_tells_of_repeated_lines_and_of_what_is_unknown():
    parts = {"train": list("a\nb\nb\nc\n"), "validation": list("b\n"), "test": list("d\na\n")}
    told = about(parts, "characters", vocabulary(parts["train"]))
    assert told["repeated lines"] == "1 of 2 in the test part stand in train"
    assert told["unknown"].startswith("50.0% of the test part, 25.0% of train")


def test_a_sorted_list_is_shuffled_and_shares_no_line():
    lines = sorted({f"{i * i % 1009:04d}" for i in range(400)} | {"zz"}) + ["zz"] * 5
    tokens = tokens_of("\n".join(lines), "characters")
    parts, order = parts_of(tokens, "characters", seed=0)
    assert "shuffled" in order
    found = [lines_of(part, "characters")[:-1] for part in parts.values()]
    assert sorted("".join(line) for part in found for line in part) == lines
    assert not set(found[0]) & set(found[2])
    assert not is_sorted(found[0])
    home = next(part for part in found if tuple("zz") in part)
    places = [i for i, line in enumerate(home) if line == tuple("zz")]
    assert places != list(range(places[0], places[0] + 6))
    rng = np.random.default_rng(0)
    tokens = tokens_of("\n".join(rng.permutation(lines)), "characters")
    parts, order = parts_of(tokens, "characters", seed=0)
    assert order == "in running order"
    assert [token for part in parts.values() for token in part] == tokens


def test_a_poem_is_learned_and_written_on(learned, tmp_path):
    found, said = learned
    assert said == [str(found)]
    assert "blocks of" in said[0]
    scores = found.report.scores
    assert list(scores.index)[::2] == ["network", "unigram"]
    assert scores.score["network"] < 0.5 < scores.score["unigram"]
    assert scores.bits["unigram"] == pytest.approx(scores.score["unigram"] / np.log(2))
    assert found.predict(["春眠不"], length=9, temperature=0) == ["觉晓\n处处闻啼鸟\n"]
    found.save(tmp_path / "mine")
    assert load(tmp_path / "mine").predict(["花落"], 3, 0) == found.predict(["花落"], 3, 0)


def test_an_unknown_character_is_named_and_none_is_written(learned):
    found, _ = learned
    with pytest.warns(UserWarning, match="read as <unk>: 蟲 龘"):
        written = found.predict(["龘蟲", ""], length=40, temperature=1.5)
    assert "<unk>" not in "".join(written)
    assert [len(text) for text in written] == [40, 40]


def test_a_report_says_when_the_file_was_cut(tmp_path, monkeypatch):
    monkeypatch.setitem(own_language.MOST, "words", 1200)
    monkeypatch.setattr(own_language, "train_in_order", lambda *_: [1.0])
    path = tmp_path / "long.txt"
    path.write_text("a b c d\n" * 400, encoding="utf-8")
    told = str(language(path, level="words", say=None))
    assert "1,200 words in small letters and marks; the rest of the file is NOT read" in told


def test_texts_that_teach_nothing_are_refused(tmp_path, poem):
    with pytest.raises(DataError, match="gb18030"):
        language(poem)
    path = tmp_path / "short.txt"
    path.write_text("too short", encoding="utf-8")
    with pytest.raises(DataError, match="10 tokens are too few"):
        language(path)
    path.write_text("a" * 2000, encoding="utf-8")
    with pytest.raises(DataError, match="only 1 kinds of characters stand twice"):
        language(path)
    with pytest.raises(ValueError, match="level must be"):
        language(path, level="letters")


def test_the_command_trains_on_words_saves_and_writes_on(tmp_path, capsys):
    path = tmp_path / "words.txt"
    path.write_text("The cat sat.\nThe dog ran off.\n" * 150, encoding="utf-8")
    asked = ["language", str(path), "--level", "words", "--epochs", "3", "--save",
             str(tmp_path / "mine"), "--predict", "The cat"]
    assert command.main(asked) == 0
    out = capsys.readouterr().out
    assert "language model of words.txt: words" in out
    assert "perplexity" in out
    assert out.splitlines()[-1].endswith("\tThe cat")
    assert set(load(tmp_path / "mine").vocab.itos) >= {"<eos>", "cat", "<unk>"}
