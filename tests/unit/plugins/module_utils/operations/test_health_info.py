# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a client: one check, or the wait for a settled one."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import health_info

CLUSTER = {
    "master1:cc": {"gateway_status": "connected", "role": "primary_master"},
    "wacore1:aa": {"gateway_status": "connected", "role": "coreapp"},
    "wacore2:bb": {"gateway_status": "disconnected", "role": "coreapp"},
}


@pytest.fixture
def mocked() -> Mocked:
    return Mocked(health_info)


def test_one_check(mocked: Mocked) -> None:
    mocked.client.get.return_value = answer({"health": {"gateway_status": "connected"}}, "v2.53.1")
    outcome = mocked.run({})
    assert (outcome.changed, outcome.before, outcome.after, mocked.read_only) == (False, None, None, True)
    assert outcome.values == {
        "nodes": [
            {
                "name": "client",
                "container_id": "",
                "role": "single",
                "status": "connected",
                "key": "",
                "code": None,
                "details": "",
            }
        ],
        "settled": True,
        "connected": 1,
        "primary_master": None,
        "single": True,
        "api_version": "2.53.1",
    }


@pytest.mark.parametrize(("expected", "settled"), [(None, True), (2, True), (3, False)])
def test_one_check_says_whether_it_is_as_expected(mocked: Mocked, expected: int | None, settled: bool) -> None:
    mocked.client.get.return_value = answer({"health": CLUSTER})
    assert mocked.run({"expect_connected": expected}).values["settled"] is settled


def test_without_waiting_the_client_s_own_deadline_counts(mocked: Mocked) -> None:
    mocked.client.get.side_effect = call_error(retryable=True)
    with pytest.raises(CallError):
        mocked.run({})
    mocked.client.renew_deadline.assert_not_called()


def test_it_waits(mocked: Mocked) -> None:
    polls: list[Any] = [{}, {}, CLUSTER]
    mocked.client.get.side_effect = [answer({"health": poll}) for poll in polls]
    slept: list[float] = []
    outcome = mocked.run({"wait_for": "settled", "interval": 1}, clock=lambda: float(sum(slept)), sleep=slept.append)
    assert outcome.values["settled"]
    assert slept == [0.25, 0.375]
    assert mocked.read_only


def test_the_wait_has_a_limit(mocked: Mocked) -> None:
    mocked.client.get.return_value = answer({"health": CLUSTER})
    slept: list[float] = []
    with pytest.raises(CallError, match=r"Could not see a settled health of .*after 7 s.* 2 of at least 3"):
        mocked.run(
            {"wait_for": "settled", "wait_timeout": 7, "expect_connected": 3},
            clock=lambda: float(sum(slept)),
            sleep=slept.append,
        )


@pytest.mark.parametrize(("name", "value"), [("expect_connected", -1), ("wait_timeout", -1), ("interval", 0)])
def test_numbers_out_of_range(mocked: Mocked, name: str, value: int) -> None:
    with pytest.raises(InputError, match=f"{name} must be at least"):
        mocked.run({name: value})
    mocked.connect.assert_not_called()
