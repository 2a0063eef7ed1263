# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The lease: the right of one run to restart nodes of a client. Pure transitions of a ledger's state.

Times are those of the machine that the ledger lies on. An owner that is known to be alive keeps its lease, however long
it takes; one that is known to be dead has none. Of another machine's owner only the lease's end is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from .._common.errors import LedgerError
from . import lease_owner
from .state import Lease, Owner, State


def end_of(lease: Lease) -> float:
    """When the lease ends, in seconds since the epoch."""
    return lease.renewed + lease.seconds


def other_holder(state: State, owner: Owner, now: float) -> Optional[Owner]:
    """The owner, not this one, that holds the lease; None where no one does."""
    lease = state.lease
    if lease is None or lease.owner == owner:
        return None
    alive = lease_owner.is_alive(lease.owner)
    if alive is None:
        # A renewal in the future is a clock that was set back, or a forgery: no lease lasts because of it.
        alive = end_of(lease) > now and lease.renewed <= now + lease.seconds
    return lease.owner if alive else None


def take(state: State, owner: Owner, seconds: float, now: float) -> Optional[State]:
    """The state with the lease taken or renewed; None while another owner holds it."""
    if other_holder(state, owner, now) is not None:
        return None
    return replace(state, lease=Lease(owner, seconds, now))


def is_held(state: State, owner: Owner) -> bool:
    return state.lease is not None and state.lease.owner == owner


def renew(state: State, owner: Owner, now: float) -> State:
    """For each further step. An expired lease that no other owner has taken is still held. Raises LedgerError."""
    if state.lease is None or state.lease.owner != owner:
        holder = "it is held by %s" % lease_owner.describe(state.lease.owner) if state.lease else "no run holds it"
        raise LedgerError(
            "this run does not hold the lease for restarts, %s" % holder,
            "Run again. If a hook or a restart takes longer than the lease, raise coreapp_lease_seconds.",
        )
    return replace(state, lease=replace(state.lease, renewed=now))


def release(state: State, owner: Owner) -> State:
    """Returns the lease; that of another owner stays."""
    return replace(state, lease=None) if is_held(state, owner) else state
