# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each cell of the table in usage.py. MATRIX=short: a sample in one run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from playbooks.site import Site
from playbooks.usage import DONE, REFUSED, UNTOUCHED, Subject, Usage

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings, campaign
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import perform_task
from emulator.testing import Client, Emulator
from playbooks import usage as table

COLLECTED = "garbagecollector_enable.messages"
QUICK = {"boot_seconds": 0, "initialize_seconds": 0.05, "connect_seconds": 0.05}
SECRET = b"only for tests"
CONNECTION = ("api_url", "password", "ca_path")
SHORT = os.environ.get("MATRIX", "short") == "short"
RUNS = {
    f"{usage.name} {kind}": [
        (usage, subject)
        for subject in table.SUBJECTS
        if subject.is_role is (kind == "roles") and usage.outcome(subject)
    ]
    for usage in table.USAGES
    for kind in ("roles", "playbooks")
    if (usage.roles if kind == "roles" else usage.playbooks)
}


class Cell:
    """One cell with its clients, which are in their state before the run."""

    def __init__(self, usage: Usage, subject: Subject) -> None:
        self.usage, self.subject = usage, subject
        self.hosts = [
            f"{usage.name}-{subject.name.replace(' ', '-')}-{number}" for number in range(len(usage.outcome(subject)))
        ]

    def prepare(self, site: Site) -> None:
        for host in self.hosts:
            options = {name: site.hosts[host][f"wabiz_onprem_{name}"] for name in CONNECTION}
            options["ledger"] = str(site.ledger_path(host))
            begin = {"name": "sale", "owner": {}}
            if self.subject.before == "campaign":
                _perform(campaign, options, begin)
            if self.subject.before == "overdue":
                end = moments.to_text(moments.utc_now() + timedelta(seconds=2))
                _perform(campaign, options, {**begin, "planned_end": end})
            if self.subject.before == "pending":
                _perform(application_settings, options, {"callback_persist": False})
            site.hosts[host].update(self.subject.variables)
        self._variables(site)
        self.records = {host: _record(site, host) for host in self.hosts}
        for host in self.hosts:
            site.restarted(host)
            site.clients[host].clear_calls()

    def _variables(self, site: Site) -> None:
        name = self.usage.name
        for number, host in enumerate(self.hosts):
            variables = site.hosts[host]
            if self.usage.bad and number == 0:
                variables["wabiz_onprem_password"] = "wrong"
            if name == "vaulted":
                variables["wabiz_onprem_password"] = "{{ vault_passwords[inventory_hostname] }}"
            if name == "omit":
                for option in ("token", "username", "in_process", "timeout", "state_host"):
                    variables[f"wabiz_onprem_{option}"] = "{{ nowhere_%s | default(omit) }}" % option
                del variables["wabiz_onprem_state_host"]
            if name == "module_defaults":
                for option in CONNECTION:
                    variables[f"the_{option}"] = variables.pop(f"wabiz_onprem_{option}")

    def plays(self) -> list[dict[str, Any]]:
        if not self.subject.is_role:
            hosts = ":".join(self.hosts)
            given = {"wabiz_onprem_hosts": hosts, **self.subject.variables}
            return [{"ansible.builtin.import_playbook": f"wabiz.onprem.{self.subject.name}", "vars": given}]
        role, entry = self.subject.name.split()
        how = {"name": f"wabiz.onprem.{role}", "tasks_from": entry}
        step = dict(self.usage.step)
        if step.pop("apply", False):
            step["ansible.builtin.include_role"] = {**how, "apply": {"delegate_to": "localhost"}}
        else:
            step["ansible.builtin.import_role"] = how
        step = {"name": self.subject.name, **step}
        # A play of which every host has failed ends the run.
        tasks = [{"block": [step], "rescue": [{"ansible.builtin.meta": "noop"}]}] if self._fails else [step]
        play = {"hosts": self.hosts, "gather_facts": False, **self.usage.play, "tasks": tasks}
        if self.usage.name == "module_defaults":
            options = {option: "{{ the_%s }}" % option for option in CONNECTION}
            play["module_defaults"] = {"group/wabiz.onprem.api": options}
        return [play]

    @property
    def _fails(self) -> bool:
        return REFUSED in self.usage.outcome(self.subject) or self.usage.name == "any_errors_fatal"

    def problems(self, site: Site, messages: dict[str, str]) -> Iterable[str]:
        for host, expected in zip(self.hosts, self.usage.outcome(self.subject)):
            restarted = site.restarted(host)
            if expected in (REFUSED, UNTOUCHED):
                fine = restarted == [] and not site.clients[host].writes() and _record(site, host) == self.records[host]
                if expected == REFUSED:
                    fine = (
                        fine and not site.clients[host].calls() and "wabiz_onprem_state_host" in messages.get(host, "")
                    )
            else:
                fine = self._is_done(site, host, restarted)
            if not fine:
                yield f"{host}: not {expected}; restarted {restarted}, {messages.get(host, 'no failure')}"

    def _is_done(self, site: Site, host: str, restarted: list[str]) -> bool:
        after, writes = self.subject.after, site.clients[host].writes()
        if after == "as before":
            return restarted == [] and not writes and _record(site, host) == self.records[host]
        if after == "collected":
            return len(writes) == 2 and restarted == []
        setting, value = {
            "persist": ("callback_persist", False),
            "reset": ("callback_persist", True),
            "held": (COLLECTED, False),
            "released": (COLLECTED, True),
        }[after]
        campaigns = ["sale"] if after == "held" else []
        return (
            site.in_effect(host, setting) == {value}
            and restarted == ["wacore"]
            and site.nothing_is_pending(host)
            and sorted(site.ledger(host)["campaigns"]) == campaigns
        )


def _perform(operation: Any, options: dict[str, Any], more: dict[str, Any]) -> None:
    given = {name: value for name, value in {**options, **more}.items() if name != "owner"}
    result = perform_task(operation, given, Task(), diff=False, with_invocation=False)
    assert not result.get("failed"), result


def _record(site: Site, host: str) -> Any:
    """What the ledger says about the client; who holds the lease aside. A new ledger says as much as none."""
    if not site.ledger_path(host).exists():
        return [None, None, {}, None, None]
    ledger = site.ledger(host)
    return [ledger[part] for part in ("restart", "intention", "campaigns", "hold", "release")]


def run(emulator: Emulator, folder: Path, chosen: list[tuple[Usage, Subject]]) -> list[str]:
    """Runs these cells in one ansible-playbook; returns what is not as the table says."""
    cells = [Cell(usage, subject) for usage, subject in chosen]
    clients: dict[str, Client] = {}
    try:
        for cell in cells:
            stored = {"settings": {"callback_persist": False}} if cell.subject.before == "stored" else {}
            clients.update({host: emulator.client(**QUICK, **stored) for host in cell.hosts})
        site = Site(emulator, folder, clients)
        for cell in cells:
            cell.prepare(site)
        time.sleep(2.1 if any(cell.subject.before == "overdue" for cell in cells) else 0)
        vault = VaultLib([("default", VaultSecret(SECRET))])
        for name, client in clients.items():
            site.hosts[name]["wabiz_onprem_retry_timeout"] = 5
            assert client.password
        (folder / "password").write_bytes(SECRET)
        passwords = yaml.safe_dump({"vault_passwords": {name: one.password for name, one in clients.items()}})
        (folder / "vault.yml").write_bytes(vault.encrypt(passwords))
        arguments = ["--vault-password-file", str(folder / "password"), "-e", f"@{folder / 'vault.yml'}"]
        playbooks = [cell for cell in cells if not cell.subject.is_role]
        env = playbooks[0].usage.env if playbooks else {}
        arguments += playbooks[0].usage.arguments if playbooks else ()
        folder.joinpath("playbook.yml").write_text(json.dumps([play for cell in cells for play in cell.plays()]))
        done = site.run(str(folder / "playbook.yml"), *arguments, env=env)
        messages = {one.host: str(one.get("msg", "")) for one in done.results if one.failed}
        found = [problem for cell in cells for problem in cell.problems(site, messages)]
        if found:
            print(done.output)  # noqa: T201
        return found
    finally:
        for client in clients.values():
            client.remove()


@pytest.mark.skipif(SHORT, reason="the whole matrix takes long: make nightly sets MATRIX=whole")
@pytest.mark.parametrize("name", RUNS)
def test_each_cell(emulator: Emulator, tmp_path: Path, name: str) -> None:
    assert run(emulator, tmp_path, RUNS[name]) == []


@pytest.mark.skipif(not SHORT, reason="contained in the whole matrix")
def test_a_sample(emulator: Emulator, tmp_path: Path) -> None:
    assert run(emulator, tmp_path, table.short()) == []


def test_what_is_not_as_the_table_says_is_found(emulator: Emulator, tmp_path: Path) -> None:
    plain = next(usage for usage in table.USAGES if usage.name == "plain")
    deferred = Subject("application_settings main", "fresh", "persist", {"coreapp_restart": "defer"})
    once = Usage("plain", "", (UNTOUCHED,))
    wrong = [(plain, deferred), (once, Subject("campaign_mode begin", "fresh", "held", table.SALE))]
    assert len(run(emulator, tmp_path, wrong)) == 2


def test_no_cell_is_left_out() -> None:
    assert sum(len(cells) for cells in RUNS.values()) == len(list(table.cells()))
    assert {DONE, REFUSED, UNTOUCHED} == {one for usage, subject in table.cells() for one in usage.outcome(subject)}
