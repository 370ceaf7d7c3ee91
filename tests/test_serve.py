"""The lecturer's server: the registry's files, nothing else, and no client in its way."""

import contextlib
import hashlib
import http.client
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rnnbook import data
from rnnbook.data import __main__, registry, serve, sources
from rnnbook.data.registry import Dataset, File

LIB = Path(serve.__file__).resolve().parents[2]
WHOLE, PART = b"all of it\n" * 9000, b"a part"


def toys():
    def one(name, *bodies):
        files = (File(f"{n}.txt", hashlib.sha256(body).hexdigest(), len(body), ())
                 for n, body in enumerate(bodies))
        return Dataset(name, f"{name} <b>", name, "", "", ("ours",), tuple(files))

    return {"whole": one("whole", WHOLE), "half": one("half", WHOLE, PART)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the data, and with what is nobody's business."""
    monkeypatch.setattr(registry, "load", toys)
    place = tmp_path / "data"
    for name in ("whole", "half"):
        (place / name).mkdir(parents=True)
        (place / name / "0.txt").write_bytes(WHOLE)
    (place / ".secret").write_text("secret")
    (place / "marks.xlsx").write_text("secret")
    (tmp_path / "secret.txt").write_text("secret")
    return place


@pytest.fixture
def server(folder):
    with serve.Server(folder, "127.0.0.1", 0) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def ask(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def test_a_file_of_the_registry(server):
    status, body, headers = ask(server, "/whole/0.txt")
    assert (status, body) == (200, WHOLE)
    assert ask(server, "/whole/0.txt?x", "HEAD")[:2] == (200, b"")
    assert headers["Accept-Ranges"] == "none"
    assert ask(server, "/whole/0.txt", Range="bytes=5-9")[:2] == (200, WHOLE)


@pytest.mark.parametrize("path", [
    "/.secret", "/marks.xlsx", "/whole", "/whole/", "/half/1.txt", "/nothing", "/%00", "/%ff",
    "/../secret.txt", "/whole/../../secret.txt", "/whole/%2e%2e/%2e%2e/secret.txt",
    "/..%2fsecret.txt", "//secret.txt", "/whole//0.txt", "/WHOLE/0.txt", "/whole\\0.txt"])
def test_nothing_else(server, path):
    assert ask(server, path)[0] == 404


def test_links_that_leave_the_folder(server, folder, tmp_path):
    (tmp_path / "outside").write_bytes(PART)
    (folder / "half" / "1.txt").symlink_to(tmp_path / "outside")
    assert ask(server, "/half/1.txt")[0] == 404
    (folder / "half" / "1.txt").unlink()
    (folder / "inside").write_bytes(PART)
    (folder / "half" / "1.txt").symlink_to(folder / "inside")
    assert ask(server, "/half/1.txt")[:2] == (200, PART)


def test_bytes_that_are_wrong(server, folder):
    (folder / "half" / "1.txt").write_bytes(PART[::-1])
    assert ask(server, "/half/1.txt")[0] == 404


def test_the_page_names_what_is_whole(server):
    status, body, headers = ask(server, "/")
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    page = body.decode()
    assert "RNNBOOK_MIRROR" in page
    assert "whole &lt;b&gt;" in page
    assert "half" not in page
    assert "secret" not in page


def hung_up(client):
    """Whether the server closes the connection within some seconds."""
    client.settimeout(5)
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_clients_that_do_not_ask_in_time(server, monkeypatch, capfd):
    before = threading.active_count()
    monkeypatch.setattr(serve, "PATIENCE", 0.5)
    clients = [socket.create_connection(server.server_address) for _ in range(60)]
    for client in clients[1:]:
        client.sendall(b"GET /whole/0.txt HTTP/1.1\r\n")
    assert ask(server, "/whole/0.txt")[:2] == (200, WHOLE)
    start = time.monotonic()
    with contextlib.suppress(OSError):  # one says a letter now and then, for ever
        while time.monotonic() - start < 10:
            clients[-1].sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - start < 5
    assert all(hung_up(client) for client in clients)
    for client in clients:
        client.close()
    limit = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < limit:
        time.sleep(0.02)
    assert threading.active_count() <= before
    assert not server.waiting
    assert capfd.readouterr().err == ""


def test_a_client_that_does_not_take_its_file(server, monkeypatch, folder, capfd):
    big = bytes(30_000_000)  # more than the sockets hold
    file = File("0.txt", hashlib.sha256(big).hexdigest(), len(big), ())
    server.files["whole/0.txt"] = file
    (folder / "whole" / "0.txt").write_bytes(big)
    monkeypatch.setattr(serve.Handler, "timeout", 0.3)
    before = threading.active_count()
    with socket.create_connection(server.server_address) as client:
        client.sendall(b"GET /whole/0.txt HTTP/1.1\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        limit = time.monotonic() + 8
        while threading.active_count() > before and time.monotonic() < limit:
            time.sleep(0.02)
        assert threading.active_count() <= before
    assert capfd.readouterr().err == ""


def test_clients_that_go_away_leave_no_traceback(server, capfd):
    good = b"GET /whole/0.txt HTTP/1.1\r\n\r\n"
    for request in (b"", good[:7], good, b"\x16\x03\x01nonsense\r\n"):
        client = socket.create_connection(server.server_address)
        client.sendall(request)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()  # a reset
    assert ask(server, "/whole/0.txt")[0] == 200
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


def test_one_connection_serves_many_files(server):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    with contextlib.closing(connection):
        for _ in range(3):
            connection.request("GET", "/whole/0.txt")
            assert connection.getresponse().read() == WHOLE
            local = connection.sock.getsockname()
        assert connection.sock.getsockname() == local


def test_addresses_are_those_of_this_computer(monkeypatch):
    assert serve.addresses("10.1.2.3") == ["10.1.2.3"]
    for number in serve.addresses("0.0.0.0"):
        assert not number.startswith("127.")
        with socket.socket() as one:
            one.bind((number, 0))


def test_command_that_cannot_serve(folder, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert serve.serve(folder, "127.0.0.1", other.getsockname()[1]) == 1
    assert "端口可能已被占用" in capsys.readouterr().err
    assert serve.serve(folder, "no such host", 0) == 1
    assert "--host" in capsys.readouterr().err
    monkeypatch.setenv("RNNBOOK_DATA", str(folder / "nothing"))
    assert __main__.main(["serve", "--port", "0"]) == 1
    assert "没有完整的数据可以分发" in capsys.readouterr().err


def test_a_student_fetches_from_the_lecturer(tmp_path, monkeypatch):
    """Both commands as programs; sunspots is in the repository in full."""
    entry = registry.load()["sunspots"]
    lent = tmp_path / "lecturer"
    (lent / entry.folder).mkdir(parents=True)
    sample = sources.require("sunspots") / entry.files[0].name
    (lent / entry.folder / sample.name).write_bytes(sample.read_bytes())
    environment = {**os.environ, "PYTHONPATH": str(LIB), "PYTHONIOENCODING": "utf-8",
                   "RNNBOOK_DATA": str(lent)}
    lecturer = subprocess.Popen(
        [sys.executable, "-m", "rnnbook.data", "serve", "--host", "127.0.0.1", "--port", "0"],
        stdout=subprocess.PIPE, env=environment, encoding="utf-8")
    try:
        said = [lecturer.stdout.readline() for _ in range(3)]
        mirror = re.search("RNNBOOK_MIRROR=(http://127[.]0[.]0[.]1:[0-9]+) make data", said[2])
        assert "1 个数据集" in said[0]
        monkeypatch.delenv("RNNBOOK_DATA", raising=False)
        monkeypatch.setenv("RNNBOOK_CACHE", str(tmp_path / "student"))
        monkeypatch.setenv("RNNBOOK_MIRROR", mirror[1])
        monkeypatch.setattr(registry, "root", lambda: tmp_path)  # no samples
        monkeypatch.setattr(registry, "load", lambda: {"sunspots": entry})
        assert data.require("sunspots") == tmp_path / "student" / entry.folder
    finally:
        lecturer.kill()
        lecturer.communicate()
