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
# # 第 16 章 注意力机制
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/16_attention.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/16_attention.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/16_attention.ipynb)<!-- badges -->
#
# [← 15 编码器-解码器](15_seq2seq.ipynb) · [目录](index.md) · [解答](solutions/16_attention.ipynb) · [A 常见误解 →](A_misconceptions.ipynb)<!-- nav -->
#
# 读完这一章，你会从三个向量手算出注意力，量出它在长输入上换来多少，让一个英译汉的模型翻译你写的句子，并且知道注意力图能说明什么、不能说明什么。
#
# | | |
# |---|---|
# | **你将会** | **算出**加性和乘性两种注意力，与 Keras 对到 $10^{-6}$；**衡量**它在长序列和真实翻译上的得失；**检验**“注意力权重就是解释”这句话 |
# | **你需要** | [第 09 章](09_masking.ipynb)的掩码，[第 15 章](15_seq2seq.ipynb)的编码器-解码器、贪心解码和 BLEU |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 86 s<!-- seconds --> |

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
import inspect

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import BLUE, GREEN, GREY, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# [第 15 章](15_seq2seq.ipynb)的编码器-解码器读 30 个随机字母，压成一个向量，再倒着写出来。训练同样的次数，其中一个加上这一章的注意力。两个模型写对的字母各占多大比例？（瞎猜是 1/26，约 4%。）
#
# 先写下两个猜测，[16.5 节](#cell-id=16-5)用测量来回答。

# %%
guess = None  # share of right letters, without and with, e.g. (0.8, 0.9)

# %% [markdown]
# <a id="cell-id=16-1"></a>
# ## 16.1 三个位置，一次回头看
#
# [第 15 章](15_seq2seq.ipynb)的解码器只拿到一个向量，就是编码器读完最后一步的状态。人翻译长句可以写到哪里，就回头看原文的哪里。**注意力 (attention)** 把“回头看”写成三步：打分，变成权重，加权平均。
#
# 先看最小的例子。原文有 3 个位置，每个位置有一个**键 (key)**，说明它“是什么”，和一个**值 (value)**，是取走的内容。解码器提出一个**查询 (query)**，说它在找什么。
#
# $$e_s=q\cdot k_s,\qquad a_s=\frac{\exp(e_s)}{\sum_j\exp(e_j)},\qquad c=\sum_s a_s v_s$$
#
# $e_s$ 叫**分数 (score)**，$a_s$ 叫**注意力权重 (attention weights)**，$c$ 就是这一步的上下文向量。[第 15 章](15_seq2seq.ipynb)每一步用同一个 $c$，现在每一步各有一个。

# %% name="by_hand"
query = np.array([1.0, 0.0])
keys = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
values = np.array([[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]])

scores = keys @ query
weights = np.exp(scores) / np.exp(scores).sum()
context = weights @ values
print("scores ", scores)
print("weights", weights.round(3))
print("context", context.round(2))
claim("hand_context", context[0], close_to=6.60, tol=0.01)

# %% [markdown]
# 第一个键与查询最像，得 1 分，分到 0.506 的权重；第三个像一半，0.307；第二个毫不相干，也还有 0.186。上下文是三个值的加权平均，第一个分量是 6.60<!-- claim hand_context -->。
#
# 三件事值得记住。权重永远为正，和为 1，所以上下文总在各个值之间。输入有几个位置都行，公式里没有长度。每一步都可导，打分不对，梯度会告诉它该往哪里看，不需要谁来标注“这个词对应那个词”。
#
# 分数的大小决定看得多专一。把分数乘上一个倍数：

# %% name="sharpness"
for factor in (0, 1, 4, 20):
    e = np.exp(factor * scores)
    print(f"scores x {factor:2d}:", (e / e.sum()).round(3))

# %% [markdown]
# 倍数为 0 是平均，20 就几乎只看一个位置。查字典是“找到那一条，取出来”，注意力是它的软化版本，每一条都取一点，多少由相似程度决定。

# %% [markdown]
# <a id="cell-id=16-2"></a>
# ## 16.2 两种打分
#
# 查询和键宽度不同就不能做内积，宽度相同，含义也未必对得上。两篇论文给出两种办法。
#
# **加性注意力 (additive attention)**（Bahdanau、Cho、Bengio，2015）各乘一个矩阵，相加，过 tanh，再与一个向量做内积。
#
# $$e_s=v\cdot\tanh(qW+k_sU)$$
#
# **乘性注意力 (multiplicative attention)**（Luong、Pham、Manning，2015，那里叫 general；不带 $W$ 的叫 dot）用一个矩阵把查询变成键的宽度，再做内积。
#
# $$e_s=(qW)\cdot k_s$$
#
# 先逐个位置写出来。查询宽 3，键宽 2，加性的中间层宽 4。

# %%
rng = np.random.default_rng(16)
q, K = rng.normal(size=3), rng.normal(size=(5, 2))
W, U, v = (rng.normal(size=s) for s in ((3, 4), (2, 4), 4))
W_general = rng.normal(size=(3, 2))

additive_loop = np.array([v @ np.tanh(q @ W + k @ U) for k in K])
general_loop = np.array([(q @ W_general) @ k for k in K])
print(additive_loop.round(2), general_loop.round(2), sep="\n")

# %% [markdown]
# 再写成整批，B 条序列，T 个查询，S 个键，一次得到 (B, T, S) 个分数。矩阵先乘好，函数里只剩打分本身。

# %%
def dot_scores(queries, keys):
    return ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))


def additive_scores(queries, keys, v):
    queries, keys, v = map(ops.convert_to_tensor, (queries, keys, v))
    return ops.sum(
        v * ops.tanh(queries[:, :, None, :] + keys[:, None, :, :]), axis=-1)


# %%
batch_additive = additive_scores((q @ W)[None, None], (K @ U)[None], v)
batch_general = dot_scores((q @ W_general)[None, None], K[None])
claim("additive_equals_loop", np.abs(
    np.asarray(batch_additive)[0, 0] - additive_loop).max(), at_most=1e-6)
claim("general_equals_loop", np.abs(
    np.asarray(batch_general)[0, 0] - general_loop).max(), at_most=1e-6)

# %% [markdown]
# 代价不同。查询宽记作 H，键宽记作 D，加性的中间层宽记作 U（是个数，不是公式里的矩阵 $U$）。乘性的是一次矩阵乘法；加性的要先摆出 (B, T, S, U) 个数，是分数的 U 倍。参数呢？dot 没有参数，general 有 $HD$ 个，加性有 $HU+DU+U$ 个。
# %% [markdown]
# <a id="cell-id=16-3"></a>
# ## 16.3 掩码：填充的位置一点也不给
#
# 一批里的句子长短不一，短的补零（[第 09 章](09_masking.ipynb)）。softmax 给每个位置正的权重，填充也不例外。看填充越来越多时，它们一共分走多少。5 个真实位置，分数是标准正态，填充的分数是 0。

# %% name="leak"
scores = np.random.default_rng(0).normal(size=(1000, 5))
for padding in (0, 5, 15, 45):
    padded = np.pad(scores, ((0, 0), (0, padding)))
    a = np.exp(padded) / np.exp(padded).sum(axis=1, keepdims=True)
    leak = a[:, 5:].sum(axis=1).mean()
    print(f"{padding:2d} padded positions take {leak:.0%} of the weight")
claim("leak_at_45", leak, close_to=0.852, tol=0.007)

# %% [markdown]
# 补了 45 个位置，85%<!-- claim leak_at_45 --> 的权重给了什么也没有的地方。更糟的是，同一句话和谁放在一批，决定了它补多少零，也就会改变它的译文。
#
# 修理的办法是填充的分数减去一个大数再做 softmax，然后乘上掩码，让它恰好是 0。

# %%
def masked_softmax(scores, mask):
    scores = ops.convert_to_tensor(scores)
    if mask is None:
        return ops.softmax(scores, axis=-1)
    mask = ops.cast(mask, scores.dtype)[:, None, :]
    scores = scores - 1e9 * (1 - mask)
    weights = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True)) * mask
    return weights / ops.maximum(
        ops.sum(weights, axis=-1, keepdims=True), 1e-9)


def attend(scores, values, mask=None):
    weights = masked_softmax(scores, mask)
    return ops.matmul(weights, values), weights

# %% [markdown]
# ### 与 Keras 核对
#
# `keras.layers.Attention` 和 `AdditiveAttention` 只做打分、掩码、softmax 和加权平均，**不带矩阵**：要 $W$、$U$，自己在前面放 `Dense`。Keras 的次序是 [查询, 值, 键]，值在键前面；`mask` 是 [查询的掩码, 值的掩码]，查询不用掩码就写 None。

# %% name="equal_keras"
rng = np.random.default_rng(1)
Q, K = (rng.normal(size=(2, t, 5)).astype("float32") for t in (3, 4))
V = rng.normal(size=(2, 4, 6)).astype("float32")
real = np.array([[True, True, False, False], [True, True, True, True]])

per_query = real[:, None]  # (2, 1, 4): Keras 3.8 needs it
theirs = layers.Attention()([Q, V, K], mask=[None, per_query])
own, _ = attend(dot_scores(Q, K), V, real)
claim("dot_equals_keras", np.abs(np.asarray(own) - theirs).max(),
      at_most=1e-6)

layer = layers.AdditiveAttention()
layer.build([Q.shape, V.shape, K.shape])
print("its only weight:", [tuple(w.shape) for w in layer.weights])
v = rng.normal(size=5).astype("float32")
layer.set_weights([v])
theirs = layer([Q, V, K], mask=[None, per_query])
own, _ = attend(additive_scores(Q, K, v), V, real)
claim("additive_equals_keras", np.abs(np.asarray(own) - theirs).max(),
      at_most=1e-6)
for shape, mask in (("(B, S)", real), ("(B, 1, S)", per_query)):
    causal = layers.Attention()([K, V, K], mask=[None, mask],
                                use_causal_mask=True)
    print(f"causal, mask {shape}:", tuple(causal.shape))

# %% [markdown]
# 两种形式都对上了，差不到 $10^{-6}$。Keras 的文档说 `use_scale` 建一个标量；在 `AdditiveAttention` 里它其实是向量，宽度与键相同，正是公式里的 $v$。没有矩阵，查询和键的宽度就必须相同。
#
# 值的掩码该写成什么形状？文档写的是 (B, S)，本书用的 Keras 3.15.1 照收，结果与 (B, 1, S) 相同；3.8 到 3.10 不打开 `use_causal_mask` 时不收 (B, S)，所以上面多写了一轴，各版都能跑。打开 `use_causal_mask` 就必须写 (B, S)，多一轴的不报错，却返回四个轴，如最后一行。

# %%
try:
    layers.Attention()([rng.normal(size=(2, 3, 7)), V, K])
except Exception as error:
    print(type(error).__name__)
to_width = layers.Dense(5, use_bias=False)  # the W of "general"
context = layers.Attention()([to_width(rng.normal(size=(2, 3, 7))), V, K])
print("with a Dense in front:", tuple(context.shape))

# %% [markdown]
# 再看掩码是不是真的起了作用：

# %% name="mask"
_, a = attend(dot_scores(Q, K), V, real)
a = np.asarray(a)
print(a[0].round(3))
claim("weight_of_padding", np.abs(a[0, :, 2:]).max(), at_most=0)
claim("rows_sum_to_one", np.abs(a.sum(axis=-1) - 1).max(), at_most=1e-6)
longer = [np.pad(m, ((0, 0), (0, 9), (0, 0))) for m in (K, V)]
c, _ = attend(dot_scores(Q, longer[0]), longer[1],
              np.pad(real, ((0, 0), (0, 9))))
short, _ = attend(dot_scores(Q, K), V, real)
claim("more_padding_changes", np.abs(np.asarray(c) - short).max(),
      at_most=1e-6)

# %% [markdown]
# 填充的权重恰好是 0<!-- claim weight_of_padding -->；每一行加起来是 1；再补 9 个位置，结果不变。
#
# 两个常见的错误做法，和一个边界情形（整行都是填充，比如批里的空句子）：

# %% name="wrong_masks"
score, keep = np.array([2.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0])
soft = np.exp(score) / np.exp(score).sum()
print("softmax, then mask: sums to", (soft * keep).sum().round(3))
with np.errstate(all="ignore"):
    e = np.exp(np.where([False] * 3, score, -np.inf))
    print("all masked with -inf:", e / e.sum())
nothing = np.zeros((1, 4), bool)
theirs = layers.Attention()([Q[:1], V[:1], K[:1]],
                            mask=[None, nothing[:, None]],
                            return_attention_scores=True)[1]
print("all masked, Keras:", np.asarray(theirs)[0, 0].round(2))
own = masked_softmax(dot_scores(Q[:1], K[:1]), nothing)
print("all masked, here: ", np.asarray(own)[0, 0])
claim("keras_all_masked", float(np.sum(theirs[0, 0])), close_to=1, tol=1e-5)
claim("own_all_masked", np.abs(np.asarray(own)).max(), at_most=0)

# %% [markdown]
# 先 softmax 再乘掩码，和不到 1，上下文偏小。整行都是 $-\infty$，0 除以 0 得 NaN，一个空句子毁掉整批的梯度。Keras 减去一个大数，不会 NaN，但把权重照样分给了填充；这里的写法给 0，上下文是零向量。三种行为都不报错，所以要知道你用的是哪一种。

# %% [markdown] tags=["optional"]
# <a id="cell-id=16-4"></a>
# ## 16.4 选读：先看再走，还是先走再看
#
# 两篇论文还有一处不同，常被混为一谈，查询是解码器哪一刻的状态？
#
# - Bahdanau **先看再走**。用上一步的状态 $h_{t-1}$ 去查，上下文 $c_t$ 和输入一起送进这一步。
# - Luong **先走再看**。先算出 $h_t$，用它去查，$c_t$ 与 $h_t$ 拼起来过一层 tanh，再去预测。
#
# $$\text{Bahdanau: } h_t=f([x_t,c_t],h_{t-1}),\ c_t=\mathrm{look}(h_{t-1})\qquad\text{Luong: } h_t=f(x_t,h_{t-1}),\ \tilde h_t=\tanh([c_t,h_t]W_c)$$
#
# $x_t$ 是这一步的输入，$f$ 是循环单元，$\mathrm{look}$ 是打分、softmax、加权平均三步；编码器的状态 `memory` 既作键又作值。用最小的循环网络各写一遍，打分都用内积；`Wc` 是公式里的 $W_c$，`Wm` 是 Bahdanau 那一边乘上下文的矩阵。

# %%
rng = np.random.default_rng(4)
xs, start = rng.normal(size=(6, 2)), np.zeros(3)
memory = rng.normal(size=(5, 3))  # states of the encoder
Wx, Wm, Uh, Wc = (rng.normal(size=s) / 2
                  for s in ((2, 3), (3, 3), (3, 3), (6, 3)))


def look(h, memory):
    e = np.exp(memory @ h)
    return (e / e.sum()) @ memory


def bahdanau(xs, h, memory):
    states = []
    for x in xs:
        c = look(h, memory)  # the state before the step asks
        h = np.tanh(x @ Wx + c @ Wm + h @ Uh)
        states.append(h)
    return np.array(states)


# %%
no_feeding = np.zeros((3, 3))


def luong(xs, h, memory, Wf=no_feeding):
    states, outputs = [], [np.zeros(3)]
    for x in xs:
        h = np.tanh(x @ Wx + h @ Uh + outputs[-1] @ Wf)
        c = look(h, memory)  # the state after the step asks
        states.append(h)
        outputs.append(np.tanh(np.concatenate([c, h]) @ Wc))
    return np.array(states), np.array(outputs[1:])

# %% [markdown]
# 怎样看出差别？照[第 08 章](08_deep_bidirectional.ipynb)的办法做实验，改动编码器的状态（起始状态 `start` 不动），看解码器的状态变不变。

# %% name="order"
other = memory + 1
moved = np.abs(bahdanau(xs, start, memory) - bahdanau(xs, start, other))
print("Bahdanau, states: ", moved.max(axis=1).round(2))
(states, outputs), (states2, outputs2) = (
    luong(xs, start, m) for m in (memory, other))
print("Luong, states:    ", np.abs(states - states2).max(axis=1).round(2))
print("Luong, outputs:   ", np.abs(outputs - outputs2).max(axis=1).round(2))
claim("bahdanau_states_move", moved.max(axis=1).min(), at_least=0.01)
claim("luong_states_move", np.abs(states - states2).max(), at_most=0)
Wf = rng.normal(size=(3, 3)) / 2  # input feeding
fed = np.abs(luong(xs, start, memory, Wf)[0]
             - luong(xs, start, other, Wf)[0]).max(axis=1)
print("input feeding:    ", fed.round(2))
claim("fed_first_state_moves", fed[0], at_most=0)
claim("fed_states_move", fed[1:].min(), at_least=0.01)

# %% [markdown]
# Luong 的状态一位不差（0<!-- claim luong_states_move -->）。输入给定时，解码器的循环不知道自己看过哪里；自己解码时，也只能从写出去又喂回来的那个词间接知道。Bahdanau 的每一步都知道。
#
# Luong 的论文为此另加了**输入馈送 (input feeding)**，把 $\tilde h_{t-1}$ 拼到下一步的输入里，也就是状态多一项 $\tilde h_{t-1}W_f$。最后一行就是它：第一步还没有 $\tilde h_0$，不变（0<!-- claim fed_first_state_moves -->）；从第二步起都变，循环知道了自己看过哪里。代价是每一步都要等上一步看完。
#
# 不带输入馈送的 Luong 不用等。训练时（教师强制，输入都给定）状态可以先一口气算完，再用几次矩阵乘法做完所有步的注意力：

# %%
c, _ = attend(dot_scores(states[None], memory[None]), memory[None])
at_once = np.tanh(np.concatenate([np.asarray(c)[0], states], axis=1) @ Wc)
claim("at_once_equals_loop", np.abs(at_once - outputs).max(), at_most=1e-6)

# %% [markdown]
# 库里的 `Seq2Seq` 用的就是这种次序，`attention="multiplicative"` 或 `"additive"` 换打分；不带输入馈送（它和 Bahdanau 的次序，本章都没有训练）；没有注意力时，每一步拿到的上下文都是编码器的末状态。分歧全在这一个函数里：

# %% name="library_logits"
from rnnbook.translation.seq2seq import Seq2Seq

print(inspect.getsource(Seq2Seq.logits))

# %% [markdown]
# 乘性那一支的矩阵乘在键上（`self.keys`，编码时算一次）：$q\cdot(k_sW)=(qW^\top)\cdot k_s$，与 [16.2 节](#cell-id=16-2)的式子只差一个转置。除了打分用的矩阵，两种模型完全相同，可以公平地比。

# %% [markdown]
# <a id="cell-id=16-5"></a>
# ## 16.5 输入越长，差得越远
#
# 任务是读 5 到 30 个随机字母，倒着写出来。字母是均匀抽的，没有规律可猜；每次更新都抽新的串，背不下来。

# %% name="task"
from rnnbook.translation import reversal

source, _, target = reversal.reversed_strings([6, 9], 9, seed=0)
for row in range(2):
    print(reversal.letters(source[row]), "->", reversal.letters(target[row]))

# %% [markdown]
# 录好的比较（`python -m rnnbook.recipes run reversal`）：两种模型单元数、训练串、更新次数都一样，每种都用第一个种子试同样的四个学习率，在**验证**串上写对字母最多的，再训练 3 个种子；测试串什么也不决定。注意力多一个 64 × 64 的矩阵，此外结构相同。

# %% name="tuning"
sweep = recipes.load("reversal")
log, settings = sweep.log, sweep.settings["settings"]
first = log[log.seed == 0]  # the learning rates were tried with one seed
tuning = first.groupby(["kind", "rate"]).validation.first().unstack()
print(tuning.round(3))
best = tuning.idxmax(axis=1)
test = log[log.rate == log.kind.map(best)]
by_length = test.groupby(["kind", "length"]).letters.agg(["mean", "std"])
print("parameters:", test.groupby("kind").parameters.first().to_dict())
print("updates:", settings["updates"], " seeds:", test.seed.nunique())

# %% name="accuracy_by_length"
fig, ax = plt.subplots(figsize=(6.8, 3.7))
for kind, color, style in (("attention", BLUE, "o-"),
                           ("one vector", VERMILION, "s--")):
    rows = by_length.loc[kind]
    ax.errorbar(rows.index, rows["mean"], rows["std"], fmt=style, capsize=3,
                color=color, label=kind)
ax.axvspan(30, 41, color=GREY, alpha=0.2)
ax.text(30.6, 0.4, "longer than\nin training", fontsize=10)
ax.axhline(1 / 26, color=GREY, linestyle=":")
ax.text(5, 0.06, "guessing", color=GREY, fontsize=10)
ax.set(xlabel="letters in the string", ylim=(0, 1.05),
       ylabel="right letters (mean ± sd of 3 seeds)",
       title="After 500 updates, attention keeps the long strings")
ax.legend(loc="center left", bbox_to_anchor=(0, 0.3))
plt.show()

# %%
print("your guess:", guess)
mean = by_length["mean"]
both = test.pivot(index=["length", "seed"], columns="kind", values="letters")
gain = 100 * (both["attention"] - both["one vector"]).unstack("seed")
print("points gained, by length and seed", gain.round(1), sep="\n")
claim("vector_at_5", mean["one vector", 5], close_to=0.927, tol=1e-3)
claim("vector_at_30", mean["one vector", 30], close_to=0.216, tol=1e-3)
claim("attention_at_30", mean["attention", 30], close_to=0.992, tol=1e-3)
claim("gain_seen_least", gain.loc[:30].min().min(), close_to=3.6, tol=0.01)
claim("gain_at_30_points", gain.loc[30].mean(), close_to=77.6, tol=0.1)
claim("gain_at_30_least_points", gain.loc[30].min(), close_to=77.2, tol=0.1)
claim("gain_at_35_least", gain.loc[35].min(), close_to=64.4, tol=0.1)
claim("behind_at_40_most", -gain.loc[40].min(), close_to=0.4, tol=0.01)
far = log[(log.length == 40) & (log.kind == "attention")]
at_40 = far[far.rate == best["attention"]]
claim("attention_at_40_least", at_40.letters.min(), close_to=0.151, tol=1e-3)
claim("attention_at_40_most", at_40.letters.max(), close_to=0.749, tol=1e-3)
claim("whole_at_40", at_40.whole.max(), at_most=0)

# %% [markdown]
# 5 个字母时，一个向量写对 93%<!-- claim vector_at_5 -->；30 个字母时只剩 22%<!-- claim vector_at_30 -->，注意力是 99%<!-- claim attention_at_30 -->，按种子配对多 78<!-- claim gain_at_30_points --> 个百分点。训练见过的每个长度、每个种子都是注意力写对得多，最少多 3.6<!-- claim gain_seen_least --> 个百分点。
#
# 灰色部分是另一面。训练时最长 30；到了 40 个，三个种子写对 15%<!-- claim attention_at_40_least --> 到 75%<!-- claim attention_at_40_most --> 的字母，最差的那个比一个向量还低 0.4<!-- claim behind_at_40_most --> 个百分点，整串写对的一个也没有（0%<!-- claim whole_at_40 -->）。见过的长度上写得好，还不等于学会了“倒过来”这条规则，因为规则不管长度。

# %% [markdown] tags=["optional"]
# ### 选读：装不下，还是学得慢？
#
# 预算相同，不等于练到头。一个向量的练 4 倍久，注意力的只练一半和五分之一，每个次数各自选学习率（`reversal_longer`，从 0.02 起减半、加倍，直到最好的两边都试过；同样是验证串、3 个种子）：

# %% name="updates"
longer = recipes.load("reversal_longer").log
tuned = pd.concat([test.assign(updates=500), longer[longer.chosen]])
curve = tuned.groupby(["kind", "length", "updates"]).letters.agg(
    ["mean", "std"])
fig, ax = plt.subplots(figsize=(6.8, 3.7))
for kind, length, color, style in (
        ("attention", 30, BLUE, "o-"), ("one vector", 10, VERMILION, "^:"),
        ("one vector", 20, VERMILION, "d-."),
        ("one vector", 30, VERMILION, "s--")):
    rows = curve.loc[kind, length]
    ax.errorbar(rows.index, rows["mean"], rows["std"], fmt=style, capsize=3,
                color=color, label=f"{kind}, {length} letters")
ax.set(xscale="log", ylim=(0, 1.05), xlabel="updates (own learning rate)",
       ylabel="right letters (mean ± sd of 3 seeds)",
       title="One vector keeps learning, but far more slowly")
ticks = curve.index.unique("updates")
ax.set_xticks(ticks, ticks)
ax.minorticks_off()
ax.legend()
plt.show()

# %%
by = tuned.set_index(["kind", "updates", "length", "seed"]).sort_index()
by = by.letters
slow, quick = by["one vector", 2000], by["attention", 250]
claim("longer_helps_least", 100 * (slow - by["one vector", 500]).min(),
      close_to=3.2, tol=0.05)
for length, right in ((10, 0.945), (20, 0.580), (30, 0.332)):
    claim(f"vector_longer_at_{length}", slow[length].mean(),
          close_to=right, tol=1e-3)
claim("quick_at_30", quick[30].mean(), close_to=0.973, tol=1e-3)
claim("quick_ahead_10_to_30", 100 * (quick - slow).loc[10:30].min(),
      close_to=2.8, tol=0.05)
claim("quick_behind_at_5", 100 * (slow - quick)[5].max(), close_to=1.2,
      tol=0.05)
claim("quick_at_40_least", quick[40].min(), close_to=0.756, tol=1e-3)

# %% [markdown]
# 更新 4 倍，一个向量的在每个长度、每个种子上都更好（最少多 3.2<!-- claim longer_helps_least --> 个百分点），10 个字母到了 94%<!-- claim vector_longer_at_10 -->，30 个也到了 33%<!-- claim vector_longer_at_30 -->。它还在学，上一张图不能读成“10 个字母就装不下”。可是注意力只用 250 次更新，也就是八分之一，30 个字母已经写对 97%<!-- claim quick_at_30 -->。10 到 30 个字母，每个种子都领先（最少 2.8<!-- claim quick_ahead_10_to_30 --> 个百分点），只有 5 个字母的被追上了（最差的种子低 1.2<!-- claim quick_behind_at_5 -->）。
#
# 所以量出来的是**学得慢得多**。练得再久，一个向量的最后停在哪里，这里没有练到；“装不下”既没有证实，也没有排除。还有一件意外，这个学习率更大、更新更少的注意力，40 个字母时三个种子至少写对 75.6%<!-- claim quick_at_40_least -->，比练 500 次的稳。超出训练长度的本事，随训练的细节而变。
#
# 打分换成加性的，又怎样？同样 500 次更新，自己的学习率（`reversal_additive`）：

# %% name="additive"
additive = recipes.load("reversal_additive").log
record = additive[additive.chosen]
kinds = pd.concat([test, record])
kinds = kinds[kinds.length.isin(record.length)].groupby(["kind", "length"])
print(kinds.letters.agg(["mean", "std"]).unstack().round(3).to_string())
print("additive, parameters:", record.parameters.iloc[0])
additive_30, additive_40 = (
    record[record.length == length].letters for length in (30, 40))
claim("additive_at_30", additive_30.mean(), close_to=0.992, tol=1e-3)
claim("additive_at_40_least", additive_40.min(), close_to=0.9445, tol=1e-3)
same = additive[(additive.rate == 0.01) & (additive.length == 40)]
claim("additive_at_40_same_rate", same.letters.item(), close_to=0.621,
      tol=1e-3)
claim("attention_at_40_same_rate", at_40[at_40.seed == 0].letters.item(),
      close_to=0.749, tol=1e-3)

# %% [markdown]
# 训练见过的长度上，按字母算两种打分不分高下（30 个字母都是 99%<!-- claim additive_at_30 -->）。40 个字母差得远，加性的三个种子至少写对 94.5%<!-- claim additive_at_40_least -->。先别归功于打分，选中的学习率也不同（0.02 对 0.01）。加性的也用 0.01 试过一个种子，40 个字母只有 62%<!-- claim additive_at_40_same_rate -->，还不如乘性同一个种子的 75%<!-- claim attention_at_40_same_rate -->。多少来自打分，多少来自学习率，这里分不开。

# %% [markdown]
# ### 看着它学会对齐
#
# 现场训练一个缩小的，最长 12 个字母，240 次更新，其余相同。只有一次训练，学习率分四级沿一条余弦下降；开始前和每级之后各看一次注意力权重：每一行是一个输出，每一列是一个输入。

# %% tags=["training"]
from rnnbook.translation.alignment import attention_weights

keras.utils.set_random_seed(16)
live = reversal.make_model("multiplicative", longest=12)
test_set = reversal.reversed_strings([12] * 200, 12, seed=10**6)
looks = {}


def look_on(updates):
    right, _ = reversal.score(live, test_set[0], test_set[2])
    weights = attention_weights(live, *[part[:1] for part in test_set[:2]])
    looks[updates] = right.mean(), weights[0, :12]


look_on(0)
reversal.train(live, 12, 240, 0.01, seed=16, stages=4, after=look_on)
claim("live_untrained", looks[0][0], at_most=0.06)
claim("live_letters", looks[240][0], at_least=0.995)

# %% name="alignment_emerges" tags=["training"]
from rnnbook.translation.alignment import heat_map

given, wanted = (reversal.letters(part[0]) for part in test_set[::2])
fig, axes = plt.subplots(1, 3, figsize=(11.5, 4.1))
for axis, count in zip(axes, (0, 60, 240)):
    right, weights = looks[count]
    image = heat_map(axis, weights, given, wanted)
    axis.set_title(f"{count} updates: {right:.0%} right", size=12)
    axis.set_xlabel("input letter")
axes[0].set_ylabel("output letter")
fig.colorbar(image, ax=axes, label="attention weight", shrink=0.9)
fig.suptitle("Nobody told it where to look", x=0.01, ha="left", weight="bold")
plt.show()

# %% [markdown]
# 没训练时，它哪里都看一点；240 次更新以后是一条反对角线，写第一个字母时看最后一个，一步一步往左。写对的字母从 5%<!-- claim live_untrained --> 到了 100%<!-- claim live_letters -->。没有人给过它对齐的标注，只给了输入和输出。
#
# 这样的图叫**对齐 (alignment)** 图。录好的大模型在 30 个字母上看得准不准，可以直接数：写第 $t$ 个字母时，权重最大的位置是不是第 $31-t$ 个？

# %%
from rnnbook.training.weights import set_weights

big = reversal.make_model("multiplicative", settings["longest"])
set_weights(big, sweep.weights)
long = reversal.reversed_strings([30] * 100, 30, seed=3 * 10**6)
weights = attention_weights(big, *long[:2])[:, :30]
looks_at = weights.argmax(axis=2)
claim("aligned_share", np.mean(looks_at == 29 - np.arange(30)),
      at_least=0.9855)
near = np.abs(looks_at - (29 - np.arange(30))) <= 1
claim("aligned_within_one", near.mean(), at_least=0.995)

# %% [markdown]
# 正好看在那个字母上的占 99%<!-- claim aligned_share -->，差不超过一格的占 100%<!-- claim aligned_within_one -->。差一格不一定写错，因为编码器是双向循环网络，相邻的状态里也可以有这个字母。所以对齐图指向的是**状态**，不是输入；[16.7 节](#cell-id=16-7)会看到这件事的后果。

# %% [markdown]
# <a id="cell-id=16-6"></a>
# ## 16.6 真实的任务：英译汉
#
# [第 15 章](15_seq2seq.ipynb)在 Tatoeba 上训练了不带注意力的模型。同样的划分、单元数、训练轮数，只把 `attention=None` 改成 `"multiplicative"`（`tatoeba_attention`），多出来的参数是一个 224 × 224 的矩阵。学习率两种都练满 10 轮，按验证集的 BLEU 选，英译汉试了三个，直到最好的两边都试过；汉译英只练了一个（用 3 轮的短训练选出）。BLEU 的切分同[第 15 章](15_seq2seq.ipynb)，两个方向不能相比：

# %% name="bleu"
runs = pd.concat([recipes.load(f"tatoeba_{name}").log for name in (
    "both_ways", "plain", "attention")])
runs = runs[runs.epoch == 10].set_index(["source", "rate", "seed"])
runs = runs.sort_index()
table = runs.groupby(["source", "rate", "kind"])
print(table[["bleu_validation", "bleu_test", "bleu_beam"]].mean().round(1)
      .assign(seeds=table.size()))

# %%
both_kinds = runs.pivot(columns="kind", values="bleu_test")
both_kinds["gain"] = both_kinds.attention - both_kinds.plain
for name, key, rights in (
        ("english", ("english", 0.008), (23.40, 30.99, 7.59, 0.76, 6.73)),
        ("chinese", ("chinese", 0.008), (21.01, 28.83, 7.82, 0.57, 7.42)),
        ("slow", ("english", 0.004), (18.23, 26.38, 8.15, 0.89, 7.26))):
    rows = both_kinds.loc[key]
    values = [*rows[["plain", "attention", "gain"]].mean(), rows.gain.std(),
              rows.gain.min()]
    for what, value, right in zip(
            ("plain", "attention", "gain", "gain_sd", "gain_least"), values,
            rights):
        claim(f"{name}_{what}", value, close_to=right, tol=0.01)
hot = both_kinds.gain["english", 0.016]
claim("hot_gain_least", hot.min(), close_to=2.81, tol=0.01)
claim("hot_gain_most", hot.max(), close_to=6.99, tol=0.01)

# %% [markdown]
# 两种的学习率都选了 0.008。英译汉 23.4<!-- claim english_plain --> 对 31.0<!-- claim english_attention -->，按种子配对多 7.6<!-- claim english_gain --> ± 0.8<!-- claim english_gain_sd -->（4 个种子的标准差，最少的多 6.7<!-- claim english_gain_least -->）。
#
# 汉译英 21.0<!-- claim chinese_plain --> 对 28.8<!-- claim chinese_attention -->，多 7.8<!-- claim chinese_gain -->，只有 2 个种子（少的多 7.4<!-- claim chinese_gain_least -->），只够说差为正。学习率不是最好的时候，差也在，但大小不一，0.004 平均多 8.2<!-- claim slow_gain -->，0.016 的两个种子多 2.8<!-- claim hot_gain_least --> 和 7.0<!-- claim hot_gain_most -->。**存下权重的，是 0.008 选好以后另用一个种子练的一次**，两种各一份，下面现场的格子用的是它们。
#
# 按英文句子的长度分开看（英译汉，0.008，4 个种子）：

# %% name="bleu_by_length"
tuned = runs.loc[("english", 0.008)].set_index("kind", append=True)
columns = [c for c in runs if c.startswith("bleu_over_")]
tuned = {kind: tuned[columns].xs(kind, level="kind")
         for kind in ("attention", "plain")}
names = ["1-5", "6-8", "9-12", "13 or more"]
fig, ax = plt.subplots(figsize=(7.2, 3.8))
for kind, color, style in (("attention", BLUE, "o-"),
                           ("plain", VERMILION, "s--")):
    ax.errorbar(names, tuned[kind].mean(), tuned[kind].std(), fmt=style,
                capsize=3, color=color,
                label={"plain": "one vector"}.get(kind, kind))
ax.set(xlabel="English words and marks in the sentence", ylim=(0, None),
       ylabel="BLEU on the test part\n(mean ± sd of 4 seeds)",
       title="Attention gains at every length")
ax.legend()
plt.show()
gain = tuned["attention"] - tuned["plain"]
ratio = tuned["attention"].mean() / tuned["plain"].mean()
for name, column in zip(names, columns):
    print(f"{name:10s} words: {gain[column].mean():.1f}"
          f" ± {gain[column].std():.1f} more, {ratio[column]:.2f} times")
claim("bleu_gain_any_bin_least", gain.min().min(), close_to=4.20, tol=0.01)
claim("bleu_gain_short", gain.mean().iloc[0], close_to=6.18, tol=0.01)
claim("bleu_gain_long", gain.mean().iloc[-1], close_to=6.00, tol=0.01)
claim("bleu_ratio_short", ratio.iloc[0], close_to=1.18, tol=5e-3)
claim("bleu_ratio_long", ratio.iloc[-1], close_to=1.884, tol=5e-3)

# %% [markdown]
# 四组、四个种子，配对的差都为正，最小的是 4.2<!-- claim bleu_gain_any_bin_least -->。不同长度的 BLEU 不宜直接相比（长短句难易不同，参考译文的多少也不同），同一组句子上两个模型的差可以。绝对的差没有随长度变大，5 个词以内（连标点）多 6.2<!-- claim bleu_gain_short -->，13 个词以上多 6.0<!-- claim bleu_gain_long -->；按比例才是越长得的越多，从 1.18<!-- claim bleu_ratio_short --> 倍到 1.88<!-- claim bleu_ratio_long --> 倍。[第 15 章](15_seq2seq.ipynb)问长句译得差是不是那个向量的过错。换掉它，每一组都变好，短句也是，所以这里没有量到那个向量专害长句。长句本身更难占多少，也还分不开（最长的一组只有 47<!-- claim sentences_long --> 句）。
#
# ### 现场再量一遍
#
# 装上存下的权重，贪心翻译整个测试部分。同样的句子再交给[第 15 章](15_seq2seq.ipynb)的翻译记忆，它不懂语法，只找字母片段最像的训练句：

# %% tags=["data"]
from rnnbook.data.tatoeba import english_tokens, join_chinese, load_tatoeba
from rnnbook.training.bucketing import pad_right
from rnnbook.translation import translator
from rnnbook.translation.memory import recall
from rnnbook.translation.seq2seq import (UNKNOWN, Seq2Seq, before_end,
                                         from_weights)

pairs = load_tatoeba()
full = pairs.source.full
languages = translator.Languages(pairs.train)
models = {kind: Seq2Seq(*languages.sizes, 32, 16, attention)
          for kind, attention in (("plain", None),
                                  ("attention", "multiplicative"))}
if full:
    models = {kind: from_weights(recipes.load(f"tatoeba_{kind}").weights)
              for kind in models}
else:
    print("样例数据的词表不同，录好的权重用不上：下面的译文出自没有训练的模型。")
model = models["attention"]


def decode(model, texts):
    source = pad_right([languages.source(text) for text in texts])
    tokens = np.asarray(model.search(source, 40)[0])[:, 0]
    return source, [before_end(row) for row in tokens]

# %% tags=["data", "training"]
wanted = translator.references(pairs.test)
texts = sorted(wanted, key=lambda text: len(english_tokens(text)))
words = [len(english_tokens(text)) for text in texts]
counts = np.histogram(words, [1, 6, 9, 13, 999])[0].tolist()
print("test sentences by length:", dict(zip(names, counts)))
claim("sentences_long", counts[-1], close_to=47, tol=0, scope="full",
      full=full)
texts = texts if full else texts[:20]
tokens = {kind: decode(each, texts)[1] for kind, each in models.items()}
own = {kind: [languages.text(row) for row in tokens[kind]] for kind in tokens}
own["memory"] = recall(pairs.train, texts)
for i in range(0, len(texts), len(texts) // 6):
    print(texts[i], own["attention"][i], own["memory"][i], sep=" | ")

# %% name="live_bleu" tags=["data", "training"]
from rnnbook.data.redraws import redrawn
from rnnbook.translation.corpus_bleu import bleu_counts, bleu_of

often = redrawn(len(texts), 1000)
counted = {kind: bleu_counts(own[kind], [wanted[text] for text in texts])
           for kind in own}
drawn = {kind: bleu_of(often @ c) for kind, c in counted.items()}
for kind, c in counted.items():
    more = drawn["attention"] - drawn[kind]
    print(f"{kind:10s} BLEU {bleu_of(c.sum(0)):.1f}, length "
          f"{c[:, 8].sum() / c[:, 9].sum():.2f} of the reference; "
          f"attention has {more.mean():.1f} ± {more.std():.1f} more")
total = {kind: c.sum(0) for kind, c in counted.items()}
more = {kind: drawn["attention"] - drawn[kind] for kind in drawn}
close = drawn["plain"] - drawn["memory"]
for name, value, right, tol in (
        ("bleu_live", bleu_of(total["attention"]), 30.65, 0.1),
        ("live_plain", bleu_of(total["plain"]), 23.24, 0.1),
        ("live_memory", bleu_of(total["memory"]), 18.64, 0.02),
        ("live_gain", more["plain"].mean(), 7.4, 0.045),
        ("live_gain_sd", more["plain"].std(), 0.585, 0.03),
        ("over_memory", more["memory"].mean(), 12.01, 0.055),
        ("over_memory_sd", more["memory"].std(), 0.708, 0.038),
        ("plain_over_memory", close.mean(), 4.605, 0.035),
        ("plain_over_memory_sd", close.std(), 0.668, 0.032),
        ("live_length", total["attention"][8] / total["attention"][9],
         0.905, 5e-3)):
    claim(name, value, close_to=right, tol=tol, scope="full", full=full)

# %% [markdown]
# 注意力 30.7<!-- claim bleu_live -->，一个向量 23.2<!-- claim live_plain -->，翻译记忆 18.6<!-- claim live_memory -->，前两个与记录相符。同一批重抽的句子上（[第 15 章](15_seq2seq.ipynb)的配对自助法），注意力比一个向量多 7.4<!-- claim live_gain --> ± 0.6<!-- claim live_gain_sd -->，比翻译记忆多 12.0<!-- claim over_memory --> ± 0.7<!-- claim over_memory_sd -->，一个向量比翻译记忆多 4.6<!-- claim plain_over_memory --> ± 0.7<!-- claim plain_over_memory_sd -->。这里的 ± 说的是测试句的运气，前面的 ± 说的是种子的运气，两样都要看；这里的差，大过这两种运气。
#
# 译文仍然太短，总长只有参考的 90%<!-- claim live_length -->。句子按长度排好，从短到长各印了一句，短的多半译对了，最长的那一句后半句走了样。
#
# 写每个词时的权重也留下来，后面几处要看它们：

# %% name="maps" tags=["data", "training"]
maps = {}  # of each sentence: weights (T, S), with the step that writes </s>
for start in range(0, len(texts), 256):
    part = slice(start, start + 256)
    rows = tokens["attention"][part]
    a = attention_weights(
        model, pad_right([languages.source(text) for text in texts[part]]),
        pad_right([np.array([1, *row]) for row in rows]))
    maps |= {text: one[:len(row) + 1, :n] for text, one, row, n in zip(
        texts[part], a, rows, words[part])}

# %% [markdown] tags=["optional"]
# ### 选读：看漏了没有
#
# 译文短，是漏看了原文吗？把一个输入位置在所有输出步上得到的权重加起来，叫**覆盖量 (coverage)**（Tu 等，2016，把它喂回给打分函数，减少漏译和重译；这里只量，不喂）：
#
# $$\beta_s=\sum_{t=1}^{T}a_{ts},\qquad\sum_s\beta_s=T$$
#
# $\beta_s$ 接近 0，就是写整句译文时几乎没有看过第 $s$ 个词。

# %% name="coverage" tags=["data", "training"]
beta = [maps[text].sum(axis=0) for text in texts]
seen = pd.DataFrame({"beta": np.concatenate(beta), "word": [
    word for text in texts for word in english_tokens(text)]})
low = (seen.beta < 0.2).groupby(seen.word).agg(["size", "mean"])
print(low.nlargest(9, "size").round(2).T.to_string())
claim("unread_share", (seen.beta < 0.2).mean(), close_to=0.058, tol=2e-3,
      scope="full", full=full)
claim("unread_i", low["mean"].get("i", 0), close_to=0.29, tol=0.02,
      scope="full", full=full)
claim("unread_to", low["mean"].get("to", 0), close_to=0.18, tol=0.02,
      scope="full", full=full)
claim("unread_tom", low["mean"].get("tom", 0), close_to=0.01, tol=0.01,
      scope="full", full=full)

# %% [markdown]
# 5.8%<!-- claim unread_share --> 的词不到 0.2，to 有 18%<!-- claim unread_to -->；i 更多，29%<!-- claim unread_i -->，它明明对应“我”；Tom 只有 1%<!-- claim unread_tom -->。没有看过，就真的没有用到吗？删掉它，看译文变不变。标点不算词：

# %% name="delete_word" tags=["data", "training"]
def of_words(i):
    """Coverage of the words of sentence i, NaN at marks."""
    return np.where([word[0].isalnum() for word in english_tokens(texts[i])],
                    beta[i], np.nan)

def without(i, k):
    kept = english_tokens(texts[i])
    return " ".join(kept[:k] + kept[k + 1:])

few = [i for i, b in enumerate(beta)
       if len(b) > 3 and np.nanmin(of_words(i)) < 0.2]
print(len(few), "sentences with a word below 0.2")
for name, pick, right in (("least", np.nanargmin, 0.32),
                          ("most", np.nanargmax, 0.03)):
    edited = translator.translate(
        model, languages, [without(i, pick(of_words(i))) for i in few])
    same = [new == own["attention"][i] for new, i in zip(edited, few)]
    claim(f"same_without_{name}", sum(same) / max(len(same), 1),
          close_to=right, tol=0.01, scope="full", full=full)
claim("most_is_mark", np.mean([np.isnan(of_words(i)[beta[i].argmax()])
                               for i in few]), close_to=0.456, tol=0.01,
      scope="full", full=full)

# %% [markdown]
# 删去覆盖量最小的词，33%<!-- claim same_without_least --> 的译文一字不变；删去最大的，只有 4%<!-- claim same_without_most -->。覆盖量是有用的线索，却不是证明。没怎么被看过的词，删掉以后多半的译文还是变了（编码器是双向的，别处的状态也读过它）；反过来，46%<!-- claim most_is_mark --> 的句子里被看得最多的是标点，不是词。

# %% [markdown]
# ### 翻译你写的句子
#
# 先把会出错的输入挡在门外，再贪心地译。模型写不出训练集里只出现过一次的字，写的是 `<unk>`，这时抄下此刻权重最大的那个英文词。按对齐来抄出自 Luong、Sutskever 等（2015），那里先由另外的程序给训练数据标好对齐，模型再学着写出位置；这里的位置是注意力自己给的。

# %%
def problem(text):
    words = english_tokens(text)
    if not words:
        return "请写一个英文句子：这里什么词也没有。"
    if any("\u4e00" <= sign <= "\u9fff" for sign in text):
        return "这个模型只会英译汉：请写英文。"
    if len(words) > 24:
        return f"{len(words)} 个词太长：训练句子最多 24 个。请分成几句。"
    return ""


def read(text):
    source, (tokens,) = decode(model, [text])
    a = attention_weights(model, source, np.array([[1, *tokens]]))[0]
    words, signs = english_tokens(text), []
    for row, i in zip(a, tokens):
        sign = languages.chinese.itos[i]
        signs.append(words[row.argmax()] if sign == UNKNOWN else sign)
    return words, signs, a[:len(signs)]


# %%
def answer(text):
    if problem(text):
        return problem(text)
    words, signs, _ = read(text)
    signs = [sign for before, sign in zip([None, *signs], signs)
             if sign != before or sign not in words]  # copied twice: once
    unknown = languages.unknown(text)
    note = f"  （不认识的词：{'、'.join(unknown)}）" if unknown else ""
    return join_chinese(signs) + note

# %% [markdown]
# 改掉下面的句子，再运行：

# %% name="yours" tags=["data", "training"]
yours = "I want to drink a cup of coffee."

for text in (yours, "Where is the station?", "She likes to go to the sauna.",
             "Zebulon is a bookworm.", "Zebulon bought a xylophone.",
             "", "你好", "word " * 40):
    print(f"{text[:40]!r}: {answer(text)}")

# %% [markdown]
# 空的、中文的、太长的，都得到一句说得清的话；不认识的词列了出来。“sauna”不在词表里，却抄在了译文该在的地方（这句在测试部分，参考译文是“她喜欢去桑拿。”）。这是照抄，不是翻译，而且抄不总是灵。最后两个英文句子各有两个词不认识，前一句都抄了，后一句漏掉了一个。该抄的时候抄不抄？在测试部分数：

# %% name="copying" tags=["data", "training"]
asked = [text for text in texts if languages.unknown(text)]
wrote, right = 0, []
for text, row in zip(texts, tokens["attention"]):
    if 3 in row:  # <unk>
        wrote += text in asked
        right += [english_tokens(text)[weights.argmax()]
                  in languages.unknown(text)
                  for weights, i in zip(maps[text], row) if i == 3]
claim("sentences_unknown", len(asked), close_to=223, tol=0, scope="full",
      full=full)
claim("unknown_written", wrote, close_to=51, tol=1, scope="full", full=full)
claim("pointers", len(right), close_to=113, tol=2, scope="full", full=full)
claim("pointers_right", sum(right) / max(len(right), 1), close_to=0.965,
      tol=0.01, scope="full", full=full)

# %% [markdown]
# 223<!-- claim sentences_unknown --> 句含不认识的词，译文写出 `<unk>` 的只有 51<!-- claim unknown_written --> 句。写出来的 113<!-- claim pointers --> 个 `<unk>`，96%<!-- claim pointers_right --> 指着一个不认识的词。指得准，却很少轮到它指。
#
# ### 谁对着谁
#
# 测试部分的一句话（挑出来的：译得对，语序又不同），每一行是一个写出的字，数字是权重的百分数，颜色越深越大。汉字用 HTML 画，浏览器有字体；图下面是句子的来源和作者，这是许可证要求的。

# %% name="alignment" tags=["data", "training"]
from rnnbook.translation.alignment import alignment_html

shown = "Do you want to have sushi tonight?"
english, chinese, credit = next(
    (pair for pair in pairs.test if pair[0] == shown), pairs.test[0])
words, signs, a = read(english)
print("reference:", chinese)
HTML(alignment_html(a, words, signs, credit))

# %% [markdown]
# 英文的 tonight 在句末，中文的“今晚”在动词前面。写到“今晚”时，权重跳到了后面，写完又跳回来。“吗”的权重多半落在 do 上；是不是因为 do 才有“吗”，[16.7 节](#cell-id=16-7)再问。把 `shown` 换成测试部分的另一句，或者对你自己的句子调用 `read`，看对角线在哪里折断。

# %% [markdown]
# <a id="cell-id=16-7"></a>
# ## 16.7 注意力不是解释
#
# 对齐图好看，于是常有人说：“模型看了这个词，所以得出这个答案。”[16.6 节](#cell-id=16-6)的图上，“吗”的权重多半落在 do 上，那么是 do 引出了“吗”？要说“所以”，就去改输入：

# %% name="ask" tags=["data", "training"]
MA = "吗"
for text in ("Do you want to have sushi tonight?",
             "You want to have sushi tonight?",
             "Run you want to have sushi tonight?",
             "Do you want to have sushi tonight."):
    words, signs, a = read(text)
    at = [words[row.argmax()] for row, sign in zip(a, signs) if sign == MA]
    print(f"{text:36s} {join_chinese(signs)}  looks at {at}")

# %% name="ask_all" tags=["data", "training"]
AUXILIARIES = set("""do does did is are was were am can could will would
                  shall should may must have has had""".split())

def asks(texts):
    found = translator.translate(model, languages, texts)
    return np.array([MA in text for text in found], bool)

questions = [k for k, text in enumerate(texts) if text.endswith("?")
             and english_tokens(text)[0] in AUXILIARIES]
ma = languages.chinese.encode(MA)[0]
rows = {texts[k]: tokens["attention"][k] for k in questions}
asked = [text for text, row in rows.items() if ma in row]
looks_at = [english_tokens(text)[maps[text][rows[text].index(ma)].argmax()]
            for text in asked]
first = [word in AUXILIARIES for word in looks_at]
told = [k for k, text in enumerate(texts) if text.endswith(".")][::5]
turned = asks([texts[k][:-1] + "?" for k in told])
for name, value, right, tol in (
        ("questions", len(questions), 104, 0), ("asked", len(asked), 98, 1),
        ("asked_look_first", sum(first), 29, 2),
        ("asked_look_mark", looks_at.count("?"), 49, 2),
        ("asked_without_auxiliary", asks(
            [text.split(" ", 1)[1] for text in asked]).sum(), 93, 2),
        ("asked_with_full_stop", asks(
            [text[:-1] + "." for text in asked]).sum(), 0, 0),
        ("told_before", sum(ma in tokens["attention"][k] for k in told),
         0, 0),
        ("told_with_mark", turned.mean(), 0.812, 0.005)):
    claim(name, value, close_to=right, tol=tol, scope="full", full=full)

# %% [markdown]
# 去掉 do，或者换成 run，“吗”还在，权重改指着问号；把问号换成句号，“吗”就没有了。不只这一句。测试部分以助动词开头的 104<!-- claim questions --> 个问句，98<!-- claim asked --> 个译出了“吗”，其中 31<!-- claim asked_look_first --> 个的“吗”权重最大处是助动词，49<!-- claim asked_look_mark --> 个是问号。删去句首的助动词，93<!-- claim asked_without_auxiliary --> 个照样有“吗”；问号换成句号，剩 0<!-- claim asked_with_full_stop --> 个。反过来，陈述句（每五句取一句）原先有“吗”的是 0<!-- claim told_before --> 句，句号换成问号，81%<!-- claim told_with_mark --> 都有了。
#
# **图有时指着助动词，有时指着问号，答案取决于问号。**编码器是双向的，do 那里的状态也读过句末的问号；权重指向的是状态，依据在哪个词，要改输入才知道。
#
# 一句话里究竟取决于什么，这里是试出来的。换一个事先知道答案取决于哪里的任务，可以数得更清楚。15 个数，其中一个带标记，带标记的数是正是负，就是类别；别的数都不相干。
#
# 分类器只有一次注意力，编码每个位置，打分，加权平均，判断。它没有解码器，也没有每一步的查询：分数只看这个位置的状态，$e_s=v\cdot\tanh(h_sU+b)$（$b$ 好比一个学来的、固定不变的查询项），然后照样 softmax、加权平均。编码器有两种：双向 LSTM（每个状态都读过全部输入），和逐个位置的 `Dense`（每个状态只知道自己的输入）。训练后，把一个位置的输入（数和标记）换成 0，答案变了多少，叫它的**影响 (influence)**。问两个问题：权重最大的是带标记的那个吗？影响最大的是吗？

# %% name="explain_seeds"
record = recipes.load("attention_weights").log
record = record.sort_values(["encoder", "seed"])
others = record[["uniform", "shuffled", "least"]]
print(record.drop(columns="weight_on_marked").round(2).to_string(index=False))
two, alone = (record[record.encoder == e] for e in ("two ways", "each alone"))
claim("explain_accuracy", two.own.min(), close_to=0.971, tol=5e-4)
claim("explain_weight_least", two.most_weight.min(), close_to=0.549, tol=5e-4)
ranked = two.sort_values("most_weight")
claim("explain_weight_second", ranked.most_weight.iloc[1], close_to=0.935,
      tol=5e-4)
claim("explain_weight_third", ranked.most_weight.iloc[2], close_to=0.994,
      tol=5e-4)
claim("explain_influence_least", two.most_influence.min(), close_to=0.846,
      tol=5e-4)
claim("explain_alone_least", alone.most_weight.min(), at_least=0.995)

# %% [markdown]
# 双向的十个种子，正确率最低 97%<!-- claim explain_accuracy -->，影响最大的多是带标记的那个（最少的种子 85%<!-- claim explain_influence_least -->）。权重最大的位置，八个种子里有 99%<!-- claim explain_weight_third --> 以上落在那里，一个是 94%<!-- claim explain_weight_second -->，还有一个只有 55%<!-- claim explain_weight_least -->。**正确率差不多，注意力图不同。**看图说话，说的是这一次训练，不是这个任务。
#
# 一个说得通的原因在编码器。双向的状态可以把带标记的数带到别的位置，在那里也取得到；状态互不相通时只有一处可取，最差的种子也有 100%<!-- claim explain_alone_least --> 指对了地方。
#
# 表里还有三列，是把训练好的权重换掉之后的正确率，每处一样 (uniform)，原来的权重打乱位置 (shuffled)，全部放在原来权重最小的位置 (least)。

# %%
rest = record.uniform.drop(two.uniform.idxmax())
claim("replaced_loses_least", 100 * (record.own - others.max(axis=1)).min(),
      close_to=28.2, tol=0.05)
claim("least_at_best", record.least.max(), close_to=0.546, tol=5e-4)
claim("uniform_at_best", two.uniform.max(), close_to=0.702, tol=5e-4)
claim("uniform_elsewhere", rest.max(), close_to=0.627, tol=5e-4)
claim("best_is_second_map", float(ranked.uniform.idxmax() == ranked.index[1]),
      at_least=1)
claim("worst_map_uniform", ranked.uniform.iloc[0], close_to=0.475, tol=5e-4)

# %% [markdown]
# 二十个模型，三种换法，正确率个个往下掉，最少掉 28<!-- claim replaced_loses_least --> 个百分点；全部放在权重最小的位置，与瞎猜（50%）差不多，最高 54.6%<!-- claim least_at_best -->。所以权重不是摆设。
#
# 换成平均，剩得最多的还有 70%<!-- claim uniform_at_best -->，是图第二不准的那个；别的最多剩 62.7%<!-- claim uniform_elsewhere -->。图最不准的那个，换成平均只剩 48%<!-- claim worst_map_uniform -->，与瞎猜差不多。**图指得准不准，权重有没有用，是两个问题。**
#
# 现场训练图第二不准的那个种子（长 15，1024 条，10 轮），权重最大处不是标记的序列里，挑标记的影响最大的一条来看：

# %% tags=["training"]
from rnnbook.labelling.attention_classifier import experiment, marked_sign

reader, live_row = experiment("two ways", 15, 1024, 10, seed=2)
x, y, marked = marked_sign(1000, 15, seed=10**6)
a, influence = reader.weights(x), reader.influence(x)
claim("live_explain_accuracy", live_row["own"], at_least=0.96)

# %% name="weights_and_influence" tags=["training"]
on_mark = influence[np.arange(len(a)), marked]
elsewhere = a.argmax(1) != marked
odd = np.where(elsewhere, on_mark, -1).argmax()
by_class = [int(elsewhere[y == k].sum()) for k in (0, 1)]
print(f"of {len(a)} look elsewhere, by class", by_class)
claim("live_elsewhere", elsewhere.mean(), at_most=0.6)
claim("elsewhere_other_class", min(by_class), at_most=0)
print("median influence of the mark, by class",
      [round(float(np.median(on_mark[y == k])), 2) for k in (0, 1)])
fig, axes = plt.subplots(2, 1, figsize=(6.8, 3.6), sharex=True)
for axis, bars, label in ((axes[0], a[odd], "attention\nweight"),
                          (axes[1], influence[odd], "influence")):
    colors = [GREY] * 15
    colors[marked[odd]] = VERMILION
    axis.bar(range(15), bars, color=colors)
    axis.set_ylabel(label)
axes[0].set_title("Where it looks, and what the answer hangs on")
axes[1].set_xlabel("position (orange: the marked number)")
plt.show()

# %% [markdown]
# 上面的权重指着一处，下面的影响指着另一处，也就是标记所在。它怎么还答得对？指到别处的占 6%<!-- claim live_elsewhere -->，全是同一类（换五组种子，占 0%<!-- claim least/live_elsewhere --> 到 46%<!-- claim most/live_elsewhere -->，也都只在一类里），而打印的中位数说，这一类换掉标记，答案变得少。没有看到标记时它多半就答这一类，看不看都对。

# %% [markdown] tags=["optional"]
# ### 选读：倒写模型的权重有没有用
#
# [16.5 节](#cell-id=16-5)的倒写模型，权重有没有用？也换掉试试：

# %%
def letters_right(change):
    state, (values, *_) = big.encode(long[0])
    h = big.decoder(big.embed_target(long[1]), initial_state=state)
    weights = change(attention_weights(big, *long[:2]))
    mixed = big.combine(ops.concatenate([h, weights @ values], axis=-1))
    answers = np.asarray(big.out(mixed)).argmax(axis=-1)
    return np.mean((answers == long[2])[:, :30])


# %% name="replace_weights"
rng = np.random.default_rng(0)
for name, change in (
        ("own", lambda a: a), ("uniform", lambda a: 0 * a + 1 / 30),
        ("shuffled", lambda a: rng.permuted(a, axis=2))):
    print(f"{name:8s} weights: {letters_right(change):.2f} of the letters")
claim("own_weights", letters_right(lambda a: a), at_least=0.9915)
claim("uniform_weights", letters_right(lambda a: 0 * a + 1 / 30),
      at_most=0.088)

# %% [markdown]
# 用自己的权重写对 100%<!-- claim own_weights -->（教师强制），换成平均的只剩 7%<!-- claim uniform_weights -->。这里的权重承担着计算。

# %% [markdown]
# ### 两篇论文
#
# 两篇论文各说了一半。Jain 和 Wallace（2019）在双向编码器的分类任务上发现，权重与梯度量出的重要性常常只有很弱的相关，而且常能找到一组很不同的权重，答案几乎不变，题目就叫“注意力不是解释”。Wiegreffe 和 Pinter（2019）反驳说，要先说清什么叫解释，换上去的权重也不是这个模型会给出的；应当先看权重在这个任务上有没有用，再看不同的种子差多少。可以照做的规矩是，**先换掉权重，看答案变不变；再换几个种子，看图变不变；要说“因为”，就去改输入。**

# %% [markdown]
# <a id="cell-id=16-8"></a>
# ## 16.8 自注意力：让序列看自己
#
# 到这里，查询来自解码器，键和值来自编码器。若三者来自**同一个**序列呢？每个位置都去看所有的位置，没有循环，几次矩阵乘法就算完所有的位置。这叫**自注意力 (self-attention)**，是 Transformer（Vaswani 等，2017）的核心。
#
# $$Q=XW_Q,\quad K=XW_K,\quad V=XW_V,\qquad Y=\mathrm{softmax}\Bigl(\frac{QK^\top}{\sqrt d}\Bigr)V$$
#
# $X$ (T, D) 是整个序列，一行一个位置；$W_Q,W_K,W_V$ 是要学的矩阵，$d$ 是键的宽度。为什么除以 $\sqrt d$？$d$ 个独立、均值 0、方差 1 的乘积相加，标准差是 $\sqrt d$；[16.1 节](#cell-id=16-1)看过，分数一大，softmax 就几乎只看一处；这时权重贴近 0 或 1，softmax 的导数 $a_s(1-a_s)$ 几乎是 0，也就学不动了。

# %% name="scale"
rng = np.random.default_rng(7)
for d in (4, 64, 1024):
    dots = (rng.normal(size=(4000, d)) * rng.normal(size=(4000, d))).sum(1)
    print(f"d = {d:4d}: sd of the scores {dots.std():5.1f},"
          f" divided by sqrt(d) {dots.std() / np.sqrt(d):.2f}")
claim("scaled_sd", dots.std() / np.sqrt(d), close_to=1, tol=0.021)

# %%
def self_attention(X, WQ, WK, WV, causal=False):
    Q, K, V = X @ WQ, X @ WK, X @ WV
    scores = Q @ K.T / np.sqrt(K.shape[1])
    if causal:  # position t sees 1..t only
        scores = np.where(np.tri(len(X), dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ V


X = rng.normal(size=(6, 8))
WQ, WK, WV = (rng.normal(size=(8, 8)) for _ in range(3))
Y = self_attention(X, WQ, WK, WV)
theirs = layers.Attention()(
    [ops.convert_to_tensor((X @ M)[None] / s, "float32")
     for M, s in ((WQ, np.sqrt(8)), (WV, 1), (WK, 1))])
claim("self_equals_keras", np.abs(Y - np.asarray(theirs)[0]).max(),
      at_most=1e-5)

# %% [markdown]
# 没有循环，换来了并行，也丢了一样东西，次序。把输入的行打乱，输出的行照样打乱，别的什么也没变。

# %% name="order_lost"
shuffle = np.array([3, 0, 5, 1, 4, 2])
claim("order_lost", np.abs(self_attention(X[shuffle], WQ, WK, WV)
                           - Y[shuffle]).max(), at_most=1e-12)
positions = rng.normal(size=X.shape)  # one vector for each place
with_places = self_attention(X + positions, WQ, WK, WV)
moved = self_attention(X[shuffle] + positions, WQ, WK, WV)
claim("positions_restore_order",
      np.abs(moved - with_places[shuffle]).max(), at_least=3.5)
causal = self_attention(X, WQ, WK, WV, causal=True)
edited = X.copy()
edited[4:] += 1
claim("causal_past_change", np.abs(
    self_attention(edited, WQ, WK, WV, causal=True) - causal)[:4].max(),
    at_most=0)

# %% [markdown]
# 对它来说“狗咬人”和“人咬狗”是同一袋词。给每个位置加一个**位置编码 (positional encoding)** 向量，次序就回来了。加上下三角的掩码，每个位置只看得到自己和过去，改动第 5 个及以后的位置，前 4 个的变化是 0<!-- claim causal_past_change -->，可以当语言模型用了（[第 08 章](08_deep_bidirectional.ipynb)的因果测试）。
#
# 代价是 T 个位置两两打分，$T^2$ 个数；循环网络每步只带着一个状态。

# %% name="cost"
for T in (30, 300, 3000, 30000):
    print(f"T = {T:6,}: {T * T:13,} scores, {T * T * 4 / 2**20:8,.1f} MiB;"
          f" an LSTM of 512 units carries {2 * 512 * 4 / 2**10:.0f} KiB")
claim("scores_gib", T * T * 4 / 2**30, close_to=3.35, tol=0.01)

# %% [markdown]
# 3 万个位置，单是一层的分数就要 3.4<!-- claim scores_gib --> GiB，LSTM 的状态还是 4 KiB。这是把分数整个存下来的一条序列、一个头；不存全部分数也能算，训练 LSTM 则要留下每一步的状态，所以这不是全部的账。快慢、内存、生成时每个字的代价怎样随 T 变，以及线性的循环怎样兼得两边，是第 19 章的题目。

# %% [markdown] tags=["optional"]
# <a id="cell-id=16-9"></a>
# ## 16.9 选读：换成你自己的文件
#
# [15.8 节](15_seq2seq.ipynb#cell-id=15-8)的函数默认带注意力。句对常常没有列名，比如从 ManyThings (Anki) 下载的 `cmn.txt`，一行是原文、译文、署名，中间隔着制表符；这时列名换成列号，从 1 数起。原文和译文对调，就是反方向。`encoding`、CSV 的列名同前。用 250 个句对写一个小文件，只练 1 轮：

# %% name="own_sentences" tags=["data", "training"]
import tempfile
from pathlib import Path

from rnnbook.own.translate import translate

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "my_pairs.txt")
    path.write_text("".join(f"{english}\t{chinese}\n" for english, chinese, _
                            in pairs.train[:1000:4]), encoding="utf-8")
    yours = translate(path, 1, 2, epochs=1)
print(yours.predict(["Zebulon likes tea."], told=print))

# %% [markdown]
# 有汉字的一边按字切，别的按词切，训练里只出现一次的记作 `<unk>`，所以小文件里不认识的词很多，报告写着占多少；`predict` 把不认识的词一个个说出来，不会出错停下。译文用束宽 5、惩罚 $\alpha=1$ 的束搜索写出（[15.4 节](15_seq2seq.ipynb#cell-id=15-4)）。分数是 BLEU，旁边有译文与参考的长度比，以及整句全对的占多少。
#
# 最要紧的一行是与翻译记忆的比较。它只查最像的一句，句对不多的时候，网络可能不比它好，报告会照实说 WORSE 或者 cannot be told，那就用翻译记忆，或者去找更多的句对。命令行（在 Colab 上先上传文件）：
#
# ```text
# python -m rnnbook.own translate cmn.txt --source 1 --target 2 --save build/mine
# ```

# %% [markdown]
# ## 小结
#
# - 你**算出**了两种注意力，从三个向量到整批，与 Keras 对到 $10^{-6}$；填充的权重恰好是 0，每一行的和是 1。
# - 你**衡量**了它的得失：同样更新 500 次，30 个字母写对的从 22%<!-- claim vector_at_30 --> 到 99%<!-- claim attention_at_30 -->（一个向量练 4 倍也只有 33%<!-- claim vector_longer_at_30 -->）；英译汉的 BLEU 多了 7.6<!-- claim english_gain -->（种子之间 ± 0.8<!-- claim english_gain_sd -->）；比训练更长的输入，选中的乘性模型靠不住，选中的加性模型好得多（学习率也不同）。
# - 你**检验**了“权重就是解释”：换掉权重，答案就变，图却因种子而异，指着 do 的“吗”取决于问号。
#
# | 名称 | 公式 | 备注 |
# |---|---|---|
# | 权重、上下文 | $a_s=\mathrm{softmax}_s(e_s)$，$c=\sum_s a_sv_s$ | 填充：$a_s=0$ |
# | 点积 | $e_s=q\cdot k_s$ | 没有参数；`keras.layers.Attention` |
# | 乘性 (general) | $e_s=(qW)\cdot k_s$ | $HD$ 个参数 |
# | 加性 | $e_s=v\cdot\tanh(qW+k_sU)$ | $HU+DU+U$ 个参数；`AdditiveAttention` 只有 $v$ |
# | Bahdanau 的次序 | $c_t=\mathrm{look}(h_{t-1})$，$h_t=f([x_t,c_t],h_{t-1})$ | 先看再走 |
# | Luong 的次序 | $h_t=f(x_t,h_{t-1})$，$\tilde h_t=\tanh([c_t,h_t]W_c)$ | 先走再看；输入馈送把 $\tilde h_{t-1}$ 给下一步 |
# | 覆盖量 | $\beta_s=\sum_ta_{ts}$ | 线索，不是证明 |
# | 自注意力 | $\mathrm{softmax}(QK^\top/\sqrt d)V$ | $T^2$ 个分数；次序要另加 |

# %% [markdown]
# ## 常见误解
#
# 讲义 S4 的 §6.4、§7.3 说固定的向量、有限的状态记不全长句，S1 有一句“注意力机制的引入部分解决了这一问题”，都没有讲注意力怎样算；关于 Transformer 的几条（E16–E21）归第 19 章。下面三条，第一条接近 S4 的说法，另两条是讲注意力时常听到的。

# %% [markdown]
# ### “固定的向量装不下长句子”
#
# 单数比特，装得下。30 个字母有多少比特？64 个 float32 呢？

# %%
needed, room = 30 * np.log2(26), 64 * 32
print(f"30 letters: {needed:.0f} bits; 64 float32 numbers: {room} bits")
claim("room_over_need", room / needed, close_to=14.5, tol=0.1)

# %% [markdown]
# 地方有 14.5<!-- claim room_over_need --> 倍。这是上限，没有网络用得尽每一个比特；可是差得这样多，光凭“向量是固定的”推不出“装不下”。[16.5 节](#cell-id=16-5)多练 4 倍，30 个字母从 22%<!-- claim vector_at_30 --> 升到 33%<!-- claim vector_longer_at_30 -->，量到的是学得慢，最后能到多少没有量。
#
# ### “注意力解决了长依赖，所以可以任意长”
#
# [16.5 节](#cell-id=16-5)乘性的模型在 30 个字母以内写得好，到 40 个，三个种子写对 15%<!-- claim attention_at_40_least --> 到 75%<!-- claim attention_at_40_most -->。选中的加性模型掉得少得多（最差 94%<!-- claim additive_at_40_least -->，学习率也不同），也还是掉。能写多长，要量，不能从“有注意力”推出来。
#
# ### “掩码嘛，乘 0 就行”
#
# softmax 之后再乘 0，剩下的权重加起来不到 1。要么先减大数，要么乘完再归一化；两种办法相等：

# %%
before = np.asarray(masked_softmax(score[None, None], keep[None] > 0))[0, 0]
after = soft * keep / (soft * keep).sum()
claim("two_repairs_agree", np.abs(before - after).max(), at_most=1e-6)

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时要提示：

# %%
hint("attention.by_hand")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 手算一次
#
# 两个位置，分数是 $0$ 和 $\ln 3$，值是 4 和 8。上下文是多少？
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-1)<!-- twin -->

# %%
context_value = ...  # your number

# %%
check("attention.by_hand", context_value)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 写函数 `parameters(kind, query, key, hidden)`：`kind` 是 `"dot"`、`"general"` 或 `"additive"`，查询宽 `query`，键宽 `key`，加性的中间层宽 `hidden`，都没有偏置。返回打分用的参数个数。
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def parameters(kind, query, key, hidden):
    ...

# %%
check("attention.parameters", parameters)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 带掩码的权重
#
# 用 NumPy 写函数 `padded_weights(scores, mask)`：分数 (S,)，掩码 (S,) 布尔，True 是真实位置。返回权重 (S,)：填充恰好是 0，其余和为 1；全是填充时返回全 0。分数可能大到 1000。
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def padded_weights(scores, mask):
    ...

# %%
check("attention.padded_weights", padded_weights)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ Luong 的一步
#
# 写函数 `luong_step(h, memory, W, Wc)`：状态 `h` (H,)，编码器的状态 `memory` (S, D)（既作键又作值），`Wc` (D + H, H)。打分用 [16.2 节](#cell-id=16-2)的乘性，$e_s=(hW)\cdot k_s$，`W` (H, D)。返回 $\tilde h=\tanh([c,h]W_c)$，形状 (H,)，上下文在前。
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def luong_step(h, memory, W, Wc):
    ...

# %%
check("attention.luong_step", luong_step)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 漏译的词
#
# 一个词若整句译完都没怎么被看过，可能是漏译了，也可能本来就不用译（[16.6 节](#cell-id=16-6)的 to）。写函数 `unread(weights, least)`：`weights` (T, S)，返回一个列表：哪些输入位置的覆盖量小于 `least`（下标从小到大）。
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def unread(weights, least):
    ...

# %%
check("attention.unread", unread)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 因果的自注意力，两个头
#
# **多头**注意力把宽度分成几份，各做各的，再拼起来。写函数 `two_heads(X, WQ, WK, WV)`：`X` (T, D)，三个矩阵都是 (D, D)，D 是偶数。先算 $Q,K,V$，前一半列是第一个头，后一半是第二个头；每个头除以自己宽度的平方根，每个位置只看得到自己和以前的位置。返回 (T, D)。
#
# [解答](solutions/16_attention.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def two_heads(X, WQ, WK, WV):
    ...

# %%
check("attention.two_heads", two_heads)

# %% [markdown]
# ## 延伸阅读
#
# - Bahdanau, D., Cho, K., Bengio, Y. (2015). Neural machine translation by jointly learning to align and translate. ICLR. [arXiv:1409.0473](https://arxiv.org/abs/1409.0473)。加性注意力的出处；看图 2（BLEU 随句长）和图 3（对齐）。
# - Luong, M.-T., Pham, H., Manning, C. D. (2015). Effective approaches to attention-based neural machine translation. EMNLP. [arXiv:1508.04025](https://arxiv.org/abs/1508.04025)。乘性打分、先走再看、输入馈送，逐项比较。
# - Luong, M.-T., Sutskever, I., Le, Q. V., Vinyals, O., Zaremba, W. (2015). Addressing the rare word problem in neural machine translation. ACL. [arXiv:1410.8206](https://arxiv.org/abs/1410.8206)。不认识的词怎样从原文抄过来。
# - Tu, Z. 等 (2016). Modeling coverage for neural machine translation. ACL. [arXiv:1601.04811](https://arxiv.org/abs/1601.04811)。把覆盖量喂回给打分函数。
# - Jain, S., Wallace, B. C. (2019). Attention is not explanation. NAACL. [arXiv:1902.10186](https://arxiv.org/abs/1902.10186)。权重与重要性相关很弱；找得到很不同的权重，答案几乎不变。
# - Wiegreffe, S., Pinter, Y. (2019). Attention is not not explanation. EMNLP. [arXiv:1908.04626](https://arxiv.org/abs/1908.04626)。四种检验；连着上一篇读。
# - Vaswani, A. 等 (2017). Attention is all you need. NIPS. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)。去掉循环，只留注意力；除以 $\sqrt d$ 的理由在 3.2.1 节。
#
# [← 15 编码器-解码器](15_seq2seq.ipynb) · [目录](index.md) · [解答](solutions/16_attention.ipynb) · [A 常见误解 →](A_misconceptions.ipynb)<!-- nav -->
