# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmarks: all ways in turn, again and again, so that what slows the machine slows all of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from emulator.testing import running_emulator

from . import fleet, report
from .measure import Figures, run_playbook
from .variants import ALL, CAMPAIGN, SETTINGS, Variant

# Size of the fleet -> how often each way is measured: quick ways, slow ways.
FULL = {1: (9, 5), 10: (7, 3), 100: (5, 2), 500: (3, 1)}
SHORT = {1: (1, 1), 3: (1, 1)}
# From how many clients on the slow ways are left out: one run of theirs takes many minutes.
LARGE = 200

COMMON = {"campaign_mode_name": "sale"}

Runs = dict[str, list[Figures]]


class Bench:
    def __init__(self, emulator_pid: int, clients: fleet.Fleet, folder: Path) -> None:
        self._pid = emulator_pid
        self._fleet = clients
        self._folder = folder
        self._delay = 3000  # what the last changing run has set

    def measure(self, variant: Variant, size: int) -> Figures:
        if variant.changes:
            self._delay += 1
        in_effect = self._delay if variant.changes else None
        extra = [fleet.wanted(in_effect), json.dumps({"wabiz_onprem_in_process": variant.in_process, **COMMON})]
        inventory = self._fleet.inventory(size, variant.credential, sys.executable)
        if not variant.changes:
            self._fleet.put_back(size)
        self._fleet.clear_calls(size)
        figures = run_playbook(variant.path, inventory, extra, self._folder, self._pid)
        requests = self._fleet.check_calls(size, variant.requests, variant.writes)
        return Figures(**{**figures.as_dict(), "requests": requests})


def _variants(size: int, only: str) -> list[Variant]:
    chosen = [variant for variant in ALL if only in variant.name or variant.way == "debug"]
    return [variant for variant in chosen if size < LARGE or not variant.slow]


def measure_all(plan: dict[int, tuple[int, int]], only: str, write: bool) -> None:
    measured: dict[int, Runs] = {}
    with tempfile.TemporaryDirectory(prefix="wabiz-bench-") as name, running_emulator() as emulator:
        folder = Path(name)
        clients = fleet.Fleet(emulator, max(plan), folder)
        bench = Bench(emulator.pid, clients, folder)
        for size, (quick, slow) in plan.items():
            runs: Runs = {variant.name: [] for variant in _variants(size, only)}
            for variant in (
                SETTINGS[0],
                *CAMPAIGN,
            ):  # not counted: the campaign is noted, and files come into the cache
                if variant in _variants(size, only):
                    bench.measure(variant, size)
            for turn in range(max(quick, slow)):
                for variant in _variants(size, only):
                    if turn < (slow if variant.slow else quick):
                        runs[variant.name].append(bench.measure(variant, size))
            measured[size] = runs
            print(report.table(size, runs), flush=True)
            if write:
                report.write(measured)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--short", action="store_true", default=os.environ.get("BENCH") == "short", help="a smoke test")
    parser.add_argument("--sizes", nargs="+", type=int, help="sizes of the fleet; default: 1 10 100 500")
    parser.add_argument("--turns", nargs=2, type=int, metavar=("QUICK", "SLOW"), help="how often each way is measured")
    parser.add_argument("--only", default="", help="only ways with this in their name, and the debug task")
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md and its picture; a full run does so anyway"
    )
    arguments = parser.parse_args()
    plan = dict(SHORT if arguments.short else FULL)
    if arguments.sizes:
        plan = {size: FULL.get(size, (3, 1)) for size in sorted(set(arguments.sizes))}
    if arguments.turns:
        plan = {size: tuple(arguments.turns) for size in plan}
    full = not (arguments.short or arguments.sizes or arguments.turns or arguments.only)
    measure_all(plan, arguments.only, full or arguments.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
