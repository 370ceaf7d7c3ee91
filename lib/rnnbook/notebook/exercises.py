"""Exercises that check themselves, offline, and say what went wrong."""

import difflib
import functools
import importlib.util

import numpy as np

from rnnbook.notebook import clone
from rnnbook.notebook.answers import Unanswered, Wrong, plain, received

CHECKERS = clone.ROOT / "chapters" / "checkers"
_REGISTRY = {}


class Exercise:
    """One exercise: how an answer is read, its checker and its hint."""

    def __init__(self, checker, hint, read=plain):
        self.checker, self.hint, self.read = checker, hint, read

    def judge(self, answer):
        """Return the praise for a right answer.

        Raises:
            Wrong, Unanswered: what the checker finds.
        """
        if answer is ...:
            raise Unanswered
        try:
            answer = self.read(answer)
        except RecursionError:
            raise Wrong("答案套着它自己，没有尽头。") from None
        with np.errstate(all="ignore"):  # wrong formulas overflow
            return self.checker(answer) or "正确"

    def verdict(self, answer):
        """Return ("unanswered" | "right" | "wrong", message) for an answer."""
        try:
            return "right", self.judge(answer)
        except Unanswered:
            return "unanswered", "未作答"
        except Wrong as error:
            return "wrong", str(error)
        except (Exception, SystemExit):  # an odd answer must not stop the chapter
            return "wrong", (f"检查器看不懂这个答案：收到的是{received(answer)}。"
                             "对照题目，看要的是一个数、一个数组、一个字典还是一个函数。")


def exercise(read=plain, *, hint):
    """Register a checker: it raises Wrong for a wrong answer and returns for a right one.

    Its exercise is "slug.checker": the chapter without its number, the function's name.

    Args:
        read: turns the answer into what the checker gets: `function` for a function.
        hint: one Chinese sentence that helps without giving the answer away.
    """

    def register(checker):
        name = f"{checker.__module__}.{checker.__name__}"
        _REGISTRY[name] = Exercise(checker, hint, read)
        return checker

    return register


def slugs():
    """Return the names of the chapters with exercises, without their numbers, sorted."""
    return sorted(path.stem for path in CHECKERS.glob("*.py"))


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
    if slug not in slugs():
        raise KeyError(f"no chapter {slug!r} with exercises")
    spec = importlib.util.spec_from_file_location(slug, CHECKERS / f"{slug}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find(name):
    """Return the exercise of that name.

    Raises:
        Wrong: no chapter or no exercise of that name; the message names the nearest ones.
    """
    if not isinstance(name, str):
        raise Wrong("先写题目的名字，再写答案，例如 check(\"setup.dense_params\", 3)；"
                    f"收到的名字是{received(name)}。")
    slug = name.partition(".")[0]
    for loaded in [slug] if slug in slugs() else slugs():
        checkers(loaded)
    if name not in _REGISTRY:
        known = sorted(n for n in _REGISTRY if n.startswith(f"{slug}.")) or sorted(_REGISTRY)
        nearest = difflib.get_close_matches(name, known, cutoff=0) or known[:3]
        raise Wrong(f"没有叫“{name}”的练习。最接近的是 {'、'.join(nearest)}。")
    return _REGISTRY[name]


def check(name, answer):
    """Print whether an answer is right and, if not, what is wrong with it.

    Args:
        name: "slug.exercise", e.g. "rnn_forward.param_count".
        answer: a value or a function; ``...`` stands for "not answered yet".
    """
    try:
        kind, message = find(name).verdict(answer)
    except Wrong as error:
        print("✘", error)
        return
    if kind == "wrong":
        message += f'\n  需要提示时运行：hint("{name}")'
    print({"unanswered": "○", "right": "✔", "wrong": "✘"}[kind], message)


def hint(name):
    """Print the hint of an exercise."""
    try:
        print("提示：" + find(name).hint)
    except Wrong as error:
        print("✘", error)
