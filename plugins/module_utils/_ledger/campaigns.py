# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The campaigns of one client: pure transitions of a ledger's data.

While any campaign is active, the automatic garbage collection of messages is held off. What it was before the first one
is kept in ``hold``; what the last one leaves it as stands in ``release`` until a settings run has done it.
"""

from __future__ import annotations

import datetime
from typing import Any, Mapping

from .._common import moments
from .._common.moments import now_text

AFTER = ("on", "off", "previous")


def is_active(data: Mapping[str, Any]) -> bool:
    """Whether any campaign is active, so that garbage collection of messages is held off."""
    return bool(data["campaigns"])


def listed(data: Mapping[str, Any], now: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """The active campaigns, by name: name, since, planned_end (or None), overdue."""
    moment = now or datetime.datetime.now(datetime.timezone.utc)
    found = []
    for name, campaign in sorted(data["campaigns"].items()):
        planned_end = campaign.get("planned_end")
        overdue = planned_end is not None and moments.required(planned_end, "planned_end") <= moment
        found.append({"name": name, "since": campaign["since"], "planned_end": planned_end, "overdue": overdue})
    return found


def begin(data: dict[str, Any], name: str, planned_end: str | None) -> bool:
    """Adds a campaign, or changes its planned end. Returns whether the data has changed."""
    wanted = moments.to_text(moments.required(planned_end, "planned_end")) if planned_end else None
    known = data["campaigns"].get(name)
    if known is not None and (wanted is None or wanted == known.get("planned_end")):
        return False
    since = known["since"] if known else now_text()
    data["campaigns"][name] = {"since": since, "planned_end": wanted}
    data["release"] = None  # an end that was not carried out yet is overtaken by this campaign
    return True


def end(data: dict[str, Any], names: list[str], after: str) -> list[str]:
    """Takes campaigns out; the last one notes what it leaves behind. Returns the names of those that were active."""
    ended = [name for name in names if data["campaigns"].pop(name, None) is not None]
    if ended and not data["campaigns"]:
        data["release"] = after
    return ended


def note_before(data: dict[str, Any], value: Any) -> bool:
    """Keeps what garbage collection was before the first campaign. Returns whether the data has changed."""
    if not is_active(data) or data["hold"] is not None or not isinstance(value, bool):
        return False
    data["hold"] = {"before": value}
    return True


def released_value(data: Mapping[str, Any]) -> bool | None:
    """What the last campaign that ended leaves garbage collection as; None where nothing is to be done."""
    if is_active(data) or data["release"] is None:
        return None
    if data["release"] == "previous":
        return data["hold"]["before"] if data["hold"] else None
    return bool(data["release"] == "on")


def close_hold(data: dict[str, Any]) -> bool:
    """The client is as the last campaign leaves it. Returns whether the data has changed."""
    if is_active(data) or (data["hold"] is None and data["release"] is None):
        return False
    data["hold"] = data["release"] = None
    return True
