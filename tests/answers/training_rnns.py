"""Right and wrong answers to the exercises of chapter 05, with what the feedback must name."""

from operator import attrgetter

import numpy as np

from rnnbook.cells import sigmoid
from rnnbook.notebook.exercises import checkers

CURVES, ROW = attrgetter(
    "CURVES", "ROW")(checkers("training_rnns"))

CENTRED = ROW - 5


def swish(term):
    """Make a derivative of swish out of s = sigmoid(beta a), a and beta."""
    return lambda a, beta: term(sigmoid(beta * a), a, beta)


def step(train, predict):
    """Make a zoneout step out of its two rules."""

    def zoneout_step(old, new, u, p):
        return predict(old, new, p) if u is None else train(old, new, u < p, p)

    return zoneout_step


def keep(old, new, k, p):
    return np.where(k, old, new)


def mean(old, new, p):
    return p * old + (1 - p) * new


def haar(size, gain, rng):
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return gain * q * np.sign(np.diag(r))


def rotation(size, gain, rng):
    q = haar(size, 1.0, rng)
    q[:, 0] *= np.sign(np.linalg.det(q))
    return gain * q


def unit_rows(size, gain, rng):
    a = rng.standard_normal((size, size))
    return gain * a / np.linalg.norm(a, axis=1, keepdims=True)


ANSWERS = {
    "training_rnns.layer_norm": {
        "right": [CENTRED / 2, [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]],
        "wrong": [
            (CENTRED, "还没有除以标准差"),
            (CENTRED / 4, "还要开平方"),
            (ROW / 2, "忘了减均值"),
            (CENTRED / ROW.std(ddof=1), "H − 1"),
            ((ROW - 2) / 7, "[0, 1]"),
            (np.zeros(8), "离差平方的平均"),
            ([1.0, 2.0], "形状不对"),
        ],
    },
    "training_rnns.baseline": {
        "right": [(1.5, 0.25), (3 / 2, 3 / 12), [1.5, 0.25]],
        "wrong": [
            ((1, 0.25), "两个数时的均值"),
            ((1.5, 1 / 6), "两个数时的误差"),
            ((1.5, 0.75), "方差是 3 × 1/12"),
            ((1.5, 0.5), "这是标准差"),
            ((0.25, 1.5), "次序反了"),
            ((0.5, 0.25), "目标的均值"),
            ((1.5, 0.1), "误差不对"),
            (0.25, "要两个数"),
        ],
    },
    "training_rnns.swish_slope": {
        "right": [swish(lambda s, a, b: s + b * a * s * (1 - s)),
                  swish(lambda s, a, b: s * (1 + b * a * (1 - s)))],
        "wrong": [
            (swish(lambda s, a, b: a * s), "函数值"),
            (swish(lambda s, a, b: s), "少了第二项"),
            (swish(lambda s, a, b: s + a * s * (1 - s)), "漏了里面的 β"),
            (swish(lambda s, a, b: s * (1 - s)), "sigmoid 的导数"),
            (swish(lambda s, a, b: b * a * s * (1 - s)), "少了第一项"),
            (swish(lambda s, a, b: s - b * a * s * (1 - s)), "符号反了"),
            (swish(lambda s, a, b: s + b * s * (1 - s)), "漏乘了 a"),
            (swish(lambda s, a, b: a), "中央差分"),
            (0.5, "函数本身"),
        ],
    },
    "training_rnns.curves": {
        "right": [CURVES, {key: name.lower() for key, name in CURVES.items()}],
        "wrong": [
            ({**CURVES, "A": "swish", "C": "GELU"}, "A 和 C 认反了"),
            ({**CURVES, "B": "tanh", "D": "sigmoid"}, "B 和 D 认反了"),
            ({**CURVES, "A": "ReLU"}, "台阶"),
            ({**CURVES, "D": "swish"}, "D：不是"),
            ({**CURVES, "B": "softmax"}, "六个名字之一"),
            (["GELU"], "字典"),
        ],
    },
    "training_rnns.zoneout_step": {
        "right": [step(keep, mean),
                  step(lambda old, new, k, p: k * old + (1 - k) * new, mean)],
        "wrong": [
            (step(lambda old, new, k, p: np.where(k, new, old), mean), "新旧反了"),
            (step(lambda old, new, k, p: (1 - k) * new, mean), "变成了 0"),
            (step(lambda old, new, k, p: (1 - k) * new / (1 - p), mean), "这是暂退法"),
            (step(lambda old, new, k, p: mean(old, new, p), mean), "随机数 u"),
            (step(lambda old, new, k, p: new, mean), "只交出了新状态"),
            (step(keep, lambda old, new, p: new), "不是只取新状态"),
            (step(keep, lambda old, new, p: mean(new, old, p)), "两个系数反了"),
            (lambda old, new, u, p: np.where(u < p, old, new), "出错"),
        ],
    },
    "training_rnns.orthogonal": {
        "right": [haar],
        "wrong": [
            (lambda size, gain, rng: haar(size, 1.0, rng), "增益忘了乘"),
            (lambda size, gain, rng: haar(size, gain**0.5, rng), "平方根"),
            (lambda size, gain, rng: np.linalg.qr(rng.standard_normal((size, size)))[1],
             "上三角的 R"),
            (unit_rows, "互不垂直"),
            (lambda size, gain, rng: gain * rng.standard_normal((size, size)), "不是 gain²"),
            (lambda size, gain, rng: gain * np.eye(size), "一模一样"),
            (lambda size, gain, rng: haar(size, gain, np.random.default_rng(0)), "一模一样"),
            (rotation, "一个符号"),
            (lambda size, gain, rng: haar(size, gain, rng)[0], "形状不对"),
        ],
    },
}
