"""Checkers of chapter 05."""

import math

import numpy as np

from rnnbook.cells import sigmoid
from rnnbook.notebook.answers import Wrong, array, by_key, number, one_of, parts, with_keys
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, near

ROW = np.array([2.0, 4, 4, 4, 5, 5, 7, 9])
CURVES = {"A": "GELU", "B": "sigmoid", "C": "swish", "D": "tanh"}


@exercise(hint="先求均值；再求离差平方的平均；离差除以它的平方根。")
def layer_norm(answer):
    """Layer normalisation of eight numbers by hand."""
    centred = ROW - ROW.mean()
    compare(array(answer, (8,)), centred / ROW.std(), [
        (centred, "减了均值，还没有除以标准差。"),
        (centred / centred.var(), "除以的是方差：还要开平方。"),
        (ROW / ROW.std(), "忘了减均值。"),
        (centred / ROW.std(ddof=1), "标准差里除以的是 H = 8，不是 H − 1。"),
        ((ROW - ROW.min()) / (ROW.max() - ROW.min()),
         "这是缩放到 [0, 1]：层归一化用均值和标准差，不用最小和最大。"),
    ], "数值不对。均值是 5，离差平方的平均是多少？", places=2)
    return "正确：均值 5，标准差 2"


@exercise(hint="最好的常数是均值；独立的数，方差可以相加。")
def baseline(answer):
    """Best constant and its error for three marked numbers."""
    constant, error = map(number, parts(answer, 2, "要两个数：(常数, 误差)。"))
    if near([constant, error], [0.25, 1.5]):
        raise Wrong("次序反了：先写常数，再写误差。")
    compare(constant, 1.5, [
        (1, "1 是两个数时的均值；三个数的和的均值是 3 × 1/2。"),
    ], "常数不对：均方误差最小的常数是目标的均值，每个数的均值是 1/2。", places=2)
    compare(error, 0.25, [
        (1 / 6, "1/6 是两个数时的误差：再加一个数的方差。"),
        (0.75, "误差写成了 9/12：独立的数相加，方差是 3 × 1/12，不是 3² × 1/12。"),
        (0.5, "这是标准差：均方误差是方差，不开平方。"),
    ], "误差不对：一个均匀分布的数，方差是 1/12；三个独立的相加。", places=2)
    return "正确：3 × 1/12 = 1/4"


@exercise(function, hint="乘法法则：一项是 σ(βa)，另一项是 a 乘 σ(βa) 对 a 的导数（链式法则）。")
def swish_slope(slope):
    """The derivative of swish with a parameter."""
    a = np.linspace(-3, 3, 7)
    for beta in (1.0, 2.5, 0.3):
        s = sigmoid(beta * a)
        compare(array(slope(a, beta), (7,)), s + beta * a * s * (1 - s), [
            (a * s, "这是函数值 aσ(βa)，不是导数。"),
            (s, "少了第二项：σ(βa) 里面也有 a。"),
            (s + a * s * (1 - s), "链式法则漏了里面的 β：σ(βa) 对 a 的导数是 βσ(1−σ)。"),
            (s * (1 - s), "这是 sigmoid 的导数：a 乘 σ，要用乘法法则。"),
            (beta * s * (1 - s), "这是 σ(βa) 的导数：还有乘法法则的另一项。"),
            (a * beta * s * (1 - s), "少了第一项：a 的导数是 1，乘 σ(βa)。"),
            (s + beta * s * (1 - s), "第二项漏乘了 a。"),
            (s - a * beta * s * (1 - s), "第二项的符号反了。"),
        ], f"beta = {beta} 时数值不对。用中央差分 (f(a+h) − f(a−h)) / 2h 核对一下。")
    return "正确：σ(βa) + βaσ(βa)(1 − σ(βa))"


def mystery_slopes(a):
    """Compute the four unnamed derivatives of exercise 4, a dict of arrays like a."""
    s = sigmoid(a)
    cdf = (1 + np.vectorize(math.erf)(a / math.sqrt(2))) / 2
    return {"A": cdf + a * np.exp(-a**2 / 2) / math.sqrt(2 * math.pi), "B": s * (1 - s),
            "C": s + a * s * (1 - s), "D": 1 - np.tanh(a) ** 2}


@exercise(hint="先看最大值：0.25、1 还是超过 1？两条超过 1 的，比一比最高点在哪个 a。")
def curves(answer):
    """Name four activation functions by their derivatives."""
    with_keys(answer, CURVES)
    known = one_of({"sigmoid", "tanh", "relu", "leaky relu", "swish", "gelu"})

    def read(name):
        return known(name.strip().lower() if isinstance(name, str) else name)

    given = {key: read(name) for key, name in answer.items()}
    if (given["A"], given["C"]) == ("swish", "gelu"):
        raise Wrong("A 和 C 认反了：GELU 的导数在 a = √2 处最大，swish 的在 2.4 左右。")
    if (given["B"], given["D"]) == ("tanh", "sigmoid"):
        raise Wrong("B 和 D 认反了：sigmoid 的导数最大只有 0.25，tanh 的是 1。")
    step = "ReLU 一家的导数是台阶，这条是光滑的。"
    reasons = {"A": "它超过 1，最高点在 1.4 附近", "B": "最大值是 0.25，左右对称",
               "C": "它超过 1，最高点在 2.4 附近，左边的负值拖得很长",
               "D": "最大值正好是 1，在 0 处，左右对称"}
    by_key(answer, {key: (right.lower(), {"relu": step, "leaky relu": step,
                                          None: f"不是 {answer[key]}。{reasons[key]}。"})
                    for key, right in CURVES.items()},
           "题目里列出的六个名字之一", read)
    return "正确：最大值和最高点的位置就够认出它们"


@exercise(function, hint="k = u < p；训练时 k·old + (1−k)·new；预测时把 k 换成它的均值。")
def zoneout_step(step):
    """One step of zoneout, in training and after it."""
    rng = np.random.default_rng(5)
    old, new = rng.standard_normal((2, 3, 4))
    u, p = rng.random((3, 4)), 0.3
    k = (u < p).astype(float)
    compare(array(step(old, new, u, p), (3, 4)), k * old + (1 - k) * new, [
        ((1 - k) * old + k * new, "新旧反了：以概率 p 保持**旧**的，u < p 时取 old。"),
        ((1 - k) * new, "保持的单元变成了 0：那是暂退法，状态保持取旧值。"),
        ((1 - k) * new / (1 - p), "这是暂退法：状态保持取旧值，也不除以 1 − p。"),
        (k * old + (1 - k) * new / (1 - p), "不用除以 1 − p：没有丢掉什么。"),
        (p * old + (1 - p) * new, "训练时要用随机数 u 抽取，均值是预测时才用的。"),
        (new, "只交出了新状态：没有哪个单元保持旧值。"),
        (old, "全都保持了旧值：只有 u < p 的单元才保持。"),
    ], "训练时的数值不对：u < p 的单元取 old，其余取 new。")
    compare(array(step(old, new, None, p), (3, 4)), p * old + (1 - p) * new, [
        ((1 - p) * old + p * new, "预测时两个系数反了：旧的乘 p，新的乘 1 − p。"),
        (new, "u 为 None 时不是只取新状态：k 换成均值 p，旧的还占 p。"),
        (old, "u 为 None 时不是只取旧状态：k 换成均值 p。"),
        ((1 - p) * new, "预测时旧状态也要加进来：p·old + (1−p)·new。"),
    ], "u 为 None 时数值不对：把 k 换成 p。")
    return "正确：保持的是记忆，不是 0"


@exercise(function,
          hint="对一个正态随机矩阵做 QR 分解，取 Q。要行列式有正有负，再乘上 R 对角线的符号。")
def orthogonal(make):
    """A random orthogonal matrix times a gain."""
    rng = np.random.default_rng(6)
    for size, gain in ((5, 1.0), (8, 1.5)):
        try:
            U = array(make(size, gain, rng), (size, size))
        except Wrong as error:
            raise Wrong(f"size={size}、gain={gain}：{error}") from None
        product, one = U @ U.T, np.eye(size)
        if near(product, gain**2 * one):
            continue
        if near(np.tril(U, -1), 0 * one):
            raise Wrong("这是上三角的 R：正交的是 QR 分解里的 Q。")
        apart = "每一行（列）的长度对了，但它们互不垂直：要 QR 或逐行减去投影。"
        lengths = [np.linalg.norm(U, axis=axis) for axis in (0, 1)]
        compare(product, gain**2 * one, [
            (one, "增益忘了乘：返回 gain * Q。"),
            (gain * one, "UUᵀ 应当是 gain² · I：你乘的是 gain 的平方根。"),
            *((product, apart) for length in lengths if near(length, np.full(size, gain))),
        ], "UUᵀ 不是 gain² · I：先拿 2×2 的例子看看两行的内积是不是 0。")
    if near(*(array(make(4, 1.0, rng), (4, 4)) for _ in range(2))):
        raise Wrong("两次抽取一模一样：随机数要从给定的 rng 里取，单位矩阵或固定的种子不行。")
    signs = {round(np.linalg.det(array(make(2, 1.0, rng), (2, 2)))) for _ in range(200)}
    if signs != {-1, 1}:
        raise Wrong("200 个 2×2 矩阵的行列式全是一个符号：有的旋转或镜像永远抽不到。"
                    "QR 之后再乘上 R 对角线的符号：Q * np.sign(np.diag(R))。")
    return "正确：UUᵀ = g²I"
