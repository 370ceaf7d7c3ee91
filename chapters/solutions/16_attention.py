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
# # 第 16 章 注意力机制：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/16_attention.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/16_attention.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/16_attention.ipynb)<!-- badges -->
#
# [← 15 编码器-解码器](15_seq2seq.ipynb) · [目录](../index.md) · [正文](../16_attention.ipynb)<!-- nav -->
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
import numpy as np
from keras import layers

from rnnbook import check

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 手算一次
#
# 思路：$\exp(0)=1$，$\exp(\ln 3)=3$，和是 4，所以权重是 1/4 和 3/4。上下文 $4\cdot\frac14+8\cdot\frac34=1+6=7$，在 4 和 8 之间，靠近分数大的那个。
#
# [题目](../16_attention.ipynb#cell-id=ex-1)<!-- twin -->

# %%
context_value = np.array([1, 3]) / 4 @ np.array([4, 8])
print(context_value)

# %%
check("attention.by_hand", context_value)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 思路：dot 直接做内积，一个也没有；general 有一个把查询变成键宽的矩阵；加性有两个矩阵，各自变成中间层的宽度，外加向量 $v$。用层的参数个数核对后两个。
#
# [题目](../16_attention.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def parameters(kind, query, key, hidden):
    if kind == "dot":
        return 0
    if kind == "general":
        return query * key
    return query * hidden + key * hidden + hidden


W, U, v = (layers.Dense(n, use_bias=False) for n in (7, 7, 1))
for layer, width in ((W, 6), (U, 5), (v, 7)):
    layer.build((None, width))
counted = sum(layer.count_params() for layer in (W, U, v))
print(parameters("additive", 6, 5, 7), counted)

# %%
check("attention.parameters", parameters)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 带掩码的权重
#
# 思路：四个坑。减去的最大值要在**真实**位置里取，否则填充的分数很大时，真实位置的指数全变成 0；填充的指数直接乘 0；归一化放在乘掩码之后；全是填充时，和是 0，直接返回零。
#
# [题目](../16_attention.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def padded_weights(scores, mask):
    if not mask.any():
        return np.zeros(len(scores))
    scores = np.where(mask, scores, scores[mask].min())
    e = np.exp(scores - scores.max()) * mask
    return e / e.sum()


print(padded_weights(np.array([1000.0, 999.0, 5000.0]),
                 np.array([True, True, False])).round(3))

# %%
check("attention.padded_weights", padded_weights)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ Luong 的一步
#
# 思路：查询 `h` 先乘 `W` 变成 D 维，与每个编码器状态做内积，得 (S,) 个分数；softmax；加权平均得上下文 (D,)；与 `h` 拼起来，乘 `Wc`，过 tanh。
#
# [题目](../16_attention.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def luong_step(h, memory, W, Wc):
    scores = memory @ (h @ W)
    e = np.exp(scores - scores.max())
    context = e / e.sum() @ memory
    return np.tanh(np.concatenate([context, h]) @ Wc)

# %%
check("attention.luong_step", luong_step)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 漏译的词
#
# 思路：每一**行**是一个输出，和总是 1，说明不了什么；每一**列**是一个输入，列的和是它一共被看了多少。Tu 等（2016，[arXiv:1601.04811](https://arxiv.org/abs/1601.04811)）把这个总和叫覆盖量 (coverage)，并且喂回给打分函数，减少漏译和重译；[16.6 节](../16_attention.ipynb#cell-id=16-6)在真的译文上量过它。
#
# [题目](../16_attention.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def unread(weights, least):
    return np.flatnonzero(weights.sum(axis=0) < least).tolist()

# %%
check("attention.unread", unread)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 因果的自注意力，两个头
#
# 思路：一个头的代码就是 [16.8 节](../16_attention.ipynb#cell-id=16-8)的 `self_attention(causal=True)`，宽度换成 D/2。两个头可以各看各的：一个看前一个词，另一个看句首。和 Keras 的 `MultiHeadAttention` 核对：它的 `query`、`key`、`value` 三个矩阵的形状是 (D, 头数, 头宽)，把我们的 (D, D) 按列切开就是；它最后还乘一个输出矩阵，这里给单位矩阵。
#
# [题目](../16_attention.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def two_heads(X, WQ, WK, WV):
    Q, K, V = X @ WQ, X @ WK, X @ WV
    half, outputs = X.shape[1] // 2, []
    for part in (slice(None, half), slice(half, None)):
        scores = Q[:, part] @ K[:, part].T / np.sqrt(half)
        scores = np.where(np.tri(len(X), dtype=bool), scores, -np.inf)
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        outputs.append(e / e.sum(axis=1, keepdims=True) @ V[:, part])
    return np.concatenate(outputs, axis=1)

# %%
rng = np.random.default_rng(0)
X = rng.normal(size=(5, 6)).astype("float32")
matrices = rng.normal(size=(3, 6, 6)).astype("float32")
layer = layers.MultiHeadAttention(2, 3, use_bias=False)
layer.build((1, 5, 6), (1, 5, 6))
layer.set_weights([*matrices.reshape(3, 6, 2, 3),
                   np.eye(6, dtype="float32").reshape(2, 3, 6)])
theirs = layer(X[None], X[None], use_causal_mask=True)
difference = np.abs(two_heads(X, *matrices) - np.asarray(theirs)[0]).max()
print("equal to Keras:", difference < 1e-5)
assert difference < 1e-5

# %%
check("attention.two_heads", two_heads)
