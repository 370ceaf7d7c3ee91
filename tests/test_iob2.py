"""Reading IOB2 files: the forms they come in, and what is said about malformed ones."""

from itertools import chain

import pytest

from rnnbook.data import DataError, iob2
from rnnbook.labelling.segmentation import to_words

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
    with pytest.raises(DataError, match="no encoding 'gbkk'"):
        iob2.read_iob2(path, encoding="gbkk")


@pytest.mark.parametrize(("old", "new", "message"), [
    ("2\t明\tI-PER\t-\t-", "2\t明\tI-PER", "line 4: 3 columns, the first row has 5.* by tabs"),
    ("2\t明\tI-PER", "2\t明\tPER", "line 4: 'PER' is no tag .* another column"),
    ("2\t明\tI-PER", "2\t明\tI_PER", "line 4: 'I_PER' is no tag"),
    ("2\t明\tI-PER", "2\t明\tE-LOC", "line 4: E-LOC continues no LOC"),
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


SOME = [[("去", "O"), ("台", "B-LOC"), ("山", "I-LOC"), ("镇", "I-LOC"), ("见", "O"),
         ("他", "B-PER"), ("她", "B-PER")], [("北", "B-LOC"), ("京", "I-LOC")]]


@pytest.mark.parametrize(("scheme", "tags"), [
    ("BMES", "O B-LOC M-LOC E-LOC O S-PER S-PER B-LOC E-LOC"),
    ("BIOES", "O B-LOC I-LOC E-LOC O S-PER S-PER B-LOC E-LOC"),
    ("BILOU", "O B-LOC I-LOC L-LOC O U-PER U-PER B-LOC L-LOC")])
def test_other_schemes_become_iob2_with_one_warning(tmp_path, scheme, tags):
    rows = [f"{word} {tag}" for (word, _), tag in zip(chain(*SOME), tags.split())]
    path = write(tmp_path, "\n".join([*rows[:7], "", *rows[7:]]))
    with pytest.warns(UserWarning, match=f"the tags are {scheme}; they are read as IOB2") as seen:
        assert iob2.read_iob2(path) == SOME
    assert len(seen) == 1


@pytest.mark.parametrize(("tags", "message"), [
    ("B-X M-X L-X", r"B- \(line 1\), M- \(line 2\), L- \(line 3\) belong to no one scheme"),
    ("B-X E-X U-X", "E- .* U- .* belong to no one scheme"),
    ("B-X E-X I-X", "line 3: I-X continues no X"),
    ("S-X I-X", "line 2: I-X continues no X"),
    ("S-X M-X", "line 2: M-X continues no X"),
    ("U-X L-X", "line 2: L-X continues no X"),
    ("B-X M-Y", "line 2: M-Y continues no Y"),
    ("O E-X", "line 2: E-X continues no X"),
    ("B-X W-X", "line 2: 'W-X' is no tag"),
    ("O Q", "line 2: 'Q' is no tag .* another column"),
    ("O B I", "line 2: 'B' is no tag .*divide characters into words"),
])
def test_schemes_that_are_none(tmp_path, tags, message):
    rows = "".join(f"w {tag}\n" for tag in tags.split())
    with pytest.raises(DataError, match=message):
        iob2.read_iob2(write(tmp_path, rows))


def test_words_that_are_tagged_by_bare_letters(tmp_path):
    path = write(tmp_path, "我 S\n去 S\n天 B\n安 M\n门 E\n\n好 S\n")
    with pytest.raises(DataError, match=r"line 1: 'S' is .*`sentence_rows`.*to_words\(text, tags"):
        iob2.read_iob2(path)
    words = [to_words("".join(row[0] for _, row in rows), [row[1] for _, row in rows])
             for rows in iob2.sentence_rows(path)]
    assert words == [["我", "去", "天安门"], ["好"]]


def test_repair_of_other_schemes(tmp_path):
    path = write(tmp_path, "a O\nb E-X\nc E-X\nd S-X\ne M-X\n")
    with (pytest.warns(UserWarning, match="3 entities began with I-, first in line 2"),
          pytest.warns(UserWarning, match="the tags are BMES")):
        found = iob2.read_iob2(path, repair=True)
    assert [tag for _, tag in found[0]] == ["O", "B-X", "B-X", "B-X", "B-X"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_line_end(tmp_path, end):
    assert iob2.read_iob2(write(tmp_path, UNER.replace("\n", end))) == EXPECTED
    two = write(tmp_path, end.join(["天\tO", "风\tO", ""]))
    assert iob2.read_iob2(two) == [[("天", "O"), ("风", "O")]]


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2028", "\x85", "\u2009"])
def test_only_spaces_and_tabs_divide_a_row(tmp_path, space):
    for gap in (" ", "\t", "   "):
        path = write(tmp_path, f"10{space}000{gap}O\n{space}{gap}O\nmetres{gap}O\n")
        words = [word for word, _ in iob2.read_iob2(path)[0]]
        assert words == [f"10{space}000", space, "metres"]
    spaced = write(tmp_path, "New York\tB-LOC \nis \tO\n")
    assert iob2.read_iob2(spaced) == [[("New York", "B-LOC"), ("is", "O")]]


@pytest.mark.parametrize(("text", "words"), [
    ("# text = vitamin group O\nvitamin\tO\ngroup\tO\n", ["vitamin", "group"]),
    ("# text = vitamin group O\nvitamin O\n# sent_id = 3\n", ["vitamin"]),
    ("# text = O\na NN x O\n", ["a"]),
    ("# O\n#tag O\na O\n", ["#", "#tag", "a"]),
    ("#a\tO\n#b\tO\n", ["#a", "#b"]),
    ("#begin document (x); part 000\na\tO\n", ["a"]),
])
def test_comments_and_words_that_begin_alike(tmp_path, text, words):
    found = iob2.read_iob2(write(tmp_path, text))
    assert [word for word, _ in found[0]] == words


def test_a_comment_where_the_tag_is_not_last(tmp_path):
    path = write(tmp_path, "a\tO\tx\n#\tO\ty\n#\tx\tO\n")
    assert iob2.read_iob2(path, tag=1) == [[("a", "O"), ("#", "O")]]


def test_a_document_ends_a_sentence(tmp_path):
    path = write(tmp_path, "-DOCSTART- O\nnorth B-LOC\n-DOCSTART- O\nriver B-LOC\n")
    assert iob2.read_iob2(path) == [[("north", "B-LOC")], [("river", "B-LOC")]]
    path = write(tmp_path, "north B-LOC\n-DOCSTART- O\nriver I-LOC\n")
    with pytest.raises(DataError, match="line 3: I-LOC continues no LOC"):
        iob2.read_iob2(path)


@pytest.mark.parametrize(("text", "message"), [
    ("", "is empty"), (" \n\n", "is empty"), ("# only\n", "no sentence")])
def test_files_without_sentences(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        iob2.read_iob2(write(tmp_path, text))


def test_columns_that_do_not_exist(tmp_path):
    for columns in ({"tag": 7}, {"word": -1}, {"word": 1}, {"tag": 0}, {"tag": 0.5}):
        with pytest.raises(DataError, match=r"line 2: columns .* wanted of 2"):
            iob2.read_iob2(write(tmp_path, "\na O\n"), **columns)


def test_repair(tmp_path):
    path = write(tmp_path, "a I-PER\nb I-PER\nc B-PER\nd I-LOC\n\ne O\n")
    with pytest.warns(UserWarning, match="2 entities began with I-, first in line 1"):
        sentences = iob2.read_iob2(path, repair=True)
    assert [t for _, t in sentences[0]] == ["B-PER", "I-PER", "B-PER", "B-LOC"]


def test_spans():
    tags = "B-X I-X B-X O I-X I-X I-Y B-Y I-X O O I-Y".split()
    assert iob2.spans(tags) == [("X", 0, 2), ("X", 2, 3), ("X", 4, 6), ("Y", 6, 7), ("Y", 7, 8),
                                ("X", 8, 9), ("Y", 11, 12)]
    assert iob2.spans(["I-X-Z", "I-X", "O"]) == [("X-Z", 0, 1), ("X", 1, 2)]
    assert iob2.spans([]) == []
    with pytest.raises(ValueError, match="'S-X' is no IOB2 tag"):
        iob2.spans(["O", "S-X"])


def test_uner():
    data = iob2.load_uner()
    assert min(len(data.train), len(data.validation), len(data.test)) >= 60
    kinds = {kind for s in data.train for kind, _, _ in iob2.spans([t for _, t in s])}
    assert kinds == {"PER", "LOC", "ORG"}
    if data.source.full:
        assert [len(data.train), len(data.validation), len(data.test)] == [3997, 500, 500]
