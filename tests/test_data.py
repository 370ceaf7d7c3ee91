"""The loader against good and bad mirrors, disks and folders; only 127.0.0.1 is ever asked."""

import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
import unicodedata
from pathlib import Path

import pytest
import requests

from mirrors import serving
from rnnbook import data
from rnnbook.data import __main__, download, registry, sources

LIB = Path(sources.__file__).resolve().parents[2]
FILES = {f"part {n}.txt": (f"line {n}\n" * 20_000).encode() for n in range(5)}
BOOK = registry.root()


def blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def forget_hosts():
    download._dead.clear()
    download._late.clear()


@pytest.fixture
def server():
    with serving(FILES) as running:
        yield running


@pytest.fixture
def book(tmp_path, monkeypatch, server):
    """A registry of two datasets, one with a sample, and no data anywhere."""
    folder = tmp_path / "datasets"
    (folder / "files").mkdir(parents=True)
    (folder / "samples" / "toys").mkdir(parents=True)
    (folder / "samples" / "toys" / "part 0.txt").write_text("a small sample\n")
    lines = {
        "toys": [
            f"{hashlib.sha256(body).hexdigest()}\t{len(body)}\t0\t{name}"
            for name, body in FILES.items()
        ],
        "bare": [f"gitblob:{blob(FILES['part 1.txt'])}\t0\t0\tpart 1.txt\tin a folder/part 1.txt"],
    }
    for name, rows in lines.items():
        (folder / "files" / f"{name}.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    source = {"repo": "r", "commit": "c", "licence": "ours", "mirrors": ["one", "two"]}
    entry = {"title": "t", "homepage": "h", "citation": "c", "sources": [source]}

    def mirrors(one, two="missing"):
        """Choose how the two public mirrors behave; an address stands for itself."""
        tail = "/{repo}/{commit}/{path}"
        chosen = [m if ":" in m else f"{server.address}/{m}" for m in (one, two)]
        registry_json = {
            "mirrors": dict(zip(("one", "two"), [c + tail for c in chosen])),
            "datasets": {name: {**entry, "folder": name} for name in lines},
        }
        (folder / "registry.json").write_text(json.dumps(registry_json))
        registry.load.cache_clear()
        forget_hosts()

    for variable in ("RNNBOOK_DATA", "RNNBOOK_MIRROR", "RNNBOOK_OFFLINE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("RNNBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "root", lambda: folder)
    mirrors("good")
    yield mirrors
    registry.load.cache_clear()
    forget_hosts()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def stored(folder):
    """Everything below a folder: relative name -> bytes."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def whole(name="toys"):
    return {f"{name}/{file}": body for file, body in FILES.items()}


# ---- the order of places ---------------------------------------------------------------


def test_downloads_once_and_then_uses_the_cache(book, cache, server, capsys):
    source = data.fetch("toys")
    assert (source.kind, source.full, source.path) == ("full", True, cache / "toys")
    assert stored(cache) == whole()
    assert "data: toys full" in capsys.readouterr().out
    asked = len(server.asked)
    assert data.fetch("toys") == source
    assert len(server.asked) == asked == len(FILES)


def test_own_folder_comes_first(book, tmp_path, monkeypatch, server):
    for file, body in whole().items():
        (tmp_path / "own" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / file).write_bytes(body)
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "own"))
    assert data.fetch("toys").path == tmp_path / "own" / "toys"
    assert data.status("toys") == "full"
    assert not server.asked


@pytest.mark.parametrize("body", [b"short", bytes(len(FILES["part 2.txt"]))])
def test_wrong_file_in_own_folder_is_named(book, tmp_path, monkeypatch, body):
    for file, right in whole().items():
        (tmp_path / "own" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / file).write_bytes(right)
    (tmp_path / "own/toys/part 2.txt").write_bytes(body)
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "own"))
    with pytest.raises(data.DataError, match=r"part 2\.txt has .* fetch toys"):
        data.fetch("toys")


def test_own_folder_that_does_not_exist_is_an_error(book, monkeypatch):
    monkeypatch.setenv("RNNBOOK_DATA", "/no/such/folder")
    with pytest.raises(data.DataError, match="/no/such/folder is not a folder"):
        data.fetch("toys")


def test_incomplete_own_folder_is_passed_over(book, tmp_path, monkeypatch, cache):
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path / "own"))
    assert data.fetch("toys").path == cache / "toys"


def test_offline_uses_the_sample_and_says_so(book, monkeypatch, server, capsys, cache):
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")
    assert data.status("toys") == "sample"
    source = data.fetch("toys")
    assert (source.kind, source.full) == ("sample", False)
    assert (source.path / "part 0.txt").read_text() == "a small sample\n"
    out = capsys.readouterr().out
    assert "data: toys sample" in out
    assert "样例" in out
    assert "python -m rnnbook.data fetch toys" in out
    assert not server.asked
    assert not cache.exists()


def test_without_sample_the_error_says_what_to_do(book, monkeypatch):
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")
    assert data.status("bare") == "missing"
    with pytest.raises(data.DataError, match=r"no built-in sample.*fetch bare"):
        data.fetch("bare")


def test_sample_that_is_the_full_data_counts_as_full(book, monkeypatch, server):
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")
    for name, body in FILES.items():
        (registry.root() / "samples" / "toys" / name).write_bytes(body)
    assert data.fetch("toys").kind == "full"
    assert not server.asked


def test_unknown_name_proposes_the_nearest_or_lists_the_names(book):
    with pytest.raises(data.DataError, match=r"'toy'; did you mean 'toys'\?$"):
        data.fetch("toy")
    with pytest.raises(data.DataError, match="toys, bare"):
        data.fetch("weather")


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is for Linux")
def test_cache_stands_where_it_always_stood(monkeypatch, tmp_path):
    monkeypatch.delenv("RNNBOOK_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data.cache_folder() == tmp_path / "rnnbook"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data.cache_folder() == tmp_path / ".cache" / "rnnbook"


def test_published_metadata_say_which_data(book, monkeypatch):
    seen = []
    monkeypatch.setattr(sources, "publish", lambda text, **values: seen.append((text, values)))
    data.fetch("toys")
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")
    shutil.rmtree(data.cache_folder())
    data.fetch("toys")
    assert [values for _, values in seen] == [{"data": {"toys": k}} for k in ("full", "sample")]
    assert seen[0][0] == "data: toys full"


# ---- bad mirrors -----------------------------------------------------------------------

BAD = {  # a mirror's behaviour -> what an exception and a notice say
    "missing": ("answered 404", "没有给这个文件"),
    "wrong": ("wrong bytes", "文件不对"),
    "longer": ("wrong bytes", "文件不对"),
    "html": ("an HTML page instead of the data", "网页"),
    "cut": ("broke off", "中途断了"),
    "cut_silently": ("wrong bytes", "文件不对"),
}


@pytest.mark.parametrize("bad", BAD)
def test_next_mirror_after_a_bad_one(book, bad, cache, server):
    book(bad, "good")
    assert data.fetch("toys").full
    assert stored(cache) == whole()
    assert len([b for b, _ in server.asked if b == bad]) <= 1 + download.THREADS


@pytest.mark.parametrize(("bad", "reason", "chinese"), [(bad, *said) for bad, said in BAD.items()])
def test_only_bad_mirrors_give_the_sample_and_the_reason(book, bad, reason, chinese, cache, capsys):
    book(bad, bad)
    assert data.fetch("toys").kind == "sample"
    assert chinese in capsys.readouterr().out
    assert stored(cache) == {}
    with pytest.raises(data.DataError, match=reason):
        data.require("toys")


@pytest.mark.parametrize("bad", BAD)
def test_hash_of_git_is_verified_too(book, bad, cache):
    book(bad, "good")
    assert data.fetch("bare").full
    assert stored(cache) == {"bare/part 1.txt": FILES["part 1.txt"]}
    shutil.rmtree(cache)
    book(bad, bad)
    with pytest.raises(data.DataError, match="bare"):
        data.fetch("bare")
    assert stored(cache) == {}


@pytest.mark.parametrize("good", ["chunked", "gzipped"])
def test_other_ways_to_send_the_right_bytes(book, good, cache):
    book(good)
    assert data.fetch("toys").full
    assert stored(cache) == whole()


def test_a_trickle_is_given_up(book, cache, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE", 0.3)
    book("drip", "good")
    start = time.monotonic()
    assert data.fetch("toys").full
    assert time.monotonic() - start < 8
    assert stored(cache) == whole()
    book("drip", "drip")
    with pytest.raises(data.DataError, match="is too slow"):
        data.require("bare")


def test_a_file_of_unknown_size_is_bounded(book, cache, monkeypatch, server):
    monkeypatch.setattr(download, "MOST_BYTES", 1_000_000)
    book("endless", "good")
    start = time.monotonic()
    assert data.fetch("bare").full
    assert time.monotonic() - start < 8
    assert server.poured < 20_000_000  # with what the sockets hold
    assert stored(cache) == {"bare/part 1.txt": FILES["part 1.txt"]}


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def test_mirror_that_is_down(book, cache):
    book(closed_port(), "good")
    assert data.fetch("toys").full
    assert stored(cache) == whole()


def test_dead_network_is_asked_once_and_waiting_is_bounded(book, monkeypatch, capsys):
    monkeypatch.setattr(download, "ANSWER_TIMEOUT", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts and never answers
        book(f"http://127.0.0.1:{deaf.getsockname()[1]}", closed_port())
        start = time.monotonic()
        assert data.fetch("toys").kind == "sample"
        assert time.monotonic() - start < 3
        start = time.monotonic()
        assert data.fetch("toys").kind == "sample"
        assert time.monotonic() - start < 0.2
    assert "连不上（没有回应）" in capsys.readouterr().out


def test_a_dead_host_is_asked_again_after_a_while(book, monkeypatch):
    address = closed_port()
    book(f"{address}/good", address)
    assert data.fetch("toys").kind == "sample"
    with serving(FILES, int(address.rsplit(":", 1)[1])) as server:
        assert data.fetch("toys").kind == "sample"
        assert not server.asked
        monkeypatch.setattr(download, "DEAD_FOR", 0.0)
        assert data.fetch("toys").full


def test_name_resolution_that_hangs_is_bounded(book, monkeypatch):
    monkeypatch.setattr(download, "ANSWER_TIMEOUT", 0.3)
    monkeypatch.setattr(requests.Session, "get", lambda *_, **__: time.sleep(2))
    start = time.monotonic()
    assert data.fetch("toys").kind == "sample"
    assert time.monotonic() - start < 1.5


def test_own_mirror_is_asked_first_and_may_lack_files(book, monkeypatch, server, cache):
    monkeypatch.setenv("RNNBOOK_MIRROR", f"{server.address}/slow/")
    server.withheld.add("part 3.txt")
    assert data.fetch("toys").kind == "sample"  # both say 404 for that file
    assert server.asked[0] == ("slow", "toys/part 0.txt")
    server.withheld.clear()
    assert data.fetch("toys").full
    assert stored(cache) == whole()


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1/x", "http://"])
def test_nonsense_as_own_mirror_does_not_stop_the_others(book, monkeypatch, address, cache):
    monkeypatch.setenv("RNNBOOK_MIRROR", address)
    assert data.fetch("toys").full


def test_an_interrupted_set_goes_on_where_it_stopped(book, server, cache):
    server.withheld.add("part 4.txt")
    assert data.fetch("toys").kind == "sample"
    kept = stored(cache)
    assert "toys/part 0.txt" in kept
    assert kept.items() <= whole().items()
    server.withheld.clear()
    server.asked.clear()
    assert data.fetch("toys").full
    asked = {file.split("/")[-1] for _, file in server.asked}
    assert asked == {file.split("/")[-1] for file in whole().keys() - kept.keys()}


def test_a_damaged_file_in_the_cache_is_replaced(book, cache, server):
    data.fetch("toys")
    for name in ("part 1.txt", "part 2.txt"):
        body = FILES[name]
        time.sleep(0.01)
        (cache / "toys" / name).write_bytes(body[:-1] if "1" in name else body[:-1] + b"?")
    server.asked.clear()
    assert data.status("toys") == "sample"
    assert data.fetch("toys").full
    assert stored(cache) == whole()
    assert len(server.asked) == 2


def test_a_damaged_file_stays_until_the_right_one_is_there(book, cache):
    data.fetch("toys")
    (cache / "toys" / "part 1.txt").write_bytes(b"my notes")
    book("cut", "html")
    assert data.fetch("toys").kind == "sample"
    assert (cache / "toys" / "part 1.txt").read_bytes() == b"my notes"


# ---- disks and processes ---------------------------------------------------------------


def test_full_disk_is_said_and_leaves_nothing(book, cache, monkeypatch, capsys):
    class FullDisk:
        def __init__(self, path, mode):
            self.file = open(path, mode)
            self.written = 0

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def write(self, block):
            self.written += self.file.write(block)
            if self.written > 100_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def __getattr__(self, name):
            return getattr(self.file, name)

    monkeypatch.setattr(download, "open", FullDisk, raising=False)
    assert data.fetch("toys").kind == "sample"
    assert "No space left on device" in capsys.readouterr().out
    assert stored(cache) == {}


def test_cache_that_cannot_be_written(book, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("RNNBOOK_CACHE", str(tmp_path / "file"))
    assert data.fetch("toys").kind == "sample"
    assert "写不进" in capsys.readouterr().out
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_read_only_cache(book, cache, capsys):
    data.fetch("toys")
    (cache / "toys" / "part 1.txt").unlink()
    (cache / "toys").chmod(0o555)
    try:
        assert data.fetch("toys").kind == "sample"
    finally:
        (cache / "toys").chmod(0o755)
    assert "写不进" in capsys.readouterr().out


def test_complete_read_only_cache_is_used(book, cache, server):
    data.fetch("toys")
    server.asked.clear()
    (cache / "toys").chmod(0o555)
    try:
        assert data.fetch("toys").full
    finally:
        (cache / "toys").chmod(0o755)
    assert not server.asked


def run(script, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(LIB), "PYTHONIOENCODING": "utf-8", **environment},
    )


def fetch_toys():
    """A process that fetches the toys of this test's registry."""
    return run(f"""
    import pathlib
    from rnnbook import data
    from rnnbook.data import registry
    registry.root = lambda: pathlib.Path({str(registry.root())!r})
    print(data.fetch("toys").kind)
    """)


def test_two_processes_at_once(book, cache, server):
    book("slow")
    both = [fetch_toys(), fetch_toys()]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.split()[-1] == "full"
    assert stored(cache) == whole()
    assert len(server.asked) > len(FILES)  # they did meet


def test_a_killed_process_leaves_no_file_that_is_used(book, cache, server):
    book("slow")
    process = fetch_toys()
    limit = time.monotonic() + 20
    while not server.asked and time.monotonic() < limit:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert data.fetch("toys").full
    found = stored(cache)
    assert {name: found[name] for name in whole()} == whole()


# ---- command line ----------------------------------------------------------------------


def test_cli_as_a_program():
    command = [sys.executable, "-m", "rnnbook.data", "list"]
    environment = {**os.environ, "PYTHONPATH": str(LIB), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for name in registry.load(BOOK):
        assert name in done.stdout


def test_cli_loads_nothing_heavy():
    process = run("""
    import sys
    from rnnbook.data import __main__, serve
    __main__.main(["list"])
    heavy = {"tensorflow", "keras", "numpy", "pandas", "requests", "IPython"}
    print("loaded:", *heavy & set(sys.modules))
    """)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.splitlines()[-1] == "loaded:"


def test_cli_fetch(book, cache, capsys):
    assert __main__.main(["fetch", "--all"]) == 0
    assert stored(cache).keys() == whole().keys() | {"bare/part 1.txt"}
    assert f"toys：完整，在 {cache / 'toys'}\n" in capsys.readouterr().out


def test_cli_fetch_that_fails(book, capsys):
    book("html", "good")
    assert __main__.main(["fetch", "toys", "toy"]) == 1
    out, err = capsys.readouterr()
    assert "toys：完整" in out
    assert [line for line in err.splitlines() if line.startswith("✘")] == [
        "✘ toy：没有叫 toy 的数据集；是不是 toys？"
    ]
    assert "RNNBOOK_MIRROR" not in err  # no advice about the network for a misspelt name


def test_cli_without_a_network_says_what_to_do(book, capsys):
    address = closed_port()
    book(address, address)
    assert __main__.main(["fetch", "--all"]) == 1
    err = capsys.readouterr().err
    assert f"✘ toys：{address.removeprefix('http://')} 连不上\n" in err
    assert "没有得到：toys、bare。" in err
    assert "RNNBOOK_MIRROR=http://" in err
    assert "RNNBOOK_DATA=" in err
    assert "toys 有书里自带的小样例" in err


def test_cli_speaks_of_the_readers_own_folder(book, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RNNBOOK_DATA", "/no/such/folder")
    assert __main__.main(["fetch", "toys"]) == 1
    assert "RNNBOOK_DATA=/no/such/folder 不是文件夹" in capsys.readouterr().err
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "part 0.txt").write_text("short")
    monkeypatch.setenv("RNNBOOK_DATA", str(tmp_path))
    assert __main__.main(["list"]) == 1
    out, err = capsys.readouterr()
    assert "有误" in out
    assert "part 0.txt 与登记的不一致" in err


def test_cli_never_takes_a_sample_for_the_data(book, monkeypatch, capsys):
    monkeypatch.setenv("RNNBOOK_OFFLINE", "1")
    assert __main__.main(["fetch", "toys"]) == 1
    assert "✘ toys：设了 RNNBOOK_OFFLINE=1，不联网\n" in capsys.readouterr().err


def columns(text):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def test_cli_list_is_a_straight_table(book, capsys):
    data.fetch("bare")
    capsys.readouterr()
    assert __main__.main(["list"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert ["样例" in rows[0], "完整" in rows[1]] == [True, True]
    starts = {columns(row[: row.index("ours")]) for row in rows}
    assert starts == {columns(head[: head.index("许可")])}


def test_cli_where_and_help(book, capsys, cache):
    assert __main__.main(["where"]) == 0
    assert capsys.readouterr().out == f"{cache}\n"
    for wrong in (["fetch"], [], ["delete"], ["serve", "--port", "99999"]):
        with pytest.raises(SystemExit) as stop:
            __main__.main(wrong)
        assert stop.value.code == 2
    assert "端口是 0 到 65535 的整数，不是 99999" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        __main__.main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "RNNBOOK_MIRROR" in out
    assert "下载数据" in out


# ---- the registry ----------------------------------------------------------------------


def test_registry_is_sound():
    datasets = registry.load(BOOK)
    places = [f"{d.folder}/{f.name}" for d in datasets.values() for f in d.files]
    assert len(places) == len(set(places))
    for entry in datasets.values():
        assert entry.licences
        assert entry.citation
        assert entry.homepage.startswith("https://")
        for file in entry.files:
            parts = Path(file.name).parts
            assert ".." not in parts
            assert file.urls[0].startswith("https://raw.githubusercontent.com/")
            assert len(file.digest.removeprefix("gitblob:")) == (64 if file.size else 40)
    jsdelivr = [f.urls[1] for f in datasets["tinyshakespeare"].files]
    assert jsdelivr[0].startswith("https://cdn.jsdelivr.net/gh/karpathy/char-rnn@")
    poem = datasets["chinese_poetry"].files[0]
    assert poem.urls[0].endswith("/%E5%85%A8%E5%94%90%E8%AF%97/poet.tang.0.json")
    assert len(poem.urls) == 1  # jsDelivr refuses that repository
    assert len(datasets["fsdd"].files) == 3000


def test_registry_agrees_with_the_manifest():
    manifest = Path(os.environ.get("RNNBOOK_DATA", "")) / "MANIFEST.json"
    if not os.environ.get("RNNBOOK_DATA") or not manifest.is_file():
        pytest.skip("no MANIFEST.json in RNNBOOK_DATA")
    rows = json.loads(manifest.read_text("utf-8"))
    known = {
        f"{d.folder}/{f.name}": (f.digest, f.size, f.urls[0])
        for d in registry.load(BOOK).values()
        for f in d.files
        if f.size
    }
    raw = "https://raw.githubusercontent.com/{repo}/{commit}/"
    expected = {
        row["file"]: (
            row["sha256"],
            row["size"],
            raw.format(**row) + registry.quote(row["path"]),
        )
        for row in rows
    }
    assert known.items() <= expected.items()  # the folder may hold more


@pytest.mark.parametrize("name", list(registry.load(BOOK)))
def test_full_data_are_right(name, need_full):
    need_full(name)
    assert data.fetch(name).full


def test_every_dataset_has_a_card():
    cards = {path.stem for path in (BOOK / "cards").glob("*.md")}
    assert cards == {entry.folder for entry in registry.load(BOOK).values()}
    for folder in cards:
        text = (BOOK / "cards" / f"{folder}.md").read_text("utf-8")
        for heading in ("来源", "许可", "规模", "字段", "教学注意", "引用"):
            assert f"## {heading}" in text, (folder, heading)
        for entry in registry.load(BOOK).values():
            if entry.folder == folder:
                assert f"`{entry.name}`" in text, (folder, entry.name)


def test_nothing_unpickles():
    files = list((LIB / "rnnbook").rglob("*.py"))
    assert files
    for path in files:
        text = path.read_text("utf-8")
        assert "import pickle" not in text, path
        assert "allow_pickle=True" not in text, path
        assert "read_pickle" not in text, path


# ---- the samples -----------------------------------------------------------------------


def test_samples_are_made_by_the_script(tmp_path):
    script = BOOK / "make_samples.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, stdout=subprocess.DEVNULL)
    made, kept = stored(tmp_path), stored(BOOK / "samples")
    published = {"timeseries/airline-passengers.csv", "timeseries/monthly-sunspots.csv"}
    assert kept.keys() == made.keys() | published
    assert all(kept[name] == body for name, body in made.items())


def test_samples_are_small():
    assert sum(map(len, stored(BOOK / "samples").values())) < 2_000_000
