# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategy docker of role coreapp on a client with one Coreapp: what it finds, what it refuses, what it leaves alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest
from playbooks.helpers import Run

from engines import breaking, events, images, runs
from engines.cluster import SECRET, DockerCluster, Shape, eventually
from engines.events import EventLog

pytestmark = pytest.mark.docker

PLUGINS = Path(__file__).resolve().parent / "plugins"
NODE = "wacore"


@pytest.fixture(scope="module")
def cluster(make_cluster: Callable[[Shape], DockerCluster]) -> DockerCluster:
    return make_cluster(Shape())


@pytest.fixture
def owed(cluster: DockerCluster) -> DockerCluster:
    """A restart is owed, and nothing has been restarted for it."""
    if not cluster.settled():
        cluster.container(NODE).start()
        eventually("the client has settled", cluster.settled)
    if not (runs.ledger(cluster).exists() and runs.books(cluster)["restart"]):
        step = "end" if runs.ledger(cluster).exists() and runs.books(cluster)["campaigns"] else "begin"
        assert runs.campaign(cluster, step, coreapp_restart="defer").wait().ok
    assert runs.books(cluster)["restart"]
    return cluster


def restart(cluster: DockerCluster, *arguments: str, **changes: Any) -> Run:
    return runs.restart(cluster, *arguments, **changes).wait()


def assert_refused(cluster: DockerCluster, done: Run, *words: str) -> None:
    """It ended with an error of its own words, the client was not lost as unreachable, and the restart stays owed."""
    assert done.code == 2, done.output
    [failure] = [one for one in done.results if one.outcome == "failed"]
    message = " ".join(str(failure["msg"]).split())
    print(message)
    assert "Could not restart the Coreapp" in message
    for word in words:
        assert word in message
    assert SECRET not in done.output
    assert not [one for one in done.results if one.outcome == "unreachable" and one.host != cluster.name]
    books = runs.books(cluster)
    assert books["restart"], "it must stay owed"
    assert books["lease"] is None, "the lease must be given back"


def test_one_coreapp_is_never_live_twice(owed: DockerCluster, log: EventLog) -> None:
    began = time.time()
    assert restart(owed).ok
    happened = log.of(owed.name, since=began)
    assert [event.action for event in happened if event.action in ("die", "start")] == ["die", "start"]
    assert not [event for event in owed.client().events() if event["kind"] == "ban"]
    assert runs.books(owed)["restart"] is None


def test_check_mode_says_what_would_be_restarted(owed: DockerCluster) -> None:
    before = owed.started()
    done = restart(owed, "--check")
    assert done.ok
    assert f"{owed.name}/{owed.name}-{NODE}-1" in str(done["Say what would be restarted"]["msg"])
    assert owed.started() == before
    assert runs.books(owed)["restart"]["baseline"] is None


def test_a_tag_that_has_moved_changes_nothing(owed: DockerCluster, engine: docker.DockerClient) -> None:
    name = f"{images.COREAPP}:v{owed.shape.version}"
    container, started = owed.ids()[NODE], owed.started()[NODE]
    before = images.move_tag(engine, name)
    try:
        assert engine.images.get(name).id != before
        assert restart(owed).ok
        assert owed.ids()[NODE] == container
        assert owed.container(NODE).attrs["Image"] == before
        assert owed.started()[NODE] != started
    finally:
        engine.images.get(before).tag(name)


def test_a_stopped_coreapp_that_is_owed_is_started(owed: DockerCluster) -> None:
    owed.container(NODE).stop(timeout=5)
    assert restart(owed).ok
    assert owed.settled()
    assert runs.books(owed)["restart"] is None


def test_no_container_with_the_image_is_an_error(owed: DockerCluster) -> None:
    done = restart(owed, coreapp_docker_image="elsewhere.example/coreapp")
    assert_refused(owed, done, "elsewhere.example/coreapp", f"machine {owed.name}", "coreapp_docker_hosts")


def test_a_coreapp_that_does_not_come_back_is_named(owed: DockerCluster) -> None:
    with breaking.broken(owed.container(NODE)):
        done = restart(owed, coreapp_started_retries=3)
        assert_refused(owed, done, f"{owed.name}-{NODE}-1", "does not stay up", "exit code")
    assert restart(owed).ok, "the next run starts it"


def test_a_client_that_never_settles_is_named_in_the_set_time(owed: DockerCluster, tmp_path: Path) -> None:
    hook = tmp_path / "hook.yml"
    slow_down = {
        "url": f"{owed.api_url}/_emulator/clients/-/config",
        "method": "PATCH",
        "body_format": "json",
        "body": {"connect_seconds": 10_000},
        "ca_path": str(owed.ca_path),
    }
    hook.write_text(json.dumps([{"name": "Let it connect slowly", "ansible.builtin.uri": slow_down}]))
    try:
        done = restart(owed, coreapp_wait_timeout=5, coreapp_hook_before_node=str(hook))
        assert_refused(owed, done, f"{owed.name}-{NODE}-1", "after the restart", "connecting")
        started = owed.started()
    finally:
        owed.client().configure(connect_seconds=0.05)
    eventually("the client has settled", owed.settled)
    assert restart(owed).ok
    assert owed.started() == started, "it was restarted already, and is not a second time"


def test_an_unreachable_machine_is_named_and_the_client_goes_on(owed: DockerCluster) -> None:
    far = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    before = owed.started()
    done = restart(owed, others={"far": far}, coreapp_docker_hosts=[owed.name, "far"])
    assert_refused(owed, done, "machine far", "unreachable")
    assert "unreachable=0" in done.output
    assert owed.started() == before


def test_another_machine_is_reached_by_its_own_connection(owed: DockerCluster, tmp_path: Path) -> None:
    """Also where the play says `connection: local`, and play variables say the same."""
    notes, interpreter = tmp_path / "notes.txt", tmp_path / "its-own-python"
    interpreter.symlink_to(runs.host(owed)["ansible_python_interpreter"])
    other = {"ansible_connection": "noted_local", "ansible_python_interpreter": str(interpreter)}
    notes.touch()
    done = runs.role_tasks(
        owed,
        [
            {
                "name": "Restart",
                "ansible.builtin.include_role": {"name": "wabiz.onprem.coreapp", "tasks_from": "restart"},
            }
        ],
        others={"machine2": other},
        keys={"connection": "local", "vars": {"ansible_connection": "local"}},
        env={"ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS), "WABIZ_TEST_CONNECTIONS": str(notes)},
        coreapp_docker_hosts=["machine2"],
        coreapp_ledger=str(runs.ledger(owed)),
    )
    assert done.ok
    commands = notes.read_text()
    assert str(interpreter) in commands
    assert runs.books(owed)["restart"] is None


def test_a_second_coreapp_of_a_single_instance_is_not_guessed_at(
    owed: DockerCluster, make_cluster: Callable[[Shape], DockerCluster]
) -> None:
    other = make_cluster(Shape())
    before = owed.started(), other.started()
    done = restart(owed, coreapp_docker_filters={})
    assert_refused(owed, done, f"{owed.name}-{NODE}-1", f"{other.name}-{NODE}-1", "coreapp_docker_filters")
    assert (owed.started(), other.started()) == before


def test_the_order_of_the_events_is_what_was_meant(owed: DockerCluster, log: EventLog) -> None:
    """The engine's own record shows one outage, and no removal."""
    began = time.time()
    assert restart(owed).ok
    happened = log.of(owed.name, since=began)
    assert len(events.outages(happened)) == 1
    assert not {"destroy", "create"} & {event.action for event in happened}
