# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes of a test: without rights, with a full disk, many at once. Each returns one JSON value."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError

UNPRIVILEGED = 65534


def in_children(number: int, function: Callable[[int], Any]) -> list[Any]:
    """The results of a function in so many processes at once; the text of an OnPremError where it raises one."""
    reading, pids = [], []
    gate, opened = os.pipe()
    for index in range(number):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            _return(function, index, write, (gate, opened))
        os.close(write)
        reading.append(read)
        pids.append(pid)
    os.close(gate)
    os.close(opened)  # and they all run
    results = []
    for read, pid in zip(reading, pids, strict=True):
        with os.fdopen(read, "rb") as pipe:
            results.append(json.loads(pipe.read()))
        os.waitpid(pid, 0)
    return results


def _return(function: Callable[[int], Any], index: int, write: int, gate: tuple[int, int]) -> None:
    try:
        os.close(gate[1])
        os.read(gate[0], 1)
        try:
            value = function(index)
        except OnPremError as error:
            value = str(error)
        except BaseException as error:
            value = f"unexpected {type(error).__name__}: {error}"
        os.write(write, json.dumps(value).encode())
    finally:
        os._exit(0)


def as_unprivileged(function: Callable[[], Any]) -> Any:
    """In a process without the rights of root."""

    def dropped(_index: int) -> Any:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setegid(UNPRIVILEGED)
            os.seteuid(UNPRIVILEGED)
        return function()

    return in_children(1, dropped)[0]


def with_full_disk(function: Callable[[], Any], at_bytes: int = 100) -> Any:
    """In a process of which no file may grow beyond this."""

    def limited(_index: int) -> Any:
        resource.setrlimit(resource.RLIMIT_FSIZE, (at_bytes, at_bytes))
        return function()

    return in_children(1, limited)[0]
