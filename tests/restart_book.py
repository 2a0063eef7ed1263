# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ledger of one client with a pending restart, for tests of its steps."""

from __future__ import annotations

import os

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Owner, State

ME = lease_owner.owner_of(os.getpid(), "wa-berlin")
FAR_AWAY = Owner("elsewhere", "another", 1, "1", "wa-berlin")


class Book:
    """One client's ledger."""

    def __init__(self, path: str) -> None:
        self.path = path

    def mark_pending(self, *names: str) -> None:
        with Ledger(self.path, read_only=False) as ledger:
            ledger.state = restart.mark_pending(ledger.state, names or ["log_level"])
            ledger.save()

    def state(self) -> State:
        with Ledger(self.path, read_only=True) as ledger:
            return ledger.state
