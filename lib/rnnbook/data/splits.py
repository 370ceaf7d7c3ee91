"""Parts of a dataset that are the same on every machine."""

import hashlib
from dataclasses import dataclass

from rnnbook.data.sources import Source


@dataclass(frozen=True)
class Parts:
    """A dataset in three parts, each a list, and where it was found."""

    train: list
    validation: list
    test: list
    source: Source


def part_by_hash(text):
    """Choose "train" (90 %), "validation" or "test" (5 % each) by the SHA-256 of a text."""
    share = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 100
    return "test" if share < 5 else "validation" if share < 10 else "train"
