# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs on one client at once: each has the ledger for itself, so that their reads and writes never interleave."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playbooks.site import RUN_TIMEOUT, Site

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from emulator.testing import Client, Emulator
from playbooks import helpers

SETTINGS = "/v1/settings/application"
WAITING = "waiting for another run that uses ledger"


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
        env=helpers.environment(there / "results", {"PYTHONUNBUFFERED": "1"}),
        cwd=there,
        text=True,
    )


def run_at_once(site: Site, *campaigns: tuple[str, str]) -> None:
    """Starts the runs while their ledger is locked, and unlocks it when all of them wait for it."""
    with Ledger(str(site.ledger_path("one")), read_only=False):
        runs = [start(site, f"run{number}", *campaign(*one)) for number, one in enumerate(campaigns)]
        for run in runs:
            assert run.stdout is not None
            assert any(WAITING in line for line in run.stdout), "the run did not wait for the ledger"
    outputs = [run.communicate(timeout=RUN_TIMEOUT)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * len(runs), outputs


@pytest.mark.parametrize(
    ("active", "first", "second", "left"),
    [
        (["a", "b"], ("end", "a"), ("end", "b"), []),
        (["a"], ("end", "a"), ("begin", "b"), ["b"]),
        ([], ("begin", "a"), ("begin", "b"), ["a", "b"]),
    ],
    ids=["both end", "one ends and another begins", "both begin"],
)
def test_the_result_is_that_of_one_after_the_other(
    site: Site, active: list[str], first: tuple[str, str], second: tuple[str, str], left: list[str]
) -> None:
    client = site.clients["one"]
    for name in active:
        assert site.run(*campaign("begin", name)).ok
    client.clear_calls()
    run_at_once(site, first, second)
    assert sorted(site.ledger("one")["campaigns"]) == left
    assert client.stored()["garbagecollector_enable.messages"] is not bool(left)
    calls = [call["method"] for call in client.calls() if call["path"] == SETTINGS]
    assert "GET,GET,PATCH,PATCH" not in ",".join(calls)
