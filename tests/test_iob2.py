"""Reading IOB2 files: the forms they come in, and what is said about malformed ones."""

import pytest

from rnnbook.data import DataError, iob2

UNER = """# sent_id = a-1
# text = 王明在北京。
1\t王\tB-PER\t-\t-
2\t明\tI-PER\t-\t-
3\t在\tO\t-\t-
4\t北京\tB-LOC\t-\t-
5\t。\tO\t-\t-

1\t好\tO\t-\t-
"""
CONLL = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
# NN I-NP O
1 CD B-NP O
"""
EXPECTED = [[("王", "B-PER"), ("明", "I-PER"), ("在", "O"), ("北京", "B-LOC"), ("。", "O")],
            [("好", "O")]]


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "own.iob2"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("text", [
    UNER, UNER.rstrip("\n"), UNER + "\n\n", "\ufeff" + UNER, UNER.replace("\n", "\r\n"),
    UNER.replace("3\t在", "2-3\t明在\t_\t-\t-\n3\t在")])
def test_uner_files(tmp_path, text):
    assert iob2.read_iob2(write(tmp_path, text)) == EXPECTED


def test_conll_files(tmp_path):
    path = write(tmp_path, CONLL)
    assert iob2.read_iob2(str(path)) == [[("EU", "B-ORG"), ("#", "O"), ("1", "O")]]
    chunks = [[("EU", "B-NP"), ("#", "I-NP"), ("1", "B-NP")]]
    assert iob2.read_iob2(path, word=0, tag=2) == chunks
    pairs = write(tmp_path, "1 O\n2 O\n")
    assert iob2.read_iob2(pairs) == [[("1", "O"), ("2", "O")]]
    words = write(tmp_path, "1 CD O\nx NN O\n")
    with pytest.raises(DataError, match=r"line 2: .* say word=0"):
        iob2.read_iob2(words)
    assert len(iob2.read_iob2(words, word=0)[0]) == 2


def test_other_encodings(tmp_path):
    path = write(tmp_path, UNER, "gb18030")
    with pytest.raises(DataError, match=r"line 2: no utf-8 text.*gb18030"):
        iob2.read_iob2(path)
    assert iob2.read_iob2(path, encoding="gb18030") == EXPECTED


@pytest.mark.parametrize(("old", "new", "message"), [
    ("2\t明\tI-PER\t-\t-", "2\t明\tI-PER", "line 4: 3 columns, the first row has 5"),
    ("2\t明\tI-PER", "2\t明\tPER", "line 4: 'PER' is no tag .* another column"),
    ("2\t明\tI-PER", "2\t明\tE-PER", "line 4: 'E-PER' is no tag .*BIOES"),
    ("2\t明\tI-PER", "2\t明\tI-LOC", r"line 4: I-LOC continues no LOC: .*repair=True"),
    ("3\t在\tO", "3\t在\tI-LOC", "line 5: I-LOC continues no LOC"),
    ("1\t好\tO", "1\t好\tI-PER", "line 9: I-PER continues no PER"),
    ("2\t明", "2\t ", "line 4: the word is empty"),
    ("2\t明", "x\t明", "line 4: the first column must be a number"),
    ("\n\n", "\n", "line 8: word 1 where word 6 should be"),
])
def test_malformed_rows_are_named_with_their_line(tmp_path, old, new, message):
    assert old in UNER
    with pytest.raises(DataError, match=message):
        iob2.read_iob2(write(tmp_path, UNER.replace(old, new, 1)))


@pytest.mark.parametrize(("text", "message"), [
    ("", "is empty"), (" \n\n", "is empty"), ("# only\n", "no sentence")])
def test_files_without_sentences(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        iob2.read_iob2(write(tmp_path, text))


def test_columns_that_do_not_exist(tmp_path):
    with pytest.raises(DataError, match="line 1: columns 0 and 7 wanted of 2"):
        iob2.read_iob2(write(tmp_path, "a O\n"), tag=7)


def test_repair(tmp_path):
    path = write(tmp_path, "a I-PER\nb I-PER\nc B-PER\nd I-LOC\n\ne O\n")
    with pytest.warns(UserWarning, match="2 entities began with I-, first in line 1"):
        sentences = iob2.read_iob2(path, repair=True)
    assert [t for _, t in sentences[0]] == ["B-PER", "I-PER", "B-PER", "B-LOC"]


def test_spans_are_those_of_seqeval():
    import numpy as np
    from seqeval.metrics.sequence_labeling import get_entities

    rng = np.random.default_rng(0)
    for _ in range(500):
        tags = rng.choice(["O", "B-X", "I-X", "B-Y", "I-Y"], rng.integers(1, 9)).tolist()
        expected = [(kind, first, last + 1) for kind, first, last in get_entities(tags)]
        assert iob2.spans(tags) == expected


def test_uner():
    data = iob2.load_uner()
    assert min(len(data.train), len(data.validation), len(data.test)) >= 60
    kinds = {kind for s in data.train for kind, _, _ in iob2.spans([t for _, t in s])}
    assert kinds == {"PER", "LOC", "ORG"}
    if data.source.full:
        assert [len(data.train), len(data.validation), len(data.test)] == [3997, 500, 500]
