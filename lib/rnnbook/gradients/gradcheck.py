"""Check a gradient: against central differences, and against the backend's own."""

import keras
import numpy as np


def central_differences(f, array, step=1e-6):
    """Estimate a gradient by moving one entry at a time, up and down.

    The error falls with step squared until rounding takes over; in float64 a step of 1e-6
    leaves about nine digits for values near 1.

    Args:
        f: function of an array like `array` that returns a float; it may not keep the array.
        array: where to differentiate; computed in float64.
        step: size of the move, in the unit of the array.
    Returns:
        float64 array of the shape of `array`.
    Raises:
        ValueError: step is not positive, or f does not return a finite number.
    """
    if not step > 0:
        raise ValueError(f"step must be positive, got {step!r}")
    point = np.array(array, dtype="float64")
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        value = point[index]
        point[index] = value + step
        up = float(f(point))
        point[index] = value - step
        down = float(f(point))
        point[index] = value
        gradient[index] = (up - down) / (2 * step)
    if not np.isfinite(gradient).all():
        raise ValueError("f returned NaN or infinity near the point")
    return gradient


def relative_error(a, b):
    """Compare two arrays: the norm of their difference over the larger norm; 0 for two zeros.

    Shape: a (B, H), b (B, H) -> ()

    Raises:
        ValueError: different shapes.
    """
    a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / size) if size else 0.0


def autodiff(f, arrays):
    """Differentiate a scalar function with the backend that Keras runs on.

    Args:
        f: function of as many tensors as there are arrays, returning a scalar tensor; written
            with keras.ops it runs on every backend.
        arrays: list of float arrays. float64 stays float64 on TensorFlow and PyTorch; JAX
            computes in float32 unless it was told otherwise at its start.
    Returns:
        list of NumPy arrays: the gradient for each array.
    """
    arrays = [np.asarray(a) for a in arrays]
    tensors = [keras.ops.convert_to_tensor(a, dtype=str(a.dtype)) for a in arrays]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = f(*tensors)
        gradients = tape.gradient(value, tensors, unconnected_gradients="zero")
    elif backend == "jax":
        import jax

        gradients = jax.grad(f, argnums=tuple(range(len(tensors))))(*tensors)
    else:
        import torch

        tensors = [t.detach().requires_grad_() for t in tensors]
        gradients = torch.autograd.grad(f(*tensors), tensors, materialize_grads=True)
    return [keras.ops.convert_to_numpy(g) for g in gradients]
