# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of containers holds the password of the database. Strategy docker never prints it, however verbose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playbooks.engine_stand_in import Containers, engine
from playbooks.site import Site

from emulator.testing import Client, Emulator

SECRET = "never-to-be-seen-in-any-output"


# A single instance has to be selected, as no health report names its container. Those of several nodes are named by theirs.
SINGLE = {"topology": "single"}
SEVERAL = {"topology": "multiconnect", "masters": 1, "coreapps": 2, "shards": 2}


@pytest.fixture
def containers(request: pytest.FixtureRequest, make_client: Callable[..., Client]) -> Containers:
    return Containers(make_client(**request.param), SECRET)


@pytest.fixture
def address(containers: Containers) -> Iterator[str]:
    with engine(containers) as address:
        yield address


@pytest.fixture
def site(containers: Containers, emulator: Emulator, tmp_path: Path) -> Site:
    made = Site(emulator, tmp_path, {"one": containers.client})
    made.settings("one", callback_persist=False)
    made.hosts["one"].update(coreapp_strategy="docker", coreapp_stop_timeout=5)
    if len(containers.client.nodes()) == 1:
        made.hosts["one"]["coreapp_docker_filters"] = {"name": "wacore"}
    return made


@pytest.mark.parametrize(
    ("containers", "refuses"), [(SINGLE, True), (SEVERAL, False)], ids=["refuses", "restarts"], indirect=["containers"]
)
def test_nothing_of_a_containers_environment_is_printed(
    site: Site, containers: Containers, refuses: bool, address: str
) -> None:
    containers.refuses = refuses
    run = site.run("settings", "-vvvv", "--diff", env={"DOCKER_HOST": address})
    assert run.code == (2 if refuses else 0), run.output
    assert any(words.endswith("/restart") for words in containers.asked), "the engine was asked for the restart"
    assert not refuses or "the engine is on strike" in run.output, run.output
    assert refuses or site.nothing_is_pending("one")
    assert SECRET not in run.output
    assert "WA_DB" not in run.output
    assert site.restarted("one") == ([] if refuses else ["wacore1", "wacore2", "master1"])
