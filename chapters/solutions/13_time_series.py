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
# # 第 13 章 时间序列预测：练习解答
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/solutions/13_time_series.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/solutions/13_time_series.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/solutions/13_time_series.ipynb)<!-- badges -->
#
# [← 12 词级语言模型与困惑度](12_word_lm.ipynb) · [目录](../index.md) · [正文](../13_time_series.ipynb) · [14 序列标注：BiLSTM-CRF →](14_sequence_labelling.ipynb)<!-- nav -->
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
from math import comb

import numpy as np

from rnnbook import check
from rnnbook.data.series import load_series
from rnnbook.time_series import backtest
from rnnbook.time_series.windows import mase

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 季节 MASE
#
# 思路：分子是测试部分的平均绝对误差；分母是训练部分里“照抄一个季节之前”的平均绝对误差。分母不能用测试部分：尺度要在看到测试之前就定下来。与书里的 `mase` 核对。
#
# [题目](../13_time_series.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def seasonal_mase(y, forecast, train, season):
    scale = np.abs(train[season:] - train[:-season]).mean()
    return np.abs(y - forecast).mean() / scale


y = load_series("airline").data.to_numpy()
naive = y[108:132]
print(round(seasonal_mase(y[120:], naive, y[:120], 12), 4),
      round(mase(y[120:], naive, y[:120], 12), 4))

# %%
check("time_series.seasonal_mase", seasonal_mase)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 变回人数
#
# 思路：$\ln\hat y_t=\hat w_t+\ln y_{t-1}+\ln y_{t-12}-\ln y_{t-13}$。`past` 的最后一个是 $y_{t-1}$，所以 $y_{t-12}$ 是 `past[-12]`，$y_{t-13}$ 是 `past[-13]`。
#
# [题目](../13_time_series.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def undo(w_hat, past):
    return np.exp(w_hat) * past[-1] * past[-12] / past[-13]

# %%
check("time_series.undo", undo)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 哪些用了未来
#
# 思路：对每一项问“1959 年 1 月 1 日的早上，这个数算得出来吗”。a 的最大值在 1960 年；c 的训练窗口里有未来；e 用测试误差挑种子；f 的中心平均用到后 6 个月。b 和 d 只用过去。
#
# [题目](../13_time_series.ipynb#cell-id=ex-3)<!-- twin -->

# %%
uses_future = {"a": True, "b": False, "c": True,
               "d": False, "e": True, "f": True}

# %%
check("time_series.uses_future", uses_future)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 递归预测
#
# 思路：复制一份过去，走一步接一个。拿同比增长来试：递归 12 步，等于 [13.8 节](../13_time_series.ipynb#cell-id=13-8)的同比路径。
#
# [题目](../13_time_series.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def recursive(one_step, past, horizon):
    path = np.array(past, dtype=float)
    for _ in range(horizon):
        path = np.append(path, one_step(path))
    return path[-horizon:]


same_growth = backtest.same_growth()(y[:120])
print(recursive(same_growth, y[:120], 12)[[0, 11]].round(1))

# %%
check("time_series.recursive", recursive)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 覆盖率够不够
#
# 思路：落在里面的个数服从二项分布，把 k 到 n 的概率加起来。20 个点里有 19 个：即使真正的比例正好是 80%，也有约 7% 的机会，不足以说区间太宽。84 个点里有 79 个就不同了：
#
# [题目](../13_time_series.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def tail(n, k, p):
    return sum(comb(n, i) * p**i * (1 - p)**(n - i) for i in range(k, n + 1))


print(round(tail(20, 19, 0.8), 3), f"{tail(84, 79, 0.8):.1e}")

# %%
check("time_series.tail", tail)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 自己的滞后探测器
#
# 思路：两种变化都从最后一个已知的真值 `y[:-1]` 算起。`np.diff(forecast)` 是相邻两个**预测**之差，那是另一回事。恰好抄昨天时预测的变化全是 0，相关系数没有定义，按约定返回 0。
#
# [题目](../13_time_series.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def change_correlation(y, forecast):
    said, true = forecast - y[:-1], y[1:] - y[:-1]
    if np.std(said) < 1e-12 or np.std(true) < 1e-12:
        return 0.0
    return np.corrcoef(said, true)[0, 1]


walk = np.random.default_rng(0).standard_normal(501).cumsum()
print(change_correlation(walk, walk[:-1]))

# %%
check("time_series.change_correlation", change_correlation)
