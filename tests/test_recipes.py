"""Recipes: run, resume, load; what goes wrong is said clearly."""

import json

import numpy as np
import pandas as pd
import pytest

from rnnbook import recipes
from rnnbook.data import files
from rnnbook.language.char_lm import build_lm, carried_nats, from_weights
from rnnbook.recipes import RecipeError, __main__, read, run, store
from rnnbook.training.weights import get_weights, set_weights

TINY = '''
import keras
from rnnbook import language_model
from rnnbook.batching import streams
from rnnbook.vocab import Vocabulary

SETTINGS = {"seed": 5, "epochs": 3, "units": 6}
KIND = "full"
TEXT = "so long lives this, and this gives life to thee. " * 12

def prepare(settings):
    vocab = Vocabulary.from_text(TEXT)
    return {"vocab": vocab, "ids": vocab.encode(TEXT), "data": {"name": "tiny", "kind": KIND}}

def build(settings, prepared):
    model = language_model.build_lm(len(prepared["vocab"]), settings["units"], 4, dropout=0.3,
                                    weight_dropout=0.3, batch=2, steps=8, stateful=True)
    schedule = keras.optimizers.schedules.CosineDecay(0.02, 100)
    model.compile(keras.optimizers.Adam(schedule), language_model.lm_loss(), jit_compile=False)
    return model

def train_epoch(model, settings, prepared, epoch):
    x, y = streams(prepared["ids"], 2, 8)
    model.get_layer("lstm").reset_state()
    history = model.fit(x.reshape(-1, 8), y.reshape(-1, 8), batch_size=2, shuffle=False,
                        verbose=0)
    return {"train_nats": history.history["loss"][0]}

def finish(weights, settings, prepared):
    return {"nats": language_model.carried_nats(weights, prepared["ids"])}
'''


@pytest.fixture
def root(tmp_path):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "tiny.py").write_text(TINY)
    return tmp_path / "recipes"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished run, shared by the tests that only read it."""
    folder = tmp_path_factory.mktemp("done")
    (folder / "tiny.py").write_text(TINY)
    run.run("tiny", folder, cache=folder.parent / "cache", say=lambda text: None)
    return folder


def copy_of(done, root):
    target = root / "tiny"
    target.mkdir()
    for file in read.FILES:
        (target / file).write_bytes((done / "tiny" / file).read_bytes())
    return target


def test_a_run_leaves_what_load_gives(done):
    recipe = recipes.load("tiny", done)
    assert recipe.log["epoch"].tolist() == [1, 2, 3]
    assert {"seconds", "cpu_seconds", "train_nats"} <= set(recipe.log.columns)
    assert recipe.settings["settings"] == {"seed": 5, "epochs": 3, "units": 6}
    assert recipe.settings["data"]["kind"] == "full"
    assert {"python", "keras", "numpy", "backend"} <= set(recipe.settings["versions"])
    assert recipe.weights["lstm.kernel"].shape == (4, 24)
    assert all(w.dtype == np.float32 for w in recipe.weights.values())
    assert recipe.settings["parameters"] == sum(w.size for w in recipe.weights.values())


def test_figures_are_those_of_the_stored_weights(done):
    recipe = recipes.load("tiny", done)
    ids = recipe.vocab.encode("so long lives this, and this gives life to thee. " * 12)
    nats = carried_nats(recipe.weights, ids)
    assert nats == pytest.approx(recipe.settings["figures"]["nats"], abs=1e-6)
    with np.load(done / "tiny" / "weights.npz") as archive:
        assert {archive[key].dtype for key in archive.files} == {np.dtype("float16")}


@pytest.mark.parametrize("stop", [1, 2])
def test_an_interrupted_run_ends_like_a_whole_one(done, root, tmp_path, stop):
    lines = []
    cache = tmp_path / "cache"
    assert run.run("tiny", root, cache, stop_after=stop, say=lines.append) is None
    assert not (root / "tiny").exists()
    run.run("tiny", root, cache, say=lines.append)
    assert f"tiny: resumed after epoch {stop} of 3" in lines
    whole, resumed = recipes.load("tiny", done), recipes.load("tiny", root)
    for key in whole.weights:
        np.testing.assert_array_equal(whole.weights[key], resumed.weights[key])
    measured = ["epoch", "train_nats"]
    assert list(resumed.log) == ["epoch", "seconds", "cpu_seconds", "train_nats"]
    pd.testing.assert_frame_equal(whole.log[measured], resumed.log[measured])
    assert resumed.settings["figures"] == whole.settings["figures"]


def test_a_checkpoint_of_other_settings_is_refused(root, tmp_path):
    cache = tmp_path / "cache"
    run.run("tiny", root, cache, stop_after=1, say=lambda text: None)
    (root / "tiny.py").write_text(TINY.replace('"seed": 5', '"seed": 6'))
    with pytest.raises(RecipeError, match="other settings or data: use --restart"):
        run.run("tiny", root, cache)
    run.run("tiny", root, cache, restart=True, stop_after=1, say=lambda text: None)


def test_a_damaged_checkpoint_is_refused(root, tmp_path):
    cache = tmp_path / "cache"
    run.run("tiny", root, cache, stop_after=1, say=lambda text: None)
    path = cache / "checkpoint.npz"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(RecipeError, match=r"checkpoint\.npz is damaged"):
        run.run("tiny", root, cache)


def test_sample_data_never_replace_full_results(done, root, tmp_path):
    folder = copy_of(done, root)
    before = {file: (folder / file).read_bytes() for file in read.FILES}
    (root / "tiny.py").write_text(TINY.replace('KIND = "full"', 'KIND = "sample"'))
    lines = []
    target = run.run("tiny", root, tmp_path / "cache", say=lines.append)
    assert target == tmp_path / "cache" / "sample_results"
    assert any("keeps the results of the full data" in line for line in lines)
    assert {file: (folder / file).read_bytes() for file in read.FILES} == before
    assert json.loads((target / "settings.json").read_text())["data"]["kind"] == "sample"


def test_an_unknown_recipe_names_those_that_exist(root):
    with pytest.raises(RecipeError, match=r"no results of a recipe 'tinny'.*\['tiny'\]"):
        recipes.load("tinny", root)
    with pytest.raises(RecipeError, match="no recipe 'tinny'; recipes: tiny"):
        recipes.import_recipe("tinny", root)


def test_outside_a_clone(tmp_path):
    with pytest.raises(RecipeError, match="installed from a clone"):
        recipes.load("tiny", tmp_path / "nowhere")


def test_missing_files_are_named(done, root):
    folder = copy_of(done, root)
    (folder / "weights.npz").unlink()
    with pytest.raises(RecipeError, match=r"lacks weights\.npz: restore it with `git checkout`"):
        recipes.load("tiny", root)


@pytest.mark.parametrize("keep", [0, 10, 400, -40])
def test_cut_weights(done, root, keep):
    path = copy_of(done, root) / "weights.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(RecipeError, match="damaged"):
        recipes.load("tiny", root)


def test_changed_byte_in_weights(done, root):
    path = copy_of(done, root) / "weights.npz"
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    with pytest.raises(RecipeError, match="damaged"):
        recipes.load("tiny", root)


def test_weights_that_are_no_archive(done, root):
    path = copy_of(done, root) / "weights.npz"
    with open(path, "wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(RecipeError, match="damaged"):
        recipes.load("tiny", root)


def test_pickled_and_broken_numbers_are_refused(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, a=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RecipeError, match="damaged"):
        read.load_weights(path)
    np.savez(path, a=np.array([1.0, np.nan]))
    with pytest.raises(RecipeError, match="a is not an array of finite floats"):
        read.load_weights(path)


@pytest.mark.parametrize("file", ["settings.json", "vocab.json"])
def test_damaged_json(done, root, file):
    (copy_of(done, root) / file).write_text('{"a": ')
    with pytest.raises(RecipeError, match="damaged file"):
        recipes.load("tiny", root)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "log.csv"
    files.write_text(path, "old")

    def fail(file):
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        files.write_whole(path, fail)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["log.csv"]


def test_a_measure_that_was_not_taken_is_blank():
    rows = [{"epoch": 1, "slice_nats": 1.5}, {"epoch": 2, "slice_nats": float("nan")}]
    assert store.table(rows) == "epoch,slice_nats\n1,1.5\n2,\n"
    rows = [{"epoch": 1}, {"epoch": 2, "nats": 1.5}]
    assert store.table(rows) == "epoch,nats\n1,\n2,1.5\n"


def test_command_line(root, monkeypatch, capsys):
    monkeypatch.setattr(recipes, "recipe_folder", lambda folder=None: root)
    assert __main__.main(["list"]) == 0
    assert "tiny: not run yet" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["run", "tinny"])
    assert stopped.value.code == 2
    assert "error: no recipe 'tinny'" in capsys.readouterr().err


def test_carried_loss_does_not_depend_on_the_cut():
    model = build_lm(7, units=5, embedding=3)
    ids = np.random.default_rng(0).integers(7, size=50)
    logits = np.asarray(model.predict_on_batch(ids[None, :-1].astype("int32")))[0]
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    expected = -log_p[np.arange(49), ids[1:]].mean()
    for steps in (7, 49, 1000):
        assert carried_nats(model, ids, steps=steps) == pytest.approx(expected, abs=1e-5)
    with pytest.raises(ValueError, match="at least two tokens"):
        carried_nats(model, ids[:1])


def test_weights_must_fit_the_model():
    model = build_lm(7, units=5, embedding=3)
    weights = get_weights(model)
    assert from_weights(weights).count_params() == model.count_params()
    with pytest.raises(ValueError, match=r"lstm\.bias: model \(20,\), weights \(5,\)"):
        set_weights(model, weights | {"lstm.bias": np.zeros(5)})
    with pytest.raises(ValueError, match="the model has"):
        set_weights(model, {"lstm.bias": weights["lstm.bias"]})


def test_a_stateful_model_needs_a_batch():
    with pytest.raises(ValueError, match="fixed batch"):
        build_lm(7, stateful=True)


TRAINED = [n for n in recipes.names() if not hasattr(recipes.import_recipe(n), "trials")]


@pytest.mark.parametrize("name", TRAINED)
def test_stored_results_belong_together(name):
    recipe = recipes.load(name)
    module = recipes.import_recipe(name)
    assert recipe.settings["settings"] == module.SETTINGS
    assert recipe.settings["data"]["kind"] == "full"
    assert recipe.settings["parameters"] == sum(w.size for w in recipe.weights.values())
    assert recipe.weights["embedding.embeddings"].shape[0] == len(recipe.vocab)
    bias = recipe.weights.get("logits.bias", recipe.weights.get("output.bias"))
    assert bias.shape == (len(recipe.vocab),)
    assert recipe.log["epoch"].tolist() == list(range(1, module.SETTINGS["epochs"] + 1))
    assert recipe.log["cpu_seconds"].sum() <= recipe.settings["cpu_seconds"] + 1
    assert recipe.log["train_nats"].is_monotonic_decreasing


def test_the_bars_of_the_stored_models():
    shakespeare = recipes.load("shakespeare_lstm").settings
    assert shakespeare["figures"]["validation_nats"] <= 1.47
    assert shakespeare["parameters"] <= 1_500_000
    assert shakespeare["cpu_seconds"] <= 2 * 3600  # an hour on two cores
    assert recipes.load("quatrains_lstm").settings["figures"]["form_kept"] >= 0.95
    words = recipes.load("wikitext2_lstm").settings
    assert words["figures"]["test_perplexity"] <= 140
    assert words["cpu_seconds"] <= 2 * 3600
