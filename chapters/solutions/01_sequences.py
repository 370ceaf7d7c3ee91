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
# # 第 01 章 序列数据与基线：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/01_sequences.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/01_sequences.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/01_sequences.ipynb)<!-- badges -->
#
# [← 00 环境与形状](00_setup.ipynb) · [目录](../index.md) · [正文](../01_sequences.ipynb) · [02 循环神经网络：从公式到代码 →](02_rnn_forward.ipynb)<!-- nav -->
#
# 先自己做，再看这里。题目见 [第 01 章](../01_sequences.ipynb)。

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

from rnnbook import check
from rnnbook.time_series.windows import windows

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 有多少个窗口
#
# 从 1 开始给月份编号。最早的窗口是第 1–24 月，答案在第 $24+6=30$ 月；最晚的答案在第 2820 月。答案可以是第 30、31、…、2820 月，一共 $2820-30+1=2791$ 个，也就是 $T-w-k+1$，$T$ 个值，宽 $w$，提前 $k$ 步。
#
# [题目](../01_sequences.ipynb#cell-id=ex-1)<!-- twin -->

# %%
window_count = 2820 - 24 - 6 + 1

check("sequences.window_count", window_count)

# %% [markdown]
# 用真的窗口核对一遍：

# %%
X, y = windows(np.arange(2820), width=24, horizon=6)
print(len(X), "windows; first target", y[0], "last target", y[-1])

# %% [markdown]
# 编号从 0 开始，所以第一个答案是 29（第 30 个月），最后一个是 2819。

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 转移矩阵
#
# 分两步，先计数，再按行归一化。`np.add.at` 对重复的下标也逐次累加（直接写 `C[a, b] += 1` 会把重复的只算一次，这是常见的坑）。没有后继的行和是 0，先填成 1 再除，得到均匀分布。
#
# [题目](../01_sequences.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def transition_matrix(ids, size):
    counts = np.zeros((size, size))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    counts[counts.sum(axis=1) == 0] = 1
    return counts / counts.sum(axis=1, keepdims=True)


check("sequences.transition_matrix", transition_matrix)

# %% [markdown]
# `keepdims=True` 让和的形状是 (size, 1)，于是第 $i$ 行除以第 $i$ 行的和。漏掉它，(size,) 会沿着列去对齐，除错了对象，而且不报错。

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 比特和困惑度
#
# 先取对数，再平均，最后取幂。底要配对：比特配 2 的幂，奈特配 $e$ 的幂；两条路得到同一个困惑度。
#
# [题目](../01_sequences.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def bits_and_perplexity(p):
    bits = -np.log2(p).mean()
    return bits, 2**bits


check("sequences.bits_and_perplexity", bits_and_perplexity)

# %% [markdown]
# 困惑度是 $1/p$ 的**几何**平均。只要有一个 $p=0$，它就是无穷大，这就是语言模型必须平滑的原因。

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 手算 Witten–Bell
#
# 先算下一层。`c` 在 11 个字母里出现 1 次；单字符这一层一共见过 5 种字母，所以留 5 票，均匀地分：
#
# $$P(c)=\frac{1+5\times\frac15}{11+5}=\frac{2}{16}=\frac18$$
#
# 再算 2 元。`a` 之后数到 4 次（最后一个 `a` 没有后继），3 种，其中 `ac` 1 次：
#
# $$P(c\mid a)=\frac{1+3\times\frac18}{4+3}=\frac{11}{56}\approx0.1964$$
#
# [题目](../01_sequences.ipynb#cell-id=ex-4)<!-- twin -->

# %%
p_c = (1 + 5 * (1 / 5)) / (11 + 5)
p_c_after_a = (1 + 3 * p_c) / (4 + 3)

check("sequences.witten_bell", p_c_after_a)

# %% [markdown]
# 再用书里的模型核对，顺便看看 `a` 之后五个字母的概率加起来是不是 1：

# %%
from rnnbook.language.ngram import WittenBell

word = "abracadabra"
letters = sorted(set(word))
ids = np.array([letters.index(c) for c in word])
after_a = WittenBell(order=2).fit(ids, 5).probs([letters.index("a")])
print(dict(zip(letters, after_a.round(4).tolist())))
assert np.isclose(after_a[letters.index("c")], p_c_after_a)
assert np.isclose(after_a.sum(), 1)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 季节性朴素预测
#
# 答案紧跟在窗口之后，所以 `X[:, -1]` 是答案之前 1 步，`X[:, -2]` 是 2 步，`X[:, -season]` 正好是 `season` 步。不需要再减 1。
#
# [题目](../01_sequences.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def seasonal_naive(X, season):
    return X[:, -season]


check("sequences.seasonal_naive", seasonal_naive)

# %% [markdown]
# 提前 $k$ 步预测时，答案离窗口末尾 $k$ 步，应当取 `X[:, -(season - k + 1)]`；$k=1$ 就回到上面的式子。

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 不泄漏的切分
#
# 次序是关键：先用过去的尺子标准化，再切窗口，最后按**答案的时间**分开。第 $i$ 行的答案是 `x[i + width]`，所以答案为 `x[cut]` 的行号是 `cut - width`。
#
# [题目](../01_sequences.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def split_by_time(x, width, cut):
    x = (x - x[:cut].mean()) / x[:cut].std()
    X, y = windows(x, width)
    row = cut - width
    return X[:row], y[:row], X[row:], y[row:]


check("sequences.split_by_time", split_by_time)

# %% [markdown]
# 测试的第一个窗口用到了 `x[cut - width]` 到 `x[cut - 1]`，它们属于训练年代。这不是泄漏：站在那一天做预测，过去本来就是已知的。泄漏是反过来：训练时用到了 `x[cut]` 及以后的值，哪怕只是通过一个均值。
#
# [← 00 环境与形状](00_setup.ipynb) · [目录](../index.md) · [正文](../01_sequences.ipynb) · [02 循环神经网络：从公式到代码 →](02_rnn_forward.ipynb)<!-- nav -->
