"""Calling a student's function: what it gets, and what went wrong in it, in Chinese."""

import contextlib
import re
import signal
import threading
import traceback

import numpy as np

from rnnbook.notebook.answers import Unanswered, Wrong, plain

LIMIT = 60  # seconds that one call may take
CAUSES = (
    (TimeoutError, f"{LIMIT} 秒还没有算完，停下了：循环是不是永远不结束？"),
    (SystemExit, "函数里调用了 exit()：去掉它，用 return 交出结果。"),
    (RecursionError, "递归太深：函数一直在调用自己，停不下来。"),
    (ZeroDivisionError, "除以了 0。"),
    (OverflowError, "数太大，溢出了。"),
    (MemoryError, "内存不够：数组是不是大得离谱？"),
    (UnboundLocalError, "变量 {name} 还没有赋值就用了。"),
    (NameError, "名字 {name} 没有定义：是不是拼错了，或者前面的格子没有运行？"),
    (ImportError, "找不到要导入的 {name}。"),
    (AttributeError, "没有 .{name} 这个属性：先用 print 看看点号前面的是什么。"),
    (np.exceptions.AxisError, "没有这个轴：轴从 0 数起。"),
    (KeyError, "字典里没有这个键。"),
    (IndexError, "下标越界：从 0 数起，最后一个是长度减 1。"),
    (np.linalg.LinAlgError, "矩阵算不下去：是不是奇异，或者不是方阵？"),
    (AssertionError, "assert 的条件不成立。"),
    (OSError, "文件或网络出了问题：这里不需要它们。"),
    (StopIteration, "迭代已经走完，再也取不出下一个。"),
)
SHAPE = re.compile(r"(?<!In)[\[(]\d+(?:, ?\d+)*,?[\])]")


def _mixed_types(error):
    """Tell whether a backend refused to mix two types of numbers."""
    return re.search(r"dtype|scalar type|expected to be a", str(error)) is not None


def cause(error):
    """Say in a Chinese sentence why an exception was raised."""
    text = str(error)
    for kind, sentence in CAUSES:
        if isinstance(error, kind):
            return sentence.format(name=getattr(error, "name", None) or "某个名字")
    if _mixed_types(error):
        return "两种类型的数混在一起算了：先用 astype 或 ops.cast 变成同一种。"
    if "argument" in text and isinstance(error, TypeError):
        return "参数的个数或名字不对：def 那一行照题目里的写，调用时也数一数。"
    if shapes := " 和 ".join(SHAPE.findall(text)):
        return f"形状对不上：{shapes}。先用 print 看看每个数组的 shape。"
    if re.search(r"shape|dimension|broadcast|size|axis|unpack", text):
        return "形状或个数对不上：先用 print 看看每个数组的 shape。"
    if isinstance(error, TypeError):
        return "类型不合：有一个值不是你以为的那种（例如是 None、一段文字或一个列表）。"
    if isinstance(error, ValueError):
        return "值不合要求：这一步收不了这样的值。"
    return "另起一格，用小例子调用它，看 Python 怎么说。"


def _line(error, function):
    """Say in which line of a function an exception arose, counted from its def; "" if unknown."""
    code = getattr(function, "__code__", None)
    lines = [number for frame, number in traceback.walk_tb(error.__traceback__)
             if frame.f_code is code]
    return f"（第 {lines[-1] - code.co_firstlineno + 1} 行，从 def 数起）" if lines else ""


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
            with _limited():
                return plain(answer(*given))
        except (Wrong, Unanswered):
            raise
        except NotImplementedError:
            raise Unanswered from None
        except (Exception, SystemExit) as error:
            if _mixed_types(error) and (alike := _in_float32(given)) is not given:
                return run(alike)
            where, why = _line(error, answer), cause(error)
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


@contextlib.contextmanager
def _limited():
    """Raise TimeoutError in a call that does not end, where the system has timers."""
    if not hasattr(signal, "setitimer") or (
            threading.current_thread() is not threading.main_thread()):
        yield
        return

    def stop(*_):
        raise TimeoutError

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


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
