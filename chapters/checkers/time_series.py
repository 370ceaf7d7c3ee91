"""Checkers of chapter 13."""

import math

import numpy as np

from rnnbook.notebook.exercises import (
    Wrong, array, compare, exercise, floats, function, number, true_or_false,
)


@exercise("time_series.seasonal_mase",
          hint="分子是测试部分的 MAE；分母只用训练部分：每个数与一个季节之前的数相差多少。")
def seasonal_mase(answer):
    """The mean absolute error in units of the seasonal naive error of the training part."""
    call = function(answer)
    rng = np.random.default_rng(13)
    values = []
    for season, scale in ((4, 1.0), (12, 7.0), (1, 0.3)):
        train, y = scale * rng.standard_normal(40).cumsum(), scale * rng.standard_normal(15)
        said = y + scale * rng.standard_normal(15)
        values.append((y, said, train, season, number(call(y.copy(), said.copy(), train.copy(),
                                                            season))))

    def unit(train, season):
        return np.abs(train[season:] - train[:-season]).mean()

    def error(y, said):
        return np.abs(y - said).mean()

    mistakes = [
        (lambda y, f, tr, s: error(y, f) / unit(tr, 1),
         "分母用的是前一步的差：要与 season 步之前相减。"),
        (lambda y, f, tr, s: error(y, f) / (unit(y, s) if s < len(y) else np.nan),
         "分母用了测试部分：尺度只能从训练部分算。"),
        (lambda y, f, tr, s: np.sqrt(np.square(y - f).mean())
         / np.sqrt(np.square(tr[s:] - tr[:-s]).mean()), "用了平方误差：MASE 用绝对误差。"),
        (lambda y, f, tr, s: np.sqrt(np.square(y - f).mean()) / unit(tr, s),
         "分子用了平方误差：MASE 用绝对误差。"),
        (lambda y, f, tr, s: error(y, f), "这是 MAE：还要除以训练部分的季节性朴素误差。"),
        (lambda y, f, tr, s: abs((y - f).mean()) / unit(tr, s),
         "先求了平均再取绝对值：正负误差抵消了。先取绝对值。"),
        (lambda y, f, tr, s: (y - f).mean() / unit(tr, s), "忘了取绝对值：正负误差抵消了。"),
        (lambda y, f, tr, s: unit(tr, s) / error(y, f), "分子分母颠倒了。"),
    ]
    _by_formula(values, lambda y, f, tr, s: error(y, f) / unit(tr, s), mistakes)
    return "正确：小于 1，是错得比季节性朴素在训练部分少；要说赢，得与基线的 MASE 比"


def _by_formula(values, right, mistakes):
    """Compare results with the right formula, then with the formula of each mistake."""
    given = [v[-1] for v in values]
    if np.allclose(given, [right(*v[:-1]) for v in values], rtol=1e-6):
        return
    for formula, message in mistakes:
        if np.allclose(given, [formula(*v[:-1]) for v in values], rtol=1e-6):
            raise Wrong(message)
    k = int(np.argmax(~np.isclose(given, [right(*v[:-1]) for v in values], rtol=1e-6)))
    raise Wrong(f"数值不对：第 {k + 1} 组检查应当是 {right(*values[k][:-1]):.6g}，"
                f"你的函数给出 {given[k]:.6g}。")


@exercise("time_series.undo", hint="past[-1] 是上个月，past[-12] 是去年的这个月，past[-13] 呢？")
def undo(answer):
    """From the seasonal growth back to the number of passengers."""
    call = function(answer)
    rng = np.random.default_rng(14)
    values = []
    for length, w in ((13, 0.0), (20, 0.1), (40, -0.3)):
        past = np.exp(5 + 0.3 * rng.standard_normal(length))
        values.append((w, past, number(call(w, past.copy()))))
    mistakes = [
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
    ]
    if len(values) > 2:
        p = values[2][1]
        w, given = values[2][0], values[2][2]
        if np.isclose(given, np.exp(w) * p[-1] * p[-13] / p[-14], rtol=1e-6):
            raise Wrong("差了一个月：去年同月是 past[-12]，它的上个月是 past[-13]。")
    _by_formula(values, lambda w, p: np.exp(w) * p[-1] * p[-12] / p[-13], mistakes)
    return "正确：三个已知的数，一个也没有用到未来"


@exercise("time_series.uses_future",
          hint="对每一项问：1959 年 1 月 1 日的早上，算得出这个数吗？挑选也是一种“使用”。")
def uses_future(answer):
    """Which of six habits use what was not known yet."""
    right = {"a": True, "b": False, "c": True, "d": False, "e": True, "f": True}
    reasons = {
        "a": "a：最大值 622 出现在 1960 年，1959 年初谁也不知道。",
        "b": "b：1949–1958 年的标准差，1959 年初算得出来，没有用未来。",
        "c": "c：打乱之后，训练窗口里有 1959 年以后的数，而且和测试窗口重叠。",
        "d": "d：1957–1958 年已经过去了，用它来挑没有问题：这正是验证部分的用处。",
        "e": "e：哪个种子测试误差最小，要等测试的真值出来才知道：用测试部分挑选也是泄漏。",
        "f": "f：中心移动平均用了后 6 个月，那是未来。",
    }
    true_or_false(answer, right, reasons)
    return "正确：缩放、挑选、平滑，都能偷看"


@exercise("time_series.recursive",
          hint="先复制一份；每走一步，把预测接在后面，再问下一步。")
def recursive(answer):
    """Feed forecasts back as if they were data."""
    call = function(answer)

    def one_step(past):
        return past[-1] + 0.5 * (past[-1] - past[-2]) + 0.1 * len(past)

    past = np.array([1.0, 2.0, 4.0, 3.0])

    def run(horizon):
        path = list(past)
        for _ in range(horizon):
            path.append(one_step(np.array(path)))
        return np.array(path[len(past):])

    kept = past.copy()
    result = floats(call(one_step, kept, 4))
    if len(kept) != 4 or not np.array_equal(kept, past):
        raise Wrong("改动了传进来的 past：先复制一份。")
    right = run(4)
    first = np.full(4, right[0])
    fixed = [past[-1] + 0.5 * (past[-1] - past[-2]) + 0.1 * (len(past) + k) for k in range(4)]
    if result.shape == (8,):
        raise Wrong("把已知的过去也交出来了：只要此后的 4 个。")
    if result.shape == (5,) or result.shape == (3,):
        raise Wrong(f"要 4 个值，得到 {result.shape[0]} 个：多走或少走了一步。")
    slid = list(past)
    window = []
    for _ in range(4):
        window.append(one_step(np.array(slid)))
        slid = [*slid[1:], window[-1]]
    compare(array(result, (4,)), right, [
        (first, "每一步给的都是同一个数：预测没有接回 past 里去。"),
        (np.array(fixed), "预测没有接回去：下一步仍从最后一个真值出发。"),
        (right[::-1], "次序反了：最近的在前。"),
        (np.array(window), "每接一个就丢掉了最老的一个：past 应当越来越长。")],
        "数值不对：第 2 步应当把第 1 步的预测当作最后一个值。")
    if floats(call(one_step, past.copy(), 1)).shape != (1,):
        raise Wrong("horizon=1 时应当返回 1 个值的数组。")
    return "正确：从第二步起，它在用自己的预测当数据"


@exercise("time_series.tail", hint="二项分布：i 从 k 到 n，把 C(n,i) p^i (1−p)^(n−i) 加起来。")
def tail(answer):
    """The probability of at least k of n."""
    call = function(answer)

    def term(n, i, p):
        return math.comb(n, i) * p**i * (1 - p) ** (n - i)

    def least(n, k, p):
        return sum(term(n, i, p) for i in range(k, n + 1))

    cases = ((20, 19, 0.8), (84, 79, 0.8), (5, 0, 0.3), (10, 7, 0.5))
    values = [(*case, number(call(*case))) for case in cases]
    mistakes = [
        (lambda n, k, p: term(n, k, p), "这是“恰好 k 个”的概率：还要加上 k+1 直到 n。"),
        (lambda n, k, p: 1 - least(n, k, p), "这是“少于 k 个”的概率：用 1 减去它。"),
        (lambda n, k, p: least(n, k + 1, p), "差了一项：“至少 k 个”包括恰好 k 个。"),
        (lambda n, k, p: 1 - least(n, k + 1, p), "这是“至多 k 个”的概率：方向反了。"),
        (lambda n, k, p: sum(p**i * (1 - p) ** (n - i) for i in range(k, n + 1)),
         "少了组合数 C(n, i)：哪 i 个点落在里面，有许多种。"),
        (lambda n, k, p: least(n, k, 1 - p), "p 和 1−p 颠倒了。"),
    ]
    _by_formula(values, least, mistakes)
    return "正确：tail(20, 19, 0.8) 约 0.07，20 个点还不足以说区间太宽"


@exercise("time_series.change_correlation",
          hint="变化都从 y[:-1] 算起：forecast - y[:-1] 与 y[1:] - y[:-1]。")
def change_correlation(answer):
    """The correlation of forecast and true changes since the last known value."""
    call = function(answer)
    rng = np.random.default_rng(15)
    y = rng.standard_normal(301).cumsum()
    before, truth = y[:-1], y[1:]

    def corr(a, b):
        return 0.0 if np.std(a) < 1e-12 or np.std(b) < 1e-12 else float(np.corrcoef(a, b)[0, 1])

    told = before + 0.3 * (truth - before) + 0.4 * rng.standard_normal(300)
    older = np.concatenate([y[:1], y[:-2]])
    copied = number(call(y.copy(), before.copy()))
    if copied != 0:
        if np.isclose(copied, corr(before, truth)):
            raise Wrong("抄昨天得了高分：你量的是水平的相关。要先各自减去 y[:-1]。")
        raise Wrong(f"恰好抄昨天时应当是 0，你的函数给出 {copied:.3g}。")
    values = [(y, f, number(call(y.copy(), f.copy()))) for f in (told, older)]
    mistakes = [
        (lambda y, f: corr(f, y[1:]), "你量的是水平的相关：要先各自减去 y[:-1]。"),
        (lambda y, f: corr(np.diff(f), np.diff(y[1:])),
         "预测的变化不是 np.diff(forecast)：要减去最后一个已知的真值 y[:-1]。"),
        (lambda y, f: corr(f - y[1:], y[1:] - y[:-1]), "f − y[1:] 是误差，不是预测的变化。"),
        (lambda y, f: abs(corr(f - y[:-1], y[1:] - y[:-1])), "不要取绝对值：方向也要看得出来。"),
        (lambda y, f: corr(f - y[:-1], y[1:] - y[:-1]) ** 2, "不要平方：方向相反也要看得出来。"),
    ]
    _by_formula(values, lambda y, f: corr(f - y[:-1], y[1:] - y[:-1]), mistakes)
    return "正确：抄昨天的，得 0 分"
