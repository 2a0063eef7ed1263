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
    return "end" if runs.ledger(cluster).exists() and runs.books(cluster)["campaigns"] else "begin"


@pytest.fixture
def owed(single: KubernetesCluster) -> KubernetesCluster:
    """A restart is owed, and nothing has been restarted for it."""
    if not (runs.ledger(single).exists() and runs.books(single)["restart"]):
        assert campaign(single, next_step(single), coreapp_restart="defer").ok
    assert runs.books(single)["restart"]
    return single


def assert_refused(cluster: KubernetesCluster, done: Run, *words: str) -> None:
    """It ended with an error of its own words, and the restart stays owed."""
    assert done.code == 2, done.output
    [failure] = [one for one in done.results if one.outcome == "failed"]
    message = " ".join(str(failure["msg"]).split())
    print(message)
    assert "Could not restart the Coreapp" in message
    for word in words:
        assert word in message
    assert SECRET not in done.output
    books = runs.books(cluster)
    assert books["restart"], "it must stay owed"
    assert books["lease"] is None, "the lease must be given back"


def in_effect(cluster: KubernetesCluster) -> set[bool]:
    running, values = cluster.running(), runs.collecting(cluster)
    assert running
    return {values[name] for name in running}


def assert_rolled_once(cluster: KubernetesCluster, pods: dict[str, set[str]], generations: dict[str, int]) -> None:
    """Each workload has new pods alone, by one new specification, and owes nothing."""
    after = cluster.uids()
    assert all(after[name] and not after[name] & pods[name] for name in pods)
    assert cluster.generations() == {name: number + 1 for name, number in generations.items()}
    assert runs.books(cluster)["restart"] is None


def test_a_single_instance_is_rolled_out_once_and_never_live_twice(owed: KubernetesCluster) -> None:
    pods, generations = owed.uids(), owed.generations()
    collecting = not runs.books(owed)["campaigns"]
    assert restart(owed).ok
    assert_rolled_once(owed, pods, generations)
    assert in_effect(owed) == {collecting}
    assert not [event for event in owed.client().events() if event["kind"] == "ban"]


def test_a_second_run_restarts_nothing(owed: KubernetesCluster) -> None:
    assert restart(owed).ok
    pods, generations = owed.uids(), owed.generations()
    done = restart(owed)
    assert done.ok
    assert (owed.uids(), owed.generations()) == (pods, generations)
    assert not done.of("Put this restart into the pod template")


def test_a_rollout_that_the_ledger_missed_is_not_repeated(owed: KubernetesCluster) -> None:
    """The pods were renewed, and then the run died before it could note so."""
    ledger = runs.ledger(owed)
    before = ledger.read_text()
    assert restart(owed).ok
    pods, generations = owed.uids(), owed.generations()
    ledger.write_text(before)
    done = restart(owed)
    assert done.ok
    assert (owed.uids(), owed.generations()) == (pods, generations)
    assert runs.books(owed)["restart"] is None


def test_check_mode_says_what_would_be_restarted(owed: KubernetesCluster) -> None:
    pods, generations = owed.uids(), owed.generations()
    done = restart(owed, "--check")
    assert done.ok
    assert "deployment/wacore" in str(done["Say what would be restarted"]["msg"])
    assert (owed.uids(), owed.generations()) == (pods, generations)


def test_a_single_instance_is_not_rolled_out_by_surging(owed: KubernetesCluster) -> None:
    surge = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    owed.patch("wacore", {"strategy": surge})
    pods, generations = owed.uids(), owed.generations()
    try:
        assert_refused(owed, restart(owed), "Deployment wacore", "single instance", "Recreate")
        assert (owed.uids(), owed.generations()) == (pods, generations)
    finally:
        owed.patch("wacore", {"strategy": {"type": "Recreate", "rollingUpdate": None}})


def test_a_workload_that_does_not_exist_is_an_error(owed: KubernetesCluster) -> None:
    generations = owed.generations()
    missing = [{"kind": "StatefulSet", "name": "elsewhere"}]
    done = restart(owed, coreapp_kubernetes_workloads=missing)
    assert_refused(owed, done, "StatefulSet elsewhere", owed.name, "does not exist", "coreapp_kubernetes_workloads")
    assert owed.generations() == generations


def test_an_api_server_that_does_not_answer_is_an_error(owed: KubernetesCluster, tmp_path: Path) -> None:
    nobody = {"clusters": [{"name": "nobody", "cluster": {"server": "https://127.0.0.1:1"}}], "users": []}
    nobody |= {"contexts": [{"name": "nobody", "context": {"cluster": "nobody", "user": ""}}]}
    (tmp_path / "config").write_text(json.dumps({**nobody, "current-context": "nobody"}))
    done = restart(owed, coreapp_kubernetes_kubeconfig=str(tmp_path / "config"))
    assert_refused(owed, done, "Deployment wacore", "does not answer", "coreapp_kubernetes_kubeconfig")


def test_a_pod_that_never_gets_ready_is_named_in_the_set_time(owed: KubernetesCluster) -> None:
    good = json.dumps({"password": owed.password})
    owed.configure_pods("this is not what the emulator reads")
    try:
        done = restart(owed, coreapp_kubernetes_timeout=60)
        [pod] = owed.pods("wacore")
        waited = time.time() - pod.metadata.creation_timestamp.timestamp()
        assert waited < 60 + 30, "it was made within the set time, and little follows after that"
        assert_refused(owed, done, "deployment/wacore", "after 60 s", f"pod {pod.metadata.name}", "last exit code")
        assert "CrashLoopBackOff" in done.output or "Error" in done.output
        generations = owed.generations()
    finally:
        owed.configure_pods(good)
    assert restart(owed).ok, "the next run waits for it"
    assert owed.generations() == generations, "it was rolled out already, and is not a second time"
    assert owed.settled()


def test_a_multiconnect_client_is_rolled_masters_last(multiconnect: KubernetesCluster) -> None:
    """Before and after; and nothing of the pods' environment is told at the highest verbosity."""
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
    assert not multiconnect.ready("wacore")
    assert run.kill() > 0
    books = runs.books(multiconnect)
    assert books["restart"]
    assert not any(node["done"] for node in books["restart"]["baseline"]["nodes"].values())
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
