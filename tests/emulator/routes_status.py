# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, statistics, metrics, support."""

from __future__ import annotations

import socket
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .accounts import User
from .answers import Answer, Call, meta, success
from .cluster import role
from .errors import COREAPP_UNREACHABLE, not_available

if TYPE_CHECKING:
    from .webapp import Services


def health(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    cluster, config = services.cluster, call.config
    nodes = cluster.listed(call.client, config)
    if not any(cluster.alive(node) for node in nodes):
        raise not_available(1014, COREAPP_UNREACHABLE)
    primary, shards = cluster.primary(call.client), cluster.shards(call.client)
    statuses = {node.name: cluster.gateway_status(node, config, primary, shards) for node in nodes}
    if not config.multiconnect:
        live = [node for node in nodes if cluster.alive(node)]
        chosen = next((node for node in live if not node.kicked), live[0])
        return success(config, {"health": {"gateway_status": statuses[chosen.name]}})
    report = {node.key: {"gateway_status": statuses[node.name], "role": role(node, config, primary)} for node in nodes}
    return success(config, {"health": report})


def stats(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    figures = services.messages.queue_figures(call.client)
    gauge: dict[str, Any] = {
        "callback_queue_size": ("gauge", "Number of callbacks waiting for delivery", figures["queued"]),
        "callback_requests_count": ("counter", "Number of callbacks delivered", figures["delivered"]),
    }
    if call.query.get("format") == "prometheus":
        lines = [
            f"# HELP {name} {text}\n# TYPE {name} {kind}\n{name} {value}" for name, (kind, text, value) in gauge.items()
        ]
        return Answer(200, ("\n".join(lines) + "\n").encode(), {"Content-Type": "text/plain; version=0.0.4"})
    app = {
        name: {"data": [{"value": value}], "help": text, "type": kind} for name, (kind, text, value) in gauge.items()
    }
    return success(call.config, {"stats": {"app": app}})


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
    """Per node what support asks for; no start time in it, as in the product."""
    cluster, config = services.cluster, call.config
    nodes = [node for node in cluster.listed(call.client, config) if cluster.alive(node)]
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    primary, shards = cluster.primary(call.client), cluster.shards(call.client)
    now = datetime.now(timezone.utc)
    report = {}
    for node in nodes:
        owned = [shard for shard, owner in shards.items() if owner == node.name]
        connected = cluster.gateway_status(node, config, primary, shards) == "connected"
        report[node.key] = {
            "debug_info": config.wa_id or "unregistered",
            "description": f"coreapp {meta(config, webapp=False)['version']}",
            "device_iso8601": now.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "expire_timestamp": int(now.timestamp()) + 180 * 24 * 3600,
            "db_engine": "SQLITE",
            "multi_connect": "1" if config.multiconnect else "0",
            "role": role(node, config, primary),
            "shards": [[shard, shard] for shard in owned] or [[-1, -1]],
            "socket_conn": "UP" if connected else "DN",
        }
    return success(config, {"support": report})
