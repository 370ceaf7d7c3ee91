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
# # 附录 A 常见误解
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/A_misconceptions.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/A_misconceptions.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/A_misconceptions.ipynb)<!-- badges -->
#
# [← 16 注意力机制](16_attention.ipynb) · [目录](index.md)<!-- nav -->
#
# 五份讲义里 69 处说错、写错、画错的地方，编成 E01 到 E69，大多在各章的“常见误解”里，用代码查证。这里收着不属于哪一章的几条：记号、公式的写法、图。
#
# | | |
# |---|---|
# | **你将会** | **认出**同一个网络的几套字母；**检查**一个公式、一张图会不会在读者那里坏掉 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的状态更新公式 |
# | **时间** | 阅读 5 分钟<!-- minutes -->，运行约 8 s<!-- seconds --> |

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
import re

import numpy as np
from matplotlib.mathtext import MathTextParser

from rnnbook import claim
from rnnbook.notebook.clone import ROOT

rng = np.random.default_rng(0)

# %% [markdown]
# <a id="cell-id=A-1"></a>
# ## A.1 记号
#
# ### E50 “五份讲义，五套字母”
#
# 字母不同，不一定是不同的网络；字母相同，也不一定是相同的网络。[2.1 节](02_rnn_forward.ipynb#cell-id=2-1)的表把五套字母对上了。最容易看错的是 S3：它的 $U$ 乘输入、$W$ 乘状态，到了 LSTM 一节又对调。特征数和单元数不同，拿错了矩阵会报错；相同的时候不会。取 D = H = 4，同样的输入、同样的两个矩阵，只把 $W$ 和 $U$ 对调：

# %%
x, h = rng.standard_normal((2, 1, 4))
W, U = 0.5 * rng.standard_normal((2, 4, 4))
right, swapped = np.tanh(x @ W + h @ U), np.tanh(x @ U + h @ W)
print("right  ", right.round(3))
print("swapped", swapped.round(3))
claim("swapped_letters", np.abs(right - swapped).max(), at_least=0.5)

# %% [markdown]
# 没有报错，最大的差别是 0.6<!-- claim swapped_letters -->，而 tanh 的值只在 −1 到 1 之间。**换一份资料，先认形状，再认字母**：乘 $x_t$ 的是 (D, H)，乘 $h_{t-1}$ 的是 (H, H)。

# %% [markdown]
# <a id="cell-id=A-2"></a>
# ## A.2 画错的展开图
#
# 两种画法在[第 02 章](02_rnn_forward.ipynb)的“常见误解”里画了出来。图错在哪里，可以量：改动一步的输入，看三步的状态各变不变。
#
# ### E53 展开图漏了箭头
#
# 三条互不相连的链，$x_t\to h_t\to y_t$，没有 $h_{t-1}\to h_t$。那是 $U=0$ 的网络，前面读过什么，后面一概不知：

# %%
def states_of(xs, U):
    """Scan (T, 4) with the W above from h = 0; all states, shape (T, 4)."""
    h, found = np.zeros(4), []
    for x in xs:
        h = np.tanh(x @ W + h @ U)
        found.append(h)
    return np.stack(found)


def changed(t, U):
    """Which states change when the input of step t does: bool (3,)."""
    edited = xs.copy()
    edited[t] += 1
    return (states_of(edited, U) != states_of(xs, U)).any(axis=1)


xs = rng.standard_normal((3, 4))
print("x_1 edited, no arrows:", changed(0, 0 * U))
print("x_1 edited, arrows:   ", changed(0, U))
claim("reached_without_arrows", changed(0, 0 * U).sum(), close_to=1, tol=0)
claim("reached_with_arrows", changed(0, U).sum(), close_to=3, tol=0)

# %% [markdown]
# 没有箭头，改动 $x_1$ 只动 1<!-- claim reached_without_arrows --> 个状态；有箭头，3<!-- claim reached_with_arrows --> 个全动。
#
# ### E54 箭头从第 2 步指向第 1 步
#
# 时间画反了。要是真有这样的箭头，改动 $x_3$ 就该动到 $h_1$ 和 $h_2$：

# %%
print("x_3 edited:", changed(2, U))
claim("past_changed", changed(2, U)[:2].sum(), at_most=0)

# %% [markdown]
# 前两个状态动了 0<!-- claim past_changed --> 个。

# %% [markdown]
# <a id="cell-id=A-3"></a>
# ## A.3 在读者那里坏掉的东西
#
# ### E52 不存在的命令
#
# 讲义写 `\softmax`。LaTeX 没有这个命令。应当写 `\operatorname{softmax}`。别的排版程序也一样，比如 Matplotlib 自带的：

# %%
read = MathTextParser("path").parse
for text in (r"$\softmax(z)$", r"$\operatorname{softmax}(z)$"):
    try:
        read(text)
        print("ok      ", text)
    except ValueError as error:
        print("refused ", text, "--", str(error).split(",")[0].split("\n")[-1])

# %% [markdown]
# ### E55 “如下图所示”，下面却没有图
#
# 讲义 S1 的 [2.1 节](02_rnn_forward.ipynb#cell-id=2-1)如此。
#
# ### E56 图放在别人的网站上
#
# 链接一失效，图就没有了；S2 的那张，连仓库的名字都不可能存在（GitHub 的仓库名里没有汉字）。这本书的图都由旁边的代码当场画出来。数一数，各章有多少张图是从别处引来的：

# %%
pages = sorted((ROOT / "chapters").glob("[0-9A-Z]*_*.py"))
elsewhere = [(page.stem, place) for page in pages for place in re.findall(
    r"!\[[^\]]*\]\((https?://[^)\s]+)", page.read_text(encoding="utf-8"))]
claim("pictures_elsewhere", len(elsewhere), at_most=0)

# %% [markdown]
# 0<!-- claim pictures_elsewhere --> 张。

# %% [markdown]
# ## 延伸阅读
#
# - Elman（1990）与 Jordan（1986），两种循环的出处，见[第 02 章](02_rnn_forward.ipynb)的延伸阅读。
#
# [← 16 注意力机制](16_attention.ipynb) · [目录](index.md)<!-- nav -->
