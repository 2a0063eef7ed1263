# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Coreapp or a master as a process of its own, over the database that it shares with the Webapp."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from .cluster import BEAT_SECONDS
from .config import ClientConfig
from .duties import Duties
from .fleet import register_client
from .liveness import ACQUIRE_SECONDS, NodeLock
from .settings import value_of
from .store import Store
from .webapp import Services

CLIENT = ""  # a database of processes holds one client, and that has no prefix
TICK = 0.1


@dataclass(frozen=True)
class NodeOptions:
    database: Path
    name: str
    kind: str  # "coreapp" or "master"
    key: str
    config: ClientConfig  # of the client, where it is not in the database yet


def ensure_client(services: Services, config: ClientConfig) -> None:
    """Set up the client unless the database has one already."""
    with services.store.transaction():
        if not services.store.has_client(CLIENT):
            register_client(services, CLIENT, config, {})


class NodeProcess:
    def __init__(self, options: NodeOptions) -> None:
        self.options = options
        self.services = Services.over(Store(options.database), in_process=False)
        self.duties = Duties(self.services)
        self.lock = NodeLock(options.database, options.name)
        self.ended = False
        self._next_beat = 0.0
        self._next_watch = 0.0

    def end(self) -> None:
        self.ended = True
        self.duties.wake.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        ensure_client(self.services, self.options.config)
        cluster, name = self.services.cluster, self.options.name
        self.lock.acquire(ACQUIRE_SECONDS)  # before there is a row of this process
        cluster.start(CLIENT, name, self.options.kind, self.options.key, pid=os.getpid())
        try:
            while not self.ended:
                self._round()
                await self.duties.rest(TICK)
        finally:
            if cluster.beat(CLIENT, name, os.getpid()):  # the row is not that of a successor
                cluster.stop(CLIENT, name)
            await self.duties.close()
            self.services.store.close()
            self.lock.close()

    def _round(self) -> None:
        now = time.time()
        cluster = self.services.cluster
        self.lock.acquire()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            if not cluster.beat(CLIENT, self.options.name, os.getpid()):
                self.end()  # another process has this name now
                return
        config = self.services.store.config(CLIENT)
        node = cluster.node(CLIENT, self.options.name)
        if node is None or not cluster.serving(node, config):
            return
        if not node.master:
            self.duties.tick(CLIENT, config, node)
        elif config.multiconnect and now >= self._next_watch:
            cluster.reconcile(CLIENT, config)
            heartbeat = float(value_of(self.services.store.settings(CLIENT), "heartbeat_interval"))
            all_assigned = None not in cluster.shards(CLIENT).values()
            self._next_watch = now + (config.real(heartbeat) if all_assigned else 0)


def run_node(options: NodeOptions) -> None:
    async def run() -> None:
        await NodeProcess(options).run()

    asyncio.run(run())
