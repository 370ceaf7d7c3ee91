"""A model's trained arrays by name: out of a model, and into it."""

import keras
import numpy as np


def get_weights(model):
    """Collect a model's trained arrays by name.

    Returns:
        dict "layer.weight" -> float array: embedding.embeddings (V, E), lstm.kernel (E, 4H),
        lstm.recurrent_kernel (H, 4H), lstm.bias (4H,), logits.kernel (H, V), logits.bias (V,).
    Raises:
        ValueError: a weight belongs to none of the model's layers, or two have one name.
    """
    return {name: keras.ops.convert_to_numpy(weight) for name, weight in _named(model).items()}


def _named(model):
    """Name each trained variable after its layer; none may be lost."""
    named = {}
    for layer in model.layers:
        for weight in layer.trainable_weights:
            name = f"{layer.name}.{weight.name}"
            if name in named:
                raise ValueError(f"two weights are called {name}: rename or split the layer")
            named[name] = weight
    kept = {id(weight) for weight in named.values()}
    lost = [weight.path for weight in model.trainable_weights if id(weight) not in kept]
    if lost:
        raise ValueError(f"no layer of the model holds {', '.join(lost)}: make it a layer's weight")
    return named


def set_weights(model, weights):
    """Put arrays by name into a model.

    Args:
        model: a model with layers named as in `build_lm`.
        weights: dict as `get_weights` returns; any float dtype.
    Raises:
        ValueError: a name is missing or left over, or a shape does not fit.
    """
    assign(_named(model), weights)


def assign(targets, weights):
    """Put arrays into variables of the same names.

    Args:
        targets: dict name -> variable.
        weights: dict name -> array of any float dtype.
    Raises:
        ValueError: a name is missing or left over, or a shape does not fit.
    """
    if targets.keys() != set(weights):
        raise ValueError(f"the model has {sorted(targets)}, the weights {sorted(weights)}")
    for key, target in targets.items():
        value = np.asarray(weights[key], dtype="float32")
        if tuple(value.shape) != tuple(target.shape):
            raise ValueError(f"{key}: model {tuple(target.shape)}, weights {value.shape}")
        target.assign(value)
