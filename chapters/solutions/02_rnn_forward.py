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
# # 第 02 章 循环神经网络：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/02_rnn_forward.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/02_rnn_forward.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/02_rnn_forward.ipynb)<!-- badges -->
#
# [← 01 序列数据与基线](01_sequences.ipynb) · [目录](../index.md) · [正文](../02_rnn_forward.ipynb) · [03 随时间反向传播 →](03_bptt.ipynb)<!-- nav -->
#
# 先自己做，再看这里。每题先讲思路，再给一种写法，最后用同一个检查器验证。

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
import numpy as np
from keras import layers

from rnnbook import check
from rnnbook.cells import rnn_scan, rnn_step

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 思路：三项分别算。$x_3W=(-1\times0.5+0.5\times1,\;-1\times(-1),\;0.5\times(-0.5))=(0,\,1,\,-0.25)$。$h_2=(0.925,\,0.263,\,-0.795)$，所以 $h_2U=(0.925\times0.5+0.795,\;0.263\times0.5,\;0.263-0.795\times0.5)=(1.258,\,0.131,\,-0.135)$。加上 $b=(0,\,0.5,\,0)$ 得 $a_3=(1.258,\,1.631,\,-0.385)$，再取 $\tanh$。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-1)<!-- twin -->

# %%
W = np.array([[0.5, -1.0, 0.0], [1.0, 0.0, -0.5]])
U = np.array([[0.5, 0.0, 0.0], [0.0, 0.5, 1.0], [-1.0, 0.0, 0.5]])
b = np.array([0.0, 0.5, 0.0])
h = np.zeros((1, 3))
for x in ([[1.0, 0.5]], [[0.0, 1.0]], [[-1.0, 0.5]]):
    h = rnn_step(np.array(x), h, W, U, b)
h3 = h
print(h3.round(3))

# %%
check("rnn_forward.hand_step", h3)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 思路：数三个形状。$W$ 是 (features, units)，$U$ 是 (units, units)，$b$ 是 (units,)。序列长度不出现，因为每一步用的是同一组。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units):
    return features * units + units * units + units


print(param_count(8, 16))

# %%
check("rnn_forward.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 猜形状
#
# 思路：从左往右走，每一层只问两件事：时间轴还在不在？最后一维是几？d 里第一层留下时间轴，第二层没有写 `return_sequences`，把时间轴收掉，`Dense(3)` 再把最后一维变成 3。猜完以后可以让 Keras 来核对。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-3)<!-- twin -->

# %%
shapes = {"a": (4, 16), "b": (4, 7, 16), "c": [(4, 16), (4, 16)], "d": (4, 3)}

# %%
x = np.zeros((4, 7, 5), "float32")
print("a", layers.SimpleRNN(16)(x).shape)
print("b", layers.SimpleRNN(16, return_sequences=True)(x).shape)
print("c", [tuple(r.shape) for r in
            layers.SimpleRNN(16, return_state=True)(x)])
d = keras.Sequential([layers.SimpleRNN(16, return_sequences=True),
                      layers.SimpleRNN(6), layers.Dense(3)])
print("d", d(x).shape)

# %%
check("rnn_forward.shapes", shapes)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 自己写 scan
#
# 思路：循环走第 1 轴（时间），不是第 0 轴（批）；每一步把**新的** `h` 交给下一步；先走一步再存；最后沿第 1 轴叠起来。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def scan(xs, h0, W, U, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ W + h @ U + b)
        states.append(h)
    return np.stack(states, axis=1), h

# %%
check("rnn_forward.scan", scan)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ Jordan 网络走一步
#
# 思路：和 `rnn_step` 只差一处，送回来的是 $y_{t-1}$，不是 $h_{t-1}$。所以 $U$ 的形状是 (O, H)。隐藏状态算完就扔，网络的记忆只有 O 个数那么大。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def jordan_step(x, y, W, U, b, V, c):
    h = np.tanh(x @ W + y @ U + b)
    return h @ V + c

# %%
check("rnn_forward.jordan_step", jordan_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 证明批量版是对的
#
# 思路：同一件事用两条路算，再比较。取 `xs[i:i + 1]` 而不是 `xs[i]`，批这一维才留得住；`h0` 也要取对应的一行。比的是**所有样本、所有步**，先取绝对值再取最大：平均会把一个大错误摊薄，不取绝对值会漏掉负的误差。
#
# [题目](../02_rnn_forward.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def batch_gap(scan, xs, h0, W, U, b):
    whole, _ = scan(xs, h0, W, U, b)
    single = [scan(xs[i:i + 1], h0[i:i + 1], W, U, b)[0]
              for i in range(len(xs))]
    return np.abs(whole - np.concatenate(single)).max()

# %%
check("rnn_forward.batch_gap", batch_gap)

# %% [markdown]
# 为什么这样的测量值得写？比如从状态里减去整批的平均值（归一化时写错了轴）：形状全对，也不报错，批里别的样本却混了进来；单独算一个样本时结果全是 0，一比就露馅。

# %%
def leaky_scan(xs, h0, W, U, b):
    states, last = rnn_scan(xs, h0, W, U, b)
    return states - states.mean(axis=0, keepdims=True), last


rng = np.random.default_rng(0)
example = [rng.standard_normal(shape) for shape in
           ((4, 6, 3), (4, 5), (3, 5), (5, 5), (5,))]
assert batch_gap(rnn_scan, *example) < 1e-12
assert batch_gap(leaky_scan, *example) > 0.1
