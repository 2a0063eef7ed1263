# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending messages, and garbage collection by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .accounts import User
from .answers import Answer, Call, success
from .errors import COREAPP_UNREACHABLE, ApiError, not_available

if TYPE_CHECKING:
    from .webapp import Services

PROCESSING = {"status": "processing"}


def send(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    body = call.json()
    if not isinstance(body, dict) or "to" not in body:
        raise ApiError(400, 1008, "to is required")
    if not isinstance(body["to"], str):
        raise ApiError(400, 1009, "to must be a string")
    number = services.messages.send_one(call.client, call.config, body["to"])
    return success(call.config, {"messages": [{"id": f"wa-{number:012d}"}]}, status=201)


def collect_messages(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """Accepted, not done: the Coreapps collect afterwards and say so by webhook, each for itself."""
    nodes = services.cluster.working_coreapps(call.client, call.config)
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    for node in nodes:
        services.store.run("INSERT INTO jobs (client, node, kind) VALUES (?,?,'message')", call.client, node.name)
    if not call.config.multiconnect:
        return success(call.config, {"services": {"message": {"gc": PROCESSING}}})
    return success(call.config, {"services": {"message": {"gc": {node.key: PROCESSING for node in nodes}}}})


def collect_media(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    """Media are collected by one node alone."""
    nodes = services.cluster.working_coreapps(call.client, call.config)
    if not nodes:
        raise not_available(1014, COREAPP_UNREACHABLE)
    services.store.run("INSERT INTO jobs (client, node, kind) VALUES (?,?,'media')", call.client, nodes[0].name)
    return success(call.config, {"services": {"media": {"gc": PROCESSING}}})
