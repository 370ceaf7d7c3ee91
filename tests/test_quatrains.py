"""Quatrains: reading and parts, on the sample and on the full data; rows, and the form."""

import json
import time

import numpy as np
import pytest

from rnnbook import data
from rnnbook.data import quatrains, registry
from rnnbook.data.quatrains import encode_poems, keeps_form, poem_vocabulary

FIVE = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"
SEVEN = "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。"


@pytest.mark.parametrize("poem", [FIVE, SEVEN, FIVE.replace("白", "𪩘")])
def test_regular_poems_keep_the_form(poem):
    assert keeps_form(poem)


@pytest.mark.parametrize("poem", [
    "", FIVE + "\n", FIVE.replace("\n", ""), FIVE.replace("白日", "白"),
    FIVE.replace("，", "。", 1), FIVE.replace("日", "a"), FIVE.split("\n")[0],
    FIVE + "\n" + FIVE, FIVE.split("\n")[0] + "\n" + SEVEN.split("\n")[1],
    FIVE.replace("\n", "\n\n"), FIVE.replace("日", "<unk>")])
def test_other_texts_do_not(poem):
    assert not keeps_form(poem)


def test_rows_start_and_end_and_pad():
    vocab = poem_vocabulary([FIVE, SEVEN])
    x, y, weight = encode_poems([FIVE, SEVEN], vocab)
    assert x.shape == y.shape == weight.shape == (2, 34)
    assert vocab.decode(x[0])[:26] == "^" + FIVE
    assert vocab.decode(y[0]) == FIVE + "$" * 9
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    np.testing.assert_array_equal(weight.sum(1), [26, 34])  # every character and one END


def test_unknown_characters_carry_no_weight():
    vocab = poem_vocabulary([FIVE])
    _, y, weight = encode_poems(["白猿"], vocab)
    assert vocab.decode(y[0]) == "白<unk>$"
    assert weight[0].tolist() == [1, 0, 1]


@pytest.fixture
def placed(monkeypatch, tmp_path):
    """Let fetch find a folder of the test's own."""
    monkeypatch.setattr(quatrains, "fetch", lambda name: data.Source(name, tmp_path, "sample"))
    return tmp_path


def check_quatrains(q):
    parts = [q.train, q.validation, q.test]
    poems = [poem for part in parts for poem in part]
    assert len(poems) == len(set(poems))
    firsts = [{poem.split("，")[0] for poem in part} for part in parts]
    assert len(set.union(*firsts)) == sum(map(len, firsts))
    for poem in poems:
        one, two = poem.split("\n")
        length = one.index("，")
        assert length in (5, 7)
        for line in (one, two):
            assert len(line) == 2 * length + 2
            assert (line[length], line[-1]) == ("，", "。")
        assert poem.translate({ord(c): None for c in "，。\n"}).isalpha()
    assert 0.88 < len(q.train) / len(poems) < 0.92
    assert 0.03 < len(q.test) / len(poems) < 0.07
    return poems


def test_quatrains_sample(sample_only):
    q = quatrains.load_quatrains()
    poems = check_quatrains(q)
    assert q.source.kind == "sample"
    assert len("".join(poems).encode()) > 200_000
    assert len(set("".join(poems))) > 600


def test_quatrains_full(need_full):
    need_full("chinese_poetry")
    start = time.perf_counter()
    q = quatrains.load_quatrains()
    assert time.perf_counter() - start < 20  # one second measured; slow machines are slow
    poems = check_quatrains(q)
    assert len(poems) == 14_045
    assert (len(q.train), len(q.validation), len(q.test)) == (12_691, 688, 666)
    assert sum(len(poem) == 25 for poem in poems) + sum(len(poem) == 33 for poem in poems) == 14_045
    assert any("白日依山尽，黄河入海流。" in poem for poem in poems)


def test_full_tang_poems_are_all_read(need_full):
    need_full("chinese_poetry")
    folder = data.fetch("chinese_poetry").path
    files = list(folder.glob("poet.tang.*.json"))
    assert len(files) == 58
    assert sum(len(quatrains.read_poems(path)) for path in files) == 57_607


def test_regular_quatrains_by_hand():
    five = "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
    simplified = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"
    assert quatrains.regular_quatrains([five]) == [simplified]
    same = simplified.replace("\n", "")  # the same poem in simplified characters
    questions = five.replace("流。", "流？")
    assert quatrains.regular_quatrains([five, same, questions, five]) == [simplified]
    for noise in (
        five.replace("山", "□"),
        five.replace("山", "{山水}"),
        five.replace("流。", "（一作流）。"),
        five.replace("流。", "流。〖注〗"),
        five.replace("日", ""),
        five + five,
        five[:12],
        five.rstrip("。"),
        "白日依山盡，黃河入海流。兩個黃鸝鳴翠柳，一行白鷺上青天。",
        "",
        "。",
    ):
        assert quatrains.regular_quatrains([noise]) == []
    assert quatrains.regular_quatrains([]) == []


def test_parts_do_not_depend_on_the_order(sample_only):
    q = quatrains.load_quatrains()
    for name in ("train", "validation", "test"):
        part = getattr(q, name)
        assert {quatrains.part_of(poem) for poem in reversed(part)} == {name}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe\x00", "line 1: no utf-8 text"),
        (b"<html></html>", "is not JSON"),
        (b'[{"paragraphs": ["', "is not JSON"),
        (b'{"a": 1}', "is not a list of poems"),
        (b"[1, 2]", "is not a list of poems"),
        (b'[{"paragraphs": null}]', "is not a list of poems"),
        (b'[{"paragraphs": [1]}]', "is not a list of poems"),
        (b"null", "is not a list of poems"),
    ],
)
def test_bad_poem_files_are_named(placed, body, message):
    (placed / "poet.tang.0.json").write_bytes(body)
    with pytest.raises(data.DataError, match=message) as caught:
        quatrains.load_quatrains()
    assert "poet.tang.0.json" in str(caught.value)


def test_folder_without_quatrains(placed):
    with pytest.raises(data.DataError, match="no regular quatrain"):
        quatrains.load_quatrains()
    (placed / "poet.tang.0.json").write_text(json.dumps([{"paragraphs": ["一二三。"]}]))
    with pytest.raises(data.DataError, match="no regular quatrain"):
        quatrains.load_quatrains()


def test_samples_share_the_schema_of_the_full_data(need_full):
    need_full("chinese_poetry")
    full = json.loads((data.fetch("chinese_poetry").path / "poet.tang.0.json").read_text("utf-8"))
    place = registry.root() / "samples" / "chinese_poetry" / "poet.tang.0.json"
    ours = json.loads(place.read_text("utf-8"))
    assert set(ours[0]) == set(full[0])
    texts = {"".join(poem["paragraphs"]) for poem in full}
    assert not texts & {"".join(poem["paragraphs"]) for poem in ours}
