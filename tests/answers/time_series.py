"""Right and wrong answers of chapter 13."""

import math

import numpy as np


def mase(y, f, train, season, lag=None, part=None):
    part = train if part is None else part
    lag = lag or season
    return np.abs(y - f).mean() / np.abs(part[lag:] - part[:-lag]).mean()


def rms(v):
    return np.sqrt(np.square(v).mean())


def undone(w, p):
    return np.exp(w + np.log(p[-1]) + np.log(p[-12]) - np.log(p[-13]))


FUTURE = {"a": True, "b": False, "c": True, "d": False, "e": True, "f": True}


def recursive(one_step, past, horizon, feed=True, keep=True):
    path = list(past)
    for _ in range(horizon):
        said = one_step(np.array(path))
        if not keep:
            path.pop(0)
        path.append(said)
    return np.array(path[-horizon:])


def endless(one_step, past, horizon):
    while True:
        one_step(past)


def spoils(one_step, past, horizon):
    out = recursive(one_step, past, horizon)
    past[-1] = 0
    return out


def term(n, i, p):
    return math.comb(n, i) * p**i * (1 - p) ** (n - i)


def least(n, k, p):
    return sum(term(n, i, p) for i in range(k, n + 1))


def corr(a, b):
    return 0.0 if a.std() == 0 else np.corrcoef(a, b)[0, 1]


def change(y, f):
    return corr(f - y[:-1], y[1:] - y[:-1])


def guarded(score):
    """Score 0 for an exact copy, so that the second check is reached."""
    return lambda y, f: 0.0 if np.array_equal(f, y[:-1]) else score(y, f)


ANSWERS = {
    "time_series.seasonal_mase": {
        "right": [mase],
        "wrong": [
            (lambda y, f, tr, s: mase(y, f, tr, s, lag=1), "season 步之前"),
            (lambda y, f, tr, s: mase(y, f, tr, s, part=y), "只能从训练部分"),
            (lambda y, f, tr, s: rms(y - f) / rms(tr[s:] - tr[:-s]), "用了平方误差"),
            (lambda y, f, tr, s: rms(y - f) / np.abs(tr[s:] - tr[:-s]).mean(), "分子用了平方"),
            (lambda y, f, tr, s: np.abs(y - f).mean(), "这是 MAE"),
            (lambda y, f, tr, s: abs((y - f).mean()) / np.abs(tr[s:] - tr[:-s]).mean(), "抵消"),
            (lambda y, f, tr, s: 1 / mase(y, f, tr, s), "颠倒"),
            (lambda y, f, tr, s: 1.0, "应当是"),
        ],
    },
    "time_series.undo": {
        "right": [undone],
        "wrong": [
            (lambda w, p: np.log(undone(w, p)), "exp"),
            (lambda w, p: undone(0, p), "没有用到 w_hat"),
            (lambda w, p: np.exp(w) * p[-1], "只加回了上个月"),
            (lambda w, p: np.exp(w) * p[-12], "照抄去年"),
            (lambda w, p: np.exp(w) * p[-1] * p[-13] / p[-12], "颠倒"),
            (lambda w, p: w + p[-1] + p[-12] - p[-13], "没有取对数"),
            (lambda w, p: w + undone(0, p), "不是加上 w"),
            (lambda w, p: (1 + w) * undone(0, p), "近似"),
            (lambda w, p: np.exp(w) * p[-1] * p[-13] / p[-14 + (len(p) == 13)], "差了一个月"),
            (lambda w, p: 7.0, "应当是"),
        ],
    },
    "time_series.uses_future": {
        "right": [FUTURE],
        "wrong": [
            ({**FUTURE, "a": False}, "1960"), ({**FUTURE, "b": True}, "算得出来"),
            ({**FUTURE, "c": False}, "重叠"), ({**FUTURE, "d": True}, "验证部分"),
            ({**FUTURE, "e": False}, "挑选也是泄漏"), ({**FUTURE, "f": False}, "后 6 个月"),
            ({**FUTURE, "f": "yes"}, "True 或 False"), ("acef", "字典"),
        ],
    },
    "time_series.recursive": {
        "right": [recursive],
        "wrong": [
            (spoils, "复制一份"),
            (lambda g, p, h: np.full(h, g(p)), "同一个数"),
            (lambda g, p, h: np.array([g(np.append(np.zeros(k), p)) for k in range(h)]),
             "最后一个真值"),
            (lambda g, p, h: recursive(g, p, h)[::-1], "次序反了"),
            (lambda g, p, h: recursive(g, p, h, keep=False), "越来越长"),
            (lambda g, p, h: np.append(p, recursive(g, p, h)), "只要此后"),
            (lambda g, p, h: recursive(g, p, h + 1), "多走或少走"),
            (lambda g, p, h: 2 * recursive(g, p, h), "数值不对"),
            (endless, "1000 次"),
        ],
    },
    "time_series.tail": {
        "right": [least, lambda n, k, p: 1 - sum(term(n, i, p) for i in range(k))],
        "wrong": [
            (term, "恰好 k 个"),
            (lambda n, k, p: 1 - least(n, k, p), "少于 k 个"),
            (lambda n, k, p: least(n, k + 1, p), "差了一项"),
            (lambda n, k, p: 1 - least(n, k + 1, p), "至多 k 个"),
            (lambda n, k, p: sum(p**i * (1 - p) ** (n - i) for i in range(k, n + 1)), "组合数"),
            (lambda n, k, p: least(n, k, 1 - p), "颠倒"),
            (lambda n, k, p: 0.5, "应当是"),
        ],
    },
    "time_series.change_correlation": {
        "right": [change],
        "wrong": [
            (lambda y, f: corr(f, y[1:]), "抄昨天得了高分"),
            (guarded(lambda y, f: corr(f, y[1:])), "水平的相关"),
            (guarded(lambda y, f: corr(np.diff(f), np.diff(y[1:]))), "np.diff(forecast)"),
            (guarded(lambda y, f: corr(f - y[1:], y[1:] - y[:-1])), "是误差"),
            (guarded(lambda y, f: abs(change(y, f))), "绝对值"),
            (guarded(lambda y, f: change(y, f) ** 2), "不要平方"),
            (lambda y, f: 1.0, "应当是 0"),
            (guarded(lambda y, f: 0.5), "应当是"),
        ],
    },
}
