# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the report says things: times, durations, values, and text that comes from clients."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

KINDS = {
    "unreachable": "Unreachable",
    "no_answer": "No answer",
    "refused": "Refused",
    "malformed": "Malformed answer",
    "task_failed": "Task failed",
    "ledger_unreadable": "Ledger unreadable",
    "unhealthy": "Unhealthy",
    "overdue": "Campaign overdue",
    "collection_off": "Collection off",
    "restart_pending": "Restart pending",
    "nodes_not_checked": "Nodes not checked",
    "not_in_effect": "Not in effect",
    "drift": "Drift",
    "collection_on": "Collection on",
    "long_campaign": "Long campaign",
}

# What repairs a finding without a decision: the playbook and its options.
COMMANDS = {
    "overdue": "campaign_sweep",
    "collection_on": "campaign_sweep",
    "restart_pending": "restart",
    "not_in_effect": "restart -e coreapp_force=true",
    "drift": "settings --check --diff",
    "unhealthy": "campaign_status",
    "no_answer": "campaign_status",
}

YEAR = 365 * 86400
UNITS = ((86400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes"))


def kind_label(kind: str) -> str:
    """What a kind of finding is called in the report."""
    return KINDS.get(kind) or kind.replace("_", " ").capitalize()


def repair_command(kind: str, client: str) -> str:
    """The command for a finding; empty if there is none, or if the client's name has a meaning in a shell or a limit."""
    if kind not in COMMANDS or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", client):
        return ""
    return f"ansible-playbook -i inventory.yml wabiz.onprem.{COMMANDS[kind]} --limit {client}"


def moment(text: Any) -> datetime | None:
    """A time of the document; None for none, and for what is no time."""
    try:
        found = datetime.fromisoformat(re.sub(r"Z$", "+00:00", str(text)))
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)


def shown_time(text: Any, now: datetime | None) -> dict[str, str] | None:
    """A time for people and for machines; the year is shown where it is another one. What is no time is shown as it is."""
    if text is None:
        return None
    found = moment(text)
    if found is None:
        return {"iso": "", "text": str(text)}
    year = "" if now and now.year == found.year else found.strftime(" %Y")
    return {
        "iso": found.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text": f"{found.day} {found.strftime('%b')}{year} {found:%H:%M}",
    }


def duration(span: timedelta) -> str:
    """The length of time in its largest unit, which is as exact as the status of a fleet needs it."""
    seconds = abs(span.total_seconds())
    if seconds >= 2 * YEAR:
        return f"{int(seconds // YEAR)} years"
    for length, one, many in UNITS:
        number = int(seconds // length)
        if number:
            return f"{number} {one if number == 1 else many}"
    return "less than a minute"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def shown_value(value: Any) -> str:
    """The value of a setting, so that "12" and 12 can be distinguished."""
    return "not set" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def compared(declared: Any, found: Any) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Two values, each as what is the same in both, what differs, and what is the same again."""
    left, right = shown_value(declared), shown_value(found)
    before = _in_common(left, right)
    rest = min(len(left), len(right)) - before
    after = _in_common(left[::-1][:rest], right[::-1][:rest])
    if before + after < 4:  # a few signs in common are chance
        return ("", left, ""), ("", right, "")
    return _cut(left, before, after), _cut(right, before, after)


def _in_common(left: str, right: str) -> int:
    """How many signs two texts begin with alike."""
    pairs = enumerate(zip(left, right))
    return next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))


def _cut(text: str, before: int, after: int) -> tuple[str, str, str]:
    end = len(text) - after
    return text[:before], text[before:end], text[end:]


def natural(name: str) -> list[tuple[int, int, str]]:
    """The order in which people expect names with numbers: client9 before client10."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.lower()) for part in re.split(r"(\d+)", name) if part
    ]
