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
# # 第 12 章 词级语言模型与困惑度：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/12_word_lm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/12_word_lm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/12_word_lm.ipynb)<!-- badges -->
#
# [← 11 字符级语言模型与文本生成](11_char_lm.ipynb) · [目录](../index.md) · [正文](../12_word_lm.ipynb) · [13 时间序列预测 →](13_time_series.ipynb)<!-- nav -->
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
from collections import Counter

import numpy as np

from rnnbook import check
from rnnbook.language import word_lm
from rnnbook.language.sampled_softmax import sampled_nats

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 生词的比例
#
# 思路：困惑度是按词次平均的，生词的比例也按词次算：同一个生词出现三次，就难了三次。词表用集合，查起来快。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def oov_rate(words, known):
    return sum(word not in known for word in words) / len(words)


# %%
check("word_lm.oov_rate", oov_rate)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 思路：一块一块数。表 $VE$（读写共用，只数一次）；LSTM 四组，每组 $H(E+H+1)$；投影 $HE+E$；softmax 的偏置 $V$，它不在表里。写完与真的模型核对。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def tied_params(V, E, H):
    return V * E + 4 * H * (E + H + 1) + H * E + E + V


model = word_lm.WordLM(2000, units=96, embedding=64)
model(np.zeros((1, 2), "int32"))
print(tied_params(2000, 64, 96), model.count_params())
assert tied_params(2000, 64, 96) == model.count_params()

# %%
check("word_lm.tied_params", tied_params)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 换单位
#
# 思路：总奈特数是 $N_{\text{词}}\ln\mathrm{PPL}$，与单位无关。除以字符数，再取指数；指数和对数合起来，就是一个乘方。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def per_character(ppl, words, characters):
    return ppl ** (words / characters)


print(f"{per_character(288.1, 245_568, 1_250_659):.2f}")

# %%
check("word_lm.per_character", per_character)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 砍词表
#
# 思路：次数只在训练文本里数；没见过的词次数是 0，`Counter` 正好这样回答，不必另写一个分支。列表推导造出新的列表，输入不动。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def cut_rare(train, test, least):
    counts = Counter(train)
    return [w if counts[w] >= least else "<unk>" for w in test]


# %%
check("word_lm.cut_rare", cut_rare)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 让 `<unk>` 付钱
#
# 思路：“是生词”和“是哪一个生词”是先后两次猜测，概率相乘，奈特相加：$-\ln\big(P(\text{unk})\cdot\frac1K\big)=-\ln P(\text{unk})+\ln K$。先加，再平均，最后取指数。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def charged_perplexity(nats, unknown, kinds):
    return np.exp(np.mean(nats + np.asarray(unknown) * np.log(kinds)))


# %%
check("word_lm.charged_perplexity", charged_perplexity)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 采样 softmax
#
# 思路：先去掉抽到的 `y`；其余的 logits 减去 $\ln\pi_w$；与 `target` 放在一起，减去最大的一个再取指数求和（否则 $e^{1000}$ 溢出）；最后减 `target`。然后与书里的 `sampled_nats` 核对：表取单位阵，特征就是 logits。
#
# [题目](../12_word_lm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def sampled_loss(target, logits, ids, chance, y):
    others = (logits - np.log(chance))[ids != y]
    every = np.append(others, target)
    top = every.max()
    return top + np.log(np.exp(every - top).sum()) - target


z = np.array([[0.5, 2.0, -1.0, 0.1, 1.2]], "float32")  # all five logits
ids, chance = np.array([1, 4, 2]), np.array([0.8, 0.3, 0.1], "float32")
book = sampled_nats(z, np.array([1]), np.eye(5, dtype="float32"),
                    np.zeros(5, "float32"), ids, np.log(chance))
own = sampled_loss(2.0, z[0, ids], ids, chance, 1)
print(round(float(book[0]), 5), round(float(own), 5))
assert np.isclose(float(book[0]), own, atol=1e-5)

# %%
check("word_lm.sampled_loss", sampled_loss)
