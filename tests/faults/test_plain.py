# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios without any fault: what the cells are compared with, and that nothing is where no secret may."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.testing import Emulator
from faults.calls import SCENARIOS, Scenario
from faults.cell import new_client, run_before, run_plainly
from faults.invariants import check_nothing_leaked


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, emulator: Emulator, tmp_path: Path) -> None:
    client = new_client(emulator, scenario)
    ledger = tmp_path / "ledger.json"
    run_before(scenario, client, emulator, ledger)
    seen = run_plainly(scenario, client, emulator, ledger)
    assert not seen.failed, seen.result
    assert seen.sent == list(scenario.calls)
    assert seen.live_tokens == 0
    # Where no restart is pending, a first run with a ledger reports once that nothing is confirmed.
    assert [text for text in seen.warnings if not text.startswith("It is not known")] == [] and seen.progress == []
    assert seen.result["changed"] is (scenario.changes and not scenario.name.endswith(("_info", "_status")))
    check_nothing_leaked(seen)
    if scenario.check_mode:
        assert not ledger.exists()
        assert [entry for entry in seen.record if entry["write"]] == []
    if not scenario.repeatable:
        return
    client.clear_calls()
    again = run_plainly(scenario, client, emulator, ledger)
    repeats = scenario.check_mode or scenario.name == "garbage_collection"
    assert again.result["changed"] is (seen.result["changed"] and repeats)
    check_nothing_leaked(again)
    client.remove()
