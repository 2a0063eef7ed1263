# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait for a settled client, and for a node that was restarted."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Report, read_report
from ansible_collections.wabiz.onprem.plugins.module_utils._api.waiting import Deadline, Return, settled_report
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import health_info


class Clock:
    """A clock that moves when the wait pauses, or when a poll takes its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def entry(status: str, role: str = "coreapp") -> dict[str, str]:
    return {"gateway_status": status, "role": role}


CLUSTER = {
    "wacore2:bb": entry("disconnected"),
    "master1:cc": entry("connected", "primary_master"),
    "wacore1:aa": entry("connected"),
}
STARTING = {**CLUSTER, "wacore1:aa": entry("connecting")}
GONE = {key: value for key, value in CLUSTER.items() if key != "wacore1:aa"}
NOT_READY = {"errors": [{"code": 1011, "title": "Service not ready", "details": "The core is not instantiated."}]}
DEAD = {"errors": [{"code": 1014, "title": "Internal error", "details": "Connection refused: wacore2:6252"}]}


class Wait:
    """One wait: the polls that it sees, one after the other, and how it went."""

    def __init__(self, limit: float = 600) -> None:
        self.mocked, self.clock = Mocked(health_info), Clock()
        self.progress: list[str] = []
        self.deadline = Deadline("wait for it", limit, self.progress.append, self.clock, self.clock.sleep)

    def run(self, *polls: Any, expected: int | None = None, returning: Return | None = None, **given: Any) -> Report:
        self.mocked.client.get.side_effect = [
            answer({"health": poll}) if isinstance(poll, dict) else poll for poll in polls
        ]
        given = {"timeout": 30, "interval": 5, **given}
        return settled_report(self.mocked.client, self.deadline, expected, returning=returning, **given)

    @property
    def polls(self) -> int:
        return int(self.mocked.client.get.call_count)


@pytest.fixture
def wait() -> Wait:
    return Wait()


class TestSettled:
    def test_at_once(self, wait: Wait) -> None:
        assert wait.run(CLUSTER).connected == 2
        assert (wait.clock.slept, wait.progress) == ([], [])

    def test_polls_start_close_together(self, wait: Wait) -> None:
        wait.run(*[{}] * 9, CLUSTER)
        assert wait.clock.slept[:3] == [0.25, 0.375, 0.5625]
        assert max(wait.clock.slept) == 5

    def test_a_short_interval_is_kept(self, wait: Wait) -> None:
        wait.run(*[{}] * 3, CLUSTER, interval=0.1)
        assert wait.clock.slept == pytest.approx([0.1, 0.1, 0.1])

    def test_waits_for_what_passes_by_itself(self, wait: Wait) -> None:
        refused = call_error("the connection was refused", retryable=True)
        not_ready = call_error("GET /v1/health answered 503", retryable=True, code=1011)
        wait.run(refused, not_ready, {}, STARTING, {**CLUSTER, "wacore3:dd": NOT_READY}, CLUSTER)
        assert wait.polls == 6

    def test_a_node_that_is_down_is_not_waited_for(self, wait: Wait) -> None:
        wait.run({**CLUSTER, "wacore3:dd": DEAD}, expected=2)
        assert wait.polls == 1

    def test_unless_it_is_missing_among_the_connected(self, wait: Wait) -> None:
        wait.run({**CLUSTER, "wacore3:dd": DEAD}, {**CLUSTER, "wacore3:dd": entry("connected")}, expected=3)
        assert wait.polls == 2

    def test_what_the_caller_does_not_accept(self, wait: Wait) -> None:
        wait.run(CLUSTER, CLUSTER, accepts=lambda report: "" if wait.polls == 2 else "not yet")
        assert wait.polls == 2

    @pytest.mark.parametrize("status", [401, 403, None])
    def test_what_does_not_pass_ends_the_wait(self, wait: Wait, status: int | None) -> None:
        with pytest.raises(CallError, match="refused for good"):
            wait.run({}, call_error("refused for good", status=status), CLUSTER)
        assert wait.polls == 2

    def test_one_try_for_each_poll_with_a_deadline_of_its_own(self, wait: Wait) -> None:
        wait.run({}, CLUSTER)
        assert [call.args for call in wait.mocked.client.renew_deadline.call_args_list] == [(0, 8.0), (0, 8.0)]

    def test_a_short_timeout_is_kept(self, wait: Wait) -> None:
        wait.run(CLUSTER, timeout=3)
        wait.mocked.client.renew_deadline.assert_called_once_with(0, 3)

    def test_the_last_poll_does_not_outlast_the_wait(self) -> None:
        wait = Wait(limit=7)
        wait.run(*[{}] * 6, CLUSTER)
        limits = [call.args[1] for call in wait.mocked.client.renew_deadline.call_args_list]
        assert limits[0] == 7.0 and limits[-1] < 2.0 and min(limits) >= 1.0


class TestTooLate:
    def test_it_names_the_nodes(self) -> None:
        wait = Wait(limit=60)
        starting = {**STARTING, "wacore2:bb": entry("uninitialized")}
        with pytest.raises(CallError) as caught:
            wait.run(*[starting] * 100)
        assert str(caught.value) == (
            "Could not wait for it of https://client1.example.com: after 60 s, wacore1:aa (coreapp) is connecting, "
            "wacore2:bb (coreapp) is uninitialized. Check the logs of these nodes; raise the time limit of the wait if "
            "they need longer."
        )
        assert wait.clock.now == 1060.0

    def test_it_counts_the_connected_and_names_the_client_s_own_reason(self) -> None:
        with pytest.raises(CallError) as caught:
            Wait(limit=60).run(*[{**CLUSTER, "wacore2:bb": DEAD}] * 100, expected=3)
        assert (
            "wacore2:bb is down (API code 1014): Connection refused: wacore2:6252, 2 of at least 3 nodes connected"
            in str(caught.value)
        )

    def test_the_last_failure_with_its_advice(self) -> None:
        failure = call_error("GET /v1/health answered 500", retryable=True, status=500, code=1014, method="GET")
        failure.advice = "Check whether it is running."
        with pytest.raises(CallError) as caught:
            Wait(limit=60).run(*[failure] * 100)
        assert "after 60 s, GET /v1/health answered 500. Check whether it is running." in str(caught.value)
        assert caught.value.as_result()["error"]["code"] == 1014

    def test_without_any_time_one_poll_is_made(self) -> None:
        with pytest.raises(CallError, match="after 0 s, the report names no node"):
            Wait(limit=0).run({})


class TestProgress:
    @pytest.mark.parametrize("interval", [1, 5, 10, 300])
    @pytest.mark.parametrize("poll", [0.0, 3.0, 8.0])
    def test_never_silent_for_more_than_ten_seconds(self, interval: int, poll: float) -> None:
        wait = Wait()
        times = [wait.clock.now]
        deadline = Deadline("wait", 600, lambda text: times.append(wait.clock.now), wait.clock, wait.clock.sleep)

        def slow(*_dummy: Any) -> Any:
            wait.clock.now += min(poll, wait.mocked.client.renew_deadline.call_args.args[1])
            return answer({"health": {}})

        wait.mocked.client.get.side_effect = slow
        with pytest.raises(CallError):
            settled_report(wait.mocked.client, deadline, None, 30, interval)
        times.append(wait.clock.now)
        assert max(later - earlier for earlier, later in zip(times, times[1:], strict=False)) <= 10
        assert len(times) > 50

    def test_one_line_says_what_how_long_and_why(self, wait: Wait) -> None:
        wait.run(*[STARTING] * 9, CLUSTER)
        assert wait.progress[0] == "wait for it, 1 s of at most 600 s: wacore1:aa (coreapp) is connecting"


def report(nodes: dict[str, Any]) -> Report:
    return read_report(answer({"health": nodes}))


def restarted(**given: Any) -> Return:
    return Return(**{"ids": ["wacore1:aa", "aa"], "reported": True, "proven": False, "minimum_uptime": 5.0, **given})


UNCHANGED = "its entry in the health report has not changed; waiting for the minimum uptime"


class TestReturn:
    @pytest.mark.parametrize(
        ("away", "reason"),
        [
            (STARTING, "wacore1:aa (coreapp) is connecting"),
            (
                {**CLUSTER, "wacore1:aa": NOT_READY},
                "wacore1:aa is not ready (API code 1011): The core is not instantiated.",
            ),
            ({**CLUSTER, "wacore1:aa": DEAD}, "wacore1:aa is down (API code 1014): Connection refused: wacore2:6252"),
            ({**CLUSTER, "wacore1:aa": {}}, "wacore1:aa is unknown"),
            (GONE, "the health report does not name it yet"),
            ({}, "the health report does not name it yet"),
        ],
    )
    def test_its_own_entry_has_to_be_seen_coming_up(self, away: dict[str, Any], reason: str) -> None:
        node = restarted()
        assert node.missing(report(CLUSTER), 0.1) == UNCHANGED  # an old report
        assert node.missing(report(away), 0.2) == reason
        assert node.missing(report(CLUSTER), 0.3) == ""

    @pytest.mark.parametrize("status", ["connected", "disconnected", "unregistered"])
    def test_a_node_in_reserve_is_back_as_well(self, status: str) -> None:
        node = restarted()
        node.missing(report(STARTING), 0.1)
        assert node.missing(report({**CLUSTER, "wacore1:aa": entry(status)}), 0.2) == ""

    def test_the_entry_of_another_node_proves_nothing(self) -> None:
        node = restarted()
        assert node.missing(report({**CLUSTER, "wacore2:bb": DEAD}), 0.1) == UNCHANGED
        assert node.missing(report(CLUSTER), 0.2) == UNCHANGED

    def test_a_poll_that_failed_proves_nothing_where_there_are_several_nodes(self) -> None:
        node = restarted()
        assert node.missing(None, 0.1) == "no response yet"
        assert node.missing(report(CLUSTER), 0.2) == UNCHANGED

    def test_a_single_instance_that_has_not_answered_and_does_now_is_back(self) -> None:
        node = restarted(ids=["client"])
        single = report({"gateway_status": "connected"})
        assert node.missing(single, 0.1) == UNCHANGED
        assert node.missing(None, 0.2) == "no response yet"
        assert node.missing(single, 0.3) == ""

    def test_a_proof_of_the_runtime_counts(self) -> None:
        assert restarted(proven=True).missing(report(CLUSTER), 0.0) == ""

    def test_but_not_against_the_report(self) -> None:
        assert restarted(proven=True).missing(report(STARTING), 99.0) == "wacore1:aa (coreapp) is connecting"
        assert restarted(proven=True).missing(report(GONE), 99.0) == "the health report does not name it yet"

    def test_the_minimum_uptime_counts(self) -> None:
        assert restarted().missing(report(CLUSTER), 4.9) == UNCHANGED
        assert restarted().missing(report(CLUSTER), 5.0) == ""

    def test_it_is_counted_from_the_start_of_the_node(self) -> None:
        assert restarted(up_seconds=2.0).missing(report(CLUSTER), 2.9) == UNCHANGED
        assert restarted(up_seconds=2.0).missing(report(CLUSTER), 3.0) == ""

    def test_nor_that_against_the_report(self) -> None:
        assert restarted().missing(report({**CLUSTER, "wacore1:aa": DEAD}), 99.0).startswith("wacore1:aa is down")

    def test_a_node_that_no_report_named_is_back_by_its_uptime(self) -> None:
        node = restarted(ids=["wacore9"], reported=False)
        assert node.missing(report(CLUSTER), 1.0) == UNCHANGED
        assert node.missing(report(CLUSTER), 5.0) == ""

    def test_every_entry_of_a_workload_has_to_be_up(self) -> None:
        node = restarted(ids=["wacore1:aa", "wacore2:bb"])
        node.missing(report(GONE), 0.1)
        assert node.missing(report({**CLUSTER, "wacore2:bb": NOT_READY}), 0.2).startswith("wacore2:bb is not ready")
        assert node.missing(report(CLUSTER), 0.3) == ""

    def test_it_is_waited_for_beside_the_settling(self, wait: Wait) -> None:
        wait.run(CLUSTER, GONE, STARTING, CLUSTER, expected=2, returning=restarted())
        assert wait.polls == 4

    def test_no_longer_than_the_minimum_uptime(self, wait: Wait) -> None:
        wait.run(*[CLUSTER] * 20, expected=2, returning=restarted(up_seconds=1.0))
        assert sum(wait.clock.slept) == pytest.approx(4.0)

    def test_another_node_that_is_down_is_not_waited_for(self, wait: Wait) -> None:
        dead = {"wacore2:bb": DEAD}
        wait.run({**GONE, **dead}, {**STARTING, **dead}, {**CLUSTER, **dead}, expected=2, returning=restarted())
        assert wait.polls == 3

    def test_it_is_named_where_it_does_not_come_back(self) -> None:
        with pytest.raises(CallError, match=r"after 60 s, wacore1:aa is down .API code 1014.: Connection refused"):
            Wait(limit=60).run(*[{**CLUSTER, "wacore1:aa": DEAD}] * 100, returning=restarted())
