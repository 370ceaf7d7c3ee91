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
# 读完这一章，你会亲手把 $\partial h_T/\partial h_0$ 拆成一串矩阵的乘积，画出它在什么条件下消失、在什么条件下爆炸，并且知道裁剪能治什么、不能治什么。
#
# | | |
# |---|---|
# | **你将会** | **算出**一步和多步的雅可比矩阵；**判断**一个网络的梯度会消失、会爆炸还是都不会；**选对**梯度裁剪的方式 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的状态更新公式；[第 03 章](03_bptt.ipynb)的随时间反向传播；矩阵乘法和链式法则 |
# | **时间** | 阅读 75 分钟，练习 60 分钟，运行约 23 s<!-- seconds --> |

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
# 一个 tanh 网络的循环权重 $U$ 是 1.5 乘一个旋转：每走一步，旧状态先被放大 1.5 倍。它读了 100 步随机输入。把 $h_0$ 挪动一点点，$h_{100}$ 会挪动多少倍？
#
# - A：约 $1.5^{100}\approx4\times10^{17}$ 倍，梯度爆炸；
# - B：约 1 倍；
# - C：不到一百万分之一，梯度消失；
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
# 差在 $10^{-8}$ 以内。这三步的因子都大于 1，乘积在长大。换一组输入呢？

# %%
for name, xs in (("small inputs", [0.0] * 20), ("large inputs", [2.0] * 20)):
    h, product = 0.0, 1.0
    for x in xs:
        h = np.tanh(x + u * h)
        product *= (1 - h**2) * u
    print(f"{name}: u = {u}, product of 20 factors = {product:.1e}")

# %% [markdown]
# 同一个 $u=2$：输入为 0 时乘积约一百万，**梯度爆炸 (exploding gradient)**；输入为 2 时状态贴近 1，斜率贴近 0，乘积小到 $10^{-40}$ 以下，**梯度消失 (vanishing gradient)**。所以只凭 $|u|>1$，什么也判断不了：每个因子里还有一个由输入决定的斜率。（$|u|<1$ 倒是够了：斜率不超过 1，乘积必定缩小。[4.6 节](#cell-id=4-6)把这两句话说完整。）
#
# 只有一种情形完全由 $u$ 说了算：没有 $\tanh$ 的线性单元，因子总是 $u$，乘积是 $u^T$。

# %% name="powers"
print("      u    10 steps    50 steps   100 steps")
for number in (1.1, 1.01, 1.0, 0.99, 0.9):
    print(f"{number:7.2f}", *[f"{number**T:11.2g}" for T in (10, 50, 100)])
claim("power_09", 0.9**100, at_least=2e-5, at_most=3e-5)
claim("power_11", 1.1**100, at_least=1e4, at_most=2e4)

# %% [markdown]
# $0.9^{100}$ 是 2.7e-05<!-- claim power_09 -->，$1.1^{100}$ 是 1.4e+04<!-- claim power_11 -->，而 $1^{100}=1$。三种结果都有：消失、爆炸，以及**两者都不是**。

# %% [markdown]
# <a id="cell-id=4-2"></a>
# ## 4.2 一层：雅可比矩阵的连乘
#
# 有 H 个单元时，“挪动多少倍”变成一张表：第 $i$ 行第 $j$ 列写“$h_{t-1}$ 的第 $j$ 个数挪一点，$h_t$ 的第 $i$ 个数挪多少倍”。这张 (H, H) 的表叫**雅可比矩阵 (Jacobian matrix)**：
#
# $$J_t=\frac{\partial h_t}{\partial h_{t-1}}=\operatorname{diag}\bigl(f'(a_t)\bigr)\,U^\top,\qquad a_t=x_tW+h_{t-1}U+b$$
#
# 为什么有转置？本书的状态是一**行**，$a_t$ 的第 $i$ 个数是 $\sum_j h_{t-1,j}U_{ji}$，对 $h_{t-1,j}$ 求导得 $U_{ji}$，放在第 $i$ 行第 $j$ 列，就是 $U^\top$。论文用列向量、写 $Wh_{t-1}$，那里没有转置，但 $W=U^\top$，是同一张表。
#
# 走 $T$ 步，新的一步乘在**左边**：
#
# $$\frac{\partial h_T}{\partial h_0}=J_T\,J_{T-1}\cdots J_1=\prod_{t=T}^{1}\operatorname{diag}\bigl(f'(a_t)\bigr)U^\top$$
#
# 次序不能乱：矩阵乘法不能交换。反向传播用的是同一串矩阵，只是从左边乘起：$\dfrac{\partial L}{\partial h_0}=\dfrac{\partial L}{\partial h_T}J_T\cdots J_1$，行向量每退一步乘一个 $J_t$。

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
# 两个独立的核对：把 $h_0$ 的每个数挪一挪（中心差分），以及库里用反向传播逐行求出的同一个矩阵（`probes.jacobian_products`，本书以后都用它，LSTM 和 GRU 也行）。

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
# 三种算法一致。两处最容易写错：忘了转置，或者把新的一步乘在右边。看看各错多少。

# %%
h, no_transpose, wrong_side = np.zeros((1, H)), np.eye(H), np.eye(H)
for t in range(T):
    h = rnn_step(xs[:, t], h, W, U, b)
    slope = np.diag(1 - h[0] ** 2)
    no_transpose = slope @ U @ no_transpose
    wrong_side = wrong_side @ slope @ U.T
claim("error_no_transpose", relative_error(no_transpose, J), at_least=0.5)
claim("error_wrong_side", relative_error(wrong_side, J), at_least=0.1)

# %% [markdown]
# 相对误差分别是 1.21<!-- claim error_no_transpose --> 和 0.99<!-- claim error_wrong_side -->：形状都对，不报错，数全错。

# %% [markdown]
# <a id="cell-id=4-3"></a>
# ## 4.3 先补两个数：特征值和奇异值
#
# 一张表怎样算“大”？有两个不同的数，弄混它们是这个题目里一半错误的来源。先看一个 2×2 的例子：
#
# $$A=\begin{bmatrix}0.9&10\\0&0.9\end{bmatrix}$$
#
# - **特征值 (eigenvalue)** $\lambda$：有的方向 $v$ 乘上 $A$ 只伸缩、不转向，$Av=\lambda v$。绝对值最大的特征值的绝对值叫**谱半径 (spectral radius)** $\rho(A)$。它说的是**乘很多次以后**每次伸缩多少。
# - **奇异值 (singular value)** $\sigma$：把单位圆上的每个点乘以 $A$，得到一个椭圆，半轴的长度就是奇异值。最长的半轴 $\sigma_{\max}(A)=\max_{\|v\|=1}\|Av\|$ 叫**谱范数 (spectral norm)**，记作 $\|A\|$。它说的是**乘一次**最多伸长多少。

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
claim("radius_a", np.abs(np.linalg.eigvals(A)).max(), close_to=0.9, tol=1e-9)
claim("norm_a", powers[1], close_to=10.08, tol=0.01)
claim("norm_a_10", powers[10], close_to=38.7, tol=0.1)
claim("norm_a_200", powers[200], at_least=1.5e-6, at_most=1.7e-6)

# %% [markdown]
# 谱半径 0.90<!-- claim radius_a -->，谱范数却是 10.08<!-- claim norm_a -->。连乘 10 次，范数涨到 38.7<!-- claim norm_a_10 -->；连乘 200 次，才落到 1.6e-06<!-- claim norm_a_200 -->。**先涨后跌**：长远看特征值，眼前看奇异值。而反向传播走的步数既不是 1，也不是无穷。
#
# 总有 $\rho\le\sigma_{\max}$。两者相等的一大类是**正规矩阵 (normal matrix)**（$AA^\top=A^\top A$），如对称矩阵和正交矩阵；上面的 $A$ 不是，叫非正规。**正交矩阵 (orthogonal matrix)** $Q$（$Q^\top Q=I$）只旋转或翻转，$\rho=\sigma_{\max}=1$：拿它做线性网络的 $U$，梯度既不消失也不爆炸。

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


norms = {scale: np.median([final_norm(1.5, scale, seed) for seed in range(5)])
         for scale in (0, 0.1, 1, 3)}
for scale, norm in norms.items():
    print(f"gain 1.5, input scale {scale:3}: norm {norm:.0e}")

# %%
claim("norm_scale_0", norms[0], at_least=4.0e17, at_most=4.1e17)
claim("norm_scale_01", norms[0.1], at_least=1e3, at_most=1e6)
claim("norm_scale_1", norms[1], at_least=1e-8, at_most=1e-4)
claim("norm_scale_3", norms[3], at_least=1e-27, at_most=1e-20)
claim("norm_gain_2", np.median([final_norm(2, 3, seed) for seed in range(5)]),
      at_least=1e-14, at_most=1e-9)

# %% [markdown]
# 答案是 D。同一个 $U$，$\rho=1.5$，5 个随机种子的中位数：没有输入时 4.1e+17<!-- claim norm_scale_0 -->；输入的标准差 0.1 时 2.5e+04<!-- claim norm_scale_01 -->；1 时 3.7e-06<!-- claim norm_scale_1 -->；3 时 1.6e-23<!-- claim norm_scale_3 -->。谱半径加到 2，输入标准差 3，仍只有 4.5e-12<!-- claim norm_gain_2 -->。**$\rho>1$ 的网络，梯度照样可以消失。**
#
# 把增益和步数都扫一遍，就是本章的主图，每一点是 4 次随机抽样的平均。红色是涨，蓝色是落，一条色带是 10 倍，黑色实线是范数恰好等于 1 的地方，虚线是 $\rho=1$。

# %%
from rnnbook.gradients import jacobian_map

gains = np.linspace(0.25, 3.5, 53)
scales = (0, 0.3, 1, 3)
maps = [np.mean([jacobian_map.log_norms(gains, 100, scale, seed=seed)
                 for seed in range(4)], axis=0) for scale in scales]

# %% name="jacobian_map"
fig, axes = plt.subplots(1, 4, figsize=(10, 4.3), sharey=True)
for ax, logs, scale in zip(axes, maps, scales):
    image, *_ = jacobian_map.draw(ax, gains, logs)
    ax.set_title(f"input scale {scale}")
    ax.set_xlabel("steps T")
text = {"ha": "center", "fontsize": 12, "weight": "bold"}
axes[0].text(60, 2.2, "explodes", color="white", **text)
axes[0].text(66, 0.45, "vanishes", color="white", **text)
axes[2].text(62, 1.28, "ρ > 1, and yet\nit vanishes", color="black", **text)
axes[3].text(53, 1.85, "ρ = 2, and\nit vanishes", color="black", **text)
axes[3].text(97, 1.05, "ρ = 1", ha="right", va="bottom", color="white")
axes[0].set_ylabel("gain = spectral radius ρ of U")
bar = fig.colorbar(image, ax=axes, extend="both", pad=0.01)
bar.set_label(r"$\log_{10}\|\partial h_T/\partial h_0\|$")
fig.suptitle("The border of vanishing and exploding (solid) is not ρ = 1 "
             "(dashed): inputs push it up", weight="bold")
plt.show()

# %% [markdown]
# 从左往右看黑色实线。没有输入时它和虚线重合：状态一直是 0，斜率一直是 1，范数正好是 $g^T$。输入一大，实线就往上抬：输入标准差 1 时，要到增益 1.8 左右才守得住；标准差 3 时，图里的大部分都是蓝的。虚线和实线之间的那一片，就是“$\rho>1$ 却消失”。
#
# 反过来，虚线**下面**从来没有红色：$g<1$ 时范数不超过 $g^T$，这是 [4.3 节](#cell-id=4-3)的上界。把两句话变成断言，并核对图里的数。

# %%
k = 100 - 1  # column of step 100
below = np.concatenate([m[gains < 1, k] for m in maps])
row = np.abs(gains - 1.5).argmin()
exact = np.mean(np.log10([[final_norm(gains[row], scale, seed)
                           for seed in range(4)] for scale in scales]), axis=1)
print("at gain 1.5:", [f"{m[row, k]:.1f}" for m in maps])
claim("map_equals_exact", np.abs([m[row, k] for m in maps] - exact).max(),
      at_most=0.3)
claim("largest_below_one", below.max(), at_most=0)
claim("vanished_above_one", np.mean(maps[3][gains > 1, k] < -2),
      at_least=0.3)

# %% [markdown]
# 虚线下面最大的 $\log_{10}$ 范数是 -2.8<!-- claim largest_below_one -->，一个红点也没有。输入标准差为 3 的那张图里，虚线上面的格子有 62%<!-- claim vanished_above_one --> 在 100 步后小于 1/100。
#
# 自己拖一拖。在 JupyterLab 或 Colab 里运行下面这一格，三个滑块和一排按钮管增益、输入标准差、步数和激活函数。换成 `linear`，输入就不再有影响；换成 `sigmoid`，整张图变蓝；换成 `relu`，只要输入不是 0，边界就不再随输入的大小移动：没有偏置时，输入放大几倍，状态也放大几倍，哪些单元开着并不变。

# %% name="slider"
from rnnbook.gradients import jacobian_slider

jacobian_slider.slider()

# %% [markdown]
# <a id="cell-id=4-5"></a>
# ## 4.5 饱和：输入怎样把梯度压下去
#
# 实线为什么往上抬？每个因子是“斜率 × 增益”。输入一大，$a_t$ 离 0 就远，$\tanh$ 在那里几乎是平的：[第 02 章](02_rnn_forward.ipynb)叫它饱和。把 64 个单元、100 步的斜率收集起来，从小到大排好：横轴是斜率，纵轴是比它小的占比。

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
for name, scale in (("01", 0.1), ("1", 1), ("3", 3)):
    claim(f"flat_share_{name}", np.mean(slopes(1.5, scale) < 0.1), at_least=0,
          at_most={"01": 0.1, "1": 0.5, "3": 0.9}[name])
claim("typical_factor", 1.5 * np.exp(np.log(slopes(1.5, 1)).mean()),
      at_least=0.1, at_most=0.95)
claim("slowest_factor", norms[1] ** (1 / 100), at_least=0.8, at_most=0.95)

# %% [markdown]
# 斜率小于 0.1 的占比，从输入标准差 0.1 时的 4%<!-- claim flat_share_01 -->，到 1 时的 22%<!-- claim flat_share_1 -->，再到 3 时的 58%<!-- claim flat_share_3 -->。标准差 1 时，“增益 × 斜率”的几何平均是 0.38<!-- claim typical_factor -->，小于 1，尽管增益是 1.5。这是各个方向的平均；谱范数跟着衰减最慢的那个方向走，平均每步乘 0.88<!-- claim slowest_factor -->。

# %% [markdown]
# ### 存得稳，就传不回
#
# 饱和不只是坏事：[第 02 章](02_rnn_forward.ipynb)的记忆单元正是靠它记了 1000 步。取一个单元，$u=2$，没有输入时它停在 $h=\tanh(2h)$ 的一个稳定解上，要么 +0.958，要么 −0.958，像一个开关。停在那里时因子是 $u(1-h^2)$：

# %%
h = 0.1
for _ in range(100):
    h = np.tanh(2 * h)
factor = 2 * (1 - h**2)
noisy, lowest = h, h
for noise in np.random.default_rng(0).standard_normal(1000):
    noisy = np.tanh(2 * noisy + 0.3 * noise)
    lowest = min(lowest, noisy)
claim("latch_value", h, close_to=0.9575, tol=1e-3)
claim("latch_factor", factor, at_least=0.16, at_most=0.18)
claim("latch_survives", lowest, at_least=0.3)

# %% [markdown]
# 受了 1000 步噪声（标准差 0.3），它最低也有 0.62<!-- claim latch_survives -->，一直留在正的那一边：**噪声忘得掉，所以信息存得住**。可是因子只有 0.17<!-- claim latch_factor -->，小于 1；噪声的影响大约按 $0.17^T$ 消失，$h_0$ 的影响也大约按 $0.17^T$ 消失，它们走的是同一条路。Bengio、Simard 和 Frasconi（1994）证明了这个两难：要在有噪声时稳稳地存住一位信息，状态附近的雅可比范数必须小于 1，于是梯度必然消失。更早在 1991 年，Hochreiter 的学位论文已经分析了同一串乘积。

# %% [markdown]
# <a id="cell-id=4-6"></a>
# ## 4.6 Pascanu 的条件，一字不差
#
# 讲义 S4 写：如果 $|W_h|<1$，反复相乘会让梯度趋近于 0；如果 $|W_h|>1$，会让梯度趋向于无穷大。前面的图已经说明这不对。Pascanu、Mikolov 和 Bengio（2013）证明的是（$\sigma_{\max}$ 是循环权重的最大奇异值，$\gamma$ 是 $|f'|$ 的上界）：
#
# | 说法 | 对吗 | 为什么 |
# |---|---|---|
# | $\gamma\sigma_{\max}<1$ ⟹ 消失 | 对，**充分**条件 | 范数 $\le(\gamma\sigma_{\max})^T\to0$ |
# | 爆炸 ⟹ $\gamma\sigma_{\max}>1$ | 对，**必要**条件 | 同一个上界：$\le1$ 时范数不会超过 1 |
# | $\gamma\sigma_{\max}>1$ ⟹ 爆炸 | **错** | [4.4 节](#cell-id=4-4)：$1.5Q$ 消失 |
# | 消失 ⟹ $\gamma\sigma_{\max}<1$ | **错** | 同上 |
# | $\rho<1$ ⟹ 不会爆炸 | **错** | 下面 $\rho=0$ 的例子 |
# | $\rho>1$ ⟹ 爆炸 | **错** | [4.4 节](#cell-id=4-4)：$\rho=1.5$、$\rho=2$ 都消失 |
#
# 连论文自己也在这里绊过：arXiv 上的版本写的是“最大**特征值**的绝对值”，ICML 的定稿改成了“最大**奇异值**”。证明里用的是范数，所以只有奇异值是对的。
#
# 先检查充分条件：随机抽 200 个网络，$\sigma_{\max}=0.95$，权重、输入、大小都随机，看范数有没有超过 $0.95^T$ 的。

# %%
rng = np.random.default_rng(1)
excess = []
for _ in range(200):
    H, T = rng.integers(2, 9), rng.integers(1, 41)
    U = rng.standard_normal((H, H))
    U *= 0.95 / spectral_norm(U)
    weights = np.eye(H), U, rng.standard_normal(H)
    xs = rng.choice([0.1, 1, 3]) * rng.standard_normal((1, T, H))
    J = jacobian_products("rnn", xs, (np.zeros((1, H)),), weights)[-1]
    excess.append(spectral_norm(J) / 0.95**T)
claim("bound_excess", max(excess), at_most=1 + 1e-9)

# %% [markdown]
# 200 次里一次也没有超过：最大的比值是 0.80<!-- claim bound_excess -->。再看 $\rho$ 为什么靠不住。最极端的例子是 $\rho=0$：
#
# $$U=\begin{bmatrix}1.5&-1.5\\1.5&-1.5\end{bmatrix},\qquad U^2=0$$
#
# 没有 $\tanh$，乘两次就是零矩阵，“消失”得最彻底。但有 $\tanh$ 时可以爆炸：用输入把第 2 个单元推到 −1（饱和，斜率 0），再用输入把第 1 个单元按在 0（斜率 1）。斜率把 $U^\top$ 的第 2 行抹掉了，剩下的矩阵特征值是 1.5 和 0。

# %% name="zero_radius"
U = np.array([[1.5, -1.5], [1.5, -1.5]])
x = np.array([[1.5, -30.0]])  # holds unit 1 near 0, saturates unit 2
xs, h0 = np.repeat(x[None], 100, axis=1), np.array([[0.0, -1.0]])
weights = np.eye(2), U, np.zeros(2)
states, _ = rnn_scan(xs, h0, *weights)
J = jacobian_products("rnn", xs, (h0,), weights)[-1]
print("states 1 and 100:", states[0, 0], states[0, -1])
print("U @ U =", (U @ U).tolist())
claim("radius_zero", np.abs(np.linalg.eigvals(U)).max(), at_most=1e-7)
claim("norm_radius_zero", spectral_norm(J), at_least=5e17, at_most=6e17)

# %% [markdown]
# $\rho=0$，100 步后的范数却是 5.7e+17<!-- claim norm_radius_zero -->。必要条件没有被违反：这个 $U$ 的 $\sigma_{\max}$ 等于 3。**在非线性网络里，谱半径两个方向都不作数；奇异值只管一个方向。** 即使没有 $\tanh$，$\rho<1$ 也只管长远：[4.3 节](#cell-id=4-3)的 $A$，$\rho=0.9$，却先涨到三十多倍，而短序列恰好落在“先涨”的那一段。

# %% [markdown]
# <a id="cell-id=4-7"></a>
# ## 4.7 训练前与训练后
#
# 以上都是随机权重。训练会把网络带到哪里？任务：第一个输入是 +1 或 −1，后面 19 步是标准差 0.5 的噪声，读完以后说出第一个输入的符号。为了看清随机性，同时训练 6 个互不相干的小网络（损失对 6 个输出取平均，各自的梯度只差一个公共的倍数；Adam 逐个参数更新，又几乎不在乎公共的倍数，所以和分开训练几乎一样）。

# %%
from rnnbook.gradients.probes import weights_of
from rnnbook.training.fitting import seed_everything

def latch_task(count, steps, seed):
    rng = np.random.default_rng(seed)
    x = 0.5 * rng.standard_normal((count, steps, 1))
    y = rng.integers(2, size=(count, 1))
    x[:, 0] = 2 * y - 1  # the first input tells the answer
    return x.astype("float32"), y.astype("float32")


seed_everything(0)
rnns = [layers.SimpleRNN(8) for _ in range(6)]
outputs = [layers.Dense(1) for _ in rnns]
inputs = keras.Input((20, 1))
model = keras.Model(inputs, layers.Concatenate()(
    [dense(rnn(inputs)) for rnn, dense in zip(rnns, outputs)]))
before = [weights_of(rnn)[1] for rnn in rnns]

# %% tags=["training"]
from rnnbook.training.fitting import compile_fast, fit

loss = keras.losses.BinaryCrossentropy(from_logits=True)
compile_fast(model, keras.optimizers.Adam(3e-3), loss)
x, y = latch_task(2000, 20, seed=0)
history = fit(model, x, np.repeat(y, 6, axis=1), epochs=20, batch_size=50)
after = [weights_of(rnn)[1] for rnn in rnns]
print(f"loss {history['loss'][0]:.3f} -> {history['loss'][-1]:.4f}")

# %% [markdown]
# 读 100 步新序列（训练时只有 20 步），测两件事：答对多少；$\|\partial h_t/\partial h_1\|$ 怎样变化（8 个序列取中位数）。$h_1$ 是刚读完那个关键输入的状态。

# %%
x_long, y_long = latch_task(500, 100, seed=1)


def probe(weights, dense, steps):
    states, last = rnn_scan(x_long[:, :steps], np.zeros((500, 8)), *weights)
    kernel, bias = dense.get_weights()
    right = np.mean((last @ kernel + bias > 0) == (y_long > 0.5))
    logs = [np.log10(spectral_norm(jacobian_products(
        "rnn", x_long[i:i + 1, 1:], (states[i:i + 1, 0],), weights)))
        for i in range(8 if steps == 100 else 0)]
    return right, np.median(logs, axis=0) if logs else None


# %% name="trained" tags=["training"]
short = [probe(w, d, 20)[0] for w, d in zip(after, outputs)]
old = [probe(w, d, 100)[1] for w, d in zip(before, outputs)]
new = [probe(w, d, 100) for w, d in zip(after, outputs)]
t = np.arange(2, 101)
plt.figure(figsize=(5.8, 3))
for i, ((right, logs), start) in enumerate(zip(new, old)):
    plt.plot(t, start, color=GREY, lw=1,
             label="before training" if i == 0 else None)
    plt.plot(t, logs, ["-", "--", ":", "-.", "-", "--"][i],
             label=f"after: {right:.0%} right at T = 100")
plt.axhline(0, color=BLACK, lw=1)
plt.title("The steadiest memories let no gradient through")
plt.xlabel("time step t")
plt.ylabel(r"$\log_{10}\|\partial h_t/\partial h_1\|$")
plt.legend(fontsize=8)
plt.show()

# %% tags=["training"]
def radius(weights):
    return np.abs(np.linalg.eigvals(weights[1])).max()


for w0, w1, a, (b, logs) in zip(before, after, short, new):
    print(f"rho {radius(w0):.2f} -> {radius(w1):.2f}   right: T = 20 {a:.0%}, "
          f"T = 100 {b:.0%}   norm at t = 100: 1e{logs[-1]:.0f}")

# %% tags=["training"]
tight = [right for right, logs in new if logs[-1] < -15]
claim("short_accuracy", min(short), at_least=0.97)
claim("radius_before", max(map(radius, before)), close_to=1, tol=1e-3)
claim("radius_after", min(map(radius, after)), at_least=1.3)
claim("norm_before", np.median([logs[-1] for logs in old]), at_least=-9,
      at_most=-2)
claim("tight_networks", len(tight), at_least=1, at_most=5)
claim("tight_accuracy", min(tight), at_least=0.95)
claim("accuracy_long_worst", min(right for right, _ in new), at_most=0.97)

# %% [markdown]
# 6 个网络在 20 步上都学会了，最差的也答对 100%<!-- claim short_accuracy -->。训练把谱半径从 1.00<!-- claim radius_before --> 往上推，最小的也到了 1.73<!-- claim radius_after -->。接下来它们分成两类：
#
# - 范数落到 $10^{-15}$ 以下的：状态掉进一个稳稳的坑，和 [4.5 节](#cell-id=4-5)的开关一样，100 步后最差的也答对 100%<!-- claim tight_accuracy -->。**梯度消失得最彻底的这几个，恰恰存得很稳**；
# - 范数停在 1 附近甚至涨起来的：它们在 20 步上也学会了，但没有掉进坑里，状态还在变；到 100 步，有的仍答得不错；存下输出的那一次，最差的只答对 1%<!-- claim accuracy_long_worst -->，比瞎猜的 50% 差得多：答案几乎题题相反，可见符号还在状态里，只是这时读出来正好反了。
#
# 训练前，100 步后范数的常用对数，中位数是 -4.3<!-- claim norm_before -->：要是一开始就用 100 步的序列去训练，关键输入得到的梯度就只剩这么一点。

# %% [markdown]
# <a id="cell-id=4-8"></a>
# ## 4.8 三种单元并排
#
# 换成 LSTM 和 GRU 会怎样？用 Keras 默认的初始化，读 100 步白噪声，损失只放在最后一步，量每一步状态收到的梯度 $\|\partial L/\partial h_t\|$（LSTM 量 $h_t$ 和 $c_t$ 合在一起的）。`bptt(...).states` 正好给出每一步的全导数（[第 03 章](03_bptt.ipynb)）。5 个随机种子取中位数，阴影是全部范围。

# %%
from rnnbook.gradients.backprop import bptt

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
claim("simple_50", back["SimpleRNN"][50], at_most=1e-4)
claim("lstm_50", back["LSTM"][50], at_least=1e-7, at_most=1e-1)
claim("gru_50", back["GRU"][50], at_most=1e-6)
claim("gru_over_simple", back["GRU"][50] / back["SimpleRNN"][50],
      at_most=0.5)
claim("lstm_over_simple", back["LSTM"][50] / back["SimpleRNN"][50],
      at_least=3)

# %% [markdown]
# 往回 50 步，SimpleRNN 剩 7.3e-08<!-- claim simple_50 -->，LSTM 剩 2.6e-05<!-- claim lstm_50 -->，GRU 剩 3.6e-11<!-- claim gru_50 -->。LSTM 落得最慢，是 SimpleRNN 的 357<!-- claim lstm_over_simple --> 倍；**刚初始化的 GRU，在这里比 SimpleRNN 消失得还快**。所以“LSTM 和 GRU 解决了梯度消失”说过了头：它们给出一条**可以**不消失的路，门开着路才通，开多大由偏置和训练决定（第 [06](06_lstm.ipynb)、[07](07_gru.ipynb) 章）。它们也挡不住爆炸（[第 06 章](06_lstm.ipynb)）。

# %% [markdown]
# ### 消失的是远处的那一份
#
# 梯度消失**不是**说权重的梯度等于 0。$\partial L/\partial U$ 是每一步的贡献之和，近处几步的贡献好好的，消失的是远处那些步的。取 100 步的序列，比较全部 100 步的梯度，和只算最后 10 步贡献的梯度。

# %%
rng = np.random.default_rng(0)
xs, d_hs = rng.standard_normal((1, 100, 16)), np.zeros((1, 100, 16))
d_hs[:, -1] = rng.standard_normal(16)
U = 0.9 * np.linalg.qr(rng.standard_normal((16, 16)))[0]
weights, h0 = (np.eye(16), U, np.zeros(16)), np.zeros((1, 16))
full = bptt("rnn", xs, (h0,), weights, d_hs).weights[1]
_, h90 = rnn_scan(xs[:, :90], h0, *weights)
near = bptt("rnn", xs[:, 90:], (h90,), weights, d_hs[:, 90:]).weights[1]
claim("full_gradient", np.linalg.norm(full), at_least=0.5)
claim("far_share", relative_error(near, full), at_most=0.05)

# %% [markdown]
# 总梯度的范数是 8.7<!-- claim full_gradient -->，一点也不小；丢掉前 90 步的贡献，相对误差只有 0.0070<!-- claim far_share -->。所以训练看上去一切正常，损失也在降，网络只是几乎没有因为很久以前的输入而改过权重。**光看总梯度的大小，看不出消失。**

# %% [markdown]
# <a id="cell-id=4-9"></a>
# ## 4.9 一次爆炸的训练，和三种裁剪
#
# 消失看不见，爆炸看得见。取增益 2 的 SimpleRNN，用 SGD 学加法问题（[第 05 章](05_training_rnns.ipynb)细讲）：读 40 对（值, 标记），说出两个带标记的值之和；总是回答 1，均方误差是 1/6。梯度用[第 03 章](03_bptt.ipynb)的 BPTT 算，更新交给 Keras 的优化器。

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
# - `global_clipnorm`：所有变量合在一起的范数截到 1。方向不变，余弦 1.000<!-- claim cosine_global -->。这是 Pascanu 等（2013）的办法，也是 PyTorch 的 `clip_grad_norm_`；论文里说“裁剪到 1”，通常指它。**在 Keras 里写 `clipnorm=1` 得到的不是它。**
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
claim("exploded_runs", sum(r[0].max() > 1e6 for r in runs["none"]),
      at_least=2, at_most=3)
claim("clipped_loss", max(r[0].max() for name in bound for r in runs[name]),
      at_most=100)
claim("clipped_final", min(np.median(r[0, -20:]) for name in bound
                           for r in runs[name]), at_least=0.1)

# %% [markdown]
# 不裁剪，3 个种子里有 3<!-- claim exploded_runs --> 个损失超过一百万。裁剪以后，损失最大不过 3.8<!-- claim clipped_loss -->。每一步的更新都不超过理论上界：按值是 $\eta c\sqrt N$（$N$ 个参数），按变量的范数是 $\eta c\sqrt5$（5 个变量），按全局范数是 $\eta c$，这里 $\eta$ 是学习率、$c$ 是阈值。
#
# 请注意左图的结尾：裁剪后的最好成绩是 0.18<!-- claim clipped_final -->，和“总是回答 1”的 1/6 差不多，别的更差（每一种最差的打印在上面）。**裁剪让训练活下来，并不让网络记得更远**：它只会缩小梯度，不会把消失的梯度变回来。

# %% [markdown]
# <a id="cell-id=4-10"></a>
# ## 4.10 裁剪与 Adam
#
# Adam 的更新是 $\eta\,\hat m/(\sqrt{\hat v}+\epsilon)$，$\hat m$ 和 $\hat v$ 是梯度和梯度平方的滑动平均（经过偏差修正）。梯度整体缩小 1000 倍，分子分母一起缩小，更新几乎不变。所以一路都在裁剪的 Adam，步子和不裁剪时一样大。用同一次训练来比：全局范数裁到 1，再裁到 0.001。

# %%
def adam(**clip):
    return keras.optimizers.Adam(1e-3, **clip)


adam_runs = {c: train(adam(global_clipnorm=c) if c else adam(), 0)
             for c in (None, 1.0, 0.001)}
sgd_runs = {c: train(sgd(global_clipnorm=c), 0) for c in (1.0, 0.001)}

# %% tags=["training"]
for c, rows in adam_runs.items():
    print(f"Adam, clip {c}: median gradient {np.median(rows[1]):.1f}, "
          f"median update {np.median(rows[2]):.4f}")
for c, rows in sgd_runs.items():
    print(f"SGD,  clip {c}: median update {np.median(rows[2]):.6f}")
claim("adam_ratio", np.median(adam_runs[0.001][2])
      / np.median(adam_runs[None][2]), at_least=0.5, at_most=2)
claim("sgd_ratio", np.median(sgd_runs[0.001][2])
      / np.median(sgd_runs[1.0][2]), at_most=2e-3)

# %% [markdown]
# 阈值从 1 降到 0.001，SGD 的更新跟着缩到 0.001<!-- claim sgd_ratio --> 倍；Adam 裁到 0.001 和完全不裁，更新之比是 1.00<!-- claim adam_ratio -->。**对 Adam 来说，阈值不是步长的旋钮。**
#
# 那么 Adam 还要不要裁剪？要，理由不同：防的是**偶尔一次**的尖峰。喂给优化器一串恒为 1 的梯度，第 51 次突然是 1000，看更新的大小。

# %% name="spike"
def updates(optimizer, steps=260, spike=50):
    variable, sizes = keras.Variable([0.0]), []
    for step in range(steps):
        old = float(variable[0])
        gradient = 1000.0 if step == spike else 1.0
        optimizer.apply([np.array([gradient], "float32")], [variable])
        sizes.append(abs(float(variable[0]) - old))
    return np.array(sizes) / sizes[spike - 1]


spikes = {"SGD": updates(keras.optimizers.SGD(1e-3)),
          "SGD, clipped at 1": updates(keras.optimizers.SGD(
              1e-3, global_clipnorm=1.0)),
          "Adam": updates(adam()),
          "Adam, clipped at 1": updates(adam(global_clipnorm=1.0))}
plt.figure(figsize=(5.4, 2.6))
for (name, sizes), style in zip(spikes.items(), ("-", "--", "-", ":")):
    plt.semilogy(sizes, style, label=name)
plt.title("One spike: SGD jumps, Adam limps long after")
plt.xlabel("update")
plt.ylabel("relative size")
plt.legend(fontsize=8)
plt.show()

# %%
claim("spike_sgd", spikes["SGD"].max(), close_to=1000, tol=5)
claim("spike_adam", spikes["Adam"].max(), at_most=3.5)
claim("limp_adam", spikes["Adam"][250], at_most=0.3)
claim("spike_clipped", spikes["Adam, clipped at 1"].max(), at_most=1.01)

# %% [markdown]
# SGD 那一步跳了 1000<!-- claim spike_sgd --> 倍。Adam 一步也没有多跳，最大是 1.0<!-- claim spike_adam --> 倍；但 $\hat v$ 记住了这次尖峰，200 步以后更新仍只有原来的 0.02<!-- claim limp_adam -->：不跳，却瘸了很久。裁剪把两种后果都去掉了，最多 1.00<!-- claim spike_clipped --> 倍。

# %% [markdown]
# ## 小结
#
# 你**算出**了雅可比矩阵的连乘，并和中心差分对上；能**判断**梯度何时消失、何时爆炸：看“斜率 × 权重”的连乘，不看谱半径一个数；为 SGD 和 Adam **选对**了裁剪。
#
# | 名称 | 公式 | 形状 |
# |---|---|---|
# | 一步的雅可比 | $J_t=\operatorname{diag}(f'(a_t))\,U^\top$ | (H, H) |
# | 连乘 | $\partial h_T/\partial h_0=J_T\cdots J_1$ | (H, H) |
# | 梯度往回传 | $\partial L/\partial h_0=(\partial L/\partial h_T)\,J_T\cdots J_1$ | (1, H) |
# | 上界 | $\lVert\partial h_T/\partial h_0\rVert\le(\gamma\,\sigma_{\max}(U))^T$ | – |
# | 必定消失（充分） | $\gamma\,\sigma_{\max}(U)<1$ | – |
# | 可能爆炸（必要） | $\gamma\,\sigma_{\max}(U)>1$ | – |
# | 全局范数裁剪 | $g\leftarrow g\cdot\min(1,\;c/\lVert g\rVert)$，$g$ 是所有变量合在一起 | 同 $g$ |

# %% [markdown]
# ## 常见误解
#
# 编号与附录 A 相同。

# %% [markdown]
# ### E02 “∂L/∂W ∝ Wᵗ；|W|<1 消失，|W|>1 爆炸”
#
# 连乘的是 $\partial h_t/\partial h_k$，里面有斜率；权重的梯度是每一步的贡献之和，根本不与 $W^t$ 成比例。拿 20 个随机网络（H = 16，20 步，增益 1.2），量 $\partial L/\partial U$ 与 $U^{20}$ 的余弦。

# %%
cosines = []
for seed in range(20):
    rng = np.random.default_rng(seed)
    U = 1.2 * np.linalg.qr(rng.standard_normal((16, 16)))[0]
    xs, d_hs = rng.standard_normal((1, 20, 16)), np.zeros((1, 20, 16))
    d_hs[:, -1] = rng.standard_normal(16)
    weights = np.eye(16), U, np.zeros(16)
    g = bptt("rnn", xs, (np.zeros((1, 16)),), weights, d_hs).weights[1]
    power = np.linalg.matrix_power(U, 20)
    cosines.append(abs(np.sum(g * power)) / size([g]) / size([power]))
claim("cosine_power", np.median(cosines), at_most=0.2)

# %% [markdown]
# 余弦的绝对值的中位数是 0.07<!-- claim cosine_power -->，几乎垂直。第二句的反例在 [4.4 节](#cell-id=4-4)（$\rho=1.5$ 消失）和 [4.6 节](#cell-id=4-6)（$\rho=0$ 爆炸）；正确的说法是 [4.6 节](#cell-id=4-6)的表。

# %% [markdown]
# ### E05 “梯度要么消失，要么爆炸；原因是 BPTT 要在整个序列上反传”
#
# 两者都不是的网络就在眼前：线性、正交的 $U$，100 步后范数仍是 1（[4.3 节](#cell-id=4-3)）。原因也不是 BPTT 这个算法：它只是把导数**精确地**算出来。换一个完全不做反向传播的办法，挪一挪 $h_0$ 直接量，小的照样小。

# %%
rng = np.random.default_rng(0)
xs, h0 = rng.standard_normal((1, 60, 16)), np.zeros((1, 16))
U = 0.8 * np.linalg.qr(rng.standard_normal((16, 16)))[0]
weights = np.eye(16), U, np.zeros(16)
v = rng.standard_normal((1, 16))
moved = (rnn_scan(xs[:, :30], h0 + 1e-4 * v, *weights)[1]
         - rnn_scan(xs[:, :30], h0 - 1e-4 * v, *weights)[1]) / 2e-4
J = jacobian_products("rnn", xs[:, :30], (h0,), weights)[-1]
claim("forward_equals_product", relative_error(moved[0], v[0] @ J.T),
      at_most=1e-3)
claim("forward_norm", np.linalg.norm(moved), at_most=1e-5)

# %% [markdown]
# 只做前向、不做反传，影响同样只剩 8.2e-09<!-- claim forward_norm -->，和连乘的结果一致。消失是**网络**的性质，不是算法的。（截断的 BPTT 把远处的梯度直接当作 0，更谈不上是病因，见[第 03 章](03_bptt.ipynb)。）

# %% [markdown]
# ### E65 “RNN 的优点是能捕捉长距离依赖；RNN 的缺点是难以捕捉长距离依赖”
#
# S0 和 S2 都把意思是这样的两句话写在同一篇里。它们说的其实是两件事：**存不存得住**（有没有一组权重做得到）和**学不学得会**（从随机权重出发，梯度能不能找到它）。用同一个单元分开测：[4.5 节](#cell-id=4-5)那个 $u=2$ 的开关，一个输入把它推到 + 或 −，读 1000 步 0，再看。

# %%
xs = np.zeros((2, 1001, 1))
xs[:, 0, 0] = 1, -1
weights = np.eye(1), 2 * np.eye(1), np.zeros(1)
states, end = rnn_scan(xs, np.zeros((2, 1)), *weights)
J = jacobian_products("rnn", xs[:1, 1:51], (states[:1, 0],), weights)[-1]
claim("stored_difference", end[0, 0] - end[1, 0], at_least=1.9)
claim("learning_signal", spectral_norm(J), at_most=1e-30)

# %% [markdown]
# 1000 步以后，两个状态仍相差 1.92<!-- claim stored_difference -->：**存得住**。可是只过 50 步，梯度就只剩 3.0e-39<!-- claim learning_signal -->：**传不回来，靠梯度很难学会**。说“能”或“不能”之前，先说清是哪一件。

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
# 造一个 2×2 的矩阵，谱半径是 0.5，谱范数是 5（误差不超过 0.01）。它的连乘会先涨后跌。
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
# [4.4 节](#cell-id=4-4)的图里，黑色实线在输入标准差为 1 时穿过哪里？写一个函数：给出 `norm_of(gain)`（返回 100 步后的范数，随增益从很小涨到很大）、下端 `low`（范数小于 1）和上端 `high`（范数大于 1），用二分法找出范数等于 1 的增益，误差不超过 `tol`。范数可能小到 $10^{-200}$、大到 $10^{100}$。
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
# - Pascanu, R., Mikolov, T., Bengio, Y. (2013). On the difficulty of training recurrent neural networks. *ICML 2013*. [arXiv:1211.5063](https://arxiv.org/abs/1211.5063)。[4.6 节](#cell-id=4-6)的条件和全局范数裁剪的出处；读第 2 节，注意两个版本里特征值与奇异值的差别。
# - Bengio, Y., Simard, P., Frasconi, P. (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on Neural Networks* 5(2), 157–166. [doi:10.1109/72.279181](https://doi.org/10.1109/72.279181)。“存得稳，就传不回”的定理。
# - Hochreiter, S. (1991). *Untersuchungen zu dynamischen neuronalen Netzen*. 慕尼黑工业大学学位论文（德文）。最早的分析。
# - Hochreiter, S. (1998). The vanishing gradient problem during learning recurrent neural nets and problem solutions. *International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems* 6(2), 107–116. [doi:10.1142/S0218488598000094](https://doi.org/10.1142/S0218488598000094)。同一分析的英文介绍，短，好读。
# - Le, Q. V., Jaitly, N., Hinton, G. E. (2015). A simple way to initialize recurrent networks of rectified linear units. [arXiv:1504.00941](https://arxiv.org/abs/1504.00941)。用单位矩阵做 $U$，让连乘从 1 开始；[第 05 章](05_training_rnns.ipynb)会跑它。
#
# [← 03 随时间反向传播](03_bptt.ipynb) · [目录](index.md) · [解答](solutions/04_vanishing_gradients.ipynb) · [05 激活函数、初始化与归一化 →](05_training_rnns.ipynb)<!-- nav -->
