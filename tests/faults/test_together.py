# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that come together: what the first one leaves unknown must not be forgotten at the second."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import ReadOnlyError
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning
from emulator.testing import Client, Emulator
from faults import calls
from faults.cell import Seen, new_client, run_plainly
from faults.invariants import check_nothing_leaked

SCENARIO = calls.SCENARIOS[0]


@pytest.fixture
def client(emulator: Emulator) -> Client:
    return new_client(emulator, SCENARIO)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.json"


def _pending(ledger: Path) -> object:
    return json.loads(ledger.read_text())["restart"]


def _lost_patch(client: Client) -> None:
    """The PATCH is executed, and its answer lost; before it is sent again the session is over."""
    client.order_fault("cut", "PATCH", calls.SETTINGS, execute=True)
    client.order_fault("status", "PATCH", calls.SETTINGS, status=401)


def _check_not_lost(seen: Seen, client: Client, emulator: Emulator, ledger: Path) -> None:
    assert seen.failed
    assert seen.result["error"]["outcome_unknown"] is True
    assert json.loads(ledger.read_text())["intention"] is not None
    client.clear_faults()
    again = run_plainly(SCENARIO, client, emulator, ledger)
    assert again.result["restart_required"] is True
    check_nothing_leaked(again)


def test_lost_answer_and_then_no_login(client: Client, emulator: Emulator, ledger: Path) -> None:
    _lost_patch(client)
    client.order_fault("status", "POST", calls.LOGIN, skip=1, times=0, status=403, code=1005)
    _check_not_lost(run_plainly(SCENARIO, client, emulator, ledger), client, emulator, ledger)


def test_lost_answer_and_then_a_rejection_in_the_new_session(client: Client, emulator: Emulator, ledger: Path) -> None:
    _lost_patch(client)
    client.order_fault("status", "PATCH", calls.SETTINGS, times=0, status=403, code=1005)
    _check_not_lost(run_plainly(SCENARIO, client, emulator, ledger), client, emulator, ledger)


def test_lost_answer_and_then_a_rejection(client: Client, emulator: Emulator, ledger: Path) -> None:
    client.order_fault("reset", "PATCH", calls.SETTINGS)
    client.order_fault("status", "PATCH", calls.SETTINGS, times=0, status=400, code=1009)
    _check_not_lost(run_plainly(SCENARIO, client, emulator, ledger), client, emulator, ledger)


def test_a_plain_rejection_withdraws(client: Client, emulator: Emulator, ledger: Path) -> None:
    client.order_fault("status", "PATCH", calls.SETTINGS, times=0, status=400, code=1009)
    seen = run_plainly(SCENARIO, client, emulator, ledger)
    assert seen.failed
    assert json.loads(ledger.read_text())["intention"] is None
    assert _pending(ledger) is None


def test_session_that_ends_again_and_again(client: Client, emulator: Emulator, ledger: Path) -> None:
    """One more login for a call, not one for each try."""
    client.order_fault("status", "GET", calls.SETTINGS, times=0, status=401)
    seen = run_plainly(SCENARIO, client, emulator, ledger)
    assert seen.sent.count(f"POST {calls.LOGIN}") == 2
    assert seen.live_tokens == 0


def test_given_token_is_neither_renewed_nor_logged_out(client: Client, emulator: Emulator, ledger: Path) -> None:
    token = client.new_token()
    client.order_fault("status", "GET", calls.SETTINGS, status=401)
    seen = run_plainly(SCENARIO, client, emulator, ledger, token=token)
    assert seen.failed
    assert "token is not valid" in seen.result["msg"]
    assert seen.sent == [f"GET {calls.SETTINGS}"]
    assert seen.live_tokens == 1
    assert token not in seen.shown


def test_a_refused_task_is_over_at_once_without_retries(client: Client, emulator: Emulator, ledger: Path) -> None:
    client.order_fault("status", "GET", calls.SETTINGS, times=0, status=503)
    seen = run_plainly(SCENARIO, client, emulator, ledger, retry_timeout=0)
    assert seen.failed
    assert seen.sent.count(f"GET {calls.SETTINGS}") == 1
    assert seen.live_tokens == 0


def test_retry_after_zero_is_no_invitation_to_hammer(client: Client, emulator: Emulator, ledger: Path) -> None:
    client.order_fault("status", "GET", calls.SETTINGS, times=0, status=429, headers={"Retry-After": "0"})
    seen = run_plainly(SCENARIO, client, emulator, ledger, retry_timeout=1)
    assert seen.failed
    assert seen.sent.count(f"GET {calls.SETTINGS}") <= 1 / 0.05 + 1


def test_read_only_client_sends_no_write(client: Client, emulator: Emulator) -> None:
    """Whatever an operation does in check mode, its client refuses."""
    params = SCENARIO.all_params(
        api_url=client.api_url, password=client.password, ca_path=emulator.ca_path, timeout=1, retry_timeout=1
    )
    with connection.connect(params, True, lambda text: None) as connected:
        writes: list[Callable[[], object]] = [
            lambda: connected.patch(calls.SETTINGS, {"callback_persist": False}, "write"),
            lambda: connected.delete(calls.SETTINGS, "write"),
            lambda: connected.put("/v1/services/message/gc", "write"),
            lambda: connected.post(calls.PROVIDERS, [], "write"),
        ]
        for write in writes:
            with pytest.raises(ReadOnlyError):
                write()
    assert client.calls() == []


def test_unexpected_exception_shows_nothing_of_its_text(
    client: Client, emulator: Emulator, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours: its text may hold anything."""

    def broken(*_args: object) -> None:
        raise RuntimeError(f"holds {calls.PASSWORD}")

    monkeypatch.setattr(planning, "read_snapshot", broken)
    seen = run_plainly(SCENARIO, client, emulator, ledger)
    assert "Unexpected RuntimeError" in seen.result["msg"]
    check_nothing_leaked(seen)
    assert seen.live_tokens == 0
