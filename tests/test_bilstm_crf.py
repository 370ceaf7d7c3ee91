"""The tagger learns with both losses, padding does not matter, weights come back."""

import keras
import numpy as np
import pytest

from rnnbook import recipes
from rnnbook.labelling import bilstm_crf, crf, entity_scores, segmentation, tagging_trials
from rnnbook.labelling.bilstm_crf import CHARACTERS, Coder, shape

TRAIN = [[("王", "B-PER"), ("明", "I-PER"), ("在", "O"), ("北京", "B-LOC")],
         [("他", "O"), ("在", "O"), ("北京", "B-LOC"), ("市", "I-LOC"), ("。", "O")]] * 6
SIZES = {"units": 8, "word_size": 8, "character_size": 8, "filters": 8}


def test_shapes_of_words():
    assert [shape(w) for w in ("王", "中国人民", "共和国成立", "1998", "ab", "。", "a1")] \
        == [1, 4, 4, 8, 10, 13, 18]


def test_a_word_becomes_numbers():
    coder = Coder([[("abcdefgh", "O"), ("abcdefgh", "O"), ("x", "O"), ("", "O")][:3]] * 2)
    rows = coder.encode([("abcdefgh", "O"), ("xa", "O"), ("?", "O")])
    assert rows.shape == (3, 3 + CHARACTERS)
    letters = coder.characters
    assert letters.decode(rows[0, 3:], ) == "abcfgh"
    assert rows[1].tolist() == [1, shape("xa"), letters.stoi["a"], letters.stoi["x"],
                                letters.stoi["a"], 0, 0, 0, 0]
    assert rows[2, [0, 2, 3]].tolist() == [1, 1, 1]
    assert coder.tag_ids([("x", "O")]).tolist() == [1]


@pytest.mark.trains
@pytest.mark.backends
@pytest.mark.parametrize("with_crf", [True, False])
def test_a_tagger_learns(with_crf):
    keras.utils.set_random_seed(0)
    coder = Coder(TRAIN)
    model = bilstm_crf.build(coder, with_crf, dropout=0.0, token_dropout=0.1, **SIZES)
    history = bilstm_crf.train(model, coder.batches(TRAIN, 6, seed=0), 16, 0.05)
    assert history["loss"][-1] < 0.3 * history["loss"][0]
    found = bilstm_crf.predict(model, coder, TRAIN[:3])
    assert found == [[tag for _, tag in s] for s in TRAIN[:3]]
    kept = bilstm_crf.get_weights(model)
    assert len(kept) == len(model.trainable_weights)
    other = bilstm_crf.build(coder, with_crf, **SIZES)
    bilstm_crf.set_weights(other, kept)
    x = coder.encode(TRAIN[0])[None]
    padded = np.pad(x, [(0, 0), (0, 3), (0, 0)])
    rows = [keras.ops.convert_to_numpy(m(v))[:, :4] for m, v in
            ((model, x), (other, x), (model, padded))]
    assert max(np.abs(rows[0] - row).max() for row in rows) < 1e-5
    with pytest.raises(ValueError, match=r"model .+, weights"):
        bilstm_crf.set_weights(bilstm_crf.build(coder, with_crf, units=4), kept)


@pytest.mark.backends
def test_a_softmax_is_a_crf_without_moves():
    from keras import ops

    rng = np.random.default_rng(0)
    e, tags = rng.standard_normal((2, 4, 3)).astype("float32"), rng.integers(0, 3, (2, 4))
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], bool)
    zeros = bilstm_crf.no_moves("abc")
    tensors = [ops.convert_to_tensor(v) for v in (e, tags.astype("int32"), mask)]
    nats = ops.convert_to_numpy(crf.negative_log_likelihood(*tensors, *zeros))
    log_p = e - np.log(np.exp(e).sum(-1, keepdims=True))
    own = -(np.take_along_axis(log_p, tags[..., None], -1)[..., 0] * mask).sum(1)
    assert np.abs(nats - own).max() < 1e-5


def test_rules_are_kept_in_decoding():
    coder = Coder(TRAIN)
    model = bilstm_crf.build(coder, False, **SIZES)
    assert crf.illegal(bilstm_crf.predict(model, coder, TRAIN)) == 0
    assert crf.illegal([["O", "I-X"], ["B-X", "I-X"], ["I-X"], ["B-X", "I-Y"], []]) == 3
    task = segmentation.segmentation_task(TRAIN)
    coder = Coder(task)
    assert coder.tags == ["B", "E", "S"]
    model = bilstm_crf.build(coder, True, **SIZES)
    assert crf.illegal(bilstm_crf.predict(model, coder, task)) == 0
    assert crf.illegal([["B", "S"], ["B"], ["S", "B", "E"]]) == 2


def test_the_stored_weights_belong_to_the_training_sentences(need_full):
    need_full("uner_zh_gsdsimp")
    stored = recipes.load("ner_crf")
    coder = Coder(tagging_trials.parts("entities")[0])
    model = bilstm_crf.build(coder)
    bilstm_crf.set_weights(model, stored.weights)
    found = tagging_trials.tag_and_measure(
        "entities", model, coder, tagging_trials.parts("entities")[1])
    row = stored.log[stored.log.model == "CRF"].iloc[0]
    assert found["entity_f1"] == pytest.approx(row.validation_score, abs=0.003)
    assert found["illegal"] == 0


def test_a_crf_can_be_decoded_without_its_moves():
    coder = Coder(TRAIN)
    model = bilstm_crf.build(coder, True, **SIZES)
    ways = tagging_trials.decodings(model, coder.tags)
    assert list(ways) == ["moves", "rules", "free"]
    found = {name: bilstm_crf.predict(model, coder, TRAIN, scores)
             for name, scores in ways.items()}
    assert crf.illegal(found["moves"]) == crf.illegal(found["rules"]) == 0
    best = keras.ops.convert_to_numpy(model(coder.encode(TRAIN[0])[None])).argmax(-1)[0]
    assert found["free"][0] == [coder.tags[k] for k in best]
    softmax = bilstm_crf.build(coder, False, **SIZES)
    assert list(tagging_trials.decodings(softmax, coder.tags)) == ["rules", "free"]


def test_a_log_keeps_the_entities_of_each_sentence():
    coder = Coder(TRAIN)
    model = bilstm_crf.build(coder, True, **SIZES)
    row = tagging_trials.tag_and_measure("entities", model, coder, TRAIN, each=True)
    predicted = bilstm_crf.predict(model, coder, TRAIN)
    counts = entity_scores.by_sentence(entity_scores.tags_of(TRAIN), predicted)
    assert tagging_trials.read_counts(row["sentences"]).tolist() == counts.tolist()
    assert entity_scores.f1_of(counts.sum(axis=0)) == pytest.approx(row["entity_f1"])
