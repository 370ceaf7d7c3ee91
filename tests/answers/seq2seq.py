"""Right and wrong answers to the exercises of chapter 15, with what the feedback must name."""

import numpy as np


def shift(ids, steps, first=(1,), last=(2,), left=False):
    rows = [*first, *ids], [*ids, *last]
    pads = [[0] * (steps - len(row)) for row in rows]
    return tuple(pad + row if left else row + pad for row, pad in zip(rows, pads))


def matches(tokens, wanted, ignore=True, rows=True):
    same = tokens == wanted
    if not rows:
        return same[wanted != 0].mean()
    return (same | (ignore & (wanted == 0))).all(axis=1).mean()


def winner(candidates, alpha, best=max, score=lambda p, n, a: p / ((5 + n) / 6) ** a):
    return best(range(len(candidates)), key=lambda k: score(*candidates[k], alpha))


def mix(inputs, own, coin):
    moved = np.hstack([inputs[:, :1], own[:, :-1]])
    return np.where(coin, moved, inputs)


def spoil(inputs, own, coin):
    inputs[:, 1:] = mix(inputs, own, coin)[:, 1:]
    return inputs


def log_p(logits):
    return logits - np.log(np.exp(logits).sum())


def greedy(step, state, start, end, limit, carry=True, feed=True, stop=True, drop=False,
           pick=np.argmax):
    found, last = [], start
    for _ in range(limit):
        logits, new = step(last, state)
        state = new if carry else state
        token = int(pick(logits))
        last = token if feed else last
        if drop and token == end:
            break
        found.append(token)
        if stop and token == end:
            break
    return found


def endless(step, state, start, *sizes):
    while True:
        step(start, state)


def beam(step, state, start, end, limit, width, keep=True, normal=log_p, share=1.0):
    kept = [(0.0, [], state)]
    for _ in range(limit):
        longer = [b for b in kept if b[1] and b[1][-1] == end and keep]
        for score, text, now in kept:
            if text and text[-1] == end:
                continue
            logits, after = step(text[-1] if text else start, now)
            longer += [(score + p, [*text, k], after) for k, p in enumerate(normal(logits))]
        if not longer:
            break
        kept = sorted(longer, key=lambda b: -b[0])[:max(int(width * share), 1)]
    return kept[0][0], kept[0][1]


def told(change):
    return lambda *given: change(*beam(*given))


ANSWERS = {
    "seq2seq.shift": {
        "right": [shift, lambda ids, n: tuple(np.array(r) for r in shift(ids, n))],
        "wrong": [
            (lambda ids, n: shift(ids, n)[::-1], "反了"),
            (lambda ids, n: (shift(ids, n)[0],) * 2, "没有错开"),
            (lambda ids, n: shift(ids, n, last=()), "少了 </s>"),
            (lambda ids, n: shift(ids, n, first=()), "少了 <s>"),
            (lambda ids, n: shift(ids, n, left=True), "左边"),
            (lambda ids, n: tuple(r[:len(ids) + 1] for r in shift(ids, n)), "应当补到"),
            (lambda ids, n: shift(ids, n)[0], "两个列表"),
            (lambda ids, n: ([1, *ids, 2, *[0] * n][:n], shift(ids, n)[1]), "不要 </s>"),
            (([1], [2]), "函数本身"),
        ],
    },
    "seq2seq.exact_match": {
        "right": [matches],
        "wrong": [
            (lambda t, w: matches(t, w, ignore=False), "填充"),
            (lambda t, w: matches(t, w, rows=False), "逐个符号"),
            (lambda t, w: 5 * matches(t, w), "再除以"),
            (lambda t, w: 1 - matches(t, w), "不匹配"),
            (lambda t, w: 0.5, "应当是 0.8"),
            (lambda t, w: 0.8, "全写 0"),
        ],
    },
    "seq2seq.winner": {
        "right": [winner],
        "wrong": [
            (lambda c, a: winner(c, a, best=min), "最差"),
            (lambda c, a: winner(c, a, score=lambda p, n, a: p * ((5 + n) / 6) ** a), "不是乘"),
            (lambda c, a: winner(c, a, score=lambda p, n, a: p / n ** a), "GNMT"),
            (lambda c, a: winner(c, a, score=lambda p, n, a: p), "没有用到 alpha"),
            (lambda c, a: winner(c, a, score=lambda p, n, a: np.exp(p) / ((5 + n) / 6) ** a),
             "不是概率"),
            (lambda c, a: c[winner(c, a)][0], "下标"),
            (lambda c, a: 0, "赢的是"),
        ],
    },
    "seq2seq.mix": {
        "right": [mix],
        "wrong": [
            (lambda i, o, c: np.where(c, o, i), "没有错开"),
            (lambda i, o, c: np.where(c, np.roll(o, 1, 1), i), "转到了第一列"),
            (lambda i, o, c: np.where(c, np.roll(o, -1, 1), i), "移反了"),
            (lambda i, o, c: mix(i, o, ~c), "硬币反了"),
            (lambda i, o, c: np.where(c, np.roll(o, 1, 0), i), "移错了轴"),
            (lambda i, o, c: mix(i, o, c | True), "全换成"),
            (lambda i, o, c: i, "什么也没有换"),
            (spoil, "inputs.copy()"),
            (lambda i, o, c: mix(i, o, c)[:, 1:], "形状"),
        ],
    },
    "seq2seq.greedy_decode": {
        "right": [greedy],
        "wrong": [
            (lambda *a: greedy(*a, carry=False), "状态没有带下去"),
            (lambda *a: greedy(*a, feed=False), "都是 start"),
            (lambda *a: greedy(*a, stop=False), "还在写"),
            (lambda *a: greedy(*a, drop=True), "end 也要"),
            (lambda *a: [a[2], *greedy(*a)], "start 不是"),
            (lambda *a: greedy(*a, pick=np.argmin), "应当写出"),
            (lambda *a: greedy(*a)[:1], "停早了"),
            (lambda *a: 7, "整数的列表"),
            (endless, "两万次"),
        ],
    },
    "seq2seq.beam_decode": {
        "right": [beam],
        "wrong": [
            (lambda *a: beam(*a, keep=False), "每步只留"),
            (lambda *a: beam(*a, normal=lambda z: z), "对数概率"),
            (told(lambda score, text: (np.exp(score), text)), "返回的是概率"),
            (told(lambda score, text: (score / len(text), text)), "除以了长度"),
            (told(lambda score, text: (score, [4, *text])), "start 不是"),
            (told(lambda score, text: score), "(对数概率, 列表)"),
            (endless, "两万次"),
            (lambda *a: beam(*a, share=0.0), "width="),
            (told(lambda score, text: (score, [*text, 0, 0, 0, 0])), "不是一个写完的结果"),
        ],
    },
}
