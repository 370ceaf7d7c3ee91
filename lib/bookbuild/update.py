"""Bring the new version of the book, and keep what the reader wrote: python -m bookbuild update."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bookbuild import bootstrap, run
from bookbuild.lab import running
from bookbuild.working import WorkingCopy


class Stuck(Exception):
    """git cannot bring the new version; the message says why and what to do."""


def add_parser(commands):
    """Add `update` to the command line."""
    parser = commands.add_parser("update", help="git pull, then refresh work/")
    parser.add_argument("--local", action="store_true", help="refresh work/ only")
    parser.set_defaults(run=main)


def main(args, root=Path(run.ROOT)):
    """Pull, refresh the working copy, say what happened; return the exit status."""
    if running(root):
        bootstrap.say("✘ JupyterLab 还开着：先在里面保存，再到它的终端按 Ctrl-C，然后再更新。")
        return 1
    copy, status, changed = WorkingCopy(root), 0, []
    try:
        if not args.local:
            changed = pull(root, copy.backup / "tracked")
    except Stuck as stuck:
        bootstrap.say(f"✘ 没有取来新版本：{stuck}")
        status = 1
    if any(name.startswith("lib/") or name == "requirements.txt" for name in changed):
        # The new version brings its own program and packages.
        return run.call([sys.executable, str(root / "lib" / "bookbuild"), "update", "--local"])
    print(copy.refresh() or "work/ 不用变。")
    return status


def pull(root, aside):
    """Bring a clone to the newest version, as `git pull --ff-only`.

    What stands in the way, a file of the book that was changed here too, is put aside.

    Args:
        root: folder of the clone.
        aside: folder for the files in the way; made when there are any.
    Returns:
        list of the names of the files that changed.
    Raises:
        Stuck: there is no new version to be had.
    """
    if not (root / ".git").exists():
        raise Stuck("这个文件夹不是 git clone 来的。按 README 重新 clone 一份，"
                    "把这里的 work 文件夹整个移过去，再运行 make lab：你写的都在。")
    if git(root, "rev-parse", "@{upstream}").returncode:
        raise Stuck("现在的分支没有对应的远方分支。回到主分支：git switch main。")
    print("正在取新版本……", flush=True)
    fetched = git(root, "fetch", "--quiet")
    if fetched.returncode:
        raise Stuck(f"连不上存放书的地方，检查网络，再运行一次。（git：{_reason(fetched)}）")
    changed = names(root, "diff", "--name-only", "HEAD...@{upstream}")
    if not changed:
        print("书已是最新的。")
        return []
    ahead = len(names(root, "rev-list", "@{upstream}..HEAD"))
    if ahead:
        raise Stuck(f"你在这里提交过 {ahead} 次；什么也没有丢。自己合并：git pull --rebase。")
    _put_aside(root, changed, aside)
    merged = git(root, "merge", "--ff-only", "--quiet", "@{upstream}")
    if merged.returncode:
        raise Stuck(f"什么也没有丢。（git：{_reason(merged)}）")
    print(f"书已更新到 {git(root, 'log', '-1', '--format=%cs').stdout.strip()} 的版本。")
    return changed


def _put_aside(root, changed, aside):
    own = {*names(root, "diff", "--name-only", "HEAD"),
           *names(root, "ls-files", "--others", "--exclude-standard")}
    blocking = [name for name in changed if name in own]
    for name in blocking:
        if (root / name).exists():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(root / name, aside / name)
    if blocking:
        git(root, "reset", "--quiet", "--", *blocking)
        known = [name for name in blocking
                 if git(root, "cat-file", "-e", f"HEAD:{name}").returncode == 0]
        git(root, "checkout", "--quiet", "--", *known)
        print(f"{'、'.join(blocking)} 你改过，书也改了：换成新的，"
              f"你的放在 {aside.relative_to(root)}。")


def git(root, *arguments):
    """Run git in a folder, without questions and in English; return the finished process.

    Raises:
        Stuck: git is not installed.
    """
    env = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(["git", *arguments], cwd=root, env=env, capture_output=True,
                              text=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise Stuck("没有找到 git：先安装它。") from None


def names(root, *arguments):
    """Return the lines that a git command prints, one name each."""
    return git(root, "-c", "core.quotepath=off", *arguments).stdout.splitlines()


def _reason(process):
    lines = [line.strip() for line in process.stderr.splitlines() if line.strip()]
    return lines[-1] if lines else "没有说明"
