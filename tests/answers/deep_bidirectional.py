"""Right and wrong answers to the exercises of chapter 08, with what the feedback must name."""

import numpy as np


def params(d, h, n, directions=2, upper=2, gates=4, bias=1):
    return sum(directions * gates * h * ((d if k == 0 else upper * h) + h + bias)
               for k in range(n))


def joined(f, b):
    return np.concatenate([f, b[:, ::-1]], axis=-1)


def farthest(model, x, steps=None, reduce=np.abs, tolerance=0.0, start=None, feature=None,
             rows=slice(None), combine=np.max, distance=lambda s, t: s - t):
    best, before = start, np.asarray(model(x))
    for s in steps or range(x.shape[1]):
        edited = x.copy()
        edited[:, s, slice(None) if feature is None else feature] += 1
        change = reduce(np.asarray(model(edited)) - before)[rows]
        for t in np.flatnonzero(combine(change, axis=(0, 2)) > tolerance):
            best = distance(s, t) if best is None else max(best, distance(s, t))
    return best


def spoils(model, x):
    before = model(x)
    x[:, -1] += 1
    return int(np.abs(model(x) - before).max() > 0)


AHEAD = {"a": 0, "b": 9, "c": 1, "d": 0, "e": 9, "f": 5}
ADD = {"a": True, "b": False, "c": False, "d": True, "e": True, "f": True}


def wait(kind, size, depth, ms):
    return size * depth * ms if kind == "delayed" else (size - 1) * ms


ANSWERS = {
    "deep_bidirectional.stack_params": {
        "right": [params],
        "wrong": [
            (lambda d, h, n: params(d, h, n, upper=1), "宽度是 2·units"),
            (lambda d, h, n: params(d, h, n, directions=1), "只数了一个方向"),
            (lambda d, h, n: params(d, h, n, directions=1, upper=1), "而且第二层"),
            (lambda d, h, n: n * params(d, h, 1), "按第一层的输入宽度"),
            (lambda d, h, n: params(d, h, n, gates=1), "SimpleRNN"),
            (lambda d, h, n: params(d, h, n, gates=3), "不是三组"),
            (lambda d, h, n: params(d, h, n, bias=0), "偏置忘了数"),
            (lambda d, h, n: params(d, h, n, bias=2), "PyTorch"),
            (lambda d, h, n: 7, "应当是"),
            (2560, "函数本身"),
        ],
    },
    "deep_bidirectional.align": {
        "right": [joined, lambda f, b: np.concatenate([f, np.flip(b, 1)], 2)],
        "wrong": [
            (lambda f, b: np.concatenate([f, b], -1), "忘了倒回来"),
            (lambda f, b: np.concatenate([f[:, ::-1], b], -1), "倒错了一边"),
            (lambda f, b: np.concatenate([f[:, ::-1], b[:, ::-1]], -1), "两个都倒了"),
            (lambda f, b: np.concatenate([f, b[::-1]], -1), "倒的是批"),
            (lambda f, b: np.concatenate([f, b[:, :, ::-1]], -1), "倒的是特征"),
            (lambda f, b: joined(f, b)[:, ::-1], "倒错了一边"),
            (lambda f, b: np.concatenate([b[:, ::-1], f], -1), "次序反了"),
            (lambda f, b: np.concatenate([f, b[:, ::-1]], 1), "12 步"),
            (lambda f, b: np.concatenate([f, b[:, ::-1]], 0), "沿批"),
            (lambda f, b: f + b[:, ::-1], "2H"),
            (lambda f, b: 0 * joined(f, b), "数值不对"),
        ],
    },
    "deep_bidirectional.steps_ahead": {
        "right": [AHEAD],
        "wrong": [
            ({**AHEAD, "a": 9}, "a：每一层"),
            ({**AHEAD, "b": 10}, "差了一步"),
            ({**AHEAD, "c": 3}, "核宽 3"),
            ({**AHEAD, "d": 2}, "causal"),
            ({**AHEAD, "e": 0}, "偷看"),
            ({**AHEAD, "f": 3}, "逐层相加"),
            ({**AHEAD, "a": False}, "收到的是 True"),
            ([0, 9], "字典"),
        ],
    },
    "deep_bidirectional.addable": {
        "right": [ADD],
        "wrong": [
            ({**ADD, "a": False}, "可以加"),
            ({**ADD, "b": True}, "时间轴"),
            ({**ADD, "c": True}, "宽 32"),
            ({**ADD, "d": False}, "各 8"),
            ({**ADD, "e": False}, "sum"),
            ({**ADD, "f": False}, "投影"),
            ({**ADD, "f": "yes"}, "True 或 False"),
            ("adef", "字典"),
        ],
    },
    "deep_bidirectional.latency_ms": {
        "right": [wait],
        "wrong": [
            (lambda k, s, d, m: s * m if k == "delayed" else (s - 1) * m, "要乘层数"),
            (lambda k, s, d, m: (s if k == "delayed" else s - 1) * d * m, "不逐层相加"),
            (lambda k, s, d, m: s * d * m, "各层不相加"),
            (lambda k, s, d, m: s * m * (d if k == "delayed" else 1), "差了一步"),
            (lambda k, s, d, m: wait(k, s, d, 1), "step_ms"),
            (lambda k, s, d, m: (s - 1) * m * (d if k == "delayed" else 1), "不减 1"),
            (lambda k, s, d, m: 0, "应当是"),
        ],
    },
    "deep_bidirectional.farthest": {
        "right": [farthest],
        "wrong": [
            (lambda m, x: farthest(m, x, distance=lambda s, t: abs(s - t)), "只看过去"),
            (lambda m, x: farthest(m, x, distance=lambda s, t: s - t - 1), "只看此刻"),
            (lambda m, x: farthest(m, x, start=0), "迟到"),
            (lambda m, x: farthest(m, x, tolerance=1e-6, start=-8), "不要容差"),
            (lambda m, x: farthest(m, x, feature=0, start=-8), "所有的特征"),
            (lambda m, x: farthest(m, x, rows=slice(0, 1), start=-8), "最后一个样本"),
            (lambda m, x: farthest(m, x, reduce=np.array, combine=np.sum, start=-8), "先取绝对值"),
            (lambda m, x: farthest(m, x, steps=range(4), start=-8), "倒过来"),
            (spoils, "x.copy()"),
            (lambda m, x: m(x), "一个数"),
        ],
    },
}
