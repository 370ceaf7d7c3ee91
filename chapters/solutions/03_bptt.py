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
# # 第 03 章 随时间反向传播：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/03_bptt.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/03_bptt.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/03_bptt.ipynb)<!-- badges -->
#
# [← 02 循环神经网络：从公式到代码](02_rnn_forward.ipynb) · [目录](../index.md) · [正文](../03_bptt.ipynb) · [04 梯度消失与爆炸 →](04_vanishing_gradients.ipynb)<!-- nav -->
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
from rnnbook.cells import rnn_scan, rnn_step
from rnnbook.gradients.backprop import bptt, rnn_backward
from rnnbook.gradients.gradcheck import central_differences, relative_error

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 换一组目标
#
# 思路：前向没有变，$h=(0.762,\,0.642,\,0.566)$，斜率也没有变；变的只有直接偏导数 $h_t-y_t=(-0.238,\,0.642,\,0.566)$。从右往左填表：
#
# $\alpha_3=0.566\times0.679=0.385$；$\delta_2=0.642+0.385=1.027$，$\alpha_2=1.027\times0.588=0.603$。$u$ 在第 1 步乘的是 $h_0=0$，所以 $\alpha_1$ 用不到：
#
# $$\frac{\mathrm dL}{\mathrm du}=0.603\times0.762+0.385\times0.642=0.707$$
#
# [题目](../03_bptt.ipynb#cell-id=ex-1)<!-- twin -->

# %%
x, y = np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
h = [0.0]
for t in range(3):
    h.append(np.tanh(x[t] + h[t]))
du_new, later = 0.0, 0.0
for t in (3, 2, 1):
    alpha = (h[t] - y[t - 1] + later) * (1 - h[t] ** 2)
    du_new, later = du_new + alpha * h[t - 1], alpha
print(round(du_new, 3))

# %%
check("bptt.hand_step", du_new)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数一数三角形
#
# 思路：一段里第 1 步只走得到自己，第 2 步走得到 2 步……一段有 $k(k+1)/2$ 对。满的段有 `steps // window` 个，余下的一段长 `steps % window`。
#
# [题目](../03_bptt.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def pairs(steps, window):
    def triangle(n):
        return n * (n + 1) // 2

    whole, rest = divmod(steps, window)
    return whole * triangle(window) + triangle(rest)


print(pairs(12, 12), pairs(12, 4))

# %%
check("bptt.pairs", pairs)

# %% [markdown]
# 完整的 BPTT 里有 $T(T+1)/2$ 对，可是计算量并不按平方增长：往回走一趟时，$\delta_t$ 已经把后面所有损失的份额加在一起了。

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 补上 dU
#
# 思路：第 $t$ 步的一份是 $h_{t-1}^\top\alpha_t$。`hs[:, t]` 是这一步**之后**的状态，所以要错开一位，最前面补上 `h0`。批的求和由矩阵乘法完成，时间的求和由 `sum` 完成。
#
# [题目](../03_bptt.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def recurrent_gradient(h0, hs, alphas):
    before = np.concatenate([h0[:, None], hs[:, :-1]], axis=1)
    steps = range(hs.shape[1])
    return sum(before[:, t].T @ alphas[:, t] for t in steps)

# %%
check("bptt.recurrent_gradient", recurrent_gradient)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 自己写 TBPTT
#
# 思路：一个循环走各段。段内是完整的 BPTT，`d_hs` 是 $h_t-y_t$；末状态 `h` 交给下一段，它只是一个数组，没有求导的记录，梯度自然到此为止。切片 `xs[:, t:t + window]` 到了末尾自己会变短。
#
# [题目](../03_bptt.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def truncated_dU(xs, goal, h0, W, U, b, window):
    dU, h = np.zeros_like(U), h0
    for t in range(0, xs.shape[1], window):
        now = slice(t, t + window)
        hs, last = rnn_scan(xs[:, now], h, W, U, b)
        d_hs = hs - goal[:, now]
        dU += bptt("rnn", xs[:, now], (h,), (W, U, b), d_hs).weights[1]
        h = last
    return dU

# %%
check("bptt.truncated_dU", truncated_dU)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆☆ 修好一个反向
#
# 思路：三处都能用“凭公式、凭下标”查出来，形状却都查不出来，因为 $U$ 是方阵，$a$ 和 $h_t$ 一样大。
#
# 1. $\tanh$ 的斜率是 $1-h_t^2$，平方的是 $\tanh$ **之后**的值，不是 $a_t$；
# 2. 前向乘 $U$，反向乘 $U^\top$；
# 3. $U$ 乘的是**旧**状态，所以 $\Delta U=h_{t-1}^\top\alpha_t$，不是新状态。
#
# [题目](../03_bptt.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def fixed_backward(x, h, W, U, b, dh):
    new = np.tanh(x @ W + h @ U + b)
    da = dh * (1 - new ** 2)
    return da @ W.T, da @ U.T, (x.T @ da, h.T @ da, da.sum(0))

# %%
check("bptt.fixed_backward", fixed_backward)

# %% [markdown]
# 不靠答案也能知道自己修好了没有：给它做一次梯度检查。损失取 $L=\sum h_1\odot R$，$R$ 是任意的一个数组，于是 $\mathrm dL/\mathrm dh_1=R$。

# %%
rng = np.random.default_rng(5)
x, h, W, U, b, R = (rng.standard_normal(shape) / 2 for shape in
                    ((3, 4), (3, 5), (4, 5), (5, 5), (5,), (3, 5)))
_, dh_before, (_, dU, _) = fixed_backward(x, h, W, U, b, R)
numeric = [
    central_differences(lambda U: np.sum(rnn_step(x, h, W, U, b) * R), U),
    central_differences(lambda h: np.sum(rnn_step(x, h, W, U, b) * R), h)]
for mine, other in zip((dU, dh_before), numeric):
    assert relative_error(mine, other) < 1e-7
