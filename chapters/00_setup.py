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
# # 第 00 章 环境与形状
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/00_setup.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/00_setup.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/00_setup.ipynb)<!-- badges -->
#
# [目录](index.md) · [解答](solutions/00_setup.ipynb) · [01 序列数据与基线 →](01_sequences.ipynb)<!-- nav -->
#
# 读完这一章，你的环境通过了自检，你能在运行之前说出一个张量每个轴的含义和长度，并且能让一次训练重复出同一个数。
#
# | | |
# |---|---|
# | **你将会** | **检查**自己的环境，坏了知道改哪里；**写出**序列数据的形状，认出不报错的形状错误；**重复**一次训练，并说出换个随机种子会差多少、两组种子差多少才算差别 |
# | **你需要** | 会写 Python 函数，见过 NumPy 数组和矩阵乘法，听说过用梯度训练网络；不需要懂循环网络 |
# | **时间** | 阅读 45 分钟<!-- minutes -->，练习 40 分钟，运行约 30 s<!-- seconds --> |

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
import tempfile
from importlib import metadata

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from rnnbook import ClaimError, check, claim, data, hint
from rnnbook.notebook.figures import BLUE, DIVERGING, GREY, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 四个样本的真实值 1、2、3、4 放在形状为 (4,) 的数组 `y` 里。模型的预测全都对，只是形状是 (4, 1)。这时 `np.mean((y - prediction) ** 2)` 是多少？是 0，是报错，还是别的数？
#
# 先把猜测写进下面的格子。[0.4 节](#cell-id=0-4)用测量来回答。

# %%
guess = ...  # 0, "error", or another number

# %% [markdown]
# <a id="cell-id=0-1"></a>
# ## 0.1 环境自检
#
# 先确认这台计算机能运行整本书。下面一格逐项检查 Python、依赖的包、Keras 能不能正确地算、磁盘能不能写。每一行是一项，✔ 是好的，✘ 后面写着怎么办。

# %% name="self_test"
from rnnbook.notebook.environment import self_test

ready = self_test()

# %% [markdown]
# 如果最后一行是“环境就绪。”，就可以往下读。如果不是，从第一个 ✘ 开始改，改好后重启内核 (Kernel → Restart) 再运行。坏的时候长什么样？假装装了一个旧版本：

# %%
from rnnbook.notebook.environment import judge_version

print(judge_version("keras", "2.15.0", oldest="3.8"))
print(judge_version("Python", "3.8.20", oldest="3.11"))

# %% [markdown]
# 第一行说缺什么、现在有什么，第二行说怎么办。常见的几种情形：
#
# | 看到的 | 原因 | 怎么办 |
# |---|---|---|
# | “这个内核里没有本书”，或 `ModuleNotFoundError: rnnbook` | 笔记本用的不是本书的虚拟环境 | 用 `make lab` 打开；或者在 Kernel → Change Kernel 里换 |
# | ✘ keras ≥ 3.8 | 环境里有旧的 Keras 2 | 新建虚拟环境，不要在旧环境上升级 |
# | ✘ Keras 的后端能够训练 | `KERAS_BACKEND` 或 `~/.keras/keras.json` 被改过 | 去掉它们，重启内核 |
# | 单元格左边一直是 `[*]` | 还在算，或者前一格没有算完 | 等；超过一分钟就用 ■ 中断，从头运行 |
# | 数字与书上不同 | 换了顺序运行，或者跳过了格子 | Kernel → Restart & Run All；训练出来的数换一台机器本来就会略有不同（[0.8 节](#cell-id=0-8)） |
#
# 向别人求助时，在终端运行 `python -m rnnbook.notebook.environment`，把它打印的版本号一起发出去。

# %% [markdown]
# <a id="cell-id=0-2"></a>
# ## 0.2 怎样读这本书
#
# 每一章是一个笔记本。从上到下一格一格运行 (Shift+Enter)，改一个数再运行一次，比读三遍有用。标题写着“选读”的节在 JupyterLab 里折着，点标题左边的三角就展开；跳过它们，后面照样读得懂，开头写的阅读时间（估计的）也不算它们。
#
# 书里有三个反复出现的函数。
#
# 第一个是 `claim`。书里测出来的数，都有一格代码真的去测，并规定这个数必须落在哪个范围里。例如 $x$ 接近 0 时 $\tanh x$ 的斜率应当是 1。

# %%
slope = (np.tanh(1e-3) - np.tanh(-1e-3)) / 2e-3
claim("tanh_slope", slope, close_to=1, tol=1e-6)

# %% [markdown]
# 名字后面是测得的值，括号里是允许的范围，1 ± 0.000001。测出来的数不在范围里，这一格会报错，全书的自动测试也会报错。范围有多宽，保证就有多宽；凡是训练得来的数，范围要容得下别的随机种子（[0.8 节](#cell-id=0-8)）。例如要求误差小于一百万分之一，却测得 0.5：

# %%
name, value = "error", 0.5
try:
    claim(name, value, at_most=1e-6)
except ClaimError as error:
    print(error)

# %% [markdown]
# 第二个和第三个是 `check` 和 `hint`，用在每章末尾的练习里。`check("题目", 答案)` 当场告诉你对不对，不需要联网。没动过的格子显示“未作答”；答错了，它会说错在哪里。拿本章第 1 题试一试（第二行是一个错误答案）：

# %%
check("setup.one_hot_shape", ...)
check("setup.one_hot_shape", (20, 32, 5000))
hint("setup.one_hot_shape")

# %% [markdown]
# 数据从哪里来？需要数据的章节会依次找 `RNNBOOK_DATA` 指定的文件夹、本机缓存、网络镜像，都没有就用自带的小样例，并且用一行字说明。想提前下载好全部数据，运行 `make data`；没有网络时设 `RNNBOOK_OFFLINE=1`，整本书仍然能从头运行到尾，只是用样例的地方会写“未检验（样例数据）”。用 `status` 可以不联网地问一个数据集的状态。太阳黑子数很小，整份都自带。

# %%
print(data.status("sunspots"))

# %% [markdown]
# `full` 表示完整数据，`sample` 表示样例。

# %% [markdown]
# <a id="cell-id=0-3"></a>
# ## 0.3 三个轴：(batch, time, feature)
#
# 一个多维数组叫**张量 (tensor)**，它每个方向叫一个**轴 (axis)**，各轴的长度排在一起叫**形状 (shape)**。循环网络的代码里，形状最容易弄错，弄错了还常常不报错（[0.4 节](#cell-id=0-4)），所以先把形状练熟。全书只有一个约定：
#
# > 序列数据的形状是 **(batch, time, feature)**：第几个样本，第几步，第几个数。
#
# - **批 (batch)**：一次一起算几个样本，长度记作 $B$；
# - **时间步 (time step)**：每个样本有几步，长度记作 $T$；
# - **特征 (feature)**：每一步有几个数，长度记作 $D$。
#
# 从一首诗开始，4 句，每句 5 个字。先给每种字一个编号。

# %%
lines = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
characters = sorted(set("".join(lines)))
index = {character: i for i, character in enumerate(characters)}
ids = np.array([[index[character] for character in line] for line in lines])
print(len(characters), "kinds of characters; ids", ids.shape)
print(ids)

# %% [markdown]
# 20 个字没有重复，所以有 20 种字。所有不同的字排成的这张清单叫**词表 (vocabulary)**，它的大小记作 $V$。编号的形状是 (4, 5)，4 个样本，每个 5 步，还没有特征轴。编号不能直接当作一个数来用，5 号字并不比 4 号字“大”。把每个编号展开成一个只有一处是 1、其余是 0 的向量，叫**独热编码 (one-hot encoding)**，特征轴就出现了。

# %%
one_hot = np.eye(len(characters), dtype="float32")[ids]
print(one_hot.shape)
print(one_hot[0, 0])  # sample 0, step 0: one character

# %% [markdown]
# 形状 (4, 5, 20) 就是 4 句、5 步、每步 20 个数，其中一个是 1。词表有几千种字时这样太浪费，于是给每种字一个短的向量，叫**嵌入 (embedding)**，它的长度记作 $E$，下面取 8。它就是查表，而查表等于用独热向量乘一个矩阵：

# %%
embed = layers.Embedding(len(characters), 8)
vectors = ops.convert_to_numpy(embed(ids))
table = ops.convert_to_numpy(embed.embeddings)
print(vectors.shape)
assert np.array_equal(vectors, table[ids])
assert np.allclose(vectors, one_hot @ table)

# %% [markdown]
# 形状变成 (4, 5, 8)，只有最后一个轴变了。再看一个不是文字的例子。3 个传感器（气温、湿度、风速）每小时记一次，记了 7 天。记录本是一张 (168, 3) 的表，一行一小时；以“一天”为一个样本，就把 168 行断成 7 段。

# %%
log = np.arange(168 * 3).reshape(168, 3)  # row: hour, column: sensor
week = log.reshape(7, 24, 3)
print(week.shape)
assert np.array_equal(week[2, 5], log[2 * 24 + 5])  # day 2, 5 o'clock

# %% [markdown]
# 断言说的是，第 2 天 5 点的三个数就是记录本第 53 行（天、小时、行都从 0 数起）。三个轴的切法各有含义，画出来看：

# %% name="cuts"
from rnnbook.notebook.cubes import draw_cube

fig, axes = plt.subplots(1, 3, figsize=(9.2, 3.9))
cuts = {
    "x[0]: one sample": lambda b, t, d: b == 0,
    "x[:, 2]: one time step": lambda b, t, d: t == 2,
    "x[:, :, 1]: one feature": lambda b, t, d: d == 1,
}
for ax, (title, chosen) in zip(axes, cuts.items()):
    draw_cube(ax, (4, 5, 3), chosen, title)
fig.suptitle("One tensor (4, 5, 3), three ways to cut it", weight="bold")
plt.show()

# %% [markdown]
# 每张纸是一个样本，纸上从上到下是时间，从左到右是特征。左图取出一个样本 (5, 3)，中图取出所有样本的第 2 步 (4, 3)——循环网络每一步读进去的正是这样一片——右图取出所有样本的一个特征 (4, 5)。
#
# | 数据 | batch | time | feature |
# |---|---|---|---|
# | 32 句话，每句 20 字，词表 5000，独热 | 32 | 20 | 5000 |
# | 同上，嵌入成 64 维 | 32 | 20 | 64 |
# | 3 个传感器，按天切，一周 | 7 | 24 | 3 |
# | 16 段 2 秒语音，每秒 100 帧，每帧 80 个频带 | 16 | 200 | 80 |
# | 8 段视频，30 帧，每帧是 64×64 的灰度图，拉平 | 8 | 30 | 4096 |
# | 一条日平均气温曲线，一个样本 | 1 | 天数 | 1 |
#
# 最后一行提醒，只有一个数也要有特征轴，形状是 (1, T, 1)，不是 (T,)。

# %% [markdown]
# <a id="cell-id=0-4"></a>
# ## 0.4 不报错的错误
#
# 形状错了会报错，是运气好。下面三种错误**不报错**，只给出错误的数。
#
# **第一种：批和时间换了位置。** PyTorch 的 `nn.RNN` 默认要 (time, batch, feature)，Keras 要 (batch, time, feature)。搬代码时忘了转，网络照样运行。做一个实验，只改动 1 号样本，看 2 号样本的输出变不变（从 0 数起）。不同的样本互不相干，所以应当一点也不变。网络用 `layers.SimpleRNN`，[第 02 章](02_rnn_forward.ipynb)会自己写出它；`return_sequences=True` 让它每一步都交出一个输出。

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=(3, 5, 2)).astype("float32")  # 3 samples, 5 steps
edited = x.copy()
edited[1] += 1  # touch sample 1 only
keras.utils.set_random_seed(0)  # the same weights every time, see 0.8
rnn = layers.SimpleRNN(4, return_sequences=True)

# %%
right = np.abs(rnn(edited) - rnn(x))
swapped, swapped_edited = x.transpose(1, 0, 2), edited.transpose(1, 0, 2)
wrong = np.abs(rnn(swapped_edited) - rnn(swapped)).transpose(1, 0, 2)
print(right.shape, wrong.shape)
claim("leak_right", right[2].max(), at_most=0)
claim("leak_wrong", wrong[2].max(), at_least=0.2)

# %% [markdown]
# 摆对的时候，2 号样本的输出变化正好是 0。摆错的时候变化了 0.86<!-- claim leak_wrong -->，网络把 1 号样本当成了 2 号样本的“上一步”，样本之间串了味。两次输出转回来后形状都是 (3, 5, 4)，从形状上看不出问题。防法：打印一个样本 `x[0]`，看它是不是一句完整的话。

# %% [markdown]
# **第二种：用 `reshape` 换轴。** `reshape` 只是把同一串数重新断行，不会把行变成列。换轴用 `transpose`。

# %%
by_time = np.array([[11, 21], [12, 22], [13, 23]])  # (time 3, sample 2)
print("reshape:\n", by_time.reshape(2, 3))
print("transpose:\n", by_time.T)

# %% [markdown]
# 十位数是样本，个位数是时间。`transpose` 的第一行是 11、12、13，正是 1 号样本的三步；`reshape` 的第一行是 11、21、12，把两个样本搅在了一起。两个结果的形状都是 (2, 3)。

# %% [markdown]
# **第三种：广播。** 两个形状不同的数组相加减时，NumPy 会把长度为 1 的轴复制成一样长，叫**广播 (broadcasting)**。它常常很方便，但在算误差时会出事。回到开头的问题：

# %%
y = np.array([1.0, 2.0, 3.0, 4.0])
prediction = y[:, None]  # every value is right, shape (4, 1)
errors = y - prediction
mse = np.mean(errors**2)
print(errors.shape)
claim("broadcast_mse", mse, close_to=2.5, tol=1e-12)

# %% [markdown]
# 答案是 2.5<!-- claim broadcast_mse -->，不是 0，也没有报错。误差平方的平均叫**均方误差 (mean squared error)**，简称 MSE，可是这里平均的不是误差。(4,) 和 (4, 1) 相减得到一张 (4, 4) 的表，16 个差一起平均，其中只有 4 个是误差。

# %% name="broadcast"
fig, ax = plt.subplots(figsize=(5.2, 4.0))
picture = ax.imshow(errors, cmap=DIVERGING, vmin=-3.5, vmax=3.5)
for i in range(4):
    for j in range(4):
        colour = "white" if abs(errors[i, j]) > 2 else "black"
        ax.text(j, i, f"{errors[i, j]:.0f}", ha="center", color=colour)
    ax.add_patch(plt.Rectangle((i - 0.5, i - 0.5), 1, 1, fill=False, lw=3))
ax.set(xlabel="true value y[j], shape (4,)",
       ylabel="prediction[i], shape (4, 1)",
       xticks=range(4), xticklabels=range(1, 5),
       yticks=range(4), yticklabels=range(1, 5))
ax.grid(False)
fig.colorbar(picture, label="y[j] - prediction[i]")
ax.set_title("(4,) - (4, 1): 16 differences, 4 errors")
plt.show()

# %% [markdown]
# 只有框起来的对角线是真正的误差，全是 0。这张表的平方平均恰好是 $y$ 的方差的 2 倍，不管 $y$ 是什么数。更糟的是，这样算的时候，一个只会说平均值的模型看起来比全对的模型更好。

# %%
lazy = np.full((4, 1), y.mean())
print("perfect:", mse, " lazy:", np.mean((y - lazy) ** 2))
claim("broadcast_ratio", mse / y.var(), close_to=2, tol=1e-12)

# %% [markdown]
# 对每一个预测来说，它与 4 个真实值之差的平方和，在它等于 $y$ 的平均值时最小。所以用这样的损失训练，最好的答案是一条水平线，而训练曲线照样下降。`keras.losses` 会先对齐形状再相减，自己写的 NumPy 或 `ops` 公式不会。

# %%
loss = keras.losses.MeanSquaredError()
print(float(loss(y, prediction)), float(ops.mean((y - prediction) ** 2)))

# %% [markdown]
# 第一个数是 0，第二个还是 2.5。防法：相减之前写一行 `assert y.shape == prediction.shape`。[第 13 章](13_time_series.ipynb)的时间序列预测里会再遇到这个错误。

# %% [markdown]
# <a id="cell-id=0-5"></a>
# ## 0.5 Dense 作用在最后一个轴
#
# `layers.Dense(2)` 遇到 (4, 5, 20) 的张量会怎样？它只看最后一个轴，对每个样本的每一步，用同一个 (20, 2) 的矩阵和同一个偏置。

# %%
dense = layers.Dense(2)
out = ops.convert_to_numpy(dense(one_hot))
print(out.shape, "parameters:", dense.count_params())

# %% [markdown]
# 形状 (4, 5, 2)，参数 20×2+2 = 42 个，与 4 和 5 都无关。下面自己写循环，一步一步算，和 Keras 的结果比。

# %%
W, b = (ops.convert_to_numpy(weight) for weight in dense.weights)
by_hand = np.zeros((4, 5, 2), "float32")
for t in range(5):
    by_hand[:, t] = one_hot[:, t] @ W + b  # the same W, b at every step
claim("dense_each_step", np.abs(by_hand - out).max(), at_most=1e-6)

# %% [markdown]
# 一致。NumPy 的 `@` 也只用左边数组的最后一个轴，所以整个循环等于一行 `one_hot @ W + b`。如果先 `Flatten` 再接 `Dense`，时间轴就没有了，而且每一步有自己的权重，参数变成 5×20×2+2 = 202 个。循环网络与它正相反，每一步共用一组权重。

# %% [markdown]
# <a id="cell-id=0-6"></a>
# ## 0.6 记号：xW、Wx 与 xWᵀ
#
# 同一个运算有三种写法，搬公式和代码时最容易在这里转错。本书一律用 Keras 的写法，一个样本是一行，权重在右边。表里的 H 是单元数，也就是输出有几个数；最后两行到第 [06](06_lstm.ipynb)、[07](07_gru.ipynb) 章才用，现在可以跳过。
#
# | | 本书 = Keras | 多数论文 | PyTorch |
# |---|---|---|---|
# | 一个样本 | 行 (1, D) | 列 (D, 1) | 行 (1, D) |
# | 算式 | $xW+b$ | $Wx+b$ | $xW^\top+b$ |
# | 权重的形状 | (D, H) | (H, D) | (H, D) |
# | 输入权重 | `kernel`，$W$ | $W_{xh}$ 或 $W_{hx}$ | `weight_ih_l0` |
# | 循环权重 (H, H) | `recurrent_kernel`，$U$ | $W_{hh}$ 或 $U$ | `weight_hh_l0` |
# | 偏置 | `bias`，$b$，一个 (H,)；GRU 两份 | $b_h$，一个 | `bias_ih_l0` 和 `bias_hh_l0`，两个 |
# | 序列的形状 | (B, T, D) | $x_1,\dots,x_T$ | 默认 (T, B, D)，`batch_first=True` 时 (B, T, D) |
# | 门的次序，LSTM | i, f, c, o，按列拼 | – | i, f, g, o，按行拼 |
# | 门的次序，GRU | z, r, h | – | r, z, n |
#
# 对 `SimpleRNN` 和 LSTM，换算是一句话：PyTorch 的权重转置之后就是 Keras 的，两个偏置相加（LSTM 的 g 就是 c，次序相同）。GRU 不行，门要换次序，两个偏置不能相加，[第 07 章](07_gru.ipynb)自己写出换算，并测得只转置会差 1.19<!-- claim 07_gru/only_transposed -->。先用 `Dense` 核对写法。

# %%
x_row = np.array([[1.0, -2.0, 0.5]])  # one sample, D = 3
W_torch = rng.normal(size=(2, 3))  # PyTorch and papers: (H, D)
by_torch = x_row @ W_torch.T

layer = layers.Dense(2, use_bias=False)
layer.build((None, 3))
layer.set_weights([W_torch.T])  # Keras: (D, H)
gap = np.abs(ops.convert_to_numpy(layer(x_row)) - by_torch).max()
claim("notation_vs_keras", gap, at_most=1e-6)

# %% [markdown]
# 差不到 $10^{-6}$。为什么不是 0？下一节回答。完整的符号表在[术语表](C_glossary.md)里。

# %% [markdown]
# <a id="cell-id=0-7"></a>
# ## 0.7 float32 与容差
#
# 计算机里的小数位数有限，每次运算都四舍五入，产生**舍入误差 (rounding error)**。NumPy 默认用 64 位 (float64)，约 16 位有效数字；Keras 默认用 32 位 (float32)，约 7 位。

# %%
print(0.1 + 0.2 == 0.3)  # float64
print(int(np.float32(16_777_216) + np.float32(1)))  # 2 ** 24 + 1
print(np.finfo("float32").eps, np.finfo("float64").eps)

# %% [markdown]
# 第一行是 `False`，0.1 和 0.2 都存不准。第二行加 1 之后没有变，float32 在 $2^{24}$ 之后连整数都数不清。第三行是 1 附近相邻两个数的间隔，约 $1.2\times10^{-7}$ 和 $2.2\times10^{-16}$。加法的次序也会改变结果：

# %%
big, one = np.float32(1e8), np.float32(1)
print((big + one) - big, (big - big) + one)

# %% [markdown]
# 数学上两个都是 1，实际一个是 0，一个是 1。换一台计算机、换一个后端，求和的次序就可能不同，所以比较两个浮点结果不能用 `==`，要用**容差 (tolerance)**：差的绝对值小于某个界限就算相等。界限取多大？让同一个循环网络分别用两种精度算，量它们差多少。下面的代码现在不必读懂，看图就够。`rnn_scan` 是[第 02 章](02_rnn_forward.ipynb)要写的循环；循环矩阵取正交的，也就是 $UU^\top=I$，乘上它不改变向量的长度。

# %%
from rnnbook.cells import rnn_scan

def rounding(units, steps, seed, flip=False):
    """Largest gap so far between float32 and float64 states."""
    rng = np.random.default_rng(seed)
    xs = rng.normal(size=(1, steps, 8))
    W = rng.normal(size=(8, units)) / np.sqrt(8)
    U = np.linalg.qr(rng.normal(size=(units, units)))[0]
    args = xs, np.zeros((1, units)), W, U, np.zeros(units)
    exact, _ = rnn_scan(*args)
    low = [a.astype("float32") for a in args]
    low[3] = low[3].T if flip else low[3]  # a bug, on purpose
    gap = np.abs(rnn_scan(*low)[0] - exact).max(axis=(0, 2))
    return np.maximum.accumulate(gap)


# %% name="rounding"
fig, ax = plt.subplots()
for units in (4, 16, 256):
    worst = np.max([rounding(units, 100, s) for s in range(5)], axis=0)
    ax.plot(range(1, 101), worst, label=f"{units} units")
ax.axhline(1e-6, color=GREY, linestyle="--", label="tolerance 1e-6")
ax.set(yscale="log", xlabel="time step", ylabel="max |float32 - float64|",
       title="float32 rounding stays below 1e-6 (worst of 5 seeds)")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %%
small = max(rounding(16, 20, seed).max() for seed in range(5))
claim("float32_gap", small, at_least=1e-9, at_most=1e-6)
claim("bug_gap", rounding(16, 20, 0, flip=True).max(), at_least=1.55)

# %% [markdown]
# 16 个单元走 20 步，五个种子里最差的差 3.0e-07<!-- claim float32_gap -->，在 $10^{-6}$ 以内。图里单元越多差得越大，256 个单元已经离界限不远。而一个真正的错误（循环矩阵多转置了一次）会差 1.6<!-- claim bug_gap -->。舍入误差和真正的错误之间隔着好几个数量级，容差放在中间就能把两者分开。本书的约定：16 个单元、20 步以内用 $10^{-6}$，更大或更长用 $10^{-5}$，float64 用 $10^{-12}$。

# %% [markdown]
# <a id="cell-id=0-8"></a>
# ## 0.8 随机种子与离散程度
#
# 权重的初值是随机的，批的次序也是随机的。**随机种子 (random seed)** 决定这串随机数，种子相同，结果就相同。用一个小任务来看。网络读 5 个数，说出它们的平均值；400 个样本里留出 80 个不参加训练，只用来打分，叫**验证集 (validation set)**。先定一个比较的起点（[第 01 章](01_sequences.ipynb)叫它**基线**）：永远回答 0，MSE 是多少？[−1, 1] 上均匀随机数的方差是 $\frac13$，5 个的平均值的方差是 $\frac13\cdot\frac15=\frac1{15}\approx0.067$。下面先在这 400 个样本上量一量，再训练 8 轮；一轮 (epoch) 就是把训练样本全部用一遍。

# %%
rng = np.random.default_rng(0)  # the data: the same for every run
xs = rng.uniform(-1, 1, size=(400, 5, 1)).astype("float32")
ys = xs.mean(axis=1)
print(xs.shape, ys.shape, "answering 0 costs", round(np.mean(ys**2), 3))

# %%
def train_once(seed):
    """Train on 320 samples, validate on 80; return model and losses."""
    if seed is not None:
        keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((5, 1)),
        layers.SimpleRNN(8, unroll=True),
        layers.Dense(1),
    ])
    optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    model.compile(optimizer, loss="mse")
    history = model.fit(xs, ys, validation_split=0.2, epochs=8,
                        batch_size=32, verbose=0)
    return model, np.array(history.history["val_loss"])


# %% tags=["training"]
model, first = train_once(seed=0)
_, again = train_once(seed=0)
print(first[-1], again[-1])
claim("same_seed_gap", np.abs(first - again).max(), at_most=0)

# %% [markdown]
# 400 个样本上实测的基线与算出的 $\frac1{15}$ 只差抽样的误差。种子相同，8 轮的验证损失每一位都相同，差正好是 0。这是在同一台机器、同样的软件版本上；换了处理器，求和的次序不同，训练得久了末几位、甚至前几位也会不同，所以本书对训练结果只断言范围。换种子呢？

# %% tags=["training"]
curves = np.array([first] + [train_once(seed)[1] for seed in range(1, 5)])
final = curves[:, -1]
claim("other_seed_gap", abs(final[1] - final[0]), at_least=1e-7)
ratio = final.max() / final.min()
claim("worst_to_best", ratio, at_least=1.01)
claim("worst_loss", final.max(), at_most=0.0039)

# %% name="seeds" tags=["training"]
fig, ax = plt.subplots()
epochs = range(1, 9)
ax.plot(epochs, curves.T, color=GREY, linewidth=1)
ax.plot(epochs, curves.mean(axis=0), color=BLUE, label="mean of 5 seeds")
ax.fill_between(epochs, curves.min(axis=0), curves.max(axis=0),
                color=BLUE, alpha=0.15, label="smallest to largest")
ax.axhline(1 / 15, color="black", linestyle="--", label="always answer 0")
ax.set(yscale="log", xlabel="epoch", ylabel="validation MSE",
       title=f"Only the seed differs: worst / best = {ratio:.1f}")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# 五条灰线用的是同样的网络、同样的数据、同样的轮数，只有种子不同。最差的一次，最后一轮的损失是最好的一次的 2.6 倍<!-- claim worst_to_best -->；五次最后都远低于基线 0.067。把几次结果写成“平均值 ± 样本标准差”，后面那个数本书叫**离散程度 (spread)**，记作 $s$：

# %% tags=["training"]
mean, sd = final.mean(), final.std(ddof=1)  # n - 1: a sample of seeds
print(f"{mean:.5f} ± {sd:.5f} over {len(final)} seeds")
claim("seed_mean", mean, at_most=0.0025)
claim("seed_sd", sd, at_least=1e-4, at_most=0.0012)

# %% [markdown]
# 测得 0.0006<!-- claim seed_mean --> ± 0.0002<!-- claim seed_sd -->（5 个种子）。
#
# ### 差多少才算差别
#
# 比较两个模型，各用 $n$ 个种子，离散程度都约是 $s$。平均值比单独一次稳，它自己的标准差是 $s/\sqrt n$；两个平均值之差的标准差是 $s\sqrt{2/n}$，叫差的**标准误 (standard error)**。一个够用的规则，差别大于 $2s\sqrt{2/n}$ 才当真，并写出 $n$。为什么不直接和 $s$ 比？让两个完全一样的模型比十万次，看两条规则各误报多少次：

# %%
rng = np.random.default_rng(1)
for n, by_s, by_error in [
        (3, (0.2875, 0.0018), (0.116, 0.0025)),
        (5, (0.152, 0.0014), (0.0808, 0.0013)),
        (20, (0.003, 0.0005), (0.0526, 0.0025))]:
    one, two = rng.normal(size=(2, 100_000, n))  # two equal models
    gap = np.abs(one.mean(axis=1) - two.mean(axis=1))
    s = np.sqrt((one.var(axis=1, ddof=1) + two.var(axis=1, ddof=1)) / 2)
    alarms = (gap > s).mean(), (gap > 2 * s * np.sqrt(2 / n)).mean()
    claim(f"false_s_{n}", alarms[0], close_to=by_s[0], tol=by_s[1])
    claim(f"false_error_{n}", alarms[1], close_to=by_error[0],
          tol=by_error[1])

# %% [markdown]
# 只比 $s$，3 个种子时误报 29%<!-- claim false_s_3 -->，5 个时 15%<!-- claim false_s_5 -->；20 个种子时又严得过分，误报 0.3%<!-- claim false_s_20 -->，很小但真实的差别也被它放过。用 $2s\sqrt{2/n}$，误报是 12%<!-- claim false_error_3 -->、8%<!-- claim false_error_5 -->、5%<!-- claim false_error_20 -->。种子少的时候，任何规则都要打折扣看。

# %% [markdown]
# ## 小结
#
# - 你**检查**了环境，自检全部 ✔；✘ 后面写着怎么办。
# - 你能**写出**形状 (batch, time, feature)，并认得三种不报错的错误：批和时间换位、用 `reshape` 换轴、(N,) 与 (N, 1) 的广播。
# - 你能**重复**一次训练。同一台机器、同一个种子，损失每一位都相同；换种子要报告平均值 ± 离散程度和种子数，差别要和 $2s\sqrt{2/n}$ 比。
#
# | 量 | 公式 | 形状或数值 |
# |---|---|---|
# | 一批序列 | $x$ | (B, T, D) |
# | 独热、嵌入 | $\mathrm{onehot}(\mathrm{id})\,M$ = 查表 `M[id]`，表 $M$ 的形状是 (V, E) | (B, T, V) → (B, T, E) |
# | 全连接层 | $xW+b$，只看最后一个轴 | (…, D) → (…, H)，参数 $DH+H$ |
# | 记号换算（GRU 除外） | $W_{\text{Keras}}=W_{\text{paper}}^\top=W_{\text{PyTorch}}^\top$ | (D, H) = (H, D)ᵀ |
# | 广播的假误差 | $\frac1{N^2}\sum_{i,j}(y_i-y_j)^2=2\,\mathrm{Var}(y)$ | 预测全对时也不是 0 |
# | 离散程度 | $s=\sqrt{\frac1{n-1}\sum_k(\ell_k-\bar\ell)^2}$ | $n$ 个种子的样本标准差 |
# | 差的标准误 | $s\sqrt{2/n}$ | 每边 $n$ 个种子 |

# %% [markdown]
# ## 常见误解

# %% [markdown]
# ### E46 照着几年前的安装步骤就能装好
#
# 一份流传的讲义写的是安装 “Ananaconda”、`python=3.8`、`cudatoolkit=11.1 -c pytorch`。软件的名字是 Anaconda；Python 3.8 在 2024 年 10 月停止维护；`pytorch` 这个 conda 频道在 2.5 版之后不再发布。光是 Python 3.8 这一条，本书的依赖就装不上：

# %%
for name in ("keras", "numpy", "pandas", "matplotlib"):
    oldest = metadata.metadata(name)["Requires-Python"].lstrip(">=")
    print(name, judge_version("Python", "3.8.20", oldest).ok)

# %% [markdown]
# 改好的步骤只有一条命令 `make lab`，没有 CUDA 版本号要记；在 Windows 上是 `py -3.12 lib\bookbuild lab`。习惯用 conda 的读者，先 `conda create -n rnnbook python=3.12`，激活之后 `python -m pip install -r requirements.txt`，再 `jupyter lab chapters`。

# %% [markdown]
# ### E49 列出模型和训练循环，就是“完整代码”
#
# 五份讲义里有四份列出了训练代码。没有一份设了随机种子、裁剪了梯度或保存了模型；选了设备、留了验证集的只有一份。一份完整的训练代码要有六样东西，[0.8 节](#cell-id=0-8)的 `train_once` 里已经有前三样，后三样在下面一格：
#
# | 要有 | 这里 | 没有会怎样 |
# |---|---|---|
# | 种子 | `set_random_seed(seed)` | 不能重复 |
# | 验证集 | `validation_split=0.2` | 网络只是背下了训练样本也不知道 |
# | **梯度裁剪 (gradient clipping)** | `global_clipnorm=1.0`，给梯度的长度设上限 | 一步极大的梯度可能毁掉训练（[第 04 章](04_vanishing_gradients.ipynb)） |
# | 设备 | Keras 自动选，打印出来 | 以为在用 GPU，其实没有 |
# | 保存的模型 | `model.save("….keras")` | 关掉窗口，一切重来 |
# | 预期的数 | `claim("worst_loss", …)` | 不知道 0.5 是正常还是坏了 |

# %% tags=["training"]
print("devices:", keras.distribution.list_devices())
with tempfile.TemporaryDirectory() as folder:
    model.save(f"{folder}/mean.keras")
    loaded = keras.saving.load_model(f"{folder}/mean.keras")
gap = np.abs(model(xs[:5]) - loaded(xs[:5])).max()
claim("reloaded_gap", gap, at_most=1e-6)

# %% [markdown]
# ### E60 “Keras 建立在 TensorFlow 之上”
#
# Keras 2.4 到 2.15 只能用 TensorFlow，更早的和现在的都不是。Keras 3 自己不含计算，它把运算交给一个**后端 (backend)**，可以是 TensorFlow、JAX 或 PyTorch；另有两个只能推理、不能训练的，NumPy 和 OpenVINO。本书用 TensorFlow。看安装包的依赖，箭头的方向正好相反：

# %%
needs = {name: " ".join(metadata.requires(name) or ())
         for name in ("keras", "tensorflow")}
print("backend:", keras.backend.backend())
print("keras needs tensorflow:", "tensorflow" in needs["keras"])
print("tensorflow needs keras:", "keras" in needs["tensorflow"])

# %% [markdown]
# 用 `keras.ops` 写的代码，换后端不用改一个字，只要在启动内核之前设环境变量，例如 `KERAS_BACKEND=jax`。

# %% [markdown]
# ### E67 “换成 Keras 只要改几个名字”
#
# 几份讲义的代码都是 PyTorch，本书用 Keras 重写。名字之外，默认值也不同。带 ⚠ 的几行，照搬的那一行自己不会报错：
#
# | PyTorch | Keras 3 | 注意 |
# |---|---|---|
# | `nn.RNN`、`nn.LSTM` 的初值 | 输入权重 Glorot，循环权重正交 | ⚠ PyTorch 全部（连偏置）取 $(-1/\sqrt H,1/\sqrt H)$ 上的均匀分布（[第 05 章](05_training_rnns.ipynb)） |
# | `nn.RNN(E, H, batch_first=True)` | `layers.SimpleRNN(H, return_sequences=True, return_state=True)` | ⚠ 不写 `batch_first` 时轴的次序不同；PyTorch 多一个偏置 |
# | `_, h = rnn(x); h = h.squeeze(0)` | `layers.SimpleRNN(H)(x)` | ⚠ `h` 的形状是 (层数×方向, B, H)，两层时 `squeeze` 不起作用 |
# | `nn.CrossEntropyLoss()` | `SparseCategoricalCrossentropy(from_logits=True)` | ⚠ Keras 默认 `from_logits=False`；序列的分数 Keras 用 (B, T, C)，PyTorch 要 (B, C, T) |
# | `clip_grad_norm_(…, 1.0)` | 优化器的 `global_clipnorm=1.0` | ⚠ `clipnorm` 是逐个变量裁剪，不是同一件事 |
# | `nn.Linear(H, C)` | `layers.Dense(C)` | 权重互为转置 |
# | `model.train()` / `model.eval()` | `fit` / `predict` 自动切换 | |
# | `h.detach()` | `stateful=True`，梯度只在一批之内传 | [第 03 章](03_bptt.ipynb) |
#
# 试两个 ⚠。先看 Keras 的循环权重是不是正交的，最大的一个有没有超出 PyTorch 的范围。再看 `from_logits`：logits 是还没有变成概率的分数，取指数、除以总和才是概率（softmax）；交叉熵是正确那一类的概率取对数再变号。三类的分数是 (2, 1, 0)，正确的是第 0 类；再把三个分数都加 10，交叉熵应当不变。

# %%
keras.utils.set_random_seed(0)
rnn = layers.SimpleRNN(64)
rnn.build((None, 5, 8))
kernel, U, bias = rnn.get_weights()
claim("orthogonal_error", np.abs(U @ U.T - np.eye(64)).max(), at_most=1e-5)
claim("keras_over_torch", np.abs(U).max() / (1 / np.sqrt(64)), at_least=3)

# %%
target = np.array([0])
scores = np.array([[2.0, 1.0, 0.0]])
cross_entropy = keras.losses.SparseCategoricalCrossentropy
for shift in (0, 10):
    good = float(cross_entropy(from_logits=True)(target, scores + shift))
    bad = float(cross_entropy()(target, scores + shift))
    claim(f"right_{shift}", good, close_to=0.408, tol=1e-3)
    claim(f"forgotten_{shift}", bad, close_to={0: 0.693, 10: 1.099}[shift],
          tol=1e-3)
stuck = np.array([[99.0, 11.0, 10.0]])
still = float(cross_entropy()(target, stuck))
claim("forgotten_99", still, close_to=1.099, tol=1e-3)

# %% [markdown]
# 64 个单元时，Keras 的循环权重里最大的是 PyTorch 上界的 3.7<!-- claim keras_over_torch --> 倍。写了 `from_logits=True`，两次都是 0.408<!-- claim right_10 -->。忘了写，Keras 就把分数当成概率。TensorFlow 后端把大于 1 的截成 1 再归一，第一次是 0.693<!-- claim forgotten_0 -->，第二次三个都成了 1，损失是 $\ln3$，即 1.099<!-- claim forgotten_10 -->。把正确类的分数提到 99，损失还是 1.099<!-- claim forgotten_99 -->。三个分数都大于 1 时，损失不动，梯度是 0，训练静静地停在原地。

# %% [markdown]
# ## 练习
#
# 每题先自己写，再运行下面的 `check`。卡住了就运行 `hint("题目")`。

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 独热之后的形状
#
# 一批 32 句话，每句 20 个字，词表有 5000 种字，做成独热编码。形状是什么？写成元组。
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-1)<!-- twin -->

# %%
one_hot_shape = ...
check("setup.one_hot_shape", one_hot_shape)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ Dense 的参数量
#
# 输入的形状是 (32, 20, 50)，接 `layers.Dense(7)`。它有多少个参数？
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-2)<!-- twin -->

# %%
dense_params = ...
check("setup.dense_params", dense_params)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 按天切开
#
# 另一台记录仪的表是 (传感器, 小时)，小时数是 24 的整数倍。写一个函数，把它变成 (天, 24, 传感器)。
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def to_days(table):
    ...


check("setup.to_days", to_days)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 骗不了的均方误差
#
# 写一个 `safe_mse(y, prediction)`。两边各自可能是 (N,) 或 (N, 1)，结果都应当是同一个正确的均方误差。
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def safe_mse(y, prediction):
    ...


check("setup.safe_mse", safe_mse)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 平均值与离散程度
#
# 几个种子的最终损失放在数组 `losses` 里。返回平均值和样本标准差。
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def spread(losses):
    ...


check("setup.spread", spread)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 把 PyTorch 的权重搬进 Keras
#
# 给你 `nn.RNN(2, 3)` 的四个数组：`W_ih` (3, 2)、`W_hh` (3, 3)、`b_ih` (3,)、`b_hh` (3,)。返回 Keras `SimpleRNN(3)` 的三个数组：`kernel`、`recurrent_kernel`、`bias`。
#
# [解答](solutions/00_setup.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def to_keras(W_ih, W_hh, b_ih, b_hh):
    ...


check("setup.to_keras", to_keras)

# %% [markdown]
# ## 延伸阅读
#
# - C. R. Harris 等，“Array programming with NumPy”，*Nature* 585，2020，[doi:10.1038/s41586-020-2649-2](https://doi.org/10.1038/s41586-020-2649-2)：广播和索引的规则，图 1 一页讲完。
# - D. Goldberg，“What Every Computer Scientist Should Know About Floating-Point Arithmetic”，*ACM Computing Surveys* 23(1)，1991，[doi:10.1145/103162.103163](https://doi.org/10.1145/103162.103163)：0.1 + 0.2 为什么不是 0.3，容差为什么必要。
# - N. Reimers、I. Gurevych，“Reporting Score Distributions Makes a Difference: Performance Study of LSTM-networks for Sequence Tagging”，EMNLP 2017，[arXiv:1707.09861](https://arxiv.org/abs/1707.09861)：只换随机种子，LSTM 的名次就会变；为什么要报告离散程度。
# - “Deprecating PyTorch's official Anaconda channel”，[pytorch/pytorch#138506](https://github.com/pytorch/pytorch/issues/138506)：E46 里那个频道停止发布的公告。
#
# [目录](index.md) · [解答](solutions/00_setup.ipynb) · [01 序列数据与基线 →](01_sequences.ipynb)<!-- nav -->
