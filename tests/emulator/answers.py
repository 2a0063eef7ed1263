# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a route is given and what it gives back, and the parts that all answers share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .config import ClientConfig
from .errors import ApiError


@dataclass(slots=True)
class Call:
    client: str
    config: ClientConfig
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @property
    def authorization(self) -> str:
        return self.headers.get("Authorization", "")

    def json(self) -> Any:
        """The body as JSON; 1025 where it is none, or is nested too deeply."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ApiError(400, 1025, "Unable to decode json from the request: Syntax error") from None


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def meta(config: ClientConfig, webapp: bool) -> dict[str, Any]:
    """Calls that the Webapp answers itself have the version `v2.53.1`, calls that the Coreapp answers `2.53.1`."""
    version = config.reported_version or config.version
    return {"version": f"v{version}" if webapp else version, "api_status": "stable"}


def success(config: ClientConfig, payload: dict[str, Any], *, webapp: bool = False, status: int = 200) -> Answer:
    return Answer(status, json.dumps({**payload, "meta": meta(config, webapp)}).encode())


def bare(config: ClientConfig, form: str) -> Answer:
    """The answer of a write that has nothing to say: `null`, `{}`, or the `meta` part alone."""
    if form == "meta":
        return success(config, {})
    return Answer(200, b"null" if form == "null" else b"{}")


def failure(config: ClientConfig, error: ApiError, *, webapp: bool) -> Answer:
    body = error.body()
    if body is None:
        return Answer(error.status, b"", dict(error.headers))
    return Answer(error.status, json.dumps({**body, "meta": meta(config, webapp)}).encode(), dict(error.headers))
