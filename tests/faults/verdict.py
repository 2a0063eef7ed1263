# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to come of each cell. Written down as rules, independent of the code that is tested."""

from __future__ import annotations

from .calls import Call
from .kinds import Fault

PASSES = "passes"  # as if nothing had happened
RETRIED = "retried"  # to success, within the one deadline
ERROR = "error"  # a clear one
FINDING = "finding"  # the same, from a module that returns what is wrong and does not fail
WARNING = "warning"  # the task succeeds; what it could not do is said
DOWN = "down"  # the task succeeds without a health report: the client may have to be restarted just because of that
NOT_APPLICABLE = ""

MODES = ("once", "forever")


def applies(call: Call, fault: Fault) -> bool:
    """Whether this can happen to this call."""
    if fault.name == "not kept":
        return call.is_kept
    if fault.name == "session over":
        return not call.is_login
    return True


def expected(call: Call, fault: Fault, mode: str) -> str:
    """The outcome of a call that meets this fault once, or each time."""
    outcome = _expected(call, fault, mode)
    return FINDING if outcome == ERROR and call.scenario.reports else outcome


def _expected(call: Call, fault: Fault, mode: str) -> str:
    if not applies(call, fault):
        return NOT_APPLICABLE
    if fault.harmless:
        return PASSES
    if call.is_logout:
        return _of_logout(call, fault, mode)
    if call.is_polled and not (
        call.is_login and fault.session_over
    ):  # the credentials are wrong: waiting does not help
        return RETRIED if mode == "once" and (passes_by_itself(fault) or fault.session_over) else ERROR
    if call.scenario.tried_once and passes_by_itself(fault):
        return DOWN
    if call.is_made_up_for and mode == "once" and passes_by_itself(fault):
        return PASSES
    if fault.session_over and not call.is_login:
        return RETRIED if mode == "once" else ERROR
    if call.is_settled_by_a_read and not fault.not_executed and fault.name != "not kept":
        return _settled_by_a_read(call, fault, mode)
    helped = fault.transient and (fault.not_executed or not call.is_started_service)
    return RETRIED if helped and mode == "once" else ERROR


def passes_by_itself(fault: Fault) -> bool:
    return fault.transient or fault.status == 429


def _of_logout(call: Call, fault: Fault, mode: str) -> str:
    if fault.session_over:
        return PASSES  # it is logged out already
    return RETRIED if fault.transient and mode == "once" and not call.scenario.tried_once else WARNING


def _settled_by_a_read(call: Call, fault: Fault, mode: str) -> str:
    """The outcome is unknown: a GET shows that it was executed after all, or that it has to be sent again."""
    tried_again = fault.transient and (mode == "once" or not fault.slow)
    if executed_by_emulator(fault):
        return RETRIED if call.method == "POST" or tried_again else PASSES  # a DELETE is always looked after
    return RETRIED if mode == "once" and (call.method == "POST" or fault.transient) else ERROR


def leaves_unseen_token(call: Call, fault: Fault) -> bool:
    """A login that was executed, and of which the response was lost: only the client knows this token."""
    return call.is_login and not fault.harmless and bool(executed_by_emulator(fault))


def executed_by_emulator(fault: Fault) -> bool:
    kind = fault.order.get("kind", "")
    return bool(fault.order.get("execute", kind in ("reset", "drip", "truncated", "wrong_type", "not_kept")))
