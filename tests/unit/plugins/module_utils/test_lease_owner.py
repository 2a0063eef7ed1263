# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners of leases: whether their process still runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Owner


def this_process() -> Owner:
    return lease_owner.owner_of(os.getpid(), "wa-berlin")


def test_this_process_is_alive() -> None:
    owner = this_process()
    assert lease_owner.is_alive(owner) is True
    assert lease_owner.describe(owner).startswith(f"process {os.getpid()} on ")
    assert lease_owner.describe(owner).endswith("(host wa-berlin)")


def test_it_reads_back() -> None:
    assert Owner.from_json(vars(this_process())) == this_process()


def test_a_description_is_one_short_line() -> None:
    owner = Owner("h\x1b[2K\n" * 500, "m", 1, "", "w\u202ex" * 200)
    shown = lease_owner.describe(owner)
    assert shown.isprintable() and len(shown) < 200


def test_an_ended_process_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = lease_owner.owner_of(process.pid, "wa-berlin")
    assert lease_owner.is_alive(owner) is True
    process.communicate(b"\n")
    assert lease_owner.is_alive(owner) is False


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the system does not show a zombie")
def test_a_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = lease_owner.owner_of(process.pid, "wa-berlin")
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    alive = lease_owner.is_alive(owner)
    process.communicate()
    assert alive is False


def test_a_reused_process_id_is_another_process() -> None:
    owner = replace(this_process(), start="1")
    assert lease_owner.is_alive(owner) is False
    assert not lease_owner.is_same_play(owner, this_process())


def test_another_machine_is_unknown() -> None:
    assert lease_owner.is_alive(replace(this_process(), machine="another")) is None


@pytest.mark.parametrize("pid", [0, 2**31 - 1])
def test_a_process_that_cannot_be_is_dead(pid: int) -> None:
    assert lease_owner.is_alive(replace(this_process(), pid=pid)) is False
    assert lease_owner.is_alive(replace(this_process(), pid=pid, start="")) is False


def test_a_system_without_start_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_owner, "_start_of", lambda pid: "")
    assert lease_owner.is_alive(this_process()) is True
    assert lease_owner.is_alive(replace(this_process(), pid=2**22 + 1)) is False


def test_two_hosts_of_one_play_are_the_same_play_and_two_owners() -> None:
    one, other = this_process(), lease_owner.owner_of(os.getpid(), "wa-paris")
    assert lease_owner.is_same_play(one, other)
    assert one != other
