"""Sweeps: run, resume, load; the stored ones are whole."""

import json

import numpy as np
import pandas as pd
import pytest

from rnnbook import recipes
from rnnbook.recipes import RecipeError, run

TINY = '''
import keras
import numpy as np

SETTINGS = {"seed": 3, "draws": 2}
KIND = "generated"

def data(settings):
    return {"kind": KIND}

def trials(settings):
    return [{"cell": cell, "seed": seed} for cell in ("rnn", "lstm") for seed in (1, 2)]

def run_trial(settings, trial):
    draw = keras.ops.convert_to_numpy(keras.random.normal((settings["draws"],)))
    return [{"step": i, "value": float(v) * 1e-9, "nan": float("nan")}
            for i, v in enumerate(draw)]

def finish(log, settings):
    return {"best": float(log["value"].min())}
'''


def write(root, program):
    """Write the program of a recipe."""
    (root / "05_tiny").mkdir(parents=True, exist_ok=True)
    (root / "05_tiny" / "recipe.py").write_text(program)


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "recipes", TINY)
    return tmp_path / "recipes"


def quiet(text):
    pass


def test_a_sweep_leaves_a_row_for_every_step_of_every_trial(root, tmp_path):
    run.run("tiny", root, tmp_path / "cache", say=quiet)
    sweep = recipes.load("tiny", root)
    assert list(sweep.log) == ["cell", "seed", "step", "value", "nan"]
    assert len(sweep.log) == 8
    assert sweep.log["nan"].isna().all()
    assert (sweep.log["value"].abs() > 1e-13).all()  # small numbers keep their digits
    assert sweep.settings["trials"] == 4
    assert sweep.settings["figures"]["best"] == pytest.approx(sweep.log["value"].min(), rel=1e-5)
    assert {p.name for p in (root / "05_tiny").iterdir()} == {
        "recipe.py", "settings.json", "log.csv"}
    assert sweep.weights is None
    assert sweep.vocab is None


def test_each_trial_has_its_own_seed(root, tmp_path):
    run.run("tiny", root, tmp_path / "cache", say=quiet)
    values = recipes.load("tiny", root).log.groupby(["cell", "seed"])["value"].first()
    assert values["rnn", 1] == values["lstm", 1]
    assert values["rnn", 1] != values["rnn", 2]


def test_an_interrupted_sweep_ends_like_a_whole_one(root, tmp_path):
    lines = []
    assert run.run("tiny", root, tmp_path / "cache", stop_after=3, say=quiet) is None
    assert [p.name for p in (root / "05_tiny").iterdir()] == ["recipe.py"]
    run.run("tiny", root, tmp_path / "cache", say=lines.append)
    assert lines[0] == "tiny: resumed after trial 3 of 4"
    resumed = recipes.load("tiny", root).log
    run.run("tiny", root, tmp_path / "other", say=quiet)
    pd.testing.assert_frame_equal(resumed, recipes.load("tiny", root).log)


def test_trials_of_other_settings_are_refused(root, tmp_path):
    cache = tmp_path / "cache"
    run.run("tiny", root, cache, stop_after=1, say=quiet)
    write(root, TINY.replace('"draws": 2', '"draws": 3'))
    with pytest.raises(RecipeError, match="other settings or data: use --restart"):
        run.run("tiny", root, cache, say=quiet)
    assert run.run("tiny", root, cache, restart=True, say=quiet) == root / "05_tiny"


KEEPING = TINY + '''
draw_rows = run_trial

def run_trial(settings, trial):
    rows = draw_rows(settings, trial)
    return (rows, {"w": np.full(3, 0.5)}) if trial == {"cell": "rnn", "seed": 2} else rows
'''


def test_a_sweep_keeps_the_weights_of_one_trial(root, tmp_path):
    write(root, KEEPING)
    run.run("tiny", root, tmp_path, stop_after=3, say=quiet)
    run.run("tiny", root, tmp_path, say=quiet)
    sweep = recipes.load("tiny", root)
    assert sweep.weights["w"].tolist() == [0.5] * 3
    assert sweep.settings["weights_of"] == {"cell": "rnn", "seed": 2}
    (root / "05_tiny" / "weights.npz").unlink()
    with pytest.raises(RecipeError, match=r"lacks weights\.npz"):
        recipes.load("tiny", root)


def test_two_trials_with_weights_are_refused(root, tmp_path):
    write(root, KEEPING.replace('trial == {"cell": "rnn", "seed": 2}', "True"))
    with pytest.raises(RecipeError, match="second to give weights"):
        run.run("tiny", root, tmp_path, say=quiet)


@pytest.mark.parametrize("done", [3, [3], [{}], [{"rows": 3}]])
def test_a_damaged_record_is_refused(root, tmp_path, done):
    run.run("tiny", root, tmp_path, stop_after=1, say=quiet)
    path = tmp_path / "checkpoint.npz"
    with np.load(path) as archive:
        note = json.loads(str(archive["note"]))
    np.savez(path, note=np.array(json.dumps(note | {"done": done})))
    with pytest.raises(RecipeError, match=r"checkpoint\.npz is damaged .*: use --restart"):
        run.run("tiny", root, tmp_path, say=quiet)


def test_a_trial_without_rows(root, tmp_path):
    write(root, TINY.replace('settings["draws"]', "0"))
    with pytest.raises(RecipeError, match="gave no rows"):
        run.run("tiny", root, tmp_path, say=quiet)


def test_sample_data_never_replace_full_results(root, tmp_path):
    write(root, TINY.replace('"generated"', '"full"'))
    run.run("tiny", root, tmp_path / "a", say=quiet)
    before = (root / "05_tiny" / "settings.json").read_bytes()
    write(root, TINY.replace('"generated"', '"sample"'))
    target = run.run("tiny", root, tmp_path / "b", say=quiet)
    assert target == tmp_path / "b" / "sample_results"
    assert (root / "05_tiny" / "settings.json").read_bytes() == before
    assert json.loads(before)["data"] == {"kind": "full"}


def test_missing_and_damaged_results(root, tmp_path):
    with pytest.raises(RecipeError, match=r"lacks settings\.json"):
        recipes.load("tiny", root)
    run.run("tiny", root, tmp_path, say=quiet)
    log = (root / "05_tiny" / "log.csv").read_text()
    (root / "05_tiny" / "log.csv").write_text("")
    with pytest.raises(RecipeError, match=r"log\.csv is a damaged file"):
        recipes.load("tiny", root)
    (root / "05_tiny" / "log.csv").unlink()
    with pytest.raises(RecipeError, match=r"lacks log\.csv"):
        recipes.load("tiny", root)
    (root / "05_tiny" / "log.csv").write_text(log)
    assert len(recipes.load("tiny", root).log) == 8


SWEEPS = [n for n in recipes.names() if hasattr(recipes.import_recipe(n), "trials")]


@pytest.mark.parametrize("name", SWEEPS)
def test_stored_sweeps_are_whole(name):
    sweep, module = recipes.load(name), recipes.import_recipe(name)
    trials = json.loads(json.dumps(module.trials(module.SETTINGS)))
    assert sweep.settings["settings"] == json.loads(json.dumps(module.SETTINGS))
    assert sweep.settings["data"]["kind"] in ("generated", "full")
    assert sweep.settings["trials"] == len(trials)
    kept = sweep.log[list(trials[0])].drop_duplicates().to_dict("records")
    assert kept == trials
    figures = flat(module.finish(sweep.log, sweep.settings["settings"]))
    stored = flat(sweep.settings["figures"])
    empty = {name for name, value in stored.items() if value is None}  # approx knows no None
    assert empty == {name for name, value in figures.items() if value is None}
    assert ({n: v for n, v in figures.items() if n not in empty}
            == pytest.approx({n: v for n, v in stored.items() if n not in empty},
                             rel=1e-3, nan_ok=True))


def flat(figures):
    """Turn dicts inside dicts into one dict, as JSON keeps them."""
    table = pd.json_normalize(json.loads(json.dumps(figures)))
    return table.iloc[0].to_dict()
