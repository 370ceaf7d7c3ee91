"""The plays of tinyshakespeare, with nanoGPT's split."""

from dataclasses import dataclass

from rnnbook.data.files import read_text
from rnnbook.data.sources import Source, fetch


@dataclass(frozen=True)
class Text:
    """A text in two parts: the first 90 % of the characters and the rest."""

    train: str
    validation: str
    source: Source


def load_shakespeare():
    """Load tinyshakespeare with nanoGPT's split: the last 10 % are for validation.

    Returns:
        ``Text`` with ``train``, ``validation`` (str) and ``source``.

    Raises:
        DataError: the file is empty or no UTF-8 text.
    """
    source = fetch("tinyshakespeare")
    text = read_text(source.path / "input.txt")
    cut = int(len(text) * 0.9)
    return Text(text[:cut], text[cut:], source)
