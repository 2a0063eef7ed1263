# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message rows, the callbacks that they cause, and the garbage collector over the rows."""

from __future__ import annotations

import json
import time
from typing import Any

from .catalog import accepted, message_collection_key
from .cluster import Cluster, Node
from .config import ClientConfig
from .errors import ApiError, not_available
from .settings import Stored, in_effect, value_of
from .store import Store

FINISHED = ("delivered", "read")  # only such rows may be collected


class Messages:
    def __init__(self, store: Store, cluster: Cluster) -> None:
        self.store = store
        self.cluster = cluster

    # -- sending

    def send(self, client: str, count: int = 1) -> dict[str, Any]:
        """Sends `count` messages; how many were taken, and how many refused with which code."""
        config = self.store.config(client)
        self.cluster.look(client, config)
        shard_count = max(1, len(self.cluster.shards(client)))
        first = self.store.number("SELECT MAX(id) FROM messages") + 1
        refused: dict[str, int] = {}
        accepted_ids: list[int] = []
        with self.store.transaction():
            for shard in range(shard_count):
                share = len(range(shard, count, shard_count))
                try:
                    node = self._taker(client, config, shard)
                except ApiError as error:
                    refused[str(error.code)] = refused.get(str(error.code), 0) + share
                    continue
                ids = list(range(first, first + share))
                first += share
                accepted_ids += ids
                self._store_rows(client, config, node, shard, ids)
        return {"accepted": len(accepted_ids), "refused": refused, "ids": accepted_ids}

    def send_one(self, client: str, config: ClientConfig, recipient: str) -> int:
        """One message through the API; raises what the API answers when it cannot be taken."""
        shards = max(1, len(self.cluster.shards(client)))
        shard = sum(recipient.encode()) % shards
        self.cluster.look(client, config)
        node = self._taker(client, config, shard)
        with self.store.transaction():
            number = self.store.number("SELECT MAX(id) FROM messages") + 1
            self._store_rows(client, config, node, shard, [number])
        return number

    def _taker(self, client: str, config: ClientConfig, shard: int) -> Node:
        if self.queued(client) >= config.queue_limit:
            raise not_available(1016)
        return self.cluster.require_shard(client, config, shard)

    def _store_rows(self, client: str, config: ClientConfig, node: Node, shard: int, ids: list[int]) -> None:
        # Every second message is read at once, the others are delivered: no chance in it, so that tests can count.
        now = time.time()
        governing = in_effect(self.store.settings(client), node.settings_at_start(), config.version)
        statuses = {number: FINISHED[number % 2] for number in ids}
        if not governing.get("pass_through", False):  # with it, finished messages are not kept at all
            rows = [(number, client, shard, status, now) for number, status in statuses.items()]
            self.store.run_many("INSERT INTO messages VALUES (?,?,?,?,?)", rows)
        self.store.count(client, "messages", len(ids))
        wanted = wanted_statuses(governing)
        bodies = [
            {"statuses": [{"id": f"wa-{number:012d}", "status": status, "timestamp": str(int(now))}]}
            for number, last in statuses.items()
            for status in ("sent", "delivered", "read")[: 3 if last == "read" else 2]
            if status in wanted
        ]
        self.queue(client, shard, bodies)

    # -- callbacks

    def queue(self, client: str, shard: int, bodies: list[dict[str, Any]]) -> None:
        """Puts callbacks into the queue; without a webhook URL they are dropped, as the product does."""
        if not bodies:
            return
        self.store.count(client, "callbacks", len(bodies))
        if not value_of(self.store.settings(client), "webhooks.url"):
            self.store.count(client, "callbacks_dropped", len(bodies))
            return
        now = time.time()
        self.store.run_many(
            "INSERT INTO callbacks (client, shard, body, due) VALUES (?,?,?,?)",
            [(client, shard, json.dumps(body), now) for body in bodies],
        )

    def queued(self, client: str) -> int:
        return self.store.number("SELECT COUNT(*) FROM callbacks WHERE client=?", client)

    def queue_figures(self, client: str) -> dict[str, int]:
        """`total` = `queued` + `delivered` + `dropped` + `lost`: no callback is unaccounted for."""
        return {
            "total": self.store.counter(client, "callbacks"),
            "queued": self.queued(client),
            "delivered": self.store.counter(client, "callbacks_delivered"),
            "dropped": self.store.counter(client, "callbacks_dropped"),
            "lost": self.store.counter(client, "callbacks_lost"),
            "failed_attempts": self.store.counter(client, "callback_failures"),
        }

    # -- rows

    def rows(self, client: str) -> dict[str, int]:
        found = self.store.all("SELECT status, COUNT(*) FROM messages WHERE client=? GROUP BY status", client)
        counts = {row[0]: row[1] for row in found}
        return {**counts, "total": sum(counts.values())}

    def collect(self, client: str, shards: list[int] | None, age: float) -> int:
        """The garbage collector: deletes finished rows older than `age` (real seconds); of these shards, or of all."""
        deleted = self.store.run(
            "DELETE FROM messages WHERE client=?1 AND changed<=?2 AND status IN ('delivered','read')"
            " AND (?3 IS NULL OR shard IN (SELECT value FROM json_each(?3)))",
            *(client, time.time() - age, None if shards is None else json.dumps(shards)),
        )
        if deleted:
            self.store.count(client, "messages_collected", deleted)
        return deleted


def wanted_statuses(governing: Stored) -> set[str]:
    """The message statuses that cause a callback."""
    statuses = ("sent", "delivered", "read")
    if "webhooks.message.sent" in governing:
        return {status for status in statuses if governing[f"webhooks.message.{status}"]}
    return {status for status in statuses if status != "sent" or governing.get("sent_status", True)}


def collects(node: Node, config: ClientConfig) -> bool:
    """Whether the node's automatic garbage collection of messages is on: as it was when the node started."""
    key = message_collection_key(config.version)
    assert key in accepted(config.version)
    return bool(value_of(node.settings_at_start(), key))
