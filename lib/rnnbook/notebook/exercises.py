"""Exercises that check themselves, offline, and say what went wrong."""

import functools
import importlib.util

import numpy as np

from rnnbook.notebook import clone

CHECKERS = clone.ROOT / "chapters" / "checkers"
_REGISTRY = {}


class Wrong(Exception):
    """An answer is wrong; the message tells the student where and what to try."""


class Unanswered(Exception):
    """A stub has not been filled in yet."""


class Exercise:
    """One exercise: its checker and its hint."""

    def __init__(self, name, checker, hint):
        self.name, self.checker, self.hint = name, checker, hint

    def verdict(self, answer):
        """Return ("unanswered" | "right" | "wrong", message) for an answer."""
        if answer is ...:
            return "unanswered", "未作答"
        try:
            praise = self.checker(answer)
        except Unanswered:
            return "unanswered", "未作答"
        except Wrong as error:
            return "wrong", str(error)
        except Exception as error:  # an odd answer must not stop the chapter
            return "wrong", f"检查器看不懂这个答案（{type(error).__name__}: {error}）。"
        return "right", praise or "正确"


def exercise(name, *, hint):
    """Register a checker: it raises Wrong for a wrong answer and returns for a right one.

    Args:
        name: "slug.exercise", the slug of the chapter without its number.
        hint: one Chinese sentence that helps without giving the answer away.
    """

    def register(checker):
        _REGISTRY[name] = Exercise(name, checker, hint)
        return checker

    return register


@functools.cache
def checkers(slug):
    """Load the checkers of a chapter, chapters/checkers/SLUG.py, and register its exercises.

    Args:
        slug: name of the chapter without its number, e.g. "rnn_forward".
    Returns:
        the module.
    Raises:
        KeyError: no chapter of that name has exercises.
    """
    path = CHECKERS / f"{slug}.py"
    if not path.is_file():
        raise KeyError(f"no chapter {slug!r} with exercises")
    spec = importlib.util.spec_from_file_location(f"checkers_{slug}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find(name):
    """Return the exercise of that name.

    Raises:
        KeyError: no chapter or no exercise of that name; the message lists the names there are.
    """
    slug = name.partition(".")[0]
    checkers(slug)
    if name not in _REGISTRY:
        known = ", ".join(sorted(n for n in _REGISTRY if n.startswith(f"{slug}.")))
        raise KeyError(f"no exercise {name!r}; there are: {known}")
    return _REGISTRY[name]


def check(name, answer):
    """Print whether an answer is right and, if not, what is wrong with it.

    Args:
        name: "slug.exercise", e.g. "rnn_forward.param_count".
        answer: a value or a function; ``...`` stands for "not answered yet".
    """
    kind, message = find(name).verdict(answer)
    if kind == "wrong":
        message += f'\n  需要提示时运行：hint("{name}")'
    print({"unanswered": "○", "right": "✔", "wrong": "✘"}[kind], message)


def hint(name):
    """Print the hint of an exercise."""
    print("提示：" + find(name).hint)


def number(answer):
    """Return a scalar answer as a float.

    Raises:
        Wrong: the answer is text, an array of several numbers or NaN.
    """
    if isinstance(answer, str):
        raise Wrong("答案应当是一个数，不要加引号。")
    try:
        values = np.asarray(answer, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"答案应当是一个数，收到的是 {type(answer).__name__}。") from None
    if values.size != 1:
        raise Wrong(f"答案应当是一个数，收到的却是形状 {values.shape} 的数组。")
    if np.isnan(values).any():
        raise Wrong("答案是 NaN：检查是否有 0/0 或 log(0)。")
    return float(values.reshape(()))


def floats(answer):
    """Return an answer as an array of floats of whatever shape.

    Raises:
        Wrong: it cannot be one.
    """
    try:
        return np.asarray(answer, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"答案应当是数组，收到的是 {type(answer).__name__}。") from None


def compare(answer, right, mistakes, otherwise, tolerance=1e-6):
    """Accept an array that equals the right one, else name the mistake that it equals.

    Args:
        answer, right: arrays of floats of one shape.
        mistakes: list of (what that mistake results in, message).
        otherwise: message for an answer that equals none of them.
        tolerance: largest absolute difference that counts as equal.

    Raises:
        Wrong: the answer is not the right one.
    """
    if np.allclose(answer, right, rtol=0, atol=tolerance):
        return
    for result, message in mistakes:
        if result.shape == answer.shape and np.allclose(answer, result, rtol=0, atol=tolerance):
            raise Wrong(message)
    raise Wrong(otherwise)


def with_keys(answer, keys, values=""):
    """Accept a dict with exactly these keys.

    Args:
        answer: the dict.
        keys: in the order of the exercise.
        values: what the values must be, in Chinese, for the message.
    Raises:
        Wrong: no dict, or other keys.
    """
    if not isinstance(answer, dict) or set(answer) != set(keys):
        named = "、".join(f'"{key}"' for key in keys)
        raise Wrong(f"要一个字典，键正好是 {named}" + (f"，值是{values}。" if values else "。"))


def true_or_false(answer, right, reasons):
    """Accept a dict of True and False, else give the reason of the first wrong one.

    Args:
        answer, right: dicts of key -> bool.
        reasons: dict of key -> message.
    Raises:
        Wrong: no such dict, or a wrong value.
    """
    with_keys(answer, right, " True 或 False")
    for key, value in right.items():
        if not isinstance(answer[key], bool | np.bool_):
            raise Wrong(f"{key}：值要写 True 或 False。")
        if bool(answer[key]) != value:
            raise Wrong(reasons[key])


def array(answer, shape):
    """Return an array answer of the wanted shape.

    Raises:
        Wrong: not numeric, NaN inside, the shape transposed, or any other shape.
    """
    values = floats(answer)
    shape = tuple(shape)
    if values.shape != shape:
        if values.shape == shape[::-1]:
            raise Wrong(f"形状转置了：应当是 {shape}，收到的是 {values.shape}。")
        raise Wrong(f"形状不对：应当是 {shape}，收到的是 {values.shape}。")
    if np.isnan(values).any():
        raise Wrong("答案里有 NaN：检查是否有 0/0 或 log(0)。")
    return values


def function(answer):
    """Wrap a function answer so that its exceptions become feedback.

    An untouched stub (body ``...``, so the call returns None or Ellipsis) counts as unanswered.

    Raises:
        Wrong: the answer is not callable.
    """
    if not callable(answer):
        raise Wrong("这里要交的是函数本身：写 check(名字, f)，不要写 f(...)。")

    @functools.wraps(answer)
    def call(*args, **kwargs):
        try:
            result = answer(*args, **kwargs)
        except NotImplementedError:
            raise Unanswered from None
        except Exception as error:
            raise Wrong(f"运行你的函数时出错：{type(error).__name__}: {error}") from None
        if result is ...:
            raise Unanswered
        if result is None:
            if _is_stub(answer):
                raise Unanswered
            raise Wrong("函数返回了 None：是不是忘了写 return？")
        return result

    return call


def _stub(): ...


def _is_stub(answer):
    """Tell whether a function's body is nothing but ``...`` or ``pass``."""
    code = getattr(answer, "__code__", None)
    return code is not None and code.co_code == _stub.__code__.co_code
