"""Checkers of the exercises on language models and decoding."""

import numpy as np

from rnnbook.notebook.answers import Wrong, array, floats, number, parts
from rnnbook.notebook.calls import at_most, function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, near


@exercise(hint="比特用以 2 为底的对数：log2(p) = ln(p) / ln(2)。")
def bits(answer):
    """1.5 nats per character in bits: 1.5 / ln 2."""
    compare(number(answer), 1.5 / np.log(2), [
        (1.5, "这还是奈特（自然对数）；比特要换成以 2 为底的对数。"),
        (1.5 * np.log(2), "乘反了：1 比特 = ln 2 奈特，所以奈特换比特要除以 ln 2，不是乘。"),
        (np.exp(1.5), "这是困惑度 e^1.5，不是比特。"),
        (np.log2(1.5), "你对 1.5 取了 log2；1.5 本身已经是对数，只要换单位。"),
        (1.5 / np.log(10), "这是以 10 为底的对数；比特以 2 为底。"),
    ], "不对：1 比特等于 ln 2 ≈ 0.693 奈特，1.5 奈特里有几个 0.693？", places=2)
    return "正确：1.5 / ln 2 ≈ 2.164 比特每字符"


@exercise(function, hint="x 去掉最后一个，y 去掉第一个。")
def make_pair(call):
    """Inputs and targets shifted by one: ids[:-1], ids[1:]."""
    ids = np.array([5, 3, 8, 1, 9, 2])
    pair = parts(call(ids), 2, "应当返回两个数组：return x, y。")
    x, y = map(floats, pair)
    for name, values in (("x", x), ("y", y)):
        if values.ndim != 1:
            raise Wrong(f"{name} 的形状应当是 (N−1,)，收到的是 {values.shape}。")
    if len(x) != len(y):
        raise Wrong(f"x 有 {len(x)} 个、y 有 {len(y)} 个：每个输入都要有一个答案，长度应当相同。")
    if len(x) == len(ids) and near(y, np.roll(ids, -1)):
        raise Wrong("np.roll 把开头绕到了末尾：最后一个字符没有下一个，别拿第一个字符充数。")
    if near(x, y):
        raise Wrong("目标没有错开：y 和 x 一样，模型只要照抄输入就得零分损失，什么也学不到。")
    compare([x, y], [ids[:-1], ids[1:]], [
        ([ids[1:], ids[:-1]], "方向反了：这样是用后一个字符预测前一个。x 和 y 对调。"),
        ([ids[:-2], ids[2:]], "错开了两步：y[t] 应当是 x[t] 的下一个，不是下下个。"),
    ], "不对：x 应当是去掉最后一个的 ids，y 是去掉第一个的 ids，次序不变。"
        if len(x) == len(ids) - 1 else
        f"N 个字符有 N−1 对；6 个字符应当得到 5 对，你给了 {len(x)} 对。")
    return "正确：输入错开一步就是目标"


@exercise(function,
          hint="先 z = logits / t，再减去最大值，再 exp，最后除以总和。减去最大值不改变结果。")
def heated(call):
    """softmax(logits / t), safe for large logits."""
    logits = np.array([2.0, 0.5, -1.0, 1.0])

    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()

    probs = softmax(logits)
    for t in (0.5, 2.0):
        got = array(call(logits, t), (4,))
        not_one = f"忘了归一化：这些数的和是 {got.sum():.3f}，应当是 1。"
        compare(got, softmax(logits / t), [
            (softmax(logits * t), "你乘了温度：应当除以 t。温度越高，分布越平。"),
            (probs, "温度没有用上：结果与 t = 1 相同。"),
            (probs / t, "你在 softmax 之后才除以 t：和不再是 1，而且各个字符的比例没有变。"),
            (softmax(probs / t), "softmax 用了两次：温度要除在 logits 上，不是除在概率上。"),
        ], f"t = {t} 时不对：应当是 softmax(logits / t)。" if near(got.sum(), 1) else not_one)
    if not near(floats(call(np.array([1000.0, 999.0]), 1.0)), softmax(np.array([1.0, 0.0]))):
        raise Wrong("logits 为 1000 时溢出了：先减去最大值，再 np.exp。")
    return "正确：除以温度，减最大值，再归一化"


@exercise(function,
          hint="从大到小排好，算累加和；排在某个字符之前的总和还不到 p，就留下它。再放回原位、归一化。")
def nucleus(call):
    """Smallest set that reaches p, renormalised, in the original order."""
    for probs, p in [
        ([0.1, 0.4, 0.05, 0.3, 0.15], 0.8),
        ([0.125, 0.5, 0.125, 0.25], 0.75),  # exactly reached, in binary fractions
        ([0.2, 0.7, 0.1], 0.5),
        ([0.25, 0.5, 0.25], 1.0),
    ]:
        probs = np.array(probs)
        _compare_nucleus(floats(call(probs, p)), probs, p)
    return "正确：最小的集合、原来的次序、重新归一化"


def _compare_nucleus(got, probs, p):
    order = np.argsort(-probs, kind="stable")
    size = int(np.searchsorted(np.cumsum(probs[order]), p - 1e-12)) + 1
    case = f"概率 {probs.tolist()}，p = {p}："

    def kept(mask):
        return np.where(mask, probs, 0.0), np.where(mask, probs, 0.0) / (probs[mask].sum() or 1)

    def largest(n):
        return kept(np.isin(np.arange(len(probs)), order[:n]))

    raw, right = largest(size)
    few = case + "少留了一个：使总和达到 p 的那一个也要留下（否则总和还不到 p）。"
    many = case + "多留了一个：总和刚好达到 p 就该停。"
    if size == 1 and got.shape == probs.shape and not np.nan_to_num(got).any():
        raise Wrong(few)
    got = array(got, probs.shape)
    if not near(got, right) and near(np.sort(got), np.sort(right)):
        raise Wrong(case + "数都对，次序变了：排序之后要放回各个字符原来的位置。")
    above, ratio = kept(probs >= p), kept(probs >= p * probs.max())
    compare(got, right, [
        *((wrong, few) for wrong in largest(size - 1)),
        *((wrong, many) for wrong in largest(size + 1) if size < len(probs)),
        (raw, case + f"忘了重新归一化：留下的和是 {got.sum():.3f}，应当是 1。"),
        *((wrong, case + "你拿 p 去比每一个概率；p 是累加起来的总和的门槛。") for wrong in above),
        (ratio[1], case + "这是 min-p（与最大概率比）；核采样看的是累加的总和。"),
    ], case + f"应当留下 {size} 个，答案是 {right.round(3).tolist()}。")


@exercise(function,
          hint="for token in prompt: logits, state = step(token, state)，循环结束后返回两者。")
def warm_up(call):
    """Feed every prompt token in order, carrying the state."""
    prompt, start = [4, 1, 7, 2], (9,)

    def step(token, state):
        state = (*state, int(number(token)))
        return ("logits after", state), state

    step = at_most(1000, step, "调用 step 超过 1000 次还没有停：提示里有几个字符就喂几次。")
    logits, state = parts(call(step, start, prompt), 2,
                          "应当返回两样：return logits, state。")
    right = start + tuple(prompt)
    if not isinstance(logits, tuple) or not isinstance(state, tuple):
        raise Wrong("两个返回值都应当原样来自 step：它给出的 logits 和它给出的状态。")
    if logits == ("logits after", right) and state == right:
        return "正确：提示的每个字符都进了状态"
    if state == ("logits after", right) and logits == right:
        raise Wrong("返回的次序反了：先 logits，后 state。")
    blame([
        (start, "状态没有更新：把 step 返回的新状态接住，传给下一步。"),
        ((*start, prompt[-1]),
         "只有最后一个字符进了状态：这正是讲义 S1 的错（E42）。提示要从头逐个喂。"),
        (right[:-1],
         "少喂了最后一个字符：没有它，logits 预测的是提示的最后一个字符，而不是下一个。"),
        ((*start, *prompt[1:]), "少喂了第一个字符：从下标 0 开始。"),
        ((*start, *prompt[::-1]), "喂的次序反了：从提示的开头往后喂。"),
        (tuple(prompt), "你丢掉了传进来的状态：第一步要从参数 state 开始。"),
        (right, "状态对了，logits 不是最后一步的：应当返回喂完最后一个字符得到的 logits。"),
    ], lambda wrong: state == wrong)
    raise Wrong(f"喂进去的次序应当是 {prompt}，状态却记着 {list(state)[1:]}。")


@exercise(function, hint="先把每段的总损失（平均 × 字符数）加起来，除以总字符数，最后才取指数。")
def perplexity(call):
    """exp of the length-weighted mean, not a mean of perplexities."""
    means, lengths = np.array([1.0, 2.0, 3.0]), np.array([100, 50, 10])
    nats = np.average(means, weights=lengths)
    each = "你先取指数再平均：困惑度不能直接平均，要先合并 NLL，最后取一次指数。"
    compare(number(call(means, lengths)), np.exp(nats), [
        (np.exp(means.mean()), "没有按长度加权：10 个字符的段和 100 个字符的段不该有一样的分量。"),
        (np.exp(means).mean(), each),
        (np.average(np.exp(means), weights=lengths), each),
        (nats, "这是平均 NLL（奈特）；困惑度是它的指数。"),
        (2**nats, "底不对：NLL 是奈特（自然对数），所以是 e 的幂，不是 2 的幂。"),
        (nats / np.log(2), "这是比特每字符，不是困惑度。"),
        (np.exp((means * lengths).sum()), "忘了除以总字符数。"),
    ], "不对：总损失除以总字符数，再取 e 的幂。", tolerance=1e-4)
    return "正确：先按长度合并损失，最后取一次指数"
