# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in tests: one process for all of them, a fresh client for each.

with running_emulator() as emulator:
    client = emulator.client(version="2.49.1", settings={"webhooks": {"url": "https://..."}})
    ...
    assert [call["method"] for call in client.calls()] == ["POST", "GET", "POST"]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .calling import ROOT_CLIENT, ControlError, ControlLine

__all__ = ["Client", "ControlError", "Emulator", "running_emulator"]

PACKAGE_PARENT = Path(__file__).resolve().parents[1]


class Client:
    """One emulated client, as tests steer and question it."""

    def __init__(self, emulator: Emulator, name: str, username: str, password: str, version: str) -> None:
        self._emulator = emulator
        self.name = name
        self.username = username
        self.password = password
        self.version = version

    @property
    def api_url(self) -> str:
        return self._emulator.url_of(self.name)

    def variant_url(self, variant: str) -> str:
        """The same client behind `wrong_ca`, `expired`, `wrong_host` or `tls11`."""
        port = self._emulator.control("POST", f"tls/{variant}")["port"]
        return f"https://127.0.0.1:{port}" + (f"/{self.name}" if self.name else "")

    def _control(self, verb: str, what: str, /, **body: Any) -> Any:
        return self._emulator.control(verb, f"clients/{self.name or ROOT_CLIENT}/{what}", body)

    def configure(self, **options: Any) -> None:
        """Changes options that were given when the client was made."""
        self._control("PATCH", "config", **options)

    def remove(self) -> None:
        self._emulator.control("DELETE", f"clients/{self.name or ROOT_CLIENT}")

    # -- the record

    def calls(self) -> list[dict[str, Any]]:
        """Method, path, status, write, executed, keys (of a PATCH), fault, client_time, seconds: of each call."""
        return list(self._control("GET", "calls"))

    def clear_calls(self) -> None:
        self._control("DELETE", "calls")

    def writes(self) -> list[str]:
        """The calls that could have changed something, as "METHOD /path"."""
        return [f"{call['method']} {call['path']}" for call in self.calls() if call["write"]]

    # -- accounts

    def new_token(self, username: str | None = None) -> str:
        return str(self._control("POST", "tokens", **({"username": username} if username else {})))

    def live_tokens(self) -> int:
        return int(self._control("GET", "tokens"))

    def expire_tokens(self) -> int:
        return int(self._control("POST", "tokens/expire"))

    def add_user(self, username: str, password: str) -> None:
        self._control("POST", "users", username=username, password=password)

    # -- settings, rows, callbacks

    def stored(self) -> dict[str, Any]:
        """All settings as stored, by dotted API name; also those that GET never shows."""
        return dict(self._control("GET", "stored"))

    def in_effect(self) -> dict[str, dict[str, Any]]:
        """Per node, the settings that govern it: those that need a restart as they were at its start."""
        return dict(self._control("GET", "in_effect"))

    def rows(self) -> dict[str, int]:
        return dict(self._control("GET", "rows"))

    def queue(self) -> dict[str, int]:
        """Callbacks: total, queued, delivered, dropped, lost, failed_attempts."""
        return dict(self._control("GET", "queue"))

    def traffic(self, count: int = 1) -> dict[str, Any]:
        return dict(self._control("POST", "traffic", count=count))

    # -- nodes

    def nodes(self) -> list[dict[str, Any]]:
        return list(self._control("GET", "nodes"))

    def node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.nodes() if node["name"] == name)

    def restart(self, node: str) -> None:
        self._control("POST", f"nodes/{node}/restart")

    def stop(self, node: str) -> None:
        self._control("POST", f"nodes/{node}/stop")

    def start(self, node: str) -> None:
        self._control("POST", f"nodes/{node}/start")

    def configure_node(self, node: str, **options: Any) -> None:
        """Change options of one node: boot_seconds, initialize_seconds, connect_seconds, key, show_role.

        The durations concern nodes that are starting, or start later; a key its next start. None: as the client has it.
        """
        self._control("PATCH", f"nodes/{node}", **options)

    def events(self) -> list[dict[str, Any]]:
        """`start`, `stop`, `death`, elections (`primary`), moved shards (`shard`), `ban`, collections by hand."""
        return list(self._control("GET", "events"))

    def status(self) -> dict[str, Any]:
        return dict(self._control("GET", "status"))

    # -- faults

    def order_fault(
        self,
        kind: str,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
        skip: int = 0,
        **details: Any,
    ) -> None:
        """The next `times` calls of this method and path (after `skip` others) meet the fault; times=0: all."""
        self._control("POST", "faults", kind=kind, method=method, path=path, times=times, skip=skip, **details)

    def faults(self) -> list[dict[str, Any]]:
        return list(self._control("GET", "faults"))

    def clear_faults(self) -> None:
        self._control("DELETE", "faults")


class Emulator:
    """A running emulator in fleet mode."""

    def __init__(self, port: int, ca_path: str, pid: int) -> None:
        self.port = port
        self.ca_path = ca_path
        self.pid = pid
        self._line = ControlLine(port, ca_path)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._line.call(method, path, body)

    def url_of(self, client: str) -> str:
        return f"https://127.0.0.1:{self.port}" + (f"/{client}" if client else "")

    def client(self, name: str | None = None, **options: Any) -> Client:
        """A fresh client, settled. Options: those of `ClientConfig`, and `settings` (nested or dotted names)."""
        given = {**options, **({"name": name} if name is not None else {})}
        made = self.control("POST", "clients", given)
        return Client(self, made["name"], made["username"], made["password"], made["version"])


@contextmanager
def running_emulator(speed: float = 1.0) -> Iterator[Emulator]:
    """Starts the emulator as a process of its own; it ends with this block, also when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="wabiz-emulator-"))
    options = ["--state", str(folder), "--speed", str(speed), "--end-with-stdin", "--temporary"]
    command = [sys.executable, "-m", "emulator", "serve", *options]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
    try:
        assert process.stdout is not None and process.stdin is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the emulator did not start (exit code {process.wait()})")
        ready = json.loads(line)
        yield Emulator(ready["port"], ready["ca_path"], ready["pid"])
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        shutil.rmtree(folder, ignore_errors=True)
