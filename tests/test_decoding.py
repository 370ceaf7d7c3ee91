"""Filters against NumPy oracles; the compiled generator against a plain Python loop."""

import keras
import numpy as np
import pytest

from rnnbook.cells.lstm_variants import LayerNormLSTMCell
from rnnbook.cells.weight_drop import WeightDropLSTM
from rnnbook.cells.zoneout import ZoneoutRNN
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


@pytest.mark.parametrize("knobs", [
    {"temperature": -1}, {"temperature": float("nan")}, {"temperature": float("inf")},
    {"temperature": "1"}, {"temperature": 1e-46}, {"temperature": None},
    {"top_k": 0}, {"top_k": 2.5}, {"top_k": True}, {"top_k": "5"},
    {"top_p": 0}, {"top_p": 1.5}, {"top_p": 1e-46}, {"top_p": "0.9"},
    {"min_p": 1.2}, {"min_p": 0}, {"seed": -1}, {"seed": 1.5}, {"length": -1}, {"length": 2.5},
])
def test_ill_chosen_knobs_are_named(model, knobs):
    (name,) = knobs
    with pytest.raises(ValueError, match=f"^{name} must be"):
        decoding.generate(model, PROMPT, **{"length": 3} | knobs)


@pytest.mark.parametrize(("prompt", "options"), [
    ([1, V], {}), ([-1], {}), ([1.5], {}), ([1], {"stop": V}), ([1], {"stop": 2.5})])
def test_tokens_that_the_model_does_not_have(model, prompt, options):
    with pytest.raises(ValueError, match="none of the model's 11 tokens"):
        decoding.generate(model, prompt, 3, **options)


# --- chains and other models ------------------------------------------------------------------


class OwnCell(keras.layers.Layer):
    """A cell whose call knows no `training` and which gives its state without a list."""

    state_size = output_size = 6

    def call(self, x, states):
        h = keras.ops.tanh(x + states[0])
        return h, h


class TwiceLSTM(keras.layers.LSTM):
    def call(self, sequences, initial_state=None, mask=None, training=False):
        return 2 * super().call(sequences, initial_state, mask, training)


class OwnCall(keras.Sequential):
    def call(self, *args, **options):
        return 2 * super().call(*args, **options)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = [keras.layers.Embedding(V, 6), keras.layers.Dense(V)]

    def call(self, ids):
        return keras.ops.flip(self.parts[1](self.parts[0](ids)), axis=1)


def rnn(units=6, **options):
    return keras.layers.GRU(units, **{"return_sequences": True} | options)


def dense(units=V, **options):
    return keras.layers.Dense(units, **options)


def joined(top, inputs=1, **options):
    """A functional model: ids, an embedding, `top`; `top` may take a second sequence of ids."""
    ids = [keras.Input((None,), dtype="int32") for _ in range(inputs)]
    x = [keras.layers.Embedding(V, 6, **options)(one) for one in ids]
    return keras.Model(ids[0] if inputs == 1 else ids, top(*x))


def listed(*parts):
    return keras.Sequential([keras.Input((None,), dtype="int32"), *parts])


def through(*parts):
    return listed(keras.layers.Embedding(V, 6), *parts)


CHAINS = {
    "functional": lambda: joined(lambda e: dense()(rnn()(e))),
    "no recurrent layer": lambda: through(dense(8, activation="relu"), dense()),
    "layers after the logits": lambda: through(rnn(), dense(), dense(), keras.layers.Dropout(0.5)),
    "activation layers": lambda: through(rnn(), keras.layers.Activation("gelu"), dense()),
    "softmax inside": lambda: through(dense(5, activation="softmax"), rnn(), dense()),
    "the last step only": lambda: through(rnn(), rnn(return_sequences=False), dense()),
    "also gives its state": lambda: joined(lambda e: dense()(rnn(return_state=True)(e)[0])),
    "own cell": lambda: through(keras.layers.RNN(OwnCell(), return_sequences=True), dense()),
    "stacked cells": lambda: through(keras.layers.RNN(
        [keras.layers.LSTMCell(4), keras.layers.GRUCell(6)], return_sequences=True), dense()),
    "layer-normalised cell": lambda: through(keras.layers.RNN(
        LayerNormLSTMCell(5), return_sequences=True), dense()),
    "zoneout": lambda: through(ZoneoutRNN(
        keras.layers.LSTMCell(5), 0.3, return_sequences=True), dense()),
    "weight drop": lambda: keras.Sequential([
        keras.Input((5,), dtype="int32"), keras.layers.Embedding(V, 6),
        WeightDropLSTM(5, 0.5, return_sequences=True), dense()]),
    "stateful": lambda: keras.Sequential([
        keras.Input(batch_shape=(3, 5), dtype="int32"), keras.layers.Embedding(V, 6),
        rnn(stateful=True), dense()]),
    "layers of another model too": lambda: through(*through(rnn(), dense()).layers[1:]),
    "called after it was made": lambda: called(keras.Sequential(
        [keras.layers.Embedding(V, 6), rnn(), dense()])),
}


def called(model):
    model(PROMPT.astype("int32"))
    return model


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_steps_as_the_model_reads(name):
    keras.utils.set_random_seed(2)
    model = CHAINS[name]()
    whole = keras.ops.convert_to_numpy(model(PROMPT.astype("int32"), training=False))
    last = whole if whole.ndim == 2 else whole[:, -1]
    states = decoding.initial_state(model, 3)
    for t in range(5):
        logits, states = decoding.step(model, keras.ops.array(PROMPT[:, t]), states)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(logits), last, atol=1e-5)


shared_dense, shared_rnn = dense(6), rnn()
OTHERS = {
    "residual": (lambda: joined(lambda e: dense()(e + rnn()(e))), r"Add"),
    "a number times a layer": (lambda: joined(lambda e: dense()(10 * rnn()(e))), "Multiply"),
    "a function": (lambda: joined(lambda e: dense()(keras.ops.relu(rnn()(e)))), "Relu"),
    "a function at the end": (lambda: joined(lambda e: keras.ops.flip(dense()(e), 1)), "Flip"),
    "mask": (lambda: joined(lambda e: dense()(rnn()(e)), mask_zero=True), "mask_zero=True"),
    "Dense twice": (lambda: joined(lambda e: dense()(shared_dense(rnn()(shared_dense(e))))),
                    "used twice"),
    "GRU twice": (lambda: joined(lambda e: dense()(shared_rnn(shared_rnn(e)))), "used twice"),
    "twice in a Sequential": (lambda: through(shared_dense, shared_dense, dense()), "used twice"),
    "two inputs": (lambda: joined(lambda a, b: dense()(keras.layers.Add()([a, b])), 2),
                   "2 inputs and 1 outputs"),
    "two outputs": (lambda: joined(lambda e: [dense()(e), dense()(rnn()(e))]),
                    "1 inputs and 2 outputs"),
    "two branches": (lambda: joined(lambda e: keras.layers.Add()([dense()(e), dense()(e)])),
                     "an? Add layer"),
    "Bidirectional": (lambda: through(keras.layers.Bidirectional(rnn()), dense()),
                      "a Bidirectional layer"),
    "backwards": (lambda: through(rnn(go_backwards=True), dense()), "goes backwards"),
    "state given": (lambda: joined(lambda e: dense()(
        rnn()(e, initial_state=np.ones((1, 6), "float32")))), "more than its"),
    "state of another layer": (lambda: joined(lambda e: dense()(
        rnn()(e, initial_state=rnn(return_sequences=False)(e)))), "more than its"),
    "state taken": (lambda: joined(lambda e: dense()(rnn(return_state=True)(e)[1])),
                    "more than its"),
    "dropout for ever": (lambda: joined(lambda e: dense()(
        keras.layers.Dropout(0.5)(rnn()(e), training=True))), "more than its"),
    "Lambda": (lambda: through(keras.layers.Lambda(lambda x: x), dense()), "a Lambda layer"),
    "a model inside": (lambda: through(keras.Sequential([rnn()]), dense()), "a Sequential layer"),
    "a layer of one's own": (lambda: through(TwiceLSTM(5, return_sequences=True), dense()),
                             "a TwiceLSTM layer"),
    "a call of one's own": (lambda: OwnCall([keras.Input((None,), dtype="int32"),
                                             keras.layers.Embedding(V, 6), dense()]),
                            "an? OwnCall model"),
    "a class of one's own": (lambda: called(Subclassed()), "a Subclassed model"),
    "an activation over time": (lambda: through(rnn(), dense(
        activation=lambda x: keras.ops.cumsum(x, axis=1))), "activation is not of keras"),
    "an activation layer over time": (lambda: through(rnn(), keras.layers.Activation(
        lambda x: keras.ops.softmax(x, axis=1)), dense()), "activation is not of keras"),
    "normalised over time": (lambda: listed_5(keras.layers.LayerNormalization(axis=1)),
                             "another axis"),
    "normalised over all": (lambda: listed_5(keras.layers.LayerNormalization(axis=[1, 2])),
                            "another axis"),
    "convolution": (lambda: through(keras.layers.Conv1D(4, 2, padding="causal"), dense()),
                    "a Conv1D layer"),
    "no embedding": (lambda: keras.Sequential([keras.Input((None, 6)), rnn(), dense()]),
                     "begin with one Embedding"),
    "nothing": (lambda: joined_to_itself(keras.Input((None,))), "begin with one Embedding"),
}


def joined_to_itself(x):
    return keras.Model(x, x)


def listed_5(layer):
    return keras.Sequential([keras.Input((5,), dtype="int32"), keras.layers.Embedding(V, 6),
                             layer, dense()])


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_chain_is_refused_in_one_sentence(name):
    make, message = OTHERS[name]
    model = make()
    sentence = rf"^cannot generate with [^\n]*{message}[^\n]*: the model must be a plain chain"
    for run in (lambda: decoding.generate(model, PROMPT, 3),
                lambda: decoding.step(model, PROMPT[:, 0], []),
                lambda: decoding.initial_state(model, 3)):
        with pytest.raises(TypeError, match=sentence):
            run()


@pytest.mark.parametrize("model", [None, 3, "gru", keras.layers.Dense, keras.layers.Dense(3)])
def test_what_is_no_model(model):
    for run in (lambda: decoding.generate(model, PROMPT, 3),
                lambda: decoding.step(model, PROMPT[:, 0], []),
                lambda: decoding.initial_state(model, 3)):
        with pytest.raises(TypeError, match=r"^the model must be a Keras model, got"):
            run()


def test_a_model_that_cannot_read_what_it_writes():
    with pytest.raises(ValueError, match=r"^the model gives 12 logits, its Embedding has 11"):
        decoding.generate(through(rnn(), dense(V + 1)), PROMPT, 3)


@pytest.mark.parametrize("prompt", [[[1, 2], [3]], [], [[]], np.zeros((1, 2, 3), int), [[1], 2]])
def test_prompts_that_are_no_batch(model, prompt):
    with pytest.raises(ValueError, match=r"^a prompt needs at least one token, and prompts"):
        decoding.generate(model, prompt, 3)


@pytest.mark.parametrize("last", [
    [dense(activation="softmax")], [dense(), keras.layers.Activation("softmax")],
    [dense(activation="softmax"), keras.layers.Dropout(0.1)], [dense(activation="sigmoid")]])
def test_probabilities_are_refused(last):
    with pytest.raises(ValueError, match=r"^the model must return logits"):
        decoding.generate(through(rnn(), *last), PROMPT, 3)


def test_a_model_without_an_input():
    with pytest.raises(ValueError, match=r"^the model has no input yet"):
        decoding.generate(keras.Sequential([keras.layers.Embedding(V, 6), dense()]), PROMPT, 3)


def test_a_layer_that_comes_later_is_used():
    keras.utils.set_random_seed(0)
    model = through(dense(bias_initializer=keras.initializers.Constant(-100)))
    assert decoding.generate(model, PROMPT, 1, temperature=0).any()
    model.add(keras.layers.Activation("relu"))  # now all logits are 0, and 0 is the first
    assert not decoding.generate(model, PROMPT, 1, temperature=0).any()


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


@pytest.mark.parametrize("stop", ["", "ab", "X", 3])
def test_write_refuses_a_stop_that_is_no_character_of_the_vocabulary(model, vocab, stop):
    with pytest.raises(ValueError, match=f"^stop must be one character .* got {stop!r}"):
        decoding.write(model, vocab, "ab", 5, stop=stop)


def test_write_needs_a_model_and_its_vocabulary(model, vocab):
    with pytest.raises(TypeError, match=r"^the model must be a Keras model, got None"):
        decoding.write(None, vocab, "ab", 5)
    for other in (None, ["a", "b"], model):
        with pytest.raises(TypeError, match=r"^vocab must be a Vocabulary, got "):
            decoding.write(model, other, "ab", 5)
    with pytest.raises(ValueError, match=r"^the model gives 11 logits, the vocabulary has 3 tok"):
        decoding.write(model, Vocabulary("abc"), "ab", 5)


@pytest.mark.parametrize("prompt", ["", ["ab", "a"], [], None, 3, ["ab", 3], [1, 2], [["a"], "b"]])
def test_write_refuses_bad_prompts(model, vocab, prompt):
    with pytest.raises(ValueError, match="prompt"):
        decoding.write(model, vocab, prompt, 5)


def test_repeated_ngrams():
    assert decoding.repeated_ngrams("abcdefgh", 4) == 0
    assert decoding.repeated_ngrams("aaaaaaa", 4) == pytest.approx(3 / 4)
    assert decoding.repeated_ngrams("abab", 2) == pytest.approx(1 / 3)
    assert decoding.repeated_ngrams("abc", 4) == 0


@pytest.mark.parametrize("n", [0, -1, 2.5, "4"])
def test_repeated_ngrams_of_no_length(n):
    with pytest.raises(ValueError, match=r"^n must be"):
        decoding.repeated_ngrams("abc", n)


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
