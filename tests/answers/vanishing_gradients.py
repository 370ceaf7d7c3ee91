"""Right and wrong answers to the exercises of chapter 04, with what the feedback must name."""

import numpy as np

EPS = np.finfo("float32").eps


def jacobian(x, h, W, U, b):
    return np.diag(1 - np.tanh(x @ W + h @ U + b)[0] ** 2) @ U.T


def by_hand(x, h, W, U, b):
    return (1 - np.tanh(x @ W + h @ U + b).T ** 2) * U.T


def slope(x, h, W, U, b):
    return np.diag(1 - np.tanh(x @ W + h @ U + b)[0] ** 2)


def count(factor):
    steps, product = 0, 1.0
    while product >= EPS:
        product *= factor
        steps += 1
    return steps


def clip(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (limit / norm) if norm > limit else g for g in grads]


def clip_each(grads, limit):
    return [g * min(1, limit / np.linalg.norm(g)) for g in grads]


def scaled(norm):
    """Make a clipping that divides by another measure of size."""

    def clip_by(grads, limit):
        size = norm(grads)
        return [g * min(1, limit / size) for g in grads]

    return clip_by


def in_place(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    for g in grads:
        g *= min(1, limit / max(norm, 1e-12))
    return grads


def enlarging(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * limit / norm for g in grads]


def dividing_by_zero(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    with np.errstate(all="ignore"):
        return [g * np.fmin(1, limit / norm) + 0 * (g / norm) for g in grads]


def to_one(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm if norm > limit else g for g in grads]


def bisect(norm_of, low, high, tol=1e-3):
    while high - low > tol:
        middle = (low + high) / 2
        if norm_of(middle) < 1:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def wrong_half(norm_of, low, high, tol=1e-3):
    while high - low > tol:
        middle = (low + high) / 2
        if norm_of(middle) > 1:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def grid(norm_of, low, high, tol=1e-3):
    gains = np.arange(low, high, tol)
    return gains[np.argmin([abs(np.log(norm_of(g))) for g in gains])]


def fixed_steps(norm_of, low, high, tol=1e-3):
    for _ in range(13):
        middle = (low + high) / 2
        low, high = (middle, high) if norm_of(middle) < 1 else (low, middle)
    return (low + high) / 2


def endless(norm_of, low, high, tol=1e-3):
    while True:
        norm_of(low)


DIAGNOSIS = {"a": "neither", "b": "vanishing", "c": "transient", "d": "exploding"}

ANSWERS = {
    "vanishing_gradients.step_jacobian": {
        "right": [jacobian, by_hand],
        "wrong": [
            (lambda *a: jacobian(*a).T, "转置了"),
            (lambda *a: slope(*a) @ a[3], "U 忘了转置"),
            (lambda *a: a[3].T @ slope(*a), "乘错了边"),
            (lambda *a: a[3].T, "斜率忘了乘"),
            (lambda x, h, W, U, b: np.diag(1 - h[0] ** 2) @ U.T, "**新**状态"),
            (lambda x, h, W, U, b: np.diag(np.tanh(x @ W + h @ U + b)[0]) @ U.T, "本身"),
            (lambda x, h, W, U, b: np.diag(1 - np.tanh(x @ W + h @ U + b)[0]) @ U.T, "平方漏了"),
            (lambda x, h, W, U, b: np.diag(1 - (x @ W + h @ U + b)[0] ** 2) @ U.T, "漏了 tanh"),
            (lambda x, h, W, U, b: jacobian(x, h, W, U, 0), "偏置 b 忘了加"),
            (lambda x, h, W, U, b: jacobian(0 * x, h, W, U, b), "xW 忘了加"),
            (lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b), "(H, H)"),
            (lambda *a: 2 * jacobian(*a), "数值不对"),
        ],
    },
    "vanishing_gradients.steps_to_eps": {
        "right": [count, lambda f: int(np.floor(np.log(EPS) / np.log(f))) + 1],
        "wrong": [
            (lambda f: count(f) - 1, "少了一步"),
            (lambda f: count(f) + 1, "多了一步"),
            (lambda f: -count(f), "负的"),
            (lambda f: np.log(EPS) / np.log(f), "要整数"),
            (lambda f: int(np.log(2.2e-16) / np.log(f)) + 1, "float64"),
            (lambda f: 100, "应当是"),
            (23, "函数本身"),
        ],
    },
    "vanishing_gradients.matrix": {
        "right": [[[0.5, 4.95], [0, 0.5]], np.array([[0.5, 0], [4.95, -0.5]]),
                  [[0, 5], [0.05, 0]]],
        "wrong": [
            (np.diag([5.0, 0.5]), "两个数都是 5"),
            (np.diag([0.5, 0.5]), "对角线外还要有一个大数"),
            ([[0.5, 2], [0, 0.5]], "谱半径对了"),
            ([[0.0, 5], [0, 0.0]], "谱范数对了"),
            ([[1.0, 3], [0, 1.0]], "现在谱半径是"),
            ([[0.1, 0.2]], "形状"),
        ],
    },
    "vanishing_gradients.clip_global": {
        "right": [clip],
        "wrong": [
            (clip_each, "clipnorm"),
            (lambda g, c: [c * a / np.linalg.norm(a) for a in g], "都被缩放到 limit"),
            (lambda g, c: [np.clip(a, -c, c) for a in g], "clipvalue"),
            (scaled(lambda g: sum(np.sum(a**2) for a in g)), "忘了开方"),
            (scaled(lambda g: sum(np.linalg.norm(a) for a in g)), "不能直接相加"),
            (scaled(lambda g: sum(np.abs(a).sum() for a in g)), "绝对值之和"),
            (lambda g, c: g, "没有裁剪"),
            (to_one, "阈值没有用上"),
            (enlarging, "放大了"),
            (in_place, "被改动了"),
            (dividing_by_zero, "NaN"),
            (lambda g, c: clip(g, c)[0], "一个列表"),
            (lambda g, c: [a.ravel() for a in clip(g, c)], "形状不对"),
        ],
    },
    "vanishing_gradients.diagnosis": {
        "right": [DIAGNOSIS],
        "wrong": [
            ({**DIAGNOSIS, "a": "exploding"}, "a："),
            ({**DIAGNOSIS, "b": "neither"}, "b："),
            ({**DIAGNOSIS, "c": "exploding"}, "先涨后跌"),
            ({**DIAGNOSIS, "c": "vanishing"}, "更准的词"),
            ({**DIAGNOSIS, "c": "neither"}, "变化很大"),
            ({**DIAGNOSIS, "d": "vanishing"}, "看的是比值"),
            ({**DIAGNOSIS, "d": "transient"}, "一路变大"),
            ({**DIAGNOSIS, "a": "消失"}, "里的一个"),
            ({"a": "neither"}, "字典"),
        ],
    },
    "vanishing_gradients.find_border": {
        "right": [bisect],
        "wrong": [
            (lambda f, low, high, tol=1e-3: (low + high) / 2, "没有搜索"),
            (wrong_half, "留错了一半"),
            (lambda f, low, high, tol=1e-3: 1.0, "不在增益 1"),
            (grid, "十几次"),
            (fixed_steps, "tol=1e-6"),
            (endless, "还没有停"),
            (lambda f, low, high, tol=1e-3: 1.5, "应当是 1.700"),
        ],
    },
}
