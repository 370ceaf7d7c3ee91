"""Checkers of the exercises on shapes, rounding and random seeds."""

import numpy as np

from rnnbook.notebook.answers import Wrong, array, integers, number, parts, received
from rnnbook.notebook.calls import function
from rnnbook.notebook.exercises import exercise
from rnnbook.notebook.mistakes import compare, near


@exercise(hint="先写编号的形状（样本，时间），再问：每个编号展开成几个数？")
def one_hot_shape(answer):
    """32 sentences of 20 characters, 5000 kinds of characters, one-hot."""
    if not isinstance(answer, tuple | list | np.ndarray):
        raise Wrong(f"形状写成一个元组，例如 (4, 5, 6)；收到的是{received(answer)}。")
    sizes = tuple(integers(answer, "形状里每一项都应当是整数。"))
    known = {
        (32, 100_000): "这是拉平 (flatten) 之后的形状：时间轴没有了，循环网络就不知道先后。",
        (20, 32, 5000):
            "批和时间换了位置：Keras 的第一个轴总是批 (batch)，第二个轴才是时间。",
        (32, 5000, 20): "时间和特征换了位置：特征（这里是词表大小）放在最后一个轴。",
    }
    if sizes in known:
        raise Wrong(known[sizes])
    if len(sizes) != 3:
        start = "少了一个轴" if len(sizes) == 2 else "轴的个数不对"
        raise Wrong(f"{start}：这里有 3 个轴，收到的是 {len(sizes)} 个。")
    if sizes != (32, 20, 5000):
        raise Wrong(f"不是 {sizes}：三个轴依次是多少个句子、每句多少个字、词表里多少种字？")


@exercise(hint="Dense 只看最后一个轴：一个 (50, 7) 的矩阵，再加一个偏置向量。")
def dense_params(answer):
    """Parameters of Dense(7) on inputs (32, 20, 50)."""
    each_step = "你给每个时间步都配了一组权重：20 步是共用的，参数量与时间长度无关。"
    each_sample = "参数量与批的大小无关：每个样本用的是同一组权重。"
    compare(number(answer), 50 * 7 + 7, [
        (50 * 7, "350 只是权重矩阵：偏置 (bias) 忘了，每个输出单元还有一个。"),
        (20 * 50 * 7 + 7,
         "7007 是先拉平再接 Dense 的参数量。Dense 只作用在最后一个轴，20 步共用同一组权重。"),
        (20 * (50 * 7 + 7), each_step),
        (20 * 50 * 7, each_step),
        (32 * (50 * 7 + 7), each_sample),
        (32 * 20 * (50 * 7 + 7), each_sample),
        (51 * 8, "偏置加多了：输入不需要偏置，只有 7 个输出单元各有一个。"),
    ], "算式是 输入特征 × 输出单元 + 偏置：三个数分别是多少？", tolerance=0)
    return "正确：50×7+7，与 32 和 20 都无关"


@exercise(function, hint="先把时间轴拆成（天，小时），再把传感器那个轴换到最后；换轴用 transpose。")
def to_days(call):
    """A table (sensor, hour) becomes (day, hour, sensor)."""
    days, sensors = 5, 3
    table = np.arange(sensors * days * 24, dtype=float).reshape(sensors, days * 24)
    result = array(call(table), (days, 24, sensors), {
        (sensors, days, 24): "只拆开了时间轴：传感器还在第一个轴，要把它换到最后。",
        (days, sensors, 24): "第一个轴对了，但时间和传感器换了位置：应当是（天，小时，传感器）。",
        (24, days, sensors): "天和小时换了位置：每个样本是一天，所以天在第一个轴。",
    })
    compare(result, table.T.reshape(days, 24, sensors), [
        (table.reshape(days, 24, sensors),
         "形状对，数却乱了：reshape 不会换轴，只是按原来的顺序重新断行。先转置，再 reshape。"),
    ], "形状对，数却不在原位：检查 result[d, h, s] 是否等于 table[s, 24 * d + h]。")
    return "正确：result[d, h, s] 就是 table[s, 24 * d + h]"


@exercise(function, hint="相减之前先让两边变成同样的形状，例如 reshape(-1)。")
def safe_mse(call):
    """A mean squared error that (N,) and (N, 1) cannot fool."""
    y, error = np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.5, -0.5, 1.0, 0.0])
    prediction, right = y - error, np.mean(error**2)
    value = number(call(y, prediction))
    compare(value, right, [
        (np.sum(error**2), "这是平方和 (sum)，还要除以样本数。"),
        (np.sqrt(right), "这是均方根误差 (RMSE)：最后多开了一次方。"),
        (np.mean(np.abs(error)), "这是平均绝对误差 (MAE)：题目要的是平方的平均。"),
        (np.mean(error) ** 2, "先平均、后平方了：正负误差会抵消。先平方，再平均。"),
    ], f"两边都是 (N,) 时已经不对：应当是 {right:.4g}，得到 {value:.4g}。")
    for left, other in ((y, prediction[:, None]), (y[:, None], prediction)):
        value = number(call(left, other))
        compare(value, right, [
            (np.mean((left - other) ** 2), f"广播了：形状 {left.shape} 减 {other.shape} "
             "得到 N×N 的表，平均的是 16 个差，不是 4 个误差。"),
        ], f"形状 {left.shape} 和 {other.shape} 时应当仍是 {right:.4g}，得到 {value:.4g}。")
    return "正确：三种形状给出同一个数"


@exercise(function, hint="样本标准差除以 n − 1：np.std 有一个参数 ddof。")
def spread(call):
    """Mean and sample standard deviation of losses over random seeds."""
    losses = np.array([0.20, 0.30, 0.25, 0.35, 0.60])
    result = call(losses)
    mean, sd = map(number, parts(result, 2, "要返回两个数：平均值和标准差，写成 return mean, sd。"))
    right_mean, right_sd = losses.mean(), losses.std(ddof=1)
    if near([mean, sd], [right_sd, right_mean]):
        raise Wrong("两个数的次序反了：先平均值，后标准差。")
    compare(mean, right_mean, [(np.median(losses), "第一个数是中位数，题目要的是平均值。")],
            f"平均值应当是 {right_mean:.4g}，得到 {mean:.4g}。")
    variance = "第二个数是方差：还要开方，单位才和损失一样。"
    compare(sd, right_sd, [
        (losses.std(), "分母用了 n：这是总体标准差，会把离散程度说小。"
         "5 个种子是样本，分母是 n − 1 (ddof=1)。"),
        (losses.var(ddof=1), variance),
        (losses.var(), variance),
        (right_sd / np.sqrt(losses.size),
         "第二个数是平均值的标准误：它说平均值有多准，不说一次训练会差多少。"),
        (np.ptp(losses), "第二个数是极差（最大减最小），题目要的是标准差。"),
    ], f"标准差应当是 {right_sd:.4g}，得到 {sd:.4g}。")


@exercise(function,
          hint="PyTorch 算 x W_ihᵀ + b_ih + h W_hhᵀ + b_hh；Keras 算 x W + h U + b。逐项对照。")
def to_keras(call):
    """PyTorch's RNN weights become Keras's."""
    rng = np.random.default_rng(0)
    W_ih, W_hh, b_ih, b_hh = (rng.normal(size=shape) for shape in ((3, 2), (3, 3), 3, 3))
    result = call(W_ih, W_hh, b_ih, b_hh)
    if isinstance(result, tuple | list) and len(result) == 4:
        raise Wrong("Keras 只有一个偏置：返回三个数组，两个偏置要加起来。")
    kernel, recurrent, bias = parts(
        result, 3, "要返回三个数组：return kernel, recurrent_kernel, bias。")
    compare(array(kernel, (2, 3), {
        (3, 2): "kernel 没有转置：PyTorch 存 (H, D)，Keras 存 (D, H)。",
    }), W_ih.T, [(W_ih.reshape(2, 3), "kernel 用了 reshape：形状对了，数却乱了。转置用 .T。")],
        "kernel 不等于 W_ih 的转置。")
    compare(array(recurrent, (3, 3)), W_hh.T, [
        (W_hh, "recurrent_kernel 也要转置：它是方阵，忘了转置不会报错，只会算错。"),
    ], "recurrent_kernel 不等于 W_hh 的转置。")
    half = "少了一个偏置：PyTorch 的 b_ih 和 b_hh 都加在同一处，Keras 的偏置是两者之和。"
    compare(array(bias, (3,), {
        (2, 3): "偏置不是叠起来 (2, H)，而是相加：SimpleRNN 的偏置形状是 (H,)。",
    }), b_ih + b_hh, [(b_ih, half), (b_hh, half)], "偏置应当是 b_ih + b_hh。")
    return "正确：换一种写法，还是同一个网络"
