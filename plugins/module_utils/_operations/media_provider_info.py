# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which media providers a client has; never their secrets."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ansible_collections.wabiz.onprem.plugins.module_utils import _connection, _http, _providers
from ansible_collections.wabiz.onprem.plugins.module_utils._client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._outcome import Outcome, Task

OPTIONS: dict[str, dict[str, Any]] = dict(_connection.OPTIONS)
RULES: dict[str, Any] = {}
LIBRARY_ERROR = _http.REQUESTS_IMPORT_ERROR


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = _connection.connect,
) -> Outcome:
    """One GET. Raises OnPremError."""
    with connect(params, True, task.progress, task.warn) as client:
        found = _providers.fetch(client)
    return Outcome(values={"providers": [found[name].as_values() for name in sorted(found)]})
