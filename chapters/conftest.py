"""Which stored outputs nbval compares: everything but what a tag excuses.

`training`  a trained result differs between processors: its claims assert bands
`timing`    a measured time never repeats
`data`      depends on the data source: compared only where the stored source is there again
"""

import json

import pytest

NEVER_COMPARED = {"training", "timing"}


def pytest_collection_modifyitems(items):
    """Drop the comparison (never the execution) of the cells that a tag excuses."""
    sources = {}
    for item in items:
        cell = getattr(item, "cell", None)
        if cell is None or not hasattr(item, "options"):
            continue
        tags = set(cell.metadata.get("tags", ()))
        if item.path not in sources:
            sources[item.path] = _same_sources(item.path)
        if tags & NEVER_COMPARED or ("data" in tags and not sources[item.path]):
            item.options["check"] = False


def _same_sources(path):
    """Tell whether every data set is here as it was when the outputs were stored."""
    stored = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    kinds = stored.get("rnnbook", {}).get("data", {})
    if not kinds:
        return True
    from rnnbook import data

    return all(data.status(name) == kind for name, kind in kinds.items())


@pytest.hookimpl(trylast=True)
def pytest_report_header():
    """Say which data the comparison runs on."""
    import os

    return f"book data: {os.environ.get('RNNBOOK_DATA') or 'user cache or built-in samples'}"
