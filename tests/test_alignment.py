"""Pictures of attention weights: read from the model, drawn, written as HTML."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnnbook.translation import alignment
from rnnbook.translation.seq2seq import Seq2Seq

SOURCE = np.array([[4, 5, 6, 7], [9, 4, 0, 0]], "int32")
TARGET = np.array([[1, 4, 5], [1, 6, 5]], "int32")
WEIGHTS = np.array([[0.9, 0.1], [0.04, 0.96], [0.5, 0.5]])


@pytest.mark.backends
@pytest.mark.parametrize("attention", ["multiplicative", "additive"])
def test_rows_sum_to_one_and_padding_weighs_nothing(attention):
    keras.utils.set_random_seed(3)
    model = Seq2Seq(10, 8, units=6, embedding=5, attention=attention)
    weights = alignment.attention_weights(model, SOURCE, TARGET)
    assert weights.shape == (2, 3, 4)
    assert (weights[1, :, 2:] == 0).all()
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-6)


def test_a_model_without_attention_is_refused():
    with pytest.raises(ValueError, match="no attention"):
        alignment.attention_weights(Seq2Seq(10, 8, units=6, embedding=5), SOURCE, TARGET)


def test_html_escapes_and_names_the_weights():
    html = alignment.alignment_html(WEIGHTS, ["<s>", "好"], ["a", "b", "&"], "credit: a <b>")
    for text in ("&lt;s&gt;", "好", "&amp;", "credit: a &lt;b&gt;", "title='0.96'"):
        assert text in html
    assert html.count("<td") == 6
    assert ">4<" not in html, "weights below 0.05 are not written out"


def test_the_heat_map_wants_ascii():
    _, axis = plt.subplots()
    assert alignment.heat_map(axis, WEIGHTS, "ab", "cde").get_array().shape == (3, 2)
    with pytest.raises(ValueError, match="alignment_html"):
        alignment.heat_map(axis, WEIGHTS, "a好", "cde")
    plt.close()


def test_labels_that_do_not_fit_are_refused():
    for draw in (lambda: alignment.alignment_html(WEIGHTS, "abc", "cde"),
                 lambda: alignment.heat_map(None, WEIGHTS, "ab", "cd")):
        with pytest.raises(ValueError, match="do not fit"):
            draw()
