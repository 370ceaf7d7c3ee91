"""Checkers of the exercises on windows, Markov chains, n-grams and baselines."""

import numpy as np

from rnnbook.notebook.answers import Wrong, array, floats, number, parts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, near


@exercise(hint="第一个样本的答案在第 24+6 个月；最后一个样本的答案在第 2820 个月。从头数到尾有几个？")
def window_count(answer):
    """Windows of 24 months, 6 months ahead, over 2820 months: T - w - k + 1."""
    apart = "你把窗口一个接一个地摆开了；这里窗口每次只滑动一步，互相重叠。"
    compare(number(answer), 2820 - 24 - 6 + 1, [
        (2820 - 24 + 1,
         "这是窗口的个数，没有给答案留位置：最后几个窗口之后 6 个月已经没有数据了。"),
        (2820 - 24, "这是预测下一个月的样本数；这里答案在 6 个月之后，末尾还要少几个窗口。"),
        (2820 - 24 - 6,
         "差一：第一个样本也要算。用 6 个值、宽 3、提前 1 步试试，样本是 3 个而不是 2 个。"),
        *((count, apart) for count in (2820 // 24, 2820 / 24, 2820 / 30)),
        (2820 - 24 - 6 + 2, "多了一个：最后一个答案必须还在 2820 个月之内。"),
    ], "不对：先数最早和最晚的答案各在第几个月；两头都算，中间有几个月就有几个样本。",
        tolerance=0)
    return "正确：2820 − 24 − 6 + 1 = 2791"


@exercise(function,
          hint="先数 C[i, j]：i 后面跟着 j 的次数；再让每一行除以这一行的和（axis=1，keepdims=True）。")
def transition_matrix(call):
    """Counts of neighbours, each row normalised; a row without followers is uniform."""
    ids = np.array([0, 1, 1, 2, 0, 1, 2, 1, 1])
    counts = np.zeros((3, 3))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    right = counts / counts.sum(axis=1, keepdims=True)
    compare(array(call(ids, 3), (3, 3)), right, [
        (counts, "这是计数，还没有归一化：每一行要除以这一行的和。"),
        (counts / counts.sum(axis=0), "归一化的轴错了：你让每一列的和是 1。"
         "给定“现在”，各种“下一个”的概率之和才是 1，所以是每一行。"),
        (right.T, "转置了：行是现在的字符，列是下一个字符。"),
        (counts / counts.sum(),
         "你除以了总数，得到的是成对出现的联合概率；条件概率要每一行单独归一化。"),
        (counts / np.bincount(ids)[:, None],
         "分母多了一个：最后一个字符没有后继，不能算进它那一行的总数。"),
        ((counts + 1) / (counts + 1).sum(axis=1, keepdims=True),
         "你给每一格加了 1（加一平滑）；这道题只要原来的比例。"),
    ], "数值不对：检查每一对相邻的 (ids[t], ids[t+1]) 是否恰好数了一次，"
        "求每一行的和时是否写了 keepdims=True。")
    lonely = floats(call(np.array([0, 1, 0, 3]), 4))
    if np.isnan(lonely).any():
        raise Wrong("字符没有后继时出现了 0/0：那一行应当是均匀分布 1/size。")
    lonely = array(lonely, (4, 4))
    compare(lonely[2:], np.full((2, 4), 1 / 4), [],
            "没有后继的字符，那一行应当是均匀分布 1/size。")
    compare(lonely[:2], [[0, 0.5, 0, 0.5], [1, 0, 0, 0]], [],
            "补上均匀分布时，把有后继的行也改动了：那些行应当保持原来的比例。")
    return "正确：每一行的和都是 1"


@exercise(function, hint="先求平均的 −log2(p)，这就是比特；困惑度是 2 的那么多次方。"
                         "用 p = [1/2, 1/4] 手算核对：1.5 比特。")
def bits_and_perplexity(call):
    """Mean of -log2 p, and 2 to that power."""
    p = np.array([0.5, 0.25, 0.25, 0.125, 0.9])
    cost = -np.log2(p)
    mean = cost.mean()
    result = parts(call(p), 2, "函数要返回两个数：return bits, perplexity。")
    bits, perplexity = map(number, result)
    if near([bits, perplexity], [2**mean, mean]):
        raise Wrong("两个数的次序反了：先比特，后困惑度。")
    compare(bits, mean, [
        (mean * np.log(2), "第一个数是奈特：用了自然对数。换成以 2 为底，或者除以 ln 2。"),
        (mean * np.log10(2), "第一个数用了以 10 为底的对数；比特以 2 为底。"),
        (-mean, "比特数是负的：忘了负号。概率小于 1，对数是负的，损失是它的相反数。"),
        (cost.sum(), "这是整段的总比特数：还要除以字符数，求平均。"),
        (-np.log2(p.mean()), "次序错了：要先取对数再平均，不是先平均概率再取对数。"),
    ], "第一个数（比特）不对：每个字符的损失是 −log2(p)，再求平均。")
    compare(perplexity, 2**mean, [
        (np.exp(mean), "困惑度混了底：比特要配 2 的幂，奈特才配 e 的幂。"),
        ((1 / p).mean(), "困惑度不是 1/p 的算术平均，而是 2 的（平均比特）次方，即 1/p 的几何平均。"),
        (2**-mean, "困惑度小于 1：指数的符号反了，它不可能小于 1。"),
    ], "第二个数（困惑度）不对：它是 2 的（每字符比特数）次方。")
    return "正确"


@exercise(hint="照算 P(b|a) 的两步走：先算单字符的 P(c)，它自己也要平滑；再按它来分 a 之后留出的 3 票。")
def witten_bell(answer):
    """P(c | a) in abracadabra: (1 + 3/8) / 7."""
    lower = (1 + 5 * (1 / 5)) / (11 + 5)
    compare(number(answer), (1 + 3 * lower) / 7, [
        (1 / 4, "0.25 是没有平滑的比例：还没有给“新东西”留 3 票。"),
        ((1 + 1) / (4 + 5),
         "这是加一平滑（每种后继加 1）；Witten–Bell 留的票数是后继的种数 3，按单字符概率分。"),
        ((1 + 3 / 11) / 7, "单字符概率 P(c) 用了 1/11：它自己也要平滑，是 (1 + 5 × 1/5) / (11 + 5)。"),
        ((1 + 3 / 5) / 7, "你把 3 票均匀地分给了 5 个字母；应当按单字符概率 P(c) = 1/8 来分。"),
        ((1 + 5 * lower) / 9,
         "留的票数用了字母总数 5；应当是 a 之后出现过的种数 K = 3（b、c、d）。"),
        ((1 + 3 * lower) / 4, "分母漏了留给新东西的 3 票：是 4 + 3，不然各项加起来超过 1。"),
        ((1 + 3 * lower) / 8, "分母应当是 4 + 3：最后一个 a 没有后继，a 之后只数到 4 次。"),
        (3 * lower / 7, "漏了真实计数：ac 出现过 1 次，分子是 1 + 3 × P(c)。"),
        ((2 + 3 * 3 / 16) / 7, "这是 1.4 节算过的 P(b|a)；这里问的是 c。"),
    ], "不对：分子是 count(ac) + 3 × P(c)，分母是 4 + 3；先检查 P(c) 是不是 1/8。", places=4)
    return "正确：(1 + 3/8) / 7 = 11/56 ≈ 0.1964"


@exercise(function,
          hint="窗口最后一列 X[:, -1] 是答案之前 1 步；那么答案之前 season 步在倒数第几列？")
def seasonal_naive(call):
    """The value one season before the target: X[:, -season]."""
    X, season = np.arange(40.0, 46.0)[:, None] + np.arange(12), 4
    got = array(call(X, season), (6,), {
        (6, 1): "形状应当是 (N,)：用 X[:, -season] 取一列，不要用切片留下多余的轴。",
        (12,): "你取的是一行：每个样本是一行，要对所有行取同一列，写 X[:, …]。",
    })
    from_start = "你从窗口的开头数；应当从结尾往回数，用负的下标。"
    compare(got, X[:, -season], [
        (X[:, -season - 1], "早了一步：最后一列已经是答案之前 1 步，所以倒数第 season 列就够了。"),
        (X[:, -season + 1], "晚了一步：倒数第 season−1 列离答案只有 season−1 步。"),
        (X[:, -1], "这是持续性预测（最后一个值）；要的是一个周期之前的值。"),
        (X[:, season], from_start),
        (X[:, season - 1], from_start),
        (X[:, -season:].mean(axis=1), "这是最近一个周期的移动平均；要的只是一个周期之前的那一个值。"),
    ], "取的值不对：它与答案之间应当正好隔 season 步。")
    return "正确：答案之前 season 步，正是倒数第 season 列"


@exercise(function, hint="先标准化整条序列，再用 windows(x, width) 切窗口；"
                         "答案是 x[cut] 的那一行，行号是 cut − width。")
def split_by_time(call):
    """Standardise by the past only, cut windows, split by the time of the target."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=60).cumsum() + np.linspace(0, 30, 60)
    width, cut = 5, 40
    result = parts(call(x, width, cut), 4,
                   "要返回四个数组：X_train, y_train, X_test, y_test。")
    given = [floats(part) for part in result]
    rows = [len(part) if part.ndim else 0 for part in given]
    if rows[:2] != [rows[0]] * 2 or rows[2:] != [rows[2]] * 2:
        raise Wrong(f"输入和答案的行数不一样：{rows}。次序是 X_train, y_train, X_test, y_test。")
    known = {
        (40, 15): "切分点数错了：第 cut 行窗口的答案在 x[cut + width]；"
                  "答案是 x[cut] 的那一行，行号是 cut − width。",
        (35, 15): "测试部分少了开头几个答案：不要先切开序列再切窗口；"
                  "测试的第一个窗口可以用切分点之前的值。",
        (36, 19): "差一：训练部分最后一个答案是 x[cut]，它属于测试部分，这是泄漏。",
        (34, 21): "差一：训练部分少了最后一个样本，测试部分多了一个；"
                  "测试的第一个答案应当是 x[cut]。",
    }
    if (rows[0], rows[2]) in known:
        raise Wrong(known[rows[0], rows[2]])
    X_train, y_train, X_test, y_test = map(array, given, [(35, 5), (35,), (20, 5), (20,)])

    def scaled(x, by):
        return (x - by.mean()) / by.std()

    y, right = np.r_[y_train, y_test], scaled(x, x[:cut])
    if near(np.sort(y), np.sort(right[width:])) and not near(np.sort(y_test), np.sort(right[cut:])):
        raise Wrong("泄漏：窗口被打乱之后才切分，未来的答案进了训练部分。按时间切分，不要打乱。")
    compare(y, right[width:], [
        (x[width:], "还没有标准化：减去 x[:cut] 的均值，除以 x[:cut] 的标准差。"),
        (scaled(x, x)[width:],
         "泄漏：均值和标准差用了整条序列，未来的信息进了训练。只用 x[:cut]。"),
        (np.r_[right[width:cut], scaled(x[cut:], x[cut:])],
         "测试部分用了它自己的均值和标准差；两部分要用同一把尺子，只从 x[:cut] 得到。"),
    ], "答案不对：训练的答案应当是 x[width] … x[cut−1]，"
        "测试的答案应当是 x[cut] … 末尾，次序不变，并且标准化过。")
    compare(np.r_[X_train, X_test], np.lib.stride_tricks.sliding_window_view(right, width)[:55], [],
            "答案对了，输入不对：第 i 行应当是答案之前紧挨着的 width 个值。")
    return "正确：没有泄漏，测试答案一个不少"
