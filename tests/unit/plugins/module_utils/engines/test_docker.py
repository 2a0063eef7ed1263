# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Docker Engine says of its containers, by recorded inspections."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._engines import docker
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import FoundNode

RECORDED: dict[str, Any] = json.loads((Path(__file__).with_name("recorded") / "docker.json").read_text())
FAILED: dict[str, Any] = json.loads((Path(__file__).with_name("recorded") / "failures.json").read_text())


def inspection(name: str) -> dict[str, Any]:
    container: dict[str, Any] = copy.deepcopy(RECORDED[name]["container"])
    return container


def found(*names: str, filters: dict[str, Any] | None = None) -> list[FoundNode]:
    return docker.found_nodes([inspection(name) for name in names], "wa1", "E", filters=filters)


# -- images


@pytest.mark.parametrize(
    "image",
    [
        "whatsapp.biz/coreapp",
        "docker.whatsapp.biz/coreapp:v2.53.1",
        "mirror.example:5000/whatsapp.biz/coreapp",
        "mirror.example:5000/proxy/docker.whatsapp.biz/coreapp:v2@sha256:" + "0" * 64,
        "docker.whatsapp.biz/coreapp@sha256:" + "0" * 64,
    ],
)
def test_the_repository_is_recognised_wherever_it_was_pulled_from(image: str) -> None:
    assert docker.matches_image(image)


@pytest.mark.parametrize(
    "image",
    [
        "docker.whatsapp.biz/coreapp-exporter:v1",
        "docker.whatsapp.biz/web:v2.53.1",
        "notwhatsapp.biz/coreapp",
        "whatsapp.biz/coreapp/sidecar",
        "example/whatsapp.biz-coreapp",
        "coreapp",
        "example/tools:whatsapp.biz/coreapp",
        "",
        "sha256:" + "0" * 64,
    ],
)
def test_a_part_of_a_text_is_no_repository(image: str) -> None:
    assert not docker.matches_image(image)


def test_an_image_of_the_users_own_counts_with_tag_and_digest() -> None:
    assert docker.matches_image("localhost:5000/wa:1", "wa")
    assert docker.matches_image("wa:1", "wa:1")
    assert not docker.matches_image("wa:2", "wa:1")
    assert not docker.matches_image("sub.wa:1", "wa")
    assert docker.matches_image("r/wa@sha256:1", "wa@sha256:1")
    assert not docker.matches_image("r/wa", "wa@sha256:1")


def test_a_container_whose_tag_has_moved_is_inspected() -> None:
    listed = [
        {"Id": "1", "Image": "sha256:" + "a" * 64},
        {"Id": "2", "Image": "a" * 12},
        {"Id": "3", "Image": "docker.whatsapp.biz/coreapp:v2"},
        {"Id": "4", "Image": "docker.whatsapp.biz/web:v2"},
    ]
    assert docker.candidates(listed) == ["1", "2", "3"]
    assert len(docker.candidates(RECORDED["listed"]["containers"])) == len(RECORDED["listed"]["containers"])


# -- nodes


def test_a_running_container_is_a_node() -> None:
    [node] = found("running")
    number = inspection("running")["Id"]
    assert (node.name, node.role, node.running, node.state) == (
        "wa1/eng-rec-client1-wacore1-1",
        "coreapp",
        True,
        "running",
    )
    assert node.started == inspection("running")["State"]["StartedAt"]
    assert node.report_ids == (number[:12], "wacore1")
    assert (node.host, node.engine, node.size) == ("wa1", "E", 1)
    assert node.details["stop_timeout"] == 20
    assert node.details["restart_policy"] == "unless-stopped"
    assert node.details["multiconnect"] is True
    assert not node.selected


def test_jobs_and_other_images_are_no_nodes() -> None:
    other = inspection("running")
    other["Config"]["Image"] = "docker.whatsapp.biz/coreapp-exporter:v1"
    assert not docker.found_nodes([other], "wa1", "E")
    assert not found("upgrade", "oneoff")


@pytest.mark.parametrize(
    ("value", "master"), [("1", True), ("true", True), ("yes", True), ("0", False), ("false", False), ("", False)]
)
def test_a_master_is_recognised_by_any_value_that_is_not_false(value: str, master: bool) -> None:
    assert docker.is_master({"Env": ["A=1", f"WA_MASTER_NODE={value}"]}) is master


def test_without_the_variable_it_is_no_master() -> None:
    assert not docker.is_master({})
    assert found("master")[0].role == "master"


@pytest.mark.parametrize(
    ("filters", "selected"),
    [
        ({}, False),
        (None, False),
        ({"label": "a=b"}, True),
        ({"name": "x"}, True),
        ({"status": "running"}, False),
        ({"label": []}, False),
    ],
)
def test_a_filter_selects_only_if_it_says_which(filters: Any, selected: bool) -> None:
    assert found("running", filters=filters)[0].selected is selected


def test_a_left_over_of_compose_is_not_selected_while_its_successor_runs() -> None:
    filters = {"label": "com.docker.compose.project=client1"}
    running, left = found("running", "left_over", filters=filters)
    assert (running.selected, left.selected) == (True, False)
    assert left.details["left_over"] == "eng-rec-client1-wacore1-1"
    assert found("left_over", filters=filters)[0].selected


def test_a_container_that_compose_has_renamed_is_a_left_over() -> None:
    stopped, new = inspection("exited"), inspection("running")
    stopped["Name"] = f"/0123456789ab_{docker.name_of(new)}"
    nodes = docker.found_nodes([stopped, new], "wa1", "E", filters={"label": "x"})
    assert [node.selected for node in nodes] == [False, True]


@pytest.mark.parametrize(
    ("name", "state", "stopped"),
    [
        ("restarting", "restarting", False),
        ("paused", "paused", False),
        ("exited", "exited (3)", True),
        ("never_started", "created", True),
    ],
)
def test_what_docker_calls_running_may_be_down(name: str, state: str, stopped: bool) -> None:
    [node] = found(name)
    assert (node.running, node.state, node.stopped) == (False, state, stopped)


def test_a_container_that_has_never_run_has_no_start() -> None:
    assert found("never_started")[0].started == ""


def test_its_health_check_is_shown() -> None:
    assert [node.health for node in found("health_starting", "healthy", "running")] == ["starting", "healthy", ""]


@pytest.mark.parametrize("broken", [{}, {"State": None, "Config": None}, {"Config": {"Env": None, "Labels": None}}])
def test_an_inspection_with_nothing_in_it_is_no_node(broken: dict[str, Any]) -> None:
    assert not docker.found_nodes([broken], "wa1", "E")
    assert docker.look(broken).state == "unknown"


# -- after a restart


def test_a_restart_moves_the_start() -> None:
    before, after = docker.look(inspection("running")), docker.look(inspection("restarted"))
    assert before.id == after.id
    assert before.started != after.started
    assert docker.stays_up(after, after)


def test_whether_it_stays_up_is_whether_the_restart_count_still_grows() -> None:
    flaky = inspection("restarted")
    flaky["RestartCount"] = 4
    grown = copy.deepcopy(flaky)
    grown["RestartCount"] = 5
    assert docker.stays_up(docker.look(flaky), docker.look(flaky))
    assert not docker.stays_up(docker.look(flaky), docker.look(grown))
    assert not docker.stays_up(docker.look(inspection("running")), docker.look(inspection("restarted")))
    loop = docker.look(inspection("restarting"))
    assert loop.restarts >= 2
    assert not docker.stays_up(loop, loop)


def test_why_it_is_down_is_reported() -> None:
    assert (
        docker.why_down(docker.look(inspection("exited")))
        == "it does not stay up: it is exited, exit code 3; check its log"
    )
    assert "paused" in docker.why_down(docker.look(inspection("paused")))
    assert "last exit code is 7" in docker.why_down(docker.look(inspection("restarting")))


def test_another_container_of_its_name_takes_its_place_only_with_the_same_image_and_project() -> None:
    details = found("running")[0].details
    assert docker.is_same_place(inspection("restarted"), details)
    assert not docker.is_same_place(inspection("exited"), details)
    other = inspection("restarted")
    other["Config"]["Image"] = "docker.whatsapp.biz/web:v2"
    assert not docker.is_same_place(other, details)


# -- an engine that does not do what it was asked


def test_what_could_not_be_asked_is_not_gone() -> None:
    assert docker.is_gone(FAILED["absent"])
    assert docker.is_gone(FAILED["gone"])
    for name in ("no_socket", "refused", "wrong_filter"):
        assert not docker.is_gone(FAILED[name])
    assert docker.why_not(FAILED["no_socket"]).startswith("the engine did not respond: ")
    assert docker.why_not(FAILED["refused"]).startswith("the engine did not respond: ")
    assert docker.why_not(FAILED["wrong_filter"]).startswith("the engine could not be asked: ")
    assert docker.why_not({"unreachable": True, "msg": "ssh\nfailed"}) == "the machine is unreachable: ssh failed"
    assert docker.why_not({}) == "the engine could not be asked: no reason was given"


@pytest.mark.parametrize(
    ("given", "own", "seconds"),
    [(None, None, 10), (None, 20, 20), (5, 20, 5), (0, None, 1), (None, 0, 1), (None, True, 10)],
)
def test_its_own_grace_period_counts_unless_the_user_sets_another(given: int | None, own: Any, seconds: int) -> None:
    assert docker.grace(given, own) == seconds
