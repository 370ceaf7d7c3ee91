"""The tokens of a text, line by line: characters, or words with or without spaces between."""

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from rnnbook.data.tatoeba import english_tokens, join_chinese
from rnnbook.data.wikitext import EOS

MARKS = re.compile(r"<\w+>|\w+|[^\w\s]")  # chapter 12; <unk> and its like stay whole
GAP = re.compile(r"\S[ \t]+(?=\S)")
SAMPLE = 100_000  # characters that are looked at
LONGEST = 8       # characters per token, on the average, that are read


class Way(NamedTuple):
    """How a line is cut into tokens, how they are joined, what ends a line, what is told."""

    cut: Callable
    join: Callable
    end: str
    told: str


def is_chinese(text):
    """Tell whether more than a tenth of a text's characters are Chinese."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text) > len(text) / 10


def words_and_marks(line):
    """Cut a line into words in small letters and marks: list of str."""
    return MARKS.findall(line.lower())


def join_words(words):
    """Join words with spaces; most marks stick to the word before."""
    return re.sub(r" (?=[.,!?;:%)])", "", " ".join(words))


def cut_by_jieba(line):
    """Cut a line of Chinese into words: list of str."""
    return [word for word in _jieba().lcut(line) if word.strip()]


@functools.cache
def _jieba():
    import jieba

    jieba.setLogLevel(60)  # no messages
    return jieba


WAYS = {
    "characters": Way(list, "".join, "\n", "characters"),
    "words": Way(words_and_marks, join_words, EOS, "words in small letters and marks"),
    "spaces": Way(str.split, join_chinese, EOS, "words, cut at the file's own spaces"),
    "jieba": Way(cut_by_jieba, join_chinese, EOS, "words, cut by jieba"),
}


def splitter(texts, others):
    """Choose the tokens of texts: characters (`list`) or words (`english_tokens`).

    Characters where there is Chinese, or where the words of texts are not those of the others
    (names, codes): a network that reads only unknown words learns nothing.

    Args:
        texts: list of str to learn from.
        others: list of str like them.
    """
    known = {word for text in texts for word in english_tokens(text)}
    words = [word for text in others for word in english_tokens(text)]
    strange = sum(word not in known for word in words)
    if is_chinese("".join(texts[:1000])) or strange > len(words) / 2:
        return list
    return english_tokens


def way_of(text, level):
    """Choose how a text is cut.

    Args:
        text: str; its beginning is looked at.
        level: "characters" or "words".
    Returns:
        a name in `WAYS`; Chinese words are what the file's own spaces say, else jieba.
    Raises:
        ValueError: another level.
    """
    if level not in ("characters", "words"):
        raise ValueError(f'level must be "characters" or "words", got {level!r}')
    sample = text[:SAMPLE]
    if level == "characters":
        return level
    if not is_chinese(sample):
        return "words"
    return "spaces" if len(GAP.findall(sample)) > len(sample) / 5 else "jieba"


def tokens_of(text, way, most=None):
    """Cut a text into tokens; every line ends with one.

    Args:
        text: str.
        way: name in `WAYS`.
        most: number of tokens after which the rest is left out (None: never).
    Returns:
        list of str.
    """
    tokens, way = [], WAYS[way]
    for line in text[:most and most * LONGEST].removesuffix("\n").split("\n"):
        tokens += [*way.cut(line), way.end]
        if most is not None and len(tokens) >= most:
            return tokens[:most]
    return tokens


def text_of(tokens, way):
    """Join tokens again: str."""
    return "\n".join(map(WAYS[way].join, lines_of(tokens, way)))


def lines_of(tokens, way):
    """Part tokens at the ends of lines: list of tuples, the last one perhaps empty."""
    lines = [[]]
    for token in tokens:
        if token == WAYS[way].end:
            lines.append([])
        else:
            lines[-1].append(token)
    return [tuple(line) for line in lines]
