# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules coreapp_nodes and coreapp_node on a real Docker Engine: whose container is whose, and what a restart is.

The containers run a program that does nothing, so that only the engine's side is tested.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container
from playbooks.helpers import Run, play, run_plays

from ansible_collections.wabiz.onprem.plugins.module_utils._engines import claims
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import FoundNode
from engines import events, images, rootfs
from engines.cluster import OURS, PROJECT, SECRET, SERVICE, eventually, remove
from engines.events import EventLog

pytestmark = pytest.mark.docker

OBEYS = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(10**6)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(10**6)"
ENDS = "raise SystemExit(7)"
# Ends at its first two starts, which it counts in a file of its own.
FLAKY = f"""
import pathlib
count = pathlib.Path("/tmp/count")
count.write_text(count.read_text() + "x" if count.exists() else "x")
if len(count.read_text()) in (2, 3):
    raise SystemExit(3)
{OBEYS.replace("; ", chr(10))}
"""
ALWAYS = {"Name": "always", "MaximumRetryCount": 0}


@dataclass(frozen=True)
class Entry:
    """A node of a health report."""

    name: str
    container_id: str
    role: str = "coreapp"
    status: str = "connected"

    @property
    def key(self) -> str:
        return f"{self.name}:{self.container_id}"


class Machine:
    """An engine with containers of several clients; each has a name that no other test uses."""

    def __init__(self, engine: docker.DockerClient, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.image = images.ensure_images(engine)[0]
        self.clients: list[str] = []

    def client(self) -> str:
        name = f"wabiz-test-{uuid.uuid4().hex[:8]}"
        self.clients.append(name)
        return name

    def run(self, client: str, service: str, program: str = OBEYS, start: bool = True, **options: Any) -> Container:
        """Created by the low-level API, which takes what a stop may last."""
        api = self.engine.api
        environment = {"WA_DB_PASSWORD": SECRET, "WA_APP_MULTICONNECT": "1", **options.pop("environment", {})}
        made = api.create_container(
            options.pop("image", self.image),
            entrypoint=[rootfs.PYTHON, "-c", program],
            name=f"{client}-{service}-1",
            hostname=service,
            labels={OURS: client, PROJECT: client, SERVICE: service},
            environment=environment,
            host_config=api.create_host_config(restart_policy=options.pop("restart_policy", None)),
            **options,
        )
        container = self.engine.containers.get(made["Id"])
        if start:
            container.start()
        return container

    def play(self, *tasks: dict[str, Any]) -> Run:
        done = run_plays(
            [play(tasks, hosts="wa1")],
            self.folder / uuid.uuid4().hex[:6],
            inventory={
                "all": {"hosts": {"wa1": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}
            },
            env={"ANSIBLE_PIPELINING": "1"},
            timeout=300,
        )
        assert done.ok
        assert SECRET not in done.output
        return done

    def find(self, filters: dict[str, Any] | None = None) -> dict[str, Any]:
        options = {"strategy": "docker", "filters": filters or {}}
        return dict(self.play({"name": "Find", "wabiz.onprem.coreapp_nodes": options})["Find"].result)

    def nodes(self, client: str) -> dict[str, FoundNode]:
        """The nodes of one client by their service."""
        found = self.find({"label": f"{PROJECT}={client}"})
        assert found["problem"] == ""
        nodes = [FoundNode.from_values(values) for values in found["nodes"]]
        return {node.name.removeprefix(f"wa1/{client}-").removesuffix("-1"): node for node in nodes}

    def restart(self, *nodes: FoundNode, **options: Any) -> list[dict[str, Any]]:
        tasks = [
            {
                "name": f"Restart {number}",
                "wabiz.onprem.coreapp_node": {"strategy": "docker", "node": node.as_values(), **options},
            }
            for number, node in enumerate(nodes)
        ]
        done = self.play(*tasks)
        return [dict(done[str(task["name"])].result) for task in tasks]


@pytest.fixture
def machine(engine: docker.DockerClient, tmp_path: Path) -> Iterator[Machine]:
    made = Machine(engine, tmp_path)
    yield made
    for name in made.clients:
        for container in engine.containers.list(all=True, filters={"label": f"{OURS}={name}", "status": "paused"}):
            container.unpause()
        remove(engine, name)


def entry(container: Container) -> Entry:
    return Entry(str(container.attrs["Config"]["Hostname"]), str(container.id)[:12])


def test_nothing_of_another_client_is_touched_and_no_left_over_is_started(machine: Machine, log: EventLog) -> None:
    ours, theirs = machine.client(), machine.client()
    nodes = [machine.run(ours, "wacore1"), machine.run(ours, "master1", environment={"WA_MASTER_NODE": "yes"})]
    left = machine.run(ours, "wacore1-old", start=False)
    machine.engine.images.get(machine.image).tag("docker.whatsapp.biz/coreapp-exporter", "test")
    sidecar = machine.run(ours, "exporter", image="docker.whatsapp.biz/coreapp-exporter:test", start=False)
    machine.run(ours, "upgrade", environment={"WA_DB_UPGRADE": "1"}, start=False)
    machine.run(theirs, "wacore1")
    stopped = machine.run(theirs, "master1", start=False)

    found = [FoundNode.from_values(values) for values in machine.find()["nodes"]]
    report = [entry(container) for container in nodes]
    verdict = claims.judge(found, report, False, {})
    assert verdict.problem == ""
    taken = {node.name: node for node, _key, _proof in verdict.nodes}
    assert sorted(taken) == [f"wa1/{ours}-master1-1", f"wa1/{ours}-wacore1-1"]
    assert taken[f"wa1/{ours}-master1-1"].role == "coreapp", "the report decides"
    unknown = [name for name, _reason, _claim in verdict.unknown]
    assert {f"wa1/{theirs}-wacore1-1", f"wa1/{theirs}-master1-1", f"wa1/{ours}-wacore1-old-1"} <= set(unknown)
    assert not any("exporter" in name or "upgrade" in name for name in unknown)

    begin = events.starts(log.of(ours))
    theirs_before = len(log.of(theirs))
    for result in machine.restart(*taken.values()):
        assert result["problem"] == ""
        assert result["changed"]
    assert events.starts(log.of(ours)) - begin == {"wacore1": 1, "master1": 1}
    assert len(log.of(theirs)) == theirs_before
    for container in (left, stopped, sidecar):
        container.reload()
        assert container.status == "created"

    # All nodes of ours are down, and none is known: what runs belongs to another client.
    verdict = claims.judge([node for node in found if theirs in node.name], None, None, {})
    assert not verdict.nodes
    assert "coreapp_docker_filters" in verdict.problem


def test_what_restarts_or_is_paused_is_down_and_can_be_restarted(machine: Machine) -> None:
    client = machine.client()
    paused, looping = machine.run(client, "paused"), machine.run(client, "looping", ENDS, restart_policy=ALWAYS)
    paused.pause()
    eventually("the engine starts it again", lambda: restarts(looping) >= 2)
    nodes = machine.nodes(client)
    assert (nodes["paused"].running, nodes["paused"].state) == (False, "paused")
    assert not nodes["looping"].stopped
    [back, broken] = machine.restart(nodes["paused"], nodes["looping"], timeout=8)
    assert (back["problem"], back["state"]) == ("", "running")
    assert "does not stay up" in broken["problem"]
    assert "the engine has started it again" in broken["problem"]
    assert machine.nodes(client)["paused"].running


def test_a_flaky_start_is_judged_by_whether_its_restarts_go_on(machine: Machine) -> None:
    client = machine.client()
    container = machine.run(client, "flaky", FLAKY, restart_policy=ALWAYS)
    [done] = machine.restart(machine.nodes(client)["flaky"], stays_up=1)
    assert (done["problem"], done["state"]) == ("", "running")
    assert restarts(container) >= 1
    assert done["started"] == container.attrs["State"]["StartedAt"]


def test_a_container_that_ends_at_once_is_named_with_its_exit_code(machine: Machine) -> None:
    client = machine.client()
    machine.run(client, "ends", ENDS)
    [done] = machine.restart(machine.nodes(client)["ends"], stays_up=1)
    assert done["problem"] == "it does not stay up: it is exited, exit code 7; check its log"


def test_a_node_that_was_made_anew_in_the_middle_is_found_by_its_name(machine: Machine, log: EventLog) -> None:
    client = machine.client()
    machine.run(client, "wacore1").remove(force=True)
    machine.run(client, "wacore1")
    node = machine.nodes(client)["wacore1"]
    machine.engine.containers.get(f"{client}-wacore1-1").remove(force=True)
    anew = machine.run(client, "wacore1")
    began = events.starts(log.of(client))
    [done] = machine.restart(node)
    assert (done["problem"], done["changed"], done["state"]) == ("", False, "running")
    assert done["report_ids"][0] == str(anew.id)[:12]
    assert done["started"] not in ("", node.started)
    assert events.starts(log.of(client)) == began, "its new start is enough"


def test_a_node_that_was_removed_is_said_to_be_and_an_engine_that_is_away_is_not(machine: Machine) -> None:
    client = machine.client()
    container = machine.run(client, "wacore1")
    node = machine.nodes(client)["wacore1"]
    container.remove(force=True)
    [done] = machine.restart(node)
    assert done["problem"] == "the container was removed, and there is none of the same name"
    away = {"module_defaults": {"group/community.docker.docker": {"docker_host": "unix:///nowhere.sock"}}}
    find = {"name": "Find", "wabiz.onprem.coreapp_nodes": {"strategy": "docker"}, **away}
    restart = {
        "name": "Restart",
        "wabiz.onprem.coreapp_node": {"strategy": "docker", "node": node.as_values(), "timeout": 1},
        **away,
    }
    done_both = machine.play(find, restart)
    for name in ("Find", "Restart"):
        assert "the engine did not respond" in done_both[name]["problem"]
        assert "gone" not in done_both[name]["problem"]


def test_its_own_grace_period_counts_unless_another_is_set(machine: Machine, log: EventLog) -> None:
    client = machine.client()
    machine.run(client, "slow", IGNORES, stop_timeout=4)
    node = machine.nodes(client)["slow"]
    machine.restart(node)
    machine.restart(machine.nodes(client)["slow"], stop_timeout=1)
    own, set_by_user = (outage.seconds for outage in events.outages(log.of(client)))
    print(f"killed after {own:.1f} s and {set_by_user:.1f} s")
    assert own > 3.5
    assert set_by_user < 3.5


def test_reads_are_the_same_in_check_mode_and_nothing_is_restarted(machine: Machine, log: EventLog) -> None:
    client = machine.client()
    machine.run(client, "wacore1")
    before = len(log.of(client))
    find = {
        "name": "Find",
        "wabiz.onprem.coreapp_nodes": {"strategy": "docker", "filters": {"label": f"{PROJECT}={client}"}},
        "register": "found",
        "check_mode": True,
    }
    restart = {
        "name": "Restart",
        "wabiz.onprem.coreapp_node": {"strategy": "docker", "node": "{{ found.nodes[0] }}"},
        "check_mode": True,
    }
    done = machine.play(find, restart)
    assert done["Find"]["nodes"][0]["running"]
    assert (done["Restart"]["changed"], done["Restart"]["started"]) == (True, "")
    assert len(log.of(client)) == before


def test_the_time_of_a_restart_is_that_of_two_modules(machine: Machine, log: EventLog) -> None:
    client = machine.client()
    count = 4
    for number in range(count):
        machine.run(client, f"wacore{number}")
    nodes = machine.nodes(client)
    inspect = {"community.docker.docker_container_info": {"name": f"{client}-wacore0-1"}}
    tasks = [stamp("a"), *[{"name": "One module", **inspect}] * count, stamp("0")]
    for number, node in enumerate(nodes.values(), 1):
        restart = {"strategy": "docker", "node": node.as_values()}
        tasks += [{"name": f"Restart {number}", "wabiz.onprem.coreapp_node": restart}, stamp(str(number))]
    done = machine.play(*tasks)
    begun, *ends = (float(done[f"Stamp {name}"]["msg"]) for name in ("a", *map(str, range(count + 1))))
    module = (ends[0] - begun) / count
    engine = [outage.seconds for outage in events.outages(log.of(client))]
    # The best of them: what slows the machine for a moment is not ours.
    own = min(after - before - away for before, after, away in zip(ends[:-1], ends[1:], engine, strict=True))
    print(f"a node: {own:.2f} s of ours, {min(engine):.2f} s of the engine's; one module: {module:.2f} s")
    assert own < 3 * module + 0.5


def stamp(name: str) -> dict[str, Any]:
    return {"name": f"Stamp {name}", "ansible.builtin.debug": {"msg": "{{ now().timestamp() | string }}"}}


def restarts(container: Container) -> int:
    container.reload()
    return int(container.attrs["RestartCount"])
