# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""All that the campaign desk wants to know about one client. What is wrong is the answer, not a failure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible_collections.wabiz.onprem.plugins.module_utils import (
    _checks,
    _connection,
    _health,
    _owed,
    _plan,
    _redact,
    _resource,
    _spec,
    _status,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._errors import CallError, InputError, OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._http import REQUESTS_IMPORT_ERROR
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import Ledger, NoLedger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings
from ansible_collections.wabiz.onprem.plugins.module_utils._outcome import Outcome, Task

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: dict[str, dict[str, Any]] = dict(
    _connection.OPTIONS,
    ledger={"type": "path"},
    settings={"type": "dict", "no_log": True, "redact": "values"},
    collect_messages={"type": "bool"},
    long_after={"type": "int", "default": 7},
)
RULES: dict[str, Any] = {}


@dataclass
class _Seen:
    """What has been found out so far."""

    errors: list[OnPremError] = field(default_factory=list)
    current: _plan.Client | None = None
    report: _health.Report | None = None


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = _connection.connect,
) -> Outcome:
    """One login, two GETs. Raises nothing that a client or its ledger could be the cause of."""
    seen = _Seen()
    ledger = _read_ledger(params["ledger"], seen)
    declared, collect = _declared(params, seen)
    _ask(params, task, connect, seen)
    name = _redact.client_name(params["api_url"])
    if ledger is not None:
        _check_owner(ledger, name, task)
        if seen.current is not None:
            _owed.resolve(ledger.data, seen.current.values)  # what a crash has left open; nothing of it is written here
    declared = _without_placeholders(declared, seen)
    facts = _status.Facts(
        api_url=None if name == _redact.UNREADABLE_URL else name,
        now=datetime.datetime.now(datetime.timezone.utc),
        errors=tuple(seen.errors),
        current=seen.current,
        report=seen.report,
        ledger=ledger.data if ledger is not None else None,
        declared=declared,
        collect=collect,
        was_sent=(ledger or NoLedger()).was_sent,
        long_after=params["long_after"],
    )
    return Outcome(values={"client": _status.judge(facts)})


def _read_ledger(path: str | None, seen: _Seen) -> Ledger | None:
    if not path:
        return None
    try:
        with Ledger(path, read_only=True) as ledger:
            return ledger
    except OnPremError as error:
        seen.errors.append(error)
        return None


def _check_owner(ledger: Ledger, name: str, task: Task) -> None:
    owner = ledger.data["client"]
    if owner and owner != name:
        task.warn(f"Ledger {ledger.path} was last used for client {owner}, now it is read for {name}.")


def _declared(params: Mapping[str, Any], seen: _Seen) -> tuple[_plan.Values, bool | None]:
    """The settings that are declared, and whether messages are to be collected. A mistake among them hides nothing else."""
    values, problem = _spec.typed(application_settings.SETTINGS, params["settings"] or {})
    collect = params["collect_messages"]
    if collect is None:
        collect = values.get("collect_messages")
    try:
        if problem:
            raise InputError(f"the declared settings cannot be understood: {problem}")
        given = _plan.given_values(values)
        _checks.check_values(given)
    except InputError as error:
        seen.errors.append(error)
        return {}, None
    return given, collect


def _ask(params: Mapping[str, Any], task: Task, connect: Callable[..., Client], seen: _Seen) -> None:
    try:
        with connect(params, True, task.progress, task.warn) as client:
            try:
                seen.current = _resource.fetch(client)
            except CallError as error:
                if not _is_worth_another(error):
                    raise
                seen.errors.append(error)
            seen.report = _health.fetch(client)
    except OnPremError as error:
        seen.errors.append(error)


def _is_worth_another(error: CallError) -> bool:
    """Whether a client that has not told its settings may tell its health all the same."""
    return error.path == _resource.PATH and error.status not in (None, 401, 403)


def _without_placeholders(declared: _plan.Values, seen: _Seen) -> _plan.Values:
    if seen.current is None:
        return declared
    try:
        return dict(_checks.without_placeholders(seen.current, declared))
    except InputError as error:
        seen.errors.append(error)
        return {name: value for name, value in declared.items() if name != _checks.URL}
