# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A campaign is begun and ended, the run is killed in between, and one plain run after it has to complete the work.

PYTHONPATH=tests python -m engines.kills --points 30 --clusters 2

Points are spread over a run by how many task results it has had, so that a slow machine does not shift them; and a moment
of up to half a second is added, so that they fall into tasks and not between them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from playbooks.helpers import recorded

from . import events, runs
from .cluster import DockerCluster, Shape, remove
from .events import EventLog

SHAPE = Shape("multiconnect", masters=1, coreapps=2, shards=1)
STEPS = ("begin", "end")
QUICK: dict[str, Any] = {"coreapp_minimum_uptime": 0}
LONGEST_MOMENT = 0.5


@dataclass
class Row:
    """One point, and what came of it."""

    number: int
    step: str
    cut: int  # results of tasks before the kill
    last_task: str = ""
    processes: int = 0
    left: str = ""  # what the ledger holds after the kill
    seconds: float = 0.0  # of the run after it
    starts: str = ""
    problems: str = ""

    def line(self) -> str:
        return (
            f"{self.number:>3} {self.step:<6}{self.cut:>5} {self.last_task[:46]:<47}{self.processes:>5}  "
            f"{self.left:<30}{self.starts:<22}{self.seconds:>6.1f} s  {self.problems or 'ok'}"
        )


HEADER = (
    f"{'no':>3} {'step':<6}{'after':>5} {'killed after task':<47}{'procs':>5}  {'left in the ledger':<30}"
    f"{'starts per node':<22}{'re-run':>8}  verdict"
)


class Killer:
    """Kills runs on one client, and judges the runs that follow."""

    def __init__(self, cluster: DockerCluster, log: EventLog, seed: int) -> None:
        self.cluster = cluster
        self.log = log
        self.random = random.Random(seed)
        self.totals: dict[str, int] = {}

    def measure(self) -> None:
        """How many results an undisturbed run has, of either step."""
        for step in STEPS:
            done = runs.campaign(self.cluster, step, **QUICK).wait()
            assert done.ok, done.output
            self.totals[step] = len(done.results)

    def strike(self, number: int, step: str, share: float) -> Row:
        row = Row(number, step, max(1, round(self.totals[step] * share)))
        began = time.time()
        run = runs.campaign(self.cluster, step, tag="-killed", **QUICK)
        while len(lines := recorded_lines(run.results)) < row.cut and run.process.poll() is None:
            time.sleep(0.01)
        time.sleep(self.random.uniform(0, LONGEST_MOMENT))
        if run.process.poll() is not None:
            row.last_task = "(the run had ended)"
        row.processes = run.kill()
        lines = recorded_lines(run.results)
        row.cut = len(lines)
        row.last_task = row.last_task or (recorded(run.results)[-1].task if lines else "")
        row.left = self._left()
        again = runs.campaign(self.cluster, step, tag="-again", **QUICK).wait()
        row.seconds = again.seconds
        self._judge(row, began, again.code, again.output)
        return row

    def _left(self) -> str:
        try:
            ledger = runs.ledger(self.cluster)
        except FileNotFoundError:
            return "no ledger yet"
        if ledger["intention"]:
            return "an unfinished write"
        nodes = (ledger["roll"] or {}).get("nodes", {})
        if not ledger["restart"]:
            state = "campaign recorded" if ledger["campaigns"] else "nothing"
            return f"{state}, {len(nodes)} nodes prepared" if nodes else state
        return f"pending, {sum(node['done'] for node in nodes.values())} of {len(nodes)} recorded as done"

    def _judge(self, row: Row, began: float, code: int, output: str) -> None:
        cluster, problems = self.cluster, []
        starts = events.starts(self.log.of(cluster.name, since=began))
        row.starts = " ".join(f"{name}:{starts[name]}" for name in cluster.shape.node_names)
        if code:
            problems.append(f"the run after it failed: {output[-1500:]}")
        # A node whose restart could not be recorded before the kill may be restarted a second time.
        again = sum(starts.values()) - len(cluster.shape.node_names)
        if any(not starts[name] for name in cluster.shape.node_names) or again > 1:
            problems.append("not every node once, but for the one that was being restarted at the kill")
        if set(runs.collecting(cluster).values()) != {row.step == "end"}:
            problems.append(f"in effect: {runs.collecting(cluster)}")
        ledger = runs.ledger(cluster)
        if any(ledger[name] for name in ("restart", "roll", "intention", "lease")):
            problems.append("something is still pending")
        if bool(ledger["campaigns"]) != (row.step == "begin"):
            problems.append(f"campaigns: {sorted(ledger['campaigns'])}")
        if events.most_down_at_once(self.log.of(cluster.name, since=began)) > 1:
            problems.append("two nodes down at once")
        row.problems = "; ".join(problems)


def recorded_lines(results: Path) -> list[str]:
    return results.read_text(encoding="utf-8").splitlines() if results.exists() else []


@contextmanager
def clusters(engine: docker.DockerClient, count: int, folder: Path) -> Iterator[list[DockerCluster]]:
    made = [DockerCluster(engine, f"wabiz-kill-{uuid.uuid4().hex[:8]}", folder, SHAPE) for _dummy in range(count)]
    try:
        for cluster in made:
            cluster.up()
        yield made
    finally:
        for cluster in made:
            remove(engine, cluster.name)


def strike_all(engine: docker.DockerClient, points: int, count: int, folder: Path) -> list[Row]:
    """All points, half of them in begin and half in end, shared among the clients; each table row as soon as it is known."""
    shares = [(number + 0.5) / (points // 2) for number in range(points // 2)]
    print(HEADER, flush=True)

    def work(index: int, cluster: DockerCluster, log: EventLog) -> list[Row]:
        killer = Killer(cluster, log, seed=index)
        killer.measure()
        rows = []
        for number in range(index, len(shares), count):
            for offset, step in enumerate(STEPS):
                rows.append(killer.strike(2 * number + offset + 1, step, shares[number]))
                print(rows[-1].line(), flush=True)
        return rows

    with clusters(engine, count, folder) as made, EventLog(engine) as log, ThreadPoolExecutor(count) as pool:
        parts = [pool.submit(work, index, cluster, log) for index, cluster in enumerate(made)]
        return sorted((row for part in parts for row in part.result()), key=lambda row: row.number)


def summary(rows: Sequence[Row]) -> str:
    good = sum(not row.problems for row in rows)
    return f"{good} of {len(rows)} ended as intended after one plain run"


def main() -> int:
    parser = argparse.ArgumentParser(prog="engines.kills", description=__doc__)
    parser.add_argument("--points", type=int, default=30)
    parser.add_argument("--clusters", type=int, default=2, help="clients worked on side by side")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wabiz-kills-") as folder:
        rows = strike_all(docker.from_env(), options.points, options.clusters, Path(folder))
    print(f"\n{HEADER}")
    for row in rows:
        print(row.line())
    print(f"\n{summary(rows)}")
    return int(any(row.problems for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
