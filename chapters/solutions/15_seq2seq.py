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
# # 第 15 章 编码器-解码器：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/15_seq2seq.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/15_seq2seq.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/15_seq2seq.ipynb)<!-- badges -->
#
# [← 14 序列标注：BiLSTM-CRF](14_sequence_labelling.ipynb) · [目录](../index.md) · [正文](../15_seq2seq.ipynb) · [16 注意力机制 →](16_attention.ipynb)<!-- nav -->
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

from rnnbook import check

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 错开一步
#
# 思路：同一串答案用两次。前面加 `<s>` 就是输入，后面加 `</s>` 就是目标；两个一样长，再在右边补 0。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def shift(ids, steps):
    inputs, wanted = [1, *ids], [*ids, 2]
    padding = [0] * (steps - len(inputs))
    return inputs + padding, wanted + padding


print(shift([5, 6, 7], 6))

# %%
check("seq2seq.shift", shift)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 完全匹配
#
# 思路：填充的位置算作对，再问每一行是不是处处都对，最后对行取平均。顺序反过来（先对所有位置取平均）得到的是逐符号的正确率，它从不更低，往往高得多：一行 10 个字，若各自独立、每个 99% 对，整行只有约 90%。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def match_share(tokens, wanted):
    right = (tokens == wanted) | (wanted == 0)
    return right.all(axis=1).mean()


print("ten characters of 99 % each:", round(0.99 ** 10, 3))

# %%
check("seq2seq.exact_match", match_share)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 谁赢
#
# 思路：对数概率是负数，除以大于 1 的数，就往 0 靠近；长的除以更大的数，靠近得更多。分数最大的赢。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def winner(candidates, alpha):
    scores = [log_p / ((5 + length) / 6) ** alpha
              for log_p, length in candidates]
    return int(np.argmax(scores))


print([winner([(-4.0, 3), (-5.0, 9)], alpha) for alpha in (0, 0.2, 0.4, 1)])

# %%
check("seq2seq.winner", winner)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 掷硬币
#
# 思路：`own[:, t]` 是第 t 步写出的，它要当第 t+1 步的输入，所以先右移一格；空出来的第一列放回 `<s>`。然后 `np.where` 按硬币选。不要用 `np.roll`：它会把最后一列转到最前面。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def mix(inputs, own, coin):
    moved = np.concatenate([inputs[:, :1], own[:, :-1]], axis=1)
    return np.where(coin, moved, inputs)

# %%
check("seq2seq.mix", mix)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 贪心解码
#
# 思路：两样东西要带到下一步：刚写出的符号，和新的状态。忘了哪一样都不报错，只是写错。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def greedy_decode(step, state, start, end, limit):
    token, written = start, []
    while len(written) < limit and token != end:
        logits, state = step(token, state)
        token = int(np.argmax(logits))
        written.append(token)
    return written

# %%
check("seq2seq.greedy_decode", greedy_decode)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 束搜索
#
# 思路：每个开头带着自己的状态。每一轮，没写完的各接上每一个符号，写完的原样留下，一起排序，只留前 `width` 个。logits 要先做 log_softmax 才能相加：不同的开头有不同的归一化常数，省不掉。
#
# [题目](../15_seq2seq.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def beam_decode(step, state, start, end, limit, width):
    kept = [(0.0, [], state)]
    for _ in range(limit):
        longer = [b for b in kept if b[1] and b[1][-1] == end]
        for score, text, now in kept:
            if text and text[-1] == end:
                continue
            logits, after = step(text[-1] if text else start, now)
            log_p = logits - np.logaddexp.reduce(logits)
            longer += [(score + p, [*text, token], after)
                       for token, p in enumerate(log_p)]
        kept = sorted(longer, key=lambda b: b[0], reverse=True)[:width]
    score, text, _ = kept[0]
    return score, text

# %%
check("seq2seq.beam_decode", beam_decode)
