# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP listener in front of the emulator: it passes on, or is something else for a while. And one that only counts."""

from __future__ import annotations

import contextlib
import select
import socket
import threading

NOT_TLS = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x46"  # fatal: protocol_version, as a server without TLS 1.2 says it
WORDS = {"plain": NOT_TLS, "alert": TLS_ALERT}


def _bound(port: int = 0) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


class _Listener:
    """Accepts connections in a thread of its own, and handles each in another one."""

    def __init__(self) -> None:
        self._socket = _bound()
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()

    def listen(self) -> None:
        self._socket.listen(64)
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            self._keep(connection)
            threading.Thread(target=self._handled, args=(connection,), daemon=True).start()

    def _handled(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):  # whoever drops the connections may come in between
            self.handle(connection)

    def handle(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.append(connection)

    def drop(self) -> None:
        """Ends all connections."""
        with self._lock:
            ended, self._open = self._open, []
        for connection in ended:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def close(self) -> None:
        self.stop_listening()
        self.drop()


class Gate(_Listener):
    """Modes: ``open`` leads to the emulator; ``refused``, ``silent``, ``plain``, ``alert``; any other is a port to lead to."""

    def __init__(self, target: int, ports: dict[str, int]) -> None:
        super().__init__()
        self._ports = {"open": target, **ports}
        self.mode = "open"
        self.listen()

    def turn(self, mode: str) -> None:
        """What new connections meet from now on; the old ones end."""
        if mode == self.mode:
            return
        if mode == "refused":
            self.stop_listening()
            self._socket = _bound(self.port)  # a port that is bound, but not listened to, refuses
        elif self.mode == "refused":
            self.listen()
        self.mode = mode
        self.drop()

    def handle(self, connection: socket.socket) -> None:
        mode = self.mode
        if mode in WORDS:
            connection.recv(4096)
            connection.sendall(WORDS[mode])
            connection.close()
        elif mode != "silent":
            self._pass_on(connection, self._ports[mode])

    def _pass_on(self, connection: socket.socket, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            self._keep(upstream)
            other = {connection: upstream, upstream: connection}
            while True:
                for readable in select.select(list(other), [], [])[0]:
                    data = readable.recv(65536)
                    if not data:
                        connection.close()
                        return
                    other[readable].sendall(data)


class OtherServer(_Listener):
    """A place that nothing may ever reach. It keeps what does."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[bytes] = []
        self.listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handle(self, connection: socket.socket) -> None:
        connection.settimeout(2)
        self.received.append(connection.recv(65536))
        connection.sendall(NOT_TLS)
        connection.close()
