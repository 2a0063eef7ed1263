# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever runs on an engine: nothing of another client is touched, and no node of the report is missed.

The engines have containers of several clients, with left-overs, sidecars, jobs, stopped, renamed, recreated and unreported
nodes, and machines that are not asked. Who owns what is known here, and is hidden from the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils._engines import claims, docker
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import FoundNode

HOSTS = ("wa1", "wa2")
IMAGE = "docker.whatsapp.biz/coreapp:v2.53.1"
IMAGES = (IMAGE, IMAGE, IMAGE, "mirror:5000/whatsapp.biz/coreapp@sha256:0", "docker.whatsapp.biz/coreapp-exporter:1")
STATES = ("running", "running", "running", "exited", "restarting", "paused", "created")
STOPPED = ("exited", "created")
PROJECT = "com.docker.compose.project"


@dataclass(frozen=True)
class Thing:
    """A container, and the truth about it."""

    owner: str
    host: str
    number: int
    hostname: str
    image: str
    state: str
    job: bool
    left_over: bool
    reported: bool  # while it does not work as a node, the report may still have an entry for it
    recorded: bool
    ran: bool
    renamed: bool  # since it was recorded

    @property
    def id(self) -> str:
        return f"{self.number:012x}" + "0" * 52

    @property
    def name(self) -> str:
        return f"{self.owner}-{self.number}{'-old' if self.renamed else ''}"

    @property
    def is_node(self) -> bool:
        return not self.job and not self.left_over and docker.matches_image(self.image)

    @property
    def runs(self) -> bool:
        return self.state == "running"

    def inspection(self) -> dict[str, Any]:
        state = {
            "Status": self.state,
            "Running": self.state in ("running", "restarting", "paused"),
            "Restarting": self.state == "restarting",
            "Paused": self.state == "paused",
            "StartedAt": f"{self.number}",
        }
        config = {
            "Image": self.image,
            "Hostname": self.hostname,
            "Env": ["WA_APP_MULTICONNECT=1", *(["WA_DB_UPGRADE=1"] if self.job else [])],
            "Labels": {PROJECT: self.owner},
        }
        return {"Id": self.id, "Name": f"/{self.name}", "State": state, "Config": config, "RestartCount": 0}


@dataclass(frozen=True)
class Entry:
    key: str
    status: str
    role: str = "coreapp"

    @property
    def name(self) -> str:
        return self.key.rpartition(":")[0]

    @property
    def container_id(self) -> str:
        return self.key.rpartition(":")[2]


@dataclass(frozen=True)
class World:
    things: tuple[Thing, ...]
    asked: tuple[str, ...]  # machines
    filters: dict[str, str]
    responds: bool
    single: bool
    removed: tuple[int, ...]  # nodes of the previous start that the report still names

    @property
    def mine(self) -> list[Thing]:
        return [one for one in self.things if one.owner == "a" and one.is_node]

    def entries(self) -> list[Entry]:
        if self.single:
            return [Entry("", "connected" if any(one.runs for one in self.mine) else "error", "single")]
        entries = [
            Entry(f"{one.hostname}:{one.id[:12]}", "connected" if one.runs else "error")
            for one in self.mine
            if one.reported
        ]
        return entries + [Entry(f"wacore{number % 3}:{number + 10**6:012x}", "error") for number in self.removed]

    def recorded(self) -> dict[str, bool]:
        return {f"{one.host}/{one.owner}-{one.number}": one.ran for one in self.mine if one.recorded}

    def found(self) -> list[FoundNode]:
        found: list[FoundNode] = []
        for host in self.asked:
            seen = [one for one in self.things if one.host == host and self._passes(one)]
            inspected = [one.inspection() for one in seen]
            found += docker.found_nodes(inspected, host, f"engine of {host}", filters=self.filters)
        return found

    def _passes(self, one: Thing) -> bool:
        return self.filters.get("label", f"{PROJECT}={one.owner}") == f"{PROJECT}={one.owner}" and (
            self.filters.get("name", "") in one.name
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    flag = st.booleans()
    things = tuple(
        Thing(
            owner=draw(st.sampled_from("aaabbc")),
            host=draw(st.sampled_from(HOSTS)),
            number=number,
            hostname=draw(st.sampled_from(["wacore0", "wacore1", "wacore2"])),
            image=draw(st.sampled_from(IMAGES)),
            state=draw(st.sampled_from(STATES)),
            job=draw(st.integers(0, 7)) == 0,
            left_over=draw(st.integers(0, 3)) == 0,
            reported=draw(st.integers(0, 4)) > 0,
            recorded=draw(flag),
            ran=draw(flag),
            renamed=draw(st.integers(0, 4)) == 0,
        )
        for number in range(1, draw(st.integers(0, 8)) + 1)
    )
    nodes = [one for one in things if one.owner == "a" and one.is_node]
    return World(
        things=things,
        asked=draw(st.sampled_from([HOSTS, HOSTS, HOSTS[:1]])),
        filters=draw(st.sampled_from([{}, {}, {"label": f"{PROJECT}=a"}, {"name": "a-1"}, {"status": "running"}])),
        responds=draw(st.integers(0, 3)) > 0,
        single=len(nodes) <= 1 and draw(flag),
        removed=tuple(draw(st.lists(st.integers(1, 5), max_size=2, unique=True))),
    )


@settings(max_examples=2 * settings.default.max_examples)
@given(worlds())
def test_nothing_unproven_is_touched_and_nothing_reported_is_missed(world: World) -> None:
    found, recorded = world.found(), world.recorded()
    entries = world.entries() if world.responds else None
    verdict = claims.judge(found, entries, world.single if world.responds else None, recorded)

    taken = {node.name: node for node, _key, _proof in verdict.nodes}
    left = [name for name, _reason, _claim in verdict.unknown]
    assert sorted([*taken, *left]) == sorted(node.name for node in found), "each is taken or named as unknown"
    if verdict.problem:
        return
    assert taken
    things = {f"{one.host}/{one.name}": one for one in world.things}
    for name, node in taken.items():
        thing = things[name]
        assert thing.owner == "a", "another client's"
        assert not thing.job
        assert docker.matches_image(thing.image)
        if thing.state in STOPPED:
            assert node.selected or recorded.get(name), "a stopped container that nothing proves"
        assert thing.is_node or node.selected, "a left-over that nothing selects"
    if world.responds:
        _assert_covered(world, taken, verdict)


def _assert_covered(world: World, taken: dict[str, FoundNode], verdict: claims.Verdict) -> None:
    if world.single:
        assert len(taken) == 1
        if any(one.runs for one in world.mine):
            assert not any(node.stopped for node in taken.values()), "a second one would be started"
        return
    ids = {short for node in taken.values() for short in node.report_ids}
    stopped = {one.id[:12] for one in world.things if one.state in STOPPED and one.host in world.asked}
    for entry in world.entries():
        if entry.status == "connected":
            assert entry.container_id in ids, "a node that responds is missed"
            assert entry.key not in verdict.gone
        else:
            assert entry.container_id in ids | stopped or entry.key in verdict.gone


@given(worlds())
def test_engines_of_other_clients_alone_are_never_touched(world: World) -> None:
    """Also where the client does not respond and nothing is recorded, which is what a lost ledger is like."""
    others = [one for one in world.found() if not one.name.partition("/")[2].startswith("a-")]
    verdict = claims.judge(others, world.entries() if world.responds else None, None, world.recorded())
    assert not verdict.nodes
    assert verdict.problem
