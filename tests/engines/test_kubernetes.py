# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategy kubernetes of role coreapp, on a cluster whose pods are the emulator's nodes."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import kubernetes
import pytest
from playbooks.helpers import Run

from engines import runs
from engines.cluster import SECRET, Shape, eventually
from engines.kubernetes_cluster import MASTERS, KubernetesCluster, remove, swept

pytestmark = pytest.mark.kubernetes

MULTICONNECT = Shape("multiconnect", masters=2, coreapps=2, shards=1, options={"connect_seconds": 0.5})
Make = Callable[[Shape], KubernetesCluster]


@pytest.fixture(scope="module")
def make(engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """A function that brings up a client; all of them go down after the module."""
    if not os.environ.get("KUBECONFIG"):
        missing = "no Kubernetes: KUBECONFIG is not set"
        if os.environ.get("REQUIRE_ENGINES") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    made: list[KubernetesCluster] = []

    def bring_up(shape: Shape) -> KubernetesCluster:
        name = f"wabiz-test-{uuid.uuid4().hex[:8]}"
        made.append(KubernetesCluster(engine, name, tmp_path_factory.mktemp("kubernetes"), shape))
        made[-1].up()
        return made[-1]

    with swept():
        yield bring_up
        for cluster in made:
            cluster.down()


@pytest.fixture(scope="module")
def single(make: Make) -> KubernetesCluster:
    return make(Shape())


@pytest.fixture(scope="module")
def multiconnect(make: Make) -> KubernetesCluster:
    return make(MULTICONNECT)


def campaign(cluster: KubernetesCluster, step: str, *arguments: str, **changes: Any) -> Run:
    return start(cluster, step, *arguments, **changes).wait()


def start(cluster: KubernetesCluster, step: str, *arguments: str, **changes: Any) -> runs.Playbook:
    return runs.campaign(cluster, step, "sale", *arguments, **{**cluster.variables(), **changes})


def restart(cluster: KubernetesCluster, *arguments: str, **changes: Any) -> Run:
    done = runs.restart(cluster, *arguments, **{**cluster.variables(), **changes}).wait()
    print(f"{cluster.shape.topology}: {done.seconds:.1f} s")
    return done


def next_step(cluster: KubernetesCluster) -> str:
    return "end" if runs.ledger_path(cluster).exists() and runs.ledger(cluster)["campaigns"] else "begin"


@pytest.fixture
def pending(single: KubernetesCluster) -> KubernetesCluster:
    """A restart is pending, and nothing has been restarted for it."""
    if not (runs.ledger_path(single).exists() and runs.ledger(single)["restart"]):
        assert campaign(single, next_step(single), coreapp_restart="defer").ok
    assert runs.ledger(single)["restart"]
    return single


def assert_refused(cluster: KubernetesCluster, done: Run, *words: str) -> None:
    """It ended with an error of the collection's own, and the restart stays pending."""
    assert done.code == 2, done.output
    [failure] = [one for one in done.results if one.outcome == "failed"]
    message = " ".join(str(failure["msg"]).split())
    print(message)
    assert "Could not restart the Coreapp" in message
    for word in words:
        assert word in message
    assert SECRET not in done.output
    ledger = runs.ledger(cluster)
    assert ledger["restart"], "it must stay pending"
    assert ledger["lease"] is None, "the lease must be returned"


def in_effect(cluster: KubernetesCluster) -> set[bool]:
    running, values = cluster.running(), runs.collecting(cluster)
    assert running
    return {values[name] for name in running}


def assert_rolled_once(cluster: KubernetesCluster, pods: dict[str, set[str]], generations: dict[str, int]) -> None:
    """Each workload has new pods alone, by one new specification, and nothing is pending."""
    after = cluster.uids()
    assert all(after[name] and not after[name] & pods[name] for name in pods)
    assert cluster.generations() == {name: number + 1 for name, number in generations.items()}
    assert runs.ledger(cluster)["restart"] is None


def test_a_single_instance_is_rolled_out_once_and_never_live_twice(pending: KubernetesCluster) -> None:
    pods, generations = pending.uids(), pending.generations()
    collecting = not runs.ledger(pending)["campaigns"]
    assert restart(pending).ok
    assert_rolled_once(pending, pods, generations)
    assert in_effect(pending) == {collecting}
    assert not [event for event in pending.client().events() if event["kind"] == "ban"]


def test_a_second_run_restarts_nothing(pending: KubernetesCluster) -> None:
    assert restart(pending).ok
    pods, generations = pending.uids(), pending.generations()
    done = restart(pending)
    assert done.ok
    assert (pending.uids(), pending.generations()) == (pods, generations)
    assert not done.of("Restart one node after another")


def test_a_rollout_that_is_not_recorded_is_not_repeated(pending: KubernetesCluster, tmp_path: Path) -> None:
    """The pods were replaced, and then the run was killed before it could record that."""
    ledger, copy = runs.ledger_path(pending), tmp_path / "ledger.json"
    keep = {"name": "Keep the ledger", "ansible.builtin.copy": {"src": str(ledger), "dest": str(copy)}}
    (tmp_path / "hook.yml").write_text(json.dumps([keep]))
    assert restart(pending, coreapp_hook_before_node=str(tmp_path / "hook.yml")).ok
    pods, generations = pending.uids(), pending.generations()
    ledger.write_text(copy.read_text())
    assert runs.ledger(pending)["restart"]
    done = restart(pending)
    assert done.ok
    assert (pending.uids(), pending.generations()) == (pods, generations)
    assert runs.ledger(pending)["restart"] is None


def test_check_mode_shows_what_would_be_restarted(pending: KubernetesCluster) -> None:
    pods, generations = pending.uids(), pending.generations()
    done = restart(pending, "--check")
    assert done.ok
    assert "deployment/wacore" in str(done["Record the nodes"]["message"])
    assert (pending.uids(), pending.generations()) == (pods, generations)


def test_a_single_instance_is_not_rolled_out_by_surging(pending: KubernetesCluster) -> None:
    surge = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    pending.patch("wacore", {"strategy": surge})
    pods, generations = pending.uids(), pending.generations()
    try:
        assert_refused(pending, restart(pending), "Deployment wacore", "single instance", "Recreate")
        assert (pending.uids(), pending.generations()) == (pods, generations)
    finally:
        pending.patch("wacore", {"strategy": {"type": "Recreate", "rollingUpdate": None}})


def test_a_workload_that_does_not_exist_is_an_error(pending: KubernetesCluster) -> None:
    generations = pending.generations()
    missing = [{"kind": "StatefulSet", "name": "missing"}]
    done = restart(pending, coreapp_kubernetes_workloads=missing)
    assert_refused(pending, done, "StatefulSet missing", pending.name, "does not exist", "coreapp_kubernetes_workloads")
    assert pending.generations() == generations


def test_an_api_server_that_does_not_respond_is_an_error(pending: KubernetesCluster, tmp_path: Path) -> None:
    silent = {"clusters": [{"name": "silent", "cluster": {"server": "https://127.0.0.1:1"}}], "users": []}
    silent |= {"contexts": [{"name": "silent", "context": {"cluster": "silent", "user": ""}}]}
    (tmp_path / "config").write_text(json.dumps({**silent, "current-context": "silent"}))
    done = restart(pending, coreapp_kubernetes_kubeconfig=str(tmp_path / "config"))
    assert_refused(pending, done, "Deployment wacore", "does not respond", "coreapp_kubernetes_kubeconfig")


def test_a_pod_that_never_gets_ready_is_named_in_the_set_time(pending: KubernetesCluster) -> None:
    good = json.dumps({"password": pending.password})
    pending.configure_pods("this is not what the emulator reads")
    try:
        done = restart(pending, coreapp_start_timeout=60)
        [pod] = pending.pods("wacore")
        waited = time.time() - pod.metadata.creation_timestamp.timestamp()
        assert waited < 60 + 60, (
            "it was made within the set time, and little follows after that, also on a busy machine"
        )
        assert_refused(pending, done, "deployment/wacore", "after 60 s", f"pod {pod.metadata.name}", "last exit code")
        assert "CrashLoopBackOff" in done.output or "Error" in done.output
        generations = pending.generations()
    finally:
        pending.configure_pods(good)
    assert restart(pending).ok, "the next run waits for it"
    assert pending.generations() == generations, "it was rolled out already, and is not a second time"
    assert pending.settled()


def test_a_multiconnect_client_is_rolled_masters_last(multiconnect: KubernetesCluster) -> None:
    """Before and after; and nothing of the pods' environment is printed at the highest verbosity."""
    pods, generations = multiconnect.uids(), multiconnect.generations()
    primary = next(str(node["name"]) for node in multiconnect.client().nodes() if node["role"] == "primary_master")
    other = next(name for name in MASTERS if name != primary)
    done = campaign(multiconnect, "begin", "-vvvv", "--diff")
    assert done.ok
    print(f"multiconnect: {done.seconds:.1f} s for {len(pods)} workloads")
    assert_rolled_once(multiconnect, pods, generations)
    assert in_effect(multiconnect) == {False}
    starts = [event["details"] for event in multiconnect.client().events() if event["kind"] == "start"]
    assert starts[-2:] == [other, primary]
    assert SECRET not in done.output
    assert "WA_DB" not in done.output


def test_a_run_that_is_killed_while_it_rolls_out_is_only_waited_for(multiconnect: KubernetesCluster) -> None:
    if next_step(multiconnect) == "begin":
        assert campaign(multiconnect, "begin").ok
    pods, generations = multiconnect.uids(), multiconnect.generations()
    run = start(multiconnect, "end")
    eventually("the first workload rolls out", lambda: multiconnect.generations() != generations, 120)
    eventually("its pod is not ready", lambda: not all(map(multiconnect.ready, generations)), 20)
    assert run.kill() > 0
    ledger = runs.ledger(multiconnect)
    assert ledger["restart"]
    assert not any(node["done"] for node in ledger["roll"]["nodes"].values())
    assert restart(multiconnect).ok
    assert_rolled_once(multiconnect, pods, generations)
    assert in_effect(multiconnect) == {True}


def test_nothing_is_left_of_a_client_that_goes_down(make: Make, engine: docker.DockerClient) -> None:
    cluster = make(Shape())
    cluster.down()
    label = {"label": f"io.kubernetes.pod.namespace={cluster.name}"}
    assert not engine.containers.list(all=True, filters=label)
    with pytest.raises(kubernetes.client.ApiException):
        cluster.core.read_namespace(cluster.name)
    remove(cluster.core, engine, cluster.name)
