"""Right and wrong answers to the exercises of chapter 10, with what the feedback must name."""

from collections import Counter

import numpy as np
from keras import ops


def mask(h, lengths):
    return (np.arange(h.shape[1]) < lengths[:, None])[:, :, None]


def pooled(h, lengths):
    return np.stack([row[:n].mean(axis=0) for row, n in zip(h, lengths)])


def joined(h, first=-2, second=-1, axis=-1):
    return np.concatenate([h[first], h[second]], axis=axis)


def kept(train, test):
    seen = {text for text, _ in train}
    return [row for row in test if row[0] not in seen]


def per_class(gold, predicted, classes=None):
    for k in sorted(classes or set(gold) | set(predicted)):
        hit = sum(g == k == p for g, p in zip(gold, predicted))
        said, true = list(predicted).count(k), list(gold).count(k)
        p, r = hit / max(said, 1), hit / max(true, 1)
        yield p, r, 2 * p * r / (p + r) if hit else 0.0, true


def macro(gold, predicted):
    return np.mean([f for *_, f, _ in per_class(gold, predicted)])


def paired(a, b):
    d = np.asarray(a) - np.asarray(b)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def error_as(formula):
    return lambda a, b: ((a - b).mean(), formula(a, b))


def backwards(ids):
    out = np.zeros_like(ids)
    for i, row in enumerate(ids):
        n = np.count_nonzero(row)
        out[i, :n] = row[:n][::-1]
    return out


def spoils(ids):
    ids[:] = backwards(ids)
    return ids


ANSWERS = {
    "text_classification.mean_pool": {
        "right": [pooled, lambda h, n: (h * mask(h, n)).sum(1) / n[:, None],
                  lambda h, n: ops.sum(ops.multiply(h, mask(h, n)), axis=1) / n[:, None]],
        "wrong": [
            (lambda h, n: h.mean(axis=1), "填充也算进去"),
            (lambda h, n: (h * mask(h, n)).mean(axis=1), "分母却还是 T"),
            (lambda h, n: (h * mask(h, n)).sum(axis=1), "这是和"),
            (lambda h, n: h[np.arange(len(h)), n - 1], "最后一个真的步"),
            (lambda h, n: np.stack([r[:k].max(0) for r, k in zip(h, n)]), "最大池化"),
            (lambda h, n: h.mean(axis=2), "特征"),
            (lambda h, n: h.mean(axis=0), "平均的是批"),
            (lambda h, n: 2 * pooled(h, n), "数值不对"),
        ],
    },
    "text_classification.top_state": {
        "right": [joined, lambda h: np.hstack([h[-2], h[-1]])],
        "wrong": [
            (lambda h: h[-1], "只取了一个方向"),
            (lambda h: joined(h, -1, -2), "次序反了"),
            (lambda h: joined(h, 0, 1), "最下层"),
            (lambda h: joined(h, 0, -1), "h[-2]"),
            (lambda h: joined(h, axis=0), "沿批"),
            (lambda h: np.concatenate(list(h), axis=-1), "所有的层"),
            (lambda h: h[-2:].reshape(h.shape[1], -1), "reshape"),
            (lambda h: h.squeeze(0), "出错"),
        ],
    },
    "text_classification.without_leaks": {
        "right": [kept],
        "wrong": [
            (lambda a, b: [r for r in b if r not in a], "标签不同"),
            (lambda a, b: list(dict.fromkeys(kept(a, b))), "内部重复"),
            (lambda a, b: sorted(kept(a, b), reverse=True), "次序"),
            (lambda a, b: [r for r in b if r not in kept(a, b)], "反了"),
            (lambda a, b: [r for r in b if not any(t in r[0] for t, _ in a)], "去多了"),
            (lambda a, b: [r for r in b if r[0] not in a], "一行也没有"),
            (lambda a, b: b[:1], "应当留下 3 行"),
            (lambda a, b: 3, "列表"),
        ],
    },
    "text_classification.macro_f1": {
        "right": [macro],
        "wrong": [
            (lambda g, p: np.mean([a == b for a, b in zip(g, p)]), "正确率"),
            (lambda g, p: sum(f * n for *_, f, n in per_class(g, p)) / len(g), "加权"),
            (lambda g, p: np.mean([f for *_, f, _ in per_class(g, p, set(g))]), "答出的别的类"),
            (lambda g, p: np.mean([f for *_, f, _ in per_class(g, p) if f]), "跳过"),
            (lambda g, p: np.mean([r for _, r, _, _ in per_class(g, p)]), "召回率"),
            (lambda g, p: np.mean([q for q, _, _, _ in per_class(g, p)]), "精确率"),
            (lambda g, p: np.mean([(q + r) / 2 for q, r, _, _ in per_class(g, p)]), "调和"),
            (lambda g, p: len(Counter(g)), "应当是"),
        ],
    },
    "text_classification.paired": {
        "right": [paired],
        "wrong": [
            (lambda a, b: paired(b, a), "减反了"),
            (error_as(lambda a, b: (a - b).std(ddof=1)), "这是标准差"),
            (error_as(lambda a, b: (a - b).std() / len(a) ** 0.5), "ddof=1"),
            (error_as(lambda a, b: (a - b).std()), "还要除以"),
            (error_as(lambda a, b: ((a.var(ddof=1) + b.var(ddof=1)) / len(a)) ** 0.5), "配对"),
            (error_as(lambda a, b: (a - b).std(ddof=1) / len(a)), "不是 n"),
            (error_as(lambda a, b: 1.0), "标准误应当是"),
            (lambda a, b: (0.5, 0.1), "均值应当是"),
            (lambda a, b: (a - b).mean(), "两个数"),
        ],
    },
    "text_classification.backwards": {
        "right": [backwards],
        "wrong": [
            (lambda ids: ids[:, ::-1], "左边"),
            (lambda ids: ids[::-1], "倒的是批"),
            (lambda ids: ids, "没有倒"),
            (lambda ids: -np.sort(-ids, axis=1), "排序"),
            (spoils, "ids 本身"),
            (lambda ids: backwards(ids)[:, :3], "形状"),
            (lambda ids: backwards(ids) + 1, "数值不对"),
        ],
    },
}
