# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles and the shipped playbooks, against emulated clients."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, connection, task
from playbooks.site import Site

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Lease
from emulator.testing import Client, Emulator

COLLECTED = "garbagecollector_enable.messages"
MULTICONNECT = {"topology": "multiconnect", "masters": 2, "coreapps": 2, "shards": 2}
SUMMARY = "ok: Show the result for each client"
SETTINGS_TASKS = ["ok: Apply the settings", "skipped: Restart the Coreapp if that is pending", SUMMARY]
RECORD = "Record the campaign, and write what follows from it"
CAMPAIGN_TASKS = [f"ok: {RECORD}", "skipped: Restart the Coreapp if that is pending", SUMMARY]
NEXT = "Restart one node after another"
RESTART_ORDER = ["wacore1", "wacore2", "master2", "master1"]

MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> MakeSite:
    def make(*names: str, **options: Any) -> Site:
        return Site(emulator, tmp_path, {name: make_client(**options) for name in names or ("one",)})

    return make


def tasks_of(run: Run) -> list[str]:
    """The tasks that came to a client, also those that were skipped: each costs it a process."""
    return [f"{one.outcome}: {one.task}" for one in run.results]


def campaign(name: str = "sale", **more: Any) -> list[str]:
    return ["-e", json.dumps({"campaign_mode_name": name, **more})]


class TestSettings:
    def test_applied_restarted_one_by_one_and_quiet_ever_after(self, make_site: MakeSite) -> None:
        site = make_site(**MULTICONNECT)
        site.settings("one", callback_persist=False, callback_backoff_delay_ms=4000)
        run = site.run("settings")
        assert run.ok
        assert site.restarted("one") == RESTART_ORDER
        assert site.in_effect("one", "callback_persist") == {False}
        assert site.nothing_is_pending("one")
        again = site.run("settings")
        assert again.ok and not any(one.get("changed") for one in again.results)
        assert site.restarted("one") == []
        assert tasks_of(again) == SETTINGS_TASKS

    def test_check_mode_says_the_order_and_writes_nothing(self, make_site: MakeSite) -> None:
        site = make_site(**MULTICONNECT)
        site.settings("one", callback_persist=False)
        run = site.run("settings", "--check", "--diff")
        assert run.ok
        assert (
            run["Record the nodes"]["message"]
            == f"Would restart, one after another: {', '.join(RESTART_ORDER)}, for callback_persist."
        )
        assert site.clients["one"].writes() == []
        assert site.restarted("one") == [] and not site.ledger_path("one").exists()

    def test_deferred_and_performed_by_the_playbook(self, make_site: MakeSite) -> None:
        site = make_site()
        site.settings("one", callback_persist=False)
        run = site.run("settings", "-e", "coreapp_restart=defer")
        assert run.ok and "Not in effect yet: callback_persist. A restart" in run["Report the deferred restart"]["msg"]
        assert site.restarted("one") == [] and site.ledger("one")["restart"]
        assert site.run("restart").ok
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")

    def test_several_clients_and_a_node_that_cannot_be_restarted(self, make_site: MakeSite) -> None:
        site = make_site("bad", "good")
        for name in site.clients:
            site.settings(name, callback_persist=False)
        works = site.hosts["bad"]["coreapp_restart_command"]
        site.hosts["bad"]["coreapp_restart_command"] = site.node_command(site.clients["bad"], "refuse")
        run = site.run("settings")
        assert run.code
        message = run.on("bad", NEXT)["msg"]
        assert f"Could not restart the Coreapp of bad ({site.clients['bad'].api_url})" in message
        assert "node wacore: coreapp_restart_command failed with exit code 1: the engine is on strike." in message
        assert "stays pending for callback_persist" in message and "0 of 1" in message
        assert site.restarted("good") == ["wacore"] and site.nothing_is_pending("good")
        assert site.restarted("bad") == []
        ledger = site.ledger("bad")
        assert ledger["restart"] and ledger["lease"] is None
        site.hosts["bad"]["coreapp_restart_command"] = works
        assert site.run("restart").ok
        assert site.restarted("bad") == ["wacore"] and site.restarted("good") == []

    def test_a_client_that_never_settles(self, make_site: MakeSite) -> None:
        site = make_site()
        site.settings("one", callback_persist=False)
        site.clients["one"].configure(connect_seconds=1000)
        site.hosts["one"]["coreapp_wait_timeout"] = 2
        run = site.run("settings")
        assert run.code
        message = run[NEXT]["msg"]
        assert "after 2 s" in message and "connecting" in message and "stays pending" in message
        assert site.ledger("one")["lease"] is None and site.ledger("one")["restart"]


class TestCampaigns:
    def test_a_campaign_from_begin_to_end(self, make_site: MakeSite) -> None:
        site = make_site()
        site.settings("one", garbagecollector_enable={"messages": True})
        begun = site.run("campaign_begin", *campaign())
        assert begun.ok
        assert site.in_effect("one", COLLECTED) == {False} and site.restarted("one") == ["wacore"]
        again = site.run("campaign_begin", *campaign())
        assert again.ok and not any(one.get("changed") for one in again.results)
        assert tasks_of(again) == CAMPAIGN_TASKS
        nightly = site.run("settings")
        assert nightly.ok and nightly["Apply the settings"]["held_settings"] == [COLLECTED]
        assert site.in_effect("one", COLLECTED) == {False} and site.restarted("one") == []
        assert site.run("campaign_end", *campaign()).ok
        assert site.in_effect("one", COLLECTED) == {True} and site.restarted("one") == ["wacore"]
        over = site.run("campaign_end", *campaign())
        assert over.code and 'there is no campaign "sale" to end (no campaign is active)' in over[RECORD]["msg"]
        over = site.run("campaign_end", *campaign(), "-e", "campaign_mode_missing=ok")
        assert over.ok and not any(one.get("changed") for one in over.results)
        assert site.restarted("one") == [] and site.nothing_is_pending("one")

    def test_a_pending_restart_is_completed_without_a_further_write(self, make_site: MakeSite) -> None:
        site = make_site()
        assert site.run("campaign_begin", *campaign(), "-e", "coreapp_restart=defer").ok
        assert site.restarted("one") == [] and site.ledger("one")["restart"]
        assert site.run("campaign_begin", *campaign()).ok
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")
        assert site.ledger("one")["in_effect"]["values"][COLLECTED] is False

    def test_check_mode_predicts_both(self, make_site: MakeSite) -> None:
        site = make_site()
        begin = site.run("campaign_begin", "--check", *campaign())
        assert begin.ok and begin.of(RECORD)[-1]["changed_settings"] == [COLLECTED]
        assert not site.ledger_path("one").exists()
        assert site.run("campaign_begin", *campaign()).ok
        before = site.ledger("one")
        site.clients["one"].clear_calls()
        end = site.run("campaign_end", "--check", *campaign())
        assert end.ok and end.of(RECORD)[-1]["changed_settings"] == [COLLECTED]
        assert site.clients["one"].writes() == [] and site.ledger("one") == before

    @pytest.mark.parametrize(("after", "left"), [("off", False), ("previous", True)])
    def test_overlap_sweep_and_what_is_left(self, make_site: MakeSite, after: str, left: bool) -> None:
        site = make_site()
        for name, planned in (("past", moments.to_text(moments.utc_now() + timedelta(seconds=20))), ("open", "")):
            assert site.run("campaign_begin", *campaign(name, campaign_mode_planned_end=planned)).ok
        assert site.restarted("one") == ["wacore"]
        site.wait_until_overdue("one", "past")
        swept = site.run("campaign_sweep")
        assert swept.ok and swept[RECORD]["ended"] == ["past"]
        assert site.in_effect("one", COLLECTED) == {False} and site.restarted("one") == []
        assert site.run("campaign_end", *campaign("open", campaign_mode_after=after)).ok
        assert site.in_effect("one", COLLECTED) == {left}
        assert site.restarted("one") == (["wacore"] if left else [])

    def test_clients_before_2_49_1(self, make_site: MakeSite) -> None:
        site = make_site(version="2.41.2")
        assert site.run("campaign_begin", *campaign()).ok
        assert site.in_effect("one", "db_garbagecollector_enable") == {False}
        assert site.run("campaign_end", *campaign()).ok
        assert site.in_effect("one", "db_garbagecollector_enable") == {True}
        assert site.restarted("one") == ["wacore", "wacore"]

    def test_no_main_entry_point(self, make_site: MakeSite) -> None:
        run = make_site().plays([{"hosts": "all", "gather_facts": False, "roles": ["wabiz.onprem.campaign_mode"]}])
        assert run.code and "has no main entry point" in run["Ask for an entry point"]["msg"]


class TestCoreapp:
    def test_one_host_for_two_clients_in_a_loop(self, make_site: MakeSite, emulator: Emulator) -> None:
        site = make_site("first", "second")
        include = {
            "name": "Begin",
            "ansible.builtin.include_role": {"name": "wabiz.onprem.campaign_mode", "tasks_from": "begin"},
            "vars": {
                "campaign_mode_name": "sale",
                "wabiz_onprem_ledger": "{{ hostvars[one].wabiz_onprem_ledger }}",
                "coreapp_restart_command": "{{ hostvars[one].coreapp_restart_command }}",
                "coreapp_started_command": "{{ hostvars[one].coreapp_started_command }}",
                "coreapp_nodes": "{{ hostvars[one].coreapp_nodes }}",
            },
            "loop": ["first", "second"],
            "loop_control": {"loop_var": "one"},
        }
        defaults = connection(site.clients["first"], emulator, api_url="{{ hostvars[one].wabiz_onprem_api_url }}")
        play = {
            "hosts": "first",
            "gather_facts": False,
            "module_defaults": {"group/wabiz.onprem.api": defaults},
            # commands of the looped client: evaluated where coreapp_node is known
            "vars": {"one": "first"},
            "tasks": [include],
        }
        for name, client in site.clients.items():
            order = "restart", "started"
            site.hosts[name]["coreapp_restart_command"], site.hosts[name]["coreapp_started_command"] = (
                [*site.node_command(client, word)[:-1], "wacore"] for word in order
            )
        assert site.plays([play]).ok
        assert [site.restarted(name) for name in site.clients] == [["wacore"], ["wacore"]]
        assert all(site.nothing_is_pending(name) for name in site.clients)

    def test_handler_as_safety_net(self, make_site: MakeSite, emulator: Emulator) -> None:
        site = make_site()
        change = {"callback_persist": False, "ledger": "{{ wabiz_onprem_ledger }}"}
        play = {
            "hosts": "all",
            "gather_facts": False,
            "force_handlers": True,
            "module_defaults": {"group/wabiz.onprem.api": connection(site.clients["one"], emulator)},
            "roles": ["wabiz.onprem.coreapp"],
            "tasks": [
                task("application_settings", keywords={"notify": "wabiz.onprem restart coreapp"}, **change),
                task("ansible.builtin.fail", msg="on purpose"),
            ],
        }
        assert site.plays([play]).code
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")

    def test_another_run_is_waited_for_by_name(self, make_site: MakeSite) -> None:
        site = make_site()
        site.settings("one", callback_persist=False)
        assert site.run("settings", "-e", "coreapp_restart=defer").ok
        with Ledger(str(site.ledger_path("one")), read_only=False) as ledger:
            owner = lease_owner.owner_of(os.getpid(), "one")
            ledger.update(lease=Lease(owner, 900, 1.0))  # it has expired long ago, and its owner is alive
            ledger.save()
        run = site.run("restart", "-e", "coreapp_lease_wait=2")
        assert run.code
        assert f"process {os.getpid()} on" in run["Take the lease"]["msg"]
        assert site.restarted("one") == []

    def test_hooks_and_a_setting_that_is_changed_in_the_meantime(
        self, make_site: MakeSite, emulator: Emulator, tmp_path: Path
    ) -> None:
        site = make_site(**MULTICONNECT)
        site.settings("one", callback_persist=False)
        seen = tmp_path / "seen"
        note = {"name": "Note", "ansible.builtin.shell": f"echo {{{{ word }}}} {{{{ coreapp_node }}}} >> {seen}"}
        interfere = task(
            "application_settings",
            "Interfere",
            keywords={"when": "coreapp_node == 'wacore2'"},
            **connection(site.clients["one"], emulator),
            webhooks={"max_concurrent_requests": 18},
            ledger="{{ wabiz_onprem_ledger }}",
        )
        for word, more in (("before", []), ("after", [interfere])):
            path = tmp_path / f"{word}.yml"
            path.write_text(json.dumps([{**note, "vars": {"word": word}}, *more]))
            site.hosts["one"][f"coreapp_hook_{word}_node"] = str(path)
        assert site.run("settings").ok
        assert site.restarted("one") == ["wacore1", "wacore2", *RESTART_ORDER]
        assert seen.read_text().split()[:4] == ["before", "wacore1", "after", "wacore1"]
        assert site.in_effect("one", "webhooks.max_concurrent_requests") == {18}
        assert site.nothing_is_pending("one")

    def test_the_machine_that_keeps_the_ledger(self, make_site: MakeSite) -> None:
        """The client's own host cannot be reached at all; everything happens on the keeper, with the keeper's variables."""
        site = make_site()
        site.hosts["one"].update(
            wabiz_onprem_state_host="keeper",
            ansible_connection="ssh",
            ansible_host="one.invalid",
            ansible_become=True,
        )
        site.hosts["one"]["coreapp_command_host"] = "keeper"
        site.hosts["keeper"] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        site.settings("one", callback_persist=False)
        assert site.run("settings", "--limit", "one").ok
        assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")
        assert site.run("campaign_begin", "--limit", "one", *campaign()).ok
        assert site.in_effect("one", COLLECTED) == {False}


class TestNodes:
    def test_the_playbook_shows_what_would_be_taken_and_changes_nothing(self, make_site: MakeSite) -> None:
        site = make_site(**MULTICONNECT)
        run = site.run("nodes")
        assert run.ok
        shown = run["Show the nodes"]["msg"]
        assert (
            shown["order"] == RESTART_ORDER
            and [one["proof"] for one in shown["nodes"]] == ["selected by the options"] * 4
        )
        assert shown["unknown"] == [] and site.restarted("one") == [] and not site.ledger_path("one").exists()


class TestDelegation:
    """The roles delegate by themselves. What a play puts around them is refused before anything is written."""

    @pytest.mark.parametrize("form", ["apply", "import", "block"])
    def test_a_delegation_around_a_role(self, make_site: MakeSite, form: str) -> None:
        site = make_site()
        role = {"name": "wabiz.onprem.campaign_mode", "tasks_from": "begin"}
        delegated = {"delegate_to": "localhost"}
        step: dict[str, Any] = {"name": "Begin", "vars": {"campaign_mode_name": "sale"}}
        if form == "apply":
            step["ansible.builtin.include_role"] = {**role, "apply": delegated}
        elif form == "import":
            step.update({"ansible.builtin.import_role": role, **delegated})
        else:
            step = {"block": [{**step, "ansible.builtin.import_role": role}], **delegated}
        run = site.plays([{"hosts": "all", "gather_facts": False, "tasks": [step]}])
        assert run.code
        failed = [one.result.get("msg", "") for one in run.results if one.failed]
        assert any("Set the variable wabiz_onprem_state_host: localhost instead" in text for text in failed), failed
        assert site.clients["one"].calls() == [] and not site.ledger_path("one").exists()

    def test_a_play_variable_that_changes_the_connection_of_another_host(self, make_site: MakeSite) -> None:
        site = make_site()
        site.hosts["one"]["wabiz_onprem_state_host"] = "keeper"
        site.hosts["keeper"] = {"ansible_connection": "ssh", "ansible_host": "keeper.invalid"}
        role = {"name": "wabiz.onprem.campaign_mode", "tasks_from": "begin"}
        play = {
            "hosts": "one",
            "gather_facts": False,
            "vars": {"ansible_connection": "local", "campaign_mode_name": "sale"},
            "tasks": [{"name": "Begin", "ansible.builtin.import_role": role}],
        }
        run = site.plays([play])
        assert run.code and "by the connection local instead of ssh" in run[RECORD]["msg"]
        assert site.clients["one"].calls() == []


class TestRestartSettings:
    """Wrong restart settings are one sentence, before the first request."""

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"coreapp_strategy": "dcoker"}, "not dcoker. Did you mean docker?"),
            ({"coreapp_strategy": "kubernetes"}, "coreapp_kubernetes_workloads must be given"),
            ({"coreapp_nodes": ["wacore"]}, "coreapp_nodes must be a list of dictionaries with a name"),
            ({"coreapp_nodes": []}, "coreapp_nodes must be given for the strategy command"),
            ({"coreapp_restart_command": []}, "coreapp_restart_command must be given for the strategy command"),
            ({"coreapp_wait_timeout": "10m"}, "coreapp_wait_timeout must be a number of seconds, at least 0, not 10m."),
            ({"coreapp_restart": False}, "coreapp_restart must be now or defer, not False."),
            ({"coreapp_restart": "later"}, "coreapp_restart must be now or defer, not later."),
            ({"coreapp_strategy": "/nowhere"}, "The folder /nowhere of coreapp_strategy has no find.yml"),
        ],
    )
    def test_wrong(self, make_site: MakeSite, changes: dict[str, Any], sentence: str) -> None:
        site = make_site()
        site.hosts["one"].update(changes)
        run = site.run("campaign_begin", *campaign())
        assert run.code == 2 and sentence in run[RECORD]["msg"]
        assert site.clients["one"].calls() == [] and not site.ledger_path("one").exists()

    def test_a_misspelt_variable_is_warned_of(self, make_site: MakeSite) -> None:
        site = make_site()
        site.hosts["one"].update(coreapp_wait_timout=5, coreapp_restart="defer")
        run = site.run("campaign_begin", *campaign())
        sentence = "coreapp_wait_timout is not known. Did you mean coreapp_wait_timeout?"
        assert run.ok and sentence in " ".join(run.output.split()), "before 2.19 warnings are wrapped"


class TestVariables:
    def test_an_omitted_variable_is_absent_and_an_undefined_one_is_named(self, make_site: MakeSite) -> None:
        site = make_site("one", "two")
        for name in site.clients:
            site.settings(name, callback_backoff_delay_ms=4000)
        site.hosts["one"].update(
            wabiz_onprem_token="{{ vault_token | default(omit) }}",
            wabiz_onprem_in_process="{{ vault_in_process | default(omit) }}",
        )
        site.hosts["two"]["wabiz_onprem_token"] = "{{ vault_token }}"
        run = site.run("settings")
        assert run.on("one", "Apply the settings")["changed"]
        message = run.on("two", "Apply the settings")["msg"]
        assert "The variable wabiz_onprem_token cannot be evaluated" in message and "vault_token" in message

    def test_an_error_of_one_client_stops_no_other_whatever_the_configuration_says(self, make_site: MakeSite) -> None:
        site = make_site("bad", "good")
        site.hosts["bad"]["wabiz_onprem_password"] = "wrong"
        for name in site.clients:
            site.settings(name, callback_persist=False)
        run = site.run("settings", env={"ANSIBLE_ANY_ERRORS_FATAL": "true"})
        assert run.code
        assert site.restarted("good") == ["wacore"] and site.nothing_is_pending("good")
