"""Every checker accepts what is right, and names what is wrong; no answer makes it fail."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from rnnbook.notebook import exercises

ROOT = Path(__file__).resolve().parents[1]
SLUGS = sorted(path.stem for path in exercises.CHECKERS.glob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _fail(*args, **kwargs):
    raise RuntimeError("a bug in the student's function")


def _stub(*args, **kwargs): ...


GARBAGE = [None, "x", "", [], {}, object(), float("nan"), float("inf"), np.nan, -1, (1, "a"),
           (None, None), [[1, 2], [3]], np.zeros((2, 2)), np.zeros(0), 10**400, 1j, str, _fail,
           lambda: 0, lambda *a, **k: None, lambda *a, **k: "x", lambda *a, **k: object(),
           lambda *a, **k: [], lambda *a, **k: {}, lambda *a, **k: (None, None, None),
           lambda *a, **k: ("a", "b"), lambda *a, **k: np.zeros(0), lambda *a, **k: 1j,
           lambda *a, **k: float("nan"), lambda *a, **k: 0]


def registered(slug):
    """Names of the exercises that a checker module registers."""
    exercises.checkers(slug)
    return sorted(name for name in exercises._REGISTRY if name.startswith(f"{slug}."))


def answers(slug):
    """The right and wrong answers written down for a chapter's exercises."""
    path = ROOT / "tests" / "answers" / f"{slug}.py"
    spec = importlib.util.spec_from_file_location(f"answers_{slug}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS


ALL = [(slug, name) for slug in SLUGS for name in registered(slug)]
each_exercise = pytest.mark.parametrize(("slug", "name"), ALL, ids=[name for _, name in ALL])


def called(function, script):
    """Names that a chapter's code (not its prose) passes to check or hint."""
    lines = script.read_text("utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.startswith("#"))
    return set(re.findall(rf"\b{function}\(\s*\"([^\"]+)\"", code))


def problems_of(name, book):
    """What is wrong with one exercise, given its answers; empty if nothing."""
    exercise, problems = exercises.find(name), []
    if name not in book:
        return [f"{name} has no answers"]
    for number, answer in enumerate(book[name]["right"]):
        kind, message = exercise.verdict(answer)
        if kind != "right":
            problems.append(f"right answer {number} is {kind}: {message}")
    for number, (answer, words) in enumerate(book[name]["wrong"]):
        kind, message = exercise.verdict(answer)
        if kind != "wrong":
            problems.append(f"wrong answer {number} is {kind}")
        elif words not in message:
            problems.append(f"wrong answer {number}: {words!r} not in {message!r}")
        elif not CHINESE.search(message):
            problems.append(f"wrong answer {number}: the message is not Chinese: {message!r}")
    if not book[name]["right"]:
        problems.append("no right answer")
    if len(book[name]["wrong"]) < 3:
        problems.append("fewer than three wrong answers")
    if len({words for _, words in book[name]["wrong"]}) < 3:
        problems.append("fewer than three different messages")
    return problems


@each_exercise
def test_right_accepted_and_wrong_named(slug, name):
    assert problems_of(name, answers(slug)) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_answers_are_of_existing_exercises(slug):
    assert sorted(answers(slug)) == registered(slug)


@each_exercise
def test_stub_is_unanswered(slug, name):
    exercise = exercises.find(name)
    assert exercise.verdict(...) == ("unanswered", "未作答")
    if callable(answers(slug)[name]["right"][0]):
        assert exercise.verdict(_stub) == ("unanswered", "未作答")


@each_exercise
def test_hint_helps(slug, name):
    hint = exercises.find(name).hint
    assert CHINESE.search(hint)
    assert len(hint) >= 8


@each_exercise
def test_garbage_is_wrong_and_never_raises(slug, name):
    checker = exercises.find(name).checker
    for garbage in GARBAGE:
        with pytest.raises((exercises.Wrong, exercises.Unanswered)):
            checker(garbage)  # past verdict(), which would hide a bug of the checker


def test_chapters_and_checkers_name_the_same_exercises():
    asked = set()
    for script in (ROOT / "chapters").glob("*.py"):
        asked |= called("check", script)
    assert asked == {name for _, name in ALL}


def test_hints_named_in_chapters_exist():
    known = {name for _, name in ALL}
    for script in (ROOT / "chapters").rglob("*.py"):
        assert called("hint", script) <= known, script.name


def test_a_lax_checker_is_found(monkeypatch):
    lax = exercises.Exercise("setup.lax", lambda answer: None, "一句提示")
    monkeypatch.setitem(exercises._REGISTRY, "setup.lax", lax)
    book = {"setup.lax": {"right": [1], "wrong": [(2, "大"), (0, "小"), (3, "更大")]}}
    assert problems_of("setup.lax", book) == [f"wrong answer {i} is right" for i in range(3)]


def test_a_vague_message_is_found(monkeypatch):
    def vague(answer):
        if answer != 1:
            raise exercises.Wrong("不对。")

    monkeypatch.setitem(exercises._REGISTRY, "setup.vague",
                        exercises.Exercise("setup.vague", vague, "一句提示"))
    book = {"setup.vague": {"right": [1, 2], "wrong": [(2, "大"), (0, "小")]}}
    problems = problems_of("setup.vague", book)
    assert "right answer 1 is wrong: 不对。" in problems
    assert any("'大' not in" in problem for problem in problems)
    assert "fewer than three wrong answers" in problems


def test_check_prints_the_three_verdicts(capsys):
    exercises.check("setup.dense_params", ...)
    exercises.check("setup.dense_params", 350)
    exercises.check("setup.dense_params", 357)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "○ 未作答"
    assert lines[1].startswith("✘ 350")
    assert 'hint("setup.dense_params")' in lines[2]
    assert lines[3].startswith("✔ 正确")


def test_hint_prints(capsys):
    exercises.hint("setup.dense_params")
    assert capsys.readouterr().out.startswith("提示：")


@pytest.mark.parametrize(("name", "message"), [("setup.nothing", "there are: setup."),
                                               ("nowhere.at_all", "no chapter 'nowhere'"),
                                               ("setup", "there are: setup.")])
def test_unknown_exercise_is_a_clear_error(name, message):
    with pytest.raises(KeyError, match=message):
        exercises.find(name)


def test_a_broken_checker_does_not_stop_a_chapter(monkeypatch, capsys):
    monkeypatch.setitem(exercises._REGISTRY, "setup.broken",
                        exercises.Exercise("setup.broken", lambda answer: 1 / 0, "一句提示"))
    exercises.check("setup.broken", 1)
    assert capsys.readouterr().out.startswith("✘")
