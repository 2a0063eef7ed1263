# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation as a module: its arguments through Ansible's own door, its result out of it."""

from __future__ import annotations

import json
import types
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.wabiz.onprem.plugins.module_utils._common import module_entry
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task

URL = "https://us3r:pa55w@h.example/?a=q0ery"
OPTIONS: dict[str, dict[str, Any]] = {
    "password": {"type": "str", "no_log": True},
    "hooks": {
        "type": "dict",
        "options": {"url": {"type": "str", "no_log": True, "redact": "url"}, "n": {"type": "int"}},
    },
    "extra": {"type": "dict", "no_log": True, "redact": "values"},
}
ARGUMENTS = {"password": "pr1vate", "hooks": {"url": URL}, "extra": {"k": "v4lue"}}
SECRETS = ("us3r", "pa55w", "q0ery", "pr1vate", "v4lue")


def run_module(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Any,
    check: bool = False,
    library_error: Any = None,
    **arguments: Any,
) -> tuple[dict[str, Any], str]:
    """The module's result, and everything that it printed or logged."""
    logged: list[str] = []
    given = dict(arguments, _ansible_check_mode=check, _ansible_diff=True, _ansible_syslog_facility="LOG_USER")
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *args: logged.append(str(args[-1])))
    operation = types.SimpleNamespace(OPTIONS=OPTIONS, RULES={}, LIBRARY_ERROR=library_error, run=run)
    with pytest.raises(SystemExit):
        module_entry.run_module(operation)
    printed = capsys.readouterr().out
    result: dict[str, Any] = json.loads(printed)
    return result, printed + "\n".join(logged)


def test_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen: dict[str, Any] = {}

    def run(params: Any, task: Task) -> Outcome:
        seen.update(params=params, check=task.check_mode)
        task.warn("beware")
        task.progress("no one sees this")
        return Outcome(True, {"url": "https://h.example/***", "repeated": params["password"]}, {"a": 1}, {"a": 2})

    warned: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, text: warned.append(text))
    result, said = run_module(monkeypatch, capsys, run, check=True, **ARGUMENTS)
    assert seen["params"]["hooks"]["url"] == URL  # the operation gets what the user wrote
    assert seen["check"] is True
    assert result["changed"] is True
    assert result["diff"] == {"before": {"a": 1}, "after": {"a": 2}}
    assert result["url"] == "https://h.example/***"
    assert warned == ["beware"]
    assert not [secret for secret in SECRETS if secret in said], said
    arguments = result.get("invocation", {}).get("module_args", {"hooks": {"url": "https://h.example/***"}})
    assert arguments["hooks"]["url"] == "https://h.example/***"


def test_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run(params: Any, task: Task) -> Outcome:
        raise CallError("it broke", status=503, client="https://c")

    result, said = run_module(monkeypatch, capsys, run, **ARGUMENTS)
    assert (result["failed"], result["msg"]) == (True, "Client https://c: it broke.")
    assert result["error"]["status"] == 503
    assert "Traceback" not in said
    assert not [secret for secret in SECRETS if secret in said], said


@pytest.mark.parametrize("arguments", [{"hooks": {"url": URL, "n": "x"}}, {"hooks": {"url": URL}, "extra": "v4lue"}])
def test_bad_arguments_repeat_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: dict[str, Any]
) -> None:
    result, said = run_module(monkeypatch, capsys, None, **arguments)
    assert result["failed"]
    assert not any(secret in said for secret in SECRETS), said


def test_without_requests(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result, _dummy = run_module(monkeypatch, capsys, None, library_error=ImportError("requests"))
    assert result["failed"]
    assert "requests" in result["msg"]
