# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every call of every module meets every fault, once and each time.

``docs/fault_matrix.md`` is its table. ``FAULTS=short`` runs a part of the cells, in which each call and each fault occurs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing import Emulator
from faults import invariants, verdict
from faults.calls import CALLS, Call
from faults.cell import Seen, new_client, run_before, run_cell, run_plainly
from faults.gate import OtherServer
from faults.kinds import FAULTS, RETRY_TIMEOUT, Fault

SHORT = os.environ.get("FAULTS") == "short"
SLACK = 1.0  # seconds; two cores are shared by several workers and the emulator


def _cells() -> Iterator[tuple[Call, Fault, str]]:
    for column, fault in enumerate(FAULTS):
        cells = [(call, fault, mode) for call in CALLS for mode in verdict.MODES if verdict.applies(call, fault)]
        every = (47 if fault.slow or fault.large else 23) if SHORT else 1
        yield from cells[5 * column % min(every, len(cells)) :: every]


def _name(value: Call | Fault | str) -> str:
    return value if isinstance(value, str) else value.name


@pytest.fixture(scope="session")
def plain_length(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many requests each scenario takes when nothing goes wrong."""
    return {}


def _length_of(scenario: object, lengths: dict[str, int], emulator: Emulator, folder: Path) -> int:
    name = scenario.name  # type: ignore[attr-defined]
    if name not in lengths:
        client = new_client(emulator, scenario)  # type: ignore[arg-type]
        run_before(scenario, client, emulator, folder / "plain" / "ledger.json")  # type: ignore[arg-type]
        seen = run_plainly(scenario, client, emulator, folder / "plain" / "ledger.json")  # type: ignore[arg-type]
        assert not seen.failed, seen.result
        assert seen.sent == list(scenario.calls)  # type: ignore[attr-defined]
        client.remove()
        lengths[name] = len(seen.sent)
    return lengths[name]


@pytest.mark.parametrize(("call", "fault", "mode"), list(_cells()), ids=_name)
def test_cell(
    call: Call,
    fault: Fault,
    mode: str,
    emulator: Emulator,
    other_server: OtherServer,
    plain_length: dict[str, int],
    tmp_path: Path,
) -> None:
    plain = _length_of(call.scenario, plain_length, emulator, tmp_path)
    client = new_client(emulator, call.scenario)
    ledger = tmp_path / "folder" / "ledger.json"
    run_before(call.scenario, client, emulator, ledger)
    seen = run_cell(call, fault, mode, client, emulator, ledger, other_server.url)
    assert _outcome(seen, plain) == verdict.expected(call, fault, mode), seen.shown
    invariants.check_message(call, fault, seen, client)
    invariants.check_nothing_leaked(seen)
    invariants.check_writes(call, fault, seen)
    invariants.check_tokens(call, fault, seen)
    assert seen.seconds <= RETRY_TIMEOUT[mode] + fault.timeout + call.scenario.allowance + SLACK
    assert seen.peak < 24 * 1024 * 1024
    client.clear_faults()
    invariants.check_recovery(call, seen, client, emulator, ledger)
    client.remove()


def _outcome(seen: Seen, plain: int) -> str:
    if seen.failed:
        return verdict.ERROR
    if seen.finding:
        return verdict.FINDING
    if any("log out" in warning for warning in seen.warnings):
        return verdict.WARNING
    if seen.result.get("health", {}).get("known") is False:
        return verdict.DOWN
    return verdict.RETRIED if len(seen.sent) > plain else verdict.PASSES
