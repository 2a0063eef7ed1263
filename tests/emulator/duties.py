# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Coreapps do by themselves: collect garbage, carry out orders, deliver callbacks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import ssl
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from .cluster import Node
from .config import ClientConfig
from .messages import collects
from .settings import Stored, value_of
from .webapp import Services

if TYPE_CHECKING:
    import aiohttp

REQUEST_SECONDS = 10.0


class Duties:
    """The work of the Coreapps of one process: one of them, or those of all clients."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._next_collection: dict[tuple[str, str], float] = {}
        self._in_flight: dict[int, asyncio.Task[None]] = {}  # by the callback's number
        self._load: Counter[tuple[str, str]] = Counter()  # callbacks in flight, by client and node
        self._session: aiohttp.ClientSession | None = None
        self.wake = asyncio.Event()  # set when a place in the line of callbacks has become free

    async def close(self) -> None:
        for task in self._in_flight.values():
            task.cancel()
        if self._session is not None:
            await self._session.close()

    def tick_all(self) -> None:
        """One round for all clients that have anything to do."""
        busy = self.services.store.all(
            "SELECT name FROM clients c WHERE EXISTS (SELECT 1 FROM messages WHERE client=c.name)"
            " OR EXISTS (SELECT 1 FROM callbacks WHERE client=c.name AND due<=?)"
            " OR EXISTS (SELECT 1 FROM jobs WHERE client=c.name)",
            time.time(),
        )
        for row in busy:
            client = row["name"]
            config = self.services.store.config(client)
            self.services.cluster.look(client, config)
            for node in self.services.cluster.nodes(client):
                if not node.master and self.services.cluster.serving(node, config):
                    self.tick(client, config, node)

    def tick(self, client: str, config: ClientConfig, node: Node) -> None:
        """One round of one Coreapp."""
        shards: list[int] | None = None
        if config.multiconnect:
            shards = [shard for shard, owner in self.services.cluster.shards(client).items() if owner == node.name]
        self._carry_out_orders(client, node, shards)
        if shards == []:
            return
        self._collect(client, config, node, shards)
        self._deliver(client, config, node, shards)

    def _carry_out_orders(self, client: str, node: Node, shards: list[int] | None) -> None:
        store, messages = self.services.store, self.services.messages
        for job in store.all("SELECT id, kind FROM jobs WHERE client=? AND node=? ORDER BY id", client, node.name):
            outcome: dict[str, Any] = {"node": node.key, "status": "complete"}
            if job["kind"] == "message":
                outcome["messages_deleted"] = messages.collect(client, shards, age=0)
            else:
                outcome["items_deleted"] = 0
            store.run("DELETE FROM jobs WHERE id=?", job["id"])
            store.event(client, f"{job['kind']}_gc", json.dumps(outcome), time.time())
            messages.queue(client, (shards or [0])[0], [{"services": [{job["kind"]: {"gc": outcome}}]}])

    def _collect(self, client: str, config: ClientConfig, node: Node, shards: list[int] | None) -> None:
        now = time.time()
        if not collects(node, config) or now < self._next_collection.get((client, node.name), 0):
            return
        self._next_collection[client, node.name] = now + config.real(config.collect_interval)
        self.services.messages.collect(client, shards, config.real(config.collect_age))

    # -- callbacks

    def _deliver(self, client: str, config: ClientConfig, node: Node, shards: list[int] | None) -> None:
        settings = self.services.store.settings(client)
        free = int(value_of(node.settings_at_start(), "webhooks.max_concurrent_requests"))
        free -= self._load[client, node.name]
        rows = self.services.store.all(
            "SELECT id, body, attempts FROM callbacks WHERE client=?1 AND due<=?2"
            " AND (?3 IS NULL OR shard IN (SELECT value FROM json_each(?3))) ORDER BY due, id LIMIT ?4",
            *(client, time.time(), None if shards is None else json.dumps(shards)),
            max(0, free) + len(self._in_flight),
        )
        waiting = [row for row in rows if row["id"] not in self._in_flight]
        url = value_of(settings, "webhooks.url")
        if not url:
            self._drop(client, waiting)
            return
        for row in waiting[: max(0, free)]:
            task = asyncio.get_running_loop().create_task(self._post(client, config, url, dict(row)))
            self._in_flight[row["id"]] = task
            self._load[client, node.name] += 1
            task.add_done_callback(partial(self._landed, row["id"], (client, node.name)))

    def _landed(self, number: int, carrier: tuple[str, str], _task: asyncio.Task[None]) -> None:
        self._in_flight.pop(number, None)
        self._load[carrier] -= 1
        self.wake.set()

    async def rest(self, seconds: float) -> None:
        """Waits for the next round, or less when there is something to do."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.wake.wait(), seconds)
        self.wake.clear()

    def _drop(self, client: str, rows: list[sqlite3.Row]) -> None:
        store = self.services.store
        with store.transaction():
            dropped = sum(store.run("DELETE FROM callbacks WHERE id=?", row["id"]) for row in rows)
            store.count(client, "callbacks_dropped", dropped)

    async def _post(self, client: str, config: ClientConfig, url: str, row: dict[str, Any]) -> None:
        store = self.services.store
        if await self._accepted(url, row["body"], config):
            with store.transaction():
                if store.run("DELETE FROM callbacks WHERE id=?", row["id"]):
                    store.count(client, "callbacks_delivered")
            return
        attempts = row["attempts"] + 1
        due = time.time() + config.real(retry_delay(store.settings(client), attempts))
        with store.transaction():
            store.run("UPDATE callbacks SET attempts=?, due=? WHERE id=?", attempts, due, row["id"])
            store.count(client, "callback_failures")

    async def _accepted(self, url: str, body: str, config: ClientConfig) -> bool:
        # Masters never get here, and a node starts four times as fast without this import.
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS))
        # Without a CA file the receiver's certificate is not verified: receivers of tests live on the loopback.
        trust = ssl.create_default_context(cafile=config.callback_ca) if config.callback_ca else False
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.post(url, data=body, headers=headers, ssl=trust, allow_redirects=False) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError, ValueError):
            return False


def retry_delay(settings: Stored, attempts: int) -> float:
    """Seconds until the next attempt: the delay grows by one step with each failure, up to a limit."""
    step = float(value_of(settings, "callback_backoff_delay_ms"))
    limit = float(value_of(settings, "max_callback_backoff_delay_ms"))
    return min(step * attempts, limit) / 1000
