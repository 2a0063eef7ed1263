# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Waiting for a client: one deadline, one progress line, polls that start close together.

A restarted node is back when its own entry of the health report has been seen to come up, or where the report cannot show,
when a proof of the runtime says so (a healthcheck, a readiness probe) or it has been up for a minimum time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from .._common.errors import CallError
from .client import Client
from .health import PATH, Report, fetch

FIRST_PAUSE, GROWTH = 0.25, 1.5  # seconds between two polls at first, and how that grows
REPORT_EVERY = 9.0  # seconds; no user waits longer for a progress line, which takes a moment to the screen
UNCHANGED = "its entry in the health report has not changed; waiting for the minimum uptime"
LONGEST_CALL = 8.0  # seconds for one poll while waiting, so that it is over before the next progress line is due


class Deadline:
    """How long a wait has lasted, how long it may still last, and reporting that in time."""

    def __init__(
        self,
        what: str,
        limit: float,
        progress: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.what = what
        self._limit, self._progress, self._clock, self._sleep = limit, progress, clock, sleep
        self._started = self._reported = clock()
        self.reason = "no response yet"  # what is being waited for

    def elapsed(self) -> float:
        return self._clock() - self._started

    def left(self) -> float:
        return self._limit - self.elapsed()

    def report_before(self, seconds: float) -> None:
        """Reports progress if the next seconds would make the silence too long."""
        now = self._clock()
        if now - self._reported + seconds > REPORT_EVERY:
            self._reported = now
            self._progress(f"{self.what}, {self.elapsed():.0f} s of at most {self._limit:.0f} s: {self.reason}")

    def pause(self, seconds: float) -> None:
        end = self._clock() + min(seconds, max(0.0, self.left()))
        while True:
            step = min(end - self._clock(), REPORT_EVERY)
            if step <= 0:
                return
            self.report_before(step)
            self._sleep(step)


@dataclass
class Return:
    """A node that was restarted, and whether it is back, judged from one report after the other.

    :arg ids: the texts by which a report may name it.
    :arg reported: whether the report named it before the restart, so that its entry can be waited for.
    :arg proven: whether the runtime has said that it is ready.
    :arg minimum_uptime: seconds after which an entry that was up all the time is believed.
    :arg up_seconds: how long it had been up at least when the wait began.
    """

    ids: Sequence[str]
    reported: bool
    proven: bool
    minimum_uptime: float
    up_seconds: float = 0.0
    seen_down: bool = False
    unanswered: bool = False

    def missing(self, report: Optional[Report], elapsed: float) -> str:
        """Why it is not back; empty if it is."""
        if report is None:
            self.unanswered = True
            return "no response yet"
        if (
            report.single and self.unanswered
        ):  # its node answers for the client; with several, another one may have failed to
            self.seen_down = True
        entries = report.nodes if report.single else report.named(self.ids)
        if not entries and self.reported:
            self.seen_down = True
            return "the health report does not name it yet"
        away = [node for node in entries if not node.is_up]
        if away:
            self.seen_down = True
            return ", ".join(f"{node} {node.condition}" for node in away)
        if (self.seen_down and entries) or self.proven or self.up_seconds + elapsed >= self.minimum_uptime:
            return ""
        return UNCHANGED

    def believed_in(self, elapsed: float) -> float:
        """Seconds until an entry that has not changed is believed."""
        return self.minimum_uptime - self.up_seconds - elapsed


def settled_report(
    client: Client,
    deadline: Deadline,
    expect_connected: Optional[int],
    timeout: float,
    interval: float,
    returning: Optional[Return] = None,
    accepts: Callable[[Report], str] = lambda report: "",
) -> Report:
    """Polls until the client is settled and the returning node is back. Raises CallError after the limit, and at once for
    whatever does not pass by itself.

    :arg interval: longest pause between two polls, in seconds.
    :arg accepts: what else keeps a report from being accepted, as text; empty if nothing does.
    """
    pause = min(FIRST_PAUSE, interval)
    while True:
        limit = max(1.0, min(timeout, LONGEST_CALL, deadline.left()))
        deadline.report_before(limit)
        client.renew_deadline(0, limit)  # one try: this loop tries again, and knows for how long
        failure: Optional[CallError] = None
        report: Optional[Report] = None
        try:
            report = fetch(client)
        except CallError as error:
            if not error.retryable:
                raise
            failure = error
        away = returning.missing(report, deadline.elapsed()) if returning else ""
        if failure is not None or report is None:
            deadline.reason = failure.problem if failure else away
        else:
            deadline.reason = away or report.unsettled(expect_connected) or accepts(report)
            if not deadline.reason:
                return report
        if deadline.left() <= 0:
            raise _late(client, deadline, failure)
        if returning and away == UNCHANGED:  # the one wait of which the end is known
            deadline.pause(min(pause, max(0.0, returning.believed_in(deadline.elapsed()))))
        else:
            deadline.pause(pause)
        pause = min(pause * GROWTH, interval)


def _late(client: Client, deadline: Deadline, failure: Optional[CallError]) -> CallError:
    problem = "after %d s, %s" % (deadline.elapsed(), deadline.reason)
    if failure is None:
        advice = "Check the logs of these nodes; raise the time limit of the wait if they need longer."
        return client.error(problem, advice, deadline.what, method="GET", path=PATH, status=200)
    return client.error(
        problem,
        failure.advice,
        deadline.what,
        method=failure.method,
        path=failure.path,
        status=failure.status,
        code=failure.code,
    )
