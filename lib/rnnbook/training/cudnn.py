"""Tell before training why cuDNN, the fast GPU kernels, would not take a Keras layer or mask.

The rules are those of Keras 3.15 with TensorFlow; tests/test_cudnn.py holds them equal to
Keras' own predicates. JAX and PyTorch use cuDNN only where there is no mask at all, JAX for
LSTM only.
"""

from typing import NamedTuple

import keras
import numpy as np

_TF = "keras/src/backend/tensorflow/rnn.py"
_LAYERS = "keras/src/layers/rnn"


class Finding(NamedTuple):
    """One reason: what happens, in which layer, why, what to do, and where Keras says so.

    kind: "slow" (Keras falls back to its own loop), "error" (training stops on a GPU),
    "differs" (fast, but padded steps come out otherwise than on a CPU).
    """

    kind: str
    layer: str
    why: str
    remedy: str
    source: str

    def __str__(self):
        words = {"slow": "退回慢循环", "error": "GPU 上报错", "differs": "结果与 CPU 不同"}
        return f"[{words[self.kind]}] {self.layer}：{self.why}。{self.remedy}。（{self.source}）"


def recurrent_layers(model):
    """List the recurrent layers inside a layer or model, in order, wrappers opened.

    Args:
        model: Keras layer or model; models inside models are opened, too.
    Returns:
        list of layers that are `keras.layers.RNN`.
    """
    if isinstance(model, keras.layers.RNN):
        return [model]
    if isinstance(model, keras.layers.Bidirectional):
        return [model.forward_layer, model.backward_layer]
    if isinstance(model, keras.layers.Wrapper):
        return recurrent_layers(model.layer)
    found = []
    for layer in getattr(model, "layers", []):
        found += [r for r in recurrent_layers(layer) if r not in found]
    return found


def layer_findings(layer):
    """Say why Keras on TensorFlow would not run one recurrent layer on cuDNN.

    Args:
        layer: LSTM, GRU or another `keras.layers.RNN`.
    Returns:
        list of Finding; empty if its settings suit cuDNN.
    """
    if type(layer) not in (keras.layers.LSTM, keras.layers.GRU):
        return [Finding("slow", layer.name, f"{type(layer).__name__} 没有 cuDNN 版本",
                        "要快就用 keras.layers.LSTM 或 GRU 本身", f"{_LAYERS}/rnn.py inner_loop")]
    gru = isinstance(layer, keras.layers.GRU)
    check = f"{_TF} _do_{'gru' if gru else 'lstm'}_arguments_support_cudnn"
    inner = f"{_LAYERS}/{'gru' if gru else 'lstm'}.py inner_loop"
    tanh = (keras.activations.tanh, keras.ops.tanh)
    sigmoid = (keras.activations.sigmoid, keras.ops.sigmoid)
    rules = [
        (layer.use_cudnn is False, "use_cudnn=False 关掉了它", '改回 use_cudnn="auto"', inner),
        (layer.activation not in tanh, f"activation 是 {_name(layer.activation)}",
         'cuDNN 只有 "tanh"', check),
        (layer.recurrent_activation not in sigmoid,
         f"recurrent_activation 是 {_name(layer.recurrent_activation)}",
         'cuDNN 只有 "sigmoid"', check),
        (layer.unroll, "unroll=True", "去掉它，循环由 cuDNN 来做", check),
        (not layer.use_bias, "use_bias=False", "保留偏置", check),
        (gru and not layer.reset_after, "reset_after=False",
         "改回默认的 reset_after=True；参数个数会变，旧权重不能直接装入", check),
        (layer.recurrent_dropout > 0, f"recurrent_dropout={layer.recurrent_dropout}",
         "设为 0；输入上的 dropout 不妨碍 cuDNN", inner),
    ]
    strict = layer.use_cudnn is True
    return [Finding("error" if strict else "slow", layer.name, why,
                    remedy + ("，或者改成 use_cudnn=\"auto\"" if strict else ""), source)
            for broken, why, remedy, source in rules if broken]


def mask_findings(mask, layer="mask"):
    """Say why cuDNN would not take a mask.

    Args:
        mask: bool (B, T), True where a step is real.
        layer: name to report.
    Returns:
        list of Finding of kind "error"; empty if each row is real steps, then padding.
    Raises:
        ValueError: the mask has no two axes.
    """
    mask = np.asarray(mask).astype(bool)
    if mask.ndim != 2:
        raise ValueError(f"a mask has the shape (batch, time), got {mask.shape}")
    if mask.shape[1] == 0:
        return [Finding("error", layer, "一个时间步也没有", "去掉这一批",
                        f"{_TF} _assert_valid_mask")]
    lengths = mask.sum(axis=1)
    empty = np.flatnonzero(lengths == 0)
    wrong = np.flatnonzero((mask != (np.arange(mask.shape[1]) < lengths[:, None])).any(axis=1))
    left = [i for i in wrong if mask[i, -lengths[i]:].all()]
    holes = [i for i in wrong if i not in left]
    found = []
    for rows, why, remedy, function in [
        (empty, "整行都是填充", "去掉这些行，或留一个真实的步", "_has_fully_masked_sequence"),
        (left, "填充在左边", '用 pad_sequences(…, padding="post") 填在右边',
         "_is_sequence_right_padded"),
        (holes, "真实的步之间有空洞", "把真实的步挪到左边连成一段", "_is_sequence_right_padded"),
    ]:
        if len(rows):
            found.append(Finding("error", layer, f"{why}（{_rows(rows)}）",
                                 remedy + "；不能改就用 use_cudnn=False", f"{_TF} {function}"))
    return found


def findings(model, mask=None, backend=None):
    """Say before training what stands between a model and cuDNN.

    Masked steps of `return_sequences=True` are checked, too: cuDNN fills them with zeros, while
    Keras' own loop repeats the step before unless `zero_output_for_mask=True`.

    Args:
        model: Keras layer or model; only its recurrent layers matter.
        mask: bool (B, T) that reaches them, or None if the model makes no mask.
        backend: "tensorflow", "jax" or "torch"; by default the one in use.
    Returns:
        list of Finding, empty if nothing does: then cuDNN is used where there is a GPU.
    """
    backend = backend or keras.backend.backend()
    found = []
    for layer in recurrent_layers(model):
        own = layer_findings(layer)
        if backend == "jax" and isinstance(layer, keras.layers.GRU):
            own.append(Finding("slow", layer.name, "后端 jax 的 GRU 没有 cuDNN 版本",
                               "换 LSTM，或者换 TensorFlow、PyTorch 后端",
                               "keras/src/backend/jax/rnn.py gru"))
        found += own
        if mask is None or any(f.kind == "slow" for f in own):
            continue  # Keras' own loop takes any mask
        if backend != "tensorflow":
            found.append(Finding("slow", layer.name, f"后端 {backend} 遇到掩码就不用 cuDNN",
                                 "按长度分桶到不需要掩码，或者换 TensorFlow 后端",
                                 f"keras/src/backend/{backend}/rnn.py"))
            continue
        found += mask_findings(mask, layer.name)
        padded = not np.asarray(mask).astype(bool).all()
        if padded and layer.return_sequences and not layer.zero_output_for_mask:
            found.append(Finding("differs", layer.name, "填充步的输出：cuDNN 给 0，CPU 重复上一步",
                                 "后面的层要么认掩码，要么设 zero_output_for_mask=True",
                                 f"{_TF} _cudnn_{type(layer).__name__.lower()}"))
    return found


def _name(activation):
    return getattr(activation, "__name__", str(activation))


def _rows(rows):
    shown = "、".join(str(i) for i in rows[:3])
    return f"第 {shown} 行" if len(rows) <= 3 else f"第 {shown}…行，共 {len(rows)} 行"
