"""Checkers of chapter 08."""

import numpy as np

from rnnbook.notebook.answers import Wrong, array, by_key, number, truth
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, on_cases


@exercise(function, hint="一个方向的 LSTM 有 4H(输入宽度 + H + 1) 个；第二层起，输入宽度是多少？")
def stack_params(call):
    """The number of parameters of stacked bidirectional LSTM layers."""

    def total(d, h, depth, directions=2, upper=2, gates=4, bias=1):
        return sum(directions * gates * h * ((d if k == 0 else upper * h) + h + bias)
                   for k in range(depth))

    on_cases(call, [(3, 16, 1), (3, 16, 3), (8, 5, 2), (1, 1, 4)], total, [
        (lambda d, h, n: total(d, h, n, upper=1),
         "第二层起的输入是两个方向拼起来的，宽度是 2·units，不是 units。"),
        (lambda d, h, n: total(d, h, n, directions=1),
         "只数了一个方向：另一个方向有自己的一套权重。"),
        (lambda d, h, n: total(d, h, n, directions=1, upper=1),
         "只数了一个方向，而且第二层起的输入宽度是 2·units。"),
        (lambda d, h, n: n * total(d, h, 1),
         "每层都按第一层的输入宽度数了：第二层起，输入宽度是 2·units。"),
        (lambda d, h, n: total(d, h, n, gates=1),
         "这是 SimpleRNN 的个数：LSTM 有四组这样的权重。"),
        (lambda d, h, n: total(d, h, n, gates=3), "LSTM 有四组权重，不是三组。"),
        (lambda d, h, n: total(d, h, n, bias=0), "偏置忘了数：每个方向每层还有 4·units 个。"),
        (lambda d, h, n: total(d, h, n, bias=2), "数了两个偏置：那是 PyTorch 的写法。"),
    ], "features={}、units={}、depth={} 时应当是 {right}，你的函数给出 {given:g}。", tolerance=0)
    return "正确：两个方向，第二层起输入宽 2H"


@exercise(function, hint="时间在第 1 轴：backward[:, ::-1]，再沿最后一轴拼。")
def align(call):
    """Align the states of the backward reading and join both."""
    f, b = np.random.default_rng(8).standard_normal((2, 3, 6, 4))

    def join(*both):
        return np.concatenate(both, axis=-1)

    result = array(call(f, b), (3, 6, 8), {
        (3, 12, 4): "拼错了轴：沿时间接起来变成了 12 步。要沿最后一轴拼：axis=-1。",
        (6, 6, 4): "拼错了轴：沿批接起来了。要沿最后一轴拼：axis=-1。",
        f.shape: "得到 (B, T, H)：要拼接成 (B, T, 2H)，不是相加或取平均。",
    })
    compare(result, join(f, b[:, ::-1]), [
        (join(f, b), "忘了倒回来：backward 的第一个属于最后一步。"),
        (join(f[:, ::-1], b), "倒错了一边：forward 本来就是对的，要倒的是 backward。"),
        (join(f[:, ::-1], b[:, ::-1]), "两个都倒了：只倒 backward。"),
        (join(f, b[::-1]), "倒错了轴：[::-1] 倒的是批，时间在第 1 轴。"),
        (join(f, b[:, :, ::-1]), "倒错了轴：倒的是特征，时间在第 1 轴。"),
        (join(b[:, ::-1], f), "次序反了：前向的在前，后向的在后。"),
    ], "数值不对：第 t 步应当是 forward[:, t] 和 backward[:, T-1-t]。")
    return "正确：第 1 步拼上的，是把整句都读过的那个后向状态"


@exercise(hint="对每个模型问：第 0 步的输出，会因为后面哪些输入而变？核对：look_ahead(model, x)。")
def steps_ahead(answer):
    """How many steps ahead each of six models looks, of ten steps."""
    one_more = "差了一步：10 步的序列，第 0 步后面还有 9 步。"
    by_key(answer, {
        "a": (0, "每一层都只看过去，合起来也只看过去。"),
        "b": (9, {10: one_more, None: "第 0 步的后向状态从第 9 步读起，所以看到后面 9 步。"}),
        "c": (1, "核宽 3、same 补零，窗口是前一步、这一步和后一步。"),
        "d": (0, "causal 只在左边补零，窗口是这一步和前两步。"),
        "e": (9, {10: one_more,
                  None: "没有倒回来时，第 0 个输出读的正是第 9 步的输入；忘了对齐也是一种偷看。"}),
        "f": (5, "下层第 t 步已经看到 t+2，上层又晚 3 步：延迟逐层相加。"),
    }, "步数（整数）", lambda value: None if isinstance(value, bool | str) else number(value))
    return "正确：结构决定看得到什么，与训练无关"


@exercise(hint="先写出 f(h) 的形状，再与 (4, 7, 16) 逐轴比较。")
def addable(answer):
    """Which layers have an output of the shape of their input (4, 7, 16)."""
    by_key(answer, {
        "a": (True, "输出 (4, 7, 16)，可以加。"),
        "b": (False, "没有 return_sequences，输出 (4, 16)，时间轴没有了。"),
        "c": (False, "两个方向拼起来宽 32，输出 (4, 7, 32)。"),
        "d": (True, "两个方向各 8，拼起来正好 16。"),
        "e": (True, 'merge_mode="sum" 把两个方向相加，宽度还是 16。'),
        "f": (True, "Dense(16) 把宽度变回 16；形状不合时，这样的投影是常用的办法。"),
    }, " True 或 False", truth)
    return "正确：残差只问一件事，形状是否完全相同"


@exercise(function, hint="延迟逐层相加。分块：第二层在块末尾看到的，比第一层多吗？")
def latency_ms(call):
    """How long an output waits for input that is still to come."""
    cases = [("delayed", 2, 1, 10), ("delayed", 3, 4, 10), ("chunked", 5, 1, 10),
             ("chunked", 8, 3, 20), ("delayed", 0, 2, 10), ("chunked", 1, 2, 10)]

    def either(delayed, chunked):
        return lambda kind, *sizes: (delayed if kind == "delayed" else chunked)(*sizes)

    on_cases(call, cases, either(lambda s, d, m: s * d * m, lambda s, d, m: (s - 1) * m), [
        (either(lambda s, d, m: s * m, lambda s, d, m: (s - 1) * m),
         "delayed：延迟逐层相加，要乘层数。"),
        (either(lambda s, d, m: s * d * m, lambda s, d, m: (s - 1) * d * m),
         "chunked：各层的块对齐，第二层看到的仍只到块的末尾，不逐层相加。"),
        (either(lambda s, d, m: s * d * m, lambda s, d, m: s * d * m),
         "chunked：块里第一步要等的是后面 size − 1 步，而且各层不相加。"),
        (either(lambda s, d, m: s * d * m, lambda s, d, m: s * m),
         "chunked：差了一步：块里第一步要等的是后面 size − 1 步。"),
        (either(lambda s, d, m: s * d, lambda s, d, m: s - 1),
         "这是步数：还要乘每步的毫秒数 step_ms。"),
        (either(lambda s, d, m: (s - 1) * d * m, lambda s, d, m: (s - 1) * m),
         "delayed：延迟 size 步就是看到后面第 size 步，不减 1。"),
    ], "kind={!r}、size={}、depth={}、step_ms={} 时应当是 {right}，你的函数给出 {given:g}。",
        tolerance=0)
    return "正确：延迟相加，对齐的块不相加"


def _shift(by, scale=1.0, channel=None):
    """Make a model whose output t depends on the input t + by alone."""

    def model(x):
        x = np.asarray(x, float)
        y = np.zeros_like(x)
        t = np.arange(x.shape[1])
        inside = (t + by >= 0) & (t + by < x.shape[1])
        y[:, inside] = x[:, t[inside] + by]
        if channel is not None:
            y = y[..., channel:channel + 1]
        return scale * y

    return model


def _late_glance(x):
    """Causal but for one step near the end, which sees the last input."""
    y = np.cumsum(np.asarray(x, float), axis=1)
    y[:, -3] += x[:, -1]
    return y


def _balanced(x):
    """Look two steps ahead in two features that always change by opposite amounts."""
    y = _shift(2)(x)
    return np.concatenate([y, -y], axis=-1)


def _second_sample(x):
    """Look one step ahead in the last sample only."""
    y = np.array(x, float)
    y[-1, :-1] += x[-1, 1:]
    return y


@exercise(hint="对每个 s 只改 x[:, s]，找出输出变了的那些 t；答案是最大的 s − t。")
def farthest(answer):
    """A measurement that tells how far ahead a model looks."""
    call = function(answer, intact="你的函数改掉了 x 本身：先 x.copy()，再改副本。")
    x = np.random.default_rng(9).integers(-5, 6, (3, 8, 2)).astype(float)
    tests = [
        (_shift(0), 0, "只看此刻的模型应得 0，你的函数给出 {:g}。"),
        (lambda v: np.cumsum(np.asarray(v, float), axis=1), 0,
         "只看过去的模型应得 0，你的函数给出 {:g}。要的是最大的 s − t，不是最大的间隔 |s − t|。"),
        (_shift(3), 3, "看后面第 3 步的模型应得 3，你的函数给出 {:g}。"),
        (_shift(1), 1, "看后面 1 步的模型应得 1，你的函数给出 {:g}：差了一步？"),
        (_shift(-2), -2, "输出迟到 2 步的模型应得 −2，你的函数给出 {:g}：不要从 0 开始取最大。"),
        (lambda v: np.flip(np.asarray(v, float), 1), 7,
         "把序列倒过来的模型应得 7，你的函数给出 {:g}。"),
        (_late_glance, 2, "只有一步偷看的模型应得 2，你的函数给出 {:g}：每一步都要改、都要看。"),
        (_balanced, 2, "两个特征变化相反的模型应得 2，你的函数给出 {:g}：先取绝对值，再合并特征。"),
        (_second_sample, 1, "只有最后一个样本偷看，应得 1，你的函数给出 {:g}：批里的样本都要看。"),
        (_shift(2, scale=1e-9), 2,
         "影响只有 1e-9 的模型也是偷看，应得 2，你的函数给出 {:g}：比较时不要容差。"),
        (_shift(2, channel=1), 2,
         "只看第二个特征的模型应得 2，你的函数给出 {:g}：要改动所有的特征。"),
    ]
    for model, right, message in tests:
        value = number(call(model, x))
        if value != right:
            raise Wrong(message.format(value))
    return "正确：每一步都改，每一步都看，一点变化也算"
