"""Refit once a year: GRUs for every year of a backtest and every random seed, side by side."""

import keras
import numpy as np
from keras import ops

from rnnbook.seasonal import back_to_levels, make_task, seasonal_growth
from rnnbook.side_by_side_gru import SideBySideGRUCell, build_grus
from rnnbook.training import adam_cosine

EARLIEST = 18  # the first step that is forecast in training: a few values of w are known


def _scale(log_y, origin):
    return np.nanstd(seasonal_growth(log_y[:origin]), keepdims=True)


def learn_from_past(y, origins, seeds, steps=24, lags=(1, 2), units=16, updates=150, batch=32,
                    learning_rate=3e-3, decay=0.1, seed=0, start=None):
    """Train one GRU for each origin and seed, on nothing but y[:origin].

    Args:
        y: monthly series, array of shape (T,), all positive.
        origins: indices at which a new year begins.
        seeds: number of networks for each origin.
        steps, lags: as `rnnbook.seasonal.make_task`.
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
    model.fit(x, target, batch_size=batch, shuffle=False, verbose=0)
    return model


def year_by_year(model, y, origins, seeds, lags=(1, 2), months=12):
    """Forecast the months after each origin one step ahead, each from what came before it.

    Args:
        model: made by `learn_from_past`, or by `pretrain` with `seeds` members.
        y: series, array of shape (T,).
        origins, seeds, lags: as the model was trained.
        months: months to forecast after each origin.
    Returns:
        array of shape (len(origins) * months, seeds), in the unit of y.
    """
    _, steps, members, features = model.input_shape
    log_y, result = np.log(y), np.zeros((len(origins), months, seeds))
    x = np.zeros((len(origins), months, steps, members, features), "float32")
    tasks = [[make_task(log_y[:t], steps, lags, scale=_scale(log_y, origin))
              for t in range(origin, origin + months)] for origin in origins]
    for i, year in enumerate(tasks):
        x[i] = np.stack([task.x for task in year])[:, :, None]
    output = ops.convert_to_numpy(model(x.reshape(-1, *x.shape[2:])))
    output = output.reshape(len(origins), months, members, -1)
    for i, year in enumerate(tasks):
        own = slice(i * seeds, (i + 1) * seeds) if members > seeds else slice(None)
        for m, task in enumerate(year):
            result[i, m] = back_to_levels(task, output[i, m, own, 0])
    return result.reshape(-1, seeds)
