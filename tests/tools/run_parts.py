# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the parts of a make target one after another, show what each says, and close with one line of counts."""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from parts import PARTS, Part

REPOSITORY = Path(__file__).resolve().parents[2]
OUTPUT = REPOSITORY / "tests" / "output"
COVERAGE = OUTPUT / "coverage"
SKIPPED = 77  # the exit code that automake made common


@dataclass
class Result:
    """What came out of one part."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    cpu: float  # of both cores together; what a part costs on a machine that does other things besides

    def line(self) -> str:
        """This part's row in the closing table."""
        return (
            f"{self.name:<16}{self.passed:>7}{self.failed:>7}{self.skipped:>8}{self.seconds:>8.0f} s{self.cpu:>8.0f} s"
        )


def run(part: Part) -> Result:
    """Run one part with its output visible, and count."""
    print(f"\n=== {part.name}: {part.command}", flush=True)
    command = shlex.split(part.command)
    pattern = part.report
    if part.pytest:
        pattern = f"tests/output/junit/{part.name}.xml"
        command.append(f"--junit-xml={pattern}")
    for old in REPOSITORY.glob(pattern or "tests/output/none"):
        old.unlink()
    begun, cpu_before = time.monotonic(), cpu_of_children()
    try:
        code = subprocess.run(command, cwd=REPOSITORY, env=environment(part), check=False).returncode
    except OSError as error:
        print(error)
        code = 127
    seconds = time.monotonic() - begun
    counts = count_tests(list(REPOSITORY.glob(pattern)), code) if pattern else count_one(code)
    result = Result(part.name, *counts, seconds, cpu_of_children() - cpu_before)
    verdict = "FAILED" if result.failed else "passed" if result.passed else "skipped"
    print(f"--- {part.name}: {verdict} in {seconds:.0f} s", flush=True)
    return result


def cpu_of_children() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(part: Part) -> dict[str, str]:
    """The environment of a part; in a measured one every Python process, workers and modules too, records its lines."""
    env = {**os.environ, **part.env}
    if part.measured:
        env["COVERAGE_PROCESS_START"] = str(REPOSITORY / "tests" / "tools" / "coverage.ini")
        env["COVERAGE_FILE"] = str(COVERAGE / "data")
    return env


def count_one(code: int) -> tuple[int, int, int]:
    """A part without a report: passed, failed, or skipped, for which it has said the reason."""
    return int(code == 0), int(code not in (0, SKIPPED)), int(code == SKIPPED)


def count_tests(reports: list[Path], code: int) -> tuple[int, int, int]:
    """Passed, failed, skipped of a pytest run; one that broke off without a failed test counts as a failure."""
    passed = failed = skipped = 0
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest has just written it
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left_out = int(suite.get("skipped", 0))
            failed += bad
            skipped += left_out
            passed += int(suite.get("tests", 0)) - bad - left_out
    if not failed and (code != 0 or not passed + skipped):
        failed = 1
    return passed, failed, skipped


def close(results: Iterable[Result]) -> int:
    """The closing table and the one line of counts; the exit code."""
    rows = list(results)
    total = Result(
        "together",
        *(sum(getattr(row, key) for row in rows) for key in ("passed", "failed", "skipped", "seconds", "cpu")),
    )
    print(f"\n{'part':<16}{'passed':>7}{'failed':>7}{'skipped':>8}{'time':>10}{'cpu':>10}")
    for row in [*rows, total]:
        print(row.line())
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return int(total.failed > 0 or total.passed == 0)


def main(target: str) -> int:
    """Run the parts of a target."""
    chosen = [part for part in PARTS if target in part.targets.split()]
    if not chosen:
        sys.exit(f"No part belongs to {target}.")
    (OUTPUT / "junit").mkdir(parents=True, exist_ok=True)
    if any(part.measured for part in chosen):
        shutil.rmtree(COVERAGE, ignore_errors=True)
        COVERAGE.mkdir()
        # Every measured process loads it, also one whose PYTHONPATH is its own.
        shutil.copy(REPOSITORY / "tests" / "tools" / "coverage_patience.py", sysconfig.get_path("purelib"))
    return close([run(part) for part in chosen])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
