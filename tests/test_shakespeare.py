"""The plays: the parts, on the sample and on the full text; bad files."""

import pytest

from rnnbook import data
from rnnbook.data import shakespeare


def test_shakespeare_sample(sample_only):
    text = shakespeare.load_shakespeare()
    whole = text.train + text.validation
    assert text.source.kind == "sample"
    assert len(whole.encode()) > 200_000
    assert len(text.train) == int(0.9 * len(whole))
    assert len(set(whole.lower().split())) > 3_000
    assert set(text.validation) <= set(text.train)
    speeches = whole.split("\n\n")
    assert all(speech.strip().split("\n")[0].endswith(":") for speech in speeches)


def test_shakespeare_full(need_full):
    need_full("tinyshakespeare")
    text = shakespeare.load_shakespeare()
    assert (len(text.train), len(text.validation)) == (1_003_854, 111_540)
    assert len(set(text.train + text.validation)) == 65


def test_bad_play_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shakespeare, "fetch", lambda name: data.Source(name, tmp_path, "sample"))
    (tmp_path / "input.txt").write_bytes(b"")
    with pytest.raises(data.DataError, match=r"input\.txt is empty"):
        shakespeare.load_shakespeare()
    (tmp_path / "input.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(data.DataError, match=r"input\.txt, line 1: no utf-8 text"):
        shakespeare.load_shakespeare()
