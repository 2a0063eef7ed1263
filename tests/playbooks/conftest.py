# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator for all playbook tests of a worker, a fresh client for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.testing import Client, Emulator, running_emulator


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture
def make_client(emulator: Emulator) -> Iterator[Callable[..., Client]]:
    """A function that makes a fresh client; options as of `Emulator.client`."""
    made: list[Client] = []

    def make(**options: Any) -> Client:
        made.append(emulator.client(**options))
        return made[-1]

    yield make
    for client in made:
        client.remove()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()
