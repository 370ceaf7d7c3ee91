"""Right and wrong answers for the exercises on language models and decoding."""

import numpy as np
from keras import ops


def softmax(z):
    """The right one, safe for large numbers."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


def nucleus(probs, p):
    """Keep a token while the mass before it is below p."""
    order = np.argsort(-probs)
    ranked = probs[order]
    kept = np.zeros_like(probs)
    mask = np.cumsum(ranked) - ranked < p - 1e-12
    kept[order[mask]] = ranked[mask]
    return kept / kept.sum()


def nucleus_loop(probs, p):
    """The same, as a loop."""
    kept, total = np.zeros(len(probs)), 0.0
    for i in np.argsort(-probs):
        if total >= p:
            break
        kept[i], total = probs[i], total + probs[i]
    return kept / kept.sum()


def one_too_few(probs, p):
    """Wrong: the token that reaches p is left out."""
    order = np.argsort(-probs)
    mask = np.cumsum(probs[order]) < p
    kept = np.zeros_like(probs)
    kept[order[mask]] = probs[order[mask]]
    return kept / max(kept.sum(), 1e-12)


def one_too_many(probs, p):
    """Wrong: stops one token later than p is reached."""
    order = np.argsort(-probs)
    size = int(np.searchsorted(np.cumsum(probs[order]), p)) + 2
    kept = np.zeros_like(probs)
    kept[order[:size]] = probs[order[:size]]
    return kept / kept.sum()


def not_normalised(probs, p):
    """Wrong: what is left does not add up to 1."""
    return np.where(nucleus(probs, p) > 0, probs, 0)


def in_sorted_order(probs, p):
    """Wrong: the tokens change places."""
    return np.sort(nucleus(probs, p))[::-1]


def each_above_p(probs, p):
    """Wrong: p as a threshold for single probabilities."""
    kept = np.where(probs >= p, probs, 0)
    return kept / max(kept.sum(), 1e-12)


def feed(step, state, prompt):
    """The right one."""
    logits = None
    for token in prompt:
        logits, state = step(token, state)
    return logits, state


def feed_last(step, state, prompt):
    """Wrong: only the last character, as in lecture S1."""
    return step(prompt[-1], state)


def feed_without_state(step, state, prompt):
    """Wrong: the new state is dropped."""
    for token in prompt:
        logits, _ = step(token, state)
    return logits, state


def feed_for_ever(step, state, prompt):
    """Wrong: never stops."""
    while True:
        step(prompt[0], state)


def feed_swapped(step, state, prompt):
    """Wrong: the results in the wrong order."""
    return feed(step, state, prompt)[::-1]


def feed_from_nothing(step, state, prompt):
    """Wrong: the given state is thrown away."""
    return feed(step, (), prompt)


def weighted(means, lengths):
    """The right one."""
    return np.exp(np.average(means, weights=lengths))


def shifted(ids):
    """The right one."""
    return ids[:-1], ids[1:]


ANSWERS = {
    "char_lm.bits": {
        "right": [1.5 / np.log(2), 2.164, 2.16],
        "wrong": [
            (1.5, "奈特"),
            (1.5 * np.log(2), "除以 ln 2"),
            (np.exp(1.5), "困惑度"),
            (np.log2(1.5), "已经是对数"),
            (1.5 / np.log(10), "以 10 为底"),
            (3.0, "0.693"),
        ],
    },
    "char_lm.make_pair": {
        "right": [shifted, lambda ids: [list(ids)[:-1], list(ids)[1:]],
                  lambda ids: np.stack([ids[:-1], ids[1:]])],
        "wrong": [
            (lambda ids: (ids[:-1], ids[:-1]), "没有错开"),
            (lambda ids: (ids, ids), "没有错开"),
            (lambda ids: (ids[1:], ids[:-1]), "方向反了"),
            (lambda ids: (ids, np.roll(ids, -1)), "绕到了末尾"),
            (lambda ids: (ids, ids[1:]), "长度应当相同"),
            (lambda ids: (ids[:-2], ids[2:]), "两步"),
            (lambda ids: ids[:-1], "两个数组"),
        ],
    },
    "char_lm.heated": {
        "right": [lambda z, t: softmax(z / t),
                  lambda z, t: ops.softmax(ops.convert_to_tensor(z) / t)],
        "wrong": [
            (lambda z, t: softmax(z * t), "乘了温度"),
            (lambda z, t: softmax(z), "没有用上"),
            (lambda z, t: softmax(z) / t, "softmax 之后"),
            (lambda z, t: softmax(softmax(z) / t), "两次"),
            (lambda z, t: np.exp(z / t), "归一化"),
            (lambda z, t: np.exp(z / t) / np.exp(z / t).sum(), "溢出"),
            (lambda z, t: softmax(z / t) if max(z) < 9 else "big", "收到的是一段文字"),
        ],
    },
    "char_lm.nucleus": {
        "right": [nucleus, nucleus_loop],
        "wrong": [
            (one_too_few, "少留了一个"),
            (one_too_many, "多留了一个"),
            (not_normalised, "归一化"),
            (in_sorted_order, "次序变了"),
            (each_above_p, "总和的门槛"),
        ],
    },
    "char_lm.warm_up": {
        "right": [feed],
        "wrong": [
            (feed_last, "只有最后一个字符"),
            (lambda step, state, prompt: feed(step, state, prompt[:-1]), "少喂了最后一个"),
            (lambda step, state, prompt: feed(step, state, prompt[1:]), "少喂了第一个"),
            (lambda step, state, prompt: feed(step, state, prompt[::-1]), "次序反了"),
            (feed_without_state, "没有更新"),
            (feed_swapped, "先 logits"),
            (feed_from_nothing, "丢掉了"),
            (feed_for_ever, "1000 次"),
            (lambda step, state, prompt: (0, prompt), "原样来自 step"),
        ],
    },
    "char_lm.perplexity": {
        "right": [weighted, lambda m, n: np.exp(np.repeat(m, n).mean()),
                  lambda m, n: ops.exp(ops.sum(m * n) / ops.sum(n))],
        "wrong": [
            (lambda m, n: np.exp(np.mean(m)), "按长度加权"),
            (lambda m, n: np.exp(m).mean(), "先取指数"),
            (lambda m, n: np.average(np.exp(m), weights=n), "先取指数"),
            (lambda m, n: np.average(m, weights=n), "指数"),
            (lambda m, n: 2 ** np.average(m, weights=n), "底不对"),
        ],
    },
}
