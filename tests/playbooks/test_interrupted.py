# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that are killed (SIGKILL, with all descendants), each followed by one plain run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.site import Site

from emulator.testing import Client, Emulator

MULTICONNECT = {"topology": "multiconnect", "masters": 2, "coreapps": 2, "shards": 2}
RESTART_ORDER = ["wacore1", "wacore2", "master2", "master1"]
SETTINGS = "/v1/settings/application"


@pytest.fixture
def make_site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Callable[..., Site]:
    def make(**options: Any) -> Site:
        site = Site(emulator, tmp_path, {"one": make_client(**options)})
        site.settings("one", callback_persist=False)
        return site

    return make


CHECKS_BEFORE = 2


def met(client: Client) -> bool:
    return any(fault["met"] for fault in client.faults())


def die_at(site: Site, playbook: str = "settings", *arguments: str, **fault: Any) -> None:
    """Kills a run as soon as a call of it hangs."""
    client = site.clients["one"]
    client.order_fault("stall", **fault)
    site.killed(playbook, lambda: met(client), *arguments)
    client.clear_faults()


def test_between_patch_and_restart(make_site: Callable[..., Site]) -> None:
    site = make_site(**MULTICONNECT)
    die_at(site, method="PATCH", path=SETTINGS, execute=True)
    assert site.restarted("one") == [] and site.ledger("one")["intention"]
    run = site.run("settings")
    assert run.ok
    assert run["Apply the settings"]["changed_settings"] == [] and run["Apply the settings"]["restart_required"]
    assert site.restarted("one") == RESTART_ORDER and site.nothing_is_pending("one")
    assert site.in_effect("one", "callback_persist") == {False}


def test_pending_and_not_begun(make_site: Callable[..., Site]) -> None:
    site = make_site()
    die_at(
        site, method="GET", path=SETTINGS, skip=3
    )  # a check, another one after the preparation, and the one after the PATCH
    assert site.restarted("one") == [] and site.ledger("one")["restart"]
    run = site.run("settings")
    assert run.ok and run["Apply the settings"]["changed_settings"] == []
    assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")


@pytest.mark.parametrize("moment", ["before", "refused"])
def test_before_the_patch_was_executed(make_site: Callable[..., Site], moment: str) -> None:
    site = make_site()
    client = site.clients["one"]
    if moment == "before":
        die_at(site, method="PATCH", path=SETTINGS, execute=False)
        assert site.ledger("one")["intention"]
    else:
        client.order_fault("status", method="PATCH", path=SETTINGS, status=400, code=1009)
        assert site.run("settings").code
        assert site.ledger("one")["intention"] is None
    assert site.run("restart").ok
    site.settings("one", callback_persist=True)  # what the client has all the time
    assert site.run("settings").ok
    assert site.restarted("one") == [] and site.nothing_is_pending("one")


@pytest.mark.parametrize("reads", [1, 2, 3])
def test_inside_the_rolling_restart(make_site: Callable[..., Site], reads: int) -> None:
    """The health report is read by begin and plan before the first node, and after each node, twice where it still connects."""
    site = make_site(**MULTICONNECT, connect_seconds=0)
    die_at(site, path="/v1/health", skip=reads + CHECKS_BEFORE)
    done = site.restarted("one")
    assert done and done == RESTART_ORDER[: len(done)] and len(done) <= reads
    run = site.run("settings")
    assert run.ok and run["Apply the settings"]["changed_settings"] == []
    assert site.restarted("one") == RESTART_ORDER[len(done) :] and site.nothing_is_pending("one")
    assert site.in_effect("one", "callback_persist") == {False}


def test_while_a_node_is_down(make_site: Callable[..., Site]) -> None:
    site = make_site(**MULTICONNECT)
    client = site.clients["one"]
    works = site.hosts["one"]["coreapp_restart_command"]
    site.hosts["one"]["coreapp_restart_command"] = site.node_command(client, "hang")
    site.killed("settings", lambda: not client.node("wacore1")["running"])
    site.hosts["one"]["coreapp_restart_command"] = works
    assert site.run("settings").ok
    assert site.restarted("one") == RESTART_ORDER and site.nothing_is_pending("one")


def test_a_campaign_is_recorded_once_the_client_has_shown_its_settings(make_site: Callable[..., Site]) -> None:
    site = make_site()
    name = ("-e", "campaign_mode_name=sale")
    die_at(site, "campaign_begin", *name, method="GET", path=SETTINGS)
    assert not site.ledger_path("one").exists() and site.restarted("one") == []
    assert site.run("campaign_begin", *name).ok
    assert site.in_effect("one", "garbagecollector_enable.messages") == {False}
    die_at(site, "campaign_end", *name, method="PATCH", path=SETTINGS, execute=True)
    assert site.run("campaign_sweep").ok
    assert site.in_effect("one", "garbagecollector_enable.messages") == {True}
    assert site.restarted("one") == ["wacore", "wacore"] and site.nothing_is_pending("one")
