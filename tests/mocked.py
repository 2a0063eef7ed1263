# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation in a unit test: its client is a mock with `spec_set`, so that a call that `Client` does not have fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock, create_autospec

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.responses import Answer
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task

NAME = "https://client1.example.com"


def answer(data: dict[str, Any], version: str | None = "v2.53.1") -> Answer:
    return Answer(200, data, version)


def call_error(
    problem: str = "it failed", outcome_unknown: bool = False, retryable: bool = False, **details: Any
) -> CallError:
    error = CallError(problem, client=NAME, outcome_unknown=outcome_unknown, **details)
    error.retryable = retryable
    return error


class Mocked:
    """A mocked client, and an operation that is connected to it."""

    def __init__(self, operation: Any) -> None:
        real = Client(transport=None, name=NAME)
        self.client = create_autospec(real, spec_set=True)
        self.client.name = NAME
        self.client.error.side_effect = real.error
        self.client.malformed.side_effect = real.malformed
        self.client.__enter__.return_value = self.client
        self.operation = operation
        self.connect = Mock(spec_set=Callable, return_value=self.client)
        self.warnings: list[str] = []
        self.shown: list[str] = []

    def run(self, given: Mapping[str, Any], check_mode: bool = False, **more: Any) -> Outcome:
        params = {name: option.get("default") for name, option in self.operation.OPTIONS.items()}
        task = Task(check_mode, self.warnings.append, self.shown.append)
        outcome: Outcome = self.operation.run({**params, "api_url": NAME, **given}, task, connect=self.connect, **more)
        return outcome

    @property
    def read_only(self) -> bool:
        """How the client was connected."""
        self.connect.assert_called_once()
        return bool(self.connect.call_args.args[1])

    def writes(self) -> list[str]:
        """The methods of the writes that were attempted, in their order."""
        return [call[0] for call in self.client.method_calls if call[0] in ("post", "put", "patch", "delete")]
