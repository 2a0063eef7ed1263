# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points: each operation is killed at every step towards the outside, and then run again.

What must hold then: settings as intended, a restart pending if and only if the change was executed, no campaign lost, no
ledger torn, nothing confirmed to be in effect. `pytest -s` prints the points.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import State
from emulator.testing import Client, Emulator
from hostile.fork_server import ForkServer, Run

EVERY = 14 if os.environ.get("FAULTS") == "short" else 1
OLD: dict[str, Any] = {"callback_persist": True, "webhooks": {"max_concurrent_requests": 6}}
NEW: dict[str, Any] = {"callback_persist": False, "webhooks": {"max_concurrent_requests": 12}}
RESTART = ["callback_persist", "webhooks.max_concurrent_requests"]
COLLECT = "garbagecollector_enable.messages"


class Place:
    """A client with its ledger, and the operations on them."""

    def __init__(self, emulator: Emulator, fork_server: ForkServer, folder: Path, settings: dict[str, Any]) -> None:
        self.client: Client = emulator.client(settings=settings)
        self.ledger = folder / self.client.name / "ledger.json"
        self._fork_server = fork_server
        self._common = {
            "api_url": self.client.api_url,
            "password": self.client.password,
            "ca_path": emulator.ca_path,
            "timeout": 5,
            "retry_timeout": 5,
            "ledger": str(self.ledger),
        }

    def settings(self, end_at: int = 0, **given: Any) -> Run:
        return self._fork_server.run("application_settings", {**self._common, **given}, end_at)

    def campaign(self, end_at: int = 0, **given: Any) -> Run:
        return self._fork_server.run("campaign", {**self._common, **given}, end_at)

    def state(self) -> State:
        """The ledger's state; the file must be whole at each moment."""
        if not self.ledger.exists():
            return State()
        return file.parse(self.ledger.read_text(encoding="utf-8"), str(self.ledger))

    def pending(self) -> list[str] | None:
        restart = self.state().restart
        return None if restart is None else list(restart.settings)

    def succeed(self, run: Run) -> dict[str, Any]:
        assert not run.failed, run
        return run.result


Act = Callable[[Place, int], Run]
Check = Callable[[Place, Run], None]
Points = Callable[[dict[str, Any], Act, Check], int]


@pytest.fixture
def points(emulator: Emulator, fork_server: ForkServer, tmp_path: Path) -> Points:
    """Runs through all points: a fresh place, the run that ends there, and the check."""

    def go(settings: dict[str, Any], act: Act, check: Check) -> int:
        for number, end_at in enumerate(range(1, 1000, EVERY)):
            place = Place(emulator, fork_server, tmp_path, settings)
            run = act(place, end_at)
            if not run.killed:
                assert run.result.get("failed") is None, run
            place.state()
            check(place, run)
            assert place.state().in_effect is None, "no node was restarted"
            assert place.state().lease is None
            place.client.remove()
            if not run.killed:
                return number
            print(f"{end_at:4} {run.at}")  # noqa: T201  (the table of the points)
        raise AssertionError("the operation never ends")

    return go


def test_present(points: Points) -> None:
    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.settings(**NEW))
        stored = place.client.stored()
        assert (stored["callback_persist"], stored["webhooks.max_concurrent_requests"]) == (False, 12)
        assert result["restart_settings"] == RESTART
        assert place.state().intention is None
        again = place.succeed(place.settings(**NEW))
        assert (again["changed"], again["restart_required"]) == (False, True)

    assert points(OLD, lambda place, end_at: place.settings(end_at, **NEW), check) * EVERY >= 40


def test_a_restart_is_pending_only_if_the_change_was_executed(points: Points) -> None:
    """The old values are declared again after the crash: only a change that was executed may cost a restart."""

    def check(place: Place, _run: Run) -> None:
        executed = place.client.stored()["callback_persist"] is False
        result = place.succeed(place.settings(**OLD))
        assert result["restart_required"] is executed
        assert place.client.stored()["callback_persist"] is True

    assert points(OLD, lambda place, end_at: place.settings(end_at, **NEW), check) * EVERY >= 40


def test_a_setting_that_is_never_shown(points: Points) -> None:
    """Whether it was executed cannot be seen: it is sent again, and the restart is pending."""
    hidden = "axolotl_context_striping_disabled"
    wanted: dict[str, Any] = {hidden: True}

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.settings(**wanted))
        assert place.client.stored()[hidden] is True
        assert result["restart_settings"] == [hidden]
        assert place.succeed(place.settings(**wanted))["changed"] is False

    assert points({}, lambda place, end_at: place.settings(end_at, **wanted), check) * EVERY >= 40


def test_default(points: Points) -> None:
    def check(place: Place, run: Run) -> None:
        result = place.succeed(place.settings(state="default"))
        assert place.client.stored()["callback_persist"] is True
        assert result["restart_settings"] == RESTART
        assert place.state().intention is None

    assert points(NEW, lambda place, end_at: place.settings(end_at, state="default"), check) * EVERY >= 40


@pytest.mark.parametrize("given", [NEW, {"state": "default", "allow_webhook_loss": True}], ids=["present", "default"])
def test_what_needs_a_restart_is_not_written_before_it_is_prepared(points: Points, given: dict[str, Any]) -> None:
    before = NEW if "state" in given else OLD

    def check(place: Place, run: Run) -> None:
        assert run.killed or run.result["prepared"] is True
        assert not [call for call in place.client.writes() if "settings" in call]
        assert place.pending() is None and place.state().intention is None

    act: Act = lambda place, end_at: place.settings(end_at, write="unless_restart", **given)  # noqa: E731
    assert points(before, act, check) * EVERY >= 10


def test_a_campaign_is_not_recorded_before_it_is_prepared(points: Points) -> None:
    def check(place: Place, run: Run) -> None:
        assert run.killed or run.result["prepared"] is True
        assert not [call for call in place.client.writes() if "settings" in call]
        assert place.pending() is None and not place.state().campaigns

    act: Act = lambda place, end_at: place.campaign(end_at, name="spring", write="unless_restart")  # noqa: E731
    assert points({}, act, check) * EVERY >= 20


def test_campaign_begins(points: Points) -> None:
    """One operation under one lock: garbage collection is never off without the campaign that holds it off."""

    def check(place: Place, _run: Run) -> None:
        if place.client.stored()[COLLECT] is False:
            assert "spring" in place.state().campaigns
        result = place.succeed(place.campaign(name="spring"))
        assert place.client.stored()[COLLECT] is False
        assert result["restart_settings"] == place.pending() == [COLLECT]
        assert [campaign["name"] for campaign in result["campaigns"]] == ["spring"]
        place.succeed(place.campaign(state="absent", name="spring", after="previous"))
        assert place.client.stored()[COLLECT] is True

    assert points({}, lambda place, end_at: place.campaign(end_at, name="spring"), check) * EVERY >= 40


def test_a_second_campaign_begins(points: Points) -> None:
    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="earlier"))
        return place.campaign(end_at, name="spring")

    def check(place: Place, _run: Run) -> None:
        assert "earlier" in place.state().campaigns
        result = place.succeed(place.campaign(name="spring"))
        assert [campaign["name"] for campaign in result["campaigns"]] == ["earlier", "spring"]

    assert points({}, act, check) * EVERY >= 15


def test_a_stored_value_without_proof_needs_a_restart(points: Points) -> None:
    """Garbage collection is stored as off already: nothing is written, and the restart is pending all the same."""

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.campaign(name="spring"))
        assert place.pending() == [COLLECT] and result["restart_reason"] == "not_confirmed"
        assert not [call for call in place.client.writes() if "settings" in call]

    settings = {"garbagecollector_enable": {"messages": False}}
    assert points(settings, lambda place, end_at: place.campaign(end_at, name="spring"), check) * EVERY >= 15


def test_settings_while_a_campaign_is_active(points: Points) -> None:
    """What garbage collection was before is known afterwards, wherever the settings run was killed."""

    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="spring"))
        return place.settings(end_at, collect_messages=True, callback_persist=False)

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.settings(collect_messages=True, callback_persist=False))
        assert place.client.stored()[COLLECT] is False
        assert set(result["restart_settings"]) == {COLLECT, "callback_persist"}
        place.succeed(place.campaign(state="absent", name="spring", after="previous"))
        assert place.client.stored()[COLLECT] is True

    assert points({}, act, check) * EVERY >= 40


@pytest.mark.parametrize(("after", "wanted"), [("on", True), ("off", False), ("previous", True)])
def test_campaign_ends(points: Points, after: str, wanted: bool) -> None:
    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="spring"))
        return place.campaign(end_at, state="absent", name="spring", after=after)

    def check(place: Place, _run: Run) -> None:
        place.succeed(place.campaign(state="absent", name="spring", after=after))
        assert place.client.stored()[COLLECT] is wanted
        state = place.state()
        assert (state.campaigns, state.hold, state.release) == ({}, None, None)
        assert place.pending() == [COLLECT]

    assert points({}, act, check) * EVERY >= 15
