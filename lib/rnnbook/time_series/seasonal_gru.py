"""GRUs that forecast seasonal series: taught by simulated ones, or by each one's own past."""

import keras
import numpy as np
from keras import ops

from rnnbook.time_series.seasonal import Task, back_to_levels, make_task, seasonal_growth, simulate
from rnnbook.training.fitting import adam_cosine, fit
from rnnbook.training.side_by_side import SideBySideGRUCell, build_grus, same_for_all

LENGTH = 150     # steps of a simulated series
SHORTEST = 30    # known steps at least
PER_SERIES = 16  # windows cut from each
EARLIEST = 18    # first step that is forecast in training: a few values of w are known


def simulated_windows(count, steps, lags, horizon, rng):
    """Cut windows and their answers from fresh simulated series.

    Args:
        count: number of windows N.
        steps, lags, horizon: as `rnnbook.time_series.seasonal.make_task`.
        rng: numpy Generator.
    Returns:
        x (N, steps, D) and y (N, horizon), float32, in random order.
    """
    series = simulate(-(-count // PER_SERIES), LENGTH, rng)
    xs, ys = [], []
    for t in rng.integers(SHORTEST, LENGTH - horizon + 1, PER_SERIES):
        task = make_task(series[:, :t], steps, lags, horizon)
        xs.append(task.x)
        ys.append((series[:, t : t + horizon] - task.base) / task.scale)
    order = rng.permutation(len(series) * PER_SERIES)[:count]
    return (np.concatenate(part).astype("float32")[order] for part in (xs, ys))


def pretrain(members, steps=24, lags=(1, 2), units=16, updates=800, batch=128, horizon=1,
             learning_rate=0.01, loss="mae", outputs=None, seed=0, rounds=8):
    """Train K GRUs side by side on simulated series, each on series of its own.

    Args:
        members: number K.
        steps, lags, horizon: as `rnnbook.time_series.seasonal.make_task`.
        units: size of each state.
        updates, batch, learning_rate: of Adam; the rate falls to 0 along a cosine.
        loss: of Keras, or a function.
        outputs: numbers that each network gives, by default one per step ahead.
        seed: of weights and series.
        rounds: into how many pieces of fresh series the updates are cut.
    Returns:
        keras model (B, steps, K, D) -> (B, K, outputs), and the losses of the rounds.
    """
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    model = build_grus(SideBySideGRUCell(units, members, seed), steps, 1 + len(lags),
                       outputs or horizon, loss=loss,
                       optimizer=adam_cosine(updates, learning_rate, clip=None, epsilon=1e-9),
                       jit_compile=updates > 300)
    losses, piece = [], updates // rounds * batch
    for _ in range(rounds):
        x, y = simulated_windows(piece * members, steps, lags, horizon, rng)
        x = x.reshape(piece, members, steps, -1).swapaxes(1, 2)
        y = y.reshape(piece, members, -1)
        losses += fit(model, x, y, batch_size=batch, shuffle=False, verbose=False)["loss"]
    return model, losses


def ask(model, past, lags=(1, 2), horizon=1, scale=None):
    """Forecast the steps after a known past, in the unit of the series.

    Args:
        model: made by `pretrain`.
        past: known values, array of shape (T,), all positive.
        lags, horizon: as the model was trained.
        scale: as `make_task`.
    Returns:
        array of shape (K, horizon): a row for each member; (K, horizon, Q) from a model with
        Q outputs for each step.
    """
    _, steps, members, _ = model.input_shape
    task = make_task(np.log(past), steps, lags, horizon, scale=scale)
    said = ops.convert_to_numpy(model(same_for_all(task.x[None], members)))[0]
    if said.shape[1] == horizon:
        return back_to_levels(task, said)
    steps_apart = Task(task.x, task.base[:, None], task.scale)
    return back_to_levels(steps_apart, said.reshape(members, horizon, -1))


def step_by_step(model, past, horizon, lags=(1, 2)):
    """Forecast several steps with a model of one: each forecast becomes part of the past.

    Args:
        model: made by `pretrain` with horizon 1; of several quantiles, the middle one is used.
        past, lags: as `ask`.
        horizon: number of steps.
    Returns:
        array of shape (K, horizon).
    """
    members = model.input_shape[2]
    scale = make_task(np.log(past), 1, ()).scale
    pasts = np.repeat(np.asarray(past, dtype="float64")[None], members, axis=0)
    for _ in range(horizon):  # every member goes its own way
        task = make_task(np.log(pasts), model.input_shape[1], lags, scale=scale)
        x = task.x.swapaxes(0, 1)[None].astype("float32")  # (1, steps, K, D)
        said = ops.convert_to_numpy(model(x))[0]
        middle = said[:, said.shape[1] // 2, None]
        pasts = np.concatenate([pasts, back_to_levels(task, middle)], axis=1)
    return pasts[:, -horizon:]


def _scale(log_y, origin):
    return np.nanstd(seasonal_growth(log_y[:origin]), keepdims=True)


def learn_from_past(y, origins, seeds, steps=24, lags=(1, 2), units=16, updates=150, batch=32,
                    learning_rate=3e-3, decay=0.1, seed=0, start=None):
    """Train one GRU for each origin and seed, on nothing but y[:origin].

    Args:
        y: monthly series, array of shape (T,), all positive.
        origins: indices at which a new year begins.
        seeds: number of networks for each origin.
        steps, lags: as `rnnbook.time_series.seasonal.make_task`.
        units: size of each state.
        updates, batch, learning_rate, decay: of AdamW; the rate falls to 0 along a cosine.
        seed: of weights and order.
        start: weights of `seeds` networks to start from (`pretrain(...)[0].get_weights()`).
    Returns:
        keras model with len(origins) * seeds members, all seeds of the first origin first.
    """
    log_y, rng = np.log(y), np.random.default_rng(seed)
    members, count = len(origins) * seeds, updates * batch
    x = np.zeros((count, steps, members, 1 + len(lags)), "float32")
    target = np.zeros((count, members, 1), "float32")
    for i, origin in enumerate(origins):
        scale, rows = _scale(log_y, origin), range(EARLIEST, origin)
        tasks = [make_task(log_y[:t], steps, lags, scale=scale) for t in rows]
        xs = np.stack([task.x for task in tasks])
        answers = [(log_y[t] - task.base) / scale for t, task in zip(rows, tasks)]
        for member in range(i * seeds, (i + 1) * seeds):
            order = np.concatenate([rng.permutation(len(xs)) for _ in range(count // len(xs) + 1)])
            x[:, :, member] = xs[order[:count]]
            target[:, member] = np.stack(answers)[order[:count]]
    keras.utils.set_random_seed(seed)
    model = build_grus(SideBySideGRUCell(units, members, seed), steps, 1 + len(lags),
                       optimizer=adam_cosine(updates, learning_rate, decay=decay, clip=None,
                                             epsilon=1e-9),
                       jit_compile=updates > 300)
    if start is not None:
        model.set_weights([np.concatenate([w] * len(origins)) for w in start])
    fit(model, x, target, batch_size=batch, shuffle=False, verbose=False)
    return model


def year_by_year(model, y, origins, seeds, lags=(1, 2)):
    """Forecast the twelve months after each origin one step ahead, each from what came before it.

    Args:
        model: made by `learn_from_past`, or by `pretrain` with `seeds` members.
        y: series, array of shape (T,).
        origins, seeds, lags: as the model was trained.
    Returns:
        array of shape (len(origins) * 12, seeds), in the unit of y.
    """
    _, steps, members, _ = model.input_shape
    log_y = np.log(y)
    tasks = [make_task(log_y[:t], steps, lags, scale=_scale(log_y, origin))
             for origin in origins for t in range(origin, origin + 12)]
    output = ops.convert_to_numpy(model(same_for_all(np.stack([t.x for t in tasks]), members)))
    result = []
    for month, (task, said) in enumerate(zip(tasks, output)):
        first = month // 12 * seeds if members > seeds else 0
        result.append(back_to_levels(task, said[first:first + seeds, 0]))
    return np.array(result)
