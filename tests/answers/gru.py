"""Right and wrong answers to the exercises of chapter 07, with what the feedback must name."""

from operator import attrgetter

import numpy as np

from rnnbook.cells import sigmoid
from rnnbook.cells.conventions import negate_z
from rnnbook.notebook.exercises import checkers

CONVENTIONS, H1, X2, B, U, W, one_gate, gates, run_convention = attrgetter(
    "CONVENTIONS", "H1", "X2", "B", "U", "W", "one_gate", "gates", "run_convention")(
        checkers("gru"))

Z, R, G = gates(X2, H1, W, U, B)
BEFORE = gates(X2, H1, W, U, B, reset="before")[2]
OUTSIDE = gates(X2, H1, W, U, B, inside=False)[2]
NO_BIAS = gates(X2, H1, W, U, 0 * B)[2]
NO_RESET = np.tanh(X2 @ W[:, 4:] + H1 @ U[:, 4:] + B[1, 4:])


def right_count(d, h, after):
    return 3 * (d * h + h * h + (2 * h if after else h))


def negated(blocks, names):
    """Make a converter that negates the given blocks of the given weights."""

    def convert(W, U, b):
        H, result = len(U), []
        for name, weight in zip("WUb", (W, U, b)):
            weight = weight.copy()
            for block in blocks if name in names else ():
                weight[..., block * H:(block + 1) * H] *= -1
            result.append(weight)
        return tuple(result)

    return convert


def one_row(W, U, b):
    W, U, b = negated([0], "WU")(W, U, b)
    b[0, :len(U)] *= -1
    return W, U, b


def in_place(W, U, b):
    for weight in (W, U, b):
        weight[..., :len(U)] *= -1
    return W, U, b


def brackets(forget=40.0, latch=True, count=20.0, gate=40.0):
    W, U, b = np.zeros((2, 8)), np.zeros((2, 8)), np.zeros(8)
    b[0], b[2:4], b[6:8] = gate, forget, 40
    W[:, 4] = count, -count
    if latch:
        U[0, 1], b[1], b[5] = -200, -100, 20
    return W, U, b


def search(conventions, pick=min):
    """Make a find_convention that tries these conventions and names the best."""

    def find(xs, last, W, U, b):
        return pick(conventions, key=lambda convention: np.abs(
            run_convention(xs, W, U, b, *convention) - last).max())

    return find


def renamed(change):
    """Make a find_convention that finds the truth and then says something else."""

    def find(*arguments):
        return change(*search(CONVENTIONS)(*arguments))

    return find


OTHER = {"old": "new", "new": "old", "before": "after", "after": "before"}

ANSWERS = {
    "gru.hand_step": {
        "right": [Z * H1 + (1 - Z) * G, [[0.68, -0.66]],
                  np.trunc((Z * H1 + (1 - Z) * G) * 100) / 100],
        "wrong": [
            (G, "候选状态 g"),
            (Z * G + (1 - Z) * H1, "用反了"),
            (Z * H1 + (1 - Z) * OUTSIDE, "括号外面"),
            (Z * H1 + (1 - Z) * BEFORE, "先重置再乘 U"),
            (Z * H1 + (1 - Z) * NO_BIAS, "忘了加"),
            (Z * H1 + (1 - Z) * NO_RESET, "没有用上"),
            (H1 + G, "加权"),
            (Z * H1 + (1 - Z) * np.arctanh(G), "tanh"),
            ([0.68, -0.66], "形状应当是 (1, 2)"),
            (np.zeros((1, 2)), "依次核对"),
        ],
    },
    "gru.param_count": {
        "right": [right_count, lambda d, h, a: 3 * h * (d + h + 1 + a)],
        "wrong": [
            (lambda d, h, a: 3 * (d * h + h * h), "偏置忘了数"),
            (lambda d, h, a: right_count(d, h, False), "都数了一个偏置"),
            (lambda d, h, a: right_count(d, h, True), "都数了两个偏置"),
            (lambda d, h, a: right_count(d, h, not a), "记反了"),
            (lambda d, h, a: right_count(d, h, a) // 3, "只数了一组"),
            (lambda d, h, a: right_count(d, h, a) // 3 * 4, "LSTM"),
            (lambda d, h, a: 3 * (d * h + (2 * h if a else h)), "U 忘了数"),
            (lambda d, h, a: 1248, "应当是"),
            (1248, "函数本身"),
        ],
    },
    "gru.chung_to_keras": {
        "right": [negate_z, negated([0], "WUb"),
                  lambda *weights: tuple(w.astype("float32") for w in negate_z(*weights))],
        "wrong": [
            (lambda W, U, b: (W, U, b), "什么也没有变"),
            (negated([0, 1, 2], "WUb"), "全部取负"),
            (negated([1], "WUb"), "r 那一块"),
            (negated([2], "WUb"), "候选那一块"),
            (negated([0, 1], "WUb"), "r 也取负"),
            (negated([0], "WU"), "偏置里"),
            (negated([0], "W"), "只改了 W"),
            (negated([0], "Wb"), "U 里"),
            (one_row, "第二行"),
            (in_place, "被改动"),
            (lambda W, U, b: (1 - W, 1 - U, 1 - b), "整个取负"),
            (lambda W, U, b: -W, "三样东西"),
        ],
    },
    "gru.one_gate_step": {
        "right": [one_gate, lambda *given: one_gate(*given).tolist()],
        "wrong": [
            (lambda x, h, W, U, b: one_gate(x, h, W, U, b, reset=True), "还乘着 f"),
            (lambda x, h, W, U, b: one_gate(x, h, W, U, b, swap=True), "用反了"),
            (lambda x, h, W, U, b: one_gate(x, h, W, U, b, order="gf"), "次序是 f、g"),
            (lambda x, h, W, U, b: one_gate(x, h, W, U, 0 * b), "偏置 b 忘了加"),
            (lambda x, h, W, U, b: np.tanh((x @ W + h @ U + b)[:, 5:]), "候选状态 g"),
            (lambda x, h, W, U, b: sigmoid((x @ W + h @ U + b)[:, :5]), "这是门 f"),
            (lambda x, h, W, U, b: (h, h), "只返回"),
            (lambda x, h, W, U, b: h, "数值不对"),
        ],
    },
    "gru.bracket_weights": {
        "right": [brackets],
        "wrong": [
            (lambda: brackets(latch=False), "一度比左括号多"),
            (lambda: brackets(forget=5.0), "每步漏一点"),
            (lambda: brackets(count=0.0), "不一样多"),
            (lambda: tuple(w.T for w in brackets()), "转置"),
            (lambda: brackets()[:2], "三样东西"),
            (lambda: (np.zeros((2, 8)), np.zeros((2, 8)), np.array([40.0] * 8)), "被拒绝"),
            (lambda: (np.full((2, 8), np.inf), np.zeros((2, 8)), np.zeros(8)), "无穷大"),
        ],
    },
    "gru.find_convention": {
        "right": [search(CONVENTIONS)],
        "wrong": [
            (lambda xs, last, W, U, b: ("old", "after"), "对每一组"),
            (renamed(lambda z, reset: (reset, z)), "次序反了"),
            (renamed(lambda z, reset: (OTHER[z], reset)), "z 的两种写法记反"),
            (renamed(lambda z, reset: (z, OTHER[reset])), "重置的两种写法记反"),
            (renamed(lambda z, reset: (z, "after")), "重置没有"),
            (renamed(lambda z, reset: ("old", reset)), "z 没有"),
            (search(CONVENTIONS, pick=max), "错了"),
            (lambda xs, last, W, U, b: ("旧", "后"), "四种之内"),
            (lambda xs, last, W, U, b: "old", "两个词"),
        ],
    },
}
