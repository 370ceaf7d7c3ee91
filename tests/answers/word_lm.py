"""Right and wrong answers to the exercises of chapter 12, with what the feedback must name."""

from collections import Counter

import numpy as np


def params(v, e, h, tables=1, gates=4, projection=1, bias=1):
    return tables * v * e + gates * h * (e + h + 1) + projection * (h * e + e) + bias * v


def cut(train, test, least):
    counts = Counter(train)
    return [w if counts[w] >= least else "<unk>" for w in test]


def spoil(train, test, least):
    test[:] = cut(train, test, least)
    return test


def charged(nats, unknown, kinds):
    return np.exp((nats + unknown * np.log(kinds)).mean())


def sampled(target, logits, ids, chance, y):
    others = (logits - np.log(chance))[ids != y]
    every = np.append(others, target)
    top = every.max()
    return top + np.log(np.exp(every - top).sum()) - target


def unstable(target, logits, ids, chance, y):
    keep = ids != y
    return np.log(np.exp(target) + (np.exp(logits) / chance)[keep].sum()) - target


def sampled_with(weight=lambda c: 1 / c, drop=True, own=1, minus=1):
    def f(target, logits, ids, chance, y):
        keep = (ids != y) | (not drop)
        total = own * np.exp(target) + (np.exp(logits) * weight(chance))[keep].sum()
        return np.log(total) - minus * target
    return f


ANSWERS = {
    "word_lm.oov_rate": {
        "right": [lambda w, k: sum(x not in k for x in w) / len(w),
                  lambda w, k: np.mean([x not in k for x in w])],
        "wrong": [
            (lambda w, k: sum(x in k for x in w) / len(w), "认识的比例"),
            (lambda w, k: len(set(w) - k) / len(set(w)), "种类"),
            (lambda w, k: len(set(w) - k) / len(w), "分子"),
            (lambda w, k: sum(x not in k for x in w), "个数"),
            (lambda w, k: len(k - set(w)) / len(k), "数反了"),
            (lambda w, k: 0.9, "4/7"),
        ],
    },
    "word_lm.tied_params": {
        "right": [params],
        "wrong": [
            (lambda v, e, h: params(v, e, h, tables=2), "两次"),
            (lambda v, e, h: params(v, e, h, gates=1), "不是一组"),
            (lambda v, e, h: params(v, e, h, gates=3), "GRU"),
            (lambda v, e, h: params(v, e, h) - 4 * h, "LSTM 的偏置"),
            (lambda v, e, h: params(v, e, h, projection=0), "投影忘了数"),
            (lambda v, e, h: params(v, e, h, bias=0), "softmax 的偏置"),
            (lambda v, e, h: params(v, e, h) - e, "投影的偏置"),
            (lambda v, e, h: params(v, e, h, tables=0), "表也是参数"),
            (lambda v, e, h: 1, "应当是"),
        ],
    },
    "word_lm.per_character": {
        "right": [lambda p, w, c: p ** (w / c), lambda p, w, c: np.exp(np.log(p) * w / c)],
        "wrong": [
            (lambda p, w, c: p * w / c, "按比例"),
            (lambda p, w, c: p ** (c / w), "指数倒了"),
            (lambda p, w, c: np.log(p) * w / c, "取指数"),
            (lambda p, w, c: 2 ** (np.log(p) * w / c), "底不一致"),
            (lambda p, w, c: 3.0, "应当是"),
        ],
    },
    "word_lm.cut_rare": {
        "right": [cut],
        "wrong": [
            (lambda a, b, n: cut(a, b, n + 1), "差了一次"),
            (lambda a, b, n: [w if w in a else "<unk>" for w in b], "出现一次的 c"),
            (lambda a, b, n: cut(b, b, n), "train 里数"),
            (lambda a, b, n: [w if w not in a or a.count(w) >= n else "<unk>" for w in b],
             "从未出现"),
            (lambda a, b, n: [w for w in b if a.count(w) >= n], "删掉"),
            (lambda a, b, n: cut(a, a, n), "换的是 train"),
            (spoil, "改掉了输入"),
            (lambda a, b, n: " ".join(cut(a, b, n)), "一段文字"),
            (lambda a, b, n: ["?"], "应当是"),
        ],
    },
    "word_lm.charged_perplexity": {
        "right": [charged],
        "wrong": [
            (lambda x, u, k: np.exp(x.mean()), "还没有付钱"),
            (lambda x, u, k: np.log(charged(x, u, k)), "平均奈特"),
            (lambda x, u, k: np.exp(x + u * np.log(k)).mean(), "先平均"),
            (lambda x, u, k: np.exp((x + np.log(k)).mean()), "只有 <unk>"),
            (lambda x, u, k: np.exp((x + u * k).mean()), "不是 kinds"),
            (lambda x, u, k: np.exp((x - u * np.log(k)).mean()), "符号反了"),
            (lambda x, u, k: np.exp(x[~u].mean()), "丢掉"),
            (lambda x, u, k: np.exp((x + u * np.log2(k)).mean()), "log2"),
            (lambda x, u, k: np.exp((x + u * np.log(k)).sum()), "除以词数"),
            (lambda x, u, k: 1.0, "应当是"),
        ],
    },
    "word_lm.sampled_loss": {
        "right": [sampled],
        "wrong": [
            (sampled_with(drop=False), "两次"),
            (sampled_with(weight=np.ones_like), "没有除以"),
            (sampled_with(weight=lambda c: c), "乘了概率"),
            (sampled_with(own=0), "也在分母里"),
            (sampled_with(minus=0), "减去 target"),
            (lambda *a: -sampled(*a), "符号反了"),
            (unstable, "溢出"),
            (lambda *a: 0.123, "例子里"),
        ],
    },
}
