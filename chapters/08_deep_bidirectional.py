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
# # 第 08 章 双向、堆叠与残差
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/08_deep_bidirectional.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/08_deep_bidirectional.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/08_deep_bidirectional.ipynb)<!-- badges -->
#
# [← 07 门控循环单元与表达力](07_gru.ipynb) · [目录](index.md) · [解答](solutions/08_deep_bidirectional.ipynb) · [09 变长序列：填充、掩码与分桶 →](09_masking.ipynb)<!-- nav -->
#
# 读完这一章，你会有一个能查出任何模型是否偷看了未来的测试，会自己搭出双向、堆叠和残差网络与 Keras 相差不到 $10^{-6}$，并且知道第二个方向在真实的中文词性标注上值几个百分点，又比一个不循环的线性模型强不强。
#
# | | |
# |---|---|
# | **你将会** | **测出**一个模型的每个输出看得到哪些输入；**搭出**双向、延迟、分块、堆叠与残差的网络；**衡量**方向和深度在真实任务上的得失 |
# | **你需要** | [第 02 章](02_rnn_forward.ipynb)的 `rnn_scan`，[第 03 章](03_bptt.ipynb)的 BPTT，[第 06 章](06_lstm.ipynb)的 LSTM |
# | **时间** | 阅读 45 分钟<!-- minutes -->，练习 50 分钟，运行约 107 s<!-- seconds --> |

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
from rnnbook.notebook.figures import BLUE, GREY, ORANGE, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 给一句分好词的中文标词性。一个网络只从左往右读，另一个两个方向都读，两者大小相同。后者在测试集上的正确率高几个百分点：0.1、1、5，还是 20？
#
# 先把你的猜测写进下面的格子，[8.8 节](#cell-id=8-8)用测量来回答。

# %%
guess = None  # percentage points, e.g. 5

# %% [markdown]
# <a id="cell-id=8-1"></a>
# ## 8.1 改动未来，过去变不变
#
# [第 02 章](02_rnn_forward.ipynb)的网络从左往右读，$h_t$ 由 $x_1,\dots,x_t$ 算出，与 $x_{t+1}$ 无关。输出只依赖现在和过去的模型叫**因果的 (causal)**。这件事不用读代码，做一个实验就知道。把某一步以后的输入全部换掉，看前面的输出变不变。
#
# 先用手算得清的网络：1 个隐藏单元，$W=U=0.5$，$b=0$。改动第 4 个输入（下标 3）以后的一切。

# %% name="edit_by_hand"
from rnnbook.cells import rnn_scan

W, U, b = np.full((1, 1), 0.5), np.full((1, 1), 0.5), np.zeros(1)
x = np.array([1.0, -1.0, 2.0, 0.0, 1.0, -2.0]).reshape(1, 6, 1)
edited = x.copy()
edited[:, 3:] += 1
before, after = (rnn_scan(v, np.zeros((1, 1)), W, U, b)[0]
                 for v in (x, edited))
print("before", before[0, :, 0].round(3))
print("after ", after[0, :, 0].round(3))
claim("by_hand_past_change", np.abs(after - before)[:, :3].max(), at_most=0)

# %% [markdown]
# 前三个数一位不差，从第四个起全变。注意是恰好 0，不是“很小”，因为计算 $h_1,h_2,h_3$ 时根本没有用到被改的数。所以判断因果不需要容差。
#
# 把这个实验写成一个函数，模型是什么都行，只要能从 (B, T, D) 算出 (B, T, …)。

# %%
def change_after_edit(model, x, step):
    edited = x.copy()
    edited[:, step:] += 1  # edit the future
    change = ops.abs(model(edited) - model(x))
    return ops.convert_to_numpy(ops.max(change, axis=(0, 2)))  # (T,)

# %% [markdown]
# 拿两个没有训练过的 Keras 层来考它，8 步输入，从下标 5（第 6 个输入）起改动。

# %% name="lstm_edit"
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).standard_normal((4, 8, 3)).astype("float32")
lstm = layers.LSTM(16, return_sequences=True)
bilstm = layers.Bidirectional(layers.LSTM(16, return_sequences=True))
for name, model in (("one way", lstm), ("two ways", bilstm)):
    print(f"{name:8s}", change_after_edit(model, x, 5).round(2))

# %% [markdown]
# 第一行前 5 个数是 0，第二行没有一个是 0。`rnnbook.cells.causality` 里有一个更周全的版本，也认得词的编号（整数），并且在模型带着状态、带着随机性、或者没有 `return_sequences` 时给出明白的错误，而不是一个误导人的数。

# %%
from rnnbook.cells.causality import CausalityError, future_edit

past = future_edit(lstm, x, 5)
both = future_edit(bilstm, x, 5)
claim("one_way_past_change", past[:5].max(), at_most=0)
claim("two_ways_past_change", both[:5].max(), at_least=0.2)
try:
    future_edit(layers.LSTM(16), x, 5)
except CausalityError as error:
    print(error)

# %% [markdown]
# 单向的 LSTM，过去的变化是 0<!-- claim one_way_past_change -->。双向的最多变了 0.28<!-- claim two_ways_past_change -->。“循环网络捕捉前后上下文”这句话，对单向网络只有“前”，没有“后”（E29）。

# %% [markdown]
# <a id="cell-id=8-2"></a>
# ## 8.2 往后看一步的任务
#
# “看不见未来”有时要紧，有时不要紧。造一个只有这一点要紧的任务，输入是随机的 0 和 1，第 $t$ 步要答出第 $t+1$ 位是什么。

# %% name="task"
from rnnbook.data.tasks import look_ahead as next_bits

bits, wanted = next_bits(512, 21, 1, seed=0)
bits, wanted = bits[:, :20], wanted[:, :20]
print("bits  ", bits[0, :12, 0].astype(int))
print("wanted", wanted[0, :12])

# %% [markdown]
# `wanted` 就是 `bits` 左移一位。没有见过下一位的读者，只能猜，对一半。最后一步要的那一位谁也没见过，不计分。
#
# 单向和双向各训练一个，每步输出一个概率。

# %%
def reader(h_of_x):
    x = keras.Input((20, 1))
    h = layers.Dense(1, activation="sigmoid")(h_of_x(x))
    model = keras.Model(x, h)
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy",
                  jit_compile=False)
    return model

# %% tags=["training"]
from rnnbook.cells.directions import one_way, two_ways
from rnnbook.training.fitting import fit, seed_everything

new_bits, new_wanted = next_bits(1000, 21, 1, seed=1)
new_bits, new_wanted = new_bits[:, :20], new_wanted[:, :20]

def train(h_of_x, seed=0):
    seed_everything(seed)
    model = reader(h_of_x)
    fit(model, bits, wanted[..., None], batch_size=32, epochs=12)
    guess = ops.convert_to_numpy(model(new_bits))[..., 0] > 0.5
    return model, np.mean((guess == new_wanted)[:, :-1])

left_to_right, one = train(lambda x: one_way(x, 16))
bidirectional, two = train(lambda x: two_ways(x, 16))
claim("look_ahead_one_way", one, close_to=0.4985, tol=0.0045)
claim("look_ahead_two_ways", two, at_least=0.99)

# %% [markdown]
# 单向 0.50<!-- claim look_ahead_one_way -->，和抛硬币一样；双向 1.00<!-- claim look_ahead_two_ways -->。再训练多久、加多少单元都没有用，新的序列上总是对一半上下，因为需要的信息还没有到。五个种子的结果在 [8.4 节](#cell-id=8-4)。

# %% [markdown]
# <a id="cell-id=8-3"></a>
# ## 8.3 双向：两遍扫描，对齐，拼起来
#
# **双向循环神经网络 (bidirectional RNN)**（Schuster 和 Paliwal，1997）用两组权重读两遍，一遍从左往右，一遍从右往左；第 $t$ 步的输出把两个状态拼起来。
#
# $$\overrightarrow h_t=\overrightarrow f(x_t,\overrightarrow h_{t-1}),\qquad \overleftarrow h_t=\overleftarrow f(x_t,\overleftarrow h_{t+1}),\qquad y_t=[\overrightarrow h_t,\ \overleftarrow h_t]$$
#
# 从右往左读，就是把序列倒过来，再照常从左往右读。用最简单的“网络”看清对齐，它的状态是读过的数之和。

# %% name="align"
numbers = np.array([1, 2, 3, 4])
forward = np.cumsum(numbers)
backward = np.cumsum(numbers[::-1])  # in the order of reading: 4, 3, 2, 1
print("forward          ", forward)
print("backward, as read", backward)
print("backward, aligned", backward[::-1])
claim("first_sees_all", backward[::-1][0], close_to=numbers.sum(), tol=0)

# %% [markdown]
# 从右往左读时，第一个算出来的 4 属于最后一步。要和 `forward` 拼在一起，必须再倒回来：第 1 步对应 10（它后面的全看过了），第 4 步对应 4。忘了把输出倒回来是双向网络常见的错误，形状全对，不报错，只是第 1 步拼上了第 4 步的状态。
#
# 写成函数，对任何扫描都适用。

# %%
def bidirectional_scan(scan, xs, forward, backward):
    hs, last = scan(xs, *forward)
    # read right to left
    back, back_last = scan(xs[:, ::-1], *backward)
    back = back[:, ::-1]  # align: step t next to step t
    return np.concatenate([hs, back], axis=-1), (last, back_last)

# %% [markdown]
# 和 `keras.layers.Bidirectional` 核对。它的权重先是前向层的三个，再是后向层的三个。

# %% name="equal_keras"
from rnnbook.cells import lstm_scan

weights = bilstm.get_weights()
print([w.shape for w in weights])
zero = np.zeros((4, 16), "float32")
own, (last, back_last) = bidirectional_scan(
    lstm_scan, x, (zero, zero, *weights[:3]), (zero, zero, *weights[3:]))
theirs = ops.convert_to_numpy(bilstm(x))
claim("own_equals_bidirectional", np.abs(own - theirs).max(), at_most=1e-6)

# %%
unaligned = own.copy()
unaligned[:, :, 16:] = own[:, ::-1, 16:]  # the bug: not reversed back
print("shapes:", unaligned.shape, theirs.shape)
claim("unaligned_differs", np.abs(unaligned - theirs).max(), at_least=0.2)

# %% [markdown]
# 对齐的版本与 Keras 差 7.5e-08<!-- claim own_equals_bidirectional -->；忘了倒回来，形状一样，差 0.31<!-- claim unaligned_differs -->。
#
# 第二个常见的错误在取“最后一步”时。只要一个向量（多对一）时，两个方向各自的末状态一个在右端，一个在左端。`bilstm(x)[:, -1]` 里的后向部分只读过最后一个输入。

# %%
summary = layers.Bidirectional(layers.LSTM(16))  # return_sequences=False
summary.build(x.shape)
summary.set_weights(weights)
ends = np.concatenate([own[:, -1, :16], own[:, 0, 16:]], axis=-1)
claim("summary_is_both_ends",
      np.abs(ops.convert_to_numpy(summary(x)) - ends).max(), at_most=1e-6)
claim("last_step_is_not_summary",
      np.abs(own[:, -1] - ends).max(), at_least=0.19)

# %% [markdown]
# ### 怎样合并
#
# `merge_mode` 决定两个状态怎样合成一个，可以拼接、相加、相乘、取平均，或者都不（`None`，交出两个）。层里的参数一样多；变的是输出的宽度，所以下一层的参数变了。

# %% name="merge_modes"
operations = {"concat": lambda f, g: np.concatenate([f, g], -1),
              "sum": np.add, "mul": np.multiply,
              "ave": lambda f, g: (f + g) / 2}
error = 0
for mode, merge in operations.items():
    layer = layers.Bidirectional(
        layers.LSTM(16, return_sequences=True), merge_mode=mode)
    layer.build(x.shape)
    layer.set_weights(weights)
    h = ops.convert_to_numpy(layer(x))
    error = max(error, np.abs(merge(own[..., :16], own[..., 16:]) - h).max())
    head = layers.Dense(5)
    head.build(h.shape)
    print(f"{mode:6s} {h.shape!s:11s} {layer.count_params()} parameters, "
          f"Dense(5) after it {head.count_params()}")
claim("merge_modes_equal_keras", error, at_most=1e-6)
claim("bilstm_parameters", layer.count_params(),
      close_to=2 * 4 * 16 * (3 + 16 + 1), tol=0)

# %% [markdown]
# 双向 LSTM 的参数是单向的两倍，$2\times4H(D+H+1)$，这里 D = 3、H = 16，共 2560<!-- claim bilstm_parameters --> 个。要公平地比较“一个方向”和“两个方向”，应当让输出的宽度或参数相当，而不是让单元数 H 相同；[8.8 节](#cell-id=8-8)就这样比。

# %% [markdown]
# <a id="cell-id=8-4"></a>
# ## 8.4 在“等一等”和“等到底”之间
#
# 双向网络要等整句到齐。可是 [8.2 节](#cell-id=8-2)的任务只要多看一步。在“一步不等”和“等到底”之间，有两种常用的折中。
#
# 一、**延迟输出 (delayed output)** 的网络仍从左往右读，只是晚 $k$ 步作答。实现只要在末尾补 $k$ 个零，再丢掉前 $k$ 个输出；第 $t$ 个输出看得到 $x_1,\dots,x_{t+k}$。

# %%
def delayed(x, units, delay):
    x = layers.ZeroPadding1D((0, delay))(x)  # read k zeros after the end
    h = layers.LSTM(units, return_sequences=True)(x)
    return layers.Cropping1D((delay, 0))(h)  # drop the first k outputs

# %% [markdown]
# 二、**分块双向 (chunked bidirectional)** 从左往右的一遍照常走完全程；从右往左的一遍只在每一块之内进行。收满一块就能作答，第 $t$ 个输出看得到它所在那块的末尾。语音识别里的 latency-controlled BLSTM（Zhang 等，2016）就是这样，外加每块右边再多看几步。

# %%
def chunked(x, units, chunk):
    steps, features = x.shape[1:]
    forward = layers.LSTM(units, return_sequences=True)(x)
    parts = ops.reshape(x, (-1, chunk, features))  # chunks become samples
    back = layers.LSTM(units, return_sequences=True, go_backwards=True)(parts)
    back = ops.reshape(ops.flip(back, axis=1), (-1, steps, units))
    return layers.Concatenate()([forward, back])

# %% [markdown]
# `go_backwards=True` 从右往左读，交出的次序也是从右往左，所以要自己用 `flip` 对齐，又是 [8.3 节](#cell-id=8-3)那件事。
#
# 现在画出四种网络的**依赖图**：逐个改动输入 $x_s$，看每个输出 $y_t$ 变多少。网络都没有训练过，图上的形状是结构决定的。

# %% name="who_sees_what"
from rnnbook.cells.causality import dependence

keras.utils.set_random_seed(1)
x10 = np.random.default_rng(1).standard_normal((8, 10, 2)).astype("float32")
kinds = {"one way": lambda x: one_way(x, 8),
         "delayed by 2": lambda x: delayed(x, 8, 2),
         "chunks of 5": lambda x: chunked(x, 8, 5),
         "two ways": lambda x: two_ways(x, 8)}
fig, axes = plt.subplots(1, 4, figsize=(11.5, 3.3), sharey=True)
sees, reach = {}, {}
for axis, (name, build) in zip(axes, kinds.items()):
    inputs = keras.Input((10, 2))
    model = keras.Model(inputs, build(inputs))
    sees[name] = dependence(model, x10)
    reach[name] = int(max(s - t for t, s in np.argwhere(sees[name] > 0)))
    seen = np.ma.log10(np.ma.masked_equal(sees[name], 0))
    image = axis.imshow(seen, cmap="viridis", vmin=-3, vmax=0)
    axis.plot([-0.5, 9.5], [-0.5, 9.5], color=VERMILION, lw=1.5)
    axis.set(title=f"{name}: {reach[name]} ahead", xlabel="edited input s",
             xticks=range(0, 10, 3), yticks=range(0, 10, 3))
    axis.title.set_size(11.5)
    axis.grid(False)
axes[0].set_ylabel("output t")
fig.colorbar(image, ax=axes, label="log10 of the change", shrink=0.9)
fig.suptitle("White: this output cannot see this input", x=0.01, ha="left",
             weight="bold")
plt.show()

# %%
print(reach)
claim("look_ahead_of_delay", reach["delayed by 2"], close_to=2, tol=0)
claim("look_ahead_of_chunks", reach["chunks of 5"], close_to=4, tol=0)
claim("look_ahead_of_both", reach["two ways"], close_to=9, tol=0)
claim("one_way_sees_no_future", np.triu(sees["one way"], 1).max(), at_most=0)
claim("shares_seen", (sees["chunks of 5"] > 0).mean(), close_to=0.75, tol=0)

# %% [markdown]
# 每一行是一个输出。红线上的格子是“此刻”，红线右上方是未来。单向只有左下三角；延迟 2 步，三角向右移了 2 格；分块是一级一级的台阶，块内最多看 4<!-- claim look_ahead_of_chunks --> 步；双向全部看得见，最远 9<!-- claim look_ahead_of_both --> 步。颜色是影响的大小，离得越远越暗，这是[第 04 章](04_vanishing_gradients.ipynb)的事。
#
# 这张图也是一份**延迟预算 (latency budget)**，看到 $x_{t+k}$ 才能作答的系统，至少要晚 $k$ 步。

# %% [markdown]
# ### 只差一步，就不必等到底
#
# 把延迟 1 步和每块 5 步的网络放到 [8.2 节](#cell-id=8-2)的任务上。分块网络在每块的最后一步看不见下一位，只能猜；我们能预先算出它的正确率，计分的 19 步里，有 3 步（第 5、10、15 步）只对一半。

# %% tags=["training"]
_, late = train(lambda x: delayed(x, 16, 1))
_, parts = train(lambda x: chunked(x, 16, 5))
claim("look_ahead_delayed", late, at_least=0.9975)
claim("look_ahead_chunked", parts, close_to=(16 + 3 * 0.5) / 19, tol=0.005)

# %% [markdown]
# 延迟一步的单向网络 1.00<!-- claim look_ahead_delayed -->，分块的 0.92<!-- claim look_ahead_chunked -->，与算出来的 $17.5/19=0.921$ 相符。所以“双向网络只能离线使用”要分开说。要看完整句的，是；只要看有限几步的，不必（E26）。
#
# 一个种子不算数。下面是录好的五个种子（`python -m rnnbook.recipes run look_ahead`）。

# %% name="look_ahead_seeds"
log = recipes.load("look_ahead").log
table = log.groupby("reader").accuracy.agg(["min", "max", "count"])
print(table.round(3))
claim("seeds_one_way_best", table.loc["one way", "max"], at_most=0.53)
claim("seeds_two_ways_worst", table.loc["two ways", "min"], at_least=0.99)
claim("seeds_delayed_worst", table.loc["delayed", "min"], at_least=0.99)

# %% [markdown]
# 五个种子里，单向最好的一次是 0.505<!-- claim seeds_one_way_best -->，双向和延迟最差的一次是 1.000<!-- claim seeds_two_ways_worst --> 和 0.999<!-- claim seeds_delayed_worst -->。

# %% [markdown]
# <a id="cell-id=8-5"></a>
# ## 8.5 语言模型为什么不能双向
#
# 语言模型（[第 11 章](11_char_lm.ipynb)）在每一步预测下一个符号。[8.2 节](#cell-id=8-2)的任务正是随机比特的语言模型。掷硬币没有规律可学，任何诚实的模型，每步的期望损失都不会低于 $\ln2=0.693$ 奈特。看看刚才那个双向网络的“成绩”。

# %% tags=["training"]
nats = {}
for name, model in (("one way", left_to_right), ("two ways", bidirectional)):
    p = np.asarray(model(new_bits))[..., 0].astype(float)
    p = np.where(new_wanted == 1, p, 1 - p)[:, :-1].clip(1e-9)
    nats[name] = -np.log(p).mean()
claim("nats_one_way", nats["one way"], close_to=0.6935, tol=5e-4)
claim("nats_two_ways", nats["two ways"], at_most=8.5e-4)

# %% [markdown]
# 双向网络只有 0.00<!-- claim nats_two_ways --> 奈特，远低于谁也越不过的 0.693。这不是模型好，是泄漏，第 $t$ 步要预测的 $x_{t+1}$，正是后向那一遍刚刚读过的输入。
#
# 生成的时候，下一位还没有写出来，抄不到了。给前 10 位，后面填 0，问第 11 位：

# %% tags=["training"]
prefix = new_bits.copy()
prefix[:, 10:] = 0  # not written yet
p = np.asarray(bidirectional(prefix))[:, 9, 0]
generating = np.mean((p > 0.5) == new_bits[:, 10, 0])
claim("two_ways_when_generating", generating,
      at_least=0.463, at_most=0.527)

# %% [markdown]
# 正确率回到 0.47<!-- claim two_ways_when_generating -->，它照抄填进去的 0，只有真答案也是 0 时才对。训练和评估时都漂亮，一用就露馅。真实的文本没有现成的下限可比，损失低得可疑时也难断定；因果测试给得出断定。写语言模型时，把下面这一行放进测试里。

# %% name="leak_found"
from rnnbook.cells.causality import assert_causal

assert_causal(left_to_right, bits[:4])
try:
    assert_causal(bidirectional, bits[:4])
except CausalityError as error:
    print(str(error).split(": editing")[0])

# %% [markdown]
# 双向的用处在标注（本章的词性、[第 14 章](14_sequence_labelling.ipynb)的命名实体）、分类和编码器，输入早已完整，要预测的东西不在输入里。预测时间序列（[第 13 章](13_time_series.ipynb)）时，读已知的过去可以双向，要预测的那一段不能给后向那一遍看见。

# %% [markdown]
# <a id="cell-id=8-6"></a>
# ## 8.6 堆叠：一层的输出是下一层的输入
#
# 一层的每一步状态作为下一层的输入序列，叫**堆叠的循环网络 (stacked RNN)**。第 $l$ 层：
#
# $$h^{(l)}_t=f_l\bigl(h^{(l-1)}_t,\ h^{(l)}_{t-1}\bigr),\qquad h^{(0)}_t=x_t$$
#
# 除最上层外都要 `return_sequences=True`，下一层要的是整个序列。

# %%
def stacked_scan(xs, weights, residual=False):
    h = xs
    for W, U, b in weights:  # bottom to top
        zero = np.zeros((len(xs), U.shape[0]))
        out, _ = lstm_scan(h, zero, zero, W, U, b)
        # y = h + f(h) where the widths agree
        h = h + out if residual and out.shape == h.shape else out
    return h

# %%
keras.utils.set_random_seed(2)
stack = [layers.LSTM(16, return_sequences=True) for _ in range(3)]
h = x
for layer in stack:
    h = layer(h)
triples = [layer.get_weights() for layer in stack]
claim("own_stack_equals_keras",
      np.abs(stacked_scan(x, triples) - ops.convert_to_numpy(h)).max(),
      at_most=1e-6)
print("parameters:", [layer.count_params() for layer in stack])
claim("upper_layer_parameters", stack[1].count_params(),
      close_to=4 * 16 * (16 + 16 + 1), tol=0)

# %% [markdown]
# 第一层 $4H(D+H+1)$，往上每层 $4H(2H+1)$，这里是 2112<!-- claim upper_layer_parameters -->。双向堆叠时，上一层交来的宽度是 $2H$。
#
# 堆叠是因果的吗？每一层都是，合起来也是，`look_ahead` 仍是 0。延迟却会逐层相加，两层各延迟 2 步，就看 4 步。分块会不会，练习 5 要你算这笔账。

# %%
from rnnbook.cells.causality import look_ahead

inputs = keras.Input((10, 2))
two_late = delayed(delayed(inputs, 8, 2), 8, 2)
causal_stack = one_way(one_way(inputs, 8), 8)
claim("stack_looks_ahead",
      look_ahead(keras.Model(inputs, causal_stack), x10), close_to=0, tol=0)
claim("delays_add",
      look_ahead(keras.Model(inputs, two_late), x10), close_to=4, tol=0)

# %% [markdown]
# “深”在循环网络里有几种意思（Pascanu 等，2014）。沿时间展开本来就深，堆叠加深的是层与层之间，一步之内也可以加深，例如状态到状态之间多走一层。

# %% name="depths"
from rnnbook.notebook import diagrams

diagrams.depths()
plt.show()

# %% [markdown]
# 橙色的线是时间。堆叠的网络里，每一层的状态传给自己的下一步；深转移 (deep transition) 的网络只有一个循环，顶上的 $h_1$ 回到底下的 $s_2$，一步之内多走了一层。后两张图给一层 $f$ 旁边修了一条直路（蓝色），是下一节的内容：残差把两路直接相加，highway（Srivastava 等，2015）用门 $g$ 分配，$y=g\odot f(h)+(1-g)\odot h$。本章只训练堆叠的网络。

# %% [markdown] tags=["optional"]
# <a id="cell-id=8-7"></a>
# ## 8.7 选读：残差，给梯度一条直路
#
# 层数多了，梯度从上往下也要穿过一层又一层，和沿时间往回走是同一种连乘。**残差连接 (residual connection)**（He 等，2016）在每层旁边加一条直路：
#
# $$y=h+f(h),\qquad \frac{\partial L}{\partial h}=\frac{\partial L}{\partial y}\Bigl(I+\frac{\partial f}{\partial h}\Bigr)$$
#
# 那个 $I$ 让上面的梯度原样到达下面，再加上穿过 $f$ 的一份。前提是 $h$ 与 $f(h)$ 形状相同。GNMT（Wu 等，2016）的八层 LSTM 就这样接。先和 Keras 核对。

# %%
h = x
for layer in stack:
    out = layer(h)
    h = layers.Add()([h, out]) if h.shape == out.shape else out
claim("own_residual_equals_keras",
      np.abs(stacked_scan(x, triples, residual=True)
             - ops.convert_to_numpy(h)).max(), at_most=1e-6)

# %% [markdown]
# 再看信号怎样往上走，梯度怎样往下走。[第 03 章](03_bptt.ipynb)的 `bptt` 不但给出一层权重的梯度，还给出它对输入的梯度 `xs`，那正是下面一层收到的 `d_hs`。所以穿过整个堆叠只要一个循环。

# %%
from rnnbook.gradients.backprop import bptt

def up_and_down(inputs, weights, d_top, residual):
    hs, zero = [inputs], np.zeros((len(inputs), len(weights[0][1])))
    for layer in weights:  # the signal, bottom to top
        out, _ = lstm_scan(hs[-1], zero, zero, *layer)
        hs.append(hs[-1] + out if residual else out)
    ds = [d_top]
    for h, layer in zip(hs[-2::-1], weights[::-1]):  # the gradient, back
        through = bptt("lstm", h, (zero, zero), layer, ds[-1]).xs
        # through the layer, and along the straight road
        ds.append(through + ds[-1] if residual else through)
    size = [np.sqrt(np.mean(np.square(v))) for v in (*hs, *ds[::-1])]
    return np.reshape(size, (2, -1))  # signal, gradient at levels 0 … depth

# %% [markdown]
# 8 层，每层 32 个单元，权重照 Keras 的默认初始化；输入和最上面收到的梯度都是标准正态的随机数，所以两张图都从 1 出发。5 个种子。

# %% name="signal_and_gradient"
def random_stack(depth, units, seed):
    keras.utils.set_random_seed(seed)
    stack = [layers.LSTM(units) for _ in range(depth)]
    for layer in stack:
        layer.build((None, None, units))
    return [[np.float64(w) for w in layer.get_weights()] for layer in stack]

sizes = {False: [], True: []}
for seed in range(5):
    rng = np.random.default_rng(seed)
    inputs, d_top = rng.standard_normal((2, 8, 20, 32))
    for residual in sizes:
        sizes[residual].append(up_and_down(
            inputs, random_stack(8, 32, seed), d_top, residual))
fig, axes = plt.subplots(1, 2, figsize=(10.5, 3.7))
for residual, name, style in ((False, "plain", "o--"),
                              (True, "residual", "s-")):
    values = np.array(sizes[residual])  # (seeds, 2, levels)
    color = BLUE if residual else VERMILION
    for k, axis in enumerate(axes):
        axis.semilogy(range(9), np.median(values[:, k], 0), style,
                      color=color, label=name)
        axis.fill_between(range(9), values[:, k].min(0),
                          values[:, k].max(0), color=color, alpha=0.2)
axes[0].set(xlabel="layer (0 = input)", ylabel="root mean square of h",
            title="Going up, the signal fades")
axes[1].set(xlabel="layer (8 = top)", ylabel="root mean square of dL/dh",
            title="Going down, the gradient fades")
axes[0].legend(loc="lower left")
plt.show()

# %%
for residual, name, *bounds in (
        (False, "plain", {"at_least": 700}, {"at_least": 500}),
        (True, "residual", {"at_most": 1.16}, {"at_most": 1.2})):
    up, down = np.median(sizes[residual], axis=0)
    for way, size, bound in zip(("signal", "gradient"), (up, down[::-1]),
                                bounds):
        ratio = size[0] / size[-1]
        claim(f"{name}_{way}_ratio", max(ratio, 1 / ratio), **bound)

# %% [markdown]
# 没有残差，信号上到第 8 层缩小了 1026<!-- claim plain_signal_ratio --> 倍，梯度下到输入缩小了 919<!-- claim plain_gradient_ratio --> 倍。权重的梯度是这两样东西的乘积，所以每一层的权重都几乎收不到梯度，不只是下面几层。有了残差，两样只变了 1.1<!-- claim residual_signal_ratio --> 倍和 1.2<!-- claim residual_gradient_ratio --> 倍。
#
# 为什么缩小？初始时输出门大约只开一半（$\sigma(0)=0.5$），每过一层乘一次。把输出门的偏置改成 5，门几乎全开，别的都不动，再量一遍。

# %% name="open_gates"
opened = []
for seed in range(5):
    rng = np.random.default_rng(seed)
    inputs, d_top = rng.standard_normal((2, 8, 20, 32))
    weights = random_stack(8, 32, seed)
    for _, _, b in weights:
        b[-32:] = 5  # the output gate stands last
    opened.append(up_and_down(inputs, weights, d_top, residual=False))
signal, gradient = np.median(opened, axis=0)
claim("open_signal_ratio", signal[0] / signal[-1], at_most=6.4)
claim("open_gradient_ratio", gradient[-1] / gradient[0], at_most=6.4)

# %% [markdown]
# 信号只缩小 4.8<!-- claim open_signal_ratio --> 倍，梯度 3.6<!-- claim open_gradient_ratio --> 倍，不到原来的百分之一。所以半开的输出门确实是主要的原因。这都是刚初始化时的情形，训练会改动门，Adam 又会把一律偏小的梯度放大回来（[第 04 章](04_vanishing_gradients.ipynb)），所以从这张图推不出几层就训练不动，要看 [8.8 节](#cell-id=8-8)。

# %% [markdown]
# <a id="cell-id=8-8"></a>
# ## 8.8 真实的任务：中文词性标注
#
# **词性标注 (part-of-speech tagging)** 给句子里的每个词标上名词、动词、介词……同一个词在不同句子里词性不同：“他 研究 问题”里是动词，“这 项 研究 结束 了”里是名词。训练用 UD 的 GSDSimp 验证集和化成简体的 PUD（每十句留一句作验证），测试用 GSDSimp 测试集。

# %% name="bank" tags=["data"]
from rnnbook.data.conllu import load_ud_chinese

bank = load_ud_chinese()
for part in ("train", "validation", "test"):
    sentences = getattr(bank, part)
    print(f"{part:10s} {len(sentences):5d} sentences "
          f"{sum(map(len, sentences)):6d} words")
print(*(f"{word}/{tag}" for word, tag in bank.test[0][:12]))

# %% [markdown]
# 任何网络之前，先看一个不看上下文的基线：每个词标它在训练集里最常见的词性，没见过的词标名词。

# %% tags=["data"]
from rnnbook.labelling import pos_tagger

full = bank.source.full
guesses = pos_tagger.most_frequent_tag(bank.train, bank.test)
claim("baseline", pos_tagger.accuracy(guesses, bank.test), close_to=0.746,
      tol=0.005, scope="full", full=full)
known = {word for sentence in bank.train for word, _ in sentence}
unseen = [word not in known for sentence in bank.test
          for word, _ in sentence]
claim("unseen_words", np.mean(unseen), close_to=0.212, tol=0.005,
      scope="full", full=full)

# %% [markdown]
# 基线 74.6%<!-- claim baseline -->；测试集里有 21.2%<!-- claim unseen_words --> 的词在训练集里没有出现过。没见过的词不是毫无线索，测试集里的“粘度”“福州”没有见过，末尾的“度”“州”却见过。
#
# 所以还要一个更强、同样便宜的对手，一个线性模型。每个词的线索是它自己、首字、尾字、头两个字、末两个字和字数，邻词再各给三样（词、首字、尾字）。没有嵌入，没有循环，最远只看相邻的一个词。

# %% tags=["data"]
def clues(words, neighbours):
    around, rows = ["#", *words, "#"], []
    for t, word in enumerate(words, 1):
        row = [f"head {word[:2]}", f"tail {word[-2:]}", f"size {len(word)}"]
        for shift in (0, *neighbours):
            w = around[t + shift]
            row += [f"{shift} {w}", f"{shift} first {w[0]}",
                    f"{shift} last {w[-1]}"]
        rows.append(row)
    return rows

# %% tags=["training", "data"]
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

def words_and_tags(sentences, neighbours):
    rows = [row for s in sentences
            for row in clues([word for word, _ in s], neighbours)]
    return rows, [tag for s in sentences for _, tag in s]

def linear(neighbours):
    seed_everything(0)
    model = make_pipeline(
        CountVectorizer(analyzer=list),
        SGDClassifier(alpha=1e-4, average=True, max_iter=20, tol=None))
    model.fit(*words_and_tags(bank.train, neighbours))
    return model.score(*words_and_tags(bank.test, neighbours))

rival = {name: linear(neighbours) for name, neighbours in (
    ("word", ()), ("left", (-1,)), ("both", (-1, 1)))}
for name, middle in (("word", 0.805), ("left", 0.828), ("both", 0.841)):
    claim(f"linear_{name}", rival[name], close_to=middle, tol=0.0025,
          scope="full", full=full)

# %% [markdown]
# 只看词自己，80.4%<!-- claim linear_word -->；加上左边一个词，82.9%<!-- claim linear_left -->；再加上右边一个词，84.1%<!-- claim linear_both -->。惩罚项的大小 `alpha` 在验证句子上从 $3\times10^{-5}$、$10^{-4}$、$3\times10^{-4}$ 里选过一次（训练 10 遍时，中间的最好）。模型是线性支持向量机，用平均的随机梯度下降训练，几秒钟。下面的网络要和它比，而不是和 74.6% 比。
#
# 网络的输入简单一些，每个词三个编号：词本身、第一个字、最后一个字。

# %% name="features" tags=["data"]
features = pos_tagger.Features(bank.train)
print(features.encode(bank.test[0][:4]))  # word, first, last character
print(len(features.words), "words,", len(features.characters), "characters")

# %% [markdown]
# 只出现一次的词也记作“未知词”（编号 1），网络才有机会学会未知词是什么样子。三个编号各查一张嵌入表，拼起来送进循环层，每步一个 `Dense`，整个模型在 `pos_tagger.build_tagger` 里，二十来行。句子按长度分批，右边补零，补的零用 mask 挡住（[第 09 章](09_masking.ipynb)）：从右往左读的那一遍，第一个碰到的就是它们。
#
# 现场训练一个小的，两个方向各 32 个单元，4 遍。

# %% tags=["training", "data"]
seed_everything(0)
model = pos_tagger.build_tagger(features, units=64, directions=2)
batches = features.batches(bank.train, batch=64, seed=0)
pos_tagger.train_tagger(model, batches, epochs=4, learning_rate=0.03)
predicted = pos_tagger.predict_tags(model, features, bank.test)
live = pos_tagger.accuracy(predicted, bank.test)
claim("live_tagger", live, at_least=0.815, scope="full", full=full)

# %% [markdown]
# 4 遍之后 81.9%<!-- claim live_tagger -->。看它错在哪里。红色是标错的词，下面是它的答案，括号里是正确答案。

# %% name="errors" tags=["training", "data"]
from html import escape

from IPython.display import HTML

def show(sentence, tags):
    cells = []
    for (word, gold), tag in zip(sentence, tags):
        color = "#D55E00" if tag != gold else "inherit"
        note = f"{tag} ({gold})" if tag != gold else tag
        cells.append(
            f"<span style='display:inline-block;text-align:center;"
            f"margin:3px 6px;color:{color}'>{escape(word)}<br>"
            f"<small>{note}</small></span>")
    return "<div style='margin-bottom:8px'>" + "".join(cells) + "</div>"

HTML("".join(show(bank.test[i], predicted[i]) for i in range(4)))

# %% [markdown]
# 看看有没有这两种错：名词与动词互相混淆，人名地名（PROPN）当成普通名词。哪一种靠右边的词能改正？
#
# ### 第二个方向值多少
#
# 录好的训练（`python -m rnnbook.recipes run ud_pos`）。每个网络每层每词 64 个数，所以双向的每个方向只有 32 个单元，参数比单向还少一点。每个网络的学习率都从同样三个值里选，同一个种子，在验证句子上比；没有用测试集做任何选择。

# %% name="search"
sweep = recipes.load("ud_pos")
tried = sweep.log[sweep.log.stage == "choose"].pivot(
    index="network", columns="rate", values="accuracy")
print((100 * tried).round(1))
claim("best_rate_inside", (tried.idxmax(axis=1) == 0.03).mean(), close_to=1,
      tol=0)

# %% [markdown]
# 五个网络都是中间的 0.03 最好，两头都更差。一个种子、三倍一格，这样的搜索很粗，但对谁都一样。下面是测试集上的结果，单向和双向 5 个种子，按种子配对相减。

# %% name="gain"
test = sweep.log[sweep.log.stage == "test"]
by_seed = test.pivot(index="seed", columns="network", values="accuracy")
gain = (by_seed["two ways"] - by_seed["one way"]).rename("gain")
print((100 * by_seed[["one way", "two ways"]].join(gain)).round(2))
sizes = test.groupby("network").parameters.first()
print("parameters:", sizes[["one way", "two ways"]].to_dict())

# %%
print("your guess:", guess)
gru_gain = (by_seed["two ways, GRU"] - by_seed["two ways"]).dropna()
for name, value, right in (
        ("pos_one_way", by_seed["one way"].mean(), 0.8215),
        ("pos_two_ways", by_seed["two ways"].mean(), 0.8326),
        ("pos_gru", by_seed["two ways, GRU"].mean(), 0.8371),
        ("pos_gain_points", 100 * gain.mean(), 1.107),
        ("pos_gain_sd", 100 * gain.std(), 0.35),
        ("pos_gain_least_points", 100 * gain.min(), 0.649),
        ("pos_gru_gain_points", 100 * gru_gain.mean(), 0.48),
        ("pos_gru_gain_sd", 100 * gru_gain.std(), 0.265)):
    claim(name, value, close_to=right, tol=0.002)

# %% [markdown]
# 单向 82.2%<!-- claim pos_one_way -->，双向 83.3%<!-- claim pos_two_ways -->。按种子相减，第二个方向值 1.11<!-- claim pos_gain_points --> ± 0.35<!-- claim pos_gain_sd --> 个百分点（± 是 5 个种子的标准差），最少的一个种子也有 0.65<!-- claim pos_gain_least_points -->。猜 5 或 20 的人高估了右边的上下文。线性模型多看右边一个词，多得的也是一个多百分点。
#
# 双向 GRU 是 83.7%<!-- claim pos_gru -->，按种子比双向 LSTM 高 0.48<!-- claim pos_gru_gain_points --> ± 0.26<!-- claim pos_gru_gain_sd -->（3 个种子，个个为正）。

# %% [markdown] tags=["optional"]
# ### 选读：哪些词性受益
#
# 图里的标签有 NOUN 名词，PROPN 专名，VERB 动词，AUX 助动词，ADJ 形容词，ADV 副词，PRON 代词，DET 限定词，NUM 数词，ADP 介词，PART 助词，CCONJ 并列连词，SCONJ 从属连词，PUNCT 标点（两种网络都全对），X 其他。

# %% name="gain_by_tag"
from rnnbook.data.conllu import TAGS

tags = [tag for tag in TAGS if test[tag].notna().all()]
by_tag = {name: test[test.network == name].set_index("seed")[tags]
          for name in ("one way", "two ways")}
added = 100 * (by_tag["two ways"] - by_tag["one way"])  # seed by seed
order = added.mean().sort_values().index
fig, axis = plt.subplots(figsize=(8, 4.4))
axis.barh(order, added.mean()[order], xerr=added.std()[order],
          color=[BLUE if v > 0 else VERMILION for v in added.mean()[order]],
          error_kw={"ecolor": GREY, "elinewidth": 1.5})
axis.set(xlabel="percentage points (mean ± sd of 5 seeds, paired)",
         title="Adverbs gain most from the second direction")
plt.show()

# %%
claim("gain_adverbs", added["ADV"].mean(), close_to=7.74, tol=0.02)
claim("gain_verbs", added["VERB"].mean(), close_to=2.7, tol=0.02)
claim("sconj_two_ways", by_tag["two ways"]["SCONJ"].mean(), close_to=0.122,
      tol=0.002)

# %% [markdown]
# 副词多对了 7.7<!-- claim gain_adverbs --> 个百分点，动词 2.7<!-- claim gain_verbs -->。它们是什么，常常要看后面跟着什么，这是一个说得通的解释，没有单独测。灰线跨过 0 的那些（如连词 CCONJ），5 个种子说不出有没有差别。
#
# 从属连词 SCONJ 却只对了 12%<!-- claim sconj_two_ways -->，加不加方向都救不了。看看数据：

# %% name="two_rulers" tags=["data"]
def tags_of(word, sentences):
    tags = [tag for s in sentences for w, tag in s if w == word]
    return {tag: tags.count(tag) for tag in ("PART", "SCONJ", "ADV")}

for word in ("的", "也"):
    print(word, "train", tags_of(word, bank.train),
          "test", tags_of(word, bank.test))
de = {part: tags_of("的", getattr(bank, part)) for part in ("train", "test")}
sconj = [tag == "SCONJ" for s in bank.test for _, tag in s]
claim("sconj_cost_points",
      100 * np.mean(sconj) * (1 - by_tag["two ways"]["SCONJ"].mean()),
      at_least=2, scope="full", full=full)
for part, bounds in (("train", {"at_most": 0.2}), ("test", {"at_least": 0.4})):
    claim(f"de_sconj_{part}", de[part]["SCONJ"] / sum(de[part].values()),
          scope="full", full=full, **bounds)

# %% [markdown]
# 测试集里 43%<!-- claim de_sconj_test --> 的“的”标成 SCONJ（跟在动词后面的），训练集里只有 13%<!-- claim de_sconj_train -->。“也”同样前后不一，看上面印出的个数。训练集和测试集用的不是同一把尺子。单是 SCONJ 就让双向网络丢了 3.7<!-- claim sconj_cost_points --> 个百分点，是第二个方向带来的三倍。拼数据集之前，先这样数一数。

# %% [markdown]
# ### 和线性模型比
#
# 灰点是一个种子，蓝线是平均，橙色虚线是线性模型。

# %% name="depth" tags=["data"]
names = ["one way", "two ways", "two ways, GRU", "4 layers, residual"]
fig, axis = plt.subplots(figsize=(8, 2.6))
for row, name in enumerate(names):
    points = 100 * by_seed[name].dropna()
    axis.plot(points, [row] * len(points), "o", color=GREY, ms=6)
    axis.plot(points.mean(), row, "|", color=BLUE, ms=22, mew=3)
axis.axvline(100 * rival["both"], color=VERMILION, linestyle="--",
             label="linear model, both neighbours")
axis.set(yticks=range(len(names)), yticklabels=names,
         xlabel="test accuracy (%)",
         title="On average no network here beats the linear model")
axis.set_ylim(3.5, -0.5)
axis.legend(loc="lower left")
plt.show()

# %%
claim("linear_over_two_ways_points",
      100 * (rival["both"] - by_seed["two ways"].mean()), close_to=0.85,
      tol=0.25, scope="full", full=full)
claim("linear_over_best_points",
      100 * (rival["both"] - by_seed.mean().max()), close_to=0.37, tol=0.25,
      scope="full", full=full)

# %% [markdown]
# 线性模型的 84.1% 比双向 LSTM 高 0.9<!-- claim linear_over_two_ways_points --> 个百分点，比这里最好的网络高 0.4<!-- claim linear_over_best_points -->。它多用了几样现成的线索（头两个字、末两个字、字数），网络没有这些，也没有预训练的词向量，所以这不是循环网络的上限。但是**在这 1,350 句上，没有理由用循环网络代替它**；只和“最常见的词性”比，看不出这一点。

# %% [markdown] tags=["optional"]
# ### 选读：深度值多少
#
# 双向 LSTM 叠 4 层，加残差和不加残差，各 3 个种子，学习率也是上面选出的 0.03。

# %% name="layers"
deep = by_seed[["two ways", "4 layers", "4 layers, residual"]].dropna()
print((100 * deep).round(1))
print(test.groupby("network").train_loss.mean()[deep.columns].round(2))
deeper = 100 * (deep["4 layers, residual"] - deep["two ways"])
spread = 100 * (by_seed.max() - by_seed.min()).drop("4 layers")
for name, value, right in (
        ("depth_plain_least", deep["4 layers"].min(), 0.6594),
        ("depth_plain_most", deep["4 layers"].max(), 0.7021),
        ("depth_plain_chosen", tried.loc["4 layers", 0.03], 0.8315),
        ("depth_residual", deep["4 layers, residual"].mean(), 0.8373),
        ("spread_of_others", spread.max(), 0.774),
        ("depth_gain_points", deeper.mean(), 0.499),
        ("depth_gain_sd", deeper.std(), 0.608),
        ("depth_gain_error", deeper.std() / np.sqrt(3), 0.351)):
    claim(name, value, close_to=right, tol=0.002)

# %% [markdown]
# 加残差的 4 层是 83.7%<!-- claim depth_residual -->，按种子比 1 层高 0.50<!-- claim depth_gain_points --> ± 0.61<!-- claim depth_gain_sd --> 个百分点，有一个种子反而低。均值的标准误（标准差除以 $\sqrt3$）是 0.35<!-- claim depth_gain_error -->，三个种子说不出 4 层更好。
#
# 不加残差，三个种子只有 66%<!-- claim depth_plain_least --> 到 70%<!-- claim depth_plain_most -->，训练损失也高得多，8 遍里没有训练起来。可是选学习率的那个种子，同样的 0.03，在验证句子上有 83%<!-- claim depth_plain_chosen -->。**一个种子选出来的设置，可能只是那个种子的运气**；上面的搜索对每个网络都只用了一个种子；另外四个网络在测试集上，种子之间相差都不到 1 个百分点（最多 0.77<!-- claim spread_of_others -->），没有出这样的事。残差是不是靠保住 [8.7 节](#cell-id=8-7)量的信号和梯度起作用，没有分开测；2 层、3 层没有试。

# %% [markdown] tags=["optional"]
# <a id="cell-id=8-9"></a>
# ## 8.9 选读：换成你自己的文件
#
# 一行一个词，词和标签之间一个制表符或空格，空行分句；CoNLL-U 的文件也行。`tag` 认出是哪一种，把句子随机分成训练、验证、测试三份（相同的句子留在同一份里），训练一个双向网络，旁边总是放着两个便宜的对手，最常见的标签，和看线索的线性模型。网络看的是词自己的线索（整个词、首尾的字；用字母写的文字另加大小写和词头词尾的几个字母），邻词交给循环层。
#
# 下面拿本章的 150 句写成一个文件，只训练 3 遍，看它怎样用：

# %% name="own_tags" tags=["training", "data"]
from tempfile import mkdtemp

from rnnbook.own import tag as own

own_file = Path(mkdtemp()) / "my.tsv"
own_file.write_text("\n\n".join(
    "\n".join(f"{word}\t{pos}" for word, pos in sentence)
    for sentence in bank.train[:150]), encoding="utf-8")
found = own.tag(own_file, epochs=3)
print(*found.predict(["他 研究 问题", "这 项 研究 结束 了"]), sep="\n")

# %% [markdown]
# 报告先说文件里有什么，有多少句和词，重复的句子，测试句里有多少词没有见过；再列每个模型在测试句上的正确率，± 是换一批测试句会晃动多少；最后一句是结论，网络比最强的对手好、不如它，还是分不出高下。差不到 ± 的两倍就算分不出；不如，就用那个对手。这里只有 120 句训练、3 遍，网络多半不如线性模型，报告就照实说；不写 `epochs` 时，遍数按文件的大小来定。
#
# 换成你的文件，改路径就行。词和标签不在第一列和最后一列时，用 `word=1, label=4` 指出，从 1 数起；中文 Windows 存的文件加 `encoding="gb18030"`。坏掉的行会指出行号。在 Colab 上，先用左边的文件栏上传，路径写 `/content/` 加文件名。要标的新句子写成用空格分好词的一串。也可以不开笔记本：
#
# ```text
# python -m rnnbook.own tag my.tsv --save build/mine
# python -m rnnbook.own tag --save build/mine --predict "他 研究 问题"
# ```

# %% [markdown]
# ## 小结
#
# 你**测出**了每个输出看得到哪些输入；**搭出**了双向、延迟、分块、堆叠与残差的网络，与 Keras 相差不到 $10^{-6}$；在中文词性标注上**衡量**了方向和深度的得失。
#
# | 名称 | 公式 | 往后看几步 | 输出宽度 |
# |---|---|---|---|
# | 单向 | $h_t=f(x_t,h_{t-1})$ | 0 | H |
# | 双向 | $[\overrightarrow h_t,\overleftarrow h_t]$，后向的要倒回来对齐 | T − t | 2H |
# | 延迟 k | 末尾补 k 个零，丢掉前 k 个输出 | k | H |
# | 分块 c | 后向只在块内 | 至多 c − 1 | 2H |
# | 堆叠 | $h^{(l)}_t=f_l(h^{(l-1)}_t,h^{(l)}_{t-1})$ | 延迟逐层相加 | H |
# | 残差 | $y=h+f(h)$，形状要相同 | 不变 | H |
# | 双向 LSTM 的参数 | $2\times4H(D+H+1)$ | – | – |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E26 “双向 RNN 只能离线使用”
#
# 要看完整句的双向网络，是的。只看有限几步的就能在线用，晚几步作答就行。下面把 20 步输入一块一块地送进分块网络。

# %%
keras.utils.set_random_seed(3)
inputs = keras.Input((20, 3))
offline = keras.Model(inputs, chunked(inputs, 8, 5))
lstms = {layer.go_backwards: layer.get_weights()
         for layer in offline.layers if isinstance(layer, layers.LSTM)}
f, g = lstms[False], lstms[True]
stream = np.random.default_rng(3).standard_normal((1, 20, 3))
zero = np.zeros((1, 8)), np.zeros((1, 8))
state, answers = zero, []
for start in range(0, 20, 5):  # a chunk arrives, its answers leave
    answer, (state, _) = bidirectional_scan(
        lstm_scan, stream[:, start:start + 5], (*state, *f), (*zero, *g))
    answers.append(answer)

# %% [markdown]
# 一块到了，就答一块，前向的状态带到下一块；拼起来和整段一次算完的相同。

# %%
whole = ops.convert_to_numpy(offline(stream))
claim("online_equals_offline",
      np.abs(np.concatenate(answers, axis=1) - whole).max(), at_most=1e-6)

# %% [markdown]
# ### E29 “循环神经网络具有捕捉序列前后上下文的能力”
#
# 普通的（单向）循环网络只有前文。改动下标 5 以后的输入，前 5 步的输出变化是 0；双向才会变。

# %%
for name, model in (("LSTM", lstm), ("BiLSTM", bilstm)):
    print(f"{name:6s}", future_edit(model, x, 5)[:5].max().round(2))

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示：

# %%
hint("deep_bidirectional.align")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 数参数
#
# 写一个函数，算出 `depth` 层双向 LSTM 堆叠（`merge_mode="concat"`，每个方向 `units` 个单元，输入 `features` 个特征）一共有多少参数。
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def stack_params(features, units, depth):
    ...

# %%
check("deep_bidirectional.stack_params", stack_params)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 对齐
#
# `forward` 和 `backward` 都是 (B, T, H)。`backward` 是从右往左那一遍**按读的次序**交出来的状态（第一个属于最后一步）。返回对齐、拼接后的 (B, T, 2H)，前向在前。
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-2)<!-- twin -->

# %%
def align(forward, backward):
    ...

# %%
check("deep_bidirectional.align", align)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 判断因果
#
# 输入 (4, 10, 3)，每个模型都给出 10 步输出。输出最多看到它后面第几步的输入？填一个字典，值是整数；先猜，再用 `look_ahead` 核对。
#
# - a：两层 `LSTM(return_sequences=True)` 堆叠
# - b：`Bidirectional(LSTM(return_sequences=True))`
# - c：`Conv1D(8, 3, padding="same")`
# - d：`Conv1D(8, 3, padding="causal")`
# - e：`LSTM(return_sequences=True, go_backwards=True)`，没有倒回来
# - f：延迟 2 步的 LSTM，上面再接一个延迟 3 步的 LSTM
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-3)<!-- twin -->

# %%
steps_ahead = ...

# %%
check("deep_bidirectional.steps_ahead", steps_ahead)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 哪些能加残差
#
# `h` 的形状是 (4, 7, 16)。下面哪些 `f(h)` 能直接写成 `h + f(h)`（形状完全相同）？填一个字典，值是 `True` 或 `False`。
#
# - a：`LSTM(16, return_sequences=True)`
# - b：`LSTM(16)`
# - c：`Bidirectional(LSTM(16, return_sequences=True))`
# - d：`Bidirectional(LSTM(8, return_sequences=True))`
# - e：`Bidirectional(LSTM(16, return_sequences=True), merge_mode="sum")`
# - f：`LSTM(32, return_sequences=True)`，然后 `Dense(16)`
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-4)<!-- twin -->

# %%
addable = ...

# %%
check("deep_bidirectional.addable", addable)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 延迟预算
#
# 语音每步 `step_ms` 毫秒。写一个函数，返回一个输出最多要等多少毫秒的未来输入：`kind` 是 `"delayed"`（每层延迟 `size` 步）或 `"chunked"`（每块 `size` 步，各层的块对齐），堆 `depth` 层。提醒：分块的台阶叠在一起，还是同样的台阶吗？
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def latency_ms(kind, size, depth, step_ms):
    ...

# %%
check("deep_bidirectional.latency_ms", latency_ms)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 写出测量本身
#
# 不用 `rnnbook.cells.causality`，写一个函数，给任意模型（函数，(B, T, D) → (B, T, …)）和输入 `x`，返回它最多看到后面第几步（因果的是 0，输出迟到的是负数）。检查时会拿各种古怪的模型来考它。
#
# [解答](solutions/08_deep_bidirectional.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def farthest(model, x):
    ...

# %%
check("deep_bidirectional.farthest", farthest)

# %% [markdown]
# ## 延伸阅读
#
# - Schuster, M., Paliwal, K. K. (1997). Bidirectional recurrent neural networks. *IEEE Transactions on Signal Processing* 45(11), 2673–2681. [doi:10.1109/78.650093](https://doi.org/10.1109/78.650093)。双向网络的出处；先讨论“延迟输出”为什么不够，再引出双向。
# - Graves, A., Schmidhuber, J. (2005). Framewise phoneme classification with bidirectional LSTM and other neural network architectures. *Neural Networks* 18(5–6), 602–610. [doi:10.1016/j.neunet.2005.06.042](https://doi.org/10.1016/j.neunet.2005.06.042)。双向 LSTM；同一任务上比较单向、延迟与双向。
# - Zhang, Y., Chen, G., Yu, D., Yao, K., Khudanpur, S., Glass, J. (2016). Highway long short-term memory RNNs for distant speech recognition. ICASSP. [arXiv:1510.08983](https://arxiv.org/abs/1510.08983)。延迟可控的双向 LSTM，和给细胞状态加直路的 highway LSTM。
# - Srivastava, R. K., Greff, K., Schmidhuber, J. (2015). Highway networks. [arXiv:1505.00387](https://arxiv.org/abs/1505.00387)。用门分配“穿过一层”和“绕过一层”，残差的前身。
# - Pascanu, R., Gulcehre, C., Cho, K., Bengio, Y. (2014). How to construct deep recurrent neural networks. ICLR. [arXiv:1312.6026](https://arxiv.org/abs/1312.6026)。循环网络可以在哪几处加深。
# - He, K., Zhang, X., Ren, S., Sun, J. (2016). Deep residual learning for image recognition. CVPR. [arXiv:1512.03385](https://arxiv.org/abs/1512.03385)。残差连接；先看“更深的网络训练误差反而更高”那张图。
# - Wu, Y. 等 (2016). Google's neural machine translation system. [arXiv:1609.08144](https://arxiv.org/abs/1609.08144)。堆叠 LSTM 加残差；编码器和解码器各八层。
# - Plank, B., Søgaard, A., Goldberg, Y. (2016). Multilingual part-of-speech tagging with bidirectional long short-term memory models and auxiliary loss. ACL. [arXiv:1604.05529](https://arxiv.org/abs/1604.05529)。词加字的双向 LSTM 标词性，22 种语言。
#
# [← 07 门控循环单元与表达力](07_gru.ipynb) · [目录](index.md) · [解答](solutions/08_deep_bidirectional.ipynb) · [09 变长序列：填充、掩码与分桶 →](09_masking.ipynb)<!-- nav -->
