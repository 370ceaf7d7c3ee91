"""Reading requests with intents: what is kept, and what is said about malformed files."""

import pytest

from rnnbook.data import DataError, Source, intents

HEAD = "id,label,text,label_text,label_text_ch"


def write(folder, name, lines):
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_text_and_label(tmp_path):
    path = write(tmp_path, "a.csv", [HEAD, '1,0,"好,走 ",go,x', "2,1,\"停\n下\",stop,"])
    assert intents.read_requests(path) == [("好,走", "go"), ("停\n下", "stop")]
    path.write_text("\ufeff" + path.read_text("utf-8"), encoding="utf-8")
    assert len(intents.read_requests(str(path))) == 2
    path.write_bytes(f"{HEAD}\r1,0,走,go,x\r\r2,1,停,stop,\r".encode("gb18030"))
    with pytest.raises(DataError, match=r"line 2: no utf-8 text; .*gb18030"):
        intents.read_requests(path)
    assert intents.read_requests(path, encoding="gb18030") == [("走", "go"), ("停", "stop")]


@pytest.mark.parametrize(("lines", "message"), [
    (["id,text", "1,好"], "line 1: no column 'label_text'"),
    ([HEAD, "1,0,好,go,x", "2,0,好,走,go,x"], "line 3: not 5 fields"),
    ([HEAD, "1,0,好"], "line 2: not 5 fields"),
    ([HEAD, "1,0, ,go,x"], "line 2: 'text' is empty"),
    ([HEAD], "no row"),
    ([HEAD, "", '1,0,"a\nb",go,x', "2,0,b"], "line 5: not 5 fields"),
    ([HEAD, '1,0,好,go,"x', "2,0,走,go,y"], "line 2: .*is a quote not closed"),
    ([HEAD, '1,0,"好"走,go,x'], "line 2: .*is a quote not closed"),
    ([HEAD + ",text", "1,0,好,go,x,走"], "line 1: 2 column 'text'"),
])
def test_malformed_files_are_named_with_the_line(tmp_path, lines, message):
    with pytest.raises(DataError, match=message):
        intents.read_requests(write(tmp_path, "a.csv", lines))


def test_the_three_parts_and_the_leaked_texts():
    found = intents.load_massive()
    assert {label for _, label in found.train} == set(found.labels)
    seen = {text for text, _ in found.train}
    assert found.clean_test
    assert not seen & {text for text, _ in found.clean_test}
    if found.source.full:
        sizes = [len(found.train), len(found.validation), len(found.test), len(found.clean_test)]
        assert sizes == [11_514, 2_033, 2_974, 2_974 - 223]
        assert len(found.labels) == 60


def test_a_label_that_train_does_not_have(tmp_path, monkeypatch):
    for part, label in (("train", "go"), ("validation", "go"), ("test", "fly")):
        write(tmp_path, intents.FILE.format(part), [HEAD, f"1,0,好,{label},x"])
    monkeypatch.setattr(intents, "fetch", lambda name: Source(name, tmp_path, "sample"))
    with pytest.raises(DataError, match=r"labels of test that no training text has: \['fly'"):
        intents.load_massive()


def test_paraphrases_are_simplified_and_not_from_the_other_parts():
    found = intents.load_massive()
    more = intents.load_paraphrases(found)
    held_out = {text for text, _ in found.validation + found.test}
    assert more
    assert not held_out & {text for text, _ in more}
    assert {label for _, label in more} <= set(found.labels)
    assert not set("鬧鐘調開關") & set("".join(text for text, _ in more))
