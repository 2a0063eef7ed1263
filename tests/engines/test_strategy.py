# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategy docker of role coreapp on a client with one Coreapp: what it finds, what it rejects, what it leaves alone."""

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
def pending(cluster: DockerCluster) -> DockerCluster:
    """A restart is pending, and nothing has been restarted for it."""
    if not cluster.settled():
        cluster.container(NODE).start()
        eventually("the client has settled", cluster.settled)
    if not (runs.ledger_path(cluster).exists() and runs.ledger(cluster)["restart"]):
        step = "end" if runs.ledger_path(cluster).exists() and runs.ledger(cluster)["campaigns"] else "begin"
        assert runs.campaign(cluster, step, coreapp_restart="defer").wait().ok
    assert runs.ledger(cluster)["restart"]
    return cluster


def restart(cluster: DockerCluster, *arguments: str, **changes: Any) -> Run:
    return runs.restart(cluster, *arguments, **changes).wait()


def assert_refused(cluster: DockerCluster, done: Run, *words: str) -> None:
    """It ended with an error of the collection's own, the client was not lost as unreachable, and the restart stays pending."""
    assert done.code == 2, done.output
    [failure] = [one for one in done.results if one.outcome == "failed"]
    message = " ".join(str(failure["msg"]).split())
    print(message)
    assert "Could not restart the Coreapp" in message
    for word in words:
        assert word in message
    assert SECRET not in done.output
    assert not [one for one in done.results if one.outcome == "unreachable" and one.host != cluster.name]
    ledger = runs.ledger(cluster)
    assert ledger["restart"], "it must stay pending"
    assert ledger["lease"] is None, "the lease must be returned"


def test_one_coreapp_is_never_live_twice(pending: DockerCluster, log: EventLog) -> None:
    began = time.time()
    assert restart(pending).ok
    happened = log.of(pending.name, since=began)
    assert [event.action for event in happened if event.action in ("die", "start")] == ["die", "start"]
    assert not [event for event in pending.client().events() if event["kind"] == "ban"]
    assert runs.ledger(pending)["restart"] is None


def test_check_mode_shows_what_would_be_restarted(pending: DockerCluster) -> None:
    before, ledger = pending.started(), runs.ledger(pending)
    done = restart(pending, "--check")
    assert done.ok
    assert f"{pending.name}/{pending.name}-{NODE}-1" in str(done["Record the nodes"]["message"])
    assert pending.started() == before
    assert runs.ledger(pending) == ledger


def test_a_tag_that_has_moved_changes_nothing(pending: DockerCluster, engine: docker.DockerClient) -> None:
    name = f"{images.COREAPP}:v{pending.shape.version}"
    container, started = pending.ids()[NODE], pending.started()[NODE]
    image = pending.container(NODE).attrs["Image"]
    before = images.move_tag(engine, name)
    try:
        assert engine.images.get(name).id != before
        assert restart(pending).ok
        assert pending.ids()[NODE] == container
        assert pending.container(NODE).attrs["Image"] == image
        assert pending.started()[NODE] != started
    finally:
        engine.images.get(before).tag(name)


def test_a_stopped_coreapp_with_a_pending_restart_is_started(pending: DockerCluster) -> None:
    pending.container(NODE).stop(timeout=5)
    assert restart(pending).ok
    assert pending.settled()
    assert runs.ledger(pending)["restart"] is None


def test_no_container_with_the_image_is_an_error(pending: DockerCluster) -> None:
    done = restart(pending, coreapp_docker_image="other.example/coreapp")
    assert_refused(pending, done, "no node of the client was found", "coreapp_docker_image", "coreapp_docker_hosts")


def test_a_coreapp_that_does_not_come_back_is_named(pending: DockerCluster) -> None:
    with breaking.broken(pending.container(NODE)):
        done = restart(pending)
        assert_refused(pending, done, f"{pending.name}-{NODE}-1", "does not stay up", "exit code")
    assert restart(pending).ok, "the next run starts it"


def test_a_client_that_never_settles_is_named_in_the_set_time(pending: DockerCluster, tmp_path: Path) -> None:
    hook = tmp_path / "hook.yml"
    slow_down = {
        "url": f"{pending.api_url}/_emulator/clients/-/config",
        "method": "PATCH",
        "body_format": "json",
        "body": {"connect_seconds": 10_000},
        "ca_path": str(pending.ca_path),
    }
    hook.write_text(json.dumps([{"name": "Let it connect slowly", "ansible.builtin.uri": slow_down}]))
    try:
        done = restart(pending, coreapp_wait_timeout=5, coreapp_hook_before_node=str(hook))
        assert_refused(pending, done, "after 5 s", "client (single) is connecting", "nodes done: 1 of 1")
        started = pending.started()
    finally:
        pending.client().configure(connect_seconds=0.05)
    eventually("the client has settled", pending.settled)
    assert restart(pending).ok
    assert pending.started() == started, "it was restarted already, and is not a second time"


def test_an_unreachable_machine_is_named_and_the_client_goes_on(pending: DockerCluster) -> None:
    far = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
    before = pending.started()
    done = restart(pending, others={"far": far}, coreapp_docker_hosts=[pending.name, "far"])
    assert_refused(pending, done, "machine far", "unreachable")
    assert "unreachable=0" in done.output
    assert pending.started() == before


def test_another_machine_is_reached_by_its_own_connection(pending: DockerCluster, tmp_path: Path) -> None:
    """Also where the play says `connection: local`. A play variable would override it, and is rejected."""
    notes, interpreter = tmp_path / "notes.txt", tmp_path / "its-own-python"
    # No link: Python finds the packages of its virtual environment by its own path.
    interpreter.write_text(f'#!/bin/sh\nexec {runs.host(pending)["ansible_python_interpreter"]} "$@"\n')
    interpreter.chmod(0o755)
    other = {"ansible_connection": "noted_local", "ansible_python_interpreter": str(interpreter)}
    notes.touch()
    include = {"name": "wabiz.onprem.coreapp", "tasks_from": "restart"}

    def run(**keys: Any) -> Run:
        return runs.role_tasks(
            pending,
            [{"name": "Restart", "ansible.builtin.include_role": include}],
            others={"machine2": other},
            keys={"connection": "local", **keys},
            env={"ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS), "WABIZ_TEST_CONNECTIONS": str(notes)},
            coreapp_docker_hosts=["machine2"],
            wabiz_onprem_ledger=str(runs.ledger_path(pending)),
        )

    before = pending.started()
    assert_refused(pending, run(vars={"ansible_connection": "local"}), "machine2", "instead of noted_local")
    assert pending.started() == before and not notes.read_text()
    assert run().ok
    assert str(interpreter) in notes.read_text()
    assert runs.ledger(pending)["restart"] is None


def test_a_second_coreapp_of_a_single_instance_is_not_guessed_at(
    pending: DockerCluster, make_cluster: Callable[[Shape], DockerCluster], log: EventLog
) -> None:
    """Without filters, until the ledger knows which container it is."""
    fresh = make_cluster(Shape())
    before = pending.started(), fresh.started()
    done = runs.campaign(fresh, "begin", coreapp_docker_filters={}).wait()
    assert done.code == 2
    message = str(done["Record the nodes"]["msg"])
    assert "several containers may be its Coreapp" in message and "coreapp_docker_filters" in message
    assert "Nothing was written" in message
    assert runs.nothing_is_left(fresh) and set(runs.collecting(fresh).values()) == {True}
    assert (pending.started(), fresh.started()) == before

    assert runs.campaign(fresh, "begin").wait().ok
    before, began = pending.started(), time.time()
    assert runs.campaign(fresh, "end", coreapp_docker_filters={}).wait().ok
    assert pending.started() == before
    assert events.starts(log.of(fresh.name, since=began)) == {NODE: 1}


def test_the_order_of_the_events_is_what_was_meant(pending: DockerCluster, log: EventLog) -> None:
    """The engine's own record shows one outage, and no removal."""
    began = time.time()
    assert restart(pending).ok
    happened = log.of(pending.name, since=began)
    assert len(events.outages(happened)) == 1
    assert not {"destroy", "create"} & {event.action for event in happened}
