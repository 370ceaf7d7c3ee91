"""Checkers of chapter 14."""

from itertools import pairwise, product

import numpy as np

from rnnbook.notebook.answers import Wrong, array, floats, integers, number, parts, texts, with_keys
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, near


@exercise(function,
          hint="先全写 O；每段的第一个词写 B-类型，其余写 I-类型。段的末尾是“最后一个词之后”。")
def to_tags(call):
    """Entities as IOB2 tags."""
    cases = [
        (5, [("PER", 1, 3)], ["O", "B-PER", "I-PER", "O", "O"]),
        (4, [("PER", 0, 2), ("PER", 2, 4)], ["B-PER", "I-PER", "B-PER", "I-PER"]),
        (3, [("LOC", 2, 3)], ["O", "O", "B-LOC"]),
        (4, [("ORG", 2, 4), ("LOC", 0, 1)], ["B-LOC", "O", "B-ORG", "I-ORG"]),
        (2, [], ["O", "O"]),
    ]
    for length, entities, right in cases:
        given = texts(call(length, entities), "要返回一个标签的列表。")
        if given == right:
            continue
        known = ["O", *(p + kind for kind, _, _ in entities for p in ("B-", "I-"))]
        blame([
            (len(given) != length,
             f"长 {length} 的句子要有 {length} 个标签，得到 {len(given)} 个。"),
            ([t.upper() for t in given] == right,
             "标签要用大写：O、B-PER、I-PER；类型照 entities 里的写。"),
            ([t.replace("I-", "B-") for t in right] == given,
             "每个词都写了 B：只有段的第一个词写 B，其余写 I。"),
            ([t.replace("B-", "I-") for t in right] == given,
             "没有 B：IOB2 里每一段的第一个词写 B，不然相邻的两段分不开。"),
            *((tag not in known, f"“{tag}”不是 {entities} 的标签：只有 O、B-类型 和 I-类型。")
              for tag in given),
            (sum(t != "O" for t in given) > sum(t != "O" for t in right),
             f"{entities} 标多了：第三个数是“最后一个词之后”，它自己不在段里。"),
            ([t[2:] for t in given] == [t[2:] for t in right],
             f"{entities} 的 B 和 I 放错了：应当是 {' '.join(right)}。"),
            (True, f"{entities} 应当是 {' '.join(right)}，得到 {' '.join(given)}。"),
        ])
    return "正确：相邻的两个人名，靠 B 分开"


@exercise(hint="词：8 个里对了几个。实体：答案 3 个，预测 3 个，类型和两端都对的有几个？")
def by_eye(answer):
    """Token accuracy and entity precision, recall, F1 of one sentence."""
    keys = "accuracy", "precision", "recall", "f1"
    with_keys(answer, keys)
    accuracy, *scores = (number(answer[key]) for key in keys)
    if accuracy > 1:
        raise Wrong("写成 0 到 1 之间的数，不要写百分数。")
    with_o = "accuracy 把 O 也数进去：8 个词，对了几个？"
    compare(accuracy, 6 / 8, [(3 / 5, with_o), (4 / 6, with_o)],
            "accuracy：逐词比，第 4 个和第 8 个错了。", places=2)
    for key, score in zip(keys[1:], scores):
        compare(score, 1 / 3, [
            (2 / 3, f"{key}：只有 PER 找对了。LOC 的类型错，ORG 少了最后一个词，都不算。"),
            (1 / 2, f"{key}：预测里也有 3 个实体，B-ORG 那一个虽然错了，也是一个。"),
        ], f"{key}：答案 3 个，预测 3 个，类型和两端都对的只有 PER 一个。", places=2)
    return "正确：词对了四分之三，名字只对了三分之一"


@exercise(function, hint="印到第三位时，真值在 ±0.0005 之内。微平均 = Σ 召回率·个数 ÷ Σ 个数。")
def micro_bounds(call):
    """The bounds of micro recall from rounded recalls."""

    def bounds(r, n, digits, half=0.5, clip=True, weigh=True):
        ends = [r - half * 10.0**-digits, r + half * 10.0**-digits]
        ends = [np.clip(e, 0, 1) if clip else e for e in ends]
        return np.array([(e * n).sum() / n.sum() if weigh else e.mean() for e in ends])

    cases = [([0.9, 0.5], [10, 30], 1), ([0.906, 0.805, 0.995], [1668, 257, 38323], 3),
             ([1.0, 0.0, 0.37], [5, 5, 10], 2)]
    for *rows, digits in cases:
        r, n = map(np.array, rows)
        given = floats(parts(call(r, n, digits), 2, "要返回两个数：下界、上界。"))
        right, free = bounds(r, n, digits), bounds(r, n, digits, clip=False)
        early = "召回率不会小于 0，也不会大于 1：先截断，再平均。"
        compare(given, right, [
            (right[::-1], "次序反了：先下界，后上界。"),
            (free, early),
            (np.clip(free, 0, 1), early),
            (bounds(r, n, digits, half=1), "四舍五入到第 d 位，误差至多是半个末位：0.5·10^−d。"),
            (bounds(r, n, digits, weigh=False), "这是宏平均：微平均按个数加权。"),
            (bounds(r, n, digits, half=0), "没有算舍入：真值在印出的数 ± 半个末位之内。"),
            (bounds(r, n, 3), "digits 要用上：末位不总是第三位。"),
        ], f"召回率 {r}、个数 {n}、{digits} 位时应当是 {right.round(6).tolist()}。")
    return "正确：一张表对不对，先做算术"


def _count(length, kinds, start_inside=False, cross=False):
    """Count sequences of tags, with the rules of IOB2 or with mistakes in them."""
    tags = ["O", *(p + str(k) for k in range(kinds) for p in "BI")]

    def may(before, after):
        if after[0] != "I":
            return True
        return before != "O" and (cross or before[1:] == after[1:])

    counts = {t: int(start_inside or t[0] != "I") for t in tags}
    for _ in range(length - 1):
        counts = {b: sum(n for a, n in counts.items() if may(a, b)) for b in tags}
    return sum(counts.values())


@exercise(function, hint="记住三种条数：以 O 结尾、以某个 B 结尾、以某个 I 结尾，一步一步往后推。")
def legal_count(call):
    """The number of IOB2 sequences."""
    cases = [(1, 1), (2, 1), (3, 1), (4, 3), (10, 2), (30, 3)]
    values = []
    for case in cases:
        value = call(*case)
        if not np.isfinite(number(value)):
            raise Wrong("length={}、kinds={} 时给出了无穷大：要一个整数。".format(*case))
        values.append(np.asarray(value, object).reshape(()).item())
    right = [_count(*case) for case in cases]
    if values == right:
        return "正确：同一个循环，条数代替了分数"
    blame([
        (lambda t, k: (2 * k + 1) ** t, "这是所有的串：I 前面必须是同类的 B 或 I。"),
        (lambda t, k: _count(t, k, start_inside=True), "句首不能是 I。"),
        (lambda t, k: _count(t, k, cross=True), "I-LOC 不能跟在 B-PER 后面：类型要相同。"),
        (lambda t, k: (k + 1) ** t, "漏了 I：名字可以有好几个词。"),
        (lambda t, k: _count(t + 1, k), "多走了一步：长 1 的句子只有 O 和 k 个 B。"),
    ], lambda rule: [float(v) for v in values] == [float(rule(*case)) for case in cases])
    for case, value, wanted in zip(cases, values, right):
        if value == wanted:
            continue
        why = ""
        if isinstance(value, float) and near(value, wanted):
            why = "。条数很大，要用 Python 的整数，不要用浮点数"
        elif (value - wanted) % 2**32 == 0:
            why = "。NumPy 和张量的整数只有 64 位（或 32 位），溢出了：要用 Python 的整数"
        raise Wrong("length={}、kinds={} 时应当是 {}，你的函数给出 {}{}。".format(
            *case, wanted, value, why))


def _field(seed, steps=4, kinds=3):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) * 2 for shape in
            ((steps, kinds), (kinds, kinds), (kinds,), (kinds,))]


def _scores(e, A, start, end):
    """Every sequence of tags and its score."""
    return {y: start[y[0]] + end[y[-1]] + sum(e[t, k] for t, k in enumerate(y))
            + sum(A[i, j] for i, j in pairwise(y))
            for y in product(range(len(start)), repeat=len(e))}


@exercise(hint="复制 e，把已知的词其余标签的分数改成 −∞，再跑 14.6 节的循环。分数就是末尾那个最大值。")
def viterbi(answer):
    """The best sequence of tags that keeps those already known, and its score."""
    call = function(answer, intact="你的函数改掉了输入：先复制，再改；alpha = start + e[0]，不要用 +=。")
    rows = [[-1] * 4, [1, -1, -1, -1], [-1, 0, -1, -1], [-1, 2, -1, 0], [-1, -1, -1, 2],
            [0, 1, -1, -1], [2, -1, 2, -1], [-1, -1, 1, -1]]
    cases = [(_field(seed), row) for seed, row in enumerate(rows)]
    cases += [(_field(8, steps=1), [2]), (_field(9, 6, 2), [-1, 0, -1, -1, 1, -1])]
    for (e, A, start, end), known in cases:

        def kept(*field, known=known):
            return {y: s for y, s in _scores(*field).items()
                    if all(k in (-1, tag) for k, tag in zip(known, y))}

        path, value = parts(call(e, A, start, end, np.array(known)), 2, "要返回两样：标签串，和它的分数。")
        path = tuple(integers(path, "标签串要是整数的列表，一个词一个。"))
        value = number(value)
        if len(path) != len(e):
            raise Wrong(f"{len(e)} 个词要 {len(e)} 个标签，得到 {len(path)} 个。")
        every, free = kept(e, A, start, end), _scores(e, A, start, end)
        best, plain = max(every, key=every.get), max(free, key=free.get)
        if path[::-1] == best != path:
            raise Wrong("标签串倒着：走回来得到的次序是从后往前，最后要倒一次。")
        if path == plain != best:
            raise Wrong("没有用上 known：已知的词要保留那个标签。")
        wrong = [
            (kept(e, A.T, start, end), "转移矩阵用反了：A[i, j] 是 i 后面跟 j。"),
            (kept(e, A, start, 0 * end), "忘了 end：最后一个标签也有分数。"),
            (kept(e, A, 0 * start, end), "忘了 start：第一个标签也有分数。"),
            (kept(e, 0 * A, 0 * start, 0 * end), "没有用转移分数，这是逐词取最大。"),
        ]
        if path == best:
            compare(value, every[best], [(max(s.values()), message) for s, message in wrong],
                    f"标签串对了，分数不对：应当是 {every[best]:.4f}，得到 {value:.4f}。"
                    "已知的词的发射分数也算在内。")
            continue
        changed = tuple(tag if k == -1 else k for k, tag in zip(known, plain))
        blame([(path == changed != best, "先求最好的一串再换标签不行：邻居本来会跟着变。"),
               *((path == max(scores, key=scores.get), message) for scores, message in wrong)])
        raise Wrong(f"不是最好的一串：known 是 {known} 时，{list(best)} 的分数是 {every[best]:.3f}。"
                    "记下的是“从哪里来”吗？")
    return "正确：定下一个词，邻居也会跟着变"


@exercise(function,
          hint="α_t(i) + A(i, j) + e_{t+1}(j) + β_{t+1}(j) − log Z，取 exp。最后一步的 β 是 end。")
def pair_marginals(call):
    """The probability of every pair of neighbouring tags."""
    for seed, steps in ((11, 4), (12, 2), (13, 5)):
        field = _field(seed, steps)
        every = _scores(*field)
        top = max(every.values())
        total = sum(np.exp(s - top) for s in every.values())
        right = np.zeros((steps - 1, 3, 3))
        for y, s in every.items():
            for t, (i, j) in enumerate(pairwise(y)):
                right[t, i, j] += np.exp(s - top) / total
        result = array(call(*field), right.shape, {
            (steps, 3, 3): "T 个词只有 T−1 对相邻的标签。"})
        ends = np.concatenate([right.sum(axis=2), right[-1:].sum(axis=1)])
        compare(result, right, [
            (right.transpose(0, 2, 1), "i 和 j 反了：第 1 轴是前一个标签，第 2 轴是后一个。"),
            (ends[:-1, :, None] * ends[1:, None, :],
             "这是两个边缘概率的乘积：相邻的标签不独立，中间还有转移。"),
            (right[::-1], "时间反了：第 0 个是头两个词。"),
            (np.log(right), "这是对数概率：最后取 exp。"),
        ], "数值不对。每一步加起来是 1 吗？不是，就少了 −log Z；是，就少了 e_{t+1} 或 A。")
    return "正确：训练时 A 的梯度，就是数出来的减去这里的期望"
