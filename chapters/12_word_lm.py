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
# # 第 12 章 词级语言模型与困惑度
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/12_word_lm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/12_word_lm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/12_word_lm.ipynb)<!-- badges -->
#
# [← 11 字符级语言模型与文本生成](11_char_lm.ipynb) · [目录](index.md) · [解答](solutions/12_word_lm.ipynb) · [13 时间序列预测 →](13_time_series.ipynb)<!-- nav -->
#
# 读完这一章，你会把讲义里的五步做全：从分词、词表、词向量到 LSTM、困惑度和抽样；得到一个在 WikiText-2 上远胜 n 元语法的语言模型，再用缓存把它的困惑度降下去；并且一眼看出哪些困惑度不能放在一起比。
#
# | | |
# |---|---|
# | **你将会** | **搭出**一个词级语言模型，词表三万多；**衡量**权重绑定、采样 softmax、权重丢弃、词向量、优化器和缓存各值多少；**识破**不能比的困惑度 |
# | **你需要** | [第 01 章](01_sequences.ipynb)的困惑度和 n 元语法，[第 06 章](06_lstm.ipynb)的 LSTM，[第 11 章](11_char_lm.ipynb)的状态接力和抽样 |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 112 s<!-- seconds --> |

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
import re
import tempfile
import textwrap
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.notebook.figures import (
    BLUE, GREEN, GREY, ORANGE, VERMILION, use_style,
)

use_style()

# %% [markdown]
# ## 先想一想
#
# 英文维基百科的一段话，读到某个词为止，猜下一个词；词表有 33,278 个词。二元语法的困惑度是 288：相当于每次在 288 个等可能的词里瞎猜。读得到整段上文的 LSTM，会是多少？250、100，还是 10？
#
# 先写下你的猜测，[12.8 节](#cell-id=12-8)用测量来回答。

# %%
guess = None  # perplexity on the test part, e.g. 250

# %% [markdown]
# <a id="cell-id=12-1"></a>
# ## 12.1 从句子到编号
#
# 讲义 S4 第八节列出了“实践：单词级语言模型”的五步，没有给代码。这一章把它们逐步做全：
#
# | 讲义的一步 | 在哪里 |
# |---|---|
# | 文本 → 分词 → 词表（`stoi`/`itos`） | 这一节，[12.2 节](#cell-id=12-2) |
# | 用词向量把编号变成稠密向量，可以加载预训练的 | [12.4 节](#cell-id=12-4) |
# | RNN、LSTM 或 GRU，输出下一个词的分布 | [12.5](#cell-id=12-5) 到 [12.7 节](#cell-id=12-7) |
# | 最小化交叉熵，用困惑度评估 | [12.3](#cell-id=12-3)、[12.8](#cell-id=12-8)、[12.10 节](#cell-id=12-10) |
# | 逐词采样生成句子 | [12.9 节](#cell-id=12-9) |
#
# 把文本切成词叫**分词 (tokenisation)**。英文最简单的办法是一条正则表达式：先全部变成小写（WikiText-2 保留大小写，所以后面 `river` 和 `River` 是两个词），一串字母数字是一个词，一个标点也是一个词。

# %% name="tokenise"
text = "The cat sat. The dog didn't sit; the dog ran."
tokens = re.findall(r"\w+|[^\w\s]", text.lower())
print(*tokens, sep="|")
assert len(tokens) == 15

# %% [markdown]
# 它把 `didn't` 切成了三个词。换一条规则就会得到另一串词，困惑度也跟着变：分词是模型的一部分，报告困惑度时要说清楚（[12.10 节](#cell-id=12-10)）。
#
# 词表给每个词一个编号：`itos` 由编号查词，`stoi` 由词查编号。

# %% name="toy_vocabulary"
from rnnbook.data.vocab import Vocabulary

toy = Vocabulary.from_text(tokens)
print(toy.itos)
print(toy.encode(["the", "cat", "ran"]), toy.stoi["cat"])
try:
    toy.encode(["the", "bird", "ran"])
except KeyError as error:
    print("KeyError:", error)

# %% [markdown]
# `bird` 没有编号：它是**词表外的词 (out-of-vocabulary)**。字符级模型几乎没有这个问题；词级模型总会遇到新词。通常的办法是加一个**未知词 `<unk>`**，不认识的都算它；句末再加一个 `<eos>`。今天的大模型多把词再切成更小的**子词 (subword)**，少见的词拆开写，就几乎没有 `<unk>`；这一章照 WikiText-2 的办法，以整个词为单位。

# %%
from rnnbook.data.wikitext import EOS

toy = Vocabulary.from_text(tokens, specials=["<unk>", EOS])
ids = toy.encode(["the", "bird", "ran", EOS])
print(ids, toy.decode(ids, separator=" "))
claim("toy_unknown", (ids == toy.stoi["<unk>"]).sum(), close_to=1, tol=0)

# %% [markdown]
# <a id="cell-id=12-2"></a>
# ## 12.2 WikiText-2
#
# WikiText-2 是英文维基百科里经过评审的优良条目和典范条目，由 Merity、Xiong、Bradbury 和 Socher 在 2016 年整理（E58）。词已经切好，用空格隔开；训练文本里出现不到三次的词已经换成了 `<unk>`；每行末尾算一个 `<eos>`。我们把词按出现次数从多到少编号，后面会用到。

# %% tags=["data"]
from rnnbook.data.wikitext import by_frequency, load_wikitext2

wiki = load_wikitext2()
full = wiki.source.full
vocab = by_frequency(wiki.train)
train_ids, valid_ids, test_ids = wiki.ids(vocab)
V = len(vocab)
for name, part in [("train", train_ids), ("validation", valid_ids),
                   ("test", test_ids)]:
    print(f"{name:10s} {len(part):9,} words")
print(f"V = {V:,}; most frequent: {vocab.itos[:10]}")
claim("train_words", len(train_ids), close_to=2_088_628, tol=0,
      scope="full", full=full)
claim("vocabulary", V, close_to=33_278, tol=0, scope="full", full=full)

# %% [markdown]
# 训练文本有两百万个词，[第 11 章](11_char_lm.ipynb)的莎士比亚只有一百万个字符。词表 33278<!-- claim vocabulary --> 个，[第 11 章](11_char_lm.ipynb)是 65 个。输出层要大五百倍，这一章的大半麻烦由此而来。
#
# 词的频率很不均匀。把第 $r$ 常见的词的次数画在双对数坐标上，从第 10 名到第 10,000 名大致是一条直线，斜率 -1.02<!-- claim zipf_slope -->：**齐普夫定律 (Zipf's law)**。虚线是它的一种写法，$q_r=\ln\frac{r+1}{r}\big/\ln(V+1)$：大致与 $1/r$ 成正比，全部加起来正好是 1。[12.7 节](#cell-id=12-7)要按它抽词。

# %% name="zipf" tags=["data"]
from rnnbook.language.sampled_softmax import log_uniform

counts = np.bincount(train_ids, minlength=V)
rank = np.arange(1, V + 1)
half = int(np.searchsorted(counts.cumsum(), counts.sum() / 2)) + 1
fig, ax = plt.subplots()
ax.loglog(rank, counts, color=BLUE, label="WikiText-2, training part")
ax.loglog(rank, counts.sum() * log_uniform(V), "--", color=VERMILION,
          label="Zipf: $\\ln((r+1)/r)\\,/\\,\\ln(V+1)$")
ax.set(xlabel="rank r of the word", ylabel="occurrences",
       title=f"Half of the text is made of {half} words out of {V:,}")
ax.legend()
plt.show()

# %% tags=["data"]
claim("half_of_text", half, close_to=82, tol=0, scope="full", full=full)
slope = np.polyfit(*np.log([rank[9:10_000], counts[9:10_000]]), 1)[0]
claim("zipf_slope", slope, close_to=-1.02, tol=0.005, scope="full", full=full)
claim("rare_words", np.mean(counts < 10), close_to=0.566, tol=0.001,
      scope="full", full=full)
unk = vocab.stoi["<unk>"]
claim("test_unknown", np.mean(test_ids == unk), close_to=0.062, tol=0.001,
      scope="full", full=full)

# %% [markdown]
# 最常见的 82<!-- claim half_of_text --> 个词占了文本的一半；另一头，57%<!-- claim rare_words --> 的词在两百万词里出现不到 10 次。测试文本里 `<unk>` 占 6.2%<!-- claim test_unknown -->：模型说“这里是一个生词”，也算猜对。

# %% [markdown]
# <a id="cell-id=12-3"></a>
# ## 12.3 困惑度和要打败的对手
#
# 困惑度是平均负对数似然的指数：
#
# $$\mathrm{PPL}=\exp\Big(-\frac1N\sum_{t=1}^{N}\ln P(w_t\mid w_1,\dots,w_{t-1})\Big)$$
#
# $N$ 是词数，$w_t$ 是第 $t$ 个词，$P$ 是模型在读过前面所有词之后给它的概率；每一项 $-\ln P$ 的单位是奈特。三个词，模型给真正出现的词的概率是 0.5、0.1、0.02：

# %% name="by_hand"
p = np.array([0.5, 0.1, 0.02])
nats = -np.log(p)
print("nats per word:", nats.round(3), " mean:", nats.mean().round(3))
print("perplexity:", np.exp(nats.mean()).round(2),
      " mean of 1 / p:", (1 / p).mean().round(2))
claim("ppl_by_hand", np.exp(nats.mean()), close_to=10, tol=1e-9)

# %% [markdown]
# 三个概率的积是 0.001，开三次方再取倒数，正好是 10：困惑度是 $1/p$ 的**几何平均**。直接平均 2、10、50 会得到 20.67，那不是困惑度。同样的道理，几段文本的困惑度不能直接平均：要把奈特加起来，除以总词数，再取指数。
#
# 现在量对手。一元语法只看词频，n 元语法看前 $n-1$ 个词；[第 01 章](01_sequences.ipynb)的 Witten–Bell 平滑，阶数取 2 到 4。再加一个更强的，**Kneser–Ney 平滑 (Kneser–Ney smoothing)**，五元，是文献里常用的对手。每个模型只在训练文本上数数；每个词都算，第一个除外（它没有上文，不计分）。下面是测试文本上的困惑度（验证文本的头 26,000 个词也量了，[12.8 节](#cell-id=12-8)画图用）：

# %% name="rivals" tags=["data"]
from rnnbook.language.kneser_ney import KneserNey
from rnnbook.language.ngram import WittenBell

witten, kneser = WittenBell(4), KneserNey(5)
for model in (witten, kneser):
    model.fit(train_ids, V)


def rivals(ids):
    names = ["unigram", "bigram", "trigram", "four_gram", "kneser_ney"]
    nats = [-np.log(counts / counts.sum())[ids], *witten.token_nll(ids)[1:],
            kneser.token_nll(ids)]
    return {name: row[1:] for name, row in zip(names, nats)}


heldout, scores = rivals(valid_ids[:26_001]), rivals(test_ids)
for name, nats in scores.items():
    print(f"{name:10s} {np.exp(nats.mean()):6.1f}")

# %% tags=["data"]
for name, value in [("unigram", 911.7), ("bigram", 288.1), ("trigram", 290.0),
                    ("four_gram", 328.0), ("kneser_ney", 217.8)]:
    claim(f"ppl_{name}", np.exp(scores[name].mean()), close_to=value, tol=0.5,
          scope="full", full=full)
bigram, best_counts = scores["bigram"], scores["kneser_ney"]
claim("contexts_once", np.mean(witten.levels[2].total == 1), close_to=0.668,
      tol=0.001, scope="full", full=full)
after = [v for v, w in zip(wiki.train, wiki.train[1:]) if w == "Francisco"]
claim("francisco", len(after), close_to=76, tol=0, scope="full", full=full)
claim("after_san", after.count("San"), close_to=55, tol=0, scope="full",
      full=full)

# %% [markdown]
# 瞎猜是 33,278，一元语法 912<!-- claim ppl_unigram -->，Witten–Bell 二元语法 288.1<!-- claim ppl_bigram -->。看得更远反而更差：三元 290.0<!-- claim ppl_trigram -->，四元 328.0<!-- claim ppl_four_gram -->。一个只见过一次的上文，Witten–Bell 把至少一半的概率给了当时跟着它的那个词；而三元语法的上文（两个词）按种类算有 67%<!-- claim contexts_once --> 只见过一次，这样下注很可能太大。
#
# Kneser–Ney 改了两处。一是次数先减去一个折扣再用，省下的概率交给短一截的 n 元语法；折扣由“出现一次、两次、三次、四次的各有多少种”算出来，出现一次的通常减掉大半。二是短的 n 元语法不数一个词出现几次，数它跟在多少种不同的词后面：`Francisco` 出现 76<!-- claim francisco --> 次，55<!-- claim after_san --> 次跟在 `San` 后面，到了别处就不该常猜它。五元 Kneser–Ney 得 217.8<!-- claim ppl_kneser_ney -->。所以有两条线：288 是及格线，217.8<!-- claim ppl_kneser_ney --> 是只靠训练文本数出来的最好成绩。还有一个便宜的对手，给它添一个缓存，留到[12.11 节](#cell-id=12-11)。

# %% [markdown]
# <a id="cell-id=12-4"></a>
# ## 12.4 词向量：自己学的和现成的
#
# 编号 4711 和 4712 的两个词，意思毫无关系，所以第一层把编号换成向量：嵌入是一张 (V, E) 的表，E 是向量的宽度，第 $i$ 个词取第 $i$ 行。它等于独热编码乘以这张表，只是不做那许多乘 0 的乘法。

# %%
table = np.random.default_rng(0).standard_normal((len(toy), 3))
one_hot = np.eye(len(toy))[ids]            # (4, V)
assert (one_hot @ table == table[ids]).all()

# %% [markdown]
# 表是参数，和别的权重一起训练。也可以从别处拿来：GloVe、word2vec 的文本文件每行一个词，后面是它的数。`rnnbook.language.word_vectors`（[第 10 章](10_text_classification.ipynb)）读这种文件，并按你的词表排好；文件里没有的词，随机取。

# %%
from rnnbook.language.word_vectors import embedding_matrix, read_vectors

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "vectors.txt"
    path.write_text("the 0.1 0.2 0.3\ncat 1 0 -1\nbird 0 1 1\n")
    vectors = read_vectors(path)
matrix, found = embedding_matrix(vectors, toy)
print(matrix.shape, f"found {found:.0%}:", matrix[toy.stoi["cat"]])
claim("toy_coverage", found, close_to=2 / 13, tol=1e-9)

# %% [markdown]
# 词表的 13 个词里只找到 2 个。真正加载时先看覆盖率，再看宽度。放进模型只要一行：`layers.Embedding(*matrix.shape, embeddings_initializer=keras.initializers.Constant(matrix))`；[12.8 节](#cell-id=12-8)量它值多少。
#
# 那么语言模型自己学的表里有什么？录好的模型（[12.8 节](#cell-id=12-8)）只学过“猜下一个词”。拿几个词，在最常见的 8,000 个词里找余弦最近的邻居：

# %% name="neighbours" tags=["training"]
recipe = recipes.load("wikitext2_lstm")
learned = recipe.weights["embedding.embeddings"]
unit = learned / np.linalg.norm(learned, axis=1, keepdims=True)


def neighbours(word, count=5):
    near = unit[:8000] @ unit[recipe.vocab.stoi[word]]
    best = [recipe.vocab.itos[i] for i in near.argsort()[::-1]]
    return [w for w in best if w != word][:count]


for word in ("July", "three", "river", "she", "west"):
    print(f"{word:6s}", *neighbours(word))

# %% tags=["training"]
months = set("January February March April May June July August September"
             " October November December".split())
near_july = [word in months for word in neighbours("July", 8)]
claim("month_neighbours", np.mean(near_july), at_least=1)

# %% [markdown]
# 没有人告诉它哪些词是月份，`July` 最近的 8 个词却全是月份（100%<!-- claim month_neighbours -->）。

# %% [markdown]
# <a id="cell-id=12-5"></a>
# ## 12.5 一个 LSTM，和同一词表上的二元语法
#
# 网络和[第 11 章](11_char_lm.ipynb)录好的那个一样，是 LSTM，只是字符换成了词。先看形状，词表取 2,000：

# %% name="shapes"
keras.utils.set_random_seed(12)
plain = keras.Sequential([
    keras.Input((35,), dtype="int32"),
    layers.Embedding(2000, 64),                  # (B, T, 64)
    layers.LSTM(96, return_sequences=True),      # (B, T, 96)
    layers.Dense(2000),                          # (B, T, 2000)
])
for layer in plain.layers:
    print(f"{layer.name:12s} {layer.count_params():8,} parameters")
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
x0 = np.random.default_rng(0).integers(0, 2000, (4, 36))
claim("untrained_nats", float(loss(x0[:, 1:], plain(x0[:, :-1]))),
      close_to=np.log(2000), tol=0.005)

# %% [markdown]
# 参数八成以上在两张表里：读的表和写的表，各管 2,000 个词。没有训练的网络是 7.60<!-- claim untrained_nats --> 奈特，也就是 $\ln2000$。
#
# 现场训练一个小的：取前 10 万个词，词表连 `<unk>` 在内只留 2,000 个，不常见的都换成 `<unk>`。`word_lm.WordLM` 就是上面的网络，LSTM 之后多一个投影（[12.6 节](#cell-id=12-6)），外加三样后面要讲的东西：两张表可以绑成一张、softmax 可以采样、循环权重可以丢弃。这里只用第一样，表是绑定的（[12.6 节](#cell-id=12-6)），词向量和 LSTM 的输出再各丢 20%（[第 05 章](05_training_rnns.ipynb)的暂退法）。输出偏置一开始就设成词频的对数，不必再花更新去学哪个词常见。优化器 `adam_cosine` 是 AdamW：学习率先升到 0.016，再按余弦降到 0（[12.8 节](#cell-id=12-8)比较它值多少；0.016 是那里在验证文本上选的）。`warmup` 是学习率上升的更新次数（与[第 11 章](11_char_lm.ipynb)读提示的“预热”无关）；`beta_2=0.99` 让 Adam 的梯度平方的滑动平均忘得快一些。

# %% tags=["data"]
from rnnbook.language import word_lm
from rnnbook.training.fitting import adam_cosine, without_xla

few = wiki.train[:100_000]
small_vocab = by_frequency(few, size=2000)
small = small_vocab.encode(few)
small_test = small_vocab.encode(wiki.test[:20_000])
cut, epochs = (20, 35), 3
updates = len(small) // cut[0] // cut[1] * epochs
keras.utils.set_random_seed(12)
model = word_lm.WordLM(len(small_vocab), units=96, embedding=64,
                       input_dropout=0.2, dropout=0.2, stateful=True)
model(np.zeros(cut, "int32"))
word_lm.start_from_counts(model, small)
model.compile(adam_cosine(updates, 0.016, warmup=50, decay=0.01,
                          beta_2=0.99),
              jit_compile=without_xla())

# %% tags=["data", "training"]
from rnnbook.training.weights import get_weights

curve = np.exp(word_lm.train(model, small, *cut, epochs))
weights = get_weights(model)
live = word_lm.token_nats(weights, small_test)
counted = [m.fit(small, len(small_vocab)).token_nll(small_test)
           for m in (WittenBell(2), KneserNey(5))]
live_bigram, live_best = counted[0][1, 1:], counted[1][1:]
print("training perplexity by epoch:", curve.round(1))
claim("live_bigram", np.exp(live_bigram.mean()), close_to=54.6, tol=0.1,
      scope="full", full=full)
claim("live_best", np.exp(live_best.mean()), close_to=49.1, tol=0.1,
      scope="full", full=full)
claim("live_lstm", np.exp(live.mean()), close_to=40, tol=0.5, scope="full",
      full=full)
claim("live_gain", np.exp(live_best.mean()) - np.exp(live.mean()),
      at_least=8.5, scope="full", full=full)
unknown = small_test[1:] == small_vocab.stoi["<unk>"]
claim("unknown_share", unknown.mean(), close_to=0.277, tol=0.001,
      scope="full", full=full)
claim("unknown_nats", live_best[unknown].mean(), close_to=1.572,
      tol=0.001, scope="full", full=full)
claim("other_nats", live_best[~unknown].mean(), close_to=4.783,
      tol=0.001, scope="full", full=full)

# %% [markdown]
# 在同样的 2 万个测试词、**同样的词表**上，LSTM 的困惑度是 39.9<!-- claim live_lstm -->，二元语法是 54.6<!-- claim live_bigram -->，Kneser–Ney 五元是 49.1<!-- claim live_best -->。只读了三遍 10 万个词（一个种子），它已经比 Kneser–Ney 低 9.2<!-- claim live_gain -->。
#
# 但请注意 39.9<!-- claim live_lstm --> 这个数：它比 288 小得多，却不是因为模型好得多。词表只有 2,000，测试词里 28%<!-- claim unknown_share --> 成了 `<unk>`，而“这里有一个生词”好猜，Kneser–Ney 平均付 1.6<!-- claim unknown_nats --> 奈特，别的词要 4.8<!-- claim other_nats -->。[12.10 节](#cell-id=12-10)专门算这笔账。

# %% [markdown]
# <a id="cell-id=12-6"></a>
# ## 12.6 权重绑定：一张表用两次
#
# 读的表把词变成向量，写的表把向量变成词：两张表说的是同一批词。**权重绑定 (weight tying)**（Press 和 Wolf；Inan、Khosravi 和 Socher）让它们是同一张：
#
# $$x_t=M_{w_t},\qquad z_t=(h_tP+b)\,M^{\top}+c$$
#
# $w_t$ 是第 $t$ 个词，$M_{w_t}$ 是表 $M$ (V, E) 里它的那一行，$x_t$ (1, E) 是 LSTM 的输入；$h_t$ (1, H) 是 LSTM 的状态，$z_t$ (1, V) 是 logits，$b$ (E,)、$c$ (V,) 是偏置；因为 $h_t$ 的宽度是 H 而不是 E，中间要一个投影 $P$ (H, E)。省下的参数正好是一张表，$V\cdot E$ 个。

# %%
def parameters(tied):
    net = word_lm.WordLM(2000, units=96, embedding=64, tied=tied)
    net(np.zeros((1, 2), "int32"))
    return net.count_params()


print(f"untied {parameters(False):,}, tied {parameters(True):,}")
claim("tying_saves", parameters(False) - parameters(True),
      close_to=2000 * 64, tol=0)

# %% [markdown]
# 省了 128,000<!-- claim tying_saves --> 个，一个不多，一个不少。（这里“不绑定”的网络也有投影，写的表也是 (V, E)；[12.5 节](#cell-id=12-5)的普通网络没有投影，写的表是 (V, 96)，所以更大。）
#
# 代价呢？配方 `word_lm_optimizers` 在 10 万个词上把绑定和不绑定各训练了 3 个种子、4 轮，学习率各自在验证文本上、用另一个种子选。测试困惑度，平均 ± 种子之间的标准差：

# %% name="choices" tags=["data"]
sweep, more = (recipes.load(name)
               for name in ("word_lm_choices", "word_lm_optimizers"))
first = sweep.log[sweep.log.stage == "test"]
second = more.log[(more.log.stage == "test") & ~more.log.averaged]
ppl = np.exp(first.pivot(index="seed", columns="name", values="nats")[
    ["sampled", "pretrained", "no dropout", "weight dropout"]].join(
        second.pivot(index="seed", columns="arm", values="test_nats")))
for name in ("untied", "adamw cosine"):
    print(f"{name:12s} {ppl[name].mean():.2f} ± {ppl[name].std():.2f}")
tied, untied = ppl["adamw cosine"], ppl["untied"]
claim("tied_ppl", tied.mean(), close_to=37.43, tol=0.01)
claim("untied_ppl", untied.mean(), close_to=38.90, tol=0.01)
claim("tying_gain", (untied - tied).mean(), close_to=1.47, tol=0.01)
claim("tying_least", (untied - tied).min(), close_to=0.91, tol=0.01)

# %% [markdown]
# 不绑定平均 38.9<!-- claim untied_ppl -->，绑定（`adamw cosine`）37.4<!-- claim tied_ppl -->；按种子配对，绑定平均低 1.47<!-- claim tying_gain -->，三个种子里最少低 0.91<!-- claim tying_least -->。少了四成参数，没有变差，还好了一点。（不绑定的那边选中的学习率 0.03 在网格的边上，再大也许会追回一点。）为什么会好，没有单独去量。

# %% [markdown]
# <a id="cell-id=12-7"></a>
# ## 12.7 三万个词的 softmax 太贵：采样
#
# 每个词都要算 33,278 个 logits。录好的模型 $H=400$、$E=144$，数一数每个词的乘加：

# %%
H, E, drawn = 400, 144, 3000
lstm_cost = 4 * H * (E + H) + H * E
print(f"LSTM {lstm_cost:,}, full softmax {E * 33_278:,},"
      f" {drawn} words {E * drawn:,}")
claim("softmax_share", E * 33_278 / (E * 33_278 + lstm_cost), close_to=0.838,
      tol=0.001)

# %% [markdown]
# 全部乘法的 84%<!-- claim softmax_share --> 花在输出层。**采样 softmax (sampled softmax)** 每批只抽一小批词来代替整个词表：这批词记作 $\mathcal S$，有 $S$ 个。词 $w$ 的 logit 是 $z_w$；softmax 的分母 $Z$ 是 $e^{z_w}$ 对全部词的和；抽到的词各除以自己被抽到的概率 $\pi_w$，和的期望就不变：
#
# $$Z=\sum_{w}e^{z_w}\;\approx\;e^{z_y}+\sum_{w\in\mathcal S,\,w\ne y}\frac{e^{z_w}}{\pi_w},\qquad \mathrm{loss}=\ln Z-z_y$$
#
# $y$ 是真正的下一个词，总在里面；抽到的词里若碰巧有它，去掉。$e^{z_w}/\pi_w=e^{z_w-\ln\pi_w}$，所以实现时只是从 logits 里减去 $\ln\pi_w$。
#
# $\pi_w$ 从哪里来？抽到的词各不相同：每个词等一段随机的时间，$q_w$（[12.2 节](#cell-id=12-2)的虚线）大的等得短（指数分布），最先到的 $S$ 个就是 $\mathcal S$；设第 $S+1$ 个在时刻 $\kappa$ 到，$\pi_w=1-e^{-q_w\kappa}$ 就是词 $w$ 赶在它之前的概率。所以常见的词 $\pi_w$ 接近 1，不是 $q_w$，它们几乎每次都在。
#
# 期望不变的是 $Z$；取了对数，估计会偏低一点，抽得越少越明显。用录好的模型检查这个估计：取 400 个训练词，比较全 softmax、采样、和忘了减 $\ln\pi_w$ 的采样（两种用同一批抽到的词）。

# %% tags=["data", "training"]
from rnnbook.language.sampled_softmax import draw, sampled_nats

parts = recipe.weights
reader = word_lm.reader(parts)
known = recipe.vocab.encode(wiki.train[:401])
features = keras.Sequential(reader.layers[:-1])(known[None, :-1])[0]
table, bias = parts["embedding.embeddings"], parts["output.bias"]
exact = float(loss(known[1:], reader.layers[-1](features)))
q, seeds = log_uniform(len(table)), keras.random.SeedGenerator(0)
estimates = {}
for S in (300, 1000, 3000, 10_000):
    estimates[S, True], estimates[S, False] = [], []
    for _ in range(5):
        ids, log_chance = draw(q, S, seeds)
        for fixed in (True, False):
            estimates[S, fixed].append(float(ops.mean(sampled_nats(
                features, known[1:], table, bias, ids,
                log_chance if fixed else 0 * log_chance))))

# %% name="sampled" tags=["data", "training"]
fig, ax = plt.subplots()
for fixed, color, label in [(True, BLUE, "divided by the chance"),
                            (False, VERMILION, "chance forgotten")]:
    sizes = [S for S, kind in estimates if kind == fixed]
    means = np.array([estimates[S, fixed] for S in sizes])
    ax.plot(sizes, means, "o", color=color, alpha=0.5)
    ax.plot(sizes, means.mean(1), color=color, label=label)
ax.axhline(exact, color=GREY, linestyle="--", label="all 33,278 words")
ax.set(xscale="log", xlabel="words drawn per batch, S", ylabel="loss [nats]",
       title="Corrected, the mean of five draws comes near the full loss")
ax.legend()
plt.show()

# %% tags=["data", "training"]
near, far = (0.003, 0.003) if full else (0.022, 0.136)  # another text
claim("sampled_error", abs(np.mean(estimates[3000, True]) - exact),
      close_to=0.008, tol=near)
claim("sampled_most", np.abs(np.array(estimates[3000, True]) - exact).max(),
      close_to=0.022, tol=0.002, scope="full", full=full)
claim("uncorrected_error", exact - np.mean(estimates[3000, False]),
      close_to=0.286, tol=far)

# %% [markdown]
# 抽 3,000 个词，除以概率的估计（五次的平均）离全 softmax 只差 0.01<!-- claim sampled_error --> 奈特，单独一次最多差 0.02<!-- claim sampled_most -->；忘了除，低了 0.29<!-- claim uncorrected_error --> 奈特，一个“更小”的损失，其实是算错了。除对了，估计也有起伏，抽得少时还偏低；所以采样只用来**训练**，报告困惑度一律用全 softmax。
#
# 采样训练出来的模型差多少？同样的 10 万个词，词表 2,000，每批只抽 200 个：困惑度 38.9<!-- claim sampled_ppl -->，全 softmax 是 37.4<!-- claim tied_ppl -->。同样的三个种子，平均差 1.5<!-- claim sampling_costs -->（采样的学习率没有另选），输出层的乘法只剩一成。

# %% [markdown]
# <a id="cell-id=12-8"></a>
# ## 12.8 优化器、词向量、正则化，和录好的模型
#
# Merity、Keskar 和 Socher 的 AWD-LSTM（2017）把普通 LSTM 推到了当时最好。其中一样是**权重丢弃 (weight dropout)**：循环权重 $U$ 换成 $U\odot m/(1-p)$，$p$ 是丢弃的比例，掩码 $m$ 里 0 占 $p$、1 占 $1-p$，除以 $1-p$ 使期望不变；每批换一个 $m$，一批之内各步用同一个。另有几样这里没有试：平均的 SGD，词向量整行地丢，输入和输出的掩码在一条序列里不变（变分丢弃）。
#
# 优化器比两种：带裁剪的 SGD，和 **AdamW**，即 Adam 外加权重衰减 (weight decay)：每次更新另让每个权重按学习率的一个小比例缩小，不经过 Adam 对梯度的平均。学习率的**调度 (schedule)** 也比两种：一直不变，或按余弦降到 0，第 $t$ 次更新是 $\eta_t=\frac{\eta}{2}\big(1+\cos\frac{\pi t}{T}\big)$，$\eta$ 是最高的学习率，$T$ 是更新的总次数（上升的那几次不算）。

# %% name="compared" tags=["data"]
order = {"sgd constant": "SGD, constant rate", "sgd cosine": "SGD, cosine",
         "adamw constant": "AdamW, constant rate",
         "adamw cosine": "AdamW, cosine", "untied": "… untied",
         "sampled": "… sampled softmax",
         "same words": "… word2vec, same text",
         "pretrained": "… word2vec, 20 × the text",
         "no dropout": "6 epochs, no dropout",
         "weight dropout": "6 epochs, weight dropout"}
fig, ax = plt.subplots(figsize=(7.2, 4.2))
for row, name in enumerate(order):
    color = ORANGE if order[name].startswith("6") else BLUE
    ax.plot(ppl[name], [row] * len(ppl), "o", color=color, alpha=0.6)
    ax.plot(ppl[name].mean(), row, "|", color="black", markersize=16)
small_bigram = sweep.settings["data"]["bigram"]
ax.axvline(small_bigram, color=GREY, linestyle="--")
ax.text(small_bigram, 8.6, " bigram", color=GREY)
ax.set(yticks=range(len(order)), yticklabels=order.values(),
       xlabel="test perplexity, 2,000 words (points: seeds, bar: mean)",
       title="4 epochs: AdamW (clip 1) below SGD (clip 0.25)")
plt.show()

# %%
for name, worse, better, mean, sd in [
        ("sgd_cosine_gain", "sgd constant", "sgd cosine", 0.80, 2.83),
        ("adamw_cosine_gain", "adamw constant", "adamw cosine", 2.01, 0.43),
        ("sgd_trails", "sgd cosine", "adamw cosine", 21.87, 0.56),
        ("sampling_costs", "sampled", "adamw cosine", 1.51, 0.18),
        ("same_words_gain", "adamw cosine", "same words", 1.78, 0.50),
        ("more_words_gain", "same words", "pretrained", 2.70, 0.40),
        ("dropout_gain", "no dropout", "weight dropout", 1.59, 0.46)]:
    gap = ppl[worse] - ppl[better]
    print(f"{worse:15s} - {better:15s} {gap.mean():5.2f} ± {gap.std():.2f}")
    claim(name, gap.mean(), close_to=mean, tol=0.01)
    claim(f"{name}_sd", gap.std(), close_to=sd, tol=0.01)
for name, column, value in [
        ("adamw_constant", "adamw constant", 39.44),
        ("sgd", "sgd constant", 60.11), ("sgd_cosine", "sgd cosine", 59.30),
        ("sampled", "sampled", 38.94), ("same_words", "same words", 35.65),
        ("pretrained", "pretrained", 32.95), ("bare", "no dropout", 37.93),
        ("dropped", "weight dropout", 36.33)]:
    claim(f"{name}_ppl", ppl[column].mean(), close_to=value, tol=0.01)
claim("small_bigram", small_bigram, close_to=54.65, tol=0.01)
train = np.exp(first.groupby("name").train_nats.mean())
claim("bare_train", train["no dropout"], close_to=24.50, tol=0.01)
claim("dropped_train", train["weight dropout"], close_to=28.72, tol=0.01)

# %% [markdown]
# 都是三个种子的平均；差按种子配对，± 是差的标准差：
#
# | 从 | 到 | 困惑度 | 低了多少 |
# |---|---|---|---|
# | SGD，学习率不变 | SGD，余弦 | 60.1<!-- claim sgd_ppl --> → 59.3<!-- claim sgd_cosine_ppl --> | 0.8<!-- claim sgd_cosine_gain --> ± 2.8<!-- claim sgd_cosine_gain_sd --> |
# | AdamW，学习率不变 | AdamW，余弦 | 39.4<!-- claim adamw_constant_ppl --> → 37.4<!-- claim tied_ppl --> | 2.0<!-- claim adamw_cosine_gain --> ± 0.4<!-- claim adamw_cosine_gain_sd --> |
# | SGD，余弦 | AdamW，余弦 | 59.3<!-- claim sgd_cosine_ppl --> → 37.4<!-- claim tied_ppl --> | 21.9<!-- claim sgd_trails --> ± 0.6<!-- claim sgd_trails_sd --> |
# | AdamW，余弦 | 词向量来自同样的文本 | 37.4<!-- claim tied_ppl --> → 35.7<!-- claim same_words_ppl --> | 1.8<!-- claim same_words_gain --> ± 0.5<!-- claim same_words_gain_sd --> |
# | 词向量来自同样的文本 | 词向量来自 20 倍的文本 | 35.7<!-- claim same_words_ppl --> → 33.0<!-- claim pretrained_ppl --> | 2.7<!-- claim more_words_gain --> ± 0.4<!-- claim more_words_gain_sd --> |
# | 6 轮，不丢弃 | 6 轮，权重丢弃 40% | 37.9<!-- claim bare_ppl --> → 36.3<!-- claim dropped_ppl --> | 1.6<!-- claim dropout_gain --> ± 0.5<!-- claim dropout_gain_sd --> |
#
# 余弦对 AdamW 有用，对 SGD 看不出来。4 轮之后 SGD 还不如二元语法的 54.6<!-- claim small_bigram -->；这只说 4 轮的短训练和这里的设置（梯度裁剪 SGD 取 0.25、AdamW 取 1，权重衰减只有 AdamW 有，都没有搜索）。AdamW 不变时选中的 0.008 在网格的边上。
#
# word2vec 的词向量先在语言模型读的**同样** 10 万个词上学，再在整个训练文本（两百万词）上学，读过的总词数大致相同。两步都低了：后一步来自多读的文本（那里少见的词没有换成 `<unk>`，也可能帮了忙）；前一步里，词向量的尺度在验证文本上选过（0.1 在网格的边上），随机的起点没有选。权重丢弃在训练文本上正好相反，不丢 24.5<!-- claim bare_train -->，丢 28.7<!-- claim dropped_train -->（丢弃开着时量的，吃一点亏）。

# %% [markdown]
# 现在是主角。配方 `wikitext2_lstm`：一层 LSTM，$H=400$，绑定的表 $E=144$，每批抽 3,000 个词，AdamW 和余弦，7 轮，一个核，处理器时间 24<!-- claim cpu_minutes --> 分钟。词向量丢 20%，循环权重丢 25%，输出丢 30%：这三个比例没有搜索过。书里存的是一个种子的权重。

# %% name="recorded_curve" tags=["data", "training"]
log, watched = recipe.log, recipe.settings["settings"]["watched"]
fig, ax = plt.subplots()
ax.plot(log.epoch, np.exp(log.train_nats), "o--", color=GREY,
        label="training text, with dropout, sampled softmax")
ax.plot(log.epoch, np.exp(log.slice_nats), "o-", color=BLUE,
        label="26,000 validation words, full softmax")
lines = {name: np.exp(heldout[name][:watched].mean())
         for name in ("bigram", "kneser_ney")}
for line, color, name in zip(lines.values(), (VERMILION, GREEN),
                             ("bigram", "Kneser–Ney 5-gram")):
    ax.axhline(line, color=color, linestyle=":",
               label=f"{name}, the same words")
ax.set_yscale("log")
ax.minorticks_off()
ax.set(xlabel="epoch", ylabel="perplexity",
       ylim=(70, 1000), yticks=[100, 200, 400, 800],
       yticklabels=[100, 200, 400, 800],
       title="One epoch is enough to beat both n-gram models")
ax.legend()
plt.show()

# %% tags=["training"]
figures = recipe.settings["figures"]
claim("parameters", recipe.settings["parameters"] / 1e6, close_to=5.76,
      tol=0.01)
claim("cpu_minutes", recipe.settings["cpu_seconds"] / 60, close_to=23.5,
      tol=0.1)
claim("first_epoch_ppl", np.exp(log.slice_nats[0]), close_to=196.9, tol=0.1)
claim("first_epoch_gain", lines["kneser_ney"] - np.exp(log.slice_nats[0]),
      close_to=16.5, tol=0.1, scope="full", full=full)
claim("train_ppl", np.exp(log.train_nats.iloc[-1]), close_to=80, tol=0.1)
claim("slice_validation", np.exp(log.slice_nats.iloc[-1]), close_to=104.4,
      tol=0.1)
claim("validation_ppl", figures["validation_perplexity"], close_to=109.2,
      tol=0.1)
claim("test_ppl", figures["test_perplexity"], close_to=102.83, tol=0.01)
repeats = recipes.load("wikitext2_seeds").log.dropna()
three = np.array([figures["test_perplexity"], *repeats.test_perplexity])
print("test perplexity by seed:", three.round(1))
claim("test_ppl_mean", three.mean(), close_to=102.88, tol=0.01)
claim("test_ppl_sd", three.std(ddof=1), close_to=0.07, tol=0.005)
claim("test_ppl_most", three.max(), close_to=102.96, tol=0.01)
claim("test_share", three.max() / np.exp(best_counts.mean()), close_to=0.473,
      tol=0.001, scope="full", full=full)

# %% [markdown]
# 整段测试文本（245,569 个词，第一个不计分，其余都要猜；`<eos>` 和 `<unk>` 都算，状态一路带下去，全 softmax），困惑度是 102.8<!-- claim test_ppl -->，不到 Kneser–Ney 的 217.8<!-- claim ppl_kneser_ney --> 的一半（0.473<!-- claim test_share -->）；验证文本 109.2<!-- claim validation_ppl -->。和你开头的猜测比一比。换两个种子重新训练（`wikitext2_seeds`，不留权重，采样用的随机数相同），三次平均 102.9<!-- claim test_ppl_mean --> ± 0.07<!-- claim test_ppl_sd -->（种子之间的标准差），最高 103.0<!-- claim test_ppl_most -->。训练文本上（丢弃开着，softmax 采样）已经降到 80<!-- claim train_ppl -->，验证的一段是 104<!-- claim slice_validation -->，距离已经拉开。
#
# 这个数是配方跑完时量的。现场再量一段：测试文本的头 6,000 个词，与 Kneser–Ney 在同样的词上比。

# %% tags=["data", "training"]
piece = recipe.vocab.encode(wiki.test[:6001])
here = word_lm.token_nats(parts, piece)
slices = {"LSTM": here, "Kneser–Ney 5-gram": best_counts[:6000]}
slices = {name: np.exp(nats.mean()) for name, nats in slices.items()}
claim("slice_ppl", slices["LSTM"], close_to=110.1, tol=0.1, scope="full",
      full=full)
claim("slice_best", slices["Kneser–Ney 5-gram"], close_to=243.1, tol=0.1,
      scope="full", full=full)

# %% [markdown]
# 头 6,000 个词上，LSTM 是 110<!-- claim slice_ppl -->，Kneser–Ney 是 243<!-- claim slice_best -->。（整段是 102.8<!-- claim test_ppl --> 和 217.8<!-- claim ppl_kneser_ney -->：换一段文本，同一个模型的困惑度就变了，[12.10 节](#cell-id=12-10)再说。）

# %% [markdown]
# <a id="cell-id=12-9"></a>
# ## 12.9 让它写
#
# 读到 `= The River =` 这样的标题，接着写。抽样的办法和[第 11 章](11_char_lm.ipynb)一样，只是每一步抽一个词；温度取 0.7 和 1，`<eos>` 印成 `|`。

# %% name="written" tags=["training"]
from rnnbook.language import decoding

title = "<eos> <eos> = The River = <eos> <eos> The"
start = recipe.vocab.encode(title.split())
for temperature in (0.7, 1.0):
    rows = decoding.generate(reader, np.tile(start, (200, 1)), 50,
                             temperature=temperature, seed=12)
    written = recipe.vocab.decode(rows[0], " ").replace(EOS, "|")
    print(textwrap.fill(f"{temperature}: The {written}", 74) + "\n")

# %% tags=["training"]
claim("written_unknown", np.mean(rows == recipe.vocab.stoi["<unk>"]),
      close_to=0.032, tol=0.009)

# %% [markdown]
# 几个词之内像句子，整段没有意思，写出的“事实”不可信。还会写出 `<unk>`：它在训练文本里是第五常见的“词”，200 段温度为 1 的样例里占 3%<!-- claim written_unknown -->。给人看的文本可以把它的概率置零再归一化，但算困惑度时不行。做法：抽样之前，把输出偏置里 `<unk>` 那一项减去一个大数。

# %% [markdown]
# <a id="cell-id=12-10"></a>
# ## 12.10 不能比的困惑度
#
# **一、词表不同。** 同一段测试文本，同一种模型（二元语法），只把词表从 33,278 一路砍到 500，不认识的词都算 `<unk>`。编号就是名次，所以砍词表只是把名次靠后的编号都换成 `<unk>` 的编号：

# %% tags=["data"]
sizes = (500, 2000, 8000) if full else (50, 100, 200)
rows = []
for size in [*sizes, V]:
    a, b = (np.where(x < size, x, unk) for x in (train_ids, test_ids))
    cost = bigram if size == V else (
        WittenBell(2).fit(a, size).token_nll(b)[1, 1:])
    lost = (b == unk)[1:]
    kinds = V - size + 1             # words that <unk> stands for
    rows.append((size, lost.mean(), np.exp(cost.mean()),
                 np.exp((cost + lost * np.log(kinds)).mean())))
    print("V {:6,}  <unk> {:5.1%}  perplexity {:6.1f}  charged {:6.1f}"
          .format(*rows[-1]))

# %% name="vocabularies" tags=["data"]
kept, lost, plain_ppl, charged = map(np.array, zip(*rows))
fig, ax = plt.subplots()
ax.plot(kept, plain_ppl, "o-", color=BLUE, label="<unk> counts as a word")
ax.plot(kept, charged, "s--", color=VERMILION,
        label="<unk> pays ln(kinds) to name its word")
for k, p, u in zip(kept, plain_ppl, lost):
    ax.annotate(f"{p:.0f} ({u:.0%} <unk>)", (k, p), (4, -16),
                textcoords="offset points", fontsize=10)
ax.set(xscale="log", yscale="log", xlabel="size of the vocabulary",
       ylabel="test perplexity", xlim=(400, 90_000), ylim=(8, 6000),
       title="Same text, same model: the vocabulary sets the perplexity")
ax.legend(loc="upper left")
plt.show()

# %% tags=["data"]
claim("ppl_500", plain_ppl[0], close_to=17.25, tol=0.01, scope="full",
      full=full)
claim("unknown_500", lost[0], close_to=0.388, tol=0.001, scope="full",
      full=full)
claim("charged_500", charged[0], close_to=978, tol=1, scope="full", full=full)
claim("charged_next", charged[1:].max(), close_to=647, tol=1, scope="full",
      full=full)
claim("vocabulary_factor", plain_ppl[-1] / plain_ppl[0], close_to=16.7,
      tol=0.1, scope="full", full=full)

# %% [markdown]
# 困惑度从 288 降到 17.3<!-- claim ppl_500 -->，前者是后者的 17 倍<!-- claim vocabulary_factor -->，模型却没有变聪明：39%<!-- claim unknown_500 --> 的词成了 `<unk>`。红线让每个 `<unk>` 再付一笔钱，从它代表的词里均匀地猜一个：这一算，500 个词的模型是 978<!-- claim charged_500 -->，最差（其余的最高 647<!-- claim charged_next -->）。结论：**困惑度只有在同一段文本、同一套分词、同一个词表上才能比**。
#
# **二、单位不同。** 同一个模型，同样的总奈特数，除以词数还是除以字符数，得到两个困惑度。它们可以互相换算，因为总量是同一个：
#
# $$N_{\text{词}}\ln\mathrm{PPL}_{\text{词}}=N_{\text{字符}}\ln\mathrm{PPL}_{\text{字符}}\quad\Rightarrow\quad \mathrm{PPL}_{\text{字符}}=\mathrm{PPL}_{\text{词}}^{\,N_{\text{词}}/N_{\text{字符}}}$$
#
# 字符数里，每个词后面算一个空格，`<eos>` 算一个换行；`<unk>` 照写出来的五个字符算，所以这只是换单位，不是真的逐字符猜。

# %% tags=["data"]
words = wiki.test[1:]
letters = sum(1 if w == EOS else len(w) + 1 for w in words)
total = bigram.sum()
by_word, by_letter = np.exp(total / len(words)), np.exp(total / letters)
print(f"{len(words):,} words, {letters:,} characters")
print(f"per word {by_word:.1f}, per character {by_letter:.3f}")
claim("letters_per_word", letters / len(words), close_to=5.093, tol=0.001,
      scope="full", full=full)
claim("ppl_per_letter", by_letter, close_to=3.040, tol=0.001, scope="full",
      full=full)

# %% [markdown]
# 每词 288，每字符只有 3.04<!-- claim ppl_per_letter -->：同一个模型，只换了单位。每个词平均 5.1<!-- claim letters_per_word --> 个字符。反过来，[第 11 章](11_char_lm.ipynb)的莎士比亚模型每字符 1.466<!-- claim 11_char_lm/recorded_nats --> 奈特，看起来很小；若也按每词约 5 个字符算，乘上 5 再取指数，也是上千的困惑度。
#
# **三、状态的用法不同。** 把状态一路带下去，还是每读 35 个词就从零开始？

# %% tags=["data", "training"]
forgetful = word_lm.token_nats(parts, piece[:3001], steps=35, carry=False)
carried = here[:3000]
print(f"carried {np.exp(carried.mean()):.1f},"
      f" from zero every 35 words {np.exp(forgetful.mean()):.1f}")
claim("forgetting_costs", np.exp(forgetful.mean() - carried.mean()),
      close_to=1.221, tol=0.002, scope="full", full=full)
claim("ppl_3000", np.exp(carried.mean()), close_to=92.3, tol=0.1,
      scope="full", full=full)

# %% [markdown]
# 测试文本的头 3,000 个词上，同样的权重，每 35 步清零一次，困惑度是原来的 1.22<!-- claim forgetting_costs --> 倍。（模型是带着状态训练的，清零对它是没见过的用法。）报告时要说明这一点。
#
# **四、文本不同。** 同一个模型、同一个词表、同样带着状态：头 3,000 个词是 92.3<!-- claim ppl_3000 -->，头 6,000 个词是 110.1<!-- claim slice_ppl -->，整段是 102.8<!-- claim test_ppl -->。难的一段和容易的一段，差得比上面那张表里的大多数“改进”还大；所以比较两个模型，要在同样的词上逐词比。

# %% [markdown]
# **五、语言不同。** 中文没有空格，词要先切；切法不同，词就不同。UNER 的句子由人切好（[第 14 章](14_sequence_labelling.ipynb)用它认人名地名），这里只要词。出现一次的词换成 `<unk>`；softmax 采样，每批 300 个词；这些设置没有系统地搜索。

# %% tags=["data"]
from rnnbook.data.iob2 import load_uner

uner = load_uner()


def flatten(sentences):
    return [w for s in sentences for w in [*(word for word, _ in s), EOS]]


zh_train, zh_test = flatten(uner.train), flatten(uner.test)
zh_vocab = by_frequency(zh_train, least=2)
zh_ids, zh_new = zh_vocab.encode(zh_train), zh_vocab.encode(zh_test)
zh_unknown = zh_new == zh_vocab.stoi["<unk>"]
print(f"{len(zh_ids):,} words, V = {len(zh_vocab):,},"
      f" unknown in test {zh_unknown.mean():.1%}")
claim("zh_unknown", zh_unknown.mean(), close_to=0.165, tol=0.001,
      scope="full", full=uner.source.full)

# %% tags=["data", "training"]
zh_updates = len(zh_ids) // 20 // 35 * 3
keras.utils.set_random_seed(12)
zh = word_lm.WordLM(len(zh_vocab), 96, 64, input_dropout=0.2, dropout=0.2,
                    negatives=min(300, len(zh_vocab) // 2), stateful=True)
zh(np.zeros((20, 35), "int32"))
word_lm.start_from_counts(zh, zh_ids)
zh.compile(adam_cosine(zh_updates, 0.016, warmup=30, decay=0.004,
                       beta_2=0.99),
           jit_compile=without_xla())
word_lm.train(zh, zh_ids, 20, 35, epochs=3)
zh_nats = {"LSTM": word_lm.token_nats(get_weights(zh), zh_new)}
for name, counted in [("bigram", WittenBell(2)), ("Kneser-Ney", KneserNey(5))]:
    counted.fit(zh_ids, len(zh_vocab))
    zh_nats[name] = np.atleast_2d(counted.token_nll(zh_new))[-1, 1:]
zh_ppl = {name: np.exp(nats.mean()) for name, nats in zh_nats.items()}
full_zh = uner.source.full
claim("zh_bigram", zh_ppl["bigram"], close_to=188.6, tol=0.1, scope="full",
      full=full_zh)
claim("zh_best", zh_ppl["Kneser-Ney"], close_to=150.7, tol=0.1, scope="full",
      full=full_zh)
claim("zh_lstm", zh_ppl["LSTM"], close_to=136.5, tol=4.5, scope="full",
      full=full_zh)
claim("zh_gain", zh_ppl["Kneser-Ney"] - zh_ppl["LSTM"], at_least=7,
      scope="full", full=full_zh)

# %% [markdown]
# 测试词里 16.5%<!-- claim zh_unknown --> 是生词：语料只有十万个词。二元语法 188.6<!-- claim zh_bigram -->，Kneser–Ney 五元 150.7<!-- claim zh_best -->，LSTM 135<!-- claim zh_lstm -->（一个种子）。这三个数可以互相比，因为词表、分词、测试文本都相同；与英文的任何数都不能比。字级模型的数更不能：它遇到生词要一个字一个字写出来，这里的模型只说一声“生词”。

# %% [markdown] tags=["optional"]
# <a id="cell-id=12-11"></a>
# ## 12.11 选读：缓存，近处的词会再来
#
# 一篇讲某条河的文章，河名在训练文本里也许只见过几次，在这篇里却一再出现。**缓存 (cache)** 记住刚读过的 $n$ 个词，把一部分概率 $\lambda$ 分给它们（Kuhn 和 De Mori，1990）：
#
# $$P(w)=(1-\lambda)\,P_{\text{模型}}(w)+\lambda\,P_{\text{缓存}}(w)$$
#
# 最简单的 $P_{\text{缓存}}(w)$ 是 $w$ 在这 $n$ 个词里占的比例。**神经缓存 (neural cache)**（Grave、Joulin 和 Usunier，2017）还问一句：从前读到那个词之前，网络的状态像不像现在？第 $t$ 步的状态是 $h_t$ (1, H)，记住的词 $w_{i+1}$ 得权重 $e^{\theta h_th_i^{\top}}$：
#
# $$P_{\text{缓存}}(w)=\frac{\sum_{i:\,w_{i+1}=w}e^{\theta h_th_i^{\top}}}{\sum_i e^{\theta h_th_i^{\top}}},\qquad t-n\le i<t$$
#
# $\theta=0$ 时各词权重相同，就是最简单的缓存。什么也不用训练：状态是现成的，只有 $n$、$\theta$、$\lambda$ 三个数要选。求出一批 $t$ 的全部内积，是一次矩阵乘法：

# %%
def cache_probs(states, ids, window, theta, chunk=256):
    """Probability of each word after the first under the cache."""
    found = np.zeros(len(states))
    for start in range(0, len(states), chunk):
        t = np.arange(start, min(start + chunk, len(states)))
        i = np.arange(max(0, start - window), t[-1])
        scores = theta * (states[t] @ states[i].T)
        back = t[:, None] - i
        scores[(back < 1) | (back > window)] = -np.inf
        top = scores.max(axis=1, initial=-1e9, keepdims=True)
        weights = np.exp(scores - top)
        same = ids[t + 1][:, None] == ids[i + 1]
        found[t] = (weights * same).sum(1) / np.maximum(weights.sum(1), 1)
    return found


print(cache_probs(np.zeros((4, 1)), np.array([7, 3, 3, 5, 3]), 2, 0.0))

# %% [markdown]
# 词是 7 3 3 5 3，窗口 2。第二个词来时缓存是空的，给 0；第三个词来时里面只有 3，给 1；然后是 3 3，没有 5；最后是 3 5，给 3 的是一半。网络读过的第一个词不算在内，它前面没有状态。
#
# 公平的对手也要有缓存。配方 `wikitext2_cache` 给 Kneser–Ney 和录好的 LSTM 各配一个，不训练任何东西；$n$、$\theta$、$\lambda$ 在验证文本的头 40,000 个词上选，测试文本只读一次，从空的缓存开始：

# %% name="caches"
caches = recipes.load("wikitext2_cache").log
tested = caches[caches.stage == "test"].set_index(["model", "cache"])
tested["alone"] = np.exp(tested.alone_nats)
tested["cached"] = np.exp(tested.nats)
print(tested[["window", "theta", "share", "alone", "cached"]].round(2))
for (model, cache), row in tested.iterrows():
    tried = caches[(caches.model == model) & (caches.cache == cache)]
    for knob in ("window", "theta"):  # no winner on the edge of its grid
        values = tried[knob].unique()
        assert len(values) == 1 or min(values) < row[knob] < max(values)
claim("kneser_cached", tested.cached["kneser ney", "plain"], close_to=170.04,
      tol=0.01)
claim("lstm_counted", tested.cached["lstm", "plain"], close_to=91.41,
      tol=0.01)
claim("lstm_cached", tested.cached["lstm", "neural"], close_to=72.25,
      tol=0.01)

# %% [markdown]
# | 模型 | 单独 | 加缓存 |
# |---|---|---|
# | 均匀 / 一元语法 | 33,278 / 912<!-- claim ppl_unigram --> | |
# | Witten–Bell 二元语法 | 288.1<!-- claim ppl_bigram --> | |
# | Kneser–Ney 五元语法，只数次数的缓存 | 217.8<!-- claim ppl_kneser_ney --> | 170.0<!-- claim kneser_cached --> |
# | 这里的 LSTM（576 万参数），只数次数的缓存 | 102.8<!-- claim test_ppl --> | 91.4<!-- claim lstm_counted --> |
# | 这里的 LSTM，神经缓存 | 102.8<!-- claim test_ppl --> | 72.2<!-- claim lstm_cached --> |
# | AWD-LSTM，三层，约 3,300 万参数（论文） | 65.8 | 52.0 |
#
# 选中的窗口、$\theta$、$\lambda$ 印在上面，没有一个在网格的边上。最后一行是远处的参照：同样的词表、同样的数法，三层、近六倍的参数、几百轮，和一整套丢弃。没有缓存的 LSTM 比有缓存的 Kneser–Ney 还低；但拿有缓存的网络去比没有缓存的 n 元语法，就是挑了一个弱的对手。
#
# 缓存帮在哪里？看测试文本的头 6,000 个词，分开窗口里有过的词和没有的词：

# %% name="cache_words" tags=["data", "training"]
best = tested.loc["lstm", "neural"]
n, share = int(best.window), best.share
probs = cache_probs(word_lm.states(parts, piece), piece, n, best.theta)
with_cache = -np.log((1 - share) * np.exp(-here) + share * probs)
recent = np.array([word in piece[max(1, t + 1 - n):t + 1]
                   for t, word in enumerate(piece[1:])])
saved = here - with_cache
by_word = np.bincount(piece[1:], weights=saved)
best_words = by_word.argsort()[::-1][:12]
print("saved most:", *(recipe.vocab.itos[i] for i in best_words))
claim("slice_cached", np.exp(with_cache.mean()), close_to=76.1, tol=0.1,
      scope="full", full=full)
claim("recent_share", recent.mean(), close_to=0.763, tol=0.001, scope="full",
      full=full)
claim("recent_saved", saved[recent].mean(), close_to=0.573, tol=0.002,
      scope="full", full=full)
claim("other_costs", -saved[~recent].mean(), close_to=0.2877, tol=0.0002,
      scope="full", full=full)

# %% [markdown]
# 困惑度从 110.1<!-- claim slice_ppl --> 降到 76.1<!-- claim slice_cached -->。窗口里有过的词占 76%<!-- claim recent_share -->，平均省 0.57<!-- claim recent_saved --> 奈特；没有的词，缓存给的概率是 0，每个多付 $\ln\frac{1}{1-\lambda}$，即 0.29<!-- claim other_costs --> 奈特。印出来的是总共省得最多的词。

# %% [markdown] tags=["optional"]
# <a id="cell-id=12-12"></a>
# ## 12.12 选读：换成你自己的文件
#
# [第 11 章](11_char_lm.ipynb)的 `language` 加上 `level="words"`，就按词来读你的文件：
#
# ```text
# python -m rnnbook.own language my.txt --level words --save build/mine
# python -m rnnbook.own language --save build/mine --predict "the river"
# ```
#
# 英文照 [12.1 节](#cell-id=12-1)的办法切，全部小写，标点单独算；中文若已经用空格切好，就照空格，没有切的交给 `jieba`（[第 10 章](10_text_classification.ipynb)用过）。每行末尾算一个 `<eos>`。路径和编码的写法、Colab 上怎样上传，与[第 11 章](11_char_lm.ipynb)相同；用空格切好的文件，提示也要切好。这里把 UNER 的两万个词写成文件，只训练 3 轮：

# %% name="own_words" tags=["data", "training"]
from rnnbook.own.language import language

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "my.txt"
    path.write_text(" ".join(zh_train[:20_000]).replace(EOS, "\n"),
                    encoding="utf-8")
    mine = language(path, level="words", epochs=3)
print(mine.predict(["他 在"], length=20)[0])

# %% [markdown]
# 先看 `unknown` 那一行。训练部分里只出现一次的词都成了 `<unk>`，文件越小，它越多，三个模型的困惑度也都跟着变小（[12.10 节](#cell-id=12-10)）；所以这里的困惑度只能在这张表里上下比，不能和别的文件、别的切法比。判词的读法与[第 11 章](11_char_lm.ipynb)相同：按奈特每词，越低越好，差得不到两个标准差就是分不出。对手里没有缓存，网络也没有（[12.11 节](#cell-id=12-11)）。

# %% [markdown]
# ## 小结
#
# - 你**搭出**了词级语言模型：分词、词表、词向量、LSTM、采样 softmax；录好的模型在 WikiText-2 测试文本上是 102.8<!-- claim test_ppl -->，Kneser–Ney 是 217.8<!-- claim ppl_kneser_ney -->；各加一个缓存，是 72.2<!-- claim lstm_cached --> 和 170.0<!-- claim kneser_cached -->。
# - 你**衡量**了几种选择：绑定少 128,000<!-- claim tying_saves --> 个参数，困惑度还低 1.47<!-- claim tying_gain -->；权重丢弃低 1.6<!-- claim dropout_gain -->；采样 softmax 高 1.5<!-- claim sampling_costs -->，输出层的乘法只剩一成；4 轮的短训练里，这里的 AdamW 远胜裁剪到 0.25 的 SGD；多读的文本学来的词向量低 2.7<!-- claim more_words_gain -->。
# - 你**识破**了不能比的困惑度：词表、单位、状态、文本，任何一样不同，数就不能放在一起。
#
# | 量 | 公式 | 备注 |
# |---|---|---|
# | 困惑度 | $\exp\big(-\frac1N\sum_t\ln P(w_t\mid w_{<t})\big)$ | $1/p$ 的几何平均 |
# | 换单位 | $\mathrm{PPL}_{\text{字符}}=\mathrm{PPL}_{\text{词}}^{N_{\text{词}}/N_{\text{字符}}}$ | 总奈特不变 |
# | 权重绑定 | $z_t=(h_tP+b)M^{\top}+c$ | 少 $V\cdot E$ 个参数 |
# | 采样 softmax | $Z\approx e^{z_y}+\sum_{w\in\mathcal S,w\ne y}e^{z_w-\ln\pi_w}$ | 只用来训练 |
# | 权重丢弃 | $U\odot m/(1-p)$，$m$ 每批一个 | $p$ 是丢弃的比例 |
# | 神经缓存 | $P_{\text{缓存}}(w)\propto\sum_{i:\,w_{i+1}=w}e^{\theta h_th_i^{\top}}$ | $\theta=0$ 时只数次数 |

# %% [markdown]
# ## 常见误解

# %% [markdown]
# ### E58 “WikiText-2 由 Goodfellow、Bengio 和 Courville 于 2013 年提出”
#
# 讲义 S2 §7.3 这样写。正确的出处是 Merity、Xiong、Bradbury 和 Socher，*Pointer Sentinel Mixture Models*，2016。那三位是教科书 *Deep Learning* 的作者。不必记住谁写了什么：登记文件和 arXiv 编号都查得到，编号的前四位是年和月。

# %%
from rnnbook.data import registry

citation = registry.load()["wikitext2"].citation
print(citation)
print("year:", 2000 + int(re.search(r"arXiv:(\d\d)\d\d", citation)[1]))

# %% [markdown]
# ## 练习
#
# 每题先填，再运行下面的检查；没填时显示“未作答”。需要提示就运行 `hint("题名")`，例如 `hint("word_lm.oov_rate")`。

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 生词的比例
#
# 写函数 `oov_rate(words, known)`：`words` 是词的列表，`known` 是词表（集合），返回 `words` 里有多大比例的**词次**不在词表里。
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def oov_rate(words, known):
    ...


# %%
check("word_lm.oov_rate", oov_rate)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 写函数 `tied_params(V, E, H)`：嵌入表 (V, E)，LSTM（输入 E，状态 H，一个偏置），投影 (H, E) 带偏置，与嵌入表绑定的 softmax 带偏置 (V,)。一共多少参数？
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def tied_params(V, E, H):
    ...


# %%
check("word_lm.tied_params", tied_params)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 换单位
#
# 写函数 `per_character(ppl, words, characters)`：已知每词困惑度、词数、字符数，返回每字符困惑度。
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def per_character(ppl, words, characters):
    ...


# %%
check("word_lm.per_character", per_character)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 砍词表
#
# 写函数 `cut_rare(train, test, least)`：把 `test` 里在 `train` 中出现不到 `least` 次的词换成 `"<unk>"`，返回新的列表；不改动输入。
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def cut_rare(train, test, least):
    ...


# %%
check("word_lm.cut_rare", cut_rare)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 让 `<unk>` 付钱
#
# 写函数 `charged_perplexity(nats, unknown, kinds)`：`nats` (N,) 是每个词的奈特数，`unknown` (N,) 说哪些是 `<unk>`，`kinds` 是 `<unk>` 代表的词的种数。每个 `<unk>` 再从这些词里均匀地猜一个；返回整段的困惑度。
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def charged_perplexity(nats, unknown, kinds):
    ...


# %%
check("word_lm.charged_perplexity", charged_perplexity)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 采样 softmax
#
# 写函数 `sampled_loss(target, logits, ids, chance, y)`：真正的词是 `y`，它的 logit 是 `target`；抽到的词 `ids` (S,)，它们的 logits (S,) 和被抽到的概率 `chance` (S,)。返回损失（奈特）。抽到的词里若有 `y`，不能算两次；logits 可能大到 1000。
#
# [解答](solutions/12_word_lm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def sampled_loss(target, logits, ids, chance, y):
    ...


# %%
check("word_lm.sampled_loss", sampled_loss)

# %% [markdown]
# ## 延伸阅读
#
# - S. Merity, C. Xiong, J. Bradbury, R. Socher. *Pointer Sentinel Mixture Models*. 2016, [arXiv 1609.07843](https://arxiv.org/abs/1609.07843). WikiText-2 的出处；第 4 节讲数据怎样做成。
# - S. Merity, N. S. Keskar, R. Socher. *Regularizing and Optimizing LSTM Language Models*. ICLR 2018, [arXiv 1708.02182](https://arxiv.org/abs/1708.02182). AWD-LSTM；读它的消融表，看每一样丢弃值多少。
# - O. Press, L. Wolf. *Using the Output Embedding to Improve Language Models*. EACL 2017, [arXiv 1608.05859](https://arxiv.org/abs/1608.05859). 权重绑定。
# - H. Inan, K. Khosravi, R. Socher. *Tying Word Vectors and Word Classifiers*. ICLR 2017, [arXiv 1611.01462](https://arxiv.org/abs/1611.01462). 同时独立提出绑定，并给出理由。
# - S. Jean, K. Cho, R. Memisevic, Y. Bengio. *On Using Very Large Target Vocabulary for Neural Machine Translation*. ACL 2015, [arXiv 1412.2007](https://arxiv.org/abs/1412.2007). 采样 softmax 用在翻译里。
# - Y. Bengio, J.-S. Senécal. *Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language Model*. IEEE Trans. Neural Networks, 2008, [doi 10.1109/TNN.2007.912312](https://doi.org/10.1109/TNN.2007.912312). 除以抽到的概率，这个想法的来历。
# - N. Duffield, C. Lund, M. Thorup. *Priority Sampling for Estimation of Arbitrary Subset Sums*. J. ACM, 2007, [doi 10.1145/1314690.1314696](https://doi.org/10.1145/1314690.1314696). 抽不重复的几项，用没抽中的第一项算出 $\pi$，和的期望不变；那里的随机数取法与这里稍有不同。
# - I. Loshchilov, F. Hutter. *Decoupled Weight Decay Regularization*. ICLR 2019, [arXiv 1711.05101](https://arxiv.org/abs/1711.05101). AdamW：权重衰减为什么要与梯度分开。
# - E. Grave, A. Joulin, N. Usunier. *Improving Neural Language Models with a Continuous Cache*. ICLR 2017, [arXiv 1612.04426](https://arxiv.org/abs/1612.04426). 神经缓存；同一份 WikiText-2 上，他们的 LSTM 从 99.3 降到 68.9。
# - R. Kuhn, R. De Mori. *A Cache-Based Natural Language Model for Speech Recognition*. IEEE Trans. PAMI, 1990, [doi 10.1109/34.56193](https://doi.org/10.1109/34.56193). 不用状态的缓存。
# - R. Kneser, H. Ney. *Improved Backing-off for M-gram Language Modeling*. ICASSP 1995, [doi 10.1109/ICASSP.1995.479394](https://doi.org/10.1109/ICASSP.1995.479394). 减去折扣、数“跟在多少种词后面”，这两步的出处。
# - S. F. Chen, J. Goodman. *An Empirical Study of Smoothing Techniques for Language Modeling*. Computer Speech and Language, 1999, [doi 10.1006/csla.1999.0128](https://doi.org/10.1006/csla.1999.0128). 各种平滑的公平比较；这里的折扣照它的公式。
# - W. Zaremba, I. Sutskever, O. Vinyals. *Recurrent Neural Network Regularization*. 2014, [arXiv 1409.2329](https://arxiv.org/abs/1409.2329). 词级 LSTM 和丢弃的标准做法。
#
# [← 11 字符级语言模型与文本生成](11_char_lm.ipynb) · [目录](index.md) · [解答](solutions/12_word_lm.ipynb) · [13 时间序列预测 →](13_time_series.ipynb)<!-- nav -->
