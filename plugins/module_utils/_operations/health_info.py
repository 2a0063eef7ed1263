# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The health of a client, now or as soon as it has settled."""

from __future__ import annotations

import time
from typing import Any, Callable, Mapping

from .._api import connection, health, http
from .._api.waiting import Deadline, settled_report
from .._common.errors import InputError
from .._common.operation import Outcome, Task

OPTIONS: dict[str, dict[str, Any]] = {
    **connection.OPTIONS,
    "api_key": {"type": "str", "no_log": True, "env": "WABIZ_ONPREM_API_KEY"},
    "wait_for": {"type": "str", "choices": ["settled"]},
    "expect_connected": {"type": "int"},
    "wait_timeout": {"type": "int", "default": 600},
    "interval": {"type": "int", "default": 5},
}
RULES: dict[str, Any] = {}
OWN_WORDS = health.OWN_WORDS
LIBRARY_ERROR = http.REQUESTS_IMPORT_ERROR


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Any] = connection.connect,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    _check(params)
    expected = params["expect_connected"]
    with connect(params, True, task.progress, task.warn, task.secrets.append) as client:
        if params["wait_for"] is None:
            report = health.fetch(client)
        else:
            deadline = Deadline("see a settled health", params["wait_timeout"], task.progress, clock, sleep)
            report = settled_report(client, deadline, expected, params["timeout"], params["interval"])
    return Outcome(values=report.as_values(expected))


def _check(params: Mapping[str, Any]) -> None:
    for name, least in (("expect_connected", 0), ("wait_timeout", 0), ("interval", 1)):
        if params[name] is not None and params[name] < least:
            raise InputError("%s must be at least %d" % (name, least))
