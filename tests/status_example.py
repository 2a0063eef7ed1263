# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document as fleet_status makes it (schema 1), with a client of each kind, for tests of what reads such a document.

Names of campaigns, versions and nodes come from people and from clients: the document holds them as they are, and whoever
shows them escapes them.
"""

from __future__ import annotations

from typing import Any

MADE = "2026-11-22T19:00:00Z"
HOSTILE = "<script>alert('1')</script> \"quoted\" & {{ 7 * 7 }} \x1b[31mred\x1b[0m\nsecond line"


COLLECTION: dict[str, Any] = {"set": None, "in_effect": None, "confirmed_at": None, "doubt": None, "held": False}


def finding(kind: str, level: str, text: str, since: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "level": level, "text": text, "since": since}


def client(name: str, *findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A client that is ok, but for what is given."""
    levels = {one["level"] for one in findings}
    level = "critical" if "critical" in levels else "warning" if levels else "ok"
    return {
        "name": name,
        "api_url": f"https://{name}.example.com:9090",
        "level": level,
        "findings": list(findings),
        "api_version": "2.53.1",
        "health": {
            "settled": True,
            "connected": 1,
            "nodes": [{"name": "client", "role": "single", "status": "connected"}],
        },
        "campaigns": [],
        "message_collection": {**COLLECTION, "set": True, "in_effect": True, "confirmed_at": MADE},
        "restart": {"pending": False, "since": None, "settings": [], "reason": None},
        "held_settings": [],
        "drift": [],
        **changes,
    }


def silent(name: str, *findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A client of which nothing is known: null means that, everywhere."""
    nothing: dict[str, Any] = {
        "api_version": None,
        "health": None,
        "message_collection": dict(COLLECTION),
        "restart": {"pending": None, "since": None, "settings": [], "reason": None},
    }
    return client(name, *findings, **{**nothing, **changes})


def campaign(name: str, since: str, planned_end: str | None = None, overdue: bool = False) -> dict[str, Any]:
    return {"name": name, "since": since, "planned_end": planned_end, "overdue": overdue}


HELD: dict[str, Any] = {
    "message_collection": {**COLLECTION, "set": False, "in_effect": False, "confirmed_at": MADE, "held": True},
    "held_settings": ["garbagecollector_enable.messages"],
}

CRITICAL = [
    client(
        "not-in-effect",
        finding("not_in_effect", "critical", "A campaign is on, but it is not known that collection is off in effect."),
        campaigns=[campaign("sale", "2026-11-21T08:00:00Z", "2026-11-25T08:00:00Z")],
        message_collection={
            **COLLECTION,
            "set": False,
            "doubt": "it was changed outside of this collection",
            "held": True,
        },
        held_settings=["garbagecollector_enable.messages"],
    ),
    client(
        "collection-off",
        finding(
            "collection_off",
            "critical",
            "The garbage collection of messages is off, and no campaign holds it: the database grows. Switch it on.",
        ),
        message_collection={**COLLECTION, "set": False, "in_effect": False, "held": False},
    ),
    client(
        "hostile",
        finding(
            "overdue",
            "critical",
            f"Campaign {HOSTILE} should have ended. Run the playbook campaign_sweep.",
            "2026-11-20T18:00:00Z",
        ),
        finding("drift", "warning", "1 setting differs from what the inventory declares: webhooks.url."),
        campaigns=[campaign(HOSTILE, "2026-11-01T08:00:00Z", "2026-11-20T18:00:00Z", True)],
        drift=[
            {
                "setting": "webhooks.url",
                "declared": "https://hooks.example.com/***<3f9ac1d2>",
                "found": "https://hooks.example.com/<script>alert(1)</script>?auth=*** (changed)",
            }
        ],
        **HELD,
    ),
    silent("ledger", finding("ledger_unreadable", "critical", "Ledger /ledgers/ledger.json is torn: it is no JSON.")),
    silent("no-answer", finding("no_answer", "critical", "Could not log in: the connection was refused.")),
    silent("refused", finding("refused", "critical", "Could not log in: POST /v1/users/login answered 401.")),
    silent("malformed", finding("malformed", "critical", "The answer is HTML instead of JSON. Check api_url.")),
    silent("task-failed", finding("task_failed", "critical", "A variable is undefined."), api_url=None),
    silent("unreachable", finding("unreachable", "critical", "Ansible cannot reach the host."), api_url=None),
    client(
        "unhealthy",
        finding("unhealthy", "critical", "wacore2:9dfe77618dba (coreapp) is uninitialized. Look into its log."),
        health={
            "settled": False,
            "connected": 2,
            "nodes": [
                {"name": "master1", "role": "primary_master", "status": "connected"},
                {"name": "wacore1", "role": "coreapp", "status": "connected"},
                {"name": "wacore2", "role": "coreapp", "status": "uninitialized"},
            ],
        },
    ),
]

WARNING = [
    client(
        "nodes-not-checked",
        finding(
            "nodes_not_checked", "warning", "It could not be checked whether nodes were restarted by others: no engine."
        ),
    ),
    client(
        "collection-on",
        finding("collection_on", "warning", "A campaign is on, but garbage collection is on. Run campaign_sweep."),
        campaigns=[campaign("spring-sale", "2026-11-22T08:00:00Z", "2026-11-30T18:00:00Z")],
        message_collection={**COLLECTION, "set": True, "in_effect": True, "held": True},
        held_settings=["garbagecollector_enable.messages"],
    ),
    client(
        "drift",
        finding(
            "drift", "warning", "2 settings differ from what the inventory declares: callback_persist, webhooks.url."
        ),
        drift=[
            {"setting": "callback_persist", "declared": True, "found": False},
            {"setting": "webhooks.max_concurrent_requests", "declared": 12, "found": None},
            {"setting": "axolotl_context_striping_disabled", "declared": "text", "found": ["a", "list"]},
        ],
    ),
    client(
        "long-campaign",
        finding("long_campaign", "warning", "Campaign brand-week has no planned end.", "2026-10-01T08:00:00Z"),
        campaigns=[
            campaign("brand-week", "2026-10-01T08:00:00Z"),
            campaign("one-more", "2026-11-21T08:00:00Z", "2026-11-25T08:00:00Z"),
        ],
        **HELD,
    ),
    client(
        "restart-pending",
        finding("restart_pending", "warning", "A restart is pending for callback_persist.", "2026-11-21T02:00:00Z"),
        message_collection={**COLLECTION, "set": True, "in_effect": None, "held": False},
        restart={
            "pending": True,
            "since": "2026-11-21T02:00:00Z",
            "settings": ["callback_persist", "garbagecollector_enable.messages"],
            "reason": "changed",
        },
    ),
]

OK = [
    client("ok-campaign", campaigns=[campaign("sale", "2026-11-21T08:00:00Z", "2026-11-25T08:00:00Z")], **HELD),
    client("ok-no-ledger", restart={"pending": None, "since": None, "settings": [], "reason": None}),
    client("ok-plain"),
]

CLIENTS = [*CRITICAL, *WARNING, *OK]

EXAMPLE: dict[str, Any] = {
    "schema": 1,
    "made": MADE,
    "summary": {
        "clients": len(CLIENTS),
        "critical": len(CRITICAL),
        "warning": len(WARNING),
        "ok": len(OK),
        "worst": "critical",
    },
    "clients": CLIENTS,
}


def fleet(size: int) -> dict[str, Any]:
    """The example with clients that are ok added, up to this number."""
    more = [client(f"ok-{number:03d}") for number in range(size - len(CLIENTS))]
    summary = {**EXAMPLE["summary"], "clients": size, "ok": len(OK) + len(more)}
    return {**EXAMPLE, "summary": summary, "clients": [*CLIENTS, *more]}
