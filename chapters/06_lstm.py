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
# # 第 06 章 长短期记忆网络
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/06_lstm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/06_lstm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/06_lstm.ipynb)<!-- badges -->
#
# [← 05 激活函数、初始化与归一化](05_training_rnns.ipynb) · [目录](index.md) · [解答](solutions/06_lstm.ipynb) · [07 门控循环单元与表达力 →](07_gru.ipynb)<!-- nav -->
#
# 读完这一章，你会从[第 04 章](04_vanishing_gradients.ipynb)的问题出发，一个零件一个零件地造出 LSTM，让它和 `keras.layers.LSTM` 对到 $10^{-6}$，并且用测量说清它解决了什么、没有解决什么。
#
# | | |
# |---|---|
# | **你将会** | **造出**常数误差传送带、三个门和两个状态；**测量**遗忘门的偏置怎样决定梯度走多远；**读懂**一个训练好的细胞在真实句子上做什么 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的 `rnn_step` 和 `rnn_scan`；[第 04 章](04_vanishing_gradients.ipynb)的雅可比连乘 |
# | **时间** | 阅读 50 分钟<!-- minutes -->，练习 75 分钟，运行约 49 s<!-- seconds --> |

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
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import PALETTE, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 很多讲义说“LSTM 解决了梯度消失”。取一个 Keras 默认初始化的 LSTM，读 100 步随机输入。把最初的记忆 $c_0$ 挪动一点点，$c_{100}$ 会跟着挪动它的几分之几？写一个数，1 是原样传到，0 是完全传不到。[6.6 节](#cell-id=6-6)来量。

# %%
guess = None  # your guess, e.g. 0.5

# %% [markdown]
# <a id="cell-id=6-1"></a>
# ## 6.1 常数误差传送带：让那个因子等于 1
#
# [第 04 章](04_vanishing_gradients.ipynb)的结论是，梯度往回走一步，就乘一次雅可比矩阵 $J_t=\partial h_t/\partial h_{t-1}=\operatorname{diag}(1-h_t\odot h_t)\,U^\top$。那里量过的设置，连乘 100 次多半趋于零，有的变得巨大，恰好守住 1 的是线性、正交的网络。Hochreiter 和 Schmidhuber（1997）想出的办法是另设一个记忆 $c_t$，**只加，不乘**：
#
# $$c_t=c_{t-1}+g_t$$
#
# 于是 $\partial c_t/\partial c_{t-1}=1$，连乘多少次都是 1。他们把这个权重为 1 的自环叫作**常数误差传送带 (constant error carousel)**，简称 CEC。carousel 是机场里转圈的行李传送带，误差放上去，转多少圈都不少。作为对照，量一量默认初始化的 SimpleRNN 的 $\lVert\partial h_{100}/\partial h_0\rVert$（谱范数，[第 04 章](04_vanishing_gradients.ipynb)）。

# %%
from rnnbook.gradients.probes import (
    jacobian_products, spectral_norm, weights_of,
)

def simple_rnn_norm(seed):
    keras.utils.set_random_seed(seed)
    simple = layers.SimpleRNN(32)
    simple.build((None, None, 8))
    kind, weights = weights_of(simple)
    noise = np.random.default_rng(seed).standard_normal((1, 100, 8))
    products = jacobian_products(kind, noise, (np.zeros((1, 32)),), weights)
    return spectral_norm(products[-1])

norms = [simple_rnn_norm(seed) for seed in range(10)]
claim("simple_rnn_at_100", np.median(norms), at_most=1e-6)

# %% [markdown]
# SimpleRNN 走 100 步，10 个种子的中位数只剩 1.8e-14<!-- claim simple_rnn_at_100 -->；传送带走多少步都是 1。
#
# 可是只会加的记忆有两个毛病，写入冲突和读出冲突（论文里是输入、输出权重的冲突）。每一步的 $g_t$ 都被加进去，有用没用都写；记忆每一步都被读出来，该不该用都读。

# %% [markdown]
# <a id="cell-id=6-2"></a>
# ## 6.2 1997 年：两扇门
#
# 办法是给写入和读出各装一扇**门 (gate)**。门是一个 0 到 1 之间的数，乘在要通过的东西上，1 全放行，0 全关住。门自己也是由输入和旧的输出算出来的，所以网络可以学会何时开、何时关。
#
# - **输入门 (input gate)** $i_t$：$c_t=c_{t-1}+i_t\odot g_t$
# - **输出门 (output gate)** $o_t$：$h_t=o_t\odot\tanh(c_t)$
#
# 这就是 1997 年的**长短期记忆网络 (long short-term memory)**，简称 LSTM。它有两个门，没有遗忘门；$c_t$ 叫**细胞状态 (cell state)**。（当年的压缩函数是放大过的 sigmoid，本书一律用 $\tanh$。）

# %% name="cell_1997"
from rnnbook.notebook import gate_diagrams

gate_diagrams.memory_cell(forget_gate=False)
plt.title("1997: two gates around the carousel", loc="center")
plt.show()

# %% [markdown]
# 从下往上是数值的路。新读到的东西 $g_t$ 经过输入门进入记忆，再经过输出门变成 $h_t$。绿色的环就是传送带，记忆沿它到下一步，乘的是 1。橙色方框是门，每扇门看着 $x_t$ 和 $h_{t-1}$。

# %%
from rnnbook.cells import sigmoid

def step_1997(x, h, c, W, U, b):
    i, g, o = np.split(x @ W + h @ U + b, 3, axis=-1)
    # c_t = c_{t-1} + i_t * g_t
    c = c + sigmoid(i) * np.tanh(g)
    # h_t = o_t * tanh(c_t)
    return sigmoid(o) * np.tanh(c), c

# %% [markdown]
# 试一试。每步读两个数，一个数值、一个记号。只在第 1 步有记号，其余 999 步是噪声。权重手工设好，输入门只看记号，$i=\sigma(20\times\text{记号}-10)$；$g=\tanh(\text{数值})$；输出门常开。

# %%
#               i    g    o
W97 = np.array([[0., 1., 0.],    # value
                [20., 0., 0.]])  # mark
U97, b97 = np.zeros((1, 3)), np.array([-10., 0., 10.])
rng = np.random.default_rng(0)
stream = np.zeros((1, 1000, 2))
stream[0, :, 0] = rng.uniform(-1, 1, 1000)
stream[0, 0] = 0.8, 1.0
h = c = np.zeros((1, 1))
for t in range(1000):
    h, c = step_1997(stream[:, t], h, c, W97, U97, b97)
claim("kept_1000_steps", np.abs(c - np.tanh(0.8)).item(), at_most=0.002)

# %% [markdown]
# 1000 步噪声之后，记忆与 $\tanh(0.8)$ 只差 0.001<!-- claim kept_1000_steps -->。[第 02 章](02_rnn_forward.ipynb)手工设的锁存器也存得住，但那里的斜率几乎是 0，梯度传不回来；这里 $\partial c_t/\partial c_{t-1}$ 始终是 1。**存得住，梯度也传得回**，这才是传送带带来的新东西。

# %% [markdown]
# <a id="cell-id=6-3"></a>
# ## 6.3 2000 年：学会忘记
#
# 只进不出的记忆，遇到没有头尾的长流就会出事。每隔 20 步来一个新记号，任务是记住最近一次带记号的数。1997 年的细胞只能把它们全加在一起。
#
# Gers、Schmidhuber 和 Cummins（2000）加上了第三扇门，**遗忘门 (forget gate)** $f_t$，装在那个环上：
#
# $$c_t=f_t\odot c_{t-1}+i_t\odot g_t$$
#
# $f_t=1$ 是原来的传送带，$f_t=0$ 是清空。

# %% name="cell"
gate_diagrams.memory_cell()
plt.title("An LSTM unit: one memory, three valves", loc="center")
plt.show()

# %% [markdown]
# 三扇门分别管写进多少、留下多少、露出多少。和 1997 年的一步相比，代码里只多了一块权重、一次相乘。

# %%
def lstm_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    # c_t = f_t * c_{t-1} + i_t * g_t
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    # h_t = o_t * tanh(c_t)
    h = sigmoid(o) * np.tanh(c)
    return h, c

# %% [markdown]
# 手工设成“有记号就清空”，$f=\sigma(10-20\times\text{记号})$。

# %%
#              i    f    g    o
W00 = np.array([[0., 0., 1., 0.],
                [20., -20., 0., 0.]])
U00, b00 = np.zeros((1, 4)), np.array([-10., 10., 0., 10.])
stream = np.stack([rng.uniform(0.5, 1, 200), np.zeros(200)], -1)[None]
stream[0, ::20, 1] = 1  # a mark every 20 steps

# %% name="reset"
old, new = [np.zeros((1, 1))] * 2, [np.zeros((1, 1))] * 2
trace = {"1997": [], "2000": []}
for t in range(200):
    old = step_1997(stream[:, t], *old, W97, U97, b97)
    new = lstm_step(stream[:, t], *new, W00, U00, b00)
    trace["1997"].append(old[1].item())
    trace["2000"].append(new[1].item())
wanted = np.repeat(np.tanh(stream[0, ::20, 0]), 20)
plt.figure(figsize=(6, 2.6))
plt.plot(wanted, color="black", linewidth=6, alpha=0.2, label="wanted")
for (name, values), style in zip(trace.items(), ("--", "-")):
    plt.plot(values, style, label=f"cell of {name}")
plt.title("Without a forget gate the memory only piles up")
plt.xlabel("time step t (a mark every 20 steps)")
plt.ylabel("cell state $c_t$")
plt.legend()
plt.show()

# %%
error = {name: np.abs(np.array(values) - wanted).max()
         for name, values in trace.items()}
claim("pile_error_1997", error["1997"], at_least=4.9)
claim("reset_error_2000", error["2000"], at_most=2.3e-4)

# %% [markdown]
# 10 个记号之后，1997 年的细胞错了 5.06<!-- claim pile_error_1997 -->，而且会一直涨下去；有遗忘门的最多错 0.0002<!-- claim reset_error_2000 -->。今天说的 LSTM 一般是 2000 年这一种。代价是环上的因子不再恒等于 1，而是 $f_t$（后果见 [6.6 节](#cell-id=6-6)）。
#
# 同年，Gers 和 Schmidhuber 又让门直接看到细胞状态（窥视孔，[6.11 节](#cell-id=6-11)）；Graves 和 Schmidhuber（2005）把这些合在一起，并改用不截断的完整梯度。

# %% [markdown]
# <a id="cell-id=6-4"></a>
# ## 6.4 手算两步
#
# 四组权重排成四块，次序与 Keras 相同：$i,f,g,o$（Keras 把 $g$ 叫作 c，S0 写 $\tilde C$）。先算四个和，再过四个函数：
#
# $$[a_i,a_f,a_g,a_o]=x_tW+h_{t-1}U+b$$
#
# 取一个输入、一个单元。$W$ 和 $b$ 的数是 0.55 的倍数，因为 $\sigma(1.1)\approx0.75$，$\sigma(2.2)\approx0.9$，$\tanh(0.55)\approx0.5$。

# %%
#             i    f    g     o
W = np.array([[1.1, 1.1, 0.55, 0.0]])
U = np.array([[1.0, 0.0, -1.0, 2.0]])
b = np.array([0.0, 1.1, 0.0, 0.0])
h0, c0 = np.array([[0.0]]), np.array([[1.0]])
x1, x2 = np.array([[1.0]]), np.array([[-1.0]])

# %% [markdown]
# 第一步，$x_1=1$，$h_0=0$，$c_0=1$：
#
# $$i_1=\sigma(1.1)=0.75,\quad f_1=\sigma(2.2)=0.9,\quad g_1=\tanh(0.55)=0.5,\quad o_1=\sigma(0)=0.5$$
#
# $$c_1=0.9\times1+0.75\times0.5=1.275,\qquad h_1=0.5\times\tanh(1.275)=0.5\times0.855=0.428$$
#
# 旧记忆留下九成，新的写进去四分之三，一半交出来。
#
# 第二步，$x_2=-1$，$h_1=0.428$，$c_1=1.275$：
#
# $$i_2=\sigma(-1.1+0.428)=0.338,\quad f_2=\sigma(-1.1+1.1)=0.5,\quad g_2=\tanh(-0.55-0.428)=-0.752,\quad o_2=\sigma(2\times0.428)=0.702$$
#
# $$c_2=0.5\times1.275-0.338\times0.752=0.383,\qquad h_2=0.702\times\tanh(0.383)=0.256$$
#
# 下面把每扇门写成一行，公式就在它上面。

# %%
def gates(x, h, W, U, b):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    # input gate: i_t = sigmoid(x_t W_i + h_{t-1} U_i + b_i)
    i = sigmoid(i)
    # forget gate: f_t = sigmoid(x_t W_f + h_{t-1} U_f + b_f)
    f = sigmoid(f)
    # candidate: g_t = tanh(x_t W_g + h_{t-1} U_g + b_g)
    g = np.tanh(g)
    # output gate: o_t = sigmoid(x_t W_o + h_{t-1} U_o + b_o)
    o = sigmoid(o)
    return i, f, g, o

# %% name="hand"
i, f, g, o = gates(x1, h0, W, U, b)
c1 = f * c0 + i * g
h1 = o * np.tanh(c1)
i, f, g, o = gates(x2, h1, W, U, b)
c2 = f * c1 + i * g
h2 = o * np.tanh(c2)
print("second step: i f g o =", np.round([i, f, g, o], 3).ravel())
print("c1 h1 c2 h2 =", np.round([c1, h1, c2, h2], 3).ravel())
by_hand = np.array([1.275, 0.428, 0.383, 0.256])
claim("hand_equals_numpy",
      np.abs(np.ravel([c1, h1, c2, h2]) - by_hand).max(), at_most=2e-3)

# %% [markdown]
# 讲义的写法只是换了字母。S0 和 S2 把 $h_{t-1}$ 与 $x_t$ 拼起来，写成 $W_f\cdot[h_{t-1},x_t]$；S3 分开写 $W_fx_t+U_fh_{t-1}$，和本书一样，只是用列向量。
#
# 第二步里遗忘门只开一半，输入门开三分之一，候选值是负的，所以记忆从 1.275 掉到 0.38。$g_t$ 叫**候选值 (candidate)**，是这一步想写的东西；$c_t$ 才是写完之后的记忆。手算有舍入，第三位小数略有出入。

# %% [markdown]
# <a id="cell-id=6-5"></a>
# ## 6.5 从一步到层
#
# 一步已经写成了 `lstm_step`（[6.3 节](#cell-id=6-3)），现在沿时间走完。和[第 02 章](02_rnn_forward.ipynb)的 `rnn_scan` 比，多出来的只是 `c`。

# %%
def lstm_scan(xs, h0, c0, W, U, b):
    h, c, outputs = h0, c0, []
    for t in range(xs.shape[1]):
        h, c = lstm_step(xs[:, t], h, c, W, U, b)
        outputs.append(h)
    return np.stack(outputs, axis=1), (h, c)

# %%
class NumpyLSTM:
    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b

    def __call__(self, xs, initial_state=None):
        if initial_state is None:
            initial_state = [np.zeros((len(xs), len(self.U)))] * 2
        return lstm_scan(xs, *initial_state, self.W, self.U, self.b)

# %%
outputs, (h, c) = NumpyLSTM(W, U, b)(np.stack([x1, x2], 1), [h0, c0])
claim("loop_equals_hand", np.abs(np.stack([h - h2, c - c2])).max(),
      at_most=1e-12)

# %% [markdown]
# 换上 `keras.layers.LSTM`，取 4 个样本、7 步、5 个特征、6 个单元。`return_state=True` 时它交出输出、$h_T$、$c_T$ 三样东西。

# %% name="keras_weights"
keras.utils.set_random_seed(6)
layer = layers.LSTM(6, return_sequences=True, return_state=True)
layer.build((None, None, 5))
for weight in layer.weights:
    print(f"{weight.name:17s}", tuple(weight.shape))
print("bias at the start:", layer.get_weights()[2].astype(int))

# %% [markdown]
# 三个数组，每个都是四块并排，$W$ (D, 4H)，$U$ (H, 4H)，$b$ (4H,)。偏置的第二块是 1，这是 Keras 的 `unit_forget_bias=True`，[6.7 节](#cell-id=6-7)说为什么。把偏置换成随机数，免得核对时放过了写错的偏置。

# %%
xs = np.random.default_rng(1).standard_normal((4, 7, 5)).astype("float32")
weights = layer.get_weights()
weights[2] = np.random.default_rng(2).standard_normal(24).astype("float32")
layer.set_weights(weights)
theirs = [keras.ops.convert_to_numpy(r) for r in layer(xs)]
outputs, (h, c) = NumpyLSTM(*weights)(xs)
error = max(np.abs(a - b).max() for a, b in zip(theirs, (outputs, h, c)))
print([r.shape for r in theirs])
claim("own_equals_keras", error, at_most=1e-6)
claim("output_is_h", np.abs(theirs[0][:, -1] - theirs[1]).max(), at_most=0)

# %% [markdown]
# 所有输出和两个末状态，最大误差 2.8e-07<!-- claim own_equals_keras -->。输出的最后一步就是 $h_T$；$c_T$ 不在输出里，只有 `return_state` 才给。
#
# ### 两个状态，少一个都不行
#
# 从中间接着读，要把 $h$ 和 $c$ 都带上。只带 $h$、让 $c$ 从零开始，会怎样？

# %%
_, h3, c3 = layer(xs[:, :3])
rest, _, _ = layer(xs[:, 3:], initial_state=[h3, c3])
lost, _, _ = layer(xs[:, 3:], initial_state=[h3, keras.ops.zeros_like(c3)])
rest, lost = (keras.ops.convert_to_numpy(r) for r in (rest, lost))
claim("resumed_equals_whole", np.abs(rest - theirs[0][:, 3:]).max(),
      at_most=1e-6)
claim("without_c_differs", np.abs(lost - rest).max(), at_least=0.12)

# %% [markdown]
# 都带上，和一口气读完一样；丢了 $c$，输出差到 0.31<!-- claim without_c_differs -->。$h$ 只是记忆经过输出门之后露出来的那一面。
#
# ### 数参数
#
# 一共四组 SimpleRNN 那样的权重：
#
# $$4\times H\,(D+H+1)$$

# %%
def lstm_params(features, units):
    return 4 * units * (features + units + 1)

for features, units in ((8, 16), (64, 512), (1, 1)):
    lstm = layers.LSTM(units)
    lstm.build((None, None, features))
    assert lstm.count_params() == lstm_params(features, units)
claim("params_8_16", lstm_params(8, 16), close_to=1600, tol=0)
claim("params_64_512", lstm_params(64, 512), close_to=1181696, tol=0)

# %% [markdown]
# 8 个特征、16 个单元是 1600<!-- claim params_8_16 --> 个，正是[第 02 章](02_rnn_forward.ipynb)数过的。（PyTorch 每组有两个偏置，多出 $4H$ 个；各家的换算在[第 07 章](07_gru.ipynb)。）

# %% [markdown]
# <a id="cell-id=6-6"></a>
# ## 6.6 梯度究竟走多远
#
# 现在回答“先想一想”。从 $c_0$ 到 $c_T$ 有一条**直接通路 (direct path)**，只经过环：
#
# $$\frac{\partial c_T}{\partial c_0}\Big|_{\text{直接}}=\prod_{t=1}^{T}f_t$$
#
# 别的路要绕道 $h_{t-1}$、门和候选值。全导数（[第 03 章](03_bptt.ipynb)）是所有路之和，是一个 (H, H) 矩阵，用[第 04 章](04_vanishing_gradients.ipynb)的 `jacobian_products` 精确地算；它的谱范数是 $c_T$ 最多跟着挪几倍。取 Keras 默认初始化的 `LSTM(32)`，读白噪声，只改遗忘门的偏置，10 个随机种子。

# %%
def memory_norms(seed, bias, gain=1.0, steps=100):
    keras.utils.set_random_seed(seed)
    lstm = layers.LSTM(32)
    lstm.build((None, None, 8))
    kind, (W, U, b) = weights_of(lstm)
    U, b[32:64] = gain * U, bias
    xs = np.random.default_rng(seed).standard_normal((1, steps, 8))
    h = c = np.zeros((1, 32))
    products = jacobian_products(kind, xs, (h, c), (W, U, b))
    direct = []
    for t in range(steps):
        direct.append(gates(xs[:, t], h, W, U, b)[1][0])
        h, c = lstm_step(xs[:, t], h, c, W, U, b)
    return (spectral_norm(products[:, 32:, 32:]),  # d c_t / d c_0
            np.cumprod(direct, axis=0).max(axis=1),  # the best unit
            spectral_norm(products))  # both states

# %% name="flow"
biases = (0, 1, 2, 5)
flow = {bias: np.array([memory_norms(seed, bias)[:2] for seed in range(10)])
        for bias in biases}
median = {bias: np.median(norms, axis=0) for bias, norms in flow.items()}
steps = np.arange(1, 101)
plt.figure(figsize=(6.2, 3.1))
for bias, style in zip(biases, (":", "-", "--", "-.")):
    full = flow[bias][:, 0]
    plt.fill_between(steps, full.min(0), full.max(0), alpha=0.15)
    plt.semilogy(steps, median[bias][0], style)
    name = f"bias {bias}" + (" (Keras)" if bias == 1 else "")
    plt.text(102, median[bias][0][-1], name, va="center")
plt.axhline(1, color="grey", linewidth=0.8)
plt.ylim(1e-24, 1e4)
plt.title("The forget gate's bias decides how far the gradient gets")
plt.xlabel("steps T (median and range of 10 seeds)")
plt.ylabel(r"$\|\partial c_T\,/\,\partial c_0\|$")
plt.show()

# %% name="flow_table"
print("       T = 10      50       100")
for bias in biases:
    row = median[bias][0][[9, 49, 99]]
    print(f"bias {bias}", "  ".join(f"{v:8.1e}" for v in row))
print("your guess:", guess, " measured:", f"{median[1][0][99]:.1e}")
claim("bias0_at_100", median[0][0][99], at_most=1e-18)
claim("bias1_at_10", median[1][0][9], at_least=0.194, at_most=0.218)
claim("bias1_at_50", median[1][0][49], at_least=1.45e-4, at_most=2.5e-4)
claim("bias1_at_100", median[1][0][99], at_least=1e-10, at_most=1e-6)
claim("bias2_at_100", median[2][0][99], at_least=0.05, at_most=0.19)
claim("bias5_at_100", median[5][0][99], at_least=75, at_most=122)

# %% [markdown]
# 默认的 LSTM（偏置 1）10 步还剩 0.2<!-- claim bias1_at_10 -->，50 步 1.6e-04<!-- claim bias1_at_50 -->，100 步 1.3e-08<!-- claim bias1_at_100 -->。**LSTM 没有消除梯度消失**，它只是给了一个可以调的旋钮。偏置 0 时 100 步剩 2.6e-22<!-- claim bias0_at_100 -->，比 SimpleRNN 还少；偏置 2 时剩 0.09<!-- claim bias2_at_100 -->；偏置 5 时是 94<!-- claim bias5_at_100 -->，不但没有消失，还大于 1。（E04）
#
# 输入和状态都接近零时，$f\approx\sigma(b_f)$。记忆每步乘 $f$，减半要 $n=\ln 0.5/\ln f$ 步，叫**半衰期 (half-life)**。

# %% name="half_life"
half_life = {}
for bias in biases:
    f = sigmoid(np.float64(bias))
    half_life[bias] = np.log(0.5) / np.log(f)
    print(f"bias {bias}: f = {f:.4f}, half-life {half_life[bias]:6.1f} steps")
claim("half_life_0", half_life[0], close_to=1, tol=1e-9)
claim("half_life_1", half_life[1], close_to=2.21, tol=0.01)
claim("half_life_5", half_life[5], close_to=103.2, tol=0.1)

# %% [markdown]
# 偏置 0，一步就忘一半；默认的偏置 1，半衰期只有 2.2<!-- claim half_life_1 --> 步；偏置 5 有 103<!-- claim half_life_5 --> 步。训练会改动 $f$，但开始时梯度得先到得了那里。
#
# ### 直接通路不是全部
#
# 常见的推导只写直接通路 $\prod f_t$，把它当成整个导数。1997 年的论文确实让误差只沿环传，在别处把梯度截断；今天的框架算的是全导数（[6.10 节](#cell-id=6-10)手推一步）。两者差多少？

# %% name="direct"
fig, axes = plt.subplots(1, 2, figsize=(6.6, 2.5))
for ax, bias in zip(axes, (1, 5)):
    ax.semilogy(steps, median[bias][0], "-", label="full derivative")
    ax.semilogy(steps, median[bias][1], "--",
                label=r"direct path $\prod f_t$ (best unit)")
    ax.set(title=f"bias {bias}", xlabel="steps T", ylim=(1e-15, 1e4))
axes[0].set_ylabel(r"size of $\partial c_T\,/\,\partial c_0$")
axes[1].legend(loc="lower left")
fig.suptitle("The way round through h and the gates carries more",
             x=0.02, ha="left", fontweight="bold")
plt.show()

# %%
claim("direct_bias1_at_100", median[1][1][99], at_most=1e-11)
claim("direct_bias5_at_100", median[5][1][99], at_least=0.58,
      at_most=0.635)
claim("full_over_direct_bias1", median[1][0][99] / median[1][1][99],
      at_least=1e5)
claim("full_over_direct_bias5", median[5][0][99] / median[5][1][99],
      at_least=100)

# %% [markdown]
# 偏置 1 时，最好的那个单元的直接通路只剩 4.7e-14<!-- claim direct_bias1_at_100 -->，全导数是它的 288,401<!-- claim full_over_direct_bias1 --> 倍。偏置 5 时，直接通路剩 0.61<!-- claim direct_bias5_at_100 -->，正如半衰期所说；全导数却是它的 153<!-- claim full_over_direct_bias5 --> 倍。多出来的都走了 $c\to h\to$ 门和候选值 $\to c$ 的弯路，每绕一次就乘一次 $U$。直接通路上的因子都小于 1，不会爆炸；弯路上的 $U$ 没有这个限制。
#
# ### 爆炸还在
#
# 把 $U$ 放大到 2、4、8 倍（训练会把权重变大，[6.8 节](#cell-id=6-8)的模型里 $U$ 的谱范数从 1 长到了 32<!-- claim trained_norm -->），12 个种子，看两个状态合在一起的导数（E03）。

# %% name="explode"
gains = (1, 2, 4, 8)
grown = {gain: np.median([memory_norms(seed, 1, gain)[2]
                          for seed in range(12)], axis=0) for gain in gains}
plt.figure(figsize=(5.6, 2.7))
for gain, style in zip(gains, ("-", "--", "-.", ":")):
    plt.semilogy(steps, grown[gain], style)
    plt.text(102, grown[gain][-1], f"gain {gain}", va="center")
plt.axhline(1, color="grey", linewidth=0.8)
plt.title("With large recurrent weights an LSTM explodes")
plt.xlabel("steps T (median of 12 seeds)")
plt.ylabel(r"$\|\partial (h_T,c_T)\,/\,\partial (h_0,c_0)\|$")
plt.show()

# %%
claim("gain1_at_100", grown[1][99], at_most=1e-5)
claim("gain8_at_100", grown[8][99], at_least=1e3)

# %% [markdown]
# 增益 1 时 100 步剩 1.6e-08<!-- claim gain1_at_100 -->；增益 8 时长到 4582<!-- claim gain8_at_100 -->。门管得住环，管不住弯路。所以训练 LSTM 照样要梯度裁剪（[第 04 章](04_vanishing_gradients.ipynb)）。

# %% [markdown]
# <a id="cell-id=6-7"></a>
# ## 6.7 遗忘门的偏置：一场赛跑
#
# 梯度走得更远，学得就更快吗？用加法问题来比，读 T 个数，其中两个带记号，最后报出这两个数的和（永远猜 1 的均方误差是 1/6，[第 05 章](05_training_rnns.ipynb)用过）。16 个单元，Adam；学习率都是 0.01，看过每种一个种子之后定的，不为任何一种单独调参。看更新多少次之后验证误差降到 0.01。第五位选手是 **chrono 初始化 (chrono initialisation)**（Tallec 和 Ollivier，2018），它让各个单元的时间尺度 $u$ 散布在 1 到 $T-1$ 之间，
#
# $$b_f=\ln u,\quad u\sim\mathcal U(1,\,T-1),\qquad b_i=-b_f$$
#
# 这样 $f=\sigma(\ln u)=\dfrac{u}{1+u}$，大约 $u$ 步忘到 $1/e$。整场赛跑已经录好（`python -m rnnbook.recipes run forget_bias`）。

# %% name="race"
race = recipes.load("forget_bias")
done = race.log.groupby(["steps", "bias", "member"])["updates"].last()
names = race.settings["settings"]["biases"]
fig, axes = plt.subplots(1, 2, figsize=(7.4, 3), sharey=True)
for ax, length in zip(axes, (50, 100)):
    for x, name in enumerate(names):
        y = done[length, name]
        ax.plot(np.full(len(y), x), y, "o", color=PALETTE[5])
        ax.hlines(y.median(), x - 0.3, x + 0.3, color=PALETTE[1])
    ax.set(title=f"T = {length} ({len(y)} networks each)",
           xlabel="bias of the forget gate")
    ax.set_xticks(range(len(names)), names)
axes[0].set_ylabel("updates until error 0.01")
fig.suptitle("A forget bias of 1 learns the adding problem sooner than 0",
             x=0.02, ha="left", fontweight="bold")
plt.show()

# %% name="race_table"
middle = done.groupby(["steps", "bias"]).median().unstack()[names]
print(middle.astype(int).to_string())
for length in (50, 100):
    for name, most in (("0", 2000), ("1", 1000), ("chrono", 500)):
        claim(f"updates_{name}_at_{length}", middle.loc[length, name],
              at_least=0.4 * most, at_most=most)
    claim(f"one_over_zero_at_{length}",
          middle.loc[length, "1"] / middle.loc[length, "0"],
          at_least=0.4, at_most=0.7)

# %% [markdown]
# 每个点是一个网络，橙线是中位数。T = 50 时，偏置 0 要 1000<!-- claim updates_0_at_50 --> 次更新，偏置 1 只要 550<!-- claim updates_1_at_50 --> 次；T = 100 时是 1600<!-- claim updates_0_at_100 --> 对 800<!-- claim updates_1_at_100 -->。在这个学习率上，中位数都是差不多快一倍；T = 50 的两组点还有一点重叠，T = 100 的没有。Keras 默认取 1，引的理由是 Jozefowicz 等（2015）。chrono 在两个长度上是 400<!-- claim updates_chrono_at_50 --> 和 400<!-- claim updates_chrono_at_100 -->。
#
# 偏置 2 和 5 也画出来了，但不下结论。5 在 [6.6 节](#cell-id=6-6)里梯度最大，在这次赛跑里反而不比 1 快。T = 100 时，偏置 0 和偏置 5 各有一个网络到 2000 次更新还没有学会。不肯忘的单元也难清空，可能是一个原因，这里没有验证。梯度走得远，还不等于学得快。
#
# 现场跑一小段，同一份代码，chrono，T = 50，一个网络。

# %% name="live_race" tags=["training"]
recipe = recipes.import_recipe("forget_bias")
one = recipe.SETTINGS | {"networks": {"50": 1}, "longest": {"50": 600}}
for row in recipe.run_trial(one, {"steps": 50, "bias": "chrono"})[1::2]:
    print(f"{row['updates']:4d} updates: error {row['mse']:.4f}")

# %% [markdown]
# <a id="cell-id=6-8"></a>
# ## 6.8 看门怎样动：一句真的莎士比亚
#
# [第 11 章](11_char_lm.ipynb)录好了一个在莎士比亚剧本上训练的 LSTM，512 个单元，一次读一个字符。把我们的 `gates` 用在它的权重上，就能看见每扇门。
#
# 512 个单元里挑哪一个？先定标准，取细胞状态与“本行已经读了几个字符”的相关系数绝对值最大的那个，在训练文本的片段上挑；然后换成验证文本，看它还成不成立。

# %%
model = recipes.load("shakespeare_lstm")
E, W_s, U_s, b_s = (model.weights[key] for key in (
    "embedding.embeddings", "lstm.kernel", "lstm.recurrent_kernel",
    "lstm.bias"))

def watch(strings):
    """Return i, f, o, c of every step: a list of arrays (B, T, H)."""
    ids = np.stack([model.vocab.encode(s) for s in strings])
    h = c = np.zeros((len(ids), 512), "float32")
    seen = []
    for t in range(ids.shape[1]):
        i, f, g, o = gates(E[ids[:, t]], h, W_s, U_s, b_s)
        c = f * c + i * g
        h = o * np.tanh(c)
        seen.append((i, f, o, c))
    return [np.stack(part, axis=1) for part in zip(*seen)]

# %%
def column(string):
    """Count the characters since the line began."""
    counts = [0]
    for character in string:
        counts.append(0 if character == "\n" else counts[-1] + 1)
    return np.array(counts[1:])

def correlation(c, strings, skip=100):
    """Correlate every unit's state (B, T, H) with the column."""
    y = np.stack([column(s) for s in strings])[:, skip:].ravel()
    flat = c[:, skip:].reshape(len(y), -1)
    y, flat = y - y.mean(), flat - flat.mean(axis=0)
    return y @ flat / np.linalg.norm(y) / np.linalg.norm(flat, axis=0)

# %% name="find_unit" tags=["data"]
from rnnbook.data import shakespeare

text = shakespeare.load_shakespeare()
def cut(string, count=10, size=400):
    return [string[k:k + size] for k in np.linspace(
        0, len(string) - size, count).astype(int)]

searched, fresh = cut(text.train), cut(text.validation)
scores = correlation(watch(searched)[3], searched)
unit = int(np.abs(scores).argmax())
i, f, o, c = watch(fresh)
full = {"scope": "full", "full": text.source.full}
print("unit", unit, "of 512")
claim("line_unit_train", abs(scores[unit]), at_least=0.7, **full)
claim("line_unit_validation", abs(correlation(c, fresh)[unit]),
      at_least=0.7, **full)
claim("median_unit", np.median(np.abs(scores)), at_most=0.07, **full)

# %% [markdown]
# 选出来的单元在训练文本上的相关系数是 0.88<!-- claim line_unit_train -->，换成没见过的文本仍是 0.87<!-- claim line_unit_validation -->；512 个单元的中位数只有 0.06<!-- claim median_unit -->。画一句验证文本里的话，↵ 是换行。

# %% name="traces" tags=["data"]
start = fresh[0].index("\n", 100) + 1
part = slice(start, start + 90)
shown = fresh[0][part].replace("\n", "↵")
fig, (top, bottom) = plt.subplots(2, 1, figsize=(8.4, 3), sharex=True,
                                  height_ratios=(1.4, 1))
top.plot(c[0, part, unit])
top.grid(axis="x", visible=False)
top.axhline(0, color="grey", linewidth=0.8)
top.set(ylabel="$c_t$", title="The forget gate of this unit shuts at the "
        "end of a line, and its memory starts again")
strips = np.stack([gate[0, part, unit] for gate in (f, i, o)])
bottom.imshow(strips, aspect="auto", vmin=0, vmax=1, cmap="Blues")
bottom.set_yticks(range(3), ["forget $f_t$", "input $i_t$", "output $o_t$"])
bottom.set_xticks(range(len(shown)), list(shown), fontsize=6,
                  family="monospace")
bottom.grid(False)
bottom.set_xlabel("gates: white is 0 (shut), dark blue is 1 (open)")
plt.show()

# %% tags=["data"]
newline = np.array([[ch == "\n" for ch in s] for s in fresh])[:, 100:]
opened = f[:, 100:, unit]
claim("forget_at_newline", opened[newline].mean(), at_most=0.006, **full)
claim("forget_inside_line", opened[~newline].mean(), at_least=0.94, **full)
claim("forget_of_all_units", f[:, 100:].mean(), at_most=0.43, **full)
claim("trained_norm", spectral_norm(U_s), at_least=31)

# %% [markdown]
# 读到换行，这个单元的遗忘门平均只开 0.005<!-- claim forget_at_newline -->，把上一行清掉；在行内平均开 0.95<!-- claim forget_inside_line -->，一点点累加。没有人教它数列数，训练只要它猜下一个字符，何时该忘是它自己学会的。Karpathy 等人（2015）在类似的网络里找到过同样的单元。
#
# 遗忘门对全部 512 个单元、全部步的平均是 0.42<!-- claim forget_of_all_units -->，平均说来，记忆一步就丢掉一半以上。那些单元在记什么，这里没有查。第 18 章会系统地检验这类“解释”。

# %% [markdown] tags=["optional"]
# <a id="cell-id=6-9"></a>
# ## 6.9 选读：拆掉一个零件
#
# 哪个零件最要紧？一次拆一个，这叫**消融 (ablation)**。把一扇门固定在 1，或者去掉一个 $\tanh$；最后一行让两扇门共用一个数，$i_t=1-f_t$。两个小任务，T = 50：
#
# - **加法**：最后一步报出两个带记号的数之和（要记得久）；
# - **累加**：每一步报出上一个清零记号以来的和（要会忘）。
#
# 每一种拆法得到同样的搜索：学习率 0.003、0.01、0.03、0.1、0.3 各训练 8 个网络，前 3 个用来挑学习率，后 5 个用来报成绩。数字是验证误差降到目标（加法 0.01，累加 0.05）所需的更新次数，1000 表示没做到。这也是录好的（`lstm_ablation`）。

# %% name="ablation"
recipe = recipes.import_recipe("lstm_ablation")
ablation = recipes.load("lstm_ablation")
settings = ablation.settings["settings"]
rates, last = recipe.chosen(ablation.log, settings)
order = settings["without"]
fig, axes = plt.subplots(1, 2, figsize=(7.4, 2.9), sharey=True)
for ax, task in zip(axes, ("adding", "resets")):
    for y, name in enumerate(order):
        x = last[task, name]
        ax.plot(x, np.full(len(x), y), "o", color=PALETTE[5])
        ax.plot(x.median(), y, "|", color=PALETTE[1], markersize=18,
                markeredgewidth=3)
    ax.axvline(last[task, "nothing"].median(), color="grey", linewidth=0.8)
    ax.set(title=task, xlabel="updates to the goal")
axes[0].set_yticks(range(len(order)), [name.replace("_", " ")
                                       for name in order])
axes[0].invert_yaxis()
axes[0].set_ylabel("taken out")
fig.suptitle("Which part matters depends on the task", x=0.02, ha="left",
             fontweight="bold")
plt.show()

# %% name="ablation_table"
print("updates of five networks at the rate that three others chose")
for task in ("adding", "resets"):
    for name in order:
        print(f"{task} {name:12s} rate {rates[task, name]:<5g}",
              *(f"{n:4d}" for n in last[task, name]))

# %%
middle = last.groupby(["task", "without"]).median()
slower = {key: middle[key] / middle[key[0], "nothing"] for key in middle.index}
without = ablation.log[(ablation.log.task == "adding")
                       & (ablation.log.without == "input_gate")]
claim("adding_nothing", middle["adding", "nothing"],
      at_least=250, at_most=450)
claim("input_gate_learnt", without[
    without.mse <= settings["goal"]["adding"]].groupby(
        ["rate", "member"]).ngroups, at_most=3)
claim("output_tanh_learnt", (last["adding", "output_tanh"]
                             < settings["longest"]).sum(), at_most=3)
claim("adding_without_forget", slower["adding", "forget_gate"],
      at_least=1.3, at_most=3)
claim("adding_coupled", middle["adding", "coupled"],
      at_least=100, at_most=350)
claim("resets_without_forget", slower["resets", "forget_gate"],
      at_least=3, at_most=5)
claim("resets_other_parts", max(
    slower["resets", name] for name in order if name != "forget_gate"),
    at_most=3)
ends = [settings["learning_rates"][0], settings["learning_rates"][-1]]
learnt = middle[middle < settings["longest"]].index
claim("rates_at_the_edge", rates[learnt].isin(ends).sum(), at_most=0)

# %% [markdown]
# 完整的 LSTM 学加法要 350<!-- claim adding_nothing --> 次（中位数）。拆掉输入门，五个学习率的 40 个网络里，1000 次之内学会的有 0<!-- claim input_gate_learnt --> 个。50 步的杂数都往记忆里写，和 [6.1 节](#cell-id=6-1)的写入冲突对得上。拆掉读出前的 $\tanh$，挑了学习率以后 5 个里也只学会 2<!-- claim output_tanh_learnt --> 个；可能的原因是细胞状态没有上界，读出来的数也就没有上界，这里没有验证。拆掉遗忘门，慢到 1.9<!-- claim adding_without_forget --> 倍，5 个网络散得很开，有的不比完整的慢，有的没有学会。
#
# 换成累加，最要紧的变成遗忘门，拆掉它慢到 4.0<!-- claim resets_without_forget --> 倍；其他的最多 2.5<!-- claim resets_other_parts --> 倍（拆掉读出前的 $\tanh$；每 50 次更新才看一眼，100 与 150 的差别不算数）。所以“哪扇门最重要”没有不看任务的答案。$i_t=1-f_t$ 的那一行在加法上最快（100<!-- claim adding_coupled --> 次），还少一组权重；[第 07 章](07_gru.ipynb)的 GRU 就这样做。学会了的各行，挑中网格两端的有 0<!-- claim rates_at_the_edge --> 个。
#
# Greff 等人（2017）在语音、手写和音乐上做过大得多的同类实验，遗忘门和读出前的 $\tanh$ 最要紧，共用门和去掉窥视孔都无妨。这里只有两个人造任务、5 个种子、16 个单元。

# %% [markdown] tags=["optional"]
# <a id="cell-id=6-10"></a>
# ## 6.10 选读：LSTM 退一步
#
# [第 03 章](03_bptt.ipynb)为简单 RNN 手推过反向的一步，现在用同一套办法推 LSTM 的。它有两个状态，所以带着两个全导数往回走：$\delta_t=\mathrm dL/\mathrm dh_t$ 和 $\kappa_t=\mathrm dL/\mathrm dc_t$。细胞状态 $c_t$ 影响损失的路有两条，一条经过环到 $c_{t+1}$，一条经过 $h_t$。记 $s_t=\tanh(c_t)$：
#
# $$\kappa_t=\kappa_{t+1}\odot f_{t+1}+\delta_t\odot o_t\odot(1-s_t\odot s_t)$$
#
# 再往下是四个和 $a_i,a_f,a_g,a_o$（[6.4 节](#cell-id=6-4)），各乘自己的斜率，$\sigma'=\sigma(1-\sigma)$，$\tanh'=1-\tanh^2$。损失对它们的导数记作 $\alpha$，下标 $t$ 省略：
#
# $$\alpha_i=\kappa\odot g\odot i\odot(1-i),\qquad\alpha_f=\kappa\odot c_{t-1}\odot f\odot(1-f)$$
#
# $$\alpha_g=\kappa\odot i\odot(1-g\odot g),\qquad\alpha_o=\delta\odot s\odot o\odot(1-o)$$
#
# 四块拼成 $\alpha$ (B, 4H)，以后和简单 RNN 一样，这一步对 $W$、$U$ 的梯度贡献是 $x_t^\top\alpha$ 和 $h_{t-1}^\top\alpha$，传回 $h_{t-1}$ 的是 $\alpha U^\top$。

# %%
def lstm_backward(x, h, c, W, U, b, dh, dc):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    s = np.tanh(f * c + i * g)
    # h_t = o_t * tanh(c_t): the cell state is also reached through h_t
    dc = dc + dh * o * (1 - s**2)
    # sigmoid'(a) = s (1 - s), tanh'(a) = 1 - tanh(a)^2
    da = np.concatenate([dc * g * i * (1 - i), dc * c * f * (1 - f),
                         dc * i * (1 - g**2), dh * s * o * (1 - o)], axis=-1)
    # c_t = f_t * c_{t-1} + i_t * g_t: the direct way back multiplies by f_t
    return da @ W.T, (da @ U.T, dc * f), (x.T @ da, h.T @ da, da.sum(0))

# %% [markdown]
# 最后一行的 `dc * f` 就是直接通路，只乘一个 $f$，不乘 $U$，也不乘 $\tanh$ 的斜率；`da @ U.T` 是弯路。公式用两种互相独立的办法检查，中心差分和 Keras 的 LSTM（[第 03 章](03_bptt.ipynb)的 `bptt` 把退一步沿时间走完）。

# %% name="lstm_check"
from rnnbook.gradients.backprop import bptt
from rnnbook.gradients.gradcheck import (
    autodiff, central_differences, relative_error,
)

keras.utils.set_random_seed(3)
lstm = layers.LSTM(6, return_sequences=True, dtype="float64")
lstm.build((3, 7, 4))
kind, (W64, U64, b64) = weights_of(lstm)
rng = np.random.default_rng(7)
x64, pull = rng.standard_normal((3, 7, 4)), rng.standard_normal((3, 7, 6))
zeros = np.zeros((3, 6))
ours = bptt(kind, x64, (zeros, zeros), (W64, U64, b64), pull)

def loss(U):  # L = sum(h * pull)
    return np.sum(lstm_scan(x64, zeros, zeros, W64, U, b64)[0] * pull)

claim("lstm_vs_differences", relative_error(
    ours.weights[1], central_differences(loss, U64)), at_most=1e-7)
theirs_x, = autodiff(lambda x: keras.ops.sum(lstm(x) * pull), [x64])
claim("lstm_vs_keras", relative_error(ours.xs, theirs_x), at_most=1e-7)

# %% [markdown]
# 对 $U$ 的梯度和中心差分差 3e-09<!-- claim lstm_vs_differences -->，对输入的梯度和 Keras 差 4e-16<!-- claim lstm_vs_keras -->。[6.6 节](#cell-id=6-6)的 `jacobian_products` 用的就是这一步。

# %% [markdown]
# <a id="cell-id=6-11"></a>
# ## 6.11 窥视孔
#
# **窥视孔连接 (peephole connection)** 让门看见细胞状态，每个单元只看自己的（Gers 和 Schmidhuber，2000）：
#
# $$i_t=\sigma(a_i+p_i\odot c_{t-1}),\quad f_t=\sigma(a_f+p_f\odot c_{t-1}),\quad o_t=\sigma(a_o+p_o\odot c_t)$$
#
# 输入门和遗忘门看旧的 $c_{t-1}$，输出门看新的 $c_t$。它们在库里是细胞，放进 `keras.layers.RNN` 就成了层；`PeepholeLSTMCell` 走一步的代码如下。

# %% name="peephole_code"
import inspect

from rnnbook.cells.lstm_variants import PeepholeLSTMCell

print(inspect.getsource(PeepholeLSTMCell.advance))

# %% name="peepholes"
peephole = layers.RNN(PeepholeLSTMCell(6), return_sequences=True)
peephole.build((None, None, 5))
print({w.name: tuple(w.shape) for w in peephole.weights})
zero = np.zeros((3, 6), "float32")
for name, p in (("zero", zero), ("one", zero + 1)):
    peephole.set_weights([*weights, p])
    gap = np.abs(keras.ops.convert_to_numpy(peephole(xs)) - theirs[0]).max()
    print(f"peepholes {name}: differs from LSTM by {gap:.1e}")
    if name == "zero":
        claim("zero_peepholes_equal_lstm", gap, at_most=1e-6)
claim("peepholes_matter", gap, at_least=0.15)

# %% [markdown]
# 窥视孔为零，就是 LSTM；设成 1，输出差到 0.6<!-- claim peepholes_matter -->。它多了 $3H$ 个参数。Keras 的 LSTM 没有窥视孔。（归一化也能放进 LSTM，库里有 `LayerNormLSTMCell`，道理在[第 05 章](05_training_rnns.ipynb)。）

# %% [markdown]
# ## 小结
#
# 你**造出**了传送带、三扇门和两个状态，并和 `keras.layers.LSTM` 对到 $10^{-6}$；**测量**了遗忘门的偏置怎样决定梯度走多远、学得多快；**读懂**了一个细胞怎样在换行处清空自己。
#
# | 名称 | 公式 | 形状 |
# |---|---|---|
# | 输入门、遗忘门、输出门 | $i_t,f_t,o_t=\sigma(x_tW_\bullet+h_{t-1}U_\bullet+b_\bullet)$ | (B, H) |
# | 候选值 | $g_t=\tanh(x_tW_g+h_{t-1}U_g+b_g)$ | (B, H) |
# | 细胞状态的更新 | $c_t=f_t\odot c_{t-1}+i_t\odot g_t$ | (B, H) |
# | 输出 | $h_t=o_t\odot\tanh(c_t)$ | (B, H) |
# | 直接通路 | $\prod_t f_t$；半衰期 $\ln 0.5/\ln f$ | (H,) |
# | chrono 初始化 | $b_f=\ln u,\ b_i=-b_f$ | (H,) |
# | 参数个数 | $4H(D+H+1)$ | – |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E03 “LSTM 解决了梯度消失和梯度爆炸”
#
# 爆炸没有解决。增益 8 时，12 个种子的中位数在 100 步后远大于 1（[6.6 节](#cell-id=6-6)）。下面数一数，有几个种子的导数超过 1：

# %%
exploded = sum(memory_norms(seed, 1, 8)[2][99] > 1 for seed in range(12))
claim("exploded_seeds", exploded, at_least=10)

# %% [markdown]
# ### E04 “有了门，梯度就不会消失”
#
# 默认的 LSTM 读 100 步噪声，$\partial c_{100}/\partial c_0$ 在每一个种子上都小于百万分之一：

# %%
claim("largest_default", flow[1][:, 0, 99].max(), at_most=1e-6)

# %% [markdown]
# ### E32 “cₜ=fₜ⊙cₜ₋₁+iₜ⊙tanh(…) 这一行是候选细胞状态”
#
# 候选值是里面的 $g_t=\tanh(\cdots)$，这一行是细胞状态的**更新**。候选值过了 $\tanh$，绝对值不会超过 1；细胞状态可以更大，手算的第一步就是：

# %%
claim("c1_by_hand", c1.item(), at_least=1.01)

# %% [markdown]
# ### E57 “循环神经网络由 Hochreiter 和 Schmidhuber 于 1997 年提出”
#
# 1997 年的是 LSTM。在它之前已有 Rumelhart 等和 Jordan（1986）、Elman（1990）的循环网络，以及 Werbos（1990）的随时间反向传播。1997 年多出来的是第二个状态 $c_t$：

# %%
for name in ("SimpleRNN", "LSTM"):
    cell = getattr(layers, name)(4).cell
    print(name, "carries", np.size(cell.state_size), "state(s)")
    claim(f"states_{name.lower()}", np.size(cell.state_size),
          close_to={"SimpleRNN": 1, "LSTM": 2}[name], tol=0)

# %% [markdown]
# ### E59 “1997 年的 LSTM 引入了三个门”
#
# 只有输入门和输出门两个，遗忘门是 2000 年加上的。换个说法，把今天的 LSTM 的遗忘门钉在 1（偏置 40，权重 0），它就成了 1997 年的那一种，随机的权重也一步不差：

# %%
rng = np.random.default_rng(0)
W_i, W_g, W_o = rng.standard_normal((3, 5, 6))  # 5 numbers in, 6 units
x, c = rng.standard_normal((4, 5)), rng.standard_normal((4, 6))
old = step_1997(x, 0 * c, c, np.hstack([W_i, W_g, W_o]),
                np.zeros((6, 18)), np.zeros(18))
new = lstm_step(x, 0 * c, c, np.hstack([W_i, 0 * W_i, W_g, W_o]),
                np.zeros((6, 24)), np.repeat([0, 40, 0, 0], 6))
claim("pinned_gate_is_1997", np.abs(np.subtract(old, new)).max(),
      at_most=1e-12)

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示，写法如下。

# %%
hint("lstm.hand_step")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 接着 [6.4 节](#cell-id=6-4)：$x_3=1$，权重与 $h_2,c_2$ 不变，求 $h_3$ 和 $c_3$。填一对数（精确到小数点后两位即可）。
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
h3_c3 = ...  # (h3, c3)

# %%
check("lstm.hand_step", h3_c3)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 写一个函数，给出特征数、单元数，以及有没有窥视孔，返回参数个数（一个偏置，与 Keras 相同）。
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units, peepholes=False):
    ...

# %%
check("lstm.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 想记多久，偏置该设多少
#
# [6.6 节](#cell-id=6-6)由偏置算半衰期。反过来：想让记忆的半衰期恰好是 n 步，遗忘门的偏置 $b_f$ 应设成多少（其余输入为零，即 $f=\sigma(b_f)$）？
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def bias_for_half_life(n):
    ...

# %%
check("lstm.bias_for_half_life", bias_for_half_life)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 写出 chrono 初始化的偏置
#
# 给出每个单元的时间尺度 $u$（形状 (H,)，都大于 1），返回 Keras 的 `LSTM` 能用的偏置，形状 (4H,)：$b_f=\ln u$，$b_i=-b_f$，其余为 0。
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def chrono_bias(u):
    ...

# %%
check("lstm.chrono_bias", chrono_bias)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 修好一个有毛病的步
#
# 下面这个 `buggy_step` 形状全对，也不报错，却有三处错误。写出正确的 `fixed_step`（别直接调用 `lstm_step`，先自己找出那三处）。
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def buggy_step(x, h, c, W, U, b):
    i, o, g, f = np.split(x @ W + h @ U + b, 4, axis=-1)
    h = sigmoid(o) * np.tanh(c)
    c = sigmoid(f) * c + sigmoid(i) * sigmoid(g)
    return h, c

def fixed_step(x, h, c, W, U, b):
    ...

# %%
check("lstm.fixed_step", fixed_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 手工设一个会数数的 LSTM
#
# 输入每步是两个 0/1：（事件，清零）。要求细胞状态记着**上一次清零以来的事件数，除以 10**；清零那一步先归零，当步的事件照样计入。一个单元，填 `W` (2, 4)、`U` (1, 4)、`b` (4,)，次序 $i,f,g,o$，返回 `(W, U, b)`。检查时用 300 步的随机流，误差不超过 0.02。
#
# [解答](solutions/06_lstm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def counter():
    ...

# %%
check("lstm.counter", counter)

# %% [markdown]
# ## 延伸阅读
#
# - Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780. [doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735)。读第 3、4 节：传送带怎样从“导数等于 1”推出来，两种冲突怎样引出两扇门。
# - Gers, F. A., Schmidhuber, J., Cummins, F. (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10), 2451–2471. [doi:10.1162/089976600300015015](https://doi.org/10.1162/089976600300015015)。遗忘门的出处，[6.3 节](#cell-id=6-3)的长流就是它的问题。
# - Gers, F. A., Schmidhuber, J. (2000). Recurrent nets that time and count. *IJCNN 2000*, 189–194. [doi:10.1109/IJCNN.2000.861302](https://doi.org/10.1109/IJCNN.2000.861302)。窥视孔：分清 49 步与 50 步。
# - Graves, A., Schmidhuber, J. (2005). Framewise phoneme classification with bidirectional LSTM and other neural network architectures. *Neural Networks* 18(5–6), 602–610. [doi:10.1016/j.neunet.2005.06.042](https://doi.org/10.1016/j.neunet.2005.06.042)。遗忘门、窥视孔和完整的梯度第一次合在一起，后人叫它 vanilla LSTM。
# - Graves, A. (2013). Generating sequences with recurrent neural networks. [arXiv:1308.0850](https://arxiv.org/abs/1308.0850)。后来通行的公式（带窥视孔）在第 2 节。
# - Jozefowicz, R., Zaremba, W., Sutskever, I. (2015). An empirical exploration of recurrent network architectures. *ICML 2015*, PMLR 37, 2342–2350. [网址](https://proceedings.mlr.press/v37/jozefowicz15.html)。试了上万种结构；遗忘门的偏置设成 1，就补上了 LSTM 与 GRU 的差距。
# - Greff, K., Srivastava, R. K., Koutník, J., Steunebrink, B. R., Schmidhuber, J. (2017). LSTM: a search space odyssey. *IEEE Transactions on Neural Networks and Learning Systems* 28(10). [arXiv:1503.04069](https://arxiv.org/abs/1503.04069)。[6.9 节](#cell-id=6-9)的大规模版本：八种改动、三个任务。
# - Tallec, C., Ollivier, Y. (2018). Can recurrent neural networks warp time? [arXiv:1804.11188](https://arxiv.org/abs/1804.11188)。从“时间可以伸缩”推出门，再推出 chrono 初始化。
# - Karpathy, A., Johnson, J., Li, F.-F. (2015). Visualizing and understanding recurrent networks. [arXiv:1506.02078](https://arxiv.org/abs/1506.02078)。字符级 LSTM 里数列数的单元、认引号的单元。
#
# [← 05 激活函数、初始化与归一化](05_training_rnns.ipynb) · [目录](index.md) · [解答](solutions/06_lstm.ipynb) · [07 门控循环单元与表达力 →](07_gru.ipynb)<!-- nav -->
