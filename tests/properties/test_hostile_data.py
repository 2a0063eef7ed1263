# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anything in responses, answers of engines and ledgers: an operation ends with a result or a sentence, both harmless.

Each example is something real with a few places replaced, so that most of the code still understands the rest.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties import ledger_states

from ansible_collections.wabiz.onprem.plugins.action import coreapp_node, coreapp_nodes
from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import FORMAT, KIND
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
    campaign,
    client_status,
    garbage_collection,
    health_info,
    media_provider_info,
    rolling_restart,
)
from ansible_collections.wabiz.onprem.plugins.plugin_utils import running
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others, perform_task

EXAMPLES = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 250
LONGEST, LARGEST = 2000, 200_000  # characters of a sentence, and of all that a result holds
RECORDED = Path(__file__).resolve().parents[1] / "unit" / "plugins" / "module_utils" / "engines" / "recorded"
DOCKER, KUBERNETES = (json.loads((RECORDED / f"{name}.json").read_text()) for name in ("docker", "kubernetes"))
CONNECTION = {"api_url": "https://c.example", "password": "pr1vate/pass", "validate_certs": False, "retry_timeout": 0}
OWNER = vars(lease_owner.owner_of(os.getpid(), "one"))

texts = st.text(max_size=20) | st.sampled_from(
    [
        "{{ lookup('pipe', 'touch /tmp/x') }}",
        "{% raw %}",
        "\x1b[2J\x9b31m\nPLAY RECAP ****\r",
        "\u202e\u2028",
        "\ud800",
        "y" * 30_000,
        "https://u:S3CRET@h.example/x",
        "",
        "9" * 5000,
        "\x00",
    ]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**31, 10**400, 1e308])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


@st.composite
def changed(draw: Any, *originals: Any) -> Any:
    """A copy with one to three places replaced, left out or renamed."""
    made = {"": copy.deepcopy(draw(st.sampled_from(originals)))}
    for _time in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(made[""]))))
        parent: Any = made
        keys = ("", *path)
        for key in keys[:-1]:
            parent = parent[key]
        how = draw(st.sampled_from(["replace", "replace", "rename", "drop"]))
        if how == "replace" or not isinstance(parent, dict) or len(keys) == 1:
            parent[keys[-1]] = draw(values)
        else:
            value = parent.pop(keys[-1])
            if how == "rename":
                parent[draw(texts)] = value
    return made[""]


HEALTH = {
    "health": {
        "wacore1:3f": {"gateway_status": "connected", "role": "primary_master"},
        "wacore2:4e": {"gateway_status": "connecting", "role": "coreapp"},
        "wacore3:5d": {"errors": [{"code": 1014, "title": "Internal error", "details": "x"}]},
    },
    "meta": {"version": "2.53.1", "api_status": "stable"},
}
SETTINGS = {
    "settings": {
        "application": {
            "wa_id": "4930123",
            "callback_persist": True,
            "callback_backoff_delay_ms": 3000,
            "media": {"auto_download": ["image"]},
            "webhooks": {"url": "https://h.example/x", "max_concurrent_requests": 6},
            "garbagecollector_enable": {"messages": True, "media": False},
            "sent_status": False,
        }
    },
    "meta": {"version": "2.53.1"},
}
PROVIDERS = {
    "settings": {"application": {"media": {"providers": [{"name": "a", "type": "www", "config": {"bearer": "x"}}]}}},
    "meta": {"version": "2.53.1"},
}
LOGIN = {"users": [{"token": "t0ken", "expires_after": "2030-01-01 00:00:00+00:00"}], "meta": {"version": "2.53.1"}}
OTHER = {"meta": {"version": "2.53.1"}, "errors": [{"code": 1009, "title": "x", "details": "y"}]}


class Wire:
    """A client that gives these answers."""

    def __init__(self, answers: dict[str, Any], status: int) -> None:
        self.answers, self.status = answers, status

    def __call__(self, *dummy: Any) -> Wire:
        return self

    def close(self) -> None:
        pass

    def send(self, method: str, path: str, headers: Any, body: Any, limit: float) -> RawAnswer:
        del headers, body, limit
        last = path.rsplit("/", 1)[-1]
        kind = last if last in ("login", "health", "providers", "application") and method != "PATCH" else "other"
        status = self.status if kind != "login" else 200
        return RawAnswer(status, {}, json.dumps(self.answers[kind]).encode("utf-8", "surrogatepass"))


OPERATIONS: list[tuple[Any, dict[str, Any]]] = [
    (application_settings, {"callback_persist": False, "webhooks": {"url": "https://h.example/y"}}),
    (application_settings, {"state": "default", "allow_webhook_loss": True}),
    (application_settings_info, {}),
    (campaign, {"name": "sale", "owner": OWNER}),
    (client_status, {"settings": {"callback_persist": False}}),
    (garbage_collection, {"kinds": ["media"]}),
    (health_info, {}),
    (media_provider_info, {}),
    (rolling_restart, {"step": "begin", "force": True, "owner": OWNER}),
]


def performed(operation: Any, more: dict[str, Any], wire: Wire, ledger: str, check_mode: bool) -> dict[str, Any]:
    connect = functools.partial(connection.connect, transport=wire)
    one = types.SimpleNamespace(
        OPTIONS=operation.OPTIONS,
        RULES=operation.RULES,
        OWN_WORDS=getattr(operation, "OWN_WORDS", ()),
        LIBRARY_ERROR=None,
        run=functools.partial(operation.run, connect=connect),
    )
    args = {**CONNECTION, **more, **({"ledger": ledger} if "ledger" in operation.OPTIONS else {})}
    shown: list[str] = []
    result = perform_task(one, args, Task(check_mode, progress=shown.append), diff=True, with_invocation=True)
    assert_harmless(result, [str(result.get("msg", "")), *result.get("warnings", []), *shown])
    return result


def each_text(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from each_text(item)
    elif isinstance(value, list):
        for item in value:
            yield from each_text(item)
    elif isinstance(value, str):
        yield value


# Spaces of other scripts, which Python does not call printable. They steer and reorder nothing: data keeps them.
WIDE_SPACES = {0xA0: " ", 0x3000: " "}


def assert_harmless(result: dict[str, Any], sentences: list[str]) -> None:
    assert "defect" not in str(result.get("msg", "")), result["msg"]
    assert [one for one in sentences if not one.isprintable()] == []
    assert [one for one in each_text(result) if not one.translate(WIDE_SPACES).isprintable()] == []
    assert [one for one in sentences if len(one) > LONGEST] == []
    assert len(json.dumps(result)) < LARGEST
    assert "pr1vate/pass" not in json.dumps(result) and "S3CRET" not in " ".join(sentences)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling_restart.time, "sleep", lambda seconds: None)


@settings(max_examples=EXAMPLES)
@given(st.data(), st.sampled_from(OPERATIONS), st.booleans(), st.sampled_from([200, 200, 201, 400, 404, 500]))
def test_any_response(data: Any, chosen: tuple[Any, dict[str, Any]], check_mode: bool, status: int) -> None:
    whole = {"login": LOGIN, "health": HEALTH, "application": SETTINGS, "providers": PROVIDERS, "other": OTHER}
    name = data.draw(st.sampled_from(sorted(whole)))
    answers = {**whole, name: data.draw(changed(whole[name]))}
    with tempfile.TemporaryDirectory() as folder:
        performed(*chosen, Wire(answers, status), f"{folder}/ledger.json", check_mode)


@settings(max_examples=EXAMPLES)
@given(st.data(), ledger_states.states, st.sampled_from([one for one in OPERATIONS if "ledger" in one[0].OPTIONS]))
def test_any_ledger(data: Any, state: Any, chosen: tuple[Any, dict[str, Any]]) -> None:
    content = {"kind": KIND, "format": FORMAT, **state.as_json()}
    if data.draw(st.booleans()):
        content = data.draw(changed(content))
    wire = Wire(
        {"login": LOGIN, "health": HEALTH, "application": SETTINGS, "providers": PROVIDERS, "other": OTHER}, 200
    )
    more = {**chosen[1], **({"lease_wait": 0} if "lease_wait" in chosen[0].OPTIONS else {})}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o700)
        path = Path(folder) / "ledger.json"
        path.write_bytes(json.dumps(content).encode("utf-8", "surrogatepass"))
        path.chmod(0o600)
        performed(chosen[0], more, wire, str(path), data.draw(st.booleans()))


class Clock:
    """No time passes but what is slept."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.5)


def acted(module: Any, args: dict[str, Any], answers: Any) -> dict[str, Any]:
    action = module.ActionModule.__new__(module.ActionModule)
    action._task = SimpleNamespace(check_mode=False, delegate_to=None, action="x", resolved_action="a.b.x")
    action._connection, action._loader = SimpleNamespace(transport="local"), None
    action.variables, action.phase = {"inventory_hostname": "wa1"}, ""
    action._run_once = lambda module, options, check_mode: copy.deepcopy(answers[module.rpartition(".")[2]])
    action.command = lambda argv: copy.deepcopy(answers["command"])
    action.params, problem = action._validated(args)
    if problem:
        return {"msg": problem, "failed": True}
    try:
        done: dict[str, Any] = from_others(action.perform())
    except InputError as error:
        done = {"msg": str(error), "failed": True}
    assert_problem(done)
    return done


def assert_problem(done: dict[str, Any]) -> None:
    problem = str(done.get("problem", "")) + str(done.get("msg", ""))
    assert problem.isprintable() and len(problem) < 5000, problem[:200]


CONTAINERS = [one for one in DOCKER.values() if "container" in one]
ENGINES = {
    "docker_host_info": [DOCKER["listed"]],
    "docker_container_info": CONTAINERS,
    "docker_container": CONTAINERS,
    "k8s_info": [
        *({"resources": [one["workload"]]} for one in KUBERNETES.values()),
        *({"resources": one["pods"]} for one in KUBERNETES.values()),
    ],
    "k8s": [{"result": one["workload"], "changed": True, "method": "patch"} for one in KUBERNETES.values()],
    "command": [{"rc": 0, "stdout": "2026-01-01", "stderr": ""}, {"rc": 1, "stdout": "", "stderr": "no"}],
}
FIND = {
    "docker": {},
    "kubernetes": {"workloads": [{"kind": "Deployment", "name": "whatsapp-coreapp"}]},
    "command": {"nodes": [{"name": "a"}], "started_command": {"a": ["x"]}},
}


@settings(max_examples=EXAMPLES)
@given(st.data(), st.sampled_from(sorted(FIND)))
def test_any_answer_of_an_engine(data: Any, strategy: str) -> None:
    whole = {name: data.draw(st.sampled_from(answers)) for name, answers in ENGINES.items()}
    kinds = {"docker": "docker", "kubernetes": "k8s", "command": "command"}
    name = data.draw(st.sampled_from([name for name in ENGINES if name.startswith(kinds[strategy])]))
    answer = data.draw(changed(whole[name]))
    answers = {**whole, name: answer if isinstance(answer, dict) else {"msg": answer}}  # modules return dictionaries
    with pytest.MonkeyPatch.context() as patched:
        clock = Clock()
        patched.setattr(running, "time", clock)
        patched.setattr(coreapp_node, "time", clock)
        found = acted(coreapp_nodes, {"strategy": strategy, **FIND[strategy]}, answers)
        for node in found.get("nodes") or [data.draw(changed(*NODES))]:
            args = {"restart_command": ["x"], "started_command": ["x"], "timeout": 5, "restart_id": "abc"}
            if isinstance(node, dict):
                acted(coreapp_node, {"strategy": strategy, "node": node, **args}, answers)


NODES = [
    {
        "name": "wa1/wacore",
        "host": "wa1",
        "role": "coreapp",
        "started": "2026",
        "state": "running",
        "details": {"id": "1"},
    }
]
