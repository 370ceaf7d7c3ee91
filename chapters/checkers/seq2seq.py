"""Checkers of chapter 15."""

import itertools

import numpy as np

from rnnbook.notebook.answers import Wrong, array, integers, number, parts
from rnnbook.notebook.calls import at_most, function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, near, on_cases


@exercise(function, hint="输入是 [1] 接上答案，目标是答案接上 [2]；两个都用 0 在右边补到 steps。")
def shift(call):
    """The decoder's inputs and targets of teacher forcing."""
    form = "要返回两个列表：(inputs, wanted)。"
    for ids, steps in (([5, 6, 7], 6), ([4], 2), ([], 3), ([9, 8], 3)):
        given = [integers(row, form) for row in parts(call(ids, steps), 2, form)]
        right = [row + [0] * (steps - len(row)) for row in ([1, *ids], [*ids, 2])]
        if given == right[::-1] != right:
            raise Wrong("两个反了：输入以 <s> 开头，目标以 </s> 结尾。")
        if given[0] == given[1]:
            raise Wrong("输入和目标相同：没有错开，网络只要照抄就行。")
        for name, row, wanted, lost in zip(("inputs", "wanted"), given, right, (
                "输入里少了 <s>（编号 1）：第一步还没有前文。",
                "目标里少了 </s>（编号 2）：没有它，解码器学不会停。")):
            if row == wanted:
                continue
            blame([
                (len(row) != steps, f"{name} 有 {len(row)} 个数，应当补到 steps = {steps} 个。"),
                (row == ids + [0] * (steps - len(ids)), lost),
                (row == sorted(wanted, key=bool), f"{name} 补在了左边：应当在右边补 0。"),
                (name == "inputs" and 2 in row, "输入里不要 </s>：写完就停，不会再喂给解码器。"),
                (True, f"ids={ids}、steps={steps} 时，{name} 应当是 {wanted}，"
                 f"你的函数给出 {row}。"),
            ])
    return "正确：同一串，错开一步"


@exercise(function, hint="先在每一行里问：不是填充的位置全对吗？再对行取平均。")
def exact_match(call):
    """The share of rows that are right at every real position."""
    wanted = np.array([[5, 6, 2, 0], [5, 2, 0, 0], [7, 8, 9, 2], [4, 4, 2, 0], [8, 8, 8, 2]])
    tokens = np.array([[5, 6, 2, 2], [5, 2, 2, 2], [7, 8, 8, 2], [4, 4, 2, 0], [8, 8, 8, 2]])
    mask = wanted != 0
    same = tokens == wanted
    share = number(call(tokens, wanted))
    each = "这是逐个符号的正确率；完全匹配要整行全对。"
    compare(share, 0.8, [
        (same.all(axis=1).mean(), "填充的位置也算了：wanted 为 0 的位置写什么都行。"),
        (same[mask].mean(), each),
        (same.mean(), each),
        (4, "这是个数，要的是比例：再除以行数。"),
        (0.2, "这是不匹配的比例。"),
    ], f"五行里有四行全对，应当是 0.8，你的函数给出 {share:g}。")
    if number(call(np.zeros_like(tokens), wanted)):
        raise Wrong("全写 0 的答案应得 0。")
    return "正确：一处错，整行就错；填充不计"


@exercise(function, hint="score = 对数概率 / ((5 + 长度) / 6) ** alpha，取最大的那个的下标。")
def winner(call):
    """The index of the candidate that wins under GNMT's length penalty."""
    rng = np.random.default_rng(15)
    cases = [([(-4.0, 3), (-5.0, 9)], 1.0), ([(-4.0, 3), (-5.0, 9)], 0.0)]
    cases += [([(-float(p), int(n)) for p, n in zip(rng.uniform(1, 9, 4), rng.integers(1, 20, 4))],
               float(rng.choice([0.0, 0.6, 1.0, 2.0]))) for _ in range(40)]

    def pick(score, best=max):
        return lambda c, a: best(range(len(c)), key=lambda k: score(*c[k], a))

    def gnmt(p, n, a):
        return p / ((5 + n) / 6) ** a

    on_cases(call, cases, pick(gnmt), [
        (pick(gnmt, min), "选成了最差的：分数是负数，越大（越接近 0）越好。"),
        (pick(lambda p, n, a: p * ((5 + n) / 6) ** a), "要除以惩罚，不是乘。"),
        (pick(lambda p, n, a: p / n**a),
         "这是除以长度的 alpha 次方；GNMT 用 ((5 + n) / 6) ** alpha。"),
        (pick(lambda p, n, a: p), "没有用到 alpha：现在比的是对数概率。"),
        (pick(lambda p, n, a: p / (5 + n) / 6 * a), "括号和乘方不对：((5 + n) / 6) ** alpha。"),
        (pick(lambda p, n, a: gnmt(np.exp(p), n, a)), "要用对数概率，不是概率。"),
    ], "alpha={1:g} 时，{0} 里赢的是下标 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：alpha 越大，长的越吃香"


@exercise(hint="own[:, t] 是第 t+1 步的输入：先把 own 右移一格，第一列仍是 <s>。")
def mix(answer):
    """The decoder's inputs of scheduled sampling's second pass."""
    call = function(answer, intact="你的函数改掉了 inputs 本身：先 inputs.copy()，或者用 np.where。")
    rng = np.random.default_rng(16)
    inputs = np.hstack([np.ones((6, 1), int), rng.integers(10, 20, (6, 5))])
    own, coin = rng.integers(20, 30, (6, 6)), rng.random((6, 6)) < 0.5
    coin[:, 0] = [True, False] * 3
    moved = np.hstack([inputs[:, :1], own[:, :-1]])
    compare(array(call(inputs, own, coin), inputs.shape), np.where(coin, moved, inputs), [
        (np.where(coin, own, inputs),
         "没有错开：own 的第 t 列是第 t 步写出的，是第 t+1 步的输入。"),
        (np.where(coin, np.roll(own, 1, axis=1), inputs),
         "np.roll 把最后一列转到了第一列：第一列必须仍是 <s>。"),
        (np.where(coin, np.roll(own, -1, axis=1), inputs), "移反了：own 要右移一格，不是左移。"),
        (np.where(coin, inputs, moved), "硬币反了：coin 为真时换成自己写的。"),
        (np.where(coin, np.roll(own, 1, axis=0), inputs), "移错了轴：时间在第 1 轴。"),
        (moved, "全换成了自己写的：只在 coin 为真的位置换。"),
        (inputs, "什么也没有换。"),
    ], "数值不对：第 t 列要么是 inputs[:, t]，要么是 own[:, t-1]。")
    return "正确：自己写的要错开一步，<s> 永远是 <s>"


def _chain(seed, size=4):
    """Make a step function with memory: the logits depend on the last two tokens."""
    table = 2 * np.random.default_rng(seed).standard_normal((size + 1, size + 1, size))

    def step(token, state):
        return table[state, token].copy(), token

    return step


def _log_p(logits):
    return logits - np.logaddexp.reduce(logits)


def _every(step, state, start, end, limit, size=4):
    """Score all outputs."""
    found = {}
    for tokens in itertools.product(range(size), repeat=limit):
        n = tokens.index(end) + 1 if end in tokens else limit
        score, last, now = 0.0, start, state
        for token in tokens[:n]:
            logits, now = step(last, now)
            score, last = score + _log_p(logits)[token], token
        found[tokens[:n]] = score
    return found


def _greedy(step, state, start, end, limit, carry=True, feed=True):
    """Decode greedily, without carrying the state or feeding back if a mistake is wanted."""
    found, last = [], start
    while len(found) < limit and (not found or found[-1] != end):
        logits, after = step(last, state)
        state = after if carry else state
        found.append(int(np.argmax(logits)))
        last = found[-1] if feed else start
    return found


def _counted(step):
    return at_most(20_000, step, "调用 step 两万次还没有停：写出 end 或写满 limit 个就停。")


@exercise(function,
          hint="循环：logits, state = step(token, state)；token = argmax；记下来；是 end 就停。")
def greedy_decode(call):
    """Greedy decoding with a step function."""
    for seed in range(12):
        step, limit = _chain(seed), 3 + seed % 4
        right = _greedy(step, 4, 4, 0, limit)
        found = integers(call(_counted(step), 4, 4, 0, limit), "要一个整数的列表。")
        if found == right:
            continue
        blame([
            (found[:1] == [4], "start 不是写出来的，不要放进结果。"),
            (found == [t for t in right if t != 0], "end 也要放进结果。"),
            (len(found) > limit, f"写了 {len(found)} 个，超过 limit = {limit}。"),
            (found[:len(right)] == right, "写出 end 之后还在写：遇到 end 就停。"),
            (right[:len(found)] == found, f"停早了：应当是 {right}，你的函数给出 {found}。"),
            (found == _greedy(step, 4, 4, 0, limit, carry=False),
             "状态没有带下去：每步要用 step 返回的新状态。"),
            (found == _greedy(step, 4, 4, 0, limit, feed=False),
             "每步喂的都是 start：要把刚写出的喂回去。"),
            (True, f"应当写出 {right}，你的函数给出 {found}。"),
        ])
    return "正确：取最大的，喂回去，遇到 end 就停"


def _beam(step, state, start, end, limit, width):
    kept = [(0.0, [], state)]
    for _ in range(limit):
        ended = [b for b in kept if b[1] and b[1][-1] == end]
        longer = []
        for score, tokens, now in kept:
            if tokens and tokens[-1] == end:
                continue
            logits, after = step(tokens[-1] if tokens else start, now)
            longer += [(score + p, [*tokens, k], after) for k, p in enumerate(_log_p(logits))]
        kept = sorted(ended + longer, key=lambda b: -b[0])[:width]
    return kept[0][0], kept[0][1]


@exercise(function,
          hint="每个开头记 (对数概率, 列表, 状态)；先 log_softmax 再相加；写完的留下一起排。")
def beam_decode(call):
    """Beam search with a step function for one sequence."""
    for seed in range(14):
        step, limit = _chain(50 + seed), 3 + seed % 2
        every = _every(step, 4, 4, 0, limit)
        for width in (1, 2, 3, 4 ** limit):
            score, tokens = parts(call(_counted(step), 4, 4, 0, limit, width), 2,
                                  "要返回 (对数概率, 列表)。")
            score, tokens = number(score), tuple(integers(tokens, "第二样要一个整数的列表。"))
            if tokens[:1] == (4,):
                raise Wrong("start 不是写出来的，不要放进列表。")
            if tokens not in every:
                raise Wrong(f"{list(tokens)} 不是一个写完的结果：遇到 end 就停，至多 {limit} 个。")
            true = every[tokens]
            compare(score, true, [
                (np.exp(true), "返回的是概率，要的是对数概率。"),
                (true / len(tokens), "除以了长度：这里不归一化。"),
            ], "对数概率不会大于 0：logits 要先做 log_softmax。" if score > 0 else
                f"{list(tokens)} 的对数概率是 {true:.4f}，你的函数给出 {score:.4f}。")
            best, chosen = _beam(step, 4, 4, 0, limit, width)
            if near(score, best):
                continue
            if width >= len(every):
                raise Wrong(f"束够宽时应当等于穷举：最好的是 {chosen}（{best:.4f}），"
                            f"你的函数给出 {list(tokens)}（{score:.4f}）。写完的有没有留在束里？")
            raise Wrong(f"width={width} 时应当得到 {chosen}（{best:.4f}），你的函数给出 "
                        f"{list(tokens)}（{score:.4f}）：每步只留 width 个，写完的也占位置。")
    return "正确：够宽时与穷举相同"
