"""Right and wrong answers to the exercises of chapter 16, with what the feedback must name."""

import numpy as np


def count(kind, q, k, h):
    return {"dot": 0, "general": q * k, "additive": (q + k + 1) * h}[kind]


def weights(scores, mask):
    if not mask.any():
        return np.zeros(len(scores))
    e = np.exp(np.where(mask, scores - scores[mask].max(), -np.inf))
    return e / e.sum()


def softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def careless(scores, mask):  # the largest score may belong to padding
    e = np.exp(scores - scores.max()) * mask
    return e / max(e.sum(), 1e-300)


def not_empty(scores, mask):
    e = np.exp(np.where(mask, scores - scores[mask].max(initial=-1e9), -np.inf))
    return e / e.sum()


def luong(h, memory, W, Wc):
    return np.tanh(np.concatenate([softmax(memory @ (h @ W)) @ memory, h]) @ Wc)


def heads(X, WQ, WK, WV, n=2, scale=None, see=np.tri, axis=-1, pick=None):
    Q, K, V = X @ WQ, X @ WK, X @ WV
    width = X.shape[1] // n
    outputs = []
    for i in range(n):
        part = pick(i) if pick else slice(i * width, (i + 1) * width)
        s = Q[:, part] @ K[:, part].T / np.sqrt(scale or width)
        s = np.where(see(len(X)) > 0, s, -1e9)
        outputs.append((softmax(s) if axis == -1 else softmax(s.T).T) @ V[:, part])
    return np.concatenate(outputs, axis=1)


ANSWERS = {
    "attention.by_hand": {
        "right": [7, 7.0],
        "wrong": [(28, "归一化"), (6, "普通的平均"), (5, "对反了"), (8, "只取分数最大"),
                  (3, "加权平均"), ("7", "引号")],
    },
    "attention.parameters": {
        "right": [count],
        "wrong": [
            (lambda kind, q, k, h: count(kind, q, k, h) - h * (kind == "additive"), "向量 v"),
            (lambda kind, q, k, h: count(kind, q, k, h) - k * h * (kind == "additive"),
             "键也有自己的矩阵"),
            (lambda kind, q, k, h: q * q if kind == "general" else count(kind, q, k, h),
             "query × key"),
            (lambda kind, q, k, h: count(kind, q, k, h) + h * (kind == "additive"), "没有偏置"),
            (lambda kind, q, k, h: q * k if kind == "dot" else count(kind, q, k, h), "没有参数"),
            (lambda kind, q, k, h: (q + k) * h + 1 if kind == "additive"
             else count(kind, q, k, h), "不是标量"),
            (lambda kind, q, k, h: 1, "应当是"),
            (24, "函数本身"),
        ],
    },
    "attention.padded_weights": {
        "right": [weights],
        "wrong": [
            (lambda s, m: softmax(s), "没有用掩码"),
            (lambda s, m: softmax(s) * m, "和不到 1"),
            (lambda s, m: softmax(s * m), "改成 0 不够"),
            (lambda s, m: weights(s, ~m), "用反了"),
            (lambda s, m: np.exp(s) * m, "忘了归一化"),
            (lambda s, m: m / m.sum(), "分数没有用上"),
            (lambda s, m: np.exp(s) * m / (np.exp(s) * m).sum(), "溢出"),
            (lambda s, m: softmax(np.where(m, s, s.min() - 20)), "恰好是 0"),
            (careless, "真实位置里的最大值"),
            (not_empty, "NaN"),
            (lambda s, m: weights(s, m) if m.any() else np.full(len(s), 1 / len(s)), "全 0"),
            (lambda s, m: weights(s, m)[None], "形状"),
        ],
    },
    "attention.luong_step": {
        "right": [luong],
        "wrong": [
            (lambda h, m, W, C: np.arctanh(luong(h, m, W, C)), "少了最外面的 tanh"),
            (lambda h, m, W, C: np.tanh(
                np.concatenate([h, softmax(m @ (h @ W)) @ m]) @ C), "次序反了"),
            (lambda h, m, W, C: np.tanh(np.concatenate([m @ (h @ W) @ m, h]) @ C), "softmax"),
            (lambda h, m, W, C: np.tanh(np.concatenate([m.mean(0), h]) @ C), "权重没有用上"),
            (lambda h, m, W, C: np.tanh(
                np.concatenate([m[(m @ (h @ W)).argmax()], h]) @ C), "只取分数最大"),
            (lambda h, m, W, C: np.tanh(
                np.concatenate([np.exp(m @ (h @ W)) @ m, h]) @ C), "没有除以"),
            (lambda h, m, W, C: 0 * h, "数值不对"),
        ],
    },
    "attention.unread": {
        "right": [lambda w, least: np.flatnonzero(w.sum(axis=0) < least).tolist(),
                  lambda w, least: np.flatnonzero(w.sum(axis=0) < least)],
        "wrong": [
            (lambda w, least: np.flatnonzero(w.sum(axis=1) < least).tolist(), "轴反了"),
            (lambda w, least: np.flatnonzero(w.sum(axis=0) <= least).tolist(), "严格小于"),
            (lambda w, least: np.flatnonzero(w.mean(axis=0) < least).tolist(), "平均"),
            (lambda w, least: np.flatnonzero(w.max(axis=0) < least).tolist(), "最大的一次"),
            (lambda w, least: w.sum(axis=0) < least, "下标"),
            (lambda w, least: [3], "应当是"),
        ],
    },
    "attention.two_heads": {
        "right": [heads],
        "wrong": [
            (lambda *m: heads(*m, n=1), "只有一个头"),
            (lambda *m: heads(*m, scale=6), "一个头的宽度"),
            (lambda *m: heads(*m, scale=1), "少了除以平方根"),
            (lambda *m: heads(*m, see=lambda t: np.ones((t, t))), "没有因果掩码"),
            (lambda *m: heads(*m, see=lambda t: np.tri(t).T), "方向反了"),
            (lambda *m: heads(*m, see=lambda t: np.tri(t, k=-1)), "对角线"),
            (lambda *m: heads(*m, pick=lambda i: slice(i, None, 2)), "隔一列"),
            (lambda *m: heads(*m, axis=0), "轴错了"),
            (lambda X, *m: 0 * X, "数值不对"),
            (lambda X, *m: X[:, :3], "形状"),
        ],
    },
}
