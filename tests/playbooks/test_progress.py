# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is left without a word for more than ten seconds, however long a restart takes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playbooks.helpers import run_tasks, task
from playbooks.site import PATIENCE, Site

from emulator.testing import Client, Emulator
from playbooks import helpers

LONGEST_SILENCE = 10.0
SLOW = 11.0  # seconds: longer than anybody may be left without a word


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
    return process.wait(PATIENCE), lines


def longest_gap(lines: list[tuple[float, str]]) -> tuple[float, str]:
    """The longest silence, and after which line it began."""
    pairs = zip(lines, lines[1:], strict=False)
    return max((after[0] - before[0], before[1]) for before, after in pairs)


def test_a_slow_restart_tells_what_it_waits_for(
    emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    """One command restarts slowly; the other one returns at once, and the start is to be seen later. Both connect slowly."""
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
    assert gap < LONGEST_SILENCE, f"{gap:.1f} s without a word after: {line}"
    assert re.search(r"coreapp_restart_command restarts wacore for \d+ s", output)
    started = r"waiting until coreapp_started_command tells another start of wacore for \d+ s, for at most \d+ s more"
    assert re.search(started, output), output
    settled = r"waiting for a settled health for \d+ s, for at most \d+ s more: .*connecting"
    assert re.search(settled, output), output
    assert "FAILED" not in output
    for name in clients:
        assert site.restarted(name) == ["wacore"] and site.nothing_is_pending(name)


def test_a_client_that_does_not_answer_is_told_of(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("delay", path="/v1/settings/application", seconds=SLOW)
    run = run_tasks([task("application_settings_info", "Read")], helpers.connection(client, emulator), tmp_path)
    assert run.ok
    assert re.search(
        r"\[Read\] waiting for the answer to GET /v1/settings/application for \d+ s, for at most", run.output
    )


def test_a_module_that_works_elsewhere_is_told_of(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    client.order_fault("delay", path="/v1/settings/application", seconds=SLOW)
    tasks = [task("application_settings_info", "Read")]
    run = run_tasks(tasks, helpers.connection(client, emulator), tmp_path, in_process=False)
    assert run.ok
    assert re.search(r"\[Read\] at work on localhost for \d+ s, for at most \d+ s more", run.output), run.output


@pytest.mark.parametrize("enough", [True, False], ids=["comes", "does not come"])
def test_watch_asks_until_the_answer_is_as_wanted(tmp_path: Path, enough: bool) -> None:
    """With the defaults that the play has for the module, and hidden by no_log as ever."""
    count = "echo x >> count; wc -l < count"
    watched = task(
        "wabiz.onprem.watch",
        "Count",
        keywords={
            "vars": {
                "enough": "{{ counted.stdout | int >= 3 }}" if enough else "{{ false }}",
                "words": "it is {{ counted.stdout }}",
            },
            "register": "counted",
            "changed_when": False,
            "no_log": True,
        },
        module="ansible.builtin.command",
        options={"argv": ["sh", "-c", count]},
        doing="counting",
        limit=30 if enough else 6,
        interval=1 if enough else 2,
        answer="counted",
        until="enough",
        state="words",
    )
    seen = task(
        "ansible.builtin.debug", "Seen", msg="{{ counted.stdout }} {{ counted.attempts }} {{ counted is failed }}"
    )
    defaults = {"module_defaults": {"ansible.builtin.command": {"chdir": str(tmp_path)}}}
    run = helpers.run_plays([helpers.play([watched, seen], **defaults)], tmp_path / "run")
    assert run.ok
    lines, attempts, failed = run["Seen"]["msg"].split()
    assert lines == attempts and failed == "False"
    assert attempts == "3" if enough else 2 <= int(attempts) <= 4
    assert (tmp_path / "count").exists(), "module_defaults of the module count"
    assert not run["Count"].get("stdout")
