"""A chain of layers that reads whole texts, run one token at a time."""

import keras
from keras import layers, tree

from rnnbook.cells.weight_drop import WeightDropLSTM
from rnnbook.cells.zoneout import ZoneoutRNN

# These very classes: a subclass may do anything over time.
_RECURRENT = (layers.RNN, layers.SimpleRNN, layers.LSTM, layers.GRU, WeightDropLSTM, ZoneoutRNN)
_POINTWISE = (layers.Embedding, layers.Dense, layers.Activation, layers.Dropout,
              layers.LayerNormalization)


def chain(model):
    """List the layers of a model that is one plain chain, in the order of their calls.

    Args:
        model: Keras model, see ``decoding.generate``.

    Returns:
        list of layers, the Embedding first.

    Raises:
        TypeError: no model, a layer that cannot run one step at a time, or layers that form no
            chain.
        ValueError: a model without input, or one that returns probabilities, not logits.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"the model must be a Keras model, got {model!r:.60}")
    if not type(model).call.__module__.startswith("keras."):
        raise _refusal(f"a {type(model).__name__} model, which has a call of its own")
    outputs = getattr(model, "outputs", None)
    if not outputs:
        raise ValueError("the model has no input yet: let it begin with a keras.Input")
    if len(model.inputs) != 1 or len(outputs) != 1:
        raise _refusal(f"{len(model.inputs)} inputs and {len(outputs)} outputs")
    calls, tensor = [], outputs[0]
    while tensor is not model.inputs[0]:
        layer, number, output = tensor._keras_history
        given = layer._inbound_nodes[number].arguments
        tensor = given.keras_tensors[0]
        others = [x for x in tree.flatten([given.args, given.kwargs]) if x is not tensor]
        calls.insert(0, (layer, output or any(
            x is not None and x is not False for x in others)))
    found = []
    for layer, more in calls:
        if fault := _fault(layer):
            raise _refusal(fault)
        if layer in found:
            raise _refusal(f"a layer that is used twice ({layer.name})")
        if more:
            raise _refusal(f"{layer.name} taking more than its input or giving more than its "
                           "output")
        found.append(layer)
    kinds = [type(layer) for layer in found]
    if kinds.count(layers.Embedding) != 1 or kinds[0] is not layers.Embedding or \
            len(tensor.shape) != 2:
        raise _refusal("a model that does not begin with one Embedding of ids (B, T)")
    last = next(layer for layer in reversed(found) if not isinstance(layer, layers.Dropout))
    name = getattr(getattr(last, "activation", None), "__name__", None)
    if name in ("softmax", "sparsemax", "sigmoid"):
        raise ValueError(f"the model must return logits: remove the {name} of its last layer")
    return found


def _refusal(what):
    return TypeError(f"cannot generate with {what}: the model must be a plain chain of layers")


def _fault(layer):
    """Say what makes a layer unfit for one step at a time, or None."""
    kind = type(layer)
    if not isinstance(layer, layers.Layer):
        return f"a function between layers ({kind.__name__})"
    if kind not in _RECURRENT + _POINTWISE:
        return f"a {kind.__name__} layer"
    if getattr(layer, "go_backwards", False):
        return f"a {kind.__name__} layer that goes backwards"
    if getattr(layer, "mask_zero", False):
        return "an Embedding with mask_zero=True"
    if kind is layers.LayerNormalization and layer.axis not in (-1, [-1]):
        return "a LayerNormalization over another axis than the last"
    if kind in (layers.Dense, layers.Activation):
        name = getattr(layer.activation, "__name__", "")
        if getattr(keras.activations, name, None) is not layer.activation:
            return f"a {kind.__name__} layer whose activation is not of keras.activations"
    return None


def initial_state(model, batch):
    """Return the zero states of a model's recurrent layers.

    Args:
        model: Keras model, see ``decoding.generate``.
        batch: int, number of texts.

    Returns:
        list with one list of (batch, units) tensors per recurrent layer.
    """
    return [layer.get_initial_state(batch) for layer in chain(model)
            if isinstance(layer, layers.RNN)]


def step(model, ids, states):
    """Feed one token per row and return the next-token logits and the new states.

    Args:
        model: Keras model, see ``decoding.generate``.
        ids: (B,) int.
        states: as ``initial_state`` gives them.

    Returns:
        (B, V) logits and the new states.

    Raises:
        TypeError, ValueError: as ``chain``.
    """
    x, states, new_states = ids, iter(states), []
    for layer in chain(model):
        if isinstance(layer, layers.RNN):
            before = next(states)
            x, after = layer.cell(x, before, training=False)
            new_states.append(tree.pack_sequence_as(before, tree.flatten(after)))
        else:
            x = layer(x, training=False) if isinstance(layer, layers.Dropout) else layer(x)
    return x, new_states
