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
# # 第 03 章 随时间反向传播
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/03_bptt.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/03_bptt.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/03_bptt.ipynb)<!-- badges -->
#
# [← 02 循环神经网络：从公式到代码](02_rnn_forward.ipynb) · [目录](index.md) · [解答](solutions/03_bptt.ipynb) · [04 梯度消失与爆炸 →](04_vanishing_gradients.ipynb)<!-- nav -->
#
# 读完这一章，你会手算过循环网络的梯度，写出它的矩阵版本并检验它，还会知道把梯度截断以后，哪些事没有梯度来教。
#
# | | |
# |---|---|
# | **你将会** | **手算**三步网络的梯度；**写出**反向传播并用有限差分和自动微分检验；**判断**截断的窗口教得会什么 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的公式和形状；链式法则；NumPy |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 80 分钟，运行约 63 s<!-- seconds --> |

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
import tracemalloc

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import GREY, PALETTE, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一条由 0 和 1 组成的随机序列，网络每读一个，要答出 **5 步以前**那一个。瞎猜对一半。训练时，状态从头到尾一直带着，但是每读 **4 步**就更新一次权重，误差也只往回传这 4 步。
#
# 训练 2000 次以后，它答对的比例是多少？如果循环权重根本不训练，一直是随机的，只训练输出层呢？写下两个数，[3.8 节](#cell-id=3-8)用测量来回答。

# %%
guess = None  # your guesses, e.g. (0.7, 0.5)

# %% [markdown]
# <a id="cell-id=3-1"></a>
# ## 3.1 一个单元、三步：手算梯度
#
# 训练要知道，把权重挪动一点点，损失变多少。先把网络缩到最小，只有一个输入、一个隐藏单元、三步，每一步都有损失。
#
# $$a_t=w\,x_t+u\,h_{t-1},\qquad h_t=\tanh(a_t),\qquad L_t=\tfrac12(h_t-y_t)^2,\qquad L=L_1+L_2+L_3$$
#
# $y_t$ 是第 $t$ 步的目标。取 $w=1,\;u=1,\;h_0=0$，输入 $x=(1,0,0)$，目标 $y=(0,0,1)$。

# %%
w, u = 1.0, 1.0
x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])

def forward(w, u):
    h = [0.0]  # h[t] is h_t, so h[0] is the initial state
    for t in range(3):
        h.append(np.tanh(w * x[t] + u * h[t]))
    return np.array(h)

def loss(w, u):
    return 0.5 * np.sum((forward(w, u)[1:] - y) ** 2)

# %% [markdown]
# 前向是 $h_1=\tanh(1)=0.762$，$h_2=\tanh(0.762)=0.642$，$h_3=\tanh(0.642)=0.566$。
#
# 损失对状态的导数有两种，全章都靠把它们分清楚。
#
# - **直接偏导数 (immediate derivative)** $\dfrac{\partial L_t}{\partial h_t}$ 只看第 $t$ 步自己的损失，这里就是 $h_t-y_t$，三个数依次是 $0.762,\;0.642,\;-0.434$；
# - **全导数 (total derivative)** $\delta_t=\dfrac{\mathrm dL}{\mathrm dh_t}$ 是把 $h_t$ 挪动一点点，**整个** $L$ 变多少。$h_t$ 除了影响 $L_t$，还经过 $h_{t+1}$ 影响后面的每一个损失。
#
# 最后一步后面没有别的步，所以两种导数相等；往前，每退一步多接收一份从后面传回来的：
#
# $$\delta_3=h_3-y_3,\qquad \delta_t=\underbrace{(h_t-y_t)}_{\text{直接}}+\underbrace{u\,\alpha_{t+1}}_{\text{从后面传回}},\qquad \alpha_t=\frac{\mathrm dL}{\mathrm da_t}=\delta_t\,(1-h_t^2)$$
#
# $1-h_t^2$ 是 $\tanh$ 的斜率。$\alpha_t$ 说的是激活之前的 $a_t$，权重就在 $a_t$ 里。
#
# 反向从右往左填这张表。
#
# | | $t=3$ | $t=2$ | $t=1$ |
# |---|---|---|---|
# | $h_t-y_t$ | $-0.434$ | $0.642$ | $0.762$ |
# | $\delta_t$ | $-0.434$ | $0.642-0.295=0.347$ | $0.762+0.204=0.966$ |
# | $1-h_t^2$ | $0.679$ | $0.588$ | $0.420$ |
# | $\alpha_t$ | $-0.295$ | $0.204$ | $0.406$ |
#
# 三步用的是同一个 $u$。第 $t$ 步用到它的地方是 $u\,h_{t-1}$，各贡献一份梯度 $\alpha_t\,h_{t-1}$，再相加：
#
# $$\frac{\mathrm dL}{\mathrm du}=\sum_{t=1}^{3}\alpha_t\,h_{t-1}=0.406\times0+0.204\times0.762-0.295\times0.642=-0.034$$
#
# 同理 $\dfrac{\mathrm dL}{\mathrm dw}=\sum_t\alpha_t\,x_t=0.406$。从最后一步往回走，逐步传导数、累加权重的梯度，这叫**随时间反向传播 (backpropagation through time)**，简称 BPTT。写成循环：

# %% name="hand"
h = forward(w, u)
delta, du, dw = np.zeros(4), 0.0, 0.0
later = 0.0  # what h_t receives from the steps after it
for t in (3, 2, 1):
    # delta_t = (h_t - y_t) + u alpha_{t+1}
    delta[t] = (h[t] - y[t - 1]) + later
    # alpha_t = delta_t (1 - h_t^2)
    alpha = delta[t] * (1 - h[t] ** 2)
    # dL/du = sum of alpha_t h_{t-1},  dL/dw = sum of alpha_t x_t
    du, dw = du + alpha * h[t - 1], dw + alpha * x[t - 1]
    later = u * alpha
print("delta", delta[1:].round(3), " du", du.round(3), " dw", dw.round(3))
claim("hand_equals_loop", np.abs(delta[1:] - [0.966, 0.347, -0.434]).max(),
      at_most=6e-4)

# %% [markdown]
# 和表里的三个 $\delta_t$ 一致。它就是展开图上的普通反向传播，只是每一步共享同一个 $u$，要把各步的份额加起来。
#
# 手算和代码可能犯同一个错误，所以还要用一个完全不同的算法来检验。

# %% [markdown]
# <a id="cell-id=3-2"></a>
# ## 3.2 用有限差分检验
#
# 导数的定义就是“挪动一点点，变了多少”。那就真的挪一挪，往两边各挪 $\varepsilon$，叫**中心差分 (central difference)**：
#
# $$\frac{\mathrm dL}{\mathrm du}\approx\frac{L(u+\varepsilon)-L(u-\varepsilon)}{2\varepsilon}$$
#
# 它不需要链式法则，只需要前向计算，所以反向写错了它也不会跟着错。比较两个梯度用**相对误差 (relative error)**，即差的长度除以较长的那个的长度，$\lVert a-b\rVert/\max(\lVert a\rVert,\lVert b\rVert)$。

# %% name="scalar_check"
from rnnbook.gradients.gradcheck import relative_error

eps = 1e-6
numeric_du = (loss(w, u + eps) - loss(w, u - eps)) / (2 * eps)
numeric_dw = (loss(w + eps, u) - loss(w - eps, u)) / (2 * eps)
print("numeric: du", round(numeric_du, 3), " dw", round(numeric_dw, 3))
claim("scalar_du", du, close_to=-0.034, tol=5e-4)
claim("scalar_error",
      relative_error([du, dw], [numeric_du, numeric_dw]), at_most=1e-7)

# %% [markdown]
# 手算的 -0.034<!-- claim scalar_du --> 得到了证实，相对误差在 $10^{-7}$ 以内。
#
# $\varepsilon$ 该取多大？太大，直线近似不准，误差与 $\varepsilon^2$ 成正比；太小，两个几乎相等的数相减，只剩舍入误差，与 $1/\varepsilon$ 成正比。

# %%
def loss_of_u(u, dtype):
    x_, y_, w_, u = (np.asarray(v, dtype) for v in (x, y, w, u))
    h = total = np.zeros((), dtype)
    for t in range(3):
        h = np.tanh(w_ * x_[t] + u * h)
        total = total + (h - y_[t]) ** 2 / 2
    return float(total)

# %% name="step_size"
sizes = np.logspace(-12, -1, 45)
for dtype, style in (("float64", "-"), ("float32", "--")):
    numeric = np.array([(loss_of_u(u + n, dtype) - loss_of_u(u - n, dtype))
                        / (2 * n) for n in sizes])
    error = np.abs(numeric / du - 1)
    plt.loglog(sizes, error, style, label=dtype)
    claim(f"best_error_{dtype}", error.min(),
          **({"at_most": 1e-9} if dtype == "float64" else
             {"at_least": 1e-5, "at_most": 1e-3}))
plt.title("The best central difference: below 1e-9 in float64 only")
plt.xlabel(r"step $\varepsilon$")
plt.ylabel("relative error of du")
plt.legend()
plt.show()

# %% [markdown]
# 两条曲线大致都是 V 形。float64 在 $10^{-6}$ 附近最准，误差不到 $10^{-9}$；float32 最好也有 6e-05<!-- claim best_error_float32 -->。所以检查梯度用 float64，库函数 `central_differences` 默认 $\varepsilon=10^{-6}$。

# %% [markdown]
# <a id="cell-id=3-3"></a>
# ## 3.3 两种导数，四种读法
#
# S0 的讲义写
#
# $$\frac{\partial L}{\partial W_{hh}}=\sum_{t=1}^{T}\frac{\partial L_t}{\partial h_t}\frac{\partial h_t}{\partial W_{hh}}$$
#
# 对不对，要看两个分式各读成哪一种导数。下图左边，$h_2$ 只收到 $L_2$ 的梯度；右边，$h_2$ 还收到 $L_3$ 和 $L_4$ 的。

# %% name="two_derivatives"
from rnnbook.gradients import paths

paths.immediate_and_total()
plt.show()

# %% [markdown]
# 第二个分式同样有两种读法。$h_t=\tanh(w x_t+u h_{t-1})$ 里，直接看得见的 $u$ 只有一个，直接偏导数是 $(1-h_t^2)\,h_{t-1}$；但 $h_{t-1}$ 里也有 $u$，全导数 $q_t=\dfrac{\mathrm dh_t}{\mathrm du}$ 要把它也算上，从前往后递推：
#
# $$q_0=0,\qquad q_t=(1-h_t^2)\,(h_{t-1}+u\,q_{t-1})$$
#
# 两乘两，共四种读法，用有限差分来判断。

# %% name="readings"
slope = 1 - h[1:] ** 2
direct_L, total_L = h[1:] - y, delta[1:]  # dL_t/dh_t, dL/dh_t
direct_h, total_h, q = slope * h[:-1], [], 0.0  # dh_t/du
for t in range(3):
    q = slope[t] * (h[t] + u * q)
    total_h.append(q)
for one, left in (("immediate", direct_L), ("total    ", total_L)):
    for two, right in (("immediate", direct_h), ("total    ", total_h)):
        print(f"loss {one}  state {two}  du = {left @ right:6.3f}")
print("finite differences                du =", f"{numeric_du:6.3f}")
claim("both_immediate", direct_L @ direct_h, close_to=0.098, tol=5e-4)
claim("both_total", total_L @ np.array(total_h), close_to=-0.166, tol=5e-4)
claim("forward_error", abs(direct_L @ np.array(total_h) / numeric_du - 1),
      at_most=1e-7)

# %% [markdown]
# 恰好有一个是全导数，才对。
#
# - 损失取全导数、状态取直接偏导数，就是 BPTT，从后往前算；
# - 损失取直接偏导数、状态取全导数，也对，从前往后算，叫**实时循环学习 (real-time recurrent learning)**，简称 RTRL（Robinson 与 Fallside，1987；Williams 与 Zipser，1989）。它不必留住过去，但要为每个权重带着一个 $q_t$，H 个单元就有 $H\times H\times H$ 个数；
# - 两个都取直接偏导数，得到 0.098<!-- claim both_immediate -->，连正负号都反了；
# - 两个都取全导数，同一条路数了不止一遍，得到 -0.166<!-- claim both_total -->。

# %% [markdown]
# <a id="cell-id=3-4"></a>
# ## 3.4 矩阵：公式与代码一行对一行
#
# 现在推广到 D 个特征、H 个单元、B 个样本，每步一个 K 类的 softmax 输出。
#
# $$a_t=x_tW+h_{t-1}U+b,\quad h_t=\tanh(a_t),\quad z_t=h_tV+c,\quad p_t=\operatorname{softmax}(z_t)$$
#
# 第 $t$ 步的损失是正确那一类的 $-\ln p$，对批求和；$L=\sum_t L_t$。

# %%
rng = np.random.default_rng(3)
B, T, D, H, K = 3, 6, 4, 5, 3
xs = rng.standard_normal((B, T, D))
targets = rng.integers(K, size=(B, T))
h0 = rng.standard_normal((B, H))
W, U, b, V, c = (rng.standard_normal(shape) / np.sqrt(shape[0]) for shape
                 in ((D, H), (H, H), (H,), (H, K), (K,)))

# %%
from rnnbook.cells import rnn_scan

def probabilities(hs, V, c):
    z = hs @ V + c
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)

def total_loss(W, U, b, V, c):
    hs, _ = rnn_scan(xs, h0, W, U, b)
    p = probabilities(hs, V, c)
    return -np.log(np.take_along_axis(p, targets[..., None], -1)).sum()

# %% [markdown]
# **输出层**。先看一个样本，正确的类是 $y$。$p_y=\exp z_y/\sum_j\exp z_j$，所以损失是
#
# $$-\ln p_y=\ln\sum_j\exp z_j-z_y,\qquad\frac{\partial(-\ln p_y)}{\partial z_i}=\frac{\exp z_i}{\sum_j\exp z_j}-[i=y]=p_i-[i=y]$$
#
# $[i=y]$ 在 $i=y$ 时是 1，否则是 0。于是 softmax 接交叉熵，对 $z_t$ 的导数就是“概率减去正确答案的独热编码”，记 $e_t=p_t-\mathbf 1_{y_t}$，形状 (B, K)。输出层没有循环，所以
#
# $$\frac{\mathrm dL}{\mathrm dV}=\sum_t h_t^\top e_t,\qquad \frac{\mathrm dL}{\mathrm dc}=\sum_t\sum_{\text{批}}e_t,\qquad \frac{\partial L_t}{\partial h_t}=e_tV^\top$$
#
# 最后一个就是直接偏导数，(B, H)，它是输出层交给循环层的全部信息。

# %%
hs, _ = rnn_scan(xs, h0, W, U, b)
# e_t = p_t - one_hot(y_t)
e = probabilities(hs, V, c) - np.eye(K)[targets]
# dL/dV = sum over t of h_t^T e_t
dV = sum(hs[:, t].T @ e[:, t] for t in range(T))
dc = e.sum((0, 1))
# immediate derivative: e_t V^T
d_hs = e @ V.T
print("d_hs", d_hs.shape, " dV", dV.shape, " dc", dc.shape)

# %% [markdown]
# **循环层退一步**。已知全导数 $\delta_t=\mathrm dL/\mathrm dh_t$，(B, H)。先穿过 $\tanh$：
#
# $$\alpha_t=\delta_t\odot(1-h_t\odot h_t)$$
#
# 再看 $a_t$ 的第 $j$ 列：$a_{t,j}=\sum_i x_{t,i}W_{ij}+\sum_i h_{t-1,i}U_{ij}+b_j$。它对 $U_{ij}$ 的导数是 $h_{t-1,i}$，所以这一步给 $U_{ij}$ 的一份是 $\sum_{\text{批}}h_{t-1,i}\,\alpha_{t,j}$，写成矩阵是 $h_{t-1}^\top\alpha_t$；它对 $h_{t-1,i}$ 的导数是 $U_{ij}$，把各列加起来，传回去的是 $\alpha_tU^\top$。同理得到其余：
#
# $$\Delta W=x_t^\top\alpha_t,\quad \Delta U=h_{t-1}^\top\alpha_t,\quad \Delta b=\sum_{\text{批}}\alpha_t,\quad \Delta x_t=\alpha_tW^\top,\quad \Delta h_{t-1}=\alpha_tU^\top$$
#
# 这里 $\Delta$ 表示这一步的一份。有两条好记：前向乘 $U$，反向就乘 $U^\top$；对一个量的梯度，形状和这个量自己一样，凭形状就能拼出 $h_{t-1}^\top\alpha_t$，(H, B) 乘 (B, H) 得 (H, H)。

# %%
from rnnbook.cells import rnn_step

def rnn_backward(x, h, W, U, b, dh):
    # d tanh(a) / da = 1 - tanh(a)^2
    da = dh * (1 - rnn_step(x, h, W, U, b) ** 2)
    return da @ W.T, da @ U.T, (x.T @ da, h.T @ da, da.sum(0))

# %% [markdown]
# `h` 是这一步之前的状态，`dh` 是这一步之后的全导数，第二个返回值是传给上一步的那一份。接着沿时间往回走：
#
# $$\delta_T=\frac{\partial L_T}{\partial h_T},\qquad \delta_t=\frac{\partial L_t}{\partial h_t}+\alpha_{t+1}U^\top\;\;(t<T),\qquad \frac{\mathrm dL}{\mathrm dU}=\sum_{t=1}^{T}h_{t-1}^\top\alpha_t$$

# %% name="matrix_bptt"
before = np.concatenate([h0[:, None], hs], axis=1)  # h_0 ... h_T
later = np.zeros((B, H))
dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
for t in reversed(range(T)):
    # delta_t = dL_t/dh_t + what the next step sends back
    delta_t = d_hs[:, t] + later
    _, later, parts = rnn_backward(
        xs[:, t], before[:, t], W, U, b, delta_t)
    # every step adds its share to the shared weights
    dW, dU, db = dW + parts[0], dU + parts[1], db + parts[2]
print("dW", dW.shape, " dU", dU.shape, " db", db.shape)

# %% [markdown]
# 五个权重都用中心差分检查，逐个元素地挪。这种检查叫**梯度检查 (gradient check)**。

# %% name="matrix_check"
from rnnbook.gradients.gradcheck import central_differences

own = [dW, dU, db, dV, dc]
weights = [W, U, b, V, c]
errors = {}
for i, name in enumerate(("W", "U", "b", "V", "c")):
    def moved(value, i=i):
        return total_loss(*weights[:i], value, *weights[i + 1:])
    numeric = central_differences(moved, weights[i])
    errors[name] = relative_error(own[i], numeric)
print({name: error < 1e-7 for name, error in errors.items()})
claim("numpy_vs_differences", max(errors.values()), at_most=1e-7)

# %% [markdown]
# 最大的相对误差是 2.3e-09<!-- claim numpy_vs_differences -->，是中心差分自己的误差的大小（[3.2 节](#cell-id=3-2)）。每个权重要前向算两遍，而 BPTT 总共只要一个来回，所以有限差分只用来验证，不用来训练。

# %% [markdown]
# <a id="cell-id=3-5"></a>
# ## 3.5 任何一种单元：bptt
#
# 上面的循环里，只有退一步那一行取决于是哪一种循环单元。把“走一步”和“退一步”打包成一个 `cell`，LSTM 和 GRU 也能用同一个循环；LSTM 的退一步在[第 06 章](06_lstm.ipynb)推导。`CELLS` 是从名称（`"rnn"`、`"lstm"`、`"gru"`）到 `cell` 的字典。状态一律写成元组，因为 LSTM 有两个。
#
# | 名称 | 收到什么 | 给出什么 |
# |---|---|---|
# | `cell.step(x, state, weights)` | 一步的输入、之前的状态、(W, U, b) | 之后的状态 |
# | `cell.backward(x, state, weights, d_state)` | 另加损失对**之后**的状态的全导数 | 损失对 x、对之前的状态、对 (W, U, b) 的导数 |
# | `Gradients` | – | `.xs` 是 (B, T, D)，`.states[t]` 是 $\delta_t$ 的元组，`.weights` 是 (dW, dU, db) |
#
# 下面的 `bptt` 有四段，依次是检查参数、往前走并存下每一步的状态、准备好零、往回走。`window` 先不管，[3.7 节](#cell-id=3-7)再讲。

# %%
from rnnbook.gradients.backprop import CELLS, Gradients

def bptt(cell, xs, state, weights, d_hs, window=None):
    cell = CELLS[cell] if isinstance(cell, str) else cell
    steps = xs.shape[1]
    if d_hs.shape[:2] != xs.shape[:2]:
        raise ValueError(f"d_hs {d_hs.shape} needs a row for "
                         f"every step of xs {xs.shape}")
    if window is not None and (not isinstance(window, int) or window < 1):
        raise ValueError("window must be an integer >= 1 or None, "
                         f"got {window!r}")
    states = [tuple(state)]
    for t in range(steps):
        states.append(cell.step(xs[:, t], states[-1], weights))
    d_state = tuple(np.zeros_like(part) for part in states[-1])
    d_states, d_xs = [d_state] * (steps + 1), [None] * steps
    d_weights = tuple(np.zeros_like(w) for w in weights)
    for t in reversed(range(steps)):
        if window and (t + 1) % window == 0:  # no gradient from beyond
            d_state = tuple(np.zeros_like(part) for part in d_state)
        # dL/dh_t = what the later steps send back + the immediate part
        d_state = (d_state[0] + d_hs[:, t], *d_state[1:])
        d_states[t + 1] = d_state
        d_xs[t], d_state, d_w = cell.backward(
            xs[:, t], states[t], weights, d_state)
        d_weights = tuple(total + part for total, part in zip(d_weights, d_w))
    d_states[0] = d_state
    return Gradients(np.stack(d_xs, axis=1), d_states, d_weights)

# %% [markdown]
# 先和上一节的循环逐项核对，再用第二种独立的办法检验，即框架的**自动微分 (automatic differentiation)**。它记下前向的每一步运算，再自动沿原路返回，在 TensorFlow 里叫 `GradientTape`。

# %%
result = bptt("rnn", xs, (h0,), (W, U, b), d_hs)
claim("bptt_equals_loop",
      max(relative_error(a, b) for a, b in
          zip(result.weights, (dW, dU, db))), at_most=1e-12)

# %% name="autodiff_check"
from rnnbook.gradients.gradcheck import autodiff

def loss_ops(h0, W, U, b, V, c):  # the same forward pass in keras.ops
    h, total = h0, 0.0
    for t in range(T):
        h = ops.tanh(ops.matmul(xs[:, t], W) + ops.matmul(h, U) + b)
        z = ops.matmul(h, V) + c
        right = ops.sum(z * np.eye(K)[targets[:, t]], axis=-1)
        total = total + ops.sum(ops.logsumexp(z, axis=-1) - right)
    return total

theirs = autodiff(loss_ops, [h0, W, U, b, V, c])
ours = [result.states[0][0], *result.weights, dV, dc]
claim("numpy_vs_autodiff", max(map(relative_error, ours, theirs)),
      at_most=1e-7)

# %% [markdown]
# 连同对 $h_0$ 的梯度，六个梯度与自动微分的相对误差最大是 1e-15<!-- claim numpy_vs_autodiff -->，比中心差分小得多，因为自动微分不是近似，它算的就是这些公式。
#
# 有限差分和自动微分是两种彼此独立的检验，两种都通过了。（Keras 的层求梯度用的是同一个自动微分，不算第三种。）从现在起，`bptt` 可以当作量具使用。

# %% [markdown]
# <a id="cell-id=3-6"></a>
# ## 3.6 梯度是一个三角形
#
# 第 $t$ 步的损失取决于第 $t$ 步和以前每一步用到的 $U$。把其中一份记作 $G_{t,s}$，损失在第 $t$ 步，$U$ 用在第 $s$ 步，$s\le t$。于是
#
# $$\frac{\mathrm dL}{\mathrm dU}=\sum_{t=1}^{T}\sum_{s=1}^{t}G_{t,s},\qquad G_{t,s}=h_{s-1}^\top\Bigl[\Bigl(\frac{\partial L_t}{\partial h_t}\,\frac{\partial h_t}{\partial h_{t-1}}\cdots\frac{\partial h_{s+1}}{\partial h_s}\Bigr)\odot(1-h_s\odot h_s)\Bigr]$$
#
# 圆括号里从左往右，一步一步退回到第 $s$ 步，每个因子 $\partial h_t/\partial h_{t-1}$ 就是“乘斜率，再乘 $U^\top$”。括号里是 (B, H)，一行一个样本，左边乘 $h_{s-1}^\top$ 时对批求和。所有的 $G_{t,s}$ 排成一个下三角。用一个 12 步的网络把它量出来，同时量三种“省事”的做法各留下三角的哪一部分。`new_network` 给出循环权重（$U$ 是随机的正交矩阵），`paths.contributions` 逐格算出 $G_{t,s}$。

# %%
from rnnbook.gradients.recall import new_network

rng = np.random.default_rng(36)
T, H = 12, 16
start = (rng.standard_normal((8, H)),)
xs = rng.standard_normal((8, T, 4))
W, U, b = new_network(H, 3)[:3]
weights = (rng.standard_normal((4, H)) / 4, U, b)
d_hs = rng.standard_normal((8, T, H))  # a loss at every step
last_only = d_hs * (np.arange(T) == T - 1)[:, None]
cases = {"full BPTT": (d_hs, None), "last loss only": (last_only, None),
         "immediate only": (d_hs, 1), "window 4": (d_hs, 4)}
parts = {name: paths.contributions("rnn", xs, start, weights, *case)
         for name, case in cases.items()}

# %% name="triangle"
fig, axes = plt.subplots(1, 4, figsize=(11, 3.3), sharey=True)
for ax, (name, part) in zip(axes, parts.items()):
    size = np.linalg.norm(part, axis=(2, 3))
    image = ax.imshow(np.ma.masked_equal(size, 0), vmin=0,
                      vmax=np.linalg.norm(parts["full BPTT"],
                                          axis=(2, 3)).max())
    ax.set(title=name, xlabel="step s of U",
           xticks=range(0, T, 4), xticklabels=range(1, T + 1, 4),
           yticks=range(0, T, 4), yticklabels=range(1, T + 1, 4))
    ax.grid(False)
    ax.set_facecolor("#F0F0F0")
axes[0].set_ylabel("step t of the loss")
fig.colorbar(image, ax=axes, label="norm of the share")
fig.suptitle("dL/dU sums a whole triangle; every shortcut drops a part",
             x=0.01, ha="left", fontweight="bold", fontsize=14)
plt.show()

# %% [markdown]
# 每一格是一个 $G_{t,s}$ 的大小，灰色是没有。第一幅是完整的下三角。在这个网络里，离对角线越远，连乘的因子越多，颜色大致越暗，这是[第 04 章](04_vanishing_gradients.ipynb)的主题。（整个梯度是这些份额的**和**，不是 $U$ 的某个幂。）第二幅只留最后一行，第三幅只留对角线，第四幅留下沿对角线排开的三个小三角。它们各差多少？

# %% name="missing"
exact = bptt("rnn", xs, start, weights, d_hs).weights[1]
gap = {}
for name, part in parts.items():
    gap[name] = relative_error(part.sum((0, 1)), exact)
    cells = np.count_nonzero(np.linalg.norm(part, axis=(2, 3)))
    print(f"{name:15s} {cells:3d} cells   relative error {gap[name]:.2f}")
claim("triangle_sum", gap["full BPTT"], at_most=1e-12)
claim("last_loss_only", gap["last loss only"], at_least=0.85)
claim("immediate_only", gap["immediate only"], at_least=0.6)
claim("window_4", gap["window 4"], at_least=0.38)
claim("window_4_over_others", gap["window 4"]
      / min(gap["last loss only"], gap["immediate only"]), at_most=0.8)

# %% [markdown]
# 把三角形的 78 格加起来，正好是 BPTT 的梯度。只算最后一步的损失，错了 0.9<!-- claim last_loss_only -->；只取直接偏导数，错了 0.8<!-- claim immediate_only -->，而它就是 `window=1`，每一步的误差一步也不往回传。窗口为 4 时错了 0.5<!-- claim window_4 -->，比前两种都小，但仍然不是同一个梯度。

# %% [markdown]
# <a id="cell-id=3-7"></a>
# ## 3.7 截断：状态往前走，梯度到此为止
#
# BPTT 要等读完整个序列才能往回走，还要留住每一步的状态。一篇文章、一天的录音，都长得走不完。办法是切成一段一段，每段 $k$ 步，读完一段就反向传播、更新一次，下一段从上一段的末状态接着读，**但梯度不越过段的边界**。这叫**截断的随时间反向传播 (truncated backpropagation through time)**，简称 TBPTT；$k$ 就是窗口。

# %% name="segments"
paths.segments()
plt.show()

# %% [markdown]
# 黑色实线是前向，状态越过边界，一路往前。橙色虚线是反向，到边界就停。第五步的状态当然取决于第四步，只是求导时把带进来的 $h_4$ 当作常数。这叫**停止梯度 (stop gradient)**，PyTorch 里叫 detach。
#
# 权重不变时，代码里有两种等价的写法，`bptt(..., window=k)` 一次算完，或者真的一段一段地做。只有一段一段地做才省内存；训练时每段之后就更新权重，也只能这样做。

# %%
def in_segments(xs, h, weights, d_hs_of, window):
    d_U = np.zeros_like(weights[1])
    for t in range(0, xs.shape[1], window):
        segment = xs[:, t:t + window]
        hs, last = rnn_scan(segment, h, *weights)
        d_U += bptt("rnn", segment, (h,), weights, d_hs_of(hs)).weights[1]
        h = last  # the number goes on, its history does not
    return d_U

# %% [markdown]
# 换一个取决于状态的损失，$L_t=\frac12\lVert h_t\rVert^2$，直接偏导数就是 $h_t$ 自己。

# %%
def squared(hs):
    return hs

hs, _ = rnn_scan(xs, *start, *weights)
for window in (1, 3, 4, 12):
    one_call = bptt("rnn", xs, start, weights, hs, window).weights[1]
    pieces = in_segments(xs, *start, weights, squared, window)
    exact = bptt("rnn", xs, start, weights, hs).weights[1]
    print(f"window {window:2d}: gap to full BPTT",
          f"{relative_error(pieces, exact):.3f}")
    claim(f"segments_{window}", relative_error(pieces, one_call),
          at_most=1e-12)

# %% [markdown]
# 两种写法相差不到 $10^{-12}$。窗口等于整个长度时，和完整的 BPTT 没有差别。在这个例子里，窗口越短，差得越多。段与段也可以重叠，每读 $k_1$ 步往回传 $k_2>k_1$ 步（Williams 与 Peng，1990），本书只用 $k_1=k_2=k$。

# %% [markdown]
# ### 内存：一条斜线和一条平线
#
# 完整的 BPTT 要留住 T 个状态，T 越长越多；一段一段地做，任何时候只留 $k$ 个。用 Python 自带的 `tracemalloc` 量一量两种做法的内存峰值，只算运行中新分配的，不算输入。

# %%
def peak_megabytes(xs, window):
    h, weights = new_state(xs), memory_weights
    tracemalloc.start()
    in_segments(xs, h, weights, squared, window)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6

def new_state(xs):
    return np.zeros((len(xs), 64))

memory_weights = (np.ones((4, 64)) / 8, 0.1 * np.eye(64), np.zeros(64))

# %% name="memory"
lengths = [100, 200, 400, 800, 1600]
peak = {"full": [], "window 50": []}
for steps in lengths:
    long = np.ones((32, steps, 4))
    peak["full"].append(peak_megabytes(long, steps))
    peak["window 50"].append(peak_megabytes(long, 50))
for (name, values), style in zip(peak.items(), ("o-", "s--")):
    plt.plot(lengths, values, style, label=name)
plt.title("Memory grows with T for full BPTT, not for a window of 50")
plt.xlabel("sequence length T (steps)")
plt.ylabel("peak memory (MB)")
plt.legend()
plt.show()

# %%
print({name: np.round(values).astype(int).tolist()
       for name, values in peak.items()}, "MB")
claim("memory_full", peak["full"][-1] / peak["full"][0],
      close_to=16, tol=1)
claim("memory_truncated", peak["window 50"][-1] / peak["window 50"][0],
      close_to=1, tol=0.1)

# %% [markdown]
# 长度变成 16 倍，完整 BPTT 的内存变成 15.6<!-- claim memory_full --> 倍，截断的是 1.0<!-- claim memory_truncated --> 倍。这里的权重一直只有那么多，长序列贵在中间的状态（[第 02 章](02_rnn_forward.ipynb)的 E15）。
#
# 各种求法的代价如下，H 个单元，每个样本，只写随大小增长的部分。
#
# | 求法 | 梯度 | 每一步的时间 | 要留的数 |
# |---|---|---|---|
# | BPTT | 准确 | $H^2$ | $TH$ |
# | 截断的 BPTT | 窗口以内 | $H^2$ | $kH$ |
# | RTRL（[3.3 节](#cell-id=3-3)） | 准确（权重不变时） | $H^4$ | $H^3$ |
# | 只存一部分状态，反向时再重算 | 准确 | $H^2$，前向多算一遍 | 最少约 $\sqrt T\,H$ |
#
# 最后一种用时间换内存（Chen 等，2016；用于 BPTT 见 Gruslys 等，2016）。

# %% [markdown]
# <a id="cell-id=3-8"></a>
# ## 3.8 实验：窗口之外学得会吗
#
# 任务是读一串随机的 0 和 1，每一步报出 $d$ 步以前的那个。要做到，状态里必须时时存着最近 $d$ 个二进制位。输出是一个 sigmoid，损失是二元交叉熵；sigmoid 是一个分数固定为 0 的两类 softmax，所以对分数的导数同样是概率减目标（[3.4 节](#cell-id=3-4)）。数据由 `delayed_recall` 产生，头 $d$ 步没有目标，记作 −1。

# %%
from rnnbook.cells import sigmoid

def recall_gradients(ids, targets, h, W, U, b, V, c):
    xs = 2.0 * ids[:, :, None] - 1
    hs, last = rnn_scan(xs, h, W, U, b)
    p = sigmoid(hs @ V + c)
    wanted = targets[:, :, None]
    # dL_t / d logit_t = (p_t - target_t) / number of answers
    d_logits = np.where(wanted >= 0, p - wanted, 0) / targets.size
    d_hs = d_logits @ V.T
    d_weights = bptt("rnn", xs, (h,), (W, U, b), d_hs).weights
    dV = np.tensordot(hs, d_logits, axes=([0, 1], [0, 1]))
    right = (((p > 0.5) == wanted)[wanted >= 0].mean()
             if (targets >= 0).any() else 0.5)
    return right, (*d_weights, dV, d_logits.sum((0, 1))), last

# %% [markdown]
# 训练循环里最要紧的是 `h`，它从一段带到下一段，而 `recall_gradients` 只在一段之内求导。优化器是 NumPy 写的 Adam。

# %%
from rnnbook.data.tasks import delayed_recall
from rnnbook.gradients.recall import Adam

def train_recall(window, delay, seed, *, updates, units=24, streams=32,
                 rate=5e-3, gain=1.0, frozen=False):
    network = new_network(units, seed, gain)
    taught = network[3:] if frozen else network
    adam = Adam(taught, rate)
    ids, targets = delayed_recall(
        streams, window * updates, delay, (seed, 1))
    h, shares = np.zeros((streams, units)), []
    for start in range(0, window * updates, window):
        now = slice(start, start + window)
        share, gradients, h = recall_gradients(
            ids[:, now], targets[:, now], h, *network)
        adam.update(gradients[-len(taught):])
        shares.append(share)
    return network, shares

# %% [markdown]
# `frozen=True` 是**基线**，$W,U,b$ 一直是随机的初值（$U$ 正交，与 Keras 的默认值相同），只训练输出层 $V,c$。这样的网络叫**储备池 (reservoir)**。`gain` 是 $U$ 的初值再乘的倍数，稍后用到。现场跑延迟 5 的四种训练，各更新 2000 次。

# %% name="live" tags=["training"]
from rnnbook.gradients.recall import recall_accuracy

delay, updates = 5, 2000
runs = {"window 8, rate 0.005": (8, 5e-3, False),
        "window 4, rate 0.005": (4, 5e-3, False),
        "window 4, rate 0.0001": (4, 1e-4, False),
        "window 4, only V and c trained": (4, 5e-3, True)}
network, curve = {}, {}
for name, (window, rate, frozen) in runs.items():
    network[name], curve[name] = train_recall(
        window, delay, 0, updates=updates, rate=rate, frozen=frozen)
    print(f"{name:32s}", round(recall_accuracy(network[name], delay, 0), 3))

# %% name="live_curves" tags=["training"]
for (name, shares), style in zip(curve.items(), ("-", "--", "-.", ":")):
    smooth = np.convolve(shares, np.ones(50) / 50, "valid")
    plt.plot(np.arange(len(smooth)) + 50, smooth, style, label=name)
plt.axhline(0.5, color=GREY, linewidth=1)
plt.title("Window 4 loses delay 5 at rate 0.005, keeps it at 0.0001")
plt.xlabel("updates")
plt.ylabel("share of right answers")
plt.legend()
plt.show()

# %% tags=["training"]
live = [recall_accuracy(net, delay, 0) for net in network.values()]
claim("live_inside", live[0], at_least=0.998)
claim("live_beyond", live[1], at_most=0.8)
claim("live_beyond_peak", np.convolve(
    curve["window 4, rate 0.005"][:500], np.ones(50) / 50, "valid").max(),
    at_least=0.9)
claim("live_low_rate", live[2], at_least=0.993)
claim("live_frozen", live[3], at_least=0.9999)
print("your guesses:", guess)

# %% [markdown]
# 回答“先想一想”。学习率 0.005 时，窗口 4 的网络答对 61%<!-- claim live_beyond -->，窗口 8 的答对 100%<!-- claim live_inside -->，循环权重从没训练过的储备池用同样的数据、同样的窗口，答对 100%<!-- claim live_frozen -->。随机的状态里本来就有 5 步以前的那一位，窗口 4 的网络头 500 次更新里也到过 97%<!-- claim live_beyond_peak -->，后来被冲掉了。
#
# 如果到此为止，就会得出“窗口之外学不会，还会忘掉”。可是把学习率降到 0.0001，同样的窗口 4 答对 100%<!-- claim live_low_rate -->。只看一个学习率得出的结论，说的是那个学习率。

# %% [markdown]
# ### 同样地找学习率，再换一个没有记忆的初值
#
# 窗口之外的记忆，是截断的梯度教会的，还是初值里本来就有？要分清，就换一个没有这种记忆的初值，把 $U$ 乘 0.1，5 步以前的影响只剩约 $0.1^5$。录下来的实验（`chapters/recipes/03_truncated_bptt`，可以自己重跑）给每种窗口、延迟和初值都试同样的 9 个学习率，从 0.00003 到 0.3，用两个种子挑出最好的，再用另外 5 个种子重新训练、在新的数据上评分。

# %%
sweep = recipes.load("truncated_bptt")
log = sweep.log.assign(arm=sweep.log.window.map(
    {4: "window 4", 8: "window 8", 0: "frozen"}))
print(len(log), "trainings;", sweep.settings["cpu_seconds"], "CPU s")
chosen = log[log.role == "chosen"]
print(chosen.pivot_table(index=["gain", "arm"], columns="delay",
                         values="rate"))

# %% name="recall"
styles = {"window 8": "^-", "window 4": "s-", "frozen": "o:"}
titles = {1.0: "U orthogonal at the start", 0.1: "0.1 times that U"}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.4), sharey=True)
for ax, gain in zip(axes, titles):
    for (arm, style), colour in zip(styles.items(), PALETTE):
        here = chosen[(chosen.gain == gain) & (chosen.arm == arm)]
        runs_ = here.groupby("delay").accuracy
        ax.plot(runs_.median(), style, color=colour, label=arm)
        ax.fill_between(runs_.min().index, runs_.min(), runs_.max(),
                        color=colour, alpha=0.15)
    ax.set(title=titles[gain], xlabel="delay d (steps)", xticks=[3, 5, 10])
fixed = log[(log.role == "fixed") & (log.window == 4)].groupby("delay")
axes[0].plot(fixed.accuracy.median(), "s--", color=GREY,
             label="window 4, rate 0.005")
axes[0].set_ylabel("share of right answers")
axes[0].legend(loc=(0.4, 0.31), fontsize=10)
fig.suptitle("At its best rate: beyond the window, the start decides",
             x=0.01, ha="left", fontweight="bold", fontsize=14)
plt.show()

# %% name="recall_numbers"
medians = (chosen.groupby(["gain", "window", "delay"])
           .agg({"accuracy": "median", "rate": "first"}).reset_index())
inside, weak = medians.delay < medians.window, medians.gain < 1
beyond = medians[~inside & (medians.window > 0)]
kept, untaught = beyond[beyond.gain == 1], beyond[beyond.gain < 1]
claim("recall_inside", medians[inside].accuracy.min(), at_least=0.99)
claim("recall_kept", kept.accuracy.min(), at_least=0.85)
reservoir = medians[(medians.window == 0) & ~weak].set_index("delay").accuracy
claim("recall_over_reservoir",
      (kept.accuracy - kept.delay.map(reservoir)).max(), at_most=0)
claim("recall_fixed_5", fixed.accuracy.median()[5], at_most=0.65)
claim("recall_frozen_weak",
      medians[(medians.window == 0) & weak].accuracy.max(), at_most=0.52)
claim("recall_untaught", untaught.accuracy.max(), at_most=0.6)
claim("recall_untaught_best", chosen[(chosen.gain < 1) & (chosen.window == 4)
                                     & (chosen.delay == 5)].accuracy.max(),
      at_most=0.7)
long = log[log.role == "long"].accuracy
claim("recall_long_worst", long.min(), at_most=0.6)
claim("recall_long_best", long.max(), at_least=0.9)
rates = sweep.settings["settings"]["rates"]
learnt = medians[medians.accuracy > 0.6]
claim("rates_on_the_edge", learnt.rate.isin([rates[0], rates[-1]]).sum(),
      at_most=0)

# %% [markdown]
# 表里是挑出的学习率。凡是学得会的组合，挑出的学习率没有一个在两端，个数是 0<!-- claim rates_on_the_edge -->。图中的线是 5 个种子的中位数，色带从最小到最大。
#
# 左图的储备池读得出 10 步以前的那一位。窗口之外，训练过的网络中位数都不低于 0.87<!-- claim recall_kept -->，没有一种超过储备池；虚线是窗口 4 用 0.005，延迟 5 只剩 0.63<!-- claim recall_fixed_5 -->。右图的初值里没有这种记忆，储备池只有 0.50<!-- claim recall_frozen_weak -->。窗口之内，左右两图的中位数都不低于 1.000<!-- claim recall_inside -->；窗口之外，用最好的学习率，中位数也不高于 0.56<!-- claim recall_untaught -->。所以在这个任务里，窗口之内的记忆是梯度**教会**的，窗口之外的主要是初值里**留下**的。说“主要”，是因为右图的窗口 4、延迟 5 有一个种子到了 0.68<!-- claim recall_untaught_best -->，段内的梯度偶尔也顺带留住更早的一位。
#
# 低学习率也不能一直保住它。窗口 4、延迟 5、学习率 0.0001，训练 20000 次而不是 2000 次，5 个种子中最好的还有 0.96<!-- claim recall_long_best -->，最差的只剩 0.52<!-- claim recall_long_worst -->。没有任何一项梯度要求前一段把这一位留在状态里，$U$ 改得多了，它就可能丢。
#
# 两点说明。第一，这里的窗口是**接连的**段，一段里靠后的步能往回传得远，靠前的步传得近。窗口 8、延迟 7 时，只有每段的最后一步和它要的那一位在同一段里。第二，语言里远近的线索相关，学近的可能顺带学会远的；这个任务的各位互相独立，没有这种好处。

# %% [markdown]
# ### 带着状态很重要
#
# 训练和使用时，都要把状态从一段带到下一段。拿学会了延迟 5 的网络，每 8 步清零一次，每段头 5 步要的那一位在清零以前，只能瞎猜。应当剩下 $\frac38+\frac58\times\frac12=0.6875$，测得 0.6898<!-- claim reset_every_8 -->。

# %% tags=["training"]
forgetful = recall_accuracy(network["window 8, rate 0.005"], delay, 0,
                            reset=8)
claim("reset_every_8", forgetful, close_to=0.6875, tol=0.028)

# %% [markdown] tags=["optional"]
# <a id="cell-id=3-9"></a>
# ## 3.9 选读：Keras 里的截断，stateful
#
# Keras 的循环层默认每一批从零状态开始，梯度传过整个输入的 T 步，所以**输入的长度就是窗口**。写 `stateful=True`，层就把末状态存进一个变量，留给下一批，这样的层叫**有状态 (stateful)** 的层。存进变量的只是数，没有求导的记录，所以梯度到此为止，不用另写。用三种方式把两段接起来，看第二段的损失对第一段的输入有没有梯度。

# %%
first, second = (np.random.default_rng(s).standard_normal((2, 4, 3))
                 .astype("float32") for s in (0, 1))
keras.utils.set_random_seed(3)
keeper = layers.SimpleRNN(5, stateful=True)
keeper.build((2, 4, 3))
plain = layers.SimpleRNN(5)
plain.build((2, 4, 3))
plain.set_weights(keeper.get_weights())

def by_stateful(first, second):
    keeper.reset_state()
    keeper(first)
    return ops.sum(keeper(second) ** 2)

def by_hand(first, second):
    return ops.sum(plain(second, initial_state=plain(first)) ** 2)

def detached(first, second):
    state = ops.stop_gradient(plain(first))
    return ops.sum(plain(second, initial_state=state) ** 2)

# %% name="detach"
reach, value = {}, {}
for way in (by_stateful, by_hand, detached):
    to_first, to_second = autodiff(way, [first, second])
    reach[way.__name__] = np.linalg.norm(to_first)
    value[way] = float(way(first, second))
    print(f"{way.__name__:12s} value {value[way]:.4f} ",
          f"gradient to first {np.linalg.norm(to_first):.3f} ",
          f"to second {np.linalg.norm(to_second):.3f}")
claim("value_spread", max(value.values()) - min(value.values()),
      at_most=1e-5)
claim("stateful_reach", reach["by_stateful"], at_most=0)
claim("handed_reach", reach["by_hand"], at_least=0.05)
claim("detached_reach", reach["detached"], at_most=0)

# %% [markdown]
# 三种方式的值一样，前向看不出区别。梯度却不同，自己传 `initial_state`，在同一次求导里梯度会穿过去；`stateful` 和 `ops.stop_gradient` 都是 0<!-- claim stateful_reach -->。
#
# 用 `stateful` 训练，批大小要写死（`batch_shape`），不能打乱（`shuffle=False`），因为第 $i$ 行必须接着上一批的第 $i$ 行，换新序列前要 `reset_state()`。数据要从 (流, 总步数) 切成 (段, 流, 窗口)，再首尾相接。

# %%
from rnnbook.training.fitting import compile_fast, fit

def segments_of(ids, window):  # (streams, steps) -> (n * streams, window)
    streams, steps = ids.shape
    cut = ids.reshape(streams, steps // window, window).swapaxes(0, 1)
    return cut.reshape(-1, window, 1)

def keras_recall(window, rate, delay=5, streams=32, updates=2000):
    keras.utils.set_random_seed(0)
    ids, y = delayed_recall(streams, window * updates, delay, 0)
    model = keras.Sequential([
        keras.Input(batch_shape=(streams, window, 1)),
        layers.SimpleRNN(24, return_sequences=True, stateful=True),
        layers.Dense(1, activation="sigmoid"),
    ])
    compile_fast(model, keras.optimizers.Adam(rate), "binary_crossentropy",
                 ["binary_accuracy"])
    x, y = 2 * segments_of(ids, window) - 1, segments_of(y, window)
    fit(model, x, np.maximum(y, 0), batch_size=streams, shuffle=False)
    tail = slice(-200 * streams, None)  # the last 200 segments, in order
    return model.evaluate(x[tail], y[tail], batch_size=streams,
                          verbose=0)[1]

# %% name="keras_recall" tags=["training"]
claim("keras_inside", keras_recall(8, 5e-3), at_least=0.995)
claim("keras_low_rate", keras_recall(4, 1e-4), at_least=0.985)

# %% [markdown]
# Keras 的有状态层和我们的 NumPy 循环结果相近，窗口 8、学习率 0.005 答对 100%<!-- claim keras_inside -->，窗口 4、学习率 0.0001 答对 99%<!-- claim keras_low_rate -->。（评分用的是训练数据最后的 200 段，每段只训练过一次。）

# %% [markdown]
# ## 小结
#
# 你**手算**了三步网络的梯度；**写出**了矩阵的反向传播，并用有限差分和自动微分两种独立的办法检验到 $10^{-7}$ 以内；能**判断**窗口教得会什么，延迟不小于窗口的线索，截断的梯度里没有它，能不能记住，要看初值和学习率。
#
# | 名称 | 公式 | 形状 |
# |---|---|---|
# | 直接偏导数 | $\partial L_t/\partial h_t=(p_t-\mathbf 1_{y_t})V^\top$ | (B, H) |
# | 全导数 | $\delta_t=\partial L_t/\partial h_t+\alpha_{t+1}U^\top$ | (B, H) |
# | 激活之前 | $\alpha_t=\delta_t\odot(1-h_t\odot h_t)$ | (B, H) |
# | 循环权重 | $\mathrm dL/\mathrm dU=\sum_t h_{t-1}^\top\alpha_t$ | (H, H) |
# | 输入权重、偏置 | $\sum_t x_t^\top\alpha_t$，$\sum_t\sum_{\text{批}}\alpha_t$ | (D, H)、(H,) |
# | 截断 | 段的末尾令传回的 $\alpha_{t+1}U^\top=0$，状态照常带走 | 内存与 $k$ 成正比，与 T 无关 |

# %% [markdown]
# ## 常见误解
#
# 两条都来自真实的讲义。用 5 个随机的网络（20 步，每一步都有损失）来检验，和有限差分比。

# %%
def error_of(seed, steps_with_loss, window):
    rng = np.random.default_rng(seed)
    W, U = rng.uniform(-0.5, 0.5, (8, 16)), new_network(16, seed)[1]
    xs, goal = (rng.standard_normal((4, 20, n)) for n in (8, 16))
    zero, b = np.zeros((4, 16)), np.zeros(16)

    def loss(U):
        return 0.5 * np.sum((rnn_scan(xs, zero, W, U, b)[0] - goal) ** 2)

    d_hs = rnn_scan(xs, zero, W, U, b)[0] - goal  # immediate derivatives
    d_hs[:, :-steps_with_loss] = 0
    found = bptt("rnn", xs, (zero,), (W, U, b), d_hs, window).weights[1]
    return relative_error(found, central_differences(loss, U))

def five_networks(steps_with_loss, window):
    errors = [error_of(n, steps_with_loss, window) for n in range(5)]
    print("relative errors", np.round(errors, 2))
    return errors

# %% [markdown]
# ### E06 “BPTT 计算最后一个时间步的损失”
#
# S1 的步骤 3 这样写，它自己的代码却用了每一步的输出。损失由任务决定：分类一句话，只有最后一步有损失；语言模型每一步都在猜下一个字，$L=\sum_tL_t$。只留最后一步，求的就是另一个损失的梯度。

# %%
claim("e06_error", np.median(five_networks(1, None)), at_least=0.94)
claim("e06_full", max(five_networks(20, None)), at_most=1e-7)

# %% [markdown]
# 中位数错了 0.96<!-- claim e06_error -->；每一步的损失都算上，就和有限差分一致。

# %% [markdown]
# ### E07 “∂L/∂W=Σ ∂Lₜ/∂hₜ·∂hₜ/∂W”
#
# S0 的式子是 $\partial L/\partial W=\sum_t\frac{\partial L_t}{\partial h_t}\cdot\frac{\partial h_t}{\partial W}$，只有当其中恰好一个分式是全导数时才成立（[3.3 节](#cell-id=3-3)）；S0 接着说“需要递归计算”，却没有写出怎样递归。照字面读成两个直接偏导数，就等于窗口为 1，一步也不往回传。

# %%
claim("e07_error", np.median(five_networks(20, 1)), at_least=0.61)

# %% [markdown]
# 中位数错了 0.64<!-- claim e07_error -->。同样的 `d_hs`，换成全导数（上一条的第二行），误差不到 $10^{-7}$。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示：

# %%
hint("bptt.hand_step")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 换一组目标
#
# [3.1 节](#cell-id=3-1)的网络不变，目标换成 $y=(1,0,0)$。用纸笔或 NumPy 求 $\mathrm dL/\mathrm du$，精确到小数点后三位。
#
# [解答](solutions/03_bptt.ipynb#cell-id=ex-1)<!-- twin -->

# %%
du_new = ...

# %%
check("bptt.hand_step", du_new)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数一数三角形
#
# 长 `steps` 的序列每一步都有损失，TBPTT 的窗口是 `window`（接连的段，最后一段可以不满）。写一个函数，返回梯度里有多少对 $(t,s)$：损失在第 $t$ 步，$U$ 用在第 $s$ 步，而且梯度走得到。例如 [3.6 节](#cell-id=3-6)里，`pairs(12, 12)` 是 78，`pairs(12, 4)` 是 30。
#
# [解答](solutions/03_bptt.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def pairs(steps, window):
    ...

# %%
check("bptt.pairs", pairs)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 补上 dU
#
# 已知初始状态 `h0` (B, H)、所有状态 `hs` (B, T, H) 和所有的 $\alpha_t$，`alphas` (B, T, H)。`hs[:, 0]` 是 $h_1$，`alphas[:, 0]` 是 $\alpha_1$。写出 $\mathrm dL/\mathrm dU$，形状 (H, H)。
#
# [解答](solutions/03_bptt.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def recurrent_gradient(h0, hs, alphas):
    ...

# %%
check("bptt.recurrent_gradient", recurrent_gradient)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 自己写 TBPTT
#
# 损失是 $L=\frac12\sum_t\lVert h_t-y_t\rVert^2$（对批和单元求和），`goal` (B, T, H) 是各步的目标。一段一段地走，每段 `window` 步，最后一段可以不满；状态带过边界，梯度不带。返回各段梯度之和 dU (H, H)，一个 NumPy 数组。可以用 `rnn_scan`、`rnn_backward` 或 `bptt`；`bptt` 的结果里 `.weights` 依次是 dW、dU、db。
#
# [解答](solutions/03_bptt.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def truncated_dU(xs, goal, h0, W, U, b, window):
    ...

# %%
check("bptt.truncated_dU", truncated_dU)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆☆ 修好一个反向
#
# 下面的函数想退一步，却有**三处**错误，形状全对，也不报错。梯度检查发现它错了。
#
# [解答](solutions/03_bptt.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def broken_backward(x, h, W, U, b, dh):
    a = x @ W + h @ U + b
    da = dh * (1 - a ** 2)
    new = np.tanh(a)
    return da @ W.T, da @ U, (x.T @ da, new.T @ da, da.sum(0))

shapes = ((3, 4), (3, 5), (4, 5), (5, 5), (5,), (3, 5))
step = [np.random.default_rng(n).standard_normal(shape) / 2
        for n, shape in enumerate(shapes)]
print("relative error of dU:", round(relative_error(
    broken_backward(*step)[2][1], rnn_backward(*step)[2][1]), 2))

# %% [markdown]
# 找出三处错误，写一个改好的 `fixed_backward`，返回值的次序不变。请照着公式改，不要抄 `rnn_backward`。

# %%
def fixed_backward(x, h, W, U, b, dh):
    ...

# %%
check("bptt.fixed_backward", fixed_backward)

# %% [markdown]
# ## 延伸阅读
#
# - Werbos, P. J. (1990). Backpropagation through time: what it does and how to do it. *Proceedings of the IEEE* 78(10), 1550–1560. [doi:10.1109/5.58337](https://doi.org/10.1109/5.58337)。本章的“全导数”在那里叫有序导数 (ordered derivative)，附伪代码。
# - Robinson, A. J., Fallside, F. (1987). The utility driven dynamic error propagation network. Cambridge University Engineering Department, CUED/F-INFENG/TR.1。RTRL 的另一个出处。
# - Williams, R. J., Zipser, D. (1989). A learning algorithm for continually running fully recurrent neural networks. *Neural Computation* 1(2), 270–280. [doi:10.1162/neco.1989.1.2.270](https://doi.org/10.1162/neco.1989.1.2.270)。RTRL，[3.3 节](#cell-id=3-3)里从前往后的那一种。
# - Williams, R. J., Peng, J. (1990). An efficient gradient-based algorithm for on-line training of recurrent network trajectories. *Neural Computation* 2(4), 490–501. [doi:10.1162/neco.1990.2.4.490](https://doi.org/10.1162/neco.1990.2.4.490)。截断 BPTT 的各种做法与代价。
# - Tallec, C., Ollivier, Y. (2017). Unbiasing truncated backpropagation through time. [arXiv:1705.08209](https://arxiv.org/abs/1705.08209)。截断的梯度为什么偏向短程，以及怎样用随机的窗口去掉偏差。
# - Gruslys, A., Munos, R., Danihelka, I., Lanctot, M., Graves, A. (2016). Memory-efficient backpropagation through time. [arXiv:1606.03401](https://arxiv.org/abs/1606.03401)；Chen, T., Xu, B., Zhang, C., Guestrin, C. (2016). Training deep nets with sublinear memory cost. [arXiv:1604.06174](https://arxiv.org/abs/1604.06174)。少存状态、多算一遍，梯度不变。
# - Jaeger, H. (2007). Echo state network. *Scholarpedia* 2(9), 2330. [doi:10.4249/scholarpedia.2330](https://doi.org/10.4249/scholarpedia.2330)。[3.8 节](#cell-id=3-8)的储备池：循环权重随机，只训练输出。
#
# [← 02 循环神经网络：从公式到代码](02_rnn_forward.ipynb) · [目录](index.md) · [解答](solutions/03_bptt.ipynb) · [04 梯度消失与爆炸 →](04_vanishing_gradients.ipynb)<!-- nav -->
