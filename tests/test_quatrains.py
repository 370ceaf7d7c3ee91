"""Quatrains: rows for training, and the form."""

import numpy as np
import pytest

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
