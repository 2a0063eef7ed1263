# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one cell: the real operation, client and TLS against the emulator, and everything about it that can be seen."""

from __future__ import annotations

import base64
import contextlib
import json
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import Transport
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task, perform
from emulator.testing import Client, Emulator

from . import calls, kinds
from .calls import Call, Scenario
from .gate import Gate
from .kinds import Fault


@dataclass
class Seen:
    """What one run of an operation let be seen."""

    result: dict[str, Any] = field(default_factory=dict)
    error: OnPremError | None = None
    warnings: list[str] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # the caller's side of it: "METHOD path", each try
    secrets: set[str] = field(default_factory=set)  # tokens and headers that went over the wire
    seconds: float = 0.0
    peak: int = 0  # bytes
    record: list[dict[str, Any]] = field(default_factory=list)  # the emulator's side of it
    live_tokens: int = 0
    ledger: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def finding(self) -> str:
        """The first thing that an operation found that does not fail; empty if it found nothing."""
        client = self.result.get("client")
        findings = client.get("findings", []) if isinstance(client, dict) else []
        return str(findings[0]["text"]) if findings else ""

    @property
    def shown(self) -> str:
        """Everything that the collection has said or written down."""
        return json.dumps([self.result, self.warnings, self.progress, self.ledger], default=str, ensure_ascii=False)


class Watched:
    """An operation whose error is kept as it was raised."""

    def __init__(self, operation: Any, seen: Seen) -> None:
        self._operation = operation
        self._seen = seen
        self.OPTIONS = operation.OPTIONS

    def run(self, params: dict[str, Any], task: Task) -> Outcome:
        try:
            outcome: Outcome = self._operation.run(params, task)
        except OnPremError as error:
            self._seen.error = error
            raise
        return outcome


class FaultInjector:
    """Is between Client and Transport: records each try, and turns the gate for the call that is to meet it."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.gate: Gate | None = None
        self.mode = ""
        self.key = ""
        self.skip = 0
        self.left = 0

    def before(self, method: str, path: str, authorization: str) -> None:
        self.seen.sent.append(f"{method} {path}")
        if authorization:
            self.seen.secrets.add(authorization.partition(" ")[2])
        if self.gate is None:
            return
        fits = f"{method} {path}" == self.key
        if fits and self.skip:
            self.skip -= 1
            fits = False
        if fits and self.left:
            self.left -= 1
            self.gate.turn(self.mode)
        else:
            self.gate.turn("open")


@contextlib.contextmanager
def injected(injector: FaultInjector) -> Iterator[None]:
    original = Transport.send

    def send(self: Transport, method: str, path: str, headers: Any, body: Any, time_limit: float) -> Any:
        injector.before(method, path, headers.get("Authorization", ""))
        return original(self, method, path, headers, body, time_limit)

    Transport.send = send  # type: ignore[method-assign]
    try:
        yield
    finally:
        Transport.send = original  # type: ignore[method-assign]


def new_client(emulator: Emulator, scenario: Scenario) -> Client:
    client = emulator.client(password=calls.PASSWORD, settings=calls.BEFORE)
    if scenario.provider_before:
        token = client.new_token()
        transport = Transport(client.api_url, True, emulator.ca_path)
        body = json.dumps([{"name": "shop", "type": "www", "config": {"bearer": calls.BEARER}}]).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        assert transport.send("POST", calls.PROVIDERS, headers, body, 5).status == 200
        transport.close()
        client.expire_tokens()
    client.clear_calls()
    return client


def connection_options(client: Client, emulator: Emulator, mode: str = "once") -> dict[str, Any]:
    return {
        "api_url": client.api_url,
        "password": client.password,
        "ca_path": emulator.ca_path,
        "timeout": kinds.TIMEOUT,
        "retry_timeout": kinds.RETRY_TIMEOUT[mode],
    }


def run_before(scenario: Scenario, client: Client, emulator: Emulator, ledger: Path) -> None:
    """What has to be there before the scenario."""
    for operation, given in scenario.before:
        options = {**connection_options(client, emulator), "ledger": str(ledger), **given}
        result = perform(operation, calls.filled(operation, options), Task(), diff=False)
        assert not result.get("failed"), result
    client.clear_calls()


def run_plainly(
    scenario: Scenario,
    client: Client,
    emulator: Emulator,
    ledger: Path,
    injector: FaultInjector | None = None,
    mode: str = "once",
    **given: Any,
) -> Seen:
    """One run of the scenario, whatever faults are ordered."""
    injector = injector or FaultInjector(Seen())
    seen = injector.seen
    connection = connection_options(client, emulator, mode)
    if scenario.ledger:
        connection["ledger"] = str(ledger)
    params = scenario.all_params(**{**connection, **given})
    task = Task(scenario.check_mode, seen.warnings.append, seen.progress.append)
    with injected(injector):
        started = time.monotonic()
        seen.result = perform(Watched(scenario.operation, seen), params, task, diff=True)
        seen.seconds = time.monotonic() - started
    basic = base64.b64encode(f"admin:{client.password}".encode()).decode()
    seen.secrets |= {basic, *calls.SECRETS}
    seen.record = client.calls()
    seen.live_tokens = client.live_tokens()
    seen.ledger = ledger.read_text(encoding="utf-8") if ledger.exists() else ""
    return seen


def run_cell(
    call: Call, fault: Fault, mode: str, client: Client, emulator: Emulator, ledger: Path, other_server: str
) -> Seen:
    injector = FaultInjector(Seen())
    given: dict[str, Any] = {"timeout": fault.timeout}
    times = 1 if mode == "once" else 0
    if fault.gate:
        injector.gate = _gate(client, emulator, fault.gate)
        injector.mode, injector.key = fault.gate, f"{call.method} {call.path}"
        injector.skip, injector.left = call.before, times or 10_000
        given["api_url"] = f"https://127.0.0.1:{injector.gate.port}/{client.name}"
    else:
        order = kinds.order_of(fault, other_server)
        client.order_fault(order.pop("kind"), call.method, call.path, times=times, skip=call.before, **order)
    try:
        if fault.large:
            tracemalloc.start()
        return run_plainly(call.scenario, client, emulator, ledger, injector, mode, **given)
    finally:
        if fault.large:
            injector.seen.peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        if injector.gate is not None:
            injector.gate.close()


def _gate(client: Client, emulator: Emulator, kind: str) -> Gate:
    ports = {}
    if kind not in ("refused", "silent", "plain", "alert"):
        ports[kind] = int(client.variant_url(kind).split(":")[2].split("/")[0])
    return Gate(emulator.port, ports)
