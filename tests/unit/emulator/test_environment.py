# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One role per container, defined by its environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.calling import SETTINGS, Api, eventually
from emulator.environment import client_config, container_id, node_options, webapp_options
from emulator.errors import EmulatorError
from emulator.processes import PACKAGE_PARENT

LONG_ID = "0123456789abcdef" * 4


def test_a_container_without_a_host_name_of_its_own_is_called_by_its_id() -> None:
    assert container_id({}, "0123456789ab", ()) == "0123456789ab"


@pytest.mark.parametrize(
    "line",
    [
        f"1 2 0:1 /var/lib/docker/containers/{LONG_ID}/hostname /etc/hostname rw - ext4 /dev/x rw",
        f"0::/system.slice/docker-{LONG_ID}.scope",
        f"0::/kubepods/burstable/pod1/cri-containerd-{LONG_ID}.scope",
        f"1 2 0:1 /io.containerd.grpc.v1.cri/sandboxes/{LONG_ID}/hostname /etc/hostname rw",
    ],
)
def test_the_id_is_found_where_engines_leave_it(tmp_path: Path, line: str) -> None:
    file = tmp_path / "mountinfo"
    file.write_text(f"something else\n{line}\n")
    assert container_id({}, "wacore1", (tmp_path / "missing", file)) == LONG_ID[:12]


def test_the_id_can_be_given_and_is_stable_without_an_engine() -> None:
    assert container_id({"WA_CONTAINER_ID": LONG_ID}, "wacore1", ()) == LONG_ID[:12]
    unknown = container_id({}, "wacore1", ())
    assert len(unknown) == 12
    assert unknown == container_id({}, "wacore1", ())


def test_a_coreapp_and_a_master_are_distinguished_as_in_the_product() -> None:
    environment = {"WA_DB": "/data/db", "HOSTNAME": "0123456789ab", "WA_APP_MULTICONNECT": "1"}
    coreapp = node_options(environment)
    assert (coreapp.kind, coreapp.name, coreapp.key) == ("coreapp", "0123456789ab", "0123456789ab:0123456789ab")
    assert coreapp.config.multiconnect
    assert node_options({**environment, "WA_MASTER_NODE": "1"}).kind == "master"


def test_the_client_is_made_from_the_environment() -> None:
    options = {"WA_EMULATOR_CONFIG": json.dumps({"nested": "deep"}), "WA_API_VERSION": "2.41.2", "WA_SHARDS": "8"}
    config = client_config({**options, "WA_APP_MULTICONNECT": "1", "WA_API_KEY": "k" * 12})
    assert (config.nested, config.version, config.shards, config.api_key) == ("deep", "2.41.2", 8, "k" * 12)
    with pytest.raises(EmulatorError, match="not JSON"):
        client_config({"WA_EMULATOR_CONFIG": "{"})


def test_the_control_api_is_for_the_loopback_unless_said_otherwise() -> None:
    assert webapp_options({}).control_for_anyone is False
    assert webapp_options({"WA_EMULATOR_CONTROL": "any"}).control_for_anyone is True


class Containers:
    """Processes that know nothing but their environment."""

    def __init__(self, folder: Path) -> None:
        self.base = {"WA_DB": str(folder / "db"), "PYTHONPATH": str(PACKAGE_PARENT), "PATH": os.environ["PATH"]}
        config = {"initialize_seconds": 0.05, "connect_seconds": 0.05}
        self.base["WA_EMULATOR_CONFIG"] = json.dumps(config)
        self.children: list[subprocess.Popen[str]] = []

    def run(self, command: str, **environment: str) -> subprocess.Popen[str]:
        arguments = [sys.executable, "-m", "emulator", command]
        child = subprocess.Popen(arguments, env={**self.base, **environment}, stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        return child

    def webapp(self, **environment: str) -> Api:
        child = self.run("webapp", WA_WEB_HOST="127.0.0.1", WA_WEB_PORT="0", **environment)
        assert child.stdout is not None
        ready: dict[str, Any] = json.loads(child.stdout.readline())
        api = Api(f"https://127.0.0.1:{ready['port']}", ready["ca_path"])
        token = api.login("admin", "Emulator-1-pass").json["users"][0]["token"]
        return Api(api.url, api.ca_path, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    containers = Containers(tmp_path)
    yield containers
    for child in containers.children:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def test_roles_find_each_other_over_the_shared_database(containers: Containers) -> None:
    shared = {"WA_APP_MULTICONNECT": "1", "WA_SHARDS": "1"}
    containers.run("coreapp", HOSTNAME="aaaaaaaaaaaa", **shared)
    containers.run("coreapp", HOSTNAME="bbbbbbbbbbbb", WA_MASTER_NODE="1", **shared)
    api = containers.webapp(**shared)
    expected = {
        "aaaaaaaaaaaa:aaaaaaaaaaaa": {"gateway_status": "connected", "role": "coreapp"},
        "bbbbbbbbbbbb:bbbbbbbbbbbb": {"gateway_status": "connected", "role": "primary_master"},
    }
    eventually(lambda: api("GET", "/v1/health").json.get("health") == expected)
    eventually(lambda: api("PATCH", SETTINGS, {"callback_persist": False}).status == 200)


def test_a_role_stops_at_once_when_asked_to(containers: Containers) -> None:
    child = containers.run("coreapp", HOSTNAME="aaaaaaaaaaaa")
    api = containers.webapp()
    eventually(lambda: api("GET", "/v1/health").status == 200)
    before = time.monotonic()
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=5) == 0
    assert time.monotonic() - before < 3
    assert api("GET", "/v1/health").code == 1014


def test_a_probe_says_whether_the_node_is_up(containers: Containers) -> None:
    environment = {"HOSTNAME": "aaaaaaaaaaaa"}
    assert containers.run("probe", **environment).wait(timeout=10) == 1
    containers.run("coreapp", **environment)
    eventually(lambda: containers.run("probe", **environment).wait(timeout=10) == 0)


def test_two_single_instances_ban_each_other_as_containers_too(containers: Containers) -> None:
    containers.run("coreapp", HOSTNAME="aaaaaaaaaaaa")
    api = containers.webapp()
    eventually(lambda: api("GET", "/v1/health").status == 200)
    containers.run("coreapp", HOSTNAME="bbbbbbbbbbbb")

    def banned() -> bool:
        events = api("GET", "/_emulator/clients/-/events").json
        return "ban" in [event["kind"] for event in events]

    eventually(banned)
