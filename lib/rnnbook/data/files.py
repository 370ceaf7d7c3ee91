"""Files read with clear errors, and written whole or not at all."""

import json
import os
import re
from pathlib import Path

from rnnbook.data.sources import DataError

LINE_END = re.compile("\r\n?|\n")


def read_text(path, encoding="utf-8"):
    """Read a text file whole, whatever its line ends.

    Args:
        path: str or Path.
        encoding: of the file, such as "gb18030"; a byte-order mark is taken off.
    Returns:
        str; every line end is "\\n".
    Raises:
        DataError: no such file, no such encoding, bytes that it does not know (the message
            names the line), or nothing in it.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
        text = content.decode(encoding).removeprefix("\ufeff")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    except LookupError:
        raise DataError(f"no encoding {encoding!r}: try \"utf-8\", \"gb18030\" (Chinese Windows) "
                        "or \"utf-16\"") from None
    except UnicodeError as error:
        line = _lines_before(content, getattr(error, "start", 0)) + 1
        raise DataError(f"{path}, line {line}: no {encoding} text; if another program shows it "
                        "well, say encoding=\"gb18030\" (Chinese Windows) or \"utf-16\"") from None
    if not text.strip():
        raise DataError(f"{path} is empty")
    return LINE_END.sub("\n", text)


def _lines_before(content, end):
    return len(LINE_END.findall(content[:end].decode("latin-1")))


def write_whole(path, write):
    """Write a file under another name, then put it in place, so that no half file stays."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(scratch, "wb") as file:
            write(file)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text file whole or not at all."""
    write_whole(path, lambda file: file.write(text.encode("utf-8")))


def write_json(path, value):
    """Write a value as readable JSON, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
