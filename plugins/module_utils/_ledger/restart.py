# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The pending restart: pure transitions of a ledger's state.

Two phases. *Intended*, recorded before a PATCH that needs a restart; *pending*, when the PATCH is known to have been
executed. After a crash between the two, what GET shows decides.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, Callable, Iterable, List, Mapping, Optional

from .._common.moments import now_text
from .state import Intention, Owner, Restart, Roll, State

Fingerprint = Callable[[Any], str]  # a keyed hash of a value


def is_pending(state: State) -> bool:
    return state.restart is not None


def settings(state: State) -> List[str]:
    """The names of the settings that wait for the restart."""
    return list(state.restart.settings) if state.restart else []


def intend(
    state: State, before: Mapping[str, Any], after: Optional[Mapping[str, Any]], fingerprint: Fingerprint
) -> State:
    """Records what a write is about to change. ``before`` and ``after``: setting -> value, those that need a restart.

    ``after`` is None for a reset, of which it is not known beforehand what it leaves.
    """

    def hashed(values: Mapping[str, Any]) -> Mapping[str, str]:
        return {name: fingerprint(value) for name, value in values.items()}

    return replace(state, intention=Intention(now_text(), hashed(before), None if after is None else hashed(after)))


def withdraw(state: State) -> State:
    """The PATCH was refused, or has changed nothing: no restart comes of it."""
    return replace(state, intention=None)


def mark_pending(state: State, names: Iterable[str], reason: str = "changed", owner: Optional[Owner] = None) -> State:
    """The PATCH was executed: every node has to be restarted, also those that an earlier restart has already restarted.

    :arg owner: who has written. A roll that this owner has prepared for just this write goes on; any other one starts over.
    """
    old = state.restart
    restart = Restart(
        since=old.since if old else now_text(),
        settings=tuple(sorted(set(settings(state)) | set(names))),
        reason="changed" if old and old.reason == "changed" else reason,
    )
    return replace(state, intention=None, restart=restart, roll=_roll_after_write(state, owner))


def _roll_after_write(state: State, owner: Optional[Owner]) -> Optional[Roll]:
    roll = state.roll
    if roll is None:
        return None
    if roll.prepared and owner is not None and state.lease is not None and state.lease.owner == owner:
        return replace(roll, prepared=False)
    # How many nodes were connected before the first one was restarted is still true; which node is done is not.
    return Roll(uuid.uuid4().hex, False, False, roll.connected, {}, None)


def was_executed(state: State, current: Mapping[str, Any], fingerprint: Fingerprint) -> Optional[List[str]]:
    """After a crash: which of the intended settings the client has now, judged by what GET shows.

    A setting that GET does not show counts as changed: a needless restart is cheap, a lost one is not. None where nothing
    was intended.
    """
    intention = state.intention
    if intention is None:
        return None
    now = {name: fingerprint(value) for name, value in current.items()}
    if intention.after is None:
        return sorted(name for name, value in intention.before.items() if now.get(name) != value)
    return sorted(
        name
        for name, value in intention.after.items()
        if name not in now or (now[name] == value and intention.before.get(name) != value)
    )


def resolve(state: State, current: Mapping[str, Any], fingerprint: Fingerprint, owner: Optional[Owner] = None) -> State:
    """Decides what a crash has left open, or a write of which it is not known beforehand what it changes."""
    executed = was_executed(state, current, fingerprint)
    if executed is None:
        return state
    return mark_pending(state, executed, owner=owner) if executed else withdraw(state)
