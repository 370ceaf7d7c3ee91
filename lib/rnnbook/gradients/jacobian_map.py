"""The Jacobian map: how strongly h_0 still acts on h_t, for every gain and every step.

One network, h_t = phi(s x_t + g h_{t-1} Q) with Q orthogonal and x_t standard normal, so the
spectral radius of the recurrent matrix U = g Q is the gain g, and so is its norm.
"""

import functools

import contourpy
import matplotlib
import numpy as np
from matplotlib.patheffects import withStroke

from rnnbook.cells.steps import sigmoid
from rnnbook.notebook.figures import BLACK, DIVERGING

# Each activation with its slope, written as a function of the output.
ACTIVATIONS = {
    "tanh": (np.tanh, lambda h: 1 - h * h),
    "linear": (lambda a: a, np.ones_like),
    "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0) * 1.0),
    "sigmoid": (sigmoid, lambda h: h * (1 - h)),
}
LIMIT = 12  # colours end at a norm of 1e-12 and 1e12
SWEEPS = 2  # power iterations per step
TINY = 1e-300


@functools.cache
def _draws(units, steps, seed):
    """Return Q (H, H), orthogonal, and inputs (T, H), standard normal; the same every time."""
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((units, units)))
    return Q, rng.standard_normal((steps, units))


def log_norms(gains, steps, input_scale=1.0, activation="tanh", *, units=64, seed=0):
    """Measure log10 of the spectral norm of d h_t / d h_0 for several gains at once.

    Every product is kept at norm 1 and its logarithm beside it, so nothing overflows. The
    largest singular value comes from power iteration, started from the step before: within
    about 0.3 of the exact logarithm, mostly far closer (a lower bound, never more).

    Args:
        gains: float (G,), the factor g in front of the orthogonal matrix, all > 0.
        steps: number of steps T.
        input_scale: standard deviation s of the input current of every unit.
        activation: a name in `ACTIVATIONS`.
        units, seed: size H of the state, and the random draw of Q and the inputs.
    Returns:
        float64 (G, T), column t for step t + 1; very low where the product is exactly zero.
    Raises:
        ValueError: an unknown activation, or a gain that is not positive.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {sorted(ACTIVATIONS)}, got {activation!r}")
    gains = np.asarray(gains, "float64")
    if gains.ndim != 1 or not (gains > 0).all():
        raise ValueError("gains must be positive numbers in one axis")
    phi, slope = ACTIVATIONS[activation]
    Q, xs = _draws(units, steps, seed)
    g = gains[:, None]
    h, J = np.zeros((len(gains), units)), np.tile(np.eye(units), (len(gains), 1, 1))
    v = np.ones((len(gains), units, 1)) / units**0.5
    total, logs = np.zeros(len(gains)), np.empty((len(gains), steps))
    for t in range(steps):
        # h_t = phi(s x_t + g h_{t-1} Q)
        h = phi(input_scale * xs[t] + g * (h @ Q))
        # d h_t / d h_0 = diag(phi'(a_t)) (g Q)^T  d h_{t-1} / d h_0
        J = (g * slope(h))[:, :, None] * (Q.T @ J)
        for _ in range(SWEEPS):
            v = J.transpose(0, 2, 1) @ (J @ v)
            v /= np.linalg.norm(v, axis=1, keepdims=True) + TINY
        norm = np.maximum(np.linalg.norm(J @ v, axis=(1, 2)), TINY)
        J /= norm[:, None, None]
        total = total + np.log10(norm)
        logs[:, t] = total
    return logs


def border(gains, logs):
    """Trace where the norm is 1: the border between growing and fading.

    Args:
        gains: float (G,); logs: float (G, T), as `log_norms` gives them.
    Returns:
        steps and gains along the line, float arrays with NaN between its pieces.
    """
    times = np.arange(1, logs.shape[1] + 1)
    pieces = contourpy.contour_generator(times, gains, np.clip(logs, -LIMIT, LIMIT)).lines(0.0)
    gap = np.full((1, 2), np.nan)
    line = np.concatenate([part for piece in pieces for part in (piece, gap)] or [gap])
    return line[:, 0], line[:, 1]


def draw(ax, gains, logs):
    """Draw one map: red grows, blue fades, black is norm 1, dashed is spectral radius 1.

    A band of colour is one factor of ten, so the map reads like one of mountains.

    Args:
        ax: matplotlib axes; gains, logs: as in `border`.
    Returns:
        the image, the line of norm 1 and the line of spectral radius 1.
    """
    steps = logs.shape[1]
    decades = matplotlib.colormaps[DIVERGING].resampled(2 * LIMIT)
    image = ax.imshow(np.clip(logs, -LIMIT, LIMIT), cmap=decades, vmin=-LIMIT, vmax=LIMIT,
                      origin="lower", aspect="auto", interpolation="bilinear",
                      interpolation_stage="data",
                      extent=(1, steps, gains[0], gains[-1]))
    line, = ax.plot(*border(gains, logs), color=BLACK, lw=2.5)
    radius = ax.axhline(1, color=BLACK, ls=(0, (4, 3)), lw=1.5,
                        path_effects=[withStroke(linewidth=3.5, foreground="white")])
    ax.set(xlim=(1, steps), ylim=(gains[0], gains[-1]))
    ax.grid(False)
    return image, line, radius
