# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs on one client at once: the second waits for the ledger, so that their writes never interleave."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playbooks.site import PATIENCE, Site

from emulator.testing import Client, Emulator
from playbooks import helpers

SETTINGS = "/v1/settings/application"
SLOW = 25.0  # seconds that the first run waits for its first GET: the second one starts in the meantime


@pytest.fixture
def site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Site:
    """One client, whose restarts are deferred: they are not what this is about."""
    one = Site(emulator, tmp_path, {"one": make_client()})
    one.hosts["one"]["coreapp_restart"] = "defer"
    return one


def campaign(state: str, name: str) -> list[str]:
    return [f"campaign_{state}", "-e", json.dumps({"campaign_mode_name": name})]


def start(site: Site, folder: str, playbook: str, *arguments: str) -> subprocess.Popen[str]:
    there = site.folder / folder
    there.mkdir()
    return subprocess.Popen(
        helpers.command(f"wabiz.onprem.{playbook}", there, arguments, site.inventory()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=helpers.environment(there / "results", {"ANSIBLE_CALLBACKS_ENABLED": ""}),
        cwd=there,
        text=True,
    )


def run_at_once(site: Site, first: list[str], second: list[str]) -> str:
    """Starts the second run while the first one waits for its first GET; returns the output of the second."""
    client = site.clients["one"]
    client.clear_calls()
    client.order_fault("delay", method="GET", path=SETTINGS, seconds=SLOW)
    runs = [start(site, "first", *first)]
    until = time.monotonic() + PATIENCE
    while not any(fault["met"] for fault in client.faults()) and time.monotonic() < until:
        time.sleep(0.1)
    runs.append(start(site, "second", *second))
    outputs = [run.communicate(timeout=PATIENCE)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    return outputs[1]


@pytest.mark.parametrize(
    ("active", "first", "second", "left"),
    [
        (["a", "b"], ("end", "a"), ("end", "b"), []),
        ([], ("begin", "a"), ("end", "a"), []),
        (["a"], ("end", "a"), ("begin", "b"), ["b"]),
    ],
    ids=["both end", "begins and ends", "ends and another one begins"],
)
def test_the_second_run_waits_for_the_first(
    site: Site, active: list[str], first: tuple[str, str], second: tuple[str, str], left: list[str]
) -> None:
    for name in active:
        assert site.run(*campaign("begin", name)).ok
    output = run_at_once(site, campaign(*first), campaign(*second))
    assert "ledger" in output and "waiting" in output, output
    assert list(site.ledger("one")["campaigns"]) == left
    assert site.clients["one"].stored()["garbagecollector_enable.messages"] is not bool(left)
    calls = [call["method"] for call in site.clients["one"].calls() if call["path"] == SETTINGS]
    assert "GET,GET,PATCH,PATCH" not in ",".join(calls)
