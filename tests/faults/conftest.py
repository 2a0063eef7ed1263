# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all fault tests need: one emulator, and surroundings in which another user has left things lying about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import client
from emulator.testing import Emulator, running_emulator
from faults.calls import NETRC_PASSWORD
from faults.gate import OtherServer

SHORT = os.environ.get("FAULTS") == "short"


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@pytest.fixture(scope="session")
def _other_server_of_session() -> Iterator[OtherServer]:
    listener = OtherServer()
    yield listener
    listener.close()


@pytest.fixture
def other_server(_other_server_of_session: OtherServer) -> Iterator[OtherServer]:
    """Where a redirect or a proxy variable leads to: nothing may ever come there."""
    _other_server_of_session.received.clear()
    yield _other_server_of_session
    assert _other_server_of_session.received == []


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_server: OtherServer) -> None:
    """Another user's ``~/.netrc``, proxies and CA bundle."""
    home = tmp_path / "home"
    home.mkdir()
    netrc = home / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login other password {NETRC_PASSWORD}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, other_server.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(home / "nothing.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(home / "nothing.pem"))


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wait between two tries is what makes a cell long; everything else stays as it is."""
    monkeypatch.setattr(client, "FIRST_WAIT", 0.05)
