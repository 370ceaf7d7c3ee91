"""The encoder-decoder: padding changes nothing, one step at a time is the whole."""

import keras
import numpy as np
import pytest

from rnnbook.training.weights import get_weights
from rnnbook.translation.seq2seq import ATTENTIONS, END, SPECIALS, START, Seq2Seq, from_weights

pytestmark = pytest.mark.backends
RNG = np.random.default_rng(6)
SOURCE = np.array([[4, 5, 6, 7, 8], [9, 4, 5, 0, 0]], "int32")
TARGET = np.array([[1, 4, 5, 6], [1, 6, 5, 4]], "int32")


def numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.fixture(params=[*((kind, 2) for kind in ATTENTIONS), (None, 1), ("multiplicative", 1)],
                ids=str)
def model(request):
    keras.utils.set_random_seed(2)
    attention, directions = request.param
    made = Seq2Seq(10, 8, units=6, embedding=5, attention=attention, directions=directions)
    made((SOURCE, TARGET))
    return made


def test_padding_changes_nothing(model):
    padded = np.pad(SOURCE, ((0, 0), (0, 3)))
    np.testing.assert_allclose(numpy(model((SOURCE, TARGET))),
                               numpy(model((padded, TARGET))), atol=1e-6)


def test_the_order_of_the_source_counts(model):
    swapped = SOURCE[:, [1, 0, 2, 3, 4]]
    assert np.abs(numpy(model((SOURCE, TARGET))) - numpy(model((swapped, TARGET)))).max() > 1e-4


def test_one_step_at_a_time_is_teacher_forcing(model):
    whole = numpy(model((SOURCE, TARGET)))
    state, memory = model.encode(SOURCE)
    state = [*state, *memory]
    for t in range(TARGET.shape[1]):
        logits, state = model.step(TARGET[:, t], state)
        np.testing.assert_allclose(numpy(logits), whole[:, t], atol=1e-5)


def test_the_future_of_the_target_is_not_seen(model):
    edited = TARGET.copy()
    edited[:, 3] = 7
    np.testing.assert_array_equal(numpy(model((SOURCE, TARGET)))[:, :3],
                                  numpy(model((SOURCE, edited)))[:, :3])


def test_search_scores_its_own_outputs(model):
    tokens, scores, lengths = map(numpy, model.search(SOURCE, steps=5, width=3))
    before = np.full((2, 1), SPECIALS.index(START))
    for k in range(3):
        best = tokens[:, k]
        logits = numpy(model((SOURCE, np.hstack([before, best[:, :-1]]).astype("int32"))))
        log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        picked = np.take_along_axis(log_p, best[..., None], 2)[..., 0]
        real = np.arange(5) < lengths[:, k:k + 1]
        np.testing.assert_allclose((picked * real).sum(1), scores[:, k], atol=1e-5)
        assert (best[~real] == SPECIALS.index(END)).all()


def test_draws_follow_the_distribution(model):
    many = np.repeat(SOURCE[:1], 4000, axis=0)
    uniforms = np.random.default_rng(0).random((4000, 2)).astype("float32")
    drawn = numpy(model.sample(many, uniforms))
    logits = numpy(model((SOURCE[:1], TARGET[:1, :1])))[0, 0]
    p = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(np.bincount(drawn[:, 0], minlength=8) / 4000, p, atol=0.03)
    ended = drawn[drawn[:, 0] == SPECIALS.index(END)]
    assert (ended == SPECIALS.index(END)).all()
    greedy = numpy(model.search(SOURCE, 3)[0])[:, 0]
    cold = numpy(model.sample(SOURCE, np.full((2, 3), 0.5, "float32"), temperature=1e-6))
    np.testing.assert_array_equal(cold, greedy)


def test_attention_costs_only_its_own_weights():
    sizes = {}
    for attention in ATTENTIONS:
        made = Seq2Seq(10, 8, units=6, embedding=5, attention=attention)
        made((SOURCE, TARGET))
        sizes[attention] = made.count_params()
    assert sizes["multiplicative"] == sizes[None] + 6 * 6
    assert sizes["additive"] == sizes[None] + 2 * 6 * 6 + 6


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="attention must be one of"):
        Seq2Seq(10, 8, attention="luong")
    with pytest.raises(ValueError, match="units must be even"):
        Seq2Seq(10, 8, units=7)
    with pytest.raises(ValueError, match="directions must be 1 or 2"):
        Seq2Seq(10, 8, units=6, directions=3)


def test_stored_weights_make_the_same_model(model):
    stored = get_weights(model)
    again = from_weights(stored)
    np.testing.assert_allclose(numpy(again((SOURCE, TARGET))), numpy(model((SOURCE, TARGET))),
                               atol=1e-6)
    with pytest.raises(ValueError, match="is missing"):
        from_weights({path: w for path, w in stored.items() if path != "out.bias"})
    with pytest.raises(ValueError, match="the model has"):
        from_weights(stored | {"more": np.zeros(1)})
