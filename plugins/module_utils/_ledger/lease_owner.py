# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Who holds a lease: a process, in a way that survives a reused process id, a reboot and a shared ledger."""

from __future__ import annotations

import os
import platform
import uuid
from typing import Any, Mapping


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
    """When a process started, in the kernel's own unit; empty if it has ended, and where the system does not tell."""
    stat = _read("/proc/%d/stat" % pid)
    fields = stat.rpartition(")")[2].split()  # the name before it may contain spaces
    return fields[19] if len(fields) > 19 and fields[0] not in ("Z", "X") else ""  # a zombie holds nothing any more


def owner_of(pid: int) -> dict[str, Any]:
    """The owner that a process of this machine is: host, machine, pid and start."""
    return {"host": platform.node(), "machine": _machine(), "pid": pid, "start": _start_of(pid)}


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("machine", "pid", "start"))


def is_alive(owner: Mapping[str, Any]) -> bool | None:
    """Whether the owner's process still runs; None where that cannot be known, as it is another machine's."""
    if owner.get("machine") != _machine():
        return None
    pid = owner.get("pid")
    if not isinstance(pid, int) or pid <= 0:
        return False
    if owner.get("start"):
        return bool(_start_of(pid) == owner["start"])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is there, and somebody else's
    return True


def describe(owner: Mapping[str, Any]) -> str:
    """For messages: who that is."""
    return "process {} on {}".format(owner.get("pid", "?"), owner.get("host", "?"))
