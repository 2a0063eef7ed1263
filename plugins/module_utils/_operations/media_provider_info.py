# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which media providers a client has; never their secrets."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._api import connection, http, providers
from .._api.client import Client
from .._common.operation import Outcome, Task

OPTIONS: dict[str, dict[str, Any]] = dict(connection.OPTIONS)
RULES: dict[str, Any] = {}
OWN_WORDS = frozenset(("www", "basic", "bearer"))
LIBRARY_ERROR = http.REQUESTS_IMPORT_ERROR


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One GET. Raises OnPremError."""
    with connect(params, True, task.progress, task.warn, task.secrets.append) as client:
        found = providers.fetch(client)
    return Outcome(values={"providers": [found[name].as_values() for name in sorted(found)]})
