"""Right and wrong answers to the exercises of chapter 09, with what the feedback must name."""

import numpy as np

from rnnbook.cells.masks import length_mask
from rnnbook.notebook.exercises import checkers

fewest_boundaries = checkers("masking").fewest_boundaries


def cut(lengths, batch):
    return [np.array(lengths[i:i + batch]) for i in range(0, len(lengths), batch)]


def padding(lengths, batch):
    parts = cut(lengths, batch)
    return 1 - sum(p.sum() for p in parts) / sum(len(p) * p.max() for p in parts)


def mean_with(reduce):
    """Make a masked mean from the masked sum, the counts (B, 1) and the rest."""
    def masked_mean(h, mask):
        h = np.where(mask[..., None], h, 0)
        return reduce(h.sum(axis=1), mask.sum(axis=1)[:, None], h, mask)
    return masked_mean


def by_product(h, mask):
    return (h * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]


def real_losses(batches):
    return np.concatenate([losses[mask] for losses, mask in batches])


def doubling(shortest, longest, waste):
    edges = [shortest]
    while edges[-1] < longest:
        edges.append(min(2 * edges[-1], longest))
    return edges


VERDICTS = {"a": "fast", "b": "slow", "c": "error", "d": "slow", "e": "error", "f": "error"}

ANSWERS = {
    "masking.make_mask": {
        "right": [length_mask, lambda n, t: np.arange(t) < np.asarray(n)[:, None]],
        "wrong": [
            (lambda n, t: np.arange(t) >= np.asarray(n)[:, None], "反了"),
            (lambda n, t: np.arange(t) <= np.asarray(n)[:, None], "多了一步"),
            (lambda n, t: np.arange(1, t + 1) < np.asarray(n)[:, None], "少了一步"),
            (lambda n, t: length_mask(n, t)[:, ::-1], "左边去了"),
            (lambda n, t: length_mask(n, t).astype(int), "布尔"),
            (lambda n, t: length_mask(n, t).T, "转置"),
            (lambda n, t: np.ones((4, 6), bool), "数值不对"),
            (lambda n, t: np.arange(t) < n[:, None], "出错"),
            (length_mask([1], 2), "函数本身"),
        ],
    },
    "masking.padding_share": {
        "right": [padding],
        "wrong": [
            (lambda n, b: 1 - padding(n, b), "真实步的份额"),
            (lambda n, b: 1 - sum(n) / (len(n) * max(n)), "全体最长"),
            (lambda n, b: np.mean([1 - p.mean() / p.max() for p in cut(n, b)]), "再平均"),
            (lambda n, b: 1 - sum(n) / sum(b * p.max() for p in cut(n, b)), "最后一批不满"),
            (lambda n, b: sum((p.max() - p).sum() for p in cut(n, b)), "填充的步数"),
            (lambda n, b: sum((p.max() - p).sum() for p in cut(n, b)) / sum(n), "分母用了真实步"),
            (lambda n, b: padding(sorted(n), b), "排了序"),
            (lambda n, b: padding(n[:len(n) // b * b] or n, b), "丢掉了"),
            (lambda n, b: 0.5, "应当是"),
        ],
    },
    "masking.masked_mean": {
        "right": [mean_with(lambda s, n, h, m: s / np.maximum(n, 1))],
        "wrong": [
            (mean_with(lambda s, n, h, m: s / n), "空行得到 NaN"),
            (lambda h, m: h.mean(axis=1), "填充也算进去"),
            (mean_with(lambda s, n, h, m: s / m.shape[1]), "分母用了 T"),
            (mean_with(lambda s, n, h, m: s), "还没有除以"),
            (mean_with(lambda s, n, h, m: s / m.sum()), "整批"),
            (mean_with(lambda s, n, h, m: s / (n + 1)), "分母多了 1"),
            (by_product, "np.where"),
            (mean_with(lambda s, n, h, m: (s / np.maximum(n, 1)).T), "转置"),
            (lambda h, m: (h * m).sum(axis=1), "出错"),
            (lambda h, m: by_product(h, ~m), "掩码反了"),
        ],
    },
    "masking.epoch_loss": {
        "right": [lambda bs: real_losses(bs).mean(),
                  lambda bs: sum((ls * m).sum() for ls, m in bs) / sum(m.sum() for _, m in bs)],
        "wrong": [
            (lambda bs: np.mean([ls[m].mean() for ls, m in bs]), "再平均"),
            (lambda bs: np.average([ls[m].mean() for ls, m in bs],
                                   weights=[len(m) for _, m in bs]), "序列条数加权"),
            (lambda bs: real_losses(bs).sum() / sum(m.size for _, m in bs), "全部步"),
            (lambda bs: np.concatenate([ls.ravel() for ls, _ in bs]).mean(), "填充步的损失"),
            (lambda bs: real_losses(bs).sum(), "总损失"),
            (lambda bs: real_losses(bs).sum() / len(bs), "批数"),
            (lambda bs: real_losses(bs).sum() / sum(len(m) for _, m in bs), "条数"),
            (lambda bs: np.mean([np.mean((ls * m).sum(axis=1) / m.sum(axis=1))
                                 for ls, m in bs]), "每条序列平均"),
            (lambda bs: 0.0, "应当是"),
        ],
    },
    "masking.verdicts": {
        "right": [VERDICTS],
        "wrong": [
            ({**VERDICTS, "a": "slow"}, "输入上的 dropout"),
            ({**VERDICTS, "b": "error"}, "什么掩码都收"),
            ({**VERDICTS, "c": "fast"}, "一行全是填充"),
            ({**VERDICTS, "d": "error"}, "只有 tanh"),
            ({**VERDICTS, "e": "slow"}, "两个 LSTM"),
            ({**VERDICTS, "f": "slow"}, "非它不可"),
            ({**VERDICTS, "f": "crash"}, "值只能是"),
            (["fast"], "字典"),
        ],
    },
    "masking.safe_boundaries": {
        "right": [fewest_boundaries],
        "wrong": [
            (doubling, "超过了 waste"),
            (lambda a, b, w: [b], "超过了 waste"),
            (lambda a, b, w: list(range(a, b + 1)), "个就够"),
            (lambda a, b, w: [*fewest_boundaries(a, b, w)[:-1], b + 1], "应当是 longest"),
            (lambda a, b, w: [b, b], "递增"),
            (lambda a, b, w: [a / (1 - w), b], "整数"),
            (lambda a, b, w: b, "一列整数"),
        ],
    },
}
