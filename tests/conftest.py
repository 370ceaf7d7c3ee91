"""Shared by all tests: which data are there; a table of the chapters' sizes at the end."""

import statistics
import sys

import pytest

from bookbuild import reading
from bookbuild.chapter import BuildError, chapters


@pytest.fixture(autouse=True)
def same_start():
    """Let every test draw the same numbers in every run, whatever ran before it."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture
def sample_only(monkeypatch, tmp_path):
    """Leave a test nothing but the built-in samples."""
    monkeypatch.delenv("RNNBOOK_DATA", raising=False)
    monkeypatch.setenv("RNNBOOK_CACHE", str(tmp_path))
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")


@pytest.fixture
def need_full(monkeypatch):
    """Give a function that skips the test where a dataset is not there in full."""
    from rnnbook import data

    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")

    def need(name):
        if data.status(name) != "full":
            pytest.skip(f"the full {name} is not on this machine")

    return need


def pytest_terminal_summary(terminalreporter, config):
    """Report (never fail on) the sizes that STYLE calls guides."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if not any("test_chapters" in str(a) or str(a) in ("tests", "tests/") for a in config.args):
        return
    rows = []
    for chapter in chapters(solutions=False):
        try:
            lengths = [len(c.source.splitlines()) for c in chapter.code_cells()]
        except BuildError:
            continue
        path = reading.main_path(chapter.notebook)
        rows.append(
            f"  {chapter.stem:<24}{len(lengths):>6}{sum(c.cell_type == 'code' for c in path):>6}"
            f"{reading.minutes(path):>9}{statistics.median(lengths):>8.0f}{sum(lengths):>7}"
            f"{chapter.path.stat().st_size / 1000:>6.0f}"
            f"{chapter.notebook.metadata.get('rnnbook', {}).get('seconds', 0):>9}"
        )
    terminalreporter.section("chapter sizes (path: code cells of the main path)")
    terminalreporter.line(f"  {'chapter':<24}{'code':>6}{'path':>6}{'minutes':>9}{'median':>8}"
                          f"{'lines':>7}{'kB':>6}{'seconds':>9}")
    for row in rows:
        terminalreporter.line(row)
