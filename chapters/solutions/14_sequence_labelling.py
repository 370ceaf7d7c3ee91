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
# # 第 14 章 序列标注：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/14_sequence_labelling.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/14_sequence_labelling.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/14_sequence_labelling.ipynb)<!-- badges -->
#
# [← 13 时间序列预测](13_time_series.ipynb) · [目录](../index.md) · [正文](../14_sequence_labelling.ipynb) · [15 编码器-解码器 →](15_seq2seq.ipynb)<!-- nav -->
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
import numpy as np
from keras import ops

from rnnbook import check
from rnnbook.data.iob2 import spans
from rnnbook.labelling import crf

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 把段写成标签
#
# 思路：先全写 O，再逐段改写：第一个词 B，其余 I。`end` 是最后一个词之后，正好是 `range` 的右端。用 `spans` 读回来核对。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def to_tags(length, entities):
    tags = ["O"] * length
    for kind, start, end in entities:
        tags[start] = "B-" + kind
        for t in range(start + 1, end):
            tags[t] = "I-" + kind
    return tags


entities = [("PER", 0, 2), ("PER", 2, 4), ("LOC", 5, 6)]
assert spans(to_tags(7, entities)) == entities

# %%
check("sequence_labelling.to_tags", to_tags)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 手算一次
#
# 思路：8 个词，第 4 个（LOC 标成 ORG）和第 8 个（I-ORG 标成 O）错了，正确率 6/8。实体：答案有 PER、LOC、ORG 三个，预测有 PER、ORG、ORG 三个，类型和两端都对的只有 PER。最后那个 ORG 三个词对了两个，仍然一分不给。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-2)<!-- twin -->

# %%
by_eye = {"accuracy": 6 / 8, "precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3}

# %%
check("sequence_labelling.by_eye", by_eye)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 查一张表
#
# 思路：印到第 $d$ 位，真值离印出的数至多半个末位，$0.5\times10^{-d}$；再截到 0 与 1 之间。微平均是按个数加权的平均，它随每个召回率单调上升，所以两端分别取最小和最大就是界。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def micro_bounds(recall, support, digits):
    half = 0.5 * 10.0**-digits
    low, high = (np.clip(recall + d, 0, 1) for d in (-half, half))
    return ((low * support).sum() / support.sum(),
            (high * support).sum() / support.sum())

# %%
check("sequence_labelling.micro_bounds", micro_bounds)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 合规矩的标签串有多少
#
# 思路：前向算法里的“$\alpha$ = 所有走到这里的串的 $e^s$ 之和”换成“走到这里的条数”。只需记三个数：以 O 结尾、以 B 结尾、以 I 结尾的条数。下一步：O 可以跟在任何标签后面；每一种 B 也是；I 只能跟在同类的 B 或 I 后面，各一条。Python 的整数不会溢出。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def legal_count(length, kinds):
    out, begin, inside = 1, kinds, 0
    for _ in range(length - 1):
        every = out + begin + inside
        out, begin, inside = every, kinds * every, begin + inside
    return out + begin + inside


print(f"{legal_count(30, 3):.1e} of {7.0**30:.1e} sequences are legal")

# %% [markdown]
# 把所有分数设为 0，CRF 自己也数得出来：$Z=\sum e^0$ 就是条数。

# %%
tags = ["O", "B-X", "I-X", "B-Y", "I-Y", "B-Z", "I-Z"]
moves, first, last = (np.where(rule, 0.0, crf.FORBIDDEN).astype("float32")
                      for rule in crf.allowed(tags))
log_z = crf.log_partition(np.zeros((1, 10, 7), "float32"),
                          np.ones((1, 10), bool), moves, first, last)
count = np.exp(ops.convert_to_numpy(log_z).astype(float))[0]
print(legal_count(10, 3))
assert abs(count / legal_count(10, 3) - 1) < 1e-4

# %%
check("sequence_labelling.legal_count", legal_count)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 有人已经标了几个词
#
# 思路：在复制品上，把已知的词除那个标签以外的发射分数改成 $-\infty$，再跑 [14.6 节](../14_sequence_labelling.ipynb#cell-id=14-6)的循环，不合的串就都出局了。那个标签自己的分数没有动，所以末尾的最大值就是原来的 $s(x,y)$。先求最好的一串再换标签不行，邻居本来会跟着变。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def best_with_known(e, A, start, end, known):
    barred = (known >= 0)[:, None] & (np.arange(len(start)) != known[:, None])
    e = np.where(barred, -np.inf, e)
    alpha, came_from = start + e[0], []
    for e_t in e[1:]:
        into = alpha[:, None] + A
        came_from.append(into.argmax(axis=0))
        alpha = into.max(axis=0) + e_t
    path = [int((alpha + end).argmax())]
    for before in reversed(came_from):
        path.append(int(before[path[-1]]))
    return path[::-1], (alpha + end).max()

# %%
check("sequence_labelling.viterbi", best_with_known)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 相邻两个标签的概率
#
# 思路：所有在第 $t$ 步是 $i$、第 $t+1$ 步是 $j$ 的串，左半边的和是 $\alpha_t(i)$，中间是 $A_{ij}+e_{t+1}(j)$，右半边的和是 $\beta_{t+1}(j)$。$\beta$ 从右往左：$\beta_t(i)=\log\sum_j\exp[A_{ij}+e_{t+1}(j)+\beta_{t+1}(j)]$，最后一步是 `end`。每一步减去 $\log Z$ 再取 exp，加起来应当是 1。只有一个词时没有相邻的一对，形状是 (0, K, K)。
#
# [题目](../14_sequence_labelling.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def log_sum_exp(x, axis):
    top = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)


def pair_marginals(e, A, start, end):
    alphas, betas = [start + e[0]], [end]
    for e_t in e[1:]:
        alphas.append(log_sum_exp(alphas[-1][:, None] + A, 0) + e_t)
    for e_t in e[:0:-1]:  # from the last word to the second
        betas.append(log_sum_exp(A + (e_t + betas[-1])[None, :], 1))
    betas = betas[::-1]
    log_z = log_sum_exp(alphas[-1] + end, 0)
    pairs = [np.exp(alphas[t][:, None] + A + (e[t + 1] + betas[t + 1]) - log_z)
             for t in range(len(e) - 1)]
    return np.reshape(pairs, (-1, *A.shape))  # (0, K, K) for a single word

# %%
check("sequence_labelling.pair_marginals", pair_marginals)
