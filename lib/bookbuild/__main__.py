"""Every command of the book: `make COMMAND`, or `python lib/bookbuild COMMAND` without make.

Run as a folder, this file first makes sure of .venv, then hands the command to the Python in it.
Until then it reads in any Python 3, so that an old one reaches the line that names it.
"""

import argparse
import importlib
import os
import sys

COMMANDS = {  # name: (module, what it does)
    "lab": ("lab", "打开 JupyterLab，在 work/ 里读和写；换端口：--port 9999；重来：--fresh 03"),
    "update": ("update", "取来书的新版本；work/ 里你写的都留着"),
    "test": ("checks", "单元测试，重跑每一章和每份解答，与保存的输出比较"),
    "data": ("chores", "下载全部数据（显示进度）；只要几个：写上名字"),
    "preflight": ("preflight", "上课前检查：能不能上课，差什么；只看几章：02 11"),
    "slides": ("slides", "由各章保存的输出生成幻灯片：build/slides/（HTML、PDF、PPTX）"),
    "notebooks": ("notebooks", "执行各章并保存输出：只做改过的；全部：--all；指定：02 11"),
    "seeds": ("seeds", "换五组种子重跑各章，记下每个 claim 的值：指定章 02 11（每章几分钟）"),
    "test-backends": ("checks", "单元测试在 TensorFlow、JAX、PyTorch 三个后端上各跑一遍"),
    "test-oldest": ("checks", "单元测试和各章在支持的最旧的 Keras 上跑一遍"),
    "bench": ("checks", "测量速度：文本生成、雅可比图的滑块"),
    "stamp": ("stamp", "重写各章的首个代码单元、链接和目录页的表；换仓库地址：--repo https://…"),
    "venv": ("chores", "建立或修补 .venv（其他命令会自动做）"),
    "clean": ("chores", "删除生成的一切：build、.venv*、缓存（不动数据，不动 work/）"),
}


def main(argv=None):
    """Run one command; return its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] in ([], ["help"], ["-h"], ["--help"]):
        print(overview())
        return 0
    name = argv[0]
    if name not in COMMANDS:
        print(f"✘ 没有 {name!r} 这个命令。\n{overview()}", file=sys.stderr)
        return 2
    # A command's module is imported only when it is asked for: preflight must run where
    # what another command needs is missing.
    try:
        module = importlib.import_module("bookbuild." + COMMANDS[name][0])
    except ModuleNotFoundError as error:
        print(f"✘ 缺少 {error.name}：先运行 make venv（没有 make：python lib/bookbuild venv）。",
              file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(prog="bookbuild")
    module.add_parser(parser.add_subparsers(dest="command"))
    args, more = parser.parse_known_args(argv)
    if hasattr(args, "more"):
        args.more += more
    elif more:
        parser.error("unrecognized arguments: " + " ".join(more))
    try:
        return args.run(args) or 0
    except KeyboardInterrupt:
        print("\n✘ 停下了。", file=sys.stderr)
        return 130
    except OSError as error:  # disk full, read-only folder: files are whole, old or new
        print(f"✘ {error.filename or '写文件'}：{error.strerror or error}。"
              "清出空间或改正权限后再运行一次。", file=sys.stderr)
        return 1


def overview():
    """Return the list of the commands, in Chinese."""
    lines = ["用法：make 命令，或 python lib/bookbuild 命令（Windows：py lib\\bookbuild 命令）", ""]
    return "\n".join(lines + [f"  {name:<14} {COMMANDS[name][1]}" for name in COMMANDS])


def front_door():
    """Make sure of .venv and run the command in it; return the exit status."""
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from bookbuild import bootstrap, run

    argv = sys.argv[1:]
    if argv[:1] not in [[name] for name in COMMANDS] or argv[0] == "clean":
        return main(argv)  # needs no packages
    status = bootstrap.main([])
    if status or argv[0] == "venv":
        return status
    python = bootstrap.python_of(os.path.join(run.ROOT, ".venv"))
    return run.call([python, "-m", "bookbuild"] + argv)


if __name__ == "__main__":
    sys.exit(main() if __package__ else front_door())
