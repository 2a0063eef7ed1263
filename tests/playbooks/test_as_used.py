# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users do around the collection: check mode of one task, the middle of a play, relative paths, texts like numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import connection, task
from playbooks.site import Site

from emulator.testing import Client, Emulator

RECORD = "Record the campaign, and write what follows from it"
NOTIFY = "wabiz.onprem restart coreapp"


@pytest.fixture
def site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Site:
    one = Site(emulator, tmp_path, {"one": make_client()})
    one.settings("one", callback_persist=False)
    return one


class TestHandler:
    def play(self, site: Site, emulator: Emulator, *tasks: dict[str, Any], **keys: Any) -> dict[str, Any]:
        defaults = {"group/wabiz.onprem.api": connection(site.clients["one"], emulator)}
        play = {"hosts": "all", "gather_facts": False, "module_defaults": defaults, "roles": ["wabiz.onprem.coreapp"]}
        return {**play, **keys, "tasks": list(tasks)}

    def change(self, callback_persist: bool | None = None, **keywords: Any) -> dict[str, Any]:
        options: dict[str, Any] = {"callback_backoff_delay_ms": 4000, "ledger": "{{ wabiz_onprem_ledger }}"}
        if callback_persist is not None:
            options["callback_persist"] = callback_persist
        return task("application_settings", "Change", keywords={"notify": NOTIFY, **keywords}, **options)

    def test_a_prediction_performs_no_restart(self, site: Site, emulator: Emulator) -> None:
        assert site.run("settings", "-e", "coreapp_restart=defer").ok
        run = site.plays([self.play(site, emulator, self.change(check_mode=True))])
        assert run.ok and run["Change"]["changed"]
        assert site.restarted("one") == [] and site.ledger("one")["restart"]

    def test_what_the_run_has_given_up_is_not_tried_again_at_its_end(
        self, site: Site, emulator: Emulator, tmp_path: Path
    ) -> None:
        """With force_handlers, the handler follows a restart that has failed a moment ago."""
        tried = tmp_path / "tried"
        site.hosts["one"]["coreapp_restart_command"] = ["sh", "-c", f"echo tried >> {tried}; exit 1"]
        restart = {"ansible.builtin.include_role": {"name": "wabiz.onprem.coreapp", "tasks_from": "restart"}}
        tasks = [self.change(callback_persist=False), {"name": "Restart", **restart}]
        run = site.plays([self.play(site, emulator, *tasks, force_handlers=True)])
        assert run.code and tried.read_text().splitlines() == ["tried"], run.output
        assert site.ledger("one")["restart"]

    def test_in_check_mode_it_predicts_the_restart(self, site: Site, emulator: Emulator) -> None:
        assert site.run("settings", "-e", "coreapp_restart=defer").ok
        run = site.plays([self.play(site, emulator, self.change(), check_mode=True)])
        assert run.ok and "Would restart" in run["Record the nodes"]["message"]
        assert site.restarted("one") == []


class TestStartAtTask:
    """Only tasks of imported files can be named."""

    @pytest.mark.parametrize(
        ("playbook", "name"),
        [
            ("settings", "Restart the Coreapp if that is pending"),
            ("campaign_begin", "Restart the Coreapp if that is pending"),
            ("restart", "Restart the nodes"),
            ("restart", "Report the deferred restart"),
            ("nodes", "Find the nodes on each machine"),
            ("nodes", "Record the nodes"),
            ("nodes", "Show the nodes"),
        ],
    )
    def test_in_the_middle_of_a_role(self, site: Site, playbook: str, name: str) -> None:
        run = site.run(playbook, "--start-at-task", name, "-e", "campaign_mode_name=sale")
        assert run.code and "has begun in the middle of a role" in run.output, run.output
        assert site.clients["one"].writes() == [] and site.restarted("one") == []


class TestHooks:
    @pytest.mark.parametrize("playbook", ["campaign_sweep", "campaign_status"])
    def test_a_relative_path_is_one_of_the_directory_of_the_run(
        self, site: Site, tmp_path: Path, playbook: str
    ) -> None:
        proof = tmp_path / "called"
        hook = tmp_path / "hooks" / "note.yml"
        hook.parent.mkdir()
        hook.write_text(json.dumps([{"name": "Note", "ansible.builtin.copy": {"content": "x", "dest": str(proof)}}]))
        site.hosts["one"]["wabiz_onprem_password"] = "wrong"
        run = site.run(playbook, "-e", f"{playbook}_hook=hooks/note.yml")
        assert run.code and proof.exists(), run.output

    @pytest.mark.parametrize("playbook", ["campaign_sweep", "campaign_status"])
    def test_one_that_does_not_exist_is_found_at_the_start(self, site: Site, tmp_path: Path, playbook: str) -> None:
        run = site.run(playbook, "-e", f"{playbook}_hook=hooks/note.yml")
        assert run.code and f"{tmp_path}/hooks/note.yml of {playbook}_hook does not exist" in run.output, run.output
        assert site.clients["one"].calls() == []

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("drain.yml", "coreapp_hook_after_node must be the absolute path of a task file"),
            ("/nowhere/drain.yml", "The file /nowhere/drain.yml of coreapp_hook_after_node does not exist."),
        ],
    )
    def test_a_hook_of_a_node_is_checked_before_the_first_request(self, site: Site, path: str, sentence: str) -> None:
        site.hosts["one"]["coreapp_hook_after_node"] = path
        run = site.run("settings")
        assert run.code and sentence in run["Apply the settings"]["msg"]
        assert site.clients["one"].calls() == []


def test_texts_that_look_like_numbers_stay_texts(site: Site) -> None:
    """Native types of ansible-core before 2.19 turn the result of a template into a number where it looks like one."""
    host, client = site.hosts["one"], site.clients["one"]
    for order in ("restart", "started"):
        host[f"coreapp_{order}_command"] = [*site.node_command(client, order)[:-1], "wacore"]
    host["coreapp_nodes"] = [{"name": 1, "health_key": host["coreapp_nodes"][0]["health_key"]}]
    native = {"ANSIBLE_JINJA2_NATIVE": "true"}
    for name in ("1e3", "1_000"):
        assert site.run("campaign_begin", "-e", f"campaign_mode_name={name}", env=native).ok
    assert site.restarted("one") == ["wacore"] and site.nothing_is_pending("one")
    assert sorted(site.ledger("one")["campaigns"]) == ["1_000", "1e3"]


class TestCommandLine:
    @pytest.mark.parametrize("left_out", [("--tags", "write"), ("--skip-tags", "untagged")])
    def test_tags_that_leave_everything_out_are_no_success(self, site: Site, left_out: tuple[str, str]) -> None:
        run = site.run("settings", *left_out)
        assert run.code and "No task of the collection ran." in run.output, run.output
        assert site.clients["one"].calls() == []

    def test_settings_as_a_text(self, site: Site, emulator: Emulator) -> None:
        one = task(
            "application_settings", "Text", **connection(site.clients["one"], emulator), settings="{log_level=info}"
        )
        run = site.plays([{"hosts": "all", "gather_facts": False, "tasks": [one]}])
        assert "The option settings must be a dictionary of settings, not a text" in run["Text"]["msg"]
        assert "as JSON" in run["Text"]["msg"]

    def test_names_to_reset_with_commas(self, site: Site) -> None:
        run = site.run("reset", "-e", "wabiz_onprem_reset=log_level,callback_backoff_delay_ms")
        assert run.ok
        run = site.run("reset", "-e", "wabiz_onprem_reset=log_level,calback_persist")
        assert run.code and "calback_persist in reset is no setting. Did you mean callback_persist?" in run.output
