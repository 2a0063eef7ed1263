# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crash points of a rolling restart: what its tests need."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Owner
from emulator.testing import Emulator
from hostile.nursery import Nursery

EVERY = 14 if os.environ.get("FAULTS") == "short" else 1
SLEEP = ["sleep", "600"]


@contextmanager
def living_owner() -> Iterator[Owner]:
    """An owner of a lease that lives as long as this block."""
    with subprocess.Popen(SLEEP) as process:
        try:
            yield lease_owner.owner_of(process.pid, "wa-berlin")
        finally:
            process.kill()


class Roll:
    """A client with a pending restart."""

    def __init__(self, emulator: Emulator, nursery: Nursery, ledger: Path) -> None:
        self.client = emulator.client(topology="multiconnect", masters=1, coreapps=1, shards=1)
        self.ledger = str(ledger)
        self.restarts: Counter[str] = Counter()
        self._nursery = nursery
        with Ledger(self.ledger, read_only=False) as opened:
            opened.state = restart.mark_pending(opened.state, ["callback_persist"])
            opened.save()
