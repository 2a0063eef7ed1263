# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has everything imported, and forks a fresh child for each run that may have to end in the middle.

One JSON object a line: the job in, what came of it out. `python -m hostile.nursery`
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._api import client, http
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task, perform

from .steps import Steps

OPERATIONS = "ansible_collections.wabiz.onprem.plugins.module_utils._operations"
NAMES = ("application_settings", "application_settings_info", "campaign", "media_provider")


@dataclass
class Run:
    """What came of a job: killed at a step, or a result."""

    killed: bool
    at: str
    steps: int
    result: dict[str, Any]

    @property
    def failed(self) -> bool:
        return self.killed or bool(self.result.get("failed"))


class Nursery:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, operation: str, params: dict[str, Any], end_at: int = 0) -> Run:
        module = importlib.import_module(f"{OPERATIONS}.{operation}")
        known = {name: option.get("default") for name, option in module.OPTIONS.items()}
        job = {"operation": operation, "params": {**known, **params}, "end_at": end_at}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))


@contextmanager
def running_nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "hostile.nursery"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def _child(job: dict[str, Any], pipe: int) -> None:
    write, close = os.write, os.close

    def tell(name: str) -> None:
        write(pipe, json.dumps({"killed": True, "at": name, "steps": 0, "result": {}}).encode())
        close(pipe)

    client.FIRST_WAIT = 0.05
    steps = Steps(job["end_at"], tell)
    steps.install()
    operation = importlib.import_module(f"{OPERATIONS}.{job['operation']}")
    result = perform(operation, job["params"], Task(), diff=True)
    write(pipe, json.dumps({"killed": False, "at": "", "steps": steps.count, "result": result}).encode())


def _born(job: dict[str, Any]) -> bytes:
    """Runs the job in a child, and returns what it has told."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            os.close(reading)
            _child(job, writing)
        os._exit(0)
    os.close(writing)
    told = b""
    while chunk := os.read(reading, 65536):
        told += chunk
    os.close(reading)
    os.waitpid(pid, 0)
    return told


def main() -> None:
    http.prepare()
    for name in NAMES:
        importlib.import_module(f"{OPERATIONS}.{name}")
    for line in sys.stdin:
        sys.stdout.write(_born(json.loads(line)).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
