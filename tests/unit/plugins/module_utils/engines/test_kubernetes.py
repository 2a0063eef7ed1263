# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an API server says of workloads and pods, by recordings of a real one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._engines import kubernetes

RECORDED: dict[str, Any] = json.loads((Path(__file__).with_name("recorded") / "kubernetes.json").read_text())
FAILED: dict[str, Any] = json.loads((Path(__file__).with_name("recorded") / "failures.json").read_text())


def workload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(RECORDED[name]["workload"])
    return found


def pods(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = copy.deepcopy(RECORDED[name]["pods"])
    return found


@pytest.mark.parametrize(
    ("name", "rolled_out"),
    [
        ("deployment", True),
        ("statefulset", True),
        ("single", True),
        ("rolled", True),
        ("statefulset_rolled", True),
        ("rolling", False),
        ("statefulset_stuck", False),
        ("crashing", False),
        ("unready", False),
    ],
)
def test_a_workload_has_rolled_out_as_kubectl_sees_it(name: str, rolled_out: bool) -> None:
    assert kubernetes.is_rolled_out(workload(name)) is rolled_out


def test_an_older_status_counts_for_nothing() -> None:
    late = workload("deployment")
    late["metadata"]["generation"] += 1
    assert not kubernetes.is_rolled_out(late)
    del late["status"]
    assert not kubernetes.is_rolled_out(late)


@pytest.mark.parametrize("name", ["deployment", "statefulset"])
@pytest.mark.parametrize("field", ["updatedReplicas", "readyReplicas", "replicas"])
def test_each_number_of_pods_counts(name: str, field: str) -> None:
    short = workload(name)
    short["status"][field] -= 1
    assert not kubernetes.is_rolled_out(short)


def test_an_older_cluster_does_not_count_the_available_pods_of_a_statefulset() -> None:
    old = workload("statefulset")
    old["status"].pop("availableReplicas", None)
    assert kubernetes.is_rolled_out(old)
    old = workload("deployment")
    del old["status"]["availableReplicas"]
    assert not kubernetes.is_rolled_out(old)


def test_older_pods_are_stale() -> None:
    assert kubernetes.stale(pods("rolled"), "r1") == []
    assert len(kubernetes.stale(pods("rolled"), "r2")) == 2
    assert kubernetes.stale(pods("rolled"), "") == [kubernetes.pod_name(pod) for pod in pods("rolled")]
    old = kubernetes.stale(pods("rolling"), "r1")
    assert 0 < len(old) < len(pods("rolling"))
    ended = [dict(pod, status={"phase": "Succeeded"}) for pod in pods("rolling")]
    assert set(old) < {kubernetes.pod_name(pod) for pod in pods("rolling")}
    assert kubernetes.stale(ended, "r1") == []
    alone = [dict(pod, metadata={"name": "by-hand"}) for pod in pods("rolling")]
    assert kubernetes.stale(alone, "r1") == []


def test_a_restart_is_complete_when_template_status_and_pods_say_so() -> None:
    assert kubernetes.is_complete(workload("rolled"), pods("rolled"), "r1")
    assert not kubernetes.is_complete(workload("rolled"), pods("rolled"), "r2")
    assert not kubernetes.is_complete(workload("deployment"), pods("deployment"), "")
    assert not kubernetes.is_complete(workload("rolling"), pods("rolling"), "r1")


def test_the_pods_themselves_say_when_a_rollout_is_over() -> None:
    assert kubernetes.all_new(workload("rolled"), pods("rolled"), "r1")
    assert not kubernetes.all_new(workload("rolled"), pods("rolled")[:1], "r1")
    assert not kubernetes.all_new(workload("rolled"), pods("rolled"), "r2")
    assert not kubernetes.all_new(workload("rolling"), pods("rolling"), "r1")
    ending = pods("rolled")
    ending[0]["metadata"]["deletionTimestamp"] = "2025-01-01T00:00:00Z"
    assert not kubernetes.all_new(workload("rolled"), ending, "r1")
    unready = pods("rolled")
    unready[0]["status"]["conditions"] = []
    assert not kubernetes.all_new(workload("rolled"), unready, "r1")
    words = kubernetes.progress_of_pods(workload("rolling"), pods("rolling"), "r1")
    assert words.startswith("of 2 pods 1 are new")


def test_the_node_of_a_workload() -> None:
    entry = {"kind": "Deployment", "name": "wacore", "role": "coreapp"}
    node = kubernetes.found_node(entry, workload("rolled"), pods("rolled"), "r1", "wa1", "kubernetes/x")
    assert (node.name, node.started, node.running, node.size) == ("deployment/wacore", "pods of r1", True, 2)
    assert node.selected
    assert {kubernetes.pod_name(pod) for pod in pods("rolled")} <= set(node.report_ids)
    assert len(node.report_ids) == 4, "names and ids of containers"
    assert node.details["selector"] == "name=wacore"
    node = kubernetes.found_node(entry, workload("rolling"), pods("rolling"), "r1", "wa1", "kubernetes/x")
    assert (node.started, node.running) == ("", False)
    assert node.state.startswith("rolling out, of 2 pods 1 are new")
    assert kubernetes.proof("r1") != "pods of r1"


def test_the_selector_as_the_api_takes_it() -> None:
    terms = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "old", "operator": "NotIn", "values": ["x"]},
        {"key": "there", "operator": "Exists"},
        {"key": "gone", "operator": "DoesNotExist"},
    ]
    made = {"spec": {"selector": {"matchLabels": {"app": "wa"}, "matchExpressions": terms}}}
    assert kubernetes.selector(made) == "app=wa,tier in (a,b),old notin (x),there,!gone"


# -- what keeps a workload from being restarted


@pytest.mark.parametrize(
    ("name", "single", "words"),
    [
        ("deployment", False, ""),
        ("statefulset", False, ""),
        ("single", True, ""),
        ("single", False, ""),
        ("zero", False, "scaled to zero"),
        ("paused", True, "is paused"),
        ("on_delete", False, "OnDelete"),
        ("partition", False, "partition"),
        ("deployment", True, "set its spec.strategy.type to Recreate"),
        ("statefulset", True, "has 2 replicas"),
    ],
)
def test_what_keeps_it_from_being_restarted(name: str, single: bool, words: str) -> None:
    obstacle = kubernetes.obstacle(workload(name), single, 1)
    assert words in obstacle
    assert bool(obstacle) is bool(words)


def test_a_single_instance_has_one_workload() -> None:
    assert "leave one" in kubernetes.obstacle(workload("single"), True, 2)


@pytest.mark.parametrize(
    ("replicas", "given", "away"),
    [(4, "25%", 1), (8, "25%", 2), (3, "25%", 0), (3, 1, 1), (4, 2, 2), (2, "100%", 2), (5, None, 1), (3, "odd", 3)],
)
def test_how_many_pods_of_a_deployment_may_be_away(replicas: int, given: Any, away: int) -> None:
    made = workload("default")
    made["spec"]["replicas"] = replicas
    made["spec"]["strategy"] = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": given} if given is not None else {},
    }
    assert kubernetes.max_unavailable(made) == away
    assert bool(kubernetes.obstacle(made, False, 1)) is (away > 1)


def test_recreate_takes_all_pods_away() -> None:
    made = workload("single")
    assert kubernetes.obstacle(made, False, 1) == ""
    made["spec"]["replicas"] = 2
    assert "all its 2 pods at once" in kubernetes.obstacle(made, False, 1)


def test_a_statefulset_may_take_several_away_as_well() -> None:
    made = workload("statefulset")
    made["spec"]["updateStrategy"]["rollingUpdate"] = {"maxUnavailable": "60%"}
    assert kubernetes.max_unavailable(made) == 2
    assert "spec.updateStrategy.rollingUpdate.maxUnavailable" in kubernetes.obstacle(made, False, 1)


@pytest.mark.parametrize(("reported", "single"), [(None, False), (True, True), (False, False)])
def test_masters_show_what_a_silent_client_is(reported: bool | None, single: bool) -> None:
    assert kubernetes.is_single(["coreapp", "master"], reported) is single
    assert kubernetes.is_single(["coreapp"], None)


# -- words


def test_a_pod_that_is_not_ready_is_named_with_the_reason() -> None:
    [crashing] = kubernetes.trouble(pods("crashing"))
    assert "CrashLoopBackOff" in crashing
    assert "last exit code 7" in crashing
    [unready] = kubernetes.trouble(pods("unready"))
    assert unready.endswith("runs, but is not ready")
    assert kubernetes.trouble(pods("rolled")) == []
    ending = pods("unready")
    ending[0]["metadata"]["deletionTimestamp"] = "2025-01-01T00:00:00Z"
    assert "still ending" in kubernetes.trouble(ending)[0]


def test_a_stuck_statefulset_says_that_its_pod_has_to_be_deleted() -> None:
    words = kubernetes.unfinished(workload("statefulset_stuck"), pods("statefulset_stuck"), 60)
    assert words.startswith("after 60 s it has not rolled out: of 2 pods")
    assert "ErrImageNeverPull" in words
    assert words.endswith("repaired, delete wasts-1")
    assert "delete" not in kubernetes.unfinished(workload("crashing"), pods("crashing"), 60)


def test_a_quota_is_reported() -> None:
    full = workload("crashing")
    full["status"]["conditions"].append({"type": "ReplicaFailure", "reason": "FailedCreate", "status": "True"})
    assert "FailedCreate" in kubernetes.unfinished(full, [], 60)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("k_get_forbidden", "the account lacks the right to get things"),
        ("k_list_forbidden", "the account lacks the right to get things"),
        ("k_patch_forbidden", "the account lacks the right to get things"),
        ("k_refused", "the API server does not respond"),
    ],
)
def test_a_rejection_is_reported_in_plain_text(name: str, words: str) -> None:
    said = kubernetes.rejection(FAILED[name], "do this", "get things")
    assert said.startswith("could not do this: ")
    assert words in said
    for raw in ("HTTPHeaderDict", "Exception", "nobody", "apiVersion", "127.0.0.1"):
        assert raw not in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"unreachable": True, "msg": "ssh"}, "the machine is unreachable: ssh"),
        ({"msg": '{"reason":"Invalid","details":{"secret":"env"}}'}, "the API server refuses it (Invalid)"),
        ({"msg": "401\nReason: Unauthorized\nHTTP"}, "does not accept the credentials"),
        ({"msg": 'b\'{\\"reason\\":\\"NotFound\\"}\''}, "does not exist"),
        ({"msg": "MODULE FAILURE"}, "does not respond"),
        ({}, "does not respond"),
        ({"msg": "Failed to import the required Python library (kubernetes)"}, "required Python library (kubernetes)"),
    ],
)
def test_other_rejections(answer: dict[str, Any], words: str) -> None:
    said = kubernetes.rejection(answer, "do this", "get things")
    assert words in said
    assert "secret" not in said


def test_old_pods_are_named() -> None:
    assert "old pods are still there: wacore-" in kubernetes.left_over(pods("rolling"), "r1", 60)
