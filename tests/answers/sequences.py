"""Right and wrong answers for the exercises on sequences and baselines."""

from itertools import pairwise

import numpy as np


def counted(ids, size):
    """Count how often each token follows each other one."""
    counts = np.zeros((size, size))
    for now, following in pairwise(ids):
        counts[now, following] += 1
    return counts


def matrix(ids, size):
    """Normalise every row; a row without followers is uniform."""
    counts = counted(ids, size)
    total = counts.sum(axis=1, keepdims=True)
    return np.where(total > 0, counts / np.maximum(total, 1), 1 / size)


def joint(ids, size):
    """Wrong: divided by the number of pairs."""
    return counted(ids, size) / (len(ids) - 1)


def columns(ids, size):
    """Wrong: every column adds up to 1."""
    counts = counted(ids, size)
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def zero_by_zero(ids, size):
    """Wrong: 0/0 for a token without followers."""
    counts = counted(ids, size)
    with np.errstate(invalid="ignore"):
        return counts / counts.sum(axis=1, keepdims=True)


def zero_rows(ids, size):
    """Wrong: a row of zeros for a token without followers."""
    counts = counted(ids, size)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def with_the_last(ids, size):
    """Wrong: the last token, without a follower, counts in the total."""
    return counted(ids, size) / np.maximum(np.bincount(ids, minlength=size), 1)[:, None]


def mixed_everywhere(ids, size):
    """Wrong: rows that had followers change too."""
    rows = matrix(ids, size)
    return rows if size == 3 else 0.9 * rows + 0.1 / size


def two(p):
    """Bits per token and perplexity."""
    bits = -np.log2(p).mean()
    return bits, 2**bits


def windows(x, width):
    """All windows but the last, and what follows each."""
    X = np.lib.stride_tricks.sliding_window_view(x, width)[:-1]
    return X, x[width:]


def split(x, width, cut):
    """Scale by the past, cut windows, split by the time of the target."""
    x = (x - x[:cut].mean()) / x[:cut].std()
    X, y = windows(x, width)
    row = cut - width
    return X[:row], y[:row], X[row:], y[row:]


def whole_scaled(x, width, cut):
    """Wrong: the mean and deviation of the whole series."""
    X, y = windows((x - x.mean()) / x.std(), width)
    row = cut - width
    return X[:row], y[:row], X[row:], y[row:]


def each_scaled(x, width, cut):
    """Wrong: the test part has its own scale."""
    past, future = x[:cut], x[cut:]
    scaled = np.r_[(past - past.mean()) / past.std(), (future - future.mean()) / future.std()]
    X, y = windows(scaled, width)
    row = cut - width
    return X[:row], y[:row], X[row:], y[row:]


def unscaled(x, width, cut):
    """Wrong: not standardised."""
    X, y = windows(x, width)
    row = cut - width
    return X[:row], y[:row], X[row:], y[row:]


def shuffled(x, width, cut):
    """Wrong: windows are shuffled before the split."""
    X, y = windows((x - x[:cut].mean()) / x[:cut].std(), width)
    order = np.random.default_rng(0).permutation(len(X))
    X, y, row = X[order], y[order], cut - width
    return X[:row], y[:row], X[row:], y[row:]


def cut_first(x, width, cut):
    """Wrong: the series is cut before the windows."""
    x = (x - x[:cut].mean()) / x[:cut].std()
    return (*windows(x[:cut], width), *windows(x[cut:], width))


def split_at(offset):
    """Wrong: split some rows too late."""

    def late(x, width, cut):
        X, y = windows((x - x[:cut].mean()) / x[:cut].std(), width)
        row = cut - width + offset
        return X[:row], y[:row], X[row:], y[row:]

    return late


def wrong_order(x, width, cut):
    """Wrong: both inputs first, then both targets."""
    X_train, y_train, X_test, y_test = split(x, width, cut)
    return X_train, X_test, y_train, y_test


def shifted_inputs(x, width, cut):
    """Wrong: every window lies one step too early."""
    x = (x - x[:cut].mean()) / x[:cut].std()
    X, y = windows(x, width)
    X, row = np.roll(X, 1, axis=0), cut - width
    return X[:row], y[:row], X[row:], y[row:]


ANSWERS = {
    "sequences.window_count": {
        "right": [2791, 2820 - 24 - 6 + 1, 2791.0, np.int64(2791)],
        "wrong": [
            (2797, "没有给答案留位置"),
            (2796, "下一个月"),
            (2790, "差一"),
            (2792, "多了一个"),
            (117, "一个接一个"),
            (94, "一个接一个"),
            (1000, "最早和最晚"),
            ("2791", "不要加引号"),
        ],
    },
    "sequences.transition_matrix": {
        "right": [matrix],
        "wrong": [
            (counted, "还没有归一化"),
            (columns, "轴错了"),
            (lambda ids, size: matrix(ids, size).T, "转置"),
            (joint, "联合概率"),
            (zero_by_zero, "0/0"),
            (zero_rows, "均匀分布"),
            (with_the_last, "没有后继"),
            (mixed_everywhere, "保持原来的比例"),
            (
                lambda ids, size: (
                    (counted(ids, size) + 1) / (counted(ids, size) + 1).sum(axis=1, keepdims=True)
                ),
                "加一平滑",
            ),
            (lambda ids, size: matrix(ids[::-1], size), "每一对相邻"),
            (lambda ids, size: matrix(ids, size)[0], "形状"),
        ],
    },
    "sequences.bits_and_perplexity": {
        "right": [two, lambda p: (-np.log(p).mean() / np.log(2), np.exp(-np.log(p).mean()))],
        "wrong": [
            (lambda p: (-np.log(p).mean(), np.exp(-np.log(p).mean())), "奈特"),
            (lambda p: (-np.log(p).mean(), 2 ** -np.log2(p).mean()), "奈特"),
            (lambda p: (-np.log10(p).mean(), 2 ** -np.log2(p).mean()), "以 10 为底"),
            (lambda p: (-np.log2(p).mean(), np.exp(-np.log2(p).mean())), "混了底"),
            (lambda p: (-np.log2(p).sum(), 2 ** -np.log2(p).sum()), "总比特数"),
            (lambda p: (np.log2(p).mean(), 2 ** np.log2(p).mean()), "负号"),
            (lambda p: (-np.log2(p).mean(), 2 ** np.log2(p).mean()), "符号反了"),
            (lambda p: (-np.log2(p).mean(), (1 / p).mean()), "算术平均"),
            (lambda p: (-np.log2(p.mean()), 1 / p.mean()), "先取对数再平均"),
            (lambda p: two(p)[::-1], "次序反了"),
            (lambda p: -np.log2(p).mean(), "两个数"),
            (lambda p: (1.0, 2.0), "比特"),
            (lambda p: (-np.log2(p).mean(), 3.0), "困惑度"),
        ],
    },
    "sequences.witten_bell": {
        "right": [11 / 56, 0.1964, (1 + 3 / 8) / 7],
        "wrong": [
            (1 / 4, "没有平滑"),
            (2 / 9, "加一平滑"),
            ((1 + 3 / 11) / 7, "它自己也要平滑"),
            ((1 + 3 / 5) / 7, "均匀"),
            ((1 + 5 / 8) / 9, "种数"),
            ((1 + 3 / 8) / 4, "分母"),
            ((1 + 3 / 8) / 8, "没有后继"),
            (3 / 56, "真实计数"),
            (0.3661, "P(b|a)"),
            (0.9, "1/8"),
        ],
    },
    "sequences.seasonal_naive": {
        "right": [lambda X, season: X[:, -season], lambda X, season: X[:, X.shape[1] - season]],
        "wrong": [
            (lambda X, season: X[:, -season - 1], "早了一步"),
            (lambda X, season: X[:, -season + 1], "晚了一步"),
            (lambda X, season: X[:, -1], "持续性"),
            (lambda X, season: X[:, season], "从窗口的开头"),
            (lambda X, season: X[-season], "一行"),
            (lambda X, season: X[:, [-season]], "多余的轴"),
            (lambda X, season: X[:, -season:].mean(axis=1), "移动平均"),
            (lambda X, season: X[:, 0] - 7, "正好隔"),
        ],
    },
    "sequences.split_by_time": {
        "right": [split],
        "wrong": [
            (shuffled, "打乱"),
            (whole_scaled, "整条序列"),
            (each_scaled, "同一把尺子"),
            (unscaled, "标准化"),
            (cut_first, "少了开头"),
            (split_at(1), "差一"),
            (split_at(-1), "差一"),
            (split_at(5), "切分点数错"),
            (wrong_order, "行数不一样"),
            (shifted_inputs, "输入不对"),
            (lambda x, width, cut: split(x[::-1], width, cut), "次序不变"),
            (lambda x, width, cut: split(x, width, cut)[:2], "四个数组"),
        ],
    },
}
