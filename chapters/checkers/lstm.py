"""Checkers of chapter 06."""

import numpy as np

from rnnbook.cells import lstm_scan, lstm_step, sigmoid
from rnnbook.notebook.answers import Wrong, array, floats, number, parts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, flat, on_cases

# The hand-made network of section 6.4.
W = np.array([[1.1, 1.1, 0.55, 0.0]])
U = np.array([[1.0, 0.0, -1.0, 2.0]])
B = np.array([0.0, 1.1, 0.0, 0.0])
H0, C0 = np.array([[0.0]]), np.array([[1.0]])
H1, C1 = lstm_step(np.array([[1.0]]), H0, C0, W, U, B)
H2, C2 = lstm_step(np.array([[-1.0]]), H1, C1, W, U, B)
X3 = np.array([[1.0]])


@exercise(hint="先算四个和 x₃W + h₂U + b，过四个函数，再更新 c，最后才是 h。")
def hand_step(answer):
    """The third step of the unit in 6.4."""
    values = floats(answer)
    if values.size != 2:
        raise Wrong("要填两个数：(h3, c3)。")
    h3, c3 = lstm_step(X3, H2, C2, W, U, B)
    i, f, g, o = np.split(X3 @ W + H2 @ U + B, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    kept, added = C2 + i * g, f * C2 + g
    compare(values.ravel(), np.ravel([h3, c3]), [(np.ravel(pair), text) for pair, text in [
        ((c3, h3), "两个数写反了：先 h，后 c。"),
        ((H2, C2), "这是第二步的结果，再往前走一步。"),
        ((o * c3, c3), "h 里漏了 tanh：h = o · tanh(c)。"),
        ((o * np.tanh(C2), c3), "算 h 用了旧的 c₂：要先更新 c，再用新的 c₃。"),
        (lstm_step(X3, H2, C2, W, U, 0 * B), "偏置 b 忘了加：遗忘门的偏置是 1.1。"),
        (lstm_step(X3, 0 * H2, C2, W, U, B), "h₂U 忘了加：门也要看旧的输出。"),
        (lstm_step(X3, H1, C1, W, U, B), "差了一步：用的是 h₁ 和 c₁。"),
        ((o * np.tanh(kept), kept), "旧记忆忘了乘遗忘门 f。"),
        ((o * np.tanh(added), added), "候选值忘了乘输入门 i。"),
    ]], "数值不对。依次核对 i、f、g、o 四个数，再算 c₃ = f·c₂ + i·g。", places=2)
    return "正确：先更新记忆，再决定露出多少"


@exercise(function, hint="四组 W、U、b；窥视孔每扇门每个单元一个数，一共三扇门。")
def param_count(count):
    """The number of parameters of an LSTM layer."""
    sizes = [(8, 16), (5, 3), (100, 7)]
    on_cases(count, sizes, lambda d, h: 4 * h * (d + h + 1), [
        (lambda d, h: h * (d + h + 1), "这是 SimpleRNN 的个数：LSTM 有四组。"),
        (lambda d, h: 3 * h * (d + h + 1), "只数了三组：三扇门之外，候选值也有一组权重。"),
        (lambda d, h: 4 * h * (d + h), "偏置忘了数：四组各有 units 个。"),
        (lambda d, h: 4 * h * (d + h) + h, "偏置也有四组，不是一组。"),
        (lambda d, h: 4 * h * (d + h + 2), "数了两个偏置。那是 PyTorch 的写法，Keras 只有一个。"),
        (lambda d, h: 4 * (d * h + d * d + h), "U 的形状是 (units, 4·units)，与特征数无关。"),
    ], "features={}、units={} 时应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    on_cases(lambda d, h: number(count(d, h, True)) - 4 * h * (d + h + 1), sizes,
             lambda d, h: 3 * h, [
        (lambda d, h: 0, "peepholes=True 时要多出三扇门的窥视孔。"),
        (lambda d, h: 4 * h, "窥视孔只给三扇门，候选值没有。"),
        (lambda d, h: 3 * h * h, "窥视孔是逐元素乘，每个单元只看自己的 c：是 (units,)，不是矩阵。"),
        (lambda d, h: h, "三扇门各有一组窥视孔，不是共用一组。"),
    ], "units={1} 时窥视孔应当多出 {right} 个，你的函数多出 {given:g} 个。", tolerance=0)
    return "正确：4H(D + H + 1)，窥视孔再加 3H"


@exercise(function, hint="先由 fⁿ = 1/2 解出 f，再求 sigmoid 的反函数 ln(f / (1 − f))。")
def bias_for_half_life(bias):
    """The forget bias that halves the memory in n steps."""
    lengths = np.array([1.0, 2.0, 10.0, 100.0])
    f, e = 0.5 ** (1 / lengths), np.exp(-1 / lengths)
    right = np.log(f / (1 - f))
    compare([number(bias(n)) for n in lengths.tolist()], right, [
        (f, "这是 f 本身。偏置还要过 sigmoid 才是 f，所以要求反函数 ln(f / (1 − f))。"),
        (-right, "正负号反了：记得越久，偏置越大。"),
        (np.log(f), "ln f 不是 sigmoid 的反函数；反函数是 ln(f / (1 − f))。"),
        (np.log(lengths), "ln n 是近似：半衰期 n 与 1/(1−f) 差一个 ln 2，要精确解 fⁿ = 1/2。"),
        (np.arctanh(f), "这是 tanh 的反函数，门用的是 sigmoid。"),
        (np.log(e / (1 - e)), "那是减到 1/e 的步数；半衰期是减到 1/2。"),
    ], "数值不对：n = 1 时 f = 1/2，偏置应当是 0；n = 100 时约为 4.97。")
    return "正确：想记 100 步，偏置要将近 5"


@exercise(hint="四块的次序是 i、f、g、o：np.concatenate([−ln u, ln u, 0, 0])。")
def chrono_bias(answer):
    """The bias vector of chrono initialisation."""
    call = function(answer, intact="你的函数改动了传进来的 u：先算出新的数组再返回。")
    u, zero = np.array([1.5, 4.0, 20.0]), np.zeros(3)
    log = np.log(u)
    result = array(call(u), (12,), {
        (4, 3): "形状是 (4, H)：要把四块首尾相接成 (4H,)，用 np.concatenate。",
        (6,): "只有两块：g 和 o 的偏置也要占位，填 0。",
    })
    compare(result, flat([-log, log, zero, zero]), [(flat(wrong), text) for wrong, text in [
        ([log, -log, zero, zero], "两块写反了：次序是 i、f、g、o，f 是正的那一块。"),
        ([zero, log, zero, zero], "输入门的偏置忘了设：b_i = −b_f。"),
        ([log, log, zero, zero], "输入门的符号错了：b_i = −b_f，记得久的单元写得慢。"),
        ([-log, zero, log, zero], "次序错了：第二块是遗忘门，第三块是候选值。"),
        ([-log, zero, zero, log], "次序错了：第二块是遗忘门，第四块是输出门。"),
        ([-u, u, zero, zero], "忘了取对数：b_f = ln u。"),
        (np.stack([-log, log, zero, zero], axis=-1),
         "四个数按单元交错排了：同一扇门的 H 个数要连在一起。"),
    ]], "数值不对：四块依次是 −ln u、ln u、0、0。")
    return "正确：f = u / (1 + u)"


def variant(order="ifgo", squash=np.tanh, late=True, out=np.tanh, keep=True):
    """Make an LSTM step with something changed.

    Args:
        order: of the four blocks.
        squash: function of the candidate.
        late: the output sees the new cell state.
        out: function of the cell state.
        keep: multiply the old cell state by the forget gate.
    """

    def step(x, h, c, W, U, b):
        part = dict(zip(order, np.split(x @ W + h @ U + b, 4, axis=-1)))
        kept = sigmoid(part["f"]) * c if keep else c
        new = kept + sigmoid(part["i"]) * squash(part["g"])
        return sigmoid(part["o"]) * out(new if late else c), new

    return step


@exercise(function, hint="比一比：四块的次序、先更新谁、候选值用的是哪个函数。")
def fixed_step(call):
    """A step with three mistakes, mended."""
    rng = np.random.default_rng(8)
    shapes = (4, 3), (4, 5), (4, 5), (3, 20), (5, 20), (20,)
    example = [rng.standard_normal(shape) for shape in shapes]
    result = parts(call(*example), 2,
                   "要返回两样东西：新的 h 和新的 c。写 return h, c。")
    right = np.stack(lstm_step(*example))
    compare(np.stack([array(r, (4, 5)) for r in result]), right, [
        *((np.stack(variant(**wrong)(*example)), message) for wrong, message in [
            ({"order": "iogf", "squash": sigmoid, "late": False},
             "三处都还在：这就是 buggy_step。"),
            ({"squash": sigmoid, "late": False}, "还剩两处：h 用了旧的 c；候选值用了 sigmoid。"),
            ({"order": "iogf", "late": False}, "还剩两处：四块的次序；h 用了旧的 c。"),
            ({"order": "iogf", "squash": sigmoid}, "还剩两处：四块的次序；候选值用了 sigmoid。"),
            ({"order": "iogf"}, "还剩一处：四块的次序是 i、f、g、o。"),
            ({"squash": sigmoid}, "还剩一处：候选值要用 tanh，否则只能往上加，不能往下减。"),
            ({"late": False}, "还剩一处：先更新 c，再用新的 c 算 h。"),
            ({"order": "figo"}, "次序变成 f、i、g、o 了：Keras 是 i、f、g、o。"),
            ({"out": lambda a: a}, "修的时候把 h 里的 tanh 弄丢了。"),
            ({"keep": False}, "修的时候把遗忘门弄丢了：旧的 c 要乘 f。"),
        ]),
        (right[::-1], "两个结果的次序反了：先 h，后 c。"),
    ], "数值不对：和 6.3 节的四行公式逐行比。")
    return "正确：三处都找到了"


@exercise(function,
          hint="f 平时要开、清零时要关；i 常开；事件来时 g 要等于 0.1，没有事件时 g 等于 0。")
def counter(call):
    """A hand-made LSTM unit that counts events since the last reset."""
    result = parts(call(), 3, "要返回三样东西：(W, U, b)。")
    W, U, b = map(array, result, ((2, 4), (1, 4), (4,)))
    rng = np.random.default_rng(9)
    stream = np.stack([rng.random((1, 300)) < 0.3, rng.random((1, 300)) < 0.05], -1).astype(float)
    count, wanted = 0.0, []
    for event, reset in stream[0]:
        count = (0 if reset else count) + event
        wanted.append(count / 10)
    h = c = np.zeros((1, 1))
    cs = []
    for t in range(300):
        h, c = lstm_step(stream[:, t], h, c, W, U, b)
        cs.append(c.item())
    if np.abs(np.subtract(cs, wanted)).max() <= 0.02:
        return "正确：三扇门各司其职"
    _explain_counter(W, U, b)
    raise Wrong("记数不准。先用全是 0 的流看 c 是否不动，再只给一个事件看它是否加 0.1。")


def _explain_counter(W, U, b):
    """Name what is wrong with a counter, by the gates that each kind of input gives."""

    def gates(event, reset):
        a = np.array([event, reset]) @ W + b
        return sigmoid(a[0]), sigmoid(a[1]), np.tanh(a[2])

    (i, f, g), (_, f_reset, _) = gates(0.0, 0.0), gates(0.0, 1.0)
    (i_both, _, g_both), (i_event, _, g_event) = gates(1.0, 1.0), gates(1.0, 0.0)
    zero = np.zeros((1, 1))
    c = lstm_scan(np.array([[[1.0, 0.0]]]), zero, zero, W, U, b)[1][1].item()
    blame([
        (f < 0.999, f"平时遗忘门只开 {f:.3f}，三百步会把数漏光：偏置要够大，例如 10 以上。"),
        (abs(i * g) > 1e-4,
         f"没有事件时每步也写进去 {i * g:.3f}：g 的偏置应当是 0，不能靠半开的输入门去挡。"),
        (f_reset > 0.01, "清零时遗忘门没有关上：清零那一行对 f 的权重要是很大的负数，压得过偏置。"),
        (abs(i_both * g_both) < 0.5 * abs(i_event * g_event),
         "清零那一步的事件没有计入：输入门不该在清零时关上。"),
        (U[0, :3].any(), "U 应当是 0：这个任务的门只看输入；h 会随计数变化，反过来干扰门。"),
        (abs(c - 0.1) > 1e-4, f"一个事件加了 {c:.4f}，应当是 0.1：注意 g = tanh(·)，"
         "要填 arctanh(0.1)，还要让输入门全开。"),
    ])
