"""From logits to text: a generator whose whole loop is compiled, and how its texts repeat."""

import functools
from numbers import Integral, Real

import keras
import numpy as np
from keras import ops

from rnnbook.data.vocab import Vocabulary
from rnnbook.language.filters import greedy, min_p, sample, temperature, top_k, top_p
from rnnbook.language.stepping import chain, initial_state, step

_FILTERS = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "min_p": min_p}
_KNOBS = {  # as float32, the smallest numbers are 0 or lead to infinite logits
    "length": (Integral, "an integer >= 0", lambda x: x >= 0),
    "seed": (Integral, "an integer >= 0", lambda x: x >= 0),
    "temperature": (Real, "0 or a number >= 1e-6", lambda x: x == 0 or 1e-6 <= x < np.inf),
    "top_k": (Integral, "an integer >= 1", lambda x: x >= 1),
    "top_p": (Real, "a number in (0, 1]", lambda x: 0 < np.float32(x) <= 1),
    "min_p": (Real, "a number in (0, 1]", lambda x: 0 < np.float32(x) <= 1),
}


def generate(model, prompt, length, *, temperature=1.0, top_k=None, top_p=None, min_p=None, seed=0,
             stop=None):
    """Write on from a prompt; prompt and generation run as one compiled loop.

    The prompt warms the state up: all its tokens are fed before the first one is drawn. Every
    draw inverts the cumulative distribution at a uniform number drawn beforehand, so a seed gives
    the same text on every backend, up to rounding. TensorFlow compiles with XLA, JAX with jit,
    PyTorch runs eagerly. Compilation happens once per model, set of filters and size.

    Args:
        model: Keras model ids (B, T) -> logits (B, T, V), a plain chain: Embedding first, then
            SimpleRNN, LSTM, GRU (or RNN with a cell), Dense, Activation, Dropout and
            LayerNormalization layers; no mask, no layer twice, nothing between the layers.
        prompt: (P,) or (B, P) int token ids, P >= 1.
        length: int, how many tokens to add.
        temperature: float; 0 means greedy.
        top_k, top_p, min_p: filters, applied after the temperature, in this order; None = off.
        seed: int, of the uniform numbers.
        stop: token id that ends a text; the rest of its row is filled with it.

    Returns:
        (B, length) int32 NumPy array, without the prompt.

    Raises:
        ValueError: an empty or ragged prompt, a token that the model does not have, an ill-chosen
            knob, a model that returns probabilities or more logits than it has tokens.
        TypeError: no model, a layer that cannot run one step at a time, or a model that is no
            plain chain.
    """
    layers = chain(model)
    _check(length=length, seed=seed)
    filters, knobs = _settings(temperature, top_k=top_k, top_p=top_p, min_p=min_p)
    tokens, logits = layers[0].input_dim, model.outputs[0].shape[-1]
    if logits > tokens:
        raise ValueError(f"the model gives {logits} logits, its Embedding has {tokens} tokens: "
                         "it could not read what it writes")
    try:
        prompt = np.atleast_2d(prompt)
    except ValueError:
        prompt = np.empty(0)
    if prompt.ndim != 2 or prompt.size == 0:
        raise ValueError("a prompt needs at least one token, and prompts of one batch the same "
                         "length")
    strange = [x for x in [*prompt.flat, 0 if stop is None else stop]
               if not isinstance(x, Integral) or not 0 <= x < tokens]
    if strange:
        raise ValueError(f"{strange[0]} is none of the model's {tokens} tokens")
    batch, given = prompt.shape
    size = max(64, 1 << (given + length - 1).bit_length())  # few sizes, few compilations
    draws = np.random.default_rng(seed).random((length, batch), dtype="float32").T
    uniforms = np.zeros((batch, size), "float32")
    uniforms[:, given - 1 : given - 1 + length] = draws
    padded = np.zeros((batch, size), "int32")
    padded[:, :given] = prompt
    if stop is not None:
        padded[:, given:] = stop

    lengths = np.array([given, given + length], "int32")
    arrays = [ops.convert_to_tensor(a) for a in (padded, uniforms, lengths, knobs)]
    values = [ops.convert_to_tensor(variable.value) for variable in model.variables]
    loop = _compiled(model, layers, filters, stop, values, arrays)
    return ops.convert_to_numpy(loop(values, *arrays))[:, given : given + length]


def _check(**knobs):
    for name, value in knobs.items():
        kind, wanted, fits = _KNOBS[name]
        if isinstance(value, bool) or not isinstance(value, kind) or not fits(value):
            raise ValueError(f"{name} must be {wanted}, got {value!r}")


def _settings(temperature, **filters):
    """Return the names of the filters in use and their knobs."""
    used = {"temperature": temperature}
    used |= {name: value for name, value in filters.items() if value is not None}
    _check(**used)
    if temperature == 0:
        used = {}
    return tuple(used), np.array([min(value, 1 << 24) for value in used.values()], "float32")


def _compiled(model, layers, filters, stop, values, arrays):
    """Return the model's loop for these filters and sizes, compiled once and kept with it."""
    known = model.__dict__.setdefault("_generation_loops", {})
    key = (tuple(layers), filters, stop, arrays[0].shape)
    if key not in known:
        loop = functools.partial(_loop, model, filters, stop)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            loop = tf.function(loop, jit_compile=True).get_concrete_function(values, *arrays)
        elif keras.backend.backend() == "jax":
            import jax

            loop = jax.jit(loop)
        known[key] = loop
    return known[key]


def _loop(model, filters, stop, values, prompt, uniforms, lengths, knobs):
    """Run prompt and generation; return the (B, size) array of all tokens."""

    def more(i, ids, states, done, out):
        return ops.logical_and(i < lengths[1] - 1, ops.logical_not(ops.all(done)))

    def body(i, ids, states, done, out):
        logits, states = step(model, ids, states)
        u = ops.take(uniforms, i, axis=1)
        drawn = _choose(ops.cast(logits, "float32"), u, filters, knobs)
        warming = i + 1 < lengths[0]
        drawn = ops.where(warming, ops.take(prompt, i + 1, axis=1), drawn)
        if stop is not None:
            drawn = ops.where(done, stop, drawn)
            done = ops.logical_and(ops.logical_not(warming), drawn == stop)
        out = ops.slice_update(out, (0, i + 1), drawn[:, None])
        return i + 1, drawn, states, done, out

    with keras.StatelessScope(state_mapping=list(zip(model.variables, values))):
        batch = prompt.shape[0]
        start = (ops.convert_to_tensor(0, "int32"), prompt[:, 0], initial_state(model, batch),
                 ops.zeros((batch,), dtype="bool"), prompt)
        return ops.while_loop(more, body, start)[-1]


def _choose(logits, u, filters, knobs):
    if not filters:
        return greedy(logits)
    for i, name in enumerate(filters):
        knob = ops.cast(knobs[i], "int32") if name == "top_k" else knobs[i]
        logits = _FILTERS[name](logits, knob)
    return sample(logits, u)


def write(model, vocab, prompt, length, *, stop=None, **knobs):
    """Write text on from a text; see ``generate`` for the model and the knobs.

    Args:
        model: Keras model.
        vocab: Vocabulary of the model, with a token for each of its logits.
        prompt: str, or a list of B strings of equal length.
        length: int, how many characters to add.
        stop: one character that ends a text; it is not returned.
        knobs: temperature, top_k, top_p, min_p, seed.

    Returns:
        str (or a list of B strings) without the prompt.

    Raises:
        ValueError: prompts of unequal length, empty, or no text; a stop that is not one
            character; a model with more logits than the vocabulary has tokens.
        TypeError: no Vocabulary, or as ``generate``.
        KeyError: characters that the vocabulary does not have, named.
    """
    if not isinstance(vocab, Vocabulary):
        raise TypeError(f"vocab must be a Vocabulary, got {vocab!r:.60}")
    chain(model)
    if (logits := model.outputs[0].shape[-1]) > len(vocab):
        raise ValueError(f"the model gives {logits} logits, the vocabulary has {len(vocab)} "
                         "tokens: use the one that the model was trained with")
    if stop is not None and not (isinstance(stop, str) and len(stop) == 1 and stop in vocab):
        raise ValueError(f"stop must be one character of the vocabulary, got {stop!r}")
    prompts = list(prompt) if isinstance(prompt, list | tuple | np.ndarray) else [prompt]
    if not all(isinstance(text, str) for text in prompts):
        raise ValueError(f"a prompt must be text, or a list of texts, got {prompt!r:.60}")
    if len({len(text) for text in prompts}) != 1 or not prompts[0]:
        raise ValueError("a prompt needs a character, and prompts of one batch the same length")
    ids = np.stack([vocab.encode(text) for text in prompts])
    rows = generate(model, ids, length, stop=vocab.stoi.get(stop), **knobs)
    texts = [vocab.decode(row) for row in rows]
    if stop is not None:
        texts = [text.split(stop)[0] for text in texts]
    return texts[0] if isinstance(prompt, str) else texts


def repeated_ngrams(text, n=4):
    """Return the share of a text's n-grams that occurred before in the same text.

    Args:
        text: str or other sequence.
        n: int, length of the n-grams.

    Returns:
        float between 0 (all different) and 1.

    Raises:
        ValueError: n is no integer >= 1.
    """
    if not isinstance(n, Integral) or n < 1:
        raise ValueError(f"n must be an integer >= 1, got {n!r}")
    grams = [tuple(text[i : i + n]) for i in range(len(text) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def longest_overlap(text, corpus):
    """Return the longest piece of a text that stands in a corpus word for word.

    Args:
        text: str.
        corpus: str.

    Returns:
        str, the first of the longest common substrings; "" if there is none.
    """
    best = ""
    for i in range(len(text)):
        while i + len(best) < len(text) and text[i : i + len(best) + 1] in corpus:
            best = text[i : i + len(best) + 1]
    return best
