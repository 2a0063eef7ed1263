# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Starts garbage collection by hand. The API shows that it was accepted; its end comes by webhook only."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._api import connection, health, http
from .._api.client import Client
from .._api.responses import Answer, MalformedAnswer, dig
from .._common.errors import CallError, InputError
from .._common.operation import Outcome, Task
from .._common.text import listed

SERVICES = {"messages": "message", "media": "media"}  # what is collected -> the API's word for it; in this order

OPTIONS: dict[str, dict[str, Any]] = {
    **connection.OPTIONS,
    "kinds": {"type": "list", "elements": "str", "choices": list(SERVICES), "required": True},
}
RULES: dict[str, Any] = {}
OWN_WORDS = frozenset((*SERVICES, *SERVICES.values(), "processing", health.SINGLE_NAME))
LIBRARY_ERROR = http.REQUESTS_IMPORT_ERROR


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One PUT for each kind; in check mode a GET of the health instead. Raises OnPremError."""
    kinds = [kind for kind in SERVICES if kind in params["kinds"]]
    if not kinds:
        raise InputError("kinds is empty", "Give messages, media or both.")
    accepted: dict[str, list[dict[str, str]]] = {kind: [] for kind in kinds}
    with connect(params, task.check_mode, task.progress, task.warn, task.secrets.append) as client:
        if task.check_mode:
            health.fetch(client)  # fails where the real run would: credentials, and whether any Coreapp answers
        else:
            for kind in kinds:
                accepted[kind] = _start(client, kind, accepted, task)
    return Outcome(True, {"accepted": accepted})


def _start(client: Client, kind: str, accepted: Mapping[str, list[dict[str, str]]], task: Task) -> list[dict[str, str]]:
    doing = f"start the garbage collection of {kind}"
    path = f"/v1/services/{SERVICES[kind]}/gc"
    try:
        nodes = _started(client, kind, path, doing)
    except CallError as error:
        before = [other for other, started in accepted.items() if started]
        if error.code == 1014:
            error.problem += ", no Coreapp answers"
        if before:
            error.problem += "; the garbage collection of {} had been accepted before".format(" and ".join(before))
        raise
    others = ["{node} ({status})".format(**node) for node in nodes if node["status"] != "processing"]
    if others:
        task.warn(f"The garbage collection of {kind} was not accepted by {listed(others)}.")
    return [node for node in nodes if node["status"] == "processing"]


def _started(client: Client, kind: str, path: str, doing: str) -> list[dict[str, str]]:
    """What each node answers. Raises CallError, also where none accepts."""
    answer = client.put(path, doing)
    try:
        nodes = read_nodes(answer, SERVICES[kind])
    except MalformedAnswer as problem:
        raise client.malformed(doing, path, str(problem), "PUT") from None
    if not any(node["status"] == "processing" for node in nodes):
        shown = listed("{node} says {status}".format(**node) for node in nodes)
        rejection = f"PUT {path} was answered with success, but accepted by no node ({shown})"
        raise client.error(rejection, "Look into the log of the Coreapp.", doing, method="PUT", path=path, status=200)
    return nodes


def read_nodes(answer: Answer, service: str) -> list[dict[str, str]]:
    """The nodes of an answer with their statuses, in the order of their keys. Raises MalformedAnswer."""
    collection = dig(answer, "services", service, "gc")
    if isinstance(collection.get("status"), str):
        return [{"node": health.SINGLE_NAME, "status": collection["status"]}]
    nodes = []
    for key, entry in sorted(collection.items()):
        status = entry.get("status") if isinstance(entry, dict) else None
        nodes.append({"node": key, "status": status if isinstance(status, str) else health.UNKNOWN})
    if not nodes:
        raise MalformedAnswer("the answer names no node")
    return nodes
