# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a client, an engine, a command or a ledger is never executed as a template on the controller."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playbooks.engine_stand_in import Containers, engine
from playbooks.site import Site

from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import perform_task
from emulator.testing import Client, Emulator


@pytest.fixture
def containers(client: Client) -> Containers:
    return Containers(client, "secret")


@pytest.fixture
def address(containers: Containers) -> Iterator[str]:
    with engine(containers) as address:
        yield address


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "module"])
def test_a_node_named_like_a_template_is_not_executed(
    containers: Containers, emulator: Emulator, tmp_path: Path, address: str, in_process: bool
) -> None:
    client = containers.client
    site = Site(emulator, tmp_path, {"one": client})
    site.settings("one", callback_persist=False)
    assert site.run("settings", "-e", "coreapp_restart=defer").ok
    site.hosts["one"].update(coreapp_strategy="docker", coreapp_wait_timeout=2)
    proof = tmp_path / "executed"
    template = "{{ lookup('pipe', 'touch %s') }}" % proof
    node = {"gateway_status": "connected", "role": "coreapp"}
    report = {"health": {f"{template}:abcdef012345": {**node, "role": template}, f"x:{template}": node}}
    client.order_fault("wrong_shape", "GET", "/v1/health", times=0, body=report)
    run = site.run("restart", env={"DOCKER_HOST": address}, in_process=in_process)
    assert not proof.exists(), run.output
    assert json.dumps(site.ledger("one")["restart"]["settings"]) == '["callback_persist"]'


PLAYBOOKS = {
    "settings": {"wabiz_onprem_settings": {"callback_persist": False}},
    "reset": {"wabiz_onprem_reset": ["log_level"]},
    "campaign_begin": {"campaign_mode_name": "sale"},
    "campaign_end": {"campaign_mode_name": "sale", "campaign_mode_missing": "ok"},
    "campaign_sweep": {},
    "restart": {"coreapp_force": True},
    "nodes": {},
    "campaign_status": {"campaign_status_fail_at": "never"},
    "report": {"campaign_status_fail_at": "never"},
    "collect_garbage": {},
}


@pytest.mark.parametrize("shape", ["health", "settings", "nodes"])
def test_no_playbook_executes_a_text_of_others(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, shape: str
) -> None:
    """In each field of the responses, in a campaign's name in the ledger, and in what a command prints."""
    names = [f"bad-{name.replace('_', '-')}" for name in PLAYBOOKS]
    site = Site(emulator, tmp_path, {name: make_client() for name in ("good", *names)})
    site.hosts["good"]["coreapp_restart"] = "defer"
    proof = tmp_path / "executed"
    text = "{{ lookup('pipe', 'touch %s') }}" % proof
    for name in names:
        host, client = site.hosts[name], site.clients[name]
        given = {option: host[f"wabiz_onprem_{option}"] for option in ("api_url", "password", "ca_path", "ledger")}
        begun = perform_task(campaign, {**given, "name": text}, Task(), diff=False, with_invocation=False)
        assert not begun.get("failed"), begun
        host.update(wabiz_onprem_retry_timeout=0, coreapp_wait_timeout=2)
        meta = {"version": text, "api_status": text}
        if shape == "health":
            report = {"health": {"gateway_status": "connected", "role": text, text: text}, "meta": meta}
            client.order_fault("wrong_shape", "GET", "/v1/health", times=0, body=report)
        elif shape == "settings":
            shown = {"wa_id": text, "log_level": text, "callback_persist": text, text: text, "webhooks": {"url": text}}
            body = {"settings": {"application": shown}, "meta": meta}
            client.order_fault("wrong_shape", "GET", "/v1/settings/application", times=0, body=body)
        else:
            printed = text.replace("{", "\\x7b").replace("}", "\\x7d").replace("'", "\\x27")
            host["coreapp_started_command"] = [sys.executable, "-c", f"print('{printed}')"]
            host["coreapp_restart_command"] = [sys.executable, "-c", f"import sys; sys.exit('{printed}')"]
    plays = [
        {
            "ansible.builtin.import_playbook": f"wabiz.onprem.{name}",
            "vars": {"wabiz_onprem_hosts": f"good:{bad}", **given},
        }
        for (name, given), bad in zip(PLAYBOOKS.items(), names)
    ]
    run = site.plays(plays)
    assert not proof.exists(), run.output
    assert len([line for line in run.output.splitlines() if line.startswith("PLAY [")]) == len(plays), run.output
