# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The owner of a lease: a process and an inventory host, in a form that survives reused process ids and a reboot."""

from __future__ import annotations

import os
import platform
import uuid
from typing import Optional

from .._common.text import harmless
from .state import Owner


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def _machine() -> str:
    """This machine and its space of process ids, as long as it is up."""
    try:
        process_space = os.readlink("/proc/self/ns/pid")
    except OSError:
        process_space = ""
    boot = _read("/proc/sys/kernel/random/boot_id") or f"{uuid.getnode():012x}"
    return " ".join(part for part in (boot, process_space) if part)


def _start_of(pid: int) -> str:
    """When a process started, in the kernel's own unit; empty if it has ended, and where the system does not show."""
    stat = _read("/proc/%d/stat" % pid)
    fields = stat.rpartition(")")[2].split()  # the name before it may contain spaces
    return fields[19] if len(fields) > 19 and fields[0] not in ("Z", "X") else ""  # a zombie holds nothing any more


def owner_of(pid: int, inventory_host: str) -> Owner:
    """The owner that a process of this machine is, on behalf of one host of its play."""
    return Owner(platform.node(), _machine(), pid, _start_of(pid), inventory_host)


def is_same_play(one: Owner, other: Owner) -> bool:
    return (one.machine, one.pid, one.start) == (other.machine, other.pid, other.start)


def is_alive(owner: Owner) -> Optional[bool]:
    """Whether the owner's process still runs; None where that cannot be known, as it is another machine's."""
    if owner.machine != _machine():
        return None
    if owner.pid <= 0:
        return False
    if owner.start:
        return _start_of(owner.pid) == owner.start
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it exists, and belongs to another user
    return True


def describe(owner: Owner) -> str:
    """The owner for messages."""
    return "process %d on %s (host %s)" % (owner.pid, harmless(owner.host, 60), harmless(owner.inventory_host, 60))
