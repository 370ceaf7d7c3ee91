"""Checkers of chapter 02."""

import numpy as np

from rnnbook.cells import rnn_scan, rnn_step
from rnnbook.notebook.answers import Wrong, array, by_key, floats, number, parts
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import blame, compare, near, on_cases

# The hand-made network of section 2.2.
W = np.array([[0.5, -1.0, 0.0], [1.0, 0.0, -0.5]])
U = np.array([[0.5, 0.0, 0.0], [0.0, 0.5, 1.0], [-1.0, 0.0, 0.5]])
B = np.array([0.0, 0.5, 0.0])
H1 = rnn_step(np.array([[1.0, 0.5]]), np.zeros((1, 3)), W, U, B)
H2 = rnn_step(np.array([[0.0, 1.0]]), H1, W, U, B)
X3 = np.array([[-1.0, 0.5]])

TINY = 1e-5  # above the rounding of float32, far below every leak


@exercise(hint="先算两个行向量 x₃W 与 h₂U，再加上 b，最后逐个取 tanh。")
def hand_step(answer):
    """The third step of the network in 2.2."""
    answer = array(answer, (1, 3), {
        (3,): "数的个数对了，但形状应当是 (1, 3)：多包一层方括号，批这一维不能丢。"})
    inside = X3 @ W + H2 @ U + B
    compare(answer, np.tanh(inside), [
        (inside, "这是 tanh 里面的 a₃，还没有取 tanh。"),
        (np.tanh(inside - B), "偏置 b 忘了加。"),
        (np.tanh(X3 @ W + B), "旧的记忆 h₂U 忘了加：第三步不是从零开始的。"),
        (np.tanh(X3 @ W + H1 @ U + B), "差了一步：旧的记忆应当是 h₂，你用的是 h₁。"),
        (np.tanh(X3 @ W + H2 @ U.T + B), "U 转置了：行向量写法是 h₂ @ U，不是 h₂ @ U.T。"),
        (np.tanh(H2 @ U + B), "新的输入 x₃W 忘了加。"),
        (H2, "这是 h₂，再往前走一步才是 h₃。"),
    ], "数值不对。分别核对三项：x₃W、h₂U 和 b，再取 tanh。", places=2)
    return "正确：三项之和再取 tanh"


@exercise(function, hint="W、U、b 各有多少个数？把三个形状写出来再相加。")
def param_count(call):
    """The number of parameters of a SimpleRNN layer."""
    longer = "乘上了序列长度 T：每一步用的是同一组权重，个数与 T 无关。"
    on_cases(call, [(8, 16), (5, 3), (1, 1), (100, 7)], lambda d, h: h * (d + h + 1), [
        (lambda d, h: d * h + h * h, "偏置 b 忘了数：还有 units 个。"),
        (lambda d, h: d * h + h, "U 忘了数：状态到状态还有 units × units 个。"),
        (lambda d, h: h * h + h, "W 忘了数：输入到状态还有 features × units 个。"),
        (lambda d, h: d * h + h * h + 2 * h,
         "数了两个偏置。那是 PyTorch 的写法，Keras 的 SimpleRNN 只有一个 b。"),
        (lambda d, h: d * h + d * d + h, "U 的形状是 (units, units)，与输入特征数无关。"),
        (lambda d, h: d * h + h * h + d,
         "偏置 b 的形状是 (units,)：每个隐藏单元一个，不是每个特征一个。"),
        (lambda d, h: h * (d + h + 1) + h * d, "W 数了两遍。"),
        (lambda d, h: 4 * h * (d + h + 1),
         "这是 LSTM 的个数：它有四组这样的权重，SimpleRNN 只有一组。"),
        *((lambda d, h, T=T: T * h * (d + h + 1), longer) for T in (10, 100, 1000)),
    ], "features={}、units={} 时应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：H(D + H + 1)，里面没有 T"


@exercise(hint="批在第 0 轴，时间在第 1 轴；只有 return_sequences=True 才留下时间轴。")
def shapes(answer):
    """Shapes of four uses of SimpleRNN on an input of shape (4, 7, 5)."""
    other = {None: "这个形状不对。哪些轴还在？每个轴有多长？"}
    by_key(answer, {
        "a": ((4, 16), {
            (4, 7, 16): "没有写 return_sequences，只交出最后一步，时间轴不在了。",
            (7, 16): "时间轴和批轴弄混了：留下的是批 4，不是时间 7。",
            (16,): "批这一维忘了：4 个样本各有一个状态。",
            (4, 5): "最后一维是隐藏单元数 16，不是输入特征数 5。",
        } | other),
        "b": ((4, 7, 16), {
            (7, 4, 16): "时间轴放错了：Keras 是 (batch, time, units)，批在最前。",
            (4, 16): "return_sequences=True 要交出每一步，时间轴 7 还在。",
            (4, 6, 16): "差了一步：7 个输入对应 7 个状态，h₀ 不算，也不少第一步。",
            (4, 8, 16): "差了一步：h₀ 不在输出里，只有 7 个状态。",
            (4, 7, 5): "最后一维是隐藏单元数 16，不是输入特征数 5。",
        } | other),
        "c": (((4, 16), (4, 16)), {
            (4, 16): "return_state=True 会多交出一个末状态，所以有两个输出。",
            ((4, 7, 16), (4, 16)): "没有写 return_sequences，第一个输出也只有最后一步。",
            ((4, 16), (16,)): "末状态也有批这一维：每个样本一个。",
        } | other),
        "d": ((4, 3), {
            (4, 7, 3): "第二个 SimpleRNN 没有写 return_sequences，到那里时间轴就没了。",
            (4, 6): "后面还有 Dense(3)，最后一维是 3。",
            (4, 16): "最后一维由最后一层决定：Dense(3)。",
            (3, 4): "转置了：批在最前，特征在最后。",
        } | other),
    }, "形状（元组，例如 (4, 5)）或两个形状的列表", _shape)
    return "正确：时间轴在与不在，只看 return_sequences"


def _shape(value):
    """Turn a shape or a list of shapes into nested tuples of numbers, else None."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(value, list | tuple):
        inner = tuple(map(_shape, value))
        return None if None in inner else inner
    return value if isinstance(value, int | float) else None


def _example(seed=5, size=None):
    """Return xs, h0, W, U, b; all axes of one length if a size is given."""
    rng = np.random.default_rng(seed)
    shapes = (4, 6, 3), (4, 5), (3, 5), (5, 5), (5,)
    return [rng.standard_normal([size or n for n in s]) for s in shapes]


def _explain_scan(call):
    """Name the mistake of a scan that fails, by an input on which all axes are equally long."""
    xs, h0, W, U, b = _example(size=4)
    try:
        states = floats(parts(call(xs, h0, W, U, b), 2, "")[0])
    except Wrong:
        return
    turned = rnn_scan(xs.swapaxes(0, 1), h0, W, U, b)[0]
    wrong_axis = "循环走错了轴：for x in xs 走的是批（第 0 轴），时间在第 1 轴，要取 xs[:, t]。"
    blame([
        (rnn_scan(xs, h0, U, W, b)[0], "W 和 U 用反了：x 乘 W (D, H)，h 乘 U (H, H)。"),
        (turned, wrong_axis),
        (turned.swapaxes(0, 1), wrong_axis),
    ], lambda result: near(states, result))


@exercise(function, hint="三件事：循环走第 1 轴；把新的 h 交给下一步；最后用 np.stack(…, axis=1)。")
def scan(call):
    """A scan over time, batch first."""
    xs, h0, W, U, b = _example()
    try:
        result = call(xs, h0, W, U, b)
    except Wrong:
        _explain_scan(call)
        raise
    states, last = parts(
        result, 2, "要返回两样东西：所有状态 (B, T, H) 和末状态 (B, H)。写 return states, h。")
    right, right_last = rnn_scan(xs, h0, W, U, b)
    states = array(states, right.shape, {
        (6, 4, 5): "时间跑到第 0 轴了：得到 (T, B, H)，应当是 (B, T, H)。np.stack 要写 axis=1。",
        (4, 5): "第一个结果只有一步的状态：每一步都要存下来，再叠成 (B, T, H)。",
        (4, 7, 5): "多了一步：h₀ 不算输出，6 个输入对应 6 个状态。",
        (4, 5, 5): "少了一步：6 个输入对应 6 个状态，检查 range 的起点和终点。",
    })
    linear, h = [], h0
    for t in range(6):
        h = xs[:, t] @ W + h @ U + b
        linear.append(h)
    compare(states, right, [
        (rnn_scan(xs, h0, W, U, 0 * b)[0], "偏置 b 忘了加。"),
        (np.stack(linear, axis=1), "tanh 忘了取。"),
        (rnn_scan(xs, h0, W, U.T, b)[0], "U 转置了：行向量写法是 h @ U。"),
        (np.tanh(xs @ W + (h0 @ U)[:, None] + b),
         "每一步都用了 h0：要把上一步的新状态交给下一步。"),
        (rnn_scan(xs, h0, W, 0 * U, b)[0], "旧的记忆 h @ U 忘了加。"),
        (rnn_scan(xs, 0 * h0, W, U, b)[0], "没有用给定的 h0，而是从零开始了。"),
        (np.concatenate([h0[:, None], right[:, :-1]], axis=1),
         "差了一步：先走一步再存，存下来的应当是新状态。"),
        (rnn_scan(xs[:, ::-1], h0, W, U, b)[0], "时间方向反了：从第 0 步走到最后一步。"),
    ], "状态的数值不对。先拿 T = 1 的输入和 2.2 节的手算比一比。")
    compare(array(last, right_last.shape), right_last, [],
            "所有状态都对，但第二个结果不是末状态：它应当等于 states[:, -1]。")
    return "正确：只有一个循环，沿着时间"


@exercise(function, hint="两行：先用 x 和上一步的输出 y 算 h，再由 h 读出新的 y。")
def jordan_step(step):
    """One step of a network that feeds its output back."""
    rng = np.random.default_rng(6)
    x, y, W, U, b, V, c = (rng.standard_normal(s) for s in
                           ((4, 3), (4, 2), (3, 5), (2, 5), (5,), (5, 2), (2,)))
    try:
        result = step(x, y, W, U, b, V, c)
    except Wrong:
        x, y, W, U, V = rng.standard_normal((5, 3, 3))
        if near(floats(step(x, y, W, U, b[:3], V, c[0])),
                np.tanh(x @ U + y @ W + b[:3]) @ V + c[0]):
            raise Wrong("W 和 U 用反了：x 乘 W (D, H)，上一步的输出 y 乘 U (O, H)。") from None
        raise
    if isinstance(result, tuple | list) and len(result) != len(x):
        raise Wrong("只返回新的输出 y：Jordan 网络送回的是它，隐藏状态用完就扔。")
    h = np.tanh(x @ W + y @ U + b)
    result = array(result, (4, 2), {
        h.shape: "这是隐藏状态 h（5 维）：还要读出 y = h @ V + c（2 维）。"})
    compare(result, h @ V + c, [
        (h @ V, "输出的偏置 c 忘了加。"),
        (np.tanh(x @ W + y @ U) @ V + c, "隐藏层的偏置 b 忘了加。"),
        (np.tanh(x @ W + b) @ V + c, "没有用上一步的输出 y：这一步就没有记忆了。"),
        (np.tanh(h @ V + c), "输出层多取了一次 tanh：题目里 y = hV + c 是线性的。"),
        ((x @ W + y @ U + b) @ V + c, "算 h 时 tanh 忘了取。"),
        (y + h @ V + c, "新的输出不加旧的输出：y = hV + c。"),
    ], "数值不对：h = tanh(xW + yU + b)，然后 y = hV + c。")
    return "正确：换掉的只是送回来的东西"


def _leaky(rows=slice(None), steps=slice(None), sign=1.0):
    """Make a scan whose samples leak into the chosen rows and steps of a batch."""

    def scan(xs, h0, W, U, b):
        states, _ = rnn_scan(xs, h0, W, U, b)
        leak = states[::-1] - states  # zero when the batch has one sample
        changed = states.copy()
        changed[rows, steps] += sign * np.abs(leak[rows, steps])
        return changed, changed[:, -1]

    return scan


@exercise(function, hint="scan(xs, h0, …)[0] 与每个 scan(xs[i:i+1], h0[i:i+1], …)[0] 相减，"
                         "取绝对值，再取最大。")
def batch_gap(call):
    """A measurement that tells whether the samples of a batch are independent."""
    example = xs, h0, *weights = _example(seed=7)
    try:
        value = number(call(rnn_scan, *example))
    except Wrong as error:
        if "出错" in str(error):
            advice = "单独算一个样本时取 xs[i:i+1] 和 h0[i:i+1]，留住批这一维。"
            raise Wrong(f"{error}\n  {advice}") from None
        raise
    if abs(value) > TINY:
        if abs(number(call(rnn_scan, xs, 0 * h0, *weights))) <= TINY:
            raise Wrong("单独算时 h0 没有取对应的那一行：第 i 个样本要配 h0[i:i+1]。")
        raise Wrong(f"正确的 scan 应得到约 0，你的函数给出 {value:.3g}。"
                    "单独算时取 xs[i:i+1]，别丢了批这一维。")
    broken = [
        (_leaky(steps=slice(0, 1)), "第一步有错却没有发现：要比较所有步的状态，不只是末状态；"
         "相减以后要先取绝对值。"),
        (_leaky(rows=slice(-1, None)),
         "最后一个样本有错却没有发现：每个样本都要比，不只是第一个。"),
        (_leaky(rows=slice(0, 1)), "第一个样本有错却没有发现：每个样本都要比。"),
        (_leaky(steps=slice(-1, None)), "最后一步有错却没有发现：要比较所有步的状态。"),
        (_leaky(sign=-1.0), "有负的误差却没有发现：相减以后先取绝对值，再取最大。"),
        (_leaky(sign=1.0), "有正的误差却没有发现：相减以后先取绝对值，再取最大。"),
    ]
    results = [number(call(scan, *example)) for scan, _ in broken]
    if np.abs(results).max() <= TINY:
        raise Wrong("对每个有毛病的 scan 都给出 0：是不是拿同一个结果和自己相减了？"
                    "批量的和单独的各算一遍。")
    for (scan, message), value in zip(broken, results):
        if value <= TINY:
            raise Wrong(message)
        compare(value, _gap(scan, *example), [], f"测到了差别，但不是最大的绝对差：得到 "
                f"{value:.4g}。检查是否用了平均，或者求了和、平方。")
    return "正确：你的测量抓住了每一个有毛病的实现"


def _gap(scan, xs, h0, W, U, b):
    whole = scan(xs, h0, W, U, b)[0]
    alone = [scan(xs[i:i + 1], h0[i:i + 1], W, U, b)[0] for i in range(len(xs))]
    return np.abs(whole - np.concatenate(alone)).max()
