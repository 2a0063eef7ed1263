# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the process of a node exists: a lock on a file beside the database, which the kernel releases at its death.

A process id would not do: containers that share the database have process ids of their own.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from urllib.parse import quote

SUFFIX = ".alive"
ACQUIRE_SECONDS = 1.0


def lock_path(database: Path, name: str) -> Path:
    return database.with_name(f"{quote(name, safe='')}{SUFFIX}")


class NodeLock:
    """Held by the process of a node for as long as it exists."""

    def __init__(self, database: Path, name: str) -> None:
        self._descriptor = os.open(lock_path(database, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.held = False

    def acquire(self, seconds: float = 0.0) -> bool:
        """Try for so long; a predecessor of the same name may still be ending."""
        deadline = time.monotonic() + seconds
        while not self.held:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
                self.held = True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    break
                time.sleep(0.005)
        return self.held

    def close(self) -> None:
        os.close(self._descriptor)


def process_exists(database: Path, name: str, pid: int) -> bool | None:
    """Whether the process of this node exists; None where that cannot be seen, as it never held the lock."""
    try:
        descriptor = os.open(lock_path(database, name), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False if os.pread(descriptor, 32, 0) == str(pid).encode() else None
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
