# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks of campaign_sweep and campaign_status: a task file that records what it was given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playbooks.broken_fleet import HOSTILE, MARK, PAST, UNREACHABLE, Fleet, in_campaign, torn_ledger, variables
from playbooks.helpers import Run
from playbooks.site import Site

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Campaign
from emulator.testing import Client, Emulator

COLLECTED = "garbagecollector_enable.messages"
OFF = {"garbagecollector_enable": {"messages": False}}
NAME = "<script>{{ 6 * 7 }}{% x %} \"'"  # of a campaign, which the ledger keeps as people have typed it


class Hook:
    """A task file of the user, and what it has written of each of its calls."""

    def __init__(self, folder: Path, variable: str) -> None:
        self.path, self._written = folder / "hook.yml", folder / "written"
        self._written.mkdir()
        line = {
            "content": "{{ %s | to_json }}" % variable,
            "dest": f"{self._written}/{{{{ inventory_hostname }}}}.json",
        }
        self.path.write_text(json.dumps([{"name": "Record", "ansible.builtin.copy": line}]))

    def given(self) -> Any:
        """What the only call was given; None if there was none."""
        files = list(self._written.iterdir())
        assert len(files) <= 1, files
        found = json.loads(files[0].read_text()) if files else None
        for file in files:
            file.unlink()
        return found


@pytest.fixture
def sweep(tmp_path: Path) -> Callable[..., Any]:
    """Sweeps the clients; returns the run and what the hook was given."""
    hook = Hook(tmp_path, "campaign_sweep_found")

    def swept(site: Site, *arguments: str) -> tuple[Run, Any]:
        run = site.run("campaign_sweep", "-e", f"campaign_sweep_hook={hook.path}", *arguments)
        return run, hook.given()

    return swept


@pytest.fixture
def site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Callable[..., Site]:
    def make(**clients: dict[str, Any]) -> Site:
        return Site(emulator, tmp_path, {name: make_client(**options) for name, options in clients.items()})

    return make


def past(site: Site, name: str) -> None:
    with Ledger(str(site.ledger_path(name)), read_only=False) as ledger:
        ledger.update(campaigns={NAME: Campaign(PAST, PAST)})
        ledger.save()


def entry(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    nothing = {"ended": [], "changed_settings": [], "restart": "none", "problem": ""}
    return {"name": name, "outcome": outcome, **nothing, **more}


class TestSweep:
    def test_what_was_ended_repaired_and_has_failed(self, site: Any, sweep: Any) -> None:
        """The first host of the play fails, and one cannot be reached: the others are swept, and the hook is called once."""
        fleet = site(a_bad={}, b_away={}, c_ends={"settings": OFF}, d_repaired={}, e_fine={})
        fleet.hosts["a_bad"]["wabiz_onprem_password"] = f"wrong-{MARK}"
        fleet.hosts["b_away"].update(UNREACHABLE)
        past(fleet, "c_ends")
        assert fleet.run("campaign_begin", "--limit", "d_repaired", "-e", "campaign_mode_name=on").ok
        fleet.settings("d_repaired", callback_persist=False)
        assert fleet.run("settings", "--limit", "d_repaired", "-e", "coreapp_restart=defer").ok
        run, given = sweep(fleet)
        assert run.code == 2
        assert given["summary"] == {"clients": 5, "failed": 2, "ended": 1, "repaired": 1}
        bad, away, *others = given["clients"]
        assert others == [
            entry("c_ends", "ended", ended=[NAME], changed_settings=[COLLECTED], restart="done"),
            entry("d_repaired", "repaired", restart="done"),
        ]
        assert (bad["name"], bad["outcome"]) == ("a_bad", "failed") and "Username or password is wrong" in bad[
            "problem"
        ]
        assert away["name"] == "b_away" and away["problem"].startswith("Ansible cannot reach the machine")
        assert fleet.in_effect("c_ends", COLLECTED) == {True} and fleet.nothing_is_pending("c_ends")
        assert {one.host for one in run.results if one.failed} == {"a_bad", "b_away"}
        assert MARK not in json.dumps(given) + run.output

    def test_nothing_found_calls_no_hook(self, site: Any, sweep: Any) -> None:
        run, given = sweep(site(fine={}, fine_too={}))
        assert run.ok and given is None

    def test_the_only_client_cannot_be_reached(self, site: Any, sweep: Any) -> None:
        fleet = site(away={})
        fleet.hosts["away"].update(UNREACHABLE)
        run, given = sweep(fleet)
        assert run.code
        assert given["summary"] == {"clients": 1, "failed": 1, "ended": 0, "repaired": 0}

    def test_a_host_that_is_lost_during_the_sweep(self, site: Any, sweep: Any) -> None:
        """The others are swept, and it is reported as failed."""
        fleet = site(a_lost={}, b_ends={"settings": OFF})
        gone = "{{ 'local' if campaign_sweep__reached is undefined else 'ssh' }}"
        fleet.hosts["a_lost"].update(UNREACHABLE, ansible_connection=gone)
        past(fleet, "b_ends")
        run, given = sweep(fleet)
        assert run.code
        lost, ends = sorted(given["clients"], key=lambda one: str(one["name"]))
        assert lost == entry("a_lost", "failed", problem=lost["problem"])
        assert lost["problem"].startswith("Ansible cannot reach the machine")
        assert ends["outcome"] == "ended"
        assert given["summary"] == {"clients": 2, "failed": 1, "ended": 1, "repaired": 0}

    def test_deferred_and_failed_in_the_write(self, site: Any, sweep: Any) -> None:
        """Check mode predicts the same. Where the write fails, the next sweep completes the end."""
        fleet = site(deferred={"settings": OFF}, breaks={"settings": OFF})
        for name in fleet.clients:
            past(fleet, name)
        fleet.clients["breaks"].order_fault("status", method="PATCH", times=0, status=400)
        defer = ("--limit", "deferred", "-e", "coreapp_restart=defer")
        asked = fleet.run("campaign_sweep", "--check", *defer)
        assert asked.ok and fleet.ledger("deferred")["campaigns"]
        run, given = sweep(fleet, "-e", "coreapp_restart=defer")
        breaks, deferred = sorted(given["clients"], key=lambda one: str(one["name"]))
        assert run.code == 2
        assert deferred == entry("deferred", "ended", ended=[NAME], changed_settings=[COLLECTED], restart="pending")
        assert breaks["outcome"] == "failed" and "400" in breaks["problem"]
        fleet.clients["breaks"].clear_faults()
        assert fleet.run("campaign_sweep", "--limit", "breaks").ok
        assert fleet.in_effect("breaks", COLLECTED) == {True} and fleet.nothing_is_pending("breaks")

    def test_nothing_is_written_where_the_nodes_cannot_be_found(self, site: Any, sweep: Any) -> None:
        fleet = site(one={"settings": OFF})
        past(fleet, "one")
        fleet.hosts["one"]["coreapp_started_command"] = fleet.node_command(fleet.clients["one"], "refuse")
        run, given = sweep(fleet)
        (one,) = given["clients"]
        assert run.code == 2 and "Nothing was written" in one["problem"]
        assert one == entry("one", "failed", problem=one["problem"])
        assert list(fleet.ledger("one")["campaigns"]) == [NAME] and fleet.clients["one"].writes() == []

    def test_without_a_hook_a_failure_is_one(self, site: Any) -> None:
        fleet = site(bad={}, ends={"settings": OFF})
        fleet.hosts["bad"]["wabiz_onprem_password"] = "Wr0ng-1"
        past(fleet, "ends")
        run = fleet.run("campaign_sweep")
        assert run.code == 2
        table = run.output.partition("\nCLIENT ")[2]
        assert table.count("Username or password is wrong") == 1
        assert "2 clients: 1 failed, 0 pending, 1 changed, 0 unchanged." in table
        assert fleet.in_effect("ends", COLLECTED) == {True}

    def test_a_hook_that_fails_hides_nothing(self, site: Any, tmp_path: Path) -> None:
        fleet = site(a_ends={"settings": OFF}, b_bad={})
        fleet.hosts["b_bad"]["wabiz_onprem_password"] = "Wr0ng-1"
        past(fleet, "a_ends")
        hook = tmp_path / "failing.yml"
        hook.write_text(json.dumps([{"name": "No mail", "ansible.builtin.fail": {"msg": "the mail is down"}}]))
        run = fleet.run("campaign_sweep", "-e", f"campaign_sweep_hook={hook}")
        assert run.code == 2 and "the mail is down" in run.output
        assert "Username or password is wrong" in run.output
        assert fleet.in_effect("a_ends", COLLECTED) == {True}


@pytest.fixture
def fleet(emulator: Emulator, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(emulator, tmp_path)
    yield made
    made.remove()


class TestStatus:
    def test_clients_that_need_attention(self, fleet: Fleet) -> None:
        """The first host cannot be reached, and texts look like templates."""
        fleet.add("a-away", variables(**UNREACHABLE))
        fleet.add("b-torn", torn_ledger, settings=OFF)
        fleet.add("c-hostile", in_campaign(HOSTILE, PAST), settings=OFF)
        fleet.add("d-fine")
        hook = Hook(fleet.folder, "campaign_status_found")
        path = fleet.folder / "status.json"
        for new in (True, False):
            run = fleet.run(campaign_status_hook=str(hook.path), campaign_status_json=str(path))
            given = hook.given()
            assert run.code == 2 and "Needs attention: " in run["Fail where a client needs attention"]["msg"]
            document = json.loads(path.read_text())
            assert given["new"] is new
            assert given["summary"] == document["summary"]
            assert given["clients"] == [one for one in document["clients"] if one["level"] != "ok"]
            assert {one["name"] for one in given["clients"]} == {"a-away", "b-torn", "c-hostile"}
            assert "{{ 6 * 7 }}" in json.dumps(given) and " 42" not in json.dumps(given)
            assert run.output.count("CLIENT ") == 1

    def test_all_ok(self, fleet: Fleet) -> None:
        fleet.add("fine")
        hook = Hook(fleet.folder, "campaign_status_found")
        assert fleet.run(campaign_status_hook=str(hook.path)).ok
        assert hook.given() is None

    def test_the_exit_status_stays_what_it_is(self, fleet: Fleet) -> None:
        """The page of the report is written as well, and without files everything is new."""
        fleet.add("off", settings=OFF)
        hook = Hook(fleet.folder, "campaign_status_found")
        assert fleet.run(campaign_status_hook=str(hook.path), campaign_status_fail_at="never").ok
        assert hook.given()["new"] is True
        page = fleet.folder / "report.html"
        run = fleet.run(
            playbook="wabiz.onprem.report", campaign_status_hook=str(hook.path), campaign_report_html=str(page)
        )
        assert run.code == 2 and page.exists()
        (client,) = hook.given()["clients"]
        assert [one["kind"] for one in client["findings"]] == ["collection_off"]
