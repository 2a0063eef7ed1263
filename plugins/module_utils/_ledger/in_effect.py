# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What is known to be in effect: pure transitions of a ledger's state.

A setting that needs a restart governs a node with the value that was stored when the node started. The collection knows
that value only if it has seen it: confirmed by a rolling restart of all nodes, with the same value before the first and
after the last one. It is a statement with a moment. It becomes doubtful when a GET differs from what this collection last
wrote or saw, and where the nodes themselves are checked, when one of them has started since.

A change there and back by others between two checks, with a restart of a node in between, cannot be seen through the API.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .._common.moments import now_text
from . import rolling
from .state import Doubt, InEffect, Scalar, State, same

REASONS = {
    "never_confirmed": "no rolling restart of this collection has confirmed it",
    "changed_by_others": "it was changed outside of this collection",
    "mixed": "not all nodes have been restarted since it was changed",
    # Found by a check of the nodes, and never recorded:
    "node_restarted": "a node was restarted outside of this collection",
    "rolling": "a rolling restart is in progress or was interrupted",
    "not_checked": "the nodes could not be checked",
}


@dataclass(frozen=True)
class Effect:
    """What is known of one setting: its value and since when that is confirmed, or the reason for doubt."""

    value: Optional[Scalar]
    confirmed_at: Optional[str]
    doubt: str  # a key of REASONS; empty if confirmed

    def as_values(self) -> Dict[str, Any]:
        return {
            "confirmed": not self.doubt,
            "value": self.value,
            "confirmed_at": self.confirmed_at,
            "reason": REASONS[self.doubt] if self.doubt else None,
        }


UNKNOWN = Effect(None, None, "never_confirmed")


def of(state: State, name: str) -> Effect:
    """What is known of a setting that needs a restart."""
    if name in state.doubts:
        return Effect(None, None, state.doubts[name].reason)
    record = state.in_effect
    if record is None or name not in record.values:
        return UNKNOWN
    return Effect(record.values[name], record.at, "")


def is_confirmed(state: State, name: str, value: Any) -> bool:
    """Whether just this value is known to be in effect."""
    effect = of(state, name)
    return not effect.doubt and same(effect.value, value)


def see(state: State, shown: Mapping[str, Scalar]) -> State:
    """Takes note of what a GET shows of the settings that need a restart. Whatever others have changed becomes doubtful."""
    changed = [name for name, value in shown.items() if name in state.seen and not same(state.seen[name], value)]
    changed += [name for name in state.seen if name not in shown]
    new = [name for name in shown if of(state, name) is UNKNOWN]
    state = doubt(state, new, "never_confirmed")
    state = doubt(state, changed, "changed_by_others")
    if state.roll is not None and state.roll.values is not None:
        state = rolling.keep_values(state, shown)
    return replace(state, seen=dict(shown))


def wrote(state: State, written: Mapping[str, Scalar]) -> State:
    """Takes note of what this collection has written, so that the next GET does not take it for a change by others."""
    return replace(state, seen={**state.seen, **written})


def forget(state: State) -> State:
    """Forgets everything that is known to be in effect: it was found out about another client."""
    return replace(state, seen={}, in_effect=None, doubts={})


def doubt(state: State, names: List[str], reason: str) -> State:
    """Marks settings as doubtful. A doubt keeps its first reason."""
    fresh = {name: Doubt(now_text(), reason) for name in names if name not in state.doubts}
    return replace(state, doubts={**state.doubts, **fresh}) if fresh else state


def doubt_until_done(state: State) -> State:
    """Nodes are about to be restarted: what they will start with governs some of them before all."""
    if state.roll is None or state.restart is None:
        return state
    coming = state.roll.values or {}
    record = state.in_effect.values if state.in_effect else {}
    differing = [name for name, value in coming.items() if name in record and not same(record[name], value)]
    return doubt(state, sorted({*differing, *state.restart.settings}), "mixed")


def confirm(
    state: State, before: Optional[Mapping[str, Scalar]], after: Mapping[str, Scalar], starts: Mapping[str, str]
) -> State:
    """All nodes have been restarted. What GET showed alike before the first and after the last one is in effect."""
    before = before or {}
    alike = {name: value for name, value in after.items() if name in before and same(before[name], value)}
    mixed = [name for name in after if name not in alike]
    state = replace(state, in_effect=InEffect(now_text(), alike, dict(starts)), doubts={}, seen=dict(after))
    return doubt(state, mixed, "mixed")


def compare_starts(state: State, starts: Mapping[str, str]) -> List[str]:
    """The nodes that have started since the record, or were not in it, by their proofs of a start as they are now."""
    record = state.in_effect
    if record is None:
        return []
    return sorted(name for name, started in starts.items() if not started or record.starts.get(name) != started)


def check_starts(state: State, starts: Optional[Mapping[str, str]]) -> Tuple[State, List[str]]:
    """The state as the nodes show it now, for this moment alone, and the nodes that have started since the record.

    :arg starts: of the nodes that run; None if they could not be checked.
    """
    confirmed = sorted(state.in_effect.values) if state.in_effect else []
    if starts is None:
        return doubt(state, confirmed, "not_checked"), []
    restarted = compare_starts(state, starts)
    if restarted:
        state = doubt(state, confirmed, "rolling" if rolling.nodes(state) else "node_restarted")
    return state, restarted
