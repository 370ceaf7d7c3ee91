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
# # 第 06 章 长短期记忆网络：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/06_lstm.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/06_lstm.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/06_lstm.ipynb)<!-- badges -->
#
# [← 05 激活函数、初始化与归一化](05_training_rnns.ipynb) · [目录](../index.md) · [正文](../06_lstm.ipynb) · [07 门控循环单元与表达力 →](07_gru.ipynb)<!-- nav -->
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
from keras import layers

from rnnbook import check
from rnnbook.cells import lstm_scan, lstm_step, sigmoid

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 再手算一步
#
# 思路：$h_2=0.256$，$c_2=0.383$，$x_3=1$。四个和：$a_i=1.1+0.256=1.356$，$a_f=1.1+1.1=2.2$，$a_g=0.55-0.256=0.294$，$a_o=2\times0.256=0.512$。四个函数：$i=0.795$，$f=0.9$，$g=0.286$，$o=0.625$。所以 $c_3=0.9\times0.383+0.795\times0.286=0.572$，$h_3=0.625\times\tanh(0.572)=0.323$。
#
# [题目](../06_lstm.ipynb#cell-id=ex-1)<!-- twin -->

# %%
W = np.array([[1.1, 1.1, 0.55, 0.0]])
U = np.array([[1.0, 0.0, -1.0, 2.0]])
b = np.array([0.0, 1.1, 0.0, 0.0])
h, c = np.array([[0.0]]), np.array([[1.0]])
for x in (1.0, -1.0, 1.0):
    h, c = lstm_step(np.array([[x]]), h, c, W, U, b)
h3_c3 = (h.item(), c.item())
print(np.round(h3_c3, 3))

# %%
check("lstm.hand_step", h3_c3)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 数参数
#
# 思路：四组（三扇门和候选值），每组 $W$、$U$、$b$。窥视孔是逐元素乘，三扇门各 H 个数。
#
# [题目](../06_lstm.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def param_count(features, units, peepholes=False):
    plain = 4 * units * (features + units + 1)
    return plain + 3 * units if peepholes else plain


lstm = layers.LSTM(16)
lstm.build((None, None, 8))
print(param_count(8, 16), lstm.count_params(), param_count(8, 16, True))

# %%
check("lstm.param_count", param_count)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 想记多久，偏置该设多少
#
# 思路：$f^n=\frac12$，所以 $f=2^{-1/n}$。再求 sigmoid 的反函数：$f=\sigma(b)$ 即 $b=\ln\dfrac{f}{1-f}$。
#
# [题目](../06_lstm.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def bias_for_half_life(n):
    f = 0.5 ** (1 / n)
    return np.log(f / (1 - f))


for n in (1, 2, 10, 100):
    print(n, "steps: bias", round(float(bias_for_half_life(n)), 3))

# %%
check("lstm.bias_for_half_life", bias_for_half_life)

# %% [markdown]
# Keras 默认的 1 只配得上两步的半衰期；想记 100 步，要将近 5。
#
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 写出 chrono 初始化的偏置
#
# 思路：四块的次序是 i、f、g、o，同一扇门的 H 个数连在一起。
#
# [题目](../06_lstm.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def chrono_bias(u):
    log, zero = np.log(u), np.zeros(len(u))
    return np.concatenate([-log, log, zero, zero])


u = np.array([2.0, 10.0, 50.0])
print("forget gates:", sigmoid(chrono_bias(u)[3:6]).round(3))

# %%
check("lstm.chrono_bias", chrono_bias)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 修好一个有毛病的步
#
# 思路：一，四块的次序是 i、f、g、o，不是 i、o、g、f；二，候选值用 tanh，用 sigmoid 就只能往上加；三，先更新 $c$，再用**新的** $c$ 算 $h$。三处都不改变形状，所以不会报错，只有和 Keras 核对才看得出来。
#
# [题目](../06_lstm.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def fixed_step(x, h, c, W, U, b):
    i, f, g, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c

# %%
check("lstm.fixed_step", fixed_step)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 手工设一个会数数的 LSTM
#
# 思路：一扇一扇想。
#
# - 遗忘门：平时全开，偏置 12（$1-\sigma(12)\approx6\times10^{-6}$，三百步也漏不掉）；清零时关上，权重 −24。
# - 输入门：常开，偏置 12。清零那一步的事件也要计入，所以它不看清零。
# - 候选值：有事件时等于 0.1，没有时等于 0，所以权重是 $\operatorname{arctanh}(0.1)$，偏置是 0。没有事件时写进去的是 0，输入门开着也无妨。
# - 输出门：只要求 $c$，随意。$U$ 全是 0。
#
# [题目](../06_lstm.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def counter():
    #             i    f     g                 o
    W = np.array([[0., 0.0, np.arctanh(0.1), 0.],  # event
                  [0., -24.0, 0.0, 0.]])           # reset
    return W, np.zeros((1, 4)), np.array([12.0, 12.0, 0.0, 0.0])


stream = np.array([[[1, 0], [0, 0], [1, 0], [1, 1], [1, 0]]], float)
zero = np.zeros((1, 1))
for t in range(1, 6):
    c = lstm_scan(stream[:, :t], zero, zero, *counter())[1][1]
    print(stream[0, t - 1], "c =", c.item().__round__(3))

# %%
check("lstm.counter", counter)
