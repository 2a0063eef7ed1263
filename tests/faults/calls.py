# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the fault matrix: each call that each module makes, and how to bring the module to make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
    client_status,
    garbage_collection,
    health_info,
    media_provider,
    media_provider_info,
)

LOGIN = "/v1/users/login"
LOGOUT = "/v1/users/logout"
SETTINGS = "/v1/settings/application"
PROVIDERS = "/v1/settings/application/media/providers"

# What nobody may ever see. Each is unlike everything else, so that a search for it means something.
PASSWORD = "Passw0rd-unseen-1!"
WEBHOOK_SECRET = "hookquery-unseen-2"
WEBHOOK_USER = "hookuser-unseen-3"
BEARER = "bearer-unseen-4"
NETRC_PASSWORD = "netrc-unseen-5"
OLD_SECRET = "oldquery-unseen-6"
SECRETS = (PASSWORD, WEBHOOK_SECRET, WEBHOOK_USER, BEARER, NETRC_PASSWORD, OLD_SECRET)

BEFORE = {
    "callback_persist": True,
    "webhooks": {"url": f"https://hook.example/?key={OLD_SECRET}", "max_concurrent_requests": 6},
}
WEBHOOK = f"https://{WEBHOOK_USER}@hook.example/in?key={WEBHOOK_SECRET}"


@dataclass(frozen=True)
class Scenario:
    """One way to use a module: its calls in their order are rows."""

    name: str
    operation: Any
    params: Mapping[str, Any]
    calls: tuple[str, ...]  # "METHOD path", in their order
    check_mode: bool = False
    ledger: bool = False
    provider_before: bool = False
    tells: bool = False  # what goes wrong is what it returns; it does not fail

    def all_params(self, **given: Any) -> dict[str, Any]:
        """Like a front fills them in: each option is there."""
        known = {name: option.get("default") for name, option in self.operation.OPTIONS.items()}
        return {**known, **self.params, **given}


@dataclass(frozen=True)
class Call:
    """One row."""

    scenario: Scenario
    place: int  # which of its calls
    method: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        method, _dummy, path = self.scenario.calls[self.place].partition(" ")
        object.__setattr__(self, "method", method)
        object.__setattr__(self, "path", path)

    @property
    def name(self) -> str:
        again = f" ({self.before + 1})" if self.before else ""
        return f"{self.scenario.name}: {self.method} {self.path}{again}"

    @property
    def before(self) -> int:
        """How many calls of the same method and path the scenario makes before this one."""
        return list(self.scenario.calls[: self.place]).count(self.scenario.calls[self.place])

    @property
    def is_login(self) -> bool:
        return self.path == LOGIN

    @property
    def is_logout(self) -> bool:
        return self.path == LOGOUT

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and not self.is_login and not self.is_logout

    @property
    def is_started_service(self) -> bool:
        """Never repeated once it may have been executed."""
        return self.method == "PUT"

    @property
    def is_settled_by_a_look(self) -> bool:
        """Where its outcome is unknown, a GET decides whether it is sent again."""
        return self.is_write and self.path.startswith(PROVIDERS)

    @property
    def is_kept(self) -> bool:
        """Whether GET shows afterwards if the client kept what it accepted."""
        return self.is_write and not self.is_started_service


def _session(*calls: str) -> tuple[str, ...]:
    return (f"POST {LOGIN}", *calls, f"POST {LOGOUT}")


_WANTED = {"callback_persist": False, "webhooks": {"url": WEBHOOK, "max_concurrent_requests": 12}}
_PROVIDER = {"name": "shop", "bearer": BEARER}

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "application_settings",
        application_settings,
        _WANTED,
        _session(f"GET {SETTINGS}", f"PATCH {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
    ),
    Scenario(
        "application_settings in check mode",
        application_settings,
        _WANTED,
        _session(f"GET {SETTINGS}"),
        check_mode=True,
        ledger=True,
    ),
    Scenario(
        "application_settings, state default",
        application_settings,
        {"state": "default", "allow_webhook_loss": True},
        _session(f"GET {SETTINGS}", f"DELETE {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
    ),
    Scenario("application_settings_info", application_settings_info, {}, _session(f"GET {SETTINGS}"), ledger=True),
    Scenario(
        "media_provider",
        media_provider,
        _PROVIDER,
        _session(f"GET {PROVIDERS}", f"POST {PROVIDERS}", f"GET {PROVIDERS}"),
    ),
    Scenario("media_provider in check mode", media_provider, _PROVIDER, _session(f"GET {PROVIDERS}"), check_mode=True),
    Scenario(
        "media_provider, state absent",
        media_provider,
        {"name": "shop", "state": "absent"},
        _session(f"GET {PROVIDERS}", f"DELETE {PROVIDERS}/shop", f"GET {PROVIDERS}"),
        provider_before=True,
    ),
    Scenario("media_provider_info", media_provider_info, {}, _session(f"GET {PROVIDERS}"), provider_before=True),
    Scenario(
        "garbage_collection",
        garbage_collection,
        {"kinds": ["messages", "media"]},
        _session("PUT /v1/services/message/gc", "PUT /v1/services/media/gc"),
    ),
    Scenario(
        "garbage_collection in check mode",
        garbage_collection,
        {"kinds": ["messages"]},
        _session("GET /v1/health"),
        check_mode=True,
    ),
    Scenario("health_info", health_info, {}, _session("GET /v1/health")),
    Scenario(
        "client_status", client_status, {}, _session(f"GET {SETTINGS}", "GET /v1/health"), ledger=True, tells=True
    ),
)

CALLS: tuple[Call, ...] = tuple(Call(scenario, place) for scenario in SCENARIOS for place in range(len(scenario.calls)))
