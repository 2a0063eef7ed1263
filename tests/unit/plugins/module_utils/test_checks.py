# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is written, and what is warned of."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import checks, planning


def client(version: str | None = "2.53.1", **application: Any) -> planning.Snapshot:
    return planning.read_snapshot(application, version)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"webhooks.max_concurrent_requests": 7}, "must be one of 6, 12, 18, 24, not 7"),
        ({"log_level": "debug"}, "must be one of info, warning, error, fatal, not debug"),
        ({"media.auto_download": ["audio", "gif"]}, "must be one of audio, .* not gif"),
        ({"media.auto_download": "audio"}, "must be a list"),
        ({"callback_backoff_delay_ms": -1}, "at least 0 milliseconds"),
        ({"heartbeat_interval": 0}, "at least 1 seconds"),
        ({"heartbeat_interval": "soon"}, "must be a whole number"),
        ({"heartbeat_interval": True}, "must be a whole number"),
        ({"callback_persist": "maybe"}, "must be a boolean"),
        ({"webhooks.url": 5}, "must be a text"),
        ({"webhooks.url": "http://h.example/?s3"}, "must begin with https://"),
        ({"webhooks.url": "h.example/?s3"}, "is no URL that a webhook can have"),
        ({"webhooks.url": "https://"}, "is no URL that a webhook can have"),
        ({"webhooks.url": "https://h.example:0/"}, "is no URL that a webhook can have"),
        ({"webhooks.url": "https://h.example:x/"}, "is no URL that a webhook can have"),
        ({"webhooks.url": "https://h.example/s3 s3"}, "is no URL that a webhook can have"),
        ({"extra_settings.wa_id": "1"}, "cannot be set"),
        ({"extra_settings.webhooks": {}}, "is an option of its own"),
        ({"extra_settings.callback_persist": True}, "is an option of its own"),
    ],
)
def test_values_that_cannot_be(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        checks.check_values(values)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {"webhooks.url": ""},
        {"webhooks.url": "HTTPS://u:p@h.example:1/x?y#z"},
        {"webhooks.url": "https://h.example/?auth='[s3]'"},
        {"webhooks.url": "***"},  # as shown, pasted back; whether it is this client's is seen later
        {"callback_backoff_delay_ms": 0, "media.auto_download": [], "callback_persist": False},
        {"extra_settings.future": {"a": None}},
    ],
)
def test_values_that_can_be(values: dict[str, Any]) -> None:
    checks.check_values(values)


@pytest.mark.parametrize(
    ("version", "values", "problem"),
    [
        ("v2.49.1", {"log_level": "info"}, "needs a client from version 2.51.1 on, this one is 2.49.1"),
        ("2.41.1", {"webhooks.message_status.sent": True}, "from version 2.41.2 on"),
        ("2.41.2", {"garbagecollector_enable.messages": True}, "from version 2.49.1 on.*Use collect_messages"),
        ("2.41.2", {"pass_through": True}, "cannot be switched on from version 2.35 on"),
    ],
)
def test_what_this_version_cannot_do(version: str, values: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        checks.check_against(client(version), values)


def test_what_this_version_can_do() -> None:
    checks.check_against(client("2.33.4"), {"pass_through": True, "extra_settings.x": 1})
    checks.check_against(client("2.41.2"), {"pass_through": False})
    checks.check_against(client("2.41.2", pass_through=True), {"pass_through": True})
    checks.check_against(client(None), {"log_level": "info"})
    checks.check_against(
        client("2.33.4", log_level="info"), {"log_level": "fatal"}
    )  # it is there: the client knows best


def test_a_shown_url_pasted_back_is_the_one_that_the_client_has() -> None:
    has = client(webhooks={"url": "https://u:s3@h.example/?a=s3"})
    assert checks.without_placeholders(has, {"webhooks.url": "https://h.example/***", "x": 1}) == {"x": 1}
    for url in ("https://other.example/***", "https://h.example/***<01234567>", "https://h.example/?a=***", "***"):
        with pytest.raises(InputError, match="not that of this client"):
            checks.without_placeholders(has, {"webhooks.url": url})
    unreadable = client(webhooks={"url": "not a url"})
    assert checks.without_placeholders(unreadable, {"webhooks.url": "***"}) == {}
    whole = {"webhooks.url": "https://h.example"}
    assert checks.without_placeholders(has, whole) is whole


@pytest.mark.parametrize("after", [{}, {"webhooks.url": ""}])
def test_a_webhook_is_not_lost_by_mistake(after: dict[str, Any]) -> None:
    has = client(webhooks={"url": "https://h.example"})
    with pytest.raises(InputError, match="drops its callbacks"):
        checks.check_webhook_loss(has, after, False)
    checks.check_webhook_loss(has, after, True)
    checks.check_webhook_loss(client(), after, False)


@pytest.mark.parametrize(
    ("version", "given", "after", "texts"),
    [
        ("2.53.1", {"db_garbagecollector_enable": True}, {}, ["deprecated since client version 2.49"]),
        ("2.53.1", {"db_garbagecollector_enable": True}, {}, ["use garbagecollector_enable."]),
        ("2.41.2", {"pass_through": False}, {}, []),
        ("2.41.2", {"webhook_payload_conversation_pricingmodel_disabled": True}, {}, ["since client version 2.39."]),
        ("2.33.4", {"db_garbagecollector_enable": True}, {}, []),
        ("2.53.1", {"log_level": "info"}, {"verbose_logging": True}, ["log_level has no effect"]),
        ("2.53.1", {"log_level": "info", "verbose_logging": True}, {}, ["log_level has no effect"]),
        ("2.53.1", {"verbose_logging": True}, {"log_level": "info"}, []),
        ("2.53.1", {"heartbeat_interval": 30}, {"unhealthy_interval": 30}, ["is not above heartbeat_interval"]),
        ("2.53.1", {"callback_persist": True}, {"heartbeat_interval": 9, "unhealthy_interval": 3}, []),
        ("2.53.1", {"heartbeat_interval": 30}, {"unhealthy_interval": "odd"}, []),
    ],
)
def test_warnings(version: str, given: dict[str, Any], after: dict[str, Any], texts: list[str]) -> None:
    found = list(checks.warnings(client(version), given, after))
    assert len(found) == len(texts)
    for text, wanted in zip(found, texts):
        assert wanted in text
