# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns hold garbage collection; the last one to end says what it leaves."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils import _campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import empty

UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-30T18:00:00Z", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        (" 2026-11-30T18:00:00z ", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        ("2026-11-30T19:00:00+01:00", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
        ("2026-11-30 18:00+00:00", datetime.datetime(2026, 11, 30, 18, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime.datetime) -> None:
    assert _campaigns.parse_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["", "Z", "tomorrow", "2026-11-30", "2026-11-30T18:00:00", "0001-01-01T00:00:00+05:00", "2026-13-01T00:00Z"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InputError, match="no moment with a time zone"):
        _campaigns.parse_moment(text)


def test_begin_and_end() -> None:
    data = empty()
    assert _campaigns.begin(data, "spring", "2026-11-30T18:00:00Z")
    assert not _campaigns.begin(data, "spring", None)
    assert not _campaigns.begin(data, "spring", "2026-11-30T19:00:00+01:00")
    since = data["campaigns"]["spring"]["since"]
    assert _campaigns.begin(data, "spring", "2026-12-01T00:00:00Z")
    assert data["campaigns"]["spring"] == {"since": since, "planned_end": "2026-12-01T00:00:00Z"}
    assert _campaigns.is_active(data)
    assert _campaigns.end(data, ["spring", "other"], "on") == ["spring"]
    assert not _campaigns.is_active(data)
    assert _campaigns.end(data, ["spring"], "off") == []
    assert data["release"] == "on"


def test_only_the_last_of_overlapping_campaigns_leaves_something() -> None:
    data = empty()
    _campaigns.begin(data, "a", None)
    _campaigns.note_before(data, False)
    _campaigns.begin(data, "b", None)
    assert not _campaigns.note_before(data, True)
    _campaigns.end(data, ["a"], "on")
    assert _campaigns.released_value(data) is None
    _campaigns.end(data, ["b"], "previous")
    assert _campaigns.released_value(data) is False
    assert _campaigns.close_hold(data)
    assert not _campaigns.close_hold(data)
    assert _campaigns.released_value(data) is None
    assert data == empty()


@pytest.mark.parametrize(("after", "value"), [("on", True), ("off", False), ("previous", None)])
def test_what_is_left_where_nothing_was_held(after: str, value: bool | None) -> None:
    data = empty()
    _campaigns.begin(data, "a", None)
    _campaigns.end(data, ["a"], after)
    assert _campaigns.released_value(data) is value


def test_a_new_campaign_overtakes_an_end_that_was_not_carried_out() -> None:
    data = empty()
    _campaigns.begin(data, "a", None)
    _campaigns.note_before(data, True)
    _campaigns.end(data, ["a"], "off")
    _campaigns.begin(data, "b", None)
    assert data["release"] is None
    assert data["hold"] == {"before": True}


@pytest.mark.parametrize("value", [None, "odd"])
def test_what_is_not_known_is_not_kept(value: Any) -> None:
    data = empty()
    _campaigns.begin(data, "a", None)
    assert not _campaigns.note_before(data, value)
    assert data["hold"] is None


def test_listed() -> None:
    data = empty()
    _campaigns.begin(data, "b", "2026-01-01T00:00:00Z")
    _campaigns.begin(data, "a", None)
    found = _campaigns.listed(data, datetime.datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one["name"], one["overdue"]) for one in found] == [("a", False), ("b", True)]
    found = _campaigns.listed(data, datetime.datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    assert [one["overdue"] for one in found] == [False, False]
