# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health report of both topologies in one form, and the wait for a settled one."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import health_info


class Clock:
    """A clock that moves when somebody sleeps, or when a look takes its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def node(status: str, role: str = "coreapp") -> dict[str, str]:
    return {"gateway_status": status, "role": role}


CLUSTER = {
    "wacore2:bb": node("disconnected"),
    "master1:cc": node("connected", "primary_master"),
    "wacore1:aa": node("connected"),
}


@pytest.fixture
def mocked() -> Mocked:
    return Mocked(health_info)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def look(mocked: Mocked, health: Any, version: str | None = "v2.53.1", **given: Any) -> dict[str, Any]:
    mocked.client.get.return_value = answer({"health": health}, version)
    outcome = mocked.run(given)
    assert (outcome.changed, outcome.before, outcome.after) == (False, None, None)
    return dict(outcome.values)


def wait(mocked: Mocked, clock: Clock, looks: list[Any], **given: Any) -> dict[str, Any]:
    answers = [answer({"health": one}) if isinstance(one, dict) else one for one in looks]
    mocked.client.get.side_effect = answers
    outcome = mocked.run({"wait_for": "settled", **given}, clock=clock, sleep=clock.sleep)
    return dict(outcome.values)


class TestReport:
    def test_single_instance(self, mocked: Mocked) -> None:
        assert look(mocked, {"gateway_status": "connected"}) == {
            "nodes": [{"name": "client", "container_id": "", "role": "single", "status": "connected", "key": ""}],
            "settled": True,
            "connected": 1,
            "primary_master": None,
            "single": True,
            "api_version": "2.53.1",
        }
        assert mocked.read_only

    def test_multiconnect(self, mocked: Mocked) -> None:
        values = look(mocked, CLUSTER)
        assert [one["key"] for one in values["nodes"]] == ["master1:cc", "wacore1:aa", "wacore2:bb"]
        assert values["nodes"][1] == {
            "name": "wacore1",
            "container_id": "aa",
            "role": "coreapp",
            "status": "connected",
            "key": "wacore1:aa",
        }
        assert (values["settled"], values["connected"], values["single"]) == (True, 2, False)
        assert values["primary_master"] == "master1:cc"

    @pytest.mark.parametrize("status", ["connecting", "uninitialized"])
    def test_not_settled_while_a_node_starts(self, mocked: Mocked, status: str) -> None:
        assert not look(mocked, {**CLUSTER, "wacore3:dd": node(status)})["settled"]

    @pytest.mark.parametrize("status", ["disconnected", "unregistered"])
    def test_settled_with_nodes_in_reserve(self, mocked: Mocked, status: str) -> None:
        assert look(mocked, {**CLUSTER, "wacore3:dd": node(status)})["settled"]

    @pytest.mark.parametrize(("expected", "settled"), [(1, True), (2, True), (3, False)])
    def test_settled_with_enough_connected(self, mocked: Mocked, expected: int, settled: bool) -> None:
        assert look(mocked, CLUSTER, expect_connected=expected)["settled"] is settled

    def test_empty_report_is_not_settled(self, mocked: Mocked) -> None:
        values = look(mocked, {})
        assert (values["nodes"], values["settled"], values["single"]) == ([], False, False)

    def test_node_without_a_status_is_not_settled(self, mocked: Mocked) -> None:
        values = look(mocked, {**CLUSTER, "wacore3:dd": {"errors": [{"code": 1014}]}})
        assert values["nodes"][-1]["status"] == "unknown"
        assert not values["settled"]

    @pytest.mark.parametrize("role", ["coreapp", "primary_master"])
    def test_no_primary_master_unless_exactly_one(self, mocked: Mocked, role: str) -> None:
        others = {key: node("connected", role) for key in ("master1:cc", "master2:dd")}
        assert look(mocked, others)["primary_master"] is None

    def test_key_without_container_id(self, mocked: Mocked) -> None:
        first = look(mocked, {"wacore1": node("connected")})["nodes"][0]
        assert (first["name"], first["container_id"], first["key"]) == ("wacore1", "", "wacore1")

    @pytest.mark.parametrize("told", [None, "stable"])
    def test_version_that_nobody_can_read(self, mocked: Mocked, told: str | None) -> None:
        assert look(mocked, CLUSTER, version=told)["api_version"] is None

    @pytest.mark.parametrize("body", [{}, {"health": "connected"}, {"health": {"wacore1:aa": "connected"}}])
    def test_answer_of_something_else(self, mocked: Mocked, body: dict[str, Any]) -> None:
        mocked.client.get.return_value = answer(body)
        with pytest.raises(
            CallError, match=r"Could not read the health of https://client1\.example\.com: GET /v1/health"
        ):
            mocked.run({})

    def test_without_waiting_nothing_is_tried_here(self, mocked: Mocked) -> None:
        mocked.client.get.side_effect = call_error(retryable=True)
        with pytest.raises(CallError):
            mocked.run({})
        mocked.client.renew_deadline.assert_not_called()


class TestWait:
    def test_settled_at_once(self, mocked: Mocked, clock: Clock) -> None:
        assert wait(mocked, clock, [CLUSTER])["settled"]
        assert (clock.slept, mocked.told) == ([], [])

    def test_waits_for_what_passes_by_itself(self, mocked: Mocked, clock: Clock) -> None:
        starting = {**CLUSTER, "wacore1:aa": node("connecting")}
        refused = call_error("the connection was refused", retryable=True)
        not_ready = call_error("GET /v1/health answered 503", retryable=True, code=1011)
        values = wait(mocked, clock, [refused, not_ready, {}, starting, CLUSTER], interval=5)
        assert values["settled"]
        assert clock.slept == [5, 5, 5, 5]

    def test_one_client_and_one_try_for_each_look(self, mocked: Mocked, clock: Clock) -> None:
        wait(mocked, clock, [{}, CLUSTER], timeout=30)
        assert [call.args for call in mocked.client.renew_deadline.call_args_list] == [(0, 8.0), (0, 8.0)]
        assert mocked.read_only

    def test_a_short_timeout_is_kept(self, mocked: Mocked, clock: Clock) -> None:
        wait(mocked, clock, [CLUSTER], timeout=3)
        mocked.client.renew_deadline.assert_called_once_with(0, 3)

    def test_last_look_does_not_outlast_the_wait(self, mocked: Mocked, clock: Clock) -> None:
        wait(mocked, clock, [{}, CLUSTER], wait_timeout=7, interval=5)
        assert [call.args[1] for call in mocked.client.renew_deadline.call_args_list] == [7.0, 2.0]

    @pytest.mark.parametrize("status", [401, 403, None])
    def test_what_cannot_pass_ends_the_wait(self, mocked: Mocked, clock: Clock, status: int | None) -> None:
        with pytest.raises(CallError, match="refused for good"):
            wait(mocked, clock, [{}, call_error("refused for good", status=status), CLUSTER])
        assert mocked.client.get.call_count == 2

    def test_timeout_names_the_nodes(self, mocked: Mocked, clock: Clock) -> None:
        starting = {**CLUSTER, "wacore1:aa": node("connecting"), "wacore2:bb": node("uninitialized")}
        with pytest.raises(CallError) as caught:
            wait(mocked, clock, [starting] * 100, wait_timeout=60)
        assert str(caught.value) == (
            "Could not see a settled health of https://client1.example.com: after 60 s, wacore1:aa (coreapp) is"
            " connecting, wacore2:bb (coreapp) is uninitialized. Look into the logs of these nodes; raise wait_timeout"
            " if they need longer."
        )
        assert clock.now == 1060.0

    def test_the_last_pause_ends_with_the_wait(self, mocked: Mocked, clock: Clock) -> None:
        with pytest.raises(CallError, match="after 7 s"):
            wait(mocked, clock, [{}] * 3, wait_timeout=7, interval=5)
        assert clock.slept == [5, 2]

    def test_timeout_counts_the_connected(self, mocked: Mocked, clock: Clock) -> None:
        with pytest.raises(CallError) as caught:
            wait(mocked, clock, [CLUSTER] * 100, wait_timeout=60, expect_connected=3)
        assert "wacore2:bb (coreapp) is disconnected, 2 of at least 3 nodes connected" in str(caught.value)

    def test_timeout_with_an_empty_report(self, mocked: Mocked, clock: Clock) -> None:
        with pytest.raises(CallError, match="after 0 s, the report names no node"):
            wait(mocked, clock, [{}], wait_timeout=0)

    def test_timeout_tells_the_last_failure(self, mocked: Mocked, clock: Clock) -> None:
        failure = call_error("GET /v1/health answered 500", retryable=True, status=500, code=1014, method="GET")
        failure.advice = "See whether it is running."
        with pytest.raises(CallError) as caught:
            wait(mocked, clock, [failure] * 100, wait_timeout=60)
        assert "after 60 s, GET /v1/health answered 500. See whether it is running." in str(caught.value)
        assert caught.value.as_result()["error"]["code"] == 1014

    @pytest.mark.parametrize("interval", [1, 5, 10, 300])
    def test_never_silent_for_more_than_ten_seconds(self, mocked: Mocked, clock: Clock, interval: int) -> None:
        times = [clock.now]

        def slow_look(*_dummy: Any) -> Any:
            clock.now += 8
            return answer({"health": {}})

        mocked.client.get.side_effect = slow_look
        mocked.told = Told(clock, times)
        with pytest.raises(CallError):
            mocked.run({"wait_for": "settled", "interval": interval}, clock=clock, sleep=clock.sleep)
        assert max(later - earlier for earlier, later in zip(times, times[1:], strict=False)) <= 10
        assert len(times) > 50

    def test_tells_what_since_when_and_how_long_still(self, mocked: Mocked, clock: Clock) -> None:
        wait(mocked, clock, [{"wacore1:aa": node("connecting")}] * 3 + [CLUSTER], wait_timeout=100)
        assert mocked.told[0] == (
            "waiting for a settled health for 5 s, for at most 95 s more: wacore1:aa (coreapp) is connecting"
        )


class Told(list[str]):
    """Notes when something is told."""

    def __init__(self, clock: Clock, times: list[float]) -> None:
        super().__init__()
        self._clock, self._times = clock, times

    def append(self, text: str) -> None:
        super().append(text)
        self._times.append(self._clock())


@pytest.mark.parametrize(("name", "value"), [("expect_connected", -1), ("wait_timeout", -1), ("interval", 0)])
def test_numbers_out_of_range(mocked: Mocked, name: str, value: int) -> None:
    with pytest.raises(InputError, match=f"{name} must be at least"):
        mocked.run({name: value})
    mocked.connect.assert_not_called()
