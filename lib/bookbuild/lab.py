"""Open the reader's working copy in JupyterLab: python -m bookbuild lab."""

import os
import secrets
import sys
import threading
import time
from pathlib import Path

from bookbuild import bootstrap, run
from bookbuild.working import WorkingCopy

CONFIG = Path(__file__).with_name("jupyter")  # Chinese, no news, pages of text rendered
OPTIONS = [
    "--LabApp.default_url=/lab/tree/work/index.md",
    "--LabApp.log_level=ERROR",
    "--ServerApp.log_level=ERROR",
    "--ServerApp.answer_yes=True",  # one Ctrl-C stops it
    "--ServerApp.jpserver_extensions={'jupytext': False}",  # saving writes no .py
    "--KernelManager.transport_encryption=auto",  # without it a kernel prints a warning
]


def add_parser(commands):
    """Add `lab` to the command line."""
    parser = commands.add_parser("lab", help="open the working copy in JupyterLab")
    parser.add_argument("--fresh", metavar="NN", action="append", default=[],
                        help="give out chapter NN anew; the old file goes to work/.backup")
    parser.set_defaults(run=main, more=[])


def main(args, root=Path(run.ROOT)):
    """Refresh the working copy, start JupyterLab, say where it is; return the exit status."""
    copy = WorkingCopy(root)
    fresh = {name for name in copy.pages() for number in args.fresh
             if name.rpartition("/")[2].startswith(f"{number}_")}
    if len(fresh) < len(args.fresh):
        bootstrap.say(f"✘ 没有第 {'、'.join(args.fresh)} 章。")
        return 2
    print("正在打开 JupyterLab……", flush=True)
    if running(root):
        bootstrap.say("⚠ 已经开着一个 JupyterLab：这次不动 work/。")
    else:
        report = str(copy.refresh(fresh))
        if report:
            print(report, flush=True)
    return start(root, args.more)


def start(root, arguments):
    """Run JupyterLab until it is stopped; return its exit status.

    Args:
        root: folder of the book.
        arguments: more arguments of `jupyter lab`.
    """
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.root_dir={root}",
               *place(), *arguments]
    paths = [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")]
    before = [server["pid"] for server in running(root)]
    threading.Thread(target=announce, args=[root, before], daemon=True).start()
    return run.call(command, JUPYTER_TOKEN=token,
                    JUPYTER_CONFIG_PATH=os.pathsep.join(filter(None, paths)))


def place():
    """Return the arguments that this machine asks for: no screen, no user but root."""
    arguments = []
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not screen and sys.platform not in ("win32", "darwin"):
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return arguments


def announce(root, before):
    """Wait for a server of this book that was not there before, then say its address."""
    while True:
        for server in running(root):
            if server["pid"] not in before:
                print(f"打开了：{server['url']}?token={server['token']}\n"
                      "停止：先在 JupyterLab 里保存，再在这里按 Ctrl-C。", flush=True)
                return
        time.sleep(0.5)


def running(root):
    """Return what is known of the Jupyter servers that show this book, a list of dicts."""
    from jupyter_server.serverapp import list_running_servers

    return [server for server in list_running_servers()
            if os.path.realpath(server.get("root_dir", "")) == os.path.realpath(root)]
