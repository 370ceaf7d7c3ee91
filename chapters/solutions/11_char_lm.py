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
# # 第 11 章 字符级语言模型与文本生成：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/11_char_lm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/11_char_lm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/11_char_lm.ipynb)<!-- badges -->
#
# [← 10 文本分类](10_text_classification.ipynb) · [目录](../index.md) · [正文](../11_char_lm.ipynb) · [12 词级语言模型与困惑度 →](12_word_lm.ipynb)<!-- nav -->
#
# 先自己做，再看这里。题目见 [第 11 章](../11_char_lm.ipynb)。

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

from rnnbook import check
from rnnbook.language import char_lm, decoding

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 换单位
#
# $-\log_2 p=-\ln p/\ln 2$，所以奈特除以 $\ln2\approx0.693$ 得比特。记一个方向就不会乘反：比特是更小的单位，同样的损失用比特写出来数字**更大**。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
bits = 1.5 / np.log(2)

check("char_lm.bits", bits)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 输入和目标
#
# 第 $t$ 步读到 `ids[t]`，答案是 `ids[t + 1]`。最后一个字符没有下一个，第一个字符不是谁的下一个，所以各少一个。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def make_pair(ids):
    return ids[:-1], ids[1:]


check("char_lm.make_pair", make_pair)

# %% [markdown]
# 用 `np.roll` 也能得到几乎一样的数组，但它把开头绕到了末尾，最后一对是编出来的；而目标若一步也没有错开，模型照抄输入就得零分损失，曲线漂亮得可疑。

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 温度
#
# softmax 对“所有 logits 同减一个数”不变，因为分子分母同乘了一个常数。减去最大值之后，指数最大是 $e^0=1$，不会溢出。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def heated(logits, t):
    z = logits / t
    e = np.exp(z - z.max())
    return e / e.sum()


check("char_lm.heated", heated)

# %% [markdown]
# 看看三种温度：

# %%
for t in (0.5, 1.0, 2.0):
    print(t, heated(np.array([2.0, 1.0, 0.0]), t).round(3))

# %% [markdown]
# 温度减半，等于每个概率平方再归一化；温度加倍，等于开方再归一化。

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 核采样
#
# “排在我前面的总和还不到 $p$，就留下我。”这样写，使总和跨过 $p$ 的那一个正好留下，而且最大的一个总在里面。最后按原来的下标放回去。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def nucleus(probs, p):
    order = np.argsort(-probs)
    ranked = probs[order]
    before = np.cumsum(ranked) - ranked
    kept = np.zeros_like(probs)
    kept[order] = np.where(before < p - 1e-12, ranked, 0)
    return kept / kept.sum()


check("char_lm.nucleus", nucleus)

# %% [markdown]
# 减去的 $10^{-12}$ 是给浮点误差留的：总和“刚好等于”$p$ 时，舍入可能让它差一点点，于是多留一个。书里的 `decoding.top_p` 在 logits 上做同样的事，核对一遍：

# %%
probs = np.array([0.1, 0.4, 0.05, 0.3, 0.15])
theirs = decoding.top_p(np.log(probs)[None].astype("float32"), 0.8)
theirs = np.asarray(keras.ops.softmax(theirs))[0]
print(nucleus(probs, 0.8).round(4), theirs.round(4), sep="\n")
assert np.allclose(nucleus(probs, 0.8), theirs, atol=1e-6)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 预热
#
# 每一步的新状态都要接住，再传给下一步。循环结束时，`logits` 正是“读完全部提示之后，下一个是什么”。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def warm_up(step, state, prompt):
    for token in prompt:
        logits, state = step(token, state)
    return logits, state


check("char_lm.warm_up", warm_up)

# %% [markdown]
# 把它用在真的网络上，与整段一次算出的结果比较：

# %%
keras.utils.set_random_seed(0)
model = char_lm.build_lm(vocab_size=20, units=16, embedding=8)


def one_step(token, state):
    return decoding.step(model, np.array([token]), state)


prompt = [3, 1, 4, 1, 5, 9, 2, 6]
logits, _ = warm_up(one_step, decoding.initial_state(model, 1), prompt)
whole = model(np.array([prompt]))[:, -1]
difference = float(np.abs(np.asarray(logits) - np.asarray(whole)).max())
assert difference < 1e-5
print("step by step = all at once")

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆ 合起来的困惑度
#
# NLL 是每个字符损失的平均，所以合并时要先还原成总损失：每段的平均乘以字符数，加起来，除以总字符数。困惑度是最后一步才取的指数：先取指数再平均，会被最差的那一段带偏，因为 $e^x$ 是凸的。
#
# [题目](../11_char_lm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def perplexity(means, lengths):
    total = np.sum(np.asarray(means) * np.asarray(lengths))
    return np.exp(total / np.sum(lengths))


check("char_lm.perplexity", perplexity)

# %%
means, lengths = np.array([1.0, 2.0, 3.0]), np.array([100, 50, 10])
print("right          ", perplexity(means, lengths).round(3))
print("mean of PPLs   ", np.exp(means).mean().round(3))
print("unweighted NLL ", np.exp(means.mean()).round(3))

# %% [markdown]
# 三个数差得很远。论文和博客里的困惑度若没说怎样合并，就不能拿来比。
#
# [← 10 文本分类](10_text_classification.ipynb) · [目录](../index.md) · [正文](../11_char_lm.ipynb) · [12 词级语言模型与困惑度 →](12_word_lm.ipynb)<!-- nav -->
