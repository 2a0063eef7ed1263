# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules on a target with the oldest Python that the ansible-core at hand still takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.release import __version__ as core
from playbooks.helpers import REPOSITORY, connection, run_tasks, task

from emulator.testing import Client, Emulator

COLLECTED = "garbagecollector_enable.messages"
OLDEST = "3.8" if tuple(map(int, core.split(".")[:2])) < (2, 20) else "3.9"


@pytest.fixture(scope="session")
def old_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter of that age with `requests`, and nothing of ours."""
    found = subprocess.run(
        ["tests/tools/pythons", "find", OLDEST], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if found.returncode:
        missing = f"there is no Python {OLDEST} here"
        if os.environ.get("REQUIRE_ENGINES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("target") / "venv"
    subprocess.run([found.stdout.strip(), "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    install = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "-r",
        "requirements/target.txt",
    ]
    subprocess.run(install, cwd=REPOSITORY, check=True)
    return python


def test_the_settings_converge_on_an_old_target(
    client: Client, emulator: Emulator, tmp_path: Path, old_python: Path
) -> None:
    ledger = str(tmp_path / "ledger.json")
    wanted = {"callback_backoff_delay_ms": 5000, "webhooks": {"max_concurrent_requests": 12}, "ledger": ledger}
    tasks = [
        task("application_settings", "Predict", keywords={"check_mode": True, "diff": True}, **wanted),
        task("application_settings", "Set", **wanted),
        task("application_settings", "Again", **wanted),
        task("application_settings_info", "Read", ledger=ledger),
        task("health_info", "Look"),
        task("campaign", "Begin", ledger=ledger, name="sale"),
        task("rolling_restart", "Lease", ledger=ledger, step="begin"),
        task("rolling_restart", "Return", ledger=ledger, step="cancel"),
        task("campaign", "End", ledger=ledger, state="absent", name="sale"),
        task("client_status", "Status", ledger=ledger),
        task("ansible.builtin.setup", "Facts", gather_subset=["!all", "!min", "python"]),
    ]
    hosts = {"localhost": {"ansible_connection": "local", "ansible_python_interpreter": str(old_python)}}
    run = run_tasks(
        tasks, connection(client, emulator), tmp_path, inventory={"all": {"hosts": hosts}}, in_process=False
    )
    assert run.ok
    version = run["Facts"]["ansible_facts"]["ansible_python"]["version"]
    assert f"{version['major']}.{version['minor']}" == OLDEST != f"{sys.version_info.major}.{sys.version_info.minor}"
    assert [run[name]["changed"] for name in ("Predict", "Set", "Again", "Read")] == [True, True, False, False]
    assert client.stored()["callback_backoff_delay_ms"] == 5000
    assert run["Set"]["restart_settings"] == ["webhooks.max_concurrent_requests"]
    assert (run["Begin"]["changed_settings"], run["End"]["changed_settings"]) == ([COLLECTED], [COLLECTED])
    assert run["Lease"]["go"] and run["Lease"]["health"]["known"]
    assert run["Return"]["pending"]
    assert run["Status"]["client"]["restart"]["settings"] == [COLLECTED, "webhooks.max_concurrent_requests"]
