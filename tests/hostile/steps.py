# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the steps that a process takes towards the outside, and ends it at one of them as a power failure would.

A step is a moment just before or just after a request, a file operation on the ledger, or in the middle of a write.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._api import http

FILE_CALLS = ("open", "fdopen", "fsync", "replace", "unlink", "mkdir", "fchmod", "link", "rename", "write", "close")
FILE_CALLS += ("pwrite", "ftruncate")


class Steps:
    """:arg end_at: the number of the step at which everything ends; 0 for never."""

    def __init__(self, end_at: int, report: Callable[[str], None]) -> None:
        self._end_at = end_at
        self._report = report
        self.count = 0

    def step(self, name: str) -> None:
        self.count += 1
        if self.count == self._end_at:
            self._report(name)
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            what = f"{name} {_shown(args)}".strip()
            self.step(f"before {what}")
            result = function(*args, **kwargs)
            self.step(f"after {what}")
            return _HalfWritten(result, self) if name == "fdopen" and "w" in str(args[1:]) else result

        return wrapped

    def install(self) -> None:
        """For the rest of this process."""
        for name in FILE_CALLS:
            setattr(os, name, self.around(name, getattr(os, name)))
        fcntl.flock = self.around("flock", fcntl.flock)
        original = http.Transport.send

        def send(transport: Any, method: str, path: str, *args: Any) -> Any:
            self.step(f"before {method} {path}")
            answer = original(transport, method, path, *args)
            self.step(f"after {method} {path}")
            return answer

        http.Transport.send = send  # type: ignore[method-assign, assignment]


class _HalfWritten:
    """A file of which half a text may be on the disk while the other half is not."""

    def __init__(self, file: Any, steps: Steps) -> None:
        self._file = file
        self._steps = steps

    def write(self, text: str) -> int:
        half = len(text) // 2
        self._file.write(text[:half])
        self._file.flush()
        self._steps.step("in the middle of write")
        self._file.write(text[half:])
        return len(text)

    def __enter__(self) -> _HalfWritten:
        return self

    def __exit__(self, *dummy: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _shown(args: tuple[Any, ...]) -> str:
    return " ".join(os.path.basename(arg) for arg in args if isinstance(arg, str) and "/" in arg)
