"""From logits to text: a generator whose whole loop is compiled."""

import functools

import keras
import numpy as np
from keras import ops

from rnnbook.language.filters import greedy, min_p, sample, temperature, top_k, top_p

__all__ = [
    "generate",
    "greedy",
    "initial_state",
    "longest_overlap",
    "min_p",
    "repeated_ngrams",
    "sample",
    "step",
    "temperature",
    "top_k",
    "top_p",
    "write",
]

_FILTERS = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "min_p": min_p}
_POINTWISE = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.Dropout,
    keras.layers.Embedding,
    keras.layers.LayerNormalization,
)


def initial_state(model, batch):
    """Return the zero states of a model's recurrent layers.

    Args:
        model: Keras model, see ``generate``.
        batch: int, number of texts.

    Returns:
        list with one list of (batch, units) tensors per recurrent layer.
    """
    return [
        layer.cell.get_initial_state(batch_size=batch)
        for layer in model.layers
        if isinstance(layer, keras.layers.RNN)
    ]


def step(model, ids, states):
    """Feed one token per row and return the next-token logits and the new states.

    Args:
        model: Keras model, see ``generate``.
        ids: (B,) int.
        states: as ``initial_state`` gives them.

    Returns:
        (B, V) logits and the new states.

    Raises:
        TypeError: a layer that cannot run one step at a time.
        ValueError: the model returns probabilities, not logits.
    """
    x, states, new_states = ids, iter(states), []
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN) and not layer.go_backwards:
            x, state = layer.cell(x, next(states), training=False)
            new_states.append(state)
        elif isinstance(layer, _POINTWISE):
            x = layer(x, training=False) if isinstance(layer, keras.layers.Dropout) else layer(x)
        elif not isinstance(layer, keras.layers.InputLayer):
            raise TypeError(f"cannot generate with a {type(layer).__name__} layer")
    if getattr(layer, "activation", None) is keras.activations.softmax:
        raise ValueError("the model must return logits: remove the softmax of its last layer")
    return x, new_states


def generate(
    model,
    prompt,
    length,
    *,
    temperature=1.0,
    top_k=None,
    top_p=None,
    min_p=None,
    seed=0,
    stop=None,
):
    """Write on from a prompt; prompt and generation run as one compiled loop.

    The prompt warms the state up: all its tokens are fed before the first one is drawn. Every
    draw inverts the cumulative distribution at a uniform number drawn beforehand, so a seed gives
    the same text on every backend, up to rounding. TensorFlow compiles with XLA, JAX with jit,
    PyTorch runs eagerly. Compilation happens once per model, set of filters and size.

    Args:
        model: Keras model ids (B, T) -> logits (B, T, V): a chain of Embedding, SimpleRNN, LSTM
            or GRU, Dense, Dropout and LayerNormalization layers.
        prompt: (P,) or (B, P) int token ids, P >= 1.
        length: int, how many tokens to add.
        temperature: float; 0 means greedy.
        top_k, top_p, min_p: filters, applied after the temperature, in this order; None = off.
        seed: int, of the uniform numbers.
        stop: token id that ends a text; the rest of its row is filled with it.

    Returns:
        (B, length) int32 NumPy array, without the prompt.

    Raises:
        ValueError: an empty prompt or an ill-chosen knob.
        TypeError: the model has a layer that cannot run one step at a time.
    """
    prompt = np.atleast_2d(np.asarray(prompt, dtype="int32"))
    filters, knobs = _settings(temperature, top_k, top_p, min_p)
    if prompt.ndim != 2 or prompt.shape[1] == 0:
        raise ValueError("the prompt needs at least one token")
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
    loop = _compiled(model, filters, stop, values, arrays)
    return ops.convert_to_numpy(loop(values, *arrays))[:, given : given + length]


def _settings(t, k, p, m):
    """Return the names of the filters in use and their knobs."""
    if t < 0 or (k is not None and k < 1):
        raise ValueError("temperature must be >= 0 and top_k >= 1")
    if any(x is not None and not 0 < x <= 1 for x in (p, m)):
        raise ValueError("top_p and min_p must lie in (0, 1]")
    if t == 0:
        return (), np.zeros(0, "float32")
    table = {"temperature": t, "top_k": k, "top_p": p, "min_p": m}
    used = {name: x for name, x in table.items() if x is not None}
    return tuple(used), np.array(list(used.values()), "float32")


def _compiled(model, filters, stop, values, arrays):
    """Return the model's loop for these filters and sizes, compiled once and kept with it."""
    known = model.__dict__.setdefault("_generation_loops", {})
    key = (filters, stop, arrays[0].shape)
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
        start = (
            ops.convert_to_tensor(0, "int32"),
            prompt[:, 0],
            initial_state(model, batch),
            ops.zeros((batch,), dtype="bool"),
            prompt,
        )
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
        vocab: Vocabulary of the model.
        prompt: str, or a list of B strings of equal length.
        length: int, how many characters to add.
        stop: one character that ends a text; it is not returned.
        knobs: temperature, top_k, top_p, min_p, seed.

    Returns:
        str (or a list of B strings) without the prompt.

    Raises:
        ValueError: prompts of unequal length, or empty.
        KeyError: characters that the vocabulary does not have, named.
    """
    prompts = [prompt] if isinstance(prompt, str) else list(prompt)
    if len({len(text) for text in prompts}) != 1 or not prompts[0]:
        raise ValueError("a prompt needs a character, and prompts of one batch the same length")
    ids = np.stack([vocab.encode(text) for text in prompts])
    stop_id = None if stop is None else int(vocab.encode(stop)[0])
    rows = generate(model, ids, length, stop=stop_id, **knobs)
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
    """
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
