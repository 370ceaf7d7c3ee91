"""Texts in any encoding and with any line ends; files written whole or not at all."""

import errno
import os

import pytest

from rnnbook.data import DataError, files

POEM = "石桥在雨中\n桥下水声\n"


def write(tmp_path, content):
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize(("encoding", "mark"), [
    ("utf-8", ""), ("utf-8", "\ufeff"), ("gb18030", ""), ("gb18030", "\ufeff"), ("utf-16", ""),
    ("utf-16-le", "\ufeff"), ("utf-16-be", "")])
def test_any_line_end_and_encoding(tmp_path, end, encoding, mark):
    path = write(tmp_path, (mark + POEM.replace("\n", end)).encode(encoding))
    assert files.read_text(path, encoding) == POEM
    assert files.read_text(str(path), encoding) == POEM


def test_only_line_ends_end_a_line(tmp_path):
    text = "a\u2028b\u0085c\x0bd\x0ce\n\n\u3000f\ufeff\n"
    assert files.read_text(write(tmp_path, text.encode())) == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("text", "bad", "encoding", "line"), [
    ("", "石桥".encode("gb18030"), "utf-8", 1), ("石桥{}", b"a\xff", "utf-8", 2),
    ("石桥{}{}", b"\x81\x20", "gb18030", 3), ("石桥{}", b"\x00", "utf-16", 2)])
def test_broken_bytes_are_named_with_their_line(tmp_path, text, bad, encoding, line, end):
    path = write(tmp_path, text.format(end, end).encode(encoding) + bad)
    message = rf"own\.txt, line {line}: no {encoding} text; .*encoding=\"gb18030\""
    with pytest.raises(DataError, match=message):
        files.read_text(path, encoding)


@pytest.mark.parametrize("encoding", ["gbkk", "base64", "", "utf\0-8", "\udc80", None, 8])
def test_an_encoding_that_does_not_exist(tmp_path, encoding):
    with pytest.raises(DataError) as refusal:
        files.read_text(write(tmp_path, b"a"), encoding)
    assert str(refusal.value).startswith(f"no encoding {encoding!r}: try ")
    assert "gb18030" in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b" \r\n\r\n", "\ufeff".encode(), "\ufeff\n".encode()])
def test_an_empty_file(tmp_path, content):
    with pytest.raises(DataError, match=r"own\.txt is empty"):
        files.read_text(write(tmp_path, content))


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match=r"no\.txt cannot be read: No such file"):
        files.read_text(tmp_path / "no.txt")
    with pytest.raises(DataError, match="cannot be read"):
        files.read_text(tmp_path)


def test_written_whole(tmp_path):
    path = tmp_path / "new" / "a.json"
    files.write_json(path, {"句": [1]})
    assert path.read_bytes() == '{\n "句": [\n  1\n ]\n}\n'.encode()
    files.write_text(str(path), POEM)
    assert path.read_bytes() == POEM.encode()
    assert os.listdir(path.parent) == ["a.json"]


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("no links on this system")
    files.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def full_disk(file):
    file.write(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def stopped(file):
    file.write(b"half")
    raise KeyboardInterrupt


@pytest.mark.parametrize(("write", "error"), [(full_disk, OSError), (stopped, KeyboardInterrupt),
                                              (lambda file: file.write("text"), TypeError)])
@pytest.mark.parametrize("old", [b"old", None])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, write, error, old):
    path = tmp_path / "a.txt"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(error):
        files.write_whole(path, write)
    assert os.listdir(tmp_path) == ([] if old is None else ["a.txt"])
    assert old is None or path.read_bytes() == old


def test_a_disk_that_fills_at_the_end(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fsync(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        files.write_text(path, "new")
    assert [path.read_text(), os.listdir(tmp_path)] == ["old", ["a.txt"]]


def test_text_that_cannot_be_encoded(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "\ud800")
    assert [path.read_text(), os.listdir(tmp_path)] == ["old", ["a.txt"]]
