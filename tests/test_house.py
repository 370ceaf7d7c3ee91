"""The library's rooms: few, without a circle, and every import goes down."""

import ast

import pytest

from bookbuild.chapter import ROOT

LIBRARY = ROOT / "lib" / "rnnbook"
LEVELS = [{"notebook", "cells"}, {"data", "training"},
          {"gradients", "recipes", "language", "labelling", "time_series"},
          {"translation"}, {"own"}]
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
FILES = {".".join(path.relative_to(LIBRARY).with_suffix("").parts): path
         for path in LIBRARY.rglob("*.py")}


def imported(path):
    """Files of the library that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rnnbook"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}".removeprefix("rnnbook.")
                module = whole.rpartition(".")[0]
                yield next(name for name in (whole, module, f"{module}.__init__", "__init__")
                           if name in FILES)


ARROWS = {name: set(imported(path)) for name, path in FILES.items()}


def test_a_reader_finds_eleven_rooms():
    entries = [path.name for path in LIBRARY.iterdir() if path.name != "__pycache__"]
    assert sorted(entries) == sorted(["__init__.py", *LEVEL])


@pytest.mark.parametrize("room", sorted(LEVEL))
def test_a_room_says_which_question_it_answers(room):
    text = ast.get_docstring(ast.parse((LIBRARY / room / "__init__.py").read_text("utf-8")))
    assert "?" in text.splitlines()[0]


def test_imports_go_down_and_never_round():
    def reach(name, seen):
        for other in ARROWS.get(name, set()) - seen:
            seen.add(other)
            reach(other, seen)
        return seen

    up = [(name, other) for name, others in ARROWS.items() for other in others
          if (a := name.split(".")[0]) != (b := other.split(".")[0])
          and name != "__init__" and LEVEL[a] <= LEVEL[b]]
    assert up == []
    assert [name for name in ARROWS if name in reach(name, set())] == []
