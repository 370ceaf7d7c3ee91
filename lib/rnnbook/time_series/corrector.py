"""Small GRUs that correct a baseline path of forecasts."""

import keras
import numpy as np
from keras import ops

from rnnbook.training.fitting import fit
from rnnbook.training.side_by_side import SideBySideGRUCell, build_grus, same_for_all


def paths(y, horizon, season):
    """Forecast every next `horizon` steps by the baselines.

    Args:
        y: series, array of shape (T,).
        horizon, season: steps.
    Returns:
        dict of name -> array of shape (T + 1, horizon): row t is made from y[:t] alone;
        rows too early are nan. Without a season there is persistence only; growth in
        percent only where all values are positive.
    """
    rows = np.arange(season + 1, len(y) + 1)[:, None]
    ago = y[rows - season + np.arange(horizon) % season]
    made = {"persistence": np.repeat(y[rows - 1], horizon, axis=1)}
    if season > 1:
        made |= {"seasonal naive": ago, "same growth": y[rows - 1] + ago - y[rows - season - 1]}
        if (y > 0).all():
            made["same growth in %"] = y[rows - 1] * ago / y[rows - season - 1]
    early = np.full((season + 1, horizon), np.nan)
    return {name: np.concatenate([early, path]) for name, path in made.items()}


def futures(y, horizon):
    """Put the next `horizon` values in row t: (T + 1, horizon), nan beyond the end."""
    padded = np.concatenate([np.asarray(y, dtype="float64"), np.full(horizon, np.nan)])
    return np.lib.stride_tricks.sliding_window_view(padded, horizon).copy()


def inputs(y, steps, season):
    """Make windows of changes: row t holds y's changes up to y[t-1], scaled by nothing yet.

    Features: the change of each step and, where there is a season, that of the step after
    it one season ago. Values from before the series are 0.

    Returns:
        array of shape (T + 1, steps, 1 or 2).
    """
    change = np.concatenate([np.zeros(steps + season), np.diff(y, prepend=y[0])])
    view = np.lib.stride_tricks.sliding_window_view(change, steps)
    rows = np.arange(len(y) + 1) + season
    columns = [view[rows]] + ([view[rows + 1 - season]] if season > 1 else [])
    return np.stack(columns, axis=-1)


class Corrector:
    """K GRUs and a linear formula that correct a baseline path of forecasts.

    Args:
        y: series, array of shape (T,).
        base: the path to correct, array of shape (T + 1, horizon).
        steps, season: of the windows.
        seeds: number of GRUs K.
        seed: of the first.
        logs: correct the logarithms.
        like: a Corrector with the same sizes and seeds, to use its compiled model again.
    """

    def __init__(self, y, base, steps, season, seeds=3, seed=0, logs=False, like=None):
        self.space, self.back = (np.log, np.exp) if logs else (np.asarray, np.asarray)
        self.base, self.x = self.space(base), inputs(self.space(y), steps, season)
        self.target = futures(self.space(y), base.shape[1]) - self.base
        self.first, self.seeds, self.seed, self.logs = season + 2, seeds, seed, logs
        self.model = like.model if like else build_grus(
            SideBySideGRUCell(16, seeds, seed), *self.x.shape[1:], outputs=base.shape[1],
            optimizer=keras.optimizers.AdamW(3e-3, weight_decay=0.1, epsilon=1e-9))
        self.start = like.start if like else self.model.get_weights()

    def restart(self, end):
        """Forget all training; from now on know what is known at row `end`, nothing later."""
        self.known = np.arange(self.first, end - self.base.shape[1] + 1)
        self.x_scale = np.maximum(self.x[self.known].std(axis=(0, 1)), 1e-12)
        self.y_scale = np.maximum(self.target[self.known].std(axis=0), 1e-12)
        self.rng = np.random.default_rng(self.seed)
        self.model.set_weights(self.start)
        for variable in self.model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(np.zeros(variable.shape, variable.dtype))

    def train(self, updates, batch=32):
        """Go on training for a number of updates."""
        if updates:
            chosen = np.stack([self.rng.choice(self.known, updates * batch)
                               for _ in range(self.seeds)], axis=1)
            x = (self.x[chosen] / self.x_scale).swapaxes(1, 2)  # (N, steps, K, D)
            y = self.target[chosen] / self.y_scale
            fit(self.model, x.astype("float32"), y.astype("float32"), batch_size=batch,
                shuffle=False, verbose=False)

    def correct(self, rows):
        """Forecast the rows with the GRUs: array of shape (K, rows, horizon)."""
        said = self.model(same_for_all(self.x[rows] / self.x_scale, self.seeds))
        said = ops.convert_to_numpy(said).swapaxes(0, 1)
        return self.back(self.base[rows] + said * self.y_scale)

    def linear(self, rows):
        """Forecast the rows with ridge regression on the same inputs: (rows, horizon)."""
        a, b = ((self.x[part] / self.x_scale).reshape(len(part), -1)
                for part in (self.known, rows))
        gram = a.T @ a + np.sqrt(len(a)) * np.eye(a.shape[1])
        weights = np.linalg.solve(gram, a.T @ (self.target[self.known] / self.y_scale))
        return self.back(self.base[rows] + b @ weights * self.y_scale)
