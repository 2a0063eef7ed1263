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
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .certificates import VARIANTS, Authority, extra_hosts
from .control import Control
from .duties import Duties
from .errors import EmulatorError
from .fleet import Fleet
from .server import Server
from .store import Store
from .webapp import Services

FLEET_TICK = 0.1


@dataclass(frozen=True)
class ServeOptions:
    database: Path
    ca_path: Path
    host: str = "127.0.0.1"
    port: int = 0
    fleet: bool = True
    speed: float = 1.0
    clients: tuple[dict[str, Any], ...] = ()  # of the fleet, made before it is ready
    control_for_anyone: bool = False
    end_with_stdin: bool = False  # so that a killed test run leaves nothing behind


class Process:
    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self.services = Services.over(Store(options.database), in_process=options.fleet)
        self.fleet = Fleet(self.services, options.speed) if options.fleet else None
        self.authority = Authority()
        self.control = Control(self.services, self.fleet, self.open_variant, anyone=options.control_for_anyone)
        self.server = Server(self.services, self.control)
        self.variants: dict[str, int] = {}
        self.ended = asyncio.Event()

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
            loop.add_signal_handler(number, self.ended.set)
        if self.options.end_with_stdin:
            loop.add_reader(sys.stdin.fileno(), self._stdin_readable)
        for values in self.options.clients:
            assert self.fleet is not None
            self.fleet.add(values["name"], {key: value for key, value in values.items() if key != "name"})
        context = self.authority.server_context(extra_hosts())
        port = await self._listen(context)
        self.authority.write_ca(self.options.ca_path)
        print(json.dumps({"port": port, "ca_path": str(self.options.ca_path), "pid": os.getpid()}), flush=True)
        duties = Duties(self.services)
        try:
            await self._work(duties)
        finally:
            await duties.close()
            await self.server.close()
            self.services.store.close()

    async def _listen(self, context: ssl.SSLContext) -> int:
        try:
            return await self.server.listen(self.options.host, self.options.port, context)
        except OSError as error:
            place = f"{self.options.host}:{self.options.port}"
            raise EmulatorError(f"cannot listen on {place}: {error.strerror or error}") from None

    async def _work(self, duties: Duties) -> None:
        while not self.ended.is_set():
            if self.fleet is not None:
                duties.tick_all()
            try:
                await asyncio.wait_for(self.ended.wait(), FLEET_TICK if self.fleet is not None else None)
            except asyncio.TimeoutError:
                continue

    def _stdin_readable(self) -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            self.ended.set()


def serve(options: ServeOptions) -> None:
    logging.disable(logging.CRITICAL)
    asyncio.run(_serve(options))


async def _serve(options: ServeOptions) -> None:
    await Process(options).run()
