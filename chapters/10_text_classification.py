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
# # 第 10 章 文本分类
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/10_text_classification.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/10_text_classification.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/10_text_classification.ipynb)<!-- badges -->
#
# [← 09 变长序列：填充、掩码与分桶](09_masking.ipynb) · [目录](index.md) · [解答](solutions/10_text_classification.ipynb) · [11 字符级语言模型与文本生成 →](11_char_lm.ipynb)<!-- nav -->
#
# 读完这一章，你会修好讲义里那份跑不起来的分类器，让它和一个只会数片段的线性模型当面比试，并说得清它赢没有赢、差多少、错在哪里。
#
# | | |
# |---|---|
# | **你将会** | **修好**一个分类器：要哪一个状态、填充、验证集、种子；**比较**基线、SimpleRNN、LSTM、双向 LSTM，种子和测试句两种误差都说；**分析**错误和把握，不让泄漏的句子帮忙 |
# | **你需要** | [第 06 章](06_lstm.ipynb)的 LSTM，[第 08 章](08_deep_bidirectional.ipynb)的双向，[第 09 章](09_masking.ipynb)的填充与掩码 |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 121 s<!-- seconds --> |

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
import pandas as pd
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import BLUE, GREY, ORANGE, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 语音助手收到一句话，要在 60 种意图里选一种。对手是一个线性模型：它只数一句话里有哪些一到三个字的片段，不管片段排在哪里。换成把整句从头读到尾的双向 LSTM，用同样的训练句从零训练，正确率会高几个百分点：−5、0、2，还是 10？
#
# 先写下你的猜测，[10.6 节](#cell-id=10-6)用三个种子的测量来回答。

# %%
guess = None  # percentage points, e.g. 2

# %% [markdown]
# <a id="cell-id=10-1"></a>
# ## 10.1 讲义的分类器
#
# 讲义 S0《一切皆是映射：循环神经网络(RNN)与序列预测》给出下面这份“完整代码”，用 PyTorch 写一个文本分类器。先用三分钟找一找：哪几处会报错？哪几处**不**报错，但结果是错的？
#
# ```text
# class RNNClassifier(nn.Module):
#     def __init__(self, vocab_size, embed_dim, hidden_dim, num_classes):
#         super().__init__()
#         self.embedding = nn.Embedding(vocab_size, embed_dim)
#         self.rnn = nn.RNN(embed_dim, hidden_dim, batch_first=True)
#         self.fc = nn.Linear(hidden_dim, num_classes)
#
#     def forward(self, x):
#         x = self.embedding(x)
#         _, h = self.rnn(x)
#         h = h.squeeze(0)
#         logits = self.fc(h)
#         return logits
#
# vocab_size, embed_dim, hidden_dim, num_classes = 1000, 100, 128, 2
# batch_size = 32
#
# # 假设我们已经准备好了数据集和DataLoader
# train_loader = ...
# test_loader = ...
# ```
#
# 后面是训练循环：`for batch in train_loader: text, labels = batch …`。照着跑，第一步就停下了：

# %% tags=["raises-exception"]
train_loader = ...  # word for word as in the lecture

for batch in train_loader:
    text, labels = batch

# %% [markdown]
# `...` 是 Python 的省略号对象，不是数据。最小的修理：给它真正的一批数据。下面就造一批：32 句话，每句 12 个词的编号，两类。
#
# 第二处要等到改成两层或双向才出现。PyTorch 的 `h` 形状是 (层数×方向数, B, H)；一层单向时 `squeeze(0)` 去掉大小为 1 的第 0 轴，正好。两层时第 0 轴是 2，NumPy 会拒绝：

# %% name="squeeze"
h = np.zeros((2, 32, 128), "float32")  # two layers, or two directions
try:
    h.squeeze(0)
except ValueError as error:
    print("NumPy:", error)

# %% [markdown]
# PyTorch 的 `squeeze(0)` 不拒绝，它原样交回 (2, 32, 128)。于是 `fc` 给出 (2, 32, 2)，到了算损失才报错：`Expected input batch_size (2) to match target batch_size (32)`。错误离原因隔了两行。Keras 里同样的形状也是在损失处被拦下：

# %% name="loss_shape"
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
targets = np.zeros(32, "int32")
try:
    loss(targets, np.zeros((2, 32, 2), "float32"))
except ValueError as error:
    print("Keras:", error)

# %% [markdown]
# 最小的修理不是换一种 `squeeze`，而是说清楚要哪一个状态：两层要最上层 `h[-1]`；双向要最上层的两个方向，拼起来。

# %%
top = h[-1]  # two layers, one direction
both = np.concatenate([h[-2], h[-1]], axis=-1)  # one layer, two directions
print(top.shape, both.shape)
assert top.shape == (32, 128)
assert both.shape == (32, 256)

# %% [markdown]
# 第三处**永远不报错**。一批句子要补成一样长，而讲义的网络连填充也一起读。搭一个同样大小、还没有训练的网络（初始化也照 PyTorch 的默认，只是偏置少一个），同样的 32 句，后面各补 20 个 0，看答案变不变：

# %% name="padding_fault"
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
small = keras.initializers.RandomUniform(-128 ** -0.5, 128 ** -0.5)
start = {"kernel_initializer": small, "bias_initializer": small}
lecture = keras.Sequential([
    keras.Input((None,), dtype="int32"),
    layers.Embedding(1000, 100,
                     embeddings_initializer=keras.initializers.
                     RandomNormal(stddev=1.0)),
    layers.SimpleRNN(128, recurrent_initializer=small, **start),
    layers.Dense(2, **start),
])
ids = rng.integers(1, 1000, (32, 12))
before = ops.convert_to_numpy(lecture(ids))
after = ops.convert_to_numpy(lecture(np.pad(ids, ((0, 0), (0, 20)))))
claim("lecture_logit_scale", before.std(), close_to=0.27, tol=0.05)
claim("lecture_padding_shift", np.median(np.abs(after - before)),
      at_least=0.05)
claim("lecture_answers_flipped",
      (before.argmax(1) != after.argmax(1)).sum(), at_least=5)

# %% [markdown]
# 输出的标准差是 0.27<!-- claim lecture_logit_scale -->，只因为多补了 20 个 0，输出就挪动了 0.19<!-- claim lecture_padding_shift -->（中位数），32 句里有 16<!-- claim lecture_answers_flipped --> 句换了答案。[第 09 章](09_masking.ipynb)讲过原因：填充步照样改写状态。
#
# 把毛病列成清单（E48），这一章逐条修好：
#
# | 毛病 | 报错吗 | 在哪里修 |
# |---|---|---|
# | `train_loader = ...`，没有数据 | 报 | 10.2 |
# | `squeeze(0)` 只对一层单向成立 | 改成两层或双向才报 | 10.1、10.4 |
# | 填充改变答案 | 不报 | 10.4 |
# | 没有基线，没有验证集，测试一次定输赢 | 不报 | 10.2、10.3 |
# | 没有随机种子，没有梯度裁剪，`batch_size` 从没用到 | 不报 | 10.5 |
# | 只看总的正确率 | 不报 | 10.10 |
#
# 还有一处现在无害：测试前调了 `model.eval()`，之后若接着训练，却没有 `model.train()` 换回来。这个网络没有 dropout，所以看不出来。Keras 的 `fit` 自己管这件事。

# %% [markdown]
# <a id="cell-id=10-2"></a>
# ## 10.2 真正的数据，和它的脾气
#
# MASSIVE（FitzGerald 等，2022）把英文数据集 SLURP 里对语音助手说的话请人译成 50 种语言，每句标着一种**意图 (intent)**。我们用简体中文那一份。拿到任何数据集，先问三件事：有多少，各类均不均衡，有没有泄漏。

# %% name="massive" tags=["data"]
from rnnbook.data.intents import load_massive, load_paraphrases

massive = load_massive()
full = massive.source.full
print(len(massive.train), len(massive.validation), len(massive.test),
      "texts,", len(massive.labels), "intents")
for text, label in massive.train[:5]:
    print(f"{label:22s} {text}")
claim("intents", len(massive.labels), close_to=60, tol=0, scope="full",
      full=full)
for part, size in (("train", 11514), ("validation", 2033), ("test", 2974)):
    claim(f"{part}_texts", len(getattr(massive, part)), close_to=size, tol=0,
          scope="full", full=full)

# %% name="leak" tags=["data"]
seen = {text for text, _ in massive.train}
leaked = {part: [row for row in getattr(massive, part) if row[0] in seen]
          for part in ("validation", "test")}
clean = massive.clean_test
print({part: len(rows) for part, rows in leaked.items()},
      "stand in train; clean test:", len(clean))
claim("leaked_test_texts", len(leaked["test"]), close_to=223, tol=0,
      scope="full", full=full)
claim("leaked_test_share", len(leaked["test"]) / len(massive.test),
      close_to=0.075, tol=5e-4, scope="full", full=full)
claim("clean_texts", len(clean), close_to=2751, tol=0, scope="full",
      full=full)

# %% [markdown]
# 训练 11514<!-- claim train_texts --> 句，验证 2033<!-- claim validation_texts --> 句，测试 2974<!-- claim test_texts --> 句；“olly”“欧丽”是助手的名字。测试集里有 223<!-- claim leaked_test_texts --> 句（7.5%<!-- claim leaked_test_share -->）原样出现在训练集里，背下来多半就能答对。所以本章的主要成绩一律是**干净的测试集** `massive.clean_test` 上的，去掉了这些句子，剩 2751<!-- claim clean_texts --> 句。选超参数只用验证集（它也有泄漏的句子，选的时候没有去掉），测试集不参与任何决定。
#
# 各类均不均衡：

# %% name="imbalance" tags=["data"]
sizes = pd.Series([label for _, label in massive.train]).value_counts()
fig, axis = plt.subplots(figsize=(8, 3))
axis.bar(range(len(sizes)), sizes, color=BLUE)
axis.set(yscale="log", xlabel="intents, from the most to the least frequent",
         ylabel="training texts",
         title=f"{sizes.index[0]} has {sizes.max()} texts, "
               f"{sizes.index[-1]} has {sizes.min()}")
plt.show()
claim("largest_intent", sizes.max(), close_to=810, tol=0, scope="full",
      full=full)
claim("smallest_intent", sizes.min(), close_to=4, tol=0, scope="full",
      full=full)

# %% [markdown]
# 最多的意图有 810<!-- claim largest_intent --> 句，最少的只有 4<!-- claim smallest_intent --> 句。正确率几乎不在乎小类；要在乎，就用**宏平均 F1 (macro-averaged F1)**：每一类先算自己的 $F_1=2PR/(P+R)$，再不论大小一律平均。$P$ 是**精确率 (precision)**：答成这一类的句子里，答对的比例。$R$ 是**召回率 (recall)**：真是这一类的句子里，答对的比例。练习 4 会让你自己写。

# %% [markdown]
# <a id="cell-id=10-3"></a>
# ## 10.3 基线：一袋字
#
# **词袋 (bag of words)** 把一句话变成“每种片段出现几次”，次序扔掉。片段是单个的字，叫一元 (unigram)；是连着的两三个字，就带上了一点点次序。先手算：

# %% name="bag_by_hand"
from collections import Counter


def bag(text, n):
    return Counter(text[i:i + n] for i in range(len(text) - n + 1))


for n in (1, 2):
    print(n, dict(bag("味道不好", n)), dict(bag("味道好不", n)))
assert bag("味道不好", 1) == bag("味道好不", 1)
assert bag("味道不好", 2) != bag("味道好不", 2)

# %% [markdown]
# 对一元词袋，“不好”和“好不”是同一个东西。特征完全相同，任何模型对它们的回答也必然相同，再训练也没有用。造一个只有次序要紧的任务来证实：`从甲到乙`，甲在名单里是不是排在乙前面？`从乙到甲` 的答案总是相反。

# %% name="order_pairs"
from itertools import permutations

from rnnbook.labelling.classifier import bag_classifier

cities = "北京 上海 广州 成都 西安 武汉 杭州 青岛".split()
routes = [(f"从{a}到{b}", str(cities.index(a) < cities.index(b)))
          for a, b in permutations(cities, 2)]
texts, answers = zip(*routes)
for n in (1, 3):
    linear = bag_classifier(routes, longest=n, rare=1)
    right = np.mean(linear.predict(texts) == np.array(answers))
    claim(f"routes_{n}_gram", right, at_least=0.5 if n == 1 else 0.95,
          at_most=0.5 if n == 1 else 1)

# %% [markdown]
# 这还是在训练过的句子上打分。一元词袋恰好 0.50<!-- claim routes_1_gram -->，因为每一对句子它给出同一个答案，必有一句对、一句错。一到三元的词袋是 1.00<!-- claim routes_3_gram -->，“从北京”和“到北京”是两个不同的片段。
#
# 循环网络逐字改写状态，次序自然在里面。Keras 的教程都从下面几行开始：`TextVectorization` 给字编号（0 留给填充），`Embedding` 查表，`LSTM` 读，`Dense` 回答，`fit` 训练。

# %% name="shortest" tags=["training"]
from rnnbook.training.fitting import seed_everything

seed_everything(0)
number = layers.TextVectorization(split="character", standardize=None)
number.adapt(list(texts))
x, y = number(list(texts)), np.array(answers) == "True"
reader = keras.Sequential([
    layers.Embedding(number.vocabulary_size(), 16, mask_zero=True),
    layers.LSTM(16),
    layers.Dense(1),
])
reader.compile(keras.optimizers.Adam(0.01),
               keras.losses.BinaryCrossentropy(from_logits=True))
reader.fit(x, y.astype("float32"), batch_size=8, epochs=60, verbose=0)
found = ops.convert_to_numpy(reader(x))[:, 0] > 0
claim("routes_lstm", np.mean(found == y), at_least=0.95)

# %% [markdown]
# LSTM 是 1.00<!-- claim routes_lstm -->。那么在真实的请求上，顺序有多大用处？下面就是这一章要打败的对手。`OneVsRestClassifier` 给每种意图训练一个逻辑回归，只答“是不是它”（`liblinear` 是求解的程序），取最像的一个。特征是一到三字的片段，按 **tf-idf (term frequency–inverse document frequency)** 加权，越少见的片段越重；`sublinear_tf` 把出现 $n$ 次记作 $1+\ln n$。

# %%
def bag_classifier(rows, longest=3, rare=2, strength=10, split=None):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    texts, labels = zip(*rows)
    counts = TfidfVectorizer(analyzer=split or "char", min_df=rare,
                             sublinear_tf=True,
                             ngram_range=(1, 1 if split else longest))
    linear = LogisticRegression(C=strength, solver="liblinear", tol=1e-2)
    model = make_pipeline(counts, OneVsRestClassifier(linear))
    with threadpool_limits(1):  # vectors this short are slower on many threads
        return model.fit(texts, labels)

# %% name="baseline" tags=["data"]
from sklearn.metrics import f1_score


def score(model, rows):
    texts, gold = zip(*rows)
    return np.mean(model.predict(texts) == np.array(gold))


tried = {c: bag_classifier(massive.train, strength=c) for c in (3, 10, 30)}
for c, model in tried.items():
    print(f"C = {c:2d}: validation {score(model, massive.validation):.4f}")
linear = max(tried.values(), key=lambda m: score(m, massive.validation))
unigram = bag_classifier(massive.train, longest=1)
claim("unigram_clean", score(unigram, clean), close_to=0.8106, tol=5e-4,
      scope="full", full=full)
claim("linear_test", score(linear, massive.test), close_to=0.8346,
      tol=5e-4, scope="full", full=full)
claim("linear_clean", score(linear, clean), close_to=0.8262, tol=5e-4,
      scope="full", full=full)
claim("leak_gain_points",
      100 * (score(linear, massive.test) - score(linear, clean)),
      close_to=0.8, tol=0.1, scope="full", full=full)
claim("ngram_gain_points",
      100 * (score(linear, clean) - score(unigram, clean)),
      close_to=1.6, tol=0.1, scope="full", full=full)
gold = [label for _, label in clean]
found = linear.predict([text for text, _ in clean])
claim("linear_macro_f1", f1_score(gold, found, labels=np.unique(gold),
                                  average="macro", zero_division=0),
      close_to=0.776, tol=0.005, scope="full", full=full)

# %% [markdown]
# 正则化的强弱 C 在验证集上选（C 越大，正则化越弱），选中的在三个值的中间。几秒钟训练出来的线性模型，测试集上 83.46%<!-- claim linear_test -->，去掉泄漏的句子是 82.62%<!-- claim linear_clean -->。带上泄漏的句子，分数高了 0.8<!-- claim leak_gain_points --> 个百分点。宏平均 F1 是 0.78<!-- claim linear_macro_f1 -->，比正确率低，小类更难。
#
# 只数单个字、完全不看次序，也有 81.06%<!-- claim unigram_clean -->。对线性模型，加上两三个字的片段只多了 1.6<!-- claim ngram_gain_points --> 个百分点，而片段带来的不只是次序，还有词。这是一个有用的坏消息：循环网络擅长的次序，在这里也许没有多少用处。

# %% [markdown]
# <a id="cell-id=10-4"></a>
# ## 10.4 修好的分类器
#
# 四步：嵌入；循环层，每步给出一个向量 $h_t$；**池化 (pooling)**，把 $h_1,\dots,h_T$ 变成一句一个向量 $s$；最后一个 `Dense`。池化有三种常用的办法：
#
# $$s_{\text{last}}=h_T,\qquad s_{\text{mean}}=\frac1T\sum_{t=1}^{T}h_t,\qquad s_{\max}=\max_{t\le T}h_t\ \text{（逐个单元取最大）}$$
#
# 这里的 $T$ 是这一句**自己的**长度，填充不算。手算一句：两步是真的，第三步是填充。

# %% name="pool_by_hand"
from rnnbook.cells.masks import pool

h = np.array([[[1.0, -2.0], [3.0, -4.0], [9.0, 9.0]]])  # (B, T, H)
mask = np.array([[True, True, False]])
for kind in ("last", "mean", "max"):
    print(f"{kind:4s}", ops.convert_to_numpy(pool(h, mask, kind))[0])
print("without the mask:", h[:, -1][0], h.mean(axis=1)[0], h.max(axis=1)[0])

# %% [markdown]
# 不用掩码，三种都被第三步的 9 污染了。实现：

# %%
def pool(h, mask, kind="max"):
    m = ops.expand_dims(  # (B, T, 1)
        ops.cast(ops.cast(mask, "bool"), h.dtype), -1)
    if kind == "last":
        following = ops.concatenate(
            [m[:, 1:], ops.zeros_like(m[:, :1])], axis=1)
        return ops.sum(h * (m - following), axis=1)
    if kind == "mean":
        return ops.sum(h * m, axis=1) / ops.sum(m, axis=1)
    if kind == "max":
        return ops.max(ops.where(m > 0, h, -1e9), axis=1)
    raise ValueError(f'kind must be "last", "mean" or "max", got {kind!r}')

# %% [markdown]
# `last` 那一行的 `m - following`，只在“这一步是真的、下一步不是”的地方是 1，正好挑出最后一个真的步。
#
# 循环层本身要不要掩码？填充全在右边时，从左往右读的网络在真的步上根本还没有读到填充；要紧的只是池化。从右往左的那一遍会先撞上填充，办法是**在每句自己的长度之内倒过来**，填充仍留在右边：

# %%
def reverse_within(x, lengths):
    x = ops.convert_to_tensor(x)
    step = ops.cumsum(ops.ones_like(x[:, :, 0], dtype="int32"), axis=1) - 1
    other = ops.cast(lengths, "int32")[:, None] - 1 - step
    source = ops.where(other >= 0, other, step)
    return ops.take_along_axis(x, ops.expand_dims(source, -1), axis=1)

# %% name="backwards"
from rnnbook.training.bucketing import pad_right

two = pad_right([np.array([[3], [4], [5]]), np.array([[7]])], 4)
print(two[:, :, 0])
print(ops.convert_to_numpy(reverse_within(two, [3, 1]))[:, :, 0])

# %% [markdown]
# `step` 用累加来数步：搭模型时句子的长度还不知道（`None`），`arange` 用不了。四步合起来，就是修好的分类器：

# %%
def mended(size, classes, units, width, pooling="max"):
    ids = keras.Input((None, 1), dtype="int32")  # (B, T, K), here K = 1
    mask = ops.not_equal(ids[:, :, 0], 0)  # (B, T)
    lengths = ops.sum(ops.cast(mask, "int32"), axis=1)
    embed = layers.Embedding(size, width)
    h = [layers.LSTM(units, return_sequences=True)(embed(x[:, :, 0]))
         for x in (ids, reverse_within(ids, lengths))]  # 2 of (B, T, H)
    s = ops.concatenate([pool(x, mask, pooling) for x in h], axis=-1)
    return keras.Model(ids, layers.Dense(classes)(s))

# %% [markdown]
# 从这里起用库里的 `Features` 编号，0 是填充，1 是 `<unk>`。每步可以有 K 个编号（字；[10.9 节](#cell-id=10-9)还有字对），所以 `ids` 是 (B, T, K)，这里 K = 1。后向的“最后一步”是它读完整句的那一步，读到的是句子的第一个字。库里的 `build_classifier` 就是它，另加几个选择：dropout、哪一种细胞、几层、一个还是两个方向；它的 `units` 是两个方向合计。两层时，后向的输出先倒回来，与前向的并排，再交给上一层：倒两次回到原样。
#
# 循环层里一个掩码也没有，结果却与带掩码的双向层**相同**。拿同样的权重核对，再补 20 个 0 看看：

# %% name="equals_masked"
from rnnbook.labelling.classifier import (
    Features, build_classifier, logits_of, train_classifier,
)

seed_everything(1)
model = mended(1000, 60, units=16, width=24, pooling="last")
masked = keras.Sequential([
    keras.Input((None,), dtype="int32"),
    layers.Embedding(1000, 24, mask_zero=True),
    layers.Bidirectional(layers.LSTM(16)),
    layers.Dense(60),
])
masked.set_weights(model.get_weights())
short = pad_right([rng.integers(1, 1000, (n, 1)) for n in (3, 12, 7)])
ours = ops.convert_to_numpy(model(short))
theirs = ops.convert_to_numpy(masked(short[:, :, 0]))
claim("equals_masked", np.abs(ours - theirs).max(), at_most=1e-6)
library = build_classifier((1000,), 60, units=32, widths=(24,),
                           pooling="last")
library.set_weights(model.get_weights())
claim("equals_library",
      np.abs(ops.convert_to_numpy(library(short)) - ours).max(), at_most=1e-6)
more = np.pad(short, ((0, 0), (0, 20), (0, 0)))
claim("padding_shift", np.abs(ops.convert_to_numpy(model(more)) - ours).max(),
      at_most=1e-6)

# %% [markdown]
# 与 `Embedding(mask_zero=True)` 加 `Bidirectional` 相同，与 `build_classifier` 也相同；多补 20 个 0，答案不变，都在 $10^{-6}$ 以内。[10.1 节](#cell-id=10-1)的第二、三条毛病修好了。

# %% [markdown]
# <a id="cell-id=10-5"></a>
# ## 10.5 现场训练
#
# 一个小的双向 LSTM，一个方向 64 个单元，逐字读，最大池化。讲义缺的都补上：种子，验证集，梯度裁剪（在 `train_classifier` 里），真正用到的批大小。优化器是 AdamW（Adam，外加与梯度分开的权重衰减，这里是 0.03），学习率先用 100 次更新升到最高，再沿余弦降到 0；下文说的“学习率”指那个最高值。防过拟合的有三样：嵌入和输出前的 dropout；每句随机把一成的字换成 `<unk>`，让网络学会“没见过的字”，就是一行 `np.where((rng.random(x.shape) < unknown) & (x > 0), 1, x)`；**标签平滑 (label smoothing)**，目标从 1 和 0 改成 0.9 多和一点点：
#
# $$q_k=(1-\varepsilon)\,[k=y]+\varepsilon/K,\qquad \varepsilon=0.1$$
#
# $q_k$ 是第 $k$ 类的目标，$y$ 是正确的类，$K$ 是类数；$[k=y]$ 在 $k=y$ 时是 1，否则是 0。

# %%
def encode(features, rows):
    """Requests as integers, and their intents as numbers."""
    return ([features.encode(text) for text, _ in rows],
            np.array([massive.labels.index(label) for _, label in rows]))


def accuracy(model, features, rows):
    x, y = encode(features, rows)
    return np.mean(logits_of(model, x).argmax(axis=1) == y)

# %% [markdown]
# 先不要 dropout 和 `<unk>`，拿一部分训练集，把上面 [10.4 节](#cell-id=10-4)的网络训练一遍。一批里的句子长短相近（[第 09 章](09_masking.ipynb)的分桶）：

# %% name="plain_fit" tags=["data", "training"]
from rnnbook.training.bucketing import Buckets, quantile_boundaries
from rnnbook.training.fitting import adam_cosine

characters = Features([text for text, _ in massive.train])
classes = len(massive.labels)
x, y = encode(characters, massive.train[:192])
target = 0.9 * np.eye(classes, dtype="float32")[y] + 0.1 / classes
edges = quantile_boundaries([len(row) for row in x], 5)[:-1]
batches = Buckets(x, target, batch=64, seed=0,
                  boundaries=[*edges, max(map(len, x))])
plain = mended(*characters.sizes, classes, units=64, width=64)
fresh = plain.get_weights()
plain.compile(
    adam_cosine(len(batches), 3e-3, warmup=100, decay=0.03),
    keras.losses.CategoricalCrossentropy(from_logits=True))
seed_everything(1)  # decides the order of the batches
plain.fit(batches, verbose=0)

# %% [markdown]
# `adam_cosine` 造的就是上面说的 AdamW，带裁剪。库里的 `train_classifier` 是同样的几行；关掉 dropout 和 `<unk>`，从同样的权重出发，核对：

# %% tags=["data", "training"]
library = build_classifier(characters.sizes, classes, widths=(64,),
                           hidden=0, dropout=0)
library.set_weights(fresh)
seed_everything(1)
train_classifier(library, x, y, epochs=1, unknown=0)
claim("fit_equals_library",
      np.abs(logits_of(library, x) - logits_of(plain, x)).max(),
      at_most=1e-3)

# %% [markdown]
# 训练之后，两个网络的 logits 相差 0<!-- claim fit_equals_library -->。下面用全部训练集和完整的 `build_classifier`：

# %% name="live" tags=["data", "training"]
seed_everything(10)
live = build_classifier(characters.sizes, classes, widths=(64,))
history = train_classifier(live, *encode(characters, massive.train),
                           epochs=3 if full else 30)
print("loss", np.round(history["loss"][-3:], 2))
claim("live_validation", accuracy(live, characters, massive.validation),
      close_to=0.721, tol=0.026, scope="full", full=full)
live_clean = accuracy(live, characters, clean)
claim("live_clean", live_clean, close_to=0.7095, tol=0.02, scope="full",
      full=full)
claim("live_behind_linear_points", 100 * (score(linear, clean) - live_clean),
      close_to=11.7, tol=2, scope="full", full=full)

# %% [markdown]
# 三遍之后，干净的测试集上 71.1%<!-- claim live_clean -->，比线性模型低 11.5<!-- claim live_behind_linear_points --> 个百分点。三遍太少，一个种子也不算数。下面是录好的。

# %% [markdown]
# <a id="cell-id=10-6"></a>
# ## 10.6 一级一级往上
#
# 同样的训练集、同样 10 遍、循环层每步每层都给出 128 个数，只换网络（最后三行换的是输入，[10.7](#cell-id=10-7) 和 [10.8 节](#cell-id=10-8)再说）。每种三个种子，报告均值 ± 标准差（样本标准差，下同；`python -m rnnbook.recipes run intent_ladder`）。学习率按循环层的种类选，各试三个（一个种子），训练 5 遍，看验证集：

# %% name="ladder_rates"
log = recipes.load("intent_ladder").log
tried = log[log.stage == "choose"]
print(tried.pivot(index="rate", columns="network",
                  values="validation").round(3).to_string(na_rep="-"))

# %% name="ladder"
log = log[log.stage == "test"]
table = log.groupby("network", sort=False).agg(
    validation=("validation", "mean"), clean=("clean_test", "mean"),
    sd=("clean_test", "std"), seeds=("seed", "count"))
print((100 * table.drop(columns="seeds")).round(1).to_string())
LINEAR = 0.8262  # the linear model of 10.3 on the same texts, full data
fig, axis = plt.subplots(figsize=(8, 4.6))
axis.errorbar(100 * table.clean, range(len(table)), xerr=100 * table.sd,
              fmt="o", color=BLUE, capsize=4, label="mean ± sd, 3 seeds")
axis.plot(100 * log.clean_test, log.network.map(table.index.get_loc), "|",
          color=GREY, ms=9, label="one seed")
axis.axvline(100 * LINEAR, color=VERMILION, ls="--",
             label="linear model on n-grams")
axis.set(yticks=range(len(table)), yticklabels=table.index,
         xlabel="accuracy on the test texts that are not in train (%)",
         title="Clean test: no network here reaches the linear model")
axis.invert_yaxis()
axis.legend(loc="lower left")
plt.show()

# %% name="ladder_claims" tags=["data"]
claim("the_line_is_right", abs(score(linear, clean) - LINEAR), at_most=5e-4,
      scope="full", full=full)
claim("ladder_lstm", table.clean["LSTM, last"], close_to=0.814, tol=5e-4)
claim("ladder_lstm_sd", table.sd["LSTM, last"], close_to=0.001, tol=5e-4)
behind = 100 * (LINEAR - log.set_index(["network", "seed"]).clean_test)
for name, network, mean, sd in (("lstm", "LSTM, last", 1.2, 0.1),
                                ("two_ways", "BiLSTM, last", 1.4, 0.2),
                                ("two_ways_max", "BiLSTM, max", 1.6, 0.3)):
    claim(f"{name}_behind", behind[network].mean(), close_to=mean, tol=0.05)
    claim(f"{name}_behind_sd", behind[network].std(), close_to=sd, tol=0.05)
claim("best_seed_behind", behind.min(), close_to=1.05, tol=0.05)
claim("most_on_validation",
      100 * (table.validation.max() - score(linear, massive.validation)),
      close_to=0.3, tol=0.1, scope="full", full=full)
rates = tried.set_index(["network", "rate"]).validation
for name, network, best, spread in (("simple", "SimpleRNN, last", 0.004, 4.9),
                                    ("lstm", "LSTM, last", 0.024, 4.3)):
    found = rates[network]
    claim(f"{name}_rate", found.idxmax(), close_to=best, tol=1e-9)
    claim(f"{name}_rates_differ", 100 * (found.max() - found.min()),
          close_to=spread, tol=0.05)

# %% name="ladder_steps"
runs = 100 * log.set_index(["network", "seed"])[["clean_test", "validation"]]
for name, new, old, *was in (
        ("lstm", "LSTM, last", "SimpleRNN, last", 4.1, 0.3, 3.9, 0.5),
        ("direction", "BiLSTM, last", "LSTM, last", -0.2, 0.2, 0, 0.3),
        ("direction_max", "BiLSTM, max", "LSTM, max", 0.2, 0.8, 0.3, 0.5),
        ("max", "LSTM, max", "LSTM, last", -0.7, 0.6, 0.1, 0.6),
        ("mean", "LSTM, mean", "LSTM, last", -1.2, 0.1, -1.2, 0.7),
        ("depth", "BiLSTM, max, 2 layers", "BiLSTM, max", -2.2, 0.3, -1.7,
         0.4),
        ("words", "BiLSTM, words", "BiLSTM, max", -1, 0.7, -0.6, 0.4),
        ("vectors", "BiLSTM, own vectors", "BiLSTM, words", 0.4, 0.4, -0.1,
         0.7),
        ("scaled", "BiLSTM, vectors scaled", "BiLSTM, words", 0.1, 0.5, -0.2,
         0.1)):
    gain = runs.loc[new] - runs.loc[old]  # seed by seed
    for part, mean, sd in zip(gain, was[::2], was[1::2]):
        claim(f"{name}_{part}", gain[part].mean(), close_to=mean, tol=0.051)
        claim(f"{name}_{part}_sd", gain[part].std(), close_to=sd, tol=0.051)

# %% [markdown]
# 开头那个问题的答案是负数。双向 LSTM 取最后一步，干净的测试集上平均比线性模型低 1.4<!-- claim two_ways_behind --> ± 0.2<!-- claim two_ways_behind_sd --> 个百分点，最大池化低 1.6<!-- claim two_ways_max_behind --> ± 0.3<!-- claim two_ways_max_behind_sd -->。
#
# 平均最高的一级是单向 LSTM 加最后一步，81.4%<!-- claim ladder_lstm --> ± 0.1%<!-- claim ladder_lstm_sd -->，也低 1.2<!-- claim lstm_behind --> 个百分点；所有网络里最好的一个种子还低 1.0<!-- claim best_seed_behind -->。可是在验证集上，最高的一级反而多 0.3<!-- claim most_on_validation -->（两边都在它上面选过设置）。
#
# “±”只含种子的波动，不含“碰上哪些测试句”。2751<!-- claim clean_texts --> 句上，81% 这样的正确率自己的标准误是 $\sqrt{0.81\times0.19/2751}\approx0.0075$，四分之三个百分点。两个模型答的是同样的句子，逐句相减，差的标准误要小一些；这里没有留下每句的答案，[10.9 节](#cell-id=10-9)留下权重的那个网络，逐句算出来大约是 0.5。照这个大小，这里的差别在两三个标准误左右。稳妥的结论是，**看不出**换成循环网络就更好。
#
# 再一级一级看。后者减前者，按种子配对，单位是百分点：
#
# | 换了什么 | 干净的测试集 | 验证集 |
# |---|--:|--:|
# | SimpleRNN 换成 LSTM（最后一步） | 4.1<!-- claim lstm_clean_test --> ± 0.3<!-- claim lstm_clean_test_sd --> | 3.9<!-- claim lstm_validation --> ± 0.5<!-- claim lstm_validation_sd --> |
# | 加第二个方向（最后一步） | -0.2<!-- claim direction_clean_test --> ± 0.2<!-- claim direction_clean_test_sd --> | 0.0<!-- claim direction_validation --> ± 0.3<!-- claim direction_validation_sd --> |
# | 加第二个方向（最大池化） | 0.2<!-- claim direction_max_clean_test --> ± 0.8<!-- claim direction_max_clean_test_sd --> | 0.3<!-- claim direction_max_validation --> ± 0.5<!-- claim direction_max_validation_sd --> |
# | 最后一步换成最大池化（单向） | -0.7<!-- claim max_clean_test --> ± 0.6<!-- claim max_clean_test_sd --> | 0.1<!-- claim max_validation --> ± 0.6<!-- claim max_validation_sd --> |
# | 最后一步换成平均池化（单向） | -1.2<!-- claim mean_clean_test --> ± 0.1<!-- claim mean_clean_test_sd --> | -1.2<!-- claim mean_validation --> ± 0.7<!-- claim mean_validation_sd --> |
# | 一层换成两层（双向，最大池化） | -2.2<!-- claim depth_clean_test --> ± 0.3<!-- claim depth_clean_test_sd --> | -1.7<!-- claim depth_validation --> ± 0.4<!-- claim depth_validation_sd --> |
#
# 换成 LSTM，这一级的提升是可靠的，两处都是四个百分点左右。第二个方向和最大池化看不出好处（每步的数一样多）。平均池化和两层在两处都更低；它们用的是给“最后一步”、一层挑的学习率，自己也许另有更好的。
#
# 学习率只用一个种子挑，选中的 0.004<!-- claim simple_rate --> 和 0.024<!-- claim lstm_rate --> 都在三个的中间，上下都试过；训练多少遍没有搜索。5 遍之后的验证集上，三个学习率之间，SimpleRNN 相差 4.9<!-- claim simple_rates_differ --> 个百分点，LSTM 相差 4.3<!-- claim lstm_rates_differ --> 个，和换成 LSTM 的提升差不多大。所以比结构之前，两边都要挑学习率。

# %% [markdown] tags=["optional"]
# <a id="cell-id=10-7"></a>
# ## 10.7 选读：字还是词
#
# 中文没有空格，先要决定一步读什么。分词用词典和统计把句子切成词，`jieba` 是常用的工具；[第 14 章](14_sequence_labelling.ipynb)会自己训练一个。

# %% name="segmented"
import jieba

jieba.setLogLevel(60)  # no messages
for text in ("这周五点叫我起床", "播放周杰伦的晴天", "把大厅里的灯调暗"):
    print("/".join(text), "|", "/".join(jieba.lcut(text)))

# %% [markdown]
# 第一句应当是“这周 / 五点”，`jieba` 切成了“周五 / 点”：工具只能猜，切错了，后面的网络没有机会改正。词还有一个代价，没见过的更多。

# %% name="unseen" tags=["data"]
unseen = {}
for name, split in (("characters", list), ("words", jieba.lcut)):
    train = Counter(t for text, _ in massive.train for t in split(text))
    test = [t for text, _ in clean for t in split(text)]
    unseen[name] = np.mean([t not in train for t in test])
    once = np.mean([n == 1 for n in train.values()])
    print(f"{name:10s} {len(train):5d} kinds, {once:.0%} seen once, "
          f"{len(test) / len(clean):.1f} per text")
claim("unseen_characters", unseen["characters"], close_to=0.0042,
      tol=5e-5, scope="full", full=full)
claim("unseen_words", unseen["words"], close_to=0.056, tol=5e-4,
      scope="full", full=full)

# %% [markdown]
# 测试句里没见过的字占 0.4%<!-- claim unseen_characters -->，没见过的词占 5.6%<!-- claim unseen_words -->；训练集里的词有一半以上只出现过一次，它们的嵌入每遍只有一句可学。网络读词而不读字，三个种子配对的差是 -1.0<!-- claim words_clean_test --> ± 0.7<!-- claim words_clean_test_sd --> 个百分点，验证集上 -0.6<!-- claim words_validation --> ± 0.3<!-- claim words_validation_sd -->，看不到好处。词让句子短了四成，也让参数多了一倍多。

# %% [markdown] tags=["optional"]
# <a id="cell-id=10-8"></a>
# ## 10.8 选读：词向量，自己训练或者读进来
#
# 嵌入可以不从随机开始。**词向量 (word vector)** 先从没有标签的文本里学：经常出现在同样邻居旁边的词，得到相近的向量。**跳元模型 (skip-gram)**（Mikolov 等，2013）让中间的词 $w$ 预测左右的词 $c$，并和随便抽的 $k$ 个词 $n_i$ 比。每个词有两个向量：当中间词时用 $v$，当邻居时用 $u$；$\sigma$ 是 sigmoid：
#
# $$\max\ \log\sigma(v_w\cdot u_c)+\sum_{i=1}^{k}\log\sigma(-v_w\cdot u_{n_i})$$
#
# `gensim` 的 `Word2Vec` 要写 `sg=1` 才是跳元模型（默认的 `sg=0` 是 CBOW：用左右的词预测中间的词）。`train_vectors` 替它定好 `sg=1`、左右各 3 个词、$k=5$、少于 2 次的词不学，再固定种子和线程数。

# %% name="own_vectors" tags=["data", "training"]
from rnnbook.language.word_vectors import (
    embedding_matrix, read_vectors, train_vectors,
)

sentences = [jieba.lcut(text) for text, _ in massive.train]
own = train_vectors(sentences, width=64, epochs=10)
for word in ("闹钟", "星期五", "音量"):
    if word in own:
        near = own.most_similar(word, topn=4)
        print(word, "->", " ".join(w for w, _ in near))

# %% [markdown]
# 一万多句短句，不够学好词向量。邻居里已经有同类（“闹铃”“星期一”“周四”），也混进了只是常在一起出现的词（“设”“团队”）。网上能下载的词向量（GloVe、word2vec、fastText）有一种通用的文本格式：一行一个词，后面是它的数；word2vec 和 fastText 的文件第一行多两个数，词数和宽度。（word2vec 还有一种二进制格式，这里不读。）写一个小文件，读回来：

# %% name="read_vectors"
from pathlib import Path
from tempfile import mkdtemp

path = Path(mkdtemp()) / "tiny.txt"
path.write_text("3 2\n好 0.5 -1\n天气 2 0.3\n闹钟 0 1\n", "utf-8")
tiny = read_vectors(path)
print(tiny.index_to_key, tiny["天气"])

# %% [markdown]
# 下载的文件常常不是你以为的宽度，或者中途断了。坏文件最怕的是**读得进去**：少一列，整行就错位。`read_vectors` 逐行检查，说出是哪一行：

# %% name="wrong_width"
from rnnbook.data import DataError

for width, content in ((300, "好 0.5 -1\n"), (None, "好 0.5 -1\n天气 2\n"),
                       (None, "3 2\n好 0.5 -1\n")):
    path.write_text(content, "utf-8")
    try:
        read_vectors(path, width)
    except DataError as error:
        print(str(error).replace(str(path.parent), "…"))

# %% [markdown]
# 最后把向量按词表的次序排成矩阵，放进 `Embedding`。词表里没有向量的词，按找到的那些的均值和标准差随机抽一行；**覆盖率**一定要看，太低就等于没有用上。

# %% name="coverage" tags=["data", "training"]
words = Features([text for text, _ in massive.train], jieba.lcut)
matrix, covered = embedding_matrix(own, words.vocabs[0])
print(matrix.shape)
claim("vectors_cover", covered, close_to=0.458, tol=0.001, scope="full",
      full=full)
vocab = words.vocabs[0]
found = next(w for w in own.index_to_key if w in vocab)
claim("row_is_the_vector",
      np.abs(matrix[vocab.stoi[found]] - own[found]).max(), at_most=0)
claim("scale_against_random", matrix.std() / (0.05 / 3 ** 0.5), close_to=6.04,
      tol=0.08, scope="full", full=full)
embed = layers.Embedding(*matrix.shape)
embed.build()
embed.set_weights([matrix])
looked_up = ops.convert_to_numpy(embed(np.array([vocab.stoi[found]])))[0]
claim("embedding_gives_it", np.abs(looked_up - own[found]).max(), at_most=0)

# %% [markdown]
# 只出现一次的词不学，所以词表里 46%<!-- claim vectors_cover --> 的词有向量。`build_classifier(…, vectors=matrix)` 就是这样放进去的，建一个 `Embedding`，再换掉它的权重。放进双向 LSTM，三个种子配对，与随机的起点相差 0.4<!-- claim vectors_clean_test --> ± 0.4<!-- claim vectors_clean_test_sd --> 个百分点，验证集上 -0.1<!-- claim vectors_validation --> ± 0.7<!-- claim vectors_validation_sd -->，**看不出帮上了忙**。
#
# 也许是因为向量里的数，大小是 `Embedding` 随机起点的 6.1<!-- claim scale_against_random --> 倍，训练不容易改动？缩到一样大再训练，相差 0.1<!-- claim scaled_clean_test --> ± 0.5<!-- claim scaled_clean_test_sd -->，也看不出。（表里的向量学了 15 遍，上面为了快只学 10 遍。）从几亿词里学出来的向量值多少，这里没有量；读法就是上面那样。

# %% [markdown]
# <a id="cell-id=10-9"></a>
# ## 10.9 怎样超过线性模型
#
# 按 [10.6 节](#cell-id=10-6)，光换网络看不出好处。这里网络加宽一倍，训练 6 遍（每遍的句子也多了近一倍），再加三样。每一样单独值多少，没有逐项量：
#
# 1. **把对手的长处拿过来**。每一步除了字，再给一个“前一个字 + 这个字”的嵌入（在不到 3 句里出现的当 `<unk>`）。
# 2. **更多的说法**。MASSIVE 的训练句从英文译过两遍，zh-CN 一遍，zh-TW 由另一些人又一遍。把后者转成简体，就是同一意图的另一种说法。只用训练句的编号，与验证、测试句相同的去掉。
# 3. **合起来**。循环网络和线性模型的做法不同，犯的错也许不一样，所以把两者的概率相乘再归一化，$P(k\mid x)\propto P_{\text{rnn}}(k\mid x)\,P_{\text{linear}}(k\mid x)$；或者只是平均。

# %% name="paraphrases" tags=["data"]
extra = load_paraphrases(massive)
print(len(extra), "more texts:", " | ".join(text for text, _ in extra[1:6]))
linear_more = bag_classifier(massive.train + extra)
claim("linear_more_clean", score(linear_more, clean), close_to=0.8295,
      tol=5e-4, scope="full", full=full)

# %% [markdown]
# 公平起见，线性模型也用上这些说法（C 仍是 10，没有重选）：从 82.6%<!-- claim linear_clean --> 到 83.0%<!-- claim linear_more_clean -->。网络是双向 LSTM，每个方向 128 个单元，训练 6 遍，三个种子（`python -m rnnbook.recipes run intent_best`），第一个种子的权重存下来。现场把它装进模型，重新打分：

# %% name="best" tags=["data", "training"]
best = recipes.load("intent_best")
strong = Features([text for text, _ in massive.train], pairs=True)
net = build_classifier(strong.sizes, len(massive.labels), units=256)
stored = [best.weights[name] for name in sorted(best.weights)]
usable = [w.shape for w in stored] == [w.shape for w in net.weights]
if usable:
    net.set_weights(stored)
else:
    print("词表与存下的权重不同（样例数据）：用 10.5 节现场训练的网络代替。")
    net, strong = live, characters


def opinions(rows):
    """The right intents, and what both models say, alone and together."""
    x, gold = encode(strong, rows)
    rnn = np.asarray(ops.softmax(logits_of(net, x)))
    bag = linear_more.predict_proba([text for text, _ in rows])
    product = rnn * (bag + 1e-9)
    return gold, {"network": rnn, "linear": bag, "mean": (rnn + bag) / 2,
                  "product": product / product.sum(axis=1, keepdims=True)}


gold, said = opinions(clean)
right = {name: p.argmax(axis=1) == gold for name, p in said.items()}
print(pd.Series({name: row.mean() for name, row in right.items()}).round(4))
seed0 = best.log.iloc[0]
claim("stored_equals_recorded", abs(right["network"].mean()
                                    - seed0.clean_test),
      at_most=0.002, scope="full", full=full)

# %% name="best_table" tags=["data"]
final = 100 * best.log[["clean_test", "clean_test_combined", "test_combined"]]
print(final.agg(["mean", "std"]).round(2).to_string())
claim("best_alone", best.log.clean_test.mean(), close_to=0.8295, tol=5e-4)
claim("best_alone_sd", best.log.clean_test.std(), close_to=0.0017, tol=5e-5)
claim("best_combined", best.log.clean_test_combined.mean(), close_to=0.8418,
      tol=5e-4)
claim("best_combined_sd", best.log.clean_test_combined.std(),
      close_to=0.0033, tol=5e-5)
on_validation = score(linear_more, massive.validation)
claim("product_ahead_points",
      100 * (best.log.clean_test_combined.mean() - score(linear_more, clean)),
      close_to=1.2, tol=0.1, scope="full", full=full)
claim("network_ahead_on_validation",
      100 * (best.log.validation.mean() - on_validation),
      close_to=1.1, tol=0.1, scope="full", full=full)

# %% [markdown]
# 三个种子，干净的测试集。只用一个网络是 83.0%<!-- claim best_alone --> ± 0.2%<!-- claim best_alone_sd -->，**追平**了用同样文本的线性模型（验证集上高 1.1<!-- claim network_ahead_on_validation --> 个百分点，但网络的设置是在那里选的）。乘上线性模型是 84.2%<!-- claim best_combined --> ± 0.3%<!-- claim best_combined_sd -->，多 1.2<!-- claim product_ahead_points --> 个百分点。
#
# “±”还是只说种子。换一批测试句，这些差别还在吗？第一个种子留下了权重，可以逐句相减。$n$ 句里，每句的差 $d_i$ 是 1（只有前者答对）、−1（只有后者答对）或 0，差的标准误是 $s_d/\sqrt n$。**麦克尼马尔检验 (McNemar's test)** 只看答得不一样的句子。若两个模型一样好，谁对谁错就像抛硬币；`p` 是抛出这样悬殊（或更悬殊）的结果的机会。

# %% name="paired" tags=["data", "training"]
from statsmodels.stats.contingency_tables import mcnemar

for name, a, b, mean, error in (
        ("network", "network", "linear", 0.18, 0.54),
        ("product", "product", "linear", 1.56, 0.41),
        ("mean", "mean", "linear", 1.42, 0.4),
        ("product_over_mean", "product", "mean", 0.15, 0.17)):
    d = 100 * (right[a].astype(float) - right[b])
    more, less = np.sum(d > 0), np.sum(d < 0)
    test = mcnemar([[0, more], [less, 0]], exact=True)
    print(f"{a} - {b}: {more} texts against {less}, p = {test.pvalue:.2g}")
    claim(f"paired_{name}", d.mean(), close_to=mean, tol=0.11, scope="full",
          full=full)
    claim(f"paired_{name}_error", d.std(ddof=1) / len(d) ** 0.5,
          close_to=error, tol=0.03, scope="full", full=full)

# %% [markdown]
# 网络单独比线性模型多 0.18<!-- claim paired_network --> ± 0.54<!-- claim paired_network_error --> 个百分点（这里的 ± 是逐句配对的标准误），分不出高下。乘起来多 1.56<!-- claim paired_product --> ± 0.41<!-- claim paired_product_error -->，是标准误的三倍多，换一批句子也靠得住。乘法本身并不重要，只把两个概率**平均**，也多 1.42<!-- claim paired_mean --> ± 0.40<!-- claim paired_mean_error -->，两种合法之间看不出差别。
#
# 用乘起来的模型问你自己的句子，看前三个回答（换掉这几句试试）：

# %% name="ask" tags=["data", "training"]
def ask(text, best=3):
    if not text.strip():
        raise ValueError("句子是空的：先写一句话")
    _, found = opinions([(text, massive.labels[0])])  # the label is not used
    p = found["product"][0]
    return [f"{massive.labels[k]} {p[k]:.2f}"
            for k in np.argsort(-p)[:best]]


for text in ("明天早上七点叫我", "外面冷不冷", "小王的生日是哪天",
             "红豆生南国"):
    print(text, "->", ", ".join(ask(text)))

# %% [markdown]
# 最后一句是诗，不是对助手的请求，模型也只能在这 60 种里选，它没有“都不是”这个选项。
#
# 合起来变好，会不会只是“两个总比一个强”？对照是几个循环网络一起答，叫**集成 (ensemble)**：各自训练，取 $\log P$ 的平均，最大的就是回答（`python -m rnnbook.recipes run intent_ensemble`：三组，每组四个，互不共用；每个网络的单元减半，一个读词）。

# %% name="ensemble"
group = recipes.load("intent_ensemble")
print((100 * group.log.groupby(["networks", "reads"])[
    ["clean_test_alone", "clean_test_together", "clean_test_combined"]
    ].mean()).round(2).to_string())
wide = group.log.pivot(index="ensemble", columns="networks")
for part, *was in (("clean_test", 0.7, 0.4, 0.2),
                   ("validation", 0.5, 0.2, -0.5)):
    one, some, mixed = (100 * wide[f"{part}_{name}"]
                        for name in ("alone", "together", "combined"))
    for name, gain, mean in zip(
            ("second", "linear_over_second", "linear_after_four"),
            (some[2] - one[[1, 2]].mean(axis=1), mixed[1] - some[2],
             mixed[4] - some[4]), was):
        claim(f"{name}_{part}", gain.mean(), close_to=mean, tol=0.051)
together = wide["clean_test_together"][4]
claim("ensemble", together.mean(), close_to=0.8455, tol=5e-5)
claim("ensemble_sd", together.std(), close_to=0.0027, tol=5e-5)
claim("ensemble_least", together.min(), close_to=0.8426, tol=5e-5)

# %% [markdown]
# 添上另一个种子的同类，比单独一个多 0.7<!-- claim second_clean_test --> 个百分点（验证集上 0.5<!-- claim second_validation -->）；改添线性模型，又比这多 0.4<!-- claim linear_over_second_clean_test -->（验证集上 0.2<!-- claim linear_over_second_validation -->）。所以好处的大半，再训练一个同类也有，线性模型是不是还多给了什么，说不准。
#
# 四个网络一起是 **84.6%**<!-- claim ensemble --> ± 0.3%<!-- claim ensemble_sd -->，三组里最低的 84.3%<!-- claim ensemble_least -->，代价是四倍的参数和计算。这时再乘线性模型，测试集上多 0.2<!-- claim linear_after_four_clean_test -->，验证集上是 -0.5<!-- claim linear_after_four_validation -->，没有可靠的好处。网络的种类看着验证集定，试过的五种在配方的 `tried` 里；`intent_best` 的设置来自更早的六次试验，那些数没有留下来。

# %% [markdown]
# <a id="cell-id=10-10"></a>
# ## 10.10 它错在哪里，又有多大把握
#
# 只看一个总数，看不出错误有没有规律。下面看的都是第一个种子的网络乘上线性模型（三个种子里它最高）。先看最常混的是哪些意图。**混淆矩阵 (confusion matrix)** 的第 $i$ 行第 $j$ 列，是真正为 $i$、答成 $j$ 的句数；60×60 太大，只画最常被弄混的十二种。

# %% name="confusion" tags=["data", "training"]
labels = np.array(massive.labels)
answer = said["product"].argmax(axis=1)
wrong = answer != gold
mixed = Counter(gold[wrong].tolist()) + Counter(answer[wrong].tolist())
top = sorted(i for i, _ in (mixed or Counter(gold.tolist())).most_common(12))
grid = np.array([[np.sum((gold == i) & (answer == j)) for j in top]
                 for i in top])
share = grid / np.array([[max(1, np.sum(gold == i))] for i in top])
worst = np.argmin(np.diag(share))
fig, axis = plt.subplots(figsize=(8.5, 6.4))
image = axis.imshow(100 * share, cmap="Blues", vmax=50)
for i, j in np.argwhere(grid > 0):
    axis.text(j, i, grid[i, j], ha="center", va="center", fontsize=9,
              color="white" if share[i, j] > 0.3 else "black")
axis.set(xticks=range(len(top)), yticks=range(len(top)), xlabel="answered",
         ylabel="true intent", yticklabels=labels[top],
         title=f"Worst of these twelve: {labels[top[worst]]}"
               f" ({share[worst, worst]:.0%})")
axis.set_xticklabels(labels[top], rotation=40, ha="right")
axis.grid(False)
fig.colorbar(image, ax=axis, label="% of the intent's texts (up to 50)")
plt.show()

# %% name="error_kinds" tags=["data", "training"]
domain = np.array([name.split("_")[0] for name in labels])
same_domain = (domain[gold] == domain[answer])[wrong].mean()
chance = np.mean(domain[gold[wrong]][:, None] == domain[gold][None])
pairs = Counter(zip(labels[gold[wrong]], labels[answer[wrong]]))
for (a, b), n in pairs.most_common(5):
    print(f"{n:3d}  {a} -> {b}")
claim("errors", wrong.sum(), close_to=426, tol=3, scope="full", full=full)
claim("errors_same_domain", same_domain, close_to=0.30, tol=0.005,
      scope="full", full=full)
claim("same_domain_by_chance", chance, close_to=0.073, tol=0.001,
      scope="full", full=full)
macro = {"labels": np.unique(gold), "average": "macro", "zero_division": 0}
combined_f1, linear_f1 = (f1_score(gold, said[name].argmax(axis=1), **macro)
                          for name in ("product", "linear"))
claim("combined_macro_f1", combined_f1, close_to=0.808, tol=0.003,
      scope="full", full=full)
claim("macro_f1_gain", combined_f1 - linear_f1, close_to=0.018, tol=0.003,
      scope="full", full=full)

# %% [markdown]
# 干净的测试集上错了 426<!-- claim errors --> 句。其中 30%<!-- claim errors_same_domain --> 错在同一个领域之内（意图名的第一个词相同，例如 `calendar_set` 和 `calendar_query`），而随便抽一句碰上同领域只有 7%<!-- claim same_domain_by_chance -->，错误偏向意思相近的地方。宏平均 F1 是 0.808<!-- claim combined_macro_f1 -->，比用同样文本的线性模型高 0.018<!-- claim macro_f1_gain -->。这是一个种子，小类在测试集里又只有几句，答对或答错一句就能动宏平均，所以这个差别不能当真。
#
# 再看具体的句子，挑模型最有把握、却与标签不同的：

# %% name="confident_errors" tags=["data", "training"]
p = said["product"].max(axis=1)
rows = [i for i in np.argsort(-p) if wrong[i]][:8]
print(pd.DataFrame([{"text": clean[i][0], "label": labels[gold[i]],
                     "answer": labels[answer[i]], "p": round(p[i], 4)}
                    for i in rows]).to_string(index=False))

# %% [markdown]
# `p` 是模型给自己回答的概率，0.9999 能当成答对的机会吗？把测试句按 `p` 从小到大排好，分成八份，每份看平均的 `p` 和答对的比例。两者一致，叫**校准 (calibration)** 得好；八份里两者之差的平均，越小越好。

# %% name="calibration" tags=["data", "training"]
def reliability(p, gold, parts=8):
    order = np.array_split(np.argsort(p.max(axis=1)), parts)
    hit = p.argmax(axis=1) == gold
    return np.array([(p[i].max(axis=1).mean(), hit[i].mean()) for i in order])


def warmed(p, tau):
    p = (p + 1e-12) ** (1 / tau)
    return p / p.sum(axis=1, keepdims=True)


def nats(p, gold):
    return -np.log(p[range(len(gold)), gold] + 1e-12).mean()


held_gold, held = opinions(
    [row for row in massive.validation if row[0] not in seen])
taus = np.geomspace(0.5, 4, 43)
tau = {name: min(taus, key=lambda t: nats(warmed(p, t), held_gold))
       for name, p in held.items()}
cooled = {name: warmed(p, tau[name]) for name, p in said.items()}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.6), sharey=True)
gaps = {}
for axis, kind, models in zip(axes, ("before", "after"), (said, cooled)):
    axis.plot([0, 1], [0, 1], color=GREY, ls="--")
    for (name, p), look in zip(models.items(), ("o-", "s-", "^-", "D-")):
        curve = reliability(p, gold)
        gaps[name, kind] = np.abs(curve[:, 0] - curve[:, 1]).mean()
        axis.plot(*curve.T, look, ms=5, label=name)
    axis.set(xlabel="mean probability of the answer")
axes[0].set(ylabel="share of right answers",
            title="Only the product claims too much")
axes[1].set(title="A temperature for each mends most of it")
axes[0].legend()
plt.show()

# %% tags=["data", "training"]
gaps = pd.Series(gaps).unstack().reindex(said)
print(gaps.assign(sure=[p.max(axis=1).mean() for p in said.values()],
                  right=[row.mean() for row in right.values()],
                  tau=tau.values()).round(3).to_string())
for name, raw, good in (("network", 0.042, 0.015), ("linear", 0.083, 0.017),
                        ("mean", 0.085, 0.011), ("product", 0.086, 0.01)):
    claim(f"gap_{name}", gaps.before[name], close_to=raw, tol=0.005,
          scope="full", full=full)
    claim(f"gap_{name}_warmed", gaps.after[name], close_to=good, tol=0.005,
          scope="full", full=full)
claim("tau_product", tau["product"], close_to=1.64, tol=0.1, scope="full",
      full=full)

# %% [markdown]
# 网络、线性模型和两者的平均都说得太少，曲线在对角线上面（网络训练时用了标签平滑，也许是一个原因，没有单独测）。只有乘积说得太多，八份的差平均是 0.086<!-- claim gap_product -->。补救只要一个数，把 $\log P$ 都除以 $\tau$ 再归一化，$\tau$ 在验证集里不泄漏的句子上选，叫温度（[第 11 章](11_char_lm.ipynb)还会用它）。回答一个也不变，乘积的 $\tau$ 是 1.6<!-- claim tau_product -->，差降到 0.010<!-- claim gap_product_warmed -->；别的三种也降到 0.02 以下。
#
# 不少“错误”读起来，模型的答案更有道理：标签本身有噪声。训练集里就有同一句话标了两种意图的：

# %% name="label_noise" tags=["data", "training"]
seen_labels = {}
for text, label in massive.train:
    seen_labels.setdefault(text, set()).add(label)
noisy = {t: sorted(s) for t, s in seen_labels.items() if len(s) > 1}
for text in sorted(noisy)[:4]:
    print(text, noisy[text])
claim("texts_with_two_labels", len(noisy), close_to=32, tol=0, scope="full",
      full=full)
other_label = [label not in seen_labels[text]
               for text, label in leaked["test"]]
claim("leaked_with_another_label", sum(other_label), close_to=13, tol=0,
      scope="full", full=full)
gold_leaked, on_leaked = opinions(leaked["test"])
missed = on_leaked["product"].argmax(axis=1) != gold_leaked
claim("leaked_accuracy", 1 - missed.mean(), close_to=0.924, tol=0.01,
      scope="full", full=full)
claim("leaked_errors", missed.sum(), close_to=17, tol=1, scope="full",
      full=full)
claim("leaked_errors_explained", np.sum(missed & other_label), close_to=11,
      tol=1, scope="full", full=full)

# %% [markdown]
# 训练集里有 32<!-- claim texts_with_two_labels --> 句这样的话。而在那些泄漏的测试句上，正确率是 92%<!-- claim leaked_accuracy -->，连背过的题都到不了 100%。原因多半是标签前后不一：有 13<!-- claim leaked_with_another_label --> 句，训练集从来没有标过测试集的那个意图，只靠背是答不对的；17<!-- claim leaked_errors --> 个错误里，它们占了 11<!-- claim leaked_errors_explained --> 个。所以不要指望满分。

# %% [markdown] tags=["optional"]
# <a id="cell-id=10-11"></a>
# ## 10.11 选读：换成你自己的文件
#
# 评论和星级、邮件和类别、问题和部门，只要是一个 CSV（或 TSV），一列文本、一列标签，第一行是列名，一次调用就能训练本章的双向 LSTM，并和本章的线性模型比。说出文件在哪里、两列叫什么；中文 Windows 上存的文件多半要加 `encoding="gb18030"`，坏掉的行会说出行号。在 Colab 上，先在左边的文件栏上传，再写路径，比如 `"/content/my.csv"`。这里把训练部分的 600 句写成文件，只训练 5 遍：

# %% name="own_texts" tags=["data", "training"]
import tempfile
from pathlib import Path

from rnnbook.own.classify import classify

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "my.csv")
    pd.DataFrame(massive.train[:600], columns=["text", "intent"]).to_csv(
        path, index=False)
    own = classify(path, "text", "intent", epochs=5)
print(own.predict(["明天早上七点叫我起床", "放一首周杰伦的歌"]))

# %% [markdown]
# 报告先说文件。有几行，其中几行的文本是重复的（相同的文本都在同一份里，不会一份训练、一份考试）；八成训练，一成挑选，一成只考一次；最多的标签占多少；测试文本里有多少字或词训练时没有见过。有汉字的按字读，别的按词读；词大半没有见过的（人名、编号），也按字母读。
#
# 然后是三个正确率，± 是换一批测试文本会晃动多少（自助法）。线性模型的强弱、看片段还是看词，都在验证集上选过，所以它不是摆设。最后一句是判词，两个模型答的是同样的题，差要配对来看，不到 ± 的两倍就算分不出。这里只有 480 句、训练 5 遍，网络还远远没有学会，报告就写 WORSE，并劝你用线性模型；文件小的时候，练够了也可能赢不了它。不写 `epochs`，遍数由文件的大小来定。
#
# `own.save("build/mine")` 存下网络，`rnnbook.own.classify.load("build/mine")` 取回，`own.report.save("report.html")` 把报告写成网页。同样的事，不开笔记本：
#
# ```text
# python -m rnnbook.own classify my.csv --text text --label intent --save build/mine
# python -m rnnbook.own classify --save build/mine --predict "明天早上七点叫我起床"
# ```

# %% [markdown]
# ## 小结
#
# 你**修好**了讲义的分类器，要哪一个状态说清楚，填充不再改变答案，有验证集、种子和基线；**比较**了从词袋到双向 LSTM 的每一级，种子的误差和测试句的误差分开说；**分析**了错误和把握，没有让泄漏的句子帮忙。
#
# | 名称 | 公式或做法 | 要点 |
# |---|---|---|
# | 词袋 | 数片段，扔掉次序 | 一元词袋分不开“不好”和“好不” |
# | 池化 | $h_T$、$\frac1T\sum h_t$、$\max_t h_t$ | 只算真的步 |
# | 双向而不用掩码 | 在每句自己的长度内倒过来，填充留在右边 | 与掩码版相同 |
# | 标签平滑 | $q_k=(1-\varepsilon)[k=y]+\varepsilon/K$ | 训练时用，打分时不用 |
# | 概率相乘，集成 | $P\propto P_{\text{rnn}}P_{\text{linear}}$；平均 $\log P$ | 要有对照，两个同类合起来得多少 |
# | 逐句配对 | $\bar d\pm s_d/\sqrt n$，麦克尼马尔检验 | 说的是测试句，不是种子 |
# | 校准 | $P^{1/\tau}$ 归一化，$\tau$ 在验证集上选 | 把握像不像答对的机会，回答不变 |
# | 宏平均 F1 | $\frac1K\sum_k 2P_kR_k/(P_k+R_k)$ | 小类和大类一样重 |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E48 “完整代码”：省略号当数据，`squeeze(0)` 取句向量，填充不用管
#
# 省略号不能迭代；`squeeze(0)` 只在一层单向时取到句向量，两层时形状不变（PyTorch）或报错（NumPy）；填充会改变答案：补在右边时，“最后一步”读到的就是填充。

# %%
state = np.arange(2 * 3 * 4.0).reshape(2, 3, 4)  # two layers, B = 3, H = 4
print("kept by PyTorch's squeeze(0):", state.shape, " wanted:",
      state[-1].shape)
gap = np.abs(ops.convert_to_numpy(lecture(np.pad(ids, ((0, 0), (0, 1)))))
             - before).max()
claim("one_zero_shifts", gap, at_least=0.25)

# %% [markdown]
# 只多补一个 0，讲义的网络里变动最大的那个输出就挪动了 0.95<!-- claim one_zero_shifts -->。

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示：

# %%
hint("text_classification.mean_pool")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 平均，只算真的步
#
# `h` 是 (B, T, H)，`lengths` 是每句的真实长度 (B,)，填充在右边。返回每句真实步的平均 (B, H)。
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def mean_pool(h, lengths):
    ...

# %%
check("text_classification.mean_pool", mean_pool)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 取对句向量
#
# PyTorch 的多层双向网络交出 `h`，形状 (层数×2, B, H)，次序是“第 1 层前向、第 1 层后向、第 2 层前向、第 2 层后向……”。返回**最上层**两个方向拼起来的 (B, 2H)，前向在前。层数不定。
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def top_state(h):
    ...

# %%
check("text_classification.top_state", top_state)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 去掉泄漏
#
# `train` 和 `test` 都是 (文本, 标签) 的列表。返回测试集里文本没有在训练集出现过的行，次序不变。提醒：标签不同、文本相同，算不算泄漏？
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def without_leaks(train, test):
    ...

# %%
check("text_classification.without_leaks", without_leaks)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 宏平均 F1
#
# 不用 sklearn，写出宏平均 F1。`gold` 和 `predicted` 是两列标签。类别取两者中出现过的全部（sklearn 的 `f1_score` 默认也这样）；没有定义的精确率或召回率（0 除以 0）记 0；两者都是 0 的一类，F1 记 0。
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def macro_f1(gold, predicted):
    ...

# %%
check("text_classification.macro_f1", macro_f1)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 差别大得过种子吗
#
# `a` 和 `b` 是两个模型在**同样几个种子**上的正确率。返回一对数：差 `a − b` 的均值，和它的标准误（样本标准差除以 $\sqrt n$）。逐个种子相减，再算。
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def paired(a, b):
    ...

# %%
check("text_classification.paired", paired)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 在自己的长度之内倒过来
#
# 用 NumPy 写 [10.4 节](#cell-id=10-4)的倒读：`ids` 是整数 (B, T)，0 是填充，都在右边。每句倒过来，填充仍在右边，不改动 `ids` 本身。
#
# [解答](solutions/10_text_classification.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def backwards(ids):
    ...

# %%
check("text_classification.backwards", backwards)

# %% [markdown]
# ## 延伸阅读
#
# - FitzGerald, J. 等 (2022). MASSIVE: A 1M-example multilingual natural language understanding dataset with 51 typologically-diverse languages. [arXiv:2204.08582](https://arxiv.org/abs/2204.08582)。本章的数据；看它怎样请人翻译和检查。
# - Wang, S., Manning, C. D. (2012). Baselines and bigrams: simple, good sentiment and topic classification. ACL. [aclanthology.org/P12-2018](https://aclanthology.org/P12-2018/)。为什么词袋加二元是难缠的对手。
# - Joulin, A., Grave, E., Bojanowski, P., Mikolov, T. (2016). Bag of tricks for efficient text classification. [arXiv:1607.01759](https://arxiv.org/abs/1607.01759)。fastText：把嵌入平均一下，再接一个线性层。
# - Mikolov, T., Sutskever, I., Chen, K., Corrado, G., Dean, J. (2013). Distributed representations of words and phrases and their compositionality. [arXiv:1310.4546](https://arxiv.org/abs/1310.4546)。跳元模型和负采样。
# - Pennington, J., Socher, R., Manning, C. D. (2014). GloVe: global vectors for word representation. EMNLP. [doi:10.3115/v1/D14-1162](https://doi.org/10.3115/v1/D14-1162)。另一种词向量，和那种文本格式。
# - Szegedy, C. 等 (2015). Rethinking the Inception architecture for computer vision. [arXiv:1512.00567](https://arxiv.org/abs/1512.00567)。标签平滑的出处，第 7 节。
# - Guo, C., Pleiss, G., Sun, Y., Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML. [arXiv:1706.04599](https://arxiv.org/abs/1706.04599)。校准怎样量，一个温度怎样补救。
# - Meng, Y., Li, X. 等 (2019). Is word segmentation necessary for deep learning of Chinese representations? ACL. [arXiv:1905.05526](https://arxiv.org/abs/1905.05526)。字还是词，四个任务上的比较（前两位作者贡献相同）。
#
# [← 09 变长序列：填充、掩码与分桶](09_masking.ipynb) · [目录](index.md) · [解答](solutions/10_text_classification.ipynb) · [11 字符级语言模型与文本生成 →](11_char_lm.ipynb)<!-- nav -->
