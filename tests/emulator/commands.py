# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of the command line do."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from .calling import ROOT_CLIENT, ControlError, ControlLine
from .cluster import Cluster
from .errors import EmulatorError
from .node import CLIENT
from .options import client_config, fleet_arguments
from .processes import Launcher
from .stamps import iso
from .statefolder import StateFolder, birth, end_process
from .store import Store
from .view import as_text

STEP = 0.1  # seconds between two portions of traffic


def up(options: argparse.Namespace) -> int:
    config = client_config(options)
    state = StateFolder(options.state)
    with state.locked(create=True):
        if state.running():
            raise EmulatorError(
                f"an emulator is running in {state.folder} already; end it with `down --state {state.folder}`"
            )
        state.clear()
        launcher = Launcher(state)
        try:
            if options.clients:
                described = launcher.up_fleet(fleet_arguments(options), config)
            else:
                described = launcher.up(config, options.port)
        except BaseException:  # also when interrupted: nothing half-started stays behind
            launcher.end_started()
            state.clear(last=True)
            raise
        state.write(described)
    _say(options, described, _welcome(state, described))
    return 0


def _welcome(state: StateFolder, described: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"The emulator is up: {described['api_url']}",
            f"  version   {described['version']}, {described['topology']}"
            + (f", {len(described['clients'])} clients" if "clients" in described else ""),
            f"  account   {described['username']}, its password is in {state.folder / 'emulator.json'}",
            f"  CA file   {described['ca_path']}",
            f"  nodes     {', '.join(node['name'] for node in described['nodes'][:8])}"
            + (" ..." if len(described["nodes"]) > 8 else ""),
        ]
    )


def _say(options: argparse.Namespace, machine: Any, text: str) -> None:
    print(json.dumps(machine, indent=2) if options.json else text)


def down(options: argparse.Namespace) -> int:
    state = StateFolder(options.state)
    state.read()
    with state.locked():
        ended = state.end_all()
        state.clear(last=True)
    _say(options, {"ended": ended}, f"Ended {ended} process{'' if ended == 1 else 'es'} in {state.folder}.")
    return 0


def status(options: argparse.Namespace) -> int:
    state = StateFolder(options.state)
    described = state.read()
    alive = state.running()
    gone = sorted(set(described["pids"]) - set(alive))
    line = _control(state, described, alive)
    names = line.call("GET", "")["clients"]
    if options.client is not None and options.client not in names:
        raise EmulatorError(f"no such client: {options.client}")
    chosen = names if options.client is None else [options.client]
    report = {name: line.call("GET", f"clients/{name or ROOT_CLIENT}/status") for name in chosen}
    _say(options, {"api_url": described["api_url"], "gone": gone, "clients": report}, as_text(described, report, gone))
    return 0


def _control(state: StateFolder, described: dict[str, Any], alive: list[str]) -> ControlLine:
    server = "fleet" if described["mode"] == "fleet" else "webapp"
    if server not in alive:
        raise EmulatorError(
            f"the {server} process in {state.folder} is gone; clean up with `down --state {state.folder}`"
        )
    return ControlLine(described["port"], described["ca_path"])


def node_order(options: argparse.Namespace) -> int:
    """`restart`, `stop` and `start` of one node."""
    state = StateFolder(options.state)
    state.read()
    with state.locked():
        described = state.read()
        known = {node["name"]: node for node in described["nodes"]}
        if options.node not in known:
            raise EmulatorError(f"no node {options.node} here (nodes: {', '.join(known)})")
        if described["mode"] == "fleet":
            client, _dummy, name = options.node.partition("/")
            line = _control(state, described, state.running())
            line.call("POST", f"clients/{client}/nodes/{name}/{options.command}")
        else:
            _order_process(state, described, known[options.node], options.command)
        stamp = _started(state, options.node)
    done = {"restart": "restarted", "stop": "stopped", "start": "started"}[options.command]
    when = f" (start time {stamp})" if stamp else ""
    _say(options, {"node": options.node, "started": stamp}, f"{options.node} {done}{when}.")
    return 0


def _order_process(state: StateFolder, described: dict[str, Any], node: dict[str, Any], order: str) -> None:
    name = node["name"]
    pid, born = described["pids"][name], described["births"][name]
    alive = birth(pid) == born
    if order == "start" and alive:
        return
    if order in ("stop", "restart"):
        end_process(pid, born)
    if order == "stop":
        return
    launcher = Launcher(state)
    try:
        launcher.spawn_node(name, node["role"])
    except BaseException:
        launcher.end_started()
        raise
    described["pids"][name], described["births"][name] = launcher.started[name]
    state.write(described)


def started(options: argparse.Namespace) -> int:
    """Print when a running node was started: the proof of a restart. A stopped node has no such time."""
    stamp = _started(StateFolder(options.state), options.node)
    if stamp is None:
        return 1
    _say(options, {"node": options.node, "started": stamp}, stamp)
    return 0


def _started(state: StateFolder, name: str) -> str | None:
    """The start time of the node's process; None while it does not run."""
    described = state.read()
    client = CLIENT
    if described["mode"] == "fleet":
        client, _dummy, name = name.partition("/")
    store = Store(state.database)
    try:
        cluster = Cluster(store, in_process=described["mode"] == "fleet")
        node = cluster.node(client, name)
        alive = node is not None and cluster.alive(node)
    finally:
        store.close()
    if node is None:
        raise EmulatorError(f"no node {name} here (nodes: {', '.join(node['name'] for node in described['nodes'])})")
    return iso(node.started) if alive else None


def traffic(options: argparse.Namespace) -> int:
    state = StateFolder(options.state)
    described = state.read()
    line = _control(state, described, state.running())
    names = line.call("GET", "")["clients"]
    client = options.client if options.client is not None else names[0]
    if client not in names:
        raise EmulatorError(f"no such client: {client}")
    total: dict[str, Any] = {"sent": 0, "accepted": 0, "refused": {}}
    begin = time.monotonic()
    try:
        while True:
            portion = _portion(options, total["sent"], time.monotonic() - begin)
            if portion:
                _count(
                    total, portion, line.call("POST", f"clients/{client or ROOT_CLIENT}/traffic", {"count": portion})
                )
            if total["sent"] >= _wanted(options):
                break
            time.sleep(STEP)
    except KeyboardInterrupt:
        pass  # what was sent until now is the answer
    refused = ", ".join(f"{count} with code {code}" for code, count in total["refused"].items()) or "none"
    _say(options, total, f"Sent {total['sent']} messages: {total['accepted']} taken; refused: {refused}.")
    return 0


def _wanted(options: argparse.Namespace) -> int:
    return int(options.count if options.count is not None else options.rate * options.seconds)


def _portion(options: argparse.Namespace, sent: int, elapsed: float) -> int:
    """How many messages are due now: all at once with a count, else as the rate says."""
    due = _wanted(options) if options.count is not None else int(options.rate * (elapsed + STEP))
    return max(0, min(due, _wanted(options)) - sent)


def _count(total: dict[str, Any], portion: int, answer: dict[str, Any]) -> None:
    total["sent"] += portion
    total["accepted"] += answer["accepted"]
    for code, count in answer["refused"].items():
        total["refused"][code] = total["refused"].get(code, 0) + count


__all__ = ["ControlError", "down", "node_order", "started", "status", "traffic", "up"]
