# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, statistics, metrics, support."""

from __future__ import annotations

import json
import socket
import sqlite3
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from .accounts import User
from .answers import Answer, Call, meta, success
from .cluster import DOWN, INITIALIZING, UP, Node, role
from .config import ClientConfig
from .errors import CORE_NOT_INSTANTIATED, COREAPP_UNREACHABLE, not_available

if TYPE_CHECKING:
    from .webapp import Services

FREE_SPACE = 14_269_902_848


def health(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """The Webapp asks each node at this moment.

    Not recorded: what Multiconnect answers while no node is reachable (here each has its errors), and what a single
    instance answers while it is initializing (here the error that an entry of Multiconnect has).
    """
    config = call.config
    if not config.multiconnect:
        return _with_meta(config, {"gateway_status": _single_status(services, call)})
    entries = services.cluster.health(call.client, config)
    if not entries:
        raise not_available(1014, COREAPP_UNREACHABLE)
    return _with_meta(config, entries)


def _with_meta(config: ClientConfig, report: dict[str, Any]) -> Answer:
    """Recorded: reports of Multiconnect carry a `v` before the version, those of a single instance do not."""
    if config.health_meta == "none":
        return Answer(200, json.dumps({"health": report}).encode())
    with_v = config.multiconnect if config.health_meta == "recorded" else config.health_meta == "v"
    return success(config, {"health": report}, webapp=with_v)


def _single_status(services: Services, call: Call) -> str:
    node = _single_node(services, call, status=True)
    return services.cluster.gateway_status(node, call.config, None, {})


def _single_node(services: Services, call: Call, *, status: bool = False) -> Node:
    """The node of a single instance that answers; `status`: for the health report, which may have `uninitialized`."""
    cluster, config = services.cluster, call.config
    nodes = [node for node in cluster.listed(call.client, config) if cluster.reachable(node, config)]
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    node = next((node for node in nodes if not node.kicked), nodes[0])
    initializing = cluster.phase(node, config) == INITIALIZING and not node.kicked
    if initializing and not (status and config.initializing == "uninitialized"):
        raise not_available(1011, CORE_NOT_INSTANTIATED)
    return node


Samples = list[dict[str, Any]]
Gauges = dict[str, tuple[str, str, Samples]]  # kind, help, samples


def stats(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    figures = services.messages.queue_figures(call.client)
    gauges: Gauges = {
        "callback_queue_size": ("gauge", "Number of callbacks waiting for delivery", [{"value": figures["queued"]}]),
        "callback_requests_count": ("counter", "Number of callbacks delivered", [{"value": figures["delivered"]}]),
    }
    if call.query.get("format") == "prometheus":
        return _prometheus(gauges)
    return success(call.config, {"stats": {"app": _as_json(gauges)}})


def database_stats(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """Rows in the database. With Multiconnect the primary master alone has figures, other nodes have an empty object.

    Contacts and messages that wait to be sent are not simulated: their figures are 0.
    """
    cluster, config = services.cluster, call.config
    if not config.multiconnect:
        _single_node(services, call)
    rows = services.messages.rows(call.client)
    pending = services.messages.queue_figures(call.client)["queued"]
    contacts: Samples = [{"labels": {"type": kind}, "value": 0} for kind in ("non_whatsapp_user", "whatsapp_user")]
    messages: Samples = [{"labels": {"type": "undefined"}, "value": rows["total"]}]
    receipts = rows.get("delivered", 0) + rows.get("read", 0)
    gauges: Gauges = {
        "db_contacts": ("gauge", "Current number of contacts in DB", contacts),
        "db_message_receipts": ("gauge", "Current number of message receipts in DB", [{"value": receipts}]),
        "db_messages": ("gauge", "Current number of messages in DB", messages),
        "db_pending_callbacks": ("gauge", "Current number of pending callbacks in DB", [{"value": pending}]),
        "db_pending_messages": ("gauge", "Current number of pending messages in DB", [{"value": 0}]),
    }
    if call.query.get("format") == "prometheus":
        return _prometheus(gauges)
    if not config.multiconnect:
        return success(config, {"stats": {"db": _as_json(gauges)}})
    nodes = [node for node in cluster.listed(call.client, config) if cluster.serving(node, config)]
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    primary = cluster.primary(call.client)
    figures = {node.key: _as_json(gauges) if node.name == primary else {} for node in nodes}
    return success(config, {"stats": {"db": figures}})


def _as_json(gauges: Gauges) -> dict[str, Any]:
    return {name: {"data": samples, "help": text, "type": kind} for name, (kind, text, samples) in gauges.items()}


def _prometheus(gauges: Gauges) -> Answer:
    lines = []
    for name, (kind, text, samples) in gauges.items():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        for sample in samples:
            labels = ",".join(f'{label}="{value}"' for label, value in sample.get("labels", {}).items())
            lines.append(f"{name}{f'{{{labels}}}' if labels else ''} {sample['value']}")
    return Answer(200, ("\n".join(lines) + "\n").encode(), {"Content-Type": "text/plain; version=0.0.4"})


def metrics(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """The Webapp's own uptime: restarting a Coreapp does not change it."""
    uptime = int(time.time() - services.started)
    text = "Number of seconds since web server has started"
    node = socket.gethostname()
    if call.query.get("format") == "prometheus":
        body = f'# HELP web_uptime {text}\n# TYPE web_uptime gauge\nweb_uptime{{node="{node}"}} {uptime}\n'
        return Answer(200, body.encode(), {"Content-Type": "text/plain; version=0.0.4"})
    gauge = {"type": "gauge", "help": text, "data": [{"labels": {"node": node}, "value": uptime}]}
    return success(call.config, {"metrics": {"web_uptime": gauge}}, webapp=True)


def support(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """What support asks for: flat for a single instance, by node for Multiconnect; no start time, as in the product.

    Left out: the block about the encryption identity (`e2e`). Not recorded: what the entry of a node is that cannot be
    reached or is not ready; here it has none.
    """
    cluster, config = services.cluster, call.config
    if not config.multiconnect:
        node = _single_node(services, call)
        return success(config, {"support": _support_of(services, node, config, None, {})})
    nodes = [node for node in cluster.listed(call.client, config) if cluster.serving(node, config) or node.kicked]
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    primary, shards = cluster.primary(call.client), cluster.shards(call.client)
    return success(
        config, {"support": {node.key: _support_of(services, node, config, primary, shards) for node in nodes}}
    )


def _support_of(
    services: Services, node: Node, config: ClientConfig, primary: str | None, shards: dict[int, str | None]
) -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    cluster = services.cluster
    if cluster.gateway_status(node, config, primary, shards) == "connected":
        connection = "UP"
    else:
        connection = "DN" if cluster.phase(node, config) in (UP, DOWN) else "SC"
    report: dict[str, Any] = {
        "context": "healthcheck",
        "db_engine": "SQLITE",
        "db_info": [sqlite3.sqlite_version],
        "debug_info": config.wa_id or "unregistered",
        "description": f"coreapp {meta(config, webapp=False)['version']}",
        "device_iso8601": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "env": [],
        "expire_timestamp": (now + timedelta(days=180)).strftime("%Y-%m-%dT%H:%M:%S"),
        "free_space_data": FREE_SPACE,
        "free_space_logs": FREE_SPACE,
        "free_space_media_incoming": FREE_SPACE,
        "free_space_media_outgoing": FREE_SPACE,
        "lc": "en",
        "lg": "US",
        "multi_connect": config.multiconnect,
        "os_name": "ubuntu-x86_64",
        "os_version": "16.04",
        "schema": dict.fromkeys(("axolotl", "callback", "cluster", "config", "contact", "jobqueue", "message"), 1),
        "socket_conn": connection,
    }
    if config.multiconnect:
        # The control shard is with the primary master, or with the only connected Coreapp where that is not connected.
        control = node.name == (primary if config.primary_connected else shards.get(0))
        own = [shard for shard, owner in shards.items() if owner == node.name]
        owned = [*([-1] if control else []), *own]
        report |= {"role": role(node, config, primary), "shards": [[shard, shard] for shard in owned]}
    return report
