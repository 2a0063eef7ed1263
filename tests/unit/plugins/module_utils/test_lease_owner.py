# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners of leases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner


def test_we_are_alive() -> None:
    owner = lease_owner.owner_of(os.getpid())
    assert lease_owner.is_alive(owner) is True
    assert lease_owner.is_same(owner, dict(owner, host="another name"))
    assert f"process {os.getpid()} on " in lease_owner.describe(owner)


def test_who_has_ended_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = lease_owner.owner_of(process.pid)
    assert lease_owner.is_alive(owner) is True
    process.communicate(b"\n")
    assert lease_owner.is_alive(owner) is False


@pytest.mark.skipif(
    not os.path.exists("/proc/self/stat"), reason="the system does not tell a dead process from a live one"
)
def test_who_has_ended_is_dead_before_anybody_has_asked_how() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = lease_owner.owner_of(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    alive = lease_owner.is_alive(owner)
    process.communicate()
    assert alive is False


def test_a_reused_process_id_is_somebody_else() -> None:
    owner = dict(lease_owner.owner_of(os.getpid()), start="1")
    assert lease_owner.is_alive(owner) is False
    assert not lease_owner.is_same(owner, lease_owner.owner_of(os.getpid()))


def test_of_another_machine_nothing_is_known() -> None:
    owner = dict(lease_owner.owner_of(os.getpid()), machine="another")
    assert lease_owner.is_alive(owner) is None


@pytest.mark.parametrize("pid", [None, "x", 0, -1])
def test_what_is_no_process_is_dead(pid: object) -> None:
    assert lease_owner.is_alive(dict(lease_owner.owner_of(os.getpid()), pid=pid)) is False


def test_where_the_system_tells_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_owner, "_start_of", lambda pid: "")
    owner = lease_owner.owner_of(os.getpid())
    assert lease_owner.is_alive(owner) is True
    assert lease_owner.is_alive(dict(owner, pid=2**22 + 1)) is False
