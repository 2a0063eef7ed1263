# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lease for restarts: which run holds it, and when another one may take it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease, lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Lease, Owner, State

NOW = 1_000_000.0
ME = lease_owner.owner_of(os.getpid(), "wa-berlin")
FAR_AWAY = Owner("other-host", "another machine", 1, "1", "wa-berlin")


def held_by(owner: Owner, seconds: float = 60, renewed: float = NOW) -> State:
    return State(lease=Lease(owner, seconds, renewed))


def test_a_free_lease_is_taken() -> None:
    assert lease.take(State(), ME, 60, NOW) == held_by(ME)


def test_taking_it_again_renews_it() -> None:
    assert lease.take(held_by(ME), ME, 30, NOW + 5) == held_by(ME, 30, NOW + 5)


def test_the_lease_of_another_machine_lasts_until_it_ends() -> None:
    state = held_by(FAR_AWAY)
    assert lease.other_holder(state, ME, NOW + 59) == FAR_AWAY
    assert lease.take(state, ME, 60, NOW + 59) is None
    assert lease.take(state, ME, 60, NOW + 60) == held_by(ME, renewed=NOW + 60)


@pytest.mark.parametrize("renewed", [NOW + 61, 3_976_214_400.0])
def test_a_renewal_in_the_future_is_not_believed(renewed: float) -> None:
    assert lease.take(held_by(FAR_AWAY, renewed=renewed), ME, 60, NOW) is not None


def test_a_clock_that_differs_a_little_is_believed() -> None:
    assert lease.take(held_by(FAR_AWAY, renewed=NOW + 30), ME, 60, NOW) is None


def test_a_living_process_of_this_machine_keeps_its_lease_however_long_it_takes() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        other = lease_owner.owner_of(process.pid, "wa-berlin")
        assert lease.take(held_by(other), ME, 60, NOW + 10**6) is None
    assert lease.take(held_by(other), ME, 60, NOW + 1) is not None  # its process has ended


def test_two_hosts_of_one_play_are_two_owners() -> None:
    paris = replace(ME, inventory_host="wa-paris")
    assert lease.take(held_by(paris), ME, 60, NOW) is None
    assert not lease.is_held(held_by(paris), ME)


def test_a_step_renews() -> None:
    assert lease.renew(held_by(ME), ME, NOW + 50) == held_by(ME, renewed=NOW + 50)


def test_an_expired_lease_that_was_not_taken_over_is_still_held() -> None:
    assert lease.renew(held_by(FAR_AWAY), FAR_AWAY, NOW + 999) == held_by(FAR_AWAY, renewed=NOW + 999)


def test_without_it_a_step_is_refused() -> None:
    with pytest.raises(LedgerError, match="does not hold the lease for restarts, no run holds it"):
        lease.renew(State(), ME, NOW)
    with pytest.raises(LedgerError, match="it is held by process 1 on other-host"):
        lease.renew(held_by(FAR_AWAY), ME, NOW)


def test_a_run_returns_only_its_own() -> None:
    assert lease.release(held_by(ME), ME) == State()
    assert lease.release(held_by(FAR_AWAY), ME) == held_by(FAR_AWAY)
