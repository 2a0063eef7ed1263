# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""All that the fleet status shows of one client. What is wrong is the answer, not a failure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from .. import _judgement as judgement
from .. import _status
from .._api import connection, health
from .._api.client import Client
from .._api.http import REQUESTS_IMPORT_ERROR
from .._common import option_specs, redaction
from .._common.errors import CallError, InputError, OnPremError
from .._common.masking import Mask
from .._common.operation import Outcome, Task
from .._engines import claims
from .._ledger import in_effect
from .._ledger.file import Ledger, NoLedger
from .._settings import apply, catalog, checks, planning, resource
from . import application_settings

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: dict[str, dict[str, Any]] = dict(
    connection.OPTIONS,
    ledger={"type": "path"},
    settings={"type": "dict", "no_log": True, "redact": "values"},
    collect_messages={"type": "bool"},
    long_after={"type": "int", "default": 7},
    check_nodes={"type": "bool", "default": False},
    found={"type": "dict", "redact": "engine"},
)
RULES: dict[str, Any] = {}
OWN_WORDS = catalog.OWN_WORDS | health.OWN_WORDS | frozenset(_status.LEVELS) | frozenset(_status.KINDS)


@dataclass
class _Seen:
    """What has been found out so far."""

    errors: list[OnPremError] = field(default_factory=list)
    current: planning.Snapshot | None = None
    report: health.Report | None = None


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One login, two GETs. Raises nothing that a client or its ledger could be the cause of."""
    seen = _Seen()
    ledger = _read_ledger(params["ledger"], seen)
    declared, collect = _declared(params, seen)
    _ask(params, task, connect, seen)
    name = redaction.client_name(params["api_url"])
    if ledger is not None:
        _check_owner(ledger, name, task)
        if seen.current is not None:
            ledger.state = apply.compared(ledger.state, seen.current, ledger.fingerprint)  # it is not written here
    restarted, unchecked = _check_nodes(params, ledger, seen) if params["check_nodes"] else ([], "")
    url_key = resource.url_key(ledger) if ledger is not None else None
    declared = _without_placeholders(declared, seen, url_key)
    hidden = Mask(list(option_specs.urls(OPTIONS, params)))
    for error in seen.errors:
        error.problem = hidden.text(error.problem)
    facts = _status.Facts(
        api_url=None if name == redaction.UNREADABLE_URL else redaction.redact_api_url(params["api_url"]),
        now=datetime.datetime.now(datetime.timezone.utc),
        errors=tuple(seen.errors),
        current=seen.current,
        report=seen.report,
        ledger=ledger.state if ledger is not None else None,
        declared=declared,
        collect=collect,
        was_sent=(ledger or NoLedger()).was_sent,
        url_key=url_key,
        long_after=params["long_after"],
        restarted=restarted,
        unchecked=unchecked,
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
    owner = ledger.state.client
    if owner and owner != name:
        task.warn(f"Ledger {ledger.path} was last used for client {owner}, now it is read for {name}.")
        ledger.state = in_effect.forget(ledger.state)


def _check_nodes(params: Mapping[str, Any], ledger: Ledger | None, seen: _Seen) -> tuple[list[str], str]:
    """Compares the nodes' starts with the recorded ones: which nodes have started since, and why that is not known."""
    if ledger is None:
        return [], ""  # nothing is recorded that they could be compared with
    starts, problem = None, ""
    try:
        found = judgement.found_nodes(params["found"] or {"msg": "no nodes were passed on (option found)"})
        if seen.report is None:
            raise InputError("the health report, which names the nodes, could not be read")
        recorded = {name: node.ran for name, node in ledger.state.nodes.items()}
        verdict = claims.judge(found, seen.report.nodes, seen.report.single, recorded)
        if verdict.problem:
            raise InputError(verdict.problem)
        starts = {node.name: node.runs or node.started for node, dummy, proof in verdict.nodes if not node.stopped}
    except OnPremError as error:
        problem = error.problem
    ledger.state, restarted = in_effect.check_starts(ledger.state, starts)
    return restarted, problem


def _declared(params: Mapping[str, Any], seen: _Seen) -> tuple[planning.Values, bool | None]:
    """The settings that are declared, and whether messages are to be collected. A mistake among them hides nothing else."""
    values, problem = option_specs.typed(application_settings.SETTINGS, params["settings"] or {})
    collect = params["collect_messages"]
    if collect is None:
        collect = values.get("collect_messages")
    try:
        if problem:
            raise InputError(f"the declared settings cannot be understood: {problem}")
        given = planning.given_values(values)
        checks.check_values(given)
    except InputError as error:
        seen.errors.append(error)
        return {}, None
    return given, collect


def _ask(params: Mapping[str, Any], task: Task, connect: Callable[..., Client], seen: _Seen) -> None:
    try:
        with connect(params, True, task.progress, task.warn, task.secrets.append) as client:
            try:
                seen.current = resource.fetch(client)
            except CallError as error:
                if not _is_worth_another(error):
                    raise
                seen.errors.append(error)
            seen.report = health.fetch(client)
    except OnPremError as error:
        seen.errors.append(error)


def _is_worth_another(error: CallError) -> bool:
    """Whether a client that has not shown its settings may show its health all the same."""
    return error.path == resource.PATH and error.status not in (None, 401, 403)


def _without_placeholders(declared: planning.Values, seen: _Seen, url_key: bytes | None) -> planning.Values:
    if seen.current is None:
        return declared
    try:
        return dict(checks.without_placeholders(seen.current, declared, url_key))
    except InputError as error:
        seen.errors.append(error)
        return {name: value for name, value in declared.items() if name != checks.URL}
