"""Whether this computer can run the book and, where it cannot, what to do about it."""

import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata

from rnnbook.notebook import quiet

OLDEST_PYTHON = "3.11"
INSTALL = "在仓库根目录运行 python -m pip install -r requirements.txt，然后重启内核。"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what, whether it is in order, and what to do if not."""

    what: str
    ok: bool
    advice: str = ""

    def __str__(self):
        return f"✔ {self.what}" if self.ok else f"✘ {self.what}\n  怎么办：{self.advice}"


def judge_version(name, found, oldest):
    """Judge the version of one package.

    Args:
        name: what the reader calls it, e.g. "keras".
        found: the installed version, or None where it is missing.
        oldest: the oldest version that will do.
    """
    wanted = f"{name} ≥ {oldest}"
    if found is None:
        return Finding(f"{wanted}：没有安装", False, INSTALL)
    if _numbers(found) >= _numbers(oldest):
        return Finding(wanted, True)
    if name == "Python":
        advice = f"装好 Python {oldest} 或更新的版本，再重新建立虚拟环境（make lab 会替你做）。"
    else:
        advice = INSTALL
    return Finding(f"{wanted}：现在是 {found}", False, advice)


def versions():
    """Judge Python and every package that the library needs."""
    yield judge_version("Python", platform.python_version(), OLDEST_PYTHON)
    for requirement in sorted(_requirements()):
        name, oldest = requirement.split(">=")
        yield judge_version(name, installed(name), oldest)


def installed(name):
    """Return the version of an installed package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def computing():
    """Judge whether Keras computes: the backend, the float type, one recurrent layer."""
    try:
        import keras
        import numpy as np
    except Exception as error:  # a broken backend fails in ways of its own
        yield Finding(f"Keras 能够启动：{type(error).__name__}: {error}", False, INSTALL)
        return
    backend = keras.backend.backend()
    known = backend in ("tensorflow", "jax", "torch")
    yield Finding("Keras 的后端能够训练", known,
                  f"后端是 {backend}：去掉环境变量 KERAS_BACKEND 和文件 ~/.keras/keras.json。")
    yield Finding("默认浮点类型是 float32", keras.config.floatx() == "float32",
                  "删除 ~/.keras/keras.json 里的 floatx 一行，然后重启内核。")
    layer = keras.layers.SimpleRNN(1, kernel_initializer="ones", recurrent_initializer="ones")
    state = keras.ops.convert_to_numpy(layer(np.ones((1, 2, 1), "float32")))
    wanted = np.tanh(1 + np.tanh(1))
    yield Finding("SimpleRNN 算两步，结果正确", bool(abs(state - wanted).max() < 1e-6),
                  f"安装损坏：{INSTALL}")


def storing():
    """Judge whether a file can be written and read back."""
    try:
        with tempfile.TemporaryFile() as scratch:
            scratch.write(bytes(1_000_000))
    except OSError as error:
        reason = error.strerror or str(error)
        yield Finding(f"临时文件夹可写：{reason}", False,
                      "清理磁盘，或用环境变量 TMPDIR 换一个文件夹。")
    else:
        yield Finding("临时文件夹可写", True)


def self_test():
    """Print one line per finding and a last line that sums up; return whether all is well."""
    findings = [*versions(), *computing(), *storing()]
    for finding in findings:
        print(finding)
    bad = sum(not finding.ok for finding in findings)
    print(f"有 {bad} 项要处理：从第一项开始，改好后重启内核再运行。" if bad else "环境就绪。")
    return not bad


def report():
    """Print the versions to quote when asking for help, then the self-test."""
    names = ("keras", "tensorflow", "jax", "torch", "numpy", "pandas", "matplotlib", "rnnbook")
    print("Python", platform.python_version(), "|", platform.platform())
    print(" | ".join(f"{name} {installed(name)}" for name in names if installed(name)))
    try:
        quiet.start_backend()
        import keras
    except Exception:  # the self-test says what is wrong
        print("backend: none")
    else:
        print("backend", keras.backend.backend(), "|", *keras.distribution.list_devices())
    return self_test()


def _requirements():
    """The library's own requirements, each "name>=version"."""
    try:
        lines = metadata.requires("rnnbook") or ()
    except metadata.PackageNotFoundError:
        lines = ["keras>=3.8", "numpy>=1.26"]
    return [line.split(";")[0].replace(" ", "") for line in lines if ">=" in line]


def _numbers(version):
    parts = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        parts.append(int(digits))
    return tuple(parts)


if __name__ == "__main__":
    sys.exit(0 if report() else 1)
