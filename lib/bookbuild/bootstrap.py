"""Make the virtual environment; on any obstacle print one line that says what to do.

Runs before anything is installed: standard library only, and no syntax newer than Python 3.6,
so that an old interpreter reaches the line that names it.

    python3 lib/bookbuild/bootstrap.py
        .venv from requirements.txt
    python3 lib/bookbuild/bootstrap.py --venv .venv-x --over .venv -r more.txt
        a second environment that sees the packages of the first and adds some
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOCK = os.path.join(ROOT, "requirements.lock")  # named in requirements.txt
OLDEST, NEWEST = (3, 11), (3, 13)
SPACE = 4e9  # bytes: the environment takes 2.96 GB, the rest is for downloads
STAMP = "rnnbook-installed"  # in the environment: what it was made from
UNFINISHED = "installing"  # stands in the stamp while pip writes, and after an interruption
PULSE = 5  # seconds without a sign of life

NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Connection ?Reset|ConnectionRefused"
    r"|Connection refused|Name or service not known|Temporary failure in name resolution"
    r"|nodename nor servname|getaddrinfo failed|Network is unreachable|ProxyError|SSLError"
    r"|Failed to establish a new connection|Connection broken|timed out", re.IGNORECASE)
FULL = re.compile(r"No space left on device|Errno 28|WinError 112|Disk quota exceeded")
DOING = {"Collecting": "查找", "Downloading": "下载", "Using": "取出", "Building": "构建",
         "Installing": "安装"}  # the words that begin pip's lines


class Obstacle(Exception):
    """The environment cannot be made; the message is one line for the reader."""


def supported(version):
    """Return whether the book runs on this (major, minor, …) version."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def check(folder, space):
    """Raise Obstacle unless this Python and this disk can carry the environment."""
    if not supported(sys.version_info):
        found = [f"python3.{minor}" for minor in (12, 11, 13) if shutil.which(f"python3.{minor}")]
        raise Obstacle(
            "需要 Python {}.{}–{}.{}，现在的是 {}.{}".format(
                *OLDEST + NEWEST + tuple(sys.version_info[:2]))
            + f"（{sys.executable}）。{'这台机器上有' if found else '装好后'}："
            f"make lab PYTHON={(found or ['python3.12'])[0]}")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Obstacle("这个 Python 缺少 venv 模块。Debian/Ubuntu：sudo apt install "
                       "python{}.{}-venv，然后再运行一次。".format(*sys.version_info[:2])) from None
    place = os.path.dirname(folder)
    free = shutil.disk_usage(place).free
    if free < space:
        raise Obstacle(f"磁盘空间不足：安装需要约 {space / 1e9:.0f} GB，{place} 只剩 "
                       f"{free / 1e9:.1f} GB。清出空间后再运行一次。")


def python_of(folder):
    """Return the path of the interpreter inside an environment."""
    return os.path.join(folder, "Scripts/python.exe" if os.name == "nt" else "bin/python")


def make(folder, requirements, over=None, space=SPACE):
    """Make or mend the environment in `folder`; do nothing when it is complete.

    Args:
        folder: where the environment stands or shall stand.
        requirements: path of the requirements file.
        over: path of another environment whose packages are visible in this one.
        space: free bytes to ask for before installing.
    Raises: Obstacle.
    """
    made_from = [ROOT, over and _read(os.path.join(over, STAMP)), _read(requirements), _read(LOCK)]
    wanted = hashlib.sha256(repr(made_from).encode("utf-8")).hexdigest()
    if not _complete(folder, wanted):
        check(folder, space)
        with _alone(folder):
            if not _complete(folder, wanted):  # it may be by now: another process was at it
                _create(folder, over)
                _install(folder, requirements, wanted)


def _complete(folder, wanted):
    return _read(os.path.join(folder, STAMP)) == wanted and _answers(folder, "pass")


@contextlib.contextmanager
def _alone(folder):
    """Keep two terminals from installing into one environment at the same time."""
    with open(folder + ".lock", "w") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("另一个终端正在安装，等它做完……")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _create(folder, over):
    """Make an empty environment, unless a sound one stands there."""
    if os.path.exists(folder):
        usable = f"import pip, sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
        if _read(os.path.join(folder, STAMP)) != UNFINISHED and _answers(folder, usable):
            return
        say(f"上一次安装没有完成，重新建立 {os.path.relpath(folder)}。")
        shutil.rmtree(folder)
    say("建立 {}（Python {}.{}）……".format(os.path.relpath(folder), *sys.version_info[:2]))
    status, output = run(
        [sys.executable, "-m", "venv", folder] + ["--without-pip"] * bool(over), pulse)
    if status:
        shutil.rmtree(folder, ignore_errors=True)
        raise Obstacle(f"建立 {folder} 失败：{reason(output)}")
    if over:  # its packages, pip among them
        with open(os.path.join(_packages(folder), "over.pth"), "w") as file:
            file.write(f"import site; site.addsitedir({_packages(over)!r})\n")


def _install(folder, requirements, wanted):
    stamp, log = os.path.join(folder, STAMP), os.path.join(folder, "install.log")
    before = _read(stamp) or ""
    _write(stamp, UNFINISHED)
    say(f"安装 {os.path.relpath(requirements)}，第一次需要几分钟……")
    status, output = run([python_of(folder), "-m", "pip", "install", "--disable-pip-version-check",
                          "--no-compile",  # most of 12,000 modules are never imported
                          "--progress-bar", "off", "-r", requirements], pulse)
    if status:
        if offline(output):
            _write(stamp, before)  # pip downloads everything before it writes anything
        with contextlib.suppress(OSError):
            _write(log, output)
        raise Obstacle(f"没有装成：{reason(output)}（详见 {os.path.relpath(log)}）")
    _write(stamp, wanted)
    say("安装完成。")


def run(command, show):
    """Run a command and return (exit status, what it printed).

    Args:
        command: list of arguments.
        show: called every PULSE seconds with a line that says what goes on.
    """
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines, start = [], time.time()

    def read():
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace").rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(PULSE)
            if reader.is_alive():
                show(f"  {time.time() - start:3.0f} 秒  {doing(lines)}")
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process.wait(), "\n".join(lines)


def doing(lines):
    """Return in Chinese what pip was last at, "" if it has not said."""
    for line in reversed(lines):
        word, _, what = line.strip().partition(" ")
        if word in DOING:
            short = re.sub(r"-(?:cp|py)\d\S*|collected packages: ", "", what)
            return f"{DOING[word]} {short[:60]}"
    return ""


def offline(output):
    """Tell whether a command failed for want of a network; a retry that it survived is none."""
    warnings = re.findall(r"^ *WARNING: .*", output, re.MULTILINE)
    rest = re.sub(r"^ *WARNING: .*", "", output, flags=re.MULTILINE)
    return bool(NETWORK.search(rest) or ("No matching" in rest
                                         and NETWORK.search("\n".join(warnings))))


def reason(output):
    """Return in one line why a command failed and what to do, or its own words."""
    if FULL.search(output):
        return f"磁盘满了，清出约 {SPACE / 1e9:.0f} GB 空间后再运行一次"
    if offline(output):
        return "连不上软件源，检查网络后再运行一次；学校有镜像时：PIP_INDEX_URL=镜像地址 make lab"
    said = re.findall(r"^ *ERROR: (?!Exception:)(.+)|^error: (.+)", output, re.MULTILINE)
    raised = re.findall(r"^ *([\w.]+(?:Error|Exception): .+)", output, re.MULTILINE)
    found = ["".join(pair) for pair in said[:1]] + raised[-1:]
    return "；".join(found) or (output.strip().splitlines() or ["没有说明"])[-1].strip()


def _answers(folder, code):
    try:
        return subprocess.call([python_of(folder), "-c", code], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _packages(folder):
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.check_output([python_of(folder), "-c", code]).decode("utf-8").strip()


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def say(line):
    """Print one line to standard error."""
    print(line, file=sys.stderr, flush=True)


def pulse(line):
    """Show a line that the next one replaces in a terminal, and follows in a log."""
    if sys.stderr.isatty():
        print("\r\033[K" + line, end="\r", file=sys.stderr, flush=True)
    else:
        say(line)


def main(argv=None):
    """Make the environment that the arguments describe; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", default=os.path.join(ROOT, ".venv"))
    parser.add_argument("--over", help="an environment whose packages the new one sees")
    parser.add_argument("-r", "--requirements", default=os.path.join(ROOT, "requirements.txt"))
    args = parser.parse_args(argv)
    try:
        make(os.path.abspath(args.venv), os.path.abspath(args.requirements),
             args.over and os.path.abspath(args.over))
    except Obstacle as obstacle:
        say(f"✘ {obstacle}")
        return 1
    except KeyboardInterrupt:
        say("✘ 安装被中断；再运行一次同样的命令就会接着装好。")
        return 130
    except OSError as error:
        say(f"✘ 不能写入 {args.venv}：{error.strerror or error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
