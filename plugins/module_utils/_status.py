# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What is wrong with a client, judged from what is known of it: facts in, findings out. No network, no file.

What is not known (a client that does not answer, a ledger that cannot be read) is null in the answer, and judged by
no one. Texts of the client are shortened; ``perform`` makes them harmless.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping, Sequence

from ._api.health import UNKNOWN, Report
from ._common import moments
from ._common.errors import CallError, LedgerError, OnPremError
from ._common.redaction import redact_url
from ._common.text import harmless, listed
from ._ledger import campaigns, in_effect
from ._ledger.state import State
from ._settings import checks, planning, resource
from ._settings.catalog import BY_NAME

CRITICAL, WARNING, OK = "critical", "warning", "ok"
LEVELS = (CRITICAL, WARNING, OK)  # worst first
KINDS: dict[str, str] = {
    "unreachable": CRITICAL,
    "task_failed": CRITICAL,
    "no_answer": CRITICAL,
    "refused": CRITICAL,
    "malformed": CRITICAL,
    "ledger_unreadable": CRITICAL,
    "unhealthy": CRITICAL,
    "overdue": CRITICAL,
    "collection_off": CRITICAL,
    "not_in_effect": CRITICAL,
    "restart_pending": WARNING,
    "nodes_not_checked": WARNING,
    "collection_on": WARNING,
    "drift": WARNING,
    "long_campaign": WARNING,
}
LONGEST_TEXT, LONGEST_SENTENCE = 200, 600  # characters of what a client says, and of a finding

Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What was found out about one client.

    :arg api_url: the client as it may be shown; None where its URL cannot be.
    :arg errors: what went wrong, in the sequence in which it happened.
    :arg ledger: the state of its ledger; None where none was given or it cannot be read.
    :arg declared: the settings that the inventory declares.
    :arg collect: whether the inventory declares that messages are collected, by whatever name.
    :arg was_sent: see ``planning.differing``.
    :arg url_key: the key of the fingerprints of webhook URLs.
    :arg restarted: the nodes that have started since the values were confirmed, where the nodes were checked.
    :arg unchecked: why the nodes could not be checked; empty if they were, or were not to be.
    :arg long_after: after how many days a campaign without a planned end is long.
    """

    api_url: str | None
    now: datetime.datetime
    errors: tuple[OnPremError, ...] = ()
    current: planning.Snapshot | None = None
    report: Report | None = None
    ledger: State | None = None
    declared: Mapping[str, Any] = field(default_factory=dict)
    collect: bool | None = None
    was_sent: Callable[[str, Any], bool] = lambda name, value: False
    url_key: bytes | None = None
    long_after: int = 7
    restarted: Sequence[str] = ()
    unchecked: str = ""


def level_of(findings: Sequence[Finding]) -> str:
    """The worst level among findings."""
    return next((level for level in LEVELS if any(one["level"] == level for one in findings)), OK)


def finding(kind: str, text: str, since: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "level": KINDS[kind], "text": harmless(text, LONGEST_SENTENCE), "since": since}


def short(text: Any, limit: int = LONGEST_TEXT) -> str:
    """A text that another user wrote, at a length that can be shown."""
    whole = str(text)
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def unknown(api_url: str | None) -> dict[str, Any]:
    """A client of which nothing is known."""
    return {
        "api_url": api_url,
        "level": OK,
        "findings": [],
        "api_version": None,
        "health": None,
        "campaigns": [],
        "message_collection": {"set": None, "in_effect": None, "confirmed_at": None, "doubt": None, "held": False},
        "restart": {"pending": None, "since": None, "settings": [], "reason": None},
        "held_settings": [],
        "drift": [],
    }


def judge(facts: Facts) -> dict[str, Any]:
    """The client unchanged in the status of the fleet, all but its name."""
    entry = unknown(facts.api_url)
    if facts.ledger is not None:
        entry["campaigns"] = [_campaign(one) for one in campaigns.listed(facts.ledger, facts.now)]
        entry["restart"] = _restart(facts.ledger)
    if facts.report is not None:
        entry["api_version"] = facts.report.api_version
        entry["health"] = _health(facts.report, _expected(facts.ledger))
    entry["message_collection"]["held"] = bool(entry["campaigns"])
    if facts.current is not None:
        entry["api_version"] = checks.version_text(facts.current) if facts.current.version else entry["api_version"]
        _judge_settings(facts, facts.current, entry)
    findings = sorted(_findings(facts, entry), key=lambda one: LEVELS.index(one["level"]))
    return dict(entry, findings=findings, level=level_of(findings))


def _campaign(campaign: Mapping[str, Any]) -> dict[str, Any]:
    return dict(campaign, name=short(campaign["name"]))


def _restart(state: State) -> dict[str, Any]:
    pending = state.restart
    if pending is None:
        # A write of unknown outcome may have been executed; only the client can show it, and it has not.
        return {"pending": None if state.intention else False, "since": None, "settings": [], "reason": None}
    return {
        "pending": True,
        "since": pending.since,
        "settings": [short(name) for name in pending.settings],
        "reason": pending.reason,
    }


def _expected(state: State | None) -> int | None:
    """How many nodes were connected before the rolling restart that is under way."""
    return state.roll.connected if state and state.roll and state.roll.nodes else None


def _health(report: Report, expected: int | None) -> dict[str, Any]:
    nodes = [
        {"name": short(node.name), "role": short(node.role), "status": short(node.status)} for node in report.nodes
    ]
    return {"settled": not report.unsettled(expected), "connected": report.connected, "nodes": nodes}


def _judge_settings(facts: Facts, current: planning.Snapshot, entry: dict[str, Any]) -> None:
    switch = planning.message_collection(current).name
    value = current.values.get(switch)
    collection = entry["message_collection"]
    collection["set"] = value if isinstance(value, bool) else None
    if facts.ledger is not None:
        effect = in_effect.of(facts.ledger, switch)
        known = effect.value if isinstance(effect.value, bool) and not effect.doubt else None
        collection.update(
            in_effect=known,
            confirmed_at=None if effect.doubt else effect.confirmed_at,
            doubt=_doubt(facts, effect.doubt),
        )
    if collection["held"]:
        entry["held_settings"] = [switch]
    entry["drift"] = list(_drift(facts, current, entry["held_settings"]))


def _doubt(facts: Facts, reason: str) -> str | None:
    if not reason:
        return None
    nodes = listed((harmless(name, 80) for name in facts.restarted), longest=200) if reason == "node_restarted" else ""
    return in_effect.REASONS[reason] + (f" ({nodes})" if nodes else "")


def _declared(facts: Facts, current: planning.Snapshot) -> dict[str, Any]:
    if facts.collect is None:
        return dict(facts.declared)
    return dict(facts.declared, **{planning.message_collection(current).name: facts.collect})


def _drift(facts: Facts, current: planning.Snapshot, held: list[str]) -> Iterator[dict[str, Any]]:
    """What differs from what is declared. What a campaign holds does not count, nor does what no one can know."""
    declared = _declared(facts, current)
    for name in planning.differing(current, declared, facts.was_sent):
        there, found = planning.shown_value(current, name)
        if name in held or (not there and facts.ledger is None):
            continue
        wanted = declared[name]
        if name in BY_NAME and not BY_NAME[name].url:
            found, wanted = _legible(found), _legible(wanted)
        found, wanted = resource.shown_values(name, found, wanted, facts.url_key)
        yield {"setting": short(name), "declared": _bounded(wanted), "found": _bounded(found)}


def _legible(value: Any) -> Any:
    """A value of a setting that is no URL; one that no setting can have may hold anything, and is not shown."""
    if isinstance(value, str) and "://" in value:
        return redact_url(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [_legible(one) for one in value]
    return resource.possible(value)


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return short(value)
    return value if len(str(value)) <= LONGEST_TEXT else resource.IMPOSSIBLE


def _findings(facts: Facts, entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    seen = set()
    for error in facts.errors:
        kind = _kind_of(error)
        if kind not in seen:
            seen.add(kind)
            yield finding(kind, str(error))
    if facts.report is not None:
        problem = _unhealthy(facts.report, _expected(facts.ledger))
        if problem:
            yield finding("unhealthy", f"{short(problem, 400)}. Look into the logs of these nodes.")
    if facts.unchecked:
        text = f"It could not be checked whether nodes were restarted by others: {short(facts.unchecked, 400)}."
        yield finding("nodes_not_checked", text)
    yield from _campaign_findings(facts, entry)
    if facts.current is not None and "ledger_unreadable" not in seen:
        yield from _collection_findings(facts, facts.current, entry)
    yield from _other_findings(entry)


def _kind_of(error: OnPremError) -> str:
    if isinstance(error, LedgerError):
        return "ledger_unreadable"
    if not isinstance(error, CallError):
        return "task_failed"
    status = error.status
    if status is None:
        return "no_answer"
    not_a_client = status < 400 or (status == 404 and error.code is None)  # no client answers like that
    return "malformed" if not_a_client else "refused"


def _unhealthy(report: Report, expected: int | None) -> str:
    """Why the client is not well; empty if it is.

    A node that is disconnected may be a spare: that is normal, for the primary master of a pair with one shard too.
    """
    problem = report.unsettled(expected)
    if problem:
        return problem
    down = [f"{node} {node.condition}" for node in report.nodes if node.is_down]
    if down:
        return ", ".join(down[:8])
    if report.connected == 0:
        return "no node is connected: " + listed((f"{node} {node.condition}" for node in report.nodes), longest=300)
    masters = [node for node in report.nodes if node.role == "primary_master"]
    if not report.single and len(masters) != 1:
        known = all(node.role != UNKNOWN for node in report.nodes)
        return "%s nodes are primary master" % (len(masters) or "no") if known else ""
    return ""


def _campaign_findings(facts: Facts, entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for campaign in entry["campaigns"]:
        name, since, planned_end = campaign["name"], campaign["since"], campaign["planned_end"]
        if campaign["overdue"]:
            text = f"Campaign {name} is past its planned end, {planned_end}, and still holds garbage collection off. "
            yield finding("overdue", text + "Run campaign_sweep to end it, or plan a later end.", planned_end)
        elif planned_end is None and _days_since(since, facts.now) > facts.long_after:
            text = f"Campaign {name} has gone on since {since} and has no planned end. "
            yield finding("long_campaign", text + "End it with campaign_end, or plan its end.", since)


def _days_since(text: str, now: datetime.datetime) -> float:
    begun = moments.parse(text)
    return (now - begun).total_seconds() / 86400 if begun else 0.0


def _collection_findings(
    facts: Facts, current: planning.Snapshot, entry: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    collection = entry["message_collection"]
    if collection["held"] and collection["set"] is True:
        text = "A campaign is on, but the garbage collection of messages is on as well. Run campaign_sweep."
        yield finding("collection_on", text)
    if collection["held"] and collection["set"] is False and collection["in_effect"] is not False:
        reason = collection["doubt"] or "a restart of the Coreapp is pending"
        text = f"A campaign is on, but it is not known that garbage collection of messages is off in effect: {reason}. "
        yield finding("not_in_effect", text + "Run the playbook restart (with coreapp_force=true if none is pending).")
    declared_off = _declared(facts, current).get(planning.message_collection(current).name) is False
    if collection["set"] is False and not collection["held"] and not declared_off:
        text = (
            "The garbage collection of messages is off, and no campaign holds it off: the database fills. "
            "Switch it on with collect_messages: true, or declare it off if that is meant."
        )
        yield finding("collection_off", text)


def _other_findings(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    restart, drift = entry["restart"], entry["drift"]
    if restart["pending"]:
        known = "not known to be in effect" if restart["reason"] == "not_confirmed" else "not in effect"
        names = ", ".join(restart["settings"])
        what = f"; until then these are {known}: {names}." if names else ": all nodes are to be restarted."
        text = f"A restart of the Coreapp is pending since {restart['since']}{what} Run the playbook restart."
        yield finding("restart_pending", text, restart["since"])
    if drift:
        names = ", ".join(one["setting"] for one in drift)
        text = "%d %s from what the inventory declares: %s. Run the playbook settings."
        yield finding("drift", text % (len(drift), "setting differs" if len(drift) == 1 else "settings differ", names))
