# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published table is the one that is tested, and it leaves nothing out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from faults import table, verdict
from faults.calls import CALLS, SCENARIOS
from faults.kinds import FAULTS

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
OPERATIONS = PLUGINS / "module_utils" / "_operations"


def test_page_is_current() -> None:
    assert table.PAGE.read_text(encoding="utf-8") == table.page(), "python -m faults.table --write"


def test_size() -> None:
    assert table.count() >= 500


@pytest.mark.parametrize("path", sorted(OPERATIONS.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_each_module_that_makes_calls_has_rows(path: Path) -> None:
    """An operation that connects to a client and is not in the matrix would go untested."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    connects = any(isinstance(node, ast.arg) and node.arg == "connect" for node in ast.walk(tree))
    tested = {scenario.operation.__name__.rpartition(".")[2] for scenario in SCENARIOS}
    assert (path.stem in tested) == connects


def test_names_are_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert len({call.name for call in CALLS}) == len(CALLS)


def test_the_rules_know_each_outcome() -> None:
    """A rule that calls everything an error would be met by a client that does nothing."""
    outcomes = [verdict.expected(call, fault, mode) for call in CALLS for fault in FAULTS for mode in verdict.MODES]
    for outcome in (verdict.PASSES, verdict.RETRIED, verdict.ERROR, verdict.FINDING, verdict.WARNING):
        assert outcomes.count(outcome) > 50
