# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of containers holds the password of the database. Strategy docker never shows it, however talkative."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playbooks.engine_stand_in import Containers, engine
from playbooks.site import Site

from emulator.testing import Client, Emulator

SECRET = "never-to-be-seen-in-any-output"


@pytest.fixture
def containers(client: Client) -> Containers:
    return Containers(client, SECRET)


@pytest.fixture
def address(containers: Containers) -> Iterator[str]:
    with engine(containers) as address:
        yield address


@pytest.fixture
def site(containers: Containers, emulator: Emulator, tmp_path: Path) -> Site:
    made = Site(emulator, tmp_path, {"one": containers.client})
    made.settings("one", callback_persist=False)
    made.hosts["one"].update(coreapp_strategy="docker", coreapp_docker_stop_timeout=5)
    return made


@pytest.mark.parametrize("refuses", [False, True], ids=["restarts", "refuses to restart"])
def test_nothing_of_a_containers_environment_is_printed(
    site: Site, containers: Containers, refuses: bool, address: str
) -> None:
    containers.refuses = refuses
    run = site.run("settings", "-vvvv", "--diff", env={"DOCKER_HOST": address})
    assert run.code == (2 if refuses else 0), run.output
    assert any(words.endswith("/restart") for words in containers.asked), "the restart was asked for"
    assert "the engine is on strike" in run.output if refuses else site.nothing_is_pending("one")
    assert SECRET not in run.output
    assert "WA_DB" not in run.output
    assert site.restarted("one") == ([] if refuses else ["wacore"])
