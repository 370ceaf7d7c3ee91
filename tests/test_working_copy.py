"""A reader's own work and an update of the book never collide."""

import argparse
import random
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from bookbuild import update
from bookbuild.merge import MARK, merge
from bookbuild.working import WorkingCopy, as_given

TASK = "answer = ..."
OWN = "answer = 400"
NEW_TASK = "# four digits\nanswer = ..."
CHECK = 'check("toy.count", answer)'


def book(*sources):
    """A stored chapter: every code cell has run, ids count, it is paired with a .py."""
    cells = [new_markdown_cell("# 第 42 章 玩具")]
    for index, source in enumerate(sources):
        cells.append(new_code_cell(source, outputs=[
            new_output("stream", name="stdout", text=f"stored {source}\n")], execution_count=1))
        cells[-1]["id"] = f"42-{index:03d}"
    return new_notebook(cells=cells, metadata={
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}})


def git(folder, *arguments):
    return subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
                          cwd=folder, check=True, capture_output=True, text=True).stdout


class Reader:
    """A clone of a book of one chapter, and the book that it comes from."""

    def __init__(self, folder):
        self.upstream, self.root = folder / "upstream", folder / "clone"
        (self.upstream / "chapters" / "solutions").mkdir(parents=True)
        (self.upstream / ".gitignore").write_text("work/\n")
        (self.upstream / "chapters" / "conftest.py").touch()
        (self.upstream / "chapters" / "42_toy.py").touch()
        git(self.upstream, "init", "-q", "-b", "main")
        self.publish("import rnnbook", TASK, CHECK, "print(1)")
        git(folder, "clone", "-q", str(self.upstream), str(self.root))
        self.copy = self.root / "work" / "42_toy.ipynb"
        self.refresh()

    def publish(self, *sources, name="42_toy.ipynb"):
        nbformat.write(book(*sources), self.upstream / "chapters" / name)
        git(self.upstream, "add", ".")
        git(self.upstream, "commit", "-q", "-m", "a version")

    def refresh(self, **options):
        return WorkingCopy(self.root).refresh(**options)

    def update(self, local=False):
        return update.main(argparse.Namespace(local=local), self.root)

    def notebook(self):
        return nbformat.read(self.copy, as_version=4)

    def sources(self):
        return [cell.source for cell in self.notebook().cells]

    def save(self, change):
        """Change the copy and save it as JupyterLab does."""
        notebook = self.notebook()
        change(notebook.cells)
        notebook.metadata["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
        notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
        nbformat.write(notebook, self.copy)

    def answer(self):
        """Run every cell, write an answer, add a cell of one's own after the check."""
        def change(cells):
            for cell in cells[1:]:
                cell.outputs = [new_output("stream", name="stdout", text="mine\n")]
            cells[2].source = OWN
            cells.insert(4, new_code_cell("my = 1"))
        self.save(change)


@pytest.fixture
def reader(tmp_path):
    return Reader(tmp_path)


def outputs(cell):
    return [output.text for output in cell.outputs]


def test_the_copy_holds_what_a_reader_reads_and_is_paired_with_nothing(reader):
    (reader.root / "chapters" / "index.md").write_text("# start")
    reader.refresh()
    files = sorted(path.name for path in reader.copy.parent.iterdir())
    assert files == [".base", "42_toy.ipynb", "index.md"]
    assert "jupytext" not in reader.notebook().metadata
    assert outputs(reader.notebook().cells[1]) == ["stored import rnnbook\n"]


def test_git_sees_nothing_of_a_readers_work(reader):
    reader.answer()
    assert git(reader.root, "status", "--porcelain") == ""


def test_update_with_a_real_conflict_loses_nothing(reader, capsys):
    reader.answer()
    before = reader.copy.read_bytes()
    reader.publish("import rnnbook", NEW_TASK, CHECK, "print(2)", "print(3)")
    assert reader.update() == 0
    assert reader.sources() == ["# 第 42 章 玩具", "import rnnbook", NEW_TASK, MARK, OWN, CHECK,
                                "my = 1", "print(2)", "print(3)"]
    cells = reader.notebook().cells
    assert outputs(cells[1]) == outputs(cells[4]) == outputs(cells[5]) == ["mine\n"]
    assert outputs(cells[7]) == ["stored print(2)\n"]
    assert [path.read_bytes() for path in reader.root.glob("work/.backup/*/*.ipynb")] == [before]
    said = capsys.readouterr().out
    assert "书已更新" in said
    assert "42_toy" in said
    assert "你和书都改过" in said
    assert git(reader.root, "status", "--porcelain") == ""
    nbformat.validate(reader.notebook())


@pytest.mark.parametrize("seed", range(30))
def test_nothing_of_the_readers_is_lost_and_the_new_text_is_there(seed):
    rng = random.Random(seed)
    old = {i: f"{chr(97 + i) * 20} = {i}" for i in range(12)}
    edited = {i: f"{old[i]}  # mine" for i in old if rng.random() < 0.3}
    changed = {i: f"# new\n{old[i]}" for i in old if rng.random() < 0.3}
    dropped = {i for i in old if i not in changed and rng.random() < 0.1}
    mine, new = ([side.get(i, old[i]) for i in old] for side in (edited, changed))
    new = [source for i, source in enumerate(new) if i not in dropped]
    for k in range(4):
        mine.insert(rng.randrange(len(mine)), f"own{k} = {k}")
        new.insert(rng.randrange(len(new)), f"more{k}({k})")
    merged = merge(book(*old.values()), book(*mine), book(*new))
    sources = [cell.source for cell in merged.notebook.cells]
    assert {*edited.values(), *(f"own{k} = {k}" for k in range(4))} <= {*sources}
    stands = {old[i] for i in edited if i not in changed}
    assert [s for s in sources if s in new] == [s for s in new if s not in stands]
    assert merged.conflicts == sum(i in changed or i in dropped for i in edited)
    assert len({cell.id for cell in merged.notebook.cells}) == len(sources)


def test_a_second_update_and_a_plain_git_pull_keep_it_as_well(reader):
    reader.answer()
    reader.publish("import rnnbook", NEW_TASK, CHECK, "print(1)")
    reader.update()
    reader.publish("import rnnbook", NEW_TASK, CHECK, "print(2)")
    git(reader.root, "pull", "-q", "--ff-only")
    reader.refresh()
    assert reader.sources() == ["# 第 42 章 玩具", "import rnnbook", NEW_TASK, MARK, OWN, CHECK,
                                "my = 1", "print(2)"]
    assert str(reader.refresh()) == ""


def test_an_answer_stays_in_its_cell_while_its_surroundings_change(reader):
    reader.answer()
    reader.publish("import rnnbook  # new", "x = 2", TASK, CHECK, "print(1)")
    assert reader.update() == 0
    assert reader.sources() == ["# 第 42 章 玩具", "import rnnbook  # new", "x = 2", OWN, CHECK,
                                "my = 1", "print(1)"]
    assert outputs(reader.notebook().cells[3]) == ["mine\n"]


def test_an_answer_whose_cell_is_gone_stays_marked(reader):
    reader.answer()
    reader.publish("import rnnbook", "print(1)")
    reader.update()
    assert reader.sources() == ["# 第 42 章 玩具", "import rnnbook", MARK, OWN, "my = 1",
                                "print(1)"]


def test_a_deleted_cell_stays_deleted_until_the_book_changes_it(reader):
    reader.save(lambda cells: cells.pop(4))
    reader.publish("import rnnbook  # new", TASK, CHECK, "print(1)")
    reader.update()
    assert reader.sources()[-1] == CHECK
    reader.publish("import rnnbook  # new", TASK, CHECK, "print(1)", "print(9)")
    reader.update()
    assert "print(9)" in reader.sources()


def test_interrupted_between_two_files_is_done_again_without_doubles(reader):
    reader.answer()
    base = reader.root / "work" / ".base" / "42_toy.ipynb"
    given = base.read_bytes()
    reader.publish("import rnnbook", NEW_TASK, CHECK, "print(1)", "print(3)")
    reader.update()
    once = reader.sources()
    base.write_bytes(given)
    reader.refresh()
    assert reader.sources() == once


def test_lost_base_keeps_every_answer(reader):
    reader.answer()
    (reader.root / "work" / ".base" / "42_toy.ipynb").unlink()
    reader.publish("import rnnbook", TASK, CHECK, "print(1)", "print(3)")
    reader.update()
    assert OWN in reader.sources()
    assert "print(3)" in reader.sources()


@pytest.mark.parametrize("damage", [b"", b"{ half", b"[]", b"\xff\xfe", b'{"cells": 3}'])
def test_a_damaged_file_is_put_aside_and_named(reader, damage):
    reader.copy.write_bytes(damage)
    said = str(reader.refresh())
    assert "42_toy.ipynb 打不开" in said
    assert reader.copy.read_bytes() == as_given(reader.root / "chapters" / "42_toy.ipynb")
    assert [path.read_bytes() for path in reader.root.glob("work/.backup/*/*.ipynb")] == [damage]


def test_a_fresh_copy_on_request_or_when_deleted(reader):
    given = reader.copy.read_bytes()
    reader.answer()
    reader.refresh(fresh=["42_toy.ipynb"])
    assert reader.copy.read_bytes() == given
    assert len(list(reader.root.glob("work/.backup/*/*.ipynb"))) == 1
    reader.copy.unlink()
    reader.refresh()
    assert reader.copy.read_bytes() == given


def test_pages_that_the_book_adds_and_drops(reader):
    (reader.root / "work" / "mine.csv").touch()
    reader.publish("print(43)", name="43_more.ipynb")
    reader.update()
    assert (reader.root / "work" / "43_more.ipynb").exists()
    git(reader.upstream, "rm", "-q", "chapters/43_more.ipynb")
    git(reader.upstream, "rm", "-q", "chapters/42_toy.ipynb")
    git(reader.upstream, "commit", "-q", "-m", "fewer")
    reader.answer()
    reader.update()
    assert not (reader.root / "work" / "43_more.ipynb").exists()
    assert OWN in reader.sources()
    assert (reader.root / "work" / "mine.csv").exists()


def test_a_changed_file_of_the_book_does_not_stop_the_update(reader, capsys):
    tracked = reader.root / "chapters" / "42_toy.ipynb"
    nbformat.write(book("edited"), tracked)
    edited = tracked.read_bytes()
    (reader.root / "chapters" / "44_new.ipynb").write_text("mine")
    reader.publish("import rnnbook", NEW_TASK)
    reader.publish("print(44)", name="44_new.ipynb")
    assert reader.update() == 0
    assert NEW_TASK in reader.sources()
    (aside,) = reader.root.glob("work/.backup/*/tracked/chapters")
    assert (aside / "42_toy.ipynb").read_bytes() == edited
    assert (aside / "44_new.ipynb").read_text() == "mine"
    assert "42_toy.ipynb" in capsys.readouterr().out


def test_what_keeps_an_update_away_is_said_and_the_copy_is_refreshed_all_the_same(reader, capsys):
    def stuck(reason):
        reader.copy.unlink()
        assert reader.update() == 1
        assert reason in capsys.readouterr().err
        assert reader.copy.exists()

    git(reader.root, "commit", "-q", "--allow-empty", "-m", "own")
    reader.publish("import rnnbook", NEW_TASK)
    stuck("你在这里提交过 1 次")
    git(reader.root, "remote", "set-url", "origin", str(reader.root / "nowhere"))
    stuck("检查网络")
    git(reader.root, "checkout", "-q", "--detach")
    stuck("git switch main")
    (reader.root / ".git").rename(reader.root / "git")
    stuck("不是 git clone 来的")


def test_update_without_git_is_one_line(reader, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert reader.update() == 1
    assert "没有找到 git" in capsys.readouterr().err


def test_update_waits_until_lab_is_closed(reader, monkeypatch, capsys):
    monkeypatch.setattr(update, "running", lambda root: [{"pid": 1}])
    reader.publish("import rnnbook", NEW_TASK)
    assert reader.update() == 1
    assert "JupyterLab 还开着" in capsys.readouterr().err
    assert NEW_TASK not in reader.sources()


def test_the_new_version_brings_its_own_program(reader, monkeypatch):
    called = []
    monkeypatch.setattr(update.run, "call", lambda command: called.append(command) or 0)
    (reader.upstream / "requirements.txt").touch()
    reader.publish("import rnnbook", NEW_TASK)
    assert reader.update() == 0
    assert called[0][1:] == [str(reader.root / "lib" / "bookbuild"), "update", "--local"]
