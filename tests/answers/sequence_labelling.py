"""Right and wrong answers to the exercises of chapter 14, with what the feedback must name."""

from itertools import pairwise, product

import numpy as np
from keras import ops


def to_tags(length, entities, first="B-", more=0):
    tags = ["O"] * length
    for kind, start, end in entities:
        for t in range(start, min(end + more, length)):
            tags[t] = (first if t == start else "I-") + kind
    return tags


EYE = {"accuracy": 0.75, "precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3}


def bounds(recall, support, digits, half=0.5, clip=True, weigh=True):
    ends = [recall + s * half * 10.0**-digits for s in (-1, 1)]
    ends = [np.clip(e, 0, 1) if clip else e for e in ends]
    return tuple((e * support).sum() / support.sum() if weigh else e.mean() for e in ends)


def legal(length, kinds, first_inside=0, any_kind=False, dtype=int):
    out, begin, inside = dtype(1), dtype(kinds), dtype(first_inside * kinds)
    for _ in range(length - 1):
        everything = out + begin + inside
        into = (begin + inside) * (kinds if any_kind else 1)
        out, begin, inside = everything, kinds * everything, into
    return out + begin + inside


def viterbi(e, A, start, end, known, reverse=True, score=None):
    e = np.where((known >= 0)[:, None] & (known[:, None] != np.arange(len(A))), -np.inf, e)
    alpha, back = start + e[0], []
    for row in e[1:]:
        into = alpha[:, None] + A
        back.append(into.argmax(0))
        alpha = into.max(0) + row
    path = [int((alpha + end).argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    value = (alpha + end).max() if score is None else score
    return (path[::-1] if reverse else path), value


def patched(e, A, start, end, known):
    path, value = viterbi(e, A, start, end, np.full(len(e), -1))
    return [tag if k < 0 else int(k) for k, tag in zip(known, path)], value


def spoils(e, A, start, end, known):
    e += start
    return viterbi(e, A, 0 * start, end, known)


def pairs(e, A, start, end, finish=np.exp):
    found, total = np.zeros((len(e) - 1, len(A), len(A))), 0.0
    for y in product(range(len(A)), repeat=len(e)):
        s = np.exp(start[y[0]] + end[y[-1]] + sum(e[t, k] for t, k in enumerate(y))
                   + sum(A[i, j] for i, j in pairwise(y)))
        total += s
        for t, (i, j) in enumerate(pairwise(y)):
            found[t, i, j] += s
    return finish(np.log(found / total))


def pairs_in_keras(e, A, start, end):
    e, A, start, end = (ops.convert_to_tensor(v, "float32") for v in (e, A, start, end))
    alphas, betas = [start + e[0]], [end]
    for t in range(1, len(e)):
        alphas.append(ops.logsumexp(alphas[-1][:, None] + A, axis=0) + e[t])
        betas.insert(0, ops.logsumexp(A + e[-t] + betas[0], axis=1))
    total = ops.logsumexp(alphas[-1] + end)
    alphas, betas = ops.stack(alphas), ops.stack(betas)
    return ops.exp(alphas[:-1, :, None] + A + (e[1:] + betas[1:])[:, None, :] - total)



def independent(e, A, start, end):
    p = pairs(e, A, start, end)
    single = np.concatenate([p.sum(2), p[-1:].sum(1)])
    return single[:-1, :, None] * single[1:, None, :]


ANSWERS = {
    "sequence_labelling.to_tags": {
        "right": [to_tags],
        "wrong": [
            (lambda n, e: to_tags(n, e, first="I-"), "没有 B"),
            (lambda n, e: [t.replace("I-", "B-") for t in to_tags(n, e)], "每个词都写了 B"),
            (lambda n, e: to_tags(n, e, more=1), "最后一个词之后"),
            (lambda n, e: to_tags(n + 1, e), "5 个标签"),
            (lambda n, e: [t.lower() for t in to_tags(n, e)], "大写"),
            (lambda n, e: ["B-NOUN"] * n, "“B-NOUN”不是"),
            (lambda n, e: to_tags(n, [(k, a, a + 1) for k, a, _ in e]), "应当是"),
            (lambda n, e: 3, "列表"),
        ],
    },
    "sequence_labelling.by_eye": {
        "right": [EYE, {"accuracy": 0.75, "precision": 0.33, "recall": 0.33, "f1": 0.33}],
        "wrong": [
            ({**EYE, "accuracy": 75}, "百分数"),
            ({**EYE, "accuracy": 0.6}, "O 也数进去"),
            ({**EYE, "accuracy": 0.875}, "逐词比"),
            ({**EYE, "recall": 2 / 3}, "只有 PER"),
            ({**EYE, "precision": 0.5}, "也是一个"),
            ({**EYE, "f1": 0.9}, "两端都对"),
            (0.75, "字典"),
        ],
    },
    "sequence_labelling.micro_bounds": {
        "right": [bounds, lambda r, n, d: np.array(bounds(r.astype("float32"), n, d), "float32")],
        "wrong": [
            (lambda r, n, d: bounds(r, n, d, clip=False), "先截断"),
            (lambda r, n, d: bounds(r, n, d, half=1), "半个末位"),
            (lambda r, n, d: bounds(r, n, d, weigh=False), "宏平均"),
            (lambda r, n, d: bounds(r, n, d, half=0), "没有算舍入"),
            (lambda r, n, d: bounds(r, n, 3), "digits"),
            (lambda r, n, d: bounds(r, n, d)[::-1], "次序反了"),
            (lambda r, n, d: 0.98, "两个数"),
            (lambda r, n, d: (0.0, 1.0), "应当是"),
        ],
    },
    "sequence_labelling.legal_count": {
        "right": [legal],
        "wrong": [
            (lambda t, k: (2 * k + 1) ** t, "所有的串"),
            (lambda t, k: legal(t, k, first_inside=1), "句首"),
            (lambda t, k: legal(t, k, any_kind=True), "类型要相同"),
            (lambda t, k: (k + 1) ** t, "漏了 I"),
            (lambda t, k: legal(t + 1, k), "多走了一步"),
            (lambda t, k: legal(t, k, dtype=float), "不要用浮点数"),
            (lambda t, k: legal(t, k, dtype=np.int64), "溢出"),
            (lambda t, k: float("inf"), "无穷大"),
            (lambda t, k: ["x"], "装着文字"),
            (lambda t, k: 2, "应当是"),
        ],
    },
    "sequence_labelling.viterbi": {
        "right": [viterbi],
        "wrong": [
            (lambda e, A, s, z, k: viterbi(e, A.T, s, z, k), "用反了"),
            (lambda e, A, s, z, k: viterbi(e, A, s, 0 * z, k), "忘了 end"),
            (lambda e, A, s, z, k: viterbi(e, A, 0 * s, z, k), "忘了 start"),
            (lambda e, A, s, z, k: viterbi(e, 0 * A, 0 * s, 0 * z, k), "逐词取最大"),
            (lambda *f: viterbi(*f, reverse=False), "倒着"),
            (lambda *f: viterbi(*f, score=0.0), "分数不对"),
            (lambda *f: viterbi(*f[:4], np.full(len(f[0]), -1)), "没有用上 known"),
            (patched, "邻居"),
            (lambda *f: viterbi(*f)[0], "两样"),
            (lambda *f: ([0], 0.0), "4 个标签"),
            (lambda *f: (None, 0.0), "整数的列表"),
            (spoils, "改掉了输入"),
        ],
    },
    "sequence_labelling.pair_marginals": {
        "right": [pairs, pairs_in_keras],
        "wrong": [
            (lambda *f: pairs(*f).transpose(0, 2, 1), "反了"),
            (independent, "乘积"),
            (lambda *f: pairs(*f)[::-1], "时间反了"),
            (lambda *f: pairs(*f, finish=np.array), "对数"),
            (lambda *f: np.concatenate([pairs(*f), pairs(*f)[:1]]), "T−1"),
            (lambda *f: 2 * pairs(*f), "数值不对"),
        ],
    },
}
