# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to hold in every cell, whatever its outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task, perform
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign, rolling_restart
from emulator.testing import Client, Emulator

from . import calls
from .calls import Call, Scenario
from .cell import Seen, connection_options, run_plainly
from .kinds import Fault
from .verdict import leaves_unseen_token

COLLECT = "garbagecollector_enable.messages"


def check_message(call: Call, fault: Fault, seen: Seen, client: Client) -> None:
    """An error, a finding, or a warning about the logout, names call, client, status and code, and what to do."""
    if seen.failed:
        assert seen.error is not None, f"no error of the collection's own: {seen.result}"
        text = str(seen.result["msg"])
        assert seen.error.advice, text
        assert seen.result["error"]["method"] == seen.error.method
    elif seen.finding:
        text = seen.finding
    elif any("log out" in warning for warning in seen.warnings):
        text = next(warning for warning in seen.warnings if "log out" in warning)
    else:
        return
    assert f"/{client.name}" in text
    assert f"{call.method} {call.path}" in text
    for wanted in (fault.status, fault.code, fault.says):
        if wanted and not (call.is_login and fault.name == "session over"):
            assert str(wanted) in text, text


def check_nothing_leaked(seen: Seen) -> None:
    shown = seen.shown
    assert [secret for secret in seen.secrets if secret in shown] == []


def check_writes(call: Call, fault: Fault, seen: Seen) -> None:
    """No write in check mode; what is not safe to repeat is not sent again once it may have been executed."""
    writes = [entry for entry in seen.record if entry["write"]]
    if call.scenario.check_mode:
        assert writes == []
    certain = fault.not_executed
    for before, after in zip(seen.record, seen.record[1:], strict=False):
        repeated = before["write"] and (before["method"], before["path"]) == (after["method"], after["path"])
        if repeated and after["method"] in ("PUT", "POST"):
            assert certain, f"{after['method']} {after['path']} was sent again without a check of the first one"
    for path in {entry["path"] for entry in writes if entry["method"] == "PUT"}:
        tries = [entry for entry in writes if entry["path"] == path]
        assert sum(entry["executed"] and entry["status"] != 401 for entry in tries) <= 1
        assert len(tries) == 1 or certain


def check_tokens(call: Call, fault: Fault, seen: Seen) -> None:
    """No live token is left but one that no one could see, and one of which the logout is impossible."""
    unseen = 0
    if leaves_unseen_token(call, fault):
        unseen = sum(
            entry["executed"] and entry["fault"] != "" for entry in seen.record if entry["path"] == calls.LOGIN
        )
    if call.is_logout and any("log out" in warning for warning in seen.warnings):
        unseen = min(seen.live_tokens, 1)  # said, and it ends by itself
    if call.is_logout and fault.session_over and fault.order["kind"] == "status":
        unseen = 1  # whoever answers a logout with 401 is believed: a session that is over is the usual reason
    assert seen.live_tokens == unseen


def check_recovery(call: Call, seen: Seen, client: Client, emulator: Emulator, ledger: Path) -> None:
    """Run again without the fault: the client is as declared, and a restart is pending if and only if it has to be."""
    scenario = call.scenario
    if scenario.check_mode:
        return
    if scenario.operation is rolling_restart:
        _check_restart(seen, client, emulator, ledger)
    elif scenario.name.startswith(("application_settings", "campaign")) and not scenario.name.endswith("_info"):
        again = run_plainly(scenario, client, emulator, ledger)
        assert not again.failed, again.result
        _check_stored(scenario, again, client.stored())
        state = json.loads(ledger.read_text())
        assert state["intention"] is None and state["in_effect"] is None


def _check_stored(scenario: Scenario, again: Seen, stored: dict[str, Any]) -> None:
    if scenario.operation is campaign:
        assert stored[COLLECT] is (scenario.name != "campaign")
        assert again.result["restart_settings"] == [COLLECT]
    elif scenario.name == "application_settings":
        wanted: dict[str, Any] = {"callback_persist": False, "webhooks.max_concurrent_requests": 12}
        assert {name: stored[name] for name in wanted} == wanted
        assert again.result["restart_settings"] == sorted(wanted)
    else:
        assert again.result["settings"]["webhooks"]["url"] == ""


def _check_restart(seen: Seen, client: Client, emulator: Emulator, ledger: Path) -> None:
    """A failure has returned the lease and kept the restart pending; a plain run performs it, and confirms what is true."""
    if seen.failed:
        state = json.loads(ledger.read_text())
        assert state["lease"] is None and state["restart"] is not None and state["in_effect"] is None
    if not seen.result.get("closed"):
        for given in (calls.BEGIN, calls.PLAN, calls.NEXT):
            options = {**connection_options(client, emulator), "ledger": str(ledger), **given}
            result = perform(rolling_restart, calls.filled(rolling_restart, options), Task(), diff=False)
            assert not result.get("failed"), result
            if result["closed"]:
                break
    state = json.loads(ledger.read_text())
    assert (state["restart"], state["roll"], state["lease"], state["doubts"]) == (None, None, None, {})
    stored = client.stored()
    assert state["in_effect"]["values"]["callback_persist"] is stored["callback_persist"] is False
    assert {name: stored[name] for name in state["in_effect"]["values"]} == state["in_effect"]["values"]
