# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile values of every option of every operation: each has a sentence, none is a defect, and no secret is shown."""

from __future__ import annotations

import functools
import importlib
import json
import os
import pkgutil
import tempfile
import types
from typing import Any

import pytest
from ansible.module_utils import basic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils import _operations
from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer
from ansible_collections.wabiz.onprem.plugins.module_utils._common import module_entry, option_specs
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import InProcess, perform_task

OPERATIONS = {
    name: importlib.import_module(f"{_operations.__name__}.{name}")
    for _finder, name, _is_package in pkgutil.iter_modules(_operations.__path__)
}
SECRET = "s3cr3t"
URL = f"https://u:{SECRET}@h.example/{SECRET}?{SECRET}#{SECRET}"
GOOD: dict[str, Any] = {
    "api_url": "https://c.example",
    "password": "pr1vate",
    "validate_certs": False,
    "retry_timeout": 0,
    "wait_timeout": 0,
    "kinds": ["media"],
    "name": "name",
    "bearer": "b3arer",
    "step": "read",
    "owner": {"pid": 1, "start": "1", "host": "h"},
}


def nested(depth: int, kind: type) -> Any:
    value: Any = SECRET
    for _level in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


TEXTS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "a\udfffb",
    "9" * 5000,
    "-" + "9" * 5000,
    "1e999",
    "nan",
    "inf",
    "1e9999",
    URL,
    "x" * 100_000,
]
TEXTS += [
    "\x1b[2J\nPLAY RECAP",
    "\u202e",
    "{{ 7 * 7 }}",
    "__omit_place_holder__",
    "/dev/null",
    "/",
    ".",
    "~",
    "../..",
    "***",
]
TEXTS += [
    "https://[",
    "https://h:99999",
    "https://h:0",
    "https://\ud800",
    "https://c.example/\0",
    "https://xn--\u0661.example",
]
VALUES = [*TEXTS, None, True, False, 0, -1, 10**400, 2**63, 1e300, float("inf"), float("nan"), [], {}, [None], [[]]]
VALUES += [[URL], {URL: URL}, {"a": URL}, {"a": {"b": [URL]}}, {"": ""}, {"\0": "\0"}, {"\ud800": "\ud800"}]
VALUES += [nested(300, list), nested(300, dict), nested(900, dict), {"webhooks": {"url": URL}}]
HOSTILE = st.one_of(
    st.sampled_from(VALUES),
    st.text(),
    st.integers(),
    st.floats(),
    st.recursive(st.none() | st.booleans() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)),
)


class Wire:
    """A client that answers everything with what fits nowhere."""

    def __call__(self, *dummy: Any) -> Wire:
        return self

    def close(self) -> None:
        pass

    def send(self, method: str, path: str, *dummy: Any) -> RawAnswer:
        answer: dict[str, Any] = {"users": [{"token": "t0ken"}], "health": {"gateway_status": "connected"}}
        answer["settings"] = {"application": {"webhooks": {"url": "https://h.example/x"}, "media": {"providers": []}}}
        answer["services"] = {"media": {"gc": {"status": "processing"}}, "message": {"gc": {"status": "processing"}}}
        return RawAnswer(200, {}, json.dumps(answer).encode())


def offline(operation: Any) -> Any:
    """The operation, connected to that client."""
    run = operation.run
    if "api_url" in operation.OPTIONS:
        run = functools.partial(run, connect=functools.partial(connection.connect, transport=Wire()))
    words = getattr(operation, "OWN_WORDS", ())
    return types.SimpleNamespace(
        OPTIONS=operation.OPTIONS, RULES=operation.RULES, OWN_WORDS=words, LIBRARY_ERROR=None, run=run
    )


def paths(options: Any, before: tuple[str, ...] = ()) -> Any:
    for name, option in options.items():
        yield (*before, name)
        if "options" in option:
            yield from paths(option["options"], (*before, name))


def put(operation: Any, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    args = {name: one for name, one in GOOD.items() if name in operation.OPTIONS}
    if "basic" in path:
        args.pop("bearer")
    for part in reversed(path[1:]):
        value = {part: value}
    args[path[0]] = [value] if operation.OPTIONS[path[0]].get("elements") == "dict" and len(path) > 1 else value
    return args


def performed(operation: Any, args: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    """The result of the action plugin in process, without Ansible around it."""
    action = InProcess.__new__(InProcess)
    action.operation = offline(operation)
    action._task = types.SimpleNamespace(args=args, resolved_action="a.b.x", action="x", async_val=0, environment=[])
    action._connection = types.SimpleNamespace(transport="local", become=None)
    prepared, problem = action._prepared_args({})
    if problem:
        return {"failed": True, "msg": problem}
    return perform_task(action.operation, prepared, Task(check_mode), diff=True, with_invocation=True)


def check(result: dict[str, Any], path: tuple[str, ...]) -> None:
    message = result.get("msg", "")
    assert "defect" not in message, (path, message)
    assert len(message) <= 2000 and message.isprintable(), (path, message)
    json.dumps(result, allow_nan=True)
    said = json.dumps(result)
    place = said.find(SECRET)
    assert place < 0, (path, said[max(0, place - 300) : place + 60])


PATHS = [(name, path) for name, operation in OPERATIONS.items() for path in paths(operation.OPTIONS)]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "path"), PATHS, ids=lambda value: value if isinstance(value, str) else ".".join(value)
)
def test_each_value_of_each_option_has_a_sentence(name: str, path: tuple[str, ...]) -> None:
    for value in VALUES:
        if path[0] == "wait_timeout" and value in (10**400, 2**63):
            continue
        check(performed(OPERATIONS[name], put(OPERATIONS[name], path, value), check_mode=True), path)


EXAMPLES = int(os.environ.get("WABIZ_ONPREM_EXAMPLES", "150"))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    where=st.sampled_from(PATHS), value=HOSTILE, second=st.sampled_from(PATHS), other=HOSTILE, check_mode=st.booleans()
)
def test_any_value_of_any_options_has_a_sentence(
    where: Any, value: Any, second: Any, other: Any, check_mode: bool
) -> None:
    name, path = where
    args = put(OPERATIONS[name], path, value)
    if second[0] == name and second[1][0] not in args:
        args.update(put(OPERATIONS[name], second[1], other))
    with tempfile.TemporaryDirectory() as folder:
        if "ledger" in OPERATIONS[name].OPTIONS and "ledger" not in args:
            args["ledger"] = os.path.join(folder, "ledger.json")
        result = performed(OPERATIONS[name], args, check_mode or "ledger" in path)
    assert "defect" not in result.get("msg", ""), (where, value, result)


MODULE_VALUES = [URL, [URL], {URL: URL}, {"a": URL}, f"a={URL}", nested(300, dict), "a\0b"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_module_shows_no_refused_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logged: list[str] = []
    operation = OPERATIONS[name]
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *args: logged.append(str(args[-1])))
    for path in paths(operation.OPTIONS):
        for value in MODULE_VALUES:
            arguments = (
                {**put(operation, path, value), "passwort": SECRET} if value == URL else put(operation, path, value)
            )
            arguments = {**arguments, "_ansible_check_mode": True, "_ansible_syslog_facility": "LOG_USER"}
            monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
            with pytest.raises(SystemExit):
                module_entry.run_module(offline(operation))
            printed = capsys.readouterr().out
            assert "defect" not in printed, (path, value, printed)
            assert SECRET not in printed + "".join(logged), (path, value, printed, logged[-1:])


def test_what_is_refused_is_shown_like_what_is_accepted() -> None:
    options = OPERATIONS["application_settings"].OPTIONS
    shown = option_specs.shown_params(options, {"api_url": URL, "passwort": SECRET, "log_level": URL, "webhooks": URL})
    assert shown == {
        "api_url": "https://h.example/***",
        "passwort": "***",
        "log_level": "***",
        "webhooks": "***",
    }
