# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of settings agrees with itself and with the reference page."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import versions
from ansible_collections.wabiz.onprem.plugins.module_utils._common.suggestions import nearest
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import catalog, planning
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import BY_API, SETTINGS

# Every setting that the reference page of /v1/settings/application names.
REFERENCE_NAMES = {
    "axolotl_context_striping_disabled",
    "callback_backoff_delay_ms",
    "callback_persist",
    "db_garbagecollector_enable",
    "garbagecollector_enable.media",
    "garbagecollector_enable.messages",
    "heartbeat_interval",
    "log_level",
    "max_callback_backoff_delay_ms",
    "media.auto_download",
    "notify_user_change_number",
    "pass_through",
    "show_security_notifications",
    "skip_referral_media_download",
    "unhealthy_interval",
    "verbose_logging",
    "webhook_payload_conversation_pricingmodel_disabled",
    "webhooks.max_concurrent_requests",
    "webhooks.message.delivered",
    "webhooks.message.read",
    "webhooks.message.sent",
    "webhooks.url",
}
# Its introduction and its table name different ones: this is both.
REFERENCE_RESTART = {
    "axolotl_context_striping_disabled",
    "callback_persist",
    "db_garbagecollector_enable",
    "garbagecollector_enable.media",
    "garbagecollector_enable.messages",
    "log_level",
    "pass_through",
    "verbose_logging",
    "webhooks.max_concurrent_requests",
}
REFERENCE_DEFAULTS = {
    "axolotl_context_striping_disabled": False,
    "callback_backoff_delay_ms": 3000,
    "callback_persist": True,
    "garbagecollector_enable.media": False,
    "garbagecollector_enable.messages": True,
    "heartbeat_interval": 5,
    "log_level": "info",
    "max_callback_backoff_delay_ms": 900000,
    "show_security_notifications": False,
    "skip_referral_media_download": False,
    "unhealthy_interval": 30,
    "verbose_logging": False,
    "webhook_payload_conversation_pricingmodel_disabled": False,
    "webhooks.max_concurrent_requests": 6,
    "webhooks.message.delivered": True,
    "webhooks.message.read": True,
    "webhooks.message.sent": True,
    "webhooks.url": "",
}
UNCERTAIN = {"db_garbagecollector_enable", "media.auto_download", "notify_user_change_number", "pass_through"}
KINDS = {"bool": bool, "int": int, "str": str, "set": list}


def test_the_names_are_those_of_the_reference_page() -> None:
    assert set(BY_API) == REFERENCE_NAMES
    assert len(SETTINGS) == len(BY_API) == len(catalog.BY_NAME)


def test_the_restarts_are_those_of_the_reference_page() -> None:
    assert {setting.api for setting in SETTINGS if setting.restart} == REFERENCE_RESTART


def test_the_defaults_are_those_of_the_reference_page() -> None:
    certain = {setting.api: setting.default for setting in SETTINGS if setting.default_certain}
    assert certain == REFERENCE_DEFAULTS
    assert {setting.api for setting in SETTINGS if not setting.default_certain} == UNCERTAIN


@pytest.mark.parametrize(
    ("since", "names"),
    [
        ("2.41.2", {"webhooks.message.delivered", "webhooks.message.read", "webhooks.message.sent"}),
        ("2.49.1", {"garbagecollector_enable.media", "garbagecollector_enable.messages"}),
        ("2.51.1", {"log_level", "verbose_logging"}),
    ],
)
def test_versions(since: str, names: set[str]) -> None:
    assert {setting.api for setting in SETTINGS if setting.since == since} == names


def test_deprecations() -> None:
    assert {setting.api: setting.deprecated for setting in SETTINGS if setting.deprecated} == {
        "db_garbagecollector_enable": "2.49",
        "webhook_payload_conversation_pricingmodel_disabled": "2.39",
    }
    assert BY_API["pass_through"].cannot_enable_from == "2.35"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.api)
def test_a_row_agrees_with_itself(setting: Any) -> None:
    kind = KINDS[setting.kind]
    assert setting.default is None or isinstance(setting.default, kind)
    assert setting.default_certain is (setting.default is not None) or setting.api in UNCERTAIN
    for one in setting.choices:
        assert isinstance(one, str if setting.kind == "set" else kind)
    if setting.choices and setting.kind != "set":
        assert setting.default in setting.choices
    if setting.minimum is not None:
        assert setting.kind == "int" and setting.default >= setting.minimum and setting.unit
    for version in (setting.since, setting.removed, setting.deprecated, setting.cannot_enable_from):
        assert version is None or versions.parse_version(version)
    assert setting.name.count(".") == setting.api.count(".")
    assert not setting.deprecated_hint or setting.deprecated_hint in {one.top_level for one in SETTINGS}


def test_ansible_reserves_message() -> None:
    assert not any("message" in setting.option_path for setting in SETTINGS)
    assert BY_API["webhooks.message.sent"].name == "webhooks.message_status.sent"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.33.4", (2, 33, 4)),
        ("v2.33.4", (2, 33, 4)),
        (" V2.49 ", (2, 49)),
        ("2", None),
        ("", None),
        (None, None),
        ("vv2.3", None),
        ("2.x", None),
        ("2.-1", None),
        ("2..1", None),
        ("2." + "9" * 5000, None),
        ("9" * 5000 + ".1", None),
        ("2.\u0663", None),
        ("2.\u00b2", None),
    ],
)
def test_parse_version(text: str | None, version: tuple[int, ...] | None) -> None:
    assert versions.parse_version(text) == version


def test_an_unknown_version_is_taken_to_be_new() -> None:
    assert versions.is_at_least(None, "2.51.1")
    assert not versions.is_before(None, "2.51.1")
    assert versions.is_at_least((2, 1), None)


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ((2, 33, 4), "db_garbagecollector_enable"),
        ((2, 49), "db_garbagecollector_enable"),
        ((2, 49, 1), "garbagecollector_enable.messages"),
        (None, "garbagecollector_enable.messages"),
    ],
)
def test_what_switches_the_collection_of_messages(version: Any, name: str) -> None:
    assert planning.collection_of_version(version).name == name


def test_nearest() -> None:
    assert nearest("callback_persists", catalog.BY_NAME) == "callback_persist"
    assert nearest("zzz", catalog.BY_NAME) == ""
    assert nearest(5, catalog.BY_NAME) == ""
