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
# # 第 02 章 循环神经网络：从公式到代码
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/02_rnn_forward.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/02_rnn_forward.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/02_rnn_forward.ipynb)<!-- badges -->
#
# [← 01 序列数据与基线](01_sequences.ipynb) · [目录](index.md) · [解答](solutions/02_rnn_forward.ipynb) · [03 随时间反向传播 →](03_bptt.ipynb)<!-- nav -->
#
# 读完这一章，你会手算过两步循环神经网络，自己写出它的循环、矩阵和类三个版本，并且检验过它与 `keras.layers.SimpleRNN` 的输出相差不到 $10^{-6}$。
#
# | | |
# |---|---|
# | **你将会** | **手算**一个两步的网络；**写出**与 Keras 一致的实现；**选对**四种输入输出的模型、输出层和损失 |
# | **你需要** | [第 00 章](00_setup.ipynb)的形状约定 (batch, time, feature)；矩阵乘法；NumPy |
# | **时间** | 阅读 50 分钟<!-- minutes -->，练习 60 分钟，运行约 21 s<!-- seconds --> |

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

from rnnbook import check, claim, hint
from rnnbook.notebook import diagrams
from rnnbook.notebook.figures import use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一个 `SimpleRNN(16)` 每步读入 8 个数。把序列从 10 步加长到 1000 步，它的参数个数变成原来的几倍？
#
# 先把你的猜测写进下面的格子，[2.7 节](#cell-id=2-7)用测量来回答。

# %%
guess = None  # your guess, e.g. 100

# %% [markdown]
# <a id="cell-id=2-1"></a>
# ## 2.1 一边读一边改写记忆
#
# 读“我 爱 自然 语言”这句话时，你并不会每读一个词就把前面的忘掉。读到“我”，记住主语；读到“爱”，记住动作；读到“自然”，等着看爱的是什么；读到“语言”，把两个词合成一个短语。每一步都用新读到的词**改写已有的记忆**。
#
# **循环神经网络 (recurrent neural network)** 把这件事写成一个公式。第 $t$ 步的输入是 $x_t$，记忆叫**隐藏状态 (hidden state)**，记作 $h_t$：
#
# $$h_t=f(x_t W+h_{t-1}U+b)$$
#
# - $x_t W$ 是新读到的东西，$h_{t-1}U$ 是旧的记忆，$b$ 是偏置，$f$ 是非线性函数，通常取 $\tanh$；
# - 输出 $y_t=g(h_t V+c)$ 从记忆里读出来，$V$ 和 $c$ 是输出的权重和偏置，$g$ 由任务决定（[2.8 节](#cell-id=2-8)）；
# - 开始时什么也没读过，通常取 $h_0=0$。
#
# 批里有 B 个样本，$x_t$ 有 D 个特征，$h_t$ 有 H 个数，每个数叫一个**隐藏单元 (hidden unit)**，$y_t$ 有 O 个数。
#
# 把同一个网络按时间一步一步摊开画，叫**按时间展开 (unrolling)**。

# %% name="unrolled"
diagrams.unrolled()
plt.show()

# %% [markdown]
# 左边是折叠的画法，橙色的环表示“隔一步再回来”；右边是展开的画法，时间从左往右。相邻的隐藏状态之间有箭头 $h_{t-1}\to h_t$，箭头只指向未来，每一步用的是同一组 $W,U,V$，这叫**权重共享 (weight sharing)**。

# %% [markdown]
# ### 同一个公式的几种写法
#
# 论文和讲义常把向量写成列，$h_t=f(Wx_t+Uh_{t-1}+b)$；Keras 和本书把一个样本写成一**行**，矩阵乘在右边。两者只差一个转置。
#
# 这本书由五份中文讲义改编，即 S0《一切皆是映射：循环神经网络(RNN)与序列预测》、S1《循环神经网络RNN原理及文本生成实践》、S2《循环神经网络 (RNN) 原理与代码实例讲解》、S3《深度学习的高级：循环神经网络》、S4《第19讲：循环神经网络（RNN）》。它们用了五套字母，对照如下。讲义的矩阵乘在列向量左边，所以是本书矩阵的转置。
#
# | 含义 | 本书 | Keras 的权重 | S0 | S1 | S2 | S3 | S4 |
# |---|---|---|---|---|---|---|---|
# | 输入 → 状态 | $W$ (D, H) | `kernel` | $W_{xh}$ | $W_{hx}$ | $w_x$ | $U$ | $W$，后改 $W_x$ |
# | 状态 → 状态 | $U$ (H, H) | `recurrent_kernel` | $W_{hh}$ | $W_{hh}$ | $w_h$ | $W$ | $U$，后改 $W_h$ |
# | 状态的偏置 | $b$ (H,) | `bias` | $b_h$ | $b_h$ | $b_h$ 与 $b_x$，相加后是一个 | 没有写 | $b$，后改 $b_h$ |
# | 状态 → 输出 | $V$ (H, O) | 输出层 `Dense` 的 `kernel` | $W_{hy}$ | $W_{yh}$，后改 $W_y$ | 没有写 | $V$ | $W_y$ |
# | 状态 | $h_t$ | `state` | $h_t$ | $h_t$ | $h_t$ | $s_t$ | $h_t$ |
# | 输出 | $y_t$ | 输出层的输出 | $y_t$ | $y_t$ | $y_t$ | $o_t$ | $y_t$ |
# | 逐元素乘 | $\odot$ | `*` | $*$ | 没有用到 | $\odot$ | $\odot$ | 没有用到 |
#
# 最容易看错的是 S3，它的 $U$ 是本书的 $W$，它的 $W$ 是本书的 $U$，到了 LSTM 一节又把两个字母对调。表里的 $\odot$（有的讲义写 $*$）是逐元素乘，NumPy 写 `*`；矩阵乘写 `@`。

# %% [markdown]
# <a id="cell-id=2-2"></a>
# ## 2.2 手算两步
#
# 先把网络缩到最小：2 个输入特征、3 个隐藏单元、2 个时间步。数都选得能用纸笔算。
#
# 形状：$x_t$ (1, 2)，$W$ (2, 3)，$U$ (3, 3)，$b$ (3,)，$h_t$ (1, 3)。

# %%
# one row per input feature, one column per hidden unit
W = np.array([[0.5, -1.0, 0.0],
              [1.0, 0.0, -0.5]])
# one row per old unit, one column per new unit
U = np.array([[0.5, 0.0, 0.0],
              [0.0, 0.5, 1.0],
              [-1.0, 0.0, 0.5]])
b = np.array([0.0, 0.5, 0.0])
x1 = np.array([[1.0, 0.5]])
x2 = np.array([[0.0, 1.0]])

# %% [markdown]
# 第一步，$h_0=0$，所以 $h_0U$ 那一项是零：
#
# $$a_1=x_1W+b=(1\times0.5+0.5\times1,\;\;1\times(-1)+0.5,\;\;0.5\times(-0.5))=(1,\,-0.5,\,-0.25)$$
#
# $$h_1=\tanh(a_1)=(0.762,\,-0.462,\,-0.245)$$
#
# 第二步，旧记忆加入进来。$x_2W+b=(1,\,0.5,\,-0.5)$，而
#
# $$h_1U=(0.762\times0.5+0.245,\;\;-0.462\times0.5,\;\;-0.462-0.245\times0.5)=(0.626,\,-0.231,\,-0.585)$$
#
# 相加得 $a_2=(1.626,\,0.269,\,-1.085)$，再取 $\tanh$。让 NumPy 算一遍。

# %% name="hand"
h0 = np.zeros((1, 3))
h1 = np.tanh(x1 @ W + h0 @ U + b)
h2 = np.tanh(x2 @ W + h1 @ U + b)
print(h1.round(3), h2.round(3), sep="\n")
by_hand = np.array([[0.762, -0.462, -0.245], [0.925, 0.263, -0.795]])
claim("hand_equals_numpy", np.abs(np.stack([h1, h2])[:, 0] - by_hand).max(),
      at_most=6e-4)

# %% [markdown]
# 第一行和手算的 $h_1$ 一致；第二行是 $\tanh(a_2)=(0.925,\,0.263,\,-0.795)$，差别都在第三位小数的舍入之内。$h_1$、$h_2$ 那两行代码就是循环层的全部前向计算，后面各节只是把它写得更短、更快、更通用。
#
# 记忆在哪里？$x_2$ 里没有任何关于 $x_1$ 的信息。把 $x_1$ 换掉，别的都不动，看 $h_2$ 变不变。

# %%
other1 = np.tanh(np.array([[0.0, 0.5]]) @ W + h0 @ U + b)
other2 = np.tanh(x2 @ W + other1 @ U + b)
print("change of h2:", (other2 - h2).round(3))
claim("memory_of_x1", np.abs(other2 - h2).max(), close_to=0.64, tol=5e-3)

# %% [markdown]
# $h_2$ 的三个分量都变了，最大的变了 0.64<!-- claim memory_of_x1 -->。$x_1$ 只能经过 $h_1$ 影响 $h_2$，本书说的“记忆”就是这个意思。

# %% [markdown]
# ### f 为什么常取 tanh
#
# 如果没有 $f$，两步合起来仍是线性的，叠多少步都只等于一次矩阵乘法加一个偏置。常见的选择有三个。

# %% name="activations"
z = np.linspace(-4, 4, 401)
curves = {"sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z),
          "ReLU": np.maximum(z, 0)}
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
for (name, y), style in zip(curves.items(), ("-", "--", ":")):
    left.plot(z, y, style, label=name)
    right.plot(z, np.gradient(y, z), style, label=name)
left.set(title="tanh is centred on zero", xlabel="a", ylabel="f(a)",
         ylim=(-1.2, 2.5))
right.set(title="its slope reaches 1", xlabel="a", ylabel="slope f'(a)")
left.legend()
plt.show()

# %%
slope = {name: np.gradient(y, z).max() for name, y in curves.items()}
claim("sigmoid_slope", slope["sigmoid"], close_to=0.25, tol=1e-3)
claim("tanh_slope", slope["tanh"], close_to=1.0, tol=1e-3)

# %% [markdown]
# tanh 的值在 $(-1, 1)$ 之间，所以状态不会越滚越大，它还以零为中心。反向传播每穿过一步，除了乘 $U$，还要乘一次斜率。tanh 的斜率最大是 1.00<!-- claim tanh_slope -->，sigmoid 的最大只有 0.25<!-- claim sigmoid_slope -->。ReLU 没有上界，状态可能越来越大，而且输入为负时斜率是 0。代价与补救在第 [04](04_vanishing_gradients.ipynb)、[05](05_training_rnns.ipynb) 章测量；本章一律用 tanh，这也是 Keras 的默认值。

# %% [markdown]
# <a id="cell-id=2-3"></a>
# ## 2.3 从两步到循环
#
# 两步的代码只有下标不同，于是写成函数。第一个函数走一步。

# %%
def rnn_step(x, h, W, U, b):
    # h_t = tanh(x_t W + h_{t-1} U + b)
    return np.tanh(x @ W + h @ U + b)

# %% [markdown]
# 第二个函数走完整个序列。输入 `xs` 的形状是 (batch, time, feature)，也就是 (B, T, D)；沿着时间轴（第 1 轴）走，每一步把新状态交给下一步。

# %%
def rnn_scan(xs, h0, W, U, b):
    h, states = h0, []
    for t in range(xs.shape[1]):  # the only loop: over time
        h = rnn_step(xs[:, t], h, W, U, b)
        states.append(h)
    return np.stack(states, axis=1), h

# %% [markdown]
# `np.stack(..., axis=1)` 把 T 个 (B, H) 叠成 (B, T, H)，时间仍在第 1 轴。和手算的两步对一对。

# %%
xs = np.stack([x1, x2], axis=1)
states, last = rnn_scan(xs, h0, W, U, b)
print("xs", xs.shape, " states", states.shape, " last", last.shape)
gap = np.abs(states[0] - np.concatenate([h1, h2])).max()
claim("loop_equals_hand", gap, at_most=1e-12)

# %% [markdown]
# 两者的差在 $10^{-12}$ 以内，循环做的就是手算的事。`last` 是最后一步的状态，也就是 `states[:, -1]`。

# %% [markdown]
# <a id="cell-id=2-4"></a>
# ## 2.4 从循环到矩阵
#
# 循环里有两次矩阵乘法，但只有 $h_{t-1}U$ 必须等上一步。$x_tW+b$ 和别的步无关，可以把 T 步、B 个样本一次乘完。下面用真正的一批：4 个样本、7 步、5 个特征、6 个隐藏单元。

# %%
rng = np.random.default_rng(0)
B, T, D, H = 4, 7, 5, 6
xs = rng.standard_normal((B, T, D))
Wb = rng.standard_normal((D, H)) / np.sqrt(D)
Ub = rng.standard_normal((H, H)) / np.sqrt(H)
bb = 0.1 * rng.standard_normal(H)
zeros = np.zeros((B, H))

# %% [markdown]
# 和上一节比，变的只有两行。

# %%
projected = xs @ Wb + bb  # New: all steps at once, (B, T, H)
h = zeros
for t in range(T):
    h = np.tanh(projected[:, t] + h @ Ub)  # New: one product per step
claim("hoisted_equals_loop",
      np.abs(h - rnn_scan(xs, zeros, Wb, Ub, bb)[1]).max(), at_most=1e-12)

# %% [markdown]
# 两种算法的差在 $10^{-12}$ 以内。GPU 上的高速实现（如 cuDNN）就这样做：输入的那一半并行算完，剩下的一半只能一步一步来。循环网络沿时间难以并行，难在这一半。
#
# 另一种常见写法把两个矩阵上下拼起来，$[x_t,\,h_{t-1}]\begin{bmatrix}W\\U\end{bmatrix}$。S0、S2 写门的公式时用的 $W\cdot[h_{t-1},x_t]$ 就是它，只是用列向量，而且把 $h$ 放在前面。

# %%
both = np.concatenate([Wb, Ub])  # (D + H, H)
h = zeros
for t in range(T):
    h = np.tanh(np.concatenate([xs[:, t], h], axis=1) @ both + bb)
claim("joined_equals_loop",
      np.abs(h - rnn_scan(xs, zeros, Wb, Ub, bb)[1]).max(), at_most=1e-12)

# %% [markdown]
# <a id="cell-id=2-5"></a>
# ## 2.5 包成一个类
#
# 权重跟着层走，调用时只给数据。接口照着 Keras 来：`return_sequences` 决定交出所有步还是最后一步，`return_state` 决定要不要另外交出末状态，`initial_state` 给出 $h_0$。

# %%
class NumpyRNN:
    def __init__(
        self, W, U, b, return_sequences=False, return_state=False
    ):
        self.W, self.U, self.b = W, U, b
        self.return_sequences = return_sequences
        self.return_state = return_state

    def __call__(self, xs, initial_state=None):
        h0 = initial_state
        if h0 is None:
            h0 = np.zeros((len(xs), len(self.b)))
        states, last = rnn_scan(xs, h0, self.W, self.U, self.b)
        result = states if self.return_sequences else last
        return (result, last) if self.return_state else result

# %% [markdown]
# 一批里的样本互不相干，一起算和一个一个算，结果应当相同。

# %%
own = NumpyRNN(Wb, Ub, bb)
one_by_one = np.concatenate([own(xs[i:i + 1]) for i in range(B)])
print("batch:", own(xs).shape, " one by one:", one_by_one.shape)
claim("batch_equals_single", np.abs(own(xs) - one_by_one).max(),
      at_most=1e-12)

# %% [markdown]
# <a id="cell-id=2-6"></a>
# ## 2.6 与 keras.layers.SimpleRNN 逐项核对
#
# 现在换上 Keras 自己的层。先看它有哪些权重。

# %% name="keras_weights"
keras.utils.set_random_seed(2)
layer = layers.SimpleRNN(H, bias_initializer="random_normal")
layer.build((None, None, D))
for weight in layer.weights:
    print(f"{weight.name:17s}", tuple(weight.shape))

# %% [markdown]
# 正是 $W$ (D, H)、$U$ (H, H)、$b$ (H,)，顺序也一样。把这三个权重交给我们自己的类，比较整批。

# %%
weights = layer.get_weights()
x32 = xs.astype("float32")
theirs = keras.ops.convert_to_numpy(layer(x32))
ours = NumpyRNN(*weights)(x32)
print("Keras", theirs.shape, " own", ours.shape)
claim("own_equals_keras", np.abs(ours - theirs).max(), at_most=1e-6)

# %% [markdown]
# 最大误差是 1.1e-07<!-- claim own_equals_keras -->，是 float32 舍入的大小。公式、循环和 Keras 的层算的是同一件事。

# %% [markdown]
# ### 最后一步，还是每一步？
#
# 默认只交出最后一步的状态。要每一步的，写 `return_sequences=True`；还要末状态，写 `return_state=True`。

# %% name="returns"
for sequences in (False, True):
    for state in (False, True):
        rnn = layers.SimpleRNN(H, return_sequences=sequences,
                               return_state=state)
        result = rnn(x32)
        shapes = [tuple(r.shape) for r in result] if state else result.shape
        print(f"sequences={sequences!s:5} state={state!s:5}", shapes)

# %% [markdown]
# (4, 7, 6) 是 (batch, time, units)，(4, 6) 是 (batch, units)。`return_state=True` 时结果是一个元组，第一项是输出，第二项是末状态。对 SimpleRNN 来说末状态就是最后一步的输出，看似多余；LSTM 有两个状态，到[第 06 章](06_lstm.ipynb)就不多余了。下面核对每一步的值，以及末状态是否正是最后一步。

# %%
full = layers.SimpleRNN(H, return_sequences=True, return_state=True)
full.build((None, None, D))
full.set_weights(weights)
states, last = [keras.ops.convert_to_numpy(r) for r in full(x32)]
expected, _ = rnn_scan(x32, np.zeros((B, H), "float32"), *weights)
claim("all_steps_equal_keras", np.abs(states - expected).max(),
      at_most=1e-6)
claim("state_is_last_step", np.abs(states[:, -1] - last).max(), at_most=0)

# %% [markdown]
# ### 从上次停下的地方继续
#
# 状态是唯一传向未来的东西，所以一个长序列可以切成两段：读完前 3 步，带着末状态读后 4 步，结果应当和一口气读完相同。可以自己传 `initial_state`，也可以用 `stateful=True` 让层自己记着（这时批大小必须固定）。

# %%
_, middle = full(x32[:, :3])
second, _ = full(x32[:, 3:], initial_state=middle)
claim("resumed_equals_whole",
      np.abs(keras.ops.convert_to_numpy(second) - states[:, 3:]).max(),
      at_most=1e-6)

# %%
keeper = layers.SimpleRNN(H, stateful=True)
keeper.build((B, None, D))
keeper.set_weights(weights)
keeper(x32[:, :3])  # remembers its state in the layer
carried = keras.ops.convert_to_numpy(keeper(x32[:, 3:]))
keeper.reset_state()
fresh = keras.ops.convert_to_numpy(keeper(x32[:, 3:]))
claim("stateful_equals_whole", np.abs(carried - last).max(), at_most=1e-6)
claim("forgotten_differs", np.abs(fresh - last).max(), at_least=0.05)

# %% [markdown]
# 带着状态，两段等于一整段；调用 `reset_state()` 之后再读后半段，结果差了 0.29<!-- claim forgotten_differs -->。读到一个新的、与前面无关的序列时，要先调用它。忘了也不会报错，上一个序列的状态就混了进来。

# %% [markdown]
# <a id="cell-id=2-7"></a>
# ## 2.7 权重共享：参数不随序列变长
#
# 每一步用的是同一组权重，那么参数个数里就不该有 T：
#
# $$\underbrace{D\times H}_{W}+\underbrace{H\times H}_{U}+\underbrace{H}_{b}=H(D+H+1)$$
#
# D = 8、H = 16 时是 $16\times25$。让 Keras 数一数，顺便数 LSTM 和 GRU（第 [06](06_lstm.ipynb)、[07](07_gru.ipynb) 章）。

# %% name="counts"
counts = {}
for name in ("SimpleRNN", "LSTM", "GRU"):
    for steps in (10, 100, 1000):
        rnn = getattr(layers, name)(16)
        rnn.build((None, steps, 8))
        counts[name, steps] = rnn.count_params()
    print(f"{name:10s}", [counts[name, s] for s in (10, 100, 1000)])

# %% [markdown]
# 每一行的三个数都一样。现在回答“先想一想”。

# %%
ratio = counts["SimpleRNN", 1000] / counts["SimpleRNN", 10]
print("your guess:", guess, " measured:", ratio)
claim("parameter_ratio", ratio, close_to=1, tol=0)
for name, value in (("SimpleRNN", 400), ("LSTM", 1600), ("GRU", 1248)):
    sizes = {counts[name, steps] for steps in (10, 100, 1000)}
    assert len(sizes) == 1  # the same at every length
    claim(f"{name.lower()}_parameters", sizes.pop(), close_to=value, tol=0)

# %% [markdown]
# 这就是开头那个问题的答案：1<!-- claim parameter_ratio --> 倍。T = 10、100、1000 时，SimpleRNN 都是 400<!-- claim simplernn_parameters --> 个参数，LSTM 都是 1600<!-- claim lstm_parameters --> 个，GRU 都是 1248<!-- claim gru_parameters --> 个。
#
# 真正随 T 变长的是训练时要留着的中间结果。反向传播需要每一步的状态，一批就是 $B\times T\times H$ 个数，与 T 成正比（[3.7 节](03_bptt.ipynb#cell-id=3-7)量了实际的内存）。所以“长序列训练吃内存”是对的，“长序列参数多”是错的。

# %% [markdown]
# ### 展开后就是一个权重相同的深网络
#
# 用普通的 `Dense` 层也能搭出循环网络：每一步用的是同一个层对象。

# %%
read, recall = layers.Dense(H), layers.Dense(H, use_bias=False)
read.build((B, D))
recall.build((B, H))
read.set_weights([weights[0], weights[2]])  # W and b
recall.set_weights([weights[1]])  # U
h = keras.ops.zeros((B, H))
for t in range(T):
    h = keras.ops.tanh(read(x32[:, t]) + recall(h))  # the same two layers
claim("tied_dense_equals_keras",
      np.abs(keras.ops.convert_to_numpy(h) - theirs).max(), at_most=1e-6)

# %% [markdown]
# 两个 `Dense` 用了 7 次，结果就是 SimpleRNN。如果每一步换一对新的 `Dense`，那是一个 7 层的前馈网络：参数是 7 倍，而且只能读 7 步的序列。

# %% [markdown]
# <a id="cell-id=2-8"></a>
# ## 2.8 输出层与损失看任务
#
# 隐藏状态是给网络自己用的，维数 H 由你定；输出 $y_t=g(h_tV+c)$ 是给任务用的，维数和 $g$ 由任务定。损失比较的是输出和**目标**，不是输出和隐藏状态。
#
# | 任务 | 输出的维数 | $g$ | 损失 |
# |---|---|---|---|
# | 预测一个实数（气温、乘客数） | 1 | 线性（没有 $g$） | 均方误差 `mse` |
# | 在 K 类里选一类（下一个字、词性） | K | $\operatorname{softmax}$ | 交叉熵 `sparse_categorical_crossentropy` |
# | 是或否；K 个互不排斥的标签 | 1 或 K | sigmoid | 二元交叉熵 `binary_crossentropy` |

# %%
V = np.array([[2.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])  # 3 units -> 2 outputs
c = np.zeros(2)
scores = h2 @ V + c
softmax = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
sigmoid = 1 / (1 + np.exp(-scores))
print("linear ", scores.round(3))
print("softmax", softmax.round(3), " sum", softmax.sum().round(3))
print("sigmoid", sigmoid.round(3), " sum", sigmoid.sum().round(3))
claim("sigmoid_sum", sigmoid.sum(), close_to=1.304, tol=5e-4)

# %% [markdown]
# 同一个状态，三种读法。线性输出可大可小，可以是气温。softmax 按定义除以总和，两个数加起来是 1，是“两类选一类”的概率。sigmoid 的两个数各自在 0 和 1 之间，这里加起来是 1.304<!-- claim sigmoid_sum -->，它们回答的是两个各自的是非题。
#
# 有了目标才有损失。交叉熵是正确那一类的概率取对数再变号。

# %%
nats = -np.log(softmax[0])  # one loss for each possible target
claim("loss_if_target_0", nats[0], close_to=0.041, tol=5e-4)
claim("loss_if_target_1", nats[1], close_to=3.219, tol=5e-4)

# %% [markdown]
# 网络对第 0 类很有把握。正确答案真是第 0 类，损失只有 0.041<!-- claim loss_if_target_0 --> 奈特；正确答案是第 1 类，同一个输出的损失是 3.219<!-- claim loss_if_target_1 --> 奈特（单位见[第 01 章](01_sequences.ipynb)）。状态没有变，目标变了，损失就变了。

# %% [markdown]
# <a id="cell-id=2-9"></a>
# ## 2.9 四种输入输出
#
# 同一个循环层，输入在哪几步给、输出在哪几步取，就成了四种模型。

# %% name="variants"
diagrams.variants()
plt.show()

# %% [markdown]
# **多对一 (many-to-one)**：读完一句话，判断它的情感。只取最后一步的状态。时间维写 `None`，同一个模型可以读任意长度。

# %%
many_to_one = keras.Sequential([
    keras.Input((None, 8)),
    layers.SimpleRNN(16),
    layers.Dense(3, activation="softmax"),
])
for steps in (5, 50):
    print(steps, "->", many_to_one(np.ones((2, steps, 8))).shape)

# %% [markdown]
# **多对多 (many-to-many)**：给每个词标词性，或者在每一步预测下一个字。取每一步的状态；`Dense` 作用在最后一轴，所以每一步用的是同一个 $V$。

# %%
many_to_many = keras.Sequential([
    keras.Input((None, 8)),
    layers.SimpleRNN(16, return_sequences=True),
    layers.Dense(3, activation="softmax"),
])
for steps in (5, 50):
    print(steps, "->", many_to_many(np.ones((2, steps, 8))).shape)

# %% [markdown]
# 语言模型就是一个多对多：读到一个词，猜**下一个**词。目标是输入往左挪一步，不需要人工标注。

# %% name="next_word"
diagrams.next_word(["I", "love", "natural", "language", "processing"])
plt.show()

# %% [markdown]
# 猜“processing”的时候，网络眼前只有“language”；“natural”要靠状态带过来。
#
# **一对多 (one-to-many)**：从一张图的特征写出一串描述。输入只在第一步给，后面补零（`ZeroPadding1D`），记忆负责把它带下去。另外两种做法是每一步都给同一个输入（`RepeatVector`），或者把上一步的输出当作下一步的输入（[第 11 章](11_char_lm.ipynb)的文本生成）。

# %%
one_to_many = keras.Sequential([
    keras.Input((1, 8)),
    layers.ZeroPadding1D((0, 4)),  # x_1 and then four empty steps
    layers.SimpleRNN(16, return_sequences=True),
    layers.Dense(3),
])
print("1 ->", one_to_many(np.ones((2, 1, 8))).shape)

# %% [markdown]
# **一对一 (one-to-one)**：只有一步。$h_0=0$ 时 $h_0U$ 消失，循环层就退化成一个带 tanh 的 `Dense` 层。

# %%
one_to_one = keras.Sequential([
    keras.Input((1, 8)),
    layers.SimpleRNN(16),
    layers.Dense(3),
])
kernel, _, bias = one_to_one.layers[0].get_weights()
x = rng.standard_normal((2, 1, 8)).astype("float32")
hidden = keras.ops.convert_to_numpy(one_to_one.layers[0](x))
print("1 ->", one_to_one(x).shape)
claim("one_step_equals_dense",
      np.abs(hidden - np.tanh(x[:, 0] @ kernel + bias)).max(), at_most=1e-6)

# %% [markdown]
# 四个模型里，循环层的权重形状完全一样，差别只在输入与输出的安排。输入输出长度**不同**的多对多（翻译）不在这四种里：它要两个循环网络接力，见 [2.12 节](#cell-id=2-12)和[第 15 章](15_seq2seq.ipynb)。

# %% [markdown]
# <a id="cell-id=2-10"></a>
# ## 2.10 送回来的是状态，不是输出
#
# 有的讲义说循环网络“把之前的**输出**反馈回来”。历史上真有这样的网络，叫 **Jordan 网络**；本章的公式和 Keras 的 SimpleRNN 送回来的是隐藏状态，这样的网络叫 **Elman 网络**。LSTM 和 GRU 送回来的也是状态（LSTM 另有一个细胞状态，[第 06 章](06_lstm.ipynb)）。
#
# Elman 自己的写法是把上一步的隐藏单元抄进一组**上下文单元** (context units)，当作这一步的另一份输入来训练，梯度只走一步，不再沿着抄来的数往前传；今天的训练办法在[第 03 章](03_bptt.ipynb)。Jordan 的网络里，上下文单元除了收上一步的输出，还留下自己旧值的一部分（乘一个小于 1 的系数），下面的图和练习 5 省去了这一项。

# %% name="feedback"
diagrams.feedback()
plt.show()

# %% [markdown]
# 怎样用实验分辨？在第 1 步算出 $y_1$ 之后把它改掉，别的都不动。如果送回来的是输出，后面就会跟着变。

# %%
def nudged_outputs(feedback, nudge):
    V3, state, outputs = 0.7 * np.eye(3), np.zeros((1, 3)), []
    for x in (x1, x2, x1, x2):
        h = np.tanh(x @ W + state @ U + b)
        y = h @ V3 if outputs else h @ V3 + nudge  # change only y_1
        outputs.append(y)
        state = h if feedback == "state" else y
    return np.concatenate(outputs)

# %% name="feedback_test"
change = {}
for feedback in ("state", "output"):
    difference = np.abs(nudged_outputs(feedback, 1.0)
                        - nudged_outputs(feedback, 0.0)).max(axis=1)
    print(f"{feedback:6s} fed back: change of y_1 ... y_4 =",
          difference.round(3))
    change[feedback] = difference[1:].max()
claim("elman_change", change["state"], at_most=0)
claim("jordan_change", change["output"], close_to=0.88, tol=5e-3)

# %% [markdown]
# 状态反馈时，$y_2,y_3,y_4$ 一点没变，差是 0<!-- claim elman_change -->；输出反馈时，$y_2$ 变了 0.88<!-- claim jordan_change -->。所以接在 SimpleRNN 后面的输出层只是从记忆里读数，不会改动记忆。只送回输出的网络记忆只有 O 个数，但训练时可以拿正确答案代替上一步的输出，各步就能并行地算（Goodfellow 等，2016，Section 10.2.1）。
#
# [第 11 章](11_char_lm.ipynb)生成文本时，我们会把抽到的字当作下一步的**输入** $x_{t+1}$ 再喂进去。那是在网络外面接的线，送回的环 $h_t\to h_{t+1}$ 仍然在里面。

# %% [markdown] tags=["optional"]
# <a id="cell-id=2-11"></a>
# ## 2.11 选读：记得住什么，忘得多快

# %% [markdown]
# ### 一道阅读理解
#
# 给网络读一个小故事，然后问“小明最后在哪里”。词用独热编码表示，所以 $x_tW$ 就是取出 $W$ 的一行。这次权重不用训练，自己设：三个隐藏单元各管一个地点。读到地点，就把它的单元推向 +1，别的推向 −1；读到别的词，输入是 0，靠 $U=2I$（$I$ 是单位矩阵）维持原状。

# %%
words = ["小明", "今天", "去", "吃饭", "睡觉", "厨房", "花园", "书房"]
places = words[5:]
W_story = np.zeros((8, 3))
W_story[5:] = 4 * (2 * np.eye(3) - 1)  # own unit +4, the others -4
U_story, b_story = 2 * np.eye(3), np.zeros(3)

def recall_place(ids, U):
    h0 = np.zeros((len(ids), 3))
    states, last = rnn_scan(np.eye(8)[ids], h0, W_story, U, b_story)
    known = last.max(axis=1) > 0.5
    return states, np.where(known, last.argmax(axis=1), -1)

# %% name="story"
story = ["小明", "去", "厨房", "吃饭", "今天", "去", "花园", "睡觉", "吃饭"]
ids = np.array([[words.index(w) for w in story]])
states, answer = recall_place(ids, U_story)
for word, state in zip(story, states[0]):
    print("  ".join(f"{v:5.2f}" for v in state), word)
print("answer:", places[answer[0]])

# %% [markdown]
# 三列依次是厨房、花园、书房。读到“厨房”，第一列变成 1，之后的“吃饭”“今天”“去”没有输入，它自己稳稳地维持在 1 附近；读到“花园”，第一列翻成负的，第二列变正。读完最后一个词，状态里仍写着“花园”。
#
# 再读 5000 个随机的 12 词故事（其中一个地点也没有的去掉），并和另外两个读者比：把 $U$ 换成零（只看最后一个词），以及只数每个地点出现几次、不管先后。

# %%
ids = rng.integers(8, size=(5000, 12))
ids = ids[(ids >= 5).any(axis=1)]  # stories that name a place at all
back = (ids[:, ::-1] >= 5).argmax(axis=1)  # distance of the last place
truth = ids[np.arange(len(ids)), 11 - back] - 5
counted = np.eye(8)[ids].sum(axis=1)[:, 5:].argmax(axis=1)
claim("story_rnn", (recall_place(ids, U_story)[1] == truth).mean(),
      at_least=1)
claim("story_last_word", (recall_place(ids, 0 * U_story)[1] == truth).mean(),
      at_most=0.4)
claim("story_counting", (counted == truth).mean(), at_most=0.605)

# %% [markdown]
# 有 $U$ 的网络答对 100%<!-- claim story_rnn -->。只看最后一个词的答对 38.3%<!-- claim story_last_word -->，也就是地点恰好在最后的那些故事；只数次数的答对 60.0%<!-- claim story_counting -->。第一个和第二个读者只差 $h_{t-1}U$ 这一项；第三个输在不知道先后。
#
# 这里的 $U=2I$ 是特意挑的：单元一旦被推到一边就停在那里。那么一般的 $U$ 呢？

# %% [markdown]
# ### 第一个输入的影响
#
# 取 Keras 的默认初始化：$W$ 的元素均匀地取自 $\pm\sqrt{6/(D+H)}$，叫 Glorot 均匀，$U$ 取随机的正交矩阵，即 $U^\top U=I$（[第 05 章](05_training_rnns.ipynb)讲为什么）。读正态分布的随机输入，把 $x_1$ 挪动一点点，看 $h_t$ 跟着挪动多少。输入的标准差取四种，每种 20 个随机种子。

# %%
def influence(seed, size, steps=40, D=8, H=32):
    rng = np.random.default_rng(seed)
    limit = np.sqrt(6 / (D + H))
    W = rng.uniform(-limit, limit, (D, H))  # Glorot uniform
    U, _ = np.linalg.qr(rng.standard_normal((H, H)))  # orthogonal
    xs = size * rng.standard_normal((1, steps, D)).repeat(2, axis=0)
    move = 1e-6 * rng.standard_normal(D)
    xs[1, 0] += move  # second row of the batch: x_1 moved a little
    states, _ = rnn_scan(xs, np.zeros((2, H)), W, U, np.zeros(H))
    moved = np.linalg.norm(states[1] - states[0], axis=1)
    return moved / np.linalg.norm(move)

# %% name="influence"
t, sizes = np.arange(1, 41), (1.0, 0.3, 0.1, 0.03)
curves = {size: np.array([influence(seed, size) for seed in range(20)])
          for size in sizes}
for (size, runs), style in zip(curves.items(), ("-", "--", "-.", ":")):
    plt.semilogy(t, np.median(runs, axis=0), style,
                 label=f"inputs of sd {size:g}")
    plt.fill_between(t, runs.min(axis=0), runs.max(axis=0), alpha=0.2)
plt.title("The larger the inputs, the faster the first one fades")
plt.xlabel("time step t")
plt.ylabel("change of $h_t$ per change of $x_1$")
plt.legend()
plt.show()

# %% [markdown]
# 线是中位数，色带从最小到最大。纵轴是对数，标准差为 1 的那条近似直线，影响按指数衰减；输入越小，衰减越慢。从中位数上读几个点。

# %%
middle = {size: np.median(runs, axis=0) for size, runs in curves.items()}
claim("influence_at_10", middle[1.0][9], close_to=0.0495, tol=0.011)
claim("influence_at_20", middle[1.0][19], close_to=1.7e-3, tol=5e-4)
claim("influence_at_40", middle[1.0][39], at_most=4e-6)
claim("influence_of_sd_01", middle[0.1][39], close_to=0.305, tol=0.03)
claim("influence_of_sd_003", middle[0.03][39], close_to=0.96, tol=0.045)

# %% [markdown]
# 输入的标准差为 1 时，第 10 步还剩 0.05<!-- claim influence_at_10 -->，第 20 步剩 1.8e-03<!-- claim influence_at_20 -->，第 40 步剩 1.8e-06<!-- claim influence_at_40 -->。标准差为 0.1 时，第 40 步还剩 0.30<!-- claim influence_of_sd_01 -->，为 0.03 时剩 0.96<!-- claim influence_of_sd_003 -->，几乎没有衰减，这时状态接近 0，tanh 的斜率接近 1，而正交的 $U$ 不改变长度。
#
# 最后一步的损失要调整第一步，梯度要穿过的是同一串乘积，所以衰减得同样快。怎样求这个梯度，见[第 03 章](03_bptt.ipynb)；它什么时候消失、什么时候爆炸，见[第 04 章](04_vanishing_gradients.ipynb)。

# %% [markdown]
# ### 存得住，梯度却几乎是 0
#
# 刚才的阅读理解网络能记多久？换掉第 1 个词，再读 1000 个“吃饭”，同时也量一量把 $x_1$ 挪动一点点的影响。

# %%
long = np.full((2, 1001), words.index("吃饭"))
long[:, 0] = words.index("厨房"), words.index("花园")
states, answer = recall_place(long, U_story)
print("answers after 1000 more words:", [places[i] for i in answer])
claim("latch_difference", np.abs(states[0, -1] - states[1, -1]).max(),
      close_to=1.92, tol=5e-3)
xs = np.repeat(np.eye(8)[long[:1]], 2, axis=0)
xs[1, 0] += 1e-6
states, _ = rnn_scan(xs, np.zeros((2, 3)), W_story, U_story, b_story)
claim("latch_influence_at_10",
      np.abs(states[1, 9] - states[0, 9]).max() / 1e-6, at_most=1e-8)

# %% [markdown]
# 换一个词，1000 步之后两个状态仍相差 1.92<!-- claim latch_difference -->，两个答案都对，信息存住了。可是把 $x_1$ 挪动一点点，第 10 步的变化就不到挪动的 $10^{-8}$。状态接近 ±1，$\tanh$ 在那里几乎是平的，这叫**饱和 (saturation)**；斜率接近 0，连乘几步，梯度就没有了。
#
# 这里量的是一个已经设好的网络。从随机的初值出发，训练能不能找到这样的权重，要另外去试，[第 04 章](04_vanishing_gradients.ipynb)的 E65 量了成功率随长度怎样变。

# %% [markdown]
# <a id="cell-id=2-12"></a>
# ## 2.12 同一块积木的几种搭法
#
# 把循环层当积木，常见的搭法有三种。这里只认一认，后面各有一章。

# %% name="architectures"
diagrams.architectures()
plt.show()

# %% [markdown]
# - **堆叠** (stacked)，下一层每一步的状态是上一层的输入，所以下层必须 `return_sequences=True`（[第 08 章](08_deep_bidirectional.ipynb)）；
# - **双向** (bidirectional)，一层从左往右读，一层从右往左读，拼起来（[第 08 章](08_deep_bidirectional.ipynb)）；每一步都看得见未来，所以整句到齐才能算；
# - **编码器-解码器** (encoder–decoder)，一个网络读完输入，把末状态交给另一个网络写输出，两边长度可以不同（[第 15 章](15_seq2seq.ipynb)）。

# %%
stacked = keras.Sequential([
    keras.Input((None, 8)),
    layers.SimpleRNN(16, return_sequences=True),
    layers.Bidirectional(layers.SimpleRNN(4, return_sequences=True)),
])
shape = stacked(np.ones((2, 5, 8))).shape
print(shape)
claim("both_directions", shape[-1], close_to=8, tol=0)

# %% [markdown]
# 双向层的最后一维是 8<!-- claim both_directions -->，两个方向各 4 个单元，拼在一起。

# %% [markdown]
# ## 小结
#
# 你**手算**了两步；**写出**了循环、矩阵和类三个版本，与 `keras.layers.SimpleRNN` 相差不到 $10^{-6}$；为四种输入输出**选对**了模型、输出层和损失。
#
# | 名称 | 公式 | 形状 |
# |---|---|---|
# | 状态更新 | $h_t=\tanh(x_tW+h_{t-1}U+b)$ | (B, D) → (B, H) |
# | 输出 | $y_t=g(h_tV+c)$ | (B, H) → (B, O) |
# | 列向量写法 | $h_t^\top=\tanh(W^\top x_t^\top+U^\top h_{t-1}^\top+b^\top)$ | (D, B) → (H, B) |
# | 拼接写法 | $h_t=\tanh([x_t,h_{t-1}]\begin{bmatrix}W\\U\end{bmatrix}+b)$ | (B, D+H) → (B, H) |
# | 参数个数 | $H(D+H+1)$，与 T 无关 | – |
# | 训练时留下的状态 | $B\times T\times H$ 个数，与 T 成正比 | (B, T, H) |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。前面没有量过的，用 [2.2 节](#cell-id=2-2)的 `W`、`U`、`b` 和三步输入来检验。

# %%
xs = np.stack([x1, x2, x1], axis=1)
states, last = rnn_scan(xs, h0, W, U, b)

# %% [markdown]
# ### E01 “RNN 是能够处理序列数据的前馈神经网络”
#
# 前馈网络没有环，也没有状态。循环网络的输出还取决于从前面带来的 $h_0$：输入一模一样，换一个 $h_0$，输出就变。（展开以后的**计算图**才是前馈的。）

# %%
_, other = rnn_scan(xs, h0 + 0.5, W, U, b)
claim("h0_matters", np.abs(other - last).max(), at_least=0.1)

# %% [markdown]
# ### E08 “输出层的激活函数通常是 tanh 或 ReLU”
#
# 那是隐藏层的。输出层看任务，取线性、softmax 或 sigmoid（[2.8 节](#cell-id=2-8)）。tanh 的值小于 1，拿它去预测一个等于 3 的目标，再怎么训练，平方误差也大于 $(3-1)^2=4$。

# %% [markdown]
# ### E11 “RNN 把上一步的输出反馈回来”
#
# 送回来的是隐藏状态；送回输出的是 Jordan 网络。[2.10 节](#cell-id=2-10)改动 $y_1$，Elman 网络后面的输出丝毫不变。

# %% [markdown]
# ### E15 “标准 RNN 的参数量随序列长度线性增加”
#
# [2.7 节](#cell-id=2-7)数过，T = 10 和 T = 1000 时参数一样多，变的只是训练时留下的状态。

# %% [markdown]
# ### E66 “前向传播就是把最后一个状态作为输出”
#
# 那只是多对一。同样的状态还可以每步都输出（多对多），或者取各步平均，选哪种看任务。

# %%
choices = {"last state": last, "all states": states,
           "mean over time": states.mean(axis=1)}
for name, value in choices.items():
    print(f"{name:15s}", value.shape)
claim("mean_is_not_last",
      np.abs(choices["mean over time"] - last).max(), at_least=0.1)

# %% [markdown]
# ### E33 损失里没有目标
#
# 讲义写的是 $\frac12(y_t-h_t)^2$。损失比较的是输出和目标（[2.8 节](#cell-id=2-8)）。
#
# ### 画错的展开图
#
# 讲义里有两种（E53、E54，[附录 A](A_misconceptions.ipynb)）。下图左漏了 $h_{t-1}\to h_t$ 的箭头，等于说 $U=0$；下图中的箭头从第 2 步指向第 1 步，时间画反了。

# %% name="misdrawn"
diagrams.misdrawn()
plt.show()

# %% [markdown]
# 箭头的有无和方向都可以量出来。改动一步输入，看三个状态各变了多少。

# %% name="arrow_of_time"
for t in (0, 2):
    edited = xs.copy()
    edited[:, t] += 1
    effect = np.abs(rnn_scan(edited, h0, W, U, b)[0] - states).max(axis=2)
    print(f"x_{t + 1} edited: change of h_1, h_2, h_3 =",
          effect[0].round(3))
    if t == 2:
        claim("future_changes_past", effect[0, :2].max(), at_most=0)

# %% [markdown]
# 改动 $x_1$，后面的状态全变；改动 $x_3$，$h_1$ 和 $h_2$ 的变化是 0<!-- claim future_changes_past -->。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。没做的题会显示“未作答”；做错了，会告诉你错在哪里。卡住时可以要提示，写法如下。

# %%
hint("rnn_forward.hand_step")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 接着 [2.2 节](#cell-id=2-2)：$x_3=(-1,\;0.5)$，$W,U,b$ 和 $h_2$ 不变，求 $h_3$，形状 (1, 3)。用纸笔（精确到小数点后两位即可）或者 NumPy。
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-1)<!-- twin -->

# %%
h3 = ...

# %%
check("rnn_forward.hand_step", h3)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 写一个函数，给出输入特征数和隐藏单元数，返回 SimpleRNN（带偏置）的参数个数。
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units):
    ...

# %%
check("rnn_forward.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 猜形状
#
# `x` 的形状是 (4, 7, 5)。下面四种写法的输出各是什么形状？填一个字典，键是 `"a"`、`"b"`、`"c"`、`"d"`，值是元组；有两个输出的填两个元组的列表。
#
# - a：`SimpleRNN(16)`
# - b：`SimpleRNN(16, return_sequences=True)`
# - c：`SimpleRNN(16, return_state=True)`
# - d：`SimpleRNN(16, return_sequences=True)`，然后 `SimpleRNN(6)`，然后 `Dense(3)`
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-3)<!-- twin -->

# %%
shapes = ...

# %%
check("rnn_forward.shapes", shapes)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 自己写 scan
#
# 不看上文，写出走完整个序列的函数。输入 `xs` (B, T, D)、`h0` (B, H)，返回所有状态 (B, T, H) 和末状态 (B, H)。
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def scan(xs, h0, W, U, b):
    ...

# %%
check("rnn_forward.scan", scan)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ Jordan 网络走一步
#
# 写出送回**输出**的网络的一步（省去 Jordan 原来的衰减项），$h_t=\tanh(x_tW+y_{t-1}U+b)$，$y_t=h_tV+c$。输入 `x` (B, D)、上一步的输出 `y` (B, O)，`U` 的形状是 (O, H)；返回新的输出 (B, O)。
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def jordan_step(x, y, W, U, b, V, c):
    ...

# %%
check("rnn_forward.jordan_step", jordan_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 证明批量版是对的
#
# “证明”在这里指一个能抓住错误的测量。写一个函数，拿任意一个 `scan(xs, h0, W, U, b)`，把整批一起算，再把每个样本单独算（批大小为 1），返回两者**所有步的状态**之差的最大绝对值。正确的 `scan` 应得到约 0；如果某个实现让样本之间互相串了，你的函数必须给出明显大于 0 的数。检查时会拿好几个有毛病的 `scan` 来考它。
#
# [解答](solutions/02_rnn_forward.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def batch_gap(scan, xs, h0, W, U, b):
    ...

# %%
check("rnn_forward.batch_gap", batch_gap)

# %% [markdown]
# ## 延伸阅读
#
# - Elman, J. L. (1990). Finding structure in time. *Cognitive Science* 14(2), 179–211. [doi:10.1207/s15516709cog1402_1](https://doi.org/10.1207/s15516709cog1402_1)。本章这种网络的出处；看他怎样从隐藏状态里读出词类。
# - Jordan, M. I. (1986). Serial order: a parallel distributed processing approach. UC San Diego, ICS Report 8604。送回输出的网络，[2.10 节](#cell-id=2-10)的另一半。
# - Rumelhart, D. E., Hinton, G. E., Williams, R. J. (1986). Learning representations by back-propagating errors. *Nature* 323, 533–536. [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0)。只有四页；反向传播为什么能学出隐藏表示。
# - Werbos, P. J. (1990). Backpropagation through time: what it does and how to do it. *Proceedings of the IEEE* 78(10), 1550–1560. [doi:10.1109/5.58337](https://doi.org/10.1109/5.58337)。[第 03 章](03_bptt.ipynb)的主角，读它的伪代码。
# - Goodfellow, I., Bengio, Y., Courville, A. (2016). *Deep Learning*. MIT Press, Section 10.2. [deeplearningbook.org](https://www.deeplearningbook.org/contents/rnn.html)。输出反馈与教师强制。
# - Bengio, Y., Simard, P., Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on Neural Networks* 5(2), 157–166. [doi:10.1109/72.279181](https://doi.org/10.1109/72.279181)。有界噪声下，存得住的区域里梯度为什么会消失。
#
# [← 01 序列数据与基线](01_sequences.ipynb) · [目录](index.md) · [解答](solutions/02_rnn_forward.ipynb) · [03 随时间反向传播 →](03_bptt.ipynb)<!-- nav -->
