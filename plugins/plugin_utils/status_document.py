# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of the fleet as one document, made of what client_status has said of each client, or has not."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible_collections.wabiz.onprem.plugins.module_utils._common.moments import to_text, utc_now
from ansible_collections.wabiz.onprem.plugins.module_utils._common.redaction import redact_url
from ansible_collections.wabiz.onprem.plugins.module_utils._status import LEVELS, OK, finding, level_of, unknown

SCHEMA = 1
_PREFIX = re.compile(r"^(?:Task failed: |(?:Action|Module) failed: )+")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
# From here on Ansible repeats what is in the playbook or the inventory, secrets included.
_SOURCE = re.compile(r"\s*(?:\bString:|\bOrigin:|The error appears to be in|<<<).*", re.DOTALL)


def make(results: Mapping[str, Any], now: datetime.datetime | None = None) -> dict[str, Any]:
    """The document of the registered results, by inventory name."""
    clients = sorted(
        (_client(str(name), result) for name, result in results.items()),
        key=lambda client: (LEVELS.index(client["level"]), client["name"]),
    )
    counts = {level: sum(1 for client in clients if client["level"] == level) for level in LEVELS}
    worst = next((level for level in LEVELS if counts[level]), OK)
    return {
        "schema": SCHEMA,
        "made": to_text(now or utc_now()),
        "summary": {"clients": len(clients), **counts, "worst": worst},
        "clients": clients,
    }


def content(document: Mapping[str, Any]) -> str:
    """What the document says, whenever it was made, in a form that can be compared."""
    return json.dumps({name: value for name, value in document.items() if name != "made"}, sort_keys=True)


def _client(name: str, result: Any) -> dict[str, Any]:
    """One client; whatever has kept its status from being read is its finding."""
    known = result if isinstance(result, Mapping) else {}
    entry = known.get("client")
    if isinstance(entry, Mapping) and entry.get("level") in LEVELS:
        return {"name": name, **unknown(None), **entry}
    text = _said_by_ansible(known.get("msg") or "")
    if known.get("unreachable"):
        found = finding("unreachable", f"Ansible cannot reach the host: {text or 'it did not say why.'}")
    else:
        found = finding("task_failed", f"The status could not be read: {text or 'the task brought no result.'}")
    return {"name": name, **unknown(None), "findings": [found], "level": level_of([found])}


def _said_by_ansible(message: Any) -> str:
    """A message of Ansible's own, without what it repeats of the sources, and with its URLs redacted."""
    text = _SOURCE.sub("", _PREFIX.sub("", str(message)))
    return " ".join(_URL.sub(_shown_url, text).split())


def _shown_url(match: re.Match[str]) -> str:
    url = match.group()
    shown = redact_url(url) or ""
    return shown if urlsplit(shown).scheme else "***"
