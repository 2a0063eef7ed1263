# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under `/_emulator`: what tests and the command line ask and order. JSON in, JSON out."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .calling import ROOT_CLIENT
from .config import make_config
from .errors import EmulatorError
from .faults import FaultBook
from .fleet import Fleet
from .record import Record
from .settings import all_values
from .stamps import iso

if TYPE_CHECKING:
    from .webapp import Services

Variant = Callable[[str], Awaitable[int]]


class Control:
    """`fleet` is None where nodes are processes: then only the command line can start and stop them."""

    def __init__(self, services: Services, fleet: Fleet | None, variant: Variant, *, anyone: bool = False) -> None:
        self.services = services
        self.fleet = fleet
        self.open_variant = variant
        self.anyone = anyone  # by default only the loopback may
        self.faults = FaultBook()
        self.record = Record()
        self._anonymous = 0

    async def handle(self, request: web.BaseRequest, path: str) -> web.Response:
        if not self.anyone and not _from_loopback(request):
            return web.json_response({"error": "the control API answers to the loopback alone"}, status=403)
        try:
            raw = await request.read()
            body = json.loads(raw) if raw.strip() else {}
            if not isinstance(body, dict):
                raise EmulatorError("the body must be a JSON object")
            return web.json_response(await self._answer(request.method, path.strip("/").split("/"), body))
        except (EmulatorError, ValueError, TypeError, KeyError) as error:
            return web.json_response({"error": str(error) or type(error).__name__}, status=400)

    async def _answer(self, method: str, parts: list[str], body: dict[str, Any]) -> Any:
        if parts == [""]:
            return {"clients": self.services.store.client_names()}
        if parts[0] == "tls" and len(parts) == 2 and method == "POST":
            return {"port": await self.open_variant(parts[1])}
        if parts == ["clients"] and method == "POST":
            return self._add_client(body)
        if parts[0] != "clients" or len(parts) < 2:
            raise EmulatorError("no such control call")
        client = "" if parts[1] == ROOT_CLIENT else parts[1]
        if not self.services.store.has_client(client):
            raise EmulatorError(f"no such client: {client}")
        return self._client_call(client, method, parts[2:], body)

    def _add_client(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.fleet is None:
            raise EmulatorError("clients can be added in fleet mode alone")
        values = dict(body)
        name = values.pop("name", None)
        if name is None:
            self._anonymous += 1
            name = f"client{self._anonymous:03d}"
        config = self.fleet.add(str(name), values)
        return {"name": name, "username": config.username, "password": config.password, "version": config.version}

    def _client_call(self, client: str, method: str, rest: list[str], body: dict[str, Any]) -> Any:
        if not rest and method == "DELETE":
            self.record.clear(client)
            self.faults.clear(client)
            return self.services.store.remove_client(client)
        if len(rest) == 2 and rest[0] == "nodes" and method == "PATCH":
            return self._configure_node(client, rest[1], body)
        if len(rest) == 3 and rest[0] == "nodes" and method == "POST":
            return self._node_call(client, rest[1], rest[2])
        handler = CLIENT_CALLS.get((method, "/".join(rest)))
        if handler is None:
            raise EmulatorError("no such control call")
        return handler(self, client, body)

    def _configure_node(self, client: str, node: str, options: dict[str, Any]) -> None:
        """Change options of one node; those that are not named stay, those that are null go back to the client's."""
        store = self.services.store
        known = [one.name for one in self.services.cluster.nodes(client)]
        if node not in known:
            raise EmulatorError(f"no node {node} (nodes: {', '.join(known)})")
        with store.transaction():
            config = store.config(client)
            own = {**config.nodes.get(node, {}), **options}
            own = {name: value for name, value in own.items() if value is not None}
            changed = make_config({"nodes": {**config.nodes, node: own}}, base=config)
            self.services.cluster.configure(client, changed)

    def _node_call(self, client: str, node: str, order: str) -> Any:
        if self.fleet is None:
            raise EmulatorError("nodes are processes here: start and stop them with the command line")
        orders = {"start": self.fleet.start, "stop": self.fleet.stop, "restart": self.fleet.restart}
        if order not in orders:
            raise EmulatorError(f"a node can be asked to {', '.join(orders)}, not to {order}")
        orders[order](client, node)
        return nodes(self, client, {})


def _from_loopback(request: web.BaseRequest) -> bool:
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def nodes(control: Control, client: str, body: dict[str, Any]) -> Any:
    report = control.services.cluster.report(client)
    return [{**node, "started": iso(node["started"])} for node in report]


def status(control: Control, client: str, body: dict[str, Any]) -> Any:
    """Everything that a person wants to see at once."""
    services = control.services
    config = services.store.config(client)
    return {
        "version": config.version,
        "topology": config.topology,
        "primary_master": services.cluster.primary(client) if config.multiconnect else None,
        "nodes": nodes(control, client, {}),
        "in_effect": services.cluster.in_effect(client),
        "rows": services.messages.rows(client),
        "collected": services.store.counter(client, "messages_collected"),
        "queue": services.messages.queue_figures(client),
        "live_tokens": services.accounts.live_tokens(client),
        "events": services.store.events(client)[-20:],
    }


def stored(control: Control, client: str, body: dict[str, Any]) -> Any:
    """All settings as stored, also those that a GET never shows, by dotted name."""
    version = control.services.store.config(client).version
    return all_values(control.services.store.settings(client), version)


def configure(control: Control, client: str, body: dict[str, Any]) -> Any:
    control.services.cluster.configure(client, make_config(body, base=control.services.store.config(client)))


def add_user(control: Control, client: str, body: dict[str, Any]) -> Any:
    return control.services.accounts.add(client, body["username"], body["password"])


def new_token(control: Control, client: str, body: dict[str, Any]) -> Any:
    config = control.services.store.config(client)
    return control.services.accounts.new_token(client, body.get("username", config.username), config)[0]


CLIENT_CALLS: dict[tuple[str, str], Callable[[Control, str, dict[str, Any]], Any]] = {
    ("GET", "status"): status,
    ("GET", "nodes"): nodes,
    ("GET", "stored"): stored,
    ("PATCH", "config"): configure,
    ("POST", "users"): add_user,
    ("POST", "tokens"): new_token,
    ("GET", "tokens"): lambda control, client, _dummy: control.services.accounts.live_tokens(client),
    ("POST", "tokens/expire"): lambda control, client, _dummy: control.services.accounts.expire_all(client),
    ("GET", "in_effect"): lambda control, client, _dummy: control.services.cluster.in_effect(client),
    ("GET", "rows"): lambda control, client, _dummy: control.services.messages.rows(client),
    ("GET", "queue"): lambda control, client, _dummy: control.services.messages.queue_figures(client),
    ("GET", "events"): lambda control, client, _dummy: control.services.store.events(client),
    ("GET", "calls"): lambda control, client, _dummy: control.record.calls(client),
    ("DELETE", "calls"): lambda control, client, _dummy: control.record.clear(client),
    ("GET", "faults"): lambda control, client, _dummy: control.faults.ordered(client),
    ("POST", "faults"): lambda control, client, body: control.faults.order(client, body),
    ("DELETE", "faults"): lambda control, client, _dummy: control.faults.clear(client),
    ("POST", "traffic"): lambda control, client, body: control.services.messages.send(
        client, int(body.get("count", 1))
    ),
}
