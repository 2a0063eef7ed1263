# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to be wrong with the shipped playbooks: each ends with one sentence that says what to change, and writes nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playbooks.site import Site

from emulator.testing import Client, Emulator

ABSENT = object()  # a variable that the host does not have
NAMED = {"campaign_mode_name": "sale"}
FIXED_LINES, LINES_PER_HOST = 30, 16
LONGEST_SENTENCE = 700

Ways = Mapping[str, tuple[Mapping[str, Any], str]]

SETTINGS: Ways = {
    "no_url": ({"wabiz_onprem_api_url": ABSENT}, "set wabiz_onprem_api_url for it in the inventory"),
    "plain_http": ({"wabiz_onprem_api_url": "http://127.0.0.1:1"}, "api_url must begin with https://"),
    "user_in_url": ({"wabiz_onprem_api_url": "https://a:b@127.0.0.1:1"}, "api_url must not carry user info"),
    "no_password": ({"wabiz_onprem_password": ABSENT}, "neither token nor password is given"),
    "wrong_password": ({"wabiz_onprem_password": "no"}, "Username or password is wrong"),
    # A password is masked everywhere, also in our own sentences: the status and the request are beside them.
    "common_word": ({"wabiz_onprem_password": "password"}, "POST /v1/users/login answered 401"),
    "wrong_token": ({"wabiz_onprem_token": "no"}, "The token is not valid or has expired"),
    "no_ca_file": ({"wabiz_onprem_ca_path": "/nowhere/ca.pem"}, "ca_path /nowhere/ca.pem cannot be used"),
    "other_ca": ({"wabiz_onprem_ca_path": ABSENT}, "Give the client's CA in ca_path"),
    "refused": ({"wabiz_onprem_api_url": "REFUSED"}, "the connection was refused (try "),
    "unknown_name": (
        {"wabiz_onprem_api_url": "https://client.invalid", "wabiz_onprem_retry_timeout": 0},
        "Check api_url.",
    ),
    "zero_timeout": ({"wabiz_onprem_timeout": 0}, "timeout must be at least 1 second"),
    "worded_timeout": ({"wabiz_onprem_timeout": "soon"}, "timeout"),
    "list_of_settings": ({"wabiz_onprem_settings": ["log_level"]}, "The option settings must be a dictionary"),
    "misspelt_setting": ({"wabiz_onprem_settings": {"callback_persit": True}}, "Did you mean callback_persist?"),
    "wrong_level": ({"wabiz_onprem_settings": {"log_level": "loud"}}, "log_level must be"),
    "worded_flag": ({"wabiz_onprem_settings": {"callback_persist": "perhaps"}}, "callback_persist"),
    "worded_permission": ({"application_settings_allow_webhook_loss": "maybe"}, "unable to convert to bool"),
    "ledger_dictionary": (
        {"wabiz_onprem_ledger": {"a": "file"}},
        "the path of the ledger must be absolute and printable",
    ),
    "relative_ledger": ({"wabiz_onprem_ledger": "ledger.json"}, "the path of the ledger must be absolute"),
    "restart_when": ({"coreapp_restart": "later"}, "coreapp_restart must be now or defer, not later."),
    "strategy": ({"coreapp_strategy": "dokcer"}, "Did you mean docker?"),
    "no_nodes": ({"coreapp_nodes": []}, "coreapp_nodes must be given for the strategy command"),
    "nameless_node": (
        {"coreapp_nodes": [{"role": "coreapp"}]},
        "coreapp_nodes must be a list of dictionaries with a name",
    ),
    "no_command": ({"coreapp_restart_command": []}, "coreapp_restart_command must be given"),
    "worded_wait": ({"coreapp_wait_timeout": "long"}, "coreapp_wait_timeout must be a number of seconds"),
    "docker_hosts": (
        {"coreapp_strategy": "docker", "coreapp_docker_hosts": "one"},
        "coreapp_docker_hosts must be a list of inventory hosts.",
    ),
    "no_workloads": ({"coreapp_strategy": "kubernetes"}, "coreapp_kubernetes_workloads must be given"),
    "no_folder": ({"coreapp_strategy": "/nowhere"}, "has no find.yml and no restart_node.yml"),
}
CAMPAIGN: Ways = {
    "no_name": ({}, "Set the variable campaign_mode_name"),
    "blank_name": ({"campaign_mode_name": " "}, "name must be 1 to 200 printable characters"),
    "vague_end": ({**NAMED, "campaign_mode_planned_end": "soon"}, "planned_end must be a timestamp with a UTC offset"),
    "past_end": ({**NAMED, "campaign_mode_planned_end": "2020-01-01T00:00:00Z"}, "planned_end is in the past"),
}
END: Ways = {
    "end_no_name": ({}, "Set the variable campaign_mode_name"),
    "end_of_none": (NAMED, 'there is no campaign "sale" to end'),
    "after": ({**NAMED, "campaign_mode_after": "maybe"}, "value of after must be one of: on, off, previous"),
}
SWEEP: Ways = {
    "sweep_after": ({"campaign_mode_after": "maybe"}, "value of after must be one of: on, off, previous"),
    "sweep_ledger": ({"wabiz_onprem_ledger": "ledger.json"}, "the path of the ledger must be absolute"),
}
RESET: Ways = {
    "nothing": ({}, "Set wabiz_onprem_reset for the playbook"),
    "no_setting": ({"wabiz_onprem_reset": ["log_levle"]}, "Did you mean log_level?"),
    "dictionary": ({"wabiz_onprem_reset": {"log": "level"}}, "in reset is no setting"),
}


@pytest.fixture
def refused_url() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"https://127.0.0.1:{one.getsockname()[1]}"


@pytest.mark.parametrize(
    ("playbook", "ways"),
    [
        ("settings", SETTINGS),
        ("campaign_begin", CAMPAIGN),
        ("campaign_end", END),
        ("campaign_sweep", SWEEP),
        ("reset", RESET),
    ],
    ids=["settings", "campaign_begin", "campaign_end", "campaign_sweep", "reset"],
)
def test_each_way_to_be_wrong_has_one_sentence(
    emulator: Emulator,
    make_client: Callable[..., Client],
    tmp_path: Path,
    refused_url: str,
    playbook: str,
    ways: Ways,
) -> None:
    client = make_client()
    site = Site(emulator, tmp_path, dict.fromkeys(ways, client))
    for name, (given, _sentence) in ways.items():
        site.hosts[name]["wabiz_onprem_settings"] = {"callback_persist": False}
        for variable, value in given.items():
            site.hosts[name][variable] = refused_url if value == "REFUSED" else value
        site.hosts[name] = {key: value for key, value in site.hosts[name].items() if value is not ABSENT}
    run = site.run(playbook, "--forks", "8")
    assert run.code == 2, run.output
    table = run.output[run.output.index("CLIENT ") :]
    messages = {one.host: str(one.get("msg")) for one in run.results if one.outcome == "failed"}
    for name, (_given, sentence) in ways.items():
        assert sentence in messages.get(name, ""), (name, messages.get(name), run.output)
        assert len(messages[name]) < LONGEST_SENTENCE, messages[name]
    assert f"{len(ways)} clients: {len(ways)} failed, 0 pending, 0 changed, 0 unchanged." in table
    assert len(run.output.splitlines()) <= FIXED_LINES + LINES_PER_HOST * len(ways)
    assert client.writes() == [] and not any(site.ledger_path(name).exists() for name in ways)


@pytest.mark.parametrize(
    ("playbook", "given", "sentence"),
    [
        (
            "campaign_status",
            {"campaign_status_fail_at": "sometimes"},
            "fail_at must be one of: warning, critical, never",
        ),
        ("campaign_status", {"campaign_status_show": "some"}, "show must be one of: attention, all"),
        (
            "campaign_status",
            {"campaign_status_mode": 0o640},
            "The option mode must be 0600, 0640, 0604 or 0644, in quotes.",
        ),
    ],
)
def test_a_wrong_variable_of_the_status(
    emulator: Emulator,
    make_client: Callable[..., Client],
    tmp_path: Path,
    playbook: str,
    given: dict[str, Any],
    sentence: str,
) -> None:
    site = Site(emulator, tmp_path, {"one": make_client()})
    run = site.run(playbook, "-e", json.dumps(given))
    assert run.code and sentence in run.output, run.output
    assert len(run.output.splitlines()) <= FIXED_LINES
