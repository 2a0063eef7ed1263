# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and clients that do not answer as they should: a clear sentence each, and nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import connection, run_tasks, task

from emulator.testing import Client, Emulator

ENTRY_POINTS = pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
MakeClient = Callable[..., Client]
WANTED = {"callback_persist": False}


@dataclass(frozen=True)
class Case:
    """A task that has to fail: its options, and what its message says."""

    name: str
    options: dict[str, Any]
    message: str


INPUT = (
    Case("unknown option", {"callback_persists": True}, r"callback_persists.*Did you mean callback_persist\?"),
    Case("unknown suboption", {"webhooks": {"ur": "x"}}, r"webhooks\.ur.*Did you mean webhooks\.url\?"),
    Case("unknown setting", {"settings": {"log_lvel": "info"}}, r"log_lvel.*Did you mean log_level\?"),
    Case("given twice", {"settings": dict(WANTED), **WANTED}, "callback_persist is given twice"),
    Case(
        "seven", {"webhooks": {"max_concurrent_requests": 7}}, "max_concurrent_requests must be one of: 6, 12, 18, 24"
    ),
    Case(
        "http webhook", {"webhooks": {"url": "http://hooks.example/?s3cret"}}, "webhooks.url must begin with https://"
    ),
    Case("no webhook", {"webhooks": {"url": "hooks.example/?s3cret"}}, "is no URL that a webhook can have"),
    Case("negative", {"callback_backoff_delay_ms": -1}, "must be at least 0 milliseconds"),
    Case("identity", {"extra_settings": {"wa_id": "1"}}, "wa_id cannot be set"),
    Case("known extra", {"extra_settings": {"log_level": "info"}}, "log_level is an option of its own"),
    Case("uncertain default", {"reset": ["media.auto_download"]}, "sources disagree about its default"),
    Case("unknown reset", {"reset": ["log_lvel"]}, r"log_lvel in reset is no setting. Did you mean log_level\?"),
    Case("default with settings", {"state": "default", **WANTED}, "takes no settings"),
    Case("relative ledger", {"ledger": "/dev/null/x", **WANTED}, "ledger /dev/null/x cannot be used"),
    Case("http api_url", {"api_url": "http://wa.example", **WANTED}, "api_url must begin with https://"),
    Case("no api_url", {"api_url": "wa.example", **WANTED}, "api_url is not a URL"),
    Case("password in api_url", {"api_url": "https://u:s3cret@wa.example", **WANTED}, "must not carry user info"),
    Case(
        "missing CA",
        {"ca_path": "/nowhere", **WANTED},
        "ca_path /nowhere cannot be used: there is no such file or folder",
    ),
    Case("no password", {"password": "", **WANTED}, "neither token nor password is given"),
    Case("broken token", {"token": "s3cret\ns3cret", **WANTED}, "token or api_key holds characters that none can have"),
)
ONE_SENTENCE_AND_ADVICE = re.compile(r"[^\n]{10,400}")


def _run_cases(cases: list[tuple[Case, dict[str, Any]]], folder: Path, in_process: bool) -> None:
    tasks = [
        task("application_settings", case.name, keywords={"ignore_errors": True}, **{**options, **case.options})
        for case, options in cases
    ]
    run = run_tasks(tasks, {}, folder, in_process=in_process)
    assert run.ok
    for case, _dummy in cases:
        result = run[case.name]
        assert result.failed, case.name
        assert re.search(case.message, result["msg"]), (case.name, result["msg"])
        assert ONE_SENTENCE_AND_ADVICE.fullmatch(result["msg"]), (case.name, result["msg"])
        assert "s3cret" not in result["msg"]
        assert not result.get("changed")


@ENTRY_POINTS
def test_bad_input(client: Client, emulator: Emulator, tmp_path: Path, in_process: bool) -> None:
    options = connection(client, emulator)
    _run_cases([(case, options) for case in INPUT], tmp_path, in_process)
    assert client.calls() == []


def _case(name: str, client: Client, message: str, **options: Any) -> tuple[Case, Client]:
    return Case(name, options or WANTED, message), client


def _refusing_clients(make_client: MakeClient, emulator: Emulator) -> list[tuple[Case, Client]]:
    """Clients that refuse, and what the task says of each."""
    ordinary, pending, expired = make_client(), make_client(password="secret"), make_client()
    old, middle = make_client(version="2.33.4"), make_client(version="2.41.2")
    holding = make_client(settings={"webhooks": {"url": "https://hooks.example/?s3cret"}})
    ordinary.add_user("regular", "Regular-1-pass")
    regular = {"username": "regular", "password": "Regular-1-pass", **WANTED}
    token = expired.new_token()
    expired.expire_tokens()
    wrong = "log in as admin.*401.*Username or password is wrong"
    newer = "log_level needs a client from version 2.51.1 on, this one is 2.33.4"
    lost = "drops its callbacks"
    collection = {"garbagecollector_enable": {"messages": False}}
    return [
        _case("wrong password", ordinary, wrong, password="Not-the-1-password", **WANTED),
        _case("regular user", ordinary, "403.*1005.*admin account", **regular),
        _case("first login", pending, "1024.*first login is still pending.*new_password"),
        _case("expired token", expired, "401.*token is not valid or has expired", token=token, **WANTED),
        _case("too new", old, newer, log_level="info"),
        _case("collection too new", middle, "2.49.1.*Use collect_messages", **collection),
        _case("pass_through", middle, "cannot be switched on from version 2.35 on", pass_through=True),
        _case("webhook removed", holding, lost, webhooks={"url": ""}),
        _case("webhook reset", holding, lost, reset=["webhooks.url"]),
        _case("webhook default", holding, lost, state="default"),
        _case("other URL", holding, "not that of this client", webhooks={"url": "https://other.example/***"}),
    ]


def _unreachable_clients(make_client: MakeClient, emulator: Emulator) -> list[tuple[Case, Client]]:
    client, html, garbage, shape, redirecting = (make_client() for _dummy in range(5))
    html.order_fault("html", times=0)
    garbage.order_fault("garbage", "GET", times=0)
    shape.order_fault("wrong_shape", "GET", times=0)
    redirecting.order_fault("redirect", "GET", times=0)
    no_client = "does not look like a WhatsApp Business On-Premises client"

    def at(url: str, name: str, message: str) -> tuple[Case, Client]:
        return _case(name, client, message, api_url=url, retry_timeout=0, **WANTED)

    return [
        at("https://127.0.0.1:1", "refused", "connection was refused"),
        at("https://nowhere.invalid", "no such host", "host name cannot be resolved"),
        at(client.variant_url("wrong_ca"), "other CA", "certificate is not trusted"),
        at(client.variant_url("wrong_host"), "other host", "certificate is not trusted"),
        at(client.variant_url("expired"), "old certificate", "certificate is not trusted"),
        at(client.variant_url("tls11"), "old TLS", "no TLS connection|TLS handshake"),
        at(client.api_url + "x", "no client", "404.*does not look like"),
        _case("a web page", html, f"the body is HTML instead of JSON.*{no_client}"),
        _case("garbage", garbage, f"something else instead of JSON.*{no_client}"),
        _case("another API", shape, f"JSON list instead of an object.*{no_client}"),
        _case("redirected", redirecting, "302.*Redirects are not followed"),
    ]


@ENTRY_POINTS
@pytest.mark.parametrize("kind", [_refusing_clients, _unreachable_clients], ids=["refusing", "unreachable"])
def test_clients_that_cannot_be_used(
    make_client: MakeClient, emulator: Emulator, tmp_path: Path, in_process: bool, kind: Any
) -> None:
    found = kind(make_client, emulator)
    cases = [(case, connection(client, emulator)) for case, client in found]
    _run_cases(cases, tmp_path, in_process)
    for case, client in found:
        assert client.writes() == [], case.name
        assert client.live_tokens() == 0 or case.name == "expired token", case.name


def test_a_setting_that_is_not_kept_is_a_failure(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("not_kept", "PATCH")
    failing = {"ignore_errors": True}
    tasks = [
        task("application_settings", "Not kept", keywords=failing, ledger=str(tmp_path / "ledger.json"), **WANTED),
        task("application_settings_info", "Look", ledger=str(tmp_path / "ledger.json")),
    ]
    run = run_tasks(tasks, connection(client, emulator), tmp_path)
    assert run.ok
    assert "the client did not keep callback_persist" in run["Not kept"]["msg"]
    assert run["Look"]["restart_required"] is False
