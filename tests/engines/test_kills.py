# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run is killed at points spread over begin and end; see kills.py."""

from __future__ import annotations

from pathlib import Path

import docker
import pytest

from engines.kills import strike_all, summary

pytestmark = pytest.mark.docker


@pytest.mark.parametrize(
    "points",
    [pytest.param(4, id="some"), pytest.param(30, id="all", marks=pytest.mark.long)],
)
def test_one_plain_run_after_a_kill_completes_the_work(
    engine: docker.DockerClient, tmp_path: Path, points: int
) -> None:
    rows = strike_all(engine, points, 2, tmp_path)
    print(summary(rows))
    assert len(rows) == points
    assert not [row.line() for row in rows if row.problems]
