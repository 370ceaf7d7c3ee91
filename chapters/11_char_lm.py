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
# # 第 11 章 字符级语言模型与文本生成
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/11_char_lm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/11_char_lm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/11_char_lm.ipynb)<!-- badges -->
#
# [← 10 文本分类](10_text_classification.ipynb) · [目录](index.md) · [解答](solutions/11_char_lm.ipynb) · [12 词级语言模型与困惑度 →](12_word_lm.ipynb)<!-- nav -->
#
# 读完这一章，你会修好两份跑不起来的讲义代码，训练一个逐字符写剧本的循环网络，量出它比计数好多少，再让它写莎士比亚和绝句，并查清哪些是写的、哪些是背的。
#
# | | |
# |---|---|
# | **你将会** | **训练**一个把状态带下去的字符级语言模型；**生成**文本，并用温度、top-k、top-p、min-p 调它；**检查**它的重复和背诵 |
# | **你需要** | [第 01 章](01_sequences.ipynb)的平均负对数似然和 n 元语法；[第 02 章](02_rnn_forward.ipynb)的状态；见过 `keras.layers.LSTM` 和 `GRU` 的名字就够 |
# | **时间** | 阅读 55 分钟<!-- minutes -->，练习 70 分钟，运行约 126 s<!-- seconds --> |

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
import ast
import builtins
import timeit

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from rnnbook import check, claim, hint, recipes
from rnnbook.language import char_lm, decoding
from rnnbook.notebook.figures import BLUE, GREEN, GREY, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一个训练好的字符级模型，每一步都选它认为**最可能**的字符，写出 800 个字符。其中有多大比例的 4 字符组合，是前面已经写过的？（人写的剧本，800 个字符里约有五分之一。）
#
# 先写下你的猜测，[11.8 节](#cell-id=11-8)用测量来回答。

# %%
guess = None  # share of repeated 4-grams under greedy decoding, e.g. 0.3

# %% [markdown]
# <a id="cell-id=11-1"></a>
# ## 11.1 一份跑不起来的讲义
#
# 讲义 S3《深度学习的高级：循环神经网络》用下面这个函数“续写莎士比亚”，并印出了整整一首漂亮的诗。先别往下看，用两分钟找一找：它有几处错？

# %%
LISTING = r'''
def generate(model, start_chars, max_len=1000, temp=1.0):
    model.eval()
    chars = [stoi[s] for s in start_chars]
    h, c = model.init_hidden(batch_size=1)
    output = chars

    for i in range(max_len):
        char = torch.tensor([chars[-1]])
        output_, h, c = model(char, h, c)
        output_ = output_ / temp
        weights = F.softmax(output_, dim=-1).squeeze().cpu().numpy()
        next_char = np.random.choice(len(weights), p=weights)
        output.append(next_char)

        if next_char == stoi['EOS']:
            break

    return ''.join([itos[i] for i in output])

start_chars = 'Shall I compare thee to a summer's day?'
print(generate(trained_model, start_chars))
'''

# %% [markdown]
# 把它交给 Python。不用安装 PyTorch，光是读一遍就停下了：

# %% name="syntax_error"
try:
    ast.parse(LISTING)
except SyntaxError as error:
    print(f"SyntaxError, line {error.lineno}: {error.text.strip()}")

# %% [markdown]
# 单引号的字符串里又有一个单引号 (`summer's`)，字符串在 `summer` 之后就结束了。最小的修理：换成双引号。现在它能被读懂，再问它用到了哪些谁也没有定义过的名字。讲义此前导入了 `torch`、`nn`、`np`，定义了 `text`、`chars`、`stoi`、`itos`。

# %% name="never_defined"
repaired = LISTING.replace("'Shall", '"Shall').replace("day?'", 'day?"')
names = [node for node in ast.walk(ast.parse(repaired))
         if isinstance(node, ast.Name)]
made = {n.id for n in names if isinstance(n.ctx, ast.Store)}
made |= {"torch", "nn", "np", "stoi", "itos", "generate"}
made |= {"model", "start_chars", "max_len", "temp"} | set(dir(builtins))
missing = sorted({n.id for n in names if n.id not in made})
print("never defined:", missing)
assert missing == ["F", "trained_model"]

# %% [markdown]
# 补上 `F` 和训练好的模型，它还是不行，因为真正的错误在想法里。把两份讲义的毛病列成清单，这一章逐条修好：
#
# | 毛病 | 讲义 | 在哪里修 |
# |---|---|---|
# | 语法错误，名字没有定义 | S3 | 这一节，E37 |
# | 每段只在最后一步算损失，形状对不上 | S3 | [11.4 节](#cell-id=11-4)，E38 |
# | 20 轮训练只更新了 20 次 | S3 | [11.4 节](#cell-id=11-4)，E40 |
# | 提示没有读进状态：只喂了最后一个字符 | S1、S3 | [11.7 节](#cell-id=11-7)，E41、E42 |
# | 说的是抽样，写的是取最大值 | S1 | [11.8 节](#cell-id=11-8)，E42 |
# | 印出来的诗不是写的，是抄的 | S3 | [11.9 节](#cell-id=11-9)，E39 |
# | 公式里没有把写出的字符喂回去 | S1 | [11.2 节](#cell-id=11-2)，E34 |

# %% [markdown]
# <a id="cell-id=11-2"></a>
# ## 11.2 一次只猜一个字符
#
# 一段文本 $x_1,\dots,x_T$ 的概率，可以严格地拆成一串“下一个是什么”：
#
# $$P(x_1,\dots,x_T)=\prod_{t=1}^{T}P(x_t\mid x_1,\dots,x_{t-1})$$
#
# 一个字符一个字符地猜，叫**字符级语言模型 (character-level language model)**；写出来的字符又成为下一步的输入，叫**自回归 (autoregressive)**。循环网络用状态 $h_t$ 代替越来越长的历史：
#
# $$h_t=f(x_t,h_{t-1}),\qquad P(x_{t+1}\mid x_1,\dots,x_t)=\mathrm{softmax}(h_tV+c),\qquad h_0=0$$
#
# 这里的 $V$ 是输出层的权重 (H, V)；词表大小也记作 $V$，从形状看得出是哪一个。
#
# 尺子还是[第 01 章](01_sequences.ipynb)的三把：平均负对数似然（奈特每字符）、比特每字符、困惑度。先手算：三个字符 `a b c`，模型依次给出三个分布，真正出现的是 `b a a`。

# %% name="by_hand"
P = np.array([[0.2, 0.5, 0.3],    # next after nothing: b appears
              [0.8, 0.1, 0.1],    # next after b: a appears
              [0.25, 0.5, 0.25]])  # next after b a: a appears
seen = np.array([1, 0, 0])
p = P[np.arange(3), seen]
nats = -np.log(p).mean()
print("probabilities:", p, " product:", round(float(p.prod()), 3))
print(f"{nats:.3f} nats = {nats / np.log(2):.3f} bits,"
      f" perplexity {np.exp(nats):.3f}")

# %% [markdown]
# 三步的概率是 0.5、0.8、0.25，乘起来正好是 0.1；平均每个字符 0.768 奈特，约 1.107 比特，困惑度 2.154：比在三个字符里瞎猜 (3) 好一些。这里连第一个字符也猜；以后给长文打分，第一个字符没有前文，只读不猜，所有的模型都从第二个算起。
#
# 换成真正的文本。词表是出现过的全部字符；前 90% 用来训练，后 10% 用来打分。

# %% tags=["data"]
from rnnbook.data.shakespeare import load_shakespeare
from rnnbook.data.vocab import Vocabulary

plays = load_shakespeare()
full = plays.source.full
vocab = Vocabulary.from_text(plays.train + plays.validation)
V = len(vocab)
train_ids = vocab.encode(plays.train)
valid_ids = vocab.encode(plays.validation)
print(f"{len(train_ids):,} characters to train, {len(valid_ids):,} to read"
      f" and all but the first to guess, V = {V}")

# %% [markdown]
# 还没有训练的网络什么也不知道，应当接近均匀猜测：$\ln V$，对 65 个字符是 4.174 奈特。这是一道便宜的体检：第一步的损失若离 $\ln V$ 很远，多半是忘了 `from_logits=True`、输出层初始化过大，或者损失求了和而没有平均。它查不出目标错位：没训练的网络对什么目标都接近 $\ln V$，错位要到训练之后、损失低得可疑时才露馅。

# %% tags=["data"]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def make_model(batch, steps, size, units=96, stateful=True):
    """Character language model: ids (batch, steps) -> logits."""
    return keras.Sequential([
        keras.Input(batch_shape=(batch, steps), dtype="int32"),
        layers.Embedding(size, 32),
        layers.GRU(units, return_sequences=True, stateful=stateful),
        layers.Dense(size),
    ])


keras.utils.set_random_seed(11)
fresh = make_model(1, 500, V)
x0, y0 = train_ids[None, :500], train_ids[None, 1:501]
claim("untrained_nats", float(loss(y0, fresh(x0))),
      close_to=np.log(V), tol=0.01)

# %% [markdown]
# 测得 4.175<!-- claim untrained_nats -->，与 $\ln 65$ 相差不到 0.01。
#
# 三层分工很清楚：`Embedding` 给每个字符一行 32 个数，GRU 一步步改写状态，`Dense` 给出 V 个**未归一化的对数概率 (logits)**。损失在**每一步**都算，不只在最后一步。

# %% [markdown]
# <a id="cell-id=11-3"></a>
# ## 11.3 要打败的对手
#
# [第 01 章](01_sequences.ipynb)的 n 元语法不训练，只计数。简单的一种用 Witten–Bell 平滑；更强的是 Kneser–Ney 7 元，阶数是[第 01 章](01_sequences.ipynb)在训练文本里挑的。它们是这一章的及格线。

# %% tags=["data"]
from rnnbook.language.kneser_ney import KneserNey
from rnnbook.language.ngram import WittenBell

costs = WittenBell(order=5).fit(train_ids, V).token_nll(valid_ids)[:, 1:]
ngram = costs.mean(axis=1)  # row n - 1: the n-gram model
counted = KneserNey(order=7).fit(train_ids, V).token_nll(valid_ids)[1:]
kneser = counted.mean()
for n, value in [(2, 2.486), (3, 2.049), (4, 1.774), (5, 1.669)]:
    claim(f"ngram_{n}", ngram[n - 1], close_to=value, tol=0.001,
          scope="full", full=full)
claim("kneser_ney", kneser, close_to=1.517, tol=0.001, scope="full",
      full=full)

# %% [markdown]
# 要打败的是 Kneser–Ney 的 1.517<!-- claim kneser_ney --> 奈特，它看前 6 个字符；Witten–Bell 最好的是 5 元，1.669<!-- claim ngram_5 -->。循环网络的状态可以记得更远，但“可以”不等于“做到”。

# %% [markdown]
# <a id="cell-id=11-4"></a>
# ## 11.4 把长文切成流
#
# 一百万个字符连成一条，反向传播走不了这么远。做法分三步：把长文切成 B 条并排的**流**；每次只读每条流上的 T 个字符（从这里起，T 是一段的步数），只在这 T 步里反向传播；读下一段时，**状态接着用，梯度不再往回走**。这就是[第 03 章](03_bptt.ipynb)的截断的随时间反向传播 (TBPTT)，用的是跨批保留状态的有状态层。
#
# 用 25 个字母看清楚：2 条流，每次 4 步。

# %%
from rnnbook.training.batching import streams

letters = "abcdefghijklmnopqrstuvwxy"
x, y = streams(np.arange(25), batch=2, steps=4)
print(*("".join(letters[i] for i in row) for row in [*x[:, 0], *y[:, 0]]))
assert (x[1:, :, 0] == y[:-1, :, -1]).all()

# %% [markdown]
# 各批的第 0 行是 `abcd`、`efgh`、`ijkl`，下一批接着上一批，所以状态可以带下去。目标（后三个）是输入错开一步：输入和目标一样长，每一步都有一个答案。

# %% name="streams"
fig, ax = plt.subplots(figsize=(9, 2.6))
for row in range(2):
    for k in range(3):
        text = " ".join(letters[i] for i in x[k, row])
        color = (BLUE, GREEN, VERMILION)[k]
        ax.add_patch(plt.Rectangle((k * 3, -row), 2.3, 0.7, fill=False,
                                   edgecolor=color, linewidth=2))
        ax.text(k * 3 + 1.15, -row + 0.35, text, ha="center", va="center",
                family="monospace", fontsize=15)
        if k > 0:
            ax.annotate("", (k * 3, 0.35 - row), (k * 3 - 0.7, 0.35 - row),
                        arrowprops={"arrowstyle": "->", "linewidth": 2})
    ax.text(-0.2, 0.35 - row, f"stream {row}", ha="right", va="center")
for k in range(3):
    ax.text(k * 3 + 1.15, 0.95, f"batch {k}", ha="center")
ax.text(4.15, -1.4, "arrows: the state goes on, the gradient stops",
        ha="center", color=GREY)
ax.set(xlim=(-1.6, 8.5), ylim=(-1.6, 1.3),
       title="Streams: row i of a batch continues row i of the batch before")
ax.axis("off")
plt.show()

# %% [markdown]
# 这里顺带修好 S3 的两个错。它的 `fc(x[:,-1,:])` 只留下最后一步，于是 (B, V) 的输出要去配 (B, T) 的目标；而且它把一整轮的损失加起来才更新一次，状态又从不截断，20 轮等于 20 次更新、每次都反向传播全文。按流来做，一轮有多少批就更新多少次：

# %% tags=["data"]
BATCH, STEPS, EPOCHS = 64, 32, 2
x, y = streams(train_ids, BATCH, STEPS)
print("batches:", x.shape, "-> updates in two epochs:", EPOCHS * len(x))

# %% [markdown]
# <a id="cell-id=11-5"></a>
# ## 11.5 现场训练
#
# 一个 GRU-96，只训练两轮，每轮之后写 70 个字符。一轮之后要把状态清零，因为文本又从头读起；裁剪梯度是循环网络的常规保险（[第 04 章](04_vanishing_gradients.ipynb)）。

# %% tags=["data", "training"]
from rnnbook.training.fitting import compile_fast, fit

keras.utils.set_random_seed(11)
live = make_model(BATCH, STEPS, V)
schedule = keras.optimizers.schedules.CosineDecay(6e-3, EPOCHS * len(x))
compile_fast(live, keras.optimizers.Adam(schedule, global_clipnorm=1.0), loss)
for epoch in range(EPOCHS):
    history = fit(live, x.reshape(-1, STEPS), y.reshape(-1, STEPS),
                  batch_size=BATCH, shuffle=False)
    sample = decoding.write(live, vocab, "\n", 70, seed=1)
    print(f"epoch {epoch + 1}: {history['loss'][-1]:.3f} nats {sample!r}")
    live.layers[1].reset_state()
print(f"{live.count_params():,} parameters")

# %% [markdown]
# 打分时换一个同样权重、批大小不同的模型，把验证文本读一遍，状态一路带下去。

# %% tags=["data", "training"]
reader = make_model(16, STEPS, V)
reader.set_weights(live.get_weights())
compile_fast(reader, loss=loss)
x, y = (part.reshape(-1, STEPS) for part in streams(valid_ids, 16, STEPS))
live_nats = reader.evaluate(x, y, batch_size=16, verbose=0)
claim("live_nats", live_nats, at_most=1.85, scope="full", full=full)
claim("live_behind_4_gram", live_nats - ngram[3], at_least=0.01,
      scope="full", full=full)
claim("live_behind_kneser_ney", live_nats - kneser, at_least=0.27,
      scope="full", full=full)

# %% [markdown]
# 现场这个小模型得 1.810<!-- claim live_nats --> 奈特，打败了 2 元和 3 元，**输给** Witten–Bell 4 元的 1.774<!-- claim ngram_4 -->，更不用说 5 元的 1.669<!-- claim ngram_5 -->；比 Kneser–Ney 差 0.294<!-- claim live_behind_kneser_ney -->。

# %% [markdown]
# <a id="cell-id=11-6"></a>
# ## 11.6 录好的模型
#
# 更大的模型，更久的训练：`chapters/recipes/06_shakespeare_lstm` 是一份可以重跑的记录：LSTM-512，同样切成流，强 dropout，训练用了 48<!-- claim recorded_cpu_minutes --> 分钟的 CPU 时间，只有一个种子。权重以 float16 存在仓库里，词表与它放在一起。
#
# 超参数没有系统地搜索过。前 16 轮把训练文本末尾的 20,000 个字符留在外面，只看不学；后 20 轮把它也放进训练，因为验证文本正从这出戏的半截接着往下。做这个决定时，在验证文本上量过的只有 Witten–Bell 5 元这条基线；没有根据网络在验证文本上的损失调整过任何设置；书里报告的是存下来的最后一轮权重的成绩。

# %% tags=["data"]
recipe = recipes.load("shakespeare_lstm")
log = recipe.log
parameters = sum(w.size for w in recipe.weights.values())
print(log[["epoch", "train_nats", "slice_nats"]].iloc[5::6].round(3)
      .to_string(index=False))
claim("recorded_parameters", parameters, close_to=1_219_201, tol=0)
claim("recorded_cpu_minutes", log.cpu_seconds.sum() / 60, close_to=48,
      tol=0.1)

# %% [markdown]
# 两列损失在第 12 轮相差 0.09 奈特，尽管训练那一列开着 dropout；`NaN` 处那一片段已经进了训练，不能再当考题。记录归记录，结论要现场重新量：把存下来的权重装进模型，读完整个验证文本，一遍，状态一路带下去。Kneser–Ney 在同样的 111,539 个字符上打过分，逐个相减。
#
# 换一段文本，这个差会变多少？**自助法 (bootstrap)** 从手里的例子中有放回地再抽同样多个，重新求平均，抽 2,000 次，看平均散得多开。相邻的字符不独立，所以抽的例子是 500 个连续字符的一块。

# %%
def redrawn(count, draws=1000, seed=0):
    return np.random.default_rng(seed).multinomial(
        count, np.full(count, 1 / count), draws)

# %% tags=["data"]
def stored(**options):
    """Network around the stored weights."""
    return char_lm.from_weights(recipe.weights, **options)


costs = char_lm.token_nats(stored, recipe.vocab.encode(plays.validation), 1000)
nats, margin = costs.mean(), counted - costs
blocks = margin[:len(margin) // 500 * 500].reshape(-1, 500).mean(axis=1)
drawn = redrawn(len(blocks), 2000, seed=11) @ blocks / len(blocks)
for name, value, middle in [
        ("recorded_nats", nats, 1.4657),
        ("recorded_bits", nats / np.log(2), 2.1146),
        ("recorded_perplexity", np.exp(nats), 4.3307),
        ("beats_kneser_ney_by", margin.mean(), 0.0508)]:
    claim(name, value, close_to=middle, tol=0.001, scope="full", full=full)
claim("margin_sd", drawn.std(), close_to=0.00375, tol=0.00018,
      scope="full", full=full)
claim("margin_least", np.quantile(drawn, 0.025), at_least=0.042, scope="full",
      full=full)

# %% name="context" tags=["data", "training"]
STEPS_BACK = 256
rows = len(costs) // STEPS_BACK
cut = rows * STEPS_BACK
read = recipe.vocab.encode(plays.validation)[:cut + 1]
logits = stored().predict(read[:-1].reshape(rows, -1), verbose=0)
short = np.asarray(keras.losses.sparse_categorical_crossentropy(
    read[1:].reshape(rows, -1), logits, from_logits=True))
more = (short - costs[:cut].reshape(rows, -1)).mean(axis=0)  # by position
ends = 2 ** np.arange(9)
bins = [more[a:b].mean() for a, b in zip([0, *ends[:-1]], ends)]
fig, ax = plt.subplots()
ax.plot(ends, bins, "o-", color=BLUE)
ax.axhline(0, color=GREY, linestyle="--")
ax.set_xscale("log", base=2)
ax.set(xticks=ends, xticklabels=ends, ylim=(-0.02, 1.8),
       xlabel="characters read since the state was zero (up to)",
       ylabel="extra loss [nats per character]",
       title="What the LSTM loses with a short memory")
plt.show()

# %% tags=["data", "training"]
for n, value, tol in [(16, 0.0655, 0.001), (32, 0.055, 0.01),
                      (64, 0.0032, 0.0005), (256, 0.0, 0.0002)]:
    claim(f"short_{n}", bins[int(np.log2(n))], close_to=value, tol=tol,
          scope="full", full=full)

# %% [markdown]
# 截断的是梯度，状态不必跟着截断。状态值多少？把它每 256 个字符清零一次，与一路带下去的损失在同样的字符上相减，按清零之后读过几个字符分组。读过 9 到 16 个时还要多付 0.07<!-- claim short_16 --> 奈特，17 到 32 个时多付 0.06<!-- claim short_32 -->，33 到 64 个时只剩 0.003<!-- claim short_64 -->，再往后看不出来（0.000<!-- claim short_256 -->）。Kneser–Ney 7 元看前 6 个字符，这个网络用得上的大约是前三十个。

# %% name="ladder" tags=["data", "training"]
names = ["uniform", "2-gram", "3-gram", "4-gram", "5-gram",
         "Kneser-Ney 7-gram", "GRU-96, live", "LSTM-512, recorded"]
values = [np.log(V), *ngram[1:5], kneser, live_nats, nats]
colors = [GREY] * 5 + [VERMILION] + [GREEN, BLUE]
fig, ax = plt.subplots()
bars = ax.barh(names[::-1], values[::-1], color=colors[::-1])
ax.bar_label(bars, fmt="%.3f", padding=4)
ax.set(xlabel="nats per character on the validation text",
       title="Validation text: the recorded LSTM below Kneser-Ney")
ax.grid(axis="y", visible=False)
plt.show()

# %% [markdown]
# 录好的模型得 1.466<!-- claim recorded_nats --> 奈特，即 2.115<!-- claim recorded_bits --> 比特、困惑度 4.33<!-- claim recorded_perplexity -->，比 Kneser–Ney 7 元少 0.051<!-- claim beats_kneser_ney_by --> 奈特，赢得不多：自助法的标准差是 0.004<!-- claim margin_sd -->，95% 的区间从 0.04<!-- claim margin_least --> 起；换一个训练种子会差多少，没有量。若只和 Witten–Bell 5 元比，差距会显得大得多。它有 1,219,201<!-- claim recorded_parameters --> 个参数；nanoGPT 的 README 报告过 1.4697，用的是 6 层 Transformer（按它的配置约 1070 万个参数）和一块 GPU。口径与这里不同：那里在随机窗口上估计，窗口之前的文字看不到，而且取的是训练途中最好的一次；两个数只能大致对照。

# %% [markdown]
# 同样的权重，不再训练，还有两个办法让损失更低。它们量的是别的东西，不能与上面的数混着说：
#
# - **混合**：给 Kneser–Ney 的概率一个份额 $\lambda$，$P=(1-\lambda)P_{\text{LSTM}}+\lambda P_{\text{KN}}$。这是两个模型一起猜。
# - **动态评估 (dynamic evaluation)**（Krause 等，2018）：一边考一边学，每打完 32 个字符的分，就用这 32 个字符更新一次权重。用到的只有已经打过分的字符，所以没有偷看；但它不再是那一个固定的模型。
#
# 两者各有一个数要选：份额 $\lambda$，和更新的学习率。训练文本不能用来选，网络和 n 元语法都读过它；选就用验证文本的头 16,000 个字符，这些字符不计分。

# %% name="evaluated"
later = recipes.load("shakespeare_evaluated")
print(later.log[["way", "stage", "value", "alone_nats", "nats"]].round(4)
      .to_string(index=False))
rest = later.log[later.log.stage == "test"].set_index("way")
knobs = {way: later.settings["settings"][name] for way, name in
         [("mixture", "shares"), ("dynamic", "rates")]}
assert all(min(k) < rest.value[way] < max(k) for way, k in knobs.items())
for name, value, middle in [
        ("rest_alone", rest.alone_nats["mixture"], 1.4839),
        ("mixed", rest.nats["mixture"], 1.4134),
        ("mixed_share", rest.value["mixture"], 0.4),
        ("dynamic", rest.nats["dynamic"], 1.3307),
        ("dynamic_gain", (rest.alone_nats - rest.nats)["dynamic"], 0.1532)]:
    claim(name, value, close_to=middle, tol=0.0002)

# %% [markdown]
# 在其余的 95,520 个字符上，网络单独是 1.484<!-- claim rest_alone --> 奈特（头 16,000 个字符接着训练文本的那出戏，容易得多），混合（Kneser–Ney 占 0.4<!-- claim mixed_share -->）是 1.413<!-- claim mixed -->，动态评估是 1.331<!-- claim dynamic -->，少了 0.153<!-- claim dynamic_gain -->。

# %% [markdown]
# <a id="cell-id=11-7"></a>
# ## 11.7 先读提示，再写
#
# 生成分两段。先把**提示 (prompt)** 的每个字符依次喂进去，只更新状态，这叫**预热 (warm-up)**；然后从最后一步的分布里取一个字符，喂回去，再取。
#
# `decoding.step` 走一步：一个字符进去，logits 和新状态出来。用它预热，应当与整段一次算出的结果相同。

# %% tags=["training"]
model = char_lm.from_weights(recipe.weights)
prompt = "ROMEO:\nShall I compare thee to a summer's day?\n"
ids = recipe.vocab.encode(prompt)[None]

states = decoding.initial_state(model, batch=1)
for t in range(ids.shape[1]):
    logits, states = decoding.step(model, ids[:, t], states)
whole = np.asarray(model(ids))[:, -1]
claim("warm_up_error", np.abs(np.asarray(logits) - whole).max(), at_most=1e-4)

# %% [markdown]
# 一致。S1 的写法跳过了预热：状态是零，只喂最后一个字符。两种做法给出的下一个字符的分布差多少？

# %% tags=["training"]
zero = decoding.initial_state(model, batch=1)
cold, _ = decoding.step(model, ids[:, -1], zero)
warm_p, cold_p = (np.asarray(keras.ops.softmax(z))[0] for z in (logits, cold))
gap = 0.5 * np.abs(warm_p - cold_p).sum()
claim("cold_start_moves", gap, close_to=0.70, tol=0.01)

# %% [markdown]
# **总变差距离 (total variation distance)** 是两个分布逐项之差的绝对值之和的一半，这里是 0.70<!-- claim cold_start_moves -->：有这么多概率被挪了位置，读没读提示不是小事。
#
# 循环写在 Python 里，每个字符都要付一次框架的开销。`decoding.write` 把**整个循环**（预热、一步、过滤、抽样、喂回）编译成一个函数：

# %% name="sample" tags=["training"]
text = decoding.write(model, recipe.vocab, prompt, 400, temperature=0.8,
                      seed=3)
print(prompt + text)

# %% [markdown]
# 角色名、冒号、换行、诗行的长短大体都对，多数词是真词，句子没有意思：模型学到的是拼写和版式，不是情节。提示里若有词表没有的字符，`decoding.write` 报 `KeyError` 并点名，不会悄悄跳过。

# %% [markdown]
# 编译值多少？同一个模型，一次写一条。前两行逐字符调用，只算 logits，还没有抽样：`predict` 每次要先准备好数据集和回调，`predict_on_batch` 不用。第三行是完整的 `decoding.write`，最后一行 16 条一起写；编译用的时间不计，各量五次，取最快的一次。

# %% name="speed" tags=["timing"]
one = char_lm.from_weights(recipe.weights, batch=1, steps=1, stateful=True)

def fastest(job, *inputs):
    """Seconds of the fastest of five runs: other programs only slow it."""
    job(*inputs)  # builds and compiles
    return min(timeit.repeat(lambda: job(*inputs), number=1, repeat=5))


def four_letters(call):
    for t in range(4):
        call(ids[:, t:t + 1])


rates = {"predict": 4 / fastest(
             four_letters, lambda x: one.predict(x, verbose=0)),
         "predict_on_batch": 4 / fastest(four_letters, one.predict_on_batch)}
for batch in (1, 16):
    rates[f"compiled, batch {batch}"] = batch * 400 / fastest(
        decoding.write, model, recipe.vocab, [prompt] * batch, 400)
for name, rate in rates.items():
    print(f"{name:18s} {rate:10,.0f} characters per second")
slow, single, loop, _ = rates.values()
claim("on_batch_is_faster", single / slow, at_least=10)
claim("compiled_is_faster", loop / single, at_least=5)

# %% [markdown]
# `predict_on_batch` 的速度是 `predict` 的 88 倍<!-- claim on_batch_is_faster -->，整个循环编译之后又是它的 15 倍<!-- claim compiled_is_faster -->（都是一次写一条）。这些数随机器而变。前两行算的是同一个网络，差在调用的开销。

# %% [markdown]
# <a id="cell-id=11-8"></a>
# ## 11.8 怎样取下一个字符
#
# 模型给的是分布，取哪个字符由我们定。
#
# - **贪心解码 (greedy decoding)**：总取最大的。
# - **温度 (temperature)**：logits 除以 $\tau$ 再 softmax，$p_i\propto e^{z_i/\tau}$。$\tau<1$ 更尖，$\tau>1$ 更平，$\tau\to0$ 就是贪心。
# - top-k：只留最大的 k 个（Fan 等，2018）。
# - **核采样 (nucleus sampling)**，又叫 top-p：从大到小累加，刚好达到 $p$ 为止，留下这些（Holtzman 等，2020）。
# - **最小概率截断 (min-p sampling)**：留下不小于“最大概率的 $m$ 倍”的（Nguyen 等，2024）。
#
# 后三种都要把留下的重新归一化。合起来用时，先除以温度，再依次是 top-k、top-p、min-p。手算一个分布 (0.5, 0.25, 0.125, 0.125)：

# %%
p = np.array([[0.5, 0.25, 0.125, 0.125]])
z = np.log(p).astype("float32")
for name, kept in [("temperature 0.5", decoding.temperature(z, 0.5)),
                   ("top-k 2", decoding.top_k(z, 2)),
                   ("top-p 0.7", decoding.top_p(z, 0.7)),
                   ("min-p 0.3", decoding.min_p(z, 0.3))]:
    print(f"{name:16s}", np.asarray(keras.ops.softmax(kept)).round(3)[0])

# %% [markdown]
# 温度 0.5 等于把概率平方再归一化：$0.25:0.0625:0.015625:0.015625$，即 0.727、0.182、0.045、0.045。其余三种在这里恰好都留下前两个，得 2/3 和 1/3：top-p 需要 0.5+0.25 才够 0.7；min-p 的门槛是 $0.3\times0.5=0.15$，0.125 不够。
#
# 差别在分布的形状变了之后才显出来：一个很有把握的位置，一个举棋不定的位置。

# %% name="knobs" tags=["training"]
fig, axes = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True)
for ax, text in zip(axes, ["JULIET:\nO Rom", "JULIET:\nI am "]):
    ids = recipe.vocab.encode(text)[None]
    z = np.asarray(model(ids))[:, -1]
    p = np.asarray(keras.ops.softmax(z))[0]
    best = np.argsort(-p)[:14]
    ax.bar(range(14), p[best], color=GREY)
    rules = [decoding.top_k(z, 5), decoding.top_p(z, 0.9),
             decoding.min_p(z, 0.1)]
    for i, (rule, color) in enumerate(zip(rules, (BLUE, GREEN, VERMILION))):
        size = int(np.isfinite(np.asarray(rule)).sum())
        name = ("top-k 5", "top-p 0.9", "min-p 0.1")[i]
        ax.hlines(1.3 - 0.1 * i, -0.5, min(size, 14) - 0.5, color=color,
                  linewidth=5, label=f"{name} keeps {size}")
    ax.set_xticks(range(14), [repr(recipe.vocab.itos[i])[1:-1] or " "
                              for i in best], family="monospace")
    ax.set(xlabel="next character", ylim=(0, 1.38),
           yticks=[0, 0.5, 1], title=f"after {text!r}")
    ax.legend(loc="center right")
axes[0].set_ylabel("probability")
fig.suptitle("top-k keeps a fixed number, top-p and min-p follow the shape")
plt.show()

# %% [markdown]
# 左边模型几乎确定，top-k 5 却硬留下五个，后几个的概率几乎是零；右边许多字符都说得通，top-k 5 又砍得太多。top-p 和 min-p 的数目随分布而变。
#
# 现在回答开头的问题。取验证文本里 8 处、各 100 个字符作提示，每种办法续写 800 个字符；对照是那里真正的下文。三个量：
#
# 1. **重复**：4 字符组合里，前面已经出现过的比例；
# 2. **NLL**：同一个模型（温度 1）给这段续写的损失，太低是啰嗦，太高是胡言；
# 3. **真词**：写出的词有多少在训练文本里见过。

# %% tags=["data", "training"]
places = np.linspace(0, len(plays.validation) - 901, 8).astype(int)
prompts = [plays.validation[i:i + 100] for i in places]
texts = {"human": [plays.validation[i + 100:i + 900] for i in places]}
strategies = {"greedy": {"temperature": 0}, "T 0.5": {"temperature": 0.5},
              "T 1": {}, "T 1.5": {"temperature": 1.5},
              "top-k 5": {"top_k": 5}, "top-p 0.9": {"top_p": 0.9},
              "min-p 0.1": {"min_p": 0.1}}
for name, knobs in strategies.items():
    texts[name] = decoding.write(model, recipe.vocab, prompts, 800, **knobs)
repeats = {name: np.mean([decoding.repeated_ngrams(t, 4) for t in batch])
           for name, batch in texts.items()}

# %% tags=["data", "training"]
rows = [p + t for name in texts for p, t in zip(prompts, texts[name])]
ids = np.stack([recipe.vocab.encode(row) for row in rows])
compile_fast(model, loss=loss)
logits = model.predict(ids[:, :-1], batch_size=32, verbose=0)
token_nats = keras.losses.sparse_categorical_crossentropy(
    ids[:, 1:], logits, from_logits=True)
token_nats = np.asarray(token_nats)[:, 99:].reshape(len(texts), -1)
scores = dict(zip(texts, token_nats.mean(axis=1)))

# %% name="strategies" tags=["data", "training"]
def words(text):
    return "".join(c if c.isalpha() or c == "'" else " " for c in text).split()


known = set(words(plays.train))
print("            repeats   NLL  known words")
for name, batch in texts.items():
    real = np.mean([w in known for t in batch for w in words(t)[1:-1]])
    print(f"{name:10s} {repeats[name]:8.1%} {scores[name]:6.2f} {real:9.1%}")
claim("sampling_repeats", repeats["T 1"], at_most=0.14, scope="full",
      full=full)
for name, value, middle, tol in [
        ("human_repeats", repeats["human"], 0.182, 0.001),
        ("greedy_repeats", repeats["greedy"], 0.908, 0.01),
        ("human_nll", scores["human"], 1.48, 0.01),
        ("greedy_nll", scores["greedy"], 0.77, 0.02)]:
    claim(name, value, close_to=middle, tol=tol, scope="full", full=full)

# %% [markdown]
# 贪心解码的 4 字符组合有 91%<!-- claim greedy_repeats --> 是写过的，温度 1 的抽样是 12%<!-- claim sampling_repeats -->，人写的是 18%<!-- claim human_repeats -->。贪心很快掉进循环，Holtzman 等人把这叫作**退化 (degeneration)**。抽样的重复反而比人少，为什么，这里没有去量。
#
# NLL 那一列说的是另一件事：**概率大的文本不就是好文本**。人写的每个字符的损失是 1.48<!-- claim human_nll --> 奈特，贪心写的只有 0.77<!-- claim greedy_nll -->。反过来，温度 1.5 的损失更高，真词也最少，它在胡言。截断（top-k、top-p、min-p）换来更多真词，重复也多一些，损失离人写的更远：没有哪一种办法样样都好。

# %% name="greedy_loop" tags=["data", "training"]
print(texts["greedy"][2][:330])

# %% [markdown]
# <a id="cell-id=11-9"></a>
# ## 11.9 是写的，还是背的
#
# 重复的另一面是**背诵 (memorisation)**：生成的文本整段地抄训练文本。量法：在生成的文本里，找出与训练文本逐字相同的最长一段。单看这个数没有意义，要有对照：从没训练过的、人写的验证文本，和训练文本最长的重合是多少？

# %% tags=["data", "training"]
longest = {}
for name in ("human", "T 1", "T 0.5"):
    pieces = [decoding.longest_overlap(t, plays.train)
              for t in texts[name][:6]]
    best = max(pieces, key=len)
    longest[name] = len(best)
    print(f"{name:6s} {len(best):3d} {best!r}")
claim("overlap_human", longest["human"], close_to=25, tol=0, scope="full",
      full=full)
claim("overlap_sampling", longest["T 1"], at_most=30, scope="full", full=full)

# %% [markdown]
# 6 段、每段 800 个字符里，抽样写出的文本与训练文本最长重合 25<!-- claim overlap_sampling --> 个字符，验证文本是 25<!-- claim overlap_human --> 个：都是一个角色名，加上前后的几个词（温度 0.5 的也印在上面）。这几段里没有整段照抄的。
#
# S3 印出的“生成结果”却是莎士比亚第 18 首十四行诗，14 行一行不少。E39 会让你看到：同样的更新次数远远写不出来；写得出来的那个，是背下来的。

# %% [markdown] tags=["optional"]
# <a id="cell-id=11-10"></a>
# ## 11.10 选读：让它写绝句
#
# 同样的办法换成汉字。`quatrains_lstm` 在一万多首五言和七言绝句上训练，每首诗前面加一个开始符 `^`，后面加一个结束符 `$`；生成时只给 `^`，遇到 `$` 就停，温度 0.9。没有规则逼它守格律，行数、字数和标点是学来的；温度低一些，守得更严，所以温度 1 也量一次。

# %% name="poems" tags=["training"]
from rnnbook.data.quatrains import END, START, keeps_form

poet = recipes.load("quatrains_lstm")
writer = char_lm.from_weights(poet.weights)
poems = decoding.write(writer, poet.vocab, [START] * 200, 40, stop=END,
                       temperature=poet.settings["settings"]["temperature"],
                       seed=11)
for left, right in zip(poems[0:6:2], poems[1:6:2]):
    print(left, right, sep="\n\n", end="\n\n")

# %% tags=["training"]
form = np.mean([keeps_form(poem) for poem in poems])
hot = decoding.write(writer, poet.vocab, [START] * 200, 40, stop=END, seed=11)
print(f"{len(poet.vocab):,} kinds of characters,"
      f" {sum(w.size for w in poet.weights.values()):,} parameters")
claim("quatrain_form", form, at_least=0.967)
claim("quatrain_form_1", np.mean([keeps_form(p) for p in hot]), at_least=0.95)
claim("quatrains_five", np.mean([len(p) == 25 for p in poems]), at_least=0.2)

# %% [markdown]
# 200 首里 98.0%<!-- claim quatrain_form -->（温度 1 时 96.5%<!-- claim quatrain_form_1 -->）守住了形式（每句五字或七字、逗号句号各就各位、正好四句）；全长合五言（连标点和换行 25 个字符）的占 27.5%<!-- claim quatrains_five -->。读起来有诗的词汇，没有诗的意思；平仄和押韵没有检查，也没有教过。
#
# 再做背诵报告。每首诗与全部训练诗最长重合几个字？对照是没有训练过的测试诗。

# %% name="poem_overlap" tags=["data", "training"]
from rnnbook.data.quatrains import load_quatrains

tang = load_quatrains()
shelf = "\n\n".join(tang.train)
overlaps = {}
for name, part in [("generated", poems), ("test", tang.test[:200])]:
    overlaps[name] = np.array([len(decoding.longest_overlap(p, shelf))
                               for p in part])
fig, ax = plt.subplots()
bins = np.arange(0.5, 34.5)
for name, color in [("generated", BLUE), ("test", GREY)]:
    ax.hist(overlaps[name], bins, color=color, alpha=0.7, log=True,
            label=name + " poems")
ax.set(xlabel="longest piece shared with a training poem [characters]",
       ylabel="poems out of 200",
       title=f"Generated poems share {np.median(overlaps['generated']):.0f} "
             f"characters (median), {overlaps['generated'].max()} at most")
ax.legend()
plt.show()

# %% tags=["data", "training"]
medians = {name: np.median(n) for name, n in overlaps.items()}
full_tang = tang.source.full
claim("poem_overlap_median", medians["generated"], close_to=4, tol=0,
      scope="full", full=full_tang)
claim("poem_overlap_max", overlaps["generated"].max(), at_most=7,
      scope="full", full=full_tang)
claim("test_overlap_median", medians["test"], close_to=4, tol=0,
      scope="full", full=full_tang)
claim("test_overlap_long", (overlaps["test"] > 10).sum(), close_to=14, tol=0,
      scope="full", full=full_tang)
suspect = poems[overlaps["generated"].argmax()]
print(suspect)
print("in the training poems:", decoding.longest_overlap(suspect, shelf))

# %% [markdown]
# 连标点和换行在内，中位数是 4<!-- claim poem_overlap_median --> 个字，不比没训练过的测试诗（4<!-- claim test_overlap_median --> 个字）多：是借词，不是抄诗。最长的一处 6<!-- claim poem_overlap_max --> 个字，印在上面，请你自己判断它算不算抄。
#
# 灰色的长尾也值得看：200 首测试诗里有 14<!-- claim test_overlap_long --> 首与训练诗的重合超过 10 个字。逐首对照，它们是同一首诗的异文：首句有几个字不同，就分到了训练和测试两边。按首句划分，也挡不住这种泄漏。

# %% [markdown] tags=["optional"]
# <a id="cell-id=11-11"></a>
# ## 11.11 选读：换成你自己的文件
#
# 任何一份文本，小说、歌词、一行一个的名字，中文英文都行，一次调用就能训练，并和 n 元语法比：
#
# ```text
# python -m rnnbook.own language my.txt --encoding gb18030 --save build/mine
# python -m rnnbook.own language --save build/mine --predict "春眠"
# ```
#
# `my.txt` 换成你的文件的路径；编码不写就是 UTF-8，中文 Windows 上存的多半要写 `gb18030`，读不了时它会说是第几行。在 Colab 上，先用左边的“文件”面板上传，路径写 `/content/my.txt`。
#
# 它按原来的次序切开，前 80% 训练，接着的 10% 用来挑选，最后 10% 只考一次。一份按字母排好的名单例外，它会先打乱，不然上一行就泄露了下一行的开头。训练部分里只出现一次的字符，和后来才出现的，都算 `<unk>`。下面用本章的 600 首绝句当作你的文件，只训练 3 轮：

# %% name="own_text" tags=["data", "training"]
import tempfile
from pathlib import Path

from rnnbook.own.language import language

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "my.txt"
    path.write_text("\n\n".join(tang.train[:600]), encoding="utf-8")
    mine = language(path, epochs=3)
print(mine.predict(["春"], length=24)[0])

# %% [markdown]
# 报告先说文件：多少字符、多少种、测试部分有多少 `<unk>`、有多少行在训练部分里出现过（多了，分数就虚高）。然后是三个分数，都是同样的测试字符上的奈特每字符，越低越好：网络，Kneser–Ney，一元语法。阶数和折扣也在挑选的那一段上选过，所以对手不弱。± 是自助法的标准差，抽的是连续的一块一块，块长写在判词里。
#
# 判词只有三种：网络更好，更差，分不出。差得不到两个标准差，就算分不出，这时该用便宜的那个。文件小的时候，n 元语法可能更好，报告会照实说。只训练 3 轮说明不了什么；不写 `epochs`，轮数由文件的大小来定。提示里有生字，它会点名，当作 `<unk>` 来读，不会停下；`<unk>` 自己不会写出来。

# %% [markdown]
# ## 小结
#
# - 你**训练**了一个把状态带下去的字符级语言模型：现场的小模型赢了 3 元、输给 4 元语法；录好的 LSTM 在整段验证文本上是 1.466<!-- claim recorded_nats --> 奈特，比 Kneser–Ney 7 元少 0.051<!-- claim beats_kneser_ney_by -->。
# - 你**生成**了文本：先预热、再抽样、喂回去，整个循环编译一次；贪心重复 91%<!-- claim greedy_repeats -->，抽样 12%<!-- claim sampling_repeats -->。
# - 你**检查**了重复和背诵，而且每个数都有人写的文本作对照。
#
# | 量 | 公式 | 备注 |
# |---|---|---|
# | 链式分解 | $P(x_1,\dots,x_T)=\prod_t P(x_t\mid x_{<t})$ | 没有任何近似；$x_{<t}$ 是 $x_1,\dots,x_{t-1}$ |
# | 损失 | $\mathrm{NLL}=-\frac1T\sum_t\ln P(x_t\mid x_{<t})$ | 奈特每字符；未训练时是 $\ln V$ |
# | 比特、困惑度 | $\mathrm{NLL}/\ln2$，$e^{\mathrm{NLL}}$ | |
# | 温度 | $p_i\propto e^{z_i/\tau}$ | logits **除以** $\tau$ |
# | top-p | 最小的集合，$\sum p_i\ge p$ | 然后重新归一化 |
# | min-p | $p_i\ge m\max_j p_j$ | 然后重新归一化 |

# %% [markdown]
# ## 常见误解

# %% [markdown]
# ### E34 “h₀=init(x₀)，生成是序列到序列”
#
# 讲义 S1 的公式让 $h_0$ 由起始词算出，又没有写出生成的字符怎样回到输入，还把它叫作序列到序列；它自己的代码用的却是零状态，也确实把字符喂了回去。本章取 $h_0=0$，提示和写出的字符都从**输入**进去，一个网络、一条序列。若不喂回去，第二个字符就不可能知道第一个写了什么：

# %% tags=["training"]
ids = recipe.vocab.encode("qz\n")
_, state = decoding.step(model, ids[2:], decoding.initial_state(model, 1))
q, z, again = (np.asarray(keras.ops.softmax(decoding.step(
    model, ids[i:i + 1], state)[0])) for i in range(3))
print("P(u) fed back q:", q[0, recipe.vocab.stoi["u"]].round(2),
      " fed back z:", z[0, recipe.vocab.stoi["u"]].round(2),
      " always the prompt:", again[0, recipe.vocab.stoi["u"]].round(2))
claim("feedback_matters", 0.5 * np.abs(q - z).sum(), close_to=0.975, tol=0.002)

# %% [markdown]
# 写出 `q` 之后几乎一定是 `u`，写出 `z` 之后不是；总是喂提示的话，两种情况得到同一个分布。

# %% [markdown]
# ### E37 “代码示例”
#
# S3 的代码里，一段因为引号不配对不能解析（[11.1 节](#cell-id=11-1)已经看到），最后一段停在 `].` 上，训练函数用到的 `vocab_size` 没有定义。印在书里的代码要执行过才算代码；这本书的每一格都执行过。

# %%
try:
    ast.parse("batch_inputs = inputs[i:i+batch_size].")
except SyntaxError as error:
    print("SyntaxError:", error.msg)

# %% [markdown]
# ### E38 “只用最后一步的输出来训练”
#
# 输出 (B, V)、目标 (B, T)：4 条、每条 30 步，就是 4 个预测去配 120 个答案。PyTorch 说 `Expected input batch_size (4) to match target batch_size (120)`，Keras 也不答应。修理：不要切 `[:, -1, :]`，每一步都算损失。（它的 `LSTMModel` 也没有定义训练时要调用的 `init_hidden`。）

# %%
logits, target = np.zeros((4, 30, 65), "float32"), np.zeros((4, 30), "int32")
try:
    loss(target, logits[:, -1, :])
except (ValueError, TypeError, RuntimeError) as error:
    print(type(error).__name__, str(error).split("Received")[0][:78])
print("every step:", float(loss(target, logits)).__round__(3))

# %% [markdown]
# ### E39 “LSTM 写出了一首十四行诗”
#
# S3 印出的 14 行就是莎士比亚第 18 首十四行诗。我们做一件对它最有利的事：训练文本里**只有**这首诗，抄 10 遍；网络用本章的 GRU，更新的次数照它的办法：20 轮，每轮一次（E40）。

# %%
sonnet = """Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade
Nor lose possession of that fair thou ow'st;
Nor shall Death brag thou wander'st in his shade,
When in eternal lines to time thou grow'st;
So long as men can breathe or eyes can see,
So long lives this and this gives life to thee.
"""
poem_vocab = Vocabulary.from_text(sonnet)
x, y = streams(poem_vocab.encode(sonnet * 10), batch=16, steps=64)
first = sonnet.split("\n")[0]


# %% tags=["training"]
def learn(batch_size, epochs=20):
    """Train on the sonnet; return updates, last loss and what it writes."""
    keras.utils.set_random_seed(11)
    pupil = make_model(None, 64, len(poem_vocab), stateful=False)
    pupil.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    history = fit(pupil, x.reshape(-1, 64), y.reshape(-1, 64),
                  batch_size=batch_size, epochs=epochs)
    text = decoding.write(pupil, poem_vocab, first, 600, temperature=0.5)
    return int(pupil.optimizer.iterations), history["loss"][-1], text


updates, last, text = learn(batch_size=x.size // 64)
print(f"{updates} updates, {last:.2f} nats: {first}{text[:60]!r}")
claim("lecture_updates", updates, close_to=20, tol=0)
claim("lecture_nats", last, at_least=1.62)

# %% [markdown]
# 20<!-- claim lecture_updates --> 次更新之后，损失还有 1.78<!-- claim lecture_nats --> 奈特，写出来的大多不成词，离写对一首诗差得很远。讲义自己的网络这里没有跑（它的代码跑不起来），但照它的更新次数，印出一首一字不差的十四行诗，很难相信。

# %% [markdown]
# ### E40 “训练 20 轮就是训练了很多次”
#
# 轮数不是更新次数。同样 20 轮，同样的数据，只把“一轮更新一次”改成“一批更新一次”：

# %% tags=["training"]
updates, last, text = learn(batch_size=16)
print(f"{updates} updates, {last:.2f} nats")
print(first + text[:170])
shared = len(decoding.longest_overlap(text, sonnet * 2))
claim("window_updates", updates, close_to=120, tol=0)
claim("recited", shared, at_least=590)

# %% [markdown]
# 120<!-- claim window_updates --> 次更新之后，它一口气背出了 600<!-- claim recited --> 个字符。训练文本只有这一首诗，背出它并不稀奇：漂亮的样例若不附背诵检查，就什么也证明不了。

# %% [markdown]
# ### E41 “`output = chars` 收集结果，遇到 EOS 停止”
#
# 字符词表里没有 `'EOS'` 这个词，第一步就是 `KeyError`。`output = chars` 不是复制，两个名字是同一个列表，所以 `chars[-1]` 才会跟着变；好心改成复制，它反而永远喂同一个字符。

# %%
try:
    vocab.stoi["EOS"]
except KeyError as error:
    print("KeyError:", error)
for copy in (False, True):
    chars = [7]
    output = list(chars) if copy else chars
    fed = []
    for new in (8, 9, 10):
        fed.append(chars[-1])
        output.append(new)
    print("copied " if copy else "aliased", "-> fed to the model:", fed)

# %% [markdown]
# 修理：用一个明确的变量记住上一个字符；停止符要真的放进词表（[11.10 节](#cell-id=11-10)的 `$`）。S3 另外两处（输入少一个轴、对要求梯度的张量调用 `.numpy()`）在 PyTorch 里报错。

# %% [markdown]
# ### E42 “给了提示，模型就会接着写”
#
# S1 用零状态、只喂 `gen_text[-1]`，再取最大值。后果有两个：提示的最后一个字符之前写什么都一样，连词表里没有的字母也不会报错；嘴上说的是抽样，代码做的是 argmax，写出来的就容易掉进循环（[11.8 节](#cell-id=11-8)）。

# %% tags=["training"]
for prompt in ("Once upon a time", "%%% 12345 ### e"):
    lecture = decoding.write(model, recipe.vocab, prompt[-1:], 60,
                             temperature=0)
    print(repr(prompt), "->", repr(lecture))
right = decoding.write(model, recipe.vocab, "Once upon a time", 60, seed=1)
print("warmed up, sampled ->", repr(right))
assert lecture != right

# %% [markdown]
# 两个毫不相干的提示，续写一字不差；第二个提示里的 `%` 根本不在词表里。S1 的代码还有几处小错：`text` 和 `seq_len` 没有定义；每轮印出的只是最后一批的损失；生成时没有 `eval()` 和 `no_grad()`。

# %% [markdown]
# ### E68 “词嵌入维度”
#
# S3 的注释把 `embedding_dim` 写成“词嵌入维度”。字符级模型里没有词：嵌入表每个**字符**一行。

# %% tags=["data"]
rows = recipe.weights["embedding.embeddings"].shape[0]
print(rows, "rows for", len(recipe.vocab), "characters;",
      f"the plays have {len(known):,} kinds of words")
assert rows == len(recipe.vocab)

# %% [markdown]
# ## 练习
#
# 每题先填，再运行下面的检查；没填时显示“未作答”。需要提示就运行 `hint("题名")`，例如 `hint("char_lm.bits")`。

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 换单位
#
# 一个模型在验证文本上是 1.5 奈特每字符。它是多少比特每字符？保留两位小数即可。
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
bits = ...  # your number

# %%
check("char_lm.bits", bits)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 输入和目标
#
# 写函数 `make_pair(ids)`：由编号数组 (N,) 得到输入和目标 `(x, y)`，各 (N−1,)，`y[t]` 是 `x[t]` 的下一个。
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def make_pair(ids):
    ...


# %%
check("char_lm.make_pair", make_pair)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 温度
#
# 写函数 `heated(logits, t)`：logits (V,) 和温度 t，返回概率 (V,)，和为 1。logits 可能大到 1000，别让 `np.exp` 溢出。
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def heated(logits, t):
    ...


# %%
check("char_lm.heated", heated)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 核采样
#
# 写函数 `nucleus(probs, p)`：概率 (V,)，从大到小累加，总和第一次不小于 p 就停，留下这些，其余置 0，再归一化。字符的次序不能变。（检查用的例子里，没有两个相等的概率恰好在门槛两边。）
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def nucleus(probs, p):
    ...


# %%
check("char_lm.nucleus", nucleus)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 预热
#
# 写函数 `warm_up(step, state, prompt)`：`step(token, state)` 返回 `(logits, state)`；把提示的每个编号依次喂进去，返回最后的 `(logits, state)`。
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def warm_up(step, state, prompt):
    ...


# %%
check("char_lm.warm_up", warm_up)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆ 合起来的困惑度
#
# 验证文本分成长短不一的几段，已知每段的平均 NLL（奈特）和字符数。写函数 `perplexity(means, lengths)`，返回整段文本的困惑度。
#
# [解答](solutions/11_char_lm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def perplexity(means, lengths):
    ...


# %%
check("char_lm.perplexity", perplexity)

# %% [markdown]
# ## 延伸阅读
#
# - I. Sutskever, J. Martens, G. Hinton. *Generating Text with Recurrent Neural Networks*. ICML 2011. 早期用循环网络逐字符写出像样文本的工作；读它从模型里抽出的样例。
# - A. Graves. *Generating Sequences With Recurrent Neural Networks*. 2013, [arXiv 1308.0850](https://arxiv.org/abs/1308.0850). 把 LSTM 用于字符和手写轨迹的生成，TBPTT 的做法写得清楚。
# - A. Karpathy. [*The Unreasonable Effectiveness of Recurrent Neural Networks*](http://karpathy.github.io/2015/05/21/rnn-effectiveness/). 2015. tinyshakespeare 出自与它配套的 char-rnn 代码；看他怎样读单个神经元。
# - B. Krause, E. Kahembwe, I. Murray, S. Renals. *Dynamic Evaluation of Neural Sequence Models*. ICML 2018, [arXiv 1709.07432](https://arxiv.org/abs/1709.07432). 一边考一边学；那里还让权重慢慢回到原处，并按梯度的大小缩放更新，这里没有。
# - A. Fan, M. Lewis, Y. Dauphin. *Hierarchical Neural Story Generation*. ACL 2018, [arXiv 1805.04833](https://arxiv.org/abs/1805.04833). top-k 抽样的出处。
# - A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi. *The Curious Case of Neural Text Degeneration*. ICLR 2020, [arXiv 1904.09751](https://arxiv.org/abs/1904.09751). 为什么概率最大的文本不像人写的；核采样。
# - M. N. Nguyen 等. *Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs*. 2024（ICLR 2025）, [arXiv 2407.01082](https://arxiv.org/abs/2407.01082). 高温下怎样不胡言。
#
# [← 10 文本分类](10_text_classification.ipynb) · [目录](index.md) · [解答](solutions/11_char_lm.ipynb) · [12 词级语言模型与困惑度 →](12_word_lm.ipynb)<!-- nav -->
