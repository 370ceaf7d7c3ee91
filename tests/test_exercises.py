"""Every checker accepts what is right, and names what is wrong; no answer makes it fail."""

import importlib.util
import re
import signal
import threading
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from rnnbook.notebook import answers as reading
from rnnbook.notebook import calls, exercises, mistakes

ROOT = Path(__file__).resolve().parents[1]
SLUGS = sorted(path.stem for path in exercises.CHECKERS.glob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


CLASS_NAME = re.compile(
    r"[A-Za-z]+(Error|Exception|Warning|Exit)|\b(Wrong|NoneType|ndarray|\w*Tensor|Series|DataFrame"
    r"|object|str|tuple|dict|generator|function|type|\w+_matrix|\w+_array)\b")


def _fail(*args, **kwargs):
    raise RuntimeError("a bug in the student's function")


def _leave(*args):
    raise SystemExit(3)


def _recurse(*args):
    return _recurse(*args)


def _stub(*args, **kwargs): ...


def _in_itself():
    answer = []
    answer.append(answer)
    return answer


def constant(value):
    return lambda *args, **kwargs: value


VALUES = [None, "x", "", "12", "1.5", b"3", [], {}, object(), float("nan"), float("inf"),
          -1, True, (1, "a"), ["1", "2"], (None, None), [[1, 2], [3]], [float("inf")], ["x"],
          {"a": [1, 2], "b": [3]}, {"a": None, "b": "x", "c": object(), "d": [[1], [2, 3]]},
          {1, 2}, range(3), (i for i in "ab"), np.zeros((2, 2)), np.zeros(0), np.array(["1", "2"]),
          np.array([None]), np.array([1j]), np.datetime64("2000-01-01"), 10**400, 1j, ...,
          sparse.eye(3), sparse.coo_array(np.eye(2)), pd.Series(["a", "b"]), pd.DataFrame(),
          keras.KerasTensor((2, 3)), keras.ops.convert_to_tensor([[True]]), _in_itself(),
          keras.ops.ones((3, 5), "float16"), [object()], (np.zeros(3), None), ("a", "b", "c"),
          (None, 0.0), ([None], 0.0)]
if keras.backend.backend() == "tensorflow":  # the others have no tensors of text
    VALUES.append(keras.ops.convert_to_tensor(["1", "2"]))
GARBAGE = [*VALUES, str, np.ndarray, _fail, _leave, _recurse, len, lambda: 0, lambda a: a,
           lambda *a: (yield a), lambda *a: 1 / 0, lambda *a: a[99], lambda *a: missing,  # noqa: F821
           lambda *a: a.x, lambda *a: {}["k"], lambda *a: 1 + "a", lambda *a: int("x"),
           lambda *a: np.zeros(3) @ np.zeros(4), lambda *a: np.zeros((2, 3)) + np.zeros(4),
           lambda *a: keras.ops.ones(3) @ keras.ops.ones((4, 5)), lambda *a: np.sum([1], axis=5),
           lambda *a: keras.ops.ones(3) + keras.ops.ones(3, "int64"), lambda *a: next(iter([])),
           lambda *a: np.linalg.inv(np.zeros((2, 2))), lambda *a: 10.0**999, lambda *a: open(""),
           *map(constant, VALUES)]


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


@each_exercise
def test_every_known_mistake_is_outside_the_tolerance(slug, name, monkeypatch):
    module, outside = exercises.checkers(slug), {}

    def note(message, is_outside):
        message = re.sub(r"[-\d., \[\]]+", "#", message)  # one message for all cases
        outside[message] = outside.get(message, False) or is_outside

    def compare(answer, right, known, otherwise, tolerance=mistakes.TOLERANCE, places=None):
        for result, message in known:
            note(message, not mistakes.near(result, right, 3 * tolerance, places))
        mistakes.compare(answer, right, known, otherwise, tolerance=tolerance, places=places)

    def on_cases(call, cases, right, known, otherwise, tolerance=mistakes.TOLERANCE):
        for rule, message in known:
            apart = [(abs(rule(*case) - right(*case)), abs(right(*case))) for case in cases]
            note(message, any(not gap <= 3 * tolerance * size for gap, size in apart))
        mistakes.on_cases(call, cases, right, known, otherwise, tolerance)

    monkeypatch.setattr(module, "compare", compare, raising=False)
    monkeypatch.setattr(module, "on_cases", on_cases, raising=False)
    assert exercises.find(name).verdict(answers(slug)[name]["right"][0])[0] == "right"
    assert [message for message, is_outside in outside.items() if not is_outside] == []


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
    exercise = exercises.find(name)
    for garbage in GARBAGE:
        # past verdict(), which would hide a bug of the checker
        with pytest.raises((reading.Wrong, reading.Unanswered)) as caught:
            exercise.judge(garbage)
        if caught.type is reading.Wrong:
            message = str(caught.value)
            assert CHINESE.search(message), (garbage, message)
            assert not CLASS_NAME.search(message), (garbage, message)


def in_form(value, change):
    """Change every number and array of an answer, also inside."""
    if isinstance(value, dict):
        return {key: in_form(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(in_form(inner, change) for inner in value)
    if np.asarray(value).dtype.kind not in "biuf":
        return value
    return change(np.asarray(value))


def as_float(kind):
    return lambda a: a if a.dtype == bool else a.astype(kind)


def as_pandas(a):
    return {1: pd.Series, 2: pd.DataFrame}.get(a.ndim, np.asarray)(a)


def as_one_array(value):
    """An answer of several parts as one array, where it can be one."""
    try:
        array = np.asarray(value)
    except ValueError:
        return value
    return array if array.dtype.kind in "biuf" else value


FORMS = {
    "float32": lambda v: in_form(v, as_float("float32")),
    "float64": lambda v: in_form(v, as_float("float64")),
    "tensor": lambda v: in_form(v, keras.ops.convert_to_tensor),
    "float32 tensor": lambda v: in_form(
        v, lambda a: keras.ops.convert_to_tensor(as_float("float32")(a))),
    "nested list": lambda v: in_form(v, lambda a: a.tolist()),
    "pandas": lambda v: in_form(v, as_pandas),
    "NumPy scalar or 0-d": lambda v: in_form(v, lambda a: a),
    "one array": as_one_array,
}
WHOLE = {"sequence_labelling.legal_count"}  # a number too large for float and int64


def formed(answer, form):
    """An answer in a form; what a function returns, if it is one."""
    if callable(answer):
        return lambda *args: FORMS[form](answer(*args))
    return FORMS[form](answer)


def from_float32(answer):
    """A function answer that works with float32 where it is given floats."""
    def narrow(a):
        return a.astype("float32") if a.dtype == float else a.copy()

    def call(*args):
        given, kept = ([in_form(a, narrow) if isinstance(a, list | np.ndarray) else a
                        for a in args] for _ in range(2))
        result = answer(*given)
        for arg, before, after in zip(args, kept, given):
            if not calls._same(before, after):
                arg[:] = after  # what the answer does to its arguments shows
        return result

    return call


def variants(name, answer, forms=tuple(FORMS)):
    """An answer in these forms, named, as far as they are allowed for it."""
    for form in forms:
        if not (name in WHOLE and ("float" in form or form == "tensor")):
            yield form, formed(answer, form)
    if callable(answer) and name not in WHOLE:
        yield "from float32", from_float32(answer)


@each_exercise
def test_right_in_every_form(slug, name):
    exercise = exercises.find(name)
    verdicts = {(number, form): exercise.verdict(variant)
                for number, answer in enumerate(answers(slug)[name]["right"])
                for form, variant in variants(name, answer)}
    assert {at: text for at, (kind, text) in verdicts.items() if kind != "right"} == {}


@each_exercise
def test_wrong_in_every_form(slug, name):
    exercise, problems = exercises.find(name), []
    for number, (answer, _) in enumerate(answers(slug)[name]["wrong"]):
        for form, variant in variants(name, answer, ("float32", "pandas")):
            kind, message = exercise.verdict(variant)
            if kind != "wrong" or not CHINESE.search(message) or CLASS_NAME.search(message):
                problems.append((number, form, kind, message))
    assert problems == []


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
    lax = exercises.Exercise(lambda answer: None, "一句提示")
    monkeypatch.setitem(exercises._REGISTRY, "setup.lax", lax)
    book = {"setup.lax": {"right": [1], "wrong": [(2, "大"), (0, "小"), (3, "更大")]}}
    assert problems_of("setup.lax", book) == [f"wrong answer {i} is right" for i in range(3)]


def test_a_vague_message_is_found(monkeypatch):
    def vague(answer):
        if answer != 1:
            raise reading.Wrong("不对。")

    monkeypatch.setitem(exercises._REGISTRY, "setup.vague",
                        exercises.Exercise(vague, "一句提示"))
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


@pytest.mark.parametrize(("name", "nearest"), [
    ("setup.one_hot", "setup.one_hot_shape"), ("rnn_foward.scan", "rnn_forward.scan"),
    ("setup", "setup."), (None, "setup.dense_params"), (350, "setup.dense_params"), ("", "."),
    ("../setup.py", ".")])
def test_unknown_exercise_names_the_nearest(name, nearest, capsys):
    exercises.check(name, 1)
    exercises.hint(name)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("✘")
        assert CHINESE.search(line)
        assert nearest in line


@pytest.mark.parametrize("answer", [_leave, _recurse])
def test_an_exit_or_endless_recursion_is_said_in_chinese(answer, capsys):
    exercises.check("rnn_forward.param_count", answer)
    assert "第 2 行" in capsys.readouterr().out


def _endless(*args):
    while True:
        pass


def test_an_endless_loop_is_stopped_and_said_in_chinese(capsys, monkeypatch):
    if not hasattr(signal, "setitimer"):
        pytest.skip("no timers on this system")
    monkeypatch.setattr(calls, "LIMIT", 0.2)
    before = signal.getsignal(signal.SIGALRM)
    exercises.check("rnn_forward.param_count", _endless)
    said = capsys.readouterr().out
    assert re.match("✘ 运行你的函数时出错（第 [23] 行.*循环是不是永远不结束", said)
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_an_answer_in_another_thread_is_judged_all_the_same():
    right = answers("rnn_forward")["rnn_forward.param_count"]["right"][0]
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(
        exercises.find("rnn_forward.param_count").verdict(right)[0]))
    thread.start()
    thread.join()
    assert verdicts == ["right"]


def test_the_reader_can_still_stop_an_answer():
    def stop(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exercises.check("rnn_forward.param_count", stop)


def test_what_was_received_is_said():
    for value, words in [(None, "None"), ({}, "一个字典"), (np.zeros((2, 3)), "形状 (2, 3) 的数组"),
                         (len, "一个函数"), (["a"], "装着文字的 1 项的列表")]:
        with pytest.raises(reading.Wrong, match=re.escape(words)):
            reading.number(value)


def test_a_broken_checker_does_not_stop_a_chapter(monkeypatch, capsys):
    monkeypatch.setitem(exercises._REGISTRY, "setup.broken",
                        exercises.Exercise(lambda answer: 1 / 0, "一句提示"))
    exercises.check("setup.broken", 1)
    assert capsys.readouterr().out.startswith("✘")
