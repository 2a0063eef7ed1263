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
from .._api.client import Client
from .._common.errors import CallError, InputError
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

TELL_EVERY = 9.0  # seconds; nobody is left without a word for longer, and the word takes a moment to the screen
LONGEST_LOOK = 8.0  # seconds for one look while waiting, so that it is over before the next word is due


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
            patience = _Patience(params["wait_timeout"], task.progress, clock, sleep)
            report = _settled_report(client, params, patience)
    return Outcome(values=report.as_values(expected))


def _check(params: Mapping[str, Any]) -> None:
    for name, least in (("expect_connected", 0), ("wait_timeout", 0), ("interval", 1)):
        if params[name] is not None and params[name] < least:
            raise InputError("%s must be at least %d" % (name, least))


class _Patience:
    """How long a wait has lasted, how long it may still last, and telling so in time."""

    def __init__(
        self, limit: float, progress: Callable[[str], None], clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._limit, self._progress, self._clock, self._sleep = limit, progress, clock, sleep
        self._started = self._told = clock()
        self.reason = "no answer yet"  # what is being waited for

    def left(self) -> float:
        return self._started + self._limit - self._clock()

    def tell_before(self, seconds: float) -> None:
        """Tells how it goes if the next seconds would make the silence too long."""
        now = self._clock()
        if now - self._told + seconds > TELL_EVERY:
            self._told = now
            text = "waiting for a settled health for %.0f s, for at most %.0f s more: %s"
            self._progress(text % (now - self._started, max(0.0, self.left()), self.reason))

    def pause(self, seconds: float) -> None:
        end = self._clock() + min(seconds, max(0.0, self.left()))
        while True:
            step = min(end - self._clock(), TELL_EVERY)
            if step <= 0:
                return
            self.tell_before(step)
            self._sleep(step)


def _settled_report(client: Client, params: Mapping[str, Any], patience: _Patience) -> health.Report:
    """Looks until the client is settled. What may pass by itself counts as not settled; anything else ends the wait."""
    while True:
        limit = max(1.0, min(params["timeout"], LONGEST_LOOK, patience.left()))
        patience.tell_before(limit)
        client.renew_deadline(0, limit)  # one try: this loop tries again, and knows for how long
        failure: CallError | None = None
        try:
            report = health.fetch(client)
            patience.reason = report.unsettled(params["expect_connected"])
            if not patience.reason:
                return report
        except CallError as error:
            if not error.retryable:
                raise
            failure, patience.reason = error, error.problem
        if patience.left() <= 0:
            raise _late(client, params["wait_timeout"], patience.reason, failure)
        patience.pause(params["interval"])


def _late(client: Client, limit: int, reason: str, failure: CallError | None) -> CallError:
    problem = "after %d s, %s" % (limit, reason)
    doing = "see a settled health"
    if failure is None:
        advice = "Look into the logs of these nodes; raise wait_timeout if they need longer."
        return client.error(problem, advice, doing, method="GET", path=health.PATH, status=200)
    return client.error(
        problem,
        failure.advice,
        doing,
        method=failure.method,
        path=failure.path,
        status=failure.status,
        code=failure.code,
    )
