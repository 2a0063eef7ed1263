# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation's outcome as a module's result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task, perform


class Operation:
    def __init__(self, result: Any) -> None:
        self._result = result

    def run(self, params: Any, task: Task) -> Any:
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result


@pytest.mark.parametrize(
    ("outcome", "diff", "result"),
    [
        (Outcome(True, {"a": 1}), True, {"a": 1, "changed": True}),
        (Outcome(False, {}, {"x": 1}, {"x": 1}), False, {"changed": False}),
        (Outcome(True, {}, {"x": 1}, {}), True, {"changed": True, "diff": {"before": {"x": 1}, "after": {}}}),
    ],
)
def test_success(outcome: Outcome, diff: bool, result: dict[str, Any]) -> None:
    assert perform(Operation(outcome), {}, Task(), diff) == result


def test_a_failure() -> None:
    result = perform(Operation(CallError("it broke", status=500)), {}, Task(), True)
    assert result == {"failed": True, "msg": "it broke.", "error": {"status": 500}}


def test_a_defect_says_its_kind_and_place_and_never_its_text() -> None:
    result = perform(Operation(ValueError("s3cret")), {}, Task(), True)
    assert result["failed"] is True
    assert result["msg"].startswith("Unexpected ValueError at test_outcome.py:")
    assert "s3cret" not in str(result)


def test_an_interruption_is_no_result() -> None:
    with pytest.raises(KeyboardInterrupt):
        perform(Operation(KeyboardInterrupt()), {}, Task(), True)
