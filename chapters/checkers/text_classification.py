"""Checkers of chapter 10."""

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from rnnbook.notebook.answers import Wrong, array, number, parts, texts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, on_cases


@exercise(function, hint="先造掩码 np.arange(T) < lengths[:, None]，乘上去再求和，除以 lengths。")
def mean_pool(call):
    """The mean over the real steps."""
    rng = np.random.default_rng(10)
    h, lengths = rng.standard_normal((3, 5, 4)), np.array([5, 2, 1])
    mask = (np.arange(5) < lengths[:, None])[:, :, None]
    result = array(call(h, lengths), (3, 4), {
        (3, 5): "平均错了轴：你平均的是特征，时间在第 1 轴。",
        (5, 4): "平均错了轴：你平均的是批，时间在第 1 轴。",
    })
    compare(result, (h * mask).sum(axis=1) / lengths[:, None], [
        (h.mean(axis=1), "填充也算进去了：每句只平均前 lengths[i] 步。"),
        ((h * mask).mean(axis=1), "填充清成了 0，分母却还是 T：要除以每句自己的长度。"),
        ((h * mask).sum(axis=1), "这是和，不是平均：还要除以每句的长度。"),
        (h[np.arange(3), lengths - 1], "这是最后一个真的步，不是平均。"),
        (np.where(mask, h, -np.inf).max(axis=1), "这是最大池化，不是平均。"),
    ], "数值不对：第 i 句应当是 h[i, :lengths[i]].mean(axis=0)。")
    return "正确：填充多少，平均都不变"


@exercise(function, hint="最上层的两个方向是最后两个：h[-2] 和 h[-1]。")
def top_state(call):
    """The two directions of the top layer, side by side."""
    rng = np.random.default_rng(11)
    reshaped = "reshape 不会换轴：它把不同句子的数混在一起了。"
    for depth in (1, 2, 3):
        h = rng.standard_normal((2 * depth, 5, 4))
        shapes = {
            (5, 4): "只取了一个方向：(B, H)。要两个方向拼起来，(B, 2H)。",
            (10, 4): "拼错了轴：沿批接起来了，要沿最后一轴：axis=-1。",
            (5, 8 * depth): "所有的层都拼上了：只要最上层的两个方向。",
        }
        compare(array(call(h), (5, 8), shapes), np.hstack([h[-2], h[-1]]), [
            (np.hstack([h[-1], h[-2]]), "次序反了：前向 h[-2] 在前，后向 h[-1] 在后。"),
            (np.hstack([h[0], h[1]]), "这是最下层：层数多于 1 时，最上层是最后两个。"),
            (np.hstack([h[0], h[-1]]), "h[0] 是最下层的前向：最上层的前向是 h[-2]。"),
            (h.reshape(5, -1)[:, :8], reshaped),
            (h[-2:].reshape(5, -1), reshaped),
        ], "数值不对：应当是 np.concatenate([h[-2], h[-1]], axis=-1)。")
    return "正确：几层都取得对"


@exercise(function, hint="先把训练集的文本收进一个 set，再逐行看测试集的文本在不在里面。")
def without_leaks(call):
    """The rows of test whose text does not stand in train."""
    train = [("开灯", "on"), ("关灯", "off"), ("好", "yes")]
    test = [("请开灯", "on"), ("开灯", "on"), ("好", "no"), ("别关灯", "off"), ("请开灯", "on")]
    form = "应当返回一个列表，每一项是 (文本, 标签)。"
    result = call(train, test)
    if not isinstance(result, list | tuple | np.ndarray):
        raise Wrong(form)
    rows = [tuple(texts(row, form)) for row in result]
    right = [test[0], test[3], test[4]]
    if rows == right:
        return "正确：看文本，不看标签；测试集内部的重复不动"
    if set(rows) == set(right) and len(rows) == 2:
        raise Wrong("测试集内部重复的行不要去掉：任务只是去掉训练集里有的。")
    if sorted(rows) == sorted(right):
        raise Wrong("内容对，次序变了：不要经过 set，逐行筛选。")
    less = "去多了：比的是整句相同，不是包含。"
    blame([
        ([0, 2, 3, 4], "(“好”, no) 也是泄漏：文本一样就背得到，标签不同也要去掉。"),
        ([1, 2], "反了：你留下的正是泄漏的行。"),
        ([], less),
        ([0, 4], less),
        (range(5), "一行也没有去掉：比较的是文本（每一项的第 0 个），不是整个元组和文本比。"),
    ], lambda kept: rows == [test[k] for k in kept])
    raise Wrong(f"应当留下 3 行，你留下了 {len(rows)} 行：{rows}")


@exercise(function,
          hint="对每一类数三个数：答对的、答成它的、真是它的；F1 = 2·答对 / (答成 + 真是)。")
def macro_f1(call):
    """Macro-averaged F1."""

    def rule(formula):
        return lambda gold, predicted: formula(
            *precision_recall_fscore_support(gold, predicted, zero_division=0))

    cases = [(list("aaaaaabbc"), list("aaaaabbbb")), (list("abab"), list("abab")),
             (list("aab"), list("aac"))]
    on_cases(call, cases, rule(lambda p, r, f, n: f.mean()), [
        (lambda gold, predicted: np.mean(np.array(gold) == predicted),
         "这是正确率（也就是微平均）：要每一类先算 F1，再一律平均。"),
        (rule(lambda p, r, f, n: (f * n).sum() / n.sum()),
         "这是按类的大小加权的平均：宏平均不论大小，一律平均。"),
        (rule(lambda p, r, f, n: f[n > 0].mean()),
         "只平均了标准答案里有的类：模型答出的别的类也算一类，F1 是 0。"),
        (rule(lambda p, r, f, n: f[f > 0].mean()),
         "F1 为 0 的类被跳过了：它也算一类，记 0。"),
        (rule(lambda p, r, f, n: 2 * p.mean() * r.mean() / (p.mean() + r.mean())),
         "先平均 P 和 R、再算 F1：次序反了，先算每一类的 F1。"),
        (rule(lambda p, r, f, n: r.mean()), "这是召回率的平均，不是 F1。"),
        (rule(lambda p, r, f, n: p.mean()), "这是精确率的平均，不是 F1。"),
        (rule(lambda p, r, f, n: ((p + r) / 2).mean()), "F1 是调和平均 2PR/(P+R)，不是 (P+R)/2。"),
    ], "gold={}、predicted={} 时应当是 {right:.4f}，你的函数给出 {given:.4f}。")
    return "正确：最小的类和最大的类一样重"


@exercise(function, hint="d = a − b；均值 d.mean()，标准误 d.std(ddof=1) / √n。")
def paired(call):
    """Mean and standard error of paired differences."""
    a, b = np.array([0.81, 0.83, 0.80, 0.84]), np.array([0.80, 0.81, 0.80, 0.82])
    result = parts(call(a, b), 2, "应当返回两个数：return mean, error。")
    mean, error = map(number, result)
    d, root = a - b, 2
    right = d.std(ddof=1) / root
    compare(mean, d.mean(), [(-d.mean(), "减反了：差是 a − b。")],
            f"均值应当是 {d.mean():.4f}，你给出 {mean:.4f}。", tolerance=1e-4)
    compare(error, right, [
        (d.std(ddof=1), "这是标准差：标准误还要除以 √n。"),
        (d.std() / root, "标准差要用 ddof=1：四个数估计一个均值，分母是 n − 1。"),
        (d.std(), "标准差要用 ddof=1，还要除以 √n。"),
        (np.sqrt(a.var(ddof=1) + b.var(ddof=1)) / root,
         "这是两组各算各的：种子是配对的，先逐个相减，再算标准差。"),
        (d.std(ddof=1) / len(d), "除以 √n，不是 n。"),
        (d.var(ddof=1) / root, "这用的是方差：先开方。"),
    ], f"标准误应当是 {right:.5f}，你给出 {error:.5f}。", tolerance=1e-4)
    return "正确：种子带来的共同起伏（如果有）在相减时抵消"


@exercise(hint="逐行：n = 非零的个数，out[i, :n] = ids[i, :n][::-1]。")
def backwards(answer):
    """Reverse each row within its own length."""
    call = function(
        answer, intact="你改动了 ids 本身：先 np.zeros_like(ids) 或 ids.copy()，再往里写。")
    ids = np.array([[4, 3, 5, 0, 0], [7, 0, 0, 0, 0], [1, 2, 6, 4, 3], [0, 0, 0, 0, 0]])
    right = np.array([[5, 3, 4, 0, 0], [7, 0, 0, 0, 0], [3, 4, 6, 2, 1], [0, 0, 0, 0, 0]])
    compare(array(call(ids), right.shape), right, [
        (ids[:, ::-1], "填充跑到左边去了：每句只在自己的长度之内倒。"),
        (ids[::-1], "倒错了轴：[::-1] 倒的是批，时间在第 1 轴。"),
        (ids, "没有倒过来。"),
        (-np.sort(-ids, axis=1), "这是从大到小排序，不是倒过来读。"),
    ], "数值不对：[4, 3, 5, 0, 0] 应当变成 [5, 3, 4, 0, 0]，全是填充的行不变。")
    return "正确：后向的一遍从每句自己的末尾读起"
