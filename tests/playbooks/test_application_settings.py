# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""application_settings in real runs of ansible-playbook."""

from __future__ import annotations

from pathlib import Path

from playbooks.helpers import connection, run_tasks, task

from emulator.testing import Client, Emulator


def test_a_change_and_the_same_again(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    wanted = {"callback_backoff_delay_ms": "4000"}
    tasks = [task("application_settings", name, **wanted) for name in ("Change", "Again")]
    run = run_tasks(tasks, connection(client, emulator), tmp_path)
    assert run.ok
    assert run["Change"]["changed_settings"] == ["callback_backoff_delay_ms"]
    assert not run["Again"]["changed"]
