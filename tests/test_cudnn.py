"""The rules about cuDNN are those of the Keras that is installed, and each says what to do."""

import importlib
import itertools

import keras
import numpy as np
import pytest
from keras import layers

from rnnbook.cells.masks import length_mask
from rnnbook.training.cudnn import findings, layer_findings, mask_findings, recurrent_layers

ACTIVATIONS = [("tanh", "sigmoid"), ("relu", "sigmoid"), ("tanh", "hard_sigmoid")]
SWITCHES = list(itertools.product([False, True], repeat=3))
GOOD = length_mask([3, 5, 1])


@pytest.fixture(scope="module")
def theirs():
    """Keras' module with the predicates; they are there on every machine."""
    pytest.importorskip("tensorflow")
    return importlib.import_module("keras.src.backend.tensorflow.rnn")


@pytest.mark.parametrize(("activation", "recurrent"), ACTIVATIONS)
@pytest.mark.parametrize(("unroll", "use_bias", "reset_after"), SWITCHES)
def test_settings_are_judged_as_keras_judges_them(
        theirs, activation, recurrent, unroll, use_bias, reset_after):
    options = {"activation": activation, "recurrent_activation": recurrent, "unroll": unroll,
               "use_bias": use_bias}
    gru = layers.GRU(2, reset_after=reset_after, **options)
    expected = theirs._do_gru_arguments_support_cudnn(
        gru.activation, gru.recurrent_activation, unroll, use_bias, reset_after)
    assert (not layer_findings(gru)) == expected
    lstm = layers.LSTM(2, **options)
    expected = theirs._do_lstm_arguments_support_cudnn(
        lstm.activation, lstm.recurrent_activation, unroll, use_bias)
    assert (not layer_findings(lstm)) == expected


def test_masks_are_judged_as_keras_judges_them(theirs):
    rng = np.random.default_rng(0)
    masks = [rng.random((3, 4)) < share for share in rng.random(200)]
    masks += [length_mask(rng.integers(0, 5, 3), 4) for _ in range(100)]
    verdicts = set()
    for mask in masks:
        expected = bool(theirs._is_sequence_right_padded(mask)
                        & ~theirs._has_fully_masked_sequence(mask))
        assert (not mask_findings(mask)) == expected
        verdicts.add(expected)
    assert verdicts == {True, False}


@pytest.mark.parametrize("graph", [False, True])
def test_keras_asserts_what_is_called_an_error(theirs, graph):
    tf = pytest.importorskip("tensorflow")
    check = tf.function(lambda m: theirs._assert_valid_mask(m)) if graph \
        else theirs._assert_valid_mask
    check(tf.constant(GOOD))
    with pytest.raises(tf.errors.InvalidArgumentError, match="right-padded"):
        check(tf.constant(GOOD[:, ::-1]))


@pytest.mark.parametrize(("mask", "word", "remedy"), [
    (GOOD[:, ::-1], "填充在左边", 'padding="post"'),
    ([[True, False, True]], "空洞", "连成一段"),
    (length_mask([2, 0, 0, 0, 0]), "第 1、2、3…行，共 4 行", "去掉这些行"),
    (np.zeros((2, 0), bool), "一个时间步也没有", "去掉这一批"),
])
def test_a_bad_mask_is_named_with_its_remedy(mask, word, remedy):
    found, = [f for f in mask_findings(mask) if word in f.why]
    assert found.kind == "error"
    assert remedy in found.remedy


def test_several_faults_of_one_mask_are_all_named():
    mask = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 0]], bool)
    assert [f.why for f in mask_findings(mask)] == [
        "整行都是填充（第 2 行）", "填充在左边（第 0 行）", "真实的步之间有空洞（第 1 行）"]


def test_a_mask_has_two_axes():
    with pytest.raises(ValueError, match="batch, time"):
        mask_findings(np.ones(3, bool))


@pytest.mark.parametrize(("layer", "word"), [
    (layers.LSTM(2, recurrent_dropout=0.1), "recurrent_dropout=0.1"),
    (layers.LSTM(2, activation="relu"), "activation 是 relu"),
    (layers.GRU(2, reset_after=False), "reset_after=False"),
    (layers.LSTM(2, use_cudnn=False), "use_cudnn=False"),
    (layers.SimpleRNN(2), "SimpleRNN 没有 cuDNN"),
    (layers.RNN(layers.LSTMCell(2)), "RNN 没有 cuDNN"),
])
def test_a_slow_layer_is_named(layer, word):
    found, = layer_findings(layer)
    assert found.kind == "slow"
    assert word in found.why
    assert word in str(found)
    assert "keras/src" in str(found)


def test_a_layer_that_insists_on_cudnn_stops(theirs):
    layer = layers.LSTM(2, use_cudnn=True, recurrent_dropout=0.5)
    assert [f.kind for f in layer_findings(layer)] == ["error"]
    with pytest.raises(ValueError, match="use_cudnn=True was specified"):
        layer(np.ones((1, 3, 2), "float32"))


def test_dropout_on_the_input_is_allowed():
    assert layer_findings(layers.GRU(2, dropout=0.5)) == []


def test_layers_are_found_inside_models_and_wrappers():
    inner = keras.Sequential([layers.Bidirectional(layers.GRU(2, name="g"))])
    model = keras.Sequential([layers.Embedding(5, 3), layers.TimeDistributed(inner),
                              layers.LSTM(2, name="l"), layers.Dense(1)])
    assert [r.name for r in recurrent_layers(model)] == ["forward_g", "backward_g", "l"]
    assert recurrent_layers(layers.Dense(1)) == []


def test_findings_combine_layer_and_mask():
    model = keras.Sequential([layers.LSTM(2, name="a"), layers.Dense(1)])
    assert findings(model, GOOD, "tensorflow") == []
    assert [f.kind for f in findings(model, GOOD[:, ::-1], "tensorflow")] == ["error"]
    slow = layers.LSTM(2, recurrent_dropout=0.1)
    assert [f.kind for f in findings(slow, GOOD[:, ::-1], "tensorflow")] == ["slow"]


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_take_no_mask(backend):
    assert findings(layers.LSTM(2), None, backend) == []
    found, = findings(layers.LSTM(2), GOOD, backend)
    assert backend in found.why
    assert [f.kind for f in findings(layers.GRU(2), None, backend)] == \
        (["slow"] if backend == "jax" else [])


def test_padded_outputs_differ_unless_zeroed():
    kinds = {zero: [f.kind for f in findings(
        layers.LSTM(2, return_sequences=True, zero_output_for_mask=zero), GOOD, "tensorflow")]
        for zero in (False, True)}
    assert kinds == {False: ["differs"], True: []}
    both = layers.Bidirectional(layers.LSTM(2, return_sequences=True))
    assert findings(both, GOOD, "tensorflow") == []
    assert findings(layers.LSTM(2, return_sequences=True), GOOD[:1, :3], "tensorflow") == []
