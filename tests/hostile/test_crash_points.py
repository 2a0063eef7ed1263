# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points: each operation is ended at every step towards the outside, and run again plainly.

What has to hold then: settings as intended, a restart owed if and only if the change was taken, each owed restart done
once, no campaign lost, no ledger torn. `pytest -s` prints the points.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file
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
        return self._nursery.run("campaign", {"ledger": str(self.ledger), **given}, end_at)

    def data(self) -> dict[str, Any]:
        """The ledger; it has to be whole at each moment."""
        if not self.ledger.exists():
            return file.empty()
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
            place.data()
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
        assert place.data()["intention"] is None
        again = place.succeed(place.settings(**NEW))
        assert (again["changed"], again["restart_required"]) == (False, True)

    assert points(OLD, lambda place, end_at: place.settings(end_at, **NEW), check) * EVERY >= 40


def test_a_restart_is_owed_just_if_the_change_was_taken(points: Points) -> None:
    """Somebody thinks better of it after the crash: then only a change that arrived may cost a restart."""

    def check(place: Place, _run: Run) -> None:
        taken = place.client.stored()["callback_persist"] is False
        result = place.succeed(place.settings(**OLD))
        assert result["restart_required"] is taken
        assert place.client.stored()["callback_persist"] is True

    assert points(OLD, lambda place, end_at: place.settings(end_at, **NEW), check) * EVERY >= 40


def test_a_setting_that_is_never_shown(points: Points) -> None:
    """Nobody can see whether it was taken: it is sent again, and the restart is owed."""
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
        assert place.data()["intention"] is None

    assert points(NEW, lambda place, end_at: place.settings(end_at, state="default"), check) * EVERY >= 40


def test_campaign_begins(points: Points) -> None:
    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="earlier"))
        return place.campaign(end_at, name="spring")

    def check(place: Place, _run: Run) -> None:
        assert "earlier" in place.data()["campaigns"]
        result = place.succeed(place.campaign(name="spring"))
        assert [campaign["name"] for campaign in result["campaigns"]] == ["earlier", "spring"]

    assert points({}, act, check) * EVERY >= 15


def test_campaign_holds_collection_off(points: Points) -> None:
    """What collection was before is known afterwards, wherever the settings run was ended."""

    def act(place: Place, end_at: int) -> Run:
        place.succeed(place.campaign(name="spring"))
        return place.settings(end_at, collect_messages=True)

    def check(place: Place, _run: Run) -> None:
        result = place.succeed(place.settings(collect_messages=True))
        assert place.client.stored()[COLLECT] is False
        assert result["restart_settings"] == [COLLECT]
        place.succeed(place.campaign(state="absent", name="spring", after="previous"))
        place.succeed(place.settings())
        assert place.client.stored()[COLLECT] is True

    assert points({}, act, check) * EVERY >= 40


@pytest.mark.parametrize(("after", "wanted"), [("on", True), ("off", False), ("previous", True)])
def test_campaign_ends(points: Points, after: str, wanted: bool) -> None:
    """Both the taking out and the settings run that follows are ended in the middle, and done again."""

    def begin(place: Place) -> None:
        place.succeed(place.campaign(name="spring"))
        place.succeed(place.settings())

    def act_campaign(place: Place, end_at: int) -> Run:
        begin(place)
        return place.campaign(end_at, state="absent", name="spring", after=after)

    def act_settings(place: Place, end_at: int) -> Run:
        begin(place)
        place.succeed(place.campaign(state="absent", name="spring", after=after))
        return place.settings(end_at)

    def check(place: Place, _run: Run) -> None:
        place.succeed(place.campaign(state="absent", name="spring", after=after))
        place.succeed(place.settings())
        assert place.client.stored()[COLLECT] is wanted
        data = place.data()
        assert (data["campaigns"], data["hold"], data["release"]) == ({}, None, None)
        assert json.dumps(data["restart"]["settings"]) == json.dumps([COLLECT])

    assert points({}, act_campaign, check) * EVERY >= 15
    assert points({}, act_settings, check) * EVERY >= 20
