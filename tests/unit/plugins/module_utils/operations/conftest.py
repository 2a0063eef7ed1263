# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that is mocked by its own interface, and one run of an operation against it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable
from unittest.mock import create_autospec

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.responses import Answer
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import State
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning

NEVER_SHOWN = ("axolotl_context_striping_disabled", "webhook_payload_conversation_pricingmodel_disabled")
NAME = "https://client.example:9090"


def filled(options: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What Ansible makes of arguments: every option is there, absent ones with their default."""
    params = {name: option.get("default") for name, option in options.items()}
    for name, value in given.items():
        inner = options[name].get("options")
        params[name] = filled(inner, value) if inner and isinstance(value, dict) else value
    return params


@dataclass
class Bench:
    """A mocked client with settings, the folder of a ledger, and the warnings of the last run."""

    folder: Path
    shown: dict[str, Any]
    version: str | None = "2.53.1"
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connected: list[bool] = []  # read-only or not, of each connection
        self.client = create_autospec(Client(None, NAME), spec_set=True)
        self.client.name = NAME
        self.client.__enter__.return_value = self.client
        self.client.__exit__.return_value = None
        self.client.get.side_effect = self._get
        self.client.patch.side_effect = self._patch
        self.client.delete.side_effect = self._delete
        self.client.error.side_effect = lambda problem, advice="", doing="", **details: CallError(
            problem, advice, doing=doing, client=NAME, **details
        )
        self.after_delete: dict[str, Any] = {}
        self.queued: Any = 0  # callbacks; None if the client does not show it

    def _get(self, path: str, doing: str) -> Answer:
        if path == "/v1/stats/app":
            data = [] if self.queued is None else [{"value": self.queued}]
            return Answer(200, {"stats": {"app": {"callback_queue_size": {"data": data}}}}, self.version)
        assert path == "/v1/settings/application"
        return Answer(200, {"settings": {"application": copy.deepcopy(self.shown)}}, self.version)

    def _patch(self, path: str, body: dict[str, Any], doing: str) -> Answer:
        assert path == "/v1/settings/application"
        self.shown.update({key: copy.deepcopy(value) for key, value in body.items() if key not in NEVER_SHOWN})
        return Answer(200, {}, self.version)

    def _delete(self, path: str, doing: str) -> Answer:
        assert path == "/v1/settings/application"
        self.shown = copy.deepcopy(self.after_delete)
        return Answer(200, {}, self.version)

    @property
    def ledger(self) -> str:
        return str(self.folder / "ledger.json")

    def state(self) -> State:
        """What the ledger's file holds."""
        with Ledger(self.ledger, read_only=True) as ledger:
            return ledger.state

    def note(self, change: Callable[[State], State]) -> None:
        """Writes something into the ledger beforehand."""
        with Ledger(self.ledger, read_only=False) as ledger:
            ledger.state = change(ledger.state)
            ledger.save()

    def restarted(self) -> None:
        """All nodes have been restarted, with what is stored."""
        shown = planning.restart_values(planning.read_snapshot(self.shown, self.version))
        self.note(lambda state: rolling.close(in_effect.confirm(replace(state, client=NAME), shown, shown, {"n": "1"})))

    def run(self, operation: Any, check: bool = False, ledger: bool = False, **given: Any) -> Outcome:
        given = dict({"api_url": NAME, "token": "t"}, **given)
        if ledger:
            given["ledger"] = self.ledger
        self.warnings.clear()
        task = Task(check, self.warnings.append)
        outcome: Outcome = operation.run(filled(operation.OPTIONS, given), task, connect=self._connect)
        return outcome

    def _connect(self, params: Any, read_only: bool, *dummy: Any) -> Any:
        self.connected.append(read_only)
        return self.client

    def wrote(self) -> list[str]:
        return [call[0] for call in self.client.method_calls if call[0] not in ("get", "error", "malformed")]


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    def make(version: str | None = "2.53.1", **shown: Any) -> Bench:
        return Bench(tmp_path, shown, version)

    return make
