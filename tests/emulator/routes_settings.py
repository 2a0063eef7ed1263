# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings resource and its edge of media providers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .accounts import User
from .answers import Answer, Call, bare, success
from .errors import ApiError
from .settings import apply_patch, read_patch, show

if TYPE_CHECKING:
    from .webapp import Services


def read(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    application = show(services.store.settings(call.client), call.config.version, call.config.wa_id)
    return success(call.config, {"settings": {"application": application}})


def change(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    body = call.json()
    leaves = read_patch(body, call.config.version)
    with services.store.transaction():
        stored = services.store.settings(call.client)
        services.store.set_settings(call.client, apply_patch(stored, body, leaves, call.config.nested))
    return bare(call.config, call.config.patch_answer)


def reset(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    services.store.set_settings(call.client, {})
    return bare(call.config, call.config.delete_answer)


def read_providers(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    rows = services.store.all("SELECT body FROM providers WHERE client=? ORDER BY name", call.client)
    providers = [json.loads(row["body"]) for row in rows]
    return success(call.config, {"settings": {"application": {"media": {"providers": providers}}}})


def add_provider(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    body = call.json()
    if not isinstance(body, list) or len(body) != 1:
        raise ApiError(400, 1009, "The body must be an array with exactly one provider")
    provider = _checked_provider(body[0])
    services.store.run(
        "INSERT OR REPLACE INTO providers VALUES (?,?,?)", call.client, provider["name"], json.dumps(provider)
    )
    return bare(call.config, call.config.patch_answer)


def _checked_provider(provider: Any) -> dict[str, Any]:
    if not isinstance(provider, dict):
        raise ApiError(400, 1009, "A provider must be an object")
    for key in ("name", "type", "config"):
        if key not in provider:
            raise ApiError(400, 1008, f"{key} is required")
    for key in provider:
        if key not in ("name", "type", "config"):
            raise ApiError(400, 1010, f"Unknown parameter: {key}")
    name, config = provider["name"], provider["config"]
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", name) or provider["type"] != "www":
        raise ApiError(400, 1009, "name or type is not valid")
    _check_credentials(config)
    return provider


def _check_credentials(config: Any) -> None:
    if not isinstance(config, dict) or set(config) not in ({"basic"}, {"bearer"}):
        raise ApiError(400, 1009, "config must have either basic or bearer")
    if "bearer" in config:
        strings = [config["bearer"]]
    elif isinstance(config["basic"], dict) and set(config["basic"]) <= {"username", "password"}:
        strings = [config["basic"].get(key) for key in ("username", "password")]
    else:
        raise ApiError(400, 1009, "basic must hold username and password")
    if not all(isinstance(value, str) and value for value in strings):
        raise ApiError(400, 1009, "config must hold strings")


def remove_provider(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.cluster.require_settings_service(call.client, call.config)
    if not services.store.run("DELETE FROM providers WHERE client=? AND name=?", call.client, argument):
        raise ApiError(404, 1006, "Provider not found")
    return bare(call.config, call.config.delete_answer)
