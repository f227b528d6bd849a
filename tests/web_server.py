"""A server of pages for the tests, over http or TLS, which answers well and badly."""

from __future__ import annotations

import gzip
import io
import ssl
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from fx.documents import Limits, documents_at
from fx.errors import InputError
from fx.reader import Reading, read_documents
from tests.builders import BOARD, NOON, PAGE

RUSSIAN = "Курсы: рубль\n" + BOARD
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


class Handler(BaseHTTPRequestHandler):
    """Answers by the path, well and badly."""

    seen: list[tuple[str, str | None]] = []  # noqa: RUF012
    dripped: list[str] = []  # noqa: RUF012
    """What was heard to its end, though it took ten seconds."""

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        return DATE

    def answer(self, data: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization")))
        path, _, query = self.path.partition("?")
        if path == "/page":
            self.answer(PAGE.encode())
        elif path == "/board":
            self.answer(BOARD.encode())
        elif path == "/changed":
            self.answer(BOARD.encode(), Last_Modified="Thu, 01 Jan 2026 00:00:00 GMT")
        elif path == "/russian":
            self.answer(RUSSIAN.encode("cp1251"), Content_Type="text/html; charset=windows-1251")
        elif path == "/wrong":
            self.answer(RUSSIAN.encode("cp1251"), Content_Type="text/html; charset=utf-8")
        elif path == "/packed":
            self.answer(gzip.compress(PAGE.encode()), Content_Encoding="gzip")
        elif path == "/broken":
            self.answer(gzip.compress(PAGE.encode())[:40] + bytes(50), Content_Encoding="gzip")
        elif path == "/zip":
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("page.txt", PAGE)
            self.answer(file.getvalue())
        elif path == "/late":  # a redirect, after so long
            seconds, _, address = query.partition(",")
            time.sleep(float(seconds))
            self.answer(b"", 302, Location=address)
        elif path == "/loop":
            self.answer(b"", 302, Location="/loop")
        elif path == "/to":
            self.answer(b"", 302, Location=query)
        elif path.startswith("/hop"):
            hops = int(path[4:])
            self.answer(b"", 301, Location=f"/hop{hops - 1}" if hops else "/page")
        elif not self.ends_oddly(path):
            self.answer(b"KZT/USD = 0.5 0%", int(path[1:]) if path[1:].isdigit() else 404)

    def ends_oddly(self, path: str) -> bool:
        """Answer with a body that does not end as it should; whether this is the path of one."""
        if path == "/huge":
            self.answer(b"", Content_Length=str(10**12))
            self.pour()
        elif path == "/short":
            self.answer(BOARD.encode(), Content_Length="100000")
        elif path == "/open":
            self.without_length(BOARD.encode())
            with suppress(OSError):  # over TLS it says that this is all, and the other side need not answer
                self.connection.unwrap()  # type: ignore[attr-defined]
        elif path == "/open-cut":
            self.without_length(BOARD.encode())
        elif path == "/chunks-cut":
            self.without_length(b"%x\r\n%s\r\n" % (len(BOARD), BOARD.encode()), Transfer_Encoding="chunked")
        elif path == "/drip":
            self.answer(b"", Content_Length="100000")
            self.drip(b"x")
        elif path == "/drip-head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            self.drip(b"x")
        else:
            return False
        return True

    def without_length(self, data: bytes, **headers: str) -> None:
        """A body that ends where the connection does, or one of chunks, in the words of HTTP/1.1."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.wfile.write("".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()).encode())
        self.wfile.write(b"Connection: close\r\n\r\n" + data)

    def pour(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(BOARD.encode() * 1000)
        except OSError:
            self.close_connection = True

    def drip(self, piece: bytes) -> None:
        try:
            for _ in range(200):
                self.wfile.write(piece)
                time.sleep(0.05)
            self.dripped.append(self.path)
        except OSError:
            self.close_connection = True


class Quiet(ThreadingHTTPServer):
    """A server that says nothing of clients that break off, as those should that do not trust it."""

    daemon_threads = True
    slow = 0.0
    """Seconds that a client waits for the handshake."""

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Keep the client waiting."""
        time.sleep(self.slow)
        super().process_request_thread(request, client_address)

    def handle_error(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(context: ssl.SSLContext | None = None, *, slow: float = 0) -> Iterator[str]:
    """A server on this machine, over TLS if it is given its side of it; its host and port."""
    server = Quiet(("127.0.0.1", 0), Handler)
    server.slow = slow
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def read(address: str, limits: Limits = Limits()) -> Reading | InputError:  # noqa: B008
    (found,) = read_documents(documents_at([address], limits), now=NOON)
    return found


def failed(address: str, limits: Limits = Limits()) -> str:  # noqa: B008
    found = read(address, limits)
    assert isinstance(found, InputError), found
    return found.message
