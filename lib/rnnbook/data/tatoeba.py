"""English and Chinese sentences from Tatoeba, split so that no sentence stands in two parts."""

import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rnnbook.data.sources import DataError, Source, fetch
from rnnbook.data.splits import part_by_hash

ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)*|\d|[^\sa-z\d]")
CHINESE = re.compile(r"[A-Za-z]+|\S")
WORDS_ONLY = re.compile(r"[\W_]+")
QUOTES = str.maketrans("’‘“”", "''\"\"")


@dataclass(frozen=True)
class Pairs:
    """Sentence pairs in three parts; a pair is (english, chinese, credit), three str."""

    train: list
    validation: list
    test: list
    source: Source


def load_tatoeba():
    """Load the English-Chinese pairs: simplified, without doubles, split by groups.

    Pairs that share an English or a Chinese sentence (letter case, punctuation and script
    aside) are one group, and a group goes to one part: about 90 % of the groups to train, 5 %
    to validation, 5 % to test, by the SHA-256 of the group's first English sentence.

    Returns:
        ``Pairs`` with three lists and ``source``.

    Raises:
        DataError: the archive is damaged, or a line of it has not three columns.
    """
    source = fetch("tatoeba_cmn_eng")
    archive = source.path / "cmn-eng.zip"
    pairs = read_pairs(read_member(archive, "cmn.txt"), f"{archive}: cmn.txt")
    parts = {"train": [], "validation": [], "test": []}
    for group in groups(pairs):
        parts[part_by_hash(min(english for english, _, _ in group))].extend(group)
    return Pairs(**parts, source=source)


def read_pairs(body, name):
    """Read lines of English, Chinese and credit; simplify the Chinese and drop doubles.

    Args:
        body: bytes, UTF-8, three columns a line, separated by tabs.
        name: of the file, for messages.

    Returns:
        list of (english, chinese, credit) in the order of the file.

    Raises:
        DataError: no UTF-8 text, no pair, or a line without three columns; names the line.
    """
    from opencc import OpenCC

    try:
        lines = body.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not UTF-8 text: {error}") from None
    rows = [line.split("\t") for line in lines]
    for number, row in enumerate(rows, 1):
        if len(row) != 3 or not all(column.strip() for column in row):
            raise DataError(f"{name}, line {number}: three columns separated by tabs are wanted "
                            f"(English, Chinese, credit), found {len(row)}: {lines[number - 1]!r}")
    if not rows:
        raise DataError(f"{name} is empty")
    simplified = OpenCC("t2s").convert("\n".join(row[1] for row in rows)).split("\n")
    kept = {(english, chinese): credit
            for (english, _, credit), chinese in reversed(list(zip(rows, simplified)))}
    return [(*pair, credit) for pair, credit in reversed(kept.items())]


def groups(pairs):
    """Put pairs together that share a sentence, directly or over others.

    Args:
        pairs: list of (english, chinese, credit).

    Returns:
        list of lists of pairs, in the order of their first pair.
    """
    leader = {}

    def find(key):
        while leader.setdefault(key, key) != key:
            leader[key] = key = leader[leader[key]]
        return key

    keys = [tuple(WORDS_ONLY.sub("", text.lower()) or text for text in pair[:2])
            for pair in pairs]
    for english, chinese in keys:
        leader[find(("zh", chinese))] = find(("en", english))
    found = defaultdict(list)
    for (english, _), pair in zip(keys, pairs):
        found[find(("en", english))].append(pair)
    return list(found.values())


def english_tokens(text):
    """Split English into lower-case words, digits and punctuation marks: list of str."""
    return ENGLISH.findall(text.translate(QUOTES).lower())


def chinese_tokens(text):
    """Split Chinese into characters; Latin words stay whole: list of str."""
    return CHINESE.findall(text)


def join_chinese(tokens):
    """Join the tokens of ``chinese_tokens``; a space stands only between two Latin words."""
    return re.sub("(?<![A-Za-z]) | (?![A-Za-z])", "", " ".join(tokens))


def join_english(tokens):
    """Join the tokens of ``english_tokens``; marks stick to the word before, digits together."""
    return re.sub(r"(?<=\d) (?=\d)| (?=[.,!?;:%])|(?<=\$) ", "", " ".join(tokens))


OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")


def read_member(archive, member, limit=64_000_000):
    """Read a member of a zip archive as bytes.

    Args:
        archive: path of the zip file.
        member: name of the member, e.g. "cmn.txt".
        limit: largest size in bytes that is unpacked.

    Returns:
        bytes of the member.

    Raises:
        DataError: no zip file, a member that points outside the archive (an absolute
            path or ``..``), no such member, a damaged one, or one above the limit.
    """
    archive = Path(archive)
    try:
        with zipfile.ZipFile(archive) as zipped:
            outside = [name for name in zipped.namelist() if OUTSIDE.search(name)]
            if outside:
                raise DataError(f"{archive}: member {outside[0]!r} points outside the archive")
            if zipped.getinfo(member).file_size > limit:
                raise DataError(f"{archive}: {member} is larger than {limit:,} bytes")
            return zipped.read(member)
    except KeyError:
        raise DataError(f"{archive} has no member {member!r}") from None
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{archive} is not a sound zip file: {error}") from None
    except OSError as error:
        raise DataError(f"{archive} cannot be read: {error.strerror}") from None
