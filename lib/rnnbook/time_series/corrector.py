"""Small GRUs that correct a baseline path of forecasts."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

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
    y = np.asarray(y, dtype="float64")
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


@dataclass
class Corrector:
    """K GRUs and a linear formula that correct a baseline path; made by `make_corrector`."""

    x: np.ndarray         # (T + 1, steps, D)
    base: np.ndarray      # (T + 1, horizon)
    target: np.ndarray    # (T + 1, horizon): what to add to the base
    first: int            # the first usable row
    seeds: int
    seed: int
    model: keras.Model
    start: list           # the untrained weights

    def scales(self, end):
        """Measure the typical change (D,) and answer (horizon,) known at row `end`."""
        rows = self.usable(end)
        return [np.maximum(s, 1e-12) for s in
                (self.x[rows].std(axis=(0, 1)), self.target[rows].std(axis=0))]

    def usable(self, end):
        """List the rows whose answers are known at row `end`: none reaches into the future."""
        return np.arange(self.first, end - self.base.shape[1] + 1)

    def fit(self, end, stages, look=None):
        """Train on what is known at row `end`; call look(updates) after each stage."""
        (x_scale, y_scale), rows = self.scales(end), self.usable(end)
        self.model.set_weights(self.start)
        for variable in self.model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(np.zeros(variable.shape, variable.dtype))
        rng, done, batch, found = np.random.default_rng(self.seed), 0, 32, []
        for updates in stages:
            if updates > done:
                count = (updates - done) * batch
                x = np.zeros((count, self.x.shape[1], self.seeds, self.x.shape[2]), "float32")
                y = np.zeros((count, self.seeds, self.base.shape[1]), "float32")
                for k in range(self.seeds):
                    chosen = rng.choice(rows, count)
                    x[:, :, k] = self.x[chosen] / x_scale
                    y[:, k] = self.target[chosen] / y_scale
                self.model.fit(x, y, batch_size=batch, shuffle=False, verbose=0)
                done = updates
            found.append(look(updates) if look else None)
        return found

    def correct(self, rows, end):
        """Forecast the rows with the trained GRUs: array of shape (K, rows, horizon)."""
        x_scale, y_scale = self.scales(end)
        x = same_for_all(self.x[rows] / x_scale, self.seeds)
        said = ops.convert_to_numpy(self.model(x)).swapaxes(0, 1)
        return self.base[rows] + said * y_scale

    def linear(self, rows, end, strength=1.0):
        """Forecast the rows with ridge regression on the same inputs: (rows, horizon)."""
        x_scale, y_scale = self.scales(end)
        known = self.usable(end)
        a, b = ((self.x[part] / x_scale).reshape(len(part), -1) for part in (known, rows))
        gram = a.T @ a + strength * np.sqrt(len(a)) * np.eye(a.shape[1])
        weights = np.linalg.solve(gram, a.T @ (self.target[known] / y_scale))
        return self.base[rows] + b @ weights * y_scale


def make_corrector(y, base, steps, season, seeds=3, seed=0, like=None):
    """Prepare the correction of a baseline path.

    Args:
        y: series (or its logarithms), array of shape (T,).
        base: the path to correct, array of shape (T + 1, horizon).
        steps, season: of the windows.
        seeds: number of GRUs K.
        seed: of the first.
        like: a Corrector with the same sizes and seeds, to use its compiled model again.
    Returns:
        Corrector.
    """
    target, x = futures(y, base.shape[1]) - base, inputs(y, steps, season)
    if like is None:
        model = build_grus(SideBySideGRUCell(16, seeds, seed), *x.shape[1:],
                           outputs=base.shape[1], optimizer=keras.optimizers.AdamW(
                               3e-3, weight_decay=0.1, epsilon=1e-9))
        start = model.get_weights()
    else:
        model, start = like.model, like.start
    return Corrector(x, base, target, season + 2, seeds, seed, model, start)
