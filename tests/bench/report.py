# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From figures to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from .measure import Figures


def middle(figures: Sequence[Figures], what: str) -> float:
    return median(getattr(one, what) for one in figures)


def table(size: int, runs: Mapping[str, Sequence[Figures]]) -> str:
    """The medians of one fleet, as text."""
    lines = [
        f"{size} clients",
        f"{'way':32} {'wall s':>8} {'x debug':>8} {'CPU s':>8} {'x debug':>8} {'emu s':>7} {'MiB':>7} {'requests':>9}  n",
    ]
    base = runs["debug"]
    for name, figures in runs.items():
        if figures:
            wall, cpu = middle(figures, "wall"), middle(figures, "cpu")
            lines.append(
                f"{name:32} {wall:8.2f} {wall / middle(base, 'wall'):8.2f} {cpu:8.2f} {cpu / middle(base, 'cpu'):8.2f}"
                f" {middle(figures, 'emulator_cpu'):7.2f} {middle(figures, 'memory'):7.1f}"
                f" {figures[-1].requests:9d}  {len(figures)}"
            )
    return "\n".join(lines)
