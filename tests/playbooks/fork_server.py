# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-playbook without paying for its imports each time: a process that has imported Ansible forks for each run.

The forked process runs Ansible's own command line entry point, with the arguments, environment and folder of the run.
Ansible reads its configuration (``ANSIBLE_*``) while it is imported, so there is one server for each such environment.

    python fork_server.py SOCKET      listens there until its standard input is closed

A run is one connection: the request as a JSON line, back come the process id and the exit code, each as a line.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Ansible's command line, the plugins that every run loads, and what the collection needs besides.
IMPORTED = (
    "ansible.cli.playbook",
    "ansible.executor.task_queue_manager",
    "ansible.plugins.callback.default",
    "ansible.plugins.connection.local",
    "ansible.plugins.filter.core",
    "ansible.plugins.inventory.host_list",
    "ansible.plugins.inventory.yaml",
    "ansible.plugins.lookup.template",
    "ansible.plugins.shell.sh",
    "ansible.plugins.strategy.linear",
    "ansible.plugins.test.core",
    "requests",
)
START = 60.0  # seconds that the imports may take on a busy machine


class ForkServer:
    """A server for one environment, as its user sees it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._folder = tempfile.mkdtemp(prefix="fork-server-")
        atexit.register(self.close)
        self._path = str(Path(self._folder) / "socket")
        # Its standard input closes when this process ends, however that happens.
        self._process = subprocess.Popen(
            [sys.executable, __file__, self._path], env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        ready, _writable, _broken = select.select([self._process.stdout], [], [], START)
        if not ready or not self._process.stdout.readline():
            raise AssertionError("The fork server did not start.")

    def run(self, arguments: Sequence[str], env: Mapping[str, str], folder: Path, output: Path, timeout: float) -> int:
        """The exit code of ansible-playbook with these arguments; negative for the signal that ended it."""
        request = {"arguments": list(arguments), "env": dict(env), "folder": str(folder), "output": str(output)}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(self._path)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as responses:
                pid = int(responses.readline())
                try:
                    code = responses.readline()
                except TimeoutError:
                    os.kill(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        return int(code) if code else -signal.SIGKILL

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


class ForkServers:
    """The servers of one test process: one for each environment of Ansible that is asked for a second time."""

    def __init__(self) -> None:
        self._asked: set[Any] = set()
        self._servers: dict[Any, ForkServer] = {}
        self._lock = threading.Lock()

    def for_environment(self, env: Mapping[str, str]) -> ForkServer | None:
        """The server for this environment; None the first time, and where each process has to be one of its own."""
        if "COVERAGE_PROCESS_START" in env:
            return None
        key = frozenset((name, value) for name, value in env.items() if name.startswith("ANSIBLE_"))
        with self._lock:
            if key in self._servers:
                return self._servers[key]
            if key not in self._asked:
                self._asked.add(key)
                return None
            self._servers[key] = ForkServer(env)
            return self._servers[key]


def _import() -> None:
    """What every run imports. The collection itself is not a part of it: each run loads it through Ansible's loader."""
    for name in IMPORTED:
        importlib.import_module(name)


def _serve(path: str) -> None:
    _import()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended runs are not waited for
        print("ready", flush=True)  # noqa: T201
        while True:
            ready, _writable, _broken = select.select([listening, 0], [], [])
            if 0 in ready:
                return
            connection, _address = listening.accept()
            if os.fork() == 0:
                listening.close()
                _run(connection)
            connection.close()


def _run(connection: socket.socket) -> None:
    """One run, in the forked process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 250  # as Ansible's own for what it did not expect
    try:
        with connection.makefile("rb") as requests:
            request = json.loads(requests.readline())
        connection.sendall(b"%d\n" % os.getpid())
        code = _playbook(request)
    finally:
        with contextlib.suppress(OSError):
            connection.sendall(b"%d\n" % code)
        os._exit(code)


def _playbook(request: Mapping[str, Any]) -> int:
    from ansible import constants
    from ansible.cli.playbook import PlaybookCLI

    atexit._clear()  # the server's own
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    _redirect("/dev/null", os.O_RDONLY, 0)
    _redirect(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 1)
    os.dup2(1, 2)
    random.seed()
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(prefix="ansible-local-")
    sys.argv = list(request["arguments"])
    try:
        PlaybookCLI.cli_executor(sys.argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        shutil.rmtree(constants.DEFAULT_LOCAL_TMP, ignore_errors=True)
    return 0


def _redirect(path: str, flags: int, descriptor: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


if __name__ == "__main__":
    _serve(sys.argv[1])
