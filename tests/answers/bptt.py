"""Right and wrong answers to the exercises of chapter 03, with what the feedback must name."""

from operator import attrgetter

import numpy as np

from rnnbook.cells import rnn_scan
from rnnbook.gradients.backprop import bptt, rnn_backward
from rnnbook.notebook.exercises import checkers

MISS, SLOPE, H, _alphas, _truncated = attrgetter(
    "MISS", "SLOPE", "H", "_alphas", "_truncated")(checkers("bptt"))

DU = _alphas() @ H[:-1]


def pairs(steps, window):
    return sum(t % window + 1 for t in range(steps))


def recurrent_gradient(h0, hs, alphas):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    return sum(before[:, t].T @ alphas[:, t] for t in range(hs.shape[1]))


def shares(h0, hs, alphas):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    return np.stack([before[:, t].T @ alphas[:, t] for t in range(hs.shape[1])])


def step_by_step(xs, goal, h0, W, U, b, window):
    """Truncated BPTT from rnn_backward alone."""
    states = np.concatenate([h0[:, None], rnn_scan(xs, h0, W, U, b)[0]], axis=1)
    dU, later = np.zeros_like(U), 0
    for t in reversed(range(xs.shape[1])):
        if (t + 1) % window == 0:
            later = 0
        dh = states[:, t + 1] - goal[:, t] + later
        _, later, parts = rnn_backward(xs[:, t], states[:, t], W, U, b, dh)
        dU += parts[1]
    return dU


def no_leftover(xs, goal, h0, W, U, b, window):
    whole = max(xs.shape[1] // window, 1) * window
    return _truncated(xs[:, :whole], goal[:, :whole], h0, W, U, b, window)


def without_goal(xs, goal, h0, W, U, b, window):
    hs, _ = rnn_scan(xs, h0, W, U, b)
    return bptt("rnn", xs, (h0,), (W, U, b), hs, window).weights[1]


def backward(slope=lambda a, h: 1 - np.tanh(a) ** 2, matrix=lambda U: U.T,
             states=lambda a, h: h):
    """Make a backward step with something wrong."""

    def fixed(x, h, W, U, b, dh):
        a = x @ W + h @ U + b
        da = dh * slope(a, h)
        return da @ W.T, da @ matrix(U), (x.T @ da, states(a, h).T @ da, da.sum(0))

    return fixed


ANSWERS = {
    "bptt.hand_step": {
        "right": [DU, round(DU, 3), int(DU * 1000) / 1000, np.array([DU])],
        "wrong": [
            (MISS * SLOPE @ H[:-1], "直接偏导数"),
            (_alphas(MISS * [0, 0, 1]) @ H[:-1], "最后一步的损失"),
            (_alphas() @ H[1:], "差了一步"),
            (_alphas() @ [1, 0, 0], "dL/dw"),
            (_alphas(slope=np.ones(3)) @ H[:-1], "斜率"),
            (_alphas() / SLOPE @ H[:-1], "用了 δ_t"),
            (-DU, "正负号"),
            (-0.0336615, "那组目标"),
            (round(DU, 2), "位数不够"),
            (int(DU * 100) / 100, "位数不够"),
            (12.0, "核对三行"),
            ("0.5", "不要加引号"),
        ],
    },
    "bptt.pairs": {
        "right": [pairs],
        "wrong": [
            (lambda n, k: n * (n + 1) // 2, "完整 BPTT"),
            (lambda n, k: sum(min(t, k) for t in range(1, n + 1)), "滑动"),
            (lambda n, k: n * k, "走满"),
            (lambda n, k: n // k * (k * (k + 1) // 2), "不满的一段漏掉"),
            (lambda n, k: -(-n // k) * (k * (k + 1) // 2), "按满的算"),
            (lambda n, k: pairs(n, k) - n, "对角线"),
            (lambda n, k: n // k * k * k + (n % k) ** 2, "小方块"),
            (lambda n, k: 7, "应当是"),
            (30, "函数本身"),
        ],
    },
    "bptt.recurrent_gradient": {
        "right": [recurrent_gradient, lambda *a: shares(*a).sum(0)],
        "wrong": [
            (lambda h0, hs, al: np.einsum("bth,btk->hk", hs, al), "差了一步"),
            (lambda *a: recurrent_gradient(*a).T, "转置了"),
            (lambda h0, hs, al: recurrent_gradient(0 * h0, hs, al), "把 h0 当成了 0"),
            (lambda h0, hs, al: np.einsum("bth,btk->hk", hs[:, :-1], al[:, 1:]), "第一步漏掉"),
            (lambda *a: shares(*a)[-1], "只有最后一步"),
            (shares, "还没有把各步加起来"),
            (lambda *a: recurrent_gradient(*a) / 3, "平均"),
            (lambda h0, hs, al: hs @ al, "出错"),
            (lambda h0, hs, al: 0 * recurrent_gradient(h0, hs, al), "T = 1"),
        ],
    },
    "bptt.truncated_dU": {
        "right": [_truncated, step_by_step],
        "wrong": [
            (lambda *a: _truncated(*a[:-1], a[0].shape[1]), "越过了段的边界"),
            (lambda *a: _truncated(*a[:-1], 1), "每一步都断开"),
            (lambda *a: _truncated(*a, carry=False), "状态没有带过边界"),
            (lambda xs, goal, h0, *a: _truncated(xs, goal, 0 * h0, *a), "从零开始"),
            (lambda *a: _truncated(*a, parts=slice(-1, None)), "只有最后一段"),
            (no_leftover, "不满的一段漏掉"),
            (without_goal, "goal 没有用上"),
            (lambda *a: -_truncated(*a), "正负号"),
            (lambda *a: 2 * _truncated(*a), "大了一倍"),
            (lambda *a: _truncated(*a) / 3, "对批取了平均"),
            (lambda *a: 0 * _truncated(*a), "数值不对"),
        ],
    },
    "bptt.fixed_backward": {
        "right": [backward(), rnn_backward],
        "wrong": [
            (backward(slope=lambda a, h: 1 - a**2), "第一处还在"),
            (backward(slope=lambda a, h: 1), "斜率整个没有乘"),
            (backward(slope=lambda a, h: 1 - np.tanh(np.tanh(a)) ** 2), "取了两次"),
            (backward(slope=lambda a, h: 1 - h**2), "新状态"),
            (backward(slope=lambda a, h: 1 - np.tanh(a)), "忘了平方"),
            (backward(matrix=lambda U: U), "反向要乘 U.T"),
            (backward(states=lambda a, h: np.tanh(a)), "这一步之前的 h"),
            (lambda *a: rnn_backward(*a)[:2], "次序不变"),
        ],
    },
}
