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
# # 第 09 章 变长序列：填充、掩码与分桶
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/09_masking.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/09_masking.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/09_masking.ipynb)<!-- badges -->
#
# [← 08 双向、堆叠与残差](08_deep_bidirectional.ipynb) · [目录](index.md) · [解答](solutions/09_masking.ipynb) · [10 文本分类 →](10_text_classification.ipynb)<!-- nav -->
#
# 读完这一章，你会让网络的答案不随“补了多少个 0”改变，知道掩码在哪一层丢掉，并把白算的时间步砍掉一半以上。
#
# | | |
# |---|---|
# | **你将会** | **写出**带掩码的扫描，与 Keras 相差不到 $10^{-6}$；**查清**每一层拿掩码做什么；**分桶**并在训练之前看出 cuDNN 会不会拒绝 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的扫描；第 [06](06_lstm.ipynb)、[07](07_gru.ipynb) 章的 LSTM 与 GRU（只当积木用）；[第 08 章](08_deep_bidirectional.ipynb)的双向层 |
# | **时间** | 阅读 55 分钟<!-- minutes -->，练习 60 分钟，运行约 52 s<!-- seconds --> |

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
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.cells import gru_step, lstm_step, rnn_step
from rnnbook.notebook.figures import BLUE, GREY, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一个没有用掩码的分类器读 100 句话；它是随机初始化的，还没有训练过。现在每句后面多补 20 个 0，句子本身一字不改，再读一遍。有多少句的答案会变？
#
# 先写下你的猜测（0 到 100），[9.2 节](#cell-id=9-2)用测量来回答。

# %%
guess = None  # your guess, e.g. 0

# %% [markdown]
# <a id="cell-id=9-1"></a>
# ## 9.1 补齐，才能成批
#
# 一批是一个矩形的数组，句子却有长有短。把短的补到一样长，叫**填充 (padding)**；把太长的切掉一段，叫**截断 (truncation)**。Keras 的 `pad_sequences` 两样都做，但它的默认值值得看一眼。

# %% name="pad_sides"
sentences = [[7, 3, 9, 4], [5, 2], [8]]  # word ids; 0 is kept for padding
pad = keras.utils.pad_sequences
print("default:\n", pad(sentences))
print("post:\n", pad(sentences, padding="post"))

# %% [markdown]
# 默认补在左边（`padding="pre"`）。本书一律补在右边（`padding="post"`），[9.10 节](#cell-id=9-10)会看到理由，GPU 上的高速实现（NVIDIA 的 cuDNN 库）只认右边。截断也有两边，默认丢掉开头：

# %%
print("default:", pad([[7, 3, 9, 4]], maxlen=2)[0],
      " post:", pad([[7, 3, 9, 4]], maxlen=2, truncating="post")[0])
left, right = pad(sentences), pad(sentences, padding="post")
claim("default_pads_left", (left[1:, 0] == 0).mean(), close_to=1, tol=0)

# %% [markdown]
# 留下的是 9、4 还是 7、3，由任务决定。影评的结论常在结尾，新闻的要点常在开头。
#
# 哪些步是真的，用一个布尔数组记下来，叫**掩码 (mask)**：真的步是 True，填充是 False。由长度造掩码，只要一次比较。第 $t$ 步（从 0 数起）是真的，当且仅当 $t$ 小于这一行的长度 $n_i$。
#
# $$m_{i,t}=[\,t<n_i\,]$$

# %%
lengths = np.array([len(s) for s in sentences])
mask = np.arange(4) < lengths[:, None]  # (1, T) against (N, 1)
print(mask.astype(int))
claim("mask_finds_padding", (mask != (right != 0)).sum(), at_most=0)

# %% [markdown]
# 库里的 `rnnbook.cells.masks.length_mask` 就是这一行，加上对输入的检查。

# %% [markdown]
# <a id="cell-id=9-2"></a>
# ## 9.2 多补 20 个 0，答案变了多少
#
# 讲义 S0 的分类器是“嵌入 → 循环层 → 取末状态 → 线性层”，批里的句子补齐以后直接送进去（它的其他毛病在[第 10 章](10_text_classification.ipynb)修）。照它的尺寸在 Keras 里搭一遍，两个模型的权重完全一样，只差 `mask_zero`。都没有训练过。

# %%
def classifier(mask_zero):
    keras.utils.set_random_seed(1)
    return keras.Sequential([
        layers.Embedding(1000, 100, mask_zero=mask_zero),
        layers.SimpleRNN(128),
        layers.Dense(2),
    ])

def logits(model, ids):
    return ops.convert_to_numpy(model(ids))

rng = np.random.default_rng(0)
ids = rng.integers(1, 1000, (100, 12)).astype("int32")
plain, masked = classifier(False), classifier(True)
same = np.abs(logits(plain, ids) - logits(masked, ids)).max()
claim("same_without_padding", same, at_most=1e-6)

# %% [markdown]
# 没有填充时两者一样。现在在右边或左边多补一些 0，看输出挪动多少。

# %%
def padded(extra, side="right"):
    width = (0, extra) if side == "right" else (extra, 0)
    return np.pad(ids, ((0, 0), width))

def shift(model, extra, side="right"):
    moved = logits(model, padded(extra, side)) - logits(model, ids)
    return np.median(np.abs(moved).max(axis=1))

# %% name="extra_pads"
extras = [0, 1, 2, 3, 5, 8, 12, 16, 20]
for name, model, side, style in (
        ("no mask, right", plain, "right", "o-"),
        ("no mask, left", plain, "left", "s--"),
        ("mask, right", masked, "right", "^:")):
    plt.plot(extras, [shift(model, n, side) for n in extras], style,
             label=name)
plt.title("One zero on the right is enough to move the logits")
plt.xticks(range(0, 21, 4))
plt.xlabel("padding steps added to each sentence")
plt.ylabel("median shift of a logit")
plt.legend()
plt.show()

# %%
before = logits(plain, ids)
after = logits(plain, padded(20))
flipped = (before.argmax(axis=1) != after.argmax(axis=1)).sum()
print("your guess:", guess, " measured:", flipped)
claim("answers_flipped", flipped, at_least=20)
claim("logit_scale", before.std(), at_most=0.15)
claim("unmasked_shift", shift(plain, 20), at_least=0.05)
claim("left_over_right", shift(plain, 20, "left") / shift(plain, 20),
      at_most=1.1)
claim("first_zero", shift(plain, 1) / shift(plain, 20), at_least=0.3)
for side in ("right", "left"):
    change = logits(masked, padded(20, side)) - logits(masked, ids)
    claim(f"masked_shift_{side}", np.abs(change).max(), at_most=1e-6)

# %% [markdown]
# 这就是开头那个问题的答案：100 句里有 40<!-- claim answers_flipped --> 句换了答案。输出的标准差只有 0.12<!-- claim logit_scale -->，挪动的中位数却有 0.19<!-- claim unmasked_shift -->，和抛硬币差不多。有掩码时，左边、右边都一点不变。没有训练过的分类器，答案本来就没有意义；这里量的是结构会不会让填充改变输出。训练过的网络怎样，[9.4 节](#cell-id=9-4)再量。
#
# 这里有三件事要看清：
#
# 1. 填的是 0，嵌入却不是 0，第 0 行是一个普通的随机向量，每一步都在改写状态。就算嵌入真是零向量，$h_tU$ 和偏置也照样作用。
# 2. 只补一个 0，挪动就有补 20 个时的 116%<!-- claim first_zero -->。换五个种子，从不到一半到差不多一样大，都不算小。不必补很多，错一步就是错。
# 3. 补在左边，这个网络的挪动只有右边的 39%<!-- claim left_over_right -->，也许因为词在填充之后读，冲淡了它的痕迹。换五组种子，从 52%<!-- claim least/left_over_right --> 到 103%<!-- claim most/left_over_right -->，多半变小，没有消失。
#
# 训练时一批补到本批最长，所以没有掩码的网络还有一个怪毛病，同一句话，换一批邻居，答案就可能变。

# %% [markdown]
# <a id="cell-id=9-3"></a>
# ## 9.3 手写带掩码的扫描
#
# 掩码要做的事只有一句话，**遇到填充，状态原样留着**。设 $f$ 是循环层的一步，$m_t$ 是 0 或 1：
#
# $$s_t=m_t\,f(x_t,s_{t-1})+(1-m_t)\,s_{t-1}$$
#
# 先手算。一个单元，$f(x,h)=\tanh(x+0.5h)$，两个真实的输入 1 和 2，后面补两个 0：
#
# | $t$ | $x_t$ | 不用掩码的 $h_t$ | $m_t$ | 用掩码的 $h_t$ |
# |---|---|---|---|---|
# | 1 | 1 | $\tanh(1)=0.762$ | 1 | 0.762 |
# | 2 | 2 | $\tanh(2+0.381)=0.983$ | 1 | 0.983 |
# | 3 | 0 | $\tanh(0+0.492)=0.455$ | 0 | 0.983 |
# | 4 | 0 | $\tanh(0+0.228)=0.224$ | 0 | 0.983 |

# %% name="hand"
h, kept = 0.0, 0.0
for x, m in zip([1.0, 2.0, 0.0, 0.0], [1, 1, 0, 0]):
    h = np.tanh(x + 0.5 * h)
    kept = m * np.tanh(x + 0.5 * kept) + (1 - m) * kept
    print(f"x = {x:.0f}  without mask {h:.3f}  with mask {kept:.3f}")
claim("faded", h, close_to=0.224, tol=6e-4)
claim("kept", kept, close_to=0.983, tol=6e-4)

# %% [markdown]
# 读完两个词时状态是 0.983<!-- claim kept -->；再“读”两个填充，没有掩码的只剩 0.224<!-- claim faded -->。填充让网络忘了句子。
#
# 推广到一批、任意的步函数。状态写成元组，LSTM 的 $(h,c)$ 两个都要留住。

# %%
def masked_scan(step, xs, state, mask):
    output, outputs = np.zeros_like(state[0]), []
    for t in range(xs.shape[1]):
        real = mask[:, t, None]  # (B, 1)
        # s_t = m_t * step(x_t, s_{t-1}) + (1 - m_t) * s_{t-1}
        new = step(xs[:, t], state)
        state = tuple(np.where(real, n, s) for n, s in zip(new, state))
        output = np.where(real, new[0], output)  # padding repeats it
        outputs.append(output)
    return np.stack(outputs, axis=1), state

# %% [markdown]
# 用 `np.where` 而不用乘法，填充步里哪怕算出了 NaN，也不会混进来（$0\times\mathrm{NaN}$ 仍是 NaN）。
#
# 拿 SimpleRNN、LSTM、GRU 核对。掩码故意取三种，填在右边、填在左边、中间有洞；最后一行全是填充。

# %%
from functools import partial

B, T, D, H = 4, 7, 3, 5
xs = rng.standard_normal((B, T, D)).astype("float32")
on_right = np.arange(T) < np.array([7, 4, 1, 0])[:, None]
masks = {"right": on_right, "left": on_right[:, ::-1],
         "holes": rng.random((B, T)) < 0.5}
steps = {
    "SimpleRNN": (1, lambda x, s, w: (rnn_step(x, *s, *w),)),
    "LSTM": (2, lambda x, s, w: lstm_step(x, *s, *w)),
    "GRU": (1, lambda x, s, w: (gru_step(x, *s, *w),)),
}

# %% name="equals_keras"
gaps = {}
for name, (count, step) in steps.items():
    layer = getattr(layers, name)(H, return_sequences=True,
                                  bias_initializer="random_normal")
    layer.build((None, None, D))
    weights, zero = layer.get_weights(), (np.zeros((B, H), "float32"),)
    for kind, m in masks.items():
        own, _ = masked_scan(partial(step, w=weights), xs, zero * count, m)
        theirs = layer(xs, mask=ops.convert_to_tensor(m.copy()))
        gaps[name, kind] = np.abs(own - ops.convert_to_numpy(theirs)).max()
    print(name, "within 1e-6 of Keras:", all(
        gaps[name, kind] <= 1e-6 for kind in masks))
claim("masked_scan_equals_keras", max(gaps.values()), at_most=1e-6)

# %% [markdown]
# 三种层、三种掩码，每一步的输出都与 Keras 相差不到 $10^{-6}$。从这几行代码可以读出四个推论，不必死记：
#
# - 填充步的输出重复上一步的输出，所以补在右边时，最后一步的输出就是句子末尾的状态；
# - 开头的填充步前面没有输出，输出 0，即使初始状态不是 0；
# - 洞会被跳过，前后接起来；
# - 整行都是填充，状态就是初始状态。

# %%
out = ops.convert_to_numpy(layer(xs, mask=ops.convert_to_tensor(on_right)))
claim("padding_repeats", np.abs(out[1, 4:] - out[1, 3]).max(), at_most=0)
claim("empty_row_state", np.abs(out[3]).max(), at_most=0)
zeroed = layers.GRU(H, return_sequences=True, zero_output_for_mask=True)
zeroed.build((None, None, D))
zeroed.set_weights(weights)
out0 = ops.convert_to_numpy(zeroed(xs, mask=ops.convert_to_tensor(on_right)))
claim("zero_output_for_mask", np.abs(out0[~on_right]).max(), at_most=0)
claim("real_steps_untouched", np.abs((out0 - out)[on_right]).max(),
      at_most=0)

# %% [markdown]
# `zero_output_for_mask=True` 让填充步输出 0 而不是重复，真实的步不受影响。状态的更新与它无关。

# %% [markdown]
# <a id="cell-id=9-4"></a>
# ## 9.4 不用掩码，网络自己学得会跳过填充吗
#
# 填充的编号总是 0，网络看得见它。那么掩码是不是可有可无？让三个网络学同一件最简单的事，说出句子的最后一个词（8 选 1，瞎猜 12.5%）。LSTM、权重的起点、数据、更新次数都一样，只差填充的边和掩码。这是一次录下来的训练，每种 5 个随机种子，20 轮；`python -m rnnbook.recipes run padding_sides` 可以重做。

# %%
race = recipes.load("padding_sides")
settings, log = race.settings["settings"], race.log
print({k: settings[k] for k in ("train", "longest", "units", "epochs")})

# %% name="padding_sides"
arms = {"right, masked": (BLUE, "o"), "left": (GREY, "s"),
        "right": (VERMILION, "^")}
for name, (colour, marker) in arms.items():
    table = log[log.padding == name].pivot(
        index="epoch", columns="seed", values="accuracy")
    plt.fill_between(table.index, table.min(axis=1), table.max(axis=1),
                     color=colour, alpha=0.2)
    plt.plot(table.index, table.median(axis=1), marker=marker,
             markevery=2, color=colour, label=name)
plt.axhline(1 / 8, color="black", linewidth=1, linestyle=":")
plt.title("Without a mask, right padding takes longer to learn")
plt.xticks(range(2, 21, 2))
plt.xlabel("epoch (16 updates each)")
plt.ylabel("accuracy on unseen sequences")
plt.legend(title="padding")
plt.show()

# %% [markdown]
# 图里是 5 个种子的中位数和范围。有多快，数一数“正确率第一次到 90%”用了几轮：

# %% name="race_epochs"
first = (log[log.accuracy >= 0.9].groupby(["padding", "seed"])["epoch"]
         .min().unstack("seed"))
print(first.fillna(99).astype(int).to_string())
epochs = first.fillna(99).median(axis=1)
last = log[log.epoch == settings["epochs"]].groupby("padding")
claim("epochs_masked", epochs["right, masked"], close_to=2, tol=0)
claim("epochs_left", epochs["left"], close_to=2, tol=0)
claim("epochs_right", epochs["right"], close_to=9, tol=0)
claim("final_right", last["accuracy"].median()["right"], at_least=0.9)
claim("final_right_more", last["more_padding"].median()["right"],
      at_least=0.9)  # 100 more zeros than in training

# %% [markdown]
# 有掩码的 2<!-- claim epochs_masked --> 轮学会（中位数），补在左边的也是 2<!-- claim epochs_left --> 轮，它的答案就在最后一步。补在右边又不用掩码的要 9<!-- claim epochs_right --> 轮，它还得从数据里学会带着答案走过填充。三种用的是同一个学习率，没有为谁调过。
#
# 老实说，它最后学会了（正确率的中位数 0.99<!-- claim final_right -->），而且学到的东西靠得住，测试时再多补 100 个 0，正确率的中位数是 1.00<!-- claim final_right_more -->。所以“没有掩码就学不会”是不对的。掩码把一件要花数据和时间去学的事，变成了精确的、不用学的事。
#
# 现场重跑两行，缩小到一个种子、4 轮，训练集减半，只用 400 条。

# %% tags=["training"]
recipe = recipes.import_recipe("padding_sides")
for arm in ("right", "right, masked"):
    keras.utils.set_random_seed(0)
    rows = recipe.run_trial(settings | {"epochs": 4, "train": 400},
                            {"padding": arm, "seed": 0})
    print(f"{arm:14s}", [round(row["accuracy"], 3) for row in rows])

# %% [markdown]
# <a id="cell-id=9-5"></a>
# ## 9.5 掩码从哪里来，怎样走
#
# 在 Keras 里造掩码有三种办法。
#
# | 办法 | 哪一步算填充 | 用在 |
# |---|---|---|
# | `Embedding(mask_zero=True)` | 编号等于 0 | 词、字符 |
# | `Masking(mask_value=v)` | 特征**全部**等于 v | 实数序列 |
# | 调用时给 `mask=` | 你说了算 | 已知长度时 |
#
# 造好以后，掩码是张量的一个属性，叫 `_keras_mask`。每一层被调用时，Keras 把输入的掩码交给 `call(mask=…)`，再问这一层的 `compute_mask` 输出有没有掩码。

# %% name="mask_travels"
from rnnbook.cells.masks import mask_effect, mask_of, with_mask

embed = layers.Embedding(10, 4, mask_zero=True)
vectors = embed(right)
print(mask_of(vectors).astype(int))
print("after Dense:", mask_of(layers.Dense(2)(vectors)) is not None)
print("after * 2:  ", mask_of(vectors * 2) is not None)
claim("embedding_mask", (mask_of(vectors) != mask).sum(), at_most=0)
claim("dense_passes", mask_of(layers.Dense(2)(vectors)) is not None,
      at_least=1)
claim("arithmetic_passes", mask_of(vectors * 2) is not None, at_most=0)

# %% [markdown]
# `mask_of` 只是取出 `_keras_mask`。经过 `Dense`，掩码还在；写一句 `vectors * 2`，它就没了，没有任何警告。`*`、`+`、切片和 `keras.ops` 里的函数都不是层，不懂掩码。

# %% [markdown]
# ### 编号 0 是留给填充的
#
# `mask_zero=True` 以后，0 不能再当词用。如果词表从 0 数起，排第一的词就会在所有句子里消失，形状全对，也不报错：

# %%
reader = keras.Sequential([layers.Embedding(10, 4, mask_zero=True),
                           layers.GRU(5)])
with_zero = logits(reader, np.array([[7, 0, 3]]))
without = logits(reader, np.array([[7, 3, 0]]))
claim("word_zero_is_skipped", np.abs(with_zero - without).max(), at_most=1e-6)

# %% [markdown]
# 7、0、3 和 7、3 读出来完全相同，中间的 0 被跳过了。所以词从 1 编起，`Embedding` 的第一个参数是词数加 1。
#
# `Masking` 有同样的坑：一个真实的步恰好全是 0（比如标准化后的平均值、静音、没有客流的夜里），也会被跳过。补一个数据里不会出现的值更稳：

# %%
quiet = np.array([[[1.0], [0.0], [-1.0], [-9.0]]])  # 0 is real, -9 pads
for value in (0.0, -9.0):
    m = mask_of(layers.Masking(mask_value=value)(quiet))
    print(f"mask_value={value:4.0f}:", m.astype(int)[0])
claim("real_zero_lost", mask_of(layers.Masking()(quiet))[0, 1], at_most=0)

# %% [markdown]
# <a id="cell-id=9-6"></a>
# ## 9.6 每一层拿掩码做什么：一张测出来的表
#
# 文档里的说法不如自己测。对每一层做三次前向计算，带掩码、不带掩码、带掩码但把填充步的内容加上 5，由此回答四个问题。
#
# - 读不读 (reads)，带与不带，输出不同吗？
# - 传不传 (passes)，输出还有掩码吗？
# - 说不说 (warns)，丢掉掩码时警告了吗？
# - 漏不漏 (leaks)，填充的内容变了，真实步（或汇总后的结果）的输出变吗？
#
# 这就是库里的 `mask_effect`。先拿卷积看一眼它量的是什么。

# %%
x = rng.standard_normal((2, 6, 4)).astype("float32")
m = np.arange(6) < np.array([3, 6])[:, None]
e = mask_effect(layers.Conv1D(3, 3, padding="same"), x, m)
print("reads", e.reads, " passes", e.passes, " warns", e.warns,
      f" leaks {e.leak:.2f}")

# %% [markdown]
# 卷积不读掩码，丢掉了它（有警告），而且漏，卷积核把填充的内容带进了最后一个真实步。现在量一批常用的层。

# %%
uses = {
    "LSTM": layers.LSTM(3),
    "LSTM, sequences": layers.LSTM(3, return_sequences=True),
    "Bidirectional(GRU)": layers.Bidirectional(layers.GRU(3)),
    "GlobalAveragePooling1D": layers.GlobalAveragePooling1D(),
    "Dense": layers.Dense(3),
    "Dropout": layers.Dropout(0.5),
    "LayerNormalization": layers.LayerNormalization(),
    "Conv1D(causal)": layers.Conv1D(3, 3, padding="causal"),
    "Conv1D(same)": layers.Conv1D(3, 3, padding="same"),
    "GlobalMaxPooling1D": layers.GlobalMaxPooling1D(),
    "Flatten": layers.Flatten(),
    "Lambda": layers.Lambda(lambda v: 2 * v),
    "ops: x * 2": lambda v: v * 2,
}
effects = {name: mask_effect(layer, x, m) for name, layer in uses.items()}
effects |= {name: mask_effect(getattr(layers, name)(), x, m, inputs=2)
            for name in ("Add", "Concatenate", "Attention")}

# %% name="layer_map"
print(f"{'':24s}reads passes warns leaks")
for name, e in effects.items():
    answers = (e.reads, e.passes, e.warns, e.leak > 1e-6)
    print(f"{name:24s}", *(f"{'yes' if a else '-':6s}" for a in answers))
leaky = {name for name, e in effects.items() if e.leak > 1e-6}
claim("layers_measured", len(effects), close_to=16, tol=0)
claim("layers_that_fail", sum(e.error != "" for e in effects.values()),
      at_most=1)  # none now; Attention on Keras 3.8
claim("leaky_layers", len(leaky), close_to=3, tol=0)

# %% [markdown]
# 16<!-- claim layers_measured --> 种用法，可以归成五类：
#
# 1. 读掩码的有循环层、`Bidirectional`、`GlobalAveragePooling1D`、注意力。还有时间轴的，把掩码传下去；只剩一个结果的，到此为止。
# 2. 不读、只传的有 `Dense`、`Dropout`、`LayerNormalization`。它们逐步计算，真实步不受影响。
# 3. 不读、丢掉、有警告的有 `Conv1D`、取最大的池化、`Flatten`、`Lambda`。其中 3<!-- claim leaky_layers --> 个还漏。因果卷积不漏，但后面的层再也看不到掩码。
# 4. 悄悄丢掉的那些运算，它们不是层。
# 5. 合并层看下一格。
#
# 别的层用同一个函数去测。

# %% [markdown]
# ### 合并两个输入：两个意外
#
# 一个输入有掩码，另一个没有：

# %% name="merge"
a, b = with_mask(x, m), with_mask(x, None)
added = mask_of(layers.Add()([a, b]))
joined = mask_of(layers.Concatenate()([a, b]))
print("mask:       ", m[0].astype(int))
print("Add:        ", None if added is None else added[0].astype(int))
print("Concatenate:", joined[0].astype(int))
claim("add_loses_mask", added is None, at_least=1)
claim("concatenate_all_true", joined.mean(), close_to=1, tol=0)

# %% [markdown]
# `Add` 的结果没有掩码；`Concatenate` 的结果全是 True，看上去还在，其实已经没用了。两个都不警告。原因在源码里（`keras/src/layers/merging/`），合并层取两个掩码的“或”，没有掩码的输入在 `Concatenate` 里算作全真。残差连接（[第 08 章](08_deep_bidirectional.ipynb)）把一个层的输出和它的输入相加，两边都要有掩码才行。

# %% [markdown]
# <a id="cell-id=9-7"></a>
# ## 9.7 双向、最后一步和空行

# %% [markdown]
# ### 双向：从填充开始读
#
# 后向层从右往左读，补在右边时，它先读到填充。没有掩码，句子还没开始，状态就已经乱了。

# %%
def bidirectional(**options):
    keras.utils.set_random_seed(2)
    bi = layers.Bidirectional(layers.GRU(H, **options))
    bi.build((None, None, 4))
    return bi

short = x[:1, :3]  # the first sentence alone, without padding
bi = bidirectional()
alone = ops.convert_to_numpy(bi(short))
wrong = np.abs(ops.convert_to_numpy(bi(x[:1])) - alone).max()
obeyed = ops.convert_to_numpy(bi(with_mask(x[:1], m[:1])))
claim("bidirectional_unmasked", wrong, at_least=0.15)
claim("bidirectional_masked", np.abs(obeyed - alone).max(), at_most=1e-6)
turned = with_mask(np.roll(x[:1], 3, axis=1), m[:1, ::-1])
claim("side_does_not_matter",
      np.abs(ops.convert_to_numpy(bi(turned)) - alone).max(), at_most=1e-6)

# %% [markdown]
# 没有掩码差 0.36<!-- claim bidirectional_unmasked -->；有掩码，补在哪边都与不填充的结果一致。

# %% [markdown]
# ### 不要自己去取最后一步
#
# 单向时，`outputs[:, -1]` 恰好等于末状态（填充步重复上一步）。于是很多代码这样写。换成双向，它就错了，`Bidirectional` 在 `return_sequences=True` 时强行打开 `zero_output_for_mask`（`keras/src/layers/rnn/bidirectional.py`），最后一步是填充的句子，取到的是一串 0。

# %% name="last_step"
every = bidirectional(return_sequences=True)
outputs = ops.convert_to_numpy(every(with_mask(x, m)))
print("largest entry of outputs[:, -1]:",
      np.abs(outputs[:, -1]).max(axis=1).round(3))
claim("last_step_is_zero", np.abs(outputs[0, -1]).max(), at_most=0)
claim("forward_half", np.abs(outputs[0, 2, :H] - alone[0, :H]).max(),
      at_most=1e-6)
claim("backward_half", np.abs(outputs[0, 0, H:] - alone[0, H:]).max(),
      at_most=1e-6)

# %% [markdown]
# 第一句（3 个真实步）取到全 0。两个方向的末状态其实分别在第 2 步的前一半和第 0 步的后一半。要末状态，就用 `return_sequences=False` 或 `return_state=True`，让层自己去取。GPU 上单向层的填充步也是 0（[9.10 节](#cell-id=9-10)），所以这条规矩对单向也适用。

# %% [markdown]
# ### 整行都是填充
#
# 空的句子（清洗后什么也不剩、凑满一批的占位行）会怎样？

# %% name="empty_rows"
empty = np.array([[True] * 6, [False] * 6])
state = ops.convert_to_numpy(layers.GRU(H)(with_mask(x, empty)))
mean = ops.convert_to_numpy(
    layers.GlobalAveragePooling1D()(with_mask(x, empty)))
print("GRU:    ", state[1].round(3))
print("average:", mean[1].round(3))
claim("empty_state", np.abs(state[1]).max(), at_most=0)
claim("empty_average_is_nan", np.isnan(mean[1]).mean(), close_to=1, tol=0)

# %% [markdown]
# 循环层给出初始状态 0；`GlobalAveragePooling1D` 给出 NaN（0 除以 0），一行就足以让整批的损失变成 NaN。GPU 上 cuDNN 直接报错。所以空行在进网络之前就去掉。

# %% [markdown]
# ### 从 PyTorch 来：`pack_padded_sequence`
#
# PyTorch 的循环层不收掩码，收长度。`pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)` 把一批序列按时间步重排，每一步只留下还没有读完的；`pad_packed_sequence` 把输出还原成矩形。
#
# | | PyTorch，打包 | Keras，掩码 |
# |---|---|---|
# | 说明哪些步是真的 | 长度 (B,)，要在 CPU 上；只能是右填充 | 布尔数组 (B, T)；左填充、中间有洞都行 |
# | 填充步 | 不算 | 照算，再扔掉；想少算要[分桶](#cell-id=9-9) |
# | 填充步的输出 | 0 | 重复上一步；`zero_output_for_mask=True` 才是 0 |
# | 末状态 | `h_n`，最后一个真实步 | `return_state=True`，最后一个真实步 |
# | 后向层 | 从最后一个真实步读起 | 同左 |
# | 空行 | 报错 | 初始状态 |
#
# 移植时最容易错两处，忘了打包，等于没有掩码；打包以后仍用 `output[:, -1]`，短的序列取到 0。

# %% [markdown]
# <a id="cell-id=9-8"></a>
# ## 9.8 损失的分母
#
# 每一步都有输出的任务（词性标注、语言模型）里，填充步也有“损失”。预测带着的掩码会被 Keras 用到损失里，填充步乘 0。那么平均时除以几？用一个手算得出的例子，两条序列，长度 2 和 1，补到 3；预测就是输入，目标全是 1，平方误差一眼可见。
#
# | | $t=1$ | $t=2$ | $t=3$ |
# |---|---|---|---|
# | 序列 1 的误差 | $(1-1)^2=0$ | $(2-1)^2=1$ | 填充：$(0-1)^2=1$ |
# | 序列 2 的误差 | $(3-1)^2=4$ | 填充：1 | 填充：1 |

# %%
xv = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]])
target, real = np.ones((2, 3, 1)), np.array([[1, 1, 0], [1, 0, 0]])

def evaluate(layer, loss="mse", batch_size=2, **options):
    model = keras.Sequential([keras.Input((3, 1)), layer])
    model.compile(loss=loss, metrics=["mse"], run_eagerly=True)
    values = model.evaluate(xv, target, verbose=0, batch_size=batch_size,
                            return_dict=True, **options)
    return values["loss"], values["mse"]

identity, weights = layers.Identity(), real.astype("float32")

# %% name="denominators"
averaged = keras.losses.MeanSquaredError("mean_with_sample_weight")
cases = {
    "no mask": evaluate(identity),
    "mask": evaluate(layers.Masking()),
    "sample_weight": evaluate(identity, sample_weight=weights),
    "sample_weight, mean": evaluate(identity, averaged,
                                    sample_weight=weights),
    "mask, batches of 1": evaluate(layers.Masking(), batch_size=1),
}
for name, (loss, metric) in cases.items():
    print(f"{name:20s} loss {loss:.3f}  metric {metric:.3f}")

# %%
for name, value in (("no mask", 8 / 6), ("mask", 5 / 3),
                    ("sample_weight", 5 / 6), ("sample_weight, mean", 5 / 3),
                    ("mask, batches of 1", (0.5 + 4) / 2)):
    assert abs(cases[name][0] - value) < 1e-6, name
claim("loss_no_mask", cases["no mask"][0], close_to=8 / 6, tol=1e-6)
claim("loss_mask", cases["mask"][0], close_to=5 / 3, tol=1e-6)
claim("loss_weights", cases["sample_weight"][0], close_to=5 / 6, tol=1e-6)
claim("loss_batches_of_1", cases["mask, batches of 1"][0], close_to=2.25,
      tol=1e-6)
claim("metric_batches_of_1", cases["mask, batches of 1"][1],
      close_to=4 / 3 if keras.__version__.startswith("3.8.") else 5 / 3,
      tol=1e-6)

# %% [markdown]
# 同样的误差，读出四个不同的数：
#
# | 写法 | 分子 | 分母 | 损失 |
# |---|---|---|---|
# | 不用掩码 | 全部 8 | 全部步 6 | 1.333<!-- claim loss_no_mask --> |
# | 掩码 | 真实步 5 | **真实步** 3 | 1.667<!-- claim loss_mask --> |
# | `sample_weight=` 掩码 | 真实步 5 | **全部步** 6 | 0.833<!-- claim loss_weights --> |
# | 掩码，每批 1 条 | 每批先平均 | 再平均各批 | 2.250<!-- claim loss_batches_of_1 --> |
#
# - 要“每个真实步的平均”，用掩码；用权重就写 `reduction="mean_with_sample_weight"`。默认的 `sample_weight` 除以全部步，填充越多，损失越小，梯度也越小。写在 `metrics=` 里的指标看掩码，却不看权重（上面仍是 1.333），要写在 `weighted_metrics=` 里。
# - 批与批之间，Keras 只按序列条数加权，不按步数。所以 `fit` 打印的 loss 依赖分批（1.667 变成 2.250），而指标 (metric) 按步累计，仍是 1.667<!-- claim metric_batches_of_1 -->（Keras 3.8 的指标还不看掩码，给 1.333）。比较两次训练，看指标，或者自己累计“总损失、总步数”。
# - 把掩码弄丢的层（[9.6 节](#cell-id=9-6)）之后，损失又会把填充算进去，而且不报错。

# %% [markdown]
# <a id="cell-id=9-9"></a>
# ## 9.9 分桶：少算一半
#
# 掩码保证了答案对，却没有省下一点计算，填充步照样算一遍再扔掉。先造一批数据，长度像真实文本那样拖着长尾（对数正态，中位数约 20）。

# %%
from rnnbook.training.bucketing import (
    Buckets, batch_indices, computed_steps, quantile_boundaries,
)

rng = np.random.default_rng(0)
lengths = np.clip(rng.lognormal(3, 0.6, 2000).round().astype(int), 2, 150)
texts = [rng.integers(1, 1000, n) for n in lengths]
print("median", int(np.median(lengths)), " mean", lengths.mean().round(1),
      " longest", lengths.max())

# %% [markdown]
# 有三种补法。全部补到最长；每批补到本批最长；**分桶 (bucketing)**，先按长度分成几组，每批只从一组里抽。衡量的量是真实步在算出的步里的份额：
#
# $$\text{份额}=\frac{\sum_i n_i}{\sum_{\text{批}}|\text{批}|\times T_{\text{批}}}$$

# %%
boundaries = quantile_boundaries(lengths, 8)
print("bucket boundaries:", boundaries)
random = batch_indices(lengths, 32, seed=0)
bucketed = batch_indices(lengths, 32, boundaries, seed=0)
total = lengths.sum()
all_steps = computed_steps(lengths, random, steps=lengths.max())
random_steps = computed_steps(lengths, random)
bucket_steps = computed_steps(lengths, bucketed)

# %%
claim("share_longest", total / all_steps, at_most=0.2)
claim("share_random", total / random_steps, close_to=0.335, tol=0.025)
claim("share_bucketed", total / bucket_steps, at_least=0.7)
claim("steps_saved", 1 - bucket_steps / random_steps, at_least=0.51)
claim("steps_saved_longest", 1 - bucket_steps / all_steps, at_least=0.7)

# %% [markdown]
# 补到最长，不到五分之一的步是真的（18.7%<!-- claim share_longest -->）；补到本批最长，33.7%<!-- claim share_random -->；8 个桶，76.4%<!-- claim share_bucketed -->。和随机的批相比，分桶省掉了 55.9%<!-- claim steps_saved --> 的步；和补到最长相比，省掉七成以上（75.5%<!-- claim steps_saved_longest -->）。把几个批画出来，灰色就是白算的：

# %% name="bricks"
from matplotlib.colors import ListedColormap

def bricks(batches, steps=None):
    rows = []
    for members in batches:
        width = steps or lengths[members].max()
        for n in -np.sort(-lengths[members]):
            row = np.zeros(lengths.max())
            row[:width], row[:n] = 1, 2
            rows.append(row)
        rows.append(np.zeros(lengths.max()))  # a gap between batches
    return np.array(rows)

fig, axes = plt.subplots(1, 3, figsize=(11, 4.2), sharex=True)
shares = (total / all_steps, total / random_steps, total / bucket_steps)
for ax, batches, steps, share, name in zip(
        axes, (random, random, bucketed), (lengths.max(), None, None),
        shares, ("pad to the longest", "pad each batch", "8 buckets")):
    ax.imshow(bricks(batches[:8], steps), aspect="auto",
              cmap=ListedColormap(["white", "#BFBFBF", BLUE]),
              interpolation="nearest")
    ax.set(title=f"{name}: {share:.0%} real", xlabel="time step", yticks=[],
           xticks=(0, 50, 100))
    ax.grid(False)
axes[0].set_ylabel("8 batches of 32 sequences")
fig.suptitle("Grey is computed and thrown away", fontweight="bold")
plt.show()

# %% [markdown]
# ### 要几个桶
#
# 桶越多，填充越少；但桶多了，每桶的句子就少，批与批之间、批内的顺序也越不随机，还会多出不满的小批。

# %% name="bucket_count"
counts = [1, 2, 4, 8, 16, 32]
curves = {"pad to the longest of the batch": [], "pad to the boundary": []}
for count in counts:
    edges = quantile_boundaries(lengths, count)
    for name, pad_to in zip(curves, ("longest", "boundary")):
        data = Buckets(texts, batch=32, boundaries=edges, pad_to=pad_to)
        curves[name].append(data.computed_share())
for (name, values), style in zip(curves.items(), ("o-", "s--")):
    plt.plot(counts, values, style, label=name)
plt.xscale("log", base=2)
plt.xticks(counts, counts)
plt.ylim(0, 1)
plt.title("Eight buckets bring most of the gain")
plt.xlabel("number of buckets")
plt.ylabel("share of real steps")
plt.legend()
plt.show()

# %% [markdown]
# `Buckets` 是库里的一个 `keras.utils.PyDataset`，直接交给 `model.fit`；同一个种子给出同样的批，每一轮重新打乱。它拒绝空序列，也不会悄悄截断。补到本批最长，步数最少；补到桶的边界，步数只有桶数那么多种，而 XLA（TensorFlow 和 JAX 用的编译器，把整步计算按固定的形状译成一段机器代码）每遇到一种新形状都要重新编译，这时值得。

# %%
data = Buckets(texts, lengths, batch=32, boundaries=boundaries, seed=0)
again = Buckets(texts, lengths, batch=32, boundaries=boundaries, seed=0)
xb, yb = data[0]
print("a batch:", xb.shape, " lengths", yb.min(), "to", yb.max())
claim("same_seed_same_batches", np.abs(xb - again[0][0]).max(), at_most=0)
claim("every_text_once", len(np.unique(np.concatenate(data.batches))),
      close_to=2000, tol=0)

# %% [markdown]
# 步数少了，时间省多少？先量一步训练的时间怎样随长度增长，再让同一个模型各训练一轮。量的是本程序的处理器时间，轮流量三次取最小的，免得被别的程序打扰。

# %% tags=["timing"]
import time

def seconds(run, *args, **options):
    start = time.process_time()  # of this program only
    run(*args, **options)
    return time.process_time() - start

keras.utils.set_random_seed(0)
model = keras.Sequential([layers.Embedding(1000, 32, mask_zero=True),
                          layers.LSTM(64), layers.Dense(1)])
model.compile("adam", "mse")
batches = [(np.ones((32, edge), "int32"), np.zeros(32)) for edge in boundaries]
rounds = [[seconds(model.train_on_batch, *batch) for batch in batches]
          for _ in range(12)]
cost = 1000 * np.min(rounds, axis=0)  # ms; other programs only slow it
for edge, value in zip(boundaries, cost):
    print(f"T = {edge:3d}: {value:6.1f} ms an update")
each, fixed = np.polyfit(boundaries, cost, 1)  # fixed + each * T
print(f"fixed {fixed:.2f} ms, and {each:.3f} ms for every time step")
claim("fixed_share_short", fixed / cost[0], at_least=0.2, at_most=0.8)
claim("fixed_share_long", fixed / cost[-1], at_most=0.2)

# %% tags=["timing"]
part, goal = texts[:960], lengths[:960] / 100
kinds = {"random": Buckets(part, goal, batch=32),
         "bucketed": Buckets(part, goal, batch=32, boundaries=boundaries)}
times = {name: [] for name in kinds}
for _ in range(3):
    for name, batches in kinds.items():
        times[name].append(seconds(model.fit, batches, verbose=0))
for name, measured in times.items():
    print(f"{name:9s} {min(measured):.2f} s an epoch,",
          f"{len(kinds[name])} updates,",
          f"{kinds[name].computed_share():.0%} of the steps real")
claim("time_ratio", min(times["bucketed"]) / min(times["random"]),
      at_most=0.9)

# %% [markdown]
# 量出来的点大致在一条直线上。每次更新有一份固定的开销，再加每个时间步一份。最短的一桶，固定的占 48%<!-- claim fixed_share_short -->；最长的一桶，只占 8%<!-- claim fixed_share_long -->。分桶后一轮用去随机分批的 0.53<!-- claim time_ratio --> 倍时间（处理器时间，随机器而变）。步省了一半以上，时间省得少一些，因为更新的次数没有少（多了几个不满的小批），那份固定的开销也就没有少。
#
# 分桶也有代价，别忘了。一批里都是差不多长的句子，如果长度和答案有关，一批里的标签就会偏向一边。所以批的次序要打乱，桶不要太细。
#
# TensorFlow 自带同样的东西，`tf.data` 的 `bucket_by_sequence_length`；它的边界是不含在内的上界，所以要加 1。

# %% [markdown]
# <a id="cell-id=9-10"></a>
# ## 9.10 GPU 的规矩，训练之前就能查
#
# 在 NVIDIA 的 GPU 上，Keras 会把 LSTM 和 GRU 交给 cuDNN，比逐步的循环快得多。但 cuDNN 只做一种 LSTM、一种 GRU，只认一种掩码。设置不合，Keras 悄悄退回慢循环（写明 `use_cudnn=True` 则报错，`use_cudnn=False` 则一直用慢循环）；掩码不合，`fit` 在 GPU 上报错，在 CPU 上却一切正常（不经过 `fit`、直接调用层时，Keras 接住这个错误，也退回慢循环）。所以在训练之前就要查。
#
# | 查什么 | 合格 | 不合格时 |
# |---|---|---|
# | `activation`、`recurrent_activation` | tanh、sigmoid | 悄悄变慢 |
# | `recurrent_dropout` | 0（输入的 `dropout` 不在其列，交给 cuDNN 之前就乘好了） | 悄悄变慢 |
# | `unroll`、`use_bias` | False、True | 悄悄变慢 |
# | GRU 的 `reset_after` | True | 悄悄变慢 |
# | 掩码 | 每一行先是真实步、后是填充，没有空行 | 报错 |
#
# 本书的检查只看设置和掩码，没有 GPU 也能用。先查掩码。

# %% name="cudnn_masks"
from rnnbook.training import cudnn

good = np.arange(5) < np.array([[5], [3]])
trials = {
    "right padding": good,
    "left padding": good[:, ::-1],
    "a hole": np.array([[1, 0, 1, 0, 0], [1, 1, 1, 1, 1]]),
    "an empty row": np.array([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0]]),
}
for name, m in trials.items():
    found = cudnn.mask_findings(m)
    print(f"{name}:", "ok" if not found else "")
    for finding in found:
        print("   ", finding)

# %% [markdown]
# 这些规则是读着 Keras 的源码写的，本书的测试拿 Keras 自己的判断函数逐一比对过；比对的是判断，不是 cuDNN 的运行，因为本书的结果都在 CPU 上算。
#
# 再把整个模型和一批掩码一起查。第三种情形是“不报错，但结果不同”：填充步的输出，CPU 重复上一步，cuDNN 给 0。

# %% name="cudnn_model"
tagger = keras.Sequential([
    layers.Embedding(1000, 32, mask_zero=True),
    layers.Bidirectional(layers.LSTM(8, name="bi",
                                     return_sequences=True)),
    layers.GRU(8, name="top", return_sequences=True),
    layers.Dense(5),
])
for name in ("right padding", "left padding"):
    print(f"{name}:")
    for finding in cudnn.findings(tagger, trials[name], "tensorflow"):
        print("   ", finding)

# %% [markdown]
# 双向层自己打开了 `zero_output_for_mask`，两边一致；上面的 GRU 没有。它后面的 `Dense` 会给填充步不同的输出，损失有掩码挡着；可要是后面接了 `Flatten` 或 `outputs[:, -1]`，CPU 和 GPU 的结果就不一样了。
#
# 换后端也要重查：JAX 和 PyTorch 后端只要有掩码就不用 cuDNN（`cudnn.findings(model, mask, "jax")`）。

# %% [markdown]
# ## 小结
#
# 你**写出**了带掩码的扫描，三种循环层都与 Keras 相差不到 $10^{-6}$；**查清**了各种层怎样对待掩码；用**分桶**省掉一半以上的步，并能在训练之前说出 cuDNN 会不会拒绝。
#
# | 名称 | 公式或规矩 | 形状 |
# |---|---|---|
# | 掩码 | $m_{i,t}=[\,t<n_i\,]$，True 是真实步 | (B, T) |
# | 带掩码的一步 | $s_t=m_tf(x_t,s_{t-1})+(1-m_t)s_{t-1}$ | (B, H) |
# | 带掩码的平均 | $\sum_t m_th_t\,/\,\sum_t m_t$，空行要另外处理 | (B, H) |
# | 带掩码的损失 | $\sum_{i,t}m_{i,t}\ell_{i,t}\,/\,\sum_{i,t}m_{i,t}$ | 标量 |
# | 真实步的份额 | $\sum_in_i\,/\,\sum_{\text{批}}\lvert\text{批}\rvert\,T_{\text{批}}$ | 标量 |
# | cuDNN | 补在右边；没有空行；tanh 与 sigmoid；有偏置；不展开；没有 recurrent dropout；`reset_after=True` | – |

# %% [markdown]
# ## 常见误解
#
# 讲义里与填充有关的一条是 S0 的分类器（E48），归[第 10 章](10_text_classification.ipynb)。下面三条是写代码时容易有的想法。

# %% [markdown]
# ### “填充的是 0，所以不影响结果”
#
# 输入是 0，一步仍然是 $\tanh(h_{t-1}U+b)$，不是 $h_{t-1}$：

# %%
state = np.full((1, 2), 0.8)
after = rnn_step(np.zeros((1, 3)), state, np.ones((3, 2)), 0.5 * np.eye(2),
                 np.zeros(2))
claim("zero_input_changes_state", np.abs(after - state).max(), at_least=0.1)

# %% [markdown]
# ### “加了掩码，填充步就不算了”
#
# 照样算，算完再扔掉。要看证据，就在填充步里放 NaN。前向看不出来（`where` 选了旧状态），反向却把 NaN 带了回来，因为那一步确实在计算图里：

# %% name="nan_padding"
import tensorflow as tf

poisoned = np.where(good[..., None], 1.0, np.nan).astype("float32")
layer = layers.SimpleRNN(3)
with tf.GradientTape() as tape:
    value = ops.sum(layer(poisoned, mask=ops.convert_to_tensor(good)))
gradient = tape.gradient(value, layer.trainable_weights[0])
print("forward:", np.isfinite(value.numpy()),
      " gradient:", np.isfinite(gradient.numpy()).all())
claim("nan_gradient", np.isnan(gradient.numpy()).mean(), at_least=0.9)

# %% [markdown]
# 所以填充的值要正常（0 就好），缺测的 NaN 要先换掉再用掩码。
#
# ### “CPU 上跑通了，GPU 上也能跑通”
#
# 左填充的掩码在 CPU 上没有任何抱怨；GPU 上 Keras 会先执行下面这个断言：

# %%
import importlib

leftist = ops.convert_to_tensor(good[:, ::-1].copy())
layers.LSTM(3)(np.ones((2, 5, 4), "float32"), mask=leftist)  # fine on a CPU
theirs = importlib.import_module("keras.src.backend.tensorflow.rnn")
try:
    theirs._assert_valid_mask(leftist)
except tf.errors.InvalidArgumentError as error:
    print(type(error).__name__, "right-padding" in str(error))

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时要提示：

# %%
hint("masking.make_mask")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 造一个掩码
#
# 写一个函数，给出长度 `lengths`（N 个整数）和补齐后的步数 `steps`，返回布尔数组 (N, steps)，填充在**右边**，真实步是 True。不要用 `rnnbook.cells.masks`。
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def make_mask(lengths, steps):
    ...

# %%
check("masking.make_mask", make_mask)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 白算了多少
#
# 写一个函数，长度列表按给定的次序切成每批 `batch` 条（最后一批可以不满），每批补到本批最长。返回算出的步里**填充**占的份额。
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def padding_share(lengths, batch):
    ...

# %%
check("masking.padding_share", padding_share)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 带掩码的平均
#
# `h` 是 (B, T, H) 的状态，`mask` 是 (B, T)。返回每条序列真实步的平均 (B, H)；整行都是填充时返回 0，而不是 NaN。
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def masked_mean(h, mask):
    ...

# %%
check("masking.masked_mean", masked_mean)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 修好分母
#
# 一轮里有好几批；`batches` 是列表，每个元素是 `(losses, mask)`，形状都是 (B, T)，各批的 B、T 不同。返回**每个真实步**的平均损失，结果不能随分批的方法而变（[9.8 节](#cell-id=9-8)里的 1.667，不是 2.250）。
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def epoch_loss(batches):
    ...

# %%
check("masking.epoch_loss", epoch_loss)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 你来当 cuDNN
#
# TensorFlow 后端，机器有 GPU，用 `fit` 训练。下面六种情形各会怎样？填一个字典，值是 `"fast"`（用 cuDNN）、`"slow"`（悄悄退回慢循环）或 `"error"`（报错）。
#
# - a：`LSTM(64, dropout=0.3)`，右填充
# - b：`LSTM(64, recurrent_dropout=0.3)`，左填充
# - c：`GRU(64)`，一批里有一行全是填充
# - d：`GRU(64, activation="relu")`，没有掩码
# - e：`Bidirectional(LSTM(64))`，左填充
# - f：`LSTM(64, use_cudnn=True, use_bias=False)`，没有掩码
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-5)<!-- twin -->

# %%
verdicts = ...

# %%
check("masking.verdicts", verdicts)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 保证不超过的浪费
#
# 按分位数取边界，最后一个桶往往很宽（[9.9 节](#cell-id=9-9)里是 41 到 126）。写一个函数，长度从 `shortest` 到 `longest`（整数），每条都补到所在桶的边界，要求**任何一条**的填充份额 $1-n/b$ 都不超过 `waste`（0 到 1 之间，不含 1）。返回递增的整数边界，最后一个是 `longest`，桶的个数尽量少。
#
# [解答](solutions/09_masking.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def safe_boundaries(shortest, longest, waste):
    ...

# %%
check("masking.safe_boundaries", safe_boundaries)

# %% [markdown]
# ## 延伸阅读
#
# - Zhu, S., Chollet, F. Understanding masking and padding. Keras 指南，[keras.io/guides/understanding_masking_and_padding](https://keras.io/guides/understanding_masking_and_padding/)。官方说法；读完拿 [9.6 节](#cell-id=9-6)的表去核对。
# - Khomenko, V., Shyshkov, O., Radyvonenko, O., Bokhan, K. (2017). Accelerating recurrent neural network training using sequence bucketing and multi-GPU data parallelization. [arXiv:1708.05604](https://arxiv.org/abs/1708.05604)。桶数与训练时间的实验，手写识别任务。
# - Morishita, M., Oda, Y., Neubig, G., Yoshino, K., Sudoh, K., Nakamura, S. (2017). An empirical study of mini-batch creation strategies for neural machine translation. [doi:10.18653/v1/W17-3208](https://doi.org/10.18653/v1/W17-3208)。按长度排序有时反而不如随机打乱：分桶的代价那一面。
# - Appleyard, J., Kočiský, T., Blunsom, P. (2016). Optimizing performance of recurrent neural networks on GPUs. [arXiv:1604.01946](https://arxiv.org/abs/1604.01946)。cuDNN 的循环层快在哪里，也就明白它为什么挑剔。
# - tensorflow/tensorflow [#43103](https://github.com/tensorflow/tensorflow/issues/43103)：整行填充让 cuDNN 报错；[#34158](https://github.com/tensorflow/tensorflow/issues/34158)：损失与指标的分母不同，旧版 Keras 的掩码损失还除以全部步。两个讨论都附有最小的例子。
#
# [← 08 双向、堆叠与残差](08_deep_bidirectional.ipynb) · [目录](index.md) · [解答](solutions/09_masking.ipynb) · [10 文本分类 →](10_text_classification.ipynb)<!-- nav -->
