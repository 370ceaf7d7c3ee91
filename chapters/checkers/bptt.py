"""Checkers of chapter 03."""

import numpy as np

from rnnbook.cells import rnn_scan, rnn_step
from rnnbook.gradients.backprop import bptt, rnn_backward
from rnnbook.notebook.answers import array, number, parts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, on_cases

# The network of section 3.1 with the targets of exercise 1.
X, Y = np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
H = np.tanh([0.0, 1.0, np.tanh(1.0), np.tanh(np.tanh(1.0))])  # h_0 ... h_3
SLOPE, MISS = 1 - H[1:] ** 2, H[1:] - Y


def _alphas(miss=MISS, slope=SLOPE):
    """Return alpha_1 ... alpha_3 of the scalar network, w = u = 1."""
    alphas, later = np.zeros(3), 0.0
    for t in (2, 1, 0):
        alphas[t] = later = (miss[t] + later) * slope[t]
    return alphas


@exercise(hint="前向的三个 h 不变，变的只有 h_t − y_t；再填一遍 3.1 节的表，从右往左。")
def hand_step(answer):
    """The gradient of u for other targets."""
    alphas = _alphas()
    totals, through = alphas / SLOPE, np.zeros(3)
    for t in range(3):
        through[t] = SLOPE[t] * (H[t] + (through[t - 1] if t else 0))
    compare(number(answer), alphas @ H[:-1], [
        (MISS * SLOPE @ H[:-1],
         "两个都取了直接偏导数（窗口为 1）：δ₂ 和 δ₁ 还要加上从后面传回的 u·α。"),
        (_alphas(MISS * [0, 0, 1]) @ H[:-1], "这只是最后一步的损失：每一步都有自己的 h_t − y_t。"),
        (totals @ through, "两个都取了全导数，同一条路数了不止一遍：αₜ 乘的是 h_{t−1}。"),
        (alphas @ H[1:], "差了一步：u 在第 t 步乘的是 h_{t−1}，不是 h_t。"),
        (alphas @ X, "这是 dL/dw：u 乘的是 h_{t−1}，不是 x_t。"),
        (_alphas(slope=np.ones(3)) @ H[:-1], "没有乘 tanh 的斜率 1 − h_t²。"),
        (totals @ H[:-1], "用了 δ_t 而不是 α_t：最后还要乘一次斜率 1 − h_t²。"),
        (-(alphas @ H[:-1]), "正负号反了：直接偏导数是 h_t − y_t，不是 y_t − h_t。"),
        (_alphas(H[1:] - [0, 0, 1]) @ H[:-1], "这是正文里那组目标的答案；这里 y = (1, 0, 0)。"),
        (0.5 * (MISS**2).sum(), "这是损失 L 的值，要的是它对 u 的导数。"),
        (0.71, "位数不够：要精确到小数点后三位。"),
        (0.70, "位数不够：要精确到小数点后三位。"),
    ], "数值不对。核对三行：h_t − y_t、δ_t、α_t，再求 Σ α_t h_{t−1}。", places=3)
    return "正确：导数是正的，这一次 u 该变小"


@exercise(function, hint="满的一段有 window × (window + 1) / 2 对；"
                         "最后一段可能不满，长度是 steps 除以 window 的余数。")
def pairs(call):
    """The number of cells of the triangle that truncated BPTT keeps."""

    def triangle(n):
        return n * (n + 1) // 2

    def right(n, k):
        return n // k * triangle(k) + triangle(n % k)

    on_cases(call, [(12, 12), (12, 4), (10, 4), (7, 1), (5, 9)], right, [
        (lambda n, k: triangle(n), "这是完整 BPTT 的个数，窗口没有起作用。"),
        (lambda n, k: sum(min(t, k) for t in range(1, n + 1)),
         "这是滑动的窗口：每一步都往回看 window 步。这里是接连的段，段里靠前的步走不了那么远。"),
        (lambda n, k: n * k, "每一步不都能往回走满 window 步：段里的第 1 步只走得到自己。"),
        (lambda n, k: n // k * triangle(k), "最后不满的一段漏掉了：它也有一个小三角。"),
        (lambda n, k: -(-n // k) * triangle(k), "最后一段不满，却按满的算了。"),
        (lambda n, k: right(n, k) - n,
         "对角线漏掉了：损失在第 t 步，U 也用在第 t 步，这一对要算。"),
        (lambda n, k: n // k * k * k + (n % k) ** 2,
         "算成了小方块：s ≤ t，未来的 U 影响不了过去的损失。"),
    ], "pairs({}, {}) 应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：窗口固定时，个数与步数成正比，不再是平方"


def _example(steps=7, seed=4):
    """Return xs, goal, h0, W, U, b."""
    rng = np.random.default_rng(seed)
    shapes = (3, steps, 4), (3, steps, 5), (3, 5), (4, 5), (5, 5), (5,)
    return [rng.standard_normal(shape) / 2 for shape in shapes]


@exercise(function, hint="第 t 步的一份是 h_{t−1}ᵀ α_t；h_{t−1} 从 h0 开始，到倒数第二个状态为止。")
def recurrent_gradient(call):
    """The gradient of U from states and alphas."""
    xs, alphas, h0, *weights = _example()
    hs, _ = rnn_scan(xs, h0, *weights)

    def total(states, alphas=alphas):
        return np.einsum("bth,btk->hk", states, alphas)

    before, zeros = (np.concatenate([h[:, None], hs[:, :-1]], axis=1) for h in (h0, 0 * h0))
    result = array(call(h0, hs, alphas), (5, 5), {
        (7, 5, 5): "每一步的一份都算对了形状，但还没有把各步加起来。",
        (3, 5, 5): "批里的样本还没有加起来：h_{t−1}ᵀ α_t 会把批这一维乘掉。",
    })
    right = total(before)
    compare(result, right, [
        (total(hs), "差了一步：U 在第 t 步乘的是 h_{t−1}，所以要配前一个状态，从 h0 开始。"),
        (right.T, "转置了：应当是 h_{t−1}ᵀ α_t，行是旧单元，列是新单元。"),
        (total(hs).T, "差了一步，而且转置了：要 h_{t−1}ᵀ α_t。"),
        (total(zeros), "第一步漏掉了，或者把 h0 当成了 0：t = 1 时乘的是给定的 h0。"),
        (total(before[:, -1:], alphas[:, -1:]), "只有最后一步：U 每一步都用到，要把各步加起来。"),
        (total(hs[:, 1:], alphas[:, :-1]), "方向反了：α_t 配的是前一个状态，不是后一个。"),
        (right / 3, "对批取了平均：这里的损失是求和，梯度也求和。"),
        (right / 7, "对时间取了平均：各步的份额要相加。"),
        (right / 21, "取了平均：对批和时间都要求和。"),
    ], "数值不对。先拿 T = 1 试：只有一份，h0.T @ alphas[:, 0]。")
    return "正确：每一步一份，加在同一个 U 上"


def _truncated(xs, goal, h0, W, U, b, window, carry=True, parts=slice(None)):
    """Return dU of every segment, summed over the chosen ones."""
    found, h = [], h0
    for t in range(0, xs.shape[1], window):
        segment = xs[:, t:t + window]
        hs, last = rnn_scan(segment, h, W, U, b)
        found.append(bptt("rnn", segment, (h,), (W, U, b), hs - goal[:, t:t + window]).weights[1])
        h = last if carry else 0 * h0
    return sum(found[parts])


@exercise(function, hint="照 3.7 节的 in_segments：每段用 rnn_scan 往前走，d_hs 是 hs − goal，"
                         "bptt 往回走，再把末状态交给下一段。")
def truncated_dU(call):
    """Truncated BPTT with a squared loss."""
    for steps, window in ((6, 6), (6, 1), (6, 3), (7, 3), (5, 8)):
        example = xs, goal, h0, W, U, b = _example(steps)
        right = _truncated(*example, window)
        hs, _ = rnn_scan(xs, h0, W, U, b)
        mistakes = [
            (_truncated(*example, steps), "梯度越过了段的边界：这是完整的 BPTT，窗口没有起作用。"),
            (_truncated(*example, 1), "每一步都断开了：同一段里面，梯度要一直往回传到段的开头。"),
            (_truncated(*example, window, carry=False),
             "状态没有带过边界：下一段要从上一段的末状态接着读，不是从 0 开始。"),
            (_truncated(xs, goal, 0 * h0, W, U, b, window), "没有用给定的 h0，而是从零开始了。"),
            (_truncated(*example, window, parts=slice(-1, None)),
             "只有最后一段的梯度：要把各段的加起来。"),
            (bptt("rnn", xs, (h0,), (W, U, b), hs, window).weights[1],
             "损失对 h 的直接偏导数是 h_t − y_t，目标 goal 没有用上。"),
            (-right, "正负号反了：直接偏导数是 h_t − y_t。"),
            (2 * right, "大了一倍：损失前面有 ½，导数里没有 2。"),
            (right / len(xs), "对批取了平均：这里的损失是求和。"),
            (right / -(-steps // window), "对各段取了平均：题目要各段之和。"),
        ]
        if 0 < (whole := steps // window * window) < steps:
            mistakes.append((_truncated(xs[:, :whole], goal[:, :whole], h0, W, U, b, window),
                             "最后不满的一段漏掉了：切片在末尾会自动变短，照样算。"))
        compare(array(call(*example, window), (5, 5)), right, mistakes,
                f"steps={steps}、window={window} 时数值不对。先试 window=steps，"
                "它应当等于完整的 BPTT。")
    return "正确：状态带走了，梯度留下了"


@exercise(function, hint="逐个核对：tanh 的斜率里平方的是谁？U 前向时乘过谁？反向要不要转置？")
def fixed_backward(call):
    """The repaired backward step."""
    rng = np.random.default_rng(8)
    shapes = (3, 4), (3, 5), (4, 5), (5, 5), (5,), (3, 5)
    x, h, W, U, b, dh = example = [rng.standard_normal(shape) / 2 for shape in shapes]
    order = "返回值的次序不变：dx, dh_before, (dW, dU, db)。"
    dx, before, weights = parts(call(*example), 3, order)
    dW, dU, db = parts(weights, 3, order)
    right_dx, right_before, (right_dW, right_dU, right_db) = rnn_backward(*example)
    a = x @ W + h @ U + b
    new = rnn_step(x, h, W, U, b)
    da = dh * (1 - new**2)
    compare(array(db, (5,)), right_db, [(wrong.sum(0), message) for wrong, message in [
        (dh * (1 - a**2), "第一处还在：tanh 的斜率是 1 − h²，平方的是 tanh 之后的值，不是 a。"),
        (dh, "斜率整个没有乘：da = dh × (1 − tanh(a)²)。"),
        (dh * (1 - np.tanh(new) ** 2), "tanh 取了两次：1 − tanh(a)²，不是 1 − tanh(tanh(a))²。"),
        (dh * (1 - h**2), "斜率要用这一步之后的新状态，不是之前的 h。"),
        (dh * (1 - new), "忘了平方：斜率是 1 − h²。"),
    ]], "db 不对：它是 da 对批求和，da = dh × (1 − tanh(a)²)。")
    compare(array(dx, (3, 4)), right_dx, [], "dx 不对：应当是 da @ W.T，原来这一处没有错。")
    compare(array(before, (3, 5)), right_before, [
        (da @ U, "还有一处：前向乘 U，反向要乘 U.T。"),
        (dh @ U.T, "传回去的要从 da 出发，不是 dh。"),
    ], "dh_before 不对：应当是 da @ U.T。")
    compare(array(dW, (4, 5)), right_dW, [], "dW 不对：应当是 x.T @ da，原来这一处没有错。")
    compare(array(dU, (5, 5)), right_dU, [
        (new.T @ da, "还有一处：U 前向时乘的是这一步之前的 h，dU = h.T @ da。"),
        (da.T @ h, "dU 转置了：h.T @ da。"),
    ], "dU 不对：应当是 h.T @ da。")
    return "正确：三处都修好了，梯度检查也会通过"
