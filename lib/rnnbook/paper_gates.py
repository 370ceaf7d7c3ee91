"""LSTM and GRU weights as papers write them: W_z (H, D), U_z (H, H), b_z (H,) for each gate.

Papers multiply columns from the left; their candidate (c or h with a tilde, or n) is g here.
"""

import numpy as np

from rnnbook.conventions import KERAS_ORDER, expect, negate_z


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
