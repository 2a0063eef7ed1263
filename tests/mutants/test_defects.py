# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each planted defect is noticed by the tests of its promise, which pass without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mutants.defects import DEFECTS, Defect

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 240  # seconds for the tests of one defect
PASSED, CAUGHT = 0, 1  # what pytest ends with; 2 and more: it could not run the tests


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    environment.pop("FAULTS", None)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "mutants.plant", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, timeout=LIMIT, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_is_noticed(defect: Defect) -> None:
    done = run("--defect", defect.name, *defect.tests)
    assert done.returncode == CAUGHT, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("tests", sorted({defect.tests for defect in DEFECTS}), ids=" ".join)
def test_passes_without_a_defect(tests: tuple[str, ...]) -> None:
    done = run(*tests)
    assert done.returncode == PASSED, done.stdout[-2000:] + done.stderr[-2000:]
