# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs, step by step as the roles do them, against a client that knows what governs each of its nodes.

In process and without a network: the operations are the real ones, the client is a model. Between two steps others write
settings and restart nodes, nodes die, runs are killed and ledgers are lost. What cannot be seen through the API, a change
there and back with the start of a node in between, happens outside of rolling restarts alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from properties.model import NAME, Killed

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, lease_owner, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    campaign,
    client_status,
    rolling_restart,
)

EXAMPLES = 5000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 200
COLLECT = "garbagecollector_enable.messages"
VALUES: dict[str, list[Any]] = {COLLECT: [True, False], "log_level": ["info", "error"]}
Values = dict[str, Any]


class Model:
    """A client with several nodes: what is stored, and what each node read when it started."""

    def __init__(self, nodes: int, collect: bool) -> None:
        self.stored: Values = {COLLECT: collect, "log_level": "info"}
        self.governing: dict[str, Values] = {}
        self.starts: dict[str, int] = {}
        self.down: set[str] = set()
        self.broken: set[str] = set()  # those that cannot be started
        self.known: Values = {}  # what the last GET or write of the collection showed
        self.unseen: set[str] = set()  # settings that were another value when a node started, since then
        self.fault = ""  # what happens to the next PATCH
        for number in range(nodes):
            self.start(f"wacore{number}")
        for values in self.governing.values():  # switched off by hand before, and not restarted
            values[COLLECT] = True

    def start(self, node: str) -> None:
        self.governing[node] = dict(self.stored)
        self.starts[node] = self.starts.get(node, 0) + 1
        self.down.discard(node)
        self.unseen |= {name for name, value in self.known.items() if self.stored[name] != value}

    def node(self, number: int) -> str:
        return sorted(self.starts)[number % len(self.starts)]

    def others_write(self, name: str, number: int) -> None:
        value = VALUES[name][number % len(VALUES[name])]
        if name not in self.unseen or value != self.known[name]:
            self.stored[name] = value

    def governs(self, name: str) -> set[Any]:
        """The values by which the nodes that run are governed now."""
        return {values[name] for node, values in self.governing.items() if node not in self.down}

    # -- as the API, and as an engine shows it

    def close(self) -> None:
        """Nothing is open."""

    def send(self, method: str, path: str, headers: Any, body: bytes | None, time_limit: float) -> RawAnswer:
        del headers, time_limit
        if path == "/v1/health":
            return _answer({"health": {self.key(node): self._health(node) for node in self.starts}})
        assert path == "/v1/settings/application"
        if method == "GET":
            self.known, self.unseen = dict(self.stored), set()
            shown = {
                "log_level": self.stored["log_level"],
                "garbagecollector_enable": {"messages": self.stored[COLLECT]},
            }
            return _answer({"settings": {"application": shown}})
        fault, self.fault = self.fault, ""
        if fault == "kill before":
            raise Killed
        wanted = json.loads(body or b"{}")
        for name in VALUES:
            top, _dot, leaf = name.partition(".")
            if top in wanted:
                self.stored[name] = self.known[name] = wanted[top][leaf] if leaf else wanted[top]
        if fault == "kill after":
            raise Killed
        if fault == "lose":
            raise TransportError("the connection was cut before the whole answer had come")
        return _answer({})

    @staticmethod
    def key(node: str) -> str:
        return f"{node}:{node.encode().hex()[-12:]}"

    def _health(self, node: str) -> Values:
        if node in self.down:
            return {"errors": [{"code": 1014, "title": "Internal error", "details": "Connection timed out"}]}
        return {"gateway_status": "connected", "role": "coreapp"}

    def found(self) -> Values:
        nodes = [
            {
                "name": node,
                "started": str(started),
                "running": node not in self.down,
                "state": "exited" if node in self.down else "running",
                "report_ids": [self.key(node).partition(":")[2]],
            }
            for node, started in self.starts.items()
        ]
        return {"nodes": nodes, "problem": ""}

    def restart(self, node: str) -> Values:
        if node in self.broken:
            self.down.add(node)
            return {"problem": "it does not stay up", "started": ""}
        self.start(node)
        return {"problem": "", "started": str(self.starts[node]), "health": "healthy"}


def _answer(data: Values) -> RawAnswer:
    body = {**data, "meta": {"version": "2.53.1", "api_status": "stable"}}
    return RawAnswer(200, {}, json.dumps(body).encode("utf-8"))


class World:
    """The client, the ledger, and runs of the collection that act on them."""

    def __init__(self, model: Model, path: str) -> None:
        self.model, self.path, self.runs = model, path, 0
        self.inside = False  # a run
        self.blind = False  # something has happened that cannot be seen through the API
        self.events: Iterator[Any] = iter(())
        self.record: Any = None

    # -- what the world does between two steps

    def happen(self) -> None:
        kind, name, number = next(self.events, None) or ("", "", 0)
        if kind == "kill":
            raise Killed
        if kind == "lose the ledger":
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path)
        elif kind == "status":
            self.status(bool(number % 2))
        elif kind == "another run":
            self.another_run(name, number)
        elif kind == "there and back":
            self.there_and_back(name, number)
        elif kind in ("kill before", "kill after", "lose"):
            self.model.fault = kind
        elif kind:
            self.happen_to_the_client(kind, name, number)

    def happen_to_the_client(self, kind: str, name: str, number: int) -> None:
        model, node = self.model, self.model.node(number)
        if kind == "write":
            model.others_write(name, number)
        elif kind == "write and restart":
            model.others_write(name, number)
            model.start(node)
            model.broken.discard(node)
        elif kind == "restart" and node not in model.broken:
            model.start(node)
        elif kind in ("die", "break"):
            model.down.add(node)
            model.broken |= {node} if kind == "break" else set()
        elif kind == "repair":
            model.broken.clear()

    def another_run(self, name: str, number: int) -> None:
        """A settings run that shares the ledger, in the middle of this one; its restart is deferred."""
        events, runs, self.events = self.events, self.runs, iter(())
        self.runs += 1000
        given = {"collect_messages": bool(number % 2)} if name == COLLECT else {name: VALUES[name][number % 2]}
        with contextlib.suppress(OnPremError, Killed):
            self.call(application_settings, write="always", **given)
        self.events, self.runs = events, runs

    def there_and_back(self, name: str, number: int) -> None:
        """Not while nodes of a rolling restart are recorded: it would be seen by no one."""
        with Ledger(self.path, read_only=True) as ledger:
            rolling = ledger.state.roll is not None
        model = self.model
        if rolling or self.inside or model.node(number) in model.broken:
            return
        before, unseen = dict(model.stored), set(model.unseen)
        model.stored[name] = VALUES[name][number % len(VALUES[name])]
        model.start(model.node(number))
        model.stored, model.unseen, self.blind = before, unseen, True

    # -- what runs of the collection do

    def call(self, operation: Any, **given: Any) -> Values:
        self.happen()

        def connect(params: Any, read_only: bool, progress: Any, *_rest: Any) -> Client:
            return Client(self.model, NAME, token="t", retry_timeout=0, read_only=read_only, progress=progress)

        params: Values = {name: option.get("default") for name, option in operation.OPTIONS.items()}
        owner = lease_owner.owner_of(os.getpid(), "one")
        owner = type(owner)(owner.host, owner.machine, 0, str(self.runs), "one")  # of a process that may have ended
        params.update(api_url=NAME, ledger=self.path, timeout=1, retry_timeout=0, **given)
        if "owner" in operation.OPTIONS:
            params["owner"] = vars(owner)
        try:
            values: Mapping[str, Any] = operation.run(params, Task(), connect=connect).values
        finally:
            self.check_record()
        return dict(values)

    def check_record(self) -> None:
        """What has just been confirmed governs every node."""
        with Ledger(self.path, read_only=True) as ledger:
            state = ledger.state
        if state.in_effect is not None and state.in_effect is not self.record and state.in_effect != self.record:
            for name in VALUES:
                effect = in_effect.of(state, name)
                assert effect.doubt or self.model.governs(name) <= {effect.value}, (name, effect, self.model.governing)
            self.blind = False
        self.record = state.in_effect

    def run(self, events: list[Any], action: Any) -> bool:
        """One run; whether it has ended well."""
        self.runs += 1
        self.events, self.inside = iter(events), True
        try:
            action()
            return True
        except (OnPremError, Killed):
            return False
        finally:
            self.events, self.inside = iter(()), False

    def step(self, step: str, **given: Any) -> Values:
        limits = {"wait_timeout": 0, "report_timeout": 0, "lease_wait": 0, "interval": 1, "minimum_uptime": 0}
        return self.call(rolling_restart, step=step, **limits, **given)

    def change(self, operation: Any, defer: bool, **given: Any) -> None:
        """As the roles campaign_mode and application_settings do it."""
        result = self.call(operation, write="always" if defer else "unless_restart", **given)
        if result["prepared"]:
            expected = result["restart_settings"]
            assert self.step("begin", expected=expected)["go"]
            plan = self.step("plan", expected=expected, found=self.model.found())
            result = self.call(operation, write="always", **given)
            if result["restart_required"]:
                self.roll(plan)
            else:
                self.step("cancel")
        elif result["restart_required"]:
            self.restart(defer=defer)

    def restart(self, **given: Any) -> None:
        if self.step("begin", **given)["go"]:
            self.roll(self.step("plan", found=self.model.found()))

    def roll(self, last: Values) -> None:
        for _number in range(len(last["remaining"])):
            node = last["next"]
            if not node:
                break
            self.happen()
            renewed = self.step("renew", node=node)
            result = {} if renewed["superseded"] else self.model.restart(node)
            last = self.step("next", node=node, result=result)
        if last["superseded"]:
            self.restart()

    def begin(self, defer: bool) -> None:
        self.change(campaign, defer, state="present", name="sale")

    def end(self, defer: bool) -> None:
        self.change(campaign, defer, state="absent", name="sale", missing="ok", after="on")

    def set_level(self, level: str, defer: bool) -> None:
        self.change(application_settings, defer, log_level=level)

    def set_collect(self, collect: bool, defer: bool) -> None:
        self.change(application_settings, defer, collect_messages=collect)

    def status(self, check_nodes: bool) -> None:
        """What is called in effect is so now; without a check of the nodes, unless that cannot be seen."""
        found = self.model.found()
        known = dict(self.model.known), set(self.model.unseen)
        params: Values = {name: option.get("default") for name, option in client_status.OPTIONS.items()}
        params.update(api_url=NAME, ledger=self.path, check_nodes=check_nodes, found=found)
        client = Client(self.model, NAME, token="t", retry_timeout=0, read_only=True)
        entry = client_status.run(params, Task(), connect=lambda *_args: client).values["client"]
        self.model.known, self.model.unseen = known  # it records nothing of what it sees
        with Ledger(self.path, read_only=True) as ledger:
            pending = restart.is_pending(ledger.state) or ledger.state.intention is not None
        collection = entry["message_collection"]
        if collection["in_effect"] is not None and (check_nodes or not (self.blind or pending)):
            assert self.model.governs(COLLECT) <= {collection["in_effect"]}, (collection, self.model.governing)


numbers = st.integers(0, 3)
OFTEN = ["write", "write and restart", "write and restart"]
KINDS = ["write", "restart", "die", "break", "repair", "lose the ledger", "kill", "kill before", "kill after", "lose"]
settings_names = st.sampled_from(sorted(VALUES))
event = st.tuples(st.sampled_from([*KINDS, *OFTEN, "another run", "another run", "status"]), settings_names, numbers)
between = st.tuples(st.sampled_from([*KINDS[:6], *OFTEN, "another run", "there and back"]), settings_names, numbers)
RUNS = ["begin", "begin", "end", "level", "collect", "restart", "force"]
run = st.tuples(
    st.sampled_from(RUNS),
    numbers,
    st.booleans(),
    st.lists(st.none() | event, max_size=10),
    st.lists(between, max_size=2),
)


@settings(max_examples=EXAMPLES)
@given(st.integers(1, 3), st.booleans(), st.lists(run, min_size=1, max_size=6))
def test_nothing_is_called_in_effect_that_is_not(nodes: int, collect: bool, runs: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Model(nodes, collect), os.path.join(folder, "ledger.json"))
        for kind, number, late, events, afterwards in runs:
            defer = late and number < 2
            well = world.run(events, lambda: _act(world, kind, number, defer))  # noqa: B023  (called at once)
            if kind == "begin" and well and not defer and not world.blind:
                assert world.model.governs(COLLECT) <= {False}, world.model.governing
            world.events = iter(afterwards)
            for _event in afterwards:
                world.happen()
            world.status(check_nodes=True)
            world.status(check_nodes=False)


def _act(world: World, kind: str, number: int, defer: bool) -> None:
    if kind == "begin":
        world.begin(defer)
    elif kind == "end":
        world.end(defer)
    elif kind == "level":
        world.set_level(VALUES["log_level"][number % 2], defer)
    elif kind == "collect":
        world.set_collect(bool(number % 2), defer)
    else:
        world.restart(force=kind == "force")
