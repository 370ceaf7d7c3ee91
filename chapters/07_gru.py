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
# # 第 07 章 门控循环单元与表达力
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/07_gru.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/07_gru.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/07_gru.ipynb)<!-- badges -->
#
# [← 06 长短期记忆网络](06_lstm.ipynb) · [目录](index.md) · [解答](solutions/07_gru.ipynb) · [08 双向、堆叠与残差 →](08_deep_bidirectional.ipynb)<!-- nav -->
#
# 读完这一章，你会手算过一步 GRU，会在论文、Keras、PyTorch 的 GRU 权重之间换算，亲手设出数到 1000 也不出错的 LSTM 和 GRU，并且说得清两种计数器差在哪里。
#
# | | |
# |---|---|
# | **你将会** | **手算**一步 GRU 并对上 Keras；**换算**论文、Keras、PyTorch 之间的权重；**判断**一种单元能记住什么、数得清什么 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的循环层；[第 06 章](06_lstm.ipynb)的 LSTM；[第 04 章](04_vanishing_gradients.ipynb)的雅可比矩阵（只在 [7.6 节](#cell-id=7-6)） |
# | **时间** | 阅读 55 分钟<!-- minutes -->，练习 90 分钟，运行约 71 s<!-- seconds --> |

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
import itertools
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import (
    BLUE, GREEN, GREY, VERMILION, use_style,
)

use_style()

# %% [markdown]
# ## 先想一想
#
# 单元数相同时，GRU 的参数约是 LSTM 的四分之三。在你的机器上，GRU 训练一步的时间是 LSTM 的百分之几？
#
# 先把你的猜测写进下面的格子，[7.10 节](#cell-id=7-10)用测量来回答。

# %%
guess = None  # your guess in per cent, e.g. 75

# %% [markdown]
# <a id="cell-id=7-1"></a>
# ## 7.1 从 LSTM 合并出 GRU
#
# [第 06 章](06_lstm.ipynb)的 LSTM 有两个状态、三个门：
#
# $$c_t=f_t\odot c_{t-1}+i_t\odot g_t,\qquad h_t=o_t\odot\tanh(c_t)$$
#
# **门控循环单元 (gated recurrent unit)**，简称 GRU，做了两次合并，又添了一个门：
#
# 1. 遗忘门和输入门合成一个，令 $i_t=1-f_t$。忘掉多少，就写入多少。这个门叫**更新门 (update gate)**，记作 $z_t$；
# 2. 细胞状态和隐藏状态合成一个，没有 $c_t$，也没有输出门，$h_t$ 就是全部的记忆；
# 3. 另加一个**重置门 (reset gate)** $r_t$，决定算候选状态时看多少旧的记忆。
#
# 得到的公式（Keras 的写法）：
#
# $$z_t=\sigma(x_tW_z+h_{t-1}U_z+b_z),\qquad r_t=\sigma(x_tW_r+h_{t-1}U_r+b_r)$$
#
# $$g_t=\tanh\bigl(x_tW_g+b_g+r_t\odot(h_{t-1}U_g+b'_g)\bigr)$$
#
# $$h_t=z_t\odot h_{t-1}+(1-z_t)\odot g_t$$
#
# $g_t$ 叫**候选状态 (candidate state)**。最后一行是旧状态和候选状态的加权平均，$z_t$ 接近 1，旧的留下；接近 0，换成新的。

# %% name="gru_cell"
from rnnbook.notebook import gate_diagrams

gate_diagrams.gru()
plt.show()

# %% [markdown]
# 橙色是状态走的路。最上面一条从 $h_{t-1}$ 直通 $h_t$，路上只乘一次 $z$、加一次新的东西，相当于 LSTM 里细胞状态的那条路。下面的分支先乘 $U_g$，再乘 $r$，然后进入候选状态；$r=0$ 时，候选状态只看 $x_t$，像是从头读起。

# %% [markdown]
# <a id="cell-id=7-2"></a>
# ## 7.2 手算一步
#
# 2 个特征、2 个单元。三块权重各写各的，再并排拼成 Keras 的样子，$W$ (2, 6)，$U$ (2, 6)，次序是 z、r、g。偏置有两行，第一行加在输入一边，第二行加在状态一边；对 z 和 r，两行直接相加，公式里写成一个 $b_z$、$b_r$，只有候选状态分得出 $b_g$ 和 $b'_g$。这里只有 $b'_g=(0,\,1)$ 不为零。

# %%
x1, h0 = np.array([[1.0, 2.0]]), np.array([[0.5, -1.0]])
W = np.concatenate([[[0.0, 1.0], [0.0, 0.0]],    # W_z
                    [[-1.0, 1.0], [0.0, 0.0]],   # W_r
                    [[1.0, 0.0], [0.0, 0.5]]],   # W_g
                   axis=1)
U = np.concatenate([[[0.0, 0.0], [0.0, 0.0]],    # U_z
                    [[0.0, 0.0], [0.0, 1.0]],    # U_r
                    [[1.0, 0.0], [1.0, 2.0]]],   # U_g
                   axis=1)
b = np.zeros((2, 6))
b[1, 5] = 1.0
print("W", W.shape, " U", U.shape, " b", b.shape)

# %% [markdown]
# - 更新门：$x_1W_z=(0,\,1)$，$h_0U_z=(0,\,0)$，所以 $z=(\sigma(0),\,\sigma(1))=(0.5,\,0.731)$；
# - 重置门：$x_1W_r=(-1,\,1)$，$h_0U_r=(0,\,-1)$，相加是 $(-1,\,0)$，所以 $r=(0.269,\,0.5)$；
# - 候选：$h_0U_g+b'_g=(-0.5,\,-2)+(0,\,1)=(-0.5,\,-1)$，乘 $r$ 得 $(-0.134,\,-0.5)$；加上 $x_1W_g=(1,\,1)$ 得 $(0.866,\,0.5)$，$g=(0.699,\,0.462)$；
# - 混合：$h_1=(0.5\times0.5+0.5\times0.699,\;\;0.731\times(-1)+0.269\times0.462)=(0.600,\,-0.607)$。
#
# 写成函数，公式各在它那一行的上面。

# %%
from rnnbook.cells import sigmoid

def gru_step(x, h, W, U, b):
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b[1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    # g_t = tanh(x_t W_g + b_g + r_t * (h_{t-1} U_g + b'_g))
    g = np.tanh(xg + r * hg)
    # h_t = z_t * h_{t-1} + (1 - z_t) * g_t
    return z * h + (1 - z) * g

# %% name="hand"
h1 = gru_step(x1, h0, W, U, b)
print(h1.round(3))
claim("hand_equals_numpy", np.abs(h1 - [[0.600, -0.607]]).max(),
      at_most=6e-4)

# %% [markdown]
# 和手算一致，差别只在第三位小数的舍入。

# %% [markdown]
# <a id="cell-id=7-3"></a>
# ## 7.3 两种 GRU，都和 Keras 对上
#
# 重置门乘在哪里，有两种写法。上面是**先乘 $U_g$ 再重置**，$r\odot(hU_g+b'_g)$；另一种**先重置再乘 $U_g$**，$(r\odot h)U_g$，状态一边没有单独的偏置。Keras 用 `reset_after` 选择，默认是前一种。

# %%
def gru_step_reset_before(x, h, W, U, b):
    xz, xr, xg = np.split(x @ W + b, 3, axis=-1)
    Uz, Ur, Ug = np.split(U, 3, axis=-1)
    z, r = sigmoid(xz + h @ Uz), sigmoid(xr + h @ Ur)
    # g_t = tanh(x_t W_g + (r_t * h_{t-1}) U_g + b_g)
    g = np.tanh(xg + (r * h) @ Ug)
    return z * h + (1 - z) * g

# %%
def gru_scan(xs, h0, W, U, b, reset_after=True):
    step = gru_step if reset_after else gru_step_reset_before
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = step(xs[:, t], h, W, U, b)
        states.append(h)
    return np.stack(states, axis=1), h

# %% [markdown]
# 核对的办法和[第 02 章](02_rnn_forward.ipynb)一样，建一个 Keras 层，把它的权重交给我们的循环，比较每一步。偏置默认从零开始，看不出放在哪里；所以给它们随机的值。

# %% name="keras_weights"
rng = np.random.default_rng(7)
xs = rng.standard_normal((4, 12, 8)).astype("float32")
zeros = np.zeros((4, 16), "float32")

def keras_gru(reset_after):
    keras.utils.set_random_seed(7)
    layer = layers.GRU(16, reset_after=reset_after, return_sequences=True)
    layer.build((None, None, 8))
    W, U, b = layer.get_weights()
    b = rng.uniform(-0.5, 0.5, b.shape)
    layer.set_weights([W, U, b])
    return layer

for reset_after in (True, False):
    layer = keras_gru(reset_after)
    print(reset_after, [tuple(w.shape) for w in layer.get_weights()],
          layer.count_params())

# %% [markdown]
# 第一行是默认的，偏置 (2, 48)，共 1248 个参数；第二行只有一个偏置 (48,)，共 1200 个。公式是
#
# $$3\,(DH+H^2+2H)\quad\text{和}\quad 3\,(DH+H^2+H)$$

# %%
errors, counts = {}, {}
for reset_after in (True, False):
    layer = keras_gru(reset_after)
    theirs = keras.ops.convert_to_numpy(layer(xs))
    ours, _ = gru_scan(xs, zeros, *layer.get_weights(), reset_after)
    errors[reset_after] = np.abs(ours - theirs).max()
    counts[reset_after] = layer.count_params()
claim("after_equals_keras", errors[True], at_most=1e-6)
claim("before_equals_keras", errors[False], at_most=1e-6)
claim("parameters_after", counts[True], close_to=1248, tol=0)
claim("parameters_before", counts[False], close_to=1200, tol=0)

# %% [markdown]
# 两种写法的最大误差是 2.4e-07<!-- claim after_equals_keras --> 和 1.8e-07<!-- claim before_equals_keras -->，都只剩 float32 的舍入。

# %% [markdown]
# <a id="cell-id=7-4"></a>
# ## 7.4 各家的约定
#
# 同一个“GRU”，公式在不同的地方有四处不同：
#
# | 来源 | $z$ 乘的是 | 重置 | 偏置 | 权重里门的次序 | 候选状态叫 |
# |---|---|---|---|---|---|
# | Cho 等 2014，正式发表的版本（arXiv v3） | 旧状态 | 先重置再乘 $U$ | 公式里省略 | – | $\tilde h$ |
# | 同一篇的 arXiv v1 | 旧状态 | 先乘 $U$ 再重置 | 公式里省略 | – | $\tilde h$ |
# | Chung 等 2014 | **新状态** | 先重置再乘 $U$ | 公式里省略 | – | $\tilde h$ |
# | Keras，默认 | 旧状态 | 先乘 $U$ 再重置 | 两个，(2, 3H) | z、r、g | – |
# | Keras，`reset_after=False` | 旧状态 | 先重置再乘 $U$ | 一个，(3H,) | z、r、g | – |
# | PyTorch `nn.GRU` | 旧状态 | 先乘 $U$ 再重置 | 两个，(3H,) 各一 | **r、z、n** | $n$ |
# | 讲义 S0 §4.3 | **新状态** | 先重置再乘 $U$ | 没有写 | – | $\tilde h$ |
# | 讲义 S3 §3.3 | 旧状态 | 先乘 $U$ 再重置，**偏置在括号外** | 一个 | – | $n$ |
#
# S1、S2、S4 提到 GRU，但没有写公式。“先乘再重置”的好处是三块 $hU$ 可以一次乘完；“先重置再乘”要先等 $r$。下面逐项量一量差别有多大。

# %% [markdown]
# ### z 乘旧的还是新的
#
# 有人问过 PyTorch 哪个公式对，论文的作者 Cho 本人回答说都可以，只是 $z$ 的含义不同（pytorch 仓库的第 20129 号讨论）。“都可以”的准确意思是：
#
# $$1-\sigma(a)=\sigma(-a)$$
#
# 所以把 $z$ 那一块的权重和偏置全部取负，一种写法就变成另一种。**不取负，就是另一个网络。**

# %% name="two_z"
def other_z_step(x, h, W, U, b):
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hg = np.split(h @ U + b[1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (1 - z) * h + z * np.tanh(xg + r * hg)  # New: z and 1 - z

def other_z(weights):
    h = np.zeros((4, 16))
    for t in range(12):
        h = other_z_step(xs[:, t], h, *weights)
    return h

# %%
from rnnbook.cells.conventions import negate_z

layer = keras_gru(True)
weights = [w.astype("float64") for w in layer.get_weights()]
theirs = keras.ops.convert_to_numpy(layer(xs))[:, -1]
claim("z_as_it_stands", np.abs(other_z(weights) - theirs).max(),
      at_least=0.15)
claim("z_negated", np.abs(other_z(negate_z(*weights)) - theirs).max(),
      at_most=1e-6)

# %% [markdown]
# 同样的权重直接放进另一种公式，输出差 0.69<!-- claim z_as_it_stands -->；先用 `negate_z` 取负，就只差 7.9e-08<!-- claim z_negated -->。

# %% [markdown]
# ### 重置在前还是在后，偏置在里还是在外
#
# 这两处不能靠取负换过去。$r\odot(hU)$ 和 $(r\odot h)U$ 一般不相等，除非 $r$ 的各分量都相等，或者 $U$ 恰好是对角矩阵。括号外的偏置可以放进 Keras（加到 $b_g$ 上，令 $b'_g=0$）；反过来，$b'_g\ne0$ 时就写不成括号外的样子。拿默认层的权重，故意用错公式：

# %% name="misplaced"
def misplaced_scan(weights, where):
    W, U, b = weights
    h = np.zeros((4, 16))
    for t in range(12):
        a = xs[:, t] @ W + b[0]
        z, r = sigmoid(a[:, :32] + h @ U[:, :32] + b[1, :32]).reshape(
            4, 2, 16).swapaxes(0, 1)
        back = {"inside": r * (h @ U[:, 32:] + b[1, 32:]),
                "outside": r * (h @ U[:, 32:]) + b[1, 32:],
                "before": (r * h) @ U[:, 32:] + b[1, 32:]}[where]
        h = z * h + (1 - z) * np.tanh(a[:, 32:] + back)
    return h

gaps = {where: np.abs(misplaced_scan(weights, where) - theirs).max()
        for where in ("inside", "outside", "before")}
claim("bias_inside", gaps["inside"], at_most=1e-6)
claim("bias_outside", gaps["outside"], at_least=0.06)
claim("reset_before", gaps["before"], at_least=0.1)

# %% [markdown]
# 偏置放到括号外面，差 0.22<!-- claim bias_outside -->；先重置再乘，差 0.21<!-- claim reset_before -->；放对位置才是零。形状全都对，不会报错，只是结果错了。搬运别人训练好的权重时，这类错误很难发现。刚建好的层偏置全是零，恰好看不出第一种错误。

# %% [markdown]
# ### 一个换算器
#
# `rnnbook.cells.conventions` 在 Keras 与 PyTorch 之间换算 LSTM 和 GRU 的权重（LSTM 的次序两家相同，都是 i、f、g、o；PyTorch 的两个偏置加起来，就是 Keras 的那一个），也换算论文的写法（每个门一个矩阵，列向量）。先照 PyTorch 文档的公式写一步，权重按它的样子存：门上下叠着，次序 r、z、n，两个偏置。

# %%
def torch_gru_step(x, h, w_ih, w_hh, b_ih, b_hh):
    i_r, i_z, i_n = np.split(w_ih @ x + b_ih, 3)
    h_r, h_z, h_n = np.split(w_hh @ h + b_hh, 3)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return (1 - z) * n + z * h

torch_weights = [rng.uniform(-1, 1, shape)
                 for shape in ((48, 8), (48, 16), 48, 48)]
h = np.zeros(16)
for x in xs[0]:
    h = torch_gru_step(x, h, *torch_weights)

# %% name="converted"
from rnnbook.cells.conventions import from_torch, to_torch

layer.set_weights(from_torch(*torch_weights))
converted = keras.ops.convert_to_numpy(layer(xs[:1]))[0, -1]
w_ih, w_hh, b_ih, b_hh = torch_weights
layer.set_weights([w_ih.T, w_hh.T, np.stack([b_ih, b_hh])])
transposed = keras.ops.convert_to_numpy(layer(xs[:1]))[0, -1]
back = to_torch(*from_torch(*torch_weights))
claim("from_torch", np.abs(converted - h).max(), at_most=1e-6)
claim("only_transposed", np.abs(transposed - h).max(), at_least=0.4)
claim("there_and_back",
      max(np.abs(p - q).max() for p, q in zip(back, torch_weights)),
      at_most=0)

# %% [markdown]
# 换算之后只差 2.8e-07<!-- claim from_torch -->；只转置、不换门的次序，差 1.19<!-- claim only_transposed -->；去一趟再回来，一个数也没有变。
#
# 这里的 PyTorch 公式是照文档抄的。真正的 `nn.GRU` 和 `nn.LSTM`（两层、双向、有无偏置，去和回）在测试里核对：[tests/test_conventions.py](../tests/test_conventions.py)。`reset_after=False` 的层换不成 PyTorch 的，换算器会报错说明原因，而不是给出一组错的权重。讲义 S0 的公式用 `from_paper(lecture, z_keeps="new", reset_after=False)` 换过来，也在那里核对。

# %% [markdown]
# <a id="cell-id=7-5"></a>
# ## 7.5 最小门控单元
#
# 还能再省吗？**最小门控单元 (minimal gated unit)**，简称 MGU，只留一个门 $f_t$，它同时决定忘掉多少、重置多少（Zhou 等，2016）：
#
# $$f_t=\sigma(x_tW_f+h_{t-1}U_f+b_f),\qquad g_t=\tanh\bigl(x_tW_g+(f_t\odot h_{t-1})U_g+b_g\bigr)$$
#
# $$h_t=(1-f_t)\odot h_{t-1}+f_t\odot g_t$$
#
# 它叫“遗忘门”，乘的却是新状态，$f$ 接近 0 时什么也不忘。

# %%
def mgu_step(x, h, W, U, b):
    xf, xg = np.split(x @ W + b, 2, axis=-1)
    Uf, Ug = np.split(U, 2, axis=-1)
    f = sigmoid(xf + h @ Uf)
    # g_t = tanh(x_t W_g + (f_t * h_{t-1}) U_g + b_g)
    g = np.tanh(xg + (f * h) @ Ug)
    # h_t = (1 - f_t) * h_{t-1} + f_t * g_t
    return (1 - f) * h + f * g

# %% [markdown]
# Keras 没有这种层，但 `keras.layers.RNN` 能把任何一个单元变成层，单元只需说明怎样走一步、状态多大。库里的 `MinimalGatedCell` 就这样写成，三个后端都能用。

# %%
from rnnbook.cells.minimal_gated import MinimalGatedCell

mgu = layers.RNN(MinimalGatedCell(16), return_sequences=True)
mgu.build((None, None, 8))
theirs = keras.ops.convert_to_numpy(mgu(xs))
h = zeros
for t in range(12):
    h = mgu_step(xs[:, t], h, *mgu.get_weights())
claim("mgu_equals_numpy", np.abs(h - theirs[:, -1]).max(), at_most=1e-6)

# %% [markdown]
# <a id="cell-id=7-6"></a>
# ## 7.6 更新门是梯度的闸门
#
# [第 04 章](04_vanishing_gradients.ipynb)量过 $\partial h_T/\partial h_0$，它是一串雅可比矩阵的乘积。对 GRU 求一步的导数，最上面那条路贡献 $\operatorname{diag}(z_t)$，其余的项都要穿过某个 $U$ 和某个斜率：
#
# $$\frac{\partial h_t}{\partial h_{t-1}}=\operatorname{diag}(z_t)+\text{经过 }g_t,\,z_t,\,r_t\text{ 的项}$$
#
# 刚初始化时 $z\approx0.5$，只算这条路，走 100 步是 $0.5^{100}\approx8\times10^{-31}$。所以“有了门就不消失”不对，要看门开得多大。把更新门的偏置调大，$z$ 就接近 1。用[第 04 章](04_vanishing_gradients.ipynb)的探针量一量：Keras 默认的 GRU(32)，白噪声输入，5 个随机种子取中位数。

# %%
from rnnbook.gradients.probes import (
    jacobian_products, spectral_norm, weights_of,
)

def state_gradient(seed, z_bias, steps=100, units=32, features=16):
    keras.utils.set_random_seed(seed)
    layer = layers.GRU(units)
    layer.build((None, None, features))
    kind, (W, U, b) = weights_of(layer)
    b[0, :units] = z_bias
    noise = np.random.default_rng(seed).standard_normal((1, steps, features))
    products = jacobian_products(kind, noise, (np.zeros((1, units)),),
                                 (W, U, b))
    return spectral_norm(products)

norms = {z_bias: np.median([state_gradient(seed, z_bias)
                            for seed in range(5)], axis=0)
         for z_bias in (0, 1, 2, 5)}

# %% name="gate_gradient"
for (z_bias, norm), style in zip(norms.items(), ("-", "--", "-.", ":")):
    plt.semilogy(np.arange(1, 101), norm, style,
                 label=f"bias {z_bias}, z about {sigmoid(z_bias):.3f}")
plt.title("The update gate's bias decides how far the gradient reaches")
plt.xlabel("steps T")
plt.ylabel(r"$\|\partial h_T/\partial h_0\|$")
plt.legend(title="update gate at the start")
plt.show()

# %%
claim("gradient_10", norms[0][9], close_to=0.015, tol=0.0017)
claim("gradient_50", norms[0][49], at_most=1e-7)
claim("gradient_100", norms[0][99], at_most=1e-15)
claim("gradient_100_bias_5", norms[5][99], close_to=0.585, tol=0.006)
claim("z_alone_100", sigmoid(5.0) ** 100, close_to=0.51, tol=0.01)

# %% [markdown]
# 默认的 GRU，10 步之后剩 1.5e-02<!-- claim gradient_10 -->，50 步剩 7e-11<!-- claim gradient_50 -->，100 步剩 2e-21<!-- claim gradient_100 -->。这比 $0.5^{100}$ 大得多，其余的路也出了力，可还是等于没有。偏置设为 5，100 步还剩 0.59<!-- claim gradient_100_bias_5 -->；只算 $z$ 那一项，$\sigma(5)^{100}$ 就有 0.51<!-- claim z_alone_100 -->。
#
# 代价是 $z$ 接近 1 时每步只写入 $1-z$，新的东西进来得也慢。要记 $T$ 步，让 $1-z$ 约为 $1/T$，也就是偏置约 $\ln(T-1)$，是 Tallec 和 Ollivier（2018）的建议；[第 06 章](06_lstm.ipynb)的 chrono 初始化用在遗忘门上的，是同一个想法。

# %% [markdown]
# <a id="cell-id=7-7"></a>
# ## 7.7 数得清吗：一个手工设的计数器
#
# 换一个问题，不问学不学得会，只问**存不存在**一组权重能完成某件事。语言 $a^nb^n$ 由 ab、aabb、aaabbb……组成；要判断一个字符串是不是，就得数清 a 和 b 各有几个。
#
# LSTM 的细胞状态没有上下界。让 $f=1$、$i=1$，读到 a 时 $g=+1$，读到 b 时 $g=-1$，$c_t$ 就是一个计数器。另用两个单元管次序，一个记“见过 b 没有”，一个在 b 之后又见到 a 时变成 1，以后一直是 1（叫它“举手”）。门用很大的偏置推到两头，float32 里 $\sigma(40)$ 和 $\tanh(20)$ 都正好等于 1。

# %%
count, seen_b, wrong = range(3)  # three units
i, f, g, o = (3 * gate for gate in range(4))  # their columns begin here
W, U, b = np.zeros((2, 12)), np.zeros((3, 12)), np.zeros(12)
b[f:f + 3] = b[o:o + 3] = b[i + count] = 40  # never forget, always show
W[:, g + count] = 20, -20                    # a: +1, b: -1
W[:, i + seen_b], b[i + seen_b] = (0, 80), -40  # written by b only
b[g + seen_b] = 20
W[0, i + wrong], U[seen_b, i + wrong] = 200, 200  # an a, and b seen before
b[i + wrong], b[g + wrong] = -300, 20
counter = [w.astype("float32") for w in (W, U, b)]

# %% [markdown]
# 倒数第二行经过 $U$，所以有两点要算清。$U$ 乘的是上一步的 $h$，“见过 b”要晚一步才看得到；看到的不是细胞里的 1，而是 $\tanh(1)=0.76$。见过 b 又读到 a，和是 $200+200\times0.76-300=52$，门开；只有其中一样，和是 −100 或 −148，门关。
#
# 判断规则：读完之后 $|h_{\text{count}}|<0.5$（两种字母一样多）而且 $h_{\text{wrong}}<0.5$（没有人举手）。拿长度 1 到 12 的所有字符串来考它，一共 $2^{13}-2$ 个。

# %% name="all_strings"
from rnnbook.cells import lstm_step

def accepts(strings):
    x = np.eye(2, dtype="float32")[strings]
    h = c = np.zeros((len(strings), 3), "float32")
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, *counter)
    return (np.abs(h[:, count]) < 0.5) & (h[:, wrong] < 0.5)

asked = right = 0
for length in range(1, 13):
    strings = np.array(list(itertools.product((0, 1), repeat=length)))
    n = length // 2
    truth = (strings == [0] * n + [1] * (length - n)).all(axis=1)
    right += (accepts(strings) == (truth & (length % 2 == 0))).sum()
    asked += len(strings)
print(asked, "strings,", right, "judged right")
claim("all_strings_right", right / asked, at_least=1)

# %% [markdown]
# 全部判对，100%<!-- claim all_strings_right -->。再看它能数多远：$n$ 从 1 到 1000，每个 $a^nb^n$ 都要在最后一个 b 处、而且只在那里说“完整了”。同时把权重交给真正的 `keras.layers.LSTM`，读 1000 个 a、1000 个 b。

# %%
from rnnbook.language.counting import counts_right, furthest

reach = furthest(counts_right("lstm", tuple(counter),
                              np.array([[-1.0], [0], [0]]), 0.5, 1000))
symbols = keras.Input((None, 2))
hand_set = keras.Model(symbols, layers.LSTM(3, return_state=True)(symbols))
hand_set.set_weights(counter)
long = np.eye(2, dtype="float32")[[[0] * 1000 + [1] * 1000]]
peak = hand_set.predict(long[:, :1000], verbose=0)[2][0, count]
end = hand_set.predict(long, verbose=0)[2][0, count]
claim("counter_reach", reach, at_least=1000)
claim("counter_peak", peak, close_to=1000, tol=0)
claim("counter_end", end, close_to=0, tol=0)

# %% [markdown]
# 数到 1000<!-- claim counter_reach --> 没有一次出错；Keras 的层读完 1000 个 a，细胞状态正好是 1000<!-- claim counter_peak -->，读完 b 正好回到 0<!-- claim counter_end -->，一点也不差。
#
# 它能永远数下去吗？float32 的尾数有 24 位，到了 $2^{24}$ 就加不上 1 了：

# %%
def moved(bits, dtype):
    h, c = np.zeros((1, 3), dtype), np.zeros((1, 3), dtype)
    c[0, count] = 2.0 ** bits
    weights = [w.astype(dtype) for w in counter]
    _, after = lstm_step(long[:, 0].astype(dtype), h, c, *weights)
    return after[0, count] - c[0, count]

for dtype, bits in (("float32", 24), ("float64", 53)):
    print(f"{dtype}: +{moved(bits - 1, dtype):.0f} at 2^{bits - 1},",
          f"+{moved(bits, dtype):.0f} at 2^{bits}")
claim("one_bit_less_moves", min(moved(23, "float32"), moved(52, "float64")),
      close_to=1, tol=0)
claim("full_counter_moves", max(moved(24, "float32"), moved(53, "float64")),
      at_most=0)

# %% [markdown]
# 从 $2^{23}$ 还能走到 $2^{23}+1$，从 $2^{24}$ 就走不动了；float64 的界限是 $2^{53}$。

# %% [markdown] tags=["optional"]
# <a id="cell-id=7-8"></a>
# ## 7.8 选读：GRU 的状态出不了 −1 到 1
#
# GRU 没有这样**无界**的计数器。证明只要一行：$z_t$ 在 0 和 1 之间，所以 $h_t$ 是 $h_{t-1}$ 和 $g_t$ 的**凸组合 (convex combination)**，
#
# $$|h_t|\le\max(|h_{t-1}|,\,|g_t|),\qquad |g_t|=|\tanh(\cdot)|<1$$
#
# 于是 $|h_0|\le1$ 时，对所有 $t$ 都有 $|h_t|\le1$，不管权重是什么。
#
# 照搬 LSTM 的办法会怎样？让 $z$ 固定为 0.99，读到 a 时 $g=+1$，读到 b 时 $g=-1$。每步加的不是 1，而是“离 ±1 还差多少”的百分之一。$n$ 个 a、$n$ 个 b 之后，状态不回到 0，而是
#
# $$h_{2n}=-(1-z^n)^2$$

# %%
z = 0.99
gru_weights = [np.array([[0, 0, 20.0], [0, 0, -20]]), np.zeros((1, 3)),
               np.array([[np.log(z / (1 - z)), 0, 0], [0, 0, 0]])]
traces = {}
for n in (100, 300, 1000):
    string = np.eye(2)[[[0] * n + [1] * n]]
    traces[n] = gru_scan(string, np.zeros((1, 1)), *gru_weights)[0][0, :, 0]
    gap = abs(traces[n][-1] + (1 - z ** n) ** 2)
    print(f"n = {n:4d}: after the a's {traces[n][n - 1]:.6f},",
          f"at the end {traces[n][-1]:.4f}")
claim("gru_closed_form", gap, at_most=1e-12)

# %% [markdown]
# 终点取决于 $n$，没有一个公共的数可以拿来判断。
#
# ### 有界，就一定数不了吗？
#
# 小心，$[-1,1]$ 里也有很多数。上面的 GRU 步子太大，走到了 $\tanh$ 的弯处。把步子缩小，令 $r=1$，$z=\frac12$，$U_g=1$，读到 a、b 时 $x_tW_g=\pm2d$，于是
#
# $$h_t=\tfrac12h_{t-1}+\tfrac12\tanh(h_{t-1}\pm2d)\approx h_{t-1}\pm d$$
#
# $h$ 很小时 $\tanh(h)\approx h$，这是一个每步走 $d$ 的**加法**计数器。四个数就够了：$r$ 的偏置 40，$U_g=1$，$W_g=\pm2d$，其余是 0。取 $d=2^{-40}$，判断规则是 $|h|<d/2$；再交给真正的 `keras.layers.GRU`。

# %% name="gru_counter"
def small_steps(d, dtype="float32"):
    W = np.array([[0, 0, 2 * d], [0, 0, -2 * d]], dtype)
    b = np.array([[0, 40, 0], [0, 0, 0]], dtype)  # z = 1/2, r = 1
    return W, np.array([[0, 0, 1]], dtype), b

d = 2.0 ** -40
gru_reach = furthest(counts_right("gru", small_steps(d),
                                  np.array([[-1 / d]]), 0.5, 1000))
keras_gru_1 = keras.Sequential([keras.Input((None, 2)),
                                layers.GRU(1, return_sequences=True)])
keras_gru_1.set_weights(small_steps(d))
steps = keras_gru_1.predict(long, verbose=0)[0, :, 0] / d
claim("gru_counter_reach", gru_reach, at_least=1000)
claim("gru_counter_peak", steps[999], close_to=1000, tol=0)
claim("gru_counter_end", steps[-1], close_to=0, tol=0)

# %% [markdown]
# 也数到 1000<!-- claim gru_counter_reach --> 没有一次出错，读完 a，状态正好是 $d$ 的 1000<!-- claim gru_counter_peak --> 倍，读完 b 正好是 0<!-- claim gru_counter_end -->。三种走法画在一起：

# %% name="counting"
fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.1))
for n, style in ((100, ":"), (300, "--"), (1000, "-")):
    string = np.eye(2, dtype="float32")[[[0] * n + [1] * n]]
    h = c = np.zeros((1, 3), "float32")
    cells = []
    for t in range(2 * n):
        h, c = lstm_step(string[:, t], h, c, *counter)
        cells.append(c[0, count])
    small = gru_scan(string, np.zeros((1, 1), "float32"), *small_steps(d))
    lines = cells, traces[n], small[0][0, :, 0] / d
    for ax, line, colour in zip(axes, lines, (BLUE, VERMILION, GREEN)):
        ax.plot(line, style, color=colour, label=f"n = {n}")
for ax, title, label in zip(axes, (
        "LSTM: steps of 1", "GRU, z = 0.99: no common end",
        "GRU: steps of $2^{-40}$"), ("cell state c", "state h",
                                     "state h, in units of $2^{-40}$")):
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set(xlabel="symbols read", ylabel=label)
    ax.set_title(title, fontsize=11)
axes[1].legend(loc=(0.58, 0.55), handlelength=1.3, fontsize=9.5)
plt.show()

# %% [markdown]
# 左右两边的曲线都正好回到 0，只是右边的单位小了一万亿倍。能数到哪里为止？$d$ 是 2 的幂，$h$ 又小到 $\tanh(h)$ 舍入之后就是 $h$，所以每一步都没有误差，直到 $2^{24}d$ 加不上 $d$ 为止：

# %%
def gru_moved(bits, d, dtype):
    h, a = np.array([[2.0 ** bits * d]], dtype), np.eye(2, dtype=dtype)[:1]
    return (gru_step(a, h, *small_steps(d, dtype)) - h).item() / d

tried = (d * rng.integers(0, 2 ** 24 + 2, 10 ** 6)).astype("float32")
claim("tanh_is_straight", np.abs(np.tanh(tried) - tried).max(), at_most=0)
claim("gru_one_bit_less_moves", min(gru_moved(23, d, "float32"), gru_moved(
    52, 2.0 ** -90, "float64")), close_to=1, tol=0)
claim("gru_full_counter_moves", max(gru_moved(24, d, "float32"), gru_moved(
    53, 2.0 ** -90, "float64")), at_most=0)

# %% [markdown]
# 和 LSTM 一模一样，float32 到 $2^{24}$，float64（取 $d=2^{-90}$）到 $2^{53}$。“GRU 有界，因此不能数”这句话漏了一点，浮点数越靠近 0 排得越密。
#
# ### 那么差在哪里
#
# 差在步子。LSTM 每步走 1，走多远都是 1；小步的 GRU 要数到 $n$，$n$ 步都得留在 $\tanh$ 的直段里。步子大了，弯处先出错。每步少走 $h^3/6$，往上往下加起来，终点偏了 $n^4d^3/12$，到 $d/2$ 为止，即 $n\approx(6/d^2)^{1/4}$。步子小了，状态里的一点噪声就盖过它。下面给每一步的状态加上标准差 $10^{-6}$ 的高斯噪声再数一遍，5 个随机种子取中位数：

# %% name="step_table"
noisy, bend = {}, {}
print("  step    no noise  (6/d^2)^(1/4)   noise 1e-6")
for power in (6, 10, 12, 14, 16, 20):
    small = 2.0 ** -power
    read = "gru", small_steps(small), np.array([[-1 / small]]), 0.5
    exact = furthest(counts_right(*read, 1000))
    noisy[power] = np.median([furthest(counts_right(
        *read, 400, noise=1e-6, seed=seed)) for seed in range(5)])
    bend[power] = exact - min((6 / small ** 2) ** 0.25, 1000)
    print(f"  2^-{power:<3d} {exact:9d} {(6 / small ** 2) ** 0.25:14.1f}",
          f"{noisy[power]:12.0f}")
lstm_noisy = min(furthest(counts_right(
    "lstm", tuple(counter), np.array([[-1.0], [0], [0]]), 0.5, 1000,
    noise=1e-6, seed=seed)) for seed in range(3))
claim("bend_formula", np.abs([*bend.values()]).max(), at_most=1)
claim("noisy_gru_best", max(noisy.values()), at_least=70, at_most=180)
claim("noisy_gru_smallest_steps", noisy[20], at_most=2)
claim("noisy_lstm", lstm_noisy, at_least=1000)

# %% [markdown]
# 没有噪声时，数到的和公式差不到一步。有了 $10^{-6}$ 的噪声，最好的步长也只数到 121<!-- claim noisy_gru_best -->，最小的那种几乎一个也数不清；LSTM 照样数到 1000<!-- claim noisy_lstm -->。换一种设法也躲不开：读一个数的误差是 $\varepsilon$ 时，$[-1,1]$ 里最多分得清 $1/\varepsilon+1$ 个数，$H$ 个单元最多 $(1/\varepsilon+1)^H$ 种状态。所以准确的说法是：
#
# - GRU 的状态有界。误差固定时它分得清的状态只有有限种，所以没有**无界**的计数器；LSTM 的细胞状态没有界，不受这个限制；
# - 在计算机里两者都只能数到有限：float32 的加法计数器，LSTM 和 GRU 都到 $2^{24}\approx1.7\times10^7$，但 GRU 的那一个经不起噪声；
# - Weiss、Goldberg、Yahav（2018）论证的是前一条：精度有限、时间与输入长度成正比时，LSTM 和 ReLU 的简单 RNN 容易实现计数，因而严格强于 GRU 和 tanh 的简单 RNN。
#
# 如果精度无限、时间无限，连简单 RNN（分段线性的激活函数）也是图灵完备的（Siegelmann 和 Sontag，1995）；那不是计算机里的网络。

# %% [markdown]
# <a id="cell-id=7-9"></a>
# ## 7.9 训练出来的，数得多远
#
# 存在一组权重，不等于训练能找到它。让 LSTM(8) 和 GRU(8) 学 $n=1$ 到 32 的 $a^nb^n$，每读一个 b，就问一次“到这里完整了吗”。然后考 $n=33,34,\dots,256$，看它们从哪里开始出错。两种单元用同样的数据、步数和学习率，没有为哪一种单独调过。
#
# 现场只训练一个种子、2000 步；完整的是录下来的 10 个种子、8000 步，用 `python -m rnnbook.recipes run anbn` 可以重跑。

# %% tags=["training"]
recipe = recipes.import_recipe("anbn")
short = recipe.SETTINGS | {"updates": 2000, "every": 1000}
models, learnt = {}, {}
for cell in ("lstm", "gru"):
    keras.utils.set_random_seed(0)
    models[cell] = recipe.build(short, cell)
    for loss in recipe.train(models[cell], short):
        right = recipe.judge(models[cell], cell, 256)
        learnt[cell] = right[:32].sum()
        print(f"{cell:4s} loss {loss:.4f}: {learnt[cell]} of 32 lengths",
              f"right, the first error at n = {furthest(right) + 1}")
claim("live_lstm_learnt", learnt["lstm"], at_least=30)
claim("live_gru_learnt", learnt["gru"], at_least=30)

# %% [markdown]
# 训练过的 32 个长度，LSTM 对了 32<!-- claim live_lstm_learnt --> 个，GRU 对了 31<!-- claim live_gru_learnt --> 个；第一个错的 $n$ 打印在上面。看看它们的状态，读 $a^{100}b^{100}$，约是训练时最长的三倍。

# %% name="trained_states" tags=["training"]
n, string = 100, np.eye(2)[[0] * 100 + [1] * 100]
fig, axes = plt.subplots(1, 2, figsize=(10, 3.4))
kind, weights = weights_of(models["lstm"].layers[0])
h = c = np.zeros((1, 8))
cells = []
for x in string:
    h, c = lstm_step(x[None], h, c, *weights)
    cells.append(c[0])
_, weights = weights_of(models["gru"].layers[0])
states, _ = gru_scan(string[None], np.zeros((1, 8)), *weights)
axes[0].plot(cells, color=BLUE, linewidth=1.2)
axes[1].plot(states[0], color=VERMILION, linewidth=1.2)
axes[0].set(title="LSTM: a cell climbs on and on", ylabel="cell states c")
axes[1].set(title="GRU: the states flatten out", ylabel="states h")
for ax in axes:
    ax.axvspan(0, 32, color=GREY, alpha=0.15)
    ax.set(xlabel="symbols read (grey: as many a's as in training)")
plt.show()
moves = np.abs(np.diff(states[0], axis=0)).max(axis=1)
claim("trained_cell", np.abs(cells).max(), at_least=35)
claim("flattened", moves[80:99].max() / moves[5:32].max(), at_most=0.045)

# %% tags=["training"]
cells = np.array(cells)
highest = np.abs(cells).max(axis=0).argmax()
speed = np.abs(np.diff(cells[:, highest]))
up, down = speed[40:90].mean(), speed[110:150].mean()
claim("up_per_a", up, at_least=0.4, at_most=0.725)
claim("down_per_b", down, at_least=0.25, at_most=1.4)
claim("steps_differ", abs(down / up - 1), at_least=0.03)

# %% [markdown]
# LSTM 有一个细胞状态直直地爬到 69<!-- claim trained_cell -->，再直直地下来，它自己找到了“往上数、往下数”的办法。GRU 的状态出不了 ±1，读到第 80 到 100 个 a，走得最快的单元一步只走训练范围里最快一步的 2%<!-- claim flattened -->，曲线几乎平了。
#
# 但 LSTM 找到的不是精确的计数器。每个 a 让它走 0.71<!-- claim up_per_a -->，每个 b 让它往回走 0.82<!-- claim down_per_b -->。两个数不相等，短的字符串看不出来，长了就对不齐。
#
# 再看训练好的 GRU 怎样用它的门（[第 06 章](06_lstm.ipynb)看过 LSTM 的）。单元按更新门的平均开度排列。

# %% name="gru_gates" tags=["training"]
W_t, U_t, b_t = weights
before = np.vstack([np.zeros((1, 8)), states[0, :-1]])
gate_z, gate_r = (sigmoid(string @ W_t[:, k:k + 8] + b_t[:, k:k + 8].sum(0)
                          + before @ U_t[:, k:k + 8]) for k in (0, 8))
openness = gate_z[5:32].mean(axis=0)
order = np.argsort(-openness)
fig, axes = plt.subplots(2, 1, figsize=(8, 3.2), sharex=True)
for ax, gate, name in zip(axes, (gate_z, gate_r), ("update $z_t$",
                                                   "reset $r_t$")):
    ax.imshow(gate[:, order].T, aspect="auto", vmin=0, vmax=1, cmap="Blues")
    ax.axvline(99.5, color=VERMILION)
    ax.set(ylabel=f"{name}\n8 units", yticks=[])
    ax.grid(False)
axes[0].set_title("Some units keep their state (z near 1), others are "
                  "rewritten at every step", fontsize=10)
axes[1].set_xlabel("symbols read: 100 a's, then 100 b's (white 0, blue 1)")
plt.show()
slow, fast = openness > 0.8, openness < 0.3
claim("most_kept", openness.max(), at_least=0.945)
claim("most_rewritten", openness.min(), at_most=0.15)
claim("reset_of_slow", gate_r[5:32, slow].mean(), at_least=0.88)
claim("reset_of_fast", gate_r[5:32, fast].mean(), at_most=0.6)
claim("reset_gap", gate_r[5:32, slow].mean() - gate_r[5:32, fast].mean(),
      at_least=0.1)

# %% [markdown]
# 单元各不相同。更新门开得最多的平均开 0.96<!-- claim most_kept -->，开得最少的 0.00<!-- claim most_rewritten -->，也有在中间的。开 0.8 以上的那些，重置门也开着（平均 0.97<!-- claim reset_of_slow -->），状态一点点爬，像 [7.8 节](#cell-id=7-8)的小步计数器，只是步子大得多；不到 0.3 的那些几乎每步重写，重置门平均开 0.35<!-- claim reset_of_fast -->（换几组种子，有的过半，但都比前一类小），主要跟着刚读的字母变。这只是一个种子，别的种子里两头各有几个会变。下面是录下来的 10 个种子。

# %% name="reach"
sweep = recipes.load("anbn")
last = sweep.log[sweep.log.updates == sweep.settings["settings"]["updates"]]
reaches = {cell: np.sort(last[last.cell == cell].furthest)
           for cell in ("lstm", "gru")}
for row, (cell, colour, marker) in enumerate(
        (("gru", VERMILION, "s"), ("lstm", BLUE, "o"))):
    plt.plot(reaches[cell], np.full(10, row), marker, color=colour,
             alpha=0.6)
    plt.plot(np.median(reaches[cell]), row, "|", color="black",
             markersize=28, markeredgewidth=2)
plt.axvline(32, color=GREY, linestyle="--")
plt.text(32.3, 0.5, "longest in training", color=GREY, va="center")
plt.yticks([0, 1], ["GRU", "LSTM"])
plt.gcf().set_figheight(2.4)
plt.ylim(-0.5, 1.5)
plt.xlabel("counts right up to n (10 random seeds; bar: median)")
plt.title("Both learn the training lengths; neither learns to count")
plt.show()

# %%
print({cell: values.tolist() for cell, values in reaches.items()})
for cell, values in reaches.items():
    claim(f"trained_{cell}_reach", np.median(values),
          at_least=33, at_most=50)
    claim(f"furthest_{cell}", values.max(), at_least=40, at_most=63)
claim("learnt_training_lengths",
      min(values.min() for values in reaches.values()), at_least=32)

# %% [markdown]
# 20 次训练都学会了 $n\le32$，没有一次数到 64，训练长度的两倍。LSTM 的中位数是 43<!-- claim trained_lstm_reach -->，GRU 的是 38<!-- claim trained_gru_reach -->，差得不多；单次最远的反而是一个 GRU，数到 62<!-- claim furthest_gru -->，LSTM 最远到 50<!-- claim furthest_lstm -->。两种单元都**存在**数到 1000 的权重（[7.7](#cell-id=7-7)、[7.8 节](#cell-id=7-8)），这样的训练都没有找到，找到的是“在见过的长度上够用”的近似。
#
# Gers 和 Schmidhuber（2001）报告 LSTM 学会了 $a^nb^n$ 和 $a^nb^nc^n$；Weiss 等（2018）报告 LSTM 学会使用计数机制，外推到训练之外，而 GRU 没有。**存在、能学到、这一次学到了，是三件事。**

# %% [markdown]
# <a id="cell-id=7-10"></a>
# ## 7.10 参数与时间：量一次
#
# 每一组权重是一个 $W$、一个 $U$ 和偏置。LSTM 有四组，GRU 三组，MGU 两组，简单 RNN 一组。参数是 4 : 3 : 2 : 1（GRU 多一行偏置，略多于 3），时间呢？
#
# 讲义说 GRU“计算更快”“提高了训练效率”。量的时候要公平，同样的单元数、批的大小和长度，四种层轮流各跑一步，一共 31 圈，这样机器忽快忽慢时大家一起受影响；最后比较中位数。

# %%
makers = {"SimpleRNN": lambda: layers.SimpleRNN(64),
          "MGU": lambda: layers.RNN(MinimalGatedCell(64)),
          "GRU": lambda: layers.GRU(64), "LSTM": lambda: layers.LSTM(64)}
batch = rng.standard_normal((32, 50, 32)).astype("float32")
goal = rng.standard_normal((32, 1)).astype("float32")
nets, sizes = {}, {}
for name, make in makers.items():
    nets[name] = keras.Sequential(
        [keras.Input((50, 32)), make(), layers.Dense(1)])
    nets[name].compile("adam", "mse", jit_compile=False)
    nets[name].train_on_batch(batch, goal)  # the first call compiles
    sizes[name] = nets[name].layers[0].count_params()
ratios = {name: size / sizes["SimpleRNN"] for name, size in sizes.items()}
print({name: round(ratio, 2) for name, ratio in ratios.items()})
claim("lstm_parameters_ratio", ratios["LSTM"], close_to=4, tol=0.001)
claim("gru_parameters_ratio", ratios["GRU"], close_to=3, tol=0.1)
claim("mgu_parameters_ratio", ratios["MGU"], close_to=2, tol=0.001)
claim("gru_share", sizes["GRU"] / sizes["LSTM"], close_to=0.758, tol=0.001)

# %% name="timing" tags=["timing"]
rounds = {name: [] for name in nets}
for _ in range(31):
    for name, net in nets.items():
        start = time.perf_counter()
        net.train_on_batch(batch, goal)
        rounds[name].append(time.perf_counter() - start)
for name, seconds in rounds.items():
    per_step = np.array(seconds) * 1000
    print(f"{name:10s} {np.median(per_step):6.1f} ms a step, rounds from",
          f"{per_step.min():.1f} to {per_step.max():.1f}")
each = np.array(rounds["GRU"]) / np.array(rounds["LSTM"])
ratio = np.median(rounds["GRU"]) / np.median(rounds["LSTM"])
print("your guess:", guess, "%  measured:", f"{ratio:.0%}")
print(f"single rounds: from {each.min():.2f} to {each.max():.2f}")
claim("gru_over_lstm_time", ratio, at_least=0.2, at_most=5)
claim("rnn_over_lstm_time", np.median(rounds["SimpleRNN"])
      / np.median(rounds["LSTM"]), at_least=0.15, at_most=2)

# %% [markdown]
# 存下这些输出的那台机器上，这一次 GRU 的一步是 LSTM 的 99%<!-- claim gru_over_lstm_time -->，参数却是 76%<!-- claim gru_share -->；简单 RNN 的参数是 LSTM 的四分之一，时间却是 49%<!-- claim rnn_over_lstm_time -->。单独看每一圈，比值上下差得更多，上面打印了出来。只量一次就下结论，什么结论都可能得到。
#
# 时间不只花在乘法上，每一步还有固定的开销，所以从参数之比推不出时间之比。这也只是一台 CPU、一种尺寸、一种实现的结果；换成 GPU、换个尺寸，比值会变。

# %%
wider = next(units for units in range(64, 128)
             if 3 * units * (32 + units + 2) > sizes["LSTM"]) - 1
claim("gru_units_of_equal_size", wider, close_to=75, tol=0)

# %% [markdown]
# 参数省下来可以换单元：LSTM(64) 的预算够一个 GRU(75<!-- claim gru_units_of_equal_size -->)。比较两种单元谁更好，要么同参数，要么同时间，要说清楚是哪一种。

# %% [markdown]
# <a id="cell-id=7-11"></a>
# ## 7.11 该选哪一个
#
# 老实的回答是没有普遍的赢家。证据有这些：
#
# - Chung 等（2014）在语音上，两种门控单元明显好过 tanh 单元；在复调音乐上三者接近；GRU 与 LSTM 相当；
# - Jozefowicz、Zaremba、Sutskever（2015）试了一万多种结构，有的在部分任务上好过两者，没有一种全面胜出；把 LSTM 遗忘门的偏置设为 1，它和 GRU 的差距就没有了；
# - Greff 等（2017）比较 LSTM 的八种变体，没有一种显著好过标准的；把输入门和遗忘门耦合起来（GRU 的第一次合并）也不显著变差；
# - 本章里，GRU 参数少四分之一，时间要自己量；要数数，两者都能手工设出来，GRU 的状态有界，步子小，怕噪声。真实任务上的一次比较在[第 08 章](08_deep_bidirectional.ipynb)的中文词性标注里。
#
# 所以，先用手边框架支持得最好的那一种，把门的偏置设好，用同样的预算各跑几个种子，让验证集来决定。

# %% [markdown]
# ## 小结
#
# 你**手算**了一步 GRU，两种写法都和 Keras 对到 $10^{-6}$；在论文、Keras、PyTorch 之间**换算**了权重；用两个手工设的计数器和一行证明，**判断**了 LSTM 与 GRU 各能数什么。
#
# | 名称 | 公式 | 一组权重的个数 |
# |---|---|---|
# | LSTM | $c_t=f\odot c_{t-1}+i\odot g,\;\;h_t=o\odot\tanh(c_t)$ | 4 |
# | GRU，Keras 默认 | $h_t=z\odot h_{t-1}+(1-z)\odot\tanh(xW_g+b_g+r\odot(hU_g+b'_g))$ | 3 |
# | GRU，`reset_after=False` | $h_t=z\odot h_{t-1}+(1-z)\odot\tanh(xW_g+(r\odot h)U_g+b_g)$ | 3 |
# | MGU | $h_t=(1-f)\odot h_{t-1}+f\odot\tanh(xW_g+(f\odot h)U_g+b_g)$ | 2 |
# | 换 $z$ 的约定 | $1-\sigma(a)=\sigma(-a)$：$z$ 的权重取负 | – |
# | GRU 有界 | $\lvert h_t\rvert\le\max(\lvert h_{t-1}\rvert,1)$ | – |
# | GRU 的小步计数器 | $h_t=\frac12h_{t-1}+\frac12\tanh(h_{t-1}\pm2d)\approx h_{t-1}\pm d$ | – |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E22 “GRU 计算更快，提高了训练效率”
#
# 少的是参数和乘法，不等于时间。时间要量，而且要量好几圈，[7.10 节](#cell-id=7-10)就是这样做的。那 31 圈里，GRU 有几圈比 LSTM 快？

# %% tags=["timing"]
print("GRU faster than LSTM in", (each < 1).sum(), "of", len(each), "rounds")

# %% [markdown]
# ### E30 “h=(1−z)h+zn 和 h=zh+(1−z)n 总有一个写错了”
#
# 都对，$z$ 的含义相反（S0 用前一个，S3 用后一个）。错的是拿一家的权重放进另一家的公式。一个标量就能看清：

# %%
a, old, new = 1.5, 0.2, -0.7
keep, write = sigmoid(a), sigmoid(-a)
print(round(keep * old + (1 - keep) * new, 6),
      round((1 - write) * old + write * new, 6),  # z negated: the same
      round((1 - keep) * old + keep * new, 6))    # not negated: another
assert np.isclose(keep * old + (1 - keep) * new,
                  (1 - write) * old + write * new)

# %% [markdown]
# ### E31 “重置门放在矩阵乘前后都一样，偏置放哪里都行”
#
# $r$ 是向量时，$r\odot(hU)$ 与 $(r\odot h)U$ 不同；偏置在不在括号里也不同。[7.4 节](#cell-id=7-4)量出的差是 0.21<!-- claim reset_before --> 和 0.22<!-- claim bias_outside -->，参数个数也因此是 1248<!-- claim parameters_after --> 和 1200<!-- claim parameters_before -->。

# %%
r, h = np.array([1.0, 0.0]), np.array([1.0, 1.0])
U_g = np.array([[1.0, 2.0], [3.0, 4.0]])
print("after:", r * (h @ U_g), " before:", (r * h) @ U_g)
assert not np.allclose(r * (h @ U_g), (r * h) @ U_g)

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示：

# %%
hint("gru.hand_step")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 接着 [7.2 节](#cell-id=7-2)的网络（Keras 默认的写法，偏置只有 $b'_g=(0,\,1)$）：$x_2=(1,\;-2)$，$h_1=(0.6,\,-0.6)$（取整了，好算）。求 $h_2$，形状 (1, 2)，精确到小数点后两位。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-1)<!-- twin -->

# %%
h2 = ...

# %%
check("gru.hand_step", h2)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 写一个函数，给出特征数、单元数和 `reset_after`，返回 GRU（带偏置）的参数个数。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units, reset_after):
    ...

# %%
check("gru.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 换一种 z
#
# 有人按 Chung 的公式（$z$ 乘新状态）训练了一个 GRU，权重按 Keras 的样子存着：`W` (D, 3H)、`U` (H, 3H)、`b` (2, 3H)，次序 z、r、g。写一个函数，返回能直接放进 Keras 的 `(W, U, b)`。不要改动传进来的数组，也不要用 `negate_z`。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def chung_to_keras(W, U, b):
    ...

# %%
check("gru.chung_to_keras", chung_to_keras)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 更简的单元
#
# 把 MGU 的重置也去掉：$f_t=\sigma(x_tW_f+h_{t-1}U_f+b_f)$，$g_t=\tanh(x_tW_g+h_{t-1}U_g+b_g)$，$h_t=(1-f_t)\odot h_{t-1}+f_t\odot g_t$。权重并排放着，次序 f、g：`W` (D, 2H)、`U` (H, 2H)、`b` (2H,)。写出一步，返回 (B, H)。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def one_gate_step(x, h, W, U, b):
    ...

# %%
check("gru.one_gate_step", one_gate_step)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆☆ 括号配对
#
# 只有一种括号的字符串，配对正确是指左右一样多，而且任何时候右括号都不比左括号多。手工设一个 **2 个单元**的 LSTM 来判断。输入是独热的，第 0 个特征是 `(`，第 1 个是 `)`。规则固定：读完后 $|h_0|<0.5$ 而且 $h_1<0.5$ 就接受。返回 `(W, U, b)`，形状 (2, 8)、(2, 8)、(8,)，次序 i、f、g、o。检查时会拿长度 12 以内的所有字符串和几个长的来考它。
#
# 要算清的两点和 [7.7 节](#cell-id=7-7)一样：单元 1 只能经过 $U$ 看到计数，晚一步；看到的是上一步的 $h_0=\tanh(c_0)$，计数为 −1、0、1 时是 −0.76、0、0.76，由此定出需要多大的权重。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def bracket_weights():
    ...

# %%
check("gru.bracket_weights", bracket_weights)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 这组权重是哪一家的
#
# 你拿到一组权重（`W` (D, 3H)、`U` (H, 3H)、`b` (3H,)，行向量，次序 z、r、g，只有一个偏置，加在输入一边）、一串输入 `xs` (T, D)（T > 1）和原来的网络从 $h_0=0$ 读完后的状态 `last` (H,)。写一个函数，返回 `(z, reset)`：`z` 是 `"old"` 或 `"new"`（$z$ 乘旧的还是新的），`reset` 是 `"before"` 或 `"after"`（重置在乘 $U$ 之前还是之后）。
#
# [解答](solutions/07_gru.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def find_convention(xs, last, W, U, b):
    ...

# %%
check("gru.find_convention", find_convention)

# %% [markdown]
# ## 延伸阅读
#
# - Cho, K., van Merriënboer, B., Gulcehre, C. 等 (2014). Learning phrase representations using RNN encoder–decoder for statistical machine translation. [arXiv:1406.1078](https://arxiv.org/abs/1406.1078)。GRU 的出处；对照 v1 和 v3 的公式，看重置门怎样换了位置。
# - Chung, J., Gulcehre, C., Cho, K., Bengio, Y. (2014). Empirical evaluation of gated recurrent neural networks on sequence modeling. [arXiv:1412.3555](https://arxiv.org/abs/1412.3555)。第一次正面比较；先看表，再看摘要。
# - Zhou, G.-B., Wu, J., Zhang, C.-L., Zhou, Z.-H. (2016). Minimal gated unit for recurrent neural networks. [arXiv:1603.09420](https://arxiv.org/abs/1603.09420)。只剩一个门还剩多少本事。
# - Weiss, G., Goldberg, Y., Yahav, E. (2018). On the practical computational power of finite precision RNNs for language recognition. ACL 2018, P18-2117, [arXiv:1805.04908](https://arxiv.org/abs/1805.04908)。[7.7](#cell-id=7-7) 到 [7.9 节](#cell-id=7-9)的论证和图；注意它怎样定“有限精度”。
# - Gers, F. A., Schmidhuber, J. (2001). LSTM recurrent networks learn simple context-free and context-sensitive languages. *IEEE Transactions on Neural Networks* 12(6), 1333–1340. [doi:10.1109/72.963769](https://doi.org/10.1109/72.963769)。训练出来的计数器，连 $a^nb^nc^n$ 也行。
# - Siegelmann, H. T., Sontag, E. D. (1995). On the computational power of neural nets. *Journal of Computer and System Sciences* 50(1), 132–150. [doi:10.1006/jcss.1995.1013](https://doi.org/10.1006/jcss.1995.1013)。精度无限时的图灵完备；读它怎样把一个栈存进一个数里。
# - Jozefowicz, R., Zaremba, W., Sutskever, I. (2015). An empirical exploration of recurrent network architectures. ICML 2015, *PMLR* 37, 2342–2350。一万多种结构，和一个偏置的故事。
# - Greff, K., Srivastava, R. K., Koutník, J., Steunebrink, B. R., Schmidhuber, J. (2017). LSTM: a search space odyssey. [arXiv:1503.04069](https://arxiv.org/abs/1503.04069)。哪些零件拆得掉，哪些拆不掉。
# - Tallec, C., Ollivier, Y. (2018). Can recurrent neural networks warp time? [arXiv:1804.11188](https://arxiv.org/abs/1804.11188)。门的偏置与时间尺度。
#
# [← 06 长短期记忆网络](06_lstm.ipynb) · [目录](index.md) · [解答](solutions/07_gru.ipynb) · [08 双向、堆叠与残差 →](08_deep_bidirectional.ipynb)<!-- nav -->
