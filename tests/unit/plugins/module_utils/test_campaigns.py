# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns hold garbage collection; the last one to end says what it leaves."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import empty

UTC = datetime.timezone.utc


def test_begin_and_end() -> None:
    data = empty()
    assert campaigns.begin(data, "spring", "2026-11-30T18:00:00Z")
    assert not campaigns.begin(data, "spring", None)
    assert not campaigns.begin(data, "spring", "2026-11-30T19:00:00+01:00")
    since = data["campaigns"]["spring"]["since"]
    assert campaigns.begin(data, "spring", "2026-12-01T00:00:00Z")
    assert data["campaigns"]["spring"] == {"since": since, "planned_end": "2026-12-01T00:00:00Z"}
    assert campaigns.is_active(data)
    assert campaigns.end(data, ["spring", "other"], "on") == ["spring"]
    assert not campaigns.is_active(data)
    assert campaigns.end(data, ["spring"], "off") == []
    assert data["release"] == "on"


def test_only_the_last_of_overlapping_campaigns_leaves_something() -> None:
    data = empty()
    campaigns.begin(data, "a", None)
    campaigns.note_before(data, False)
    campaigns.begin(data, "b", None)
    assert not campaigns.note_before(data, True)
    campaigns.end(data, ["a"], "on")
    assert campaigns.released_value(data) is None
    campaigns.end(data, ["b"], "previous")
    assert campaigns.released_value(data) is False
    assert campaigns.close_hold(data)
    assert not campaigns.close_hold(data)
    assert campaigns.released_value(data) is None
    assert data == empty()


@pytest.mark.parametrize(("after", "value"), [("on", True), ("off", False), ("previous", None)])
def test_what_is_left_where_nothing_was_held(after: str, value: bool | None) -> None:
    data = empty()
    campaigns.begin(data, "a", None)
    campaigns.end(data, ["a"], after)
    assert campaigns.released_value(data) is value


def test_a_new_campaign_overtakes_an_end_that_was_not_carried_out() -> None:
    data = empty()
    campaigns.begin(data, "a", None)
    campaigns.note_before(data, True)
    campaigns.end(data, ["a"], "off")
    campaigns.begin(data, "b", None)
    assert data["release"] is None
    assert data["hold"] == {"before": True}


@pytest.mark.parametrize("value", [None, "odd"])
def test_what_is_not_known_is_not_kept(value: Any) -> None:
    data = empty()
    campaigns.begin(data, "a", None)
    assert not campaigns.note_before(data, value)
    assert data["hold"] is None


def test_listed() -> None:
    data = empty()
    campaigns.begin(data, "b", "2026-01-01T00:00:00Z")
    campaigns.begin(data, "a", None)
    found = campaigns.listed(data, datetime.datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one["name"], one["overdue"]) for one in found] == [("a", False), ("b", True)]
    found = campaigns.listed(data, datetime.datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    assert [one["overdue"] for one in found] == [False, False]
