"""Run a sweep: many short trainings, recorded one by one, resumed after the last finished."""

import io
import json

import pandas as pd

from rnnbook import recipe_files, recipes
from rnnbook.recipe_files import RecipeError


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
    recipe = recipes.import_recipe(name, root)
    cache = recipes.cache_folder(name, cache)
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
            recipe_files.save_weights(cache / "weights.npz", weights)
        done.append(found)
        recipe_files.write_json(record, {"identity": identity, "done": done})
        last = "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                         for key, value in found["rows"][-1].items())
        say(f"{len(done)}/{len(trials)}  {last}  ({found['seconds']:.0f} s)")
        if stop_after is not None and len(done) >= stop_after < len(trials):
            return None
    rows = [row for trial in done for row in trial["rows"]]
    log = recipe_files.table(rows)
    figures = recipe.finish(pd.read_csv(io.StringIO(log)), settings)  # as a reader of the log
    spent = {key: round(sum(trial[key] for trial in done)) for key in ("seconds", "cpu_seconds")}
    target = recipes.results_folder(name, data["kind"], root, cache, say)
    kept = _kept(trials, done)
    if kept is not None:
        recipe_files.write_whole(target / "weights.npz", lambda file: file.write(
            (cache / "weights.npz").read_bytes()))
    recipe_files.write_text(target / "log.csv", log)
    recipe_files.write_json(target / "settings.json", {
        "recipe": name, "settings": settings, "data": data, "trials": len(trials),
        "weights_of": kept, "figures": figures, **spent, "versions": recipes.versions()})
    say(f"{name}: {json.dumps(figures)} -> {target}")
    return target


def _train(recipe, settings, trial):
    """Run one trial: what the record keeps of it, and its weights or None."""
    import keras

    watch = recipes.stopwatch()
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
