# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is called in effect is so on every node; what is not known is called so, and a campaign begins with a proof."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, connection, run_tasks, task
from playbooks.site import Site

from emulator.testing import Client, Emulator

COLLECTED = "garbagecollector_enable.messages"
RECORD = "Record the campaign, and write what follows from it"
MULTICONNECT = {"topology": "multiconnect", "masters": 1, "coreapps": 2, "shards": 2}
NODES = {"wacore1", "wacore2", "master1"}


@pytest.fixture
def make_site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Callable[..., Site]:
    def make(**options: Any) -> Site:
        return Site(emulator, tmp_path, {"one": make_client(**options)})

    return make


def begin(site: Site, *arguments: str) -> Run:
    return site.run("campaign_begin", "-e", "campaign_mode_name=sale", *arguments)


def colleague(site: Site, **settings: Any) -> None:
    """Changes settings without this collection's ledger."""
    options = connection(site.clients["one"], site.emulator)
    assert run_tasks([task("application_settings", **settings)], options, site.folder / "colleague").ok


def effect(site: Site, name: str = COLLECTED) -> Any:
    ledger = site.ledger("one")
    return None if name in ledger["doubts"] or not ledger["in_effect"] else ledger["in_effect"]["values"].get(name)


def test_what_a_colleague_has_switched_off_is_restarted_for_a_campaign(make_site: Callable[..., Site]) -> None:
    site = make_site(**MULTICONNECT)
    colleague(site, garbagecollector_enable={"messages": False})
    run = begin(site)
    assert run.ok
    assert run.of(RECORD)[0]["restart_reason"] == "not_confirmed" and run.of(RECORD)[0]["changed_settings"] == []
    assert set(site.restarted("one")) == NODES
    assert site.in_effect("one", COLLECTED) == {False} and effect(site) is False


def test_a_second_campaign_needs_no_restart(make_site: Callable[..., Site]) -> None:
    site = make_site()
    assert begin(site).ok and site.restarted("one") == ["wacore"]
    run = begin(site, "-e", "campaign_mode_name=another")
    assert run.ok and site.restarted("one") == []
    assert "off, in effect, confirmed at" in run[RECORD]["message"]


def test_a_change_by_others_becomes_doubtful_and_is_reported_once(make_site: Callable[..., Site]) -> None:
    site = make_site()
    site.settings("one", callback_persist=True)
    assert site.run("restart", "-e", "coreapp_force=true").ok
    assert site.restarted("one") == ["wacore"] and effect(site, "log_level") == "info"
    colleague(site, log_level="error")
    first, second = site.run("settings"), site.run("settings")
    assert first.ok and "values of log_level are in effect: it was changed outside of this collection" in first.output
    assert second.ok and "It is not known" not in second.output
    known = second["Apply the settings"]["in_effect"]
    assert known["log_level"]["confirmed"] is False and known["callback_persist"]["confirmed"] is True
    assert site.restarted("one") == [], "a settings run restarts nothing for a doubt"


def test_a_lost_ledger(make_site: Callable[..., Site]) -> None:
    """The campaign is on, and the ledger is gone: a forced restart makes certain, and a new begin needs its proof."""
    site = make_site()
    assert begin(site).ok
    site.ledger_path("one").unlink()
    site.restarted("one")
    assert site.run("restart", "-e", "coreapp_force=true").ok
    assert site.restarted("one") == ["wacore"] and effect(site) is False
    assert begin(site).ok and site.restarted("one") == []
    site.ledger_path("one").unlink()
    assert begin(site).ok and site.restarted("one") == ["wacore"]


def test_a_setting_that_is_changed_while_nodes_are_restarted(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """A colleague switches collection on again in mid-roll: the begin does not end well, and the next one puts it right."""
    site = make_site(**MULTICONNECT)
    options = connection(site.clients["one"], site.emulator)
    interfere = task(
        "application_settings",
        "Interfere",
        keywords={"when": "coreapp_node == 'wacore1' and not lookup('ansible.builtin.fileglob', marker)"},
        garbagecollector_enable={"messages": True},
        **options,
    )
    marker = tmp_path / "interfered"
    mark = {"name": "Mark", "ansible.builtin.copy": {"dest": str(marker), "content": "", "mode": "0600"}}
    hook = tmp_path / "hook.yml"
    hook.write_text(json.dumps([{**interfere, "vars": {"marker": str(marker)}}, mark]))
    site.hosts["one"]["coreapp_hook_after_node"] = str(hook)
    run = begin(site)
    assert run.code and f"{COLLECTED} was changed by others while the nodes were restarted" in run.output
    assert site.ledger("one")["restart"] and site.ledger("one")["lease"] is None
    assert begin(site).ok
    assert site.in_effect("one", COLLECTED) == {False} and effect(site) is False


def test_deferred_is_not_in_effect_yet(make_site: Callable[..., Site]) -> None:
    site = make_site()
    run = begin(site, "-e", "coreapp_restart=defer")
    assert run.ok and "Not in effect yet" in run["Report the deferred restart"]["msg"]
    assert run[RECORD]["restart_required"] and run[RECORD]["in_effect"][COLLECTED]["confirmed"] is False
    status = site.run("campaign_status", "-e", "campaign_status_fail_at=never")
    assert status.ok and "not_in_effect" in status.output and "off/?" in status.output


def test_a_node_that_others_have_restarted(make_site: Callable[..., Site]) -> None:
    """The API does not show it; the engine does, if it is asked."""
    site = make_site(**MULTICONNECT)
    assert begin(site).ok

    def status(*arguments: str) -> Run:
        return site.run(
            "campaign_status", "-e", "campaign_status_fail_at=never", "-e", "campaign_status_show=all", *arguments
        )

    check = ("-e", "campaign_status_check_nodes=true")
    site.restarted("one")
    first = status(*check)
    assert first.ok and "off/off, confirmed" in first.output and site.restarted("one") == []
    argv = [part.replace("{{ coreapp_node }}", "wacore2") for part in site.node_command(site.clients["one"], "restart")]
    subprocess.run(argv, check=True, timeout=60)
    second, unasked = status(*check), status()
    assert "off/?" in second.output and "a node was restarted outside of this collection (wacore2)" in second.output
    assert "off/off, confirmed" in unasked.output and not unasked.of("Find the nodes of the client")
    site.hosts["one"]["coreapp_started_command"] = ["/nowhere/started"]
    third = status(*check)
    assert third.ok and "off/?" in third.output and "nodes_not_checked" in third.output
    site.hosts["one"]["coreapp_strategy"] = "{{ no_such_variable }}"
    fourth = status(*check)
    assert fourth.ok and "off/?" in fourth.output and "nodes_not_checked" in fourth.output


RECORDED = ["/v1/users/login", "/v1/settings/application", "/v1/users/logout"]
LOOKED = ["/v1/users/login", "/v1/health", "/v1/users/logout"]
UNCHANGED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a misspelt strategy", {"coreapp_strategy": "dcoker"}, []),
    ("no node", {"coreapp_nodes": []}, []),
    ("a node that the command does not know", {"coreapp_nodes": [{"name": "nowhere"}]}, RECORDED + LOOKED),
    ("the engine is away", {"coreapp_started_command": ["/nowhere/started"]}, RECORDED + LOOKED),
    ("the lease is held", {"coreapp_lease_wait": 1}, RECORDED),
    ("the login is refused", {"wabiz_onprem_password": "wrong"}, RECORDED[:1]),
    ("no password", {"wabiz_onprem_password": None}, []),
]


@pytest.mark.parametrize(("cause", "changes", "calls"), UNCHANGED, ids=[one[0] for one in UNCHANGED])
def test_a_begin_that_cannot_restart_changes_nothing(
    make_site: Callable[..., Site], cause: str, changes: dict[str, Any], calls: list[str]
) -> None:
    site = make_site()
    site.hosts["one"].update(changes)
    if cause == "the lease is held":
        hold_the_lease(site)
    site.clients["one"].clear_calls()
    run = begin(site)
    assert run.code == 2, run.output
    assert [call["path"] for call in site.clients["one"].calls()] == calls
    assert not site.ledger_path("one").exists() or site.ledger("one")["campaigns"] == {}
    assert site.restarted("one") == []


@pytest.mark.parametrize("playbook", ["campaign_begin", "restart", "campaign_status"])
def test_a_run_without_any_host_fails(make_site: Callable[..., Site], playbook: str) -> None:
    run = make_site().run(playbook, "-e", "campaign_mode_name=sale", "-e", "wabiz_onprem_hosts=wa_clinets")
    assert run.code != 0 and "No host of the inventory matches wabiz_onprem_hosts" in run.output


def hold_the_lease(site: Site) -> None:
    import os

    from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
    from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
    from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Lease

    with Ledger(str(site.ledger_path("one")), read_only=False) as ledger:
        ledger.update(lease=Lease(lease_owner.owner_of(os.getpid(), "one"), 900, 1.0))
        ledger.save()
