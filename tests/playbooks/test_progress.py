# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run prints a line at least every ten seconds, however long a restart takes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from playbooks.helpers import run_tasks, task
from playbooks.site import RUN_TIMEOUT, Site

from emulator.testing import Client, Emulator
from playbooks import helpers

LONGEST_SILENCE = 10.0
SLOW = 11.0  # seconds: longer than a run may print nothing


def timed_lines(site: Site, playbook: str, *arguments: str) -> tuple[int, list[tuple[float, str]]]:
    """The exit code of a run, and what it printed with the second in which that could be read."""
    process = subprocess.Popen(
        helpers.command(f"wabiz.onprem.{playbook}", site.folder, arguments, site.inventory()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=helpers.environment(site.folder / "results.jsonl", {"PYTHONUNBUFFERED": "1"}),
        cwd=site.folder,
        text=True,
    )
    assert process.stdout is not None
    lines = [(time.monotonic(), line) for line in process.stdout]
    lines.append((time.monotonic(), ""))
    return process.wait(RUN_TIMEOUT), lines


def longest_gap(lines: list[tuple[float, str]]) -> tuple[float, str]:
    """The longest silence, and after which line it began."""
    pairs = zip(lines, lines[1:], strict=False)
    return max((after[0] - before[0], before[1]) for before, after in pairs)


def test_a_slow_restart_shows_its_progress(
    emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    """One command restarts slowly; the other one returns at once, and its start follows later. Both connect slowly."""
    clients = {name: make_client(connect_seconds=SLOW) for name in ("slow", "late")}
    site = Site(emulator, tmp_path, clients)
    before = {"slow": f"sleep {SLOW}; ", "late": f"(sleep {2 * SLOW}; "}  # hosts of a play wait for each other
    after = {"slow": "", "late": ") >/dev/null 2>&1 &"}
    for name, host in site.hosts.items():
        site.settings(name, callback_persist=False)
        script = f'{before[name]}"$@"{after[name]}'
        host["coreapp_restart_command"] = ["sh", "-c", script, "sh", *host["coreapp_restart_command"]]
    code, lines = timed_lines(site, "settings")
    output = "".join(line for _when, line in lines)
    assert code == 0, output
    gap, line = longest_gap(lines)
    assert gap < LONGEST_SILENCE, f"{gap:.1f} s of silence after: {line}"
    assert re.search(r"slow wacore: running coreapp_restart_command, \d+ s", output), output
    started = r"late wacore: waiting until coreapp_started_command prints another start, \d+ s"
    assert re.search(started, output), output
    settled = r"wacore is restarted; see it back and the client settled, \d+ s of at most 600 s: .*connecting"
    assert re.search(settled, output), output
    assert "FAILED" not in output
    for name in clients:
        assert site.restarted(name) == ["wacore"] and site.nothing_is_pending(name)


def test_a_client_that_responds_slowly(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("delay", path="/v1/settings/application", seconds=SLOW)
    run = run_tasks([task("application_settings_info", "Read")], helpers.connection(client, emulator), tmp_path)
    assert run.ok
    assert re.search(
        r"\[Read\] waiting for the answer to GET /v1/settings/application for \d+ s, for at most", run.output
    )


def test_a_module_on_a_target(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("delay", path="/v1/settings/application", seconds=SLOW)
    tasks = [task("application_settings_info", "Read")]
    run = run_tasks(tasks, helpers.connection(client, emulator), tmp_path, in_process=False)
    assert run.ok
    assert re.search(r"\[Read\] at work on localhost for \d+ s, for at most \d+ s more", run.output), run.output
