# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A webhook: an HTTPS server on the loopback that counts the callbacks it gets."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


class Receiver:
    """Where callbacks arrive. A body that comes again (a callback whose acknowledgement was lost) counts once."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._lock = threading.Lock()
        self._bodies: set[bytes] = set()

    def take(self, body: bytes) -> None:
        with self._lock:
            self._bodies.add(body)

    @property
    def count(self) -> int:
        with self._lock:
            return len(self._bodies)

    @property
    def bodies(self) -> list[bytes]:
        with self._lock:
            return sorted(self._bodies)

    def url(self, secret: str) -> str:
        return f"https://127.0.0.1:{self.port}/hook?auth={secret}"


@contextmanager
def receiving(folder: Path) -> Iterator[tuple[Receiver, str]]:
    """A receiver, and the file of the CA that its certificate comes from."""
    authority = trustme.CA()
    ca_path = folder / "receiver-ca.pem"
    authority.cert_pem.write_to_path(str(ca_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *dummy: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver, str(ca_path)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
