# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in docs/examples, and the README's, run unchanged; only the addresses of clients and nodes are replaced."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from playbooks.site import RUN_TIMEOUT, Site

from emulator.testing import Client, Emulator
from playbooks import helpers

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
# What only the test's surroundings know; everything else is the example's.
REPLACED = ("ansible_python_interpreter", "wabiz_onprem_api_url", "wabiz_onprem_ca_path", "wabiz_onprem_ledger")


class Example:
    """A copy of an example's inventory, with emulated clients in the places of some of its hosts."""

    def __init__(self, site: Site, source: Path, folder: Path) -> None:
        self.site = site
        self.folder = folder / "example"
        shutil.copytree(source, self.folder)
        overrides = self.folder / "host_vars"
        overrides.mkdir()
        for name, variables in site.hosts.items():
            replaced = {key: value for key, value in variables.items() if key in REPLACED or key.startswith("coreapp_")}
            (overrides / f"{name}.json").write_text(json.dumps(replaced))

    def run(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> helpers.Run:
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        limit = ",".join([*self.site.clients, "localhost"])
        command = [program, "-i", "inventory.yml", "--limit", limit, *map(str, arguments)]
        results = self.folder / "results.jsonl"
        results.unlink(missing_ok=True)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=helpers.environment(results, env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_TIMEOUT,
            check=False,
        )
        return helpers.Run(done.returncode, done.stdout, helpers.recorded(results))


@pytest.fixture
def example(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path
) -> Callable[[Path, Mapping[str, str]], Example]:
    def make(source: Path, versions: Mapping[str, str]) -> Example:
        clients = {name: make_client(version=version) for name, version in versions.items()}
        return Example(Site(emulator, tmp_path, clients), source, tmp_path)

    return make


def test_one_client_settings_and_campaign_in_one_window(example: Callable[..., Example]) -> None:
    one = example(EXAMPLES / "inventories" / "one", {"wa-berlin": "2.53.1"})
    client = one.site.clients["wa-berlin"]
    env = {"WA_ADMIN_PASSWORD": client.password, "WA_WEBHOOK_SECRET": "mellon"}
    window = EXAMPLES / "playbooks" / "one_window.yml"
    assert one.run(window, "-e", "campaign_mode_name=sale", env=env).ok
    assert client.stored()["webhooks.url"] == "https://hooks.example.com/wa?auth=mellon"
    assert one.site.in_effect("wa-berlin", "webhooks.max_concurrent_requests") == {12}
    assert one.site.in_effect("wa-berlin", "garbagecollector_enable.messages") == {False}
    assert len(one.site.restarted("wa-berlin")) == 1
    assert one.site.nothing_is_pending("wa-berlin")


@pytest.mark.parametrize(("command", "ok"), [("true", True), ("false", False)])
def test_a_campaign_ends_whatever_becomes_of_sending(
    command: str, ok: bool, example: Callable[..., Example], tmp_path: Path
) -> None:
    one = example(EXAMPLES / "inventories" / "one", {"wa-berlin": "2.53.1"})
    client = one.site.clients["wa-berlin"]
    sending = json.dumps({"send_command": [command]})
    done = one.run(EXAMPLES / "playbooks" / "send.yml", "-e", sending, env={"WA_ADMIN_PASSWORD": client.password})
    assert (done.code == 0) is ok, done.output
    assert done.of("Send")[0].failed is not ok
    assert [event["kind"] for event in client.events()].count("start") == 3  # its own, off, on
    assert one.site.in_effect("wa-berlin", "garbagecollector_enable.messages") == {True}
    assert one.site.ledger("wa-berlin")["campaigns"] == {}


def test_ten_clients_with_a_vault(example: Callable[..., Example]) -> None:
    ten = example(EXAMPLES / "inventories" / "ten", {"wa-berlin": "2.53.1", "wa-rome": "2.49.1"})
    vault = ten.folder / "group_vars" / "wa_clients" / "vault.yml"
    secrets = yaml.safe_load(vault.read_text())
    for name, client in ten.site.clients.items():
        assert {name} <= set(secrets["vault_admin_passwords"]) & set(secrets["vault_webhook_secrets"])
        secrets["vault_admin_passwords"][name] = client.password
    vault.write_text(yaml.safe_dump(secrets))
    (ten.folder / "password").write_text("open sesame\n")
    open_it = ["--vault-password-file", str(ten.folder / "password")]
    encrypt = [Path(sys.executable).with_name("ansible-vault"), "encrypt", *open_it, vault]
    subprocess.run(encrypt, env=helpers.environment(ten.folder / "none"), capture_output=True, check=True)
    assert vault.read_text().startswith("$ANSIBLE_VAULT")

    waves, audit = (EXAMPLES / "playbooks" / name for name in ("settings_in_waves.yml", "audit.yml"))
    before = ten.run(*open_it, audit)
    assert before.code != 0
    assert "wa-rome (version 2.49.1) would lose callbacks" in before.output
    run = ten.run(*open_it, waves, audit)
    assert run.ok
    # Every wave comes before the first restart.
    assert run.output.count("PLAY [Settings in waves]") == 2
    assert "Restart one node after another]" not in run.output.partition("PLAY [Pending restarts]")[0]
    for name, concurrent in (("wa-berlin", 24), ("wa-rome", 6)):
        assert ten.site.in_effect(name, "webhooks.max_concurrent_requests") == {concurrent}
        assert ten.site.clients[name].stored()["callback_backoff_delay_ms"] == 1000
        assert ten.site.clients[name].stored()["webhooks.url"].startswith(f"https://hooks.example.com/{name}?auth=")
        assert ten.site.nothing_is_pending(name)


def test_five_hundred_clients_of_several_versions(example: Callable[..., Example]) -> None:
    many = example(EXAMPLES / "inventories" / "five_hundred", {"wa-001": "2.53.1", "wa-451": "2.41.2"})
    secrets = many.folder / "secrets"
    secrets.mkdir()
    for name, client in many.site.clients.items():
        (secrets / name).write_text(client.password)
    config = {"ANSIBLE_CONFIG": str(many.folder / "ansible.cfg"), "ANSIBLE_DISPLAY_OK_HOSTS": "true"}
    settings = ("wabiz.onprem.settings", "-e", f"secrets_folder={secrets}", "-e", "coreapp_restart=defer")
    assert many.run(*settings, env=config).ok
    assert many.site.clients["wa-001"].stored()["garbagecollector_enable.messages"] is True
    assert many.site.clients["wa-451"].stored()["skip_referral_media_download"] is True
    # Again: both have what their group declares.
    for client in many.site.clients.values():
        client.clear_calls()
    assert many.run(*settings, env=config).ok
    assert [client.writes() for client in many.site.clients.values()] == [[], []]


def test_the_smoke_test_of_an_execution_environment(tmp_path: Path) -> None:
    assert helpers.run_playbook(str(EXAMPLES / "execution_environment" / "smoke.yml"), tmp_path).ok


def test_the_readme(example: Callable[..., Example], tmp_path: Path) -> None:
    """What the README shows works when it is pasted."""
    _requirements, inventory, play = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    pasted = tmp_path / "pasted"
    pasted.mkdir()
    (pasted / "inventory.yml").write_text(inventory)
    (pasted / "play.yml").write_text(play)
    readme = example(pasted, {"wa-berlin": "2.53.1"})
    client = readme.site.clients["wa-berlin"]
    env = {"WA_ADMIN_PASSWORD": client.password, "WA_WEBHOOK_SECRET": "mellon"}
    looked = readme.run("wabiz.onprem.settings", "--check", "--diff", env=env)
    assert looked.ok
    assert "max_concurrent_requests" in looked.output
    assert "mellon" not in looked.output
    assert readme.run("play.yml", env=env).ok
    assert client.stored()["callback_backoff_delay_ms"] == 1000
