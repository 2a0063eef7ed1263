# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other modules: each of them unchanged, changed, in check mode, failing."""

from __future__ import annotations

from .case import Case, fault
from .cases_settings import CHANGED, FAILED, LEDGER, UNCHANGED

BEARER = {"name": "store", "bearer": "{{ provider_secret }}"}
BASIC = {"name": "store", "basic": {"username": "whatsapp", "password": "{{ provider_secret }}"}}
SALE = {"name": "sale", **LEDGER}
BEGIN_SALE = {"wabiz.onprem.campaign": SALE}
MAKE_PENDING = {"wabiz.onprem.application_settings": {"callback_persist": False, **LEDGER}}
NODE = {"name": "wacore", "role": "coreapp", "started": "1", "running": True, "state": "running"}
FOUND = {"nodes": [NODE]}
BEGIN = {"step": "begin", **LEDGER}
PLAN = {"step": "plan", "found": FOUND, **LEDGER}
NEXT = {"step": "next", "node": "wacore", **LEDGER}
RESTARTED = {"started": "2", "health": "healthy"}
BEGUN = [MAKE_PENDING, {"wabiz.onprem.rolling_restart": BEGIN}]
PLANNED = [*BEGUN, {"wabiz.onprem.rolling_restart": PLAN}]

PROVIDERS = (
    Case("a provider is added", module="media_provider", args=BEARER, task={"diff": True}, expect=CHANGED),
    Case(
        "a provider with a password",
        module="media_provider",
        args={**BASIC, **LEDGER},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case("a provider in check mode", module="media_provider", args=BEARER, task={"check_mode": True}, expect=CHANGED),
    Case(
        "a provider that is there",
        module="media_provider",
        first=[{"wabiz.onprem.media_provider": {**BASIC, **LEDGER}}],
        args={**BASIC, **LEDGER},
        expect=UNCHANGED,
    ),
    Case(
        "a provider is removed",
        module="media_provider",
        first=[{"wabiz.onprem.media_provider": BEARER}],
        args={"name": "store", "state": "absent"},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case("a provider with two secrets", module="media_provider", args={**BEARER, **BASIC}, expect=FAILED),
    Case("a provider without a secret", module="media_provider", args={"name": "store"}, expect=FAILED),
    Case(
        "a provider with half a secret",
        module="media_provider",
        args={"name": "store", "basic": {"username": "x"}},
        expect=FAILED,
    ),
    Case(
        "a provider that is refused",
        module="media_provider",
        args=BEARER,
        prepare=fault(
            kind="status", method="POST", path="/v1/settings/application/media/providers", status=400, code=1010
        ),
        expect=FAILED,
    ),
    Case(
        "the providers",
        module="media_provider_info",
        first=[{"wabiz.onprem.media_provider": BASIC}],
        expect=UNCHANGED,
    ),
    Case(
        "the providers, refused", module="media_provider_info", args={"password": "{{ wrong_password }}"}, expect=FAILED
    ),
)

SERVICES = (
    Case("garbage is collected", module="garbage_collection", args={"kinds": ["messages", "media"]}, expect=CHANGED),
    Case(
        "garbage is collected by many",
        module="garbage_collection",
        args={"kinds": ["media"]},
        options={"topology": "multiconnect"},
        expect=CHANGED,
    ),
    Case(
        "garbage in check mode",
        module="garbage_collection",
        args={"kinds": ["messages"]},
        task={"check_mode": True},
        expect=CHANGED,
    ),
    Case("no kind of garbage", module="garbage_collection", args={"kinds": []}, expect=FAILED),
    Case("an unknown kind of garbage", module="garbage_collection", args={"kinds": ["stickers"]}, expect=FAILED),
    Case("health", module="health_info", expect=UNCHANGED),
    Case("health of many", module="health_info", options={"topology": "multiconnect"}, expect=UNCHANGED),
    Case(
        "health with a key",
        module="health_info",
        args={"password": None, "api_key": "{{ api_key }}"},
        options={"api_key": "health-SECRETkey"},
        expect=UNCHANGED,
    ),
    Case(
        "health, settled",
        module="health_info",
        args={"wait_for": "settled", "expect_connected": 1, "wait_timeout": 30, "interval": 1},
        expect={"settled": True},
    ),
    Case(
        "health that does not come",
        module="health_info",
        args={"wait_for": "settled", "expect_connected": 5, "wait_timeout": 0, "interval": 1},
        expect=FAILED,
    ),
    Case("health of no client", module="health_info", args={"api_url": "https://127.0.0.1:1/x"}, expect=FAILED),
)

STATUS = (
    Case("the status", module="client_status", expect=UNCHANGED),
    Case("the status of many", module="client_status", options={"topology": "multiconnect"}, expect=UNCHANGED),
    Case(
        "the status of a client that differs",
        module="client_status",
        first=[BEGIN_SALE, MAKE_PENDING],
        args={
            "settings": {
                "callback_persist": "yes",
                "webhooks": {"url": "{{ webhook }}"},
                "extra_settings": {"key": "{{ extra_secret }}"},
            },
            **LEDGER,
        },
        task={"diff": True},
        expect=UNCHANGED,
    ),
    Case("the status in check mode", module="client_status", args=LEDGER, task={"check_mode": True}, expect=UNCHANGED),
    Case(
        "settings that no one understands",
        module="client_status",
        args={"settings": {"webhooks": "{{ webhook }}"}},
        expect=UNCHANGED,
    ),
    Case("a status that is refused", module="client_status", args={"password": "{{ wrong_password }}"}),
    Case("the status of no one", module="client_status", args={"api_url": "https://127.0.0.1:1/x"}, expect=UNCHANGED),
    Case(
        "the status without a client",
        module="client_status",
        args={"api_url": None},
        expect=FAILED,
        refused_before=True,
    ),
)

CAMPAIGNS = (
    Case("a campaign begins", module="campaign", args=SALE, task={"diff": True}, expect=CHANGED),
    Case("a campaign begins again", module="campaign", first=[BEGIN_SALE], args=SALE, expect=UNCHANGED),
    Case(
        "a campaign in check mode",
        module="campaign",
        args=SALE,
        task={"check_mode": True, "diff": True},
        expect={**CHANGED, "active": True},
    ),
    Case(
        "a campaign that needs a restart",
        module="campaign",
        args={**SALE, "write": "unless_restart"},
        expect={**UNCHANGED, "prepared": True},
    ),
    Case(
        "a campaign without proof that collection is off",
        module="campaign",
        options={"settings": {"garbagecollector_enable": {"messages": False}}},
        args=SALE,
        expect={**CHANGED, "restart_reason": "not_confirmed"},
    ),
    Case(
        "a campaign with a planned end",
        module="campaign",
        args={**SALE, "planned_end": "2030-01-01T00:00:00Z"},
        task={"diff": True},
        expect=CHANGED,
    ),
    Case(
        "a campaign ends",
        module="campaign",
        first=[BEGIN_SALE],
        args={**SALE, "state": "absent"},
        task={"diff": True},
        expect={**CHANGED, "ended": ["sale"]},
    ),
    Case("a campaign without a name", module="campaign", args=LEDGER, expect=FAILED),
    Case("a campaign without a ledger", module="campaign", args={"name": "sale"}, expect=FAILED),
    Case("a campaign and all that are overdue", module="campaign", args={**SALE, "overdue": True}, expect=FAILED),
    Case("a campaign at no time", module="campaign", args={**SALE, "planned_end": "tomorrow"}, expect=FAILED),
    Case(
        "a campaign that is not active ends",
        module="campaign",
        args={**SALE, "state": "absent"},
        expect=FAILED,
    ),
    Case(
        "a campaign that the client rejects",
        module="campaign",
        args=SALE,
        prepare=fault(kind="status", method="PATCH", path="/v1/settings/application", status=403, code=1005),
        expect=FAILED,
    ),
    Case(
        "settings during a campaign",
        first=[BEGIN_SALE],
        args={"collect_messages": True, **LEDGER},
        task={"diff": True},
        expect={"held_settings": ["garbagecollector_enable.messages"]},
    ),
)

RESTARTS = (
    Case(
        "no restart is pending",
        module="rolling_restart",
        args=BEGIN,
        expect={**UNCHANGED, "pending": False, "go": False},
    ),
    Case(
        "a pending restart begins",
        module="rolling_restart",
        first=[MAKE_PENDING],
        args=BEGIN,
        expect={"pending": True, "go": True},
    ),
    Case(
        "a pending restart is deferred",
        module="rolling_restart",
        first=[MAKE_PENDING],
        args={**BEGIN, "defer": True},
        expect={"pending": True, "go": False},
    ),
    Case("a restart is forced", module="rolling_restart", args={**BEGIN, "force": True}, expect={"reason": "forced"}),
    Case(
        "a restart is prepared for a write",
        module="rolling_restart",
        args={**BEGIN, "expected": ["callback_persist"]},
        expect={"pending": False, "go": True},
    ),
    Case(
        "a restart in check mode",
        module="rolling_restart",
        first=[MAKE_PENDING],
        args=BEGIN,
        task={"check_mode": True},
        expect={"predicted": True},
    ),
    Case("the nodes are recorded", module="rolling_restart", first=BEGUN, args=PLAN, expect={"next": "wacore"}),
    Case(
        "nodes that were not found",
        module="rolling_restart",
        first=BEGUN,
        args={**PLAN, "found": {"failed": True, "msg": "the engine is gone"}},
        expect=FAILED,
    ),
    Case("nodes without a lease", module="rolling_restart", first=[MAKE_PENDING], args=PLAN, expect=FAILED),
    Case(
        "the lease is renewed",
        module="rolling_restart",
        first=PLANNED,
        args={"step": "renew", "node": "wacore", **LEDGER},
        expect={"superseded": False},
    ),
    Case(
        "the last node is restarted",
        module="rolling_restart",
        first=PLANNED,
        args={**NEXT, "result": RESTARTED},
        expect={**CHANGED, "closed": True, "pending": False},
    ),
    Case(
        "a node whose start has not moved",
        module="rolling_restart",
        first=PLANNED,
        args={**NEXT, "result": {"started": "1"}},
        expect=FAILED,
    ),
    Case(
        "a node that was not restarted",
        module="rolling_restart",
        first=PLANNED,
        args={**NEXT, "result": {"failed": True, "msg": "the engine is gone"}},
        expect=FAILED,
    ),
    Case(
        "the lease is returned",
        module="rolling_restart",
        first=[{"wabiz.onprem.rolling_restart": {**BEGIN, "expected": ["callback_persist"]}}],
        args={"step": "cancel", **LEDGER},
        expect={"pending": False},
    ),
    Case("a step without its options", module="rolling_restart", args={"step": "next", **LEDGER}, expect=FAILED),
)
