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
# # 第 00 章 环境与形状：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/00_setup.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/00_setup.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/00_setup.ipynb)<!-- badges -->
#
# [目录](../index.md) · [正文](../00_setup.ipynb) · [01 序列数据与基线 →](01_sequences.ipynb)<!-- nav -->
#
# 先自己做，再来对照。每题先讲想法，再给代码；`check` 都应当显示 ✔。回到[正文](../00_setup.ipynb)。

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
from keras import layers

from rnnbook import check

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 独热之后的形状
#
# 先写编号的形状：32 个样本，每个 20 步，所以是 (32, 20)。独热编码把每个编号换成一个长 5000 的向量，也就是在**最后**加一个特征轴：(32, 20, 5000)。不占内存地验证一下：只做前两句、词表缩到 7，形状的规律一样。
#
# [题目](../00_setup.ipynb#cell-id=ex-1)<!-- twin -->

# %%
one_hot_shape = (32, 20, 5000)
check("setup.one_hot_shape", one_hot_shape)
print(np.eye(7)[np.zeros((2, 20), int)].shape)

# %% [markdown]
# 顺便算一笔账：32×20×5000 个 float32 占 12.8 MB，而 32 位的编号只占 2.6 kB。这就是为什么实际中用嵌入层查表，不真的做独热。

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ Dense 的参数量
#
# `Dense` 只看最后一个轴：输入 50 个特征，输出 7 个单元，权重 50×7 = 350 个，再加 7 个偏置，一共 357 个。32 和 20 都不进入算式，因为每个样本、每一步用的是同一组权重。让 Keras 自己数一遍：
#
# [题目](../00_setup.ipynb#cell-id=ex-2)<!-- twin -->

# %%
dense = layers.Dense(7)
dense.build((32, 20, 50))
dense_params = 50 * 7 + 7
print(dense.count_params() == dense_params)
check("setup.dense_params", dense_params)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 按天切开
#
# 表是 (传感器, 小时)。目标的最后一个轴是传感器，所以要**换轴**：先转置成 (小时, 传感器)，再把小时断成 (天, 24)。断行时次序没有变，可以用 `reshape`；换轴必须用 `transpose`。
#
# [题目](../00_setup.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def to_days(table):
    sensors = len(table)
    return table.T.reshape(-1, 24, sensors)


check("setup.to_days", to_days)

# %% [markdown]
# 另一种写法：先断行 `table.reshape(sensors, -1, 24)` 得到 (传感器, 天, 24)，再 `transpose(1, 2, 0)`。两种都对，因为每一步的次序都说得清。直接写 `table.reshape(-1, 24, sensors)` 形状也对，数却是乱的。

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 骗不了的均方误差
#
# 问题出在 (N,) 与 (N, 1) 相减会广播成 (N, N)。相减之前把两边都拉成 (N,)，再用断言防住长度不同的情形。
#
# [题目](../00_setup.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def safe_mse(y, prediction):
    y, prediction = np.reshape(y, -1), np.reshape(prediction, -1)
    assert y.shape == prediction.shape
    return np.mean((y - prediction) ** 2)


check("setup.safe_mse", safe_mse)

# %% [markdown]
# 断言不是多余的：没有它，(N,) 与 (1,) 仍然会广播，把一个预测和所有真实值比。

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 平均值与离散程度
#
# 5 个种子是从无数个种子里抽出来的样本，样本标准差的分母是 $n-1$：因为平均值也是用这 5 个数算的，偏差平方和偏小，除以 $n$ 会把离散程度说小。`np.std` 默认除以 $n$，要写 `ddof=1`。
#
# [题目](../00_setup.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def spread(losses):
    return np.mean(losses), np.std(losses, ddof=1)


check("setup.spread", spread)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 把 PyTorch 的权重搬进 Keras
#
# 把两个算式上下对齐：
#
# $$\text{PyTorch：}\ h_t=\tanh(x_t W_{ih}^\top+b_{ih}+h_{t-1}W_{hh}^\top+b_{hh})$$
#
# $$\text{Keras：}\ h_t=\tanh(x_t W+h_{t-1}U+b)$$
#
# 逐项对照：$W=W_{ih}^\top$，$U=W_{hh}^\top$，$b=b_{ih}+b_{hh}$。最容易忘的是 $U$ 的转置：它是方阵，忘了也不会报错。
#
# [题目](../00_setup.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def to_keras(W_ih, W_hh, b_ih, b_hh):
    return W_ih.T, W_hh.T, b_ih + b_hh


check("setup.to_keras", to_keras)

# %% [markdown]
# 再用数验证：按 PyTorch 的算式手算两步，与装上这些权重的 `SimpleRNN` 比。

# %%
rng = np.random.default_rng(0)
W_ih, W_hh = rng.normal(size=(3, 2)), rng.normal(size=(3, 3))
b_ih, b_hh = rng.normal(size=3), rng.normal(size=3)
x = rng.normal(size=(4, 2, 2))  # 4 samples, 2 steps, 2 features
h = np.zeros((4, 3))
for t in range(2):
    h = np.tanh(x[:, t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)

# %%
rnn = layers.SimpleRNN(3)
rnn.build(x.shape)
rnn.set_weights(to_keras(W_ih, W_hh, b_ih, b_hh))
assert np.abs(rnn(x) - h).max() < 1e-6
print("same network")
