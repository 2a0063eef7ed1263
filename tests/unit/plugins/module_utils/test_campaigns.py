# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns hold garbage collection off; the last one to end decides what it leaves."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Campaign, Hold, State

UTC = datetime.timezone.utc


def begin(state: State, name: str, planned_end: str | None = None) -> State:
    return campaigns.begin(state, name, moments.parse(planned_end))


def end(state: State, *names: str, after: str = "on") -> State:
    return campaigns.end(state, names, after)[0]


def test_begin_and_end() -> None:
    state = begin(State(), "spring", "2026-11-30T18:00:00Z")
    assert begin(state, "spring") is state
    assert begin(state, "spring", "2026-11-30T19:00:00+01:00") is state
    since = state.campaigns["spring"].since
    state = begin(state, "spring", "2026-12-01T00:00:00Z")
    assert state.campaigns["spring"] == Campaign(since, "2026-12-01T00:00:00Z")
    assert campaigns.is_active(state)
    state, ended = campaigns.end(state, ["spring", "other"], "on")
    assert ended == ["spring"]
    assert not campaigns.is_active(state)
    assert campaigns.end(state, ["spring"], "off") == (state, [])
    assert state.release == "on"


def test_only_the_last_of_overlapping_campaigns_leaves_something() -> None:
    state = campaigns.note_before(begin(State(), "a"), False)
    state = campaigns.note_before(begin(state, "b"), True)
    assert state.hold == Hold(False)
    state = end(state, "a", after="on")
    assert campaigns.released_value(state) is None
    state = end(state, "b", after="previous")
    assert campaigns.released_value(state) is False
    state = campaigns.close_hold(state)
    assert campaigns.released_value(state) is None
    assert state == State()


@pytest.mark.parametrize(("after", "value"), [("on", True), ("off", False), ("previous", None)])
def test_what_is_left_where_nothing_was_held(after: str, value: bool | None) -> None:
    assert campaigns.released_value(end(begin(State(), "a"), "a", after=after)) is value


def test_a_new_campaign_overtakes_an_end_that_was_not_carried_out() -> None:
    state = end(campaigns.note_before(begin(State(), "a"), True), "a", after="off")
    state = begin(state, "b")
    assert state.release is None
    assert state.hold == Hold(True)


@pytest.mark.parametrize("value", [None, "odd", 1])
def test_what_is_not_known_is_not_kept(value: Any) -> None:
    assert campaigns.note_before(begin(State(), "a"), value).hold is None


def test_nothing_is_held_without_a_campaign() -> None:
    assert campaigns.note_before(State(), True) == State()


def test_an_active_campaign_keeps_the_hold() -> None:
    state = campaigns.note_before(begin(State(), "a"), True)
    assert campaigns.close_hold(state) is state


def test_listed() -> None:
    state = begin(begin(State(), "b", "2026-01-01T00:00:00Z"), "a")
    found = campaigns.listed(state, datetime.datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one["name"], one["overdue"]) for one in found] == [("a", False), ("b", True)]
    found = campaigns.listed(state, datetime.datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    assert [one["overdue"] for one in found] == [False, False]
