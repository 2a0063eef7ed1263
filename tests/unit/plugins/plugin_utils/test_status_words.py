# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the report says things, and where a campaign is on its line of time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import status_example as example
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_timeline import TICKS, timeline
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_view import view
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_words import (
    compared,
    duration,
    moment,
    natural,
    repair_command,
    shown_time,
    shown_value,
)

NOW = datetime(2026, 11, 22, 19, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-20T18:00:00Z", {"iso": "2026-11-20T18:00:00Z", "text": "20 Nov 18:00"}),
        ("2025-01-02T03:04:05+01:00", {"iso": "2025-01-02T02:04:05Z", "text": "2 Jan 2025 02:04"}),
        ("soon <b>", {"iso": "", "text": "soon <b>"}),
        (None, None),
    ],
)
def test_times(text: str | None, shown: Any) -> None:
    assert shown_time(text, NOW) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59, "less than a minute"),
        (60, "1 minute"),
        (7199, "1 hour"),
        (7200, "2 hours"),
        (-172800, "2 days"),
        (3 * 365 * 86400, "3 years"),
    ],
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


def test_values_of_different_kinds_look_different() -> None:
    assert len({shown_value(value) for value in (None, "not set", 12, "12", True, "true", [], "")}) == 8


@pytest.mark.parametrize(
    ("declared", "found", "pieces"),
    [
        ("https://a.example.com/x", "https://b.example.com/x", ("a", "b")),
        ("aaaaaa", "aaaaaaaa", ("", "aa")),
        (12, 16, ("12", "16")),
        (True, None, ("true", "not set")),
    ],
)
def test_what_differs_is_cut_out(declared: Any, found: Any, pieces: tuple[str, str]) -> None:
    left, right = compared(declared, found)
    assert (left[1], right[1]) == pieces


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", max_size=12))
def test_the_pieces_make_the_whole(declared: str, found: str) -> None:
    left, right = compared(declared, found)
    assert ("".join(left), "".join(right)) == (shown_value(declared), shown_value(found))
    assert (left[0], left[2]) == (right[0], right[2])


def test_numbers_in_names_count_as_numbers() -> None:
    assert sorted(["b", "a10", "a9", "10", "9", "²"], key=natural) == ["9", "10", "a9", "a10", "b", "²"]


def lanes(*campaigns: dict[str, Any]) -> dict[str, Any]:
    clients = [example.client(f"client{number}", campaigns=[one]) for number, one in enumerate(campaigns)]
    return timeline([dict(client, id=client["name"]) for client in clients], example.MADE)


def test_campaigns_of_one_name_and_end_share_a_lane_and_overdue_ones_come_first() -> None:
    line = lanes(
        example.campaign("sale", "2026-11-20T08:00:00Z", "2026-11-30T18:00:00Z"),
        example.campaign("sale", "2026-11-20T10:00:00Z", "2026-11-30T18:00:00Z"),
        example.campaign("old", "2026-11-01T08:00:00Z"),
        example.campaign("late", "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z", True),
    )
    assert [(lane["name"], lane["count"]) for lane in line["lanes"]] == [
        ("late", "1 client"),
        ("old", "1 client"),
        ("sale", "2 clients"),
    ]
    assert [lane["state"] for lane in line["lanes"]] == ["11 hours overdue", "no planned end", "ends in 7 days"]
    assert [[piece["look"] for piece in lane["bar"]] for lane in line["lanes"]] == [
        ["passed", "late"],
        ["passed", "open"],
        ["passed", "coming"],
    ]


TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda when: f"{when:%Y-%m-%dT%H:%M:%S}Z".zfill(20))


@given(st.lists(st.tuples(TIMES, st.none() | TIMES), max_size=5))
def test_everything_stays_on_the_line(campaigns: list[tuple[str, str | None]]) -> None:
    line = lanes(*(example.campaign("one", since, end) for since, end in campaigns))
    assert 0 <= line["now"] <= 100
    assert len(line["ticks"]) <= TICKS + 2
    for lane in line["lanes"]:
        for piece in lane["bar"]:
            assert piece["width"] > 0 and 0 <= piece["left"] <= piece["left"] + piece["width"] <= 100.5


@pytest.mark.parametrize(
    ("kind", "name", "command"),
    [
        ("restart_pending", "wa-1", "ansible-playbook -i inventory.yml wabiz.onprem.restart --limit wa-1"),
        ("restart_pending", "wa;reboot", ""),
        ("restart_pending", "!wa", ""),
        ("malformed", "wa-1", ""),
    ],
)
def test_only_a_plain_name_gets_a_command(kind: str, name: str, command: str) -> None:
    assert repair_command(kind, name) == command


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, (True, True)),
        ({"restart": {"pending": None, "since": None, "settings": [], "reason": None}}, (False, True)),
        ({"message_collection": None}, (True, False)),
    ],
)
def test_unknown_is_not_none(changes: dict[str, Any], known: tuple[bool, bool]) -> None:
    document = {"made": example.MADE, "summary": {"clients": 1, "critical": 0, "warning": 0, "ok": 1, "worst": "ok"}}
    (shown,) = view({**document, "clients": [example.client("one", **changes)]})["clients"]
    assert (shown["campaigns_known"], shown["drift_known"]) == known


def test_what_leaves_the_axis_is_marked() -> None:
    line = lanes(
        example.campaign("old", "2001-01-01T00:00:00Z"),
        example.campaign("far", "2026-11-20T08:00:00Z", "2099-01-01T00:00:00Z"),
    )
    assert {lane["name"]: (lane["before"], lane["after"]) for lane in line["lanes"]} == {
        "old": (True, False),
        "far": (False, True),
    }


def test_no_time_is_no_time() -> None:
    assert moment("yesterday") is None and moment(None) is None


@pytest.mark.parametrize(
    ("collection", "kind", "shown"),
    [
        ({"set": True, "in_effect": True, "held": False}, "drift", ("on", "", "")),
        ({"set": False, "in_effect": False, "held": True}, "overdue", ("off", "held", "")),
        ({"set": False, "in_effect": False, "held": False}, "collection_off", ("off", "", "critical")),
        ({"set": False, "in_effect": False, "held": False}, "drift", ("off", "", "")),
        ({"set": True, "in_effect": True, "held": True}, "collection_on", ("on", "held", "warning")),
        ({"set": False, "in_effect": None, "held": True}, "restart_pending", ("off", "held, in effect unknown", "")),
        ({"set": True, "in_effect": False, "held": False}, "restart_pending", ("on", "off in effect", "")),
        ({"set": None, "in_effect": None, "held": False}, "no_answer", ("unknown", "", "")),
    ],
)
def test_collection_as_set_and_in_effect(collection: dict[str, Any], kind: str, shown: tuple[str, str, str]) -> None:
    client = example.client("one", example.finding(kind, "critical", "text"), message_collection=collection)
    summary = {"clients": 1, "critical": 1, "warning": 0, "ok": 0}
    (one,) = view({"made": example.MADE, "summary": summary, "clients": [client]})["clients"]
    assert (one["collection"]["text"], one["collection"]["note"], one["collection"]["wrong"]) == shown
