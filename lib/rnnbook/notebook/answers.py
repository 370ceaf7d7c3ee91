"""Reading and comparing answers: what every checker of an exercise is made of."""

import numbers

import numpy as np

from rnnbook.notebook import causes

TOLERANCE = 1e-5  # of the largest number: float32 reaches it, and every known mistake exceeds it
_KINDS = ((type(None), " None"), (bool, " True 或 False"), (str, "一段文字"), (bytes, "一段字节"),
          (dict, "一个字典"), (set | frozenset, "一个集合"), (type, "一个类"),
          (numbers.Real, "一个数"), (numbers.Complex, "一个复数"))


class Wrong(Exception):
    """An answer is wrong; the message tells the student where and what to try."""


class Unanswered(Exception):
    """A stub has not been filled in yet."""


def plain(answer):
    """Return tensors, pandas and NumPy scalars as arrays and Python's numbers, also inside."""
    if isinstance(answer, dict):
        return {key: plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return (list if isinstance(answer, list) else tuple)(map(plain, answer))
    if isinstance(answer, type) or not hasattr(answer, "__array__"):
        return answer
    try:
        values = np.asarray(answer)
    except Exception:  # a tensor without values
        return answer
    return values if values.ndim else values.item()


def received(answer):
    """Say in Chinese what an answer is, without the name of a Python class."""
    if isinstance(answer, str) and 0 < len(answer) <= 20:
        return f"一段文字“{answer}”"
    for kind, name in _KINDS:
        if isinstance(answer, kind):
            return name
    if isinstance(answer, np.ndarray | list | tuple):
        try:
            values = np.asarray(answer)
        except ValueError:
            return "一个长短不齐的列表"
        text = "装着文字的" if values.dtype.kind in "SU" else ""
        shape = f"形状 {values.shape} 的" if values.ndim != 1 else f" {len(values)} 项的"
        return f"一个{text}{shape}" + ("数组" if isinstance(answer, np.ndarray) else "列表")
    if hasattr(answer, "__next__"):
        return "一个生成器（先用 list(…) 变成列表）"
    return "一个函数" if callable(answer) else "别的东西"


def floats(answer, wanted="数组"):
    """Return an answer as an array of floats of whatever shape.

    Raises:
        Wrong: it cannot be one; the message says what was received and what is wanted.
    """
    try:
        values = np.asarray(answer)
        if values.dtype.kind == "O" and all(isinstance(v, numbers.Real) for v in values.flat):
            values = values.astype(float)  # whole numbers too large for NumPy, fractions
    except OverflowError:
        raise Wrong("答案里的数太大了，装不下。") from None
    except (TypeError, ValueError):
        values = np.array(None)
    if values.dtype.kind not in "biuf":
        raise Wrong(f"答案应当是{wanted}，收到的是{received(answer)}。")
    return values.astype(float)


def number(answer):
    """Return a scalar answer as a float.

    Raises:
        Wrong: the answer is text, an array of several numbers or NaN.
    """
    if isinstance(answer, str):
        raise Wrong("答案应当是一个数，不要加引号。")
    values = floats(answer, "一个数")
    if values.size != 1:
        raise Wrong(f"答案应当是一个数，收到的却是形状 {values.shape} 的数组。")
    if np.isnan(values).any():
        raise Wrong("答案是 NaN：检查是否有 0/0 或 log(0)。")
    return values.item()


def array(answer, shape, known=()):
    """Return an array answer of the wanted shape.

    Args:
        answer: the answer.
        shape: the shape that is wanted.
        known: dict of a wrong shape -> the message that names the mistake.
    Raises:
        Wrong: not numeric, NaN inside, the shape transposed, or any other shape.
    """
    values, shape = floats(answer), tuple(shape)
    if values.shape != shape:
        if values.shape in known:
            raise Wrong(known[values.shape])
        start = "形状转置了" if values.shape == shape[::-1] else "形状不对"
        got = f" {values.shape}" if values.ndim else "一个数"
        raise Wrong(f"{start}：应当是 {shape}，收到的是{got}。")
    if np.isnan(values).any():
        raise Wrong("答案里有 NaN：检查是否有 0/0 或 log(0)。")
    return values


def integers(answer, otherwise):
    """Return a row of whole numbers as a list of int.

    Raises:
        Wrong: with the message otherwise, if it is none.
    """
    try:
        values = floats(answer)
    except Wrong:
        raise Wrong(otherwise) from None
    if values.ndim != 1 or not np.isfinite(values).all() or (values % 1).any():
        raise Wrong(otherwise)
    return [int(value) for value in values]


def parts(answer, n, otherwise):
    """Return an answer of n parts: a tuple, a list or an array with n rows.

    Raises:
        Wrong: with the message otherwise, if it has not n parts.
        Unanswered: a part is still ``...``.
    """
    if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != n:
        raise Wrong(otherwise)
    if any(part is ... for part in answer):
        raise Unanswered
    return answer


def texts(answer, otherwise):
    """Return a list of words as a list of str.

    Raises:
        Wrong: with the message otherwise, if it is no list of words.
    """
    if isinstance(answer, tuple | list | np.ndarray) and all(isinstance(w, str) for w in answer):
        return [str(word) for word in answer]
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


def by_key(answer, table, values, read):
    """Accept a dict with the right value under every key, else say why the first one is wrong.

    Args:
        answer: the dict.
        table: dict of key -> (right value, reason); the reason is a message, or a dict of
            wrong value -> message with a message for any other value under None.
        values: what the values must be, in Chinese.
        read: turns a value into what the table holds; None says that it is none of them.
    Raises:
        Wrong: no such dict, or a wrong value; the message begins with its key.
    """
    with_keys(answer, table, values)
    for key, (right, reason) in table.items():
        value = read(answer[key])
        if value is None:
            raise Wrong(f"{key}：值只能是{values}，收到的是{received(answer[key])}。")
        if value != right:
            message = reason.get(value, reason[None]) if isinstance(reason, dict) else reason
            raise Wrong(f"{key}：{message}")


def truth(value):
    """Return a value that is True or False, else None."""
    return value if isinstance(value, bool) else None


def one_of(words):
    """Make a reader for `by_key` that accepts these words."""
    return lambda value: value if isinstance(value, str) and value in words else None


def near(answer, right, tolerance=TOLERANCE, places=None):
    """Tell whether two arrays are equal as far as float32 can tell.

    Args:
        answer, right: numbers or arrays.
        tolerance: largest difference, as a share of the largest number of right.
        places: decimals that a student was asked for: rounded (with a little room for rounding
            on the way) or cut off, both count.
    """
    answer, right = np.asarray(answer, float), np.asarray(right, float)
    if answer.shape != right.shape or not np.isfinite(right).all():
        return False
    largest = np.abs(right).max(initial=0) or 1
    if not places:
        return bool((np.abs(answer - right) <= tolerance * largest).all())
    unit = 10.0**-places
    cut_off = np.abs(answer - np.trunc(right / unit) * unit) <= TOLERANCE * largest
    return bool((cut_off | (np.abs(answer - right) <= 0.6 * unit)).all())


def compare(answer, right, mistakes, otherwise, **how):
    """Accept an answer that is near the right one, else name the mistake that it is near.

    Args:
        answer, right: numbers, or arrays of one shape.
        mistakes: list of (what that mistake results in, message).
        otherwise: message for an answer that is near none of them.
        how: tolerance or places, for `near`.

    Raises:
        Wrong: the answer is not the right one.
    """
    if near(answer, right, **how):
        return
    for result, message in mistakes:
        if near(answer, result, **how):
            raise Wrong(message)
    raise Wrong(otherwise)


def flat(arrays):
    """Return several arrays as one row of numbers."""
    return np.concatenate([np.ravel(a) for a in arrays])


def on_cases(call, cases, right, mistakes, otherwise, tolerance=TOLERANCE):
    """Run a function on cases; accept what the right rule gives, else name the mistake.

    Args:
        call: the student's function, from `function`; it returns a number.
        cases: list of tuples of arguments.
        right: the right function of the same arguments.
        mistakes: list of (function with that mistake, message).
        otherwise: message for the first case that is wrong, with {} for each argument,
            {right} and {given}.
        tolerance: largest relative difference in each case; 0 for whole numbers.

    Raises:
        Wrong: a result is not the right one.
    """
    given = np.array([number(call(*case)) for case in cases])

    def agrees(rule):
        wanted = np.array([rule(*case) for case in cases], float)
        return np.abs(given - wanted) <= tolerance * np.abs(wanted)

    fine = agrees(right)
    if fine.all():
        return
    for rule, message in mistakes:
        if agrees(rule).all():
            raise Wrong(message)
    k = int(np.argmin(fine))
    raise Wrong(otherwise.format(*cases[k], right=right(*cases[k]), given=given[k]))


def function(answer, intact=None):
    """Wrap a function answer: copies go in, plain values come out, exceptions become feedback.

    An untouched stub (body ``...``, so the call returns None or Ellipsis) counts as unanswered.

    Args:
        answer: the function.
        intact: message for a function that changes its arguments, if that is wrong here.
    Raises:
        Wrong: the answer is not callable; so does a call that fails or gives nothing.
    """
    if not callable(answer):
        raise Wrong("这里要交的是函数本身：写 check(名字, f)，不要写 f(...)。")

    def run(given):
        try:
            return plain(answer(*given))
        except (Wrong, Unanswered):
            raise
        except NotImplementedError:
            raise Unanswered from None
        except (Exception, SystemExit) as error:
            if causes.mixed_types(error) and (alike := _in_float32(given)) is not given:
                return run(alike)
            where, why = causes.line(error, answer), causes.cause(error)
            raise Wrong(f"运行你的函数时出错{where}：{why}") from None

    def call(*args):
        given = _copy(args)
        result = run(given)
        if result is ... or (result is None and _is_stub(answer)):
            raise Unanswered
        if result is None:
            raise Wrong("函数返回了 None：是不是忘了写 return？")
        if intact and not _same(args, given):
            raise Wrong(intact)
        return result

    return call


def at_most(times, f, message):
    """Wrap a function that a student's loop calls: one call more raises Wrong(message)."""

    def limited(*args):
        limited.calls += 1
        if limited.calls > times:
            raise Wrong(message)
        return f(*args)

    limited.calls = 0
    return limited


def _copy(value):
    """Copy arrays and lists; what else a function is given is not changed by it."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        return type(value)(_copy(v) for v in value)
    return value


def _same(before, after):
    """Tell whether arguments are what they were."""
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after)
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    return before is after or before == after


def _in_float32(args):
    """Return arguments with all arrays of one type, for a backend that mixes none."""
    arrays = [isinstance(a, np.ndarray) and a.dtype != np.float32 for a in args]
    if not any(arrays):
        return args
    return tuple(a.astype(np.float32) if is_array else a for a, is_array in zip(args, arrays))


def _stub(): ...


def _is_stub(answer):
    """Tell whether a function's body is nothing but ``...`` or ``pass``."""
    code = getattr(answer, "__code__", None)
    return code is not None and code.co_code == _stub.__code__.co_code
