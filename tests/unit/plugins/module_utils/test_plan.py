# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalise, compare, predict."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import BY_API

BOOL = BY_API["callback_persist"]
INT = BY_API["callback_backoff_delay_ms"]
SET = BY_API["media.auto_download"]
TEXT = BY_API["log_level"]


def client(application: dict[str, Any], version: str | None = "2.53.1") -> planning.Snapshot:
    return planning.read_snapshot(application, version)


def never_sent(name: str, value: Any) -> bool:
    del name, value
    return False


@pytest.mark.parametrize(
    ("setting", "value", "normal"),
    [
        (BOOL, True, True),
        (BOOL, "true", True),
        (BOOL, " False ", False),
        (BOOL, 1, True),
        (BOOL, 0, False),
        (BOOL, 2, 2),
        (BOOL, "maybe", "maybe"),
        (BOOL, None, None),
        (BOOL, [], []),
        (INT, 3000, 3000),
        (INT, "3000", 3000),
        (INT, " +5 ", 5),
        (INT, "-5", -5),
        (INT, 5.0, 5),
        (INT, 5.5, 5.5),
        (INT, True, True),
        (INT, "5s", "5s"),
        (INT, "-", "-"),
        (INT, "\u0663", "\u0663"),
        (INT, "9" * 5000, "9" * 5000),
        (SET, ["video", "audio", "audio"], ["audio", "video"]),
        (SET, [], []),
        (SET, [1, "audio"], [1, "audio"]),
        (SET, "audio", "audio"),
        (TEXT, "info", "info"),
        (TEXT, 5, 5),
    ],
)
def test_values_by_their_declared_type(setting: Any, value: Any, normal: Any) -> None:
    normalised = planning.normalise(setting, value)
    assert normalised == normal
    assert type(normalised) is type(normal)
    assert planning.normalise(setting, normalised) == normal


def test_what_a_client_shows() -> None:
    application = {
        "wa_id": "123",
        "callback_persist": "true",
        "webhooks": {"url": "", "message": {"sent": 1}, "future": 1},
        "media": None,
        "sent_status": True,
    }
    found = client(application, "v2.53.1")
    assert found.values == {"callback_persist": True, "webhooks.url": "", "webhooks.message_status.sent": True}
    assert found.extra == {"sent_status": True}
    assert (found.version, found.wa_id) == ((2, 53, 1), "123")
    assert client({"wa_id": 5}, None).wa_id is None


def test_what_a_task_gives() -> None:
    params = {
        "callback_persist": False,
        "callback_backoff_delay_ms": 0,
        "heartbeat_interval": None,
        "media": {"auto_download": []},
        "webhooks": {"url": "", "max_concurrent_requests": None, "message_status": None},
        "extra_settings": {"a.b": None},
    }
    assert planning.given_values(params) == {
        "callback_persist": False,
        "callback_backoff_delay_ms": 0,
        "media.auto_download": [],
        "webhooks.url": "",
        "extra_settings.a.b": None,
    }


def test_flat_values_become_options() -> None:
    values = {"webhooks.message_status.sent": True, "webhooks.url": "", "log_level": "info"}
    assert planning.as_options(values) == {
        "log_level": "info",
        "webhooks": {"message_status": {"sent": True}, "url": ""},
    }


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("callback_persist", True, True, True),
        ("callback_persist", True, 1, False),
        ("callback_backoff_delay_ms", 1, True, False),
        ("extra_settings.x", "5", 5, True),
        ("extra_settings.x", True, "true", True),
        ("extra_settings.x", "True", True, True),
        ("extra_settings.x", 1, 1.0, True),
        ("extra_settings.x", 1, True, False),
        ("extra_settings.x", "Any", "any", False),
        ("extra_settings.x", None, "none", False),
        ("extra_settings.x", [1], [1], True),
        ("extra_settings.x", [1], "[1]", False),
    ],
)
def test_same(name: str, one: Any, other: Any, same: bool) -> None:
    assert planning.same(name, one, other) is same
    one, other = other, one
    assert planning.same(name, one, other) is same


@pytest.mark.parametrize(
    ("application", "wanted"),
    [
        ({"callback_backoff_delay_ms": "3000"}, {"callback_backoff_delay_ms": 3000}),
        ({"callback_persist": "true"}, {"callback_persist": True}),
        ({"media": {"auto_download": ["video", "audio"]}}, {"media.auto_download": ["audio", "video"]}),
        ({"sent_status": True}, {"extra_settings.sent_status": "true"}),
    ],
)
def test_oddities_of_types_are_no_change(application: dict[str, Any], wanted: dict[str, Any]) -> None:
    plan = planning.make_plan(client(application), wanted, never_sent)
    assert (plan.changed, plan.body, plan.restart) == ([], {}, [])


def test_only_what_differs_is_sent_and_objects_are_sent_whole() -> None:
    application = {
        "callback_persist": True,
        "heartbeat_interval": 5,
        "webhooks": {
            "url": "https://h",
            "max_concurrent_requests": 12,
            "message": {"sent": False, "read": True},
            "new": 1,
        },
    }
    wanted = {"callback_persist": True, "heartbeat_interval": 6, "webhooks.message_status.read": False}
    plan = planning.make_plan(client(application), wanted, never_sent)
    assert plan.changed == ["heartbeat_interval", "webhooks.message_status.read"]
    assert plan.body == {
        "heartbeat_interval": 6,
        "webhooks": {
            "url": "https://h",
            "max_concurrent_requests": 12,
            "message": {"sent": False, "read": False},
            "new": 1,
        },
    }
    assert application["webhooks"]["message"] == {"sent": False, "read": True}  # type: ignore[index]


def test_an_object_that_is_not_there_yet() -> None:
    plan = planning.make_plan(client({"webhooks": None}), {"webhooks.message_status.sent": False}, never_sent)
    assert plan.body == {"webhooks": {"message": {"sent": False}}}


def test_what_get_does_not_show_depends_on_what_was_sent() -> None:
    wanted = {"axolotl_context_striping_disabled": True, "extra_settings.pager": "x"}
    assert planning.differing(client({}), wanted, never_sent) == sorted(wanted)
    assert planning.differing(client({}), wanted, lambda name, value: name in wanted) == []


def test_what_needs_a_restart() -> None:
    wanted = {"callback_persist": False, "heartbeat_interval": 1, "extra_settings.pager": "x"}
    plan = planning.make_plan(client({}), wanted, never_sent)
    assert plan.restart == ["callback_persist"]


def test_the_prediction() -> None:
    now = client({"callback_persist": True, "pass_through": True}, "2.49.1")
    wanted = {
        "callback_persist": False,
        "heartbeat_interval": 1,
        "axolotl_context_striping_disabled": True,
        "skip_referral_media_download": True,
        "extra_settings.pager": "x",
    }
    plan = planning.make_plan(now, wanted, never_sent)
    assert planning.predicted(now, plan) == {"callback_persist": False, "pass_through": True, "heartbeat_interval": 1}
    unknown = client({"callback_persist": True}, None)
    assert planning.predicted(unknown, plan) == {"callback_persist": False}


def test_what_was_not_kept() -> None:
    before = client({"callback_persist": True, "heartbeat_interval": 5, "sent_status": 1})
    wanted = {
        "callback_persist": False,
        "heartbeat_interval": 6,
        "axolotl_context_striping_disabled": True,
        "extra_settings.sent_status": 2,
    }
    plan = planning.make_plan(before, wanted, never_sent)
    kept = client({"callback_persist": False, "heartbeat_interval": "6", "sent_status": "2"})
    assert planning.not_kept(before, kept, plan) == []
    lost = client({"callback_persist": False, "sent_status": 1})
    assert planning.not_kept(before, lost, plan) == ["extra_settings.sent_status", "heartbeat_interval"]


@pytest.mark.parametrize("name", ["https://u:S3CRET@h.example/x", "a b", "\x1b[2J", "{{ 1 }}", "", "x" * 201])
def test_what_no_setting_can_be_called_is_left_out(name: str) -> None:
    """A client may send anything as a name, and names are shown."""
    assert list(planning.read_snapshot({name: 1, "newer_setting": 2}, "2.53.1").extra) == ["newer_setting"]
