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
# # 第 05 章 激活函数、初始化与归一化
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/05_training_rnns.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/05_training_rnns.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/05_training_rnns.ipynb)<!-- badges -->
#
# [← 04 梯度消失与爆炸](04_vanishing_gradients.ipynb) · [目录](index.md) · [解答](solutions/05_training_rnns.ipynb) · [06 长短期记忆网络 →](06_lstm.ipynb)<!-- nav -->
#
# 读完这一章，你会推导过六个激活函数的导数，知道循环权重该从哪里出发，并且用同一道题测量过哪一种循环网络学得会 100 步以外的事。
#
# | | |
# |---|---|
# | **你将会** | **推导**六个激活函数的导数；**选择**循环权重的初始化；**区分**批归一化与层归一化 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的公式 $h_t=f(x_tW+h_{t-1}U+b)$；[第 04 章](04_vanishing_gradients.ipynb)：梯度是雅可比矩阵的连乘 |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 71 s<!-- seconds --> |

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
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import (
    BLUE, GREEN, GREY, ORANGE, VERMILION, use_style,
)

use_style()

# %% [markdown]
# ## 先想一想
#
# 给网络读 100 个随机小数，其中两个打了记号，要它报出这两个数的和。每次更新用 32 条新的序列，更新 4000 次。一个 tanh 的 SimpleRNN 的均方误差会降到多少？什么也没学会、永远回答“1”的人，误差是 0.167。
#
# 先把你的猜测写进下面的格子，[5.4 节](#cell-id=5-4)用测量来回答。

# %%
guess = None  # your guess of the mean squared error, e.g. 0.02

# %% [markdown]
# <a id="cell-id=5-1"></a>
# ## 5.1 六个激活函数和它们的导数
#
# 循环网络每走一步就过一次 $f$，反向传播每退一步就乘一次 $f'$，所以选择 $f$ 时函数值与导数都要看。讲义里提到的六个都在这里，$a$ 是 $f$ 里面的数。
#
# | 名称 | $f(a)$ | $f'(a)$ |
# |---|---|---|
# | sigmoid | $\sigma(a)=\dfrac{1}{1+e^{-a}}$ | $\sigma(a)\,(1-\sigma(a))$ |
# | tanh | $\tanh a$ | $1-\tanh^2 a$ |
# | **ReLU (rectified linear unit)** | $\max(a,0)$ | $a>0$ 时为 1，$a<0$ 时为 0 |
# | **泄漏 ReLU (Leaky ReLU)** | $a>0$ 时为 $a$，否则 $0.01a$ | $a>0$ 时为 1，$a<0$ 时为 0.01 |
# | swish | $a\,\sigma(a)$ | $\sigma(a)+a\,\sigma(a)(1-\sigma(a))$ |
# | **GELU (Gaussian error linear unit)** | $a\,\Phi(a)$ | $\Phi(a)+a\,\varphi(a)$ |
#
# $\Phi$ 和 $\varphi$ 是标准正态分布的分布函数和密度。后四行的导数都来自乘法法则 $(uv)'=u'v+uv'$ 或分段求导。sigmoid 的那一行这样推：
#
# $$\sigma'=\frac{e^{-a}}{(1+e^{-a})^2}=\frac{1}{1+e^{-a}}\cdot\frac{e^{-a}}{1+e^{-a}}=\sigma\,(1-\sigma)$$
#
# 先在 $a=1$ 处手算：$\sigma(1)=0.731$，所以 $\sigma'(1)=0.731\times0.269=0.197$；$\tanh(1)=0.762$，所以 $\tanh'(1)=1-0.580=0.420$；swish 的导数是 $0.731+1\times0.197=0.928$；$\Phi(1)=0.841$，$\varphi(1)=0.242$，GELU 的导数是 $0.841+0.242=1.083$。

# %%
def normal_cdf(a):
    return (1 + np.vectorize(math.erf)(a / math.sqrt(2))) / 2

def normal_pdf(a):
    return np.exp(-a**2 / 2) / math.sqrt(2 * math.pi)

# %%
from rnnbook.cells import sigmoid

values = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "ReLU": lambda a: np.maximum(a, 0),
    "Leaky ReLU": lambda a: np.where(a > 0, a, 0.01 * a),
    "swish": lambda a: a * sigmoid(a),
    "GELU": lambda a: a * normal_cdf(a),
}
slopes = {
    "sigmoid": lambda a: sigmoid(a) * (1 - sigmoid(a)),
    "tanh": lambda a: 1 - np.tanh(a) ** 2,
    "ReLU": lambda a: (a > 0).astype(float),
    "Leaky ReLU": lambda a: np.where(a > 0, 1, 0.01),
    "swish": lambda a: sigmoid(a) + a * sigmoid(a) * (1 - sigmoid(a)),
    "GELU": lambda a: normal_cdf(a) + a * normal_pdf(a),
}

# %%
by_hand = {"sigmoid": 0.197, "tanh": 0.420, "swish": 0.928, "GELU": 1.083}
at_one = {name: float(slopes[name](np.array(1.0))) for name in by_hand}
print({name: round(slope, 3) for name, slope in at_one.items()})
claim("slopes_by_hand", max(abs(at_one[n] - by_hand[n]) for n in by_hand),
      at_most=6e-4)

# %% [markdown]
# 四个数都对上了。再和 Keras 的函数比值，和自动微分比导数，$a$ 从 −6 到 6 取 120 个点（避开 ReLU 在 0 处的折点）。

# %%
from rnnbook.gradients.gradcheck import autodiff

theirs = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "ReLU": keras.activations.relu,
    "Leaky ReLU": lambda a: keras.activations.leaky_relu(a, 0.01),
    "swish": keras.activations.swish,
    "GELU": keras.activations.gelu,
}
grid = np.linspace(-6, 6, 120)
value_gap = slope_gap = 0
for name, f in theirs.items():
    value = ops.convert_to_numpy(f(ops.convert_to_tensor(grid)))
    (slope,) = autodiff(lambda a, f=f: ops.sum(f(a)), [grid])
    value_gap = max(value_gap, np.abs(value - values[name](grid)).max())
    slope_gap = max(slope_gap, np.abs(slope - slopes[name](grid)).max())
claim("values_equal_keras", value_gap, at_most=1e-5)
claim("slopes_equal_autodiff", slope_gap, at_most=1e-5)

# %% name="gallery"
a = np.linspace(-5, 5, 501)
fig, axes = plt.subplots(2, 3, figsize=(7, 3.7), sharex=True)
for axis, name in zip(axes.flat, values):
    axis.axhline(0, color=GREY, lw=0.8)
    axis.plot(a, values[name](a), label="f(a)")
    axis.plot(a, slopes[name](a), "--", label="slope f'(a)")
    axis.set(title=name, ylim=(-1.2, 2.2))
    axis.grid(False)
axes[0, 0].legend(loc="upper left", fontsize=9)
for axis in axes[1]:
    axis.set_xlabel("a")
fig.suptitle("Only swish and GELU have slopes above 1", x=0.01,
             ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# 蓝线是值，橙色虚线是导数。下面把图读成一张表，列出导数的最大值、饱和（[第 02 章](02_rnn_forward.ipynb)）的区间（最外侧导数的绝对值小于 0.01 的地方），以及输入是标准正态随机数时输出的均值。

# %% name="activation_table"
a = np.linspace(-10, 10, 20001)
noise = np.random.default_rng(0).standard_normal(100_000)
top = {}
print("            max slope  at a  saturated (|slope| < 0.01)  mean of f")
for name in values:
    slope = slopes[name](a)
    steep = np.flatnonzero(np.abs(slope) > 0.0099)
    ends = [f"a < {a[steep[0]]:.1f}"] if steep[0] > 0 else []
    ends += [f"a > {a[steep[-1]]:.1f}"] if steep[-1] < len(a) - 1 else []
    top[name] = slope.max()
    at = "a > 0" if "ReLU" in name else f"{a[slope.argmax()]:.2f}"
    print(f"{name:11s} {top[name]:8.3f}  {at:>6s}  "
          f"{' or '.join(ends) or 'nowhere':25s} "
          f"{values[name](noise).mean():8.2f}")

# %%
claim("sigmoid_top", top["sigmoid"], close_to=0.25, tol=1e-6)
claim("tanh_top", top["tanh"], close_to=1, tol=1e-6)
claim("swish_top", top["swish"], close_to=1.0998, tol=1e-3)
claim("gelu_top", top["GELU"], close_to=1.1290, tol=1e-3)

# %% [markdown]
# - **sigmoid** 的导数最大只有 0.25<!-- claim sigmoid_top -->，每退一步至少缩到四分之一（再乘 $U$），输出总是正的。它多用来做门（[第 06 章](06_lstm.ipynb)），少用来做状态的激活函数。
# - **tanh** 的导数在 0 处是 1，输出有界，并且是奇函数，对称的输入得到均值为 0 的输出。代价是两边都饱和。
# - **ReLU** 在右边的导数恒为 1，在左边恒为 0。“ReLU 不会饱和”只说了一半（E23）。
# - **泄漏 ReLU** 的左边留下 0.01，没有一处是 0（这个斜率可以选，Keras 的 `leaky_relu` 默认是 0.2）。
# - **swish** 和 **GELU** 的导数会超过 1，最大 1.100<!-- claim swish_top --> 和 1.129<!-- claim gelu_top -->，左边还有一段负的。GELU 的最大值在 $a=\sqrt2$ 处，因为导数的导数是 $2\varphi(a)-a^2\varphi(a)$，令它为零就得到。
#
# 后四个都没有上界。同一个 $U$ 要乘几百次的循环网络，对此比十几层的前馈网络敏感得多。

# %% [markdown]
# <a id="cell-id=5-2"></a>
# ## 5.2 放进循环：增益 × 激活函数
#
# [第 04 章](04_vanishing_gradients.ipynb)把 $\partial h_T/\partial h_0$ 写成 $T$ 个雅可比矩阵的连乘，每一个是 $f'$ 和 $U$ 的乘积：
#
# $$\frac{\partial h_T}{\partial h_0}=\prod_{t=T}^{1}\operatorname{diag}\!\big(f'(a_t)\big)\,U^\top,\qquad a_t=x_tW+h_{t-1}U$$
#
# 换一个 $f$，换一个 $U$ 的大小，这个连乘的范数变成多少？取 $U=g\,Q$，$Q$ 是随机正交矩阵，$g$ 是[第 04 章](04_vanishing_gradients.ipynb)的增益。$W$ 用 Keras 的默认初始化（Glorot，[5.3 节](#cell-id=5-3)），输入是标准差为 1 的正态随机数，$T=100$，64 个单元，5 次随机抽取取中位数。

# %%
def through_time(name, gain, seed, steps=100, D=8, H=64, scale=1.0):
    rng = np.random.default_rng(seed)
    U = gain * np.linalg.qr(rng.standard_normal((H, H)))[0]
    limit = math.sqrt(6 / (D + H))
    W = rng.uniform(-limit, limit, (D, H))
    h, product = np.zeros(H), np.eye(H)
    for x in scale * rng.standard_normal((steps, D)):
        a = x @ W + h @ U
        h = values[name](a)
        # d h_t / d h_{t-1} = diag(f'(a_t)) U^T
        product = slopes[name](a)[:, None] * (U.T @ product)
    return np.linalg.norm(product, 2), np.linalg.norm(h)

# %%
gains = [0.6, 0.8, 1.0, 1.2, 1.5, 2.0]
swept = {name: np.array([[through_time(name, g, seed)[0]
                          for seed in range(5)] for g in gains])
         for name in values}

# %% name="gain_sweep"
styles = ("o-", "s--", "^:", "v-.", "D-", "P--")
plt.figure(figsize=(5.8, 3.1))
for (name, norms), style in zip(swept.items(), styles):
    plt.plot(gains, np.median(norms, axis=1), style, label=name)
plt.fill_between(gains, swept["ReLU"].min(1), swept["ReLU"].max(1),
                 color=GREEN, alpha=0.2, label="ReLU: 5 random draws")
plt.axhline(1, color=GREY, lw=1)
plt.yscale("log")
plt.ylim(1e-60, 1e40)
plt.grid(False)
plt.title("Random Q, inputs of sd 1: all six vanish at gain 1")
plt.xlabel("gain g of U = g Q")
plt.ylabel("norm of $\\partial h_{100}/\\partial h_0$")
plt.legend(fontsize=9, ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# 横线是 1，在那里梯度不大不小地传到底。$Q$ 随机、输入标准差 1 时，增益 1 处的六条线全都在横线以下。正交的 $U$ 自己不缩小任何东西，缩小的是 $f'$，例如 ReLU 每一步约有一半单元的导数是 0。

# %%
median = {name: np.median(norms, axis=1) for name, norms in swept.items()}
for name in median:
    print(f"{name:11s}", "  ".join(f"{v:8.1e}" for v in median[name]))
claim("relu_gain_1", median["ReLU"][2], at_most=1e-8)
claim("tanh_gain_1", median["tanh"][2], at_most=1e-6)
claim("sigmoid_gain_2", median["sigmoid"][5], at_most=1e-30)
claim("relu_gain_2", median["ReLU"][5], at_least=1e11)
claim("tanh_gain_2", median["tanh"][5], at_least=5e5)

# %% [markdown]
# 增益 1 时 ReLU 是 1.4e-16<!-- claim relu_gain_1 -->，并不比 tanh 的 2.7e-11<!-- claim tanh_gain_1 --> 好，增益 2 时它是 3.5e+12<!-- claim relu_gain_2 -->。sigmoid 到了增益 2 还只有 3.0e-38<!-- claim sigmoid_gain_2 -->。
#
# 这些数都带着条件“输入标准差 1”。把输入缩小，tanh 的状态就留在 0 附近，斜率接近 1。

# %% name="input_scale"
small = {}
for scale in (1, 0.3, 0.1, 0.03, 0.01):
    small[scale] = [np.median([
        through_time(name, 1, seed, scale=scale)[0] for seed in range(5)])
        for name in ("tanh", "ReLU")]
    print("gain 1, input sd {:<5}tanh {:8.1e}   ReLU {:8.1e}".format(
        f"{scale}:", *small[scale]))
claim("tanh_small_input", small[0.01][0], at_least=0.91)

# %% [markdown]
# 输入标准差 0.01 时，增益 1 的 tanh 网络保住了 0.92<!-- claim tanh_small_input -->。所以单说“增益 1 时消失”不成立，要连输入的大小一起说。ReLU 那一列却一点不变，因为 $f(ca)=c\,f(a)$（$c>0$），输入缩小十倍，状态也缩小十倍，哪些单元开着并没有变。
#
# 同一个性质有另一面，状态再大也没有什么把它拉回来。图中灰绿色的带子是 ReLU 的 5 次随机抽取，增益 1.5 处它特别宽。用 20 个矩阵、200 步仔细看。

# %% name="relu_edge"
runs = np.array([through_time("ReLU", 1.5, seed, steps=200)
                 for seed in range(20)])
exploded = (runs[:, 0] > 1e3).sum()
print("ReLU, gain 1.5: gradient norm of 20 draws, sorted")
print("  ".join(f"{v:.0e}" for v in np.sort(runs[:, 0])))
claim("relu_edge_exploded", exploded, at_least=2, at_most=13)
claim("relu_edge_largest", runs[:, 0].max(), at_least=1e6)
claim("relu_edge_smallest", runs[:, 0].min(), at_most=0.015)
claim("relu_state_largest", runs[:, 1].max(), at_least=1e5)

# %% [markdown]
# 20 个矩阵里有 6<!-- claim relu_edge_exploded --> 个超过一千，最大的到了 2.6e+08<!-- claim relu_edge_largest -->，最小的只有 9e-05<!-- claim relu_edge_smallest -->。“增益 1.5 的 ReLU 会爆炸”对一些矩阵成立，对另一些不成立，单跑一次说明不了什么。炸的时候，连状态本身也跟着爆炸，范数最大到了 1.5e+08<!-- claim relu_state_largest -->。tanh 的状态有界，64 个单元的范数不会超过 $\sqrt{64}=8$。

# %% [markdown]
# <a id="cell-id=5-3"></a>
# ## 5.3 从哪里出发：循环权重的初始化
#
# $U$ 该怎样初始化？先不管 $f$，只看矩阵自己。常见的做法有四种。
#
# - **正交初始化 (orthogonal initialisation)**：$U^\top U=I$。Keras 的 `recurrent_initializer` 默认就是它（Saxe 等，2014）；
# - **Glorot 初始化 (Glorot initialisation)**：每个元素在 $\pm\sqrt{6/(\text{行}+\text{列})}$ 里均匀抽取。它是 `kernel` 的默认值，为前馈层设计；
# - **单位矩阵初始化 (identity initialisation)**：$U=I$，配 ReLU，叫 **IRNN (identity RNN)**（Le、Jaitly、Hinton，2015）；
# - 很小的正态随机数：许多手写代码的习惯。

# %%
from rnnbook.training.fitting import seed_everything

seed_everything(0)
H = 64
initial = {
    "orthogonal": keras.initializers.Orthogonal(),
    "glorot": keras.initializers.GlorotUniform(),
    "identity": keras.initializers.Identity(),
    "small normal": keras.initializers.RandomNormal(stddev=0.05),
}
matrices = {name: ops.convert_to_numpy(draw((H, H))).astype("float64")
            for name, draw in initial.items()}

# %% name="spectra"
fig, axes = plt.subplots(1, 4, figsize=(7.6, 2.8), sharex=True, sharey=True)
circle = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
for axis, (name, U) in zip(axes, matrices.items()):
    eigenvalues = np.linalg.eigvals(U)
    axis.plot(circle.real, circle.imag, color=GREY, lw=1)
    axis.plot(eigenvalues.real, eigenvalues.imag, "o", ms=3)
    axis.set(title=name, xlabel="real part", aspect="equal")
    axis.grid(False)
axes[0].set_ylabel("imaginary part")
fig.suptitle("Orthogonal: every eigenvalue on the unit circle",
             x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# 每个点是一个特征值，灰圈是单位圆。正交矩阵的点全在圈上，Glorot 的点撒满整个圆盘，单位矩阵的 64 个点叠在 1 处，小随机数挤在中间。特征值的最大模叫谱半径（[第 04 章](04_vanishing_gradients.ipynb)），但连乘时要看全部奇异值，$U^{20}$ 还能分清多少个方向？

# %% name="spectra_table"
print("              radius  largest s.v.  median s.v. of U^20")
middle = {}
for name, U in matrices.items():
    radius = np.abs(np.linalg.eigvals(U)).max()
    largest = np.linalg.norm(U, 2)
    power = np.linalg.matrix_power(U, 20)
    middle[name] = np.median(np.linalg.svd(power, compute_uv=False))
    print(f"{name:13s} {radius:6.3f} {largest:10.3f} {middle[name]:16.1e}")
claim("orthogonal_middle", middle["orthogonal"], close_to=1, tol=1e-4)
claim("glorot_middle", middle["glorot"], at_most=5e-3)
claim("small_middle", middle["small normal"], at_most=1e-10)

# %% [markdown]
# Glorot 的谱半径接近 1，看上去不会丢东西，但乘 20 次之后，一半方向已经缩到 2.7e-03<!-- claim glorot_middle --> 以下。正交矩阵的每个方向都还是 1.0000<!-- claim orthogonal_middle -->。谱半径只管最大的那个方向，它不小于 1，不等于信息留得住。

# %% [markdown]
# ### IRNN：正的单元一字不改
#
# $U=I$、$b=0$、$f$ 是 ReLU，状态非负，那么没有输入时 $h_t=\max(h_{t-1},0)=h_{t-1}$。雅可比矩阵 $\operatorname{diag}(f'(a_t))$ 在状态为正的单元上是 1，在 0 处 TensorFlow 取 0。有输入时还有多少个单元开着？用 [5.4 节](#cell-id=5-4)的输入（一个正的小数和一个记号）走 100 步。

# %%
rng = np.random.default_rng(0)
W = 0.05 * rng.standard_normal((2, H))
h, open_units = np.zeros(H), np.ones(H)
for t in range(100):
    a = np.array([rng.random(), t == 50]) @ W + h  # U = I
    open_units *= a > 0  # f'(a_t)
    h = np.maximum(a, 0)
claim("irnn_open_units", open_units.mean(), close_to=0.5, tol=0.19)

# %% [markdown]
# 100 个雅可比矩阵的连乘在 50%<!-- claim irnn_open_units --> 的单元上正好是 1，在其余的单元上是 0（那里第一个权重是负的，输入一直把它压在 0）。开着的单元既记得住，也传得回。
#
# 但这是走钢丝，把 $I$ 换成 $(1+\varepsilon)I$，状态每步乘 $1+\varepsilon$。Adam 一次更新把每个权重挪动约一个学习率 0.001，最坏的情形是 $U$ 的元素全都同向挪动，谱半径变成 $1+64\times0.001=1.064$。

# %% name="tightrope"
for updates in (1, 2, 4):
    growth = (1 + 0.064 * updates) ** 200
    fits = growth**2 < float(np.finfo("float32").max)
    print(f"{updates} updates: state x {growth:.0e} after 200 steps, "
          f"its square {'fits' if fits else 'does not fit'} in float32")
claim("growth_after_2", (1 + 0.064 * 2) ** 200, at_least=1e10)

# %% [markdown]
# 最坏时两次更新就让状态在 200 步里放大 2.9e+10<!-- claim growth_after_2 --> 倍。误差要平方，梯度还要再乘一遍这个连乘，容易超出 float32 的上限 $3.4\times10^{38}$，变成 inf。裁剪（[第 04 章](04_vanishing_gradients.ipynb)）挡得住吗？给 Keras 的优化器两个变量，第一个的梯度里有一个 inf。

# %% name="clipped_inf"
gradients = [np.array([np.inf, 1.0], "float32"), np.array([2.0], "float32")]
lost = {}
for clip in ("clipnorm", "global_clipnorm"):
    weights = [keras.Variable(0 * np.nan_to_num(g)) for g in gradients]
    keras.optimizers.SGD(1.0, **{clip: 1.0}).apply(gradients, weights)
    after = [ops.convert_to_numpy(w) for w in weights]
    lost[clip] = sum(np.isnan(w).sum() for w in after)
    print(f"{clip:16s}", *after)
claim("global_clip_lost", lost["global_clipnorm"], close_to=3, tol=0)

# %% [markdown]
# 一个 inf，3<!-- claim global_clip_lost --> 个权重一起成了 NaN。按全局范数裁剪时，范数是 inf，Keras 让缩放的倍数本身成为 NaN，所有的变量都乘上了它。`clipnorm` 逐个变量缩放，倍数是 0，只有 $0\times\infty$ 的那一个成了 NaN，但下一次前向计算也就全是 NaN 了。

# %% [markdown]
# <a id="cell-id=5-4"></a>
# ## 5.4 加法问题：谁学得会 T 步以外的事
#
# **加法问题 (adding problem)** 是测试长程记忆的标准题（Hochreiter、Schmidhuber，1997；这里照 Arjovsky、Shah、Bengio 2016 年的程序）。每一步两个数，一个 0 到 1 的随机小数，一个记号。前半段和后半段各有一个记号是 1，其余是 0。读完之后报出两个带记号的数之和。

# %%
from rnnbook.data.tasks import adding_problem

x, y = adding_problem(1, 10, seed=0)
print("numbers", x[0, :, 0].round(2))
print("marks  ", x[0, :, 1].astype(int))
print("answer ", y[0].round(2))

# %% [markdown]
# 先要一条基线（[第 01 章](01_sequences.ipynb)）。两个数都是 $[0,1)$ 上的均匀分布，均值 $\frac12$、方差 $\frac1{12}$，而且独立。所以和的均值是 1，永远回答 1 的均方误差是
#
# $$\operatorname{E}\big[(u_1+u_2-1)^2\big]=\operatorname{Var}(u_1)+\operatorname{Var}(u_2)=\tfrac1{12}+\tfrac1{12}=\tfrac16\approx0.1667$$
#
# 它与 $T$ 无关，别的常数只会更差。还有第二条基线。只记得后一个数 $u_2$ 的人回答 $u_2+\frac12$，误差是 $\operatorname{Var}(u_1)=\frac1{12}\approx0.083$。量一量：

# %%
x, answers = adding_problem(100_000, 20, seed=1)
later = (x[:, 10:, 0] * x[:, 10:, 1]).sum(axis=1, keepdims=True)
claim("mean_predictor", np.mean((answers - 1) ** 2), close_to=1 / 6,
      tol=4.8e-4)
claim("later_only", np.mean((answers - later - 0.5) ** 2),
      close_to=1 / 12, tol=5.9e-4)

# %% [markdown]
# 测得 0.1667<!-- claim mean_predictor --> 和 0.0839<!-- claim later_only -->。停在 0.167 附近的网络不比一个常数强，低于 0.083 的才用上了两个数。

# %% [markdown]
# ### 现场：T = 100
#
# 在本机训练两个小网络，tanh 的 SimpleRNN 和 IRNN，学习率都是 0.001，各 600 次更新，每次 32 条**全新**的序列（所以没有过拟合）。IRNN 的 $W$ 用标准差 0.05 的正态随机数。

# %% tags=["training"] name="live"
from rnnbook.training.fitting import compile_fast, fit

live = {}
for name, options in (
        ("tanh", {}),
        ("IRNN", {"activation": "relu", "recurrent_initializer": "identity",
                  "kernel_initializer": keras.initializers.RandomNormal(
                      stddev=0.05)})):
    seed_everything(0)
    model = keras.Sequential([keras.Input((None, 2)),
                              layers.SimpleRNN(H, **options),
                              layers.Dense(1)])
    adam = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    compile_fast(model, adam, "mse", steps_per_execution=25)
    x, y = adding_problem(32 * 600, 100, np.random.default_rng(2))
    fit(model, x, y, batch_size=32)
    x_test, y_test = adding_problem(1000, 100, np.random.default_rng(3))
    error = model.predict(x_test, batch_size=1000, verbose=0) - y_test
    live[name] = np.mean(error**2)
claim("live_irnn", live["IRNN"], at_most=0.045)
claim("live_tanh", live["tanh"], close_to=0.172, tol=0.019)

# %% [markdown]
# 同样的数据、同样的更新次数，IRNN 的测试误差是 0.01<!-- claim live_irnn -->，tanh 的网络是 0.170<!-- claim live_tanh -->。

# %% [markdown]
# ### 录下来的：四种长度 × 四种网络 × 三个随机种子
#
# 更长的训练录在 `chapters/recipes/05_adding_problem`（重做：`python -m rnnbook.recipes run adding_problem`），本节以下的数都从记录里读出。64 个单元，Adam，按全局范数裁剪到 1；每 250 次更新测一次 1000 条固定的测试序列；误差低于 0.01 就停，变成 NaN 也停，最多 4000 次更新。

# %%
sweep = recipes.load("adding_problem")
log = sweep.log[sweep.log.seed.isin(sweep.settings["settings"]["seeds"])]
names = {"tanh": "tanh", "irnn": "IRNN", "lstm": "LSTM", "gru": "GRU"}
looks = dict(zip(names, zip((VERMILION, ORANGE, BLUE, GREEN),
                            ("-", "--", "-.", ":"))))
runs = sweep.settings["settings"]
print("learning rates:", runs["learning_rates"])
print("trials:", sweep.settings["trials"],
      " CPU minutes:", round(sweep.settings["cpu_seconds"] / 60))

# %% name="adding_curves"
fig, axes = plt.subplots(2, 2, figsize=(6.0, 3.9), sharex=True, sharey=True)
for axis, steps in zip(axes.flat, runs["steps"]):
    axis.axhline(1 / 6, color=GREY, lw=1)
    for cell, (colour, style) in looks.items():
        part = log[(log.steps == steps) & (log.cell == cell)]
        for k, (_, curve) in enumerate(part.groupby("seed")):
            axis.plot(curve.updates, curve.mse, style, color=colour,
                      lw=1.5, label=names[cell] if k == 0 else None)
            if curve.mse.isna().any():
                axis.plot(curve.updates.iloc[-1], 0.4, "X", color=colour)
    axis.set(title=f"T = {steps}", yscale="log", ylim=(1e-3, 0.6))
    axis.grid(False)
for axis in axes[1]:
    axis.set_xlabel("updates (32 sequences)")
for axis in axes[:, 0]:
    axis.set_ylabel("test error (MSE)")
axes[1, 0].legend(fontsize=9, loc="lower right")
fig.suptitle("At T = 100 and 200 tanh stays near 1/6 (X: NaN)", x=0.01,
             ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# 每条线是一个随机种子，灰线是 $1/6$，✕ 表示那次训练在此变成了 NaN。曲线早早结束是因为学会了就停。下表的每个格子里是各个种子降到 0.05 所用的更新次数，“–”是 4000 次还没有，“NaN”是炸了。

# %% name="adding_table"
def updates_to(cell, steps, level=0.05):
    """Give the updates until the error is at most level, one per seed."""
    found = []
    part = log[(log.cell == cell) & (log.steps == steps)]
    for _, curve in part.groupby("seed"):
        below = curve.updates[curve.mse <= level]
        nan = curve.mse.isna().any()
        found.append(below.iloc[0] if len(below) else
                     math.nan if nan else math.inf)
    return found

print("updates until MSE <= 0.05, one number for each seed")
shown = {math.inf: "–"}
for cell in names:
    cells = [" ".join("NaN" if math.isnan(u) else shown.get(u, str(u))
                      for u in updates_to(cell, t)) for t in runs["steps"]]
    print(f"{names[cell]:5s}", "  ".join(f"{c:16s}" for c in cells))

# %%
tanh_100 = log[(log.cell == "tanh") & (log.steps == 100)]
needed = max(updates_to("irnn", 100))  # the slowest seed of the IRNN
so_far = tanh_100[tanh_100.updates <= needed].mse
claim("irnn_100_updates", needed, at_most=500)
claim("tanh_100_by_then", so_far.min(), at_least=0.16)
claim("tanh_100_best", tanh_100.mse.min(), at_least=0.15)
claim("gru_100_updates", np.median(updates_to("gru", 100)), at_most=750)
claim("lstm_100_updates", np.median(updates_to("lstm", 100)),
      at_most=1250)
print("your guess:", guess, " measured at T = 100, best of all:",
      round(tanh_100.mse.min(), 3))

# %% [markdown]
# “先想一想”的答案：$T=100$ 时，三个种子、4000 次更新里 tanh 网络最好的一次也只有 0.156<!-- claim tanh_100_best -->。IRNN 最慢的种子用了 500<!-- claim irnn_100_updates --> 次更新就到了 0.05，那时 tanh 最好的是 0.164<!-- claim tanh_100_by_then -->。GRU 的中位数是 750<!-- claim gru_100_updates --> 次，LSTM 是 1250<!-- claim lstm_100_updates --> 次。同一个程序里的 tanh 网络在 $T=20$ 和 $T=50$，4000 次更新之内都降到了 0.05，换掉的只有距离。
#
# ### 换一个学习率，名次还在吗
#
# 上面的学习率是为每种网络从 0.001 和 0.003 里选的，用的是 $T=50$ 和另一个随机种子。两个候选太少。`adding_rates` 用六个学习率把 $T=50$ 各跑一遍，两个随机种子（其中一个就是选学习率用过的），最多 2000 次更新。

# %% name="adding_rates"
rates_log = recipes.load("adding_rates").log
last = rates_log.groupby(["cell", "steps", "seed", "rate"]).tail(1)
solved = last.assign(updates=last.updates.where(last.mse <= 0.05, 2500))
at_50 = solved[solved.steps == 50].groupby(["cell", "rate"]).updates
plt.figure(figsize=(6, 3))
for cell, (colour, style) in looks.items():
    worst = at_50.max()[cell]
    plt.plot(worst.index, worst, "o" + style, color=colour,
             label=names[cell])
plt.yticks([0, 500, 1000, 1500, 2000, 2500],
           [0, 500, 1000, 1500, 2000, "not in 2000,\nor NaN"])
plt.xscale("log")
plt.ylim(0, 3200)
plt.xlabel("learning rate")
plt.ylabel("updates, slower seed")
plt.title("T = 50: each layer has a rate of its own")
plt.legend(loc="upper center", ncol=4, fontsize=9)
plt.show()
best = at_50.max().groupby("cell").min()
claim("gru_50_slow_rate", at_50.max()["gru", 0.003], close_to=500, tol=0)
claim("gru_50_best_rate", best["gru"], close_to=250, tol=0)
claim("lstm_50_slow_rate", at_50.max()["lstm", 0.003], close_to=1250, tol=0)
claim("lstm_50_best_rate", best["lstm"], close_to=500, tol=0)
claim("irnn_50_nan", last[(last.cell == "irnn") & (last.rate == 0.03)].mse
      .isna().sum(), close_to=2, tol=0)
claim("tanh_100_any_rate", last[last.steps == 100].mse.min(), at_least=0.16)

# %% [markdown]
# 门控的两种偏爱大的学习率。较慢的种子里，GRU 在 0.003 时要 500<!-- claim gru_50_slow_rate --> 次，换一个学习率只要 250<!-- claim gru_50_best_rate --> 次；LSTM 从 1250<!-- claim lstm_50_slow_rate --> 次降到 500<!-- claim lstm_50_best_rate --> 次。IRNN 正相反，到 0.03，两个种子里有 2<!-- claim irnn_50_nan --> 个成了 NaN。所以上表里 IRNN、GRU、LSTM 谁快谁慢，说的只是那一种学习率；这三种的名次不要带走。带得走的是 tanh 那一行，$T=100$ 时六个学习率（一个种子，2000 次更新）最好的也只有 0.164<!-- claim tanh_100_any_rate -->。

# %% [markdown]
# ### IRNN 的另一面
#
# $T=200$ 时 IRNN 多跑了 7 个种子，设置一模一样。

# %% name="irnn_luck"
longest = sweep.log[(sweep.log.cell == "irnn") & (sweep.log.steps == 200)]
ends = longest.groupby("seed").tail(1)
for _, end in ends.iterrows():
    outcome = "NaN" if math.isnan(end.mse) else f"{end.mse:.4f}"
    print(f"seed {end.seed}: {outcome} after {end.updates} updates")
claim("irnn_200_seeds", len(ends), close_to=10, tol=0)
claim("irnn_200_nan", ends.mse.isna().sum(), close_to=5, tol=0)
claim("irnn_200_solved", (ends.mse < 0.01).sum(), close_to=5, tol=0)

# %% [markdown]
# 10<!-- claim irnn_200_seeds --> 个种子里，5<!-- claim irnn_200_nan --> 个以 NaN 告终，5<!-- claim irnn_200_solved --> 个学会了。按范数裁剪每一次都开着，挡不住 inf（[5.3 节](#cell-id=5-3)）。一种做法的好坏不能只看它最好的一次。
#
# 这些结果的边界是一种宽度、一种优化器、4000 次更新。它们说的是“在这个预算里”，不是“永远”。要让 $U$ 在训练中一直留在“不放大也不缩小”的那一类矩阵里，有酉 RNN（Arjovsky 等，2016）和反对称 RNN（Chang 等，2019）。前一篇还用了另一道标准题，**复制任务 (copying task)**。先读 10 个符号（8 种），空等 $T$ 步，再照原样说出来。不用记忆的人只能从 8 种里瞎猜，交叉熵摊到 $T+20$ 步是 $10\ln8/(T+20)$，这就是它的基线。

# %% [markdown]
# <a id="cell-id=5-5"></a>
# ## 5.5 批归一化为什么别扭，层归一化做了什么
#
# **归一化 (normalisation)** 把一组数平移、缩放到均值 0、方差 1，再乘可学的缩放 $\gamma$（与[第 04 章](04_vanishing_gradients.ipynb)的斜率上限 $\gamma$ 无关）、加可学的偏移 $\beta$。区别只在“一组”指谁。**批归一化 (batch normalisation)** 在前馈网络里很成功。它对每个单元取一批样本的均值和方差，训练时顺便记下滑动平均，预测时用记下的。
#
# 搬到循环网络就要回答，第 1 步和第 100 步共用一份统计量吗？先量一量每一步的状态有多不同。网络不训练，输入每一步同分布，$h_0=0$，256 条序列。

# %%
def state_spread(layer, steps=200, batch=256):
    x, _ = adding_problem(batch, steps, seed=4)
    return ops.convert_to_numpy(layer(x))  # (B, T, H)

# %% name="state_statistics"
from rnnbook.cells.layer_norm import LayerNormRNNCell

seed_everything(0)
states = {
    "tanh": state_spread(layers.SimpleRNN(H, return_sequences=True)),
    "IRNN": state_spread(layers.SimpleRNN(
        H, activation="relu", recurrent_initializer="identity",
        return_sequences=True)),
    "layer norm": state_spread(layers.RNN(LayerNormRNNCell(H),
                                          return_sequences=True)),
}
spread = {name: h.std(axis=0).mean(axis=-1) for name, h in states.items()}
plt.figure(figsize=(5.6, 2.9))
for (name, line), style in zip(spread.items(), ("-", "--", "-.")):
    plt.loglog(np.arange(1, 201), line, style, label=name)
plt.grid(False)
plt.yticks([0.1, 0.2, 0.5, 1, 2, 5], ["0.1", "0.2", "0.5", "1", "2", "5"])
plt.minorticks_off()
plt.title("The spread of the state depends on the step")
plt.xlabel("time step t")
plt.ylabel("sd over the batch")
plt.legend()
plt.show()

# %%
irnn_growth = spread["IRNN"][199] / spread["IRNN"][49]
claim("irnn_sd_ratio", irnn_growth, at_least=1.55)
claim("tanh_sd_ratio", spread["tanh"][49] / spread["tanh"][0], at_least=2)

# %% [markdown]
# 纵轴是同一单元在 256 个样本之间的标准差，对 64 个单元取平均。IRNN 把输入不停地加起来，第 200 步的标准差是第 50 步的 1.9<!-- claim irnn_sd_ratio --> 倍。tanh 的网络从第 1 步到第 50 步变了 2.7<!-- claim tanh_sd_ratio --> 倍。
#
# 把 `BatchNormalization` 直接接在 (B, T, H) 后面，它把批和时间混在一起求一份统计量。`momentum=0` 让它记下的就是刚看过的这一批，然后像预测时那样用记下的。

# %% name="pooled"
normalise = layers.BatchNormalization(momentum=0.0)
normalise(states["IRNN"], training=True)
growing = states["IRNN"][:, -1].min(axis=0) > 0  # in every sequence
pooled = ops.convert_to_numpy(normalise(states["IRNN"]))[..., growing]
print(growing.sum(), "of", H, "units grow")
for t in (1, 10, 50, 200):
    step = pooled[:, t - 1]
    print(f"step {t:3d}: mean over batch and units {step.mean():6.2f}, "
          f"sd {step.std(axis=0).mean():5.2f}")
claim("pooled_first_mean", pooled[:, 0].mean(), close_to=-1.7, tol=0.022)
claim("pooled_last_mean", pooled[:, -1].mean(), close_to=1.7, tol=0.06)
claim("pooled_first_sd", pooled[:, 0].std(axis=0).mean(), at_most=0.018)

# %% [markdown]
# 只看状态一直在涨的单元（其余的被压在 0）。合起来看，每个单元的均值是 0、标准差是 1；分步看，均值从 -1.7<!-- claim pooled_first_mean --> 走到 1.7<!-- claim pooled_last_mean -->，第 1 步的标准差只有 0.01<!-- claim pooled_first_sd -->。要做对，就得每一步一份统计量。存下的统计量随 $T$ 变多，变长的序列越往后样本越少，比训练更长的步没有自己的统计量。训练时还有一条，一个样本的结果取决于同一批里的其他样本。

# %%
alone = normalise(states["IRNN"][:8], training=True)
with_others = normalise(states["IRNN"][:64], training=True)[:8]
gap = np.abs(ops.convert_to_numpy(alone - with_others)).max()
claim("batch_norm_sees_neighbours", gap, at_least=0.05)

# %% [markdown]
# 前 8 条序列一字未改，换了同一批里的其他样本，输出最多差了 0.1<!-- claim batch_norm_sees_neighbours -->。
#
# 文献里，Laurent 等（2015）发现在 $h_{t-1}U$ 上做批归一化没有帮助。Cooijmans 等（2016）让它有效，做法是每一步分开统计（更长的步借用最后一步的，$\gamma$、$\beta$ 各步共用），并且从 $\gamma=0.1$ 出发。

# %% [markdown]
# ### 层归一化：换一个方向
#
# **层归一化 (layer normalisation)**（Ba、Kiros、Hinton，2016）对**一个样本的一步**，取 H 个单元的均值和方差：
#
# $$\mu=\frac1H\sum_{j}a_j,\qquad\sigma^2=\frac1H\sum_j(a_j-\mu)^2,\qquad\operatorname{LN}(a)=\frac{a-\mu}{\sqrt{\sigma^2+\epsilon}}$$
#
# 这里的 $\sigma$ 是标准差，不是 sigmoid；$\epsilon$ 是防止除以 0 的小数。手算一个：$a=(1,2,3,6)$。均值 $\mu=3$；离差是 $(-2,-1,0,3)$，方差 $(4+1+0+9)/4=3.5$，$\sqrt{3.5}=1.871$；结果 $(-1.069,-0.535,0,1.604)$。

# %%
def standardise(a, epsilon=1e-5):
    a = ops.convert_to_tensor(a)
    # (a - mu) / sqrt(sigma^2 + epsilon), over the units of one sample
    centred = a - ops.mean(a, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(variance + epsilon)

# %%
row = ops.convert_to_numpy(standardise(np.array([[1.0, 2, 3, 6]])))
print(row.round(3))
claim("layer_norm_by_hand",
      np.abs(row - [-1.069, -0.535, 0, 1.604]).max(), at_most=6e-4)
some = states["tanh"][:, 5]
keras_row = layers.LayerNormalization(epsilon=1e-5)(some)
gap = ops.convert_to_numpy(standardise(some) - keras_row)
claim("layer_norm_equals_keras", np.abs(gap).max(), at_most=1e-5)

# %% [markdown]
# 放进循环里，就是在 $f$ 之前归一化（论文的式 4）：
#
# $$h_t=\tanh\big(\gamma\odot\operatorname{LN}(x_tW+h_{t-1}U)+\beta\big)$$
#
# 没有批，没有滑动平均，训练和预测是同一个算式，序列多长都行。`rnnbook.cells.layer_norm.LayerNormRNNCell` 就是这一行，放进 `keras.layers.RNN` 即可用。
#
# 它管住了什么？把 $W$ 和 $U$ 同时放大 10 倍，再只把 $U$ 放大 10 倍，看 20 步里的状态变了多少（均方根）。

# %% name="rescaled"
x, _ = adding_problem(32, 20, seed=5)
moved = {}
for name, layer in (
        ("layer norm", layers.RNN(LayerNormRNNCell(H, epsilon=1e-12),
                                  return_sequences=True)),
        ("plain tanh", layers.SimpleRNN(H, return_sequences=True))):
    before = ops.convert_to_numpy(layer(x))
    W, U, *rest = layer.get_weights()
    for what, scaled in (("W and U", [10 * W, 10 * U]),
                         ("U alone", [W, 10 * U])):
        layer.set_weights([*scaled, *rest])
        gap = ops.convert_to_numpy(layer(x)) - before
        moved[name, what] = np.sqrt(np.mean(gap**2))
        print(f"{name}, 10 x {what}: {moved[name, what]:.3f}")
claim("norm_both_scaled", moved["layer norm", "W and U"], at_most=1e-4)
claim("norm_u_scaled", moved["layer norm", "U alone"], at_least=0.3)
claim("plain_both_scaled", moved["plain tanh", "W and U"], at_least=0.9)

# %% [markdown]
# $W$ 和 $U$ 的**公共**倍数对层归一化的网络无所谓，普通 tanh 网络的状态却变了 0.91<!-- claim plain_both_scaled -->。只放大 $U$，记忆与输入的比例变了，层归一化的网络也变了 0.42<!-- claim norm_u_scaled -->。所以[5.2 节](#cell-id=5-2)的增益 $g$ 照样要紧。归一化的雅可比矩阵是 $\frac1\sigma(I-\frac1H\mathbf 1\mathbf 1^\top-\frac1Hzz^\top)$，$z=\operatorname{LN}(a)$，$\mathbf 1$ 是全 1 的列，把它乘进[5.2 节](#cell-id=5-2)的连乘：

# %% name="layer_norm_gain"
def norm_through_time(gain, seed, steps=100, D=8):
    rng = np.random.default_rng(seed)
    U = gain * np.linalg.qr(rng.standard_normal((H, H)))[0]
    limit = math.sqrt(6 / (D + H))
    W = rng.uniform(-limit, limit, (D, H))
    h, product = np.zeros(H), np.eye(H)
    for x in rng.standard_normal((steps, D)):
        a = x @ W + h @ U
        z = (a - a.mean()) / a.std()
        h, J = np.tanh(z), U.T @ product
        J = (J - J.mean(axis=0) - np.outer(z, z @ J) / H) / a.std()
        product = (1 - h**2)[:, None] * J
    return np.linalg.norm(product, 2)

normed = {g: np.median([norm_through_time(g, seed) for seed in range(5)])
          for g in (0.5, 1, 2, 4)}
for g, norm in normed.items():
    print(f"layer norm, U = {g} Q: gradient norm {norm:.1e}")
claim("norm_gain_half", normed[0.5], at_most=1e-15)
claim("norm_gain_1", normed[1], at_most=1e-4)
claim("norm_gain_4", normed[4], at_least=5e3)

# %% [markdown]
# 增益 0.5 时 100 步的梯度是 3.0e-21<!-- claim norm_gain_half -->，1 时 6.4e-06<!-- claim norm_gain_1 -->，4 时 1.9e+04<!-- claim norm_gain_4 -->。层归一化既不消除消失，也不消除爆炸，它拿掉的只是权重的公共倍数。它还要每一步多算一次均值和方差。本章没有测它是否学得更快，[第 06 章](06_lstm.ipynb)给出 LSTM 的版本。

# %% [markdown] tags=["optional"]
# <a id="cell-id=5-6"></a>
# ## 5.6 选读：循环网络的正则化
#
# **正则化 (regularisation)** 是一切为了在没见过的数据上更好、而不是在训练数据上更好的做法。循环网络最常用两种。
#
# - **早停 (early stopping)**：每一轮测一次验证数据，留下最好的那一轮的权重，不再变好就停。
# - **暂退法 (dropout)**：训练时把一些数随机换成 0，剩下的除以保留的概率，使均值不变；预测时什么也不丢。
#
# $$\tilde h=\frac{m\odot h}{1-p},\qquad m_j=\begin{cases}0&\text{概率 }p\\1&\text{概率 }1-p\end{cases}$$
#
# （另有权重衰减，让每个权重每次更新都缩小一点，Keras 是优化器的 `weight_decay`。）
#
# 暂退法放在层与层之间没有问题。放进循环的环里，同一个状态要过 $T$ 次，每一步换一个掩码时，$p=0.25$ 的单元 20 步都不被丢的概率只有 $0.75^{20}=0.003$，记忆留不住。两种做法绕开了它：
#
# 1. **循环暂退法 (recurrent dropout)**（Gal、Ghahramani，2016）：整条序列用同一个掩码。Keras 的 `recurrent_dropout` 就是它。
# 2. **状态保持 (zoneout)**（Krueger 等，2016）：不是换成 0，而是保持上一步的值，$h_t=k\odot h_{t-1}+(1-k)\odot\hat h_t$，$k_j$ 以概率 $p$ 为 1，$\hat h_t$ 是本来的新状态。预测时 $k$ 换成它的均值 $p$。Keras 没有它，`rnnbook.cells.zoneout.ZoneoutRNN` 能套在任何单元外面。
#
# Keras 真的用同一个掩码吗？让一个只会记住的线性 SimpleRNN 来回答。$U=I$，没有输入，看哪些单元在哪一步变成 0。

# %%
probe = layers.SimpleRNN(
    H, activation="linear", recurrent_initializer="identity",
    use_bias=False, recurrent_dropout=0.25, return_sequences=True, seed=0)
ones = ops.ones((1, H))
h = ops.convert_to_numpy(probe(np.zeros((1, 20, 2), "float32"),
                               initial_state=ones, training=True))[0]
alive = h != 0
claim("keras_mask_changes", np.sum(alive[1:] != alive[0]), at_most=0)
claim("keras_linear_growth", h[-1].max(), close_to=0.75**-20, tol=1)

# %% [markdown]
# 20 步里掩码变了 0<!-- claim keras_mask_changes --> 次。留下的单元每步除以 0.75，涨到了 315<!-- claim keras_linear_growth --> 倍（$0.75^{-20}$），所以 `recurrent_dropout` 配 ReLU 或线性的环要小心，tanh 或门会压住它。另一种循环暂退法只丢 LSTM 的新内容 $g_t$，不碰记忆（Semeniuta 等，2016）。

# %% [markdown]
# ### 有用吗：一段太短的文本
#
# 正则化只在会过拟合的地方有用。取莎士比亚的头 1 万个字符训练一个字符级 LSTM（64 个单元，50 轮，学习率都是 0.01），再用 1 万个没见过的字符来测。三个随机种子（竖线是从最小到最大），录在 `chapters/recipes/05_regularisers`，以下的数从记录里读出。

# %% name="regularisers"
text_sweep = recipes.load("regularisers")
text_log, rates = text_sweep.log, text_sweep.settings["settings"]["rates"]
plt.figure(figsize=(6.4, 3.2))
for (kind, rate), style in zip(rates.items(), ("o-", "s--", "^-.", "D:")):
    part = text_log[text_log.kind == kind].groupby("epoch").validation
    line = part.mean()
    plt.plot(line.index, line, style, ms=4, label=f"{kind} {rate or ''}")
    plt.vlines(line.index, part.min(), part.max(), colors=GREY, lw=1)
plt.title("Without dropping, new text gets worse and worse")
plt.xlabel("epoch")
plt.ylabel("validation nats per character")
plt.legend(fontsize=10)
plt.show()

# %% name="regularisers_table"
best = text_log.groupby(["kind", "seed"]).validation.min().unstack()
last = text_log[text_log.epoch == text_log.epoch.max()].groupby(
    ["kind", "seed"]).validation.first().unstack()
print("validation nats per character, mean ± sd of 3 seeds")
print("                    best epoch      last epoch")
for kind in rates:
    print(f"{kind:18s}", "  ".join(
        f"{table.loc[kind].mean():.3f} ± {table.loc[kind].std():.3f}"
        for table in (best, last)))

# %%
for kind, at_best, at_last in (
        ("none", 2.74, 3.0), ("dropout", 2.66, 2.72),
        ("recurrent_dropout", 2.73, 2.82), ("zoneout", 2.71, 2.72)):
    claim(f"{kind}_best", best.loc[kind].mean(), close_to=at_best, tol=5e-3)
    claim(f"{kind}_last", last.loc[kind].mean(), close_to=at_last, tol=5e-3)

# %% [markdown]
# 两列要一起读。
#
# - **最后一轮**：不加正则化的升到 3.00<!-- claim none_last -->，已经比头几轮差。暂退法 2.72<!-- claim dropout_last -->，循环暂退法 2.82<!-- claim recurrent_dropout_last -->，状态保持 2.72<!-- claim zoneout_last -->，三种都推迟了过拟合。
# - **各自最好的一轮**：不加的是 2.74<!-- claim none_best -->，暂退法 2.66<!-- claim dropout_best -->，循环暂退法 2.73<!-- claim recurrent_dropout_best -->，状态保持 2.71<!-- claim zoneout_best -->。会早停的人得到的好处小得多。暂退法在三个种子上都低一点，另外两种的差别不比三个种子之间的离散程度大，说不清。
#
# “最好的一轮”是在同一段验证文本上挑的，四行都偏乐观。每种只试了一个概率，所以这里只看得出怎样比较，看不出谁最好。

# %% [markdown]
# ## 小结
#
# 你**推导**了六个激活函数的导数，和自动微分一致；会按连乘的奇异值**选择**循环权重的初始化；能**区分**批归一化与层归一化，知道层归一化只管得住权重的公共倍数。
#
# | 名称 | 公式 | 记住 |
# |---|---|---|
# | sigmoid 的导数 | $\sigma(1-\sigma)$ | 不超过 0.25 |
# | tanh 的导数 | $1-\tanh^2 a$ | 不超过 1，有界 |
# | swish 的导数 | $\sigma+a\,\sigma(1-\sigma)$ | 最大约 1.10 |
# | GELU 的导数 | $\Phi(a)+a\,\varphi(a)$ | 最大约 1.13，在 $\sqrt2$ |
# | 雅可比矩阵 | $\operatorname{diag}(f'(a_t))\,U^\top$ | 增益与 $f'$ 一起决定 |
# | 正交初始化 | $U^\top U=I$ | 全部奇异值是 1 |
# | 加法问题的基线 | $\frac1{12}+\frac1{12}=\frac16$ | 只记得一个数是 $\frac1{12}$ |
# | 层归一化 | $(a-\mu)/\sqrt{\sigma^2+\epsilon}$ | 一个样本、一步、H 个单元 |
# | 暂退法 | $m\odot h/(1-p)$ | 均值不变 |
# | 状态保持 | $k\odot h_{t-1}+(1-k)\odot\hat h_t$ | 不丢记忆 |

# %% [markdown]
# ## 常见误解
#
# 编号与[附录 A](A_misconceptions.ipynb) 相同，三条都来自真实的讲义。

# %% [markdown]
# ### E23 “ReLU 不会饱和”
#
# 右边不会，左边的导数处处是 0，这叫“神经元死亡”。一个偏置被推到 −5 的单元，对 10 万个标准正态输入全都输出 0，权重收不到梯度。

# %%
a = noise - 5
for name in ("ReLU", "Leaky ReLU"):
    print(f"{name:11s} largest slope {slopes[name](a).max():.2f}, "
          f"smallest {slopes[name](a).min():.2f}")
claim("dead_relu_slope", slopes["ReLU"](a).mean(), at_most=1e-4)
claim("leaky_slope", slopes["Leaky ReLU"](a).min(), at_least=0.01)

# %% [markdown]
# ### E24 “ReLU 缓解梯度消失，代价只是稀疏”
#
# 在[5.2 节](#cell-id=5-2)的条件下（随机的 $Q$，增益 1），ReLU 网络照样消失。它还有一个代价，没有上界。把 IRNN 的 $U=I$ 换成 $1.5I$，读 100 步：

# %%
largest = {}
for f in ("relu", "tanh"):
    hot = layers.SimpleRNN(
        4, activation=f, use_bias=False,
        recurrent_initializer=keras.initializers.Identity(gain=1.5))
    h = hot(np.zeros((1, 100, 2), "float32"),
            initial_state=ops.ones((1, 4)))
    largest[f] = ops.convert_to_numpy(h).max()
    print(f"{f}: largest state after 100 steps {largest[f]:.2g}")
claim("relu_explodes", largest["relu"], at_least=1e17)
claim("tanh_stays", largest["tanh"], at_most=1)

# %% [markdown]
# ### E25 “批归一化可以解决 RNN 的梯度问题”
#
# 预测时用记下的一份统计量，管不了所有的步。[5.5 节](#cell-id=5-5)的 `pooled` 就是这样算的，看第 1 步和第 200 步的均值：

# %%
first, last_step = (pooled[:, t].mean() for t in (0, 199))
print(f"mean at step 1: {first:.2f}, at step 200: {last_step:.2f}")
claim("batch_norm_drift", last_step - first, at_least=3.26)

# %% [markdown]
# “归一化”之后，两步的均值还差 3.4<!-- claim batch_norm_drift --> 个标准差。层归一化每一步现算，没有这个漂移。但它也没有解决梯度的消失与爆炸。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示。

# %%
hint("training_rnns.layer_norm")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 手算层归一化
#
# $a=(2,4,4,4,5,5,7,9)$，$\epsilon=0$。求 $\operatorname{LN}(a)$，8 个数的列表或数组。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-1)<!-- twin -->

# %%
normalised = ...

# %%
check("training_rnns.layer_norm", normalised)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 换一道加法题的基线
#
# 如果打记号的数有**三**个，仍是 $[0,1)$ 上的均匀分布，目标是三个数之和。永远回答同一个常数，最好的常数是多少？它的均方误差是多少？填 `(常数, 误差)`。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-2)<!-- twin -->

# %%
baseline = ...

# %%
check("training_rnns.baseline", baseline)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ swish 的导数
#
# 带参数的 swish 是 $f(a)=a\,\sigma(\beta a)$。推出 $f'(a)$，写成函数；`a` 是 NumPy 数组，`beta` 是数。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def swish_slope(a, beta):
    ...

# %%
check("training_rnns.swish_slope", swish_slope)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 看导数认函数
#
# 下面四条曲线是四个激活函数的**导数**。每条各是谁？从 `"sigmoid"`、`"tanh"`、`"ReLU"`、`"Leaky ReLU"`、`"swish"`、`"GELU"` 里选，填一个字典，键是 `"A"`、`"B"`、`"C"`、`"D"`。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-4)<!-- twin -->

# %% name="mystery"
from rnnbook.notebook.exercises import checkers

mystery_slopes = checkers("training_rnns").mystery_slopes

a = np.linspace(-5, 5, 401)
fig, axes = plt.subplots(1, 4, figsize=(7.2, 1.9), sharey=True)
for axis, (letter, slope) in zip(axes, mystery_slopes(a).items()):
    axis.plot(a, slope)
    axis.axhline(1, color=GREY, lw=0.8)
    axis.set(title=letter, xlabel="a")
axes[0].set_ylabel("slope f'(a)")
plt.show()

# %%
curves = ...

# %%
check("training_rnns.curves", curves)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 状态保持的一步
#
# 写一个函数走一步状态保持（[5.6 节](#cell-id=5-6)的式子）。`old`、`new` 是旧状态和新状态 (B, H)，`u` 是 $[0,1)$ 的均匀随机数 (B, H)，`p` 是保持的概率。`u` 为 `None` 时按预测的规则算。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def zoneout_step(old, new, u, p):
    ...

# %%
check("training_rnns.zoneout_step", zoneout_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 自己造一个正交矩阵
#
# 写一个函数，给出大小、增益和 `np.random.default_rng` 的生成器，返回 $g\,Q$，$Q$ 是随机正交矩阵。不许用 Keras。检查时会测 $UU^\top=g^2I$、两次抽取不同，以及 200 个 2×2 的 $Q$ 里行列式有正有负。
#
# [解答](solutions/05_training_rnns.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def orthogonal(size, gain, rng):
    ...

# %%
check("training_rnns.orthogonal", orthogonal)

# %% [markdown]
# ## 延伸阅读
#
# - Le, Q. V., Jaitly, N., Hinton, G. E. (2015). A simple way to initialize recurrent networks of rectified linear units. [arXiv:1504.00941](https://arxiv.org/abs/1504.00941)。IRNN 的出处；看它为每种网络试了多少个学习率。
# - Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780. [doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735)。加法问题的出处（实验 4）。
# - Arjovsky, M., Shah, A., Bengio, Y. (2016). Unitary evolution recurrent neural networks. [arXiv:1511.06464](https://arxiv.org/abs/1511.06464)；Chang, B., Chen, M., Haber, E., Chi, E. H. (2019). AntisymmetricRNN: a dynamical system view on recurrent neural networks. [arXiv:1902.09689](https://arxiv.org/abs/1902.09689)。让 $U$ 在训练中也不放大、不缩小的两种办法；前一篇的加法问题和复制任务是后来论文常用的形式。
# - Saxe, A. M., McClelland, J. L., Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of learning in deep linear neural networks. [arXiv:1312.6120](https://arxiv.org/abs/1312.6120)。深的**线性**网络里，正交初始化的学习时间与深度无关；对非线性网络，它主张比 1 大一点的增益（“混沌的边缘”），可以与[第 04 章的雅可比图](04_vanishing_gradients.ipynb#cell-id=4-4)对着看。
# - Hendrycks, D., Gimpel, K. (2016). Gaussian error linear units (GELUs). [arXiv:1606.08415](https://arxiv.org/abs/1606.08415)；Ramachandran, P., Zoph, B., Le, Q. V. (2017). Searching for activation functions. [arXiv:1710.05941](https://arxiv.org/abs/1710.05941)。GELU 与 swish 的来历。
# - Ba, J. L., Kiros, J. R., Hinton, G. E. (2016). Layer normalization. [arXiv:1607.06450](https://arxiv.org/abs/1607.06450)。式 4 就是 [5.5 节](#cell-id=5-5)的那一行。
# - Laurent, C., Pereyra, G., Brakel, P., Zhang, Y., Bengio, Y. (2015). Batch normalized recurrent neural networks. [arXiv:1510.01378](https://arxiv.org/abs/1510.01378)；Cooijmans, T., Ballas, N., Laurent, C., Gülçehre, Ç., Courville, A. (2016). Recurrent batch normalization. [arXiv:1603.09025](https://arxiv.org/abs/1603.09025)。一篇说不行，一篇说怎样才行，放在一起读。
# - Gal, Y., Ghahramani, Z. (2016). A theoretically grounded application of dropout in recurrent neural networks. [arXiv:1512.05287](https://arxiv.org/abs/1512.05287)；Semeniuta, S., Severyn, A., Barth, E. (2016). Recurrent dropout without memory loss. [arXiv:1603.05118](https://arxiv.org/abs/1603.05118)；Krueger, D. 等 (2016). Zoneout: regularizing RNNs by randomly preserving hidden activations. [arXiv:1606.01305](https://arxiv.org/abs/1606.01305)。三种暂退法的原文。
#
# [← 04 梯度消失与爆炸](04_vanishing_gradients.ipynb) · [目录](index.md) · [解答](solutions/05_training_rnns.ipynb) · [06 长短期记忆网络 →](06_lstm.ipynb)<!-- nav -->
