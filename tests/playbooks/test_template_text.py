# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a client, an engine, a command or a ledger is never executed as a template on the controller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playbooks.engine_stand_in import Containers, engine
from playbooks.site import Site

from emulator.testing import Client, Emulator


@pytest.fixture
def containers(client: Client) -> Containers:
    return Containers(client, "secret")


@pytest.fixture
def address(containers: Containers) -> Iterator[str]:
    with engine(containers) as address:
        yield address


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "module"])
def test_a_node_named_like_a_template_is_not_executed(
    containers: Containers, emulator: Emulator, tmp_path: Path, address: str, in_process: bool
) -> None:
    client = containers.client
    site = Site(emulator, tmp_path, {"one": client})
    site.settings("one", callback_persist=False)
    assert site.run("settings", "-e", "coreapp_restart=defer").ok
    site.hosts["one"].update(coreapp_strategy="docker", coreapp_docker_report_retries=2)
    proof = tmp_path / "executed"
    template = "{{ lookup('pipe', 'touch %s') }}" % proof
    node = {"gateway_status": "connected", "role": "coreapp"}
    report = {"health": {f"{template}:abcdef012345": {**node, "role": template}, f"x:{template}": node}}
    client.order_fault("wrong_shape", "GET", "/v1/health", times=0, body=report)
    run = site.run("restart", env={"DOCKER_HOST": address}, in_process=in_process)
    assert not proof.exists(), run.output
    assert json.dumps(site.ledger("one")["restart"]["settings"]) == '["callback_persist"]'
