# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line with real processes: a Webapp and one per node over one database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.calling import SETTINGS, Api, eventually
from emulator.commandline import main
from emulator.processes import PACKAGE_PARENT
from emulator.statefolder import birth, end_process

QUICK = ["--option", "initialize_seconds=0.05", "--option", "connect_seconds=0.05", "--port", "0"]
Run = Callable[..., subprocess.CompletedProcess[str]]


def run_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emulator", arguments[0], "--state", str(folder), *arguments[1:]]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    folder = tmp_path / "state"
    yield lambda *arguments: run_command(folder, *arguments)
    run_command(folder, "down")


def described(tmp_path: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((tmp_path / "state" / "emulator.json").read_text())
    return state


def api_of(state: dict[str, Any]) -> Api:
    api = Api(state["api_url"], state["ca_path"])
    token = api.login(state["username"], state["password"]).json["users"][0]["token"]
    return Api(state["api_url"], state["ca_path"], {"Authorization": f"Bearer {token}"})


def client_status(run: Run) -> dict[str, Any]:
    answer = run("status", "--json")
    assert answer.returncode == 0, answer.stderr
    status: dict[str, Any] = json.loads(answer.stdout)["clients"][""]
    return status


def node_status(run: Run, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(node for node in client_status(run)["nodes"] if node["name"] == name)
    return found


def test_a_setting_takes_effect_with_the_restart_of_a_real_process(run: Run, tmp_path: Path) -> None:
    up = run("up", *QUICK, "--option", "collect_age=0", "--option", "collect_interval=0.1", "--json")
    assert up.returncode == 0, up.stderr
    state = described(tmp_path)
    assert json.loads(up.stdout) == state
    assert set(state["pids"]) == {"webapp", "wacore"}
    assert state["nodes"][0]["role"] == "coreapp"
    assert (tmp_path / "state" / "emulator.json").stat().st_mode & 0o077 == 0
    api = api_of(state)
    assert api("GET", "/v1/health").json["health"] == {"gateway_status": "connected"}

    api("PATCH", SETTINGS, {"garbagecollector_enable": {"messages": False}})
    before = run("started", "wacore").stdout
    name = "garbagecollector_enable.messages"
    assert client_status(run)["in_effect"]["wacore"][name] is True
    assert run("restart", "wacore").returncode == 0
    assert run("started", "wacore").stdout > before
    assert described(tmp_path)["pids"]["wacore"] != state["pids"]["wacore"]
    assert client_status(run)["in_effect"]["wacore"][name] is False
    eventually(lambda: api("GET", "/v1/health").json["health"] == {"gateway_status": "connected"})
    sent = run("traffic", "--count", "20", "--json")
    assert json.loads(sent.stdout) == {"sent": 20, "accepted": 20, "refused": {}}
    assert client_status(run)["rows"]["total"] == 20

    api("PATCH", SETTINGS, {"garbagecollector_enable": {"messages": True}})
    run("restart", "wacore")
    eventually(lambda: client_status(run)["rows"]["total"] == 0)
    text = run("status").stdout
    assert "COLLECTION" in text
    assert "connected" in text
    assert state["password"] not in text

    assert run("down").returncode == 0
    assert all(birth(pid) != state["births"][name] for name, pid in state["pids"].items())
    assert not (tmp_path / "state").exists()


def test_multiconnect_fails_over_when_processes_are_killed(run: Run, tmp_path: Path) -> None:
    options = ["--topology", "multiconnect", "--shards", "1", "--masters", "2", "--coreapps", "2", "--speed", "10"]
    assert run("up", *QUICK, *options).returncode == 0
    state = described(tmp_path)
    api = api_of(state)
    assert client_status(run)["primary_master"] == "master1"
    for name in ("master1", "wacore1"):
        os.kill(state["pids"][name], signal.SIGKILL)
    eventually(lambda: client_status(run)["primary_master"] == "master2", seconds=30)
    eventually(lambda: node_status(run, "wacore2")["shards"] == [0], seconds=30)
    assert api("GET", SETTINGS).status == 200
    assert "Processes that have ended: master1, wacore1" in run("status").stdout
    assert run("start", "wacore1").returncode == 0
    eventually(lambda: node_status(run, "wacore1")["running"])
    assert node_status(run, "wacore1")["shards"] == []


def test_orders_to_one_emulator(run: Run, tmp_path: Path) -> None:
    assert run("up", *QUICK).returncode == 0
    before = described(tmp_path)
    again = run("up", *QUICK)  # a second start in the same folder
    assert (again.returncode, described(tmp_path)) == (1, before)
    assert "running" in again.stderr
    assert "down --state" in again.stderr

    unknown = run("restart", "wacore9")
    assert unknown.returncode == 1
    assert "nodes: wacore" in unknown.stderr

    api = api_of(before)
    assert run("stop", "wacore").returncode == 0
    assert api("GET", SETTINGS).code == 1014
    assert run("start", "wacore").returncode == 0
    eventually(lambda: api("GET", SETTINGS).status == 200)

    webapp = described(tmp_path)["pids"]["webapp"]
    os.kill(webapp, signal.SIGKILL)
    eventually(lambda: birth(webapp) is None)
    blind = run("status")
    assert blind.returncode == 1
    assert "webapp process" in blind.stderr


def test_a_taken_port_is_said_and_nothing_stays_behind(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        up = run("up", *QUICK, "--port", port)
    assert up.returncode == 1
    assert up.stderr.strip() == f"emulator: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert not (tmp_path / "state").exists()


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """A command in this very process, for those that end before they start anything: exit code and standard error."""
    monkeypatch.setattr("emulator.commandline.signal.signal", lambda *_dummy: None)

    def call(command: str, *arguments: str) -> tuple[int, str]:
        try:
            code = main([command, "--state", str(tmp_path / "state"), *arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        return code, capsys.readouterr().err

    return call


@pytest.mark.parametrize("command", [["down"], ["status"], ["restart", "wacore"], ["started", "wacore"], ["traffic"]])
def test_commands_without_an_emulator_say_so(
    here: Callable[..., tuple[int, str]], tmp_path: Path, command: list[str]
) -> None:
    code, said = here(*command)
    assert code == 1
    assert f"no emulator in {tmp_path / 'state'}" in said
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--version", "3.0.0"], "2.53.1"),
        (["--topology", "multiconnect", "--shards", "3"], "shards must be one of"),
        (["--topology", "multiconnect", "--shards", "4"], "as many Coreapps as shards"),
        (["--option", "nonsense=1"], "unknown option"),
        (["--option", "collect_age"], "NAME=VALUE"),
        (["--option", "collect_age=soon"], "takes a number"),
        (["--speed", "0"], "speed"),
    ],
)
def test_bad_arguments_say_what_is_possible(
    here: Callable[..., tuple[int, str]], tmp_path: Path, arguments: list[str], word: str
) -> None:
    code, said = here("up", *QUICK, *arguments)
    assert code in (1, 2)
    assert word in said
    assert not (tmp_path / "state").exists()


def test_a_fleet_in_one_process(run: Run, tmp_path: Path) -> None:
    up = run("up", *QUICK, "--clients", "3", "--version", "2.49.1")
    assert up.returncode == 0, up.stderr
    state = described(tmp_path)
    assert list(state["pids"]) == ["fleet"]
    assert [client["name"] for client in state["clients"]] == ["client001", "client002", "client003"]
    for client in state["clients"]:
        assert api_of({**state, **client}).settings()["garbagecollector_enable"]["messages"] is True
    before = run("started", "client002/wacore").stdout
    assert run("restart", "client002/wacore").returncode == 0
    assert run("started", "client002/wacore").stdout > before
    assert run("traffic", "--client", "client003", "--count", "2").returncode == 0
    status = run("status", "--client", "client003", "--json")
    assert list(json.loads(status.stdout)["clients"]) == ["client003"]
    assert "Client client002" in run("status").stdout


def test_a_folder_whose_processes_are_gone_can_be_used_again(run: Run, tmp_path: Path) -> None:
    assert run("up", *QUICK).returncode == 0
    before = described(tmp_path)
    for pid in before["pids"].values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(map(birth, before["pids"].values())))
    assert run("up", *QUICK).returncode == 0
    assert described(tmp_path)["pids"] != before["pids"]


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = run_command(tmp_path / "file" / "state", "up", *QUICK)
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert str(tmp_path / "file") in answer.stderr


def test_the_emulator_of_a_killed_test_run_ends_by_itself() -> None:
    program = (
        "import time\n"
        "from emulator.testing import running_emulator\n"
        "with running_emulator() as emulator:\n"
        "    print(emulator.pid, emulator.ca_path, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    first, _dummy, ca_path = parent.stdout.readline().strip().partition(" ")
    pid = int(first)
    assert birth(pid) is not None
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: birth(pid) is None)
    assert not Path(ca_path).parent.exists()


def test_only_the_process_that_was_started_is_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        born = birth(child.pid)
        assert born is not None
        assert end_process(child.pid, "another time") is False
        assert child.poll() is None
        assert end_process(child.pid, born) is True
    finally:
        child.kill()
        child.wait()
    assert birth(child.pid) is None
