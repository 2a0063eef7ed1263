# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lease for restarts: who has it, who waits for it, and what is refused without it."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest
from restart_book import FAR_AWAY, NODES, Book

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner


@pytest.fixture
def book(tmp_path: Any) -> Book:
    return Book(str(tmp_path / "client.json"))


def test_begin_without_a_debt_takes_none(book: Book) -> None:
    answer = book.step("begin")
    assert not answer["lease_granted"] and not answer["owed"] and answer["lease"] is None


def test_second_run_is_told_for_whom_it_waits(book: Book) -> None:
    book.owe()
    assert book.step("begin", owner=FAR_AWAY)["lease_granted"]
    before = book.data()
    answer = book.step("begin", nodes=NODES)
    assert not answer["lease_granted"]
    assert answer["lease"]["owner"] == "process 1 on elsewhere" and answer["lease"]["yours"] is False
    assert book.data() == before


def test_expired_is_taken_over(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.owe()
    book.step("begin", owner=FAR_AWAY, lease_seconds=60)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 59)
    assert not book.step("begin")["lease_granted"]
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert book.step("begin")["lease_granted"]


def test_dead_owner_here_is_taken_over_at_once(book: Book) -> None:
    book.owe()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        dead = lease_owner.owner_of(process.pid)
        assert book.step("begin", owner=dead)["lease_granted"]
        assert not book.step("begin")["lease_granted"]
    assert book.step("begin")["lease_granted"]


def test_waits_for_it_and_says_for_whom(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.owe()
    book.step("begin", owner=FAR_AWAY, lease_seconds=60)
    clock, slept = [1000.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds
        if len(slept) == 25:
            book.step("release", owner=FAR_AWAY)

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", sleep)
    assert not book.step("begin", lease_wait=5)["lease_granted"]
    assert len(slept) == 5
    assert not book.step("begin", lease_wait=5, check=True)["lease_granted"]
    assert len(slept) == 5
    book.told.clear()
    assert book.step("begin", lease_wait=600)["lease_granted"]
    assert len(slept) == 25 and len(book.told) == 3  # at once, after 8 s and after 16 s
    assert book.told[0].startswith("process 1 on elsewhere is restarting nodes of this client")


def test_each_step_renews(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = book.owe()
    book.step("begin", nodes=NODES, lease_seconds=60)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 50)
    book.step("next", id=identity)
    monkeypatch.setattr(time, "time", lambda: now + 100)
    assert not book.step("begin", owner=FAR_AWAY)["lease_granted"]


@pytest.mark.parametrize(("step", "given"), [("next", {}), ("advance", {"node": "w1", "started": "2"}), ("finish", {})])
def test_refused_without_it(book: Book, step: str, given: dict[str, Any]) -> None:
    identity = book.owe()
    with pytest.raises(OnPremError, match="does not hold the lease for restarts, nobody holds it"):
        book.step(step, id=identity, **given)
    book.step("begin", owner=FAR_AWAY, nodes=NODES)
    before = book.data()
    with pytest.raises(OnPremError, match="it is held by process 1 on elsewhere"):
        book.step(step, id=identity, **given)
    assert book.data() == before


def test_release_gives_back_only_ones_own(book: Book) -> None:
    book.owe()
    book.step("begin", owner=FAR_AWAY)
    assert book.step("release")["lease"]["yours"] is False
    assert book.step("release", owner=FAR_AWAY)["lease"] is None


def test_owner_and_seconds_are_checked(book: Book) -> None:
    with pytest.raises(OnPremError, match="owner is missing"):
        book.step("read", owner={})
    with pytest.raises(OnPremError, match="lease_seconds"):
        book.step("begin", lease_seconds=0)
