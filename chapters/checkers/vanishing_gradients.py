"""Checkers of chapter 04."""

import numpy as np

from rnnbook.gradients.probes import spectral_norm
from rnnbook.notebook.answers import Wrong, array, by_key, number, one_of, parts
from rnnbook.notebook.calls import at_most, function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, flat, on_cases


@exercise(function, hint="先算新状态，斜率是 1 − h²；再用它去乘 U 的转置的每一行。")
def step_jacobian(call):
    """The Jacobian of one tanh step."""
    rng = np.random.default_rng(4)
    x, h, W, U, b = (rng.standard_normal(s) for s in ((1, 3), (1, 4), (3, 4), (4, 4), (4,)))
    row = "这只是一行数：雅可比矩阵是 (H, H) 的表，每个新状态对每个旧状态都有一个数。"
    result = array(call(x, h, W, U, b), (4, 4), {(1, 4): row, (4,): row})
    a = x @ W + h @ U + b
    new = np.tanh(a)
    slope = (1 - new**2).T
    compare(result, slope * U.T, [
        (slope.T * U, "转置了：第 i 行应当是新状态的第 i 个数，也就是 diag(f') 乘 U 的转置。"),
        (slope * U, "U 忘了转置：行向量写法里 aᵢ = Σⱼ hⱼ Uⱼᵢ，所以第 i 行第 j 列是 Uⱼᵢ。"),
        (slope.T * U.T, "斜率乘错了边：它属于新状态，应当乘在每一**行**上，不是每一列。"),
        (U.T, "斜率忘了乘：少了 diag(tanh'(a))。"),
        ((1 - h.T**2) * U.T, "斜率要用**新**状态算：1 − h_t²，你用的是旧状态。"),
        (new.T * U.T, "乘的是 tanh(a) 本身，应当乘它的斜率 1 − tanh²(a)。"),
        ((1 - a.T**2) * U.T, "斜率是 1 − tanh²(a)，你漏了 tanh，用了 1 − a²。"),
        ((1 - new.T) * U.T, "斜率是 1 − h²，平方漏了。"),
        ((1 - np.tanh(x @ W + h @ U).T ** 2) * U.T, "算 a 时偏置 b 忘了加。"),
        ((1 - np.tanh(h @ U + b).T ** 2) * U.T, "算 a 时输入 xW 忘了加：斜率由输入决定。"),
    ], "数值不对：J = diag(1 − h_t²) Uᵀ，h_t 是新状态。")
    return "正确：diag(f'(a)) Uᵀ"


@exercise(function, hint="factor 的 n 次方小于 eps；两边取对数，再想想不等号和取整的方向。")
def steps_to_eps(call):
    """How many steps until a product of equal factors is below float32's eps."""

    def exact(factor, dtype="float32"):
        return np.log(np.finfo(dtype).eps) / np.log(factor)

    def right(factor):
        return int(exact(factor)) + 1

    on_cases(call, [(0.6,), (0.9,), (0.8,), (0.3,)], right, [
        (lambda f: right(f) - 1, "少了一步：这时乘积还没有**小于** eps。"),
        (lambda f: right(f) + 1, "多了一步：前一步已经小于 eps 了，要最少的步数。"),
        (lambda f: -right(f), "步数是负的：log(eps) 和 log(factor) 都是负数，相除是正数。"),
        (exact, "要整数：不足一步算一步，用 int 和取整。"),
        (lambda f: int(exact(f, "float64")) + 1,
         "这是 float64 的 eps（2.2e-16）；题目问的是 float32，约 1.19e-07。"),
    ], "factor={} 时应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：因子是 0.9 时，152 步就看不见了"


@exercise(hint="上三角矩阵的特征值就是对角线上的数；右上角那个数只影响奇异值。试几个值。")
def matrix(answer):
    """A matrix of spectral radius 0.5 and spectral norm 5."""
    M = array(answer, (2, 2))
    if not np.isfinite(M).all():
        raise Wrong("矩阵里有无穷大。")
    radius, norm = np.abs(np.linalg.eigvals(M)).max(), spectral_norm(M)

    def about(value, wanted):
        return abs(value - wanted) <= 0.01

    if about(radius, 0.5) and about(norm, 5):
        norms = spectral_norm(np.stack([np.linalg.matrix_power(M, k) for k in range(1, 101)]))
        last = np.flatnonzero(norms >= 1)[-1] + 1
        return (f"正确：乘一次最多伸长 {norms[0]:.2f} 倍，乘两次 {norms[1]:.2f} 倍；"
                f"从第 {last + 1} 次起一直小于 1")
    blame([
        (about(radius, 5) and about(norm, 5), "两个数都是 5：这是正规矩阵（例如对角阵）。"
         "要让特征值小而奇异值大，把大数放在对角线外。"),
        (about(radius, 0.5) and about(norm, 0.5),
         "谱半径对了，但谱范数也是 0.5：对角线外还要有一个大数。"),
        (about(radius, 0.5), f"谱半径对了；谱范数现在是 {norm:.3f}，要 5。调整对角线外的数。"),
        (about(norm, 5), f"谱范数对了；谱半径现在是 {radius:.3f}，要 0.5。看对角线。"),
        (about(np.linalg.norm(M), 5), "弗罗贝尼乌斯范数（所有数的平方和开方）是 5；"
         "谱范数是最大的奇异值：np.linalg.norm(M, 2)。"),
        (True, f"现在谱半径是 {radius:.3f}（要 0.5），谱范数是 {norm:.3f}（要 5）。"),
    ])


@exercise(hint="先求一个数：所有数组的平方和加起来再开方；系数是 limit / 它，最大不超过 1。")
def clip_global(answer):
    """Clipping by the norm of all variables together."""
    call = function(answer, intact="原来的数组被改动了：不要用 *= 或 /=，算出新的数组再返回。")
    grads, total = [np.array([[3.0, 4.0]]), np.array([0.5])], np.sqrt(25.25)

    def clipped(limit, grads=grads):
        result = parts(call(grads, limit), 2, "要返回一个列表，和 grads 一样长，每个数组一项。")
        return flat(array(got, g.shape) for got, g in zip(result, grads))

    compare(clipped(1.0), flat(grads) / total, [(flat(wrong), message) for wrong, message in [
        ([grads[0] / 5, grads[1]], "这是 clipnorm：每个变量单独裁剪。要合在一起算一个范数。"),
        ([grads[0] / 5, grads[1] / 0.5], "每个变量都被缩放到 limit：要合在一起算一个范数。"),
        ([np.clip(g, -1, 1) for g in grads], "这是 clipvalue：每个数单独截断，方向变了。"),
        ([g / 25.25 for g in grads], "除以的是平方和，忘了开方。"),
        ([g / 5.5 for g in grads], "各变量的范数不能直接相加：先平方，加起来，再开方。"),
        ([g / 7.5 for g in grads], "这是绝对值之和；范数是平方和的平方根。"),
        (grads, "没有裁剪：总范数 5.02 超过了 1。"),
    ]], "数值不对：每个数组乘 limit / 总范数。")
    compare(clipped(2.0), 2 * flat(grads) / total, [
        (flat(grads) / total, "阈值没有用上：limit=2 时总范数应当是 2。"),
    ], "limit=2 时不对：系数是 limit / 总范数，不是 1 / 总范数。")
    compare(clipped(100.0), flat(grads), [
        (flat(grads) * 100 / total, "总范数小于 limit 时也放大了：裁剪只缩小，系数最大是 1。"),
    ], "总范数小于 limit 时应当原样返回。")
    try:
        clipped(1.0, [np.zeros(3), np.zeros(2)])
    except Wrong:
        raise Wrong("梯度全是 0 时得到了 NaN：先比较，再除。") from None
    return "正确：方向不变，长度不超过 limit"


@exercise(hint="表从左往右是从损失往回走。先看两头，再看中间有没有比两头都大的数。")
def diagnosis(answer):
    """Four tables of gradient norms."""
    words = ("exploding", "neither", "transient", "vanishing")
    by_key(answer, {
        "a": ("neither", "60 步里一直在 1 附近，既没有消失也没有爆炸。"),
        "b": ("vanishing", "每 20 步缩小约 100 倍，这是消失。"),
        "c": ("transient", {
            "exploding": "只看第 20 步像爆炸，再往回走就跌下去了：非正规矩阵的先涨后跌。",
            "vanishing": "最后确实小了，但中间涨到 25：短序列上它会像爆炸。有一个更准的词。",
            None: "从 1 涨到 25，又跌到 0.02，变化很大。",
        }),
        "d": ("exploding", {
            "vanishing": "开头的 1e-5 只说明损失此刻不陡；往回每 20 步放大约 300 倍。"
                         "看的是比值，不是绝对值。",
            None: "往回走一路变大，没有跌下来的迹象。",
        }),
    }, " " + "、".join(words) + " 里的一个", one_of(words))
    return "正确：看比值，不看绝对值"


@exercise(function, hint="取中点，看范数大于还是小于 1，决定留下哪一半；区间短于 tol 就停。")
def find_border(call):
    """Bisection for the gain at which the norm is 1."""

    def norm_with(power, root):
        return at_most(5000, lambda gain: float(min((gain / root) ** power, 1e300)),
                       "调用 norm_of 超过 5000 次还没有停：每次把区间减半，短于 tol 就停。")

    norm_of = norm_with(100, 1.7)
    value = number(call(norm_of, 0.5, 3.0, 1e-3))
    end = "搜到了区间的一头：留错了一半。范数小于 1 说明增益太小，要把 low 移上来。"
    blame([
        (1.75, "这是区间的中点，没有搜索：看中点的范数，再决定留下哪一半。"),
        (0.5, end),
        (3.0, end),
        (1.0, "边界不在增益 1：输入让它抬高了。要的是 norm_of(gain) 等于 1 的地方。"),
    ], lambda wrong: abs(value - wrong) <= 2e-3)
    if abs(value - 1.7) > 1.05e-3:
        raise Wrong(f"应当是 1.700，误差不超过 0.001，你的函数给出 {value:.4f}。")
    if norm_of.calls > 200:
        raise Wrong(f"找到了，但调用了 norm_of {norm_of.calls} 次；二分法只要十几次。")
    fine = number(call(norm_with(50, 2.3), 1.0, 3.0, 1e-6))
    if abs(fine - 2.3) > 1.5e-6:  # float32 adds a rounding of its own
        raise Wrong("tol=1e-6 时不够精确：停下来的条件要用到 tol。")
    return f"正确：{norm_of.calls} 次调用就找到了边界"
