# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every task on every client."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.model import Killed, Server, connect_to, is_shown
from properties.strategies import SECRET, params, present_arguments, servers, tasks

from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task, perform
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import BY_API, BY_NAME, SETTINGS


@dataclass
class Ran:
    """One run: its result as a module returns it, and everything that was reported until then."""

    result: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def cannot_know(self) -> bool:
        return any("cannot be known" in text for text in self.warnings)


class _Operation:
    """The operation, with its client replaced by one that reaches the model."""

    def __init__(self, server: Server, operation: Any = application_settings) -> None:
        self._server, self._operation = server, operation

    def run(self, arguments: Any, task: Task) -> Any:
        return self._operation.run(arguments, task, connect=connect_to(self._server))


def run(server: Server, arguments: dict[str, Any], ledger: str | None, check: bool = False) -> Ran:
    ran = Ran({})
    task = Task(check, ran.warnings.append, ran.said.append)
    ran.result = perform(_Operation(server), params(arguments, ledger), task, True)
    assert "defect" not in ran.result.get("msg", ""), ran.result
    return ran


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@st.composite
def ledgers(draw: Any) -> Any:
    """None, or what happened in the ledger before: campaigns that began and ended."""
    if not draw(st.booleans()):
        return None
    return draw(st.lists(st.sampled_from(["begin", "end on", "end off", "end previous"]), max_size=2))


def apply_campaigns(path: str | None, events: list[str] | None) -> None:
    if path is None:
        return
    with Ledger(path, read_only=False) as ledger:
        for event in events or []:
            if event == "begin":
                ledger.state = campaigns.begin(ledger.state, "spring", None)
            else:
                ledger.state = campaigns.end(ledger.state, ["spring"], event.split()[1])[0]
        ledger.save()


def without_fingerprints(result: dict[str, Any]) -> Any:
    """Check mode writes no ledger, and so no key: what is predicted for a new one can have no fingerprint."""
    return json.loads(re.sub(r"\*\*\*<[0-9a-f]{8}>", "***", json.dumps(result)))


def text_of(path: str | None) -> str:
    return Path(path).read_text() if path and Path(path).exists() else ""


@given(servers(), st.lists(tasks, min_size=1, max_size=3), ledgers())
def test_check_mode_predicts_and_twice_changes_nothing(
    server: Server, sequence: list[dict[str, Any]], events: list[str] | None
) -> None:
    with folder() as place:
        path = str(place / "ledger.json") if events is not None else None
        apply_campaigns(path, events)
        for arguments in sequence:
            _predict_then_do(server, arguments, path)


def _predict_then_do(server: Server, arguments: dict[str, Any], path: str | None) -> None:
    state, ledger_before = server.snapshot(), text_of(path)
    predicted = run(server, arguments, path, check=True)
    assert (server.snapshot(), server.writes, text_of(path)) == (state, [], ledger_before)
    shown_before = copy.deepcopy(server.get())
    done = run(server, arguments, path)
    for ran in (predicted, done):
        assert SECRET not in json.dumps([ran.result, ran.warnings, ran.said])
    assert SECRET not in text_of(path)
    _assert_writes(server, done, shown_before)
    server.writes.clear()
    if predicted.failed or done.failed:
        assert predicted.result == done.result
        assert server.snapshot() == state
        return
    if not predicted.cannot_know:
        assert without_fingerprints(predicted.result) == without_fingerprints(done.result)
        assert predicted.warnings == done.warnings
    _assert_consistent(done.result)
    again = run(server, arguments, path)
    _assert_unchanged(again, arguments, path, server)
    _assert_consistent(again.result)
    server.writes.clear()


def _assert_consistent(result: dict[str, Any]) -> None:
    assert result["changed"] == bool(result["changed_settings"])
    differs = result["diff"]["before"] != result["diff"]["after"]
    visible = [name for name in result["changed_settings"] if not name.startswith("extra_settings.")]
    assert differs or not visible or not result["changed"] or _only_hidden(visible)
    assert result["changed"] or not differs


def _only_hidden(names: list[str]) -> bool:
    """Settings that GET does not show can be reset without a trace in the diff."""
    return all(not BY_NAME[name].echoed or BY_NAME[name].removed for name in names)


def _assert_unchanged(again: Ran, arguments: dict[str, Any], path: str | None, server: Server) -> None:
    assert not again.failed, again.result
    never_shown = [
        name
        for name in again.result["changed_settings"]
        if path is None and (name.startswith("extra_settings.") or not _is_shown(server, name))
    ]
    assert again.result["changed_settings"] == never_shown
    if arguments.get("state") != "default" and not never_shown:
        assert server.writes == []


def _is_shown(server: Server, name: str) -> bool:
    place: Any = server.get()
    for part in BY_NAME[name].api_path:
        if not isinstance(place, dict) or part not in place:
            return False
        place = place[part]
    return True


def _assert_writes(server: Server, done: Ran, shown_before: dict[str, Any]) -> None:
    assert len(server.writes) <= 1
    for method, body in server.writes:
        if method == "PATCH":
            _assert_body(body, done.result["changed_settings"], shown_before)


def _assert_body(body: dict[str, Any], changed: list[str], shown_before: dict[str, Any]) -> None:
    """Only top-level keys that differ; nested objects whole."""
    extra = len("extra_settings.")
    keys = {BY_NAME[name].top_level if name in BY_NAME else name[extra:] for name in changed}
    assert set(body) == keys
    for key, value in body.items():
        if isinstance(value, dict) and isinstance(shown_before.get(key), dict):
            assert set(shown_before[key]) <= set(value)


@given(servers(), present_arguments(), st.sampled_from([None, "ledger.json"]))
def test_what_is_not_given_is_not_touched(server: Server, arguments: dict[str, Any], name: str | None) -> None:
    with folder() as place:
        before = server.snapshot()[0]
        done = run(server, arguments, str(place / name) if name else None)
        changed = done.result.get("changed_settings", [])
        for setting in SETTINGS:
            if setting.api in before and setting.name not in changed:
                assert server.stored[setting.api] == before[setting.api]


@given(servers())
def test_what_info_returns_can_be_pasted_back(server: Server) -> None:
    info = perform(_Operation(server, application_settings_info), params({}, None), Task(check_mode=False), False)
    assert SECRET not in json.dumps(info)
    pasted = run(server, info["settings"], None)
    assert not pasted.failed, pasted.result
    assert not pasted.result["changed"]
    assert server.writes == []


FAULTS = ("", "refuse", "lose", "unavailable", "kill before", "kill after", "restart")


def _restart(server: Server, path: str) -> None:
    """What role coreapp does: the Coreapp is restarted, and that is recorded."""
    server.restart()
    with Ledger(path, read_only=False) as ledger:
        ledger.state = rolling.close(ledger.state)
        ledger.save()


def _forget_what_others_hid(server: Server) -> None:
    """A setting that GET does not show and that another user has set is nothing that anyone could know."""
    for name in server.stored:
        if not is_shown(BY_API[name], server.version):
            server.stored[name] = server.defaults[name]
    server.restart()


@given(servers(), st.lists(st.tuples(tasks, st.sampled_from(FAULTS)), min_size=1, max_size=4))
def test_no_restart_is_lost(server: Server, sequence: list[tuple[dict[str, Any], str]]) -> None:
    """Whatever happens to the writes: when a run succeeds, what is stored and not in effect is known to be pending."""
    _forget_what_others_hid(server)
    with folder() as place:
        path = str(place / "ledger.json")
        for arguments, event in sequence:
            server.faults = [event] if event not in ("", "restart") else []
            with suppress(Killed):
                run(server, arguments, path)
            server.faults = []
            pending = run(server, {}, path).result["restart_settings"]
            assert {BY_NAME[name].api for name in pending} >= set(server.waiting()), (pending, server.waiting())
            if event == "restart":
                _restart(server, path)


@given(servers(), present_arguments())
def test_no_needless_restart(server: Server, arguments: dict[str, Any]) -> None:
    """A write that never happened, or was refused, leads to no restart."""
    for fault in ("refuse", "kill before"):
        with folder() as place:
            path = str(place / "ledger.json")
            server.faults = [fault]
            with suppress(Killed):
                run(server, arguments, path)
            server.faults = []
            pending = run(server, {}, path).result["restart_settings"]
            assert all(not _is_shown(server, name) for name in pending), pending
            assert fault != "refuse" or not pending


@given(servers(), st.lists(tasks, max_size=4))
def test_the_webhook_is_lost_by_permission_alone(server: Server, sequence: list[dict[str, Any]]) -> None:
    for arguments in sequence:
        had = server.stored["webhooks.url"]
        run(server, arguments, None)
        if had and not server.stored["webhooks.url"]:
            assert arguments["allow_webhook_loss"]
