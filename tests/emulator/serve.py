# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that serves HTTPS: a whole fleet by itself, or the Webapp of a client whose nodes are processes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys

from .certificates import CA_FILE, VARIANTS, Authority, extra_hosts
from .control import Control
from .duties import Duties
from .errors import EmulatorError
from .fleet import Fleet
from .node import CLIENT, ensure_client
from .serve_options import ServeOptions
from .server import Server
from .store import Store
from .webapp import Services

FLEET_TICK = 0.1
WEBAPP_TICK = 0.25  # how often ended processes of nodes are looked for


class Process:
    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self.services = Services.over(Store(options.database), in_process=options.fleet)
        self.fleet = Fleet(self.services, options.speed) if options.fleet else None
        self.authority = Authority.in_folder(options.database.parent)
        self.control = Control(self.services, self.fleet, self.open_variant, anyone=options.control_for_anyone)
        self.server = Server(self.services, self.control)
        self.variants: dict[str, int] = {}
        self.duties = Duties(self.services)
        self.ended = False

    def end(self) -> None:
        self.ended = True
        self.duties.wake.set()

    async def open_variant(self, variant: str) -> int:
        if variant not in VARIANTS:
            raise EmulatorError(f"unknown kind of listener: {variant} (known: {', '.join(VARIANTS)})")
        if variant not in self.variants:
            context = self.authority.variant_context(variant)
            self.variants[variant] = await self.server.listen("127.0.0.1", 0, context)
        return self.variants[variant]

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        if self.options.end_with_stdin:
            loop.add_reader(sys.stdin.fileno(), self._stdin_readable)
        if self.options.client is not None:
            ensure_client(self.services, self.options.client)
        for values in self.options.clients:
            assert self.fleet is not None
            self.fleet.add(values["name"], {key: value for key, value in values.items() if key != "name"})
        port = await self._listen()
        ready = {"port": port, "ca_path": str(self.options.database.with_name(CA_FILE)), "pid": os.getpid()}
        print(json.dumps(ready), flush=True)
        try:
            while not self.ended:
                if self.fleet is not None:
                    self.duties.tick_all()
                else:
                    self.services.cluster.reap(CLIENT)
                await self.duties.rest(FLEET_TICK if self.fleet is not None else WEBAPP_TICK)
        finally:
            await self.duties.close()
            await self.server.close()
            self.services.store.close()

    async def _listen(self) -> int:
        context = self.authority.server_context(extra_hosts())
        try:
            return await self.server.listen(self.options.host, self.options.port, context)
        except OSError as error:
            place = f"{self.options.host}:{self.options.port}"
            raise EmulatorError(f"cannot listen on {place}: {os.strerror(error.errno or 0)}") from None

    def _stdin_readable(self) -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            self.end()


def serve(options: ServeOptions) -> None:
    logging.disable(logging.CRITICAL)

    async def run() -> None:
        await Process(options).run()

    asyncio.run(run())
