"""Checkers of chapter 13."""

import math

import numpy as np

from rnnbook.notebook.answers import Wrong, array, by_key, number, truth
from rnnbook.notebook.calls import at_most, function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, near, on_cases


@exercise(function,
          hint="分子是测试部分的 MAE；分母只用训练部分：每个数与一个季节之前的数相差多少。")
def seasonal_mase(call):
    """The mean absolute error in units of the seasonal naive error of the training part."""
    rng = np.random.default_rng(13)
    cases = []
    for season, scale in ((4, 1.0), (12, 7.0), (1, 0.3)):
        train, y = scale * rng.standard_normal(40).cumsum(), scale * rng.standard_normal(15)
        cases.append((y, y + scale * rng.standard_normal(15), train, season))

    def unit(train, season):
        return np.abs(train[season:] - train[:-season]).mean()

    def mae(y, forecast):
        return np.abs(y - forecast).mean()

    def rms(v):
        return np.sqrt(np.square(v).mean())

    on_cases(call, cases, lambda y, f, tr, s: mae(y, f) / unit(tr, s), [
        (lambda y, f, tr, s: mae(y, f) / unit(tr, 1),
         "分母用的是前一步的差：要与 season 步之前相减。"),
        (lambda y, f, tr, s: mae(y, f) / unit(y, s), "分母用了测试部分：尺度只能从训练部分算。"),
        (lambda y, f, tr, s: rms(y - f) / rms(tr[s:] - tr[:-s]),
         "用了平方误差：MASE 用绝对误差。"),
        (lambda y, f, tr, s: rms(y - f) / unit(tr, s), "分子用了平方误差：MASE 用绝对误差。"),
        (lambda y, f, tr, s: mae(y, f), "这是 MAE：还要除以训练部分的季节性朴素误差。"),
        (lambda y, f, tr, s: abs((y - f).mean()) / unit(tr, s),
         "先求了平均再取绝对值：正负误差抵消了。先取绝对值。"),
        (lambda y, f, tr, s: (y - f).mean() / unit(tr, s), "忘了取绝对值：正负误差抵消了。"),
        (lambda y, f, tr, s: unit(tr, s) / mae(y, f), "分子分母颠倒了。"),
    ], "数值不对：season={3} 的那组检查应当是 {right:.6g}，你的函数给出 {given:.6g}。")
    return "正确：小于 1，是错得比季节性朴素在训练部分少；要说赢，得与基线的 MASE 比"


@exercise(function, hint="past[-1] 是上个月，past[-12] 是去年的这个月，past[-13] 呢？")
def undo(call):
    """From the seasonal growth back to the number of passengers."""
    rng = np.random.default_rng(14)
    cases = [(w, np.exp(5 + 0.3 * rng.standard_normal(length)))
             for length, w in ((13, 0.0), (20, 0.1), (40, -0.3))]
    on_cases(call, cases, lambda w, p: np.exp(w) * p[-1] * p[-12] / p[-13], [
        (lambda w, p: w + np.log(p[-1]) + np.log(p[-12]) - np.log(p[-13]),
         "还停在对数里：最后要取 exp。"),
        (lambda w, p: p[-1] * p[-12] / p[-13], "没有用到 w_hat：这只是同比增长的基线。"),
        (lambda w, p: np.exp(w) * p[-1], "只加回了上个月：还要加回去年同月的增长。"),
        (lambda w, p: np.exp(w) * p[-12], "这是照抄去年：要从上个月出发，加上去年同月的增长。"),
        (lambda w, p: np.exp(w) * p[-1] * p[-13] / p[-12],
         "去年的增长颠倒了：从 past[-13] 涨到 past[-12]。"),
        (lambda w, p: w + p[-1] + p[-12] - p[-13], "没有取对数就相加：w 是对数的差。"),
        (lambda w, p: w + p[-1] * p[-12] / p[-13], "w 是对数里的数：要乘以 exp(w)，不是加上 w。"),
        (lambda w, p: (1 + w) * p[-1] * p[-12] / p[-13],
         "1 + w 只是 exp(w) 的近似：w 不小的时候差得多。"),
        (lambda w, p: np.exp(w) * p[-1] * p[-13] / p[-14 + (len(p) == 13)],
         "差了一个月：去年同月是 past[-12]，它的上个月是 past[-13]。"),
    ], "数值不对：w_hat={0} 的那组检查应当是 {right:.6g}，你的函数给出 {given:.6g}。")
    return "正确：三个已知的数，一个也没有用到未来"


@exercise(hint="对每一项问：1959 年 1 月 1 日的早上，算得出这个数吗？挑选也是一种“使用”。")
def uses_future(answer):
    """Which of six habits use what was not known yet."""
    by_key(answer, {
        "a": (True, "最大值 622 出现在 1960 年，1959 年初谁也不知道。"),
        "b": (False, "1949–1958 年的标准差，1959 年初算得出来，没有用未来。"),
        "c": (True, "打乱之后，训练窗口里有 1959 年以后的数，而且和测试窗口重叠。"),
        "d": (False, "1957–1958 年已经过去了，用它来挑没有问题：这正是验证部分的用处。"),
        "e": (True, "哪个种子测试误差最小，要等测试的真值出来才知道：用测试部分挑选也是泄漏。"),
        "f": (True, "中心移动平均用了后 6 个月，那是未来。"),
    }, " True 或 False", truth)
    return "正确：缩放、挑选、平滑，都能偷看"


@exercise(hint="先复制一份；每走一步，把预测接在后面，再问下一步。")
def recursive(answer):
    """Feed forecasts back as if they were data."""
    call = function(answer, intact="改动了传进来的 past：先复制一份。")

    def next_value(past):
        return past[-1] + 0.5 * (past[-1] - past[-2]) + 0.1 * len(past)

    one_step = at_most(1000, next_value, "调用 one_step 超过 1000 次还没有停：只要 horizon 次。")
    past, right, window, slid = np.array([1.0, 2.0, 4.0, 3.0]), [], [], [1.0, 2.0, 4.0, 3.0]
    for _ in range(4):
        right.append(next_value([*past, *right]))
        window.append(next_value(slid))
        slid = [*slid[1:], window[-1]]
    count = "要 4 个值，得到 {} 个：多走或少走了一步。"
    compare(array(call(one_step, past, 4), (4,), {
        (8,): "把已知的过去也交出来了：只要此后的 4 个。",
        (5,): count.format(5),
        (3,): count.format(3),
    }), right, [
        (right[:1] * 4, "每一步给的都是同一个数：预测没有接回 past 里去。"),
        ([next_value([*[0] * k, *past]) for k in range(4)],
         "预测没有接回去：下一步仍从最后一个真值出发。"),
        (right[::-1], "次序反了：最近的在前。"),
        (window, "每接一个就丢掉了最老的一个：past 应当越来越长。"),
    ], "数值不对：第 2 步应当把第 1 步的预测当作最后一个值。")
    if np.shape(call(one_step, past, 1)) != (1,):
        raise Wrong("horizon=1 时应当返回 1 个值的数组。")
    return "正确：从第二步起，它在用自己的预测当数据"


@exercise(function, hint="二项分布：i 从 k 到 n，把 C(n,i) p^i (1−p)^(n−i) 加起来。")
def tail(call):
    """The probability of at least k of n."""

    def term(n, i, p):
        return math.comb(n, i) * p**i * (1 - p) ** (n - i)

    def least(n, k, p):
        return sum(term(n, i, p) for i in range(k, n + 1))

    on_cases(call, [(20, 19, 0.8), (84, 79, 0.8), (5, 0, 0.3), (10, 7, 0.5)], least, [
        (term, "这是“恰好 k 个”的概率：还要加上 k+1 直到 n。"),
        (lambda n, k, p: 1 - least(n, k, p), "这是“少于 k 个”的概率：用 1 减去它。"),
        (lambda n, k, p: least(n, k + 1, p), "差了一项：“至少 k 个”包括恰好 k 个。"),
        (lambda n, k, p: 1 - least(n, k + 1, p), "这是“至多 k 个”的概率：方向反了。"),
        (lambda n, k, p: sum(p**i * (1 - p) ** (n - i) for i in range(k, n + 1)),
         "少了组合数 C(n, i)：哪 i 个点落在里面，有许多种。"),
        (lambda n, k, p: least(n, k, 1 - p), "p 和 1−p 颠倒了。"),
    ], "数值不对：tail({}, {}, {}) 应当是 {right:.6g}，你的函数给出 {given:.6g}。", tolerance=1e-4)
    return "正确：tail(20, 19, 0.8) 约 0.07，20 个点还不足以说区间太宽"


@exercise(function, hint="变化都从 y[:-1] 算起：forecast - y[:-1] 与 y[1:] - y[:-1]。")
def change_correlation(call):
    """The correlation of forecast and true changes since the last known value."""
    rng = np.random.default_rng(15)
    y = rng.standard_normal(301).cumsum()
    before, truth = y[:-1], y[1:]

    def corr(a, b):
        return 0.0 if np.std(a) < 1e-12 or np.std(b) < 1e-12 else float(np.corrcoef(a, b)[0, 1])

    def change(y, f):
        return corr(f - y[:-1], y[1:] - y[:-1])

    told = before + 0.3 * (truth - before) + 0.4 * rng.standard_normal(300)
    older = np.concatenate([y[:1], y[:-2]])
    copied = number(call(y, before))
    if near(copied, corr(before, truth)):
        raise Wrong("抄昨天得了高分：你量的是水平的相关。要先各自减去 y[:-1]。")
    if copied != 0:
        raise Wrong(f"恰好抄昨天时应当是 0，你的函数给出 {copied:.3g}。")
    on_cases(call, [(y, told), (y, older)], change, [
        (lambda y, f: corr(f, y[1:]), "你量的是水平的相关：要先各自减去 y[:-1]。"),
        (lambda y, f: corr(np.diff(f), np.diff(y[1:])),
         "预测的变化不是 np.diff(forecast)：要减去最后一个已知的真值 y[:-1]。"),
        (lambda y, f: corr(f - y[1:], y[1:] - y[:-1]), "f − y[1:] 是误差，不是预测的变化。"),
        (lambda y, f: abs(change(y, f)), "不要取绝对值：方向也要看得出来。"),
        (lambda y, f: change(y, f) ** 2, "不要平方：方向相反也要看得出来。"),
    ], "数值不对：应当是 {right:.6g}，你的函数给出 {given:.6g}。", tolerance=1e-4)
    return "正确：抄昨天的，得 0 分"
