"""Checkers of chapter 07."""

import itertools

import numpy as np

from rnnbook.cells import lstm_step, sigmoid
from rnnbook.cells.conventions import negate_z
from rnnbook.notebook.answers import Wrong, array, parts, texts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, flat, on_cases

# The hand-made network of section 7.2, and the step of exercise 1.
W = np.concatenate([[[0.0, 1.0], [0.0, 0.0]], [[-1.0, 1.0], [0.0, 0.0]],
                    [[1.0, 0.0], [0.0, 0.5]]], axis=1)
U = np.concatenate([[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]],
                    [[1.0, 0.0], [1.0, 2.0]]], axis=1)
B = np.zeros((2, 6))
B[1, 5] = 1.0
X2, H1 = np.array([[1.0, -2.0]]), np.array([[0.6, -0.6]])


def gates(x, h, W, U, b, reset="after", inside=True):
    """Return z, r and the candidate of a GRU step, with the reset and its bias as asked."""
    xz, xr, xg = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hg = np.split(h @ U, 3, axis=-1)
    bz, br, bg = np.split(b[1], 3)
    z, r = sigmoid(xz + hz + bz), sigmoid(xr + hr + br)
    if reset == "before":
        return z, r, np.tanh(xg + (r * h) @ np.split(U, 3, axis=-1)[2] + bg)
    return z, r, np.tanh(xg + (r * (hg + bg) if inside else r * hg + bg))


@exercise(hint="先算 z 和 r，再算候选 g（括号里有 b'），最后把旧状态和 g 按 z 混合。")
def hand_step(answer):
    """A second step of the network in 7.2."""
    answer = array(answer, (1, 2), {
        (2,): "数的个数对了，但形状应当是 (1, 2)：多包一层方括号，批这一维不能丢。"})
    z, _, g = gates(X2, H1, W, U, B)
    outside = gates(X2, H1, W, U, B, inside=False)[2]
    before = gates(X2, H1, W, U, B, reset="before")[2]
    plain = gates(X2, H1, W, U, 0 * B)[2]
    whole = np.tanh(X2 @ W[:, 4:] + H1 @ U[:, 4:] + B[1, 4:])
    compare(answer, z * H1 + (1 - z) * g, [
        (g, "这是候选状态 g：还要和旧状态混合，h = z⊙h + (1−z)⊙g。"),
        (z * g + (1 - z) * H1, "z 和 1−z 用反了：Keras 里 z 乘旧状态。"),
        (z * H1 + (1 - z) * outside, "偏置 b' 放到括号外面了：它和 hU 一起乘 r。"),
        (z * H1 + (1 - z) * before, "先重置再乘 U 了：这里先乘 U_g、加 b'，再乘 r。"),
        (z * H1 + (1 - z) * plain, "候选状态里的偏置 b' = (0, 1) 忘了加。"),
        (z * H1 + (1 - z) * whole, "重置门没有用上：hU_g + b' 要先乘 r。"),
        (H1 + g, "忘了用 z 加权：不是相加，是按 z 和 1−z 混合。"),
        (z * H1 + (1 - z) * np.arctanh(g), "候选状态忘了取 tanh。"),
    ], "数值不对。依次核对 z = (0.5, 0.731)、r = (0.269, 0.599)，再算 g 和混合。", places=2)
    return "正确：两个门，一个候选，一次混合"


@exercise(function, hint="三组 W 和 U；偏置是一行还是两行，看 reset_after。")
def param_count(call):
    """The number of parameters of a GRU layer."""

    def right(d, h, after):
        return 3 * (d * h + h * h + (2 if after else 1) * h)

    cases = [(8, 16, True), (8, 16, False), (5, 3, True), (100, 7, False)]
    on_cases(call, cases, right, [
        (lambda d, h, a: 3 * (d * h + h * h), "偏置忘了数。"),
        (lambda d, h, a: 3 * (d * h + h * h + h),
         "两种都数了一个偏置：reset_after=True 时输入和状态两边各有一个。"),
        (lambda d, h, a: 3 * (d * h + h * h + 2 * h),
         "两种都数了两个偏置：reset_after=False 时只有一个。"),
        (lambda d, h, a: right(d, h, not a), "两种写法记反了：reset_after=True 的偏置是两行。"),
        (lambda d, h, a: right(d, h, a) / 3, "只数了一组：z、r、g 各有一组。"),
        (lambda d, h, a: right(d, h, a) / 3 * 4, "这是四组：LSTM 有四组，GRU 只有三组。"),
        (lambda d, h, a: 3 * (d * h + (2 if a else 1) * h),
         "U 忘了数：每组还有 units × units 个。"),
    ], "features={}、units={}、reset_after={} 时应当是 {right}，你的函数给出 {given:g}。",
        tolerance=0)
    return "正确：1248 和 1200 差的就是那一行偏置"


def signed(weights, blocks, names="WUb"):
    """Negate the named blocks (0 z, 1 r, 2 g) of the named weights."""
    signs = np.repeat([-1.0 if i in blocks else 1.0 for i in range(3)], len(weights[1]))
    return [signs * w if name in names else w for name, w in zip("WUb", weights)]


@exercise(hint="1 − σ(a) = σ(−a)。z 是前 H 列：W、U、b 都有这一块，b 有两行。")
def chung_to_keras(answer):
    """Weights for z times the new state, turned into weights for z times the old one."""
    convert = function(answer, intact="传进来的数组被改动了：先复制（W.copy()），再改符号。")
    rng = np.random.default_rng(3)
    weights = W, U, b = [rng.standard_normal(shape) for shape in ((4, 15), (5, 15), (2, 15))]
    result = parts(convert(*weights), 3, "要返回三样东西：W、U、b。")
    result = flat(array(r, w.shape) for r, w in zip(result, weights))
    first_row = [*signed(weights, {0}, "WU")[:2], np.stack([*signed([W, U, b[:1]], {0})[2], b[1]])]
    compare(result, flat(negate_z(*weights)), [(flat(wrong), message) for wrong, message in [
        (weights, "什么也没有变：z 那一块要取负。"),
        (signed(weights, {0, 1, 2}), "全部取负了：只有 z 那一块（前 H 列）要变。"),
        (signed(weights, {1}), "取负的是 r 那一块：Keras 的次序是 z、r、g，z 在最前。"),
        (signed(weights, {2}), "取负的是候选那一块：Keras 的次序是 z、r、g，z 在最前。"),
        (signed(weights, {0, 1}), "r 也取负了：重置门的含义两家一样，不用变。"),
        (signed(weights, {0}, "WU"), "偏置里 z 的那一块忘了取负。"),
        (signed(weights, {0}, "W"), "只改了 W：U 和 b 里也有 z 的一块。"),
        (signed(weights, {0}, "Wb"), "U 里 z 的那一块忘了取负。"),
        (first_row, "偏置有两行，第二行的 z 忘了取负。"),
    ]], "数值不对：σ 里面的 a = xW_z + hU_z + b_z 要整个取负。")
    return "正确：a 的每一项都取负，1 − σ(a) 就成了 σ(−a)"


def one_gate(x, h, W, U, b, reset=False, swap=False, order="fg"):
    """Return one step of a unit with one gate, with one thing changed."""
    pre_x, Us = np.split(x @ W + b, 2, axis=-1), np.split(U, 2, axis=-1)
    f_at, g_at = order.index("f"), order.index("g")
    f = sigmoid(pre_x[f_at] + h @ Us[f_at])
    g = np.tanh(pre_x[g_at] + (f * h if reset else h) @ Us[g_at])
    return f * h + (1 - f) * g if swap else (1 - f) * h + f * g


@exercise(function, hint="和 mgu_step 只差一处：候选状态里的 h 不再乘 f。")
def one_gate_step(call):
    """The minimal gated unit without its reset."""
    rng = np.random.default_rng(8)
    x, h, W, U, b = example = [rng.standard_normal(shape)
                               for shape in ((3, 4), (3, 5), (4, 10), (5, 10), (10,))]
    result = call(*example)
    if isinstance(result, tuple | list) and len(result) != len(h):
        raise Wrong("只返回新的状态，形状 (B, H)。")
    a_f, a_g = np.split(x @ W + h @ U + b, 2, axis=-1)
    f = sigmoid(a_f)
    compare(array(result, h.shape), one_gate(*example), [
        (one_gate(*example, reset=True), "候选状态里还乘着 f：这一题把重置去掉了。"),
        (one_gate(*example, swap=True), "f 和 1−f 用反了：题目里 f 乘新状态。"),
        (one_gate(*example, order="gf"), "两块用反了：次序是 f、g，前 H 列是 f。"),
        (one_gate(x, h, W, U, 0 * b), "偏置 b 忘了加。"),
        (np.tanh(a_g), "这是候选状态 g：还要和旧状态混合。"),
        ((1 - f) * h + f * a_g, "候选状态忘了取 tanh。"),
        (f, "这是门 f：还要算候选状态，再混合。"),
    ], "数值不对：f 和 g 都由 xW + hU + b 得来，h = (1−f)⊙h + f⊙g。")
    return "正确：一个门，没有重置"


def accepted(weights, strings):
    """Tell which strings the rule of the exercise accepts; all of one length."""
    xs = np.eye(2)[strings]
    h = c = np.zeros((len(xs), 2))
    for t in range(xs.shape[1]):
        h, c = lstm_step(xs[:, t], h, c, *weights)
    return (np.abs(h[:, 0]) < 0.5) & (h[:, 1] < 0.5)


@exercise(function,
          hint="单元 0 照抄 7.7 节的计数器；单元 1 在计数变成负数（h₀ 约为 −0.76）之后变成 1，"
               "并且一直是 1。")
def bracket_weights(call):
    """A hand-set LSTM of two units that judges brackets."""
    result = parts(call(), 3, "要返回三样东西：W、U、b。")
    weights = [array(r, shape) for r, shape in zip(result, ((2, 8), (2, 8), (8,)))]
    if not np.isfinite(flat(weights)).all():
        raise Wrong("权重里有无穷大：用 40 这样大的数就够了。")
    long = [[0] * 300 + [1] * 300, [0, 1] * 300, [0] * 300 + [1] * 299 + [0],
            [1, 0] + [0, 1] * 299, [0] * 301 + [1] * 299]
    batches = [np.array(list(itertools.product((0, 1), repeat=n))) for n in range(1, 13)]
    for strings in (*batches, np.array(long)):
        depth = np.cumsum(1 - 2 * strings, axis=1)  # 0 opens a bracket, 1 closes it
        balanced = (depth[:, -1] == 0) & (depth.min(axis=1) >= 0)
        wrong = accepted(weights, strings) != balanced
        if wrong.any():
            k = wrong.argmax()
            raise Wrong(_why(strings[k], not balanced[k]))
    return "正确：8190 个短的和几个 600 个字符的，全部判对"


def _why(string, said):
    shown = "".join("()"[s] for s in string[:12]) + ("…" if len(string) > 12 else "")
    if len(string) > 12:
        return (f"短的全对，{len(string)} 个字符的 {shown} 错了：有一个门没有推到底，每步漏一点。"
                "遗忘门的偏置用 40。")
    if not said:
        return f"{shown} 是配对的，却被拒绝了。先用 () 检查：单元 0 应当回到 0，单元 1 一直是 0。"
    if sum(string) * 2 != len(string):
        return f"{shown} 左右不一样多，却被接受了：单元 0 应当是左括号数减右括号数。"
    return f"{shown} 的右括号一度比左括号多，却被接受了：单元 1 要记住这件事。"


CONVENTIONS = [("old", "after"), ("old", "before"), ("new", "after"), ("new", "before")]


def run_convention(xs, W, U, b, z_keeps, reset):
    """Run a GRU with one bias in one of the four conventions; return its last state (H,)."""
    h = np.zeros((1, len(U)))
    b = np.stack([b, 0 * b])
    for x in xs:
        z, _, g = gates(x[None], h, W, U, b, reset)
        h = z * h + (1 - z) * g if z_keeps == "old" else (1 - z) * h + z * g
    return h[0]


@exercise(function, hint="只有四种可能：各跑一遍，看哪一种的末状态和 last 最接近。")
def find_convention(find):
    """Which of four conventions a set of weights belongs to."""
    results = []
    for seed, truth in itertools.product((1, 2), CONVENTIONS):
        rng = np.random.default_rng(seed)
        xs, W, U, b = (rng.standard_normal(s) for s in ((6, 4), (4, 15), (5, 15), (15,)))
        said = find(xs, run_convention(xs, W, U, b, *truth), W, U, b)
        form = '要返回两个词，例如 ("old", "after")。'
        said = tuple(texts(parts(said, 2, form), form))
        if said[0] in ("before", "after") and said[1] in ("old", "new"):
            raise Wrong("两个词的次序反了：先 z（old 或 new），再重置（before 或 after）。")
        if said not in CONVENTIONS:
            raise Wrong(f'{said} 不在四种之内：第一个词是 "old" 或 "new"，'
                        '第二个是 "before" 或 "after"。')
        results.append((said, truth))
    if all(said == truth for said, truth in results):
        return "正确：八组权重都认出来了"
    if len({said for said, _ in results}) == 1:
        raise Wrong(f"对每一组权重都回答 {results[0][0]}：要真的跑一遍再比较。")
    z_right, reset_right = ([said[k] == truth[k] for said, truth in results] for k in (0, 1))
    if all(reset_right):
        raise Wrong("重置都认对了，z 没有：z⊙h + (1−z)⊙g 和 (1−z)⊙h + z⊙g 各要试一遍。"
                    if any(z_right) else
                    'z 的两种写法记反了："old" 是 h = z⊙h + (1−z)⊙g。')
    if all(z_right):
        raise Wrong("z 都认对了，重置没有：(r⊙h)U 和 r⊙(hU) 各要试一遍。"
                    if any(reset_right) else
                    '重置的两种写法记反了："before" 是 (r⊙h)U，"after" 是 r⊙(hU)。')
    wrong = sum(said != truth for said, truth in results)
    raise Wrong(f"八组里错了 {wrong} 组。每一种都从 h = 0 走完全部 6 步，再和 last 比。")
