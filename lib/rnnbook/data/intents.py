"""Short requests to a voice assistant, each with its intent: MASSIVE in simplified Chinese."""

from dataclasses import dataclass

from rnnbook.data.sources import DataError, fetch
from rnnbook.data.splits import Parts
from rnnbook.data.table import read_table

FILE = "amazon_massive_intent_zh-CN_{}.csv"
ALIGNED = "amazon_massive_intent_zh_en.csv"


@dataclass(frozen=True)
class Intents(Parts):
    """Requests in three parts, lists of (text, label); labels is the sorted tuple of names."""

    labels: tuple

    @property
    def clean_test(self):
        """The test requests whose text does not stand in train as well."""
        seen = {text for text, _ in self.train}
        return [(text, label) for text, label in self.test if text not in seen]


def read_requests(path, encoding="utf-8"):
    """Read (text, label) from a CSV file with the columns text and label_text."""
    rows = read_table(path, ("text", "label_text"), encoding)
    return [(text.strip(), label) for text, label in rows]


def load_massive():
    """Load the requests and intents of MASSIVE, zh-CN, in its own three parts.

    Some test texts stand in the training part word for word: see `Intents.clean_test`.

    Returns:
        ``Intents`` with ``train``, ``validation``, ``test``, ``labels`` and ``source``.

    Raises:
        DataError: a file is malformed, or a label of validation or test is not in train.
    """
    source = fetch("massive_zh")
    parts = {part: read_requests(source.path / FILE.format(part))
             for part in ("train", "validation", "test")}
    labels = tuple(sorted({label for _, label in parts["train"]}))
    for part, rows in parts.items():
        unknown = {label for _, label in rows} - set(labels)
        if unknown:
            raise DataError(f"{source.path}: labels of {part} that no training text has: "
                            f"{sorted(unknown)[:5]}")
    return Intents(**parts, labels=labels, source=source)


def load_paraphrases(intents):
    """Load a second Chinese wording of the training requests, with the same labels.

    MASSIVE was translated twice from English: into zh-CN and, by other people, into zh-TW.
    The zh-TW wordings of the training part are written in simplified characters here. Texts
    that stand in validation or test are left out.

    Args:
        intents: of `load_massive`.

    Returns:
        list of (text, label).

    Raises:
        DataError: the file with the wordings is malformed.
    """
    from opencc import OpenCC

    rows = [(text.strip(), label) for text, label, language in read_table(
        intents.source.path / ALIGNED, ("text", "label_text", "lang")) if language == "zh-TW"]
    if not rows:
        raise DataError(f"{intents.source.path / ALIGNED} holds no row whose lang is zh-TW")
    simple = OpenCC("t2s").convert("\n".join(text for text, _ in rows)).split("\n")
    held_out = {text for text, _ in intents.validation + intents.test}
    return [(text, label) for text, (_, label) in zip(simple, rows, strict=True)
            if text not in held_out]
