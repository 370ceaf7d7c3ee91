"""Files read with clear errors, and written whole or not at all."""

import json
import os
import re
from pathlib import Path

from rnnbook.data.errors import DataError

LINE_END = re.compile("\r*\n|\r")  # \r\r\n: a Windows text converted once more
ENCODINGS = 'encoding="gb18030" (Chinese Windows), "utf-16" or "utf-8"'


def read_text(path, encoding="utf-8", errors="strict"):
    """Read a text file whole, whatever its line ends.

    Args:
        path: str or Path.
        encoding, errors: as `decode`.
    Returns:
        str; every line end is "\\n".
    Raises:
        DataError: no such file, or as `decode`.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    return decode(content, path, encoding, errors)


def decode(content, name, encoding="utf-8", errors="strict"):
    """Turn the bytes of a text file into text, whatever its line ends.

    Args:
        content: bytes.
        name: of the file, for messages.
        encoding: such as "gb18030"; a byte-order mark is taken off.
        errors: as `bytes.decode`; "surrogateescape" lets a reader name or skip broken lines.
    Returns:
        str; every line end is "\\n".
    Raises:
        DataError: no such encoding, bytes that it does not know (the message names the line),
            or nothing in it.
    """
    try:
        text = content.decode(encoding, errors).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = content[:error.start].decode(encoding, "replace")
        raise DataError(f"{name}, line {len(LINE_END.findall(before)) + 1}: no {encoding} text; if "
                        f"another program shows it well, say {ENCODINGS}") from None
    except (LookupError, TypeError, ValueError):  # None, or NUL in the name
        raise DataError(f"no encoding {encoding!r}: try {ENCODINGS}") from None
    if not text.strip():
        raise DataError(f"{name} is empty")
    return LINE_END.sub("\n", text)


def write_whole(path, write):
    """Write a file under another name, then put it in place: whole or not at all.

    Args:
        path: str or Path; its folder is made where it is missing.
        write: function of a binary file.
    Raises:
        OSError: the file cannot be written; the old one stays as it was.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave an empty file
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text file whole or not at all."""
    write_whole(path, lambda file: file.write(text.encode("utf-8")))


def write_json(path, value):
    """Write a value as readable JSON, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
