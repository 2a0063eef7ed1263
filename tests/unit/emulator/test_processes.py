# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line with real processes: a Webapp and one per node over one database."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.calling import SETTINGS, Api, eventually
from emulator.commandline import main
from emulator.processes import PACKAGE_PARENT
from emulator.stamps import iso
from emulator.statefolder import StateFolder, birth, end_process
from emulator.store import Store

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
    eventually(lambda: api("GET", "/v1/health").json.get("health") == {"gateway_status": "connected"})
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
    eventually(lambda: birth(state["pids"]["wacore1"]) is None)
    killed = {node["name"]: node["health_key"] for node in state["nodes"]}["wacore1"]
    assert api("GET", "/v1/health").json["health"][killed] == {
        "errors": [{"code": 1014, "title": "Internal error", "details": "Connection refused: wacore1:6252"}]
    }
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
    assert run("stop", "wacore").stdout == "wacore stopped.\n"
    assert api("GET", SETTINGS).code == 1014
    stopped = run("started", "wacore")
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (1, "", "")
    assert run("start", "wacore").returncode == 0
    assert run("started", "wacore").returncode == 0
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


def test_started_of_a_stopped_node_of_a_fleet_prints_nothing(run: Run) -> None:
    assert run("up", *QUICK, "--clients", "1").returncode == 0
    assert run("stop", "client001/wacore").returncode == 0
    stopped = run("started", "client001/wacore", "--json")
    assert (stopped.returncode, stopped.stdout) == (1, "")


def start_command(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "emulator", arguments[0], "--state", str(folder), *arguments[1:]]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def outcomes(commands: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Exit code and standard error of each."""
    return [(command.returncode, said[1]) for command in commands for said in [command.communicate(timeout=120)]]


def test_ten_commands_at_once_on_the_clients_of_a_fleet(run: Run, tmp_path: Path) -> None:
    assert run("up", *QUICK, "--clients", "10").returncode == 0
    names = [node["name"] for node in described(tmp_path)["nodes"]]
    began = iso(time.time())
    commands = [start_command(tmp_path / "state", "restart", name) for name in names]
    assert outcomes(commands) == [(0, "")] * 10
    clients = json.loads(run("status", "--json").stdout)["clients"]
    assert all(client["nodes"][0]["started"] > began for client in clients.values())


def test_ten_commands_at_once_on_the_processes_of_one_client(run: Run, tmp_path: Path) -> None:
    options = ["--topology", "multiconnect", "--shards", "2", "--masters", "2", "--coreapps", "8"]
    assert run("up", *QUICK, *options).returncode == 0
    before = described(tmp_path)
    names = [node["name"] for node in before["nodes"]]
    assert len(names) == 10
    assert outcomes([start_command(tmp_path / "state", "restart", name) for name in names]) == [(0, "")] * 10
    after = described(tmp_path)
    # No command has lost what another one wrote: each node is a new process, and it is the one that runs.
    assert all(after["pids"][name] != before["pids"][name] for name in names)
    assert all(birth(after["pids"][name]) == after["births"][name] for name in names)
    running = {node["name"]: node["pid"] for node in client_status(run)["nodes"]}
    assert running == {name: after["pids"][name] for name in names}


def test_commands_that_wait_while_the_emulator_is_ended_say_so(run: Run, tmp_path: Path) -> None:
    assert run("up", *QUICK).returncode == 0
    folder = StateFolder(tmp_path / "state")
    with folder.locked():
        commands = [start_command(folder.folder, command) for command in ("down", "down", "down")]
        time.sleep(1)
        assert [command.poll() for command in commands] == [None] * 3
    codes = sorted(code for code, _dummy in outcomes(commands))
    assert codes == [0, 1, 1]
    assert not folder.folder.exists()


def test_two_that_start_an_emulator_in_one_folder_at_once(run: Run, tmp_path: Path) -> None:
    both = outcomes([start_command(tmp_path / "state", "up", *QUICK) for _dummy in range(2)])
    assert sorted(code for code, _dummy in both) == [0, 1]
    assert "running" in max(both)[1]
    assert run("status").returncode == 0


@pytest.fixture
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> set[str]:
    """What others than the owner can read or write, in the folder."""
    found = set()
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mode & 0o077:
                found.add(path.name)
    return found


@pytest.mark.usefixtures("careless_umask")
@pytest.mark.parametrize("present", [(), ("db",), ("db", "db-wal", "db-shm")])
def test_a_database_is_private_before_anything_is_in_it(tmp_path: Path, present: tuple[str, ...]) -> None:
    for name in present:
        (tmp_path / name).touch(mode=0o666)
    store = Store(tmp_path / "db")
    store.event("c", "kind", "details", 1.0)
    assert (tmp_path / "db-wal").stat().st_size > 0
    assert open_to_others(tmp_path) == set()
    store.close()


@pytest.mark.usefixtures("careless_umask")
@pytest.mark.parametrize("options", [[], ["--clients", "1"]])
def test_a_folder_that_was_open_to_others_is_private_from_the_first_moment(
    run: Run, tmp_path: Path, options: list[str]
) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o777)
    (folder / "emulator.new").write_text("left behind")
    leaked: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            leaked.update(open_to_others(folder))
            time.sleep(0.0005)

    (folder / "emulator.new").chmod(0o600)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert run("up", *QUICK, *options).returncode == 0
        node = described(tmp_path)["nodes"][0]["name"]
        assert run("restart", node).returncode == 0
        assert run("traffic", "--count", "10").returncode == 0
    finally:
        ended.set()
        watcher.join()
    assert leaked == set()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "emulator.sqlite-wal").exists()


def test_a_folder_that_all_users_share_is_refused(here: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o1777)
    code, said = here("up", *QUICK)
    assert code == 1
    assert "shared by all users" in said
    assert list((tmp_path / "state").iterdir()) == []


def test_unpersisted_callbacks_are_lost_when_their_process_is_killed(run: Run, tmp_path: Path) -> None:
    assert run("up", *QUICK).returncode == 0
    state = described(tmp_path)
    api = api_of(state)
    api("PATCH", SETTINGS, {"callback_persist": False, "webhooks": {"url": "https://127.0.0.1:1/unserved"}})
    assert run("restart", "wacore").returncode == 0
    eventually(lambda: api("GET", SETTINGS).status == 200)
    assert run("traffic", "--count", "2").returncode == 0
    assert client_status(run)["queue"]["queued"] > 0
    os.kill(described(tmp_path)["pids"]["wacore"], signal.SIGKILL)
    eventually(lambda: client_status(run)["queue"]["lost"] > 0, seconds=5)
    assert client_status(run)["queue"]["queued"] == 0
    assert "death" in [event["kind"] for event in client_status(run)["events"]]


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
