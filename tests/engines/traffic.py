# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages sent through the API in a steady stream, as an application sends them, with a record of what came back."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType

from emulator.calling import Api

MEANING = {
    "1014": "no Coreapp is there",
    "1017": "no primary master is there",
    "1018": "the Coreapp of this message's shard is restarting",
}


@dataclass(frozen=True)
class Sent:
    time: float
    seconds: float
    status: int  # 0: no answer
    code: str  # of the API's error, or the kind of transport error

    @property
    def failed(self) -> bool:
        return self.status != 201


class Traffic:
    """Sends messages to changing recipients, so that all shards have work, while the block runs."""

    def __init__(self, api: Api, pause: float = 0.05) -> None:
        self.api = api
        self.pause = pause
        self.sent: list[Sent] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(30)

    def _run(self) -> None:
        number = 0
        while not self._end.wait(self.pause):
            number += 1
            begin = time.time()
            status, code = self._send(f"1631555{number % 10000:04d}")
            self.sent.append(Sent(begin, time.time() - begin, status, code))

    def _send(self, recipient: str) -> tuple[int, str]:
        try:
            reply = self.api("POST", "/v1/messages", {"to": recipient, "type": "text", "text": {"body": "hello"}})
        except OSError as error:
            return 0, type(error).__name__
        return reply.status, "" if reply.status == 201 else str(reply.code)

    def failures(self) -> list[Sent]:
        return [one for one in self.sent if one.failed]

    def reasons(self) -> Counter[str]:
        return Counter(one.code for one in self.failures())
