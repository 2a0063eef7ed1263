# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a batch of cases: one ansible-playbook for each entry point, both at the same time, a fresh client for each case."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from emulator.calling import eventually
from emulator.testing import Client, Emulator

from .case import OTHER_WEBHOOK, PASSWORD, WEBHOOK, Case, other_task, the_task
from .cases_ansible import Vaulted
from .normal import normal_record, normal_result, normal_text

HERE = Path(__file__).resolve().parent
ENTRY_POINTS = {"a": True, "b": False}  # letter, which ends the clients' names -> wabiz_onprem_in_process
VAULT_PASSWORD = b"only for tests"
SECRETS = {
    "password": PASSWORD,
    "wrong_password": "Wrong-SECRET-password-1",
    "wrong_token": "wrong.SECRET.token",
    "webhook": WEBHOOK,
    "other_webhook": OTHER_WEBHOOK,
    "extra_secret": "extra-SECRETvalue",
    "provider_secret": "provider-SECRETvalue",
    "api_key": "health-SECRETkey",
}


@dataclass(frozen=True)
class Batch:
    """Cases that share their environment variables and their collection."""

    name: str
    cases: Sequence[Case]
    environment: Mapping[str, str] = field(default_factory=dict)
    defect: str = ""  # lines of Python that are planted into _settings/resource.py of a copy of the collection


@dataclass
class Seen:
    """What one case left behind by one entry point, with all that must differ made equal."""

    events: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""  # as normalised
    raw: str = ""  # as Ansible printed it
    calls: list[dict[str, Any]] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)
    live_tokens: int = 0
    ledger: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """The result of the task that counts."""
        last = [event for event in self.events if event["task"] == "The case"][-1]
        # Callbacks are not called for a failure in the result, from ansible-core 2.19 on.
        return {**last["result"], "failed": last["event"].startswith("failed")}


class _Dumper(yaml.SafeDumper):
    """Writes playbooks; vaulted values with their tag."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _vaulted(dumper: yaml.SafeDumper, value: Vaulted) -> yaml.Node:
    encrypted = VaultLib([("default", VaultSecret(VAULT_PASSWORD))]).encrypt(str(value)).decode()
    return dumper.represent_scalar("!vault", encrypted, style="|")


_Dumper.add_representer(Vaulted, _vaulted)


def _playbook(cases: Sequence[Case]) -> str:
    plays = [
        {
            "name": f"CASE {number:03d} {case.name}",
            "hosts": f"case{number:03d}",
            "gather_facts": False,
            **case.play,
            "tasks": [*map(other_task, case.first), the_task(case), *map(other_task, case.then)],
        }
        for number, case in enumerate(cases)
    ]
    return yaml.dump(plays, Dumper=_Dumper, sort_keys=False, width=1000)


def _planted(folder: Path, defect: str) -> Path:
    """A copy of the collection that has a defect."""
    copy = folder / "collections" / "ansible_collections" / "wabiz" / "onprem"
    for part in ("plugins", "meta"):
        shutil.copytree(HERE.parents[1] / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "plugins" / "module_utils" / "_settings" / "resource.py").open("a", encoding="utf-8") as file:
        file.write(defect)
    return folder / "collections"


def _wait_for_logout(client: Client) -> None:
    """Until the login of the task has gone, and only the token that each client was given is left."""
    eventually(lambda: client.live_tokens() == 1, seconds=60)


class _Run:
    """The run of a batch by one entry point."""

    def __init__(self, emulator: Emulator, batch: Batch, entry_point: str, folder: Path) -> None:
        self._emulator, self._batch, self._entry_point = emulator, batch, entry_point
        self._folder = folder / f"entry_point-{entry_point}"
        self._folder.mkdir()
        self._clients: list[Client] = []
        self._tokens: list[str] = []
        for number, case in enumerate(batch.cases):
            options = {"password": PASSWORD, **case.options}
            client = emulator.client(name=f"{folder.name}-{number:03d}{entry_point}", **options)
            case.prepare(client)
            self._clients.append(client)
            self._tokens.append(client.new_token())

    def _inventory(self) -> str:
        hosts: dict[str, Any] = {"localhost": {"ansible_connection": "local"}}
        for number, (client, case) in enumerate(zip(self._clients, self._batch.cases)):
            hosts[f"case{number:03d}"] = {
                "ansible_connection": "local",
                "api_url": client.api_url,
                "token": self._tokens[number],
                "ledger": str(self._folder / f"{number:03d}.json"),
                "entry_point": ENTRY_POINTS[self._entry_point],
                "wabiz_onprem_in_process": ENTRY_POINTS[self._entry_point],
                **case.host,
            }
        shared = {"ansible_python_interpreter": sys.executable, "ca_path": self._emulator.ca_path, **SECRETS}
        return json.dumps({"all": {"hosts": hosts, "vars": shared}})

    def _command(self, playbook: str) -> list[str]:
        files = {"playbook.yml": playbook, "inventory.json": self._inventory(), "vault": VAULT_PASSWORD.decode()}
        for name, content in files.items():
            (self._folder / name).write_text(content, encoding="utf-8")
        vault = ["--vault-password-file", str(self._folder / "vault")]
        inventory = ["--inventory", str(self._folder / "inventory.json")]
        return ["ansible-playbook", "-vvvv", *vault, *inventory, str(self._folder / "playbook.yml")]

    def run(self, playbook: str) -> dict[str, Seen]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "WABIZ_"))}
        collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
        if self._batch.defect:
            collections = str(_planted(self._folder, self._batch.defect))
        environment.update(
            ANSIBLE_CONFIG=str(HERE / "ansible.cfg"),
            ANSIBLE_COLLECTIONS_PATH=collections,
            ANSIBLE_HOME=str(self._folder / "home"),
            PARITY_RECORD=str(self._folder / "record"),
            COLUMNS="200",
            PYTHONHASHSEED="0",  # Ansible lists its words for true and false in the order of a set
            **{name: text.format(ca_path=self._emulator.ca_path) for name, text in self._batch.environment.items()},
        )
        done = subprocess.run(
            self._command(playbook), env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        if not (self._folder / "record").exists():
            raise RuntimeError(f"nothing ran:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return self._collect(done.stdout, done.stderr)

    def _collect(self, output: str, errors: str) -> dict[str, Seen]:
        replacements = {str(self._folder): "FOLDER", f"{self._folder.parent.name}-": "CLIENT-"}
        chunks = output.split("\nPLAY [CASE ")
        seen = {}
        for number, (client, case) in enumerate(zip(self._clients, self._batch.cases)):
            words = {client.name: "CLIENT", self._tokens[number]: "TOKEN", **replacements}
            raw = next((chunk for chunk in chunks[1:] if chunk.startswith(f"{number:03d} ")), "").split("\nPLAY RECAP")[
                0
            ]
            if case.goes_on:
                _wait_for_logout(client)
            ledger = self._folder / f"{number:03d}.json"
            seen[case.name] = Seen(
                text=normal_text(raw, words),
                raw=raw + errors,
                calls=normal_record(client.calls()),
                stored=client.stored(),
                live_tokens=client.live_tokens(),
                ledger=normal_text(ledger.read_text(), words) if ledger.exists() else "",
            )
        for line in (self._folder / "record").read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            number = int(event.pop("play").split()[1])
            case = self._batch.cases[number]
            words = {self._clients[number].name: "CLIENT", **replacements}
            seen[case.name].events.append({**event, "result": normal_result(event["result"], words)})
        return seen


def run_batch(emulator: Emulator, batch: Batch, folder: Path) -> dict[str, dict[str, Seen]]:
    """What each case left behind, by entry point. The playbook is the same file twice."""
    playbook = _playbook(batch.cases)
    runs = {entry_point: _Run(emulator, batch, entry_point, folder) for entry_point in ENTRY_POINTS}
    with ThreadPoolExecutor() as pool:
        futures = {entry_point: pool.submit(run.run, playbook) for entry_point, run in runs.items()}
        return {entry_point: future.result() for entry_point, future in futures.items()}
