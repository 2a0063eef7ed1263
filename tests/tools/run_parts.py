# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the parts of a make target, show what each says, and close with one line of counts.

One part after another; those with a lane of their own run beside them, and are shown when they are over.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO
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


def run(part: Part, output: IO[str] = sys.stdout) -> Result:
    """Run one part with its output going there, and count."""
    print(f"\n=== {part.name}: {part.command}", file=output, flush=True)
    command = shlex.split(part.command)
    pattern = part.report
    if part.pytest:
        pattern = f"tests/output/junit/{part.name}.xml"
        command.append(f"--junit-xml={pattern}")
    for old in REPOSITORY.glob(pattern or "tests/output/none"):
        old.unlink()
    begun = time.monotonic()
    code, cpu = execute(command, environment(part), output)
    seconds = time.monotonic() - begun
    counts = count_tests(list(REPOSITORY.glob(pattern)), code) if pattern else count_one(code)
    result = Result(part.name, *counts, seconds, cpu)
    verdict = "FAILED" if result.failed else "passed" if result.passed else "skipped"
    print(f"--- {part.name}: {verdict} in {seconds:.0f} s", file=output, flush=True)
    return result


def execute(command: Sequence[str], env: dict[str, str], output: IO[str]) -> tuple[int, float]:
    """The exit code of a command, and the processor time of it and all its descendants that have ended."""
    try:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=output, stderr=subprocess.STDOUT)
    except OSError as error:
        print(error, file=output)
        return 127, 0.0
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


class Lane:
    """Parts that run one after another beside all others, with their output kept until it is shown."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._waiting = [(part, self._pool.submit(self._run, part)) for part in parts]

    @staticmethod
    def _log(part: Part) -> Path:
        return OUTPUT / f"{part.name}.log"

    def _run(self, part: Part) -> Result:
        with self._log(part).open("w", encoding="utf-8") as output:
            return run(part, output)

    def show(self, *, wait: bool = False) -> Iterator[Result]:
        """What came out of the parts that are over and were not shown yet, or of all; what they said is printed."""
        while self._waiting and (wait or self._waiting[0][1].done()):
            part, future = self._waiting.pop(0)
            result = future.result()
            print(self._log(part).read_text(encoding="utf-8", errors="replace"), end="", flush=True)
            yield result

    def close(self) -> None:
        """Nothing that waits is begun any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


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


def close(results: Iterable[Result], seconds: float) -> int:
    """The closing table and the one line of counts; the exit code."""
    rows = list(results)
    passed, failed, skipped, cpu = (
        sum(getattr(row, key) for row in rows) for key in ("passed", "failed", "skipped", "cpu")
    )
    total = Result("together", passed, failed, skipped, seconds, cpu)
    print(f"\n{'part':<16}{'passed':>7}{'failed':>7}{'skipped':>8}{'time':>10}{'cpu':>10}")
    for row in [*rows, total]:
        print(row.line())
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return int(total.failed > 0 or total.passed == 0)


def run_all(parts: Sequence[Part]) -> list[Result]:
    """Every part, in its lane, of which one is shown as it goes; the results as the parts are listed."""
    shown = "" if any(not part.lane for part in parts) else parts[0].lane
    names = dict.fromkeys(part.lane for part in parts if part.lane != shown)
    lanes = [Lane(part for part in parts if part.lane == name) for name in names]
    results: dict[str, Result] = {}
    try:
        for part in (part for part in parts if part.lane == shown):
            results[part.name] = run(part)
            results.update((one.name, one) for lane in lanes for one in lane.show())
        results.update((one.name, one) for lane in lanes for one in lane.show(wait=True))
    finally:
        for lane in lanes:
            lane.close()
    return [results[part.name] for part in parts]


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
        shutil.copy(REPOSITORY / "tests" / "tools" / "coverage_wait.py", sysconfig.get_path("purelib"))
    begun = time.monotonic()
    return close(run_all(chosen), time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
