# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The campaigns of one client: pure transitions of a ledger's state.

While any campaign is active, the automatic garbage collection of messages is held off. What it was before the first one
is kept in ``hold``; what the last one leaves it as is in ``release`` until a run has done it.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .._common import moments
from .state import Campaign, Hold, State


def is_active(state: State) -> bool:
    """Whether any campaign is active, so that garbage collection of messages is held off."""
    return bool(state.campaigns)


def listed(state: State, now: Optional[datetime.datetime] = None) -> List[Dict[str, Any]]:
    """The active campaigns, by name: name, since, planned_end (or None), overdue."""
    moment = now or moments.utc_now()
    found = []
    for name, campaign in sorted(state.campaigns.items()):
        end = moments.parse(campaign.planned_end)
        overdue = end is not None and end <= moment
        found.append({"name": name, "since": campaign.since, "planned_end": campaign.planned_end, "overdue": overdue})
    return found


def begin(state: State, name: str, planned_end: Optional[datetime.datetime]) -> State:
    """Adds a campaign, or changes its planned end. An end that was not carried out yet is overtaken by it."""
    wanted = moments.to_text(planned_end) if planned_end else None
    known = state.campaigns.get(name)
    if known is not None and (wanted is None or wanted == known.planned_end):
        return state
    campaign = Campaign(known.since if known else moments.now_text(), wanted)
    return replace(state, campaigns={**state.campaigns, name: campaign}, release=None)


def end(state: State, names: Sequence[str], after: str) -> Tuple[State, List[str]]:
    """Ends campaigns; the last one records what it leaves behind. Returns the names of those that were active as well."""
    ended = [name for name in names if name in state.campaigns]
    if not ended:
        return state, []
    rest = {name: campaign for name, campaign in state.campaigns.items() if name not in ended}
    return replace(state, campaigns=rest, release=state.release if rest else after), ended


def note_before(state: State, value: Any) -> State:
    """Keeps what garbage collection was before the first campaign."""
    if not is_active(state) or state.hold is not None or not isinstance(value, bool):
        return state
    return replace(state, hold=Hold(value))


def released_value(state: State) -> Optional[bool]:
    """What the last campaign that ended leaves garbage collection as; None where nothing is to be done."""
    if is_active(state) or state.release is None:
        return None
    if state.release == "previous":
        return state.hold.before if state.hold else None
    return state.release == "on"


def close_hold(state: State) -> State:
    """The client is as the last campaign leaves it."""
    return state if is_active(state) else replace(state, hold=None, release=None)
