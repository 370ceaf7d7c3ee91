"""Right and typical wrong answers to the exercises on shapes, rounding and seeds."""

import numpy as np

ANSWERS = {
    "setup.one_hot_shape": {
        "right": [(32, 20, 5000), [32, 20, 5000]],
        "wrong": [
            ((20, 32, 5000), "批和时间"),
            ((32, 5000, 20), "特征"),
            ((32, 20), "少了一个轴"),
            ((32, 100_000), "拉平"),
            ((32, 20, 5001), "(32, 20, 5001)"),
            (32 * 20 * 5000, "元组"),
            ("(32, 20, 5000)", "元组"),
        ],
    },
    "setup.dense_params": {
        "right": [357, 357.0, np.int64(357)],
        "wrong": [
            (350, "偏置"),
            (7007, "拉平"),
            (7140, "共用"),
            (7000, "共用"),
            (32 * 357, "批"),
            (408, "偏置加多"),
            ("357", "引号"),
        ],
    },
    "setup.to_days": {
        "right": [
            lambda table: table.T.reshape(-1, 24, len(table)),
            lambda table: table.reshape(len(table), -1, 24).transpose(1, 2, 0),
        ],
        "wrong": [
            (lambda table: table.reshape(-1, 24, len(table)), "reshape 不会换轴"),
            (lambda table: table.reshape(len(table), -1, 24), "拆开了时间轴"),
            (lambda table: table.reshape(len(table), -1, 24).transpose(1, 0, 2), "换了位置"),
            (lambda table: table.reshape(len(table), -1, 24).transpose(2, 1, 0), "天和小时"),
            (lambda table: table.T.reshape(24, -1, len(table)).transpose(1, 0, 2), "不在原位"),
            (lambda table: table.T, "形状不对"),
            (np.zeros((5, 24, 3)), "函数本身"),
        ],
    },
    "setup.safe_mse": {
        "right": [
            lambda y, p: np.mean((y.reshape(-1) - p.reshape(-1)) ** 2),
            lambda y, p: float(np.mean((np.squeeze(y) - np.squeeze(p)) ** 2)),
        ],
        "wrong": [
            (lambda y, p: np.mean((y - p) ** 2), "广播"),
            (lambda y, p: np.sum((y.ravel() - p.ravel()) ** 2), "平方和"),
            (lambda y, p: np.sqrt(np.mean((y.ravel() - p.ravel()) ** 2)), "RMSE"),
            (lambda y, p: np.mean(np.abs(y.ravel() - p.ravel())), "MAE"),
            (lambda y, p: np.mean(y.ravel() - p.ravel()) ** 2, "抵消"),
            (lambda y, p: (y.ravel() - p.ravel()) ** 2, "一个数"),
            (lambda y, p: print(end=""), "return"),
        ],
    },
    "setup.spread": {
        "right": [
            lambda losses: (np.mean(losses), np.std(losses, ddof=1)),
            lambda losses: np.array([losses.mean(), losses.std(ddof=1)]),
        ],
        "wrong": [
            (lambda losses: (np.mean(losses), np.std(losses)), "n − 1"),
            (lambda losses: (np.mean(losses), np.var(losses, ddof=1)), "方差"),
            (lambda losses: (np.mean(losses), np.std(losses, ddof=1) / np.sqrt(len(losses))),
             "标准误"),
            (lambda losses: (np.std(losses, ddof=1), np.mean(losses)), "次序"),
            (lambda losses: (np.median(losses), np.std(losses, ddof=1)), "中位数"),
            (lambda losses: (np.mean(losses), np.max(losses) - np.min(losses)), "极差"),
            (lambda losses: np.mean(losses), "两个数"),
        ],
    },
    "setup.to_keras": {
        "right": [lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, b_ih + b_hh)],
        "wrong": [
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih, W_hh, b_ih + b_hh), "kernel 没有转置"),
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh, b_ih + b_hh), "方阵"),
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, b_ih), "少了一个偏置"),
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, np.stack([b_ih, b_hh])), "相加"),
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, b_ih, b_hh), "一个偏置"),
            (lambda W_ih, W_hh, b_ih, b_hh: (W_ih.reshape(2, 3), W_hh.T, b_ih + b_hh), "reshape"),
            (lambda W_ih, W_hh, b_ih, b_hh: print(end=""), "return"),
        ],
    },
}
