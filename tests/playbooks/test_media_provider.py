# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""media_provider and media_provider_info in real runs: change, idempotence, check mode, diff, failure; no secret shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import Run, connection, play, run_plays, run_tasks, task
from playbooks.matrix import DEFAULTS, all_clients, inventory

from emulator.testing import Client, Emulator

PATH = "/v1/settings/application/media/providers"
ONE, TWO = "first-bearer-of-the-store", "second-password-of-the-store"
SECRETS = {"ONE": ONE, "TWO": TWO}
BEARER = {"name": "store", "bearer": "{{ lookup('env', 'ONE') }}"}
OTHER_BEARER = {"name": "store", "bearer": "{{ lookup('env', 'TWO') }}"}
BASIC = {"name": "store", "basic": {"username": "anna", "password": "{{ lookup('env', 'TWO') }}"}}
ABSENT = {"name": "store", "state": "absent"}
ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
CHECK = {"check_mode": True}
IGNORED = {"ignore_errors": True}
RESULT = ("changed", "provider", "diff")


def run_here(
    tasks: list[dict[str, Any]], client: Client, emulator: Emulator, folder: Path, in_process: bool = True
) -> Run:
    run = run_tasks(tasks, connection(client, emulator), folder, "-vvv", "--diff", in_process=in_process, env=SECRETS)
    assert not [secret for secret in SECRETS.values() if secret in run.output]
    assert not [secret for secret in SECRETS.values() if secret in json.dumps([one.result for one in run.results])]
    assert client.live_tokens() == 0
    return run


def masked(shown: Any) -> dict[str, Any]:
    providers = [{"name": "store", "type": "www", "config": {"bearer": shown}}]
    return {"settings": {"application": {"media": {"providers": providers}}}}


STEPS = [("Create", BEARER), ("Replace the secret", OTHER_BEARER), ("Replace the kind", BASIC), ("Remove", ABSENT)]


@ENTRY_POINTS
def test_each_version_in_both_topologies(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    """Each step in check mode, for real, and once more."""
    clients = all_clients(make_client, in_process)
    tasks = []
    for name, given in STEPS:
        tasks += [
            task("media_provider", f"{name}: check", **given, keywords=CHECK),
            task("media_provider", name, **given),
            task("media_provider", f"{name}: again", **given),
            task("media_provider_info", f"{name}: info"),
        ]
    hosts = inventory(clients, emulator)
    defaults = play(tasks, DEFAULTS, hosts="all")
    run = run_plays([defaults], tmp_path, "--diff", inventory=hosts, in_process=in_process, env=SECRETS)
    assert run.ok
    for host, client in clients.items():
        for name, _dummy in STEPS:
            checked, real, again = (run.on(host, title) for title in (f"{name}: check", name, f"{name}: again"))
            assert [checked[key] for key in RESULT] == [real[key] for key in RESULT]
            assert (real["changed"], again["changed"]) == (True, False)
            assert real["diff"]["before"] != real["diff"]["after"]
            assert again["diff"]["before"] == again["diff"]["after"] == again_shown(real)
        assert client.writes() == [f"POST {PATH}"] * 3 + [f"DELETE {PATH}/store"]
        assert run.on(host, "Replace the kind: info")["providers"] == [
            {"name": "store", "type": "www", "auth": "basic", "username": "anna"}
        ]
        assert run.on(host, "Remove: info")["providers"] == []
        assert client.live_tokens() == 0
    assert not [secret for secret in SECRETS.values() if secret in run.output]


def again_shown(real: Any) -> Any:
    """The side after a change when nothing changes any more."""
    return json.loads(json.dumps(real["diff"]["after"]).replace("*** (changed)", "***"))


@ENTRY_POINTS
def test_diff_hides_secrets_that_stay_different(
    client: Client, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    tasks = [task("media_provider", name, **given) for name, given in STEPS]
    run = run_here(tasks, client, emulator, tmp_path, in_process)
    assert run.ok
    assert run["Create"]["diff"] == {"before": {}, "after": {"name": "store", "type": "www", "bearer": "***"}}
    assert run["Replace the secret"]["diff"]["before"]["bearer"] == "***"
    assert run["Replace the secret"]["diff"]["after"]["bearer"] == "*** (changed)"
    assert run["Replace the kind"]["diff"]["after"]["basic"]["username"] == "anna"
    assert run["Remove"]["diff"]["after"] == {}


@ENTRY_POINTS
def test_on_create_leaves_the_secret_alone(
    client: Client, emulator: Emulator, tmp_path: Path, in_process: bool
) -> None:
    once = {"update_secret": "on_create"}
    tasks = [
        task("media_provider", "Create", **BEARER, **once),
        task("media_provider", "Other secret", **OTHER_BEARER, **once),
        task("media_provider", "Still the first", **BEARER),
        task("media_provider", "Other kind", **BASIC, **once),
    ]
    run = run_here(tasks, client, emulator, tmp_path, in_process)
    assert run.ok
    changed = [run[one["name"]]["changed"] for one in tasks]
    assert changed == [True, False, False, True]


@pytest.mark.parametrize("shown", ["********", None])
def test_a_hidden_secret_needs_the_ledger(client: Client, emulator: Emulator, tmp_path: Path, shown: Any) -> None:
    ledger = {"ledger": str(tmp_path / "state" / "client.json")}
    client.order_fault("status", method="GET", path=PATH, times=0, status=200, body=masked(shown))
    tasks = [
        task("media_provider", "Without", **BEARER),
        task("media_provider", "Without again", **BEARER),
        task("media_provider", "Check", **BEARER, **ledger, keywords=CHECK),
        task("media_provider", "With", **BEARER, **ledger),
        task("media_provider", "With again", **BEARER, **ledger),
        task("media_provider", "Other", **OTHER_BEARER, **ledger),
        task("media_provider", "Back", **BEARER, **ledger),
    ]
    run = run_here(tasks, client, emulator, tmp_path)
    assert run.ok
    changed = [run[one["name"]]["changed"] for one in tasks]
    assert changed == [True, True, True, True, False, True, True]
    assert ONE not in Path(ledger["ledger"]).read_text()


@ENTRY_POINTS
@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_is_decided_by_reading(
    client: Client, emulator: Emulator, tmp_path: Path, in_process: bool, executed: bool
) -> None:
    client.order_fault("cut", method="POST", path=PATH, execute=executed)
    client.order_fault("cut", method="DELETE", path=f"{PATH}/*", execute=executed)
    tasks = [task("media_provider", "Create", **BEARER), task("media_provider", "Remove", **ABSENT)]
    run = run_here(tasks, client, emulator, tmp_path, in_process)
    assert run.ok
    assert (run["Create"]["changed"], run["Remove"]["changed"]) == (True, True)
    assert len([call for call in client.writes() if call.startswith("POST")]) == (1 if executed else 2)
    assert client.writes()[-1] == f"DELETE {PATH}/store"


@ENTRY_POINTS
def test_failures_are_reported(client: Client, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    client.add_user("regular", "Regular-1-pass")
    client.order_fault("status", method="POST", path=PATH, status=200, body="null")
    client.order_fault("status", method="POST", path=PATH, status=400, code=1009)
    expired = client.new_token()
    client.expire_tokens()
    regular = {"username": "regular", "password": "Regular-1-pass"}
    tasks = [
        task("media_provider", "Not kept", **BEARER, keywords=IGNORED),
        task("media_provider", "Refused", **BEARER, keywords=IGNORED),
        task("media_provider", "Regular user", **BEARER, **regular, keywords=IGNORED),
        task("media_provider", "Name", name="a/b", state="absent", keywords=IGNORED),
        task("media_provider", "No credentials", name="store", keywords=IGNORED),
        task("media_provider", "Both", **{**BEARER, **BASIC}, keywords=IGNORED),
        task("media_provider", "Expired", **BEARER, token=expired, keywords=IGNORED),
        task("media_provider_info", "Expired info", token=expired, keywords=IGNORED),
    ]
    run = run_here(tasks, client, emulator, tmp_path, in_process)
    assert all(run[one["name"]].failed for one in tasks)
    assert "GET shows that the client did not keep it" in run["Not kept"]["msg"]
    assert "answered 400, API code 1009 (Parameter value is not valid)" in run["Refused"]["msg"]
    assert run["Regular user"]["error"]["status"] == 403
    assert "need the admin account" in run["Regular user"]["msg"]
    assert "name is not one that a media provider can have" in run["Name"]["msg"]
    assert "bearer, basic" in run["No credentials"]["msg"]
    assert "mutually exclusive" in run["Both"]["msg"]
    for name in ("Expired", "Expired info"):
        assert "The token is not valid or has expired (tokens live seven days)" in run[name]["msg"]
    assert client.writes() == [f"POST {PATH}"] * 2


def test_a_session_that_ends_in_between_is_renewed(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("token_expires", method="POST", path=PATH)
    run = run_here([task("media_provider", "Create", **BEARER)], client, emulator, tmp_path)
    assert run.ok
    assert client.writes() == [f"POST {PATH}"] * 2
