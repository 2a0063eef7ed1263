# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task for all nodes of one machine: which node comes when, where it ends, and what it never evaluates."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ansible.template
import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.wabiz.onprem.plugins.action import coreapp_roll

NODE, RECORD = "wabiz.onprem.coreapp_node", "wabiz.onprem.rolling_restart"


class Roll:
    """The action with a script in the place of the two actions that it calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *records: dict[str, Any]) -> None:
        self.records = list(records)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.shown: list[str] = []
        self.restarted: dict[str, Any] = {"changed": True, "started": "2026-01-01T00:00:00Z"}
        monkeypatch.setattr(coreapp_roll, "display", SimpleNamespace(display=self.shown.append))

    def call(self, module: str, options: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((module, options))
        return self.restarted if module == NODE else self.records.pop(0)

    def perform(self, plan: dict[str, Any], *names: str, no_log: bool = False, **variables: Any) -> dict[str, Any]:
        action = coreapp_roll.ActionModule.__new__(coreapp_roll.ActionModule)
        action.variables = {"inventory_hostname": "wa1", **variables}
        action._task = SimpleNamespace(no_log=no_log)
        action._templar = Templar(loader=DataLoader(), variables=action.variables)
        action._run = self.call
        options = {
            "plan": plan,
            "found": {"nodes": [{"name": name, "host": "wa1"} for name in names]},
            "restart": {"strategy": "command"},
            "record": {"ledger": "/ledger.json"},
        }
        return action.perform(options)

    def restarts(self) -> list[str]:
        return [options["node"]["name"] for module, options in self.calls if module == NODE]


def test_each_node_is_recorded_before_the_next_one_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    roll = Roll(monkeypatch, {"next": "b", "done": 1, "total": 2}, {"next": "", "done": 2, "total": 2})
    done = roll.perform({"next": "a"}, "a", "b")
    assert [module for module, _options in roll.calls] == [NODE, RECORD] * 2
    assert roll.restarts() == ["a", "b"]
    record = roll.calls[1][1]
    assert (record["step"], record["node"], record["result"]) == ("next", "a", roll.restarted)
    assert done["restarted"] == ["a", "b"] and done["changed"]
    assert [line.partition(",")[0] for line in roll.shown] == ["wa1 1/2 a", "wa1 2/2 b"]


@pytest.mark.parametrize("end", [{"failed": True, "next": "b"}, {"unreachable": True, "next": "b"}])
def test_what_cannot_be_recorded_ends_the_roll(monkeypatch: pytest.MonkeyPatch, end: dict[str, Any]) -> None:
    roll = Roll(monkeypatch, end)
    done = roll.perform({"next": "a"}, "a", "b")
    assert roll.restarts() == ["a"]
    assert done.items() >= end.items() and done["restarted"] == []


def test_a_setting_that_was_changed_in_the_meantime_ends_the_roll(monkeypatch: pytest.MonkeyPatch) -> None:
    roll = Roll(monkeypatch, {"next": "b", "superseded": True})
    done = roll.perform({"next": "a"}, "a", "b")
    assert roll.restarts() == ["a"] and done["superseded"]


def test_a_restart_that_failed_is_given_to_the_record_which_judges_it(monkeypatch: pytest.MonkeyPatch) -> None:
    roll = Roll(monkeypatch, {"failed": True, "msg": "Could not restart"})
    roll.restarted = {"unreachable": True, "msg": "no route"}
    roll.perform({"next": "a"}, "a")
    assert roll.calls[1][1]["result"] == {"unreachable": True, "msg": "no route"}


def test_nothing_to_restart_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    roll = Roll(monkeypatch)
    done = roll.perform({"next": ""}, "a")
    assert not roll.calls and not done["changed"]


def test_a_command_names_its_node_and_a_name_is_never_evaluated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    touched = tmp_path / "touched"
    hostile = f"{{{{ lookup('pipe', 'touch {touched}') }}}}"
    # From 2.19 on only what a playbook says is evaluated, before that everything that is not marked.
    trusted = getattr(ansible.template, "trust_as_template", str)
    command = ["restart", trusted("{{ coreapp_node }}"), trusted("{{ coreapp_node_details.host }}")]
    roll = Roll(monkeypatch, {"next": ""})
    roll.perform({"next": hostile}, hostile, coreapp_restart_command=command)
    assert roll.calls[0][1]["restart_command"] == ["restart", hostile, "wa1"]
    assert roll.calls[0][1]["started_command"] == []
    assert not touched.exists()


def test_a_name_is_made_harmless_before_it_is_shown_and_no_log_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for no_log in (False, True):
        roll = Roll(monkeypatch, {"next": "", "done": 1, "total": 1})
        roll.perform({"next": "a\x1b[2J\nPLAY RECAP"}, "a\x1b[2J\nPLAY RECAP", no_log=no_log)
        assert len(roll.shown) == (0 if no_log else 1)
        assert not any("\x1b" in line or "\n" in line for line in roll.shown)
