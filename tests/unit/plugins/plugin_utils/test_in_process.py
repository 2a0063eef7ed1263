# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an operation runs in the controller, and with what. The rest is shown by real runs through both entry points."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task
from ansible_collections.wabiz.onprem.plugins.plugin_utils import in_process
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import InProcess, plain

URL = "https://us3r:pa55w@h.example/?a=q0ery"
OPTIONS: dict[str, dict[str, Any]] = {
    "password": {"type": "str", "no_log": True},
    "hooks": {
        "type": "dict",
        "options": {"url": {"type": "str", "no_log": True, "redact": "url"}, "n": {"type": "int"}},
    },
    "extra": {"type": "dict", "no_log": True, "redact": "values"},
}
SECRETS = ("us3r", "pa55w", "q0ery", "pr1vate", "v4lue")


def action(run: Any = None, args: Any = None, **changes: Any) -> InProcess:
    """An action plugin with just what it checks."""
    one = InProcess.__new__(InProcess)
    one.operation = SimpleNamespace(
        OPTIONS=OPTIONS, RULES={}, LIBRARY_ERROR=changes.pop("library_error", None), run=run
    )
    one._templar = SimpleNamespace(template=lambda value: value)
    one._connection = SimpleNamespace(
        transport=changes.pop("transport", "local"), become=changes.pop("become", None), _shell=None
    )
    task = {
        "args": args or {},
        "check_mode": False,
        "diff": True,
        "async_val": 0,
        "environment": [],
        "no_log": False,
        "action": "x",
        "resolved_action": "a.b.x",
        "get_name": lambda: "the task",
    }
    one._task = SimpleNamespace(**{**task, **changes})
    return one


@pytest.mark.parametrize(
    ("changes", "variables", "here"),
    [
        ({}, {}, True),
        ({"environment": [{}]}, {}, True),
        ({"transport": "ssh"}, {}, False),
        ({"become": object()}, {}, False),
        ({"async_val": 5}, {}, False),
        ({"environment": [{"A": "b"}]}, {}, False),
        ({"library_error": ImportError()}, {}, False),
        ({}, {"wabiz_onprem_in_process": False}, False),
        ({}, {"wabiz_onprem_in_process": "no"}, False),
        ({}, {"wabiz_onprem_in_process": "true"}, True),
    ],
)
def test_when_it_runs_here(changes: dict[str, Any], variables: dict[str, Any], here: bool) -> None:
    assert action(**changes)._runs_here(variables) is here


class Text(str):
    """Like Ansible's tagged texts."""


class Number(int):
    """Like Ansible's tagged numbers."""


def test_plain() -> None:
    found = plain({Text("a"): (Text("b"), Number(5), True, None, 1.5), 7: {"c"}})
    assert found == {"a": ["b", 5, True, None, 1.5], "7": ["c"]}
    assert [type(one) for one in found["a"]] == [str, int, bool, type(None), float]


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"passwort": "x"}, "Unknown option passwort for module a.b.x. Did you mean password?"),
        ({"hooks": {"ur": "x"}}, "Unknown option hooks.ur for module a.b.x. Did you mean hooks.url?"),
        ({"zzz": 1}, "Unknown option zzz for module a.b.x. See `ansible-doc a.b.x`."),
        ({"password": "x"}, ""),
    ],
)
def test_names_are_checked_before_anything_else(args: dict[str, Any], problem: str) -> None:
    assert action(args=args)._prepared_args({})[1] == problem


def run_here(one: InProcess) -> dict[str, Any]:
    args, problem = one._prepared_args({})
    assert not problem
    result: dict[str, Any] = one._run_here(args, {})
    return result


def test_the_operation_gets_what_the_user_wrote_and_the_result_shows_no_secret() -> None:
    seen: dict[str, Any] = {}

    def run(params: Any, task: Task) -> Outcome:
        seen.update(params=params, check=task.check_mode)
        task.warn("beware")
        return Outcome(True, {"repeated": params["password"], "pair": (1, 2)}, {"a": 1}, {"a": 2})

    args = {"password": "pr1vate", "hooks": {"url": URL, "n": "5"}, "extra": {"k": "v4lue"}}
    result = run_here(action(run, args, check_mode=True))
    assert seen["params"]["hooks"] == {"url": URL, "n": 5}
    assert seen["check"] is True
    assert (result["changed"], result["warnings"], result["pair"]) == (True, ["beware"], [1, 2])
    assert result["diff"] == {"before": {"a": 1}, "after": {"a": 2}}
    assert not any(secret in str(result) for secret in SECRETS)


def test_bad_arguments_repeat_no_secret() -> None:
    result = run_here(action(None, {"password": "pr1vate", "hooks": {"url": URL, "n": "x"}}))
    assert result["failed"] and not result["changed"]
    assert "'n' is of type" in result["msg"]
    assert not any(secret in str(result) for secret in SECRETS), result


def test_a_text_in_the_place_of_a_dictionary_repeats_no_secret() -> None:
    one = action(None, {"hooks": '{"url": "%s", "n": "x"}' % URL})
    said = one._prepared_args({})[1] or str(run_here(one))
    assert not any(secret in said for secret in SECRETS), said


@pytest.mark.parametrize("no_log", [True, False])
def test_progress_is_shown_unless_the_task_hides_what_it_does(monkeypatch: pytest.MonkeyPatch, no_log: bool) -> None:
    shown: list[str] = []
    monkeypatch.setattr(in_process, "display", SimpleNamespace(display=shown.append))
    action(no_log=no_log)._report("waiting")
    assert shown == ([] if no_log else ["[the task] waiting"])


CONNECTION = {
    "api_url",
    "username",
    "password",
    "token",
    "validate_certs",
    "ca_path",
    "timeout",
    "retry_timeout",
    "first_contact_timeout",
}
VARIABLES = {
    "wabiz_onprem_api_url": "https://client.example",
    "wabiz_onprem_password": "pa55w",
    "wabiz_onprem_token": "t0ken",
    "wabiz_onprem_timeout": 5,
    "wabiz_onprem_api_key": "not an option of this one",
    "wabiz_onprem_ca_path": "__omitted__",
    "omit": "__omitted__",
}


def prepared(args: dict[str, Any], **operation: Any) -> dict[str, Any]:
    one = action(args=args)
    one.operation = SimpleNamespace(OPTIONS={name: {"type": "str"} for name in (*CONNECTION, "note")}, **operation)
    found, problem = one._prepared_args(VARIABLES)
    assert problem == ""
    return dict(found)


def test_a_task_that_names_no_client_is_for_the_client_of_its_host() -> None:
    assert prepared({"note": "x"}) == {
        "api_url": "https://client.example",
        "password": "pa55w",
        "token": "t0ken",
        "timeout": 5,
        "note": "x",
    }


def test_what_the_task_gives_comes_before_the_variables() -> None:
    assert prepared({"timeout": 9, "ca_path": "/own"})["timeout"] == 9


def test_credentials_do_not_go_to_another_client() -> None:
    assert prepared({"api_url": "https://other.example"}) == {"api_url": "https://other.example"}


def test_a_credential_of_the_task_replaces_all() -> None:
    assert prepared({"password": "own"}) == {"api_url": "https://client.example", "password": "own", "timeout": 5}


def test_a_module_without_a_connection_gets_none() -> None:
    one = action(args={"password": "x"})
    assert one._prepared_args(VARIABLES) == ({"password": "x"}, "")


@pytest.mark.parametrize(
    ("args", "changes"),
    [
        ({"passwort": "x"}, {}),  # a mistake in the arguments
        ({"hooks": {"n": "x"}}, {}),  # one that the validation finds
        ({"password": "x"}, {}),  # performed here
        ({"password": "x"}, {"library_error": ImportError()}),  # handed over to the target
    ],
)
def test_everything_that_is_returned_is_marked_as_text_of_others(
    monkeypatch: pytest.MonkeyPatch, args: dict[str, Any], changes: dict[str, Any]
) -> None:
    marked: list[Any] = []
    monkeypatch.setattr(in_process, "wrap_var", lambda value: marked.append(value) or value)
    monkeypatch.setattr(in_process.ActionBase, "run", lambda self, tmp, task_vars: {"before": 1})
    one = action(lambda params, task: Outcome(True, {"a": "{{ 7 * 7 }}"}), args, **changes)
    monkeypatch.setattr(one, "_execute_module", lambda **dummy: {"a": "{{ 7 * 7 }}"}, raising=False)
    monkeypatch.setattr(one, "_remove_tmp_path", lambda path: None, raising=False)
    one._connection._shell = SimpleNamespace(tmpdir="")
    one._task.delegate_to = None
    assert one.run(task_vars={}) in marked
