# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""application_settings, application_settings_info: what they do, and how they fail."""

from __future__ import annotations

from .case import OTHER_WEBHOOK, WEBHOOK, Case, fault

PATH = "/v1/settings/application"
CHANGED = {"changed": True}
UNCHANGED = {"changed": False}
FAILED = {"failed": True}
LEDGER = {"ledger": "{{ ledger }}"}

WORK = (
    Case("unchanged", args={"callback_persist": True}, expect=UNCHANGED),
    Case("changed", args={"callback_persist": False}, expect=CHANGED),
    Case("changed, with a diff", args={"callback_persist": False}, task={"diff": True}, expect=CHANGED),
    Case("unchanged, with a diff", args={"callback_persist": True}, task={"diff": True}, expect=UNCHANGED),
    Case("check mode", args={"callback_persist": False}, task={"check_mode": True, "diff": True}, expect=CHANGED),
    Case(
        "several settings in one dictionary",
        args={"settings": {"callback_backoff_delay_ms": 4000, "media": {"auto_download": ["image", "video"]}}},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case(
        "text for numbers and truth",
        args={"callback_backoff_delay_ms": "3500", "callback_persist": "no"},
        expect=CHANGED,
    ),
    Case("a ledger", args={"callback_persist": False, **LEDGER}, expect={**CHANGED, "restart_required": True}),
    Case(
        "a restart that is still pending",
        first=[{"wabiz.onprem.application_settings": {"callback_persist": False, "ledger": "{{ ledger }}"}}],
        args={"callback_persist": False, **LEDGER},
        expect={**UNCHANGED, "restart_required": True},
    ),
    Case(
        "a setting that is never shown, with a ledger",
        args={"axolotl_context_striping_disabled": True, **LEDGER},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case("a webhook with secrets", args={"webhooks": {"url": "{{ webhook }}"}}, task={"diff": True}, expect=CHANGED),
    Case(
        "another secret of a webhook",
        args={"webhooks": {"url": "{{ webhook }}", "max_concurrent_requests": 12}},
        options={"settings": {"webhooks": {"url": OTHER_WEBHOOK}}},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case(
        "a webhook that would be lost",
        args={"webhooks": {"url": ""}},
        options={"settings": {"webhooks": {"url": WEBHOOK}}},
        expect=FAILED,
    ),
    Case("extra settings", args={"extra_settings": {"future_key": "{{ extra_secret }}"}}, task={"diff": True}),
    Case("reset of one setting", args={"reset": ["callback_backoff_delay_ms"]}, expect=UNCHANGED),
    Case("reset of all", args={"state": "default", **LEDGER}, task={"diff": True}),
    Case("reset of all, in check mode", args={"state": "default", **LEDGER}, task={"check_mode": True}),
    Case(
        "collection by its general name",
        args={"collect_messages": False},
        options={"version": "2.41.2"},
        expect=CHANGED,
    ),
    Case("an old client", args={"callback_persist": False}, options={"version": "2.33.4"}, expect=CHANGED),
    Case("multiconnect", args={"heartbeat_interval": 7}, options={"topology": "multiconnect"}, expect=CHANGED),
    Case(
        "two warnings",
        args={"heartbeat_interval": 60, "unhealthy_interval": 20, "log_level": "error", "verbose_logging": True},
        options={"topology": "multiconnect"},
        expect=CHANGED,
    ),
    Case("a token", args={"token": "{{ token }}", "callback_persist": False}, expect=CHANGED),
    Case("no verification", args={"validate_certs": False, "ca_path": None, "callback_persist": False}, expect=CHANGED),
    Case("nothing declared", expect=UNCHANGED),
    Case("info", module="application_settings_info", expect=UNCHANGED),
    Case("info with a ledger", module="application_settings_info", args=LEDGER, expect={"restart_required": False}),
    Case("info in check mode", module="application_settings_info", task={"check_mode": True}, expect=UNCHANGED),
)

FAILURES = (
    Case("a number that is none", args={"callback_backoff_delay_ms": "three"}, expect=FAILED),
    Case("a truth that is none", args={"callback_persist": "perhaps"}, expect=FAILED),
    Case("a choice that is none", args={"log_level": "loud"}, expect=FAILED),
    Case("a nested value of a wrong type", args={"webhooks": {"max_concurrent_requests": "six"}}, expect=FAILED),
    Case(
        "a nested value that is no dictionary", args={"webhooks": "{{ webhook }}"}, expect=FAILED, refused_before=True
    ),
    Case(
        "a required option is missing",
        args={"api_url": None, "callback_persist": True},
        expect=FAILED,
        refused_before=True,
    ),
    Case("an unknown option", args={"callback_persit": True}, expect=FAILED, refused_before=True),
    Case("an unknown nested option", args={"webhooks": {"uri": "x"}}, expect=FAILED, refused_before=True),
    Case("an unknown setting", args={"settings": {"callback_persit": True}}, expect=FAILED, refused_before=True),
    Case(
        "a setting given twice",
        args={"settings": {"callback_persist": True}, "callback_persist": True},
        expect=FAILED,
        refused_before=True,
    ),
    Case(
        "settings that are no dictionary", args={"settings": ["callback_persist"]}, expect=FAILED, refused_before=True
    ),
    Case("a value out of range", args={"callback_backoff_delay_ms": -1}, expect=FAILED),
    Case(
        "a webhook without TLS",
        args={"webhooks": {"url": "http://hooks.example.com/?k=query-SECRETvalue"}},
        expect=FAILED,
    ),
    Case("a setting that is too new", args={"log_level": "error"}, options={"version": "2.33.4"}, expect=FAILED),
    Case("no password and no token", args={"password": None}, expect=FAILED),
    Case("an address that is none", args={"api_url": "http://127.0.0.1/x"}, expect=FAILED),
    Case("a CA that is not there", args={"ca_path": "/does/not/exist.pem"}, expect=FAILED),
    Case("a relative ledger", args={"ledger": "here.json", "callback_persist": False}, expect=FAILED),
    Case("refused at login", args={"password": "{{ wrong_password }}"}, expect=FAILED),
    Case("refused with a token", args={"token": "{{ wrong_token }}"}, expect=FAILED),
    Case(
        "refused at the write",
        args={"callback_persist": False},
        prepare=fault(kind="status", method="PATCH", status=403, code=1005),
    ),
    Case(
        "a client that is overloaded", prepare=fault(kind="status", method="GET", path=PATH, status=503), expect=FAILED
    ),
    Case("unreachable", args={"api_url": "https://127.0.0.1:1/{{ inventory_hostname }}"}, expect=FAILED),
    Case("not trusted", args={"ca_path": None}, expect=FAILED),
    Case("cut in the middle", prepare=fault(kind="cut", method="GET", path=PATH), expect=FAILED),
    Case("garbage", prepare=fault(kind="garbage", method="GET", path=PATH), expect=FAILED),
    Case("a wrong shape", prepare=fault(kind="wrong_shape", method="GET", path=PATH), expect=FAILED),
    Case("a redirect", prepare=fault(kind="redirect", method="GET", path=PATH), expect=FAILED),
    Case(
        "accepted and not kept",
        args={"callback_persist": False},
        prepare=fault(kind="not_kept", method="PATCH"),
        expect=FAILED,
    ),
    Case(
        "too slow", args={"timeout": 1}, prepare=fault(kind="delay", method="GET", path=PATH, seconds=3), expect=FAILED
    ),
    Case("info, refused", module="application_settings_info", args={"password": "{{ wrong_password }}"}, expect=FAILED),
)
