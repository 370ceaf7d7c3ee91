"""Reading an answer in whatever form it comes; what cannot be read is said in Chinese."""

import numbers

import numpy as np

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
