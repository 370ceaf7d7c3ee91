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
# # 第 04 章 梯度消失与爆炸：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/04_vanishing_gradients.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/04_vanishing_gradients.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/04_vanishing_gradients.ipynb)<!-- badges -->
#
# [← 03 随时间反向传播](03_bptt.ipynb) · [目录](../index.md) · [正文](../04_vanishing_gradients.ipynb) · [05 激活函数、初始化与归一化 →](05_training_rnns.ipynb)<!-- nav -->
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
from rnnbook.gradients.jacobian_map import log_norms
from rnnbook.gradients.probes import spectral_norm, step_jacobian

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 一步的雅可比矩阵
#
# 思路：$a_i=\sum_j h_jU_{ji}+\dots$，所以 $\partial h_{t,i}/\partial h_{t-1,j}=f'(a_i)U_{ji}$。第 $i$ 行乘第 $i$ 个斜率，数字来自 $U^\top$。斜率用**新**状态算，$1-h_t^2$。把斜率写成一列，让广播去乘每一行，就不必造对角矩阵。
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def one_step(x, h, W, U, b):
    new = np.tanh(x @ W + h @ U + b)
    return (1 - new.T**2) * U.T


rng = np.random.default_rng(0)
x, h, W, U, b = [rng.standard_normal(s) for s in
                 ((1, 2), (1, 3), (2, 3), (3, 3), (3,))]
gap = np.abs(one_step(x, h, W, U, b)
             - step_jacobian("rnn", x, (h,), (W, U, b)))
assert gap.max() < 1e-12

# %%
check("vanishing_gradients.step_jacobian", one_step)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 多少步以后就看不见了
#
# 思路：要 $f^n<\varepsilon$。取对数，$n\ln f<\ln\varepsilon$；$\ln f$ 是负数，除过去不等号反向：$n>\ln\varepsilon/\ln f$。严格大于它的最小整数，是向下取整再加 1。
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def steps_to_eps(factor):
    eps = np.finfo("float32").eps
    return int(np.floor(np.log(eps) / np.log(factor))) + 1


for factor in (0.6, 0.9, 0.99):
    print(factor, steps_to_eps(factor))

# %%
check("vanishing_gradients.steps_to_eps", steps_to_eps)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 造一个矩阵
#
# 思路：上三角矩阵 $\begin{bmatrix}0.5&c\\0&0.5\end{bmatrix}$ 的特征值就在对角线上，和 $c$ 无关。谱范数随 $c$ 变大。两个奇异值之积等于 $|\det|=0.25$，平方和等于所有数的平方和 $0.5+c^2$。要 $\sigma_1=5$，则 $\sigma_2=0.05$，于是 $c^2=25+0.0025-0.5$，$c=4.95$。连乘的范数打印在下面，第一次最大，以后一路减小；别的矩阵可以有起伏，如 $\begin{bmatrix}0&5\\0.05&0\end{bmatrix}$ 是 5、0.25、1.25……
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-3)<!-- twin -->

# %%
matrix = np.array([[0.5, 4.95], [0.0, 0.5]])
print([round(float(spectral_norm(np.linalg.matrix_power(matrix, k))), 2)
       for k in range(1, 9)])

# %%
check("vanishing_gradients.matrix", matrix)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 全局范数裁剪
#
# 思路：总范数是一个数，所有数组的平方和加起来再开方。系数是 $\min(1,\;c/\|g\|)$：只缩小，不放大；先比较再除，全零的梯度才不会变成 NaN。用乘法造新数组，不改原来的。
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def clip_global(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    scale = limit / norm if norm > limit else 1.0
    return [g * scale for g in grads]

# %%
check("vanishing_gradients.clip_global", clip_global)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 诊断
#
# 思路：看相邻两列的**比值**。a 一直在 1 附近；b 每 20 步乘约 0.012；c 先乘 25，再跌；d 每 20 步乘约 300。d 的第一个数很小，只是损失在最后一步恰好不陡，和消失无关：按比值它在爆炸。
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-5)<!-- twin -->

# %%
diagnosis = {"a": "neither", "b": "vanishing", "c": "transient",
             "d": "exploding"}

# %%
check("vanishing_gradients.diagnosis", diagnosis)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 找到边界
#
# 思路：范数连续地随增益变化，`low` 处小于 1，`high` 处大于 1，中间至少有一处等于 1。二分时中点的范数小于 1，就留右半，否则留左半。只比较大小，不做加减，范数是 $10^{-200}$ 还是 $10^{100}$ 都无妨。
#
# [题目](../04_vanishing_gradients.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def find_border(norm_of, low, high, tol=1e-3):
    while high - low > tol:
        middle = (low + high) / 2
        if norm_of(middle) < 1:
            low = middle
        else:
            high = middle
    return (low + high) / 2

# %%
check("vanishing_gradients.find_border", find_border)

# %% [markdown]
# 拿它到 [4.4 节](../04_vanishing_gradients.ipynb#cell-id=4-4)的图上找边界。真实的范数并不单调（同一次随机抽样里有起伏），二分法停在其中一个穿过 1 的地方。

# %%
def norm_of(gain, scale=1.0):
    return 10 ** log_norms([gain], 100, scale)[0, -1]


print(f"input scale 1: norm 1 near gain {find_border(norm_of, 0.5, 5.0):.1f}")
