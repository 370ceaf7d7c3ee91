"""24 small tanh networks each learn to name the sign of a first input T noisy steps later.

Run: python -m rnnbook.recipes run latch
"""

import keras
import numpy as np

from rnnbook.training.fitting import compile_fast, fit

SETTINGS = {
    "seed": 0, "networks": 24, "units": 8, "batch": 50, "updates": 100, "epochs": 15,
    "learning_rate": 3e-3, "test": 500, "learnt": 0.99, "probed": 8,
}
STEPS, NOISE = (20, 50, 100), (0.0, 0.5)


def trials(settings):
    """`asked`: at how many of the last steps the answer is asked for."""
    found = [{"noise": noise, "steps": steps, "asked": 1} for noise in NOISE for steps in STEPS]
    return [*found, {"noise": 0.5, "steps": 20, "asked": 6}]


def sequences(count, steps, noise, rng):
    """Draw inputs (N, T, 1), the first +1 or -1 and noise after it, and answers 0 or 1 (N, 1)."""
    x = noise * rng.standard_normal((count, steps, 1))
    y = rng.integers(2, size=(count, 1))
    x[:, 0] = 2 * y - 1
    return x.astype("float32"), y.astype("float32")


def start(settings, rng):
    """Draw W, U, b of all networks, each as Keras draws it; U is block-diagonal."""
    count, H = settings["networks"], settings["units"]
    U = np.zeros((count, H, count, H))
    for n in range(count):
        Q, R = np.linalg.qr(rng.standard_normal((H, H)))
        U[n, :, n] = Q * np.sign(np.diag(R))
    limit = (6 / (1 + H)) ** 0.5  # Glorot uniform
    return rng.uniform(-limit, limit, (1, count * H)), U.reshape(count * H, -1), \
        np.zeros(count * H)


def build(settings, trial, weights):
    """Build all networks as one layer; a mask keeps their blocks apart.

    The loss is a mean over networks, so each gets its own gradient times a common factor,
    which Adam all but cancels.
    """
    count, H = settings["networks"], settings["units"]
    mask = np.kron(np.eye(count), np.ones((H, H))).astype("float32")
    inputs = keras.Input((trial["steps"], 1))
    rnn = keras.layers.SimpleRNN(count * H, return_sequences=True,
                                 recurrent_constraint=lambda U: U * mask)
    states = rnn(inputs)[:, -trial["asked"]:]
    states = keras.layers.Reshape((trial["asked"], count, H))(states)
    answers = keras.layers.EinsumDense("btnh,nh->btn", (None, count), bias_axes="n")(states)
    rnn.set_weights(weights)
    model = keras.Model(inputs, answers)
    return compile_fast(model, keras.optimizers.Adam(settings["learning_rate"]),
                        keras.losses.BinaryCrossentropy(from_logits=True))


def measure(settings, model, x, y, probed=0):
    """Measure, for every network, the share of right answers after each step, (T, N).

    The product d h_T / d h_1 is followed for the first `probed` sequences: log10 of its
    norm after the last step, the median over them, (N,).
    """
    count, H = settings["networks"], settings["units"]
    W, U, b, V, c = (np.asarray(w, "float64") for w in model.get_weights())
    U = np.stack([U[k:k + H, k:k + H] for k in range(0, count * H, H)])
    W, b = W.reshape(count, 1, H), b.reshape(count, 1, H)
    h, right = np.zeros((count, len(x), H)), []
    J, total = np.eye(H), 0.0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] * W + h @ U + b)
        right.append(np.mean((np.einsum("nbh,nh->nb", h, V) + c[:, None] > 0)
                             == (y[:, 0] > 0.5), axis=1))
        if t and probed:
            slope = 1 - h[:, :probed] ** 2
            J = slope[..., None] * (U.transpose(0, 2, 1)[:, None] @ J)
            norm = np.maximum(np.linalg.norm(J, axis=(-2, -1)), 1e-300)
            J, total = J / norm[..., None, None], total + np.log10(norm)
    if not probed:
        return np.array(right), None
    last = np.log10(np.maximum(np.linalg.norm(J, ord=2, axis=(-2, -1)), 1e-300))
    return np.array(right), np.median(total + last, axis=1)


def radii(settings, U):
    """Measure the spectral radius of every network's block of U."""
    H = settings["units"]
    return [np.abs(np.linalg.eigvals(U[k:k + H, k:k + H])).max() for k in range(0, len(U), H)]


def run_trial(settings, trial):
    """Train all networks of a trial; a row for each network."""
    rng = np.random.default_rng(settings["seed"])
    weights = start(settings, rng)
    model = build(settings, trial, weights)
    steps, noise = trial["steps"], trial["noise"]
    x_test, y_test = sequences(settings["test"], steps, noise, rng)
    x_long, y_long = sequences(settings["test"], 1000, noise, rng)
    before = measure(settings, model, x_long[:, :100], y_long, settings["probed"])[1]
    learnt_at = np.full(settings["networks"], np.nan)
    for epoch in range(1, settings["epochs"] + 1):
        count = settings["updates"] * settings["batch"]
        x, y = sequences(count, steps, noise, rng)
        answers = np.tile(y[:, None], (1, trial["asked"], settings["networks"]))
        fit(model, x, answers, batch_size=settings["batch"], shuffle=False)
        right = measure(settings, model, x_test, y_test)[0][-trial["asked"]:].min(axis=0)
        new = np.isnan(learnt_at) & (right >= settings["learnt"])
        learnt_at[new] = epoch * settings["updates"]
    long, _ = measure(settings, model, x_long, y_long)
    after = measure(settings, model, x_long[:, :100], y_long, settings["probed"])[1]
    table = {"learnt_at": learnt_at, "accuracy": right, "at_100": long[99],
             "at_90_to_100": long[89:100].mean(axis=0),
             "at_990_to_1000": long[989:].mean(axis=0), "log_norm_before": before,
             "log_norm": after, "radius_before": radii(settings, weights[1]),
             "radius": radii(settings, model.get_weights()[1])}
    return [{"network": n, **{name: float(column[n]) for name, column in table.items()}}
            for n in range(settings["networks"])]


def finish(log, settings):
    """Count the networks that learnt, by noise, steps and how often they were asked."""
    learnt = (log.accuracy >= settings["learnt"]).groupby([log.noise, log.steps, log.asked])
    return {" ".join(map(str, arm)): int(count) for arm, count in learnt.sum().items()}
