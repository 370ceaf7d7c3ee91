"""The builder executes and stores; nbval compares what no tag excuses."""

import argparse
import base64
import io
import os
import re
import shutil
import subprocess
import sys

import jupytext
import nbformat
import pytest
from PIL import Image

from bookbuild import notebooks
from bookbuild.chapter import CHAPTERS, BuildError, Chapter, chapters

SCRIPT = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# 误差是 0.9<!-- claim loss -->，运行约 99 s<!-- seconds -->。

# %%
from rnnbook.notebook.publish import publish

publish("claim loss = 0.25", claims={"loss": 0.25})
publish("data: toy full", data={"toy": "full"})
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A chapter of one cell, executed and stored."""
    script = tmp_path_factory.mktemp("book") / "42_toy.py"
    script.write_text(SCRIPT, encoding="utf-8")
    chapter = Chapter(script)
    notebooks.store(chapter, notebooks.execute(chapter))
    return chapter


def test_outputs_and_values_are_stored(built):
    assert Chapter(built.script).claims() == {"loss": 0.25}
    assert built.notebook.metadata.rnnbook["data"] == {"toy": "full"}
    assert [c.execution_count for c in built.code_cells()] == [1]


def test_marks_are_refreshed_in_both_files(built):
    seconds = built.notebook.metadata.rnnbook["seconds"]
    text = f"误差是 0.2<!-- claim loss -->，运行约 {seconds} s<!-- seconds -->。"
    assert text in built.text
    assert text in built.script.read_text("utf-8")


def test_changed_prose_needs_no_run_and_changed_code_does(built, tmp_path):
    for suffix in (".py", ".ipynb"):
        shutil.copy(built.script.with_suffix(suffix), tmp_path)
    chapter = Chapter(tmp_path / built.script.name)
    assert notebooks.is_current(chapter)
    chapter.script.write_text(chapter.script.read_text("utf-8").replace("误差", "损失"), "utf-8")
    chapter = Chapter(chapter.script)
    assert notebooks.is_current(chapter)
    assert notebooks.store(chapter, notebooks.merge_outputs(chapter))
    assert Chapter(chapter.script).claims() == {"loss": 0.25}
    chapter.script.write_text(chapter.script.read_text("utf-8") + "\nx = 1\n", "utf-8")
    assert not notebooks.is_current(Chapter(chapter.script))


def test_sample_outputs_do_not_replace_full_ones(built):
    notebook = jupytext.read(built.script)
    notebook.metadata["rnnbook"] = nbformat.from_dict({"data": {"toy": "sample"}})
    with pytest.raises(BuildError, match="make data"):
        notebooks.refuse_samples(built, notebook, allowed=False)
    notebooks.refuse_samples(built, notebook, allowed=True)


def chapter_of(folder, name, source):
    """A chapter of one code cell, never executed."""
    (folder / f"{name}.py").write_text(f"# %%\n{source}\n", encoding="utf-8")
    return Chapter(folder / f"{name}.py")


def run_all(monkeypatch, *selected):
    """Run the command over some chapters; return its exit status."""
    monkeypatch.setattr(notebooks, "chapters", lambda names: selected)
    return notebooks.main(argparse.Namespace(names=(), all=False, samples=False))


def test_endless_dead_and_talkative_cells_are_named_and_ctrl_c_stops(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(notebooks, "CELL_TIMEOUT", 1)
    monkeypatch.setattr(notebooks, "MAX_OUTPUT", 100)
    sources = {"41_endless": "while True: pass", "42_dead": "import os; os._exit(1)",
               "43_talks": "print('x' * 101)",  # SIGINT reaches the build, not the kernel:
               "44_stopped": "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); "
                             "time.sleep(60)", "45_after": "1"}
    selected = [chapter_of(tmp_path, name, source) for name, source in sources.items()]
    assert run_all(monkeypatch, *selected) == 130
    captured = capfd.readouterr()  # of the kernels too
    assert "Traceback" not in captured.err
    failed = captured.err.split("FAILED\n")[1:]
    for name, message, reason in zip(
            sources, failed, ["took longer than 1 s", "the kernel died", "printed 102 char"],
            strict=False):
        where = f"{name} in the cell that begins with {sources[name]!r}"
        assert message.startswith(f"{where}: {reason}")
    assert len(failed) == 3
    assert "45_after" not in captured.out
    assert not list(tmp_path.glob("*.ipynb"))


def test_failed_chapter_fails_the_command(tmp_path, monkeypatch):
    def fail(chapter, *_):
        raise BuildError("no")

    monkeypatch.setattr(notebooks, "build", fail)
    assert run_all(monkeypatch, chapter_of(tmp_path, "42_x", "1")) == 1


def test_full_disk_stops_the_build_and_loses_nothing(built, tmp_path, monkeypatch, capsys):
    resource = pytest.importorskip("resource")
    for suffix in (".py", ".ipynb"):
        shutil.copy(built.script.with_suffix(suffix), tmp_path)
    chapter = Chapter(tmp_path / built.script.name)
    chapter.script.write_text(chapter.script.read_text("utf-8").replace("误差", "损失"), "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # no file grows beyond 100 bytes
    try:
        status = run_all(monkeypatch, chapter, Chapter(tmp_path / "43_never.py"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert status == 1
    assert "run again" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_pictures_shrink_to_a_palette():
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGBA").save(buffer, "PNG")
    text = base64.b64encode(buffer.getvalue()).decode()
    small = notebooks.compress_png(text)
    assert len(small) < len(text)
    assert Image.open(io.BytesIO(base64.b64decode(small))).mode == "P"


def test_unknown_chapter_is_refused_by_name():
    with pytest.raises(BuildError, match="no chapter '77'; there are"):
        chapters(["77"])


def test_damaged_and_missing_notebooks_say_what_to_do(tmp_path):
    chapter = Chapter(tmp_path / "42_x.py")
    with pytest.raises(BuildError, match="make notebooks"):
        _ = chapter.notebook
    chapter.path.write_text("{ half a file")
    with pytest.raises(BuildError, match="not a readable notebook"):
        _ = chapter.notebook


CASES = {  # name: (tag, stored data kind, source, stored output, passes without data)
    "same": (None, "full", "print(1)", "1\n", True),
    "differs": (None, "full", "print(1)", "2\n", False),
    "claim_value": (None, "full", 'print("claim x = 0.5  (at most 1)")',
                    "claim x = 0.7  (at most 1)\n", True),
    "claim_band": (None, "full", 'print("claim x = 0.5  (at most 1)")',
                   "claim x = 0.5  (at most 2)\n", False),
    "training_differs": ("training", "full", "print(1)", "2\n", True),
    "timing_differs": ("timing", "full", "print(1)", "2\n", True),
    "data_differs_other_source": ("data", "full", "print(1)", "2\n", True),
    "data_differs_same_source": ("data", "sample", "print(1)", "2\n", False),
    "data_raises": ("data", "full", "1 / 0", "2\n", False),
    "training_raises": ("training", "full", "assert False", "2\n", False),
}


def toy_notebook(tag, kind, source, stored):
    """A notebook of one executed cell."""
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [tag] if tag else []})
    cell.execution_count = 1
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["rnnbook"] = {"seconds": 1, "data": {"tinyshakespeare": kind}}
    return notebook


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """What nbval says of every case, in one run without data and without network."""
    folder = tmp_path_factory.mktemp("nbval")
    for name, (tag, kind, source, stored, _) in CASES.items():
        nbformat.write(toy_notebook(tag, kind, source, stored), folder / f"{name}.ipynb")
    shutil.copy(CHAPTERS / "conftest.py", folder)
    env = {**os.environ, "RNNBOOK_OFFLINE": "1", "RNNBOOK_CACHE": str(folder / "cache")}
    env.pop("RNNBOOK_DATA", None)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--nbval", "-p", "no:cacheprovider",
         "--rootdir", str(folder), "--nbval-sanitize-with", str(CHAPTERS / "sanitize.cfg"),
         str(folder)], env=env, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED) .*?(\w+)\.ipynb::", run.stdout, re.M)
    return {name: verdict == "PASSED" for verdict, name in found}


@pytest.mark.parametrize("name", CASES)
def test_comparison_policy(outcome, name):
    assert outcome[name] is CASES[name][-1]
