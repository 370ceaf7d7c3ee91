"""Checkers of the exercises on shapes, rounding and random seeds."""

import numpy as np

from rnnbook.notebook.exercises import Wrong, array, exercise, function, number


def _shape(answer, rank):
    """Return an answer that should be a shape as a tuple of integers."""
    if not isinstance(answer, tuple | list):
        raise Wrong(f"形状写成一个元组，例如 (4, 5, 6)；收到的是 {type(answer).__name__}。")
    try:
        sizes = tuple(int(size) for size in answer)
    except (TypeError, ValueError):
        raise Wrong("形状里每一项都应当是整数。") from None
    if len(sizes) == rank - 1:
        raise Wrong(f"少了一个轴：这里有 {rank} 个轴，收到的是 {len(sizes)} 个。")
    if len(sizes) != rank:
        raise Wrong(f"轴的个数不对：这里有 {rank} 个轴，收到的是 {len(sizes)} 个。")
    return sizes


@exercise("setup.one_hot_shape", hint="先写编号的形状（样本，时间），再问：每个编号展开成几个数？")
def one_hot_shape(answer):
    """32 sentences of 20 characters, 5000 kinds of characters, one-hot."""
    if isinstance(answer, tuple | list) and tuple(answer) == (32, 100_000):
        raise Wrong("这是拉平 (flatten) 之后的形状：时间轴没有了，循环网络就不知道先后。")
    sizes = _shape(answer, 3)
    if sizes == (20, 32, 5000):
        raise Wrong("批和时间换了位置：Keras 的第一个轴总是批 (batch)，第二个轴才是时间。")
    if sizes == (32, 5000, 20):
        raise Wrong("时间和特征换了位置：特征（这里是词表大小）放在最后一个轴。")
    if sizes != (32, 20, 5000):
        raise Wrong(f"不是 {sizes}：三个轴依次是多少个句子、每句多少个字、词表里多少种字？")


@exercise("setup.dense_params",
          hint="Dense 只看最后一个轴：一个 (50, 7) 的矩阵，再加一个偏置向量。")
def dense_params(answer):
    """Parameters of Dense(7) on inputs (32, 20, 50)."""
    value = number(answer)
    if value == 50 * 7:
        raise Wrong("350 只是权重矩阵：偏置 (bias) 忘了，每个输出单元还有一个。")
    if value == 20 * 50 * 7 + 7:
        raise Wrong("7007 是先拉平再接 Dense 的参数量。"
                    "Dense 只作用在最后一个轴，20 步共用同一组权重。")
    if value in (20 * (50 * 7 + 7), 20 * 50 * 7):
        raise Wrong("你给每个时间步都配了一组权重：20 步是共用的，参数量与时间长度无关。")
    if value in (32 * (50 * 7 + 7), 32 * 20 * (50 * 7 + 7)):
        raise Wrong("参数量与批的大小无关：每个样本用的是同一组权重。")
    if value == (50 + 1) * (7 + 1):
        raise Wrong("偏置加多了：输入不需要偏置，只有 7 个输出单元各有一个。")
    if value != 50 * 7 + 7:
        raise Wrong("算式是 输入特征 × 输出单元 + 偏置：三个数分别是多少？")
    return "正确：50×7+7，与 32 和 20 都无关"


@exercise("setup.to_days",
          hint="先把时间轴拆成（天，小时），再把传感器那个轴换到最后；换轴用 transpose。")
def to_days(answer):
    """A table (sensor, hour) becomes (day, hour, sensor)."""
    call = function(answer)
    days, sensors = 5, 3
    table = np.arange(sensors * days * 24, dtype=float).reshape(sensors, days * 24)
    wanted = table.T.reshape(days, 24, sensors)
    result = call(table.copy())
    shape = np.shape(result) if not isinstance(result, str) else ()
    if shape == (sensors, days, 24):
        raise Wrong("只拆开了时间轴：传感器还在第一个轴，要把它换到最后。")
    if shape == (days, sensors, 24):
        raise Wrong("第一个轴对了，但时间和传感器换了位置：应当是（天，小时，传感器）。")
    if shape == (24, days, sensors):
        raise Wrong("天和小时换了位置：每个样本是一天，所以天在第一个轴。")
    result = array(result, (days, 24, sensors))
    if np.array_equal(result, table.reshape(days, 24, sensors)):
        raise Wrong("形状对，数却乱了：reshape 不会换轴，只是按原来的顺序重新断行。"
                    "先转置，再 reshape。")
    if not np.array_equal(result, wanted):
        raise Wrong("形状对，数却不在原位：检查 result[d, h, s] 是否等于 table[s, 24 * d + h]。")
    return "正确：result[d, h, s] 就是 table[s, 24 * d + h]"


@exercise("setup.safe_mse", hint="相减之前先让两边变成同样的形状，例如 reshape(-1)。")
def safe_mse(answer):
    """A mean squared error that (N,) and (N, 1) cannot fool."""
    call = function(answer)
    y = np.array([1.0, 2.0, 4.0, 8.0])
    prediction = y + np.array([0.5, -0.5, 1.0, 0.0])
    value = number(call(y.copy(), prediction.copy()))
    wanted = np.mean((y - prediction) ** 2)
    for name, mistake in _mse_mistakes(y - prediction).items():
        if np.isclose(value, mistake):
            raise Wrong(name)
    if not np.isclose(value, wanted):
        raise Wrong(f"两边都是 (N,) 时已经不对：应当是 {wanted:.4g}，得到 {value:.4g}。")
    for left, right in ((y, prediction[:, None]), (y[:, None], prediction)):
        value = number(call(left.copy(), right.copy()))
        if np.isclose(value, np.mean((left - right) ** 2)):
            raise Wrong(f"广播了：形状 {left.shape} 减 {right.shape} 得到 N×N 的表，"
                        "平均的是 16 个差，不是 4 个误差。")
        if not np.isclose(value, wanted):
            raise Wrong(f"形状 {left.shape} 和 {right.shape} 时应当仍是 {wanted:.4g}，"
                        f"得到 {value:.4g}。")
    return "正确：三种形状给出同一个数"


def _mse_mistakes(error):
    return {
        "这是平方和 (sum)，还要除以样本数。": np.sum(error**2),
        "这是均方根误差 (RMSE)：最后多开了一次方。": np.sqrt(np.mean(error**2)),
        "这是平均绝对误差 (MAE)：题目要的是平方的平均。": np.mean(np.abs(error)),
        "先平均、后平方了：正负误差会抵消。先平方，再平均。": np.mean(error) ** 2,
    }


@exercise("setup.spread", hint="样本标准差除以 n − 1：np.std 有一个参数 ddof。")
def spread(answer):
    """Mean and sample standard deviation of losses over random seeds."""
    call = function(answer)
    losses = np.array([0.20, 0.30, 0.25, 0.35, 0.60])
    result = call(losses.copy())
    if np.shape(result) == ():
        raise Wrong("要返回两个数：平均值和标准差，写成 return mean, sd。")
    mean, sd = array(result, (2,))
    wanted_mean, wanted_sd = losses.mean(), losses.std(ddof=1)
    if np.isclose(mean, wanted_sd) and np.isclose(sd, wanted_mean):
        raise Wrong("两个数的次序反了：先平均值，后标准差。")
    if np.isclose(mean, np.median(losses)):
        raise Wrong("第一个数是中位数，题目要的是平均值。")
    if not np.isclose(mean, wanted_mean):
        raise Wrong(f"平均值应当是 {wanted_mean:.4g}，得到 {mean:.4g}。")
    if np.isclose(sd, losses.std()):
        raise Wrong("分母用了 n：这是总体标准差，会把离散程度说小。"
                    "5 个种子是样本，分母是 n − 1 (ddof=1)。")
    if np.isclose(sd, losses.var(ddof=1)) or np.isclose(sd, losses.var()):
        raise Wrong("第二个数是方差：还要开方，单位才和损失一样。")
    if np.isclose(sd, wanted_sd / np.sqrt(losses.size)):
        raise Wrong("第二个数是平均值的标准误：它说平均值有多准，不说一次训练会差多少。")
    if np.isclose(sd, np.ptp(losses)):
        raise Wrong("第二个数是极差（最大减最小），题目要的是标准差。")
    if not np.isclose(sd, wanted_sd):
        raise Wrong(f"标准差应当是 {wanted_sd:.4g}，得到 {sd:.4g}。")


@exercise("setup.to_keras",
          hint="PyTorch 算 x W_ihᵀ + b_ih + h W_hhᵀ + b_hh；Keras 算 x W + h U + b。逐项对照。")
def to_keras(answer):
    """PyTorch's RNN weights become Keras's."""
    call = function(answer)
    rng = np.random.default_rng(0)
    W_ih, W_hh = rng.normal(size=(3, 2)), rng.normal(size=(3, 3))
    b_ih, b_hh = rng.normal(size=3), rng.normal(size=3)
    result = call(W_ih.copy(), W_hh.copy(), b_ih.copy(), b_hh.copy())
    if not isinstance(result, tuple | list) or len(result) != 3:
        if isinstance(result, tuple | list) and len(result) == 4:
            raise Wrong("Keras 只有一个偏置：返回三个数组，两个偏置要加起来。")
        raise Wrong("要返回三个数组：return kernel, recurrent_kernel, bias。")
    kernel, recurrent, bias = result
    if np.shape(kernel) == (3, 2):
        raise Wrong("kernel 没有转置：PyTorch 存 (H, D)，Keras 存 (D, H)。")
    kernel = array(kernel, (2, 3))
    if np.allclose(kernel, W_ih.reshape(2, 3)):
        raise Wrong("kernel 用了 reshape：形状对了，数却乱了。转置用 .T。")
    if not np.allclose(kernel, W_ih.T):
        raise Wrong("kernel 不等于 W_ih 的转置。")
    recurrent = array(recurrent, (3, 3))
    if np.allclose(recurrent, W_hh):
        raise Wrong("recurrent_kernel 也要转置：它是方阵，忘了转置不会报错，只会算错。")
    if not np.allclose(recurrent, W_hh.T):
        raise Wrong("recurrent_kernel 不等于 W_hh 的转置。")
    if np.shape(bias) == (2, 3):
        raise Wrong("偏置不是叠起来 (2, H)，而是相加：SimpleRNN 的偏置形状是 (H,)。")
    bias = array(bias, (3,))
    if np.allclose(bias, b_ih) or np.allclose(bias, b_hh):
        raise Wrong("少了一个偏置：PyTorch 的 b_ih 和 b_hh 都加在同一处，Keras 的偏置是两者之和。")
    if not np.allclose(bias, b_ih + b_hh):
        raise Wrong("偏置应当是 b_ih + b_hh。")
    return "正确：换一种写法，还是同一个网络"
