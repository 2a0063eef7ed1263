# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hook of a sweep is given."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.plugin_utils.run_summary import judge
from ansible_collections.wabiz.onprem.plugins.plugin_utils.sweep_summary import found, swept

NOTHING = {"ended": [], "changed_settings": [], "restart": "none", "problem": ""}
END = {"ended": ["sale"], "changed_settings": ["a"], "restart_required": True}
GO, DEFERRED = {"go": True, "pending": True}, {"go": False, "pending": True}
PROBLEM = {"failed": True, "msg": "Could not restart the Coreapp."}


def client(results: dict[str, Any], failed: bool = False) -> dict[str, Any]:
    return swept(judge("wa", results, failed), results)


@pytest.mark.parametrize(
    ("results", "failed", "expected"),
    [
        ({}, False, {"outcome": "ok"}),
        ({"campaign_mode__result": {"ended": []}}, False, {"outcome": "ok"}),
        (
            {"campaign_mode__result": END, "coreapp__restart": GO},
            False,
            {"outcome": "ended", "ended": ["sale"], "changed_settings": ["a"], "restart": "done"},
        ),
        (
            {"campaign_mode__result": END, "coreapp__restart": DEFERRED},
            False,
            {"outcome": "ended", "ended": ["sale"], "changed_settings": ["a"], "restart": "pending"},
        ),
        (
            {"campaign_mode__result": {"restart_required": True}, "coreapp__restart": GO},
            False,
            {"outcome": "repaired", "restart": "done"},
        ),
        (
            {"campaign_mode__result": {"changed_settings": ["a"]}},
            False,
            {"outcome": "repaired", "changed_settings": ["a"]},
        ),
        (
            {"campaign_mode__result": END, "coreapp__restart": GO, "coreapp_restarted": PROBLEM},
            True,
            {
                "outcome": "failed",
                "ended": ["sale"],
                "changed_settings": ["a"],
                "restart": "pending",
                "problem": "Could not restart the Coreapp.",
            },
        ),
        (
            {"campaign_mode__result": {**END, "prepared": True}, "coreapp__plan": PROBLEM},
            True,
            {"outcome": "failed", "problem": "Could not restart the Coreapp."},
        ),
    ],
    ids=["nothing", "none ended", "ended", "deferred", "repaired", "written", "failed", "nothing written"],
)
def test_one_client(results: dict[str, Any], failed: bool, expected: dict[str, Any]) -> None:
    assert client(results, failed) == {"name": "wa", **NOTHING, **expected}


def test_all_are_counted_and_those_with_something_to_report_are_listed() -> None:
    ended, bad = client({"campaign_mode__result": END}), client({"coreapp__plan": PROBLEM}, failed=True)
    assert found([client({}), ended, bad]) == {
        "summary": {"clients": 3, "failed": 1, "ended": 1, "repaired": 0},
        "clients": [ended, bad],
    }
