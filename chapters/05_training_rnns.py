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
# 读完这一章，你会推导过六个激活函数的导数，知道循环权重该从哪里出发，并且用同一道题测量过：哪一种循环网络学得会 100 步以外的事，哪一种学不会。
#
# | | |
# |---|---|
# | **你将会** | **推导**六个激活函数的导数；**选择**循环权重的初始化；**区分**批归一化与层归一化、三种随机丢弃 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的公式 $h_t=f(x_tW+h_{t-1}U+b)$；[第 04 章](04_vanishing_gradients.ipynb)：梯度是雅可比矩阵的连乘 |
# | **时间** | 阅读 60 分钟，练习 60 分钟，运行约 22 s<!-- seconds --> |

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
# 循环网络每走一步就过一次 $f$，反向传播每退一步就乘一次 $f'$。所以选 $f$ 要看两张图：值和导数。讲义里提到的六个都在这里，$a$ 是 $f$ 里面的数。
#
# | 名称 | $f(a)$ | $f'(a)$ |
# |---|---|---|
# | sigmoid | $\sigma(a)=\dfrac{1}{1+e^{-a}}$ | $\sigma(a)\,(1-\sigma(a))$ |
# | tanh | $\tanh a$ | $1-\tanh^2 a$ |
# | **ReLU (rectified linear unit)** | $\max(a,0)$ | $a>0$ 时为 1，$a<0$ 时为 0 |
# | **带泄漏的 ReLU (Leaky ReLU)** | $a>0$ 时为 $a$，否则 $0.01a$ | $a>0$ 时为 1，$a<0$ 时为 0.01 |
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
# 蓝线是值，橙色虚线是导数。把图读成一张表：导数最大多少，饱和（[第 02 章](02_rnn_forward.ipynb)）在哪里（最外侧导数的绝对值小于 0.01 的区间），输入是均值为 0 的正态随机数时输出的均值是不是 0。

# %% name="activation_table"
a = np.linspace(-10, 10, 20001)
noise = np.random.default_rng(0).standard_normal(100_000)
top, mean = {}, {}
print("            max slope  at a  saturated (|slope| < 0.01)  mean of f")
for name in values:
    slope = slopes[name](a)
    steep = np.flatnonzero(np.abs(slope) > 0.0099)
    ends = [f"a < {a[steep[0]]:.1f}"] if steep[0] > 0 else []
    ends += [f"a > {a[steep[-1]]:.1f}"] if steep[-1] < len(a) - 1 else []
    top[name], mean[name] = slope.max(), values[name](noise).mean()
    at = "a > 0" if "ReLU" in name else f"{a[slope.argmax()]:.2f}"
    print(f"{name:11s} {top[name]:8.3f}  {at:>6s}  "
          f"{' or '.join(ends) or 'nowhere':25s} {mean[name]:8.2f}")

# %%
claim("sigmoid_top", top["sigmoid"], close_to=0.25, tol=1e-6)
claim("tanh_top", top["tanh"], close_to=1, tol=1e-6)
claim("swish_top", top["swish"], close_to=1.0998, tol=1e-3)
claim("gelu_top", top["GELU"], close_to=1.1290, tol=1e-3)
claim("tanh_mean", abs(mean["tanh"]), at_most=0.01)
claim("relu_mean", mean["ReLU"], close_to=1 / math.sqrt(2 * math.pi),
      tol=0.01)

# %% [markdown]
# 一行一行读：
#
# - **sigmoid** 的导数最大只有 0.25<!-- claim sigmoid_top -->，每退一步至少缩到四分之一（再乘 $U$）；输出总是正的。所以它多用来做门（[第 06 章](06_lstm.ipynb)），少用来做状态的激活函数。
# - **tanh** 的导数在 0 处是 1，输出均值是 0，有界。代价是两边都饱和。
# - **ReLU** 在右边的导数恒为 1，**在左边恒为 0**。“ReLU 不会饱和”只说了一半（E23）。
# - **Leaky ReLU** 的左边留下 0.01，没有一处是 0（这个斜率可以选，Keras 的 `leaky_relu` 默认是 0.2）。
# - **swish** 和 **GELU** 的导数会超过 1：最大 1.100<!-- claim swish_top --> 和 1.129<!-- claim gelu_top -->，左边还有一段负的。GELU 的最大值在 $a=\sqrt2$：导数的导数是 $2\varphi(a)-a^2\varphi(a)$，令它为零就得到。BERT 等 Transformer 用 GELU；那里每层的参数不同，层数是十几到几十，不是几百个相同的时间步。
#
# 后四个都没有上界。在前馈网络里这常是优点，在循环里就要小心了。

# %% [markdown]
# <a id="cell-id=5-2"></a>
# ## 5.2 放进循环：增益 × 激活函数
#
# [第 04 章](04_vanishing_gradients.ipynb)把 $\partial h_T/\partial h_0$ 写成 $T$ 个雅可比矩阵的连乘，每一个是 $f'$ 和 $U$ 的乘积：
#
# $$\frac{\partial h_T}{\partial h_0}=\prod_{t=T}^{1}\operatorname{diag}\!\big(f'(a_t)\big)\,U^\top,\qquad a_t=x_tW+h_{t-1}U$$
#
# 现在只问一件事：换一个 $f$，换一个 $U$ 的大小，这个连乘的范数变成多少？取 $U=g\,Q$，$Q$ 是随机正交矩阵，$g$ 是[第 04 章](04_vanishing_gradients.ipynb)的增益；$W$ 用 Keras 的默认初始化（Glorot，[5.3 节](#cell-id=5-3)）；输入是标准正态随机数；$T=100$，64 个单元。

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
plt.figure(figsize=(6.2, 3.4))
for (name, norms), style in zip(swept.items(), styles):
    plt.plot(gains, np.median(norms, axis=1), style, label=name)
plt.fill_between(gains, swept["ReLU"].min(1), swept["ReLU"].max(1),
                 color=GREEN, alpha=0.2, label="ReLU: 5 random draws")
plt.axhline(1, color=GREY, lw=1)
plt.yscale("log")
plt.ylim(1e-60, 1e40)
plt.grid(False)
plt.title("No activation keeps the gradient at gain 1")
plt.xlabel("gain g of U = g Q")
plt.ylabel("norm of $\\partial h_{100}/\\partial h_0$")
plt.legend(fontsize=9, ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# 横线是 1：梯度不大不小地传到底。增益为 1 时，六条线**全都**在横线以下：正交的 $U$ 自己不缩小任何东西，缩小的是 $f'$。ReLU 也不例外，因为每一步约有一半单元的导数是 0。

# %%
median = {name: np.median(norms, axis=1) for name, norms in swept.items()}
for name in median:
    print(f"{name:11s}", "  ".join(f"{v:8.1e}" for v in median[name]))
claim("relu_gain_1", median["ReLU"][2], at_most=1e-8)
claim("tanh_gain_1", median["tanh"][2], at_most=1e-6)
claim("sigmoid_gain_2", median["sigmoid"][5], at_most=1e-30)
claim("relu_gain_2", median["ReLU"][5], at_least=1e9)
claim("tanh_gain_2", median["tanh"][5], at_least=1e3)

# %% [markdown]
# 增益 1 时 ReLU 是 1.4e-16<!-- claim relu_gain_1 -->，并不比 tanh 的 2.7e-11<!-- claim tanh_gain_1 --> 好；增益 2 时它是 3.5e+12<!-- claim relu_gain_2 -->。从消失到爆炸，中间几乎没有平地。sigmoid 到了增益 2 还只有 3.0e-38<!-- claim sigmoid_gain_2 -->。
#
# 灰绿色的带子是 ReLU 的 5 次随机抽取。增益 1.5 处它特别宽：同一个设置，换一个随机矩阵，结果差好几个数量级。用 20 个矩阵、200 步仔细看。

# %% name="relu_edge"
runs = np.array([through_time("ReLU", 1.5, seed, steps=200)
                 for seed in range(20)])
tanh_runs = np.array([through_time("tanh", 1.5, seed, steps=200)
                      for seed in range(20)])
exploded = (runs[:, 0] > 1e3).sum()
print("ReLU, gain 1.5: gradient norm of 20 draws, sorted")
print("  ".join(f"{v:.0e}" for v in np.sort(runs[:, 0])))
claim("relu_edge_exploded", exploded, at_least=3, at_most=17)
claim("relu_edge_largest", runs[:, 0].max(), at_least=1e6)
claim("relu_state_largest", runs[:, 1].max(), at_least=1e6)
claim("tanh_state_largest", tanh_runs[:, 1].max(), at_most=8)

# %% [markdown]
# 20 个矩阵里有 6<!-- claim relu_edge_exploded --> 个超过一千，最大的到了 2.6e+08<!-- claim relu_edge_largest -->，其余的从万分之一到几百都有。所以“ReLU 在增益 1.5 时爆炸”不总是对的，准确的说法是：**增益 1.5 正在悬崖边上**，炸不炸看运气。炸的时候，连状态本身也跟着爆炸，范数到了 1.5e+08<!-- claim relu_state_largest -->；tanh 的状态有界，64 个单元的范数不会超过 $\sqrt{64}=8$。
#
# 为什么没有平地？ReLU 满足 $f(ca)=c\,f(a)$（$c>0$）：状态越大，缩放它的倍数并不变小，没有什么把它拉回来。把输入缩小到十分之一，梯度一点不变：

# %%
whole, tenth = (through_time("ReLU", 1.5, 3, scale=s)[0] for s in (1.0, 0.1))
claim("relu_scale_free", abs(tenth / whole - 1), at_most=1e-6)

# %% [markdown]
# <a id="cell-id=5-3"></a>
# ## 5.3 从哪里出发：循环权重的初始化
#
# 既然增益这么要紧，$U$ 该怎样初始化？先不管 $f$，只看矩阵自己。四种常见的做法：
#
# - **正交初始化 (orthogonal initialisation)**：$U^\top U=I$。Keras 的 `recurrent_initializer` 默认就是它（Saxe 等，2014）。
# - **Glorot 初始化 (Glorot initialisation)**：每个元素在 $\pm\sqrt{6/(\text{行}+\text{列})}$ 里均匀抽取。它是 `kernel` 的默认值，为前馈层设计。
# - **单位矩阵初始化 (identity initialisation)**：$U=I$，配 ReLU，叫 **IRNN (identity RNN)**（Le、Jaitly、Hinton，2015）。
# - 很小的正态随机数：许多手写代码的习惯。

# %%
H = 64
initial = {
    "orthogonal": keras.initializers.Orthogonal(seed=0),
    "glorot": keras.initializers.GlorotUniform(seed=0),
    "identity": keras.initializers.Identity(),
    "small normal": keras.initializers.RandomNormal(stddev=0.05, seed=0),
}
matrices = {name: ops.convert_to_numpy(draw((H, H))).astype("float64")
            for name, draw in initial.items()}

# %% name="spectra"
fig, axes = plt.subplots(1, 4, figsize=(8, 2.7), sharex=True, sharey=True)
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
# 每个点是一个特征值，灰圈是单位圆。正交矩阵的点全在圈上；Glorot 的点撒满整个圆盘；单位矩阵的 64 个点叠在 1 处；小随机数挤在中间。特征值的最大模叫谱半径（[第 04 章](04_vanishing_gradients.ipynb)），但连乘时更要紧的是**全部**奇异值：$U^{20}$ 还能分清多少个方向？

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
claim("glorot_middle", middle["glorot"], at_most=1e-3)
claim("small_middle", middle["small normal"], at_most=1e-10)

# %% [markdown]
# Glorot 的谱半径甚至比 1 大，看上去不会丢东西，但乘 20 次之后，一半方向已经缩到 4.4e-04<!-- claim glorot_middle --> 以下；正交矩阵的每个方向都还是 1.0000<!-- claim orthogonal_middle -->。**谱半径不小于 1，不等于信息留得住**：它只管最大的那个方向。这就是循环权重和输入权重默认值不同的原因。

# %% [markdown]
# ### IRNN：什么也不做，就是记住
#
# $U=I$、$b=0$、$f$ 是 ReLU，状态非负，那么没有输入时 $h_t=\max(h_{t-1},0)=h_{t-1}$：一字不改。和上一章的矛盾（记得住就传不了梯度）比一比：这里 $f'=1$，雅可比矩阵就是 $I$。

# %%
irnn = layers.SimpleRNN(H, activation="relu", use_bias=False,
                        recurrent_initializer="identity")
silence = np.zeros((1, 1000, 2), "float32")
start = np.abs(np.random.default_rng(0).standard_normal((1, H)))
start = start.astype("float32")
after = irnn(silence, initial_state=ops.convert_to_tensor(start))
change = np.abs(ops.convert_to_numpy(after) - start).max()
claim("irnn_change_after_1000", change, at_most=0)

# %% [markdown]
# 1000 步之后，变化是 0<!-- claim irnn_change_after_1000 -->。但这是走钢丝：把 $I$ 换成 $(1+\varepsilon)I$，状态每步乘 $1+\varepsilon$。Adam 一次更新把每个权重挪动约一个学习率，0.001；$U$ 的元素全都同向挪动时，谱半径就变成 $1+64\times0.001=1.064$。

# %% name="tightrope"
for updates in (1, 2, 4):
    growth = (1 + 0.064 * updates) ** 200
    fits = growth**2 < float(np.finfo("float32").max)
    print(f"{updates} updates: state x {growth:.0e} after 200 steps, "
          f"its square {'fits' if fits else 'does not fit'} in float32")
claim("growth_after_2", (1 + 0.064 * 2) ** 200, at_least=1e10)

# %% [markdown]
# 这是最坏的情形，但只要两次同向的更新，200 步就放大 2.9e+10<!-- claim growth_after_2 --> 倍。误差要平方，梯度还要再乘一遍这个连乘，很快就超出 float32 的上限 $3.4\times10^{38}$，变成 inf。裁剪（[第 04 章](04_vanishing_gradients.ipynb)）救不了：范数是 inf 时，缩放的倍数是 0，而 $0\times\infty$ 是 NaN。

# %%
with np.errstate(over="ignore", invalid="ignore"):
    gradient = np.array([1e30, 1e25], "float32") * np.float32(1e10)
    norm = np.linalg.norm(gradient)
    clipped = gradient * np.float32(1.0 / norm)
print("gradient", gradient, " norm", norm, " clipped", clipped)
claim("clipped_is_nan", np.isnan(clipped).sum(), at_least=1)

# %% [markdown]
# 一个权重成了 NaN，下一步就全是 NaN，训练到此为止。下一节会在真正的训练里看到它。

# %% [markdown]
# <a id="cell-id=5-4"></a>
# ## 5.4 加法问题：谁学得会 T 步以外的事
#
# **加法问题 (adding problem)** 是测试长程记忆的标准题（Hochreiter、Schmidhuber，1997；数的范围照 Le 等 2015 年的版本，记号的位置用下面这种简化）。每一步两个数：一个 0 到 1 的随机小数，一个记号。前半段和后半段各有一个记号是 1，其余是 0。读完之后报出两个带记号的数之和。

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
# 它与 $T$ 无关。别的常数只会更差。量一量：

# %%
_, answers = adding_problem(100_000, 20, seed=1)
claim("mean_predictor", np.mean((answers - 1) ** 2), close_to=1 / 6,
      tol=2e-3)
claim("best_constant", answers.mean(), close_to=1, tol=5e-3)

# %% [markdown]
# 测得 0.1667<!-- claim mean_predictor -->。停在 0.167 附近的网络，什么也没有记住。

# %% [markdown]
# ### 现场：T = 50
#
# 先在本机训练两个小网络：tanh 的 SimpleRNN 和 GRU，各 600 次更新，每次 32 条**全新**的序列（所以没有过拟合）。

# %% tags=["training"] name="live"
from rnnbook.training.fitting import compile_fast, fit, seed_everything

live = {}
for name, layer, rate in (("tanh", layers.SimpleRNN, 1e-3),
                          ("gru", layers.GRU, 3e-3)):
    seed_everything(0)
    model = keras.Sequential([keras.Input((None, 2)), layer(64),
                              layers.Dense(1)])
    adam = keras.optimizers.Adam(rate, global_clipnorm=1.0)
    compile_fast(model, adam, "mse", steps_per_execution=25)
    fit(model, *adding_problem(32 * 600, 50, seed=2), batch_size=32)
    x_test, y_test = adding_problem(1000, 50, seed=3)
    error = model.predict(x_test, batch_size=1000, verbose=0) - y_test
    live[name] = np.mean(error**2)
claim("live_gru", live["gru"], at_most=0.1)
claim("live_tanh", live["tanh"], at_least=0.12, at_most=0.25)

# %% [markdown]
# 同样的数据、同样的更新次数（学习率各用自己的，下面说怎样选），GRU 的测试误差是 0.004<!-- claim live_gru -->，tanh 的网络是 0.165<!-- claim live_tanh -->。

# %% [markdown]
# ### 录下来的：四种长度 × 四种网络 × 三个随机种子
#
# 更长的训练录在 `chapters/recipes/05_adding_problem`（重做：`python -m rnnbook.recipes run adding_problem`）。64 个单元，Adam，按全局范数裁剪到 1；每 250 次更新测一次 1000 条固定的测试序列；误差低于 0.01 就停，变成 NaN 也停，最多 4000 次更新。学习率从 0.001 和 0.003 里为每种网络选，用的是 $T=50$ 和另一个随机种子。IRNN 的 $W$ 用标准差 0.05 的正态随机数（论文用 0.001）。

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
fig, axes = plt.subplots(2, 2, figsize=(6.8, 4.3), sharex=True, sharey=True)
for axis, steps in zip(axes.flat, runs["steps"]):
    axis.axhline(1 / 6, color=GREY, lw=1)
    for cell, (colour, style) in looks.items():
        part = log[(log.steps == steps) & (log.cell == cell)]
        for k, (_, curve) in enumerate(part.groupby("seed")):
            axis.plot(curve.updates, curve.mse, style, color=colour,
                      lw=1.5, label=names[cell] if k == 0 else None)
            if curve.mse.isna().any():
                axis.plot(curve.updates.iloc[-1], 0.4, "X", color=colour)
    axis.set(title=f"T = {steps}", yscale="log", ylim=(5e-3, 0.6))
    axis.grid(False)
for axis in axes[1]:
    axis.set_xlabel("updates (32 new sequences each)")
for axis in axes[:, 0]:
    axis.set_ylabel("test error (MSE)")
axes[0, 0].legend(fontsize=9)
fig.suptitle("From T = 100 on, tanh hardly leaves 1/6 (X: NaN)", x=0.01,
             ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# 每条线是一个随机种子，灰线是 $1/6$，✕ 表示那次训练在此变成了 NaN。把图变成表：每个格子里是各个种子降到 0.05 所用的更新次数，“–”是 4000 次还没有，“NaN”是炸了。

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
_, y_test = adding_problem(runs["test"], 100, seed=10**6)
claim("mean_on_test", np.mean((y_test - 1) ** 2), close_to=1 / 6, tol=0.01)
claim("irnn_100_updates", needed, at_most=4000)
claim("tanh_100_by_then", so_far.min(), at_least=0.15)
claim("tanh_100_best", tanh_100.mse.min(), at_least=0.1)
claim("gru_100_updates", np.median(updates_to("gru", 100)), at_most=2000)
claim("lstm_100_updates", np.median(updates_to("lstm", 100)),
      at_most=4000)
print("your guess:", guess, " measured at T = 100, best of all:",
      round(tanh_100.mse.min(), 3))

# %% [markdown]
# “先想一想”的答案：$T=100$ 时，三个种子、4000 次更新里 tanh 网络最好的一次也只有 0.156<!-- claim tanh_100_best -->，几乎没有离开 $1/6$；IRNN 最慢的种子用了 500<!-- claim irnn_100_updates --> 次更新就到了 0.05，那时 tanh 最好的是 0.164<!-- claim tanh_100_by_then -->，正好等于永远回答 1 的人在这 1000 条测试序列上的误差 0.164<!-- claim mean_on_test -->。GRU 的中位数是 750<!-- claim gru_100_updates --> 次，LSTM 是 1250<!-- claim lstm_100_updates --> 次。tanh 网络在 $T=20$ 学得会，所以不是程序写错了，而是**距离**的问题。

# %% [markdown]
# ### IRNN 的另一面
#
# 图里的 IRNN 又快又好，为什么不人人都用它？$T=200$ 时它多跑了 7 个种子，设置一模一样：

# %% name="irnn_luck"
longest = sweep.log[(sweep.log.cell == "irnn") & (sweep.log.steps == 200)]
ends = longest.groupby("seed").tail(1)
for _, end in ends.iterrows():
    outcome = "NaN" if math.isnan(end.mse) else f"{end.mse:.4f}"
    print(f"seed {end.seed}: {outcome} after {end.updates} updates")
claim("irnn_200_seeds", len(ends), close_to=10, tol=0)
claim("irnn_200_nan", ends.mse.isna().sum(), at_least=1)
claim("irnn_200_solved", (ends.mse < 0.01).sum(), at_least=1)

# %% [markdown]
# 10<!-- claim irnn_200_seeds --> 个种子里，5<!-- claim irnn_200_nan --> 个以 NaN 告终，5<!-- claim irnn_200_solved --> 个学会了。按范数裁剪每一次都开着，挡不住 inf（[5.3 节](#cell-id=5-3)）。一种做法的好坏不能只看它最好的一次。
#
# 这张图也有边界：三个种子、一种宽度、两个学习率、4000 次更新。它说的是“在这个预算里”，不是“永远”。

# %% [markdown]
# <a id="cell-id=5-5"></a>
# ## 5.5 批归一化为什么别扭，层归一化做了什么
#
# **归一化 (normalisation)** 把一组数平移、缩放到均值 0、方差 1，再乘可学的缩放 $\gamma$（与[第 04 章](04_vanishing_gradients.ipynb)的斜率上限 $\gamma$ 无关）、加可学的偏移 $\beta$。区别只在“一组”指谁。**批归一化 (batch normalisation)** 在前馈网络里很成功：对每个单元，取**一批样本**的均值和方差；训练时顺便记下滑动平均，预测时用记下的。
#
# 搬到循环网络就要回答：第 1 步和第 100 步共用一份统计量吗？先量一量，每一步的状态有多不同。网络不训练，输入每一步同分布，$h_0=0$，256 条序列。

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
plt.title("The spread of the state depends on the step")
plt.xlabel("time step t")
plt.ylabel("sd over the batch, mean of units")
plt.legend()
plt.show()

# %% [markdown]
# 纵轴是同一单元在 256 个样本之间的标准差（对 64 个单元取平均）。IRNN 的一直在长：它把输入不停地加起来。tanh 和层归一化的网络要走一二十步甚至更久才稳定：层归一化固定的不是这个量，而是每个样本自己的 64 个单元（本节后半）。

# %%
irnn_growth = spread["IRNN"][199] / spread["IRNN"][49]
claim("irnn_sd_ratio", irnn_growth, at_least=1.5)
claim("tanh_sd_ratio", spread["tanh"][49] / spread["tanh"][0],
      at_least=1.3)

# %% [markdown]
# 训练时若只见过 50 步，IRNN 在第 200 步的标准差是第 50 步的 1.9<!-- claim irnn_sd_ratio --> 倍：没有哪份记下的统计量管得到那里。tanh 的网络从第 1 步到第 50 步也变了 2.7<!-- claim tanh_sd_ratio --> 倍。
#
# 把 `BatchNormalization` 直接接在 (B, T, H) 后面会怎样？它把批和时间**混在一起**求一份统计量：

# %% name="pooled"
normalise = layers.BatchNormalization()
pooled = ops.convert_to_numpy(normalise(states["IRNN"], training=True))
print("whole tensor: mean", abs(pooled.mean().round(2)), " sd",
      pooled.std().round(2))
for t in (1, 10, 50, 200):
    step = pooled[:, t - 1]
    print(f"step {t:3d}: mean over batch and units {step.mean():6.2f}, "
          f"sd {step.std(axis=0).mean():5.2f}")
claim("pooled_first_sd", pooled[:, 0].std(axis=0).mean(), at_most=0.2)

# %% [markdown]
# 合起来看，每个单元的均值是 0、标准差是 1（整个张量不到 1，是因为有些单元一直输出 0）；分步看，没有一步是。第 1 步的标准差只有 0.05<!-- claim pooled_first_sd -->，各步照样参差不齐。要做对，就得**每一步一份统计量**：参数随 $T$ 变多，变长的序列越往后样本越少，比训练更长的步没有自己的统计量。还有一条：一个样本的结果取决于和它同批的是谁。

# %%
alone = normalise(states["IRNN"][:8], training=True)
with_others = normalise(states["IRNN"][:64], training=True)[:8]
gap = np.abs(ops.convert_to_numpy(alone - with_others)).max()
claim("batch_norm_sees_neighbours", gap, at_least=0.05)

# %% [markdown]
# 前 8 条序列一字未改，只是换了同批的伙伴，输出就差了 0.1<!-- claim batch_norm_sees_neighbours -->。
#
# 文献的结论与此一致：Laurent 等（2015）发现在 $h_{t-1}U$ 上做批归一化没有帮助；Cooijmans 等（2016）让它有效，靠的正是每一步分开统计（更长的步借用最后一步的），外加从 $\gamma=0.1$ 出发。

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
# 没有批，没有滑动平均，训练和预测是同一个算式，序列多长都行。`rnnbook.cells.layer_norm.LayerNormRNNCell` 就是这一行，放进 `keras.layers.RNN` 即可用。验证两条性质。第一，同批的伙伴不影响结果；第二，把 $W$ 和 $U$ 同时放大 10 倍，输出不变（$\epsilon$ 取得很小时），也就是说**增益不再要紧**。

# %%
normed = layers.RNN(LayerNormRNNCell(H, epsilon=1e-12),
                    return_sequences=True)
x, _ = adding_problem(32, 20, seed=5)
whole = ops.convert_to_numpy(normed(x))
single = ops.convert_to_numpy(normed(x[:1]))
claim("layer_norm_ignores_neighbours", np.abs(whole[:1] - single).max(),
      at_most=1e-5)
W, U, *rest = normed.get_weights()
normed.set_weights([10 * W, 10 * U, *rest])
gap = ops.convert_to_numpy(normed(x)) - whole
claim("layer_norm_ignores_scale", np.sqrt(np.mean(gap**2)), at_most=1e-3)

# %%
plain = layers.SimpleRNN(H, return_sequences=True)
before = ops.convert_to_numpy(plain(x))
W, U, bias = plain.get_weights()
plain.set_weights([10 * W, 10 * U, bias])
gap = ops.convert_to_numpy(plain(x)) - before
claim("plain_feels_scale", np.sqrt(np.mean(gap**2)), at_least=0.3)

# %% [markdown]
# 普通的 tanh 网络放大 10 倍之后，状态的均方根变化是 0.93<!-- claim plain_feels_scale -->，完全变了样。那么，比训练更长的步呢？量每个样本自己的 64 个状态的标准差，第 200 步比第 50 步：

# %%
for name in ("IRNN", "layer norm"):
    within = states[name].std(axis=-1).mean(axis=0)  # over the units
    print(f"{name:11s} step 1, 50, 200:", within[[0, 49, 199]].round(2))
    claim(f"{name.lower().replace(' ', '_')}_within",
          within[199] / within[49], at_least=0.9,
          at_most=1.1 if name == "layer norm" else 10)

# %% [markdown]
# IRNN 的又涨到 4.0<!-- claim irnn_within --> 倍；层归一化的是 1.00<!-- claim layer_norm_within --> 倍，第 200 步和第 50 步是同一个尺度。
#
# 层归一化不是免费的：它每一步多算一次均值和方差，而且丢掉了 $a$ 的整体大小；本章没有测它是否学得更快，[第 06 章](06_lstm.ipynb)给出 LSTM 的版本。

# %% [markdown]
# <a id="cell-id=5-6"></a>
# ## 5.6 三种随机丢弃
#
# **随机丢弃 (dropout)** 在训练时把一些数随机换成 0，剩下的除以保留的概率，使均值不变：
#
# $$\tilde h=\frac{m\odot h}{1-p},\qquad m_j=\begin{cases}0&\text{概率 }p\\1&\text{概率 }1-p\end{cases}$$
#
# 放在层与层之间没有问题。放进循环的环里，事情就变了：同一个状态要过 T 次丢弃。用一个只会“记住”的网络（$h_t=h_{t-1}$）看三种做法，$p=0.25$，2000 个单元，开始都是 1。
#
# 1. 每一步换一个掩码：一个单元 20 步都不被丢的概率是 $0.75^{20}=0.003$。
# 2. **循环丢弃 (recurrent dropout)**（Gal、Ghahramani，2016）：整条序列用**同一个**掩码。Keras 的 `recurrent_dropout` 就是它。
# 3. **区外保持 (zoneout)**（Krueger 等，2016）：不是换成 0，而是**保持上一步的值**：$h_t=k\odot h_{t-1}+(1-k)\odot\hat h_t$，$k_j$ 以概率 $p$ 为 1，$\hat h_t$ 是本来的新状态。预测时 $k$ 换成它的均值 $p$。

# %% name="memory_test"
rng = np.random.default_rng(0)
p, units, steps = 0.25, 2000, 20
per_step = same = zone = np.ones(units)
fixed = rng.random(units) >= p
for _ in range(steps):
    mask = rng.random(units) >= p
    per_step = mask * per_step / (1 - p)  # h_t = dropped h_{t-1}
    same = fixed * same / (1 - p)
    k = rng.random(units) < p
    zone = k * zone + (1 - k) * zone  # the new state is the old one
for name, h in (("per step", per_step), ("same mask", same),
                ("zoneout", zone)):
    print(f"{name:10s} not zero: {np.mean(h != 0):6.3f}   "
          f"largest: {h.max():6.1f}   mean: {h.mean():6.2f}")
claim("per_step_survivors", np.mean(per_step != 0), at_most=0.01)
claim("same_mask_survivors", np.mean(same != 0), close_to=0.75, tol=0.04)
claim("same_mask_largest", same.max(), close_to=0.75**-20, tol=0.1)
claim("zoneout_change", np.abs(zone - 1).max(), at_most=0)

# %% [markdown]
# 每步换掩码：20 步之后只剩 0.5%<!-- claim per_step_survivors -->。同一个掩码：留下的一直是那 74.6%<!-- claim same_mask_survivors -->，但每步除以 0.75，在**线性**的环里涨到了 315<!-- claim same_mask_largest --> 倍（$0.75^{-20}$；tanh 或门会压住它）。区外保持：记住的东西一点没变。
#
# Keras 真的用同一个掩码吗？让一个线性的 SimpleRNN 来回答：$U=I$，没有输入，看哪些单元在哪一步变成 0。

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
# 20 步里掩码变了 0<!-- claim keras_mask_changes --> 次，留下的单元也真的涨了 315<!-- claim keras_linear_growth --> 倍。所以 `recurrent_dropout` 配 ReLU 或线性的环要小心。（另有一种循环丢弃只丢 LSTM 的新内容 $g_t$，不碰记忆：Semeniuta 等，2016。）

# %% [markdown]
# Keras 没有区外保持；`rnnbook.cells.zoneout.ZoneoutRNN` 能套在任何单元外面。预测时它应当是新旧状态按 $1-p$ 和 $p$ 的平均：

# %%
from rnnbook.cells.zoneout import ZoneoutRNN

zoned = ZoneoutRNN(layers.GRUCell(H), zoneout=0.25)
x1 = adding_problem(4, 2, seed=6)[0][:, :1]
old = ops.ones((4, H))
kept = zoned(x1, initial_state=old)
new, _ = zoned.cell.cell(x1[:, 0], [old])
gap = ops.convert_to_numpy(kept - (0.25 * old + 0.75 * new))
claim("zoneout_predicts_mean", np.abs(gap).max(), at_most=1e-6)

# %% [markdown]
# ### 有用吗：一段太短的文本
#
# 正则化只在会过拟合的地方有用。取莎士比亚的头 1 万个字符训练一个字符级 LSTM（64 个单元，50 轮），再用 1 万个没见过的字符来测。四种做法，三个随机种子（竖线是从最小到最大），录在 `chapters/recipes/05_regularisers`。

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
claim("none_best", best.loc["none"].mean(), at_least=2.5, at_most=2.9)
claim("none_last", last.loc["none"].mean(), at_least=2.8)
for kind in ("dropout", "recurrent_dropout", "zoneout"):
    claim(f"{kind}_best", best.loc[kind].mean(), at_least=2.5, at_most=2.9)
    claim(f"{kind}_last", last.loc[kind].mean(), at_least=2.5, at_most=2.95)

# %% [markdown]
# 两列要一起读：
#
# - **最后一轮**：不加正则化的升到 3.00<!-- claim none_last -->，已经比头几轮差得多；随机丢弃 2.72<!-- claim dropout_last -->，循环丢弃 2.82<!-- claim recurrent_dropout_last -->，区外保持 2.72<!-- claim zoneout_last -->。三种都推迟了过拟合。
# - **各自最好的一轮**：不加的是 2.74<!-- claim none_best -->，随机丢弃 2.66<!-- claim dropout_best -->，循环丢弃 2.73<!-- claim recurrent_dropout_best -->，区外保持 2.71<!-- claim zoneout_best -->。会早停的人得到的好处小得多：随机丢弃在三个种子上都低一点，另外两种的差别不比三个种子之间的离散程度大，说不清。
#
# 这是一个很小的任务，每种只试了一个概率。它说明的是怎样比较，不是谁最好。

# %% [markdown]
# 现场重做一行：不加正则化，种子 0，只跑头 20 轮。

# %% tags=["training"] name="live_text"
recipe = recipes.import_recipe("regularisers")
seed_everything(0)
rows = recipe.run_trial(recipe.SETTINGS | {"epochs": 20, "every": 10},
                        {"kind": "none", "seed": 0})
recorded = text_log[(text_log.kind == "none") & (text_log.seed == 0)
                    & (text_log.epoch == 20)].validation.iloc[0]
print("live", round(rows[-1]["validation"], 3), " recorded",
      round(recorded, 3))
claim("live_overfit", rows[-1]["validation"] - rows[-1]["train"],
      at_least=0.1)

# %% [markdown]
# ## 小结
#
# 你**推导**了六个激活函数的导数，和自动微分一致；会按连乘的奇异值**选择**循环权重的初始化；能**区分**批归一化与层归一化，以及三种随机丢弃各对记忆做了什么。
#
# | 名称 | 公式 | 记住 |
# |---|---|---|
# | sigmoid 的导数 | $\sigma(1-\sigma)$ | 不超过 0.25 |
# | tanh 的导数 | $1-\tanh^2 a$ | 不超过 1，有界 |
# | swish 的导数 | $\sigma+a\,\sigma(1-\sigma)$ | 最大约 1.10 |
# | GELU 的导数 | $\Phi(a)+a\,\varphi(a)$ | 最大约 1.13，在 $\sqrt2$ |
# | 雅可比矩阵 | $\operatorname{diag}(f'(a_t))\,U^\top$ | 增益与 $f'$ 一起决定 |
# | 正交初始化 | $U^\top U=I$ | 全部奇异值是 1 |
# | 加法问题的基线 | $\frac1{12}+\frac1{12}=\frac16$ | 与 $T$ 无关 |
# | 层归一化 | $(a-\mu)/\sqrt{\sigma^2+\epsilon}$ | 一个样本、一步、H 个单元 |
# | 随机丢弃 | $m\odot h/(1-p)$ | 均值不变 |
# | 区外保持 | $k\odot h_{t-1}+(1-k)\odot\hat h_t$ | 不丢记忆 |

# %% [markdown]
# ## 常见误解
#
# 编号与附录 A 相同，三条都来自真实的讲义。

# %% [markdown]
# ### E23 “ReLU 不会饱和”
#
# 右边不会，左边的导数处处是 0，这正是“神经元死亡”的原因。一个偏置被推到 −5 的单元，对 10 万个标准正态输入全都输出 0，权重收不到任何梯度：

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
# [5.2 节](#cell-id=5-2)：增益 1 的 ReLU 网络照样消失。真正的代价是**没有上界**。把 IRNN 的 $U=I$ 换成 $1.5I$，读 100 步：

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
# [5.5 节](#cell-id=5-5)：一份统计量管不了所有的步。最直白的反例是预测时一次只来一个样本：用当前这批的统计量，标准差是 0，输出与输入无关；层归一化照常工作。

# %%
one, other = states["tanh"][:1, 9], states["tanh"][1:2, 9]
batch_norm = layers.BatchNormalization()
gaps = {}
for name, norm in (("batch", lambda h: batch_norm(h, training=True)),
                   ("layer", standardise)):
    gap = ops.convert_to_numpy(norm(one) - norm(other))
    gaps[name] = np.abs(gap).max()
claim("batch_of_one_difference", gaps["batch"], at_most=1e-5)
claim("layer_norm_difference", gaps["layer"], at_least=0.1)

# %% [markdown]
# 两个不同的样本，单独做批归一化之后成了同一个。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示，写法如下。

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
# ### 练习 5 ☆☆ 随机丢弃与区外保持的一步
#
# 写一个函数走一步区外保持：`old`、`new` 是旧状态和新状态 (B, H)，`u` 是 $[0,1)$ 的均匀随机数 (B, H)，`p` 是保持的概率。`u` 为 `None` 时按预测的规则算。
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
# - Le, Q. V., Jaitly, N., Hinton, G. E. (2015). A simple way to initialize recurrent networks of rectified linear units. [arXiv:1504.00941](https://arxiv.org/abs/1504.00941)。IRNN 和本章的加法问题；看它为每种网络试了多少个学习率。
# - Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780. [doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735)。加法问题的出处（实验 4）。
# - Saxe, A. M., McClelland, J. L., Ganguli, S. (2014). Exact solutions to the nonlinear dynamics of learning in deep linear neural networks. [arXiv:1312.6120](https://arxiv.org/abs/1312.6120)。正交初始化为什么与深度无关。
# - Hendrycks, D., Gimpel, K. (2016). Gaussian error linear units (GELUs). [arXiv:1606.08415](https://arxiv.org/abs/1606.08415)；Ramachandran, P., Zoph, B., Le, Q. V. (2017). Searching for activation functions. [arXiv:1710.05941](https://arxiv.org/abs/1710.05941)。GELU 与 swish 的来历。
# - Ba, J. L., Kiros, J. R., Hinton, G. E. (2016). Layer normalization. [arXiv:1607.06450](https://arxiv.org/abs/1607.06450)。式 4 就是 [5.5 节](#cell-id=5-5)的那一行。
# - Laurent, C., Pereyra, G., Brakel, P., Zhang, Y., Bengio, Y. (2015). Batch normalized recurrent neural networks. [arXiv:1510.01378](https://arxiv.org/abs/1510.01378)；Cooijmans, T., Ballas, N., Laurent, C., Gülçehre, Ç., Courville, A. (2016). Recurrent batch normalization. [arXiv:1603.09025](https://arxiv.org/abs/1603.09025)。一篇说不行，一篇说怎样才行，放在一起读。
# - Gal, Y., Ghahramani, Z. (2016). A theoretically grounded application of dropout in recurrent neural networks. [arXiv:1512.05287](https://arxiv.org/abs/1512.05287)；Semeniuta, S., Severyn, A., Barth, E. (2016). Recurrent dropout without memory loss. [arXiv:1603.05118](https://arxiv.org/abs/1603.05118)；Krueger, D. 等 (2016). Zoneout: regularizing RNNs by randomly preserving hidden activations. [arXiv:1606.01305](https://arxiv.org/abs/1606.01305)。三种丢弃的三篇原文。
#
# [← 04 梯度消失与爆炸](04_vanishing_gradients.ipynb) · [目录](index.md) · [解答](solutions/05_training_rnns.ipynb) · [06 长短期记忆网络 →](06_lstm.ipynb)<!-- nav -->
