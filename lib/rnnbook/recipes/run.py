"""Run a recipe, a training or a sweep: a checkpoint after every step, then its results."""

import io
import json
import time

import keras
import numpy as np
import pandas as pd

from rnnbook.data import files
from rnnbook.recipes import read, store
from rnnbook.recipes.read import RecipeError
from rnnbook.training.weights import get_weights

LONG = 60  # seconds; before a step that takes longer, the run says what begins


class Training:
    """The training of one model: a step is an epoch, the arrays are all that it changes."""

    step_name = "epoch"

    def __init__(self, recipe):
        """Prepare the data and build the model."""
        self.recipe, self.settings = recipe, recipe.SETTINGS
        self.steps = self.settings["epochs"]
        keras.utils.set_random_seed(self.settings["seed"])
        self.prepared = recipe.prepare(self.settings)
        self.data = self.prepared["data"]
        self.identity = {"settings": self.settings, "data": self.data}
        self.model = recipe.build(self.settings, self.prepared)
        self.model.optimizer.build(self.model.trainable_variables)
        self.variables = {f"v{i}": variable for i, variable in enumerate(
            [*self.model.variables, *self.model.optimizer.variables])}

    def arrays(self):
        """Copy what a checkpoint keeps: dict of arrays."""
        return {key: keras.ops.convert_to_numpy(v) for key, v in self.variables.items()}

    def restore(self, arrays):
        """Take over the arrays of a checkpoint."""
        if {key: array.shape for key, array in arrays.items()} != {
                key: tuple(variable.shape) for key, variable in self.variables.items()}:
            raise ValueError("its arrays do not fit the model")
        for key, variable in self.variables.items():
            variable.assign(arrays[key])

    def seed(self, step):
        """Set all seeds for a step: what it draws does not depend on where the run began."""
        sequence = np.random.SeedSequence([self.settings["seed"], step])
        keras.utils.set_random_seed(int(sequence.generate_state(1)[0]))

    def step(self, k):
        """Train for one epoch."""
        self.seed(k)
        row = self.recipe.train_epoch(self.model, self.settings, self.prepared, k)
        return {"rows": [row]}

    def rows(self, done):
        """Make the rows of log.csv."""
        return [{"epoch": k + 1, "seconds": round(found["seconds"], 1),
                 "cpu_seconds": round(found["cpu_seconds"], 1)} | found["rows"][0]
                for k, found in enumerate(done)]

    def results(self, done, log):
        """Measure the weights as they are stored: entries of the record, weights, vocabulary."""
        self.seed(self.steps)
        weights = {key: value.astype("float16").astype("float32")
                   for key, value in get_weights(self.model).items()}
        if not all(np.isfinite(value).all() for value in weights.values()):
            raise RecipeError("the trained weights are not finite: the training diverged, or its "
                              "checkpoint is damaged; use --restart")
        figures = self.recipe.finish(weights, self.settings, self.prepared)
        return ({"parameters": self.model.count_params(), "figures": figures}, weights,
                self.prepared["vocab"])


class Sweep:
    """Many short trainings: a step is a trial, the arrays are the weights that one of them gave."""

    step_name = "trial"

    def __init__(self, recipe):
        """List the trials."""
        self.recipe, self.settings, self.weights = recipe, recipe.SETTINGS, {}
        self.data = (recipe.data(self.settings) if hasattr(recipe, "data")
                     else {"kind": "generated"})
        self.trials = recipe.trials(self.settings)
        self.steps = len(self.trials)
        self.identity = {"settings": self.settings, "data": self.data, "trials": self.trials}

    def arrays(self):
        """Give what a checkpoint keeps: dict of arrays."""
        return self.weights

    def restore(self, arrays):
        """Take over the arrays of a checkpoint."""
        self.weights = arrays

    def step(self, k):
        """Run one trial."""
        trial = self.trials[k]
        keras.utils.clear_session()
        keras.utils.set_random_seed(trial.get("seed", self.settings.get("seed", 0)))
        rows = self.recipe.run_trial(self.settings, trial)
        rows, weights = rows if isinstance(rows, tuple) else (rows, None)
        if not rows:
            raise RecipeError(f"the trial {trial} gave no rows")
        if weights and self.weights:
            raise RecipeError(f"the trial {trial} is the second to give weights")
        self.weights = weights or self.weights
        return {"rows": [trial | row for row in rows], "gave_weights": bool(weights)}

    def rows(self, done):
        """Make the rows of log.csv."""
        return [row for found in done for row in found["rows"]]

    def results(self, done, log):
        """Measure the log as its reader gets it: entries of the record, weights, None."""
        figures = self.recipe.finish(pd.read_csv(io.StringIO(log)), self.settings)
        kept = next((t for t, found in zip(self.trials, done) if found["gave_weights"]), None)
        return ({"trials": self.steps, "weights_of": kept, "figures": figures}, self.weights,
                None)


def run(name, root=None, cache=None, restart=False, stop_after=None, say=print):
    """Run a recipe from its beginning or from its last checkpoint, and store the results.

    Args:
        name: of the recipe.
        root: folder of recipes, by default chapters/recipes of the clone.
        cache: folder of the checkpoint, by default build/recipes/NAME of the clone.
        restart: forget the checkpoint.
        stop_after: stop when this many epochs (or trials) are done (None: all), as an
            interruption would.
        say: receives each line of progress.
    Returns:
        Path of the folder with the results, or None when stopped before the end.
    Raises:
        RecipeError: the checkpoint belongs to other settings or data, is damaged or a folder;
            the weights are not finite; a trial gave no rows; two trials gave weights.
    """
    recipe = read.import_recipe(name, root)
    cache = store.cache_folder(name, cache)
    for folder in (cache, read.find(name, root)):
        store.clear_scratch(folder)
    job = (Sweep if hasattr(recipe, "trials") else Training)(recipe)
    checkpoint = cache / "checkpoint.npz"
    if checkpoint.is_dir():
        raise RecipeError(f"{checkpoint} is a folder: move it away, then run again")
    if restart:
        checkpoint.unlink(missing_ok=True)
    done = _resume(checkpoint, job) if checkpoint.exists() else []
    if done:
        say(f"{name}: resumed after {job.step_name} {len(done)} of {job.steps}")
    seconds = LONG
    while len(done) < job.steps:
        where = f"{job.step_name} {len(done) + 1}/{job.steps}"
        if seconds >= LONG:
            say(f"{where}  began at {time.strftime('%H:%M:%S')}")
        watch = store.stopwatch()
        found = job.step(len(done))
        seconds, cpu_seconds = watch()
        done.append(found | {"seconds": seconds, "cpu_seconds": cpu_seconds})
        note = json.dumps({"identity": job.identity, "done": done})
        files.write_whole(checkpoint, lambda file, note=note: np.savez(
            file, note=np.array(note), **job.arrays()))
        last = "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                         for key, value in found["rows"][-1].items())
        say(f"{where}  {last}  ({seconds:.0f} s)")
        if stop_after is not None and len(done) >= stop_after < job.steps:
            return None
    return _publish(name, job, done, store.results_folder(name, job.data["kind"], root, cache, say),
                    say)


def _resume(checkpoint, job):
    """Take over a checkpoint: what the finished steps left."""
    if other := read.foreign(checkpoint):
        raise RecipeError(f"checkpoint {checkpoint} {other}; or use --restart")
    try:
        arrays = read.load_arrays(checkpoint)
        note = json.loads(str(arrays.pop("note")))
        done, same = note["done"], note["identity"] == json.loads(json.dumps(job.identity))
        if not isinstance(done, list) or len(done) > job.steps:
            raise ValueError("it tells of steps that there are not")
        if same:
            job.rows(done)
            job.restore(arrays)
    except Exception as error:  # whatever a damaged archive or a strange note makes of it
        raise RecipeError(f"checkpoint {checkpoint} is damaged ({error}): use --restart") from error
    if not same:
        raise RecipeError(f"checkpoint {checkpoint} belongs to other settings or data: use "
                          "--restart")
    return done


def _publish(name, job, done, target, say):
    """Write the results, settings.json last."""
    log = store.table(job.rows(done))
    found, weights, vocab = job.results(done, log)
    spent = {key: round(sum(step[key] for step in done)) for key in ("seconds", "cpu_seconds")}
    if weights:
        store.save_weights(target / "weights.npz", weights)
    if vocab:
        files.write_text(target / "vocab.json", vocab.to_json())
    files.write_text(target / "log.csv", log)
    files.write_json(target / "settings.json", {
        "recipe": name, "settings": job.settings, "data": job.data, **found, **spent,
        "versions": store.versions()})
    say(f"{name}: {json.dumps(found['figures'])} -> {target}")
    return target
