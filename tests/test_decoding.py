"""Filters against NumPy oracles; the compiled generator against a plain Python loop."""

import keras
import numpy as np
import pytest

from rnnbook.data.vocab import Vocabulary
from rnnbook.language import decoding

pytestmark = pytest.mark.backends

V = 11
RNG = np.random.default_rng(3)
LOGITS = RNG.normal(size=(6, V)).astype("float32") * 2


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def kept(filtered):
    return np.isfinite(keras.ops.convert_to_numpy(filtered))


def build(layer, **options):
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(V, 6, keras.initializers.RandomNormal(stddev=2.0)),
            layer(7, return_sequences=True, **options),
            keras.layers.Dropout(0.5),
            layer(5, return_sequences=True),
            keras.layers.LayerNormalization(),
            keras.layers.Dense(V, kernel_initializer=keras.initializers.RandomNormal(stddev=2.0)),
        ]
    )


@pytest.fixture(scope="module")
def model():
    return build(keras.layers.GRU)


@pytest.fixture(scope="module")
def vocab():
    return Vocabulary("abcdefghij|")


# --- filters ----------------------------------------------------------------------------------


@pytest.mark.parametrize("t", [0.5, 1.0, 2.0])
def test_temperature_divides(t):
    got = keras.ops.convert_to_numpy(decoding.temperature(LOGITS, t))
    np.testing.assert_allclose(got, LOGITS / t, rtol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 5, V, V + 3])
def test_top_k(k):
    rank = np.argsort(np.argsort(-LOGITS, axis=-1), axis=-1)
    got = decoding.top_k(LOGITS, k)
    np.testing.assert_array_equal(kept(got), rank < k)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(got)[rank < k], LOGITS[rank < k])


@pytest.mark.parametrize("p", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_top_p_keeps_the_smallest_set_that_reaches_p(p):
    got = kept(decoding.top_p(LOGITS, p))
    for probs, mask in zip(softmax(LOGITS), got):
        order = np.argsort(-probs)
        size = int(np.searchsorted(np.cumsum(probs[order]), p)) + 1
        assert set(np.flatnonzero(mask)) == set(order[:size])


def test_top_p_at_an_exact_sum_does_not_take_one_more():
    logits = np.log(np.array([[0.5, 0.25, 0.125, 0.125]], "float32"))
    assert kept(decoding.top_p(logits, 0.5)).tolist() == [[True, False, False, False]]
    assert kept(decoding.top_p(logits, 0.51)).tolist() == [[True, True, False, False]]


@pytest.mark.parametrize("p", [0.05, 0.3, 1.0])
def test_min_p(p):
    probs = softmax(LOGITS.astype("float64"))
    want = probs >= p * probs.max(-1, keepdims=True) * (1 - 1e-6)
    np.testing.assert_array_equal(kept(decoding.min_p(LOGITS, p)), want)


def test_ties_at_the_edge_stay():
    logits = np.zeros((1, 4), "float32")
    assert kept(decoding.top_k(logits, 2)).all()
    assert kept(decoding.top_p(logits, 0.3)).all()


def test_filters_can_follow_each_other():
    probs = softmax(LOGITS)
    two = decoding.top_p(decoding.top_k(LOGITS, 2), 0.999999)
    best = np.sort(probs, axis=-1)[:, -2:].sum(-1)
    assert (kept(two).sum(-1) == 2).all()
    assert (best < 1).all()


def test_greedy_is_argmax():
    got = keras.ops.convert_to_numpy(decoding.greedy(LOGITS))
    np.testing.assert_array_equal(got, LOGITS.argmax(-1))


def test_sample_inverts_the_distribution():
    u = np.linspace(0, 1, 2001, endpoint=False).astype("float32")
    logits = np.repeat(LOGITS[:1], len(u), axis=0)
    ids = keras.ops.convert_to_numpy(decoding.sample(logits, u))
    share = np.bincount(ids, minlength=V) / len(u)
    np.testing.assert_allclose(share, softmax(LOGITS[0]), atol=1.5e-3)
    assert (np.diff(ids) >= 0).all()


@pytest.mark.parametrize("u", [0.0, 0.5, 1 - 2**-24, 1.0])
def test_sample_never_draws_a_forbidden_token(u):
    logits = np.full((3, 300), -np.inf, "float32")
    logits[0, [3, 4, 5]] = [0.1, 0.2, 0.3]
    logits[1, 200] = -50
    logits[2, 100:200] = RNG.normal(size=100)
    ids = keras.ops.convert_to_numpy(decoding.sample(logits, np.full(3, u, "float32")))
    assert np.isfinite(logits[np.arange(3), ids]).all()


# --- generation -------------------------------------------------------------------------------


def plain_loop(model, prompt, length, choose):
    """The slow way that anybody can check: the whole text through the model, every time."""
    given = len(prompt[0])
    ids = np.zeros((len(prompt), given + length), "int32")
    ids[:, :given] = prompt
    for t in range(given, given + length):  # the model is causal: what follows t is not seen
        logits = model.predict_on_batch(ids)[:, t - 1]
        ids[:, t] = choose(logits, t - given)
    return ids[:, given:]


PROMPT = RNG.integers(V, size=(3, 5))


@pytest.mark.parametrize(
    ("layer", "options"),
    [
        (keras.layers.SimpleRNN, {}),
        (keras.layers.LSTM, {}),
        (keras.layers.GRU, {}),
        (keras.layers.GRU, {"reset_after": False}),
        (keras.layers.LSTM, {"recurrent_dropout": 0.3, "dropout": 0.2}),
    ],
)
def test_greedy_generation_equals_the_plain_loop(layer, options):
    model = build(layer, **options)
    want = plain_loop(model, PROMPT, 8, lambda logits, t: logits.argmax(-1))
    np.testing.assert_array_equal(decoding.generate(model, PROMPT, 8, temperature=0), want)


def test_sampling_equals_the_plain_loop(model):
    draws = np.random.default_rng(5).random((8, 3), dtype="float32")

    def choose(logits, t):
        cdf = np.cumsum(softmax(logits.astype("float64") / 0.8), axis=-1)
        return (cdf <= draws[t][:, None]).sum(-1)

    got = decoding.generate(model, PROMPT, 8, temperature=0.8, seed=5)
    np.testing.assert_array_equal(got, plain_loop(model, PROMPT, 8, choose))


def test_steps_equal_the_whole_sequence(model):
    whole = keras.ops.convert_to_numpy(model(PROMPT.astype("int32"), training=False))
    states = decoding.initial_state(model, 3)
    for t in range(5):
        logits, states = decoding.step(model, keras.ops.array(PROMPT[:, t]), states)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(logits), whole[:, t], atol=1e-5)


def test_the_prompt_reaches_the_state(model):
    other = PROMPT.copy()
    other[:, -2] = (other[:, -2] + 1) % V  # the last character stays the same
    a = decoding.generate(model, PROMPT, 30, seed=1)
    assert (a != decoding.generate(model, other, 30, seed=1)).any()


def test_a_seed_repeats_and_a_longer_text_begins_with_the_shorter_one(model):
    a = decoding.generate(model, PROMPT, 30, seed=1)
    np.testing.assert_array_equal(a, decoding.generate(model, PROMPT, 30, seed=1))
    np.testing.assert_array_equal(a, decoding.generate(model, PROMPT, 90, seed=1)[:, :30])
    assert (a != decoding.generate(model, PROMPT, 30, seed=2)).any()


def test_top_k_one_is_greedy(model):
    np.testing.assert_array_equal(
        decoding.generate(model, PROMPT, 30, top_k=1),
        decoding.generate(model, PROMPT, 30, temperature=0),
    )


def test_all_knobs_together(model):
    out = decoding.generate(model, PROMPT, 9, temperature=0.9, top_k=4, top_p=0.9, min_p=0.1)
    assert out.shape == (3, 9)
    assert out.min() >= 0
    assert out.max() < V


def test_a_stopped_row_stays_stopped(model):
    free = decoding.generate(model, PROMPT, 60, seed=4)
    stop = int(free[0, 10])
    out = decoding.generate(model, PROMPT, 60, seed=4, stop=stop)
    for row, whole in zip(out, free):
        end = np.flatnonzero(whole == stop)
        end = end[0] if len(end) else len(whole)
        np.testing.assert_array_equal(row[:end], whole[:end])
        assert (row[end:] == stop).all()


def test_a_stop_token_in_the_prompt_does_not_stop(model):
    stop = int(PROMPT[0, 1])
    out = decoding.generate(model, PROMPT[:1], 40, seed=4, stop=stop)
    assert (out != stop).any()


def test_one_compilation_serves_all_values_of_a_knob(model, monkeypatch):
    decoding.generate(model, PROMPT, 9, temperature=0.7, top_p=0.8)
    before = len(model._generation_loops)
    monkeypatch.setattr(decoding, "_loop", None)  # tracing once more would call it
    for t, p, length in [(0.5, 0.9, 9), (1.5, 0.3, 20)]:
        if keras.backend.backend() != "torch":  # PyTorch runs the loop itself
            decoding.generate(model, PROMPT[:, :3], length, temperature=t, top_p=p)
    assert len(model._generation_loops) == before


def test_the_same_text_on_every_backend():
    model = build(keras.layers.LSTM)
    rng = np.random.default_rng(8)
    model.set_weights([rng.normal(size=w.shape, scale=0.7) for w in model.get_weights()])
    got = decoding.generate(model, PROMPT[:1], 24, temperature=0.7, seed=3)
    assert got[0].tolist() == GOLDEN


GOLDEN = [9, 0, 0, 5, 1, 9, 9, 9, 0, 0, 7, 9, 9, 9, 3, 0, 9, 9, 0, 0, 9, 8, 9, 9]


def test_new_weights_are_used_without_a_new_compilation():
    model = build(keras.layers.SimpleRNN)
    before = decoding.generate(model, PROMPT, 20, temperature=0)
    bias = np.zeros(V, "float32")
    bias[7] = 1e4
    model.layers[-1].bias.assign(bias)
    after = decoding.generate(model, PROMPT, 20, temperature=0)
    assert (after == 7).all()
    assert (before != 7).any()


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"temperature": -1}, "temperature"),
        ({"top_k": 0}, "top_k"),
        ({"top_p": 0}, "top_p"),
        ({"min_p": 1.2}, "min_p"),
    ],
)
def test_ill_chosen_knobs(model, knobs, message):
    with pytest.raises(ValueError, match=message):
        decoding.generate(model, PROMPT, 3, **knobs)


def test_models_that_cannot_generate():
    both = keras.layers.Bidirectional(keras.layers.GRU(3, return_sequences=True))
    layers = [keras.Input((None,), dtype="int32"), keras.layers.Embedding(V, 2)]
    with pytest.raises(TypeError, match="Bidirectional"):
        decoding.generate(keras.Sequential([*layers, both, keras.layers.Dense(V)]), PROMPT, 3)
    model = keras.Sequential(
        [
            *layers,
            keras.layers.GRU(3, return_sequences=True),
            keras.layers.Dense(V, activation="softmax"),
        ]
    )
    with pytest.raises(ValueError, match="logits"):
        decoding.generate(model, PROMPT, 3)


# --- text -------------------------------------------------------------------------------------


def test_write_returns_text(model, vocab):
    text = decoding.write(model, vocab, "abc", 12, seed=2)
    assert isinstance(text, str)
    assert len(text) == 12
    ids = decoding.generate(model, vocab.encode("abc"), 12, seed=2)
    assert text == vocab.decode(ids[0])
    assert decoding.write(model, vocab, ["abc", "cab"], 12, seed=2)[1] != text


def test_write_cuts_at_the_stop_character(model, vocab):
    free = decoding.write(model, vocab, ["a"] * 8, 80, seed=2)
    stop = free[0][10]
    texts = decoding.write(model, vocab, ["a"] * 8, 80, seed=2, stop=stop)
    assert texts == [text.split(stop)[0] for text in free]


def test_write_names_unknown_characters(model, vocab):
    with pytest.raises(KeyError, match="X"):
        decoding.write(model, vocab, "abXc", 5)


@pytest.mark.parametrize("prompt", ["", ["ab", "a"], []])
def test_write_refuses_bad_prompts(model, vocab, prompt):
    with pytest.raises(ValueError, match="prompt"):
        decoding.write(model, vocab, prompt, 5)


def test_repeated_ngrams():
    assert decoding.repeated_ngrams("abcdefgh", 4) == 0
    assert decoding.repeated_ngrams("aaaaaaa", 4) == pytest.approx(3 / 4)
    assert decoding.repeated_ngrams("abab", 2) == pytest.approx(1 / 3)
    assert decoding.repeated_ngrams("abc", 4) == 0


def brute_force(text, corpus):
    pieces = {text[i:j] for i in range(len(text)) for j in range(i, len(text) + 1)}
    return max(len(piece) for piece in pieces if piece in corpus)


@pytest.mark.parametrize("seed", range(5))
def test_longest_overlap_against_brute_force(seed):
    rng = np.random.default_rng(seed)
    text, corpus = ("".join(rng.choice(list("ab "), n)) for n in (40, 300))
    best = decoding.longest_overlap(text, corpus)
    assert best in text
    assert best in corpus
    assert len(best) == brute_force(text, corpus)


def test_longest_overlap_of_nothing():
    assert decoding.longest_overlap("", "abc") == ""
    assert decoding.longest_overlap("xyz", "abc") == ""
