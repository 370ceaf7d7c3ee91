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
# # 第 04 章 梯度消失与爆炸
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/04_vanishing_gradients.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/04_vanishing_gradients.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/04_vanishing_gradients.ipynb)<!-- badges -->
#
# [← 03 随时间反向传播](03_bptt.ipynb) · [目录](index.md) · [解答](solutions/04_vanishing_gradients.ipynb) · [05 激活函数、初始化与归一化 →](05_training_rnns.ipynb)<!-- nav -->
#
# 读完这一章，你会亲手把 $\partial h_T/\partial h_0$ 拆成一串矩阵的乘积，画出它在哪里消失、在哪里爆炸，并且知道裁剪能治什么、不能治什么。
#
# | | |
# |---|---|
# | **你将会** | **算出**一步和多步的雅可比矩阵；**判断**一个网络的梯度会消失、会爆炸还是都不会；**选对**梯度裁剪的方式 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的状态更新公式；[第 03 章](03_bptt.ipynb)的随时间反向传播；矩阵乘法和链式法则 |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 89 s<!-- seconds --> |

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
from rnnbook.notebook.figures import BLACK, GREY, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一个 tanh 网络的循环权重 $U$ 是 1.5 乘一个旋转，每走一步，旧状态先被放大 1.5 倍。它读了 100 步随机输入。把 $h_0$ 挪动一点点，$h_{100}$ 会挪动多少倍？
#
# - A：约 $1.5^{100}\approx4\times10^{17}$ 倍，梯度爆炸；
# - B：约 1 倍；
# - C：不到十万分之一，梯度消失；
# - D：上面三种都可能，要看输入。
#
# 把你的选择写进下面的格子，[4.4 节](#cell-id=4-4)用测量来回答。

# %%
guess = None  # your guess: "A", "B", "C" or "D"

# %% [markdown]
# <a id="cell-id=4-1"></a>
# ## 4.1 一个单元：连乘就是全部
#
# 先把网络缩到一个隐藏单元，$h_t=\tanh(wx_t+uh_{t-1})$。[第 03 章](03_bptt.ipynb)说，最后一步的损失要把梯度送到第 0 步的状态，只能沿着状态一步一步往回传。每退一步，链式法则乘上一个因子：
#
# $$\frac{\partial h_t}{\partial h_{t-1}}=\tanh'(a_t)\,u,\qquad a_t=wx_t+uh_{t-1},\qquad \tanh'(a)=1-\tanh^2(a)$$
#
# 退 $T$ 步，就是 $T$ 个因子连乘：
#
# $$\frac{\partial h_T}{\partial h_0}=\prod_{t=1}^{T}\tanh'(a_t)\,u$$
#
# 取 $w=1$、$u=2$、$h_0=0$，输入依次是 0、0.5、−1.5，手算三步。$a_1=0$，斜率是 1，因子是 2。$h_1=0$，$a_2=0.5$，$h_2=0.462$，斜率 $1-0.462^2=0.786$，因子 1.573。$a_3=-1.5+2\times0.462=-0.576$，$h_3=-0.520$，斜率 0.730，因子 1.460。乘积 $2\times1.573\times1.460=4.59$。

# %% name="hand"
u, xs = 2.0, [0.0, 0.5, -1.5]
h, product = 0.0, 1.0
for x in xs:
    h = np.tanh(x + u * h)
    factor = (1 - h**2) * u  # tanh'(a_t) u
    product *= factor
    print(f"h = {h:6.3f}   factor = {factor:.3f}   product = {product:.3f}")
claim("hand_equals_numpy", abs(product - 4.59), at_most=5e-3)

# %% [markdown]
# 乘积真的就是“$h_0$ 挪一点，$h_3$ 挪多少倍”吗？挪一挪便知。

# %%
def last(h):
    for x in xs:
        h = np.tanh(x + u * h)
    return h


numeric = (last(1e-6) - last(-1e-6)) / 2e-6
claim("product_equals_numeric", abs(product - numeric), at_most=1e-8)

# %% [markdown]
# 差在 $10^{-8}$ 以内。这三步的因子都大于 1，乘积在变大。换一组输入呢？

# %%
for name, xs in (("small inputs", [0.0] * 20), ("large inputs", [2.0] * 20)):
    h, product = 0.0, 1.0
    for x in xs:
        h = np.tanh(x + u * h)
        product *= (1 - h**2) * u
    print(f"{name}: u = {u}, product of 20 factors = {product:.1e}")

# %% [markdown]
# 同一个 $u=2$，输入为 0 时乘积是 $2^{20}$，约一百万，这叫**梯度爆炸 (exploding gradient)**；输入为 2 时状态贴近 1，斜率贴近 0，乘积几乎是 0，这叫**梯度消失 (vanishing gradient)**。每个因子里都有一个由输入决定的斜率，所以只凭 $|u|>1$ 判断不了。$|u|<1$ 倒是够了，因为斜率不超过 1，乘积必定缩小。[4.6 节](#cell-id=4-6)把这两句话说完整。
#
# 没有 $\tanh$ 的线性单元完全由 $u$ 说了算，因子总是 $u$，乘积是 $u^T$。

# %% name="powers"
print("      u    10 steps    50 steps   100 steps")
for number in (1.1, 1.01, 1.0, 0.99, 0.9):
    print(f"{number:7.2f}", *[f"{number**T:11.2g}" for T in (10, 50, 100)])

# %% [markdown]
# 一百步以后，0.9 缩到万分之一以下，1.1 涨到一万以上，而 $1^{100}=1$，既不消失也不爆炸。

# %% [markdown]
# <a id="cell-id=4-2"></a>
# ## 4.2 一层：雅可比矩阵的连乘
#
# 有 H 个单元时，“挪动多少倍”变成一张表：第 $i$ 行第 $j$ 列写“$h_{t-1}$ 的第 $j$ 个数挪一点，$h_t$ 的第 $i$ 个数挪多少倍”。这张 (H, H) 的表叫**雅可比矩阵 (Jacobian matrix)**：
#
# $$J_t=\frac{\partial h_t}{\partial h_{t-1}}=\operatorname{diag}\bigl(f'(a_t)\bigr)\,U^\top,\qquad a_t=x_tW+h_{t-1}U+b$$
#
# 为什么有转置？本书的状态是一行，$a_t$ 的第 $i$ 个数是 $\sum_j h_{t-1,j}U_{ji}$，对 $h_{t-1,j}$ 求导得 $U_{ji}$，放在第 $i$ 行第 $j$ 列，就是 $U^\top$。论文用列向量、写 $Wh_{t-1}$，$W=U^\top$，是同一张表。
#
# 走 $T$ 步，新的一步乘在**左边**：
#
# $$\frac{\partial h_T}{\partial h_0}=J_T\,J_{T-1}\cdots J_1=\prod_{t=T}^{1}\operatorname{diag}\bigl(f'(a_t)\bigr)U^\top$$
#
# 矩阵乘法不能交换，次序不能乱。反向传播用的是同一串矩阵，只是从左边乘起：$\dfrac{\partial L}{\partial h_0}=\dfrac{\partial L}{\partial h_T}J_T\cdots J_1$，行向量每退一步乘一个 $J_t$。

# %%
rng = np.random.default_rng(0)
D, H, T = 3, 5, 3
W, b = rng.standard_normal((D, H)), 0.1 * rng.standard_normal(H)
U = 1.2 * rng.standard_normal((H, H)) / np.sqrt(H)
xs = rng.standard_normal((1, T, D))

# %%
from rnnbook.cells import rnn_step

h, J = np.zeros((1, H)), np.eye(H)
for t in range(T):
    h = rnn_step(xs[:, t], h, W, U, b)
    step = np.diag(1 - h[0] ** 2) @ U.T  # J_t = diag(f'(a_t)) U^T
    J = step @ J  # the new step on the left
print(J.round(3))

# %% [markdown]
# 用两种独立的办法核对：把 $h_0$ 的每个数挪一挪（中心差分），和库里用反向传播逐行求出的同一个矩阵（`probes.jacobian_products`，本书以后都用它）。

# %%
from rnnbook.cells import rnn_scan
from rnnbook.gradients.gradcheck import central_differences, relative_error
from rnnbook.gradients.probes import jacobian_products

def row(i):  # how entry i of the last state depends on h_0
    def entry(h0):
        return rnn_scan(xs, h0[None], W, U, b)[1][0, i]

    return central_differences(entry, np.zeros(H))


numeric = [row(i) for i in range(H)]
ours = jacobian_products("rnn", xs, (np.zeros((1, H)),), (W, U, b))[-1]
claim("jacobian_equals_numeric", relative_error(J, np.array(numeric)),
      at_most=1e-7)
claim("jacobian_equals_probe", relative_error(J, ours), at_most=1e-12)

# %% [markdown]
# 三种算法一致。忘了转置，或者把新的一步乘在右边，形状都对、不报错，数却全错，所以要这样核对。

# %% [markdown]
# <a id="cell-id=4-3"></a>
# ## 4.3 预备：特征值与奇异值
#
# 一张表怎样算“大”？有两个不同的数，这一主题里的许多错误都出自混淆二者。先看一个 2×2 的例子：
#
# $$A=\begin{bmatrix}0.9&10\\0&0.9\end{bmatrix}$$
#
# - **特征值 (eigenvalue)** $\lambda$：有的方向 $v$ 乘上 $A$ 只伸缩、不转向，$Av=\lambda v$。旋转没有这样的实方向，它的特征值是一对共轭复数 $\lambda=re^{\pm i\theta}$：每乘一次转 $\theta$ 角、伸缩 $r$ 倍，$r=|\lambda|$ 叫 $\lambda$ 的模。特征值的最大模叫**谱半径 (spectral radius)** $\rho(A)$。它说的是乘很多次以后，平均每次伸缩多少。
# - **奇异值 (singular value)** $\sigma$：把单位圆上的每个点乘以 $A$，得到一个椭圆，半轴的长度就是奇异值。最长的半轴 $\sigma_{\max}(A)=\max_{\|v\|=1}\|Av\|$ 叫**谱范数 (spectral norm)**，记作 $\|A\|$。它说的是乘一次最多伸长多少。

# %% name="two_numbers"
from rnnbook.gradients.probes import spectral_norm

A = np.array([[0.9, 10.0], [0.0, 0.9]])
angle = np.linspace(0, 2 * np.pi, 400)
circle = np.stack([np.cos(angle), np.sin(angle)])
powers = [spectral_norm(np.linalg.matrix_power(A, k)) for k in range(201)]
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 2.6))
left.plot(*circle, "--", color=GREY, label="unit circle")
left.plot(*(A @ circle), label="times A")
left.set(title="Once: up to tenfold ...", xlabel="$v_1$",
         ylabel="$v_2$", aspect="equal", adjustable="datalim")
left.legend(loc="upper left")
right.semilogy(powers, label=r"$\|A^k\|$")
right.semilogy(0.9 ** np.arange(201), "--", label=r"$\rho(A)^k=0.9^k$")
right.axhline(1, color=BLACK, lw=1)
right.set(title="... though eigenvalues are 0.9", xlabel="k")
right.legend()
plt.show()

# %%
turn = np.array([[0.0, -1.0], [1.0, 0.0]])  # a quarter turn
print("1.5 times a rotation:", np.linalg.eigvals(1.5 * turn))
claim("radius_a", np.abs(np.linalg.eigvals(A)).max(), close_to=0.9, tol=1e-9)
claim("norm_a", powers[1], close_to=10.08, tol=0.01)
claim("norm_a_10", powers[10], close_to=38.7, tol=0.1)
claim("norm_a_200", powers[200], at_least=1.5e-6, at_most=1.7e-6)

# %% [markdown]
# 谱半径 0.90<!-- claim radius_a -->，谱范数却是 10.08<!-- claim norm_a -->。连乘 10 次，范数涨到 38.7<!-- claim norm_a_10 -->；连乘 200 次，才落到 1.6e-06<!-- claim norm_a_200 -->。它先涨后跌，长远看特征值，眼前看奇异值；反向传播走的步数介于二者之间。1.5 乘四分之一圈的旋转，特征值是 $\pm1.5i$，模是 1.5。
#
# 总有 $\rho\le\sigma_{\max}$。两者相等的一大类是**正规矩阵 (normal matrix)**（$AA^\top=A^\top A$），如对称矩阵和正交矩阵；上面的 $A$ 不是，叫非正规。**正交矩阵 (orthogonal matrix)** $Q$（$Q^\top Q=I$）只旋转或翻转，$\rho=\sigma_{\max}=1$：拿它做线性网络的 $U$，梯度的大小不变。

# %% name="orthogonal"
Q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((64, 64)))
claim("orthogonal_100", spectral_norm(np.linalg.matrix_power(Q.T, 100)),
      close_to=1, tol=1e-9)

# %% [markdown]
# 100 步以后，范数是 1.00<!-- claim orthogonal_100 -->。Keras 的循环权重默认就用正交矩阵来初始化，原因在此。
#
# 谱范数还给出一个好用的上界。因为 $\|AB\|\le\|A\|\,\|B\|$，记 $\gamma$ 为 $|f'|$ 的最大值（$\tanh$ 是 1，sigmoid 是 1/4），就有
#
# $$\Bigl\|\frac{\partial h_T}{\partial h_0}\Bigr\|\le\prod_{t=1}^{T}\bigl\|\operatorname{diag}(f'(a_t))\bigr\|\,\|U\|\le(\gamma\,\sigma_{\max})^T$$

# %% [markdown]
# <a id="cell-id=4-4"></a>
# ## 4.4 雅可比图
#
# 现在回答开头的问题。取 $U=gQ$，$Q$ 是随机的正交矩阵，$g$ 叫**增益 (gain)**，这时 $\rho(U)=\sigma_{\max}(U)=g$，没有歧义。每个单元每一步收到标准差为 $s$ 的随机输入。H = 64，走 100 步。

# %%
def final_norm(gain, scale, seed, H=64, steps=100):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    h, J = np.zeros(H), np.eye(H)
    for x in scale * rng.standard_normal((steps, H)):
        h = np.tanh(x + gain * h @ Q)
        J = (1 - h**2)[:, None] * (gain * Q.T) @ J
    return spectral_norm(J)


norms = {(gain, scale): np.median([np.log10(final_norm(gain, scale, seed))
                                   for seed in range(9)])
         for gain, scale in ((1.5, 0), (1.5, 1e-6), (1.5, 0.1), (1.5, 1),
                             (1.5, 3), (2, 3))}
for (gain, scale), log in norms.items():
    print(f"gain {gain:3}, input scale {scale:5}: norm 10^{log:.1f}")

# %%
for name, key, log, tol in (
        ("scale_0", (1.5, 0), 17.61, 0.01), ("tiny", (1.5, 1e-6), 8.45, 0.2),
        ("scale_01", (1.5, 0.1), 4.03, 0.4), ("scale_1", (1.5, 1), -5.5, 0.35),
        ("scale_3", (1.5, 3), -22.7, 1.3), ("gain_2", (2, 3), -11.5, 0.9)):
    claim(f"log_norm_{name}", norms[key], close_to=log, tol=tol)

# %% [markdown]
# 答案是 D。下面说的是 9 个种子的范数的中位数，取常用对数。同一个 $U$，$\rho=1.5$，没有输入时是 17.6<!-- claim log_norm_scale_0 -->，输入的标准差 0.1 时是 4.1<!-- claim log_norm_scale_01 -->，1 时是 -5.3<!-- claim log_norm_scale_1 -->，3 时是 -22.8<!-- claim log_norm_scale_3 -->。谱半径加到 2、输入标准差 3，仍只有 -11.3<!-- claim log_norm_gain_2 -->。**$\rho>1$ 的网络，梯度照样可以消失。**
#
# 第一行是个特例。没有输入时，状态恰好停在不稳定的点 $h=0$ 上；只要有标准差 $10^{-6}$ 的输入把它推开，就从 $10^{17}$ 落到 8.5<!-- claim log_norm_tiny --> 次方。
#
# 把增益和步数都扫一遍，就是本章的主图，每一点是 4 次随机抽样的平均。红色是涨，蓝色是落，一条色带是 10 倍，黑色实线是范数等于 1 的地方，虚线是 $\rho=1$。

# %%
from rnnbook.gradients import jacobian_map

gains = np.linspace(0.25, 3.5, 53)
scales = (0, 0.3, 1, 3)
maps = [np.mean([jacobian_map.log_norms(gains, 100, scale, seed=seed)
                 for seed in range(4)], axis=0) for scale in scales]

# %% name="jacobian_map"
fig, axes = plt.subplots(1, 4, figsize=(8.8, 3.4), sharey=True)
for ax, logs, scale in zip(axes, maps, scales):
    image, *_ = jacobian_map.draw(ax, gains, logs)
    ax.set_title(f"input scale {scale}")
    ax.set_xlabel("steps T")
text = {"ha": "center", "fontsize": 12, "weight": "bold"}
axes[0].text(60, 2.2, "explodes", color="white", **text)
axes[0].text(66, 0.45, "vanishes", color="white", **text)
axes[2].text(62, 1.28, "ρ > 1, and\nit vanishes", color="black",
             **text | {"fontsize": 10})
axes[3].text(53, 1.85, "ρ = 2, and\nit vanishes", color="black", **text)
axes[3].text(97, 1.05, "ρ = 1", ha="right", va="bottom", color="white")
axes[0].set_ylabel("gain = spectral radius ρ of U")
bar = fig.colorbar(image, ax=axes, extend="both", pad=0.01)
bar.set_label(r"$\log_{10}\|\partial h_T/\partial h_0\|$")
fig.suptitle("The border of vanishing and exploding (solid) is not ρ = 1 "
             "(dashed): inputs push it up", weight="bold")
plt.show()

# %% [markdown]
# 从左往右看黑色实线。没有输入时它和虚线重合，范数正好是 $g^T$。输入越大，实线抬得越高，虚线和实线之间的那一片就是“$\rho>1$ 却消失”。反过来，虚线下面没有红色，因为 $g<1$ 时范数不超过 $g^T$，这是 [4.3 节](#cell-id=4-3)的上界。把两句话各变成一个断言：

# %%
k = 100 - 1  # column of step 100
below = np.concatenate([m[gains < 1, k] for m in maps])
claim("largest_below_one", below.max(), at_most=-2.5)
claim("border_scale_1", gains[(maps[2][:, k] > 0).argmax()], close_to=1.83,
      tol=0.08)

# %% [markdown]
# 虚线下面最大的 $\log_{10}$ 范数是 -2.8<!-- claim largest_below_one -->，一个红点也没有。输入标准差 1 时，100 步后的范数要到增益 1.8<!-- claim border_scale_1 --> 才不小于 1。
#
# $\frac1T\ln\|\partial h_T/\partial h_0\|$ 在 $T\to\infty$ 时的极限有个名字，叫最大**李雅普诺夫指数 (Lyapunov exponent)**，它是相邻两条轨迹每一步靠近或分开的速度。指数为负，不同的开头最后走到一起；指数为正，差一点点的开头越走越远，这样的动力学叫混沌。指数等于 0 的界线叫**混沌边缘 (edge of chaos)**，图里的黑色实线就是它在 $T$ 步内的样子。让两个状态从相差 $10^{-6}$ 处出发，读同样的输入，看看是不是这样。

# %%
def distance(scale, seed, H=64, steps=300):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    h = np.zeros((2, H))
    h[1, 0] = 1e-6
    for x in scale * rng.standard_normal((steps, H)):
        h = np.tanh(x + 1.5 * h @ Q)
    return np.linalg.norm(h[0] - h[1])


apart = {s: [distance(s, seed) for seed in range(5)] for s in (0.1, 1)}
claim("exponent_01", norms[1.5, 0.1] * np.log(10) / 100, close_to=0.093,
      tol=0.009)
claim("exponent_1", norms[1.5, 1] * np.log(10) / 100, close_to=-0.127,
      tol=0.008)
claim("apart_01", min(apart[0.1]), at_least=4.6)
claim("apart_1", max(apart[1]), at_most=1e-12)

# %% [markdown]
# 增益同是 1.5，输入标准差 0.1 时，指数约 0.09<!-- claim exponent_01 -->，300 步后两个状态至少相差 5.5<!-- claim apart_01 -->；标准差 1 时，指数约 -0.12<!-- claim exponent_1 -->，两个状态只差 3e-15<!-- claim apart_1 --> 以下。
#
# 自己拖一拖。下面这一格要在 JupyterLab 或 Colab 里运行，三个滑块和一排按钮管增益、输入标准差、步数和激活函数。换成 `linear`，输入就不再有影响；换成 `sigmoid`，整张图变蓝；换成 `relu`，只要输入不是 0，边界就不随输入的大小移动，因为没有偏置时输入和状态放大同样的倍数，哪些单元开着并不变。

# %% name="slider"
from rnnbook.gradients import jacobian_slider

jacobian_slider.slider()

# %% [markdown]
# <a id="cell-id=4-5"></a>
# ## 4.5 饱和：输入怎样把梯度压下去
#
# 实线为什么往上抬？每个因子是“斜率 × 增益”。输入一大，$a_t$ 离 0 就远，$\tanh$ 在那里几乎是平的，[第 02 章](02_rnn_forward.ipynb)叫它饱和。把 64 个单元、100 步的斜率从小到大排好，横轴是斜率，纵轴是比它小的占比。

# %%
def slopes(gain, scale, H=64, steps=100, seed=0):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    xs = scale * rng.standard_normal((1, steps, H))
    states, _ = rnn_scan(xs, np.zeros((1, H)), np.eye(H), gain * Q, 0)
    return 1 - states.ravel() ** 2


# %% name="saturation"
plt.figure(figsize=(5.4, 2.8))
for scale, style in ((0.1, "-"), (1, "--"), (3, ":")):
    s = np.sort(slopes(1.5, scale))
    plt.plot(s, np.linspace(0, 1, len(s)), style, label=f"scale {scale}")
plt.axvspan(0, 0.1, color=GREY, alpha=0.25)
plt.title("Larger inputs, more saturated units (grey)")
plt.xlabel("slope tanh'(a)")
plt.ylabel("share of slopes below")
plt.legend(loc="lower right")
plt.show()

# %%
for name, scale, share, tol in (("01", 0.1, 0.042, 0.0016),
                                ("1", 1, 0.217, 0.018),
                                ("3", 3, 0.577, 0.022)):
    claim(f"flat_share_{name}", np.mean(slopes(1.5, scale) < 0.1),
          close_to=share, tol=tol)

# %% [markdown]
# 斜率小于 0.1 的占比，从输入标准差 0.1 时的 4%<!-- claim flat_share_01 -->，到 1 时的 22%<!-- claim flat_share_1 -->，再到 3 时的 58%<!-- claim flat_share_3 -->。

# %% [markdown]
# ### 存得稳，就传不回
#
# 饱和不只是坏事，[第 02 章](02_rnn_forward.ipynb)的记忆单元正是靠它记了 1000 步。取一个单元，$u=2$，没有输入时它停在 $h=\tanh(2h)$ 的一个稳定解上，要么 +0.958，要么 −0.958，像一个开关。要把它从正的一边推过去，一步的输入至少要低于 $-0.533$：只要 $h\ge\sqrt{1/2}$ 而 $x\ge-0.533$，下一步的 $h$ 就仍不小于 $\sqrt{1/2}$。用两种噪声各推 200 个开关，每个 1000 步，数数有几成翻到过负的一边。

# %%
def flipped(noise, h):
    crossed = np.zeros(noise.shape[1], bool)
    for x in noise:
        h = np.tanh(2 * h + x)
        crossed |= h < 0
    return crossed.mean()


h = 0.1
for _ in range(100):
    h = np.tanh(2 * h)
root = 0.5**0.5
limit = 2 * root - np.arctanh(root)  # the weakest push that can flip it
rng, shape = np.random.default_rng(0), (1000, 200)
claim("latch_value", h, close_to=0.9575, tol=1e-3)
claim("latch_factor", 2 * (1 - h**2), at_least=0.16, at_most=0.18)
claim("latch_limit", limit, close_to=0.533, tol=1e-3)
claim("flipped_bounded", flipped(rng.uniform(-limit, limit, shape), h),
      at_most=0)
claim("flipped_normal", flipped(0.5 * rng.standard_normal(shape), h),
      close_to=0.76, tol=0.09)

# %% [markdown]
# 噪声不超过 0.533<!-- claim latch_limit --> 时，一个也没有翻；标准差 0.5 的正态噪声没有上限，1000 步里翻过的有 80%<!-- claim flipped_normal -->。所以“存得住”说的是**有界**的噪声。可是停在稳定解上时，每一步的因子 $u(1-h^2)$ 只有 0.17<!-- claim latch_factor -->。噪声的影响和 $h_0$ 的微小变化都大约按 $0.17^T$ 消失，它们走的是同一条路。Bengio、Simard 和 Frasconi（1994）证明了这个两难：要在有界的噪声里稳稳地存住一位信息，状态附近的雅可比范数必须小于 1，梯度于是随时间消失。

# %% [markdown] tags=["optional"]
# <a id="cell-id=4-6"></a>
# ## 4.6 选读：充分条件与必要条件
#
# 讲义 S4 写：如果 $|W_h|<1$，反复相乘会让梯度趋近于 0；如果 $|W_h|>1$，会让梯度趋向于无穷大。前面的图已经说明这不对。Pascanu、Mikolov 和 Bengio（2013）证明了两句话。记 $\gamma$ 为 $|f'|$ 的上界：
#
# - $\gamma\sigma_{\max}<1$，则梯度必定消失（充分条件），因为范数 $\le(\gamma\sigma_{\max})^T\to0$；
# - 梯度要爆炸，必须 $\gamma\sigma_{\max}>1$（必要条件），这是同一个上界。
#
# 反过来都不成立。
#
# | 说法 | 反例 |
# |---|---|
# | $\gamma\sigma_{\max}>1$ 或 $\rho>1$，就会爆炸 | [4.4 节](#cell-id=4-4)的 $1.5Q$ 和 $2Q$ 都消失 |
# | $\rho<1$，就不会爆炸 | 下面 $\rho=0$ 的网络 |
#
# 连论文自己也在这里绊过。arXiv 上的版本写的是“最大**特征值**的绝对值”，ICML 的定稿改成了“最大**奇异值**”；证明里用的是范数，所以是奇异值。
#
# $\rho$ 为什么靠不住？最极端的例子是 $\rho=0$：
#
# $$U=\begin{bmatrix}3&-3\\3&-3\end{bmatrix},\qquad U^2=0$$
#
# 没有 $\tanh$，乘两次就是零矩阵，“消失”得最彻底。有 $\tanh$ 时，两个单元的斜率 $s_1,s_2$ 一般不相等，$J_t$ 的特征值成了 0 和 $3(s_1-s_2)$。给两个单元不同的输入（平均 −1.5 和 4，各加标准差 0.1 的噪声），让单元 2 常常饱和、单元 1 不饱和。初始状态随机，跑 20 次。

# %% name="zero_radius"
U, logs = np.array([[3.0, -3.0], [3.0, -3.0]]), []
for seed in range(20):
    rng = np.random.default_rng(seed)
    xs = [-1.5, 4] + 0.1 * rng.standard_normal((1, 100, 2))
    h0 = rng.uniform(-1, 1, (1, 2))
    J = jacobian_products("rnn", xs, (h0,), (np.eye(2), U, np.zeros(2)))[-1]
    logs.append(np.log10(spectral_norm(J)))
print("U @ U =", (U @ U).tolist())
claim("log_norm_radius_zero", np.median(logs), close_to=20.9, tol=0.8)
claim("log_norm_radius_zero_least", min(logs), at_least=10.5)

# %% [markdown]
# $\rho=0$，100 步后范数的常用对数，中位数是 21.7<!-- claim log_norm_radius_zero -->，最小的也有 14.2<!-- claim log_norm_radius_zero_least -->。必要条件没有被违反，这个 $U$ 的 $\sigma_{\max}$ 等于 6。在非线性网络里，谱半径两个方向都不作数，奇异值管一个方向。即使没有 $\tanh$，$\rho<1$ 也只管长远：[4.3 节](#cell-id=4-3)的 $A$，$\rho=0.9$，却先涨到三十多倍。

# %% [markdown]
# <a id="cell-id=4-7"></a>
# ## 4.7 训练前与训练后
#
# 以上都是随机权重。训练会把网络带到哪里？任务：第一个输入是 +1 或 −1，后面 19 步是标准差 0.5 的噪声，读完说出第一个输入的符号。24 个 8 单元的小网络从 Keras 的初始化出发，各用 Adam（学习率 0.003）更新 1500 次，录在 `chapters/recipes/04_latch/` 里。再让它们读更长的新序列，量两件事：读 90、91、…、100 步时平均答对多少，以及 $\|\partial h_{100}/\partial h_1\|$，$h_1$ 是刚读完关键输入的状态。

# %%
from rnnbook import recipes

log = recipes.load("latch").log
latch = log[(log.noise == 0.5) & (log.steps == 20)]
latch = {asked: latch[latch.asked == asked] for asked in (1, 6)}

# %% name="trained"
fig, axes = plt.subplots(1, 2, figsize=(7, 2.7), sharex=True, sharey=True)
for ax, nets, title in zip(axes, latch.values(), (
        "Asked after step 20", "Asked after steps 15 to 20")):
    ax.plot(nets.log_norm, nets.at_90_to_100, "o", alpha=0.6)
    ax.axhline(0.5, color=GREY, ls="--", lw=1)
    ax.set(title=title,
           xlabel=r"$\log_{10}\|\partial h_{100}/\partial h_1\|$")
axes[0].set_ylabel("right at T = 90 ... 100")
plt.show()

# %%
once = latch[1]
tight = {asked: nets[nets.log_norm < -15] for asked, nets in latch.items()}
steady = once[once.at_90_to_100 > 0.95]
flips = np.minimum(abs(once.at_90_to_100 - 5 / 11),
                   abs(once.at_90_to_100 - 6 / 11)) < 0.01
claim("short_accuracy", once.accuracy.min(), at_least=0.99)
claim("radius_after", once.radius.median(), close_to=2.3, tol=0.1)
claim("tight", len(tight[1]), close_to=15, tol=0)
claim("steady", len(steady), close_to=6, tol=0)
claim("flipping", (flips & (once.log_norm < -15)).sum(), close_to=8, tol=0)
claim("steady_norm", steady.log_norm.max(), at_most=-60)
claim("tight_asked_often", len(tight[6]), close_to=17, tol=0)
claim("steady_asked_often", (tight[6].at_90_to_100 > 0.95).sum(),
      close_to=14, tol=0)

# %% [markdown]
# 左图的 24 个网络在 20 步上都学会了，最差的也答对 99.6%<!-- claim short_accuracy -->；谱半径从 1 被推到中位数 2.3<!-- claim radius_after -->。读到 90 至 100 步，一直答得对的只有 6<!-- claim steady --> 个，它们的范数都极小，常用对数不超过 -70<!-- claim steady_norm -->。可是反过来不成立：对数小于 −15 的有 15<!-- claim tight --> 个，其中 8<!-- claim flipping --> 个在这 11 步里对 5 步或 6 步，答案在对与错之间来回翻。训练只在第 20 步提问，它们就这样过了关。**范数小，说的是 $h_1$ 的微小变化被忘掉了**；状态停在一个点上，还是在几个点之间来回跳，范数看不出来。
#
# 右图的网络从同样的权重出发，只是训练时第 15 至 20 步每一步都要答对，来回翻的过不了关。对数小于 −15 的 17<!-- claim tight_asked_often --> 个里，有 14<!-- claim steady_asked_often --> 个一直答得对。

# %% [markdown]
# <a id="cell-id=4-8"></a>
# ## 4.8 三种单元并排
#
# 换成 LSTM 和 GRU 会怎样？用 Keras 默认的初始化，读 100 步白噪声，损失只放在最后一步，量每一步状态收到的梯度 $\|\partial L/\partial h_t\|$（LSTM 量 $h_t$ 和 $c_t$ 合在一起的）。`bptt(...).states` 正好给出每一步的全导数（[第 03 章](03_bptt.ipynb)）。5 个随机种子取中位数，阴影是全部范围。

# %%
from rnnbook.gradients.backprop import bptt
from rnnbook.gradients.probes import weights_of

def gradient_norms(kind, seed, D=8, H=32, steps=100, batch=8):
    keras.utils.set_random_seed(seed)
    layer = kind(H)
    layer.build((None, None, D))
    name, weights = weights_of(layer)
    rng = np.random.default_rng(seed)
    xs = rng.standard_normal((batch, steps, D))
    state = (np.zeros((batch, H)),) * (2 if name == "lstm" else 1)
    d_hs = np.zeros((batch, steps, H))
    d_hs[:, -1] = rng.standard_normal((batch, H)) / np.sqrt(H)
    states = bptt(name, xs, state, weights, d_hs).states
    return [np.linalg.norm(np.concatenate(s, axis=1)) for s in states]


# %% name="three_cells"
kinds = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM,
         "GRU": layers.GRU}
back = {}
plt.figure(figsize=(5.6, 2.8))
for (name, kind), style in zip(kinds.items(), ("-", "--", ":")):
    runs = np.array([gradient_norms(kind, seed) for seed in range(5)])
    runs = (runs / runs[:, -1:])[:, ::-1]  # relative, step 100 first
    back[name] = np.median(runs, axis=0)
    plt.semilogy(back[name], style, label=name)
    plt.fill_between(range(101), runs.min(0), runs.max(0), alpha=0.2)
plt.title("Fresh from Keras, all three fade; LSTM the slowest")
plt.xlabel("steps back from the loss")
plt.ylabel("gradient norm, relative")
plt.legend()
plt.show()

# %%
for name in kinds:
    for steps in (10, 50, 100):
        print(f"{name:10s}{steps:4d} steps back: {back[name][steps]:.0e}")
decades = {name: np.log10(curve[50]) for name, curve in back.items()}
claim("simple_50", decades["SimpleRNN"], close_to=-7.1, tol=0.4)
claim("lstm_50", decades["LSTM"], close_to=-4.7, tol=0.24)
claim("gru_50", decades["GRU"], close_to=-10.5, tol=0.4)
claim("lstm_over_simple", decades["LSTM"] - decades["SimpleRNN"],
      close_to=2.35, tol=0.6)

# %% [markdown]
# 往回 50 步，剩下的大小取常用对数，SimpleRNN 是 -7.1<!-- claim simple_50 -->，LSTM 是 -4.6<!-- claim lstm_50 -->，GRU 是 -10.4<!-- claim gru_50 -->。LSTM 落得最慢，大出约两个数量级（2.6<!-- claim lstm_over_simple -->）；刚初始化的 GRU 在这里比 SimpleRNN 消失得还快。所以“LSTM 和 GRU 解决了梯度消失”说过了头。它们给出一条**可以**不消失的路，门开着路才通，开多大由偏置和训练决定（第 [06](06_lstm.ipynb)、[07](07_gru.ipynb) 章）。

# %% [markdown]
# ### 消失的是远处的那一份
#
# 梯度消失并不是权重的梯度等于 0。$\partial L/\partial U$ 是每一步的贡献之和，近处几步的贡献还在，消失的是远处的那些。取 100 步的序列，比较全部 100 步的梯度，和只算最后 10 步贡献的梯度。

# %%
rng = np.random.default_rng(0)
xs, d_hs = rng.standard_normal((1, 100, 16)), np.zeros((1, 100, 16))
d_hs[:, -1] = rng.standard_normal(16)
U = 0.9 * np.linalg.qr(rng.standard_normal((16, 16)))[0]
weights, h0 = (np.eye(16), U, np.zeros(16)), np.zeros((1, 16))
full = bptt("rnn", xs, (h0,), weights, d_hs).weights[1]
_, h90 = rnn_scan(xs[:, :90], h0, *weights)
near = bptt("rnn", xs[:, 90:], (h90,), weights, d_hs[:, 90:]).weights[1]
claim("full_gradient", np.linalg.norm(full), at_least=2)
claim("far_share", relative_error(near, full), at_most=0.012)

# %% [markdown]
# 总梯度的范数是 8.7<!-- claim full_gradient -->，一点也不小；丢掉前 90 步的贡献，相对误差只有 0.0070<!-- claim far_share -->。光看总梯度的大小，看不出消失。

# %% [markdown]
# <a id="cell-id=4-9"></a>
# ## 4.9 悬崖，和三种裁剪
#
# 消失看不见，爆炸看得见。先看只有两个参数的网络：一个单元读 50 步，没有输入，$h_t=\tanh(uh_{t-1}+b)$，$h_0=0.5$，要 $h_{50}$ 等于 0.4。损失是 $u$ 和 $b$ 的函数，可以画成地形。Pascanu 等（2013）画过这样一幅图。从同一点出发做梯度下降，一次不裁剪，一次把梯度的长度裁到 0.3。

# %%
def unit(u, b, steps=50):
    h, du, db = 0.5, 0.0, 0.0  # the state and its derivatives by u and b
    for _ in range(steps):
        new = np.tanh(u * h + b)
        slope = 1 - new**2
        du, db, h = slope * (h + u * du), slope * (1 + u * db), new
    return (h - 0.4) ** 2, 2 * (h - 0.4) * np.array([du, db])


def walk(limit, u, b, rate=0.1, updates=300):
    path = [np.array([u, b])]
    for _ in range(updates):
        g = unit(*path[-1])[1]
        size = np.linalg.norm(g, axis=0) + 1e-300
        path.append(path[-1] - rate * np.minimum(1, limit / size) * g)
    return np.array(path)


free, clipped = (walk(limit, 1.6, -0.6) for limit in (np.inf, 0.3))

# %% name="cliff"
u, b = np.meshgrid(np.linspace(0.5, 2, 151), np.linspace(-1, 2.7, 371))
loss = unit(u, b)[0]
fig, (cut, flat) = plt.subplots(1, 2, figsize=(7, 2.6))
cut.plot(b[:, 110], loss[:, 110])
cut.set(title="The loss has a cliff", xlabel="b, at u = 1.6", ylabel="loss",
        xlim=(-1, 1))
flat.contourf(u, b, loss, 10, cmap="cividis")
flat.plot(*free.T, "o-", color="C1", ms=5, label="not clipped")
flat.plot(*clipped.T, ".-", color="white", ms=4, label="clipped at 0.3")
flat.set(title="One step over it", xlabel="u", ylabel="b", xlim=(0.5, 2),
         ylim=(-1, 2.7))
flat.legend(fontsize=8, labelcolor="white")
plt.show()

# %%
starts = np.meshgrid(np.linspace(1.2, 2, 17), np.linspace(-0.9, -0.3, 13))
high = unit(*starts)[0] > 0.5  # on the plateau above the cliff
ends = {}
for name, limit in (("free", np.inf), ("clipped", 0.3)):
    paths = walk(limit, starts[0][high], starts[1][high])
    steps = np.linalg.norm(np.diff(paths, axis=0), axis=1)
    ends[name] = (np.mean(steps.max(axis=0) > 1),
                  np.mean(unit(*paths[-1])[0] > 0.01))
claim("thrown_loss", unit(*free[-1])[0], close_to=0.36, tol=0.01)
claim("thrown_share", ends["free"][0], close_to=0.2, tol=0.03)
claim("stuck_share", ends["free"][1], close_to=0.1, tol=0.02)
claim("clipped_stuck_share", sum(ends["clipped"]), at_most=0)

# %% [markdown]
# 高原和谷底之间是一道悬崖，梯度在崖上突然变大。不裁剪的那一条一步跨到 $b\approx2.5$，落在另一块平地上，300 次更新以后损失还是 0.36<!-- claim thrown_loss -->；裁剪的那一条沿着崖边走到谷底。换 205 个高原上的起点，不裁剪时有 20%<!-- claim thrown_share --> 至少一次跳出 1 以上，10%<!-- claim stuck_share --> 到最后也没有进谷底；裁剪的一次也没有跳，都到了谷底。
#
# 再看一个网络。取增益 2 的 SimpleRNN，用 SGD 学加法问题（[第 05 章](05_training_rnns.ipynb)细讲）：读 40 对（值, 标记），说出两个带标记的值之和；总是回答 1，均方误差是 1/6。梯度用[第 03 章](03_bptt.ipynb)的 BPTT 算，更新交给 Keras 的优化器。

# %%
H = 32

def gradients(weights, x, y):
    W, U, b, V, c = weights
    hs, h = rnn_scan(x, np.zeros((len(x), H)), W, U, b)
    error = h @ V + c - y
    d_hs = np.zeros_like(hs)
    d_hs[:, -1] = 2 * error @ V.T / len(x)  # loss at the last step only
    back = bptt("rnn", x, (np.zeros((len(x), H)),), (W, U, b), d_hs)
    return np.mean(error**2), [*back.weights, 2 * h.T @ error / len(x),
                               2 * error.mean(axis=0)]


def size(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def values(variables):
    return [keras.ops.convert_to_numpy(v) for v in variables]


# %%
from rnnbook.data.tasks import adding_problem

def train(optimizer, seed, steps=60):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    start = [0.3 * rng.standard_normal((2, H)), 2 * Q, np.zeros(H),
             rng.standard_normal((H, 1)) / np.sqrt(H), np.zeros(1)]
    variables = [keras.Variable(a, dtype="float32") for a in start]
    rows = []
    for step in range(steps):
        x, y = adding_problem(16, 40, seed=[seed, step])
        old = [v.astype("float64") for v in values(variables)]
        loss, grads = gradients(old, x, y)
        optimizer.apply([g.astype("float32") for g in grads], variables)
        moved = size([v - o for v, o in zip(values(variables), old)])
        rows.append((loss, size(grads), moved))
        if loss > 1e8:  # diverged: further numbers mean nothing
            break
    return np.array(rows).T


# %% [markdown]
# 三种裁剪都是 Keras 优化器的参数，先用两个变量 $A=(3,4)$、$B=(0.5)$ 看清各自做什么（SGD、学习率 1，更新就是裁剪后的梯度，差一个负号）。

# %% name="three_clips"
clips = {"none": {}, "clipvalue": {"clipvalue": 1.0},
         "clipnorm": {"clipnorm": 1.0},
         "global_clipnorm": {"global_clipnorm": 1.0}}
grads = [np.array([3.0, 4.0], "float32"), np.array([0.5], "float32")]
cosine = {}
for name, clip in clips.items():
    variables = [keras.Variable(0 * g) for g in grads]
    keras.optimizers.SGD(1.0, **clip).apply(grads, variables)
    A, B = (-v for v in values(variables))
    cosine[name] = (A @ grads[0] + B @ grads[1]) / (
        size([A, B]) * size(grads))
    print(f"{name:16s} A = {A.round(2)}  B = {B.round(2)}  "
          f"cosine with the gradient {cosine[name]:.3f}")

# %%
claim("cosine_value", cosine["clipvalue"], at_most=0.98)
claim("cosine_norm", cosine["clipnorm"], at_most=0.96)
claim("cosine_global", cosine["global_clipnorm"], at_least=0.999999)

# %% [markdown]
# - `clipvalue`：每个数单独截到 ±1。$A$ 的方向变了，余弦 0.962<!-- claim cosine_value -->；
# - `clipnorm`：**每个变量**的范数单独截到 1。$A$ 自己的方向没变，但和 $B$ 的比例变了，余弦 0.934<!-- claim cosine_norm -->；
# - `global_clipnorm`：所有变量合在一起的范数截到 1。方向不变，余弦 1.000<!-- claim cosine_global -->。这是 Pascanu 等（2013）的办法，也是 PyTorch 的 `clip_grad_norm_`。Keras 的 `clipnorm=1` 不是它。
#
# 现在让训练爆炸。学习率 0.1，更新 60 次，三个随机种子，每种裁剪各跑一遍，数据相同。按值裁剪的阈值取 0.1，另外两种取 1。

# %%
def sgd(**clip):
    return keras.optimizers.SGD(0.1, **clip)


clips["clipvalue"] = {"clipvalue": 0.1}
runs = {name: [train(sgd(**clip), seed) for seed in range(3)]
        for name, clip in clips.items()}

# %% name="explosion"
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 2.7))
for (name, (first, *_)), style in zip(runs.items(), ("-", "--", ":", "-.")):
    left.semilogy(first[0].clip(max=1e8), style, label=name)
    right.semilogy(first[2].clip(max=1e8), style, label=name)
left.axhline(1 / 6, color=GREY, lw=1)
left.set(title="Unclipped: explodes", xlabel="update",
         ylabel="mean squared error")
right.set(title="Clipped: bounded steps", xlabel="update",
          ylabel="size of the update")
left.legend(fontsize=8)
plt.show()

# %% tags=["training"]
count = 2 * H + H * H + H + H + 1  # numbers in the five variables
bound = {"clipvalue": 0.1 * 0.1 * count**0.5, "clipnorm": 0.1 * 5**0.5,
         "global_clipnorm": 0.1}
for name, of in runs.items():
    print(f"{name:16s} largest gradient {max(r[1].max() for r in of):.0e}  "
          f"largest update {max(r[2].max() for r in of):.2e}  "
          f"worst final loss {max(np.median(r[0, -20:]) for r in of):.2g}")
for name, limit in bound.items():
    claim(f"{name}_over_bound", max(r[2].max() for r in runs[name]) / limit,
          at_most=1.001)

# %% tags=["training"]
final = {name: [np.median(r[0, -20:]) for r in of]
         for name, of in runs.items()}
claim("exploded_runs", sum(r[0].max() > 1e6 for r in runs["none"]),
      at_least=2, at_most=3)
claim("clipped_loss", max(r[0].max() for name in bound for r in runs[name]),
      at_most=4.8)
claim("final_each", np.mean(final["clipvalue"] + final["clipnorm"]),
      close_to=0.25, tol=0.047)
claim("final_global", np.mean(final["global_clipnorm"]), close_to=1.15,
      tol=0.65)

# %% [markdown]
# 不裁剪，3 个种子里有 3<!-- claim exploded_runs --> 个损失超过一百万。裁剪以后，损失最大不过 3.8<!-- claim clipped_loss -->，每一步的更新也都不超过理论上界：按值是 $\eta c\sqrt N$（$N$ 个参数），按变量的范数是 $\eta c\sqrt5$（5 个变量），按全局范数是 $\eta c$，这里 $\eta$ 是学习率、$c$ 是阈值。
#
# 最后 20 次更新的损失（取中位数），前两种裁剪平均是 0.21<!-- claim final_each -->，接近“总是回答 1”的 1/6；全局范数裁剪平均是 0.88<!-- claim final_global -->，随种子变化很大。它把所有变量缩小同样的倍数，循环那一边的梯度一大，输出层的更新也跟着变小；另外两种给每个变量留了各自的额度。
#
# 60 次更新太少，比不出谁记得更远。能确定的是，全局裁剪把整个梯度乘同一个数，远处的贡献占多少，裁剪以后还占多少。**裁剪挡得住爆炸，不会把消失的那一份变回来。**

# %% [markdown] tags=["optional"]
# <a id="cell-id=4-10"></a>
# ## 4.10 选读：裁剪与 Adam
#
# Adam 的更新是 $\eta\,\hat m/(\sqrt{\hat v}+\epsilon)$，$\hat m$ 和 $\hat v$ 是梯度和梯度平方的滑动平均（经过偏差修正）。梯度整体缩小 1000 倍，分子分母一起缩小，更新几乎不变。把全局范数裁到 0.001，SGD 和 Adam 各缩小多少？

# %%
def adam(**clip):
    return keras.optimizers.Adam(1e-3, **clip)


def typical(make, seed, limit):
    return np.median(train(make(global_clipnorm=limit), seed)[2])


adam_ratios = [typical(adam, seed, 0.001) / typical(adam, seed, None)
               for seed in range(3)]
sgd_ratio = typical(sgd, 0, 0.001) / typical(sgd, 0, 1.0)
claim("adam_ratio_least", min(adam_ratios), at_least=0.7)
claim("adam_ratio_most", max(adam_ratios), at_most=1.3)
claim("sgd_ratio", sgd_ratio, close_to=0.001, tol=2e-5)

# %% [markdown]
# 阈值从 1 降到 0.001，SGD 的更新跟着缩到 0.001<!-- claim sgd_ratio --> 倍；Adam 裁到 0.001 和完全不裁，更新之比在 3 个种子里是 1.00<!-- claim adam_ratio_least --> 到 1.25<!-- claim adam_ratio_most -->。**对 Adam 来说，阈值不是步长的旋钮。** 裁剪防的是偶尔一次的尖峰。喂给 Adam 一串恒为 1 的梯度，中间有一次是 1000，一个变量在第 51 次，一个在第 2001 次。（SGD 会跳 1000 倍；裁到 1，就什么也不会发生。）

# %%
def adam_sizes(gradients, beta1=0.9, beta2=0.999):
    m = v = 0
    for t, g in enumerate(gradients, 1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        yield m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t))


at = np.array([50, 2000])
gradients_seen = np.ones((2300, 2))
gradients_seen[at, [0, 1]] = 1000
sizes = np.array([*adam_sizes(gradients_seen)])  # in learning rates
optimizer, variable = adam(), keras.Variable([0.0, 0.0])
for g in gradients_seen[:60]:
    optimizer.apply([g.astype("float32")], [variable])
claim("equals_keras", relative_error(-1000 * values([variable])[0],
                                     sizes[:60].sum(axis=0)), at_most=3e-5)

# %% name="spike"
plt.figure(figsize=(5.4, 2.5))
for i, style in enumerate(("--", "-")):
    plt.semilogy(range(-40, 250), sizes[at[i] - 40:at[i] + 250, i], style,
                 label=f"spike at update {at[i] + 1}")
plt.title("A late spike: Adam jumps, then limps")
plt.xlabel("updates after the spike")
plt.ylabel("size of the update")
plt.legend(fontsize=8)
plt.show()

# %%
claim("spike_early", sizes[:, 0].max(), close_to=1, tol=0.01)
claim("spike_late", sizes[:, 1].max(), close_to=2.97, tol=0.03)
claim("limp", sizes[2200, 1], close_to=0.033, tol=0.002)

# %% [markdown]
# 训练到后来才遇到尖峰，Adam 一步跳出 2.97<!-- claim spike_late --> 倍（极限是 $(1-\beta_1)/\sqrt{1-\beta_2}\approx3.16$），然后 $\hat v$ 记住了它，200 步以后更新仍只有原来的 0.03<!-- claim limp -->。尖峰来得早，偏差修正把 $\hat v$ 放大，最大只有 1.00<!-- claim spike_early --> 倍，之后同样长期偏小。

# %% [markdown]
# ## 小结
#
# 你**算出**了雅可比矩阵的连乘，并和中心差分对上；能**判断**梯度何时消失、何时爆炸，看“斜率 × 权重”的连乘，不看谱半径一个数；知道怎样为 SGD 和 Adam **选对**裁剪。
#
# | 名称 | 公式 | 形状 |
# |---|---|---|
# | 一步的雅可比 | $J_t=\operatorname{diag}(f'(a_t))\,U^\top$ | (H, H) |
# | 连乘 | $\partial h_T/\partial h_0=J_T\cdots J_1$ | (H, H) |
# | 梯度往回传 | $\partial L/\partial h_0=(\partial L/\partial h_T)\,J_T\cdots J_1$ | (1, H) |
# | 上界 | $\lVert\partial h_T/\partial h_0\rVert\le(\gamma\,\sigma_{\max}(U))^T$ | – |
# | 必定消失；可能爆炸 | $\gamma\,\sigma_{\max}(U)<1$（充分）；$>1$（必要） | – |
# | 最大李雅普诺夫指数 | $\lim_{T\to\infty}\frac1T\ln\lVert\partial h_T/\partial h_0\rVert$ | 标量 |
# | 全局范数裁剪 | $g\leftarrow g\cdot\min(1,\;c/\lVert g\rVert)$，$g$ 是所有变量合在一起 | 同 $g$ |

# %% [markdown]
# ## 常见误解
#
# 编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E02 “∂L/∂W ∝ Wᵗ；|W|<1 消失，|W|>1 爆炸”
#
# 权重的梯度是每一步的贡献之和（[第 03 章](03_bptt.ipynb)），不与 $W^t$ 成比例；连乘的是 $\partial h_t/\partial h_k$，里面还有斜率。后半句的反例在 [4.4 节](#cell-id=4-4)（$\rho=1.5$ 消失）和 [4.6 节](#cell-id=4-6)（$\rho=0$ 爆炸）。

# %% [markdown]
# ### E05 “梯度要么消失，要么爆炸；原因是 BPTT 要在整个序列上反传”
#
# 线性网络配正交的 $U$，100 步后范数仍是 1（[4.3 节](#cell-id=4-3)），既不消失也不爆炸。原因也不是 BPTT，它只是把导数精确地算出来。[4.2 节](#cell-id=4-2)的中心差分完全不做反向传播，挪一挪 $h_0$ 直接量，得到的是同一个矩阵。消失是网络的性质，不是算法的。

# %% [markdown]
# ### E65 “RNN 的优点是能捕捉长距离依赖；RNN 的缺点是难以捕捉长距离依赖”
#
# S0 和 S2 都把这样的两句话写在同一篇里。它们说的其实是两件事，存不存得住（有没有一组权重做得到，如 [4.5 节](#cell-id=4-5)的开关），和学不学得会（训练能不能找到它）。把 [4.7 节](#cell-id=4-7)的任务改成 20、50、100 步，后面的步有噪声或者全是 0，各训练 24 个网络，数数有几个学会（在新序列上答对 99% 以上），其中又有几个读到 990 至 1000 步仍答对 95% 以上。

# %%
last = log[log.asked == 1].assign(
    learnt=lambda t: t.accuracy >= 0.99,
    kept=lambda t: t.learnt & (t.at_990_to_1000 > 0.95))
table = last.groupby(["noise", "steps"])[["learnt", "kept"]].sum()
table["norm before"] = 10 ** last.groupby(
    ["noise", "steps"]).log_norm_before.median()
print(table.round(6))
for noise, steps, count in (0, 100, 24), (0.5, 50, 21), (0.5, 100, 7):
    claim(f"learnt_{steps}_noise_{int(10 * noise)}",
          table.learnt[noise, steps], close_to=count, tol=0)
claim("kept_20_noise_5", table.kept[0.5, 20], close_to=6, tol=0)

# %% [markdown]
# 没有噪声时，100 步的任务 24 个网络里学会了 24<!-- claim learnt_100_noise_0 --> 个；噪声的标准差是 0.5 时，50 步的学会 21<!-- claim learnt_50_noise_5 --> 个，100 步的学会 7<!-- claim learnt_100_noise_5 --> 个。学不学得会要看步数、噪声和起点。表的最后一列是训练以前的 $\|\partial h_{100}/\partial h_1\|$，没有噪声时它并不小。存的那一半反而更弱，学会 20 步任务的 24 个里，读到 1000 步仍然答得对的只有 6<!-- claim kept_20_noise_5 --> 个。说“能”或“不能”之前，先说清是存还是学。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。没做的题会显示“未作答”。

# %%
hint("vanishing_gradients.step_jacobian")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 一步的雅可比矩阵
#
# 写一个函数：给出一步的输入 `x` (1, D)、旧状态 `h` (1, H) 和权重，返回 $\partial h_t/\partial h_{t-1}$，形状 (H, H)，第 $i$ 行是新状态的第 $i$ 个数。激活函数是 $\tanh$。
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def one_step(x, h, W, U, b):
    ...

# %%
check("vanishing_gradients.step_jacobian", one_step)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 多少步以后就看不见了
#
# float32 的相对精度约是 $1.19\times10^{-7}$（`np.finfo("float32").eps`）：比它小得多的梯度，加到一个量级为 1 的权重梯度上，等于没加；我们就拿它当界线。写一个函数：每一步的因子是 `factor`（0 与 1 之间），最少多少步以后，连乘**小于** eps？返回整数。
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def steps_to_eps(factor):
    ...

# %%
check("vanishing_gradients.steps_to_eps", steps_to_eps)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 造一个矩阵
#
# 造一个 2×2 的矩阵，谱半径是 0.5，谱范数是 5（误差不超过 0.01）。乘一次最多伸长 5 倍，连乘下去却趋于 0。（2×2 矩阵的两个奇异值满足 $\sigma_1\sigma_2=|\det|$，$\sigma_1^2+\sigma_2^2$ 等于四个数的平方和；也可以用 `spectral_norm` 试。）
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-3)<!-- twin -->

# %%
matrix = ...

# %%
check("vanishing_gradients.matrix", matrix)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 全局范数裁剪
#
# 写一个函数：`grads` 是数组的列表（形状各不相同），`limit` 是阈值。所有数合在一起的范数超过 `limit` 时，把每个数组乘同一个系数，使总范数等于 `limit`；不超过时原样返回。返回新的列表，不要改动原来的数组。
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def clip_global(grads, limit):
    ...

# %%
check("vanishing_gradients.clip_global", clip_global)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 诊断
#
# 四个网络，损失都只在最后一步。下表是往回 0、20、40、60 步的 $\|\partial L/\partial h_t\|$。给每一个选一句诊断，填一个字典，键是 `"a"` 到 `"d"`，值是 `"vanishing"`、`"exploding"`、`"neither"` 或 `"transient"`（先涨后跌）。
#
# | | 0 | 20 | 40 | 60 |
# |---|---|---|---|---|
# | a | 1.0 | 0.93 | 1.1 | 0.97 |
# | b | 1.0 | 1.2e-2 | 1.5e-4 | 1.8e-6 |
# | c | 1.0 | 25 | 3.1 | 0.02 |
# | d | 1.0e-5 | 3.0e-3 | 1.1 | 350 |
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-5)<!-- twin -->

# %%
diagnosis = ...

# %%
check("vanishing_gradients.diagnosis", diagnosis)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 找到边界
#
# [4.4 节](#cell-id=4-4)的图里，黑色实线在输入标准差为 1 时穿过哪里？写一个函数：给出 `norm_of(gain)`（返回 100 步后的范数）、下端 `low`（范数小于 1）和上端 `high`（范数大于 1），用二分法找出一个范数等于 1 的增益，误差不超过 `tol`。范数可能小到 $10^{-200}$、大到 $10^{100}$。
#
# [解答](solutions/04_vanishing_gradients.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def find_border(norm_of, low, high, tol=1e-3):
    ...

# %%
check("vanishing_gradients.find_border", find_border)

# %% [markdown]
# ## 延伸阅读
#
# - Pascanu, R., Mikolov, T., Bengio, Y. (2013). On the difficulty of training recurrent neural networks. *ICML 2013*. [arXiv:1211.5063](https://arxiv.org/abs/1211.5063)。[4.6 节](#cell-id=4-6)的条件、[4.9 节](#cell-id=4-9)的悬崖和全局范数裁剪的出处；注意两个版本里特征值与奇异值的差别。
# - Bengio, Y., Simard, P., Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on Neural Networks* 5(2), 157–166. [doi:10.1109/72.279181](https://doi.org/10.1109/72.279181)。“存得稳，就传不回”的定理。
# - Hochreiter, S. (1991). *Untersuchungen zu dynamischen neuronalen Netzen*. 慕尼黑工业大学学位论文（德文）。最早的分析。
# - Hochreiter, S. (1998). The vanishing gradient problem during learning recurrent neural nets and problem solutions. *International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems* 6(2), 107–116. [doi:10.1142/S0218488598000094](https://doi.org/10.1142/S0218488598000094)。同一分析的英文介绍，短，好读。
# - Le, Q. V., Jaitly, N., Hinton, G. E. (2015). A simple way to initialize recurrent networks of rectified linear units. [arXiv:1504.00941](https://arxiv.org/abs/1504.00941)。用单位矩阵做 $U$，让连乘从 1 开始；[第 05 章](05_training_rnns.ipynb)会跑它。
#
# [← 03 随时间反向传播](03_bptt.ipynb) · [目录](index.md) · [解答](solutions/04_vanishing_gradients.ipynb) · [05 激活函数、初始化与归一化 →](05_training_rnns.ipynb)<!-- nav -->
