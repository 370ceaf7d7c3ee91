"""Command line of the data: ``python -m rnnbook.data fetch | list | where | serve``."""

import argparse
import os
import sys

from rnnbook.data import registry, sources
from rnnbook.data.errors import DataError, DownloadError

EPILOG = """\
环境变量：
  RNNBOOK_DATA       已有数据的文件夹（只读）
  RNNBOOK_CACHE      下载放在哪里
  RNNBOOK_MIRROR     最先去下载的地址，例如 http://老师的地址:8765
  RNNBOOK_OFFLINE=1  不联网"""

ADVICE = """
没有得到：{names}。可以这样做：
  · 连上网，再运行一次；已经下载好的文件不会重来。
  · 在课堂上，老师的电脑若在分发数据：设 RNNBOOK_MIRROR=http://老师的地址:8765 再运行。
  · 别的电脑上有数据：把文件夹拷来，设 RNNBOOK_DATA=它的路径。"""
SAMPLES = "  · 不下载也能读：{names} 有书里自带的小样例，各章照样运行，只是数字与正文不同。"

STATUS = {"full": "完整", "sample": "样例", "missing": "没有"}


def fetch(names):
    """Bring datasets onto this machine; return the number that could not be had."""
    failed, offline = 0, []
    for name in names:
        try:
            print(f"{name}：完整，在 {sources.require(name)}", flush=True)
        except DataError as error:
            failed += 1
            offline += [name] * isinstance(error, DownloadError)
            print(f"✘ {name}：{error.chinese}", file=sys.stderr)
    if offline:
        print(ADVICE.format(names="、".join(offline)), file=sys.stderr)
        if samples := [name for name in offline if sources.status(name) == "sample"]:
            print(SAMPLES.format(names="、".join(samples)), file=sys.stderr)
    return failed


def table():
    """Print name, size, status and licence of every dataset; return the number of errors."""
    wrong = 0
    # Two columns for each Chinese character; every word of a column has two of them.
    print(f"{'名称':<15} {'文件':>3} {'大小':>6}  状态  许可")
    for name, entry in registry.load().items():
        try:
            status = STATUS[sources.status(name)]
        except DataError as error:
            status, wrong = "有误", wrong + 1
            print(f"✘ {name}：{error.chinese}", file=sys.stderr)
        row = f"{name:<17} {len(entry.files):>5} {entry.amount:>8}  {status}"
        print(f"{row}  {' / '.join(entry.licences)}")
    return wrong


def _port(text):
    if not (text.isdecimal() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"端口是 0 到 65535 的整数，不是 {text}")
    return int(text)


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m rnnbook.data",
        description="本书的数据：下载、查看、在课堂上分发。",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("fetch", help="下载数据，核对，显示进度")
    one.add_argument("names", nargs="*", metavar="NAME", help="数据集的名字，见 list")
    one.add_argument("--all", action="store_true", help="全部数据集")
    commands.add_parser("list", help="每个数据集的名字、大小、许可，本机有没有")
    commands.add_parser("where", help="下载的数据放在哪个文件夹")
    two = commands.add_parser("serve", help="把本机的数据分发给同一个网络里的学生")
    two.add_argument("--host", default="0.0.0.0", help="只在这个地址上分发（默认：本机的所有地址）")
    two.add_argument("--port", type=_port, default=8765, help="端口（默认 8765）")
    return parser, one


def main(arguments=None):
    """Run the command line; return the exit status."""
    parser, one = _parser()
    given = parser.parse_args(arguments)
    if given.command == "list":
        return int(table() > 0)
    if given.command == "where":
        print(sources.cache_folder())
        return 0
    if given.command == "serve":
        from rnnbook.data.serve import serve

        return serve(os.environ.get("RNNBOOK_DATA") or sources.cache_folder(),
                     given.host, given.port)
    if not given.names and not given.all:
        one.error("写出数据集的名字（见 list），或者 --all")
    try:
        return int(fetch(list(registry.load()) if given.all else given.names) > 0)
    except KeyboardInterrupt:
        print("已停止；下载好的文件都留着，再运行一次会接着做", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
