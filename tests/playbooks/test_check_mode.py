# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check mode of a task decides, wherever it is set, and not whether the command line has ``--check``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, task
from playbooks.site import Site

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Lease
from emulator.testing import Client, Emulator

RECORD = "Record the campaign, and write what follows from it"
COLLECTED = "garbagecollector_enable.messages"


@pytest.fixture
def site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Site:
    one = Site(emulator, tmp_path, {"one": make_client()})
    one.settings("one", callback_persist=False)
    return one


def role(name: str, tasks_from: str, **variables: Any) -> dict[str, Any]:
    return {
        "name": f"Role {name}",
        "ansible.builtin.import_role": {"name": f"wabiz.onprem.{name}", "tasks_from": tasks_from},
        "vars": variables,
    }


SETTINGS = role("application_settings", "main", application_settings_desired="{{ wabiz_onprem_settings }}")
BEGIN = role("campaign_mode", "begin", campaign_mode_name="sale")
RESTART = role("coreapp", "restart")


def play(site: Site, what: dict[str, Any], check_mode: bool, *arguments: str) -> Run:
    return site.plays([{"hosts": "all", "gather_facts": False, "check_mode": check_mode, "tasks": [what]}], *arguments)


def assert_only_predicted(site: Site, run: Run, setting: str) -> None:
    assert run.ok
    assert run["Record the nodes"]["message"] == f"Would restart, one after another: wacore, for {setting}."
    assert site.restarted("one") == [] and site.clients["one"].writes() == []


class TestPlayInCheckMode:
    def test_settings(self, site: Site) -> None:
        assert_only_predicted(site, play(site, SETTINGS, True), "callback_persist")
        assert not site.ledger_path("one").exists()

    def test_a_campaign(self, site: Site) -> None:
        run = play(site, BEGIN, True)
        assert_only_predicted(site, run, COLLECTED)
        assert "(check mode); active campaigns: sale" in run.of(RECORD)[-1]["message"]
        assert not site.ledger_path("one").exists()

    def test_collection_that_was_switched_on_again_during_a_campaign(self, site: Site) -> None:
        """It is in the ledger, so that only the settings are predicted."""
        assert play(site, BEGIN, False).ok
        assert play(site, task("application_settings", garbagecollector_enable={"messages": True}), False).ok
        assert site.restarted("one") == ["wacore"]
        site.clients["one"].clear_calls()
        run = play(site, BEGIN, True)
        assert_only_predicted(site, run, COLLECTED)
        assert "(check mode); active campaigns: sale" in run.of(RECORD)[-1]["message"]

    def test_a_pending_restart(self, site: Site) -> None:
        assert site.run("settings", "-e", "coreapp_restart=defer").ok
        before = site.ledger("one")
        site.clients["one"].clear_calls()
        assert_only_predicted(site, play(site, RESTART, True), "callback_persist")
        assert site.ledger("one") == before

    def test_nodes_that_cannot_be_found(self, site: Site) -> None:
        site.hosts["one"]["coreapp_started_command"] = site.node_command(site.clients["one"], "refuse")
        run = play(site, SETTINGS, True)
        assert run.code
        message = run["Record the nodes"]["msg"]
        assert "coreapp_started_command failed" in message and site.clients["one"].writes() == []

    def test_another_run_has_the_lease(self, site: Site) -> None:
        assert site.run("settings", "-e", "coreapp_restart=defer").ok
        with Ledger(str(site.ledger_path("one")), read_only=False) as ledger:
            ledger.update(lease=Lease(lease_owner.owner_of(os.getpid(), "one"), 900, time.time()))
            ledger.save()
        run = play(site, RESTART, True)
        assert run.ok
        warnings = " ".join(run["Take the lease"].warnings)
        assert f"process {os.getpid()} on" in warnings and "is restarting nodes of this client" in warnings
        assert site.restarted("one") == []


class TestPlayThatIsNotInCheckModeWhileTheCommandLineIs:
    def test_settings(self, site: Site) -> None:
        run = play(site, SETTINGS, False, "--check")
        assert run.ok
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")
        assert site.in_effect("one", "callback_persist") == {False}

    def test_a_campaign(self, site: Site) -> None:
        run = play(site, BEGIN, False, "--check")
        assert run.ok and "active campaigns: sale" in run.of(RECORD)[-1]["message"]
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")
