# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows: pinned, with few permissions, and with every ansible-core that the README promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def jobs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())["jobs"]
    return found


def cells(job: dict[str, Any]) -> set[str]:
    return {"{core}:{python}".format(**cell) for cell in job["strategy"]["matrix"]["include"]}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_each_action_is_pinned_and_each_job_is_bounded(path: Path) -> None:
    uses = [line.strip(" -") for line in path.read_text().splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    limit = 300 if path.stem == "nightly" else 30
    assert [name for name, job in workflow["jobs"].items() if job.get("timeout-minutes", 999) > limit] == []


def test_every_ansible_core_that_the_readme_names() -> None:
    shown = re.findall(r"Tested with ([\d., and]+)\.$", (ROOT / "README.md").read_text(), re.MULTILINE)
    (promised,) = (re.findall(r"\d\.\d+", line) for line in shown)
    matrix = jobs("matrix")
    assert {cell.partition(":")[0] for job in ("everything", "cores") for cell in cells(matrix[job])} == set(promised)
    # and the runner for one machine tries the oldest and the newest of them
    (here,) = re.findall(r"^cells=\$\{CELLS-(.*)\}$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    ordered = sorted(cells(matrix["cores"]), key=lambda cell: int(cell.split(":")[0].split(".")[1]))
    assert here.split() == [ordered[0], ordered[-1]]


def test_the_core_of_each_python_is_the_locked_one() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    locked = re.findall(r"^ansible-core==(\d\.\d+)\.\d+ ; (.*?) \\$", lock, re.MULTILINE)
    for cell in cells(jobs("matrix")["everything"]):
        core, _colon, python = cell.partition(":")
        environment = {"python_full_version": f"{python}.1", "python_version": python}
        assert [version for version, marker in locked if Marker(marker).evaluate(environment)] == [core]


def test_one_check_waits_for_all() -> None:
    matrix = jobs("matrix")
    green = matrix["all-green"]
    assert set(green["needs"]) == set(matrix) - {"all-green"}
    assert green["if"] == "always()"
    assert green["steps"][0]["run"].count("success") == len(green["needs"])
