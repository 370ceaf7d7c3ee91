"""Right and wrong answers to the exercises of chapter 06, with what the feedback must name."""

from operator import attrgetter

import numpy as np

from rnnbook.cells import lstm_step, sigmoid
from rnnbook.notebook.exercises import checkers

C1, C2, H1, H2, X3, B, U, W, variant = attrgetter(
    "C1", "C2", "H1", "H2", "X3", "B", "U", "W", "variant")(checkers("lstm"))

H3, C3 = (a.item() for a in lstm_step(X3, H2, C2, W, U, B))
O3 = sigmoid(X3 @ W + H2 @ U + B)[0, 3]


def pair(h, c):
    return float(np.squeeze(h)), float(np.squeeze(c))


def params(d, h, peepholes=False):
    return 4 * h * (d + h + 1) + 3 * h * peepholes


def bias(n):
    f = 0.5 ** (1 / n)
    return np.log(f / (1 - f))


def chrono(u):
    return np.concatenate([-np.log(u), np.log(u), 0 * u, 0 * u])


def in_place(u):
    np.log(u, out=u)
    return np.concatenate([-u, u, 0 * u, 0 * u])


TENTH = np.arctanh(0.1)  # a candidate of 0.1


def counter(event=TENTH, forget=12.0, reset=-24.0, g=0.0, i=12.0, i_reset=0.0, u=0.0):
    """Make weights of a counter, with something changed."""
    return lambda: (np.array([[0, 0, event, 0], [i_reset, reset, 0, 0]]),
                    np.array([[u, 0, 0, 0]]), np.array([i, forget, g, 0]))


ANSWERS = {
    "lstm.hand_step": {
        "right": [(H3, C3), [round(H3, 2), round(C3, 2)],
                  (int(H3 * 100) / 100, int(C3 * 100) / 100), np.array([[H3], [C3]])],
        "wrong": [
            ((C3, H3), "写反了"),
            (pair(H2, C2), "第二步"),
            ((O3 * C3, C3), "漏了 tanh"),
            ((O3 * np.tanh(C2.item()), C3), "旧的 c₂"),
            (pair(*lstm_step(X3, H2, C2, W, U, 0 * B)), "偏置 b 忘了加"),
            (pair(*lstm_step(X3, 0 * H2, C2, W, U, B)), "h₂U 忘了加"),
            (pair(*lstm_step(X3, H1, C1, W, U, B)), "差了一步"),
            (H3, "两个数"),
            ((0.0, 0.0), "依次核对"),
        ],
    },
    "lstm.param_count": {
        "right": [params, lambda d, h, p=False: 4 * (d * h + h * h + h) + (3 * h if p else 0)],
        "wrong": [
            (lambda d, h, p=False: h * (d + h + 1), "SimpleRNN"),
            (lambda d, h, p=False: 3 * h * (d + h + 1), "三组"),
            (lambda d, h, p=False: 4 * h * (d + h), "偏置忘了数"),
            (lambda d, h, p=False: 4 * h * (d + h) + h, "偏置也有四组"),
            (lambda d, h, p=False: 4 * h * (d + h + 2), "两个偏置"),
            (lambda d, h, p=False: 4 * (d * h + d * d + h), "与特征数无关"),
            (lambda d, h, p=False: params(d, h), "要多出三扇门"),
            (lambda d, h, p=False: params(d, h) + 4 * h * p, "候选值没有"),
            (lambda d, h, p=False: params(d, h) + 3 * h * h * p, "逐元素乘"),
            (lambda d, h, p=False: 7, "应当是"),
            (1600, "函数本身"),
        ],
    },
    "lstm.bias_for_half_life": {
        "right": [bias, lambda n: -np.log(2 ** (1 / n) - 1)],
        "wrong": [
            (lambda n: 0.5 ** (1 / n), "f 本身"),
            (lambda n: -bias(n), "正负号反了"),
            (lambda n: np.log(0.5) / n, "ln f 不是"),
            (np.log, "近似"),
            (lambda n: -np.log(np.exp(1 / n) - 1), "1/e"),
            (lambda n: np.arctanh(0.5 ** (1 / n)), "tanh 的反函数"),
            (lambda n: n, "数值不对"),
        ],
    },
    "lstm.chrono_bias": {
        "right": [chrono],
        "wrong": [
            (lambda u: -chrono(u), "两块写反了"),
            (lambda u: np.concatenate([0 * u, np.log(u), 0 * u, 0 * u]), "输入门的偏置忘了设"),
            (lambda u: np.concatenate([np.log(u), np.log(u), 0 * u, 0 * u]), "符号错了"),
            (lambda u: np.concatenate([-np.log(u), 0 * u, np.log(u), 0 * u]), "第三块"),
            (lambda u: np.concatenate([-u, u, 0 * u, 0 * u]), "取对数"),
            (lambda u: np.stack([-np.log(u), np.log(u), 0 * u, 0 * u]), "首尾相接"),
            (lambda u: np.stack([-np.log(u), np.log(u), 0 * u, 0 * u], -1).ravel(), "交错"),
            (lambda u: np.concatenate([-np.log(u), np.log(u)]), "只有两块"),
            (in_place, "改动了"),
        ],
    },
    "lstm.fixed_step": {
        "right": [lstm_step, variant()],
        "wrong": [
            (variant("iogf", sigmoid, late=False), "三处都还在"),
            (variant("iogf"), "四块的次序"),
            (variant(squash=sigmoid), "候选值要用 tanh"),
            (variant(late=False), "先更新 c"),
            (variant("iogf", late=False), "还剩两处"),
            (variant("figo"), "f、i、g、o"),
            (variant(out=lambda a: a), "tanh 弄丢"),
            (variant(keep=False), "遗忘门弄丢"),
            (lambda *args: lstm_step(*args)[::-1], "次序反了"),
            (lambda *args: lstm_step(*args)[0], "两样东西"),
        ],
    },
    "lstm.counter": {
        "right": [counter(), counter(forget=20.0, reset=-50.0)],
        "wrong": [
            (counter(forget=2.0), "漏光"),
            (counter(g=0.05), "每步也写进去"),
            (counter(reset=-5.0), "没有关上"),
            (counter(i_reset=-40.0), "没有计入"),
            (counter(event=0.2), "arctanh(0.1)"),
            (counter(i=0.0), "arctanh(0.1)"),
            (counter(i=1.0, u=-5.0), "U 应当是 0"),
            (lambda: (np.zeros((2, 4)), np.zeros((1, 4))), "三样东西"),
            (lambda: (np.zeros((2, 3)), np.zeros((1, 4)), np.zeros(4)), "形状不对"),
        ],
    },
}
