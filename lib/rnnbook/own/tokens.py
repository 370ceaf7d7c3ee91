"""The tokens of a text, line by line: characters, or words with or without spaces between."""

import functools
import re

from rnnbook.data.tatoeba import join_chinese
from rnnbook.data.wikitext import EOS

MARKS = re.compile(r"<\w+>|\w+|[^\w\s]")  # chapter 12; <unk> and its like stay whole
CUT = re.compile(r"\S[ \t]+(?=\S)")
SAMPLE = 100_000  # characters that are looked at


def is_chinese(text):
    """Tell whether more than a tenth of a text's characters are Chinese."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text) > len(text) / 10


def way_of(text, level):
    """Choose how a text is cut.

    Args:
        text: str; its beginning is looked at.
        level: "characters" or "words".
    Returns:
        a name in `WAYS`; Chinese words are those of jieba, or what the file's own spaces say.
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
    return "spaces" if len(CUT.findall(sample)) > len(sample) / 5 else "jieba"


def cut_by_jieba(line):
    """Cut a line of Chinese into words: list of str."""
    return [word for word in _jieba().lcut(line) if word.strip()]


@functools.cache
def _jieba():
    """The segmenter, which needs a second to load."""
    import jieba

    jieba.setLogLevel(60)  # no messages
    return jieba


def words_and_marks(line):
    """Cut a line into words in small letters and marks: list of str."""
    return MARKS.findall(line.lower())


def join_words(words):
    """Join words with spaces; most marks stick to the word before."""
    return re.sub(r" (?=[.,!?;:%)])", "", " ".join(words))


WAYS = {  # name -> how a line is cut, how tokens are joined, what ends a line, what is told
    "characters": (list, "".join, "\n", "characters"),
    "words": (words_and_marks, join_words, EOS, "words in small letters, and marks"),
    "spaces": (str.split, join_chinese, EOS, "words, cut at the file's own spaces"),
    "jieba": (cut_by_jieba, join_chinese, EOS, "words, cut by jieba"),
}


def tokens_of(text, way, most=None):
    """Cut a text into tokens; every line ends with one.

    Args:
        text: str.
        way: name in `WAYS`.
        most: number of tokens after which the rest is left out (None: never).
    Returns:
        list of str.
    """
    cut, _, end, _ = WAYS[way]
    tokens = []
    for line in text.removesuffix("\n").split("\n"):
        tokens += [*cut(line), end]
        if most is not None and len(tokens) >= most:
            return tokens[:most]
    return tokens


def text_of(tokens, way):
    """Join tokens again: str."""
    _, join, end, _ = WAYS[way]
    return "\n".join(map(join, lines_of(tokens, end)))


def lines_of(tokens, end):
    """Part tokens at the ends of lines: list of lists, the last one perhaps empty."""
    lines = [[]]
    for token in tokens:
        if token == end:
            lines.append([])
        else:
            lines[-1].append(token)
    return lines
