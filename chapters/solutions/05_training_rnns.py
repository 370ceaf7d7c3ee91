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
# # 第 05 章 激活函数、初始化与归一化：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/05_training_rnns.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/05_training_rnns.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/05_training_rnns.ipynb)<!-- badges -->
#
# [← 04 梯度消失与爆炸](04_vanishing_gradients.ipynb) · [目录](../index.md) · [正文](../05_training_rnns.ipynb) · [06 长短期记忆网络 →](06_lstm.ipynb)<!-- nav -->
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
from rnnbook.cells import sigmoid
from rnnbook.notebook.exercises import checkers

mystery_slopes = checkers("training_rnns").mystery_slopes

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 手算层归一化
#
# 思路：和是 40，均值 $\mu=5$。离差 $(-3,-1,-1,-1,0,0,2,4)$，平方和 $9+1+1+1+0+0+4+16=32$，除以 8 得方差 4，标准差 2。每个离差除以 2。
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-1)<!-- twin -->

# %%
a = np.array([2.0, 4, 4, 4, 5, 5, 7, 9])
normalised = (a - a.mean()) / a.std()
print(normalised)

# %%
check("training_rnns.layer_norm", normalised)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 换一道加法题的基线
#
# 思路：均方误差最小的常数是均值，$3\times\frac12=\frac32$；这时的误差就是方差，独立的数方差相加，$3\times\frac1{12}=\frac14$。用随机数核对一下。
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-2)<!-- twin -->

# %%
baseline = (1.5, 0.25)
sums = np.random.default_rng(0).random((100_000, 3)).sum(axis=1)
print(sums.mean().round(2), np.mean((sums - 1.5) ** 2).round(2))

# %%
check("training_rnns.baseline", baseline)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ swish 的导数
#
# 思路：乘法法则 $(uv)'=u'v+uv'$，$u=a$，$v=\sigma(\beta a)$。链式法则给出 $v'=\beta\,\sigma(\beta a)(1-\sigma(\beta a))$，所以 $f'=\sigma(\beta a)+\beta a\,\sigma(\beta a)(1-\sigma(\beta a))$。$\beta=1$ 就是 [5.1 节](../05_training_rnns.ipynb#cell-id=5-1)的式子；$\beta$ 很大时它接近 ReLU 的台阶。
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def swish_slope(a, beta):
    s = sigmoid(beta * a)
    return s + beta * a * s * (1 - s)

# %%
check("training_rnns.swish_slope", swish_slope)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 看导数认函数
#
# 思路：四条都光滑，所以不是 ReLU 一家。B 最大 0.25，是 sigmoid；D 最大正好是 1 而且对称，是 tanh。A 和 C 都超过 1，是 GELU 和 swish：GELU 的最高点在 $\sqrt2\approx1.41$，swish 的在 2.40。不看图也能量：
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-4)<!-- twin -->

# %%
grid = np.linspace(-5, 5, 1001)
for letter, slope in mystery_slopes(grid).items():
    print(letter, "largest", slope.max().round(2), "at",
          grid[slope.argmax()].round(2))
curves = {"A": "GELU", "B": "sigmoid", "C": "swish", "D": "tanh"}

# %%
check("training_rnns.curves", curves)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 状态保持的一步
#
# 思路：训练时 $k$ 是 0 或 1，`u < p` 的概率正好是 $p$；预测时换成均值 $p$。两种情形是同一个式子。
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def zoneout_step(old, new, u, p):
    k = p if u is None else (u < p)
    return k * old + (1 - k) * new

# %%
check("training_rnns.zoneout_step", zoneout_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 自己造一个正交矩阵
#
# 思路：QR 分解把任意矩阵写成正交的 $Q$ 乘上三角的 $R$。QR 的程序通常让 $R$ 对角线的符号由算法决定，于是 $Q$ 并不均匀：2×2 时行列式总是同一个符号。把每一列乘上 $R$ 对角线的符号，分布就均匀了（Keras 的 `Orthogonal` 也这样做）。
#
# [题目](../05_training_rnns.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def orthogonal(size, gain, rng):
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return gain * q * np.sign(np.diag(r))

# %%
check("training_rnns.orthogonal", orthogonal)
