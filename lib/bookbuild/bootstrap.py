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

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OLDEST, NEWEST = (3, 11), (3, 13)
SPACE = 4e9  # bytes: the environment takes 2.6 GB, the rest is for downloads
STAMP = "rnnbook-installed"  # written last: what was installed, completely
MARKER = "rnnbook-installing"  # present while pip writes; left behind by an interruption

NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Connection ?Reset|ConnectionRefused"
    r"|Connection refused|Name or service not known|Temporary failure in name resolution"
    r"|nodename nor servname|getaddrinfo failed|Network is unreachable|ProxyError|SSLError"
    r"|Failed to establish a new connection|Connection broken|timed out", re.IGNORECASE)
FULL = re.compile(r"No space left on device|Errno 28|WinError 112|Disk quota exceeded")

NO_VENV = ("这个 Python 缺少 venv 模块。Debian/Ubuntu：sudo apt install python{}.{}-venv，"
           "然后再运行一次。").format(*sys.version_info[:2])
DISK_FULL = f"安装到一半磁盘满了：清出约 {SPACE / 1e9:.0f} GB 空间后再运行一次。"


class Obstacle(Exception):
    """The environment cannot be made; the message is one line for the reader."""


def supported(version):
    """Return whether the book runs on this (major, minor, …) version."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def other_python():
    """Return the path of a supported interpreter on PATH, or None."""
    for minor in (12, 11, 13):
        path = shutil.which(f"python3.{minor}")
        if path and _answers(path, f"import sys; sys.exit(sys.version_info[1] != {minor})"):
            return path
    return None


def check_python(version=None):
    """Raise Obstacle unless this interpreter can carry the book.

    Args:
        version: (major, minor, …); default: the running interpreter's.
    """
    version = sys.version_info if version is None else version
    if not supported(version):
        raise Obstacle(
            "需要 Python {}.{}–{}.{}，现在的是 {}.{}".format(*OLDEST + NEWEST + tuple(version[:2]))
            + f"（{sys.executable}）。装好后再运行，或指明用哪一个：make lab PYTHON=python3.12")


def check_venv():
    """Raise Obstacle if this Python came without the means to make an environment."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Obstacle(NO_VENV) from None


def check_space(folder, needed=SPACE):
    """Raise Obstacle if the disk under `folder` has fewer than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Obstacle(f"磁盘空间不足：安装需要约 {needed / 1e9:.0f} GB，"
                       f"{folder} 只剩 {free / 1e9:.1f} GB。清出空间后再运行一次。")


def python_of(folder):
    """Return the path of the interpreter inside an environment."""
    if os.name == "nt":
        return os.path.join(folder, "Scripts", "python.exe")
    return os.path.join(folder, "bin", "python")


def fingerprint(requirements, extra=""):
    """Return a hash of what an environment is made from: the file, and how the book installs."""
    import tomllib  # Python 3.11: check_python has passed

    digest = hashlib.sha256(f"{ROOT} {OLDEST} {extra}".encode())
    with open(requirements, "rb") as file:
        digest.update(file.read())
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        settings = tomllib.load(file)
    digest.update(repr(settings["project"]["dependencies"]).encode("utf-8"))
    return digest.hexdigest()


def make(folder, requirements, over=None, space=SPACE):
    """Make or mend the environment in `folder`; do nothing when it is complete.

    Args:
        folder: where the environment stands or shall stand.
        requirements: path of the requirements file.
        over: path of another environment whose packages are visible in this one.
        space: free bytes to ask for before installing.
    Raises: Obstacle.
    """
    wanted = fingerprint(requirements, over and _read(os.path.join(over, STAMP)))
    if _complete(folder, wanted):
        return
    check_venv()
    check_space(os.path.dirname(os.path.abspath(folder)), space)
    with _alone(folder):
        if not _complete(folder, wanted):  # it may be by now: another process was at it
            _mend(folder, requirements, over)
            with open(os.path.join(folder, STAMP), "w") as file:
                file.write(wanted)
            os.remove(os.path.join(folder, MARKER))
            say("安装完成。")


def _complete(folder, wanted):
    return (_read(os.path.join(folder, STAMP)) == wanted
            and not os.path.exists(os.path.join(folder, MARKER))
            and _answers(python_of(folder), "pass"))


@contextlib.contextmanager
def _alone(folder):
    """Keep two terminals from installing into one environment at the same time."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open(folder + ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("另一个终端正在安装，等它做完……")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _mend(folder, requirements, over):
    marker, python = os.path.join(folder, MARKER), python_of(folder)
    usable = _answers(
        python, f"import pip, sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})")
    if os.path.exists(folder) and (os.path.exists(marker) or not usable):
        say(f"上一次安装没有完成，重新建立 {os.path.relpath(folder)}。")
        shutil.rmtree(folder)
    if not os.path.exists(folder):
        say("建立 {}（Python {}.{}）……".format(os.path.relpath(folder), *sys.version_info[:2]))
        _create(folder, over)
    with open(marker, "w"):
        pass
    say(f"安装 {os.path.relpath(requirements)}，第一次需要几分钟……")
    try:
        _install(python, requirements)
    except NoNetwork:
        os.remove(marker)  # pip downloads everything before it writes anything
        raise


class NoNetwork(Obstacle):
    """pip could not reach a package index."""


def _create(folder, over):
    command = [sys.executable, "-m", "venv", folder] + ["--without-pip"] * bool(over)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = result.stdout.decode("utf-8", "replace")
    if result.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        if FULL.search(output):
            raise Obstacle(DISK_FULL)
        if "ensurepip" in output:
            raise Obstacle(NO_VENV)
        raise Obstacle(f"建立 {folder} 失败：{_last_line(output)}")
    if over:  # its packages, pip among them
        with open(os.path.join(_packages(folder), "over.pth"), "w") as file:
            file.write(f"import site; site.addsitedir({_packages(over)!r})\n")


def _install(python, requirements):
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements]
    if not sys.stdout.isatty():
        command.append("--quiet")
    # Progress goes to the screen; what went wrong is read, to say it in one line.
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    errors = process.communicate()[1].decode("utf-8", "replace")
    if process.returncode == 0:
        return
    if FULL.search(errors):
        raise Obstacle(DISK_FULL)
    if NETWORK.search(errors):
        raise NoNetwork("连不上软件源，没有装成：检查网络后再运行一次；学校有镜像时："
                        "PIP_INDEX_URL=镜像地址 make lab")
    log = os.path.join(os.path.dirname(os.path.dirname(python)), "install.log")
    with open(log, "wb") as file:
        file.write(errors.encode("utf-8"))
    raise Obstacle(f"pip 安装失败：{_error_line(errors)}（详见 {os.path.relpath(log)}）")


def _error_line(text):
    lines = [line for line in text.splitlines() if line.startswith("ERROR:")]
    return lines[0][len("ERROR: "):] if lines else _last_line(text)


def _last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "没有说明"


def _answers(python, code):
    try:
        return subprocess.call([python, "-c", code], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _packages(folder):
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.check_output([python_of(folder), "-c", code]).decode("utf-8").strip()


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def say(line):
    """Print one line to standard error, whatever the terminal's encoding."""
    try:
        sys.stderr.write(line + "\n")
    except UnicodeEncodeError:
        sys.stderr.buffer.write((line + "\n").encode("utf-8"))
    sys.stderr.flush()


def main(argv=None):
    """Make the environment that the arguments describe; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", default=os.path.join(ROOT, ".venv"))
    parser.add_argument("--over", help="an environment whose packages the new one sees")
    parser.add_argument("-r", "--requirements", default=os.path.join(ROOT, "requirements.txt"))
    args = parser.parse_args(argv)
    if not supported(sys.version_info):
        found = other_python()
        if found:
            say("python3 是 {}.{}，改用 {}。".format(*(tuple(sys.version_info[:2]) + (found,))))
            return subprocess.call([found, os.path.abspath(__file__)] + (
                sys.argv[1:] if argv is None else argv))
    try:
        check_python()
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
