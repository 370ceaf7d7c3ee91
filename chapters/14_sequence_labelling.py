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
# # 第 14 章 序列标注：BiLSTM-CRF
# [在 Colab 打开](https://colab.research.google.com/github/rnnbook/rnnbook/blob/main/chapters/14_sequence_labelling.ipynb) · [在 Kaggle 打开](https://kaggle.com/kernels/welcome?src=https://github.com/rnnbook/rnnbook/blob/main/chapters/14_sequence_labelling.ipynb) · [下载](https://github.com/rnnbook/rnnbook/raw/main/chapters/14_sequence_labelling.ipynb)<!-- badges -->
#
# [← 13 时间序列预测](13_time_series.ipynb) · [目录](index.md) · [解答](solutions/14_sequence_labelling.ipynb) · [15 编码器-解码器 →](15_seq2seq.ipynb)<!-- nav -->
#
# 读完这一章，你会从零写出一个条件随机场，与穷举的结果相差不到 $10^{-5}$，用同一个模型找出中文里的人名地名机构名、标词性、分词，并且看得出哪一种“97.3% 的 F1”说明不了什么。
#
# | | |
# |---|---|
# | **你将会** | **评分**：分清词的正确率和实体的 F1，用算术查一张成绩表；**推出并写出** CRF 的前向算法、维特比和边缘概率；**测出** CRF 比逐词 softmax 多对多少 |
# | **你需要** | [第 08 章](08_deep_bidirectional.ipynb)的双向 LSTM 与词性标注，[第 09 章](09_masking.ipynb)的 mask |
# | **时间** | 阅读 60 分钟<!-- minutes -->，练习 60 分钟，运行约 128 s<!-- seconds --> |

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
from io import StringIO
from itertools import chain, pairwise, product
from tempfile import mkdtemp

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers, ops

from rnnbook import check, claim, hint, recipes
from rnnbook.data.vocab import PAD_UNKNOWN, Vocabulary
from rnnbook.notebook.figures import BLUE, GREY, VERMILION, use_style

use_style()

# %% [markdown]
# ## 先想一想
#
# 一个程序什么也不找，把每个词都标成“不是名字”。在一份标好人名、地名、机构名的英文语料上，它有百分之几的词标对了？找到的名字有百分之几？
#
# 先写下你的两个猜测，[14.2 节](#cell-id=14-2)算给你看。

# %%
guess = None, None  # share of right words, share of names found

# %% [markdown]
# <a id="cell-id=14-1"></a>
# ## 14.1 一份跑不起来的评分
#
# 讲义 S2 §5.2 训练一个 LSTM，然后这样评分：把每一句的预测和答案各收进一个列表，最后交给 `classification_report`（没有写它从哪里来，看印出的样子是 sklearn 的）。原样取出最后一行，换上两句小小的例子（第二句短一些，真实的句子总是长短不一）：

# %%
labels = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG"]]
preds = [["B-PER", "O", "O", "B-LOC"], ["O", "B-ORG"]]

# %% tags=["raises-exception"]
from sklearn.metrics import classification_report

print(classification_report(labels, preds))

# %% [markdown]
# sklearn 把“列表的列表”当成早已废弃的多标签写法，拒绝了它：每个样本应当只有一个标签。最小的修理是把所有句子接成一长串：

# %% name="flattened"
flat, guessed = list(chain(*labels)), list(chain(*preds))
print(classification_report(flat, guessed, zero_division=0))

# %% [markdown]
# 先说清表头。对一个标签，**精确率 (precision)** 是标成它的词里标对的比例，**召回率 (recall)** 是该标成它的词里标对的比例，与[第 10 章](10_text_classification.ipynb)相同；F1 是两者的调和平均。**微平均 (micro average)** 把所有标签的词倒在一起只算一次，**宏平均 (macro average)** 先逐个标签算，再平均。
#
# 能跑了。可是看倒数第三行：它印的是 `accuracy`，不是讲义那张表里的 `micro avg`。评分包括全部标签、每词恰好一个标签时，微平均的精确率、召回率、F1 全都等于正确率，sklearn 就只印一行（较老的版本印过 `micro avg`）。而原来的代码一行也印不出来，这样调用（没有 `digits=3`）也只印两位小数，讲义却印到第三位：那张表不可能是它原样印出来的。
#
# 更要紧的是，它数的是**词**。我们要的是**名字**：第一句的人名有两个词，只标对了一个，这个名字就没有找对。

# %% [markdown]
# ### 名字怎样写成标签
#
# **序列标注 (sequence labelling)**：输入 T 个词，输出 T 个标签，一个词一个。**命名实体识别 (named entity recognition)** 要找的却是一段一段的词，办法是 **BIO 标注 (IOB2 scheme)**：名字的第一个词标 `B-类型`，后面的标 `I-类型`，其余标 `O`。有了 B，两个相邻的名字也分得开。`rnnbook.data.iob2.spans` 把标签读回成段：

# %% name="spans"
from rnnbook.data.iob2 import spans

words = "记者 王 明 李 华 访问 北京 大学".split()
tags = "O B-PER I-PER B-PER I-PER O B-ORG I-ORG".split()
for kind, start, end in spans(tags):
    print(kind, start, end, " ".join(words[start:end]))
assert len(spans(tags)) == 3

# %% [markdown]
# **实体 F1 (entity F1)**：类型和两端都对，才算找对一个。精确率是找出来的里面对了几成，召回率是该找的里面找到几成，F1 是两者的调和平均：
#
# $$P=\frac{\text{找对}}{\text{找出}},\qquad R=\frac{\text{找对}}{\text{应有}},\qquad F_1=\frac{2PR}{P+R}=\frac{2\times\text{找对}}{\text{找出}+\text{应有}}$$

# %% name="by_hand"
from rnnbook.labelling.entity_scores import scores

right = sum(len(set(spans(a)) & set(spans(b)))
            for a, b in zip(labels, preds))
found, wanted = (sum(len(spans(t)) for t in side) for side in (preds, labels))
own = 2 * right / (found + wanted)
small = scores(labels, preds)  # the library's own
print(f"{right} right, {found} found, {wanted} wanted, F1 {own:.3f}")
claim("own_f1_equals_scores", abs(own - small.entity_f1), at_most=1e-12)
claim("small_token_accuracy", small.token_micro, close_to=5 / 6, tol=1e-9)

# %% [markdown]
# 6 个词对了 5 个，正确率 83%<!-- claim small_token_accuracy -->；3 个名字只找对 2 个，F1 是三分之二。手算的与 `rnnbook.labelling.entity_scores` 里的 `scores` 相差 0<!-- claim own_f1_equals_scores -->：那里用的是同一个式子，照 CoNLL 竞赛的评分脚本 `conlleval` 数段。别处常用的 `seqeval` 包数法相同，本书的测试拿两者比过。`scores` 直接吃“列表的列表”，所以开头那段评分真正该做的修理是换一个数名字的函数。`by_kind` 每种名字算一行：

# %% name="entity_report"
from rnnbook.labelling.entity_scores import by_kind

print(by_kind(labels, preds).round(2))

# %% [markdown]
# <a id="cell-id=14-2"></a>
# ## 14.2 用算术查一张成绩表
#
# 讲义接着（§5.4）写“假设我们在 CoNLL-2003 的文本生成数据集上进行微调”，印出一张成绩单，结论是“取得了97.3%的F1分数”。CoNLL-2003 是命名实体识别的数据集（E35）。那张表：

# %% name="s2_table"
TABLE = pd.read_csv(StringIO("""tag,p,r,f1,support
B-LOC,.926,.906,.916,1668
I-LOC,.900,.805,.850,257
B-MISC,.875,.856,.865,702
I-MISC,.838,.782,.809,216
B-ORG,.914,.898,.906,1661
I-ORG,.911,.894,.902,835
B-PER,.964,.957,.960,1617
I-PER,.983,.980,.982,1156
O,.993,.995,.994,38323
"""), index_col="tag")
total = TABLE.support.sum()
print(total, "words,", TABLE.support["O"], "of them O")

# %% [markdown]
# 先回答“先想一想”。全标 `O` 的程序：

# %% name="all_o"
print("your guess:", guess)
claim("all_o_accuracy", TABLE.support["O"] / total, close_to=0.825, tol=5e-4)
nothing = scores([["B-LOC", "O", "O"]], [["O", "O", "O"]])
assert nothing.entity_f1 == 0  # by definition: nothing was found

# %% [markdown]
# 什么也不做，就有 82.5%<!-- claim all_o_accuracy --> 的词标对，名字一个也没有找到，按定义实体 F1 是 0。所以“词的正确率 97%”的起点不是 0，是 82.5%。
#
# 再查表本身。每个标签的召回率 × 个数 = 这个标签标对的词数；加起来除以总数，就是微平均的召回率（也是精确率和 F1，因为每个词恰好一个标签）。表里的召回率印到小数第三位，真值在 ±0.0005 之内，所以微平均也被夹在一个区间里：

# %% name="micro_bounds"
low, high = (((TABLE.r + d) * TABLE.support).sum() / total
             for d in (-0.0005, 0.0005))
print(f"micro recall must lie in [{low:.4f}, {high:.4f}]; printed: .973")
claim("micro_recall_low", low, close_to=0.9802, tol=5e-5)
claim("micro_recall_high", high, close_to=0.9812, tol=5e-5)
assert not low <= 0.973 + 0.0005 <= high

# %% [markdown]
# 由它自己的九行算出，微平均必在 0.9802<!-- claim micro_recall_low --> 和 0.9812<!-- claim micro_recall_high --> 之间；印着的 .973 在区间之外。**九行和 .973 不可能出自同一次评分**（E36）。weighted avg 的召回率按定义就是微平均的召回率，印的也是 .973，同样不可能；macro avg 那一行倒与九行对得上。

# %% [markdown] tags=["optional"]
# ### 选读：去掉 O 再算
#
# 标对的词数由召回率得到，标出的词数 = 标对 ÷ 精确率。

# %% name="without_o"
names = TABLE.drop("O")
hits = names.r * names.support
marked = hits / names.p
micro = 2 * hits.sum() / (marked.sum() + names.support.sum())
first = names[names.index.str.startswith("B-")]
bound = ((first.r + 0.0005) * first.support).sum() / first.support.sum()
claim("s2_micro_without_o", micro, close_to=0.922, tol=5e-4)
claim("s2_macro_without_o", names.f1.mean(), close_to=0.899, tol=5e-4)
claim("s2_entity_recall_bound", bound, close_to=0.9125, tol=5e-5)

# %% [markdown]
# 去掉 O，微平均 F1 约是 0.922<!-- claim s2_micro_without_o -->，宏平均（每个标签一样重）约是 0.899<!-- claim s2_macro_without_o -->。如果预测都合规矩（I 前面总有同类的 B 或 I），名字要全对，它的 B 首先要对，实体的召回率就至多是 0.9125<!-- claim s2_entity_recall_bound -->（印出的召回率各加上 0.0005）。不合规矩的预测可以高过它，因为 `scores` 照 `conlleval`，把没有 B 开头的 I 也当作新的一段。同一张表，可以说成 97.3、92.2、89.9，或“召回率至多 91.25”。
#
# 文献里这个数据集上的实体 F1，BiLSTM-CRF 从随机的词向量开始是 84.26，换成现成的 Senna 词向量是 88.83，再加词典特征才是 90.10（Huang 等，表 2 和表 6）；Lample 等的 90.94 和 Ma 等的 91.21 也都用了预训练的词向量。**报告分数时，先说数的是什么，用了什么。**

# %% [markdown]
# <a id="cell-id=14-3"></a>
# ## 14.3 数据，和两个基线
#
# UNER（Universal NER）的中文部分：人工分好词的简体句子，三类名字：人 PER、地 LOC、机构 ORG。

# %% name="uner" tags=["data"]
from rnnbook.data.iob2 import load_uner
from rnnbook.labelling.entity_scores import tags_of

uner = load_uner()
full = uner.source.full
for part in ("train", "validation", "test"):
    sentences = getattr(uner, part)
    count = sum(len(spans(tags)) for tags in tags_of(sentences))
    print(f"{part:10s} {len(sentences):5d} sentences "
          f"{sum(map(len, sentences)):6d} words {count:5d} names")
print(*(f"{word}/{tag}" for word, tag in uner.test[7][:9]))

# %% [markdown]
# 任何网络之前先有基线：每个词标它在训练集里最常见的标签。

# %% name="baselines" tags=["data"]
from rnnbook.labelling import pos_tagger

gold = tags_of(uner.test)
rulers = {"all O": scores(gold, [["O"] * len(row) for row in gold])}
common = pos_tagger.most_frequent_tag(uner.train, uner.test)
rulers["most frequent tag"] = scores(gold, common)
columns = ["token_micro", "token_macro", "entity_f1"]
print(pd.DataFrame(rulers.values(), rulers)[columns].round(3))

# %% tags=["data"]
only = {"scope": "full", "full": full}
claim("uner_all_o", rulers["all O"].token_micro, close_to=0.883, tol=5e-4,
      **only)
base = rulers["most frequent tag"]
claim("uner_common_micro", base.token_micro, close_to=0.913, tol=5e-4,
      **only)
claim("uner_common_f1", base.entity_f1, close_to=0.284, tol=5e-4, **only)

# %% [markdown]
# 全标 O 已有 88.3%<!-- claim uner_all_o --> 的词标对。查表的基线 91.3%<!-- claim uner_common_micro --> 的词标对，实体 F1 却只有 0.284<!-- claim uner_common_f1 -->。三把尺子给人三种印象：以后看成绩，先看是哪一把。`token_micro` 是词的微平均，`token_macro` 是词的宏平均，都把 O 算在内。

# %% [markdown]
# <a id="cell-id=14-4"></a>
# ## 14.4 给整串标签打分
#
# 最直接的网络：双向 LSTM 给每个词的每个标签一个分数，逐词取最大。这个分数叫**发射分数 (emission score)**。三个词、三个标签（O、B、I），手写一组：

# %% name="emissions"
TAGS = ["O", "B-PER", "I-PER"]
e = np.array([[1.0, 2.0, 0.5],    # word 1
              [0.5, 1.3, 1.2],    # word 2
              [2.0, 0.0, 0.3]])   # word 3
print("word by word:", [TAGS[k] for k in e.argmax(axis=1)])

# %% [markdown]
# 逐词取最大得到 B B O：两个各一个词的人名。记句子为 $x$，标签串为 $y=(y_1,\dots,y_T)$，第 $t$ 个词的标签 $k$ 的发射分数为 $e_t(k)$，标签共 $K$ 种。第二个词的 B 只比 I 高 0.1，可是人名多半不止一个词，B 后面跟 I 要比跟 B 常见得多。这样的知识不在某一个词里，在**相邻两个标签**里。把它也写成分数，放在矩阵 $A$ 里，$A_{ij}$ 是标签 $i$ 后面跟 $j$ 的分数，叫**转移分数 (transition score)**。整串标签的分数是一条路上所有分数之和：
#
# $$s(x,y)=a_{y_1}+\sum_{t=1}^{T}e_t(y_t)+\sum_{t=2}^{T}A_{y_{t-1}y_t}+b_{y_T}$$
#
# $a_k$、$b_k$ 是标签 $k$ 排在最前、最后时另加的分数，代码里是 `start` 和 `end`。不合规矩的转移（O 后面跟 I）给 $-10^4$，等于禁止。

# %% name="moves"
from rnnbook.labelling import crf

moves, first, last = crf.allowed(TAGS)
A = np.where(moves, 0.0, crf.FORBIDDEN)
A[1] += [0.0, -1.0, 1.0]  # after B: rather I than another B
start = np.where(first, 0.0, crf.FORBIDDEN)
end = np.zeros(3)
print(pd.DataFrame(A, TAGS, TAGS))

# %%
def score_of(y):
    emitted = sum(e[t, k] for t, k in enumerate(y))
    moved = sum(A[i, j] for i, j in pairwise(y))
    return start[y[0]] + emitted + moved + end[y[-1]]

# %% [markdown]
# 把分数变成概率，就是对**所有**标签串做 softmax。这就是线性链**条件随机场 (conditional random field)**，简称 CRF：
#
# $$p(y\mid x)=\frac{e^{s(x,y)}}{Z},\qquad Z=\sum_{y'}e^{s(x,y')}$$
#
# 这里不带下标的 $e$ 是自然对数的底，$y'$ 走遍所有标签串。三个词只有 $3^3=27$ 串，穷举：

# %% name="brute_force"
paths = {y: score_of(y) for y in product(range(3), repeat=3)}
log_z = np.log(sum(np.exp(s) for s in paths.values()))
for y in sorted(paths, key=paths.get, reverse=True)[:4]:
    print(f"{' '.join(TAGS[k] for k in y):18s} score {paths[y]:.1f}"
          f"  probability {np.exp(paths[y] - log_z):.3f}")
chances = sorted(np.exp(np.array(list(paths.values())) - log_z))
claim("best_chance", chances[-1], close_to=0.484, tol=0.001)
claim("second_chance", chances[-2], close_to=0.088, tol=0.001)
best = max(paths, key=paths.get)
claim("best_is_legal", crf.illegal([[TAGS[k] for k in best]]), at_most=0)

# %% [markdown]
# 现在最好的是 B I O，一个两个词的人名；它的概率是 0.48<!-- claim best_chance -->，第二名只有 0.09<!-- claim second_chance -->。穷举说清了定义，可是 30 个词、7 个标签就有 $7^{30}$ 串。

# %% [markdown]
# <a id="cell-id=14-5"></a>
# ## 14.5 前向算法：又一个循环网络
#
# 所有以标签 $j$ 结尾、长 $t$ 的串，它们的 $e^{s}$ 之和取对数（先不加末尾的 $b$），记作 $\alpha_t(j)$；$\alpha_1(j)=a_j+e_1(j)$。长一步的串，都是从上一步的某个 $i$ 走来的：
#
# $$\alpha_t(j)=\log\sum_i\exp\bigl[\alpha_{t-1}(i)+A_{ij}\bigr]+e_t(j),\qquad \log Z=\log\sum_j\exp[\alpha_T(j)+b_j]$$
#
# 这叫**前向算法 (forward algorithm)**，$\log Z$ 叫**对数配分函数 (log-partition function)**。看它的样子：一个状态 $\alpha$，每步由上一步的状态和这一步的输入算出来。这正是[第 02 章](02_rnn_forward.ipynb)的循环，只是“乘权重再 tanh”换成了“加转移再 log-sum-exp”。

# %%
def log_sum_exp(x, axis):
    top = x.max(axis=axis, keepdims=True)  # or exp overflows
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)

def forward(e, A, start, end):
    alpha = start + e[0]
    for e_t in e[1:]:
        # alpha_t(j) = log sum_i exp [alpha_{t-1}(i) + A(i, j)] + e_t(j)
        alpha = log_sum_exp(alpha[:, None] + A, 0) + e_t
    return log_sum_exp(alpha + end, 0)

# %% name="partition"
print(f"brute force {log_z:.6f}   forward {forward(e, A, start, end):.6f}")
claim("forward_equals_brute_force",
      abs(forward(e, A, start, end) - log_z), at_most=1e-5)
claim("sums_saved", 7.0**30 / (29 * 49), close_to=1.6e22, tol=5e20)

# %% [markdown]
# 两者在舍入误差之内相等，差 0<!-- claim forward_equals_brute_force -->。$T$ 个词走 $T-1$ 步，每步 $K\times K$ 次加，30 个词、7 个标签是 1421 次，不是 $7^{30}$ 次，少到 1.6e+22<!-- claim sums_saved --> 分之一。
#
# 训练时一批句子一起算，长短不一，右边补零。补的步里状态不动，与[第 09 章](09_masking.ipynb)的 mask 一样。`rnnbook.labelling.crf` 用 `keras.ops.scan` 写了这个循环，三个后端都能跑：`keras.ops.scan(step, 初值, 序列)` 就是“沿时间走、每步交出一个状态”的 for 循环，编译得动，自动微分也穿得过去，与[第 03 章](03_bptt.ipynb)一样。和逐句的前向算法、穷举核对：

# %% name="batch"
rng = np.random.default_rng(14)
lengths = np.array([5, 1, 3, 4])
E = rng.normal(size=(4, 5, 3)).astype("float32")
mask = np.arange(5) < lengths[:, None]
field = [v.astype("float32") for v in (rng.normal(size=(3, 3)), start, end)]

def every_score(e, A, start, end):
    return [start[y[0]] + end[y[-1]] + sum(A[i, j] for i, j in pairwise(y))
            + sum(e[t, k] for t, k in enumerate(y))
            for y in product(range(3), repeat=len(e))]

together = ops.convert_to_numpy(crf.log_partition(E, mask, *field))
single = [forward(E[b, :n], *field) for b, n in enumerate(lengths)]
brute = [log_sum_exp(np.array(every_score(E[b, :n], *field)), 0)
         for b, n in enumerate(lengths)]
claim("batch_equals_single", np.abs(together - single).max(), at_most=1e-5)
claim("batch_equals_brute", np.abs(together - brute).max(), at_most=1e-5)

# %% [markdown]
# 损失是负对数似然 $-\log p(y\mid x)=\log Z-s(x,y)$。如果 $A$、$a$、$b$ 全是 0，总和可以拆到每个词上，$\log Z=\sum_t\log\sum_k e^{e_t(k)}$，损失就是逐词的交叉熵：**逐词 softmax 是转移全为 0 的 CRF**。验证：

# %% name="softmax_is_crf"
y = rng.integers(0, 3, (4, 5)).astype("int32")
zeros = [np.zeros_like(scores) for scores in field]  # transitions, start, end
nll = ops.convert_to_numpy(
    crf.negative_log_likelihood(E, y, mask, *zeros))
log_p = E - log_sum_exp(E, 2)[..., None]
picked = np.take_along_axis(log_p, y[..., None], 2)[..., 0]
claim("softmax_is_crf_without_moves",
      np.abs(nll + (picked * mask).sum(axis=1)).max(), at_most=1e-5)

# %% [markdown]
# <a id="cell-id=14-6"></a>
# ## 14.6 维特比：把求和换成取最大
#
# 预测时要找分数最高的那一串。同一个循环，log-sum-exp 换成 max（这时的 $\alpha$ 习惯上写作 $\delta$），再记下最大值从哪里来：这是**维特比算法 (Viterbi algorithm)**。走到头，从最好的末尾沿着记录倒着走回来。

# %%
def best_path(e, A, start, end):
    alpha, came_from = start + e[0], []
    for e_t in e[1:]:
        # delta_t(j) = max_i [delta_{t-1}(i) + A(i, j)] + e_t(j)
        into = alpha[:, None] + A
        came_from.append(into.argmax(axis=0))
        alpha = into.max(axis=0) + e_t
    path = [int((alpha + end).argmax())]
    for before in reversed(came_from):  # walk back
        path.append(int(before[path[-1]]))
    return path[::-1]

# %% name="viterbi"
print([TAGS[k] for k in best_path(e, A, start, end)])
assert tuple(best_path(e, A, start, end)) == best
found, _ = crf.viterbi(E, mask, *field)
found, wrong = ops.convert_to_numpy(found), 0
for b, n in enumerate(lengths):
    every = list(product(range(3), repeat=n))
    exact = every[int(np.argmax(every_score(E[b, :n], *field)))]
    wrong += tuple(found[b, :n]) != exact
    wrong += best_path(E[b, :n], *field) != list(exact)
claim("viterbi_not_brute_force", wrong, at_most=0)

# %% [markdown]
# 4 句里与穷举不同的有 0<!-- claim viterbi_not_brute_force --> 句。
#
# ### 每个词有多大把握
#
# 最好的一串只有一串。要知道“第 $t$ 个词是标签 $k$ 的概率”，把所有在第 $t$ 步经过 $k$ 的串加起来，叫**边缘概率 (marginal probability)**：左边用前向的 $\alpha$，右边用倒着走的同样的循环 $\beta$：
#
# $$\beta_T(i)=b_i,\qquad\beta_t(i)=\log\sum_j\exp\bigl[A_{ij}+e_{t+1}(j)+\beta_{t+1}(j)\bigr]$$
#
# $\alpha_t$ 已经含有 $e_t$，$\beta_t$ 从 $e_{t+1}$ 算起，哪个也没有漏，哪个也没有重。于是 $p(y_t=k\mid x)=e^{\alpha_t(k)+\beta_t(k)}/Z$。

# %% name="marginals"
batch = [v.astype("float32") for v in (e[None], A, start, end)]
p = ops.convert_to_numpy(
    crf.marginals(batch[0], np.ones((1, 3), bool), *batch[1:]))[0]
exact = np.zeros((3, 3))
for y, s in paths.items():
    exact[range(3), list(y)] += np.exp(s - log_z)
print(pd.DataFrame(p.round(3), ["word 1", "word 2", "word 3"], TAGS))
claim("marginals_equal_brute_force", np.abs(p - exact).max(), at_most=1e-5)
claim("second_is_inside", p[1, 2], close_to=0.638, tol=0.001)

# %% [markdown]
# 每一行加起来是 1。第二个词有 64%<!-- claim second_is_inside --> 的把握是 I：不是因为它自己（它自己偏向 B），是因为左边多半有一个 B。

# %% [markdown]
# <a id="cell-id=14-7"></a>
# ## 14.7 发射分数从哪里来：线索表，BiLSTM
#
# CRF 只管标签与标签。发射分数可以来自任何模型，先用最便宜的：每个词列出十几条**线索 (feature)**，文献里也叫特征，例如“词是北京”“尾字是斯”“前一个词是在”，每条线索给每个标签一个权重，加起来就是发射分数。这正是 2001 年的 CRF（Lafferty 等），此后十来年找名字的通行做法，也是 BiLSTM 要打败的对手。权重放在一张 `Embedding` 里，用上面的损失训练：

# %% name="clues"
from rnnbook.labelling import bilstm_crf
from rnnbook.labelling.bilstm_crf import Coder, shape

def clues(words):
    around, rows = ["<s>", "<s>", *words, "</s>", "</s>"], []
    for t, word in enumerate(words, 2):
        far, before, _, after, farther = around[t - 2:t + 3]
        rows.append([f"{kind} {value}" for kind, value in {
            "word": word, "shape": shape(word), "first": word[0],
            "last": word[-1], "head": word[:2], "tail": word[-2:],
            "before": before, "after": after, "far": far, "farther": farther,
            "last before": before[-1], "tail before": before[-2:],
            "first after": after[0], "last after": after[-1],
            "two": f"{before} {word}", "then": f"{word} {after}",
            "around": f"{before} {after}"}.items()])
    return rows

class ClueCoder(Coder):
    """Words as the numbers of their clues; what stands once is unknown."""

    def __init__(self, sentences, clues=clues):
        super().__init__(sentences)
        self.clues = clues
        seen = chain(*(clues([w for w, _ in s]) for s in sentences))
        self.table = Vocabulary.from_text(chain(*seen), PAD_UNKNOWN, least=2)

    def encode(self, sentence):
        rows = self.clues([word for word, _ in sentence])
        return self.table.encode(list(chain(*rows))).reshape(len(rows), -1)

print(*clues(["记者", "在", "北京"])[2])

# %% name="clue_crf" tags=["training", "data"]
from rnnbook.training.fitting import adam_cosine, fit_cosine, seed_everything

seed_everything(0)
clue_coder = ClueCoder(uner.train)
kinds = len(clue_coder.tags)
x = keras.Input((None, len(clues(["x"])[0])), dtype="int32")
weight = layers.Embedding(len(clue_coder.table), kinds,
                          embeddings_initializer="zeros")
emissions = ops.sum(weight(x), axis=2)  # (B, T, K)
linear = bilstm_crf.SequenceTagger(
    x, bilstm_crf.CRF(clue_coder.tags, name="crf")(emissions))
fit_cosine(linear, clue_coder.batches(uner.train, 32, seed=0), epochs=4,
           rate=0.02)
marked = bilstm_crf.predict(linear, clue_coder, uner.test)
rulers["clue CRF"] = scores(gold, marked)
print(f"{len(clue_coder.table)} clues,", rulers["clue CRF"])
claim("clue_crf_f1", rulers["clue CRF"].entity_f1, close_to=0.672, tol=0.015,
      **only)

# %% [markdown]
# 半分钟左右训练出来的线索 CRF，实体 F1 是 0.672<!-- claim clue_crf_f1 -->，是查表基线的两倍多。学习率看着验证集从 0.01、0.02、0.05 里挑，中间的最好；线索随机丢掉一半再训练，试过一次，没有更好；4 遍和线索的种类没有挑。
#
# ### BiLSTM-CRF
#
# 讲义 S0 §6.2 说序列标注“通常采用 Bi-LSTM+CRF 的架构”，刚开头就断了。这里补上，发射分数改由网络给出。每个词给网络看四样东西：词本身（只出现一次的词记作未知）、词形（汉字、数字、字母、标点，几个字）、首尾的字、一个一维卷积读过的字（至多六个，长词取前三后三）。后两样是为没见过的词准备的：训练集里两个字以上、以“斯”字结尾的词有 130<!-- claim ends_in_si --> 种，124<!-- claim names_in_si --> 种当过名字的一部分（多半是译名）。上面是双向 LSTM（[第 08 章](08_deep_bidirectional.ipynb)），再上面是 CRF：
#
# 词 → 嵌入与字的卷积 → 双向 LSTM → 每个标签的发射分数 → CRF
#
# 只出现一次的词在训练集里占 11%<!-- claim unknown_train -->，测试集里的未知词却有 17%<!-- claim unknown_test -->。所以训练时随机把三成的词换成未知词，逼着它从字和上下文里找线索。损失就是上面的 $\log Z-s$，除以词数。转移分数存成十分之一的权重，用时乘 10，因为 Adam 每步走的大小差不多，乘了它才走得快。
#
# 先不要卷积和 dropout，全部写出来：四张嵌入表，双向 LSTM，每个标签一个分数；`CRF` 层只存放 $A$、$a$、$b$。`compile` 把损失交给它，`fit` 训练一遍。

# %% name="plain_network" tags=["training", "data"]
from rnnbook.labelling.bilstm_crf import CHARACTERS, SHAPES

few = uner.train[:800]
live_coder = Coder(few)
K, signs = len(live_coder.tags), len(live_coder.characters)
x = keras.Input((None, 3 + CHARACTERS), dtype="int32")  # numbers of a word
h = ops.concatenate([
    layers.Embedding(len(live_coder.words), 64)(x[:, :, 0]),
    layers.Embedding(SHAPES, 16)(x[:, :, 1]),
    layers.Embedding(signs, 32)(x[:, :, 3]),            # first character
    layers.Embedding(signs, 32)(x[:, :, 2])], axis=-1)  # last character
h = layers.Bidirectional(layers.LSTM(96, return_sequences=True))(
    h, mask=ops.not_equal(x[:, :, 0], 0))
moves = bilstm_crf.CRF(live_coder.tags)
plain = keras.Model(x, moves(layers.Dense(K)(h)))       # (B, T, K)

def nats_per_word(y, emissions):  # tags count from 1, 0 is padding
    mask, tags = ops.not_equal(y, 0), ops.maximum(y - 1, 0)
    nats = crf.negative_log_likelihood(emissions, tags, mask,
                                       *moves.scores())
    return ops.sum(nats) / ops.sum(ops.cast(mask, "float32"))

batches = live_coder.batches(few[:320], 32, seed=0)
plain.compile(adam_cosine(len(batches), 5e-3), nats_per_word)
plain.fit(batches, verbose=0)

# %% [markdown]
# 库里的 `bilstm_crf.build` 是同一个网络，另加卷积、dropout 和换成未知词；`bilstm_crf.train` 就是 `compile` 和 `fit` 那几行。关掉那三样，放进训练好的权重，发射分数和损失都应当相同：

# %% tags=["training", "data"]
library = bilstm_crf.build(live_coder, dropout=0, token_dropout=0, filters=0)
library.set_weights(plain.get_weights())
given, wanted = batches[0]
ours, theirs = plain(given), library(given)
claim("plain_equals_library", np.abs(np.asarray(ours - theirs)).max(),
      at_most=1e-5)
claim("plain_loss_equals_library", abs(float(
    nats_per_word(wanted, ours)
    - library.compute_loss(y=wanted, y_pred=theirs))), at_most=1e-5)

# %% [markdown]
# 发射分数相差 0<!-- claim plain_equals_library -->，损失相差 0<!-- claim plain_loss_equals_library -->。现场用 800 句训练几遍，只为看它跑起来：

# %% name="live" tags=["training", "data"]
ends = {}
for word, tag in chain(*uner.train):
    if len(word) > 1 and word[-1] == "斯":
        ends.setdefault(word, set()).add(tag != "O")
claim("ends_in_si", len(ends), close_to=130, tol=0, **only)
claim("names_in_si", sum(True in uses for uses in ends.values()),
      close_to=124, tol=0, **only)
counts = Counter(w for w, _ in chain(*uner.train))
claim("unknown_train", sum(n == 1 for n in counts.values()) / counts.total(),
      close_to=0.106, tol=0.001, **only)
claim("unknown_test", np.mean([counts[w] < 2 for w, _ in chain(*uner.test)]),
      close_to=0.172, tol=0.001, **only)
seed_everything(0)
live = bilstm_crf.build(live_coder)
history = bilstm_crf.train(
    live, live_coder.batches(few, 32, seed=0), epochs=5, learning_rate=5e-3)
quick = bilstm_crf.predict(live, live_coder, uner.validation[:200])
live_scores = scores(tags_of(uner.validation[:200]), quick)
print("nats per word:", np.round(history["loss"], 3))
claim("live_entity_f1", live_scores.entity_f1, close_to=0.43, tol=0.07,
      **only)
claim("live_loss_falls", history["loss"][-1] / history["loss"][0],
      at_most=0.27)

# %% [markdown]
# 800 句、5 遍，验证集前 200 句上的实体 F1 是 0.46<!-- claim live_entity_f1 -->。
#
# 完整的训练是录好的（`python -m rnnbook.recipes run ner_crf`，3,997 句、6 遍），留下了第一个种子的权重。装上它，在测试集上现场重新评分。

# %% name="report" tags=["training", "data"]
sweep = recipes.load("ner_crf")
if full:
    coder = Coder(uner.train)
    model = bilstm_crf.build(coder)
    bilstm_crf.set_weights(model, sweep.weights)
else:  # the stored weights belong to the words of the full data
    coder, model = live_coder, live
predicted = bilstm_crf.predict(model, coder, uner.test)
rulers["BiLSTM-CRF"] = scores(gold, predicted)
print(pd.DataFrame(rulers.values(), rulers)[columns].round(3))
print(by_kind(gold, predicted).round(3))

# %% tags=["training", "data"]
ours = rulers["BiLSTM-CRF"]
claim("crf_micro", ours.token_micro, close_to=0.954, tol=0.001, **only)
claim("crf_f1", ours.entity_f1, close_to=0.690, tol=0.003, **only)
row = sweep.log[(sweep.log.model == "CRF") & (sweep.log.seed == 0)].iloc[0]
claim("stored_equals_logged", abs(ours.entity_f1 - row.entity_f1),
      at_most=0.002, **only)
claim("ner_validation", row.validation_score, close_to=0.691, tol=5e-4)
kinds = by_kind(gold, predicted).f1.reindex(["LOC", "ORG", "PER"])
claim("crf_loc", kinds["LOC"], close_to=0.748, tol=0.005, **only)
claim("crf_org", kinds["ORG"], close_to=0.493, tol=0.005, **only)
claim("org_behind", kinds.drop("ORG").min() - kinds["ORG"], close_to=0.18,
      tol=0.02, **only)

# %% name="three_rulers" tags=["training", "data"]
fig, axis = plt.subplots(figsize=(8.6, 4))
places = np.arange(len(rulers))
looks = ((BLUE, "", "token micro F1 (= accuracy)"),
         (GREY, "//", "token macro F1"), (VERMILION, "", "entity F1"))
for i, (column, (color, hatch, label)) in enumerate(zip(columns, looks)):
    values = [getattr(s, column) for s in rulers.values()]
    bars = axis.bar(places + 0.27 * (i - 1), values, 0.25, color=color,
                    hatch=hatch, label=label, edgecolor="white")
    axis.bar_label(bars, fmt="%.2f", fontsize=10)
axis.set(xticks=places, xticklabels=rulers, ylim=(0, 1.22), ylabel="score",
         title="One prediction, three rulers: only entity F1 counts names")
axis.legend(ncols=3, loc="upper left", fontsize=10)
plt.show()

# %% [markdown]
# 同一份预测，三把尺子。词的正确率从 88.3%<!-- claim uner_all_o --> 到 95.4%<!-- claim crf_micro -->，只差 7 个百分点；实体 F1 从 0 到 0.690<!-- claim crf_f1 -->。查表的基线与它相比，词的正确率只低几个百分点，实体 F1 不到一半。这一个种子里，机构名最难，F1 只有 0.49<!-- claim crf_org -->，地名是 0.75<!-- claim crf_loc -->。
#
# ### 换一批句子还一样吗
#
# 种子的波动只是误差的一半，另一半是碰上了哪 500 句。用[第 11 章](11_char_lm.ipynb)的自助法，从这 500 句里有放回地再抽 500 句，重新评分，抽两千次，看分数散得多开。两个模型答同样的句子，就抽同样的句子、看差，叫配对。F1 只由几个总数算出（[14.1 节](#cell-id=14-1)），每句记下找对的个数，和两边的个数之和就够，这是 `by_sentence`；`f1_of` 拿它们的总和算 F1：

# %% name="bootstrap" tags=["training", "data"]
from rnnbook.data.redraws import redrawn
from rnnbook.labelling.entity_scores import by_sentence, f1_of

often = redrawn(len(gold), 2000)
print(by_sentence(gold, predicted)[:5].tolist())  # right, gold + found
assert f1_of(by_sentence(gold, predicted).sum(0)) == ours.entity_f1
network_f1, clue_f1 = (f1_of(often @ by_sentence(gold, tags))
                       for tags in (predicted, marked))
ahead = ours.entity_f1 - rulers["clue CRF"].entity_f1
low95, high95 = np.percentile(network_f1, [2.5, 97.5])
print(f"BiLSTM-CRF: 95 % of the draws in [{low95:.3f}, {high95:.3f}]")
claim("crf_f1_error", network_f1.std(), close_to=0.0199, tol=7e-4, **only)
claim("network_ahead", ahead, close_to=0.018, tol=0.015, **only)
claim("network_ahead_error", (network_f1 - clue_f1).std(), close_to=0.016,
      tol=0.002, **only)

# %% [markdown]
# 0.690 自己的误差是 0.020<!-- claim crf_f1_error -->（换一批句子的标准差），比换种子的波动大得多。BiLSTM-CRF 比线索 CRF 多 0.018<!-- claim network_ahead --> ± 0.016<!-- claim network_ahead_error -->（配对），只有一个标准误，**分不出高下**。[14.8 节](#cell-id=14-8)挑过设置的 BiLSTM-CRF，5 个种子平均高到 0.705；没有挑过设置的 softmax 网络（平均 0.641<!-- claim ner_same_setting -->）却还不如这张线索表。只和查表的基线比，看不出这些。
#
# ### 看它标对和标错的
#
# 填了颜色的是找对的名字；删除线是多标的，或者类型、边界不对的；句末方括号里是漏掉的。例句是 UNER 中文测试集（CC BY-SA 4.0）里最前面的六个短句（不到 30 词、至少两个名字），没有挑。

# %% name="tagged_sentences" tags=["training", "data"]
from html import escape

from IPython.display import HTML

COLORS = {"PER": "#0072B2", "LOC": "#009E73", "ORG": "#D55E00"}

def show(sentence, tags):
    right, own = set(spans([t for _, t in sentence])), set(spans(tags))
    words = [escape(word) for word, _ in sentence]
    missed = ", ".join(f"{''.join(words[a:b])} {kind}"
                       for kind, a, b in sorted(right - own))
    for kind, a, b in own:
        look = "background:{};color:white" if (kind, a, b) in right else \
            "color:{};text-decoration:line-through"
        words[a] = (f"<span style='{look.format(COLORS[kind])};"
                    f"padding:1px 4px;border-radius:4px'>{words[a]}")
        words[b - 1] += f"<sub>{kind}</sub></span>"
    note = f" <small>[missed: {missed}]</small>" if missed else ""
    return f"<p style='line-height:2'>{' '.join(words)}{note}</p>"

short = [i for i, s in enumerate(uner.test)
         if len(s) < 30 and len(spans([t for _, t in s])) > 1][:6]
HTML("".join(show(uner.test[i], predicted[i]) for i in short))

# %% [markdown]
# 完整数据上，“台大”标成了地名，答案是机构；“图波列夫”是机构名，它当成了人；“国际射击中心”整个漏掉。换成你自己的句子，再运行。句子要先分好词；没有分好的，可以用[第 10 章](10_text_classification.ipynb)的 jieba 切开，切得与训练数据不一样，名字也会跟着错：

# %% name="your_sentence" tags=["training", "data"]
yours = "张 小红 昨天 从 上海 市 来到 北京 大学 报到 。".split()
tags = bilstm_crf.predict(model, coder, [[(w, "O") for w in yours]])[0]
print(*(f"{word}/{tag}" for word, tag in zip(yours, tags)))

# %% [markdown]
# 书里存的这一次，它把“昨天”也算进了人名：训练集里没有“昨天”，它和“小红”一样是未知词。一句话对不对说明不了什么，但错的也要看。
#
# 想在你自己的文件上训练，见 [14.10 节](#cell-id=14-10)。

# %% [markdown] tags=["optional"]
# ### 选读：没见过的名字
#
# 它记住了名字，还是学会了认名字？把测试集的名字分成训练集里出现过的（字和类型都相同）和没出现过的，各算召回率。

# %% name="unseen" tags=["training", "data"]
def named(sentences):
    return [[(kind, "".join(w for w, _ in s[a:b]), a, b) for kind, a, b
             in spans([t for _, t in s])] for s in sentences]

known = {name[:2] for row in named(uner.train) for name in row}
retagged = [[(w, t) for (w, _), t in zip(s, tags)]
            for s, tags in zip(uner.test, predicted)]
hit = {True: [], False: []}
for wanted, own in zip(named(uner.test), named(retagged)):
    for name in wanted:
        hit[name[:2] in known].append(name in own)
claim("names_seen", len(hit[True]) / len(hit[True] + hit[False]),
      close_to=0.295, tol=5e-4, **only)
claim("recall_seen", np.mean(hit[True]), close_to=0.849, tol=0.005, **only)
claim("recall_unseen", np.mean(hit[False]), close_to=0.599, tol=0.005, **only)

# %% [markdown]
# 测试集里只有 29%<!-- claim names_seen --> 的名字见过，召回率 85%<!-- claim recall_seen -->；没见过的也找回了 60%<!-- claim recall_unseen -->。字、词形和上下文各起多少作用，这里没有分开量。

# %% [markdown]
# <a id="cell-id=14-8"></a>
# ## 14.8 CRF 比 softmax 多对多少
#
# 同一个网络，只换最后一层，按种子配对。softmax 解码两次：一次逐词取最大（不合规矩的 I 照 `conlleval` 当作新的一段计分），一次也禁止不合规矩的转移（训练照旧，只在预测时加规矩）。测试集什么也没有决定。
#
# 怎样比才公平？`ner_crf` 里两者共用一套设置（6 遍，学习率 0.003），3 个种子；6 遍和 0.003 没有挑过，挑过的只有 CRF 才有的一项，转移分数的放大倍数（在验证集上，8 遍）。所以再给两边各挑一次，遍数都是 12，学习率都试三个，各训练一次，看验证集上的实体 F1（配方 `ner_softmax_choose` 与 `ner_crf_choose`）：

# %% name="softmax_grid"
grids = {name: recipes.load(f"ner_{name}_choose").log
         for name in ("softmax", "crf")}
grid = pd.DataFrame({
    name: log[log.decoding == way].set_index("learning_rate").entity_f1
    for (name, log), way in zip(grids.items(), ("rules", "moves"))})
print(grid.round(3))
best = grid.idxmax()
claim("softmax_best_rate", best.softmax, close_to=0.01, tol=0)
claim("crf_best_rate", best.crf, close_to=0.01, tol=0)
claim("grid_best", grid.softmax.max(), close_to=0.685, tol=5e-4)
claim("grid_best_crf", grid.crf.max(), close_to=0.720, tol=5e-4)

# %% [markdown]
# 两边都挑中 0.01<!-- claim crf_best_rate -->，上下都试过；验证集上 softmax 0.685<!-- claim grid_best -->，CRF 0.720<!-- claim grid_best_crf -->。用挑中的学习率，在测试集上各跑 5 个种子（`ner_softmax`、`ner_crf_again`）。这两份记录里留着每一句的个数，所以也能像[14.7 节](#cell-id=14-7)那样有放回地重抽句子：

# %% name="crf_or_softmax"
from rnnbook.labelling.tagging_trials import read_counts

first, tuned, again = (recipes.load(name).log for name in
                       ("ner_crf", "ner_softmax", "ner_crf_again"))
same, before = (first[first.model == name] for name in ("softmax", "CRF"))
arms = {"same": same[same.rules], "before": before,
        "free": tuned[tuned.decoding == "free"],
        "rules": tuned[tuned.decoding == "rules"],
        "CRF": again[again.decoding == "moves"],
        "no moves": again[again.decoding == "rules"]}
arms = {name: rows.set_index("seed") for name, rows in arms.items()}
f1 = pd.DataFrame({name: rows.entity_f1 for name, rows in arms.items()})
print(f1.round(3))
fig, axis = plt.subplots(figsize=(7.4, 4))
shown = f1[["same", "before", "free", "rules", "CRF"]]
for values in shown.to_numpy():
    axis.plot(range(2), values[:2], "o-", color=GREY, lw=1, ms=6)
    axis.plot(range(2, 5), values[2:], "o-", color=GREY, lw=1, ms=6)
axis.errorbar(range(5), shown.mean(), shown.std(), fmt="s", color=VERMILION,
              capsize=6, ms=9, lw=2, zorder=3)
axis.set_xticks(range(5), [
    "softmax, rules\none setting", "CRF\none setting",
    "softmax, free\nrate chosen", "softmax, rules\nrate chosen",
    "CRF\nrate chosen"], fontsize=10)
axis.set(ylabel="entity F1 on the test part", xlim=(-0.4, 4.4),
         title="A rate of its own for each narrows the CRF's lead")
plt.show()

# %%
gain_same, gain = (f1.before - f1.same).dropna(), f1.CRF - f1.rules
bare = f1.rules - f1.free
per_sentence = {name: [read_counts(text) for text in arms[name].sentences]
                for name in ("rules", "CRF")}  # of each seed: (sentences, 2)
picks = redrawn(len(per_sentence["CRF"][0]), 2000)
redrawn_f1 = {name: np.array([f1_of(picks @ counts) for counts in seeds])
              for name, seeds in per_sentence.items()}  # (seeds, draws)
redrawn_gain = redrawn_f1["CRF"] - redrawn_f1["rules"]
drawn_seeds = redrawn(5, 2000) / 5                  # shares of the seeds
both = (drawn_seeds * redrawn_gain.T).sum(axis=1)   # seeds and sentences
gain_low, gain_high = np.percentile(both, [2.5, 97.5])
for name, value, printed, tol in (
        ("ner_crf", f1.before.mean(), 0.689, 5e-4),
        ("ner_same_setting", f1.same.mean(), 0.641, 5e-4),
        ("gain_same_setting", gain_same.mean(), 0.049, 5e-4),
        ("gain_same_least", gain_same.min(), 0.045, 5e-4),
        ("ner_softmax", f1.rules.mean(), 0.685, 5e-4),
        ("ner_softmax_sd", f1.rules.std(), 0.014, 5e-4),
        ("ner_crf_tuned", f1.CRF.mean(), 0.718, 5e-4),
        ("ner_crf_tuned_sd", f1.CRF.std(), 0.011, 5e-4),
        ("crf_gain", gain.mean(), 0.033, 5e-4),
        ("crf_gain_sd", gain.std(), 0.024, 5e-4),
        ("crf_gain_least", gain.min(), 0.008, 5e-4),
        ("crf_gain_sentences", redrawn_gain.mean(axis=0).std(), 0.0072, 2e-4),
        ("crf_gain_low", gain_low, 0.0085, 3e-4),
        ("crf_gain_high", gain_high, 0.059, 5e-4),
        ("rules_gain", bare.mean(), 0.024, 5e-4),
        ("rules_gain_least", bare.min(), 0.019, 5e-4),
        ("moves_gain", (f1.CRF - f1["no moves"]).mean(), 0.074, 5e-4),
        ("no_moves_behind", (f1.rules - f1["no moves"]).mean(), 0.041, 5e-4),
        ("micro_gain", arms["before"].token_micro.mean()
         - arms["same"].token_micro.mean(), 0.0013, 5e-5),
        ("illegal_free", arms["free"].illegal.mean(), 37, 0.5),
        ("illegal_crf", arms["CRF"].illegal.mean(), 0, 0)):
    claim(name, value, close_to=printed, tol=tol)

# %% [markdown]
# 下面的 ± 是种子的样本标准差，都没有用预训练的词向量。
#
# | 设置 | softmax，加规矩 | CRF | 相差（按种子配对） |
# |---|--:|--:|--:|
# | 共用，3 个种子 | 0.641<!-- claim ner_same_setting --> | 0.689<!-- claim ner_crf --> | 0.049<!-- claim gain_same_setting -->，最少 0.045<!-- claim gain_same_least --> |
# | 学习率各挑，5 个种子 | 0.685<!-- claim ner_softmax --> ± 0.014<!-- claim ner_softmax_sd --> | 0.718<!-- claim ner_crf_tuned --> ± 0.011<!-- claim ner_crf_tuned_sd --> | 0.033<!-- claim crf_gain --> ± 0.024<!-- claim crf_gain_sd -->，最少 0.008<!-- claim crf_gain_least --> |
#
# 学习率各挑一次，CRF 的好处从 0.049<!-- claim gain_same_setting --> 缩到 0.033<!-- claim crf_gain -->，五个种子都为正，种子之间却从 0.008<!-- claim crf_gain_least --> 起相差很远。换一批句子，五个种子的平均差只晃动 0.007<!-- claim crf_gain_sentences -->（配对的自助法）；种子和句子一起重抽，95% 的差落在 0.008<!-- claim crf_gain_low --> 到 0.059<!-- claim crf_gain_high -->。所以在这里 CRF 更高，高多少，主要还看种子。
#
# 规矩值多少，转移又值多少？softmax 解码时加上规矩就多 0.024<!-- claim rules_gain -->（最少的种子 0.019<!-- claim rules_gain_least -->），不用训练就拿得到。没有规矩时，500 句里平均有 37<!-- claim illegal_free --> 句的标签串不合规矩；CRF 是 0<!-- claim illegal_crf -->。
#
# 训练好的 CRF 若把转移分数换成 0、只留规矩，就掉 0.074<!-- claim moves_gain -->，比同样只有规矩的 softmax 还低 0.041<!-- claim no_moves_behind -->。它的发射分数是和转移一起学的，单独拿出来就配不上了。
#
# 再看尺子。共用设置时，实体 F1 差 0.049<!-- claim gain_same_setting -->，词的正确率只差 0.0013<!-- claim micro_gain -->。用错了尺子，就看不见差别。
#
# 别人量过多少？Huang 等（2015，表 2）在英文名字上，CRF 比 softmax 多 3.2 个百分点（随机的词向量）和 3.7 个（Senna 词向量），词性上只多 0.13 和 0.15 个，都是一次训练。Reimers 和 Gurevych（2017）换着种子训练了几万个这样的网络，单是种子就能让英文实体 F1 差一个百分点：一次训练的差别要这样看。
#
# 参照：UNER 作者放出的模型（[XLM-R large 加微调](https://huggingface.co/universalner/uner_chn_gsdsimp)）自报在**验证**集上实体 F1 .857、词的正确率 .980；我们这个种子在验证集上是 0.691<!-- claim ner_validation -->。它预训练时读过大量文本，模型也大得多；各占多少，这里没有测。
#
# ### CRF 学到了什么
#
# 打开留下的权重，看转移分数。禁止的格子画斜线。

# %% name="transitions" tags=["training", "data"]
learned = ops.convert_to_numpy(model.get_layer("crf").scores()[0])
tags = coder.tags
legal = np.array(crf.allowed(tags)[0])
shown = np.where(legal, learned, np.nan)
span = np.nanmax(np.abs(shown))
fig, axis = plt.subplots(figsize=(6.4, 5.2))
image = axis.imshow(shown, cmap="RdBu_r", vmin=-span, vmax=span)
for i, j in np.ndindex(shown.shape):
    if legal[i, j]:
        axis.text(j, i, f"{shown[i, j]:.1f}", ha="center", va="center",
                  color="white" if abs(shown[i, j]) > 0.6 * span else "black")
    else:
        axis.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, hatch="///",
                                     fill=False, ec=GREY, lw=0))
axis.set(xticks=range(len(tags)), yticks=range(len(tags)),
         xlabel="tag", ylabel="tag before",
         title="The CRF marks down a name right after a name")
axis.set_xticklabels(tags, rotation=45)
axis.set_yticklabels(tags)
axis.grid(False)
fig.colorbar(image, ax=axis, label="transition score")
plt.show()

# %% tags=["training", "data"]
begins = [k for k, tag in enumerate(tags) if tag[0] == "B"]
after_name, after_o = learned[:-1][:, begins], learned[-1, begins]
claim("begin_after_name", after_name.mean(), close_to=-1.75, tol=0.05, **only)
claim("begin_after_o", after_o.mean(), close_to=-0.36, tol=0.05, **only)
claim("after_o_above", (after_o - after_name).min(), close_to=0.22, tol=0.01,
      **only)
go_on = {k: learned[k, k + len(begins)] - learned[k, -1] for k in begins}
claim("inside_above_outside", min(go_on.values()), close_to=0.66, tol=0.01,
      **only)
close = [(b, c) for s in uner.train for (_, _, b), (_, c, _) in
         pairwise(sorted(spans([t for _, t in s]), key=lambda n: n[1]))]
claim("names_in_a_row", len(close), close_to=3596, tol=0, **only)
moves = Counter(move for own in tags_of(uner.train)
                for move in pairwise(own))
claim("place_then_out", moves["B-LOC", "O"], close_to=1460, tol=0, **only)
claim("place_goes_on", moves["B-LOC", "I-LOC"], close_to=1398, tol=0, **only)
claim("names_touching", sum(b == c for b, c in close), close_to=8, tol=0,
      **only)
person = tags.index("I-PER") if "I-PER" in tags else -1
claim("person_ends", learned[person, -1] - learned[person, person],
      close_to=1.51, tol=0.01, **only)

# %% [markdown]
# 一个名字刚完，马上又开始一个名字（B 那三列的上面六行），平均 -1.8<!-- claim begin_after_name -->；O 后面开始一个名字，-0.4<!-- claim begin_after_o -->。训练集里，一句话中前后相邻的两个名字有 3596<!-- claim names_in_a_row --> 对，紧挨着的只有 8<!-- claim names_touching --> 对，B 那三列该是负的。B 后面，I 的分数都比 O 高；人名的 I 后面却是 O 高得多：分词时姓和名常常各是一个词，两个词就结束。分数要和发射分数加起来看，单独一格没有绝对的含义，也不是频率：训练集里 B-LOC 后面跟 O 的有 1460<!-- claim place_then_out --> 次，跟 I-LOC 的 1398<!-- claim place_goes_on --> 次，学到的分数却是 I 高。

# %% [markdown] tags=["optional"]
# ### 选读：拿不准的就不报
#
# 边缘概率能当把握用。一个名字的把握，取它各个词的边缘概率里最小的一个（整个名字都对的概率不会比它大，所以是上界）；只报把握够大的，精确率上升，召回率下降。

# %% name="confidence" tags=["training", "data"]
sure = {}
for chosen, emitted, real in bilstm_crf.emissions_of(
        model, coder, uner.test):
    p = ops.convert_to_numpy(
        crf.marginals(emitted, real, *model.get_layer("crf").scores()))
    for b, i in enumerate(chosen):
        numbers = [coder.tags.index(t) for t in predicted[i]]
        for s in spans(predicted[i]):
            sure[i, s] = p[b, range(s[1], s[2]), numbers[s[1]:s[2]]].min()
truth = {(i, s) for i, tags in enumerate(gold) for s in spans(tags)}
for least in (0.0, 0.5, 0.9, 0.99):
    kept = {key for key, value in sure.items() if value >= least}
    hits = len(kept & truth)
    print(f"sure >= {least:4.2f}: {len(kept):4d} names, precision "
          f"{hits / max(len(kept), 1):.3f}, recall {hits / len(truth):.3f}")
for name, kept in (("all", set(sure)),
                   ("sure", {k for k, v in sure.items() if v >= 0.9})):
    hits, close = len(kept & truth), {"tol": 0.005, **only}
    claim(f"precision_{name}", hits / max(len(kept), 1),
          close_to={"all": 0.710, "sure": 0.904}[name], **close)
    claim(f"recall_{name}", hits / len(truth),
          close_to={"all": 0.672, "sure": 0.406}[name], **close)

# %% [markdown]
# 全报，精确率 71%<!-- claim precision_all -->；只报把握不小于 0.9 的，少报一半多，精确率 90%<!-- claim precision_sure -->，代价是召回率从 67%<!-- claim recall_all --> 降到 41%<!-- claim recall_sure -->。

# %% [markdown] tags=["optional"]
# <a id="cell-id=14-9"></a>
# ## 14.9 选读：同一个模型，词性与分词
#
# 词性标注已经是一词一签，换一份数据就行。**中文分词 (word segmentation)** 也能写成序列标注：每个字标 B（词首）、M（词中）、E（词尾）、S（单字成词）。单元从词换成字，每个单元给网络看这个字和下一个字：

# %% name="segmentation" tags=["data"]
from rnnbook.labelling import segmentation

sentence = [("我们", "O"), ("在", "O"), ("北京", "O"), ("图书馆", "O")]
print(segmentation.segmentation_task([sentence])[0])
texts = ["".join(w for w, _ in s) for s in uner.test]
gold_words = [[w for w, _ in s] for s in uner.test]
matched = [segmentation.longest_match(set(counts), t) for t in texts]
usual = segmentation.likeliest_tags(
    segmentation.segmentation_task(uner.train))
alone = [segmentation.to_words(t, [usual.get(c, "S") for c in t])
         for t in texts]
claim("seg_each_character", segmentation.word_f1(gold_words, alone)[2],
      close_to=0.594, tol=5e-4, **only)
claim("seg_longest_match", segmentation.word_f1(gold_words, matched)[2],
      close_to=0.793, tol=5e-4, **only)

# %% [markdown]
# 两个基线：每个字标它最常见的标签，词的 F1 是 0.59<!-- claim seg_each_character -->；拿训练集的词当词典，从左往右取最长的词，是 0.79<!-- claim seg_longest_match -->。词性的基线与[第 08 章](08_deep_bidirectional.ipynb)相同：74.6%<!-- claim 08_deep_bidirectional/baseline -->。录好的训练（`python -m rnnbook.recipes run tagging_tasks`，3 个种子）：

# %% name="other_tasks"
other = recipes.load("tagging_tasks").log
decoded = other[other.rules]
table = decoded.groupby(["task", "model"]).score.agg(["mean", "std", "count"])
print(table.round(4))

# %%
by_seed = decoded[decoded.task == "words"].pivot(
    index="seed", columns="model", values="score")
added = by_seed["CRF"] - by_seed["softmax"]
plain = recipes.load("pos_softmax").log.pivot(
    index="seed", columns="filters", values="score")
tagged = decoded[decoded.task == "parts of speech"].set_index("seed").score
print(plain.assign(CRF=tagged).round(4))
more, reading = 100 * (tagged - plain[64]), 100 * (plain[64] - plain[0])
for name, value, printed, tol in (
        ("pos_crf", tagged.mean(), 0.836, 5e-4),
        ("pos_crf_sd", tagged.std(), 0.0015, 5e-5),
        ("pos_softmax", plain[64].mean(), 0.834, 5e-4),
        ("pos_softmax_sd", plain[64].std(), 0.0030, 5e-5),
        ("pos_crf_gain_points", more.mean(), 0.24, 5e-3),
        ("pos_crf_gain_sd_points", more.std(), 0.23, 5e-3),
        ("pos_crf_least_points", -more.min(), 0.02, 5e-3),
        ("pos_unread", plain[0].mean(), 0.825, 5e-4),
        ("pos_reading_points", reading.mean(), 0.9, 0.05),
        ("pos_reading_sd_points", reading.std(), 0.4, 0.05),
        ("pos_reading_least_points", reading.min(), 0.5, 0.05),
        ("seg_crf", by_seed["CRF"].mean(), 0.926, 5e-4),
        ("seg_crf_sd", by_seed["CRF"].std(), 0.002, 5e-4),
        ("seg_gain", added.mean(), 0.003, 5e-4),
        ("seg_gain_sd", added.std(), 0.002, 5e-4),
        ("seg_gain_least", added.min(), 0.001, 5e-4)):
    claim(name, value, close_to=printed, tol=tol)

# %% [markdown]
# 词性是 83.6%<!-- claim pos_crf --> ± 0.2%<!-- claim pos_crf_sd -->（3 个种子），比[第 08 章](08_deep_bidirectional.ipynb)的双向 LSTM（83.3%<!-- claim 08_deep_bidirectional/pos_two_ways -->）高一点，可是**低于那一章的线性模型**，它只看词缀和左右的邻词，几秒钟训练，84.1%<!-- claim 08_deep_bidirectional/linear_both -->。只有 1,350 句训练，更大的网络和 CRF 也没有换来更好的词性标注。
#
# 同样的网络、同样的种子换成逐词 softmax（`pos_softmax`）是 83.4%<!-- claim pos_softmax --> ± 0.3%<!-- claim pos_softmax_sd -->。CRF 多 0.24<!-- claim pos_crf_gain_points --> ± 0.23<!-- claim pos_crf_gain_sd_points --> 个百分点，有一个种子没有提高（低 0.02<!-- claim pos_crf_least_points --> 个）。看不出用处；为什么，没有测。
#
# softmax 再去掉字的卷积，掉到 82.5%<!-- claim pos_unread -->，卷积值 0.9<!-- claim pos_reading_points --> ± 0.4<!-- claim pos_reading_sd_points --> 个百分点，最少的种子 0.5<!-- claim pos_reading_least_points -->。
#
# 分词 F1 是 0.926<!-- claim seg_crf --> ± 0.002<!-- claim seg_crf_sd -->，远高于最长匹配。按种子相减，CRF 比带规矩的 softmax 多 0.003<!-- claim seg_gain --> ± 0.002<!-- claim seg_gain_sd -->，最少的种子 0.001<!-- claim seg_gain_least -->，差别很小，而且两边都没有挑设置。
#
# ### 没有人替你分词
#
# 前面找名字，句子都是人工分好词的。不分词，直接在字上找，会差多少？同样的设置和种子（都是给词定的，没有另挑），只看验证集（`ner_characters`）：

# %% name="characters"
letters = recipes.load("ner_characters").log.set_index("seed").entity_f1
words = sweep.log[sweep.log.model == "CRF"].set_index(
    "seed").validation_score
print(pd.DataFrame({"characters": letters, "words": words}).round(4))
lost = words - letters
for name, value, printed in (
        ("characters_f1", letters.mean(), 0.625),
        ("words_f1", words.mean(), 0.694),
        ("characters_lose", lost.mean(), 0.069),
        ("characters_lose_sd", lost.std(), 0.011),
        ("characters_lose_least", lost.min(), 0.059)):
    claim(name, value, close_to=printed, tol=5e-4)

# %% [markdown]
# 在字上是 0.625<!-- claim characters_f1 -->，在词上是 0.694<!-- claim words_f1 -->：按种子相减，少 0.069<!-- claim characters_lose --> ± 0.011<!-- claim characters_lose_sd -->，最少的也少 0.059<!-- claim characters_lose_least -->。人工的分词是一份白送的知识，这一章其余的成绩都含着它；给自己的句子找名字，成绩还会再低一截。

# %% [markdown] tags=["optional"]
# <a id="cell-id=14-10"></a>
# ## 14.10 选读：换成你自己的文件
#
# 读文件、分成三份、训练、与对手比，装进了一个函数。标签是 O、B-类型、I-类型的（BMES、BIOES、BILOU 也行，CoNLL-2003 原始的 IOB1 会改成 IOB2 并说明改了几处），它训练一个双向 LSTM 加 CRF，评分用实体 F1，旁边放着线索 CRF 和最常见的标签。网络里每个词的输入是这个词自己的线索，邻词的线索换成了循环层；用字母写的文字另有大小写、词头、词尾的线索，对手也一样有。
#
# 先看它怎样读。`read_iob2` 认得 CoNLL-2003（词在第一列、标签在最后一列）和 UNER（序号、词、标签）的写法，空行分句，末尾有没有换行都行；标签写成 BMES、BIOES、BILOU 的也读，转成 BIO 并警告一次；GBK 的文件加 `encoding="gb18030"`。坏掉的行会指出行号：

# %% name="own_file"
from rnnbook.data import DataError
from rnnbook.data.iob2 import read_iob2

own_file = Path(mkdtemp()) / "own.iob2"

def try_reading(text, **options):
    own_file.write_text(text, encoding="utf-8")
    try:
        return read_iob2(own_file, **options)
    except DataError as error:
        return str(error).replace(str(own_file), own_file.name)

for text in ("EU NNP B-ORG\nrejects VBZ O", "EU NNP B-ORG\nrejects O",
             "EU NNP ORG", "EU NNP O\nUnion NNP I-ORG", ""):
    print(try_reading(text))

# %% [markdown]
# 第一份读对了；后面四份缺了一列、标签不成样子、I 前面没有 B、文件是空的。CoNLL-2003 原始发布的文件用的是 IOB1 写法，名字通常直接从 I 开始：加上 `repair=True`，它把这样的 I 改成 B，并警告改了几处。
#
# 拿 150 句写成一个文件，只训练 3 遍，看它怎样用：

# %% name="own_entities" tags=["training", "data"]
from rnnbook.own.tag import tag

own_file.write_text("\n\n".join(
    "\n".join(f"{word} {kind}" for word, kind in sentence)
    for sentence in uner.train[:150]), encoding="utf-8")
found = tag(own_file, epochs=3)
print(*found.predict(["张 小红 昨天 从 上海 市 来到 北京 大学 报到 。"]))

# %% [markdown]
# 报告里有句数、词数、重复的句子、每种名字的个数、测试句里没见过的词，然后是三个模型的实体 F1，± 是换一批测试句会晃动多少（[14.7 节](#cell-id=14-7)的自助法，配对相减）。结论只有三种：网络比最强的对手好、不如它、分不出高下（差不到 ± 的两倍）。这里训练只有 120 句、3 遍，网络多半不如对手，报告就照实说；不写 `epochs` 时，遍数按文件的大小来定。
#
# 换成你的文件，改路径就行；词和标签在别的列时用 `word=1, label=4` 指出，从 1 数起；编码用 `encoding="gb18030"`；坏掉的行会指出行号。在 Colab 上，先用左边的文件栏上传，路径写 `/content/` 加文件名。命令行：
#
# ```text
# python -m rnnbook.own tag my.iob2 --save build/mine
# python -m rnnbook.own tag --save build/mine --predict "张 小红 来到 北京"
# ```

# %% [markdown]
# ## 小结
#
# 你用三把尺子给同一份预测**评分**，用算术查出一张不可能的成绩表；**推出并写出**了 CRF 的前向算法、维特比和边缘概率，与穷举的结果相差不到 $10^{-5}$；在三个中文任务上**测出**了 CRF 比 softmax 多对多少，找名字时每个种子都更高，差多少还没有定论，词性和分词上很小或者看不出；一张线索表加 CRF，半分钟就与没有挑过设置的 BiLSTM-CRF 不相上下。
#
# | 名称 | 公式 | 用处 |
# |---|---|---|
# | 串的分数 | $s=a_{y_1}+\sum_t e_t(y_t)+\sum_t A_{y_{t-1}y_t}+b_{y_T}$ | 把相邻标签的知识放进 $A$ |
# | 前向算法 | $\alpha_t(j)=\log\sum_i\exp[\alpha_{t-1}(i)+A_{ij}]+e_t(j)$ | $\log Z$，训练 |
# | 损失 | $\log Z-s(x,y)$ | $A$、$a$、$b$ 全是 0 时就是逐词的交叉熵 |
# | 维特比 | log-sum-exp 换成 max，记下来路 | 预测 |
# | 边缘概率 | $e^{\alpha_t(k)+\beta_t(k)}/Z$ | 把握 |
# | 实体 F1 | $2\times\text{找对}/(\text{找出}+\text{应有})$ | 评分 |
# | 自助法 | 句子有放回地再抽，重新评分 | 换一批句子的误差；同样的句子可配对 |

# %% [markdown]
# ## 常见误解
#
# 每一条都来自真实的讲义，编号与[附录 A](A_misconceptions.ipynb) 相同。

# %% [markdown]
# ### E12 “情感分析是序列标注”
#
# 讲义 S1 §6.3 把命名实体识别和情感分析并列为序列标注。序列标注一个词一个输出；情感分析一句话一个输出，是序列**分类**（[第 10 章](10_text_classification.ipynb)）。看形状：

# %%
x = np.zeros((2, 7, 16), "float32")  # two sentences of seven words
per_word = layers.Dense(3)(layers.LSTM(8, return_sequences=True)(x))
per_sentence = layers.Dense(3)(layers.LSTM(8)(x))
print("labelling", tuple(per_word.shape), "classification",
      tuple(per_sentence.shape))
assert (per_word.shape, per_sentence.shape) == ((2, 7, 3), (2, 3))

# %% [markdown]
# ### E35 “CoNLL-2003 的文本生成数据集”
#
# 表里的行名就是答案：B-LOC、I-PER 是名字的标签，没有一行是生成的文字。CoNLL-2003 是命名实体识别竞赛的数据集（Tjong Kim Sang 和 De Meulder，2003）。四个 B 行的个数，与那篇论文表 2 里英文测试集的名字数逐一相同，不同的有 0<!-- claim e35_counts_that_differ --> 个：

# %%
printed = {tag[2:]: n for tag, n in TABLE.support.items() if tag[0] == "B"}
in_paper = dict(LOC=1668, MISC=702, ORG=1661, PER=1617)  # table 2, test
print({kind: (n, in_paper.get(kind)) for kind, n in printed.items()})
claim("e35_counts_that_differ", sum(printed.get(k) != in_paper.get(k)
                                    for k in {*printed, *in_paper}), at_most=0)

# %% [markdown]
# ### E36 “取得了 97.3% 的 F1”
#
# 它印在把 O 也算进去的词的微平均那一行；什么也不做，这一行就有 82.5%，而按它自己的九行，.973 还不可能出现。

# %%
print(f"do nothing {TABLE.support['O'] / total:.3f}, "
      f"possible [{low:.4f}, {high:.4f}], printed .973")
assert not low - 5e-4 <= 0.973 <= high + 5e-4

# %% [markdown]
# ## 练习
#
# 把 `...` 换成你的答案，再运行下一个格子。卡住时可以要提示：

# %%
hint("sequence_labelling.to_tags")

# %% [markdown]
# <a id="cell-id=ex-1"></a>
# ### 练习 1 ☆ 把段写成标签
#
# `entities` 是 (类型, 第一个词, 最后一个词之后) 的列表，互不重叠。写一个函数，返回长 `length` 的 IOB2 标签列表。
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-1)<!-- twin -->

# %%
def to_tags(length, entities):
    ...

# %%
check("sequence_labelling.to_tags", to_tags)

# %% [markdown]
# <a id="cell-id=ex-2"></a>
# ### 练习 2 ☆ 手算一次
#
# 答案是 `B-PER I-PER O B-LOC O B-ORG I-ORG I-ORG`，预测是 `B-PER I-PER O B-ORG O B-ORG I-ORG O`。填一个字典：词的正确率 `"accuracy"`、实体的 `"precision"`、`"recall"`、`"f1"`。写分数，或者保留两位小数。
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-2)<!-- twin -->

# %%
by_eye = ...

# %%
check("sequence_labelling.by_eye", by_eye)

# %% [markdown]
# <a id="cell-id=ex-3"></a>
# ### 练习 3 ☆☆ 查一张表
#
# 一张表给出每个标签的召回率（印到小数第 `digits` 位）和个数，`recall` 和 `support` 是一样长的 NumPy 数组。写一个函数，返回微平均召回率的下界和上界。召回率不会小于 0，也不会大于 1。
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-3)<!-- twin -->

# %%
def micro_bounds(recall, support, digits):
    ...

# %%
check("sequence_labelling.micro_bounds", micro_bounds)

# %% [markdown]
# <a id="cell-id=ex-4"></a>
# ### 练习 4 ☆☆ 合规矩的标签串有多少
#
# `kinds` 种名字，长 `length` 的句子，IOB2 标签共 $2\times$ `kinds` $+1$ 种。合规矩的标签串一共有多少？返回精确的整数（30 个词就超过 $10^{20}$，NumPy 的整数装不下，要用 Python 的整数），不许穷举。提醒：前向算法里，把“分数”换成“条数”。
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-4)<!-- twin -->

# %%
def legal_count(length, kinds):
    ...

# %%
check("sequence_labelling.legal_count", legal_count)

# %% [markdown]
# <a id="cell-id=ex-5"></a>
# ### 练习 5 ☆☆ 有人已经标了几个词
#
# 标注的人已经定下几个词的标签，其余的交给模型。写一个函数：`e` (T, K)、`A` (K, K)、`start` (K,)、`end` (K,) 同 [14.6 节](#cell-id=14-6)，`known` (T,) 是已知的标签，−1 表示不知道。返回保留已知标签的串里最好的一串（整数列表）和它的分数 $s(x,y)$，不改动输入。提醒：先照常求最好的一串，再把那几个标签换掉，行不行？
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-5)<!-- twin -->

# %%
def best_with_known(e, A, start, end, known):
    ...

# %%
check("sequence_labelling.viterbi", best_with_known)

# %% [markdown]
# <a id="cell-id=ex-6"></a>
# ### 练习 6 ☆☆☆ 相邻两个标签的概率
#
# 写一个函数，返回 (T−1, K, K) 的数组（一个词时是 (0, K, K)）：$p(y_t=i,\,y_{t+1}=j\mid x)$。它是 $\log Z$ 对 $A$ 的梯度拆到每一步；自动微分给 $A$ 的梯度，正是它减去从答案里数出来的转移。提醒：左边一个 $\alpha$，右边一个 $\beta$，中间一次转移和一次发射。
#
# [解答](solutions/14_sequence_labelling.ipynb#cell-id=ex-6)<!-- twin -->

# %%
def pair_marginals(e, A, start, end):
    ...

# %%
check("sequence_labelling.pair_marginals", pair_marginals)

# %% [markdown]
# ## 延伸阅读
#
# - Lafferty, J., McCallum, A., Pereira, F. (2001). Conditional random fields: probabilistic models for segmenting and labeling sequence data. ICML, 282–289。CRF 的出处；看它怎样说逐步归一化的毛病。
# - Rabiner, L. R. (1989). A tutorial on hidden Markov models and selected applications in speech recognition. *Proceedings of the IEEE* 77(2), 257–286. [doi:10.1109/5.18626](https://doi.org/10.1109/5.18626)。前向、后向、维特比最清楚的讲解。
# - Huang, Z., Xu, W., Yu, K. (2015). Bidirectional LSTM-CRF models for sequence tagging. [arXiv:1508.01991](https://arxiv.org/abs/1508.01991)。BiLSTM-CRF 的出处；英文实体 F1 从 84.26（随机的词向量）到 90.10（Senna 词向量加词典）。
# - Lample, G., Ballesteros, M., Subramanian, S., Kawakami, K., Dyer, C. (2016). Neural architectures for named entity recognition. NAACL. [arXiv:1603.01360](https://arxiv.org/abs/1603.01360)。字的 BiLSTM 加 CRF：英文实体 F1 90.94。
# - Ma, X., Hovy, E. (2016). End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF. ACL. [arXiv:1603.01354](https://arxiv.org/abs/1603.01354)。字的卷积，本章的做法；91.21。
# - Reimers, N., Gurevych, I. (2017). Reporting score distributions makes a difference: performance study of LSTM-networks for sequence tagging. EMNLP. [doi:10.18653/v1/D17-1035](https://doi.org/10.18653/v1/D17-1035)。五万个网络：只换种子，成绩差多少。
# - Tjong Kim Sang, E. F., De Meulder, F. (2003). Introduction to the CoNLL-2003 shared task: language-independent named entity recognition. [arXiv:cs/0306050](https://arxiv.org/abs/cs/0306050)。E35 的那个数据集。
# - Mayhew, S. 等 (2024). Universal NER: a gold-standard multilingual named entity recognition benchmark. NAACL. [arXiv:2311.09122](https://arxiv.org/abs/2311.09122)。本章的数据从哪里来，怎样标的。
# - Xue, N. (2003). Chinese word segmentation as character tagging. *Computational Linguistics and Chinese Language Processing* 8(1), 29–48。把分词写成给字打标签。
#
# [← 13 时间序列预测](13_time_series.ipynb) · [目录](index.md) · [解答](solutions/14_sequence_labelling.ipynb) · [15 编码器-解码器 →](15_seq2seq.ipynb)<!-- nav -->
