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
# # 第 01 章 序列数据与基线
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/01_sequences.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/01_sequences.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/01_sequences.ipynb)<!-- badges -->
#
# [← 00 环境与形状](00_setup.ipynb) · [目录](index.md) · [解答](solutions/01_sequences.ipynb) · [02 循环神经网络：从公式到代码 →](02_rnn_forward.ipynb)<!-- nav -->
#
# 读完这一章，你会只用计数、求平均和最小二乘，在一段真实文本和一条真实时间序列上得到一组数字。后面每一个循环网络都要先打败它们，才算有用。
#
# | | |
# |---|---|
# | **你将会** | **数出**带平滑的 n 元语法，挑出最强的一个；**换算**奈特、比特和困惑度；**比较**一个窗口网络、一个线性公式和四种不用训练的基线 |
# | **你需要** | [第 00 章](00_setup.ipynb)的形状约定 (batch, time, feature)；条件概率；NumPy 数组 |
# | **时间** | 阅读 50 分钟<!-- minutes -->，练习 60 分钟，运行约 62 s<!-- seconds --> |

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
from rnnbook.notebook.figures import BLUE, GREEN, GREY, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 在莎士比亚剧本里逐个预测下一个字符，只许计数，不许训练网络。看前 1 个、前 4 个、前 6 个字符再猜，看得越多，猜得越准吗？
#
# 先写下你的猜测，[1.5 节](#cell-id=1-5)用测量来回答。

# %%
guess = None  # how many characters back are best? your guess, e.g. 3

# %% [markdown]
# <a id="cell-id=1-1"></a>
# ## 1.1 四种序列，一种形状
#
# **序列 (sequence)** 是按次序排好的一串元素 $x_1,x_2,\dots,x_T$。次序一乱，意思就变了，“狗咬人”和“人咬狗”用的是同样三个字。
#
# | 序列 | 一个时间步是什么 | 一个时间步的特征 |
# |---|---|---|
# | 文本：句子、文档 | 一个字符或一个词 | 它在词表里的编号，或独热 (one-hot) 向量 |
# | 语音：一段录音 | 一帧，约 25 毫秒 | 这一帧里各个频率的强度 |
# | 视频：一段影像 | 一幅画面 | 全部像素，或从画面里提取的特征 |
# | 时间序列：气温、股价、传感器 | 一次观测 | 一个或几个测量值 |
#
# 来源不同，进网络之前却都变成同一种数组，每个样本是一张 (time, feature) 的表。下面各造一个最小的例子。

# %%
sentence = "to be or not to be"
symbols = sorted(set(sentence))
text = np.eye(len(symbols))[[symbols.index(c) for c in sentence]]

seconds = np.arange(8000) / 8000              # 1 s of sound at 8 kHz
wave = np.sin(2 * np.pi * (300 + 600 * seconds) * seconds)
frames = wave.reshape(40, 200)                # 40 frames of 25 ms
speech = np.abs(np.fft.rfft(frames))[:, :50]  # strength of 50 frequencies

# %%
pictures = np.zeros((24, 8, 8))               # a dot walks over 8 x 8 pixels
steps = np.arange(24)
pictures[steps, steps // 3, steps % 8] = 1
video = pictures.reshape(24, 64)

hours = np.arange(48)[:, None]                # temperature and light, 2 days
series = np.cos(2 * np.pi * (hours - [15, 12]) / 24)

# %% name="four_kinds"
kinds = {"Text: characters": text, "Speech: frequencies": speech,
         "Video: pixels": video, "Time series: sensors": series}
fig, axes = plt.subplots(1, 4, figsize=(10.4, 2.9))
for ax, (name, table) in zip(axes, kinds.items()):
    ax.imshow(table.T, aspect="auto", cmap="Greys", origin="lower",
              interpolation="nearest")
    ax.set_title(f"{name}\n(T, D) = {table.shape}", fontsize=12)
    ax.set_xlabel("time step")
    ax.grid(False)
axes[0].set(ylabel="feature", yticks=range(7), yticklabels=map(repr, symbols))
axes[3].set_yticks([0, 1], ["temp.", "light"])
fig.suptitle("Four kinds of sequences, one layout (dark = large value)",
             weight="bold")
plt.show()

# %% [markdown]
# 每一列是一个时间步，每一行是一个特征。文本每步只有一格是黑的（独热），语音的频率一路升高，视频里的亮点在移动，两个传感器一先一后地起伏。
#
# 几个样本叠在一起，就多出第一个轴，形状是 **(batch, time, feature)**，记作 (B, T, D)。长度不同的样本要先填充到一样长，[第 09 章](09_masking.ipynb)讲怎样让网络不受填充影响。

# %%
batch = np.stack([text, text[::-1]])  # the sentence, and the same backwards
print("(B, T, D) =", batch.shape)
assert batch.shape == (2, 18, 7)

# %% [markdown]
# ### 序列任务有哪几种
#
# 看输入和输出的形状就能分清。有没有时间轴？两边的时间轴一样长、对得齐吗？
#
# | 任务 | 例子 | 输入 → 输出 | 本书 |
# |---|---|---|---|
# | 多对一 (many-to-one) | 情感分类：一句话 → 一个标签 | (B, T, D) → (B, C) | [第 10 章](10_text_classification.ipynb) |
# | 一对多 (one-to-many) | 看图写话：一幅图 → 一句话 | (B, D) → (B, T, V) | [第 02 章](02_rnn_forward.ipynb) |
# | 逐步对齐 (aligned) | 词性标注：每个词一个标签 | (B, T, D) → (B, T, C) | [第 14 章](14_sequence_labelling.ipynb) |
# | 预测下一个 | 语言模型：每一步猜下一个字符 | (B, T, D) → (B, T, V) | 第 [11](11_char_lm.ipynb)、[12](12_word_lm.ipynb) 章 |
# | 预测未来 | 时间序列：过去的窗口 → 未来的值 | (B, T, D) → (B, 1) | [第 13 章](13_time_series.ipynb) |
# | 序列到序列 (seq2seq) | 翻译：两边长度不同 | (B, T, D) → (B, S, V) | 第 [15](15_seq2seq.ipynb)、[16](16_attention.ipynb) 章 |
# | 不对齐的转写 | 语音识别：帧多字少，不知道哪帧对哪字 | (B, T, D) → (B, S, V) | 第 17 章 |
#
# 表里的 $C$ 是类别数，$V$ 是词表大小（有多少种字符或词），$S$ 是输出的步数，可以和 $T$ 不同。
#
# 其中“预测下一个”和“预测未来”不用人标注，把序列错开，它自己就是答案。

# %% name="shifted_by_one"
inputs, targets = sentence[:-1], sentence[1:]
print(" ".join(f"{x}>{y}" for x, y in zip(inputs[:8], targets[:8])))
assert len(inputs) == len(targets) == len(sentence) - 1

# %% [markdown]
# <a id="cell-id=1-2"></a>
# ## 1.2 马尔可夫链：用手数一张转移表
#
# 最省事的预测，只看眼前这一个字符。拿 `abracadabra` 来数，`a` 出现在 4 个有后继的位置上，后面跟着 `b`、`c`、`d`、`b`。所以 `a` 之后是 `b` 的比例是 2/4，`c` 和 `d` 各 1/4。对每个字符都这样数一遍，就得到一张表。

# %% name="counts"
word = "abracadabra"
letters = sorted(set(word))
ids = np.array([letters.index(c) for c in word])
C = np.zeros((5, 5), int)
for t in range(len(ids) - 1):
    C[ids[t], ids[t + 1]] += 1
print("  " + " ".join(letters))
for letter, row in zip(letters, C):
    print(letter, *row)

# %% [markdown]
# 第一行读作 `a` 之后 0 次 `a`、2 次 `b`、1 次 `c`、1 次 `d`、0 次 `r`。每一行除以自己的和，计数就成了条件概率：
#
# $$P_{ij}=P(x_{t+1}=j\mid x_t=i)=\frac{C_{ij}}{\sum_k C_{ik}}$$
#
# 这张表叫**转移矩阵 (transition matrix)**。“**给定现在**，下一个与更早的条件独立”，即 $P(x_{t+1}\mid x_t,\dots,x_1)=P(x_{t+1}\mid x_t)$，叫**马尔可夫性质 (Markov property)**。它并不是说过去与未来无关，过去的影响都经过现在传过来。按这张表一步一步走下去的随机过程，叫**马尔可夫链 (Markov chain)**。

# %%
P = C / C.sum(axis=1, keepdims=True)
claim("row_sum_error", np.abs(P.sum(axis=1) - 1).max(), at_most=1e-12)

# %% name="transition_matrix"
fig, ax = plt.subplots(figsize=(4.6, 3.8))
image = ax.imshow(P, vmin=0, vmax=1, cmap="Blues")
for i, j in np.argwhere(P > 0):
    ax.text(j, i, f"{P[i, j]:.2f}", ha="center", va="center",
            color="white" if P[i, j] > 0.6 else "black")
ax.set(xticks=range(5), yticks=range(5), xticklabels=letters,
       yticklabels=letters, xlabel="next letter", ylabel="letter now",
       title="After 'a' three letters compete")
ax.grid(False)
fig.colorbar(image, label="probability")
plt.show()

# %% [markdown]
# 除了 `a`，其余四个字母后面都只有一种可能，有难度的只有 `a` 这一行。照着表抽样，就能生成文本。

# %%
rng = np.random.default_rng(0)
state, path = 0, []
for _ in range(40):
    path.append(letters[state])
    state = rng.choice(5, p=P[state])
print("".join(path))

# %% [markdown]
# 每相邻两个字母都在原词里出现过，连起来却不是原词，因为链只记得一步。

# %% [markdown]
# <a id="cell-id=1-3"></a>
# ## 1.3 预测得好不好：奈特、比特、困惑度
#
# 一整段序列的概率，总能拆成一串“下一个是什么”的概率，这叫**链式分解 (chain rule of probability)**：
#
# $$P(x_1,\dots,x_T)=\prod_{t=1}^{T}P(x_t\mid x_1,\dots,x_{t-1})$$
#
# 它没有任何近似。马尔可夫链的近似，是条件里只留 $x_{t-1}$ 一个。给一段文本算概率的模型，统称**语言模型 (language model)**。
#
# 连乘取对数再变号，就成了连加。模型给真正出现的字符的概率是 $p_t$，这一步的**损失**就是 $-\ln p_t$。猜中而且有把握 ($p_t=1$) 时损失是 0，模型觉得越不可能的事发生了，损失越大。$N$ 个字符的平均损失叫**平均负对数似然 (mean negative log-likelihood)**：
#
# $$\mathrm{NLL}=-\frac1N\sum_{t=1}^{N}\ln p_t$$
#
# 用自然对数，单位是**奈特 (nat)**；用以 2 为底的对数，单位是**比特 (bit)**，1 比特 = $\ln 2$ 奈特。先手算。`a` 之后跟着 `b`、`c`、`d`、`b`，模型给它们的概率依次是 1/2、1/4、1/4、1/2，损失是 1、2、2、1 比特，平均 1.5 比特。

# %%
p = np.array([1 / 2, 1 / 4, 1 / 4, 1 / 2])
nats = -np.log(p).mean()
bits = nats / np.log(2)
print(f"{nats:.3f} nats = {bits:.3f} bits, perplexity {np.exp(nats):.3f}")

# %% [markdown]
# 1.04 奈特就是 1.5 比特。第三个数 $e^{\mathrm{NLL}}$（也就是 $2^{\text{bits}}$）叫**困惑度 (perplexity)**，记作 PPL，读作“相当于在几个等可能的选项里瞎猜”。`a` 之后有 3 个选项，但 `b` 更常见，所以是 2.83 而不是 3。在 $V$ 个字符里均匀地猜，每一步的概率都是 $1/V$，NLL 是 $\ln V$，困惑度正好是 $V$。
#
# Keras 训练分类网络时打印的交叉熵损失，也就是这个 NLL，单位是奈特。核对一下。

# %%
loss = keras.losses.SparseCategoricalCrossentropy()
theirs = float(loss(ids[1:], P[ids[:-1]]))
ours = -np.log(P[ids[:-1], ids[1:]]).mean()
claim("word_nll", ours, close_to=0.4159, tol=1e-4)
claim("keras_minus_own_nll", abs(theirs - ours), at_most=1e-6)

# %% [markdown]
# 整个单词平均每一步的损失只有 0.416<!-- claim word_nll --> 奈特，因为 10 步里有 6 步毫无悬念。
#
# 比较困惑度之前先看单位。一个是“每字符”，一个是“每词”，就不能直接比，[第 12 章](12_word_lm.ipynb)讲怎样换算。

# %% [markdown]
# <a id="cell-id=1-4"></a>
# ## 1.4 n 元语法与 Witten–Bell 平滑
#
# 只看一个字符太短视。看前 $n-1$ 个字符，照样计数，叫 **n 元语法 (n-gram)**。$n=1$ 什么都不看，$n=2$ 就是刚才的马尔可夫链。
#
# 计数有个要命的地方。`aa` 在 `abracadabra` 里没有出现过：

# %% name="never_seen"
with np.errstate(divide="ignore"):
    print("cost of 'aa':", -np.log(P[0, 0]), "nats")

# %% [markdown]
# 概率是 0，损失无穷大。新文本里只要有一处没见过的组合，整段就被判为“不可能”。$n$ 越大，没见过的组合越多。所以要从见过的组合那里匀出一点概率，这叫**平滑 (smoothing)**。
#
# Witten 和 Bell 问的是，在 `a` 之后，“出现新东西”这件事发生过几次？ `a` 之后数到 4 次，其中第一次见到 `b`、第一次见到 `c`、第一次见到 `d`，一共 3 次是新的。那就给“新东西”留 3 票，和 4 次真实计数放在一起，共 7 票。这 3 票按少看一个字符的模型（这里是单字符频率）来分：
#
# $$P_n(x\mid c)=\frac{\mathrm{count}(c\,x)+K(c)\,P_{n-1}(x\mid c')}{N(c)+K(c)}$$
#
# $N(c)$ 是上下文 $c$ 之后一共数到多少次，$K(c)$ 是其中有几种字符，$c'$ 是去掉最老的一个字符的 $c$。最底层 $P_0=1/V$。上下文 $c$ 从没出现过时，分子分母都没有计数可用，直接用 $P_{n-1}(x\mid c')$。手算 $P(b\mid a)$：

# %% name="votes"
p1_b = (2 + 5 * (1 / 5)) / (11 + 5)  # b: 2 of 11 letters, 5 kinds
p2_b = (2 + 3 * p1_b) / (4 + 3)      # after a: 2 of 4, 3 kinds
p1_a = (5 + 5 * (1 / 5)) / (11 + 5)
p2_a = (0 + 3 * p1_a) / (4 + 3)      # never seen after a
print(f"P(b)   = {p1_b:.4f}   P(a)   = {p1_a:.4f}")
print(f"P(b|a) = {p2_b:.4f}   P(a|a) = {p2_a:.4f}")
claim("b_after_a", p2_b, close_to=0.3661, tol=1e-4)
claim("a_after_a", p2_a, close_to=0.1607, tol=1e-4)

# %% [markdown]
# `b` 从 0.5 降到 0.3661<!-- claim b_after_a -->，没见过的 `a` 从 0 升到 0.1607<!-- claim a_after_a -->，因为 `a` 本身是最常见的字母，分到的票也最多。
#
# 把公式照抄成一个递归函数，任意长的上下文都能算。

# %%
def witten_bell(text, context, token, size):
    """P(token | context), straight from the formula."""
    n = len(context)
    after = [text[i + n] for i in range(len(text) - n)
             if text[i:i + n] == context]
    lower = 1 / size
    if n > 0:
        lower = witten_bell(text, context[1:], token, size)
    if not after:
        return lower  # context never seen: ask the shorter one
    new = len(set(after))
    return (after.count(token) + new * lower) / (len(after) + new)


print(round(witten_bell(word, "a", "b", 5), 4))

# %% [markdown]
# 和手算一致。但它每问一次都要把文本从头翻到尾，翻一百万个字符的剧本就太慢了。书里的 `rnnbook.language.ngram.WittenBell` 做同样的事，用排好序的数组一次数完所有长度，再整批查表。先核对两者给出同样的概率，从此用快的那个。

# %%
from rnnbook.language.ngram import WittenBell

model = WittenBell(order=3).fit(ids, vocab_size=5)
contexts = [word[i:i + 2] for i in range(9)] + ["aa", "rr", "cb"]
gaps = []
for context in contexts:
    fast = model.probs([letters.index(c) for c in context])
    slow = [witten_bell(word, context, w, 5) for w in letters]
    gaps.append(np.abs(fast - slow).max())
claim("fast_minus_slow_ngram", max(gaps), at_most=1e-12)

# %% [markdown]
# 12 次查询（两个上下文问了两遍，三个从没出现过）、每次 5 种后继，两种写法的差不超过 $10^{-12}$。

# %% [markdown]
# <a id="cell-id=1-5"></a>
# ## 1.5 实验：看几个字符最好
#
# 现在换成真正的文本，莎士比亚剧本 tinyshakespeare（Karpathy 整理，原文属公有领域）。前 90 % 是训练文本，后 10 % 用来打分，这与 nanoGPT 的切分相同。看几个字符最好，要在训练文本里面挑，前一段计数，末尾一段（与打分的一样长）用来挑选。打分的那 10 % 不参加任何选择。
#
# 对手不能只有一个。更强的一种，是 Chen 和 Goodman 改良的 Kneser–Ney 平滑：
#
# $$P_n(x\mid c)=\frac{\mathrm{count}(c\,x)-d+R(c)\,P_{n-1}(x\mid c')}{N(c)}$$
#
# 它与 Witten–Bell 有两点不同。一是每个见过的组合都减去一个折扣 $d$，只见过 1 次、2 次、3 次以上的各用一个 $d$，都由训练文本估出来（没见过的，$d=0$）；减下来的总数 $R(c)$ 按短一截的模型来分。二是短一截的模型不数 $x$ 出现了多少次，而数它前面出现过多少种不同的字符。`rnnbook.language.kneser_ney.KneserNey` 就是它。

# %% tags=["data"]
from rnnbook.data.shakespeare import load_shakespeare
from rnnbook.data.vocab import Vocabulary

plays = load_shakespeare()
vocab = Vocabulary.from_text(plays.train)
train, held_out = vocab.encode(plays.train), vocab.encode(plays.validation)
print(f"{len(train):,} characters to count, {len(held_out):,} to score,"
      f" {len(vocab)} kinds")
print(plays.validation[:98])
full = plays.source.full
pairs = set(zip(plays.train, plays.train[1:]))
for name, mark, kinds in [("w", "W", 9), ("semicolon", ";", 24)]:
    print(f"{mark!r}: {plays.train.count(mark):,} times")
    claim(f"kinds_before_{name}", sum(b == mark for _, b in pairs),
          close_to=kinds, tol=0, scope="full", full=full)

# %% [markdown]
# `W` 和分号都出现三千多次，但 `W` 多半在行首，前面只有 9<!-- claim kinds_before_w --> 种字符，分号前面有 24<!-- claim kinds_before_semicolon --> 种。到了一个没见过的上下文，Kneser–Ney 的低阶模型就多猜分号。

# %% [markdown]
# Witten–Bell 的 8 元模型里就装着 1 到 8 元的全部计数，`token_nll` 的第 $n$ 行是 $n$ 元模型对每个字符的损失。Kneser–Ney 的低阶数的是另一样东西，所以每一阶各数一遍。

# %% name="ngram_table" tags=["data"]
from rnnbook.language.kneser_ney import KneserNey

V, ORDERS = len(vocab), np.arange(2, 9)
counted, choosing = train[:-len(held_out)], train[-len(held_out):]
model = WittenBell(order=8).fit(counted, V)
witten = model.token_nll(choosing).mean(axis=1)[1:]
again = model.token_nll(counted[:len(held_out)]).mean(axis=1)[1:]
kneser = np.array([KneserNey(n).fit(counted, V).token_nll(choosing).mean()
                   for n in ORDERS])
print("order  Witten-Bell  Kneser-Ney  Witten-Bell, counted text")
for n, *row in zip(ORDERS, witten, kneser, again):
    print(f"{n:5d}  {row[0]:11.3f}  {row[1]:10.3f}  {row[2]:12.3f}")

# %% name="ngram_orders" tags=["data"]
fig, ax = plt.subplots()
ax.plot(ORDERS, witten, "o-", color=BLUE, label="Witten-Bell, new text")
ax.plot(ORDERS, kneser, "o-", color=GREEN, label="Kneser-Ney, new text")
ax.plot(ORDERS, again, "s--", color=GREY, label="Witten-Bell, counted text")
for curve in (witten, kneser):
    best = curve.argmin()
    ax.plot(ORDERS[best], curve[best], "o", markersize=15, fillstyle="none",
            color=VERMILION, markeredgewidth=2)
ax.set(xlabel="order n of the n-gram", ylabel="nats per character",
       title=f"Best order on new text: {ORDERS[witten.argmin()]} or "
             f"{ORDERS[kneser.argmin()]}, it depends on the smoothing")
ax.legend()
plt.show()

# %% [markdown]
# 看两条实线，都是没计过数的文本。Witten–Bell 在 5 元最低，再看就变差。Kneser–Ney 一直降到 7 元。虚线是计过数的文本，越看越准，因为模型快把它背下来了。训练误差下降而新数据上的误差上升，叫**过拟合 (overfitting)**。从哪一阶开始过拟合，不只由数据定，还看怎样平滑。
#
# 阶数挑好了，用全部训练文本重新计数，在从没用过的 10 % 上打分。

# %% name="ngram_scores" tags=["data"]
nll = WittenBell(order=6).fit(train, V).token_nll(held_out).mean(axis=1)
rival = KneserNey(ORDERS[kneser.argmin()]).fit(train, V)
rival_nll = rival.token_nll(held_out).mean()
expected = [3.347, 2.486, 2.049, 1.774, 1.669, 1.698]
for n, value in enumerate(expected, start=1):
    claim(f"ngram_{n}", nll[n - 1], close_to=value, tol=0.001,
          scope="full", full=full)
claim("witten_bell_order", ORDERS[witten.argmin()], close_to=5, tol=0,
      scope="full", full=full)
claim("kneser_ney_order", ORDERS[kneser.argmin()], close_to=7, tol=0,
      scope="full", full=full)
claim("kneser_ney", rival_nll, close_to=1.517, tol=0.001,
      scope="full", full=full)
claim("kneser_ney_gains", nll[4] - rival_nll, close_to=0.152, tol=0.001,
      scope="full", full=full)
claim("kneser_ney_perplexity", np.exp(rival_nll), close_to=4.56, tol=0.01,
      scope="full", full=full)
context = held_out[:6]
p = [np.exp(-rival.token_nll(np.append(context, x))[-1]) for x in range(V)]
claim("kneser_ney_sum_error", abs(sum(p) - 1), at_most=1e-9)

# %% [markdown]
# 在考题上，Witten–Bell 什么都不看（只知道哪个字符常见）是 3.347<!-- claim ngram_1 --> 奈特，看前 1 个字符降到 2.486<!-- claim ngram_2 -->，看前 4 个字符（5<!-- claim witten_bell_order --> 元）降到 1.669<!-- claim ngram_5 -->，再多看一个反而升到 1.698<!-- claim ngram_6 -->。Kneser–Ney 用 7<!-- claim kneser_ney_order --> 元，看前 6 个字符，得 1.517<!-- claim kneser_ney --> 奈特，又少了 0.152<!-- claim kneser_ney_gains -->，困惑度 4.56<!-- claim kneser_ney_perplexity -->。和你开头的猜测比一比。
#
# 各阶终究会到头，原因之一可以数出来。

# %% name="long_tail" tags=["data"]
from collections import Counter

long = Counter(plays.train[i:i + 6] for i in range(len(plays.train) - 5))
words = Counter(plays.train.split())
fig, ax = plt.subplots()
for name, table, colour in [("letters", Counter(plays.train), GREY),
                            ("words", words, GREEN), ("6-grams", long, BLUE)]:
    sizes = sorted(table.values(), reverse=True)
    ax.loglog(range(1, len(sizes) + 1), sizes, color=colour, label=name)
ax.set(xlabel="rank of the piece of text", ylabel="how often it occurs",
       title="A few pieces are frequent, most are rare")
ax.legend()
plt.show()

# %% tags=["data"]
pieces = [plays.validation[i:i + 6] for i in range(len(plays.validation) - 5)]
claim("unseen_6_grams", np.mean([piece not in long for piece in pieces]),
      close_to=0.208, tol=0.001, scope="full", full=full)
claim("rare_6_grams", np.mean([n <= 2 for n in long.values()]),
      close_to=0.735, tol=0.001, scope="full", full=full)
claim("words_once", np.mean([n == 1 for n in words.values()]),
      close_to=0.585, tol=0.001, scope="full", full=full)

# %% [markdown]
# 绿线在双对数坐标里接近直线，词的次数大致与名次成反比，这叫**齐普夫定律 (Zipf's law)**。它拖着一条长尾，58.5%<!-- claim words_once --> 的词只出现一次。6 元组合也是这样，73.5%<!-- claim rare_6_grams --> 只计到过一两次，比例并不可靠；新文本里的 6 元组合有 20.8%<!-- claim unseen_6_grams --> 从没见过，只能退回更短的组合。另一条路是在相似的上下文之间共享经验，神经网络走的就是这条路（Bengio 等，2003）。
#
# 读一读各阶模型按自己的概率抽出来的文本，比数字更直观。

# %% name="ngram_samples" tags=["data"]
for n in (1, 2, 3, 5):
    sampler = WittenBell(order=n).fit(train, len(vocab))
    sample = sampler.generate(100, prompt=vocab.encode("\n"), seed=4)
    print(f"--- order {n} ---\n{vocab.decode(sample).strip()}\n")

# %% [markdown]
# 1 元只有字母频率，2 元开始有能读出声的音节，3 元有了几个真的短词。5 元的词大多是真词，但前言不搭后语，它的记忆只有 4 个字符。
#
# 这样不用训练网络就能得到、后来者必须打败的分数，叫**基线 (baseline)**。[第 11 章](11_char_lm.ipynb)的循环网络要和 Kneser–Ney 的 1.517<!-- claim kneser_ney --> 比，而不是和 1.669<!-- claim ngram_5 --> 或均匀猜测的 $\ln 65=4.174$ 比。

# %% [markdown]
# <a id="cell-id=1-6"></a>
# ## 1.6 窗口：让前馈网络读序列
#
# 数值序列也可以只看最近几个值。把宽为 $w$ 的**窗口 (window)** 沿着序列一步一步往右滑，每个窗口是一行输入，窗口之后的那个值是答案。

# %% name="window_rows"
x = np.arange(6)
for i in range(3):
    print("input", x[i:i + 3], "-> target", x[i + 3])

# %%
from rnnbook.time_series.windows import (
    moving_average, noisy_sine, persistence, windows,
)

X, y = windows(x, width=3)
print(X.tolist(), y.tolist())
assert X.shape == (6 - 3, 3)

# %% [markdown]
# $T$ 个值、宽 $w$、预测下一个，得到 $T-w$ 个样本，6 个值、宽 3，只有 3 个。`X` 的每一行没有“时间步”的概念，只是 $w$ 个特征，所以普通的全连接网络就能直接处理。
#
# 下面造一条知道答案的序列，周期 20 步的正弦，加上标准差 0.5 的噪声。噪声与过去独立，谁也猜不到，所以任何预测的期望均方误差都不低于 $0.5^2=0.25$。这叫**噪声下限 (noise floor)**。前 5,000 步训练，后 20,000 步测试。

# %%
PERIOD, NOISE, WIDTH, CUT = 20, 0.5, 20, 5_000
x = noisy_sine(25_000, period=PERIOD, noise=NOISE, seed=0)
X, y = windows(x.astype("float32"), WIDTH)
cut = CUT - WIDTH  # the first row whose target is a test point
X_train, y_train, X_test, y_test = X[:cut], y[:cut], X[cut:], y[cut:]
print(X_train.shape, X_test.shape)


def mse(forecast):
    """Mean squared error on the test points."""
    return float(np.mean((forecast - y_test) ** 2))


# %% [markdown]
# ### 先问不用训练的办法
#
# - **持续性预测 (persistence)**：明天和今天一样，$\hat y_{t+1}=x_t$；
# - **移动平均 (moving average)**：最近几个值的平均，能抵消一部分噪声，但会滞后；几个，在训练部分上挑；
# - **季节性朴素预测 (seasonal naive)**：照抄一个周期之前的值，$\hat y_{t+1}=x_{t+1-20}$；
# - 同相位平均：知道周期是 20，就把训练部分里同一相位（周期里的同一个位置）的 250 个值平均起来。

# %%
def best_width(X, y):
    """How many last values to average, chosen by squared error on X, y."""
    losses = [np.mean((moving_average(X[:, -k:]) - y) ** 2)
              for k in range(1, X.shape[1] + 1)]
    return int(np.argmin(losses)) + 1


profile = x[:CUT].reshape(-1, PERIOD).mean(axis=0)
k = best_width(X_train, y_train)
errors = {
    "persistence": mse(persistence(X_test)),
    "moving average": mse(moving_average(X_test[:, -k:])),
    "seasonal naive": mse(X_test[:, -PERIOD]),
    "phase average": mse(profile[np.arange(CUT, len(x)) % PERIOD]),
}
print("moving average of", k, "values")

# %%
claim("persistence_mse", errors["persistence"], close_to=0.549, tol=0.008)
claim("moving_average_mse", errors["moving average"], close_to=0.483,
      tol=0.006)
claim("seasonal_naive_mse", errors["seasonal naive"], close_to=0.497,
      tol=0.012)
claim("phase_average_mse", errors["phase average"], close_to=0.25, tol=0.008)

# %% [markdown]
# 持续性是 0.549<!-- claim persistence_mse -->。移动平均选中的宽度是 2，降到 0.480<!-- claim moving_average_mse -->，平均两个值抵消的噪声，多于滞后带来的误差。季节性朴素预测知道周期，却只有 0.492<!-- claim seasonal_naive_mse -->，因为它抄来的那个值自己也带着一份噪声，误差约为 $2\times0.25$。把 250 个同相位的值平均起来，噪声几乎抵消干净，误差 0.250<!-- claim phase_average_mse -->，已经贴着下限。

# %% [markdown]
# ### 再问网络
#
# 一个隐藏层的全连接网络看最近 20 个值，预测下一个，用 3 个随机种子各训练一次。没有人告诉它周期是多少。`compile` 选定优化器和损失，`fit` 把训练样本用 `epochs` 遍。

# %%
def train_mlp(X, y, seed, epochs):
    """Train a small network from windows (N, w) to one value each (N,)."""
    keras.utils.set_random_seed(seed)
    net = keras.Sequential([
        keras.Input(X.shape[1:]),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ])
    net.compile(optimizer="adam", loss="mse")
    net.fit(X, y, epochs=epochs, batch_size=128, verbose=0)
    return net


# %% tags=["training"]
nets = [train_mlp(X_train, y_train, seed, epochs=20) for seed in range(3)]
mlp = [mse(net(X_test).numpy()[:, 0]) for net in nets]
errors["window MLP"] = np.mean(mlp)
print("MLP, three seeds:", np.round(mlp, 3))
claim("mlp_mse", np.mean(mlp), close_to=0.282, tol=0.006)
claim("mlp_over_persistence", max(mlp) / errors["persistence"], at_most=0.54)

# %% [markdown]
# 三个种子平均 0.280<!-- claim mlp_mse -->，约是持续性的一半。先别高兴。同样看这 20 个值，一个用最小二乘 (least squares) 拟合的线性公式能做到多少？窗口更宽呢？

# %%
def least_squares(X_fit, y_fit, X_new):
    """Fit y = X w + c on one part, forecast the other."""
    X_fit, X_new = (np.hstack([Z, np.ones((len(Z), 1))])
                    for Z in (X_fit, X_new))
    return X_new @ np.linalg.lstsq(X_fit, y_fit, rcond=None)[0]


linear = {}
for w in (1, 20, 40, 60, 100):
    A, b = windows(x, w)
    linear[w] = mse(least_squares(A[:CUT - w], b[:CUT - w], A[CUT - w:]))
    errors[f"linear, {w} values"] = linear[w]
    print(f"{w:3d} values: {linear[w]:.3f}")

# %% tags=["training"]
floor = errors["phase average"]
claim("linear_mse", linear[20], close_to=0.275, tol=0.0075)
claim("linear_minus_mlp", linear[20] - min(mlp), at_most=-0.004)
claim("linear_1_mse", linear[1], close_to=0.448, tol=0.007)
claim("linear_100_mse", linear[100], close_to=0.26, tol=0.01)
claim("distance_left", (linear[100] - floor) / (linear[20] - floor),
      at_most=0.5)

# %% name="sine_baselines" tags=["training"]
fig, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.2))
left.plot(y_test[:40], "o", color=GREY, label="measured")
left.plot(persistence(X_test)[:40], ":", color=GREEN, label="persistence")
left.plot(nets[0](X_test[:40]).numpy(), color=BLUE, label="window MLP")
left.set(xlabel="test step", ylabel="value", ylim=(-2.3, 3.4),
         title="The MLP finds the wave in the noise")
left.legend(ncol=3, loc="upper left", fontsize=9.5, handlelength=1.2,
            columnspacing=0.8)
names = [n for n in sorted(errors, key=errors.get, reverse=True)
         if n not in ("linear, 1 values", "linear, 40 values")]
colours = [BLUE if name == "window MLP" else GREY for name in names]
bars = right.barh(names, [errors[n] for n in names], color=colours)
right.bar_label(bars, fmt=" %.3f")
right.axvline(NOISE**2, color=VERMILION, linestyle="--")
right.text(0.26, -0.85, "noise floor", color=VERMILION, va="center")
right.set(xlabel="mean squared error", xlim=(0, 0.68), ylim=(-1.2, 7.6),
          title="Linear on 100 values beats the MLP on 20")
plt.show()

# %% [markdown]
# 同样 20 个值，线性公式是 0.272<!-- claim linear_mse -->，比三个种子里最好的网络还好一点。看 100 个值，它降到 0.259<!-- claim linear_100_mse -->，离同相位平均的距离只剩 39%<!-- claim distance_left -->。20 个值的线性公式输给同相位平均，缺的主要不是“周期是 20”这条知识，而是窗口太短，看得见的周期越多，能平均掉的噪声越多。
#
# 如果只报告“误差是持续性的一半”，就掩盖了这两件事。**先有基线，再谈网络**，本书每一章都照这个次序。

# %% [markdown]
# ### 滑动的窗口网络就是一维卷积
#
# 把同一个网络在序列上一步一步往右滑，和一个**一维卷积 (1D convolution)** 是同一回事。卷积每次看相邻几步，用同一组权重；看几步叫**核宽**，这里是 20（输出层变成核宽为 1 的卷积）。把权重抄过去，逐点核对。

# %%
conv = keras.Sequential([
    keras.Input((None, 1)),  # None: any number of steps
    layers.Conv1D(32, WIDTH, activation="relu"),
    layers.Conv1D(1, 1),
])
(W1, b1), (W2, b2) = (layer.get_weights() for layer in nets[0].layers)
conv.layers[0].set_weights([W1[:, None, :], b1])
conv.layers[1].set_weights([W2[None], b2])

# %% tags=["training"]
wave = x[CUT - WIDTH:-1].astype("float32")[None, :, None]
slid = conv(wave).numpy()[0, :, 0]
print("series", wave.shape, "-> forecasts", slid.shape)
claim("conv_minus_mlp", np.abs(slid - nets[0](X_test).numpy()[:, 0]).max(),
      at_most=1e-5)

# %% [markdown]
# 一次卷积给出了全部 20,000 个预测，和逐个窗口算的相同（只差舍入误差）。它的局限也一目了然，预测只看得见最近 20 步。改动更早的值，预测的变化恰好是 0。

# %%
longer = np.random.default_rng(1).normal(size=(1, 60, 1)).astype("float32")
edited = longer.copy()
edited[0, 39] += 10.0  # 21 steps before the value that is forecast
before, after = conv(longer).numpy(), conv(edited).numpy()
claim("effect_from_outside_window", abs(before[0, -1, 0] - after[0, -1, 0]),
      close_to=0, tol=0)
edited[0, 40] += 10.0  # 20 steps before: the oldest value in the window
assert conv(edited).numpy()[0, -1, 0] != before[0, -1, 0]

# %% [markdown]
# 所以前馈网络不是“不会处理序列”，而是**记忆的长度事先定死了**，和 n 元语法一样。循环网络要换掉的正是这一点。

# %% [markdown] tags=["optional"]
# <a id="cell-id=1-7"></a>
# ## 1.7 选读：太阳黑子，一条真实序列
#
# 太阳黑子数有从 1749 年起的逐月记录，活动大约 11 年一起一落。按时间切开，前 80 % 训练，其余测试。

# %% tags=["data"]
from rnnbook.data.series import load_series

sunspots = load_series("sunspots")
s = sunspots.data.to_numpy()
months = sunspots.data.index
split = int(0.8 * len(s))
for part in (slice(0, split), slice(split, None)):
    first, last = months[part][[0, -1]]
    print(f"{first:%Y-%m} to {last:%Y-%m}: {len(s[part]):4d} months,"
          f" mean {s[part].mean():.0f}")

# %% [markdown]
# 看几个月、预测多远，先看数据再定。一条序列与它自己错开若干步之后的相关系数，叫**自相关 (autocorrelation)**，下面左图只用训练部分来算。右图问的是预测得越远，误差怎样增长；线性公式看最近 36 个月。

# %% name="horizons" tags=["data"]
def ahead(k, width=36):
    """Mean absolute errors k months ahead: persistence, linear window."""
    A, b = windows(s, width, k)
    first = split - (width + k - 1)
    line = least_squares(A[:first], b[:first], A[first:])
    return [np.abs(f - s[split:]).mean() for f in (A[first:, -1], line)]


lags = np.arange(1, 181)
related = [np.corrcoef(s[:split - k], s[k:split])[0, 1] for k in lags]
grown = {k: ahead(k) for k in range(6, 181, 6)}
always_mean = np.abs(s[:split].mean() - s[split:]).mean()
fig, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.2))
left.plot(lags, related, color=BLUE)
left.axhline(0, color=GREY, linewidth=1)
left.set(xlabel="lag [months]", ylabel="autocorrelation",
         xticks=range(0, 181, 36), title="Correlated again after 11 years")
for curve, name, colour in zip(zip(*grown.values()), ["persistence",
                               "linear, 36 months"], [GREEN, BLUE]):
    right.plot(list(grown), curve, color=colour, label=name)
right.axhline(always_mean, color=GREY, linestyle="--", label="training mean")
right.set(xlabel="months ahead", ylabel="mean abs. error",
          xticks=range(0, 181, 36), ylim=(0, 130),
          title="Further ahead is not always harder")
right.legend(fontsize=10, loc="upper left")
plt.show()

# %% tags=["data"]
claim("autocorrelation_36", related[35], close_to=0, tol=0.01)
claim("persistence_48", grown[48][0], close_to=82.7, tol=0.1)
claim("persistence_132", grown[132][0], close_to=32.8, tol=0.1)
claim("always_mean_mae", always_mean, close_to=49.8, tol=0.1)

# %% [markdown]
# 左图在 36 个月处是 0.00<!-- claim autocorrelation_36 -->，再往后先负后正，大约 11 年之后又像了起来。右图是它的镜像。持续性的误差 48 个月时是 82.7<!-- claim persistence_48 -->，比永远回答训练部分的平均值（49.8<!-- claim always_mean_mae -->）还差，到 132 个月又落回 32.8<!-- claim persistence_132 -->。线性公式的误差一开始也随着步数增长，但它知道什么时候该往平均值靠。
#
# 下面的任务是看最近 36 个月，预测 6 个月之后。三处容易作弊，都要守住。切分**按时间**，不打乱；标准化用的均值和标准差只从训练部分算；移动平均和线性公式的宽度只在训练部分挑。

# %% tags=["data", "training"]
HORIZON, WIDTH, SEASON = 6, 36, 132
mean, sd = s[:split].mean(), s[:split].std()
X, y = windows(((s - mean) / sd).astype("float32"), WIDTH, HORIZON)
cut = split - (WIDTH + HORIZON - 1)  # rows whose target is a training month
sun_nets = [train_mlp(X[:cut], y[:cut], seed, epochs=60) for seed in range(3)]
forecasts = [net(X[cut:]).numpy()[:, 0] * sd + mean for net in sun_nets]
truth = s[split:]


def mae(forecast):
    """Mean absolute error on the test months, in sunspots."""
    return float(np.abs(forecast - truth).mean())


# %% tags=["data", "training"]
raw, answer = windows(s, WIDTH, HORIZON)
k = best_width(raw[:cut], answer[:cut])
line = least_squares(raw[:cut], answer[:cut], raw[cut:])


def wide_line(width, last):
    """Forecast the months from `last` on by least squares before it."""
    A, b = windows(s, width, HORIZON)
    first = last - (width + HORIZON - 1)
    return least_squares(A[:first], b[:first], A[first:])


fold = int(0.8 * split)  # choose the width on the last training months
tried = {w: np.abs(wide_line(w, fold)[:split - fold] - s[fold:split]).mean()
         for w in (12, 24, 36, 60, 90, 132, 180, 264)}
wide = min(tried, key=tried.get)

# %% name="sunspot_scores" tags=["data", "training"]
sun = {"seasonal naive": mae(s[split - SEASON:-SEASON]),
       "persistence": mae(persistence(raw[cut:])),
       "moving average": mae(moving_average(raw[cut:, -k:])),
       "linear, 36 months": mae(line),
       f"linear, {wide} months": mae(wide_line(wide, split)),
       "window MLP": np.mean([mae(f) for f in forecasts])}
for name, error in sun.items():
    print(f"{name:18s} {error:5.1f}   {error / sun['persistence']:5.0%}")
print("MLP, three seeds:", np.round([mae(f) for f in forecasts], 1))

# %% tags=["data", "training"]
claim("sunspot_persistence_mae", sun["persistence"], close_to=24.28, tol=0.1)
claim("sunspot_seasonal_mae", sun["seasonal naive"], close_to=32.8, tol=0.1)
claim("sunspot_linear_mae", mae(line), close_to=19.2, tol=0.1)
claim("sunspot_width", wide, close_to=132, tol=0)
claim("sunspot_wide_mae", mae(wide_line(wide, split)), close_to=18.6, tol=0.1)
claim("sunspot_mlp_mae", sun["window MLP"], close_to=18.4, tol=0.33)
claim("sunspot_mlp_over_persistence",
      max(mae(f) for f in forecasts) / sun["persistence"], at_most=0.79)

# %% name="sunspots" tags=["data", "training"]
fig, ax = plt.subplots(figsize=(7.2, 2.8))
some = slice(18 * 12, 25 * 12)
dates = months[split:][some]
ax.plot(dates, truth[some], ".", color="black", label="measured")
ax.plot(dates, raw[cut:, -1][some], color=GREEN, linewidth=1.2,
            label="persistence")
ax.plot(dates, forecasts[0][some], color=BLUE, label="window MLP")
ax.set(xlabel="year", ylabel="sunspots a month",
           title="Six months ahead: persistence is late, the MLP less so")
ax.legend(ncol=3, fontsize=10)
plt.show()

# %% [markdown]
# “11 年周期”不是日历，照抄 132 个月之前的季节性预测误差 32.8<!-- claim sunspot_seasonal_mae -->，是最差的一个，比持续性的 24.3<!-- claim sunspot_persistence_mae --> 还差。窗口网络 3 个种子平均 18.2<!-- claim sunspot_mlp_mae -->，线性公式看同样 36 个月是 19.2<!-- claim sunspot_linear_mae -->，宽度由训练部分挑成 132<!-- claim sunspot_width --> 个月后是 18.6<!-- claim sunspot_wide_mae -->。在这个任务上，网络比持续性好得多，比线性公式只好一点。

# %% [markdown]
# ### 警告：打乱之后再切分
#
# 相邻的窗口几乎重叠，窗口 $i$ 的答案就是窗口 $i+1$ 的最后一个输入。先打乱窗口再切分，测试题的答案就混进了训练数据，这叫**数据泄漏 (data leakage)**。拿纯噪声来试。什么规律都没有，MSE 不应该低于方差 1。模型是一个只会死记的查表法。

# %%
noise = np.random.default_rng(0).standard_normal(1_500)
X, y = windows(noise, width=12)


def look_up(train, test):
    """Find a training window that overlaps by 11 values; copy its last."""
    gap = np.abs(X[test][:, None, 1:] - X[train][None, :, :-1]).max(axis=-1)
    found = X[train][gap.argmin(axis=1), -1]
    return np.where(gap.min(axis=1) == 0, found, 0.0)


def leak_mse(order):
    """Error of the look-up when the first 1,200 rows of an order train."""
    train, test = order[:1_200], order[1_200:]
    return np.mean((look_up(train, test) - y[test]) ** 2)


rows = np.arange(len(X))
mixed = np.random.default_rng(1).permutation(rows)
found = np.isin(rows[mixed[1_200:]] + 1, mixed[:1_200]).mean()
claim("answers_in_training", found, close_to=0.8, tol=0.06)
claim("shuffled_split_mse", leak_mse(mixed), at_most=0.3)
claim("time_split_mse", leak_mse(rows), at_least=0.85, at_most=1.2)

# %% [markdown]
# 打乱切分时，查表法在纯噪声上得到 0.18<!-- claim shuffled_split_mse -->，低于理论下限 1，因为 78%<!-- claim answers_in_training --> 的测试题，答案就写在训练数据里。按时间切分，同一个查表法是 1.07<!-- claim time_split_mse -->，原形毕露。看到好得不真实的结果，先查切分。

# %% [markdown]
# ## 小结
#
# 你已经：
#
# - **数出**了带平滑的 n 元语法，Witten–Bell 5 元是 1.669<!-- claim ngram_5 --> 奈特每字符，Kneser–Ney 7 元是 1.517<!-- claim kneser_ney -->，后者才是[第 11 章](11_char_lm.ipynb)的对手；
# - **换算**了奈特、比特和困惑度，并核对了它就是 Keras 的交叉熵；
# - **比较**了窗口网络、线性公式和四种不用训练的基线。带噪正弦上，网络赢了持续性，没有赢线性公式。
#
# | 名称 | 公式 |
# |---|---|
# | 转移概率 | $P_{ij}=C_{ij}/\sum_k C_{ik}$，每一行的和是 1 |
# | 链式分解 | $P(x_1,\dots,x_T)=\prod_tP(x_t\mid x_1,\dots,x_{t-1})$ |
# | 平均负对数似然 | $\mathrm{NLL}=-\frac1N\sum_t\ln p_t$（奈特）；除以 $\ln 2$ 得比特 |
# | 困惑度 | $\mathrm{PPL}=e^{\mathrm{NLL}}=2^{\mathrm{bits}}$ |
# | Witten–Bell | $P_n(x\mid c)=\dfrac{\mathrm{count}(c\,x)+K(c)P_{n-1}(x\mid c')}{N(c)+K(c)}$，$P_0=1/V$ |
# | Kneser–Ney | $P_n(x\mid c)=\dfrac{\mathrm{count}(c\,x)-d+R(c)P_{n-1}(x\mid c')}{N(c)}$，低阶数左边的种类 |
# | 持续性、季节性朴素 | $\hat y_{t+1}=x_t$；$\hat y_{t+1}=x_{t+1-m}$，$m$ 是周期 |
# | 窗口的个数 | $T-w-k+1$（$T$ 个值，宽 $w$，提前 $k$ 步） |

# %% [markdown]
# ## 常见误解

# %% [markdown]
# ### E10 “前馈网络和卷积网络不能处理序列：长度固定，只看当前输入”
#
# 本书由五份中文讲义 S0–S4 改编，其中 S0、S1、S3、S4 都有类似的话。用到次序的网络，把次序打乱就该变差。拿[1.6 节](#cell-id=1-6)训练好的网络来试，测试窗口里还是那 20 个值，只是打乱了。再看一个卷积网络，5 步、50 步、500 步的序列都能读，参数一个不多。它最后的**全局池化**把各步的输出平均成一个。

# %% tags=["training"]
mixed = np.random.default_rng(2).permuted(X_test, axis=1)
shuffled = [mse(net(mixed).numpy()[:, 0]) for net in nets]
claim("shuffled_windows_mse", min(shuffled), at_least=0.83)

# %%
any_length = keras.Sequential([
    keras.Input((None, 1)), layers.Conv1D(8, 3, activation="relu"),
    layers.GlobalAveragePooling1D(), layers.Dense(1)])
for T in (5, 50, 500):
    print(T, any_length(np.ones((2, T, 1))).shape, any_length.count_params())
claim("conv_parameters", any_length.count_params(), close_to=41, tol=0)

# %% [markdown]
# 正确的说法：窗口网络和卷积层的视野是固定的（这里 20 步），视野之外的输入对那一步的输出没有任何影响（[1.6 节](#cell-id=1-6)测得恰好是 0）。打乱之后误差至少是 0.86<!-- claim shuffled_windows_mse -->，原来是 0.280<!-- claim mlp_mse -->，前馈网络用的正是次序。池化能汇总任意多步，但它本身不记次序。循环网络的视野没有事先定死的上限。Transformer 也是前馈网络，读序列读得很好。

# %% [markdown]
# ### E14 “马尔可夫模型用离散的状态转移矩阵，RNN 与它不同”
#
# S0 第 2.4 节这样区分两者。但转移矩阵只是离散状态马尔可夫链的写法，状态也可以是连续的向量。RNN 的状态由 $h_t=f(x_t,h_{t-1})$ 算出，所以给定 $h_{t-1}$ 和 $x_t$，更早的输入不再改变 $h_t$，这是定义。只给 $x_t$ 就不够，最后一个输入相同而历史不同，状态就不同：

# %%
rng = np.random.default_rng(0)
W, U = rng.normal(size=4), 0.5 * rng.normal(size=(4, 4))
a, b = rng.normal(size=(2, 10))
b[-1] = a[-1]  # the same present, another past
state = np.zeros((2, 4))
for values in zip(a, b):
    state = np.tanh(np.outer(values, W) + state @ U)
claim("past_matters_given_input", np.abs(state[0] - state[1]).max(),
      at_least=0.1)

# %% [markdown]
# 这里说的是网络怎样算，不是怎样预测得好。状态没有记住的过去，对预测仍然可能有用。[1.6 节](#cell-id=1-6)的正弦，只记住 $x_t$ 的线性公式误差是 0.45<!-- claim linear_1_mse -->，看 20 个值是 0.272<!-- claim linear_mse -->。

# %% [markdown]
# ## 练习
#
# 每道题先运行一遍看到“未作答”，再把 `...` 换成你的答案。卡住时运行 `hint("题名")`，例如 `hint("sequences.window_count")`。

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 有多少个窗口
#
# 太阳黑子序列有 2820 个月。用最近 24 个月预测**6 个月之后**的值，一步一步滑动，一共能得到多少个（输入，答案）样本？
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-1)<!-- twin -->

# %%
window_count = ...

check("sequences.window_count", window_count)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 转移矩阵
#
# 写一个函数：输入编号序列 `ids` (N,) 和字符种数 `size`，返回转移矩阵 (size, size)，第 $i$ 行是 $i$ 之后的分布。没有后继的字符，那一行取均匀分布。
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def transition_matrix(ids, size):
    ...


check("sequences.transition_matrix", transition_matrix)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 比特和困惑度
#
# 写一个函数：输入模型给每个真实字符的概率 `p` (N,)，返回两个数（每字符多少比特，困惑度）。
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def bits_and_perplexity(p):
    ...


check("sequences.bits_and_perplexity", bits_and_perplexity)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 手算 Witten–Bell
#
# 照 [1.4 节](#cell-id=1-4)的样子，手算 `abracadabra` 的 2 元概率 $P(c\mid a)$，写成分数或保留四位小数。
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-4)<!-- twin -->

# %%
p_c_after_a = ...

check("sequences.witten_bell", p_c_after_a)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 季节性朴素预测
#
# 窗口矩阵 `X` (N, w) 的每一行是连续的 w 个值，答案是**紧接着的下一个值**。写一个函数，返回答案之前整整 `season` 步的那个值，形状 (N,)。
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def seasonal_naive(X, season):
    ...


check("sequences.seasonal_naive", seasonal_naive)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 不泄漏的切分
#
# 写一个函数：输入序列 `x` (T,)、窗口宽 `width` 和切分点 `cut`，预测下一个值，返回 `X_train, y_train, X_test, y_test`。要求：
#
# 1. 用 `x[:cut]` 的均值和标准差把整条序列标准化；
# 2. 答案在 `cut` 之前的窗口归训练，其余归测试，次序不变；
# 3. 测试答案从 `x[cut]` 开始，一个不少（它的输入可以来自训练年代：预测那天，过去是已知的）。
#
# [解答](solutions/01_sequences.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def split_by_time(x, width, cut):
    ...


check("sequences.split_by_time", split_by_time)

# %% [markdown]
# ## 延伸阅读
#
# - Markov, 1913 年的演讲，英译：*An Example of Statistical Investigation of the Text Eugene Onegin …*，Science in Context 19(4), 2006，doi:10.1017/S0269889706001074。第一条用真实数据数出来的链，数的就是两万个字母：读它看问题是怎样提出来的。
# - Shannon, *A Mathematical Theory of Communication*, 1948，doi:10.1002/j.1538-7305.1948.tb01338.x。第 3 节用 0 到 3 阶近似生成英文（Shannon 的 1 阶是本章的 1 元），与 [1.5 节](#cell-id=1-5)的样本对照着读。
# - Witten & Bell, *The Zero-Frequency Problem*, IEEE Trans. Information Theory 37(4), 1991，doi:10.1109/18.87000。“新东西该留多少票”的几种答案，本章用的是其中的方法 C。
# - Chen & Goodman, *An Empirical Study of Smoothing Techniques for Language Modeling*, Computer Speech & Language 13(4), 1999，doi:10.1006/csla.1999.0128。各种平滑在同样条件下的比较；本章的三个折扣出自这里。
# - Bengio, Ducharme, Vincent & Jauvin, *A Neural Probabilistic Language Model*, JMLR 3, 2003。用一个窗口网络代替计数表，是从本章通向神经语言模型的桥。
# - Bai, Kolter & Koltun, *An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling*, 2018，arXiv:1803.01271。E10 的大规模版本：卷积网络在许多序列任务上不输循环网络。
#
# [← 00 环境与形状](00_setup.ipynb) · [目录](index.md) · [解答](solutions/01_sequences.ipynb) · [02 循环神经网络：从公式到代码 →](02_rnn_forward.ipynb)<!-- nav -->
