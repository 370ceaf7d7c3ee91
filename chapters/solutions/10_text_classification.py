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
# # 第 10 章 文本分类：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/10_text_classification.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/10_text_classification.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/10_text_classification.ipynb)<!-- badges -->
#
# [← 09 变长序列：填充、掩码与分桶](09_masking.ipynb) · [目录](../index.md) · [正文](../10_text_classification.ipynb) · [11 字符级语言模型与文本生成 →](11_char_lm.ipynb)<!-- nav -->
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

from rnnbook import check

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 平均，只算真的步
#
# 思路：掩码是 (B, T) 的 0 和 1，加一条特征轴才能与 `h` 相乘。填充乘成 0 之后求和，它们不再有贡献；分母也要换成每句自己的长度，否则短句的平均被压小。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def mean_pool(h, lengths):
    mask = np.arange(h.shape[1]) < lengths[:, None]  # (B, T)
    return (h * mask[:, :, None]).sum(axis=1) / lengths[:, None]

# %%
check("text_classification.mean_pool", mean_pool)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 取对句向量
#
# 思路：每层占两个位置，最上层是最后两个，用负下标就不必知道层数。沿最后一轴（特征）拼。这正是讲义的 `squeeze(0)` 应当换成的写法。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def top_state(h):
    return np.concatenate([h[-2], h[-1]], axis=-1)

# %%
check("text_classification.top_state", top_state)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 去掉泄漏
#
# 思路：泄漏是“文本见过”，与标签无关：模型背下文本就能作答，标签不同只是背错了。文本收进集合，逐行筛选，次序自然不变。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def without_leaks(train, test):
    seen = {text for text, _ in train}
    return [(text, label) for text, label in test if text not in seen]

# %%
check("text_classification.without_leaks", without_leaks)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 宏平均 F1
#
# 思路：把 $P$ 和 $R$ 代进 $2PR/(P+R)$，分子分母一约，得 $F_1=2\,\text{答对}/(\text{答成}+\text{真是})$：只要数三个数，也不会除以零（两列中出现过的类，分母至少是 1）。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def macro_f1(gold, predicted):
    scores = []
    for k in set(gold) | set(predicted):
        hit = sum(g == k == p for g, p in zip(gold, predicted))
        said, true = list(predicted).count(k), list(gold).count(k)
        scores.append(2 * hit / (said + true))
    return sum(scores) / len(scores)

# %%
check("text_classification.macro_f1", macro_f1)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 差别大得过种子吗
#
# 思路：同一个种子决定各批的次序，两个模型**可能**一起好、一起坏。若是这样，先逐个相减，共同的起伏就抵消了；若不是，相减也还是对的，只是标准误不会变小（[10.6 节](../10_text_classification.ipynb#cell-id=10-6)测试集上的八对，多数的波动只是略小，读词的那一对反而更大）。再看差的均值离 0 有几个标准误：双侧 5% 的界线不是 2，三个种子是 4.3，四个是 3.2（t 分布）。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def paired(a, b):
    d = np.asarray(a) - np.asarray(b)
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))

# %%
check("text_classification.paired", paired)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 在自己的长度之内倒过来
#
# 思路：逐行最清楚。一次算完的写法：第 t 步取第 $n-1-t$ 步，取不到（负数）的是填充，留在原处，这就是 [10.4 节](../10_text_classification.ipynb#cell-id=10-4)的 `reverse_within`。
#
# [题目](../10_text_classification.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def backwards(ids):
    step = np.arange(ids.shape[1])[None]
    other = np.count_nonzero(ids, axis=1)[:, None] - 1 - step
    source = np.where(other >= 0, other, step)
    return np.take_along_axis(ids, source, axis=1)

# %%
check("text_classification.backwards", backwards)
