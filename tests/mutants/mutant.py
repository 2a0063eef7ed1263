# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a planted defect is, and where the tests are that have to notice."""

from __future__ import annotations

from dataclasses import dataclass

UTILS = "plugins/module_utils"
OPERATIONS = f"{UTILS}/_operations"
UNIT = "tests/unit/plugins/module_utils"
PLUGIN_UTILS = "plugins/plugin_utils"
PAGE = "tests/unit/plugins/plugin_utils"
MATRIX = "tests/faults/test_matrix.py"
TOGETHER = "tests/faults/test_together.py"
PLAIN = "tests/faults/test_plain.py"
LEDGER = "tests/hostile/test_ledger.py"
CRASH = "tests/hostile/test_crash_points.py"
ROLL = "tests/hostile/test_crash_roll.py"


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]  # arguments of pytest
