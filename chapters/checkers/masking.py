"""Checkers of chapter 09."""

import numpy as np

from rnnbook.cells.masks import length_mask
from rnnbook.notebook.answers import Wrong, array, by_key, floats, number, one_of
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, on_cases


@exercise(function, hint="np.arange(steps) 是一行 0, 1, 2, …；把长度变成一列，拿两者比较。")
def make_mask(call):
    """A mask of right padding from lengths."""
    lengths, steps = np.array([3, 5, 0, 1]), 6
    result = call(lengths, steps)
    right = length_mask(lengths, steps)
    compare(array(result, (4, 6)), right, [
        (~right, "True 和 False 反了：真实步是 True，填充是 False。"),
        (right[:, ::-1], "填充到左边去了：真实步应当在左，填充在右。"),
        (np.arange(steps) <= lengths[:, None],
         "多了一步：步从 0 数起，长度 3 的真实步是 0、1、2，所以用 <，不用 <=。"),
        (np.arange(1, steps + 1) < lengths[:, None],
         "少了一步：步从 0 数起，np.arange(steps) 就好。"),
    ], "数值不对。先拿一条长度 2、steps = 3 的序列写出三个值。")
    if np.asarray(result).dtype != bool:
        raise Wrong("数值对了，但应当是布尔数组：比较的结果本来就是，不必转成数字。")
    if floats(call([2, 1], 2)).tolist() != [[1, 1], [1, 0]]:
        raise Wrong("换一组长度（给列表 [2, 1]）就不对了：先用 np.asarray 转成数组。")
    return "正确：一次比较，没有循环"


@exercise(function, hint="每一批算出的步是 批大小 × 本批最长；全部加起来，再看真实步占多少。")
def padding_share(call):
    """The share of padding when batches are padded to their longest sequence."""

    def cut(lengths, batch):
        return [np.array(lengths[i:i + batch]) for i in range(0, len(lengths), batch)]

    def real(batches):
        return sum(p.sum() for p in batches)

    def computed(batches):
        return sum(len(p) * p.max() for p in batches)

    def share(batches):
        return 1 - real(batches) / computed(batches)

    def padding(lengths, batch):
        batches = cut(lengths, batch)
        return computed(batches) - real(batches)

    cases = [([3, 5, 2, 10, 4], 2), ([4, 4, 4, 4], 2), ([1, 9, 1, 9, 9], 3), ([7], 4)]
    on_cases(call, cases, lambda n, b: share(cut(n, b)), [
        (lambda n, b: 1 - share(cut(n, b)), "这是真实步的份额，题目要填充的份额：用 1 减去它。"),
        (lambda n, b: share([np.array(n)]), "你补到了全体最长：每一批只补到本批最长。"),
        (lambda n, b: np.mean([share([p]) for p in cut(n, b)]),
         "你先算每批的份额再平均：批的大小不同，要把步数加起来再除。"),
        (lambda n, b: 1 - sum(n) / sum(b * p.max() for p in cut(n, b)),
         "最后一批不满：算出的步是实际条数乘最长，不是 batch 乘最长。"),
        (padding, "这是填充的步数，还要除以算出的步数。"),
        (lambda n, b: padding(n, b) / sum(n), "分母用了真实步：份额是在**算出的**步里占多少。"),
        (lambda n, b: share(cut(n[:len(n) // b * b] or n, b)),
         "最后不满的一批被丢掉了：它也要算。"),
        (lambda n, b: share(cut(sorted(n), b)), "你先按长度排了序：题目要求按给定的次序切。"),
    ], "lengths={}、batch={} 时应当是 {right:.4f}，你给出 {given:.4f}。")
    return "正确：步数先加起来，最后才除"


@exercise(function, hint="把 mask 变成 (B, T, 1) 再乘；分母是每一行 True 的个数，至少取 1。")
def masked_mean(call):
    """The mean over real steps, zero for an empty row."""
    rng = np.random.default_rng(4)
    h, mask = rng.standard_normal((4, 5, 3)), length_mask([5, 2, 0, 3])
    result = floats(call(h, mask))
    if result.shape == (4, 3) and np.isnan(result[2]).any():
        raise Wrong("空行得到 NaN（0 除以 0）：分母至少取 1，例如 np.maximum(n, 1)。")
    total, count = (h * mask[..., None]).sum(axis=1), mask.sum(axis=1)[:, None]
    compare(array(result, (4, 3)), total / np.maximum(count, 1), [
        (h.mean(axis=1), "填充也算进去了：先乘上掩码再求和。"),
        (total / 5, "分子对了，分母用了 T：应当除以每一行真实步的个数。"),
        (total, "这是和，还没有除以真实步的个数。"),
        (total / mask.sum(), "分母是整批真实步的总数：每一行除以自己的个数。"),
        (total / (count + 1), "分母多了 1：用 np.maximum(n, 1)，而不是 n + 1。"),
        ((h * ~mask[..., None]).sum(axis=1) / np.maximum(5 - count, 1),
         "掩码反了：True 是真实步。"),
    ], "数值不对。先拿 T = 2、第二步是填充的例子算一算：结果就是第一步。")
    if not np.isfinite(floats(call(np.where(mask[..., None], h, np.nan), mask))).all():
        raise Wrong("填充步里是 NaN 时结果也成了 NaN（0 × NaN 仍是 NaN）：用 np.where 代替乘法。")
    return "正确，填充里有 NaN 也不怕"


@exercise(function, hint="一路累计两个数：真实步的损失之和、真实步的个数；最后才除一次。")
def epoch_loss(call):
    """The mean loss per real step, whatever the batches."""
    rng = np.random.default_rng(5)
    masks = [length_mask([4, 1, 2]), length_mask([1]), length_mask([6, 5])]
    batches = [(rng.random(m.shape) + i, m) for i, m in enumerate(masks)]
    value = number(call(batches))
    each, rows = [losses[m] for losses, m in batches], [len(m) for m in masks]
    real, means = np.concatenate(each), [losses.mean() for losses in each]
    compare(value, real.mean(), [
        (np.mean(means),
         "你把各批的平均再平均：短的一批和长的一批同样重。先累计总损失和总步数，最后除一次。"),
        (np.average(means, weights=rows),
         "这是 Keras 打印的 loss：按序列条数加权。题目要按真实步数加权。"),
        (real.sum() / sum(m.size for m in masks), "分母用了全部步：填充步不该计入。"),
        (np.concatenate([losses.ravel() for losses, _ in batches]).mean(),
         "填充步的损失也算进去了。"),
        (real.sum(), "这是总损失，还没有除以真实步的个数。"),
        (real.sum() / sum(rows), "分母是序列的条数，题目要每个真实步的平均。"),
        (real.sum() / len(masks), "分母是批数，题目要每个真实步的平均。"),
        (np.mean([np.mean((ls * m).sum(axis=1) / m.sum(axis=1)) for ls, m in batches]),
         "你先按每条序列平均了：长句和短句就一样重，题目要每个真实步一样重。"),
    ], f"应当是 {real.mean():.4f}，你给出 {value:.4f}。真实步的损失之和除以真实步的个数。")
    return "正确：怎样分批都一样"


@exercise(hint="先看层的设置：不合就退回慢循环，慢循环什么掩码都收；设置合了才轮到查掩码。")
def verdicts(answer):
    """Which of six uses are fast, slow or errors on a GPU."""
    by_key(answer, {
        "a": ("fast", "输入上的 dropout 在交给 cuDNN 之前就乘好了，不妨碍它；右填充也合规矩。"),
        "b": ("slow",
              "recurrent_dropout 让 Keras 退回慢循环，而慢循环什么掩码都收，左填充也不会报错。"),
        "c": ("error", "设置都合，于是去用 cuDNN；但一行全是填充，掩码的断言不通过。"),
        "d": ("slow", "cuDNN 的 GRU 只有 tanh；没有掩码，不会报错，只是悄悄变慢。"),
        "e": ("error", "双向就是两个 LSTM，设置都合，左填充过不了掩码的断言。"),
        "f": ("error", "use_cudnn=True 是“非它不可”：设置不合时不退回，而是报错。"
                       "默认的 \"auto\" 才会退回。"),
    }, ' "fast"、"slow" 或 "error"', one_of({"fast", "slow", "error"}))
    return "正确：先看设置，再看掩码"


@exercise(function, hint="从最短的长度 n 开始：满足 1 − n/b ≤ waste 的最大的 b 是多少？"
                         "下一个桶从 b + 1 开始。")
def safe_boundaries(call):
    """As few boundaries as keep the padding of every sequence below a share."""
    for shortest, longest, waste in ((4, 60, 0.25), (2, 150, 0.5), (10, 11, 0.05), (3, 9, 0),
                                     (5, 5, 0.3), (1, 100, 0.2)):
        case = f"shortest={shortest}、longest={longest}、waste={waste}"
        edges = floats(call(shortest, longest, waste))
        if edges.ndim != 1 or not len(edges):
            raise Wrong("要返回一列整数，例如 [5, 8, 12]。")
        if not np.isfinite(edges).all() or (edges % 1).any():
            raise Wrong(f"{case}：边界要是整数，向下取整。")
        if (np.diff(edges) <= 0).any():
            raise Wrong(f"{case}：边界要递增，不能重复：{edges.astype(int).tolist()}。")
        if edges[-1] != longest:
            raise Wrong(f"{case}：最后一个边界应当是 longest，你的是 {edges[-1]:g}。")
        lengths = np.arange(shortest, longest + 1)
        share = 1 - lengths / edges[np.searchsorted(edges, lengths)]
        if share.max() > waste + 1e-9:
            n = int(lengths[share.argmax()])
            raise Wrong(f"{case}：长度 {n} 要补到 {edges[np.searchsorted(edges, n)]:g}，"
                        f"填充占 {share.max():.1%}，超过了 waste。每个桶里最短的那条最吃亏。")
        fewest = len(fewest_boundaries(shortest, longest, waste))
        if len(edges) > fewest:
            raise Wrong(f"{case}：浪费都在限度内，但用了 {len(edges)} 个桶，{fewest} 个就够："
                        "每个桶的边界取到允许的最大值。")
    return "正确：边界大致成等比数列"


def fewest_boundaries(shortest, longest, waste):
    """Take each bucket as wide as its shortest sequence allows."""
    edges, n = [], shortest
    while n <= longest:
        edge = min(int(n / (1 - waste) + 1e-9), longest)
        edges.append(edge)
        n = edge + 1
    return edges
