# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The campaigns of one client, in its ledger; no API is touched."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from .._common import moments
from .._common.errors import InputError
from .._common.operation import Outcome, Task
from .._ledger import campaigns
from .._ledger.file import Ledger

LIBRARY_ERROR = None  # nothing but Python is needed

OPTIONS: Dict[str, Dict[str, Any]] = {
    "ledger": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str"},
    "planned_end": {"type": "str"},
    "after": {"type": "str", "choices": list(campaigns.AFTER), "default": "on"},
    "overdue": {"type": "bool"},
}
RULES: Dict[str, Any] = {
    "mutually_exclusive": [("name", "overdue")],
    "required_if": [("state", "present", ("name",)), ("state", "absent", ("name", "overdue"), True)],
}

LONGEST_NAME = 200


def run(params: Mapping[str, Any], task: Task) -> Outcome:
    """Begins or ends a campaign. Raises OnPremError."""
    _check(params)
    with Ledger(params["ledger"], read_only=task.check_mode, progress=task.progress) as ledger:
        data = ledger.data
        before = _shown(data)
        ended: List[str] = []
        if params["state"] == "present":
            changed = campaigns.begin(data, params["name"], params["planned_end"])
        else:
            ended = campaigns.end(data, _names_to_end(params, data), params["after"])
            changed = bool(ended)
            _warn_of_another_name(params, data, ended, task)
        if changed:
            ledger.save()
        values = {
            "campaigns": campaigns.listed(data),
            "active": campaigns.is_active(data),
            "ended": ended,
            "collect_messages": False if campaigns.is_active(data) else campaigns.released_value(data),
            "predicted": changed and task.check_mode,
        }
        return Outcome(changed, values, before, _shown(data))


def _check(params: Mapping[str, Any]) -> None:
    name = params["name"]
    if name is not None and (not name.strip() or len(name) > LONGEST_NAME or not name.isprintable()):
        raise InputError("name must be 1 to %d printable characters" % LONGEST_NAME)
    if params["state"] == "absent" and name is None and not params["overdue"]:
        raise InputError("there is nothing to end", "Give a name, or overdue: true.")
    if params["state"] == "absent" and params["planned_end"] is not None:
        raise InputError("planned_end belongs to state: present", "Leave it out to end a campaign now.")
    if params["planned_end"]:
        moments.required(params["planned_end"], "planned_end")


def _warn_of_another_name(params: Mapping[str, Any], data: Mapping[str, Any], ended: List[str], task: Task) -> None:
    """Ending what has ended is no failure. But a misspelled name must not pass for an end while the campaign goes on."""
    if params["name"] is not None and not ended and campaigns.is_active(data):
        active = ", ".join('"{name}"'.format(**campaign) for campaign in campaigns.listed(data))
        task.warn('There is no campaign "{}" to end; active: {}.'.format(params["name"], active))


def _names_to_end(params: Mapping[str, Any], data: Mapping[str, Any]) -> List[str]:
    if params["name"] is not None:
        return [params["name"]]
    return [campaign["name"] for campaign in campaigns.listed(data) if campaign["overdue"]]


def _shown(data: Mapping[str, Any]) -> Dict[str, Any]:
    """The campaigns as a diff shows them."""
    return {
        name: campaign.get("planned_end") or "no planned end" for name, campaign in sorted(data["campaigns"].items())
    }
