# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 第 09 章 变长序列：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/09_masking.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/09_masking.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/09_masking.ipynb)<!-- badges -->
#
# [← 08 双向、堆叠与残差](08_deep_bidirectional.ipynb) · [目录](../index.md) · [正文](../09_masking.ipynb) · [10 文本分类 →](10_text_classification.ipynb)<!-- nav -->
#
# 先自己做，再看这里。每题先讲思路，再给一种写法，最后用同一个检查器验证。

# %% tags=["setup"] jupyter={"source_hidden": true}
# Where the book is not installed (Colab, Kaggle): fetch it.
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import run

if not find_spec("rnnbook"):
    if any(Path(up, "lib/rnnbook").exists() for up in ("..", "../..")):
        sys.exit("这个内核里没有本书：用 make lab 打开，或选 .venv 的内核。")
    print("正在准备本书，第一次要一两分钟……", flush=True)
    repo, book = "https://github.com/rnnbook/rnnbook", Path("rnn-book")
    clone = ["git", "clone", "--progress", "--depth=1", repo, book]
    if not book.exists() and run(clone).returncode:
        sys.exit("取不到本书：检查网络（Kaggle 要打开 Internet），再运行这一格。")
    sys.path.insert(0, str(book.resolve() / "lib"))
    from bookbuild.hosted import install
    install()

import rnnbook

# %%
import keras
import numpy as np
from keras import layers

from rnnbook import check
from rnnbook.training import cudnn

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 造一个掩码
#
# 思路：步数排成一行 (1, steps)，长度排成一列 (N, 1)，比较时广播成 (N, steps)。步从 0 数起，所以用 `<`。
#
# [题目](../09_masking.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def make_mask(lengths, steps):
    return np.arange(steps) < np.asarray(lengths)[:, None]


print(make_mask([2, 3, 0], 4).astype(int))

# %%
check("masking.make_mask", make_mask)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 白算了多少
#
# 思路：每一批算出的步是“实际条数 × 本批最长”。把各批的步数**先加起来**，最后除一次；各批的份额不能直接平均，因为批的大小不同。
#
# [题目](../09_masking.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def padding_share(lengths, batch):
    parts = [np.array(lengths[i:i + batch])
             for i in range(0, len(lengths), batch)]
    computed = sum(len(part) * part.max() for part in parts)
    return 1 - sum(lengths) / computed


print(round(padding_share([3, 5, 2, 10, 4], 2), 3))

# %%
check("masking.padding_share", padding_share)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 带掩码的平均
#
# 思路：先用 `np.where` 把填充步换成 0（不用乘法，填充里有 NaN 也不怕），沿时间求和；分母是每一行 True 的个数，空行取 1，于是结果是 0。
#
# [题目](../09_masking.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def masked_mean(h, mask):
    total = np.where(mask[..., None], h, 0).sum(axis=1)
    return total / np.maximum(mask.sum(axis=1), 1)[:, None]

# %%
check("masking.masked_mean", masked_mean)

# %% [markdown]
# 和 `GlobalAveragePooling1D` 对一对。没有空行时两者一样；有空行时，它给 NaN。

# %%
h = np.random.default_rng(0).standard_normal((2, 4, 3)).astype("float32")
mask = make_mask([4, 2], 4)
theirs = layers.GlobalAveragePooling1D()(
    h, mask=keras.ops.convert_to_tensor(mask))
gap = np.abs(keras.ops.convert_to_numpy(theirs) - masked_mean(h, mask)).max()
assert gap < 1e-6

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 修好分母
#
# 思路：平均的平均不是总平均。一路累计两个数，最后才除。
#
# [题目](../09_masking.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def epoch_loss(batches):
    total = steps = 0
    for losses, mask in batches:
        total += losses[mask].sum()
        steps += mask.sum()
    return total / steps

# %%
check("masking.epoch_loss", epoch_loss)

# %% [markdown]
# 用 [9.8 节](../09_masking.ipynb#cell-id=9-8)的两条序列验证：合成一批，或者每批一条，都是 5/3。

# %%
losses = np.array([[0.0, 1.0, 1.0], [4.0, 1.0, 1.0]])
mask = make_mask([2, 1], 3)
apart = [(losses[i:i + 1], mask[i:i + 1]) for i in range(2)]
print(round(epoch_loss([(losses, mask)]), 3), round(epoch_loss(apart), 3))
assert epoch_loss(apart) == epoch_loss([(losses, mask)])

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 你来当 cuDNN
#
# 思路：两道关。第一道看**设置**：不合就退回慢循环（`use_cudnn=True` 则报错）；慢循环什么掩码都收，第二道关就不用过了。设置合了，第二道看**掩码**：不是右填充，或有空行，断言不通过，报错。b 正是被第一道关“救”下来的。
#
# [题目](../09_masking.ipynb#cell-id=ex-5)<!-- twin -->

# %%
verdicts = {"a": "fast", "b": "slow", "c": "error",
            "d": "slow", "e": "error", "f": "error"}

# %%
good = make_mask([3, 2], 3)
left, empty = good[:, ::-1], make_mask([3, 0], 3)
for name, layer, m in (
        ("a", layers.LSTM(64, dropout=0.3), good),
        ("b", layers.LSTM(64, recurrent_dropout=0.3), left),
        ("c", layers.GRU(64), empty),
        ("d", layers.GRU(64, activation="relu"), None),
        ("e", layers.Bidirectional(layers.LSTM(64)), left),
        ("f", layers.LSTM(64, use_cudnn=True, use_bias=False), None)):
    found = cudnn.findings(layer, m, "tensorflow")
    print(name, sorted({finding.kind for finding in found}) or "fast")

# %%
check("masking.verdicts", verdicts)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 保证不超过的浪费
#
# 思路：桶里最吃亏的是最短的那条，长度 $n$ 时要求 $1-n/b\le w$，即 $b\le n/(1-w)$。从 `shortest` 出发，边界取允许的最大整数，下一个桶从 $b+1$ 开始。每一步都走到最远，所以桶数最少；边界大致成公比 $1/(1-w)$ 的等比数列。加上 $10^{-9}$ 是为了不让浮点误差把恰好的整数往下抹一格。
#
# [题目](../09_masking.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def safe_boundaries(shortest, longest, waste):
    edges, n = [], shortest
    while n <= longest:
        edge = min(int(n / (1 - waste) + 1e-9), longest)
        edges.append(edge)
        n = edge + 1
    return edges


print(safe_boundaries(2, 126, 0.3))

# %%
check("masking.safe_boundaries", safe_boundaries)
