# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real runs of ansible-playbook, with their results as data.

    run = run_playbook([task("application_settings", "First", callback_persist=False), ...], client, folder=tmp_path)
    assert run.ok
    assert run["First"]["changed"]

Ansible is imported once for each pytest process (see `fork_server`); `command` and `environment` are for tests that start
and kill a process of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbooks.fork_server import ForkServers

from emulator.testing import Client, Emulator

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGINS = Path(__file__).resolve().parent / "plugins"
COLLECTION = "wabiz.onprem."
SERVERS = ForkServers()


@dataclass(frozen=True)
class Result:
    """What one task did on one host; a mapping-like view of its result."""

    task: str
    host: str
    outcome: str  # ok, failed, ignored (failed with ignore_errors), skipped, unreachable, "item ok", "item failed"
    result: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.result.get(key, default)

    @property
    def failed(self) -> bool:
        return self.outcome in ("failed", "ignored", "unreachable", "item failed")

    @property
    def warnings(self) -> list[str]:
        return [str(text) for text in self.result.get("warnings", [])]


@dataclass
class Run:
    """A finished run: exit code, all that was printed, and the results in their order."""

    code: int
    output: str
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it succeeded; if not, the output is shown by pytest's captured output."""
        if self.code:
            print(self.output)  # noqa: T201
        return self.code == 0

    def __getitem__(self, task: str) -> Result:
        """The only result of the task with this name."""
        found = self.of(task)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} results of task {task!r}\n{self.output}")
        return found[0]

    def of(self, task: str, host: str | None = None) -> list[Result]:
        """All results of the tasks with this name, items of loops aside."""
        return [
            one
            for one in self.results
            if one.task == task and host in (None, one.host) and not one.outcome.startswith("item")
        ]

    def on(self, host: str, task: str) -> Result:
        return self.of(task, host)[-1]


def task(what: str, title: str = "", /, *, keywords: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A task of this collection's module (or of any, by its full name), and keywords such as `register`."""
    action = what if "." in what else COLLECTION + what
    return {"name": title or what, action: options, **(keywords or {})}


def connection(client: Client, emulator: Emulator, **changes: Any) -> dict[str, Any]:
    """The connection options of an emulated client."""
    options = {
        "api_url": client.api_url,
        "username": client.username,
        "password": client.password,
        "ca_path": emulator.ca_path,
        "retry_timeout": 5,
    }
    return {key: value for key, value in {**options, **changes}.items() if value is not None}


def play(tasks: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    """A play on localhost; `defaults` are the module_defaults of the action group."""
    made: dict[str, Any] = {"name": "Test", "hosts": "localhost", "gather_facts": False, "connection": "local"}
    if defaults:
        made["module_defaults"] = {"group/wabiz.onprem.api": dict(defaults)}
    return {**made, **keys, "tasks": [dict(one) for one in tasks]}


def run_tasks(
    tasks: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any], folder: Path, *arguments: str, **more: Any
) -> Run:
    """One play with these tasks on localhost (see `play`); `arguments` go to ansible-playbook."""
    return run_plays([play(tasks, defaults)], folder, *arguments, **more)


def run_plays(
    plays: Sequence[Mapping[str, Any]],
    folder: Path,
    *arguments: str,
    inventory: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    in_process: bool = True,
    timeout: float = 120,
) -> Run:
    """Plays as data, written to a file and run."""
    folder.mkdir(parents=True, exist_ok=True)
    playbook = folder / "playbook.yml"
    playbook.write_text(json.dumps(list(plays), indent=1))  # JSON is YAML
    return run_playbook(
        str(playbook), folder, *arguments, inventory=inventory, env=env, in_process=in_process, timeout=timeout
    )


def run_playbook(
    playbook: str,
    folder: Path,
    *arguments: str,
    inventory: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    in_process: bool = True,
    timeout: float = 120,
) -> Run:
    """A playbook by its path or by its name (wabiz.onprem.settings), to its end."""
    results = folder / "results.jsonl"
    results.unlink(missing_ok=True)
    arguments_of_run = command(playbook, folder, arguments, inventory, in_process)
    variables = environment(results, env)
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(prefix="output-") as output:
        server = SERVERS.for_environment(variables)
        if server:
            code = server.run(arguments_of_run, variables, folder, Path(output.name), timeout)
        else:
            code = subprocess.run(
                arguments_of_run,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=variables,
                cwd=folder,
                timeout=timeout,
                check=False,
            ).returncode
        seconds = time.monotonic() - started
        text = Path(output.name).read_text(encoding="utf-8", errors="replace")
    return Run(code, text, recorded(results), seconds)


def command(
    playbook: str,
    folder: Path,
    arguments: Iterable[str] = (),
    inventory: Mapping[str, Any] | None = None,
    in_process: bool = True,
) -> list[str]:
    """The command line, for tests that start and kill it themselves."""
    program = shutil.which("ansible-playbook", path=str(Path(sys.executable).parent)) or "ansible-playbook"
    hosts = folder / "inventory.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts.write_text(json.dumps(inventory or {"all": {"hosts": {"localhost": local}}}))
    switch = [] if in_process else ["-e", "wabiz_onprem_in_process=false"]
    return [program, "-i", str(hosts), playbook, *switch, *arguments]


def environment(results: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The surroundings of a run: no configuration of the user, our callback beside the usual output."""
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(REPOSITORY / ".venv" / "collections")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "WABIZ_"))}
    return {
        **kept,
        "ANSIBLE_CONFIG": str(PLUGINS.parent / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS),
        "ANSIBLE_CALLBACKS_ENABLED": "recorder",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "WABIZ_TEST_RESULTS": str(results),
        **(more or {}),
    }


def recorded(results: Path) -> list[Result]:
    """What the callback has written so far."""
    if not results.exists():
        return []
    return [Result(**json.loads(line)) for line in results.read_text(encoding="utf-8").splitlines()]
