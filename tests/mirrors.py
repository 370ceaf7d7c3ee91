"""A local web server whose folders behave like good and bad mirrors, for tests."""

import contextlib
import gzip
import http.server
import threading
import time
from urllib.parse import unquote

HTML = b"<!DOCTYPE html><html><body>Please log in to the campus network</body></html>"


class Handler(http.server.BaseHTTPRequestHandler):
    """The first part of the path says how the mirror behaves, the rest names the file."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        _, behaviour, *rest = unquote(self.path).split("/")
        self.server.asked.append((behaviour, "/".join(rest)))
        body = self.server.content.get(rest[-1])
        if behaviour == "missing" or body is None or rest[-1] in self.server.withheld:
            return self.answer(b"not here", 404)
        getattr(self, behaviour)(body)

    def answer(self, body, status=200, length=None, kind="application/octet-stream"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self, body):
        self.answer(body)

    def slow(self, body):
        time.sleep(0.3)
        self.answer(body)

    def wrong(self, body):
        self.answer(bytes(reversed(body)))

    def longer(self, body):
        self.answer(body + b"more")

    def html(self, body):
        self.answer(HTML, kind="text/html")

    def cut(self, body):
        self.answer(body[: len(body) // 2], length=len(body))
        self.close_connection = True

    def cut_silently(self, body):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def chunked(self, body):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (body[:1000], body[1000:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def gzipped(self, body):
        body = gzip.compress(body)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.pour(body[:1], 0.05)

    def endless(self, body):
        self.send_response(200)
        self.end_headers()
        self.pour(b"x" * 100_000, 0.001)

    def pour(self, block, pause, seconds=20):
        """Send a block again and again until the client goes or the test is long over."""
        self.close_connection = True
        start = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - start < seconds:
                self.wfile.write(block)
                self.server.poured += len(block)
                time.sleep(pause)


class Server(http.server.ThreadingHTTPServer):
    """Serves ``content`` (file name -> bytes) and writes down what was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, content, port):
        super().__init__(("127.0.0.1", port), Handler)
        self.content, self.asked, self.withheld = dict(content), [], set()
        self.poured = 0  # bytes that drip and endless have sent

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # a client that went away


@contextlib.contextmanager
def serving(content, port=0):
    """Run a server for the length of a block."""
    with Server(content, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
