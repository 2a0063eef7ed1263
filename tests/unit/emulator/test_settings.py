# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PATCH may say, and what a GET shows, by client version."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.catalog import FRESH, VERSIONS, keys
from emulator.errors import ApiError
from emulator.settings import apply_patch, in_effect, read_patch, show

OLD, MESSAGES, COLLECTION, LOGGING = VERSIONS


def test_a_fresh_old_client_shows_exactly_what_the_recorded_one_did() -> None:
    assert show({}, OLD, "") == {
        "callback_backoff_delay_ms": 3000,
        "callback_persist": True,
        "db_garbagecollector_enable": True,
        "heartbeat_interval": 5,
        "max_callback_backoff_delay_ms": 900000,
        "media": {"auto_download": ["voice", "sticker", "audio", "document", "image", "video"]},
        "notify_user_change_number": True,
        "pass_through": False,
        "sent_status": True,
        "show_security_notifications": False,
        "skip_referral_media_download": False,
        "unhealthy_interval": 30,
        "wa_id": "",
        "webhooks": {"max_concurrent_requests": 6, "url": ""},
    }


def test_the_newest_client_shows_the_new_keys_and_not_the_old_ones() -> None:
    application = show({}, LOGGING, "49123")
    assert application["garbagecollector_enable"] == {"media": False, "messages": True}
    assert application["webhooks"]["message"] == {"delivered": True, "read": True, "sent": True}
    assert (application["verbose_logging"], application["log_level"]) == (False, "info")
    assert application["wa_id"] == "49123"
    assert not {"db_garbagecollector_enable", "pass_through", "sent_status", "skip_referral_media_download"} & set(
        application
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_settings_that_are_never_echoed_are_taken_and_not_shown(version: str) -> None:
    body = {"axolotl_context_striping_disabled": True, "webhook_payload_conversation_pricingmodel_disabled": True}
    assert read_patch(body, version) == body
    assert not set(body) & set(show(body, version, ""))


@pytest.mark.parametrize(
    ("key", "value", "takes"),
    [
        ("webhooks", {"message": {"sent": False}}, (MESSAGES, COLLECTION, LOGGING)),
        ("garbagecollector_enable", {"messages": False}, (COLLECTION, LOGGING)),
        ("db_garbagecollector_enable", False, (OLD, MESSAGES)),
        ("log_level", "error", (LOGGING,)),
        ("verbose_logging", True, (LOGGING,)),
        ("tcp_listen_address", "any", (OLD,)),
        ("on_call_pager", "49123", (OLD,)),
        ("skip_referral_media_download", True, VERSIONS),
        ("pass_through", False, VERSIONS),
    ],
)
def test_which_version_takes_which_key(key: str, value: Any, takes: tuple[str, ...]) -> None:
    for version in VERSIONS:
        if version in takes:
            assert read_patch({key: value}, version)
        else:
            with pytest.raises(ApiError) as refused:
                read_patch({key: value}, version)
            assert (refused.value.status, refused.value.code) == (400, 1010)


def test_pass_through_can_be_switched_on_in_old_clients_alone() -> None:
    assert read_patch({"pass_through": True}, OLD) == {"pass_through": True}
    with pytest.raises(ApiError) as refused:
        read_patch({"pass_through": True}, MESSAGES)
    assert (refused.value.status, refused.value.code) == (400, 1009)


@pytest.mark.parametrize("value", ["3000", 3000])
def test_milliseconds_are_taken_as_text_or_number_and_kept_as_number(value: Any) -> None:
    assert read_patch({"callback_backoff_delay_ms": value}, LOGGING) == {"callback_backoff_delay_ms": 3000}


@pytest.mark.parametrize(
    "body",
    [
        {"callback_persist": "true"},
        {"callback_backoff_delay_ms": "soon"},
        {"callback_backoff_delay_ms": -1},
        {"callback_backoff_delay_ms": True},
        {"heartbeat_interval": "5"},
        {"heartbeat_interval": 0},
        {"log_level": "debug"},
        {"media": {"auto_download": ["gif"]}},
        {"media": {"auto_download": "audio"}},
        {"media": ["audio"]},
        {"webhooks": "https://example.com"},
        {"webhooks": {"max_concurrent_requests": 7}},
        {"webhooks": {"url": "http://example.com"}},
        {"webhooks": {"url": "https://"}},
        {"webhooks": {"url": None}},
        [],
    ],
)
def test_wrong_types_and_values_are_1009(body: Any) -> None:
    with pytest.raises(ApiError) as refused:
        read_patch(body, LOGGING)
    assert (refused.value.status, refused.value.code) == (400, 1009)


@pytest.mark.parametrize("body", [{"nonsense": 1}, {"wa_id": "1"}, {"webhooks": {"nonsense": 1}}])
def test_unknown_and_read_only_keys_are_1010(body: Any) -> None:
    with pytest.raises(ApiError) as refused:
        read_patch(body, LOGGING)
    assert (refused.value.status, refused.value.code) == (400, 1010)


def test_no_setting_at_all_is_1008() -> None:
    with pytest.raises(ApiError) as refused:
        read_patch({}, LOGGING)
    assert (refused.value.status, refused.value.code) == (400, 1008)


def test_replace_forgets_the_rest_of_a_named_object_and_deep_keeps_it() -> None:
    stored = {"webhooks.max_concurrent_requests": 24, "webhooks.message.read": False, "callback_persist": False}
    body = {"webhooks": {"url": "https://example.com/"}}
    leaves = read_patch(body, LOGGING)
    assert apply_patch(stored, body, leaves, "deep") == {**stored, "webhooks.url": "https://example.com/"}
    assert apply_patch(stored, body, leaves, "replace") == {
        "webhooks.url": "https://example.com/",
        "callback_persist": False,
    }


def test_settings_that_need_a_restart_are_in_effect_as_they_were_at_the_start() -> None:
    now = {"garbagecollector_enable.messages": False, "unhealthy_interval": 60}
    effect = in_effect(now, {}, LOGGING)
    assert effect["garbagecollector_enable.messages"] is True
    assert effect["unhealthy_interval"] == 60


def test_the_oddities_name_settings_that_exist() -> None:
    assert set(FRESH) <= set(keys())
