"""Run a recipe: train with a checkpoint after every epoch, then write its results."""

import io
import json

import numpy as np
import pandas as pd

from rnnbook.data import files
from rnnbook.recipes import read, store
from rnnbook.recipes.read import RecipeError


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
        RecipeError: the checkpoint belongs to other settings or data, or is damaged.
    """
    import keras

    recipe = read.import_recipe(name, root)
    if hasattr(recipe, "trials"):
        return run_sweep(name, root, cache, restart, stop_after, say)
    cache = store.cache_folder(name, cache)
    settings = recipe.SETTINGS
    watch = store.stopwatch()
    keras.utils.set_random_seed(settings["seed"])
    prepared = recipe.prepare(settings)
    model = recipe.build(settings, prepared)
    model.optimizer.build(model.trainable_variables)
    identity = {"settings": settings, "data": prepared["data"]}
    rows, before = [], (0.0, 0.0)
    checkpoint = cache / "checkpoint.npz"
    if checkpoint.exists() and not restart:
        rows, before = _restore(checkpoint, model, identity)
        say(f"{name}: resumed after epoch {len(rows)} of {settings['epochs']}")
    prepared["vocab"].to_json(_made(cache) / "vocab.json")

    while len(rows) < settings["epochs"]:
        epoch_watch = store.stopwatch()
        row = recipe.train_epoch(model, settings, prepared, len(rows))
        seconds, cpu_seconds = epoch_watch()
        rows.append({"epoch": len(rows) + 1, "seconds": round(seconds, 1),
                     "cpu_seconds": round(cpu_seconds, 1)} | row)
        spent = tuple(a + b for a, b in zip(before, watch()))
        _store(checkpoint, model, identity, rows, spent)
        store.save_weights(cache / "weights.npz", _weights(model))
        files.write_text(cache / "log.csv", store.table(rows))
        say("  ".join(f"{key} {value:.4g}" for key, value in rows[-1].items()))
        if stop_after is not None and len(rows) >= stop_after < settings["epochs"]:
            return None
    weights = read.load_weights(cache / "weights.npz")
    figures = recipe.finish(weights, settings, prepared)
    seconds, cpu_seconds = (a + b for a, b in zip(before, watch()))
    record = {"recipe": name, "settings": settings, "data": prepared["data"], "figures": figures,
              "parameters": model.count_params(), "seconds": round(seconds),
              "cpu_seconds": round(cpu_seconds), "versions": store.versions()}
    target = store.results_folder(name, prepared["data"]["kind"], root, cache, say)
    for file in ("weights.npz", "vocab.json"):
        files.write_whole(target / file, lambda out, file=file: out.write(
            (cache / file).read_bytes()))
    files.write_text(target / "log.csv", store.table(rows))
    files.write_json(target / "settings.json", record)
    say(f"{name}: {json.dumps(figures)} -> {target}")
    return target


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _weights(model):
    from rnnbook.training.weights import get_weights

    return get_weights(model)


def _store(path, model, identity, rows, spent):
    from keras import ops

    variables = [*model.variables, *model.optimizer.variables]
    arrays = {f"v{i}": ops.convert_to_numpy(v) for i, v in enumerate(variables)}
    note = json.dumps({"identity": identity, "rows": rows, "spent": spent})
    files.write_whole(path, lambda file: np.savez(file, note=np.array(note), **arrays))


def _restore(path, model, identity):
    variables = [*model.variables, *model.optimizer.variables]
    try:
        with np.load(path, allow_pickle=False) as archive:
            note = json.loads(str(archive["note"]))
            arrays = [archive[f"v{i}"] for i in range(len(variables))]
    except Exception as error:
        raise RecipeError(f"checkpoint {path} is damaged ({error}): use --restart") from error
    if note["identity"] != json.loads(json.dumps(identity)):
        raise RecipeError(f"checkpoint {path} belongs to other settings or data: use --restart")
    for variable, array in zip(variables, arrays):
        variable.assign(array)
    return note["rows"], tuple(note["spent"])


def run_sweep(name, root=None, cache=None, restart=False, stop_after=None, say=print):
    """Run the trials of a sweep that are not done yet, and store the results.

    Args:
        name: of the recipe.
        root: folder of recipes, by default chapters/recipes of the clone.
        cache: folder of the record of finished trials, by default build/recipes/NAME.
        restart: forget the finished trials.
        stop_after: stop when this many trials are done (None: all), as an interruption would.
        say: receives each line of progress.
    Returns:
        Path of the folder with the results, or None when stopped before the end.
    Raises:
        RecipeError: the record belongs to other settings or data, or is damaged; a trial
            gave no rows; two trials gave weights.
    """
    recipe = read.import_recipe(name, root)
    cache = store.cache_folder(name, cache)
    settings = recipe.SETTINGS
    data = recipe.data(settings) if hasattr(recipe, "data") else {"kind": "generated"}
    trials = recipe.trials(settings)
    identity = json.loads(json.dumps({"settings": settings, "data": data, "trials": trials}))
    record = cache / "trials.json"
    done = [] if restart else _finished(record, identity)
    if done:
        say(f"{name}: {len(done)} of {len(trials)} trials are done already")
    for trial in trials[len(done):]:
        found, weights = _train(recipe, settings, trial)
        if weights is not None:
            if _kept(trials, done) is not None:
                raise RecipeError(f"{name}: the trial {trial} is the second to give weights")
            store.save_weights(cache / "weights.npz", weights)
        done.append(found)
        files.write_json(record, {"identity": identity, "done": done})
        last = "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                         for key, value in found["rows"][-1].items())
        say(f"{len(done)}/{len(trials)}  {last}  ({found['seconds']:.0f} s)")
        if stop_after is not None and len(done) >= stop_after < len(trials):
            return None
    rows = [row for trial in done for row in trial["rows"]]
    log = store.table(rows)
    figures = recipe.finish(pd.read_csv(io.StringIO(log)), settings)  # as a reader of the log
    spent = {key: round(sum(trial[key] for trial in done)) for key in ("seconds", "cpu_seconds")}
    target = store.results_folder(name, data["kind"], root, cache, say)
    kept = _kept(trials, done)
    if kept is not None:
        files.write_whole(target / "weights.npz", lambda file: file.write(
            (cache / "weights.npz").read_bytes()))
    files.write_text(target / "log.csv", log)
    files.write_json(target / "settings.json", {
        "recipe": name, "settings": settings, "data": data, "trials": len(trials),
        "weights_of": kept, "figures": figures, **spent, "versions": store.versions()})
    say(f"{name}: {json.dumps(figures)} -> {target}")
    return target


def _train(recipe, settings, trial):
    """Run one trial: what the record keeps of it, and its weights or None."""
    import keras

    watch = store.stopwatch()
    keras.utils.clear_session()
    keras.utils.set_random_seed(trial.get("seed", settings.get("seed", 0)))
    rows = recipe.run_trial(settings, trial)
    rows, weights = rows if isinstance(rows, tuple) else (rows, None)
    if not rows:
        raise RecipeError(f"the trial {trial} gave no rows")
    seconds, cpu_seconds = watch()
    return {"rows": [trial | row for row in rows], "seconds": seconds,
            "cpu_seconds": cpu_seconds, "gave_weights": weights is not None}, weights


def _kept(trials, done):
    """Find the trial whose weights are kept, or None."""
    return next((t for t, found in zip(trials, done) if found.get("gave_weights")), None)


def _finished(record, identity):
    if not record.exists():
        return []
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        before, done = found["identity"], found["done"]
    except (ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"{record} is damaged ({error}): use --restart") from error
    if before != identity:
        raise RecipeError(f"{record} belongs to other settings or data: use --restart")
    return done
