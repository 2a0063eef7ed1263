# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points: each operation is ended at every step towards the outside, and run again plainly.

What has to hold then: settings as intended, a restart pending if and only if the change was executed, no campaign lost, no
ledger torn, nothing of ours taken for a change by others. `pytest -s` prints the points.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file, in_effect, lease_owner, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import State
from emulator.testing import Client, Emulator
from hostile.nursery import Nursery, Run

EVERY = 14 if os.environ.get("FAULTS") == "short" else 1
OLD: dict[str, Any] = {"callback_persist": True, "webhooks": {"max_concurrent_requests": 6}}
NEW: dict[str, Any] = {"callback_persist": False, "webhooks": {"max_concurrent_requests": 12}}
RESTART = ["callback_persist", "webhooks.max_concurrent_requests"]
COLLECT = "garbagecollector_enable.messages"


class Place:
    """A client with its ledger, and the operations on them."""

    def __init__(self, emulator: Emulator, nursery: Nursery, folder: Path, settings: dict[str, Any]) -> None:
        self.client: Client = emulator.client(settings=settings)
        self.ledger = folder / self.client.name / "ledger.json"
        self._nursery = nursery
        self._connection = {
            "api_url": self.client.api_url,
            "password": self.client.password,
            "ca_path": emulator.ca_path,
            "timeout": 5,
            "retry_timeout": 5,
        }

    def settings(self, end_at: int = 0, **given: Any) -> Run:
        params = {**self._connection, "ledger": str(self.ledger), **given}
        return self._nursery.run("application_settings", params, end_at)

    def campaign(self, end_at: int = 0, **given: Any) -> Run:
        params = {**self._connection, "ledger": str(self.ledger), **given}
        return self._nursery.run("campaign", params, end_at)

    def provider(self, end_at: int = 0, **given: Any) -> Run:
        params = {**self._connection, "ledger": str(self.ledger), "name": "store", "bearer": "planted-secret", **given}
        return self._nursery.run("media_provider", params, end_at)

    def confirm(self) -> None:
        """All nodes were restarted, with what is stored."""
        with file.Ledger(str(self.ledger), read_only=False) as ledger:
            shown = ledger.state.seen
            ledger.state = rolling.close(in_effect.confirm(ledger.state, shown, shown, {"n": "1"}))
            ledger.save()

    def state(self) -> State:
        """The ledger; it has to be whole at each moment."""
        if not self.ledger.exists():
            return State()
        return file.parse(self.ledger.read_text(encoding="utf-8"), str(self.ledger))

    def succeed(self, run: Run) -> dict[str, Any]:
        assert not run.failed, run
        return run.result


Points = Callable[[dict[str, Any], Callable[[Place, int], Run], Callable[[Place, Run], None]], int]


@pytest.fixture
def points(emulator: Emulator, nursery: Nursery, tmp_path: Path) -> Points:
    """Goes through all points: a fresh place, the run that ends there, and the check."""

    def go(settings: dict[str, Any], act: Callable[[Place, int], Run], check: Callable[[Place, Run], None]) -> int:
        for number, end_at in enumerate(range(1, 1000, EVERY)):
            place = Place(emulator, nursery, tmp_path, settings)
            run = act(place, end_at)
            if not run.killed:
                assert run.result.get("failed") is None, run
            place.state()
            check(place, run)
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


def test_a_restart_is_pending_just_if_the_change_was_executed(points: Points) -> None:
    """After the crash the old value is wanted: then only a change that arrived may cost a restart."""

    def check(place: Place, _run: Run) -> None:
        executed = place.client.stored()["callback_persist"] is False
        result = place.succeed(place.settings(**OLD))
        assert result["restart_required"] is executed
        assert place.client.stored()["callback_persist"] is True

    assert points(OLD, lambda place, end_at: place.settings(end_at, **NEW), check) * EVERY >= 40


def test_a_setting_that_is_never_shown(points: Points) -> None:
    """No GET shows whether it was executed: it is sent again, and the restart is pending."""
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


def test_a_crash_is_not_taken_for_a_change_by_others(points: Points) -> None:
    """What was confirmed before stays so, or its restart is pending; nothing is doubtful because a run has died."""

    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.settings())
        place.confirm()
        return place.settings(end_at, **NEW)

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.settings())
        assert {
            name: known["reason"] for name, known in result["in_effect"].items() if name in RESTART
        } == dict.fromkeys(RESTART)
        changed = [name for name in RESTART if place.client.stored()[name] != result["in_effect"][name]["value"]]
        assert set(changed) <= set(restart.settings(place.state()))

    assert points(OLD, act, check) * EVERY >= 40


def test_campaign_begins(points: Points) -> None:
    """One run records it, switches collection off and marks the restart pending, or it is done by the next one."""

    def check(place: Place, _run: Run) -> None:
        state, stored = place.state(), place.client.stored()[COLLECT]
        recorded = "spring" in state.campaigns
        assert recorded or stored is True  # nothing is switched off that no campaign stands for
        result = place.succeed(place.campaign(name="spring"))
        assert [campaign["name"] for campaign in result["campaigns"]] == ["spring"]
        assert place.client.stored()[COLLECT] is False
        assert result["restart_settings"] == [COLLECT]
        place.succeed(place.campaign(state="absent", name="spring", after="previous"))
        assert place.client.stored()[COLLECT] is True  # what it was before is known, wherever the run was ended

    assert points({}, lambda place, end_at: place.campaign(end_at, name="spring"), check) * EVERY >= 40


def test_campaign_begins_beside_another(points: Points) -> None:
    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="earlier"))
        return place.campaign(end_at, name="spring")

    def check(place: Place, _run: Run) -> None:
        assert "earlier" in place.state().campaigns
        result = place.succeed(place.campaign(name="spring"))
        assert [campaign["name"] for campaign in result["campaigns"]] == ["earlier", "spring"]
        assert place.client.stored()[COLLECT] is False

    assert points({}, act, check) * EVERY >= 20


def test_campaign_that_needs_proof(points: Points) -> None:
    """Collection is stored as off, and not known to be off in effect: its restart is never forgotten."""

    def act(place: Place, end_at: int) -> Run:
        return place.campaign(end_at, name="spring")

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.campaign(name="spring"))
        assert (result["restart_settings"], result["restart_reason"]) == ([COLLECT], "not_confirmed")

    assert points({"garbagecollector_enable": {"messages": False}}, act, check) * EVERY >= 20


def test_campaign_that_is_only_prepared(points: Points) -> None:
    def check(place: Place, _run: Run) -> None:
        state = place.state()
        assert (state.campaigns, state.restart, state.intention) == ({}, None, None)
        assert place.client.stored()[COLLECT] is True

    def act(place: Place, end_at: int) -> Run:
        return place.campaign(end_at, name="spring", write="unless_restart")

    assert points({}, act, check) * EVERY >= 10


@pytest.mark.parametrize(("after", "wanted"), [("on", True), ("off", False), ("previous", True)])
def test_campaign_ends(points: Points, after: str, wanted: bool) -> None:
    def end(place: Place, end_at: int = 0) -> Run:
        return place.campaign(end_at, state="absent", name="spring", after=after)

    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="spring"))
        return end(place, end_at)

    def check(place: Place, _run: Run) -> None:
        place.succeed(end(place))  # the same command repeats it
        assert place.client.stored()[COLLECT] is wanted
        state = place.state()
        assert (state.campaigns, state.hold, state.release) == ({}, None, None)
        assert restart.settings(state) == [COLLECT]

    assert points({}, act, check) * EVERY >= 15


def test_the_write_for_a_prepared_roll(points: Points) -> None:
    """The lease and the nodes are there: afterwards the roll is that of a pending restart, or nothing has been written."""
    owner = vars(lease_owner.owner_of(os.getpid(), "wa-berlin"))

    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.settings())
        with file.Ledger(str(place.ledger), read_only=False) as ledger:
            ledger.state = rolling.start(ledger.state)
            ledger.save()
        return place.settings(end_at, owner=owner, **NEW)

    def check(place: Place, _run: Run) -> None:
        state = place.state()
        executed = place.client.stored()["callback_persist"] is False
        assert not executed or state.restart is not None or state.intention is not None
        result = place.succeed(place.settings(**NEW))
        assert result["restart_settings"] == RESTART
        assert place.state().roll is not None and not place.state().roll.prepared  # type: ignore[union-attr]

    assert points(OLD, act, check) * EVERY >= 40


@pytest.mark.parametrize("given", [{}, {"state": "absent"}])
def test_media_provider(points: Points, given: dict[str, Any]) -> None:
    def act(place: Place, end_at: int) -> Run:
        if given:
            place.succeed(place.provider())
        return place.provider(end_at, **given)

    def check(place: Place, _run: Run) -> None:
        place.succeed(place.provider(**given))
        assert place.succeed(place.provider(**given))["changed"] is False
        assert not place.ledger.exists() or "planted-secret" not in place.ledger.read_text(encoding="utf-8")

    assert points({}, act, check) * EVERY >= 15
