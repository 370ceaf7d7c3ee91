"""Recipes: run, resume, load; what goes wrong is said clearly."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bookbuild.chapter import ROOT
from kill_runs import TRAINING
from rnnbook import recipes
from rnnbook.data import files
from rnnbook.language.char_lm import build_lm, carried_nats, from_weights
from rnnbook.recipes import RecipeError, __main__, read, run, store
from rnnbook.training.weights import get_weights, set_weights

TINY = '''
import keras
from rnnbook.data.vocab import Vocabulary
from rnnbook.language import char_lm
from rnnbook.training.batching import streams

SETTINGS = {"seed": 5, "epochs": 3, "units": 6}
KIND = "full"
TEXT = "so long lives this, and this gives life to thee. " * 12

def prepare(settings):
    vocab = Vocabulary.from_text(TEXT)
    return {"vocab": vocab, "ids": vocab.encode(TEXT), "data": {"name": "tiny", "kind": KIND}}

def build(settings, prepared):
    model = char_lm.build_lm(len(prepared["vocab"]), settings["units"], 4, dropout=0.3,
                                    weight_dropout=0.3, batch=2, steps=8, stateful=True)
    schedule = keras.optimizers.schedules.CosineDecay(0.02, 100)
    model.compile(keras.optimizers.Adam(schedule), char_lm.lm_loss(), jit_compile=False)
    return model

def train_epoch(model, settings, prepared, epoch):
    x, y = streams(prepared["ids"], 2, 8)
    model.get_layer("lstm").reset_state()
    history = model.fit(x.reshape(-1, 8), y.reshape(-1, 8), batch_size=2, shuffle=False,
                        verbose=0)
    return {"train_nats": history.history["loss"][0]}

def finish(weights, settings, prepared):
    return {"nats": char_lm.carried_nats(weights, prepared["ids"])}
'''


def write(root, program, folder="05_tiny"):
    """Write the program of a recipe."""
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "recipe.py").write_text(program)


@pytest.fixture
def root(tmp_path):
    write(tmp_path / "recipes", TINY)
    return tmp_path / "recipes"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished run, shared by the tests that only read it."""
    folder = tmp_path_factory.mktemp("done")
    write(folder, TINY)
    run.run("tiny", folder, cache=folder.parent / "cache", say=lambda text: None)
    return folder


def copy_of(done, root):
    target = root / "05_tiny"
    for file in read.FILES:
        (target / file).write_bytes((done / "05_tiny" / file).read_bytes())
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
    with np.load(done / "05_tiny" / "weights.npz") as archive:
        assert {archive[key].dtype for key in archive.files} == {np.dtype("float16")}


@pytest.mark.parametrize("stop", [1, 2])
def test_an_interrupted_run_ends_like_a_whole_one(done, root, tmp_path, stop):
    lines = []
    cache = tmp_path / "cache"
    assert run.run("tiny", root, cache, stop_after=stop, say=lines.append) is None
    assert [p.name for p in (root / "05_tiny").iterdir()] == ["recipe.py"]
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
    write(root, TINY.replace('"seed": 5', '"seed": 6'))
    with pytest.raises(RecipeError, match="other settings or data: use --restart"):
        run.run("tiny", root, cache)
    run.run("tiny", root, cache, restart=True, stop_after=1, say=lambda text: None)


def put(path, **arrays):
    """Write a checkpoint again with other arrays."""
    with np.load(path) as archive:
        kept = {key: archive[key] for key in archive.files}
    np.savez(path, **(kept | arrays))


def test_a_damaged_checkpoint_is_refused(root, tmp_path):
    write(root, TRAINING)
    cache = tmp_path / "cache"
    run.run("tiny", root, cache, stop_after=1, say=lambda text: None)
    path = cache / "checkpoint.npz"
    whole = path.read_bytes()
    damage = [lambda: path.write_bytes(whole[:500]), lambda: put(path, v0=np.ones((3, 3))),
              lambda: put(path, v0=np.array("a")), lambda: put(path, v999=np.ones(3))]
    damage += [lambda note=note: put(path, note=np.array(note))
               for note in ("{}", "[]", "3", "{", '{"identity": 3, "done": 3}')]
    for harm in damage:
        path.write_bytes(whole)
        harm()
        with pytest.raises(RecipeError, match=r"checkpoint\.npz .*: use --restart"):
            run.run("tiny", root, cache, say=lambda text: None)
    path.write_bytes(whole)
    with np.load(path) as archive:
        note = json.loads(str(archive["note"]))
    for strange in (3, [3], [{}], [{"rows": []}]):
        put(path, note=np.array(json.dumps(note | {"done": strange})))
        with pytest.raises(RecipeError, match=r"checkpoint\.npz is damaged .*: use --restart"):
            run.run("tiny", root, cache, say=lambda text: None)


FOREIGN = {
    "a pointer of Git LFS: run `git lfs pull`": b"version https://git-lfs.github.com/spec/v1\n",
    "a web page: download": b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html><body>Not found</body></html>"}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_another_tool_left_is_named(done, root, tmp_path, what):
    write(root, TRAINING)
    checkpoint = tmp_path / "checkpoint.npz"
    checkpoint.write_bytes(FOREIGN[what])
    with pytest.raises(RecipeError, match=rf"checkpoint\.npz holds {what}.*; or use --restart$"):
        run.run("tiny", root, tmp_path)
    for file in read.FILES:
        (copy_of(done, root) / file).write_bytes(FOREIGN[what])
        with pytest.raises(RecipeError, match=rf"{file} holds {what}.*; or restore it with `git"):
            recipes.load("tiny", root)


def test_no_message_advises_to_load_unsafely(done, root, tmp_path):
    write(root, TRAINING)
    checkpoint, weights = tmp_path / "checkpoint.npz", copy_of(done, root) / "weights.npz"
    for content in (b"", b"hello", b"\x80\x04K\x01.", np.array([{}], dtype=object)):
        for path in (checkpoint, weights):
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                np.savez(path, a=content)
        for read_it in (lambda: run.run("tiny", root, tmp_path),
                        lambda: recipes.load("tiny", root)):
            with pytest.raises(RecipeError, match="damaged") as refusal:
                read_it()
            assert "pickle" not in str(refusal.value)


@pytest.mark.parametrize("restart", [True, False])
def test_a_folder_in_the_place_of_the_checkpoint(root, tmp_path, restart):
    write(root, TRAINING)
    (tmp_path / "checkpoint.npz").mkdir()
    with pytest.raises(RecipeError, match=r"checkpoint\.npz is a folder: move it away"):
        run.run("tiny", root, tmp_path, restart=restart)


def test_weights_that_are_not_finite_are_not_stored(done, root, tmp_path):
    folder = copy_of(done, root)
    write(root, TRAINING)
    before = {file: (folder / file).read_bytes() for file in read.FILES}
    cache = tmp_path / "cache"
    run.run("tiny", root, cache, stop_after=2, say=lambda text: None)
    with np.load(cache / "checkpoint.npz") as archive:
        put(cache / "checkpoint.npz", v0=np.full_like(archive["v0"], np.nan))
    with pytest.raises(RecipeError, match=r"not finite.*use --restart"):
        run.run("tiny", root, cache, say=lambda text: None)
    assert {file: (folder / file).read_bytes() for file in read.FILES} == before


def test_what_a_killed_run_left_half_written_goes(root, tmp_path):
    write(root, TRAINING)
    cache, ended = tmp_path / "cache", subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    cache.mkdir()
    gone = [folder / f".checkpoint.npz.{pid}" for folder in (cache, root / "05_tiny")
            for pid in (ended.pid, os.getpid())]
    stay = [cache / f".checkpoint.npz.{os.getppid()}", cache / ".notes.txt", cache / "a.1"]
    for path in gone + stay:
        path.write_text("half")
    run.run("tiny", root, cache, stop_after=1, say=lambda text: None)
    assert [path.exists() for path in gone + stay] == [False] * 4 + [True] * 3


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Undisturbed runs, and runs that were killed and went on, of `kill_runs`."""
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    program = subprocess.run(
        [sys.executable, Path(__file__).with_name("kill_runs.py"), tmp_path_factory.mktemp("kill")],
        capture_output=True, text=True, timeout=600)
    assert program.returncode == 0, program.stderr
    return json.loads(program.stdout)


@pytest.mark.parametrize(("kind", "count"), [("training", 4), ("sweep", 3)])
def test_a_killed_run_ends_like_an_undisturbed_one(killed, kind, count):
    found = killed[kind]
    assert found["ended"] == 0
    assert len(found["left"]["results"]) == count
    assert found["left"]["cache"] == ["checkpoint.npz"]
    assert len(found["kills"]) == 5
    for row in found["kills"]:
        assert (row["killed"], row["ended"]) == (-9, 0)
        assert row["left"] == found["left"], f"killed at point {row['at']} of {found['points']}"


def test_a_long_step_says_when_it_began(root, tmp_path, monkeypatch):
    write(root, TRAINING)
    lines, takes = [], iter([100, 1, 1])
    monkeypatch.setattr(store, "stopwatch", lambda: lambda: (next(takes), 0.0))
    run.run("tiny", root, tmp_path, say=lines.append)
    assert [bool(re.match(r"epoch ./3  began at ..:..:..", line)) for line in lines] == [
        True, False, True, False, False, False]


def test_sample_data_never_replace_full_results(done, root, tmp_path):
    folder = copy_of(done, root)
    before = {file: (folder / file).read_bytes() for file in read.FILES}
    write(root, TINY.replace('KIND = "full"', 'KIND = "sample"'))
    lines = []
    target = run.run("tiny", root, tmp_path / "cache", say=lines.append)
    assert target == tmp_path / "cache" / "sample_results"
    assert any("keeps the results of the full data" in line for line in lines)
    assert {file: (folder / file).read_bytes() for file in read.FILES} == before
    assert json.loads((target / "settings.json").read_text())["data"]["kind"] == "sample"


def test_an_unknown_recipe_names_those_like_it(root):
    for read_it in (recipes.load, recipes.import_recipe):
        with pytest.raises(RecipeError, match="no recipe 'tinny': did you mean tiny"):
            read_it("tinny", root)
    with pytest.raises(RecipeError, match=r"no recipe 'xyz'; `python -m rnnbook.recipes list`"):
        recipes.load("xyz", root)


def test_two_recipes_of_one_name(root):
    write(root, TINY, "11_tiny")
    with pytest.raises(RecipeError, match="two recipes are called 'tiny': 05_tiny and 11_tiny"):
        recipes.load("tiny", root)


def test_a_recipe_that_did_not_run(root):
    with pytest.raises(RecipeError, match=r"lacks settings\.json.*recipes run tiny"):
        recipes.load("tiny", root)


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


def test_pickled_and_broken_numbers_are_refused(done, root):
    path = copy_of(done, root) / "weights.npz"
    np.savez(path, a=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RecipeError, match="damaged"):
        recipes.load("tiny", root)
    np.savez(path, a=np.array([1.0, np.nan]))
    with pytest.raises(RecipeError, match="a is not an array of finite floats"):
        recipes.load("tiny", root)


@pytest.mark.parametrize(("file", "text"), [
    (file, text) for file in ("settings.json", "vocab.json")
    for text in ('{"a": ', "[]", '{"tokens": 3}', '{"settings": 3}', "3", "null")])
def test_damaged_json(done, root, file, text):
    (copy_of(done, root) / file).write_text(text)
    with pytest.raises(RecipeError, match=rf"{file} is a damaged file .*git checkout"):
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


def command(*arguments, **options):
    """Run the command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "rnnbook.recipes", *arguments],
                          capture_output=True, text=True, **options)


@pytest.mark.parametrize("columns", ["60", "100", "250"])
def test_the_list_fits_the_terminal(columns):
    lines = command("list", env=os.environ | {"COLUMNS": columns}).stdout.splitlines()
    assert max(map(len, lines)) < max(int(columns), 66)
    rows = [line.split(None, 3) for line in lines if line[:2].isdigit()]
    assert [row[1] for row in rows] == recipes.names()
    assert next(row for row in rows if row[1] == "shakespeare_lstm")[:3] == [
        "06", "shakespeare_lstm", "48"]
    if columns == "250":
        assert next(row for row in rows if row[1] == "forget_bias")[3] == (
            "The forget gate's first bias: how soon an LSTM learns the adding problem from each.")


def test_the_list_is_quick():
    code = ("import sys; from rnnbook.recipes.__main__ import main; main(['list']); "
            "print('numpy' in sys.modules, 'tensorflow' in sys.modules)")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "False False"


def test_the_list_says_what_did_not_run_or_is_damaged(root, monkeypatch, capsys):
    monkeypatch.setattr(read, "recipe_folder", lambda folder=None: root)
    folder = root / "05_tiny"
    (folder / "recipe.py").write_text('"""Tiny."""' + TINY)
    for text, word in ((None, "not run"), ("{", "damaged"), ("[]", "damaged"),
                       ('{"cpu_seconds": 200}', "3")):
        if text:
            (folder / "settings.json").write_text(text)
        assert __main__.main(["list"]) == 0
        assert capsys.readouterr().out.splitlines()[1].split(None, 2) == [
            "05", "tiny", f"{word}  Tiny."]


def test_an_unknown_name_on_the_command_line():
    found = command("run", "forgetbias")
    assert found.returncode == 2
    assert found.stderr == "error: no recipe 'forgetbias': did you mean forget_bias?\n"


def test_ctrl_c_says_how_to_go_on(monkeypatch, capsys):
    def interrupted(name, restart):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "train", interrupted)
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["run", "anbn"])
    assert stopped.value.code == 130
    assert "`python -m rnnbook.recipes run anbn` goes on after" in capsys.readouterr().err


def test_every_recipe_bears_the_number_of_the_first_chapter_that_uses_it():
    folder = ROOT / "chapters" / "recipes"
    assert [p.name for p in folder.iterdir() if not (p / "recipe.py").is_file()
            and p.name != "__pycache__"] == []
    texts = {path.name[:2]: path.read_text("utf-8")
             for path in sorted((ROOT / "chapters").glob("[0-9][0-9]_*.py"))}
    for name, path in read.folders().items():
        # in quotes, in backticks or in a command: `from rnnbook.data.tasks import anbn` is no use
        used = re.compile(rf"[\"'`/]{name}[\"'`/.]|recipes run {name}\b")
        assert path.name[:2] == next(n for n, text in texts.items() if used.search(text)), name


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


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_says_how_to_run_it(name):
    text = (read.find(name) / "recipe.py").read_text("utf-8")
    assert re.search(rf"^Run: .*python -m rnnbook\.recipes run {name}$", text, re.M)


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
