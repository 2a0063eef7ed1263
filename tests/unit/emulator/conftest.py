# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: one emulator for all tests of this folder, a fresh client and a small HTTP caller for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.calling import Api
from emulator.testing import Client, Emulator, running_emulator


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture
def make(emulator: Emulator) -> Iterator[Callable[..., tuple[Client, Api]]]:
    """A fresh client with the given options, and a caller with an admin's token."""
    made: list[Client] = []

    def make_client(**options: Any) -> tuple[Client, Api]:
        client = emulator.client(**options)
        made.append(client)
        headers = {"Authorization": f"Bearer {client.new_token()}"}
        return client, Api(client.api_url, emulator.ca_path, headers)

    yield make_client
    for client in made:
        client.remove()
