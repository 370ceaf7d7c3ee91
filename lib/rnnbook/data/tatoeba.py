"""English and Chinese sentences from Tatoeba: read, split without a shared one, as tokens."""

import lzma
import re
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path

from rnnbook.data.files import decode, read_text
from rnnbook.data.sources import DataError, fetch
from rnnbook.data.splits import Parts, part_by_hash

ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)*|\d|[^\sa-z\d]")
CHINESE = re.compile(r"[A-Za-z]+|\S")
WORDS_ONLY = re.compile(r"[\W_]+")
QUOTES = str.maketrans("’‘“”", "''\"\"")
# RuntimeError: encrypted, or compressed in a way that Python does not know.
UNSOUND = (zipfile.BadZipFile, EOFError, RuntimeError, ValueError, zlib.error, lzma.LZMAError)
OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")


def load_tatoeba():
    """Load the English-Chinese pairs: simplified, without doubles, split by groups.

    Pairs that share an English or a Chinese sentence (letter case, punctuation and script
    aside) are one group, and a group goes to one part: about 90 % of the groups to train, 5 %
    to validation, 5 % to test, by the SHA-256 of the group's first English sentence.

    Returns:
        ``Parts`` with three lists of (english, chinese, credit), three str, and ``source``.

    Raises:
        DataError: the archive is damaged, or a line of it has not three columns.
    """
    source = fetch("tatoeba_cmn_eng")
    pairs = read_pairs(source.path / "cmn-eng.zip", member="cmn.txt")
    parts = {"train": [], "validation": [], "test": []}
    for group in groups(pairs):
        parts[part_by_hash(min(english for english, _, _ in group))].extend(group)
    return Parts(**parts, source=source)


def read_pairs(path, encoding="utf-8", member=None):
    """Read lines of English, Chinese and credit; simplify the Chinese and drop doubles.

    Args:
        path: str or Path; three columns a line, separated by tabs, or two, without the credit.
        encoding: of the file, such as "gb18030".
        member: name of the file in it, where `path` is a zip archive.

    Returns:
        list of (english, chinese, credit) in the order of the file.

    Raises:
        DataError: another encoding, no pair, or a line without these columns; names the line.
    """
    from opencc import OpenCC

    name = f"{path}: {member}" if member else path
    text = (decode(read_member(path, member), name, encoding) if member
            else read_text(path, encoding))
    lines = text.removesuffix("\n").split("\n")
    rows = [line.split("\t") for line in lines]
    width = 2 if len(rows[0]) == 2 else 3
    for number, row in enumerate(rows, 1):
        if len(row) != width or not all(column.strip() for column in row):
            raise DataError(f"{name}, line {number}: {width} columns separated by tabs are wanted "
                            f"(English, Chinese, credit), found {len(row)}: {lines[number - 1]!r}")
    rows = [(*row, "")[:3] for row in rows]
    simplified = OpenCC("t2s").convert("\n".join(row[1] for row in rows)).split("\n")
    kept = {(english, chinese): credit
            for (english, _, credit), chinese in reversed(list(zip(rows, simplified)))}
    return [(*pair, credit) for pair, credit in reversed(kept.items())]


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
            path or ``..``), no such member, a damaged or encrypted one, or one above the limit.
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
    except DataError:
        raise
    except KeyError:
        raise DataError(f"{archive} has no member {member!r}") from None
    except OSError as error:
        raise DataError(f"{archive} cannot be read: {error.strerror or error}") from None
    except UNSOUND as error:
        raise DataError(f"{archive} is not a sound zip file: {error}") from None


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
