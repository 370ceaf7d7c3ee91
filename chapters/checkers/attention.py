"""Checkers of chapter 16."""

import numpy as np

from rnnbook.notebook.answers import Wrong, array, floats, integers, number
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, on_cases


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@exercise(hint="exp(0) = 1，exp(ln 3) = 3；先归一化，再加权平均。")
def by_hand(answer):
    """The context of two positions."""
    compare(number(answer), 7, [
        (28, "忘了归一化：1 和 3 要除以它们的和 4。"),
        (6, "这是普通的平均：两个位置的权重不相等。"),
        (5, "权重对反了：分数大的那个（值是 8）得 3/4。"),
        (8, "这是只取分数最大的：softmax 给每个位置都留一点。"),
    ], "权重是 exp(0) 和 exp(ln 3) 归一化，再与 4 和 8 加权平均。", places=2)
    return "正确：权重 1/4 和 3/4，上下文 1 + 6 = 7"


@exercise(function, hint="general 有一个矩阵；加性有两个矩阵，还有一个向量 v。")
def parameters(call):
    """The number of parameters of each way of scoring."""

    def count(dot=lambda q, k, h: 0, general=lambda q, k, h: q * k,
              additive=lambda q, k, h: q * h + k * h + h):
        ways = {"dot": dot, "general": general, "additive": additive}
        return lambda kind, *sizes: ways[kind](*sizes)

    cases = [(kind, q, k, h) for q, k, h in ((3, 2, 4), (6, 5, 7))
             for kind in ("general", "additive")] + [("dot", 4, 4, 9)]
    on_cases(call, cases, count(), [
        (count(additive=lambda q, k, h: q * h + k * h), "加性的少了向量 v：还有 hidden 个。"),
        (count(additive=lambda q, k, h: q * h + h),
         "加性的键也有自己的矩阵：key × hidden 个。"),
        (count(general=lambda q, k, h: q * q),
         "general 的矩阵把查询变成键的宽度：query × key。"),
        (count(additive=lambda q, k, h: q * h + k * h + 2 * h), "没有偏置：向量 v 只数一次。"),
        (count(dot=lambda q, k, h: q * k), "dot 直接做内积，没有参数。"),
        (count(additive=lambda q, k, h: (q + k) * h + 1), "v 是向量，有 hidden 个数，不是标量。"),
    ], "kind={!r}、query={}、key={}、hidden={} 时应当是 {right}，你的函数给出 {given:g}。",
        tolerance=0)
    return "正确：0、HD、HU + DU + U"


@exercise(function,
          hint="先减去真实位置里最大的分数，取指数，乘掩码，再除以和；和是 0 时返回全 0。")
def padded_weights(call):
    """Masked weights in NumPy."""
    scores, keep = np.array([1.0, 3.0, -1.0, 2.0]), np.array([True, False, True, True])
    e = np.exp(scores)
    given = array(call(scores, keep), (4,))
    compare(given, e * keep / (e * keep).sum(), [
        (e / e.sum(), "没有用掩码：填充也分到了权重。"),
        (e / e.sum() * keep, "先 softmax 再乘掩码，和不到 1：乘完要再除以和。"),
        (_softmax(scores * keep), "把填充的分数改成 0 不够：exp(0) = 1，它仍然分到权重。"),
        (e * ~keep / (e * ~keep).sum(), "掩码用反了：True 是真实位置。"),
        (e * keep, "忘了归一化：权重的和应当是 1。"),
        (keep / keep.sum(), "分数没有用上：这是平均。"),
    ], "数值不对：真实位置上是 exp(分数) 除以它们的和，填充是 0。")
    if given[1] != 0:
        raise Wrong("填充的权重应当恰好是 0，不是很小的数。")
    first_two = np.array([True, True, False])
    big = floats(call(np.array([1000.0, 999.0, 0.0]), first_two))
    if not np.isfinite(big).all():
        raise Wrong("分数是 1000 时溢出了：先减去最大的分数再取指数。")
    compare(big, [*_softmax(np.array([1.0, 0.0])), 0.0], [], "分数是 1000 和 999 时数值不对。")
    hidden = floats(call(np.array([0.0, 1.0, 1000.0]), first_two))
    if not np.isfinite(hidden).all() or abs(hidden.sum()) < 1e-6:
        raise Wrong("填充的分数很大时，真实位置的权重没有了：减去的应当是真实位置里的最大值。")
    none = floats(call(scores, np.zeros(4, bool)))
    if np.isnan(none).any():
        raise Wrong("全是填充时得到 NaN：和是 0，不能去除。")
    if none.any():
        raise Wrong("全是填充时应当返回全 0。")
    return "正确：恰好是 0，和为 1，不溢出，也不会 NaN"


@exercise(function,
          hint="分数 = memory @ (h @ W)；softmax；上下文 = 权重 @ memory；再拼接、乘 Wc、tanh。")
def luong_step(call):
    """One step of Luong's attention after the recurrence."""
    rng = np.random.default_rng(16)
    h, memory, W, Wc = (rng.normal(size=shape) for shape in (3, (4, 2), (3, 2), (5, 3)))
    scores = memory @ (h @ W)
    context = _softmax(scores) @ memory

    def step(*both):
        return np.tanh(np.concatenate(both) @ Wc)

    compare(array(call(h, memory, W, Wc), (3,)), step(context, h), [
        (np.concatenate([context, h]) @ Wc, "少了最外面的 tanh。"),
        (step(h, context), "拼接的次序反了：上下文在前，h 在后。"),
        (step(scores @ memory, h), "分数还没有变成权重：少了 softmax。"),
        (step(memory.mean(axis=0), h), "这是所有状态的平均：权重没有用上。"),
        (step(memory[scores.argmax()], h), "这是只取分数最大的状态：要加权平均。"),
        (step(np.exp(scores) @ memory, h), "权重没有除以它们的和。"),
    ], "数值不对：先算分数 memory @ (h @ W)，再 softmax、加权平均、拼接、乘 Wc、tanh。")
    return "正确：先走再看的一步"


@exercise(function, hint="沿输出步（第 0 轴）求和，得到每个输入位置的总权重。")
def unread(call):
    """Input positions that got little weight in all."""
    weights = np.array([[0.75, 0.0, 0.125, 0.125], [0.0625, 0.0, 0.0625, 0.875],
                        [0.5, 0.0, 0.25, 0.25]])
    for least in (0.8, 0.4375, 0.01, 2.0, 0.0):
        result = call(weights, least)
        if isinstance(result, list | np.ndarray) and any(isinstance(i, bool | np.bool_) for i in result):
            raise Wrong("要的是位置的下标，不是 True 和 False：用 np.flatnonzero。")
        found = integers(result, "要返回一个下标的列表。")
        total = weights.sum(axis=0)
        right = np.flatnonzero(total < least)
        compare(found, right, [(np.flatnonzero(wrong), message) for wrong, message in [
            (weights.sum(axis=1) < least,
             "求和的轴反了：每一行（一个输出）的和总是 1，要沿第 0 轴求和。"),
            (total <= least, "恰好等于 least 的不算：要严格小于。"),
            (weights.mean(axis=0) < least, "这是平均：题目要的是所有输出步上的总和。"),
            (weights.max(axis=0) < least, "这是最大的一次：题目要的是所有输出步上的总和。"),
        ]], f"least={least} 时应当是 {right.tolist()}，你的函数给出 {found}。")
    return "正确：没怎么被看过的词，可能漏译了"


def _heads(X, WQ, WK, WV, heads=2, scale=None, causal=True, strict=False, late=False,
           interleave=False, axis=1):
    Q, K, V = X @ WQ, X @ WK, X @ WV
    width, T = X.shape[1] // heads, len(X)
    see = np.tri(T, k=-1 if strict else 0, dtype=bool)
    see = see.T if late else see
    outputs = []
    for i in range(heads):
        part = slice(i, None, heads) if interleave else slice(i * width, (i + 1) * width)
        scores = Q[:, part] @ K[:, part].T / np.sqrt(scale or width)
        scores = np.where(see, scores, -1e9) if causal else scores
        e = np.exp(scores - scores.max(axis=axis, keepdims=True))
        outputs.append(e / e.sum(axis=axis, keepdims=True) @ V[:, part])
    return np.concatenate(outputs, axis=1)


@exercise(function, hint="对 Q、K、V 的两半各做一遍 16.8 节的因果自注意力，再沿最后一轴拼。")
def two_heads(call):
    """Causal self-attention with two heads."""
    rng = np.random.default_rng(6)
    X, matrices = rng.normal(size=(5, 6)), rng.normal(size=(3, 6, 6))
    compare(array(call(X, *matrices), (5, 6)), _heads(X, *matrices), [
        (_heads(X, *matrices, heads=1), "只有一个头：前一半列和后一半列要各做各的。"),
        (_heads(X, *matrices, scale=6), "除以的应当是一个头的宽度 D/2 的平方根，不是 D 的。"),
        (_heads(X, *matrices, scale=1), "少了除以平方根。"),
        (_heads(X, *matrices, causal=False), "没有因果掩码：位置 t 看到了后面。"),
        (_heads(X, *matrices, late=True), "掩码的方向反了：要看自己和以前的位置，不是以后的。"),
        (_heads(X, *matrices, strict=True), "每个位置也看得到自己：对角线要留着。"),
        (_heads(X, *matrices, interleave=True),
         "分头的办法不对：前一半列是一个头，不是隔一列取一列。"),
        (_heads(X, *matrices, axis=0), "softmax 的轴错了：每个查询（一行）的权重和为 1。"),
    ], "数值不对：两半列各做一次因果的自注意力，再拼起来。")
    return "正确：两个头各看各的，再拼起来"
