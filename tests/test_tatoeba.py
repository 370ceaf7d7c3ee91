"""Sentence pairs: read with clear errors, split without a shared sentence."""

import zipfile

import pytest

from mirrors import HTML
from rnnbook import data
from rnnbook.data import DataError, tatoeba

CREDIT = "someone"


def written(tmp_path, *rows, encoding="utf-8"):
    path = tmp_path / "pairs.txt"
    path.write_bytes("\n".join("\t".join(row) for row in rows).encode(encoding))
    return path


def test_traditional_characters_and_doubles(tmp_path):
    path = written(tmp_path, ("Hi.", "你好。", CREDIT), ("Good.", "湯姆", CREDIT),
                   ("Good.", "汤姆", CREDIT))
    expected = [("Hi.", "你好。", CREDIT), ("Good.", "汤姆", CREDIT)]
    assert tatoeba.read_pairs(path) == tatoeba.read_pairs(str(path)) == expected


def test_own_files(tmp_path):
    path = written(tmp_path, ("Hi\u2028.", "你好。"), ("Rain", "雨"), encoding="gb18030")
    with pytest.raises(DataError, match=r"line 1: no utf-8 text; .*gb18030"):
        tatoeba.read_pairs(path)
    pairs = [("Hi\u2028.", "你好。", ""), ("Rain", "雨", "")]
    assert tatoeba.read_pairs(path, encoding="gb18030") == pairs
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "own.txt")
    assert tatoeba.read_pairs(tmp_path / "a.zip", "gb18030", member="own.txt") == pairs


def test_the_first_credit_stays(tmp_path):
    path = written(tmp_path, ("a", "b", "first"), ("a", "b", "second"))
    assert tatoeba.read_pairs(path) == [("a", "b", "first")]


@pytest.mark.parametrize(("text", "message"), [
    (b"", "is empty"),
    (b"a\tb\tc\nonly two\tcolumns\n", "line 2: 3 columns .* found 2: 'only two"),
    (b"a\tb\na\tb\tc\n", "line 2: 2 columns .* found 3"),
    (b"a b c\n", "line 1: 3 columns .* found 1"),
    (b"a\tb\tc\n\nd\te\tf", "line 2"),
    (b"a\t \tc\n", "line 1"),
    (b"a\tb\tc\n\xff\xfe", "line 2: no utf-8 text"),
])
def test_malformed_pairs(tmp_path, text, message):
    path = tmp_path / "f"
    path.write_bytes(text)
    with pytest.raises(DataError, match=message):
        tatoeba.read_pairs(path)


def test_groups_join_over_both_languages_case_and_punctuation():
    pairs = [("Stop!", "停", "1"), ("Wait.", "等", "2"), ("STOP", "住手！", "3"),
             ("Halt", "住手。", "4"), ("Go", "走", "5"), ("?", "！", "6"), ("!", "？", "7")]
    found = [[credit for *_, credit in group] for group in tatoeba.groups(pairs)]
    assert found == [["1", "3", "4"], ["2"], ["5"], ["6"], ["7"]]


def test_no_sentence_stands_in_two_parts():
    pairs = tatoeba.load_tatoeba()
    parts = [pairs.train, pairs.validation, pairs.test]
    assert all(parts)
    for side in (0, 1):
        seen = [{tatoeba.WORDS_ONLY.sub("", pair[side].lower()) for pair in part}
                for part in parts]
        for i, j in ((0, 1), (0, 2), (1, 2)):
            assert not (seen[i] & seen[j]) - {""}
    share = len(pairs.test) / sum(map(len, parts))
    assert 0.03 < share < 0.08


def test_a_truncated_archive(tmp_path, monkeypatch):
    source = data.fetch("tatoeba_cmn_eng")
    whole = (source.path / "cmn-eng.zip").read_bytes()
    (tmp_path / "cmn-eng.zip").write_bytes(whole[:len(whole) // 2])
    monkeypatch.setattr(tatoeba, "fetch", lambda name: data.Source(name, tmp_path, "full"))
    with pytest.raises(DataError, match="not a sound zip file"):
        tatoeba.load_tatoeba()
    with zipfile.ZipFile(tmp_path / "cmn-eng.zip", "w") as archive:
        archive.writestr("other.txt", "")
    with pytest.raises(DataError, match=r"has no member 'cmn\.txt'"):
        tatoeba.load_tatoeba()


def test_tokens():
    assert tatoeba.english_tokens("I don’t know, Tom: 42!") == \
        ["i", "don't", "know", ",", "tom", ":", "4", "2", "!"]
    tokens = tatoeba.chinese_tokens("我用 Open Office 写了3页。")
    assert tokens == ["我", "用", "Open", "Office", "写", "了", "3", "页", "。"]
    assert tatoeba.join_chinese(tokens) == "我用Open Office写了3页。"
    assert tatoeba.join_chinese([]) == ""
    tokens = tatoeba.english_tokens("Don't pay $12 for it, Tom!")
    assert tatoeba.join_english(tokens) == "don't pay $12 for it, tom!"


def zipped(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def test_member_of_a_zip(tmp_path):
    archive = zipped(tmp_path / "a.zip", **{"cmn.txt": "Hi.\t嗨。\n", "..notes": "x"})
    assert tatoeba.read_member(archive, "cmn.txt").decode() == "Hi.\t嗨。\n"
    with pytest.raises(data.DataError, match="no member 'b'"):
        tatoeba.read_member(archive, "b")
    with pytest.raises(data.DataError, match="larger than 3 bytes"):
        tatoeba.read_member(archive, "cmn.txt", limit=3)


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "C:/x", "..\\x", "\\x"])
def test_member_outside_the_archive(tmp_path, name):
    archive = zipped(tmp_path / "a.zip", good="1", **{name: "2"})
    with pytest.raises(data.DataError, match="outside the archive"):
        tatoeba.read_member(archive, "good")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_archives_that_are_none(tmp_path):
    (tmp_path / "page.zip").write_bytes(HTML)
    with pytest.raises(data.DataError, match=r"page\.zip is not a sound zip file"):
        tatoeba.read_member(tmp_path / "page.zip", "x")
    with pytest.raises(data.DataError, match="cannot be read"):
        tatoeba.read_member(tmp_path / "nothing.zip", "x")
    archive = zipped(tmp_path / "a.zip", x="hello hello")
    archive.write_bytes(archive.read_bytes().replace(b"hello", b"jello", 1))
    with pytest.raises(data.DataError, match="not a sound zip"):
        tatoeba.read_member(archive, "x")


@pytest.mark.parametrize(("offset", "value", "message"), [
    (8, 1, "sound zip file: .*encrypted"), (10, 99, "sound zip file: That compression method"),
    (10, 8, "sound zip file"), (10, 12, "cannot be read: Invalid data"),
    (10, 14, "sound zip file")])
def test_members_that_cannot_be_unpacked(tmp_path, offset, value, message):
    archive = zipped(tmp_path / "a.zip", x="hello hello")
    body = bytearray(archive.read_bytes())
    entry = body.index(b"PK\x01\x02")  # the directory: flags at 8, method at 10
    body[entry + offset] = body[offset - 2] = value
    archive.write_bytes(body)
    with pytest.raises(data.DataError, match=message):
        tatoeba.read_member(archive, "x")
