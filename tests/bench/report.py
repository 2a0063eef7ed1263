# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From figures to tables: for the terminal, and for docs/benchmarks.md with its picture."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from .measure import Figures
from .plot import Points, picture
from .variants import ALL, BY_HAND, DEBUG, IN_PROCESS, MODULE, WAYS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "benchmarks.md", DOCS / "images" / "benchmarks.svg"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- figures: end -->"

Runs = Mapping[str, Sequence[Figures]]


def middle(figures: Sequence[Figures], what: str) -> float:
    return float(median(getattr(one, what) for one in figures))


def _measured(runs: Runs) -> dict[str, Sequence[Figures]]:
    return {name: figures for name, figures in runs.items() if figures}


def table(size: int, runs: Runs) -> str:
    """The medians of one fleet, as text."""
    lines = [
        f"{size} clients",
        f"{'way':38} {'wall s':>8} {'x debug':>8} {'CPU s':>8} {'x debug':>8} {'emu s':>7} {'MiB':>7} {'requests':>9}  n",
    ]
    base = runs["debug"]
    for name, figures in _measured(runs).items():
        wall, cpu = middle(figures, "wall"), middle(figures, "cpu")
        lines.append(
            f"{name:38} {wall:8.2f} {wall / middle(base, 'wall'):8.2f} {cpu:8.2f} {cpu / middle(base, 'cpu'):8.2f}"
            f" {middle(figures, 'emulator_cpu'):7.2f} {middle(figures, 'memory'):7.1f}"
            f" {figures[-1].requests:9d}  {len(figures)}"
        )
    return "\n".join(lines)


def _page_table(size: int, runs: Runs) -> list[str]:
    base = runs["debug"]
    lines = [
        f"### {size} client{'s' if size > 1 else ''}",
        "",
        "| | wall, s | of debug | CPU, s | emulator CPU, s | controller, MiB | requests | runs |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, figures in _measured(runs).items():
        wall = middle(figures, "wall")
        lines.append(
            f"| {name} | {wall:.2f} | {wall / middle(base, 'wall'):.2f} | {middle(figures, 'cpu'):.2f}"
            f" | {middle(figures, 'emulator_cpu'):.2f} | {middle(figures, 'memory'):.0f} | {figures[-1].requests}"
            f" | {len(figures)} |"
        )
    return [*lines, ""]


def _times(measured: Mapping[int, Runs], size: int, slow: str, quick: str) -> str:
    runs = _measured(measured.get(size, {}))
    if slow not in runs or quick not in runs:
        return "not measured"
    return f"{middle(runs[slow], 'wall') / middle(runs[quick], 'wall'):.3g}"


def _per_client(measured: Mapping[int, Runs], size: int) -> float | None:
    runs = _measured(measured.get(size, {}))
    return middle(runs["in process, unchanged"], "wall") / size if "in process, unchanged" in runs else None


def _answers(measured: Mapping[int, Runs]) -> list[str]:
    """What the figures say about what was promised."""
    ours, uri = "in process, unchanged", "uri, unchanged"
    small, large = _per_client(measured, 100), _per_client(measured, 500)
    growth = "not measured" if small is None or large is None else f"{(large / small - 1) * 100:+.0f} %"
    largest = _measured(measured[max(measured)])
    memory = middle(largest[ours], "memory") - middle(largest["debug"], "memory") if ours in largest else float("nan")
    begin = _times(measured, 100, "campaign begin, by hand", "campaign begin, role")
    return [
        "| what | aim | measured |",
        "|---|--:|--:|",
        f"| 100 clients, unchanged: times the empty `debug` task | at most 1.5 | {_times(measured, 100, ours, 'debug')} |",
        f"| 100 clients, unchanged: times faster than `uri` | at least 20 | {_times(measured, 100, uri, ours)} |",
        f"| 1 client, unchanged: times faster than `uri` | at least 2 | {_times(measured, 1, uri, ours)} |",
        f"| 100 clients, a campaign's begin that changes nothing: times faster than by hand | at least 10 | {begin} |",
        f"| cost per client, 500 against 100 | within 15 % | {growth} |",
        f"| memory of the controller over the `debug` run | at most 20 MiB | {memory:+.0f} MiB |",
        "",
    ]


def _machine() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return (
        f"{os.cpu_count()} cores ({model.group(1) if model else platform.machine()}), {memory:.0f} GiB,"
        f" Linux {platform.release().split('-')[0]}, Python {platform.python_version()},"
        f" ansible-core {version('ansible-core')}, requests {version('requests')};"
        f" revision {revision.stdout.strip() or 'unknown'} of the collection."
    )


def _lines(measured: Mapping[int, Runs]) -> dict[str, Points]:
    """Wall seconds of the runs that change nothing, by way."""
    lines = {}
    for way in (DEBUG, IN_PROCESS, MODULE, BY_HAND):
        variant = next(one for one in ALL if one.way == way)
        points = [
            (size, middle(runs[variant.name], "wall"))
            for size, runs in sorted(measured.items())
            if variant.name in _measured(runs)
        ]
        lines[WAYS[way].replace("`", "")] = points
    return lines


def write(measured: Mapping[int, Runs]) -> None:
    """Puts the figures into the page, between its marks, and draws the picture."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    tables = [line for size, runs in sorted(measured.items()) for line in _page_table(size, runs)]
    body = [BEGIN, "", f"Measured on: {_machine()}", "", *_answers(measured), *tables, END]
    PAGE.write_text(before + "\n".join(body) + after, encoding="utf-8")
    PICTURE.write_text(picture(_lines(measured)), encoding="utf-8")
