# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation, against a client that repeats credentials and sends hostile text, in both entry points."""

from __future__ import annotations

import base64
import functools
import json
import types
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer
from ansible_collections.wabiz.onprem.plugins.module_utils._common import module_entry
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
    client_status,
    garbage_collection,
    health_info,
    media_provider,
    media_provider_info,
)
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import perform_task

PASSWORD, TOKEN, BEARER = "pr1vate/pass", "t0ken.of.login", "pr0vider-bearer"
BASIC = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
SECRETS = (PASSWORD, TOKEN, BASIC, base64.b64encode(PASSWORD.encode()).decode())
ECHO = " ".join((*SECRETS, BEARER))
TERMINAL = "\x1b[2J\x9b31m\nPLAY RECAP ****\r\u202e\u2028{{ 7*7 }}"
HOOK = "https://us3r:pa55@h.example:8443/services/T0/S3GMENT?sig%3DQ0ERY#FR4GMENT"
PARTS = ("us3r", "pa55", "S3GMENT", "Q0ERY", "FR4GMENT")
pytestmark = pytest.mark.slow
MANY = 5_000  # far more than anything shows


class Wire:
    """A client of which each text is hostile."""

    def __init__(self, hostile: str, nodes: int, status: int = 200) -> None:
        self.hostile, self.nodes, self.status = hostile, nodes, status

    def __call__(self, *dummy: Any) -> Wire:
        return self

    def close(self) -> None:
        pass

    def send(self, method: str, path: str, headers: Any, body: Any, limit: float) -> RawAnswer:
        del headers, body, limit
        if path.endswith("/login"):
            return self._answer({"users": [{"token": TOKEN}]})
        if path.endswith("/logout"):
            return RawAnswer(500, {}, json.dumps({"errors": [{"code": 1000, "title": self.hostile}]}).encode())
        if self.status != 200:
            errors = {"errors": [{"code": 1014, "title": self.hostile, "details": self.hostile}]}
            return RawAnswer(self.status, {"retry-after": self.hostile.replace("\n", "")}, json.dumps(errors).encode())
        return self._answer(self._data(method, path))

    def _data(self, method: str, path: str) -> Any:
        hostile = self.hostile
        if path.endswith("/gc"):
            return {"services": {path.split("/")[3]: {"gc": self._nodes({"status": hostile})}}}
        if path.endswith("/health"):
            return {"health": self._nodes({"gateway_status": "connecting", "role": hostile})}
        if path.endswith("/providers"):
            one = {
                "name": f"a{hostile}",
                "type": hostile,
                "config": {"basic": {"username": hostile, "password": hostile}},
            }
            return {"settings": {"application": {"media": {"providers": [one]}}}} if method == "GET" else {}
        return {"settings": {"application": self._settings()}} if method == "GET" else {}

    def _settings(self) -> dict[str, Any]:
        return {
            "wa_id": self.hostile,
            "log_level": self.hostile,
            "callback_backoff_delay_ms": [self.hostile],
            "media": {"auto_download": [self.hostile]},
            "webhooks": {"url": HOOK, "max_concurrent_requests": self.hostile},
            f"x{self.hostile}": self.hostile,
        }

    def _nodes(self, one: dict[str, Any]) -> dict[str, Any]:
        return {f"{self.hostile}{number}:{number}": one for number in range(self.nodes)}

    def _answer(self, data: Any) -> RawAnswer:
        return RawAnswer(200, {}, json.dumps({**data, "meta": {"version": f"2.53.1{self.hostile}"}}).encode())


def against(operation: Any, wire: Wire) -> Any:
    connect = functools.partial(connection.connect, transport=wire)
    run = functools.partial(operation.run, connect=connect)
    return types.SimpleNamespace(
        OPTIONS=operation.OPTIONS,
        RULES=operation.RULES,
        OWN_WORDS=getattr(operation, "OWN_WORDS", ()),
        LIBRARY_ERROR=None,
        run=run,
    )


CASES: list[tuple[Any, dict[str, Any]]] = [
    (application_settings, {"log_level": "info", "webhooks": {"url": HOOK.replace("T0", "T1")}}),
    (application_settings, {"state": "default", "allow_webhook_loss": True}),
    (application_settings_info, {}),
    (client_status, {"settings": {"log_level": "info", "webhooks": {"url": HOOK.replace("T0", "T1")}}}),
    (garbage_collection, {"kinds": ["media"]}),
    (health_info, {}),
    (health_info, {"wait_for": "settled", "wait_timeout": 1, "interval": 1}),
    (media_provider, {"name": "a", "bearer": BEARER}),
    (media_provider, {"name": "a", "basic": {"username": "u", "password": BEARER}}),
    (media_provider_info, {}),
]
COMMON = {"api_url": "https://c.example", "password": PASSWORD, "validate_certs": False, "retry_timeout": 0}
WIRES = {
    "echo": Wire(ECHO, 3),
    "terminal": Wire(TERMINAL, 3),
    "many": Wire("node", MANY),
    "long": Wire("y" * 30_000, 3),
    "refused": Wire(ECHO + TERMINAL, 3, status=503),
}


def each_text(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from each_text(item)
    elif isinstance(value, list):
        for item in value:
            yield from each_text(item)
    elif isinstance(value, str):
        yield value


def check(operation: Any, result: dict[str, Any], sentences: list[str]) -> None:
    assert "defect" not in str(result), result
    whole = json.dumps(result, ensure_ascii=False) + " ".join(sentences)
    sent = (*SECRETS, BEARER) if operation is media_provider else SECRETS
    assert [one for one in (*sent, *PARTS) if one in whole] == []
    assert [one for one in [*each_text(result), *sentences] if not one.isprintable()] == []
    assert [one for one in sentences if len(one) > 2000] == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(("operation", "given"), CASES)
def test_in_process(operation: Any, given: dict[str, Any], wire: str, check_mode: bool, tmp_path: Any) -> None:
    progress: list[str] = []
    args = {**COMMON, **given}
    if "ledger" in operation.OPTIONS:
        args["ledger"] = str(tmp_path / "ledger.json")
    task = Task(check_mode, progress=progress.append)
    for _twice in range(2):
        result = perform_task(against(operation, WIRES[wire]), args, task, diff=True, with_invocation=True)
        check(operation, result, [result.get("msg", ""), *result.get("warnings", []), *progress])
        assert result["invocation"]["module_args"]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.mark.parametrize("wire", ["echo", "terminal", "refused"])
@pytest.mark.parametrize(("operation", "given"), CASES)
def test_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], operation: Any, given: Any, wire: str
) -> None:
    logged: list[str] = []
    warned: list[str] = []
    arguments = {**COMMON, **given, "_ansible_diff": True, "_ansible_syslog_facility": "LOG_USER"}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *args: logged.append(str(args[-1])))
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, text: warned.append(text))
    with pytest.raises(SystemExit):
        module_entry.run_module(against(operation, WIRES[wire]))
    result = json.loads(capsys.readouterr().out)
    check(operation, result, [result.get("msg", ""), *warned])
    assert [one for one in (*SECRETS, *PARTS) if one in "".join(logged)] == []
