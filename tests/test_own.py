"""Networks trained on a reader's own file, and the report."""

import numpy as np
import pytest

from rnnbook.data.errors import DataError
from rnnbook.data.tatoeba import english_tokens
from rnnbook.own import __main__ as command
from rnnbook.own import classify as own_classify
from rnnbook.own.budget import epochs_for
from rnnbook.own.classify import classify, load
from rnnbook.own.parts import divide
from rnnbook.own.report import compare
from rnnbook.own.tokens import splitter

GOOD, BAD = "好棒赞喜欢", "差烂慢讨厌"


def rows_of(count, seed=0):
    rng = np.random.default_rng(seed)
    return [("".join(rng.choice(list(side), 6)) + str(i), name)
            for i in range(count) for side, name in [((GOOD, "正"), (BAD, "负"))[i % 2]]]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("review,stars\n" + "\n".join(map(",".join, rows_of(200))), encoding="utf-8")
    return path


def test_equal_keys_stay_in_one_part():
    rows = [(i // 3, i) for i in range(300)]
    parts, repeated = divide(rows, key=lambda row: row[0])
    keys = [{key for key, _ in part} for part in parts.values()]
    assert repeated == 200
    assert sum(map(len, keys)) == len(set.union(*keys)) == 100
    assert sorted(row for part in parts.values() for row in part) == rows
    assert [len(part) for part in parts.values()] == [240, 30, 30]
    assert divide(rows, key=lambda row: row[0], seed=1)[0]["test"] != parts["test"]


def test_too_few_rows_are_refused():
    with pytest.raises(DataError, match="99 different examples are too few: 100"):
        divide(range(99), key=lambda row: row)


def test_few_examples_are_read_more_often():
    assert [epochs_for(n, 64) for n in (100, 9600, 10**6)] == [40, 10, 3]


@pytest.mark.parametrize(("lead", "verdict"), [
    (30, "is better than the rival"), (-30, "is WORSE than the rival"), (0, "cannot be told")])
def test_the_verdict_follows_from_the_difference(lead, verdict):
    right = {name: np.repeat([1.0, 0.0], [n, 100 - n])[:, None]
             for name, n in (("network", 50 + lead), ("rival", 50), ("weak", 10))}
    scores, gain = compare(right, lambda sums: sums[..., 0] / 100)
    report = own_classify.Report("a file", {"rows": 100}, "accuracy", scores, gain, 1.0)
    assert scores.score.tolist() == [0.5 + lead / 100, 0.5, 0.1]
    assert verdict in report.verdict
    assert verdict in str(report)
    assert scores.sd["network"] == pytest.approx(
        np.sqrt(scores.score["network"] * (1 - scores.score["network"]) / 100), rel=0.15)


def test_a_report_becomes_a_page(tmp_path):
    scores, gain = compare({"network": np.ones((9, 1)), "<b>": np.zeros((9, 1))},
                           lambda sums: sums[..., 0] / 9)
    own_classify.Report("a & b", {"rows": 9}, "accuracy", scores, gain, 1.0).save(
        tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "a &amp; b" in page
    assert "&lt;b&gt;" in page
    assert "<b>The network" in page


def test_tokens_are_characters_where_there_is_chinese_or_where_words_are_strange():
    assert splitter(["今天 good"], ["good"]) is list
    assert splitter(["good morning", "中"], ["Good evening"]) is english_tokens
    assert splitter(["Anna", "Bob"], ["Carl", "Bob", "Dora"]) is list  # names: all strange


def test_a_classifier_learns_predicts_and_is_kept(table, tmp_path):
    said = []
    found = classify(table, "review", "stars", epochs=12, say=said.append)
    assert found.report.scores.score["network"] >= 0.9
    assert set(found.report.scores.index) == {"network", "linear model", "most frequent label"}
    assert said == [str(found)]
    assert "train, validation, test" in said[0]
    texts = ["好棒好棒", "讨厌又慢"]
    assert found.predict(texts) == ["正", "负"]
    found.save(tmp_path / "mine")
    assert load(tmp_path / "mine").predict(texts) == ["正", "负"]
    with pytest.raises(DataError, match="holds nothing to read"):
        found.predict(["  "])


def test_english_is_read_by_words_and_its_rival_may_be_too(tmp_path):
    path = tmp_path / "mail.tsv"
    rows = [f"{word} mail number {i}\t{label}" for i in range(60)
            for word, label in (("dear", "ham"), ("cheap", "spam"))]
    path.write_text("text\tlabel\n" + "\n".join(rows), encoding="utf-8")
    found = classify(path, epochs=8, say=None)
    assert found.features.split is english_tokens
    assert found.report.scores.score["linear model"] == 1
    assert load_saved(found, tmp_path / "mine").predict(["Cheap!"]) == found.predict(["Cheap!"])


def load_saved(found, folder):
    found.save(folder)
    return load(folder)


def test_files_that_teach_nothing_are_refused(tmp_path):
    path = tmp_path / "one.tsv"
    path.write_text("text\tlabel\n" + "x\tsame\n" * 200, encoding="utf-8")
    with pytest.raises(DataError, match="all rows have the label 'same'"):
        classify(path)
    with pytest.raises(DataError, match="no column 'body'"):
        classify(path, "body")
    path.write_text("text\tlabel\na\tb\tc\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 2: not 2 fields; does a text with a tab"):
        classify(path)


@pytest.mark.parametrize(("damage", "told"), [
    (lambda folder: (folder / "learned.json").unlink(), "is missing: nothing was saved"),
    (lambda folder: (folder / "weights.npz").write_bytes(b"PK"), "is damaged"),
    (lambda folder: (folder / "learned.json").write_text('{"kind": "tagger"}'),
     "holds a tagger, not a classifier")])
def test_a_damaged_folder_is_named(tmp_path, damage, told):
    from rnnbook.own.keep import save

    save(tmp_path, "classifier", [np.zeros(3)], {})
    damage(tmp_path)
    with pytest.raises(DataError, match=told):
        load(tmp_path)


def test_an_interruption_says_what_is_lost(table, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(own_classify, "train_classifier", interrupted)
    with pytest.raises(KeyboardInterrupt, match="0 s of training: nothing of it is kept"):
        classify(table, "review", "stars")


def test_the_command_trains_saves_and_predicts(table, tmp_path, capsys):
    asked = ["classify", str(table), "--text", "review", "--label", "stars", "--epochs", "1",
             "--report", str(tmp_path / "page.html"), "--save", str(tmp_path / "mine")]
    assert command.main(asked) == 0
    assert "classification of reviews.csv" in capsys.readouterr().out
    assert (tmp_path / "page.html").exists()
    assert command.main(["classify", "--save", str(tmp_path / "mine"), "--predict", "好棒"]) == 0
    assert capsys.readouterr().out.endswith("\t好棒\n")
    assert command.main(["classify", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["classify"])
