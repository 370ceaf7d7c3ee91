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
# # 第 08 章 双向、堆叠与残差：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/08_deep_bidirectional.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/08_deep_bidirectional.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/08_deep_bidirectional.ipynb)<!-- badges -->
#
# [← 07 门控循环单元与表达力](07_gru.ipynb) · [目录](../index.md) · [正文](../08_deep_bidirectional.ipynb) · [09 变长序列：填充、掩码与分桶 →](09_masking.ipynb)<!-- nav -->
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
import keras
import numpy as np
from keras import layers

from rnnbook import check
from rnnbook.cells.causality import look_ahead
from rnnbook.cells.directions import chunked, delayed

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 数参数
#
# 思路：一个方向的 LSTM 有 $4H(\text{输入宽度}+H+1)$ 个，双向乘 2。第一层的输入宽度是 `features`；从第二层起，输入是下面一层两个方向拼起来的，宽 $2H$。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def stack_params(features, units, depth):
    total, width = 0, features
    for _ in range(depth):
        total += 2 * 4 * units * (width + units + 1)
        width = 2 * units
    return total


model = keras.Sequential([keras.Input((None, 3))] + [
    layers.Bidirectional(layers.LSTM(16, return_sequences=True))
    for _ in range(3)])
print(stack_params(3, 16, 3), model.count_params())

# %%
check("deep_bidirectional.stack_params", stack_params)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 对齐
#
# 思路：后向那一遍第一个交出来的属于最后一步，所以沿时间轴（第 1 轴）倒过来，再沿最后一轴拼。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def align(forward, backward):
    return np.concatenate([forward, backward[:, ::-1]], axis=-1)

# %%
check("deep_bidirectional.align", align)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 判断因果
#
# 思路：盯住第 0 步的输出，问它会因为后面哪些输入而变。a 两层都只看过去，0；b 后向从最后一步读起，9；c 窗口左右各一步，1；d 只在左边补零，0；e 第 0 个输出其实是最后一步的状态，9；f 延迟相加，5。然后用测量核对。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-3)<!-- twin -->

# %%
steps_ahead = {"a": 0, "b": 9, "c": 1, "d": 0, "e": 9, "f": 5}

# %%
x = np.random.default_rng(0).standard_normal((4, 10, 3)).astype("float32")
h = keras.Input((10, 3))
sequences = {"return_sequences": True}
outputs = {
    "a": layers.LSTM(5, **sequences)(layers.LSTM(5, **sequences)(h)),
    "b": layers.Bidirectional(layers.LSTM(5, **sequences))(h),
    "c": layers.Conv1D(8, 3, padding="same")(h),
    "d": layers.Conv1D(8, 3, padding="causal")(h),
    "e": layers.LSTM(5, go_backwards=True, **sequences)(h),
    "f": delayed(delayed(h, 5, 2), 5, 3),
}
measured = {key: look_ahead(keras.Model(h, y), x)
            for key, y in outputs.items()}
print(measured)
assert measured == steps_ahead

# %%
check("deep_bidirectional.steps_ahead", steps_ahead)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 哪些能加残差
#
# 思路：写出每个 $f(h)$ 的形状，与 (4, 7, 16) 逐轴比较。b 少了时间轴，c 宽 32，其余都是 (4, 7, 16)。b 若用 NumPy 去加，(4, 7, 16) 与 (4, 16) 也对不上；但如果批恰好也是 7，广播不报错，悄悄算出错的结果：所以先看形状，再相加。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-4)<!-- twin -->

# %%
addable = {"a": True, "b": False, "c": False,
           "d": True, "e": True, "f": True}

# %%
check("deep_bidirectional.addable", addable)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 延迟预算
#
# 思路：延迟 k 步的层看到 k 步以后，上面一层又从那里再晚 k 步，所以逐层相加。分块时，各层的块对齐：第二层在块里看到的，是第一层在同一块里的输出，它们也只看到块的末尾，所以不相加。块里的第一步等得最久：size − 1 步。用测量核对后一句。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def latency_ms(kind, size, depth, step_ms):
    steps = size * depth if kind == "delayed" else size - 1
    return steps * step_ms


twice = chunked(chunked(h, 4, 5), 4, 5)
print("two chunked layers look", look_ahead(keras.Model(h, twice), x), "ahead")
assert look_ahead(keras.Model(h, twice), x) == 4

# %%
check("deep_bidirectional.latency_ms", latency_ms)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 写出测量本身
#
# 思路：一次只改一步输入 $x_s$，看哪些输出 $y_t$ 变了；答案是所有变了的 $(s,t)$ 里最大的 $s-t$。四个容易漏的地方：改副本，不要改 `x` 本身；所有特征一起改；先取绝对值再合并样本和特征，否则一正一负会抵消；和 0 比较，不要容差，因为因果是结构，不是大小。
#
# [题目](../08_deep_bidirectional.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def farthest(model, x):
    before, ahead = np.asarray(model(x)), []
    for s in range(x.shape[1]):
        edited = x.copy()
        edited[:, s] += 1
        change = np.abs(np.asarray(model(edited)) - before)
        changed = change.max(axis=(0, 2)) > 0
        ahead += [s - t for t in np.flatnonzero(changed)]
    return max(ahead)

# %%
check("deep_bidirectional.farthest", farthest)
