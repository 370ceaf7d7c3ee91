"""Sampled softmax against the full one; the word language model; WikiText-2's words."""

import keras
import numpy as np
import pytest
from keras import ops

from rnnbook.data.wikitext import by_frequency, load_wikitext2, words_of
from rnnbook.language import word_lm
from rnnbook.language.sampled_softmax import draw, log_uniform, sampled_nats
from rnnbook.training.fitting import without_xla
from rnnbook.training.weights import get_weights

RNG = np.random.default_rng(0)


def small(**options):
    keras.utils.set_random_seed(1)
    model = word_lm.WordLM(30, 6, 4, **options)
    model(np.zeros((2, 5), "int32"))
    return model


def test_zipfs_law_sums_to_one():
    q = log_uniform(1000)
    assert q.sum() == pytest.approx(1, abs=1e-5)
    assert (np.diff(q) < 0).all()


@pytest.mark.backends
def test_words_are_drawn_as_often_as_said():
    q, seeds = log_uniform(50), keras.random.SeedGenerator(0)
    drawn, weight = np.zeros(50), np.zeros(50)
    for _ in range(150):
        ids, log_chance = (ops.convert_to_numpy(a) for a in draw(q, 10, seeds))
        assert len(set(ids.tolist())) == 10
        drawn[ids] += 1 / 150
        weight[ids] += np.exp(-log_chance) / 150
    assert drawn[0] > drawn[10] > drawn[49]
    np.testing.assert_allclose(weight[:10], 1, atol=0.35)  # inverse chances average to one
    assert weight.mean() == pytest.approx(1, abs=0.15)


@pytest.mark.backends
def test_all_words_drawn_give_the_full_loss():
    features, table = RNG.normal(size=(8, 4)).astype("f4"), RNG.normal(size=(9, 4)).astype("f4")
    bias, targets = RNG.normal(size=9).astype("f4"), RNG.integers(0, 9, 8)
    full = keras.losses.sparse_categorical_crossentropy(
        targets, features @ table.T + bias, from_logits=True)
    ids = np.arange(9, dtype="int32")
    found = sampled_nats(features, targets, table, bias, ids, np.zeros(9, "f4"))
    np.testing.assert_allclose(ops.convert_to_numpy(found), ops.convert_to_numpy(full), rtol=1e-5)


def test_the_estimated_sum_has_the_right_mean():
    features, table = RNG.normal(size=(6, 4)).astype("f4"), RNG.normal(size=(40, 4)).astype("f4")
    bias, targets = np.zeros(40, "f4"), RNG.integers(0, 40, 6)
    right = np.exp(ops.convert_to_numpy(keras.losses.sparse_categorical_crossentropy(
        targets, features @ table.T, from_logits=True)))
    seeds = keras.random.SeedGenerator(3)
    found = [np.exp(ops.convert_to_numpy(sampled_nats(
        features, targets, table, bias, *draw(log_uniform(40), 15, seeds))))
        for _ in range(500)]
    np.testing.assert_allclose(np.mean(found, axis=0), right, rtol=0.1)


def test_tying_removes_the_second_table():
    assert small(tied=False).count_params() - small().count_params() == 30 * 4


@pytest.mark.trains
@pytest.mark.backends
def test_a_model_learns_with_drawn_words_and_is_measured_with_all():
    ids = np.arange(2001) % 7
    model = small(negatives=12, stateful=True, weight_dropout=0.1, dropout=0.1,
                  input_dropout=0.1)
    word_lm.start_from_counts(model, ids)
    model.compile(keras.optimizers.Adam(0.05), jit_compile=without_xla())
    losses = word_lm.train(model, ids, 2, 5, epochs=1)
    weights = get_weights(model)
    nats = word_lm.token_nats(weights, ids[:200])
    assert nats[50:].mean() < 0.05 < losses[0]
    assert nats.shape == (199,)


@pytest.mark.parametrize("tied", [True, False])
def test_the_state_is_carried_however_the_text_is_cut(tied):
    weights = {k: 5 * v for k, v in get_weights(small(tied=tied)).items()}
    ids = RNG.integers(0, 30, 41)
    whole, cut = word_lm.token_nats(weights, ids, 40), word_lm.token_nats(weights, ids, 7)
    np.testing.assert_allclose(whole, cut, atol=1e-5)
    forgetful = word_lm.token_nats(weights, ids, 7, carry=False)
    np.testing.assert_allclose(whole[:7], forgetful[:7], atol=1e-5)
    assert np.abs(whole - forgetful)[7:].max() > 1e-3
    with pytest.raises(ValueError, match="two tokens"):
        word_lm.token_nats(weights, ids[:1])


def test_the_reader_gives_the_models_logits():
    model, ids = small(tied=False), RNG.integers(0, 30, (2, 5))
    chain = word_lm.reader(get_weights(model))
    np.testing.assert_allclose(ops.convert_to_numpy(chain(ids)),
                               ops.convert_to_numpy(model.logits(model(ids))), atol=1e-5)


def test_the_average_is_the_mean_of_the_updates():
    model = small(stateful=True)
    model.compile(keras.optimizers.SGD(0.5), jit_compile=without_xla())
    average, seen = word_lm.Average(skip=1), []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(
        get_weights(model)["output.bias"]))
    word_lm.train(model, np.arange(41) % 7, 2, 5, callbacks=[average, note])
    assert len(seen) == 4
    np.testing.assert_allclose(average.mean["output.bias"], np.mean(seen[1:], 0), atol=1e-7)


def test_the_states_are_those_that_the_logits_are_made_of():
    weights, ids = get_weights(small()), RNG.integers(0, 30, 20)
    found = word_lm.states(weights, ids, 7)
    assert found.shape == (19, 6)
    *_, projection, last = word_lm.reader(weights).layers
    nats = keras.losses.sparse_categorical_crossentropy(
        ids[1:], last(projection(found)), from_logits=True)
    np.testing.assert_allclose(ops.convert_to_numpy(nats), word_lm.token_nats(weights, ids),
                               atol=1e-5)


def test_words_of_a_text_end_their_lines():
    assert words_of("a b\n\nc\n") == ["a", "b", "<eos>", "<eos>", "c", "<eos>"]


def test_words_are_numbered_by_frequency():
    words = "b b b a a c c d".split()
    assert by_frequency(words).itos == ["b", "a", "c", "d"]
    assert by_frequency(words, size=3).itos == ["b", "<unk>", "a"]
    assert by_frequency(words, least=2).itos == ["b", "a", "c", "<unk>"]
    assert by_frequency([*words, "<unk>"], size=3).itos == ["<unk>", "b", "a"]


def test_wikitext2():
    text = load_wikitext2()
    vocab = by_frequency(text.train)
    train, validation, test = text.ids(vocab)
    assert (np.diff(np.bincount(train)) <= 0).all()
    assert {"<unk>", "<eos>"} <= set(vocab.itos)
    if text.source.full:
        assert [len(train), len(validation), len(test)] == [2_088_628, 217_646, 245_569]
        assert len(vocab) == 33_278
