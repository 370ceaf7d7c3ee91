"""LSTM and GRU weights carried between the layouts of Keras, PyTorch and papers.

Keras    W (D, nH), U (H, nH): rows are samples' features, gates side by side,
         LSTM i f g o with b (4H,), GRU z r g with b (2, 3H), or (3H,) if reset_after=False
PyTorch  weight_ih (nH, D), weight_hh (nH, H), two biases (nH,): gates stacked,
         LSTM i f g o, GRU r z g (it calls the candidate n)
papers   a matrix for each gate, which stands before a column vector: W x, U h, or W [h, x]

g is the candidate everywhere.
"""

import numpy as np

KERAS_ORDER = {"lstm": "ifgo", "gru": "zrg"}
TORCH_ORDER = {"lstm": "ifgo", "gru": "rzg"}


def from_torch(weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """Turn the weights of one ``torch.nn.LSTM`` or ``GRU`` layer into those of the Keras layer.

    Shape: weight_ih (3H, D), weight_hh (3H, H), bias_ih (3H,) -> (D, 3H), (H, 3H), (2, 3H)

    Args:
        weight_ih, weight_hh: (3H, D) and (3H, H) of a GRU, (4H, D) and (4H, H) of an LSTM;
            arrays, or CPU tensors as in a state dict.
        bias_ih, bias_hh: the two biases; None for a layer without.

    Returns:
        W, U, b for ``set_weights``: b (4H,) is the sum of both for an LSTM; a GRU
        (``reset_after=True``) keeps them apart as (2, 3H).

    Raises:
        ValueError: the shapes are not those of one layer.
    """
    weight_ih, weight_hh = np.asarray(weight_ih), np.asarray(weight_hh)
    kind = _kind(weight_hh.T, "weight_hh", "(3H, H) of a GRU or (4H, H) of an LSTM")
    rows = len(weight_hh)
    expect("weight_ih", weight_ih, (rows, "D"))
    biases = [np.zeros(rows, weight_hh.dtype) if b is None else np.asarray(b)
              for b in (bias_ih, bias_hh)]
    for name, bias in zip(("bias_ih", "bias_hh"), biases):
        expect(name, bias, (rows,))
    orders = TORCH_ORDER[kind], KERAS_ORDER[kind]
    W, U = _reorder(weight_ih.T, *orders), _reorder(weight_hh.T, *orders)
    b = _reorder(np.stack(biases), *orders)
    return W, U, b if kind == "gru" else b.sum(axis=0)


def to_torch(W, U, b):
    """Turn the weights of a Keras LSTM or GRU into those of one layer of PyTorch.

    Shape: W (D, 3H), U (H, 3H), b (2, 3H) -> (3H, D), (3H, H), (3H,), (3H,)

    Args:
        W, U, b: as ``get_weights`` gives them.

    Returns:
        weight_ih, weight_hh, bias_ih, bias_hh; an LSTM's bias_hh is zero.

    Raises:
        ValueError: the shapes are not those of a layer, or it is a GRU with
            ``reset_after=False``: PyTorch has no such GRU, no weights give the same function.
    """
    kind, (W, U, b) = checked(W, U, b)
    if kind == "gru" and b.ndim == 1:
        raise ValueError("a GRU that resets before the product (b (3H,)) has no equal in "
                         "PyTorch, which resets after it: build it with reset_after=True")
    orders = KERAS_ORDER[kind], TORCH_ORDER[kind]
    b = b if kind == "gru" else np.stack([b, np.zeros_like(b)])
    b = _reorder(b, *orders)
    return _reorder(W, *orders).T, _reorder(U, *orders).T, b[0], b[1]


def negate_z(W, U, b):
    """Swap what a GRU's z multiplies: the old state or the candidate.

    sigmoid(-a) = 1 - sigmoid(a), so the sign of z's weights is the whole difference between
    h = z h + (1 - z) g (Cho 2014, Keras, PyTorch) and h = (1 - z) h + z g (Chung 2014).

    Shape: W (D, 3H), U (H, 3H), b (2, 3H) -> (D, 3H), (H, 3H), (2, 3H)

    Args:
        W, U, b: GRU weights in Keras' layout, z first. Applying it twice gives them back.

    Raises:
        ValueError: the shapes are not those of a GRU.
    """
    kind, weights = checked(W, U, b)
    if kind != "gru":
        raise ValueError(f"U {weights[1].shape} belongs to an LSTM, which has no z")
    units = len(weights[1])
    sign = np.ones(3 * units, weights[0].dtype)
    sign[:units] = -1
    return tuple(sign * weight for weight in weights)


def checked(W, U, b):
    """Return the kind of cell, "lstm" or "gru", and its Keras weights as arrays.

    Raises:
        ValueError: the shapes are not those of a layer; the message names the one that is not.
    """
    W, U, b = (np.asarray(weight) for weight in (W, U, b))
    kind = _kind(U, "U", "(H, 3H) of a GRU or (H, 4H) of an LSTM")
    columns = U.shape[1]
    expect("W", W, ("D", columns))
    if kind == "gru" and b.ndim == 2:
        expect("b", b, (2, columns))
    else:
        expect("b", b, (columns,))
    return kind, (W, U, b)


def _kind(U, name, wanted):
    gates = U.shape[1] / max(len(U), 1) if U.ndim == 2 else 0
    if gates not in (3, 4):
        shape = U.T.shape if name == "weight_hh" else U.shape
        raise ValueError(f"{name} must be {wanted}, not {shape}")
    return "gru" if gates == 3 else "lstm"


def expect(name, array, shape):
    """Raise ValueError unless an array has the shape; "D" in it stands for any size."""
    if array.ndim != len(shape) or any(
            n != size for n, size in zip(array.shape, shape) if size != "D"):
        wanted = f"({', '.join(str(size) for size in shape)}{',' * (len(shape) == 1)})"
        raise ValueError(f"{name} must be {wanted}, not {array.shape}")


def _reorder(array, old, new):
    """Put the blocks along the last axis into another order."""
    blocks = dict(zip(old, np.split(array, len(old), axis=-1)))
    return np.concatenate([blocks[gate] for gate in new], axis=-1)


def from_paper(gates, z_keeps="old", reset_after=True):
    """Join a paper's gates, one matrix each, into Keras weights.

    Args:
        gates: dict with W_i, U_i, b_i, … of an LSTM (i f g o) or W_z, … of a GRU (z r g).
            Without U_z, W_z (H, H + D) is taken to act on [h, x]; a bias left out is zero.
        z_keeps: what z multiplies in the paper, "old" (Cho 2014) or "new" (Chung 2014).
        reset_after: whether the paper's r multiplies the product U_g h, or h before it.

    Returns:
        W, U, b for ``set_weights`` of a Keras LSTM, or GRU of that ``reset_after``.

    Raises:
        ValueError: gates missing, or shapes that do not fit together.
    """
    names = {name[2:] for name in gates if name.startswith("W_")}
    kind = next((k for k, order in KERAS_ORDER.items() if names == set(order)), None)
    if kind is None:
        raise ValueError(f"need W_i W_f W_g W_o (LSTM) or W_z W_r W_g (GRU), got {sorted(gates)}")
    matrices = {name: np.asarray(value) for name, value in gates.items()}
    columns = [_columns(matrices, gate) for gate in KERAS_ORDER[kind]]
    W, U, b = (np.concatenate(part, axis=-1) for part in zip(*columns))
    inside = matrices.get("b_inside")
    if kind == "gru" and reset_after:
        b = np.stack([b, np.zeros_like(b)])
        b[1, 2 * len(U):] = 0 if inside is None else inside
    elif inside is not None:
        raise ValueError("b_inside belongs to a GRU that resets after the product")
    return negate_z(W, U, b) if kind == "gru" and _z_is_new(z_keeps) else (W, U, b)


def _columns(matrices, gate):
    """Return W (D, H), U (H, H), b (H,) of one gate, for rows."""
    W, U = matrices[f"W_{gate}"], matrices.get(f"U_{gate}")
    H = len(W)
    if U is None:  # [h, x]
        W, U = W[:, H:], W[:, :H]
    b = matrices.get(f"b_{gate}", np.zeros(H, W.dtype))
    expect(f"W_{gate}", W, (H, "D"))
    expect(f"U_{gate}", U, (H, H))
    expect(f"b_{gate}", b, (H,))
    return W.T, U.T, b


def _z_is_new(z_keeps):
    if z_keeps not in ("old", "new"):
        raise ValueError(f"z_keeps is 'old' or 'new', not {z_keeps!r}")
    return z_keeps == "new"
