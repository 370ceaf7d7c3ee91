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
# # 第 07 章 门控循环单元与表达力：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/07_gru.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/07_gru.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/07_gru.ipynb)<!-- badges -->
#
# [← 06 长短期记忆网络](06_lstm.ipynb) · [目录](../index.md) · [正文](../07_gru.ipynb) · [08 双向、堆叠与残差 →](08_deep_bidirectional.ipynb)<!-- nav -->
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
from rnnbook.cells import gru_step, lstm_step, sigmoid

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 思路：先两个门。$x_2W_z=(0,\,1)$，所以 $z=(0.5,\,0.731)$；$x_2W_r+h_1U_r=(-1,\,1)+(0,\,-0.6)=(-1,\,0.4)$，所以 $r=(0.269,\,0.599)$。再算候选：$h_1U_g+b'_g=(0,\,-1.2)+(0,\,1)=(0,\,-0.2)$，乘 $r$ 得 $(0,\,-0.120)$，加 $x_2W_g=(1,\,-1)$，$g=\tanh(1,\,-1.120)=(0.762,\,-0.807)$。最后混合：$(0.5\times0.6+0.5\times0.762,\;\;0.731\times(-0.6)+0.269\times(-0.807))=(0.681,\,-0.656)$。
#
# [题目](../07_gru.ipynb#cell-id=ex-1)<!-- twin -->

# %%
W = np.array([[0.0, 1.0, -1.0, 1.0, 1.0, 0.0],
              [0.0, 0.0, 0.0, 0.0, 0.0, 0.5]])
U = np.array([[0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
              [0.0, 0.0, 0.0, 1.0, 1.0, 2.0]])
b = np.zeros((2, 6))
b[1, 5] = 1.0
h2 = gru_step(np.array([[1.0, -2.0]]), np.array([[0.6, -0.6]]), W, U, b)
print(h2.round(3))

# %%
check("gru.hand_step", h2)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 思路：三组，每组一个 $W$ (D, H)、一个 $U$ (H, H) 和偏置。先乘再重置时，候选状态里输入一边和状态一边的偏置不能合并（后者要乘 $r$），Keras 干脆每组都存两个；先重置再乘时只有一个。
#
# [题目](../07_gru.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units, reset_after):
    biases = 2 if reset_after else 1
    return 3 * units * (features + units + biases)

print(param_count(8, 16, True), param_count(8, 16, False))

# %%
check("gru.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 换一种 z
#
# 思路：要让新的 $z'=1-z=\sigma(-a)$，而 $a=xW_z+hU_z+b_z$，所以三项都取负，偏置的两行都要。乘一个由 −1 和 1 组成的向量，三个数组用同一句话，也不会改动原来的。
#
# [题目](../07_gru.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def chung_to_keras(W, U, b):
    units = len(U)
    sign = np.repeat([-1.0, 1.0, 1.0], units)
    return sign * W, sign * U, sign * b

# %%
check("gru.chung_to_keras", chung_to_keras)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 更简的单元
#
# 思路：候选状态里的 $h$ 不再乘 $f$，于是 $f$ 和 $g$ 的四个乘积可以合成两个：一次 $xW$，一次 $hU$。少一道先后，这就是“先乘再重置”更快的同一个道理。
#
# [题目](../07_gru.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def one_gate_step(x, h, W, U, b):
    f, g = np.split(x @ W + h @ U + b, 2, axis=-1)
    f, g = sigmoid(f), np.tanh(g)
    return (1 - f) * h + f * g

# %%
check("gru.one_gate_step", one_gate_step)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆☆ 括号配对
#
# 思路：单元 0 是计数器：门全开，$g=+1$ 或 $-1$。单元 1 平时输入门关着；计数变成 −1 时 $h_0=\tanh(-1)=-0.76$，下一步就让输入门打开，写进 1，遗忘门一直是 1，所以以后一直是 1。取 $a_{i}=-200\,h_0-100$：$h_0=-0.76$ 时是 52，门开；$h_0=0$ 或 $h_0>0$ 时不超过 −100，门关。如果最后一个字符才第一次变成 −1，单元 1 还来不及变成 1，但 $|h_0|=0.76$，照样被拒绝。
#
# [题目](../07_gru.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def bracket_weights():
    W, U, b = np.zeros((2, 8)), np.zeros((2, 8)), np.zeros(8)
    b[0] = b[2] = b[3] = b[6] = b[7] = 40  # i of unit 0, f, o: open
    W[:, 4] = 20, -20                      # g of unit 0: +1 or -1
    U[0, 1], b[1] = -200, -100             # i of unit 1: count below 0
    b[5] = 20                              # g of unit 1: always 1
    return W, U, b

# %%
check("gru.bracket_weights", bracket_weights)

# %%
weights = bracket_weights()
for string in ("(())()", "())(()", "((("):
    h = c = np.zeros((1, 2))
    for symbol in string:
        x = np.eye(2)[["()".index(symbol)]]
        h, c = lstm_step(x, h, c, *weights)
    print(f"{string:7s} count {c[0, 0]:2.0f}  unit 1 {c[0, 1]:2.0f}")

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 这组权重是哪一家的
#
# 思路：不用猜，只有四种，各跑一遍，取末状态最接近的。这也是现实里搬权重的办法：拿一份已知的输入和输出当证据。没有这样的证据，光看权重是分不出来的，因为四种写法的形状完全一样。
#
# [题目](../07_gru.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def run_gru(xs, W, U, b, z_keeps, reset):
    h = np.zeros(len(U))
    Uz, Ur, Ug = np.split(U, 3, axis=1)
    for x in xs:
        xz, xr, xg = np.split(x @ W + b, 3)
        z, r = sigmoid(xz + h @ Uz), sigmoid(xr + h @ Ur)
        back = (r * h) @ Ug if reset == "before" else r * (h @ Ug)
        g = np.tanh(xg + back)
        h = z * h + (1 - z) * g if z_keeps == "old" else (1 - z) * h + z * g
    return h

def find_convention(xs, last, W, U, b):
    choices = [(z, reset) for z in ("old", "new")
               for reset in ("before", "after")]
    return min(choices, key=lambda choice: np.abs(
        run_gru(xs, W, U, b, *choice) - last).max())

# %%
check("gru.find_convention", find_convention)
