"""Before class: a table of what is ready on this machine, and a verdict. Needs no network."""

import os
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from typing import NamedTuple

from bookbuild import bootstrap
from bookbuild.chapter import CHAPTERS, ROOT, BuildError, chapters
from rnnbook.notebook.environment import installed

SLIDES = ROOT / "slides"
READY, CARE, STOP = "✔", "⚠", "✘"
DECK = "幻灯片"
WIDTH = 26  # columns of the first field; a Chinese character takes two
NOTEBOOK_SECONDS = 600
DISK = 1e9, 0.2e9  # bytes free: fewer than the first is a warning, than the second a stop
MEMORY = 3e9, 1e9


class Row(NamedTuple):
    """One line of the table: what was looked at, how it stands, and what to do about it."""

    item: str
    level: str
    found: str
    advice: str = ""


def add_parser(commands):
    """Add `preflight` to the command line."""
    parser = commands.add_parser("preflight", help="go or no-go before class (Chinese table)")
    parser.add_argument("names", nargs="*", metavar="NN", help="chapter numbers (default: all)")
    parser.add_argument("--no-slides", action="store_true", help="a class without slides")
    parser.set_defaults(run=main)


def main(args):
    """Print the table and the verdict; return 1 for a no-go."""
    try:
        selected = chapters(args.names)
    except BuildError:
        return _unknown(args.names)
    rows = []
    print(f"{_pad('项目')}  {'结果'}  说明")
    for row in report(selected, slides=not args.no_slides):
        rows.append(row)
        print(f"{_pad(row.item)}  {row.level}     {row.found}", flush=True)
    print(verdict(rows))
    return int(any(row.level == STOP for row in rows))


def report(selected, slides=True):
    """Yield the rows for some chapters, the quick checks first.

    Args:
        slides: whether the class needs the decks.
    """
    yield check_python()
    yield check_packages()
    yield check_disk()
    yield check_memory()
    for name in datasets(selected):
        yield check_data(name)
    for chapter in selected:
        if slides and not (chapter.is_solution or chapter.is_appendix):
            yield check_deck(chapter)
    for chapter in selected:
        yield check_notebook(chapter)


def verdict(rows):
    """Return the closing lines: go or no-go, the reasons, and what to do."""
    stops = [row for row in rows if row.level == STOP]
    cares = [row for row in rows if row.level == CARE]
    head = "不可以上课" if stops else "可以上课"
    if stops and all(row.item.startswith(DECK) for row in stops):
        head = ("notebook 已经就绪，只差幻灯片；不放幻灯片就可以上课"
                "（make preflight ARGS=--no-slides）")
    counts = [f"{len(stops)} 项必须解决"] * bool(stops) + [f"{len(cares)} 项留意"] * bool(cares)
    lines = [f"\n结论：{head}" + (f"（{'，'.join(counts)}）" if counts else "")]
    for row in stops + cares:
        said = "。".join(filter(None, [row.found, row.advice]))
        lines.append(f"  {row.level} {row.item}：{said}")
    return "\n".join(lines)


def check_python(version=None):
    """The interpreter's version against what the book supports."""
    version = sys.version_info if version is None else version
    found = ".".join(str(part) for part in version[:3])
    if bootstrap.supported(version):
        return Row("Python", READY, found)
    wanted = "{}.{}–{}.{}".format(*bootstrap.OLDEST, *bootstrap.NEWEST)
    return Row("Python", STOP, f"{found}，需要 {wanted}", "装好后：make lab PYTHON=python3.12")


def check_packages(requirements=ROOT / "requirements.txt"):
    """The installed versions against requirements.txt."""
    pins = re.findall(r"^([\w.-]+)==([\w.+!-]+)", requirements.read_text(encoding="utf-8"), re.M)
    missing, different = [], []
    for name, pin in pins:
        version = installed(name)
        if version is None:
            missing.append(name)
        elif version.partition("+")[0] != pin:
            different.append(f"{name} {version}（书用 {pin}）")
    if missing:
        return Row("软件包", STOP, f"缺 {'、'.join(missing)}", "联网运行 make venv")
    if different:
        return Row("软件包", CARE, "；".join(different), "联网运行 make venv 换成书用的版本")
    return Row("软件包", READY, f"{len(pins)} 个，版本与 requirements.txt 一致")


def check_disk(free=None):
    """Free space where the book stands."""
    free = shutil.disk_usage(ROOT).free if free is None else free
    return _amount("磁盘", free, DISK, "清出一些空间")


def check_memory(free=None):
    """Memory that a kernel can still have."""
    if free is None:
        import psutil

        free = psutil.virtual_memory().available
    return _amount("内存", free, MEMORY, "关掉别的程序和不用的内核")


def datasets(selected):
    """Return the names of the datasets that the stored notebooks used, sorted."""
    names = set()
    for chapter in selected:
        try:
            names.update(chapter.notebook.metadata.get("rnnbook", {}).get("data", {}))
        except BuildError:
            continue  # its own row says that the notebook is not there
    return sorted(names)


def check_data(name):
    """Whether a dataset is here in full, as its sample, or not at all."""
    from rnnbook import data

    try:
        status = data.status(name)
    except data.DataError as error:
        return Row(f"数据 {name}", STOP, error.chinese)
    advice = f"联网运行 python -m rnnbook.data fetch {name}，或设 RNNBOOK_DATA"
    if status == "full":
        return Row(f"数据 {name}", READY, "完整")
    if status == "sample":
        return Row(f"数据 {name}", CARE, "只有样例，数字会与正文和幻灯片不同", advice)
    return Row(f"数据 {name}", STOP, "没有", advice)


def check_deck(chapter, slides=SLIDES):
    """Whether the chapter's deck is built from the present sources."""
    from bookbuild.slides import FORMATS, up_to_date

    item = f"{DECK} {chapter.stem}"
    source = slides / f"{chapter.stem}.md"
    if not source.exists():
        return Row(item, CARE, "这一章还没有幻灯片")
    try:
        built = [kind.upper() for kind in FORMATS if up_to_date(source, kind)]
    except BuildError as error:
        return Row(item, STOP, f"不能生成：{error}",
                   f"运行 make notebooks CHAPTERS={chapter.number}")
    if not built:
        return Row(item, STOP, "还没有生成，或已过时", "运行 make slides")
    if len(built) < len(FORMATS):
        return Row(item, CARE, f"只有 {'、'.join(built)}", "安装 Chrome 或 Chromium 后 make slides")
    return Row(item, READY, "、".join(built))


def check_notebook(chapter):
    """Run a stored notebook in a fresh kernel, its claims included, and time it."""
    item = f"{'解答' if chapter.is_solution else '章'} {chapter.stem}"
    if not chapter.path.exists():
        return Row(item, STOP, "没有 .ipynb", f"运行 make notebooks CHAPTERS={chapter.number}")
    command = [sys.executable, "-m", "pytest", "-v", "-x", "-p", "no:cacheprovider", "--nbval-lax",
               "--nbval-current-env", f"--nbval-cell-timeout={NOTEBOOK_SECONDS}",
               f"--rootdir={ROOT}", str(chapter.path)]
    start = time.perf_counter()
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL,
                                env={**os.environ, "RNNBOOK_OFFLINE": "1"},
                                timeout=NOTEBOOK_SECONDS)
    except subprocess.TimeoutExpired as error:
        where = last_cell(chapter, error.stdout or b"")
        return Row(item, STOP, f"{NOTEBOOK_SECONDS} s 还没有跑完，停在{where}",
                   "改掉跑不完的单元格，或换一台快些的机器，少开程序")
    seconds = time.perf_counter() - start
    if result.returncode:
        where = last_cell(chapter, result.stdout)
        return Row(item, STOP, f"第 {seconds:.0f} s 出错，{where}：{reason(result.stdout)}",
                   f"运行 python -m pytest --nbval-lax {chapter.path.relative_to(ROOT)} 看全文"
                   if chapter.path.is_relative_to(CHAPTERS) else "")
    return Row(item, READY, f"{seconds:.0f} s")


def last_cell(chapter, report):
    """Return which cell a pytest run was at when it ended: its number and its first line."""
    started = re.findall(rb"::Cell (\d+)", report)
    if not started:
        return "第一个代码单元之前"
    index = int(started[-1])
    first = chapter.code_cells()[index].source.partition("\n")[0]
    return f"第 {index + 1} 个代码单元（{first[:40]}）"


def reason(report):
    """Return the line of a pytest report that names the error."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", report.decode("utf-8", "replace"))
    lines = [line.strip() for line in text.splitlines()]
    named = [line for line in lines
             if re.match(r"(\w+\.)*\w*(Error|Exception|Interrupt)\b", line)]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (named or failed or [line for line in lines if line] or ["没有说明"])[-1][:160]


def _amount(item, free, limits, advice):
    found = f"可用 {free / 1e9:.1f} GB"
    if free >= limits[0]:
        return Row(item, READY, found)
    return Row(item, STOP if free < limits[1] else CARE, found, advice)


def _unknown(names):
    known = sorted({chapter.stem for chapter in chapters()})
    for name in names:
        try:
            chapters([name])
        except BuildError:
            print(f"✘ 没有 {name!r} 这一章；有：{'、'.join(known)}。"
                  '写法：make preflight CHAPTERS="02 11"', file=sys.stderr)
    return 2


def _pad(text):
    used = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * (WIDTH - used)
