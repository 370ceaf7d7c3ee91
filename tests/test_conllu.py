"""Reading tagged sentences: what is kept, and what is said about malformed files."""

import pytest

from rnnbook.data import DataError, conllu
from rnnbook.labelling import pos_tagger


def row(number, word, tag):
    return f"{number}\t{word}\t_\t{tag}" + "\t_" * 6


GOOD = ["# text = 我爱书", row("1-2", "我爱", "_"), row(1, "我", "PRON"), row(2, "爱", "VERB"),
        row("2.1", "看", "VERB"), row(3, "书", "NOUN"), "", row(1, "好", "ADJ"), "", ""]
EXPECTED = [[("我", "PRON"), ("爱", "VERB"), ("书", "NOUN")], [("好", "ADJ")]]


def write(tmp_path, lines):
    path = tmp_path / "file.conllu"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_words_and_tags(tmp_path):
    assert conllu.read_conllu(write(tmp_path, GOOD)) == EXPECTED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", ""), ("utf-8", "\ufeff"), ("gbk", "")])
def test_files_of_other_programs(tmp_path, end, encoding, mark):
    path = tmp_path / "own.conllu"
    lines = [line or " " for line in GOOD[:-2]]  # a space in the empty line, none at the end
    path.write_bytes((mark + end.join(lines)).encode(encoding))
    assert conllu.read_conllu(str(path), encoding=encoding) == EXPECTED


@pytest.mark.parametrize(("line", "text", "message"), [
    (3, "2\t爱\t_\tVERB", "line 4: 4 columns"),
    (3, row(2, "爱", "VV"), "line 4: 'VV' of '爱' is no universal part of speech"),
    (3, row("b", "爱", "VERB"), "line 4: the first column must be a number"),
    (3, row(2, "", "VERB"), "line 4: 'VERB' of '' is no universal part of speech of a word"),
    (3, row(3, "爱", "VERB"), "line 4: word 3 where word 2 should be"),
    (6, "# no empty line", "line 8: word 1 where word 4 should be"),
])
def test_malformed_files_are_named_with_the_line(tmp_path, line, text, message):
    lines = list(GOOD)
    lines[line] = text
    with pytest.raises(DataError, match=message):
        conllu.read_conllu(write(tmp_path, lines))


def test_files_of_another_kind(tmp_path):
    with pytest.raises(DataError, match="line 1: 2 columns, not 10"):
        conllu.read_conllu(write(tmp_path, ["我\tPRON"]))
    path = write(tmp_path, GOOD)
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    with pytest.raises(DataError, match=r"line 1: no utf-8 text; .*gb18030"):
        conllu.read_conllu(path)


@pytest.mark.parametrize(("lines", "message"), [([""], "empty"), (["# only"], "no sentence")])
def test_files_without_sentences(tmp_path, lines, message):
    with pytest.raises(DataError, match=message):
        conllu.read_conllu(write(tmp_path, lines))


def test_traditional_words_become_simple():
    assert conllu.simplify([[("學生", "NOUN")], [("畫", "VERB"), ("畫", "NOUN")]]) == [
        [("学生", "NOUN")], [("画", "VERB"), ("画", "NOUN")]]


def test_the_treebank_is_split_without_overlap():
    bank = conllu.load_ud_chinese()
    assert len(bank.train) > 9 * len(bank.validation) - 10
    words = {word for sentence in bank.train for word, _ in sentence}
    assert "学生" in words
    assert "學生" not in words


def test_the_baseline_and_its_measure():
    train = [[("书", "NOUN"), ("书", "NOUN"), ("好", "ADJ")], [("书", "VERB")]]
    test = [[("书", "VERB"), ("新", "NOUN"), ("好", "ADJ")]]
    predicted = pos_tagger.most_frequent_tag(train, test)
    assert predicted == [["NOUN", "NOUN", "ADJ"]]
    assert pos_tagger.accuracy(predicted, test) == pytest.approx(2 / 3)
    assert pos_tagger.accuracy_of("VERB", predicted, test) == 0
    assert pos_tagger.accuracy_of("X", predicted, test) is None
    with pytest.raises(ValueError, match="zip"):
        pos_tagger.accuracy([["NOUN"]], test)


@pytest.mark.trains
@pytest.mark.backends
def test_a_tagger_learns_and_padding_does_not_matter():
    import keras

    keras.utils.set_random_seed(0)
    train = [[("书", "NOUN"), ("好", "ADJ")], [("好", "ADJ"), ("书", "NOUN"), ("好", "ADJ")]] * 8
    features = pos_tagger.Features(train)
    assert features.encode([("坏", "ADJ")]).tolist() == [[1, 1, 1]]
    model = pos_tagger.build_tagger(features, units=8, depth=2, residual=True, dropout=0.0)
    pos_tagger.train_tagger(model, features.batches(train, 4, seed=0), 6, 0.05)
    assert pos_tagger.accuracy(pos_tagger.predict_tags(model, features, train), train) == 1
    short = features.encode(train[0])[None]
    padded = keras.ops.pad(short, [(0, 0), (0, 3), (0, 0)])
    gap = keras.ops.max(keras.ops.abs(model(short) - model(padded)[:, :2]))
    assert float(gap) < 1e-5
