"""Quatrains as training sequences, and a test of their form."""

import re

import numpy as np

from rnnbook.vocab import UNKNOWN, Vocabulary

START, END = "^", "$"
CHARACTER = "[\u3400-\u9fff\U00020000-\U0003ffff]"  # with the rare characters of later blocks
FORM = re.compile("|".join(f"(?:{CHARACTER}{{{n}}}，{CHARACTER}{{{n}}}。\n?){{2}}" for n in (5, 7)))


def poem_vocabulary(poems):
    """Collect the characters of poems; END is number 0, then START and "<unk>".

    Args:
        poems: list of str.
    Returns:
        Vocabulary.
    """
    return Vocabulary.from_text("".join(poems), specials=(END, START, UNKNOWN))


def encode_poems(poems, vocab):
    """Turn poems into padded rows for training: START first, END last, END as padding.

    Args:
        poems: list of N str.
        vocab: Vocabulary with START and END.
    Returns:
        x, y: int32 (N, T); weight: float32 (N, T), 0 where y is padding or unknown.
    """
    rows = [vocab.encode(START + poem + END) for poem in poems]
    table = np.full((len(rows), max(map(len, rows))), vocab.stoi[END], dtype="int32")
    weight = np.zeros(table.shape, dtype="float32")
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
        weight[i, : len(row)] = row != vocab.stoi[UNKNOWN]
    return table[:, :-1], table[:, 1:], weight[:, 1:]


def keeps_form(poem):
    """Tell whether a poem has 2 x (5, 5) or 2 x (7, 7) characters, with the marks in place.

    Args:
        poem: str, two lines.
    Returns:
        bool.
    """
    return FORM.fullmatch(poem) is not None and poem.count("\n") == 1 and poem[-1] != "\n"
