# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the application settings of one client are, and with its ledger what is pending and held."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._api import connection
from .._api.client import Client
from .._api.http import REQUESTS_IMPORT_ERROR
from .._common.operation import Outcome, Task
from .._ledger import campaigns, restart
from .._ledger.file import Ledger, open_ledger
from .._settings import apply, catalog, checks, planning, resource

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: dict[str, dict[str, Any]] = dict(connection.OPTIONS, ledger={"type": "path"})
RULES: dict[str, Any] = {}
OWN_WORDS = catalog.OWN_WORDS


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One GET. Raises OnPremError."""
    with open_ledger(params, True, task.progress) as ledger:
        with connect(params, True, task.progress, task.warn, task.secrets.append) as client:
            current = resource.fetch(client)
        ledger.state = apply.compared(ledger.state, current, ledger.fingerprint)  # it is not written here
        values: dict[str, Any] = {
            "settings": resource.shown(current.values, resource.url_key(ledger)),
            "wa_id": current.wa_id,
            "other_settings": sorted(current.extra),
            "api_version": checks.version_text(current) if current.version else None,
        }
        if params["ledger"]:
            held = [planning.message_collection(current).name] if campaigns.is_active(ledger.state) else []
            values.update(_from_ledger(ledger), held_settings=held, in_effect=apply.effects(ledger, current.values))
        return Outcome(False, values)


def _from_ledger(ledger: Ledger) -> dict[str, Any]:
    pending = ledger.state.restart
    return {
        "restart_required": restart.is_pending(ledger.state),
        "restart_settings": restart.settings(ledger.state),
        "restart_since": pending.since if pending else None,
        "campaigns": campaigns.listed(ledger.state),
    }
