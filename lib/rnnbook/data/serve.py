"""Serve the registry's files to a classroom, and nothing else of this computer."""

import html
import http.server
import os
import shutil
import socket
import socketserver
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from rnnbook.data import registry

PATIENCE = 15.0  # seconds for a client to say what it wants, or to take BLOCK bytes
BLOCK = 1 << 16
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>数据</title>
<p>老师的电脑在分发这些数据。把这个页面的地址设成 RNNBOOK_MIRROR，再运行 make data。
<table>{rows}</table>
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answer one client: the page at ``/``, and files whole (no ranges) by their names."""

    protocol_version = "HTTP/1.1"  # thousands of small files share few connections
    timeout = PATIENCE
    disable_nagle_algorithm = True  # or a small file waits for the head to be acknowledged

    def handle_one_request(self):
        """Handle one request, whose head must be here in time."""
        self.server.waiting[self.connection] = time.monotonic()
        super().handle_one_request()

    def parse_request(self):
        """Read the rest of the head; from here on sending sets the pace."""
        whole = super().parse_request()
        self.server.waiting.pop(self.connection, None)
        return whole

    def finish(self):
        """Forget the client."""
        self.server.waiting.pop(self.connection, None)
        super().finish()

    def do_GET(self):
        """Send the page or one file."""
        name = unquote(self.path.partition("?")[0]).removeprefix("/")
        if not name:
            page = self.server.page().encode()
            self.start("text/html; charset=utf-8", len(page))
            if self.command == "GET":
                self.wfile.write(page)
        elif path := self.server.find(name):
            with open(path, "rb") as file:
                self.start("application/octet-stream", os.fstat(file.fileno()).st_size)
                if self.command == "GET":
                    shutil.copyfileobj(file, self.wfile, BLOCK)
        else:
            self.send_error(404)

    do_HEAD = do_GET

    def start(self, kind, length):
        """Send the head of a good answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "none")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing: a class asks thousands of times."""


class Server(socketserver.ThreadingTCPServer):  # HTTPServer would ask a name server first
    """Knows the registry's files in one folder; hangs up on clients that do not ask in time."""

    allow_reuse_address = os.name != "nt"  # there it would let two servers share a port
    daemon_threads = True
    request_queue_size = 128  # a class starts at once

    def __init__(self, folder, host, port):
        self.folder = Path(folder).resolve()
        self.files = {f"{entry.folder}/{file.name}": file
                      for entry in registry.load().values() for file in entry.files}
        self.waiting = {}  # connection -> when it began to ask
        super().__init__((host, port), Handler)

    def find(self, name):
        """The path of one of the registry's files when it is here and right, else None."""
        if name not in self.files:
            return None
        path = self.folder / name
        inside = path.resolve().is_relative_to(self.folder)
        return path if inside and not registry.verify(path, self.files[name]) else None

    def whole(self):
        """The datasets of which every file is here."""
        return [entry for entry in registry.load().values()
                if all(self.find(f"{entry.folder}/{file.name}") for file in entry.files)]

    def page(self):
        """The page at ``/``."""
        rows = (f"<tr><td>{entry.name}<td>{html.escape(entry.title)}<td>{entry.amount}"
                for entry in self.whole())
        return PAGE.format(rows="\n".join(rows))

    def service_actions(self):
        """Hang up on clients that have been asking for too long."""
        for connection, since in list(self.waiting.items()):
            if time.monotonic() - since > PATIENCE:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request, client_address):
        """Pass over a client that went away; a fault of ours is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def addresses(host):
    """The names or numbers under which other computers reach a server bound to ``host``."""
    if host not in ("", "0.0.0.0"):
        return [host]
    import psutil

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [address.address for name, all_of_it in psutil.net_if_addrs().items() if name in up
             for address in all_of_it if address.family == socket.AF_INET]
    return [number for number in found if not number.startswith(("127.", "169.254."))]


def serve(folder, host, port):
    """Serve until Ctrl-C; return the exit status."""
    try:
        server = Server(folder, host, port)
    except OSError as error:
        print(f"✘ 不能在 {host}:{port} 上分发（{error.strerror or error}）。端口可能已被占用："
              "换一个，例如 --port 9000；--host 要是本机的地址。", file=sys.stderr)
        return 1
    with server:
        whole = server.whole()
        if not whole:
            print(f"✘ {folder} 里没有完整的数据可以分发：先运行 python -m rnnbook.data fetch --all",
                  file=sys.stderr)
            return 1
        print(f"正在分发 {folder} 里的 {len(whole)} 个数据集；下课按 Ctrl-C。\n"
              "学生的电脑要在同一个网络里，在终端里运行（有几行时，用浏览器打得开的那个地址）：")
        found = addresses(host)
        for number in found or ["127.0.0.1"]:
            print(f"  RNNBOOK_MIRROR=http://{number}:{server.server_address[1]} make data")
        if not found:
            print("⚠ 这台电脑没有连上网络，现在只有它自己打得开：连上之后再运行一次。")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("已停止")
    return 0
