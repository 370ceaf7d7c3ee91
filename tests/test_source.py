"""Library source: English code, and documented shapes that are executed."""

import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest

import rnnbook
from bookbuild.chapter import ROOT
from bookbuild.source import chinese_in_code
from shapes import check_shape_line

FILES = sorted([*(ROOT / "lib").rglob("*.py"), *(ROOT / "chapters" / "recipes").rglob("*.py"),
                *(ROOT / "chapters" / "checkers").glob("*.py")])
MODULES = [importlib.import_module(m.name)
           for m in pkgutil.walk_packages(rnnbook.__path__, "rnnbook.")
           if not re.search(r"\.__main__$", m.name)]
FUNCTIONS = [
    pytest.param(function, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_code_is_english(path):
    assert chinese_in_code(path.read_text("utf-8")) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_function_is_documented(function):
    first = (inspect.getdoc(function) or "").partition("\n")[0]
    assert first.endswith("."), "the first line of the docstring is one sentence"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_documented_shapes_hold(function):
    assert check_shape_line(function) == []


def test_some_shapes_are_documented():
    documented = [p for p in FUNCTIONS if "Shape: " in (inspect.getdoc(p.values[0]) or "")]
    assert len(documented) >= 5


def doubled(x):
    """Double.

    Shape: x (B, T) -> (T, B)
    """
    return 2 * x


def crash(x):
    """Crash.

    Shape: x (B, T) -> (B, T)
    """
    return x @ np.ones((99, 1))


def renamed(y):
    """Rename.

    Shape: x (B, T) -> (B, T)
    """
    return y


@pytest.mark.parametrize(("function", "word"), [
    (doubled, "documents"), (crash, "fails"), (renamed, "unknown")])
def test_a_wrong_shape_line_is_found(function, word):
    assert word in check_shape_line(function)[0]


@pytest.mark.parametrize("text", ["x = 1  # 注释\n", "变量 = 1\n", 'def f():\n    """说明。"""\n'])
def test_chinese_in_code_is_found(text):
    assert chinese_in_code(text)


def test_chinese_string_data_is_allowed():
    assert chinese_in_code('x = "床前明月光"\nprint("好")\n') == []
