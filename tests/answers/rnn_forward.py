"""Right and wrong answers to the exercises of chapter 02, with what the feedback must name."""

from operator import attrgetter

import numpy as np
from keras import ops

from rnnbook.cells import rnn_scan
from rnnbook.notebook.exercises import checkers

H1, H2, X3, B, U, W = attrgetter(
    "H1", "H2", "X3", "B", "U", "W")(checkers("rnn_forward"))

INSIDE = X3 @ W + H2 @ U + B


def looped(step, collect=None, axis=1, last=True, first=0):
    """Make a scan out of a step, with one thing wrong."""

    def scan(xs, h0, W, U, b):
        h, states = h0, []
        for t in range(first, xs.shape[1]):
            h = step(xs[:, t], h, h0, W, U, b)
            states.append(h)
        states = np.stack(states, axis=axis)
        return (states, h) if last else states

    return scan


def right_step(x, h, h0, W, U, b):
    return np.tanh(x @ W + h @ U + b)


def from_zero(xs, h0, W, U, b):
    return rnn_scan(xs, 0 * h0, W, U, b)


def with_h0(xs, h0, W, U, b):
    states, last = rnn_scan(xs, h0, W, U, b)
    return np.concatenate([h0[:, None], states], axis=1), last


def old_states(xs, h0, W, U, b):
    states, last = rnn_scan(xs, h0, W, U, b)
    return np.concatenate([h0[:, None], states[:, :-1]], axis=1), last


def only_last(xs, h0, W, U, b):
    last = rnn_scan(xs, h0, W, U, b)[1]
    return last, last


def first_as_last(xs, h0, W, U, b):
    states, _ = rnn_scan(xs, h0, W, U, b)
    return states, states[:, 0]


def backwards(xs, h0, W, U, b):
    return rnn_scan(xs[:, ::-1], h0, W, U, b)


def over_batch(xs, h0, W, U, b):
    h, states = h0, []
    for x in xs:
        h = np.tanh(x @ W + h @ U + b)
        states.append(h)
    return np.stack(states, axis=1), h


def jordan(x, y, W, U, b, V, c):
    return np.tanh(x @ W + y @ U + b) @ V + c


def parts(scan, xs, h0, W, U, b):
    """Return the states of the batch and of each sample on its own."""
    rows = [scan(xs[i:i + 1], h0[i:i + 1], W, U, b)[0] for i in range(len(xs))]
    return scan(xs, h0, W, U, b)[0], np.concatenate(rows)


def gap(reduce):
    """Make a batch_gap that reduces the differences in its own way."""

    def batch_gap(scan, xs, h0, W, U, b):
        whole, single = parts(scan, xs, h0, W, U, b)
        return reduce(whole - single)

    return batch_gap


def gap_in_float32(scan, *given):
    return gap(lambda d: np.abs(d).max())(
        scan, *(a.astype("float32") for a in given)) + np.float32(2.24e-7)


def same_start(scan, xs, h0, W, U, b):
    whole = scan(xs, h0, W, U, b)[0]
    rows = [scan(xs[i:i + 1], h0[:1], W, U, b)[0] for i in range(len(xs))]
    return np.abs(whole - np.concatenate(rows)).max()


def against_itself(scan, xs, h0, W, U, b):
    return np.abs(scan(xs, h0, W, U, b)[0] - scan(xs, h0, W, U, b)[0]).max()


def lost_axis(scan, xs, h0, W, U, b):
    return max(np.abs(scan(xs[i], h0[i], W, U, b)[0]).max() for i in range(len(xs)))


SHAPES = {"a": (4, 16), "b": (4, 7, 16), "c": [(4, 16), (4, 16)], "d": (4, 3)}

ANSWERS = {
    "rnn_forward.hand_step": {
        "right": [np.tanh(INSIDE), np.tanh(INSIDE).round(2), np.tanh(INSIDE).tolist(),
                  np.trunc(np.tanh(INSIDE) * 100) / 100],
        "wrong": [
            (INSIDE, "还没有取 tanh"),
            (np.tanh(INSIDE - B), "偏置 b 忘了加"),
            (np.tanh(X3 @ W + B), "h₂U 忘了加"),
            (np.tanh(X3 @ W + H1 @ U + B), "差了一步"),
            (np.tanh(X3 @ W + H2 @ U.T + B), "U 转置了"),
            (np.tanh(H2 @ U + B), "x₃W 忘了加"),
            (H2, "这是 h₂"),
            (np.tanh(INSIDE)[0], "形状应当是 (1, 3)"),
            (np.tanh(INSIDE).T, "转置"),
            ("tanh", "数组"),
            (np.zeros((1, 3)), "核对三项"),
        ],
    },
    "rnn_forward.param_count": {
        "right": [lambda d, h: h * (d + h + 1), lambda d, h: d * h + h * h + h],
        "wrong": [
            (lambda d, h: d * h + h * h, "偏置 b 忘了数"),
            (lambda d, h: d * h + h, "U 忘了数"),
            (lambda d, h: h * h + h, "W 忘了数"),
            (lambda d, h: d * h + h * h + 2 * h, "两个偏置"),
            (lambda d, h: d * h + d * d + h, "(units, units)"),
            (lambda d, h: d * h + h * h + d, "每个隐藏单元一个"),
            (lambda d, h: 10 * h * (d + h + 1), "与 T 无关"),
            (lambda d, h: 4 * h * (d + h + 1), "LSTM"),
            (lambda d, h: 400, "应当是"),
            (400, "函数本身"),
        ],
    },
    "rnn_forward.shapes": {
        "right": [SHAPES, {**SHAPES, "c": ((4, 16), (4, 16))},
                  {**SHAPES, "a": np.array((4, 16))}],
        "wrong": [
            ({**SHAPES, "a": (4, 7, 16)}, "只交出最后一步"),
            ({**SHAPES, "a": (7, 16)}, "时间轴和批轴弄混"),
            ({**SHAPES, "b": (7, 4, 16)}, "批在最前"),
            ({**SHAPES, "b": (4, 8, 16)}, "差了一步"),
            ({**SHAPES, "c": (4, 16)}, "两个输出"),
            ({**SHAPES, "d": (4, 7, 3)}, "第二个 SimpleRNN"),
            ({**SHAPES, "d": (3, 4)}, "转置"),
            ({**SHAPES, "c": None}, "收到的是 None"),
            ({**SHAPES, "b": (1, 2)}, "b：这个形状"),
            ([(4, 16)], "字典"),
        ],
    },
    "rnn_forward.scan": {
        "right": [rnn_scan, looped(right_step)],
        "wrong": [
            (looped(lambda x, h, h0, W, U, b: np.tanh(x @ W + h @ U)), "偏置 b 忘了加"),
            (looped(lambda x, h, h0, W, U, b: x @ W + h @ U + b), "tanh 忘了取"),
            (looped(lambda x, h, h0, W, U, b: np.tanh(x @ W + h @ U.T + b)), "U 转置了"),
            (looped(lambda x, h, h0, W, U, b: np.tanh(x @ W + h0 @ U + b)), "每一步都用了 h0"),
            (looped(lambda x, h, h0, W, U, b: np.tanh(x @ W + b)), "h @ U 忘了加"),
            (looped(lambda x, h, h0, W, U, b: np.tanh(x @ U + h @ W + b)), "W 和 U 用反"),
            (looped(right_step, axis=0), "第 0 轴"),
            (looped(right_step, last=False), "两样东西"),
            (looped(right_step, first=1), "少了一步"),
            (from_zero, "从零开始"),
            (with_h0, "多了一步"),
            (old_states, "差了一步"),
            (only_last, "只有一步"),
            (first_as_last, "不是末状态"),
            (backwards, "时间方向反了"),
            (over_batch, "走错了轴"),
            (lambda xs, h0, W, U, b: xs @ U, "出错"),
        ],
    },
    "rnn_forward.jordan_step": {
        "right": [jordan, lambda *given: jordan(*given).tolist()],
        "wrong": [
            (lambda x, y, W, U, b, V, c: np.tanh(x @ W + y @ U + b), "这是隐藏状态"),
            (lambda x, y, W, U, b, V, c: np.tanh(x @ W + y @ U + b) @ V, "c 忘了加"),
            (lambda x, y, W, U, b, V, c: np.tanh(x @ W + y @ U) @ V + c, "b 忘了加"),
            (lambda x, y, W, U, b, V, c: np.tanh(x @ W + b) @ V + c, "没有记忆"),
            (lambda x, y, W, U, b, V, c: np.tanh(jordan(x, y, W, U, b, V, c)), "多取了一次 tanh"),
            (lambda x, y, W, U, b, V, c: (x @ W + y @ U + b) @ V + c, "tanh 忘了取"),
            (lambda x, y, W, U, b, V, c: (jordan(x, y, W, U, b, V, c), y), "只返回"),
            (lambda x, y, W, U, b, V, c: jordan(x, y, W, U, b, V, c).T, "转置"),
            (lambda x, y, W, U, b, V, c: jordan(x, y, U, W, b, V, c), "W 和 U 用反"),
        ],
    },
    "rnn_forward.batch_gap": {
        "right": [gap(lambda d: np.abs(d).max()), gap(lambda d: max(d.max(), -d.min())),
                  gap(lambda d: ops.max(ops.abs(ops.cast(d, "float32")))),
                  lambda scan, *given: gap_in_float32(scan, *given)],
        "wrong": [
            (gap(lambda d: d.max()), "负的误差"),
            (gap(lambda d: np.abs(d).mean()), "不是最大的"),
            (gap(lambda d: np.abs(d[:, -1]).max()), "不只是末状态"),
            (gap(lambda d: np.abs(d[0]).max()), "不只是第一个"),
            (gap(lambda d: np.square(d).sum()), "不是最大的"),
            (gap(lambda d: np.abs(d)), "一个数"),
            (same_start, "h0[i:i+1]"),
            (against_itself, "和自己相减"),
            (lost_axis, "留住批"),
        ],
    },
}
