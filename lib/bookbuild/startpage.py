"""The table of chapters on the start page: the README's, with links from here and run times."""

import re

from bookbuild.chapter import ROOT, BuildError

BLOCK = re.compile(r"(<!-- chapters -->\n).*?(<!-- /chapters -->)", re.S)
ROW = re.compile(r"^\| \[[^\]]+\]\(chapters/(\w+)\.\w+\).*\|$", re.M)


def filled(text, book, readme=None):
    """Return a page with the table of chapters between its two marks; a page without stays.

    Args:
        text: Markdown.
        book: a bookbuild.links.Book.
        readme: the text of README.md, None to read it.
    Raises:
        BuildError: a chapter has no row in the README's table.
    """
    if not BLOCK.search(text):
        return text
    times = {chapter.stem: chapter.notebook.metadata.get("rnnbook", {}).get("seconds")
             for chapter in book.chapters}
    rows = ["| 章 | 内容 | 解答 | 运行 |", "|---|---|---|---|"]
    for match in ROW.finditer(readme or (ROOT / "README.md").read_text(encoding="utf-8")):
        seconds = times.pop(match[1], None)
        rows.append(match[0].replace("](chapters/", "](")
                    + (f" 约 {seconds} s |" if seconds else " |"))
    if times:
        raise BuildError(f"README.md has no row for {', '.join(times)} in its table of chapters")
    return BLOCK.sub(lambda block: block[1] + "\n".join(rows) + "\n" + block[2], text)
