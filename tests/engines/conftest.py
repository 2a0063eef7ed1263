# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Docker Engine where DOCKER_HOST names one; without one these tests are skipped, or fail with REQUIRE_ENGINES=1."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from engines.cluster import DockerCluster, Shape, remove
from engines.events import EventLog


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    if not os.environ.get("DOCKER_HOST"):
        missing = "no Docker Engine: DOCKER_HOST is not set"
        if os.environ.get("REQUIRE_ENGINES") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    client = docker.from_env()
    client.ping()
    yield client
    client.close()


@pytest.fixture(scope="module")
def make_cluster(
    engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Shape], DockerCluster]]:
    """A function that brings up a client; all of them go down after the module."""
    folder: Path = tmp_path_factory.mktemp("engines")
    made: list[str] = []

    def make(shape: Shape) -> DockerCluster:
        name = f"wabiz-test-{uuid.uuid4().hex[:8]}"
        made.append(name)
        cluster = DockerCluster(engine, name, folder, shape)
        cluster.up()
        return cluster

    yield make
    for name in made:
        remove(engine, name)


@pytest.fixture
def log(engine: docker.DockerClient) -> Iterator[EventLog]:
    with EventLog(engine) as reading:
        yield reading
