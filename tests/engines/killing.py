# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL for a program and for everything that it has started, whatever session or group that is in by now."""

from __future__ import annotations

import os
import signal
import uuid
from pathlib import Path

MARK = "WABIZ_TEST_FAMILY"


def new_mark() -> dict[str, str]:
    """For the environment of the program: its descendants inherit it, and are found by it."""
    return {MARK: uuid.uuid4().hex}


def family(mark: dict[str, str]) -> list[int]:
    """The processes that carry the mark."""
    wanted = f"{MARK}={mark[MARK]}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue  # it has ended, or is not ours
    return found


def kill_family(mark: dict[str, str]) -> int:
    """Stops all of them first, so that none can start another; how many were killed."""
    killed: set[int] = set()
    for number in (signal.SIGSTOP, signal.SIGKILL):
        seen: set[int] = set()
        while set(family(mark)) - seen - _dead(seen):
            for pid in set(family(mark)) - seen:
                seen.add(pid)
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
        killed |= seen
    return len(killed)


def _dead(pids: set[int]) -> set[int]:
    return {pid for pid in pids if not Path(f"/proc/{pid}").exists()}
