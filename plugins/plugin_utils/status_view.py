# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report shows, worked out of the fleet's status: words, order and places, but nothing of HTML."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable, Mapping

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import visible
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_timeline import timeline
from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_words import (
    compared,
    counted,
    kind_label,
    moment,
    natural,
    repair_command,
    shown_time,
)

LEVELS = {"critical": "Critical", "warning": "Warning", "ok": "OK"}
UNKNOWN = "unknown"
# The columns: heading, and the direction that a first click sorts in; for numbers the large ones are of interest.
COLUMNS = (
    ("level", "Level", "descending"),
    ("name", "Client", "ascending"),
    ("findings", "Findings", "descending"),
    ("version", "Version", "ascending"),
    ("nodes", "Nodes", "descending"),
    ("campaigns", "Campaigns", "descending"),
    ("collection", "Collection", "descending"),
    ("restart", "Restart", "descending"),
    ("drift", "Drift", "descending"),
)


def view(document: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the template needs."""
    status = visible(document)
    now = moment(status["made"])
    names = _ranks({client["name"] for client in status["clients"]})
    versions = _ranks({client["api_version"] for client in status["clients"]} - {None})
    clients = []
    for index, client in enumerate(status["clients"]):
        shown = _client(client, now)
        shown["id"] = f"client-{index + 1}"
        shown["sort"].update(
            level=len(status["clients"]) - index,  # the document is worst first
            name=names[client["name"]],
            version=versions.get(client["api_version"], ""),
        )
        clients.append(shown)
    return {
        "made": shown_time(status["made"], None),
        "total": counted(status["summary"]["clients"], "client", "clients"),
        "levels": _levels(status["summary"]),
        "facts": _facts(clients),
        "columns": COLUMNS,
        "clients": clients,
        "timeline": timeline(clients, status["made"]),
    }


def _ranks(names: Iterable[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(sorted(names, key=natural), 1)}


def _levels(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counts, and the piece of the bar that each of them is."""
    left, levels = 0.0, []
    for key, label in LEVELS.items():
        share = 100 * summary[key] / (summary["clients"] or 1)
        levels.append(
            {"key": key, "label": label, "count": summary[key], "left": round(left, 2), "width": round(share, 2)}
        )
        left += share
    return levels


def _facts(clients: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a client can be chosen by, besides its level, with the number of clients of which it is true."""
    facts = (
        ("overdue", "Overdue campaign"),
        ("campaign", "Campaign on"),
        ("restart", "Restart pending"),
        ("drift", "Drift"),
    )
    return [{"key": key, "label": label, "count": sum(key in one["flags"] for one in clients)} for key, label in facts]


def _client(client: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    findings = sorted(client["findings"], key=lambda one: list(LEVELS).index(one["level"]))
    campaigns = client["campaigns"] or []
    restart = _restart(client["restart"] or {}, now)
    health, collection = _health(client["health"]), _collection(client["message_collection"] or {}, findings)
    drift = [_drifted(one) for one in client["drift"] or []]
    # The ledger shows campaigns and pending restarts, GET shows what may differ: neither is "none" if it could not be read.
    campaigns_known = bool(campaigns) or restart["text"] != UNKNOWN
    drift_known = bool(drift) or collection["text"] != UNKNOWN
    flags = {
        "overdue": any(one["overdue"] for one in campaigns),
        "campaign": campaigns,
        "restart": restart["pending"],
        "drift": drift,
    }
    return {
        "name": client["name"],
        "api_url": client["api_url"],
        "level": client["level"],
        "level_label": LEVELS[client["level"]],
        "flags": " ".join(key for key, value in flags.items() if value),
        "findings": [_finding(one, client["name"], now) for one in findings],
        "version": client["api_version"],
        "health": health,
        "campaigns": campaigns,
        "campaigns_known": campaigns_known,
        "drift_known": drift_known,
        "campaign_rows": [_campaign(one, now) for one in campaigns],
        "collection": collection,
        "restart": restart,
        "held": client["held_settings"] or [],
        "drift": drift,
        "sort": {
            "findings": len(findings),
            "nodes": health["rank"],
            "campaigns": "" if not campaigns_known else sum(1000 if one["overdue"] else 1 for one in campaigns),
            "collection": collection["rank"],
            "restart": restart["rank"],
            "drift": "" if not drift_known else len(drift),
        },
    }


def _finding(finding: Mapping[str, Any], name: str, now: datetime | None) -> dict[str, Any]:
    label, since = kind_label(finding["kind"]), shown_time(finding["since"], now)
    return dict(finding, label=label, since=since, command=repair_command(finding["kind"], name))


def _campaign(campaign: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    times = {key: shown_time(campaign[key], now) for key in ("since", "planned_end")}
    return dict(campaign, **times)


def _health(health: Mapping[str, Any] | None) -> dict[str, Any]:
    if health is None:
        return {"known": False, "text": UNKNOWN, "note": "", "nodes": [], "rank": ""}
    nodes = [dict(node, well=node["status"] == "connected") for node in health["nodes"] or []]
    connected = f"{health['connected']} of {len(nodes)}"
    rank = (0 if health["settled"] else 1000) + len(nodes) - (health["connected"] or 0)
    return {
        "known": True,
        "text": connected,
        "note": "" if health["settled"] else "not settled",
        "settled": health["settled"],
        "nodes": nodes,
        "rank": rank,
    }


def _collection(collection: Mapping[str, Any], findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Garbage collection of messages. What a campaign holds is meant to be off; what no one holds is not."""
    as_set, in_effect, held = collection.get("set"), collection.get("in_effect"), bool(collection.get("held"))
    kinds = {"collection_off": "critical", "collection_on": "warning"}
    notes = ["held"] if held else []
    if in_effect is None and as_set is not None:
        notes.append(f"in effect unknown ({collection['doubt']})" if collection.get("doubt") else "in effect unknown")
    elif as_set is not in_effect:
        notes.append(f"{_switch(in_effect)} in effect")
    wrong = next((kinds[one["kind"]] for one in findings if one["kind"] in kinds), "")
    rank: Any = "" if as_set is None else 3 if wrong else 2 if held else 1 if not as_set else 0
    return {
        "text": _switch(as_set),
        "in_effect": _switch(in_effect),
        "held": held,
        "note": ", ".join(notes),
        "wrong": wrong,
        "rank": rank,
    }


def _switch(value: bool | None) -> str:
    return UNKNOWN if value is None else "on" if value else "off"


def _restart(restart: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    pending, since = restart.get("pending"), moment(restart.get("since"))
    waited: Any = int((now - since).total_seconds()) if now and since else 1
    return {
        "pending": bool(pending),
        "text": UNKNOWN if pending is None else "pending" if pending else "none",
        "since": shown_time(restart.get("since"), now),
        "settings": restart.get("settings") or [],
        "rank": "" if pending is None else max(waited, 1) if pending else 0,
    }


def _drifted(drift: Mapping[str, Any]) -> dict[str, Any]:
    declared, found = compared(drift["declared"], drift["found"])
    return {"setting": drift["setting"], "declared": declared, "found": found}
