"""Run a recipe: train with a checkpoint after every epoch, then write its results."""

import argparse
import json

import numpy as np

from rnnbook import recipe_files, recipes
from rnnbook.recipe_files import RecipeError
from rnnbook.sweeps import run_sweep


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

    recipe = recipes.import_recipe(name, root)
    if hasattr(recipe, "trials"):
        return run_sweep(name, root, cache, restart, stop_after, say)
    cache = recipes.cache_folder(name, cache)
    settings = recipe.SETTINGS
    watch = recipes.stopwatch()
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
        epoch_watch = recipes.stopwatch()
        row = recipe.train_epoch(model, settings, prepared, len(rows))
        seconds, cpu_seconds = epoch_watch()
        rows.append({"epoch": len(rows) + 1, "seconds": round(seconds, 1),
                     "cpu_seconds": round(cpu_seconds, 1)} | row)
        spent = tuple(a + b for a, b in zip(before, watch()))
        _store(checkpoint, model, identity, rows, spent)
        recipe_files.save_weights(cache / "weights.npz", _weights(model))
        recipe_files.write_text(cache / "log.csv", recipe_files.table(rows))
        say("  ".join(f"{key} {value:.4g}" for key, value in rows[-1].items()))
        if stop_after is not None and len(rows) >= stop_after < settings["epochs"]:
            return None
    weights = recipe_files.load_weights(cache / "weights.npz")
    figures = recipe.finish(weights, settings, prepared)
    seconds, cpu_seconds = (a + b for a, b in zip(before, watch()))
    record = {"recipe": name, "settings": settings, "data": prepared["data"], "figures": figures,
              "parameters": model.count_params(), "seconds": round(seconds),
              "cpu_seconds": round(cpu_seconds), "versions": recipes.versions()}
    target = recipes.results_folder(name, prepared["data"]["kind"], root, cache, say)
    for file in ("weights.npz", "vocab.json"):
        recipe_files.write_whole(target / file, lambda out, file=file: out.write(
            (cache / file).read_bytes()))
    recipe_files.write_text(target / "log.csv", recipe_files.table(rows))
    recipe_files.write_json(target / "settings.json", record)
    say(f"{name}: {json.dumps(figures)} -> {target}")
    return target


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _weights(model):
    from rnnbook.language_model import get_weights

    return get_weights(model)


def _store(path, model, identity, rows, spent):
    from keras import ops

    variables = [*model.variables, *model.optimizer.variables]
    arrays = {f"v{i}": ops.convert_to_numpy(v) for i, v in enumerate(variables)}
    note = json.dumps({"identity": identity, "rows": rows, "spent": spent})
    recipe_files.write_whole(path, lambda file: np.savez(file, note=np.array(note), **arrays))


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


def main(arguments=None):
    """The command line: list and run."""
    parser = argparse.ArgumentParser(
        prog="python -m rnnbook.recipes",
        description="Recorded trainings of the book. Results stand in chapters/recipes/NAME/.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the recipes and what is stored of each")
    one = commands.add_parser("run", help="train one again; an interrupted run resumes")
    one.add_argument("name")
    one.add_argument("--restart", action="store_true", help="forget the last checkpoint")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            for name in recipes.names():
                folder = recipes.recipe_folder() / name
                stored = [f for f in recipes.FILES if (folder / f).is_file()]
                print(f"{name}: {', '.join(stored) or 'not run yet'}")
        else:
            run(options.name, restart=options.restart, say=lambda text: print(text, flush=True))
    except RecipeError as error:
        parser.exit(2, f"error: {error}\n")
    return 0
